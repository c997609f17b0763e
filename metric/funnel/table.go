package funnel

import (
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Table says how many got how far. It counts attempts, which are customers unless every entry
// counts.
type Table struct {
	Steps   []Step
	Groups  []Group // by value, if there is a breakdown; their steps add up to Steps
	Query   Query   // that was asked
	Options Options // of the funnel
}

// Group is the part of a funnel with one value of the attribute to break down by.
type Group struct {
	Value string // "" for attempts without
	Steps []Step
}

// Step is one step of a table.
//
//	reached = dropped off + open + reached of the next step
type Step struct {
	Name string

	// Reached is the number of attempts that got to the step, or further. In any order it is
	// of those that did that many steps, whichever.
	Reached int64

	// DroppedOff is the number of those that got no further and no longer can.
	DroppedOff int64

	// Open is the number of those that got no further yet, and may.
	Open int64

	// FromFirst is the share of those that got to the first step, FromPrevious of those that
	// got to the step before. Both are of all, open ones included.
	FromFirst, FromPrevious Share

	// SincePrevious and SinceFirst are the times that it took to get here from the step
	// before and from the first one, of attempts that did. The first step has none.
	SincePrevious, SinceFirst metric.Distribution[metric.Duration]
}

// Share is an exact share of a number of attempts.
type Share struct{ Part, Whole int64 }

// Ratio returns Part / Whole, rounded to 28 places, or [metric.ZeroDenominator].
func (s Share) Ratio() (metric.Ratio, error) { return metric.RatioOf(s.Part, s.Whole) }

// Table returns how many got how far. There is a row for each step, also if nobody is in the
// funnel.
func (f *Funnel) Table(q Query) *Table {
	f.settle()
	parts := make([]map[uint32]*count, event.Buckets)
	workers := max(f.plan.options.Workers, 1)
	crews := make([]crew, workers)
	shard.Each(workers, func(worker int, bucket uint8) {
		c := &crews[worker]
		if c.engine == nil {
			c.engine = f.engine(&q)
		}
		parts[bucket] = f.count(bucket, c, &q)
	})
	total := newCount(f.plan.n)
	bySplit := make(map[uint32]*count)
	for _, part := range parts {
		for split, c := range part {
			total.add(c)
			if f.plan.options.Breakdown.Attribute == "" {
				continue
			}
			if bySplit[split] == nil {
				bySplit[split] = newCount(f.plan.n)
			}
			bySplit[split].add(c)
		}
	}
	t := &Table{Steps: f.steps(total, q.Times), Query: q, Options: f.Options()}
	for split, c := range bySplit {
		t.Groups = append(t.Groups, Group{f.values.texts[1].text(split), f.steps(c, q.Times)})
	}
	slices.SortFunc(t.Groups, func(a, b Group) int { return strings.Compare(a.Value, b.Value) })
	return t
}

// crew is what one worker works with.
type crew struct {
	engine  *engine
	scratch history.Scratch[mark]
}

// count counts attempts by level.
type count struct {
	ended    []int64 // by level, less one: attempts that got no further
	open     []int64 // of those
	previous [][]int64
	first    [][]int64
}

func newCount(n int) *count {
	return &count{make([]int64, n), make([]int64, n), make([][]int64, n), make([][]int64, n)}
}

func (c *count) add(o *count) {
	for i := range c.ended {
		c.ended[i] += o.ended[i]
		c.open[i] += o.open[i]
		c.previous[i] = append(c.previous[i], o.previous[i]...)
		c.first[i] = append(c.first[i], o.first[i]...)
	}
}

func (c *count) take(level int, open bool) {
	c.ended[level-1]++
	if open {
		c.open[level-1]++
	}
}

// count counts the attempts of a bucket by their values.
func (f *Funnel) count(bucket uint8, c *crew, q *Query) map[uint32]*count {
	g := c.engine
	n := f.plan.n
	counts := make(map[uint32]*count)
	if f.plan.plain() && !f.plan.valued() && !q.Times {
		one := newCount(n)
		counts[0] = one
		f.store.Bucket(bucket, &c.scratch, func(_ event.Code, run []history.Row[mark]) {
			if level, open := g.level(run); level > 0 {
				one.take(level, open)
			}
		})
		return counts
	}
	take := func(a *found) {
		split := g.splitOf(a)
		k := counts[split]
		if k == nil {
			k = newCount(n)
			counts[split] = k
		}
		k.take(a.level, a.open)
		if !q.Times {
			return
		}
		at := g.times(a)
		for i := 1; i < len(at); i++ {
			k.previous[i] = append(k.previous[i], at[i]-at[i-1])
			k.first[i] = append(k.first[i], at[i]-at[0])
		}
	}
	f.store.Bucket(bucket, &c.scratch, func(_ event.Code, run []history.Row[mark]) { g.customer(run, take) })
	return counts
}

// steps makes the rows of a table.
func (f *Funnel) steps(c *count, times bool) []Step {
	steps := make([]Step, f.plan.n)
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		s.Name = f.plan.name(i)
		s.Reached, s.Open, s.DroppedOff = c.ended[i], c.open[i], c.ended[i]-c.open[i]
		if i+1 < len(steps) {
			s.Reached += steps[i+1].Reached
		} else {
			s.DroppedOff = 0
		}
		if times {
			s.SincePrevious, s.SinceFirst = durations(c.previous[i]), durations(c.first[i])
		}
	}
	for i := range steps {
		s := &steps[i]
		s.FromFirst = Share{s.Reached, steps[0].Reached}
		s.FromPrevious = Share{s.Reached, steps[max(i-1, 0)].Reached}
	}
	return steps
}

func durations(ns []int64) metric.Distribution[metric.Duration] {
	d, _ := metric.DistributionFromUnits[metric.Duration](ns, 9, metric.Currency{}) // no error at scale 9
	return d
}

// name returns the name of a step.
func (p *plan) name(i int) string {
	if i < len(p.options.Names) && p.options.Names[i] != "" {
		return p.options.Names[i]
	}
	return p.options.Steps[i].String()
}
