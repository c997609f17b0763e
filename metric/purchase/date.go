package purchase

import (
	"math"
	"strconv"
	"time"

	buckets "github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/metric"
)

// Date is a civil day: the number of days since 1970-01-01.
type Date int32

const nanosPerDay = 24 * 60 * 60 * 1e9

// Span is a length of time: a number of civil days.
type Span int32

// String returns the span as in "28 days".
func (s Span) String() string {
	if s == 1 {
		return "1 day"
	}
	return strconv.Itoa(int(s)) + " days"
}

// DateOf returns the civil day that contains t, in its location: as everywhere here, a day
// ends for good when the next one starts, even if clocks are put back across midnight then.
// It is the first or last Date there is for a t before or after them.
func DateOf(t time.Time) Date {
	if p, err := metric.PeriodOf(t, metric.UnitDay, t.Location()); err == nil {
		t = p.Start()
	}
	return civil(t)
}

func civil(t time.Time) Date {
	y, m, d := t.Date()
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	return Date(min(max(days, math.MinInt32), math.MaxInt32))
}

// String returns the date as 2006-01-02.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// Date returns year, month and day.
func (d Date) Date() (year int, month time.Month, day int) { return d.midnight().Date() }

func (d Date) midnight() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

const secondsPerDay = 24 * 60 * 60

// start returns the first date of the week, month, quarter or year that d lies in.
func (d Date) start(unit metric.PeriodUnit) Date {
	if unit <= metric.UnitDay {
		return d
	}
	if unit == metric.UnitWeek {
		const monday = 3 // 1970-01-01 was a Thursday
		n := (int64(d) + monday) % 7
		if n < 0 {
			n += 7
		}
		return d - Date(n)
	}
	y, m, _ := d.Date()
	switch unit {
	case metric.UnitMonth:
	case metric.UnitQuarter:
		m -= (m - 1) % 3
	case metric.UnitYear:
		m = time.January
	}
	return civil(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC))
}

// calendar finds the civil days of instants in a location. It does not change, and may be
// read concurrently.
type calendar struct {
	days  *buckets.Buckets // nil for UTC
	dates []Date
}

// newCalendar returns a calendar for the instants from first to last, in nanoseconds.
func newCalendar(loc *time.Location, first, last int64) *calendar {
	if loc == nil || loc == time.UTC || first > last {
		return new(calendar)
	}
	days, err := buckets.Days(time.Unix(0, first), time.Unix(0, last+1), loc)
	if err != nil {
		return new(calendar) // cannot be: last is not before first
	}
	c := &calendar{days: days, dates: make([]Date, days.Len())}
	for i := range c.dates {
		c.dates[i] = civil(time.Unix(0, days.Bound(i)).In(loc))
	}
	return c
}

// date returns the day of an instant that the calendar is for.
func (c *calendar) date(at int64) Date {
	if c.days != nil {
		return c.dates[c.days.Within(at)]
	}
	d := at / nanosPerDay
	if at < 0 && at%nanosPerDay != 0 {
		d--
	}
	return Date(d)
}
