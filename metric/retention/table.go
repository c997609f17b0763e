package retention

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// Table is cohorts by columns, which are periods or brackets of periods. It prints as text
// with [Table.String], and goes to programs as CSV with [Table.AppendCSV] and as JSON.
type Table struct {
	Options  Options
	Question Question
	AsOf     time.Time // up to which the data are complete
	Moved    bool      // the range begins before Options.From, where its bucket begins

	Columns  []Bracket
	Cohorts  []Cohort        // by start, also those without members
	Currency metric.Currency // of the amounts, if there are any
}

// Cohort is the customers who started in one bucket.
type Cohort struct {
	Period metric.Period // in which they started
	Size   int64
	Cells  []Cell // by column, without those at the end of which no period is in the range

	base exact.Lane
}

// Cell is what is known of a cohort and a column.
type Cell struct {
	// Count is the number of customers retained. In column 0 it is the size of the cohort,
	// as [Question.ZeroReturns] says.
	Count int64

	// Exists says that some period of the column is in the range. Other cells are zero.
	Exists bool

	// Complete says that the last period of the column has ended for all members of the
	// cohort, and no further customers can become members.
	Complete bool

	sum exact.Lane
}

// Sum returns the value added up, with [Options.Value]: of money, in the smallest unit of
// the currency.
func (c Cell) Sum() decimal.Decimal { return c.sum.Decimal(0) }

// Base returns the value added up in period 0, which is 100% for the others.
func (c Cohort) Base() decimal.Decimal { return c.base.Decimal(0) }

// cell returns a cell that exists.
func (t *Table) cell(cohort, column int) (*Cohort, Cell, error) {
	switch {
	case cohort < 0 || cohort >= len(t.Cohorts):
		return nil, Cell{}, intake.Errorf("cohort", "%d is not one of %d", cohort, len(t.Cohorts))
	case column < 0 || column >= len(t.Columns):
		return nil, Cell{}, intake.Errorf("column", "%d is not one of %d", column, len(t.Columns))
	}
	c := &t.Cohorts[cohort]
	if column >= len(c.Cells) || !c.Cells[column].Exists {
		return nil, Cell{}, &metric.Error{Input: "column", Reason: metric.NotMature}
	}
	return c, c.Cells[column], nil
}

// Rate returns the share retained of a cohort, by the positions of cohort and column:
//
//	count / size
//	sum / value in period 0      with Options.Value
//
// It is given for incomplete cells, too. It is [metric.NotMature] for a cell that does not
// exist, [metric.ZeroDenominator] for an empty cohort or a value of zero, and
// [metric.OutOfDomain] if the value in period 0 is negative.
func (t *Table) Rate(cohort, column int) (metric.Ratio, error) {
	c, cell, err := t.cell(cohort, column)
	if err != nil {
		return metric.Ratio{}, err
	}
	p := t.point(c, cell)
	return ratio(p.retained, p.size)
}

// point returns a cell as a point of an average.
func (t *Table) point(c *Cohort, cell Cell) point {
	if t.Options.Value != "" {
		return point{c.base.Big(), cell.sum.Big(), !cell.Complete}
	}
	return point{big.NewInt(c.Size), big.NewInt(cell.Count), !cell.Complete}
}

// Money returns the amount of a cell, with [Options.Money]. Without it, or if there are no
// amounts and so no currency, it is [metric.MissingInput].
func (t *Table) Money(cohort, column int) (metric.Money, error) {
	_, cell, err := t.cell(cohort, column)
	if err != nil {
		return metric.Money{}, err
	}
	if t.Currency.IsZero() {
		return metric.Money{}, &metric.Error{Input: "Currency", Reason: metric.MissingInput}
	}
	return metric.NewMoney(cell.sum.Decimal(uint8(t.Currency.Exponent())), t.Currency)
}

// MoneyPerMember returns [Table.Money] divided by the size of the cohort, rounded to 28
// decimals: with the measure UpTo, what a customer has been worth so far. It is
// [metric.ZeroDenominator] for an empty cohort.
func (t *Table) MoneyPerMember(cohort, column int) (metric.Money, error) {
	m, err := t.Money(cohort, column)
	if err != nil {
		return m, err
	}
	f, ok := exact.FromDecimal(m.Amount()).Quo(exact.FromInt64(t.Cohorts[cohort].Size))
	if !ok {
		return metric.Money{}, &metric.Error{Input: "size", Reason: metric.ZeroDenominator}
	}
	return metric.NewMoney(f.Round(ratioPlaces, exact.HalfAwayFromZero), t.Currency)
}

// Average returns the average rate of a column over the cohorts in which it is complete.
func (t *Table) Average(column int, how Averaging) (Mean, error) {
	if column < 0 || column >= len(t.Columns) {
		return Mean{}, intake.Errorf("column", "%d is not one of %d", column, len(t.Columns))
	}
	var points []point
	for i := range t.Cohorts {
		if c, cell, err := t.cell(i, column); err == nil {
			points = append(points, t.point(c, cell))
		}
	}
	return average(how, points)
}

// mixed is the error that names the currencies which meet.
type mixed struct{ codes []string }

func (m mixed) Error() string { return "amounts in " + strings.Join(m.codes, ", ") + ": ask for one" }

func currencyNames(sums map[uint16][]exact.Lane) error {
	var m mixed
	for _, packed := range slices.Sorted(maps.Keys(sums)) {
		c, _ := unpackCurrency(packed)
		m.codes = append(m.codes, c.Code())
	}
	return m
}
