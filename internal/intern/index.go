// Package intern keeps texts once and finds them by number.
package intern

import "math/bits"

// Index finds numbers by the hash of what they stand for: the codes of texts, the positions
// of events. It is a table with open addressing and linear probing. Its slots hold half the
// hash, in whose order they are: so another number is rarely looked at, and growing reads
// and writes memory in sequence. The zero Index is empty.
type Index struct {
	slots []slot // a power of two of them, of which a quarter is empty; none at first
	n     int
}

type slot struct {
	tag    uint32
	number uint32 // 0 if the slot is empty
}

const leastSlots = 16

// TagOf returns what an Index holds of a hash: its upper half.
func TagOf(hash uint64) uint32 { return uint32(hash >> 32) }

// Find returns the number with the tag for which same is true, or 0.
func (x *Index) Find(tag uint32, same func(number uint32) bool) uint32 {
	if len(x.slots) == 0 {
		return 0
	}
	for i := x.seek(x.home(tag), tag); x.slots[i].number != 0; i = x.seek(x.after(i), tag) {
		if same(x.slots[i].number) {
			return x.slots[i].number
		}
	}
	return 0
}

// First returns the first number that has the tag, or 0: what Find would ask about first.
func (x *Index) First(tag uint32) uint32 {
	if len(x.slots) == 0 {
		return 0
	}
	s := x.slots[x.home(tag)]
	if s.tag != tag && s.number != 0 {
		s = x.slots[x.seek(x.home(tag), tag)]
	}
	return s.number
}

// Add adds a number that is not there. It is not 0.
func (x *Index) Add(tag, number uint32) {
	if x.n++; 4*x.n > 3*len(x.slots) {
		old := x.slots
		x.slots = make([]slot, max(leastSlots, 2*len(old)))
		for _, s := range old {
			if s.number != 0 {
				x.put(s)
			}
		}
	}
	x.put(slot{tag, number})
}

// home returns the slot at which the search for a tag starts.
func (x *Index) home(tag uint32) int {
	return int(uint64(tag) << 32 >> (64 - bits.Len(uint(len(x.slots)-1))))
}

func (x *Index) after(i int) int { return (i + 1) & (len(x.slots) - 1) }

// seek returns the first slot from i on that has the tag or is empty.
func (x *Index) seek(i int, tag uint32) int {
	for x.slots[i].tag != tag && x.slots[i].number != 0 {
		i = x.after(i)
	}
	return i
}

func (x *Index) put(s slot) {
	i := x.home(s.tag)
	for x.slots[i].number != 0 {
		i = x.after(i)
	}
	x.slots[i] = s
}
