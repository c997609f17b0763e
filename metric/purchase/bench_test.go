package purchase_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// benchBlock has n rows of three years, of one customer in 14 rows or so.
func benchBlock(keys *event.Keys, n int) *purchase.Block {
	r := rand.New(rand.NewPCG(1, 1))
	codes := make([]event.Code, n/14)
	for i := range codes {
		codes[i] = keys.Code(fmt.Sprintf("customer-%d", i))
	}
	const start, second = 1_640_995_200_000_000_000, 1_000_000_000
	b := new(purchase.Block)
	for i := range n {
		at := start + int64(i)*(1096*86400*second/int64(n))
		if r.IntN(50) == 0 {
			at -= r.Int64N(30 * 86400 * second)
		}
		b.Customer = append(b.Customer, codes[r.IntN(len(codes))])
		b.Time = append(b.Time, at)
		b.Amount = append(b.Amount, 100+r.Int64N(20_000))
	}
	return b
}

const benchRows = 1_000_000

func benchmark(b *testing.B, o purchase.Options, result func(*purchase.Log) error) {
	o.Keys = new(event.Keys)
	block := benchBlock(o.Keys, benchRows)
	b.ReportAllocs()
	for b.Loop() {
		log, err := purchase.New(o)
		if err != nil {
			b.Fatal(err)
		}
		if err := log.AddBlock(block); err != nil {
			b.Fatal(err)
		}
		if err := result(log); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(block.Time)), "ns/row")
}

func BenchmarkTotals(b *testing.B) {
	benchmark(b, purchase.Options{Keep: purchase.KeepTotals, Workers: 2}, func(l *purchase.Log) error {
		_, err := l.Totals(none)
		return err
	})
}

func BenchmarkSummary(b *testing.B) {
	benchmark(b, purchase.Options{Workers: 2}, func(l *purchase.Log) error {
		_, err := l.Summary(purchase.SummaryOptions{End: day(2024, 6, 30), Holdout: day(2024, 12, 31)})
		return err
	})
}
