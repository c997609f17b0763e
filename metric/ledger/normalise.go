package ledger

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Interval is how often an amount falls due. The zero Interval is Monthly.
type Interval uint8

// The intervals.
const (
	Monthly Interval = iota
	Daily
	Weekly
	Yearly
)

// String returns "month", "day", "week" or "year".
func (i Interval) String() string {
	if i > Yearly {
		return "unknown"
	}
	return [...]string{"month", "day", "week", "year"}[i]
}

// intervalOf reads what [Interval.String] returns.
func intervalOf(text string) (Interval, bool) {
	for i := Monthly; i <= Yearly; i++ {
		if i.String() == text {
			return i, true
		}
	}
	return 0, false
}

// line is an item per month, exactly, in minor units.
type line struct {
	plan     string
	price    exact.Fraction // of one unit, before discount
	quantity exact.Fraction
	list     exact.Fraction // price times quantity
	off      exact.Fraction // the discount
	ends     int64          // when the discount does, never if it does not
	metered  bool
	interval Interval
	count    int64 // of intervals
	segment  uint32
}

// setLine is the line of a subscription whose MRR is given.
func setLine(units int64) line {
	amount := exact.FromInt64(units)
	return line{price: amount, quantity: exact.FromInt64(1), list: amount, ends: never, count: 1}
}

// at returns what a line comes to at an instant: its recurring amount and, of the list price,
// how much discounts take off, and how much of that ends at a known date.
func (n *line) at(t int64, o *Options) (amount, off, ending exact.Fraction) {
	if t >= n.ends || n.off.IsZero() {
		return n.list, exact.Fraction{}, exact.Fraction{}
	}
	if n.ends == never {
		return n.list.Sub(n.off), n.off, exact.Fraction{}
	}
	if o.IgnoreEndingDiscounts {
		return n.list, n.off, n.off
	}
	return n.list.Sub(n.off), n.off, n.off
}

// Normalize returns the monthly recurring revenue of a subscription with the given items at
// an instant (rules B1 to B13):
//
//	MRR = sum of ((amount - tax) * quantity - discount) * factor / interval count
//
// over its licensed items. The factor is 1 for a month, 1/12 for a year, 52/12 for a week
// and 365/12 for a day, or what options say. Amount and Tax are of one unit of Quantity; the
// tax is part of the amount. A discount is a percentage of the item, or an amount off the
// item and interval that is not more than the item. It runs until it ends. One-off items do
// not recur, and metered ones count if options say so. An item below zero is a discount line.
//
// The error is a [metric.ErrInput]: an interval that is not known, an interval count of zero
// or more than 10,000, a percentage beyond 100, or a total below zero.
func Normalize(items []event.SubscriptionItem, c metric.Currency, at time.Time, o Options) (Amount, error) {
	if err := o.check(); err != nil {
		return Amount{}, err
	}
	lines, err := normalize(items, &o)
	if err != nil {
		return Amount{}, err
	}
	sum := Amount{currency: c}
	for i := range lines {
		if lines[i].metered && !o.CountMetered {
			continue
		}
		amount, _, _ := lines[i].at(nanos(at), &o)
		sum.minor = sum.minor.Add(amount)
	}
	return sum, nil
}

func normalize(items []event.SubscriptionItem, o *Options) ([]line, error) {
	lines := make([]line, 0, len(items))
	var total, least exact.Fraction
	for i := range items {
		if items[i].Kind == "one_off" {
			continue // B7
		}
		n, err := normalizeItem(&items[i], o)
		if err != nil {
			return nil, err
		}
		lines = append(lines, n)
		if n.metered && !o.CountMetered {
			continue
		}
		total = total.Add(n.list.Sub(n.off))
		least = least.Add(n.list)
	}
	if total.Sign() < 0 || least.Sign() < 0 {
		return nil, refusal(ReasonNegativeTotal, "items add up to less than nothing")
	}
	return lines, nil
}

// mostIntervals bounds interval counts.
const mostIntervals = 10_000

func normalizeItem(item *event.SubscriptionItem, o *Options) (line, error) {
	interval, ok := intervalOf(item.Interval)
	if !ok {
		return line{}, refusal(ReasonUnknownInterval, "interval %s is not day, week, month or year", quote(item.Interval))
	}
	count := item.IntervalCount.Or(1)
	if count < 1 || count > mostIntervals {
		return line{}, refusal(event.OutOfRange, "interval count of %d", count)
	}
	quantity := item.Quantity.Or(decimal.New(1, 0))
	if !exact.InRange(quantity) || quantity.Sign() < 0 {
		return line{}, refusal(event.OutOfRange, "quantity that is negative or too large")
	}
	factor, _ := o.factor(interval)
	factor = factor.Mul(fraction(1, count))
	net := exact.FromInt64(item.Amount).Sub(exact.FromInt64(item.Tax.Or(0)))
	n := line{plan: item.Plan, metered: item.Kind == "metered", interval: interval, count: count, ends: never}
	n.quantity = exact.FromDecimal(quantity)
	n.price = net.Mul(factor)
	n.list = n.price.Mul(n.quantity)
	if d, ok := item.Discount.Get(); ok {
		if err := n.discount(&d, factor); err != nil {
			return line{}, err
		}
	}
	return n, nil
}

// discount takes d off n, of which an amount is per interval.
func (n *line) discount(d *event.SubscriptionDiscount, factor exact.Fraction) error {
	if !d.Ends.IsZero() {
		n.ends = nanos(d.Ends)
	}
	if percent, ok := d.Percent.Get(); ok {
		if percent.Sign() < 0 || percent.Cmp(decimal.New(100, 0)) > 0 || !exact.InRange(percent) {
			return refusal(event.OutOfRange, "discount of %.40s percent", percent)
		}
		n.off = n.list.Mul(exact.FromDecimal(percent)).Mul(fraction(1, 100))
	}
	amount := d.Amount.Or(0)
	if amount < 0 {
		return refusal(event.NegativeAmount, "discount of %d", amount)
	}
	n.off = n.off.Add(exact.FromInt64(amount).Mul(factor))
	if n.list.Sign() >= 0 && n.off.Cmp(n.list) > 0 {
		n.off = n.list // no discount pays the customer
	}
	return nil
}
