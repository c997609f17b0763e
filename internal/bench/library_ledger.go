package main

import (
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

func oursMovements(j *job) contender {
	return &library[*ledger.Ledger]{job: j, b: binding[*ledger.Ledger]{
		make: func(d *data, workers int) (*ledger.Ledger, error) {
			return ledger.New(ledger.Options{Keys: d.keys, Subscriptions: d.subKeys, Workers: workers, Unique: true})
		},
		block: func(l *ledger.Ledger, d *data, codes []event.Code, from, to int) error {
			b := ledger.Block{Customer: codes, At: d.at[from:to], Amount: d.amount[from:to], Currency: dollar}
			if d.subText != nil {
				b.Subscription = l.Subscriptions().AppendCodes(nil, d.subText[from:to])
			} else {
				b.Subscription = d.subCodes[from:to]
			}
			if d.seq != nil {
				b.Seq = d.seq[from:to]
			}
			return l.AddBlock(&b)
		},
		add:   (*ledger.Ledger).Add,
		merge: (*ledger.Ledger).Merge,
		keys:  (*ledger.Ledger).Keys,
		event: updateEvent,
		answer: func(l *ledger.Ledger) (func(*table, func(string) int64), error) {
			all, err := metric.Periods(windowStart, windowEnd, metric.UnitMonth, windowStart.Location())
			if err != nil {
				return nil, err
			}
			s, err := l.Statement(ledger.Query{Periods: slices.Collect(all)})
			if err != nil {
				return nil, err
			}
			return func(t *table, _ func(string) int64) { movementsTable(t, s) }, nil
		},
	}}
}

// updateEvent states the one item of a subscription anew. An item that is free is what it
// takes to churn.
func updateEvent(d *data, i int) event.Event {
	e := plainEvent(d, i, "")
	e.UserID, e.AccountID = "", e.UserID
	return event.New(e, event.SubscriptionUpdated{
		SubscriptionID: d.subs[d.sub[i]], Currency: "USD",
		Items: []event.SubscriptionItem{{ItemID: "seat", Amount: d.amount[i], Interval: "month", Kind: "licensed"}},
	})
}

func movementsTable(t *table, s *ledger.Statement) {
	for r := range s.Rows() {
		for class, c := range [classes]struct {
			count  int64
			amount ledger.Amount
		}{
			classNew:          {r.Customers.New, r.Bridge.New},
			classExpansion:    {r.Customers.Expansions, r.Bridge.Expansion},
			classContraction:  {r.Customers.Contractions, r.Bridge.Contraction},
			classChurn:        {r.Customers.Churned, r.Bridge.Churn},
			classReactivation: {r.Customers.Reactivated, r.Bridge.Reactivation},
		} {
			if c.count > 0 {
				t.add(r.Period.Start().UnixMicro(), int64(class), c.count, c.amount.Round())
			}
		}
	}
}
