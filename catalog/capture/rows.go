package capture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

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

// rows remembers every event that was delivered: what identifies and orders it, and, in the
// table of its stream, what the rules read of it. Of deliveries that differ under one id it
// keeps the least, so that what it holds depends on the set of deliveries only.
type rows struct {
	entries pool[entry]
	slots   []uint32 // position in entries, at the hash or after it; 0 for none
	tables  []*table // by stream
	owners  [][]uint32
}

// entry is one event: 80 bytes, and 5 to 11 in slots.
type entry struct {
	stamp
	stream      int32 // -1 if no rule reads it
	row         uint32
	test        bool // marked as test, and so left out
	outside     bool // in no period
	conflicting bool // another delivery had other content
}

func newRows(p *plan) *rows {
	r := &rows{tables: make([]*table, len(p.streams)), owners: make([][]uint32, len(p.streams))}
	for i := range p.streams {
		r.tables[i] = newTable(&p.streams[i], 0)
	}
	return r
}

// offer takes in a delivery, and returns the table to which its row is to be appended: nil
// if it needs none, because it is not the least delivery so far or no rule reads it.
func (r *rows) offer(e *entry) *table {
	position := r.find(e.id)
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
		position = r.add(e)
	}
	if e.stream < 0 {
		return nil
	}
	t := r.tables[e.stream]
	r.entries.at(position).row = uint32(t.len())
	r.owners[e.stream] = append(r.owners[e.stream], position)
	return t
}

// drop removes the row of an entry.
func (r *rows) drop(e *entry) {
	if e.stream < 0 {
		return
	}
	owners := r.owners[e.stream]
	last := len(owners) - 1
	owners[e.row] = owners[last]
	r.entries.at(owners[e.row]).row = e.row
	r.owners[e.stream] = owners[:last]
	r.tables[e.stream].remove(int(e.row))
}

// full reports whether there is no room for another event.
func (r *rows) full() bool { return r.entries.n >= math.MaxUint32 }

// find returns the position of an event in entries, 0 if it is not there.
func (r *rows) find(id hash) uint32 {
	if len(r.slots) == 0 {
		return 0
	}
	slot := r.home(id)
	for r.slots[slot] != 0 && r.entries.at(r.slots[slot]).id != id {
		slot = r.after(slot)
	}
	return r.slots[slot]
}

// add adds an event that is not there.
func (r *rows) add(e *entry) uint32 {
	position := r.entries.add()
	*r.entries.at(position) = *e
	if 4*r.entries.n <= 3*len(r.slots) {
		r.place(e, position)
		return position
	}
	r.slots = make([]uint32, max(16, 2*len(r.slots)))
	next := uint32(0)
	for e := range r.entries.all {
		next++
		r.place(e, next)
	}
	return position
}

func (r *rows) place(e *entry, position uint32) {
	slot := r.home(e.id)
	for r.slots[slot] != 0 {
		slot = r.after(slot)
	}
	r.slots[slot] = position
}

// home returns the slot at which the search for an event starts.
func (r *rows) home(id hash) int {
	return int(binary.LittleEndian.Uint64(id[8:]) * 0x9e3779b97f4a7c15 >> 32 & uint64(len(r.slots)-1))
}

func (r *rows) after(slot int) int { return (slot + 1) & (len(r.slots) - 1) }

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
			t.appendFrom(o.tables[e.stream], int(theirs.row), tr)
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
