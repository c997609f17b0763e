package ledger

import (
	"cmp"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// Cohort is the customers whose first revenue came in one period (G18), in one currency.
type Cohort struct {
	Period    metric.Period
	Currency  metric.Currency // zero: all together, numbers only
	Customers int64
	MRR       Amount // what they began with
	Cells     []CohortCell
}

// CohortCell is what of a cohort there is at the end of a period (G19). The first cell is of
// the period that they came in (G21).
type CohortCell struct {
	Period    metric.Period
	Complete  bool   // the period had ended as of the query's AsOf (G20)
	Customers int64  // that pay
	Net       Amount // what they pay
	Gross     Amount // of each at most what it began with
	Revenue   Amount // what they paid since they came: of each month so far, what they paid at its end
}

// Cohorts returns the customers by the period of their first revenue. The periods must be
// months, quarters or years without a gap. Amounts are converted if that is at the start of
// subscriptions or at constant rates.
func (l *Ledger) Cohorts(q Query) ([]Cohort, error) {
	months, err := cohortMonths(q.Periods)
	if err != nil {
		return nil, err
	}
	tl, err := newTimeline(q.Periods)
	if err != nil {
		return nil, err
	}
	k, err := l.question(q, tl)
	if err != nil {
		return nil, err
	}
	if k.byDate() {
		return nil, inputErrorf("cohorts are converted at the start of subscriptions or at constant rates, not by date")
	}
	k.Segments = false
	workers := max(l.options.Workers, 1)
	tables := make([]map[cohortKey]*cohortTable, workers)
	for i := range tables {
		tables[i] = make(map[cohortKey]*cohortTable)
	}
	err = k.walk(nil, func(worker int, c *course) {
		for _, u := range c.units {
			k.cohort(tables[worker], u)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, t := range tables[1:] {
		for key, x := range t {
			k.cohortTable(tables[0], key).add(x)
		}
	}
	return k.cohorts(tables[0], months), nil
}

func cohortMonths(periods []metric.Period) (int64, error) {
	if len(periods) == 0 {
		return 0, inputErrorf("cohorts without periods")
	}
	for i := 1; i < len(periods); i++ {
		if !periods[i].Start().Equal(periods[i-1].End()) || periods[i].Unit() != periods[0].Unit() {
			return 0, inputErrorf("cohorts: %s does not follow %s", periods[i], periods[i-1])
		}
	}
	switch periods[0].Unit() {
	case metric.UnitMonth:
		return 1, nil
	case metric.UnitQuarter, metric.UnitFiscalQuarter:
		return 3, nil
	case metric.UnitYear, metric.UnitFiscalYear:
		return 12, nil
	}
	return 0, inputErrorf("cohorts by %s", periods[0].Unit())
}

type cohortKey struct {
	period   int
	currency int32
}

// cohortTable holds what is added to a cohort in each atom.
type cohortTable struct {
	size       int64
	first      exact.Fraction
	customers  []int64
	net, gross []exact.Fraction
}

func (q *question) cohortTable(tables map[cohortKey]*cohortTable, k cohortKey) *cohortTable {
	t := tables[k]
	if t == nil {
		n := len(q.timeline.cuts) + 1
		t = &cohortTable{customers: make([]int64, n), net: make([]exact.Fraction, n), gross: make([]exact.Fraction, n)}
		tables[k] = t
	}
	return t
}

func (t *cohortTable) add(o *cohortTable) {
	t.size += o.size
	t.first = t.first.Add(o.first)
	for i := range o.net {
		t.customers[i] += o.customers[i]
		t.net[i], t.gross[i] = t.net[i].Add(o.net[i]), t.gross[i].Add(o.gross[i])
	}
}

func (q *question) cohort(tables map[cohortKey]*cohortTable, u *unit) {
	i := slices.IndexFunc(u.steps, func(x step) bool { return x.after.paying() })
	if i < 0 {
		return
	}
	tr := q.timeline.tracks[0]
	period := tr[q.timeline.atom(u.steps[i].at)]
	if period < 0 {
		return
	}
	for _, view := range views(u.steps[i].after) {
		t := q.cohortTable(tables, cohortKey{int(period), view.currency})
		begin := u.steps[i].after.of(view)
		t.size++
		t.first = t.first.Add(begin)
		for _, x := range u.steps[i:] {
			atom := q.timeline.atom(x.at)
			if was, is := x.before.paysIn(view), x.after.paysIn(view); was != is {
				t.customers[atom] += sign(is)
			}
			b, a := x.before.of(view), x.after.of(view)
			t.net[atom] = t.net[atom].Add(a.Sub(b))
			t.gross[atom] = t.gross[atom].Add(least(a, begin).Sub(least(b, begin)))
		}
	}
}

func least(a, b exact.Fraction) exact.Fraction {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func (q *question) cohorts(tables map[cohortKey]*cohortTable, months int64) []Cohort {
	r := reader{question: q}
	currencies := make(map[int32]bool)
	for k := range tables {
		currencies[k.currency] = true
	}
	var list []Cohort
	for k, t := range tables {
		if k.currency == every && len(currencies) == 2 {
			continue // there is one currency
		}
		c := Cohort{Period: q.Periods[k.period], Currency: r.currency(tableKey{k.currency, every}), Customers: t.size}
		amount := func(x exact.Fraction) Amount {
			if k.currency == every {
				return Amount{}
			}
			return Amount{x, c.Currency}
		}
		c.MRR = amount(t.first)
		var customers int64
		var net, gross, revenue exact.Fraction
		atom := 0
		for period := range q.Periods {
			for ; atom <= q.timeline.periods[period].to; atom++ {
				customers += t.customers[atom]
				net, gross = net.Add(t.net[atom]), gross.Add(t.gross[atom])
			}
			if period < k.period {
				continue
			}
			revenue = revenue.Add(net.Mul(exact.FromInt64(months)))
			c.Cells = append(c.Cells, CohortCell{
				Period: q.Periods[period], Complete: q.AsOf.IsZero() || !q.Periods[period].Incomplete(q.AsOf),
				Customers: customers, Net: amount(net), Gross: amount(gross), Revenue: amount(revenue),
			})
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Cohort) int { return cmp.Or(a.Period.Compare(b.Period), a.Currency.Compare(b.Currency)) })
	return list
}

// CohortRetention returns the share of customers that still pay some periods after their
// first, of all cohorts of a currency for which that period is complete (G20).
func CohortRetention(cohorts []Cohort, c metric.Currency, periods int) Rate {
	r := Rate{Name: "cohort_retention", Unit: "customer"}
	for i := range cohorts {
		if k := &cohorts[i]; k.Currency == c && periods >= 0 && periods < len(k.Cells) && k.Cells[periods].Complete {
			r.Numerator = r.Numerator.add(number(k.Cells[periods].Customers))
			r.Denominator = r.Denominator.add(number(k.Customers))
		}
	}
	return r
}
