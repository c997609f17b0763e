package funnel_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func TestOptionsAreChecked(t *testing.T) {
	ab := steps("ab")
	for _, c := range []struct {
		o    funnel.Options
		want string
	}{
		{funnel.Options{}, "Steps"},
		{funnel.Options{Steps: make([]event.Rule, 33)}, "33"},
		{funnel.Options{Steps: []event.Rule{event.Named("Order Completed")}}, "step 1"},
		{funnel.Options{Steps: ab, Names: []string{"x", "y", "z"}}, "Names"},
		{funnel.Options{Steps: ab, Order: 6}, "Order"},
		{funnel.Options{Steps: ab, Window: -1}, "Window"},
		{funnel.Options{Steps: ab, Excluded: 3}, "Excluded"},
		{funnel.Options{Steps: ab, Excluded: funnel.EndAttempt}, "without Exclusions"},
		{funnel.Options{Steps: ab, Attempts: 3}, "Attempts"},
		{funnel.Options{Steps: ab, Timing: 3}, "Timing"},
		{funnel.Options{Steps: ab, Hold: []string{""}}, "Hold"},
		{funnel.Options{Steps: ab, Breakdown: funnel.Breakdown{Attribute: "x", At: 3}}, "Breakdown"},
		{funnel.Options{Steps: ab, Breakdown: funnel.Breakdown{At: 1}}, "Breakdown"},
		{funnel.Options{Steps: ab, Order: funnel.AnyOrder, Increasing: true}, "any"},
		{funnel.Options{Steps: ab, Reentry: true}, "Reentry"},
		{funnel.Options{Steps: ab, Subject: 2}, "Subject"},
		{funnel.Options{Steps: ab, Exclusions: []funnel.Exclusion{{After: 2, Before: 2}}}, "exclusion 1"},
		{funnel.Options{Steps: ab, Exclusions: []funnel.Exclusion{{After: 0, Before: 2}}}, "exclusion 1"},
		{funnel.Options{Steps: ab, Exclusions: []funnel.Exclusion{{After: 1, Before: 3}}}, "exclusion 1"},
		{funnel.Options{Steps: ab, Order: funnel.AnyAroundFirst, Exclusions: []funnel.Exclusion{{After: 1, Before: 2}}}, "exclusion 1"},
		{funnel.Options{Steps: steps("abc"), Order: funnel.AnyOrder, Exclusions: []funnel.Exclusion{{After: 1, Before: 2}}}, "exclusion 1"},
	} {
		_, err := funnel.New(c.o)
		if !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want an ErrInput that names %q", c.o, err, c.want)
		}
	}
}

func TestOptionsString(t *testing.T) {
	for _, c := range []struct {
		o    funnel.Options
		want string
	}{
		{funnel.Options{Steps: steps("ab")}, "a -> b"},
		{funnel.Options{Steps: steps("ab"), Window: funnel.DefaultWindow, Workers: 3, Names: []string{"x"}}, "a -> b"},
		{funnel.Options{Steps: steps("a"), Window: time.Hour, Order: funnel.StrictRepeats, Reentry: true}, "a; order=strict_repeats; window=1h0m0s; reentry"},
		{
			funnel.Options{
				Steps: []event.Rule{{Events: []string{"a", "c"}, Where: []event.Condition{{Attribute: "n", Op: event.Greater, Value: event.IntValue(1)}}}, event.Named("b")},
				Hold:  []string{"y", "x", "y"}, Attempts: funnel.EveryEntry, Window: funnel.NoLimit, Timing: funnel.FromFirstEntry,
				Exclusions: []funnel.Exclusion{{Event: event.Named("z"), After: 1, Before: 2}}, Excluded: funnel.EndAttempt,
				Breakdown: funnel.Breakdown{Attribute: "plan", At: funnel.LastValue},
				Reuse:     true, Increasing: true, NoRepeats: true, TiesByStep: true, Subject: event.Account, Test: true,
			},
			`"a, c where n > 1" -> b; window=no_limit; exclude=z after 1 before 2; excluded=end_attempt; attempts=every_entry; timing=first_entry; ` +
				`hold=x; hold=y; breakdown=plan; breakdown_at=last; reuse; increasing; no_repeats; ties_by_step; subject=account; test`,
		},
	} {
		if got := c.o.String(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	a, b := must(funnel.Options{Steps: steps("ab")}), must(funnel.Options{Steps: steps("ba")})
	if err := a.Merge(b); !errors.Is(err, metric.ErrInput) {
		t.Errorf("other options: %v", err)
	}
	if err := a.Merge(a); !errors.Is(err, metric.ErrInput) {
		t.Errorf("with itself: %v", err)
	}
	data, _ := b.MarshalBinary()
	if err := a.UnmarshalBinary(data); !errors.Is(err, metric.ErrInput) {
		t.Errorf("bytes of other options: %v", err)
	}
}

func TestReport(t *testing.T) {
	f := must(funnel.Options{Steps: steps("ab")})
	at := epoch
	f.Add(&event.Event{Name: "a", ID: "1", UserID: "u", Time: at})
	f.Add(&event.Event{Name: "a", ID: "1", UserID: "u", Time: at.Add(time.Second)})
	f.Add(&event.Event{Name: "other", UserID: "u", Time: at})
	f.Add(&event.Event{Name: "a", UserID: "u", Time: at, Test: true})
	f.Add(&event.Event{Name: "a", Time: at})
	f.Add(&event.Event{Name: "b", UserID: "u"})
	f.Add(&event.Event{Name: "b", UserID: "u", Time: at.AddDate(-300, 0, 0)})
	r := f.Report()
	if r.Taken != 2 || r.Duplicates != 1 || r.Ignored != 1 || r.Test != 1 {
		t.Errorf("%+v", r)
	}
	reasons := map[event.Reason]int64{}
	for _, x := range r.Refused {
		reasons[x.Reason] += x.Count
	}
	if len(reasons) != 3 || reasons[event.MissingSubject] != 1 || reasons[event.MissingTime] != 1 || reasons[event.BadTime] != 1 {
		t.Errorf("%v", r.Refused)
	}
	again := must(funnel.Options{Steps: steps("ab")})
	if err := again.UnmarshalBinary(bytesOf(t, f)); err != nil {
		t.Fatal(err)
	}
	if got := again.Report(); got.Taken != 2 || got.Duplicates != 1 || len(got.Refused) != len(r.Refused) {
		t.Errorf("after the binary form: %+v", got)
	}
}

func TestBlockIsChecked(t *testing.T) {
	f := must(funnel.Options{Steps: steps("ab"), Breakdown: funnel.Breakdown{Attribute: "plan"}})
	u := f.Keys().Code("u")
	v := f.Value("", "pro")
	good := func() funnel.Block {
		return funnel.Block{Customer: []event.Code{u, u}, Time: []int64{1, 2}, Step: []uint8{1, 2}, Value: []uint32{v, 0}}
	}
	for name, spoil := range map[string]func(*funnel.Block){
		"Time":           func(b *funnel.Block) { b.Time = b.Time[:1] },
		"Time: row 1":    func(b *funnel.Block) { b.Time[1] = 1 << 62 },
		"Seq":            func(b *funnel.Block) { b.Seq = []int64{1} },
		"Step":           func(b *funnel.Block) { b.Step = b.Step[:1] },
		"Step: row 1":    func(b *funnel.Block) { b.Step[1] = 3 },
		"Step and Marks": func(b *funnel.Block) { b.Marks = []uint32{1, 2} },
		"Marks":          func(b *funnel.Block) { b.Step, b.Marks = nil, []uint32{1} },
		"Marks: row 0":   func(b *funnel.Block) { b.Step, b.Marks = nil, []uint32{4, 1} },
		"Value":          func(b *funnel.Block) { b.Value = nil },
		"Value: row 0":   func(b *funnel.Block) { b.Value[0] = 9 },
		"Customer":       func(b *funnel.Block) { b.Customer[1] = event.NoCode },
	} {
		b := good()
		spoil(&b)
		err := f.AddBlock(&b)
		if !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := f.Report(); r.Taken != 0 {
		t.Errorf("a refused block left %d rows", r.Taken)
	}
	b := good()
	if err := f.AddBlock(&b); err != nil {
		t.Fatal(err)
	}
	if s := f.Table(funnel.Query{}).Steps; s[1].Reached != 1 {
		t.Errorf("%v", s)
	}
}
