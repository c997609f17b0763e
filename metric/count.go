package metric

import (
	"database/sql/driver"
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Count is a number of things: customers, e-mails, orders. Differences of counts may
// be negative.
//
// Count is a comparable value type; its zero is the number 0.
type Count int64

// ParseCount reads an integer in decimal digits, such as "1234" or "-5", without
// thousands separators.
func ParseCount(s string) (Count, error) {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && !(i == 0 && (c == '-' || c == '+')) {
			return 0, inputErrorf("count %s is not an integer", quote(s))
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, inputErrorf("count %s is not an integer of 64 bits", quote(s))
	}
	return Count(n), nil
}

// Text returns the digits.
func (n Count) Text() string { return strconv.FormatInt(int64(n), 10) }

// String returns n for people: "1,234".
func (n Count) String() string { return ValueOf(n).String() }

// Format returns n for people, as f says.
func (n Count) Format(f Format) string { return ValueOf(n).Format(f) }

// MarshalText returns [Count.Text]. So a count is a string in JSON, where a number
// beyond 2^53 would be changed by many readers.
func (n Count) MarshalText() ([]byte, error) { return []byte(n.Text()), nil }

// UnmarshalText accepts what [ParseCount] does.
func (n *Count) UnmarshalText(text []byte) error { return assign(n, ParseCount, text) }

// UnmarshalJSON accepts the text form as a string, or an integer.
func (n *Count) UnmarshalJSON(data []byte) error {
	text := func(s string) error { return assign(n, ParseCount, []byte(s)) }
	number := func(s string) error {
		d, err := parseJSONNumber(s)
		if err != nil {
			return err
		}
		v, ok := exact.Minor(d, 0)
		if !ok {
			return inputErrorf("count %s is not an integer of 64 bits", quote(s))
		}
		*n = Count(v)
		return nil
	}
	return unmarshalJSON("count", data, text, number)
}

// Value implements [driver.Valuer] with an int64.
func (n Count) Value() (driver.Value, error) { return int64(n), nil }

// Scan implements the scanner of database/sql for integers and text.
func (n *Count) Scan(src any) error {
	return scanNumber("count", src, n.UnmarshalText, func(v int64) error { *n = Count(v); return nil })
}
