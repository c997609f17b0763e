package metric

import (
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Metric is a handle on one definition whose values have the Go type Q.
//
// It is comparable and immutable: two handles are equal when they name the same
// metric. The zero Metric names none; everything asked of it is an error.
// Handles come from the packages below catalog, such as
// subscription.NetRevenueRetention(), or from [As].
type Metric[Q Quantity] struct{ d *def.Metric }

// Standard returns the handle on a literal of the catalogue. It is for generated code;
// the type of its argument cannot be named outside this module.
func Standard[Q Quantity](d *def.Metric) Metric[Q] { return Metric[Q]{d} }

// As converts an untyped metric to a typed handle. It returns an error that wraps
// [ErrInput] when the values of d are not of type Q.
func As[Q Quantity](d Definition) (Metric[Q], error) {
	if d.IsZero() {
		return Metric[Q]{}, &Error{Err: errNoMetric}
	}
	if want := kindOf[Q](); d.Kind() != want {
		return Metric[Q]{}, &Error{Metric: d.ID(), Err: inputErrorf("its values are of kind %s, not %s", d.Kind(), want)}
	}
	return Metric[Q](d), nil
}

// Definition returns what the metric means. It is the zero Definition for the zero Metric.
func (m Metric[Q]) Definition() Definition { return Definition(m) }

// ID returns the metric's id, such as "email.open_rate", or "" for the zero Metric.
func (m Metric[Q]) ID() string { return m.Definition().ID() }

// String returns the id.
func (m Metric[Q]) String() string { return m.ID() }

// Is states that the metric has the value v.
func (m Metric[Q]) Is(v Q) Fact { return Fact{d: m.d, value: ValueOf(v)} }

// IsUndefined states that the metric is known to have no value, and why.
func (m Metric[Q]) IsUndefined(why Reason) Fact { return Fact{d: m.d, undefined: why} }

// Of computes the metric from facts given in any order.
//
// Facts may be about any metrics that determine this one: the inputs of its formula,
// the inputs of those, or a mixture. A supplied value wins over its derivation.
//
// The error is an [*Error]. It wraps [ErrInput] for a fact that is given twice, is
// not an input of this metric at any depth, or has a value its metric cannot have.
// It wraps [ErrUndefined] when the metric has no value, with one of the reasons:
// [MissingInput] names the first input that is neither given nor derivable.
//
// The period is not known to Of, so a metric with a grain takes its facts to be of
// that grain; use [Facts] with a period to have it checked.
func (m Metric[Q]) Of(facts ...Fact) (Q, error) {
	v, err := valueOf(m.d, facts)
	if err != nil {
		var none Q
		return none, err
	}
	return ValueAs[Q](v)
}

// From computes the metric from a set of facts. The errors are those of [Metric.Of].
func (m Metric[Q]) From(f *Facts) (Q, error) {
	v, err := f.Value(Definition(m))
	if err != nil {
		var none Q
		return none, err
	}
	return ValueAs[Q](v)
}

// Fact is the value of one metric for one population and period, or the statement
// that it has none. The zero Fact is about no metric and is refused where it is used.
type Fact struct {
	d         *def.Metric
	value     Value
	undefined Reason
}

// FactOf states that the metric d has the value v, of the kind of d.
func FactOf(d Definition, v Value) Fact { return Fact{d: d.d, value: v} }

// UndefinedFact states that the metric d has no value, and why.
func UndefinedFact(d Definition, why Reason) Fact { return Fact{d: d.d, undefined: why} }

// Definition returns the metric the fact is about.
func (f Fact) Definition() Definition { return Definition{f.d} }

// Value returns the value stated, or the zero Value.
func (f Fact) Value() Value { return f.value }

// Undefined returns the reason stated, or "".
func (f Fact) Undefined() Reason { return f.undefined }

// String returns "id = value".
func (f Fact) String() string {
	switch {
	case f.d == nil:
		return "no fact"
	case f.undefined != "":
		return f.d.ID + " is undefined: " + string(f.undefined)
	}
	return f.d.ID + " = " + f.value.String()
}

// check refuses a fact that cannot be true of its metric.
func (f *Fact) check() error {
	switch {
	case f.d == nil:
		return &Error{Err: errNoFact}
	case f.undefined != "":
		if _, err := ParseReason(string(f.undefined)); err != nil {
			return &Error{Metric: f.d.ID, Err: err}
		}
		return nil
	case f.value.IsZero():
		return &Error{Metric: f.d.ID, Err: inputErrorf("a fact with neither a value nor a reason")}
	case f.value.Kind() != Kind(f.d.Kind):
		return &Error{Metric: f.d.ID, Err: inputErrorf("a value of kind %s, want %s", f.value.Kind(), Kind(f.d.Kind))}
	}
	if f.value.Kind().IsDistribution() {
		return f.checkElements()
	}
	if f.d.Kind == def.Money && f.value.Currency().IsZero() {
		return &Error{Metric: f.d.ID, Err: inputErrorf("money without a currency")}
	}
	if !inRange(f.d, f.value.fraction()) {
		return &Error{Metric: f.d.ID, Err: inputErrorf("%s is outside %s", f.value.Text(), f.d.Range.Text)}
	}
	return nil
}

// checkElements holds the smallest and the largest element to the range.
func (f Fact) checkElements() error {
	dist := f.value.distribution()
	if dist.len() == 0 {
		return nil
	}
	for _, units := range []int64{dist.units[0], dist.units[dist.len()-1]} {
		if !inRange(f.d, exact.FromUnits(units, dist.scale)) {
			return &Error{Metric: f.d.ID, Err: inputErrorf("an element lies outside %s", f.d.Range.Text)}
		}
	}
	return nil
}
