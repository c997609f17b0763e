package capture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intern"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// hash has 128 bits. Two texts with one hash are not to be expected, unless somebody makes
// them on purpose.
type hash [16]byte

// stamp identifies and orders an event, without its texts.
type stamp struct {
	id       hash // of source and id, or of the content if there is no id
	content  hash
	time     int64 // when it happened
	seq      int64
	recorded int64 // when it became known
	at       int64 // when it took effect
}

// compare orders deliveries of one event as event.Compare does, but content by its hash.
func (s *stamp) compare(o *stamp) int {
	return cmp.Or(
		cmp.Compare(s.time, o.time),
		cmp.Compare(s.seq, o.seq),
		cmp.Compare(s.recorded, o.recorded),
		bytes.Compare(s.content[:], o.content[:]),
	)
}

// rows remembers every event that was delivered: what identifies and orders it, and, on the
// shelf of its stream, what the rules read of it. Of deliveries that differ under one id it
// keeps the least, so that what it holds depends on the set of deliveries only.
type rows struct {
	entries pool[entry]
	index   intern.Index // of positions in entries
	shelves []shelf
}

// entry is one event: 80 bytes, and 11 to 21 in the index.
type entry struct {
	stamp
	stream      int32 // -1 if no rule reads it
	row         uint32
	test        bool // marked as test, and so left out
	outside     bool // in no period
	conflicting bool // another delivery had other content
}

func newRows(p *plan) *rows {
	r := &rows{shelves: make([]shelf, len(p.streams))}
	for i := range p.streams {
		r.shelves[i].stream = &p.streams[i]
	}
	return r
}

// waiting are deliveries of one stream, or of no stream, that are taken in together.
type waiting struct {
	entries []entry
	table   *table // a row for each entry; nil if there is no stream
}

// translated returns a copy of w with the codes of another collector.
func (w *waiting) translated(tr *translation) waiting {
	copied := waiting{entries: slices.Clone(w.entries)}
	if w.table != nil {
		copied.table = newTable(w.table.stream, w.table.len())
		for i := range w.table.len() {
			copied.table.appendFrom(w.table, i, tr)
		}
	}
	return copied
}

// take takes in what waits. It goes to the slots of all before it looks at the first, so that
// the waits for memory overlap.
func (r *rows) take(w *waiting, d *dictionary) {
	var known [pendingRows]uint32
	for i := range w.entries {
		known[i] = r.index.First(w.entries[i].id.tag())
	}
	for i := range w.entries {
		if known[i] != 0 {
			known[i] = r.find(w.entries[i].id)
		}
	}
	if w.table != nil {
		w.table.lookUp(d)
	}
	for i := range w.entries {
		e := &w.entries[i]
		if known[i] == 0 {
			known[i] = r.find(e.id) // it may have come with those before it
		}
		if t := r.offerAt(known[i], e); t != nil {
			t.appendFrom(w.table, i, nil)
			t.order.keepID()
		}
	}
	w.entries = w.entries[:0]
	if w.table != nil {
		w.table.reset()
	}
}

// offer takes in a delivery, and returns the table to which its row is to be appended: nil
// if it needs none, because it is not the least delivery so far or no rule reads it.
func (r *rows) offer(e *entry) *table { return r.offerAt(r.find(e.id), e) }

// offerAt is offer for one whose event is at a position in entries, or not there if 0.
func (r *rows) offerAt(position uint32, e *entry) *table {
	if position != 0 {
		old := r.entries.at(position)
		conflicting := old.conflicting || e.conflicting || old.content != e.content
		if e.compare(&old.stamp) >= 0 {
			old.conflicting = conflicting
			return nil
		}
		r.drop(old)
		*old = *e
		old.conflicting = conflicting
	} else {
		position = r.entries.add()
		*r.entries.at(position) = *e
		r.index.Add(e.id.tag(), position)
	}
	if e.stream < 0 {
		return nil
	}
	s := &r.shelves[e.stream]
	r.entries.at(position).row = uint32(len(s.owners))
	s.owners = append(s.owners, position)
	return s.room()
}

// drop removes the row of an entry.
func (r *rows) drop(e *entry) {
	if e.stream < 0 {
		return
	}
	s := &r.shelves[e.stream]
	s.remove(e.row)
	if int(e.row) < len(s.owners) {
		r.entries.at(s.owners[e.row]).row = e.row
	}
}

// full reports whether there may be no room for another event besides those that wait.
func (r *rows) full() bool {
	return r.entries.n >= math.MaxUint32-pendingRows*(len(r.shelves)+1)
}

// find returns the position of an event in entries, 0 if it is not there.
func (r *rows) find(id hash) uint32 {
	return r.index.Find(id.tag(), func(position uint32) bool { return r.entries.at(position).id == id })
}

// tag returns what the index holds of h. FNV is weak in its upper half, so the lower one is
// mixed.
func (h hash) tag() uint32 {
	return intern.TagOf(binary.LittleEndian.Uint64(h[8:]) * 0x9e3779b97f4a7c15)
}

// shelf has the rows of one stream, in tables, so that none is moved for another to be added.
// All but the last are full, and it may be empty; then the one before it need not be full.
type shelf struct {
	stream *stream
	tables []*table
	owners []uint32 // of each row, its position in entries
}

const shelfRows = batchRows

// room returns a table for another row.
func (s *shelf) room() *table {
	last := len(s.tables) - 1
	switch {
	case last < 0:
		s.tables = append(s.tables, newTable(s.stream, 0))
	case s.tables[last].len() == shelfRows:
		s.tables = append(s.tables, newTable(s.stream, shelfRows))
	default:
		return s.tables[last]
	}
	return s.tables[last+1]
}

// at returns where a row is.
func (s *shelf) at(row uint32) (*table, int) { return s.tables[row/shelfRows], int(row % shelfRows) }

// remove puts the last row in the place of another.
func (s *shelf) remove(row uint32) {
	last := len(s.owners) - 1
	s.owners[row] = s.owners[last]
	s.owners = s.owners[:last]
	end := len(s.tables) - 1
	if s.tables[end].len() == 0 {
		s.tables[end] = nil
		s.tables = s.tables[:end]
		end--
	}
	t, i := s.at(row)
	t.replace(i, s.tables[end])
}

// count adds the events to a report, except those in tables, which are counted when they
// are folded.
func (r *rows) count(report *Report) {
	for e := range r.entries.all {
		switch {
		case e.test:
			report.Test++
		case e.stream < 0:
			report.Events++
			if e.outside {
				report.Outside++
			}
		}
		if e.conflicting {
			report.Conflicting++
		}
	}
}

// sorted returns the entries by id.
func (r *rows) sorted() []*entry {
	list := slices.AppendSeq(make([]*entry, 0, r.entries.n), r.entries.all)
	slices.SortFunc(list, func(a, b *entry) int { return bytes.Compare(a.id[:], b.id[:]) })
	return list
}

// merge takes in the deliveries that o did.
func (r *rows) merge(o *rows, tr *translation) {
	for theirs := range o.entries.all {
		e := *theirs
		if t := r.offer(&e); t != nil {
			from, i := o.shelves[e.stream].at(theirs.row)
			t.appendFrom(from, i, tr)
		}
	}
}

// identify sets the hashes of e.
func (s *stamp) identify(e *event.Event) {
	s.content = e.ContentHash()
	s.id = s.content
	if e.ID != "" {
		s.id = hashPair(e.Source, e.ID)
	}
}

// hashPair returns the 128-bit FNV-1a hash of the length of a, as uvarint, a, and b.
func hashPair(a, b string) hash {
	var buf [binary.MaxVarintLen64]byte
	h := fnv128{0x6c62272e07bb0142, 0x62b821756295c58d}
	for _, c := range binary.AppendUvarint(buf[:0], uint64(len(a))) {
		h.add(c)
	}
	for i := range len(a) {
		h.add(a[i])
	}
	for i := range len(b) {
		h.add(b[i])
	}
	var sum hash
	binary.BigEndian.PutUint64(sum[:8], h.hi)
	binary.BigEndian.PutUint64(sum[8:], h.lo)
	return sum
}

// fnv128 is the state of hash/fnv.New128a, which cannot be had without an allocation.
type fnv128 struct{ hi, lo uint64 }

func (h *fnv128) add(c byte) {
	const primeLow, primeShift = 0x13b, 24 // the prime is 2^88 + 0x13b
	h.lo ^= uint64(c)
	carry, low := bits.Mul64(h.lo, primeLow)
	h.hi = h.hi*primeLow + carry + h.lo<<primeShift
	h.lo = low
}
