package capture

import (
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
)

// Cell is a period and the part of the events in it that facts are about.
type Cell struct {
	Period  metric.Period
	Segment string
	All     bool // every segment together; Segment is ""
}

// Facts yields what is known of every period, by its start and the longer one first: of all
// events, and then of each segment, by name. Every segment with an event anywhere has a cell
// in every period. Without [Options.Segment] and segment codes there are none.
//
// A count that no event adds to is 0; so is a sum, of money in the only currency that the
// metric has anywhere. An undefined fact has the reason [metric.MixedCurrency] where amounts
// of two currencies meet, or [metric.OutOfDomain] where a value is beyond the range of its
// type or its metric. It has the reason [metric.MissingInput] where there are events of its
// name that meet its conditions and none of them had what it reads, in a form in which it
// could be read; where some had, it is about those, and the [Report] says what is left out. A
// metric is not known, and there is no fact of it in any cell, unless
//
//   - some event of its name occurred, some event had the attribute it reads, and on some
//     event its conditions could be decided; for a duration, both its events; or
//   - no event of its name occurred, and [Options.Covers] says that this means zero. That is
//     no fact about money, which is always in some currency.
//
// The facts of one yield are the caller's. Facts computes them as they are asked for: do not
// call Add, AddBlock, Merge or UnmarshalBinary while iterating.
func (c *Collector) Facts() iter.Seq2[Cell, *metric.Facts] {
	return func(yield func(Cell, *metric.Facts) bool) {
		if c.plan == nil {
			return
		}
		s := c.whole()
		answers := s.answers(c.dictionary)
		for cell, region := range c.cells(s) {
			if !yield(cell, c.factsOf(cell, answers, region)) {
				return
			}
		}
	}
}

// cells yields the cells and what they are of a state.
func (c *Collector) cells(s *state) iter.Seq2[Cell, region] {
	codes := s.segmentCodes(c.dictionary)
	names := c.dictionary.segments.texts
	segmented := c.plan.options.Segment != nil || slices.ContainsFunc(codes, func(code uint32) bool { return code != 0 })
	tl := c.plan.timeline
	return func(yield func(Cell, region) bool) {
		for i, p := range tl.periods {
			if !yield(Cell{Period: p, All: true}, region{span: tl.spans[i], segments: codes, tl: tl}) {
				return
			}
			if !segmented {
				continue
			}
			for n, code := range codes {
				if !yield(Cell{Period: p, Segment: names[code]}, region{span: tl.spans[i], segments: codes[n : n+1], tl: tl}) {
					return
				}
			}
		}
	}
}

// factsOf asks every answer for a region, and every state for the cell.
func (c *Collector) factsOf(cell Cell, answers []result, r region) *metric.Facts {
	facts, _ := metric.NewFacts(cell.Period)
	for _, s := range c.states {
		for _, f := range s.facts(cell) {
			if facts.Add(f) != nil {
				_ = facts.Add(metric.UndefinedFact(f.Definition(), metric.OutOfDomain))
			}
		}
	}
	for i, answer := range answers {
		if answer == nil {
			continue
		}
		d := c.plan.rules[i].definition
		v, why := answer.value(r)
		if why == "" && facts.Add(metric.FactOf(d, v)) == nil {
			continue
		}
		if why == "" {
			why = metric.OutOfDomain // a negative total of what cannot be negative
		}
		_ = facts.Add(metric.UndefinedFact(d, why)) // cannot fail: a reason is true of any metric
	}
	return facts
}

// Report returns what became of the events.
func (c *Collector) Report() Report {
	var report Report
	if c.plan == nil {
		return report
	}
	s := c.whole()
	report.Events, report.Outside, report.Test = s.events, s.outside, s.test
	if c.rows != nil {
		c.rows.count(&report)
		report.Duplicates = c.deliveries - int64(c.rows.entries.n)
	}
	for name, r := range c.rejected {
		report.reject(Rejection{Event: name}, r)
	}
	for i := range c.plan.rules {
		id := c.plan.rules[i].definition.ID()
		r, open := rejectionsOf(s.calculators[i], s.grid(&c.plan.rules[i], c.dictionary))
		if r != nil {
			report.reject(Rejection{Metric: id}, r)
		}
		if open > 0 {
			report.Open = append(report.Open, Open{id, open})
		}
	}
	for i, s := range c.states {
		one := StateReport{State: c.plan.options.States[i].String(), Report: s.report()}
		if p, ok := s.(interface{ problem() error }); ok {
			one.Err = p.problem()
		}
		report.States = append(report.States, one)
	}
	report.sort()
	return report
}
