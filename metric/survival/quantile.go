package survival

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// flat is how near a curve has to be to a height to count as flat there: the tolerance of R.
const flat = 1.5e-8

// Median returns the time by which half had the event; see [Curve.Quantile].
func (c *Curve) Median() (TimeEstimate, error) { return c.Quantile(0.5) }

// Quantile returns the time by which the share p had the event: where a horizontal line at
// 1-p meets the curve. When the curve is flat there, [Options.Quantile] decides. The limits
// are where the line meets the limits of the curve, as in R.
//
// A curve that does not come down so far is [metric.InsufficientHistory]: fewer than that
// share had the event while it was observed. The estimate then still holds the limits that
// exist. It is an [metric.ErrInput] for a p that is not above 0 and at most 1.
func (c *Curve) Quantile(p float64) (TimeEstimate, error) {
	if !(p > 0 && p <= 1) {
		return TimeEstimate{}, inputErrorf("quantile %v is not above 0 and at most 1", p)
	}
	e := TimeEstimate{Unit: c.unit, Estimate: Estimate{Level: c.level}}
	e.Lower = c.crossing(1-p, func(k *step) Optional {
		lo, _ := c.o.Interval.limits(k.surv, math.Sqrt(k.varLog), c.z)
		return lo
	})
	e.Upper = c.crossing(1-p, func(k *step) Optional {
		_, hi := c.o.Interval.limits(k.surv, math.Sqrt(k.varLog), c.z)
		return hi
	})
	at := c.crossing(1-p, func(k *step) Optional { return some(k.surv) })
	if !at.Valid {
		return e, undefinedf(metric.InsufficientHistory, "only %s of all had the event by the end of observation at %s, so the %s quantile is not reached",
			number(1-c.steps[len(c.steps)-1].surv, 4), c.unit.quantity(c.End()), number(p, 6))
	}
	e.Value = at.Value
	return e, nil
}

// crossing returns where a falling step function meets a height. Steps at which it does not
// exist are passed over.
func (c *Curve) crossing(height float64, value func(*step) Optional) Optional {
	for i := range c.steps {
		v := value(&c.steps[i])
		if !v.Valid || v.Value > height+flat {
			continue
		}
		first := c.steps[i].time
		if c.o.Quantile == FirstTime || v.Value < height-flat {
			return some(first)
		}
		for j := i + 1; j < len(c.steps); j++ {
			if w := value(&c.steps[j]); w.Valid && w.Value < v.Value {
				return some(first + (c.steps[j].time-first)/2)
			}
		}
		return some(first)
	}
	return Optional{}
}
