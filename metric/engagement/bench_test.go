package engagement

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

const dayLength = int64(24 * time.Hour)

// rowsOf returns a log of a shop's visits: customers of very different activity, in order of
// time but for two in a hundred.
func rowsOf(rows, customers int) (*event.Keys, []event.Code, []int64) {
	keys := new(event.Keys)
	codes := make([]event.Code, customers)
	for i := range codes {
		codes[i] = keys.Code("customer-" + strconv.Itoa(i))
	}
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	span := 1096 * dayLength
	customer, at := make([]event.Code, rows), make([]int64, rows)
	for i := range rows {
		customer[i] = codes[min(random.IntN(customers), random.IntN(customers))]
		at[i] = start + int64(float64(i)/float64(rows)*float64(span))
		if random.IntN(50) == 0 {
			at[i] = start + random.Int64N(span)
		}
	}
	return keys, customer, at
}

func benchRange() metric.Period {
	p, _ := metric.Between(time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	return p
}

// handWritten counts daily, weekly and monthly active customers by one loop written for
// nothing else: UTC, one range, three windows.
func handWritten(customers []event.Code, times []int64, customersOf func(bucket int) int, start int64) [3][]int64 {
	const days = 1096
	const words = (days + 63) / 64
	var state [event.Buckets][]uint64
	for b := range state {
		state[b] = make([]uint64, customersOf(b)*words)
	}
	for i, c := range customers {
		day := int((times[i] - start) / dayLength)
		state[c.Bucket()][c.Position()*words+day>>6] |= 1 << (day & 63)
	}
	var counts [3][]int64
	for w, n := range [3]int{1, 7, 30} {
		change := make([]int64, days+n+1)
		for b := range state {
			for first := 0; first < len(state[b]); first += words {
				until := 0 // covered up to here
				for i, word := range state[b][first : first+words] {
					for ; word != 0; word &= word - 1 {
						day := i<<6 + bits.TrailingZeros64(word)
						change[max(day, until)]++
						change[day+n]--
						until = day + n
					}
				}
			}
		}
		sum := int64(0)
		for day := range days {
			sum += change[day]
			counts[w] = append(counts[w], sum)
		}
	}
	return counts
}

// BenchmarkRatios prints how long one and two workers take for rolling 1, 7 and 30 days with
// stickiness over ready columns, next to a loop written for that job, in one run.
func BenchmarkRatios(b *testing.B) {
	const rows, customers = 10_000_000, 700_000
	keys, customer, at := rowsOf(rows, customers)
	job := func(workers int) *Rolling {
		a, err := NewActivity(ActivityOptions{Range: benchRange(), Keys: keys, Workers: workers})
		if err != nil {
			b.Fatal(err)
		}
		const block = 1 << 16
		for i := 0; i < rows; i += block {
			end := min(i+block, rows)
			if err := a.AddBlock(&ActivityBlock{Customer: customer[i:end], Time: at[i:end]}); err != nil {
				b.Fatal(err)
			}
		}
		r, err := a.Rolling(Query{}, 1, 7, 30)
		if err != nil {
			b.Fatal(err)
		}
		for i := range r.Periods {
			_, _ = r.Ratio(i, 0, 2)
		}
		return r
	}
	hand := func() [3][]int64 {
		return handWritten(customer, at, func(n int) int { return keys.LenBucket(uint8(n)) }, benchRange().Start().UnixNano())
	}
	if got, want := job(1).Active, hand(); fmt.Sprint(got) != fmt.Sprint(want) {
		b.Fatal("the two loops do not count the same")
	}
	times := make([]time.Duration, 3)
	for b.Loop() {
		for i, f := range []func(){func() { hand() }, func() { job(1) }, func() { job(2) }} {
			start := time.Now()
			f()
			times[i] += time.Since(start)
		}
	}
	perRow := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(b.N) / rows }
	b.ReportMetric(perRow(times[0]), "hand-ns/row")
	b.ReportMetric(perRow(times[1]), "one-ns/row")
	b.ReportMetric(perRow(times[2]), "two-ns/row")
	b.ReportMetric(float64(times[1])/float64(times[0]), "one/hand")
	b.ReportMetric(float64(times[2])/float64(times[0]), "two/hand")
}

// BenchmarkSessions cuts ready columns into sessions and sums them up.
func BenchmarkSessions(b *testing.B) {
	const rows, customers = 1_000_000, 70_000
	keys, customer, at := rowsOf(rows, customers)
	for b.Loop() {
		s, err := NewSessions(SessionOptions{Keys: keys, Workers: 2})
		if err != nil {
			b.Fatal(err)
		}
		const block = 1 << 16
		for i := 0; i < rows; i += block {
			end := min(i+block, rows)
			if err := s.AddBlock(&SessionBlock{Customer: customer[i:end], Time: at[i:end]}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := s.Summarize(SessionQuery{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

// BenchmarkResults takes the results of activity one by one, over what is taken in already.
func BenchmarkResults(b *testing.B) {
	const rows, customers = 1_000_000, 70_000
	keys, customer, at := rowsOf(rows, customers)
	a, err := NewActivity(ActivityOptions{Range: benchRange(), Keys: keys})
	if err != nil {
		b.Fatal(err)
	}
	if err := a.AddBlock(&ActivityBlock{Customer: customer, Time: at}); err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"rolling":   func() error { _, err := a.Rolling(Query{}, 1, 7, 30); return err },
		"states":    func() error { _, err := a.States(Query{}, StateRule{}); return err },
		"months":    func() error { _, err := a.Growth(Query{Unit: metric.UnitMonth}); return err },
		"frequency": func() error { _, err := a.Frequency(Query{}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAdd takes in events one by one.
func BenchmarkAdd(b *testing.B) {
	a, err := NewActivity(ActivityOptions{Range: benchRange()})
	if err != nil {
		b.Fatal(err)
	}
	e := event.Event{ID: "1", UserID: "customer-1", Name: "signed_in", Time: benchRange().Start().AddDate(0, 5, 0)}
	b.ReportAllocs()
	for b.Loop() {
		a.Add(&e)
	}
}
