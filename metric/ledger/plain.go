package ledger

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// plain counts customers that are known by rows alone, of up to [mostCells] currencies and
// segments, whose amounts fit 64 bits over the common denominator. It does for them what fold,
// classify and accountant do for all, over integers and without allocating.
type plain struct {
	q      *question
	book   *book
	tables map[tableKey]*table
	used   []tableKey // in this bucket

	subs    []plainSub
	index   map[event.Code]int32
	changes []plainChange
	flips   []plainFlip
	fits    bool // the sums of this bucket
	bucket  int  // it is, -1 for none
	mixed   mixed
	causes  causes
	ids     identities
	order   order
	notes   []*noted // of the bucket
}

type plainSub struct {
	code  event.Code
	value int64
	cell  int32 // of mixed customers
}

type plainChange struct {
	atom          int32
	class         Class
	before, after int64
	cause         cause
}

type plainFlip struct {
	atom int32
	sub  int32
	view int32 // of mixed customers
	on   bool
}

// order is what the order of rows has to look at.
type order uint8

const (
	orderRows  order = iota // rows of blocks of one currency and segment
	orderMixed              // rows of blocks
	orderFacts              // facts, too
)

// fewSubs is up to how many subscriptions are found by looking at all.
const fewSubs = 16

func (q *question) newPlain(b *book) *plain {
	return &plain{q: q, book: b, tables: make(map[tableKey]*table), bucket: -1, mixed: mixed{tables: make(map[tableKey]*table)}}
}

// byWorker is what counts for each worker.
type byWorker []*plain

func (list byWorker) customer(worker int, bucket uint8, room *scratch, rows []row, facts []*fact) bool {
	return list[worker].customer(bucket, room, rows, facts)
}

func (list byWorker) done(worker int) { list[worker].done() }

// begin looks whether the sums of a bucket are sure to fit.
func (p *plain) begin(bucket uint8) {
	p.bucket = int(bucket)
	b := &p.q.ledger.buckets[bucket]
	high, most := uint64(0), b.most
	for _, m := range p.q.multiple {
		h, low := bits.Mul64(b.most, uint64(m))
		high, most = high|h, max(most, low)
	}
	h, sum := bits.Mul64(most, uint64(b.rows.n+b.noted.n)+1)
	p.fits = high == 0 && h == 0 && sum < 1<<60
}

// customer counts the rows and facts of a customer, or returns false and counts nothing.
func (p *plain) customer(bucket uint8, room *scratch, rows []row, facts []*fact) bool {
	if p.bucket != int(bucket) {
		p.begin(bucket)
	}
	if !p.fits || !p.cells(rows) {
		return false
	}
	p.notes, p.order = room.noted, orderRows
	if len(p.mixed.keys) > 1 {
		p.order = orderMixed
	}
	if len(facts) > 0 || slices.ContainsFunc(rows, func(r row) bool { return r.who.form() != formBlock }) {
		var ok bool
		if rows, ok = p.standing(bucket, room, rows, facts); !ok {
			return false
		}
		p.order = orderFacts
	}
	p.prepare(rows)
	switch len(p.mixed.keys) {
	case 0:
	case 1:
		t := p.table(p.mixed.keys[0])
		p.steps(t, rows)
		p.stretches(t)
		p.lostSubscriptions(func(int32) *table { return t })
	default:
		p.mixedCustomer(rows)
	}
	return true
}

// standing returns what of the rows was on record: the last version of each, unless it was
// void. It returns false, and leaves them alone, if they cannot be counted here.
func (p *plain) standing(bucket uint8, room *scratch, rows []row, facts []*fact) ([]row, bool) {
	o := &p.q.ledger.options
	if o.ChurnAt != ChurnAtServiceEnd || o.ZeroIsContraction || slices.ContainsFunc(facts, func(f *fact) bool { return f.kind != PaymentRecovered }) {
		return nil, false // without a payment that failed there is nothing to recover
	}
	if len(facts) > 0 && !o.Unique && p.ids.shared(p.q.ledger, room, rows, facts) {
		return nil, false
	}
	return p.ids.latest(p.q, bucket, room, rows), true
}

// cells finds the currencies and segments of rows, or returns false if there are too many.
func (p *plain) cells(rows []row) bool {
	m := &p.mixed
	m.keys = m.keys[:0]
	last := meta(0)
	for i := range rows {
		r := &rows[i]
		if !r.who.setsItems() || len(m.keys) > 0 && r.meta == last {
			continue
		}
		last = r.meta
		if k := p.cell(r); !slices.Contains(m.keys, k) {
			if len(m.keys) == mostCells {
				return false
			}
			m.keys = append(m.keys, k)
		}
	}
	return true
}

// cell returns the currency and segment of a row.
func (p *plain) cell(r *row) tableKey {
	k := tableKey{int32(r.meta.currency()), every}
	if p.q.Segments {
		k.segment = int32(r.meta.segment())
	}
	return k
}

func (p *plain) table(k tableKey) *table {
	return takeTable(p.q.timeline, p.tables, &p.used, k)
}

// takeTable returns a table and notes that it is used.
func takeTable(tl *timeline, tables map[tableKey]*table, used *[]tableKey, k tableKey) *table {
	t := tables[k]
	if t == nil {
		t = newTable(tl)
		tables[k] = t
	}
	if !t.used {
		t.used = true
		*used = append(*used, k)
	}
	return t
}

// prepare brings the rows in order and their amounts over the common denominator.
func (p *plain) prepare(rows []row) {
	if p.order == orderFacts {
		p.sort(rows) // by what facts say
	}
	for i := range rows {
		r := &rows[i]
		if r.who.noted() {
			n := p.notes[r.seq]
			r.amount = n.amount * int64(n.quantity)
		}
		if r.who.setsItems() {
			r.amount *= p.q.multiple[r.meta.interval()]
		}
	}
	if p.order != orderFacts {
		p.sort(rows)
	}
}

func (p *plain) sort(rows []row) {
	const few = 32
	if len(rows) > few && !slices.IsSortedFunc(rows, func(a, b row) int { return p.compare(&a, &b) }) {
		slices.SortFunc(rows, func(a, b row) int { return p.compare(&a, &b) })
		return
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].at > rows[i-1].at || p.compare(&rows[i], &rows[i-1]) >= 0 {
			continue
		}
		r, j := rows[i], i
		for ; j > 0 && p.compare(&r, &rows[j-1]) < 0; j-- {
			rows[j] = rows[j-1]
		}
		rows[j] = r
	}
}

// compare is the order of rows.
func (p *plain) compare(a, b *row) int {
	switch {
	case a.at != b.at:
		return less(a.at < b.at)
	case p.order == orderFacts:
		return p.compareNoted(a, b)
	}
	if c := compareRows(a, b); c != 0 || a.meta == b.meta || p.order == orderRows {
		return c
	}
	l := p.q.ledger
	if a.meta.currency() != b.meta.currency() {
		return l.currencies[a.meta.currency()].Compare(l.currencies[b.meta.currency()])
	}
	return cmp.Compare(p.q.rank[a.meta.segment()], p.q.rank[b.meta.segment()])
}

// compareNoted orders the facts of an instant.
func (p *plain) compareNoted(a, b *row) int {
	seq, recorded := placeOf(a, p.notes)
	seq2, recorded2 := placeOf(b, p.notes)
	switch {
	case seq != seq2:
		return less(seq < seq2)
	case recorded != recorded2:
		return less(recorded < recorded2)
	case a.ends() != b.ends():
		return less(a.ends())
	}
	var lines [2]line
	l := p.q.ledger
	x, y := l.expand(*a, p.notes, lines[:1]), l.expand(*b, p.notes, lines[1:])
	return l.compareFacts(&x, &y)
}

// placeOf returns the sequence number and time of record of a row.
func placeOf(r *row, notes []*noted) (seq, recorded int64) {
	if r.who.noted() {
		n := &notes[r.seq].note
		return n.seq, n.recorded
	}
	return int64(r.seq), r.at
}

// steps makes changes of rows, one for each instant at which the sum changes.
func (p *plain) steps(t *table, rows []row) {
	p.reset()
	tl, known := p.q.timeline, p.q.known
	var sum int64
	paid := false
	for i := 0; i < len(rows) && rows[i].at <= known; {
		at, before := rows[i].at, sum
		atom := tl.atom(at)
		for ; i < len(rows) && rows[i].at == at; i++ {
			s := p.sub(rows[i].sub)
			was, is := p.subs[s].value, rows[i].amount
			if p.order == orderFacts {
				is = p.causes.take(rows, s, i, was, p.notes)
			}
			if was == is {
				continue
			}
			p.subs[s].value = is
			sum += is - was
			t.levels[atom*levels+levelMRR] += is - was
			if was == 0 || is == 0 {
				p.flips = append(p.flips, plainFlip{int32(atom), int32(s), 0, is != 0})
				t.levelCounts[atom*levelCounts+countSubscriptions] += sign(is != 0)
			}
		}
		var why cause
		if p.order == orderFacts {
			why = p.cause(rows)
		}
		if sum == before {
			continue
		}
		var class Class
		switch {
		case before == 0 && paid:
			class = ClassReactivation
		case before == 0:
			class, paid = ClassNew, true
		case sum == 0:
			class = ClassChurn
		case sum > before:
			class = ClassExpansion
		default:
			class = ClassContraction
		}
		if before == 0 || sum == 0 {
			t.levelCounts[atom*levelCounts+countCustomers] += sign(sum != 0)
		}
		p.changes = append(p.changes, plainChange{int32(atom), class, before, sum, why})
	}
	clear(p.index)
}

// reset forgets the customer before.
func (p *plain) reset() {
	p.subs, p.changes, p.flips = p.subs[:0], p.changes[:0], p.flips[:0]
	p.causes.subs = p.causes.subs[:0]
}

// sub returns the position of a subscription.
func (p *plain) sub(code event.Code) int {
	if len(p.subs) <= fewSubs {
		for i := range p.subs {
			if p.subs[i].code == code {
				return i
			}
		}
	} else if i, ok := p.index[code]; ok {
		return int(i)
	}
	p.subs = append(p.subs, plainSub{code: code})
	switch n := len(p.subs); {
	case n == fewSubs+1:
		if p.index == nil {
			p.index = make(map[event.Code]int32)
		}
		for i := range p.subs {
			p.index[p.subs[i].code] = int32(i)
		}
	case n > fewSubs:
		p.index[code] = int32(n - 1)
	}
	return len(p.subs) - 1
}

// stretches counts the changes by period.
func (p *plain) stretches(t *table) {
	for _, tr := range p.q.timeline.tracks {
		for i := 0; i < len(p.changes); {
			period := tr[p.changes[i].atom]
			j := i + 1
			for j < len(p.changes) && tr[p.changes[j].atom] == period {
				j++
			}
			if period >= 0 {
				stretch(t.flows[int(period)*flows:][:flows], t.flowCounts[int(period)*flowCounts:][:flowCounts], p.changes[i:j], i > 0)
				for k := i; k < j; k++ {
					if c := &p.changes[k]; c.cause != (cause{}) {
						p.causes.lose(period, p.mixed.keys[0].currency, c.class, c.cause, c.after-c.before)
					}
				}
			}
			i = j
		}
	}
}

// stretch counts the changes of a customer within one period. Paid says whether the customer
// had paid before.
func stretch(f, n []int64, changes []plainChange, paid bool) {
	open, end := changes[0].before, changes[len(changes)-1].after
	for i := range changes {
		c := &changes[i]
		d := c.after - c.before
		f[c.class.flow()] += d
		f[flowDelta] += d
		if c.cause == (cause{}) {
			n[c.class.unknown()]++
		}
		switch c.class {
		case ClassNew:
			n[flowsNew]++
		case ClassReactivation:
			n[flowsReactivated]++
		case ClassChurn:
			n[flowsChurned]++
		case ClassExpansion:
			n[flowsExpansions]++
		case ClassContraction:
			n[flowsContractions]++
		}
		if of := c.class.openFlow(); of >= 0 && open > 0 {
			f[of] += d
		}
	}
	switch {
	case open == 0 && end == 0:
		n[flowsSamePeriod]++
	case open == 0 && paid:
		f[endReactivation] += end
	case open == 0:
		f[endNew] += end
	case end == 0:
		f[endChurn] -= open
		f[flowRetained] -= open
		f[flowKept] -= open
		n[flowsLost]++
		changes[len(changes)-1].cause.count(n)
	case end > open:
		f[endExpansion] += end - open
		f[flowRetained] += end - open
		n[flowsGrown]++
	case end < open:
		f[endContraction] += end - open
		f[flowRetained] += end - open
		f[flowKept] += end - open
		n[flowsShrunk]++
	}
}

// lostSubscriptions counts subscriptions with revenue at the start of a period and none at
// its end: the first time in it that they change is an end, and so is the last.
func (p *plain) lostSubscriptions(tables func(view int32) *table) {
	if len(p.subs) > 1 || len(p.flips) > 1 && p.flips[1].view != p.flips[0].view {
		slices.SortStableFunc(p.flips, func(a, b plainFlip) int {
			if a.sub != b.sub {
				return less(a.sub < b.sub)
			}
			return cmp.Compare(a.view, b.view)
		})
	}
	for _, tr := range p.q.timeline.tracks {
		for i := 0; i < len(p.flips); {
			period := tr[p.flips[i].atom]
			j := i + 1
			for j < len(p.flips) && p.flips[j].sub == p.flips[i].sub && p.flips[j].view == p.flips[i].view && tr[p.flips[j].atom] == period {
				j++
			}
			if period >= 0 && !p.flips[i].on && !p.flips[j-1].on {
				tables(p.flips[i].view).flowCounts[int(period)*flowCounts+flowsLostSubscriptions]++
			}
			i = j
		}
	}
}

// done adds the bucket to the book.
func (p *plain) done() {
	for _, k := range p.used {
		t := p.tables[k]
		p.book.total(k).addTable(t)
		if k.segment != every {
			p.book.total(tableKey{k.currency, every}).addTable(t)
		}
		for i := 0; i < len(t.flowCounts); i += flowCounts {
			t.flowCounts[i+flowsShrunk], t.flowCounts[i+flowsGrown] = 0, 0 // of a currency only
		}
		p.book.total(tableKey{every, every}).addCounts(t.levelCounts, t.flowCounts)
		t.clear()
	}
	for _, k := range p.mixed.used {
		t := p.mixed.tables[k]
		if k.currency == every {
			p.book.total(k).addCounts(t.levelCounts, t.flowCounts)
		} else {
			p.book.total(k).addTable(t)
		}
		t.clear()
	}
	p.used, p.mixed.used = p.used[:0], p.mixed.used[:0]
	p.bucket = -1
}
