package survival

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/openlifecycle/lifecycle/metric"
)

// sortByEntry sorts positions of rows by entry, latest first.
func sortByEntry(rows []row, positions []int) {
	slices.SortFunc(positions, func(a, b int) int {
		return cmp.Or(cmp.Compare(rows[b].entry, rows[a].entry), cmp.Compare(b, a))
	})
}

// Curve returns the survival curve that the model expects for covariates x in a stratum,
// with the uncertainty of the baseline and of the coefficients. x has a value for every
// covariate; all zeros give the baseline. It steps where the stratum does. The hazard is
// Breslow's, or Efron's for Efron's treatment of ties, as survfit gives it for a model in R:
//
//	H(t | x) = exp(β·x) ∑ d/S₀       S₀ = ∑ exp(β·xᵢ) over those at risk
//	S(t | x) = exp(-H(t | x))
//
// The level of options is that of the model where it is 0. The hazard option is not used.
func (m *CoxModel) Curve(stratum int, o Options, x ...float64) (*Curve, error) {
	if o.Level == 0 {
		o.Level = m.o.Level
	}
	level, z, err := o.check()
	if err != nil {
		return nil, err
	}
	at, err := m.d.standard(x)
	if err != nil {
		return nil, err
	}
	n := sort.Search(len(m.ranges), func(i int) bool { return int(m.ranges[i].number) >= stratum })
	if n == len(m.ranges) || int(m.ranges[n].number) != stratum {
		return nil, inputErrorf("there is no stratum %d in the model", stratum)
	}
	s := &m.ranges[n]
	c := &Curve{name: "Cox curve", unit: m.unit, o: o, level: level, z: z, steps: make([]step, len(s.ticks))}
	if !m.hazards(s, c.steps, at) {
		return nil, undefinedf(metric.OutOfDomain, "the covariates are so far from those of the model that the hazard is no finite number")
	}
	return c, nil
}

// hazards fills in the steps of a stratum for standardised covariates. It is false when the
// hazard is no finite number.
func (m *CoxModel) hazards(s *coxStratum, steps []step, x []float64) bool {
	p := m.d.p
	pass := m.pass(m.beta)
	growth, variance := make([]float64, len(steps)), make([]float64, len(steps))
	slope := make([]float64, len(steps)*p) // of the hazard with respect to the coefficients
	pass.stratum(s, func(i int) {
		sums := m.o.Ties.sums(s.ticks[i].events, pass.all.zero, pass.events.zero)
		growth[i], variance[i] = sums.one, sums.sq
		for j := range p {
			slope[i*p+j] = x[j]*sums.one - (sums.sq*pass.all.one[j] - sums.fs*pass.events.one[j])
		}
	})
	factor := math.Exp(dot(x, m.beta) - pass.shift)
	var hazard, own float64
	along := make([]float64, p)
	for i := range steps {
		t := &s.ticks[i]
		hazard += growth[i]
		own += variance[i]
		for j := range p {
			along[j] += slope[i*p+j]
		}
		k := &steps[i]
		*k = step{time: t.time, atRisk: t.atRisk, events: t.events, censored: t.censored, hazard: factor * hazard}
		k.varHaz = factor * factor * (own + m.covariance.form(along))
		k.surv, k.varLog = math.Exp(-k.hazard), k.varHaz
		if math.IsInf(k.hazard, 0) || math.IsInf(k.varHaz, 0) || math.IsNaN(k.varHaz) || math.IsNaN(k.hazard) {
			return false
		}
	}
	return true
}

// Concordance counts how often, of two observations of a stratum of which one is known to
// have had its event first, the model gives that one the higher hazard. Pairs with equal
// times of events are not counted.
type Concordance struct {
	Concordant float64
	Discordant float64
	Tied       float64 // the same hazard for both
}

// Value returns Harrell's C [1], the share of concordant pairs, of which tied ones count
// half. It is [metric.EmptyPopulation] for no pairs.
//
// [1] Harrell, Frank E.; Lee, Kerry L.; Mark, Daniel B. (1996). Multivariable Prognostic Models. Statistics in
// Medicine 15 (4), 361-387.
func (c Concordance) Value() (float64, error) {
	pairs := c.Concordant + c.Discordant + c.Tied
	if pairs == 0 {
		return 0, undefinedf(metric.EmptyPopulation, "there are no pairs of which one is known to come first")
	}
	return (c.Concordant + c.Tied/2) / pairs, nil
}

// String returns the value, or "-".
func (c Concordance) String() string {
	v, err := c.Value()
	if err != nil {
		return Optional{}.String()
	}
	return number(v, 4)
}

// concord counts pairs with a tree of the weights at risk by rank of the predictor.
func (m *CoxModel) concord() Concordance {
	p := m.d.p
	predictor := make([]float64, len(m.d.rows))
	for i := range predictor {
		predictor[i] = dot(m.d.x[i*p:(i+1)*p], m.beta)
	}
	var c Concordance
	for n := range m.ranges {
		s := &m.ranges[n]
		c.addStratum(s, predictor[s.first:s.first+len(s.sample.rows)])
	}
	return c
}

func (c *Concordance) addStratum(s *coxStratum, predictor []float64) {
	levels := slices.Clone(predictor)
	slices.Sort(levels)
	levels = slices.Compact(levels)
	rank := func(k int) int {
		r, _ := slices.BinarySearch(levels, predictor[k])
		return r
	}
	tree := make(fenwick, len(levels)+1)
	rows, late := s.sample.rows, s.late
	for i := len(s.ticks) - 1; i >= 0; i-- {
		t := &s.ticks[i]
		events := t.first
		for events < t.last && rows[events].cause != Censored {
			events++
		}
		for k := events; k < t.last; k++ {
			tree.add(rank(k), rows[k].weight)
		}
		for len(late) > 0 && rows[late[0]].entry >= t.time {
			tree.add(rank(late[0]), -rows[late[0]].weight)
			late = late[1:]
		}
		for k := t.first; k < events; k++ {
			r, w := rank(k), rows[k].weight
			below, upTo, all := tree.sum(r), tree.sum(r+1), tree.sum(len(levels))
			c.Concordant += w * below
			c.Tied += w * (upTo - below)
			c.Discordant += w * (all - upTo)
		}
		for k := t.first; k < events; k++ {
			tree.add(rank(k), rows[k].weight)
		}
	}
}

// fenwick is a tree of partial sums.
type fenwick []float64

// add adds to the value at position i.
func (f fenwick) add(i int, v float64) {
	for i++; i < len(f); i += i & -i {
		f[i] += v
	}
}

// sum returns the sum of the first n values.
func (f fenwick) sum(n int) float64 {
	var sum float64
	for ; n > 0; n -= n & -n {
		sum += f[n]
	}
	return sum
}
