package purchase

import (
	"encoding"
	"fmt"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
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
	l.settle()
	w := &wire.Writer{}
	w.Tally(&l.in.Tally)
	w.Varint(l.first)
	w.Varint(l.last)
	if l.totals != nil {
		l.encodeTotals(w)
	} else {
		l.days.Encode(w, l.in.Keys, l.encodeSum)
		l.orders.Encode(w, l.in.Keys, l.encodeOrder)
	}
	return wire.Seal(magic, version, l.identity, w.Bytes), nil
}

// UnmarshalBinary replaces all that l has taken in by what [Log.MarshalBinary] wrote of a log
// with equal options. Anything else is a [metric.ErrInput], and l stays as it was.
func (l *Log) UnmarshalBinary(data []byte) error {
	o := l.options
	o.Keys = new(event.Keys)
	d := &Log{options: o, identity: l.identity, in: l.in.Fresh(o.Keys)}
	d.reset()
	if err := d.decode(data); err != nil {
		return intake.Errorf("Log", "%w", err)
	}
	l.reset()
	return l.Merge(d)
}

func (l *Log) decode(data []byte) error {
	r, err := wire.Open(magic, version, l.identity, data)
	if err != nil {
		return err
	}
	l.in.Tally = r.Tally()
	l.first, l.last = r.Varint(), r.Varint()
	if l.first <= l.last && (l.first < intake.Start || l.last >= intake.End) {
		r.Fail()
	}
	if l.totals != nil {
		l.decodeTotals(r)
	} else {
		l.days.Decode(r, l.in.Keys, l.decodeSum)
		l.orders.Decode(r, l.in.Keys, l.decodeOrder)
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := l.checkDecoded(); err != nil {
		return err
	}
	return r.Finish(l)
}

// checkDecoded refuses rows that no log writes.
func (l *Log) checkDecoded() error {
	if l.totals != nil {
		return nil
	}
	beyond := func(at int64) bool { return at < l.first || at > l.last }
	var sums history.Scratch[sum]
	var orders history.Scratch[order]
	days := l.calendar()
	bad, outside := false, false
	for b := range event.Buckets {
		l.days.Bucket(uint8(b), &sums, func(_ event.Code, run []history.Row[sum]) {
			if beyond(run[0].At) || beyond(run[len(run)-1].At) {
				outside = true
				return
			}
			for i, row := range run {
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
			outside = outside || beyond(run[0].At) || beyond(run[len(run)-1].At)
		})
	}
	if bad {
		return fmt.Errorf("%w: sums of no orders", wire.ErrMalformed)
	}
	if outside {
		return fmt.Errorf("%w: instants beyond those they state", wire.ErrMalformed)
	}
	return nil
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
	cells := &l.totals.cells
	holds := func(c event.Code) bool {
		list := cells[c.Bucket()]
		return c.Position() < len(list) && !list[c.Position()].isEmpty()
	}
	w.Customers(l.in.Keys, holds, func(c event.Code) {
		x := &cells[c.Bucket()][c.Position()]
		w.Uvarint(uint64(x.n))
		l.encodeCurrency(w, l.totals.currencyOf(c.Bucket(), c.Position()))
		w.Varint(int64(x.hi))
		w.Uvarint(x.lo)
		if x.n > 0 {
			w.Varint(x.first)
			w.Varint(x.last)
		}
	})
}

func (l *Log) decodeTotals(r *wire.Reader) {
	t := l.totals
	r.Customers(5, l.in.Keys, func(c event.Code) {
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
		t.grow(c.Bucket(), c.Position()+1)
		t.join(c.Bucket(), c.Position(), currency)
		t.cells[c.Bucket()][c.Position()] = x
		t.rows += max(int64(x.n), 1)
	})
}
