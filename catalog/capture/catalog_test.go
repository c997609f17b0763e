package capture_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/support"
	"github.com/openlifecycle/lifecycle/catalog/survey"
	"github.com/openlifecycle/lifecycle/catalog/trial"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// TestCatalogue computes metrics of the catalogue from a log small enough to do by hand.
func TestCatalogue(t *testing.T) {
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
	}
	var periods []metric.Period
	for month := time.January; month <= time.March; month++ {
		p, err := metric.Month(2026, month, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		periods = append(periods, p)
	}
	quarter, err := metric.Quarter(2026, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	// The metrics of the table below, and two whose attribute the events lack.
	metrics := []metric.Definition{orders.PurchasedCarts().Definition(), orders.Units().Definition()}
	for _, id := range []string{
		"email.sent", "email.bounces", "email.unique_opens", "email.unique_clicks",
		"orders.orders", "orders.revenue", "orders.customers", "orders.repeat_customers", "orders.refunded_amount",
		"support.tickets", "support.first_responses", "survey.promoters", "survey.passives", "survey.detractors",
		"trial.starts", "trial.conversions",
	} {
		d, ok := catalog.Lookup(id)
		if !ok {
			t.Fatal(id)
		}
		metrics = append(metrics, d)
	}
	c := newCollector(t, capture.Options{
		Metrics: metrics,
		Periods: append(periods, quarter),
		Covers:  []string{"email_bounced", "trial_started", "order_refunded"},
	})
	add := func(name, user string, time time.Time, attrs ...event.Attr) {
		e := event.Event{Name: name, UserID: user, Time: time, Props: event.NewProps(attrs...)}
		if err := event.Check(&e); err != nil {
			t.Fatal(err)
		}
		c.Add(&e)
	}
	// E-mail: four sent in January, two of them opened by readers, one by a machine.
	for i, id := range []string{"m1", "m2", "m3", "m4"} {
		add("email_sent", "ada", at(1, 5, i), event.String("message_id", id))
	}
	add("email_opened", "ada", at(1, 6, 0), event.String("message_id", "m1"))
	add("email_opened", "ada", at(1, 7, 0), event.String("message_id", "m1"))
	add("email_opened", "ada", at(1, 7, 0), event.String("message_id", "m2"), event.Bool("machine", false))
	add("email_opened", "ada", at(1, 5, 4), event.String("message_id", "m3"), event.Bool("machine", true))
	// Orders: ada twice in February, ben in January and March.
	order := func(user string, time time.Time, id string, cents int64) {
		add("order_completed", user, time, event.String("order_id", id), event.Int("amount", cents), event.String("currency", "EUR"))
	}
	order("ben", at(1, 31, 23), "o1", 1000)
	order("ada", at(2, 1, 0), "o2", 3000)
	order("ada", at(2, 28, 23), "o3", 5000)
	order("ben", at(3, 1, 0), "o4", 2000)
	// Support: one reply after 4 hours, one after 6, over the end of a month; the first reply
	// of an agent counts.
	ticket := func(id string, created, replied time.Time) {
		add("ticket_created", "ada", created, event.String("ticket_id", id))
		reply := func(time time.Time, author string) {
			add("ticket_replied", "ada", time, event.String("ticket_id", id), event.String("author", author), event.Bool("public", true))
		}
		reply(replied.Add(-time.Hour), "bot")
		reply(replied.Add(48*time.Hour), "agent")
		reply(replied, "agent")
	}
	ticket("t1", at(1, 10, 8), at(1, 10, 12))
	ticket("t2", at(1, 31, 20), at(2, 1, 2))
	add("ticket_created", "ben", at(3, 30, 0), event.String("ticket_id", "t3"))
	// Surveys: 10, 9, 7 and 3 in March.
	for i, score := range []int64{10, 9, 7, 3} {
		add("survey_answered", "ada", at(3, 2, i), event.String("survey_id", "s"), event.String("type", "nps"), event.Int("score", score))
	}

	type row struct{ jan, feb, mar, quarter string }
	for _, tt := range []struct {
		d    metric.Definition
		want row // the value exactly, or the reason why there is none
	}{
		{email.Sent().Definition(), row{"4", "0", "0", "4"}},
		{email.Bounces().Definition(), row{"0", "0", "0", "0"}},
		{email.UniqueOpens().Definition(), row{"2", "0", "0", "2"}},
		{email.OpenRate().Definition(), row{"0.5", "zero_denominator", "zero_denominator", "0.5"}},
		{email.UniqueClicks().Definition(), row{"missing_input", "missing_input", "missing_input", "missing_input"}},
		{orders.Orders().Definition(), row{"1", "2", "1", "4"}},
		{orders.Revenue().Definition(), row{"10.00 EUR", "80.00 EUR", "20.00 EUR", "110.00 EUR"}},
		{orders.AverageOrderValue().Definition(), row{"10.00 EUR", "40.00 EUR", "20.00 EUR", "27.50 EUR"}},
		{orders.Customers().Definition(), row{"1", "1", "1", "2"}},
		{orders.RepeatCustomers().Definition(), row{"0", "1", "0", "2"}},
		{orders.RefundedAmount().Definition(), row{"missing_input", "missing_input", "missing_input", "missing_input"}},
		{support.Tickets().Definition(), row{"2", "0", "1", "3"}},
		{support.FirstResponses().Definition(), row{`["14400s"]`, `["21600s"]`, "[]", `["14400s","21600s"]`}},
		{support.FirstResponseTime().Definition(), row{"14400s", "21600s", "empty_population", "18000s"}},
		{survey.Promoters().Definition(), row{"0", "0", "2", "2"}},
		{survey.NetPromoterScore().Definition(), row{"zero_denominator", "zero_denominator", "25", "25"}},
		{trial.Starts().Definition(), row{"0", "0", "0", "0"}},
		{trial.Conversions().Definition(), row{"missing_input", "missing_input", "missing_input", "missing_input"}},
	} {
		for cell, facts := range c.Facts() {
			want := tt.want.quarter
			if !cell.Period.Equal(quarter) {
				want = [...]string{tt.want.jan, tt.want.feb, tt.want.mar}[cell.Period.Start().Month()-1]
			}
			v, err := facts.Value(tt.d)
			got := v.Text()
			var reason metric.Reason
			if errors.As(err, &reason) {
				got = string(reason)
			}
			if got != want {
				t.Errorf("%s of %s is %s, want %s", tt.d, cell.Period, got, want)
			}
		}
	}
	report := c.Report()
	first := "order_completed at 2026-01-31T23:00:00Z: "
	wantRejected := []capture.Rejection{
		{Metric: "orders.purchased_carts", Reason: capture.ReasonAbsentAttribute, Count: 4, First: first + "cart_id"},
		{Metric: "orders.units", Reason: capture.ReasonAbsentAttribute, Count: 4, First: first + "quantity"},
	}
	if !slices.Equal(report.Rejected, wantRejected) {
		t.Errorf("rejected: %+v", report.Rejected)
	}
	if len(report.Open) != 1 || report.Open[0] != (capture.Open{Metric: "support.first_responses", Count: 1}) {
		t.Errorf("open: %+v", report.Open)
	}
}

// TestCellOrder is about the order in which Facts yields.
func TestCellOrder(t *testing.T) {
	o := testOptions(t)
	c := newCollector(t, o)
	for _, channel := range []string{"web", "", "app"} {
		c.Add(&event.Event{
			Name: "order_completed", UserID: "u", Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			Props: event.NewProps(event.String("channel", channel)),
		})
	}
	var last capture.Cell
	n := 0
	for cell := range c.Facts() {
		if n++; n > 1 {
			sameStart := last.Period.Start().Equal(cell.Period.Start())
			switch {
			case last.Period.Equal(cell.Period):
				if cell.All || !last.All && last.Segment >= cell.Segment {
					t.Errorf("%+v after %+v", cell, last)
				}
			case !cell.All, cell.Period.Start().Before(last.Period.Start()), sameStart && cell.Period.End().After(last.Period.End()):
				t.Errorf("%+v after %+v", cell, last)
			}
		}
		last = cell
	}
	if want := len(o.Periods) * 4; n != want {
		t.Errorf("%d cells, want %d", n, want)
	}
	n = 0
	for range c.Facts() {
		if n++; n == 2 {
			break
		}
	}
}

// TestZeroCollector: nothing happens, and nothing breaks.
func TestZeroCollector(t *testing.T) {
	var c capture.Collector
	c.Add(&event.Event{Name: "order_completed"})
	for range c.Facts() {
		t.Error("a cell")
	}
	if r := c.Report(); r.Events != 0 || len(r.Rejected) > 0 {
		t.Errorf("report %+v", r)
	}
	if c.Key("customer", "u") != capture.NoKey {
		t.Error("a key")
	}
	if _, err := c.MarshalBinary(); !errors.Is(err, metric.ErrInput) {
		t.Errorf("MarshalBinary: %v", err)
	}
	for name, err := range map[string]error{
		"AddBlock":        c.AddBlock(&capture.Block{Event: "e"}),
		"UnmarshalBinary": c.UnmarshalBinary(nil),
	} {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_ = c.SegmentCode("s")
}

// TestNilEvent is rejected like any other that says nothing.
func TestNilEvent(t *testing.T) {
	c := newCollector(t, testOptions(t))
	c.Add(nil)
	if r := c.Report().Rejected; len(r) != 1 || r[0].Reason != string(event.Malformed) || r[0].Count != 1 {
		t.Errorf("rejected: %+v", r)
	}
}
