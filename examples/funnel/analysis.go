package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// analysis is everything that a report shows.
type analysis struct {
	log        *eventLog
	sample     bool
	asOf       time.Time
	loc        *time.Location
	events     int // that count
	later      int // events from as-of on, which do not
	duplicates int64
	persons    int // users, and visitors who are no known user
	joined     int // anonymous and former ids that belong to a user
	funnel     *funnel.Table
	activation *activation // nil if nobody asked
}

// activation is who did what was asked for in time.
type activation struct {
	rule      string
	all       engagement.Cohort // of all time
	cohorts   []cohort
	customers []engagement.Started

	// Of those whose time is over: of the others the slow ones would be missing yet.
	times    metric.Distribution[metric.Duration]
	criteria []engagement.CriterionCount
}

// cohort is the people who started in one period.
type cohort struct {
	engagement.Cohort
	times metric.Distribution[metric.Duration]
}

// label names the period, without the zone, which is the same for all.
func (c *cohort) label() string {
	name, _, _ := strings.Cut(c.Period.String(), "[")
	return name
}

// median is the median time to be activated. A cohort that is not mature has none: its
// slow ones would be missing.
func (c *cohort) median() (metric.Value, error) {
	if !c.Mature {
		return metric.Value{}, metric.NotMature
	}
	return c.times.Median()
}

// open returns how many may still be activated.
func (a *activation) open() int64 { return open(&a.all) }

func open(c *engagement.Cohort) int64 {
	return (c.Started - c.MatureStarted) - (c.Activated - c.MatureActivated)
}

// analyse feeds the events to the two calculators and asks for all that is reported.
func analyse(o options, l *eventLog) (*analysis, error) {
	a := &analysis{log: l, sample: o.file == "", loc: o.loc, asOf: o.asOf, joined: len(l.people)}
	if a.asOf.IsZero() {
		a.asOf = l.latest.Truncate(time.Second).Add(time.Second) // so that the last one counts
	}
	f, err := funnel.New(funnel.Options{
		Steps: o.steps, Order: o.order, Window: o.window, Attempts: o.attempts,
		Breakdown: funnel.Breakdown{Attribute: o.by, At: funnel.FirstValue},
	})
	if err != nil {
		return nil, err
	}
	act, err := newActivation(o)
	if err != nil {
		return nil, err
	}
	persons := map[string]bool{}
	for i := range l.events {
		e := &l.events[i]
		if !e.Time.Before(a.asOf) {
			a.later++
			continue
		}
		a.events++
		persons[e.Subject(event.User)] = true
		f.Add(e)
		if act != nil {
			act.Add(e)
		}
	}
	if a.events == 0 {
		return nil, fmt.Errorf("-as-of: all events in %s are later than %s", l.file, a.asOf.In(o.loc).Format(time.RFC3339))
	}
	a.persons = len(persons)
	a.funnel = f.Table(funnel.Query{AsOf: a.asOf, Times: true})
	if g := a.funnel.Groups; o.by != "" && len(g) == 1 && g[0].Value == "" {
		return nil, fmt.Errorf("-by: no event that is a step has an attribute %s", quoted(o.by))
	}
	a.duplicates = f.Report().Duplicates
	l.refuseEvents("in the funnel", f.Report())
	if act != nil {
		l.refuseEvents("in activation", act.Report())
		if a.activation, err = activationOf(act, o, a.asOf); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// refuseEvents takes over what a calculator refused, such as times in the year 3000.
func (l *eventLog) refuseEvents(where string, r event.Report) {
	for _, x := range r.Refused {
		l.refused = append(l.refused, refusal{x.Reason, int(x.Count), where + ": event " + quoted(x.Event) + ": " + x.First})
	}
}

// newActivation returns nil if there is no rule.
func newActivation(o options) (*engagement.Activation, error) {
	if len(o.goals) == 0 {
		return nil, nil
	}
	options := engagement.ActivationOptions{Start: o.start, Window: o.within}
	for _, g := range o.goals {
		options.Criteria = append(options.Criteria, engagement.Criterion{Name: g.String(), Rule: g.rule, AtLeast: g.times})
	}
	return engagement.NewActivation(options)
}

// maxCohorts is the most cohorts that are reported. More are nearly always a wrong date.
const maxCohorts = 1000

func activationOf(act *engagement.Activation, o options, asOf time.Time) (*activation, error) {
	var names []string
	for _, g := range o.goals {
		names = append(names, g.String())
	}
	a := &activation{rule: fmt.Sprintf("%s within %s of %s", strings.Join(names, " and "), metric.FromStd(o.within), o.start)}
	q := engagement.ActivationQuery{AsOf: asOf}
	a.customers = slices.Collect(act.All(q))
	periods, err := cohortPeriods(a.customers, o, asOf)
	if err != nil {
		return nil, err
	}
	all, err := act.Cohorts(q)
	if err != nil {
		return nil, err
	}
	a.all = all[0]
	if len(periods) == 0 {
		return a, nil
	}
	// The time is over for those who started before as-of less the window.
	if mature, err := metric.Between(periods[0].Start(), asOf.Add(-o.within)); err == nil {
		if a.times, err = act.Times(mature); err != nil {
			return nil, err
		}
		if a.criteria, err = act.Criteria(mature); err != nil {
			return nil, err
		}
	}
	cohorts, err := act.Cohorts(q, periods...)
	if err != nil {
		return nil, err
	}
	for _, c := range cohorts {
		times, err := act.Times(c.Period)
		if err != nil {
			return nil, err
		}
		a.cohorts = append(a.cohorts, cohort{c, times})
	}
	return a, nil
}

// cohortPeriods are the weeks or so from the first start up to as-of.
func cohortPeriods(customers []engagement.Started, o options, asOf time.Time) ([]metric.Period, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	earliest := slices.MinFunc(customers, func(a, b engagement.Started) int { return a.Start.Compare(b.Start) })
	all, err := metric.Periods(earliest.Start, asOf, o.cohort, o.loc)
	if err != nil {
		return nil, err
	}
	var periods []metric.Period
	for p := range all {
		if len(periods) == maxCohorts {
			return nil, fmt.Errorf("more than %d cohorts from %s, when %s started; choose a longer -cohort", maxCohorts, earliest.Start.Format(time.DateOnly), quoted(earliest.Customer))
		}
		periods = append(periods, p)
	}
	return periods, nil
}
