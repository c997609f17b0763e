package exact

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// Trim returns d without trailing zeros after the decimal point: 2.50 becomes
// 2.5, 3.00 becomes 3. A positive exponent is left as it is.
func Trim(d decimal.Decimal) decimal.Decimal {
	e := d.Exponent()
	if e >= 0 {
		return d
	}
	if d.IsZero() {
		return decimal.Decimal{}
	}
	if d.NumDigits() <= maxFastDigits {
		v := d.CoefficientInt64()
		if v%10 != 0 {
			return d
		}
		// More than 18 zeros cannot come off, so a huge scale need not fit an int.
		places := min(-int64(e), maxFastDigits)
		w, left := wide{lo: absUint64(v)}.trimmed(int(places))
		if v = int64(w.lo); d.Sign() < 0 {
			v = -v
		}
		return decimal.New(v, e+int32(int(places)-left))
	}
	c, removed := stripFactor(d.Coefficient(), 10, -int64(e))
	if removed == 0 {
		return d
	}
	return decimal.NewFromBigInt(c, e+int32(removed))
}

// canonical returns c * 10^exp in the canonical shape. It takes over c. The
// caller bounds a positive exp.
func canonical(c *big.Int, exp int64) decimal.Decimal {
	switch {
	case c.Sign() == 0:
		return decimal.Decimal{}
	case exp > 0:
		c.Mul(c, bigPow(10, exp))
		exp = 0
	case exp < 0:
		var removed int64
		c, removed = stripFactor(c, 10, -exp)
		exp += removed
	}
	return decimal.NewFromBigInt(c, int32(exp))
}

// stripFactor divides the nonzero z by base as often as it goes evenly, at
// most times, and returns the quotient and the number of divisions. The base is
// 5 or 10. It takes over z.
func stripFactor(z *big.Int, base, most int64) (*big.Int, int64) {
	// The exponent of a factor >= 4 is below half the bit length.
	most = min(most, int64(z.BitLen())/2)
	if base%2 == 0 {
		most = min(most, int64(z.TrailingZeroBits()))
	}
	if most == 0 {
		return z, 0
	}
	// Powers base^1, base^2, base^4, ... up to base^most, tried from the top.
	powers := []*big.Int{big.NewInt(base)}
	for n := int64(2); n <= most; n *= 2 {
		last := powers[len(powers)-1]
		powers = append(powers, new(big.Int).Mul(last, last))
	}
	var removed int64
	q, r := new(big.Int), new(big.Int)
	for i := len(powers) - 1; i >= 0; i-- {
		n := int64(1) << i
		if removed+n > most {
			continue
		}
		if q.QuoRem(z, powers[i], r); r.Sign() == 0 {
			z, q = q, z
			removed += n
		}
	}
	return z, removed
}

// bigPow returns base^n for n >= 0. The caller bounds n.
func bigPow(base, n int64) *big.Int {
	if base == 10 && n < int64(len(pow10)) {
		return new(big.Int).SetUint64(pow10[n])
	}
	return new(big.Int).Exp(big.NewInt(base), big.NewInt(n), nil)
}
