package purchase

import (
	"bytes"
	"encoding"
	"fmt"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

var (
	_ encoding.BinaryMarshaler   = (*Log)(nil)
	_ encoding.BinaryUnmarshaler = (*Log)(nil)
)

const (
	magic   = "olpu"
	version = 1
)

// MarshalBinary returns all that l has taken in: bytes that are equal for logs that have
// taken in the same, in whatever order and by whatever merges.
func (l *Log) MarshalBinary() ([]byte, error) {
	w := &wire.Writer{}
	encodeReport(w, l.tally.Report(0))
	w.Varint(l.first)
	w.Varint(l.last)
	if l.totals != nil {
		l.encodeTotals(w)
	} else {
		l.days.Encode(w, l.keys, l.encodeSum)
		l.orders.Encode(w, l.keys, l.encodeOrder)
	}
	return wire.Seal(magic, version, l.identity, w.Bytes), nil
}

// UnmarshalBinary replaces all that l has taken in by what [Log.MarshalBinary] wrote of a log
// with equal options. Anything else is a [metric.ErrInput], and l stays as it was.
func (l *Log) UnmarshalBinary(data []byte) error {
	o := l.options
	o.Keys = new(event.Keys)
	d := &Log{options: o, identity: l.identity, keys: o.Keys}
	d.reset()
	if err := d.decode(data); err != nil {
		return inputErrorf("purchase.Log", "%w", err)
	}
	l.reset()
	return l.Merge(d)
}

func (l *Log) decode(data []byte) error {
	r, err := wire.Open(magic, version, l.identity, data)
	if err != nil {
		return err
	}
	l.tally = event.TallyOf(decodeReport(r))
	l.first, l.last = r.Varint(), r.Varint()
	if l.totals != nil {
		l.decodeTotals(r)
	} else {
		l.days.Decode(r, l.keys, l.decodeSum)
		l.orders.Decode(r, l.keys, l.decodeOrder)
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := l.checkDecoded(); err != nil {
		return err
	}
	if again, err := l.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
		return fmt.Errorf("%w: not the only form of what they say", wire.ErrMalformed)
	}
	return nil
}

// checkDecoded refuses rows that no log writes.
func (l *Log) checkDecoded() error {
	if l.totals != nil {
		return nil
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	see := func(at int64) { first, last = min(first, at), max(last, at) }
	var sums history.Scratch[sum]
	var orders history.Scratch[order]
	days := l.calendar()
	bad := false
	for b := range event.Buckets {
		l.days.Bucket(uint8(b), &sums, func(_ event.Code, run []history.Row[sum]) {
			for i, row := range run {
				see(row.At)
				earlier := func(r history.Row[sum]) bool {
					return r.P.N > 0 && r.P.Currency == row.P.Currency && days.date(r.At) == days.date(row.At)
				}
				alone := row.P.N > 1 // must have an order of the day before it
				for j := i - 1; j >= 0 && alone; j-- {
					alone = !earlier(run[j])
				}
				bad = bad || alone || (row.P.N == 0) != (row.P.sign() < 0) || row.P.N > mostAdded
			}
		})
		l.orders.Bucket(uint8(b), &orders, func(_ event.Code, run []history.Row[order]) {
			for _, row := range run {
				see(row.At)
			}
		})
	}
	if bad {
		return fmt.Errorf("%w: sums of no orders", wire.ErrMalformed)
	}
	if first < l.first || last > l.last {
		return fmt.Errorf("%w: instants beyond those they state", wire.ErrMalformed)
	}
	return nil
}

func encodeReport(w *wire.Writer, r event.Report) {
	w.Varint(r.Taken)
	w.Varint(r.Ignored)
	w.Varint(r.Test)
	w.Count(len(r.Refused))
	for _, x := range r.Refused {
		w.Text(x.Event)
		w.Text(string(x.Reason))
		w.Varint(x.Count)
		w.Text(x.First)
	}
}

func decodeReport(r *wire.Reader) event.Report {
	report := event.Report{Taken: r.Varint(), Ignored: r.Varint(), Test: r.Varint()}
	if report.Taken < 0 || report.Ignored < 0 || report.Test < 0 {
		r.Fail()
	}
	for range r.Count(4) {
		x := event.Refused{Event: r.Text(), Reason: event.Reason(r.Text()), Count: r.Varint(), First: r.Text()}
		if x.Count <= 0 {
			r.Fail()
		}
		report.Refused = append(report.Refused, x)
	}
	return report
}

func (l *Log) encodeCurrency(w *wire.Writer, code uint16) { w.Text(l.currencies.text(code)) }

func (l *Log) decodeCurrency(r *wire.Reader) uint16 {
	text := r.Text()
	switch text {
	case "":
		return noCurrency
	case mixed:
		return mixedCurrency
	}
	currency, err := metric.ParseCurrency(text)
	if err != nil {
		r.Fail()
	}
	return l.currencies.code(currency)
}

func (l *Log) encodeSum(w *wire.Writer, s sum) {
	w.Uvarint(uint64(s.N))
	l.encodeCurrency(w, s.Currency)
	w.Varint(int64(s.Hi))
	w.Uvarint(s.Lo)
}

func (l *Log) decodeSum(r *wire.Reader) sum {
	s := sum{N: r.Uint32(), Currency: l.decodeCurrency(r)}
	hi := r.Varint()
	if s.Hi = int16(hi); int64(s.Hi) != hi || s.Currency == mixedCurrency {
		r.Fail()
	}
	s.Lo = r.Uvarint()
	return s
}

func (l *Log) encodeOrder(w *wire.Writer, o order) {
	w.Byte(byte(o.Kind))
	w.Uvarint(uint64(o.Amount))
	l.encodeCurrency(w, o.Currency)
	w.Bool(o.ID != event.NoCode)
	if o.ID != event.NoCode {
		w.Text(l.ids.Key(o.ID))
	}
}

func (l *Log) decodeOrder(r *wire.Reader) order {
	o := order{Kind: orderKind(r.Byte()), ID: event.NoCode}
	amount := r.Uvarint()
	o.Currency = l.decodeCurrency(r)
	if o.Kind > cancelled || amount > MaxAmount || o.Currency == mixedCurrency {
		r.Fail()
	}
	o.Amount = int64(amount)
	if r.Bool() {
		if o.ID = l.ids.Code(r.Text()); o.ID == event.NoCode {
			r.Fail()
		}
	}
	return o
}

func (l *Log) encodeTotals(w *wire.Writer) {
	for b := range event.Buckets {
		var list []event.Code
		for _, c := range l.keys.Sorted(uint8(b)) {
			if p := c.Position(); p < len(l.totals.cells[b]) && !l.totals.cells[b][p].isEmpty() {
				list = append(list, c)
			}
		}
		w.Count(len(list))
		for _, c := range list {
			x := &l.totals.cells[b][c.Position()]
			w.Text(l.keys.Key(c))
			w.Uvarint(uint64(x.n))
			l.encodeCurrency(w, l.totals.currencyOf(uint8(b), c.Position()))
			w.Varint(int64(x.hi))
			w.Uvarint(x.lo)
			if x.n > 0 {
				w.Varint(x.first)
				w.Varint(x.last)
			}
		}
	}
}

func (l *Log) decodeTotals(r *wire.Reader) {
	t := l.totals
	for b := range event.Buckets {
		last := ""
		for range r.Count(5) {
			key := r.Text()
			if key <= last || event.Bucket(key) != uint8(b) {
				r.Fail()
			}
			last = key
			x := cell{n: r.Uint32(), first: math.MaxInt64, last: math.MinInt64}
			currency := l.decodeCurrency(r)
			hi := r.Varint()
			if x.hi = int32(hi); int64(x.hi) != hi {
				r.Fail()
			}
			x.lo = r.Uvarint()
			if x.n > 0 {
				x.first, x.last = r.Varint(), r.Varint()
			}
			if r.Failed() || x.isEmpty() || x.n > 0 && (x.first > x.last || x.first < l.first || x.last > l.last) {
				r.Fail()
				return
			}
			if currency == mixedCurrency {
				t.split()
			} else {
				t.see(currency)
			}
			c := l.keys.Code(key)
			t.grow(uint8(b), c.Position()+1)
			t.join(uint8(b), c.Position(), currency)
			t.cells[b][c.Position()] = x
			t.rows += max(int64(x.n), 1)
		}
	}
}
