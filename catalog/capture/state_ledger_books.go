package capture

import (
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// books are what a ledger says, by cell.
type books struct {
	rows       map[bookKey][]ledger.Row // one for each currency with amounts and, of several, one of all
	left       map[bookKey]*departures
	currencies []metric.Currency
}

// bookKey is a cell. Two periods of one length are told apart by their zones, in which days
// begin at other times.
type bookKey struct {
	start, end int64
	zone       string
	segment    string
	all        bool
}

func keyOf(p metric.Period, segment string, all bool) bookKey {
	return bookKey{p.Start().UnixNano(), p.End().UnixNano(), p.Location().String(), segment, all}
}

// byZone returns the periods by their zones.
func byZone(periods []metric.Period) [][]metric.Period {
	var zones [][]metric.Period
	for _, p := range periods {
		i := slices.IndexFunc(zones, func(z []metric.Period) bool { return z[0].Location().String() == p.Location().String() })
		if i < 0 {
			zones = append(zones, nil)
			i = len(zones) - 1
		}
		zones[i] = append(zones[i], p)
	}
	return zones
}

// trailing returns a month and the five before, or nothing for any other period.
func trailing(p metric.Period) []metric.Period {
	if p.Unit() != metric.UnitMonth {
		return nil
	}
	var list []metric.Period
	for range 6 {
		list = append(list, p)
		p = p.Prev()
	}
	return list
}

// makeBooks asks the ledger for all that facts need.
func (b *boundLedger) makeBooks() (*books, error) {
	k := &books{rows: make(map[bookKey][]ledger.Row), left: make(map[bookKey]*departures)}
	if c := b.source.query.Currency; !c.IsZero() {
		k.currencies = append(k.currencies, c)
	}
	for _, periods := range b.periods {
		query := b.source.query
		query.Periods = slices.Clone(periods)
		for _, p := range periods {
			for _, month := range trailing(p) {
				if !slices.ContainsFunc(query.Periods, month.Equal) {
					query.Periods = append(query.Periods, month)
				}
			}
		}
		statement, err := b.Ledger.Statement(query)
		if err != nil {
			return nil, err
		}
		for row := range statement.Rows() {
			c, key := row.Currency, keyOf(row.Period, row.Segment, row.AllSegments)
			if !c.IsZero() && !slices.Contains(k.currencies, c) {
				k.currencies = append(k.currencies, c)
			}
			if c.IsZero() || holdsAmounts(&row) {
				k.rows[key] = append(k.rows[key], row)
			}
		}
		if err := k.leave(b, periods); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// account is what the books say of a cell. Amounts is nil where there are none, for a reason or,
// without one, because no amount is known in any currency. Counts is nil where customers of
// several currencies cannot be told apart.
type account struct {
	amounts, counts *ledger.Row
	reason          metric.Reason
}

func (k *books) account(key bookKey) account {
	var every *ledger.Row // of all currencies
	var some []*ledger.Row
	rows := k.rows[key]
	for i := range rows {
		if rows[i].Currency.IsZero() {
			every = &rows[i]
		} else {
			some = append(some, &rows[i])
		}
	}
	switch {
	case len(some) == 1:
		return account{amounts: some[0], counts: some[0]}
	case len(some) > 1:
		return account{counts: every, reason: metric.MixedCurrency}
	case len(k.currencies) == 0:
		return account{counts: new(ledger.Row)}
	case len(k.currencies) > 1:
		return account{counts: new(ledger.Row), reason: metric.MixedCurrency} // of what currency is nothing
	}
	nothing := &ledger.Row{Currency: k.currencies[0]}
	return account{amounts: nothing, counts: nothing}
}

// holdsAmounts reports whether anything in a row is not zero.
func holdsAmounts(row *ledger.Row) bool {
	return slices.ContainsFunc(revenues(), func(x revenue) bool { return !x.of(row).IsZero() })
}

// departures count the customers whose revenue fell to zero in a cell, each once.
type departures struct {
	left, regained         int64
	voluntary, involuntary int64

	last, lastVoluntary, lastInvoluntary int // customers, who come one after the other
}

// departure is that the revenue of a customer fell to zero in a segment.
type departure struct {
	customer int // from 1
	segment  string
	at, back time.Time // back is zero if it never was
	reason   ledger.Reason
}

// leave counts the departures in periods of one zone.
func (k *books) leave(b *boundLedger, periods []metric.Period) error {
	list, err := b.departures(periods)
	if err != nil {
		return err
	}
	for _, p := range periods {
		for i := range list {
			x := &list[i]
			if !p.Contains(x.at) {
				continue
			}
			k.departuresIn(keyOf(p, "", true)).add(x, b.source.query.AsOf)
			if b.source.query.Segments {
				k.departuresIn(keyOf(p, x.segment, false)).add(x, b.source.query.AsOf)
			}
		}
	}
	return nil
}

func (k *books) departuresIn(key bookKey) *departures {
	d := k.left[key]
	if d == nil {
		d = new(departures)
		k.left[key] = d
	}
	return d
}

func (d *departures) add(x *departure, asOf time.Time) {
	if d.last != x.customer {
		d.last = x.customer
		d.left++
		if !x.back.IsZero() && x.back.Before(asOf) {
			d.regained++
		}
	}
	if x.reason == ledger.Voluntary && d.lastVoluntary != x.customer {
		d.lastVoluntary = x.customer
		d.voluntary++
	}
	if x.reason == ledger.Involuntary && d.lastInvoluntary != x.customer {
		d.lastInvoluntary = x.customer
		d.involuntary++
	}
}

// departures returns who left, by customer and time. Amounts are not converted for it.
func (b *boundLedger) departures(periods []metric.Period) ([]departure, error) {
	from, to := periods[0].Start(), b.source.query.AsOf
	for _, p := range periods {
		if p.Start().Before(from) {
			from = p.Start()
		}
		if p.End().After(to) {
			to = p.End()
		}
	}
	all, err := metric.Between(from, to.In(from.Location()))
	if err != nil {
		return nil, err
	}
	query := b.source.query
	query.Periods, query.Currency = []metric.Period{all}, metric.Currency{}
	moves, err := b.Ledger.Movements(query)
	if err != nil {
		return nil, err
	}
	var list []departure
	customer, first := 0, 0 // the first departure that the customer may have come back from
	for i := range moves {
		m := &moves[i]
		if i == 0 || m.Customer != moves[i-1].Customer {
			customer++
			first = len(list)
		}
		switch m.Class {
		case ledger.ClassChurn:
			list = append(list, departure{customer: customer, segment: m.Segment, at: m.At, reason: m.Reason})
		case ledger.ClassNew, ledger.ClassReactivation:
			for ; first < len(list); first++ {
				list[first].back = m.At
			}
		}
	}
	return list, nil
}
