package clv

import (
	"math"
	"slices"
)

// objective is a log-likelihood as a function of unbounded parameters.
type objective interface {
	dim() int
	// eval returns the value at theta. Unless d is nil it adds the derivatives to d, which is
	// zero; of the second ones only those with i <= j.
	eval(theta []float64, d *derivatives) float64
}

// derivatives are a gradient and a matrix of second derivatives.
type derivatives struct {
	g []float64
	h square
}

func newDerivatives(n int) *derivatives { return &derivatives{make([]float64, n), newSquare(n)} }

// ending says how a search ended.
type ending uint8

const (
	endConverged ending = iota
	endBoundary         // a parameter ran away
	endStalled          // no step is uphill though the gradient is not zero
	endTooMany          // iterations
	endSame             // near the optimum of an earlier start
)

// optimum is where a search ended.
type optimum struct {
	start      []float64
	theta      []float64
	value      float64
	d          *derivatives
	decrement  float64 // twice the height that a parabola would still have to gain
	iterations int
	end        ending
}

const (
	maxStep     = 1.0   // of any parameter at once; a ridge would carry a longer one off
	maxDistance = 16.0  // of any parameter from its start: e^16 is 9 million
	enough      = 1e-10 // decrement at which the search ends: 1e-5 standard errors
)

// maximize climbs from start by Newton's method, with the diagonal raised where the matrix
// is not negative definite, steps bounded, and halved until they lead uphill. It ends early
// near one of the optima known.
func maximize(f objective, start []float64, maxIterations int, known []optimum) optimum {
	n := f.dim()
	o := optimum{start: start, theta: slices.Clone(start), d: newDerivatives(n), end: endTooMany}
	o.value = f.eval(o.theta, o.d)
	for ; o.iterations < maxIterations; o.iterations++ {
		step, damped := newtonStep(o.d)
		o.decrement = dot(o.d.g, step)
		if !damped && o.decrement < enough {
			o.end = endConverged
			return o
		}
		if nearKnown(o, known) {
			o.end = endSame
			return o
		}
		scaleTo(step, maxStep)
		if !o.move(f, step) {
			o.end = endStalled
			return o
		}
		for i := range o.theta {
			if math.Abs(o.theta[i]-start[i]) > maxDistance {
				o.end = endBoundary
				return o
			}
		}
	}
	return o
}

// newtonStep returns the step to the top of the parabola, and whether the diagonal had to be
// raised for there to be one.
func newtonStep(d *derivatives) (step []float64, damped bool) {
	n := d.h.n
	a := newSquare(n)
	for i := range n {
		for j := i; j < n; j++ {
			a.set(i, j, -d.h.at(i, j))
		}
	}
	a.mirror()
	var size float64
	for i := range n {
		size = max(size, math.Abs(a.at(i, i)))
	}
	raise := 0.
	for range 40 {
		raised := a.clone()
		for i := range n {
			raised.add(i, i, raise)
		}
		if l, ok := raised.cholesky(); ok {
			return l.solve(d.g), raise > 0
		}
		raise = max(raise*4, 1e-4*size, 1e-12)
	}
	return slices.Clone(d.g), true
}

// move takes the step, or as much of it as leads uphill. It is false if none does.
func (o *optimum) move(f objective, step []float64) bool {
	slope := dot(o.d.g, step)
	noise := 1e-13 * math.Abs(o.value)
	next := make([]float64, len(step))
	d := newDerivatives(len(step))
	for t, first := 1., true; t > 1e-9; t, first = t/2, false {
		for i := range next {
			next[i] = o.theta[i] + t*step[i]
		}
		var v float64
		if first { // nearly always taken
			v = f.eval(next, d)
		} else {
			v = f.eval(next, nil)
		}
		if v >= o.value+1e-4*t*slope-noise && v <= math.MaxFloat64 {
			if !first {
				d = newDerivatives(len(step))
				f.eval(next, d)
			}
			if !finiteAll(d.g) || !d.h.isFinite() {
				continue
			}
			o.theta, o.value, o.d = next, v, d
			return true
		}
	}
	return false
}

// nearKnown reports whether o is in the basin of a known optimum: near it, and not above.
func nearKnown(o optimum, known []optimum) bool {
	for _, k := range known {
		near := o.value <= k.value+1e-9*math.Abs(k.value) && o.value > k.value-1
		for i := range o.theta {
			near = near && math.Abs(o.theta[i]-k.theta[i]) < 0.05
		}
		if near {
			return true
		}
	}
	return false
}

// thinner is an objective over so many rows that a part of them will do to find the way.
type thinner interface {
	thin() (objective, bool) // false if there are few
}

// search climbs from every start. It returns the highest optimum, and the other ones that
// are apart from it.
func search(f objective, starts [][]float64, maxIterations int) (best optimum, others []optimum) {
	if t, ok := f.(thinner); ok {
		if part, ok := t.thin(); ok {
			if ends := converged(climb(part, starts, maxIterations)); len(ends) > 0 {
				starts = ends
			}
		}
	}
	found := climb(f, starts, maxIterations)
	if len(found) == 0 {
		o := maximize(f, starts[0], 0, nil)
		o.end = endStalled
		return o, nil
	}
	top := 0
	for i := range found {
		// A search that ended well wins over one that ran away for nothing.
		gain := found[i].value - found[top].value
		if gain > 1e-6 || gain > -1e-6 && found[i].end == endConverged && found[top].end != endConverged {
			top = i
		}
	}
	return found[top], slices.Delete(slices.Clone(found), top, top+1)
}

// climb returns the optima that are apart.
func climb(f objective, starts [][]float64, maxIterations int) (found []optimum) {
	for _, start := range starts {
		o := maximize(f, start, maxIterations, found)
		if o.end != endSame && finiteAll(o.d.g) && !math.IsNaN(o.value) {
			found = append(found, o)
		}
	}
	return found
}

// converged returns the optima that were reached.
func converged(found []optimum) (thetas [][]float64) {
	for _, o := range found {
		if o.end == endConverged {
			thetas = append(thetas, o.theta)
		}
	}
	return thetas
}

func dot(a, b []float64) float64 {
	var s float64
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// scaleTo shortens a so that no element is beyond limit.
func scaleTo(a []float64, limit float64) {
	var top float64
	for _, v := range a {
		top = max(top, math.Abs(v))
	}
	if top > limit {
		for i := range a {
			a[i] *= limit / top
		}
	}
}

func finiteAll(a []float64) bool {
	for _, v := range a {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// compensated is a sum with the rounding errors kept (Neumaier).
type compensated struct{ sum, rest float64 }

func (c *compensated) add(v float64) {
	t := c.sum + v
	if math.Abs(c.sum) >= math.Abs(v) {
		c.rest += (c.sum - t) + v
	} else {
		c.rest += (v - t) + c.sum
	}
	c.sum = t
}

func (c *compensated) value() float64 { return c.sum + c.rest }
