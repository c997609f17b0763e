package exact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
)

func ExampleSum() {
	var s Sum
	s.Add(decimal.New(1999, -2))       // 19.99
	s.AddMinor(500, 2)                 // 5.00
	s.AddColumn([]int64{101, -600}, 2) // 1.01 and -6.00
	fmt.Println(string(AppendDecimal(nil, s.Decimal())))
	// Output: 20
}

func sumOf(ds []decimal.Decimal) *Sum {
	var s Sum
	for _, d := range ds {
		s.Add(d)
	}
	return &s
}

func mustMarshal(t *testing.T, s *Sum) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSumAgainstDecimalSum(t *testing.T) {
	r := newRand(1)
	for range 2000 {
		ds := make([]decimal.Decimal, 1+r.IntN(20))
		for i := range ds {
			ds[i] = randomDecimal(r)
		}
		s := sumOf(ds)
		want := ratOf(decimal.Sum(ds[0], ds[1:]...))
		mustEqualRat(t, "sum", s.Decimal(), want)
		if s.Sign() != want.Sign() {
			t.Fatalf("Sign() = %d, want %d", s.Sign(), want.Sign())
		}
	}
}

// The same total must come out, byte for byte, for any order, any split, and
// any detour through the encoding.
func TestSumOrderAndSharding(t *testing.T) {
	r := newRand(2)
	for range 500 {
		ds := make([]decimal.Decimal, 1+r.IntN(30))
		for i := range ds {
			ds[i] = randomDecimal(r)
		}
		want := mustMarshal(t, sumOf(ds))

		r.Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
		shards := make([]Sum, 1+r.IntN(4))
		for _, d := range ds {
			shards[r.IntN(len(shards))].Add(d)
		}
		var total Sum
		for i := range shards {
			before := mustMarshal(t, &shards[i])
			var decoded Sum
			if err := decoded.UnmarshalBinary(before); err != nil {
				t.Fatal(err)
			}
			if r.IntN(2) == 0 {
				total.Merge(&decoded)
			} else {
				total.Merge(&shards[i])
			}
			total.Merge(new(Sum))
			if !bytes.Equal(before, mustMarshal(t, &shards[i])) {
				t.Fatal("Merge changed its argument")
			}
		}
		if got := mustMarshal(t, &total); !bytes.Equal(got, want) {
			t.Fatalf("sharded sum encodes to %x, want %x", got, want)
		}
	}
}

func TestSumMergeSharesNothing(t *testing.T) {
	wide := decimal.New(1, -30)
	var a, b Sum
	b.Add(wide)
	a.Merge(&b)
	a.Add(wide)
	mustEqualRat(t, "b", b.Decimal(), ratOf(wide))
	mustEqualRat(t, "a", a.Decimal(), ratOf(decimal.New(2, -30)))
}

func TestSumBoundaries(t *testing.T) {
	for _, v := range edgeInt64s {
		for _, exp := range []int32{-256, -255, -254, -40, -20, -19, -18, -17, -1, 0, 1, 2, 18, 19, 200} {
			d := decimal.New(v, exp)
			var s Sum
			accepted, again := s.Add(d), s.Add(d)
			// 10^-256 is the first digit too low; ten and 10^18 end in zeros.
			if want := exp >= -255 || v == 0 || v%10 == 0; accepted != want || again != want {
				t.Fatalf("Add(%de%d) = %t and %t, want %t", v, exp, accepted, again, want)
			}
			if accepted {
				mustEqualRat(t, "doubled", s.Decimal(), new(big.Rat).Mul(ratOf(d), big.NewRat(2, 1)))
			}
		}
	}
	for _, scale := range []uint8{0, 1, 17, 18, 19, 20, 255} {
		column := append([]int64(nil), edgeInt64s...)
		var one, block Sum
		want := new(big.Rat)
		for _, v := range column {
			one.AddMinor(v, scale)
			want.Add(want, ratOf(decimal.New(v, -int32(scale))))
		}
		block.AddColumn(column, scale)
		mustEqualRat(t, "AddMinor", one.Decimal(), want)
		mustEqualRat(t, "AddColumn", block.Decimal(), want)
	}
}

func TestSumRefusesHostileExponents(t *testing.T) {
	var s Sum
	s.AddMinor(7, 0)
	for _, exp := range []int32{256, 1e9, math.MaxInt32, -256, -1e9, math.MinInt32} {
		if s.Add(decimal.New(1, exp)) {
			t.Errorf("1e%d was accepted", exp)
		}
		if !s.Add(decimal.New(0, exp)) {
			t.Errorf("0e%d was refused", exp)
		}
	}
	mustEqualRat(t, "sum", s.Decimal(), big.NewRat(7, 1))
}

// Doubling reaches the end of a lane with few calls.
func TestSumDoublingDoesNotOverflow(t *testing.T) {
	for _, v := range []int64{math.MaxInt64, math.MinInt64, 1, -1} {
		var s Sum
		s.AddMinor(v, 2)
		for range 200 {
			s.Merge(&s)
		}
		want := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(v), 200))
		mustEqualRat(t, "doubled", s.Decimal(), want.Mul(want, big.NewRat(1, 100)))
	}
}

func TestSumEncoding(t *testing.T) {
	golden := []struct {
		d    decimal.Decimal
		want []byte
	}{
		{decimal.New(0, -2), []byte{1, 0, 0, 0, 0}},
		{decimal.New(2500, -2), []byte{1, 1, 0, 0, 1, 25}},
		{decimal.New(-2550, -2), []byte{1, 2, 1, 0, 1, 255}},
		{decimal.New(256, 0), []byte{1, 1, 0, 0, 2, 1, 0}},
		{decimal.New(1, -30), []byte{1, 1, 30, 0, 1, 1}},
		{decimal.New(1, 3), []byte{1, 1, 0, 0, 2, 3, 232}},
	}
	for _, g := range golden {
		if got := mustMarshal(t, sumOf([]decimal.Decimal{g.d})); !bytes.Equal(got, g.want) {
			t.Errorf("%s encodes to %v, want %v", AppendDecimal(nil, g.d), got, g.want)
		}
	}
	malformed := map[string][]byte{
		"empty":            {},
		"short header":     {1, 0, 0, 0},
		"version":          {2, 1, 0, 0, 1, 25},
		"sign":             {1, 3, 0, 0, 1, 25},
		"sign without 1":   {1, 0, 0, 0, 1, 25},
		"signed zero":      {1, 1, 0, 0, 0},
		"scaled zero":      {1, 0, 2, 0, 0},
		"leading zero":     {1, 1, 0, 0, 2, 0, 25},
		"trailing decimal": {1, 1, 1, 0, 1, 250},
		"long length":      {1, 1, 0, 255, 255, 25},
	}
	for name, b := range malformed {
		var s Sum
		s.AddMinor(1, 0)
		if s.UnmarshalBinary(b) == nil {
			t.Errorf("%s: %v was accepted", name, b)
		}
		mustEqualRat(t, "sum after a failed decode", s.Decimal(), big.NewRat(1, 1))
	}
	r := newRand(3)
	for range 300 {
		b := mustMarshal(t, sumOf([]decimal.Decimal{randomDecimal(r), randomDecimal(r)}))
		var s Sum
		for n := range b {
			if s.UnmarshalBinary(b[:n]) == nil {
				t.Fatalf("%x was accepted, cut from %x", b[:n], b)
			}
		}
		if s.UnmarshalBinary(append(b, 0)) == nil {
			t.Fatalf("%x was accepted with a byte more", b)
		}
	}
}

func FuzzSumUnmarshal(f *testing.F) {
	f.Add([]byte{1, 2, 1, 0, 1, 255})
	f.Add([]byte{1, 1, 255, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Sum
		if s.UnmarshalBinary(b) != nil {
			return
		}
		if again := mustMarshal(t, &s); !bytes.Equal(b, again) {
			t.Fatalf("%x decodes, but encodes to %x", b, again)
		}
	})
}

// FuzzSum reads nine bytes per addend: an exponent and a coefficient.
func FuzzSum(f *testing.F) {
	f.Add([]byte("\xfe\x00\x00\x00\x00\x00\x00\x00\x64\x12\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Sum
		total := decimal.Decimal{}
		for ; len(b) >= 9; b = b[9:] {
			d := decimal.New(int64(binary.BigEndian.Uint64(b[1:])), int32(int8(b[0])))
			if !s.Add(d) {
				t.Fatalf("%s was refused", AppendDecimal(nil, d))
			}
			total = decimal.Sum(total, d)
		}
		mustEqualRat(t, "sum", s.Decimal(), ratOf(total))
	})
}
