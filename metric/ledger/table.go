package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Levels are known at each cut. They are kept as what is added to them in each atom.
const (
	levelMRR        = iota
	levelTrial      // of running trials
	levelTrialKept  // of those without a scheduled end
	levelAtRisk     // past due
	levelPaused     // with a date of return
	levelPausedOpen // without one
	levelDiscount   // what discounts take off
	levelLimited    // what those take off that end at a known date
	levelMetered    // of metered items that do not count
	levelSigned     // to come
	levelEnding     // to go
	levels
)

// Level counts.
const (
	countCustomers = iota
	countSubscriptions
	countTrials
	countPausedCustomers // who would pay but for a pause with a date of return
	levelCounts
)

// Flows are known for each period.
const (
	flowNew = iota
	flowExpansion
	flowContraction
	flowChurn
	flowReactivation
	flowTransfer
	flowPrior     // the part of all these that is of closed periods
	flowReturning // the part of new that is of returning customers

	flowRetained // what opening customers have at the end, less what they had
	flowKept     // the smaller of both, less what they had

	openExpansion // movements of opening customers
	openContraction
	openChurn
	openReactivation

	endNew // the two ends of the period compared
	endExpansion
	endContraction
	endChurn
	endReactivation
	endTransfer

	flowFX    // of converted statements
	flowDelta // what all movements come to, on its own account

	renewalDue // of subscriptions whose term ended, before and after
	renewalRenewed
	renewalExpansion
	renewalContraction
	flows
)

// Flow counts.
const (
	flowsNew = iota
	flowsReturning
	flowsReactivated
	flowsChurned
	flowsExpansions
	flowsContractions
	flowsJoined
	flowsLeft

	flowsLost       // opening customers without revenue at the end
	flowsLostPaused // of which on a pause with a date of return
	flowsSamePeriod // customers not there at the start who came and went
	flowsShrunk     // opening customers with less, but some
	flowsGrown

	flowsLostSubscriptions
	flowsVoluntary   // distinct customers who left, by reason of their last leaving
	flowsInvoluntary //

	renewalsDue
	renewalsRenewed

	unknownNew // movements of no known reason, by class
	unknownExpansion
	unknownContraction
	unknownChurn
	unknownReactivation
	flowCounts
)

// table holds what is counted for one currency and segment, as numerators over a common
// denominator.
type table struct {
	levels      []int64 // by atom
	flows       []int64 // by period
	levelCounts []int64
	flowCounts  []int64
	used        bool
}

func newTable(t *timeline) *table {
	atoms, periods := len(t.cuts)+1, len(t.periods)
	return &table{
		levels: make([]int64, atoms*levels), flows: make([]int64, periods*flows),
		levelCounts: make([]int64, atoms*levelCounts), flowCounts: make([]int64, periods*flowCounts),
	}
}

func (t *table) clear() {
	t.used = false
	clear(t.levels)
	clear(t.flows)
	clear(t.levelCounts)
	clear(t.flowCounts)
}

// total is a table of sums of any size and denominator. What is nil is zero.
type total struct {
	lanes       []exact.Lane     // levels and then flows, over the common denominator
	fractions   []exact.Fraction // what is added to them
	levelCounts []int64
	flowCounts  []int64
}

func newTotal(t *timeline) *total {
	return &total{levelCounts: make([]int64, (len(t.cuts)+1)*levelCounts), flowCounts: make([]int64, len(t.periods)*flowCounts)}
}

// empty reports whether all sums are zero.
func (s *total) empty() bool {
	counted := func(x int64) bool { return x != 0 }
	return !slices.ContainsFunc(s.lanes, func(x exact.Lane) bool { return !x.IsZero() }) &&
		!slices.ContainsFunc(s.fractions, func(x exact.Fraction) bool { return !x.IsZero() }) &&
		!slices.ContainsFunc(s.levelCounts, counted) && !slices.ContainsFunc(s.flowCounts, counted)
}

// addTable adds what a table counted.
func (s *total) addTable(t *table) {
	if s.lanes == nil {
		s.lanes = make([]exact.Lane, len(t.levels)+len(t.flows))
	}
	for i, x := range t.levels {
		if x != 0 {
			s.lanes[i].Add(x)
		}
	}
	for i, x := range t.flows {
		if x != 0 {
			s.lanes[len(t.levels)+i].Add(x)
		}
	}
	s.addCounts(t.levelCounts, t.flowCounts)
}

func (s *total) addCounts(levels, flows []int64) {
	for i, x := range levels {
		s.levelCounts[i] += x
	}
	for i, x := range flows {
		s.flowCounts[i] += x
	}
}

func (s *total) addTotal(o *total) {
	if s.lanes == nil && o.lanes != nil {
		s.lanes = make([]exact.Lane, len(o.lanes))
	}
	for i := range o.lanes {
		s.lanes[i].AddLane(o.lanes[i])
	}
	for i := range o.fractions {
		s.add(i, len(o.fractions), o.fractions[i])
	}
	s.addCounts(o.levelCounts, o.flowCounts)
}

func (s *total) add(i, n int, x exact.Fraction) {
	if x.IsZero() {
		return
	}
	if s.fractions == nil {
		s.fractions = make([]exact.Fraction, n)
	}
	s.fractions[i] = s.fractions[i].Add(x)
}

// amount returns the sum at an index, of which the lanes are over a denominator.
func (s *total) amount(i int, den int64) (sum exact.Fraction) {
	if s.fractions != nil {
		sum = s.fractions[i]
	}
	if s.lanes == nil || s.lanes[i].IsZero() {
		return sum
	}
	return sum.Add(overDen(&s.lanes[i], den))
}

// tableKey says which currency and segment a table is of.
type tableKey struct{ currency, segment int32 }

// every stands for all currencies or segments together.
const every = -1

// book is the tables of a statement.
type book struct {
	timeline *timeline
	totals   map[tableKey]*total
	losses   map[lossKey]*loss
}

// lossKey is a class of movement with a reason, in a period.
type lossKey struct {
	period   int
	currency int32
	class    Class
	reason   Reason
	text     string
}

type loss struct {
	amount exact.Fraction
	count  int64
}

func newBook(t *timeline) *book {
	return &book{timeline: t, totals: make(map[tableKey]*total), losses: make(map[lossKey]*loss)}
}

func (b *book) total(k tableKey) *total {
	s := b.totals[k]
	if s == nil {
		s = newTotal(b.timeline)
		b.totals[k] = s
	}
	return s
}

// level adds to a level from an atom on.
func (b *book) level(s *total, atom, which int, x exact.Fraction) {
	s.add(atom*levels+which, b.size(), x)
}

// flow adds to a flow of a period.
func (b *book) flow(s *total, period, which int, x exact.Fraction) {
	s.add(b.flowBase()+period*flows+which, b.size(), x)
}

// flowBase is where the flows of a total begin.
func (b *book) flowBase() int { return (len(b.timeline.cuts) + 1) * levels }

func (b *book) size() int { return b.flowBase() + len(b.timeline.periods)*flows }

func (b *book) merge(o *book) {
	for k, s := range o.totals {
		b.total(k).addTotal(s)
	}
	for k, x := range o.losses {
		b.lose(k, x.amount, x.count)
	}
}

func (b *book) lose(k lossKey, amount exact.Fraction, count int64) {
	x := b.losses[k]
	if x == nil {
		x = new(loss)
		b.losses[k] = x
	}
	x.amount = x.amount.Add(amount)
	x.count += count
}
