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

// preciseLog is the largest logarithm of a factor that leaves ten digits to a product.
const preciseLog = 1e5

// hyp2f1 returns the Gauss hypergeometric function 2F1(a, b; c; -v) for c > 0 and v >= 0, or
// NaN when it needs too many terms.
//
// It sums the series in z = v/(1+v) after one of Pfaff's transformations, DLMF 15.8.1:
//
//	(1+v)^-b 2F1(c-a, b; c; z) = (1+v)^-a 2F1(a, c-b; c; z)
//
// or, for a large v, that in 1/v of DLMF 15.8.2. Where no series will do, it takes Euler's
// integral, DLMF 15.6.1.
func hyp2f1(a, b, c, v float64) float64 {
	if v == 0 {
		return 1
	}
	if v > 24 {
		if y, ok := hyp2f1Far(a, b, c, v); ok {
			return y
		}
	}
	// Beyond these parameters the integral takes long, and the series some 40 v terms.
	integrable := b > 1e-4 && c-b > 1e-4 && math.Max(a, c) < 1e11
	if v > 200 && integrable {
		return hyp2f1Euler(a, b, c, v)
	}
	if v > 5000 {
		return math.NaN()
	}
	z, log := v/(1+v), math.Log1p(v)
	terms := float64(maxTerms)
	if integrable {
		terms = 10_000 // more take longer than the integral
	}
	if sum, ok := hypSeries(c-a, b, c, z, terms); ok {
		return sum * math.Exp(-b*log)
	}
	if integrable {
		return hyp2f1Euler(a, b, c, v)
	}
	if a > 0 && c-b >= 0 { // no term is negative
		return math.Exp(logHypSeries(a, c-b, c, z, v) - a*log)
	}
	return math.NaN()
}

// hypSeries sums 2F1(a, b; c; z) for 0 <= z < 1. It is false where terms cancel, or are more
// than most.
func hypSeries(a, b, c, z, most float64) (float64, bool) {
	sum, term, top := 1., 1., 1.
	for k := 0.; k < most; k++ {
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
		grows, falls := (a+k)/(k+1), (a-c+1+k)/(a-b+1+k)
		term *= -grows * falls / v
		sum += term
		top = max(top, math.Abs(term))
		// While the denominator is below zero, terms may fall and then rise again.
		least := math.Max(1, math.Abs(grows)) * math.Max(1, math.Abs(falls)) / v
		if a-b+1+k > 0 && least < 0.5 && math.Abs(term) < 1e-17*math.Abs(sum) {
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

// hyp2f1Euler returns, for positive b and c-b,
//
//	∫ p^(b-1) (1-p)^(c-b-1) (1+vp)^-a dp / B(b, c-b)   over 0 <= p <= 1
//
// The beta function is integrated along: of large parameters its logarithm has too few digits.
func hyp2f1Euler(a, b, c, v float64) float64 {
	upper, lower := newPeak(a, b, c, v), newPeak(0, b, c, 0)
	top := lower.rise(upper.mode-lower.mode) - a*math.Log1p(v*upper.share)
	return math.Exp(top) * (upper.integral() / lower.integral())
}

// peak is the integrand of Euler's integral over the log-odds y of p, where it has no sharp
// ends. With σ the logistic function, the slope of its logarithm is
//
//	b - (c-a) σ(y) - a σ(y + ln(1+v))
//
// which changes its sign once, at the mode.
type peak struct {
	a, b, c       float64
	mode          float64
	share, rest   float64 // σ and 1-σ of the mode
	share2, rest2 float64 // and of the mode + ln(1+v)
}

func newPeak(a, b, c, v float64) peak {
	shift := math.Log1p(v)
	k := peak{a: a, b: b, c: c}
	k.mode = bisect(-1, 1, func(y float64) bool {
		if y > 0 { // without the parts that cancel
			return (c-a)*logistic(-y)+a*logistic(-y-shift) < c-b
		}
		return b < (c-a)*logistic(y)+a*logistic(y+shift)
	})
	k.share, k.rest = logistic(k.mode), logistic(-k.mode)
	k.share2, k.rest2 = logistic(k.mode+shift), logistic(-k.mode-shift)
	return k
}

// rise returns by how much the logarithm at a distance d from the mode is above that there. It
// is worked out as a difference, so that large parameters cost no digits.
func (k *peak) rise(d float64) float64 {
	if d > 0 {
		e := math.Expm1(-d)
		return -(k.c-k.b)*d - (k.c-k.a)*math.Log1p(k.rest*e) - k.a*math.Log1p(k.rest2*e)
	}
	e := math.Expm1(d)
	return k.b*d - (k.c-k.a)*math.Log1p(k.share*e) - k.a*math.Log1p(k.share2*e)
}

// integral returns the integral over the value at the mode.
func (k *peak) integral() float64 {
	const negligible = -45
	width := 1 / (1 + math.Sqrt(math.Abs((k.c-k.a)*k.share*k.rest+k.a*k.share2*k.rest2)))
	side := func(rise func(d float64) float64) float64 {
		end := bisect(0, 1, func(d float64) bool { return d > 0 && rise(d) < negligible })
		return integrate(func(d float64) float64 { return math.Exp(rise(d)) }, 0, end, width, end)
	}
	return side(k.rise) + side(func(d float64) float64 { return k.rise(-d) })
}

// bisect returns about the least y that is after, where all above are. It widens the range
// that it starts from until the answer is within.
func bisect(low, high float64, after func(float64) bool) float64 {
	for width := high - low; after(low) && width < 1e15; width *= 2 {
		low, high = low-width, low
	}
	for width := high - low; !after(high) && width < 1e15; width *= 2 {
		low, high = high, high+width
	}
	for range 60 {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		if after(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
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
	return integrate(f, 0, math.Min(w, decayEnd(s, z)), 1/(1+s+z), 1)
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
