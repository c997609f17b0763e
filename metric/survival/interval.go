package survival

import "math"

// IntervalType says on which scale the interval of a probability S is normal. With the
// standard error s of log S and the normal quantile z:
//
//	log:      S exp(±zs)
//	plain:    S ± zsS
//	log-log:  exp(-exp(log(-log S) ± zs/log S))
//	logit:    1/(1 + exp(-(log(S/(1-S)) ± zs/(1-S))))
//	arcsin:   sin²(arcsin(√S) ± (zs/2)√(S/(1-S)))
//
// Limits are cut off at 0 and 1. At S = 0 there is no interval, and at S = 1 there is none
// for the last three, as in R.
type IntervalType uint8

// The types, as conf.type names them in R.
const (
	LogInterval    IntervalType = iota // R's default
	PlainInterval                      // symmetric; poor for small samples
	LogLogInterval                     // the default of lifelines, SAS and Stata
	LogitInterval
	ArcsinInterval
)

var intervalNames = [...]string{
	LogInterval: "log", PlainInterval: "plain", LogLogInterval: "log-log", LogitInterval: "logit", ArcsinInterval: "arcsin",
}

// String returns the name, such as "log-log".
func (t IntervalType) String() string { return nameOf(intervalNames[:], int(t)) }

// limits returns the interval of a probability p whose logarithm has standard error se.
func (t IntervalType) limits(p, se, z float64) (lower, upper Optional) {
	if !(p > 0) || math.IsInf(se, 0) {
		return Optional{}, Optional{}
	}
	var lo, hi float64
	switch t {
	case LogInterval:
		lo, hi = p*math.Exp(-z*se), p*math.Exp(z*se)
	case PlainInterval:
		lo, hi = p-z*se*p, p+z*se*p
	default:
		if p >= 1 {
			return Optional{}, Optional{}
		}
		lo, hi = t.innerLimits(p, z*se)
	}
	return some(min(max(lo, 0), 1)), some(min(max(hi, 0), 1))
}

// innerLimits is limits for the types that need p below 1.
func (t IntervalType) innerLimits(p, zse float64) (lo, hi float64) {
	switch t {
	case LogLogInterval:
		log := math.Log(p)
		at, step := math.Log(-log), zse/log // step is negative
		return math.Exp(-math.Exp(at - step)), math.Exp(-math.Exp(at + step))
	case LogitInterval:
		at, step := math.Log(p/(1-p)), zse/(1-p)
		return 1 / (1 + math.Exp(step-at)), 1 / (1 + math.Exp(-step-at))
	default: // ArcsinInterval
		at, step := math.Asin(math.Sqrt(p)), zse/2*math.Sqrt(p/(1-p))
		sin := func(angle float64) float64 {
			s := math.Sin(min(max(angle, 0), math.Pi/2))
			return s * s
		}
		return sin(at - step), sin(at + step)
	}
}

// probability returns the estimate of a probability whose logarithm has the given variance.
func (o Options) probability(p, variance, level, z float64) Estimate {
	e := Estimate{Value: p, Level: level}
	if !(p > 0) {
		return e
	}
	se := math.Sqrt(max(variance, 0))
	e.StdErr = some(p * se)
	e.Lower, e.Upper = o.Interval.limits(p, se, z)
	return e
}
