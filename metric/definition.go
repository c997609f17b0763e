package metric

import (
	"iter"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/stage"
)

// Definition is what a metric means: a read-only view, and the metric as a value of
// no particular Go type.
//
// It is comparable and immutable; two views are equal when they are of the same
// metric. The zero Definition is of none: its texts are empty and its iterators too.
type Definition struct{ d *def.Metric }

// View returns the view of a literal. It is for the packages of this module;
// the type of its argument cannot be named outside.
func View(d *def.Metric) Definition { return Definition{d} }

// Literal returns what [View] was given. It is for the packages of this module: nobody
// outside can make the key, and so nobody can alter the catalogue.
func Literal(_ def.Key, d Definition) *def.Metric { return d.d }

// empty stands in for the definition of the zero value.
var empty def.Metric

func (d Definition) get() *def.Metric {
	if d.d == nil {
		return &empty
	}
	return d.d
}

// IsZero reports whether d is of no metric.
func (d Definition) IsZero() bool { return d.d == nil }

// ID returns the id, domain and name joined by a dot. An id is never reused.
func (d Definition) ID() string { return d.get().ID }

// Domain returns the part of the id before the dot.
func (d Definition) Domain() string {
	domain, _, _ := strings.Cut(d.get().ID, ".")
	return domain
}

// String returns the id.
func (d Definition) String() string { return d.get().ID }

// Name returns the name in words.
func (d Definition) Name() string { return d.get().Name }

// Subject returns the heading under which the domain lists the metric.
func (d Definition) Subject() string { return d.get().Subject }

// Aliases iterates over other names in use. Two metrics may share an alias.
func (d Definition) Aliases() iter.Seq[string] { return slices.Values(d.get().Aliases) }

// Stage returns the stage of a customer's life that the metric is about first.
func (d Definition) Stage() stage.Stage { return d.get().Stage }

// Also iterates over the other stages it is about.
func (d Definition) Also() iter.Seq[stage.Stage] { return slices.Values(d.get().Also) }

// Meaning returns the definition: what is measured of which population, in one sentence.
func (d Definition) Meaning() string { return d.get().Definition }

// Question returns the question that the metric answers.
func (d Definition) Question() string { return d.get().Question }

// Kind returns the kind of the metric's values.
func (d Definition) Kind() Kind { return Kind(d.get().Kind) }

// Unit returns what a value of one measures: a product of powers of money, second,
// month, quarter, year and counted entities such as customer, or "1".
func (d Definition) Unit() string { return d.get().Unit }

// Scale returns how many of the unit's denominator a value is counted for:
// 1000 for a cost per thousand impressions, otherwise 1.
func (d Definition) Scale() int64 { return max(d.get().Scale, 1) }

// Per returns the time base in which people read a value per second, such as "day", or "".
func (d Definition) Per() string { return d.get().Per }

// Grain returns "month", "quarter" or "year" when the metric combines a level per that
// period with a rate of the same period, and "" otherwise. For facts of another period
// such a metric is undefined with [GrainMismatch].
func (d Definition) Grain() string { return d.get().Grain }

// Formula returns the formula as text, or "" for a base metric.
func (d Definition) Formula() string { return d.get().Formula }

// IsDerived reports whether the metric has a formula. Otherwise it is a base metric,
// captured from events or supplied.
func (d Definition) IsDerived() bool { return len(d.get().Code) > 0 }

// Inputs iterates over the metrics that the formula and its guards name.
func (d Definition) Inputs() iter.Seq[Definition] {
	return func(yield func(Definition) bool) {
		for _, in := range d.get().Inputs {
			if !yield(Definition{in}) {
				return
			}
		}
	}
}

// Guard says when a metric is undefined.
type Guard struct {
	When   string // a truth over the inputs, "delivered == 0"
	Reason Reason
}

// Guards iterates over the cases in which the formula is not applied, in order.
func (d Definition) Guards() iter.Seq[Guard] {
	return func(yield func(Guard) bool) {
		for _, g := range d.get().Guards {
			if !yield(Guard{g.When, Reason(g.Reason)}) {
				return
			}
		}
	}
}

// Capture returns in words how a base metric is computed from events,
// or "" when it is not.
func (d Definition) Capture() string { return d.get().Capture.String() }

// Direction says which way is better, other things equal: "higher", "lower", "target"
// or "none".
func (d Definition) Direction() string { return d.get().Direction }

// Range returns the values the metric can take as an interval, "[0, 1]", or "".
func (d Definition) Range() string { return d.get().Range.Text }

// Time says what a value is about: an "instant" (a stock), a "period" (a flow or a rate),
// a "cohort", a "lifetime" or a "forecast".
func (d Definition) Time() string { return d.get().Time }

// RollUp returns how a base metric is combined over time (sum, first, last, max, never)
// and over disjoint populations (sum, max, never). A derived metric is computed anew from
// its combined inputs and has neither rule, except that a time of "never" forbids to derive
// it from facts merged over several periods: what January's customers kept until March does
// not follow from the movements of three months, in which others came and went.
func (d Definition) RollUp() (time, population string) {
	return d.get().RollupTime, d.get().RollupPopulation
}

// Includes iterates over what counts although one might doubt it.
func (d Definition) Includes() iter.Seq[string] { return slices.Values(d.get().Includes) }

// Excludes iterates over what does not count although one might think so.
func (d Definition) Excludes() iter.Seq[string] { return slices.Values(d.get().Excludes) }

// VariantOf returns the id of the metric of which this is another reading, or "".
func (d Definition) VariantOf() string { return d.get().VariantOf }

// Differs returns in what a variant differs.
func (d Definition) Differs() string { return d.get().Differs }

// Relation is a statement about the values of two metrics for the same facts.
//
//	complement   self + target = 1
//	inverse      self * target = 1
//	at_most      self <= target
//	at_least     self >= target
//	counter      target shows when self is gamed; says nothing of values
type Relation struct {
	Kind   string
	Target string // id
}

// Relations iterates over the declared relations.
func (d Definition) Relations() iter.Seq[Relation] {
	return func(yield func(Relation) bool) {
		for _, r := range d.get().Relations {
			if !yield(Relation(r)) {
				return
			}
		}
	}
}

// Example is a worked example.
type Example struct {
	Inputs    []ExampleInput
	Period    string // "2026-03", or "" when it does not matter
	Result    string // the exact result, possibly a fraction: "43/197"
	Undefined Reason // instead of a result
	Source    string // where it is published, or "" when it is worked by hand
}

// ExampleInput is one supplied value of an example.
type ExampleInput struct{ ID, Value string }

// Examples iterates over the worked examples.
func (d Definition) Examples() iter.Seq[Example] {
	return func(yield func(Example) bool) {
		for _, x := range d.get().Examples {
			inputs := make([]ExampleInput, len(x.Inputs))
			for i, in := range x.Inputs {
				inputs[i] = ExampleInput(in)
			}
			if !yield(Example{inputs, x.Period, x.Result, Reason(x.Undefined), x.Source}) {
				return
			}
		}
	}
}

// Caveat is a popular mistake. When Formula is not empty, it is the mistaken formula,
// which gives Gives for the inputs of the first example.
type Caveat struct{ Text, Formula, Gives string }

// Caveats iterates over the caveats.
func (d Definition) Caveats() iter.Seq[Caveat] {
	return func(yield func(Caveat) bool) {
		for _, c := range d.get().Caveats {
			if !yield(Caveat(c)) {
				return
			}
		}
	}
}

// Source is where a definition comes from. The title "house" says that it is ours.
type Source struct {
	Title, Section, URL string
	Year                int // 0 when unknown
}

// Sources iterates over the sources.
func (d Definition) Sources() iter.Seq[Source] {
	return func(yield func(Source) bool) {
		for _, s := range d.get().Sources {
			if !yield(Source(s)) {
				return
			}
		}
	}
}

// Form is the metric's name in another system.
type Form struct{ System, Name string }

// Forms iterates over the names elsewhere.
func (d Definition) Forms() iter.Seq[Form] {
	return func(yield func(Form) bool) {
		for _, f := range d.get().Forms {
			if !yield(Form(f)) {
				return
			}
		}
	}
}

// Since returns the version of the catalogue that introduced the metric.
func (d Definition) Since() string { return d.get().Since }

// Calculator returns the name of the package that computes the metric from the state that
// it keeps of each customer, such as "ledger", or "". See package catalog/capture.
func (d Definition) Calculator() string { return d.get().Calculator }

// Stability returns "alpha", "beta" or "stable".
func (d Definition) Stability() string { return d.get().Stability }

// Deprecation says since when and why a metric should no longer be used,
// and the id of the one to use instead, if there is one.
type Deprecation struct{ Since, Reason, ReplacedBy string }

// Deprecated returns the deprecation and whether there is one.
func (d Definition) Deprecated() (Deprecation, bool) {
	x := Deprecation(d.get().Deprecated)
	return x, x != Deprecation{}
}

// CaptureEvents iterates over the names of the events from which a base metric is
// computed: one, or two for a duration. It is empty for a metric that is not captured.
func (d Definition) CaptureEvents() iter.Seq[string] {
	return func(yield func(string) bool) {
		c := d.get().Capture
		if c == nil || !yield(c.Event) || c.Until == "" || c.Until == c.Event {
			return
		}
		yield(c.Until)
	}
}
