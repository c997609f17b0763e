package capture

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/billing"
	"github.com/openlifecycle/lifecycle/catalog/churn"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// revenue is a metric that is an amount of a row.
type revenue struct {
	metric metric.Metric[metric.Money]
	of     func(*ledger.Row) ledger.Amount
	sign   int64 // -1 for losses, which a ledger has below zero

	// terms are what a derived metric is the sum of, by its formula.
	terms func(*ledger.Row) []ledger.Amount
}

func revenues() []revenue {
	type amount = ledger.Amount
	type row = *ledger.Row
	return []revenue{
		{subscription.OpeningMRR(), func(r row) amount { return r.Bridge.Opening }, 1, nil},
		{subscription.NewMRR(), func(r row) amount { return r.Bridge.New }, 1, nil},
		{subscription.ExpansionMRR(), func(r row) amount { return r.Bridge.Expansion }, 1, nil},
		{subscription.ContractionMRR(), func(r row) amount { return r.Bridge.Contraction }, -1, nil},
		{subscription.ChurnedMRR(), func(r row) amount { return r.Bridge.Churn }, -1, nil},
		{subscription.ReactivationMRR(), func(r row) amount { return r.Bridge.Reactivation }, 1, nil},
		{subscription.MRR(), func(r row) amount { return r.Bridge.Closing }, 1, func(r row) []amount {
			b := &r.Bridge
			return []amount{b.Opening, b.New, b.Expansion, b.Reactivation, b.Contraction, b.Churn}
		}},
		{subscription.RetainedMRR(), func(r row) amount { return r.Opened.Retained }, 1, func(r row) []amount {
			return []amount{r.Bridge.Opening, r.Bridge.Expansion, r.Bridge.Contraction, r.Bridge.Churn}
		}},
		{subscription.KeptMRR(), func(r row) amount { return r.Opened.Kept }, 1, func(r row) []amount {
			return []amount{r.Bridge.Opening, r.Bridge.Contraction, r.Bridge.Churn}
		}},
		{subscription.AtRiskMRR(), func(r row) amount { return r.Levels.AtRisk }, 1, nil},
		{subscription.PausedMRR(), func(r row) amount { return r.Levels.Paused }, 1, nil},
		{subscription.DiscountMRR(), func(r row) amount { return r.Levels.Discount }, 1, nil},
		{subscription.LimitedDiscountMRR(), func(r row) amount { return r.Levels.LimitedDiscount }, 1, nil},
		{subscription.UsageMRR(), func(r row) amount { return r.Levels.Metered }, 1, nil},
		{subscription.SignedMRR(), func(r row) amount { return r.Levels.Signed }, 1, nil},
		{subscription.EndingMRR(), func(r row) amount { return r.Levels.Ending }, 1, nil},
		{subscription.DueValue(), func(r row) amount { return yearly(r.Renewals.DueMRR) }, 1, nil},
		{subscription.RenewedValue(), func(r row) amount { return yearly(r.Renewals.RenewedMRR) }, 1, nil},
		{subscription.RenewalExpansion(), func(r row) amount { return yearly(r.Renewals.Expansion) }, 1, nil},
		{subscription.RenewalContraction(), func(r row) amount { return yearly(r.Renewals.Contraction) }, 1, nil},
	}
}

// yearly returns a monthly amount by year, before it is rounded.
func yearly(a ledger.Amount) ledger.Amount { return ledger.Levels{MRR: a}.ARR() }

// number is a metric that is a number of a row.
type number struct {
	metric metric.Metric[metric.Count]
	of     func(*ledger.Row) int64
}

func numbers() []number {
	type row = *ledger.Row
	return []number{
		{subscription.OpeningCustomers(), func(r row) int64 { return r.Customers.Opening }},
		{subscription.NewCustomers(), func(r row) int64 { return r.Customers.New }},
		{subscription.ChurnedCustomers(), func(r row) int64 { return r.Customers.Churned }},
		{subscription.ReactivatedCustomers(), func(r row) int64 { return r.Customers.Reactivated }},
		{subscription.Customers(), func(r row) int64 { return r.Customers.Closing }},
		{subscription.RetainedCustomers(), func(r row) int64 { return r.Customers.Retained() }},
		{subscription.OpeningSubscriptions(), func(r row) int64 { return r.Customers.OpeningSubscriptions }},
		{subscription.LostSubscriptions(), func(r row) int64 { return r.Customers.LostSubscriptions }},
		{subscription.DueContracts(), func(r row) int64 { return r.Renewals.Due }},
		{subscription.RenewedContracts(), func(r row) int64 { return r.Renewals.Renewed }},
	}
}

func (s subscriptions) supplies() []metric.Definition {
	list := []metric.Definition{
		subscription.TrailingChurnedCustomers().Definition(), subscription.TrailingOpeningCustomers().Definition(),
		churn.DowngradedCustomers().Definition(), churn.VoluntarilyChurnedCustomers().Definition(),
		billing.InvoluntarilyChurnedCustomers().Definition(),
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

func (b *boundLedger) facts(c Cell) []metric.Fact {
	if b.problem() != nil || b.books == nil {
		return nil
	}
	account := b.books.account(keyOf(c.Period, c.Segment, c.All))
	facts := append(account.revenue(), account.numbers()...)
	facts = append(facts, b.trailing(c)...)
	facts = append(facts, b.departed(c)...)
	if asOf := b.source.query.AsOf; !asOf.IsZero() && c.Period.Incomplete(asOf) {
		begun := !c.Period.Start().After(asOf)
		for i, f := range facts {
			if when, _ := f.Definition().RollUp(); when != "first" || !begun {
				facts[i] = metric.UndefinedFact(f.Definition(), metric.NotMature)
			}
		}
	}
	return facts
}

// revenue returns the facts that are amounts.
func (a *account) revenue() (facts []metric.Fact) {
	for _, x := range revenues() {
		switch {
		case a.amounts != nil:
			facts = append(facts, x.fact(a.amounts))
		case a.reason != "":
			facts = append(facts, metric.UndefinedFact(x.metric.Definition(), a.reason))
		}
	}
	return facts
}

// fact returns the amount of a row, rounded so that it agrees with what it is the sum of.
func (x *revenue) fact(row *ledger.Row) metric.Fact {
	exact := x.of(row)
	amount := precise(exact)
	if x.terms != nil {
		sum, digits := new(big.Rat), decimal.Zero
		for _, term := range x.terms(row) {
			sum.Add(sum, term.Minor())
			digits = digits.Add(precise(term))
		}
		if sum.Cmp(exact.Minor()) == 0 {
			amount = digits
		}
	}
	m, err := metric.NewMoney(amount.Mul(decimal.New(x.sign, 0)), row.Currency)
	if err != nil {
		return metric.UndefinedFact(x.metric.Definition(), metric.OutOfDomain)
	}
	return x.metric.Is(m)
}

// precise returns an amount with 28 places. That of nothing has no currency.
func precise(a ledger.Amount) decimal.Decimal {
	if a.IsZero() {
		return decimal.Zero
	}
	return a.Precise().Amount()
}

// numbers returns the facts that are numbers of customers, subscriptions and contracts.
func (a *account) numbers() (facts []metric.Fact) {
	for _, x := range numbers() {
		if a.counts == nil {
			facts = append(facts, metric.UndefinedFact(x.metric.Definition(), metric.NotAdditive))
		} else {
			facts = append(facts, countFact(x.metric, x.of(a.counts)))
		}
	}
	downgraded := churn.DowngradedCustomers()
	switch {
	case a.amounts != nil:
		return append(facts, countFact(downgraded, a.amounts.Customers.Shrunk))
	case a.reason != "":
		return append(facts, metric.UndefinedFact(downgraded.Definition(), a.reason))
	}
	return append(facts, countFact(downgraded, 0))
}

// trailing returns the sums over six months.
func (b *boundLedger) trailing(c Cell) []metric.Fact {
	months := trailing(c.Period)
	if months == nil {
		return nil
	}
	churned, opening := subscription.TrailingChurnedCustomers(), subscription.TrailingOpeningCustomers()
	var lost, began int64
	for _, month := range months {
		account := b.books.account(keyOf(month, c.Segment, c.All))
		if account.counts == nil {
			return []metric.Fact{
				metric.UndefinedFact(churned.Definition(), metric.NotAdditive), metric.UndefinedFact(opening.Definition(), metric.NotAdditive),
			}
		}
		lost += account.counts.Customers.Lost
		began += account.counts.Customers.Opening
	}
	return []metric.Fact{countFact(churned, lost), countFact(opening, began)}
}

// departed returns the numbers of customers whose revenue fell to zero.
func (b *boundLedger) departed(c Cell) []metric.Fact {
	d := b.books.left[keyOf(c.Period, c.Segment, c.All)]
	if d == nil {
		d = new(departures)
	}
	facts := []metric.Fact{
		countFact(churn.VoluntarilyChurnedCustomers(), d.voluntary), countFact(billing.InvoluntarilyChurnedCustomers(), d.involuntary),
	}
	if !b.source.query.AsOf.IsZero() {
		facts = append(facts, countFact(subscription.WinBackCandidates(), d.left), countFact(subscription.RegainedCustomers(), d.regained))
	}
	return facts
}
