package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric/clv"
)

// writeCSV writes one table. Money is exact, estimates have six digits, and what is not known
// is empty.
func writeCSV(w io.Writer, a *analysis) error {
	switch a.table {
	case "segments":
		_, err := io.WriteString(w, a.segments.CSV())
		return err
	case "grid":
		_, err := io.WriteString(w, a.grid.CSV(0))
		return err
	}
	out := csv.NewWriter(w)
	if a.table == "holdout" {
		out.WriteAll(a.holdoutRows())
	} else {
		out.WriteAll(a.customerRows())
	}
	return out.Error()
}

func (a *analysis) customerRows() [][]string {
	rows := [][]string{{"customer", "segment", "recency_score", "frequency_score", "monetary_score", "days_since_last", "orders", "first_order", "last_order",
		"revenue", "margin", "channel", "cac", "alive", "alive_low", "alive_high", "purchases", "purchases_low", "purchases_high",
		"predicted", "predicted_low", "predicted_high"}}
	for _, c := range a.customers {
		row := []string{c.key, c.segment, score(c.scores.R), score(c.scores.F), score(c.scores.M),
			strconv.FormatInt(c.record.Recency, 10), strconv.FormatInt(c.total.Orders, 10), c.total.FirstDate.String(), c.total.LastDate.String(),
			a.exact(c.revenue), a.exact(c.margin), c.channel, ""}
		if a.hasCAC() {
			row[len(row)-1] = a.exact(c.cac)
		}
		for _, e := range []clv.Estimate{c.alive, c.purchases, c.value} {
			row = append(row, a.estimate(e)...)
		}
		rows = append(rows, row)
	}
	return rows
}

func score(s uint8) string { return strconv.Itoa(int(s)) }

// estimate returns a value and the ends of its interval.
func (a *analysis) estimate(e clv.Estimate) []string {
	switch {
	case a.fit == nil:
		return []string{"", "", ""}
	case e.Level == 0:
		return []string{digits(e.Value), "", ""}
	}
	return []string{digits(e.Value), digits(e.Low), digits(e.High)}
}

func (a *analysis) holdoutRows() [][]string {
	rows := [][]string{{"repeat_purchases", "customers", "bought", "expected"}}
	if a.check == nil {
		return rows
	}
	for _, r := range a.check.rows {
		rows = append(rows, []string{rowName(r), strconv.FormatInt(r.Customers, 10), strconv.FormatInt(r.Bought, 10), digits(r.Expected)})
	}
	return rows
}
