package exact

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

const (
	// maxFractionBits and maxFractionExp bound a Fraction at some 40,000
	// digits: far beyond any use, and small enough never to stall.
	maxFractionBits = 1 << 17
	maxFractionExp  = 40_000

	// reduceBits is the size from which a big fraction is put in lowest terms.
	// Below, the common divisor costs more than it saves.
	reduceBits = 256

	maxPower = 1000
)

// Fraction is an exact rational number, used to evaluate formulas and rounded
// once at their end. It is immutable; the zero value is zero. Compare fractions
// with [Fraction.Cmp] and never with ==, since one value has many forms.
//
// A result of more than some 40,000 digits is not worked out: it is invalid, an
// invalid operand makes every result invalid, and [Fraction.Valid] tells.
// Numbers that are [InRange] do not get there in any sensible formula.
type Fraction struct {
	// The value is num / den * 10^exp with -2^63 < num and a den of at least
	// zero, where zero stands for one; unless big is set, which then holds
	// numerator and denominator.
	//
	// Four words in four fields: the compiler keeps that in registers. One more
	// field makes a formula three times slower.
	num, den int64
	exp      int32
	big      *bigTerms
}

// bigTerms holds the terms of a fraction that outgrew int64. They are shared
// between fractions and never modified. The denominator is positive.
type bigTerms struct{ num, den *big.Int }

// invalidTerms marks an invalid fraction by its address.
var invalidTerms bigTerms

func invalid() Fraction { return Fraction{big: &invalidTerms} }

// FromInt64 returns x.
func FromInt64(x int64) Fraction { return fromUnits(x, 0) }

// FromUnits returns units / 10^scale.
func FromUnits(units int64, scale uint8) Fraction { return fromUnits(units, -int32(scale)) }

// FromDecimal returns d. It is invalid if d is nonzero and its exponent lies
// beyond ±40,000.
func FromDecimal(d decimal.Decimal) Fraction {
	v := d.CoefficientInt64()
	if d.NumDigits() > maxFastDigits {
		return fromBig(d.Coefficient(), big.NewInt(1), int64(d.Exponent()))
	}
	if e := d.Exponent(); v == 0 || -maxFractionExp <= e && e <= maxFractionExp {
		return fromUnits(v, e)
	}
	return invalid()
}

// FromRat returns r.
func FromRat(r *big.Rat) Fraction {
	return fromBig(new(big.Int).Set(r.Num()), new(big.Int).Set(r.Denom()), 0)
}

func fromUnits(units int64, exp int32) Fraction {
	switch units {
	case 0:
		return Fraction{}
	case math.MinInt64:
		return Fraction{exp: exp, big: &bigTerms{big.NewInt(units), big.NewInt(1)}}
	}
	return Fraction{num: units, exp: exp}
}

// fromBig returns num / den * 10^exp for den > 0. It takes over num and den.
func fromBig(num, den *big.Int, exp int64) Fraction {
	if num.Sign() == 0 {
		return Fraction{}
	}
	if den.BitLen() > 1 && num.BitLen()+den.BitLen() >= reduceBits {
		num, den = lowestTerms(num, den)
	}
	if max(num.BitLen(), den.BitLen()) > maxFractionBits || !validExp(exp) {
		return invalid()
	}
	f := Fraction{exp: int32(exp)}
	if num.BitLen() < 64 && den.BitLen() < 64 {
		f.num, f.den = num.Int64(), den.Int64()
	} else {
		f.big = &bigTerms{num, den}
	}
	return f
}

func validExp(exp int64) bool { return -maxFractionExp <= exp && exp <= maxFractionExp }

// lowestTerms returns num and den without their common divisor. The arguments
// stay as they are.
func lowestTerms(num, den *big.Int) (n, d *big.Int) {
	n, d = new(big.Int).Abs(num), den
	g := new(big.Int).GCD(nil, nil, n, d)
	if g.BitLen() == 1 { // one
		return num, den
	}
	return n.Quo(num, g), new(big.Int).Quo(den, g)
}

// Valid reports whether f is a number.
func (f Fraction) Valid() bool { return f.big != &invalidTerms }

// terms returns numerator and denominator of a fraction without big terms.
func (f Fraction) terms() (num, den int64) { return f.num, max(f.den, 1) }

// bigTerms returns numerator and denominator of a valid fraction, not to be
// modified.
func (f Fraction) bigTerms() (num, den *big.Int) {
	if f.big != nil {
		return f.big.num, f.big.den
	}
	n, d := f.terms()
	return big.NewInt(n), big.NewInt(d)
}

// Add returns f + g.
func (f Fraction) Add(g Fraction) Fraction {
	if f.big == nil && g.big == nil {
		if sum, ok := addSmall(f, g); ok {
			return sum
		}
	}
	return addBig(f, g)
}

// addSmall adds within int64, or returns false.
func addSmall(f, g Fraction) (Fraction, bool) {
	fn, fd := f.terms()
	gn, gd := g.terms()
	exp := f.exp
	if f.exp != g.exp {
		if fn == 0 {
			return g, true
		}
		if gn == 0 {
			return f, true
		}
		exp = min(f.exp, g.exp)
		var ok bool
		if fn, ok = shiftInt64(fn, int64(f.exp)-int64(exp)); !ok {
			return Fraction{}, false
		}
		if gn, ok = shiftInt64(gn, int64(g.exp)-int64(exp)); !ok {
			return Fraction{}, false
		}
	}
	if fd == gd {
		n, ok := addInt64(fn, gn)
		return Fraction{num: n, den: fd, exp: exp}, ok
	}
	if sum, ok := crossAdd(fn, fd, gn, gd, 1, exp); ok {
		return sum, true
	}
	return crossAdd(fn, fd, gn, gd, gcd(fd, gd), exp)
}

// crossAdd returns fn / fd + gn / gd over fd * gd / common, for a common
// divisor of both denominators.
func crossAdd(fn, fd, gn, gd, common int64, exp int32) (Fraction, bool) {
	a, ok1 := mulInt64(fn, gd/common)
	b, ok2 := mulInt64(gn, fd/common)
	n, ok3 := addInt64(a, b)
	d, ok4 := mulInt64(fd, gd/common)
	return Fraction{num: n, den: d, exp: exp}, ok1 && ok2 && ok3 && ok4
}

func addBig(f, g Fraction) Fraction {
	if !f.Valid() || !g.Valid() {
		return invalid()
	}
	if f.IsZero() {
		return g
	}
	if g.IsZero() {
		return f
	}
	if f.exp < g.exp {
		f, g = g, f
	}
	fn, fd := f.bigTerms()
	gn, gd := g.bigTerms()
	if gap := int64(f.exp) - int64(g.exp); gap > 0 {
		// 10^3 is just below 2^10.
		if int64(fn.BitLen())+gap*10/3 > maxFractionBits {
			return invalid()
		}
		fn = new(big.Int).Mul(fn, bigPow(10, gap))
	}
	if fd.Cmp(gd) == 0 {
		return fromBig(new(big.Int).Add(fn, gn), new(big.Int).Set(fd), int64(g.exp))
	}
	num := new(big.Int).Mul(fn, gd)
	num.Add(num, new(big.Int).Mul(gn, fd))
	return fromBig(num, new(big.Int).Mul(fd, gd), int64(g.exp))
}

// Sub returns f - g.
func (f Fraction) Sub(g Fraction) Fraction { return f.Add(g.Neg()) }

// Mul returns f * g.
func (f Fraction) Mul(g Fraction) Fraction {
	if f.big == nil && g.big == nil {
		if product, ok := mulSmall(f, g); ok {
			return product
		}
	}
	return mulBig(f, g)
}

// mulSmall multiplies within int64, or returns false.
func mulSmall(f, g Fraction) (Fraction, bool) {
	fn, fd := f.terms()
	gn, gd := g.terms()
	if fn == 0 || gn == 0 {
		return Fraction{}, true
	}
	exp := int64(f.exp) + int64(g.exp)
	if !validExp(exp) {
		return Fraction{}, false
	}
	n, ok1 := mulInt64(fn, gn)
	d, ok2 := mulInt64(fd, gd)
	if !ok1 || !ok2 {
		a, b := gcd(fn, gd), gcd(gn, fd)
		n, ok1 = mulInt64(fn/a, gn/b)
		d, ok2 = mulInt64(fd/b, gd/a)
	}
	return Fraction{num: n, den: d, exp: int32(exp)}, ok1 && ok2
}

func mulBig(f, g Fraction) Fraction {
	if !f.Valid() || !g.Valid() {
		return invalid()
	}
	fn, fd := f.bigTerms()
	gn, gd := g.bigTerms()
	num := new(big.Int).Mul(fn, gn)
	den := new(big.Int).Mul(fd, gd)
	return fromBig(num, den, int64(f.exp)+int64(g.exp))
}

// Quo returns f / g, or false if g is zero.
func (f Fraction) Quo(g Fraction) (Fraction, bool) {
	if g.IsZero() {
		return Fraction{}, false
	}
	return f.Mul(g.reciprocal()), true
}

// reciprocal returns 1 / f for a nonzero f.
func (f Fraction) reciprocal() Fraction {
	switch {
	case !f.Valid():
		return f
	case f.big != nil:
		num, den := new(big.Int).Abs(f.big.num), f.big.den
		if f.Sign() < 0 {
			den = new(big.Int).Neg(den)
		}
		return Fraction{exp: -f.exp, big: &bigTerms{den, num}}
	}
	num, den := f.terms()
	if num < 0 {
		num, den = -num, -den
	}
	return Fraction{num: den, den: num, exp: -f.exp}
}

// Neg returns -f.
func (f Fraction) Neg() Fraction {
	f.num = -f.num
	if f.big != nil && f.Valid() {
		f.big = &bigTerms{new(big.Int).Neg(f.big.num), f.big.den}
	}
	return f
}

// Abs returns |f|.
func (f Fraction) Abs() Fraction {
	if f.Sign() < 0 {
		return f.Neg()
	}
	return f
}

// Sign returns -1, 0 or +1. An invalid fraction has the sign 0 without being
// zero.
func (f Fraction) Sign() int {
	switch {
	case !f.Valid():
		return 0
	case f.big != nil:
		return f.big.num.Sign()
	case f.num < 0:
		return -1
	case f.num > 0:
		return 1
	}
	return 0
}

// IsZero reports whether f is zero.
func (f Fraction) IsZero() bool { return f.big == nil && f.num == 0 }

// Cmp returns -1, 0 or +1 as f is less than, equal to or greater than g, and 0
// if either is invalid.
func (f Fraction) Cmp(g Fraction) int {
	if !f.Valid() || !g.Valid() {
		return 0
	}
	s, t := f.Sign(), g.Sign()
	if s != t || s == 0 {
		return min(max(s-t, -1), 1)
	}
	if c, ok := cmpSmall(f, g); ok {
		return s * c
	}
	fn, fd := f.bigTerms()
	gn, gd := g.bigTerms()
	a, b := new(big.Int).Mul(fn, gd), new(big.Int).Mul(gn, fd)
	if gap := int64(f.exp) - int64(g.exp); gap >= 0 {
		a.Mul(a, bigPow(10, gap))
	} else {
		b.Mul(b, bigPow(10, -gap))
	}
	return a.Cmp(b)
}

// cmpSmall compares the magnitudes of two fractions without big terms, or
// returns false.
func cmpSmall(f, g Fraction) (int, bool) {
	if f.big != nil || g.big != nil {
		return 0, false
	}
	fn, fd := f.terms()
	gn, gd := g.terms()
	low := int64(min(f.exp, g.exp))
	fn, ok1 := shiftInt64(fn, int64(f.exp)-low)
	gn, ok2 := shiftInt64(gn, int64(g.exp)-low)
	if !ok1 || !ok2 {
		return 0, false
	}
	ahi, alo := bits.Mul64(absUint64(fn), uint64(gd))
	bhi, blo := bits.Mul64(absUint64(gn), uint64(fd))
	return Lane{ahi, alo}.Cmp(Lane{bhi, blo}), true // both below 2^126
}

// PowInt returns f^n, where f^0 is 1 also for zero. It returns false for a
// negative power of zero, for |n| > 1000, and if the result would be invalid.
func (f Fraction) PowInt(n int) (Fraction, bool) {
	switch {
	case !f.Valid() || n < -maxPower || n > maxPower || n < 0 && f.IsZero():
		return Fraction{}, false
	case n == 0:
		return FromInt64(1), true
	case f.IsZero():
		return f, true
	case n < 0:
		f, n = f.reciprocal(), -n
	}
	if p, ok := powSmall(f, n); ok {
		return p, true
	}
	num, den := lowestTerms(f.bigTerms())
	if (max(num.BitLen(), den.BitLen())-1)*n > maxFractionBits {
		return Fraction{}, false
	}
	e := big.NewInt(int64(n))
	p := fromBig(new(big.Int).Exp(num, e, nil), new(big.Int).Exp(den, e, nil), int64(f.exp)*int64(n))
	return p, p.Valid()
}

// powSmall multiplies within int64 for n > 0, or returns false.
func powSmall(f Fraction, n int) (Fraction, bool) {
	if f.big != nil {
		return Fraction{}, false
	}
	p, ok := FromInt64(1), true
	for ok {
		if n&1 != 0 {
			if p, ok = mulSmall(p, f); !ok {
				break
			}
		}
		if n >>= 1; n == 0 {
			break
		}
		f, ok = mulSmall(f, f)
	}
	return p, ok
}

// Round returns f rounded to the given number of decimal places. It is the only
// rounding: it decides from the exact remainder. Negative places round to tens,
// hundreds and so on; places beyond ±10,000 are taken for ±10,000. An invalid
// fraction gives zero.
func (f Fraction) Round(places int32, mode Mode) decimal.Decimal {
	return f.round(clampPlaces(places), mode)
}

func (f Fraction) round(places int64, mode Mode) decimal.Decimal {
	if !f.Valid() {
		return decimal.Decimal{}
	}
	if f.big == nil {
		num, den := f.terms()
		q := quotient{negative: num < 0, num: absUint64(num), den: uint64(den), exp: int64(f.exp)}
		if d, ok := q.round(places, mode); ok {
			return d
		}
	}
	num, den := f.bigTerms()
	return roundBig(num, den, int64(f.exp), places, mode)
}

// Decimal returns f exactly, or false if its decimal digits do not end or it is
// invalid.
func (f Fraction) Decimal() (decimal.Decimal, bool) {
	if !f.Valid() {
		return decimal.Decimal{}, false
	}
	places, ok := f.decimalPlaces()
	if !ok {
		return decimal.Decimal{}, false
	}
	return f.round(max(places-int64(f.exp), 0), Down), true
}

// decimalPlaces returns how many places numerator / denominator takes, or false
// if the digits do not end: in lowest terms, the larger of the exponents of 2
// and 5 in a denominator that has no other factor.
func (f Fraction) decimalPlaces() (int64, bool) {
	if f.big == nil {
		num, den := f.terms()
		if den == 1 {
			return 0, true
		}
		den /= gcd(num, den)
		twos := bits.TrailingZeros64(uint64(den))
		den >>= twos
		fives := 0
		for ; den%5 == 0; den /= 5 {
			fives++
		}
		return int64(max(twos, fives)), den == 1
	}
	_, den := lowestTerms(f.bigTerms())
	twos := den.TrailingZeroBits()
	rest, fives := stripFactor(new(big.Int).Rsh(den, twos), 5, math.MaxInt64)
	return max(int64(twos), fives), rest.BitLen() == 1
}

// Rat returns f as a new big.Rat, or nil if f is invalid.
func (f Fraction) Rat() *big.Rat {
	if !f.Valid() {
		return nil
	}
	num, den := f.bigTerms()
	if f.exp >= 0 {
		num = new(big.Int).Mul(num, bigPow(10, int64(f.exp)))
	} else {
		den = new(big.Int).Mul(den, bigPow(10, -int64(f.exp)))
	}
	return new(big.Rat).SetFrac(num, den)
}

// addInt64 returns a + b, or false outside ±(2^63-1).
func addInt64(a, b int64) (int64, bool) {
	c := a + b
	return c, (a^c)&(b^c) >= 0 && c != math.MinInt64
}

// mulInt64 returns a * b, or false outside ±(2^63-1).
func mulInt64(a, b int64) (int64, bool) {
	hi, lo := mulSigned(a, b)
	p := int64(lo)
	return p, hi == p>>63 && p != math.MinInt64
}

// shiftInt64 returns x * 10^k for k >= 0, or false outside ±(2^63-1).
func shiftInt64(x, k int64) (int64, bool) {
	switch {
	case k == 0:
		return x, true
	case k > maxFastDigits:
		return 0, false
	}
	return mulInt64(x, int64(pow10[k]))
}

// gcd returns the greatest common divisor of |a| and |b|, not both zero.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		return -a
	}
	return a
}
