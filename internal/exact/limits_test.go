package exact

import (
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestInRange(t *testing.T) {
	ten := func(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
	below := func(z *big.Int) *big.Int { return new(big.Int).Sub(z, big.NewInt(1)) }
	cases := []struct {
		coef *big.Int
		exp  int32
		want bool
	}{
		{below(ten(34)), 0, true}, {ten(34), 0, false}, {new(big.Int).Neg(ten(34)), 0, false},
		{big.NewInt(1), 33, true}, {big.NewInt(1), 34, false}, {big.NewInt(9), 33, true}, {big.NewInt(10), 33, false},
		{big.NewInt(1), -34, true}, {big.NewInt(1), -35, false}, {big.NewInt(10), -35, true}, {big.NewInt(11), -35, false},
		{big.NewInt(1e17), -51, true}, {big.NewInt(1e17), -52, false}, {big.NewInt(1e17 + 1), -35, false},
		{ten(200), -200, true}, {ten(200), -234, true}, {ten(200), -235, false}, {ten(200), -166, false}, {ten(200), -167, true},
		{below(ten(68)), -34, true}, {below(ten(69)), -35, false}, {below(ten(69)), -34, false},
		{big.NewInt(1), 1e9, false}, {big.NewInt(1), math.MaxInt32, false}, {big.NewInt(1), math.MinInt32, false},
		{big.NewInt(0), 34, true}, {big.NewInt(0), 35, false}, {big.NewInt(0), -200, true}, {big.NewInt(0), math.MinInt32, false},
	}
	for _, c := range cases {
		if got := InRange(decimal.NewFromBigInt(c.coef, c.exp)); got != c.want {
			t.Errorf("InRange(%s e %d) = %t", c.coef, c.exp, got)
		}
	}
}

func TestTrim(t *testing.T) {
	r := newRand(40)
	for range 20000 {
		zeros := r.IntN(60)
		c := randomBig(r, 1+r.IntN(200))
		c.Mul(c, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(zeros)), nil))
		d := decimal.NewFromBigInt(c, int32(r.IntN(120)-90))
		got := Trim(d)
		if ratOf(got).Cmp(ratOf(d)) != 0 {
			t.Fatalf("Trim(%s e %d) = %s e %d", c, d.Exponent(), got.Coefficient(), got.Exponent())
		}
		if d.Exponent() > 0 {
			if got.Exponent() != d.Exponent() {
				t.Fatal("Trim changed a positive exponent")
			}
			continue
		}
		mustBeCanonical(t, "Trim", got)
	}
	for _, d := range []decimal.Decimal{decimal.New(10, math.MinInt32), decimal.New(1e17, math.MinInt32)} {
		if got := Trim(d); got.CoefficientInt64() != 1 {
			t.Errorf("Trim of a tiny number = %s e %d", got.Coefficient(), got.Exponent())
		}
	}
}

func TestMinor(t *testing.T) {
	r := newRand(41)
	check := func(d decimal.Decimal, scale uint8) {
		t.Helper()
		want := ratOf(d)
		want.Mul(want, ratOf(decimal.New(1, int32(scale))))
		fits := want.IsInt() && want.Num().IsInt64()
		got, ok := Minor(d, scale)
		if ok != fits || ok && got != want.Num().Int64() {
			t.Fatalf("Minor(%s, %d) = %d, %t, want %s", AppendDecimal(nil, d), scale, got, ok, want)
		}
	}
	for _, v := range edgeInt64s {
		for exp := int32(-22); exp <= 22; exp++ {
			for _, scale := range []uint8{0, 1, 2, 3, 17, 18, 19, 20, 255} {
				check(decimal.New(v, exp), scale)
			}
		}
	}
	for range 20000 {
		check(randomDecimal(r), uint8(r.IntN(25)))
		zeros := int64(r.IntN(40))
		c := new(big.Int).Exp(big.NewInt(10), big.NewInt(zeros), nil)
		check(decimal.NewFromBigInt(c.Mul(c, big.NewInt(randomInt64(r))), -int32(zeros)), 0)
	}
	for _, exp := range []int32{math.MaxInt32, math.MinInt32, 1e9, -1e9} {
		if v, ok := Minor(decimal.New(3, exp), 2); ok {
			t.Errorf("Minor(3e%d) = %d", exp, v)
		}
		if v, ok := Minor(decimal.New(0, exp), 2); !ok || v != 0 {
			t.Errorf("Minor(0e%d) = %d, %t", exp, v, ok)
		}
	}
}

// transcript runs every kernel over the same data and writes down what it gave.
func transcript(t *testing.T) []string {
	r := newRand(50)
	var lines []string
	note := func(d decimal.Decimal) { lines = append(lines, string(AppendDecimal(nil, d))) }
	var s Sum
	var dot Dot
	for range 300 {
		d := randomDecimal(r)
		s.Add(d)
		dot.Add(randomInt64(r), randomInt64(r))
		f, _ := randomFraction(r)
		g, _ := randomFraction(r)
		note(d)
		note(Trim(d))
		note(f.Add(g).Round(28, HalfEven))
		if q, ok := f.Quo(g); ok {
			note(q.Round(16, HalfAwayFromZero))
			if exactly, ok := q.Decimal(); ok {
				note(exactly)
			}
		}
		if ratio, ok := Ratio(randomInt64(r), randomInt64(r), 28, HalfAwayFromZero); ok {
			note(ratio)
		}
		if parsed, err := ParseDecimal(string(AppendDecimal(nil, d))); err == nil {
			note(parsed)
		}
		if units, ok := Minor(d, 2); ok {
			note(decimal.New(units, -2))
		}
		note(s.Decimal())
		note(dot.Decimal(2, 3))
	}
	return append(lines, string(mustMarshal(t, &s)))
}

func TestShopspringSettingsDoNotMatter(t *testing.T) {
	want := transcript(t)

	division, power, quotes, trim, scientific, iterations, exponent := decimal.DivisionPrecision,
		decimal.PowPrecisionNegativeExponent, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros,
		decimal.UseScientificNotation, decimal.ExpMaxIterations, decimal.MaxDecodeExponent
	zero := decimal.Zero
	defer func() {
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent = division, power
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = quotes, trim
		decimal.UseScientificNotation, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = scientific, iterations, exponent
		decimal.Zero = zero
	}()
	decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent = 1, 1
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = !quotes, !trim
	decimal.UseScientificNotation, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = !scientific, 0, 0
	decimal.Zero = decimal.New(42, 0)

	if diff := cmp.Diff(want, transcript(t)); diff != "" {
		t.Errorf("results depend on settings of shopspring/decimal (-before +after):\n%s", diff)
	}
}
