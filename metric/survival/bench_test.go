package survival

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func benchmarkColumns(n int) (Columns, []Covariate) {
	r := rand.New(rand.NewPCG(33, 34))
	c := Columns{Exit: make([]float64, n), Cause: make([]int, n)}
	x := make([]Covariate, 5)
	for j := range x {
		x[j] = Covariate{Name: "x" + strconv.Itoa(j), Values: make([]float64, n)}
	}
	for i := range c.Exit {
		c.Exit[i] = 1 + math.Floor(1000*r.ExpFloat64()) // days: ties
		c.Cause[i] = r.IntN(2)
		for j := range x {
			x[j].Values[i] = r.NormFloat64()
		}
	}
	return c, x
}

// quadratic counts those at risk anew at every time.
func quadratic(c Columns) (survival []float64) {
	times := slices.Clone(c.Exit)
	slices.Sort(times)
	product := 1.0
	for _, t := range slices.Compact(times) {
		var n, d float64
		for i, exit := range c.Exit {
			if exit >= t {
				n++
			}
			if exit == t && c.Cause[i] == Event {
				d++
			}
		}
		product *= 1 - d/n
		survival = append(survival, product)
	}
	return survival
}

// byHand sorts and walks once, without variance, limits, weights or checks.
func byHand(c Columns) (survival []float64) {
	order := make([]int, len(c.Exit))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case c.Exit[a] < c.Exit[b]:
			return -1
		case c.Exit[a] > c.Exit[b]:
			return 1
		}
		return 0
	})
	product := 1.0
	for i := 0; i < len(order); {
		n, d := len(order)-i, 0
		for t := c.Exit[order[i]]; i < len(order) && c.Exit[order[i]] == t; i++ {
			d += c.Cause[order[i]]
		}
		product *= 1 - float64(d)/float64(n)
		survival = append(survival, product)
	}
	return survival
}

func BenchmarkKaplanMeier(b *testing.B) {
	for _, n := range []int{4_000, 100_000} {
		c, _ := benchmarkColumns(n)
		size := strconv.Itoa(n)
		b.Run(size+"/library", func(b *testing.B) {
			for b.Loop() {
				s, _ := FromColumns(Day, c)
				curve, _ := s.KaplanMeier(Options{})
				_ = curve.Len()
			}
		})
		b.Run(size+"/by-hand", func(b *testing.B) {
			for b.Loop() {
				_ = byHand(c)
			}
		})
		b.Run(size+"/quadratic", func(b *testing.B) {
			for b.Loop() {
				_ = quadratic(c)
			}
		})
	}
}

// The rivals compute what the library does.
func TestBenchmarkRivals(t *testing.T) {
	c, _ := benchmarkColumns(500)
	curve := must[*Curve](t)(columns(t, Day, c).KaplanMeier(Options{}))
	a, b := quadratic(c), byHand(c)
	i := 0
	for k := range curve.Steps() {
		near(t, "quadratic", a[i], k.Survival.Value, 1e-12)
		near(t, "by hand", b[i], k.Survival.Value, 1e-12)
		i++
	}
}

func BenchmarkCox(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		c, x := benchmarkColumns(n)
		s, _ := FromColumns(Day, c)
		b.Run(strconv.Itoa(n)+"/fit", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Cox(x, CoxOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		m, err := s.Cox(x, CoxOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(n)+"/pass", func(b *testing.B) {
			for b.Loop() {
				m.partial(m.beta)
			}
		})
		if n > 1_000 {
			continue
		}
		b.Run(strconv.Itoa(n)+"/pass-quadratic", func(b *testing.B) {
			for b.Loop() {
				quadraticPartial(m)
			}
		})
	}
}

// quadraticPartial computes Breslow's likelihood and its derivatives with the sums over
// those at risk anew for every event.
func quadraticPartial(m *CoxModel) partial {
	p := m.d.p
	l := partial{gradient: make([]float64, p), information: newSymmetric(p)}
	sums := newMoments(p)
	for i, r := range m.d.rows {
		if r.cause == Censored {
			continue
		}
		sums.clear()
		for k, other := range m.d.rows {
			if other.exit >= r.exit {
				x := m.d.x[k*p : (k+1)*p]
				sums.add(math.Exp(dot(x, m.beta)), x)
			}
		}
		x := m.d.x[i*p : (i+1)*p]
		l.logLik += dot(x, m.beta) - math.Log(sums.zero)
		for j := range p {
			l.gradient[j] += x[j] - sums.one[j]/sums.zero
		}
		l.information.add(1/sums.zero, sums.two)
		l.information.addSquare(-1/(sums.zero*sums.zero), sums.one)
	}
	return l
}

func BenchmarkFit(b *testing.B) {
	c, _ := benchmarkColumns(20_000)
	s, _ := FromColumns(Day, c)
	for _, f := range allFamilies() {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Fit(f, FitOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
