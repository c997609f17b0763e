package metric

import (
	"math/big"
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Format says how a value is written for people. Text for programs is exact and comes
// from [Value.Text].
//
// The zero Format writes
//
//	Count     1,234
//	Money     1,234.50 USD     to the smallest unit of the currency
//	Ratio     103%  98.5%      as a percentage
//	Number    3.2
//	Duration  2d 4h            its two largest units
//
// A percentage or a number of up to 4 decimals is written exactly. A longer one is rounded
// to 2 decimals, trailing zeros included, so that 33.33% and 50.00% show that they are
// rounded.
//
// Rounding never hides a value: what is not zero is not written as zero, and a percentage
// that is not 100% not as 100%. As many decimals are written as it takes, two of them
// significant: 99.99996%, 0.0034 USD.
type Format struct {
	// Rounding sets the decimals and the mode; RoundTo(1, RoundHalfEven) writes 98.5%. A
	// rounded value may then be written as zero or 100%. Durations are written in seconds.
	// Counts stay as they are.
	Rounding Rounding

	// NoGrouping leaves out the commas between thousands.
	NoGrouping bool

	// Fraction writes a ratio as a fraction of one: 1.03 for 103%. Up to 6 decimals are
	// then exact, and longer fractions are rounded to 4.
	Fraction bool

	// DurationUnits is how many units of a duration are written at most, from the largest;
	// 0 stands for 2. The last one is rounded, half away from zero.
	DurationUnits int
}

// Format returns v for people, as f says. A distribution is summarized: "3 values from 1d
// to 5d, median 2d". No value is "no value".
func (v Value) Format(f Format) string {
	switch v.kind {
	case KindCount:
		return f.grouped(strconv.FormatInt(v.count, 10))
	case KindMoney:
		return f.money(v.number, v.currency)
	case KindRatio:
		if f.Fraction {
			return f.number(v.number, decimalStyle{exact: 6, rounded: 4, keep: zeroAndOne})
		}
		return f.number(v.number.Shift(2), decimalStyle{exact: 4, rounded: 2, keep: zeroAndHundred}) + "%"
	case KindNumber:
		return f.number(v.number, decimalStyle{exact: 4, rounded: 2, keep: zeroOnly})
	case KindDuration:
		return f.duration(v.number)
	case 0:
		return "no value"
	}
	return f.distribution(v.distribution())
}

// decimalStyle says how many decimals a number is written with.
type decimalStyle struct {
	exact   int     // write up to so many exactly
	rounded int     // round longer numbers to so many
	padded  int     // write at least so many
	keep    []int64 // no other number is written as one of these
}

// Numbers that mean "none" or "all" to a reader.
var (
	zeroOnly       = []int64{0}
	zeroAndOne     = []int64{0, 1}
	zeroAndHundred = []int64{0, 100}
	zeroAndMinute  = []int64{0, secondsPerMinute}
)

// number writes d in a style, or as f.Rounding says.
func (f Format) number(d decimal.Decimal, s decimalStyle) string {
	if !f.Rounding.IsZero() {
		places := f.Rounding.Places()
		return f.grouped(string(appendPadded(nil, f.Rounding.round(exact.FromDecimal(d)), places)))
	}
	d = exact.Trim(d)
	if -int(d.Exponent()) <= s.exact {
		return f.grouped(string(appendPadded(nil, d, s.padded)))
	}
	for _, k := range s.keep {
		if r := roundedDecimal(d, s.rounded); r.Equal(decimal.NewFromInt(k)) {
			return f.grouped(string(exact.AppendDecimal(nil, roundedNear(d, k))))
		}
	}
	return f.grouped(string(appendPadded(nil, roundedDecimal(d, s.rounded), s.rounded)))
}

func roundedDecimal(d decimal.Decimal, places int) decimal.Decimal {
	return RoundTo(places, RoundHalfAwayFromZero).round(exact.FromDecimal(d))
}

// roundedNear rounds d, which is not k, so that two significant digits of its distance
// from k remain.
func roundedNear(d decimal.Decimal, k int64) decimal.Decimal {
	distance := d.Sub(decimal.NewFromInt(k))
	leading := distance.NumDigits() + int(distance.Exponent()) // 0 for 0.34, -2 for 0.0034
	return exact.Trim(exact.FromDecimal(d).Round(int32(2-leading), exact.HalfAwayFromZero))
}

func (f Format) money(amount decimal.Decimal, c Currency) string {
	if c.IsZero() {
		return "invalid money"
	}
	e := c.Exponent()
	return f.number(amount, decimalStyle{exact: e, rounded: e, padded: e, keep: zeroOnly}) + " " + c.Code()
}

// durationSteps are the units a duration is written in, from the largest.
var durationSteps = [...]struct {
	name    string
	seconds int64
}{{"d", secondsPerDay}, {"h", secondsPerHour}, {"m", secondsPerMinute}, {"s", 1}}

func (f Format) duration(seconds decimal.Decimal) string {
	if !f.Rounding.IsZero() {
		return f.number(seconds, decimalStyle{}) + "s"
	}
	magnitude, sign := seconds.Abs(), ""
	if seconds.Sign() < 0 {
		sign = "-"
	}
	if magnitude.Cmp(decimal.NewFromInt(secondsPerMinute)) < 0 {
		return sign + f.number(magnitude, decimalStyle{exact: 3, rounded: 2, keep: zeroAndMinute}) + "s"
	}
	return sign + f.steps(f.roundToStep(magnitude))
}

// roundToStep rounds a duration of at least a minute to the smallest unit to be written.
func (f Format) roundToStep(seconds decimal.Decimal) *big.Int {
	last := f.DurationUnits - 1
	if f.DurationUnits <= 0 {
		last = 1
	}
	for i := 0; seconds.Cmp(decimal.NewFromInt(durationSteps[i].seconds)) < 0; i++ {
		last++
	}
	step := durationSteps[min(last, len(durationSteps)-1)].seconds
	steps, _ := exact.FromDecimal(seconds).Quo(exact.FromInt64(step))
	n := steps.Round(0, exact.HalfAwayFromZero).BigInt()
	return n.Mul(n, big.NewInt(step))
}

// steps writes whole seconds in days, hours, minutes and seconds, leaving out zeros.
func (f Format) steps(seconds *big.Int) string {
	var b []byte
	rest, n := seconds, new(big.Int)
	for _, step := range durationSteps {
		n, rest = new(big.Int).QuoRem(rest, big.NewInt(step.seconds), new(big.Int))
		if n.Sign() == 0 {
			continue
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(append(b, f.grouped(n.String())...), step.name...)
	}
	return string(b)
}

func (f Format) distribution(d *distribution) string {
	n := d.len()
	switch n {
	case 0:
		return "0 values"
	case 1:
		return "1 value, " + d.valueAt(d.units[0]).Format(f)
	}
	kind := d.element
	if kind == KindCount {
		kind = KindNumber
	}
	middle, _ := d.medianFraction()
	median := Value{kind: kind, currency: d.currency, number: Rounding{}.round(middle)}
	return f.grouped(strconv.Itoa(n)) + " values from " + d.valueAt(d.units[0]).Format(f) +
		" to " + d.valueAt(d.units[n-1]).Format(f) + ", median " + median.Format(f)
}

// grouped puts commas between the thousands of a plain decimal number.
func (f Format) grouped(s string) string {
	start := 0
	if s != "" && s[0] == '-' {
		start = 1
	}
	end := start
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if f.NoGrouping || end-start <= 3 {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/3)
	b = append(b, s[:start]...)
	for i := start; i < end; i++ {
		if i > start && (end-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, s[i])
	}
	return string(append(b, s[end:]...))
}
