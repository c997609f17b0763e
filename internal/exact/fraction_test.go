package exact

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
)

// Net revenue retention from four numbers, rounded once.
func ExampleFraction() {
	opening := FromUnits(10000000, 2)
	expansion := FromUnits(900000, 2)
	contraction := FromUnits(200000, 2)
	churned := FromUnits(400000, 2)
	nrr, ok := opening.Add(expansion).Sub(contraction).Sub(churned).Quo(opening)
	fmt.Println(string(AppendDecimal(nil, nrr.Round(28, HalfAwayFromZero))), ok)
	// Output: 1.03 true
}

func ExampleRatio() {
	d, _ := Ratio(-2, 3, 4, HalfEven)
	fmt.Println(string(AppendDecimal(nil, d)))
	// Output: -0.6667
}

// randomFraction comes with its value, worked out by big.Rat.
func randomFraction(r *rand.Rand) (Fraction, *big.Rat) {
	switch r.IntN(5) {
	case 0:
		v, scale := randomInt64(r), uint8(r.IntN(30))
		return FromUnits(v, scale), ratOf(decimal.New(v, -int32(scale)))
	case 1:
		v := randomInt64(r)
		return FromInt64(v), new(big.Rat).SetInt64(v)
	case 2:
		x := new(big.Rat).SetFrac(randomBig(r, 150), new(big.Int).SetUint64(r.Uint64()|1))
		return FromRat(x), x
	case 3:
		x := big.NewRat(r.Int64N(2000)-1000, 1+r.Int64N(1000))
		return FromRat(x), x
	}
	d := randomDecimal(r)
	return FromDecimal(d), ratOf(d)
}

func mustBe(t *testing.T, what string, f Fraction, want *big.Rat) {
	t.Helper()
	if !f.Valid() || f.Rat().Cmp(want) != 0 {
		t.Fatalf("%s = %v, want %s", what, f.Rat(), want)
	}
	if f.big == nil && f.num == math.MinInt64 {
		t.Fatalf("%s broke the bound on the numerator", what)
	}
	if f.Sign() != want.Sign() || f.IsZero() != (want.Sign() == 0) {
		t.Fatalf("%s: Sign() = %d, IsZero() = %t for %s", what, f.Sign(), f.IsZero(), want)
	}
}

func TestFractionArithmetic(t *testing.T) {
	r := newRand(20)
	for range 20000 {
		f, x := randomFraction(r)
		g, y := randomFraction(r)
		if r.IntN(10) == 0 {
			g, y = f, x
		}
		mustBe(t, "f", f, x)
		mustBe(t, "f+g", f.Add(g), new(big.Rat).Add(x, y))
		mustBe(t, "f-g", f.Sub(g), new(big.Rat).Sub(x, y))
		mustBe(t, "f*g", f.Mul(g), new(big.Rat).Mul(x, y))
		mustBe(t, "-f", f.Neg(), new(big.Rat).Neg(x))
		mustBe(t, "|f|", f.Abs(), new(big.Rat).Abs(x))
		q, ok := f.Quo(g)
		if ok != (y.Sign() != 0) {
			t.Fatalf("f/g with g = %s: ok %t", y, ok)
		}
		if ok {
			mustBe(t, "f/g", q, new(big.Rat).Quo(x, y))
			mustBe(t, "f/g*g", q.Mul(g), x)
		}
		if got, want := f.Cmp(g), x.Cmp(y); got != want {
			t.Fatalf("Cmp(%s, %s) = %d, want %d", x, y, got, want)
		}
		mustBe(t, "f after use", f, x)
		mustBe(t, "g after use", g, y)
	}
}

// Long chains leave int64 and come back.
func TestFractionChains(t *testing.T) {
	r := newRand(21)
	for range 300 {
		f, x := randomFraction(r)
		for range 15 {
			g, y := randomFraction(r)
			switch r.IntN(4) {
			case 0:
				f, x = f.Add(g), new(big.Rat).Add(x, y)
			case 1:
				f, x = f.Sub(g), new(big.Rat).Sub(x, y)
			case 2:
				f, x = f.Mul(g), new(big.Rat).Mul(x, y)
			case 3:
				if q, ok := f.Quo(g); ok {
					f, x = q, new(big.Rat).Quo(x, y)
				}
			}
		}
		mustBe(t, "chain", f, x)
		mode := allModes[r.IntN(len(allModes))]
		mustEqualRat(t, "rounded chain", f.Round(28, mode), roundRat(x, 28, mode))
	}
}

func TestFractionPowInt(t *testing.T) {
	r := newRand(22)
	for range 1000 {
		f, x := randomFraction(r)
		n := r.IntN(25) - 12
		p, ok := f.PowInt(n)
		if ok != (n >= 0 || x.Sign() != 0) {
			t.Fatalf("(%s)^%d: ok %t", x, n, ok)
		}
		if !ok {
			continue
		}
		want := big.NewRat(1, 1)
		for range max(n, -n) {
			want.Mul(want, x)
		}
		if n < 0 {
			want.Inv(want)
		}
		mustBe(t, "power", p, want)
	}
	for _, n := range []int{1001, -1001, math.MaxInt, math.MinInt} {
		if _, ok := FromInt64(2).PowInt(n); ok {
			t.Errorf("2^%d was worked out", n)
		}
	}
	p, ok := FromDecimal(decimal.New(1, 34)).PowInt(1000)
	if ten := (decimal.New(1, 34000)); !ok || p.Rat().Cmp(ratOf(ten)) != 0 {
		t.Errorf("(10^34)^1000: ok %t", ok)
	}
	if _, ok := FromRat(new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 200))).PowInt(1000); ok {
		t.Error("2^200000 was worked out")
	}
}

func TestFractionRoundAllModes(t *testing.T) {
	r := newRand(23)
	for range 10000 {
		f, x := randomFraction(r)
		if g, y := randomFraction(r); y.Sign() != 0 {
			f, _ = f.Quo(g)
			x = new(big.Rat).Quo(x, y)
		}
		places := int32(r.IntN(70) - 25)
		for _, mode := range allModes {
			mustEqualRat(t, fmt.Sprintf("%s to %d places, %s", x, places, mode),
				f.Round(places, mode), roundRat(x, places, mode))
		}
	}
}

// Ties and their neighbours, by hand.
func TestRoundTies(t *testing.T) {
	cases := []struct {
		in   string
		want [6]string // in the order of allModes
	}{
		{"2.5", [6]string{"3", "2", "2", "3", "2", "3"}},
		{"3.5", [6]string{"4", "4", "3", "4", "3", "4"}},
		{"-2.5", [6]string{"-3", "-2", "-2", "-3", "-3", "-2"}},
		{"-3.5", [6]string{"-4", "-4", "-3", "-4", "-4", "-3"}},
		{"0.5", [6]string{"1", "0", "0", "1", "0", "1"}},
		{"-0.5", [6]string{"-1", "0", "0", "-1", "-1", "0"}},
		{"2.4", [6]string{"2", "2", "2", "3", "2", "3"}},
		{"-2.6", [6]string{"-3", "-3", "-2", "-3", "-3", "-2"}},
		{"2.5000000000000000000000000000000001", [6]string{"3", "3", "2", "3", "2", "3"}},
		{"2.4999999999999999999999999999999999", [6]string{"2", "2", "2", "3", "2", "3"}},
		{"9.5", [6]string{"10", "10", "9", "10", "9", "10"}},
		{"7", [6]string{"7", "7", "7", "7", "7", "7"}},
	}
	for _, c := range cases {
		d, err := ParseDecimal(c.in)
		if err != nil {
			t.Fatal(err)
		}
		for i, mode := range allModes {
			if got := string(AppendDecimal(nil, FromDecimal(d).Round(0, mode))); got != c.want[i] {
				t.Errorf("%s rounded %s = %s, want %s", c.in, mode, got, c.want[i])
			}
		}
	}
	if got, want := FromInt64(5).Round(0, Mode(99)), FromInt64(5).Round(0, HalfAwayFromZero); !got.Equal(want) {
		t.Error("an unknown mode is not the default")
	}
}

func TestRatio(t *testing.T) {
	r := newRand(24)
	check := func(num, den int64, places int32) {
		t.Helper()
		for _, mode := range allModes {
			d, ok := Ratio(num, den, places, mode)
			e, okBig := RatioBig(big.NewInt(num), big.NewInt(den), places, mode)
			if ok != (den != 0) || okBig != ok {
				t.Fatalf("%d/%d: ok %t, %t", num, den, ok, okBig)
			}
			if !ok {
				continue
			}
			want := roundRat(big.NewRat(num, den), places, mode)
			mustEqualRat(t, fmt.Sprintf("%d/%d to %d places, %s", num, den, places, mode), d, want)
			mustEqualRat(t, "the same by big integers", e, want)
			slow := roundBig(big.NewInt(num), big.NewInt(den), 0, int64(places), mode)
			mustEqualRat(t, "the same by the slow path", slow, want)
		}
	}
	for _, num := range edgeInt64s {
		for _, den := range edgeInt64s {
			for _, places := range []int32{-39, -38, -20, -19, -18, -1, 0, 1, 16, 19, 28, 38, 39, 60} {
				check(num, den, places)
			}
		}
	}
	for range 20000 {
		check(randomInt64(r), randomInt64(r), int32(r.IntN(80)-30))
	}
	for range 2000 {
		num, den := randomBig(r, 200), randomBig(r, 200)
		if den.Sign() == 0 {
			continue
		}
		places, mode := int32(r.IntN(60)-10), allModes[r.IntN(6)]
		d, _ := RatioBig(num, den, places, mode)
		mustEqualRat(t, "big ratio", d, roundRat(new(big.Rat).SetFrac(num, den), places, mode))
	}
}

func TestFractionDecimal(t *testing.T) {
	r := newRand(25)
	for range 5000 {
		f, x := randomFraction(r)
		if r.IntN(2) == 0 { // a denominator of twos and fives
			twos, fives := r.IntN(70), r.IntN(40)
			den := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(fives)), nil)
			y := new(big.Rat).SetInt(den.Lsh(den, uint(twos)))
			f, _ = f.Quo(FromRat(y))
			x = new(big.Rat).Quo(x, y)
		}
		places, terminates := x.FloatPrec()
		d, ok := f.Decimal()
		if ok != terminates {
			t.Fatalf("Decimal() of %s: ok %t", x, ok)
		}
		if ok {
			mustEqualRat(t, "Decimal", d, x)
			if int(-d.Exponent()) != places {
				t.Fatalf("%s has %d places, want %d", x, -d.Exponent(), places)
			}
		}
	}
}

// Absurd numbers must neither hang nor pass for a value.
func TestFractionInvalid(t *testing.T) {
	one := FromInt64(1)
	huge := FromDecimal(decimal.New(1, 1_000_000_000))
	tiny := FromDecimal(decimal.New(1, math.MinInt32))
	top, bottom := FromDecimal(decimal.New(3, 40_000)), FromDecimal(decimal.New(3, -40_000))
	if !top.Valid() || !bottom.Valid() || top.Cmp(bottom) != 1 || bottom.Cmp(top) != -1 {
		t.Error("the largest and smallest exponents must be valid and ordered")
	}
	quotient, _ := huge.Quo(one)
	inverse, _ := one.Quo(tiny)
	for name, f := range map[string]Fraction{
		"huge": huge, "tiny": tiny, "huge+1": huge.Add(one), "1-tiny": one.Sub(tiny), "huge*1": huge.Mul(one),
		"huge/1": quotient, "1/tiny": inverse, "-huge": huge.Neg(), "|huge|": huge.Abs(),
		"top*top": top.Mul(top), "bottom*bottom": bottom.Mul(bottom), "top+bottom": top.Add(bottom),
	} {
		_, decimalOK := f.Decimal()
		_, powerOK := f.PowInt(2)
		if f.Valid() || f.IsZero() || f.Sign() != 0 || f.Cmp(one) != 0 || decimalOK || powerOK ||
			f.Rat() != nil || !f.Round(2, Up).IsZero() {
			t.Errorf("%s does not behave as invalid", name)
		}
	}
	if f := FromDecimal(decimal.New(0, math.MaxInt32)); !f.Valid() || !f.IsZero() {
		t.Error("a zero with a huge exponent is zero")
	}
	if d := one.Round(math.MaxInt32, Up); !d.Equal(decimal.New(1, 0)) {
		t.Errorf("1 to very many places = %s", AppendDecimal(nil, d))
	}
	if d := one.Round(math.MinInt32, Down); !d.IsZero() {
		t.Errorf("1 to very few places = %s", AppendDecimal(nil, d))
	}
}

func TestFractionZeroValue(t *testing.T) {
	var zero Fraction
	mustBe(t, "zero", zero, new(big.Rat))
	mustBe(t, "0+1/3", zero.Add(FromRat(big.NewRat(1, 3))), big.NewRat(1, 3))
	mustBe(t, "1/3*0", FromRat(big.NewRat(1, 3)).Mul(zero), new(big.Rat))
	if p, ok := zero.PowInt(0); !ok || p.Cmp(FromInt64(1)) != 0 {
		t.Error("0^0 is not 1")
	}
	if _, ok := FromInt64(1).Quo(zero); ok {
		t.Error("1/0 was worked out")
	}
}
