package retention

import (
	"math"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Accumulator takes in starts and returns and answers with tables of cohorts. Make one with
// [New]. It is not safe for concurrent use; feed several that share Keys and merge them.
type Accumulator struct {
	plan *plan
	in   intake.Intake

	dense  [event.Buckets][]uint64 // of each customer, by position: see layout
	firsts *history.Store[bool]    // starts with whether they meet FirstIf, or nil
	starts *history.Store[nothing] // starts of recurring cohorts with a clock, or nil
	times  *history.Store[nothing] // instants of returns, or nil
	values *history.Store[amount]  // returns with their amounts, or nil
	queue  intake.Queue[arrival]
}

type nothing = struct{}

// plan is what options come to. Accumulators may share it.
type plan struct {
	options  Options
	cohorts  *cohorts
	clock    *ownClock // nil for periods by the calendar
	firstIf  event.Rule
	layout   layout
	identity string // equal for equal options
}

// layout is where the words of a customer are in the dense state, -1 for what is not there.
type layout struct {
	first   int // first start, as startWord gives it
	starts  int // set of buckets with starts
	returns int // set of buckets with returns
	set     int // words of a set
	words   int // words of a customer
}

func newLayout(o *Options) layout {
	l := layout{first: -1, starts: -1, returns: -1, set: (o.Buckets + 63) / 64}
	switch {
	case !o.Recurring && len(o.FirstIf) == 0:
		l.first = 0
		l.words = 1
	case o.Recurring && o.Clock == ByCalendar:
		l.starts = 0
		l.words = l.set
	}
	if o.Clock == ByCalendar && o.MinReturns == 1 && o.Value == "" {
		l.returns = l.words
		l.words += l.set
	}
	return l
}

// startWord returns a word that is larger for an earlier start, and never zero.
func startWord(at int64) uint64 { return uint64(math.MaxInt64 - at) }

// startOf returns the start that a word stands for.
func startOf(word uint64) int64 { return math.MaxInt64 - int64(word) }

// New returns an empty accumulator.
func New(o Options) (*Accumulator, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.setDefaults()
	o.FirstIf = slices.Clone(o.FirstIf)
	p := &plan{options: o, firstIf: event.Rule{Where: o.FirstIf}, layout: newLayout(&o)}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	if p.cohorts, err = newCohorts(&o); err != nil {
		return nil, err
	}
	if o.Clock != ByCalendar {
		p.clock = newOwnClock(&o)
	}
	p.identity = p.describe()
	return newAccumulator(p, in), nil
}

func newAccumulator(p *plan, in intake.Intake) *Accumulator {
	a := &Accumulator{plan: p, in: in}
	o := &p.options
	if len(o.FirstIf) > 0 {
		a.firsts = history.New(history.Options[bool]{Compare: compareBool})
	}
	if o.Recurring && p.clock != nil {
		a.starts = history.New(history.Options[nothing]{Compare: compareNothing, Compact: p.firstOfBuckets})
	}
	switch {
	case o.MinReturns > 1 || o.Value != "":
		a.values = history.New(history.Options[amount]{Compare: amount.compare})
	case p.clock != nil:
		a.times = history.New(history.Options[nothing]{Compare: compareNothing, Compact: distinctTimes})
	}
	return a
}

// describe writes down the options and what the zone makes of them.
func (p *plan) describe() string {
	text := p.options.String()
	for i := range p.cohorts.Len() + 1 {
		text += " " + time.Unix(0, p.cohorts.Bound(i)).UTC().Format(time.RFC3339Nano)
	}
	return text
}

// compareBool has true first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func compareNothing(nothing, nothing) int { return 0 }

// firstOfBuckets keeps the first start of each bucket.
func (p *plan) firstOfBuckets(run []history.Row[nothing]) int {
	n, last := 0, -1
	for _, row := range run {
		if bucket := p.cohorts.Find(row.At); bucket != last {
			run[n], last = row, bucket
			n++
		}
	}
	return n
}

// distinctTimes keeps one row of each instant.
func distinctTimes(run []history.Row[nothing]) int {
	n := 0
	for _, row := range run {
		if n == 0 || row.At != run[n-1].At {
			run[n] = row
			n++
		}
	}
	return n
}

// Options returns the options, with defaults filled in.
func (a *Accumulator) Options() Options {
	o := a.plan.options
	o.FirstIf = slices.Clone(o.FirstIf)
	return o
}

// Keys returns the codes of customers, those of the options or the accumulator's own.
func (a *Accumulator) Keys() *event.Keys {
	a.settle()
	return a.in.Keys
}

// Range returns the first instant of the first bucket and the one after the last bucket, and
// whether the range was moved back because From does not begin a bucket.
func (a *Accumulator) Range() (from, to time.Time, moved bool) {
	periods := a.plan.cohorts.periods
	from = periods[0].Start()
	return from, periods[len(periods)-1].End(), !from.Equal(a.plan.options.From)
}

// Report says what became of events and rows. Ignored are those that are neither starts nor
// returns, and those at a time at which they do not matter. Duplicates are only looked for
// with MinReturns, Value and FirstIf.
func (a *Accumulator) Report() event.Report {
	a.settle()
	duplicates, workers := int64(0), a.plan.options.Workers
	if a.firsts != nil {
		duplicates += a.firsts.Duplicates(workers)
	}
	if a.values != nil {
		duplicates += a.values.Duplicates(workers)
	}
	return a.in.Tally.Report(duplicates)
}

// Merge adds what o has taken in, and leaves o alone. The options must be the same, but for
// Keys and Workers.
func (a *Accumulator) Merge(o *Accumulator) error {
	if a.plan.identity != o.plan.identity {
		return intake.Errorf("accumulator", "options differ: %s; %s", a.plan.options, o.plan.options)
	}
	a.settle()
	o.settle()
	translation := a.in.Keys.Translation(o.in.Keys)
	if l := a.plan.layout; l.words > 0 {
		a.grow()
		for bucket := range o.dense {
			a.mergeDense(uint8(bucket), o, translation)
		}
	}
	if a.firsts != nil {
		a.firsts.Merge(o.firsts, translation, nil)
	}
	if a.starts != nil {
		a.starts.Merge(o.starts, translation, nil)
	}
	if a.times != nil {
		a.times.Merge(o.times, translation, nil)
	}
	if a.values != nil {
		a.values.Merge(o.values, translation, nil)
	}
	a.in.Tally.Merge(&o.in.Tally)
	return nil
}

func (a *Accumulator) mergeDense(bucket uint8, o *Accumulator, translation *event.Translation) {
	l := &a.plan.layout
	from := o.dense[bucket]
	for position := 0; position*l.words < len(from); position++ {
		words := from[position*l.words:][:l.words]
		to := a.dense[bucket][translation.Code(event.CodeOf(bucket, position)).Position()*l.words:][:l.words]
		for i, word := range words {
			if i == l.first {
				to[i] = max(to[i], word)
			} else {
				to[i] |= word
			}
		}
	}
}

// grow makes room for all customers that have a code.
func (a *Accumulator) grow() {
	for bucket := range a.dense {
		want := a.in.Keys.LenBucket(uint8(bucket)) * a.plan.layout.words
		if have := len(a.dense[bucket]); have < want {
			a.dense[bucket] = slices.Grow(a.dense[bucket], want-have)[:want]
		}
	}
}
