package engagement

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func activationOptions() map[string]ActivationOptions {
	three := []Criterion{
		{Name: "views", Rule: event.Named("page_viewed"), AtLeast: 2},
		{Name: "time", Rule: event.Named("feature_used", "page_viewed"), Measure: Seconds, Attribute: "seconds", AtLeast: 16},
		{Name: "breadth", Rule: event.Named("feature_used", "order_completed"), Measure: Distinct, Attribute: "feature", AtLeast: 2},
	}
	return map[string]ActivationOptions{
		"one":      {Criteria: three[:1]},
		"all":      {Criteria: three, Window: 20 * 24 * time.Hour},
		"any":      {Criteria: three, Least: 1, Window: 3 * 24 * time.Hour},
		"two":      {Criteria: three, Least: 2},
		"at start": {Start: event.Named("page_viewed"), Criteria: three[:1], Window: 60 * 24 * time.Hour},
	}
}

func activationResults(a *Activation) string {
	var b strings.Builder
	for _, q := range []ActivationQuery{{}, {AsOf: time.Date(2025, 9, 28, 0, 0, 0, 0, time.UTC)}} {
		for x := range a.All(q) {
			fmt.Fprintln(&b, x)
		}
		weeks := slices.Collect(must(metric.Periods(time.Date(2025, 9, 15, 0, 0, 0, 0, time.UTC), time.Date(2025, 10, 15, 0, 0, 0, 0, time.UTC), metric.UnitWeek, nil)))
		fmt.Fprintln(&b, must(a.Cohorts(q)), must(a.Cohorts(q, weeks...)))
		fmt.Fprintln(&b, must(a.Times(metric.Period{})).Text(), must(a.Times(weeks[1])).Text(), must(a.Criteria(weeks[1])))
	}
	return b.String()
}

func TestActivationLaws(t *testing.T) {
	for name, o := range activationOptions() {
		t.Run(name, func(t *testing.T) {
			testLaws(t, func(workers int, keys *event.Keys) *Activation {
				o.Workers, o.Keys = workers, keys
				return must(NewActivation(o))
			}, activationResults)
		})
	}
}

// TestActivationAgainstReference tries every instant from the start to the end of the
// window, and counts afresh what was done up to it.
func TestActivationAgainstReference(t *testing.T) {
	for name, o := range activationOptions() {
		activated := 0
		for seed := range uint64(12) {
			events := hostile(rand.New(rand.NewPCG(seed, 31)), 250)
			a := must(NewActivation(o))
			for i := range events {
				a.Add(&events[i])
			}
			var got, want []string
			for x := range a.All(ActivationQuery{}) {
				got = append(got, fmt.Sprint(x.Customer, x.Start.UnixNano(), x.Activated, x.Took.Text()))
				if x.Activated {
					activated++
				}
			}
			for user, list := range byUser(events) {
				if line := slowActivation(a.Options(), user, list); line != "" {
					want = append(want, line)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s, seed %d:\n%s\nwant\n%s", name, seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		if activated == 0 {
			t.Errorf("%s: nobody was activated, so that nothing was tested", name)
		}
	}
}

func slowActivation(o ActivationOptions, user string, list []event.Event) string {
	first := slices.IndexFunc(list, func(e event.Event) bool { return o.Start.Match(&e) })
	if first < 0 {
		return ""
	}
	start := list[first].Time
	for _, until := range list {
		if until.Time.Before(start) || until.Time.After(start.Add(o.Window)) {
			continue
		}
		met := 0
		for _, c := range o.Criteria {
			events, seconds, values := int64(0), metric.MustNumber("0").Decimal(), map[string]bool{}
			for _, e := range list {
				if e.Time.Before(start) || e.Time.After(until.Time) || !c.Rule.Match(&e) {
					continue
				}
				events++
				if d, ok := e.Props.Decimal("seconds"); ok {
					seconds = seconds.Add(d)
				}
				s, _ := e.Props.String("feature")
				values[s] = true
			}
			if c.Measure == Occurrences && events >= c.AtLeast || c.Measure == Seconds && seconds.IntPart() >= c.AtLeast ||
				c.Measure == Distinct && int64(len(values)) >= c.AtLeast {
				met++
			}
		}
		if met >= o.Least {
			return fmt.Sprint(user, start.UnixNano(), true, metric.FromStd(until.Time.Sub(start)).Text())
		}
	}
	return fmt.Sprint(user, start.UnixNano(), false, "0s")
}

func activationBlock(a *Activation, rows int) *ActivationBlock {
	random := rand.New(rand.NewPCG(6, 5))
	b := new(ActivationBlock)
	for range rows {
		b.Customer = append(b.Customer, a.Keys().Code("u"+string(rune('0'+random.IntN(3)))))
		b.Time = append(b.Time, time.Date(2025, 9, 20, 0, 0, 0, 0, time.UTC).UnixNano()+random.Int64N(4000)*int64(3*time.Hour))
		step := uint8(1 + random.IntN(len(a.options.Criteria)))
		if random.IntN(500) == 0 {
			step = 0
		}
		b.Step = append(b.Step, step)
		b.Seconds = append(b.Seconds, random.Int64N(5)*second/10)
		b.Value = append(b.Value, a.Values().Code("s"+string(rune('a'+random.IntN(4)))))
	}
	return b
}

func TestActivationBlockLaws(t *testing.T) {
	for name, o := range activationOptions() {
		t.Run(name, func(t *testing.T) {
			const rows = 6000
			testBlockLaws(t, rows, func(workers int) *Activation {
				o.Workers = workers
				return must(NewActivation(o))
			}, func(a *Activation, list []int) error {
				b := activationBlock(a, rows)
				return a.AddBlock(&ActivationBlock{Customer: pick(b.Customer, list), Time: pick(b.Time, list), Step: pick(b.Step, list),
					Seconds: pick(b.Seconds, list), Value: pick(b.Value, list)})
			}, activationResults)
		})
	}
}

// TestActivationBlockLikeEvents: rows of blocks, of which some are dropped, give what events
// give, of which all are kept.
func TestActivationBlockLikeEvents(t *testing.T) {
	for name, o := range activationOptions() {
		const rows = 6000
		apart := o // each kind of row is an event of its own name
		apart.Start, apart.Criteria = event.Named("start"), slices.Clone(o.Criteria)
		for i := range apart.Criteria {
			apart.Criteria[i].Rule = event.Named(apart.Criteria[i].Name)
		}
		byEvent, byBlock := must(NewActivation(apart)), must(NewActivation(o))
		b := activationBlock(byBlock, rows)
		for i := range rows {
			byEvent.Add(&event.Event{
				ID: fmt.Sprint(i), UserID: byBlock.Keys().Key(b.Customer[i]), Time: time.Unix(0, b.Time[i]),
				Name: []string{"start", "views", "time", "breadth"}[b.Step[i]],
				Props: event.NewProps(event.Decimal("seconds", metric.FromStd(time.Duration(b.Seconds[i])).Seconds()),
					event.String("feature", byBlock.Values().Key(b.Value[i])[1:])),
			})
		}
		for i := 0; i < rows; i += 500 {
			part := &ActivationBlock{b.Customer[i : i+500], b.Time[i : i+500], b.Step[i : i+500], b.Seconds[i : i+500], b.Value[i : i+500]}
			if err := byBlock.AddBlock(part); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := activationResults(byBlock), activationResults(byEvent); got != want {
			t.Errorf("%s: blocks\n%s\nevents\n%s", name, got, want)
		}
		if byBlock.rows.Len() >= rows {
			t.Errorf("%s: nothing was dropped, so that this tests nothing", name)
		}
	}
}

// TestActivationBoundary: an event exactly at the end of the window counts, and at the
// instant of the start; a customer is mature once the end has passed.
func TestActivationBoundary(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{-1, false}, {0, true}, {time.Hour, true}, {time.Hour + 1, false}} {
		a := must(NewActivation(ActivationOptions{Window: time.Hour, Criteria: []Criterion{{Name: "use", Rule: event.Named("feature_used")}}}))
		a.Add(&event.Event{ID: "2", UserID: "u", Name: "feature_used", Time: start.Add(c.after)})
		a.Add(&event.Event{ID: "1", UserID: "u", Name: "signed_up", Time: start})
		for x := range a.All(ActivationQuery{AsOf: start.Add(time.Hour)}) {
			if x.Activated != c.want || x.Mature {
				t.Errorf("%s: %+v", c.after, x)
			}
		}
		for x := range a.All(ActivationQuery{AsOf: start.Add(time.Hour + 1)}) {
			if !x.Mature {
				t.Errorf("%s: %+v", c.after, x)
			}
		}
	}
}

// TestActivationCompact: what a block leaves behind decides as the whole did, at the very end
// of the window and when the start of a block is joined by one of an event that is taken back.
func TestActivationCompact(t *testing.T) {
	o := ActivationOptions{Window: time.Hour, Criteria: []Criterion{{Name: "use", Rule: event.Named("feature_used")}}}
	reduced := func(a *Activation) *Activation { // writing compacts
		b := must(NewActivation(o))
		if err := b.UnmarshalBinary(bytesOf(t, a)); err != nil {
			t.Fatal(err)
		}
		return b
	}
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	block := func(a *Activation, steps ...time.Duration) { // the first is the start
		var b ActivationBlock
		for i, after := range steps {
			b.Customer = append(b.Customer, a.Keys().Code("u"))
			b.Time = append(b.Time, start.Add(after).UnixNano())
			b.Step = append(b.Step, uint8(min(i, 1)))
		}
		if err := a.AddBlock(&b); err != nil {
			t.Fatal(err)
		}
	}
	a := must(NewActivation(o))
	block(a, 0, time.Hour, time.Hour+1)
	a = reduced(a)
	if c := must(a.Cohorts(ActivationQuery{}))[0]; c.Activated != 1 {
		t.Errorf("at the end of the window: %+v", c)
	}
	if n := a.rows.Len(); n != 2 {
		t.Errorf("%d rows left, want the start and the one in the window", n)
	}

	// An event says that the start was a day earlier; then a delivery of that event that
	// comes before it in the order says that it was no start.
	a = must(NewActivation(o))
	block(a, 0, time.Minute)
	a.Add(&event.Event{ID: "1", UserID: "u", Name: "signed_up", Time: start.AddDate(0, 0, -1)})
	a = reduced(a)
	a.Add(&event.Event{ID: "1", UserID: "u", Name: "feature_used", Time: start.AddDate(0, 0, -2)})
	if c := must(a.Cohorts(ActivationQuery{}))[0]; c.Activated != 1 {
		t.Errorf("a start that was none: %+v", c)
	}
}

// TestCohorts by hand: two sign up in January and one in February; two are activated after
// 2 and 4 hours, within the 7 days of the default.
func TestCohorts(t *testing.T) {
	a := must(NewActivation(ActivationOptions{Criteria: []Criterion{{Name: "use", Rule: event.Named("feature_used")}}}))
	at := func(s string) time.Time { return must(time.Parse(time.RFC3339, s)) }
	for i, e := range []event.Event{
		{UserID: "a", Name: "signed_up", Time: at("2026-01-05T10:00:00Z")}, {UserID: "a", Name: "feature_used", Time: at("2026-01-05T12:00:00Z")},
		{UserID: "b", Name: "signed_up", Time: at("2026-01-31T10:00:00Z")}, {UserID: "b", Name: "feature_used", Time: at("2026-02-20T12:00:00Z")},
		{UserID: "c", Name: "signed_up", Time: at("2026-02-10T10:00:00Z")}, {UserID: "c", Name: "feature_used", Time: at("2026-02-10T14:00:00Z")},
		{UserID: "d", Name: "feature_used", Time: at("2026-02-10T14:00:00Z")},
	} {
		e.ID = fmt.Sprint(i)
		a.Add(&e)
	}
	january, february := must(metric.Month(2026, 1, nil)), must(metric.Month(2026, 2, nil))
	list := must(a.Cohorts(ActivationQuery{AsOf: at("2026-02-12T00:00:00Z")}, january, february))
	if got := must(list[0].Rate()); got.String() != "50%" {
		t.Errorf("January %s, want 50%%", got)
	}
	if _, err := list[1].Rate(); err != metric.NotMature {
		t.Errorf("February: %v", err)
	}
	if list[1].Started != 1 || list[1].Activated != 1 || list[1].MatureStarted != 0 {
		t.Errorf("February: %+v", list[1])
	}
	if got := must(must(a.Times(metric.Period{})).Median()).Text(); got != "10800s" {
		t.Errorf("median time %s, want 3 hours", got)
	}
	if got := must(a.Criteria(january)); got[0] != (CriterionCount{"use", 1, 1}) {
		t.Errorf("criteria %v", got)
	}
}

func TestActivationRefusals(t *testing.T) {
	a := must(NewActivation(activationOptions()["all"]))
	for _, e := range []event.Event{
		{UserID: "u", Name: "feature_used", Time: time.Unix(1, 0)},
		{UserID: "u", Name: "feature_used", Time: time.Unix(1, 0), Props: event.NewProps(event.String("seconds", "x"))},
		{UserID: "u", Name: "feature_used", Time: time.Unix(1, 0), Props: event.NewProps(event.Int("seconds", -1))},
		{UserID: "u", Name: "feature_used", Time: time.Unix(1, 0), Props: event.NewProps(event.Int("seconds", 1), event.Bool("feature", true))},
		{UserID: "u", Name: "signed_out", Time: time.Unix(1, 0)},
	} {
		a.Add(&e)
	}
	var got []string
	for _, x := range a.Report().Refused {
		got = append(got, fmt.Sprint(x.Event, " ", x.Reason, " ", x.Count))
	}
	want := []string{"feature_used missing attribute 1", "feature_used out of range 1", "feature_used wrong type 2"}
	if !slices.Equal(got, want) || a.Report().Ignored != 1 || a.Report().Taken != 0 {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestActivationOptions(t *testing.T) {
	c := Criterion{Name: "a", Rule: event.Named("x")}
	for _, o := range []ActivationOptions{
		{}, {Criteria: make([]Criterion, 31)}, {Criteria: []Criterion{c}, Least: 2}, {Criteria: []Criterion{c}, Window: -1},
		{Criteria: []Criterion{c, c}}, {Criteria: []Criterion{{Rule: c.Rule}}}, {Criteria: []Criterion{{Name: "a", Measure: Seconds}}},
		{Criteria: []Criterion{{Name: "a", Attribute: "x"}}}, {Criteria: []Criterion{{Name: "a", AtLeast: -1}}}, {Criteria: []Criterion{{Name: "a", Measure: 9}}},
		{Criteria: []Criterion{{Name: "a", Measure: Seconds, Attribute: "x"}, {Name: "b", Measure: Seconds, Attribute: "y"}}},
		{Criteria: []Criterion{c}, Start: event.Named("Not Folded")},
	} {
		if _, err := NewActivation(o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	want := `"views": at least 2 events in page_viewed; "time": at least 16 seconds of seconds in feature_used, page_viewed; ` +
		`"breadth": at least 2 distinct values of feature in feature_used, order_completed; 1 of them; within 72h0m0s`
	if got := activationOptions()["any"].String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
