package main

import (
	"fmt"
	"slices"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// all is the segment of everyone.
const all = "all"

// cube is the facts by segment and month.
type cube struct {
	segments []string
	months   []metric.Period
	cells    map[cell]*metric.Facts
	unknown  []string // columns
}

type cell struct{ segment, month string }

// add puts a row in its place.
func (c *cube) add(row catalog.Row) error {
	segment, ok := row.Segment("segment")
	if !ok || segment == all {
		return fmt.Errorf("row %d: %.48q cannot be the name of a segment", row.Number, segment)
	}
	month := row.Facts.Period()
	at := cell{segment, month.String()}
	if _, twice := c.cells[at]; twice {
		return fmt.Errorf("row %d: a second row for %s in %s", row.Number, segment, month)
	}
	if c.cells == nil {
		c.cells = map[cell]*metric.Facts{}
	}
	c.cells[at] = row.Facts
	if !slices.Contains(c.segments, segment) {
		c.segments = append(c.segments, segment)
	}
	if !slices.ContainsFunc(c.months, month.Equal) {
		c.months = append(c.months, month)
	}
	return nil
}

// addTotals merges the segments of each month, which have no customer in common.
func (c *cube) addTotals() error {
	for _, month := range c.months {
		var parts []*metric.Facts
		for _, s := range c.segments {
			if f := c.at(s, month); f != nil {
				parts = append(parts, f)
			}
		}
		if len(parts) < len(c.segments) {
			continue // A total without some of its parts would be a wrong one.
		}
		whole, err := metric.MergePopulations(parts...)
		if err != nil {
			return err
		}
		c.cells[cell{all, month.String()}] = whole
	}
	if len(c.segments) > 0 {
		c.segments = append(c.segments, all)
	}
	return nil
}

// at returns the facts of a cell, or nil.
func (c *cube) at(segment string, month metric.Period) *metric.Facts {
	return c.cells[cell{segment, month.String()}]
}
