package ledger

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// Rates are exchange rates, which the caller supplies (E7). Rate returns how many units of
// one currency a unit of another is worth at an instant, more than zero. That it does not
// know one is an error, and then there is no statement (E5): a rate is never taken for 1,
// and no amount is left out.
//
// Rate is asked once for each currency and civil day of movements, by its first instant, and
// for each bound of a period. With [Options].Workers it must be safe for concurrent use.
type Rates interface {
	Rate(from, to metric.Currency, at time.Time) (decimal.Decimal, error)

	// Source names where the rates come from, for the results.
	Source() string
}

// converter knows the rates of one statement. Each worker has its own.
type converter struct {
	q     *question
	rates map[rateKey]exact.Fraction
	err   error
}

type rateKey struct {
	currency int32
	at       int64
}

// rate returns what a minor unit of a currency is worth in minor units of the target.
func (c *converter) rate(currency int32, at int64) exact.Fraction {
	from, to := c.q.ledger.currencies[currency], c.q.Currency
	if from == to {
		return exact.FromInt64(1)
	}
	k := rateKey{currency, at}
	if r, ok := c.rates[k]; ok {
		return r
	}
	r, err := c.ask(from, to, at)
	if err != nil && c.err == nil {
		c.err = err
	}
	if c.rates == nil {
		c.rates = make(map[rateKey]exact.Fraction)
	}
	c.rates[k] = r
	return r
}

func (c *converter) ask(from, to metric.Currency, at int64) (exact.Fraction, error) {
	t := time.Unix(0, at).In(c.q.timeline.loc)
	d, err := c.q.Rates.Rate(from, to, t)
	switch {
	case err != nil:
		return exact.Fraction{}, fmt.Errorf("ledger: rate of %s in %s at %s: %w", from, to, t.Format(time.RFC3339), err)
	case d.Sign() <= 0 || !exact.InRange(d):
		return exact.Fraction{}, inputErrorf("rate of %s in %s at %s is not more than zero, or out of range", from, to, t.Format(time.RFC3339))
	}
	up, down := exact.FromUnits(1, uint8(from.Exponent())), exact.FromUnits(1, uint8(to.Exponent()))
	r, _ := exact.FromDecimal(d).Mul(up).Quo(down)
	return r, nil
}

// day returns the first instant of the civil day of an instant.
func (q *question) day(at int64) int64 {
	t := time.Unix(0, at).In(q.timeline.loc)
	p, err := metric.PeriodOf(t, metric.UnitDay, q.timeline.loc)
	if err != nil {
		return at
	}
	return nanos(p.Start())
}

// byDate reports whether amounts of different instants are converted at different rates.
func (q *question) byDate() bool {
	return q.converts() && q.ledger.options.Conversion == ConvertByDate
}

func (q *question) converts() bool { return !q.Currency.IsZero() }

// target is the code of the currency of a converted statement. The ledger need not know it.
const target = maxCurrencies

// keyOf returns the currency and segment of an item's revenue, and the rate to multiply it
// by if it is not that of a date.
func (s *sim) keyOf(b *subscription, n *line) (tableKey, *exact.Fraction) {
	k := tableKey{int32(b.currency), every}
	if s.q.Segments {
		k.segment = int32(n.segment)
	}
	if !s.q.converts() || s.q.byDate() {
		return k, nil
	}
	at := nanos(s.q.RatesAt)
	if s.o.Conversion == ConvertAtStart {
		at = s.q.day(b.started)
	}
	rate := s.rates.rate(k.currency, at)
	k.currency = target
	return k, &rate
}

// currencyOf returns the currency in which a subscription is counted.
func (s *sim) currencyOf(b *subscription) int32 {
	if s.q.converts() && !s.q.byDate() {
		return target
	}
	return int32(b.currency)
}

// converted returns revenue in the target currency, at the rates of an instant.
func (c *converter) converted(p parts, at int64) parts {
	if !c.q.byDate() || len(p) == 0 {
		return p
	}
	var out parts
	for i := range p {
		k := p[i].key
		x := p[i].amount.Mul(c.rate(k.currency, at))
		k.currency = target
		out = out.plus(k, x)
	}
	return out
}
