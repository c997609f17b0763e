package main

import (
	"github.com/openlifecycle/lifecycle/metric/event"
)

// sink is where the readers put what they read.
type sink struct {
	log      *eventLog
	problems *problems
	progress *progress
}

// line counts a line, good or bad.
func (s *sink) line() {
	s.problems.lines++
	s.progress.step()
}

// event takes an event of a line, or counts the line as bad. Events without an id are
// numbered by their line, so that two equal lines stay two events; where there is an id,
// a line that comes twice is a duplicate and must stay equal. The error is not about the
// event but ends the reading. columns finds the place of an attribute in the line; it may be
// nil.
func (s *sink) event(e *event.Event, line int, columns func(attribute string) int) error {
	if e.ID == "" && e.Seq == 0 {
		e.Seq = int64(line)
	}
	if err := event.Check(e); err != nil {
		s.problems.reject(line, columns, err)
		return nil
	}
	return s.log.add(e, line)
}
