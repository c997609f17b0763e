package retention_test

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// The job: weekly retention of 700,000 customers over 156 weeks from ten million rows of
// activity, of which 2% come late.
const (
	jobRows      = 10_000_000
	jobCustomers = 700_000
	jobWeeks     = 156
	week         = int64(7 * 24 * time.Hour)
)

type job struct {
	options  retention.Options
	customer []event.Code
	number   []uint32 // of the customer, for the loop by hand
	time     []int64
}

func newJob(rows, customers int) *job {
	r := newRand(1)
	j := &job{options: retention.Options{From: time.Date(2022, 1, 3, 0, 0, 0, 0, time.UTC), Buckets: jobWeeks, Unit: retention.Week, Keys: new(event.Keys)}}
	codes := make([]event.Code, customers)
	joined := make([]int64, customers)
	for i := range codes {
		codes[i] = j.options.Keys.Code("customer " + strconv.Itoa(i))
		joined[i] = r.Int64N(jobWeeks * week)
	}
	from := j.options.From.UnixNano()
	for i := range rows {
		customer := r.IntN(customers)
		now := int64(float64(jobWeeks*week-1) * float64(i) / float64(rows))
		if r.IntN(50) == 0 {
			now = max(now-r.Int64N(30*week), 0)
		}
		for joined[customer] > now && r.IntN(8) > 0 { // mostly somebody who has joined
			customer = r.IntN(customers)
		}
		j.customer = append(j.customer, codes[customer])
		j.number = append(j.number, uint32(customer))
		j.time = append(j.time, from+now)
	}
	return j
}

// byHand counts weekly cohorts in loops that know the job: weeks of equal length in UTC,
// customers numbered from 0.
func (j *job) byHand(workers, customers int) [jobWeeks][jobWeeks]int64 {
	type state struct {
		first int64
		weeks [3]uint64
	}
	from := j.options.From.UnixNano()
	parts := make([][]state, workers)
	parallel(workers, len(j.time), func(worker, low, high int) {
		states := make([]state, customers)
		for i := range states {
			states[i].first = math.MaxInt64
		}
		for i := low; i < high; i++ {
			s := &states[j.number[i]]
			w := (j.time[i] - from) / week
			s.first = min(s.first, w)
			s.weeks[w>>6] |= 1 << (w & 63)
		}
		parts[worker] = states
	})
	tables := make([][jobWeeks][jobWeeks]int64, workers)
	parallel(workers, customers, func(worker, low, high int) {
		cells := &tables[worker]
		for i := low; i < high; i++ {
			s := parts[0][i]
			for _, part := range parts[1:] {
				s.first = min(s.first, part[i].first)
				for k := range s.weeks {
					s.weeks[k] |= part[i].weeks[k]
				}
			}
			if s.first == math.MaxInt64 {
				continue
			}
			for k, word := range s.weeks {
				for ; word != 0; word &= word - 1 {
					cells[s.first][k<<6+bits.TrailingZeros64(word)-int(s.first)]++
				}
			}
		}
	})
	total := tables[0]
	for _, cells := range tables[1:] {
		for i := range cells {
			for k := range cells[i] {
				total[i][k] += cells[i][k]
			}
		}
	}
	return total
}

// parallel splits n things over workers.
func parallel(workers, n int, do func(worker, low, high int)) {
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			do(worker, n*worker/workers, n*(worker+1)/workers)
		}()
	}
	wait.Wait()
}

// accumulate gives blocks to an accumulator for each worker, merges them, and makes a table.
func (j *job) accumulate(tb testing.TB, workers int) *retention.Table {
	const rows = 1 << 16
	parts := make([]*retention.Accumulator, workers)
	j.options.Workers = workers
	parallel(workers, len(j.time), func(worker, low, high int) {
		a, err := retention.New(j.options)
		for ; low < high && err == nil; low += rows {
			next := min(low+rows, high)
			err = a.AddBlock(&retention.Block{Customer: j.customer[low:next], Time: j.time[low:next]})
		}
		if err != nil {
			tb.Error(err)
		}
		parts[worker] = a
	})
	for _, part := range parts[1:] {
		if err := parts[0].Merge(part); err != nil {
			tb.Fatal(err)
		}
	}
	table, err := parts[0].Table(retention.Question{})
	if err != nil {
		tb.Fatal(err)
	}
	return table
}

func TestJobEqualsLoopByHand(t *testing.T) {
	j := newJob(100_000, 7_000)
	want := j.byHand(1, 7_000)
	for _, workers := range []int{1, 3} {
		if got := j.byHand(workers, 7_000); got != want {
			t.Fatalf("by hand, %d workers differ from one", workers)
		}
		for cohort, c := range j.accumulate(t, workers).Cohorts {
			for k, cell := range c.Cells {
				if cell.Count != want[cohort][k] {
					t.Fatalf("%d workers: cohort %d, period %d: %d, want %d", workers, cohort, k, cell.Count, want[cohort][k])
				}
			}
		}
	}
}

// BenchmarkRatios does the job with an accumulator and, in turns, by hand; x-by-hand is the
// ratio of both times.
func BenchmarkRatios(b *testing.B) {
	j := newJob(jobRows, jobCustomers)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			var ours, hands time.Duration
			for b.Loop() {
				start := time.Now()
				j.accumulate(b, workers)
				middle := time.Now()
				j.byHand(workers, jobCustomers)
				ours += middle.Sub(start)
				hands += time.Since(middle)
			}
			rows := float64(b.N) * jobRows
			b.ReportMetric(float64(ours)/rows, "ns/row")
			b.ReportMetric(float64(hands)/rows, "ns/row-by-hand")
			b.ReportMetric(float64(ours)/float64(hands), "x-by-hand")
		})
	}
}

// BenchmarkAdd is the event surface: one event at a time, keys interned.
func BenchmarkAdd(b *testing.B) {
	r := newRand(2)
	from := time.Date(2022, 1, 3, 0, 0, 0, 0, time.UTC)
	events := make([]event.Event, 1<<16)
	for i := range events {
		events[i] = event.Event{Name: "opened", ID: strconv.Itoa(i), UserID: "customer " + strconv.Itoa(r.IntN(10_000)), Time: from.Add(time.Duration(r.Int64N(jobWeeks * week)))}
	}
	for _, o := range []retention.Options{
		{From: from, Buckets: jobWeeks, Unit: retention.Week},
		{From: from, Buckets: jobWeeks, Unit: retention.Week, Clock: retention.ByElapsed},
		{From: from, Buckets: jobWeeks, Unit: retention.Week, MinReturns: 2},
	} {
		b.Run(fmt.Sprintf("%s,returns=%d", o.Clock, o.MinReturns), func(b *testing.B) {
			a, err := retention.New(o)
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				a.Add(&events[i&(1<<16-1)])
			}
		})
	}
}

// BenchmarkModes gives a million rows of 70,000 customers to accumulators of each kind of
// state, and makes a table.
func BenchmarkModes(b *testing.B) {
	const rows, customers = 1_000_000, 70_000
	j := newJob(rows, customers)
	values, euros := make([]int64, rows), make([]metric.Currency, rows)
	for i := range values {
		values[i], euros[i] = int64(i%10_000), currency("EUR")
	}
	for _, mode := range []struct {
		name  string
		alter func(*retention.Options)
	}{
		{"first", func(*retention.Options) {}},
		{"recurring", func(o *retention.Options) { o.Recurring = true }},
		{"elapsed", func(o *retention.Options) { o.Clock = retention.ByElapsed }},
		{"civil", func(o *retention.Options) { o.Clock = retention.ByCivil }},
		{"money", func(o *retention.Options) { o.Value, o.Money = "amount", true }},
	} {
		b.Run(mode.name, func(b *testing.B) {
			o := j.options
			mode.alter(&o)
			block := &retention.Block{Customer: j.customer, Time: j.time}
			if o.Money {
				block.Value, block.Currency = values, euros
			}
			for b.Loop() {
				a, err := retention.New(o)
				if err == nil {
					err = a.AddBlock(block)
				}
				if err == nil {
					_, err = a.Table(retention.Question{})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/rows, "ns/row")
		})
	}
}
