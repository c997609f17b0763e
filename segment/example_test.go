package segment_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
)

// Who was a lapsing buyer at the end of a day in the past: bought in the 90 days before, but
// not in the last 30, of those seen at all in the last 30?
func ExampleBehaviour() {
	bought := event.Named("order_completed")
	b, err := segment.New(segment.Options{Segments: []segment.Segment{{
		Name: "lapsing",
		Criterion: segment.And{
			segment.Did{Event: bought, Within: segment.Within{Days: 90, Until: 30}},
			segment.Not(segment.Did{Event: bought, Within: segment.Within{Days: 30}}),
		},
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	see := func(user, name string, day int) {
		b.Add(&event.Event{UserID: user, Name: name, Time: time.Date(2026, time.January, day, 12, 0, 0, 0, time.UTC)})
	}
	see("ann", "order_completed", 10)
	see("ann", "page_viewed", 80) // January 80 is March 21
	see("bob", "order_completed", 10)
	see("cy", "order_completed", 10)
	see("cy", "order_completed", 70)

	lapsing, err := b.Members("lapsing", segment.AsOf{
		At:       time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC),
		Universe: segment.Universe{Within: segment.Within{Days: 30}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lapsing.Members("lapsing"))
	// What a collector takes as its Options.Segment:
	of := lapsing.Segment(event.User)
	fmt.Printf("%q %q\n", of(&event.Event{UserID: "ann"}), of(&event.Event{UserID: "cy"}))
	// Output:
	// [ann]
	// "lapsing" ""
}

func exampleTotals(end time.Time) (*purchase.Totals, error) {
	log, err := purchase.New(purchase.Options{Currency: metric.EUR("0").Currency()})
	if err != nil {
		return nil, err
	}
	b := &purchase.Block{}
	buy := func(key string, amount int64, days ...int) {
		for _, d := range days {
			b.Customer = append(b.Customer, log.Keys().Code(key))
			b.Time = append(b.Time, end.AddDate(0, 0, -d).UnixNano())
			b.Amount = append(b.Amount, amount)
		}
	}
	buy("ann", 2000, 1, 20, 50, 80)
	buy("bob", 5000, 200)
	buy("cy", 1000, 5)
	buy("dee", 1500, 100, 130, 160)
	buy("eve", 900, 40, 70)
	if err := log.AddBlock(b); err != nil {
		return nil, err
	}
	return log.Totals(end)
}

func ExampleScore() {
	end := time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC)
	totals, err := exampleTotals(end)
	if err != nil {
		fmt.Println(err)
		return
	}
	records, err := segment.Records(totals, end)
	if err != nil {
		fmt.Println(err)
		return
	}
	rfm, err := segment.Score(records, segment.ScoreOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	labels, err := rfm.Label(segment.Usual(), totals.Keys())
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, r := range records {
		key := totals.Keys().Key(r.Customer)
		fmt.Println(key, r.Recency, r.Frequency, r.Monetary, rfm.Scores[i], labels.Of(key))
	}
	// Unordered output:
	// ann 1 4 8000 5-5-5 Champions
	// bob 200 1 5000 1-1-4 Hibernating
	// cy 5 1 1000 4-1-1 Promising
	// dee 100 3 4500 2-4-3 At Risk
	// eve 40 2 1800 3-3-2 Need Attention
}

func ExampleGrid() {
	end := time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC)
	totals, err := exampleTotals(end)
	if err != nil {
		fmt.Println(err)
		return
	}
	grid, err := segment.NewGrid(segment.GridOptions{
		Frequency: segment.Axis{1, 2, 3},
		Recency:   segment.Axis{0, 31, 91},
		Measures:  []segment.Measure{{Name: segment.Margin, Scale: 2}, {Name: segment.CAC}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = grid.AddTotals(totals, end, func(key string, c *purchase.Total) (string, []int64) {
		cents, _ := c.Units()
		return "", []int64{cents, 25} // each cost 25 to acquire
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, view := range []segment.View{{}, {Measure: segment.Margin, Over: segment.CAC}} {
		text, err := grid.Text(view)
		fmt.Print(text)
		if err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// customers
	// orders \ days  >90  31-90  0-30
	//            >2    1      0     1
	//             2    0      1     0
	//             1    1      0     1
	// 5 customers
	// margin / cac
	// orders \ days   >90  31-90  0-30
	//            >2  180%      -  320%
	//             2     -    72%     -
	//             1  200%      -   40%
	// 5 customers
}

func ExampleClassifier() {
	end := time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC)
	totals, err := exampleTotals(end)
	if err != nil {
		fmt.Println(err)
		return
	}
	clutch := segment.Clutch()
	labels, err := clutch.Label(totals, end, purchase.Gaps{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range labels.Names() {
		fmt.Println(name, labels.Members(name))
	}
	// Output:
	// active [ann]
	// at risk []
	// churned [dee eve]
	// one order [bob cy]
}

// What the customers of each segment come to.
func ExampleTableOf() {
	end := time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC)
	totals, err := exampleTotals(end)
	if err != nil {
		fmt.Println(err)
		return
	}
	records, err := segment.Records(totals, end)
	if err != nil {
		fmt.Println(err)
		return
	}
	rfm, err := segment.Score(records, segment.ScoreOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	labels, err := rfm.Label(segment.Usual(), totals.Keys())
	if err != nil {
		fmt.Println(err)
		return
	}
	table := segment.TableOf(records, labels, metric.EUR("0").Currency())
	for i := range table.Rows {
		r := &table.Rows[i]
		if r.Customers == 0 {
			continue
		}
		money, _ := table.Money(r)
		share, _ := table.MoneyShare(r)
		fmt.Println(r.Label, r.Customers, r.Orders, money, share)
	}
	// Output:
	// Champions 1 4 80.00 EUR 39.41%
	// Promising 1 1 10.00 EUR 4.93%
	// Need Attention 1 2 18.00 EUR 8.87%
	// At Risk 1 3 45.00 EUR 22.17%
	// Hibernating 1 1 50.00 EUR 24.63%
}
