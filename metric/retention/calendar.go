package retention

import (
	"math/bits"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// Nanoseconds of 64 bits reach from 1677 to 2262. Events may lie in the whole years between.
const (
	firstSecond = -9214560000 // 1678
	endSecond   = 9214646400  // 2262

	firstNano = firstSecond * int64(time.Second)
	endNano   = endSecond * int64(time.Second)
)

// nanoseconds returns t in nanoseconds since 1970, and false for another year.
func nanoseconds(t time.Time) (int64, bool) {
	seconds := t.Unix()
	if seconds < firstSecond || seconds >= endSecond {
		return 0, false
	}
	return seconds*int64(time.Second) + int64(t.Nanosecond()), true
}

// calendar is the buckets of the range.
type calendar struct {
	buckets []metric.Period
	bounds  []int64 // bucket i lies between bounds i and i+1

	// grid holds, for each square of 2^shift nanoseconds from bounds[0], the bucket in which
	// it begins. No square is longer than a bucket, so that it is this one or the next.
	grid  []int16
	shift uint
}

func newCalendar(o *Options) (*calendar, error) {
	first, err := firstBucket(o)
	if err != nil {
		return nil, err
	}
	c := &calendar{buckets: make([]metric.Period, 0, o.Buckets)}
	for p := first; len(c.buckets) < o.Buckets; p = nextBucket(p, o) {
		start, ok := nanoseconds(p.Start())
		end, ok2 := nanoseconds(p.End().Add(-1))
		if !ok || !ok2 || end < start {
			return nil, inputErrorf("From", "%s %s is not within the years 1678 to 2261", o.Unit, p)
		}
		c.buckets = append(c.buckets, p)
		c.bounds = append(c.bounds, start)
		if len(c.buckets) == o.Buckets {
			c.bounds = append(c.bounds, end+1)
		}
	}
	c.index()
	return c, nil
}

// index builds the grid.
func (c *calendar) index() {
	shortest := int64(1) << 62
	for i := range c.buckets {
		shortest = min(shortest, c.bounds[i+1]-c.bounds[i])
	}
	c.shift = uint(bits.Len64(uint64(shortest)) - 1)
	length := uint64(c.end() - c.start())
	c.grid = make([]int16, (length-1)>>c.shift+1)
	bucket := 0
	for square := range c.grid {
		for c.bounds[bucket+1] <= c.start()+int64(uint64(square)<<c.shift) {
			bucket++
		}
		c.grid[square] = int16(bucket)
	}
}

func (c *calendar) start() int64 { return c.bounds[0] }
func (c *calendar) end() int64   { return c.bounds[len(c.bounds)-1] }

// find returns the bucket of an instant, -1 for one before all and their number for one
// after.
func (c *calendar) find(at int64) int {
	square := (uint64(at) - uint64(c.bounds[0])) >> c.shift // beyond the end for an earlier one
	if square >= uint64(len(c.grid)) {
		if at < c.bounds[0] {
			return -1
		}
		return len(c.buckets)
	}
	bucket := int(c.grid[square])
	if at >= c.bounds[bucket+1] {
		bucket++
	}
	return bucket
}

// firstBucket returns the bucket that From lies in.
func firstBucket(o *Options) (metric.Period, error) {
	if o.Unit == Hour {
		start := o.From.In(o.Zone)
		return hour(start.Add(-sinceHour(start)))
	}
	if o.WeekStart == Monday {
		p, err := metric.PeriodOf(o.From, o.Unit.period(), o.Zone)
		if err != nil {
			return p, inputErrorf("From", "%w", err)
		}
		return p, nil
	}
	day, err := metric.PeriodOf(o.From, metric.UnitDay, o.Zone)
	if err != nil {
		return day, inputErrorf("From", "%w", err)
	}
	date := civilDate(day.Start())
	since := (int(date.Weekday()) + 6 - int(o.WeekStart)) % 7
	if since < 0 {
		since += 7
	}
	return week(date.AddDate(0, 0, -since), o)
}

func nextBucket(p metric.Period, o *Options) metric.Period {
	if o.Unit == Hour {
		next, err := hour(p.End())
		if err != nil {
			return metric.Period{}
		}
		return next
	}
	if o.WeekStart == Monday {
		return p.Next()
	}
	// From the end, because the zone may have left out the date of the start.
	date := civilDate(p.End())
	for (int(date.Weekday())+6)%7 != int(o.WeekStart) {
		date = date.AddDate(0, 0, -1)
	}
	next, err := week(date, o)
	if err != nil {
		return metric.Period{}
	}
	return next
}

// hour returns the time from start until clocks show the next full hour, or are changed to
// another time in it.
func hour(start time.Time) (metric.Period, error) {
	p, err := metric.Between(start, start.Add(time.Hour-sinceHour(start)))
	if err != nil {
		return p, inputErrorf("From", "%w", err)
	}
	return p, nil
}

// sinceHour returns how far clocks at t are past the full hour.
func sinceHour(t time.Time) time.Duration {
	return time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// week returns the week that begins with a date.
func week(date time.Time, o *Options) (metric.Period, error) {
	start, err := dayStart(date, o.Zone)
	if err != nil {
		return metric.Period{}, err
	}
	end, err := dayStart(date.AddDate(0, 0, 7), o.Zone)
	if err != nil {
		return metric.Period{}, err
	}
	p, err := metric.Between(start, end)
	if err != nil {
		return p, inputErrorf("From", "%w", err)
	}
	return p, nil
}

// dayStart returns the first instant of a date, or of the next one if the zone left it out.
func dayStart(date time.Time, zone *time.Location) (time.Time, error) {
	day, err := metric.Day(date.Year(), date.Month(), date.Day(), zone)
	if err != nil {
		date = date.AddDate(0, 0, 1)
		if day, err = metric.Day(date.Year(), date.Month(), date.Day(), zone); err != nil {
			return time.Time{}, inputErrorf("From", "%w", err)
		}
	}
	return day.Start(), nil
}

// civilDate returns the date that clocks show at t, as midnight UTC.
func civilDate(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
