package purchase

import (
	"cmp"
	"iter"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/shopspring/decimal"
)

// Total is what a customer's orders come to: plain recency, frequency and monetary value.
type Total struct {
	Customer    event.Code
	FirstDate   Date  // of the first order
	LastDate    Date  // of the last one
	Orders      int64 // at least 1
	First, Last int64 // instants, in nanoseconds since 1970 UTC

	money    money
	currency uint16
}

// Units returns what the customer paid in minor units, after all refunds, and whether that
// fits an int64 and is of one currency.
func (t *Total) Units() (int64, bool) {
	n, ok := t.money.int64()
	return n, ok && t.currency != mixedCurrency
}

// Totals are the totals of all customers with an order.
type Totals struct {
	table[Total]
	end        Date
	location   *time.Location
	currencies []metric.Currency
}

// Totals returns what the orders of each customer come to, up to the day of end, which counts
// in full, in the log's location. With the zero end, it is of all that was taken in.
//
// A log of [KeepTotals] cannot go back: if some customer's last order came after that day the
// error is [metric.InsufficientHistory].
func (l *Log) Totals(end time.Time) (*Totals, error) {
	l.settle()
	t := &Totals{table: table[Total]{keys: l.in.Keys}, end: l.lastDate(end), location: l.options.Location, currencies: slices.Clone(l.currencies.list)}
	if l.totals != nil {
		if late := l.plainTotals(t); late != event.NoCode {
			return nil, undefined(metric.InsufficientHistory, "customer %q has orders after %s, and the log keeps totals only", l.in.Keys.Key(late), t.end)
		}
		t.count()
		return t, nil
	}
	l.each([2]Date{t.end, t.end}, func(r *reader, bucket uint8) {
		var list []Total
		r.customers(bucket, func(c event.Code, rows [2][]history.Row[sum]) {
			if total := totalOf(c, rows[0], r.days, t.end); total.Orders > 0 {
				list = append(list, total)
			}
		})
		t.parts[bucket] = list
	})
	t.count()
	return t, nil
}

// lastDate returns the day of end in the log's location; the last there is for no end.
func (l *Log) lastDate(end time.Time) Date {
	if end.IsZero() {
		return math.MaxInt32
	}
	return DateOf(end.In(l.options.Location))
}

// plainTotals fills t from cells, and returns a customer with orders after the end, or NoCode.
func (l *Log) plainTotals(t *Totals) event.Code {
	days := l.calendar()
	var late [event.Buckets]event.Code
	shard.Each(max(l.options.Workers, 1), func(_ int, bucket uint8) {
		late[bucket] = event.NoCode
		cells := l.totals.cells[bucket]
		list := make([]Total, 0, len(cells))
		for i := range cells {
			x := &cells[i]
			if x.n == 0 {
				continue
			}
			total := Total{
				Customer: event.CodeOf(bucket, i),
				Orders:   int64(x.n),
				First:    x.first, Last: x.last,
				FirstDate: days.date(x.first), LastDate: days.date(x.last),
				money:    x.money(),
				currency: l.totals.currencyOf(bucket, i),
			}
			if total.LastDate > t.end && late[bucket] == event.NoCode {
				late[bucket] = total.Customer
			}
			list = append(list, total)
		}
		t.parts[bucket] = list
	})
	return slices.Min(late[:])
}

func totalOf(c event.Code, rows []history.Row[sum], days *calendar, end Date) Total {
	t := Total{Customer: c, currency: unsetCurrency}
	for i := range rows {
		row := &rows[i]
		day := days.date(row.At)
		if day > end {
			break
		}
		t.money.add(row.P)
		t.currency = join(t.currency, row.P.Currency)
		if row.P.N == 0 {
			continue
		}
		if t.Orders == 0 {
			t.First, t.FirstDate = row.At, day
		}
		t.Last, t.LastDate = row.At, day
		t.Orders += int64(row.P.N)
	}
	return t
}

// End returns the last day that counts, and false if all do.
func (t *Totals) End() (Date, bool) { return t.end, t.end != math.MaxInt32 }

// Day returns the civil day of an instant where the log counts days.
func (t *Totals) Day(at time.Time) Date { return DateOf(at.In(t.location)) }

// Sum returns what a customer paid, after all refunds. The error is
// [metric.MixedCurrency] when that was in several currencies, and [metric.MissingInput] when
// the log knows of no currency.
func (t *Totals) Sum(c *Total) (metric.Money, error) {
	return moneyOf(c.money, 1, c.currency, t.currencies)
}

// moneyOf returns an amount over a divisor, rounded to 28 places.
func moneyOf(m money, divisor int64, currency uint16, list []metric.Currency) (metric.Money, error) {
	switch {
	case currency == mixedCurrency:
		return metric.Money{}, metric.MixedCurrency
	case divisor == 0:
		return metric.Money{}, metric.ZeroDenominator
	case currency == noCurrency || int(currency) > len(list):
		return metric.Money{}, metric.MissingInput
	}
	of := list[currency-1]
	return metric.NewMoney(quotient(m.big(), divisor, of.Exponent()), of)
}

// quotient returns units / divisor / 10^exponent.
func quotient(units *big.Int, divisor int64, exponent int) decimal.Decimal {
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)
	d, _ := exact.RatioBig(units, den.Mul(den, big.NewInt(divisor)), places, exact.HalfAwayFromZero)
	return d
}

// table holds a result for each customer.
type table[T any] struct {
	keys  *event.Keys
	parts [event.Buckets][]T // by code
	n     int
}

func (t *table[T]) count() {
	t.n = 0
	for i := range t.parts {
		t.n += len(t.parts[i])
	}
}

func (t *table[T]) find(c event.Code, codeOf func(*T) event.Code) *T {
	part := t.parts[c.Bucket()]
	i, ok := slices.BinarySearchFunc(part, c, func(x T, c event.Code) int { return cmp.Compare(codeOf(&x), c) })
	if !ok {
		return nil
	}
	return &part[i]
}

func (t *table[T]) all(codeOf func(*T) event.Code) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for bucket := range t.parts {
			part := t.parts[bucket]
			order := make([]int, len(part))
			for i := range order {
				order[i] = i
			}
			key := func(i int) string { return t.keys.Key(codeOf(&part[i])) }
			slices.SortFunc(order, func(i, j int) int { return cmp.Compare(key(i), key(j)) })
			for _, i := range order {
				if !yield(key(i), &part[i]) {
					return
				}
			}
		}
	}
}

func (t *Total) code() event.Code { return t.Customer }

// Len returns the number of customers.
func (t *Totals) Len() int { return t.n }

// Bucket returns the customers of a bucket, by code. It is the fast way to read all; do not
// change what it returns.
func (t *Totals) Bucket(b uint8) []Total { return t.parts[b] }

// All yields keys and totals by bucket and key, which is an order that does not depend on how
// the orders came.
func (t *Totals) All() iter.Seq2[string, *Total] { return t.all((*Total).code) }

// Lookup returns the total of a customer, or nil for one without an order.
func (t *Totals) Lookup(key string) *Total {
	c, ok := t.keys.Lookup(key)
	if !ok {
		return nil
	}
	return t.find(c, (*Total).code)
}

// Keys returns the codes of the customers.
func (t *Totals) Keys() *event.Keys { return t.keys }

// OneCurrency reports whether what all customers paid is of one currency, or of none.
func (t *Totals) OneCurrency() bool {
	one := uint16(unsetCurrency)
	for b := range t.parts {
		for i := range t.parts[b] {
			one = join(one, t.parts[b][i].currency)
		}
	}
	return one != mixedCurrency
}

// Key returns the key of a customer.
func (t *Totals) Key(c *Total) string { return t.keys.Key(c.Customer) }
