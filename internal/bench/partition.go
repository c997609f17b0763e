package main

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// What the loops written by hand share: rows are put by bucket once, then the work goes
// bucket by bucket over tables that fit the cache.

// rowOf is one row in a bucket.
type rowOf struct {
	at  int64
	v   int64
	pos uint32 // of the customer in the bucket
	x   uint32
}

// A partition holds rows by bucket, each bucket's in order of arrival.
type partition[R any] struct {
	rows []R
	from [event.Buckets + 1]int
}

func (p *partition[R]) bucket(b int) []R { return p.rows[p.from[b]:p.from[b+1]] }

// split runs do on contiguous parts of n rows, one for each of the threads.
func split(n, threads int, do func(worker, from, to int)) {
	var wg sync.WaitGroup
	for w := range threads {
		wg.Go(func() { do(w, n*w/threads, n*(w+1)/threads) })
	}
	wg.Wait()
}

// partitionRows calls put with the places that a part of the rows goes to: the next free one
// of each bucket.
func partitionRows[R any](d *data, threads int, put func(rows []R, next *[event.Buckets]int, from, to int)) *partition[R] {
	counts := make([][event.Buckets]int, threads)
	split(d.len(), threads, func(w, from, to int) {
		var n [event.Buckets]int
		for _, c := range d.codes[from:to] {
			n[uint8(c)]++
		}
		counts[w] = n
	})
	p := &partition[R]{rows: make([]R, d.len())}
	at := 0
	for b := range event.Buckets {
		p.from[b] = at
		for w := range counts {
			n := counts[w][b]
			counts[w][b] = at
			at += n
		}
	}
	p.from[event.Buckets] = at
	split(d.len(), threads, func(w, from, to int) { put(p.rows, &counts[w], from, to) })
	return p
}

// wide partitions instants, the values v and the tags of sub or kind, whichever there is.
func wide(d *data, threads int, v []int64) *partition[rowOf] {
	return partitionRows(d, threads, func(rows []rowOf, next *[event.Buckets]int, from, to int) {
		for i := from; i < to; i++ {
			c := d.codes[i]
			r := &rows[next[uint8(c)]]
			next[uint8(c)]++
			r.at, r.pos = d.at[i], uint32(c)>>8
			if v != nil {
				r.v = v[i]
			}
			if d.sub != nil {
				r.x = uint32(d.sub[i])
			} else if d.kind != nil {
				r.x = uint32(d.kind[i])
			}
		}
	})
}

// packed partitions rows of 32 bits: the position, and the number of the period of that length
// since an origin, in the given number of bits.
func packed(d *data, threads int, origin, period int64, bits int) *partition[uint32] {
	return partitionRows(d, threads, func(rows []uint32, next *[event.Buckets]int, from, to int) {
		for i := from; i < to; i++ {
			c := d.codes[i]
			rows[next[uint8(c)]] = uint32(c)>>8<<bits | uint32((d.at[i]-origin)/period)
			next[uint8(c)]++
		}
	})
}

// eachBucket calls do for each bucket, from as many goroutines as there are threads.
func eachBucket(threads int, do func(worker, bucket int)) {
	var next atomic.Int32
	split(threads, threads, func(w, _, _ int) {
		for b := next.Add(1) - 1; b < event.Buckets; b = next.Add(1) - 1 {
			do(w, int(b))
		}
	})
}

// runs calls visit with the rows of each customer of a bucket, in order of arrival.
// Room is kept in scratch from call to call.
func runs(rows []rowOf, customers int, scratch *runScratch, visit func(pos int, run []rowOf)) {
	s := scratch
	s.from = slices.Grow(s.from[:0], customers+1)[:customers+1]
	clear(s.from)
	for i := range rows {
		s.from[rows[i].pos]++
	}
	n := int32(0)
	for i, c := range s.from {
		s.from[i] = n
		n += c
	}
	s.rows = slices.Grow(s.rows[:0], len(rows))[:len(rows)]
	for i := range rows {
		at := &s.from[rows[i].pos]
		s.rows[*at] = rows[i]
		*at++
	}
	from := int32(0)
	for pos, to := range s.from[:customers] {
		if to > from {
			visit(pos, s.rows[from:to])
		}
		from = to
	}
}

type runScratch struct {
	from []int32
	rows []rowOf
}

// sortRun puts a run in order of time; rows of one instant stay in order.
func sortRun(run []rowOf) {
	if len(run) > 64 {
		slices.SortStableFunc(run, func(a, b rowOf) int { return cmp.Compare(a.at, b.at) })
		return
	}
	for i := 1; i < len(run); i++ {
		r := run[i]
		j := i
		for ; j > 0 && run[j-1].at > r.at; j-- {
			run[j] = run[j-1]
		}
		run[j] = r
	}
}

// inSequence returns the rows in order of sequence number, so that a stable sort by
// instant is all that remains to be done. Without sequence numbers it returns d.
func (d *data) inSequence() *data {
	if d.seq == nil {
		return d
	}
	o := *d
	order := make([]int, d.len())
	for i, s := range d.seq {
		order[s] = i
	}
	o.at, o.codes = pick(d.at, order), pick(d.codes, order)
	o.amount, o.sub, o.kind = pick(d.amount, order), pick(d.sub, order), pick(d.kind, order)
	return &o
}

func pick[E any](column []E, order []int) []E {
	if column == nil {
		return nil
	}
	out := make([]E, len(order))
	for i, from := range order {
		out[i] = column[from]
	}
	return out
}
