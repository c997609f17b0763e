package retention

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/text"
	"github.com/openlifecycle/lifecycle/metric"
)

// label returns the name of a cohort: that of its period, or the date or hour it begins with
// if it has none, as weeks have that do not begin on Monday.
func (c *Cohort) label() string {
	if c.Period.Unit() == metric.UnitCustom {
		if start := c.Period.Start(); c.Period.End().Sub(start) > time.Hour {
			return start.Format(time.DateOnly)
		}
		return c.Period.Start().Format("2006-01-02T15:04Z07:00")
	}
	name, _, _ := strings.Cut(c.Period.String(), "[")
	return name
}

// String returns t as text for people: rates to one decimal, a "*" where a cell is
// incomplete, and the pooled average of complete cells.
func (t *Table) String() string {
	rows := [][]string{t.header()}
	starred := false
	for i := range t.Cohorts {
		row, incomplete := t.row(i)
		rows = append(rows, row)
		starred = starred || incomplete
	}
	rows = append(rows, t.pooledRow())
	var b strings.Builder
	b.WriteString("Retention, " + t.Question.String() + ": " + t.Options.String() + "\n")
	if t.Moved {
		b.WriteString("The range was moved back to " + t.Cohorts[0].Period.Start().Format(time.RFC3339) + ", where a " + t.Options.Unit.String() + " begins.\n")
	}
	b.WriteString("\n")
	for _, row := range rows {
		for i := range row {
			if i > 0 && !strings.HasSuffix(row[i], "*") {
				row[i] += " " // so that a mark hangs over
			}
		}
	}
	b.WriteString(text.Columns(rows, 0))
	if starred {
		b.WriteString("\n* incomplete at " + t.AsOf.Format(time.RFC3339) + ", not in the average\n")
	}
	return b.String()
}

func (t *Table) header() []string {
	row := []string{"cohort", "size"}
	if t.Options.Value != "" {
		row = append(row, "base")
	}
	for _, c := range t.Columns {
		row = append(row, c.String())
	}
	return row
}

func (t *Table) row(cohort int) (row []string, incomplete bool) {
	c := &t.Cohorts[cohort]
	row = []string{c.label(), strconv.FormatInt(c.Size, 10)}
	if t.Options.Value != "" {
		row = append(row, t.amountText(c.base))
	}
	for column, cell := range c.Cells {
		if !cell.Exists {
			row = append(row, "")
			continue
		}
		text := "-"
		if rate, err := t.Rate(cohort, column); err == nil {
			text = percent(rate)
		}
		if !cell.Complete {
			text += "*"
			incomplete = true
		}
		row = append(row, text)
	}
	return row, incomplete
}

func (t *Table) pooledRow() []string {
	row := t.header()
	for i := range row {
		row[i] = ""
	}
	row[0] = Pooled.String()
	first := len(row) - len(t.Columns)
	for column := range t.Columns {
		if m, err := t.Average(column, Pooled); err == nil {
			row[first+column] = percent(m.Rate)
		} else {
			row[first+column] = "-"
		}
	}
	return row
}

func percent(r metric.Ratio) string {
	return r.Format(metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfAwayFromZero)})
}

// amountText writes an amount of money in the main unit, and any other value as it is.
func (t *Table) amountText(l exact.Lane) string {
	if t.Currency.IsZero() {
		return l.Big().String()
	}
	m, err := metric.NewMoney(l.Decimal(uint8(t.Currency.Exponent())), t.Currency)
	if err != nil {
		return l.Big().String() + " minor units of " + t.Currency.Code() // beyond what Money holds
	}
	return m.Text()
}

// AppendCSV appends t as CSV, a line for each cell that exists:
//
//	cohort,start,end,size,from,to,count,rate,complete
//
// Start and end bound the bucket of the cohort, from and to are the first and the last period
// of the column, and rate is a fraction of one, empty if there is none. With
// [Options.Value], base, sum and currency stand before the rate, amounts of money in the
// smallest unit.
func (t *Table) AppendCSV(b []byte) []byte {
	values := t.Options.Value != ""
	b = append(b, "cohort,start,end,size,from,to,count,"...)
	if values {
		b = append(b, "base,sum,currency,"...)
	}
	b = append(b, "rate,complete\n"...)
	for i := range t.Cohorts {
		c := &t.Cohorts[i]
		for column, cell := range c.Cells {
			if !cell.Exists {
				continue
			}
			fields := []string{
				c.label(), c.Period.Start().Format(time.RFC3339), c.Period.End().Format(time.RFC3339), strconv.FormatInt(c.Size, 10),
				strconv.Itoa(t.Columns[column].From), strconv.Itoa(t.Columns[column].To), strconv.FormatInt(cell.Count, 10),
			}
			if values {
				fields = append(fields, c.base.Big().String(), cell.sum.Big().String(), t.Currency.Code())
			}
			fields = append(fields, t.rateText(i, column), strconv.FormatBool(cell.Complete))
			b = append(append(b, strings.Join(fields, ",")...), '\n')
		}
	}
	return b
}

// rateText returns the exact text of a rate, or "".
func (t *Table) rateText(cohort, column int) string {
	rate, err := t.Rate(cohort, column)
	if err != nil {
		return ""
	}
	return rate.Text()
}

// The JSON form. Sums and rates are texts, so that no reader makes a binary float of them.
type (
	tableJSON struct {
		Options  string       `json:"options"`
		Question string       `json:"question"`
		From     string       `json:"from"`
		Moved    bool         `json:"moved,omitempty"`
		AsOf     string       `json:"as_of"`
		Currency string       `json:"currency,omitempty"`
		Cohorts  []cohortJSON `json:"cohorts"`
		Pooled   []meanJSON   `json:"pooled"`
	}
	cohortJSON struct {
		Cohort string     `json:"cohort"`
		Start  string     `json:"start"`
		End    string     `json:"end"`
		Size   int64      `json:"size"`
		Base   string     `json:"base,omitempty"`
		Cells  []cellJSON `json:"cells"`
	}
	cellJSON struct {
		From     int    `json:"from"`
		To       int    `json:"to"`
		Count    int64  `json:"count"`
		Sum      string `json:"sum,omitempty"`
		Rate     string `json:"rate,omitempty"`
		Complete bool   `json:"complete"`
	}
	meanJSON struct {
		From       int    `json:"from"`
		To         int    `json:"to"`
		Rate       string `json:"rate,omitempty"`
		Cohorts    int    `json:"cohorts"`
		Incomplete int    `json:"incomplete"`
	}
)

// MarshalJSON returns the cells that exist, by cohort, and the pooled averages.
func (t *Table) MarshalJSON() ([]byte, error) {
	out := tableJSON{
		Options: t.Options.String(), Question: t.Question.String(),
		Moved: t.Moved, AsOf: t.AsOf.Format(time.RFC3339Nano), Currency: t.Currency.Code(),
		Cohorts: []cohortJSON{}, Pooled: []meanJSON{},
	}
	if len(t.Cohorts) > 0 {
		out.From = t.Cohorts[0].Period.Start().Format(time.RFC3339)
	}
	for i := range t.Cohorts {
		out.Cohorts = append(out.Cohorts, t.cohortJSON(i))
	}
	for column, periods := range t.Columns {
		m, err := t.Average(column, Pooled)
		mean := meanJSON{From: periods.From, To: periods.To, Cohorts: m.Cohorts, Incomplete: m.Incomplete}
		if err == nil {
			mean.Rate = m.Rate.Text()
		}
		out.Pooled = append(out.Pooled, mean)
	}
	return json.Marshal(out)
}

func (t *Table) cohortJSON(cohort int) cohortJSON {
	c := &t.Cohorts[cohort]
	out := cohortJSON{
		Cohort: c.label(), Start: c.Period.Start().Format(time.RFC3339), End: c.Period.End().Format(time.RFC3339),
		Size: c.Size, Cells: []cellJSON{},
	}
	values := t.Options.Value != ""
	if values {
		out.Base = c.base.Big().String()
	}
	for column, cell := range c.Cells {
		if !cell.Exists {
			continue
		}
		x := cellJSON{From: t.Columns[column].From, To: t.Columns[column].To, Count: cell.Count, Complete: cell.Complete, Rate: t.rateText(cohort, column)}
		if values {
			x.Sum = cell.sum.Big().String()
		}
		out.Cells = append(out.Cells, x)
	}
	return out
}
