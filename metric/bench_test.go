package metric_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

// nrrByHand is the formula that Of is measured against, with its guard and its rounding.
func nrrByHand(opening, expansion, contraction, churned decimal.Decimal) (decimal.Decimal, bool) {
	if opening.IsZero() {
		return decimal.Decimal{}, false
	}
	return opening.Add(expansion).Sub(contraction).Sub(churned).DivRound(opening, 28), true
}

var nrrInputs = []struct{ name, opening, expansion, contraction, churned string }{
	{"round", "100000", "9000", "2000", "4000"},
	{"cents", "237017.46", "9120.35", "2011.08", "4163.21"}, // a quotient that does not end
}

func nrrFacts(opening, expansion, contraction, churned string) [4]metric.Fact {
	return [4]metric.Fact{
		subscription.OpeningMRR().Is(metric.USD(opening)),
		subscription.ExpansionMRR().Is(metric.USD(expansion)),
		subscription.ContractionMRR().Is(metric.USD(contraction)),
		subscription.ChurnedMRR().Is(metric.USD(churned)),
	}
}

func TestOfEqualsFormulaByHand(t *testing.T) {
	for _, in := range nrrInputs {
		facts := nrrFacts(in.opening, in.expansion, in.contraction, in.churned)
		got, err := subscription.NetRevenueRetention().Of(facts[:]...)
		want, _ := nrrByHand(dec(in.opening), dec(in.expansion), dec(in.contraction), dec(in.churned))
		if err != nil || got.Decimal().Rat().Cmp(want.Rat()) != 0 {
			t.Errorf("%s: %s, %v, want %s", in.name, got.Text(), err, want)
		}
		exactly := new(big.Rat).Quo(dec(in.opening).Add(dec(in.expansion)).Sub(dec(in.contraction)).Sub(dec(in.churned)).Rat(), dec(in.opening).Rat())
		if roundRat(exactly, 28, metric.RoundHalfAwayFromZero).Cmp(want.Rat()) != 0 {
			t.Errorf("%s: by hand %s is not %s rounded", in.name, want, exactly)
		}
	}
}

func dec(s string) decimal.Decimal { return metric.MustNumber(s).Decimal() }

// BenchmarkOf computes NRR from four facts with Of and, in the same run and in turns, by
// hand; x-by-hand is the ratio of both times. The facts are made anew for each call, as a
// caller makes them.
func BenchmarkOf(b *testing.B) {
	for _, in := range nrrInputs {
		b.Run(in.name, func(b *testing.B) {
			opening, expansion := metric.USD(in.opening), metric.USD(in.expansion)
			contraction, churned := metric.USD(in.contraction), metric.USD(in.churned)
			const batch = 200
			var byOf, byHand time.Duration
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				for range batch {
					_, err := subscription.NetRevenueRetention().Of(
						subscription.OpeningMRR().Is(opening),
						subscription.ExpansionMRR().Is(expansion),
						subscription.ContractionMRR().Is(contraction),
						subscription.ChurnedMRR().Is(churned))
					if err != nil {
						b.Fatal(err)
					}
				}
				middle := time.Now()
				for range batch {
					if _, ok := nrrByHand(opening.Amount(), expansion.Amount(), contraction.Amount(), churned.Amount()); !ok {
						b.Fatal("no value")
					}
				}
				byOf += middle.Sub(start)
				byHand += time.Since(middle)
				n += batch
			}
			b.ReportMetric(float64(byOf)/float64(byHand), "x-by-hand")
			b.ReportMetric(float64(byOf)/float64(n), "ns/of")
			b.ReportMetric(float64(byHand)/float64(n), "ns/by-hand")
		})
	}
}

// BenchmarkOfUndefined is Of on the way to an error.
func BenchmarkOfUndefined(b *testing.B) {
	opening := subscription.OpeningMRR().Is(metric.USD("100000"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := subscription.NetRevenueRetention().Of(opening); err == nil {
			b.Fatal("defined")
		}
	}
}

// BenchmarkEvaluateCatalogue computes every metric of the catalogue from all base metrics.
func BenchmarkEvaluateCatalogue(b *testing.B) {
	f := new(metric.Facts)
	for d := range catalog.All() {
		if d.IsDerived() {
			continue
		}
		text := map[metric.Kind]string{
			metric.KindCount: "7", metric.KindMoney: "1234.56 USD", metric.KindNumber: "3.5",
			metric.KindRatio: "0.25", metric.KindDuration: "3600s",
			metric.DistributionOf(metric.KindDuration): `["60s","3600s","7200s"]`,
			metric.DistributionOf(metric.KindNumber):   `["1","3.5","5"]`,
			metric.DistributionOf(metric.KindMoney):    `["10.00 USD","12.50 USD"]`,
		}[d.Kind()]
		v, err := metric.ParseValue(d.Kind(), text)
		if err != nil {
			b.Fatal(d, err)
		}
		if err := f.Add(metric.FactOf(d, v)); err != nil {
			b.Fatal(err)
		}
	}
	n := len(slices.Collect(catalog.All()))
	b.ReportAllocs()
	for b.Loop() {
		for result := range catalog.Evaluate(f) {
			if result.Definition.IsZero() {
				b.Fatal("no metric")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/metric")
}
