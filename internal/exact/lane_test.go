package exact

import (
	"math"
	"math/big"
	"testing"
)

func bigSum(units []int64) *big.Int {
	z := new(big.Int)
	for _, x := range units {
		z.Add(z, big.NewInt(x))
	}
	return z
}

func TestLaneAgainstBig(t *testing.T) {
	r := newRand(10)
	for range 2000 {
		var l Lane
		want := new(big.Int)
		for range r.IntN(20) {
			x := randomInt64(r)
			var m Lane
			m.Add(x)
			switch r.IntN(4) {
			case 0:
				l.Add(x)
				want.Add(want, big.NewInt(x))
			case 1:
				l.Sub(x)
				want.Sub(want, big.NewInt(x))
			case 2:
				l.AddLane(m)
				want.Add(want, big.NewInt(x))
			case 3:
				l.SubLane(m)
				want.Sub(want, big.NewInt(x))
			}
		}
		if l.Big().Cmp(want) != 0 {
			t.Fatalf("Big() = %s, want %s", l.Big(), want)
		}
		if l.Neg().Big().Cmp(new(big.Int).Neg(want)) != 0 {
			t.Fatalf("Neg() = %s, want -%s", l.Neg().Big(), want)
		}
		if l.Sign() != want.Sign() || l.IsZero() != (want.Sign() == 0) {
			t.Fatalf("Sign() = %d, IsZero() = %t for %s", l.Sign(), l.IsZero(), want)
		}
		if x, ok := l.Int64(); ok != want.IsInt64() || ok && x != want.Int64() {
			t.Fatalf("Int64() = %d, %t for %s", x, ok, want)
		}
		decoded, err := DecodeLane(l.AppendBinary(nil))
		if err != nil || decoded != l {
			t.Fatalf("decoded %v, %v, want %v", decoded, err, l)
		}
		var other Lane
		other.Add(randomInt64(r))
		if got, want := l.Cmp(other), want.Cmp(other.Big()); got != want {
			t.Fatalf("Cmp() = %d, want %d", got, want)
		}
		scale := uint8(r.IntN(256))
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
		mustEqualRat(t, "Decimal", l.Decimal(scale), new(big.Rat).SetFrac(want, unit))
	}
}

func TestLaneAddColumn(t *testing.T) {
	r := newRand(11)
	fill := map[string]func() int64{
		"amounts": func() int64 { return r.Int64N(2_000_000) - 200_000 },
		"any":     func() int64 { return randomInt64(r) },
		"largest": func() int64 { return math.MaxInt64 },
		"lowest":  func() int64 { return math.MinInt64 },
		"-1":      func() int64 { return -1 },
		"-2^32":   func() int64 { return -1 << 32 },
	}
	for name, next := range fill {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 1000, columnBlock - 1, columnBlock, columnBlock + 1, 3*columnBlock + 2} {
			units := make([]int64, n)
			for i := range units {
				units[i] = next()
			}
			var l Lane
			l.Add(-5)
			l.AddColumn(units)
			want := bigSum(append(units, -5))
			if l.Big().Cmp(want) != 0 {
				t.Fatalf("%s: column of %d gives %s, want %s", name, n, l.Big(), want)
			}
		}
	}
}

func TestLaneDecodeLength(t *testing.T) {
	for n := range 40 {
		if _, err := DecodeLane(make([]byte, n)); (err == nil) != (n == 16) {
			t.Errorf("%d bytes: error %v", n, err)
		}
		if _, err := DecodeDot(make([]byte, n)); (err == nil) != (n == 24) {
			t.Errorf("%d bytes: error %v", n, err)
		}
	}
}

func TestDotAgainstBig(t *testing.T) {
	r := newRand(12)
	for range 3000 {
		n := r.IntN(12)
		x, y := make([]int64, n), make([]int64, n)
		want := new(big.Int)
		var one, shard Dot
		for i := range n {
			x[i], y[i] = randomInt64(r), randomInt64(r)
			want.Add(want, new(big.Int).Mul(big.NewInt(x[i]), big.NewInt(y[i])))
			if r.IntN(2) == 0 {
				one.Add(x[i], y[i])
			} else {
				shard.Add(x[i], y[i])
			}
		}
		one.Merge(shard)
		var columns Dot
		if !columns.AddColumns(x, y) || columns != one {
			t.Fatalf("columns give %v, elements %v", columns, one)
		}
		if one.Big().Cmp(want) != 0 || one.Sign() != want.Sign() || one.IsZero() != (want.Sign() == 0) {
			t.Fatalf("dot = %s, sign %d, want %s", one.Big(), one.Sign(), want)
		}
		if columns.AddColumns(x, append(y, 1)) || columns != one {
			t.Fatal("columns of different lengths were added")
		}
		decoded, err := DecodeDot(one.AppendBinary(nil))
		if err != nil || decoded != one {
			t.Fatalf("decoded %v, %v, want %v", decoded, err, one)
		}
		xScale, yScale := uint8(r.IntN(256)), uint8(r.IntN(20))
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(xScale)+int64(yScale)), nil)
		mustEqualRat(t, "Decimal", one.Decimal(xScale, yScale), new(big.Rat).SetFrac(want, unit))
	}
}

// The largest product, 2^126, added often enough to pass 128 bits.
func TestDotLargestProducts(t *testing.T) {
	var d Dot
	for range 1000 {
		d.Add(math.MinInt64, math.MinInt64)
	}
	want := new(big.Int).Lsh(big.NewInt(1000), 126)
	if d.Big().Cmp(want) != 0 {
		t.Fatalf("sum of 1000 largest products = %s, want %s", d.Big(), want)
	}
	for range 2000 {
		d.Add(math.MinInt64, math.MaxInt64)
	}
	lowest := new(big.Int).Mul(big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64))
	want.Add(want, lowest.Mul(lowest, big.NewInt(2000)))
	if d.Big().Cmp(want) != 0 {
		t.Fatalf("mixed sum = %s, want %s", d.Big(), want)
	}
}
