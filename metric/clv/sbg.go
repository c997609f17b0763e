package clv

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// SBG is the shifted-beta-geometric model of customers with contracts, of Fader and Hardie
// (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1).
//
// At every renewal a customer leaves with a probability θ, which over customers is beta
// distributed with Alpha and Beta. Retention then rises from renewal to renewal, because
// those who leave easily have left.
type SBG struct {
	Unit  Unit    `json:"unit"` // from renewal to renewal
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
}

// FitSBG estimates the parameters of an [SBG] model. Cohorts of different ages are fitted
// together. The fit is undefined unless some renewals were made and some were not.
//
// [Fit.Report] notes it if Alpha is 1 or less: the expected lifetime is then infinite, if it
// is not discounted.
func FitSBG(c *Cohorts, o Options) (*Fit[SBG], error) {
	if err := c.needRenewals(); err != nil {
		return nil, err
	}
	f := &renewals{n: 2, due: c.due, kept: c.kept, retention: sbgRenewal}
	starts := [][]float64{{1, 2}, {0.3, 1}, {3, 20}, {0.1, 0.2}}
	fit, err := newFit(SBG{Unit: c.unit}, f, starts, o)
	if err != nil {
		return nil, err
	}
	finishContract(fit, c)
	noteEndless(&fit.Report, "alpha", fit.Model.Alpha)
	return fit, nil
}

// sbgRenewal is the likelihood of one renewal, with
//
//	r_t = (β+t-1)/(α+β+t-1)
func sbgRenewal(p []float64, t int, kept, lost float64, d *derivatives) float64 {
	a, b := p[0], p[1]
	stay := b + float64(t-1)
	all := a + stay
	if d != nil {
		n := kept + lost
		d.g[0] += lost - n*a/all
		d.g[1] += kept*b/stay - n*b/all
		d.h.add(0, 0, -n*a*stay/(all*all))
		d.h.add(0, 1, n*a*b/(all*all))
		d.h.add(1, 1, kept*b*(stay-b)/(stay*stay)-n*b*(all-b)/(all*all))
	}
	return -kept*math.Log1p(a/stay) - lost*math.Log1p(stay/a)
}

// Survival returns the probability that a customer is left after n renewals.
func (m SBG) Survival(n int) (float64, error) {
	if err := m.checkRenewals(n); err != nil {
		return 0, err
	}
	var log float64
	for j := range n {
		log -= math.Log1p(m.Alpha / (m.Beta + float64(j)))
	}
	return math.Exp(log), nil
}

// Retention returns the probability that a customer who has come to renewal n, which is 1 for
// the first, makes it:
//
//	(Beta+n-1) / (Alpha+Beta+n-1)
func (m SBG) Retention(n int) (float64, error) {
	if err := m.checkRenewals(n - 1); err != nil {
		return 0, err
	}
	stay := m.Beta + float64(n-1)
	return stay / (m.Alpha + stay), nil
}

// Lifetime returns the expected number of payments of a new customer within the horizon, each
// multiplied by what it is worth today. The first one, which is certain, is today; others
// come with each renewal. A horizon of N units has N payments. For [Forever] this is DEL, the
// discounted expected lifetime of Fader and Hardie (2010).
//
//	Σ S(t) / (1+d)^t   over 0 <= t < N
//
// It is undefined for [Forever] without a rate if Alpha is 1 or less.
func (m SBG) Lifetime(h Horizon, r Rate) (float64, error) {
	if err := m.check(); err != nil {
		return 0, err
	}
	return sbgLifetime(m.Unit, m.Alpha, m.Beta, h, r)
}

// Residual returns the same for a customer who has made so many renewals already, from just
// before the next one: a horizon of N units has N renewals, and the next one is not
// discounted. For [Forever] this is DERL, the discounted expected residual lifetime of Fader
// and Hardie (2010), Customer-Base Valuation in a Contractual Setting, Marketing Science
// 29(1).
func (m SBG) Residual(renewals int, h Horizon, r Rate) (float64, error) {
	if err := m.checkRenewals(renewals); err != nil {
		return 0, err
	}
	stay := m.Beta + float64(renewals)
	v, err := sbgLifetime(m.Unit, m.Alpha, stay+1, h, r)
	return stay / (m.Alpha + stay) * v, err
}

func sbgLifetime(unit Unit, a, b float64, h Horizon, r Rate) (float64, error) {
	n, z, err := payments(unit, h, r)
	if err != nil {
		return 0, err
	}
	switch {
	case n < 0 && z == 1 && a <= 1:
		return 0, undefined("lifetime", metric.OutOfDomain, "without end and rate it does not exist for alpha = %g", a)
	case n < 0 && z == 1:
		return finite("lifetime", (a+b-1)/(a-1))
	case n < 0:
		return finite("lifetime", hypOne(b, a+b, z))
	}
	var sum float64
	stay := 1.0
	for t := range n {
		sum += stay
		stay *= z * (b + float64(t)) / (a + b + float64(t))
	}
	return sum, nil
}

// smallForce is the least rate at which sums without end keep nine digits.
const smallForce = 1e-7

// payments returns the number of payments within the horizon, -1 for one without end, and the
// factor that a payment loses from one to the next.
func payments(unit Unit, h Horizon, r Rate) (n int, z float64, err error) {
	t, err := h.in(unit)
	if err != nil {
		return 0, 0, err
	}
	force, err := r.force(unit)
	if err != nil {
		return 0, 0, err
	}
	if force > 0 && force < smallForce && math.IsInf(t, 1) {
		return 0, 0, badInput("rate", "%v is too small to be told from zero", r)
	}
	n, err = whole(t, maxRenewals)
	return n, math.Exp(-force), err
}

// Simulate draws a cohort of new customers, and returns how many are left at the start and
// after each renewal, as [Cohorts.Add] takes it.
func (m SBG) Simulate(customers, renewals int, seed uint64) ([]int64, error) {
	if err := m.checkRenewals(renewals); err != nil {
		return nil, err
	}
	return drawCohort(m.Alpha, m.Beta, 1, customers, renewals, seed)
}

// drawCohort draws customers who are left after t renewals with probability (1-θ)^(t^c).
func drawCohort(a, b, c float64, customers, renewals int, seed uint64) ([]int64, error) {
	if customers < 0 || customers > 1e9 {
		return nil, badInput("customers", "%d, want 0 to 1e9", customers)
	}
	left := make([]int64, renewals+1)
	d := newDice(seed)
	for range customers {
		stay := -math.Log1p(-d.beta(a, b))
		t := math.Pow(d.ExpFloat64()/stay, 1/c) // NaN for 0/0: never leaves
		for i := 0; i <= renewals && !(float64(i) > t); i++ {
			left[i]++
		}
	}
	return left, nil
}

func (m SBG) kind() string { return "sBG" }

func (m SBG) parameters() []parameter {
	return []parameter{{name: "alpha", value: m.Alpha}, {name: "beta", value: m.Beta}}
}

func (m SBG) with(v []float64) SBG {
	m.Alpha, m.Beta = v[0], v[1]
	return m
}

func (m SBG) check() error { return checkModel(m.Unit, m.parameters()) }

func (m SBG) checkRenewals(n int) error {
	if err := m.check(); err != nil {
		return err
	}
	return checkRenewals(n)
}

func checkRenewals(n int) error {
	if n < 0 || n > maxRenewals {
		return badInput("renewals", "%d, want 0 to %d", n, maxRenewals)
	}
	return nil
}
