package engagement

import (
	"encoding"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Activation)(nil)
	_ encoding.BinaryUnmarshaler = (*Activation)(nil)
)

const (
	activationMagic   = "olev"
	activationVersion = 1
)

// MarshalBinary returns the state. Accumulators that were given the same events in any
// order and by any merges give the same bytes.
//
//	body    = tally, rows by customer
//	payload = mask, seconds in nanoseconds, value
func (a *Activation) MarshalBinary() ([]byte, error) {
	w := new(wire.Writer)
	w.Tally(&a.in.Tally)
	a.rows.Encode(w, a.in.Keys, func(w *wire.Writer, x step) {
		w.Uvarint(uint64(x.mask))
		w.Uvarint(uint64(x.seconds))
		w.Text(nameOf(a.values, x.value))
	})
	return wire.Seal(activationMagic, activationVersion, a.text, w.Bytes), nil
}

// UnmarshalBinary replaces the state by one that MarshalBinary wrote for the same options.
// Anything else is an error, and leaves a as it was. It adds to the keys in use.
func (a *Activation) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(activationMagic, activationVersion, a.text, data)
	if err != nil {
		return intake.Errorf("Activation", "%w", err)
	}
	b := &Activation{options: a.options, text: a.text, in: a.in.Fresh(nil)}
	b.reset()
	b.in.Tally = r.Tally()
	known := uint32(1)<<(len(a.options.Criteria)+criterion) - 1
	b.rows.Decode(r, b.in.Keys, func(r *wire.Reader) step {
		x := step{mask: r.Uint32(), seconds: int64(r.Uvarint()), value: event.NoCode}
		if name := r.Text(); name != "" {
			x.value = b.values.Code(name)
		}
		if x.mask&^known != 0 || x.seconds < 0 || x.seconds > maxSeconds*second {
			r.Fail()
		}
		return x
	})
	if err := r.Finish(b); err != nil {
		return intake.Errorf("Activation", "%w", err)
	}
	a.reset()
	return a.Merge(b)
}
