package capture

// pool is a list that grows without moving what it holds, in slabs of equal length.
type pool[E any] struct {
	slabs [][]E
	n     int
}

const (
	slabBits   = 7
	slabLength = 1 << slabBits
)

// add adds a zero element and returns its position, counted from 1.
func (p *pool[E]) add() uint32 {
	if p.n>>slabBits == len(p.slabs) {
		p.slabs = append(p.slabs, make([]E, slabLength))
	}
	p.n++
	return uint32(p.n)
}

// at returns the element at a position, counted from 1.
func (p *pool[E]) at(position uint32) *E {
	return &p.slabs[(position-1)>>slabBits][(position-1)&(slabLength-1)]
}

// reset removes all elements and keeps the room.
func (p *pool[E]) reset() {
	for i := 0; i<<slabBits < p.n; i++ {
		clear(p.slabs[i])
	}
	p.n = 0
}

// all yields the elements in the order in which they were added.
func (p *pool[E]) all(yield func(*E) bool) {
	for i := range p.n {
		if !yield(p.at(uint32(i + 1))) {
			return
		}
	}
}
