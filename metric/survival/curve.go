package survival

import (
	"iter"
	"math"
	"math/big"
	"sort"

	"github.com/openlifecycle/lifecycle/metric"
)

// Curve is a survival curve: for each time, which share has not had the event yet, and how
// much hazard there has been. It starts at 1 and falls at the times of events.
type Curve struct {
	name   string
	unit   Unit
	o      Options
	level  float64
	z      float64
	steps  []step
	sample *Sample // nil for the curve of a model
	limit  bool    // the survival is a product over counts, which Exact can repeat
}

// step is the curve from one time on.
type step struct {
	time, atRisk, events, censored float64

	surv   float64
	varLog float64 // variance of log surv; what it was before surv became 0
	hazard float64
	varHaz float64
}

// Step is a curve from the time of one step on until the next.
type Step struct {
	Time     float64
	AtRisk   float64  // just before Time
	Events   float64  // at Time
	Censored float64  // at Time
	Survival Estimate // the probability of no event up to and including Time
	Hazard   Estimate // the cumulative hazard up to and including Time
}

// KaplanMeier returns the product-limit estimate of the survival curve [1]. With d events
// among n at risk at each time,
//
//	S(t) = ∏ (1 - d/n)          over the times of events up to t
//	Var log S(t) = ∑ d/(n(n-d))  Greenwood's formula
//	H(t) = ∑ d/n                the Nelson–Aalen estimate, or as [Options.Hazard] says
//
// It has a step at every time of an exit. With late entries the curve describes those who
// got to the first entry; where the set at risk is empty or dies out early, the curve is of
// little use (it stays at 0), which the column at risk shows.
//
// It is [metric.EmptyPopulation] for no observations.
//
// [1] Kaplan, E. L.; Meier, Paul (1958). Nonparametric Estimation from Incomplete
// Observations. Journal of the American Statistical Association 53 (282), 457-481.
func (s *Sample) KaplanMeier(o Options) (*Curve, error) {
	c, err := s.curve(o)
	if err != nil {
		return nil, err
	}
	c.name, c.limit = "Kaplan-Meier", true
	surv, varLog := 1.0, 0.0
	for i := range c.steps {
		k := &c.steps[i]
		if k.events == k.atRisk && k.events > 0 {
			surv = 0
		}
		if k.events > 0 && surv > 0 {
			rest := k.atRisk - k.events
			surv *= rest / k.atRisk
			varLog += k.events / k.atRisk / rest
		}
		k.surv, k.varLog = surv, varLog
	}
	return c, nil
}

// NelsonAalen returns the curve that follows from the cumulative hazard [1, 2]:
//
//	H(t) = ∑ d/n      Var H(t) = ∑ d/n²        by default
//	H(t) = ∑∑ 1/(n-j)  Var H(t) = ∑∑ 1/(n-j)²   over j < d, for [FlemingHarrington]
//	S(t) = exp(-H(t))
//
// The interval of H is minus the logarithm of the interval of S: the default one is
// symmetric about H, and [LogLogInterval] is normal for log H.
//
// [1] Nelson, Wayne (1972). Theory and Applications of Hazard Plotting for Censored Failure
// Data. Technometrics 14 (4), 945-966.
//
// [2] Fleming, Thomas R.; Harrington, David P. (1984). Nonparametric Estimation of the Survival
// Distribution in Censored Data. Communications in Statistics 13 (20), 2469-2486.
func (s *Sample) NelsonAalen(o Options) (*Curve, error) {
	c, err := s.curve(o)
	if err != nil {
		return nil, err
	}
	c.name = "Nelson-Aalen"
	for i := range c.steps {
		k := &c.steps[i]
		k.surv, k.varLog = math.Exp(-k.hazard), k.varHaz
	}
	return c, nil
}

// curve returns the steps with counts and hazard.
func (s *Sample) curve(o Options) (*Curve, error) {
	level, z, err := o.check()
	switch {
	case err != nil:
		return nil, err
	case len(s.rows) == 0:
		return nil, undefinedf(metric.EmptyPopulation, "there are no observations")
	case o.Hazard == FlemingHarrington && !s.whole:
		return nil, inputErrorf("the Fleming-Harrington hazard needs weights that are whole numbers")
	}
	ticks := s.ticks()
	c := &Curve{sample: s, unit: s.unit, o: o, level: level, z: z, steps: make([]step, len(ticks))}
	var hazard, variance float64
	for i, t := range ticks {
		if t.events > 0 {
			h, v := t.events/t.atRisk, t.events/t.atRisk/t.atRisk
			if o.Hazard == FlemingHarrington {
				h, v = reciprocals(t.atRisk-t.events, t.atRisk)
			}
			hazard += h
			variance += v
		}
		c.steps[i] = step{time: t.time, atRisk: t.atRisk, events: t.events, censored: t.censored, hazard: hazard, varHaz: variance}
	}
	return c, nil
}

// reciprocals returns the sums of 1/k and 1/k² over the whole numbers k with a < k ≤ n.
// After the first thousand it takes the Euler–Maclaurin formula at midpoints, which is then
// right to the last digit.
func reciprocals(a, n float64) (sum, squares float64) {
	for ; a < n && a < 1000; a++ {
		sum += 1 / (a + 1)
		squares += 1 / ((a + 1) * (a + 1))
	}
	if a >= n {
		return sum, squares
	}
	x, y := a+0.5, n+0.5
	cube := func(v float64) float64 { return v * v * v }
	sum += math.Log1p((n-a)/x) - (1/(x*x)-1/(y*y))/24
	squares += (n-a)/x/y - (1/cube(x)-1/cube(y))/12
	return sum, squares
}

// Name returns which estimate it is: "Kaplan-Meier".
func (c *Curve) Name() string { return c.name }

// Unit returns the unit of the times.
func (c *Curve) Unit() Unit { return c.unit }

// Options returns the options of the curve.
func (c *Curve) Options() Options { return c.o }

// Len returns the number of steps: of different times of exit.
func (c *Curve) Len() int { return len(c.steps) }

// End returns the time of the last step, after which nobody was observed.
func (c *Curve) End() float64 { return c.steps[len(c.steps)-1].time }

// Steps yields the steps in order of time.
func (c *Curve) Steps() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for i := range c.steps {
			if !yield(c.step(&c.steps[i])) {
				return
			}
		}
	}
}

func (c *Curve) step(k *step) Step {
	return Step{
		Time: k.time, AtRisk: k.atRisk, Events: k.events, Censored: k.censored,
		Survival: c.o.probability(k.surv, k.varLog, c.level, c.z), Hazard: c.hazard(k),
	}
}

// hazard returns the cumulative hazard of a step, with the interval of exp(-H) carried over.
func (c *Curve) hazard(k *step) Estimate {
	e := Estimate{Value: k.hazard, StdErr: some(math.Sqrt(k.varHaz)), Level: c.level}
	lo, hi := c.o.Interval.limits(math.Exp(-k.hazard), math.Sqrt(k.varHaz), c.z)
	if hi.Valid {
		e.Lower = some(max(-math.Log(hi.Value), 0))
	}
	if lo.Valid {
		e.Upper = some(-math.Log(lo.Value))
	}
	if c.o.Interval == LogInterval { // the same without the way through exp
		e.Lower, e.Upper = some(max(k.hazard-c.z*e.StdErr.Value, 0)), some(k.hazard+c.z*e.StdErr.Value)
	}
	return e
}

// at returns the step that holds at t, or nil before the first one.
func (c *Curve) at(t float64) (*step, error) {
	if !(t >= 0 && t <= maxTime) {
		return nil, inputErrorf("time %v is not a time", t)
	}
	i := sort.Search(len(c.steps), func(i int) bool { return c.steps[i].time > t })
	if i == len(c.steps) && t > c.End() && c.steps[i-1].surv > 0 && !c.o.Extend {
		return nil, undefinedf(metric.InsufficientHistory, "nobody was observed at %s, the last one left at %s",
			c.unit.quantity(t), c.unit.quantity(c.End()))
	}
	if i == 0 {
		return nil, nil
	}
	return &c.steps[i-1], nil
}

// Survival returns the probability of no event up to and including t. Beyond the end of
// observation it is [metric.InsufficientHistory], unless the curve has come to 0 or
// [Options.Extend] is set.
func (c *Curve) Survival(t float64) (Estimate, error) {
	k, err := c.at(t)
	switch {
	case err != nil:
		return Estimate{}, err
	case k == nil:
		return c.o.probability(1, 0, c.level, c.z), nil
	}
	return c.o.probability(k.surv, k.varLog, c.level, c.z), nil
}

// Hazard returns the cumulative hazard up to and including t. Where it is undefined is as
// for [Curve.Survival].
func (c *Curve) Hazard(t float64) (Estimate, error) {
	k, err := c.at(t)
	if err != nil {
		return Estimate{}, err
	}
	if k == nil {
		k = &step{surv: 1}
	}
	return c.hazard(k), nil
}

// Exact returns the Kaplan–Meier probability of no event up to and including t as a
// fraction. It needs whole weights and at most 10,000 steps, because the fraction grows with
// the steps. Where it is undefined is as for [Curve.Survival].
func (c *Curve) Exact(t float64) (*big.Rat, error) {
	const most = 10_000
	if !c.limit {
		return nil, inputErrorf("only a Kaplan-Meier curve has an exact value, not a %s one", c.name)
	}
	if _, err := c.at(t); err != nil {
		return nil, err
	}
	product := big.NewRat(1, 1)
	for i := range c.steps {
		k := &c.steps[i]
		if k.time > t {
			break
		}
		if k.atRisk != math.Trunc(k.atRisk) || k.events != math.Trunc(k.events) || i >= most {
			return nil, inputErrorf("an exact value needs whole weights and at most %d steps", most)
		}
		if k.events > 0 {
			product.Mul(product, big.NewRat(int64(k.atRisk-k.events), int64(k.atRisk)))
		}
	}
	return product, nil
}
