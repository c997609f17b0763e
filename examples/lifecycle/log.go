package main

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// chunkBytes is the size up to which one chunk of a log is filled.
const chunkBytes = 1 << 20

// eventLog holds events in their binary form, which takes a small part of what the
// structs would. The periods are known only when the last event has been read, so the
// events have to wait for them.
type eventLog struct {
	chunks [][]byte
	count  int
	names  map[string]bool // of the events seen, other than tests
	seg    *segmentation   // nil without segments

	first, last mark      // by the time an event counts in
	end         time.Time // of the latest event, whenever it counts
}

// mark is an event at an end of the log.
type mark struct {
	time time.Time
	line int
}

func newEventLog(seg *segmentation) *eventLog {
	return &eventLog{names: map[string]bool{}, seg: seg}
}

// add appends an event that event.Check has passed.
func (l *eventLog) add(e *event.Event, line int) error {
	if l.seg != nil {
		if err := l.seg.observe(e); err != nil {
			return err
		}
	}
	n := len(l.chunks)
	if n == 0 || len(l.chunks[n-1]) >= chunkBytes {
		l.chunks = append(l.chunks, make([]byte, 0, chunkBytes+chunkBytes/8))
		n++
	}
	chunk, err := e.AppendBinary(l.chunks[n-1])
	if err != nil {
		return err
	}
	l.chunks[n-1] = chunk

	at := e.Effective()
	if l.count == 0 || at.Before(l.first.time) {
		l.first = mark{at, line}
	}
	if l.count == 0 || at.After(l.last.time) {
		l.last = mark{at, line}
	}
	if l.count == 0 || e.Time.After(l.end) {
		l.end = e.Time
	}
	if !e.Test {
		l.names[e.Name] = true
	}
	l.count++
	return nil
}

// all yields the events in the order in which they were added. It yields an error, last,
// only if the log is damaged.
func (l *eventLog) all() iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		for _, rest := range l.chunks {
			for len(rest) > 0 {
				e, after, err := event.DecodeBinary(rest)
				if err != nil {
					yield(nil, fmt.Errorf("reading the events again: %w", err))
					return
				}
				if len(after) >= len(rest) {
					yield(nil, errors.New("reading the events again: no progress"))
					return
				}
				rest = after
				if !yield(&e, nil) {
					return
				}
			}
		}
	}
}
