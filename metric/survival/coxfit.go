package survival

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// coxStratum is the rows of one stratum with its times.
type coxStratum struct {
	number int32
	first  int // of the rows of the design
	sample *Sample
	ticks  []tick
	late   []int // rows of the sample that entered after 0, latest entry first
}

// strata cuts the design into its strata.
func (d *design) strata() []coxStratum {
	var list []coxStratum
	for first := 0; first < len(d.rows); {
		last := first + 1
		for last < len(d.rows) && d.rows[last].stratum == d.rows[first].stratum {
			last++
		}
		s := &Sample{rows: d.rows[first:last]}
		for i := range s.rows {
			s.late = s.late || s.rows[i].entry > 0
			s.total += s.rows[i].weight
		}
		list = append(list, coxStratum{number: s.rows[0].stratum, first: first, sample: s, ticks: s.ticks(), late: s.latePositions()})
		first = last
	}
	return list
}

// latePositions returns which rows entered after 0, latest first.
func (s *Sample) latePositions() []int {
	if !s.late {
		return nil
	}
	var late []int
	for i := range s.rows {
		if s.rows[i].entry > 0 {
			late = append(late, i)
		}
	}
	sortByEntry(s.rows, late)
	return late
}

// partial is the partial likelihood at some coefficients, with its derivatives.
type partial struct {
	logLik      float64
	gradient    []float64
	information symmetric
}

// tieSums are sums over the d events at one time, of the terms 1/(S-fD) with f = k/d for k
// from 0 to d-1 (Efron) or f = 0 for all (Breslow). S is the sum of risks of all at risk,
// D that of the events.
type tieSums struct {
	log       float64 // ∑ log(S-fD)
	one, f    float64 // ∑ 1/(S-fD), ∑ f/(S-fD)
	sq, fs, g float64 // ∑ 1/(S-fD)², ∑ f/(S-fD)², ∑ f²/(S-fD)²
}

func (t CoxTies) sums(d, s, tied float64) tieSums {
	if t == Breslow || d == 1 {
		return tieSums{log: d * math.Log(s), one: d / s, sq: d / (s * s)}
	}
	var x tieSums
	for k := 0.0; k < d; k++ {
		f := k / d
		r := 1 / (s - f*tied)
		x.log -= math.Log(r)
		x.one += r
		x.f += f * r
		x.sq += r * r
		x.fs += f * r * r
		x.g += f * f * r * r
	}
	return x
}

// coxPass walks through the times of all strata from the last to the first, with the sums
// over those at risk. It is one pass over the rows.
type coxPass struct {
	m     *CoxModel
	beta  []float64
	shift float64 // the largest linear predictor, taken out of all risks

	risk   []float64 // by row of the design: weight times exp(predictor)
	all    moments   // over those at risk
	events moments   // over the events at the time
}

// moments are sums of risks, of risks times covariates, and of risks times their squares.
type moments struct {
	zero float64
	one  []float64
	two  symmetric
}

func newMoments(p int) moments { return moments{one: make([]float64, p), two: newSymmetric(p)} }

func (m *moments) clear() {
	m.zero = 0
	clear(m.one)
	m.two.clear()
}

func (m *moments) add(r float64, x []float64) {
	m.zero += r
	for j, v := range x {
		m.one[j] += r * v
	}
	m.two.addSquare(r, x)
}

func (m *moments) addAll(o *moments) {
	m.zero += o.zero
	for j, v := range o.one {
		m.one[j] += v
	}
	m.two.add(1, o.two)
}

func (m *CoxModel) pass(beta []float64) *coxPass {
	p := m.d.p
	c := &coxPass{m: m, beta: beta, risk: make([]float64, len(m.d.rows)), all: newMoments(p), events: newMoments(p)}
	c.shift = math.Inf(-1)
	for i := range m.d.rows {
		c.risk[i] = dot(m.d.x[i*p:(i+1)*p], beta)
		c.shift = max(c.shift, c.risk[i])
	}
	for i := range m.d.rows {
		c.risk[i] = m.d.rows[i].weight * math.Exp(c.risk[i]-c.shift)
	}
	return c
}

// stratum calls visit at every time of events, from the last to the first. Then all and
// events hold the sums for that time.
func (c *coxPass) stratum(s *coxStratum, visit func(i int)) {
	p := c.m.d.p
	c.all.clear()
	late := s.late
	count := 0
	row := func(i int) (float64, []float64) {
		i += s.first
		return c.risk[i], c.m.d.x[i*p : (i+1)*p]
	}
	for i := len(s.ticks) - 1; i >= 0; i-- {
		t := &s.ticks[i]
		c.events.clear()
		for k := t.last - 1; k >= t.first; k-- {
			r, x := row(k)
			if s.sample.rows[k].cause != Censored {
				c.events.add(r, x)
			} else {
				c.all.add(r, x)
			}
		}
		count += t.last - t.first
		for len(late) > 0 && s.sample.rows[late[0]].entry >= t.time {
			r, x := row(late[0])
			c.all.add(-r, x)
			count--
			late = late[1:]
		}
		if count == t.last-t.first && t.censored == 0 {
			c.all.clear() // nobody else is at risk: no remainder of sums
		}
		if t.events > 0 {
			c.all.addAll(&c.events)
			visit(i)
		}
	}
}

// partial computes the likelihood. It is false where it is no finite number.
func (m *CoxModel) partial(beta []float64) (partial, bool) {
	p := m.d.p
	l := partial{gradient: make([]float64, p), information: newSymmetric(p)}
	c := m.pass(beta)
	for n := range m.ranges {
		s := &m.ranges[n]
		c.stratum(s, func(i int) {
			t := &s.ticks[i]
			x := m.o.Ties.sums(t.events, c.all.zero, c.events.zero)
			l.logLik -= x.log + t.events*c.shift
			for j := range p {
				l.gradient[j] -= x.one*c.all.one[j] - x.f*c.events.one[j]
			}
			for k := t.first; k < t.last; k++ {
				if r := &s.sample.rows[k]; r.cause != Censored {
					at := (s.first + k) * p
					for j, v := range m.d.x[at : at+p] {
						l.gradient[j] += r.weight * v
						l.logLik += r.weight * v * beta[j]
					}
				}
			}
			l.information.add(x.one, c.all.two)
			l.information.addSquare(-x.sq, c.all.one)
			if x.f > 0 {
				l.information.add(-x.f, c.events.two)
				l.information.addCross(x.fs, c.all.one, c.events.one)
				l.information.addSquare(-x.g, c.events.one)
			}
		})
	}
	finite := !math.IsNaN(l.logLik) && !math.IsInf(l.logLik, 0)
	for _, v := range l.gradient {
		finite = finite && !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return l, finite
}

// search maximises the likelihood by Newton's method with halved steps where it would fall.
func (m *CoxModel) search() error {
	const singular = 1e-10
	beta := make([]float64, m.d.p)
	at, ok := m.partial(beta)
	if !ok {
		return undefinedf(metric.OutOfDomain, "the likelihood is no finite number where the search begins")
	}
	m.logLikNull = at.logLik
	start := at.information
	for j := range m.d.p {
		if !(start.at(j, j) > singular*m.events) {
			return inputErrorf("covariate %s is the same for all at risk at every event, so it has no effect to be found", quote(m.d.names[j]))
		}
	}
	factor, bad := start.factor(singular)
	if bad >= 0 {
		return inputErrorf("covariate %s is a combination of those before it among all at risk, so its effect cannot be told from theirs",
			quote(m.d.names[bad]))
	}
	m.score = chiSquareTest(dot(at.gradient, factor.solve(at.gradient)), m.d.p)
	iterations := m.o.MaxIterations
	if iterations == 0 {
		iterations = defaultIterations
	}
	for n := 1; n <= iterations; n++ {
		step := factor.solve(at.gradient)
		next, reached, largest := m.advance(beta, step, at.logLik)
		if next == nil {
			break
		}
		gain := reached.logLik - at.logLik
		beta, at = next, *reached
		if factor, bad = at.information.factor(singular); bad >= 0 || collapsed(start, at.information) {
			return m.monotone(step)
		}
		if largest < 1e-9 || largest < 1e-6 && gain <= 0 {
			return m.finish(beta, at, factor, n)
		}
	}
	step := factor.solve(at.gradient)
	_, largest := largestOf(step)
	switch {
	case largest < 1e-6:
		return m.finish(beta, at, factor, iterations)
	case largest > 0.1 && iterations >= defaultIterations:
		return m.monotone(step)
	}
	return undefinedf(metric.OutOfDomain, "the search for the coefficients did not arrive in %d iterations", iterations)
}

// collapsed reports whether nearly nothing is left of the information on some coefficient.
func collapsed(start, now symmetric) bool {
	for j := range start.n {
		if now.at(j, j) < 1e-11*start.at(j, j) {
			return true
		}
	}
	return false
}

// advance goes a step as far as the likelihood does not fall, and returns the largest
// relative change.
func (m *CoxModel) advance(beta, step []float64, logLik float64) (next []float64, at *partial, largest float64) {
	slack := 1e-12 * math.Abs(logLik)
	for share := 1.0; share > 1e-6; share /= 2 {
		next = make([]float64, len(beta))
		largest = 0
		for j := range beta {
			next[j] = beta[j] + share*step[j]
			largest = max(largest, math.Abs(share*step[j])/(1+math.Abs(beta[j])))
		}
		if at, ok := m.partial(next); ok && at.logLik >= logLik-slack {
			return next, &at, largest
		}
	}
	return nil, nil, 0
}

// monotone says that a coefficient has no bound.
func (m *CoxModel) monotone(step []float64) error {
	j, _ := largestOf(step)
	return undefinedf(metric.OutOfDomain, "covariate %s separates the events from the rest: the likelihood grows with its coefficient without end, so there is no estimate",
		quote(m.d.names[j]))
}

// largestOf returns the position and size of the largest magnitude.
func largestOf(x []float64) (at int, size float64) {
	for j, v := range x {
		if math.Abs(v) > size {
			at, size = j, math.Abs(v)
		}
	}
	return at, size
}

func (m *CoxModel) finish(beta []float64, at partial, factor cholesky, iterations int) error {
	m.beta, m.logLik, m.covariance = beta, at.logLik, factor.inverse()
	m.likelihood = chiSquareTest(2*(m.logLik-m.logLikNull), m.d.p)
	m.wald = chiSquareTest(at.information.form(beta), m.d.p)
	_, slope := largestOf(at.gradient)
	m.fit = Convergence{Iterations: iterations, Gradient: slope, Message: "at the maximum"}
	return nil
}
