package purchase

import (
	"math/big"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Gaps are the days between one purchase day of a customer and the next, of all customers.
type Gaps struct {
	N       int64    // gaps
	Sum     *big.Int // of their days
	Squares *big.Int // sum of the squares
}

// Gaps returns the gaps between purchase days up to the day of end, which counts in full; the
// zero end is of all. The error is [metric.InsufficientHistory] from a log of [KeepTotals].
func (l *Log) Gaps(end time.Time) (Gaps, error) {
	if l.totals != nil {
		return Gaps{}, undefined(metric.InsufficientHistory, "the log keeps totals only, and gaps need days")
	}
	last := l.lastDate(end)
	type part struct {
		n            int64
		sum, squares exact.Lane
	}
	var parts [event.Buckets]part
	l.each([2]Date{last, last}, func(r *reader, bucket uint8) {
		p := &parts[bucket]
		r.customers(bucket, func(_ event.Code, rows [2][]history.Row[sum]) {
			before, some := Date(0), false
			for i := range rows[0] {
				day := r.days.date(rows[0][i].At)
				if rows[0][i].P.N == 0 || day > last {
					continue
				}
				if some && day != before {
					gap := int64(day - before)
					p.n++
					p.sum.Add(gap)
					p.squares.Add(gap * gap)
				}
				before, some = day, true
			}
		})
	})
	var all part
	for i := range parts {
		all.n += parts[i].n
		all.sum.AddLane(parts[i].sum)
		all.squares.AddLane(parts[i].squares)
	}
	return Gaps{N: all.n, Sum: all.sum.Big(), Squares: all.squares.Big()}, nil
}
