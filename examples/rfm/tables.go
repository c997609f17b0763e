package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/clv"
	"github.com/openlifecycle/lifecycle/segment"
)

// table is a part of the report for people. The first column names the rows.
type table struct {
	Title string
	Head  []string
	Rows  [][]cell
	Notes []string
}

// cell is a value with its interval, "" where there is none.
type cell struct{ Text, Interval string }

func texts(texts ...string) (row []cell) {
	for _, t := range texts {
		row = append(row, cell{Text: t})
	}
	return row
}

// heading says what was read.
func (a *analysis) heading() string {
	total := a.segments.Total
	text := fmt.Sprintf("%s customers with %s orders up to %s; amounts are in %s.", number(total.Customers), number(total.Orders), a.end, a.currency)
	if a.used != "" {
		text += " Columns: " + a.used + "."
	}
	return text
}

// assumptions says what the values rest on.
func (a *analysis) assumptions() string {
	text := "Margin is " + a.margin.String() + " of revenue"
	if a.margin.Equal(metric.MustRatio("1")) {
		text = "Margin is all revenue, as -margin is not given"
	}
	switch {
	case a.costs != nil:
		text += "; the cost of acquisition (CAC) is by channel"
	case a.flatCAC != "":
		text += "; the cost of acquisition (CAC) is " + a.flatCAC + " a customer"
	}
	if a.file == "" {
		text += ": both are assumptions, not CDNOW's figures"
	}
	if a.fit == nil {
		return text + "."
	}
	return fmt.Sprintf("%s. Predicted value is the margin of the purchases expected in the next %v weeks, discounted at %v%% a year.",
		text, a.weeks, digits(100*a.rate))
}

func (a *analysis) segmentTable() table {
	t := table{
		Title: "Segments",
		Head:  []string{"segment", "customers", "share", "orders", "revenue", "share"},
		Notes: []string{"The " + segment.Usual().Name + " map: recency and frequency are scored 1 to 5 by quintiles, and the segment is where the two meet. " + a.bounds()},
	}
	rows := append([]segment.TableRow{}, a.segments.Rows...)
	for _, r := range append(rows, a.segments.Total) {
		money, err := a.segments.Money(&r)
		t.Rows = append(t.Rows, texts(r.Label, number(r.Customers), shareText(a.segments.CustomerShare(&r)),
			number(r.Orders), orReason(a.bare(money), err), shareText(a.segments.MoneyShare(&r))))
	}
	return t
}

// bounds says which values get which scores.
func (a *analysis) bounds() string {
	list := func(bounds []int64, format func(int64) string) string {
		var parts []string
		for _, b := range slices.Compact(slices.Clone(bounds)) {
			parts = append(parts, format(b))
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("Scores change at %s days since the last order, at %s orders and at a revenue of %s.",
		list(a.rfm.RecencyBounds, number), list(a.rfm.FrequencyBounds, number), list(a.rfm.MonetaryBounds, a.money))
}

// grids returns what the lifecycle grid shows.
func (a *analysis) grids() []segment.View {
	money := metric.Format{Rounding: metric.RoundTo(a.currency.Exponent(), metric.RoundHalfAwayFromZero)}
	views := []segment.View{{}, {Measure: segment.Margin, Format: money}}
	if a.fit != nil {
		views = append(views, segment.View{Measure: segment.Predicted, Format: money})
	}
	if a.hasCAC() {
		ratio := metric.Format{Rounding: metric.RoundTo(0, metric.RoundHalfAwayFromZero)}
		views = append(views, segment.View{Measure: segment.CAC, Format: money}, segment.View{Measure: value, Over: segment.CAC, Format: ratio})
	}
	return views
}

// gridNotes say how to read the grid, and what it comes to.
func (a *analysis) gridNotes() []string {
	read := "Orders to date downward, days since the last to the right: the best customers are at the top right."
	if a.hasCAC() {
		read += " Value is margin to date and predicted value together: where it is below 100% of CAC, customers are not expected to pay back."
	}
	all := a.figures(a.grid.Total())
	sum := "All customers: margin " + all[1]
	if a.fit != nil {
		sum += ", predicted value " + all[2]
	}
	if a.hasCAC() {
		sum += ", CAC " + all[3] + ", value / CAC " + all[4]
	}
	return append([]string{read, sum + "."}, a.warning()...)
}

// warning says so where the prediction is not to be relied on.
func (a *analysis) warning() []string {
	if a.fit == nil || a.fit.purchases.Believable() && a.fit.spend.Believable() {
		return nil
	}
	return []string{"Warning: do not rely on predicted values here, for the reasons given with the estimates at the end."}
}

// figures returns customers, margin, predicted value, CAC and the ratio of value to it, each
// as text; what is not known is a dash.
func (a *analysis) figures(c segment.Cell) []string {
	row := []string{c.Customers().String()}
	for _, measure := range []string{segment.Margin, segment.Predicted, segment.CAC} {
		sum, err := c.Sum(measure)
		row = append(row, orReason(sum.Format(metric.Format{Rounding: metric.RoundTo(a.currency.Exponent(), metric.RoundHalfAwayFromZero)}), err))
	}
	ratio, err := c.Ratio(value, segment.CAC)
	row = append(row, orReason(ratio.Format(metric.Format{Rounding: metric.RoundTo(0, metric.RoundHalfAwayFromZero)}), err))
	if a.fit == nil {
		row[2] = "-"
	}
	if !a.hasCAC() {
		row[3], row[4] = "-", "-"
	}
	return row
}

// channelTable compares channels, if there are any.
func (a *analysis) channelTable() []table {
	if a.start == nil {
		return nil
	}
	t := table{Title: "Channels of the first order", Head: []string{"channel", "customers", "margin", "predicted", "CAC", "value / CAC"}}
	for _, name := range a.grid.Groups() {
		row := a.figures(a.grid.Total(name))
		if name == "" {
			name = "(none)"
		}
		t.Rows = append(t.Rows, texts(append([]string{printable(name)}, row...)...))
	}
	return []table{t}
}

const topCustomers = 10 // of the report for people

func (a *analysis) customerTable() table {
	t := table{
		Title: "Customers with the highest predicted value",
		Head:  []string{"customer", "segment", "orders", "margin", "P(alive)", "purchases", "predicted value"},
	}
	if a.fit == nil {
		t.Notes = []string{"No prediction: " + a.noForecast + "."}
		return t
	}
	for _, c := range a.customers[:min(topCustomers, len(a.customers))] {
		t.Rows = append(t.Rows, append(texts(printable(c.key), c.segment, number(c.total.Orders), a.money(c.margin)),
			interval(c.alive, percent), interval(c.purchases, oneDecimal), interval(c.value, a.estimatedMoney)))
	}
	var alive, purchases float64
	for _, c := range a.customers {
		alive += c.alive.Value
		purchases += c.purchases.Value
	}
	t.Notes = append(a.warning(), fmt.Sprintf("All together, %s of %s customers are expected to be still alive, and to buy %s times in %v weeks, for a predicted value of %s %s. "+
		"-output csv has every customer.", rounded(alive), number(int64(len(a.customers))), rounded(purchases), a.weeks, a.figures(a.grid.Total())[2], a.currency))
	if a.customers[0].value.Level > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("Intervals are at %v%% confidence by the delta method: they say how far the expectation might be off because the parameters are estimated, "+
			"not how much a single customer may differ from it.", digits(100*a.level)))
	}
	return t
}

func (a *analysis) checkTable() table {
	t := table{
		Title: "Would it have been right?",
		Head:  []string{"repeat purchases before", "customers", "bought", "expected", "bought each", "expected each"},
	}
	if a.check == nil {
		t.Notes = []string{"No check: " + a.noCheck + "."}
		return t
	}
	h := a.check
	for _, r := range h.rows {
		t.Rows = append(t.Rows, texts(rowName(r), number(r.Customers), number(r.Bought), rounded(r.Expected),
			each(float64(r.Bought), r.Customers), each(r.Expected, r.Customers)))
	}
	t.Rows = append(t.Rows, texts("all", number(h.customers), number(h.bought), rounded(h.expected),
		each(float64(h.bought), h.customers), each(h.expected, h.customers)))
	t.Notes = []string{fmt.Sprintf("A model that knew only the orders up to %s, against what the same customers did from then to %s: %s", h.from, h.to, h.verdict())}
	return t
}

// verdict says by how much the expectation was off.
func (h *holdout) verdict() string {
	if h.bought == 0 {
		return "purchases expected " + rounded(h.expected) + ", made none."
	}
	off := h.expected/float64(h.bought) - 1
	word := "too many"
	if off < 0 {
		off, word = -off, "too few"
	}
	return fmt.Sprintf("purchases expected %s, made %s: %s %s.", rounded(h.expected), number(h.bought), percent(off), word)
}

// trustTable says how the fits went, and what was left out, if there is anything to say.
func (a *analysis) trustTable() []table {
	t := table{Title: "How the estimates came about", Notes: a.leftOut()}
	if a.fit == nil {
		t.Title = "What was left out"
		if len(t.Notes) == 0 {
			return nil
		}
		return []table{t}
	}
	t.Head = []string{"parameter", "estimate", "from", "to"}
	for _, p := range a.fit.parameters {
		t.Rows = append(t.Rows, texts(p.Name, fourDigits(p.Value), fourDigits(p.Low), fourDigits(p.High)))
	}
	words := []string{
		a.model.title + ", the model of purchases, in weeks: " + inWords(a.fit.purchases),
		"Gamma-Gamma, the model of spend a purchase, in " + a.currency.Code() + ": " + inWords(a.fit.spend),
	}
	if a.check != nil {
		words = append(words, "The model of the check: "+inWords(a.check.fit.purchases))
	}
	if a.model.name == "bgnbd" {
		words = append(words, "In BG/NBD nobody leaves before the second purchase, so P(alive) is 100% for customers with a single one, however long ago.")
	}
	t.Notes = append(words, t.Notes...)
	return []table{t}
}

// inWords says what a fit says about itself.
func inWords(r clv.Report) string {
	verdict := "Nothing speaks against the estimates."
	if !r.Believable() {
		verdict = "Do not rely on the estimates."
	}
	return strings.Join(strings.Split(r.String(), "\n"), "; ") + ". " + verdict
}

// leftOut says what the log did not count.
func (a *analysis) leftOut() (notes []string) {
	for _, r := range a.refused {
		notes = append(notes, fmt.Sprintf("%s %s: %v; the first is %s.", number(r.Count), r.Event, r.Reason, printable(r.First)))
	}
	return notes
}

// tables returns those that follow the grid.
func (a *analysis) tables() []table {
	return slices.Concat(a.channelTable(), []table{a.customerTable(), a.checkTable()}, a.trustTable())
}

func rowName(r clv.HoldoutRow) string {
	if r.OrMore {
		return strconv.Itoa(r.Purchases) + " or more"
	}
	return strconv.Itoa(r.Purchases)
}

func each(sum float64, customers int64) string {
	if customers == 0 {
		return "-"
	}
	return twoDecimals(sum / float64(customers))
}

// interval writes an estimate.
func interval(e clv.Estimate, format func(float64) string) cell {
	c := cell{Text: format(e.Value)}
	if e.Level > 0 {
		c.Interval = strings.TrimSuffix(format(e.Low), "%") + " to " + strings.TrimSuffix(format(e.High), "%")
	}
	return c
}

// money writes an amount without its currency.
func (a *analysis) money(units int64) string { return a.bare(metric.MoneyFromMinor(units, a.currency)) }

func (a *analysis) bare(m metric.Money) string {
	return strings.TrimSuffix(m.String(), " "+a.currency.Code())
}

// estimatedMoney writes an estimate in the main unit, to the smallest one.
func (a *analysis) estimatedMoney(v float64) string { return a.money(toUnits(v, a.currency)) }

// exact writes an amount for programs.
func (a *analysis) exact(units int64) string {
	return strings.TrimSuffix(metric.MoneyFromMinor(units, a.currency).Text(), " "+a.currency.Code())
}

func shareText(r metric.Ratio, err error) string {
	return orReason(r.Format(metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfAwayFromZero)}), err)
}

func orReason(text string, err error) string {
	if err != nil {
		return err.Error()
	}
	return text
}

// printable returns foreign text as it can be shown on a terminal.
func printable(text string) string {
	if quoted := strconv.Quote(text); strings.Contains(quoted, `\`) {
		return quoted
	}
	return text
}

func number(n int64) string { return metric.Count(n).String() }

// rounded writes an expected number.
func rounded(v float64) string { return number(int64(math.Round(v))) }

func percent(v float64) string     { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }
func oneDecimal(v float64) string  { return strconv.FormatFloat(v, 'f', 1, 64) }
func twoDecimals(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
func fourDigits(v float64) string  { return strconv.FormatFloat(v, 'g', 4, 64) }

// digits writes a number with the six digits that are the same on every machine.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
