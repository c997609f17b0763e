package metric

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
	"golang.org/x/exp/stats"
)

func durations(t *testing.T, texts ...string) Distribution[Duration] {
	t.Helper()
	values := make([]Duration, len(texts))
	for i, s := range texts {
		values[i] = MustDuration(s)
	}
	d, err := NewDistribution(values...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDistributionStatistics(t *testing.T) {
	d := durations(t, "3m", "1.5s", "1h", "3m")
	if d.Len() != 4 {
		t.Errorf("%d values", d.Len())
	}
	var all []string
	for v := range d.All() {
		all = append(all, v.Text())
	}
	if diff := cmp.Diff([]string{"1.5s", "180s", "180s", "3600s"}, all); diff != "" {
		t.Error(diff)
	}
	low, errLow := d.Min()
	high, errHigh := d.Max()
	sum, errSum := d.Sum()
	if err := errors.Join(errLow, errHigh, errSum); err != nil || low.Text() != "1.5s" || high.Text() != "3600s" || sum.Text() != "3961.5s" {
		t.Errorf("min %s, max %s, sum %s, %v", low.Text(), high.Text(), sum.Text(), err)
	}
	mean, err := d.Mean()
	if err != nil || mean.Text() != "990.375s" || mean.Kind() != KindDuration { // 3961.5 / 4
		t.Errorf("mean %s, %v", mean.Text(), err)
	}
	median, err := d.Median()
	if err != nil || median.Text() != "180s" {
		t.Errorf("median %s, %v", median.Text(), err)
	}
}

// Worked by hand: for 1, 2, 4, 8, 16 the position is h = 4p/100 from the first value.
func TestDistributionPercentileByHand(t *testing.T) {
	d, err := NewDistribution[Count](16, 4, 1, 8, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ p, want string }{
		{"0", "1"},
		{"10", "1.4"},  // h = 0.4: 1 + 0.4*1
		{"25", "2"},    // h = 1
		{"40", "3.2"},  // h = 1.6: 2 + 0.6*2
		{"50", "4"},    // h = 2
		{"90", "12.8"}, // h = 3.6: 8 + 0.6*8
		{"95", "14.4"}, // h = 3.8: 8 + 0.8*8
		{"99.9", "15.968"},
		{"100", "16"},
	} {
		v, err := d.Percentile(dec(tt.p))
		if err != nil || v.Text() != tt.want || v.Kind() != KindNumber {
			t.Errorf("percentile %s is %s, %v; want %s", tt.p, v.Text(), err, tt.want)
		}
	}
	for _, p := range []decimal.Decimal{dec("-0.01"), dec("100.01"), decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32)} {
		if v, err := d.Percentile(p); !errors.Is(err, ErrInput) {
			t.Errorf("a percentile out of range is %s, %v", v, err)
		}
	}
}

func TestDistributionPercentileAgreesWithFloats(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		n := 1 + rng.IntN(50)
		units, floats := make([]int64, n), make([]float64, n)
		for i := range n {
			units[i] = rng.Int64N(2_000_000) - 1_000_000
			floats[i] = float64(units[i]) / 100
		}
		d, err := DistributionFromUnits[Number](units, 2, Currency{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(floats)
		for range 10 {
			p := rng.Int64N(10001) // hundredths of a percent
			v, err := d.Percentile(decimal.New(p, -2))
			if err != nil {
				t.Fatal(err)
			}
			number, _ := v.Decimal()
			got := number.InexactFloat64()
			want := stats.Quantiles(floats, float64(p)/10000)[0]
			if math.Abs(got-want) > 1e-9*10000 {
				t.Fatalf("percentile %d/100 of %v is %v, want %v", p, floats, got, want)
			}
		}
	}
}

// The same statistics over big.Rat, exactly.
func TestDistributionIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		n := 1 + rng.IntN(40)
		units := make([]int64, n)
		sum := new(big.Int)
		for i := range units {
			units[i] = int64(rng.Uint64())
			sum.Add(sum, big.NewInt(units[i]))
		}
		d := &distribution{element: KindNumber, scale: 3, units: slices.Sorted(slices.Values(units))}
		if got, want := d.sumFraction().Rat(), new(big.Rat).SetFrac(sum, big.NewInt(1000)); got.Cmp(want) != 0 {
			t.Fatalf("sum is %s, want %s", got, want)
		}
		mean, ok := d.meanFraction()
		if want := new(big.Rat).SetFrac(sum, big.NewInt(1000*int64(n))); !ok || mean.Rat().Cmp(want) != 0 {
			t.Fatalf("mean is %s, want %s", mean.Rat(), want)
		}
		p := big.NewRat(rng.Int64N(301), 3) // a third of a percent is no decimal
		third, _ := exact.FromInt64(p.Num().Int64()).Quo(exact.FromInt64(p.Denom().Int64()))
		got, ok := d.percentileFraction(third)
		h := new(big.Rat).Mul(p, big.NewRat(int64(n-1), 100))
		i := new(big.Int).Quo(h.Num(), h.Denom()).Int64()
		want := big.NewRat(d.units[i], 1000)
		if i+1 < int64(n) {
			step := new(big.Rat).Sub(big.NewRat(d.units[i+1], 1000), want)
			want.Add(want, step.Mul(step, h.Sub(h, big.NewRat(i, 1))))
		}
		if !ok || got.Rat().Cmp(want) != 0 {
			t.Fatalf("percentile %s is %s, want %s", p, got.Rat(), want)
		}
	}
}

func TestDistributionEmpty(t *testing.T) {
	var zero Distribution[Duration]
	made, err := NewDistribution[Duration]()
	if err != nil || !zero.Equal(made) {
		t.Errorf("the zero Distribution is not that of no values, %v", err)
	}
	_, errMin := zero.Min()
	_, errMax := zero.Max()
	_, errMean := zero.Mean()
	_, errMedian := zero.Median()
	_, errPercentile := zero.Percentile(dec("95"))
	for _, err := range []error{errMin, errMax, errMean, errMedian, errPercentile} {
		if !errors.Is(err, EmptyPopulation) {
			t.Errorf("got %v", err)
		}
	}
	if sum, err := zero.Sum(); err != nil || !sum.IsZero() || zero.Len() != 0 || zero.Text() != "[]" {
		t.Errorf("sum %s, %v; text %s", sum, err, zero.Text())
	}
	if _, err := (Distribution[Money]{}).Sum(); !errors.Is(err, EmptyPopulation) {
		t.Errorf("the sum of no money in no currency: %v", err)
	}
	usd, _ := ParseCurrency("USD")
	none, err := DistributionFromUnits[Money](nil, 2, usd)
	if sum, errSum := none.Sum(); err != nil || errSum != nil || !sum.Equal(USD("0")) {
		t.Errorf("the sum of no dollars is %s, %v, %v", sum, err, errSum)
	}
	if v := ValueOf(zero); v.Kind() != DistributionOf(KindDuration) || v.distribution().len() != 0 {
		t.Errorf("as a value it is %s of kind %s", v, v.Kind())
	}
}

func TestDistributionRefuses(t *testing.T) {
	usd, _ := ParseCurrency("USD")
	_, mixed := NewDistribution(USD("1"), EUR("1"))
	_, noCurrency := NewDistribution(USD("1"), Money{})
	_, tooLarge := NewDistribution(MustNumber("9223372036854775808"))
	_, tooWide := NewDistribution(MustNumber("9223372036854775807"), MustNumber("0.1"))
	_, tooFine := NewDistribution(MustNumber("0.0000000000000000001"))
	_, scale := DistributionFromUnits[Number]([]int64{1}, 19, Currency{})
	_, countScale := DistributionFromUnits[Count]([]int64{1}, 1, Currency{})
	_, unitsNoCurrency := DistributionFromUnits[Money]([]int64{1}, 2, Currency{})
	_, strayCurrency := DistributionFromUnits[Ratio]([]int64{1}, 2, usd)
	for i, err := range []error{noCurrency, tooLarge, tooWide, tooFine, scale, countScale, unitsNoCurrency, strayCurrency} {
		if !errors.Is(err, ErrInput) {
			t.Errorf("case %d: got %v", i, err)
		}
	}
	if !errors.Is(mixed, MixedCurrency) {
		t.Errorf("mixed currencies: %v", mixed)
	}
	big, err := DistributionFromUnits[Count]([]int64{math.MaxInt64, 1}, 0, Currency{})
	if sum, errSum := big.Sum(); err != nil || !errors.Is(errSum, ErrInput) {
		t.Errorf("a count beyond 64 bits: %d, %v, %v", sum, err, errSum)
	}
	if mean, err := big.Mean(); err != nil || mean.Text() != "4611686018427387904" {
		t.Errorf("its mean: %s, %v", mean.Text(), err)
	}
	// Trailing zeros need no room.
	if _, err := NewDistribution(MustNumber("9223372036854775807.000"), MustNumber("1.0000000000000000000000")); err != nil {
		t.Errorf("trailing zeros: %v", err)
	}
}

func TestDistributionMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	random := func() ([]Number, Distribution[Number]) {
		values := make([]Number, rng.IntN(20))
		for i := range values {
			values[i] = Number{number: decimal.New(rng.Int64N(1000)-500, -int32(rng.IntN(5)))}
		}
		d, err := NewDistribution(values...)
		if err != nil {
			t.Fatal(err)
		}
		return values, d
	}
	must := func(d Distribution[Number], err error) Distribution[Number] {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for range 500 {
		av, a := random()
		bv, b := random()
		_, c := random()
		whole := must(NewDistribution(slices.Concat(av, bv)...))
		ab := must(a.Merge(b))
		if !ab.Equal(whole) || !ab.Equal(must(b.Merge(a))) || !slices.IsSorted(ab.data().units) {
			t.Fatalf("%s merged with %s is %s", a.Text(), b.Text(), ab.Text())
		}
		if !must(ab.Merge(c)).Equal(must(a.Merge(must(b.Merge(c))))) {
			t.Fatal("merging is not associative")
		}
		if !must(a.Merge(Distribution[Number]{})).Equal(a) || !must(Distribution[Number]{}.Merge(a)).Equal(a) {
			t.Fatal("the zero Distribution is not the identity")
		}
		if len(av) > 0 && ab.Equal(b) {
			t.Fatal("distributions of different lengths are equal")
		}
	}
	dollars, _ := NewDistribution(USD("1"))
	euros, _ := NewDistribution(EUR("1"))
	if _, err := dollars.Merge(euros); !errors.Is(err, MixedCurrency) {
		t.Errorf("merging currencies: %v", err)
	}
	large, _ := NewDistribution(MustNumber("9223372036854775807"))
	fine, _ := NewDistribution(MustNumber("0.1"))
	if _, err := large.Merge(fine); !errors.Is(err, ErrInput) {
		t.Errorf("merging what does not fit: %v", err)
	}
}

func TestDistributionDoesNotShareItsMemory(t *testing.T) {
	a, _ := NewDistribution[Count](1, 3)
	b, _ := NewDistribution[Count](2)
	m, _ := a.Merge(b)
	if a.Text() != `["1","3"]` || m.Text() != `["1","2","3"]` {
		t.Errorf("a is %s, merged %s", a.Text(), m.Text())
	}
	empty, _ := a.Merge(Distribution[Count]{})
	empty.d.units[0] = 99
	if a.Text() != `["1","3"]` {
		t.Error("a merged copy shares memory with its origin")
	}
}

func BenchmarkDistributionPercentile(b *testing.B) {
	rng := rand.New(rand.NewPCG(13, 14))
	units := make([]int64, 100_000)
	for i := range units {
		units[i] = rng.Int64N(1 << 40)
	}
	d, err := DistributionFromUnits[Duration](units, 9, Currency{})
	if err != nil {
		b.Fatal(err)
	}
	p := dec("95")
	for b.Loop() {
		if _, err := d.Percentile(p); err != nil {
			b.Fatal(err)
		}
	}
}
