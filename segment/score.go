package segment

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// Record is the recency, frequency and monetary value of a customer.
type Record struct {
	Customer  event.Code
	Recency   int64 // days since the last order
	Frequency int64 // orders
	Monetary  int64 // minor units, of one currency for all
}

// Records returns a record of each customer, by code, as seen on the day of at in the zone of the
// log. The error is a [metric.ErrInput] when some order came after that day, [metric.MixedCurrency] when what
// customers paid is not all of one currency, and [metric.OutOfDomain] when a sum takes more
// than 64 bits.
func Records(t *purchase.Totals, at time.Time) ([]Record, error) {
	end := t.Day(at)
	records := make([]Record, 0, t.Len())
	if !t.OneCurrency() {
		return nil, metric.MixedCurrency
	}
	for b := range event.Buckets {
		part := t.Bucket(uint8(b))
		for i := range part {
			c := &part[i]
			money, ok := c.Units()
			switch {
			case c.LastDate > end:
				return nil, intake.Errorf("Records", "customer %q has orders after %s", t.Key(c), end)
			case !ok:
				return nil, &metric.Error{Input: fmt.Sprintf("customer %q", t.Key(c)), Reason: metric.OutOfDomain}
			}
			records = append(records, Record{c.Customer, int64(end - c.LastDate), c.Orders, money})
		}
	}
	return records, nil
}

// Method is how a [Scale] finds the lower bounds of its scores.
type Method uint8

// The methods. None of them gives equal values different scores.
const (
	// Quantiles puts a bound behind each quantile of the values: those of at most the first
	// quintile get the lowest of five scores. Quantiles are interpolated as by R's default,
	// type 7, which is also that of NumPy; the rule is that of pandas' qcut.
	Quantiles Method = iota

	// Rank gives a value the score 1 + floor(bins * less / n), where less of the n values are
	// smaller. Where all values differ, it gives each score to equally many, or one more.
	Rank

	// Fixed takes the bounds that Edges say.
	Fixed
)

// Scale says how the values of one dimension are scored, from 1 to the number of bins.
type Scale struct {
	Method Method
	Bins   int // 5 by default; of Fixed it is one more than there are Edges

	// Edges are the least values of the scores from 2 on, in ascending order. For recency,
	// where less is better, they still ascend: the last bin gets the lowest score.
	Edges []int64

	// Above, if not zero, has Quantiles put each bound a step above the quantile: values of
	// at least the quantile plus Above get the next score. R's rfm does so with 1, in days,
	// orders and major units of money.
	Above int64

	// Compress leaves out scores that nobody gets for want of different values, so that the
	// others follow each other from 1, as qcut does with duplicates="drop". By default scores
	// keep their meaning and some may have nobody.
	Compress bool
}

// maxBins is the largest number of scores.
const maxBins = 100

func (s Scale) bins() int {
	switch {
	case s.Method == Fixed:
		return len(s.Edges) + 1
	case s.Bins == 0:
		return 5
	}
	return s.Bins
}

func (s Scale) check(name string) error {
	input := "segment.ScoreOptions." + name
	switch {
	case s.Method > Fixed:
		return intake.Errorf(input, "method %d is unknown", s.Method)
	case s.Method == Fixed && len(s.Edges) == 0:
		return intake.Errorf(input, "there are no edges")
	case s.Method == Fixed && s.Bins != 0 && s.Bins != s.bins():
		return intake.Errorf(input, "%d bins, and %d edges", s.Bins, len(s.Edges))
	case s.Method != Fixed && len(s.Edges) > 0:
		return intake.Errorf(input, "edges are for Fixed only")
	case s.bins() < 1 || s.bins() > maxBins:
		return intake.Errorf(input, "%d bins, want 1 to %d", s.bins(), maxBins)
	case s.Above < 0 || s.Above != 0 && s.Method != Quantiles:
		return intake.Errorf(input, "a step of %d", s.Above)
	}
	for i := 1; i < len(s.Edges); i++ {
		if s.Edges[i] <= s.Edges[i-1] {
			return intake.Errorf(input, "edge %d is not above %d", s.Edges[i], s.Edges[i-1])
		}
	}
	return nil
}

// bounds returns the least values of the scores from 2 on, for values that are sorted.
func (s Scale) bounds(sorted []int64) []int64 {
	var bounds []int64
	switch n := len(sorted); {
	case s.Method == Fixed:
		bounds = slices.Clone(s.Edges)
	case n == 0:
		return nil
	case s.Method == Rank:
		bounds = rankBounds(sorted, s.bins())
	default:
		for k := 1; k < s.bins(); k++ {
			bounds = append(bounds, quantileBound(sorted, k, s.bins(), s.Above))
		}
	}
	if s.Compress {
		bounds = slices.Compact(bounds)
		bounds = slices.DeleteFunc(bounds, func(b int64) bool { return len(sorted) > 0 && (b <= sorted[0] || b > sorted[len(sorted)-1]) })
	}
	return bounds
}

// sortValues sorts. Days and orders lie in a range that is small against their number, so
// that counting is faster.
func sortValues(values []int64) {
	if len(values) == 0 {
		return
	}
	least, most := slices.Min(values), slices.Max(values)
	if span := uint64(most) - uint64(least); span > uint64(len(values)) {
		slices.Sort(values)
		return
	}
	counts := make([]int, most-least+1)
	for _, v := range values {
		counts[v-least]++
	}
	next := 0
	for i, n := range counts {
		for range n {
			values[next] = least + int64(i)
			next++
		}
	}
}

// rankBounds returns the least values of the scores from 2 on; math.MaxInt64 where there is
// none, which no value reaches that has a smaller one below it.
func rankBounds(sorted []int64, bins int) []int64 {
	bounds := make([]int64, bins-1)
	next := 0
	for i := 0; i < len(sorted) && next < len(bounds); i++ {
		if i > 0 && sorted[i] == sorted[i-1] {
			continue
		}
		for ; next < len(bounds) && i*bins/len(sorted) >= next+1; next++ {
			bounds[next] = sorted[i]
		}
	}
	for ; next < len(bounds); next++ {
		bounds[next] = math.MaxInt64
	}
	return bounds
}

// quantileBound returns the least integer that is above the quantile k/bins, or not below it
// plus a step, if there is one. The quantile lies between two values x and y, at
//
//	x + (y - x) * r / bins, where j = (n-1)*k / bins, r = (n-1)*k mod bins, x = sorted[j]
func quantileBound(sorted []int64, k, bins int, above int64) int64 {
	j, r := (len(sorted)-1)*k/bins, (len(sorted)-1)*k%bins
	x, y := sorted[j], sorted[min(j+1, len(sorted)-1)]
	q := new(big.Int).Sub(big.NewInt(y), big.NewInt(x))
	q.Mul(q, big.NewInt(int64(r)))
	whole, rest := q.QuoRem(q, big.NewInt(int64(bins)), new(big.Int)) // y >= x
	bound := whole.Add(whole, big.NewInt(x))
	if above == 0 || rest.Sign() > 0 {
		bound.Add(bound, big.NewInt(1))
	}
	bound.Add(bound, big.NewInt(above))
	if !bound.IsInt64() {
		return math.MaxInt64
	}
	return bound.Int64()
}

// scoreOf returns the number of bounds that a value reaches, plus one.
func scoreOf(value int64, bounds []int64) uint8 {
	n := uint8(1)
	for _, b := range bounds {
		if value >= b && b != math.MaxInt64 {
			n++
		}
	}
	return n
}

// ScoreOptions are the rules of [Score]. The zero value is quintiles in each dimension.
type ScoreOptions struct {
	Recency, Frequency, Monetary Scale

	// Weights of the three in a weighted score; all 0 stands for all 1.
	Weights Weights

	Workers int // goroutines that the scoring may use; 0 and 1 mean none besides the caller's
}

// Weights of recency, frequency and monetary value.
type Weights struct{ R, F, M int64 }

// Scores are the three scores of a customer. The highest is the best in each: the latest, the
// most, the dearest.
type Scores struct{ R, F, M uint8 }

// String returns the scores as "5-3-4".
func (s Scores) String() string { return fmt.Sprintf("%d-%d-%d", s.R, s.F, s.M) }

// RFM has the scores of a number of records.
type RFM struct {
	Records []Record
	Scores  []Scores // of each record

	// RecencyBounds and the others are the least values of the bins from the second on.
	RecencyBounds, FrequencyBounds, MonetaryBounds []int64

	weights Weights
}

// Score scores records, which it keeps and does not change. The error is a
// [metric.ErrInput] that names the option.
func Score(records []Record, o ScoreOptions) (*RFM, error) {
	scales := [3]Scale{o.Recency, o.Frequency, o.Monetary}
	for i, name := range []string{"Recency", "Frequency", "Monetary"} {
		if err := scales[i].check(name); err != nil {
			return nil, err
		}
	}
	w := o.Weights
	if w == (Weights{}) {
		w = Weights{1, 1, 1}
	}
	const most = 1 << 31
	if w.R < 0 || w.F < 0 || w.M < 0 || max(w.R, w.F, w.M) > most {
		return nil, intake.Errorf("ScoreOptions.Weights", "%d, %d, %d: want 0 to %d", w.R, w.F, w.M, int64(most))
	}
	r := &RFM{Records: records, Scores: make([]Scores, len(records)), weights: w}
	of := [3]func(*Record) int64{
		func(x *Record) int64 { return x.Recency },
		func(x *Record) int64 { return x.Frequency },
		func(x *Record) int64 { return x.Monetary },
	}
	var bounds [3][]int64
	shard.Each(o.Workers, func(_ int, i uint8) {
		if int(i) >= len(scales) {
			return
		}
		if scales[i].Method == Fixed && !scales[i].Compress {
			bounds[i] = scales[i].bounds(nil)
			return
		}
		values := make([]int64, len(records))
		for j := range records {
			values[j] = of[i](&records[j])
		}
		sortValues(values)
		bounds[i] = scales[i].bounds(values)
	})
	r.RecencyBounds, r.FrequencyBounds, r.MonetaryBounds = bounds[0], bounds[1], bounds[2]
	best := uint8(len(bounds[0]) + 1)
	if !scales[0].Compress {
		best = uint8(scales[0].bins())
	}
	for i := range records {
		x := &records[i]
		r.Scores[i] = Scores{
			R: best + 1 - scoreOf(x.Recency, bounds[0]),
			F: scoreOf(x.Frequency, bounds[1]),
			M: scoreOf(x.Monetary, bounds[2]),
		}
	}
	return r, nil
}

// Weighted returns the weighted mean of the scores of record i, rounded to 28 places:
//
//	(R*wR + F*wF + M*wM) / (wR + wF + wM)
func (r *RFM) Weighted(i int) (metric.Number, error) {
	s, w := r.Scores[i], r.weights
	d, ok := exact.Ratio(int64(s.R)*w.R+int64(s.F)*w.F+int64(s.M)*w.M, w.R+w.F+w.M, 28, exact.HalfAwayFromZero)
	if !ok {
		return metric.Number{}, metric.ZeroDenominator
	}
	return metric.NewNumber(d)
}

// Label gives each customer the name that a map has for the scores. Keys are those that gave
// the codes of the records. The error is a [metric.ErrInput] that says what is wrong with the
// map, see [Map.Check].
func (r *RFM) Label(m Map, keys *event.Keys) (*Labels, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	l := newLabels(keys, m.names()...)
	for i := range r.Records {
		if name := m.Of(r.Scores[i]); name != "" {
			l.set(r.Records[i].Customer, l.name(name))
		}
	}
	return l, nil
}
