package capture

import (
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// distinctCalculator counts the keys with at least a number of events each. Its state is
// a bitmap over the codes of keys in each cell: 40 bytes a cell, 4 bytes for every 2048 keys
// up to the greatest code in the cell, and 256 bytes for those 2048 of which the cell has one.
type distinctCalculator struct {
	space   int
	atLeast int
	cells   []keySet
	pages   pool[page]
	refusals
}

func (k *distinctCalculator) newSet() keySet { return keySet{planes: k.atLeast, pool: &k.pages} }

func (k *distinctCalculator) fold(b *batch, u *use) {
	k.grow(b.limit)
	keys, outcomes := b.columns[u.column].keys, b.filters[u.filter]
	for i, key := range keys {
		switch {
		case outcomes != nil && outcomes[i]&holds == 0:
		case !isKey(key):
			k.refuse(b, u, i, keyReason(key))
		case b.cells[i] != outside:
			k.cells[b.cells[i]].add(key)
		}
	}
}

func (k *distinctCalculator) grow(n int) {
	for len(k.cells) < n {
		k.cells = append(k.cells, k.newSet())
	}
}

func (k *distinctCalculator) merge(other calculator, tr *translation) {
	o := other.(*distinctCalculator)
	for cell := range o.cells {
		if o.cells[cell].isEmpty() {
			continue
		}
		to := tr.cell(cell)
		k.grow(to + 1)
		for key, n := range o.cells[cell].all {
			key = tr.key(k.space, key)
			for range n {
				k.cells[to].add(key)
			}
		}
	}
	k.refusals.merge(&o.refusals, tr)
}

func (k *distinctCalculator) finish(*grid) result {
	return &distinctResult{k, keySet{planes: k.atLeast, pool: new(pool[page])}}
}

// distinctResult answers for a distinctCalculator.
type distinctResult struct {
	*distinctCalculator
	union keySet // room for the union of cells
}

func (r *distinctResult) value(reg region) (metric.Value, metric.Reason) {
	r.union.clear()
	reg.ranges(len(r.cells), func(from, to int) {
		for i := from; i < to; i++ {
			r.union.merge(&r.cells[i])
		}
	})
	if r.union.isEmpty() && r.refusedIn(reg) {
		return metric.Value{}, metric.MissingInput
	}
	var total exact.Lane
	total.Add(int64(r.union.len()))
	return countValue(total)
}

// keySet is a set of keys, in which each key occurs up to a number of times: the first
// plane of bits has the keys that occurred once, the second those that occurred twice, and
// so on. A plane is cut into pages, and a page is there once it has a bit.
type keySet struct {
	planes int
	pages  []uint32 // position in pool of each plane's page, page by page; 0 for none
	pool   *pool[page]
}

// page has the bits of 2048 keys.
type page [pageWords]uint64

const (
	pageBits  = 11
	pageWords = 1 << pageBits / 64
)

// add adds a key once. What occurs more often than there are planes is not counted.
func (s *keySet) add(key Code) {
	first := int(key>>pageBits) * s.planes
	if first >= len(s.pages) {
		s.pages = grown(s.pages, first+s.planes)
	}
	word, bit := key>>6%pageWords, uint64(1)<<(key&63)
	last := first + s.planes - 1
	for i := first; i <= last; i++ {
		if s.pages[i] == 0 {
			s.pages[i] = s.pool.add()
		}
		w := &s.pool.at(s.pages[i])[word]
		if i == last || *w&bit == 0 { // in this order, because nobody can predict the bit
			*w |= bit
			return
		}
	}
}

func (s *keySet) isEmpty() bool { return len(s.pages) == 0 }

// clear removes all keys and keeps the room. The pool must be of s alone.
func (s *keySet) clear() {
	clear(s.pages)
	s.pages = s.pages[:0]
	s.pool.reset()
}

// planesOf are the planes of one page; nil for one without a bit.
type planesOf [maxAtLeast]*page

func (s *keySet) at(first int) (list planesOf) {
	for i, position := range s.pages[first : first+s.planes] {
		if position != 0 {
			list[i] = s.pool.at(position)
		}
	}
	return list
}

// merge adds the occurrences in o, which has as many planes.
func (s *keySet) merge(o *keySet) {
	s.pages = grown(s.pages, len(o.pages))
	for first := 0; first < len(o.pages); first += s.planes {
		source := o.at(first)
		if source[0] == nil {
			continue
		}
		target := s.at(first)
		for p := s.planes - 1; p >= 0; p-- {
			sum := target.sum(&source, p)
			if target[p] == nil && sum != (page{}) {
				s.pages[first+p] = s.pool.add()
				target[p] = s.pool.at(s.pages[first+p])
			}
			if target[p] != nil {
				*target[p] = sum
			}
		}
	}
}

// sum returns plane p of the occurrences in a and b together. A word of plane p, counted
// from 0, says which keys occur more than p times. A key that occurs x times in a and y
// times in b does so in all if x > p, or y > p, or x > i and y > p-1-i for some i below p.
func (a *planesOf) sum(b *planesOf, p int) (sum page) {
	for _, plane := range [...]*page{a[p], b[p]} {
		if plane != nil {
			for w, bits := range plane {
				sum[w] |= bits
			}
		}
	}
	for i := range p {
		if x, y := a[i], b[p-1-i]; x != nil && y != nil {
			for w := range x {
				sum[w] |= x[w] & y[w]
			}
		}
	}
	return sum
}

// len returns the number of keys that occur as often as there are planes.
func (s *keySet) len() (n int) {
	for last := s.planes - 1; last < len(s.pages); last += s.planes {
		if s.pages[last] != 0 {
			for _, word := range s.pool.at(s.pages[last]) {
				n += bits.OnesCount64(word)
			}
		}
	}
	return n
}

// all yields the keys in the order of their codes, and how often each occurs.
func (s *keySet) all(yield func(Code, int) bool) {
	for first := 0; first < len(s.pages); first += s.planes {
		planes := s.at(first)
		if planes[0] == nil {
			continue
		}
		for word, rest := range planes[0] {
			for ; rest != 0; rest &= rest - 1 {
				bit := bits.TrailingZeros64(rest)
				n := 1
				for n < s.planes && planes[n] != nil && planes[n][word]>>bit&1 != 0 {
					n++
				}
				if !yield(Code(first/s.planes<<pageBits|word<<6|bit), n) {
					return
				}
			}
		}
	}
}
