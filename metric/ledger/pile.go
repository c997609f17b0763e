package ledger

// pile is a list that grows without being copied: what is full is never written again, so
// that several ledgers may hold it. The zero pile is empty.
type pile[T any] struct {
	full [][]T
	open []T
	n    int
}

const leastChunk, mostChunk = 1 << 4, 1 << 9

func (p *pile[T]) add(x T) {
	if len(p.open) == cap(p.open) {
		p.open = p.roll(p.open)
	}
	p.open = append(p.open, x)
	p.n++
}

// roll puts the open chunk, which is full, to the others and returns a new one.
func (p *pile[T]) roll(open []T) []T {
	if len(open) > 0 {
		p.full = append(p.full, open)
	}
	return make([]T, 0, min(max(leastChunk, 2*cap(open)), mostChunk))
}

// each calls do for all that there is, in parts.
func (p *pile[T]) each(do func(part []T)) {
	for _, part := range p.full {
		do(part)
	}
	do(p.open)
}

// share adds all of o as it is. Parts that are large enough are held in common: o adds to
// them only beyond what is held here.
func (p *pile[T]) share(o *pile[T]) {
	open := o.open
	p.full = append(p.full, o.full...)
	p.n += o.n - len(open)
	if len(open) >= mostChunk/2 {
		p.full = append(p.full, open)
		p.n += len(open)
		return
	}
	for i := range open {
		p.add(open[i])
	}
}

// copy adds all of o, each changed by change.
func (p *pile[T]) copy(o *pile[T], change func(*T)) {
	o.each(func(part []T) {
		for _, x := range part {
			change(&x)
			p.add(x)
		}
	})
}
