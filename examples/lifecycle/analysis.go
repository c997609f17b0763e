package main

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// analysis is everything that a report shows.
type analysis struct {
	source   source
	events   int       // different ones that count
	first    time.Time // when the first event counts
	last     time.Time
	zone     *time.Location
	periods  []span
	column   string   // that the segments are values of, "" without segments
	segments []string // by name
	stages   []stageRows
	metrics  int // in the catalogue
	plan     []step
	more     int // steps of the plan to show, or allSteps
}

// stageRows are the determined metrics of one stage.
type stageRows struct {
	stage stage.Stage
	rows  []row
}

// row is one metric.
type row struct {
	def      metric.Definition
	all      []outcome   // by period
	segments [][]outcome // by segment, then period
}

// outcome is a value, or the reason why there is none.
type outcome struct {
	value  metric.Value
	reason metric.Reason
}

// analyse evaluates the catalogue for every period and segment.
func analyse(src source, zone *time.Location, periods []span, log *eventLog, c *collected) *analysis {
	a := &analysis{
		source:  src,
		events:  int(c.outcome.Events),
		first:   log.first.time.In(zone),
		last:    log.last.time.In(zone),
		zone:    zone,
		periods: periods,
	}
	if log.seg != nil {
		a.column, a.segments = log.seg.column, slices.Sorted(maps.Keys(c.segments))
	}
	all := evaluate(c.all)
	segments := make([]outcomes, len(a.segments))
	for i, name := range a.segments {
		segments[i] = evaluate(c.segments[name])
	}
	var missing []metric.Definition
	for s := range stage.All() {
		rows := stageRows{stage: s}
		for d := range catalog.ByStage(s) {
			a.metrics++
			if !determined(c.all, d) {
				missing = append(missing, d)
				continue
			}
			r := row{def: d, all: all[d]}
			for _, of := range segments {
				r.segments = append(r.segments, of[d])
			}
			rows.rows = append(rows.rows, r)
		}
		a.stages = append(a.stages, rows)
	}
	a.plan = plan(fullest(c.all), missing, log.names)
	return a
}

// determined reports whether the facts of some period determine a metric: by a value, or
// by a reason why there is none that lies in the data.
func determined(facts []*metric.Facts, d metric.Definition) bool {
	return slices.ContainsFunc(facts, func(f *metric.Facts) bool { return len(catalog.Missing(f, d)) == 0 })
}

// fullest returns the facts of the period of which most is known.
func fullest(facts []*metric.Facts) *metric.Facts {
	known := func(f *metric.Facts) (n int) {
		for fact := range f.All() {
			if fact.Undefined() == "" {
				n++
			}
		}
		return n
	}
	return slices.MaxFunc(facts, func(a, b *metric.Facts) int { return known(a) - known(b) })
}

// outcomes are what became of each metric, by period.
type outcomes map[metric.Definition][]outcome

func evaluate(facts []*metric.Facts) outcomes {
	of := outcomes{}
	for _, f := range facts {
		for result := range catalog.Evaluate(f) {
			o := outcome{value: result.Value}
			if result.Err != nil {
				o.reason = reasonOf(result.Err)
			}
			of[result.Definition] = append(of[result.Definition], o)
		}
	}
	return of
}

// reasonOf returns the reason in an error of the library. One that is no reason says
// that a value lies beyond what can be computed with.
func reasonOf(err error) metric.Reason {
	if e := (*metric.Error)(nil); errors.As(err, &e) && e.Reason != "" {
		return e.Reason
	}
	var reason metric.Reason
	if errors.As(err, &reason) {
		return reason
	}
	return metric.OutOfDomain
}
