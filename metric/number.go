package metric

import (
	"database/sql/driver"

	"github.com/shopspring/decimal"
)

// Number is an exact number on a scale of its own, which is not read as a percentage:
// a net promoter score, pages per session. Its magnitude is below 10^34, and it has no
// digit below 10^-34.
//
// Number is immutable. It is not comparable; use [Number.Equal]. The zero Number is 0.
type Number struct {
	_      [0]func()
	number decimal.Decimal
}

// NewNumber returns d as a Number.
func NewNumber(d decimal.Decimal) (Number, error) {
	if err := checkRange(d); err != nil {
		return Number{}, err
	}
	return Number{number: d}, nil
}

// ParseNumber reads a decimal number, "3.2", or a quotient of integers, "16/5", which it
// rounds to 28 places, half away from zero.
func ParseNumber(s string) (Number, error) {
	d, err := parseNumberOrQuotient(s)
	if err != nil {
		return Number{}, inputErrorf("number %s: %w", quote(s), err)
	}
	return NewNumber(d)
}

// MustNumber is [ParseNumber] for literals. It panics on anything else.
func MustNumber(s string) Number { return must(ParseNumber(s)) }

// Decimal returns the number.
func (x Number) Decimal() decimal.Decimal { return x.number }

// Sign returns -1, 0 or +1 as x is negative, zero or positive.
func (x Number) Sign() int { return x.number.Sign() }

// IsZero reports whether x is 0.
func (x Number) IsZero() bool { return x.number.IsZero() }

// Cmp returns -1, 0 or +1 as x is less than, equal to or greater than y.
func (x Number) Cmp(y Number) int { return x.number.Cmp(y.number) }

// Equal reports whether x and y are the same number: 0.8 equals 0.80.
func (x Number) Equal(y Number) bool { return x.number.Equal(y.number) }

// Text returns x exactly, in plain decimal digits: "3.2".
func (x Number) Text() string { return ValueOf(x).Text() }

// String returns x for people: "3.2".
func (x Number) String() string { return ValueOf(x).String() }

// Format returns x for people, as f says.
func (x Number) Format(f Format) string { return ValueOf(x).Format(f) }

// MarshalText returns [Number.Text]. So a number is a string in JSON, which no reader
// turns into a binary float.
func (x Number) MarshalText() ([]byte, error) { return ValueOf(x).MarshalText() }

// UnmarshalText accepts what [ParseNumber] does.
func (x *Number) UnmarshalText(text []byte) error { return assign(x, ParseNumber, text) }

// UnmarshalJSON accepts the text form as a string, or a number, whose digits are
// read as they stand.
func (x *Number) UnmarshalJSON(data []byte) error {
	text := func(s string) error { return assign(x, ParseNumber, []byte(s)) }
	number := func(s string) error {
		d, err := parseJSONNumber(s)
		if err != nil {
			return err
		}
		*x = Number{number: d}
		return nil
	}
	return unmarshalJSON("number", data, text, number)
}

// Value implements [driver.Valuer] with the text form.
func (x Number) Value() (driver.Value, error) { return driverText(x.MarshalText()) }

// Scan implements the scanner of database/sql for text and integers.
func (x *Number) Scan(src any) error {
	return scanNumber("number", src, x.UnmarshalText, func(v int64) error {
		*x = Number{number: decimal.NewFromInt(v)}
		return nil
	})
}
