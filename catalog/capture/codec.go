package capture

import (
	"cmp"
	"encoding"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

var (
	_ encoding.BinaryMarshaler   = (*Collector)(nil)
	_ encoding.BinaryUnmarshaler = (*Collector)(nil)
)

// The first bytes of the binary form.
const (
	magic   = "olcc"
	version = 1
)

// MarshalBinary returns all that c has taken in. Collectors that have taken in the same
// events and blocks, in whatever order and by whatever merges, give the same bytes.
//
//	collector = "olcc", 0x01, hash of the options (16 bytes), length as uvarint, body
//	body      = texts, state, events, rejected events, Options.States
//
// Keys are written as texts, once each, bucket by bucket; what follows names them by their
// positions.
func (c *Collector) MarshalBinary() ([]byte, error) {
	if c.plan == nil {
		return nil, errZero
	}
	c.flush()
	w := newWriter(c.plan, c.dictionary)
	c.encode(w) // marks the texts that are used
	w.settle()
	w.texts()
	c.encode(w)
	if w.err != nil {
		return nil, w.err
	}
	sum := hashPair("", string(c.plan.identity))
	b := append([]byte(magic), version)
	b = append(b, sum[:]...)
	b = binary.AppendUvarint(b, uint64(len(w.bytes)))
	return append(b, w.bytes...), nil
}

// UnmarshalBinary replaces all that c has taken in. The bytes must be those that
// [Collector.MarshalBinary] wrote of a collector with the same options; anything else is a
// [metric.ErrInput], and c stays as it was. Codes that c gave before are no longer valid.
func (c *Collector) UnmarshalBinary(data []byte) error {
	if c.plan == nil {
		return errZero
	}
	const headerSize = len(magic) + 1 + len(hash{})
	switch {
	case len(data) < headerSize || string(data[:len(magic)]) != magic:
		return inputErrorf("collector: not its binary form")
	case data[len(magic)] != version:
		return inputErrorf("collector: binary form of version %d, want %d", data[len(magic)], version)
	case hash(data[len(magic)+1:headerSize]) != hashPair("", string(c.plan.identity)):
		return inputErrorf("collector: binary form of one with different options")
	}
	length, n := binary.Uvarint(data[headerSize:])
	body := data[headerSize+max(n, 0):]
	if n <= 0 || length != uint64(len(body)) {
		return inputErrorf("collector: binary form with a body of %d bytes, want %d", len(body), length)
	}
	decoded := newCollector(c.plan)
	var err error
	if decoded.states, err = openStates(&c.plan.options); err != nil {
		return err
	}
	r := &reader{plan: c.plan, dictionary: decoded.dictionary, data: body}
	r.texts()
	decoded.decode(r)
	if r.bad || len(r.data) > 0 {
		return inputErrorf("collector: malformed binary form, %d bytes before its end", len(r.data))
	}
	if again, err := decoded.MarshalBinary(); err != nil || string(again) != string(data) {
		return inputErrorf("collector: binary form that is not the only one of its content")
	}
	*c = *decoded
	return nil
}

// encode writes everything but the texts.
func (c *Collector) encode(w *writer) {
	c.folded.encode(w)
	w.uvarint(uint64(c.deliveries))
	if c.rows != nil {
		c.rows.encode(w)
	}
	events := slices.Sorted(maps.Keys(c.rejected))
	w.uvarint(uint64(len(events)))
	for _, name := range events {
		w.text(name)
		c.rejected[name].encode(w)
	}
	for _, s := range c.states {
		data, err := s.MarshalBinary()
		w.err = cmp.Or(w.err, err)
		w.text(string(data))
	}
}

func (c *Collector) decode(r *reader) {
	c.folded.decode(r)
	c.deliveries = r.amount()
	if c.rows != nil {
		c.rows.decode(r)
	}
	for range r.count(2) {
		c.rejectionsOf(r.text()).decode(r)
	}
	for _, s := range c.states {
		if s.UnmarshalBinary([]byte(r.text())) != nil {
			r.fail()
		}
	}
}

func (s *state) encode(w *writer) {
	w.uvarint(uint64(s.events))
	w.uvarint(uint64(s.outside))
	w.uvarint(uint64(s.test))
	var segments []uint32
	for code, seen := range s.segments {
		if seen {
			segments = append(segments, w.segment(uint32(code)))
		}
	}
	slices.Sort(segments)
	w.uvarint(uint64(len(segments)))
	for _, code := range segments {
		w.uvarint(uint64(code))
	}
	for i := range s.evidence {
		s.evidence[i].encode(w)
	}
	for _, k := range s.calculators {
		k.encode(w)
	}
}

func (s *state) decode(r *reader) {
	s.events, s.outside, s.test = r.amount(), r.amount(), r.amount()
	for range r.count(1) {
		code := r.segment()
		s.segments = grown(s.segments, int(code)+1)
		s.segments[code] = true
	}
	for i := range s.evidence {
		s.evidence[i].decode(r, &s.plan.streams[i])
	}
	for _, k := range s.calculators {
		k.decode(r)
	}
}

func (v *evidence) encode(w *writer) {
	w.uvarint(uint64(v.events))
	for _, b := range v.occurred {
		w.bool(b)
	}
	for _, b := range v.decided {
		w.bool(b)
	}
	for _, list := range v.currencies {
		tags := make([]tag, 0, len(list))
		for _, t := range list {
			tags = append(tags, w.currency(t))
		}
		slices.Sort(tags)
		w.uvarint(uint64(len(tags)))
		for _, t := range tags {
			w.uvarint(uint64(t))
		}
	}
}

func (v *evidence) decode(r *reader, s *stream) {
	v.events = r.amount()
	for i := range v.occurred {
		v.occurred[i] = r.bool()
	}
	for i := range v.decided {
		v.decided[i] = r.bool()
	}
	for i := range v.currencies {
		for range r.count(1) {
			v.currencies[i] = insert(v.currencies[i], r.currency())
		}
	}
}

func (r *rejections) encode(w *writer) {
	r.sort()
	w.uvarint(uint64(len(r.list)))
	for _, x := range r.list {
		w.text(x.reason)
		w.uvarint(uint64(x.count))
		w.varint(x.time)
		w.text(x.text)
	}
}

func (r *rejections) decode(in *reader) {
	for range in.count(4) {
		reason, count, at, text := in.text(), in.amount(), in.varint(), in.text()
		r.add(reason, at, count, func() string { return text })
	}
}

func (k *countCalculator) encode(w *writer) {
	w.cells(len(k.counts), func(cell int) bool { return k.counts[cell] != 0 }, func(cell int) {
		w.uvarint(uint64(k.counts[cell]))
	})
}

func (k *countCalculator) decode(r *reader) {
	r.cells(func(cell int) {
		k.counts = grown(k.counts, cell+1)
		k.counts[cell] = r.amount()
	})
}

func (k *sumCalculator) encode(w *writer) {
	used := make(map[tag]*lane)
	for i := range k.lanes {
		l := &k.lanes[i]
		if slices.ContainsFunc(l.cells, func(c sumCell) bool { return c.n != 0 }) {
			used[w.tag(l.tag, k.kind == metric.KindMoney)] = l
		}
	}
	w.uvarint(uint64(len(used)))
	for _, t := range slices.Sorted(maps.Keys(used)) {
		l := used[t]
		w.uvarint(uint64(t))
		w.cells(len(l.cells), func(cell int) bool { return l.cells[cell].n != 0 }, func(cell int) {
			w.bytes = l.cells[cell].sum.AppendBinary(w.bytes)
			w.uvarint(uint64(l.cells[cell].n))
		})
	}
	cells := slices.Sorted(maps.Keys(k.big))
	w.list(cells, func(cell uint32) {
		b, _ := k.big[cell].MarshalBinary() // at most 255 digits each way, and so short enough
		w.text(string(b))
	})
	k.refusals.encode(w)
}

func (k *sumCalculator) decode(r *reader) {
	for range r.count(2) {
		t := r.tag(k.kind == metric.KindMoney)
		r.cells(func(cell int) {
			to := &k.lane(t, cell+1)[cell]
			sum, err := exact.DecodeLane(r.take(16))
			if err != nil {
				r.fail()
			}
			*to = sumCell{sum, r.amount()}
		})
	}
	r.cells(func(cell int) {
		if err := k.bigCell(uint32(cell)).UnmarshalBinary([]byte(r.text())); err != nil {
			r.fail()
		}
	})
	k.refusals.decode(r)
}

func (k *distinctCalculator) encode(w *writer) {
	w.cells(len(k.cells), func(cell int) bool { return !k.cells[cell].isEmpty() }, func(cell int) {
		set := &k.cells[cell]
		keys := make([]keyCount, 0, 16)
		for key, n := range set.all {
			keys = append(keys, keyCount{w.key(k.space, key), n})
		}
		slices.SortFunc(keys, func(a, b keyCount) int { return cmp.Compare(a.key, b.key) })
		w.uvarint(uint64(len(keys)))
		last := Code(0)
		for _, x := range keys {
			w.uvarint(uint64(x.key - last))
			last = x.key
			if k.atLeast > 1 {
				w.uvarint(uint64(x.n))
			}
		}
	})
	k.refusals.encode(w)
}

// keyCount is a key and how often it occurs.
type keyCount struct {
	key Code
	n   int
}

func (k *distinctCalculator) decode(r *reader) {
	r.cells(func(cell int) {
		k.grow(cell + 1)
		last := uint64(0)
		for range r.count(1) {
			last += r.uvarint()
			n := uint64(1)
			if k.atLeast > 1 {
				n = r.uvarint()
			}
			if !r.has(k.space, last) || n == 0 || n > uint64(k.atLeast) {
				r.fail()
				return
			}
			for range n {
				k.cells[cell].add(Code(last))
			}
		}
	})
	k.refusals.decode(r)
}

func (k *valuesCalculator) encode(w *writer) {
	used := make(map[tag]*valueList)
	for i := range k.lists {
		l := &k.lists[i]
		if slices.ContainsFunc(l.cells, func(values []int64) bool { return len(values) > 0 }) {
			used[w.tag(l.tag, k.isMoney())] = l
		}
	}
	w.uvarint(uint64(len(used)))
	for _, t := range slices.Sorted(maps.Keys(used)) {
		l := used[t]
		w.uvarint(uint64(t))
		w.cells(len(l.cells), func(cell int) bool { return len(l.cells[cell]) > 0 }, func(cell int) {
			slices.Sort(l.cells[cell])
			w.uvarint(uint64(len(l.cells[cell])))
			last := int64(0)
			for _, u := range l.cells[cell] {
				w.varint(u - last) // may wrap, and wraps back
				last = u
			}
		})
	}
	k.refusals.encode(w)
}

func (k *valuesCalculator) decode(r *reader) {
	for range r.count(2) {
		t := r.tag(k.isMoney())
		r.cells(func(cell int) {
			cells := k.list(t, cell+1)
			last := int64(0)
			for range r.count(1) {
				last += r.varint()
				cells[cell] = append(cells[cell], last)
			}
		})
	}
	k.refusals.decode(r)
}

func (k *durationCalculator) encode(w *writer) {
	order := make([]keyCount, 0, k.objects.n)
	for o := range k.objects.all {
		order = append(order, keyCount{w.key(k.space, o.key), int(k.slots[o.key])})
	}
	slices.SortFunc(order, func(a, b keyCount) int { return cmp.Compare(a.key, b.key) })
	w.uvarint(uint64(len(order)))
	for _, x := range order {
		w.uvarint(uint64(x.key))
		o := k.objects.at(uint32(x.n))
		for _, m := range [...]*moment{&o.from, &o.until} {
			w.bool(m.known())
			if m.known() {
				w.occurrence(k.occurrence(m))
			}
		}
	}
	k.rejections.encode(w)
}

func (k *durationCalculator) decode(r *reader) {
	for range r.count(3) {
		key := r.key(k.space)
		if !isKey(key) {
			r.fail()
			return
		}
		for _, until := range [...]bool{false, true} {
			if r.bool() {
				o := r.occurrence()
				k.offer(key, until, &o, r.dictionary)
			}
		}
	}
	k.rejections.decode(r)
}

func (w *writer) occurrence(o occurrence) {
	w.varint(o.time)
	w.varint(o.seq)
	w.varint(o.recorded)
	w.varint(o.at)
	w.uvarint(uint64(w.segment(o.segment)))
	w.uvarint(uint64(w.source(o.source)))
	w.text(o.id)
	w.bytes = append(w.bytes, o.content[:]...)
}

func (r *reader) occurrence() (o occurrence) {
	o.time, o.seq, o.recorded, o.at = r.instant(), r.varint(), r.varint(), r.instant()
	o.segment, o.source, o.id = r.segment(), r.source(), r.text()
	copy(o.content[:], r.take(len(o.content)))
	return o
}

// The flags of an entry.
const (
	flagTest byte = 1 << iota
	flagOutside
	flagConflicting
	flagsEnd
)

func (r *rows) encode(w *writer) {
	w.uvarint(uint64(r.entries.n))
	for _, e := range r.sorted() {
		flags := flagTest*byte(truth(e.test)) | flagOutside*byte(truth(e.outside)) | flagConflicting*byte(truth(e.conflicting))
		w.bytes = append(append(append(w.bytes, e.id[:]...), e.content[:]...), flags)
		w.varint(e.time)
		w.varint(e.seq)
		w.varint(e.recorded)
		w.varint(e.at)
		w.uvarint(uint64(e.stream + 1))
		if e.stream >= 0 {
			t, i := r.shelves[e.stream].at(e.row)
			t.encode(w, i)
		}
	}
}

func (r *rows) decode(in *reader) {
	for range in.count(2*len(hash{}) + 6) {
		var e entry
		copy(e.id[:], in.take(len(e.id)))
		copy(e.content[:], in.take(len(e.content)))
		flags := in.byte()
		e.test, e.outside, e.conflicting = flags&flagTest != 0, flags&flagOutside != 0, flags&flagConflicting != 0
		e.time, e.seq, e.recorded, e.at = in.instant(), in.varint(), in.varint(), in.instant()
		stream := in.uvarint()
		if flags >= flagsEnd || stream > uint64(len(r.shelves)) {
			in.fail()
		}
		if in.bad || r.find(e.id) != 0 {
			in.fail()
			return
		}
		e.stream = int32(stream) - 1
		if t := r.offer(&e); t != nil {
			t.decode(in, &e.stamp)
		}
	}
}

// encode writes row i, but for what its entry has.
func (t *table) encode(w *writer, i int) {
	w.uvarint(uint64(w.segment(uint32(t.segments[i]))))
	for _, outcomes := range t.filters {
		if outcomes != nil {
			w.bytes = append(w.bytes, outcomes[i])
		}
	}
	for n := range t.columns {
		c, spec := &t.columns[n], &t.stream.columns[n]
		if spec.kind == keyColumn {
			w.uvarint(uint64(w.key(spec.space, c.keys[i])))
			continue
		}
		tag := c.tags[i]
		w.uvarint(uint64(w.tag(tag, spec.kind == moneyColumn)))
		if tag == bigNumber {
			w.big(c.big[c.units[i]])
		} else {
			w.varint(c.units[i])
		}
	}
	if t.stream.ordered {
		w.uvarint(uint64(w.source(t.order.source[i])))
		w.text(t.order.id[i])
	}
}

// decode adds a row.
func (t *table) decode(r *reader, s *stamp) {
	t.at = append(t.at, s.at)
	t.segments = append(t.segments, SegmentCode(r.segment()))
	for i := range t.filters {
		if len(t.stream.filters[i]) > 0 {
			outcome := r.byte()
			if outcome > holds|decided {
				r.fail()
			}
			t.filters[i] = append(t.filters[i], outcome)
		}
	}
	for i := range t.columns {
		c, spec := &t.columns[i], &t.stream.columns[i]
		if spec.kind == keyColumn {
			c.keys = append(c.keys, r.key(spec.space))
			continue
		}
		tag := r.tag(spec.kind == moneyColumn)
		var units int64
		if tag == bigNumber {
			units = c.addBig(r.big())
		} else {
			units = r.varint()
		}
		c.units, c.tags = append(c.units, units), append(c.tags, tag)
	}
	if t.stream.ordered {
		o := &t.order
		o.time, o.seq, o.recorded = append(o.time, s.time), append(o.seq, s.seq), append(o.recorded, s.recorded)
		o.source, o.id, o.content = append(o.source, r.source()), append(o.id, r.text()), append(o.content, s.content)
	}
}
