package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// The JSON report. Rates and seconds are exact texts, so that no reader makes a binary
// float of them.
type jsonReport struct {
	Source     string          `json:"source"`
	MadeUp     bool            `json:"made_up,omitempty"`
	AsOf       time.Time       `json:"as_of"`
	Zone       string          `json:"zone"`
	Lines      int             `json:"lines"`
	Events     int             `json:"events"`
	Later      int             `json:"later"`
	Duplicates int64           `json:"duplicates"`
	People     int             `json:"people"`
	Joined     int             `json:"joined_ids"`
	Funnel     *funnel.Table   `json:"funnel"`
	Activation *jsonActivation `json:"activation,omitempty"`
	Refused    []refusal       `json:"refused"`
}

type jsonActivation struct {
	Rule            string          `json:"rule"`
	Started         int64           `json:"started"`
	Activated       int64           `json:"activated"`
	Open            int64           `json:"open"`
	MatureStarted   int64           `json:"mature_started"`
	MatureActivated int64           `json:"mature_activated"`
	RateOfMature    string          `json:"rate_of_mature,omitempty"`
	MedianSeconds   string          `json:"median_seconds,omitempty"` // of those whose time is over, as criteria
	Criteria        []jsonCriterion `json:"criteria"`
	Cohorts         []jsonCohort    `json:"cohorts"`
	Customers       []jsonCustomer  `json:"customers"`
}

type jsonCriterion struct {
	Name string `json:"name"`
	Met  int64  `json:"met"`
}

type jsonCohort struct {
	Cohort        string    `json:"cohort"`
	Start         time.Time `json:"start"`
	End           time.Time `json:"end"` // not in it
	Mature        bool      `json:"mature"`
	Started       int64     `json:"started"`
	Activated     int64     `json:"activated"`
	Open          int64     `json:"open"`
	Rate          string    `json:"rate,omitempty"`           // of a mature cohort
	MedianSeconds string    `json:"median_seconds,omitempty"` // of a mature cohort
}

type jsonCustomer struct {
	Customer     string    `json:"customer"`
	Started      time.Time `json:"started"`
	Mature       bool      `json:"mature"`
	Activated    bool      `json:"activated"`
	AfterSeconds string    `json:"after_seconds,omitempty"`
}

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, a *analysis) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(jsonReport{
		Source: a.log.file, MadeUp: a.sample, AsOf: a.asOf, Zone: a.loc.String(), Lines: a.log.lines, Events: a.events,
		Later: a.later, Duplicates: a.duplicates, People: a.persons, Joined: a.joined,
		Funnel: a.funnel, Activation: a.activation.json(), Refused: a.log.causes(),
	})
}

func (a *activation) json() *jsonActivation {
	if a == nil {
		return nil
	}
	j := &jsonActivation{
		Rule: a.rule, Started: a.all.Started, Activated: a.all.Activated, Open: a.open(),
		MatureStarted: a.all.MatureStarted, MatureActivated: a.all.MatureActivated,
		RateOfMature: ratio(a.all.RateOfMature()), MedianSeconds: seconds(a.times.Median()),
		Cohorts: []jsonCohort{}, Customers: []jsonCustomer{},
	}
	for _, c := range a.criteria {
		j.Criteria = append(j.Criteria, jsonCriterion{c.Name, c.Met})
	}
	for i := range a.cohorts {
		c := &a.cohorts[i]
		j.Cohorts = append(j.Cohorts, jsonCohort{
			Cohort: c.label(), Start: c.Period.Start(), End: c.Period.End(), Mature: c.Mature,
			Started: c.Started, Activated: c.Activated, Open: open(&c.Cohort), Rate: ratio(c.Rate()), MedianSeconds: seconds(c.median()),
		})
	}
	for _, c := range a.customers {
		x := jsonCustomer{Customer: c.Customer, Started: c.Start, Mature: c.Mature, Activated: c.Activated}
		if c.Activated {
			x.AfterSeconds = c.Took.Seconds().String()
		}
		j.Customers = append(j.Customers, x)
	}
	return j
}
