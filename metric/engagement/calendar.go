package engagement

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// WeekStart is the day that weeks begin with. The zero WeekStart is Monday, as in ISO 8601.
type WeekStart uint8

// The days, in order from Monday.
const (
	Monday WeekStart = iota
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// String returns the English name of the day.
func (w WeekStart) String() string {
	if w > Sunday {
		return "no day"
	}
	return time.Weekday((int(w) + 1) % 7).String()
}

// bucketOf returns the calendar unit that contains t, with weeks from the given day.
func bucketOf(t time.Time, unit metric.PeriodUnit, first WeekStart) (metric.Period, error) {
	p, err := metric.PeriodOf(t, unit, t.Location())
	if err != nil || unit != metric.UnitWeek || first == Monday {
		return p, err
	}
	start := weekday(p, first)
	if t.Before(start) {
		return metric.Between(weekday(p.Prev(), first), start)
	}
	return metric.Between(start, weekday(p.Next(), first))
}

// nextBucket and prevBucket return the neighbours of what bucketOf returned.
func nextBucket(p metric.Period, unit metric.PeriodUnit, first WeekStart) (metric.Period, error) {
	return bucketOf(p.End(), unit, first)
}

func prevBucket(p metric.Period, unit metric.PeriodUnit, first WeekStart) (metric.Period, error) {
	return bucketOf(p.Start().Add(-1), unit, first)
}

// weekday returns the start of a day of an ISO week, or of the next one that the zone has.
func weekday(week metric.Period, day WeekStart) time.Time {
	days, err := week.Divide(metric.UnitDay)
	if err != nil {
		return week.Start()
	}
	for d := range days {
		if (int(d.Start().Weekday())+6)%7 >= int(day) {
			return d.Start()
		}
	}
	return week.End()
}

// slots are what activity is recorded by: the civil days of a range, or stretches of one
// length. They follow one another without a gap.
type slots struct {
	loc    *time.Location
	bounds []int64 // nanoseconds; slot i is from bounds[i] up to bounds[i+1]
	length int64   // of a slot, but for changes of clocks
}

const dayLength = int64(24 * time.Hour)

// maxSlots bounds the memory that one customer may take.
const maxSlots = 1 << 20

// newSlots returns the civil days from the first that starts at start, or stretches of
// length, up to end.
func newSlots(start, end time.Time, length time.Duration) (*slots, error) {
	if start.Unix() <= leastSecond || end.Unix() >= mostSecond {
		return nil, inputErrorf("range from %s to %s is not within the years 1824 to 2115",
			start.Format(time.DateOnly), end.Format(time.DateOnly))
	}
	s := &slots{loc: start.Location(), length: int64(length)}
	if n := (end.UnixNano() - start.UnixNano()) / max(s.length, 1); length > 0 && n >= maxSlots {
		return nil, inputErrorf("range of %d slots, at most %d", n, maxSlots)
	}
	if length > 0 {
		for at := start.UnixNano(); ; at += s.length {
			s.bounds = append(s.bounds, at)
			if at >= end.UnixNano() {
				return s, nil
			}
		}
	}
	s.length = dayLength
	days, err := metric.Periods(start, end, metric.UnitDay, s.loc)
	if err != nil {
		return nil, err
	}
	for day := range days {
		if len(s.bounds) == 0 {
			s.bounds = append(s.bounds, day.Start().UnixNano())
		}
		s.bounds = append(s.bounds, day.End().UnixNano())
	}
	return s, nil
}

func (s *slots) len() int { return len(s.bounds) - 1 }

// index returns the slot of an instant: -1 before the first, len after the last.
//
// A guess by the length of a slot is off by what clocks were changed, so the bounds next to
// it decide.
func (s *slots) index(at int64) int {
	switch {
	case at < s.bounds[0]:
		return -1
	case at >= s.bounds[len(s.bounds)-1]:
		return s.len()
	}
	since := uint64(at - s.bounds[0])
	guess := 0
	if s.length == dayLength {
		guess = int(since / uint64(dayLength)) // a constant divides fast
	} else {
		guess = int(since / uint64(s.length))
	}
	guess = min(guess, s.len()-1)
	for at < s.bounds[guess] {
		guess--
	}
	for at >= s.bounds[guess+1] {
		guess++
	}
	return guess
}

func (s *slots) time(ns int64) time.Time { return time.Unix(0, ns).In(s.loc) }

// period returns the time of the slots from one up to another.
func (s *slots) period(from, to int) (metric.Period, error) {
	return metric.Between(s.time(s.bounds[from]), s.time(s.bounds[to]))
}
