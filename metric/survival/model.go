package survival

import (
	"math"
	"strconv"

	"gonum.org/v1/gonum/mathext"

	"github.com/openlifecycle/lifecycle/metric"
)

// FitOptions are the options of [Sample.Fit].
type FitOptions struct {
	// Covariates shift log t. Without them all observations have one distribution.
	Covariates []Covariate

	Level         float64 // confidence level of intervals; 0 means 0.95
	MaxIterations int     // of the search; 0 means 100
}

// String lists what differs from the default, and is "default" for the zero value.
func (o FitOptions) String() string {
	var s differences
	if o.Level != 0 && o.Level != 0.95 {
		s.add("level " + strconv.FormatFloat(o.Level, 'g', -1, 64))
	}
	if o.MaxIterations != 0 && o.MaxIterations != fitIterations {
		s.add("at most " + strconv.Itoa(o.MaxIterations) + " iterations")
	}
	return s.String()
}

// Model is a fitted distribution of times, with or without covariates.
type Model struct {
	family   Family
	o        FitOptions
	level, z float64
	unit     Unit
	d        *design

	theta      []float64 // μ at the mean covariates, standardised effects, log σ
	covariance symmetric // of theta
	logLik     float64
	n, events  float64
	fit        Convergence
	ratio      Test // against no covariates
}

// Fit fits a distribution by maximum likelihood. A censored observation counts with the
// probability of lasting longer, and a late entry under the condition of having lasted to
// it. With covariates x, μ = β₀ + β·x: an accelerated failure time model, in which exp(β)
// is the factor by which a unit of the covariate stretches time.
//
// The search is Newton's, with analytic derivatives for μ and log σ, from one fixed start.
// Weights count observations alike and may be fractions.
//
// The error is [metric.EmptyPopulation] for no observations and
// [metric.InsufficientHistory] for no events. It is [metric.OutOfDomain] where the
// likelihood has no maximum: when all events fall on one time and nobody stays longer, so that σ
// goes to 0, and when a covariate separates the events; when an event is at time 0, where
// no family has a density; and when the search does not arrive.
func (s *Sample) Fit(f Family, o FitOptions) (*Model, error) {
	level, z, err := checkLevel(o.Level)
	switch {
	case err != nil:
		return nil, err
	case int(f) >= len(families):
		return nil, inputErrorf("family %d is unknown", f)
	case o.MaxIterations < 0:
		return nil, inputErrorf("%d iterations are less than none", o.MaxIterations)
	case len(s.rows) == 0:
		return nil, undefinedf(metric.EmptyPopulation, "there are no observations")
	case s.Events() == 0:
		return nil, undefinedf(metric.InsufficientHistory, "there are no events, so the times have no bound")
	}
	if s.rows[0].exit == 0 && s.rows[0].cause != Censored {
		return nil, undefinedf(metric.OutOfDomain, "observation %d: an event at time 0 has no density under the %s distribution", s.rows[0].input, f)
	}
	d, err := s.design(o.Covariates, byExit)
	if err != nil {
		return nil, err
	}
	m := &Model{family: f, o: o, level: level, z: z, unit: s.unit, d: d, n: s.total, events: s.Events()}
	if err := m.search(); err != nil {
		return nil, err
	}
	if len(o.Covariates) > 0 {
		null, err := s.Fit(f, FitOptions{MaxIterations: o.MaxIterations})
		if err != nil {
			return nil, err
		}
		m.ratio = chiSquareTest(2*(m.logLik-null.logLik), d.p)
	}
	return m, nil
}

// Family returns the family of the distribution.
func (m *Model) Family() Family { return m.family }

// Unit returns the unit of the times.
func (m *Model) Unit() Unit { return m.unit }

// Options returns the options of the fit.
func (m *Model) Options() FitOptions { return m.o }

// LogLikelihood returns the logarithm of the likelihood of the times, in their unit.
func (m *Model) LogLikelihood() float64 { return m.logLik }

// DF returns the number of fitted parameters.
func (m *Model) DF() int { return len(m.theta) }

// AIC returns twice the number of parameters less twice the log-likelihood. Less is better;
// only models of the same data compare.
func (m *Model) AIC() float64 { return 2*float64(m.DF()) - 2*m.logLik }

// BIC is like [Model.AIC] with log n instead of 2 for each parameter, n the number of
// observations.
func (m *Model) BIC() float64 { return math.Log(m.n)*float64(m.DF()) - 2*m.logLik }

// Convergence tells how the search ended.
func (m *Model) Convergence() Convergence { return m.fit }

// LikelihoodRatio tests against no effect of any covariate. It is an [metric.ErrInput] for a
// model without.
func (m *Model) LikelihoodRatio() (Test, error) {
	if m.d.p == 0 {
		return Test{}, inputErrorf("the model has no covariates to test")
	}
	return m.ratio, nil
}

// fixedScale reports whether σ is 1.
func (m *Model) fixedScale() bool { return m.family == Exponential }

// sigma returns σ.
func (m *Model) sigma() float64 {
	if m.fixedScale() {
		return 1
	}
	return math.Exp(m.theta[m.d.p+1])
}

// variance returns gᵀVg for a gradient in theta.
func (m *Model) variance(g []float64) float64 { return m.covariance.form(g) }

// intercept returns β₀, the μ at covariates 0, with its gradient in theta.
func (m *Model) intercept() (v float64, g []float64) {
	g = make([]float64, len(m.theta))
	v, g[0] = m.theta[0], 1
	for j := range m.d.p {
		g[j+1] = -m.d.mean[j] / m.d.scale[j]
		v += m.theta[j+1] * g[j+1]
	}
	return v, g
}

// Coefficients returns the intercept, the effects of the covariates on log t, and, but for
// the exponential distribution, log σ as "log(scale)": the table of survreg.
func (m *Model) Coefficients() []Coefficient {
	v, g := m.intercept()
	list := []Coefficient{coefficient("(intercept)", v, m.variance(g), m.z, m.level)}
	for j := range m.d.p {
		k := m.d.scale[j]
		list = append(list, coefficient(m.d.names[j], m.theta[j+1]/k, m.covariance.at(j+1, j+1)/k/k, m.z, m.level))
	}
	if !m.fixedScale() {
		at := m.d.p + 1
		list = append(list, coefficient("log(scale)", m.theta[at], m.covariance.at(at, at), m.z, m.level))
	}
	return list
}

// Parameter is a parameter of a family.
type Parameter struct {
	Name string
	Estimate
}

// Parameters returns the parameters under their names in [Family], those for covariates 0 if
// there are any. Intervals of positive ones are normal for their logarithm. It is
// [metric.OutOfDomain] when covariates 0 are so far from those of the data that a parameter
// is too large for a number.
func (m *Model) Parameters() ([]Parameter, error) {
	names := families[m.family]
	v, g := m.intercept()
	location := logEstimate(math.Exp(v), m.variance(g), m.z, m.level)
	if m.family == LogNormal {
		location = normalEstimate(v, m.variance(g), m.z, m.level)
	}
	if math.IsInf(location.Value, 0) {
		return nil, undefinedf(metric.OutOfDomain, "%s for covariates 0 is too large for a number", names.location)
	}
	list := []Parameter{{names.location, location}}
	if m.fixedScale() {
		return list, nil
	}
	at := m.d.p + 1
	scale := m.sigma()
	if m.family != LogNormal {
		scale = 1 / scale
	}
	return append(list, Parameter{names.scale, logEstimate(scale, m.covariance.at(at, at), m.z, m.level)}), nil
}

// location returns μ for covariates, with its gradient in theta.
func (m *Model) location(x []float64) (v float64, g []float64, err error) {
	at, err := m.d.standard(x)
	if err != nil {
		return 0, nil, err
	}
	g = make([]float64, len(m.theta))
	v, g[0] = m.theta[0], 1
	for j := range at {
		g[j+1] = at[j]
		v += m.theta[j+1] * at[j]
	}
	return v, g, nil
}

// standardTime returns z = (log t - μ)/σ with its gradient in theta.
func (m *Model) standardTime(t float64, x []float64) (z float64, g []float64, err error) {
	if !(t >= minTime && t <= maxTime) {
		return 0, nil, inputErrorf("time %v is not a time above 0", t)
	}
	mu, g, err := m.location(x)
	if err != nil {
		return 0, nil, err
	}
	sigma := m.sigma()
	z = (math.Log(t) - mu) / sigma
	for j := range g {
		g[j] /= -sigma
	}
	if !m.fixedScale() {
		g[m.d.p+1] = -z
	}
	return z, g, nil
}

// Survival returns the probability of no event up to and including t, for covariates x, of
// which there has to be a value for each. The interval is the normal one of (log t - μ)/σ,
// carried over to the probability, so it stays within 0 and 1. It is 1 at 0.
func (m *Model) Survival(t float64, x ...float64) (Estimate, error) {
	if t == 0 {
		return Estimate{Value: 1, StdErr: some(0), Lower: some(1), Upper: some(1), Level: m.level}, nil
	}
	z, g, err := m.standardTime(t, x)
	if err != nil {
		return Estimate{}, err
	}
	se := math.Sqrt(max(m.variance(g), 0))
	at := func(z float64) float64 { return math.Exp(m.family.survival(z).v) }
	s := m.family.survival(z)
	v := math.Exp(s.v)
	slope := 0.0 // of the probability, v times that of its logarithm
	if v > 0 {
		slope = v * s.d1
	}
	e := Estimate{Value: v, StdErr: some(math.Abs(slope) * se), Level: m.level}
	e.Lower, e.Upper = some(at(z+m.z*se)), some(at(z-m.z*se))
	return e, nil
}

// Hazard returns the rate of events at t among those who have had none, per unit of time.
func (m *Model) Hazard(t float64, x ...float64) (float64, error) {
	z, _, err := m.standardTime(t, x)
	if err != nil {
		return 0, err
	}
	h := math.Exp(m.family.density(z).v-m.family.survival(z).v-math.Log(t)) / m.sigma()
	if math.IsNaN(h) || math.IsInf(h, 0) {
		return 0, undefinedf(metric.OutOfDomain, "the hazard at %s is no finite number", m.unit.quantity(t))
	}
	return h, nil
}

// Median returns the time by which half have the event, for covariates x.
func (m *Model) Median(x ...float64) (TimeEstimate, error) { return m.Quantile(0.5, x...) }

// Quantile returns the time by which the share p have the event, for covariates x. The
// interval is normal for log t. It is an [metric.ErrInput] for a p that is not between 0 and 1.
func (m *Model) Quantile(p float64, x ...float64) (TimeEstimate, error) {
	if !(p > 0 && p < 1) {
		return TimeEstimate{}, inputErrorf("quantile %v is not between 0 and 1", p)
	}
	mu, g, err := m.location(x)
	if err != nil {
		return TimeEstimate{}, err
	}
	step := m.sigma() * m.family.quantile(p)
	if !m.fixedScale() {
		g[m.d.p+1] = step
	}
	return m.time(mu+step, g)
}

// time returns exp(log) with the interval that is normal for log.
func (m *Model) time(log float64, g []float64) (TimeEstimate, error) {
	v := math.Exp(log)
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return TimeEstimate{}, undefinedf(metric.OutOfDomain, "the time is too large for a number")
	}
	return TimeEstimate{Estimate: logEstimate(v, m.variance(g), m.z, m.level), Unit: m.unit}, nil
}

// Mean returns the mean time to the event, for covariates x. The interval is normal for its
// logarithm. Beyond the times that were observed it rests on the family alone.
//
//	Exponential:  λ
//	Weibull:      λ Γ(1 + 1/ρ)
//	LogNormal:    exp(μ + σ²/2)
//	LogLogistic:  α (π/β) / sin(π/β)   for β > 1
//
// It is [metric.OutOfDomain] for a log-logistic distribution with β ≤ 1, whose mean is
// infinite.
func (m *Model) Mean(x ...float64) (TimeEstimate, error) {
	mu, g, err := m.location(x)
	if err != nil {
		return TimeEstimate{}, err
	}
	sigma := m.sigma()
	var more, slope float64 // what σ adds to log mean, and its derivative by log σ
	switch m.family {
	case Weibull:
		more, _ = math.Lgamma(1 + sigma)
		slope = sigma * mathext.Digamma(1+sigma)
	case LogNormal:
		more, slope = sigma*sigma/2, sigma*sigma
	case LogLogistic:
		if sigma >= 1 {
			return TimeEstimate{}, undefinedf(metric.OutOfDomain, "the mean of a log-logistic distribution with beta %s, not above 1, is infinite", number(1/sigma, 4))
		}
		angle := math.Pi * sigma
		more, slope = math.Log(angle/math.Sin(angle)), 1-angle/math.Tan(angle)
	}
	if !m.fixedScale() {
		g[m.d.p+1] = slope
	}
	return m.time(mu+more, g)
}

// Table returns the coefficients as rows.
func (m *Model) Table() Table {
	title := m.family.String() + " model, " + number(m.n, 15) + " observations, " + number(m.events, 15) + " events"
	t := Table{title: title, unit: m.unit, options: m.o.String()}
	t.columnsAre("coefficient", "value", "std_err", "lower", "upper", "z", "p")
	t.addCoefficients(m.Coefficients(), func(Coefficient) []cell { return nil })
	return t
}

// String returns [Model.Table] as text, with the parameters of the family, the likelihood and
// how the search ended.
func (m *Model) String() string {
	s := m.Table().String()
	parameters, _ := m.Parameters() // none to print where they do not exist
	for _, p := range parameters {
		s += p.Name + ": " + p.Estimate.String() + "\n"
	}
	s += "log-likelihood " + number(m.logLik, 8) + ", AIC " + number(m.AIC(), 8) + "\n"
	if m.d.p > 0 {
		s += "likelihood ratio: " + m.ratio.String() + "\n"
	}
	return s + m.fit.String() + "\n"
}

// MarshalJSON returns [Model.Table] as JSON.
func (m *Model) MarshalJSON() ([]byte, error) { return m.Table().MarshalJSON() }
