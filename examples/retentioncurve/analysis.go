package main

import (
	"errors"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/survival"
)

// analysis is everything that a report shows.
type analysis struct {
	options
	title, note string
	all         *survival.Sample
	groups      []group // by name
	logRank     *survival.RankResult
	noLogRank   error // why there is no test; nil with a single group
	hazards     []hazard
	noHazards   error  // why there is no model; nil without anything to compare
	reference   string // the group that the others' hazards are ratios to, "" for a single one
}

// group is what is known of one group.
type group struct {
	name     string
	sample   *survival.Sample
	curve    *survival.Curve
	survival []figure // at options.at
	median   figure
	mean     figure // of the time up to the last of options.at
	lost     float64
	lostBy   float64 // the last time at which enough were at risk, 0 for none
}

// enough is how many at risk it takes for a curve to be quoted without its interval.
const enough = 30

// naive returns what is not to be used: the share that has churned, out of all.
func (g group) naive() float64 { return g.sample.Events() / g.sample.Total() }

// hazard is a row of the Cox model.
type hazard struct {
	name  string
	ratio figure
	p     float64
}

// figure is an estimate, or the reason why there is none.
type figure struct {
	survival.Estimate
	undefined metric.Reason
}

// figureOf takes a result of the library.
func figureOf(e survival.Estimate, err error) figure { return figure{e, reasonOf(err)} }

// reasonOf returns the reason in an error of the library, "" for none.
func reasonOf(err error) metric.Reason {
	var reason metric.Reason
	errors.As(err, &reason)
	return reason
}

// analyse computes the report.
func analyse(o options, s *subscribers) (*analysis, error) {
	a := &analysis{options: o, title: s.title, note: s.note}
	var err error
	if a.all, err = survival.New(o.unit, s.observations...); err != nil {
		return nil, err
	}
	groups, err := survival.GroupBy(o.unit, s.observations, func(i int) string { return s.groups[i] })
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		// Of the intervals, this one is best near 1, where many subscribers stay.
		curve, err := g.Sample.KaplanMeier(survival.Options{Level: o.level, Interval: survival.LogLogInterval})
		if err != nil {
			return nil, err
		}
		a.groups = append(a.groups, describe(g, curve, o.at))
	}
	if len(groups) > 1 {
		a.logRank, a.noLogRank = survival.RankTest(survival.RankOptions{}, groups...)
	}
	return a, a.compareHazards(s)
}

// describe reads the figures of a group off its curve.
func describe(g survival.Group, curve *survival.Curve, at []float64) group {
	d := group{name: g.Name, sample: g.Sample, curve: curve}
	for _, t := range at {
		d.survival = append(d.survival, figureOf(curve.Survival(t)))
	}
	median, err := curve.Median()
	d.median = figureOf(median.Estimate, err)
	mean, err := curve.RestrictedMean(at[len(at)-1])
	d.mean = figureOf(mean.Estimate, err)
	for step := range curve.Steps() {
		if step.AtRisk >= enough {
			d.lost, d.lostBy = 1-step.Survival.Value, step.Time
		}
	}
	return d
}

// compareHazards fits a Cox model of the groups, against the largest, and the covariate.
func (a *analysis) compareHazards(s *subscribers) error {
	var covariates []survival.Covariate
	if len(a.groups) > 1 {
		largest := a.groups[0]
		for _, g := range a.groups {
			if g.sample.Total() > largest.sample.Total() {
				largest = g
			}
		}
		a.reference = largest.name
	}
	for _, g := range a.groups {
		if len(a.groups) == 1 || g.name == a.reference {
			continue
		}
		c := survival.Covariate{Name: g.name, Values: make([]float64, len(s.groups))}
		for i, name := range s.groups {
			if name == g.name {
				c.Values[i] = 1
			}
		}
		covariates = append(covariates, c)
	}
	if s.covariate != nil {
		covariates = append(covariates, survival.Covariate{Name: a.covariate, Values: s.covariate})
	}
	if len(covariates) == 0 {
		return nil
	}
	model, err := a.all.Cox(covariates, survival.CoxOptions{Level: a.level})
	if errors.Is(err, metric.ErrUndefined) {
		a.noHazards = err
		return nil
	}
	if err != nil {
		return err // The covariate is constant, or says the same as the groups.
	}
	for i, c := range model.Coefficients() {
		a.hazards = append(a.hazards, hazard{c.Name, figureOf(model.HazardRatio(i)), c.P})
	}
	return nil
}
