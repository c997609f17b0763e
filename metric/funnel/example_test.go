package funnel_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func Example() {
	f, err := funnel.New(funnel.Options{
		Steps:  []event.Rule{event.Named("user_signed_up"), event.Named("checkout_started"), event.Named("order_completed")},
		Window: 24 * time.Hour,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, e := range []event.Event{
		{Name: "user_signed_up", UserID: "ann", Time: noon},
		{Name: "checkout_started", UserID: "ann", Time: noon.Add(10 * time.Minute)},
		{Name: "order_completed", UserID: "ann", Time: noon.Add(25 * time.Minute)},
		{Name: "user_signed_up", UserID: "bob", Time: noon},
		{Name: "checkout_started", UserID: "bob", Time: noon.Add(30 * time.Minute)},
		{Name: "user_signed_up", UserID: "cyd", Time: noon.Add(20 * time.Hour)},
	} {
		f.Add(&e)
	}
	fmt.Print(f.Table(funnel.Query{AsOf: noon.Add(30 * time.Hour), Times: true}))
	// Output:
	// Funnel user_signed_up -> checkout_started -> order_completed; window=24h0m0s
	// as of 2026-03-02T18:00:00Z
	//
	// step                reached  of first  of previous  dropped off  open  median  mean
	// 1 user_signed_up          3    100.0%       100.0%            0     1       -     -
	// 2 checkout_started        2     66.7%        66.7%            1     0     20m   20m
	// 3 order_completed         1     33.3%        50.0%            0     0     15m   15m
}

func ExampleFunnel_Attempts() {
	f, err := funnel.New(funnel.Options{
		Steps:    []event.Rule{event.Named("trial_started"), event.Named("trial_converted")},
		Attempts: funnel.EveryEntry,
		Window:   14 * 24 * time.Hour,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	for _, e := range []event.Event{
		{Name: "trial_started", UserID: "ann", Time: day(1)},
		{Name: "trial_started", UserID: "ann", Time: day(20)},
		{Name: "trial_converted", UserID: "ann", Time: day(25)},
	} {
		f.Add(&e)
	}
	for a := range f.Attempts(funnel.Query{}) {
		fmt.Println(a.Customer, a.Start.Format(time.DateOnly), a.Level)
	}
	// Output:
	// ann 2026-03-01 1
	// ann 2026-03-20 2
}

func ExampleFunnel_AddBlock() {
	keys := new(event.Keys)
	f, err := funnel.New(funnel.Options{
		Steps: []event.Rule{event.Named("page_viewed"), event.Named("order_completed")},
		Keys:  keys, Workers: 2,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = f.AddBlock(&funnel.Block{
		Customer: keys.AppendCodes(nil, []string{"ann", "bob", "ann"}),
		Time:     []int64{1_000_000_000, 2_000_000_000, 3_000_000_000},
		Step:     []uint8{1, 1, 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := f.Table(funnel.Query{}).Steps[1]
	rate, err := last.FromFirst.Ratio()
	fmt.Println(last.FromFirst.Part, "of", last.FromFirst.Whole, rate, err)
	// Output:
	// 1 of 2 50% <nil>
}

func ExampleOptions_String() {
	fmt.Println(funnel.Options{
		Steps: []event.Rule{event.Named("user_signed_up"), event.Named("order_completed")},
		Order: funnel.Strict, Window: 48 * time.Hour,
	})
	// Output:
	// user_signed_up -> order_completed; order=strict; window=48h0m0s
}

// A customer whose plan changes on the way counts for the plan at the first step, or at the
// last one.
func ExampleBreakdown() {
	for _, at := range []int{funnel.FirstValue, funnel.LastValue} {
		f, err := funnel.New(funnel.Options{
			Steps:     []event.Rule{event.Named("signed_up"), event.Named("paid")},
			Breakdown: funnel.Breakdown{Attribute: "plan", At: at},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		add := func(user, name, plan string, day int) {
			f.Add(&event.Event{
				UserID: user, Name: name, Time: time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC),
				Props: event.NewProps(event.String("plan", plan)),
			})
		}
		add("ann", "signed_up", "free", 2)
		add("ann", "paid", "pro", 4)
		add("bob", "signed_up", "free", 2)
		for _, g := range f.Table(funnel.Query{}).Groups {
			fmt.Printf("%s: %d of %d paid\n", g.Value, g.Steps[1].Reached, g.Steps[0].Reached)
		}
	}
	// Output:
	// free: 1 of 2 paid
	// free: 0 of 1 paid
	// pro: 1 of 1 paid
}
