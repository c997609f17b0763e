package main

import (
	"io"

	"github.com/openlifecycle/lifecycle/metric"
)

// collected are the facts of every period, for all events together and by segment.
type collected struct {
	all      []*metric.Facts
	segments map[string][]*metric.Facts
	notes    []string
}

func (c *collected) report(w io.Writer) {
	for _, n := range c.notes {
		io.WriteString(w, "lifecycle: "+n+"\n")
	}
}
