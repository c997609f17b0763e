package survival

import (
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

// Unit is the unit in which the times of a sample are counted.
//
// Second to Week have a fixed length. Month, Quarter and Year are calendar units, which are
// never converted into seconds. A Cycle is a billing or contract cycle of the caller's own
// length, or anything else that is counted: a renewal, a visit, a step.
//
// The zero Unit is no unit; a sample needs one.
type Unit uint8

// The units.
const (
	Second Unit = iota + 1
	Minute
	Hour
	Day
	Week
	Month
	Quarter
	Year
	Cycle
)

var units = [...]struct {
	name    string
	seconds int64 // 0: no fixed length
}{
	Second: {"second", 1}, Minute: {"minute", 60}, Hour: {"hour", 3600}, Day: {"day", 86400}, Week: {"week", 604800},
	Month: {"month", 0}, Quarter: {"quarter", 0}, Year: {"year", 0}, Cycle: {"cycle", 0},
}

// ParseUnit returns the unit with the given name, such as "day".
func ParseUnit(s string) (Unit, error) {
	for u := Second; int(u) < len(units); u++ {
		if units[u].name == s {
			return u, nil
		}
	}
	return 0, inputErrorf("unit of time %s is unknown", quote(s))
}

// valid reports whether u is one of the units.
func (u Unit) valid() bool { return u >= Second && int(u) < len(units) }

// String returns the name in the singular: "day".
func (u Unit) String() string {
	if !u.valid() {
		return "no unit"
	}
	return units[u].name
}

// Seconds returns the length of the unit in seconds. It is false for the calendar units and
// for [Cycle].
func (u Unit) Seconds() (int64, bool) {
	if !u.valid() || units[u].seconds == 0 {
		return 0, false
	}
	return units[u].seconds, true
}

// MarshalText returns the name.
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText accepts what [ParseUnit] does.
func (u *Unit) UnmarshalText(text []byte) error {
	v, err := ParseUnit(string(text))
	if err != nil {
		return err
	}
	*u = v
	return nil
}

// quantity returns a number of units for people: "1 day", "310 days".
func (u Unit) quantity(v float64) string {
	s := number(v, 6) + " " + u.String()
	if v != 1 {
		s += "s"
	}
	return s
}

// Duration returns v units as a duration. It is false for units without a fixed length and
// for values that are no duration. Up to 15 digits of v arrive as they are printed, so that
// a time which came from a duration of seconds returns as that duration.
func (u Unit) Duration(v float64) (metric.Duration, bool) {
	seconds, ok := u.Seconds()
	if !ok {
		return metric.Duration{}, false
	}
	d, err := exact.ParseDecimal(strconv.FormatFloat(v, 'f', -1, 64))
	if err != nil {
		return metric.Duration{}, false
	}
	out, err := metric.Seconds(exact.Trim(d.Mul(decimal.NewFromInt(seconds))))
	return out, err == nil
}
