package capture_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/churn"
	"github.com/openlifecycle/lifecycle/catalog/onboarding"
	"github.com/openlifecycle/lifecycle/catalog/support"
	"github.com/openlifecycle/lifecycle/catalog/trial"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/survival"
)

// durations returns what a collector answers, by period and segment: closed and open ones in
// days.
func durations(t testing.TB, c *capture.Collector, d metric.Definition, asOf time.Time) map[string]string {
	t.Helper()
	list, err := c.Durations(d, asOf)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for cell, d := range list {
		name := cell.Period.String()
		if !cell.All {
			name += " " + cell.Segment
		}
		texts[name] = days(d.Closed) + "; " + days(d.Open)
	}
	return texts
}

func days(d metric.Distribution[metric.Duration]) string {
	var list []string
	for x := range d.All() {
		list = append(list, plain(x.Seconds().DivRound(decimal.New(86400, 0), 9)))
	}
	return strings.Join(list, " ")
}

func ticket(name, id, channel string, at time.Time) event.Event {
	return event.Event{Name: name, UserID: "u", ID: name + id, Time: at, Props: event.NewProps(
		event.String("ticket_id", id), event.String("region", channel))}
}

// tickets are five cases of March, as of the 10th: solved after 2, 4 and 4 days, open since 3
// and 5, which are 2, 3+, 4, 4, 5+. One ends without a start, and one before its start.
func tickets() []event.Event {
	return []event.Event{
		ticket("ticket_created", "a", "east", on(3, 1)), ticket("ticket_solved", "a", "east", on(3, 3)),
		ticket("ticket_created", "b", "west", on(3, 7)), ticket("ticket_solved", "b", "west", on(4, 2)),
		ticket("ticket_created", "c", "east", on(3, 2)), ticket("ticket_solved", "c", "west", on(3, 6)),
		ticket("ticket_created", "d", "east", on(3, 4)), ticket("ticket_solved", "d", "east", on(3, 8)),
		ticket("ticket_created", "e", "east", on(3, 5)),
		ticket("ticket_solved", "f", "east", on(3, 4)),
		ticket("ticket_created", "g", "east", on(3, 6)), ticket("ticket_solved", "g", "east", on(3, 5)),
		ticket("ticket_created", "h", "west", on(2, 28)), ticket("ticket_solved", "h", "west", on(3, 1)),
	}
}

func TestDurations(t *testing.T) {
	o := capture.Options{Periods: []metric.Period{month(t, 2), month(t, 3), month(t, 4)}, Segment: region}
	c, cells := collectCells(t, o, tickets())
	d := support.Resolutions().Definition()
	for _, x := range []struct {
		asOf time.Time
		want map[string]string
	}{
		{on(3, 10), map[string]string{
			"2026-02": "1; ", "2026-02 east": "; ", "2026-02 west": "1; ",
			"2026-03": "2 4 4; 3 5", "2026-03 east": "2 4 4; 5", "2026-03 west": "; 3",
			"2026-04": "; ", "2026-04 east": "; ", "2026-04 west": "; ",
		}},
		// On the 8th d is solved, but not yet at the instant itself; b began on the 7th.
		{on(3, 8), map[string]string{
			"2026-02": "1; ", "2026-02 east": "; ", "2026-02 west": "1; ",
			"2026-03": "2 4; 1 3 4", "2026-03 east": "2 4; 3 4", "2026-03 west": "; 1",
			"2026-04": "; ", "2026-04 east": "; ", "2026-04 west": "; ",
		}},
		{on(3, 1), map[string]string{ // a begins
			"2026-02": "; 1", "2026-02 east": "; ", "2026-02 west": "; 1",
			"2026-03": "; ", "2026-03 east": "; ", "2026-03 west": "; ",
			"2026-04": "; ", "2026-04 east": "; ", "2026-04 west": "; ",
		}},
	} {
		if got := durations(t, c, d, x.asOf); fmt.Sprint(got) != fmt.Sprint(x.want) {
			t.Errorf("as of %s:\n got %v\nwant %v", x.asOf, got, x.want)
		}
	}
	if got := durations(t, c, d, on(12, 31))["2026-03"]; got != "2 4 4 26; 301" { // b took 7 March to 2 April, e is open since 5 March
		t.Errorf("at the end of the year: %s", got)
	}
	// The fact is of what ended in March, with the case of February and without open ones.
	if got := value(t, cells["2026-03"], d); got != `["86400s","172800s","345600s","345600s"]` {
		t.Errorf("the fact of March: %s", got)
	}
	for _, r := range c.Report().Rejected {
		if r.Metric == d.ID() && (r.Count != 1 || r.Reason != capture.ReasonMissingStart && r.Reason != capture.ReasonEndsBeforeStart) {
			t.Errorf("rejected: %+v", r)
		}
	}
}

// The published example of times 2, 3+, 4, 4, 5+.
func TestDurationsMakeACurve(t *testing.T) {
	o := capture.Options{Periods: []metric.Period{month(t, 3)}, Metrics: []metric.Definition{support.Resolutions().Definition()}}
	c, _ := collectCells(t, o, tickets())
	list, err := c.Durations(support.Resolutions().Definition(), on(3, 10))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		sample, err := survival.FromDurations(survival.Day, d.Closed.All(), d.Open.All())
		if err != nil {
			t.Fatal(err)
		}
		curve, err := sample.KaplanMeier(survival.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[float64]string{2: "4/5", 3: "4/5", 4: "4/15"} {
			if got, err := curve.Exact(at); err != nil || got.String() != want {
				t.Errorf("S(%v) = %v, %v, want %s", at, got, err, want)
			}
		}
		if median, err := curve.Median(); err != nil || median.Value != 4 {
			t.Errorf("median %v, %v", median, err)
		}
	}
}

// The lists agree with a loop over all events, whatever they are and in however many
// collectors they came.
func TestDurationsModel(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		o := testOptions(t)
		if seed%7 == 0 {
			o.Segment = nil
		}
		events := hostile(r, 20+r.IntN(400))
		m := newModel(o, events)
		c := collect(t, o, events)
		merged := newCollector(t, o)
		for _, shard := range split(r, shuffled(r, events), seed%2 == 0) {
			if err := merged.Merge(collect(t, o, shard)); err != nil {
				t.Fatal(err)
			}
		}
		decoded := newCollector(t, o)
		before := marshal(t, c)
		if err := decoded.UnmarshalBinary(before); err != nil {
			t.Fatal(err)
		}
		o.Unique = true
		unique := collect(t, o, m.events)
		for _, d := range o.Metrics {
			rule := metric.Literal(def.Key{}, d).Capture
			if rule.Kind != def.CaptureDuration || !m.known(rule, d.Kind()) {
				continue
			}
			asOf := m.events[r.IntN(len(m.events))].Effective()
			if r.IntN(2) == 0 {
				asOf = asOf.Add(time.Duration(r.IntN(3)-1) * time.Hour)
			}
			want := m.durations(rule, asOf)
			for _, x := range []*capture.Collector{c, merged, decoded, unique} {
				if got := durations(t, x, d, asOf); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("seed %d: %s as of %s:\n got %v\nwant %v", seed, d, asOf, got, want)
				}
			}
		}
		if !slices.Equal(marshal(t, c), before) {
			t.Fatal("to be asked changes a collector")
		}
	}
}

// durations is the slow way.
func (m *model) durations(rule *def.Capture, asOf time.Time) map[string]string {
	texts := make(map[string]string)
	one := func(p metric.Period, name string, in func(segment string) bool) {
		var closed, open []metric.Duration
		for _, o := range m.objects(rule) {
			if o.reason != "" && o.reason != "open" {
				continue
			}
			start := o.from.Effective()
			switch {
			case !p.Contains(start) || !in(m.segment(o.from)) || !start.Before(asOf):
			case o.until != nil && o.until.Effective().Before(asOf):
				closed = append(closed, metric.FromStd(o.until.Effective().Sub(start)))
			default:
				open = append(open, metric.FromStd(asOf.Sub(start)))
			}
		}
		texts[name] = days(metric.MustDistribution(closed...)) + "; " + days(metric.MustDistribution(open...))
	}
	for _, p := range m.options.Periods {
		one(p, p.String(), func(string) bool { return true })
		if m.options.Segment == nil {
			continue
		}
		for _, name := range m.segments() {
			one(p, p.String()+" "+name, func(segment string) bool { return segment == name })
		}
	}
	return texts
}

func TestDurationsRefuse(t *testing.T) {
	d := support.Resolutions().Definition()
	o := capture.Options{Periods: []metric.Period{month(t, 3)}}
	c, _ := collectCells(t, o, tickets())
	var zero capture.Collector
	for name, x := range map[string]struct {
		c    *capture.Collector
		d    metric.Definition
		asOf time.Time
		want error
	}{
		"no time":           {c, d, time.Time{}, metric.ErrInput},
		"too late":          {c, d, time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC), metric.ErrInput},
		"no metric":         {c, metric.Definition{}, on(3, 10), metric.ErrInput},
		"no duration":       {c, support.Tickets().Definition(), on(3, 10), metric.ErrInput},
		"a median":          {c, support.ResolutionTime().Definition(), on(3, 10), metric.ErrInput},
		"no collector":      {&zero, d, on(3, 10), metric.ErrInput},
		"none ever started": {c, trial.ConversionTimes().Definition(), on(3, 10), metric.MissingInput},
	} {
		if list, err := x.c.Durations(x.d, x.asOf); !errors.Is(err, x.want) || list != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Nobody ended, in a log that does not say that it would show it, and in one that does.
	created := tickets()[:1]
	c, _ = collectCells(t, o, created)
	if _, err := c.Durations(d, on(3, 10)); !errors.Is(err, metric.MissingInput) {
		t.Errorf("without an end: %v", err)
	}
	o.Covers = []string{"ticket_solved"}
	c, _ = collectCells(t, o, created)
	if got := durations(t, c, d, on(3, 10))["2026-03"]; got != "; 9" {
		t.Errorf("without an end that the log would show: %s", got)
	}
	o.Periods[0], _ = metric.Year(1700, time.UTC)
	c, _ = collectCells(t, o, created)
	if _, err := c.Durations(d, time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Errorf("292 years: %v", err)
	}
	if _, err := c.Durations(d, time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("293 years: %v", err)
	}
}

// A trial that was given up converts no more, and a subscription that runs has not ended.
func TestDurationsOfTheCatalogue(t *testing.T) {
	trialEnds := func(user string, at time.Time, converted bool) event.Event {
		e := event.New(event.Event{UserID: user, Time: at}, event.TrialEnded{Converted: event.Some(converted)})
		e.ID = user + "end"
		return e
	}
	started := func(user string, at time.Time) event.Event {
		e := event.New(event.Event{UserID: user, Time: at}, event.TrialStarted{Plan: "pro", TrialEnd: at.AddDate(0, 0, 14)})
		e.ID = user
		return e
	}
	o := capture.Options{Periods: []metric.Period{month(t, 3)}}
	c, _ := collectCells(t, o, slices.Concat(subscriptions(), []event.Event{
		started("u", on(3, 1)), trialEnds("u", on(3, 15), true),
		started("v", on(3, 1)), trialEnds("v", on(3, 15), false),
		started("w", on(3, 20)),
	}))
	if got := durations(t, c, trial.ConversionTimes().Definition(), on(4, 1))["2026-03"]; got != "14; 12 31" {
		t.Errorf("conversion: %s", got)
	}
	o.Periods = []metric.Period{month(t, 1)}
	c, _ = collectCells(t, o, subscriptions())
	// Cleo left on 12 February, dora on the 13th; ann and ben run since 5 and 6 January.
	if got := durations(t, c, churn.TimesToChurn().Definition(), on(2, 20))["2026-01"]; got != "36 36; 45 46" {
		t.Errorf("churn: %s", got)
	}
}

// A state that supplies the metric answers by its own rule.
func TestDurationsOfActivation(t *testing.T) {
	list := []event.Event{
		act("u", "signed_up", on(3, 2)), act("u", "feature_used", on(3, 3)), act("u", "feature_used", on(3, 6)),
		act("v", "signed_up", on(3, 3)), act("v", "feature_used", on(3, 4)),
		act("w", "signed_up", on(3, 12)), act("x", "signed_up", on(2, 27)),
	}
	for i := range list {
		list[i].Props = list[i].Props.With(event.String("region", []string{"east", "west"}[i/3%2]))
	}
	rule := engagement.ActivationOptions{Criteria: []engagement.Criterion{{Name: "two", Rule: event.Named("feature_used"), AtLeast: 2}}}
	o := capture.Options{
		Periods: []metric.Period{month(t, 3)}, Segment: region,
		States: []capture.State{capture.Activation(rule, engagement.ActivationQuery{AsOf: on(4, 1)})},
	}
	c, _ := collectCells(t, o, list)
	d := onboarding.TimesToValue().Definition()
	for asOf, want := range map[time.Time]map[string]string{
		on(3, 12): {"2026-03": "4; 9", "2026-03 east": "4; ", "2026-03 west": "; 9"},
		on(3, 13): {"2026-03": "4; 1 10", "2026-03 east": "4; ", "2026-03 west": "; 1 10"},
		on(3, 6):  {"2026-03": "; 3 4", "2026-03 east": "; 4", "2026-03 west": "; 3"},
	} {
		if got := durations(t, c, d, asOf); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("as of %s: %v, want %v", asOf, got, want)
		}
	}
	c, _ = collectCells(t, o, nil)
	if _, err := c.Durations(d, on(3, 12)); !errors.Is(err, metric.MissingInput) {
		t.Errorf("without events: %v", err)
	}
}

// How long until a new user reaches first value: ann, ben and cleo took one, two and four
// days, dora and eve have been on the way for five and three. Nothing of them is lost.
func ExampleCollector_Durations() {
	march, _ := metric.Month(2026, time.March, time.UTC)
	collector, err := capture.New(capture.Options{Periods: []metric.Period{march}})
	if err != nil {
		fmt.Println(err)
		return
	}
	add := func(name, user string, day int) {
		collector.Add(&event.Event{Name: name, UserID: user, Time: time.Date(2026, time.March, day, 9, 0, 0, 0, time.UTC)})
	}
	for user, day := range map[string]int{"ann": 2, "ben": 2, "cleo": 3, "dora": 4, "eve": 6} {
		add("signed_up", user, day)
	}
	add("activated", "ann", 3)
	add("activated", "ben", 4)
	add("activated", "cleo", 7)

	asOf := time.Date(2026, time.March, 9, 9, 0, 0, 0, time.UTC)
	cells, err := collector.Durations(onboarding.TimesToValue().Definition(), asOf)
	if err != nil {
		fmt.Println(err)
		return
	}
	for cell, d := range cells {
		sample, err := survival.FromDurations(survival.Day, d.Closed.All(), d.Open.All())
		if err != nil {
			fmt.Println(err)
			return
		}
		curve, _ := sample.KaplanMeier(survival.Options{})
		median, _ := curve.Median()
		within, _ := curve.RestrictedMean(4)
		alone, _ := d.Closed.Median()
		fmt.Println(cell.Period, "median:", median.Value, median.Unit)
		fmt.Println("mean of the first four days:", within.Value, within.Unit)
		fmt.Println("median of those who got there alone:", alone)
	}
	// Output:
	// 2026-03 median: 4 day
	// mean of the first four days: 3 day
	// median of those who got there alone: 2d
}
