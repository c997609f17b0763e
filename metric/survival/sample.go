package survival

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// The causes of an [Observation] that have a name.
const (
	Censored = 0 // not ended yet: still a customer, still open
	Event    = 1 // ended; further causes are 2, 3, ...
)

// Observation says over which time someone was watched, and what ended it.
type Observation struct {
	Entry  float64 // the start, exclusive; 0 from the very beginning
	Exit   float64 // the end, inclusive; above Entry, or both 0
	Cause  int     // Censored, Event, or the number of one of several causes
	Weight float64 // how many were observed alike; 0 means 1

	// Stratum numbers a group within which alone observations are compared, by [RankTest]
	// and [Sample.Cox]. Curves and distributions take all strata together.
	Stratum int
}

// Columns are observations by column. Exit decides on their number. A nil column means: Entry 0, Cause
// [Event] for all, Weight 1, Stratum 0. A weight has to be above 0.
type Columns struct {
	Entry   []float64
	Exit    []float64
	Cause   []int
	Weight  []float64
	Stratum []int
}

// row is an observation in a sample.
type row struct {
	exit, entry, weight float64
	cause               int32
	stratum             int32
	input               int32 // position in the order that was given
}

// Sample is a set of observations with the unit of their times. It is immutable.
type Sample struct {
	unit  Unit
	rows  []row // by exit, events first
	late  bool  // somebody entered after 0
	whole bool  // all weights are whole numbers
	total float64
}

const (
	maxRows  = math.MaxInt32
	maxTotal = 1 << 53 // below it, sums of whole weights are exact
	maxTime  = 1e100   // squares and products of times stay finite
	minTime  = 1e-100
)

// New returns the sample of the observations. The error is a [metric.ErrInput] that names
// the first bad observation, counted from 0. It may hold none; then no answer is defined.
func New(unit Unit, observations ...Observation) (*Sample, error) {
	s, err := newSample(unit, len(observations))
	if err != nil {
		return nil, err
	}
	for i, o := range observations {
		if o.Weight == 0 {
			o.Weight = 1
		}
		if err := s.add(i, o); err != nil {
			return nil, err
		}
	}
	return s.finish()
}

// FromColumns is [New] for columns.
func FromColumns(unit Unit, c Columns) (*Sample, error) {
	n := len(c.Exit)
	for _, column := range []struct {
		name string
		n    int
		none bool
	}{
		{"entry", len(c.Entry), c.Entry == nil}, {"cause", len(c.Cause), c.Cause == nil},
		{"weight", len(c.Weight), c.Weight == nil}, {"stratum", len(c.Stratum), c.Stratum == nil},
	} {
		if !column.none && column.n != n {
			return nil, inputErrorf("column %s has %d values, column exit %d", column.name, column.n, n)
		}
	}
	s, err := newSample(unit, n)
	if err != nil {
		return nil, err
	}
	for i, exit := range c.Exit {
		o := Observation{Exit: exit, Cause: Event, Weight: 1}
		if c.Entry != nil {
			o.Entry = c.Entry[i]
		}
		if c.Cause != nil {
			o.Cause = c.Cause[i]
		}
		if c.Weight != nil {
			o.Weight = c.Weight[i]
		}
		if c.Stratum != nil {
			o.Stratum = c.Stratum[i]
		}
		if err := s.add(i, o); err != nil {
			return nil, err
		}
	}
	return s.finish()
}

func newSample(unit Unit, n int) (*Sample, error) {
	if !unit.valid() {
		return nil, inputErrorf("the unit of time is missing")
	}
	if n > maxRows {
		return nil, inputErrorf("%d observations are too many, at most %d can be held", n, maxRows)
	}
	return &Sample{unit: unit, rows: make([]row, 0, n), whole: true}, nil
}

// add checks and appends one observation.
func (s *Sample) add(i int, o Observation) error {
	switch {
	case !(o.Entry >= 0 && o.Entry <= maxTime) || o.Entry > 0 && o.Entry < minTime:
		return inputErrorf("observation %d: entry %v is not 0 or a time between %v and %v", i, o.Entry, minTime, maxTime)
	case !(o.Exit >= 0 && o.Exit <= maxTime) || o.Exit > 0 && o.Exit < minTime:
		return inputErrorf("observation %d: exit %v is not 0 or a time between %v and %v", i, o.Exit, minTime, maxTime)
	case o.Exit <= o.Entry && o.Exit != 0:
		return inputErrorf("observation %d: exit %v is not after entry %v", i, o.Exit, o.Entry)
	case o.Exit < o.Entry:
		return inputErrorf("observation %d: exit 0 is before entry %v", i, o.Entry)
	case o.Cause < 0 || o.Cause > math.MaxInt32:
		return inputErrorf("observation %d: cause %d is not 0 for censored or the number of a cause", i, o.Cause)
	case !(o.Weight > 0 && o.Weight < maxTotal):
		return inputErrorf("observation %d: weight %v is not a positive number below 2^53", i, o.Weight)
	case o.Stratum < math.MinInt32 || o.Stratum > math.MaxInt32:
		return inputErrorf("observation %d: stratum %d does not fit 32 bits", i, o.Stratum)
	}
	s.late = s.late || o.Entry > 0
	s.whole = s.whole && o.Weight == math.Trunc(o.Weight)
	s.rows = append(s.rows, row{
		exit: o.Exit + 0, entry: o.Entry + 0, weight: o.Weight, // -0 becomes 0
		cause: int32(o.Cause), stratum: int32(o.Stratum), input: int32(i),
	})
	return nil
}

// finish sorts the rows.
func (s *Sample) finish() (*Sample, error) {
	if !slices.IsSortedFunc(s.rows, byExit) {
		s.rows = sortRows(s.rows)
	}
	for i := range s.rows { // in order, so that the order of input does not matter
		s.total += s.rows[i].weight
	}
	if s.total >= maxTotal {
		return nil, inputErrorf("the weights add up to %v, which is not below 2^53", s.total)
	}
	return s, nil
}

// byExit orders rows by exit, events before censorings, and then by everything else that
// could make a difference.
func byExit(a, b row) int {
	if a.exit != b.exit {
		if a.exit < b.exit {
			return -1
		}
		return 1
	}
	if a.cause != b.cause {
		return cmp.Compare(uint32(a.cause-1), uint32(b.cause-1)) // 0 comes last
	}
	if a.entry != b.entry {
		return cmp.Compare(a.entry, b.entry)
	}
	if a.weight != b.weight {
		return cmp.Compare(a.weight, b.weight)
	}
	if a.stratum != b.stratum {
		return cmp.Compare(a.stratum, b.stratum)
	}
	return cmp.Compare(a.input, b.input)
}

// Unit returns the unit of the times.
func (s *Sample) Unit() Unit { return s.unit }

// Len returns the number of observations, however they are weighted.
func (s *Sample) Len() int { return len(s.rows) }

// Total returns the sum of the weights: how many were observed.
func (s *Sample) Total() float64 { return s.total }

// Events returns the sum of the weights of the events, of any cause.
func (s *Sample) Events() float64 {
	var sum float64
	for i := range s.rows {
		if s.rows[i].cause != Censored {
			sum += s.rows[i].weight
		}
	}
	return sum
}

// End returns the last time that was observed, and 0 for no observations.
func (s *Sample) End() float64 {
	if len(s.rows) == 0 {
		return 0
	}
	return s.rows[len(s.rows)-1].exit
}

// AtRisk returns how many were at risk just before t: those with entry < t ≤ exit.
func (s *Sample) AtRisk(t float64) float64 {
	var sum float64
	for i := range s.rows {
		if r := &s.rows[i]; r.exit >= t && (r.entry < t || r.entry == 0) {
			sum += r.weight
		}
	}
	return sum
}

// String returns "228 observations, 165 events, times in days to 1022".
func (s *Sample) String() string {
	return strconv.Itoa(len(s.rows)) + " observations, " + number(s.Events(), 15) + " events, times in " + s.unit.String() + "s to " + number(s.End(), 6)
}

// tick is what happens at one time.
type tick struct {
	time     float64
	atRisk   float64 // just before
	events   float64
	censored float64
	first    int // rows[first:last] exit at time; events come first
	last     int
}

// ticks returns the different times at which somebody exits, in order.
func (s *Sample) ticks() []tick {
	n := 0
	for i := range s.rows {
		if i == 0 || s.rows[i].exit != s.rows[i-1].exit {
			n++
		}
	}
	ticks := make([]tick, n)
	late := s.lateEntries()
	var risk float64
	count := 0 // rows that are at risk
	for last := len(s.rows); last > 0; {
		n--
		k := &ticks[n]
		k.time, k.last = s.rows[last-1].exit, last
		events := 0
		first := last
		for first > 0 && s.rows[first-1].exit == k.time {
			first--
			r := &s.rows[first]
			risk += r.weight
			count++
			if r.cause == Censored {
				k.censored += r.weight
			} else {
				k.events += r.weight
				events++
			}
		}
		for len(late) > 0 && late[0].entry >= k.time {
			risk -= late[0].weight
			count--
			late = late[1:]
		}
		if count == events {
			risk = k.events // without the noise of sums of fractions
		}
		k.atRisk, k.first = risk, first
		last = first
	}
	return ticks
}

// lateEntries returns the rows of those who entered after 0, latest first.
func (s *Sample) lateEntries() []row {
	if !s.late {
		return nil
	}
	var late []row
	for i := range s.rows {
		if s.rows[i].entry > 0 {
			late = append(late, s.rows[i])
		}
	}
	slices.SortFunc(late, func(a, b row) int {
		if a.entry != b.entry {
			return cmp.Compare(b.entry, a.entry)
		}
		return -byExit(a, b)
	})
	return late
}
