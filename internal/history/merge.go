package history

import (
	"slices"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Merge adds the rows of o, whose customers have other codes and whose payloads may refer
// to tables of their own: payload translates those, or is nil. It leaves o alone. Where there
// is nothing to translate, no row is copied.
func (s *Store[P]) Merge(o *Store[P], codes *event.Translation, payload func(P) P) {
	for i := range s.buckets {
		s.buckets[i].merge(&o.buckets[i], uint8(i), codes, payload)
		s.shrink(uint8(i))
	}
}

func (b *bucket[P]) merge(o *bucket[P], number uint8, codes *event.Translation, payload func(P) P) {
	adopt := b.adopter(o, number, codes, payload)
	for _, chunk := range o.chunks() {
		n := len(chunk)
		switch {
		case n < leastChunk:
			b.reserve(n)
			b.open = append(b.open, chunk...)
			if adopt != nil {
				adopt(b.open[len(b.open)-n:])
			}
		case adopt == nil && 2*n >= cap(chunk):
			b.full = append(b.full, slices.Clip(chunk)) // which o may go on to fill
		default:
			chunk = slices.Clone(chunk)
			if adopt != nil {
				adopt(chunk)
			}
			b.full = append(b.full, chunk)
		}
	}
	b.n += o.n
	b.dropped += o.dropped
}

// adopter takes the ties of o, and returns what makes of rows of o rows of b, or nil if they
// are that already.
func (b *bucket[P]) adopter(o *bucket[P], number uint8, codes *event.Translation, payload func(P) P) func(rows []Row[P]) {
	numbers, places, events := uint32(len(b.numbers)), uint32(len(b.places)), uint32(len(b.events))
	tied := numbers > 0 && len(o.numbers) > 0 || places > 0 && len(o.places) > 0 || events > 0 && len(o.events) > 0
	b.numbers = append(b.numbers, o.numbers...)
	b.places = append(b.places, o.places...)
	b.events = append(b.events, o.events...)
	if codes.Same() {
		b.customers = max(b.customers, o.customers)
		if payload == nil && !tied {
			return nil
		}
	}
	return func(rows []Row[P]) {
		for i := range rows {
			row := &rows[i]
			row.Customer = uint32(codes.Code(event.CodeOf(number, int(row.Customer))).Position())
			b.customers = max(b.customers, int(row.Customer)+1)
			if payload != nil {
				row.P = payload(row.P)
			}
			switch {
			case row.tie&fromEvent != 0:
				row.tie += events
			case row.tie&isPlace != 0:
				row.tie += places
			case row.tie != 0:
				row.tie += numbers
			}
		}
	}
}
