package survival

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// hostileNumber makes a time or weight of a byte: small and tied, zero, huge, tiny, or none.
func hostileNumber(b byte) float64 {
	switch {
	case b < 200:
		return float64(b%8) / 2
	case b < 210:
		return 1e99
	case b < 220:
		return 1e-99
	case b < 250:
		return float64(b) * 1e5
	}
	return []float64{math.NaN(), math.Inf(1), -1, math.Inf(-1), 1e300, math.Copysign(0, -1)}[b-250]
}

// Whatever the data, nothing panics, no number is NaN or infinite, and what has no answer
// is an error of one of the two classes.
func FuzzNothingIsNotANumber(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 1, 1, 0})
	f.Add([]byte{0, 2, 1, 0, 1, 0, 2, 1, 1, 1, 0, 2, 0, 1, 2, 1, 5, 1, 0, 3})
	f.Add([]byte{0, 4, 1, 0, 1, 0, 4, 1, 0, 2, 0, 4, 1, 0, 3})
	f.Add([]byte{0, 201, 1, 0, 1, 0, 211, 1, 0, 2, 0, 221, 0, 0, 3, 0, 3, 2, 1, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []Observation
		x := Covariate{Name: "x"}
		for len(data) >= 5 && len(list) < 60 {
			list = append(list, Observation{Entry: hostileNumber(data[0]), Exit: hostileNumber(data[1]), Cause: int(data[2] % 4), Weight: float64(data[3] % 4), Stratum: int(data[3] / 128)})
			x.Values = append(x.Values, hostileNumber(data[4]))
			data = data[5:]
		}
		defined := func(what string, err error) bool {
			if err != nil && !errors.Is(err, metric.ErrUndefined) && !errors.Is(err, metric.ErrInput) {
				t.Fatalf("%s: %v is of no class", what, err)
			}
			return err == nil
		}
		finite := func(what string, values ...float64) {
			for _, v := range values {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s is %v for %+v, %v", what, v, list, x.Values)
				}
			}
		}
		estimate := func(what string, e Estimate) {
			finite(what, e.Value, e.StdErr.Value, e.Lower.Value, e.Upper.Value)
			if e.Lower.Valid && e.Upper.Valid && e.Lower.Value > e.Upper.Value {
				t.Fatalf("%s has the interval %v", what, e)
			}
		}
		seed := uint64(len(data))
		if len(data) >= 2 {
			seed = uint64(binary.LittleEndian.Uint16(data))
		}
		o := Options{Interval: IntervalType(seed % 5), Quantile: QuantileRule(seed % 2), Hazard: HazardTies(seed / 2 % 2), Extend: seed%3 == 0}
		s, err := New(Day, list...)
		if !defined("sample", err) {
			return
		}
		curve := func(what string, c *Curve) {
			last := 1.0
			for k := range c.Steps() {
				estimate(what, k.Survival)
				estimate(what+" hazard", k.Hazard)
				if k.Survival.Value > last {
					t.Fatalf("%s rises at %v", what, k.Time)
				}
				last = k.Survival.Value
			}
			for _, p := range []float64{0.01, 0.5, 1} {
				q, err := c.Quantile(p)
				defined(what, err)
				estimate(what, q.Estimate)
			}
			for _, at := range []float64{0, 1, 1e99} {
				e, err := c.Survival(at)
				defined(what, err)
				estimate(what, e)
				m, err := c.RestrictedMean(at)
				defined(what, err)
				estimate(what, m.Estimate)
			}
			_ = c.String()
			_ = c.Table(0, 1, 2).CSV()
		}
		if c, err := s.KaplanMeier(o); defined("Kaplan-Meier", err) {
			curve("Kaplan-Meier", c)
		}
		if c, err := s.NelsonAalen(o); defined("Nelson-Aalen", err) {
			curve("Nelson-Aalen", c)
		}
		if c, err := s.CumulativeIncidence(o); defined("incidence", err) {
			for _, cause := range c.Causes() {
				for k := range c.Steps(cause) {
					estimate("incidence", k.Incidence)
				}
			}
		}
		half := len(list) / 2
		a, _ := New(Day, list[:half]...)
		b, _ := New(Day, list[half:]...)
		if r, err := RankTest(RankOptions{Weights: RankWeights(seed % 5)}, Group{"a", a}, Group{"b", b}); defined("rank test", err) {
			finite("rank test", r.ChiSquare, r.P)
		}
		if m, err := s.Cox([]Covariate{x}, CoxOptions{Ties: CoxTies(seed % 2)}); defined("Cox", err) {
			estimate("Cox", m.Coefficients()[0].Estimate)
			finite("Cox", m.LogLikelihood(), m.Wald().ChiSquare, m.Score().P, m.LikelihoodRatio().P, m.Convergence().Gradient)
			if hr, err := m.HazardRatio(0); defined("hazard ratio", err) {
				estimate("hazard ratio", hr)
			}
			for _, stratum := range m.Strata() {
				if c, err := m.Curve(stratum, o, 1); defined("Cox curve", err) {
					curve("Cox curve", c)
				}
			}
			_ = m.String()
		}
		for _, family := range allFamilies() {
			for _, covariates := range [][]Covariate{nil, {x}} {
				m, err := s.Fit(family, FitOptions{Covariates: covariates})
				if !defined("fit", err) {
					continue
				}
				at := make([]float64, len(covariates))
				for _, c := range m.Coefficients() {
					estimate("fit", c.Estimate)
				}
				parameters, err := m.Parameters()
				defined("parameters", err)
				for _, p := range parameters {
					estimate("parameter", p.Estimate)
				}
				finite("fit", m.LogLikelihood(), m.AIC(), m.BIC())
				for _, time := range []float64{1e-99, 1, 1e99} {
					e, err := m.Survival(time, at...)
					defined("fit", err)
					estimate("fit", e)
					h, err := m.Hazard(time, at...)
					defined("fit", err)
					finite("hazard", h)
				}
				q, err := m.Quantile(0.999, at...)
				defined("fit", err)
				estimate("quantile", q.Estimate)
				mean, err := m.Mean(at...)
				defined("fit", err)
				estimate("mean", mean.Estimate)
				_ = m.String()
			}
		}
		ranges := make([]Range, len(list))
		for i, v := range list {
			ranges[i] = Range{After: v.Entry, Until: v.Exit, Open: v.Cause == Censored, Before: v.Cause == 2, Weight: v.Weight}
		}
		if c, err := Turnbull(Day, ranges...); defined("Turnbull", err) {
			var mass float64
			for k := range c.Steps() {
				finite("Turnbull", k.Mass, k.Survival)
				mass += k.Mass
			}
			near(t, "mass", mass, 1, 1e-9)
		}
	})
}
