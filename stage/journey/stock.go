package journey

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// Stock is the number of customers in a stage at an instant.
type Stock struct {
	Stage     stage.ModelStage // the zero ModelStage for customers who are in none, or no longer
	Customers metric.Count
}

// At returns how many customers are in each stage at an instant: first those in none, who
// had been in one, then the stages in the order of the model. These add up to the customers
// who entered a stage by then, except for flags, whose customers are in a stage besides.
func (t *Tracker) At(asOf time.Time) ([]Stock, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return nil, err
	}
	n := len(t.plan.stages)
	var counts sums
	t.each(now, func(bucket uint8, f *folder) {
		if len(f.visits) == 0 && len(f.flags) == 0 {
			return
		}
		count := counts.of(bucket, n)
		if v := f.current(); v != nil {
			count[v.stage]++
		} else {
			count[0]++
		}
		for _, i := range f.raised {
			count[f.flags[i].stage]++
		}
	})
	return t.stocks(counts.total(n)), nil
}

// Reached returns how many customers ever entered each stage up to an instant. Stages that
// are passed over count as reached only if [Options.Skipping] backfills. Do not divide one
// by another, see [Tracker.Conversion].
func (t *Tracker) Reached(asOf time.Time) ([]Stock, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return nil, err
	}
	n := len(t.plan.stages)
	var counts sums
	t.each(now, func(bucket uint8, f *folder) {
		count := counts.of(bucket, n)
		var seen [maxStages + 1]bool
		for _, list := range [...][]visit{f.visits, f.flags} {
			for i := range list {
				if s := list[i].stage; !seen[s] {
					seen[s] = true
					count[s]++
				}
			}
		}
	})
	return t.stocks(counts.total(n))[1:], nil
}

func (t *Tracker) stocks(counts []int64) []Stock {
	list := make([]Stock, len(counts))
	for i, n := range counts {
		list[i] = Stock{t.plan.stages[i], metric.Count(n)}
	}
	return list
}

// Flow is what happened to the stock of a stage in a period:
//
//	closing = opening + entries - exits
type Flow struct {
	Period  metric.Period
	Stage   stage.ModelStage
	Opening metric.Count // in the stage just before the period
	Entries metric.Count // visits that begin in it
	Exits   metric.Count // visits that end in it
	Closing metric.Count // in the stage just before its end
}

// Flows returns the flow of each stage in each period, by period and stage. A visit that
// begins and ends in a period is an entry and an exit; backfilled visits are neither.
// The error is a metric.ErrInput for no period or one out of range.
func (t *Tracker) Flows(periods ...metric.Period) ([]Flow, error) {
	last := int64(0)
	bounds := make([][2]int64, len(periods))
	for i, p := range periods {
		from, err := intake.CheckInstant("instant", p.Start())
		if err != nil {
			return nil, err
		}
		to, err := intake.CheckInstant("instant", p.End())
		if err != nil {
			return nil, err
		}
		bounds[i] = [2]int64{from, to}
		last = max(last, to)
	}
	if len(periods) == 0 {
		return nil, intake.Errorf("periods", "there are none")
	}
	n := len(t.plan.stages)
	const opening, entries, exits, closing, kinds = 0, 1, 2, 3, 4
	var counts sums
	t.each(last, func(bucket uint8, f *folder) {
		count := counts.of(bucket, len(periods)*n*kinds)
		for _, list := range [...][]visit{f.visits, f.flags} {
			for i := range list {
				v := &list[i]
				if v.backfilled {
					continue
				}
				for p, b := range bounds {
					at := count[(p*n+int(v.stage))*kinds:]
					at[opening] += int64(truth(v.enter < b[0] && v.leave >= b[0]))
					at[entries] += int64(truth(v.enter >= b[0] && v.enter < b[1]))
					at[exits] += int64(truth(v.leave >= b[0] && v.leave < b[1]))
					at[closing] += int64(truth(v.enter < b[1] && v.leave >= b[1]))
				}
			}
		}
	})
	total := counts.total(len(periods) * n * kinds)
	var list []Flow
	for p := range periods {
		for s := 1; s < n; s++ {
			c := total[(p*n+s)*kinds:]
			flow := Flow{periods[p], t.plan.stages[s], metric.Count(c[opening]), metric.Count(c[entries]), metric.Count(c[exits]), metric.Count(c[closing])}
			if flow.Closing != flow.Opening+flow.Entries-flow.Exits {
				return nil, fmt.Errorf("flow of %s in %s does not add up: %+v", flow.Stage, flow.Period, flow)
			}
			list = append(list, flow)
		}
	}
	return list, nil
}

// Times are how long customers are in a stage.
type Times struct {
	Stage stage.ModelStage

	// Closed are the times of visits that have ended, in seconds. Their mean is biased
	// down, since long visits are more often open: see Open.
	Closed metric.Distribution[metric.Duration]

	// Open are the times that visits have lasted so far that have not ended. They are
	// censored observations; package survival makes a curve of both.
	Open metric.Distribution[metric.Duration]
}

// Times returns the times of all visits of a stage up to an instant. Visits that were
// backfilled have no time and are left out.
func (t *Tracker) Times(id string, asOf time.Time) (Times, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return Times{}, err
	}
	s, err := t.plan.position("stage", id)
	if err != nil {
		return Times{}, err
	}
	if s == 0 {
		return Times{}, intake.Errorf("stage", "no stage has no time in it")
	}
	var closed, open sums
	t.each(now, func(bucket uint8, f *folder) {
		for _, list := range [...][]visit{f.visits, f.flags} {
			for i := range list {
				switch v := &list[i]; {
				case v.stage != s || v.backfilled:
				case v.open():
					open[bucket] = append(open[bucket], now-v.enter)
				default:
					closed[bucket] = append(closed[bucket], v.leave-v.enter)
				}
			}
		}
	})
	times := Times{Stage: t.plan.stages[s]}
	if times.Closed, err = durations(&closed); err != nil {
		return Times{}, err
	}
	times.Open, err = durations(&open)
	return times, err
}

func durations(parts *sums) (metric.Distribution[metric.Duration], error) {
	list := slices.Concat(parts[:]...)
	slices.SortFunc(list, cmp.Compare)
	return metric.DistributionFromUnits[metric.Duration](list, 9, metric.Currency{})
}
