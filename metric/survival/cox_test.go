package survival

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// randomCox returns hostile observations with two covariates.
func randomCox(r *rand.Rand, n int) ([]Observation, []Covariate) {
	list := hostile(r, n)
	x := []Covariate{{Name: "plan", Values: make([]float64, n)}, {Name: "price", Values: make([]float64, n)}}
	for i := range list {
		list[i].Cause = min(list[i].Cause, 1)
		x[0].Values[i] = float64(r.IntN(2))
		x[1].Values[i] = 50 + 20*r.NormFloat64()
	}
	return list, x
}

// slowPartial is the log partial likelihood, written out for repeated observations.
func slowPartial(ties CoxTies, list []Observation, x [][]float64, beta []float64) float64 {
	var sum float64
	risk := func(i int) float64 { return math.Exp(dot(x[i], beta)) }
	for stratum := range 2 {
		for at := 0.5; at < 7; at += 0.5 {
			var all, tied, d float64
			for i, o := range list {
				if o.Stratum != stratum || o.Exit < at || o.Entry >= at && o.Entry > 0 {
					continue
				}
				all += risk(i)
				if o.Exit == at && o.Cause != Censored {
					tied += risk(i)
					d++
					sum += dot(x[i], beta)
				}
			}
			for k := range int(d) {
				f := 0.0
				if ties == Efron {
					f = float64(k) / d
				}
				sum -= math.Log(all - f*tied)
			}
		}
	}
	return sum
}

// The fit is at the top of the written-out likelihood, and its covariance is the inverse of
// the curvature there, both by differences.
func TestCoxAgainstWrittenOut(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for n := range 40 {
		ties := CoxTies(n % 2)
		list, x := randomCox(r, 30)
		m := must[*CoxModel](t)(sample(t, Day, list...).Cox(x, CoxOptions{Ties: ties}))
		var repeated []Observation
		var rows [][]float64
		for i, o := range list {
			w := int(o.Weight)
			o.Weight = 1
			for range w {
				repeated = append(repeated, o)
				rows = append(rows, []float64{x[0].Values[i], x[1].Values[i] / 20})
			}
		}
		c := m.Coefficients()
		beta := []float64{c[0].Value, c[1].Value * 20}
		f := func(d0, d1 float64) float64 {
			return slowPartial(ties, repeated, rows, []float64{beta[0] + d0, beta[1] + d1})
		}
		near(t, "log-likelihood", m.LogLikelihood(), f(0, 0), 1e-9)
		near(t, "null", m.NullLogLikelihood(), slowPartial(ties, repeated, rows, []float64{0, 0}), 1e-9)
		const h = 1e-4
		near(t, "slope", (f(h, 0)-f(-h, 0))/(2*h), 0, 1e-5)
		near(t, "slope", (f(0, h)-f(0, -h))/(2*h), 0, 1e-5)
		a := -(f(h, 0) - 2*f(0, 0) + f(-h, 0)) / (h * h)
		b := -(f(h, h) - f(h, -h) - f(-h, h) + f(-h, -h)) / (4 * h * h)
		d := -(f(0, h) - 2*f(0, 0) + f(0, -h)) / (h * h)
		det := a*d - b*b
		near(t, "variance", m.Covariance(0, 0), d/det, 2e-3*d/det)
		near(t, "variance", m.Covariance(1, 1)*400, a/det, 2e-3*a/det)
		near(t, "covariance", m.Covariance(0, 1)*20, -b/det, 2e-3*math.Sqrt(a*d)/det)
	}
}

// Laws: the order of the observations does not matter to the bit; a weight is a repetition;
// shifting and scaling a covariate only scales its coefficient.
func TestCoxLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 20 {
		list, x := randomCox(r, 40)
		m := must[*CoxModel](t)(sample(t, Day, list...).Cox(x, CoxOptions{}))
		order := r.Perm(len(list))
		shuffled := make([]Observation, len(list))
		moved := []Covariate{{Name: "plan"}, {Name: "price"}}
		for i, j := range order {
			shuffled[i] = list[j]
			for k := range x {
				moved[k].Values = append(moved[k].Values, x[k].Values[j])
			}
		}
		again := must[*CoxModel](t)(sample(t, Day, shuffled...).Cox(moved, CoxOptions{}))
		if !slices.Equal(m.beta, again.beta) || m.String() != again.String() {
			t.Fatalf("order matters:\n%s%s", m, again)
		}
		scaled := []Covariate{x[0], {Name: "price"}}
		for _, v := range x[1].Values {
			scaled[1].Values = append(scaled[1].Values, 1e6-v*1000)
		}
		other := must[*CoxModel](t)(sample(t, Day, list...).Cox(scaled, CoxOptions{}))
		near(t, "scaled", -1000*other.Coefficients()[1].Value, m.Coefficients()[1].Value, 1e-9)
		near(t, "same z", -other.Coefficients()[1].Z, m.Coefficients()[1].Z, 1e-7)
		near(t, "log-likelihood", other.LogLikelihood(), m.LogLikelihood(), 1e-9)
	}
}

func TestConcordanceAgainstPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 40 {
		list, x := randomCox(r, 30)
		m := must[*CoxModel](t)(sample(t, Day, list...).Cox(x[:1], CoxOptions{}))
		beta := m.Coefficients()[0].Value
		var want Concordance
		for i, a := range list {
			for j, b := range list {
				after := b.Exit > a.Exit || b.Exit == a.Exit && b.Cause == Censored
				if a.Cause == Censored || a.Stratum != b.Stratum || !after || b.Entry > 0 && b.Entry >= a.Exit {
					continue
				}
				w, d := a.Weight*b.Weight, beta*(x[0].Values[i]-x[0].Values[j])
				switch {
				case d > 0:
					want.Concordant += w
				case d < 0:
					want.Discordant += w
				default:
					want.Tied += w
				}
			}
		}
		if got := m.Concordance(); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

// A model in which the covariate has next to no effect gives back the curve of the data:
// Breslow's hazard is the Nelson–Aalen one, Efron's that of Fleming and Harrington.
func TestCoxCurveWithoutEffect(t *testing.T) {
	list := []Observation{}
	x := Covariate{Name: "x"}
	for i := range 12 { // each time twice, once with x and once without
		for v := range 2 {
			list = append(list, Observation{Exit: float64(1 + i), Cause: min(i%3, 1), Stratum: 7})
			x.Values = append(x.Values, float64(v))
		}
	}
	s := sample(t, Day, list...)
	for ties, hazard := range map[CoxTies]HazardTies{Breslow: PlainHazard, Efron: FlemingHarrington} {
		m := must[*CoxModel](t)(s.Cox([]Covariate{x}, CoxOptions{Ties: ties}))
		near(t, "coefficient", m.Coefficients()[0].Value, 0, 1e-12)
		c := must[*Curve](t)(m.Curve(7, Options{}, 0.5))
		for k := range must[*Curve](t)(s.NelsonAalen(Options{Hazard: hazard})).Steps() {
			e := must[Estimate](t)(c.Hazard(k.Time))
			near(t, "hazard", e.Value, k.Hazard.Value, 1e-12)
			near(t, "se", e.StdErr.Value, k.Hazard.StdErr.Value, 1e-12)
		}
		if got := fmt.Sprint(m.Strata()); got != "[7]" {
			t.Errorf("strata %s", got)
		}
		_, err := m.Curve(0, Options{}, 0)
		isInput(t, err, "stratum 0")
		_, err = m.Curve(7, Options{})
		isInput(t, err, "covariates")
		_, err = m.Curve(7, Options{}, math.NaN())
		isInput(t, err, "NaN")
		_, err = m.Curve(7, Options{}, 1e99)
		if m.beta[0] != 0 && err != nil {
			isUndefined(t, err, metric.OutOfDomain)
		}
	}
}

func TestCoxRefuses(t *testing.T) {
	s := sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 2, Cause: 1}, Observation{Exit: 3, Cause: 1},
		Observation{Exit: 4}, Observation{Exit: 5, Cause: 1}, Observation{Exit: 6})
	good := []float64{1, 0, 1, 1, 0, 1}
	for name, c := range map[string]struct {
		x    []Covariate
		o    CoxOptions
		word string
	}{
		"none":       {nil, CoxOptions{}, "covariate"},
		"short":      {[]Covariate{{"x", []float64{1}}}, CoxOptions{}, "6 observations"},
		"NaN":        {[]Covariate{{"x", []float64{1, 0, 0, 1, math.NaN(), 1}}}, CoxOptions{}, "value 4"},
		"twice":      {[]Covariate{{"x", good}, {"x", good}}, CoxOptions{}, "two covariates"},
		"constant":   {[]Covariate{{"x", []float64{2, 2, 2, 2, 2, 2}}}, CoxOptions{}, "constant"},
		"collinear":  {[]Covariate{{"x", good}, {"y", []float64{3, 1, 3, 3, 1, 3}}}, CoxOptions{}, `"y" is a combination`},
		"iterations": {[]Covariate{{"x", good}}, CoxOptions{MaxIterations: -1}, "iterations"},
		"ties":       {[]Covariate{{"x", good}}, CoxOptions{Ties: 5}, "ties"},
		"level":      {[]Covariate{{"x", good}}, CoxOptions{Level: 2}, "level"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Cox(c.x, c.o)
			isInput(t, err, c.word)
		})
	}
	// The one with the covariate always goes first: its coefficient has no bound.
	for _, x := range [][]float64{{1, 1, 1, 0, 0, 0}, {-3, -2.5, -2, -1.5, -1, -0.5}} {
		_, err := s.Cox([]Covariate{{"z", good}, {"leads", x}}, CoxOptions{})
		isUndefined(t, err, metric.OutOfDomain)
		if err == nil || !contains(err.Error(), `covariate "leads" separates`) {
			t.Errorf("%v", err)
		}
	}
	open := sample(t, Day, Observation{Exit: 1}, Observation{Exit: 2})
	_, err := open.Cox([]Covariate{{"x", []float64{0, 1}}}, CoxOptions{})
	isUndefined(t, err, metric.InsufficientHistory)
	// Nobody to compare with: the only event is the last one.
	last := sample(t, Day, Observation{Exit: 1}, Observation{Exit: 2, Cause: 1})
	_, err = last.Cox([]Covariate{{"x", []float64{0, 1}}}, CoxOptions{})
	isInput(t, err, "same for all at risk")
	fraction := sample(t, Day, Observation{Exit: 1, Cause: 1, Weight: 1.5}, Observation{Exit: 2})
	_, err = fraction.Cox([]Covariate{{"x", []float64{0, 1}}}, CoxOptions{})
	isInput(t, err, "whole")
	_, err = s.Cox([]Covariate{{"x", good}}, CoxOptions{MaxIterations: 1})
	isUndefined(t, err, metric.OutOfDomain)
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}
