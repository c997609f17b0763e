package capture_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func Example() {
	march, _ := metric.Month(2026, time.March, time.UTC)
	collector, err := capture.New(capture.Options{
		Periods: []metric.Period{march},
		Segment: func(e *event.Event) string { channel, _ := e.Props.String("channel"); return channel },
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	order := func(id, user, channel string, day int, cents int64) {
		collector.Add(&event.Event{
			ID: id, Name: "order_completed", UserID: user,
			Time: time.Date(2026, time.March, day, 12, 0, 0, 0, time.UTC),
			Props: event.NewProps(
				event.String("order_id", id), event.String("channel", channel),
				event.Int("amount", cents), event.String("currency", "EUR"),
			),
		})
	}
	order("o1", "ada", "shop", 2, 4000)
	order("o2", "ben", "app", 3, 2500)
	order("o3", "ada", "shop", 9, 6000)
	order("o3", "ada", "shop", 9, 6000) // delivered twice, counted once
	order("o4", "eve", "shop", 30, 1500)

	for cell, facts := range collector.Facts() {
		name := "all"
		if !cell.All {
			name = cell.Segment
		}
		average, err := orders.AverageOrderValue().From(facts)
		if err != nil {
			fmt.Println(err)
			return
		}
		buyers, _ := orders.Customers().From(facts)
		fmt.Printf("%s %s: average order %s, %s customers\n", cell.Period, name, average, buyers)
	}
	fmt.Println(collector.Report().Duplicates, "duplicate")
	// Output:
	// 2026-03 all: average order 35.00 EUR, 3 customers
	// 2026-03 app: average order 25.00 EUR, 1 customers
	// 2026-03 shop: average order 38.33 EUR, 2 customers
	// 1 duplicate
}
