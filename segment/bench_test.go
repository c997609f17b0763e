package segment_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
)

const benchRows = 1_000_000

// BenchmarkScore is about orders in columns, up to the three scores of each customer.
func BenchmarkScore(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	keys := new(event.Keys)
	codes := make([]event.Code, benchRows/14)
	for i := range codes {
		codes[i] = keys.Code(fmt.Sprintf("customer-%d", i))
	}
	block := new(purchase.Block)
	const start, second = 1_640_995_200_000_000_000, 1_000_000_000
	for range benchRows {
		block.Customer = append(block.Customer, codes[r.IntN(len(codes))])
		block.Time = append(block.Time, start+r.Int64N(1096*86400)*second)
		block.Amount = append(block.Amount, 100+r.Int64N(20_000))
	}
	b.ReportAllocs()
	for b.Loop() {
		log, err := purchase.New(purchase.Options{Keep: purchase.KeepTotals, Keys: keys, Workers: 2})
		if err != nil {
			b.Fatal(err)
		}
		if err := log.AddBlock(block); err != nil {
			b.Fatal(err)
		}
		totals, err := log.Totals(day(2025, 1, 1))
		if err != nil {
			b.Fatal(err)
		}
		records, err := segment.Records(totals, day(2025, 1, 1))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := segment.Score(records, segment.ScoreOptions{Workers: 2}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
