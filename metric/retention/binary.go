package retention

import (
	"encoding"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
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
	a.settle()
	var w wire.Writer
	w.Tally(&a.in.Tally)
	if a.plan.layout.words > 0 {
		a.encodeDense(&w)
	}
	if a.firsts != nil {
		a.firsts.Encode(&w, a.in.Keys, (*wire.Writer).Bool)
	}
	encodeNothing := func(*wire.Writer, nothing) {}
	if a.starts != nil {
		a.starts.Encode(&w, a.in.Keys, encodeNothing)
	}
	if a.times != nil {
		a.times.Encode(&w, a.in.Keys, encodeNothing)
	}
	if a.values != nil {
		a.values.Encode(&w, a.in.Keys, func(w *wire.Writer, x amount) {
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
		return intake.Errorf("accumulator", "%w", err)
	}
	decoded := newAccumulator(a.plan, a.in.Fresh(nil))
	decoded.decode(r)
	if err := r.Finish(decoded); err != nil {
		return intake.Errorf("accumulator", "%w", err)
	}
	if a.plan.options.Keys == nil {
		*a = *decoded
		return nil
	}
	fresh := newAccumulator(a.plan, a.in.Fresh(a.in.Keys))
	if err := fresh.Merge(decoded); err != nil {
		return err
	}
	*a = *fresh
	return nil
}

func (a *Accumulator) decode(r *wire.Reader) {
	a.in.Tally = r.Tally()
	if a.plan.layout.words > 0 {
		a.decodeDense(r)
	}
	if a.firsts != nil {
		a.firsts.Decode(r, a.in.Keys, (*wire.Reader).Bool)
		checkRows(r, a.firsts, func(at int64) bool { return at < a.plan.cohorts.End() })
	}
	within := func(at int64) bool { return at >= a.plan.cohorts.Start() && at < a.plan.cohorts.End() }
	decodeNothing := func(*wire.Reader) nothing { return nothing{} }
	if a.starts != nil {
		a.starts.Decode(r, a.in.Keys, decodeNothing)
		checkRows(r, a.starts, within)
	}
	if a.times != nil {
		a.times.Decode(r, a.in.Keys, decodeNothing)
		checkRows(r, a.times, func(at int64) bool {
			return at >= a.plan.clock.instant(a.plan.cohorts.Start()) && at < a.plan.cohorts.End() && at == a.plan.clock.instant(at)
		})
	}
	if a.values != nil {
		a.values.Decode(r, a.in.Keys, a.decodeAmount)
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

// encodeDense writes the words of each customer that has any, by bucket and key.
func (a *Accumulator) encodeDense(w *wire.Writer) {
	l := &a.plan.layout
	of := func(c event.Code) []uint64 { return wordsOf(a.dense[c.Bucket()], c.Position(), l.words) }
	w.Customers(a.in.Keys, func(c event.Code) bool { return !isZero(of(c)) }, func(c event.Code) {
		for i, word := range of(c) {
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
	})
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
	r.Customers(2, a.in.Keys, func(c event.Code) {
		dense := &a.dense[c.Bucket()]
		*dense = append(*dense, make([]uint64, (c.Position()+1)*l.words-len(*dense))...)
		words := wordsOf(*dense, c.Position(), l.words)
		for i := range words {
			if i != l.first {
				words[i] = r.Uint64()
			} else if r.Bool() {
				at := r.Varint()
				if at < intake.Start || at >= a.plan.cohorts.End() {
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
	})
}
