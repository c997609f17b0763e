package engagement

import (
	"sort"
	"time"

	"github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Query says what a result of [Activity] is of. The zero Query is all of it.
type Query struct {
	// Unit is what the result is by. Zero is that of the options.
	Unit metric.PeriodUnit

	// Over is the time that the result is for: the units that overlap it. The zero Period
	// is the whole range. In either case it is whole units inside the range only, which
	// the result names.
	Over metric.Period

	// Only, if not nil, are the keys of the customers to regard. Except are those to leave
	// out. A key that nothing is known of is that of a customer who was never active.
	Only, Except []string

	// AsOf is the instant up to which the events are known. A period that has not ended
	// then is marked incomplete, and later events count all the same. Zero means that they
	// are all known.
	AsOf time.Time
}

// incomplete reports whether a period has not ended at the instant up to which the events
// are known, if that is stated.
func incomplete(p metric.Period, asOf time.Time) bool { return !asOf.IsZero() && p.Incomplete(asOf) }

// grid is the buckets of a query: whole units inside the range, by position.
type grid struct {
	periods []metric.Period

	// of gives the bucket of each slot: -1 in a unit that begins before the range, and
	// len(periods) in one that ends after it. Nil means that slots are the buckets.
	of []int32

	// back holds the starts of the buckets -1, -2 and so on.
	back []int64

	from, to int // the buckets that the result is for
}

// grid returns the buckets of q, and the starts of a number of those before them. Every
// result begins with it, so it also settles what waits.
func (a *Activity) grid(q *Query, back int) (*grid, error) {
	a.settle()
	unit := q.Unit
	if unit == 0 {
		unit = a.options.Unit
	}
	switch {
	case unit == 0:
		unit = metric.UnitDay
	case !unit.IsCalendar():
		return nil, intake.Errorf("Unit", "%s is no unit of the calendar", unit)
	case a.options.Slot > 0:
		return nil, intake.Errorf("Unit", "%s of slots of one length", unit)
	}
	g := new(grid)
	var err error
	if unit == metric.UnitDay {
		err = a.fillSlots(g, back)
	} else {
		err = a.fillUnits(g, unit, back)
	}
	if err != nil {
		return nil, err
	}
	g.to = len(g.periods)
	if !q.Over.IsZero() {
		g.from = sort.Search(len(g.periods), func(i int) bool { return g.periods[i].End().After(q.Over.Start()) })
		g.to = sort.Search(len(g.periods), func(i int) bool { return !g.periods[i].Start().Before(q.Over.End()) })
	}
	if g.from >= g.to {
		return nil, intake.Errorf("Over", "no whole %s inside range %s and %s", unit, a.Range(), q.Over)
	}
	return g, nil
}

func (a *Activity) fillSlots(g *grid, back int) error {
	s := a.slots
	for i := range s.Len() {
		p, err := s.period(i, i+1)
		if err != nil {
			return err
		}
		g.periods = append(g.periods, p)
	}
	first := g.periods[0]
	for i := range back {
		if a.options.Slot > 0 {
			g.back = append(g.back, s.Start()-int64(i+1)*int64(a.options.Slot))
			continue
		}
		first = first.Prev()
		g.back = append(g.back, intake.Clamp(first.Start()))
	}
	return nil
}

func (a *Activity) fillUnits(g *grid, unit metric.PeriodUnit, back int) error {
	s, units := a.slots, calendar.Unit{PeriodUnit: unit, First: a.options.WeekStart}
	p, err := units.Of(s.time(s.Start()))
	if err != nil {
		return err
	}
	before := p
	number := int32(0)
	if intake.Clamp(p.Start()) < s.Start() {
		number = -1
	} else if before, err = units.Prev(p); err != nil {
		return err
	}
	end := s.End()
	for i := range s.Len() {
		for s.Bound(i) >= intake.Clamp(p.End()) {
			if p, err = units.Next(p); err != nil {
				return err
			}
			number++
		}
		g.of = append(g.of, number)
		if int(number) == len(g.periods) && intake.Clamp(p.End()) <= end {
			g.periods = append(g.periods, p)
		}
	}
	for range back {
		g.back = append(g.back, intake.Clamp(before.Start()))
		if before, err = units.Prev(before); err != nil {
			return err
		}
	}
	return nil
}

// older is what indexBefore returns for an instant before all buckets in back.
const older = -1 << 30

// indexBefore returns the bucket, which is negative, of an instant before the range.
func (g *grid) indexBefore(at int64) int {
	for i, start := range g.back {
		if at >= start {
			return -1 - i
		}
	}
	return older
}

// selection is the customers that a query regards.
type selection struct {
	all   bool
	words [event.Buckets][]uint64 // a bit a customer
}

func (a *Activity) selection(q *Query) *selection {
	s := &selection{all: q.Only == nil && len(q.Except) == 0}
	if s.all {
		return s
	}
	for bucket := range s.words {
		s.words[bucket] = make([]uint64, (a.in.Keys.LenBucket(uint8(bucket))+63)/64)
		for i := range s.words[bucket] {
			if q.Only == nil {
				s.words[bucket][i] = ^uint64(0)
			}
		}
	}
	for _, key := range q.Only {
		if c, ok := a.in.Keys.Lookup(key); ok {
			s.words[c.Bucket()][c.Position()>>6] |= 1 << (c.Position() & 63)
		}
	}
	for _, key := range q.Except {
		if c, ok := a.in.Keys.Lookup(key); ok {
			s.words[c.Bucket()][c.Position()>>6] &^= 1 << (c.Position() & 63)
		}
	}
	return s
}

func (s *selection) has(bucket uint8, position int) bool {
	return s.all || s.words[bucket][position>>6]>>(position&63)&1 != 0
}
