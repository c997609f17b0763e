package engagement

import (
	"time"

	"github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// slots are what activity is recorded by: the civil days of a range, or stretches of one
// length.
type slots struct {
	*calendar.Buckets
	loc *time.Location
}

// maxSlots bounds the memory that one customer may take.
const maxSlots = 1 << 20

// newSlots returns the civil days from the first that starts at start, or stretches of
// length, up to end.
func newSlots(start, end time.Time, length time.Duration) (*slots, error) {
	if !intake.InRange(start) || !intake.InRange(end.Add(-1)) {
		return nil, intake.Errorf("Range", "from %s to %s is not within "+intake.Years, start.Format(time.DateOnly), end.Format(time.DateOnly))
	}
	if length == 0 {
		days, err := calendar.Days(start, end, start.Location())
		return &slots{days, start.Location()}, err
	}
	first, last := start.UnixNano(), end.UnixNano()
	n := (last-first-1)/int64(length) + 1
	switch {
	case n > maxSlots:
		return nil, intake.Errorf("Range", "%d slots of %s, at most %d are possible", n, length, maxSlots)
	case uint64(n)*uint64(length) > uint64(intake.End-first):
		return nil, intake.Errorf("Slot", "one of %s does not end within "+intake.Years, length)
	}
	bounds := make([]int64, n+1)
	for i := range bounds {
		bounds[i] = first + int64(i)*int64(length)
	}
	return &slots{calendar.New(bounds), start.Location()}, nil
}

func (s *slots) time(ns int64) time.Time { return time.Unix(0, ns).In(s.loc) }

// period returns the time of the slots from one up to another.
func (s *slots) period(from, to int) (metric.Period, error) {
	return metric.Between(s.time(s.Bound(from)), s.time(s.Bound(to)))
}
