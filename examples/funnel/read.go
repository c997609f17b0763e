package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/examples/funnel/internal/sample"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// eventLog is what was read.
type eventLog struct {
	file       string // as in messages
	lines      int    // read, good and bad
	events     []event.Event
	names      map[string]int // how many events have the name
	attributes map[string]int // how many events have the attribute
	latest     time.Time      // when the last event came in
	people     people
	refused    []refusal
}

// refusal is a number of lines that were left out for one reason.
type refusal struct {
	Reason event.Reason `json:"reason"`
	Count  int          `json:"count"`
	First  string       `json:"first"` // the line and what is wrong with it
}

// maxLine is the longest line that is read. Segment takes messages of up to 32 kB.
const maxLine = 1 << 20

// read reads the sample, a file or the standard input, and joins the ids of each person.
func read(file string, stdin io.Reader) (*eventLog, error) {
	l := &eventLog{file: file, names: map[string]int{}, attributes: map[string]int{}, people: people{}}
	in := stdin
	switch file {
	case "":
		l.file, in = "the sample", bytes.NewReader(sample.Lines())
	case "-":
		l.file = "standard input"
	default:
		f, err := os.Open(file)
		if err != nil {
			return l, err
		}
		defer f.Close()
		in = f
	}
	if err := l.readLines(in); err != nil {
		return l, err
	}
	if len(l.events) == 0 {
		return l, fmt.Errorf("%s: no event could be read", l.file)
	}
	for i := range l.events {
		l.people.join(&l.events[i])
	}
	return l, nil
}

func (l *eventLog) readLines(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	number := 0
	for lines.Scan() {
		number++
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\xef\xbb\xbf")))
		if len(line) == 0 {
			continue
		}
		if l.lines == 0 && line[0] == '[' {
			return fmt.Errorf("%s:%d: a JSON array; write each message on a line of its own", l.file, number)
		}
		l.lines++
		e, err := decode(line)
		if err != nil {
			l.refuse(number, err)
			continue
		}
		e.Seq = int64(number) // Events of one instant are in the order of the file.
		l.add(e)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s:%d: more than %d bytes in a line; write each message on a line of its own", l.file, number+1, maxLine)
	} else if err != nil {
		return fmt.Errorf("%s: %w", l.file, err)
	}
	return nil
}

func (l *eventLog) add(e event.Event) {
	l.events = append(l.events, e)
	l.people.learn(&e)
	l.names[e.Name]++
	for name := range e.Props.All() {
		l.attributes[name]++
	}
	// Servers have better clocks than devices.
	arrived := e.RecordedTime
	if arrived.IsZero() {
		arrived = e.Time
	}
	if arrived.After(l.latest) {
		l.latest = arrived
	}
}

// refuse counts a bad line.
func (l *eventLog) refuse(line int, err error) {
	reason := event.Malformed
	if r := (*event.Rejection)(nil); errors.As(err, &r) {
		reason = r.Reason
	}
	i := slices.IndexFunc(l.refused, func(r refusal) bool { return r.Reason == reason })
	if i < 0 {
		first := fmt.Sprintf("%s:%d: %s", l.file, line, strings.TrimPrefix(err.Error(), "event: "))
		l.refused, i = append(l.refused, refusal{Reason: reason, First: first}), len(l.refused)
	}
	l.refused[i].Count++
}

// left returns the number of lines left out.
func (l *eventLog) left() (n int) {
	for _, r := range l.refused {
		n += r.Count
	}
	return n
}

// causes returns what was left out by reason, the most frequent first.
func (l *eventLog) causes() []refusal {
	list := append([]refusal{}, l.refused...)
	slices.SortStableFunc(list, func(a, b refusal) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// report writes what was left out.
func (l *eventLog) report(w io.Writer) {
	if len(l.refused) == 0 {
		return
	}
	fmt.Fprintf(w, "funnel: %d of %d lines in %s left out:\n", l.left(), l.lines, l.file)
	for _, r := range l.causes() {
		fmt.Fprintf(w, "  %6d  %s\n", r.Count, r.About())
	}
}

// About names the first line and says what is wrong with it.
func (r refusal) About() string {
	if r.Count > 1 {
		return "first " + r.First
	}
	return r.First
}

// quoted returns foreign text in quotes, shortened.
func quoted(text string) string {
	if len(text) > 60 {
		return fmt.Sprintf("%.57q...", text)
	}
	return fmt.Sprintf("%q", text)
}

// printable returns text from the file as it can be shown on a terminal.
func printable(text string) string {
	if q := fmt.Sprintf("%q", text); q != `"`+text+`"` {
		return quoted(text)
	}
	return text
}
