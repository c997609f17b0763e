package journey

import (
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// PeriodConversion is how many customers entered one stage in a period, beside how many
// entered another in it: what many tools call conversion. The two are not the same people, so
// it moves with the inflow and may be above 100%; [Conversion] is that of a cohort.
type PeriodConversion struct {
	Period                 metric.Period
	From, To               stage.ModelStage
	EnteredFrom, EnteredTo metric.Count // customers whose first entry of the stage lies in the period
}

// Rate returns EnteredTo / EnteredFrom, or why there is none: metric.ZeroDenominator if
// nobody entered the first.
func (c PeriodConversion) Rate() (metric.Ratio, error) {
	return metric.RatioOf(int64(c.EnteredTo), int64(c.EnteredFrom))
}

// PeriodConversion returns the conversion within each period from one stage to another. It is
// of customers, by their first entry of either stage, whether or not they were in the other.
// The error is a metric.ErrInput that names a stage or a period.
func (t *Tracker) PeriodConversion(from, to string, periods ...metric.Period) ([]PeriodConversion, error) {
	a, b, err := t.pair(from, to)
	if err != nil {
		return nil, err
	}
	if len(periods) == 0 {
		return nil, intake.Errorf("periods", "there are none")
	}
	bounds := make([][2]int64, len(periods))
	last := int64(0)
	for i, p := range periods {
		start, err := intake.CheckInstant("instant", p.Start())
		if err != nil {
			return nil, err
		}
		end, err := intake.CheckInstant("instant", p.End())
		if err != nil {
			return nil, err
		}
		bounds[i], last = [2]int64{start, end}, max(last, end)
	}
	var counts sums
	t.each(last, func(bucket uint8, f *folder) {
		first := f.firstEntries(a, b)
		for i, p := range bounds {
			for k, at := range first {
				if at >= p[0] && at < p[1] {
					counts.of(bucket, 2*len(periods))[2*i+k]++
				}
			}
		}
	})
	list, total := make([]PeriodConversion, len(periods)), counts.total(2*len(periods))
	for i, p := range periods {
		list[i] = PeriodConversion{p, t.plan.stages[a], t.plan.stages[b], metric.Count(total[2*i]), metric.Count(total[2*i+1])}
	}
	return list, nil
}

// firstEntries returns when two stages were first entered, never for one that was not.
func (f *folder) firstEntries(a, b uint8) [2]int64 {
	first := [2]int64{never, never}
	for i := range f.visits {
		for k, s := range [...]uint8{a, b} {
			if v := &f.visits[i]; v.stage == s && first[k] == never {
				first[k] = v.enter
			}
		}
	}
	return first
}
