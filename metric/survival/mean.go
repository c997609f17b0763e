package survival

import "math"

// RestrictedMean returns the mean time without the event up to a horizon: the area under the
// curve from 0 to until.
//
//	μ = ∫ S(u) du
//	Var μ = ∑ (∫ S(u) du from t to until)² · d/(n(n-d))   over the times t of events
//
// As a mean of lifetimes cut off at until it needs no assumption about what comes later. The
// interval is normal for the mean and kept within 0 and until.
//
// A horizon beyond the end of observation is [metric.InsufficientHistory], unless the curve
// has come to 0, so that this is the mean, or [Options.Extend] is set.
func (c *Curve) RestrictedMean(until float64) (TimeEstimate, error) {
	if !(until > 0) {
		return TimeEstimate{}, inputErrorf("horizon %v is not above 0", until)
	}
	if _, err := c.at(until); err != nil {
		return TimeEstimate{}, err
	}
	var area, variance float64 // from the step to the horizon
	end := until
	for i := len(c.steps) - 1; i >= 0; i-- {
		k := &c.steps[i]
		if k.time >= until {
			continue
		}
		area += k.surv * (end - k.time)
		end = k.time
		before := 0.0
		if i > 0 {
			before = c.steps[i-1].varLog
		}
		variance += area * area * (k.varLog - before)
	}
	area += end // S is 1 before the first step
	e := normalEstimate(area, variance, c.z, c.level)
	e.Lower, e.Upper = some(max(e.Lower.Value, 0)), some(min(e.Upper.Value, math.Max(until, 0)))
	return TimeEstimate{Estimate: e, Unit: c.unit}, nil
}
