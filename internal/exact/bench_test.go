package exact

import (
	"math/big"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

const benchElements = 1_000_000

// benchAmounts are amounts from -2,000.00 to 18,000.00.
func benchAmounts() ([]int64, []decimal.Decimal) {
	r := newRand(60)
	units := make([]int64, benchElements)
	amounts := make([]decimal.Decimal, benchElements)
	for i := range units {
		units[i] = r.Int64N(2_000_000) - 200_000
		amounts[i] = decimal.New(units[i], -2)
	}
	return units, amounts
}

var (
	sinkInt64   int64
	sinkDecimal decimal.Decimal
	sinkBytes   []byte
)

func sumInt64Loop(units []int64) {
	var t int64
	for _, x := range units {
		t += x
	}
	sinkInt64 = t
}

func sumColumn(units []int64) {
	var s Sum
	s.AddColumn(units, 2)
	sinkDecimal = s.Decimal()
}

func sumMinor(units []int64) {
	var s Sum
	for _, x := range units {
		s.AddMinor(x, 2)
	}
	sinkDecimal = s.Decimal()
}

func sumDecimals(amounts []decimal.Decimal) {
	sinkDecimal = sumOf(amounts).Decimal()
}

func sumAddLoop(amounts []decimal.Decimal) {
	var t decimal.Decimal
	for _, d := range amounts {
		t = t.Add(d)
	}
	sinkDecimal = t
}

func sumShopspring(amounts []decimal.Decimal) {
	sinkDecimal = decimal.Sum(amounts[0], amounts[1:]...)
}

func BenchmarkSum(b *testing.B) {
	units, amounts := benchAmounts()
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchElements, "ns/element")
		})
	}
	run("int64 loop", func() { sumInt64Loop(units) })
	run("column", func() { sumColumn(units) })
	run("AddMinor", func() { sumMinor(units) })
	run("decimals", func() { sumDecimals(amounts) })
	run("shopspring Add loop", func() { sumAddLoop(amounts) })
	run("shopspring Sum", func() { sumShopspring(amounts) })
}

// BenchmarkRatios times competing ways alternately within one run, so that the
// noise of the machine cancels, and reports how they compare.
func BenchmarkRatios(b *testing.B) {
	units, amounts := benchAmounts()
	timed := func(f func()) float64 {
		start := time.Now()
		f()
		return float64(time.Since(start))
	}
	var loop, column, kernel, addLoop float64
	for b.Loop() {
		for range 10 {
			loop += timed(func() { sumInt64Loop(units) })
			column += timed(func() { sumColumn(units) })
		}
		kernel += timed(func() { sumDecimals(amounts) })
		addLoop += timed(func() { sumAddLoop(amounts) })
	}
	b.ReportMetric(column/loop, "column/int64-loop")
	b.ReportMetric(addLoop/kernel, "add-loop/kernel")
}

func BenchmarkDot(b *testing.B) {
	units, _ := benchAmounts()
	for b.Loop() {
		var d Dot
		d.AddColumns(units, units)
		sinkInt64 = int64(d.lo)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchElements, "ns/element")
}

func BenchmarkRatio28(b *testing.B) {
	b.Run("kernel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkDecimal, _ = Ratio(12345678, 98765432, 28, HalfAwayFromZero)
		}
	})
	b.Run("kernel big", func(b *testing.B) {
		num, den := new(big.Int).Lsh(big.NewInt(12345678), 60), new(big.Int).Lsh(big.NewInt(98765432), 60)
		b.ReportAllocs()
		for b.Loop() {
			sinkDecimal, _ = RatioBig(num, den, 28, HalfAwayFromZero)
		}
	})
	b.Run("shopspring DivRound", func(b *testing.B) {
		num, den := decimal.New(12345678, -2), decimal.New(98765432, -2)
		b.ReportAllocs()
		for b.Loop() {
			sinkDecimal = num.DivRound(den, 28)
		}
	})
}

func BenchmarkNetRevenueRetention(b *testing.B) {
	for _, c := range []struct {
		name  string
		input [4]decimal.Decimal
	}{
		{"exact", [4]decimal.Decimal{decimal.New(10000000, -2), decimal.New(900000, -2), decimal.New(200000, -2), decimal.New(400000, -2)}},
		{"periodic", [4]decimal.Decimal{decimal.New(10000021, -2), decimal.New(900013, -2), decimal.New(200017, -2), decimal.New(400019, -2)}},
	} {
		a, e, k, l := c.input[0], c.input[1], c.input[2], c.input[3]
		b.Run(c.name+"/kernel", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				opening := FromDecimal(a)
				f, _ := opening.Add(FromDecimal(e)).Sub(FromDecimal(k)).Sub(FromDecimal(l)).Quo(opening)
				sinkDecimal = f.Round(28, HalfAwayFromZero)
			}
		})
		b.Run(c.name+"/shopspring", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkDecimal = a.Add(e).Sub(k).Sub(l).DivRound(a, 28)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.Run("kernel", func(b *testing.B) {
		for b.Loop() {
			sinkDecimal, _ = ParseDecimal("12345.67")
		}
	})
	b.Run("shopspring", func(b *testing.B) {
		for b.Loop() {
			sinkDecimal, _ = decimal.NewFromString("12345.67")
		}
	})
}

func BenchmarkAppendDecimal(b *testing.B) {
	d := decimal.New(1234567, -2)
	for b.Loop() {
		sinkBytes = AppendDecimal(sinkBytes[:0], d)
	}
}

func BenchmarkMinor(b *testing.B) {
	d := decimal.New(123456, -1)
	for b.Loop() {
		sinkInt64, _ = Minor(d, 2)
	}
}

func BenchmarkInRange(b *testing.B) {
	for name, d := range map[string]decimal.Decimal{"amount": decimal.New(1234567, -2), "hostile": decimal.New(1, 1_000_000_000)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if InRange(d) {
					sinkInt64++
				}
			}
		})
	}
}
