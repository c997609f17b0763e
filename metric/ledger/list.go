package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// Movement is one classified change of a customer's revenue at one instant, in one currency
// and, if segments are asked for, in one segment.
type Movement struct {
	At           time.Time
	Customer     string
	Subscription string // with [BySubscription]
	Class        Class
	Currency     metric.Currency
	Segment      string
	Change       Amount // losses below zero (C7)
	MRR          Amount // what the customer pays in the currency after it
	Reason       Reason
	Text         string // of the reason, as given
	Returning    bool   // new again after having been there before (C8)
	Prior        bool   // of a closed period (H4)
}

// Movements returns the movements within the periods of a query, or all of them if it has
// none: by customer, then by time, currency, segment and class. Converted movements are at
// the rates of their days.
func (l *Ledger) Movements(q Query) ([]Movement, error) {
	tl := instants(time.UTC, lastNano)
	if len(q.Periods) > 0 {
		var err error
		if tl, err = newTimeline(q.Periods); err != nil {
			return nil, err
		}
	}
	return l.movements(q, tl)
}

func (l *Ledger) movements(q Query, tl *timeline) ([]Movement, error) {
	k, err := l.question(q, tl)
	if err != nil {
		return nil, err
	}
	parts := make([][]Movement, max(l.options.Workers, 1))
	rates := make([]converter, len(parts))
	for i := range rates {
		rates[i].q = k
	}
	err = k.walk(nil, func(worker int, c *course) {
		for _, u := range c.units {
			parts[worker] = k.movements(parts[worker], u, &rates[worker])
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range rates {
		if rates[i].err != nil {
			return nil, rates[i].err
		}
	}
	list := slices.Concat(parts...)
	slices.SortStableFunc(list, func(a, b Movement) int {
		if c := strings.Compare(a.Customer, b.Customer); c != 0 {
			return c
		}
		if c := strings.Compare(a.Subscription, b.Subscription); c != 0 {
			return c
		}
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return cmp.Or(-compareBool(a.Prior, b.Prior), a.Currency.Compare(b.Currency), strings.Compare(a.Segment, b.Segment), cmp.Compare(a.Class, b.Class))
	})
	return list, nil
}

// visit calls do for each step of a unit, as it is shown, with what it is.
func (q *question) visit(u *unit, rates *converter, do func(x *step, kind *classes)) {
	a := &accountant{q: q, rates: rates}
	paid, live, gone := false, false, int64(noTime)
	for i := range u.steps {
		x := a.convertStep(&u.steps[i])
		kind := q.classify(x, paid, live, gone)
		do(x, &kind)
		if x.after.paying() || x.before.clone().with(x.transfer).paying() {
			paid = true
		}
		if !x.after.paying() && x.before.paying() {
			gone = x.at
		}
		live = x.live
	}
}

func (q *question) movements(list []Movement, u *unit, rates *converter) []Movement {
	r := reader{question: q}
	sub := q.ledger.subName(u.sub)
	q.visit(u, rates, func(x *step, kind *classes) {
		if len(q.Periods) > 0 && !q.inPeriod(x.at) {
			return
		}
		for _, e := range kind.entries {
			m := Movement{At: time.Unix(0, x.at).In(q.timeline.loc), Customer: q.ledger.keys.Key(u.customer), Subscription: sub,
				Class: e.class, Currency: r.currency(e.key), Segment: r.segment(e.key), Prior: x.prior,
				Reason: Unknown, Returning: kind.returning && e.class == ClassNew}
			if e.class != ClassTransfer {
				m.Reason, m.Text = x.reason, x.text
			}
			m.Change = Amount{e.amount, m.Currency}
			m.MRR = Amount{x.after.of(tableKey{e.key.currency, every}), m.Currency}
			list = append(list, m)
		}
	})
	return list
}

func (q *question) inPeriod(at int64) bool {
	atom := q.timeline.atom(at)
	return slices.ContainsFunc(q.timeline.tracks, func(tr track) bool { return tr[atom] >= 0 })
}

// WinBack returns how many of the customers whose revenue fell to zero within a window have
// revenue again at an instant by which they are given time. A customer is counted once.
func (l *Ledger) WinBack(window metric.Period, by time.Time, q Query) (Rate, error) {
	list, err := l.customersFrom(window, q)
	if err != nil {
		return Rate{}, err
	}
	var left, back int64
	for _, moves := range list {
		i := slices.IndexFunc(moves, func(m Movement) bool { return m.Class == ClassChurn && window.Contains(m.At) })
		if i < 0 {
			continue
		}
		left++
		paying := false
		for _, m := range moves[i+1:] {
			if !m.At.Before(by) {
				break
			}
			paying = paying || m.Class == ClassReactivation || m.Class == ClassNew
		}
		back += int64(truth(paying))
	}
	r := Rate{Name: "win_back", Unit: "customer", Numerator: number(back), Denominator: number(left), Period: window, Options: l.options.String()}
	return r, nil
}

// EarlyChurn returns how many of the customers who paid for the first time within a period
// had no revenue again within a span after that.
func (l *Ledger) EarlyChurn(p metric.Period, within Span, q Query) (Rate, error) {
	list, err := l.customersFrom(p, q)
	if err != nil {
		return Rate{}, err
	}
	var came, went int64
	for _, moves := range list {
		i := slices.IndexFunc(moves, func(m Movement) bool { return m.Class == ClassNew && !m.Returning && p.Contains(m.At) })
		if i < 0 {
			continue
		}
		came++
		limit := within.after(nanos(moves[i].At), p.Location())
		went += int64(truth(slices.ContainsFunc(moves[i:], func(m Movement) bool { return m.Class == ClassChurn && nanos(m.At) <= limit })))
	}
	r := Rate{Name: "early_churn", Unit: "customer", Numerator: number(went), Denominator: number(came), Period: p, Options: l.options.String()}
	return r, nil
}

// customersFrom returns the movements of each customer, in the zone of a period.
func (l *Ledger) customersFrom(p metric.Period, q Query) ([][]Movement, error) {
	if p.IsZero() {
		return nil, inputErrorf("no period")
	}
	q.Periods, q.Segments = nil, false
	all, err := l.movements(q, instants(p.Location(), lastNano))
	if err != nil {
		return nil, err
	}
	var list [][]Movement
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Customer == all[0].Customer && all[n].Subscription == all[0].Subscription {
			n++
		}
		list, all = append(list, all[:n]), all[n:]
	}
	return list, nil
}
