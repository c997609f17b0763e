package main

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes a table for each stage.
func writeMarkdown(w io.Writer, a *analysis) error {
	m := &markdownReport{analysis: a}
	m.line("# %s", escape(a.source.title))
	m.line("")
	if a.source.note != "" {
		m.line("%s", escape(a.source.note))
	}
	m.line("%s", escape(a.summary()))
	for _, s := range a.stages {
		m.stage(s)
	}
	m.legend()
	m.toGetMore()
	_, err := io.WriteString(w, m.out.String())
	return err
}

type markdownReport struct {
	*analysis
	out strings.Builder
}

func (m *markdownReport) line(format string, args ...any) {
	fmt.Fprintf(&m.out, format, args...)
	m.out.WriteByte('\n')
}

func (m *markdownReport) stage(s stageRows) {
	name := s.stage.String()
	m.line("\n## %s%s\n", strings.ToUpper(name[:1]), name[1:])
	m.line("%s\n", escape(s.stage.Question()))
	if len(s.rows) == 0 {
		m.line("No metric of this stage can be computed from this log.")
		return
	}
	head, rule := "| Metric | Id, unit |", "|---|---|"
	if m.column != "" {
		head, rule = head+" "+escape(m.column)+" |", rule+"---|"
	}
	for i := range m.periods {
		head, rule = head+" "+escape(m.periodTitle(i))+" |", rule+"--:|"
	}
	m.line("%s\n%s", head, rule)
	for _, r := range s.rows {
		m.row(r, "all", r.all)
		for i, cells := range r.segments {
			m.row(r, m.segments[i], cells)
		}
	}
}

func (m *markdownReport) row(r row, segment string, cells []outcome) {
	currency := r.currency()
	id := "`" + r.def.ID() + "`"
	if unit := unitText(r.def, currency); unit != "" {
		id += ", " + escape(unit)
	}
	text := fmt.Sprintf("| %s | %s |", escape(r.def.Name()), id)
	if m.column != "" {
		text += " " + escape(printable(segment)) + " |"
	}
	for _, o := range cells {
		if o.reason != "" {
			text += " " + string(o.reason) + " |"
			continue
		}
		text += " " + escape(cellText(r.def, o.value, currency)) + " |"
	}
	m.line("%s", text)
}

func (m *markdownReport) legend() {
	if m.periods[len(m.periods)-1].incomplete {
		m.line("\n\\* The period goes on after the end of the log, so its values are not final.")
	}
}

func (m *markdownReport) toGetMore() {
	if len(m.plan) == 0 {
		return
	}
	m.line("\n## To get more")
	if len(m.shown()) > 0 {
		m.line("\n%s\n\n| Unlocks | What to do | Metrics |\n|--:|---|---|", moreText)
	}
	for _, s := range m.shown() {
		ids := s.ids("`", "`")
		if m.more != allSteps {
			ids = s.fewIDs("`", "`", textWidth)
		}
		m.line("| %d | %s | %s |", len(s.metrics), s.action("`", "`"), ids)
	}
	if further := m.further(); further != "" {
		m.line("\n%s", further)
	}
}

// escape writes text so that Markdown shows it as it is.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`, `[`, `\[`, "\n", " ", "\r", " ").Replace(text)
}
