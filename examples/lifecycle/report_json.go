package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// The JSON report. Values are exact texts, as the metric package writes them.
type jsonReport struct {
	Version  string       `json:"version"` // of the catalogue
	Source   jsonSource   `json:"source"`
	Zone     string       `json:"zone"`
	Periods  []jsonPeriod `json:"periods"`
	Segments jsonSegments `json:"segments"`
	Results  []jsonResult `json:"results"`
	ToGet    []jsonStep   `json:"to_get_more"`
}

type jsonSource struct {
	Name     string `json:"name"`
	Note     string `json:"note,omitempty"`
	Lines    int    `json:"lines"`
	BadLines int    `json:"bad_lines"`
	Events   int    `json:"events"`
	First    string `json:"first"`
	Last     string `json:"last"`
}

type jsonPeriod struct {
	Period     string `json:"period"`
	Start      string `json:"start"`
	End        string `json:"end"` // not in it
	Incomplete bool   `json:"incomplete"`
}

type jsonSegments struct {
	Column string   `json:"column"`
	Values []string `json:"values"`
}

type jsonResult struct {
	Metric    string        `json:"metric"`
	Name      string        `json:"name"`
	Stage     string        `json:"stage"`
	Period    string        `json:"period"`
	Segment   *string       `json:"segment"` // null is all of them together
	Value     *metric.Value `json:"value,omitempty"`
	Undefined string        `json:"undefined,omitempty"`
	Unit      string        `json:"unit"`
}

type jsonStep struct {
	Events     []string `json:"events,omitempty"`     // to capture
	Attributes []string `json:"attributes,omitempty"` // base metrics that need more of the events captured
	Figures    []string `json:"figures,omitempty"`    // base metrics to supply
	Unlocks    []string `json:"unlocks"`
}

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, a *analysis) error {
	r := jsonReport{
		Version: catalog.Version,
		Source: jsonSource{
			Name: a.source.name, Note: a.source.note, Lines: a.source.lines, BadLines: a.source.bad, Events: a.events,
			First: a.first.Format(time.RFC3339Nano), Last: a.last.Format(time.RFC3339Nano),
		},
		Zone:     a.zone.String(),
		Segments: jsonSegments{Column: a.column, Values: append([]string{}, a.segments...)},
		Results:  []jsonResult{},
		ToGet:    []jsonStep{},
	}
	for _, p := range a.periods {
		r.Periods = append(r.Periods, jsonPeriod{
			Period: p.label, Start: p.Start().Format(time.RFC3339), End: p.End().Format(time.RFC3339), Incomplete: p.incomplete,
		})
	}
	for f := range a.flat() {
		result := jsonResult{
			Metric: f.def.ID(), Name: f.def.Name(), Stage: f.def.Stage().String(), Period: f.period.label,
			Segment: f.segment, Undefined: string(f.reason), Unit: f.def.Unit(),
		}
		if f.reason == "" {
			result.Value = &f.value
		}
		r.Results = append(r.Results, result)
	}
	for _, s := range a.plan {
		r.ToGet = append(r.ToGet, s.json())
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func (s step) json() jsonStep {
	var j jsonStep
	for _, n := range s.needs {
		switch n.kind {
		case needEvent:
			j.Events = append(j.Events, n.name)
		case needAttribute:
			j.Attributes = append(j.Attributes, n.name)
		case needFigure:
			j.Figures = append(j.Figures, n.name)
		}
	}
	for _, d := range s.metrics {
		j.Unlocks = append(j.Unlocks, d.ID())
	}
	return j
}
