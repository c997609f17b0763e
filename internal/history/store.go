package history

import (
	"cmp"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intern"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options say how a store treats its rows.
type Options[P any] struct {
	// Compare orders rows that agree in all else, so that nothing depends on their order of
	// arrival. Rows that are equal then must be interchangeable.
	Compare func(a, b P) int

	// Compact drops from a customer's rows of columns, which are in order, those that cannot
	// matter whatever rows come later. It moves the others to the front, in any order, and
	// may change them, and returns their number. Nil keeps all rows.
	//
	// It gets the row of an event only if those are Unique: another may come again, and must
	// be known then.
	Compact func(run []Row[P]) int

	// Unique promises that no event comes twice. What is kept of one is then its place in
	// the order of rows, but for source, id and content: sequence number and time of record.
	Unique bool

	// Slack is the number of rows that a bucket may hold besides twice those it held after
	// rows were last dropped, before it looks for rows to drop. 0 is 1024.
	Slack int
}

// Store holds rows. Rows of columns take the size of [Row]: 16 bytes and P. A sequence
// number takes 8 more. The row of an event takes 64 and its id more; if events are Unique, as
// much as a row of columns, and with a time of record 16 more.
//
// A store is not safe for concurrent use, but reading different buckets at once is.
type Store[P any] struct {
	options Options[P]
	buckets [event.Buckets]bucket[P]
}

type bucket[P any] struct {
	full      [][]Row[P] // chunks that are not written again: merged stores share them
	open      []Row[P]   // chunk that takes the next rows
	n         int
	customers int        // more than the largest position
	numbers   []int64    // sequence numbers of rows of columns
	places    []place    // of rows with a time of record
	events    []identity // of rows of events
	texts     intern.Arena
	source    string // the last one kept
	kept      int    // rows after the last time that rows were dropped
	dropped   int64  // rows dropped because their event was there already
}

// New returns an empty store.
func New[P any](o Options[P]) *Store[P] { return &Store[P]{options: o} }

const leastChunk, mostChunk = 1 << 5, 1 << 12

// append adds a row.
func (b *bucket[P]) append(row Row[P]) {
	if len(b.open) == cap(b.open) {
		b.reserve(1)
	}
	b.open = append(b.open, row)
	b.n++
	b.customers = max(b.customers, int(row.Customer)+1)
}

// reserve makes room for n rows in the open chunk.
func (b *bucket[P]) reserve(n int) {
	if cap(b.open)-len(b.open) >= n {
		return
	}
	size := max(n, leastChunk, min(2*cap(b.open), mostChunk))
	if len(b.open) > 0 {
		b.full = append(b.full, b.open)
	}
	b.open = make([]Row[P], 0, size)
}

// chunks returns all rows.
func (b *bucket[P]) chunks() [][]Row[P] { return append(slices.Clip(b.full), b.open) }

// Add adds a row of columns. The caller promises that it is not added twice.
func (s *Store[P]) Add(c event.Code, at int64, p P) {
	s.buckets[c.Bucket()].append(Row[P]{At: at, Customer: uint32(c.Position()), P: p})
	s.shrink(c.Bucket())
}

// AddSeq adds a row of columns that has a place among those of the same instant.
func (s *Store[P]) AddSeq(c event.Code, at, seq int64, p P) {
	b := &s.buckets[c.Bucket()]
	b.append(Row[P]{At: at, Customer: uint32(c.Position()), tie: b.number(seq), P: p})
	s.shrink(c.Bucket())
}

// number keeps a sequence number and returns its tie. Zero is what a row has without one.
func (b *bucket[P]) number(seq int64) uint32 {
	if seq == 0 {
		return 0
	}
	b.numbers = append(b.numbers, seq)
	return uint32(len(b.numbers))
}

// tie keeps the place of a row that is not of an event, and returns where it is.
func (b *bucket[P]) tie(seq, recorded int64) uint32 {
	if recorded == nothing {
		return b.number(seq)
	}
	b.places = append(b.places, place{seq, recorded})
	return isPlace | uint32(len(b.places))
}

// AddEvent adds the row of an event. A row of the same customer with the same source and
// id, or without an id the same source and content, is the same event: the least in the
// order of rows stays. If events are Unique there is none.
func (s *Store[P]) AddEvent(c event.Code, e *event.Event, at int64, p P) {
	stamp := s.Stamp(e, at)
	s.AddStamped(c, &stamp, p)
}

// Stamp returns what the store keeps of an event at an instant.
func (s *Store[P]) Stamp(e *event.Event, at int64) Stamp {
	if s.options.Unique {
		return Stamp{at, identity{seq: e.Seq, recorded: nanoseconds(e.RecordedTime)}}
	}
	return Stamp{at, identityOf(e)}
}

// AddStamped is AddEvent for an event of which Stamp was called before.
func (s *Store[P]) AddStamped(c event.Code, stamp *Stamp, p P) {
	b := &s.buckets[c.Bucket()]
	if s.options.Unique {
		tie := b.tie(stamp.identity.seq, stamp.identity.recorded)
		b.append(Row[P]{At: stamp.At, Customer: uint32(c.Position()), tie: tie, P: p})
	} else {
		b.addEvent(uint32(c.Position()), stamp.At, stamp.identity, p)
	}
	s.shrink(c.Bucket())
}

func (b *bucket[P]) addEvent(customer uint32, at int64, t identity, p P) {
	t.id, t.source = b.texts.Keep(t.id), b.sourceText(t.source)
	b.events = append(b.events, t)
	b.append(Row[P]{At: at, Customer: customer, tie: fromEvent | uint32(len(b.events)), P: p})
}

// sourceText keeps the name of a source, which mostly is the one before.
func (b *bucket[P]) sourceText(source string) string {
	if source != b.source {
		b.source = b.texts.Keep(source)
	}
	return b.source
}

// AddBlock adds rows of columns. Seq may be nil. Of a large block it counts the rows of each
// bucket first, so that each is looked up once and has room for all.
func (s *Store[P]) AddBlock(codes []event.Code, at, seq []int64, p []P) {
	const few = 64
	if len(codes) < few {
		for i, c := range codes {
			if seq == nil {
				s.Add(c, at[i], p[i])
			} else {
				s.AddSeq(c, at[i], seq[i], p[i])
			}
		}
		return
	}
	var counts [event.Buckets]int
	for _, c := range codes {
		counts[c.Bucket()]++
	}
	var open [event.Buckets][]Row[P]
	last := 0
	for i, n := range counts {
		if n > 0 {
			s.buckets[i].reserve(n)
			open[i] = s.buckets[i].open
		}
	}
	at, p = at[:len(codes)], p[:len(codes)]
	for i, c := range codes {
		bucket, position := c.Bucket(), c.Position()
		row := Row[P]{At: at[i], Customer: uint32(position), P: p[i]}
		if seq != nil {
			row.tie = s.buckets[bucket].number(seq[i])
		}
		open[bucket] = append(open[bucket], row)
		last = max(last, position)
	}
	for i, n := range counts {
		if n > 0 {
			b := &s.buckets[i]
			b.open = open[i]
			b.n += n
			b.customers = max(b.customers, last+1)
			s.shrink(uint8(i))
		}
	}
}

// Len returns the number of rows held, those of events that came again among them.
func (s *Store[P]) Len() int {
	n := 0
	for i := range s.buckets {
		n += s.buckets[i].n
	}
	return n
}

// shrink drops rows of events that came again, if they are many, and what Compact drops, once
// a bucket has twice the rows that it had after the last time.
func (s *Store[P]) shrink(number uint8) {
	b := &s.buckets[number]
	if s.options.Compact == nil && len(b.events) == 0 || b.n < cmp.Or(s.options.Slack, 1<<10)+2*b.kept {
		return
	}
	var scratch Scratch[P]
	if s.options.Compact == nil {
		again := s.read(b, number, &scratch, func(event.Code, []Row[P]) {})
		if again < b.n/4 { // not worth it
			b.kept = b.n
			return
		}
	}
	old := *b
	*b = bucket[P]{customers: old.customers, dropped: old.dropped}
	b.dropped += int64(s.read(&old, number, &scratch, func(_ event.Code, run []Row[P]) {
		for _, row := range s.reduce(run, &old, &scratch) {
			b.take(row, &old)
		}
	}))
	b.kept = b.n
}

// take appends a row of o.
func (b *bucket[P]) take(row Row[P], o *bucket[P]) {
	switch {
	case row.tie&fromEvent != 0:
		b.addEvent(row.Customer, row.At, o.events[row.tie&^fromEvent-1], row.P)
		return
	case row.tie != 0:
		t := o.identity(&row)
		row.tie = b.tie(t.seq, t.recorded)
	}
	b.append(row)
}
