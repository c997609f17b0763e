package clv

import (
	"fmt"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// Parametric is what a model that can be fitted has. The models of this package are the only
// ones.
type Parametric[M any] interface {
	kind() string
	parameters() []parameter
	with(values []float64) M // the same model with other values
	check() error
}

// parameter is a positive number, estimated by its logarithm, or the coefficient of a
// covariate, which is any number.
type parameter struct {
	name        string
	value       float64
	coefficient bool
}

func (p parameter) theta() float64 {
	if p.coefficient {
		return p.value
	}
	return math.Log(p.value)
}

func (p parameter) at(theta float64) float64 {
	if p.coefficient {
		return theta
	}
	return math.Exp(theta)
}

// Options say how to search for the estimates. The zero value is the default.
type Options struct {
	// Starts is the number of points that the search starts from, at most 4. 0 means 4.
	// They depend on the means of the sample alone.
	Starts int

	// MaxIterations bounds the steps from each start. 0 means 200.
	MaxIterations int
}

const (
	defaultStarts     = 4
	defaultIterations = 200
)

func (o Options) filled() (Options, error) {
	if o.Starts == 0 {
		o.Starts = defaultStarts
	}
	if o.MaxIterations == 0 {
		o.MaxIterations = defaultIterations
	}
	if o.Starts < 1 || o.Starts > defaultStarts {
		return o, badInput("starts", "%d, want 1 to %d, or 0 for %d", o.Starts, defaultStarts, defaultStarts)
	}
	if o.MaxIterations < 1 || o.MaxIterations > 1_000_000 {
		return o, badInput("max iterations", "%d, want 1 to 1000000, or 0 for %d", o.MaxIterations, defaultIterations)
	}
	return o, nil
}

// String lists the options that differ from the default, as in "starts=1"; "" if none does.
func (o Options) String() string {
	var parts []string
	if o.Starts != 0 && o.Starts != defaultStarts {
		parts = append(parts, fmt.Sprintf("starts=%d", o.Starts))
	}
	if o.MaxIterations != 0 && o.MaxIterations != defaultIterations {
		parts = append(parts, fmt.Sprintf("max_iterations=%d", o.MaxIterations))
	}
	return strings.Join(parts, " ")
}

// Fit is a model estimated from data by maximum likelihood. It is not changed by its
// methods, and can be stored as JSON.
type Fit[M Parametric[M]] struct {
	// Model has the estimates for parameters.
	Model M

	// LogLikelihood is the natural logarithm of the likelihood at the estimates. The model
	// says of what; two fits can be compared if it is of the same data.
	LogLikelihood float64

	Customers int64   // customers that the estimates rest on
	Distinct  int     // distinct ones among them
	Options   Options // of the search
	Report    Report  // how the search went, and whether to believe it

	covariance *square // of the parameters' logarithms and the coefficients; nil if undefined
}

// Covariance returns the estimated covariances of the estimates, in the order of
// [Fit.Parameters]: of the natural logarithms of the parameters, and of the coefficients of
// covariates as they are. It is the inverse of the observed information, and undefined where
// the likelihood has no strict maximum.
func (f *Fit[M]) Covariance() ([][]float64, error) {
	if f.covariance == nil {
		return nil, undefined("covariance", metric.OutOfDomain, "the likelihood of the %s is flat in some direction at the estimates", f.Model.kind())
	}
	rows := make([][]float64, f.covariance.n)
	for i := range rows {
		rows[i] = make([]float64, f.covariance.n)
		for j := range rows[i] {
			rows[i][j] = f.covariance.at(i, j)
		}
	}
	return rows, nil
}

// newFit estimates the parameters of shape. The starts are values of its parameters.
func newFit[M Parametric[M]](shape M, f objective, starts [][]float64, o Options) (*Fit[M], error) {
	parameters := shape.parameters()
	filled, err := o.filled()
	if err != nil {
		return nil, err
	}
	starts = starts[:min(filled.Starts, len(starts))]
	thetas := make([][]float64, len(starts))
	for i, start := range starts {
		for j, v := range start {
			parameters[j].value = v
			thetas[i] = append(thetas[i], parameters[j].theta())
		}
	}
	best, others := search(f, thetas, filled.MaxIterations)

	values := make([]float64, len(parameters))
	for i := range parameters {
		values[i] = parameters[i].at(best.theta[i])
	}
	fit := &Fit[M]{Model: shape.with(values), LogLikelihood: best.value, Options: o}
	if err := fit.Model.check(); err != nil {
		return nil, undefined("fit of the "+shape.kind(), metric.OutOfDomain, "the estimates ran away: %w", err)
	}
	if _, err := finite("log-likelihood", best.value); err != nil {
		return nil, err
	}
	information := best.d.h.clone()
	for i := range information.v {
		information.v[i] = -information.v[i]
	}
	information.mirror()
	if inv, ok := information.inverse(); ok {
		fit.covariance = &inv
	}
	fit.Report = newReport(fit.Model.parameters(), best, others, len(starts), fit.covariance)
	return fit, nil
}
