package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// The JSON report. Amounts are in the main unit of the currency, as text, and shares are
// fractions of 1.
type jsonReport struct {
	Title     string       `json:"title"`
	Currency  string       `json:"currency"`
	Zone      string       `json:"zone"`
	AsOf      time.Time    `json:"as_of"`
	Known     *time.Time   `json:"known,omitempty"`
	Preset    string       `json:"preset,omitempty"`
	Rules     string       `json:"rules"` // those that differ from the default
	Rates     string       `json:"rates,omitempty"`
	Catalogue string       `json:"catalogue"` // version of net and gross revenue retention
	By        string       `json:"by,omitempty"`
	Months    []jsonMonth  `json:"months"`
	Cohorts   []jsonCohort `json:"cohorts"`
}

type jsonMonth struct {
	Month    string        `json:"month"`
	Complete bool          `json:"complete"`
	All      jsonFigures   `json:"all"`
	Segments []jsonSegment `json:"segments,omitempty"`
	Losses   []jsonLoss    `json:"losses"`
}

type jsonSegment struct {
	Segment string      `json:"segment"`
	Figures jsonFigures `json:"figures"`
}

type jsonLoss struct {
	Class  string `json:"class"`
	Reason string `json:"reason"`
	Text   string `json:"text,omitempty"`
	Count  int64  `json:"count"`
	Amount string `json:"amount"`
}

type jsonCohort struct {
	FirstPaid string     `json:"first_paid"`
	Customers int64      `json:"customers"`
	MRR       string     `json:"mrr"`
	Cells     []jsonCell `json:"cells"`
}

type jsonCell struct {
	Month    string      `json:"month"`
	Complete bool        `json:"complete"`
	Figures  jsonFigures `json:"figures"`
}

// jsonFigures are texts by name or, where there is no value, an object with the reason.
type jsonFigures map[string]any

type undefined struct {
	Undefined metric.Reason `json:"undefined"`
}

func jsonOf(list []figure) jsonFigures {
	j := jsonFigures{}
	for _, f := range list {
		if j[f.name] = f.value; f.undefined != "" {
			j[f.name] = undefined{f.undefined}
		}
	}
	return j
}

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, a *analysis) error {
	r := jsonReport{
		Title: a.title, Currency: a.currency.Code(), Zone: a.loc.String(), AsOf: a.asOf, Preset: a.preset, Rules: a.rules.String(),
		Rates: a.source, Catalogue: catalog.Version, By: a.by, Cohorts: []jsonCohort{},
	}
	if !a.known.IsZero() {
		r.Known = &a.known
	}
	for i := range a.months {
		r.Months = append(r.Months, a.jsonMonth(&a.months[i]))
	}
	for i := range a.cohorts {
		r.Cohorts = append(r.Cohorts, a.jsonCohort(&a.cohorts[i]))
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func (a *analysis) jsonMonth(m *month) jsonMonth {
	j := jsonMonth{Month: m.label, Complete: !m.Incomplete, All: jsonOf(a.figures(&m.Row, m.retention[allSegments])), Losses: []jsonLoss{}}
	for _, s := range a.segments {
		row := m.segments[s]
		j.Segments = append(j.Segments, jsonSegment{s, jsonOf(a.figures(&row, m.retention[s]))})
	}
	for _, l := range losses(&m.Row) {
		j.Losses = append(j.Losses, jsonLoss{l.Class.String(), string(l.Reason), l.Text, l.Count, a.money("", l.Amount).value})
	}
	return j
}

func (a *analysis) jsonCohort(c *ledger.Cohort) jsonCohort {
	j := jsonCohort{FirstPaid: labelOf(c.Period), Customers: c.Customers, MRR: a.money("", c.MRR).value}
	for i := range c.Cells {
		j.Cells = append(j.Cells, jsonCell{labelOf(c.Cells[i].Period), c.Cells[i].Complete, jsonOf(a.cellFigures(&c.Cells[i]))})
	}
	return j
}
