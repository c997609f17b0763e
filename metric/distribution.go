package metric

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"iter"
	"math"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Distribution is a collection of values of one type, in ascending order, equal values
// included: the amounts of orders, the durations of support cases.
//
// It holds each value as an integer of 64 bits at one scale for all, so it is exact. Values
// that do not fit together at any scale from 0 to 18 are refused.
//
// Distribution is immutable. It is not comparable; use [Distribution.Equal]. The zero
// Distribution has no values.
type Distribution[E Scalar] struct {
	_ [0]func()
	d *distribution
}

// distribution is a Distribution of any element.
type distribution struct {
	element  Kind
	currency Currency // of money
	scale    uint8
	units    []int64 // ascending, in 10^-scale
}

const maxDistributionScale = 18

// MustDistribution is [NewDistribution] for literals. It panics on values that cannot be
// held together.
func MustDistribution[E Scalar](values ...E) Distribution[E] {
	return must(NewDistribution(values...))
}

// NewDistribution returns the distribution of values. Money of several currencies is
// [MixedCurrency].
func NewDistribution[E Scalar](values ...E) (Distribution[E], error) {
	d := &distribution{element: elementKind[E]()}
	numbers := make([]decimal.Decimal, len(values))
	for i := range values {
		v := scalarOf(values[i])
		switch {
		case v.check() != nil:
			return Distribution[E]{}, inputErrorf("value %d: %w", i, v.check())
		case i > 0 && v.currency != d.currency:
			return Distribution[E]{}, mixedCurrency(d.currency, v.currency)
		}
		d.currency = v.currency
		n, _ := v.Decimal()
		numbers[i] = exact.Trim(n)
		d.scale = max(d.scale, uint8(min(max(0, -numbers[i].Exponent()), math.MaxUint8)))
	}
	if d.scale > maxDistributionScale {
		return Distribution[E]{}, inputErrorf("values with more than %d decimals do not go into a distribution", maxDistributionScale)
	}
	d.units = make([]int64, len(values))
	for i, n := range numbers {
		var ok bool
		if d.units[i], ok = exact.Minor(n, d.scale); !ok {
			return Distribution[E]{}, inputErrorf("value %s does not fit 64 bits at %d decimals", plain(n), d.scale)
		}
	}
	slices.Sort(d.units)
	return Distribution[E]{d: d}, nil
}

// DistributionFromUnits returns the distribution of values given as integers in units of
// 10^-scale, for a scale from 0 to 18: cents at scale 2, nanoseconds at scale 9. It takes
// over the slice and sorts it. The currency is that of money, and zero for anything else;
// counts have scale 0.
func DistributionFromUnits[E Scalar](units []int64, scale uint8, c Currency) (Distribution[E], error) {
	d := &distribution{element: elementKind[E](), currency: c, scale: scale, units: units}
	switch {
	case scale > maxDistributionScale:
		return Distribution[E]{}, inputErrorf("a distribution has no scale %d, only 0 to %d", scale, maxDistributionScale)
	case d.element == KindCount && scale != 0:
		return Distribution[E]{}, inputErrorf("a distribution of counts has scale 0, not %d", scale)
	case d.element == KindMoney && c.IsZero():
		return Distribution[E]{}, errNoCurrency
	case d.element != KindMoney && !c.IsZero():
		return Distribution[E]{}, inputErrorf("a distribution of kind %s has no currency, so not %s", d.element, c)
	}
	if !slices.IsSorted(units) {
		slices.Sort(units)
	}
	return Distribution[E]{d: d}, nil
}

// Len returns the number of values.
func (d Distribution[E]) Len() int { return d.data().len() }

// All yields the values in ascending order.
func (d Distribution[E]) All() iter.Seq[E] {
	return func(yield func(E) bool) {
		data := d.data()
		for _, u := range data.units {
			if !yield(scalarAs[E](data.valueAt(u))) {
				return
			}
		}
	}
}

// Min returns the least value, or [EmptyPopulation].
func (d Distribution[E]) Min() (E, error) {
	if d.Len() == 0 {
		var none E
		return none, EmptyPopulation
	}
	return scalarAs[E](d.d.valueAt(d.d.units[0])), nil
}

// Max returns the greatest value, or [EmptyPopulation].
func (d Distribution[E]) Max() (E, error) {
	if d.Len() == 0 {
		var none E
		return none, EmptyPopulation
	}
	return scalarAs[E](d.d.valueAt(d.d.units[d.Len()-1])), nil
}

// Sum returns the sum of the values, which is 0 for no values. It is an [ErrInput] when a
// sum of counts exceeds 64 bits, and [EmptyPopulation] for no money in no currency.
func (d Distribution[E]) Sum() (E, error) {
	var none E
	data := d.data()
	if data.len() == 0 && data.element == KindMoney && data.currency.IsZero() {
		return none, EmptyPopulation
	}
	v, err := valueFromDecimal(data.element, data.sum(), data.currency)
	if err != nil {
		return none, err
	}
	return scalarAs[E](v), nil
}

// Mean returns the arithmetic mean, or [EmptyPopulation]. It is of the kind of the values,
// except that the mean of counts is a [Number]. It is rounded to 28 places, half away from
// zero.
func (d Distribution[E]) Mean() (Value, error) { return d.statistic(d.data().meanFraction()) }

// Median returns the middle value, or the mean of the two middle ones, or
// [EmptyPopulation]. Kind and rounding are those of [Distribution.Mean].
func (d Distribution[E]) Median() (Value, error) { return d.statistic(d.data().medianFraction()) }

// Percentile returns the p-th percentile for p from 0 to 100, by linear interpolation
// between the order statistics x(1) ≤ ... ≤ x(n):
//
//	h = (n-1) * p/100 + 1
//	percentile = x(⌊h⌋) + (h - ⌊h⌋) * (x(⌊h⌋+1) - x(⌊h⌋))
//
// This is type 7 of Hyndman and Fan [1], the default of R and NumPy and PERCENTILE.INC of
// spreadsheets. It is [EmptyPopulation] for no values, and an [ErrInput] for a p out of
// range. Kind and rounding are those of [Distribution.Mean].
//
// [1] Hyndman, Rob J.; Fan, Yanan (1996). Sample Quantiles in Statistical Packages. The
// American Statistician 50 (4), 361-365.
func (d Distribution[E]) Percentile(p decimal.Decimal) (Value, error) {
	if checkRange(p) != nil || p.Sign() < 0 || p.Cmp(decimal.New(1, 2)) > 0 {
		return Value{}, inputErrorf("percentile %s is not from 0 to 100", quote(plain(p)))
	}
	return d.statistic(d.data().percentileFraction(exact.FromDecimal(p)))
}

func (d Distribution[E]) statistic(f exact.Fraction, ok bool) (Value, error) {
	if !ok {
		return Value{}, EmptyPopulation
	}
	data := d.data()
	kind := data.element
	if kind == KindCount {
		kind = KindNumber
	}
	return valueFromDecimal(kind, Rounding{}.round(f), data.currency)
}

// Merge returns the distribution of the values of both d and e. It is [MixedCurrency]
// when they are money of two currencies, and an [ErrInput] when their values do not fit
// together.
func (d Distribution[E]) Merge(e Distribution[E]) (Distribution[E], error) {
	m, err := d.data().merge(e.data())
	if err != nil {
		return Distribution[E]{}, err
	}
	return Distribution[E]{d: m}, nil
}

// Equal reports whether d and e hold the same values equally often.
func (d Distribution[E]) Equal(e Distribution[E]) bool { return d.data().equal(e.data()) }

// Text returns the values exactly, as a JSON list of their texts: ["60s","131400s"].
func (d Distribution[E]) Text() string { return string(d.data().appendText(nil)) }

// String returns a summary for people: "3 values from 1d to 5d, median 2d".
func (d Distribution[E]) String() string { return d.untyped().String() }

// Format returns a summary for people, with its values as f says.
func (d Distribution[E]) Format(f Format) string { return d.untyped().Format(f) }

// MarshalText returns [Distribution.Text].
func (d Distribution[E]) MarshalText() ([]byte, error) { return d.data().appendText([]byte{}), nil }

// MarshalJSON returns the values as a list of strings.
func (d Distribution[E]) MarshalJSON() ([]byte, error) { return d.MarshalText() }

// UnmarshalText accepts a JSON list of values, each as its type accepts it.
func (d *Distribution[E]) UnmarshalText(text []byte) error { return d.UnmarshalJSON(text) }

// UnmarshalJSON accepts a list of values, each as its type accepts it.
func (d *Distribution[E]) UnmarshalJSON(data []byte) error {
	v, err := parseDistribution[E](data)
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value implements [driver.Valuer] with the text form.
func (d Distribution[E]) Value() (driver.Value, error) { return driverText(d.MarshalText()) }

// Scan implements the scanner of database/sql for text.
func (d *Distribution[E]) Scan(src any) error { return scanText("distribution", src, d.UnmarshalText) }

func parseDistribution[E Scalar](data []byte) (Distribution[E], error) {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		return Distribution[E]{}, inputErrorf("distribution %s is not a list", quote(string(data)))
	}
	var list []E
	if err := json.Unmarshal(data, &list); err != nil {
		return Distribution[E]{}, inputErrorf("distribution %s: %w", quote(string(data)), err)
	}
	return NewDistribution(list...)
}

// data returns the values, never nil.
func (d Distribution[E]) data() *distribution {
	if d.d == nil {
		return &distribution{element: elementKind[E]()}
	}
	return d.d
}

func (d Distribution[E]) untyped() Value {
	data := d.data()
	return Value{kind: DistributionOf(data.element), currency: data.currency, dist: data}
}

// elementKind returns the kind of E.
func elementKind[E Scalar]() Kind {
	var e E
	return scalarOf(e).kind
}

// scalarOf is ValueOf for a Scalar, which the compiler does not see to be a Quantity.
func scalarOf[E Scalar](e E) Value {
	switch e := any(e).(type) {
	case Count:
		return ValueOf(e)
	case Money:
		return ValueOf(e)
	case Ratio:
		return ValueOf(e)
	case Number:
		return ValueOf(e)
	case Duration:
		return ValueOf(e)
	}
	return Value{}
}

// scalarAs converts a value of the kind of E.
func scalarAs[E Scalar](v Value) E {
	var e E
	switch p := any(&e).(type) {
	case *Count:
		*p = Count(v.count)
	case *Money:
		*p = Money{amount: v.number, currency: v.currency}
	case *Ratio:
		*p = Ratio{number: v.number}
	case *Number:
		*p = Number{number: v.number}
	case *Duration:
		*p = Duration{seconds: v.number}
	}
	return e
}

func (d *distribution) len() int { return len(d.units) }

// valueAt returns the value of u units.
func (d *distribution) valueAt(u int64) Value {
	if d.element == KindCount {
		return Value{kind: KindCount, count: u}
	}
	return Value{kind: d.element, currency: d.currency, number: exact.Trim(decimal.New(u, -int32(d.scale)))}
}

func (d *distribution) sum() decimal.Decimal {
	var lane exact.Lane
	lane.AddColumn(d.units)
	return lane.Decimal(d.scale)
}

// sumFraction returns the sum, 0 for no values.
func (d *distribution) sumFraction() exact.Fraction { return exact.FromDecimal(d.sum()) }

// meanFraction returns the mean, and false for no values.
func (d *distribution) meanFraction() (exact.Fraction, bool) {
	return d.sumFraction().Quo(exact.FromInt64(int64(d.len())))
}

// medianFraction returns the median, and false for no values.
func (d *distribution) medianFraction() (exact.Fraction, bool) {
	return d.percentileFraction(exact.FromInt64(50))
}

// percentileFraction returns the p-th percentile, see [Distribution.Percentile]. It is
// false for no values and for a p that is not from 0 to 100.
func (d *distribution) percentileFraction(p exact.Fraction) (exact.Fraction, bool) {
	if d.len() == 0 || p.Sign() < 0 || p.Cmp(exact.FromInt64(100)) > 0 {
		return exact.Fraction{}, false
	}
	h := p.Mul(exact.FromInt64(int64(d.len() - 1))).Mul(exact.FromUnits(1, 2))
	floor, _ := exact.Minor(h.Round(0, exact.Floor), 0)
	x := exact.FromUnits(d.units[floor], d.scale)
	part := h.Sub(exact.FromInt64(floor))
	if part.IsZero() {
		return x, true
	}
	step := exact.FromUnits(d.units[floor+1], d.scale).Sub(x)
	return x.Add(part.Mul(step)), true
}

// equal compares the values, at whatever scales they are held.
func (d *distribution) equal(e *distribution) bool {
	if d.element != e.element || d.len() != e.len() {
		return false
	}
	if d.len() > 0 && d.currency != e.currency {
		return false
	}
	for i := range d.units {
		if exact.FromUnits(d.units[i], d.scale).Cmp(exact.FromUnits(e.units[i], e.scale)) != 0 {
			return false
		}
	}
	return true
}

// merge returns the values of both.
func (d *distribution) merge(e *distribution) (*distribution, error) {
	m := &distribution{element: d.element, currency: d.currency, scale: max(d.scale, e.scale)}
	switch {
	case m.currency.IsZero():
		m.currency = e.currency
	case !e.currency.IsZero() && e.currency != m.currency:
		return nil, mixedCurrency(d.currency, e.currency)
	}
	m.units = make([]int64, 0, d.len()+e.len())
	a, err := d.rescaled(m.scale)
	if err != nil {
		return nil, err
	}
	b, err := e.rescaled(m.scale)
	if err != nil {
		return nil, err
	}
	for len(a) > 0 && len(b) > 0 {
		if b[0] < a[0] {
			a, b = b, a
		}
		m.units = append(m.units, a[0])
		a = a[1:]
	}
	m.units = append(append(m.units, a...), b...)
	return m, nil
}

// rescaled returns the units at a finer scale.
func (d *distribution) rescaled(scale uint8) ([]int64, error) {
	if scale == d.scale {
		return d.units, nil
	}
	units := make([]int64, d.len())
	for i, u := range d.units {
		var ok bool
		if units[i], ok = exact.Minor(decimal.New(u, -int32(d.scale)), scale); !ok {
			return nil, inputErrorf("value %s does not fit 64 bits at %d decimals", plain(decimal.New(u, -int32(d.scale))), scale)
		}
	}
	return units, nil
}

// appendText appends the values as a JSON list of strings. None of the texts needs
// escaping.
func (d *distribution) appendText(b []byte) []byte {
	b = append(b, '[')
	for i, u := range d.units {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(d.valueAt(u).appendText(append(b, '"')), '"')
	}
	return append(b, ']')
}
