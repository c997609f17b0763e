package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// table is a part of the report for people. The first column names the rows.
type table struct {
	ID, Title string
	Head      []string
	Rows      [][]string
	Notes     []string
	Lines     []string // a derivation, to be shown as it is
}

// none stands where there is no value.
const none = "–"

// maxSegments is how many segments have a column.
const maxSegments = 5

// heading says what the report is about.
func (a *analysis) heading() []string {
	list := []string{fmt.Sprintf("Monthly recurring revenue in %s, %s in %s; the log is complete up to %s.",
		a.currency.Code(), spanOf(a.months), a.loc, a.instant(a.asOf))}
	if a.known.IsZero() {
		list[0] = strings.TrimSuffix(list[0], ".") + ", with all that is on record."
	} else {
		list[0] = strings.TrimSuffix(list[0], ".") + ", as known at " + a.instant(a.known) + "."
	}
	if a.preset != "" {
		list = append(list, fmt.Sprintf("Documented rules of %s (%s), which cannot promise the same numbers.", a.preset, cmp.Or(a.rules.String(), "the default ones")))
	}
	if a.source != "" {
		list = append(list, fmt.Sprintf("Converted at the rates of %s.", a.source))
	}
	return list
}

// instant writes an instant; the end of a day is that day.
func (a *analysis) instant(t time.Time) string {
	t = t.In(a.loc)
	if day := t.Add(-1); t.Equal(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, a.loc)) {
		return "the end of " + day.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// tables returns the report for people.
func (a *analysis) tables() []table {
	list := []table{a.bridgeTable(), a.customerTable(), a.levelTable()}
	list = append(list, a.retentionTables()...)
	return append(list, a.cohortTable(), a.lossTable())
}

// name is a month with a mark if it goes on.
func (m *month) name() string {
	if m.Incomplete {
		return m.label + "*"
	}
	return m.label
}

func (a *analysis) bridgeTable() table {
	t := table{ID: "bridge", Title: "MRR bridge", Head: []string{"month", "opening", "new", "expansion", "contraction", "churn", "reactivated"}}
	total := a.total.Bridge.Round()
	var extra []func(ledger.Rounded) metric.Money
	any := func(of func(ledger.Rounded) metric.Money) bool {
		return !of(total).IsZero() || slices.ContainsFunc(a.months, func(m month) bool { return !of(m.Bridge.Round()).IsZero() })
	}
	for _, x := range []struct {
		name string
		of   func(ledger.Rounded) metric.Money
	}{
		{"transfer", func(r ledger.Rounded) metric.Money { return r.Transfer }},
		{"fx", func(r ledger.Rounded) metric.Money { return r.FX }},
		{"rounding", func(r ledger.Rounded) metric.Money { return r.Rounding }},
	} {
		if any(x.of) {
			t.Head, extra = append(t.Head, x.name), append(extra, x.of)
		}
	}
	t.Head = append(t.Head, "closing")
	add := func(name string, r ledger.Rounded) {
		row := []string{name}
		for _, m := range []metric.Money{r.Opening, r.New, r.Expansion, r.Contraction, r.Churn, r.Reactivation} {
			row = append(row, moneyText(m))
		}
		for _, of := range extra {
			row = append(row, moneyText(of(r)))
		}
		t.Rows = append(t.Rows, append(row, moneyText(r.Closing)))
	}
	for i := range a.months {
		add(a.months[i].name(), a.months[i].Bridge.Round())
	}
	if len(a.months) > 1 {
		add("all", total)
	}
	if a.months[len(a.months)-1].Incomplete {
		t.Notes = append(t.Notes, "* The month goes on after the end of the log.")
	}
	return t
}

func (a *analysis) customerTable() table {
	t := table{
		ID: "customers", Title: "Customers",
		Head:  []string{"month", "opening", "new", "back", "gone", "closing", "logo churn", "ARPA"},
		Notes: []string{"Logo churn is of the customers at the start: the share that does not pay at the end."},
	}
	if a.rules.Unit == ledger.BySubscription {
		t.Title = "Subscriptions"
	}
	for i := range a.months {
		m := &a.months[i]
		c := m.Customers
		arpa := none
		if x, err := m.Levels.ARPA(); err == nil {
			arpa = amountText(x)
		}
		t.Rows = append(t.Rows, []string{
			m.name(), count(c.Opening), count(c.New), count(c.Reactivated + c.Joined), count(c.Churned + c.Left), count(c.Closing),
			rateText(rateOf(m.CustomerChurn().Ratio())), arpa,
		})
	}
	return t
}

func (a *analysis) levelTable() table {
	t := table{
		ID: "levels", Title: "Committed and at risk",
		Head: []string{"month", "MRR", "signed", "ending", "committed", "past due", "ARR"},
		Notes: []string{"At the end of each month, as was known then: committed is MRR with what is signed and has not begun, and without what " +
			"has given notice. Past due is the part of MRR with a failed payment."},
	}
	for i := range a.months {
		m := &a.months[i]
		l := m.Levels
		row := []string{m.name()}
		for _, x := range []ledger.Amount{l.MRR, l.Signed, l.Ending, l.Committed(), l.AtRisk, l.ARR()} {
			row = append(row, amountText(x))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (a *analysis) retentionTables() []table {
	net := a.retentionTable("nrr", "Net revenue retention", func(r retention) rate { return r.net })
	gross := a.retentionTable("grr", "Gross revenue retention", func(r retention) rate { return r.gross })
	gross.Notes = append(gross.Notes, fmt.Sprintf("Both are metrics of the catalogue, version %s, computed from the facts of each month and segment: "+
		"%s and %s. A dash is a rate without a denominator: nobody paid at the start.",
		catalog.Version, subscription.NetRevenueRetention().Definition().ID(), subscription.GrossRevenueRetention().Definition().ID()))
	if a.rules.Unit != ledger.ByCustomer {
		gross.Notes = append(gross.Notes, "They are of customers, while the rules of the preset make the bridge one of subscriptions.")
	}
	if a.by != "" {
		gross.Notes = append(gross.Notes, "Customers count for the segment that they were in at the start, also where they have moved to another.")
	}
	if n := len(a.segments) - maxSegments; n > 0 {
		gross.Notes = append(gross.Notes, fmt.Sprintf("%d smaller segments are in -output csv and json.", n))
	}
	if a.explained != nil {
		gross.Notes = append(gross.Notes, fmt.Sprintf("In %s:", a.months[a.last].label))
		for _, d := range []metric.Definition{subscription.NetRevenueRetention().Definition(), subscription.GrossRevenueRetention().Definition()} {
			gross.Lines = append(gross.Lines, strings.Split(strings.TrimSpace(catalog.Explain(a.explained, d).String()), "\n")...)
		}
	}
	return []table{net, gross}
}

func (a *analysis) retentionTable(id, title string, of func(retention) rate) table {
	t := table{ID: id, Title: title, Head: []string{"month", "all"}}
	if a.by != "" {
		t.Title += " by " + a.by
	}
	segments := a.segments[:min(len(a.segments), maxSegments)]
	for _, s := range segments {
		t.Head = append(t.Head, segmentName(s))
	}
	for i := range a.months {
		m := &a.months[i]
		row := []string{m.name(), rateText(of(m.retention[allSegments]))}
		for _, s := range segments {
			row = append(row, rateText(of(m.retention[s])))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func segmentName(s string) string { return printable(cmp.Or(s, "(none)")) }

func (a *analysis) cohortTable() table {
	t := table{ID: "cohorts", Title: a.cohort.title(), Head: []string{"first paid", "customers"}}
	t.Notes = append(t.Notes, a.cohort.note()+" Column 0 is the end of the month in which they first paid. The last row is of all cohorts together, without months that go on.")
	if !a.ratesAt.IsZero() {
		t.Notes = append(t.Notes, "All at the exchange rates of "+a.instant(a.ratesAt)+".")
	}
	ages := 0
	for i := range a.cohorts {
		c := &a.cohorts[i]
		row := []string{labelOf(c.Period), count(c.Customers)}
		for j := range c.Cells[:min(len(c.Cells), drawn)] {
			text := a.shareText(a.cohort.share(c, &c.Cells[j]))
			if !c.Cells[j].Complete {
				text += "*"
			}
			row = append(row, text)
		}
		ages = max(ages, len(row)-2)
		t.Rows = append(t.Rows, row)
	}
	all := []string{"all", ""}
	for age := range ages {
		t.Head = append(t.Head, fmt.Sprint(age))
		text := none
		if r, ok := a.pooled(age); ok {
			text = a.shareText(r)
		}
		all = append(all, text)
	}
	t.Rows = append(t.Rows, all)
	for i := range t.Rows {
		for len(t.Rows[i]) < len(t.Head) {
			t.Rows[i] = append(t.Rows[i], "")
		}
	}
	if len(a.cohorts) > 0 && len(a.cohorts[0].Cells) > drawn {
		t.Notes = append(t.Notes, fmt.Sprintf("Later months than %d are in -output csv and json.", drawn-1))
	}
	return t
}

func (a *analysis) lossTable() table {
	t := table{ID: "losses", Title: "Losses by reason, " + spanOf(a.months), Head: []string{"reason", "as given", "class", "times", "MRR", "share"}}
	lost := losses(&a.total)
	var total int64
	for _, l := range lost {
		total += l.Amount.Round()
	}
	for _, l := range lost {
		t.Rows = append(t.Rows, []string{
			strings.ReplaceAll(string(l.Reason), "_", " "), printable(cmp.Or(l.Text, none)), l.Class.String(), count(l.Count), amountText(l.Amount),
			rateText(rateOf(metric.RatioOf(l.Amount.Round(), total))),
		})
	}
	if len(lost) == 0 {
		t.Notes = append(t.Notes, "Nothing was lost.")
	}
	return t
}

// losses returns what was lost, the greatest first. What has no reason is what a row's reasons
// leave of its bridge.
func losses(row *ledger.Row) []ledger.Loss {
	var lost []ledger.Loss
	for _, whole := range []ledger.Loss{
		{Class: ledger.ClassContraction, Amount: row.Bridge.Contraction, Count: row.Customers.Contractions},
		{Class: ledger.ClassChurn, Amount: row.Bridge.Churn, Count: row.Customers.Churned},
	} {
		rest, times := whole.Amount.Round(), whole.Count
		for _, l := range row.Losses {
			if l.Class == whole.Class {
				lost = append(lost, l)
				rest, times = rest-l.Amount.Round(), times-l.Count
			}
		}
		if times > 0 {
			lost = append(lost, ledger.Loss{Class: whole.Class, Reason: ledger.Unknown, Amount: ledger.MinorAmount(rest, row.Currency), Count: times})
		}
	}
	slices.SortStableFunc(lost, func(x, y ledger.Loss) int { return x.Amount.Cmp(y.Amount) })
	return lost
}

// moneyText writes an amount without its currency, which the heading names.
func moneyText(m metric.Money) string {
	text, _, _ := strings.Cut(m.String(), " ")
	return text
}

func amountText(a ledger.Amount) string { return moneyText(a.Money()) }

func count(n int64) string { return metric.Count(n).String() }

func rateText(r rate) string {
	if r.undefined != "" {
		return none
	}
	return percentOf(r.Ratio, 1)
}

func percentOf(r metric.Ratio, places int) string {
	return r.Format(metric.Format{Rounding: metric.RoundTo(places, metric.RoundHalfEven)})
}

// printable returns foreign text as it can be shown on a terminal.
func printable(text string) string {
	if q := fmt.Sprintf("%q", text); q != `"`+text+`"` {
		return q
	}
	return text
}
