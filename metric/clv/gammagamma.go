package clv

import (
	"iter"
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// GammaGamma is the model of the value of purchases of Fader and Hardie (2013), The
// Gamma-Gamma Model of Monetary Value, after Colombo and Jiang (1999).
//
// The values of a customer's purchases are gamma distributed with shape P and a rate that
// over customers is gamma distributed with shape Q and rate V. It is assumed that value and
// number of purchases are independent; [Sample.SpendCorrelation] checks it. Values have the
// unit of the summaries' Monetary, and are above zero.
//
// The likelihood of a fit is that of the mean value of each customer's repeat purchases.
type GammaGamma struct {
	P float64 `json:"p"`
	Q float64 `json:"q"`
	V float64 `json:"v"` // in the unit of the values
}

// dependence is the correlation from which on a fit notes that value and number of purchases
// go together.
const dependence = 0.3

// FitGammaGamma estimates the parameters of a [GammaGamma] model from the customers of a
// sample with a repeat purchase and a mean value above zero. [Fit.Report] notes how many
// repeat customers were excluded because theirs is zero or less: the model has no room for
// them.
//
// The fit is undefined if there are no such customers. Where Q is 1 or less there is no mean
// value of all customers, and for few purchases none of one customer.
func FitGammaGamma(s *Sample, o Options) (*Fit[GammaGamma], error) {
	if err := s.needRepeats(); err != nil {
		return nil, err
	}
	rows, excluded := s.spending()
	if len(rows) == 0 {
		return nil, undefined("fit", metric.InsufficientHistory, "no repeat customer has a mean value above zero")
	}
	f := &spendLikelihood{rows: rows}
	fit, err := newFit(GammaGamma{}, f, f.starts(), o)
	if err != nil {
		return nil, err
	}
	fit.Customers, fit.Distinct = s.repeaters-excluded, len(rows)
	fit.Report.needRepeaters(fit.Customers, 3)
	if fit.Model.Q <= 1 {
		fit.Report.concern(UnboundedMean, "q is %.4g: with 1 or less, the mean value of purchases over all customers is infinite", fit.Model.Q)
	}
	if excluded > 0 {
		fit.Report.note(Excluded, "%d repeat customers were excluded because the mean value of their purchases is not above zero", excluded)
	}
	if c, err := s.SpendCorrelation(); err == nil && math.Abs(c) > dependence {
		fit.Report.note(DependentSpend, "value and number of purchases have a correlation of %.2f, and the model assumes none", c)
	}
	return fit, nil
}

// Mean returns the mean value of a purchase over all customers:
//
//	P V / (Q-1)
//
// It is undefined for a Q of 1 or less.
func (m GammaGamma) Mean() (float64, error) { return m.conditional(0, 0) }

// Expected returns the mean value that the purchases of a customer are expected to have: a
// mean of that of all customers and the customer's own, weighted by the number of purchases.
//
//	P (V + x m) / (P x + Q - 1)
//
// For a customer without repeat purchases it is that of all customers.
func (m GammaGamma) Expected(c Summary) (float64, error) {
	switch {
	case c.Frequency < 0 || c.Frequency > maxFrequency:
		return 0, badInput("frequency", "%d repeat purchases, want 0 to %d", c.Frequency, maxFrequency)
	case c.Frequency == 0 && c.Monetary != 0:
		return 0, badInput("monetary", "%g is the mean of no repeat purchase", c.Monetary)
	case c.Frequency > 0 && !(c.Monetary > 0 && c.Monetary <= 1e34):
		return 0, badInput("monetary", "%g, where the model knows values above zero and up to 1e34 only", c.Monetary)
	}
	return m.conditional(float64(c.Frequency), c.Monetary)
}

func (m GammaGamma) conditional(x, mean float64) (float64, error) {
	if err := m.check(); err != nil {
		return 0, err
	}
	below := m.P*x + m.Q - 1
	if below <= 0 {
		return 0, undefined("mean value", metric.OutOfDomain, "it is infinite for q = %g and %g repeat purchases", m.Q, x)
	}
	return finite("mean value", m.P*(m.V+x*mean)/below)
}

// Simulate yields the summaries with mean values drawn from the model, from a generator that
// is seeded with the seed. Customers without a repeat purchase get none.
func (m GammaGamma) Simulate(customers iter.Seq[Summary], seed uint64) iter.Seq2[Summary, error] {
	return func(yield func(Summary, error) bool) {
		if err := m.check(); err != nil {
			yield(Summary{}, err)
			return
		}
		d := newDice(seed)
		for c := range customers {
			c.Monetary = 0
			if x := float64(c.Frequency); x > 0 {
				c.Monetary = d.gamma(m.P*x) / x / (d.gamma(m.Q) / m.V)
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (m GammaGamma) kind() string { return "gamma-gamma" }

func (m GammaGamma) parameters() []parameter {
	return []parameter{{name: "p", value: m.P}, {name: "q", value: m.Q}, {name: "v", value: m.V}}
}

func (m GammaGamma) with(v []float64) GammaGamma {
	m.P, m.Q, m.V = v[0], v[1], v[2]
	return m
}

func (m GammaGamma) check() error { return checkModel(Day, m.parameters()) }

// spendLikelihood is the likelihood of the mean m of x values, by p, q and v:
//
//	ln L = ln Γ(px+q) - ln Γ(px) - ln Γ(q) - ln m
//	     + q ln(v/(v+xm)) + px ln(xm/(v+xm))
type spendLikelihood struct{ rows []spendCell }

func (f *spendLikelihood) dim() int { return 3 }

func (f *spendLikelihood) eval(theta []float64, d *derivatives) float64 {
	for _, t := range theta {
		if math.Abs(t) > 100 {
			return math.Inf(-1)
		}
	}
	p, q, v := math.Exp(theta[0]), math.Exp(theta[1]), math.Exp(theta[2])
	var total compensated
	lgammaQ, psiQ, psi1Q := lgamma(q), digamma(q), trigamma(q)
	last := -1
	var gammas, psiPX, psi1PX, psi, psi1 float64
	for i := range f.rows {
		c := &f.rows[i]
		x := float64(c.x)
		if c.x != last { // rows are sorted by x
			last = c.x
			gammas = lgamma(p*x+q) - lgamma(p*x) - lgammaQ
			if d != nil {
				psi, psi1, psiPX, psi1PX = digamma(p*x+q), trigamma(p*x+q), digamma(p*x), trigamma(p*x)
			}
		}
		spent := x * c.m
		own, all := -math.Log1p(v/spent), -math.Log1p(spent/v) // of the two shares of v + x m
		total.add(c.n * (gammas - math.Log(c.m) + q*all + p*x*own))
		if d == nil {
			continue
		}
		share := v / (v + spent)
		a := p * x // derivatives by p come through px
		g := [3]float64{a * (psi - psiPX + own), q * (psi - psiQ + all), q*(1-share) - a*share}
		for j := range g {
			d.g[j] += c.n * g[j]
		}
		d.h.add(0, 0, c.n*(g[0]+a*a*(psi1-psi1PX)))
		d.h.add(0, 1, c.n*a*q*psi1)
		d.h.add(0, 2, -c.n*a*share)
		d.h.add(1, 1, c.n*(g[1]+q*q*(psi1-psi1Q)))
		d.h.add(1, 2, c.n*q*(1-share))
		d.h.add(2, 2, -c.n*(q+a)*share*(1-share))
	}
	return total.value()
}

// starts know the mean of the values.
func (f *spendLikelihood) starts() [][]float64 {
	var n, mean float64
	for _, c := range f.rows {
		n += c.n
		mean += c.n * c.m
	}
	mean /= n
	var out [][]float64
	for _, s := range [...][2]float64{{2, 3}, {6, 4}, {1, 2}, {20, 8}} {
		out = append(out, []float64{s[0], s[1], mean * (s[1] - 1) / s[0]})
	}
	return out
}
