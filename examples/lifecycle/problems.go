package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// problems counts the lines that could not be read, by reason.
type problems struct {
	file    string
	lines   int // read, good and bad
	bad     int
	byCause map[event.Reason]*cause
}

// cause is one reason and its first example.
type cause struct {
	reason event.Reason
	count  int
	first  string
}

func newProblems(file string) *problems {
	return &problems{file: file, byCause: map[event.Reason]*cause{}}
}

// reject counts a bad line. columns finds the place of an attribute in it; it may be nil.
func (p *problems) reject(line int, columns func(attribute string) int, err error) {
	reason, column := event.Malformed, 0
	if r := (*event.Rejection)(nil); errors.As(err, &r) {
		reason = r.Reason
		if columns != nil {
			column = columns(r.Attribute)
		}
	}
	p.bad++
	c := p.byCause[reason]
	if c == nil {
		c = &cause{reason: reason, first: p.place(line, column) + ": " + strings.TrimPrefix(err.Error(), "event: ")}
		p.byCause[reason] = c
	}
	c.count++
}

// place names a line, and a column if it is known.
func (p *problems) place(line, column int) string {
	if column == 0 {
		return fmt.Sprintf("%s:%d", p.file, line)
	}
	return fmt.Sprintf("%s:%d:%d", p.file, line, column)
}

// report writes the bad lines by reason, the most frequent first.
func (p *problems) report(w io.Writer) {
	if p.bad == 0 {
		return
	}
	causes := make([]*cause, 0, len(p.byCause))
	for _, c := range p.byCause {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.reason, b.reason))
	})
	fmt.Fprintf(w, "lifecycle: %s of %s in %s left out:\n", number(p.bad), plural(p.lines, "line"), p.file)
	for _, c := range causes {
		example := c.first
		if c.count > 1 {
			example = "first " + example
		}
		fmt.Fprintf(w, "  %6s  %s: %s\n", number(c.count), c.reason.Error(), example)
	}
}

// rejection makes the error for a value that cannot be read.
func rejection(reason event.Reason, attribute, format string, args ...any) *event.Rejection {
	return &event.Rejection{Reason: reason, Attribute: attribute, Detail: fmt.Sprintf(format, args...)}
}

// quoted returns foreign text in quotes, shortened.
func quoted(text string) string {
	if len(text) > 60 {
		return fmt.Sprintf("%.57q...", text)
	}
	return fmt.Sprintf("%q", text)
}

// number writes a count with commas.
func number(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// plural writes a count and what is counted.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}
