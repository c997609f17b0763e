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
	var all []tableLine
	tables := make([][]tableLine, len(a.stages))
	for i, s := range a.stages {
		tables[i] = t.tableLines(s.rows)
		all = append(all, tables[i]...)
	}
	common := t.layout(all) // Aligns the tables of all stages where it fits.
	for i, s := range a.stages {
		t.stage(s, tables[i], common)
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
	t.wrapped("", t.summary())
}

// summary says in one line what was read and how much of the catalogue it determines.
func (a *analysis) summary() string {
	determined := 0
	for _, s := range a.stages {
		determined += len(s.rows)
	}
	return fmt.Sprintf("%s from %s to %s (%s) determine %d of %d metrics (catalogue %s).",
		plural(a.events, "event"), a.first.Format(time.DateOnly), a.last.Format(time.DateOnly), a.zone,
		determined, a.metrics, catalog.Version)
}

// stage writes the table of one stage, in several parts if it does not fit the width.
func (t *textReport) stage(s stageRows, lines []tableLine, common layout) {
	t.line("")
	t.line("%s - %s", strings.ToUpper(s.stage.String()), s.stage.Question())
	if len(lines) == 0 {
		t.line("")
		t.line("  No metric of this stage can be computed from this log.")
		return
	}
	if common.total(0, len(t.periods)) > textWidth {
		common = t.layout(lines)
	}
	for from := 0; from < len(t.periods); {
		to := common.fit(from)
		t.line("")
		t.table(lines, common, from, to)
		from = to
	}
}

// tableLine is one line of a table: a label and a cell for each period, or a label and no
// cells, which may run on below them.
type tableLine struct {
	label string
	cells []string
	more  string // after the label of a line without cells
}

func (t *textReport) tableLines(rows []row) []tableLine {
	var lines []tableLine
	for _, r := range rows {
		currency := r.currency()
		id := tableLine{label: "  " + r.def.ID()}
		if unit := unitText(r.def, currency); unit != "" {
			id.more = ", " + unit
		}
		lines = append(lines, tableLine{label: r.def.Name(), cells: t.cells(r.def, r.all, currency)}, id)
		for i, cells := range r.segments {
			lines = append(lines, tableLine{label: "    " + shorten(printable(t.segments[i]), 30), cells: t.cells(r.def, cells, currency)})
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

// layout is the widths of a table.
type layout struct {
	label   int
	columns []int // by period, with the gap
}

func (t *textReport) layout(lines []tableLine) layout {
	l := layout{label: len("metric"), columns: make([]int, len(t.periods))}
	for i := range t.periods {
		l.columns[i] = columnGap + width(t.periodTitle(i))
	}
	for _, line := range lines {
		if line.cells != nil { // The others run on below the cells.
			l.label = max(l.label, width(line.label))
		}
		for i, c := range line.cells {
			l.columns[i] = max(l.columns[i], columnGap+width(c))
		}
	}
	return l
}

// total returns the width of a table of some of the periods.
func (l layout) total(from, to int) int {
	total := l.label
	for _, n := range l.columns[from:to] {
		total += n
	}
	return total
}

// fit returns where the next part of a table ends, so that the parts fit the width and are
// of about equal size.
func (l layout) fit(from int) int {
	parts, to := 1, from
	for end, start := from, from; end < len(l.columns); end++ {
		if end > start && l.total(start, end+1) > textWidth {
			parts, start = parts+1, end
		}
	}
	share := (len(l.columns) - from + parts - 1) / parts
	for to < len(l.columns) && to-from < share && (to == from || l.total(from, to+1) <= textWidth) {
		to++
	}
	return to
}

// periodTitle heads a column.
func (a *analysis) periodTitle(i int) string {
	if a.periods[i].incomplete {
		return a.periods[i].label + "*"
	}
	return a.periods[i].label
}

func (t *textReport) table(lines []tableLine, l layout, from, to int) {
	head := pad("metric", l.label)
	for i := from; i < to; i++ {
		head += padLeft(t.periodTitle(i), l.columns[i])
	}
	t.line("%s", head)
	t.line("%s", strings.Repeat("-", l.total(from, to)))
	for _, line := range lines {
		if line.cells == nil {
			t.line("%s%s", line.label, line.more)
			continue
		}
		text := pad(line.label, l.label)
		for i := from; i < to; i++ {
			text += padLeft(line.cells[i], l.columns[i])
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
	if len(t.shown()) > 0 {
		t.wrapped("", moreText)
		t.line("")
	}
	for _, s := range t.shown() {
		const indent = "      "
		t.wrapped(fmt.Sprintf("%4s  ", fmt.Sprintf("+%d", len(s.metrics))), s.action("", ""))
		if t.more == allSteps {
			t.wrapped(indent+"  ", s.ids("", ""))
		} else {
			t.line("%s  %s", indent, s.fewIDs("", "", textWidth-len(indent)-2))
		}
	}
	if further := t.further(); further != "" {
		if len(t.shown()) > 0 {
			t.line("")
		}
		t.wrapped("", further)
	}
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
