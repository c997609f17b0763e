package survival

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

const fitIterations = 100

// likelihood is the log-likelihood at some parameters, with its derivatives.
type likelihood struct {
	logLik   float64
	gradient []float64
	hessian  symmetric
}

// likelihood computes it for theta: μ at the mean covariates, their effects, and log σ
// unless that is fixed. It is false where it is no finite number.
//
// For an event it is log f(z) - log σ - log t, for a censored observation log S(z), less
// log S(z) at a late entry, with z = (log t - μ)/σ, so that
//
//	∂z/∂μ = -1/σ    ∂z/∂log σ = -z
func (m *Model) likelihood(theta []float64) (likelihood, bool) {
	p := m.d.p
	l := likelihood{gradient: make([]float64, len(theta)), hessian: newSymmetric(len(theta))}
	sigma := 1.0
	if !m.fixedScale() {
		sigma = math.Exp(theta[p+1])
	}
	x := make([]float64, p+1) // with a 1 for μ
	x[0] = 1
	for i := range m.d.rows {
		r := &m.d.rows[i]
		if r.exit == 0 {
			continue // censored at once: says nothing
		}
		copy(x[1:], m.d.x[i*p:(i+1)*p])
		mu := dot(x, theta[:p+1])
		log := math.Log(r.exit)
		z := (log - mu) / sigma
		if r.cause == Censored {
			l.add(r.weight, z, sigma, x, m.family.survival(z))
		} else {
			c := m.family.density(z)
			l.logLik -= r.weight * (math.Log(sigma) + log)
			l.add(r.weight, z, sigma, x, c)
			if !m.fixedScale() {
				l.gradient[p+1] -= r.weight
			}
		}
		if r.entry > 0 {
			z := (math.Log(r.entry) - mu) / sigma
			l.add(-r.weight, z, sigma, x, m.family.survival(z))
		}
	}
	return l, l.finite()
}

// add adds w·c(z).
func (l *likelihood) add(w, z, sigma float64, x []float64, c curvature) {
	l.logLik += w * c.v
	scaled := len(l.gradient) > len(x)
	for j, v := range x {
		l.gradient[j] -= w * c.d1 / sigma * v
		for k := 0; k <= j; k++ {
			l.hessian.v[j*(j+1)/2+k] += w * c.d2 / sigma / sigma * v * x[k]
		}
	}
	if !scaled {
		return
	}
	s := len(x)
	l.gradient[s] -= w * z * c.d1
	for j, v := range x {
		l.hessian.v[s*(s+1)/2+j] += w * (c.d1 + z*c.d2) / sigma * v
	}
	l.hessian.v[s*(s+1)/2+s] += w * z * (c.d1 + z*c.d2)
}

func (l *likelihood) finite() bool {
	sum := l.logLik
	for _, v := range l.gradient {
		sum += math.Abs(v)
	}
	for _, v := range l.hessian.v {
		sum += math.Abs(v)
	}
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// start returns where the search begins: for the exponential distribution and for Weibull
// with σ = 1 the rate of events per time at risk; for the others the moments of log t.
func (m *Model) start() []float64 {
	theta := make([]float64, m.d.p+2)
	if m.fixedScale() {
		theta = theta[:m.d.p+1]
	}
	var time, weight, mean, square float64
	for _, r := range m.d.rows {
		time += r.weight * (r.exit - r.entry)
		if r.exit > 0 {
			weight += r.weight
			mean += r.weight * math.Log(r.exit)
		}
	}
	mean /= weight
	for _, r := range m.d.rows {
		if r.exit > 0 {
			v := math.Log(r.exit) - mean
			square += r.weight * v * v
		}
	}
	if m.family == LogNormal || m.family == LogLogistic {
		theta[0] = mean
		theta[m.d.p+1] = math.Log(max(math.Sqrt(square/weight), 1e-3))
		return theta
	}
	theta[0] = math.Log(time / m.events)
	return theta
}

// unbounded reports whether one time explains all events: they fall on it, and nobody was
// observed any longer.
func (m *Model) unbounded() bool {
	if m.fixedScale() {
		return false
	}
	last := m.d.rows[len(m.d.rows)-1].exit
	for i := range m.d.rows {
		if r := &m.d.rows[i]; r.cause != Censored && r.exit != last {
			return false
		}
	}
	return true
}

// search maximises the likelihood by Newton's method. Where the likelihood is not concave,
// the Hessian gets a ridge; where a step would lower the likelihood, it is halved.
func (m *Model) search() error {
	if m.unbounded() {
		return undefinedf(metric.OutOfDomain, "all events are at %s and nobody was observed longer, so the likelihood grows without end as the spread of the %s distribution goes to 0",
			m.unit.quantity(m.d.rows[len(m.d.rows)-1].exit), m.family)
	}
	if bad := m.d.dependent(); bad >= 0 {
		return inputErrorf("covariate %s is a combination of those before it, so its effect cannot be told from theirs", quote(m.d.names[bad]))
	}
	theta := m.start()
	at, ok := m.likelihood(theta)
	if !ok {
		return undefinedf(metric.OutOfDomain, "the likelihood is no finite number where the search begins")
	}
	iterations := m.o.MaxIterations
	if iterations == 0 {
		iterations = fitIterations
	}
	for n := 1; n <= iterations; n++ {
		next, reached, largest := m.advance(theta, at.ascent(), at.logLik)
		if next == nil {
			largest = 0
		} else {
			theta, at = next, *reached
		}
		if !m.fixedScale() && theta[m.d.p+1] < -18 {
			return undefinedf(metric.OutOfDomain, "the model fits all events exactly, so the likelihood grows without end as the spread of the %s distribution goes to 0",
				m.family)
		}
		if largest < 1e-9 {
			return m.finish(theta, at, n)
		}
	}
	if _, bad := at.information().factor(flatness); bad > 0 && bad <= m.d.p && iterations >= fitIterations {
		return m.endless(theta)
	}
	return undefinedf(metric.OutOfDomain, "the search for the parameters did not arrive in %d iterations", iterations)
}

// flatness is the share of its own information below which a parameter is not determined.
const flatness = 1e-11

// endless says that the likelihood rises along the effect of a covariate for ever: the one
// that has come farthest.
func (m *Model) endless(theta []float64) error {
	j, _ := largestOf(theta[1 : m.d.p+1])
	return undefinedf(metric.OutOfDomain, "covariate %s separates the events from the rest: the likelihood grows with its effect without end, so there is no estimate",
		quote(m.d.names[j]))
}

// information returns minus the Hessian.
func (l *likelihood) information() symmetric {
	information := newSymmetric(len(l.gradient))
	information.add(-1, l.hessian)
	return information
}

// ascent returns the Newton step, or one that leans to the gradient as far as it takes.
func (l *likelihood) ascent() []float64 {
	n := len(l.gradient)
	negative := l.information()
	var size float64
	for j := range n {
		size = max(size, math.Abs(negative.at(j, j)))
	}
	ridge := 0.0
	for {
		if factor, bad := negative.factor(1e-12); bad < 0 {
			return limited(factor.solve(l.gradient))
		}
		more := max(ridge, 1e-6*size+1e-300)
		for j := range n {
			negative.set(j, j, negative.at(j, j)+more)
		}
		ridge += more
	}
}

// limited shortens a step to at most 5 in any direction: a factor of 150 in time or spread.
func limited(step []float64) []float64 {
	if _, largest := largestOf(step); largest > 5 {
		for j := range step {
			step[j] *= 5 / largest
		}
	}
	return step
}

// advance goes a step as far as the likelihood does not fall, and returns the largest
// change. It goes nowhere where no part of the step helps.
func (m *Model) advance(theta, step []float64, logLik float64) (next []float64, at *likelihood, largest float64) {
	slack := 1e-13 * math.Abs(logLik)
	for share := 1.0; share > 1e-8; share /= 2 {
		next = make([]float64, len(theta))
		largest = 0
		for j := range theta {
			next[j] = theta[j] + share*step[j]
			largest = max(largest, math.Abs(share*step[j])/(1+math.Abs(theta[j])))
		}
		if at, ok := m.likelihood(next); ok && at.logLik >= logLik-slack {
			return next, &at, largest
		}
	}
	return nil, nil, 0
}

// finish takes the covariance from the Hessian, if it is that of a maximum.
func (m *Model) finish(theta []float64, at likelihood, iterations int) error {
	information := at.information()
	factor, bad := information.factor(flatness)
	for j := 1; j <= m.d.p; j++ {
		if bad == j || !(information.at(j, j) > 1e-9*information.at(0, 0)) {
			return m.endless(theta)
		}
	}
	if bad >= 0 {
		return undefinedf(metric.OutOfDomain, "the likelihood is flat where the search ended, so the parameters are not determined")
	}
	// How far a Newton step would still go, in standard errors, tells whether this is it.
	if distance := dot(at.gradient, factor.solve(at.gradient)); !(distance < 1e-8) {
		return undefinedf(metric.OutOfDomain, "the search for the parameters ended %.2g standard errors short of a maximum", math.Sqrt(distance))
	}
	_, slope := largestOf(at.gradient)
	m.theta, m.logLik, m.covariance = theta, at.logLik, factor.inverse()
	m.fit = Convergence{Iterations: iterations, Gradient: slope, Message: "at the maximum"}
	return nil
}
