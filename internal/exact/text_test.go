package exact

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func TestParseDecimal(t *testing.T) {
	nines := strings.Repeat("9", 34)
	valid := []struct {
		in   string
		coef string
		exp  int32
	}{
		{"0", "0", 0}, {"-0", "0", 0}, {"+7", "7", 0}, {"007", "7", 0},
		{"2.50", "250", -2}, {"-12345.67", "-1234567", -2}, {"0.00", "0", -2},
		{"999999999999999999", "999999999999999999", 0},
		{"-0.99999999999999999", "-99999999999999999", -17},
		{"9999999999999999999", "9999999999999999999", 0},
		{"1.000000000000000000", "1000000000000000000", -18},
		{"1e3", "1", 3}, {"1E+3", "1", 3}, {"1.5e-3", "15", -4}, {"15e1", "15", 1}, {"1e00003", "1", 3},
		{nines, nines, 0}, {"0." + nines, nines, -34}, {"1e33", "1", 33}, {"-1e-34", "-1", -34},
		{"1." + strings.Repeat("0", 60), "1" + strings.Repeat("0", 60), -60},
		{"0e34", "0", 34}, {"0e-200", "0", -200},
	}
	for _, v := range valid {
		d, err := ParseDecimal(v.in)
		if err != nil {
			t.Errorf("%q: %v", v.in, err)
			continue
		}
		if d.Coefficient().String() != v.coef || d.Exponent() != v.exp {
			t.Errorf("%q = %s e %d, want %s e %d", v.in, d.Coefficient(), d.Exponent(), v.coef, v.exp)
		}
	}
	invalid := []struct {
		in   string
		is   error
		says string
	}{
		{"", ErrSyntax, "empty"}, {"-", ErrSyntax, "ends"}, {"+", ErrSyntax, "ends"},
		{" 1", ErrSyntax, "' ' at position 1"}, {"1 ", ErrSyntax, "' ' at position 2"},
		{"1_000", ErrSyntax, "'_' at position 2"}, {"1,000", ErrSyntax, "',' at position 2"},
		{"0x10", ErrSyntax, "'x' at position 2"}, {".5", ErrSyntax, "'.' at position 1"}, {"-.5", ErrSyntax, "'.' at position 2"},
		{"5.", ErrSyntax, "ends"}, {"1.2.3", ErrSyntax, "'.' at position 4"}, {"1..2", ErrSyntax, "'.' at position 3"},
		{"--1", ErrSyntax, "'-' at position 2"}, {"+-1", ErrSyntax, "'-' at position 2"}, {"1-2", ErrSyntax, "'-' at position 2"},
		{"NaN", ErrSyntax, "'N' at position 1"}, {"Inf", ErrSyntax, "'I' at position 1"}, {"-Infinity", ErrSyntax, "'I' at position 2"},
		{"1e", ErrSyntax, "ends"}, {"1e+", ErrSyntax, "ends"}, {"e5", ErrSyntax, "'e' at position 1"},
		{"1e5.5", ErrSyntax, "'.' at position 4"}, {"1.e5", ErrSyntax, "'e' at position 3"}, {"1e+-5", ErrSyntax, "'-' at position 4"},
		{"١٢", ErrSyntax, "'١' at position 1"}, {"12\x00", ErrSyntax, "position 3"}, {"1\xff", ErrSyntax, "0xff at position 2"},
		{"1e34", ErrRange, "1e34"}, {"-1e34", ErrRange, "1e34"}, {nines + "9", ErrRange, "range"},
		{"1e-35", ErrRange, "range"}, {"0." + nines + "9", ErrRange, "range"},
		{"1e1000000000", ErrRange, "range"}, {"1e-99999999999999999999", ErrRange, "range"},
		{"0e1000000000", ErrRange, "range"}, {"0e35", ErrRange, "range"}, {"0e-201", ErrRange, "range"},
		{strings.Repeat("0", 201), ErrSyntax, "limit is 200"},
	}
	for _, v := range invalid {
		d, err := ParseDecimal(v.in)
		if !errors.Is(err, v.is) || !strings.Contains(err.Error(), v.says) {
			t.Errorf("%q: error %v, want %v with %q", v.in, err, v.is, v.says)
		}
		if !d.IsZero() {
			t.Errorf("%q gives a number with its error", v.in)
		}
	}
	if _, err := ParseDecimal(strings.Repeat("é", 5000)); err == nil || len(err.Error()) > 200 {
		t.Errorf("hostile text makes an error of %d bytes", len(err.Error()))
	}
}

func TestAppendDecimal(t *testing.T) {
	cases := []struct {
		d    decimal.Decimal
		want string
	}{
		{decimal.Decimal{}, "0"}, {decimal.New(0, -2), "0.00"}, {decimal.New(0, 5), "0"},
		{decimal.New(250, -2), "2.50"}, {decimal.New(-250, -2), "-2.50"}, {decimal.New(5, -3), "0.005"},
		{decimal.New(-5, -1), "-0.5"}, {decimal.New(12, 2), "1200"}, {decimal.New(100, -2), "1.00"},
		{decimal.New(math.MinInt64, -18), "-9.223372036854775808"},
		{decimal.New(math.MinInt64, -19), "-0.9223372036854775808"},
		{decimal.NewFromBigInt(new(big.Int).Lsh(big.NewInt(-1), 70), -3), "-1180591620717411303.424"},
		{decimal.New(-1, 1_000_000_000), "-1e1000000000"}, {decimal.New(25, math.MinInt32), "25e-2147483648"},
		{decimal.New(0, -1000), "0e-1000"},
	}
	for _, c := range cases {
		if got := string(AppendDecimal([]byte("x"), c.d)); got != "x"+c.want {
			t.Errorf("got %s, want x%s", got, c.want)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	r := newRand(30)
	for range 20000 {
		d := randomDecimal(r)
		text := string(AppendDecimal(nil, d))
		got, err := ParseDecimal(text)
		if !InRange(d) {
			if !errors.Is(err, ErrRange) {
				t.Fatalf("%s: error %v, want %v", text, err, ErrRange)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if ratOf(got).Cmp(ratOf(d)) != 0 || got.Exponent() != min(d.Exponent(), 0) {
			t.Fatalf("%s reads as %s e %d", text, got.Coefficient(), got.Exponent())
		}
	}
}

// What the parser accepts, big.Rat reads as the same number.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-12.50", "1e34", "1.5E-3", "1_0", "0x1", "9999999999999999999.9", ".", "+1.0e+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			return
		}
		if !InRange(d) {
			t.Fatalf("%q is out of range", s)
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || ratOf(d).Cmp(want) != 0 {
			t.Fatalf("%q = %s, want %v", s, AppendDecimal(nil, d), want)
		}
		again, err := ParseDecimal(string(AppendDecimal(nil, d)))
		if err != nil || ratOf(again).Cmp(want) != 0 {
			t.Fatalf("%q does not survive a round trip: %v", s, err)
		}
	})
}
