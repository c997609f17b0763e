package history

import (
	"cmp"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Encode writes the rows by bucket, key and order, so that equal sets of rows give equal
// bytes: the texts of keys with them, and each payload by encode.
func (s *Store[P]) Encode(w *wire.Writer, keys *event.Keys, encode func(*wire.Writer, P)) {
	var scratch Scratch[P]
	for number := range event.Buckets {
		s.encodeBucket(w, uint8(number), keys, encode, &scratch)
	}
}

func (s *Store[P]) encodeBucket(w *wire.Writer, number uint8, keys *event.Keys, encode func(*wire.Writer, P), scratch *Scratch[P]) {
	b := &s.buckets[number]
	type span struct {
		key string
		run []Row[P]
	}
	var spans []span
	left := s.read(b, number, scratch, func(c event.Code, run []Row[P]) {
		if run = s.reduce(run, b, scratch); len(run) > 0 {
			spans = append(spans, span{keys.Key(c), run})
		}
	})
	slices.SortFunc(spans, func(x, y span) int { return cmp.Compare(x.key, y.key) })
	w.Uvarint(uint64(b.dropped) + uint64(left))
	w.Count(len(spans))
	for _, sp := range spans {
		w.Text(sp.key)
		w.Count(len(sp.run))
		at := int64(0)
		for i := range sp.run {
			row := &sp.run[i]
			w.Varint(row.At - at)
			at = row.At
			b.encodeTie(w, row)
			encode(w, row.P)
		}
	}
}

// The kinds of ties.
const (
	tieNone = iota
	tieNumber
	tieID
	tieContent
	tiePlace
)

func (b *bucket[P]) encodeTie(w *wire.Writer, row *Row[P]) {
	t := b.identity(row)
	switch {
	case row.tie == 0:
		w.Byte(tieNone)
	case row.tie&(fromEvent|isPlace) == isPlace:
		w.Byte(tiePlace)
		w.Varint(t.seq)
		w.Varint(t.recorded)
	case row.tie&fromEvent == 0:
		w.Byte(tieNumber)
		w.Varint(t.seq)
	default:
		if t.id != "" {
			w.Byte(tieID)
			w.Text(t.id)
		} else {
			w.Byte(tieContent)
			w.Raw(t.content[:])
		}
		w.Text(t.source)
		w.Varint(t.seq)
		w.Varint(t.recorded)
	}
}

// Decode adds the rows that Encode wrote, and fails for one at an instant that is out of
// the range of package intake. Keys are added to keys. If the reader has failed in the end,
// the store is of no use.
func (s *Store[P]) Decode(r *wire.Reader, keys *event.Keys, decode func(*wire.Reader) P) {
	for number := range event.Buckets {
		dropped := r.Uvarint()
		if dropped > 1<<62 {
			r.Fail()
		}
		s.buckets[number].dropped += int64(dropped)
		last := ""
		for range r.Count(3) {
			key := r.Text()
			if key <= last || event.Bucket(key) != uint8(number) {
				r.Fail()
			}
			last = key
			s.decodeRun(r, keys, key, decode)
		}
	}
}

func (s *Store[P]) decodeRun(r *wire.Reader, keys *event.Keys, key string, decode func(*wire.Reader) P) {
	n := r.Count(2)
	if n == 0 {
		r.Fail()
	}
	if r.Failed() {
		return
	}
	c := keys.Code(key)
	b := &s.buckets[c.Bucket()]
	at := int64(0)
	for range n {
		at += r.Varint()
		row := Row[P]{At: at, Customer: uint32(c.Position())}
		t := identity{recorded: nothing}
		kind := r.Byte()
		switch kind {
		case tieNone:
		case tieNumber:
			t.seq = r.Varint()
			if t.seq == 0 {
				r.Fail()
			}
		case tiePlace:
			t.seq, t.recorded = r.Varint(), r.Varint()
			if t.recorded == nothing || !s.options.Unique {
				r.Fail()
			}
		case tieID, tieContent:
			if kind == tieContent {
				copy(t.content[:], r.Raw(len(t.content)))
			} else if t.id = r.Text(); t.id == "" {
				r.Fail()
			}
			if s.options.Unique {
				r.Fail()
			}
			t.source, t.seq, t.recorded = r.Text(), r.Varint(), r.Varint()
		default:
			r.Fail()
		}
		row.P = decode(r)
		if at < intake.Start || at >= intake.End {
			r.Fail()
		}
		if r.Failed() {
			return
		}
		if kind == tieID || kind == tieContent {
			b.addEvent(row.Customer, row.At, t, row.P)
			continue
		}
		row.tie = b.tie(t.seq, t.recorded)
		b.append(row)
	}
}
