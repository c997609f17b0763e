package survival

import "math"

// Family is a distribution of times. All are location-scale families of log t:
//
//	log T = μ + σW
//
// Parameters are those of R's survreg and, in their own form, of lifelines:
//
//	Exponential:  S(t) = exp(-t/λ)             λ = exp(μ), σ = 1
//	Weibull:      S(t) = exp(-(t/λ)^ρ)         λ = exp(μ), ρ = 1/σ
//	LogNormal:    S(t) = 1 - Φ((log t - μ)/σ)
//	LogLogistic:  S(t) = 1/(1 + (t/α)^β)       α = exp(μ), β = 1/σ
type Family uint8

// The families.
const (
	Exponential Family = iota
	Weibull
	LogNormal
	LogLogistic
)

var families = [...]struct {
	name            string
	location, scale string // the names of the parameters
}{
	Exponential: {"exponential", "lambda", ""},
	Weibull:     {"Weibull", "lambda", "rho"},
	LogNormal:   {"log-normal", "mu", "sigma"},
	LogLogistic: {"log-logistic", "alpha", "beta"},
}

// String returns the name, such as "Weibull".
func (f Family) String() string {
	if int(f) >= len(families) {
		return "unknown"
	}
	return families[f].name
}

// curvature is a function of z with its first two derivatives.
type curvature struct{ v, d1, d2 float64 }

// density returns the log density of W.
func (f Family) density(z float64) curvature {
	switch f {
	case LogNormal:
		return curvature{-z*z/2 - math.Log(2*math.Pi)/2, -z, -1}
	case LogLogistic:
		p := logistic(z)
		return curvature{z - 2*softplus(z), 1 - 2*p, -2 * p * (1 - p)}
	}
	e := math.Exp(z)
	return curvature{z - e, 1 - e, -e}
}

// survival returns log P(W > z).
func (f Family) survival(z float64) curvature {
	switch f {
	case LogNormal:
		v, h := normalTail(z)
		return curvature{v, -h, -h * (h - z)}
	case LogLogistic:
		p := logistic(z)
		return curvature{-softplus(z), -p, -p * (1 - p)}
	}
	e := math.Exp(z)
	return curvature{-e, -e, -e}
}

// quantile returns the z with P(W > z) = 1-p.
func (f Family) quantile(p float64) float64 {
	switch f {
	case LogNormal:
		return normalQuantile(p)
	case LogLogistic:
		return math.Log(p) - math.Log1p(-p)
	}
	return math.Log(-math.Log1p(-p))
}

// logistic returns 1/(1+exp(-z)).
func logistic(z float64) float64 {
	if z < 0 {
		e := math.Exp(z)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}

// softplus returns log(1+exp(z)).
func softplus(z float64) float64 {
	if z > 0 {
		return z + math.Log1p(math.Exp(-z))
	}
	return math.Log1p(math.Exp(z))
}

// normalTail returns log P(N > z) of a standard normal N and its hazard φ(z)/P(N > z). Far
// out, where the probability is below all numbers, it takes Laplace's continued fraction
//
//	P(N > z) = φ(z) / (z + 1/(z + 2/(z + 3/(z + ...))))
func normalTail(z float64) (log, hazard float64) {
	density := -z*z/2 - math.Log(2*math.Pi)/2
	if z < 10 {
		tail := math.Erfc(z/math.Sqrt2) / 2
		log = math.Log(tail)
		if z < -5 {
			log = math.Log1p(-math.Erfc(-z/math.Sqrt2) / 2)
		}
		return log, math.Exp(density - log)
	}
	hazard = z
	for k := 40.0; k > 0; k-- {
		hazard = z + k/hazard
	}
	return density - math.Log(hazard), hazard
}
