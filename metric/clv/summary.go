package clv

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
)

// Summary is what the models need to know of one customer: the history of purchases from the
// first one to the day of the analysis.
//
// Times are from the first purchase, in Unit. Purchases that a house counts as one, such as
// those of one day, must be one here. The Summary of package purchase makes them so by default,
// without SummaryOptions.IncludeFirst and SinceLast, and [SummaryOf] reads it.
// Monetary may be in any unit, such as dollars, that is the same for all customers.
type Summary struct {
	Unit      Unit    // of Recency and Age
	Frequency int     // repeat purchases: all but the first
	Recency   float64 // time of the last purchase; 0 if there is none but the first
	Age       float64 // time of the analysis, not before Recency
	Monetary  float64 // mean value of a repeat purchase; 0 if there is none or it is unknown
}

// maxFrequency bounds the work that one row may ask for.
const maxFrequency = 1_000_000

// in returns the summary in units of u, or an error that names what is wrong with it.
func (c Summary) in(u Unit) (Summary, error) {
	if err := c.Unit.check(); err != nil {
		return c, err
	}
	c.Recency, c.Age, c.Unit = convert(c.Recency, c.Unit, u), convert(c.Age, c.Unit, u), u
	switch {
	case c.Frequency < 0 || c.Frequency > maxFrequency:
		return c, badInput("frequency", "%d repeat purchases, want 0 to %d", c.Frequency, maxFrequency)
	case !(c.Age >= 0 && c.Age <= largest):
		return c, badInput("age", "%g is not within 0 and %g", c.Age, largest)
	case !(c.Recency >= 0 && c.Recency <= c.Age):
		return c, badInput("recency", "%g is not within 0 and the age of %g", c.Recency, c.Age)
	case c.Frequency == 0 && c.Recency != 0:
		return c, badInput("recency", "%g without a repeat purchase", c.Recency)
	case c.Frequency > 0 && c.Recency < smallest:
		return c, badInput("recency", "%g with %d repeat purchases, which were then not after the first", c.Recency, c.Frequency)
	case !(math.Abs(c.Monetary) <= 1e34):
		return c, badInput("monetary", "%g is beyond 1e34", c.Monetary)
	case c.Frequency == 0 && c.Monetary != 0:
		return c, badInput("monetary", "%g is the mean of no repeat purchase", c.Monetary)
	}
	c.Recency, c.Age, c.Monetary = c.Recency+0, c.Age+0, c.Monetary+0 // no negative zero
	return c, nil
}

// Sample is a set of customers in one unit of time. Equal summaries are kept once, with
// their number, so that it grows with the distinct ones. It is not for concurrent use while
// summaries are added.
type Sample struct {
	unit       Unit
	covariates []string
	buys       map[buying]int64
	spends     map[spending]int64
	patterns   [][]float64 // distinct values of the covariates
	byPattern  map[string]int32
	customers  int64
	repeaters  int64
}

// buying is what the models of purchases need of a customer, spending what those of their
// value do.
type buying struct {
	pattern      int32
	frequency    int
	recency, age float64
}

type spending struct {
	frequency int
	monetary  float64
}

// NewSample returns an empty sample. The covariates are the names of what is known of every
// customer besides the history; they may be none.
func NewSample(unit Unit, covariates ...string) (*Sample, error) {
	if err := unit.check(); err != nil {
		return nil, err
	}
	for i, name := range covariates {
		if name == "" || slices.Contains(covariates[:i], name) {
			return nil, badInput("covariate", "the name %.40q is empty or given twice", name)
		}
	}
	return &Sample{
		unit: unit, covariates: slices.Clone(covariates),
		buys: map[buying]int64{}, spends: map[spending]int64{}, byPattern: map[string]int32{},
	}, nil
}

// Add adds a customer, with the values of the covariates in the order of their names. The
// summary is converted to the unit of the sample. An error leaves the sample as it was.
func (s *Sample) Add(c Summary, covariates ...float64) error { return s.AddN(1, c, covariates...) }

// AddN adds n customers with equal summaries.
func (s *Sample) AddN(n int64, c Summary, covariates ...float64) error {
	if n < 0 || n > math.MaxInt64-s.customers {
		return badInput("customers", "%d is negative or too many", n)
	}
	c, err := c.in(s.unit)
	if err != nil {
		return err
	}
	if len(covariates) != len(s.covariates) {
		return badInput("covariates", "%d values for %d names", len(covariates), len(s.covariates))
	}
	for i, z := range covariates {
		if !(math.Abs(z) <= 1e6) {
			return badInput(s.covariates[i], "%g is beyond 1e6", z)
		}
	}
	if n == 0 {
		return nil
	}
	s.buys[buying{s.pattern(covariates), c.Frequency, c.Recency, c.Age}] += n
	s.customers += n
	if c.Frequency > 0 {
		s.spends[spending{c.Frequency, c.Monetary}] += n
		s.repeaters += n
	}
	return nil
}

// AddAll adds customers of a sample without covariates. It stops at the first one that is an
// error; those before it stay added.
func (s *Sample) AddAll(customers iter.Seq[Summary]) error {
	for c := range customers {
		if err := s.Add(c); err != nil {
			return err
		}
	}
	return nil
}

// pattern returns the code of the values.
func (s *Sample) pattern(values []float64) int32 {
	if len(values) == 0 && len(s.patterns) == 1 {
		return 0
	}
	key := make([]byte, 0, 64)
	for _, z := range values {
		key = binary.BigEndian.AppendUint64(key, math.Float64bits(z+0))
	}
	code, ok := s.byPattern[string(key)]
	if !ok {
		code = int32(len(s.patterns))
		s.byPattern[string(key)] = code
		s.patterns = append(s.patterns, slices.Clone(values))
	}
	return code
}

// Unit returns the unit of time.
func (s *Sample) Unit() Unit { return s.unit }

// Customers returns the number of customers.
func (s *Sample) Customers() int64 { return s.customers }

// Repeaters returns the number of customers with a repeat purchase.
func (s *Sample) Repeaters() int64 { return s.repeaters }

// Distinct returns the number of distinct histories, without regard to spend.
func (s *Sample) Distinct() int { return len(s.buys) }

// SpendCorrelation returns Pearson's correlation of the number of repeat purchases and their
// mean value among the customers with a repeat purchase of a value above zero. [GammaGamma]
// assumes that there is none.
func (s *Sample) SpendCorrelation() (float64, error) {
	rows, _ := s.spending()
	var n, mx, mm float64
	for _, c := range rows {
		n += c.n
		mx += c.n * float64(c.x)
		mm += c.n * c.m
	}
	if n < 2 {
		return 0, undefined("spend correlation", metric.InsufficientHistory, "%g repeat customers with a spend", n)
	}
	mx, mm = mx/n, mm/n
	var xx, xm, mmm float64
	for _, c := range rows {
		dx, dm := float64(c.x)-mx, c.m-mm
		xx += c.n * dx * dx
		xm += c.n * dx * dm
		mmm += c.n * dm * dm
	}
	if xx == 0 || mmm == 0 {
		return 0, undefined("spend correlation", metric.ZeroDenominator, "all customers are alike")
	}
	return finite("spend correlation", xm/math.Sqrt(xx)/math.Sqrt(mmm))
}

// cell is a number of customers with one history.
type cell struct {
	n      float64
	t, age float64 // recency and age
	x, xi  int     // frequency, and its position in the group's frequencies
}

// group are the customers with one pattern of covariates.
type group struct {
	z     []float64
	xs    []int // distinct frequencies, ascending
	cells []cell
}

// groups returns the customers in an order that does not depend on that of their arrival. If
// pooled is set, covariates are left out of account.
func (s *Sample) groups(pooled bool) []group {
	keys := make([]buying, 0, len(s.buys))
	for k := range s.buys {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b buying) int {
		if !pooled && a.pattern != b.pattern {
			return slices.Compare(s.patterns[a.pattern], s.patterns[b.pattern])
		}
		return cmp.Or(cmp.Compare(a.frequency, b.frequency), cmp.Compare(a.recency, b.recency), cmp.Compare(a.age, b.age),
			slices.Compare(s.patterns[a.pattern], s.patterns[b.pattern]))
	})
	var out []group
	for i, k := range keys {
		if i == 0 || !pooled && k.pattern != keys[i-1].pattern {
			out = append(out, group{})
			if !pooled {
				out[len(out)-1].z = s.patterns[k.pattern]
			}
		}
		g := &out[len(out)-1]
		if len(g.xs) == 0 || g.xs[len(g.xs)-1] != k.frequency {
			g.xs = append(g.xs, k.frequency)
		}
		g.cells = append(g.cells, cell{n: float64(s.buys[k]), t: k.recency, age: k.age, x: k.frequency, xi: len(g.xs) - 1})
	}
	return out
}

// spendCell is a number of customers with one frequency and mean value.
type spendCell struct {
	n, m float64
	x    int
}

// spending returns the repeat customers whose mean value is above zero, in a fixed order,
// and the number of the others.
func (s *Sample) spending() (rows []spendCell, excluded int64) {
	rows = make([]spendCell, 0, len(s.spends))
	for k, n := range s.spends {
		if k.monetary > 0 {
			rows = append(rows, spendCell{n: float64(n), m: k.monetary, x: k.frequency})
		} else {
			excluded += n
		}
	}
	slices.SortFunc(rows, func(a, b spendCell) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.m, b.m)) })
	return rows, excluded
}

// means returns the mean frequency and age of the customers.
func means(groups []group) (frequency, age float64) {
	var n float64
	for _, g := range groups {
		for _, c := range g.cells {
			n += c.n
			frequency += c.n * float64(c.x)
			age += c.n * c.age
		}
	}
	return frequency / n, age / n
}
