package clv

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// kernel is the log-likelihood of a group of customers with one set of four parameters. It
// adds its derivatives by the logarithms of the parameters to d unless d is nil, of the
// second ones those with i <= j.
type kernel interface {
	group(p [4]float64, g *group, d *local) float64
}

// local are the derivatives of a kernel.
type local struct {
	g [4]float64
	h [4][4]float64
}

// purchases is the objective of the models with four parameters, some of which may be moved
// by covariates:
//
//	ln p_k = θ_k + sign_k * (coefficients of the block of k)·z
type purchases struct {
	kernel     kernel
	groups     []group
	effects    [4]effect // zero where no covariates act
	covariates int       // for each block of coefficients
	blocks     int
}

// effect says which coefficients move a parameter, and in which direction.
type effect struct {
	block int // from 1; 0 for none
	sign  float64
}

func (f *purchases) dim() int { return 4 + f.blocks*f.covariates }

func (f *purchases) eval(theta []float64, d *derivatives) float64 {
	var total compensated
	for i := range f.groups {
		g := &f.groups[i]
		var p [4]float64
		for k := range p {
			log := theta[k]
			if e := f.effects[k]; e.block > 0 {
				for j, z := range g.z {
					log += e.sign * z * theta[f.coefficient(e.block, j)]
				}
			}
			if math.Abs(log) > 100 {
				return math.Inf(-1) // no step goes there
			}
			p[k] = math.Exp(log)
		}
		if d == nil {
			total.add(f.kernel.group(p, g, nil))
			continue
		}
		var l local
		total.add(f.kernel.group(p, g, &l))
		f.carry(g, &l, d)
	}
	return total.value()
}

// few is how many rows are too few to be worth thinning.
const few = 10_000

// thin keeps every k-th row; they are sorted, so that it is a fair part.
func (f *purchases) thin() (objective, bool) {
	total := cells(f.groups)
	if total < 2*few {
		return nil, false
	}
	part := *f
	part.groups = nil
	every, next := total/few, 0
	for _, g := range f.groups {
		kept := g
		kept.cells = nil
		for _, c := range g.cells {
			if next == 0 {
				kept.cells, next = append(kept.cells, c), every
			}
			next--
		}
		if len(kept.cells) > 0 {
			part.groups = append(part.groups, kept)
		}
	}
	return &part, true
}

func (f *purchases) coefficient(block, j int) int { return 4 + (block-1)*f.covariates + j }

// carry adds the derivatives of a group by the chain rule.
func (f *purchases) carry(g *group, l *local, d *derivatives) {
	for i := range 4 {
		for j := range i {
			l.h[i][j] = l.h[j][i]
		}
	}
	for k := range 4 {
		f.parts(g, k, func(i int, a float64) {
			d.g[i] += a * l.g[k]
			for m := range 4 {
				f.parts(g, m, func(j int, b float64) {
					if i <= j {
						d.h.add(i, j, a*b*l.h[k][m])
					}
				})
			}
		})
	}
}

// parts calls do with every unbounded parameter that parameter k depends on, and the
// derivative.
func (f *purchases) parts(g *group, k int, do func(i int, a float64)) {
	do(k, 1)
	if e := f.effects[k]; e.block > 0 {
		for j, z := range g.z {
			do(f.coefficient(e.block, j), e.sign*z)
		}
	}
}

// rung is a sum of logarithms as a function of one or two parameters, with its derivatives
// by their logarithms.
type rung struct{ v, d1, d2, d11, d12, d22 float64 }

// rising returns ln Γ(r+x)/Γ(r) for every x. The sum over x terms needs no difference of
// large numbers, and gives its derivatives along the way.
func rising(out []rung, r float64, xs []int) []rung {
	out = out[:0]
	var s rung
	j := 0
	for _, x := range xs {
		for ; j < x; j++ {
			y := float64(j)
			s.v += math.Log(r + y)
			s.d1 += r / (r + y)
			s.d11 += r * y / ((r + y) * (r + y))
		}
		out = append(out, s)
	}
	return out
}

// surviving returns ln B(a, b+x+extra)/B(a, b) for every x: the logarithm of the probability
// not to leave after any of x+extra purchases.
func surviving(out []rung, a, b float64, xs []int, extra int) []rung {
	out = out[:0]
	var s rung
	j := 0
	for _, x := range xs {
		for ; j < x+extra; j++ {
			y := float64(j)
			p, q := b+y, a+b+y
			s.v -= math.Log1p(a / p)
			s.d1 -= a / q
			s.d2 += a * b / (p * q)
			s.d11 -= a * p / (q * q)
			s.d12 += a * b / (q * q)
			s.d22 += b*y/(p*p) - b*(a+y)/(q*q)
		}
		out = append(out, s)
	}
	return out
}

// needRepeats is the error for a sample that says nothing about repeat purchases.
func (s *Sample) needRepeats() error {
	switch {
	case s == nil:
		return badInput("sample", "none")
	case s.customers == 0:
		return undefined("fit", metric.EmptyPopulation, "the sample has no customers")
	case s.repeaters == 0:
		return undefined("fit", metric.InsufficientHistory, "no customer has a repeat purchase")
	}
	return nil
}

// finish fills in what every fit of purchases has.
func finish[M Parametric[M]](f *Fit[M], s *Sample, distinct int) {
	f.Customers, f.Distinct = s.customers, distinct
	f.Report.needRepeaters(s.repeaters, len(f.Model.parameters()))
}

func cells(groups []group) int {
	n := 0
	for i := range groups {
		n += len(groups[i].cells)
	}
	return n
}
