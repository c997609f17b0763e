package capture

import (
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// distinctCalculator counts the keys with at least a number of events each. Its state is
// a bitmap over the codes of keys in each cell.
type distinctCalculator struct {
	space   int
	atLeast int
	cells   []keySet
	rejections
}

func (k *distinctCalculator) fold(b *batch, u *use) {
	k.grow(b.limit)
	keys, outcomes := b.columns[u.column].keys, b.filters[u.filter]
	for i, key := range keys {
		switch {
		case outcomes != nil && outcomes[i]&holds == 0:
		case !key.isKey():
			k.rejectKey(b, u, i, key)
		case b.cells[i] != outside:
			k.cells[b.cells[i]].add(key)
		}
	}
}

func (k *distinctCalculator) grow(n int) {
	for len(k.cells) < n {
		k.cells = append(k.cells, keySet{planes: k.atLeast})
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
	k.rejections.merge(&o.rejections)
}

func (k *distinctCalculator) finish(*grid) result {
	return &distinctResult{k, keySet{planes: k.atLeast}}
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
	var total exact.Lane
	total.Add(int64(r.union.len()))
	return countValue(total)
}

// keySet is a set of keys, in which each key occurs up to a number of times: the first
// plane of bits has the keys that occurred once, the second those that occurred twice, and
// so on. It has pages of 512 keys, next to each other in one slice, those of the planes in
// turn. A page is there once it is written to.
type keySet struct {
	planes int
	pages  []uint32 // position of each page in words, in pages, counted from 1; 0 for none
	words  []uint64
}

const (
	pageBits  = 9 // a page has a cache line of 2^9 bits
	pageWords = 1 << pageBits / 64
)

// add adds a key once. What occurs more often than there are planes is not counted.
func (s *keySet) add(key Code) {
	page := int(key >> pageBits)
	if page >= len(s.pages) || s.pages[page] == 0 {
		s.makePage(page)
	}
	word := int(s.pages[page]-1)*pageWords*s.planes + int(key>>6)%pageWords
	bit := uint64(1) << (key & 63)
	for range s.planes {
		if s.words[word]&bit == 0 {
			s.words[word] |= bit
			return
		}
		word += pageWords
	}
}

// makePage makes a page that is not there.
func (s *keySet) makePage(page int) {
	s.pages = grown(s.pages, page+1)
	size := pageWords * s.planes
	s.words = grown(s.words, len(s.words)+size)
	s.pages[page] = uint32(len(s.words) / size)
}

func (s *keySet) isEmpty() bool { return len(s.words) == 0 }

// clear removes all keys and keeps the room.
func (s *keySet) clear() {
	clear(s.pages)
	clear(s.words)
	s.pages, s.words = s.pages[:0], s.words[:0]
}

// merge adds the occurrences in o, which has as many planes.
func (s *keySet) merge(o *keySet) {
	size := pageWords * s.planes
	for page, from := range o.pages {
		if from == 0 {
			continue
		}
		source := o.words[int(from-1)*size:][:size]
		if page >= len(s.pages) || s.pages[page] == 0 {
			s.makePage(page)
			copy(s.words[len(s.words)-size:], source)
			continue
		}
		target := s.words[int(s.pages[page]-1)*size:][:size]
		for word := range pageWords {
			addPlanes(target[word:], source[word:], s.planes)
		}
	}
}

// addPlanes adds the occurrences of 64 keys. A word of plane p, counted from 0, says which
// keys occur more than p times; it is pageWords after that of the plane before. A key that
// occurs a times in the target and b times in the source occurs more than p times in all if
// a > p, or b > p, or a > i and b > p-1-i for some i from 0 to p-1.
func addPlanes(target, source []uint64, planes int) {
	for p := planes - 1; p >= 0; p-- {
		sum := target[p*pageWords] | source[p*pageWords]
		for i := range p {
			sum |= target[i*pageWords] & source[(p-1-i)*pageWords]
		}
		target[p*pageWords] = sum
	}
}

// len returns the number of keys that occur as often as there are planes.
func (s *keySet) len() int {
	n, size := 0, pageWords*s.planes
	for last := size - pageWords; last < len(s.words); last += size {
		for _, word := range s.words[last : last+pageWords] {
			n += bits.OnesCount64(word)
		}
	}
	return n
}

// all yields the keys in the order of their codes, and how often each occurs.
func (s *keySet) all(yield func(Code, int) bool) {
	size := pageWords * s.planes
	for page, from := range s.pages {
		if from == 0 {
			continue
		}
		words := s.words[int(from-1)*size:][:size]
		for word := range pageWords {
			for rest := words[word]; rest != 0; rest &= rest - 1 {
				bit := bits.TrailingZeros64(rest)
				n := 1
				for n < s.planes && words[n*pageWords+word]>>bit&1 != 0 {
					n++
				}
				if !yield(Code(page<<pageBits|word<<6|bit), n) {
					return
				}
			}
		}
	}
}
