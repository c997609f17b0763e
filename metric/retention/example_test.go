package retention_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// Who signed up in a week, and what share of them opened the app in each of the weeks after.
func Example() {
	a, err := retention.New(retention.Options{
		Start:   event.Named("signed_up"),
		Return:  event.Named("app_opened"),
		From:    time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
		Buckets: 3,
		Unit:    retention.Week,
	})
	if err != nil {
		panic(err)
	}
	add := func(name, user string, month time.Month, day int) {
		a.Add(&event.Event{Name: name, UserID: user, Time: time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)})
	}
	add("signed_up", "ada", time.March, 3)
	add("signed_up", "bob", time.March, 5)
	add("app_opened", "ada", time.March, 10)
	add("app_opened", "ada", time.March, 18)
	add("signed_up", "cyd", time.March, 11)

	table, err := a.Table(retention.Question{AsOf: time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		panic(err)
	}
	fmt.Print(table)
	// Output:
	// Retention, exact, as of 2026-03-20T00:00:00Z: 3 weeks from 2026-03-02T00:00:00Z, start signed_up, return app_opened
	//
	// cohort    size        0       1       2
	// 2026-W10     2   100.0%   50.0%   50.0%*
	// 2026-W11     1   100.0%    0.0%*
	// 2026-W12     0        -*
	// pooled           100.0%   50.0%       -
	//
	// * incomplete at 2026-03-20T00:00:00Z, not in the average
}

// Monthly revenue retention from the columns of a table.
func ExampleAccumulator_AddBlock() {
	keys := new(event.Keys)
	a, err := retention.New(retention.Options{
		From: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC), Buckets: 2, Unit: retention.Month,
		Value: "amount", Money: true, Keys: keys,
	})
	if err != nil {
		panic(err)
	}
	day := func(month time.Month, day int) int64 {
		return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC).UnixNano()
	}
	euro, err := metric.ParseCurrency("EUR")
	if err != nil {
		panic(err)
	}
	err = a.AddBlock(&retention.Block{
		Customer: keys.AppendCodes(nil, []string{"ada", "bob", "ada"}),
		Time:     []int64{day(time.January, 10), day(time.January, 11), day(time.February, 10)},
		Value:    []int64{4000, 6000, 4500},
		Currency: []metric.Currency{euro, euro, euro},
	})
	if err != nil {
		panic(err)
	}
	table, err := a.Table(retention.Question{})
	if err != nil {
		panic(err)
	}
	back, err := table.Money(0, 1)
	if err != nil {
		panic(err)
	}
	rate, err := table.Rate(0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Println(back, rate)
	// Output: 45.00 EUR 45%
}

// Parts of the data, taken in apart and merged.
func ExampleAccumulator_Merge() {
	o := retention.Options{From: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC), Buckets: 2}
	opened := func(hour int) *event.Event {
		return &event.Event{Name: "app_opened", UserID: "ada", Time: o.From.Add(time.Duration(hour) * time.Hour)}
	}
	first, _ := retention.New(o)
	second, _ := retention.New(o)
	first.Add(opened(30)) // the later event comes first, in another part
	second.Add(opened(8))
	if err := first.Merge(second); err != nil {
		panic(err)
	}
	table, err := first.Table(retention.Question{})
	if err != nil {
		panic(err)
	}
	fmt.Println(table.Cohorts[0].Size, table.Cohorts[0].Cells[1].Count)
	// Output: 1 1
}

// The three averages of a table of Mixpanel's documentation.
func ExampleAverage() {
	cohorts := []retention.Point{
		{Size: 1000, Retained: 500},
		{Size: 500, Retained: 400},
		{Size: 700, Retained: 10, Incomplete: true},
	}
	for _, how := range []retention.Averaging{retention.Pooled, retention.Simple, retention.SizeWeighted} {
		mean, err := retention.Average(how, cohorts)
		if err != nil {
			panic(err)
		}
		fmt.Println(how, mean.Rate)
	}
	// Output:
	// pooled 60%
	// simple 65%
	// size-weighted 56%
}

// The measures differ for the same three customers, who start on one day: ada is back on days
// 1 and 3, cyd on day 2, bob on day 3.
func ExampleQuestion() {
	from := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	a, err := retention.New(retention.Options{Start: event.Named("signed_up"), Return: event.Named("app_opened"), From: from, Buckets: 4})
	if err != nil {
		panic(err)
	}
	for user, days := range map[string][]int{"ada": {1, 3}, "bob": {3}, "cyd": {2}} {
		a.Add(&event.Event{Name: "signed_up", UserID: user, Time: from})
		for _, day := range days {
			a.Add(&event.Event{Name: "app_opened", UserID: user, Time: from.AddDate(0, 0, day)})
		}
	}
	for _, m := range []retention.Measure{retention.Exact, retention.Unbounded, retention.UpTo} {
		table, err := a.Table(retention.Question{Measure: m})
		if err != nil {
			panic(err)
		}
		fmt.Print(m)
		for day := 1; day <= 3; day++ {
			rate, err := table.Rate(0, day)
			if err != nil {
				panic(err)
			}
			fmt.Print(", day ", day, ": ", rate)
		}
		fmt.Println()
	}
	// Output:
	// exact, day 1: 33.33%, day 2: 33.33%, day 3: 66.67%
	// unbounded, day 1: 100%, day 2: 100%, day 3: 66.67%
	// up to, day 1: 33.33%, day 2: 66.67%, day 3: 100%
}
