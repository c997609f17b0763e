package exact

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

const (
	// maxLaneScale is the largest scale that has a lane of its own.
	maxLaneScale = 18

	// sumDigits bounds the addends of a Sum: digits lie between 10^255 and
	// 10^-255. The product of seven numbers in range is still accepted, and a
	// total is cheap to align.
	sumDigits = 255

	sumVersion    = 1
	sumHeaderSize = 5
)

var errSumFormat = errors.New("sum: not in canonical form")

// Sum adds decimals exactly. The zero value is zero and ready for use. A Sum
// must not be copied after first use; it is not comparable.
//
// Values of up to 18 digits with a scale of 0 to 18 go to one 128-bit lane per
// scale, without rescaling and without allocation. Everything else is held in
// big integers, one per exponent: slower, just as exact. What a Sum returns and
// how it is encoded depend on the total only, not on how it came about.
type Sum struct {
	lanes [maxLaneScale + 1]Lane
	used  uint32             // bit s: lane s may be nonzero
	rest  map[int32]*big.Int // by exponent; owned, never shared
}

// Add adds d and returns true. A d with a nonzero digit at 10^255 and above or
// below 10^-255 would make the total unwieldy: it is left out and Add returns
// false. No number that is [InRange] is refused.
func (s *Sum) Add(d decimal.Decimal) bool {
	if scale := uint32(-d.Exponent()); scale <= maxLaneScale && d.NumDigits() <= maxFastDigits {
		s.lanes[scale].Add(d.CoefficientInt64())
		s.used |= 1 << scale
		return true
	}
	return s.addRest(d)
}

func (s *Sum) addRest(d decimal.Decimal) bool {
	if d.IsZero() {
		return true
	}
	if !within(d, sumDigits) {
		return false
	}
	if d.Exponent() < -sumDigits {
		d = Trim(d)
	}
	s.addBig(d.Coefficient(), d.Exponent())
	return true
}

// addBig adds c * 10^exp. It takes over c.
func (s *Sum) addBig(c *big.Int, exp int32) {
	if sum := s.rest[exp]; sum != nil {
		sum.Add(sum, c)
		return
	}
	if s.rest == nil {
		s.rest = make(map[int32]*big.Int)
	}
	s.rest[exp] = c
}

// AddMinor adds units / 10^scale.
func (s *Sum) AddMinor(units int64, scale uint8) {
	if scale <= maxLaneScale {
		s.lanes[scale].Add(units)
		s.used |= 1 << scale
		return
	}
	s.addBig(big.NewInt(units), -int32(scale))
}

// AddColumn adds all units / 10^scale.
func (s *Sum) AddColumn(units []int64, scale uint8) {
	if scale <= maxLaneScale {
		s.lanes[scale].AddColumn(units)
		s.used |= 1 << scale
		return
	}
	var l Lane
	l.AddColumn(units)
	s.addBig(l.Big(), -int32(scale))
}

// Merge adds the total of t, which stays as it is unless it is s itself.
func (s *Sum) Merge(t *Sum) {
	for exp, c := range t.rest { // before makeRoom, for s may be t
		s.addBig(new(big.Int).Set(c), exp)
	}
	for used := t.used; used != 0; used &= used - 1 {
		scale := bits.TrailingZeros32(used)
		s.lanes[scale].AddLane(t.lanes[scale])
		s.makeRoom(scale)
	}
	s.used |= t.used
}

// makeRoom empties a lane that reached 2^125, so that repeated doubling cannot
// use up the room that the bound on additions relies on: between two merges a
// lane takes 2^61 additions to get from 2^125 to 2^126.
func (s *Sum) makeRoom(scale int) {
	l := s.lanes[scale]
	if m, _ := l.magnitude(); m.mid>>61 != 0 {
		s.addBig(l.Big(), -int32(scale))
		s.lanes[scale] = Lane{}
	}
}

// Decimal returns the total.
func (s *Sum) Decimal() decimal.Decimal {
	if scale, ok := s.singleLane(); ok {
		return s.lanes[scale].Decimal(scale)
	}
	c, exp := s.total()
	return canonical(c, exp)
}

// Sign returns -1, 0 or +1 for the total.
func (s *Sum) Sign() int {
	if scale, ok := s.singleLane(); ok {
		return s.lanes[scale].Sign()
	}
	c, _ := s.total()
	return c.Sign()
}

// singleLane returns the scale of the lane that holds the whole total, if
// there is one.
func (s *Sum) singleLane() (scale uint8, ok bool) {
	if len(s.rest) > 0 || s.used&(s.used-1) != 0 {
		return 0, false
	}
	return uint8(bits.TrailingZeros32(s.used | 1<<maxLaneScale)), true
}

// total returns the total as c * 10^exp with a new integer c.
func (s *Sum) total() (c *big.Int, exp int64) {
	if s.used != 0 {
		exp = -int64(bits.Len32(s.used) - 1)
	}
	for e := range s.rest {
		exp = min(exp, int64(e))
	}
	c = new(big.Int)
	add := func(v *big.Int, e int64) {
		c.Add(c, v.Mul(v, bigPow(10, e-exp)))
	}
	for used := s.used; used != 0; used &= used - 1 {
		scale := bits.TrailingZeros32(used)
		add(s.lanes[scale].Big(), -int64(scale))
	}
	for e, v := range s.rest {
		add(new(big.Int).Set(v), int64(e))
	}
	return c, exp
}

// AppendBinary appends the encoded total: a version, the sign (0 zero, 1
// positive, 2 negative), the scale, the length of the magnitude in two bytes,
// and the magnitude, big-endian. Equal totals have equal bytes.
func (s *Sum) AppendBinary(b []byte) ([]byte, error) {
	d := s.Decimal()
	magnitude := d.Coefficient().Bytes()
	if len(magnitude) > 1<<16-1 {
		return b, fmt.Errorf("sum: %d bytes are too many to encode", len(magnitude))
	}
	sign := byte(0)
	switch d.Sign() {
	case 1:
		sign = 1
	case -1:
		sign = 2
	}
	b = append(b, sumVersion, sign, byte(-d.Exponent()))
	b = binary.BigEndian.AppendUint16(b, uint16(len(magnitude)))
	return append(b, magnitude...), nil
}

// MarshalBinary returns the encoded total, see [Sum.AppendBinary].
func (s *Sum) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary sets s to an encoded total. Bytes that AppendBinary does not
// write are an error, and s stays as it was.
func (s *Sum) UnmarshalBinary(b []byte) error {
	if len(b) < sumHeaderSize {
		return fmt.Errorf("sum: %d bytes, want at least %d", len(b), sumHeaderSize)
	}
	if b[0] != sumVersion {
		return fmt.Errorf("sum: version %d, want %d", b[0], sumVersion)
	}
	sign, scale, magnitude := b[1], b[2], b[sumHeaderSize:]
	if n := int(binary.BigEndian.Uint16(b[3:])); n != len(magnitude) {
		return fmt.Errorf("sum: magnitude of %d bytes, want %d", len(magnitude), n)
	}
	if len(magnitude) == 0 {
		if sign != 0 || scale != 0 {
			return errSumFormat
		}
		*s = Sum{}
		return nil
	}
	c := new(big.Int).SetBytes(magnitude)
	if sign != 1 && sign != 2 || magnitude[0] == 0 || scale > 0 && isMultipleOf10(c) {
		return errSumFormat
	}
	if sign == 2 {
		c.Neg(c)
	}
	*s = Sum{}
	if c.IsInt64() {
		s.AddMinor(c.Int64(), scale)
	} else {
		s.addBig(c, -int32(scale))
	}
	return nil
}

func isMultipleOf10(c *big.Int) bool {
	var r big.Int
	return r.Rem(c, big.NewInt(10)).Sign() == 0
}
