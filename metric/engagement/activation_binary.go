package engagement

import (
	"encoding"

	"github.com/openlifecycle/lifecycle/internal/history"
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
	encodeTally(w, &a.tally)
	a.rows.Encode(w, a.keys, func(w *wire.Writer, x step) {
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
		return inputErrorf("activation: %w", err)
	}
	b := &Activation{options: a.options, text: a.text, intake: intake{keys: new(event.Keys)}}
	b.reset()
	b.tally = decodeTally(r)
	known := uint32(1)<<(len(a.options.Criteria)+criterion) - 1 | blockBit
	b.rows.Decode(r, b.keys, func(r *wire.Reader) step {
		x := step{mask: r.Uint32(), seconds: int64(r.Uvarint()), value: event.NoCode}
		if name := r.Text(); name != "" {
			x.value = b.values.Code(name)
		}
		if x.mask&^known != 0 || x.seconds < 0 || x.seconds > maxSeconds*second {
			r.Fail()
		}
		return x
	})
	if err := r.Close(); err != nil {
		return inputErrorf("activation: %w", err)
	}
	if !timesInRange(b.rows) {
		return inputErrorf("activation: %w: an instant out of range", wire.ErrMalformed)
	}
	if again, _ := b.MarshalBinary(); string(again) != string(data) {
		return inputErrorf("activation: %w: not the only form of its content", wire.ErrMalformed)
	}
	a.reset()
	return a.Merge(b)
}

// timesInRange reports whether all instants are within the range that events have.
func timesInRange[P any](rows *history.Store[P]) bool {
	ok := true
	var scratch history.Scratch[P]
	for bucket := range event.Buckets {
		rows.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[P]) {
			ok = ok && run[0].At > leastSecond*second && run[len(run)-1].At < mostSecond*second
		})
	}
	return ok
}
