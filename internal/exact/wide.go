package exact

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// pow10 holds the powers of ten that fit into 64 bits.
var pow10 = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// maxShift is the largest power of ten that always fits into a wide together
// with a 64-bit factor: 2^64 * 10^38 < 2^191.
const maxShift = 38

// wide is an unsigned 192-bit integer.
type wide struct{ hi, mid, lo uint64 }

// shiftedUint64 returns x * 10^k for 0 <= k <= maxShift.
func shiftedUint64(x uint64, k int) wide {
	first := min(k, 19)
	hi, lo := bits.Mul64(x, pow10[first])
	if first == k {
		return wide{mid: hi, lo: lo}
	}
	rest := pow10[k-first]
	carry, low := bits.Mul64(lo, rest)
	high, mid := bits.Mul64(hi, rest)
	mid, c := bits.Add64(mid, carry, 0)
	return wide{hi: high + c, mid: mid, lo: low}
}

// isUint64 reports whether w fits into its lowest limb.
func (w wide) isUint64() bool { return w.hi|w.mid == 0 }

// quoRem returns w / d and w % d for d > 0.
func (w wide) quoRem(d uint64) (q wide, r uint64) {
	if w.hi != 0 {
		q.hi, r = w.hi/d, w.hi%d
	}
	if r|w.mid != 0 {
		q.mid, r = bits.Div64(r, w.mid, d)
	}
	q.lo, r = bits.Div64(r, w.lo, d)
	return q, r
}

// increment returns w + 1 modulo 2^192.
func (w wide) increment() wide {
	var c uint64
	w.lo, c = bits.Add64(w.lo, 1, 0)
	w.mid, c = bits.Add64(w.mid, 0, c)
	w.hi += c
	return w
}

// trimmed removes up to most trailing decimal zeros and returns how many of
// the most are left. For zero none is left.
func (w wide) trimmed(most int) (wide, int) {
	if w == (wide{}) {
		return w, 0
	}
	// A multiple of 10^n has n trailing zero bits, so most values are done
	// without a division. Fewer than 58 zeros fit: three times 16, then 8 to 1.
	for _, n := range [...]int{16, 16, 16, 8, 4, 2, 1} {
		if n > most || w.lo&(1<<n-1) != 0 {
			continue
		}
		if q, r := w.quoRem(pow10[n]); r == 0 {
			w, most = q, most-n
		}
	}
	return w, most
}

// big returns the value with the given sign.
func (w wide) big(negative bool) *big.Int {
	var b [24]byte
	binary.BigEndian.PutUint64(b[0:], w.hi)
	binary.BigEndian.PutUint64(b[8:], w.mid)
	binary.BigEndian.PutUint64(b[16:], w.lo)
	z := new(big.Int).SetBytes(b[:])
	if negative {
		z.Neg(z)
	}
	return z
}

// decimal returns the canonical decimal ±w / 10^scale for scale >= 0.
func (w wide) decimal(negative bool, scale int) decimal.Decimal {
	w, scale = w.trimmed(scale)
	switch {
	case w == (wide{}):
		return decimal.Decimal{}
	case w.isUint64() && w.lo < 1<<63:
		v := int64(w.lo)
		if negative {
			v = -v
		}
		return decimal.New(v, int32(-scale))
	}
	return decimal.NewFromBigInt(w.big(negative), int32(-scale))
}

// absUint64 returns |x|, which for the smallest int64 is 2^63.
func absUint64(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}
