package ledger

import (
	"github.com/openlifecycle/lifecycle/internal/text"
	"github.com/openlifecycle/lifecycle/metric"
)

// String returns the bridges of the statement as a table with a line for each row, in which
// each amount is rounded once (B4), and the rules that differ from the default. A period that
// has not ended has a star. Rows of all currencies have no amounts and are left out, and so are
// the columns segment, fx and rounding where there is nothing in them.
func (s *Statement) String() string {
	table := [][]string{{"period", "currency", "segment", "opening", "new", "expansion", "contraction", "churn", "reactivation", "transfer", "fx", "rounding", "closing"}}
	const segment, fx, rounding = 2, 10, 11
	used := map[int]bool{}
	for row := range s.Rows() {
		if row.Currency.IsZero() {
			continue
		}
		period, name := row.Period.String(), "all"
		if row.Incomplete {
			period += "*"
		}
		if !row.AllSegments {
			name = quote(row.Segment)
		}
		b := row.Bridge.Round()
		cells := []string{period, row.Currency.Code(), name}
		for _, m := range []metric.Money{b.Opening, b.New, b.Expansion, b.Contraction, b.Churn, b.Reactivation, b.Transfer, b.FX, b.Rounding, b.Closing} {
			places := int32(m.Currency().Exponent())
			cells = append(cells, m.Amount().StringFixed(places))
		}
		used[segment] = used[segment] || !row.AllSegments
		used[fx] = used[fx] || !b.FX.IsZero()
		used[rounding] = used[rounding] || !b.Rounding.IsZero()
		table = append(table, cells)
	}
	for i, cells := range table {
		kept := cells[:0]
		for column, cell := range cells {
			if column != segment && column != fx && column != rounding || used[column] {
				kept = append(kept, cell)
			}
		}
		table[i] = kept
	}
	left := []int{0, 1}
	if used[segment] {
		left = append(left, segment)
	}
	out := text.Columns(table, left...)
	if s.options != "" {
		out += "rules: " + s.options + "\n"
	}
	return out
}
