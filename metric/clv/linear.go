package clv

import "math"

// square is a symmetric matrix by rows.
type square struct {
	n int
	v []float64
}

func newSquare(n int) square { return square{n, make([]float64, n*n)} }

func (m square) at(i, j int) float64     { return m.v[i*m.n+j] }
func (m square) set(i, j int, v float64) { m.v[i*m.n+j] = v }
func (m square) add(i, j int, v float64) { m.v[i*m.n+j] += v }

func (m square) clone() square {
	c := newSquare(m.n)
	copy(c.v, m.v)
	return c
}

func (m square) isFinite() bool {
	for _, v := range m.v {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// mirror copies the upper triangle to the lower one.
func (m square) mirror() {
	for i := range m.n {
		for j := range i {
			m.set(i, j, m.at(j, i))
		}
	}
}

// cholesky returns the lower factor of m. It is false if m is not safely positive definite.
func (m square) cholesky() (square, bool) {
	l := newSquare(m.n)
	for i := range m.n {
		for j := 0; j <= i; j++ {
			s := m.at(i, j)
			for k := range j {
				s -= l.at(i, k) * l.at(j, k)
			}
			if i != j {
				l.set(i, j, s/l.at(j, j))
				continue
			}
			if !(s > 1e-13*math.Abs(m.at(i, i))) { // NaN, too
				return l, false
			}
			l.set(i, i, math.Sqrt(s))
		}
	}
	return l, true
}

// solve returns the x with l l' x = b, for a lower factor l.
func (l square) solve(b []float64) []float64 {
	x := make([]float64, l.n)
	for i := range l.n {
		s := b[i]
		for k := range i {
			s -= l.at(i, k) * x[k]
		}
		x[i] = s / l.at(i, i)
	}
	for i := l.n - 1; i >= 0; i-- {
		for k := i + 1; k < l.n; k++ {
			x[i] -= l.at(k, i) * x[k]
		}
		x[i] /= l.at(i, i)
	}
	return x
}

// inverse returns the inverse of a positive definite m.
func (m square) inverse() (square, bool) {
	l, ok := m.cholesky()
	if !ok {
		return square{}, false
	}
	inv := newSquare(m.n)
	unit := make([]float64, m.n)
	for j := range m.n {
		unit[j] = 1
		for i, v := range l.solve(unit) {
			inv.set(i, j, v)
		}
		unit[j] = 0
	}
	for i := range m.n { // rounding leaves it not quite symmetric
		for j := range i {
			v := (inv.at(i, j) + inv.at(j, i)) / 2
			inv.set(i, j, v)
			inv.set(j, i, v)
		}
	}
	return inv, inv.isFinite()
}

// quadratic returns g' m g.
func (m square) quadratic(g []float64) float64 {
	var s float64
	for i := range m.n {
		for j := range m.n {
			s += g[i] * m.at(i, j) * g[j]
		}
	}
	return s
}

// principal returns the largest eigenvalue of m, which must be positive semidefinite, and
// its vector of length 1, by Jacobi's rotations.
func (m square) principal() (float64, []float64) {
	a, q := m.clone(), newSquare(m.n)
	for i := range m.n {
		q.set(i, i, 1)
	}
	for range 60 {
		var off, all float64
		for i := range m.n {
			for j := range m.n {
				all += a.at(i, j) * a.at(i, j)
				if i != j {
					off += a.at(i, j) * a.at(i, j)
				}
			}
		}
		if off <= 1e-24*all {
			break
		}
		for i := range m.n {
			for j := i + 1; j < m.n; j++ {
				a.rotate(q, i, j)
			}
		}
	}
	best := 0
	for i := range m.n {
		if a.at(i, i) > a.at(best, best) {
			best = i
		}
	}
	vector := make([]float64, m.n)
	for i := range m.n {
		vector[i] = q.at(i, best)
	}
	return a.at(best, best), vector
}

// rotate makes a(i,j) zero and turns the columns of q along.
func (a square) rotate(q square, i, j int) {
	if a.at(i, j) == 0 {
		return
	}
	theta := (a.at(j, j) - a.at(i, i)) / (2 * a.at(i, j))
	t := 1 / (math.Abs(theta) + math.Hypot(theta, 1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Hypot(t, 1)
	s := t * c
	for k := range a.n {
		x, y := a.at(k, i), a.at(k, j)
		a.set(k, i, c*x-s*y)
		a.set(k, j, s*x+c*y)
		x, y = q.at(k, i), q.at(k, j)
		q.set(k, i, c*x-s*y)
		q.set(k, j, s*x+c*y)
	}
	for k := range a.n {
		x, y := a.at(i, k), a.at(j, k)
		a.set(i, k, c*x-s*y)
		a.set(j, k, s*x+c*y)
	}
}
