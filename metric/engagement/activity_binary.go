package engagement

import (
	"encoding"
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Activity)(nil)
	_ encoding.BinaryUnmarshaler = (*Activity)(nil)
)

const (
	activityMagic   = "olea"
	activityVersion = 1
)

// MarshalBinary returns the state. Accumulators that were given the same events in any
// order and by any merges give the same bytes.
//
//	body     = tally, then by bucket: number of customers, customers by key
//	customer = key, then by plane: last instant before the range?, number of slots, slots
//
// An instant is 0x00, or 0x01 and a varint; a slot is written as what it is past the one
// before it.
func (a *Activity) MarshalBinary() ([]byte, error) {
	a.settle()
	w := new(wire.Writer)
	w.Tally(&a.in.Tally)
	w.Customers(a.in.Keys, a.holds, func(c event.Code) {
		for i := range a.planes {
			a.planes[i].encode(w, c, a.stride)
		}
	})
	return wire.Seal(activityMagic, activityVersion, a.text, w.Bytes), nil
}

// holds reports whether there is anything of a customer.
func (a *Activity) holds(c event.Code) bool {
	for i := range a.planes {
		if a.planes[i].last(c) != never {
			return true
		}
		for _, word := range a.planes[i].of(c, a.stride) {
			if word != 0 {
				return true
			}
		}
	}
	return false
}

// of returns the words of a customer, or nothing.
func (p *plane) of(c event.Code, stride int) []uint64 {
	words, first := p.words[c.Bucket()], c.Position()*stride
	if first >= len(words) {
		return nil
	}
	return words[first : first+stride]
}

// last returns the last instant before the range, or never.
func (p *plane) last(c event.Code) int64 {
	if before := p.before[c.Bucket()]; c.Position() < len(before) {
		return before[c.Position()]
	}
	return never
}

func (p *plane) encode(w *wire.Writer, c event.Code, stride int) {
	at := p.last(c)
	w.Bool(at != never)
	if at != never {
		w.Varint(at)
	}
	words := p.of(c, stride)
	n := 0
	for _, word := range words {
		n += bits.OnesCount64(word)
	}
	w.Count(n)
	last := 0
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			slot := i<<6 + bits.TrailingZeros64(word) + 1
			w.Uvarint(uint64(slot - last))
			last = slot
		}
	}
}

// UnmarshalBinary replaces the state by one that MarshalBinary wrote for the same options.
// Anything else is an error, and leaves a as it was. It adds to the keys in use.
func (a *Activity) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(activityMagic, activityVersion, a.text, data)
	if err != nil {
		return intake.Errorf("Activity", "%w", err)
	}
	keys := new(event.Keys)
	decoded := make([]plane, len(a.planes))
	tally := r.Tally()
	r.Customers(1, keys, func(c event.Code) { a.decodeCustomer(r, decoded, c) })
	b := &Activity{
		options: a.options, text: a.text, slots: a.slots, stride: a.stride, planes: decoded,
		in: intake.Intake{Keys: keys, Tally: tally},
	}
	if err := r.Finish(b); err != nil {
		return intake.Errorf("Activity", "%w", err)
	}
	a.planes, a.pending, a.in.Tally = make([]plane, len(decoded)), pending{}, event.Tally{}
	return a.Merge(b)
}

func (a *Activity) decodeCustomer(r *wire.Reader, planes []plane, c event.Code) {
	for i := range planes {
		p := &planes[i]
		if r.Bool() {
			at := r.Varint()
			if at >= a.slots.Start() || at < intake.Start {
				r.Fail()
			}
			p.markBefore(c, at)
		}
		n := r.Count(1)
		if n == 0 {
			continue
		}
		words := &p.words[c.Bucket()]
		first := c.Position() * a.stride
		*words = grownTo(*words, first+a.stride)
		slot := uint64(0)
		for range n {
			slot += r.Uvarint()
			if slot-1 >= uint64(a.slots.Len()) {
				r.Fail()
				return
			}
			(*words)[first+int(slot-1)>>6] |= 1 << ((slot - 1) & 63)
		}
	}
}
