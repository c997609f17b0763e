package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var page string

// writeHTML writes a page that needs nothing else: no script, no font, no picture.
func writeHTML(w io.Writer, a *analysis) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"px":   func(v float64) string { return fmt.Sprintf("%.1f", v) },
		"heat": func(v float64) string { return fmt.Sprintf("%.2f", 0.05+0.5*v) },
	}).Parse(page)
	if err != nil {
		return err
	}
	var grids []string
	for _, view := range a.grids() {
		text, err := a.grid.Text(view)
		if err != nil {
			return err
		}
		grids = append(grids, text)
	}
	return t.Execute(w, map[string]any{
		"Title": a.title, "Heading": a.heading(), "Assumptions": a.assumptions(), "Pictures": a.pictures(),
		"Legends":  [][]string{{"share of customers", "share of revenue"}, {"share of customers", "share of predicted value"}, {"bought", "expected"}},
		"Segments": a.segmentTable(), "Grids": grids, "GridNotes": a.gridNotes(),
		"Channels": a.channelTable(), "Customers": a.customerTable(), "Check": a.checkTable(), "Trust": a.trustTable(),
	})
}
