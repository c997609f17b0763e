package exact

import "github.com/shopspring/decimal"

const (
	// maxFastDigits is the number of decimal digits that always fit an int64.
	maxFastDigits = 18

	// rangeDigits bounds inputs: digits lie between 10^34 and 10^-34.
	rangeDigits = 34

	// maxTextLength is the longest text that ParseDecimal reads, in bytes. It
	// also bounds the scale of a zero.
	maxTextLength = 200
)

// InRange reports whether d may enter arithmetic: its magnitude is below 10^34
// and it has no nonzero digit below 10^-34. Trailing zeros do not count.
//
// A zero is in range if its exponent lies between -200 and 34, because aligning
// a zero with a huge exponent costs as much as aligning any other number. The
// check itself never expands an exponent.
func InRange(d decimal.Decimal) bool {
	if d.IsZero() {
		return -maxTextLength <= d.Exponent() && d.Exponent() <= rangeDigits
	}
	return within(d, rangeDigits)
}

// within reports whether all digits of the nonzero d lie below 10^n and none
// below 10^-n.
func within(d decimal.Decimal, n int64) bool {
	e := int64(d.Exponent())
	digits := int64(d.NumDigits())
	if digits+e > n {
		return false
	}
	if e >= -n {
		return true
	}
	below := -n - e // this many of the last digits must be zero
	switch {
	case below >= digits:
		return false
	case digits <= maxFastDigits:
		return d.CoefficientInt64()%int64(pow10[below]) == 0
	}
	_, zeros := stripFactor(d.Coefficient(), 10, below)
	return zeros == below
}
