package purchase_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

func Example() {
	log, err := purchase.New(purchase.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	buy := func(user, id string, day, amount int64) {
		e := event.New(
			event.Event{ID: id, UserID: user, Time: time.Date(2026, time.January, int(day), 12, 0, 0, 0, time.UTC)},
			event.OrderCompleted{OrderID: id, Amount: amount, Currency: "EUR"},
		)
		log.Add(&e)
	}
	buy("ann", "1", 1, 1000)
	buy("ann", "2", 15, 2000)
	buy("ann", "3", 15, 500) // the same day: one transaction
	buy("ann", "4", 29, 3000)
	buy("bob", "5", 8, 700)

	summary, err := log.Summary(purchase.SummaryOptions{
		End:  time.Date(2026, time.January, 29, 0, 0, 0, 0, time.UTC),
		Unit: purchase.Weeks,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary)
	for _, key := range []string{"ann", "bob"} {
		c := summary.Lookup(key)
		mean, err := summary.MeanSpend(c)
		unit := summary.Unit()
		fmt.Println(key, c.Frequency, unit.Number(c.Recency), unit.Number(c.Age), mean, err)
	}
	// Output:
	// 2 customers up to 2026-01-29, in weeks (unit=weeks)
	// ann 2 4 4 27.50 EUR <nil>
	// bob 0 0 3 invalid money empty_population
}

func ExampleLog_AddBlock() {
	log, err := purchase.New(purchase.Options{Keep: purchase.KeepTotals, Currency: metric.USD("1").Currency()})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := func(day int) int64 { return time.Date(2026, time.March, day, 9, 0, 0, 0, time.UTC).UnixNano() }
	err = log.AddBlock(&purchase.Block{
		Customer: log.Keys().AppendCodes(nil, []string{"ann", "bob", "ann"}),
		Time:     []int64{at(1), at(2), at(7)},
		Amount:   []int64{1999, 500, 2001},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	totals, err := log.Totals(time.Time{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ann := totals.Lookup("ann")
	sum, err := totals.Sum(ann)
	fmt.Println(ann.Orders, ann.FirstDate, ann.LastDate, sum, err)
	// Output:
	// 2 2026-03-01 2026-03-07 40.00 USD <nil>
}

// A refund lowers its order, a cancelled order is none, and an order that is delivered twice
// counts once.
func ExampleLog_Totals() {
	log, err := purchase.New(purchase.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	on := func(id string, day int) event.Event {
		return event.Event{ID: id, UserID: "ann", Time: time.Date(2026, time.March, day, 12, 0, 0, 0, time.UTC)}
	}
	for _, e := range []event.Event{
		event.New(on("e1", 1), event.OrderCompleted{OrderID: "1", Amount: 3000, Currency: "EUR"}),
		event.New(on("e2", 5), event.OrderCompleted{OrderID: "2", Amount: 2000, Currency: "EUR"}),
		event.New(on("e2", 5), event.OrderCompleted{OrderID: "2", Amount: 2000, Currency: "EUR"}),
		event.New(on("e3", 6), event.OrderCompleted{OrderID: "3", Amount: 9900, Currency: "EUR"}),
		event.New(on("e4", 7), event.OrderCancelled{OrderID: "3"}),
		event.New(on("e5", 9), event.OrderRefunded{OrderID: "1", Amount: 1000, Currency: "EUR"}),
	} {
		log.Add(&e)
	}
	totals, err := log.Totals(time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	ann := totals.Lookup("ann")
	sum, err := totals.Sum(ann)
	fmt.Println(ann.Orders, "orders up to", ann.LastDate, "of", sum, err)
	fmt.Println(log.Report().Duplicates, "duplicate")
	// Output:
	// 2 orders up to 2026-03-05 of 40.00 EUR <nil>
	// 1 duplicate
}
