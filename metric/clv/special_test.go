package clv

import (
	"math"
	"testing"
)

func within(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		tb.Errorf("%s: got %.17g, want %.17g within %g of it", what, got, want, tolerance)
	}
}

const euler = 0.57721566490153286060651209008240243

// Values at whole and half numbers are sums of fractions (DLMF 5.4.14, 5.4.15, 5.15.2 to 5.15.4).
func TestPolygamma(t *testing.T) {
	harmonic, squares := 0.0, math.Pi*math.Pi/6
	for n := 1; n <= 200; n++ {
		if n > 1 { // ψ(2) = 1-γ is near no zero; ψ(1) is checked as it is
			within(t, "ψ(n)", digamma(float64(n)), harmonic-euler, 1e-14)
		} else {
			within(t, "ψ(1)", digamma(1), -euler, 1e-15)
		}
		within(t, "ψ'(n)", trigamma(float64(n)), squares, 1e-12) // the reference itself cancels
		harmonic += 1 / float64(n)
		squares -= 1 / float64(n*n)
	}
	odd, oddSquares := 0.0, math.Pi*math.Pi/2
	for n := range 100 {
		x := float64(n) + 0.5
		within(t, "ψ(n+1/2)", digamma(x), -euler-2*math.Ln2+2*odd, 1e-13)
		within(t, "ψ'(n+1/2)", trigamma(x), oddSquares, 1e-12)
		odd += 1 / float64(2*n+1)
		oddSquares -= 4 / float64((2*n+1)*(2*n+1))
	}
	for _, x := range []float64{1e-9, 1e-3, 0.1, 3.7, 11.9, 12.1, 1e3, 1e9} { // ψ(x+1) = ψ(x) + 1/x
		if got, want := digamma(x+1), digamma(x)+1/x; math.Abs(got-want) > 1e-15*(1+math.Abs(digamma(x))+1/x) {
			t.Errorf("ψ(%g+1): got %g, want %g", x, got, want)
		}
		if got, want := trigamma(x), trigamma(x+1)+1/(x*x); math.Abs(got-want) > 1e-14*want {
			t.Errorf("ψ'(%g): got %g, want %g", x, got, want)
		}
	}
}

func TestLgammaStep(t *testing.T) {
	for _, x := range []float64{0.3, 50, 99.9, 100.1, 1e4} {
		for n := range 5 { // Γ(x+n)/Γ(x) is a product
			var want float64
			for j := range n {
				want += math.Log(x + float64(j))
			}
			within(t, "whole steps", lgammaStep(x, float64(n)), want, 1e-13)
		}
		// Half a step and another half are a whole one.
		within(t, "half steps", lgammaStep(x, 0.5)+lgammaStep(x+0.5, 0.5), math.Log(x), 1e-12)
	}
}

// The hypergeometric function where it is an elementary one (DLMF 15.4).
func TestHypergeometricElementary(t *testing.T) {
	for _, v := range []float64{1e-9, 1e-3, 0.1, 0.5, 1, 3, 10, 23, 25, 100, 1e4} {
		within(t, "ln", hyp2f1(1, 1, 2, v), math.Log1p(v)/v, 1e-12)
		within(t, "atan", hyp2f1(0.5, 1, 1.5, v), math.Atan(math.Sqrt(v))/math.Sqrt(v), 1e-12)
		for _, a := range []float64{0.24, 0.9, 3.3, 20} {
			within(t, "power", hyp2f1(a, 2.5, 2.5, v), math.Pow(1+v, -a), 1e-11)
			within(t, "power", hyp2f1(2.5, a, 2.5, v), math.Pow(1+v, -a), 1e-11)
		}
	}
	for _, z := range []float64{1e-6, 0.1, 0.5, 0.9, 0.99, 0.9999, 0.999999, 1 - 1e-7} {
		within(t, "2F1(1,1;2;z)", hypOne(1, 2, z), -math.Log1p(-z)/z, 1e-13+1e-16/(1-z))
		if z > 0.05 { // below, the right side cancels
			within(t, "2F1(1,2;3;z)", hypOne(2, 3, z), 2*(-math.Log1p(-z)-z)/(z*z), 1e-12+1e-16/(1-z))
		}
	}
}

// simpson is a slow rule that shares nothing with the package: Simpson's, on the image of
// the whole line under tanh(π/2 sinh), which makes the ends of the range harmless.
func simpson(f func(x, y float64) float64) float64 { return fineSimpson(250, f) }

func fineSimpson(n int, f func(x, y float64) float64) float64 { // of f(x, 1-x) over 0 < x < 1
	const limit = 4.5
	var sum float64
	for i := -n; i <= n; i++ {
		u := limit * float64(i) / float64(n)
		s := math.Pi / 2 * math.Sinh(u)
		x := 1 / (1 + math.Exp(-2*s))
		y := 1 / (1 + math.Exp(2*s)) // 1-x, without its rounding
		weight := math.Pi * math.Cosh(u) * x * y
		if v := f(x, y) * weight; !math.IsNaN(v) && !math.IsInf(v, 0) {
			sum += v
		}
	}
	return sum * limit / float64(n)
}

// Euler's integral (DLMF 15.6.1) for all parameters that the models can ask for.
func TestHypergeometricIntegral(t *testing.T) {
	for _, a := range []float64{0.24, 1.24, 5, 40, 300} {
		for _, b := range []float64{0.3, 0.79, 2.5, 9} {
			for _, rest := range []float64{0.4, 2.4, 30, 500} { // c - b
				for _, v := range []float64{0.01, 0.4, 2, 15, 60, 900} {
					c := b + rest
					want := simpson(func(x, y float64) float64 {
						return math.Exp((b-1)*math.Log(x) + (rest-1)*math.Log(y) - a*math.Log1p(v*x) - lbeta(b, rest))
					})
					got := hyp2f1(a, b, c, v)
					if !(math.Abs(got-want) <= 2e-10*want) {
						t.Errorf("2F1(%g, %g; %g; %g): got %.15g, want %.15g", a, b, c, -v, got, want)
					}
				}
			}
		}
	}
}

// The same where customers are nearly alike, so that the integrand is a narrow peak and the
// terms of a series cancel or are too many. Both integrals are taken over their largest value.
func TestHypergeometricPeak(t *testing.T) {
	peak := func(log func(x, y float64) float64) float64 {
		top := math.Inf(-1)
		for odds := -20.; odds < 20; odds += 0.01 {
			top = max(top, log(logistic(odds), logistic(-odds)))
		}
		return top + math.Log(fineSimpson(5000, func(x, y float64) float64 { return math.Exp(log(x, y) - top) }))
	}
	check := func(a, b, rest, v float64) {
		beta := func(x, y float64) float64 { return (b-1)*math.Log(x) + (rest-1)*math.Log(y) }
		want := math.Exp(peak(func(x, y float64) float64 { return beta(x, y) - a*math.Log1p(v*x) }) - peak(beta))
		if got := hyp2f1(a, b, b+rest, v); want > 1e-290 && !(math.Abs(got-want) <= 1e-9*want) {
			t.Errorf("2F1(%g, %g; %g; %g): got %.15g, want %.15g", a, b, b+rest, -v, got, want)
		}
	}
	for _, a := range []float64{3, 426, 1e4} {
		for _, b := range []float64{0.3, 144, 3e4} {
			for _, rest := range []float64{0.4, 700, 5e4} {
				for _, v := range []float64{0.2, 6, 70, 900, 1e5} {
					check(a, b, rest, v)
				}
			}
		}
	}
	check(1.13114896197217757, 105.84019691529426, 711.3309539811429, 24.79) // terms fall, rise and fall
}

func TestExpIntegral(t *testing.T) {
	for _, s := range []float64{0.05, 0.6, 0.999999, 1, 1.5, 4, 60} {
		for _, z := range []float64{1e-6, 1e-3, 0.1, 1, 20, 1e3} {
			// t = x/(1-x) carries the half line to (0, 1).
			want := simpson(func(x, y float64) float64 {
				return math.Exp(-z*x/y+s*math.Log(y)) / (y * y)
			})
			within(t, "U", expIntegral(s, z, math.Inf(1)), want, 1e-10)
			half := simpson(func(x, _ float64) float64 { return 7 * math.Exp(-z*7*x-s*math.Log1p(7*x)) })
			within(t, "U to 7", expIntegral(s, z, 7), half, 1e-10)
		}
	}
	within(t, "no rate", expIntegral(3, 0, math.Inf(1)), 0.5, 1e-15)
	within(t, "no rate to 7", expIntegral(1, 0, 7), math.Log(8), 1e-15)
	within(t, "near 1", expIntegral(1+1e-10, 0, 7), math.Log(8), 1e-9)
}

func TestLinear(t *testing.T) {
	m := newSquare(3)
	copy(m.v, []float64{4, 2, 1, 2, 5, 3, 1, 3, 6}) // determinant 67
	inv, ok := m.inverse()
	if !ok {
		t.Fatal("not positive definite")
	}
	for i, want := range []float64{21, -9, 1, -9, 23, -10, 1, -10, 16} {
		if math.Abs(inv.v[i]-want/67) > 1e-15 {
			t.Errorf("inverse %d: got %g, want %g/67", i, inv.v[i], want)
		}
	}
	copy(m.v, []float64{2, 0, 0, 0, 3, 4, 0, 4, 9}) // eigenvalues 2, 1 and 11
	value, vector := m.principal()
	within(t, "eigenvalue", value, 11, 1e-14)
	within(t, "vector", math.Abs(vector[2]/vector[1]), 2, 1e-12)
	copy(m.v, []float64{1, 2, 0, 2, 1, 0, 0, 0, 1})
	if _, ok := m.inverse(); ok {
		t.Error("an indefinite matrix was inverted")
	}
}

func TestNegativeBinomialTail(t *testing.T) {
	for _, r := range []float64{0.2, 1, 7.5, 200} {
		for _, z := range []float64{0.01, 0.5, 0.97} {
			var below float64 // by brute force, each term from the one before
			p := math.Pow(1-z, r)
			for n := range 300 {
				if tail := 1 - below; tail > 1e-3 {
					within(t, "tail", negativeBinomialTail(r, z, n), tail, 1e-10)
				}
				if n < 40 {
					within(t, "mass", math.Exp(logNegativeBinomial(r, z, n)), p, 1e-11)
				}
				below += p
				p *= (r + float64(n)) / float64(n+1) * z
			}
		}
	}
}
