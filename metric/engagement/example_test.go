package engagement_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// add adds what a user did at some times of March 2026.
func add(a interface{ Add(*event.Event) }, user, name string, times ...string) {
	for _, t := range times {
		at, err := time.Parse("2006-01-02 15:04:05", "2026-03-"+t)
		if err != nil {
			panic(err)
		}
		a.Add(&event.Event{ID: user + name + t, UserID: user, Name: name, Time: at})
	}
}

// march returns the first days of March 2026.
func march(days int) metric.Period {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	p, err := metric.Between(start, start.AddDate(0, 0, days))
	if err != nil {
		panic(err)
	}
	return p
}

func ExampleActivity_Rolling() {
	a, err := engagement.NewActivity(engagement.ActivityOptions{Range: march(4)})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(a, "ann", "signed_in", "01 09:00:00", "02 09:00:00", "04 09:00:00")
	add(a, "bob", "signed_in", "01 10:00:00", "01 22:00:00")

	r, err := a.Rolling(engagement.Query{}, 1, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, day := range r.Periods {
		stickiness, err := r.Stickiness(i, 1)
		fmt.Println(day, r.Active[0][i], r.Active[1][i], stickiness, err)
	}
	// Output:
	// 2026-03-01 2 2 0% insufficient_history
	// 2026-03-02 1 2 0% insufficient_history
	// 2026-03-03 0 2 50% <nil>
	// 2026-03-04 1 1 66.67% <nil>
}

func ExampleActivity_Growth() {
	a, err := engagement.NewActivity(engagement.ActivityOptions{Range: march(4)})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(a, "ann", "signed_in", "01 09:00:00", "02 09:00:00", "04 09:00:00")
	add(a, "bob", "signed_in", "02 09:00:00")

	growth, err := a.Growth(engagement.Query{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range growth {
		fmt.Printf("%s: %d new, %d retained, %d resurrected, %d dormant\n", g.Period, g.New, g.Retained, g.Resurrected, g.Dormant)
	}
	// Output:
	// 2026-03-01: 1 new, 0 retained, 0 resurrected, 0 dormant
	// 2026-03-02: 1 new, 1 retained, 0 resurrected, 0 dormant
	// 2026-03-03: 0 new, 0 retained, 0 resurrected, 2 dormant
	// 2026-03-04: 0 new, 0 retained, 1 resurrected, 0 dormant
}

func ExampleActivity_States() {
	a, err := engagement.NewActivity(engagement.ActivityOptions{Range: march(12)})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(a, "ann", "signed_in", "01 09:00:00", "02 09:00:00", "12 09:00:00")
	add(a, "bob", "signed_in", "05 09:00:00", "11 09:00:00")

	states, err := a.States(engagement.Query{}, engagement.StateRule{})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := states[len(states)-1]
	for s := range engagement.State(engagement.States) {
		if last.Count[s] > 0 {
			fmt.Println(last.Period, s, last.Count[s])
		}
	}
	rate, err := last.ReturnRate(engagement.Current)
	fmt.Println("current users who came back:", rate, err)
	// Output:
	// 2026-03-12 reactivated 1
	// 2026-03-12 at_risk_wau 1
	// current users who came back: 0% <nil>
}

func ExampleActivity_Adoption() {
	a, err := engagement.NewActivity(engagement.ActivityOptions{
		Range:    march(7),
		Features: []engagement.Feature{{Name: "export", Rule: event.Named("report_exported")}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(a, "ann", "report_exported", "01 09:00:00", "03 09:00:00")
	add(a, "bob", "signed_in", "02 09:00:00")

	adoption, err := a.Adoption(engagement.Query{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rate, err := adoption[0].Rate()
	fmt.Println(adoption[0].Feature, rate, err, adoption[0].Repeated)
	// Output:
	// export 50% <nil> 1
}

func ExampleSessions() {
	s, err := engagement.NewSessions(engagement.SessionOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(s, "ann", "page_viewed", "01 09:00:00", "01 09:20:00", "01 09:50:01")
	add(s, "bob", "page_viewed", "01 23:55:00", "02 00:05:00")

	sessions, err := s.All(engagement.SessionQuery{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for x := range sessions {
		fmt.Println(x.Customer, x.Start.Format(time.TimeOnly), x.Duration(), x.Views, x.Engaged)
	}
	summary, err := s.Summarize(engagement.SessionQuery{})
	if err != nil {
		fmt.Println(err)
		return
	}
	bounced, err := summary[0].BounceRate()
	fmt.Println("bounced:", bounced, err)
	// Output:
	// bob 23:55:00 10m 2 true
	// ann 09:00:00 20m 2 true
	// ann 09:50:01 0s 1 false
	// bounced: 33.33% <nil>
}

func ExampleActivation() {
	a, err := engagement.NewActivation(engagement.ActivationOptions{
		Criteria: []engagement.Criterion{
			{Name: "reports", Rule: event.Named("report_created"), AtLeast: 2},
			{Name: "invite", Rule: event.Named("invite_sent")},
		},
		Least: 1, // any of them
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(a, "ann", "signed_up", "01 09:00:00")
	add(a, "ann", "report_created", "01 10:00:00", "02 10:00:00")
	add(a, "bob", "signed_up", "01 12:00:00")
	add(a, "bob", "invite_sent", "20 12:00:00") // beyond seven days

	for x := range a.All(engagement.ActivationQuery{}) {
		fmt.Println(x.Customer, x.Activated, x.Took)
	}
	cohorts, err := a.Cohorts(engagement.ActivationQuery{}, march(7))
	if err != nil {
		fmt.Println(err)
		return
	}
	rate, err := cohorts[0].Rate()
	fmt.Println(rate, err)
	// Output:
	// bob false 0s
	// ann true 1d 1h
	// 50% <nil>
}

func ExamplePaths() {
	p, err := engagement.NewPaths(engagement.PathOptions{Start: event.Named("signed_up"), Steps: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	add(p, "ann", "signed_up", "01 09:00:00")
	add(p, "ann", "report_created", "01 10:00:00")
	add(p, "bob", "page_viewed", "01 08:00:00") // before the start
	add(p, "bob", "signed_up", "01 09:00:00")
	add(p, "bob", "report_created", "02 10:00:00")
	add(p, "eve", "signed_up", "03 09:00:00")
	for _, x := range p.All() {
		fmt.Println(x.Customers, x)
	}
	// Output:
	// 2 signed_up > report_created
	// 1 signed_up
}

// Rows of a query as columns: daily and weekly active users on the last Thursday, and growth
// accounting by week.
func ExampleActivity_AddBlock() {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday
	weeks, err := metric.Between(from, from.AddDate(0, 0, 14))
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := engagement.NewActivity(engagement.ActivityOptions{Range: weeks})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := []struct {
		user string
		at   time.Time
	}{
		{"ann", from.AddDate(0, 0, 1)}, {"ben", from.AddDate(0, 0, 2)},
		{"ann", from.AddDate(0, 0, 8)}, {"ann", from.AddDate(0, 0, 9)}, {"cleo", from.AddDate(0, 0, 10)},
	}
	var b engagement.ActivityBlock
	for _, r := range rows {
		b.Customer = append(b.Customer, a.Keys().Code(r.user))
		b.Time = append(b.Time, r.at.UnixNano())
	}
	if err := a.AddBlock(&b); err != nil {
		fmt.Println(err)
		return
	}

	r, err := a.Rolling(engagement.Query{}, 1, 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	thursday := 10
	share, err := r.Ratio(thursday, 0, 1)
	fmt.Printf("%s: DAU %d, WAU %d, DAU/WAU %v %v\n", r.Periods[thursday], r.Active[0][thursday], r.Active[1][thursday], share, err)
	growth, err := a.Growth(engagement.Query{Unit: metric.UnitWeek})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range growth {
		fmt.Printf("%s: %d active, %d new, %d retained, %d dormant\n", g.Period, g.Active, g.New, g.Retained, g.Dormant)
	}
	// Output:
	// 2026-03-12: DAU 1, WAU 2, DAU/WAU 50% <nil>
	// 2026-W10: 2 active, 2 new, 0 retained, 0 dormant
	// 2026-W11: 2 active, 1 new, 1 retained, 1 dormant
}
