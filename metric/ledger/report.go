package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// ErrUnbalanced says that the movements of a period do not add up to the change of revenue:
// a fault of this package, for which there is no statement.
var ErrUnbalanced = errors.New("ledger: statement does not add up")

// Statement is what a ledger says about some periods. Its movements add up (H1): a ledger
// makes no other.
type Statement struct {
	rows        []Row
	options     string
	ratesSource string
}

// Row is what a statement says about one period, currency and segment.
type Row struct {
	Period     metric.Period
	Incomplete bool // the period had not ended as of the query's AsOf (D13)

	// Currency is what the amounts are in. A row of the zero Currency is about customers of
	// all currencies together: their numbers, for there is no sum of their amounts. It is
	// there if there is more than one, and its rates of revenue are undefined, a
	// [metric.MixedCurrency].
	Currency metric.Currency

	// Segment is what the row is about, unless AllSegments is set.
	Segment     string
	AllSegments bool

	Bridge    Bridge // movement by movement
	Ends      Bridge // of each customer the two ends of the period alone (D12)
	Opened    Opened
	Customers Customers
	Levels    Levels // just before the end of the period (D11)
	Renewals  Renewals
	Losses    []Loss // and gains, by reason, which add up to Bridge; of rows of all segments only

	// Prior is the part of the movements that belongs to closed periods (H4), Returning the
	// part of new revenue that is of customers who had been there before (C8).
	Prior, Returning Amount

	options *Options
	mixed   bool // of several currencies
}

// Bridge leads from the revenue at the start of a period to that at its end. Losses are
// below zero (C7):
//
//	Opening + New + Expansion + Contraction + Churn + Reactivation + Transfer + FX = Closing
type Bridge struct {
	Opening, New, Expansion, Contraction, Churn, Reactivation, Transfer, FX, Closing Amount
}

// Net returns what all movements come to, exchange rates apart.
func (b Bridge) Net() Amount {
	return b.New.add(b.Expansion).add(b.Contraction).add(b.Churn).add(b.Reactivation).add(b.Transfer)
}

// Rounded is a bridge in whole minor units, and what its rounded amounts are short of adding
// up (B4):
//
//	Opening + New + ... + FX + Rounding = Closing
type Rounded struct {
	Opening, New, Expansion, Contraction, Churn, Reactivation, Transfer, FX, Rounding, Closing metric.Money
}

// Round rounds each amount once.
func (b Bridge) Round() Rounded {
	r := Rounded{
		Opening: b.Opening.Money(), New: b.New.Money(), Expansion: b.Expansion.Money(), Contraction: b.Contraction.Money(),
		Churn: b.Churn.Money(), Reactivation: b.Reactivation.Money(), Transfer: b.Transfer.Money(), FX: b.FX.Money(), Closing: b.Closing.Money(),
	}
	var sum int64
	for _, a := range b.terms() {
		sum += a.Round()
	}
	r.Rounding = MinorAmount(b.Closing.Round()-sum, b.Closing.currency).Money()
	return r
}

// terms are the amounts that add up to the closing one.
func (b Bridge) terms() []Amount {
	return []Amount{b.Opening, b.New, b.Expansion, b.Contraction, b.Churn, b.Reactivation, b.Transfer, b.FX}
}

// addsUp reports whether the bridge does.
func (b Bridge) addsUp() bool {
	sum := Amount{currency: b.Closing.currency}
	for _, a := range b.terms() {
		sum = sum.add(a)
	}
	return sum.Cmp(b.Closing) == 0
}

// Opened is what became of the revenue of the customers who paid at the start of a period.
//
// In the row of a segment, Retained and Kept follow customers who move: what a customer pays at
// the end in segments that it was not in at the start counts for the one that it paid most in
// then. An upgrade from one plan to another is in the retention of the plan that is left, with
// all that is paid after it, and over all segments Retained adds up. The movements are those
// that belong to the segment itself (C14).
type Opened struct {
	Retained Amount // what they pay at the end (G3)
	Kept     Amount // of each the smaller of what it paid at the start and pays at the end (G4)

	// Their movements, losses below zero (G1, G2).
	Expansion, Contraction, Churn, Reactivation Amount
}

// Customers counts customers, or subscriptions with [BySubscription]:
//
//	Opening + New + Reactivated + Joined - Churned - Left = Closing
type Customers struct {
	Opening, Closing int64 // with revenue (F4)

	New         int64 // that paid for the first time
	Returning   int64 // of these, those that had been there before, by [Options].ReactivateAfter or ReactivateWithin
	Reactivated int64 // times that one came back
	Churned     int64 // times that one's revenue fell to zero
	Joined      int64 // came by a transfer or merge, or to the segment or currency from another
	Left        int64 // went that way

	Expansions, Contractions int64 // movements

	Lost        int64 // that paid at the start and do not at the end (G6)
	LostPaused  int64 // of these, those on a pause with a date of return (D9)
	Voluntary   int64 // of these, those that went by their own wish
	Involuntary int64 // of these, those that went for want of payment
	SamePeriod  int64 // that paid at neither end but in between
	Shrunk      int64 // that paid at both ends, less at the second; by segment as [Opened] follows them
	Grown       int64 // more at the second

	OpeningSubscriptions, ClosingSubscriptions int64 // with revenue
	LostSubscriptions                          int64 // of the opening ones, those without at the end (G7)
}

// Retained returns the opening customers that pay at the end.
func (c Customers) Retained() int64 { return c.Opening - c.Lost }

// Renewals are the subscriptions with revenue whose agreed term of more than a month ended in
// a period, and those of them that had revenue after (G13). Amounts are monthly.
type Renewals struct {
	Due, Renewed           int64
	DueMRR, RenewedMRR     Amount // both before the end of the term
	Expansion, Contraction Amount // of those renewed, both positive
}

// Loss is what movements of a class and reason come to (C15). The reason is that of the
// subscription that changed most.
type Loss struct {
	Class  Class
	Reason Reason
	Text   string // as given
	Amount Amount
	Count  int64
}

// Levels are what holds at an instant.
type Levels struct {
	MRR             Amount
	Trial           Amount // of running trials, not part of MRR (D10)
	TrialCommitted  Amount // of those without a scheduled end
	AtRisk          Amount // part of MRR that is past due (F3)
	Paused          Amount // not part of MRR, with a date of return (D9)
	PausedOpen      Amount // not part of MRR, without one
	Discount        Amount // what running discounts take off
	LimitedDiscount Amount // what those take off that end at a known date
	Metered         Amount // of metered items, not part of MRR unless they count (B11)
	Signed          Amount // to come, as was known at the instant, whatever became known since (F2)
	Ending          Amount // to go, in the same way

	Customers, Subscriptions, Trials int64
}

// ARR returns twelve times MRR (F1).
func (l Levels) ARR() Amount { return Amount{l.MRR.minor.Mul(exact.FromInt64(12)), l.MRR.currency} }

// Committed returns MRR with what is signed and without what is ending (F2).
func (l Levels) Committed() Amount { return l.MRR.add(l.Signed).sub(l.Ending) }

// ARPA returns MRR by paying customer (F5). It is undefined without any, a
// [metric.ZeroDenominator], and for all currencies together, a [metric.MixedCurrency].
func (l Levels) ARPA() (Amount, error) {
	if l.Customers == 0 {
		return Amount{}, &metric.Error{Metric: "ledger.arpa", Reason: metric.ZeroDenominator}
	}
	if l.MRR.currency.IsZero() {
		return Amount{}, &metric.Error{Metric: "ledger.arpa", Reason: metric.MixedCurrency}
	}
	return Amount{l.MRR.minor.Mul(fraction(1, l.Customers)), l.MRR.currency}, nil
}

// Rows yields the rows by period, in the order of the query, then by currency, that of all
// currencies first if there is more than one, then by segment, that of all first.
func (s *Statement) Rows() iter.Seq[Row] { return slices.Values(s.rows) }

// Row returns the row of all segments of a period, in a currency. The zero Currency stands
// for the only one, or for the row of all currencies if there are several.
func (s *Statement) Row(p metric.Period, c metric.Currency) (Row, bool) {
	return s.find(func(r *Row) bool { return r.AllSegments && r.Period.Equal(p) && (r.Currency == c || c.IsZero()) })
}

// Segment returns the row of a segment of a period, in a currency. The zero Currency stands
// for the only one.
func (s *Statement) Segment(p metric.Period, c metric.Currency, name string) (Row, bool) {
	return s.find(func(r *Row) bool {
		return !r.AllSegments && r.Segment == name && r.Period.Equal(p) && (r.Currency == c || c.IsZero())
	})
}

func (s *Statement) find(match func(*Row) bool) (Row, bool) {
	for i := range s.rows {
		if match(&s.rows[i]) {
			return s.rows[i], true
		}
	}
	return Row{}, false
}

// Options returns the rules that differ from the default, see [Options.String] (H8).
func (s *Statement) Options() string { return s.options }

// RatesSource names where exchange rates came from, "" if nothing was converted (E7).
func (s *Statement) RatesSource() string { return s.ratesSource }

// Statement answers for periods. It is an error if the query cannot be answered, if an
// exchange rate is missing, or if movements do not add up, which would be a fault of this
// package (H1).
func (l *Ledger) Statement(q Query) (*Statement, error) {
	tl, err := newTimeline(q.Periods)
	if err != nil {
		return nil, err
	}
	k, err := l.question(q, tl)
	if err != nil {
		return nil, err
	}
	a, err := k.count()
	if err != nil {
		return nil, err
	}
	r := newReader(k, a)
	s := &Statement{options: l.options.String()}
	if k.converts() {
		s.ratesSource = q.Rates.Source()
	}
	keys := r.keys()
	for i := range q.Periods {
		for _, key := range keys {
			row := r.row(i, key)
			row.mixed = key.currency == every && len(keys) > 1
			if err := row.check(); err != nil {
				return nil, err
			}
			s.rows = append(s.rows, row)
		}
	}
	if a.rates.err != nil {
		return nil, a.rates.err
	}
	return s, nil
}

// count has all workers count what they read, and adds it up.
func (q *question) count() (*accountant, error) {
	workers := max(q.ledger.options.Workers, 1)
	list := make([]*accountant, workers)
	plains := make(byWorker, workers)
	for i := range list {
		list[i] = q.accountant(&converter{q: q})
		plains[i] = q.newPlain(list[i].book)
	}
	var first quick
	if q.plain {
		first = plains
	}
	if err := q.walk(first, func(worker int, c *course) { list[worker].course(c) }); err != nil {
		return nil, err
	}
	for _, p := range plains {
		p.finish()
	}
	a := list[0]
	for _, b := range list {
		if b.rates.err != nil {
			return nil, b.rates.err
		}
		if b == a {
			continue
		}
		a.book.merge(b.book)
		if b.native != b.book {
			a.native.merge(b.native)
		}
	}
	return a, nil
}

// reader reads rows out of books.
type reader struct {
	*question
	*accountant
	sums map[tableKey][]exact.Fraction // of native levels, by cut
}

func newReader(q *question, a *accountant) *reader {
	return &reader{q, a, make(map[tableKey][]exact.Fraction)}
}

// keys returns the tables that there is a row for: those in which there is anything.
func (r *reader) keys() []tableKey {
	var keys []tableKey
	seen := make(map[tableKey]bool)
	add := func(k tableKey, s *total) {
		if !seen[k] && k.currency != every && !s.empty() {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for k, s := range r.book.totals {
		add(k, s)
	}
	for k, s := range r.native.totals {
		add(r.shown(k), s)
	}
	slices.SortFunc(keys, func(a, b tableKey) int {
		return cmp.Or(r.currency(a).Compare(r.currency(b)), cmp.Compare(min(a.segment, 0), min(b.segment, 0)), strings.Compare(r.segment(a), r.segment(b)))
	})
	currencies := 0
	for _, k := range keys {
		currencies += truth(k.segment == every)
	}
	if currencies != 1 {
		keys = append([]tableKey{{every, every}}, keys...)
	}
	return keys
}

func (r *reader) currency(k tableKey) metric.Currency {
	switch k.currency {
	case every:
		return metric.Currency{}
	case target:
		return r.Currency
	}
	return r.ledger.currencies[k.currency]
}

func (r *reader) segment(k tableKey) string {
	if k.segment == every {
		return ""
	}
	return r.ledger.segments.texts[k.segment]
}

// level returns a level just before a cut.
func (r *reader) level(k tableKey, cut, which int) Amount {
	sum := Amount{currency: r.currency(k)}
	if k.currency == every {
		return sum
	}
	if !r.byDate() {
		sum.minor = r.levelAt(k, cut, which)
		return sum
	}
	for c := range r.ledger.currencies {
		x := r.levelAt(tableKey{int32(c), k.segment}, cut, which)
		if !x.IsZero() {
			sum.minor = sum.minor.Add(x.Mul(r.rates.rate(int32(c), r.timeline.cuts[cut])))
		}
	}
	return sum
}

// levelAt returns a level of an original currency just before a cut.
func (r *reader) levelAt(k tableKey, cut, which int) exact.Fraction {
	sums, ok := r.sums[k]
	if !ok {
		if s := r.native.totals[k]; s != nil {
			sums = make([]exact.Fraction, len(r.timeline.cuts)*levels)
			for i := range sums {
				if sums[i] = s.amount(i, r.den); i >= levels {
					sums[i] = sums[i].Add(sums[i-levels])
				}
			}
		}
		r.sums[k] = sums
	}
	if sums == nil {
		return exact.Fraction{}
	}
	return sums[cut*levels+which]
}

func (r *reader) levelCount(k tableKey, cut, which int) (sum int64) {
	s := r.book.totals[k]
	if s == nil {
		return 0
	}
	for atom := 0; atom <= cut; atom++ {
		sum += s.levelCounts[atom*levelCounts+which]
	}
	return sum
}

func (r *reader) levels(k tableKey, cut int) Levels {
	at := func(which int) Amount { return r.level(k, cut, which) }
	return Levels{
		MRR: at(levelMRR), Trial: at(levelTrial), TrialCommitted: at(levelTrialKept), AtRisk: at(levelAtRisk),
		Paused: at(levelPaused), PausedOpen: at(levelPausedOpen), Discount: at(levelDiscount), LimitedDiscount: at(levelLimited),
		Metered: at(levelMetered), Signed: at(levelSigned), Ending: at(levelEnding),
		Customers: r.levelCount(k, cut, countCustomers), Subscriptions: r.levelCount(k, cut, countSubscriptions), Trials: r.levelCount(k, cut, countTrials),
	}
}

func (r *reader) row(period int, k tableKey) Row {
	p := r.timeline.periods[period]
	row := Row{Period: r.Periods[period], Currency: r.currency(k), Segment: r.segment(k), AllSegments: k.segment == every, options: &r.ledger.options}
	row.Incomplete = !r.AsOf.IsZero() && row.Period.Incomplete(r.AsOf)
	s := r.book.totals[k]
	if s == nil {
		s = newTotal(r.timeline)
	}
	flow := func(which int) Amount {
		if k.currency == every {
			return Amount{}
		}
		return Amount{s.amount(r.book.flowBase()+period*flows+which, r.den), row.Currency}
	}
	count := func(which int) int64 { return s.flowCounts[period*flowCounts+which] }
	row.Levels = r.levels(k, p.to)
	opening := r.level(k, p.from, levelMRR)
	row.Bridge = bridge(opening, row.Levels.MRR, flowNew, flow)
	row.Ends = bridge(opening, row.Levels.MRR, endNew, flow)
	if r.byDate() {
		row.Bridge.FX = row.Levels.MRR.sub(opening).sub(flow(flowDelta))
		row.Ends.FX = row.Levels.MRR.sub(opening).sub(row.Ends.Net())
	}
	row.Opened = Opened{
		Retained: opening.add(flow(flowRetained)), Kept: opening.add(flow(flowKept)),
		Expansion: flow(openExpansion), Contraction: flow(openContraction), Churn: flow(openChurn), Reactivation: flow(openReactivation),
	}
	row.Prior, row.Returning = flow(flowPrior), flow(flowReturning)
	row.Customers = Customers{
		Opening: r.levelCount(k, p.from, countCustomers), Closing: row.Levels.Customers,
		New: count(flowsNew), Returning: count(flowsReturning), Reactivated: count(flowsReactivated), Churned: count(flowsChurned),
		Joined: count(flowsJoined), Left: count(flowsLeft), Expansions: count(flowsExpansions), Contractions: count(flowsContractions),
		Lost: count(flowsLost), LostPaused: count(flowsLostPaused), Voluntary: count(flowsVoluntary), Involuntary: count(flowsInvoluntary),
		SamePeriod: count(flowsSamePeriod), Shrunk: count(flowsShrunk), Grown: count(flowsGrown),
		OpeningSubscriptions: r.levelCount(k, p.from, countSubscriptions), ClosingSubscriptions: row.Levels.Subscriptions,
		LostSubscriptions: count(flowsLostSubscriptions),
	}
	row.Renewals = Renewals{
		Due: count(renewalsDue), Renewed: count(renewalsRenewed), DueMRR: flow(renewalDue), RenewedMRR: flow(renewalRenewed),
		Expansion: flow(renewalExpansion), Contraction: flow(renewalContraction),
	}
	if row.AllSegments && k.currency != every {
		row.Losses = r.losses(period, k, &row, count)
	}
	return row
}

func bridge(opening, closing Amount, first int, flow func(int) Amount) Bridge {
	return Bridge{
		Opening: opening, New: flow(first), Expansion: flow(first + 1), Contraction: flow(first + 2), Churn: flow(first + 3),
		Reactivation: flow(first + 4), Transfer: flow(first + 5), FX: Amount{currency: opening.currency}, Closing: closing,
	}
}

// losses returns what movements come to by reason. What is of no known reason is the rest.
func (r *reader) losses(period int, k tableKey, row *Row, count func(int) int64) []Loss {
	var list []Loss
	rest := map[Class]Amount{
		ClassNew: row.Bridge.New, ClassExpansion: row.Bridge.Expansion, ClassContraction: row.Bridge.Contraction,
		ClassChurn: row.Bridge.Churn, ClassReactivation: row.Bridge.Reactivation,
	}
	for key, x := range r.book.losses {
		if key.period != period || key.currency != k.currency {
			continue
		}
		amount := Amount{x.amount, row.Currency}
		list = append(list, Loss{key.class, key.reason, key.text, amount, x.count})
		rest[key.class] = rest[key.class].sub(amount)
	}
	for class, amount := range rest {
		if !amount.IsZero() {
			list = append(list, Loss{class, Unknown, "", amount, count(class.unknown())})
		}
	}
	slices.SortFunc(list, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Text, b.Text))
	})
	return list
}

// check returns an error if the row does not add up (H1).
func (row *Row) check() error {
	c := &row.Customers
	switch {
	case !row.Bridge.addsUp() || !row.Ends.addsUp():
		return row.fault("movements of %s do not add up to the change of MRR", row.Currency)
	case c.Opening+c.New+c.Reactivated+c.Joined-c.Churned-c.Left != c.Closing:
		return row.fault("customers do not add up")
	case row.Opened.Kept.Cmp(row.Opened.Retained) > 0:
		return row.fault("more revenue is kept than retained")
	}
	return nil
}

func (row *Row) fault(format string, args ...any) error {
	return fmt.Errorf("%w: %s: "+format, append([]any{ErrUnbalanced, row.Period}, args...)...)
}

// Level is what holds at an instant for a currency and segment.
type Level struct {
	Currency    metric.Currency // zero: all currencies together, numbers only
	Segment     string
	AllSegments bool
	Levels
}

// Snapshot returns what holds at an instant, with what takes effect at it (A8): by currency,
// and if the query says so by segment. The query's Periods are not needed; its Known says
// what was on record.
func (l *Ledger) Snapshot(at time.Time, q Query) ([]Level, error) {
	k, err := l.question(q, instants(at.Location(), nanos(at)+1))
	if err != nil {
		return nil, err
	}
	a, err := k.count()
	if err != nil {
		return nil, err
	}
	r := newReader(k, a)
	var list []Level
	for _, key := range r.keys() {
		list = append(list, Level{r.currency(key), r.segment(key), key.segment == every, r.levels(key, 0)})
	}
	return list, a.rates.err
}
