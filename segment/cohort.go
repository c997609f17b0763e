package segment

import (
	"cmp"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// PurchaseCohorts gives each customer the day, week, month, quarter or year of the first
// order: "2026-03". Days are those of the log that gave the totals. The error is a
// [metric.ErrInput] for another unit, and for more than 65,534 cohorts.
func PurchaseCohorts(t *purchase.Totals, unit metric.PeriodUnit) (*Labels, error) {
	codes := make(map[purchase.Date]uint16)
	byName := make(map[string]uint16)
	l := newLabels(t.Keys())
	for b := range event.Buckets {
		part := t.Bucket(uint8(b))
		for i := range part {
			first := part[i].FirstDate
			code, ok := codes[first]
			if !ok {
				y, m, d := first.Date()
				p, err := metric.PeriodOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), unit, time.UTC)
				if err != nil {
					return nil, err
				}
				name := p.String()
				if code, ok = byName[name]; !ok {
					if len(l.names) == maxNames {
						return nil, intake.Errorf("PurchaseCohorts", "more than %d cohorts", maxNames)
					}
					l.names = append(l.names, name)
					code = uint16(len(l.names))
					byName[name] = code
				}
				codes[first] = code
			}
			l.set(part[i].Customer, code)
		}
	}
	return l.sorted(), nil
}

// Cohorts gives each customer the period of an instant, such as that of the first event of
// some kind, see [Behaviour.First].
func Cohorts(first map[string]time.Time, unit metric.PeriodUnit, loc *time.Location) (*Labels, error) {
	names := make(map[string]string, len(first))
	for key, t := range first {
		p, err := metric.PeriodOf(t, unit, loc)
		if err != nil {
			return nil, err
		}
		names[key] = p.String()
	}
	return NewLabels(names)
}

// sorted puts the names in order, which keeps what depends on them the same for any order of
// customers.
func (l *Labels) sorted() *Labels {
	names := slices.Sorted(slices.Values(l.names))
	codes := make([]uint16, len(l.names)+1)
	for i, name := range l.names {
		at, _ := slices.BinarySearch(names, name)
		codes[i+1] = uint16(at + 1)
	}
	for b := range l.parts {
		for i, c := range l.parts[b] {
			l.parts[b][i] = codes[c]
		}
	}
	for i, c := range l.otherCodes {
		l.otherCodes[i] = codes[c]
	}
	l.names = names
	return l
}

// Flow is the number of customers who went from one label to another. An empty label is none:
// those who were not there before, or are no longer.
type Flow struct {
	From, To  string
	Customers int64
}

// Flows returns how customers went from the labels of one instant to those of a later one, by
// From and To, each pair that some customer took. What leaves a label and stays in it adds up
// to its count before, and what comes and stays to its count after.
func Flows(before, after *Labels) []Flow {
	type pair struct{ from, to string }
	counts := make(map[pair]int64)
	for key, from := range before.All() {
		counts[pair{from, after.Of(key)}]++
	}
	for key, to := range after.All() {
		if before.Of(key) == "" {
			counts[pair{"", to}]++
		}
	}
	var flows []Flow
	for p, n := range counts {
		flows = append(flows, Flow{p.from, p.to, n})
	}
	slices.SortFunc(flows, func(a, b Flow) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return flows
}

// Joined returns labels made of two: "a / b" for a customer who has both.
func Joined(a, b *Labels) (*Labels, error) {
	names := make(map[string]string)
	for key, x := range a.All() {
		if y := b.Of(key); y != "" {
			names[key] = x + " / " + y
		}
	}
	return NewLabels(names)
}
