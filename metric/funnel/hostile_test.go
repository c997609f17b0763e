package funnel_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// must returns a funnel of options that are right.
func must(o funnel.Options) *funnel.Funnel {
	f, err := funnel.New(o)
	if err != nil {
		panic(err)
	}
	return f
}

// hostile returns events of few customers in few hours, so that ties, repeats and limits of
// windows are common; a tenth are deliveries that came before, some of them changed. They
// are in no order and in several zones.
func hostile(r *rand.Rand, n int) []event.Event {
	zones := []*time.Location{time.UTC, time.FixedZone("east", 5*3600+1800), time.FixedZone("west", -9*3600)}
	names := []string{"a", "b", "c", "d", "x", "other"}
	var events []event.Event
	for len(events) < n {
		if len(events) > 0 && r.IntN(10) == 0 {
			e := events[r.IntN(len(events))]
			e.RecordedTime = epoch.Add(time.Duration(r.IntN(40)) * time.Hour)
			if e.ID != "" && r.IntN(4) == 0 {
				e.Time = e.Time.Add(time.Duration(r.IntN(5)-2) * time.Hour)
			}
			events = append(events, e)
			continue
		}
		e := event.Event{
			Name:   names[r.IntN(len(names))],
			UserID: fmt.Sprintf("u%d", r.IntN(4)),
			Time:   epoch.Add(time.Duration(r.IntN(14)) * time.Hour).In(zones[r.IntN(len(zones))]),
			Test:   r.IntN(30) == 0,
		}
		if r.IntN(3) > 0 {
			e.ID, e.Source = fmt.Sprint(r.IntN(1000)), fmt.Sprint("s", r.IntN(2))
		}
		if r.IntN(4) == 0 {
			e.Seq = int64(r.IntN(3))
		}
		if r.IntN(8) == 0 {
			e.RecordedTime = epoch.Add(time.Duration(r.IntN(30)) * time.Hour)
		}
		var attrs []event.Attr
		if r.IntN(6) > 0 {
			attrs = append(attrs, event.Int("item", int64(r.IntN(2))))
		}
		if r.IntN(4) > 0 {
			attrs = append(attrs, event.String("plan", []string{"pro", "free", ""}[r.IntN(3)]))
		}
		e.Props = event.NewProps(attrs...)
		events = append(events, e)
	}
	return events
}

var rules = []event.Rule{
	event.Named("a"), event.Named("b"), event.Named("c"), event.Named("d"), event.Named("a", "c"), event.Named("b", "x"),
	{Events: []string{"a", "b"}, Where: []event.Condition{{Attribute: "item", Op: event.Equal, Value: event.IntValue(1)}}},
	{Where: []event.Condition{{Attribute: "plan", Op: event.Equal, Value: event.StringValue("pro")}}},
}

func pick[T any](r *rand.Rand, common T, others ...T) T {
	if r.IntN(2) == 0 {
		return common
	}
	return others[r.IntN(len(others))]
}

// anyOptions returns options of any combination that is possible.
func anyOptions(r *rand.Rand) funnel.Options {
	for {
		o := funnel.Options{
			Order: funnel.Order(r.IntN(6)), Attempts: pick(r, funnel.Furthest, funnel.FirstEntry, funnel.EveryEntry),
			Timing: funnel.Timing(r.IntN(3)), Window: time.Duration(1+r.IntN(6)) * time.Hour,
			Reuse: r.IntN(3) == 0, Increasing: r.IntN(4) == 0, NoRepeats: r.IntN(4) == 0,
			Reentry: r.IntN(6) == 0, TiesByStep: r.IntN(3) == 0, Test: r.IntN(4) == 0, Workers: r.IntN(3),
		}
		for range 1 + r.IntN(4) {
			o.Steps = append(o.Steps, rules[r.IntN(len(rules))])
		}
		if r.IntN(12) == 0 {
			o.Window = pick(r, 0, funnel.NoLimit)
		}
		if r.IntN(2) == 0 {
			for range 1 + r.IntN(2) {
				o.Exclusions = append(o.Exclusions, funnel.Exclusion{
					Event: pick(r, event.Named("x"), rules...), After: 1 + r.IntN(3), Before: 2 + r.IntN(3),
				})
			}
			o.Excluded = funnel.Effect(r.IntN(3))
		}
		if r.IntN(3) == 0 {
			o.Hold = []string{"item"}
		}
		if r.IntN(3) == 0 {
			o.Breakdown = funnel.Breakdown{Attribute: "plan", At: r.IntN(5) - 1}
		}
		if _, err := funnel.New(o); err == nil {
			return o
		}
	}
}

// anyQuery returns a query that asks for times.
func anyQuery(r *rand.Rand) funnel.Query {
	q := funnel.Query{Times: true}
	if r.IntN(2) == 0 {
		q.AsOf = epoch.Add(time.Duration(r.IntN(20)) * time.Hour)
	}
	if r.IntN(3) == 0 {
		start := epoch.Add(time.Duration(r.IntN(10)) * time.Hour)
		p, err := metric.Between(start, start.Add(time.Duration(1+r.IntN(8))*time.Hour))
		if err != nil {
			panic(err)
		}
		q.Entered = p
	}
	return q
}
