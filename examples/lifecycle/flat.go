package main

import (
	"iter"

	"github.com/openlifecycle/lifecycle/metric"
)

// flatOutcome is one outcome with all that it is about.
type flatOutcome struct {
	outcome
	def     metric.Definition
	period  span
	segment *string // nil for all of them together
}

// flat yields the outcomes one by one: by stage, metric, segment and period, all segments
// together first.
func (a *analysis) flat() iter.Seq[flatOutcome] {
	return func(yield func(flatOutcome) bool) {
		for _, s := range a.stages {
			for _, r := range s.rows {
				if !a.flatRow(r.def, nil, r.all, yield) {
					return
				}
				for i := range r.segments {
					if !a.flatRow(r.def, &a.segments[i], r.segments[i], yield) {
						return
					}
				}
			}
		}
	}
}

func (a *analysis) flatRow(d metric.Definition, segment *string, cells []outcome, yield func(flatOutcome) bool) bool {
	for i, o := range cells {
		if !yield(flatOutcome{outcome: o, def: d, period: a.periods[i], segment: segment}) {
			return false
		}
	}
	return true
}
