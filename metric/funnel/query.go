package funnel

import (
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Query says what is asked of a funnel. The zero Query asks about all attempts.
type Query struct {
	// Entered limits the attempts to those that start in a period, in [FirstEntry] and
	// [Furthest] as if there were no others. An attempt may go on after the period. The zero
	// Period does not limit them.
	Entered metric.Period

	// AsOf is the instant before which everything is known. Events from it on do not count,
	// and an attempt whose window is not over then is open. By the zero time all events
	// count, and no attempt is open.
	AsOf time.Time

	// Times asks for the times between steps, too.
	Times bool
}

// engine returns an engine for the query.
func (f *Funnel) engine(q *Query) *engine {
	g := &engine{plan: f.plan, values: f.values}
	g.span = interval{from: intake.Start, until: intake.End, asOf: math.MaxInt64}
	if !q.Entered.IsZero() {
		g.span.from, g.span.until = intake.Clamp(q.Entered.Start()), intake.Clamp(q.Entered.End())
	}
	if !q.AsOf.IsZero() {
		g.span.asOf = intake.Clamp(q.AsOf)
	}
	return g
}

// Attempt is an attempt of a customer.
type Attempt struct {
	Customer string
	Level    int         // the steps done
	Start    time.Time   // UTC; in any order, when it opened
	Steps    []time.Time // UTC: when each step was done, as many as Level; see Timing
	Open     bool        // the customer may get further before the window is over
	Value    string      // to break down by; "" if it is absent, or not asked for
	Held     string      // what was held constant
}

// Attempts yields the attempts that count: by bucket and key of the customer, then by start.
// Customers that are not in the funnel are not among them: their level is 0. The query's
// Times do not matter.
func (f *Funnel) Attempts(q Query) iter.Seq[Attempt] {
	return func(yield func(Attempt) bool) {
		f.settle()
		g := f.engine(&q)
		var scratch history.Scratch[mark]
		for bucket := range event.Buckets {
			var list []Attempt
			f.store.Bucket(uint8(bucket), &scratch, func(c event.Code, run []history.Row[mark]) {
				first := len(list)
				g.customer(run, func(a *found) { list = append(list, f.attempt(g, a, c)) })
				slices.SortStableFunc(list[first:], func(a, b Attempt) int { return a.Start.Compare(b.Start) })
			})
			slices.SortStableFunc(list, func(a, b Attempt) int { return strings.Compare(a.Customer, b.Customer) })
			for _, a := range list {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// attempt describes what was found.
func (f *Funnel) attempt(g *engine, a *found, c event.Code) Attempt {
	at := g.times(a)
	list := Attempt{
		Customer: f.in.Keys.Key(c), Level: a.level, Open: a.open,
		Start: instant(a.rows[a.start].at), Steps: make([]time.Time, len(at)),
		Value: f.values.texts[1].text(g.splitOf(a)),
	}
	if len(f.plan.held) > 0 {
		list.Held = f.values.heldText(a.rows[a.start].value)
	}
	for i := range at {
		list.Steps[i] = instant(at[i])
	}
	return list
}

func instant(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// splitOf returns the code of the value that an attempt is broken down by. The rows matched
// are then those of the attempt.
func (g *engine) splitOf(a *found) uint32 {
	b := g.plan.options.Breakdown
	if b.Attribute == "" {
		return 0
	}
	g.walk(a.rows, a.start, a.floor)
	steps := g.matched[:a.level]
	switch {
	case b.At > len(steps):
		return 0
	case b.At > 0:
		return g.values.split(a.rows[steps[b.At-1]].value)
	}
	var split uint32
	for i := range steps {
		row := steps[i]
		if b.At == LastValue {
			row = steps[len(steps)-1-i]
		}
		if split = g.values.split(a.rows[row].value); split != 0 {
			break
		}
	}
	return split
}

// times returns when the steps of an attempt were done, by the timing of the plan.
func (g *engine) times(a *found) []int64 {
	rows := a.rows
	start := a.start
	g.walk(rows, start, a.floor)
	if g.plan.options.Timing == FromLatestEntry {
		start = g.latest(a)
	}
	at := g.at[:0]
	for _, i := range g.matched[:a.level] {
		at = append(at, max(rows[i].at, rows[start].at)) // what came before the first step counts from it on
	}
	if g.plan.options.Timing == FromFirstEntry {
		for i := range rows {
			if g.plan.opens(&rows[i]) && g.span.contains(rows[i].at) {
				at[0] = rows[i].at
				break
			}
		}
	}
	g.at = at
	return at
}

// latest returns the start of the latest attempt that gets to the same level by the same
// event. The rows matched are then those of that attempt.
func (g *engine) latest(a *found) int {
	last := g.matched[a.level-1]
	for start := int(last); start > a.start; start-- {
		if !g.plan.opens(&a.rows[start]) || !g.span.contains(a.rows[start].at) {
			continue
		}
		_, v, _ := g.walk(a.rows, start, a.floor)
		if v != voided && len(g.matched) >= a.level && g.matched[a.level-1] == last {
			return start
		}
	}
	g.walk(a.rows, a.start, a.floor)
	return a.start
}
