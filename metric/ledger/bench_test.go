package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// benchBlock draws rows of subscriptions over three years, two in a hundred of them late.
func benchBlock(l *ledger.Ledger, rows, customers, segments int) *ledger.Block {
	r := rand.New(rand.NewPCG(1, 2))
	usd, _ := metric.ParseCurrency("USD")
	b := &ledger.Block{Currency: usd}
	codes, subs := make([]event.Code, customers), make([]event.Code, 2*customers)
	for i := range codes {
		codes[i] = l.Keys().Code(fmt.Sprintf("c%d", i))
	}
	for i := range subs {
		subs[i] = l.Subscriptions().Code(fmt.Sprintf("s%d", i))
	}
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	span := int64(1096 * 24 * time.Hour)
	for i := range rows {
		c := r.IntN(customers)
		at := int64(float64(i) / float64(rows) * float64(span))
		if r.IntN(50) == 0 {
			at = max(at-r.Int64N(int64(30*24*time.Hour)), 0)
		}
		amount := int64(r.IntN(40)) * 500
		if r.IntN(10) == 0 {
			amount = 0
		}
		b.Customer = append(b.Customer, codes[c])
		b.Subscription = append(b.Subscription, subs[2*c+r.IntN(2)])
		b.At = append(b.At, start+at)
		b.Amount = append(b.Amount, amount)
		if segments > 0 {
			seg := c % segments
			if r.IntN(10) == 0 {
				seg = r.IntN(segments)
			}
			b.Segment = append(b.Segment, l.Segment(fmt.Sprintf("plan %d", seg)))
		}
	}
	return b
}

func benchMonths() (periods []metric.Period) {
	for p, _ := metric.Month(2023, 1, time.UTC); len(periods) < 36; p = p.Next() {
		periods = append(periods, p)
	}
	return periods
}

func benchmark(b *testing.B, rows, customers, segments, workers int) {
	shared := ledger.Options{Keys: new(event.Keys), Subscriptions: new(event.Keys), Workers: workers}
	l, err := ledger.New(shared)
	if err != nil {
		b.Fatal(err)
	}
	block := benchBlock(l, rows, customers, segments)
	q := ledger.Query{Periods: benchMonths(), Segments: segments > 0}
	b.ResetTimer()
	for range b.N {
		m, err := ledger.New(shared)
		if err != nil {
			b.Fatal(err)
		}
		for s := range segments {
			m.Segment(fmt.Sprintf("plan %d", s))
		}
		if err := m.AddBlock(block); err != nil {
			b.Fatal(err)
		}
		at := time.Now()
		if _, err := m.Statement(q); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(at).Milliseconds()), "ms/statement")
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkStatement(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("rows=1M/workers=%d", workers), func(b *testing.B) { benchmark(b, 1_000_000, 70_000, 0, workers) })
	}
	b.Run("rows=1M/segments=20", func(b *testing.B) { benchmark(b, 1_000_000, 70_000, 20, 1) })
}

func BenchmarkStatement10M(b *testing.B) {
	if testing.Short() {
		b.Skip("ten million rows")
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) { benchmark(b, 10_000_000, 700_000, 0, workers) })
	}
}

func BenchmarkFacts(b *testing.B) {
	const facts, customers = 200_000, 20_000
	r := rand.New(rand.NewPCG(1, 2))
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range facts {
		f := ledger.Fact{Kind: ledger.Updated, Customer: fmt.Sprint(r.IntN(customers)), Subscription: fmt.Sprint("s", r.IntN(2)), ID: fmt.Sprint(i), Currency: usd,
			Effective: start.Add(time.Duration(r.IntN(1000*24*3600)) * time.Second)}
		f.Items = []event.SubscriptionItem{{Plan: "p", Amount: int64(r.IntN(40)) * 500, Interval: []string{"month", "year"}[r.IntN(2)]}}
		if err := l.AddFact(f); err != nil {
			b.Fatal(err)
		}
	}
	q := ledger.Query{Periods: benchMonths()}
	b.ResetTimer()
	for range b.N {
		if _, err := l.Statement(q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/facts, "ns/fact")
}

// Events of one item each, with text IDs, one at a time. Kept is what the ledger holds of an
// event when all is done, the keys of customers and subscriptions included.
func BenchmarkEvents(b *testing.B) {
	const n, customers = 300_000, 15_000
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	events := make([]event.Event, n)
	for i := range events {
		c := r.IntN(customers)
		envelope := event.Event{ID: fmt.Sprintf("evt_%014x", i), Source: "app", AccountID: fmt.Sprintf("cus_%014x", c),
			Time: start.Add(time.Duration(i) * 5 * time.Minute)}
		events[i] = event.New(envelope, event.SubscriptionUpdated{SubscriptionID: fmt.Sprintf("sub_%014x", 2*c+r.IntN(2)), Currency: "USD",
			Items: []event.SubscriptionItem{{ItemID: "seat", Amount: int64(r.IntN(40)) * 500, Interval: "month", Kind: "licensed"}}})
	}
	q := ledger.Query{Periods: benchMonths()}
	for _, o := range []ledger.Options{{}, {Unique: true}} {
		b.Run(fmt.Sprintf("unique=%t", o.Unique), func(b *testing.B) {
			var adding, answering time.Duration
			var kept uint64
			for range b.N {
				before := heap()
				l, err := ledger.New(o)
				if err != nil {
					b.Fatal(err)
				}
				at := time.Now()
				for i := range events {
					l.Add(&events[i])
				}
				adding += time.Since(at)
				kept += heap() - before
				at = time.Now()
				if _, err := l.Statement(q); err != nil {
					b.Fatal(err)
				}
				answering += time.Since(at)
			}
			per := float64(b.N) * n
			b.ReportMetric(float64(adding.Nanoseconds())/per, "ns/add")
			b.ReportMetric(float64(answering.Nanoseconds())/per, "ns/statement")
			b.ReportMetric(float64(kept)/per, "B/kept")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
