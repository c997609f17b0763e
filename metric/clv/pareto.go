package clv

import "math"

// pareto is the likelihood of Pareto/NBD, by r, alpha, s and beta. With λ and μ integrated
// out, a customer is alive at T (u) or was gone at some y since the last purchase (v):
//
//	ln L = ln Γ(r+x)/Γ(r) - x ln α + ln(e^u + e^v)
//	u = -(r+x) ln(1+T/α) - s ln(1+T/β)
//	v = ln s - ln β + ln ∫ (1+y/α)^-(r+x) (1+y/β)^-(s+1) dy   over t <= y <= T
//
// The integral is taken numerically: unlike the usual difference of two hypergeometric
// functions it loses no digits, and the derivatives come from the same nodes.
type pareto struct {
	rise  []rung
	count []float64
}

func (m *pareto) group(p [4]float64, g *group, d *local) float64 {
	r, alpha, s, beta := p[0], p[1], p[2], p[3]
	m.rise = rising(m.rise, r, g.xs)
	m.count = append(m.count[:0], make([]float64, len(g.xs))...)
	logAlpha, logHazard := math.Log(alpha), math.Log(s)-math.Log(beta)

	var total compensated
	var alive, gone, both local
	for i := range g.cells {
		c := &g.cells[i]
		m.count[c.xi] += c.n
		t := tail{r: r, x: float64(c.x), alpha: alpha, s: s, beta: beta, from: c.t, to: c.age}
		u := -(r+t.x)*math.Log1p(c.age/alpha) - s*math.Log1p(c.age/beta)
		if d == nil {
			total.add(c.n * logAddExp(u, logHazard+t.log(nil)))
			continue
		}
		gone = local{}
		v := logHazard + t.log(&gone)
		total.add(c.n * logAddExp(u, v))
		alive = local{}
		t.derive(c.age, math.Log1p(c.age/alpha), math.Log1p(c.age/beta), s, 1, &alive)
		w := logistic(u - v)
		both = alive
		if w < 1 {
			gone.g[2]++ // of ln s
			gone.g[3]-- // of -ln β
			mix(&both, &gone, w)
		}
		for j := range 4 {
			d.g[j] += c.n * both.g[j]
			for k := j; k < 4; k++ {
				d.h[j][k] += c.n * both.h[j][k]
			}
		}
	}
	for i, n := range m.count {
		x, rise := float64(g.xs[i]), &m.rise[i]
		total.add(n * (rise.v - x*logAlpha))
		if d != nil {
			d.g[0] += n * rise.d1
			d.g[1] -= n * x
			d.h[0][0] += n * rise.d11
		}
	}
	return total.value()
}

// mix replaces the derivatives a of u by those of ln(e^u + e^v), where w is the weight of
// e^u in the sum and b are the derivatives of v.
func mix(a, b *local, w float64) {
	var diff [4]float64
	for j := range 4 {
		diff[j] = a.g[j] - b.g[j]
		a.g[j] = w*a.g[j] + (1-w)*b.g[j]
	}
	for j := range 4 {
		for k := j; k < 4; k++ {
			a.h[j][k] = w*a.h[j][k] + (1-w)*b.h[j][k] + w*(1-w)*diff[j]*diff[k]
		}
	}
}

// tail is the integral of (1+y/α)^-(r+x) (1+y/β)^-(s+1) over from <= y <= to.
type tail struct{ r, x, alpha, s, beta, from, to float64 }

// derive adds the derivatives of
//
//	-(r+x) ln(1+y/α) - power ln(1+y/β)
//
// by the logarithms of r, α, s and β, times n. The power is s or s+1.
func (t *tail) derive(y, logAlpha, logBeta, power, n float64, d *local) {
	a, b := y/(t.alpha+y), y/(t.beta+y)
	rx := t.r + t.x
	d.g[0] -= n * t.r * logAlpha
	d.g[1] += n * rx * a
	d.g[2] -= n * t.s * logBeta
	d.g[3] += n * power * b
	d.h[0][0] -= n * t.r * logAlpha
	d.h[0][1] += n * t.r * a
	d.h[1][1] -= n * rx * a * (1 - a)
	d.h[2][2] -= n * t.s * logBeta
	d.h[2][3] += n * t.s * b
	d.h[3][3] -= n * power * b * (1 - b)
}

// log returns the logarithm of the integral, -Inf if it is zero. Unless d is nil it sets d,
// which is zero, to the derivatives.
//
// With y + m = (m + from) e^w for the smaller m of α and β the integrand is smooth in w. It
// is taken in pieces over which it falls by e^-10 at most, and ends where nothing is left.
func (t *tail) log(d *local) float64 {
	m := math.Min(t.alpha, t.beta)
	end := math.Log1p((t.to - t.from) / (m + t.from))
	if !(end > 0) {
		return math.Inf(-1)
	}
	rx := t.r + t.x
	fromAlpha, fromBeta := math.Log1p(t.from/t.alpha), math.Log1p(t.from/t.beta)
	var sum float64
	var square [4][4]float64 // of the gradients at the nodes
	var nodes local
	node := func(w, weight float64) (falls float64) {
		y := t.from + (m+t.from)*math.Expm1(w)
		var logAlpha, logBeta float64
		if m == t.alpha {
			logAlpha, logBeta = fromAlpha+w, math.Log1p(y/t.beta)
		} else {
			logAlpha, logBeta = math.Log1p(y/t.alpha), fromBeta+w
		}
		falls = rx*(logAlpha-fromAlpha) + (t.s+1)*(logBeta-fromBeta) - w
		if weight == 0 {
			return falls
		}
		f := weight * math.Exp(-falls)
		sum += f
		if d == nil {
			return falls
		}
		var one local
		t.derive(y, logAlpha, logBeta, t.s+1, 1, &one)
		for j := range 4 {
			fg := f * one.g[j]
			nodes.g[j] += fg
			for k := j; k < 4; k++ {
				nodes.h[j][k] += f * one.h[j][k]
				square[j][k] += fg * one.g[k]
			}
		}
		return falls
	}
	steepness := func(w float64) float64 {
		y := t.from + (m+t.from)*math.Expm1(w)
		return rx*(m+y)/(t.alpha+y) + (t.s+1)*(m+y)/(t.beta+y)
	}
	for low := 0.0; low < end; {
		high := math.Min(end, low+2)
		for steepness(high)*(high-low) > 10 {
			high = low + (high-low)/2
		}
		mid, half := (low+high)/2, (high-low)/2
		for _, g := range gauss16 {
			node(mid-half*g[0], half*g[1])
			node(mid+half*g[0], half*g[1])
		}
		low = high
		if low < end && node(low, 0) > 45 {
			break
		}
	}
	if d != nil {
		for j := range 4 {
			d.g[j] = nodes.g[j] / sum
		}
		for j := range 4 {
			for k := j; k < 4; k++ {
				d.h[j][k] = (nodes.h[j][k]+square[j][k])/sum - d.g[j]*d.g[k]
			}
		}
	}
	return math.Log(sum) + math.Log(m+t.from) - rx*fromAlpha - (t.s+1)*fromBeta
}

// paretoStarts are in the unit of the data, through their mean frequency and age.
func paretoStarts(frequency, age float64) [][]float64 {
	alpha := func(r float64) float64 { return r * age / frequency }
	return [][]float64{
		{0.5, alpha(0.3), 0.5, age / 3},
		{2, alpha(2), 1, 2 * age},
		{1, alpha(0.5), 2, age},
		{0.2, alpha(0.1), 0.2, age / 10},
	}
}

// aliveParetoNBD returns the probability to be alive: 1/(1 + e^(v-u)) of the likelihood,
// with r+x for the first parameter.
func aliveParetoNBD(rx, alpha, s, beta, last, age float64) float64 {
	t := tail{r: rx, alpha: alpha, s: s, beta: beta, from: last, to: age}
	u := -rx*math.Log1p(age/alpha) - s*math.Log1p(age/beta)
	return logistic(u - math.Log(s) + math.Log(beta) - t.log(nil))
}

// paretoFuture is the future of a customer who is alive: purchases at a rate that is gamma(r,
// alpha) distributed, and an end at a rate that is gamma(s, beta) distributed.
type paretoFuture struct{ r, alpha, s, beta float64 }

// expected returns
//
//	r/α ∫ (1+u/β)^-s du   over 0 <= u <= t
func (f paretoFuture) expected(t float64) (float64, error) {
	if !math.IsInf(t, 1) {
		return finite("expected purchases", f.r/f.alpha*f.beta*growth(1-f.s, math.Log1p(t/f.beta)))
	}
	if f.s <= 1 {
		return 0, endless("Pareto/NBD", "s <= 1")
	}
	return finite("expected purchases", f.r/f.alpha*f.beta/(f.s-1))
}

// discounted returns
//
//	r/α ∫ e^(-δu) (1+u/β)^-s du   over 0 <= u <= t
func (f paretoFuture) discounted(t, force float64) (float64, error) {
	return finite("expected purchases", f.r/f.alpha*f.beta*expIntegral(f.s, force*f.beta, t/f.beta))
}

// probability returns the probability of n purchases until t, if the customer is then alive,
// and for every instant of the end before.
func (f paretoFuture) probability(n int, t float64) (float64, error) {
	if t == 0 {
		if n == 0 {
			return 1, nil
		}
		return 0, nil
	}
	x := float64(n)
	log := logCombinations(f.r, n)
	upTo := func(y float64) float64 { // ln P(n purchases until y)
		if n == 0 {
			return -f.r * math.Log1p(y/f.alpha)
		}
		return log - f.r*math.Log1p(y/f.alpha) - x*math.Log1p(f.alpha/y)
	}
	m := math.Min(f.alpha, f.beta)
	density := func(w float64) float64 {
		y := m * math.Expm1(w)
		if y == 0 && n > 0 {
			return 0
		}
		return math.Exp(upTo(y) - (f.s+1)*math.Log1p(y/f.beta) + w)
	}
	end := math.Log1p(t / m)
	peak, width := 0.0, 1/(1+f.r+f.s+x) // or more
	if n > 0 {
		peak = math.Min(math.Log1p(f.likely(x)/m), end)
		width *= math.Min(peak, 1)
	}
	before := func(w float64) float64 { return density(peak - w) }
	ended := integrate(before, 0, peak, width, 0.5) + integrate(density, peak, end, width, 0.5)
	return finite("probability", math.Exp(upTo(t)-f.s*math.Log1p(t/f.beta))+f.s/f.beta*m*ended)
}

// likely returns where the density of the end after x purchases, over ln(1+y/m) for the
// smaller m of α and β, is highest.
func (f paretoFuture) likely(x float64) float64 {
	m := math.Min(f.alpha, f.beta)
	return math.Exp(bisect(-1, 1, func(log float64) bool {
		y := math.Exp(log)
		share := func(scale float64) float64 { return 1 / (1 + scale/y) }
		return x+share(m)-(f.r+x)*share(f.alpha)-(f.s+1)*share(f.beta) < 0
	}))
}
