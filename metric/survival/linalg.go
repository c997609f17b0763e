package survival

import "math"

// symmetric is a symmetric matrix, of which the lower triangle is held by rows.
type symmetric struct {
	n int
	v []float64
}

func newSymmetric(n int) symmetric { return symmetric{n: n, v: make([]float64, n*(n+1)/2)} }

func (m symmetric) at(i, j int) float64 {
	if i < j {
		i, j = j, i
	}
	return m.v[i*(i+1)/2+j]
}

func (m symmetric) set(i, j int, v float64) {
	if i < j {
		i, j = j, i
	}
	m.v[i*(i+1)/2+j] = v
}

func (m symmetric) clear() { clear(m.v) }

// addCross adds c(xyᵀ + yxᵀ).
func (m symmetric) addCross(c float64, x, y []float64) {
	k := 0
	for i := range m.n {
		xi, yi := c*x[i], c*y[i]
		for j := 0; j <= i; j++ {
			m.v[k] += xi*y[j] + yi*x[j]
			k++
		}
	}
}

// addSquare adds c·xxᵀ.
func (m symmetric) addSquare(c float64, x []float64) {
	k := 0
	for i := range m.n {
		xi := c * x[i]
		for j := 0; j <= i; j++ {
			m.v[k] += xi * x[j]
			k++
		}
	}
}

// add adds c·o.
func (m symmetric) add(c float64, o symmetric) {
	for i, v := range o.v {
		m.v[i] += c * v
	}
}

// form returns xᵀMx.
func (m symmetric) form(x []float64) float64 {
	var sum float64
	for i := range m.n {
		for j := range m.n {
			sum += x[i] * m.at(i, j) * x[j]
		}
	}
	return sum
}

// cholesky is the factor L of LLᵀ, in the form of symmetric.
type cholesky struct{ symmetric }

// factor returns the factor of m. Where m is not positive definite, it returns the first
// row whose pivot is not above tolerance times its diagonal.
func (m symmetric) factor(tolerance float64) (c cholesky, bad int) {
	c = cholesky{newSymmetric(m.n)}
	for i := range m.n {
		for j := 0; j <= i; j++ {
			sum := m.at(i, j)
			for k := range j {
				sum -= c.at(i, k) * c.at(j, k)
			}
			if i != j {
				c.set(i, j, sum/c.at(j, j))
				continue
			}
			if !(sum > tolerance*m.at(i, i)) || math.IsInf(sum, 0) {
				return c, i
			}
			c.set(i, i, math.Sqrt(sum))
		}
	}
	return c, -1
}

// independent returns the rows of m that are no combination of the rows before them.
func (m symmetric) independent(tolerance float64) []int {
	var members []int
	c := newSymmetric(m.n)
	for i := range m.n {
		pivot := m.at(i, i)
		for _, j := range members {
			sum := m.at(i, j)
			for _, k := range members {
				if k >= j {
					break
				}
				sum -= c.at(i, k) * c.at(j, k)
			}
			c.set(i, j, sum/c.at(j, j))
			pivot -= c.at(i, j) * c.at(i, j)
		}
		if pivot > tolerance*m.at(i, i) {
			c.set(i, i, math.Sqrt(pivot))
			members = append(members, i)
		}
	}
	return members
}

// part returns the rows and columns of the members.
func (m symmetric) part(members []int) symmetric {
	s := newSymmetric(len(members))
	for i, g := range members {
		for j, h := range members[:i+1] {
			s.set(i, j, m.at(g, h))
		}
	}
	return s
}

// solve returns the x with LLᵀx = b.
func (c cholesky) solve(b []float64) []float64 {
	x := make([]float64, c.n)
	for i := range c.n {
		sum := b[i]
		for k := range i {
			sum -= c.at(i, k) * x[k]
		}
		x[i] = sum / c.at(i, i)
	}
	for i := c.n - 1; i >= 0; i-- {
		for k := i + 1; k < c.n; k++ {
			x[i] -= c.at(k, i) * x[k]
		}
		x[i] /= c.at(i, i)
	}
	return x
}

// inverse returns the inverse of LLᵀ.
func (c cholesky) inverse() symmetric {
	inverse := newSymmetric(c.n)
	unit := make([]float64, c.n)
	for j := range c.n {
		clear(unit)
		unit[j] = 1
		x := c.solve(unit)
		for i := j; i < c.n; i++ {
			inverse.set(i, j, x[i])
		}
	}
	return inverse
}

func dot(x, y []float64) float64 {
	var sum float64
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}
