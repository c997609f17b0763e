package exact

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Dot is a signed 192-bit accumulator of products of two int64 values: price
// times quantity, amount times weight. The zero value is zero and ready for
// use; dots are comparable, and equal sums are equal dots.
//
// A product is at most 2^126 in magnitude, so fewer than 2^65 additions cannot
// overflow. All first factors share one scale, and all second factors another.
type Dot struct{ hi, mid, lo uint64 } // two's complement

// dotSize is the length of an encoded Dot in bytes.
const dotSize = 24

// Add adds x * y.
func (d *Dot) Add(x, y int64) {
	hi, lo := mulSigned(x, y)
	d.Merge(Dot{hi: uint64(hi >> 63), mid: uint64(hi), lo: lo})
}

// mulSigned returns the 128-bit product in two's complement.
func mulSigned(x, y int64) (hi int64, lo uint64) {
	h, lo := bits.Mul64(uint64(x), uint64(y))
	return int64(h) - x>>63&y - y>>63&x, lo
}

// AddColumns adds the products x[i] * y[i]. If the lengths differ it adds
// nothing and returns false.
func (d *Dot) AddColumns(x, y []int64) bool {
	if len(x) != len(y) {
		return false
	}
	sum := *d
	for i, v := range x {
		sum.Add(v, y[i])
	}
	*d = sum
	return true
}

// Merge adds the products collected by e.
func (d *Dot) Merge(e Dot) {
	var c uint64
	d.lo, c = bits.Add64(d.lo, e.lo, 0)
	d.mid, c = bits.Add64(d.mid, e.mid, c)
	d.hi, _ = bits.Add64(d.hi, e.hi, c)
}

// IsZero reports whether the sum is zero.
func (d Dot) IsZero() bool { return d == Dot{} }

// Sign returns -1, 0 or +1.
func (d Dot) Sign() int {
	switch {
	case int64(d.hi) < 0:
		return -1
	case d.IsZero():
		return 0
	}
	return 1
}

// magnitude returns |d| and whether d is negative.
func (d Dot) magnitude() (m wide, negative bool) {
	m = wide(d)
	if negative = d.Sign() < 0; negative {
		m = wide{^m.hi, ^m.mid, ^m.lo}.increment()
	}
	return m, negative
}

// Big returns the sum as a new integer.
func (d Dot) Big() *big.Int {
	m, negative := d.magnitude()
	return m.big(negative)
}

// Decimal returns the sum for factors of the given scales,
//
//	d / 10^(xScale + yScale)
func (d Dot) Decimal(xScale, yScale uint8) decimal.Decimal {
	m, negative := d.magnitude()
	return m.decimal(negative, int(xScale)+int(yScale))
}

// AppendBinary appends the 24 bytes of d, big-endian two's complement.
func (d Dot) AppendBinary(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, d.hi)
	b = binary.BigEndian.AppendUint64(b, d.mid)
	return binary.BigEndian.AppendUint64(b, d.lo)
}

// DecodeDot reads what [Dot.AppendBinary] wrote. Any length but 24 bytes is an
// error.
func DecodeDot(b []byte) (Dot, error) {
	if len(b) != dotSize {
		return Dot{}, fmt.Errorf("dot: %d bytes, want %d", len(b), dotSize)
	}
	return Dot{
		hi:  binary.BigEndian.Uint64(b),
		mid: binary.BigEndian.Uint64(b[8:]),
		lo:  binary.BigEndian.Uint64(b[16:]),
	}, nil
}
