package clv

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// BenchmarkFitCDNOW fits BG/NBD to 2,357 customers from all starts.
func BenchmarkFitCDNOW(b *testing.B) {
	s := cdnowSample(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FitBGNBD(s, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFitCDNOWNelderMead is what most peers do: the simplex, without derivatives, from
// one start, over rows grouped already.
func BenchmarkFitCDNOWNelderMead(b *testing.B) {
	f := &purchases{kernel: &betaGeometric{}, groups: cdnowSample(b).groups(true)}
	for b.Loop() {
		nelderMead(f, []float64{0, 0, 0, 0})
	}
}

// BenchmarkFitCDNOWOneRowEach is the simplex over rows that are not grouped.
func BenchmarkFitCDNOWOneRowEach(b *testing.B) {
	g := cdnowSample(b).groups(true)
	var single []cell
	for _, c := range g[0].cells {
		one := c
		one.n = 1
		for range int(c.n) {
			single = append(single, one)
		}
	}
	f := &purchases{kernel: &betaGeometric{}, groups: []group{{xs: g[0].xs, cells: single}}}
	for b.Loop() {
		nelderMead(f, []float64{0, 0, 0, 0})
	}
}

func BenchmarkFitCDNOWPareto(b *testing.B) {
	s := cdnowSample(b)
	for b.Loop() {
		if _, err := FitParetoNBD(s, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// million simulates customers whose purchases are counted by day, or at any instant, which
// makes all histories distinct.
func million(b *testing.B, days bool) []Summary {
	d := &dice{rand.New(rand.NewPCG(7, 8))}
	m := BGNBD{Unit: Day, R: 0.5, Alpha: 40, A: 0.8, B: 2.5}
	out := make([]Summary, 1_000_000)
	for i := range out {
		age := float64(30 + d.IntN(700))
		x, last := m.draw(d, age)
		if days {
			last = math.Ceil(last)
		} else {
			age += d.Float64()
		}
		out[i] = Summary{Unit: Day, Frequency: x, Recency: last, Age: age}
	}
	return out
}

func benchmarkMillion(b *testing.B, days bool, fit func(*Sample) error) {
	rows := million(b, days)
	b.ResetTimer()
	for b.Loop() {
		s, err := NewSample(Day)
		if err == nil {
			err = s.AddAll(slices.Values(rows))
		}
		if err == nil {
			err = fit(s)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Distinct()), "distinct")
	}
}

func fitBG(s *Sample) error     { _, err := FitBGNBD(s, Options{}); return err }
func fitPareto(s *Sample) error { _, err := FitParetoNBD(s, Options{}); return err }

// BenchmarkFitMillion takes in a million customers and fits BG/NBD from all starts.
func BenchmarkFitMillion(b *testing.B) {
	b.Run("days", func(b *testing.B) { benchmarkMillion(b, true, fitBG) })
	b.Run("instants", func(b *testing.B) { benchmarkMillion(b, false, fitBG) })
	b.Run("pareto", func(b *testing.B) { benchmarkMillion(b, true, fitPareto) })
}

// BenchmarkFitSizes fits BG/NBD to samples of growing size: the time should grow with the
// distinct histories, which it reports, and not faster.
func BenchmarkFitSizes(b *testing.B) {
	rows := million(b, false)
	for _, n := range []int{2357, 10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s, err := NewSample(Day)
			if err == nil {
				err = s.AddAll(slices.Values(rows[:n]))
			}
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for b.Loop() {
				if err := fitBG(s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Distinct()), "distinct")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s.Distinct()), "ns/distinct")
		})
	}
}

func BenchmarkOutlook(b *testing.B) {
	c := Summary{Unit: Week, Frequency: 4, Recency: 30, Age: 39}
	bg := BGNBD{Unit: Week, R: 0.2425967, Alpha: 4.413659, A: 0.7929869, B: 2.426164}
	par := ParetoNBD{Unit: Week, R: 0.553, Alpha: 10.58, S: 0.606, Beta: 11.658}
	for name, m := range map[string]Model{"bgnbd": bg, "paretonbd": par} {
		b.Run(name+"/expected", func(b *testing.B) {
			for b.Loop() {
				o, _ := m.Outlook(c)
				if _, err := o.Expected(weeks(52)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/discounted", func(b *testing.B) {
			for b.Loop() {
				o, _ := m.Outlook(c)
				if _, err := o.Discounted(Forever(), AnnualRate(0.1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// nelderMead climbs by the simplex method of Nelder and Mead (1965), with the usual
// coefficients, until value and simplex are as small as those of scipy's default.
func nelderMead(f objective, start []float64) ([]float64, float64) {
	n := len(start)
	type vertex struct {
		x []float64
		v float64
	}
	at := func(x []float64) vertex { return vertex{x, f.eval(x, nil)} }
	simplex := []vertex{at(slices.Clone(start))}
	for i := range n {
		x := slices.Clone(start)
		x[i] += 0.25
		simplex = append(simplex, at(x))
	}
	for range 5000 {
		slices.SortFunc(simplex, func(a, b vertex) int {
			switch {
			case a.v > b.v:
				return -1
			case a.v < b.v:
				return 1
			}
			return 0
		})
		best, worst := simplex[0], simplex[n]
		var size float64
		for _, s := range simplex {
			for i := range n {
				size = math.Max(size, math.Abs(s.x[i]-best.x[i]))
			}
		}
		if size < 1e-4 && best.v-worst.v < 1e-4 {
			break
		}
		centre := make([]float64, n)
		for _, s := range simplex[:n] {
			for i := range n {
				centre[i] += s.x[i] / float64(n)
			}
		}
		along := func(t float64) vertex {
			x := make([]float64, n)
			for i := range n {
				x[i] = centre[i] + t*(centre[i]-worst.x[i])
			}
			return at(x)
		}
		reflected := along(1)
		switch {
		case reflected.v > best.v:
			if expanded := along(2); expanded.v > reflected.v {
				reflected = expanded
			}
			simplex[n] = reflected
		case reflected.v > simplex[n-1].v:
			simplex[n] = reflected
		default:
			t := -0.5
			if reflected.v > worst.v {
				t = 0.5
			}
			if inside := along(t); inside.v > math.Max(worst.v, reflected.v) {
				simplex[n] = inside
				continue
			}
			for k := 1; k <= n; k++ {
				for i := range n {
					simplex[k].x[i] = (simplex[k].x[i] + best.x[i]) / 2
				}
				simplex[k] = at(simplex[k].x)
			}
		}
	}
	return simplex[0].x, simplex[0].v
}
