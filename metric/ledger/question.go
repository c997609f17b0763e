package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Query is a question to a ledger. Only Periods is needed.
type Query struct {
	// Periods are what to answer for, in one zone, in any order. They may overlap: months,
	// their quarters and the year (D11).
	Periods []metric.Period

	// Segments adds a breakdown by segment, as of each movement (C14).
	Segments bool

	// Known answers with what was on record by that instant, what was recorded at it included;
	// zero: with all that is (H3). As known at the end of a month is as known a nanosecond
	// before the next one starts.
	Known time.Time

	// ClosedUntil is an instant before which the books stay as they were then: what became
	// known of earlier times since is booked at it, as prior (H4).
	ClosedUntil time.Time

	// AsOf marks periods that end after it as incomplete (D13). Zero: none. After it nothing
	// happens by itself: no payment is given up, and no trial, discount or term ends. Facts that
	// take effect later count; Known is what leaves out those that were not on record.
	AsOf time.Time

	// Currency is what to convert all to; zero: every currency by itself (E1). Rates are
	// needed then, and RatesAt is the instant of [ConvertConstant].
	Currency metric.Currency
	Rates    Rates
	RatesAt  time.Time
}

// question is a query to a ledger with what follows from it. It is not modified.
type question struct {
	Query
	ledger   *Ledger
	timeline *timeline
	known    int64
	closed   int64 // noTime if nothing is
	plain    bool  // rows can be counted without a simulation
	multiple []int64
	den      int64   // of multiple
	rank     []int32 // of segments, by name

	retracted map[factKey][]retraction
}

func (l *Ledger) question(q Query, t *timeline) (*question, error) {
	if l.keys == nil {
		return nil, errZero()
	}
	k := &question{Query: q, ledger: l, timeline: t, known: never, closed: noTime}
	if !q.Known.IsZero() {
		k.known = nanos(q.Known)
	}
	if !q.ClosedUntil.IsZero() {
		k.closed = nanos(q.ClosedUntil)
	}
	o := &l.options
	switch {
	case k.converts() && q.Rates == nil:
		return nil, inputErrorf("a statement in %s without rates", q.Currency)
	case k.converts() && o.Conversion == ConvertConstant && q.RatesAt.IsZero():
		return nil, inputErrorf("a statement at constant rates without RatesAt")
	case k.closed > k.known:
		return nil, inputErrorf("books closed until %s, after what is known", q.ClosedUntil.Format(time.RFC3339))
	case o.Strict && len(l.tally.Report(0).Refused) > 0:
		return nil, inputErrorf("strict, and facts have been refused: %s", l.tally.Report(0).Refused[0].First)
	}
	k.plain = o.Unit == ByCustomer && o.Grain == GrainInstant && o.Grace.IsZero() && o.ReactivateAfter.IsZero() &&
		o.ReactivateWithin.IsZero() && !k.converts() && k.closed == noTime
	k.multiples()
	k.rank = l.segments.ranks()
	if len(l.retracted) > 0 {
		k.retracted = make(map[factKey][]retraction)
		for _, r := range l.retracted {
			key := factKey{r.source, r.id}
			k.retracted[key] = append(k.retracted[key], r)
		}
	}
	return k, nil
}

// frozen is the instant after which nothing happens by itself.
func (q *question) frozen() int64 {
	if q.AsOf.IsZero() {
		return never
	}
	return nanos(q.AsOf)
}

// multiples finds a common denominator for the amounts of rows, and what to multiply the
// amounts of each interval by to have them over it.
func (q *question) multiples() {
	q.den = 1
	const most = 1 << 31
	l := q.ledger
	for _, i := range l.intervals {
		r := l.perMonth(i).Rat()
		if !r.Denom().IsInt64() || r.Denom().Int64() > most {
			q.plain = false
			return
		}
		d := r.Denom().Int64()
		if q.den = q.den / gcd(q.den, d) * d; q.den > most {
			q.plain = false
			return
		}
	}
	for _, i := range l.intervals {
		r := l.perMonth(i).Rat()
		q.multiple = append(q.multiple, r.Num().Int64()*(q.den/r.Denom().Int64()))
	}
}

// perMonth is what amounts of an interval are multiplied by to be MRR.
func (l *Ledger) perMonth(i interval) exact.Fraction {
	f, _ := l.options.factor(i.every)
	return f.Mul(fraction(1, i.count))
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// month returns the bounds of the calendar month of t.
func (q *question) month(t time.Time) (start, end int64) {
	p, err := metric.PeriodOf(t, metric.UnitMonth, q.timeline.loc)
	if err != nil {
		return nanos(t), nanos(t) + 1
	}
	return nanos(p.Start()), nanos(p.End())
}

// dayAfter returns the end of the civil day of t.
func (q *question) dayAfter(t time.Time) time.Time {
	p, err := metric.PeriodOf(t, metric.UnitDay, q.timeline.loc)
	if err != nil {
		return t.Add(1)
	}
	return p.End()
}

// simFacts returns the facts of a customer, of which rows are as many. They are in no order.
func (q *question) simFacts(dst []simFact, code event.Code, who int, room *scratch, rows []row, facts []*fact) []simFact {
	l := q.ledger
	made, lines := make([]fact, len(rows)), make([]line, len(rows))
	for i := range rows {
		made[i] = l.expand(rows[i], room.noted, lines[i:])
		dst = append(dst, simFact{&made[i], code, who, made[i].when(&l.options)})
	}
	for _, f := range facts {
		dst = append(dst, simFact{f, code, who, f.when(&l.options)})
	}
	return dst
}

// selected returns what of the facts was on record at an instant: the last version of each,
// unless it was void. They are in the order in which they apply.
func (q *question) selected(facts []simFact, known int64) []simFact {
	l := q.ledger
	list := slices.Clone(facts)
	slices.SortFunc(list, func(a, b simFact) int {
		if a.who != b.who {
			return less(a.who < b.who)
		}
		return l.compareIdentity(a.fact, b.fact)
	})
	out := list[:0]
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && sameFact(list[i], list[j]) {
			j++
		}
		if best := latest(list[i:j], known); best >= 0 && !q.void(list[i+best], known) {
			out = append(out, list[i+best])
		}
		i = j
	}
	slices.SortFunc(out, func(a, b simFact) int {
		if a.when != b.when {
			return less(a.when < b.when)
		}
		if c := l.compareFacts(a.fact, b.fact); c != 0 {
			return c
		}
		return cmp.Compare(a.who, b.who)
	})
	return out
}

// compareFacts is the order in which facts of one instant apply (A7).
func (l *Ledger) compareFacts(a, b *fact) int {
	switch {
	case a.seq != b.seq:
		return less(a.seq < b.seq)
	case a.recorded != b.recorded:
		return less(a.recorded < b.recorded)
	case a.ends() != b.ends():
		return less(a.ends())
	}
	if c := strings.Compare(a.source, b.source); c != 0 {
		return c
	}
	if c := strings.Compare(a.given(), b.given()); c != 0 {
		return c
	}
	return l.compareContent(a, b)
}

// latest returns which of the versions of a fact, by time of record and content, was the
// last on record at an instant: the least of those with the latest time, or -1.
func latest(list []simFact, known int64) int {
	best := -1
	for i := range list {
		if list[i].recorded <= known && (best < 0 || list[i].recorded > list[best].recorded) {
			best = i
		}
	}
	return best
}

// sameFact reports whether two facts are deliveries or versions of one.
func sameFact(a, b simFact) bool {
	return a.who == b.who && a.id != "" && a.id == b.id && a.source == b.source && a.derived == b.derived
}

// void reports whether a fact was retracted at an instant.
func (q *question) void(f simFact, known int64) bool {
	return len(q.retracted) > 0 && f.id != "" && !f.derived && q.voidID(f.code, f.source, f.id, known)
}

func (q *question) voidID(code event.Code, source, id string, known int64) bool {
	return slices.ContainsFunc(q.retracted[factKey{source, id}], func(r retraction) bool {
		return r.recorded <= known && (r.customer == "" || r.customer == q.ledger.keys.Key(code))
	})
}

// factKey is the identity of a fact.
type factKey struct{ source, id string }

// compareIdentity brings the versions of a fact together, in order of record.
func (l *Ledger) compareIdentity(a, b *fact) int {
	if c := strings.Compare(a.source, b.source); c != 0 {
		return c
	}
	if c := strings.Compare(a.id, b.id); c != 0 {
		return c
	}
	switch {
	case a.derived != b.derived:
		return less(b.derived)
	case a.recorded != b.recorded:
		return less(a.recorded < b.recorded)
	case a.effective != b.effective:
		return less(a.effective < b.effective)
	case a.seq != b.seq:
		return less(a.seq < b.seq)
	}
	return l.compareContent(a, b)
}

func compareBool(a, b bool) int {
	if a == b {
		return 0
	}
	return less(b)
}

// compareContent orders facts by what they say, and not by the codes it is kept in.
func (l *Ledger) compareContent(a, b *fact) int {
	if a == b {
		return 0
	}
	if a.kind != b.kind {
		return less(a.kind < b.kind)
	}
	if a.sub != b.sub {
		return strings.Compare(l.subName(a.sub), l.subName(b.sub))
	}
	if a.kind == MRRSet {
		if c := a.lines[0].list.Cmp(b.lines[0].list); c != 0 {
			return c
		}
		if a.currency != b.currency {
			return l.currencies[a.currency].Compare(l.currencies[b.currency])
		}
		if a.segment != b.segment {
			return strings.Compare(l.segments.texts[a.segment], l.segments.texts[b.segment])
		}
	}
	return l.compareBytes(a, b)
}

func (l *Ledger) subName(c event.Code) string {
	if c == event.NoCode {
		return ""
	}
	return l.subs.Key(c)
}

// components returns the groups of customers that facts join, and which each is in.
func (l *Ledger) components() (groups [][]event.Code, member map[event.Code]int) {
	if l.links == 0 {
		return nil, nil
	}
	parent := make(map[event.Code]event.Code)
	var root func(c event.Code) event.Code
	root = func(c event.Code) event.Code {
		p, ok := parent[c]
		if !ok || p == c {
			return c
		}
		p = root(p)
		parent[c] = p
		return p
	}
	for number := range l.buckets {
		l.buckets[number].facts.each(func(part []fact) {
			for i := range part {
				f := &part[i]
				if f.kind != CustomerMerged && f.kind != Transferred {
					continue
				}
				from := event.CodeOf(uint8(number), int(f.customer))
				to, _ := l.keys.Lookup(f.other)
				parent[from], parent[to] = root(from), root(to)
				parent[root(from)] = root(to)
			}
		})
	}
	members := make(map[event.Code][]event.Code)
	for c := range parent {
		members[root(c)] = append(members[root(c)], c)
	}
	member = make(map[event.Code]int)
	byName := func(a, b event.Code) int { return strings.Compare(l.keys.Key(a), l.keys.Key(b)) }
	for _, list := range members {
		slices.SortFunc(list, byName)
		groups = append(groups, list)
	}
	slices.SortFunc(groups, func(a, b []event.Code) int { return byName(a[0], b[0]) })
	for i, list := range groups {
		for _, c := range list {
			member[c] = i
		}
	}
	return groups, member
}
