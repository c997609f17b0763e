package clv

import "math"

// betaGeometric is the likelihood of BG/NBD and MBG/NBD, by r, alpha, a and b. The two differ
// in whether a customer can leave after the first purchase. With k = 1 if so, and 0 if not:
//
//	ln L = ln Γ(r+x)/Γ(r) - x ln α + ln B(a, b+x+k)/B(a, b) + ln(e^u + e^v)
//	u = -(r+x) ln(1+T/α)
//	v = -(r+x) ln(1+t/α) + ln a - ln(b+x+k-1)      unless x = k = 0
type betaGeometric struct {
	k        int
	rise     []rung
	survival []rung
	count    []float64
}

func (m *betaGeometric) group(p [4]float64, g *group, d *local) float64 {
	r, alpha, a, b := p[0], p[1], p[2], p[3]
	m.rise = rising(m.rise, r, g.xs)
	m.survival = surviving(m.survival, a, b, g.xs, m.k)
	m.count = append(m.count[:0], make([]float64, len(g.xs))...)
	logAlpha, logA := math.Log(alpha), math.Log(a)

	var total compensated
	for i := range g.cells {
		c := &g.cells[i]
		m.count[c.xi] += c.n
		x := float64(c.x)
		rx := r + x
		log := math.Log1p(c.age / alpha)
		u := -rx * log
		share := c.age / (alpha + c.age)
		if c.x+m.k == 0 {
			total.add(c.n * u)
			if d != nil {
				d.g[0] -= c.n * r * log
				d.g[1] += c.n * rx * share
				d.h[0][0] -= c.n * r * log
				d.h[0][1] += c.n * r * share
				d.h[1][1] -= c.n * rx * share * (1 - share)
			}
			continue
		}
		last := b + x + float64(m.k-1)
		logLast := math.Log1p(c.t / alpha)
		v := -rx*logLast + logA - math.Log(last)
		total.add(c.n * logAddExp(u, v))
		if d == nil {
			continue
		}
		shareLast := c.t / (alpha + c.t)
		w := logistic(u - v)
		n0, n1 := c.n*w, c.n*(1-w)
		mixed := r * (n0*log + n1*logLast)
		d.g[0] -= mixed
		d.g[1] += rx * (n0*share + n1*shareLast)
		d.g[2] += n1
		d.g[3] -= n1 * b / last

		// The differences of the two gradients add n w (1-w) times their products.
		nw := n0 * (1 - w)
		d0, d1, d2, d3 := -r*(log-logLast), rx*(share-shareLast), -1.0, b/last
		d.h[0][0] += nw*d0*d0 - mixed
		d.h[0][1] += nw*d0*d1 + r*(n0*share+n1*shareLast)
		d.h[0][2] += nw * d0 * d2
		d.h[0][3] += nw * d0 * d3
		d.h[1][1] += nw*d1*d1 - rx*(n0*share*(1-share)+n1*shareLast*(1-shareLast))
		d.h[1][2] += nw * d1 * d2
		d.h[1][3] += nw * d1 * d3
		d.h[2][2] += nw * d2 * d2
		d.h[2][3] += nw * d2 * d3
		d.h[3][3] += nw*d3*d3 - n1*b*(last-b)/(last*last)
	}
	for i, n := range m.count {
		x, rise, s := float64(g.xs[i]), &m.rise[i], &m.survival[i]
		total.add(n * (rise.v - x*logAlpha + s.v))
		if d == nil {
			continue
		}
		d.g[0] += n * rise.d1
		d.g[1] -= n * x
		d.g[2] += n * s.d1
		d.g[3] += n * s.d2
		d.h[0][0] += n * rise.d11
		d.h[2][2] += n * s.d11
		d.h[2][3] += n * s.d12
		d.h[3][3] += n * s.d22
	}
	return total.value()
}

// betaGeometricStarts are in the unit of the data, through their mean frequency and age.
func betaGeometricStarts(frequency, age float64) [][]float64 {
	alpha := func(r float64) float64 { return r * age / frequency }
	return [][]float64{
		{0.5, alpha(0.3), 1, 3},
		{2, alpha(2), 0.3, 3},
		{1, alpha(1), 3, 10},
		{0.2, alpha(0.1), 0.2, 0.5},
	}
}

// aliveBetaGeometric returns the probability to be alive: 1/(1 + e^(v-u)) of the likelihood.
func aliveBetaGeometric(r, alpha, a, b float64, k int, c Summary) float64 {
	if c.Frequency+k == 0 {
		return 1
	}
	x := float64(c.Frequency)
	odds := math.Log(a) - math.Log(b+x+float64(k-1)) + (r+x)*math.Log1p((c.Age-c.Recency)/(alpha+c.Recency))
	return logistic(-odds)
}

// geometricFuture is the future of a customer who is alive: purchases at a rate that is
// gamma(r, alpha) distributed, and after each an end with a probability that is beta(a, b)
// distributed.
type geometricFuture struct{ r, alpha, a, b float64 }

// intensity returns the expected rate of purchases after t = v alpha, as a multiple of
// r/alpha:
//
//	E[λ e^(-λpt)] = r/α 2F1(r+1, a; a+b; -t/α)
func (f geometricFuture) intensity(v float64) float64 {
	return hyp2f1(f.r+1, f.a, f.a+f.b, v)
}

// expected returns
//
//	(a+b-1)/(a-1) [1 - 2F1(r, a-1; a+b-1; -t/α)]
//
// or, where that is a difference of nearly equal numbers, the integral of the intensity.
func (f geometricFuture) expected(t float64) (float64, error) {
	c := f.a + f.b - 1
	if math.IsInf(t, 1) {
		if f.a <= 1 {
			return 0, endless("(M)BG/NBD", "a <= 1")
		}
		return c / (f.a - 1), nil
	}
	v := t / f.alpha
	if c > 0.05 && math.Abs(f.a-1) > 0.05 {
		if rest := 1 - hyp2f1(f.r, f.a-1, c, v); math.Abs(rest) > 1e-3 {
			return c / (f.a - 1) * rest, nil
		}
	}
	return f.discounted(t, 0)
}

func (f geometricFuture) discounted(t, force float64) (float64, error) {
	// With u = α(e^w - 1) purchases come evenly enough in w.
	z := force * f.alpha
	end := math.Log1p(t / f.alpha)
	if z > 0 {
		end = math.Min(end, math.Log1p(50/z))
	}
	v := f.r * integrate(func(w float64) float64 {
		v := math.Expm1(w)
		return (1 + v) * math.Exp(-z*v) * f.intensity(v)
	}, 0, end, 1/(1+(f.r+1)*f.a/(f.a+f.b)+z), 2.5)
	return finite("expected purchases", v)
}

// probability returns P(X(t) = n) of Fader, Hardie and Lee (2005), equation (8).
func (f geometricFuture) probability(n int, t float64) (float64, error) {
	z := t / (f.alpha + t)
	if z == 0 {
		if n == 0 {
			return 1, nil
		}
		return 0, nil
	}
	// No end in n purchases, and exactly n of them.
	var stay float64
	for j := range n {
		stay -= math.Log1p(f.a / (f.b + float64(j)))
	}
	p := math.Exp(stay + logNegativeBinomial(f.r, z, n))
	if n > 0 {
		// The end at the n-th purchase, and so many would have come at least.
		p += math.Exp(stay+math.Log(f.a)-math.Log(f.b+float64(n-1))) * negativeBinomialTail(f.r, z, n)
	}
	return finite("probability", p)
}

// logCombinations returns ln Γ(r+n)/(Γ(r) n!).
func logCombinations(r float64, n int) float64 {
	if n > 256 {
		x := float64(n)
		return lgamma(r+x) - lgamma(r) - lgamma(x+1)
	}
	var log float64 // differences of lgamma would lose the digits of a large r
	for j := range n {
		log += math.Log((r + float64(j)) / float64(j+1))
	}
	return log
}

// logNegativeBinomial returns the logarithm of
//
//	Γ(r+n)/(Γ(r) n!) (1-z)^r z^n
func logNegativeBinomial(r, z float64, n int) float64 {
	log := r * math.Log1p(-z)
	if n > 0 {
		log += logCombinations(r, n) + float64(n)*math.Log(z)
	}
	return log
}

// negativeBinomialTail returns the probability of n or more, from whichever side is shorter.
func negativeBinomialTail(r, z float64, n int) float64 {
	if float64(n) < r*z/(1-z) { // the mean
		var below float64
		term := logNegativeBinomial(r, z, n-1)
		// Downwards from the largest term.
		q, p := math.Exp(term), 1.0
		for j := n - 1; j >= 0; j-- {
			below += p
			if j > 0 {
				p *= float64(j) / ((r + float64(j-1)) * z)
			}
			if p < 1e-18*below {
				break
			}
		}
		return 1 - q*below
	}
	sum, p := 0.0, 1.0
	for j := n; j < n+maxTerms; j++ {
		sum += p
		ratio := (r + float64(j)) / float64(j+1) * z
		p *= ratio
		if ratio < 1 && p < 1e-17*(1-ratio)*sum {
			break
		}
	}
	return math.Exp(logNegativeBinomial(r, z, n)) * sum
}
