package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// need is something that a metric lacks.
type need struct {
	kind needKind
	name string // of an event or a metric
}

type needKind int

const (
	needEvent     needKind = iota // an event that the log does not have
	needAttribute                 // what a capture rule reads in an event that it does have
	needFigure                    // a base metric that is not captured but supplied
)

func compareNeeds(a, b need) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.name, b.name))
}

// step is what to capture next: the needs that belong together, and the metrics that they
// unlock on top of the steps before.
type step struct {
	needs   []need
	metrics []metric.Definition
}

// plan puts what is missing in order: at each step what unlocks the most metrics for each
// need. So every missing metric is in exactly one step.
func plan(f *metric.Facts, missing []metric.Definition, seen map[string]bool) []step {
	p := newPlanner(f, missing, seen)
	var steps []step
	for {
		best, ok := p.best()
		if !ok {
			return steps // Nothing is left, or nothing of it that can be named.
		}
		p.take(best)
		steps = append(steps, best)
	}
}

// planner holds the metrics that no step has unlocked yet.
type planner struct {
	open []*openMetric
	by   map[need][]*openMetric // the open metrics that lack a need
}

// openMetric is a metric that lacks something.
type openMetric struct {
	def   metric.Definition
	needs []need // without those of the steps before
	met   int    // how many of them the step looked at offers; 0 between looks

	// The step of these needs. It is looked at anew when stale.
	step  step
	stale bool
}

func newPlanner(f *metric.Facts, missing []metric.Definition, seen map[string]bool) *planner {
	p := &planner{by: map[need][]*openMetric{}}
	for _, d := range missing {
		m := &openMetric{def: d, needs: needs(catalog.Missing(f, d), seen), stale: true}
		if len(m.needs) == 0 {
			continue
		}
		p.open = append(p.open, m)
		for _, n := range m.needs {
			p.by[n] = append(p.by[n], m)
		}
	}
	return p
}

// best returns the step to take next.
func (p *planner) best() (best step, ok bool) {
	for _, m := range p.open {
		if m.stale {
			m.step, m.stale = step{needs: m.needs, metrics: p.unlocked(m.needs)}, false
		}
		if !ok || m.step.compare(best) < 0 {
			best, ok = m.step, true
		}
	}
	return best, ok
}

// unlocked returns the open metrics that need nothing besides got.
func (p *planner) unlocked(got []need) []metric.Definition {
	var list []metric.Definition
	for _, n := range got {
		for _, m := range p.by[n] {
			if m.met++; m.met == len(m.needs) {
				list = append(list, m.def)
			}
		}
	}
	for _, n := range got {
		for _, m := range p.by[n] {
			m.met = 0
		}
	}
	slices.SortFunc(list, func(a, b metric.Definition) int { return strings.Compare(a.ID(), b.ID()) })
	return list
}

// take removes what a step offers.
func (p *planner) take(s step) {
	var changed []*openMetric // None is stale yet, since best looked at all.
	for _, n := range s.needs {
		for _, m := range p.by[n] {
			if !m.stale {
				m.stale = true
				changed = append(changed, m)
			}
		}
		delete(p.by, n)
	}
	for _, m := range changed {
		m.needs = slices.DeleteFunc(slices.Clone(m.needs), func(n need) bool { return slices.Contains(s.needs, n) })
	}
	// A step that would unlock a changed metric shares a need with it.
	for _, m := range changed {
		for _, n := range m.needs {
			for _, other := range p.by[n] {
				other.stale = true
			}
		}
	}
	p.open = slices.DeleteFunc(p.open, func(m *openMetric) bool { return len(m.needs) == 0 })
}

// compare orders steps: most metrics for each need first, then most metrics, then events
// before figures, then by name.
func (s step) compare(t step) int {
	return cmp.Or(
		cmp.Compare(len(t.metrics)*len(s.needs), len(s.metrics)*len(t.needs)),
		cmp.Compare(len(t.metrics), len(s.metrics)),
		slices.CompareFunc(s.needs, t.needs, compareNeeds),
	)
}

// needs returns what has to be captured or supplied for base metrics to be known.
func needs(bases []metric.Definition, seen map[string]bool) []need {
	var list []need
	for _, d := range bases {
		captured, complete := false, true
		for name := range d.CaptureEvents() {
			captured = true
			if !seen[name] {
				complete = false
				list = append(list, need{needEvent, name})
			}
		}
		switch {
		case !captured:
			list = append(list, need{needFigure, d.ID()})
		case complete:
			list = append(list, need{needAttribute, d.ID()})
		}
	}
	slices.SortFunc(list, compareNeeds)
	return slices.Compact(list)
}
