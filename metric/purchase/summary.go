package purchase

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// SummaryOptions are the rules of a [Summary]. The zero value of every field but End is the
// default: one transaction a day, the first one not counted, in days. That is the default of
// lifetimes' summary_data_from_transaction_data, and with Unit Weeks that of BTYD's cbs.
type SummaryOptions struct {
	// End is an instant of the last day of observation, which counts in full. It is required.
	End time.Time

	// Holdout, if set, is an instant of the last day of a holdout: the days after End, up to
	// and including this one, which say how customers went on.
	Holdout time.Time

	// Collapse is what orders must share to be one transaction: a day, which is the default,
	// a week, month, quarter or year. Times are then counted between the first days of those.
	Collapse metric.PeriodUnit

	// Separate makes each order a transaction of its own.
	Separate bool

	// IncludeFirst counts the first transaction, and its money, too.
	IncludeFirst bool

	// SinceLast makes Recency the time from the last transaction to the end, as marketers
	// and pymc-marketing's rfm_summary have it, and not that between the first and the last.
	SinceLast bool

	Unit Unit // of the times
}

// String returns the options that differ from the default, in one canonical form, but for the
// ends.
func (o SummaryOptions) String() string {
	var list []string
	if o.Collapse != 0 && o.Collapse != metric.UnitDay && !o.Separate {
		list = append(list, "collapse="+o.Collapse.String())
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"separate", o.Separate}, {"include_first", o.IncludeFirst}, {"since_last", o.SinceLast}} {
		if f.on {
			list = append(list, f.name)
		}
	}
	if o.Unit != 0 && o.Unit != Days {
		list = append(list, "unit="+o.Unit.String())
	}
	return strings.Join(list, ", ")
}

// Customer is what models of customer value read of one customer.
//
// The three times are whole days; see [Summary.Unit] for the unit that a model counts them in.
type Customer struct {
	Customer event.Code
	First    Date // day of the first transaction, or first day of its period
	Last     Date // of the last one

	// Frequency is the number of transactions after the first: x.
	Frequency int64

	// Recency is the time from the first transaction to the last: t_x.
	Recency Span

	// Age is the time from the first transaction to the end: T.
	Age Span

	// HoldoutFrequency is the number of transactions in the holdout, and HoldoutOrders that
	// of orders.
	HoldoutFrequency, HoldoutOrders int64

	spend, holdout money
	currency       uint16
	holdoutIn      uint16
}

// SpendUnits returns the money of the transactions that Frequency counts, in minor units, and
// whether that fits an int64 and is of one currency.
func (c *Customer) SpendUnits() (int64, bool) {
	n, ok := c.spend.int64()
	return n, ok && c.currency != mixedCurrency
}

// HoldoutUnits is [Customer.SpendUnits] for the holdout.
func (c *Customer) HoldoutUnits() (int64, bool) {
	n, ok := c.holdout.int64()
	return n, ok && c.holdoutIn != mixedCurrency
}

// Summary has the summary of each customer with a transaction up to its end.
type Summary struct {
	table[Customer]
	options    SummaryOptions
	end, after Date
	currencies []metric.Currency
}

// Summary returns the summary of the orders as known at the end of the last day of
// observation, and of those of a holdout as known at its end. The error is a
// [metric.ErrInput] that names the option, or [metric.InsufficientHistory] from a log of
// [KeepTotals], which does not know days.
func (l *Log) Summary(o SummaryOptions) (*Summary, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if l.totals != nil {
		return nil, undefined(metric.InsufficientHistory, "the log keeps totals only, and a summary needs days")
	}
	l.settle()
	s := &Summary{table: table[Customer]{keys: l.in.Keys}, options: o, currencies: slices.Clone(l.currencies.list)}
	s.end = l.lastDate(o.End)
	s.after = s.end
	if !o.Holdout.IsZero() {
		if s.after = l.lastDate(o.Holdout); s.after <= s.end {
			return nil, intake.Errorf("Holdout", "%s is not after the end, %s", s.after, s.end)
		}
	}
	l.each([2]Date{s.end, s.after}, func(r *reader, bucket uint8) {
		list := make([]Customer, 0, l.in.Keys.LenBucket(bucket))
		r.customers(bucket, func(c event.Code, rows [2][]history.Row[sum]) {
			list = append(list, Customer{Customer: c})
			if !s.summarize(&list[len(list)-1], rows, r.days) {
				list = list[:len(list)-1]
			}
		})
		s.parts[bucket] = list
	})
	s.count()
	return s, nil
}

func (o *SummaryOptions) check() error {
	switch {
	case o.End.IsZero():
		return intake.Errorf("End", "it is not set")
	case o.Collapse != 0 && !o.Collapse.IsCalendar():
		return intake.Errorf("Collapse", "%s is no day, week, month, quarter or year", o.Collapse)
	case o.Separate && o.Collapse > metric.UnitDay:
		return intake.Errorf("Separate", "orders cannot be separate and collapsed by %s", o.Collapse)
	case o.Unit < 0:
		return intake.Errorf("Unit", "%d seconds", int64(o.Unit))
	}
	return nil
}

// summarize fills c from the rows of a customer, as known at either end, and reports whether
// there is a transaction up to the first.
func (s *Summary) summarize(c *Customer, rows [2][]history.Row[sum], days *calendar) bool {
	c.currency, c.holdoutIn = unsetCurrency, unsetCurrency
	transactions, skip := int64(0), int64(1)
	if s.options.IncludeFirst {
		skip = 0
	}
	for i := range rows[0] {
		row := &rows[0][i]
		if row.P.N == 0 {
			continue
		}
		day := days.date(row.At)
		if day > s.end {
			break
		}
		day = day.start(s.options.Collapse)
		switch {
		case transactions == 0: // The first order of a day is never in one row with others.
			transactions, c.First = int64(row.P.N), day
		case s.options.Separate:
			transactions += int64(row.P.N)
		case day != c.Last:
			transactions++
		}
		c.Last = day
		if transactions > skip {
			c.spend.add(row.P)
			c.currency = join(c.currency, row.P.Currency)
		}
	}
	if transactions == 0 {
		return false
	}
	c.Frequency = transactions - skip
	end := s.end.start(s.options.Collapse)
	c.Age, c.Recency = Span(end-c.First), Span(c.Last-c.First)
	if s.options.SinceLast {
		c.Recency = Span(end - c.Last)
	}
	if s.after > s.end {
		s.addHoldout(c, rows[1], days)
	}
	return true
}

func (s *Summary) addHoldout(c *Customer, rows []history.Row[sum], days *calendar) {
	var last Date
	for i := range rows {
		row := &rows[i]
		day := days.date(row.At)
		if row.P.N == 0 || day <= s.end {
			continue
		}
		if day > s.after {
			break
		}
		day = day.start(s.options.Collapse)
		c.HoldoutOrders += int64(row.P.N)
		switch {
		case s.options.Separate:
			c.HoldoutFrequency = c.HoldoutOrders
		case c.HoldoutFrequency == 0 || day != last:
			c.HoldoutFrequency++
		}
		last = day
		c.holdout.add(row.P)
		c.holdoutIn = join(c.holdoutIn, row.P.Currency)
	}
}

// Options returns the rules of the summary.
func (s *Summary) Options() SummaryOptions { return s.options }

// Unit returns the unit of time that the summary is meant for.
func (s *Summary) Unit() Unit {
	if s.options.Unit == 0 {
		return Days
	}
	return s.options.Unit
}

// End returns the last day of observation.
func (s *Summary) End() Date { return s.end }

// HoldoutDays returns the number of days in the holdout.
func (s *Summary) HoldoutDays() Span { return Span(s.after - s.end) }

// Spend returns the money of the transactions that Frequency counts. The error is
// [metric.MixedCurrency] when it is of several currencies, [metric.EmptyPopulation] when
// there is no such transaction, and [metric.MissingInput] when the log knows of no currency.
func (s *Summary) Spend(c *Customer) (metric.Money, error) {
	if c.Frequency == 0 {
		return metric.Money{}, metric.EmptyPopulation
	}
	return moneyOf(c.spend, 1, c.currency, s.currencies)
}

// MeanSpend returns Spend over Frequency, rounded to 28 places: the monetary value of models
// such as Gamma-Gamma. Its errors are those of Spend.
func (s *Summary) MeanSpend(c *Customer) (metric.Money, error) {
	if c.Frequency == 0 {
		return metric.Money{}, metric.EmptyPopulation
	}
	return moneyOf(c.spend, c.Frequency, c.currency, s.currencies)
}

// HoldoutSpend is Spend for the holdout.
func (s *Summary) HoldoutSpend(c *Customer) (metric.Money, error) {
	if c.HoldoutFrequency == 0 {
		return metric.Money{}, metric.EmptyPopulation
	}
	return moneyOf(c.holdout, 1, c.holdoutIn, s.currencies)
}

func (c *Customer) code() event.Code { return c.Customer }

// Len returns the number of customers.
func (s *Summary) Len() int { return s.n }

// Bucket returns the customers of a bucket, by code. It is the fast way to read all; do not
// change what it returns.
func (s *Summary) Bucket(b uint8) []Customer { return s.parts[b] }

// All yields keys and summaries by bucket and key, which is an order that does not depend on
// how the orders came.
func (s *Summary) All() iter.Seq2[string, *Customer] { return s.all((*Customer).code) }

// Lookup returns the summary of a customer, or nil for one without a transaction.
func (s *Summary) Lookup(key string) *Customer {
	c, ok := s.keys.Lookup(key)
	if !ok {
		return nil
	}
	return s.find(c, (*Customer).code)
}

// Key returns the key of a customer.
func (s *Summary) Key(c *Customer) string { return s.keys.Key(c.Customer) }

// String describes the summary in a line.
func (s *Summary) String() string {
	text := fmt.Sprintf("%d customers up to %s, in %s", s.n, s.end, s.Unit())
	if rules := s.options.String(); rules != "" {
		text += " (" + rules + ")"
	}
	return text
}
