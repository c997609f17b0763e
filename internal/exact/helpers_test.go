package exact

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
)

var allModes = []Mode{HalfAwayFromZero, HalfEven, Down, Up, Floor, Ceiling}

// edgeInt64s are the values at which a kernel changes its path.
var edgeInt64s = []int64{
	0, 1, -1, 2, 3, 5, 7, 10, 1 << 31, 1<<32 - 1, 1 << 32, -1 << 32, -1<<32 - 1,
	1e18 - 1, 1e18, 1e18 + 1, -1e18 + 1, -1e18, -1e18 - 1,
	math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1,
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) }

// randomInt64 favours small magnitudes, and edges in one of eight draws.
func randomInt64(r *rand.Rand) int64 {
	if r.IntN(8) == 0 {
		return edgeInt64s[r.IntN(len(edgeInt64s))]
	}
	return int64(r.Uint64()) >> r.IntN(64)
}

// randomBig has up to the given number of bits.
func randomBig(r *rand.Rand, maxBits int) *big.Int {
	z := new(big.Int)
	for range (maxBits + 63) / 64 {
		z.Lsh(z, 64).Or(z, new(big.Int).SetUint64(r.Uint64()))
	}
	z.Rsh(z, uint(z.BitLen()-min(z.BitLen(), r.IntN(maxBits+1))))
	if r.IntN(2) == 0 {
		z.Neg(z)
	}
	return z
}

// randomDecimal mixes ordinary amounts, edges, wide coefficients and exponents
// on both sides of the lanes.
func randomDecimal(r *rand.Rand) decimal.Decimal {
	switch r.IntN(6) {
	case 0:
		return decimal.New(randomInt64(r), int32(r.IntN(60)-40))
	case 1:
		return decimal.NewFromBigInt(randomBig(r, 190), int32(r.IntN(60)-40))
	case 2:
		return decimal.Decimal{}
	}
	return decimal.New(r.Int64N(2_000_000)-200_000, -int32(r.IntN(5)))
}

// ratOf is the value of d by its definition, coefficient times a power of ten.
func ratOf(d decimal.Decimal) *big.Rat {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(d.Exponent(), -d.Exponent()))), nil)
	if d.Exponent() >= 0 {
		return new(big.Rat).SetInt(p.Mul(p, d.Coefficient()))
	}
	return new(big.Rat).SetFrac(d.Coefficient(), p)
}

// mustEqualRat fails unless d is want in the canonical shape.
func mustEqualRat(t *testing.T, what string, d decimal.Decimal, want *big.Rat) {
	t.Helper()
	if ratOf(d).Cmp(want) != 0 {
		t.Fatalf("%s = %s, want %s", what, AppendDecimal(nil, d), want.RatString())
	}
	mustBeCanonical(t, what, d)
}

func mustBeCanonical(t *testing.T, what string, d decimal.Decimal) {
	t.Helper()
	lastDigit := new(big.Int).Rem(d.Coefficient(), big.NewInt(10)).Sign()
	if d.Exponent() > 0 || d.Exponent() < 0 && lastDigit == 0 {
		t.Fatalf("%s has the coefficient %s and exponent %d, not canonical", what, d.Coefficient(), d.Exponent())
	}
}

// roundRat rounds by the definition of each mode, with the floor of a rational
// and comparisons only: it shares nothing with the kernels.
func roundRat(x *big.Rat, places int32, mode Mode) *big.Rat {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places > 0 {
		unit.Inv(unit)
	}
	scaled := new(big.Rat).Quo(x, unit)
	// big.Int.Div rounds to negative infinity for positive divisors.
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom())
	ceiling := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(scaled.Num()), scaled.Denom()))
	below := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	above := new(big.Rat).Sub(new(big.Rat).SetInt(ceiling), scaled)

	toZero, fromZero := floor, ceiling
	if x.Sign() < 0 {
		toZero, fromZero = ceiling, floor
	}
	result := map[Mode]*big.Int{Down: toZero, Up: fromZero, Floor: floor, Ceiling: ceiling}[mode]
	if mode == HalfAwayFromZero || mode == HalfEven {
		switch c := below.Cmp(above); {
		case c < 0:
			result = floor
		case c > 0:
			result = ceiling
		case mode == HalfAwayFromZero:
			result = fromZero
		case floor.Bit(0) == 0:
			result = floor
		default:
			result = ceiling
		}
	}
	return unit.Mul(unit, new(big.Rat).SetInt(result))
}
