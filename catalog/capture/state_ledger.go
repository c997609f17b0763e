package capture

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/churn"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// Ledger returns the state of subscription revenue, for the metrics of domain subscription:
// levels, movements, retained and kept revenue of the opening customers to the last digit,
// customers, subscriptions, committed revenue and renewals. Periods and segments are those
// of the collector; the query says the rest, such as what was known when, and how to convert
// currencies. If there are amounts of several currencies and none to convert to, those facts
// are undefined, [metric.MixedCurrency].
//
// In a month, the trailing numbers are those of it and the five before. Customers of a
// period are regained if they are back as of the query's AsOf, without which that is not
// known.
//
// The segment of an amount is that of the event which set it: a subscription that changes
// its segment leaves one and joins another. A ledger that cannot make its statement, see
// [ledger.Ledger.Statement], gives no facts, and [StateReport] has the error.
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
	return text
}

// revenue is a fact that is an amount of a row.
type revenue struct {
	metric metric.Metric[metric.Money]
	of     func(*ledger.Row) ledger.Amount
	sign   int64 // of losses, which a ledger has below zero
}

func revenues() []revenue {
	return []revenue{
		{subscription.OpeningMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Opening }, 1},
		{subscription.NewMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.New }, 1},
		{subscription.ExpansionMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Expansion }, 1},
		{subscription.ContractionMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Contraction }, -1},
		{subscription.ChurnedMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Churn }, -1},
		{subscription.ReactivationMRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Reactivation }, 1},
		{subscription.MRR(), func(r *ledger.Row) ledger.Amount { return r.Bridge.Closing }, 1},
		{subscription.RetainedMRR(), func(r *ledger.Row) ledger.Amount { return r.Opened.Retained }, 1},
		{subscription.KeptMRR(), func(r *ledger.Row) ledger.Amount { return r.Opened.Kept }, 1},
		{subscription.AtRiskMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.AtRisk }, 1},
		{subscription.PausedMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.Paused }, 1},
		{subscription.DiscountMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.Discount }, 1},
		{subscription.LimitedDiscountMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.LimitedDiscount }, 1},
		{subscription.UsageMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.Metered }, 1},
		{subscription.SignedMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.Signed }, 1},
		{subscription.EndingMRR(), func(r *ledger.Row) ledger.Amount { return r.Levels.Ending }, 1},
		{subscription.DueValue(), func(r *ledger.Row) ledger.Amount { return r.Renewals.DueMRR }, 12},
		{subscription.RenewedValue(), func(r *ledger.Row) ledger.Amount { return r.Renewals.RenewedMRR }, 12},
		{subscription.RenewalExpansion(), func(r *ledger.Row) ledger.Amount { return r.Renewals.Expansion }, 12},
		{subscription.RenewalContraction(), func(r *ledger.Row) ledger.Amount { return r.Renewals.Contraction }, 12},
	}
}

// number is a fact that is a number of a row.
type number struct {
	metric metric.Metric[metric.Count]
	of     func(*ledger.Row) int64
}

func numbers() []number {
	return []number{
		{subscription.OpeningCustomers(), func(r *ledger.Row) int64 { return r.Customers.Opening }},
		{subscription.NewCustomers(), func(r *ledger.Row) int64 { return r.Customers.New }},
		{subscription.ChurnedCustomers(), func(r *ledger.Row) int64 { return r.Customers.Churned }},
		{subscription.ReactivatedCustomers(), func(r *ledger.Row) int64 { return r.Customers.Reactivated }},
		{subscription.Customers(), func(r *ledger.Row) int64 { return r.Customers.Closing }},
		{subscription.RetainedCustomers(), func(r *ledger.Row) int64 { return r.Customers.Retained() }},
		{subscription.OpeningSubscriptions(), func(r *ledger.Row) int64 { return r.Customers.OpeningSubscriptions }},
		{subscription.LostSubscriptions(), func(r *ledger.Row) int64 { return r.Customers.LostSubscriptions }},
		{subscription.DueContracts(), func(r *ledger.Row) int64 { return r.Renewals.Due }},
		{subscription.RenewedContracts(), func(r *ledger.Row) int64 { return r.Renewals.Renewed }},
		{churn.DowngradedCustomers(), func(r *ledger.Row) int64 { return r.Customers.Shrunk }},
	}
}

func (s subscriptions) supplies() []metric.Definition {
	list := []metric.Definition{
		subscription.TrailingChurnedCustomers().Definition(), subscription.TrailingOpeningCustomers().Definition(),
	}
	for _, x := range revenues() {
		list = append(list, x.metric.Definition())
	}
	for _, x := range numbers() {
		list = append(list, x.metric.Definition())
	}
	if !s.query.AsOf.IsZero() {
		list = append(list, subscription.WinBackCandidates().Definition(), subscription.RegainedCustomers().Definition())
	}
	return list
}

func (s subscriptions) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	s.options.Segment = o.Segment
	s.query.Periods = nil
	for _, p := range o.Periods {
		s.query.Periods = append(s.query.Periods, p)
		for _, month := range trailing(p) {
			s.query.Periods = append(s.query.Periods, month)
		}
	}
	s.query.Segments = o.Segment != nil
	l, err := ledger.New(s.options)
	return &boundLedger{Ledger: l, source: s}, err
}

// trailing returns a month and the five before, or nothing for any other period.
func trailing(p metric.Period) []metric.Period {
	if p.Unit() != metric.UnitMonth {
		return nil
	}
	var list []metric.Period
	for range 6 {
		list = append(list, p)
		p = p.Prev()
	}
	return list
}

type boundLedger struct {
	*ledger.Ledger
	source    subscriptions
	statement *ledger.Statement // nil until it is asked for
	err       error
}

func (b *boundLedger) add(e *event.Event, _ string) {
	b.statement, b.err = nil, nil
	b.Ledger.Add(e)
}

func (b *boundLedger) merge(o bound) error {
	b.statement, b.err = nil, nil
	return b.Ledger.Merge(o.(*boundLedger).Ledger)
}

func (b *boundLedger) UnmarshalBinary(data []byte) error {
	b.statement, b.err = nil, nil
	return b.Ledger.UnmarshalBinary(data)
}

func (b *boundLedger) report() event.Report { return b.Ledger.Report() }

// problem returns why there is no statement.
func (b *boundLedger) problem() error {
	if b.statement == nil && b.err == nil && b.Ledger.Report().Taken > 0 {
		b.statement, b.err = b.Ledger.Statement(b.source.query)
	}
	return b.err
}

func (b *boundLedger) facts(c Cell) []metric.Fact {
	if b.problem() != nil || b.statement == nil {
		return nil
	}
	money, one := b.row(c, c.Period)
	var facts []metric.Fact
	for _, x := range revenues() {
		if one {
			facts = append(facts, amountFact(x, &money))
		} else {
			facts = append(facts, metric.UndefinedFact(x.metric.Definition(), metric.MixedCurrency))
		}
	}
	for _, x := range numbers() {
		facts = append(facts, countFact(x.metric, x.of(&money)))
	}
	if months := trailing(c.Period); months != nil {
		churned, opening := int64(0), int64(0)
		for _, month := range months {
			row, _ := b.row(c, month)
			churned += row.Customers.Lost
			opening += row.Customers.Opening
		}
		facts = append(facts, countFact(subscription.TrailingChurnedCustomers(), churned), countFact(subscription.TrailingOpeningCustomers(), opening))
	}
	return append(facts, b.winBack(c)...)
}

// row returns what the statement says of a cell's segment in a period, and whether its
// amounts are of one currency. A segment without a row has nothing in it.
func (b *boundLedger) row(c Cell, p metric.Period) (row ledger.Row, one bool) {
	known := false
	if c.All {
		row, known = b.statement.Row(p, b.source.query.Currency)
	} else {
		row, known = b.statement.Segment(p, b.source.query.Currency, c.Segment)
	}
	if !known {
		all, _ := b.statement.Row(p, b.source.query.Currency)
		return ledger.Row{Period: p, Currency: all.Currency}, !all.Currency.IsZero()
	}
	return row, !row.Currency.IsZero()
}

func amountFact(x revenue, row *ledger.Row) metric.Fact {
	amount := x.of(row)
	if amount.Currency().IsZero() {
		amount = ledger.MinorAmount(0, row.Currency)
	}
	m := amount.Precise()
	if x.sign != 1 {
		scaled, err := metric.NewMoney(m.Amount().Mul(decimal.New(x.sign, 0)), m.Currency())
		if err != nil {
			return metric.UndefinedFact(x.metric.Definition(), metric.OutOfDomain)
		}
		m = scaled
	}
	return x.metric.Is(m)
}

// winBack returns what became of the customers who left in a period.
func (b *boundLedger) winBack(c Cell) []metric.Fact {
	asOf := b.source.query.AsOf
	if asOf.IsZero() || !c.All || c.Period.Incomplete(asOf) {
		return nil
	}
	query := b.source.query
	query.Periods, query.Segments = []metric.Period{c.Period}, false
	rate, err := b.Ledger.WinBack(c.Period, asOf, query)
	if err != nil {
		return nil
	}
	return []metric.Fact{
		countFact(subscription.WinBackCandidates(), rate.Denominator.Round()), countFact(subscription.RegainedCustomers(), rate.Numerator.Round()),
	}
}
