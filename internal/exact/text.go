package exact

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// The errors of [ParseDecimal], for errors.Is.
var (
	ErrSyntax = errors.New("not a decimal number")
	ErrRange  = errors.New("decimal out of range, magnitude must be below 1e34 and digits not below 1e-34")
)

// maxPadding is how many zeros AppendDecimal writes next to the digits of a
// number before it turns to an exponent. Numbers in range need at most 200.
const maxPadding = 400

// AppendDecimal appends d in plain notation, exactly: -12.50, 0.003, 1200. It
// keeps the trailing zeros of d. A number that would take more than 400 zeros
// of padding, which no number in range does, is written with an exponent, as
// 1e1000000000.
func AppendDecimal(b []byte, d decimal.Decimal) []byte {
	if d.Sign() < 0 {
		b = append(b, '-')
	}
	start := len(b)
	if d.NumDigits() <= maxFastDigits {
		b = strconv.AppendUint(b, absUint64(d.CoefficientInt64()), 10)
	} else {
		c := d.Coefficient()
		b = c.Abs(c).Append(b, 10)
	}
	exp := int64(d.Exponent())
	digits := int64(len(b) - start)
	switch {
	case exp == 0 || exp > 0 && d.IsZero():
		return b
	case exp > maxPadding || -exp-digits > maxPadding:
		b = append(b, 'e')
		return strconv.AppendInt(b, exp, 10)
	case exp > 0:
		return appendZeros(b, int(exp))
	}
	places := int(-exp)
	if short := places + 1 - int(digits); short > 0 { // 5 with three places: 0005
		b = appendZeros(b, short)
		copy(b[start+short:], b[start:len(b)-short])
		for i := range short {
			b[start+i] = '0'
		}
	}
	return slices.Insert(b, len(b)-places, '.')
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}

// ParseDecimal reads a decimal number: an optional sign, digits, optionally a
// point followed by digits, optionally an exponent, as in -12.50 or 1.5e-3.
// Nothing else is accepted: no spaces, no digit separators, no point without
// digits on both sides, at most 200 bytes. Trailing zeros are kept: the exponent
// of the result is that of the last digit.
//
// The error is [ErrSyntax], or [ErrRange] if the number is not [InRange].
func ParseDecimal(s string) (decimal.Decimal, error) {
	if d, ok := parseShort(s); ok {
		return d, nil
	}
	return parseLong(s)
}

// parseShort reads up to 18 digits without exponent, which are always in range.
// It returns false for anything else, valid or not.
func parseShort(s string) (decimal.Decimal, bool) {
	digits := s
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > maxFastDigits+1 {
		return decimal.Decimal{}, false
	}
	var v uint64
	point := -1
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			if digits[i] != '.' || point >= 0 {
				return decimal.Decimal{}, false
			}
			point = i
			continue
		}
		v = v*10 + uint64(c)
	}
	places := 0
	if point >= 0 {
		places = len(digits) - 1 - point
		if point == 0 || places == 0 {
			return decimal.Decimal{}, false
		}
	} else if len(digits) > maxFastDigits {
		return decimal.Decimal{}, false
	}
	n := int64(v)
	if s[0] == '-' {
		n = -n
	}
	return decimal.New(n, int32(-places)), true
}

// parseLong reads any number, and says what is wrong with anything else.
func parseLong(s string) (decimal.Decimal, error) {
	if s == "" {
		return decimal.Decimal{}, fmt.Errorf("%w: empty text", ErrSyntax)
	}
	if len(s) > maxTextLength {
		return decimal.Decimal{}, fmt.Errorf("%w: %s is %d bytes long, the limit is %d",
			ErrSyntax, quoted(s), len(s), maxTextLength)
	}
	i := 0
	if s[0] == '-' || s[0] == '+' {
		i++
	}
	start := i
	if i = skipDigits(s, i); i == start {
		return decimal.Decimal{}, syntaxError(s, i)
	}
	digits, places := s[start:i], int64(0)
	if i < len(s) && s[i] == '.' {
		start = i + 1
		if i = skipDigits(s, start); i == start {
			return decimal.Decimal{}, syntaxError(s, i)
		}
		digits, places = digits+s[start:i], int64(i-start)
	}
	exp := int64(0)
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		negative := i+1 < len(s) && s[i+1] == '-'
		if i++; negative || i < len(s) && s[i] == '+' {
			i++
		}
		start = i
		if i = skipDigits(s, i); i == start {
			return decimal.Decimal{}, syntaxError(s, i)
		}
		if exp = parseExponent(s[start:i]); negative {
			exp = -exp
		}
	}
	if i < len(s) {
		return decimal.Decimal{}, syntaxError(s, i)
	}
	c, _ := new(big.Int).SetString(digits, 10)
	if s[0] == '-' {
		c.Neg(c)
	}
	d := decimal.NewFromBigInt(c, int32(exp-places))
	if !InRange(d) {
		return decimal.Decimal{}, fmt.Errorf("%w: %s", ErrRange, quoted(s))
	}
	return d, nil
}

// skipDigits returns the index of the first byte at or after i that is not a
// digit.
func skipDigits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// parseExponent reads digits and stops growing far outside the range.
func parseExponent(digits string) int64 {
	const limit = 1_000_000
	exp := int64(0)
	for i := range len(digits) {
		exp = min(exp*10+int64(digits[i]-'0'), limit)
	}
	return exp
}

// syntaxError says that s does not go on as it should at byte i.
func syntaxError(s string, i int) error {
	if i >= len(s) {
		return fmt.Errorf("%w: %s ends where a digit is expected", ErrSyntax, quoted(s))
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Errorf("%w: %s has the invalid byte 0x%02x at position %d", ErrSyntax, quoted(s), s[i], i+1)
	}
	return fmt.Errorf("%w: %s has an unexpected %q at position %d", ErrSyntax, quoted(s), r, i+1)
}

// quoted quotes hostile text, cut to a readable length.
func quoted(s string) string {
	const limit = 40
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	return strconv.Quote(strings.ToValidUTF8(s[:limit], "")) + "..."
}
