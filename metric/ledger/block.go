package ledger

import (
	"cmp"
	"math"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Block is a number of rows as columns, all of one length. Each row sets the recurring
// revenue of one subscription from an instant on: what [MRRSet] does as a [Fact], at a
// fraction of its cost. A row of zero ends the subscription.
//
// The rows are taken to be different from each other and from all others. Of two rows of one
// subscription at one instant that with the greater Seq is the later and counts, then that
// with the greater amount.
type Block struct {
	Customer     []event.Code  // of [Ledger.Keys]
	Subscription []event.Code  // of [Ledger.Subscriptions]; nil, or NoCode in a row, for the one that has no name
	At           []int64       // when it takes effect, in nanoseconds since 1970 UTC
	Amount       []int64       // minor units of Currency per interval, not below zero
	Segment      []SegmentCode // nil for the segment with the empty name
	Seq          []int64       // nil for 0

	Currency      metric.Currency
	Interval      Interval // the zero Interval is a month, so that amounts are MRR
	IntervalCount int64    // 0 is 1
}

// SegmentCode stands for the name of a segment in columns.
type SegmentCode uint32

// Segment returns the code of a segment, or one that [Ledger.AddBlock] refuses if there are
// 2^20 others.
func (l *Ledger) Segment(name string) SegmentCode {
	if code, ok := l.segmentCode(name); ok {
		return SegmentCode(code)
	}
	return math.MaxUint32
}

// AddBlock takes in the rows of a block. The error is a [metric.ErrInput] that names the
// column and row it is about, and nothing of the block is taken in then. The block is the
// caller's again when AddBlock returns.
func (l *Ledger) AddBlock(b *Block) error {
	if l.keys == nil {
		return errZero()
	}
	counts, most, err := l.checkBlock(b)
	if err != nil {
		return err
	}
	currency, ok := l.currencyCode(b.Currency)
	if !ok {
		return inputErrorf("block: more than %d currencies", maxCurrencies)
	}
	every, ok := l.intervalCode(interval{b.Interval, max(b.IntervalCount, 1)})
	if !ok {
		return inputErrorf("block: more than %d different intervals", maxIntervals)
	}
	var open [event.Buckets][]row
	for i := range l.buckets {
		open[i] = l.buckets[i].rows.open
	}
	m := metaOf(currency, every, 0)
	for i, c := range b.Customer {
		r := row{at: b.At[i], amount: b.Amount[i], who: formBlock.who().at(c.Position()), sub: event.NoCode, meta: m}
		if b.Subscription != nil {
			r.sub = b.Subscription[i]
		}
		if b.Segment != nil {
			r.meta |= metaOf(0, 0, uint32(b.Segment[i]))
		}
		if b.Seq != nil {
			r.seq = int32(b.Seq[i])
		}
		chunk := &open[c.Bucket()]
		if len(*chunk) == cap(*chunk) {
			*chunk = l.buckets[c.Bucket()].rows.roll(*chunk)
		}
		*chunk = append(*chunk, r)
	}
	for i := range l.buckets {
		k := &l.buckets[i]
		k.rows.open = open[i]
		k.rows.n += counts[i]
		if counts[i] > 0 {
			k.most = max(k.most, most)
		}
	}
	l.tally.Taken += int64(len(b.Customer))
	return nil
}

// checkBlock refuses what does not fit. It counts the rows of each bucket, and returns the
// largest amount.
func (l *Ledger) checkBlock(b *Block) (counts [event.Buckets]int, most uint64, err error) {
	n := len(b.Customer)
	switch {
	case b.Currency.IsZero():
		err = inputErrorf("block: Currency is not set")
	case b.Interval > Yearly:
		err = inputErrorf("block: Interval %d is unknown", b.Interval)
	case b.IntervalCount < 0 || b.IntervalCount > mostIntervals:
		err = inputErrorf("block: IntervalCount %d is not within 1 to %d", b.IntervalCount, mostIntervals)
	default:
		err = cmp.Or(intake.CheckLength("At", len(b.At), n), intake.CheckLength("Amount", len(b.Amount), n), intake.CheckOptional("Subscription", b.Subscription, n),
			intake.CheckOptional("Segment", b.Segment, n), intake.CheckOptional("Seq", b.Seq, n))
	}
	if err != nil {
		return counts, 0, err
	}
	known := lengths(l.keys)
	for i, c := range b.Customer {
		if uint32(c>>8) >= known[c.Bucket()] {
			return counts, 0, inputErrorf("block: Customer: row %d: code %d was not given", i, c)
		}
		counts[c.Bucket()]++
	}
	for i, at := range b.At {
		if !ranged(at) {
			return counts, 0, inputErrorf("block: At: row %d: %d is not within "+intake.Years, i, at)
		}
	}
	for i, amount := range b.Amount {
		if amount < 0 {
			return counts, 0, inputErrorf("block: Amount: row %d: %d is below zero", i, amount)
		}
		most = max(most, uint64(amount))
	}
	known = lengths(l.subs)
	for i, c := range b.Subscription {
		if uint32(c>>8) >= known[c.Bucket()] && c != event.NoCode {
			return counts, 0, inputErrorf("block: Subscription: row %d: code %d was not given", i, c)
		}
	}
	for i, c := range b.Segment {
		if int64(c) >= int64(len(l.segments.texts)) {
			return counts, 0, inputErrorf("block: Segment: row %d: code %d was not given", i, c)
		}
	}
	for i, seq := range b.Seq {
		if seq != int64(int32(seq)) {
			return counts, 0, inputErrorf("block: Seq: row %d: %d does not fit 32 bits", i, seq)
		}
	}
	return counts, most, nil
}

// lengths returns how many keys each bucket has.
func lengths(k *event.Keys) (n [event.Buckets]uint32) {
	for i := range n {
		n[i] = uint32(k.LenBucket(uint8(i)))
	}
	return n
}

// compareRows is the order in which the rows of a customer apply (A7), but for the names of
// what their codes stand for.
func compareRows(a, b *row) int {
	switch {
	case a.at != b.at:
		return less(a.at < b.at)
	case a.seq != b.seq:
		return less(a.seq < b.seq)
	case a.amount != b.amount:
		return less(a.amount < b.amount)
	}
	return 0
}

func less(b bool) int {
	if b {
		return -1
	}
	return 1
}
