package ledger

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// Rate is a quotient with all that it takes to read it (G14). Its numerator and denominator
// are amounts, or numbers of customers, subscriptions or terms as amounts of no currency.
type Rate struct {
	Name                   string
	Numerator, Denominator Amount
	Unit                   string // of both: "money/month", "customer", "subscription" or "term"
	Period                 metric.Period
	Options                string // the rules that differ from the default

	mixed bool // of revenue of several currencies
}

// quo returns the quotient, or the reason why there is none.
func (r *Rate) quo() (exact.Fraction, error) {
	q, ok := r.Numerator.minor.Quo(r.Denominator.minor)
	switch {
	case r.mixed:
		return q, &metric.Error{Metric: "ledger." + r.Name, Reason: metric.MixedCurrency}
	case !ok:
		return q, &metric.Error{Metric: "ledger." + r.Name, Reason: metric.ZeroDenominator}
	}
	return q, nil
}

// Ratio returns the quotient, with 28 decimal places. Without a denominator it is undefined,
// a [metric.ZeroDenominator], and never zero or infinite (G8); so is a rate of revenue of
// several currencies together, a [metric.MixedCurrency]. It is not bounded: net churn may be
// negative and net retention above one (G9).
func (r Rate) Ratio() (metric.Ratio, error) {
	q, err := r.quo()
	if err != nil {
		return metric.Ratio{}, err
	}
	return metric.NewRatio(q.Round(preciseplaces, exact.HalfAwayFromZero))
}

// Yearly returns what a churn of r in each period comes to in a year, compounded (G11):
//
//	1 - (1 - r)^n
//
// for the n months or quarters of a year. The rate of another period has no yearly one: a
// [metric.GrainMismatch].
func (r Rate) Yearly() (metric.Ratio, error) {
	n := 0
	switch r.Period.Unit() {
	case metric.UnitMonth:
		n = 12
	case metric.UnitQuarter, metric.UnitFiscalQuarter:
		n = 4
	case metric.UnitYear, metric.UnitFiscalYear:
		n = 1
	default:
		return metric.Ratio{}, &metric.Error{Metric: "ledger." + r.Name, Reason: metric.GrainMismatch}
	}
	q, err := r.quo()
	if err != nil {
		return metric.Ratio{}, err
	}
	one := exact.FromInt64(1)
	stay, ok := one.Sub(q).PowInt(n)
	if !ok {
		return metric.Ratio{}, &metric.Error{Metric: "ledger." + r.Name, Reason: metric.OutOfDomain}
	}
	return metric.NewRatio(one.Sub(stay).Round(preciseplaces, exact.HalfAwayFromZero))
}

// String returns the name and the quotient, as "gross_mrr_churn 20%", or why there is none.
func (r Rate) String() string {
	x, err := r.Ratio()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %s", r.Name, x)
}

// Pool returns the rate of several periods together (G12): the sum of the numerators over the
// sum of the denominators, which is not the mean of the rates. It is an error to pool rates
// of different names, currencies or rules. The period is the first one's.
func Pool(rates ...Rate) (Rate, error) {
	if len(rates) == 0 {
		return Rate{}, inputErrorf("no rates to pool")
	}
	sum := rates[0]
	for _, r := range rates[1:] {
		switch {
		case r.Name != sum.Name || r.Options != sum.Options:
			return Rate{}, inputErrorf("pooling %s and %s", sum.Name, r.Name)
		case r.mixed || sum.mixed || r.Denominator.currency != sum.Denominator.currency:
			return Rate{}, &metric.Error{Metric: "ledger." + r.Name, Reason: metric.MixedCurrency}
		}
		sum.Numerator, sum.Denominator = sum.Numerator.add(r.Numerator), sum.Denominator.add(r.Denominator)
	}
	return sum, nil
}

func (row *Row) rate(name, unit string, num, den Amount) Rate {
	r := Rate{Name: name, Unit: unit, Numerator: num, Denominator: den, Period: row.Period, mixed: row.mixed && unit == perMonth}
	if row.options != nil {
		r.Options = row.options.String()
	}
	return r
}

func (row *Row) rules() Options {
	if row.options == nil {
		return Options{}
	}
	return *row.options
}

const perMonth = "money/month"

// NetRevenueRetention returns what the customers who paid at the start of the period pay at
// its end, by what they paid (G3). New and returning customers do not enter; one who left and
// came back within the period counts with what it pays at the end. In the row of a segment it
// is of the customers of that segment at the start, also in what they pay in others: see
// [Opened]. With [BasisMovements] it is one less net churn.
func (row *Row) NetRevenueRetention() Rate {
	num := row.Opened.Retained
	if row.rules().Basis == BasisMovements {
		num = row.Bridge.Opening.sub(row.netLoss())
	}
	return row.rate("net_revenue_retention", perMonth, num, row.Bridge.Opening)
}

// GrossRevenueRetention returns of each of these customers the smaller of what it paid and
// pays, by what it paid (G4). It is never more than one, and never more than net retention.
// With [BasisMovements] it is one less gross churn.
func (row *Row) GrossRevenueRetention() Rate {
	num := row.Opened.Kept
	if row.rules().Basis == BasisMovements {
		num = row.Bridge.Opening.sub(row.grossLoss())
	}
	return row.rate("gross_revenue_retention", perMonth, num, row.Bridge.Opening)
}

// GrossMRRChurn returns what was lost of the opening revenue by contraction and churn (G1).
func (row *Row) GrossMRRChurn() Rate {
	return row.rate("gross_mrr_churn", perMonth, row.grossLoss(), row.Bridge.Opening)
}

// NetMRRChurn returns gross churn less the expansion of the same customers (G2) and, with
// [Options].NetChurnWithReactivation, less all reactivation.
func (row *Row) NetMRRChurn() Rate {
	num := row.netLoss()
	if row.rules().NetChurnWithReactivation {
		num = num.sub(row.Bridge.Reactivation)
		if row.rules().Basis == BasisEnds { // that of opening customers is in what they pay at the end
			num = num.add(row.Opened.Reactivation)
		}
	}
	return row.rate("net_mrr_churn", perMonth, num, row.Bridge.Opening)
}

func (row *Row) grossLoss() Amount {
	if row.rules().Basis == BasisMovements {
		return row.Opened.Contraction.add(row.Opened.Churn).neg()
	}
	return row.Bridge.Opening.sub(row.Opened.Kept)
}

func (row *Row) netLoss() Amount {
	if row.rules().Basis == BasisMovements {
		return row.grossLoss().sub(row.Opened.Expansion)
	}
	return row.Bridge.Opening.sub(row.Opened.Retained)
}

// CustomerChurn returns the share of the customers at the start that do not pay at the end,
// but for those on a pause with a date of return (G6, D9). With [Options].ChurnIncludesNew
// and [Options].ChurnIncludesSamePeriod it is what they say.
func (row *Row) CustomerChurn() Rate {
	c := &row.Customers
	num, den := c.Lost-c.LostPaused, c.Opening
	switch o := row.rules(); {
	case o.ChurnIncludesNew:
		num, den = num+c.SamePeriod, den+c.New
	case o.ChurnIncludesSamePeriod:
		num += c.SamePeriod
	}
	unit := "customer"
	if row.rules().Unit == BySubscription {
		unit = "subscription"
	}
	return row.rate("customer_churn", unit, number(num), number(den))
}

// CustomerRetention returns the share of the customers at the start that pay at the end.
func (row *Row) CustomerRetention() Rate {
	return row.rate("customer_retention", "customer", number(row.Customers.Retained()), number(row.Customers.Opening))
}

// SubscriptionChurn returns the share of the subscriptions with revenue at the start that
// have none at the end (G7), also of customers who keep another.
func (row *Row) SubscriptionChurn() Rate {
	return row.rate("subscription_churn", "subscription", number(row.Customers.LostSubscriptions), number(row.Customers.OpeningSubscriptions))
}

// QuickRatio returns revenue won by revenue lost (G10):
//
//	(new + reactivation + expansion) / (contraction + churn)
//
// without reactivation with [Options].QuickRatioWithoutReactivation.
func (row *Row) QuickRatio() Rate {
	b := &row.Bridge
	num := b.New.add(b.Expansion)
	if !row.rules().QuickRatioWithoutReactivation {
		num = num.add(b.Reactivation)
	}
	return row.rate("quick_ratio", perMonth, num, b.Contraction.add(b.Churn).neg())
}

// RenewalRate returns the share of the terms that ended in the period after which the
// subscription had revenue (G13).
func (row *Row) RenewalRate() Rate {
	return row.rate("renewal_rate", "term", number(row.Renewals.Renewed), number(row.Renewals.Due))
}

// RenewalRateByValue returns the same share of their revenue, as it was before.
func (row *Row) RenewalRateByValue() Rate {
	return row.rate("renewal_rate_by_value", perMonth, row.Renewals.RenewedMRR, row.Renewals.DueMRR)
}

func number(n int64) Amount { return Amount{minor: exact.FromInt64(n)} }
