package retention_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"
	_ "time/tzdata"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// The reference works from the list of all events, customer by customer, with civil dates
// and no state: what the documentation says, in the slowest way.

type reference struct {
	o      retention.Options
	q      retention.Question
	from   int // number of the first bucket
	starts map[string][]start
	rets   map[string][]delivery
}

type delivery struct {
	e       *event.Event
	at      time.Time
	passes  bool
	value   int64
	code    string
	payload string // orders deliveries that agree in time, number and record
}

type start struct {
	bucket int // from 0
	at     time.Time
}

// number returns the number of the hour, day, week, month, quarter or year of a civil date.
func number(t time.Time, o retention.Options) int {
	y, m, d := t.In(o.Zone).Date()
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	switch o.Unit {
	case retention.Week:
		shifted := days + 3 - int(o.WeekStart) // 1 January 1970 was a Thursday
		return (shifted - ((shifted%7)+7)%7) / 7
	case retention.Month:
		return 12*y + int(m)
	case retention.Quarter:
		return 4*y + (int(m)-1)/3
	case retention.Year:
		return y
	case retention.Hour:
		return hours(t, o)
	}
	return days
}

// hours returns how many times since 28 January 2018 clocks have come to show another hour,
// or were changed. It looks at every minute of a year.
func hours(t time.Time, o retention.Options) int {
	n := hourCounts[o.Zone.String()]
	if n == nil {
		at := time.Date(2018, 1, 28, 0, 0, 0, 0, time.UTC)
		last := shown(at, o.Zone)
		for range 60 * 24 * 330 {
			if now := shown(at, o.Zone); now.Hour() != last.Hour() || !now.Equal(last.Add(time.Minute)) {
				n = append(n, at)
			}
			last = shown(at, o.Zone)
			at = at.Add(time.Minute)
		}
		hourCounts[o.Zone.String()] = n
	}
	count, found := slices.BinarySearchFunc(n, t, time.Time.Compare)
	if found {
		count++
	}
	return count
}

var hourCounts = map[string][]time.Time{}

func newReference(o retention.Options, q retention.Question, events []event.Event) *reference {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.MinReturns = max(o.MinReturns, 1)
	r := &reference{o: o, q: q, from: number(o.From, o), starts: map[string][]start{}, rets: map[string][]delivery{}}
	starts, returns := map[string][]delivery{}, map[string][]delivery{}
	firstIf := event.Rule{Where: o.FirstIf}
	for i := range events {
		e := &events[i]
		who := e.Subject(o.Subject)
		bucket := number(e.Time, o) - r.from
		if who == "" || e.Test && !o.Test || bucket >= o.Buckets {
			continue
		}
		isStart, isReturn := o.Start.Match(e), o.Return.Match(e)
		x := delivery{e: e, at: e.Time, passes: firstIf.Match(e)}
		if isReturn && o.Value != "" {
			v, _ := e.Props.Get(o.Value)
			n, ok := v.Int()
			code, _ := e.Props.String("currency")
			if _, err := metric.ParseCurrency(code); !ok || o.Money && err != nil {
				continue
			}
			if x.value = n; o.Money {
				x.code = code
			}
		}
		if isStart && (bucket >= 0 || !o.Recurring) {
			x.payload = fmt.Sprint(!x.passes)
			starts[who] = append(starts[who], x)
		}
		if isReturn && bucket >= 0 {
			x.payload = fmt.Sprintf("%s %020d", x.code, uint64(x.value)+1<<63)
			returns[who] = append(returns[who], x)
		}
	}
	for who, list := range starts {
		if len(o.FirstIf) > 0 {
			list = once(list)
		}
		slices.SortFunc(list, compareDeliveries)
		seen := map[int]bool{}
		for i, x := range list {
			if !o.Recurring && i > 0 {
				break
			}
			bucket := number(x.at, o) - r.from
			if bucket >= 0 && x.passes && !seen[bucket] {
				r.starts[who] = append(r.starts[who], start{bucket, x.at})
			}
			seen[bucket] = true
		}
	}
	for who, list := range returns {
		if o.MinReturns > 1 || o.Value != "" {
			list = once(list)
		}
		r.rets[who] = list
	}
	return r
}

func compareDeliveries(a, b delivery) int {
	content := func(x delivery) string {
		if x.e.ID != "" {
			return ""
		}
		h := x.e.ContentHash()
		return string(h[:])
	}
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.e.Seq, b.e.Seq), a.e.RecordedTime.Compare(b.e.RecordedTime),
		cmp.Compare(a.e.Source, b.e.Source), cmp.Compare(a.e.ID, b.e.ID), cmp.Compare(content(a), content(b)), cmp.Compare(a.payload, b.payload))
}

// once keeps the least delivery of each event.
func once(list []delivery) []delivery {
	least := map[event.Key]delivery{}
	for _, x := range list {
		if y, ok := least[x.e.Key()]; !ok || compareDeliveries(x, y) < 0 {
			least[x.e.Key()] = x
		}
	}
	var kept []delivery
	for _, x := range least {
		kept = append(kept, x)
	}
	slices.SortFunc(kept, compareDeliveries)
	return kept
}

// period returns the period of a customer that an instant lies in, negative before the start.
func (r *reference) period(s start, t time.Time) int {
	if r.o.Clock == retention.ByCalendar {
		return number(t, r.o) - r.from - s.bucket
	}
	from := s.at
	if r.o.FloorHour {
		from, t = floorHour(from, r.o.Zone), floorHour(t, r.o.Zone)
	}
	if t.Before(from) {
		return -1
	}
	if r.o.Clock == retention.ByElapsed || r.o.Unit == retention.Hour {
		hours := map[retention.Unit]time.Duration{retention.Hour: 1, retention.Day: 24, retention.Week: 7 * 24, retention.Month: 30 * 24}[r.o.Unit]
		return int(t.Sub(from) / (hours * time.Hour))
	}
	reached := shown(t, r.o.Zone) // the latest time that clocks have shown so far, to the minute
	for back := 1; back <= 26*60; back++ {
		if u := t.Add(-time.Duration(back) * time.Minute); !u.Before(from) {
			reached = maxTime(reached, shown(u, r.o.Zone))
		}
	}
	k := 0
	for !later(shown(from, r.o.Zone), r.o.Unit, k+1).After(reached) {
		k++
	}
	return k
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// shown returns what clocks show, as if it were UTC.
func shown(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func floorHour(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return t.Add(-time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond()))
}

func later(t time.Time, unit retention.Unit, k int) time.Time {
	months := k
	switch unit {
	case retention.Day:
		return t.AddDate(0, 0, k)
	case retention.Week:
		return t.AddDate(0, 0, 7*k)
	case retention.Quarter:
		months *= 3
	case retention.Year:
		months *= 12
	}
	month := t.AddDate(0, 0, 1-t.Day()).AddDate(0, months, 0)
	if last := month.AddDate(0, 1, -1).Day(); t.Day() > last {
		return month.AddDate(0, 0, last-1)
	}
	return month.AddDate(0, 0, t.Day()-1)
}

type refCell struct {
	count            int64
	sum              *big.Int
	exists, complete bool
}

// cell counts a cell anew, from all events. From is its first period and to its last.
func (r *reference) cell(cohort, from, to int, measure retention.Measure, keep func(string) bool) (cell refCell, size int64, base *big.Int) {
	cell.sum, base = new(big.Int), new(big.Int)
	cell.exists = cohort+from < r.o.Buckets
	value := r.o.Value != ""
	whole := len(r.q.Brackets) == 0 && !r.q.ZeroReturns && !value
	for who, starts := range r.starts {
		if !keep(who) {
			continue
		}
		for _, s := range starts {
			if s.bucket != cohort {
				continue
			}
			size++
			returns := map[int]int{}
			for _, x := range r.rets[who] {
				k := r.period(s, x.at)
				counts := !r.q.Currency.IsZero() && r.q.Currency.Code() != x.code
				if k == 0 && !counts {
					base.Add(base, big.NewInt(x.value))
				}
				inRange := cohort+k < r.o.Buckets || measure == retention.Unbounded
				if k < 0 || !inRange {
					continue
				}
				returns[k]++
				in := k >= from && k <= to
				switch measure {
				case retention.UpTo:
					in = k <= to
				case retention.Unbounded:
					in = k >= from
				}
				if in && !counts {
					cell.sum.Add(cell.sum, big.NewInt(x.value))
				}
			}
			retained := false
			for k, n := range returns {
				in := k >= from && k <= to
				switch measure {
				case retention.UpTo:
					in = k <= to && (k > 0 || !whole)
				case retention.Unbounded:
					in = k >= from
				}
				retained = retained || in && n >= r.o.MinReturns
			}
			if retained || whole && to == 0 {
				cell.count++
			}
		}
	}
	cell.complete = cell.exists && r.complete(cohort, to, keep)
	return cell, size, base
}

// bucketOf returns the bucket that an instant lies in. That the bucket has ended is to say
// that the instant is in a later one.
func (r *reference) bucketOf(t time.Time) int { return number(t, r.o) - r.from }

func (r *reference) complete(cohort, k int, keep func(string) bool) bool {
	if cohort+k >= r.o.Buckets {
		return false
	}
	asOf := r.q.AsOf
	if asOf.IsZero() || r.bucketOf(asOf) >= r.o.Buckets {
		asOf = r.end()
	}
	if r.bucketOf(asOf) <= cohort {
		return false
	}
	if r.o.Clock == retention.ByCalendar {
		return r.bucketOf(asOf) > cohort+k
	}
	unfloored := *r
	for who, starts := range r.starts {
		for _, s := range starts {
			if s.bucket != cohort || !keep(who) {
				continue
			}
			if r.o.FloorHour {
				s.at = floorHour(s.at, r.o.Zone)
				unfloored.o.FloorHour = false
			}
			if unfloored.period(s, asOf) <= k {
				return false
			}
		}
	}
	return true
}

// end returns the first minute of the bucket after the last.
func (r *reference) end() time.Time {
	t := r.o.From.Truncate(time.Minute)
	for step := 1 << 22; step > 0; step /= 2 { // minutes; 2^23 of them are 16 years
		for r.bucketOf(t.Add(time.Duration(step)*time.Minute)) < r.o.Buckets {
			t = t.Add(time.Duration(step) * time.Minute)
		}
	}
	return t.Add(time.Minute)
}
