package history

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Scratch is room for reading buckets, one after the other. Its zero value is ready for use.
type Scratch[P any] struct {
	rows   []Row[P]
	starts []uint32
	hashes []hashed
	seed   maphash.Seed // of hashes
	seeded bool
	half   []Row[P] // while it is merged with the other one
	apart  []Row[P] // of events, while those of columns are reduced
}

type hashed struct {
	hash uint64
	row  int32
}

// Bucket calls visit for each customer of a bucket that has rows, with the rows in order:
// by instant, sequence number, time of record, source, id, content, payload. No two of them
// are of one event. The rows may be changed, and are valid until visit returns.
//
// Different buckets may be read at once, each with a scratch of its own.
func (s *Store[P]) Bucket(number uint8, scratch *Scratch[P], visit func(c event.Code, run []Row[P])) {
	s.read(&s.buckets[number], number, scratch, visit)
}

// Duplicates returns how many rows were those of events that were there already. It uses as
// many goroutines as [shard.Each] does.
func (s *Store[P]) Duplicates(workers int) int64 {
	var counts [event.Buckets]int64
	scratches := make([]Scratch[P], max(workers, 1))
	shard.Each(workers, func(worker int, number uint8) {
		b := &s.buckets[number]
		counts[number] = b.dropped
		if len(b.events) > 0 {
			counts[number] += int64(s.read(b, number, &scratches[worker], func(event.Code, []Row[P]) {}))
		}
	})
	sum := int64(0)
	for _, n := range counts {
		sum += n
	}
	return sum
}

// read does what Bucket does and returns the number of rows that were left out.
func (s *Store[P]) read(b *bucket[P], number uint8, scratch *Scratch[P], visit func(event.Code, []Row[P])) (left int) {
	starts := b.group(scratch)
	for customer := range b.customers {
		run := scratch.rows[starts[customer]:starts[customer+1]]
		if len(run) == 0 {
			continue
		}
		s.sort(run, b, scratch)
		if len(b.events) > 0 && len(run) > 1 {
			n := s.distinct(run, b, scratch)
			left += len(run) - n
			run = run[:n]
		}
		visit(event.CodeOf(number, customer), run)
	}
	return left
}

// group puts the rows of each customer next to each other. The rows of one begin at its
// start and end at the next one's.
func (b *bucket[P]) group(scratch *Scratch[P]) (starts []uint32) {
	if cap(scratch.rows) < b.n {
		scratch.rows = make([]Row[P], b.n)
	}
	scratch.rows = scratch.rows[:b.n]
	if cap(scratch.starts) < b.customers+2 {
		scratch.starts = make([]uint32, b.customers+2)
	}
	counts := scratch.starts[:b.customers+2]
	clear(counts)
	for _, chunk := range b.chunks() {
		for i := range chunk {
			counts[chunk[i].Customer+2]++
		}
	}
	for i := 2; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	next := counts[1:] // moved on row by row, which makes of next[c] the start of c+1
	for _, chunk := range b.chunks() {
		for i := range chunk {
			c := chunk[i].Customer
			scratch.rows[next[c]] = chunk[i]
			next[c]++
		}
	}
	return counts
}

// sort puts the rows of one customer in order. Mostly they are in order but for few, or in
// two parts that were merged, each of which is: then halves take little to merge.
func (s *Store[P]) sort(run []Row[P], b *bucket[P], scratch *Scratch[P]) {
	const few = 8
	if len(run) > few {
		half := len(run) / 2
		s.sort(run[:half], b, scratch)
		s.sort(run[half:], b, scratch)
		if s.before(&run[half], &run[half-1], b) {
			s.merge(run, half, b, scratch)
		}
		return
	}
	for i := 1; i < len(run); i++ {
		if !s.before(&run[i], &run[i-1], b) {
			continue
		}
		row := run[i]
		j := i
		for ; j > 0 && s.before(&row, &run[j-1], b); j-- {
			run[j] = run[j-1]
		}
		run[j] = row
	}
}

// merge puts rows in order of which two parts are, up to half and from there.
func (s *Store[P]) merge(run []Row[P], half int, b *bucket[P], scratch *Scratch[P]) {
	first := 0 // that moves
	for !s.before(&run[half], &run[first], b) {
		first++
	}
	scratch.half = append(scratch.half[:0], run[first:half]...)
	left, right, to := scratch.half, run[half:], run[first:]
	for len(left) > 0 && len(right) > 0 {
		if s.before(&right[0], &left[0], b) {
			to[0], right = right[0], right[1:]
		} else {
			to[0], left = left[0], left[1:]
		}
		to = to[1:]
	}
	copy(to, left)
}

func (s *Store[P]) before(x, y *Row[P], b *bucket[P]) bool {
	return x.At < y.At || x.At == y.At && s.compare(x, y, b) < 0
}

// compare is the order of rows.
func (s *Store[P]) compare(x, y *Row[P], b *bucket[P]) int {
	if c := cmp.Compare(x.At, y.At); c != 0 {
		return c
	}
	if x.tie|y.tie != 0 {
		t, u := b.identity(x), b.identity(y)
		if c := t.compare(&u); c != 0 {
			return c
		}
	}
	return s.options.Compare(x.P, y.P)
}

// identity returns the identity of a row, of which one that is not of an event has no more
// than a place.
func (b *bucket[P]) identity(row *Row[P]) identity {
	switch {
	case row.tie&fromEvent != 0:
		return b.events[row.tie&^fromEvent-1]
	case row.tie&isPlace != 0:
		p := b.places[row.tie&^isPlace-1]
		return identity{seq: p.seq, recorded: p.recorded}
	case row.tie != 0:
		return identity{seq: b.numbers[row.tie-1], recorded: nothing}
	}
	return identity{recorded: nothing}
}

// distinct moves to the front the first row of each event and returns their number.
func (s *Store[P]) distinct(run []Row[P], b *bucket[P], scratch *Scratch[P]) int {
	if !scratch.seeded {
		scratch.seed, scratch.seeded = maphash.MakeSeed(), true
	}
	list := scratch.hashes[:0]
	for i := range run {
		if run[i].tie&fromEvent != 0 {
			list = append(list, hashed{b.events[run[i].tie&^fromEvent-1].hash(scratch.seed), int32(i)})
		}
	}
	scratch.hashes = list
	slices.SortFunc(list, func(x, y hashed) int { return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.row, y.row)) })
	again := 0
	for i := range list {
		for j := i - 1; j >= 0 && list[j].hash == list[i].hash; j-- {
			first := run[list[j].row]
			if first.tie != 0 && b.events[first.tie&^fromEvent-1].same(&b.events[run[list[i].row].tie&^fromEvent-1]) {
				run[list[i].row].tie = 0
				run[list[i].row].Customer = gone
				again++
				break
			}
		}
	}
	if again == 0 {
		return len(run)
	}
	n := 0
	for _, row := range run {
		if row.Customer != gone {
			run[n] = row
			n++
		}
	}
	return n
}

// reduce drops from a run what Compact drops. It does not get rows of events that may come
// again, and are then known by the row that is kept.
func (s *Store[P]) reduce(run []Row[P], b *bucket[P], scratch *Scratch[P]) []Row[P] {
	if s.options.Compact == nil {
		return run
	}
	if len(b.events) == 0 {
		run = run[:s.options.Compact(run)]
		s.sort(run, b, scratch)
		return run
	}
	events, n := scratch.apart[:0], 0
	for _, row := range run {
		if row.tie&fromEvent != 0 {
			events = append(events, row)
			continue
		}
		run[n] = row
		n++
	}
	scratch.apart = events
	if n > 0 {
		n = s.options.Compact(run[:n])
	}
	run = append(run[:n], events...) // within the room of the run
	s.sort(run, b, scratch)
	return run
}

// gone marks a row that is left out, while distinct is at work.
const gone = 1<<32 - 1
