package survival

import (
	"cmp"
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
)

// Range says within which times an event happened: after After, up to and including Until.
//
//	After < Until   interval-censored; with After 0 left-censored, and an event at 0 is possible
//	After = Until   at exactly that time
//	Before          before Until, not at it
//	Open            right-censored: at some time after After; Until is not used
//
// Left-censored with Before mirrors right-censored: someone who is censored at 5 did not
// have the event at 5.
type Range struct {
	After, Until float64
	Before, Open bool
	Weight       float64 // how many were observed alike; 0 means 1
}

// MassStep is an interval to which [Turnbull] gives a part of the events.
type MassStep struct {
	After    float64 // exclusive, except that it equals Until for a point
	Until    float64
	Before   bool    // without Until itself
	Open     bool    // without an end; Until is 0
	Mass     float64 // the share of events in the interval
	Survival float64 // the share of events after it
}

// RangeCurve is the distribution of times that are known by ranges. Where within an interval
// of a step the events lie, the data do not say.
type RangeCurve struct {
	unit  Unit
	steps []MassStep
	fit   Convergence
}

// Turnbull returns the distribution that makes ranges most likely [1], whatever its form. It is computed by the EM
// algorithm: each observation is shared out over the intervals that it allows, in proportion
// to what they have so far. It ends when the log-likelihood is within 1e-9 per observation of
// its maximum. For exact and right-censored times it is the Kaplan–Meier curve.
//
// Work grows with the number of different ranges, times the iterations. It is
// [metric.EmptyPopulation] for no ranges and [metric.OutOfDomain] when 100,000 iterations do
// not suffice.
//
// [1] Turnbull, Bruce W. (1976). The Empirical Distribution Function with Arbitrarily
// Grouped, Censored and Truncated Data. Journal of the Royal Statistical Society B 38 (3),
// 290-295.
func Turnbull(unit Unit, ranges ...Range) (*RangeCurve, error) {
	if !unit.valid() {
		return nil, inputErrorf("the unit of time is missing")
	}
	if len(ranges) == 0 {
		return nil, undefinedf(metric.EmptyPopulation, "there are no observations")
	}
	spans := make([]span, len(ranges))
	for i, r := range ranges {
		var err error
		if spans[i], err = r.span(i); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(a.left.compare(b.left), a.right.compare(b.right), cmp.Compare(a.weight, b.weight))
	})
	m := newMixture(spans)
	fit, err := m.maximise()
	if err != nil {
		return nil, err
	}
	return &RangeCurve{unit: unit, steps: m.steps(), fit: fit}, nil
}

// edge is an end of a range. The places are in the order in which ends at one time come.
type edge struct {
	time  float64
	place int8
}

const (
	endBefore  = iota - 2 // the right end of what is before the time
	beginAt               // the left end of what includes the time
	endAt                 // the right end of what includes the time
	beginAfter            // the left end of what is after the time
	noEnd
)

func (a edge) begins() bool { return a.place == beginAt || a.place == beginAfter }

func (a edge) compare(b edge) int {
	if a.place == noEnd || b.place == noEnd {
		return cmp.Compare(a.place/noEnd, b.place/noEnd)
	}
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.place, b.place))
}

// span is a range with its ends in order.
type span struct {
	left, right edge
	weight      float64
	lo, hi      int // the innermost intervals within: lo to hi-1
}

// span checks a range.
func (r Range) span(i int) (span, error) {
	s := span{weight: r.Weight, left: edge{r.After + 0, beginAfter}, right: edge{r.Until + 0, endAt}}
	if s.weight == 0 {
		s.weight = 1
	}
	switch {
	case r.Open:
		s.right = edge{0, noEnd}
	case r.Before:
		s.right.place = endBefore
	}
	switch {
	case !(r.After >= 0 && r.After <= maxTime):
		return span{}, inputErrorf("range %d: start %v is not a time", i, r.After)
	case !r.Open && !(r.Until >= r.After && r.Until <= maxTime):
		return span{}, inputErrorf("range %d: end %v is not a time from its start %v on", i, r.Until, r.After)
	case r.Before && (r.Open || r.After == r.Until):
		return span{}, inputErrorf("range %d: there is nothing after %v and before its end", i, r.After)
	case !(s.weight > 0 && s.weight < maxTotal):
		return span{}, inputErrorf("range %d: weight %v is not a positive number below 2^53", i, r.Weight)
	}
	if !r.Open && (r.After == r.Until || r.After == 0) {
		s.left.place = beginAt // a point, or from the very beginning
	}
	return s, nil
}

// mixture is the likelihood of ranges over the innermost intervals: those from the left end
// of some range to the right end of some range with no other end between.
type mixture struct {
	spans []span
	inner []span
	mass  []float64
	total float64
}

func newMixture(spans []span) *mixture {
	m := &mixture{}
	for _, s := range spans { // equal ranges are one
		m.total += s.weight
		if n := len(m.spans); n > 0 && m.spans[n-1].left == s.left && m.spans[n-1].right == s.right {
			m.spans[n-1].weight += s.weight
			continue
		}
		m.spans = append(m.spans, s)
	}
	ends := make([]edge, 0, 2*len(m.spans))
	for _, s := range m.spans {
		ends = append(ends, s.left, s.right)
	}
	slices.SortFunc(ends, edge.compare)
	for i := 1; i < len(ends); i++ {
		if ends[i-1].begins() && !ends[i].begins() {
			m.inner = append(m.inner, span{left: ends[i-1], right: ends[i]})
		}
	}
	for i := range m.spans {
		s := &m.spans[i]
		s.lo, _ = slices.BinarySearchFunc(m.inner, s.left, func(in span, left edge) int { return in.left.compare(left) })
		s.hi, _ = slices.BinarySearchFunc(m.inner, s.right, func(in span, right edge) int {
			return cmp.Or(in.right.compare(right), -1) // after an equal one
		})
	}
	m.mass = make([]float64, len(m.inner))
	for j := range m.mass {
		m.mass[j] = 1 / float64(len(m.mass))
	}
	return m
}

// maximise iterates until the likelihood is as good as at its maximum. Of the score of each
// interval, the mean weight that observations give it, none can exceed 1 there; by how much
// one does bounds what the log-likelihood per observation still has to gain.
func (m *mixture) maximise() (Convergence, error) {
	const iterations = 100_000
	score, sum := make([]float64, len(m.mass)+1), make([]float64, len(m.mass)+1)
	gap := 0.0
	for n := 1; n <= iterations; n++ {
		for j, p := range m.mass {
			sum[j+1] = sum[j] + p
		}
		clear(score)
		for i := range m.spans {
			s := &m.spans[i]
			part := s.weight / m.total / m.within(s, sum)
			score[s.lo] += part
			score[s.hi] -= part
		}
		running, moved := 0.0, 0.0
		gap = 0
		for j := range m.mass {
			running += score[j]
			gap = max(gap, running-1)
			next := m.mass[j] * max(running, 0)
			moved = max(moved, next-m.mass[j], m.mass[j]-next)
			m.mass[j] = next
		}
		if gap < 1e-9 && moved < 1e-11 {
			return Convergence{Iterations: n, Gradient: max(gap, 0), Message: "at the maximum"}, nil
		}
	}
	return Convergence{}, undefinedf(metric.OutOfDomain, "the EM algorithm did not get to the maximum in %d iterations, %.3g of the log-likelihood per observation may be missing", iterations, gap)
}

// within returns the mass of the intervals that a range allows.
func (m *mixture) within(s *span, sum []float64) float64 {
	if mass := sum[s.hi] - sum[s.lo]; mass > 1e-6 {
		return mass
	}
	var mass float64 // too little for a difference
	for _, p := range m.mass[s.lo:s.hi] {
		mass += p
	}
	return mass
}

// steps returns the intervals that hold a mass.
func (m *mixture) steps() []MassStep {
	var total float64
	for _, p := range m.mass {
		total += p
	}
	steps := make([]MassStep, 0, len(m.mass))
	after := 0.0
	for j := len(m.mass) - 1; j >= 0; j-- {
		if m.mass[j] < 1e-12 {
			continue
		}
		in := &m.inner[j]
		k := MassStep{After: in.left.time, Until: in.right.time, Before: in.right.place == endBefore, Open: in.right.place == noEnd, Mass: m.mass[j] / total, Survival: min(after/total, 1)}
		after += m.mass[j]
		steps = append(steps, k)
	}
	slices.Reverse(steps)
	return steps
}

// Unit returns the unit of the times.
func (c *RangeCurve) Unit() Unit { return c.unit }

// Steps yields the intervals that hold events, in order of time.
func (c *RangeCurve) Steps() iter.Seq[MassStep] { return slices.Values(c.steps) }

// Convergence tells how the fit ended.
func (c *RangeCurve) Convergence() Convergence { return c.fit }

// Survival returns between which values the probability of no event up to and including t
// lies. They are equal, but for a t inside an interval that holds events.
func (c *RangeCurve) Survival(t float64) (lower, upper float64, err error) {
	if !(t >= 0 && t <= maxTime) {
		return 0, 0, inputErrorf("time %v is not a time", t)
	}
	before := 1.0
	for _, k := range c.steps {
		switch {
		case k.After > t || k.After == t && (k.Open || k.Until > t && t > 0):
			return before, before, nil
		case k.Open || k.Until > t:
			return k.Survival, before, nil
		}
		before = k.Survival
	}
	return before, before, nil
}

// Table returns the steps as rows.
func (c *RangeCurve) Table() Table {
	t := Table{title: "Turnbull", unit: c.unit}
	t.columnsAre("after", "until", "mass", "survival")
	for _, k := range c.steps {
		until := some(k.Until)
		until.Valid = !k.Open
		t.add(numberCell(k.After), optionalCell(until), numberCell(k.Mass), numberCell(k.Survival))
	}
	return t
}

// String returns [RangeCurve.Table] as text.
func (c *RangeCurve) String() string { return c.Table().String() }

// MarshalJSON returns [RangeCurve.Table] as JSON.
func (c *RangeCurve) MarshalJSON() ([]byte, error) { return c.Table().MarshalJSON() }
