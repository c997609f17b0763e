package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// measure is what is shown of a cohort.
type measure string

const (
	customers measure = "customers"
	netMRR    measure = "net"
	grossMRR  measure = "gross"
	revenue   measure = "revenue"
)

func measures() []measure { return []measure{customers, netMRR, grossMRR, revenue} }

func parseMeasure(text string) (measure, error) {
	if !slices.Contains(measures(), measure(text)) {
		return "", errors.New("there are customers, net, gross, revenue")
	}
	return measure(text), nil
}

// Title says what the measure is.
func (m measure) title() string {
	switch m {
	case netMRR:
		return "Net MRR of each cohort, in percent of its first"
	case grossMRR:
		return "Gross MRR of each cohort, in percent of its first"
	case revenue:
		return "Cumulative revenue of each cohort, for each of its customers"
	}
	return "Customers of each cohort that still pay, in percent"
}

func (m measure) note() string {
	switch m {
	case netMRR:
		return "What the customers pay, by what they began with."
	case grossMRR:
		return "What the customers pay, but of each at most what it began with."
	case revenue:
		return "The monthly revenue at the end of each month so far, by the customers that the cohort began with."
	}
	return "Who has left and is back counts as there."
}

// share returns a measure of a cell, as a rate that pools with those of other cohorts.
func (m measure) share(c *ledger.Cohort, cell *ledger.CohortCell) ledger.Rate {
	count := func(n int64) ledger.Amount { return ledger.MinorAmount(n, metric.Currency{}) }
	r := ledger.Rate{Name: string(m), Period: cell.Period}
	switch m {
	case customers:
		r.Numerator, r.Denominator = count(cell.Customers), count(c.Customers)
	case netMRR:
		r.Numerator, r.Denominator = cell.Net, c.MRR
	case grossMRR:
		r.Numerator, r.Denominator = cell.Gross, c.MRR
	case revenue:
		r.Numerator, r.Denominator = cell.Revenue, count(c.Customers)
	}
	return r
}

// pooled returns a measure of all cohorts together at an age in months, of cells that are
// complete. It is false if there are none.
func (a *analysis) pooled(age int) (ledger.Rate, bool) {
	var rates []ledger.Rate
	for i := range a.cohorts {
		if c := &a.cohorts[i]; age < len(c.Cells) && c.Cells[age].Complete {
			rates = append(rates, a.cohort.share(c, &c.Cells[age]))
		}
	}
	if len(rates) == 0 {
		return ledger.Rate{}, false
	}
	r, err := ledger.Pool(rates...)
	return r, err == nil
}

// shareText writes a measure: percent, or money for each customer in whole units.
func (a *analysis) shareText(r ledger.Rate) string {
	ratio, err := r.Ratio()
	if err != nil {
		return none
	}
	if a.cohort == revenue {
		units := ratio.Decimal().Shift(-int32(a.currency.Exponent()))
		return metric.Count(units.Round(0).IntPart()).String()
	}
	return strings.TrimSuffix(percentOf(ratio, 0), "%")
}

// length is a measure to draw, 1 for all. No number that is printed comes of it.
func length(r ledger.Rate) float64 {
	ratio, err := r.Ratio()
	if err != nil {
		return 0
	}
	return ratio.Decimal().InexactFloat64()
}
