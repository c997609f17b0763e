package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// The layout of the text report.
const (
	textWidth = 100 // of the terminal
	columnGap = 2
)

// writeText writes tables for a terminal.
func writeText(w io.Writer, a *analysis) error {
	t := &textReport{analysis: a}
	t.heading()
	for _, s := range a.stages {
		t.stage(s)
	}
	t.legend()
	t.toGetMore()
	_, err := io.WriteString(w, t.out.String())
	return err
}

type textReport struct {
	*analysis
	out     strings.Builder
	reasons []metric.Reason // in the order of their marks
}

func (t *textReport) line(format string, args ...any) {
	t.out.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	t.out.WriteByte('\n')
}

func (t *textReport) heading() {
	t.line("%s", t.source.title)
	if t.source.note != "" {
		t.line("%s", t.source.note)
	}
	t.line("%s", t.summary())
}

// summary says in one line what was read and how much of the catalogue it determines.
func (a *analysis) summary() string {
	determined := 0
	for _, s := range a.stages {
		determined += len(s.rows)
	}
	return fmt.Sprintf("%s from %s to %s (%s) determine %d of the %d metrics of catalogue %s.",
		plural(a.events, "event"), a.first.Format(time.DateOnly), a.last.Format(time.DateOnly), a.zone,
		determined, a.metrics, catalog.Version)
}

func (t *textReport) stage(s stageRows) {
	t.line("")
	t.line("%s - %s", strings.ToUpper(s.stage.String()), s.stage.Question())
	if len(s.rows) == 0 {
		t.line("")
		t.line("  Nothing in this log tells.")
		return
	}
	lines := t.tableLines(s.rows)
	for block := range t.blocks(lines) {
		t.line("")
		t.table(lines, block)
	}
}

// tableLine is one line of a table: a label and a cell for each period, or no cells.
type tableLine struct {
	label string
	cells []string
}

func (t *textReport) tableLines(rows []row) []tableLine {
	var lines []tableLine
	for _, r := range rows {
		currency := currencyOf(append([][]outcome{r.all}, r.segments...)...)
		lines = append(lines, tableLine{r.def.Name(), t.cells(r.def, r.all, currency)})
		id := "  " + r.def.ID()
		if unit := unitText(r.def, currency); unit != "" {
			id += ", " + unit
		}
		lines = append(lines, tableLine{label: id})
		for i, cells := range r.segments {
			lines = append(lines, tableLine{"    " + shorten(printable(t.segments[i]), 30), t.cells(r.def, cells, currency)})
		}
	}
	return lines
}

func (t *textReport) cells(d metric.Definition, outcomes []outcome, currency string) []string {
	cells := make([]string, len(outcomes))
	for i, o := range outcomes {
		if o.reason != "" {
			cells[i] = "[" + t.mark(o.reason) + "]"
		} else {
			cells[i] = cellText(d, o.value, currency)
		}
	}
	return cells
}

// mark returns the letter of a reason, which the legend explains.
func (t *textReport) mark(r metric.Reason) string {
	i := slices.Index(t.reasons, r)
	if i < 0 {
		i = len(t.reasons)
		t.reasons = append(t.reasons, r)
	}
	return string(rune('a' + i)) // There are ten reasons.
}

// block is a range of periods that fits the width, and how wide its columns are.
type block struct{ from, to, label, column int }

// blocks splits the periods into ranges of about equal size that fit the width.
func (t *textReport) blocks(lines []tableLine) func(yield func(block) bool) {
	label, column := len("metric"), 0
	for i := range t.periods {
		column = max(column, width(t.periodTitle(i)))
	}
	for _, l := range lines {
		label = max(label, width(l.label))
		for _, c := range l.cells {
			column = max(column, width(c))
		}
	}
	column += columnGap
	perBlock := max(1, (textWidth-label)/column)
	n := (len(t.periods) + perBlock - 1) / perBlock
	return func(yield func(block) bool) {
		for i := range n {
			if !yield(block{from: i * len(t.periods) / n, to: (i + 1) * len(t.periods) / n, label: label, column: column}) {
				return
			}
		}
	}
}

// periodTitle heads a column.
func (a *analysis) periodTitle(i int) string {
	if a.periods[i].incomplete {
		return a.periods[i].label + "*"
	}
	return a.periods[i].label
}

func (t *textReport) table(lines []tableLine, b block) {
	head := pad("metric", b.label)
	for i := b.from; i < b.to; i++ {
		head += padLeft(t.periodTitle(i), b.column)
	}
	t.line("%s", head)
	t.line("%s", strings.Repeat("-", b.label+(b.to-b.from)*b.column))
	for _, l := range lines {
		text := pad(l.label, b.label)
		if l.cells != nil {
			for _, c := range l.cells[b.from:b.to] {
				text += padLeft(c, b.column)
			}
		}
		t.line("%s", text)
	}
}

// legend explains the marks that were used.
func (t *textReport) legend() {
	incomplete := t.periods[len(t.periods)-1].incomplete
	if len(t.reasons) == 0 && !incomplete {
		return
	}
	t.line("")
	for i, r := range t.reasons {
		t.wrapped(fmt.Sprintf("[%c] ", 'a'+i), string(r)+": "+r.Explain())
	}
	if incomplete {
		t.wrapped("  * ", "The period goes on after the end of the log, so its values are not final.")
	}
}

// toGetMore says what to capture or supply, the most valuable first.
func (t *textReport) toGetMore() {
	if len(t.plan) == 0 {
		return
	}
	t.line("")
	t.line("TO GET MORE")
	t.line("")
	t.wrapped("", moreText)
	for _, s := range t.plan {
		t.line("")
		t.wrapped(fmt.Sprintf("%4s  ", fmt.Sprintf("+%d", len(s.metrics))), s.action("", ""))
		t.wrapped("        ", s.ids("", ""))
	}
}

const moreText = "Each step adds metrics to those of the steps before it. The first unlock the most for each event " +
	"to capture or figure to supply."

// action says what to do in a step, with marks around names.
func (s step) action(open, end string) string {
	var parts []string
	for kind, verb := range []string{"capture ", "add to the events what is read by ", "supply "} {
		var names []string
		for _, n := range s.needs {
			if n.kind != needKind(kind) {
				continue
			}
			name := open + n.name + end
			if n.kind == needAttribute {
				d, _ := catalog.Lookup(n.name)
				name += " (" + d.Capture() + ")"
			}
			names = append(names, name)
		}
		if names != nil {
			parts = append(parts, verb+strings.Join(names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// ids lists the metrics that a step unlocks.
func (s step) ids(open, end string) string {
	var ids []string
	for _, d := range s.metrics {
		ids = append(ids, open+d.ID()+end)
	}
	return strings.Join(ids, ", ")
}

// wrapped writes text in lines of the width, the first after a prefix and the others below
// its end.
func (t *textReport) wrapped(prefix, text string) {
	indent := strings.Repeat(" ", width(prefix))
	line := prefix
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case width(line)+1+width(word) > textWidth:
			t.line("%s", line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	t.line("%s", line)
}

func width(text string) int { return utf8.RuneCountInString(text) }

func pad(text string, n int) string { return text + strings.Repeat(" ", max(0, n-width(text))) }

func padLeft(text string, n int) string { return strings.Repeat(" ", max(0, n-width(text))) + text }

func shorten(text string, n int) string {
	if width(text) <= n {
		return text
	}
	return string([]rune(text)[:n-3]) + "..."
}
