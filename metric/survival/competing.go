package survival

import (
	"iter"
	"slices"
	"sort"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
)

// Incidence is the cumulative incidence of several causes: which share has had each of them
// by a time. It is what to report instead of one minus a Kaplan–Meier curve that censors the
// other causes, which is too high.
type Incidence struct {
	unit   Unit
	o      Options
	level  float64
	z      float64
	causes []int32
	ticks  []tick
	surv   []float64   // of no event of any cause, by tick
	share  [][]float64 // by cause and tick
	vary   [][]float64 // variance of share
	events [][]float64
}

// IncidenceStep is the incidence of one cause from the time of a step on until the next.
type IncidenceStep struct {
	Time      float64
	AtRisk    float64  // just before Time
	Events    float64  // of this cause at Time
	Incidence Estimate // the probability of an event of this cause up to and including Time
}

// CumulativeIncidence returns the Aalen–Johansen estimate [1] for every cause. With n at
// risk, d events of all causes and d(k) of cause k at each time,
//
//	F(t, k) = ∑ S(t-) d(k)/n     S the Kaplan–Meier curve of all causes together
//
// The variance is of Greenwood's type, with multinomial events at each time [2]; for a single cause it is that
// of the Kaplan–Meier curve, and it equals the infinitesimal jackknife of R. Intervals are
// as [Options.Interval] says, for F itself. There can be at most 64 causes.
//
// It is [metric.EmptyPopulation] for no observations.
//
// [1] Aalen, Odd O.; Johansen, Søren (1978). An Empirical Transition Matrix for
// Non-Homogeneous Markov Chains Based on Censored Observations. Scandinavian Journal of
// Statistics 5 (3), 141-150.
//
// [2] Andersen, Per Kragh; Borgan, Ørnulf; Gill, Richard D.; Keiding, Niels (1993).
// Statistical Models Based on Counting Processes. Springer. Section IV.4.
func (s *Sample) CumulativeIncidence(o Options) (*Incidence, error) {
	level, z, err := o.check()
	switch {
	case err != nil:
		return nil, err
	case len(s.rows) == 0:
		return nil, undefinedf(metric.EmptyPopulation, "there are no observations")
	}
	causes, err := s.causes()
	if err != nil {
		return nil, err
	}
	c := &Incidence{unit: s.unit, o: o, level: level, z: z, causes: causes, ticks: s.ticks()}
	c.surv = make([]float64, len(c.ticks))
	surv := 1.0
	for i, t := range c.ticks {
		switch {
		case t.events == t.atRisk && t.events > 0:
			surv = 0
		case t.events > 0:
			surv *= (t.atRisk - t.events) / t.atRisk
		}
		c.surv[i] = surv
	}
	for _, cause := range causes {
		c.addCause(s, cause)
	}
	return c, nil
}

// causes returns the different causes of events, in order.
func (s *Sample) causes() ([]int32, error) {
	const most = 64
	var causes []int32
	for i := range s.rows {
		cause := s.rows[i].cause
		if cause == Censored {
			continue
		}
		if at, found := slices.BinarySearch(causes, cause); !found {
			causes = slices.Insert(causes, at, cause)
		}
		if len(causes) > most {
			return nil, inputErrorf("there are more than %d different causes", most)
		}
	}
	return causes, nil
}

// addCause computes the incidence of one cause with its variance. The variance follows the
// recursion of the pair (S, F) in time: with h = d(k)/n and u = 1 - d/n,
//
//	S' = uS    F' = F + hS
func (c *Incidence) addCause(s *Sample, cause int32) {
	n := len(c.ticks)
	share, vary, counts := make([]float64, n), make([]float64, n), make([]float64, n)
	var f, varF, varS, cov float64
	surv := 1.0
	for i, t := range c.ticks {
		var d float64
		for _, row := range s.rows[t.first:t.last] {
			if row.cause == cause {
				d += row.weight
			}
		}
		if t.events > 0 {
			h, all, u := d/t.atRisk, t.events/t.atRisk, (t.atRisk-t.events)/t.atRisk
			varF += 2*h*cov + h*h*varS + surv*surv*h*(1-h)/t.atRisk
			cov = u*(cov+h*varS) - surv*surv*h*u/t.atRisk
			varS = u*u*varS + surv*surv*all*u/t.atRisk
			f += surv * h
			surv = c.surv[i]
		}
		share[i], vary[i], counts[i] = min(f, 1), max(varF, 0), d
	}
	c.share, c.vary, c.events = append(c.share, share), append(c.vary, vary), append(c.events, counts)
}

// Unit returns the unit of the times.
func (c *Incidence) Unit() Unit { return c.unit }

// Causes returns the causes that occur, in order.
func (c *Incidence) Causes() []int {
	causes := make([]int, len(c.causes))
	for i, cause := range c.causes {
		causes[i] = int(cause)
	}
	return causes
}

// index returns the position of a cause, or -1.
func (c *Incidence) index(cause int) int {
	return slices.IndexFunc(c.causes, func(have int32) bool { return int(have) == cause })
}

// Steps yields the steps of a cause in order of time, one for every time of an exit. A cause
// that does not occur has none.
func (c *Incidence) Steps(cause int) iter.Seq[IncidenceStep] {
	return func(yield func(IncidenceStep) bool) {
		k := c.index(cause)
		if k < 0 {
			return
		}
		for i, t := range c.ticks {
			if !yield(IncidenceStep{Time: t.time, AtRisk: t.atRisk, Events: c.events[k][i], Incidence: c.estimate(k, i)}) {
				return
			}
		}
	}
}

func (c *Incidence) estimate(k, i int) Estimate {
	f := c.share[k][i]
	if f == 0 {
		return Estimate{StdErr: some(0), Level: c.level}
	}
	return c.o.probability(f, c.vary[k][i]/(f*f), c.level, c.z)
}

// At returns the probability of an event of the cause up to and including t. A cause that
// does not occur in the data is an [metric.ErrInput]. Beyond the end of observation it is
// [metric.InsufficientHistory], unless everybody had an event or [Options.Extend] is set.
func (c *Incidence) At(cause int, t float64) (Estimate, error) {
	k := c.index(cause)
	switch {
	case k < 0:
		return Estimate{}, inputErrorf("cause %d does not occur in the data", cause)
	case !(t >= 0 && t <= maxTime):
		return Estimate{}, inputErrorf("time %v is not a time", t)
	}
	n := len(c.ticks)
	i := sort.Search(n, func(i int) bool { return c.ticks[i].time > t })
	switch {
	case i == 0:
		return Estimate{StdErr: some(0), Level: c.level}, nil
	case i == n && t > c.ticks[n-1].time && c.surv[n-1] > 0 && !c.o.Extend:
		return Estimate{}, undefinedf(metric.InsufficientHistory, "nobody was observed at %s, the last one left at %s",
			c.unit.quantity(t), c.unit.quantity(c.ticks[n-1].time))
	}
	return c.estimate(k, i-1), nil
}

// Table returns the times of events as rows, with the incidence of each cause.
func (c *Incidence) Table() Table {
	t := Table{title: "Cumulative incidence", unit: c.unit, options: c.o.String()}
	t.columns = []string{"time", "at_risk"}
	for _, cause := range c.causes {
		name := "cause_" + strconv.Itoa(int(cause))
		t.columns = append(t.columns, name+"_events", name, name+"_lower", name+"_upper")
	}
	for i, tick := range c.ticks {
		if tick.events == 0 {
			continue
		}
		cells := []cell{numberCell(tick.time), numberCell(tick.atRisk)}
		for k := range c.causes {
			e := c.estimate(k, i)
			cells = append(append(cells, numberCell(c.events[k][i]), numberCell(e.Value)), limitCells(e)...)
		}
		t.add(cells...)
	}
	return t
}

// String returns [Incidence.Table] as text.
func (c *Incidence) String() string { return c.Table().String() }

// MarshalJSON returns [Incidence.Table] as JSON.
func (c *Incidence) MarshalJSON() ([]byte, error) { return c.Table().MarshalJSON() }
