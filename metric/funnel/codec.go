package funnel

import (
	"encoding"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Funnel)(nil)
	_ encoding.BinaryUnmarshaler = (*Funnel)(nil)
)

const (
	magic   = "olfn"
	version = 1
)

// MarshalBinary returns all that f has taken in. Funnels of equal options that have taken in
// the same events, in whatever order and by whatever merges, give the same bytes.
func (f *Funnel) MarshalBinary() ([]byte, error) {
	f.settle()
	var w wire.Writer
	rank := f.encodeValues(&w)
	f.store.Encode(&w, f.in.Keys, func(w *wire.Writer, m mark) {
		w.Uvarint(uint64(m.marks))
		if rank != nil {
			w.Uvarint(uint64(rank[m.value]))
		}
	})
	w.Tally(&f.in.Tally)
	return wire.Seal(magic, version, f.plan.options.String(), w.Bytes), nil
}

// encodeValues writes the values that rows have, in order, and returns the place of each
// code among them: from 1, with 0 for no value. It is nil if values do not matter.
func (f *Funnel) encodeValues(w *wire.Writer) (rank []uint32) {
	if !f.plan.valued() {
		return nil
	}
	rank = make([]uint32, len(f.values.pairs))
	var scratch history.Scratch[mark]
	for bucket := range event.Buckets {
		f.store.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[mark]) {
			for i := range run {
				rank[run[i].P.value] = 1
			}
		})
	}
	var used []uint32
	for code := 1; code < len(rank); code++ {
		if rank[code] != 0 {
			used = append(used, uint32(code))
		}
	}
	slices.SortFunc(used, f.values.compare)
	w.Count(len(used))
	rank[0] = 0
	for i, code := range used {
		w.Text(f.values.heldText(code))
		w.Text(f.values.splitText(code))
		rank[code] = uint32(i) + 1
	}
	return rank
}

// UnmarshalBinary replaces all that f has taken in. The bytes must be those that
// [Funnel.MarshalBinary] wrote of a funnel with the same options; anything else is a
// [metric.ErrInput] that wraps the cause, and f stays as it was. Keys are added to those of f
// even then.
func (f *Funnel) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(magic, version, f.plan.options.String(), data)
	if err != nil {
		return intake.Errorf("binary form", "%w", err)
	}
	decoded := &Funnel{plan: f.plan, in: f.in}
	decoded.reset()
	decoded.decode(r)
	if err := r.Finish(decoded); err != nil {
		return intake.Errorf("binary form", "%w", err)
	}
	*f = *decoded
	return nil
}

func (f *Funnel) decode(r *wire.Reader) {
	codes := []uint32{0}
	valued := f.plan.valued()
	if valued {
		for range r.Count(2) {
			codes = append(codes, f.Value(r.Text(), r.Text()))
		}
	}
	f.store.Decode(r, f.in.Keys, func(r *wire.Reader) mark {
		m := mark{marks: r.Uint32()}
		if m.marks>>len(f.plan.rules) != 0 || m.marks == 0 && !f.plan.options.Order.strict() {
			r.Fail()
		}
		if valued {
			if i := r.Uvarint(); i < uint64(len(codes)) {
				m.value = codes[i]
			} else {
				r.Fail()
			}
		}
		return m
	})
	f.in.Tally = r.Tally()
}
