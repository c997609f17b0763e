package survival

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func allFamilies() []Family { return []Family{Exponential, Weibull, LogNormal, LogLogistic} }

// The functions of each family agree with each other: the density is the slope of the
// survival, and the derivatives are those by differences.
func TestFamilies(t *testing.T) {
	for _, f := range allFamilies() {
		for z := -6.0; z <= 3; z += 0.37 {
			const h = 1e-5
			for name, c := range map[string]func(float64) curvature{"density": f.density, "survival": f.survival} {
				at, up, down := c(z), c(z+h), c(z-h)
				near(t, f.String()+" "+name+" slope", at.d1, (up.v-down.v)/(2*h), 1e-6*(1+math.Abs(at.d1)))
				near(t, f.String()+" "+name+" curvature", at.d2, (up.d1-down.d1)/(2*h), 1e-6*(1+math.Abs(at.d2)))
			}
			s := f.survival(z)
			near(t, f.String()+" density", math.Exp(f.density(z).v), -s.d1*math.Exp(s.v), 1e-12)
			near(t, f.String()+" quantile", f.quantile(-math.Expm1(s.v)), z, 1e-8)
		}
	}
}

// The tail of the normal distribution joins where its computation changes, and has its
// asymptotic series far out.
func TestNormalTail(t *testing.T) {
	for _, z := range []float64{-5, 10} {
		a, ha := normalTail(math.Nextafter(z, -100))
		b, hb := normalTail(math.Nextafter(z, 100))
		near(t, "log", a, b, 1e-13*math.Abs(b)+1e-15)
		near(t, "hazard", ha, hb, 1e-12*hb)
	}
	for _, z := range []float64{40, 1000, 1e8} {
		log, h := normalTail(z)
		want := -z*z/2 - math.Log(2*math.Pi)/2 - math.Log(z) + math.Log1p(-1/(z*z)+3/(z*z*z*z))
		near(t, "log", log, want, 1e-8)
		near(t, "hazard", h, z+1/z-2/(z*z*z), 1e-5)
	}
	log, h := normalTail(-40)
	near(t, "log", log, 0, 1e-300)
	near(t, "hazard", h, 0, 1e-300)
}

// writtenOut is the log-likelihood as the definition of the families has it.
func writtenOut(f Family, list []Observation, location, scale float64) float64 {
	survival := func(t float64) float64 {
		switch f {
		case Exponential:
			return math.Exp(-t / location)
		case Weibull:
			return math.Exp(-math.Pow(t/location, scale))
		case LogNormal:
			return math.Erfc((math.Log(t)-location)/scale/math.Sqrt2) / 2
		}
		return 1 / (1 + math.Pow(t/location, scale))
	}
	var sum float64
	for _, o := range list {
		v := math.Log(survival(o.Exit))
		if o.Cause != Censored {
			const h = 1e-5
			v = math.Log((survival(o.Exit-h) - survival(o.Exit+h)) / (2 * h))
		}
		if o.Entry > 0 {
			v -= math.Log(survival(o.Entry))
		}
		sum += o.Weight * v
	}
	return sum
}

func simulated(r *rand.Rand, f Family, n int, mu, sigma float64) []Observation {
	list := make([]Observation, n)
	for i := range list {
		u := r.Float64()
		t := math.Exp(mu + sigma*f.quantile(u))
		censor := math.Exp(mu) * (0.3 + 2*r.Float64())
		list[i] = Observation{Exit: min(t, censor), Weight: 1}
		if t <= censor {
			list[i].Cause = Event
		}
	}
	return list
}

// The fit is at the top of the written-out likelihood, with late entries and weights, and
// its parameters, standard errors and derived values agree with it.
func TestFitAgainstWrittenOut(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, f := range allFamilies() {
		for range 5 {
			list := simulated(r, f, 80, 1, 0.7)
			for i := range list {
				if i%3 == 0 {
					list[i].Entry = list[i].Exit * 0.8 * r.Float64()
				}
				list[i].Weight = float64(1 + i%2)
			}
			m := must[*Model](t)(sample(t, Day, list...).Fit(f, FitOptions{}))
			p := must[[]Parameter](t)(m.Parameters())
			location, scale := p[0].Value, 1.0
			if len(p) > 1 {
				scale = p[1].Value
			}
			at := writtenOut(f, list, location, scale)
			near(t, f.String()+" log-likelihood", m.LogLikelihood(), at, 1e-5)
			const h = 1e-3
			up, down := writtenOut(f, list, location*(1+h), scale), writtenOut(f, list, location*(1-h), scale)
			near(t, f.String()+" slope by location", (up-down)/(2*h), 0, 1e-2)
			if len(p) > 1 {
				up, down = writtenOut(f, list, location, scale*(1+h)), writtenOut(f, list, location, scale*(1-h))
				near(t, f.String()+" slope by scale", (up-down)/(2*h), 0, 1e-2)
			}
			near(t, "AIC", m.AIC(), float64(2*len(p))-2*m.LogLikelihood(), 1e-9)

			// Survival, quantile, hazard and mean belong together.
			q := must[TimeEstimate](t)(m.Quantile(0.3))
			s := must[Estimate](t)(m.Survival(q.Value))
			near(t, "S at the quantile", s.Value, 0.7, 1e-9)
			const step = 1e-4
			after := must[Estimate](t)(m.Survival(q.Value + step)).Value
			before := must[Estimate](t)(m.Survival(q.Value - step)).Value
			near(t, "hazard", must[float64](t)(m.Hazard(q.Value)), (before-after)/(2*step)/0.7, 1e-5)
			if mean, err := m.Mean(); err != nil {
				isUndefined(t, err, metric.OutOfDomain)
			} else if f != LogLogistic { // whose tail is too heavy to add up
				var area, width float64 = 0, mean.Value / 2000
				for k := range 200_000 {
					area += must[Estimate](t)(m.Survival((float64(k)+0.5)*width)).Value * width
				}
				near(t, f.String()+" mean", mean.Value, area, 2e-3*area)
			}
		}
	}
}

// The analytic derivatives are those by differences, covariates and late entries included.
func TestLikelihoodDerivatives(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	list, x := randomCox(r, 40)
	for _, f := range allFamilies() {
		s := sample(t, Day, list...)
		m := &Model{family: f, d: must[*design](t)(s.design(x, byExit)), events: s.Events()}
		theta := m.start()
		for j := range theta {
			theta[j] += 0.3 * r.NormFloat64()
		}
		at, ok := m.likelihood(theta)
		if !ok {
			t.Fatal("not finite")
		}
		const h = 1e-5
		for j := range theta {
			moved := slices.Clone(theta)
			moved[j] = theta[j] + h
			up, _ := m.likelihood(moved)
			moved[j] = theta[j] - h
			down, _ := m.likelihood(moved)
			near(t, "gradient", at.gradient[j], (up.logLik-down.logLik)/(2*h), 1e-5*(1+math.Abs(at.gradient[j])))
			for k := range theta {
				near(t, "Hessian", at.hessian.at(j, k), (up.gradient[k]-down.gradient[k])/(2*h), 1e-5*(1+math.Abs(at.hessian.at(j, k))))
			}
		}
	}
}

// The exponential fit is events per time at risk.
func TestExponentialIsEventsPerTime(t *testing.T) {
	list := []Observation{{Exit: 2, Cause: 1}, {Exit: 3}, {Entry: 1, Exit: 4, Cause: 1}, {Exit: 5, Cause: 2, Weight: 3}, {Exit: 0}}
	m := must[*Model](t)(sample(t, Week, list...).Fit(Exponential, FitOptions{}))
	const time, events = 2 + 3 + 3 + 15, 5
	p := must[[]Parameter](t)(m.Parameters())[0]
	near(t, "lambda", p.Value, float64(time)/events, 1e-9)
	near(t, "se", p.StdErr.Value, float64(time)/events/math.Sqrt(events), 1e-9) // 1/√d on the log scale
	near(t, "log-likelihood", m.LogLikelihood(), events*math.Log(float64(events)/time)-events, 1e-9)
	near(t, "mean", must[TimeEstimate](t)(m.Mean()).Value, p.Value, 1e-9)
	s := must[Estimate](t)(m.Survival(3))
	near(t, "S(3)", s.Value, math.Exp(-3*events/float64(time)), 1e-12)
	near(t, "its lower limit", s.Lower.Value, math.Exp(-3/p.Lower.Value), 1e-9)
	near(t, "its upper limit", s.Upper.Value, math.Exp(-3/p.Upper.Value), 1e-9)
}

// A log-normal fit without censoring has the mean and the standard deviation (by n) of
// the logarithms.
func TestLogNormalIsMoments(t *testing.T) {
	list := []Observation{{Exit: 1, Cause: 1}, {Exit: 2, Cause: 1}, {Exit: 5, Cause: 1}, {Exit: 9, Cause: 1}}
	m := must[*Model](t)(sample(t, Week, list...).Fit(LogNormal, FitOptions{}))
	var mean, square float64
	for _, o := range list {
		mean += math.Log(o.Exit) / 4
	}
	for _, o := range list {
		square += (math.Log(o.Exit) - mean) * (math.Log(o.Exit) - mean) / 4
	}
	p := must[[]Parameter](t)(m.Parameters())
	near(t, "mu", p[0].Value, mean, 1e-9)
	near(t, "sigma", p[1].Value, math.Sqrt(square), 1e-9)
	near(t, "se mu", p[0].StdErr.Value, math.Sqrt(square/4), 1e-9)
	near(t, "se sigma", p[1].StdErr.Value, math.Sqrt(square/8), 1e-9)
}

// For one indicator, a model with it and σ free for all is bounded by two models of their
// own; the exponential ones are equal.
func TestExponentialByGroup(t *testing.T) {
	list := []Observation{{Exit: 2, Cause: 1}, {Exit: 3, Cause: 1}, {Exit: 4}, {Exit: 1, Cause: 1}, {Exit: 9, Cause: 1}, {Exit: 10}}
	x := []Covariate{{Name: "annual", Values: []float64{0, 0, 0, 1, 1, 1}}}
	m := must[*Model](t)(sample(t, Month, list...).Fit(Exponential, FitOptions{Covariates: x}))
	c := m.Coefficients()
	near(t, "intercept", c[0].Value, math.Log(9.0/2), 1e-9)
	near(t, "effect", c[1].Value, math.Log(20.0/9), 1e-9)
	near(t, "se of effect", c[1].StdErr.Value, 1, 1e-9) // √(1/2 + 1/2)
	near(t, "median with", must[TimeEstimate](t)(m.Median(1)).Value, 10*math.Ln2, 1e-9)
	ratio := must[Test](t)(m.LikelihoodRatio())
	one := func(time, events float64) float64 { return events*math.Log(events/time) - events }
	near(t, "likelihood ratio", ratio.ChiSquare, 2*(one(9, 2)+one(20, 2)-one(29, 4)), 1e-9)
	_, err := m.Median()
	isInput(t, err, "covariates")
}

func TestFitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		list   []Observation
		f      Family
		reason metric.Reason
		word   string
	}{
		"no events":         {[]Observation{{Exit: 1}, {Exit: 2}}, Exponential, metric.InsufficientHistory, "no events"},
		"event at zero":     {[]Observation{{Exit: 0, Cause: 1}, {Exit: 2}}, Exponential, metric.OutOfDomain, "observation 0"},
		"one event":         {[]Observation{{Exit: 3, Cause: 1}}, Weibull, metric.OutOfDomain, "all events are at 3 days"},
		"all at one time":   {[]Observation{{Exit: 3, Cause: 1}, {Exit: 3, Cause: 1}, {Exit: 2}}, LogNormal, metric.OutOfDomain, "all events are at 3 days"},
		"all at one time, ": {[]Observation{{Exit: 3, Cause: 1}, {Exit: 3}}, LogLogistic, metric.OutOfDomain, "all events are at 3 days"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sample(t, Day, c.list...).Fit(c.f, FitOptions{})
			isUndefined(t, err, c.reason)
			if err != nil && !strings.Contains(err.Error(), c.word) {
				t.Errorf("%v", err)
			}
		})
	}
	// One event suffices for one parameter, and one more time for two.
	one := must[*Model](t)(sample(t, Day, Observation{Exit: 3, Cause: 1}).Fit(Exponential, FitOptions{}))
	near(t, "lambda", must[[]Parameter](t)(one.Parameters())[0].Value, 3, 1e-9)
	longer := sample(t, Day, Observation{Exit: 3, Cause: 1}, Observation{Exit: 4})
	for _, f := range []Family{Weibull, LogNormal, LogLogistic} {
		if m, err := longer.Fit(f, FitOptions{}); err == nil && !(m.sigma() > 0) {
			t.Errorf("%s: sigma %v", f, m.sigma())
		}
	}
	s := sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 2, Cause: 1}, Observation{Exit: 3, Cause: 1}, Observation{Exit: 4}, Observation{Exit: 5}, Observation{Exit: 6})
	_, err := s.Fit(Weibull, FitOptions{Covariates: []Covariate{{"x", []float64{1, 1, 1, 0, 0, 0}}}})
	isUndefined(t, err, metric.OutOfDomain)
	if err == nil || !strings.Contains(err.Error(), `"x" separates`) {
		t.Errorf("%v", err)
	}
	_, err = s.Fit(Weibull, FitOptions{Covariates: []Covariate{{"x", []float64{1, 0, 1, 0, 1, 0}}, {"y", []float64{3, 1, 3, 1, 3, 1}}}})
	isInput(t, err, `"y" is a combination`)
	_, err = s.Fit(9, FitOptions{})
	isInput(t, err, "family")
	_, err = s.Fit(Weibull, FitOptions{Level: 1.5})
	isInput(t, err, "level")
	_, err = s.Fit(Weibull, FitOptions{MaxIterations: 1})
	isUndefined(t, err, metric.OutOfDomain)
	heavy := must[*Model](t)(sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 100, Cause: 1}, Observation{Exit: 1e4}, Observation{Exit: 1e5}).Fit(LogLogistic, FitOptions{}))
	_, err = heavy.Mean()
	isUndefined(t, err, metric.OutOfDomain)
	_, err = heavy.LikelihoodRatio()
	isInput(t, err, "no covariates")
	_, err = heavy.Survival(-1)
	isInput(t, err, "time")
	_, err = heavy.Quantile(1)
	isInput(t, err, "quantile")
}

// The unit of time only scales times: in hours or days, the same fit.
func TestFitDoesNotDependOnTheUnit(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 28))
	for _, f := range allFamilies() {
		list := simulated(r, f, 60, 0, 0.5)
		m := must[*Model](t)(sample(t, Day, list...).Fit(f, FitOptions{}))
		for i := range list {
			list[i].Exit *= 24
		}
		h := must[*Model](t)(sample(t, Hour, list...).Fit(f, FitOptions{}))
		a, b := must[TimeEstimate](t)(m.Median()), must[TimeEstimate](t)(h.Median())
		near(t, "median", b.Value/24, a.Value, 1e-8)
		near(t, "its limit", b.Upper.Value/24, a.Upper.Value, 1e-8)
	}
}

// Intervals cover what they were made for as often as they say. The short run allows for
// three standard deviations of the count.
func TestCoverage(t *testing.T) {
	runs, n := 150, 150
	if *full {
		runs, n = 4000, 400
	}
	r := rand.New(rand.NewPCG(29, 30))
	const mu, sigma, at = 1.0, 0.6, 2.5
	for _, f := range allFamilies() {
		s := sigma
		if f == Exponential {
			s = 1
		}
		hits := map[string]int{}
		hit := func(what string, e Estimate, truth float64) {
			if e.Lower.Value <= truth && truth <= e.Upper.Value {
				hits[what]++
			}
		}
		truth := math.Exp(f.survival((math.Log(at) - mu) / s).v)
		median := math.Exp(mu + s*f.quantile(0.5))
		for range runs {
			list := simulated(r, f, n, mu, s)
			smp := sample(t, Week, list...)
			m := must[*Model](t)(smp.Fit(f, FitOptions{}))
			c := m.Coefficients()
			hit("location", c[0].Estimate, mu)
			if f != Exponential {
				hit("log scale", c[1].Estimate, math.Log(s))
			}
			hit("survival", must[Estimate](t)(m.Survival(at)), truth)
			hit("median", must[TimeEstimate](t)(m.Median()).Estimate, median)
			km := must[*Curve](t)(smp.KaplanMeier(Options{Interval: LogLogInterval, Extend: true}))
			hit("Kaplan-Meier", must[Estimate](t)(km.Survival(at)), truth)
		}
		for what, k := range hits {
			near(t, f.String()+" "+what+" coverage", float64(k)/float64(runs), 0.95, 0.01+3*math.Sqrt(0.05*0.95/float64(runs)))
		}
	}
}

// Cox recovers effects, with the stated coverage.
func TestCoxCoverage(t *testing.T) {
	runs, n := 150, 150
	if *full {
		runs, n = 4000, 400
	}
	r := rand.New(rand.NewPCG(31, 32))
	truth := []float64{0.7, -0.4}
	hits := [2]int{}
	for range runs {
		list := make([]Observation, n)
		x := []Covariate{{"a", make([]float64, n)}, {"b", make([]float64, n)}}
		for i := range list {
			x[0].Values[i], x[1].Values[i] = float64(r.IntN(2)), r.NormFloat64()
			rate := math.Exp(truth[0]*x[0].Values[i] + truth[1]*x[1].Values[i])
			time, censor := r.ExpFloat64()/rate, 2*r.Float64()+0.1
			list[i] = Observation{Exit: min(time, censor)}
			if time <= censor {
				list[i].Cause = Event
			}
		}
		m := must[*CoxModel](t)(sample(t, Week, list...).Cox(x, CoxOptions{}))
		for j, c := range m.Coefficients() {
			if c.Lower.Value <= truth[j] && truth[j] <= c.Upper.Value {
				hits[j]++
			}
		}
	}
	for _, k := range hits {
		near(t, "coverage", float64(k)/float64(runs), 0.95, 0.01+3*math.Sqrt(0.05*0.95/float64(runs)))
	}
}
