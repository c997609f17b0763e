package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/openlifecycle/lifecycle/stage"
)

// modelLine is one model in the list.
type modelLine struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Year   int           `json:"year,omitzero"` // 0 where it is not stated
	Stages int           `json:"stages"`
	Layers int           `json:"layers"`
	Order  stage.Order   `json:"order"`
	Covers []stage.Stage `json:"covers"`
	Lacks  []stage.Stage `json:"lacks"`
}

func newModelLine(m stage.Model) modelLine {
	line := modelLine{
		ID: m.ID(), Name: m.Name(), Year: m.Year(), Stages: m.Len(), Order: m.Order(),
		Covers: listOf(m.Coverage()), Lacks: listOf(m.Coverage().Missing()),
	}
	for s := range m.Stages() {
		line.Layers = max(line.Layers, s.Layer())
	}
	return line
}

// listOf returns the stages of a set, never nil.
func listOf(set stage.Set) []stage.Stage {
	return slices.AppendSeq([]stage.Stage{}, set.All())
}

// year returns the year in words for a list.
func (l modelLine) year() string {
	if l.Year == 0 {
		return "-"
	}
	return strconv.Itoa(l.Year)
}

// stages returns the number of stages, and of layers if there are several.
func (l modelLine) stages() string {
	if l.Layers > 1 {
		return fmt.Sprintf("%d in %d layers", l.Stages, l.Layers)
	}
	return strconv.Itoa(l.Stages)
}

// coverage says which of the six stages the model has.
func (l modelLine) coverage() string {
	if len(l.Lacks) == 0 {
		return "all six"
	}
	return fmt.Sprintf("%d of 6, not %s", len(l.Covers), joined(l.Lacks))
}

// writeModels lists the published models.
func writeModels(w io.Writer, format string) error {
	var lines []modelLine
	for m := range stage.Models() {
		lines = append(lines, newModelLine(m))
	}
	if format == "json" {
		return writeJSON(w, struct {
			Models []modelLine `json:"models"`
		}{lines})
	}
	t := table{head: []string{"id", "name", "year", "stages", "order", "coverage of the six"}}
	for _, l := range lines {
		t.add(l.ID, l.Name, l.year(), l.stages(), l.Order.String(), l.coverage())
	}
	return t.write(w, format)
}
