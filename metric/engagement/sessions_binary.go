package engagement

import (
	"encoding"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Sessions)(nil)
	_ encoding.BinaryUnmarshaler = (*Sessions)(nil)
)

const (
	sessionsMagic   = "oles"
	sessionsVersion = 1
)

// MarshalBinary returns the state. Accumulators that were given the same events in any
// order and by any merges give the same bytes.
//
//	body    = tally, rows by customer
//	payload = flags, span, events, views, campaign
func (s *Sessions) MarshalBinary() ([]byte, error) {
	w := new(wire.Writer)
	w.Tally(&s.in.Tally)
	s.rows.Encode(w, s.in.Keys, func(w *wire.Writer, v visit) {
		w.Byte(byte(v.flags))
		w.Uvarint(uint64(v.span))
		w.Uvarint(uint64(v.events))
		w.Uvarint(uint64(v.views))
		w.Text(nameOf(s.campaigns, v.campaign))
	})
	return wire.Seal(sessionsMagic, sessionsVersion, s.text, w.Bytes), nil
}

// UnmarshalBinary replaces the state by one that MarshalBinary wrote for the same options.
// Anything else is an error, and leaves s as it was. It adds to the keys in use.
func (s *Sessions) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(sessionsMagic, sessionsVersion, s.text, data)
	if err != nil {
		return intake.Errorf("Sessions", "%w", err)
	}
	b := &Sessions{options: s.options, text: s.text, in: s.in.Fresh(nil)}
	b.reset()
	b.in.Tally = r.Tally()
	b.rows.Decode(r, b.in.Keys, func(r *wire.Reader) visit {
		v := visit{flags: flags(r.Byte()), span: int64(r.Uvarint()), events: r.Uint32(), views: r.Uint32(), campaign: event.NoCode}
		if name := r.Text(); name != "" {
			v.campaign = b.campaigns.Code(name)
		}
		if v.flags >= isEnd<<1 || v.span < 0 {
			r.Fail()
		}
		return v
	})
	if !b.inRange() {
		r.Fail()
	}
	if err := r.Finish(b); err != nil {
		return intake.Errorf("Sessions", "%w", err)
	}
	s.reset()
	return s.Merge(b)
}

// inRange reports whether all rows end within the range that events have, and finds the
// least and most of their instants.
func (s *Sessions) inRange() bool {
	ok := true
	var scratch history.Scratch[visit]
	for bucket := range event.Buckets {
		s.rows.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[visit]) {
			for i := range run {
				at, span := run[i].At, run[i].P.span
				if ok = ok && span < intake.End-at; ok {
					s.spread(at)
					s.spread(at + span)
				}
			}
		})
	}
	return ok
}
