package clv

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// Fader, Hardie and Lee (2005), Marketing Science 24(2), table 1, and A Note on Implementing
// the Pareto/NBD Model in MATLAB; standard errors of Pareto/NBD from the tests of CLVTools;
// MBG/NBD from those of lifetimes; Fader and Hardie (2013), note 025; Fader, Hardie and Shang
// (2010), table 2; Fader and Hardie (2007).
func TestPublishedEstimates(t *testing.T) {
	s := cdnowSample(t)
	if s.Customers() != 2357 || s.Repeaters() != 946 || s.Distinct() != 1016 {
		t.Fatalf("%d customers, %d repeaters, %d distinct", s.Customers(), s.Repeaters(), s.Distinct())
	}
	bg := must(FitBGNBD(s, Options{}))(t)
	check(t, bg, -9582.4, 0.05, 0.001, 0.243, 4.414, 0.793, 2.426)
	par := must(FitParetoNBD(s, Options{}))(t)
	check(t, par, -9594.976, 0.001, 0.002, 0.553, 10.578, 0.606, 11.669)
	for i, want := range []float64{0.0476264, 0.8427222, 0.1872594, 6.2105448} {
		relative(t, "standard error", must(par.Parameters(0.95))(t)[i].StdErr, want, 0.002)
	}
	mbg := must(FitMBGNBD(s, Options{}))(t)
	check(t, mbg, -9582.14, 0.01, 0.0015, 0.525, 6.183, 0.891, 1.614)
	gg := must(FitGammaGamma(s, Options{}))(t)
	check(t, gg, -4055.92, 0.01, 0.006, 6.25, 3.74, 15.44)
	if gg.Customers != 946 {
		t.Errorf("gamma-gamma: %d customers", gg.Customers)
	}
	bb := must(FitBGBB(donationSample(t), Options{}))(t)
	check(t, bb, -33225.58, 0.01, 0.002, 1.204, 0.750, 0.657, 2.783)

	for _, c := range []struct {
		left   []int64
		values []float64
	}{
		{[]int64{1000, 631, 468, 382, 326, 289, 262, 241}, []float64{0.704, 1.182}},
		{[]int64{1000, 869, 743, 653, 593, 551, 517, 491}, []float64{0.668, 3.806}},
	} {
		cohorts := must(NewCohorts(Year))(t)
		if err := cohorts.Add(c.left...); err != nil {
			t.Fatal(err)
		}
		fit := must(FitSBG(cohorts, Options{}))(t)
		check(t, fit, fit.LogLikelihood, 0, 0.0006, c.values...) // the paper prints no likelihood
		// An SBG model is a BdW model with c = 1, so that the latter cannot fit worse.
		if wide := must(FitBDW(cohorts, Options{}))(t); wide.LogLikelihood < fit.LogLikelihood || !wide.Report.Converged {
			t.Errorf("BdW %g, sBG %g: %v", wide.LogLikelihood, fit.LogLikelihood, wide.Report)
		}
	}
}

func check[M Parametric[M]](t *testing.T, f *Fit[M], loglik, loglikTolerance, tolerance float64, values ...float64) {
	t.Helper()
	if math.Abs(f.LogLikelihood-loglik) > loglikTolerance {
		t.Errorf("%s: log-likelihood %.5f, want %.5f", f.Model.kind(), f.LogLikelihood, loglik)
	}
	for i, p := range f.Model.parameters() {
		if math.Abs(p.value-values[i]) > tolerance {
			t.Errorf("%s: %s = %g, want %g", f.Model.kind(), p.name, p.value, values[i])
		}
	}
	if !f.Report.Believable() || !f.Report.Converged || f.Report.Agreeing != 4 {
		t.Errorf("%s: %v", f.Model.kind(), f.Report)
	}
}

// An optimum is one: an optimiser that knows no derivatives finds nothing higher.
func TestNothingIsHigher(t *testing.T) {
	s := cdnowSample(t)
	groups := s.groups(true)
	for name, c := range map[string]struct {
		f      objective
		start  []float64
		loglik float64
	}{
		"BG/NBD": {&purchases{kernel: &betaGeometric{}, groups: groups}, []float64{0, 1, 0, 1}, must(FitBGNBD(s, Options{}))(t).LogLikelihood},
	} {
		theta, value := nelderMead(c.f, c.start)
		if value > c.loglik+1e-7 || value < c.loglik-1e-5 {
			t.Errorf("%s: %.8f at %.6g, want %.8f", name, value, theta, c.loglik)
		}
	}
}

// With many rows the way is found on a part of them; the end is that of all of them.
func TestThinningChangesNothing(t *testing.T) {
	s := must(NewSample(Week))(t)
	ages := func(yield func(Horizon) bool) {
		for i := range 30_000 {
			if !yield(weeks(20 + float64(i)/1000)) {
				return
			}
		}
	}
	for c, err := range Simulate(BGNBD{Week, 0.8, 7, 0.9, 2.5}, ages, 6) {
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	groups := s.groups(true)
	f := &purchases{kernel: &betaGeometric{}, groups: groups}
	part, ok := f.thin()
	if n := cells(part.(*purchases).groups); !ok || n < few/2 || n > 2*few {
		t.Fatalf("%d rows of %d", n, s.Distinct())
	}
	fit := must(FitBGNBD(s, Options{}))(t)
	var start []float64
	for _, v := range betaGeometricStarts(means(groups))[0] {
		start = append(start, math.Log(v))
	}
	all := maximize(f, start, 200, nil)
	near(t, "log-likelihood", fit.LogLikelihood, all.value, 1e-14)
	for i, p := range fit.Model.parameters() {
		relative(t, p.name, p.value, math.Exp(all.theta[i]), 1e-5)
	}
	if !fit.Report.Believable() || fit.Report.Agreeing != 4 {
		t.Error(fit.Report)
	}
}

// In another unit the instants of all purchases have another density, and times convert.
func TestUnitChangesNothing(t *testing.T) {
	inWeeks, inDays := cdnowSample(t), must(NewSample(Day))(t)
	repeats := 0.0
	for _, c := range cdnow(t) {
		repeats += float64(c.Frequency)
		if err := inDays.Add(c.Summary); err != nil { // converts
			t.Fatal(err)
		}
	}
	a, b := must(FitBGNBD(inWeeks, Options{}))(t), must(FitBGNBD(inDays, Options{}))(t)
	near(t, "log-likelihood", b.LogLikelihood, a.LogLikelihood-repeats*math.Log(7), 1e-12)
	near(t, "alpha", b.Model.Alpha, 7*a.Model.Alpha, 1e-6)
	p, q := must(FitParetoNBD(inWeeks, Options{}))(t), must(FitParetoNBD(inDays, Options{}))(t)
	near(t, "log-likelihood", q.LogLikelihood, p.LogLikelihood-repeats*math.Log(7), 1e-12)

	c := Summary{Unit: Week, Frequency: 3, Recency: 20, Age: 38}
	d := Summary{Unit: Day, Frequency: 3, Recency: 140, Age: 266}
	horizon, rate := Horizon{N: 2, Unit: Year}, AnnualRate(0.15)
	x := must(must(a.Model.Outlook(c))(t).Discounted(horizon, rate))(t)
	y := must(must(b.Model.Outlook(d))(t).Discounted(horizon, rate))(t)
	z := must(must(b.Model.Outlook(c))(t).Discounted(horizon, rate))(t)
	near(t, "in days", y, x, 1e-5) // two fits, each within 1e-5 standard errors
	relative(t, "converted", z, y, 1e-12)
}

func TestOrderChangesNothing(t *testing.T) {
	customers := cdnow(t)
	want := must(json.Marshal(must(FitParetoNBD(cdnowSample(t), Options{}))(t)))(t)
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(len(customers), func(i, j int) { customers[i], customers[j] = customers[j], customers[i] })
	s := must(NewSample(Week))(t)
	for _, c := range customers {
		if err := s.Add(c.Summary); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(json.Marshal(must(FitParetoNBD(s, Options{}))(t)))(t); string(got) != string(want) {
		t.Errorf("another order gives\n%s\nnot\n%s", got, want)
	}
}

func TestReportSaysWhy(t *testing.T) {
	add := func(s *Sample, n int64, x int, last, age, spend float64) {
		t.Helper()
		if err := s.AddN(n, Summary{Unit: Week, Frequency: x, Recency: last, Age: age, Monetary: spend}); err != nil {
			t.Fatal(err)
		}
	}
	s := must(NewSample(Week))(t)
	if _, err := FitBGNBD(s, Options{}); !errors.Is(err, metric.EmptyPopulation) {
		t.Errorf("no customers: %v", err)
	}
	add(s, 100, 0, 0, 40, 0)
	if _, err := FitParetoNBD(s, Options{}); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("no repeat purchases: %v", err)
	}
	if _, err := FitBGNBD(s, Options{Starts: 5}); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("no repeat purchases: %v", err)
	}
	add(s, 3, 1, 10, 40, 5)
	few := must(FitBGNBD(s, Options{}))(t)
	if few.Report.Believable() || !few.Report.Has(FewRepeaters) || !strings.Contains(few.Report.String(), "only 3 customers") {
		t.Errorf("few repeaters: %v", few.Report)
	}

	short := must(FitBGNBD(cdnowSample(t), Options{MaxIterations: 1, Starts: 1}))(t)
	if short.Report.Converged || !short.Report.Has(NotConverged) || !strings.Contains(short.Report.String(), "stopped after 1 iterations") {
		t.Errorf("stopped: %v", short.Report)
	}
	if got := short.Options.String(); got != "starts=1 max_iterations=1" {
		t.Errorf("options: %q", got)
	}

	// All alike: everyone buys each week and stays, so that variances run to zero.
	alike := must(NewSample(Week))(t)
	add(alike, 200, 40, 40, 40, 5)
	add(alike, 200, 41, 40, 40, 5)
	for name, report := range map[string]Report{
		"BG/NBD": must(FitBGNBD(alike, Options{}))(t).Report, "Pareto/NBD": must(FitParetoNBD(alike, Options{}))(t).Report,
	} {
		if report.Believable() || !report.Has(AtBoundary) && !report.Has(FlatRidge) {
			t.Errorf("%s of customers who are alike: %v", name, report)
		}
	}
	if fit := must(FitGammaGamma(alike, Options{}))(t); fit.Report.Believable() {
		t.Errorf("spend of customers who are alike: %v", fit.Report)
	}

	// One renewal cannot tell two parameters apart.
	one := must(NewCohorts(Year))(t)
	if err := one.Add(1000, 800); err != nil {
		t.Fatal(err)
	}
	fit := must(FitSBG(one, Options{}))(t)
	if !fit.Report.Has(FlatRidge) {
		t.Errorf("one renewal: %v", fit.Report)
	}
	if r := must(fit.Model.Retention(1))(t); math.Abs(r-0.8) > 1e-6 { // which it fits all the same
		t.Errorf("one renewal: retention %g", r)
	}
	if _, err := fit.Parameters(0.95); err == nil && fit.covariance == nil {
		t.Error("standard errors without a covariance")
	}
}

// Spend of zero is left out, and counted.
func TestSpendOfZero(t *testing.T) {
	s := cdnowSample(t)
	want := must(FitGammaGamma(s, Options{}))(t)
	for i, spend := range []float64{0, 0, -3} {
		if err := s.Add(Summary{Unit: Week, Frequency: 2 + i, Recency: 5, Age: 9, Monetary: spend}); err != nil {
			t.Fatal(err)
		}
	}
	got := must(FitGammaGamma(s, Options{}))(t)
	if got.Model != want.Model || got.Customers != 946 {
		t.Errorf("%v of %d customers, want %v", got.Model, got.Customers, want.Model)
	}
	if !got.Report.Has(Excluded) || !strings.Contains(got.Report.String(), "3 repeat customers were excluded") || !got.Report.Believable() {
		t.Errorf("report: %v", got.Report)
	}
	only := must(NewSample(Week))(t)
	if err := only.Add(Summary{Unit: Week, Frequency: 2, Recency: 5, Age: 9}); err != nil {
		t.Fatal(err)
	}
	if _, err := FitGammaGamma(only, Options{}); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("no spend: %v", err)
	}
	if _, err := want.Model.Expected(Summary{Frequency: 2}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("spend of zero: %v", err)
	}
	if _, err := (GammaGamma{P: 2, Q: 0.9, V: 3}).Mean(); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("q below 1: %v", err)
	}
}

// Covariates: what is simulated from two kinds of customers comes back, and the fit is the
// same as two separate ones when every parameter but r is free to differ.
func TestCovariates(t *testing.T) {
	s := must(NewSample(Week, "web"))(t)
	truth := BGNBDCovariates{
		Base: BGNBD{Unit: Week, R: 0.9, Alpha: 6, A: 0.8, B: 2.5}, Names: []string{"web"},
		Rate: []float64{0.6}, A: []float64{-0.4}, B: []float64{0.3},
	}
	ages := func(yield func(Horizon) bool) {
		for i := range 4000 {
			if !yield(weeks(30 + float64(i%20))) {
				return
			}
		}
	}
	for _, web := range []float64{0, 1} {
		for c, err := range Simulate(must(truth.For(web))(t), ages, 5+uint64(web)) {
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Add(c, web); err != nil {
				t.Fatal(err)
			}
		}
	}
	fit := must(FitBGNBDCovariates(s, Options{}))(t)
	if !fit.Report.Believable() {
		t.Error(fit.Report)
	}
	want := truth.parameters()
	for i, p := range must(fit.Parameters(0.9999))(t) {
		if want[i].value < p.Low || want[i].value > p.High || want[i].name != p.Name {
			t.Errorf("%v, want %v", p, want[i])
		}
	}
	if !strings.HasPrefix(must(fit.Parameters(0.95))(t)[4].Name, "rate:web") {
		t.Error("name of a coefficient")
	}
	plain := must(FitBGNBD(s, Options{}))(t)
	if gain := fit.LogLikelihood - plain.LogLikelihood; gain < 50 {
		t.Errorf("covariates that matter gain %g", gain)
	}
	alive := must(fit.Estimate(Probability, 0.95, func(m BGNBDCovariates) (float64, error) {
		one, err := m.For(1)
		if err != nil {
			return 0, err
		}
		o, err := one.Outlook(Summary{Unit: Week, Frequency: 2, Recency: 10, Age: 30})
		return o.Alive(), err
	}))(t)
	if !(alive.Low < alive.Value && alive.Value < alive.High && alive.StdErr > 0) {
		t.Error(alive)
	}

	// A covariate that is 0 for all leaves the base, and cannot be told.
	still := must(NewSample(Week, "none"))(t)
	for _, c := range cdnow(t) {
		if err := still.Add(c.Summary, 0); err != nil {
			t.Fatal(err)
		}
	}
	flat := must(FitParetoNBDCovariates(still, Options{}))(t)
	base := must(FitParetoNBD(still, Options{}))(t)
	near(t, "log-likelihood", flat.LogLikelihood, base.LogLikelihood, 1e-9)
	if !flat.Report.Has(FlatRidge) {
		t.Errorf("a covariate without variation: %v", flat.Report)
	}
	if _, err := flat.Parameters(0.95); !errors.Is(err, metric.ErrUndefined) {
		t.Errorf("standard errors of it: %v", err)
	}
	if _, err := FitBGNBDCovariates(cdnowSample(t), Options{}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no covariates: %v", err)
	}
}

// The covariance is the inverse of a Hessian that is taken numerically from values alone.
func TestCovarianceFromValues(t *testing.T) {
	s := cdnowSample(t)
	fit := must(FitBGNBD(s, Options{}))(t)
	f := &purchases{kernel: &betaGeometric{}, groups: s.groups(true)}
	var theta []float64
	for _, p := range fit.Model.parameters() {
		theta = append(theta, p.theta())
	}
	const h = 1e-3
	information := newSquare(4)
	at := func(i, j int, a, b float64) float64 {
		x := slices.Clone(theta)
		x[i] += a
		x[j] += b
		return f.eval(x, nil)
	}
	for i := range 4 {
		for j := range 4 {
			information.set(i, j, -(at(i, j, h, h)-at(i, j, h, -h)-at(i, j, -h, h)+at(i, j, -h, -h))/(4*h*h))
		}
	}
	want, ok := information.inverse()
	if !ok {
		t.Fatal("the numerical Hessian is not negative definite")
	}
	got := must(fit.Covariance())(t)
	for i := range 4 {
		for j := range 4 {
			relative(t, "covariance", got[i][j], want.at(i, j), 1e-3)
		}
	}
}

// A parameter that is uncertain by a factor of e or more is on a ridge, and the report names
// it; small samples have some.
func TestRidgesAreNamed(t *testing.T) {
	ridges := 0
	for seed := range uint64(30) {
		s := must(NewSample(Week))(t)
		for c, err := range Simulate(ParetoNBD{Week, 0.9, 8, 0.8, 12}, everyWeek(120), seed) {
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		fit := must(FitParetoNBD(s, Options{}))(t)
		estimates, err := fit.Parameters(0.95)
		if err != nil {
			continue // no standard errors at all
		}
		for _, e := range estimates {
			if e.StdErr/e.Value > 1 {
				ridges++
				if !fit.Report.Has(FlatRidge) || fit.Report.Believable() || !strings.Contains(fit.Report.String(), e.Name) {
					t.Errorf("%v: %v", e, fit.Report)
				}
			}
		}
	}
	if ridges == 0 {
		t.Error("no ridge was met")
	}
}

// The mean value of a customer's purchases is p/ν, with ν as what was spent so far has left
// it: by brute force.
func TestMeanValueIsTheStory(t *testing.T) {
	m := GammaGamma{P: 6.25, Q: 3.74, V: 15.44}
	for _, c := range []Summary{{}, {Frequency: 1, Monetary: 22}, {Frequency: 7, Monetary: 90}} {
		x := float64(c.Frequency)
		// The density of x values with mean m given ν, up to what does not depend on ν.
		weight := func(rate float64) float64 { return math.Exp(m.P*x*math.Log(rate) - rate*x*c.Monetary) }
		all := gammaMean(m.Q, m.V, weight)
		want := gammaMean(m.Q, m.V, func(rate float64) float64 { return weight(rate) * m.P / rate }) / all
		relative(t, "mean value", must(m.Expected(c))(t), want, 1e-9)
		if c.Frequency == 0 {
			relative(t, "of all", must(m.Mean())(t), want, 1e-9)
		}
	}
}
