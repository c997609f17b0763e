package engagement

import (
	"encoding"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
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
	encodeTally(w, &s.tally)
	s.rows.Encode(w, s.keys, func(w *wire.Writer, v visit) {
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
		return inputErrorf("sessions: %w", err)
	}
	b := &Sessions{options: s.options, text: s.text, intake: intake{keys: new(event.Keys)}}
	b.reset()
	b.tally = decodeTally(r)
	b.rows.Decode(r, b.keys, func(r *wire.Reader) visit {
		v := visit{flags: flags(r.Byte()), span: int64(r.Uvarint()), events: r.Uint32(), views: r.Uint32(), campaign: event.NoCode}
		if name := r.Text(); name != "" {
			v.campaign = b.campaigns.Code(name)
		}
		if v.flags >= fromBlock<<1 || v.span < 0 {
			r.Fail()
		}
		return v
	})
	if err := r.Close(); err != nil {
		return inputErrorf("sessions: %w", err)
	}
	if !b.inRange() {
		return inputErrorf("sessions: %w: an instant out of range", wire.ErrMalformed)
	}
	if again, _ := b.MarshalBinary(); string(again) != string(data) {
		return inputErrorf("sessions: %w: not the only form of its content", wire.ErrMalformed)
	}
	s.reset()
	return s.Merge(b)
}

// inRange reports whether all instants are within the range that events have, and finds
// their least and most.
func (s *Sessions) inRange() bool {
	ok := true
	var scratch history.Scratch[visit]
	for bucket := range event.Buckets {
		s.rows.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[visit]) {
			for i := range run {
				at, span := run[i].At, run[i].P.span
				ok = ok && at > leastSecond*second && at < mostSecond*second && span <= math.MaxInt64-max(at, 0) &&
					at+span < mostSecond*second
				if ok {
					s.spread(at)
					s.spread(at + span)
				}
			}
		})
	}
	return ok
}
