package main

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

//go:embed page.html
var page string

// tile is a figure and what it is.
type tile struct{ Figure, Text string }

// writeHTML writes a page that needs nothing else: no script, no font, no picture.
func writeHTML(w io.Writer, a *analysis) error {
	t, err := template.New("page").Funcs(template.FuncMap{"charts": a.charts}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{
		"Title": a.title, "Heading": a.heading(), "Note": a.note, "Tiles": a.tiles(), "Tables": a.tables(),
		"Drawn": a.drawn, "Net": a.cohort == netMRR, "TilesOf": a.lastMonth().label,
	})
}

// lastMonth returns the last month that is complete, or else the last.
func (a *analysis) lastMonth() *month {
	if a.last < 0 {
		return &a.months[len(a.months)-1]
	}
	return &a.months[a.last]
}

func (a *analysis) tiles() []tile {
	m := a.lastMonth()
	r := m.retention[allSegments]
	return []tile{
		{whole(m.Levels.MRR), "MRR, " + a.currency.Code()},
		{whole(m.Levels.ARR()), "ARR, " + a.currency.Code()},
		{count(m.Customers.Closing), "customers"},
		{rateText(r.net), "net revenue retention"},
		{rateText(r.gross), "gross revenue retention"},
		{rateText(rateOf(m.CustomerChurn().Ratio())), "logo churn"},
	}
}

// whole writes an amount rounded to the main unit.
func whole(x ledger.Amount) string { return metric.Count(x.Decimal(0).IntPart()).String() }
