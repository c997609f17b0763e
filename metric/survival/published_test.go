package survival

import (
	"math"
	"testing"
)

func lung(t testing.TB) (frame, *Sample) {
	f := load(t, "lung.csv")
	return f, columns(t, Day, Columns{Exit: f.floats(t, "time"), Cause: f.ints(t, "status")})
}

// bySex returns the lung data as two groups, 1 male and 2 female.
func lungBySex(t testing.TB) []Group {
	f := load(t, "lung.csv")
	times, status, sex := f.floats(t, "time"), f.ints(t, "status"), f.columns["sex"]
	list := make([]Observation, len(times))
	for i := range list {
		list[i] = Observation{Exit: times[i], Cause: status[i]}
	}
	return must[[]Group](t)(GroupBy(Day, list, func(i int) string { return sex[i] }))
}

// As R prints them in summary(survfit(Surv(time, status) ~ 1, data = lung), times = ...):
// at risk, survival, standard error, limits.
func TestLungCurve(t *testing.T) {
	_, s := lung(t)
	c := must[*Curve](t)(s.KaplanMeier(Options{}))
	for _, w := range []struct{ at, n, s, se, lower, upper float64 }{
		{100, 196, 0.8640, 0.0227, 0.8206, 0.910},
		{200, 144, 0.6803, 0.0311, 0.6219, 0.744},
		{300, 92, 0.5306, 0.0346, 0.4669, 0.603},
		{400, 57, 0.3768, 0.0358, 0.3128, 0.454},
		{500, 41, 0.2933, 0.0351, 0.2320, 0.371},
		{600, 24, 0.2136, 0.0335, 0.1571, 0.290},
		{700, 16, 0.1424, 0.0303, 0.0938, 0.216},
		{800, 8, 0.0783, 0.0246, 0.0423, 0.145},
		{900, 3, 0.0503, 0.0228, 0.0207, 0.123},
		{1000, 2, 0.0503, 0.0228, 0.0207, 0.123},
	} {
		e := must[Estimate](t)(c.Survival(w.at))
		near(t, "S", e.Value, w.s, 6e-5)
		nearOptional(t, "se", e.StdErr, w.se, 6e-5)
		nearOptional(t, "lower", e.Lower, w.lower, 6e-5)
		nearOptional(t, "upper", e.Upper, w.upper, 6e-4)
		near(t, "at risk", s.AtRisk(w.at), w.n, 0)
	}
	m := must[TimeEstimate](t)(c.Median())
	if m.String() != "310 days (95% 285 to 363)" {
		t.Errorf("median %s", m)
	}
}

// R: medians with limits by sex, restricted means to 1022 days with standard errors
// (326.0841 ± 22.91156 and 460.6473 ± 34.68985), survdiff.
func TestLungBySex(t *testing.T) {
	groups := lungBySex(t)
	want := []struct {
		median   string
		mean, se float64
	}{{"270 days (95% 212 to 310)", 326.0841, 22.91156}, {"426 days (95% 348 to 550)", 460.6473, 34.68985}}
	for i, g := range groups {
		c := must[*Curve](t)(g.Sample.KaplanMeier(Options{Extend: true}))
		if m := must[TimeEstimate](t)(c.Median()); m.String() != want[i].median {
			t.Errorf("median of %s is %s, want %s", g.Name, m, want[i].median)
		}
		mean := must[TimeEstimate](t)(c.RestrictedMean(1022))
		near(t, "mean", mean.Value, want[i].mean, 6e-5)
		near(t, "se", mean.StdErr.Value, want[i].se, 6e-6)
	}
	r := must[*RankResult](t)(RankTest(RankOptions{}, groups...))
	near(t, "chi-squared", r.ChiSquare, 10.3267, 6e-5)
	near(t, "p", r.P, 0.00131116, 6e-9)
	near(t, "expected", r.Groups[0].Expected, 91.5817, 6e-5)
	near(t, "expected", r.Groups[1].Expected, 73.4183, 6e-5)
	near(t, "observed", r.Groups[0].Observed, 112, 0)
}

// Kleinbaum and Klein (2012), tests of the leukemia remission data.
func TestLeukemiaTests(t *testing.T) {
	f := load(t, "anderson_leukemia.csv")
	times, status, rx := f.floats(t, "t"), f.ints(t, "status"), f.columns["Rx"]
	list := make([]Observation, len(times))
	for i := range list {
		list[i] = Observation{Exit: times[i], Cause: status[i]}
	}
	groups := must[[]Group](t)(GroupBy(Week, list, func(i int) string { return rx[i] }))
	for w, want := range map[RankWeights]float64{LogRank: 16.79294, Wilcoxon: 13.457852, TaroneWare: 15.123575, Peto: 14.084139} {
		r := must[*RankResult](t)(RankTest(RankOptions{Weights: w}, groups...))
		near(t, w.String(), r.ChiSquare, want, 1e-5)
	}
	// Placebo: 21 patients, the first two relapse in week 1, the last one in week 23.
	c := must[*Curve](t)(groups[1].Sample.KaplanMeier(Options{}))
	near(t, "S(1)", must[Estimate](t)(c.Survival(1)).Value, 19.0/21, 1e-12)
	near(t, "S(22)", must[Estimate](t)(c.Survival(22)).Value, 1.0/21, 1e-12)
	near(t, "S(23)", must[Estimate](t)(c.Survival(23)).Value, 0, 0)
	near(t, "median", must[TimeEstimate](t)(c.Median()).Value, 8, 0)

	s := columns(t, Week, Columns{Exit: times, Cause: status})
	for ties, want := range map[CoxTies]float64{Efron: 1.5721, Breslow: 1.5092} {
		m := must[*CoxModel](t)(s.Cox(f.covariates(t, "Rx"), CoxOptions{Ties: ties}))
		near(t, "coefficient", m.Coefficients()[0].Value, want, 6e-5)
	}
}

// As R prints coxph for the Rossi data (Fox and Weisberg, appendix on Cox regression):
// coefficient, standard error, z, p.
func TestRossiCox(t *testing.T) {
	f := load(t, "rossi.csv")
	s := columns(t, Week, Columns{Exit: f.floats(t, "week"), Cause: f.ints(t, "arrest")})
	m := must[*CoxModel](t)(s.Cox(f.covariates(t, "fin", "age", "race", "wexp", "mar", "paro", "prio"), CoxOptions{}))
	want := [][4]float64{
		{-0.37942, 0.19138, -1.983, 0.04742}, {-0.05744, 0.02200, -2.611, 0.00903}, {0.31390, 0.30799, 1.019, 0.30812},
		{-0.14980, 0.21222, -0.706, 0.48029}, {-0.43370, 0.38187, -1.136, 0.25606}, {-0.08487, 0.19576, -0.434, 0.66461},
		{0.09150, 0.02865, 3.194, 0.00140},
	}
	for j, c := range m.Coefficients() {
		near(t, c.Name, c.Value, want[j][0], 6e-6)
		near(t, c.Name+" se", c.StdErr.Value, want[j][1], 6e-6)
		near(t, c.Name+" z", c.Z, want[j][2], 6e-4)
		near(t, c.Name+" p", c.P, want[j][3], 6e-6)
	}
	hr := must[Estimate](t)(m.HazardRatio(6))
	near(t, "hazard ratio", hr.Value, 1.0958, 6e-5)
	near(t, "its lower limit", hr.Lower.Value, 1.0360, 6e-5)
	near(t, "its upper limit", hr.Upper.Value, 1.1591, 6e-5)
	for _, w := range []struct {
		test Test
		x, p float64
	}{{m.LikelihoodRatio(), 33.27, 2.362e-05}, {m.Wald(), 32.11, 3.871e-05}, {m.Score(), 33.53, 2.11e-05}} {
		near(t, "chi-squared", w.test.ChiSquare, w.x, 6e-3)
		near(t, "p", w.test.P, w.p, 6e-9)
		if w.test.DF != 7 {
			t.Errorf("df %d", w.test.DF)
		}
	}
	near(t, "concordance", must[float64](t)(m.Concordance().Value()), 0.64, 6e-4)
}

// R: coxph(Surv(start, stop, event) ~ age + year + surgery + transplant, heart), the example
// of delayed entry in Therneau and Grambsch (2000): coefficients and standard errors.
func TestStanfordHeartCox(t *testing.T) {
	f := load(t, "stanford_heart.csv")
	s := columns(t, Day, Columns{Entry: f.floats(t, "start"), Exit: f.floats(t, "stop"), Cause: f.ints(t, "event")})
	m := must[*CoxModel](t)(s.Cox(f.covariates(t, "age", "year", "surgery", "transplant"), CoxOptions{}))
	want := [][2]float64{{0.0272, 0.0137}, {-0.1463, 0.0705}, {-0.6372, 0.3672}, {-0.0103, 0.3138}}
	for j, c := range m.Coefficients() {
		near(t, c.Name, c.Value, want[j][0], 6e-5)
		near(t, c.Name+" se", c.StdErr.Value, want[j][1], 6e-5)
	}
}

// lifelines 0.30 documents the Weibull regression of the Rossi data: log-likelihood
// -679.9166, fin 0.272, intercept 3.990, log rho 0.339.
func TestRossiWeibull(t *testing.T) {
	f := load(t, "rossi.csv")
	s := columns(t, Week, Columns{Exit: f.floats(t, "week"), Cause: f.ints(t, "arrest")})
	m := must[*Model](t)(s.Fit(Weibull, FitOptions{Covariates: f.covariates(t, "fin", "age", "race", "wexp", "mar", "paro", "prio")}))
	near(t, "log-likelihood", m.LogLikelihood(), -679.9166, 6e-5)
	c := m.Coefficients()
	near(t, "fin", c[1].Value, 0.272163, 1e-6)
	near(t, "intercept", c[0].Value, 3.990135, 1e-6)
	near(t, "log rho", -c[8].Value, 0.339108, 1e-6)
}

// lifelines documents the Weibull fit of the Walton data: log-likelihood -672.062, 1/λ 0.02,
// ρ 3.45 with standard error 0.24.
func TestWaltonsWeibull(t *testing.T) {
	f := load(t, "waltons.csv")
	s := columns(t, Day, Columns{Exit: f.floats(t, "T"), Cause: f.ints(t, "E")})
	m := must[*Model](t)(s.Fit(Weibull, FitOptions{}))
	near(t, "log-likelihood", m.LogLikelihood(), -672.062, 6e-4)
	p := must[[]Parameter](t)(m.Parameters())
	near(t, "1/lambda", 1/p[0].Value, 0.02, 5e-3)
	near(t, "rho", p[1].Value, 3.45, 6e-3)
	near(t, "se rho", p[1].StdErr.Value, 0.24, 6e-3)
	if s.Len() != 163 || s.Events() != 156 {
		t.Errorf("%s", s)
	}
}

// Data set 1 of Therneau and Grambsch (2000), appendix E, whose likelihood is short enough
// to write down; r = exp(β).
func dataSet1(t testing.TB) (*Sample, []Covariate) {
	return columns(t, Day, Columns{Exit: []float64{9, 1, 1, 6, 6, 8}, Cause: []int{1, 1, 0, 1, 1, 0}}),
		[]Covariate{{Name: "x", Values: []float64{0, 1, 1, 1, 0, 0}}}
}

func TestDataSet1Breslow(t *testing.T) {
	s, x := dataSet1(t)
	m := must[*CoxModel](t)(s.Cox(x, CoxOptions{Ties: Breslow}))
	r := (3 + math.Sqrt(33)) / 2
	beta := m.Coefficients()[0]
	near(t, "coefficient", beta.Value, math.Log(r), 1e-9)
	near(t, "log-likelihood", m.LogLikelihood(), 2*math.Log(r)-math.Log(3*r+3)-2*math.Log(r+3), 1e-12)
	information := r/((r+1)*(r+1)) + 6*r/((r+3)*(r+3))
	near(t, "variance", beta.StdErr.Value*beta.StdErr.Value, 1/information, 1e-9)
	// The score test has the slope (6 + 3r - r²)/((r+1)(r+3)) = 1 and the information at r = 1.
	near(t, "score", m.Score().ChiSquare, 1.0/(1.0/4+6.0/16), 1e-12)
	near(t, "null", m.NullLogLikelihood(), -math.Log(6)-2*math.Log(4), 1e-12)

	// The baseline by hand: at 1, 6 and 9, with its variance.
	for _, newx := range []float64{0, 2} {
		c := must[*Curve](t)(m.Curve(0, Options{}, newx))
		growth, at := []float64{1 / (3*r + 3), 2 / (r + 3), 1}, []float64{1, 6, 9}
		own := []float64{1 / ((3*r + 3) * (3*r + 3)), 2 / ((r + 3) * (r + 3)), 1}
		mean := []float64{r / (r + 1), r / (r + 3), 0}
		var h, v, d float64
		for i := range at {
			h += growth[i]
			v += own[i]
			d += (newx - mean[i]) * growth[i]
			e := must[Estimate](t)(c.Hazard(at[i]))
			factor := math.Pow(r, newx)
			near(t, "hazard", e.Value, h*factor, 1e-8)
			near(t, "se", e.StdErr.Value, factor*math.Sqrt(v+d*d/information), 1e-7)
			near(t, "survival", must[Estimate](t)(c.Survival(at[i])).Value, math.Exp(-h*factor), 1e-8)
		}
	}
}

func TestDataSet1Efron(t *testing.T) {
	s, x := dataSet1(t)
	m := must[*CoxModel](t)(s.Cox(x, CoxOptions{}))
	beta := root(func(b float64) float64 {
		r := math.Exp(b)
		return 2 - r/(r+1) - r/(r+3) - r/(r+5)
	}, 0, 5)
	near(t, "coefficient", m.Coefficients()[0].Value, beta, 1e-9)
	near(t, "the book's", m.Coefficients()[0].Value, 1.676857, 1e-6)
	r := math.Exp(beta)
	near(t, "log-likelihood", m.LogLikelihood(), 2*beta-math.Log(3*r+3)-math.Log(r+3)-math.Log((r+5)/2), 1e-12)
	c := must[*Curve](t)(m.Curve(0, Options{}, 0))
	near(t, "hazard at 6", must[Estimate](t)(c.Hazard(6)).Value, 1/(3*r+3)+1/(r+3)+2/(r+5), 1e-9)
}

// Data set 2 of the same appendix has delayed entries.
func TestDataSet2(t *testing.T) {
	s := columns(t, Day, Columns{
		Entry: []float64{1, 2, 5, 2, 1, 7, 3, 4, 8, 8}, Exit: []float64{2, 3, 6, 7, 8, 9, 9, 9, 14, 17},
		Cause: []int{1, 1, 1, 1, 1, 1, 1, 0, 0, 0},
	})
	x := []Covariate{{Name: "x", Values: []float64{1, 0, 0, 1, 0, 1, 1, 1, 0, 0}}}
	m := must[*CoxModel](t)(s.Cox(x, CoxOptions{Ties: Breslow}))
	beta := root(func(b float64) float64 {
		r := math.Exp(b)
		return 4 - r/(r+1) - r/(r+2) - 9*r/(3*r+2) - 6*r/(3*r+1)
	}, -5, 5)
	near(t, "coefficient", m.Coefficients()[0].Value, beta, 1e-9)
	near(t, "the book's", m.Coefficients()[0].Value, -0.084526, 1e-6)
	r := math.Exp(beta)
	near(t, "log-likelihood", m.LogLikelihood(), 4*beta-math.Log(r+1)-math.Log(r+2)-3*math.Log(3*r+2)-2*math.Log(3*r+1), 1e-12)
	information := r/((r+1)*(r+1)) + 2*r/((r+2)*(r+2)) + 18*r/((3*r+2)*(3*r+2)) + 6*r/((3*r+1)*(3*r+1))
	se := m.Coefficients()[0].StdErr.Value
	near(t, "variance", se*se, 1/information, 1e-9)

	m = must[*CoxModel](t)(s.Cox(x, CoxOptions{}))
	beta = root(func(b float64) float64 {
		r := math.Exp(b)
		return 4 - r/(r+1) - r/(r+2) - 6*r/(3*r+2) - 6*r/(3*r+1) - r/(r+1)
	}, -5, 5)
	near(t, "Efron's coefficient", m.Coefficients()[0].Value, beta, 1e-9)
}

// root finds the zero of a falling function by halving.
func root(f func(float64) float64, lo, hi float64) float64 {
	for range 200 {
		mid := (lo + hi) / 2
		if f(mid) > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
