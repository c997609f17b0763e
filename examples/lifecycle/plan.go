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
	open := map[metric.Definition][]need{}
	for _, d := range missing {
		open[d] = needs(catalog.Missing(f, d), seen)
	}
	var steps []step
	for len(open) > 0 {
		best := step{}
		for _, d := range missing {
			if _, ok := open[d]; !ok || len(open[d]) == 0 {
				continue
			}
			if s := (step{needs: open[d], metrics: unlocked(open, missing, open[d])}); best.needs == nil || s.compare(best) < 0 {
				best = s
			}
		}
		if best.needs == nil {
			break // Nothing that can be named is missing.
		}
		for _, d := range best.metrics {
			delete(open, d)
		}
		for d, lacking := range open {
			open[d] = slices.DeleteFunc(slices.Clone(lacking), func(n need) bool { return slices.Contains(best.needs, n) })
		}
		steps = append(steps, best)
	}
	return steps
}

// unlocked returns the open metrics that need nothing besides got.
func unlocked(open map[metric.Definition][]need, order []metric.Definition, got []need) []metric.Definition {
	var list []metric.Definition
	for _, d := range order {
		lacking, ok := open[d]
		if ok && !slices.ContainsFunc(lacking, func(n need) bool { return !slices.Contains(got, n) }) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b metric.Definition) int { return strings.Compare(a.ID(), b.ID()) })
	return list
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
