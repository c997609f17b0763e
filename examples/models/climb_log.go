package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// climbLog is a log of events, read for the mountain.
type climbLog struct {
	source     string
	events     []event.Event // in the order in which they count
	lines      int           // with an event on them, good and bad
	duplicates int
	tests      int
	pending    int // not yet in effect at the end of the log
	start, end time.Time
	bad        []badLines
}

// badLines are the lines refused for one reason, and the first of them.
type badLines struct {
	reason event.Reason
	count  int
	first  string
}

// readLog reads events from JSON lines.
func readLog(source string, r io.Reader) (*climbLog, error) {
	l := &climbLog{source: source}
	seen := map[event.Key]bool{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, event.MaxEncodedBytes+1)
	n := 1
	for ; lines.Scan(); n++ {
		text := lines.Bytes()
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			l.line(text, n, seen)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return l, fmt.Errorf("%s:%d: the line is longer than any event, %d bytes; events are JSON lines, one on each", source, n, event.MaxEncodedBytes)
	} else if err != nil {
		return l, err
	}
	if len(l.events) == 0 {
		return l, fmt.Errorf("%s: no event of a customer could be read", source)
	}
	l.settle()
	return l, nil
}

// line reads one event.
func (l *climbLog) line(text []byte, n int, seen map[event.Key]bool) {
	l.lines++
	e, err := event.Decode(text)
	if err == nil {
		event.Aliases{}.Apply(&e)
		if e.ID == "" && e.Seq == 0 {
			e.Seq = int64(n) // Without an id, equal lines are two events.
		}
		err = event.Check(&e)
	}
	if err != nil {
		l.refuse(n, err)
		return
	}
	key := e.Key()
	switch {
	case seen[key]:
		l.duplicates++
	case e.Test:
		l.tests++
	default:
		l.events = append(l.events, e)
	}
	seen[key] = true
}

// refuse counts a bad line by its reason.
func (l *climbLog) refuse(n int, err error) {
	reason := event.Malformed
	if r := (*event.Rejection)(nil); errors.As(err, &r) {
		reason = r.Reason
	}
	i := slices.IndexFunc(l.bad, func(b badLines) bool { return b.reason == reason })
	if i < 0 {
		first := fmt.Sprintf("%s:%d: %s", l.source, n, strings.TrimPrefix(err.Error(), "event: "))
		i, l.bad = len(l.bad), append(l.bad, badLines{reason: reason, first: first})
	}
	l.bad[i].count++
}

// settle puts the events in order and leaves out those that take effect after the log ends.
func (l *climbLog) settle() {
	for i, e := range l.events {
		if i == 0 || e.Time.Before(l.start) {
			l.start = e.Time
		}
		if i == 0 || e.Time.After(l.end) {
			l.end = e.Time
		}
	}
	l.start, l.end = l.start.UTC(), l.end.UTC()
	n := len(l.events)
	l.events = slices.DeleteFunc(l.events, func(e event.Event) bool { return e.Effective().After(l.end) })
	l.pending = n - len(l.events)
	slices.SortFunc(l.events, func(a, b event.Event) int {
		return cmp.Or(a.Effective().Compare(b.Effective()), event.Compare(&a, &b))
	})
}

// report writes the lines that were refused, the most frequent reason first.
func (l *climbLog) report(w io.Writer) {
	slices.SortStableFunc(l.bad, func(a, b badLines) int { return cmp.Compare(b.count, a.count) })
	for _, b := range l.bad {
		noun := "lines"
		if b.count == 1 {
			noun = "line"
		}
		fmt.Fprintf(w, "models: %s %s of %s left out, %s; first %s\n", number(b.count), noun, number(l.lines), b.reason.Error(), b.first)
	}
}
