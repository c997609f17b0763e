package exact

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Lane is a signed 128-bit accumulator of int64 values. The zero value is zero
// and ready for use; lanes are comparable, and equal sums are equal lanes.
//
// Every addend is at most 2^63 in magnitude, so fewer than 2^64 additions
// cannot overflow and no addition needs a check.
type Lane struct{ hi, lo uint64 } // two's complement

// laneSize is the length of an encoded Lane in bytes.
const laneSize = 16

// columnBlock is how many units are added up before a lane is touched. It must
// stay below 2^31, see sumBlock.
const columnBlock = 1 << 16

// Add adds x.
func (l *Lane) Add(x int64) {
	lo, c := bits.Add64(l.lo, uint64(x), 0)
	l.hi, _ = bits.Add64(l.hi, uint64(x>>63), c)
	l.lo = lo
}

// Sub subtracts x.
func (l *Lane) Sub(x int64) {
	lo, b := bits.Sub64(l.lo, uint64(x), 0)
	l.hi, _ = bits.Sub64(l.hi, uint64(x>>63), b)
	l.lo = lo
}

// AddLane adds m.
func (l *Lane) AddLane(m Lane) {
	lo, c := bits.Add64(l.lo, m.lo, 0)
	l.hi, _ = bits.Add64(l.hi, m.hi, c)
	l.lo = lo
}

// SubLane subtracts m.
func (l *Lane) SubLane(m Lane) {
	lo, b := bits.Sub64(l.lo, m.lo, 0)
	l.hi, _ = bits.Sub64(l.hi, m.hi, b)
	l.lo = lo
}

// AddColumn adds all units.
func (l *Lane) AddColumn(units []int64) {
	for len(units) > 0 {
		n := min(len(units), columnBlock)
		l.AddLane(sumBlock(units[:n]))
		units = units[n:]
	}
}

// sumBlock adds up at most 2^31 units without a carry per element. Next to the
// sum modulo 2^64 it keeps the exact sum of the upper halves. The lower halves
// are below 2^32 each, so their sum is below 2^63 and what the two leave over
// modulo 2^64 is that sum exactly.
func sumBlock(units []int64) Lane {
	var total, total2 uint64
	var upper, upper2 int64
	for len(units) >= 4 {
		a, b, c, d := units[0], units[1], units[2], units[3]
		total += uint64(a) + uint64(b)
		total2 += uint64(c) + uint64(d)
		upper += a>>32 + b>>32
		upper2 += c>>32 + d>>32
		units = units[4:]
	}
	for _, x := range units {
		total += uint64(x)
		upper += x >> 32
	}
	total += total2
	upper += upper2

	shifted := Lane{hi: uint64(upper >> 32), lo: uint64(upper) << 32}
	shifted.AddLane(Lane{lo: total - shifted.lo})
	return shifted
}

// Neg returns -l.
func (l Lane) Neg() Lane {
	var n Lane
	n.SubLane(l)
	return n
}

// IsZero reports whether the sum is zero.
func (l Lane) IsZero() bool { return l == Lane{} }

// Sign returns -1, 0 or +1.
func (l Lane) Sign() int {
	switch {
	case int64(l.hi) < 0:
		return -1
	case l.IsZero():
		return 0
	}
	return 1
}

// Cmp returns -1, 0 or +1 as l is less than, equal to or greater than m.
func (l Lane) Cmp(m Lane) int {
	switch {
	case l == m:
		return 0
	case int64(l.hi) < int64(m.hi) || l.hi == m.hi && l.lo < m.lo:
		return -1
	}
	return 1
}

// Int64 returns the sum and whether it fits an int64.
func (l Lane) Int64() (int64, bool) {
	x := int64(l.lo)
	if uint64(x>>63) != l.hi {
		return 0, false
	}
	return x, true
}

// magnitude returns |l| and whether l is negative.
func (l Lane) magnitude() (m wide, negative bool) {
	if negative = l.Sign() < 0; negative {
		l = l.Neg()
	}
	return wide{mid: l.hi, lo: l.lo}, negative
}

// Big returns the sum as a new integer.
func (l Lane) Big() *big.Int {
	m, negative := l.magnitude()
	return m.big(negative)
}

// Decimal returns the sum of units at the given scale, l / 10^scale.
func (l Lane) Decimal(scale uint8) decimal.Decimal {
	m, negative := l.magnitude()
	return m.decimal(negative, int(scale))
}

// AppendBinary appends the 16 bytes of l, big-endian two's complement.
func (l Lane) AppendBinary(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, l.hi)
	return binary.BigEndian.AppendUint64(b, l.lo)
}

// DecodeLane reads what [Lane.AppendBinary] wrote. Any length but 16 bytes is
// an error.
func DecodeLane(b []byte) (Lane, error) {
	if len(b) != laneSize {
		return Lane{}, fmt.Errorf("lane: %d bytes, want %d", len(b), laneSize)
	}
	return Lane{
		hi: binary.BigEndian.Uint64(b),
		lo: binary.BigEndian.Uint64(b[8:]),
	}, nil
}
