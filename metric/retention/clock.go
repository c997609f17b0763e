package retention

import (
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
)

// ownClock counts the periods of a customer from the customer's own start.
type ownClock struct {
	zone   *time.Location
	unit   Unit
	length int64 // of a unit of elapsed time; 0 counts on the calendar and clock of the zone
	floor  bool
}

func newOwnClock(o *Options) *ownClock {
	c := &ownClock{zone: o.Zone, unit: o.Unit, floor: o.FloorHour}
	const day = int64(24 * time.Hour)
	switch {
	case o.Unit == Hour:
		c.length = int64(time.Hour)
	case o.Clock == ByCivil:
	case o.Unit == Day:
		c.length = day
	case o.Unit == Week:
		c.length = 7 * day
	case o.Unit == Month:
		c.length = 30 * day
	}
	return c
}

// instant returns the instant that counts for one at which something happened.
func (c *ownClock) instant(at int64) int64 {
	if !c.floor {
		return at
	}
	const hour = int64(time.Hour)
	local := at + c.offset(at)
	return at - ((local%hour)+hour)%hour
}

// offset returns how far clocks are ahead of UTC.
func (c *ownClock) offset(at int64) int64 {
	_, seconds := time.Unix(0, at).In(c.zone).Zone()
	return int64(seconds) * int64(time.Second)
}

// bound returns the instant at which period k of a customer who started at start begins.
func (c *ownClock) bound(start int64, k int) int64 {
	switch {
	case c.length > 0:
		return start + int64(k)*c.length
	case k == 0:
		return start
	}
	t := time.Unix(0, start).In(c.zone)
	hour, minute, second := t.Clock()
	date := addUnits(civilDate(t), c.unit, k)
	date = time.Date(date.Year(), date.Month(), date.Day(), hour, minute, second, t.Nanosecond(), time.UTC)
	if !intake.InRange(date) {
		return intake.End
	}
	return c.onClock(date.UnixNano())
}

// addUnits returns the date k units after another one, or the last of its month if that has
// no such day.
func addUnits(date time.Time, unit Unit, k int) time.Time {
	months := k
	switch unit {
	case Day:
		return date.AddDate(0, 0, k)
	case Week:
		return date.AddDate(0, 0, 7*k)
	case Quarter:
		months = 3 * k
	case Year:
		months = 12 * k
	}
	y, m, d := date.Date()
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, min(d, last.Day())-last.Day())
}

// onClock returns the first instant at which clocks show a time, given as if they showed
// UTC, or the first one after if they leave it out.
//
// It takes zones to change their offset at most once in two days.
func (c *ownClock) onClock(local int64) int64 {
	const margin = 26 * int64(time.Hour) // more than any zone was ever moved by
	near := local - c.offset(local)
	before, after := c.offset(near-margin), c.offset(near+margin)
	if before == after {
		return local - before
	}
	from, change := near-margin, near+margin // the change is after from, and not after change
	for change-from > 1 {
		if middle := from + (change-from)/2; c.offset(middle) == before {
			from = middle
		} else {
			change = middle
		}
	}
	if local-before < change {
		return local - before
	}
	return max(local-after, change)
}

// group returns the group of a start: of two starts in one group, the later one is the last
// to end each period.
func (c *ownClock) group(start int64) int {
	if c.length > 0 || c.unit == Day || c.unit == Week {
		return 0
	}
	return max(time.Unix(0, start).In(c.zone).Day(), 28) - 28
}

// guess returns a period that is that of at or next to it.
func (c *ownClock) guess(start, at int64) int {
	if c.length > 0 {
		return int((at - start) / c.length)
	}
	from, to := civilDate(time.Unix(0, start).In(c.zone)), civilDate(time.Unix(0, at).In(c.zone))
	days := int((to.Unix() - from.Unix()) / (24 * 60 * 60))
	months := 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month())
	switch c.unit {
	case Day:
		return days
	case Week:
		return days / 7
	case Quarter:
		return months / 3
	case Year:
		return months / 12
	}
	return months
}

// walk finds the periods of instants that do not go back.
type walk struct {
	clock *ownClock
	start int64
	k     int
	next  int64 // where period k+1 begins
}

func (c *ownClock) walk(start int64) walk {
	return walk{clock: c, start: start, next: c.bound(start, 1)}
}

// period returns the last period that has begun at an instant, which is not before start.
func (w *walk) period(at int64) int {
	if at < w.next {
		return w.k
	}
	w.k = max(w.clock.guess(w.start, at), w.k+1)
	for w.k > 0 && w.clock.bound(w.start, w.k) > at {
		w.k--
	}
	for w.next = w.clock.bound(w.start, w.k+1); w.next <= at; w.next = w.clock.bound(w.start, w.k+1) {
		w.k++
	}
	return w.k
}
