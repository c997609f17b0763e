package metric

import (
	"database/sql/driver"
	"math/big"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Duration is an exact elapsed time in seconds. It may be negative. Its magnitude is
// below 10^34 seconds, and it has no digit below 10^-34.
//
// It is not a [time.Duration], which ends at 292 years: a sum over customers passes
// that soon.
//
// Duration is immutable. It is not comparable; use [Duration.Equal]. The zero Duration
// is 0 seconds.
type Duration struct {
	_       [0]func()
	seconds decimal.Decimal
}

// The lengths of the units that have one. A day is 24 hours, not a civil day.
const (
	secondsPerMinute = 60
	secondsPerHour   = 60 * secondsPerMinute
	secondsPerDay    = 24 * secondsPerHour
	secondsPerWeek   = 7 * secondsPerDay
)

// Seconds returns a duration given in seconds.
func Seconds(s decimal.Decimal) (Duration, error) {
	if err := checkRange(s); err != nil {
		return Duration{}, err
	}
	return Duration{seconds: s}, nil
}

// FromStd returns d as a Duration.
func FromStd(d time.Duration) Duration {
	return Duration{seconds: exact.Trim(decimal.New(int64(d), -9))}
}

// Std returns d as a [time.Duration]. It is false when d is finer than a nanosecond or
// longer than 292 years.
func (d Duration) Std() (time.Duration, bool) {
	ns, ok := exact.Minor(d.seconds, 9)
	return time.Duration(ns), ok
}

// Seconds returns the number of seconds.
func (d Duration) Seconds() decimal.Decimal { return d.seconds }

// Sign returns -1, 0 or +1 as d is negative, zero or positive.
func (d Duration) Sign() int { return d.seconds.Sign() }

// IsZero reports whether d is 0 seconds.
func (d Duration) IsZero() bool { return d.seconds.IsZero() }

// Cmp returns -1, 0 or +1 as d is less than, equal to or greater than e.
func (d Duration) Cmp(e Duration) int { return d.seconds.Cmp(e.seconds) }

// Equal reports whether d and e are equally long.
func (d Duration) Equal(e Duration) bool { return d.seconds.Equal(e.seconds) }

// Text returns d exactly, in seconds: "131400s".
func (d Duration) Text() string { return ValueOf(d).Text() }

// String returns d for people, in its two largest units: "2d 4h".
func (d Duration) String() string { return ValueOf(d).String() }

// Format returns d for people, as f says.
func (d Duration) Format(f Format) string { return ValueOf(d).Format(f) }

// ParseDuration reads a duration in one of two notations.
//
// The first is a sequence of numbers with units, from the largest to the smallest, with
// or without spaces between them: "131400s", "36h", "1h30m", "2d 4h", "1.5h". The units
// are w, d, h, m (minute), s, ms, us or µs, and ns.
//
// The second is the duration of ISO 8601: "PT36H", "P2DT4H", "P1W".
//
// In both, a week is 7 days, a day is 86,400 seconds, only the last number may have
// decimals, and a minus sign stands before the whole. A number without a unit is an
// error, and so are the months and years of ISO 8601, because they have no fixed length.
func ParseDuration(s string) (Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	var d decimal.Decimal
	var err error
	if iso, ok := strings.CutPrefix(rest, "P"); ok {
		d, err = parseISODuration(iso)
	} else {
		d, err = parseUnits(rest)
	}
	if err != nil {
		return Duration{}, inputErrorf("duration %s: %w", quote(s), err)
	}
	if negative {
		d = d.Neg()
	}
	v, err := Seconds(d)
	if err != nil {
		return Duration{}, inputErrorf("duration %s: %w", quote(s), err)
	}
	return v, nil
}

// MustDuration is [ParseDuration] for literals. It panics on anything else.
func MustDuration(s string) Duration { return must(ParseDuration(s)) }

// durationUnit is a unit of Units / 10^Scale seconds.
type durationUnit struct {
	name  string
	units int64
	scale int32
	note  string // why it cannot be used
}

// From the largest to the smallest.
var commonUnits = [...]durationUnit{
	{name: "w", units: secondsPerWeek},
	{name: "d", units: secondsPerDay},
	{name: "h", units: secondsPerHour},
	{name: "m", units: secondsPerMinute},
	{name: "s", units: 1},
	{name: "ms", units: 1, scale: 3},
	{name: "us", units: 1, scale: 6},
	{name: "µs", units: 1, scale: 6}, // micro sign
	{name: "μs", units: 1, scale: 6}, // Greek mu
	{name: "ns", units: 1, scale: 9},
}

var isoDateUnits = [...]durationUnit{
	{name: "Y", note: "a year has no fixed length, give days"},
	{name: "M", note: "a month has no fixed length, give days"},
	{name: "W", units: secondsPerWeek},
	{name: "D", units: secondsPerDay},
}

var isoTimeUnits = [...]durationUnit{
	{name: "H", units: secondsPerHour},
	{name: "M", units: secondsPerMinute},
	{name: "S", units: 1},
}

func parseUnits(s string) (decimal.Decimal, error) {
	var p durationParser
	for rest := s; ; {
		var err error
		if rest, err = p.next(rest, commonUnits[:]); err != nil {
			return decimal.Decimal{}, err
		}
		if rest == "" {
			return p.total, nil
		}
		rest = strings.TrimPrefix(rest, " ")
	}
}

func parseISODuration(s string) (decimal.Decimal, error) {
	p := durationParser{iso: true}
	date, clock, hasTime := strings.Cut(s, "T")
	if date == "" && clock == "" || hasTime && clock == "" {
		return decimal.Decimal{}, inputErrorf("a number with a unit is missing")
	}
	for date != "" {
		var err error
		if date, err = p.next(date, isoDateUnits[:]); err != nil {
			return decimal.Decimal{}, err
		}
	}
	p.position = 0
	for clock != "" {
		var err error
		if clock, err = p.next(clock, isoTimeUnits[:]); err != nil {
			return decimal.Decimal{}, err
		}
	}
	return p.total, nil
}

// durationParser adds up numbers with units.
type durationParser struct {
	iso      bool // units are single letters, and a comma may stand for the point
	total    decimal.Decimal
	position int  // in the table of units, after the last one used
	decimals bool // the last number had some
}

// next reads one number with its unit and returns what follows.
func (p *durationParser) next(s string, units []durationUnit) (string, error) {
	end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	if end < 0 {
		return "", inputErrorf("%s has no unit", quote(s))
	}
	number, rest := s[:end], s[end:]
	if number == "" {
		return "", inputErrorf("want a number before %s", quote(rest))
	}
	if p.decimals {
		return "", inputErrorf("only the last number may have decimals")
	}
	p.decimals = strings.ContainsAny(number, ".,")
	if p.iso {
		number = strings.Replace(number, ",", ".", 1)
	}
	amount, err := parseNumber(number)
	if err != nil {
		return "", inputErrorf("%s: %w", quote(number), err)
	}
	unit, rest := p.cutUnit(rest)
	switch i := unitIndex(units, unit); {
	case i < 0:
		return "", inputErrorf("unit %s is unknown", quote(unit))
	case i < p.position:
		return "", inputErrorf("unit %s does not come after a larger one", quote(unit))
	case units[i].note != "":
		return "", inputErrorf("%s", units[i].note)
	default:
		p.position = i + 1
		p.total = p.total.Add(amount.Mul(decimal.New(units[i].units, -units[i].scale)))
	}
	return rest, nil
}

// cutUnit cuts the unit off the front of s, which is not empty.
func (p *durationParser) cutUnit(s string) (unit, rest string) {
	if p.iso {
		return s[:1], s[1:]
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r == ' ' })
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

func unitIndex(units []durationUnit, name string) int {
	for i := range units {
		if units[i].name == name {
			return i
		}
	}
	return -1
}

// durationBetween returns the exact time from one instant to another, however far apart.
func durationBetween(from, to time.Time) Duration {
	ns := new(big.Int).Sub(unixNano(to), unixNano(from))
	return Duration{seconds: exact.Trim(decimal.NewFromBigInt(ns, -9))}
}

func unixNano(t time.Time) *big.Int {
	n := big.NewInt(t.Unix())
	n.Mul(n, big.NewInt(1e9))
	return n.Add(n, big.NewInt(int64(t.Nanosecond())))
}

// MarshalText returns [Duration.Text]. So a duration is a string in JSON.
func (d Duration) MarshalText() ([]byte, error) { return ValueOf(d).MarshalText() }

// UnmarshalText accepts what [ParseDuration] does.
func (d *Duration) UnmarshalText(text []byte) error { return assign(d, ParseDuration, text) }

// UnmarshalJSON accepts the text form as a string, or a number of seconds, whose digits
// are read as they stand.
func (d *Duration) UnmarshalJSON(data []byte) error {
	text := func(s string) error { return assign(d, ParseDuration, []byte(s)) }
	number := func(s string) error {
		n, err := parseJSONNumber(s)
		if err != nil {
			return err
		}
		*d = Duration{seconds: n}
		return nil
	}
	return unmarshalJSON("duration", data, text, number)
}

// Value implements [driver.Valuer] with the text form.
func (d Duration) Value() (driver.Value, error) { return driverText(d.MarshalText()) }

// Scan implements the scanner of database/sql for text, and for integers as seconds.
func (d *Duration) Scan(src any) error {
	return scanNumber("duration", src, d.UnmarshalText, func(v int64) error {
		*d = Duration{seconds: decimal.NewFromInt(v)}
		return nil
	})
}
