package engagement

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// ActivationQuery says what a result of [Activation] is of.
type ActivationQuery struct {
	// AsOf is the instant up to which the events are known. A customer whose window has not
	// passed then may still be activated. Later events count all the same. Zero means that
	// no more events come.
	AsOf time.Time
}

// mature reports whether the window of a start has passed: an event at its very end counts.
func (q *ActivationQuery) mature(start int64, window time.Duration) bool {
	return q.AsOf.IsZero() || intake.Clamp(q.AsOf)-start > int64(window)
}

// Started is a customer who has started.
type Started struct {
	Customer string // key
	Start    time.Time
	Mature   bool // the window has passed

	Activated bool
	At        time.Time // when the rule was met, if it was
	Took      metric.Duration
}

// started is a Started inside.
type started struct {
	customer  event.Code
	start, at int64
	activated bool
}

// follow returns what became of a customer, if there is a start among the rows.
func (m *meter) follow(customer event.Code, run []history.Row[step]) (started, bool) {
	start, ok := startOf(run)
	if !ok {
		return started{}, false
	}
	m.reset()
	for i := range run {
		at := run[i].At
		if at < start {
			continue
		}
		if at-start > int64(m.o.Window) {
			break
		}
		if m.takes(&run[i].P); m.missing <= 0 {
			return started{customer, start, at, true}, true
		}
	}
	return started{customer: customer, start: start}, true
}

// All yields the customers who have started, in the order of bucket and key.
func (a *Activation) All(q ActivationQuery) iter.Seq[Started] {
	return func(yield func(Started) bool) {
		m := newMeter(&a.options)
		var scratch history.Scratch[step]
		for bucket := range event.Buckets {
			var list []started
			a.rows.Bucket(uint8(bucket), &scratch, func(customer event.Code, run []history.Row[step]) {
				if x, ok := m.follow(customer, run); ok {
					list = append(list, x)
				}
			})
			slices.SortFunc(list, func(x, y started) int { return compareNames(a.in.Keys, x.customer, y.customer) })
			for _, x := range list {
				s := Started{
					Customer: a.in.Keys.Key(x.customer), Start: time.Unix(0, x.start).UTC(),
					Mature: q.mature(x.start, a.options.Window), Activated: x.activated,
				}
				if x.activated {
					s.At, s.Took = time.Unix(0, x.at).UTC(), metric.FromStd(time.Duration(x.at-x.start))
				}
				if !yield(s) {
					return
				}
			}
		}
	}
}

// Cohort is the customers who started in one period.
type Cohort struct {
	Period metric.Period // the zero Period for all time

	// Mature says that the windows of all who may start in the period have passed, so that
	// the numbers are final.
	Mature bool

	Started   int64
	Activated int64 // of Started, so far

	MatureStarted   int64 // of Started, those whose own window has passed
	MatureActivated int64 // of those, the activated ones
}

// Rate returns Activated / Started. It is [metric.NotMature] for a cohort that is not, and
// [metric.ZeroDenominator] for one without customers.
func (c *Cohort) Rate() (metric.Ratio, error) {
	if !c.Mature {
		return metric.Ratio{}, metric.NotMature
	}
	return metric.RatioOf(c.Activated, c.Started)
}

// RateOfMature returns MatureActivated / MatureStarted, which is final also in a cohort that
// is not, for a part of it.
func (c *Cohort) RateOfMature() (metric.Ratio, error) {
	return metric.RatioOf(c.MatureActivated, c.MatureStarted)
}

// Cohorts returns the customers by the period in which they started, or those of all time
// if no period is given. The periods must be in order and not overlap.
func (a *Activation) Cohorts(q ActivationQuery, periods ...metric.Period) ([]Cohort, error) {
	bounds, err := newSpans(periods)
	if err != nil {
		return nil, err
	}
	n := max(1, len(periods))
	parts := make([][]Cohort, max(1, a.options.Workers))
	scratches := make([]history.Scratch[step], len(parts))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([]Cohort, n)
		}
		m := newMeter(&a.options)
		a.rows.Bucket(bucket, &scratches[worker], func(customer event.Code, run []history.Row[step]) {
			x, ok := m.follow(customer, run)
			if !ok {
				return
			}
			if period, ok := bounds.find(x.start); ok {
				parts[worker][period].add(&x, q.mature(x.start, a.options.Window))
			}
		})
	})
	list := make([]Cohort, n)
	for i := range list {
		c := &list[i]
		for _, part := range parts {
			if part != nil {
				c.Started += part[i].Started
				c.Activated += part[i].Activated
				c.MatureStarted += part[i].MatureStarted
				c.MatureActivated += part[i].MatureActivated
			}
		}
		if len(periods) == 0 {
			c.Mature = c.MatureStarted == c.Started
			continue
		}
		c.Period = periods[i]
		c.Mature = q.AsOf.IsZero() || !q.AsOf.Before(periods[i].End().Add(a.options.Window))
	}
	return list, nil
}

func (c *Cohort) add(x *started, mature bool) {
	c.Started++
	if x.activated {
		c.Activated++
	}
	if mature {
		c.MatureStarted++
		if x.activated {
			c.MatureActivated++
		}
	}
}

// Times returns how long the activated customers took from their start to meeting the rule,
// for those who started in a period, or in all time for the zero Period. It takes 8 bytes a
// customer. Those who have not met it are not in it, see [Cohort].
func (a *Activation) Times(period metric.Period) (metric.Distribution[metric.Duration], error) {
	bounds := new(spans)
	if !period.IsZero() {
		var err error
		if bounds, err = newSpans([]metric.Period{period}); err != nil {
			return metric.Distribution[metric.Duration]{}, err
		}
	}
	var units []int64
	m := newMeter(&a.options)
	var scratch history.Scratch[step]
	for bucket := range event.Buckets {
		a.rows.Bucket(uint8(bucket), &scratch, func(customer event.Code, run []history.Row[step]) {
			x, ok := m.follow(customer, run)
			if _, in := bounds.find(x.start); ok && in && x.activated {
				units = append(units, x.at-x.start)
			}
		})
	}
	return metric.DistributionFromUnits[metric.Duration](units, 9, metric.Currency{})
}

// CriterionCount is how many of the customers who started in a period met one criterion
// within the window.
type CriterionCount struct {
	Name     string
	Met      int64
	Required int64 // what the measure has to reach
}

// Criteria returns how many of the customers who started in a period, or in all time for
// the zero Period, met each criterion: where activation fails.
func (a *Activation) Criteria(period metric.Period) ([]CriterionCount, error) {
	bounds := new(spans)
	if !period.IsZero() {
		var err error
		if bounds, err = newSpans([]metric.Period{period}); err != nil {
			return nil, err
		}
	}
	list := make([]CriterionCount, len(a.options.Criteria))
	for i, c := range a.options.Criteria {
		list[i] = CriterionCount{Name: c.Name, Required: cmp.Or(c.AtLeast, 1)}
	}
	m := newMeter(&a.options)
	var scratch history.Scratch[step]
	for bucket := range event.Buckets {
		a.rows.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[step]) {
			start, ok := startOf(run)
			if _, in := bounds.find(start); !ok || !in {
				return
			}
			m.reset()
			for i := range run {
				if at := run[i].At; at >= start && at-start <= int64(m.o.Window) {
					m.takes(&run[i].P)
				}
			}
			for i := range list {
				if m.have[i] >= m.goal(i) {
					list[i].Met++
				}
			}
		})
	}
	return list, nil
}
