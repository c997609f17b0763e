package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// part is revenue of one currency and segment.
type part struct {
	key    tableKey
	amount exact.Fraction
}

// parts is revenue by currency and segment, in that order. None of its amounts is zero. It
// is not modified once it is in use.
type parts []part

func (k tableKey) compare(o tableKey) int {
	switch {
	case k.currency != o.currency:
		return less(k.currency < o.currency)
	case k.segment != o.segment:
		return less(k.segment < o.segment)
	}
	return 0
}

// plus returns p with an amount added to one of its parts, in place.
func (p parts) plus(k tableKey, x exact.Fraction) parts {
	if x.IsZero() {
		return p
	}
	i := 0
	for i < len(p) && p[i].key.compare(k) < 0 {
		i++
	}
	if i == len(p) || p[i].key != k {
		return slices.Insert(p, i, part{k, x})
	}
	if p[i].amount = p[i].amount.Add(x); p[i].amount.IsZero() {
		return slices.Delete(p, i, i+1)
	}
	return p
}

// with returns p with all of q added, in place.
func (p parts) with(q parts) parts {
	for i := range q {
		p = p.plus(q[i].key, q[i].amount)
	}
	return p
}

// without returns p with all of q taken off, in place.
func (p parts) without(q parts) parts {
	for i := range q {
		p = p.plus(q[i].key, q[i].amount.Neg())
	}
	return p
}

func (p parts) clone() parts { return slices.Clone(p) }

// equal reports whether p and q are the same revenue.
func (p parts) equal(q parts) bool {
	return slices.EqualFunc(p, q, func(a, b part) bool { return a.key == b.key && a.amount.Cmp(b.amount) == 0 })
}

// of returns the amount in a currency and segment, either of which may be every.
func (p parts) of(k tableKey) (sum exact.Fraction) {
	for i := range p {
		if q := p[i].key; (k.currency == every || k.currency == q.currency) && (k.segment == every || k.segment == q.segment) {
			sum = sum.Add(p[i].amount)
		}
	}
	return sum
}

// whole returns p with the segments of each currency as one.
func (p parts) whole() (sum parts) {
	for i := range p {
		sum = sum.plus(tableKey{p[i].key.currency, every}, p[i].amount)
	}
	return sum
}

// paying reports whether some currency has revenue.
func (p parts) paying() bool {
	for len(p) > 0 {
		c := p.currency()
		if len(c) == 1 && c[0].amount.Sign() > 0 || len(c) > 1 && c.of(tableKey{every, every}).Sign() > 0 {
			return true
		}
		p = p[len(c):]
	}
	return false
}

// currency returns the first parts of p, as many as are of one currency.
func (p parts) currency() parts {
	n := 1
	for n < len(p) && p[n].key.currency == p[0].key.currency {
		n++
	}
	return p[:n]
}
