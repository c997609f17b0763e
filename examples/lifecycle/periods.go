package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// maxPeriods is the most periods that are reported. More come from a wrong year in the
// log, or from days where months were meant.
const maxPeriods = 1000

// maxCells is the most periods times segments that are reported.
const maxCells = 20000

// checkCells refuses what nobody would read.
func checkCells(periods []span, seg *segmentation) error {
	if seg == nil || len(periods)*len(seg.values) <= maxCells {
		return nil
	}
	return fmt.Errorf("%d periods of %d segments are more than %s; choose a longer -period, or another -segment",
		len(periods), len(seg.values), number(maxCells))
}

// span is one period of the report.
type span struct {
	metric.Period
	label      string // without the zone, which is one for all
	incomplete bool   // goes on after the end of the log
}

// periodsOf returns the periods that the events of the log span.
func periodsOf(log *eventLog, unit metric.PeriodUnit, loc *time.Location) ([]span, error) {
	seq, err := metric.Periods(log.first.time, log.last.time.Add(time.Nanosecond), unit, loc)
	if err != nil {
		return nil, err
	}
	end, err := endOfLog(log, loc)
	if err != nil {
		return nil, err
	}
	var spans []span
	for p := range seq {
		if len(spans) == maxPeriods {
			return nil, fmt.Errorf("the events span more than %s %ss, from %s (line %d) to %s (line %d); choose a longer -period, or correct the times",
				number(maxPeriods), unit, log.first.time.In(loc).Format(time.DateOnly), log.first.line,
				log.last.time.In(loc).Format(time.DateOnly), log.last.line)
		}
		label, _, _ := strings.Cut(p.String(), "[")
		spans = append(spans, span{Period: p, label: label, incomplete: p.Incomplete(end)})
	}
	return spans, nil
}

// endOfLog returns the instant up to which the log is taken to be complete: the end of
// the day on which its last event happened.
func endOfLog(log *eventLog, loc *time.Location) (time.Time, error) {
	day, err := metric.PeriodOf(log.end, metric.UnitDay, loc)
	return day.End(), err
}
