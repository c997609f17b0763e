package history

import (
	"github.com/openlifecycle/lifecycle/internal/intern"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options say how a store treats its rows.
type Options[P any] struct {
	// Compare orders rows that agree in all else, so that nothing depends on their order of
	// arrival. Rows that are equal then must be interchangeable.
	Compare func(a, b P) int

	// Compact drops from a customer's rows of columns, which are in order, those that cannot
	// matter whatever rows come later. It moves the others to the front, which it may
	// change, and returns their number. Nil keeps all rows.
	//
	// It never gets the row of an event: the event may come again, and must be known then.
	Compact func(run []Row[P]) int

	// Slack is the number of rows that a bucket may hold besides twice those it held after
	// rows were last dropped, before it looks for rows to drop. 0 is 1024.
	Slack int
}

// Store holds rows. Rows of columns take the size of [Row]: 16 bytes and P. A sequence
// number takes 8 more. The row of an event takes 64 and its id more.
//
// A store is not safe for concurrent use, but reading different buckets at once is.
type Store[P any] struct {
	options Options[P]
	buckets [event.Buckets]bucket[P]
}

type bucket[P any] struct {
	chunks    [][]Row[P]
	n         int
	customers int        // one more than the largest position
	numbers   []int64    // sequence numbers of rows of columns
	events    []identity // of rows of events
	texts     intern.Arena
	source    string // the last one kept
	kept      int    // rows after the last time that rows were dropped
	dropped   int64  // rows dropped because their event was there already
}

// New returns an empty store.
func New[P any](o Options[P]) *Store[P] { return &Store[P]{options: o} }

const leastChunk, mostChunk = 1 << 5, 1 << 12

// append adds a row and returns where it is.
func (b *bucket[P]) append(row Row[P]) {
	last := len(b.chunks) - 1
	if last < 0 || len(b.chunks[last]) == cap(b.chunks[last]) {
		size := leastChunk
		if last >= 0 {
			size = min(2*cap(b.chunks[last]), mostChunk)
		}
		b.chunks = append(b.chunks, make([]Row[P], 0, size))
		last++
	}
	b.chunks[last] = append(b.chunks[last], row)
	b.n++
	if int(row.Customer) >= b.customers {
		b.customers = int(row.Customer) + 1
	}
}

// Add adds a row of columns. The caller promises that it is not added twice.
func (s *Store[P]) Add(c event.Code, at int64, p P) {
	s.buckets[c.Bucket()].append(Row[P]{At: at, Customer: uint32(c.Position()), P: p})
	s.shrink(c.Bucket())
}

// AddSeq adds a row of columns that has a place among those of the same instant.
func (s *Store[P]) AddSeq(c event.Code, at, seq int64, p P) {
	s.addSeq(c, at, seq, p)
	s.shrink(c.Bucket())
}

func (s *Store[P]) addSeq(c event.Code, at, seq int64, p P) {
	b := &s.buckets[c.Bucket()]
	b.append(Row[P]{At: at, Customer: uint32(c.Position()), tie: b.number(seq), P: p})
}

// number keeps a sequence number and returns its tie. Zero is what a row has without one.
func (b *bucket[P]) number(seq int64) uint32 {
	if seq == 0 {
		return 0
	}
	b.numbers = append(b.numbers, seq)
	return uint32(len(b.numbers))
}

// AddEvent adds the row of an event. A row of the same customer with the same source and
// id, or without an id the same source and content, is the same event: the least in the
// order of rows stays.
func (s *Store[P]) AddEvent(c event.Code, e *event.Event, at int64, p P) {
	b := &s.buckets[c.Bucket()]
	b.addEvent(uint32(c.Position()), at, identityOf(e), p)
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

// AddBlock adds rows of columns. Seq may be nil.
func (s *Store[P]) AddBlock(codes []event.Code, at, seq []int64, p []P) {
	at, p = at[:len(codes)], p[:len(codes)]
	if seq == nil {
		s.scatter(codes, at, p)
	} else {
		for i, c := range codes {
			s.addSeq(c, at[i], seq[i], p[i])
		}
	}
	if s.options.Compact == nil {
		return
	}
	for bucket := range s.buckets {
		s.shrink(uint8(bucket))
	}
}

// scatter adds rows to their buckets. It counts them first, so that each bucket is looked up
// once and has room for all.
func (s *Store[P]) scatter(codes []event.Code, at []int64, p []P) {
	var counts [event.Buckets]int
	for _, c := range codes {
		counts[c.Bucket()]++
	}
	var open [event.Buckets][]Row[P]
	var last [event.Buckets]int
	for i, n := range counts {
		if n > 0 {
			open[i] = s.buckets[i].room(n)
		}
	}
	for i, c := range codes {
		bucket, position := c.Bucket(), c.Position()
		open[bucket] = append(open[bucket], Row[P]{At: at[i], Customer: uint32(position), P: p[i]})
		last[bucket] = max(last[bucket], position)
	}
	for i, n := range counts {
		if n > 0 {
			b := &s.buckets[i]
			b.chunks[len(b.chunks)-1] = open[i]
			b.n += n
			b.customers = max(b.customers, last[i]+1)
		}
	}
}

// room returns the last chunk, with room for n rows more.
func (b *bucket[P]) room(n int) []Row[P] {
	last := len(b.chunks) - 1
	if last < 0 || cap(b.chunks[last])-len(b.chunks[last]) < n {
		size := n
		if last >= 0 {
			size = max(n, min(2*cap(b.chunks[last]), mostChunk))
		}
		b.chunks = append(b.chunks, make([]Row[P], 0, size))
		last++
	}
	return b.chunks[last]
}

// Len returns the number of rows held, those of events that came again among them.
func (s *Store[P]) Len() int {
	n := 0
	for i := range s.buckets {
		n += s.buckets[i].n
	}
	return n
}

// Merge adds the rows of o, whose customers have other codes and whose payloads may refer
// to tables of their own: payload translates those, or is nil. It leaves o alone.
func (s *Store[P]) Merge(o *Store[P], codes *event.Translation, payload func(P) P) {
	for i := range s.buckets {
		s.buckets[i].merge(&o.buckets[i], uint8(i), codes, payload)
		s.shrink(uint8(i))
	}
}

func (b *bucket[P]) merge(o *bucket[P], number uint8, codes *event.Translation, payload func(P) P) {
	for _, chunk := range o.chunks[:len(o.chunks):len(o.chunks)] {
		for _, row := range chunk {
			row.Customer = uint32(codes.Code(event.CodeOf(number, int(row.Customer))).Position())
			if payload != nil {
				row.P = payload(row.P)
			}
			switch {
			case row.tie&fromEvent != 0:
				b.addEvent(row.Customer, row.At, o.events[row.tie&^fromEvent-1], row.P)
				continue
			case row.tie != 0:
				row.tie = b.number(o.numbers[row.tie-1])
			}
			b.append(row)
		}
	}
	b.dropped += o.dropped
}

// shrink drops rows of events that came again, and what Compact drops, once a bucket has
// twice the rows that it had after the last time.
func (s *Store[P]) shrink(number uint8) {
	slack := s.options.Slack
	if slack == 0 {
		slack = 1 << 10
	}
	b := &s.buckets[number]
	if b.n < slack+2*b.kept || s.options.Compact == nil && len(b.events) == 0 {
		return
	}
	old := *b
	*b = bucket[P]{customers: old.customers, dropped: old.dropped}
	var scratch Scratch[P]
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
		row.tie = b.number(o.numbers[row.tie-1])
	}
	b.append(row)
}
