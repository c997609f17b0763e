package exact

import (
	"math"

	"github.com/shopspring/decimal"
)

// Minor returns d in units of 10^-scale, or false if that is not an integer or
// does not fit an int64. It never rounds.
func Minor(d decimal.Decimal, scale uint8) (int64, bool) {
	v := d.CoefficientInt64()
	if d.NumDigits() > maxFastDigits {
		return minorOfBig(d, scale)
	}
	switch shift := int64(d.Exponent()) + int64(scale); {
	case shift == 0 || v == 0:
		return v, true
	case shift > 0:
		if shift > maxFastDigits {
			return 0, false
		}
		hi, lo := mulSigned(v, int64(pow10[shift]))
		return int64(lo), hi == int64(lo)>>63
	case shift < -maxFastDigits:
		return 0, false
	default:
		unit := int64(pow10[-shift])
		return v / unit, v%unit == 0
	}
}

// minorOfBig handles coefficients of 19 digits and more: some still fit, and
// others do so once trailing zeros are gone.
func minorOfBig(d decimal.Decimal, scale uint8) (int64, bool) {
	if !within(d, math.MaxUint8) {
		return 0, false
	}
	c, shift := d.Coefficient(), int64(d.Exponent())+int64(scale)
	if shift < 0 {
		var removed int64
		c, removed = stripFactor(c, 10, -shift)
		shift += removed
	}
	if shift != 0 || !c.IsInt64() {
		return 0, false // with 19 digits no shift to the left can fit
	}
	return c.Int64(), true
}
