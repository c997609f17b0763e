package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/shopspring/decimal"
)

// Criterion is what a customer meets or does not, at an instant: one of [Did], [Aggregate],
// [FirstTime], [Sequence], [Regularly], [Trait] and [Listed], or a combination by [And], [Or]
// and [Not].
//
// Its String is canonical: criteria with equal texts mean the same.
type Criterion interface {
	fmt.Stringer
	check() error
	rules(add func(selector))
	compile(b *Behaviour) test
}

// Within is a stretch of time before an instant, from Days before it up to Until days before
// it. Zero Days reach back to the beginning, so the zero Within is all the past.
//
// From the start of a civil day these are civil days, from another instant they go to the same
// time of day, as in [metric.Rolling].
type Within struct{ Days, Until int }

// String returns "ever", "30 days" or "30 to 7 days ago".
func (w Within) String() string {
	switch {
	case w.Days == 0 && w.Until == 0:
		return "ever"
	case w.Days == 0:
		return fmt.Sprintf("over %d days ago", w.Until)
	case w.Until == 0:
		return fmt.Sprintf("%d days", w.Days)
	}
	return fmt.Sprintf("%d to %d days ago", w.Days, w.Until)
}

func (w Within) check() error {
	const most = 1_000_000
	if w.Days < 0 || w.Until < 0 || w.Days > most || w.Until > most || w.Days > 0 && w.Until >= w.Days {
		return intake.Errorf("Within", "from %d to %d days before", w.Days, w.Until)
	}
	return nil
}

// Bound compares a number with a value. The zero Bound stands for "at least 1".
type Bound struct {
	Op    event.Op // Equal, NotEqual, Less, AtMost, Greater or AtLeast
	Value decimal.Decimal

	set bool
}

// AtLeast returns the bound that n or more meets.
func AtLeast(n int64) Bound { return Is(event.AtLeast, decimal.New(n, 0)) }

// AtMost returns the bound that n or less meets.
func AtMost(n int64) Bound { return Is(event.AtMost, decimal.New(n, 0)) }

// Exactly returns the bound that n alone meets.
func Exactly(n int64) Bound { return Is(event.Equal, decimal.New(n, 0)) }

// Is returns any bound.
func Is(op event.Op, value decimal.Decimal) Bound { return Bound{Op: op, Value: value, set: true} }

func (b Bound) orDefault() Bound {
	if !b.set && b.Op == event.Equal && b.Value.IsZero() {
		return AtLeast(1)
	}
	return b
}

// String returns the bound as it is written: ">= 2".
func (b Bound) String() string {
	b = b.orDefault()
	return b.Op.String() + " " + string(exact.AppendDecimal(nil, exact.Trim(b.Value)))
}

func (b Bound) check() error {
	if b.Op > event.AtLeast {
		return intake.Errorf("Bound", "%s compares no numbers", b.Op)
	}
	if !exact.InRange(b.Value) {
		return intake.Errorf("Bound", "the value is beyond 10^34, or has digits below 10^-34")
	}
	return nil
}

func (b Bound) holds(value decimal.Decimal) bool {
	b = b.orDefault()
	c := value.Cmp(b.Value)
	switch b.Op {
	case event.Equal:
		return c == 0
	case event.NotEqual:
		return c != 0
	case event.Less:
		return c < 0
	case event.AtMost:
		return c <= 0
	case event.Greater:
		return c > 0
	}
	return c >= 0
}

// Did is met by customers with a number of events: by default one or more. Times of
// Exactly(0), or [Not], is met by those who did not.
type Did struct {
	Event  event.Rule
	Within Within
	Times  Bound
}

// String returns the criterion in words.
func (d Did) String() string {
	return fmt.Sprintf("did (%s) within %s %s times", d.Event, d.Within, d.Times)
}

// By is how [Aggregate] makes one number of those of several events.
type By uint8

// The aggregates. A percentile is interpolated as [metric.Distribution.Percentile] does.
const (
	Sum By = iota
	Mean
	Minimum
	Maximum
	Median
	Percentile
)

// String returns the lower-case name.
func (b By) String() string {
	names := [...]string{"sum", "mean", "minimum", "maximum", "median", "percentile"}
	if int(b) < len(names) {
		return names[b]
	}
	return "unknown"
}

// Aggregate is met by customers whose events come to a number, in one attribute. Events
// without the attribute, or in which it is no number, are left out; a customer without any
// number does not meet it.
type Aggregate struct {
	Event   event.Rule
	Of      string // attribute
	By      By
	Percent decimal.Decimal // of Percentile, 0 to 100
	Within  Within
	Is      Bound
}

// String returns the criterion in words.
func (a Aggregate) String() string {
	by := a.By.String()
	if a.By == Percentile {
		by += " " + string(exact.AppendDecimal(nil, exact.Trim(a.Percent)))
	}
	return fmt.Sprintf("%s of %s of (%s) within %s %s", by, a.Of, a.Event, a.Within, a.Is)
}

// FirstTime is met by customers whose first event of a kind, ever, lies within a stretch.
type FirstTime struct {
	Event  event.Rule
	Within Within
}

// String returns the criterion in words.
func (f FirstTime) String() string {
	return fmt.Sprintf("first did (%s) within %s", f.Event, f.Within)
}

// Sequence is met by customers with an event for each step, each after the one before in the
// order of [event.Compare], whatever lies between. No event serves for two steps.
type Sequence struct {
	Steps  []event.Rule
	Within Within
}

// String returns the criterion in words.
func (s Sequence) String() string {
	steps := make([]string, len(s.Steps))
	for i := range steps {
		steps[i] = "(" + s.Steps[i].String() + ")"
	}
	return fmt.Sprintf("did %s within %s", strings.Join(steps, " then "), s.Within)
}

// Regularly is met by customers with events in a number of different days, weeks, months,
// quarters or years.
type Regularly struct {
	Event   event.Rule
	Within  Within
	Unit    metric.PeriodUnit // UnitDay by default
	Periods Bound
}

// String returns the criterion in words.
func (r Regularly) String() string {
	return fmt.Sprintf("did (%s) within %s in %s different %ss", r.Event, r.Within, r.Periods, r.unit())
}

func (r Regularly) unit() metric.PeriodUnit {
	if r.Unit == 0 {
		return metric.UnitDay
	}
	return r.Unit
}

// Trait is met by customers of whom the last statement about a trait, up to the instant, meets
// the condition. Traits are stated by the record "traits" of identified events, or by the
// attributes of the events that Stated means. Of a customer of whom nothing was stated no
// condition holds, unless it is that the trait is absent.
type Trait struct {
	Is     event.Condition
	Stated event.Rule
}

// String returns the criterion in words.
func (t Trait) String() string {
	if len(t.Stated.Events) == 0 && len(t.Stated.Where) == 0 {
		return fmt.Sprintf("trait %s", t.Is)
	}
	return fmt.Sprintf("trait %s stated by (%s)", t.Is, t.Stated)
}

// listed are keys, sorted and each once.
type listed []string

// Listed returns the criterion that the customers of a fixed list meet.
func Listed(keys ...string) Criterion {
	return listed(slices.Compact(slices.Sorted(slices.Values(keys))))
}

// String returns the criterion in words.
func (l listed) String() string { return fmt.Sprintf("one of %q", []string(l)) }

// And is met by customers who meet all criteria, of which none is no criterion at all.
type And []Criterion

// String returns the criterion in words.
func (a And) String() string { return joined(a, " and ") }

// Or is met by customers who meet some of the criteria.
type Or []Criterion

// String returns the criterion in words.
func (o Or) String() string { return joined(o, " or ") }

func joined(list []Criterion, word string) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = "nothing"
		if c != nil {
			texts[i] = "(" + c.String() + ")"
		}
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), word)
}

type not struct{ criterion Criterion }

// Not returns the criterion that customers of the universe meet who do not meet c.
func Not(c Criterion) Criterion { return not{c} }

// String returns the criterion in words.
func (n not) String() string {
	if n.criterion == nil {
		return "not nothing"
	}
	return "not (" + n.criterion.String() + ")"
}

// selector is what the rows of a behaviour must tell of an event.
type selector struct {
	rule  event.Rule
	of    string // attribute whose number is kept, or ""
	trait bool   // rule.Where are conditions on traits
}

func (s *selector) text() string { return fmt.Sprintf("%t (%s)", s.trait, s.rule) }

func (d Did) rules(add func(selector))       { add(selector{rule: d.Event}) }
func (a Aggregate) rules(add func(selector)) { add(selector{rule: a.Event, of: a.Of}) }
func (f FirstTime) rules(add func(selector)) { add(selector{rule: f.Event}) }
func (r Regularly) rules(add func(selector)) { add(selector{rule: r.Event}) }
func (l listed) rules(func(selector))        {}
func (n not) rules(add func(selector))       { n.criterion.rules(add) }

func (s Sequence) rules(add func(selector)) {
	for _, step := range s.Steps {
		add(selector{rule: step})
	}
}

func (a And) rules(add func(selector)) { rulesOf(a, add) }
func (o Or) rules(add func(selector))  { rulesOf(o, add) }

func rulesOf(list []Criterion, add func(selector)) {
	for _, c := range list {
		c.rules(add)
	}
}

// stated and holds are the events that state the trait, and those that state it so that the
// condition holds.
func (t Trait) stated() selector {
	return t.selector(event.Condition{Attribute: t.Is.Attribute, Op: event.Present})
}

func (t Trait) holds() selector { return t.selector(t.Is) }

func (t Trait) selector(c event.Condition) selector {
	if len(t.Stated.Events) == 0 && len(t.Stated.Where) == 0 {
		return selector{rule: event.Rule{Events: []string{"identified"}, Where: []event.Condition{c}}, trait: true}
	}
	return selector{rule: event.Rule{Events: t.Stated.Events, Where: append(slices.Clone(t.Stated.Where), c)}}
}

func (t Trait) rules(add func(selector)) {
	add(t.stated())
	add(t.holds())
}

func checkRule(r *event.Rule) error {
	if err := r.Check(); err != nil {
		return intake.Errorf("event.Rule", "%w", err)
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (d Did) check() error {
	return firstError(checkRule(&d.Event), d.Within.check(), d.Times.check())
}

func (a Aggregate) check() error {
	switch {
	case a.Of == "":
		return intake.Errorf("Aggregate.Of", "no attribute")
	case a.By > Percentile:
		return intake.Errorf("Aggregate.By", "%d is unknown", a.By)
	case a.By == Percentile && (!exact.InRange(a.Percent) || a.Percent.Sign() < 0 || a.Percent.Cmp(decimal.New(100, 0)) > 0):
		return intake.Errorf("Aggregate.Percent", "it is not within 0 and 100")
	}
	return firstError(checkRule(&a.Event), a.Within.check(), a.Is.check())
}

func (f FirstTime) check() error { return firstError(checkRule(&f.Event), f.Within.check()) }

func (s Sequence) check() error {
	if len(s.Steps) == 0 {
		return intake.Errorf("Sequence.Steps", "there are none")
	}
	for i := range s.Steps {
		if err := checkRule(&s.Steps[i]); err != nil {
			return err
		}
	}
	return s.Within.check()
}

func (r Regularly) check() error {
	if !r.unit().IsCalendar() {
		return intake.Errorf("Regularly.Unit", "%s is no day, week, month, quarter or year", r.Unit)
	}
	return firstError(checkRule(&r.Event), r.Within.check(), r.Periods.check())
}

func (t Trait) check() error {
	rule := event.Rule{Where: []event.Condition{t.Is}}
	return firstError(checkRule(&rule), checkRule(&t.Stated))
}

func (l listed) check() error {
	if slices.Contains(l, "") {
		return intake.Errorf("Listed", "a customer without a key")
	}
	return nil
}

func (n not) check() error { return checkAll([]Criterion{n.criterion}) }
func (a And) check() error { return checkAll(a) }
func (o Or) check() error  { return checkAll(o) }

func checkAll(list []Criterion) error {
	if len(list) == 0 {
		return intake.Errorf("Criterion", "a combination of none")
	}
	for _, c := range list {
		if c == nil {
			return intake.Errorf("Criterion", "it is nil")
		}
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}
