package funnel_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// benchRows is the number of rows of the benchmarks, 2 million unless the environment says
// otherwise: BENCH_ROWS=10000000.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_ROWS")); err == nil {
		return n
	}
	return 2_000_000
}

// columns are events of n/14 customers in a year, mostly in order of time: 2 in 100 are late.
func benchColumns(n int) (keys *event.Keys, b *funnel.Block) {
	r := rand.New(rand.NewPCG(1, 1))
	keys = new(event.Keys)
	customers := make([]event.Code, max(n/14, 1))
	for i := range customers {
		customers[i] = keys.Code(fmt.Sprint("customer-", i))
	}
	b = &funnel.Block{Customer: make([]event.Code, n), Time: make([]int64, n), Step: make([]uint8, n)}
	const year = int64(365 * 24 * time.Hour)
	for i := range n {
		b.Customer[i] = customers[r.IntN(len(customers))]
		at := year / int64(n) * int64(i)
		if r.IntN(50) == 0 {
			at = max(0, at-r.Int64N(int64(72*time.Hour)))
		}
		b.Time[i] = epoch.UnixNano() + at
		b.Step[i] = [8]uint8{1, 1, 1, 2, 2, 3, 3, 4}[r.IntN(8)]
	}
	return keys, b
}

// byHand counts the customers by level with a loop written for this one question: ordered, in
// a window, an event for a step.
func byHand(b *funnel.Block, keys *event.Keys, steps int, window int64, workers int) []int64 {
	type row struct {
		at       int64
		customer uint32
		step     uint8
	}
	var sizes [event.Buckets + 1]int
	for _, c := range b.Customer {
		sizes[int(c.Bucket())+1]++
	}
	for i := range event.Buckets {
		sizes[i+1] += sizes[i]
	}
	rows := make([]row, len(b.Customer))
	next := sizes
	for i, c := range b.Customer {
		rows[next[c.Bucket()]] = row{b.Time[i], uint32(c.Position()), b.Step[i]}
		next[c.Bucket()]++
	}
	var levels [event.Buckets][]int64
	type room struct {
		starts []int
		rows   []row
	}
	rooms := make([]room, max(workers, 1))
	shard.Each(workers, func(worker int, bucket uint8) {
		part := rows[sizes[bucket]:sizes[int(bucket)+1]]
		m := &rooms[worker]
		customers := keys.LenBucket(bucket)
		m.starts = slices.Grow(m.starts[:0], customers+2)[:customers+2]
		clear(m.starts)
		for i := range part {
			m.starts[part[i].customer+2]++
		}
		for i := 2; i < len(m.starts); i++ {
			m.starts[i] += m.starts[i-1]
		}
		m.rows = slices.Grow(m.rows[:0], len(part))[:len(part)]
		for i := range part {
			at := &m.starts[part[i].customer+1]
			m.rows[*at] = part[i]
			*at++
		}
		count := make([]int64, steps+1)
		for c := range customers {
			run := m.rows[m.starts[c]:m.starts[c+1]]
			for i := 1; i < len(run); i++ {
				x := run[i]
				j := i
				for ; j > 0 && (x.at < run[j-1].at || x.at == run[j-1].at && x.step < run[j-1].step); j-- {
					run[j] = run[j-1]
				}
				run[j] = x
			}
			var start [9]int64
			for i := range start {
				start[i] = -1 << 63
			}
			level := 0
			for i := range run {
				step, at := int(run[i].step), run[i].at
				if step == 1 {
					start[1] = at
					level = max(level, 1)
				} else if s := start[step-1]; s != -1<<63 && at-s <= window {
					start[step] = s
					level = max(level, step)
				}
			}
			count[level]++
		}
		levels[bucket] = count
	})
	reached := make([]int64, steps)
	for _, count := range levels {
		for i := range reached {
			for level := i + 1; level <= steps; level++ {
				reached[i] += count[level]
			}
		}
	}
	return reached
}

// BenchmarkRatios compares an ordered funnel of four steps and a week with a loop written for
// it, in one run: from columns to counts.
func BenchmarkRatios(b *testing.B) {
	n := benchRows()
	keys, block := benchColumns(n)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			var ours, theirs, reading time.Duration
			for b.Loop() {
				began := time.Now()
				f := must(funnel.Options{Steps: steps("abcd"), Keys: keys, Workers: workers})
				if err := f.AddBlock(block); err != nil {
					b.Fatal(err)
				}
				added := time.Now()
				table := f.Table(funnel.Query{})
				ended := time.Now()
				want := byHand(block, keys, 4, int64(funnel.DefaultWindow), workers)
				theirs += time.Since(ended)
				ours += ended.Sub(began)
				reading += ended.Sub(added)
				for i, s := range table.Steps {
					if s.Reached != want[i] {
						b.Fatalf("step %d: %d, by hand %d", i+1, s.Reached, want[i])
					}
				}
			}
			rows := float64(n) * float64(b.N)
			b.ReportMetric(float64(ours)/rows, "ns/row")
			b.ReportMetric(float64(reading)/rows, "table-ns/row")
			b.ReportMetric(float64(theirs)/rows, "byhand-ns/row")
			b.ReportMetric(float64(ours)/float64(theirs), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkTable asks tables of several kinds of funnels over the same rows.
func BenchmarkTable(b *testing.B) {
	keys, block := benchColumns(benchRows() / 2)
	for name, o := range map[string]funnel.Options{
		"ordered":    {},
		"increasing": {Increasing: true},
		"strict":     {Order: funnel.Strict},
		"any":        {Order: funnel.AnyOrder},
		"every":      {Attempts: funnel.EveryEntry},
		"ties":       {TiesByStep: true},
	} {
		o.Steps, o.Keys = steps("abcd"), keys
		f := must(o)
		if err := f.AddBlock(block); err != nil {
			b.Fatal(err)
		}
		for _, times := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/times=%t", name, times), func(b *testing.B) {
				for b.Loop() {
					f.Table(funnel.Query{Times: times})
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(len(block.Time)), "ns/row")
			})
		}
	}
}

// BenchmarkAdd adds events.
func BenchmarkAdd(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 7))
	var events []event.Event
	for i := range 100_000 {
		events = append(events, event.Event{
			ID: fmt.Sprint(i), Name: string(rune('a' + r.IntN(6))), UserID: fmt.Sprint(r.IntN(8000)), Time: epoch.Add(time.Duration(i) * time.Second),
		})
	}
	for b.Loop() {
		f := must(funnel.Options{Steps: steps("abcd")})
		for i := range events {
			f.Add(&events[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(len(events)), "ns/event")
}
