package metric

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// RoundingMode says which neighbour a number between two representable ones is
// rounded to. The zero RoundingMode is [RoundHalfAwayFromZero].
type RoundingMode uint8

// The rounding modes.
const (
	RoundHalfAwayFromZero = RoundingMode(exact.HalfAwayFromZero) // nearest; 2.5 to 3, -2.5 to -3
	RoundHalfEven         = RoundingMode(exact.HalfEven)         // nearest; 2.5 to 2, 3.5 to 4
	RoundDown             = RoundingMode(exact.Down)             // toward zero
	RoundUp               = RoundingMode(exact.Up)               // away from zero
	RoundFloor            = RoundingMode(exact.Floor)            // toward negative infinity
	RoundCeiling          = RoundingMode(exact.Ceiling)          // toward positive infinity
)

// IsValid reports whether m is one of the modes above.
func (m RoundingMode) IsValid() bool { return m <= RoundCeiling }

// String returns the name of the mode, "half_even".
func (m RoundingMode) String() string {
	switch m {
	case RoundHalfAwayFromZero:
		return "half_away_from_zero"
	case RoundHalfEven:
		return "half_even"
	case RoundDown:
		return "down"
	case RoundUp:
		return "up"
	case RoundFloor:
		return "floor"
	case RoundCeiling:
		return "ceiling"
	}
	return "unknown"
}

// MarshalText returns the name of the mode.
func (m RoundingMode) MarshalText() ([]byte, error) {
	if !m.IsValid() {
		return nil, inputErrorf("rounding mode %d is unknown", uint8(m))
	}
	return []byte(m.String()), nil
}

// UnmarshalText accepts the name of a mode.
func (m *RoundingMode) UnmarshalText(text []byte) error {
	for v := RoundHalfAwayFromZero; v.IsValid(); v++ {
		if v.String() == string(text) {
			*m = v
			return nil
		}
	}
	return inputErrorf("rounding mode %s is unknown", quote(string(text)))
}

const (
	defaultRoundingPlaces = 28
	maxPlaces             = 34
)

// Rounding says how an exact result becomes a decimal: with how many digits after
// the point and in which mode. It is applied once, to the final result.
//
// Rounding is a comparable value type. The zero Rounding is the default: 28
// places, half away from zero.
type Rounding struct {
	places uint8 // plus one; 0 for the default
	mode   RoundingMode
}

// RoundTo returns the rounding to a number of digits after the point, from 0 to 34.
// It panics when places or mode lie outside their ranges, which is a mistake in the
// program and not in the data.
func RoundTo(places int, mode RoundingMode) Rounding {
	if places < 0 || places > maxPlaces {
		panic(fmt.Sprintf("metric: rounding to %d places, want 0 to %d", places, maxPlaces))
	}
	if !mode.IsValid() {
		panic(fmt.Sprintf("metric: rounding mode %d is unknown", uint8(mode)))
	}
	return Rounding{places: uint8(places) + 1, mode: mode}
}

// IsZero reports whether r is the default, not chosen by the caller.
func (r Rounding) IsZero() bool { return r == Rounding{} }

// Places returns the number of digits after the point.
func (r Rounding) Places() int {
	if r.places == 0 {
		return defaultRoundingPlaces
	}
	return int(r.places) - 1
}

// Mode returns the mode.
func (r Rounding) Mode() RoundingMode { return r.mode }

// String returns "28 places, half_away_from_zero".
func (r Rounding) String() string { return fmt.Sprintf("%d places, %s", r.Places(), r.mode) }

// round rounds f and drops the trailing zeros that only tell of the rounding.
func (r Rounding) round(f exact.Fraction) decimal.Decimal {
	return exact.Trim(f.Round(int32(r.Places()), exact.Mode(r.mode)))
}
