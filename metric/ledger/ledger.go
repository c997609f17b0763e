package ledger

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/intern"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Ledger takes in facts about subscriptions and answers for any period: how much revenue
// recurs, what moved it, and what came of the customers who paid it.
//
// A Ledger is an accumulator: facts may come in any order, more than once and in any number
// of ledgers that are merged. It is made by [New], is not for concurrent use while facts are
// added, and answers may be asked for concurrently.
//
// It keeps all that it takes in for ever, since a late or corrected fact may change any
// answer: 32 bytes for each row of a [Block]; 88 and the ID for each fact that starts,
// updates or sets a subscription of one licensed item without discounts, or cancels it, and
// with [Options].Unique mostly 32; about 200 for any other fact, and 200 more for each item of it.
type Ledger struct {
	options    Options
	keys       *event.Keys
	subs       *event.Keys
	currencies []metric.Currency // by code, in the order in which they came
	segments   dictionary
	texts      dictionary // sources, reasons and plans
	arena      intern.Arena
	intervals  []interval // of rows
	buckets    [event.Buckets]bucket
	links      int          // facts that join customers
	retracted  []retraction // facts that are void
	tally      event.Tally  // of what came in
}

// bucket is what is known of the customers of a bucket.
type bucket struct {
	rows  pile[row]
	noted pile[noted]
	facts pile[fact]
	most  uint64 // the most that a row sets, per interval
}

// interval is the interval of amounts in rows.
type interval struct {
	every Interval
	count int64
}

// retraction says that a fact is void from when that was recorded.
type retraction struct {
	customer   string // whose fact it is, "" for anybody's
	source, id string
	recorded   int64
}

const (
	maxCurrencies = 1 << 8
	maxIntervals  = 1 << 4
	maxSegments   = 1 << 20
	noText        = maxSegments
)

func errZero() error { return inputErrorf("a zero Ledger cannot be used, see New") }

// New returns an empty ledger with the given rules. The error is a [metric.ErrInput] that
// names an option that is out of range.
func New(o Options) (*Ledger, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	l := &Ledger{options: o, keys: o.Keys, subs: o.Subscriptions}
	if l.keys == nil {
		l.keys = new(event.Keys)
	}
	if l.subs == nil {
		l.subs = new(event.Keys)
	}
	l.segments.code("")
	l.texts.code("")
	return l, nil
}

// Options returns the rules.
func (l *Ledger) Options() Options { return l.options }

// Keys returns the codes of customers.
func (l *Ledger) Keys() *event.Keys { return l.keys }

// Subscriptions returns the codes of subscriptions.
func (l *Ledger) Subscriptions() *event.Keys { return l.subs }

// dictionary knows segments by code. The zero dictionary is empty.
type dictionary struct {
	texts []string
	codes map[string]uint32
	last  uint32 // the code that was asked for last, and mostly will be next
}

func (d *dictionary) code(text string) (uint32, bool) {
	if len(d.texts) > 0 && d.texts[d.last] == text {
		return d.last, true
	}
	if code, ok := d.codes[text]; ok {
		d.last = code
		return code, true
	}
	if len(d.texts) >= maxSegments {
		return 0, false
	}
	if d.codes == nil {
		d.codes = make(map[string]uint32)
	}
	code := uint32(len(d.texts))
	text = strings.Clone(text)
	d.texts = append(d.texts, text)
	d.codes[text] = code
	return code, true
}

// ranks returns the places of the texts in their order.
func (d *dictionary) ranks() []int32 {
	order := make([]int32, len(d.texts))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(d.texts[a], d.texts[b]) })
	ranks := make([]int32, len(order))
	for rank, i := range order {
		ranks[i] = int32(rank)
	}
	return ranks
}

func (l *Ledger) segmentCode(text string) (uint32, bool) { return l.segments.code(text) }

func (l *Ledger) currencyCode(c metric.Currency) (uint8, bool) {
	i := slices.Index(l.currencies, c)
	if i < 0 {
		if i = len(l.currencies); i >= maxCurrencies {
			return 0, false
		}
		l.currencies = append(l.currencies, c)
	}
	return uint8(i), true
}

func (l *Ledger) intervalCode(i interval) (uint32, bool) {
	code := slices.Index(l.intervals, i)
	if code < 0 {
		if code = len(l.intervals); code >= maxIntervals {
			return 0, false
		}
		l.intervals = append(l.intervals, i)
	}
	return uint32(code), true
}

// put takes in a fact that has been checked.
func (l *Ledger) put(code event.Code, f fact) {
	l.tally.Taken++
	if f.kind == FactRetracted {
		customer := ""
		if code != event.NoCode {
			customer = l.keys.Key(code)
		}
		l.retracted = append(l.retracted, retraction{customer, f.source, f.other, f.recorded})
		return
	}
	if f.kind == CustomerMerged || f.kind == Transferred {
		l.links++
	}
	l.keep(code, f)
}

// keep keeps a fact of a customer.
func (l *Ledger) keep(code event.Code, f fact) {
	if e, ok := l.plainOf(&f); ok && l.keepPlain(code, &e) {
		return
	}
	f.customer = uint32(code.Position())
	f.source, f.reason = l.kept(f.source), l.kept(f.reason)
	f.id, f.other = l.arena.Keep(f.id), l.arena.Keep(f.other)
	l.buckets[code.Bucket()].facts.add(f)
}

// kept returns a text that many facts have, so that they hold it in common.
func (l *Ledger) kept(text string) string {
	if code, ok := l.texts.code(text); ok {
		return l.texts.texts[code]
	}
	return l.arena.Keep(text)
}

// contentID returns an ID for a fact that has none: a hash of all but its time of record.
func (l *Ledger) contentID(code event.Code, f *fact) string {
	var w wire.Writer
	l.encodeContent(&w, f)
	h := fnv.New128a()
	h.Write(w.Bytes) // never fails
	return string(h.Sum(nil))
}

// Report says what became of facts, events and rows. Facts of which another delivery counts
// are duplicates; those that contradict one of the same ID and record time are refused for
// [ReasonConflict], and the one that is least in order counts. A subscription that is cancelled
// or expires and that no fact starts, sooner or later, is among the refusals once, for
// [ReasonNeverStarted]: its facts are taken in and change nothing until one does.
func (l *Ledger) Report() event.Report {
	if l.keys == nil {
		return event.Report{}
	}
	duplicates, conflicts := l.repeats()
	tally := event.Tally{}
	tally.Merge(&l.tally)
	for _, c := range conflicts {
		tally.Refuse("", ReasonConflict, c)
	}
	for _, name := range l.neverStarted() {
		tally.Refuse("", ReasonNeverStarted, name)
	}
	return tally.Report(duplicates)
}

// Merge adds all that another ledger has taken in, and leaves that as it is. The error is a
// [metric.ErrInput] if the rules differ.
func (l *Ledger) Merge(o *Ledger) error {
	if l.keys == nil || o == nil || o.keys == nil {
		return errZero()
	}
	if a, b := l.options.String(), o.options.String(); a != b {
		return inputErrorf("merging ledgers of different rules, %q and %q", a, b)
	}
	t, err := l.translation(o)
	if err != nil {
		return err
	}
	shard.Each(l.options.Workers, func(_ int, number uint8) {
		l.buckets[number].merge(o, number, t)
	})
	l.links += o.links
	l.retracted = append(l.retracted, o.retracted...)
	l.tally.Merge(&o.tally)
	return nil
}

// translation says what the codes of another ledger are in this one.
type translation struct {
	keys, subs *event.Translation
	currencies []uint8
	segments   []uint32
	texts      []uint32 // noText for one that there is no room for
	intervals  []uint32
	same       bool // all of them are the same
}

func (l *Ledger) translation(o *Ledger) (*translation, error) {
	t := &translation{keys: l.keys.Translation(o.keys), subs: l.subs.Translation(o.subs), same: l.keys == o.keys && l.subs == o.subs}
	for i, c := range o.currencies {
		code, ok := l.currencyCode(c)
		if !ok {
			return nil, inputErrorf("more than %d currencies", maxCurrencies)
		}
		t.currencies = append(t.currencies, code)
		t.same = t.same && int(code) == i
	}
	for i, text := range o.segments.texts {
		code, ok := l.segmentCode(text)
		if !ok {
			return nil, inputErrorf("more than %d segments", maxSegments)
		}
		t.segments = append(t.segments, code)
		t.same = t.same && int(code) == i
	}
	for i, text := range o.texts.texts {
		code, ok := l.texts.code(text)
		if !ok {
			code = noText
		}
		t.texts = append(t.texts, code)
		t.same = t.same && int(code) == i
	}
	for j, i := range o.intervals {
		code, ok := l.intervalCode(i)
		if !ok {
			return nil, inputErrorf("blocks of more than %d intervals", maxIntervals)
		}
		t.intervals = append(t.intervals, code)
		t.same = t.same && int(code) == j
	}
	return t, nil
}

func (b *bucket) merge(from *Ledger, number uint8, t *translation) {
	o := &from.buckets[number]
	b.most = max(b.most, o.most)
	if t.same {
		b.rows.share(&o.rows)
		b.noted.share(&o.noted)
		b.facts.share(&o.facts)
		return
	}
	b.rows.copy(&o.rows, func(r *row) { t.row(r, number) })
	b.facts.copy(&o.facts, func(f *fact) { t.fact(f, number) })
	o.noted.each(func(part []noted) {
		for _, e := range part {
			if old := e; !t.note(&e, number) {
				old.who |= 1 << whoNoted
				old.row.seq = 0
				f := from.expand(old.row, []*noted{&old}, make([]line, 1))
				t.fact(&f, number)
				b.facts.add(f)
				continue
			}
			b.noted.add(e)
		}
	})
}

// note translates a fact with a note, or returns false if there is no room for its texts.
func (t *translation) note(e *noted, number uint8) bool {
	t.row(&e.row, number)
	e.source, e.reason, e.plan = t.texts[e.source], t.texts[e.reason], t.texts[e.plan]
	return max(e.source, e.reason, e.plan) != noText
}

func (t *translation) row(r *row, number uint8) {
	r.who = r.who.at(t.keys.Code(event.CodeOf(number, int(r.who.position()))).Position())
	r.sub = t.subs.Code(r.sub)
	if r.who.setsItems() {
		r.meta = metaOf(t.currencies[r.meta.currency()], t.intervals[r.meta.interval()], t.segments[r.meta.segment()])
	}
}

func (t *translation) fact(f *fact, number uint8) {
	f.customer = uint32(t.keys.Code(event.CodeOf(number, int(f.customer))).Position())
	f.sub = t.subs.Code(f.sub)
	if !f.kind.setsItems() || f.lines == nil {
		return
	}
	f.currency, f.segment = t.currencies[f.currency], t.segments[f.segment]
	f.lines = slices.Clone(f.lines)
	for j := range f.lines {
		f.lines[j].segment = t.segments[f.lines[j].segment]
	}
}
