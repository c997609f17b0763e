package engagement

import (
	"math/bits"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
)

// ActiveCount is the number of customers who were active in a period, each once.
type ActiveCount struct {
	Period     metric.Period
	Incomplete bool // the period has not ended
	Active     int64
}

// Active returns the active customers of each day, week, month, quarter or year.
func (a *Activity) Active(q Query) ([]ActiveCount, error) {
	g, err := a.grid(&q, 0)
	if err != nil {
		return nil, err
	}
	s := a.gaps(&a.planes[0], g, a.selection(&q), 0)
	var list []ActiveCount
	for i := g.from; i < g.to; i++ {
		p := g.periods[i]
		list = append(list, ActiveCount{p, incomplete(p, q.AsOf), s.active(i)})
	}
	return list, nil
}

// Rolling is the active customers of windows that end with each period of a series.
type Rolling struct {
	Windows []int           // lengths, in periods of the series
	Periods []metric.Period // the last of each window
	Active  [][]int64       // by window and period: customers active in the window, each once
	asOf    time.Time
	first   int     // position of Periods[0] in each
	each    []int64 // active customers of each period of the range
}

// maxWindow is the most periods that a rolling window may have.
const maxWindow = 4096

// Rolling returns the active customers over rolling windows of the given numbers of days,
// or of the unit of the query: 1, 7 and 30 give daily, weekly and monthly active customers
// for every day.
//
// A window that reaches back before the range counts who was active there too, as far as
// there were events.
func (a *Activity) Rolling(q Query, windows ...int) (*Rolling, error) {
	most := 0
	for _, n := range windows {
		if n < 1 || n > maxWindow {
			return nil, intake.Errorf("windows", "one of %d periods, want 1 to %d", n, maxWindow)
		}
		most = max(most, n-1)
	}
	if len(windows) == 0 {
		return nil, intake.Errorf("windows", "there are none")
	}
	g, err := a.grid(&q, most)
	if err != nil {
		return nil, err
	}
	s := a.gaps(&a.planes[0], g, a.selection(&q), most)
	r := &Rolling{Windows: windows, Periods: g.periods[g.from:g.to], asOf: q.AsOf, first: g.from}
	for _, n := range windows {
		counts := make([]int64, 0, g.to-g.from)
		for i := g.from; i < g.to; i++ {
			counts = append(counts, s.within(i, n))
		}
		r.Active = append(r.Active, counts)
	}
	for i := range g.periods {
		r.each = append(r.each, s.active(i))
	}
	return r, nil
}

// Incomplete reports whether the period at a position has not ended.
func (r *Rolling) Incomplete(period int) bool { return incomplete(r.Periods[period], r.asOf) }

// Ratio returns the active customers of one window over those of another that ends with the
// same period: of one day over those of 30 days, say. It is [metric.ZeroDenominator] where
// nobody was active. Period is a position in Periods, window and of are positions in Windows;
// one that is not there is a [metric.ErrInput].
func (r *Rolling) Ratio(period, window, of int) (metric.Ratio, error) {
	if err := r.check(period, window, of); err != nil {
		return metric.Ratio{}, err
	}
	return metric.RatioOf(r.Active[window][period], r.Active[of][period])
}

// Stickiness returns what share of the customers who were active in a window were active on
// an average day of it:
//
//	mean of the active customers of each day / active customers of the window
//
// It is [metric.InsufficientHistory] for a window that begins before the range, and
// [metric.ZeroDenominator] where nobody was active. Period and window are positions in
// Periods and Windows; one that is not there is a [metric.ErrInput].
func (r *Rolling) Stickiness(period, window int) (metric.Ratio, error) {
	if err := r.check(period, window); err != nil {
		return metric.Ratio{}, err
	}
	last, n := r.first+period, r.Windows[window]
	if last-n+1 < 0 {
		return metric.Ratio{}, metric.InsufficientHistory
	}
	sum := int64(0)
	for _, active := range r.each[last-n+1 : last+1] {
		sum += active
	}
	return quotient(sum, int64(n), r.Active[window][period])
}

// check reports positions that are not there.
func (r *Rolling) check(period int, windows ...int) error {
	if period < 0 || period >= len(r.Periods) {
		return intake.Errorf("period", "position %d is not among %d periods", period, len(r.Periods))
	}
	for _, w := range windows {
		if w < 0 || w >= len(r.Windows) {
			return intake.Errorf("window", "position %d is not among %d windows", w, len(r.Windows))
		}
	}
	return nil
}

// quotient returns sum / (n * each).
func quotient(sum, n, each int64) (metric.Ratio, error) {
	if each == 0 {
		return metric.Ratio{}, metric.ZeroDenominator
	}
	return metric.RatioOf(sum, n*each)
}

// Frequency says in how many of some periods customers were active, or how many features
// they used.
type Frequency struct {
	Period metric.Period // the time regarded

	// Exactly counts customers by the number: Exactly[n] had n. Those who were not active
	// at all are not among them.
	Exactly []int64
}

// Frequency returns how many customers were active on exactly n days, or in n weeks, months
// and so on, of the time of the query.
func (a *Activity) Frequency(q Query) (Frequency, error) {
	g, err := a.grid(&q, 0)
	if err != nil {
		return Frequency{}, err
	}
	f, err := newFrequency(g, g.to-g.from)
	if err != nil {
		return Frequency{}, err
	}
	if g.of == nil {
		a.countDays(&f, g, a.selection(&q))
		return f, nil
	}
	a.tallyCustomers(&q, g, f.Exactly, func(_ uint8, _ int, active []int32) int {
		n := 0
		for _, bucket := range active {
			if int(bucket) >= g.from && int(bucket) < g.to {
				n++
			}
		}
		return n
	})
	f.Exactly[0] = 0
	return f, nil
}

func newFrequency(g *grid, most int) (Frequency, error) {
	p, err := metric.Between(g.periods[g.from].Start(), g.periods[g.to-1].End())
	return Frequency{Period: p, Exactly: make([]int64, most+1)}, err
}

// countDays counts bits under a mask.
func (a *Activity) countDays(f *Frequency, g *grid, s *selection) {
	mask := bitMask(a.stride, g.from, g.to)
	parts := make([][]int64, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([]int64, len(f.Exactly))
		}
		words := a.planes[0].words[bucket]
		for position := range len(words) / a.stride {
			if s.has(bucket, position) {
				parts[worker][countMasked(words[position*a.stride:][:a.stride], mask)]++
			}
		}
	})
	sumInto(f.Exactly, parts)
	f.Exactly[0] = 0
}

// bitMask returns words in which the bits from one up to another are set.
func bitMask(words, from, to int) []uint64 {
	mask := make([]uint64, words)
	for i := from; i < to; i++ {
		mask[i>>6] |= 1 << (i & 63)
	}
	return mask
}

func countMasked(words, mask []uint64) int {
	n := 0
	for i, word := range words {
		n += bits.OnesCount64(word & mask[i])
	}
	return n
}

// tallyCustomers counts customers by the number that a function gives for each.
func (a *Activity) tallyCustomers(q *Query, g *grid, counts []int64, number func(bucket uint8, position int, active []int32) int) {
	s := a.selection(q)
	parts := make([][]int64, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([]int64, len(counts))
		}
		var room []int32
		a.each(&a.planes[0], bucket, g, s, &room, func(position, _ int, active []int32) {
			if n := number(bucket, position, active); n >= 0 {
				parts[worker][n]++
			}
		})
	})
	sumInto(counts, parts)
}

func sumInto(sum []int64, parts [][]int64) {
	for _, part := range parts {
		for i, n := range part {
			sum[i] += n
		}
	}
}

// Customers returns how many customers were active at all.
func (f Frequency) Customers() int64 {
	sum := int64(0)
	for _, n := range f.Exactly {
		sum += n
	}
	return sum
}

// AtLeast returns how many customers had n or more.
func (f Frequency) AtLeast(n int) int64 {
	sum := int64(0)
	for i := max(n, 0); i < len(f.Exactly); i++ {
		sum += f.Exactly[i]
	}
	return sum
}

// Average returns the mean number over the customers who were active. It is
// [metric.EmptyPopulation] if there are none.
func (f Frequency) Average() (metric.Number, error) {
	customers := f.Customers()
	if customers == 0 {
		return metric.Number{}, metric.EmptyPopulation
	}
	return numberOf(f.sum(), customers)
}

// Stickiness returns the average number over the greatest possible: the share of the
// customers active in the time that was active on an average day of it.
func (f Frequency) Stickiness() (metric.Ratio, error) {
	return quotient(f.sum(), int64(len(f.Exactly)-1), f.Customers())
}

func (f Frequency) sum() int64 {
	sum := int64(0)
	for i, n := range f.Exactly {
		sum += int64(i) * n
	}
	return sum
}

// Distribution returns the number of each customer. It takes 8 bytes a customer.
func (f Frequency) Distribution() (metric.Distribution[metric.Count], error) {
	units := make([]int64, 0, f.Customers())
	for i, n := range f.Exactly {
		for range n {
			units = append(units, int64(i))
		}
	}
	return metric.DistributionFromUnits[metric.Count](units, 0, metric.Currency{})
}

// numberOf returns num / den, rounded as [metric.RatioOf] does.
func numberOf(num, den int64) (metric.Number, error) {
	r, err := metric.RatioOf(num, den)
	if err != nil {
		return metric.Number{}, err
	}
	return metric.NewNumber(r.Decimal())
}
