package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/onboarding"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/catalog/usage"
	"github.com/openlifecycle/lifecycle/catalog/web"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
	"github.com/openlifecycle/lifecycle/metric/ledger"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)
}

func month(t testing.TB, m time.Month) metric.Period {
	t.Helper()
	p, err := metric.Month(2026, m, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pays says that a customer pays so many dollars a month from an instant on, 0 for a
// cancellation.
func pays(customer, region string, at time.Time, dollars int64) event.Event {
	var e event.Event
	if dollars == 0 {
		e = event.New(event.Event{Time: at}, event.SubscriptionCancelled{SubscriptionID: customer})
	} else {
		e = event.New(event.Event{Time: at}, event.SubscriptionStarted{SubscriptionID: customer, Currency: "USD",
			Items: []event.SubscriptionItem{{ItemID: "seat", Amount: 100 * dollars, Interval: "month"}}})
	}
	e.AccountID, e.ID = customer, customer+at.String()
	e.Props = e.Props.With(event.String("region", region))
	return e
}

// subscriptions is a history of five customers, of two regions, with February in view.
//
//	        1 Feb   in February          end of February
//	ann      100    up to 150             150            expansion 50
//	ben      200    down to 120           120            contraction 80
//	cleo      50    gone                    0            churn 50
//	dora      80    gone and back at 90    90            churn 80, reactivation 90
//	eve        0    begins at 40           40            new 40
//
// Opening 430, closing 400. Retained 150 + 120 + 0 + 90 = 360, kept 100 + 120 + 0 + 80 = 300.
func subscriptions() []event.Event {
	list := []event.Event{
		pays("ann", "east", on(1, 5), 100), pays("ben", "west", on(1, 6), 200),
		pays("cleo", "east", on(1, 7), 50), pays("dora", "west", on(1, 8), 80),
		pays("ann", "east", on(2, 10), 150), pays("ben", "west", on(2, 11), 120),
		pays("cleo", "east", on(2, 12), 0), pays("dora", "west", on(2, 13), 0),
		pays("dora", "west", on(2, 20), 90), pays("eve", "east", on(2, 21), 40),
	}
	return list
}

func region(e *event.Event) string {
	text, _ := e.Props.String("region")
	return text
}

// collectCells returns the facts of each cell, by period and segment.
func collectCells(t testing.TB, o capture.Options, events []event.Event) (*capture.Collector, map[string]*metric.Facts) {
	t.Helper()
	c, err := capture.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		if err := event.Check(&events[i]); err != nil {
			t.Fatal(err)
		}
		c.Add(&events[i])
	}
	cells := make(map[string]*metric.Facts)
	for cell, facts := range c.Facts() {
		name := cell.Period.String() + " " + cell.Segment
		if cell.All {
			name = cell.Period.String()
		}
		cells[name] = facts
	}
	return c, cells
}

func value(t testing.TB, facts *metric.Facts, d metric.Definition) string {
	t.Helper()
	v, err := facts.Value(d)
	if err != nil {
		return err.Error()
	}
	return v.Text()
}

// The ledger answers for retained and kept revenue itself: from the movements of February
// alone, which include those of dora, they would be 350 and 220.
func TestLedgerFacts(t *testing.T) {
	o := capture.Options{
		Periods: []metric.Period{month(t, 2)}, Segment: region,
		States: []capture.State{capture.Ledger(ledger.Options{}, ledger.Query{AsOf: on(4, 1)})},
	}
	_, cells := collectCells(t, o, subscriptions())
	for _, x := range []struct {
		cell string
		d    metric.Definition
		want string
	}{
		{"2026-02", subscription.OpeningMRR().Definition(), "430.00 USD"},
		{"2026-02", subscription.NewMRR().Definition(), "40.00 USD"},
		{"2026-02", subscription.ExpansionMRR().Definition(), "50.00 USD"},
		{"2026-02", subscription.ContractionMRR().Definition(), "80.00 USD"},
		{"2026-02", subscription.ChurnedMRR().Definition(), "130.00 USD"},
		{"2026-02", subscription.ReactivationMRR().Definition(), "90.00 USD"},
		{"2026-02", subscription.MRR().Definition(), "400.00 USD"},
		{"2026-02", subscription.RetainedMRR().Definition(), "360.00 USD"},
		{"2026-02", subscription.KeptMRR().Definition(), "300.00 USD"},
		{"2026-02", subscription.NetRevenueRetention().Definition(), "0.8372093023255813953488372093"},   // 360 / 430
		{"2026-02", subscription.GrossRevenueRetention().Definition(), "0.6976744186046511627906976744"}, // 300 / 430
		{"2026-02", subscription.OpeningCustomers().Definition(), "4"},
		{"2026-02", subscription.Customers().Definition(), "4"},
		{"2026-02", subscription.RetainedCustomers().Definition(), "3"},
		{"2026-02", subscription.ChurnedCustomers().Definition(), "2"},
		{"2026-02", subscription.WinBackCandidates().Definition(), "2"},
		{"2026-02", subscription.RegainedCustomers().Definition(), "1"},
		{"2026-02", subscription.TrailingOpeningCustomers().Definition(), "4"},
		{"2026-02 east", subscription.OpeningMRR().Definition(), "150.00 USD"},
		{"2026-02 east", subscription.RetainedMRR().Definition(), "150.00 USD"},
		{"2026-02 west", subscription.OpeningMRR().Definition(), "280.00 USD"},
		{"2026-02 west", subscription.NetRevenueRetention().Definition(), "0.75"}, // 210 / 280
	} {
		if got := value(t, cells[x.cell], x.d); got != x.want {
			t.Errorf("%s %s: %s, want %s", x.cell, x.d, got, x.want)
		}
	}
}

// Amounts of two currencies meet in no fact, unless the query says how to convert them.
func TestLedgerFactsOfTwoCurrencies(t *testing.T) {
	list := subscriptions()
	list[0].Props = list[0].Props.With(event.String("currency", "EUR"))
	o := capture.Options{Periods: []metric.Period{month(t, 2)}, States: []capture.State{capture.Ledger(ledger.Options{}, ledger.Query{})}}
	_, cells := collectCells(t, o, list)
	facts := cells["2026-02"]
	if _, err := facts.Value(subscription.OpeningMRR().Definition()); !errors.Is(err, metric.MixedCurrency) {
		t.Errorf("opening MRR: %v", err)
	}
	if got := value(t, facts, subscription.OpeningCustomers().Definition()); got != "4" {
		t.Errorf("%s opening customers", got)
	}
}

func act(user, name string, at time.Time) event.Event {
	return event.Event{Name: name, UserID: user, Time: at, ID: user + name + at.String(), Props: event.NewProps(event.String("feature", "report"))}
}

// Two weeks of use by hand: u on four days, v on one of them and a day of the week before, w
// once, for the first time.
func use() []event.Event {
	return []event.Event{
		act("u", "feature_used", on(3, 2)), act("u", "feature_used", on(3, 2).Add(time.Hour)), act("u", "feature_used", on(3, 3)),
		act("u", "feature_used", on(3, 10)), act("u", "feature_used", on(3, 11)),
		act("v", "feature_used", on(3, 4)), act("v", "feature_used", on(3, 11)), act("w", "feature_used", on(3, 12)),
	}
}

func TestActivityFacts(t *testing.T) {
	first, err := metric.Week(2026, 10, time.UTC) // 2 to 8 March
	if err != nil {
		t.Fatal(err)
	}
	day, err := metric.Day(2026, 3, 11, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	o := capture.Options{
		Periods: []metric.Period{first, first.Next(), day, month(t, 3)},
		States: []capture.State{
			capture.Activity(engagement.ActivityOptions{Active: event.Named("feature_used")}),
			capture.DayN(1, retention.Options{Start: event.Named("feature_used"), Return: event.Named("feature_used"), From: on(3, 1), Buckets: 31}, on(3, 31)),
		},
	}
	_, cells := collectCells(t, o, use())
	second := first.Next().String()
	for _, x := range []struct {
		cell string
		d    metric.Definition
		want string
	}{
		{first.String(), usage.WeeklyActiveUsers().Definition(), "2"},
		{second, usage.WeeklyActiveUsers().Definition(), "3"},
		{second, usage.NewActiveUsers().Definition(), "1"},
		{second, usage.ReturningActiveUsers().Definition(), "2"},
		{second, usage.ResurrectedActiveUsers().Definition(), "0"},
		{second, usage.DormantUsers().Definition(), "0"},
		{second, usage.AverageDailyActiveUsers().Definition(), "0.5714285714285714285714285714"}, // 4 / 7
		{"2026-03-11", usage.DailyActiveUsers().Definition(), "2"},
		{"2026-03", usage.MonthlyActiveUsers().Definition(), "3"},
		{"2026-03", usage.ActiveDaysPerUser().Definition(), "1 2 4"},
		// First days: u on the 2nd, v on the 4th, w on the 12th. Of these u came on the next.
		{"2026-03", usage.CohortUsers().Definition(), "3"},
		{"2026-03", usage.DayNUsers().Definition(), "1"},
		{"2026-03", usage.WithinDayNUsers().Definition(), "1"},
		{"2026-03", usage.DayNOrLaterUsers().Definition(), "2"},
		{first.String(), usage.CohortUsers().Definition(), "2"},
	} {
		got := value(t, cells[x.cell], x.d)
		if d, err := cells[x.cell].Value(x.d); err == nil && d.Kind() == metric.DistributionOf(metric.KindNumber) {
			got = strings.Trim(strings.NewReplacer("[", "", "]", "", ",", " ", `"`, "").Replace(got), " ")
		}
		if got != x.want {
			t.Errorf("%s %s: %s, want %s", x.cell, x.d, got, x.want)
		}
	}
}

// A visit of two pages, one of a single page, and one that is still open.
func TestSessionFacts(t *testing.T) {
	list := []event.Event{
		act("u", "page_viewed", on(3, 2)), act("u", "page_viewed", on(3, 2).Add(20*time.Minute)),
		act("u", "page_viewed", on(3, 2).Add(51*time.Minute)), act("v", "page_viewed", on(3, 31)),
	}
	o := capture.Options{Periods: []metric.Period{month(t, 3)}, States: []capture.State{
		capture.Sessions(engagement.SessionOptions{}, engagement.SessionQuery{AsOf: on(3, 31).Add(time.Minute)}),
	}}
	_, cells := collectCells(t, o, list)
	facts := cells["2026-03"]
	for d, want := range map[metric.Definition]string{
		web.Sessions().Definition(): "2", web.SinglePageSessions().Definition(): "1", web.Visitors().Definition(): "1",
		web.PageViews().Definition(): "3", web.EngagedSessions().Definition(): "1",
	} {
		if got := value(t, facts, d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// Activation by three reports within a week: u made it, v did not, w still may.
func TestActivationFacts(t *testing.T) {
	list := []event.Event{act("u", "signed_up", on(3, 2)), act("v", "signed_up", on(3, 3)), act("w", "signed_up", on(3, 30))}
	for i := range 3 {
		list = append(list, act("u", "feature_used", on(3, 3+i)))
	}
	list = append(list, act("v", "feature_used", on(3, 4)))
	rule := engagement.ActivationOptions{Criteria: []engagement.Criterion{{Name: "three", Rule: event.Named("feature_used"), AtLeast: 3}}}
	first, err := metric.Week(2026, 10, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	o := capture.Options{Periods: []metric.Period{first, month(t, 3)}, States: []capture.State{
		capture.Activation(rule, engagement.ActivationQuery{AsOf: on(4, 1)}),
		capture.Funnel(funnel.Options{Steps: []event.Rule{event.Named("signed_up"), event.Named("feature_used")}}, on(4, 1),
			onboarding.StepEntrants(), onboarding.StepCompleters()),
	}}
	_, cells := collectCells(t, o, list)
	if got := value(t, cells[first.String()], onboarding.ActivationRate().Definition()); got != "0.5" {
		t.Errorf("activation rate of the week: %s", got)
	}
	if _, err := cells["2026-03"].Value(onboarding.ActivatedUsers().Definition()); !errors.Is(err, metric.NotMature) {
		t.Errorf("activated users of March: %v", err)
	}
	if got := value(t, cells[first.String()], onboarding.StepCompleters().Definition()); got != "2" {
		t.Errorf("completers of the week: %s", got)
	}
	if _, err := cells["2026-03"].Value(onboarding.StepCompleters().Definition()); !errors.Is(err, metric.NotMature) {
		t.Errorf("completers of March: %v", err)
	}
}

// Whatever a state supplies, its metric names the calculator, and no other metric does.
func TestCalculatorsOfMetrics(t *testing.T) {
	states := map[string]capture.State{
		"ledger":     capture.Ledger(ledger.Options{}, ledger.Query{AsOf: on(1, 1)}),
		"engagement": capture.Activity(engagement.ActivityOptions{Features: make([]engagement.Feature, 1)}),
		"retention":  capture.DayN(1, retention.Options{}, time.Time{}),
	}
	want := make(map[string]string)
	supply := func(name string, s capture.State) {
		for _, d := range s.Supplies() {
			want[d.ID()] = name
		}
	}
	for name, s := range states {
		supply(name, s)
	}
	supply("engagement", capture.Sessions(engagement.SessionOptions{}, engagement.SessionQuery{}))
	supply("engagement", capture.Activation(engagement.ActivationOptions{}, engagement.ActivationQuery{}))
	for d := range catalog.All() {
		if d.Calculator() != want[d.ID()] {
			t.Errorf("%s names %q as its calculator, want %q", d, d.Calculator(), want[d.ID()])
		}
	}
}

// allStates is one of each, over the events of this file.
func allStates() []capture.State {
	return []capture.State{
		capture.Ledger(ledger.Options{}, ledger.Query{AsOf: on(4, 1)}),
		capture.Activity(engagement.ActivityOptions{Active: event.Named("feature_used")}),
		capture.Sessions(engagement.SessionOptions{}, engagement.SessionQuery{}),
		capture.Activation(engagement.ActivationOptions{Criteria: []engagement.Criterion{{Name: "use", Rule: event.Named("feature_used")}}}, engagement.ActivationQuery{}),
		capture.DayN(1, retention.Options{From: on(3, 1), Buckets: 31}, time.Time{}),
		capture.Funnel(funnel.Options{Steps: []event.Rule{event.Named("signed_up"), event.Named("feature_used")}}, time.Time{},
			onboarding.StepEntrants(), onboarding.StepCompleters()),
	}
}

// Any split of the events over collectors gives the same facts and bytes, with segments.
func TestStatesMerge(t *testing.T) {
	var list []event.Event
	list = append(list, subscriptions()...)
	for i, e := range use() {
		e.Props = e.Props.With(event.String("region", []string{"east", "west"}[i%2]))
		list = append(list, e)
	}
	list = append(list, act("u", "signed_up", on(3, 1)), act("x", "signed_up", on(3, 2)), act("u", "page_viewed", on(3, 2)))
	o := capture.Options{Periods: []metric.Period{month(t, 2), month(t, 3)}, Segment: region, States: allStates()}
	whole, want := collectCells(t, o, list)
	bytesOf := func(c *capture.Collector) []byte {
		data, err := c.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	texts := func(cells map[string]*metric.Facts) map[string]string {
		all := make(map[string]string)
		for name, facts := range cells {
			data, err := facts.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			all[name] = string(data)
		}
		return all
	}
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 1))
		parts := make([]*capture.Collector, 3)
		split := make([][]event.Event, 3)
		shuffled := slices.Clone(list)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for _, e := range shuffled {
			i := r.IntN(3)
			split[i] = append(split[i], e)
		}
		for i := range parts {
			parts[i], _ = collectCells(t, o, split[i])
		}
		back, err := capture.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalBinary(bytesOf(parts[1])); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*capture.Collector{back, parts[0]} {
			if err := parts[2].Merge(p); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytesOf(whole), bytesOf(parts[2])) {
			t.Fatalf("seed %d: the bytes differ", seed)
		}
		_, got := collectCells(t, o, list)
		for cell, facts := range parts[2].Facts() {
			name := cell.Period.String() + " " + cell.Segment
			if cell.All {
				name = cell.Period.String()
			}
			got[name] = facts
		}
		if diff := gocmp.Diff(texts(want), texts(got)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestStatesRefuse(t *testing.T) {
	periods := []metric.Period{month(t, 3)}
	for name, states := range map[string][]capture.State{
		"no state":           {{}},
		"twice":              {allStates()[0], allStates()[0]},
		"day 0":              {capture.DayN(0, retention.Options{From: on(3, 1), Buckets: 3}, time.Time{})},
		"too few metrics":    {capture.Funnel(funnel.Options{Steps: []event.Rule{event.Named("a"), event.Named("b")}}, time.Time{}, onboarding.StepEntrants())},
		"no criteria":        {capture.Activation(engagement.ActivationOptions{}, engagement.ActivationQuery{})},
		"no range of a week": {capture.DayN(1, retention.Options{}, time.Time{})},
	} {
		if _, err := capture.New(capture.Options{Periods: periods, States: states}); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := capture.New(capture.Options{Periods: periods, States: allStates()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	b, err := capture.New(capture.Options{Periods: periods})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Merge(b); !errors.Is(err, metric.ErrInput) {
		t.Errorf("collectors with other states: %v", err)
	}
}

// Net and gross revenue retention from events: the ledger knows what became of the customers
// of the beginning, which the movements of a month do not say.
func ExampleLedger() {
	february, _ := metric.Month(2026, 2, time.UTC)
	collector, err := capture.New(capture.Options{
		Periods: []metric.Period{february},
		States:  []capture.State{capture.Ledger(ledger.Options{}, ledger.Query{})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := func(account string, at time.Time, cents int64) {
		e := event.New(event.Event{Time: at}, event.SubscriptionStarted{SubscriptionID: account, Currency: "USD",
			Items: []event.SubscriptionItem{{ItemID: "plan", Amount: cents, Interval: "month"}}})
		e.AccountID = account
		collector.Add(&e)
	}
	start("ann", on(1, 5), 100_00)
	start("ben", on(1, 6), 200_00)
	start("ann", on(2, 10), 150_00)
	start("ben", on(2, 11), 120_00)
	start("cleo", on(2, 12), 80_00)
	for cell, facts := range collector.Facts() {
		net, err := subscription.NetRevenueRetention().From(facts)
		gross, _ := subscription.GrossRevenueRetention().From(facts)
		fmt.Println(cell.Period, net, gross, err)
	}
	// Output: 2026-02 90% 73.33% <nil>
}
