package clv

import (
	"math"
	"strconv"
	"strings"
)

// Unit is a unit of time: its length in seconds. The zero Unit is none, and an error where
// one is needed.
type Unit int64

// Units. A month and a year are mean ones of the Julian calendar; a day has 24 hours.
const (
	Hour    Unit = 3600
	Day          = 24 * Hour
	Week         = 7 * Day
	Month        = Year / 12 // 30.4375 days
	Quarter      = Year / 4
	Year         = 31557600 * Unit(1) // 365.25 days
)

var unitNames = [...]struct {
	unit Unit
	name string
}{
	{Hour, "hour"}, {Day, "day"}, {Week, "week"}, {Month, "month"}, {Quarter, "quarter"}, {Year, "year"},
}

// String returns the name of the unit, or its length as in "1800s".
func (u Unit) String() string {
	for _, n := range unitNames {
		if n.unit == u {
			return n.name
		}
	}
	return strconv.FormatInt(int64(u), 10) + "s"
}

// ParseUnit reads what [Unit.String] writes.
func ParseUnit(s string) (Unit, error) {
	for _, n := range unitNames {
		if n.name == s {
			return n.unit, nil
		}
	}
	if digits, ok := strings.CutSuffix(s, "s"); ok {
		if v, err := strconv.ParseInt(digits, 10, 64); err == nil && Unit(v).check() == nil {
			return Unit(v), nil
		}
	}
	return 0, badInput("unit", "%.40q is neither the name of a unit nor a number of seconds such as 1800s", s)
}

// MarshalText returns what String does.
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText accepts what [ParseUnit] does.
func (u *Unit) UnmarshalText(text []byte) error {
	v, err := ParseUnit(string(text))
	if err == nil {
		*u = v
	}
	return err
}

// maxUnit is a hundred years.
const maxUnit = 100 * Year

func (u Unit) check() error {
	if u <= 0 || u > maxUnit {
		return badInput("unit", "a unit of %d seconds, want 1 second to 100 years", int64(u))
	}
	return nil
}

// convert returns n units of u as units of to. It does not round if the units are equal.
func convert(n float64, u, to Unit) float64 {
	if u == to {
		return n
	}
	return n * float64(u) / float64(to)
}

// Horizon is a length of time ahead: N units.
type Horizon struct {
	N    float64
	Unit Unit
}

// Forever returns the horizon without end.
func Forever() Horizon { return Horizon{N: math.Inf(1), Unit: Year} }

// String returns the horizon as in "52 week".
func (h Horizon) String() string {
	if math.IsInf(h.N, 1) {
		return "forever"
	}
	return strconv.FormatFloat(h.N, 'g', -1, 64) + " " + h.Unit.String()
}

// in returns the horizon in units of u; +Inf for [Forever].
func (h Horizon) in(u Unit) (float64, error) {
	if err := h.Unit.check(); err != nil {
		return 0, err
	}
	if err := u.check(); err != nil {
		return 0, err
	}
	n := convert(h.N, h.Unit, u)
	if math.IsInf(h.N, 1) || n >= 0 && n <= largest {
		return n, nil
	}
	return 0, badInput("horizon", "%v is not within 0 and %g units of the model", h, largest)
}

// whole returns n as a number of whole units, at most limit, or -1 if it is infinite.
func whole(n float64, limit int) (int, error) {
	if math.IsInf(n, 1) {
		return -1, nil
	}
	near := nearWhole(n)
	if near != math.Floor(near) {
		return 0, badInput("horizon", "%g is not a whole number of units of the model", n)
	}
	if near > float64(limit) {
		return 0, badInput("horizon", "%g is more than %d units of the model", n, limit)
	}
	return int(near), nil
}

// nearWhole undoes the rounding of a conversion between units.
func nearWhole(v float64) float64 {
	if w := math.Round(v); math.Abs(v-w) < 1e-9*math.Max(1, w) {
		return w
	}
	return v
}

// Rate is a rate at which later purchases count for less. The zero Rate discounts nothing.
type Rate struct {
	value      float64
	unit       Unit
	continuous bool
}

// AnnualRate returns an effective rate a year: 0.10 makes what comes a year later worth
// 1/1.10 of what comes now.
func AnnualRate(d float64) Rate { return EffectiveRate(d, Year) }

// EffectiveRate returns an effective rate: what comes one unit later is worth 1/(1+d).
func EffectiveRate(d float64, per Unit) Rate { return Rate{value: d, unit: per} }

// ContinuousRate returns a continuous rate: what comes one unit later is worth exp(-d).
func ContinuousRate(d float64, per Unit) Rate { return Rate{value: d, unit: per, continuous: true} }

// String returns the rate as in "0.1 a year" or "0.0027 a week, continuous".
func (r Rate) String() string {
	if r == (Rate{}) {
		return "0"
	}
	s := strconv.FormatFloat(r.value, 'g', -1, 64) + " a " + r.unit.String()
	if r.continuous {
		s += ", continuous"
	}
	return s
}

// force returns the continuous rate per unit of u.
func (r Rate) force(u Unit) (float64, error) {
	if r == (Rate{}) {
		return 0, nil
	}
	if err := r.unit.check(); err != nil {
		return 0, err
	}
	if err := u.check(); err != nil {
		return 0, err
	}
	if !(r.value >= 0 && r.value <= 1e6) {
		return 0, badInput("rate", "%v is not within 0 and 1e6", r)
	}
	force := r.value
	if !r.continuous {
		force = math.Log1p(r.value)
	}
	return convert(force, u, r.unit), nil
}
