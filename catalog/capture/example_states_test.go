package capture_test

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/onboarding"
	"github.com/openlifecycle/lifecycle/catalog/usage"
	"github.com/openlifecycle/lifecycle/catalog/web"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// collectorOf collects March 2026 by one state.
func collectorOf(s capture.State) *capture.Collector {
	march, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		panic(err)
	}
	c, err := capture.New(capture.Options{Periods: []metric.Period{march}, States: []capture.State{s}})
	if err != nil {
		panic(err)
	}
	return c
}

// did adds what a user did at a time of a day of March 2026.
func did(c *capture.Collector, user, name string, day int, clock time.Duration) {
	c.Add(&event.Event{UserID: user, Name: name, Time: time.Date(2026, time.March, day, 0, 0, 0, 0, time.UTC).Add(clock)})
}

// Two users in the month, active on 19 and on 12 of its 31 days: one on an average day.
func ExampleActivity() {
	c := collectorOf(capture.Activity(engagement.ActivityOptions{}))
	for day := 1; day <= 19; day++ {
		did(c, "ann", "report_opened", day, 9*time.Hour)
	}
	for day := 20; day <= 31; day++ {
		did(c, "ben", "report_opened", day, 9*time.Hour)
	}
	for cell, facts := range c.Facts() {
		active, err := usage.MonthlyActiveUsers().From(facts)
		fmt.Println(cell.Period, active, err)
		stickiness, err := usage.Stickiness().From(facts)
		fmt.Println(stickiness, err)
	}
	// Output:
	// 2026-03 2 <nil>
	// 50% <nil>
}

// Activated is who creates two reports in the week after signing up: ann does on the second
// day, ben creates one only, and cleo is too late with the second.
func ExampleActivation() {
	c := collectorOf(capture.Activation(engagement.ActivationOptions{
		Criteria: []engagement.Criterion{{Name: "reports", Rule: event.Named("report_created"), AtLeast: 2}},
	}, engagement.ActivationQuery{}))
	for _, user := range []string{"ann", "ben", "cleo"} {
		did(c, user, "signed_up", 2, 9*time.Hour)
		did(c, user, "report_created", 2, 10*time.Hour)
	}
	did(c, "ann", "report_created", 4, 9*time.Hour)
	did(c, "cleo", "report_created", 12, 9*time.Hour)
	for cell, facts := range c.Facts() {
		rate, err := onboarding.ActivationRate().From(facts)
		fmt.Println(cell.Period, rate, err)
		times, err := onboarding.TimesToValue().From(facts)
		fmt.Println(times, err)
	}
	// Output:
	// 2026-03 33.33% <nil>
	// 1 value, 2d <nil>
}

// Of three users who begin the set-up two finish it in time.
func ExampleFunnel() {
	c := collectorOf(capture.Funnel(funnel.Options{
		Steps:  []event.Rule{event.Named("setup_started"), event.Named("setup_finished")},
		Window: 24 * time.Hour,
	}, time.Time{}, onboarding.StepEntrants(), onboarding.StepCompleters()))
	for _, user := range []string{"ann", "ben", "cleo"} {
		did(c, user, "setup_started", 2, 9*time.Hour)
	}
	did(c, "ann", "setup_finished", 2, 10*time.Hour)
	did(c, "ben", "setup_finished", 3, 9*time.Hour)
	did(c, "cleo", "setup_finished", 3, 10*time.Hour) // an hour too late
	for cell, facts := range c.Facts() {
		rate, err := onboarding.StepCompletionRate().From(facts)
		fmt.Println(cell.Period, rate, err)
	}
	// Output: 2026-03 66.67% <nil>
}

// Of two users who begin on one day one is back on the day after. Whoever begins on the last
// day cannot be judged yet, and is left out.
func ExampleDayN() {
	first := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	c := collectorOf(capture.DayN(1, retention.Options{From: first, Buckets: 31}, first.AddDate(0, 0, 31)))
	did(c, "ann", "app_opened", 2, 23*time.Hour)
	did(c, "ann", "app_opened", 3, time.Hour)
	did(c, "ben", "app_opened", 2, 9*time.Hour)
	did(c, "ben", "app_opened", 4, 9*time.Hour)
	did(c, "cleo", "app_opened", 31, 9*time.Hour)
	for cell, facts := range c.Facts() {
		rate, err := usage.DayNRetentionRate().From(facts)
		fmt.Println(cell.Period, rate, err)
	}
	// Output: 2026-03 50% <nil>
}

// Two visits of one user: one of two pages, and hours later one of a single page.
func ExampleSessions() {
	c := collectorOf(capture.Sessions(engagement.SessionOptions{}, engagement.SessionQuery{}))
	did(c, "ann", "page_viewed", 2, 9*time.Hour)
	did(c, "ann", "page_viewed", 2, 9*time.Hour+10*time.Minute)
	did(c, "ann", "page_viewed", 2, 15*time.Hour)
	for cell, facts := range c.Facts() {
		sessions, err := web.Sessions().From(facts)
		fmt.Println(cell.Period, sessions, err)
		rate, err := web.EngagementRate().From(facts)
		fmt.Println(rate, err)
	}
	// Output:
	// 2026-03 2 <nil>
	// 50% <nil>
}
