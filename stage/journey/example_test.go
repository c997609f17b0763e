package journey_test

import (
	"fmt"
	"math/big"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
	"github.com/openlifecycle/lifecycle/stage/journey"
)

// Three customers of a subscription business, through the six stages.
func Example() {
	tracker, err := journey.New(journey.Options{
		Rules: []journey.Rule{
			{Stage: "convert", When: event.Named("trial_started")},
			{Stage: "onboard", When: event.Named("subscription_started")},
			{Stage: "retain", When: event.Named("activated")},
			{Stage: "exit", When: event.Named("subscription_cancelled")},
		},
		Limits: []journey.Limit{{Stage: "onboard", After: 30 * 24 * time.Hour, To: "retain"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range []event.Event{
		{Name: "trial_started", UserID: "ann", Time: on(1, 5)},
		{Name: "subscription_started", UserID: "ann", Time: on(1, 19)},
		{Name: "activated", UserID: "ann", Time: on(1, 22)},
		{Name: "trial_started", UserID: "ben", Time: on(1, 8)},
		{Name: "subscription_started", UserID: "ben", Time: on(1, 15)},
		{Name: "subscription_cancelled", UserID: "ben", Time: on(3, 1)},
		{Name: "trial_started", UserID: "cleo", Time: on(2, 2)},
	} {
		tracker.Add(&e)
	}
	stock, err := tracker.At(on(3, 15))
	for _, s := range stock {
		if s.Customers > 0 {
			fmt.Println(s.Stage, s.Customers)
		}
	}
	january, _ := metric.Month(2026, time.January, time.UTC)
	cohorts, err := tracker.Conversion("convert", "onboard", on(3, 15), journey.ConversionOptions{Window: 30 * 24 * time.Hour}, january)
	rate, _ := cohorts[0].Rate()
	fmt.Println("trials of January that became customers:", rate, cohorts[0].Mature, err)
	ben, err := tracker.Of("ben", on(3, 15))
	for _, v := range ben.Visits {
		fmt.Println(v.Stage, v.Enter.Format(time.DateOnly), v.Elapsed(on(3, 15)))
	}
	// Output:
	// convert 1
	// retain 1
	// exit 1
	// trials of January that became customers: 100% true <nil>
	// convert 2026-01-08 7d
	// onboard 2026-01-15 30d
	// retain 2026-02-14 15d
	// exit 2026-03-01 14d
}

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

// A dormant customer is not lost: they come back before they churn with probability 2/5,
// and are worth a third of an active one.
func ExampleChain_Value() {
	p := func(a, b, c int64) []*big.Rat {
		return []*big.Rat{big.NewRat(a, 100), big.NewRat(b, 100), big.NewRat(c, 100)}
	}
	chain, err := journey.NewChain([]string{"active", "dormant", "churned"}, [][]*big.Rat{
		p(80, 15, 5),
		p(20, 50, 30),
		p(0, 0, 100),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	back, _ := chain.Return(1, 0)
	margin := []*big.Rat{big.NewRat(10, 1), new(big.Rat), new(big.Rat)}
	value, _ := chain.Value(margin, big.NewRat(10, 100))
	fmt.Println(back.RatString(), value[0].RatString(), value[1].RatString())
	// Output: 2/5 44 44/3
}

// What a customer does again and again, such as looking at a page, must not take them back to
// the first stage.
func ExampleOptions() {
	for _, policy := range []stage.Regression{stage.RegressionAllowed, stage.RegressionIgnored} {
		tracker, err := journey.New(journey.Options{
			Rules: []journey.Rule{
				{Stage: "attract", When: event.Named("page_viewed")},
				{Stage: "convert", When: event.Named("trial_started")},
			},
			Regression: policy,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, e := range []event.Event{
			{Name: "page_viewed", UserID: "ann", Time: on(1, 5)},
			{Name: "trial_started", UserID: "ann", Time: on(1, 6)},
			{Name: "page_viewed", UserID: "ann", Time: on(1, 9)},
		} {
			tracker.Add(&e)
		}
		ann, err := tracker.Of("ann", on(1, 31))
		fmt.Println(policy, ann.Visits[len(ann.Visits)-1].Stage, len(ann.Ignored), err)
	}
	// Output:
	// allowed attract 0 <nil>
	// ignored convert 1 <nil>
}
