package survival

import (
	"iter"
	"math/big"

	"github.com/openlifecycle/lifecycle/metric"
)

// FromDurations returns the sample of cases of which some are closed, with their durations, and
// some still open, with the time that has elapsed so far. Open cases are censored, not
// dropped: a median over the closed ones alone is too short, the more so the younger the
// data.
//
// The lists may come from slices.Values or from All of a distribution of durations; nil is
// none. The unit has to be one of fixed length, [Second] to [Week]. A negative duration is an
// [metric.ErrInput].
func FromDurations(unit Unit, closed, open iter.Seq[metric.Duration]) (*Sample, error) {
	seconds, ok := unit.Seconds()
	if !ok {
		return nil, inputErrorf("durations cannot be counted in %ss, which have no fixed length", unit)
	}
	var observations []Observation
	take := func(kind string, list iter.Seq[metric.Duration], cause int) error {
		if list == nil {
			return nil
		}
		n := 0
		for d := range list {
			if d.Sign() < 0 {
				return inputErrorf("%s duration %d, %s, is negative", kind, n, d)
			}
			n++
			observations = append(observations, Observation{Exit: inUnit(d, seconds), Cause: cause})
		}
		return nil
	}
	if err := take("closed", closed, Event); err != nil {
		return nil, err
	}
	if err := take("open", open, Censored); err != nil {
		return nil, err
	}
	return New(unit, observations...)
}

// inUnit returns the number nearest to a duration in units of so many seconds.
func inUnit(d metric.Duration, seconds int64) float64 {
	s := d.Seconds()
	const exactly = 1 << 53
	if c, e := s.CoefficientInt64(), s.Exponent(); s.NumDigits() <= 15 && c < exactly && e <= 0 && e >= -9 {
		if unit := pow10(-e) * seconds; unit < exactly {
			return float64(c) / float64(unit) // one rounding of two exact numbers
		}
	}
	v, _ := new(big.Rat).Quo(s.Rat(), big.NewRat(seconds, 1)).Float64()
	return v
}

func pow10(n int32) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
