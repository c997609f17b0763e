package clv

import "math"

// BGBB is the beta-geometric/beta-Bernoulli model of Fader, Hardie and Shang (2010),
// Customer-Base Analysis in a Discrete-Time Noncontractual Setting, Marketing Science 29(6).
//
// There is an opportunity to buy in every unit of time. Before each, a customer may be gone
// with a probability θ; who is still there buys with a probability p. Over customers, p is
// beta distributed with Alpha and Beta, and θ is beta distributed with Gamma and Delta.
//
// In its summaries the first purchase is at 0, Age is the number of opportunities since, and
// Recency that of the last one that was taken; both are whole numbers, and Frequency is not
// above Recency. [Outlook.Alive] is the probability to be alive at the next opportunity.
//
// The likelihood of a fit is that of the whole pattern of opportunities taken.
type BGBB struct {
	Unit  Unit    `json:"unit"`
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
	Gamma float64 `json:"gamma"`
	Delta float64 `json:"delta"`
}

// maxOpportunities bounds the ages and horizons of a BGBB model.
const maxOpportunities = 1_000_000

// FitBGBB estimates the parameters of a [BGBB] model. It leaves covariates out of account.
//
// The fit is undefined for a sample without repeat purchases. A summary in broken
// opportunities is an error, as is one with more than 10,000. The time that
// it takes is that of the distinct summaries times their opportunities since the last one
// that was taken.
func FitBGBB(s *Sample, o Options) (*Fit[BGBB], error) {
	if err := s.needRepeats(); err != nil {
		return nil, err
	}
	groups := s.groups(true)
	top := 0
	for _, g := range groups {
		for _, c := range g.cells {
			if err := discrete(c.x, c.t, c.age, 10_000); err != nil {
				return nil, err
			}
			top = max(top, int(c.age))
		}
	}
	f := &purchases{kernel: &betaBernoulli{top: top}, groups: groups}
	fit, err := newFit(BGBB{Unit: s.unit}, f, betaBernoulliStarts(means(groups)), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	noteEndless(&fit.Report, "gamma", fit.Model.Gamma)
	return fit, nil
}

// discrete returns an error unless the history is one of separate opportunities.
func discrete(x int, last, age float64, limit int) error {
	switch {
	case last != math.Floor(last) || age != math.Floor(age):
		return badInput("summary", "recency %g and age %g are not whole numbers of opportunities", last, age)
	case float64(x) > last:
		return badInput("frequency", "%d purchases at %g opportunities", x, last)
	case age > float64(limit):
		return badInput("age", "%g opportunities, want at most %d", age, limit)
	}
	return nil
}

// Newcomer returns the outlook of a customer at the first purchase.
func (m BGBB) Newcomer() (Outlook, error) { return m.Outlook(Summary{Unit: m.Unit}) }

// Outlook returns the outlook of a customer with a history. Horizons are whole numbers of
// opportunities, except for [Forever].
func (m BGBB) Outlook(c Summary) (Outlook, error) {
	if err := m.check(); err != nil {
		return Outlook{}, err
	}
	c, err := c.in(m.Unit)
	if err != nil {
		return Outlook{}, err
	}
	c.Recency, c.Age = nearWhole(c.Recency), nearWhole(c.Age)
	if err := discrete(c.Frequency, c.Recency, c.Age, maxOpportunities); err != nil {
		return Outlook{}, err
	}
	x, n := float64(c.Frequency), c.Age
	return Outlook{
		unit:  m.Unit,
		alive: m.alive(c),
		then:  bernoulliFuture{m.Alpha + x, m.Beta + n - x, m.Gamma, m.Delta + n + 1},
	}, nil
}

// alive returns the probability to be alive at opportunity n+1. Relative to having been
// alive at all n, the customer was gone before opportunity i+1 with
//
//	B(α+x, β+i-x)/B(α+x, β+n-x) B(γ+1, δ+i)/B(γ, δ+n)   for t <= i < n
func (m BGBB) alive(c Summary) float64 {
	x, n := float64(c.Frequency), c.Age
	// Backwards from what the term of i = n would be, each from the one above.
	term := math.Log(m.Gamma) - math.Log(m.Gamma+m.Delta+n)
	gone := math.Inf(-1)
	for i := n - 1; i >= c.Recency; i-- {
		term += math.Log((m.Alpha+m.Beta+i)/(m.Beta+i-x)) + math.Log((m.Gamma+m.Delta+i+1)/(m.Delta+i))
		gone = logAddExp(gone, term)
	}
	return logistic(-gone) * (m.Delta + n) / (m.Gamma + m.Delta + n)
}

func (m BGBB) kind() string   { return "BG/BB" }
func (m BGBB) timeUnit() Unit { return m.Unit }

func (m BGBB) parameters() []parameter {
	return []parameter{{name: "alpha", value: m.Alpha}, {name: "beta", value: m.Beta}, {name: "gamma", value: m.Gamma}, {name: "delta", value: m.Delta}}
}

func (m BGBB) with(v []float64) BGBB {
	m.Alpha, m.Beta, m.Gamma, m.Delta = v[0], v[1], v[2], v[3]
	return m
}

func (m BGBB) check() error { return checkModel(m.Unit, m.parameters()) }

func (m BGBB) draw(d *dice, age float64) (n int, last float64) {
	p, end := d.beta(m.Alpha, m.Beta), d.beta(m.Gamma, m.Delta)
	for i := 1.0; i <= age; i++ {
		if d.Float64() < end {
			break
		}
		if d.Float64() < p {
			n, last = n+1, i
		}
	}
	return n, last
}

// betaBernoulli is the likelihood of BG/BB, by alpha, beta, gamma and delta:
//
//	L = B(α+x, β+n-x)/B(α, β) B(γ, δ+n)/B(γ, δ)
//	  + Σ B(α+x, β+i-x)/B(α, β) B(γ+1, δ+i)/B(γ, δ)   over t <= i < n
//
// All its beta functions are sums of logarithms over whole numbers, which are made once for
// all customers.
type betaBernoulli struct {
	top                              int
	alpha, beta, both, delta, gammas []rung
}

// steps returns Σ ln(p+q+j) over 0 <= j < n for every n up to top, with its derivatives by
// ln p (1) and ln q (2). A q of zero stands for none.
func steps(out []rung, p, q float64, top int) []rung {
	out = append(out[:0], rung{})
	var s rung
	for j := range top {
		y := float64(j)
		sum := p + q + y
		s.v += math.Log(sum)
		s.d1 += p / sum
		s.d2 += q / sum
		s.d11 += p * (q + y) / (sum * sum)
		s.d12 -= p * q / (sum * sum)
		s.d22 += q * (p + y) / (sum * sum)
		out = append(out, s)
	}
	return out
}

func (m *betaBernoulli) group(p [4]float64, g *group, d *local) float64 {
	m.alpha = steps(m.alpha, p[0], 0, m.top)
	m.beta = steps(m.beta, p[1], 0, m.top)
	m.both = steps(m.both, p[0], p[1], m.top)
	m.delta = steps(m.delta, p[3], 0, m.top)
	m.gammas = steps(m.gammas, p[2], p[3], m.top+1)
	logGamma := math.Log(p[2])

	var total compensated
	for i := range g.cells {
		c := &g.cells[i]
		n := int(c.age)
		sum := m.term(c.x, n, n, 0, nil)
		for j := int(c.t); j < n; j++ {
			sum = logAddExp(sum, m.term(c.x, j, j+1, logGamma, nil))
		}
		total.add(c.n * sum)
		if d == nil {
			continue
		}
		// A mean of the terms' derivatives, and the spread of their gradients.
		var mean, one local
		var square [4][4]float64
		add := func(trials, spans int, log float64) {
			one = local{}
			w := math.Exp(m.term(c.x, trials, spans, log, &one) - sum)
			if spans > trials { // of ln γ
				one.g[2]++
			}
			for j := range 4 {
				mean.g[j] += w * one.g[j]
				for k := j; k < 4; k++ {
					mean.h[j][k] += w * one.h[j][k]
					square[j][k] += w * one.g[j] * one.g[k]
				}
			}
		}
		add(n, n, 0)
		for j := int(c.t); j < n; j++ {
			add(j, j+1, logGamma)
		}
		for j := range 4 {
			d.g[j] += c.n * mean.g[j]
			for k := j; k < 4; k++ {
				d.h[j][k] += c.n * (mean.h[j][k] + square[j][k] - mean.g[j]*mean.g[k])
			}
		}
	}
	return total.value()
}

// term returns the logarithm of B(α+x, β+trials-x)/B(α, β) and of
//
//	Π (δ+j) over j < trials / Π (γ+δ+j) over j < spans
//
// which with the logarithm of γ added is B(γ+1, δ+i)/B(γ, δ) for i trials and i+1 spans. It
// sets d, which is zero, to the derivatives, but for those of the logarithm of γ.
func (m *betaBernoulli) term(x, trials, spans int, log float64, d *local) float64 {
	a, b, ab, de, gd := &m.alpha[x], &m.beta[trials-x], &m.both[trials], &m.delta[trials], &m.gammas[spans]
	if d != nil {
		d.g = [4]float64{a.d1 - ab.d1, b.d1 - ab.d2, -gd.d1, de.d1 - gd.d2}
		d.h[0][0], d.h[0][1], d.h[1][1] = a.d11-ab.d11, -ab.d12, b.d11-ab.d22
		d.h[2][2], d.h[2][3], d.h[3][3] = -gd.d11, -gd.d12, de.d11-gd.d22
	}
	return a.v + b.v - ab.v + de.v - gd.v + log
}

// betaBernoulliStarts know the mean number of purchases and opportunities.
func betaBernoulliStarts(frequency, age float64) [][]float64 {
	p := math.Min(math.Max(frequency/age, 0.01), 0.9)
	odds := 1/p - 1
	return [][]float64{
		{1, odds, 0.5, 3},
		{0.5, odds / 4, 1, 5},
		{3, odds, 2, 8},
		{1, odds, 0.2, 1},
	}
}

// bernoulliFuture is the future of a customer who is alive at the next opportunity: a
// purchase with a probability that is beta(alpha, beta) distributed at each, and an end
// before each but the first with one that is beta(gamma, delta) distributed.
type bernoulliFuture struct{ alpha, beta, gamma, delta float64 }

// expected returns
//
//	α/(α+β) Σ B(γ, δ+k)/B(γ, δ)   over 0 <= k < t
func (f bernoulliFuture) expected(t float64) (float64, error) {
	if math.IsInf(t, 1) {
		if f.gamma <= 1 {
			return 0, endless("BG/BB", "gamma <= 1")
		}
		return finite("expected purchases", f.alpha/(f.alpha+f.beta)*(f.gamma+f.delta-1)/(f.gamma-1))
	}
	return f.discounted(t, 0)
}

// discounted returns
//
//	α/(α+β) Σ e^(-δ(k+1)) B(γ, δ+k)/B(γ, δ)   over 0 <= k < t
func (f bernoulliFuture) discounted(t, force float64) (float64, error) {
	n, err := whole(t, maxOpportunities)
	if err != nil {
		return 0, err
	}
	p, z := f.alpha/(f.alpha+f.beta), math.Exp(-force)
	if n < 0 && force < smallForce {
		return 0, badInput("rate", "%g is too small to be told from zero", force)
	}
	if n < 0 {
		return finite("expected purchases", p*z*hypOne(f.delta, f.gamma+f.delta, z))
	}
	var sum, stay float64 = 0, 1
	for k := range n {
		stay *= z
		if stay < 1e-18*sum*-math.Expm1(-force) {
			break
		}
		sum += stay
		stay *= (f.delta + float64(k)) / (f.gamma + f.delta + float64(k))
	}
	return p * sum, nil
}

// probability sums over the number of opportunities that the customer lives to see.
func (f bernoulliFuture) probability(n int, t float64) (float64, error) {
	m, err := whole(t, maxOpportunities)
	if err != nil {
		return 0, err
	}
	if m == 0 {
		if n == 0 {
			return 1, nil
		}
		return 0, nil
	}
	if n > m {
		return 0, nil
	}
	var sum float64
	stay, x := 1.0, float64(n)
	for k := 1; k <= m; k++ {
		// Alive at the first k opportunities, and gone before the next one or at the horizon.
		y := float64(k - 1)
		w := stay * f.gamma / (f.gamma + f.delta + y)
		if k == m {
			w = stay
		}
		stay *= (f.delta + y) / (f.gamma + f.delta + y)
		if k >= n {
			trials := float64(k)
			log := lgamma(trials+1) - lgamma(x+1) - lgamma(trials-x+1) + lbeta(f.alpha+x, f.beta+trials-x) - lbeta(f.alpha, f.beta)
			sum += w * math.Exp(log)
		}
	}
	return finite("probability", sum)
}
