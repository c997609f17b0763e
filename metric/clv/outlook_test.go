package clv

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// someModels draws models over their plausible range and beyond.
func someModels(r *rand.Rand) []Model {
	p := func() float64 { return math.Exp(4*r.Float64() - 2) }
	time := func() float64 { return math.Exp(6*r.Float64() - 1) }
	return []Model{
		BGNBD{Week, p(), time(), p(), p()}, MBGNBD{Week, p(), time(), p(), p()},
		ParetoNBD{Week, p(), time(), p(), time()}, BGBB{Week, p(), p(), p(), p()},
	}
}

func TestOutlookLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	rate := ContinuousRate(0.01, Week)
	for range 60 {
		for _, m := range someModels(r) {
			x := r.IntN(6)
			age := float64(8 + r.IntN(60))
			name := fmt.Sprintf("%+v x=%d T=%g", m, x, age)
			before := -1.0
			var o Outlook
			for last := float64(x); last <= age; last += math.Max(1, math.Floor(age/7)) {
				if x == 0 {
					last = 0
				}
				o = must(m.Outlook(Summary{Unit: Week, Frequency: x, Recency: last, Age: age}))(t)
				if !(o.Alive() >= 0 && o.Alive() <= 1) || o.Alive() < before {
					t.Errorf("%s: alive is %g at %g, after %g", name, o.Alive(), last, before)
				}
				before = o.Alive()
				if x == 0 {
					break
				}
			}
			// Probabilities add up to 1, and their mean is the expectation; the tail is bounded by
			// summing far enough for a short horizon.
			var sum, mean float64
			h := weeks(2)
			for n := range 4000 {
				p := must(o.Probability(n, h))(t)
				sum, mean = sum+p, mean+p*float64(n)
				if n > 40 && p < 1e-18 {
					break
				}
			}
			expected := must(o.Expected(h))(t)
			if math.Abs(sum-1) > 1e-8 || math.Abs(mean-expected) > 1e-6*(1+expected) {
				t.Errorf("%s: probabilities add up to %.12g, with mean %.10g, want %.10g", name, sum, mean, expected)
			}
			// More time means more purchases, a rate fewer.
			longer, worth := must(o.Expected(weeks(30)))(t), must(o.Discounted(weeks(30), rate))(t)
			endless := must(o.Discounted(Forever(), rate))(t)
			if !(expected <= longer && worth <= longer && worth <= endless && worth >= longer*math.Exp(-0.3)) {
				t.Errorf("%s: expected %g, %g, worth %g of them and %g in all", name, expected, longer, worth, endless)
			}
			// Discounting by the sum of what weeks bring; within a week the rate moves by 1 %.
			var steps, so float64
			for w := 1.0; w <= 30; w++ {
				v := must(o.Expected(weeks(w)))(t)
				steps, so = steps+(v-so)*math.Exp(-0.01*w), v
			}
			if !(worth >= steps*(1-1e-12) && worth <= steps*math.Exp(0.01)*(1+1e-12)) {
				t.Errorf("%s: worth %g, by weeks %g", name, worth, steps)
			}
			if got := must(o.Probability(0, weeks(0)))(t); got != 1 {
				t.Errorf("%s: P(0 in no time) = %g", name, got)
			}
			if got := must(o.Expected(weeks(0)))(t); got != 0 {
				t.Errorf("%s: expected in no time: %g", name, got)
			}
		}
	}
}

// The outlook of a customer is what Bayes's rule makes of the story that the model tells,
// integrated by brute force: BG/NBD's figures for CDNOW customer 1, and Pareto/NBD's.
func TestOutlookIsTheStory(t *testing.T) {
	c := Summary{Unit: Week, Frequency: 2, Recency: 30.43, Age: 38.86}
	x, last, age, ahead := 2.0, c.Recency, c.Age, 39.0

	bg := BGNBD{Week, 0.243, 4.414, 0.793, 2.426}
	weight := func(alive bool, f func(rate, p float64) float64) float64 {
		return gammaMean(bg.R, bg.Alpha, func(rate float64) float64 {
			return betaMean(bg.A, bg.B, func(p, q float64) float64 {
				if alive {
					return f(rate, p) * rate * rate * q * q * math.Exp(-rate*age)
				}
				return f(rate, p) * rate * rate * p * q * math.Exp(-rate*last)
			})
		})
	}
	one := func(float64, float64) float64 { return 1 }
	all := weight(true, one) + weight(false, one)
	o := must(bg.Outlook(c))(t)
	relative(t, "alive", o.Alive(), weight(true, one)/all, 1e-8)
	// E[purchases in t | λ, p] = (1 - e^(-λpt))/p
	expected := weight(true, func(rate, p float64) float64 { return -math.Expm1(-rate*p*ahead) / p }) / all
	relative(t, "expected", must(o.Expected(weeks(ahead)))(t), expected, 1e-8)
	// Discounted without end: λ/(λp+δ)
	worth := weight(true, func(rate, p float64) float64 { return rate / (rate*p + 0.002) }) / all
	relative(t, "worth", must(o.Discounted(Forever(), ContinuousRate(0.002, Week)))(t), worth, 1e-7)

	par := ParetoNBD{Week, 0.553, 10.58, 0.606, 11.658}
	weigh := func(f func(rate, end float64) float64) (alive, all float64) {
		mean := func(g func(rate, end float64) float64) float64 {
			return gammaMean(par.R, par.Alpha, func(rate float64) float64 {
				return gammaMean(par.S, par.Beta, func(end float64) float64 { return g(rate, end) })
			})
		}
		alive = mean(func(rate, end float64) float64 {
			return f(rate, end) * math.Pow(rate, x) * math.Exp(-(rate+end)*age)
		})
		all = mean(func(rate, end float64) float64 {
			both := rate + end
			return math.Pow(rate, x) * (rate*math.Exp(-both*age) + end*math.Exp(-both*last)) / both
		})
		return alive, all
	}
	q := must(par.Outlook(c))(t)
	alive, total := weigh(one)
	relative(t, "alive", q.Alive(), alive/total, 1e-7)
	bought, _ := weigh(func(rate, end float64) float64 { return rate / end * -math.Expm1(-end*ahead) })
	relative(t, "expected", must(q.Expected(weeks(ahead)))(t), bought/total, 1e-7)
	valued, _ := weigh(func(rate, end float64) float64 { return rate / (end + 0.002) })
	relative(t, "worth", must(q.Discounted(Forever(), ContinuousRate(0.002, Week)))(t), valued/total, 1e-6)
}

func TestBGBBOutlookByPaths(t *testing.T) {
	// All paths of a newcomer over four opportunities: gone before the k-th, and each pattern
	// of purchases before it.
	m := BGBB{Year, 1.2, 0.75, 0.66, 2.8}
	o := must(m.Newcomer())(t)
	var p [5]float64
	var mean, worth float64
	for k := 1; k <= 5; k++ { // first opportunity that is not seen; 5 for none
		stays := float64(min(k-1, 4))
		gone := betaMean(m.Gamma, m.Delta, func(x, y float64) float64 {
			if k == 5 {
				return math.Pow(y, stays)
			}
			return x * math.Pow(y, stays)
		})
		for pattern := range 1 << int(stays) {
			var n, value float64
			for i := range int(stays) {
				if pattern>>i&1 == 1 {
					n++
					value += math.Pow(1.1, -float64(i+1))
				}
			}
			w := gone * betaMean(m.Alpha, m.Beta, func(x, y float64) float64 { return math.Pow(x, n) * math.Pow(y, stays-n) })
			p[int(n)] += w
			mean += n * w
			worth += value * w
		}
	}
	h := Horizon{N: 4, Unit: Year}
	for n, want := range p {
		relative(t, "probability", must(o.Probability(n, h))(t), want, 1e-9)
	}
	relative(t, "expected", must(o.Expected(h))(t), mean, 1e-9)
	relative(t, "worth", must(o.Discounted(h, AnnualRate(0.1)))(t), worth, 1e-9)
	if got := must(o.Probability(5, h))(t); got != 0 {
		t.Errorf("five of four: %g", got)
	}
	// Without end, and by adding up.
	var sum float64
	for k := 1.0; k <= 3000; k++ {
		a := must(o.Expected(Horizon{N: k, Unit: Year}))(t)
		b := must(o.Expected(Horizon{N: k - 1, Unit: Year}))(t)
		sum += (a - b) * math.Pow(1.1, -k)
		if a-b < 1e-15 || math.Pow(1.1, -k) < 1e-15 {
			break
		}
	}
	relative(t, "without end", must(o.Discounted(Forever(), AnnualRate(0.1)))(t), sum, 1e-9)
}

// An expectation without end exists for some parameters, and is then the limit.
func TestForever(t *testing.T) {
	far := Horizon{N: 1e9, Unit: Week}
	for _, c := range []struct {
		m      Model
		exists bool
	}{
		{BGNBD{Week, 2.2, 5, 3.5, 3}, true}, {BGNBD{Week, 2, 5, 3, 3}, true}, {BGNBD{Week, 0.5, 5, 1, 3}, false}, {MBGNBD{Week, 3.1, 5, 2.5, 3}, true}, {MBGNBD{Week, 0.5, 5, 0.8, 3}, false},
		{ParetoNBD{Week, 0.5, 5, 2.5, 9}, true}, {ParetoNBD{Week, 0.5, 5, 0.6, 9}, false}, {BGBB{Week, 1, 1, 2.5, 2}, true}, {BGBB{Week, 1, 1, 0.5, 2}, false},
	} {
		o := must(c.m.Newcomer())(t)
		v, err := o.Expected(Forever())
		if c.exists != (err == nil) || err != nil && !errors.Is(err, metric.OutOfDomain) {
			t.Errorf("%+v: %g, %v", c.m, v, err)
		}
		if _, bb := c.m.(BGBB); c.exists && !bb {
			if limit := must(o.Expected(far))(t); math.Abs(limit-v) > 1e-6*v {
				t.Errorf("%+v: %g, and %g in a billion weeks", c.m, v, limit)
			}
		}
		if w, err := o.Discounted(Forever(), AnnualRate(0.1)); err != nil || !(w > 0) {
			t.Errorf("%+v: discounted %g, %v", c.m, w, err)
		}
	}
}

// Nothing overflows at the ends of the range; what is beyond them is an error.
func TestEdges(t *testing.T) {
	sizes := []float64{1e-12, 1e-6, 1, 1e6, 1e12}
	customers := []Summary{
		{Unit: Week}, {Unit: Week, Age: 1e12}, {Unit: Week, Frequency: 1, Recency: 1e-9, Age: 1e12}, {Unit: Week, Frequency: 1000, Recency: 39, Age: 39},
		{Unit: Week, Frequency: 100_000, Recency: 1, Age: 3000},
	}
	undefined := 0
	r := rand.New(rand.NewPCG(21, 1))
	pick := func() float64 { return sizes[r.IntN(len(sizes))] }
	for range 300 {
		for _, m := range []Model{BGNBD{Week, pick(), pick(), pick(), pick()}, MBGNBD{Week, pick(), pick(), pick(), pick()}, ParetoNBD{Week, pick(), pick(), pick(), pick()}} {
			c := customers[r.IntN(len(customers))]
			o, err := m.Outlook(c)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range []func() (float64, error){
				func() (float64, error) { return o.Alive(), nil },
				func() (float64, error) { return o.Expected(weeks(52)) },
				func() (float64, error) { return o.Discounted(weeks(52), AnnualRate(0.1)) },
				func() (float64, error) { return o.Probability(3, weeks(52)) },
			} {
				v, err := f()
				if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 || (i == 0 || i == 3) && v > 1 {
					t.Fatalf("%+v %+v: %d gives %g, %v", m, c, i, v, err)
				}
				if err != nil {
					undefined++
					if !errors.Is(err, metric.ErrInput) && !errors.Is(err, metric.ErrUndefined) {
						t.Fatalf("%+v %+v: %v", m, c, err)
					}
				}
			}
		}
	}
	if undefined > 300 {
		t.Errorf("%d of 3600 answers are out of range", undefined)
	}
	t.Logf("%d of 3600 answers are out of range", undefined)
}

func TestBadQuestions(t *testing.T) {
	m := BGNBD{Week, 0.5, 5, 0.8, 3}
	o := must(m.Newcomer())(t)
	good := Summary{Unit: Week, Frequency: 2, Recency: 5, Age: 9}
	change := func(f func(*Summary)) Summary { c := good; f(&c); return c }
	nan := math.NaN()
	for name, f := range map[string]func() error{
		"no model":           func() error { _, err := BGNBD{}.Newcomer(); return err },
		"parameter zero":     func() error { _, err := BGNBD{Week, 0, 5, 1, 1}.Newcomer(); return err },
		"parameter NaN":      func() error { _, err := ParetoNBD{Week, nan, 5, 1, 1}.Newcomer(); return err },
		"parameter infinite": func() error { _, err := BGBB{Week, 1, 5, math.Inf(1), 1}.Newcomer(); return err },
		"no unit":            func() error { _, err := m.Outlook(change(func(c *Summary) { c.Unit = 0 })); return err },
		"negative frequency": func() error { _, err := m.Outlook(change(func(c *Summary) { c.Frequency = -1 })); return err },
		"recency beyond age": func() error { _, err := m.Outlook(change(func(c *Summary) { c.Recency = 10 })); return err },
		"recency NaN":        func() error { _, err := m.Outlook(change(func(c *Summary) { c.Recency = nan })); return err },
		"age infinite":       func() error { _, err := m.Outlook(change(func(c *Summary) { c.Age = math.Inf(1) })); return err },
		"repeats at once":    func() error { _, err := m.Outlook(change(func(c *Summary) { c.Recency = 0 })); return err },
		"recency, no repeat": func() error { _, err := m.Outlook(change(func(c *Summary) { c.Frequency = 0 })); return err },
		"mean of nothing": func() error {
			_, err := m.Outlook(Summary{Unit: Week, Age: 9, Monetary: 4})
			return err
		},
		"zero outlook":       func() error { _, err := Outlook{}.Expected(weeks(1)); return err },
		"negative horizon":   func() error { _, err := o.Expected(weeks(-1)); return err },
		"horizon NaN":        func() error { _, err := o.Expected(weeks(nan)); return err },
		"horizon of no unit": func() error { _, err := o.Expected(Horizon{N: 3}); return err },
		"negative rate":      func() error { _, err := o.Discounted(weeks(1), AnnualRate(-0.1)); return err },
		"rate NaN":           func() error { _, err := o.Discounted(weeks(1), AnnualRate(nan)); return err },
		"rate of no unit":    func() error { _, err := o.Discounted(weeks(1), EffectiveRate(0.1, 0)); return err },
		"rate next to zero":  func() error { _, err := o.Discounted(Forever(), AnnualRate(1e-14)); return err },
		"negative count":     func() error { _, err := o.Probability(-1, weeks(1)); return err },
		"count forever":      func() error { _, err := o.Probability(1, Forever()); return err },
		"spend NaN":          func() error { _, err := Value(o, nan, weeks(1), Rate{}); return err },
		"half an opportunity": func() error {
			o := must(BGBB{Week, 1, 1, 1, 1}.Newcomer())(t)
			_, err := o.Expected(weeks(1.5))
			return err
		},
		"broken opportunities": func() error {
			_, err := BGBB{Week, 1, 1, 1, 1}.Outlook(change(func(c *Summary) { c.Age = 9.5 }))
			return err
		},
		"too many for them": func() error {
			_, err := BGBB{Week, 1, 1, 1, 1}.Outlook(change(func(c *Summary) { c.Frequency = 6 }))
			return err
		},
	} {
		if err := f(); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
