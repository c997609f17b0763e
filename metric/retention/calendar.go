package retention

import (
	"time"

	"github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// cohorts are the buckets of the range, each of which is a cohort.
type cohorts struct {
	*calendar.Buckets
	periods []metric.Period
}

func newCohorts(o *Options) (*cohorts, error) {
	c := &cohorts{periods: make([]metric.Period, 0, o.Buckets)}
	bounds := make([]int64, 0, o.Buckets+1)
	next := o.From.In(o.Zone)
	if o.Unit == Hour {
		next = next.Add(-sinceHour(next))
	}
	for len(c.periods) < o.Buckets {
		p, err := bucketAt(next, o)
		if err != nil {
			return nil, intake.Errorf("From", "%w", err)
		}
		if next = p.End(); !intake.InRange(p.Start()) || !intake.InRange(next.Add(-1)) {
			return nil, intake.Errorf("From", "%s %s is not within "+intake.Years, o.Unit, p)
		}
		c.periods = append(c.periods, p)
		bounds = append(bounds, p.Start().UnixNano())
	}
	c.Buckets = calendar.New(append(bounds, next.UnixNano()))
	return c, nil
}

// bucketAt returns the bucket that contains t; of hours the one that begins at t, which ends
// where clocks show the next full hour, or are changed to another time in it.
func bucketAt(t time.Time, o *Options) (metric.Period, error) {
	if o.Unit == Hour {
		return metric.Between(t, t.Add(time.Hour-sinceHour(t)))
	}
	return calendar.Unit{PeriodUnit: o.Unit.period(), First: o.WeekStart}.Of(t)
}

// sinceHour returns how far clocks at t are past the full hour.
func sinceHour(t time.Time) time.Duration {
	return time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// civilDate returns the date that clocks show at t, as midnight UTC.
func civilDate(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
