package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// analysis is the report before it is written.
type analysis struct {
	options
	title, note string
	source      string // of exchange rates, "" if nothing was converted
	currency    metric.Currency
	asOf        time.Time
	months      []month
	segments    []string      // with revenue, the greatest first
	total       ledger.Row    // of all months
	bridge      ledger.Row    // of the months that are drawn
	drawn       string        // which they are
	last        int           // the last month that is complete, or -1
	explained   *metric.Facts // of that month
	cohorts     []ledger.Cohort
	ratesAt     time.Time // of the cohorts' amounts, if they are converted at one day's
}

// month is what is reported of a month.
type month struct {
	ledger.Row
	label     string
	segments  map[string]ledger.Row
	retention map[string]retention // by segment, allSegments for them all
}

// retention is what the catalogue makes of a month's facts.
type retention struct{ net, gross rate }

// rate is a ratio, or why there is none.
type rate struct {
	metric.Ratio
	undefined metric.Reason
}

// allSegments stands for them all. It is no name that a segment can have.
const allSegments = "\x00all"

// The limits of what is reported.
const (
	maxMonths = 600
	drawn     = 12 // months in the waterfall, cells of a cohort
)

// analyse takes the events and answers.
func analyse(o options, log *eventLog) (*analysis, error) {
	a := &analysis{options: o, title: log.title, note: log.note, asOf: o.asOf}
	if a.asOf.IsZero() {
		if a.asOf = log.end; !o.known.IsZero() && o.known.Before(log.end) {
			a.asOf = o.known
		}
	}
	if err := a.checkBy(log.events); err != nil {
		return nil, err
	}
	query, err := a.query(log.events)
	if err != nil {
		return nil, err
	}
	l, err := a.newLedger(o.rules, log.events)
	if err != nil {
		return nil, err
	}
	if err := a.read(l, query); err != nil {
		return nil, err
	}
	if err := a.retain(log.events, query); err != nil {
		return nil, err
	}
	return a, a.cohortsOf(log.events, query)
}

// checkBy refuses an attribute that no subscription has.
func (a *analysis) checkBy(events []event.Event) error {
	if a.by == "" || a.by == "plan" {
		return nil
	}
	var names []string
	for i := range events {
		if !events[i].Props.Has("items") {
			continue
		}
		for name, v := range events[i].Props.All() {
			if name == a.by {
				return nil
			}
			if _, ok := v.Text(); ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return fmt.Errorf("-by: no subscription has an attribute %.48q; there are plan, %s", a.by, strings.Join(names, ", "))
}

// newLedger returns a ledger of the events. A fact that it refuses is an error, because the
// bridge would be wrong without it.
func (a *analysis) newLedger(rules ledger.Options, events []event.Event) (*ledger.Ledger, error) {
	rules.Segment = a.segmentOf()
	l, err := ledger.New(rules)
	if err != nil {
		return nil, err
	}
	for i := range events {
		l.Add(&events[i])
	}
	if refused := l.Report().Refused; len(refused) > 0 {
		return nil, fmt.Errorf("%d events cannot be taken in: %s", refused[0].Count, refused[0].First)
	}
	return l, nil
}

// segmentOf returns what names the segment of an event, or nil.
func (a *analysis) segmentOf() func(*event.Event) string {
	switch a.by {
	case "":
		return nil
	case "plan":
		return planOf
	}
	return func(e *event.Event) string {
		v, _ := e.Props.Get(a.by)
		text, _ := v.Text()
		return text
	}
}

// planOf returns the plan of the first item of an event.
func planOf(e *event.Event) string {
	items, _ := e.Props.List("items")
	if len(items) == 0 {
		return ""
	}
	item, _ := items[0].Record()
	plan, _ := item.String("plan")
	return plan
}

// query asks for each month, all together, and those that are drawn.
func (a *analysis) query(events []event.Event) (ledger.Query, error) {
	q := ledger.Query{Segments: a.by != "", AsOf: a.asOf, Currency: a.options.currency}
	if !a.known.IsZero() {
		q.Known = a.known.Add(-1)
	}
	if a.rates != "" {
		var err error
		if q.Rates, err = readRates(a.rates, a.options.currency, a.loc); err != nil {
			return q, err
		}
	}
	start, err := a.firstStart(events)
	if err != nil {
		return q, err
	}
	end := a.asOf
	if !a.to.IsZero() {
		end = a.to.End()
	}
	if !start.Before(end) {
		return q, fmt.Errorf("nothing to report: the first month begins %s, and the last ends %s", start.In(a.loc).Format(time.DateOnly), end.In(a.loc).Format(time.DateOnly))
	}
	months, err := metric.Periods(start, end, metric.UnitMonth, a.loc)
	if err != nil {
		return q, err
	}
	for p := range months {
		if len(q.Periods) == maxMonths {
			return q, fmt.Errorf("more than %d months from %s; say -from", maxMonths, q.Periods[0].Start().Format(time.DateOnly))
		}
		q.Periods = append(q.Periods, p)
	}
	return q, nil
}

// firstStart returns when the first month begins, or the first subscription.
func (a *analysis) firstStart(events []event.Event) (time.Time, error) {
	if !a.from.IsZero() {
		return a.from.Start(), nil
	}
	var first time.Time
	for i := range events {
		if e := &events[i]; e.Props.Has("items") && (first.IsZero() || e.Effective().Before(first)) {
			first = e.Effective()
		}
	}
	if first.IsZero() {
		return first, errors.New("no subscription starts in the events")
	}
	return first, nil
}

// read takes what the ledger says of months and segments, and of longer spans.
func (a *analysis) read(l *ledger.Ledger, q ledger.Query) error {
	s, err := l.Statement(q)
	if err != nil {
		return err
	}
	a.source, a.last = s.RatesSource(), -1
	if a.currency, err = onlyCurrency(s); err != nil {
		return err
	}
	for i, p := range q.Periods {
		m := month{Row: ledger.Row{Period: p, Incomplete: p.Incomplete(a.asOf)}, label: labelOf(p), segments: map[string]ledger.Row{}, retention: map[string]retention{}}
		if row, ok := s.Row(p, a.currency); ok {
			m.Row = row
		}
		if !m.Incomplete {
			a.last = i
		}
		a.months = append(a.months, m)
	}
	at := map[string]int{}
	for i := range a.months {
		at[a.months[i].label] = i
	}
	for row := range s.Rows() {
		if row.AllSegments || row.Currency != a.currency {
			continue
		}
		a.months[at[labelOf(row.Period)]].segments[row.Segment] = row
		if !slices.Contains(a.segments, row.Segment) {
			a.segments = append(a.segments, row.Segment)
		}
	}
	last := a.months[len(a.months)-1].segments
	slices.SortFunc(a.segments, func(x, y string) int {
		return cmp.Or(last[y].Bridge.Closing.Cmp(last[x].Bridge.Closing), strings.Compare(x, y))
	})
	if a.total, err = a.span(l, q, a.months); err != nil {
		return err
	}
	chosen := a.months[max(0, len(a.months)-drawn):]
	if !a.waterfall.IsZero() {
		i := slices.IndexFunc(a.months, func(m month) bool { return m.Period.Equal(a.waterfall) })
		if i < 0 {
			return fmt.Errorf("-waterfall %s: it is not among the months from %s to %s", a.waterfall.Start().Format("2006-01"), a.months[0].label, a.months[len(a.months)-1].label)
		}
		chosen = a.months[i : i+1]
	}
	a.drawn = spanOf(chosen)
	a.bridge, err = a.span(l, q, chosen)
	return err
}

// labelOf names a month, without its zone, which is one for all.
func labelOf(p metric.Period) string {
	label, _, _ := strings.Cut(p.String(), "[")
	return label
}

// spanOf names months.
func spanOf(months []month) string {
	first, last := months[0].label, months[len(months)-1].label
	if first == last {
		return first
	}
	return first + " to " + last
}

// span returns what the ledger says of months together. Movements add up over time, and
// customers do not: who left and came back is there at both ends.
func (a *analysis) span(l *ledger.Ledger, q ledger.Query, months []month) (ledger.Row, error) {
	p, err := metric.Between(months[0].Period.Start(), months[len(months)-1].Period.End())
	if err != nil {
		return ledger.Row{}, err
	}
	q.Periods, q.Segments = []metric.Period{p}, false
	s, err := l.Statement(q)
	if err != nil {
		return ledger.Row{}, err
	}
	row, _ := s.Row(p, a.currency)
	return row, nil
}

// onlyCurrency returns the currency of a statement.
func onlyCurrency(s *ledger.Statement) (metric.Currency, error) {
	var codes []string
	var found metric.Currency
	for row := range s.Rows() {
		if !row.Currency.IsZero() && !slices.Contains(codes, row.Currency.Code()) {
			codes, found = append(codes, row.Currency.Code()), row.Currency
		}
	}
	switch len(codes) {
	case 0:
		return found, errors.New("no subscription has revenue")
	case 1:
		return found, nil
	}
	return found, fmt.Errorf("the amounts are in %s; say what to convert them to with -currency and -rates", strings.Join(codes, " and "))
}

// retain computes revenue retention by the catalogue's metrics, from facts that a collector
// has of the same events.
func (a *analysis) retain(events []event.Event, q ledger.Query) error {
	q.AsOf = time.Time{} // Months that are not over are marked by the report itself.
	rules := a.rules
	rules.Unit = ledger.ByCustomer // The catalogue's metrics are of customers, whatever the preset.
	c, err := capture.New(capture.Options{
		Metrics: []metric.Definition{subscription.OpeningMRR().Definition(), subscription.RetainedMRR().Definition(), subscription.KeptMRR().Definition()},
		States:  []capture.State{capture.Ledger(rules, q)},
		Periods: q.Periods,
		Segment: a.segmentOf(),
	})
	if err != nil {
		return err
	}
	for i := range events {
		c.Add(&events[i])
	}
	if err := c.Report().States[0].Err; err != nil {
		return err
	}
	at := 0
	for cell, facts := range c.Facts() {
		for !a.months[at].Period.Equal(cell.Period) { // Cells are in the order of periods.
			at++
		}
		segment := cell.Segment
		if cell.All {
			segment = allSegments
			if at == a.last {
				a.explained = facts
			}
		}
		a.months[at].retention[segment] = retention{
			rateOf(subscription.NetRevenueRetention().From(facts)),
			rateOf(subscription.GrossRevenueRetention().From(facts)),
		}
	}
	return nil
}

// rateOf takes a ratio or the reason why there is none.
func rateOf(r metric.Ratio, err error) rate {
	if err == nil {
		return rate{Ratio: r}
	}
	reason := metric.MissingInput
	errors.As(err, &reason)
	return rate{undefined: reason}
}

// cohortsOf asks for the cohorts. A cohort is followed at one exchange rate, so that its
// revenue changes only if what its customers pay does.
func (a *analysis) cohortsOf(events []event.Event, q ledger.Query) error {
	rules := a.rules
	if q.Rates != nil && rules.Conversion == ledger.ConvertByDate {
		rules.Conversion, q.RatesAt, a.ratesAt = ledger.ConvertConstant, a.asOf, a.asOf
	}
	l, err := a.newLedger(rules, events)
	if err != nil {
		return err
	}
	a.cohorts, err = l.Cohorts(q)
	return err
}
