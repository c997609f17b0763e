package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/metric"
)

// collected are the facts of every period, of all events together and by segment, in the
// order of the periods.
type collected struct {
	all      []*metric.Facts
	segments map[string][]*metric.Facts
	outcome  capture.Report
}

// collect takes the events of the log once and counts what the catalogue captures.
func collect(log *eventLog, periods []span) (*collected, error) {
	o := capture.Options{}
	for _, p := range periods {
		o.Periods = append(o.Periods, p.Period)
	}
	if log.seg != nil {
		o.Segment = log.seg.of
	}
	collector, err := capture.New(o)
	if err != nil {
		return nil, err
	}
	for e, err := range log.all() {
		if err != nil {
			return nil, err
		}
		collector.Add(e)
	}
	c := &collected{segments: map[string][]*metric.Facts{}, outcome: collector.Report()}
	for cell, facts := range collector.Facts() {
		if cell.All {
			c.all = append(c.all, facts)
		} else {
			c.segments[cell.Segment] = append(c.segments[cell.Segment], facts)
		}
	}
	return c, nil
}

// report says what of the events was not counted, and why.
func (c *collected) report(w io.Writer) {
	note := func(n int64, format string, args ...any) {
		if n > 0 {
			fmt.Fprintf(w, "lifecycle: %s\n", fmt.Sprintf(format, args...))
		}
	}
	o := c.outcome
	note(o.Duplicates, "%s came again and %s counted once", plural(int(o.Duplicates), "event"), isAre(o.Duplicates))
	note(o.Conflicting, "%s came with different content under one id; one of each is counted", plural(int(o.Conflicting), "event"))
	note(o.Test, "%s %s marked as test and left out", plural(int(o.Test), "event"), isAre(o.Test))
	known := c.known()
	for _, r := range o.Rejected {
		switch {
		case r.Metric == "":
			note(r.Count, "%s left out: %s, first %s", plural(int(r.Count), "event"), words(r.Reason), r.First)
		case known[r.Metric]:
			note(r.Count, "%s leaves out %s: %s, first %s", r.Metric, plural(int(r.Count), "event"), words(r.Reason), r.First)
		}
	}
}

// known returns the ids of the metrics that are facts. What the others lack is part of the
// report itself.
func (c *collected) known() map[string]bool {
	known := map[string]bool{}
	for fact := range c.all[0].All() {
		known[fact.Definition().ID()] = true
	}
	return known
}

// words writes a name such as absent_attribute as words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
