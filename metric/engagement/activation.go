package engagement

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// DefaultWindow is the default of [ActivationOptions.Window].
const DefaultWindow = 7 * 24 * time.Hour

// ActivationOptions say what activation is. All but Criteria may be left out.
type ActivationOptions struct {
	// Start says which event a customer begins with: the first of them counts. The zero
	// Rule is signed_up.
	Start event.Rule

	// Criteria are what a customer has to do, 1 to 30 of them.
	Criteria []Criterion

	// Least is how many of the criteria have to be met. Zero is all of them; 1 is any.
	Least int

	// Window is how long after the start an event still counts: one exactly that long after
	// it does. Zero is [DefaultWindow].
	Window time.Duration

	// Unique promises that no event comes twice, to this accumulator or to one that it is
	// merged with. Nothing is kept then of its source, id and content: it is kept as a row
	// of a block is.
	Unique bool

	Subject event.SubjectKind // whom customer means: users or accounts
	Test    bool              // count the events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the accumulator its own
	Workers int               // goroutines that a result may use besides the caller's
}

// Criterion is one thing that a customer has to do: events of Rule, until what is measured
// of them reaches AtLeast.
type Criterion struct {
	Name    string
	Rule    event.Rule
	Measure Measure

	// Attribute is what Seconds adds up and Distinct tells apart. All criteria of one
	// measure have the same.
	Attribute string

	// AtLeast is the number of events, seconds or values. Zero is 1.
	AtLeast int64
}

// Measure is what a [Criterion] measures of events. The zero Measure is Occurrences.
type Measure uint8

// The measures.
const (
	Occurrences Measure = iota // the number of events
	Seconds                    // the sum of an attribute in seconds
	Distinct                   // the number of different texts or whole numbers in an attribute
)

// String returns "events", "seconds" or "distinct values".
func (m Measure) String() string {
	switch m {
	case Occurrences:
		return "events"
	case Seconds:
		return "seconds"
	case Distinct:
		return "distinct values"
	}
	return "unknown"
}

// String returns the criterion, such as "at least 3 events of report_created".
func (c Criterion) String() string {
	of := ""
	if c.Attribute != "" {
		of = " of " + c.Attribute
	}
	return fmt.Sprintf("at least %d %s%s in %s", cmp.Or(c.AtLeast, 1), c.Measure, of, c.Rule)
}

// withDefaults returns the options as they take effect.
func (o ActivationOptions) withDefaults() ActivationOptions {
	if isZero(&o.Start) {
		o.Start = event.Named("signed_up")
	}
	o.Least = cmp.Or(o.Least, len(o.Criteria))
	o.Window = cmp.Or(o.Window, DefaultWindow)
	o.Criteria = slices.Clone(o.Criteria)
	for i := range o.Criteria {
		o.Criteria[i].AtLeast = cmp.Or(o.Criteria[i].AtLeast, 1)
	}
	return o
}

// String returns the rule, in one canonical form. Two accumulators of equal forms can be
// merged.
func (o ActivationOptions) String() string {
	o = o.withDefaults()
	var list []string
	if o.Start.String() != "signed_up" {
		list = append(list, "from "+o.Start.String())
	}
	for _, c := range o.Criteria {
		list = append(list, fmt.Sprintf("%q: %s", c.Name, c))
	}
	if o.Least != len(o.Criteria) {
		list = append(list, fmt.Sprintf("%d of them", o.Least))
	}
	if o.Window != DefaultWindow {
		list = append(list, "within "+o.Window.String())
	}
	return commonText(list, o.Subject, o.Test, o.Unique)
}

const maxCriteria = 30

func (o *ActivationOptions) check() error {
	switch {
	case len(o.Criteria) == 0 || len(o.Criteria) > maxCriteria:
		return intake.Errorf("Criteria", "%d of them, want 1 to %d", len(o.Criteria), maxCriteria)
	case o.Least < 0 || o.Least > len(o.Criteria):
		return intake.Errorf("Least", "%d of %d criteria", o.Least, len(o.Criteria))
	case o.Window < 0:
		return intake.Errorf("Window", "%s is negative", o.Window)
	}
	if err := o.Start.Check(); err != nil {
		return intake.Errorf("Start", "%w", err)
	}
	names := map[string]bool{}
	attributes := map[Measure]string{}
	for i := range o.Criteria {
		c := &o.Criteria[i]
		attribute, known := attributes[c.Measure]
		switch {
		case c.Name == "" || names[c.Name]:
			return intake.Errorf("Criteria", "number %d: name %q is empty or given twice", i, c.Name)
		case c.Measure > Distinct:
			return intake.Errorf("Criteria", "%q: measure %d is unknown", c.Name, c.Measure)
		case (c.Measure == Occurrences) != (c.Attribute == ""):
			return intake.Errorf("Criteria", "%q: %s and Attribute %q", c.Name, c.Measure, c.Attribute)
		case known && attribute != c.Attribute:
			return intake.Errorf("Criteria", "%q: %s of %q and of %q", c.Name, c.Measure, c.Attribute, attribute)
		case c.AtLeast < 0 || c.Measure == Seconds && c.AtLeast > maxSeconds:
			return intake.Errorf("Criteria", "%q: AtLeast is %d", c.Name, c.AtLeast)
		}
		if err := c.Rule.Check(); err != nil {
			return intake.Errorf("Criteria", "%q: %w", c.Name, err)
		}
		names[c.Name], attributes[c.Measure] = true, c.Attribute
	}
	return nil
}

// Activation says which customers reached first value, by a rule of the caller's, within a
// window from the event that they begin with.
//
// State is a row of 32 bytes for each event of the rule, and for one that did not come in a
// block, and is not Unique, 64 bytes and its id more. Of the other rows those are dropped that
// cannot matter whatever comes later: what is after the window, and what comes after a
// criterion is met. What is left of them does not grow with use, only with the events before
// the start.
type Activation struct {
	options ActivationOptions // in effect
	text    string
	values  *event.Keys // values of Distinct, as keys
	rows    *history.Store[step]
	in      intake.Intake
}

// step is what activation has to know of an event.
type step struct {
	mask    uint32 // bit 0: a start; bit i+1: of criterion i
	value   event.Code
	seconds int64 // nanoseconds
}

const (
	startBit  = 1
	criterion = 1 // shift of the bit of the first criterion
)

// maxSeconds is the most seconds that one event may state.
const maxSeconds = intake.End / second

const second = int64(time.Second)

// NewActivation returns an accumulator without events.
func NewActivation(o ActivationOptions) (*Activation, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	o.Keys = in.Keys
	a := &Activation{options: o, text: o.String(), in: in}
	a.reset()
	return a, nil
}

func (a *Activation) reset() {
	a.values = new(event.Keys)
	values := a.values
	m := newMeter(&a.options)
	a.rows = history.New(history.Options[step]{
		Unique: a.options.Unique,
		Compare: func(x, y step) int {
			return cmp.Or(cmp.Compare(x.mask, y.mask), cmp.Compare(x.seconds, y.seconds), compareNames(values, x.value, y.value))
		},
		Compact: m.compact,
	})
	a.in.Tally = event.Tally{}
}

// Options returns the options in effect, with the keys in use.
func (a *Activation) Options() ActivationOptions {
	o := a.options
	o.Criteria = slices.Clone(o.Criteria)
	return o
}

// Keys returns the keys whose codes [ActivationBlock] takes for customers.
func (a *Activation) Keys() *event.Keys { return a.in.Keys }

// Values returns the keys whose codes [ActivationBlock] takes for values of Distinct. They
// are others after UnmarshalBinary.
func (a *Activation) Values() *event.Keys { return a.values }

// String returns the rule.
func (a *Activation) String() string { return "activation: " + a.text }

// Report returns what became of the events.
func (a *Activation) Report() event.Report {
	return a.in.Tally.Report(a.rows.Duplicates(a.options.Workers))
}

// Add takes in an event.
func (a *Activation) Add(e *event.Event) {
	if !a.in.Wants(e) {
		return
	}
	x := step{value: event.NoCode}
	if a.options.Start.Match(e) {
		x.mask |= startBit
	}
	for i := range a.options.Criteria {
		if a.options.Criteria[i].Rule.Match(e) {
			x.mask |= 1 << (i + criterion)
		}
	}
	if x.mask == 0 {
		a.in.Tally.Ignored++
		return
	}
	if !a.measure(e, &x) {
		return
	}
	code, at, ok := a.in.Admit(e, e.Time)
	switch {
	case !ok:
	case a.options.Unique: // events of one instant have no order
		a.rows.Add(code, at, x)
	default:
		a.rows.AddEvent(code, e, at, x)
	}
}

// measure reads the attributes that the criteria of an event need, or refuses it.
func (a *Activation) measure(e *event.Event, x *step) bool {
	for i := range a.options.Criteria {
		c := &a.options.Criteria[i]
		if x.mask>>(i+criterion)&1 == 0 || c.Measure == Occurrences {
			continue
		}
		v, ok := e.Props.Get(c.Attribute)
		if !ok {
			a.in.Refuse(e, event.MissingAttribute, c.Attribute)
			return false
		}
		reason := event.Reason("")
		if c.Measure == Seconds {
			x.seconds, reason = secondsOf(v)
		} else if x.value, reason = a.valueOf(v); reason == "" && x.value == event.NoCode {
			reason = event.TooLarge
		}
		if reason != "" {
			a.in.Refuse(e, reason, c.Attribute+" = "+v.String())
			return false
		}
	}
	return true
}

// secondsOf returns a number of seconds in nanoseconds.
func secondsOf(v event.Value) (int64, event.Reason) {
	d, ok := v.Decimal()
	if !ok {
		return 0, event.WrongType
	}
	t, err := metric.Seconds(d)
	if err != nil || t.Sign() < 0 {
		return 0, event.OutOfRange
	}
	ns, ok := t.Std()
	if !ok || int64(ns) > maxSeconds*second {
		return 0, event.OutOfRange
	}
	return int64(ns), ""
}

// valueOf returns the code of a text or a whole number. The two kinds stay apart.
func (a *Activation) valueOf(v event.Value) (event.Code, event.Reason) {
	if s, ok := v.Text(); ok {
		return a.values.Code("s" + s), ""
	}
	if _, ok := v.Int(); ok {
		return a.values.Code("i" + v.String()), ""
	}
	return event.NoCode, event.WrongType
}

// ActivationBlock is a block of columns of one length. Seconds and Value may be nil if no
// criterion measures them.
type ActivationBlock struct {
	Customer []event.Code // of the keys of the accumulator
	Time     []int64      // nanoseconds since 1970 UTC

	// Step says what a row is: 0 a start, and i+1 what criterion i asks for.
	Step []uint8

	Seconds []int64      // for criteria of Seconds, in nanoseconds
	Value   []event.Code // for criteria of Distinct, of Values
}

// AddBlock takes in rows. On an error, which names the column, nothing is taken in. The
// caller promises that no row is added twice. An event of several criteria is a row for each.
func (a *Activation) AddBlock(b *ActivationBlock) error {
	if err := a.checkBlock(b); err != nil {
		return err
	}
	steps := make([]step, len(b.Customer))
	for i := range steps {
		steps[i] = step{mask: 1 << b.Step[i], value: event.NoCode}
		if b.Step[i] == 0 {
			continue
		}
		switch a.options.Criteria[b.Step[i]-1].Measure {
		case Seconds:
			steps[i].seconds = b.Seconds[i]
		case Distinct:
			steps[i].value = b.Value[i]
		}
	}
	a.rows.AddBlock(b.Customer, b.Time, nil, steps)
	a.in.Tally.Taken += int64(len(steps))
	return nil
}

func (a *Activation) checkBlock(b *ActivationBlock) error {
	n := len(b.Customer)
	if err := cmp.Or(a.in.CheckRows(b.Customer, b.Time), intake.CheckLength("Step", len(b.Step), n),
		intake.CheckOptional("Seconds", b.Seconds, n), intake.CheckOptional("Value", b.Value, n)); err != nil {
		return err
	}
	for i, s := range b.Step {
		if int(s) > len(a.options.Criteria) {
			return intake.Errorf("Step", "row %d has %d, with %d criteria", i, s, len(a.options.Criteria))
		}
		if s == 0 {
			continue
		}
		switch a.options.Criteria[s-1].Measure {
		case Seconds:
			if b.Seconds == nil || b.Seconds[i] < 0 || b.Seconds[i] > maxSeconds*second {
				return intake.Errorf("Seconds", "row %d has no number of nanoseconds in range", i)
			}
		case Distinct:
			if b.Value == nil || b.Value[i] == event.NoCode || !a.values.Has(b.Value[i]) {
				return intake.Errorf("Value", "row %d has no code that Values gave", i)
			}
		}
	}
	return nil
}

// Merge adds what o took in, and leaves o alone. Its options must be the same.
func (a *Activation) Merge(o *Activation) error {
	if a.text != o.text {
		return intake.Errorf("Activation", "merge of one with other options: %q and %q", a.text, o.text)
	}
	a.rows.Merge(o.rows, a.in.Keys.Translation(o.in.Keys), a.adopt(o.values))
	a.in.Tally.Merge(&o.in.Tally)
	return nil
}

// adopt returns what translates steps with values of other keys, nil if there are none.
func (a *Activation) adopt(values *event.Keys) func(step) step {
	if values.Len() == 0 {
		return nil
	}
	codes := a.values.Translation(values)
	return func(x step) step {
		x.value = codes.Code(x.value)
		return x
	}
}

// meter follows the rows of one customer and says when criteria are met.
type meter struct {
	o       *ActivationOptions
	have    []int64
	seen    []map[event.Code]bool // of Distinct
	missing int                   // criteria that have yet to be met, of Least
}

func newMeter(o *ActivationOptions) *meter {
	m := &meter{o: o, have: make([]int64, len(o.Criteria)), seen: make([]map[event.Code]bool, len(o.Criteria))}
	m.reset()
	return m
}

func (m *meter) reset() {
	clear(m.have)
	for i := range m.seen {
		clear(m.seen[i])
	}
	m.missing = m.o.Least
}

// goal returns what the measure of a criterion has to reach, with seconds in nanoseconds.
func (m *meter) goal(i int) int64 {
	if m.o.Criteria[i].Measure == Seconds {
		return m.o.Criteria[i].AtLeast * second
	}
	return m.o.Criteria[i].AtLeast
}

// add takes a step for a criterion into account. It reports whether that changed something:
// not if the criterion is met, or knows the value.
func (m *meter) add(i int, x *step) bool {
	goal := m.goal(i)
	if m.have[i] >= goal {
		return false
	}
	switch m.o.Criteria[i].Measure {
	case Occurrences:
		m.have[i]++
	case Seconds:
		m.have[i] += x.seconds // each is at most half of what 64 bits hold
	case Distinct:
		if m.seen[i] == nil {
			m.seen[i] = map[event.Code]bool{}
		}
		if m.seen[i][x.value] {
			return false
		}
		m.seen[i][x.value] = true
		m.have[i]++
	}
	if m.have[i] >= goal {
		m.missing--
	}
	return true
}

// takes adds a step to all criteria that it is of, and reports whether it was of use to any.
func (m *meter) takes(x *step) bool {
	of := false
	for i := range m.have {
		if x.mask>>(i+criterion)&1 != 0 && m.add(i, x) {
			of = true
		}
	}
	return of
}

// startOf returns the first start among rows.
func startOf(run []history.Row[step]) (int64, bool) {
	for i := range run {
		if run[i].P.mask&startBit != 0 {
			return run[i].At, true
		}
	}
	return 0, false
}

// compact drops rows, none of which can come again. The start can only become earlier than the first
// of these, and they cannot go away. So what is beyond the window from there, or comes when
// they alone have met the criterion, or repeats a value, can never matter.
func (m *meter) compact(run []history.Row[step]) int {
	start, ok := startOf(run)
	if !ok {
		return len(run)
	}
	m.reset()
	n, started := 0, false
	for _, row := range run {
		if row.At >= start {
			first := !started && row.P.mask&startBit != 0
			if of := row.At-start <= int64(m.o.Window) && m.takes(&row.P); !of && !first {
				continue
			}
			started = started || first
		}
		run[n] = row
		n++
	}
	return n
}
