package segment

import (
	"encoding"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Behaviour)(nil)
	_ encoding.BinaryUnmarshaler = (*Behaviour)(nil)
)

const (
	magic   = "olsb"
	version = 1
)

// MarshalBinary returns all that b has taken in: bytes that are equal for behaviours that have
// taken in the same, in whatever order and by whatever merges.
func (b *Behaviour) MarshalBinary() ([]byte, error) {
	w := &wire.Writer{}
	w.Tally(&b.in.Tally)
	b.rows.Encode(w, b.in.Keys, func(w *wire.Writer, a act) {
		w.Uvarint(a.Mask)
		w.Text(b.valuesText(a.Values))
	})
	return wire.Seal(magic, version, b.identity, w.Bytes), nil
}

// UnmarshalBinary replaces all that b has taken in by what [Behaviour.MarshalBinary] wrote of
// one with equal options. Anything else is a [metric.ErrInput], and b stays as it was.
func (b *Behaviour) UnmarshalBinary(data []byte) error {
	o := b.options
	o.Keys = nil
	d, err := New(o)
	if err != nil {
		return err
	}
	if err := d.decode(data); err != nil {
		return intake.Errorf("Behaviour", "%w", err)
	}
	b.reset()
	return b.Merge(d)
}

func (b *Behaviour) decode(data []byte) error {
	r, err := wire.Open(magic, version, b.identity, data)
	if err != nil {
		return err
	}
	b.in.Tally = r.Tally()
	b.rows.Decode(r, b.in.Keys, func(r *wire.Reader) act {
		a := act{Mask: r.Uvarint(), Values: event.NoCode}
		if text := r.Text(); text != "" {
			if !b.isValues(text) {
				r.Fail()
			}
			a.Values = b.values.Code(text)
		}
		if len(b.selectors) < maxRules && a.Mask>>len(b.selectors) != 0 {
			r.Fail()
		}
		return a
	})
	return r.Finish(b)
}

// isValues reports whether valuesOf may write a text.
func (b *Behaviour) isValues(text string) bool {
	if strings.Count(text, ";") != len(b.columns) || !strings.HasSuffix(text, ";") {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(text, ";"), ";") {
		if part == "" {
			continue
		}
		if d, err := exact.ParseDecimal(part); err != nil || string(exact.AppendDecimal(nil, exact.Trim(d))) != part {
			return false
		}
	}
	return true
}
