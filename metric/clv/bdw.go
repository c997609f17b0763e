package clv

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// BDW is the beta-discrete-Weibull model of customers with contracts, of Fader, Hardie, Liu,
// Davin and Steenburgh (2018), "How to Project Customer Retention" Revisited, Journal of
// Interactive Marketing 43.
//
// It is an [SBG] model in which a customer's probability to leave may also change with time:
// it rises for a C above 1, and falls for one below. For C = 1 the two are the same.
//
//	S(t) = B(Gamma, Delta+t^C) / B(Gamma, Delta)
type BDW struct {
	Unit  Unit    `json:"unit"` // from renewal to renewal
	Gamma float64 `json:"gamma"`
	Delta float64 `json:"delta"`
	C     float64 `json:"c"`
}

// FitBDW estimates the parameters of a [BDW] model. Cohorts of different ages are fitted
// together. The fit is undefined unless some renewals were made and some were not. Its
// log-likelihood can be compared with that of [FitSBG] on the same cohorts.
func FitBDW(c *Cohorts, o Options) (*Fit[BDW], error) {
	if err := c.needRenewals(); err != nil {
		return nil, err
	}
	f := &renewals{n: 3, due: c.due, kept: c.kept, retention: bdwRenewal}
	starts := [][]float64{{1, 2, 1}, {0.3, 1, 1.5}, {3, 20, 0.8}, {0.5, 0.5, 1}}
	fit, err := newFit(BDW{Unit: c.unit}, f, starts, o)
	if err != nil {
		return nil, err
	}
	finishContract(fit, c)
	noteEndless(&fit.Report, "gamma * c", fit.Model.Gamma*fit.Model.C)
	return fit, nil
}

// logSurvival returns ln S at time t >= 0.
func (m BDW) logSurvival(t float64) float64 {
	u := math.Pow(t, m.C)
	return lgammaStep(m.Delta, m.Gamma) - lgammaStep(m.Delta+u, m.Gamma)
}

// bdwSurvival returns ln S(t) and its derivatives by the logarithms of the parameters.
func bdwSurvival(p []float64, t float64) (v float64, g [3]float64, h [3][3]float64) {
	if t == 0 {
		return 0, g, h
	}
	gamma, delta, c := p[0], p[1], p[2]
	u := math.Pow(t, c)
	u1 := u * c * math.Log(t)              // derivative of t^c by ln c
	u2 := u1 + u1*c*math.Log(t)            // second derivative
	a, b, s := delta, delta+u, gamma+delta // arguments of ln Γ, besides s+u
	v = BDW{Gamma: gamma, Delta: delta, C: c}.logSurvival(t)
	one, two := digamma(s)-digamma(s+u), trigamma(s)-trigamma(s+u)
	byDelta, byDelta2 := digamma(b)-digamma(a)+one, trigamma(b)-trigamma(a)+two
	byU, byU2 := digamma(b)-digamma(s+u), trigamma(b)-trigamma(s+u)
	g = [3]float64{gamma * one, delta * byDelta, byU * u1}
	h[0][0] = g[0] + gamma*gamma*two
	h[0][1] = gamma * delta * two
	h[0][2] = -gamma * trigamma(s+u) * u1
	h[1][1] = g[1] + delta*delta*byDelta2
	h[1][2] = delta * byU2 * u1
	h[2][2] = byU2*u1*u1 + byU*u2
	return v, g, h
}

// bdwRenewal is the likelihood of one renewal, with ln r_t = ln S(t) - ln S(t-1).
func bdwRenewal(p []float64, t int, kept, lost float64, d *derivatives) float64 {
	if d == nil {
		m := BDW{Gamma: p[0], Delta: p[1], C: p[2]}
		return weighted(kept, lost, m.logSurvival(float64(t))-m.logSurvival(float64(t-1)))
	}
	v, g, h := bdwSurvival(p, float64(t))
	before, gBefore, hBefore := bdwSurvival(p, float64(t-1))
	log := v - before
	k := -1 / math.Expm1(-log) // d ln(1-r) / d ln r
	if lost == 0 {
		k = 0
	}
	for i := range 3 {
		gi := g[i] - gBefore[i]
		d.g[i] += (kept + lost*k) * gi
		for j := i; j < 3; j++ {
			d.h.add(i, j, (kept+lost*k)*(h[i][j]-hBefore[i][j])+lost*k*(1-k)*gi*(g[j]-gBefore[j]))
		}
	}
	return weighted(kept, lost, log)
}

// weighted returns kept ln r + lost ln(1-r).
func weighted(kept, lost, log float64) float64 {
	v := kept * log
	if lost > 0 {
		v += lost * math.Log(-math.Expm1(log))
	}
	return v
}

// Survival returns the probability that a customer is left after n renewals.
func (m BDW) Survival(n int) (float64, error) {
	if err := m.checkRenewals(n); err != nil {
		return 0, err
	}
	return finite("survival", math.Exp(m.logSurvival(float64(n))))
}

// Retention returns the probability that a customer who has come to renewal n, which is 1 for
// the first, makes it.
func (m BDW) Retention(n int) (float64, error) {
	if err := m.checkRenewals(n - 1); err != nil {
		return 0, err
	}
	return finite("retention", math.Min(1, math.Exp(m.logSurvival(float64(n))-m.logSurvival(float64(n-1)))))
}

// Lifetime returns the expected, discounted number of payments of a new customer, as
// [SBG.Lifetime] does. It is undefined for [Forever] without a rate if Gamma times C is 1 or
// less.
func (m BDW) Lifetime(h Horizon, r Rate) (float64, error) {
	if err := m.check(); err != nil {
		return 0, err
	}
	return m.sum(0, 0, h, r)
}

// Residual returns the same for a customer who has made so many renewals already, from just
// before the next one, as [SBG.Residual] does.
func (m BDW) Residual(renewals int, h Horizon, r Rate) (float64, error) {
	if err := m.checkRenewals(renewals); err != nil {
		return 0, err
	}
	return m.sum(renewals, 1, h, r)
}

// inFull is how many terms of a sum without end are added one by one.
const inFull = 2000

// sum returns
//
//	Σ S(n+t+skip)/S(n) z^t   over 0 <= t < payments
//
// The terms of a sum without end that are left after the first ones are replaced by
// Euler's and Maclaurin's formula: their integral, and corrections for the step.
func (m BDW) sum(n, skip int, h Horizon, r Rate) (float64, error) {
	count, z, err := payments(m.Unit, h, r)
	if err != nil {
		return 0, err
	}
	if count < 0 && z == 1 && m.Gamma*m.C <= 1 {
		return 0, undefined("lifetime", metric.OutOfDomain, "without end and rate it does not exist for gamma * c = %g", m.Gamma*m.C)
	}
	force, start, before := -math.Log(z), float64(n+skip), m.logSurvival(float64(n))
	term := func(t float64) float64 { return math.Exp(m.logSurvival(start+t) - before - force*t) }
	last := count
	if count < 0 {
		last = inFull
	}
	var sum float64
	for t := range last {
		v := term(float64(t))
		sum += v
		if v < 1e-18*sum*(1-z) {
			return finite("lifetime", sum)
		}
	}
	if count >= 0 {
		return finite("lifetime", sum)
	}
	from := start + inFull
	u := math.Pow(from, m.C)
	slope := -force + m.C*u/from*(digamma(m.Delta+u)-digamma(m.Gamma+m.Delta+u))
	edge := term(inFull)
	end := math.Log(1e300/from) / math.Max(m.C, 1) // in t = start + from (e^w - 1)
	if z < 1 {
		end = math.Log1p(50 / force / from)
	} else {
		end = math.Min(end, 40/(m.Gamma*m.C-1))
	}
	rest := integrate(func(w float64) float64 { return from * math.Exp(w) * term(inFull+from*math.Expm1(w)) }, 0, end, 1, 1)
	return finite("lifetime", sum+rest+edge/2-slope*edge/12)
}

// Simulate draws a cohort of new customers, and returns how many are left at the start and
// after each renewal, as [Cohorts.Add] takes it.
func (m BDW) Simulate(customers, renewals int, seed uint64) ([]int64, error) {
	if err := m.checkRenewals(renewals); err != nil {
		return nil, err
	}
	return drawCohort(m.Gamma, m.Delta, m.C, customers, renewals, seed)
}

func (m BDW) kind() string { return "BdW" }

func (m BDW) parameters() []parameter {
	return []parameter{{name: "gamma", value: m.Gamma}, {name: "delta", value: m.Delta}, {name: "c", value: m.C}}
}

func (m BDW) with(v []float64) BDW {
	m.Gamma, m.Delta, m.C = v[0], v[1], v[2]
	return m
}

// maxShape bounds C, so that t^C stays a number.
const maxShape = 40

func (m BDW) check() error {
	if m.C > maxShape {
		return badInput("c", "%g is above %d", m.C, maxShape)
	}
	return checkModel(m.Unit, m.parameters())
}

func (m BDW) checkRenewals(n int) error {
	if err := m.check(); err != nil {
		return err
	}
	return checkRenewals(n)
}
