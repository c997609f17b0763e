package capture

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// writer appends the binary form of a collector. The collector is written twice: the first
// time, what is written is thrown away and the codes in it are marked; then they are put
// into an order that depends on their texts only, and written as positions in it.
type writer struct {
	plan       *plan
	dictionary *dictionary
	bytes      []byte
	settled    bool
	err        error // of a state

	keys       [][]Code // by space, by code: marked if not 0; then the canonical code plus one
	segments   []uint32 // the same for segments
	sources    []uint32
	currencies []uint32
}

func newWriter(p *plan, d *dictionary) *writer {
	w := &writer{plan: p, dictionary: d, keys: make([][]Code, len(p.spaces))}
	w.segments = make([]uint32, len(d.segments.texts))
	w.sources = make([]uint32, len(d.sources.texts))
	w.currencies = make([]uint32, len(d.currencies.list))
	w.segments[0], w.sources[0] = 1, 1 // they are there in every dictionary
	return w
}

// settle gives the marked codes their canonical ones.
func (w *writer) settle() {
	for space, marks := range w.keys {
		var next [event.Buckets]Code
		for _, code := range w.marked(space) {
			marks[code] = next[code&0xff]<<8 | code&0xff + 1
			next[code&0xff]++
		}
	}
	settleNames(w.segments, w.dictionary.segments.texts)
	settleNames(w.sources, w.dictionary.sources.texts)
	settleNames(w.currencies, w.dictionary.currencies.codes)
	w.settled, w.bytes = true, w.bytes[:0]
}

// marked returns the marked codes of a space by bucket and text.
func (w *writer) marked(space int) []Code {
	var list []Code
	for code, mark := range w.keys[space] {
		if mark != 0 {
			list = append(list, Code(code))
		}
	}
	keys := w.dictionary.spaces[space]
	slices.SortFunc(list, func(a, b Code) int {
		return cmp.Or(cmp.Compare(a&0xff, b&0xff), cmp.Compare(keys.text(a), keys.text(b)))
	})
	return list
}

func settleNames(marks []uint32, texts []string) {
	for i, code := range markedNames(marks, texts) {
		marks[code] = uint32(i) + 1
	}
}

// markedNames returns the marked codes by text.
func markedNames(marks []uint32, texts []string) []uint32 {
	var list []uint32
	for code, mark := range marks {
		if mark != 0 {
			list = append(list, uint32(code))
		}
	}
	slices.SortFunc(list, func(a, b uint32) int { return cmp.Compare(texts[a], texts[b]) })
	return list
}

// texts writes the texts of all marked codes.
func (w *writer) texts() {
	for space := range w.keys {
		list := w.marked(space)
		w.uvarint(uint64(len(list)))
		for _, code := range list {
			w.text(w.dictionary.spaces[space].text(code))
		}
	}
	w.names(w.segments, w.dictionary.segments.texts)
	w.names(w.sources, w.dictionary.sources.texts)
	w.names(w.currencies, w.dictionary.currencies.codes)
}

func (w *writer) names(marks []uint32, texts []string) {
	list := markedNames(marks, texts)
	w.uvarint(uint64(len(list)))
	for _, code := range list {
		w.text(texts[code])
	}
}

func (w *writer) uvarint(n uint64) { w.bytes = binary.AppendUvarint(w.bytes, n) }

func (w *writer) varint(n int64) { w.bytes = binary.AppendVarint(w.bytes, n) }

func (w *writer) bool(b bool) { w.bytes = append(w.bytes, byte(truth(b))) }

func (w *writer) text(s string) {
	w.uvarint(uint64(len(s)))
	w.bytes = append(w.bytes, s...)
}

// big writes a number that has no tag of its own.
func (w *writer) big(d decimal.Decimal) { w.text(string(exact.AppendDecimal(nil, d))) }

// key returns the canonical code of a key.
func (w *writer) key(space int, code Code) Code {
	if !isKey(code) {
		return code
	}
	if w.settled {
		return w.keys[space][code] - 1
	}
	w.keys[space] = grown(w.keys[space], int(code)+1)
	w.keys[space][code] = 1
	return code
}

func (w *writer) segment(code uint32) uint32 { return w.name(w.segments, code) }

func (w *writer) source(code uint32) uint32 { return w.name(w.sources, code) }

func (w *writer) currency(t tag) tag {
	return firstTag + tag(w.name(w.currencies, uint32(t-firstTag)))
}

func (w *writer) name(marks []uint32, code uint32) uint32 {
	if w.settled {
		return marks[code] - 1
	}
	marks[code] = 1
	return code
}

// tag returns the canonical tag, of a currency or any other.
func (w *writer) tag(t tag, money bool) tag {
	if money && t.isValue() {
		return w.currency(t)
	}
	return t
}

// cells writes those of n cells that are in use, each with its canonical position.
func (w *writer) cells(n int, used func(int) bool, write func(int)) {
	var list []uint32
	for cell := range n {
		if used(cell) {
			list = append(list, uint32(cell))
		}
	}
	w.list(list, func(cell uint32) { write(int(cell)) })
}

// list writes cells, each with its canonical position, in the order of those.
func (w *writer) list(cells []uint32, write func(uint32)) {
	type position struct{ cell, canonical uint32 }
	order := make([]position, len(cells))
	for i, cell := range cells {
		order[i] = position{cell, cell}
		if cell != outside {
			segment, atom := w.plan.timeline.split(cell)
			order[i].canonical = w.plan.timeline.cell(int32(atom), w.segment(segment))
		}
	}
	slices.SortFunc(order, func(a, b position) int { return cmp.Compare(a.canonical, b.canonical) })
	w.uvarint(uint64(len(order)))
	for _, p := range order {
		w.uvarint(uint64(p.canonical))
		write(p.cell)
	}
}

// reader takes a collector off its binary form. After an error it is bad and has no data,
// so that all that is read is zero.
type reader struct {
	plan       *plan
	dictionary *dictionary
	data       []byte
	bad        bool
}

func (r *reader) fail() { r.data, r.bad = nil, true }

// texts makes the dictionary.
func (r *reader) texts() {
	for i := range r.plan.spaces {
		for range r.count(1) {
			r.dictionary.spaces[i].code(r.text())
		}
	}
	for range r.count(1) {
		r.dictionary.segments.code(r.text())
	}
	for range r.count(1) {
		r.dictionary.sources.code(r.text())
	}
	for range r.count(1) {
		c, err := metric.ParseCurrency(r.text())
		if err != nil {
			r.fail()
			return
		}
		r.dictionary.currencies.tag(c)
	}
	if len(r.dictionary.segments.texts) > maxSegments(r.plan.timeline) {
		r.fail()
	}
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

// amount reads a number that is not negative.
func (r *reader) amount() int64 {
	n := r.uvarint()
	if n > math.MaxInt64 {
		r.fail()
		return 0
	}
	return int64(n)
}

// count reads the number of things of at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.data)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.fail()
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) bool() bool {
	b := r.byte()
	if b > 1 {
		r.fail()
	}
	return b == 1
}

func (r *reader) text() string { return string(r.take(r.count(1))) }

// instant reads a time in the range of those that events can have.
func (r *reader) instant() int64 {
	t := r.varint()
	if t < firstNano || t >= endNano {
		r.fail()
		return 0
	}
	return t
}

func (r *reader) big() decimal.Decimal {
	d, err := exact.ParseDecimal(r.text())
	if err != nil {
		r.fail()
	}
	return d
}

// has reports whether a space has a key of that code.
func (r *reader) has(space int, code uint64) bool {
	return code < uint64(lastKey) && r.dictionary.spaces[space].has(Code(code))
}

func (r *reader) key(space int) Code {
	code := r.uvarint()
	if code > math.MaxUint32 || isKey(Code(code)) && !r.has(space, code) || !isKey(Code(code)) && Code(code) < fullKey {
		r.fail()
		return NoKey
	}
	return Code(code)
}

func (r *reader) segment() uint32 { return r.name(len(r.dictionary.segments.texts)) }

func (r *reader) source() uint32 { return r.name(len(r.dictionary.sources.texts)) }

func (r *reader) name(n int) uint32 {
	code := r.uvarint()
	if code >= uint64(n) {
		r.fail()
		return 0
	}
	return uint32(code)
}

func (r *reader) currency() tag {
	if len(r.dictionary.currencies.list) == 0 {
		r.fail()
		return firstTag
	}
	t := r.uvarint()
	if t < uint64(firstTag) || t >= uint64(firstTag)+uint64(len(r.dictionary.currencies.list)) {
		r.fail()
		return firstTag
	}
	return tag(t)
}

// tag reads a tag, of a currency or of a number.
func (r *reader) tag(money bool) tag {
	n := r.uvarint()
	known := uint64(maxScale + 1)
	if money {
		known = uint64(len(r.dictionary.currencies.list))
	}
	t := tag(n)
	special := t == absent || t == wrongType || t == bigNumber && !money || t == noCurrency && money
	if n > math.MaxUint16 || n > known && !special {
		r.fail()
		return absent
	}
	return t
}

// cells reads what writer.cells wrote.
func (r *reader) cells(read func(int)) {
	limit := uint64(r.plan.timeline.cells(len(r.dictionary.segments.texts)))
	for range r.count(1) {
		cell := r.uvarint()
		if cell >= limit {
			r.fail()
		}
		if r.bad {
			return
		}
		read(int(cell))
	}
}
