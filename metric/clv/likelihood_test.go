package clv

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// objectives are those of all models, over small hostile samples.
func objectives(tb testing.TB) map[string]objective {
	tb.Helper()
	plain, err := NewSample(Week)
	if err != nil {
		tb.Fatal(err)
	}
	known, err := NewSample(Week, "age", "web")
	if err != nil {
		tb.Fatal(err)
	}
	whole, err := NewSample(Year)
	if err != nil {
		tb.Fatal(err)
	}
	for i, c := range []Summary{
		{Age: 0}, {Age: 39}, {Age: 3.5}, {Frequency: 1, Recency: 0.2, Age: 39, Monetary: 12}, {Frequency: 2, Recency: 30.43, Age: 38.86, Monetary: 22.35},
		{Frequency: 26, Recency: 30.857, Age: 31, Monetary: 7}, {Frequency: 3, Recency: 12, Age: 12, Monetary: 90}, {Frequency: 1000, Recency: 38.9, Age: 39, Monetary: 3},
		{Frequency: 500, Recency: 1, Age: 37, Monetary: 31}, {Frequency: 40, Recency: 2, Age: 3000, Monetary: 50},
	} {
		c.Unit = Week
		if err := plain.AddN(int64(1+i%3), c); err != nil {
			tb.Fatal(err)
		}
		if err := known.Add(c, float64(i%4)/2-0.7, float64(i%2)); err != nil {
			tb.Fatal(err)
		}
	}
	for i, c := range [][3]int{{0, 0, 6}, {1, 1, 6}, {1, 4, 6}, {2, 2, 3}, {3, 6, 6}, {6, 6, 6}, {5, 40, 90}, {0, 0, 0}} {
		if err := whole.AddN(int64(1+i%3), Summary{Unit: Year, Frequency: c[0], Recency: float64(c[1]), Age: float64(c[2])}); err != nil {
			tb.Fatal(err)
		}
	}
	cohorts := Cohorts{unit: Year}
	for _, left := range [][]int64{{1000, 631, 468, 382, 326}, {500, 400, 390}, {10, 0, 0}, {40}} {
		if err := cohorts.Add(left...); err != nil {
			tb.Fatal(err)
		}
	}
	rows, _ := plain.spending()
	return map[string]objective{
		"BG/NBD":     &purchases{kernel: &betaGeometric{k: 0}, groups: plain.groups(true)},
		"MBG/NBD":    &purchases{kernel: &betaGeometric{k: 1}, groups: plain.groups(true)},
		"Pareto/NBD": &purchases{kernel: &pareto{}, groups: plain.groups(true)},
		"BG/BB":      &purchases{kernel: &betaBernoulli{top: 90}, groups: whole.groups(true)},
		"BG/NBD with covariates": &purchases{kernel: &betaGeometric{k: 0}, groups: known.groups(false),
			covariates: 2, blocks: 3, effects: [4]effect{{}, {1, -1}, {2, 1}, {3, 1}}},
		"Pareto/NBD with covariates": &purchases{kernel: &pareto{}, groups: known.groups(false),
			covariates: 2, blocks: 2, effects: [4]effect{{}, {1, -1}, {}, {2, -1}}},
		"gamma-gamma": &spendLikelihood{rows: rows},
		"sBG":         &renewals{n: 2, due: cohorts.due, kept: cohorts.kept, retention: sbgRenewal},
		"BdW":         &renewals{n: 3, due: cohorts.due, kept: cohorts.kept, retention: bdwRenewal},
	}
}

// The analytic derivatives are those that differences of the value and of the gradient give.
func TestDerivatives(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := objectives(t)
	for _, name := range slices.Sorted(maps.Keys(all)) { // so that each gets the same draws every time
		f := all[name]
		n := f.dim()
		for range 20 {
			theta := make([]float64, n)
			for i := range theta {
				theta[i] = 3*r.Float64() - 1.2
				if i >= 4 {
					theta[i] = r.Float64() - 0.5
				}
			}
			d := newDerivatives(n)
			value := f.eval(theta, d)
			if plain := f.eval(theta, nil); math.Abs(plain-value) > 1e-12*math.Abs(value) {
				t.Errorf("%s: %g with derivatives, %g without", name, value, plain)
			}
			const h = 1e-4
			at := func(i int, by float64) (float64, []float64) {
				moved := append([]float64(nil), theta...)
				moved[i] += by
				d := newDerivatives(n)
				return f.eval(moved, d), d.g
			}
			for i := range n {
				// Richardson's extrapolation of central differences
				v1, g1 := at(i, h)
				v0, g0 := at(i, -h)
				w1, k1 := at(i, 2*h)
				w0, k0 := at(i, -2*h)
				slope := (8*(v1-v0) - (w1 - w0)) / (12 * h)
				scale := 1 + math.Abs(value)
				if math.Abs(slope-d.g[i]) > 1e-8*scale {
					t.Errorf("%s at %.3g: derivative %d is %.10g, want %.10g", name, theta, i, d.g[i], slope)
				}
				for j := i; j < n; j++ {
					curve := (8*(g1[j]-g0[j]) - (k1[j] - k0[j])) / (12 * h)
					if math.Abs(curve-d.h.at(i, j)) > 1e-8*scale {
						t.Errorf("%s at %.3g: second derivative %d, %d is %.10g, want %.10g", name, theta, i, j, d.h.at(i, j), curve)
					}
				}
			}
		}
	}
}

// gammaMean and betaMean are slow expectations over the mixing distributions.
func gammaMean(shape, rate float64, f func(float64) float64) float64 {
	return simpson(func(x, y float64) float64 {
		v := x / y
		return f(v) * math.Exp(shape*math.Log(rate)+(shape-1)*math.Log(v)-rate*v-lgamma(shape)) / (y * y)
	})
}

func betaMean(a, b float64, f func(x, y float64) float64) float64 {
	return simpson(func(x, y float64) float64 {
		return f(x, y) * math.Exp((a-1)*math.Log(x)+(b-1)*math.Log(y)-lbeta(a, b))
	})
}

// The likelihood of one customer is that of the story that the model tells, integrated over
// the rates and probabilities of customers by brute force.
func TestLikelihoodIsTheStory(t *testing.T) {
	type customer struct {
		x      int
		t, age float64
	}
	customers := []customer{{0, 0, 0}, {0, 0, 39}, {1, 0.2, 39}, {2, 30.43, 38.86}, {5, 12, 12}, {9, 3, 20}}
	for _, p := range [][4]float64{{0.24, 4.4, 0.79, 2.4}, {1.5, 9, 2, 0.8}, {0.55, 10.6, 0.6, 11.7}} {
		theta := []float64{math.Log(p[0]), math.Log(p[1]), math.Log(p[2]), math.Log(p[3])}
		for _, c := range customers {
			x := float64(c.x)
			groups := []group{{xs: []int{c.x}, cells: []cell{{n: 1, x: c.x, t: c.t, age: c.age}}}}
			for k := range 2 {
				// Stays with probability 1-θ after each of x+k purchases, or leaves at the last.
				want := gammaMean(p[0], p[1], func(rate float64) float64 {
					return math.Exp(x*math.Log(rate) - rate*c.age)
				}) * betaMean(p[2], p[3], func(_, y float64) float64 { return math.Pow(y, x+float64(k)) })
				if c.x+k > 0 {
					want += gammaMean(p[0], p[1], func(rate float64) float64 {
						return math.Exp(x*math.Log(rate) - rate*c.t)
					}) * betaMean(p[2], p[3], func(z, y float64) float64 { return z * math.Pow(y, x+float64(k)-1) })
				}
				f := &purchases{kernel: &betaGeometric{k: k}, groups: groups}
				within(t, fmt.Sprintf("%v %v k=%d", p, c, k), math.Exp(f.eval(theta, nil)), want, 1e-9)
			}
			// Alive at the age, or gone at some time since the last purchase.
			want := gammaMean(p[0], p[1], func(rate float64) float64 {
				return gammaMean(p[2], p[3], func(end float64) float64 {
					both := rate + end
					return (rate*math.Exp(x*math.Log(rate)-both*c.age) + end*math.Exp(x*math.Log(rate)-both*c.t)) / both
				})
			})
			f := &purchases{kernel: &pareto{}, groups: groups}
			within(t, fmt.Sprintf("%v %v Pareto", p, c), math.Exp(f.eval(theta, nil)), want, 1e-8)
		}
		for _, c := range [][3]int{{0, 0, 0}, {0, 0, 4}, {1, 1, 6}, {1, 4, 6}, {3, 6, 6}} {
			x, last, n := float64(c[0]), c[1], c[2]
			want := 0.0
			for i := last; i <= n; i++ { // gone before opportunity i+1, or not at all
				buys := betaMean(p[0], p[1], func(z, y float64) float64 { return math.Pow(z, x) * math.Pow(y, float64(i)-x) })
				if i < n {
					want += buys * betaMean(p[2], p[3], func(z, y float64) float64 { return z * math.Pow(y, float64(i)) })
				} else {
					want += buys * betaMean(p[2], p[3], func(_, y float64) float64 { return math.Pow(y, float64(n)) })
				}
			}
			groups := []group{{xs: []int{c[0]}, cells: []cell{{n: 1, x: c[0], t: float64(last), age: float64(n)}}}}
			f := &purchases{kernel: &betaBernoulli{top: 6}, groups: groups}
			within(t, fmt.Sprintf("%v %v BG/BB", p, c), math.Exp(f.eval(theta, nil)), want, 1e-9)
		}
		// The mean of x values has density of gamma(px, ν x), over ν gamma(q, v).
		for _, c := range []spendCell{{1, 30, 1}, {1, 12, 7}} {
			x := float64(c.x)
			want := gammaMean(p[2], p[1], func(rate float64) float64 {
				return math.Exp(p[0]*x*math.Log(rate*x) + (p[0]*x-1)*math.Log(c.m) - rate*x*c.m - lgamma(p[0]*x))
			})
			f := &spendLikelihood{rows: []spendCell{c}}
			within(t, "gamma-gamma", math.Exp(f.eval([]float64{theta[0], theta[2], theta[1]}, nil)), want, 1e-9)
		}
	}
}
