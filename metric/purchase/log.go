package purchase

import (
	"cmp"
	"fmt"
	"math"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Log takes in orders and answers for each customer. It is made by [New]. It is not safe for
// concurrent use: give each goroutine one and merge them.
type Log struct {
	options    Options
	identity   string // equal for equal options
	in         intake.Intake
	currencies currencies

	first, last int64 // instants of what was taken in; none if first > last
	known       *knownDays

	totals *totals // of KeepTotals; the rest is of KeepDays

	days   *history.Store[sum]   // of the column surface, and what is kept like that
	orders *history.Store[order] // of the event surface
	ids    event.Keys            // of orders

	queue intake.Queue[stamped]
}

// New returns an empty log. The error is a [metric.ErrInput] that names the option.
func New(o Options) (*Log, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	l := &Log{options: o.withDefaults(), identity: o.String(), in: in}
	l.reset()
	return l, nil
}

// reset empties l, but for its keys.
func (l *Log) reset() {
	l.in.Tally, l.queue = event.Tally{}, intake.Queue[stamped]{}
	l.currencies = currencies{}
	l.first, l.last = math.MaxInt64, math.MinInt64
	l.ids = event.Keys{}
	l.totals, l.days, l.orders = nil, nil, nil
	if l.options.Keep == KeepTotals {
		l.totals = new(totals)
		return
	}
	l.days = history.New(history.Options[sum]{Compare: l.compareSums, Compact: l.compact, Slack: slack, Unique: l.options.Unique})
	l.orders = history.New(history.Options[order]{Compare: l.compareOrders, Unique: l.options.Unique})
}

// slack is the number of rows of a bucket that wait to be added up by day.
const slack = 1 << 16

// Keys returns the codes of the customers.
func (l *Log) Keys() *event.Keys {
	l.settle()
	return l.in.Keys
}

// Options returns the options, with their defaults filled in.
func (l *Log) Options() Options { return l.options }

// Add takes in an event, and does not retain e. What it refuses is counted in the Report.
func (l *Log) Add(e *event.Event) {
	kind, ok := l.kindOf(e)
	if !ok {
		l.in.Tally.Ignored++
		return
	}
	if !l.in.Wants(e) {
		return
	}
	o, reason, detail := l.read(e, kind)
	if kind == cancelled && l.totals != nil {
		reason = ReasonUnmatched // which order it was is not kept
	}
	if reason != "" {
		l.in.Refuse(e, reason, detail)
		return
	}
	at, ok := l.in.Instant(e, e.Effective())
	if !ok {
		return
	}
	x := stamped{history.Stamp{At: at}, o}
	if l.totals == nil {
		x.stamp = l.orders.Stamp(e, at)
		if id, ok := e.Props.String("order_id"); ok {
			x.order.ID = l.ids.Code(id)
		}
	}
	if l.queue.Put(&l.in, e, x) {
		l.settle()
	}
}

// stamped is an event whose customer is to be looked up.
type stamped struct {
	stamp history.Stamp
	order order
}

// settle takes in the events that wait.
func (l *Log) settle() {
	l.queue.Take(&l.in, func(customers []event.Code, events []stamped) {
		for i := range events {
			x := &events[i]
			o := &x.order
			l.extend(x.stamp.At, x.stamp.At)
			switch {
			case l.totals != nil:
				l.totals.addOrder(customers[i], x.stamp.At, o)
			case l.options.Unique && o.Kind == ordered && o.ID == event.NoCode:
				l.days.AddStamped(customers[i], &x.stamp, sumOf(o.Amount, o.Currency)) // nothing else can be about it
			default:
				l.orders.AddStamped(customers[i], &x.stamp, *o)
			}
		}
	})
}

func (l *Log) extend(first, last int64) {
	l.first, l.last = min(l.first, first), max(l.last, last)
}

func (l *Log) kindOf(e *event.Event) (orderKind, bool) {
	switch {
	case l.options.Orders.Match(e):
		return ordered, true
	case l.options.Refunds.Match(e):
		return refunded, true
	case l.options.Cancellations.Match(e):
		return cancelled, true
	}
	return 0, false
}

// read returns what an event says of an order, or why it cannot be read.
func (l *Log) read(e *event.Event, kind orderKind) (o order, why event.Reason, detail string) {
	o = order{Kind: kind, ID: event.NoCode}
	if kind == cancelled {
		return o, "", ""
	}
	name := l.options.Amount
	if kind == refunded {
		name = "amount"
	}
	amount, ok := e.Props.Int(name)
	switch {
	case !ok && e.Props.Has(name):
		return o, event.WrongType, name
	case !ok:
		return o, event.MissingAttribute, name
	case amount < 0:
		return o, event.NegativeAmount, fmt.Sprint(amount)
	case amount > MaxAmount:
		return o, event.OutOfRange, fmt.Sprint(amount)
	}
	o.Amount = amount
	currency := l.options.Currency
	if code, ok := e.Props.String("currency"); ok {
		stated, err := l.currencies.parse(code)
		switch {
		case err != nil:
			return o, event.BadCurrency, code
		case currency.IsZero():
			currency = stated
		case currency != stated:
			return o, ReasonOtherCurrency, code
		}
	}
	if currency.IsZero() {
		return o, event.MissingAttribute, "currency"
	}
	o.Currency = l.currencies.code(currency)
	return o, "", ""
}

// Block is a number of orders as columns of one length. The caller promises that no order is
// given twice.
type Block struct {
	Customer []event.Code // of [Log.Keys]
	Time     []int64      // nanoseconds since 1970 UTC, in the years 1824 to 2115
	Amount   []int64      // minor units; a negative amount is a refund that belongs to no order

	// Currency of the amounts. If it is none here and in the options, amounts are units of
	// something that is no money.
	Currency metric.Currency
}

// AddBlock takes in the orders of a block, which is the caller's again when it returns. The
// error is a [metric.ErrInput] that names the column, and nothing is taken in then.
func (l *Log) AddBlock(b *Block) error {
	l.settle()
	first, last, err := l.checkBlock(b)
	if err != nil || len(b.Customer) == 0 {
		return err
	}
	currency := b.Currency
	if currency.IsZero() {
		currency = l.options.Currency
	}
	code := l.currencies.code(currency)
	l.in.Tally.Taken += int64(len(b.Customer))
	l.extend(first, last)
	if l.totals != nil {
		l.totals.addBlock(l.in.Keys, b, code)
		return nil
	}
	const together = 1 << 12
	rows := make([]sum, min(together, len(b.Customer)))
	for i := 0; i < len(b.Customer); i += together {
		end := min(i+together, len(b.Customer))
		part := rows[:end-i]
		for j, amount := range b.Amount[i:end] {
			part[j] = sumOf(amount, code)
		}
		l.days.AddBlock(b.Customer[i:end], b.Time[i:end], nil, part)
	}
	return nil
}

// checkBlock returns the first and last instant of a block.
func (l *Log) checkBlock(b *Block) (first, last int64, err error) {
	n := len(b.Customer)
	if err := cmp.Or(l.in.CheckRows(b.Customer, b.Time), intake.CheckLength("Amount", len(b.Amount), n)); err != nil {
		return 0, 0, err
	}
	if !l.options.Currency.IsZero() && !b.Currency.IsZero() && b.Currency != l.options.Currency {
		return 0, 0, intake.Errorf("Currency", "%s, and the log is of %s", b.Currency, l.options.Currency)
	}
	for i, amount := range b.Amount {
		if amount > MaxAmount || amount < -MaxAmount {
			return 0, 0, intake.Errorf("Amount", "row %d has %d, which is beyond ±%d", i, amount, int64(MaxAmount))
		}
	}
	first, last = math.MaxInt64, math.MinInt64
	for _, at := range b.Time {
		first, last = min(first, at), max(last, at)
	}
	if l.totals != nil {
		err = l.totals.checkRoom(n)
	}
	return first, last, err
}

// Merge takes in what o has taken in, and leaves o alone. The error is a [metric.ErrInput]
// when the options differ, and nothing is merged then.
func (l *Log) Merge(o *Log) error {
	if l.identity != o.identity {
		return intake.Errorf("Log.Merge", "the options differ: %q and %q", l.identity, o.identity)
	}
	l.settle()
	o.settle()
	if l.totals != nil {
		if err := l.totals.checkMerge(o.totals); err != nil {
			return err
		}
	}
	if l == o {
		o = o.clone()
	}
	codes := l.in.Keys.Translation(o.in.Keys)
	currency, same := l.currencies.translation(&o.currencies)
	l.in.Tally.Merge(&o.in.Tally)
	l.extend(o.first, o.last)
	if l.totals != nil {
		l.totals.merge(l.in.Keys, o.totals, codes, currency)
		return nil
	}
	if same {
		l.days.Merge(o.days, codes, nil)
	} else {
		l.days.Merge(o.days, codes, func(s sum) sum { s.Currency = currency[s.Currency]; return s })
	}
	if same && o.ids.Len() == 0 {
		l.orders.Merge(o.orders, codes, nil)
		return nil
	}
	ids := l.ids.Translation(&o.ids)
	l.orders.Merge(o.orders, codes, func(p order) order {
		p.Currency, p.ID = currency[p.Currency], ids.Code(p.ID)
		return p
	})
	return nil
}

// clone returns a log of the same state and keys.
func (l *Log) clone() *Log {
	o := l.options
	o.Keys = l.in.Keys
	c := &Log{options: o, identity: l.identity, in: l.in.Fresh(l.in.Keys)}
	c.reset()
	if err := c.Merge(l); err != nil {
		return l // cannot be: the options are equal
	}
	return c
}

// Report returns what became of the events and rows. Orders that are there already and
// refunds that match none count as refused, for [ReasonRepeatedOrder] and [ReasonUnmatched],
// and as taken.
func (l *Log) Report() event.Report {
	l.settle()
	tally := event.Tally{}
	tally.Merge(&l.in.Tally)
	if l.totals != nil {
		return tally.Report(0)
	}
	var ordersScratch history.Scratch[order]
	r := &reader{log: l}
	for b := range event.Buckets {
		l.orders.Bucket(uint8(b), &ordersScratch, func(_ event.Code, run []history.Row[order]) {
			r.resolve(run, &tally)
		})
	}
	return tally.Report(l.orders.Duplicates(l.options.Workers))
}

// each calls do for every bucket, with a reader of its own for each worker.
func (l *Log) each(ends [2]Date, do func(r *reader, bucket uint8)) {
	l.settle()
	workers := max(l.options.Workers, 1)
	readers := make([]*reader, min(workers, event.Buckets))
	days := l.calendar()
	shard.Each(workers, func(worker int, bucket uint8) {
		if readers[worker] == nil {
			readers[worker] = &reader{log: l, days: days, ends: ends}
		}
		do(readers[worker], bucket)
	})
}
