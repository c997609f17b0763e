package capture

import (
	"encoding"
	"maps"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// accumulator is what the calculators of the library have in common.
type accumulator[A any] interface {
	Add(*event.Event)
	Merge(A) error
	Report() event.Report
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// parts keeps one accumulator for each segment, and makes one of all when it is asked for.
type parts[A accumulator[A]] struct {
	empty func() (A, error)
	by    map[string]A
	none  A // without events
	whole A
	fresh bool // whole is of all that is in by
}

func newParts[A accumulator[A]](empty func() (A, error)) (parts[A], error) {
	none, err := empty()
	return parts[A]{empty: empty, by: make(map[string]A), none: none}, err
}

// add takes in an event of a segment.
func (p *parts[A]) add(e *event.Event, segment string) {
	p.fresh = false
	a, known := p.by[segment]
	if !known {
		var err error
		if a, err = p.empty(); err != nil {
			return // cannot be: the same options made none
		}
		p.by[segment] = a
	}
	a.Add(e)
}

// of returns the accumulator of a cell, which is not to be added to.
func (p *parts[A]) of(c Cell) A {
	if c.All {
		return p.all()
	}
	if a, known := p.by[c.Segment]; known {
		return a
	}
	return p.none
}

// all returns one of all segments, in which a customer of two counts once.
func (p *parts[A]) all() A {
	if p.fresh {
		return p.whole
	}
	names := slices.Sorted(maps.Keys(p.by))
	switch len(names) {
	case 0:
		return p.none
	case 1:
		return p.by[names[0]]
	}
	whole, err := p.empty()
	for _, name := range names {
		if err == nil {
			err = whole.Merge(p.by[name])
		}
	}
	if err != nil {
		return p.none // cannot be: their options are the same
	}
	p.whole, p.fresh = whole, true
	return whole
}

// merge takes in the parts of another.
func (p *parts[A]) merge(o *parts[A]) error {
	p.fresh = false
	for _, name := range slices.Sorted(maps.Keys(o.by)) {
		a, known := p.by[name]
		if !known {
			var err error
			if a, err = p.empty(); err != nil {
				return err
			}
			p.by[name] = a
		}
		if err := a.Merge(o.by[name]); err != nil {
			return err
		}
	}
	return nil
}

func (p *parts[A]) report() event.Report { return p.all().Report() }

// knows reports whether an event was taken in: without one nothing is known, and no number
// is zero.
func (p *parts[A]) knows() bool { return p.report().Taken > 0 }

// MarshalBinary returns the parts by name.
func (p *parts[A]) MarshalBinary() ([]byte, error) {
	var w wire.Writer
	w.Count(len(p.by))
	for _, name := range slices.Sorted(maps.Keys(p.by)) {
		data, err := p.by[name].MarshalBinary()
		if err != nil {
			return nil, err
		}
		w.Text(name)
		w.Text(string(data))
	}
	return w.Bytes, nil
}

// UnmarshalBinary reads what MarshalBinary returned.
func (p *parts[A]) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	by := make(map[string]A)
	for range r.Count(2) {
		name, part := r.Text(), r.Text()
		a, err := p.empty()
		if err == nil && !r.Failed() {
			err = a.UnmarshalBinary([]byte(part))
		}
		if err != nil {
			return err
		}
		by[name] = a
	}
	if err := r.Close(); err != nil {
		return err
	}
	p.by, p.fresh = by, false
	return nil
}
