package ledger

import (
	"math"
	"math/bits"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// row is a row of a block, or a plain fact: one that starts, updates or sets a subscription
// of one item that is licensed, without a discount and of a whole quantity, or that cancels
// it, and that was not on record before it applies. 32 bytes.
type row struct {
	at, amount int64 // the amount is of one unit, in minor units per interval
	who        who
	sub        event.Code
	meta       meta
	seq        int32 // of a noted one, a hash of its ID; in a scratch, its place among those
}

// noted is a plain fact of which there is more to keep than a row holds. 88 bytes.
type noted struct {
	row
	note
}

type note struct {
	seq, recorded, occurred int64
	id                      string
	source, reason, plan    uint32 // codes of texts
	quantity                uint32
}

// who is the customer of a row, a position in the bucket, and what else fits there.
type who uint32

// form is what a row is.
type form uint32

const (
	formBlock form = iota // of a block, which sets MRR
	formStarted
	formUpdated
	formCancelled
	formSet // a fact that sets MRR
)

const (
	whoForm      = 24 // 3 bits
	whoVoluntary = 27 // 2 bits
	whoDerived   = 29
	whoNoted     = 30
)

func (w who) position() uint32    { return uint32(w) & (1<<whoForm - 1) }
func (w who) form() form          { return form(w >> whoForm & 7) }
func (w who) voluntary() tristate { return tristate(w >> whoVoluntary & 3) }
func (w who) derived() bool       { return w>>whoDerived&1 != 0 }
func (w who) noted() bool         { return w>>whoNoted&1 != 0 } // in a scratch
func (w who) setsItems() bool     { return w.form() != formCancelled }
func (w who) at(position int) who { return w&^(1<<whoForm-1) | who(position) }
func (r *row) ends() bool {
	return r.who.form() == formCancelled || r.who.form().sets() && r.amount == 0
}
func (f form) who() who     { return who(f) << whoForm }
func (f form) sets() bool   { return f == formBlock || f == formSet }
func (t tristate) who() who { return who(t) << whoVoluntary }
func (f form) kind() Kind   { return [...]Kind{MRRSet, Started, Updated, Cancelled, MRRSet}[f] }

// formOf returns the form of facts of a kind, or formBlock if they are not plain.
func formOf(k Kind) form {
	switch k {
	case Started:
		return formStarted
	case Updated:
		return formUpdated
	case Cancelled:
		return formCancelled
	case MRRSet:
		return formSet
	}
	return formBlock
}

// meta is the currency, interval and segment of a row.
type meta uint32

func metaOf(currency uint8, interval, segment uint32) meta {
	return meta(uint32(currency) | interval<<8 | segment<<12)
}

func (m meta) currency() uint8  { return uint8(m) }
func (m meta) interval() uint32 { return uint32(m) >> 8 & (maxIntervals - 1) }
func (m meta) segment() uint32  { return uint32(m) >> 12 }

// item is the only item of a plain fact.
type item struct {
	plan     string
	amount   int64 // of one unit, without tax
	every    interval
	quantity uint32
}

// itemOf returns the item that a fact sets, if it is of that kind.
func itemOf(f *Fact) (x item, ok bool) {
	switch f.Kind {
	case Cancelled:
		return item{}, true
	case MRRSet:
		return item{amount: f.MRR, every: interval{Monthly, 1}, quantity: 1}, f.MRR >= 0 && len(f.Items) == 0
	}
	items := f.Items
	for i := range items {
		if items[i].Kind == "one_off" {
			continue
		}
		if ok || !x.read(&items[i]) {
			return item{}, false
		}
		ok = true
	}
	return x, ok
}

func (x *item) read(from *event.SubscriptionItem) bool {
	_, discount := from.Discount.Get()
	every, known := intervalOf(from.Interval)
	count, tax, quantity := from.IntervalCount.Or(1), from.Tax.Or(0), int64(1)
	if q, ok := from.Quantity.Get(); ok {
		if quantity, ok = whole(q); !ok {
			return false
		}
	}
	return !discount && known && from.Kind != "metered" && x.set(from.Plan, from.Amount, tax, interval{every, count}, quantity)
}

// whole returns a quantity as a number.
func whole(d decimal.Decimal) (int64, bool) {
	if !exact.InRange(d) {
		return 0, false
	}
	return exact.Minor(d, 0)
}

func (x *item) set(plan string, amount, tax int64, every interval, quantity int64) bool {
	net := amount - tax
	if tax < 0 || amount < 0 || net < 0 || every.count < 1 || every.count > mostIntervals || quantity < 0 || quantity > math.MaxUint32 {
		return false
	}
	*x = item{plan, net, every, uint32(quantity)}
	return true
}

// units is what an amount and a quantity come to.
func units(amount int64, quantity uint32) (uint64, bool) {
	high, low := bits.Mul64(uint64(amount), uint64(quantity))
	return low, high == 0 && low <= math.MaxInt64
}

// addPlain takes in a fact that is plain, with the item that it sets if it does. It returns
// false for any other fact, and for one that cannot be taken in.
func (l *Ledger) addPlain(f *Fact, x *item) bool {
	o := &l.options
	form := formOf(f.Kind)
	_, converted := f.Converted.Get()
	if form == formBlock || form != formCancelled && o.SegmentByPlan || f.Customer == "" || f.ID == "" && !o.Unique ||
		f.Other != "" || converted || !f.Until.IsZero() {
		return false
	}
	var e noted
	if !e.setTimes(f) {
		return false
	}
	e.who = form.who() | tristateOf(f.Voluntary).who()
	e.note.seq, e.quantity, e.sub = f.Seq, 1, event.NoCode
	ok := true
	text := func(s string) uint32 {
		code, known := l.texts.code(s)
		ok = ok && known
		return code
	}
	if form != formCancelled {
		e.amount, e.quantity, e.plan = x.amount, x.quantity, text(x.plan)
		ok = ok && l.setMeta(&e, f, x)
	}
	e.reason = text(f.Reason)
	if !o.Unique {
		e.source, e.id = text(f.Source), f.ID
	}
	if !ok {
		return false
	}
	code := l.keys.Code(f.Customer)
	if code == event.NoCode {
		return false
	}
	if f.Subscription != "" {
		if e.sub = l.subs.Code(f.Subscription); e.sub == event.NoCode {
			return false
		}
	}
	if !l.keepPlain(code, &e) {
		return false
	}
	l.tally.Taken++
	return true
}

// setTimes sets the times of a plain fact.
func (e *noted) setTimes(f *Fact) bool {
	at, ok := instant(f.Effective)
	if !ok || at == noTime {
		return false
	}
	e.at, e.occurred, e.recorded = at, at, at
	if f.Occurred != f.Effective && !f.Occurred.IsZero() {
		if e.occurred, ok = instant(f.Occurred); !ok {
			return false
		}
		e.recorded = e.occurred
	}
	if !f.Recorded.IsZero() {
		if e.recorded, ok = instant(f.Recorded); !ok {
			return false
		}
	}
	return e.recorded >= e.at
}

// setMeta sets the currency, interval and segment of a plain fact.
func (l *Ledger) setMeta(e *noted, f *Fact, x *item) bool {
	if f.Currency.IsZero() {
		return false
	}
	currency, ok := l.currencyCode(f.Currency)
	every, ok2 := l.intervalCode(x.every)
	segment, ok3 := l.segmentCode(f.Segment)
	e.meta = metaOf(currency, every, segment)
	return ok && ok2 && ok3
}

// keepPlain keeps a plain fact of a customer, or returns false if its amount is too large.
func (l *Ledger) keepPlain(code event.Code, e *noted) bool {
	total, ok := units(e.amount, e.quantity)
	if !ok {
		return false
	}
	e.who = e.who.at(code.Position())
	b := &l.buckets[code.Bucket()]
	b.most = max(b.most, total)
	if e.plainer(l.options.Unique) {
		e.row.seq = int32(e.note.seq)
		b.rows.add(e.row)
		return true
	}
	e.row.seq = int32(event.Hash(e.id))
	e.id = l.arena.Keep(e.id)
	b.noted.add(*e)
	return true
}

// plainer reports whether a row holds all that there is to keep.
func (e *noted) plainer(unique bool) bool {
	n := &e.note
	return unique && n.recorded == e.at && n.occurred == e.at && n.reason == 0 && n.plan == 0 && n.quantity == 1 && n.seq == int64(int32(n.seq))
}

// plainOf returns a fact as a plain one, if it is.
func (l *Ledger) plainOf(f *fact) (e noted, ok bool) {
	form := formOf(f.kind)
	if form == formBlock || f.until != noTime || f.converted != absent || f.other != "" || f.recorded < f.effective {
		return e, false
	}
	e.at, e.sub, e.note.seq, e.recorded, e.occurred, e.quantity = f.effective, f.sub, f.seq, f.recorded, f.occurred, 1
	e.who = form.who() | f.voluntary.who() | who(truth(f.derived))<<whoDerived
	if form != formCancelled && !l.plainLine(&e, f) {
		return e, false
	}
	var ok2 bool
	e.id = f.id
	e.source, ok = l.texts.code(f.source)
	e.reason, ok2 = l.texts.code(f.reason)
	return e, ok && ok2
}

func (l *Ledger) plainLine(e *noted, f *fact) bool {
	if l.options.SegmentByPlan || len(f.lines) != 1 {
		return false
	}
	n := &f.lines[0]
	quantity, ok := integer(n.quantity)
	amount, ok2 := integer(quotient(n.price, l.perMonth(interval{n.interval, n.count})))
	var x item
	if !ok || !ok2 || n.metered || !n.off.IsZero() || n.ends != never || !x.set(n.plan, amount, 0, interval{n.interval, n.count}, quantity) {
		return false
	}
	every, ok := l.intervalCode(x.every)
	plan, ok2 := l.texts.code(n.plan)
	e.amount, e.quantity, e.plan, e.meta = amount, x.quantity, plan, metaOf(f.currency, every, f.segment)
	return ok && ok2
}

func quotient(a, b exact.Fraction) exact.Fraction {
	q, _ := a.Quo(b)
	return q
}

func integer(f exact.Fraction) (int64, bool) {
	r := f.Rat()
	if r == nil || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

// expand returns what a row stands for, with lines in the room given, which is for one.
// Notes are those of the scratch that the row is in.
func (l *Ledger) expand(r row, notes []*noted, lines []line) fact {
	n := note{seq: int64(r.seq), recorded: r.at, occurred: r.at, quantity: 1}
	if r.who.noted() {
		n, r.amount = notes[r.seq].note, notes[r.seq].amount
	}
	w := r.who
	f := fact{
		customer: w.position(), sub: r.sub, kind: w.form().kind(), voluntary: w.voluntary(), derived: w.derived(),
		effective: r.at, occurred: n.occurred, recorded: n.recorded, until: noTime, seq: n.seq,
		source: l.texts.texts[n.source], id: n.id, reason: l.texts.texts[n.reason],
	}
	if w.setsItems() {
		f.currency, f.segment = r.meta.currency(), r.meta.segment()
		every := l.intervals[r.meta.interval()]
		x := setLine(r.amount)
		x.plan, x.interval, x.count, x.segment = l.texts.texts[n.plan], every.every, every.count, f.segment
		if every != (interval{Monthly, 1}) {
			x.price = x.price.Mul(l.perMonth(every))
		}
		x.quantity = exact.FromInt64(int64(n.quantity))
		x.list = x.price.Mul(x.quantity)
		lines[0] = x
		f.lines = lines[:1:1]
	}
	return f
}
