package main

import (
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// figure is a value for programs, or the reason why there is none.
type figure struct {
	name, value, unit string
	undefined         metric.Reason
}

const (
	perCustomer = "customer"
	ratioUnit   = "1"
)

func (a *analysis) money(name string, x ledger.Amount) figure {
	return figure{name, x.Decimal(int32(a.currency.Exponent())).StringFixed(int32(a.currency.Exponent())), a.currency.Code(), ""}
}

func counted(name string, n int64) figure {
	return figure{name, metric.Count(n).Text(), perCustomer, ""}
}

func ratio(name string, r rate) figure {
	if r.undefined != "" {
		return figure{name, "", ratioUnit, r.undefined}
	}
	return figure{name, r.Decimal().String(), ratioUnit, ""}
}

// figures returns the values of a month, as a whole or of a segment.
func (a *analysis) figures(row *ledger.Row, r retention) []figure {
	b, c, l := row.Bridge, row.Customers, row.Levels
	arpa := figure{"arpa", "", a.currency.Code(), metric.ZeroDenominator}
	if x, err := l.ARPA(); err == nil {
		arpa = a.money("arpa", x)
	}
	return []figure{
		a.money("opening_mrr", b.Opening), a.money("new_mrr", b.New), a.money("expansion_mrr", b.Expansion),
		a.money("contraction_mrr", b.Contraction), a.money("churned_mrr", b.Churn), a.money("reactivation_mrr", b.Reactivation),
		a.money("transfer_mrr", b.Transfer), a.money("fx", b.FX), a.money("closing_mrr", b.Closing),
		counted("opening_customers", c.Opening), counted("new_customers", c.New), counted("reactivated_customers", c.Reactivated),
		counted("joined_customers", c.Joined), counted("churned_customers", c.Churned), counted("left_customers", c.Left),
		counted("closing_customers", c.Closing), counted("lost_customers", c.Lost),
		ratio("customer_churn", rateOf(row.CustomerChurn().Ratio())), arpa,
		a.money("signed_mrr", l.Signed), a.money("ending_mrr", l.Ending), a.money("committed_mrr", l.Committed()), a.money("at_risk_mrr", l.AtRisk),
		a.money("arr", l.ARR()),
		ratio("net_revenue_retention", r.net), ratio("gross_revenue_retention", r.gross),
	}
}

func (a *analysis) cellFigures(cell *ledger.CohortCell) []figure {
	return []figure{
		counted("customers", cell.Customers), a.money("net_mrr", cell.Net), a.money("gross_mrr", cell.Gross), a.money("revenue", cell.Revenue),
	}
}
