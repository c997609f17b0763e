package metric

import (
	"database/sql/driver"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Ratio is an exact pure number that is stored as a fraction of one and read as a
// percentage: 0.0345 is 3.45%. It may be negative and may exceed 1. Its magnitude is
// below 10^34, and it has no digit below 10^-34.
//
// Ratio is immutable. It is not comparable; use [Ratio.Equal]. The zero Ratio is 0.
type Ratio struct {
	_      [0]func()
	number decimal.Decimal
}

// NewRatio returns a ratio given as a fraction of one: 0.0345 for 3.45%.
func NewRatio(d decimal.Decimal) (Ratio, error) {
	if err := checkRange(d); err != nil {
		return Ratio{}, err
	}
	return Ratio{number: d}, nil
}

// RatioOf returns num / den, rounded to 28 places, half away from zero. It is
// [ZeroDenominator] when den is zero.
func RatioOf(num, den int64) (Ratio, error) {
	d, err := quotient(exact.FromInt64(num), exact.FromInt64(den))
	if err != nil {
		return Ratio{}, err
	}
	return NewRatio(d)
}

// ParseRatio reads a fraction of one, "0.0345"; a percentage, "3.45%" or "3.45 %"; or a
// quotient of integers, "43/197", which it rounds as [RatioOf] does.
func ParseRatio(s string) (Ratio, error) {
	if percent, ok := strings.CutSuffix(s, "%"); ok {
		d, err := parseNumber(strings.TrimSuffix(percent, " "))
		if err != nil {
			return Ratio{}, inputErrorf("ratio %s: %w", quote(s), err)
		}
		r, err := NewRatio(d.Shift(-2))
		if err != nil {
			return Ratio{}, inputErrorf("ratio %s: %w", quote(s), err)
		}
		return r, nil
	}
	d, err := parseNumberOrQuotient(s)
	if err != nil {
		return Ratio{}, inputErrorf("ratio %s: %w", quote(s), err)
	}
	return NewRatio(d)
}

// MustRatio is [ParseRatio] for literals. It panics on anything else.
func MustRatio(s string) Ratio { return must(ParseRatio(s)) }

// Decimal returns the number.
func (x Ratio) Decimal() decimal.Decimal { return x.number }

// Sign returns -1, 0 or +1 as x is negative, zero or positive.
func (x Ratio) Sign() int { return x.number.Sign() }

// IsZero reports whether x is 0.
func (x Ratio) IsZero() bool { return x.number.IsZero() }

// Cmp returns -1, 0 or +1 as x is less than, equal to or greater than y.
func (x Ratio) Cmp(y Ratio) int { return x.number.Cmp(y.number) }

// Equal reports whether x and y are the same number: 0.8 equals 0.80.
func (x Ratio) Equal(y Ratio) bool { return x.number.Equal(y.number) }

// Text returns x exactly, in plain decimal digits: "0.0345".
func (x Ratio) Text() string { return ValueOf(x).Text() }

// String returns x for people: "3.45%".
func (x Ratio) String() string { return ValueOf(x).String() }

// Format returns x for people, as f says.
func (x Ratio) Format(f Format) string { return ValueOf(x).Format(f) }

// MarshalText returns [Ratio.Text]. So a ratio is a string in JSON, which no reader
// turns into a binary float.
func (x Ratio) MarshalText() ([]byte, error) { return ValueOf(x).MarshalText() }

// UnmarshalText accepts what [ParseRatio] does.
func (x *Ratio) UnmarshalText(text []byte) error { return assign(x, ParseRatio, text) }

// UnmarshalJSON accepts the text form as a string, or a number, whose digits are
// read as they stand.
func (x *Ratio) UnmarshalJSON(data []byte) error {
	text := func(s string) error { return assign(x, ParseRatio, []byte(s)) }
	number := func(s string) error {
		d, err := parseJSONNumber(s)
		if err != nil {
			return err
		}
		*x = Ratio{number: d}
		return nil
	}
	return unmarshalJSON("ratio", data, text, number)
}

// Value implements [driver.Valuer] with the text form.
func (x Ratio) Value() (driver.Value, error) { return driverText(x.MarshalText()) }

// Scan implements the scanner of database/sql for text and integers.
func (x *Ratio) Scan(src any) error {
	return scanNumber("ratio", src, x.UnmarshalText, func(v int64) error {
		*x = Ratio{number: decimal.NewFromInt(v)}
		return nil
	})
}

// quotient returns a / b with the default rounding.
func quotient(a, b exact.Fraction) (decimal.Decimal, error) {
	q, ok := a.Quo(b)
	if !ok {
		return decimal.Decimal{}, ZeroDenominator
	}
	return Rounding{}.round(q), nil
}

// parseNumberOrQuotient reads a plain decimal number or a quotient of two integers.
func parseNumberOrQuotient(s string) (decimal.Decimal, error) {
	num, den, ok := strings.Cut(s, "/")
	if !ok {
		return parseNumber(s)
	}
	a, err := ParseCount(num)
	if err != nil {
		return decimal.Decimal{}, err
	}
	b, err := ParseCount(den)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if b == 0 {
		return decimal.Decimal{}, inputErrorf("the denominator is zero")
	}
	return quotient(exact.FromInt64(int64(a)), exact.FromInt64(int64(b)))
}

// parseJSONNumber reads a JSON number by its digits.
func parseJSONNumber(s string) (decimal.Decimal, error) {
	d, err := parseNumber(s)
	if err != nil {
		return decimal.Decimal{}, inputErrorf("number %s: %w", quote(s), err)
	}
	return d, nil
}
