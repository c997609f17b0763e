package capture

import "math/bits"

// index finds numbers by the hash of what they stand for: the codes of texts, the positions
// of events. It is a table with open addressing and linear probing. Its slots hold half the
// hash, in whose order they are: so another number is rarely looked at, and growing reads
// and writes memory in sequence.
type index struct {
	slots []slot // a power of two of them, of which a quarter is empty
	n     int
}

type slot struct {
	tag    uint32 // the upper half of the hash
	number uint32 // 0 if the slot is empty
}

const leastSlots = 16

func newIndex() index { return index{slots: make([]slot, leastSlots)} }

// tagOf returns what a slot holds of a hash.
func tagOf(hash uint64) uint32 { return uint32(hash >> 32) }

// home returns the slot at which the search for a tag starts.
func (x *index) home(tag uint32) int {
	return int(uint64(tag) << 32 >> (64 - bits.Len(uint(len(x.slots)-1))))
}

// seek returns the first slot that has the tag, or else the empty one at which a number with
// the tag may be put.
func (x *index) seek(tag uint32) int { return x.seekFrom(x.home(tag), tag) }

// seekAfter returns the next one after slot i.
func (x *index) seekAfter(i int, tag uint32) int {
	return x.seekFrom((i+1)&(len(x.slots)-1), tag)
}

func (x *index) seekFrom(i int, tag uint32) int {
	for x.slots[i].tag != tag && x.slots[i].number != 0 {
		i = (i + 1) & (len(x.slots) - 1)
	}
	return i
}

// add adds a number that is not there.
func (x *index) add(tag, number uint32) {
	if x.n++; 4*x.n > 3*len(x.slots) {
		old := x.slots
		x.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.number != 0 {
				x.put(s)
			}
		}
	}
	x.put(slot{tag, number})
}

func (x *index) put(s slot) {
	i := x.seek(s.tag)
	for x.slots[i].number != 0 {
		i = x.seekAfter(i, s.tag)
	}
	x.slots[i] = s
}
