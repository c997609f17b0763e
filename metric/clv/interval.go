package clv

import (
	"fmt"
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// Scale is the scale on which an estimate is taken to be normally distributed, and from
// which the ends of its interval are carried back.
type Scale uint8

// The scales. They keep an interval within the range of the quantity.
const (
	Linear      Scale = iota // any number: value ± z standard errors
	Positive                 // a number above zero: on the scale of its logarithm
	Probability              // a number from 0 to 1: on the scale of its log-odds
)

func (s Scale) forth(v float64) float64 {
	switch s {
	case Positive:
		return math.Log(v)
	case Probability:
		return math.Log(v) - math.Log1p(-v)
	}
	return v
}

func (s Scale) back(u float64) float64 {
	switch s {
	case Positive:
		return math.Exp(u)
	case Probability:
		return logistic(u)
	}
	return u
}

// slope returns d forth(v) / dv.
func (s Scale) slope(v float64) float64 {
	switch s {
	case Positive:
		return 1 / v
	case Probability:
		return 1 / (v * (1 - v))
	}
	return 1
}

// Estimate is an estimated quantity with its uncertainty: how far it might be off because
// the sample is one of many that could have been. It says nothing of whether the model is
// right, nor of the spread of single customers about an expectation.
type Estimate struct {
	Name      string  // of a parameter; empty for others
	Value     float64 // at the estimated parameters
	StdErr    float64 // by the delta method
	Low, High float64 // ends of the confidence interval
	Level     float64 // of the interval
}

// String returns the estimate as in "r = 0.2426 ± 0.01256 (95% 0.2192 to 0.2685)".
func (e Estimate) String() string {
	s := fmt.Sprintf("%.4g ± %.4g (%g%% %.4g to %.4g)", e.Value, e.StdErr, 100*e.Level, e.Low, e.High)
	if e.Name != "" {
		s = e.Name + " = " + s
	}
	return s
}

// newEstimate returns the estimate of a quantity with the given value and standard error.
func newEstimate(name string, scale Scale, level, value, se float64) (Estimate, error) {
	if !(level > 0 && level < 1) {
		return Estimate{}, badInput("level", "%g is not between 0 and 1", level)
	}
	switch {
	case scale > Probability:
		return Estimate{}, badInput("scale", "%d is unknown", scale)
	case scale == Positive && value < 0, scale == Probability && (value < 0 || value > 1):
		return Estimate{}, badInput("scale", "%g is outside the range of the scale", value)
	}
	if _, err := finite("estimate", value); err != nil {
		return Estimate{}, err
	}
	if _, err := finite("standard error", se); err != nil {
		return Estimate{}, err
	}
	e := Estimate{Name: name, Value: value, StdErr: se, Low: value, High: value, Level: level}
	if value == 0 && scale != Linear || value == 1 && scale == Probability {
		return e, nil // at the end of the range there is no inner side to be uncertain about
	}
	z := normalQuantile(level)
	u, w := scale.forth(value), se*scale.slope(value)
	e.Low, e.High = scale.back(u-z*w), scale.back(u+z*w)
	for _, v := range [...]float64{e.Low, e.High} {
		if _, err := finite("confidence interval", v); err != nil {
			return Estimate{}, err
		}
	}
	return e, nil
}

// Parameters returns the parameters with standard errors and confidence intervals of the
// given level, such as 0.95. Intervals of positive parameters are on the scale of their
// logarithm.
func (f *Fit[M]) Parameters(level float64) ([]Estimate, error) {
	if _, err := f.Covariance(); err != nil {
		return nil, err
	}
	parameters := f.Model.parameters()
	out := make([]Estimate, len(parameters))
	for i, p := range parameters {
		se, scale := math.Sqrt(f.covariance.at(i, i)), Linear
		if !p.coefficient {
			se, scale = se*p.value, Positive
		}
		e, err := newEstimate(p.name, scale, level, p.value, se)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// Estimate returns a quantity that follows from the model, with a standard error and a
// confidence interval of the given level:
//
//	fit.Estimate(clv.Probability, 0.95, func(m clv.BGNBD) (float64, error) {
//		o, err := m.Outlook(customer)
//		return o.Alive(), err
//	})
//
// The standard error is by the delta method: the first derivatives of the quantity, taken
// numerically, with the covariances of the estimates. The quantity must be a smooth function
// of the parameters. If it is undefined for parameters near the estimates, so is its
// estimate.
func (f *Fit[M]) Estimate(scale Scale, level float64, quantity func(M) (float64, error)) (Estimate, error) {
	value, variance, err := f.delta(quantity)
	if err != nil {
		return Estimate{}, err
	}
	return newEstimate("", scale, level, value, math.Sqrt(variance))
}

// delta returns the quantity and its variance.
func (f *Fit[M]) delta(quantity func(M) (float64, error)) (value, variance float64, err error) {
	if _, err := f.Covariance(); err != nil {
		return 0, 0, err
	}
	value, err = quantity(f.Model)
	if err != nil {
		return 0, 0, err
	}
	parameters := f.Model.parameters()
	gradient := make([]float64, len(parameters))
	for i, p := range parameters {
		// A step that is small against the standard error, and large against rounding.
		h := math.Min(math.Max(1e-3*math.Sqrt(f.covariance.at(i, i)), 1e-6), 1e-3)
		var side [2]float64
		for k, sign := range [...]float64{-1, 1} {
			values := make([]float64, len(parameters))
			for j := range parameters {
				values[j] = parameters[j].value
			}
			values[i] = p.at(p.theta() + sign*h)
			if side[k], err = quantity(f.Model.with(values)); err != nil {
				return 0, 0, err
			}
		}
		gradient[i] = (side[1] - side[0]) / (2 * h)
	}
	variance = math.Max(f.covariance.quadratic(gradient), 0)
	if math.IsNaN(variance) || math.IsInf(variance, 0) {
		return 0, 0, undefined("estimate", metric.OutOfDomain, "the quantity is not a smooth function of the parameters")
	}
	return value, variance, nil
}
