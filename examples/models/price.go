package main

import (
	"math/big"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// price is what the items of a subscription cost in a month, or in a week, before discount
// and tax. The zero price is not known.
type price struct {
	amount   *big.Rat // minor units; nil where items cannot be added up
	currency string
	per      string // month or week: neither is a number of the other
}

// newPrice adds up the items that have a fixed price.
func newPrice(currency string, items []event.SubscriptionItem) price {
	total := price{amount: new(big.Rat), currency: currency}
	for i := range items {
		if kind := items[i].Kind; kind == "metered" || kind == "one_off" {
			continue
		}
		amount, per := itemPrice(&items[i])
		if per == "" || total.per != "" && total.per != per {
			return price{}
		}
		total.amount.Add(total.amount, amount)
		total.per = per
	}
	return total
}

// itemPrice returns what an item costs in a month or a week, "" where that is not known.
func itemPrice(item *event.SubscriptionItem) (amount *big.Rat, per string) {
	length := new(big.Rat)
	switch item.Interval {
	case "month":
		length.SetInt64(1)
		per = "month"
	case "year":
		length.SetInt64(12)
		per = "month"
	case "week":
		length.SetInt64(1)
		per = "week"
	case "day":
		length.SetFrac64(1, 7)
		per = "week"
	default:
		return nil, ""
	}
	if n, ok := item.IntervalCount.Get(); ok {
		length.Mul(length, new(big.Rat).SetInt64(n))
	}
	if length.Sign() <= 0 {
		return nil, ""
	}
	amount = new(big.Rat).SetInt64(item.Amount)
	if q, ok := item.Quantity.Get(); ok {
		amount.Mul(amount, q.Rat())
	}
	return amount.Quo(amount, length), per
}

// above reports whether the price is known to be higher than another.
func (p price) above(before price) bool {
	return p.amount != nil && before.amount != nil && p.currency == before.currency &&
		(p.per == before.per || p.per == "" || before.per == "") && p.amount.Cmp(before.amount) > 0
}
