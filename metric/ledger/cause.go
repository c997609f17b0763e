package ledger

import (
	"math/big"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// cause is why revenue changed: a reason, by its place in causeReasons, and the code of its
// text. The zero cause is unknown.
type cause struct {
	reason uint8
	text   uint32
}

const (
	causeUnknown = iota
	causeVoluntary
	causeInvoluntary
	causeFree
	causePrice
	causeSeats
)

// reasonOf returns the reason of a cause.
func reasonOf(c uint8) Reason {
	return [...]Reason{Unknown, Voluntary, Involuntary, MovedToFree, PriceChange, Seats}[c]
}

// count counts a customer who left.
func (c cause) count(counts []int64) {
	switch c.reason {
	case causeVoluntary:
		counts[flowsVoluntary]++
	case causeInvoluntary:
		counts[flowsInvoluntary]++
	}
}

// causes follows what plain facts do to the subscriptions of a customer, as sim does, and adds
// up why revenue changed.
type causes struct {
	subs    []standingSub // by position among the subscriptions of the customer
	touched []int32       // in the group
	places  map[causeKey]int32
	sums    []causeSum
	last    int32 // in sums
}

// standingSub is what is known of a subscription besides its revenue.
type standingSub struct {
	price          int64
	line, wasLine  int32 // the row that set it last, -1 for none
	was            int64 // revenue before the group
	why            cause // of its end
	touched        bool
	started, ended bool
	ran            bool  // before the group
	over           int32 // the row that ends it at an instant at which nothing ran, -1 for none
	set            bool  // by a fact that sets MRR
}

type causeKey struct {
	period, currency int32
	class            Class
	cause            cause
}

type causeSum struct {
	key    causeKey
	amount exact.Lane
	count  int64
}

// take applies a row to a subscription and returns its revenue, which was another before.
func (c *causes) take(rows []row, s, number int, was int64, notes []*noted) int64 {
	r := &rows[number]
	for len(c.subs) <= s {
		c.subs = append(c.subs, standingSub{line: -1})
	}
	b := &c.subs[s]
	if !b.touched {
		b.touched, b.was, b.wasLine, b.ran, b.over = true, was, b.line, b.started && !b.ended, -1
		c.touched = append(c.touched, int32(s))
	}
	switch form := r.who.form(); form {
	case formCancelled:
		b.ended, b.why = true, endOf(r, notes)
		if !b.ran {
			b.over = int32(number)
		}
	default:
		starts := form != formUpdated || !b.started
		if starts {
			b.started, b.ended, b.why = true, false, cause{}
		}
		b.price, b.line, b.set = r.amount, int32(number), form.sets()
		if b.set && r.amount == 0 {
			b.ended = true
		}
		if starts && b.over >= 0 && tied(r, &rows[b.over], notes) {
			b.ended, b.why = true, endOf(&rows[b.over], notes)
		}
	}
	if b.ended {
		return 0
	}
	return b.price
}

// tied is [simFact.tied] for rows of one instant.
func tied(a, b *row, notes []*noted) bool {
	seq, recorded := placeOf(a, notes)
	seq2, recorded2 := placeOf(b, notes)
	return seq == seq2 && recorded == recorded2
}

// endOf returns why a subscription is cancelled.
func endOf(r *row, notes []*noted) (c cause) {
	switch r.who.voluntary() {
	case yes:
		c.reason = causeVoluntary
	case no:
		c.reason = causeInvoluntary
	}
	if r.who.noted() {
		c.text = notes[r.seq].reason
	}
	return c
}

// cause returns why the revenue of a customer changed in the group, which ends with it: the
// reason of the subscription that changed most.
func (p *plain) cause(rows []row) cause {
	var gain, loss int64
	var won, lost cause
	for _, s := range p.causes.touched {
		b := &p.causes.subs[s]
		b.touched = false
		switch d := p.subs[s].value - b.was; {
		case d > gain:
			gain, won = d, p.reason(rows, b, p.subs[s].value)
		case d < loss:
			loss, lost = d, p.reason(rows, b, p.subs[s].value)
		}
	}
	p.causes.touched = p.causes.touched[:0]
	if -loss > gain {
		return lost
	}
	return won
}

// reason is [subscription.reason] for what plain facts can do.
func (p *plain) reason(rows []row, b *standingSub, is int64) cause {
	switch {
	case b.set && b.line != b.wasLine:
		return cause{text: b.why.text}
	case b.was != 0 && is == 0 && b.ended:
		return b.why
	case b.was != 0 && is == 0:
		return cause{reason: causeFree}
	case b.was == 0:
		return cause{}
	case p.sameButQuantity(&rows[b.line], &rows[b.wasLine]):
		return cause{reason: causeSeats}
	}
	return cause{reason: causePrice}
}

func (p *plain) sameButQuantity(a, b *row) bool {
	plan, price := p.priceOf(a)
	plan2, price2 := p.priceOf(b)
	return plan == plan2 && price == price2 && a.meta.interval() == b.meta.interval()
}

func (p *plain) priceOf(r *row) (plan uint32, price int64) {
	if !r.who.noted() {
		return 0, r.amount
	}
	n := p.notes[r.seq]
	return n.plan, n.amount * p.q.multiple[r.meta.interval()]
}

// lose notes why a movement of a period happened.
func (c *causes) lose(period, currency int32, class Class, why cause, amount int64) {
	k := causeKey{period, currency, class, why}
	if int(c.last) >= len(c.sums) || c.sums[c.last].key != k {
		place, ok := c.places[k]
		if !ok {
			if c.places == nil {
				c.places = make(map[causeKey]int32)
			}
			place = int32(len(c.sums))
			c.places[k] = place
			c.sums = append(c.sums, causeSum{key: k})
		}
		c.last = place
	}
	x := &c.sums[c.last]
	x.amount.Add(amount)
	x.count++
}

// finish adds the reasons of all buckets to the book.
func (p *plain) finish() {
	l := p.q.ledger
	for i := range p.causes.sums {
		x := &p.causes.sums[i]
		k := lossKey{int(x.key.period), x.key.currency, x.key.class, reasonOf(x.key.cause.reason), l.texts.texts[x.key.cause.text]}
		p.book.lose(k, overDen(&x.amount, p.q.den), x.count)
	}
}

// overDen returns a sum over a denominator.
func overDen(lane *exact.Lane, den int64) exact.Fraction {
	if x, ok := lane.Int64(); ok {
		return fraction(x, den)
	}
	return exact.FromRat(new(big.Rat).SetFrac(lane.Big(), big.NewInt(den)))
}

// identities finds facts that are deliveries or versions of one. The zero identities is ready
// for use.
type identities struct {
	slots []int32 // places of rows, plus one
}

// reset makes room for a number of rows.
func (ids *identities) reset(n int) {
	size := 8
	for size < 2*n {
		size *= 2
	}
	ids.slots = slices.Grow(ids.slots[:0], size)[:size]
	clear(ids.slots)
}

// find returns the place of the row with the identity of n among the rows of earlier calls. If
// there is none it notes that place is, and returns -1.
func (ids *identities) find(n *noted, place int, rows []row, notes []*noted) int {
	mask := uint32(len(ids.slots) - 1)
	for i := uint32(n.row.seq) & mask; ; i = (i + 1) & mask {
		x := ids.slots[i]
		if x == 0 {
			ids.slots[i] = int32(place) + 1
			return -1
		}
		if m := notes[rows[x-1].seq]; n.sameAs(m) {
			return int(x) - 1
		}
	}
}

func (e *noted) sameAs(o *noted) bool {
	return e.row.seq == o.row.seq && e.source == o.source && e.who.derived() == o.who.derived() && e.id == o.id
}

// latest does for rows what [question.selected] does for facts. It moves what it returns to
// the front.
func (ids *identities) latest(q *question, bucket uint8, room *scratch, rows []row) []row {
	unique := q.ledger.options.Unique
	if !unique {
		ids.reset(len(rows))
	}
	n := 0
	for i := range rows {
		r := rows[i]
		if !r.who.noted() {
			if r.at <= q.known {
				rows[n] = r
				n++
			}
			continue
		}
		e := room.noted[r.seq]
		if e.recorded > q.known || len(q.retracted) > 0 && ids.void(q, bucket, e) {
			continue
		}
		if !unique {
			if place := ids.find(e, n, rows, room.noted); place >= 0 {
				if q.ledger.newer(r, rows[place], room.noted) {
					rows[place] = r
				}
				continue
			}
		}
		rows[n] = r
		n++
	}
	return rows[:n]
}

func (ids *identities) void(q *question, bucket uint8, e *noted) bool {
	source := q.ledger.texts.texts[e.source]
	return !q.ledger.options.Unique && !e.who.derived() && q.voidID(event.CodeOf(bucket, int(e.who.position())), source, e.id, q.known)
}

// newer reports whether a version of a fact counts, and not another: one with a later time
// of record, or one of the same that is less.
func (l *Ledger) newer(a, b row, notes []*noted) bool {
	x, y := notes[a.seq], notes[b.seq]
	if x.recorded != y.recorded {
		return x.recorded > y.recorded
	}
	var lines [2]line
	f, g := l.expand(a, notes, lines[:1]), l.expand(b, notes, lines[1:])
	return l.compareIdentity(&f, &g) < 0
}

// repeat reports whether two facts of a customer have one identity, or may have.
func (ids *identities) repeat(l *Ledger, room *scratch, rows []row, facts []*fact) bool {
	if len(facts) > 1 || ids.shared(l, room, rows, facts) {
		return true
	}
	ids.reset(len(rows))
	for i := range rows {
		if rows[i].who.noted() && ids.find(room.noted[rows[i].seq], i, rows, room.noted) >= 0 {
			return true
		}
	}
	return false
}

// shared reports whether a row has the identity of one of the facts.
func (ids *identities) shared(l *Ledger, room *scratch, rows []row, facts []*fact) bool {
	for _, f := range facts {
		hash := int32(event.Hash(f.id))
		for i := range rows {
			if !rows[i].who.noted() {
				continue
			}
			e := room.noted[rows[i].seq]
			if e.row.seq == hash && e.id == f.id && e.who.derived() == f.derived && l.texts.texts[e.source] == f.source {
				return true
			}
		}
	}
	return false
}
