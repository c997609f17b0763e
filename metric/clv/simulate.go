package clv

import (
	"iter"
	"math"
	"math/rand/v2"
)

// dice draws from the distributions that the models mix.
type dice struct{ *rand.Rand }

func newDice(seed uint64) *dice { return &dice{rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))} }

// gamma draws from the gamma distribution with the given shape and rate 1: Marsaglia and
// Tsang (2000), A Simple Method for Generating Gamma Variables.
func (d *dice) gamma(shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Pow(1-d.Float64(), 1/shape)
		shape++
	}
	m := shape - 1./3
	c := 1 / math.Sqrt(9*m)
	for {
		x := d.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-d.Float64()) < x*x/2+m-m*v+m*math.Log(v) {
			return boost * m * v
		}
	}
}

// beta draws from the beta distribution.
func (d *dice) beta(a, b float64) float64 {
	x, y := d.gamma(a), d.gamma(b)
	if x+y == 0 { // both underflow where the mass is at the two ends
		if d.Float64()*(a+b) < a {
			return 1
		}
		return 0
	}
	return x / (x + y)
}

// poisson draws purchases at a rate until an end: their number and the time of the last.
func (d *dice) poisson(rate, end float64) (n int, last float64) {
	for n < maxFrequency {
		t := last + d.ExpFloat64()/rate
		if !(t <= end) {
			break
		}
		n, last = n+1, t
	}
	return n, last
}

// geometric draws purchases at a rate until the age, or until the customer leaves, which
// happens after each of them with probability p.
func (d *dice) geometric(rate, p, age float64) (n int, last float64) {
	for n < maxFrequency {
		t := last + d.ExpFloat64()/rate
		if !(t <= age) {
			break
		}
		n, last = n+1, t
		if d.Float64() < p {
			break
		}
	}
	return n, last
}

// Simulate draws a history for every age from the model, from a generator that is seeded
// with the seed. The same version of this module gives the same histories for the same seed.
// Iteration ends after the first error.
func Simulate(m Model, ages iter.Seq[Horizon], seed uint64) iter.Seq2[Summary, error] {
	return func(yield func(Summary, error) bool) {
		if err := m.check(); err != nil {
			yield(Summary{}, err)
			return
		}
		d := newDice(seed)
		for h := range ages {
			age, err := h.in(m.timeUnit())
			if err == nil && math.IsInf(age, 1) {
				err = badInput("age", "forever, where an end is needed")
			}
			if _, discrete := m.(BGBB); err == nil && discrete {
				var n int
				n, err = whole(age, maxOpportunities)
				age = float64(n)
			}
			if err != nil {
				yield(Summary{}, err)
				return
			}
			n, last := m.draw(d, age)
			if n > 0 && last < smallest { // a gap of no length
				last = min(smallest, age)
			}
			if !yield(Summary{Unit: m.timeUnit(), Frequency: n, Recency: last, Age: age}, nil) {
				return
			}
		}
	}
}
