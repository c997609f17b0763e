package journey_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
	"github.com/openlifecycle/lifecycle/stage/journey"
)

// Limits that lead back to where they began would move a customer for ever.
func TestLimitsInACircle(t *testing.T) {
	for name, limits := range map[string][]journey.Limit{
		"of two":    {{Stage: "ll", After: 1, To: "mm"}, {Stage: "mm", After: 1, To: "ll"}},
		"of three":  {{Stage: "ll", After: 1, To: "mm"}, {Stage: "mm", After: 1, To: "ss"}, {Stage: "ss", After: 1, To: "mm"}},
		"the first": {{Stage: "cc", After: 1, To: "ll"}, {Stage: "ll", After: 1, To: "cc"}},
	} {
		if _, err := journey.New(journey.Options{Model: path(t), Rules: rules(), Limits: limits}); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	tr := tracker(t, func(o *journey.Options) {
		o.Limits = []journey.Limit{{Stage: "ll", After: time.Hour, To: "mm"}, {Stage: "mm", After: time.Hour, To: "xx"}}
	})
	walk(tr, "a", "l1")
	if got := show(must(tr.Of("a", day(2))).Visits); got != "l1-1 m1-1 x1-" {
		t.Error(got)
	}
}

// A move out of the end by way of no stage is a win-back as well.
func TestWinBackByClearing(t *testing.T) {
	for _, c := range []struct {
		winBack journey.WinBack
		want    string
		ignored int
	}{
		{journey.NewSpell, "l1-2 c2-3 x3-5 l6-7/1 m7-/1", 0},
		{journey.Reopen, "l1-2 c2-3 x3-5", 2}, // falls back behind C
		{journey.Final, "l1-2 c2-3 x3-", 3},
	} {
		tr := tracker(t, func(o *journey.Options) { o.WinBack, o.Regression = c.winBack, stage.RegressionIgnored })
		walk(tr, "a", "l1 c2 x3 !5 l6 m7")
		j := must(tr.Of("a", day(9)))
		if got := show(j.Visits); got != c.want || len(j.Ignored) != c.ignored {
			t.Errorf("%d: %s with %d ignored, want %s with %d", c.winBack, got, len(j.Ignored), c.want, c.ignored)
		}
	}
}

// Times of a flag are those of its own visits.
func TestTimesOfFlag(t *testing.T) {
	tr := tracker(t, nil)
	walk(tr, "a", "l1 flag2 -flag4 flag6 -flag7")
	j := must(tr.Of("a", day(9)))
	flag, _ := tr.Model().Stage("flag")
	if got := j.Cumulative(flag); !got.Equal(metric.FromStd(72 * time.Hour)) {
		t.Errorf("cumulative %s", got)
	}
	if got, err := j.Latest(flag); err != nil || !got.Equal(metric.FromStd(24*time.Hour)) {
		t.Errorf("latest %s, %v", got, err)
	}
}

// What a caller does with a result does not change the tracker.
func TestTransitionsAreACopy(t *testing.T) {
	tr := four(t, nil)
	x := must(tr.Transitions(day(9)))
	clear(x.Stages)
	if again := must(tr.Transitions(day(9))); again.Stages[1].ID() != "ll" {
		t.Error("the stages of the tracker are gone")
	}
}

// layered has a stage of two parts.
func layered(t *testing.T) stage.Model {
	m, err := stage.NewModel(stage.ModelSpec{ID: "layered", Name: "Layered", Unit: "person", Layers: []string{"stage", "part"}, Stages: []stage.StageSpec{
		{ID: "one", Name: "One", MapsTo: []stage.Stage{stage.Attract}},
		{ID: "one_a", Name: "A", Parent: "one", MapsTo: []stage.Stage{stage.Attract}},
		{ID: "one_b", Name: "B", Parent: "one", MapsTo: []stage.Stage{stage.Attract}},
		{ID: "two", Name: "Two", MapsTo: []stage.Stage{stage.Retain}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Neither a limit nor a column moves a customer to a stage of another layer than the rules'.
func TestOneLayer(t *testing.T) {
	o := journey.Options{Model: layered(t), Rules: []journey.Rule{{Stage: "one", When: event.Named("x")}, {Stage: "two", When: event.Named("y")}}}
	tr, err := journey.New(o)
	if err != nil {
		t.Fatal(err)
	}
	part, _ := o.Model.Stage("one_a")
	c := tr.Keys().Code("a")
	b := &journey.Block{Customer: []event.Code{c}, Time: []int64{1}, Stage: []uint8{uint8(part.Position())}}
	if err := tr.AddBlock(b); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a column: %v", err)
	}
	o.Limits = []journey.Limit{{Stage: "one", After: time.Hour, To: "one_a"}}
	if _, err := journey.New(o); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a limit: %v", err)
	}
}

// A merge with itself has every event twice, which is once.
func TestMergeWithItself(t *testing.T) {
	tr := four(t, nil)
	before := must(tr.At(day(9)))
	if err := tr.Merge(tr); err != nil {
		t.Fatal(err)
	}
	for i, s := range must(tr.At(day(9))) {
		if s != before[i] {
			t.Errorf("%v, before %v", s, before[i])
		}
	}
}

// The conversion of a period divides what happened in it, whoever it happened to: of
// January's 100 leads 10 are customers in January, and in February 30 become customers
// beside 200 new leads.
func TestPeriodConversion(t *testing.T) {
	tr := tracker(t, nil)
	walk(tr, "early", "l1 c2")
	walk(tr, "late", "l2 l3 c40")
	walk(tr, "none", "l40")
	walk(tr, "straight", "c41 !42 c43")
	january, february := must(metric.Month(2026, 1, time.UTC)), must(metric.Month(2026, 2, time.UTC))
	march := must(metric.Month(2026, 3, time.UTC))
	got, err := tr.PeriodConversion("ll", "cc", january, february, march)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1 of 2 50%", "2 of 1 200%", "0 of 0 " + string(metric.ZeroDenominator)} {
		rate, err := got[i].Rate()
		text := rate.String()
		if err != nil {
			text = string(metric.ZeroDenominator)
			if !errors.Is(err, metric.ZeroDenominator) {
				t.Error(err)
			}
		}
		if text = fmt.Sprint(got[i].EnteredTo, " of ", got[i].EnteredFrom, " ", text); text != want {
			t.Errorf("%s: %s, want %s", got[i].Period, text, want)
		}
	}
	for name, call := range map[string]func() error{
		"no period":     func() error { _, err := tr.PeriodConversion("ll", "cc"); return err },
		"unknown stage": func() error { _, err := tr.PeriodConversion("ll", "zz", january); return err },
		"a flag":        func() error { _, err := tr.PeriodConversion("ll", "flag", january); return err },
		"itself":        func() error { _, err := tr.PeriodConversion("ll", "ll", january); return err },
		"zero period":   func() error { _, err := tr.PeriodConversion("ll", "cc", metric.Period{}); return err },
	} {
		if err := call(); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
