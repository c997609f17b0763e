package survival

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// Times in a stage of 2, 3+, 4, 4, 5+: worked out by hand. At 2, one of five; at 4, two of
// three.
func TestByHand(t *testing.T) {
	s := sample(t, Day, Observation{Exit: 2, Cause: 1}, Observation{Exit: 3}, Observation{Exit: 4, Cause: 1},
		Observation{Exit: 4, Cause: 1}, Observation{Exit: 5})
	c := must[*Curve](t)(s.KaplanMeier(Options{}))
	for at, want := range map[float64]*big.Rat{0: big.NewRat(1, 1), 1.9: big.NewRat(1, 1), 2: big.NewRat(4, 5), 3: big.NewRat(4, 5), 4: big.NewRat(4, 15), 5: big.NewRat(4, 15)} {
		exact := must[*big.Rat](t)(c.Exact(at))
		if exact.Cmp(want) != 0 {
			t.Errorf("S(%v) = %s, want %s", at, exact, want)
		}
		v, _ := want.Float64()
		near(t, "S", must[Estimate](t)(c.Survival(at)).Value, v, 1e-15)
	}
	near(t, "median", must[TimeEstimate](t)(c.Median()).Value, 4, 0)
	h := must[Estimate](t)(c.Hazard(4))
	near(t, "H(4)", h.Value, 1.0/5+2.0/3, 1e-15)
	near(t, "Var H(4)", h.StdErr.Value*h.StdErr.Value, 1.0/25+2.0/9, 1e-15)
	// Greenwood: 1/(5*4) + 2/(3*1).
	v := must[Estimate](t)(c.Survival(4))
	near(t, "se S(4)", v.StdErr.Value, 4.0/15*math.Sqrt(1.0/20+2.0/3), 1e-15)
	// Area to 5: 2*1 + 2*4/5 + 1*4/15; variance by the areas after 2 and after 4.
	m := must[TimeEstimate](t)(c.RestrictedMean(5))
	near(t, "mean", m.Value, 2+1.6+4.0/15, 1e-14)
	after2, after4 := 1.6+4.0/15, 4.0/15
	near(t, "se mean", m.StdErr.Value, math.Sqrt(after2*after2/20+after4*after4*2/3), 1e-14)
	// Up to 3 nothing but the step at 2 counts.
	near(t, "mean to 3", must[TimeEstimate](t)(c.RestrictedMean(3)).Value, 2.8, 1e-14)

	// The mean of the finished ones, 10/3, is too short.
	if m.Value <= 10.0/3 {
		t.Errorf("restricted mean %v is not above that of the finished", m.Value)
	}

	fh := must[*Curve](t)(s.NelsonAalen(Options{Hazard: FlemingHarrington}))
	h = must[Estimate](t)(fh.Hazard(4))
	near(t, "Fleming-Harrington H(4)", h.Value, 1.0/5+1.0/3+1.0/2, 1e-15)
	near(t, "its variance", h.StdErr.Value*h.StdErr.Value, 1.0/25+1.0/9+1.0/4, 1e-15)
	near(t, "its S(4)", must[Estimate](t)(fh.Survival(4)).Value, math.Exp(-31.0/30), 1e-15)
}

func TestEndOfObservation(t *testing.T) {
	open := sample(t, Day, Observation{Exit: 2, Cause: 1}, Observation{Exit: 3})
	c := must[*Curve](t)(open.KaplanMeier(Options{}))
	_, err := c.Survival(3.5)
	isUndefined(t, err, metric.InsufficientHistory)
	_, err = c.RestrictedMean(4)
	isUndefined(t, err, metric.InsufficientHistory)
	_, err = c.Survival(math.NaN())
	isInput(t, err, "NaN")
	_, err = c.RestrictedMean(0)
	isInput(t, err, "horizon")
	extended := must[*Curve](t)(open.KaplanMeier(Options{Extend: true}))
	near(t, "extended S", must[Estimate](t)(extended.Survival(9)).Value, 0.5, 0)
	near(t, "extended mean", must[TimeEstimate](t)(extended.RestrictedMean(4)).Value, 3, 0)

	closed := sample(t, Day, Observation{Exit: 2, Cause: 1}, Observation{Exit: 4, Cause: 1})
	c = must[*Curve](t)(closed.KaplanMeier(Options{}))
	e := must[Estimate](t)(c.Survival(100))
	if e.Value != 0 || e.StdErr.Valid || e.Lower.Valid || e.Upper.Valid {
		t.Errorf("S(100) = %+v, want a bare 0", e)
	}
	near(t, "mean", must[TimeEstimate](t)(c.RestrictedMean(100)).Value, 3, 0)
}

// Cases of a suite that took them from R 4.5.1 with survival 3.8.3, print.survfit; estimate,
// lower and upper limit, -1 for none.
func TestMedianOfR(t *testing.T) {
	for _, c := range []struct {
		times []float64
		cause []int
		want  [3]float64
	}{
		{[]float64{1, 2, 3, 4}, []int{1, 1, 1, 1}, [3]float64{2.5, 1, -1}},
		{[]float64{1, 2, 2.5, 4}, []int{1, 1, 0, 1}, [3]float64{3, 1, -1}},
		{[]float64{1, 2, 3, 4, 5, 6}, []int{1, 1, 1, 1, 0, 1}, [3]float64{3.5, 2, -1}},
		{[]float64{1, 2, 3, 4, 5}, []int{1, 1, 0, 1, 0}, [3]float64{4, 2, -1}},
		{[]float64{2, 4, 4, 6, 8, 8, 9}, []int{1, 1, 1, 0, 1, 0, 1}, [3]float64{8, 4, -1}},
		{[]float64{1, 2}, []int{1, 0}, [3]float64{1, 1, -1}},
		{[]float64{1, 2, 3, 4}, []int{1, 0, 0, 0}, [3]float64{-1, 1, -1}},
		{[]float64{2, 4, 6}, []int{0, 0, 0}, [3]float64{-1, -1, -1}},
	} {
		curve := must[*Curve](t)(columns(t, Day, Columns{Exit: c.times, Cause: c.cause}).KaplanMeier(Options{}))
		m, err := curve.Median()
		got := [3]float64{m.Value, -1, -1}
		if err != nil {
			isUndefined(t, err, metric.InsufficientHistory)
			got[0] = -1
		}
		for i, o := range []Optional{m.Lower, m.Upper} {
			if o.Valid {
				got[i+1] = o.Value
			}
		}
		if got != c.want {
			t.Errorf("%v %v: median %v, want %v", c.times, c.cause, got, c.want)
		}
	}
}

func TestQuantileRules(t *testing.T) {
	// Of uncensored 1 to 20, the product of (n-1)/n misses 1/2 in floating point.
	times := make([]float64, 20)
	for i := range times {
		times[i] = float64(i + 1)
	}
	s := columns(t, Day, Columns{Exit: times})
	near(t, "midpoint", must[TimeEstimate](t)(must[*Curve](t)(s.KaplanMeier(Options{})).Median()).Value, 10.5, 0)
	near(t, "first time", must[TimeEstimate](t)(must[*Curve](t)(s.KaplanMeier(Options{Quantile: FirstTime})).Median()).Value, 10, 0)
	c := must[*Curve](t)(s.KaplanMeier(Options{}))
	near(t, "p = 1", must[TimeEstimate](t)(c.Quantile(1)).Value, 20, 0)
	for _, p := range []float64{0, -1, 1.1, math.NaN(), math.Inf(1)} {
		_, err := c.Quantile(p)
		isInput(t, err, "quantile")
	}
}

// Each interval is symmetric about S on its scale, with the half-width that the delta method
// gives there.
func TestIntervalScales(t *testing.T) {
	scales := map[IntervalType]func(float64) float64{
		LogInterval:    math.Log,
		PlainInterval:  func(p float64) float64 { return p },
		LogLogInterval: func(p float64) float64 { return math.Log(-math.Log(p)) },
		LogitInterval:  func(p float64) float64 { return math.Log(p / (1 - p)) },
		ArcsinInterval: func(p float64) float64 { return math.Asin(math.Sqrt(p)) },
	}
	const z = 1.959963984540054
	for kind, g := range scales {
		for _, p := range []float64{0.2, 0.5, 0.7, 0.93} {
			for _, se := range []float64{0.001, 0.02} {
				lo, hi := kind.limits(p, se, z)
				h := 1e-6
				slope := (g(p+h) - g(p-h)) / (2 * h)
				half := math.Abs(z * se * p * slope)
				near(t, kind.String()+" lower", math.Abs(g(lo.Value)-g(p)), half, 1e-6*half+1e-12)
				near(t, kind.String()+" upper", math.Abs(g(hi.Value)-g(p)), half, 1e-6*half+1e-12)
				if !(lo.Value < p && p < hi.Value) {
					t.Errorf("%s: %v to %v about %v", kind, lo, hi, p)
				}
			}
		}
		// Nothing escapes from 0 to 1.
		lo, hi := kind.limits(0.97, 0.5, z)
		if lo.Value < 0 || hi.Value > 1 || !lo.Valid || !hi.Valid {
			t.Errorf("%s: %v to %v", kind, lo, hi)
		}
		if lo, hi := kind.limits(0, 1, z); lo.Valid || hi.Valid {
			t.Errorf("%s: an interval of 0", kind)
		}
	}
}

// slowKaplanMeier is the product over different times, each counted anew, as a fraction.
func slowKaplanMeier(list []Observation, t float64) *big.Rat {
	times := map[float64]bool{}
	for _, o := range list {
		times[o.Exit] = true
	}
	product := big.NewRat(1, 1)
	for at := range times {
		if at > t {
			continue
		}
		var n, d int64
		for _, o := range list {
			if o.Exit >= at && (o.Entry < at || o.Entry == 0) {
				n += int64(o.Weight)
			}
			if o.Exit == at && o.Cause != Censored {
				d += int64(o.Weight)
			}
		}
		if n > 0 {
			product.Mul(product, big.NewRat(n-d, n))
		}
	}
	return product
}

func TestAgainstSlowProduct(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		list := hostile(r, 1+r.IntN(40))
		c := must[*Curve](t)(sample(t, Week, list...).KaplanMeier(Options{Extend: true}))
		for at := 0.0; at < 7; at += 0.5 {
			want := slowKaplanMeier(list, at)
			if got := must[*big.Rat](t)(c.Exact(at)); got.Cmp(want) != 0 {
				t.Fatalf("S(%v) = %s, want %s, of %+v", at, got, want, list)
			}
			v, _ := want.Float64()
			near(t, "S", must[Estimate](t)(c.Survival(at)).Value, v, 1e-14)
		}
		for k := range c.Steps() {
			if n := c.sample.AtRisk(k.Time); n != k.AtRisk {
				t.Fatalf("at risk at %v: %v and %v", k.Time, n, k.AtRisk)
			}
		}
	}
}

// Laws: weights are repetitions, the order of observations does not matter to the bit, the
// curve falls within 0 and 1, the hazard grows.
func TestCurveLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 100 {
		list := hostile(r, 1+r.IntN(60))
		o := Options{Interval: IntervalType(n % 5), Hazard: HazardTies(n % 2)}
		one := sample(t, Day, list...)
		c := must[*Curve](t)(one.KaplanMeier(o))
		na := must[*Curve](t)(one.NelsonAalen(o))
		shuffled := slices.Clone(list)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if a, b := c.String(), must[*Curve](t)(sample(t, Day, shuffled...).KaplanMeier(o)).String(); a != b {
			t.Fatalf("order matters:\n%s%s", a, b)
		}
		if !slices.Equal(c.steps, must[*Curve](t)(sample(t, Day, shuffled...).KaplanMeier(o)).steps) {
			t.Fatal("order matters to the bit")
		}
		if !slices.Equal(na.steps, must[*Curve](t)(sample(t, Day, expand(list)...).NelsonAalen(o)).steps) {
			t.Fatalf("weights are not repetitions: %+v", list)
		}
		for _, curve := range []*Curve{c, na} {
			last, hazard := 1.0, 0.0
			for k := range curve.Steps() {
				v := k.Survival
				if v.Value > last || v.Value < 0 || k.Hazard.Value < hazard {
					t.Fatalf("not monotone at %v", k.Time)
				}
				if v.Lower.Valid && (v.Lower.Value > v.Value || v.Lower.Value < 0) || v.Upper.Valid && (v.Upper.Value < v.Value || v.Upper.Value > 1) {
					t.Fatalf("%s: interval %v of %v", o.Interval, v, v.Value)
				}
				last, hazard = v.Value, k.Hazard.Value
			}
		}
		for p := 0.05; p < 1; p += 0.05 {
			q, err := c.Quantile(p)
			if err == nil && q.Lower.Valid && q.Lower.Value > q.Value || err == nil && q.Upper.Valid && q.Upper.Value < q.Value {
				t.Fatalf("quantile %v: %v", p, q)
			}
		}
	}
}

// The restricted mean is the integral, here by many small steps.
func TestRestrictedMeanIsTheArea(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		c := must[*Curve](t)(sample(t, Day, hostile(r, 30)...).KaplanMeier(Options{Extend: true}))
		const until, cells = 6.5, 6500
		var sum float64
		for i := range cells { // steps are at halves, cells end on them
			sum += must[Estimate](t)(c.Survival((float64(i)+0.5)*until/cells)).Value * until / cells
		}
		near(t, "area", must[TimeEstimate](t)(c.RestrictedMean(until)).Value, sum, 1e-9)
	}
}

func TestReciprocals(t *testing.T) {
	for _, c := range [][2]float64{{0, 1}, {0, 999}, {0, 1000}, {0, 5000}, {3, 1003}, {999, 1001}, {4321, 9876}, {1e6, 1e6 + 1}} {
		var sum, squares float64
		for k := c[1]; k > c[0]; k-- {
			sum += 1 / k
			squares += 1 / (k * k)
		}
		a, b := reciprocals(c[0], c[1])
		near(t, "sum", a, sum, 1e-14*sum*100)
		near(t, "squares", b, squares, 1e-14*squares*100)
	}
	// Beyond what can be added up one by one: log n + γ.
	sum, _ := reciprocals(0, 1e15)
	near(t, "harmonic number", sum, math.Log(1e15)+0.57721566490153286, 1e-12)
}

func TestCurveInput(t *testing.T) {
	empty := sample(t, Day)
	for _, err := range []error{
		func() error { _, err := empty.KaplanMeier(Options{}); return err }(),
		func() error { _, err := empty.NelsonAalen(Options{}); return err }(),
		func() error { _, err := empty.CumulativeIncidence(Options{}); return err }(),
		func() error { _, err := empty.Fit(Weibull, FitOptions{}); return err }(),
		func() error { _, err := empty.Cox([]Covariate{{Name: "x"}}, CoxOptions{}); return err }(),
	} {
		isUndefined(t, err, metric.EmptyPopulation)
	}
	s := sample(t, Day, Observation{Exit: 1, Cause: 1, Weight: 0.5})
	_, err := s.NelsonAalen(Options{Hazard: FlemingHarrington})
	isInput(t, err, "whole")
	_, err = must[*Curve](t)(s.KaplanMeier(Options{})).Exact(1)
	isInput(t, err, "whole")
	_, err = must[*Curve](t)(s.NelsonAalen(Options{})).Exact(1)
	isInput(t, err, "Nelson-Aalen")
	for o, word := range map[Options]string{{Level: 1}: "level", {Level: -0.1}: "level", {Interval: 9}: "interval", {Quantile: 9}: "quantile", {Hazard: 9}: "hazard"} {
		_, err := s.KaplanMeier(o)
		isInput(t, err, word)
	}
}
