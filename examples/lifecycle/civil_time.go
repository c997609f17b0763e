package main

import (
	"errors"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// civilLayouts are the forms of a time without an offset, besides a date.
var civilLayouts = [...]string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"}

var errTime = errors.New("want 2026-03-29, 2026-03-29 14:30:00 or 2026-03-29T14:30:00Z")

// parseTime reads an instant of RFC 3339, or a date or a time of day without an offset,
// which are meant as clocks in loc show them. A date stands for the start of its day.
func parseTime(text string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return startOfDay(t.Year(), t.Month(), t.Day(), loc)
	}
	for _, layout := range civilLayouts {
		if wall, err := time.Parse(layout, text); err == nil {
			return onTheClock(wall, loc)
		}
	}
	return time.Time{}, errTime
}

// startOfDay returns the first instant of a civil day, which is not midnight everywhere.
func startOfDay(year int, month time.Month, day int, loc *time.Location) (time.Time, error) {
	p, err := metric.Day(year, month, day, loc)
	return p.Start(), err
}

// onTheClock returns the instant at which clocks in loc show what wall shows in UTC. Of
// two such instants, when clocks are put back, it is the earlier one; there is none when
// clocks are put forward over it.
func onTheClock(wall time.Time, loc *time.Location) (time.Time, error) {
	var found time.Time
	for _, near := range [...]time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(loc).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if _, here := t.Zone(); here == offset && (found.IsZero() || t.Before(found)) {
			found = t
		}
	}
	if found.IsZero() {
		return found, errors.New("clocks in " + loc.String() + " skip this time")
	}
	return found, nil
}
