package purchase

import (
	"math"
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// totals holds a cell for each customer.
type totals struct {
	cells [event.Buckets][]cell
	rows  int64 // upper bound of the orders of one customer

	// sole is the currency of all, until there are two: then each customer has its own.
	sole     uint16
	several  bool
	currency [event.Buckets][]uint16
}

// cell is what the orders of a customer come to. Its money is of 96 bits, which no 2^32
// amounts exceed.
type cell struct {
	first, last int64
	lo          uint64
	hi          int32
	n           uint32
}

func (c *cell) add(amount int64) {
	var carry uint64
	c.lo, carry = bits.Add64(c.lo, uint64(amount), 0)
	c.hi += int32(amount>>63) + int32(carry)
}

func (c *cell) isEmpty() bool { return c.n == 0 && c.lo == 0 && c.hi == 0 }

func (c *cell) money() money { return money{c.lo, int64(c.hi)} }

// grow makes room for n customers of a bucket.
func (t *totals) grow(bucket uint8, n int) {
	cells := t.cells[bucket]
	for len(cells) < n {
		cells = append(cells, cell{first: math.MaxInt64, last: math.MinInt64})
	}
	t.cells[bucket] = cells
	if t.several {
		for len(t.currency[bucket]) < n {
			t.currency[bucket] = append(t.currency[bucket], unsetCurrency)
		}
	}
}

// see notes that money of a currency comes.
func (t *totals) see(currency uint16) {
	switch {
	case t.several:
	case t.rows == 0:
		t.sole = currency
	case t.sole != currency:
		t.split()
	}
}

// split gives each customer a currency of its own.
func (t *totals) split() {
	if t.several {
		return
	}
	t.several = true
	for b := range t.cells {
		t.grow(uint8(b), len(t.cells[b]))
		for i := range t.cells[b] {
			if !t.cells[b][i].isEmpty() {
				t.currency[b][i] = t.sole
			}
		}
	}
}

// join notes that money of a customer is of a currency.
func (t *totals) join(bucket uint8, position int, currency uint16) {
	if t.several {
		c := &t.currency[bucket][position]
		*c = join(*c, currency)
	}
}

func (t *totals) currencyOf(bucket uint8, position int) uint16 {
	if t.several {
		return t.currency[bucket][position]
	}
	return t.sole
}

func (t *totals) addOrder(c event.Code, at int64, o *order) {
	t.see(o.Currency)
	t.rows++
	t.grow(c.Bucket(), c.Position()+1)
	t.join(c.Bucket(), c.Position(), o.Currency)
	x := &t.cells[c.Bucket()][c.Position()]
	if o.Kind == refunded {
		x.add(-o.Amount)
		return
	}
	x.add(o.Amount)
	x.first, x.last = min(x.first, at), max(x.last, at)
	x.n++
}

// addBlock adds rows that were checked. What it does with one row does not depend on the row
// before, so that the waits for memory overlap.
func (t *totals) addBlock(keys *event.Keys, b *Block, currency uint16) {
	t.see(currency)
	t.rows += int64(len(b.Customer))
	for bucket := range event.Buckets {
		t.grow(uint8(bucket), keys.LenBucket(uint8(bucket)))
	}
	times, amounts := b.Time[:len(b.Customer)], b.Amount[:len(b.Customer)]
	for i, c := range b.Customer {
		x := &t.cells[c.Bucket()][c.Position()]
		at, amount := times[i], amounts[i]
		x.add(amount)
		if amount < 0 {
			continue
		}
		if at < x.first {
			x.first = at
		}
		if at > x.last {
			x.last = at
		}
		x.n++
	}
	if t.several {
		for _, c := range b.Customer {
			t.join(c.Bucket(), c.Position(), currency)
		}
	}
}

// checkRoom refuses rows with which a customer might have more orders than can be counted.
func (t *totals) checkRoom(n int) error {
	if t.rows+int64(n) <= math.MaxUint32 {
		return nil
	}
	if int64(t.most())+int64(n) > math.MaxUint32 {
		return intake.Errorf("Customer", "a customer might come to have more than %d orders", uint32(math.MaxUint32))
	}
	return nil
}

// most returns the largest number of orders of a customer.
func (t *totals) most() (n uint32) {
	for b := range t.cells {
		for i := range t.cells[b] {
			n = max(n, t.cells[b][i].n)
		}
	}
	return n
}

func (t *totals) checkMerge(o *totals) error {
	if t.rows+o.rows <= math.MaxUint32 || uint64(t.most())+uint64(o.most()) <= math.MaxUint32 {
		return nil
	}
	return intake.Errorf("Log.Merge", "a customer might come to have more than %d orders", uint32(math.MaxUint32))
}

func (t *totals) merge(keys *event.Keys, o *totals, codes *event.Translation, currency []uint16) {
	if o.several {
		t.split()
	} else if o.rows > 0 {
		t.see(currency[o.sole])
	}
	t.rows += o.rows
	for b := range event.Buckets {
		t.grow(uint8(b), keys.LenBucket(uint8(b)))
		for i := range o.cells[b] {
			if from := &o.cells[b][i]; !from.isEmpty() {
				c := codes.Code(event.CodeOf(uint8(b), i))
				t.join(c.Bucket(), c.Position(), translated(o.currencyOf(uint8(b), i), currency))
				t.cells[c.Bucket()][c.Position()].merge(from)
			}
		}
	}
}

func translated(code uint16, codes []uint16) uint16 {
	if int(code) < len(codes) {
		return codes[code]
	}
	return code // mixed, or not set
}

func (c *cell) merge(o *cell) {
	var carry uint64
	c.lo, carry = bits.Add64(c.lo, o.lo, 0)
	c.hi += o.hi + int32(carry)
	c.n += o.n
	c.first, c.last = min(c.first, o.first), max(c.last, o.last)
}
