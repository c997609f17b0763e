package survival

import (
	"encoding/json"
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/text"
)

// Table is a result as rows and columns, to print or to hand on. As text, numbers have six
// significant digits; as CSV and JSON they are exact. A cell that does not exist is "-" in
// text, empty in CSV and null in JSON.
type Table struct {
	title   string
	unit    Unit // 0: none
	options string
	columns []string
	rows    [][]cell
}

// cell is a text or a number.
type cell struct {
	text   string
	number Optional
	isText bool
}

func textCell(s string) cell            { return cell{text: s, isText: true} }
func numberCell(v float64) cell         { return cell{number: some(v)} }
func optionalCell(v Optional) cell      { return cell{number: v} }
func limitCells(e Estimate) []cell      { return []cell{optionalCell(e.Lower), optionalCell(e.Upper)} }
func (t *Table) add(cells ...cell)      { t.rows = append(t.rows, cells) }
func (t *Table) columnsAre(n ...string) { t.columns = n }

// Len returns the number of rows.
func (t Table) Len() int { return len(t.rows) }

// String returns the table as text, with a title and aligned columns.
func (t Table) String() string {
	var left []int
	if len(t.rows) > 0 {
		for i, c := range t.rows[0] {
			if c.isText {
				left = append(left, i)
			}
		}
	}
	title := t.title
	if t.unit.valid() {
		title += ", times in " + t.unit.String() + "s"
	}
	if t.options != "" && t.options != "default" {
		title += " (" + t.options + ")"
	}
	return title + "\n" + text.Columns(t.texts(Optional.String), left...)
}

// CSV returns the table with a header line, as [encoding/csv] writes it.
func (t Table) CSV() string {
	return text.CSV(t.texts(func(v Optional) string {
		if !v.Valid {
			return ""
		}
		return strconv.FormatFloat(v.Value, 'g', -1, 64)
	}))
}

// texts returns the names of the columns and the cells as texts.
func (t Table) texts(number func(Optional) string) [][]string {
	lines := [][]string{t.columns}
	for _, row := range t.rows {
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = c.text
			if !c.isText {
				line[i] = number(c.number)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// MarshalJSON returns the title, unit and options, and the rows as objects whose members
// are in the order of the columns.
func (t Table) MarshalJSON() ([]byte, error) {
	b := []byte(`{"title":`)
	text := func(s string) {
		quoted, _ := json.Marshal(s) // text always goes
		b = append(b, quoted...)
	}
	text(t.title)
	if t.unit.valid() {
		b = append(b, `,"unit":`...)
		text(t.unit.String())
	}
	if t.options != "" {
		b = append(b, `,"options":`...)
		text(t.options)
	}
	b = append(b, `,"rows":[`...)
	for n, row := range t.rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for i, c := range row {
			if i > 0 {
				b = append(b, ',')
			}
			text(t.columns[i])
			b = append(b, ':')
			if c.isText {
				text(c.text)
				continue
			}
			number, _ := c.number.MarshalJSON()
			b = append(b, number...)
		}
		b = append(b, '}')
	}
	return append(b, `]}`...), nil
}

// Table returns the curve with its steps as rows. With times, it has a row for each of
// them instead: at risk just before the time, and the events and censorings since the row
// before, as summary.survfit in R. A time at which the curve is undefined has empty cells.
func (c *Curve) Table(times ...float64) Table {
	t := Table{title: c.name, unit: c.unit, options: c.o.String()}
	t.columnsAre("time", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper", "hazard")
	if len(times) == 0 {
		for k := range c.Steps() {
			t.add(c.cells(k.Time, numberCell(k.AtRisk), k.Events, k.Censored, k.Survival, some(k.Hazard.Value))...)
		}
		return t
	}
	next := 0
	for _, at := range times {
		var events, censored float64
		for ; next < len(c.steps) && c.steps[next].time <= at; next++ {
			events += c.steps[next].events
			censored += c.steps[next].censored
		}
		var survival Estimate
		var hazard Optional
		if s, err := c.Survival(at); err == nil {
			survival = s
			h, _ := c.Hazard(at)
			hazard = some(h.Value)
		}
		t.add(c.cells(at, c.atRisk(at), events, censored, survival, hazard)...)
		if !hazard.Valid {
			t.rows[len(t.rows)-1][4] = optionalCell(Optional{})
		}
	}
	return t
}

// atRisk returns how many were at risk just before a time.
func (c *Curve) atRisk(at float64) cell {
	if c.sample == nil {
		return optionalCell(Optional{})
	}
	return numberCell(c.sample.AtRisk(at))
}

func (c *Curve) cells(time float64, atRisk cell, events, censored float64, s Estimate, hazard Optional) []cell {
	return append([]cell{numberCell(time), atRisk, numberCell(events), numberCell(censored), numberCell(s.Value), optionalCell(s.StdErr)},
		append(limitCells(s), optionalCell(hazard))...)
}

// String returns [Curve.Table] as text.
func (c *Curve) String() string { return c.Table().String() }

// MarshalJSON returns [Curve.Table] as JSON.
func (c *Curve) MarshalJSON() ([]byte, error) { return c.Table().MarshalJSON() }
