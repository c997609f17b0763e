package clv

import (
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// simulations is how often the tests of coverage draw and fit: 25 times, or as the variable
// says, such as 400 for a full run.
func simulations(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("LIFECYCLE_SIMULATIONS"); s != "" {
		return must(strconv.Atoi(s))(t)
	}
	if testing.Short() {
		return 12
	}
	return 25
}

// coverage counts how often intervals hold the truth.
type coverage struct {
	level float64
	hits  map[string]int
	runs  map[string]int
}

func (c *coverage) count(name string, e Estimate, truth float64) {
	if c.hits == nil {
		c.hits, c.runs = map[string]int{}, map[string]int{}
	}
	c.runs[name]++
	if e.Low <= truth && truth <= e.High {
		c.hits[name]++
	}
}

// report fails where the share is not within four standard errors of the level, and 2 % of
// that the normal approximation may be off.
func (c *coverage) report(t *testing.T) {
	t.Helper()
	for name, n := range c.runs {
		share := float64(c.hits[name]) / float64(n)
		t.Logf("%-26s %g%%: %.3f of %d", name, 100*c.level, share, n)
		if limit := 4*math.Sqrt(c.level*(1-c.level)/float64(n)) + 0.02; math.Abs(share-c.level) > limit {
			t.Errorf("%s: intervals of %g%% hold the truth in %.1f%% of %d samples", name, 100*c.level, 100*share, n)
		}
	}
}

func everyWeek(n int) func(func(Horizon) bool) {
	return func(yield func(Horizon) bool) {
		for i := range n {
			if !yield(weeks(float64(40 + i%30))) {
				return
			}
		}
	}
}

// covers draws samples from the truth, fits them, and counts whether intervals of 95 % and
// 50 % hold the parameters and what follows from them.
func covers[M interface {
	Model
	Parametric[M]
}](t *testing.T, truth M, ages func(func(Horizon) bool), unit Unit, c Summary, fit func(*Sample, Options) (*Fit[M], error)) {
	t.Helper()
	wide, narrow := coverage{level: 0.95}, coverage{level: 0.5}
	expected := func(m M) (float64, error) {
		o, err := m.Outlook(c)
		if err != nil {
			return 0, err
		}
		return o.Expected(Horizon{N: 20, Unit: unit})
	}
	alive := func(m M) (float64, error) {
		o, err := m.Outlook(c)
		return o.Alive(), err
	}
	worth := func(m M) (float64, error) {
		o, err := m.Newcomer()
		if err != nil {
			return 0, err
		}
		return o.Discounted(Forever(), EffectiveRate(0.01, unit))
	}
	doubtful := 0
	for i := range simulations(t) {
		s := must(NewSample(unit))(t)
		for row, err := range Simulate(truth, ages, uint64(1000+i)) {
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		f := must(fit(s, Options{}))(t)
		if !f.Report.Believable() {
			doubtful++
			continue
		}
		for _, k := range []*coverage{&wide, &narrow} {
			for j, e := range must(f.Parameters(k.level))(t) {
				k.count(e.Name, e, truth.parameters()[j].value)
			}
			k.count("expected purchases", must(f.Estimate(Positive, k.level, expected))(t), must(expected(truth))(t))
			k.count("alive", must(f.Estimate(Probability, k.level, alive))(t), must(alive(truth))(t))
			k.count("worth of a newcomer", must(f.Estimate(Positive, k.level, worth))(t), must(worth(truth))(t))
		}
	}
	if doubtful > simulations(t)/10 {
		t.Errorf("%d of %d fits are not to be believed", doubtful, simulations(t))
	}
	wide.report(t)
	narrow.report(t)
}

func TestIntervalsHoldTheTruth(t *testing.T) {
	c := Summary{Unit: Week, Frequency: 4, Recency: 30, Age: 40}
	t.Run("BG/NBD", func(t *testing.T) {
		covers(t, BGNBD{Week, 0.8, 7, 0.9, 2.5}, everyWeek(3000), Week, c, FitBGNBD)
	})
	t.Run("MBG/NBD", func(t *testing.T) {
		covers(t, MBGNBD{Week, 0.8, 6, 0.9, 2.5}, everyWeek(3000), Week, c, FitMBGNBD)
	})
	t.Run("Pareto/NBD", func(t *testing.T) {
		covers(t, ParetoNBD{Week, 0.9, 8, 0.8, 12}, everyWeek(2000), Week, c, FitParetoNBD)
	})
	t.Run("BG/BB", func(t *testing.T) {
		ages := func(yield func(Horizon) bool) {
			for range 6000 {
				if !yield(Horizon{N: 12, Unit: Month}) {
					return
				}
			}
		}
		c := Summary{Unit: Month, Frequency: 4, Recency: 9, Age: 12}
		covers(t, BGBB{Month, 1.2, 0.75, 0.66, 2.8}, ages, Month, c, FitBGBB)
	})
}

func TestIntervalsOfSpendAndContracts(t *testing.T) {
	wide, narrow := coverage{level: 0.95}, coverage{level: 0.5}
	spend := GammaGamma{P: 6, Q: 4, V: 15}
	contract := SBG{Unit: Year, Alpha: 0.9, Beta: 3}
	worth := func(m SBG) (float64, error) { return m.Residual(2, Forever(), AnnualRate(0.1)) }
	mean := func(m GammaGamma) (float64, error) { return m.Expected(Summary{Frequency: 2, Monetary: 50}) }
	customers := make([]Summary, 1500)
	for i := range customers {
		customers[i] = Summary{Unit: Week, Frequency: 1 + i%7, Recency: 5, Age: 20}
	}
	for i := range simulations(t) {
		s := must(NewSample(Week))(t)
		for row, err := range spend.Simulate(slices.Values(customers), uint64(i)) {
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		cohorts := must(NewCohorts(Year))(t)
		for age := range 6 {
			left := must(contract.Simulate(700, age, uint64(100*i+age)))(t)
			if err := cohorts.Add(left...); err != nil {
				t.Fatal(err)
			}
		}
		gg, sbg := must(FitGammaGamma(s, Options{}))(t), must(FitSBG(cohorts, Options{}))(t)
		for _, k := range []*coverage{&wide, &narrow} {
			for j, e := range must(gg.Parameters(k.level))(t) {
				k.count(e.Name, e, spend.parameters()[j].value)
			}
			for j, e := range must(sbg.Parameters(k.level))(t) {
				k.count(e.Name, e, contract.parameters()[j].value)
			}
			k.count("mean value", must(gg.Estimate(Positive, k.level, mean))(t), must(mean(spend))(t))
			k.count("residual lifetime", must(sbg.Estimate(Positive, k.level, worth))(t), must(worth(contract))(t))
		}
	}
	wide.report(t)
	narrow.report(t)
}

// What is drawn from a model has the mean and the distribution that the model says.
func TestSimulationFollowsTheModel(t *testing.T) {
	const n = 60_000
	for _, m := range []Model{
		BGNBD{Week, 0.8, 7, 0.9, 2.5}, MBGNBD{Week, 0.8, 7, 0.9, 2.5}, ParetoNBD{Week, 0.9, 8, 0.8, 12}, BGBB{Week, 1.2, 0.75, 0.66, 2.8},
	} {
		var total, square float64
		counts := make([]float64, 6)
		ages := func(yield func(Horizon) bool) {
			for range n {
				if !yield(weeks(30)) {
					return
				}
			}
		}
		for c, err := range Simulate(m, ages, 11) {
			if err != nil {
				t.Fatal(err)
			}
			x := float64(c.Frequency)
			total, square = total+x, square+x*x
			if c.Frequency < len(counts) {
				counts[c.Frequency]++
			}
		}
		o := must(m.Newcomer())(t)
		mean := total / n
		se := math.Sqrt((square/n - mean*mean) / n)
		if want := must(o.Expected(weeks(30)))(t); math.Abs(mean-want) > 4*se {
			t.Errorf("%s: mean %g, want %g ± %g", m.kind(), mean, want, se)
		}
		for x, count := range counts {
			p := must(o.Probability(x, weeks(30)))(t)
			if math.Abs(count/n-p) > 4*math.Sqrt(p*(1-p)/n) {
				t.Errorf("%s: %d purchases in a share of %g, want %g", m.kind(), x, count/n, p)
			}
		}
	}
	// The conditional outlook: of customers like this one, what those who were drawn did next.
	truth := ParetoNBD{Week, 0.9, 8, 0.8, 12}
	d := newDice(5)
	var alive, like float64
	for range 400_000 {
		rate, hazard := d.gamma(truth.R)/truth.Alpha, d.gamma(truth.S)/truth.Beta
		end := d.ExpFloat64() / hazard
		x, last := d.poisson(rate, min(30, end))
		if x == 3 && last > 19 && last < 21 {
			like++
			if end > 30 {
				alive++
			}
		}
	}
	o := must(truth.Outlook(Summary{Unit: Week, Frequency: 3, Recency: 20, Age: 30}))(t)
	if p := o.Alive(); math.Abs(alive/like-p) > 4*math.Sqrt(p*(1-p)/like)+0.003 {
		t.Errorf("alive: %g of %g, want %g", alive/like, like, p)
	}
}

func TestSimulateIsSeeded(t *testing.T) {
	m := BGNBD{Week, 0.8, 7, 0.9, 2.5}
	draw := func(seed uint64) (out []Summary) {
		for c, err := range Simulate(m, everyWeek(50), seed) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
		}
		return out
	}
	if !slices.Equal(draw(1), draw(1)) || slices.Equal(draw(1), draw(2)) {
		t.Error("the seed does not say what is drawn")
	}
	for range Simulate(m, everyWeek(50), 1) {
		break // ends quietly
	}
	n := 0
	for _, err := range Simulate(m, slices.Values([]Horizon{weeks(3), weeks(-1), weeks(3)}), 1) {
		n++
		if n == 2 && !errors.Is(err, metric.ErrInput) {
			t.Errorf("a negative age: %v", err)
		}
	}
	if n != 2 {
		t.Errorf("%d rows, want the error to be the last", n)
	}
	for _, err := range Simulate(BGBB{Week, 1, 1, 1, 1}, slices.Values([]Horizon{weeks(2.5)}), 1) {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("half an opportunity: %v", err)
		}
	}
	for _, err := range Simulate(BGNBD{}, everyWeek(1), 1) {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("no model: %v", err)
		}
	}
}
