package capture

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// Ledger returns the state of subscription revenue, for the metrics of domain subscription:
// levels, movements, retained and kept revenue of the opening customers, customers,
// subscriptions, committed revenue and renewals; and for the customers of domains churn and
// billing who paid less or left, by their own wish or for want of payment.
//
// The options have to be of revenue by customer, for that is what the metrics are about.
// Options that are about the rates of a ledger only change nothing here: the catalogue has a
// metric for each reading of a rate. Periods and segments are those of the collector, whatever
// options and query say. The query says the rest, such as what was known when, and how to
// convert currencies.
//
// # What is known when
//
// With AsOf in the query, a period that ends after it has its opening numbers only, and all
// else is undefined, [metric.NotMature]. For a month to date collect a period that ends with
// the date.
//
// In a month, the trailing numbers are those of it and the five before, which may reach before
// the first event. The customers lost are those of the beginning of each month, as in
// subscription.customer_churn_rate. Customers of a period are regained if they are back before
// AsOf, without which that is not known.
//
// A customer on a pause pays nothing, and is not retained. A cancellation that was not
// voluntary counts as for want of payment. Whose revenue fell to zero by a pause, a move to a
// free plan or the end of a term, or for no known reason, left neither so nor by wish.
//
// # Currencies and segments
//
// Where amounts of two currencies meet in a period and segment, and the query does not say
// what to convert to, amounts are undefined, [metric.MixedCurrency]. Customers are counted all
// the same, but for those who pay less, and but for a segment, where a customer of two
// currencies cannot be told from two: [metric.NotAdditive].
//
// The segment of an amount is that of the event which set it: a subscription that changes its
// segment leaves one and joins another.
//
// # What movements do not tell
//
// Amounts that do not come out even per month have 28 decimal places, and agree with each
// other by the formulas of the metrics to the last of them. [metric.Facts.Check] lists what
// was measured and differs from what its formula makes of the movements. It does so rightly,
// and only, for
//
//   - subscription.retained_mrr, kept_mrr and retained_customers, where customers joined, left
//     and came back, or grew and shrank within the period. The formula is for those who have
//     no more than movements in hand; what was measured is what counts.
//   - subscription.mrr, where revenue was transferred between segments, or converted at rates
//     that change.
//   - subscription.customers, where customers were merged, or changed their segment.
//
// A ledger that cannot make its statement, see [ledger.Ledger.Statement], gives no facts, and
// [StateReport] has the error. What is wrong with options and query [New] refuses.
func Ledger(o ledger.Options, q ledger.Query) State { return State{subscriptions{o, q}} }

type subscriptions struct {
	options ledger.Options
	query   ledger.Query
}

func (s subscriptions) describe() string {
	text := "ledger: " + s.options.String()
	for _, x := range [...]struct {
		name string
		at   time.Time
	}{{"known", s.query.Known}, {"closed until", s.query.ClosedUntil}, {"as of", s.query.AsOf}, {"rates of", s.query.RatesAt}} {
		if !x.at.IsZero() {
			text += fmt.Sprintf("; %s %s", x.name, x.at.UTC().Format(time.RFC3339Nano))
		}
	}
	if !s.query.Currency.IsZero() {
		text += "; in " + s.query.Currency.Code()
	}
	if s.query.Rates != nil {
		text += "; rates from " + s.query.Rates.Source()
	}
	return text
}

func (s subscriptions) open(o *Options) (bound, error) {
	if s.options.Unit != ledger.ByCustomer {
		return nil, inputErrorf("revenue by subscription has no customers, of whom the metrics are")
	}
	s.options.Test = s.options.Test || o.Test
	s.options.Segment, s.options.SegmentByPlan = o.Segment, false
	s.query.Segments = o.Segment != nil
	l, err := ledger.New(s.options)
	if err != nil {
		return nil, err
	}
	b := &boundLedger{Ledger: l, source: s, periods: byZone(o.Periods)}
	_, err = b.makeBooks() // of no events: whether the query can be answered
	return b, err
}

// boundLedger is a ledger at work in a collector.
type boundLedger struct {
	*ledger.Ledger
	source  subscriptions
	periods [][]metric.Period // by zone, for a statement is in one
	books   *books            // nil until they are asked for
	err     error
}

func (b *boundLedger) add(e *event.Event, _ string) {
	b.books, b.err = nil, nil
	b.Ledger.Add(e)
}

func (b *boundLedger) merge(o bound) error {
	b.books, b.err = nil, nil
	return b.Ledger.Merge(o.(*boundLedger).Ledger)
}

func (b *boundLedger) UnmarshalBinary(data []byte) error {
	b.books, b.err = nil, nil
	return b.Ledger.UnmarshalBinary(data)
}

func (b *boundLedger) report() event.Report { return b.Ledger.Report() }

// problem returns why there are no books.
func (b *boundLedger) problem() error {
	if b.books == nil && b.err == nil && b.Ledger.Report().Taken > 0 {
		b.books, b.err = b.makeBooks()
	}
	return b.err
}
