package segment

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// Measure is a number that customers of a cell add up to: margin to date, predicted value,
// cost of acquisition, days between orders. What a customer has of it is a whole number of
// units of 10^-Scale.
type Measure struct {
	Name  string
	Scale uint8 // up to 18
}

// The usual measures of a lifecycle grid. What the published grids call CLV to date is the
// margin; a predicted value is kept apart from it.
const (
	Margin    = "margin"    // to date
	Predicted = "predicted" // value to come, from a model
	CAC       = "cac"       // cost of acquisition
)

// GridOptions are the rules of a [Grid].
type GridOptions struct {
	Frequency Axis // of orders to date; [LifecycleFrequency] by default
	Recency   Axis // of days since the last order; [LifecycleRecency] by default
	Measures  []Measure
}

// Grid crosses frequency with recency and keeps for each cell, and each group of customers in
// it, how many there are and what they add up to. Sums are exact, and quotients are worked out
// at the end, so that grids can be merged.
type Grid struct {
	options GridOptions
	groups  map[string][]tally
}

type tally struct {
	customers int64
	sums      []exact.Lane
}

// NewGrid returns an empty grid. The error is a [metric.ErrInput] that names the option.
func NewGrid(o GridOptions) (*Grid, error) {
	if o.Frequency == nil {
		o.Frequency = LifecycleFrequency()
	}
	if o.Recency == nil {
		o.Recency = LifecycleRecency()
	}
	if err := firstError(o.Frequency.check("segment.GridOptions.Frequency", 1), o.Recency.check("segment.GridOptions.Recency", 0)); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, m := range o.Measures {
		if m.Name == "" || seen[m.Name] || m.Scale > 18 {
			return nil, intake.Errorf("GridOptions.Measures", "%q with a scale of %d: names are different and not empty, scales at most 18", m.Name, m.Scale)
		}
		seen[m.Name] = true
	}
	o.Frequency, o.Recency, o.Measures = slices.Clone(o.Frequency), slices.Clone(o.Recency), slices.Clone(o.Measures)
	return &Grid{options: o, groups: make(map[string][]tally)}, nil
}

// Options returns the rules, with their defaults filled in.
func (g *Grid) Options() GridOptions { return g.options }

// Add adds a customer: of a group, such as a cohort or a channel, or "" for none, with a value
// for each measure. The error is a [metric.ErrInput] for numbers in no bin and for too few or
// too many values.
func (g *Grid) Add(group string, orders, days int64, values ...int64) error {
	f, r := g.options.Frequency.bin(orders), g.options.Recency.bin(days)
	if f < 0 || r < 0 {
		return intake.Errorf("Grid.Add", "%d orders, the last %d days ago, are in no bin", orders, days)
	}
	if len(values) != len(g.options.Measures) {
		return intake.Errorf("Grid.Add", "%d values for %d measures", len(values), len(g.options.Measures))
	}
	t := &g.group(group)[f*len(g.options.Recency)+r]
	t.customers++
	for i, v := range values {
		t.sums[i].Add(v)
	}
	return nil
}

func (g *Grid) group(name string) []tally {
	cells := g.groups[name]
	if cells == nil {
		cells = g.empty()
		g.groups[name] = cells
	}
	return cells
}

func (g *Grid) empty() []tally {
	cells := make([]tally, len(g.options.Frequency)*len(g.options.Recency))
	for i := range cells {
		cells[i].sums = make([]exact.Lane, len(g.options.Measures))
	}
	return cells
}

// AddTotals adds the customers of totals, as seen on the day of at in the zone of the log. Of, which may be nil when
// there are no measures, gives the group and the values of a customer.
func (g *Grid) AddTotals(t *purchase.Totals, at time.Time, of func(key string, c *purchase.Total) (group string, values []int64)) error {
	return eachSince(t, at, func(c *purchase.Total, days int64) error {
		group, values := "", []int64(nil)
		if of != nil {
			group, values = of(t.Key(c), c)
		}
		return g.Add(group, c.Orders, days, values...)
	})
}

// Merge adds the customers of o. The error is a [metric.ErrInput] when the options differ.
func (g *Grid) Merge(o *Grid) error {
	if !slices.Equal(g.options.Frequency, o.options.Frequency) || !slices.Equal(g.options.Recency, o.options.Recency) ||
		!slices.Equal(g.options.Measures, o.options.Measures) {
		return intake.Errorf("Grid.Merge", "the options differ")
	}
	for name, cells := range o.groups {
		merge(g.group(name), cells)
	}
	return nil
}

func merge(to, from []tally) {
	for i := range from {
		to[i].customers += from[i].customers
		for j := range from[i].sums {
			to[i].sums[j].AddLane(from[i].sums[j])
		}
	}
}

// Groups returns the names of the groups, sorted.
func (g *Grid) Groups() []string { return slices.Sorted(maps.Keys(g.groups)) }

// Cell returns a cell, by the positions of its bins, of a group. Positions that are none give
// an empty cell.
func (g *Grid) Cell(group string, frequency, recency int) Cell {
	return g.cell(g.groups[group], frequency, recency)
}

// All returns a cell of all groups together.
func (g *Grid) All(frequency, recency int) Cell { return g.cell(g.together(), frequency, recency) }

func (g *Grid) together() []tally {
	cells := g.empty()
	for _, part := range g.groups {
		merge(cells, part)
	}
	return cells
}

func (g *Grid) cell(cells []tally, f, r int) Cell {
	if f < 0 || r < 0 || f >= len(g.options.Frequency) || r >= len(g.options.Recency) || cells == nil {
		return Cell{grid: g, tally: tally{sums: make([]exact.Lane, len(g.options.Measures))}}
	}
	return Cell{grid: g, tally: cells[f*len(g.options.Recency)+r]}
}

// Total returns all cells of a group together, or of all groups if there is no name.
func (g *Grid) Total(groups ...string) Cell {
	if len(groups) == 0 {
		groups = g.Groups()
	}
	sum := tally{sums: make([]exact.Lane, len(g.options.Measures))}
	for _, name := range groups {
		for _, t := range g.groups[name] {
			sum.customers += t.customers
			for j := range t.sums {
				sum.sums[j].AddLane(t.sums[j])
			}
		}
	}
	return Cell{grid: g, tally: sum}
}

// Cell is what the customers of one cell come to.
type Cell struct {
	grid  *Grid
	tally tally
}

// Customers returns their number.
func (c Cell) Customers() metric.Count { return metric.Count(c.tally.customers) }

func (c Cell) measure(name string) (exact.Fraction, error) {
	i := slices.IndexFunc(c.grid.options.Measures, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		return exact.Fraction{}, intake.Errorf("GridOptions.Measures", "there is no measure %q", name)
	}
	return exact.FromDecimal(c.tally.sums[i].Decimal(c.grid.options.Measures[i].Scale)), nil
}

// Sum returns the sum of a measure.
func (c Cell) Sum(measure string) (metric.Number, error) {
	f, err := c.measure(measure)
	if err != nil {
		return metric.Number{}, err
	}
	return metric.NewNumber(f.Round(places, exact.HalfAwayFromZero))
}

// Mean returns a measure per customer. It is [metric.EmptyPopulation] for an empty cell.
func (c Cell) Mean(measure string) (metric.Number, error) {
	f, err := c.measure(measure)
	if err != nil {
		return metric.Number{}, err
	}
	q, ok := f.Quo(exact.FromInt64(c.tally.customers))
	if !ok {
		return metric.Number{}, metric.EmptyPopulation
	}
	return metric.NewNumber(q.Round(places, exact.HalfAwayFromZero))
}

// Ratio returns the sum of one measure over that of another, as of margin over the cost of
// acquisition: a cell below 100% has not paid back yet. It is [metric.EmptyPopulation] for an
// empty cell and [metric.ZeroDenominator] if the other sum is zero.
func (c Cell) Ratio(measure, over string) (metric.Ratio, error) {
	f, err := c.measure(measure)
	if err != nil {
		return metric.Ratio{}, err
	}
	g, err := c.measure(over)
	if err != nil {
		return metric.Ratio{}, err
	}
	if c.tally.customers == 0 {
		return metric.Ratio{}, metric.EmptyPopulation
	}
	q, ok := f.Quo(g)
	if !ok {
		return metric.Ratio{}, metric.ZeroDenominator
	}
	return metric.NewRatio(q.Round(places, exact.HalfAwayFromZero))
}

// places is how far quotients are worked out.
const places = 28

// String describes the options.
func (o GridOptions) String() string {
	text := strings.Join(o.Frequency.Names(), ", ") + " orders by " + strings.Join(o.Recency.Names(), ", ") + " days"
	for _, m := range o.Measures {
		text += ", " + m.Name
	}
	return text
}
