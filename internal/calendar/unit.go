// Package calendar has what calculators share of the calendar: weeks that begin on any day,
// and fast answers to which of many buckets an instant lies in.
package calendar

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// Unit is a unit of the calendar. First is the day that weeks begin with.
type Unit struct {
	metric.PeriodUnit
	First metric.WeekStart
}

// Of returns the day, week, month, quarter or year that contains t, in the zone of t.
func (u Unit) Of(t time.Time) (metric.Period, error) {
	p, err := metric.PeriodOf(t, u.PeriodUnit, t.Location())
	if err != nil || u.PeriodUnit != metric.UnitWeek || u.First == metric.Monday {
		return p, err
	}
	start := u.begin(p)
	if t.Before(start) {
		return metric.Between(u.begin(p.Prev()), start)
	}
	return metric.Between(start, u.begin(p.Next()))
}

// Next returns the one after what Of returned.
func (u Unit) Next(p metric.Period) (metric.Period, error) { return u.Of(p.End()) }

// Prev returns the one before what Of returned.
func (u Unit) Prev(p metric.Period) (metric.Period, error) { return u.Of(p.Start().Add(-1)) }

// begin returns where the week begins that begins in an ISO week: with the first day, or if
// the zone left that out, with the next one there is.
func (u Unit) begin(iso metric.Period) time.Time {
	days, err := iso.Divide(metric.UnitDay)
	if err != nil {
		return iso.Start()
	}
	for day := range days {
		if (int(day.Start().Weekday())+6)%7 >= int(u.First) {
			return day.Start()
		}
	}
	return iso.End()
}
