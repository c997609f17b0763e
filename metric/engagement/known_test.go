package engagement

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// knownOptions count purchases of one plan, and know customers by any purchase.
func knownOptions(t testing.TB) ActivityOptions {
	o := octoberOptions(t)
	o.Active = event.Rule{Events: []string{"feature_used"}, Where: []event.Condition{{Attribute: "feature", Value: event.StringValue("f0")}}}
	o.Known = event.Named("feature_used", "order_completed")
	return o
}

// A filter of activity must not make a customer new who did the same before without it. The
// case is melodi-c/qurvo issue 430: free on the 10th, premium on the 19th.
func TestKnownCustomerIsNotNew(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 2, d, 12, 0, 0, 0, time.UTC) }
	purchase := func(user, plan string, d int) event.Event {
		return event.Event{Name: "purchase", UserID: user, Time: day(d), Props: event.NewProps(event.String("plan", plan))}
	}
	events := []event.Event{
		purchase("before the range", "free", 10), purchase("before the range", "premium", 19),
		purchase("in the range", "free", 17), purchase("in the range", "premium", 19),
		purchase("on the day", "free", 19), purchase("on the day", "premium", 19),
		purchase("later", "premium", 19), purchase("later", "free", 20),
		purchase("never else", "premium", 19),
	}
	o := ActivityOptions{
		Range:  must(metric.Between(time.Date(2026, 2, 17, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 21, 0, 0, 0, 0, time.UTC))),
		Active: event.Rule{Events: []string{"purchase"}, Where: []event.Condition{{Attribute: "plan", Value: event.StringValue("premium")}}},
	}
	for _, c := range []struct {
		known            event.Rule
		new, resurrected int64
	}{{event.Rule{}, 5, 0}, {event.Named("purchase"), 3, 2}} {
		o.Known = c.known
		a := must(NewActivity(o))
		for i := range events {
			a.Add(&events[i])
		}
		for _, g := range must(a.Growth(Query{})) {
			want := Growth{Period: g.Period}
			switch g.Period.Start().Day() {
			case 19:
				want.Active, want.New, want.Resurrected = 5, c.new, c.resurrected
			case 20:
				want.Previous, want.Dormant = 5, 5
			}
			if fmt.Sprint(g) != fmt.Sprint(want) {
				t.Errorf("known %s: %+v, want %+v", c.known, g, want)
			}
		}
		week := must(a.Growth(Query{Unit: metric.UnitDay, Only: []string{"before the range", "on the day"}}))[2]
		if week.New+week.Resurrected != 2 || week.Resurrected != min(c.resurrected, 1) {
			t.Errorf("known %s, two customers: %+v", c.known, week)
		}
	}
}

// TestKnownAgainstReference compares growth with what the days of customers say.
func TestKnownAgainstReference(t *testing.T) {
	for seed := range uint64(20) {
		events := hostile(rand.New(rand.NewPCG(seed, 430)), 250)
		o := knownOptions(t)
		a := must(NewActivity(o))
		known := map[string][]int64{} // when each customer did what makes them known
		for i := range events {
			e := &events[i]
			a.Add(e)
			if user := e.Subject(event.User); user != "" && !e.Test && !e.Time.IsZero() && (o.Known.Match(e) || o.Active.Match(e)) {
				known[user] = append(known[user], e.Time.UnixNano())
			}
		}
		for _, unit := range []metric.PeriodUnit{metric.UnitDay, metric.UnitWeek, metric.UnitMonth} {
			for user, times := range known {
				first := slices.Min(times)
				for _, g := range must(a.Growth(Query{Unit: unit, Only: []string{user}})) {
					isNew := g.Active == 1 && first >= g.Period.Start().UnixNano()
					if (g.New == 1) != isNew || g.Active != g.New+g.Retained+g.Resurrected || g.Resurrected < 0 {
						t.Fatalf("seed %d: %s, known since %s: %+v", seed, user, time.Unix(0, first), g)
					}
				}
			}
		}
	}
}

func TestKnownLaws(t *testing.T) {
	testLaws(t, func(workers int, keys *event.Keys) *Activity {
		o := knownOptions(t)
		o.Workers, o.Keys = workers, keys
		return must(NewActivity(o))
	}, activityResults)
}

func TestKnownBlocks(t *testing.T) {
	o := knownOptions(t)
	byEvent, byBlock := must(NewActivity(o)), must(NewActivity(o))
	events := hostile(rand.New(rand.NewPCG(3, 430)), 200)
	var active, known ActivityBlock
	for i := range events {
		e := &events[i]
		user := e.Subject(event.User)
		if user == "" || e.Test || e.Time.IsZero() || !o.Active.Match(e) && !o.Known.Match(e) {
			continue
		}
		byEvent.Add(e)
		b := &known
		if o.Active.Match(e) {
			b = &active
		}
		b.Customer, b.Time = append(b.Customer, byBlock.Keys().Code(user)), append(b.Time, e.Time.UnixNano())
	}
	known.Known = true
	for _, b := range []*ActivityBlock{&active, &known} {
		if err := byBlock.AddBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := fmt.Sprint(must(byBlock.Growth(Query{}))), fmt.Sprint(must(byEvent.Growth(Query{}))); got != want {
		t.Errorf("blocks give\n%s\nevents\n%s", got, want)
	}
	if must(byBlock.Growth(Query{}))[0].Previous != 0 && len(known.Customer) == 0 {
		t.Error("nothing was tested")
	}

	known.Feature = make([]int32, len(known.Customer))
	if err := byBlock.AddBlock(&known); err == nil {
		t.Error("rows that are no activity have a feature")
	}
	o.Known = event.Rule{}
	known.Feature = nil
	if err := must(NewActivity(o)).AddBlock(&known); err == nil {
		t.Error("rows of a rule that is not there")
	}
	o.Known = event.Rule{Where: []event.Condition{{}}}
	if _, err := NewActivity(o); err == nil {
		t.Error("a rule that is not right is taken")
	}
}
