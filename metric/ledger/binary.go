package ledger

import (
	"bytes"
	"cmp"
	"encoding"
	"math/big"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Ledger)(nil)
	_ encoding.BinaryUnmarshaler = (*Ledger)(nil)
)

const (
	magic       = "olcl"
	formVersion = 1
)

// MarshalBinary returns all that l has taken in. Ledgers of equal rules that have taken in
// the same facts, events and rows, in whatever order and by whatever merges, give the same
// bytes. The form is versioned and bound to the rules.
func (l *Ledger) MarshalBinary() ([]byte, error) {
	if l.keys == nil {
		return nil, errZero()
	}
	var w wire.Writer
	w.Tally(&l.tally)
	l.encodeRetractions(&w)
	names := l.encodeNames(&w)
	for number := range l.buckets {
		l.encodeBucket(&w, uint8(number), names)
	}
	return wire.Seal(magic, formVersion, l.options.String(), w.Bytes), nil
}

// UnmarshalBinary replaces all that l has taken in. The bytes must be those that
// [Ledger.MarshalBinary] wrote of a ledger with the same rules; anything else is a
// [metric.ErrInput], and l stays as it was, but that its keys may know more.
func (l *Ledger) UnmarshalBinary(data []byte) error {
	if l.keys == nil {
		return errZero()
	}
	r, err := wire.Open(magic, formVersion, l.options.String(), data)
	if err != nil {
		return inputErrorf("%w", err)
	}
	fresh, err := New(l.options)
	if err != nil {
		return err
	}
	fresh.keys, fresh.subs = new(event.Keys), new(event.Keys)
	fresh.decode(r)
	if err := r.Finish(fresh); err != nil {
		return inputErrorf("%w", err)
	}
	result, err := New(l.options)
	if err != nil {
		return err
	}
	result.keys, result.subs = l.keys, l.subs
	if err := result.Merge(fresh); err != nil {
		return err
	}
	*l = *result
	return nil
}

func (l *Ledger) decode(r *wire.Reader) {
	l.tally = r.Tally()
	l.decodeRetractions(r)
	names := l.decodeNames(r)
	for number := range l.buckets {
		l.decodeBucket(r, uint8(number), names)
		if r.Failed() {
			return
		}
	}
}

func (r *retraction) compare(o *retraction) int {
	if r.source != o.source || r.id != o.id {
		return cmp.Or(strings.Compare(r.source, o.source), strings.Compare(r.id, o.id))
	}
	return cmp.Or(strings.Compare(r.customer, o.customer), cmp.Compare(r.recorded, o.recorded))
}

func (l *Ledger) encodeRetractions(w *wire.Writer) {
	list := slices.Clone(l.retracted)
	slices.SortFunc(list, func(a, b retraction) int { return a.compare(&b) })
	w.Count(len(list))
	for _, x := range list {
		w.Text(x.customer)
		w.Text(x.source)
		w.Text(x.id)
		w.Varint(x.recorded)
	}
}

func (l *Ledger) decodeRetractions(r *wire.Reader) {
	for range r.Count(4) {
		l.retracted = append(l.retracted, retraction{r.Text(), r.Text(), r.Text(), r.Varint()})
	}
}

// names are the codes that rows and facts are written with: of the currencies, segments and
// intervals that are used, in order of what they stand for.
type names struct {
	currencies, intervals []uint32 // by code
	segments              []uint32
}

// encodeNames writes the currencies, segments and intervals of rows and facts.
func (l *Ledger) encodeNames(w *wire.Writer) *names {
	n := &names{make([]uint32, len(l.currencies)), make([]uint32, len(l.intervals)), make([]uint32, len(l.segments.texts))}
	l.markNames(n)
	rank(w, n.currencies, func(a, b uint32) int { return l.currencies[a].Compare(l.currencies[b]) }, func(i uint32) { w.Text(l.currencies[i].Code()) })
	rank(w, n.segments, func(a, b uint32) int { return cmp.Compare(l.segments.texts[a], l.segments.texts[b]) }, func(i uint32) { w.Text(l.segments.texts[i]) })
	rank(w, n.intervals, func(a, b uint32) int { return l.intervals[a].compare(l.intervals[b]) }, func(i uint32) {
		w.Byte(byte(l.intervals[i].every))
		w.Varint(l.intervals[i].count)
	})
	return n
}

func (i interval) compare(o interval) int {
	return cmp.Or(cmp.Compare(i.every, o.every), cmp.Compare(i.count, o.count))
}

// markNames marks the names that are used.
func (l *Ledger) markNames(n *names) {
	mark := func(r *row) {
		if m := r.meta; r.who.setsItems() {
			n.currencies[m.currency()], n.segments[m.segment()] = 1, 1
			if r.who.form() == formBlock {
				n.intervals[m.interval()] = 1
			}
		}
	}
	for i := range l.buckets {
		b := &l.buckets[i]
		b.rows.each(func(part []row) {
			for j := range part {
				mark(&part[j])
			}
		})
		b.noted.each(func(part []noted) {
			for j := range part {
				mark(&part[j].row)
			}
		})
		b.facts.each(func(part []fact) {
			for j := range part {
				n.mark(&part[j])
			}
		})
	}
}

func (n *names) mark(f *fact) {
	if f.lines == nil {
		return
	}
	n.currencies[f.currency], n.segments[f.segment] = 1, 1
	for k := range f.lines {
		n.segments[f.lines[k].segment] = 1
	}
}

// rank writes what is marked in order and numbers it.
func rank(w *wire.Writer, marks []uint32, compare func(a, b uint32) int, write func(i uint32)) {
	var used []uint32
	for i, m := range marks {
		if m != 0 {
			used = append(used, uint32(i))
		}
	}
	slices.SortFunc(used, compare)
	w.Count(len(used))
	for number, i := range used {
		write(i)
		marks[i] = uint32(number)
	}
}

func (l *Ledger) decodeNames(r *wire.Reader) *names {
	n := new(names)
	for range r.Count(1) {
		c, err := metric.ParseCurrency(r.Text())
		code, ok := l.currencyCode(c)
		if err != nil || !ok {
			r.Fail()
			return n
		}
		n.currencies = append(n.currencies, uint32(code))
	}
	for range r.Count(1) {
		code, ok := l.segmentCode(r.Text())
		if !ok {
			r.Fail()
			return n
		}
		n.segments = append(n.segments, code)
	}
	for range r.Count(2) {
		i := interval{Interval(r.Byte()), r.Varint()}
		code, ok := l.intervalCode(i)
		if !ok || i.every > Yearly || i.count < 1 || i.count > mostIntervals {
			r.Fail()
			return n
		}
		n.intervals = append(n.intervals, code)
	}
	return n
}

// name reads a number and returns the code it stands for.
func name(r *wire.Reader, codes []uint32) uint32 {
	n := r.Uvarint()
	if n >= uint64(len(codes)) {
		r.Fail()
		return 0
	}
	return codes[n]
}

func (l *Ledger) encodeBucket(w *wire.Writer, number uint8, n *names) {
	var room scratch
	room.group(l, number)
	var used []event.Code
	for _, code := range l.keys.Sorted(number) {
		if rows, facts := room.of(code.Position()); len(rows)+len(facts) > 0 {
			used = append(used, code)
		}
	}
	w.Count(len(used))
	for _, code := range used {
		rows, facts := room.of(code.Position())
		w.Text(l.keys.Key(code))
		blocks := slices.Clone(rows)
		l.encodeRows(w, slices.DeleteFunc(blocks, func(r row) bool { return r.who.form() != formBlock }), n)
		l.encodeFacts(w, l.allFacts(&room, rows, facts))
	}
}

// allFacts returns the facts of a customer, plain ones among them.
func (l *Ledger) allFacts(room *scratch, rows []row, facts []*fact) []*fact {
	list := slices.Clone(facts)
	made, lines := make([]fact, len(rows)), make([]line, len(rows))
	for i := range rows {
		if rows[i].who.form() != formBlock {
			made[i] = l.expand(rows[i], room.noted, lines[i:])
			list = append(list, &made[i])
		}
	}
	return list
}

func (l *Ledger) encodeRows(w *wire.Writer, rows []row, n *names) {
	slices.SortFunc(rows, func(a, b row) int {
		if c := compareRows(&a, &b); c != 0 {
			return c
		}
		if a.sub != b.sub {
			return strings.Compare(l.subName(a.sub), l.subName(b.sub))
		}
		return cmp.Or(cmp.Compare(n.currencies[a.meta.currency()], n.currencies[b.meta.currency()]),
			cmp.Compare(n.intervals[a.meta.interval()], n.intervals[b.meta.interval()]), cmp.Compare(n.segments[a.meta.segment()], n.segments[b.meta.segment()]))
	})
	w.Count(len(rows))
	at := int64(0)
	for i := range rows {
		r := &rows[i]
		w.Varint(r.at - at)
		at = r.at
		w.Varint(r.amount)
		w.Varint(int64(r.seq))
		w.Text(l.subName(r.sub))
		w.Uvarint(uint64(n.currencies[r.meta.currency()]))
		w.Uvarint(uint64(n.intervals[r.meta.interval()]))
		w.Uvarint(uint64(n.segments[r.meta.segment()]))
	}
}

func (l *Ledger) encodeFacts(w *wire.Writer, facts []*fact) {
	slices.SortFunc(facts, l.compareIdentity)
	w.Count(len(facts))
	for _, f := range facts {
		w.Text(f.source)
		w.Bool(f.derived)
		w.Text(f.id)
		w.Varint(f.recorded)
		l.encodeContent(w, f)
	}
}

// encodeContent writes all but the identity of a fact, with names in place of codes.
func (l *Ledger) encodeContent(w *wire.Writer, f *fact) {
	w.Byte(byte(f.kind))
	w.Text(l.subName(f.sub))
	w.Byte(byte(f.voluntary))
	w.Byte(byte(f.converted))
	w.Varint(f.effective)
	w.Varint(f.occurred)
	w.Varint(f.until)
	w.Varint(f.seq)
	w.Text(f.reason)
	w.Text(f.other)
	w.Bool(f.lines != nil)
	if f.lines == nil {
		return
	}
	w.Text(l.currencies[f.currency].Code())
	w.Text(l.segments.texts[f.segment])
	w.Count(len(f.lines))
	for i := range f.lines {
		n := &f.lines[i]
		w.Text(n.plan)
		encodeFraction(w, n.price)
		encodeFraction(w, n.quantity)
		encodeFraction(w, n.off)
		w.Varint(n.ends)
		w.Bool(n.metered)
		w.Byte(byte(n.interval))
		w.Varint(n.count)
	}
}

func (l *Ledger) compareBytes(a, b *fact) int {
	var v, w wire.Writer
	l.encodeContent(&v, a)
	l.encodeContent(&w, b)
	return bytes.Compare(v.Bytes, w.Bytes)
}

func encodeFraction(w *wire.Writer, f exact.Fraction) {
	r := f.Rat()
	w.Bool(r.Sign() < 0)
	for _, x := range []*big.Int{r.Num(), r.Denom()} {
		b := x.Bytes()
		w.Count(len(b))
		w.Raw(b)
	}
}

func decodeFraction(r *wire.Reader) exact.Fraction {
	const longest = 64 // bytes; amounts and quantities that are in range are well within
	negative := r.Bool()
	var terms [2]*big.Int
	for i := range terms {
		n := r.Count(1)
		if n > longest {
			r.Fail()
		}
		terms[i] = new(big.Int).SetBytes(r.Raw(n))
	}
	if r.Failed() || terms[1].Sign() == 0 {
		r.Fail()
		return exact.Fraction{}
	}
	x := new(big.Rat).SetFrac(terms[0], terms[1])
	if negative {
		x.Neg(x)
	}
	return exact.FromRat(x)
}

func (l *Ledger) decodeBucket(r *wire.Reader, number uint8, n *names) {
	last := ""
	for range r.Count(4) {
		key := r.Text()
		if key <= last || event.Bucket(key) != number {
			r.Fail()
		}
		if r.Failed() {
			return
		}
		last = key
		code := l.keys.Code(key)
		l.decodeRows(r, code, n)
		l.decodeFacts(r, code)
	}
}

func (l *Ledger) decodeRows(r *wire.Reader, code event.Code, n *names) {
	b := &l.buckets[code.Bucket()]
	at := int64(0)
	for range r.Count(7) {
		at += r.Varint()
		x := row{at: at, amount: r.Varint(), who: formBlock.who().at(code.Position())}
		seq := r.Varint()
		x.seq = int32(seq)
		x.sub = l.decodeSub(r)
		currency, every, segment := name(r, n.currencies), name(r, n.intervals), name(r, n.segments)
		x.meta = metaOf(uint8(currency), every, segment)
		if !ranged(at) || x.amount < 0 || int64(x.seq) != seq {
			r.Fail()
		}
		if r.Failed() {
			return
		}
		b.most = max(b.most, uint64(x.amount))
		b.rows.add(x)
	}
}

func (l *Ledger) decodeSub(r *wire.Reader) event.Code {
	if key := r.Text(); key != "" {
		return l.subs.Code(key)
	}
	return event.NoCode
}

func (l *Ledger) decodeFacts(r *wire.Reader, code event.Code) {
	for range r.Count(15) {
		var f fact
		f.source, f.derived, f.id = r.Text(), r.Bool(), r.Text()
		f.recorded = r.Varint()
		l.decodeContent(r, &f)
		if r.Failed() {
			return
		}
		if f.kind == CustomerMerged || f.kind == Transferred {
			l.links++
			if l.keys.Code(f.other) == event.NoCode {
				r.Fail()
				return
			}
		}
		l.keep(code, f)
	}
}

func (l *Ledger) decodeContent(r *wire.Reader, f *fact) {
	f.kind, f.sub = Kind(r.Byte()), l.decodeSub(r)
	f.voluntary, f.converted = tristate(r.Byte()), tristate(r.Byte())
	f.effective, f.occurred, f.until, f.seq = r.Varint(), r.Varint(), r.Varint(), r.Varint()
	f.reason, f.other = r.Text(), r.Text()
	if f.kind == 0 || f.kind >= FactRetracted || f.voluntary > no || f.converted > no || !l.identified(f) ||
		!ranged(f.effective) || !ranged(f.occurred) || !ranged(f.recorded) || f.until != noTime && !ranged(f.until) {
		r.Fail()
	}
	items := r.Bool()
	if items != f.kind.setsItems() && f.kind != TrialStarted || f.kind == TrialStarted && f.until == noTime {
		r.Fail()
	}
	if r.Failed() || !items {
		return
	}
	c, err := metric.ParseCurrency(r.Text())
	code, ok := l.currencyCode(c)
	segment, ok2 := l.segmentCode(r.Text())
	if err != nil || !ok || !ok2 {
		r.Fail()
		return
	}
	f.currency, f.segment = code, segment
	count := r.Count(12)
	f.lines = make([]line, 0, count)
	for range count {
		n := line{plan: r.Text(), price: decodeFraction(r), quantity: decodeFraction(r), off: decodeFraction(r), ends: r.Varint(),
			metered: r.Bool(), interval: Interval(r.Byte()), count: r.Varint(), segment: segment}
		n.list = n.price.Mul(n.quantity)
		if l.options.SegmentByPlan {
			if n.segment, ok = l.segmentCode(n.plan); !ok {
				r.Fail()
			}
		}
		if r.Failed() || n.interval > Yearly || n.count < 1 || n.count > mostIntervals || n.ends != never && !bounded(n.ends) {
			r.Fail()
			return
		}
		f.lines = append(f.lines, n)
	}
	if f.kind == MRRSet && len(f.lines) != 1 {
		r.Fail()
	}
}

// identified reports whether a fact has an identity if it needs one, and none otherwise.
func (l *Ledger) identified(f *fact) bool {
	if l.options.Unique {
		return f.id == "" && f.source == "" && !f.derived
	}
	return f.id != ""
}

// ranged reports whether an instant is one that facts may have.
func ranged(at int64) bool { return at > firstNano && at < lastNano }

// bounded is ranged or on a bound, as the end of a discount may be.
func bounded(at int64) bool { return at >= firstNano && at <= lastNano }

// repeats counts facts of which another delivery counts, and names those that contradict one.
func (l *Ledger) repeats() (duplicates int64, conflicts []string) {
	if l.options.Unique {
		return 0, nil
	}
	var room scratch
	var ids identities
	for number := range l.buckets {
		if b := &l.buckets[number]; b.facts.n+b.noted.n == 0 {
			continue
		}
		room.group(l, uint8(number))
		for position := range l.keys.LenBucket(uint8(number)) {
			rows, facts := room.of(position)
			if ids.repeat(l, &room, rows, facts) {
				n, list := l.repeated(l.allFacts(&room, rows, facts))
				duplicates += n
				conflicts = append(conflicts, list...)
			}
		}
	}
	return duplicates, conflicts
}

// repeated does what repeats does for the facts of a customer.
func (l *Ledger) repeated(facts []*fact) (duplicates int64, conflicts []string) {
	slices.SortFunc(facts, l.compareIdentity)
	for i := 1; i < len(facts); i++ {
		a, b := facts[i-1], facts[i]
		if a.source != b.source || a.id != b.id || a.derived != b.derived {
			continue
		}
		switch {
		case l.compareBytes(a, b) == 0:
			duplicates++
		case a.recorded == b.recorded:
			conflicts = append(conflicts, b.kind.String()+" "+quote(b.id))
		}
	}
	return duplicates, conflicts
}
