package segment_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
	"github.com/openlifecycle/lifecycle/stage"
)

// dated returns totals of one customer for each instant, in a zone. Customer i is "i".
func dated(t testing.TB, zone *time.Location, at ...time.Time) (*purchase.Log, *purchase.Totals) {
	t.Helper()
	log, err := purchase.New(purchase.Options{Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	b := &purchase.Block{}
	for i, x := range at {
		b.Customer = append(b.Customer, log.Keys().Code(fmt.Sprint(i)))
		b.Time = append(b.Time, x.UnixNano())
		b.Amount = append(b.Amount, 100)
	}
	if err := log.AddBlock(b); err != nil {
		t.Fatal(err)
	}
	totals, err := log.Totals(time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return log, totals
}

// Days since the last order are days of the log's zone, in whatever zone the instant is said.
func TestDaysOfTheLog(t *testing.T) {
	tokyo := time.FixedZone("Tokyo", 9*3600)
	order := time.Date(2026, 4, 1, 8, 0, 0, 0, tokyo) // 31 March in UTC
	_, totals := dated(t, tokyo, order)
	for _, at := range []time.Time{order.Add(time.Hour), order.Add(time.Hour).UTC()} {
		records, err := segment.Records(totals, at)
		if err != nil || len(records) != 1 || records[0].Recency != 0 {
			t.Errorf("at %s: %v, %v, want a recency of 0", at, records, err)
		}
		c := segment.Classifier{Classes: []segment.Class{{Name: "today", Limit: segment.Limit{Days: 1, Before: true}}, {Name: "before"}}}
		l, err := c.Label(totals, at, purchase.Gaps{})
		if err != nil || l.Of("0") != "today" {
			t.Errorf("at %s: %v", at, err)
		}
	}
	if records, err := segment.Records(totals, order.Add(16*time.Hour).UTC()); err != nil || records[0].Recency != 1 {
		t.Errorf("the day after: %v, %v", records, err)
	}
}

// Of many days, each is a cohort of its own, and more than labels can have are refused.
func TestPurchaseCohortsByDay(t *testing.T) {
	const most = 65_534
	var days []time.Time
	first := time.Date(1830, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range most + 1 {
		days = append(days, first.AddDate(0, 0, i))
	}
	_, totals := dated(t, nil, days[:3000]...)
	l, err := segment.PurchaseCohorts(totals, metric.UnitDay)
	if err != nil || len(l.Names()) != 3000 || l.Of("0") != "1830-01-01" || l.Of("2999") != days[2999].Format(time.DateOnly) {
		t.Errorf("%v, %q, %q", err, l.Of("0"), l.Of("2999"))
	}
	_, totals = dated(t, nil, days...)
	if _, err := segment.PurchaseCohorts(totals, metric.UnitDay); !errors.Is(err, metric.ErrInput) {
		t.Errorf("more days than names: %v", err)
	}
}

// A model of package stage whose stages are ranges of recency names the same stage for every
// number of days as the model does, or the first of two.
func TestRecencyClassifier(t *testing.T) {
	for _, m := range []stage.Model{stage.OrdinaryRecency(), stage.PathfinderRecency()} {
		c, err := segment.RecencyClassifier(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", m, err)
		}
		for days := range 400 {
			want := ""
			for s := range m.AtRecency(days) {
				want = s.ID()
				break
			}
			if got, err := c.Of(&purchase.Total{Orders: 1}, int64(days), purchase.Gaps{}); err != nil || got != want {
				t.Errorf("%s at %d days: %q, %v, want %q", m, days, got, err, want)
			}
		}
	}
	spec := stage.ModelSpec{ID: "narrow", Name: "Narrow", Unit: "customer", Order: stage.StateOrder, Stages: []stage.StageSpec{
		{ID: "late", Name: "Late", MapsTo: []stage.Stage{stage.Retain}, Recency: &stage.Recency{From: 1, Through: stage.NoLimit}},
		{ID: "today", Name: "Today", MapsTo: []stage.Stage{stage.Retain}, Recency: &stage.Recency{From: 0, Through: 0}},
	}}
	m, err := stage.NewModel(spec)
	if err != nil {
		t.Fatal(err)
	}
	c, err := segment.RecencyClassifier(m)
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int64]string{0: "today", 1: "late", 2: "late"} {
		if got, err := c.Of(&purchase.Total{Orders: 1}, days, purchase.Gaps{}); err != nil || got != want {
			t.Errorf("%d days: %q, %v, want %q", days, got, err, want)
		}
	}
	spec.ID, spec.RecencyFlaw = "gap", "day 1 is missing"
	spec.Stages[0].Recency = &stage.Recency{From: 2, Through: stage.NoLimit}
	if m, err = stage.NewModel(spec); err != nil {
		t.Fatal(err)
	}
	for _, m := range []stage.Model{m, stage.AARRR(), {}} {
		if _, err := segment.RecencyClassifier(m); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", m, err)
		}
	}
}

// An instant that is none is refused by First as by Members.
func TestFirstNeedsAnInstant(t *testing.T) {
	rule := event.Named("x")
	b, err := segment.New(segment.Options{Segments: []segment.Segment{{Name: "did", Criterion: segment.Did{Event: rule}}}})
	if err != nil {
		t.Fatal(err)
	}
	b.Add(&event.Event{Name: "x", UserID: "u", Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	for _, at := range []time.Time{{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := b.First(rule, segment.AsOf{At: at}); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// A name that is asked for twice is refused: the first would take all.
func TestPartitionRefusesTwice(t *testing.T) {
	b, err := segment.New(segment.Options{Segments: []segment.Segment{{Name: "did", Criterion: segment.Did{Event: event.Named("x")}}}})
	if err != nil {
		t.Fatal(err)
	}
	at := segment.AsOf{At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	if _, err := b.Partition([]string{"did", "did"}, "rest", at); !errors.Is(err, metric.ErrInput) {
		t.Error(err)
	}
}

// Gaps that hold no sums say as little as none.
func TestHalfGaps(t *testing.T) {
	c := segment.Clerk()
	for _, gaps := range []purchase.Gaps{{}, {N: 3}, {N: -1}} {
		if _, err := c.Of(&purchase.Total{Orders: 2}, 31, gaps); !errors.Is(err, metric.InsufficientHistory) {
			t.Errorf("%+v: %v", gaps, err)
		}
	}
}
