package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/stage"
)

// modelView is the catalogue by the stages of a model.
type modelView struct {
	modelLine
	Unit     string      `json:"unit,omitzero"`
	Source   string      `json:"source,omitzero"`
	Warnings []string    `json:"warnings"`
	ByStage  []stageLine `json:"metrics_by_stage"`
	LeftOut  []string    `json:"left_out"`
}

// stageLine is a stage of the model and its metrics.
type stageLine struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Layer    int             `json:"layer"`
	Kind     stage.StageKind `json:"kind"`
	MapsTo   []stage.Stage   `json:"maps_to"`
	Unmapped string          `json:"unmapped,omitzero"`
	Rule     string          `json:"rule,omitzero"`
	Note     string          `json:"note,omitzero"`
	Metrics  []metricLine    `json:"metrics"`
}

type metricLine struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Question string `json:"question"`
}

func newModelView(m stage.Model) modelView {
	v := modelView{
		modelLine: newModelLine(m), Unit: m.Unit(), Source: m.Source(),
		Warnings: append([]string{}, warnings(m)...), ByStage: []stageLine{},
	}
	for s, metrics := range catalog.ByModel(m) {
		line := stageLine{
			ID: s.ID(), Name: s.Name(), Layer: s.Layer(), Kind: s.Kind(), MapsTo: slices.AppendSeq([]stage.Stage{}, s.MapsTo()),
			Unmapped: s.Unmapped(), Rule: s.Rule(), Note: s.Note(), Metrics: []metricLine{},
		}
		for _, d := range metrics {
			line.Metrics = append(line.Metrics, metricLine{d.ID(), d.Name(), d.Question()})
		}
		v.ByStage = append(v.ByStage, line)
	}
	v.LeftOut = leftOut(v.ByStage)
	return v
}

// writeModel shows the catalogue by the stages of a model.
func writeModel(w io.Writer, format string, m stage.Model) error {
	v := newModelView(m)
	switch format {
	case "json":
		return writeJSON(w, v)
	case "markdown":
		return v.writeMarkdown(w)
	}
	return v.writeText(w)
}

// facts says in a line what kind of model it is.
func (v modelView) facts() string {
	facts := []string{v.stages() + " stages", "order: " + v.Order.String(), "coverage: " + v.coverage()}
	if v.Unit != "" {
		facts = append(facts, "unit: "+v.Unit)
	}
	return strings.Join(facts, "; ")
}

// title returns the name with the year.
func (v modelView) title() string {
	if v.Year == 0 {
		return v.Name
	}
	return fmt.Sprintf("%s (%d)", v.Name, v.Year)
}

// mapping says to which of the six a stage corresponds.
func (s stageLine) mapping() string {
	text := "none: " + s.Unmapped
	if len(s.MapsTo) > 0 {
		text = joined(s.MapsTo)
	}
	if s.Kind != stage.Step {
		text += " (" + s.Kind.String() + ")"
	}
	return text
}

func (v modelView) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", v.title(), v.facts())
	if v.Source != "" {
		fmt.Fprintf(&b, "source: %s\n", v.Source)
	}
	for _, note := range v.Warnings {
		fmt.Fprintf(&b, "  ! %s\n", note)
	}
	for _, s := range v.ByStage {
		fmt.Fprintf(&b, "\n%s%s -> %s, %d metrics\n", strings.Repeat("  ", s.Layer-1), s.Name, s.mapping(), len(s.Metrics))
		for _, note := range []string{s.Rule, s.Note} {
			if note != "" {
				fmt.Fprintf(&b, "  (%s)\n", note)
			}
		}
		writeMetrics(&b, s.Metrics)
	}
	if len(v.LeftOut) > 0 {
		fmt.Fprintf(&b, "\nAt no stage of this model: %d metrics\n", len(v.LeftOut))
		for _, id := range v.LeftOut {
			fmt.Fprintf(&b, "  %s\n", id)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeMetrics writes metrics in aligned columns.
func writeMetrics(b *strings.Builder, metrics []metricLine) {
	var id, name int
	for _, d := range metrics {
		id, name = max(id, len(d.ID)), max(name, len(d.Name))
	}
	for _, d := range metrics {
		fmt.Fprintf(b, "  %-*s  %-*s  %s\n", id, d.ID, name, d.Name, d.Question)
	}
}

func (v modelView) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n", markdown(v.title()), markdown(v.facts()))
	if v.Source != "" {
		fmt.Fprintf(&b, "\nSource: %s.\n", markdown(strings.TrimSuffix(v.Source, ".")))
	}
	if len(v.Warnings) > 0 {
		b.WriteByte('\n')
	}
	for _, note := range v.Warnings {
		fmt.Fprintf(&b, "- %s\n", markdown(note))
	}
	for _, s := range v.ByStage {
		fmt.Fprintf(&b, "\n%s %s\n\nMaps to %s.\n", strings.Repeat("#", min(s.Layer+1, 6)), markdown(s.Name), markdown(s.mapping()))
		for _, note := range []string{s.Rule, s.Note} {
			if note != "" {
				fmt.Fprintf(&b, "\n%s\n", markdown(note))
			}
		}
		if len(s.Metrics) == 0 {
			continue
		}
		b.WriteByte('\n')
		t := table{head: []string{"id", "name", "question"}}
		for _, d := range s.Metrics {
			t.add(d.ID, d.Name, d.Question)
		}
		if err := t.writeMarkdown(&b); err != nil {
			return err
		}
	}
	if len(v.LeftOut) > 0 {
		fmt.Fprintf(&b, "\n## At no stage of this model\n\n")
		for _, id := range v.LeftOut {
			fmt.Fprintf(&b, "- %s\n", markdown(id))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
