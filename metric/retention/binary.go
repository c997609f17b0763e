package retention

import (
	"encoding"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Accumulator)(nil)
	_ encoding.BinaryUnmarshaler = (*Accumulator)(nil)
)

// The first bytes of the binary form.
const (
	magic   = "olrt"
	version = 1
)

// MarshalBinary returns all that a has taken in. Accumulators that have taken in the same,
// in whatever order and by whatever merges, give the same bytes. Customers are written by
// their keys.
func (a *Accumulator) MarshalBinary() ([]byte, error) {
	var w wire.Writer
	a.encodeTally(&w)
	if a.plan.layout.words > 0 {
		a.encodeDense(&w)
	}
	if a.firsts != nil {
		a.firsts.Encode(&w, a.keys, (*wire.Writer).Bool)
	}
	encodeNothing := func(*wire.Writer, nothing) {}
	if a.starts != nil {
		a.starts.Encode(&w, a.keys, encodeNothing)
	}
	if a.times != nil {
		a.times.Encode(&w, a.keys, encodeNothing)
	}
	if a.values != nil {
		a.values.Encode(&w, a.keys, func(w *wire.Writer, x amount) {
			w.Varint(x.value)
			w.Uvarint(uint64(x.currency))
		})
	}
	return wire.Seal(magic, version, a.plan.identity, w.Bytes), nil
}

// UnmarshalBinary replaces all that a has taken in. The bytes must be those that
// [Accumulator.MarshalBinary] wrote of an accumulator with the same options. Anything else
// is a [metric.ErrInput], and leaves a as it was.
func (a *Accumulator) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(magic, version, a.plan.identity, data)
	if err != nil {
		return inputErrorf("accumulator", "%w", err)
	}
	decoded := newAccumulator(a.plan, nil)
	decoded.decode(r)
	if err := r.Close(); err != nil {
		return inputErrorf("accumulator", "%w", err)
	}
	again, err := decoded.MarshalBinary()
	if err != nil || string(again) != string(data) {
		return inputErrorf("accumulator", "%w: not the only form of their content", wire.ErrMalformed)
	}
	if a.plan.options.Keys == nil {
		*a = *decoded
		return nil
	}
	fresh := newAccumulator(a.plan, a.keys)
	if err := fresh.Merge(decoded); err != nil {
		return err
	}
	*a = *fresh
	return nil
}

func (a *Accumulator) decode(r *wire.Reader) {
	a.decodeTally(r)
	if a.plan.layout.words > 0 {
		a.decodeDense(r)
	}
	if a.firsts != nil {
		a.firsts.Decode(r, a.keys, (*wire.Reader).Bool)
		checkRows(r, a.firsts, func(at int64) bool { return at >= firstNano && at < a.plan.calendar.end() })
	}
	within := func(at int64) bool { return at >= a.plan.calendar.start() && at < a.plan.calendar.end() }
	decodeNothing := func(*wire.Reader) nothing { return nothing{} }
	if a.starts != nil {
		a.starts.Decode(r, a.keys, decodeNothing)
		checkRows(r, a.starts, within)
	}
	if a.times != nil {
		a.times.Decode(r, a.keys, decodeNothing)
		checkRows(r, a.times, func(at int64) bool {
			return at >= a.plan.clock.instant(a.plan.calendar.start()) && at < a.plan.calendar.end() && at == a.plan.clock.instant(at)
		})
	}
	if a.values != nil {
		a.values.Decode(r, a.keys, a.decodeAmount)
		checkRows(r, a.values, within)
	}
}

// checkRows fails unless all rows are at instants that can be.
func checkRows[P any](r *wire.Reader, s *history.Store[P], ok func(int64) bool) {
	var scratch history.Scratch[P]
	for bucket := range event.Buckets {
		s.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []history.Row[P]) {
			for i := range run {
				if !ok(run[i].At) {
					r.Fail()
				}
			}
		})
	}
}

func (a *Accumulator) decodeAmount(r *wire.Reader) amount {
	value, packed := r.Varint(), r.Uvarint()
	if packed > math.MaxUint16 || (packed != 0) != a.plan.options.Money {
		r.Fail()
		return amount{}
	}
	if _, ok := unpackCurrency(uint16(packed)); !ok {
		r.Fail()
	}
	return amount{value, uint16(packed)}
}

func (a *Accumulator) encodeTally(w *wire.Writer) {
	report := a.tally.Report(0)
	w.Varint(report.Taken)
	w.Varint(report.Ignored)
	w.Varint(report.Test)
	w.Count(len(report.Refused))
	for _, x := range report.Refused {
		w.Text(x.Event)
		w.Text(string(x.Reason))
		w.Varint(x.Count)
		w.Text(x.First)
	}
}

func (a *Accumulator) decodeTally(r *wire.Reader) {
	amount := func() int64 {
		n := r.Varint()
		if n < 0 || n > 1<<62 {
			r.Fail()
		}
		return n
	}
	report := event.Report{Taken: amount(), Ignored: amount(), Test: amount()}
	for range r.Count(4) {
		report.Refused = append(report.Refused, event.Refused{
			Event: r.Text(), Reason: event.Reason(r.Text()), Count: amount(), First: r.Text(),
		})
	}
	a.tally = event.TallyOf(report)
}

// encodeDense writes the words of each customer that has any, by bucket and key.
func (a *Accumulator) encodeDense(w *wire.Writer) {
	l := &a.plan.layout
	for bucket := range event.Buckets {
		dense := a.dense[bucket]
		var list []event.Code
		for _, customer := range a.keys.Sorted(uint8(bucket)) {
			if words := wordsOf(dense, customer.Position(), l.words); !isZero(words) {
				list = append(list, customer)
			}
		}
		w.Count(len(list))
		for _, customer := range list {
			w.Text(a.keys.Key(customer))
			for i, word := range wordsOf(dense, customer.Position(), l.words) {
				switch {
				case i != l.first:
					w.Uint64(word)
				case word == 0:
					w.Bool(false)
				default:
					w.Bool(true)
					w.Varint(startOf(word))
				}
			}
		}
	}
}

// wordsOf returns the words of the customer at a position, none if there was no room yet.
func wordsOf(dense []uint64, position, words int) []uint64 {
	if (position+1)*words > len(dense) {
		return nil
	}
	return dense[position*words:][:words]
}

func isZero(words []uint64) bool {
	all := uint64(0)
	for _, word := range words {
		all |= word
	}
	return all == 0
}

func (a *Accumulator) decodeDense(r *wire.Reader) {
	l := &a.plan.layout
	unused := ^uint64(0) << (a.plan.options.Buckets & 63) // of the last word of a set
	if a.plan.options.Buckets&63 == 0 {
		unused = 0
	}
	for bucket := range event.Buckets {
		last := ""
		for range r.Count(2) {
			key := r.Text()
			if key <= last || event.Bucket(key) != uint8(bucket) {
				r.Fail()
			}
			if r.Failed() {
				return
			}
			last = key
			customer := a.keys.Code(key)
			a.dense[bucket] = append(a.dense[bucket], make([]uint64, (customer.Position()+1)*l.words-len(a.dense[bucket]))...)
			words := wordsOf(a.dense[bucket], customer.Position(), l.words)
			for i := range words {
				if i != l.first {
					words[i] = r.Uint64()
				} else if r.Bool() {
					at := r.Varint()
					if at < firstNano || at >= a.plan.calendar.end() {
						r.Fail()
						return
					}
					words[i] = startWord(at)
				}
			}
			for _, set := range [...]int{l.starts, l.returns} {
				if set >= 0 && words[set+l.set-1]&unused != 0 {
					r.Fail()
				}
			}
		}
	}
}
