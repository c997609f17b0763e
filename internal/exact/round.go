package exact

import (
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Mode says how an exact value is rounded to a number of decimal places.
type Mode uint8

// The rounding modes. The zero value is HalfAwayFromZero; an unknown mode is
// taken for it.
const (
	HalfAwayFromZero Mode = iota // to the nearest, ties away from zero
	HalfEven                     // to the nearest, ties to the even digit
	Down                         // toward zero
	Up                           // away from zero
	Floor                        // toward negative infinity
	Ceiling                      // toward positive infinity
)

// String returns the name of the mode.
func (m Mode) String() string {
	switch m {
	case HalfAwayFromZero:
		return "half away from zero"
	case HalfEven:
		return "half even"
	case Down:
		return "down"
	case Up:
		return "up"
	case Floor:
		return "floor"
	case Ceiling:
		return "ceiling"
	}
	return "unknown rounding mode"
}

// awayFromZero decides about a value with a nonzero remainder: whether its
// truncated magnitude goes up by one. The last digit kept is odd or not, and
// half compares the remainder with one half.
func (m Mode) awayFromZero(negative, odd bool, half int) bool {
	switch m {
	case Down:
		return false
	case Up:
		return true
	case Floor:
		return negative
	case Ceiling:
		return !negative
	case HalfEven:
		return half > 0 || half == 0 && odd
	}
	return half >= 0
}

// maxPlaces bounds the places a caller may ask for.
const maxPlaces = 10_000

// clampPlaces keeps a number of places from costing gigabytes.
func clampPlaces(places int32) int64 {
	return int64(min(max(places, -maxPlaces), maxPlaces))
}

// Ratio returns num / den rounded once to the given number of decimal places,
// or false if den is zero. Negative places round to tens, hundreds and so on;
// places beyond ±10,000 are taken for ±10,000.
func Ratio(num, den int64, places int32, mode Mode) (decimal.Decimal, bool) {
	if den == 0 {
		return decimal.Decimal{}, false
	}
	n := clampPlaces(places)
	q := quotient{negative: num < 0 != (den < 0), num: absUint64(num), den: absUint64(den)}
	if d, ok := q.round(n, mode); ok {
		return d, true
	}
	return roundBig(big.NewInt(num), big.NewInt(den), 0, n, mode), true
}

// RatioBig is [Ratio] for big integers, which it leaves as they are.
func RatioBig(num, den *big.Int, places int32, mode Mode) (decimal.Decimal, bool) {
	if den.Sign() == 0 {
		return decimal.Decimal{}, false
	}
	if num.IsInt64() && den.IsInt64() {
		return Ratio(num.Int64(), den.Int64(), places, mode)
	}
	return roundBig(num, den, 0, clampPlaces(places), mode), true
}

// quotient is the value ±num / den * 10^exp with den > 0.
type quotient struct {
	negative bool
	num, den uint64
	exp      int64
}

// round rounds to the given number of decimal places, or returns false if 192
// bits do not suffice.
func (q quotient) round(places int64, mode Mode) (decimal.Decimal, bool) {
	if q.num == 0 {
		return decimal.Decimal{}, true
	}
	// In units of 10^-places: num * 10^shift / den.
	shift := q.exp + places
	var whole wide
	var r uint64
	den := q.den
	switch {
	case shift > maxShift || shift <= -int64(len(pow10)) || places < -maxShift:
		return decimal.Decimal{}, false
	case shift >= 0:
		whole, r = shiftedUint64(q.num, int(shift)).quoRem(den)
	default:
		var hi uint64
		if hi, den = bits.Mul64(den, pow10[-shift]); hi != 0 {
			return decimal.Decimal{}, false
		}
		whole.lo, r = q.num/den, q.num%den
	}
	if r != 0 && mode.awayFromZero(q.negative, whole.lo&1 != 0, compareHalf(r, den)) {
		whole = whole.increment()
	}
	if places < 0 {
		if !whole.isUint64() {
			return decimal.Decimal{}, false
		}
		whole, places = shiftedUint64(whole.lo, int(-places)), 0
	}
	return whole.decimal(q.negative, int(places)), true
}

// compareHalf compares r / den with one half, for r < den.
func compareHalf(r, den uint64) int {
	switch rest := den - r; {
	case r < rest:
		return -1
	case r > rest:
		return 1
	}
	return 0
}

// roundBig returns num / den * 10^exp rounded to the given number of decimal
// places, for any nonzero den. The caller bounds exp and places.
func roundBig(num, den *big.Int, exp, places int64, mode Mode) decimal.Decimal {
	negative := num.Sign() < 0 != (den.Sign() < 0)
	n, d := new(big.Int).Abs(num), new(big.Int).Abs(den)
	if shift := exp + places; shift >= 0 {
		n.Mul(n, bigPow(10, shift))
	} else {
		d.Mul(d, bigPow(10, -shift))
	}
	q, r := n.QuoRem(n, d, new(big.Int))
	if r.Sign() != 0 {
		half := r.Cmp(new(big.Int).Sub(d, r))
		if mode.awayFromZero(negative, q.Bit(0) != 0, half) {
			q.Add(q, big.NewInt(1))
		}
	}
	if negative {
		q.Neg(q)
	}
	return canonical(q, -places)
}
