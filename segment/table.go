package segment

import (
	"encoding/json"
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/text"
	"github.com/openlifecycle/lifecycle/metric"
)

// Table is what the customers of each label come to.
type Table struct {
	Rows     []TableRow // by label, in the order of the labels' names
	Total    TableRow   // of all rows
	Currency metric.Currency
	Least    int64 // rows of fewer customers are withheld, see [Table.Suppress]
}

// TableRow is what the customers of a label come to.
type TableRow struct {
	Label     string
	Customers int64
	Orders    int64
	Withheld  bool // the numbers are 0 because too few customers stand behind them

	money exact.Lane
}

// Money returns what the customers paid. It is [metric.Suppressed] in a row that is withheld.
func (t *Table) Money(r *TableRow) (metric.Money, error) {
	if r.Withheld {
		return metric.Money{}, metric.Suppressed
	}
	return metric.NewMoney(r.money.Decimal(uint8(t.Currency.Exponent())), t.Currency)
}

// CustomerShare returns the share of customers. It is [metric.Suppressed] in a row that is
// withheld, and [metric.EmptyPopulation] without customers.
func (t *Table) CustomerShare(r *TableRow) (metric.Ratio, error) {
	return t.share(r, exact.FromInt64(r.Customers), exact.FromInt64(t.Total.Customers))
}

// MoneyShare returns the share of what customers paid. It is [metric.Suppressed] in a row
// that is withheld, and [metric.ZeroDenominator] if nobody paid anything.
func (t *Table) MoneyShare(r *TableRow) (metric.Ratio, error) {
	return t.share(r, exact.FromDecimal(r.money.Decimal(0)), exact.FromDecimal(t.Total.money.Decimal(0)))
}

func (t *Table) share(r *TableRow, part, whole exact.Fraction) (metric.Ratio, error) {
	if r.Withheld || t.Total.Withheld {
		return metric.Ratio{}, metric.Suppressed
	}
	if t.Total.Customers == 0 {
		return metric.Ratio{}, metric.EmptyPopulation
	}
	q, ok := part.Quo(whole)
	if !ok {
		return metric.Ratio{}, metric.ZeroDenominator
	}
	return metric.NewRatio(q.Round(places, exact.HalfAwayFromZero))
}

// TableOf adds up records by the labels of their customers, whose keys the labels know: those
// without a label are left out. Currency is that of the records' money.
func TableOf(records []Record, l *Labels, currency metric.Currency) *Table {
	t := &Table{Currency: currency, Total: TableRow{Label: "total"}}
	position := make(map[string]int)
	for i, name := range l.names {
		t.Rows = append(t.Rows, TableRow{Label: name})
		position[name] = i
	}
	for i := range records {
		x := &records[i]
		name := l.OfCode(x.Customer)
		if name == "" {
			continue
		}
		for _, row := range []*TableRow{&t.Rows[position[name]], &t.Total} {
			row.Customers++
			row.Orders += x.Frequency
			row.money.Add(x.Monetary)
		}
	}
	return t
}

// Suppress returns the table with the rows of fewer than least customers withheld, and as
// many others as it takes to keep them from being worked out.
func (t *Table) Suppress(least int64) *Table {
	counts := make([]int64, len(t.Rows))
	for i := range t.Rows {
		counts[i] = t.Rows[i].Customers
	}
	hidden, total := suppressed(counts, least)
	s := &Table{Currency: t.Currency, Total: t.Total, Least: least}
	if total {
		s.Total = TableRow{Label: t.Total.Label, Withheld: true}
	}
	for i, row := range t.Rows {
		if hidden[i] {
			row = TableRow{Label: row.Label, Withheld: true}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// String returns the table as aligned text.
func (t *Table) String() string {
	lines := [][]string{{"", "customers", "share", "orders", "money", "share"}}
	for _, row := range t.all() {
		lines = append(lines, append([]string{row.Label}, t.cells(row, true)...))
	}
	return text.Columns(lines)
}

func (t *Table) all() []*TableRow {
	rows := make([]*TableRow, 0, len(t.Rows)+1)
	for i := range t.Rows {
		rows = append(rows, &t.Rows[i])
	}
	return append(rows, &t.Total)
}

// cells returns what a row says after its label: for people, or exactly.
func (t *Table) cells(r *TableRow, people bool) []string {
	money, moneyErr := t.Money(r)
	customers, customersErr := t.CustomerShare(r)
	moneys, moneysErr := t.MoneyShare(r)
	if r.Withheld {
		reason := string(metric.Suppressed)
		return []string{reason, reason, reason, reason, reason}
	}
	if people {
		return []string{
			metric.Count(r.Customers).String(), textOr(customers.String(), customersErr),
			metric.Count(r.Orders).String(), textOr(money.String(), moneyErr), textOr(moneys.String(), moneysErr),
		}
	}
	return []string{
		fmt.Sprint(r.Customers), textOr(customers.Text(), customersErr),
		fmt.Sprint(r.Orders), textOr(money.Text(), moneyErr), textOr(moneys.Text(), moneysErr),
	}
}

// textOr returns a text, or why there is none.
func textOr(text string, err error) string {
	if err != nil {
		return err.Error()
	}
	return text
}

var tableColumns = [...]string{"label", "customers", "customer_share", "orders", "money", "money_share"}

// CSV returns the table as comma-separated values, exactly: a line of names, one for each row,
// and the total.
func (t *Table) CSV() string {
	lines := [][]string{tableColumns[:]}
	for _, row := range t.all() {
		lines = append(lines, append([]string{row.Label}, t.cells(row, false)...))
	}
	return text.CSV(lines)
}

// MarshalJSON returns the table as a list of objects, the total last, with numbers as exact
// text.
func (t *Table) MarshalJSON() ([]byte, error) {
	list := make([]map[string]string, 0, len(t.Rows)+1)
	for _, row := range t.all() {
		object := map[string]string{tableColumns[0]: row.Label}
		for i, cell := range t.cells(row, false) {
			object[tableColumns[i+1]] = cell
		}
		list = append(list, object)
	}
	return json.Marshal(list)
}
