package clv

import "math"

// lgamma returns ln Γ(x) for x > 0.
func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// lbeta returns ln B(a, b) for a, b > 0.
func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

// lgammaStep returns ln Γ(x+g)/Γ(x) for x > 0 and g >= 0. For a large x, where the two
// logarithms cancel, it is the difference of their asymptotic series, DLMF 5.11.1.
func lgammaStep(x, g float64) float64 {
	if x < 100 {
		return lgamma(x+g) - lgamma(x)
	}
	y := x + g
	series := func(x float64) float64 { return (1./12 - (1./360-1/(1260*x*x))/(x*x)) / x }
	return g*math.Log(x) + (y-0.5)*math.Log1p(g/x) - g + series(y) - series(x)
}

// asymptotic is where the asymptotic series of ψ and ψ' are good to the last digit.
const asymptotic = 12

// digamma returns ψ(x) = d ln Γ(x)/dx for x > 0. DLMF 5.5.2 and 5.11.2.
func digamma(x float64) float64 {
	var v float64
	for ; x < asymptotic; x++ {
		v -= 1 / x
	}
	y := 1 / (x * x)
	return v + math.Log(x) - 0.5/x -
		y*(1./12-y*(1./120-y*(1./252-y*(1./240-y*(1./132-y*(691./32760-y/12))))))
}

// trigamma returns ψ'(x) for x > 0. DLMF 5.15.5 and 5.15.8.
func trigamma(x float64) float64 {
	var v float64
	for ; x < asymptotic; x++ {
		v += 1 / (x * x)
	}
	y := 1 / (x * x)
	return v + 1/x + y/2 +
		y/x*(1./6-y*(1./30-y*(1./42-y*(1./30-y*(5./66-y*(691./2730-y*7/6))))))
}

// logAddExp returns ln(e^u + e^v).
func logAddExp(u, v float64) float64 {
	if u < v {
		u, v = v, u
	}
	if math.IsInf(u, -1) {
		return u
	}
	return u + math.Log1p(math.Exp(v-u))
}

// logistic returns 1/(1 + e^-u).
func logistic(u float64) float64 { return 1 / (1 + math.Exp(-u)) }

// normalQuantile returns the z of the standard normal distribution that lies within ±z with
// the given probability.
func normalQuantile(level float64) float64 { return math.Sqrt2 * math.Erfinv(level) }

// maxTerms bounds a series.
const maxTerms = 1_000_000

// preciseLog is the largest logarithm of a factor that leaves nine digits to a product.
const preciseLog = 1e6

// hyp2f1 returns the Gauss hypergeometric function 2F1(a, b; c; -v) for c > 0 and v >= 0, or
// NaN when it needs too many terms.
//
// It sums the series in z = v/(1+v) after one of Pfaff's transformations, DLMF 15.8.1:
//
//	(1+v)^-b 2F1(c-a, b; c; z) = (1+v)^-a 2F1(a, c-b; c; z)
//
// or, for a large v, that in 1/v of DLMF 15.8.2, or Euler's integral, DLMF 15.6.1.
func hyp2f1(a, b, c, v float64) float64 {
	if v == 0 {
		return 1
	}
	if v > 24 {
		if y, ok := hyp2f1Far(a, b, c, v); ok {
			return y
		}
	}
	if v > 200 { // the series needs some 40 v terms
		if b > 0.01 && c-b > 0.01 && lgamma(c) < preciseLog {
			return hyp2f1Euler(a, b, c, v)
		}
		if v > 5000 {
			return math.NaN()
		}
	}
	z, log := v/(1+v), math.Log1p(v)
	if sum, ok := hypSeries(c-a, b, c, z); ok {
		return sum * math.Exp(-b*log)
	}
	if a > 0 && c-b >= 0 { // no term is negative
		return math.Exp(logHypSeries(a, c-b, c, z, v) - a*log)
	}
	return math.NaN()
}

// hypSeries sums 2F1(a, b; c; z) for 0 <= z < 1. It is false where terms cancel, or are too many.
func hypSeries(a, b, c, z float64) (float64, bool) {
	sum, term, top := 1., 1., 1.
	for k := 0.; k < maxTerms; k++ {
		ratio := (a + k) * (b + k) / ((c + k) * (k + 1)) * z
		term *= ratio
		sum += term
		size := math.Abs(term)
		top = math.Max(top, size)
		if top > 1e200 || top > 1e10 && ratio < 0 {
			return 0, false
		}
		if math.Abs(ratio) < 1 && size < 1e-17*(1-z)*math.Abs(sum) { // ratios tend to z
			return sum, top < 1e3*math.Abs(sum)
		}
	}
	return 0, false
}

// logHypSeries returns ln 2F1(a, b; c; z) for positive a, b and c, or NaN.
func logHypSeries(a, b, c, z, v float64) float64 {
	if (a+b)*v > maxTerms/20 { // the largest term comes about there
		return math.NaN()
	}
	sum, term, shift := 1., 1., 0.
	for k := 0.; k < maxTerms; k++ {
		ratio := (a + k) * (b + k) / ((c + k) * (k + 1)) * z
		term *= ratio
		sum += term
		if sum > 1e250 {
			sum, term, shift = sum*1e-250, term*1e-250, shift+250*math.Ln10
		}
		if ratio < 1 && term < 1e-17*(1-ratio)*sum {
			return math.Log(sum) + shift
		}
	}
	return math.NaN()
}

// hyp2f1Far is hyp2f1 for a large v. It is false where the two parts cancel, which they do
// if a-b is near to an integer, or where v is not large enough for the parameters.
func hyp2f1Far(a, b, c, v float64) (float64, bool) {
	one, log1, ok := farPart(a, b, c, v)
	if !ok {
		return 0, false
	}
	two, log2, ok := farPart(b, a, c, v)
	if !ok {
		return 0, false
	}
	err := 1e-16 * (math.Abs(one)*(1+log1) + math.Abs(two)*(1+log2))
	return one + two, err < 1e-11*math.Abs(one+two)
}

// farPart returns Γ(c)Γ(b-a)/(Γ(b)Γ(c-a)) v^-a 2F1(a, a-c+1; a-b+1; -1/v), and the largest
// logarithm in it, which says how many digits it has.
func farPart(a, b, c, v float64) (y, largest float64, ok bool) {
	log, sign := -a*math.Log(v), 1
	for _, g := range [...]struct{ x, power float64 }{{c, 1}, {b - a, 1}, {b, -1}, {c - a, -1}} {
		if g.x <= 0 && g.x == math.Floor(g.x) { // a pole of Γ
			return 0, 0, g.power < 0
		}
		l, s := math.Lgamma(g.x)
		log, sign = log+g.power*l, sign*s
		largest = math.Max(largest, math.Abs(l))
	}
	if log < -745 {
		return 0, 0, largest < preciseLog
	}
	sum, term, top := 1., 1., 1.
	for k := 0.; k < 500; k++ {
		term *= -(a + k) * (a - c + 1 + k) / ((a - b + 1 + k) * (k + 1)) / v
		sum += term
		top = max(top, math.Abs(term))
		if math.Abs(term) < 1e-17*math.Abs(sum) {
			return float64(sign) * math.Exp(log) * sum, largest, top < 1e3*math.Abs(sum)
		}
	}
	return 0, 0, false
}

// hypOne returns 2F1(1, b; c; z) for 0 <= z < 1 and c > b > 0. It is Gauss's continued
// fraction, DLMF 15.7.5, evaluated forward by Lentz's method.
func hypOne(b, c, z float64) float64 {
	f, cc, d := 1e-300, 1e-300, 0. // none of the partial denominators is zero
	for n := range maxTerms {
		a, m := 1., float64(n/2)
		switch {
		case n == 1:
			a = -z * b / c
		case n%2 == 1:
			a = -z * (b + m) * (c - 1 + m) / ((c - 1 + 2*m) * (c + 2*m))
		case n > 0:
			a = -z * m * (c - b - 1 + m) / ((c + 2*m - 2) * (c + 2*m - 1))
		}
		d = 1 / (1 + a*d)
		cc = 1 + a/cc
		f *= cc * d
		if math.Abs(cc*d-1) < 1e-16 {
			break
		}
	}
	return f
}

// hyp2f1Euler returns
//
//	∫ p^(b-1) (1-p)^(c-b-1) (1+vp)^-a dp / B(b, c-b)   over 0 <= p <= 1
//
// over the log-odds of p, in which it has no sharp ends.
func hyp2f1Euler(a, b, c, v float64) float64 {
	norm := lbeta(b, c-b)
	f := func(y float64) float64 {
		logP, logQ := -logAddExp(0, -y), -logAddExp(0, y)
		return math.Exp(b*logP + (c-b)*logQ - a*math.Log1p(v*math.Exp(logP)) - norm)
	}
	low := -math.Log1p(v) - math.Log1p(math.Abs(a)/b) - math.Log1p((c-b)/b) - 40/b
	high := math.Log1p(b/(c-b)) + 40/(c-b)
	return integrate(f, low, high, 2)
}

// expIntegral returns
//
//	∫ e^(-z t) (1+t)^-s dt   over 0 <= t <= h
//
// for s > 0 and z >= 0. For an infinite h it is Tricomi's U(1, 2-s, z), DLMF 13.4.4, and
// exists for z > 0 or s > 1 only.
func expIntegral(s, z, h float64) float64 {
	w := math.Log1p(h)
	if z == 0 {
		if math.IsInf(h, 1) {
			return 1 / (s - 1)
		}
		return growth(1-s, w)
	}
	// With t = e^w - 1 the integrand is as smooth as can be; it ends where it is negligible.
	f := func(w float64) float64 { return math.Exp(-z*math.Expm1(w) + (1-s)*w) }
	return integrate(f, 0, math.Min(w, decayEnd(s, z)), 1)
}

// decayEnd returns a w beyond which exp(-z(e^w - 1) + (1-s)w) is negligible.
func decayEnd(s, z float64) float64 {
	w := math.Log1p(50 / z)
	if s < 1 { // the integrand rises first
		w = math.Log1p((50 + 4*(1-s)*w) / z)
	}
	return w
}

// growth returns ∫ e^(k u) du over 0 <= u <= w, which is (e^(kw) - 1)/k.
func growth(k, w float64) float64 {
	if math.Abs(k*w) < 1e-8 {
		return w * (1 + k*w/2)
	}
	return math.Expm1(k*w) / k
}
