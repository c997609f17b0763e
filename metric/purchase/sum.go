package purchase

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/metric"
)

// sum is what some orders of a customer, of one day and currency, come to: one order, or all
// of the day but the first, which are then at the instant of the last. Its money is of 80
// bits. One without orders is of unmatched refunds, and its money is below zero.
type sum struct {
	Lo       uint64
	N        uint32 // orders
	Hi       int16
	Currency uint16
}

// MaxAmount is the largest amount of one order or refund, in minor units.
const MaxAmount = 1<<55 - 1

// mostAdded is the number of orders that are added up. With amounts of 56 bits and counts of
// 24, the money takes no more than 80.
const mostAdded = 1 << 24

func sumOf(amount int64, currency uint16) sum {
	s := sum{Lo: uint64(amount), Hi: int16(amount >> 63), Currency: currency, N: 1}
	if amount < 0 {
		s.N = 0
	}
	return s
}

// compareSums orders rows of one instant.
func (l *Log) compareSums(s, o sum) int {
	if s.Currency != o.Currency {
		return strings.Compare(l.currencies.text(s.Currency), l.currencies.text(o.Currency))
	}
	return cmp.Or(cmp.Compare(s.N, o.N), cmp.Compare(s.Hi, o.Hi), cmp.Compare(s.Lo, o.Lo))
}

func (s *sum) add(o sum) {
	var carry uint64
	s.Lo, carry = bits.Add64(s.Lo, o.Lo, 0)
	s.Hi += o.Hi + int16(carry)
	s.N += o.N
}

func (s *sum) sub(o sum) {
	var borrow uint64
	s.Lo, borrow = bits.Sub64(s.Lo, o.Lo, 0)
	s.Hi -= o.Hi + int16(borrow)
}

func (s sum) negated() sum {
	n := sum{Currency: s.Currency}
	n.sub(s)
	return n
}

// sign returns -1, 0 or +1 for the money.
func (s sum) sign() int {
	switch {
	case s.Hi < 0:
		return -1
	case s.Hi == 0 && s.Lo == 0:
		return 0
	}
	return 1
}

// compact adds up, by day and currency, the orders of a customer after the day's first, and
// the unmatched refunds. The first stays alone, so that it can be told from the others.
func (l *Log) compact(run []history.Row[sum]) int {
	days := l.calendar()
	n := 0
	for i := 0; i < len(run); {
		day := days.date(run[i].At)
		end := i + 1
		for end < len(run) && days.date(run[end].At) == day {
			end++
		}
		n += l.compactDay(run[n:], run[i:end])
		i = end
	}
	return n
}

// calendar returns the days of all that was taken in.
func (l *Log) calendar() *calendar {
	if l.known == nil || l.known.first > l.first || l.known.last < l.last {
		l.known = &knownDays{newCalendar(l.options.Location, l.first, l.last), l.first, l.last}
	}
	return l.known.calendar
}

// knownDays is a calendar and what it is for.
type knownDays struct {
	*calendar
	first, last int64
}

// compactDay puts the rows of one day, added up, at the front of dst, which may be where they
// are, and returns their number.
func (l *Log) compactDay(dst, day []history.Row[sum]) int {
	if len(day) <= 2 && (len(day) == 1 || day[0].P.N > 0 && day[1].P.N > 0) {
		return copy(dst, day)
	}
	var firsts, rest []history.Row[sum] // by currency
	for _, row := range day {
		same := func(r history.Row[sum]) bool {
			return r.P.Currency == row.P.Currency && (r.P.N == 0) == (row.P.N == 0)
		}
		if row.P.N > 0 && !slices.ContainsFunc(firsts, same) {
			firsts = append(firsts, row)
			continue
		}
		i := slices.IndexFunc(rest, func(r history.Row[sum]) bool { return same(r) && r.P.N+row.P.N <= mostAdded })
		if i < 0 {
			rest = append(rest, row)
			continue
		}
		if row.P.N > 0 { // then they are where the last one is
			row.P.add(rest[i].P)
			rest[i] = row
		} else {
			rest[i].P.add(row.P)
		}
	}
	n := copy(dst, firsts)
	return n + copy(dst[n:], rest)
}

// money is an exact sum of minor units.
type money struct {
	lo uint64
	hi int64
}

func (m *money) add(s sum) {
	var carry uint64
	m.lo, carry = bits.Add64(m.lo, s.Lo, 0)
	m.hi += int64(s.Hi) + int64(carry)
}

// int64 returns the sum and whether it fits.
func (m money) int64() (int64, bool) { return int64(m.lo), int64(m.lo)>>63 == m.hi }

func (m money) big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(m.hi), 64)
	return v.Add(v, new(big.Int).SetUint64(m.lo))
}

// The currencies of customers are codes: of none, of one in the list, or of several at once.
const (
	noCurrency    = 0
	mixedCurrency = math.MaxUint16
	unsetCurrency = math.MaxUint16 - 1 // there is no money yet
)

// join returns the currency of money of two currencies together.
func join(a, b uint16) uint16 {
	switch {
	case a == unsetCurrency || a == b:
		return b
	case b == unsetCurrency:
		return a
	}
	return mixedCurrency
}

// currencies is the list of the currencies met, known by their positions plus one.
type currencies struct{ list []metric.Currency }

func (c *currencies) code(currency metric.Currency) uint16 {
	if currency.IsZero() {
		return noCurrency
	}
	for i := range c.list {
		if c.list[i] == currency {
			return uint16(i + 1)
		}
	}
	c.list = append(c.list, currency)
	return uint16(len(c.list))
}

// parse is [metric.ParseCurrency], faster for those in the list.
func (c *currencies) parse(code string) (metric.Currency, error) {
	for _, currency := range c.list {
		if currency.Code() == code {
			return currency, nil
		}
	}
	return metric.ParseCurrency(code)
}

func (c *currencies) of(code uint16) metric.Currency {
	if code == noCurrency || int(code) > len(c.list) {
		return metric.Currency{}
	}
	return c.list[code-1]
}

// text returns the code of ISO 4217 of a currency, or "*" for several.
func (c *currencies) text(code uint16) string {
	if code == mixedCurrency {
		return mixed
	}
	return c.of(code).Code()
}

// mixed stands for a currency where there are several.
const mixed = "*"

// translation returns the codes in c by those in o, and whether they are the same.
func (c *currencies) translation(o *currencies) (codes []uint16, same bool) {
	codes, same = make([]uint16, len(o.list)+1), true
	for i, currency := range o.list {
		codes[i+1] = c.code(currency)
		same = same && int(codes[i+1]) == i+1
	}
	return codes, same
}
