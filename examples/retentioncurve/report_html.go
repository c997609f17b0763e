package main

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var page string

// writeHTML writes a page that needs nothing else: no script, no font, no picture.
func writeHTML(w io.Writer, a *analysis) error {
	t, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{
		"Title": a.title, "Heading": a.heading(), "Note": a.note, "Tables": a.tables(),
		"Groups": a.groupNames(),
		// One is shown: on a phone, letters of a shrunk chart would be too small.
		"Charts": []chart{a.chart("wide", 760, 340), a.chart("narrow", 350, 260)},
	})
}

func (a *analysis) groupNames() []string {
	var names []string
	for _, g := range a.groups {
		names = append(names, g.name)
	}
	return names
}
