package survival

import (
	"cmp"
	"math"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
)

// CoxTies says how a Cox model treats events at one time, whose order is not known.
type CoxTies uint8

const (
	// Efron takes the mean over the orders in which the tied events could have come, nearly.
	// It is the default of R and lifelines.
	Efron CoxTies = iota

	// Breslow lets every tied event meet all of them still at risk. It is quicker to explain,
	// the default of SAS, SPSS and Stata, and pulls coefficients towards 0.
	Breslow
)

var coxTiesNames = [...]string{Efron: "Efron", Breslow: "Breslow"}

// String returns "Efron" or "Breslow".
func (t CoxTies) String() string { return nameOf(coxTiesNames[:], int(t)) }

// CoxOptions are the options of [Sample.Cox].
type CoxOptions struct {
	Ties          CoxTies
	Level         float64 // confidence level of intervals; 0 means 0.95
	MaxIterations int     // of the search; 0 means 30
}

// String lists what differs from the default, and is "default" for the zero value.
func (o CoxOptions) String() string {
	var s differences
	if o.Ties != Efron {
		s.add(o.Ties.String() + " ties")
	}
	if o.Level != 0 && o.Level != 0.95 {
		s.add("level " + strconv.FormatFloat(o.Level, 'g', -1, 64))
	}
	if o.MaxIterations != 0 && o.MaxIterations != defaultIterations {
		s.add("at most " + strconv.Itoa(o.MaxIterations) + " iterations")
	}
	return s.String()
}

const defaultIterations = 30

// CoxModel is a fitted proportional hazards model.
type CoxModel struct {
	o          CoxOptions
	level, z   float64
	unit       Unit
	d          *design
	beta       []float64 // of the standardised covariates
	covariance symmetric // of beta
	ranges     []coxStratum

	n, events          float64
	logLik, logLikNull float64
	likelihood         Test
	score, wald        Test
	fit                Convergence
	concordance        Concordance
}

// Cox fits a proportional hazards model [1]: the hazard of an observation with covariates x
// in stratum s is
//
//	h(t | x, s) = h₀(t, s) exp(β·x)
//
// with a free h₀ for every stratum. β maximises the partial likelihood, by Newton's method
// with analytic derivatives; late entries are heeded. Weights count observations alike, so
// that ties among them are ties; under [Efron] they have to be whole.
//
// The error is [metric.EmptyPopulation] for no observations and
// [metric.InsufficientHistory] for no events. It is [metric.OutOfDomain] when a covariate
// sorts events from the rest so well that its coefficient could grow without end, and when
// the search does not arrive. Covariates that are constant, or a combination of others, are a
// [metric.ErrInput] that names the first.
//
// [1] Cox, David R. (1972). Regression Models and Life-Tables. Journal of the Royal
// Statistical Society B 34 (2), 187-220. Efron, Bradley (1977). The Efficiency of Cox's Likelihood
// Function for Censored Data. Journal of the American Statistical Association 72 (359),
// 557-565.
func (s *Sample) Cox(covariates []Covariate, o CoxOptions) (*CoxModel, error) {
	level, z, err := checkLevel(o.Level)
	switch {
	case err != nil:
		return nil, err
	case int(o.Ties) >= len(coxTiesNames):
		return nil, inputErrorf("treatment of ties %d is unknown", o.Ties)
	case o.MaxIterations < 0:
		return nil, inputErrorf("%d iterations are less than none", o.MaxIterations)
	case len(covariates) == 0:
		return nil, inputErrorf("a Cox model needs a covariate")
	case o.Ties == Efron && !s.whole:
		return nil, inputErrorf("Efron's treatment of ties needs weights that are whole numbers")
	case len(s.rows) == 0:
		return nil, undefinedf(metric.EmptyPopulation, "there are no observations")
	case s.Events() == 0:
		return nil, undefinedf(metric.InsufficientHistory, "there are no events, so no effect can be found")
	}
	d, err := s.design(covariates, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.stratum, b.stratum), byExit(a, b))
	})
	if err != nil {
		return nil, err
	}
	m := &CoxModel{o: o, level: level, z: z, unit: s.unit, d: d, n: s.total, events: s.Events()}
	m.ranges = d.strata()
	if err := m.checkTies(); err != nil {
		return nil, err
	}
	if err := m.search(); err != nil {
		return nil, err
	}
	m.concordance = m.concord()
	return m, nil
}

// checkTies refuses weights with which the sums over tied events would not end.
func (m *CoxModel) checkTies() error {
	const most = 1 << 24
	for _, s := range m.ranges {
		for _, k := range s.ticks {
			if m.o.Ties == Efron && k.events > most {
				return inputErrorf("%v events at time %v are too many for Efron's treatment of ties, use Breslow's", k.events, k.time)
			}
		}
	}
	return nil
}

// Coefficients returns β by covariate.
func (m *CoxModel) Coefficients() []Coefficient {
	list := make([]Coefficient, m.d.p)
	for j := range list {
		k := m.d.scale[j]
		list[j] = coefficient(m.d.names[j], m.beta[j]/k, m.covariance.at(j, j)/k/k, m.z, m.level)
	}
	return list
}

// HazardRatio returns exp(β) of a covariate, the factor of the hazard per unit of it, with
// the interval that is normal for β.
func (m *CoxModel) HazardRatio(j int) (Estimate, error) {
	if j < 0 || j >= m.d.p {
		return Estimate{}, inputErrorf("the model has no covariate %d", j)
	}
	k := m.d.scale[j]
	e := logEstimate(math.Exp(m.beta[j]/k), m.covariance.at(j, j)/k/k, m.z, m.level)
	if math.IsInf(e.Value, 0) {
		return Estimate{}, undefinedf(metric.OutOfDomain, "the hazard ratio of covariate %s is too large for a number", quote(m.d.names[j]))
	}
	return e, nil
}

// Covariance returns the estimated covariance of two coefficients. It is 0 for an index that
// the model does not have.
func (m *CoxModel) Covariance(i, j int) float64 {
	if min(i, j) < 0 || max(i, j) >= m.d.p {
		return 0
	}
	return m.covariance.at(i, j) / m.d.scale[i] / m.d.scale[j]
}

// LogLikelihood returns the logarithm of the partial likelihood at β.
func (m *CoxModel) LogLikelihood() float64 { return m.logLik }

// NullLogLikelihood returns the logarithm of the partial likelihood at β = 0.
func (m *CoxModel) NullLogLikelihood() float64 { return m.logLikNull }

// AIC returns twice the number of coefficients less twice the log-likelihood.
func (m *CoxModel) AIC() float64 { return 2*float64(m.d.p) - 2*m.logLik }

// LikelihoodRatio tests against β = 0 by the gain in likelihood.
func (m *CoxModel) LikelihoodRatio() Test { return m.likelihood }

// Wald tests against β = 0 by the size of β.
func (m *CoxModel) Wald() Test { return m.wald }

// Score tests against β = 0 by the slope of the likelihood there. For one covariate that
// tells two groups and no ties it is the log-rank test.
func (m *CoxModel) Score() Test { return m.score }

// Concordance tells how well the model orders the observations.
func (m *CoxModel) Concordance() Concordance { return m.concordance }

// Convergence tells how the search ended.
func (m *CoxModel) Convergence() Convergence { return m.fit }

// Options returns the options of the model.
func (m *CoxModel) Options() CoxOptions { return m.o }

// Unit returns the unit of the times.
func (m *CoxModel) Unit() Unit { return m.unit }

// Strata returns the numbers of the strata, in order.
func (m *CoxModel) Strata() []int {
	list := make([]int, len(m.ranges))
	for i, s := range m.ranges {
		list[i] = int(s.number)
	}
	return list
}

// Table returns the coefficients as rows.
func (m *CoxModel) Table() Table {
	title := "Cox model, " + number(m.n, 15) + " observations, " + number(m.events, 15) + " events"
	t := Table{title: title, unit: m.unit, options: m.o.String()}
	t.columnsAre("covariate", "coef", "std_err", "lower", "upper", "z", "p", "hazard_ratio")
	t.addCoefficients(m.Coefficients(), func(c Coefficient) []cell { return []cell{optionalCell(some(math.Exp(c.Value)))} })
	return t
}

// String returns [CoxModel.Table] as text, with the tests and how the search ended.
func (m *CoxModel) String() string {
	return m.Table().String() +
		"likelihood ratio: " + m.likelihood.String() + "\n" +
		"Wald: " + m.wald.String() + "\n" +
		"score: " + m.score.String() + "\n" +
		"concordance: " + m.concordance.String() + "\n" +
		m.fit.String() + "\n"
}

// MarshalJSON returns [CoxModel.Table] as JSON.
func (m *CoxModel) MarshalJSON() ([]byte, error) { return m.Table().MarshalJSON() }
