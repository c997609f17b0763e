package main

import (
	"encoding/json"
	"io"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/survival"
)

// The JSON report. Shares are fractions of 1.
type jsonReport struct {
	Title       string       `json:"title"`
	Note        string       `json:"note,omitempty"`
	Unit        string       `json:"unit"`
	Level       number       `json:"level"`
	By          string       `json:"by"`
	Subscribers number       `json:"subscribers"`
	Churned     number       `json:"churned"`
	Groups      []jsonGroup  `json:"groups"`
	LogRank     *jsonTest    `json:"log_rank,omitempty"`
	Hazards     *jsonHazards `json:"hazard_ratios,omitempty"`
}

type jsonGroup struct {
	Name           string     `json:"name"`
	Subscribers    number     `json:"subscribers"`
	Churned        number     `json:"churned"`
	ChurnedShare   number     `json:"churned_share"`
	Survival       []jsonAt   `json:"survival"`
	Median         jsonFigure `json:"median"`
	RestrictedMean jsonAt     `json:"restricted_mean"` // of the time up to time
	Curve          []jsonStep `json:"curve"`
}

type jsonFigure struct {
	Value     *number       `json:"value"`
	Lower     *number       `json:"lower"`
	Upper     *number       `json:"upper"`
	Undefined metric.Reason `json:"undefined,omitempty"`
}

type jsonAt struct {
	Time number `json:"time"`
	jsonFigure
}

type jsonStep struct {
	Time     number  `json:"time"`
	AtRisk   number  `json:"at_risk"`
	Churned  number  `json:"churned"`
	Censored number  `json:"censored"`
	Survival number  `json:"survival"`
	Lower    *number `json:"lower"`
	Upper    *number `json:"upper"`
}

type jsonTest struct {
	ChiSquared *number       `json:"chi_squared"`
	DF         int           `json:"df"`
	P          *number       `json:"p"`
	Undefined  metric.Reason `json:"undefined,omitempty"`
}

type jsonHazards struct {
	Reference string        `json:"reference,omitempty"`
	Terms     []jsonHazard  `json:"terms"`
	Undefined metric.Reason `json:"undefined,omitempty"`
}

type jsonHazard struct {
	Term string `json:"term"`
	jsonFigure
	P number `json:"p"`
}

// number is written with the digits that are the same on every machine.
type number float64

func (n number) MarshalJSON() ([]byte, error) { return json.Marshal(json.Number(digits(float64(n)))) }

func some(v float64) *number { n := number(v); return &n }

func optional(o survival.Optional) *number {
	if !o.Valid {
		return nil
	}
	return some(o.Value)
}

func (f figure) json() jsonFigure {
	j := jsonFigure{Lower: optional(f.Lower), Upper: optional(f.Upper), Undefined: f.undefined}
	if f.undefined == "" {
		j.Value = some(f.Value)
	}
	return j
}

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, a *analysis) error {
	r := jsonReport{
		Title: a.title, Note: a.note, Unit: a.unit.String(), Level: number(a.level), By: a.by,
		Subscribers: number(a.all.Total()), Churned: number(a.all.Events()),
	}
	for _, g := range a.groups {
		r.Groups = append(r.Groups, g.json(a.at))
	}
	switch {
	case a.logRank != nil:
		r.LogRank = &jsonTest{ChiSquared: some(a.logRank.ChiSquare), DF: a.logRank.DF, P: some(a.logRank.P)}
	case a.noLogRank != nil:
		r.LogRank = &jsonTest{Undefined: reasonOf(a.noLogRank)}
	}
	if len(a.hazards) > 0 || a.noHazards != nil {
		r.Hazards = &jsonHazards{Reference: a.reference, Terms: []jsonHazard{}, Undefined: reasonOf(a.noHazards)}
		for _, h := range a.hazards {
			r.Hazards.Terms = append(r.Hazards.Terms, jsonHazard{h.name, h.ratio.json(), number(h.p)})
		}
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

func (g group) json(at []float64) jsonGroup {
	j := jsonGroup{
		Name: g.name, Subscribers: number(g.sample.Total()), Churned: number(g.sample.Events()), ChurnedShare: number(g.naive()),
		Median: g.median.json(), RestrictedMean: jsonAt{number(at[len(at)-1]), g.mean.json()},
	}
	for i, f := range g.survival {
		j.Survival = append(j.Survival, jsonAt{number(at[i]), f.json()})
	}
	for s := range g.curve.Steps() {
		j.Curve = append(j.Curve, jsonStep{
			Time: number(s.Time), AtRisk: number(s.AtRisk), Churned: number(s.Events), Censored: number(s.Censored),
			Survival: number(s.Survival.Value), Lower: optional(s.Survival.Lower), Upper: optional(s.Survival.Upper),
		})
	}
	return j
}
