package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// writeCSV writes a row for each figure. Amounts are rounded to the smallest unit of the
// currency, each by itself, so that rounded movements may not add up. The segment of all is *.
func writeCSV(w io.Writer, a *analysis) error {
	out := csv.NewWriter(w)
	out.Write([]string{"table", "month", "complete", "segment", "first_paid", "reason", "figure", "value", "unit", "undefined"})
	month := func(m *month, segment string, row *ledger.Row, r retention) {
		for _, f := range a.figures(row, r) {
			out.Write([]string{"month", m.label, strconv.FormatBool(!m.Incomplete), segment, "", "", f.name, f.value, f.unit, string(f.undefined)})
		}
	}
	for i := range a.months {
		m := &a.months[i]
		month(m, "*", &m.Row, m.retention[allSegments])
		for _, s := range a.segments {
			row := m.segments[s]
			month(m, s, &row, m.retention[s])
		}
	}
	for i := range a.cohorts {
		c := &a.cohorts[i]
		for j := range c.Cells {
			for _, f := range a.cellFigures(&c.Cells[j]) {
				out.Write([]string{"cohort", labelOf(c.Cells[j].Period), strconv.FormatBool(c.Cells[j].Complete), "*", labelOf(c.Period), "", f.name, f.value, f.unit, ""})
			}
		}
	}
	for i := range a.months {
		m := &a.months[i]
		for _, l := range losses(&m.Row) {
			f := a.money(l.Class.String(), l.Amount)
			reason := string(l.Reason)
			if l.Text != "" {
				reason += ": " + l.Text
			}
			out.Write([]string{"loss", m.label, strconv.FormatBool(!m.Incomplete), "*", "", reason, f.name, f.value, f.unit, ""})
		}
	}
	out.Flush()
	return out.Error()
}
