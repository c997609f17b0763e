package segment_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/segment"
)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func behaviour(t testing.TB, o segment.Options, events ...event.Event) *segment.Behaviour {
	t.Helper()
	b, err := segment.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		b.Add(&events[i])
	}
	return b
}

func marshal(t testing.TB, b *segment.Behaviour) []byte {
	t.Helper()
	data, err := b.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func did(user, name string, at time.Time, attrs ...event.Attr) event.Event {
	return event.Event{ID: fmt.Sprint(user, name, at.UnixNano()), UserID: user, Name: name, Time: at, Props: event.NewProps(attrs...)}
}

// members asks a behaviour of one segment.
func members(t testing.TB, c segment.Criterion, as segment.AsOf, events ...event.Event) []string {
	t.Helper()
	b := behaviour(t, segment.Options{Segments: []segment.Segment{{Name: "s", Criterion: c}}}, events...)
	l, err := b.Members("s", as)
	if err != nil {
		t.Fatal(err)
	}
	return l.Members("s")
}

// Each threshold, one below, at and one above.
func TestThresholds(t *testing.T) {
	buy, at := event.Named("bought"), day(2026, 3, 31)
	step := time.Nanosecond
	within := segment.Within{Days: 30}
	for _, c := range []struct {
		name  string
		c     segment.Criterion
		as    segment.AsOf
		times []time.Time
		want  bool
	}{
		{"before the window", segment.Did{Event: buy, Within: within}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1).Add(-step)}, false},
		{"its first instant", segment.Did{Event: buy, Within: within}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1)}, true},
		{"after it", segment.Did{Event: buy, Within: within}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1).Add(step)}, true},
		{"before the instant", segment.Did{Event: buy}, segment.AsOf{At: at}, []time.Time{at.Add(-step)}, true},
		{"the instant", segment.Did{Event: buy}, segment.AsOf{At: at}, []time.Time{at}, false},
		{"the instant, inclusive", segment.Did{Event: buy}, segment.AsOf{At: at, Inclusive: true}, []time.Time{at}, true},
		{"after the instant, inclusive", segment.Did{Event: buy}, segment.AsOf{At: at, Inclusive: true}, []time.Time{at.Add(step)}, false},
		{"until, before", segment.Did{Event: buy, Within: segment.Within{Days: 30, Until: 7}}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 24).Add(-step)}, true},
		{"until", segment.Did{Event: buy, Within: segment.Within{Days: 30, Until: 7}}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 24)}, false},
		{"until, inclusive", segment.Did{Event: buy, Within: segment.Within{Days: 30, Until: 7}}, segment.AsOf{At: at, Inclusive: true}, []time.Time{day(2026, 3, 24)}, false},
		{"one of two", segment.Did{Event: buy, Times: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1)}, false},
		{"two of two", segment.Did{Event: buy, Times: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1), day(2026, 3, 2)}, true},
		{"three of two", segment.Did{Event: buy, Times: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1), day(2026, 3, 2), day(2026, 3, 3)}, true},
		{"at most two", segment.Did{Event: buy, Times: segment.AtMost(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1), day(2026, 3, 2), day(2026, 3, 3)}, false},
		{"exactly one", segment.Did{Event: buy, Times: segment.Exactly(1)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1)}, true},
		{"first time inside", segment.FirstTime{Event: buy, Within: within}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1), day(2026, 3, 9)}, true},
		{"first time before", segment.FirstTime{Event: buy, Within: within}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 1).Add(-step), day(2026, 3, 9)}, false},
		{"two days of two", segment.Regularly{Event: buy, Periods: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 2).Add(-step), day(2026, 3, 2)}, true},
		{"one day of two", segment.Regularly{Event: buy, Periods: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 2), day(2026, 3, 3).Add(-step)}, false},
		{"one week of two", segment.Regularly{Event: buy, Unit: metric.UnitWeek, Periods: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 2), day(2026, 3, 9).Add(-step)}, false},
		{"two weeks of two", segment.Regularly{Event: buy, Unit: metric.UnitWeek, Periods: segment.AtLeast(2)}, segment.AsOf{At: at}, []time.Time{day(2026, 3, 2), day(2026, 3, 9)}, true},
	} {
		events := []event.Event{did("ann", "seen", day(2026, 1, 1))}
		for _, x := range c.times {
			events = append(events, did("ann", "bought", x))
		}
		if got := slices.Contains(members(t, c.c, c.as, events...), "ann"); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

// From the start of a day a window is of civil days, over a change of clocks too.
func TestWindowsAreCivilDays(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	at := time.Date(2026, time.March, 30, 0, 0, 0, 0, berlin) // the day before has 23 hours
	start := time.Date(2026, time.March, 29, 0, 0, 0, 0, berlin)
	o := segment.Options{Location: berlin, Segments: []segment.Segment{{Name: "s", Criterion: segment.Did{Event: event.Named("bought"), Within: segment.Within{Days: 1}}}}}
	b := behaviour(t, o, did("in", "bought", start), did("out", "bought", start.Add(-time.Nanosecond)))
	l, err := b.Members("s", segment.AsOf{At: at.UTC()})
	if err != nil || !slices.Equal(l.Members("s"), []string{"in"}) {
		t.Errorf("%q, %v", l.Members("s"), err)
	}
}

func TestUniverse(t *testing.T) {
	at := day(2026, 3, 31)
	events := []event.Event{
		did("old", "viewed", day(2026, 1, 1)), did("recent", "viewed", day(2026, 3, 30)),
		did("buyer", "bought", day(2026, 3, 30)), did("future", "viewed", day(2026, 4, 1)),
	}
	c := segment.Did{Event: event.Named("bought"), Times: segment.Exactly(0)}
	for name, test := range map[string]struct {
		u    segment.Universe
		want []string
	}{
		"everybody so far":   {segment.Universe{}, []string{"old", "recent"}},
		"seen in 7 days":     {segment.Universe{Within: segment.Within{Days: 7}}, []string{"recent"}},
		"a list":             {segment.Universe{Listed: []string{"buyer", "nobody", "future", "old"}}, []string{"future", "nobody", "old"}},
		"an empty list":      {segment.Universe{Listed: []string{}}, nil},
		"a list with repeat": {segment.Universe{Listed: []string{"nobody", "nobody"}}, []string{"nobody"}},
	} {
		if got := members(t, c, segment.AsOf{At: at, Universe: test.u}, events...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Traits are those of the instant, not of today.
func TestTraits(t *testing.T) {
	plan := func(at time.Time, plan string) event.Event {
		return did("ann", "identified", at, event.Record("traits", event.NewProps(event.String("plan", plan))))
	}
	events := []event.Event{
		plan(day(2026, 1, 10), "free"), plan(day(2026, 2, 10), "pro"), did("bob", "viewed", day(2026, 1, 1)),
		did("cy", "plan_changed", day(2026, 1, 5), event.String("plan", "pro")),
		did("ann", "identified", day(2026, 2, 20), event.Record("traits", event.NewProps(event.String("city", "Bonn")))),
	}
	is := event.Condition{Attribute: "plan", Value: event.StringValue("pro")}
	none := event.Condition{Attribute: "plan", Op: event.Absent}
	for _, c := range []struct {
		at   time.Time
		c    segment.Criterion
		want []string
	}{
		{day(2026, 2, 10), segment.Trait{Is: is}, nil},
		{day(2026, 2, 11), segment.Trait{Is: is}, []string{"ann"}},
		{day(2026, 3, 1), segment.Trait{Is: is}, []string{"ann"}}, // a later statement about something else
		{day(2026, 3, 1), segment.Trait{Is: is, Stated: event.Named("plan_changed")}, []string{"cy"}},
		{day(2026, 3, 1), segment.Trait{Is: none}, []string{"bob", "cy"}},
		{day(2026, 3, 1), segment.Not(segment.Trait{Is: is}), []string{"bob", "cy"}},
	} {
		if got := members(t, c.c, segment.AsOf{At: c.at}, events...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s: %q, want %q", c.at, c.c, got, c.want)
		}
	}
}

func TestAggregates(t *testing.T) {
	at := day(2026, 3, 31)
	var events []event.Event
	for user, prices := range map[string][]int64{"low": {10, 20, 30, 40}, "high": {100, 200, 300, 400}} {
		for i, p := range prices {
			events = append(events, did(user, "bought", day(2026, 3, 1+i), event.Int("price", p)))
		}
	}
	events = append(events, did("text", "bought", day(2026, 3, 1), event.String("price", "50")), did("none", "bought", day(2026, 3, 1)))
	// By hand: the 75th percentiles, interpolated between three quarters, are 32.5 and 325.
	for _, c := range []struct {
		by   segment.By
		op   event.Op
		at   string
		want []string
	}{
		{segment.Sum, event.AtLeast, "1000", []string{"high"}}, {segment.Sum, event.Equal, "100", []string{"low"}},
		{segment.Mean, event.AtMost, "25", []string{"low"}}, {segment.Mean, event.Less, "25", nil},
		{segment.Minimum, event.Greater, "10", []string{"high"}}, {segment.Maximum, event.Less, "400", []string{"low"}},
		{segment.Median, event.Equal, "250", []string{"high"}},
		{segment.Percentile, event.AtMost, "32.5", []string{"low"}}, {segment.Percentile, event.Less, "32.5", nil},
		{segment.Percentile, event.NotEqual, "32.5", []string{"high"}},
	} {
		a := segment.Aggregate{Event: event.Named("bought"), Of: "price", By: c.by, Percent: decimal.New(75, 0),
			Is: segment.Is(c.op, decimal.RequireFromString(c.at))}
		if got := members(t, a, segment.AsOf{At: at}, events...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", a, got, c.want)
		}
	}
}

func TestSequences(t *testing.T) {
	at := day(2026, 3, 31)
	x := day(2026, 3, 1)
	seq := func(user string, seq int64, name string) event.Event {
		e := did(user, name, x)
		e.Seq = seq
		return e
	}
	events := []event.Event{
		did("right", "view", x), did("right", "other", x.Add(1)), did("right", "buy", x.Add(2)),
		did("wrong", "buy", x), did("wrong", "view", x.Add(1)),
		did("half", "view", x),
		seq("tied", 1, "view"), seq("tied", 2, "buy"), seq("back", 2, "view"), seq("back", 1, "buy"),
		did("late", "view", day(2026, 1, 1)), did("late", "buy", x),
	}
	steps := segment.Sequence{Steps: []event.Rule{event.Named("view"), event.Named("buy")}, Within: segment.Within{Days: 31}}
	if got, want := members(t, steps, segment.AsOf{At: at}, events...), []string{"right", "tied"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := members(t, segment.Not(steps), segment.AsOf{At: at}, events...), []string{"back", "half", "late", "wrong"}; !slices.Equal(got, want) {
		t.Errorf("not: %q, want %q", got, want)
	}
	twice := segment.Sequence{Steps: []event.Rule{event.Named("view"), event.Named("view")}}
	if got := members(t, twice, segment.AsOf{At: at}, events...); len(got) > 0 {
		t.Errorf("one event serves for two steps: %q", got)
	}
}

// The model keeps all events and reads them anew for each question, by the words of the
// documentation.
func modelMeets(t testing.TB, c segment.Criterion, known []event.Event, at time.Time) bool {
	in := func(e event.Event, w segment.Within) bool {
		return (w.Days == 0 || !e.Time.Before(at.AddDate(0, 0, -w.Days))) && (w.Until == 0 || e.Time.Before(at.AddDate(0, 0, -w.Until)))
	}
	pick := func(r event.Rule, w segment.Within) (list []event.Event) {
		for _, e := range known {
			if r.Match(&e) && in(e, w) {
				list = append(list, e)
			}
		}
		return list
	}
	switch c := c.(type) {
	case segment.Did:
		n := len(pick(c.Event, c.Within))
		switch want := int(c.Times.Value.IntPart()); c.Times.Op {
		case event.AtLeast:
			return n >= want
		case event.AtMost:
			return n <= want
		default:
			return n == want
		}
	case segment.FirstTime:
		all := pick(c.Event, segment.Within{})
		return len(all) > 0 && in(all[0], c.Within)
	case segment.Sequence:
		list := known
		for _, step := range c.Steps {
			i := slices.IndexFunc(list, func(e event.Event) bool { return step.Match(&e) && in(e, c.Within) })
			if i < 0 {
				return false
			}
			list = list[i+1:]
		}
		return true
	case segment.Aggregate: // sum only
		sum, some := int64(0), false
		for _, e := range pick(c.Event, c.Within) {
			if n, ok := e.Props.Int(c.Of); ok {
				sum, some = sum+n, true
			}
		}
		return some && sum >= c.Is.Value.IntPart()
	case segment.Regularly:
		days := make(map[string]bool)
		for _, e := range pick(c.Event, c.Within) {
			days[e.Time.Format(time.DateOnly)] = true
		}
		return len(days) >= int(c.Periods.Value.IntPart())
	case segment.And:
		return !slices.ContainsFunc(c, func(x segment.Criterion) bool { return !modelMeets(t, x, known, at) })
	case segment.Or:
		return slices.ContainsFunc(c, func(x segment.Criterion) bool { return modelMeets(t, x, known, at) })
	}
	t.Fatalf("the model does not know %T", c)
	return false
}

func randomCriterion(r *rand.Rand, depth int) segment.Criterion {
	rule := event.Named([]string{"a", "b", "c"}[r.IntN(3)])
	if r.IntN(4) == 0 {
		rule.Where = []event.Condition{{Attribute: "n", Op: event.AtLeast, Value: event.IntValue(5)}}
	}
	within := segment.Within{Days: r.IntN(3) * 10}
	if within.Days > 0 && r.IntN(2) == 0 {
		within.Until = r.IntN(within.Days)
	}
	switch r.IntN(5 + 2*min(depth, 1)) {
	case 0:
		return segment.Did{Event: rule, Within: within, Times: []segment.Bound{segment.AtLeast(2), segment.AtMost(1), segment.Exactly(1)}[r.IntN(3)]}
	case 1:
		return segment.FirstTime{Event: rule, Within: within}
	case 2:
		return segment.Sequence{Steps: []event.Rule{event.Named("a"), rule, event.Named("b")}[r.IntN(2):], Within: within}
	case 3:
		return segment.Aggregate{Event: rule, Of: "n", Within: within, Is: segment.AtLeast(int64(r.IntN(20)))}
	case 4:
		return segment.Regularly{Event: rule, Within: within, Periods: segment.AtLeast(2)}
	case 5:
		return segment.And{randomCriterion(r, depth-1), randomCriterion(r, depth-1)}
	}
	return segment.Or{randomCriterion(r, depth-1), randomCriterion(r, depth-1)}
}

func hostile(r *rand.Rand, n int) []event.Event {
	var events []event.Event
	for i := range n {
		e := event.Event{
			ID: fmt.Sprint(i), Source: []string{"x", "y"}[r.IntN(2)], Name: []string{"a", "b", "c", "d"}[r.IntN(4)], Seq: int64(r.IntN(2)),
			UserID: []string{"ann", "bob", "cy", "dee"}[r.IntN(4)], Time: day(2026, 3, 1+r.IntN(40)).Add(time.Duration(r.IntN(3)) * 11 * time.Hour),
		}
		if r.IntN(3) > 0 {
			e.Props = event.NewProps(event.Int("n", int64(r.IntN(10))))
		}
		if r.IntN(12) == 0 {
			e.ID = ""
		}
		if r.IntN(20) == 0 {
			e.UserID = ""
		}
		if r.IntN(15) == 0 {
			e.Test = true
		}
		if r.IntN(3) == 0 {
			e.RecordedTime = e.Time.Add(time.Duration(r.IntN(2)) * time.Hour)
		}
		events = append(events, e)
		if r.IntN(8) == 0 {
			again := events[r.IntN(len(events))]
			if r.IntN(2) == 0 {
				again.Time = again.Time.AddDate(0, 0, -r.IntN(3))
			}
			events = append(events, again)
		}
	}
	return events
}

// distinct returns the events of one user that count, in order.
func distinct(events []event.Event, user string) []event.Event {
	list := slices.DeleteFunc(slices.Clone(events), func(e event.Event) bool { return e.UserID != user || e.Test })
	slices.SortFunc(list, func(a, b event.Event) int { return event.Compare(&a, &b) })
	seen := make(map[event.Key]bool)
	return slices.DeleteFunc(list, func(e event.Event) bool {
		again := seen[e.Key()]
		seen[e.Key()] = true
		return again
	})
}

func TestAgainstModel(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var o segment.Options
		for i := range 4 {
			o.Segments = append(o.Segments, segment.Segment{Name: fmt.Sprint("s", i), Criterion: randomCriterion(r, 2)})
		}
		o.Workers = r.IntN(4)
		events := hostile(r, r.IntN(80))
		b := behaviour(t, o, events...)
		for range 5 {
			at := day(2026, 3, 1+r.IntN(45))
			var names []string
			for _, s := range o.Segments {
				names = append(names, s.Name)
				var want []string
				for _, user := range []string{"ann", "bob", "cy", "dee"} {
					known := slices.DeleteFunc(distinct(events, user), func(e event.Event) bool { return !e.Time.Before(at) })
					if len(known) > 0 && modelMeets(t, s.Criterion, known, at) {
						want = append(want, user)
					}
				}
				l, err := b.Members(s.Name, segment.AsOf{At: at})
				if err != nil {
					t.Fatal(err)
				}
				if got := l.Members(s.Name); !slices.Equal(got, want) {
					t.Fatalf("seed %d, %s at %s: %q, want %q", seed, s.Criterion, at, got, want)
				}
			}
			l, err := b.Partition(names, "rest", segment.AsOf{At: at})
			if err != nil {
				t.Fatal(err)
			}
			for _, user := range []string{"ann", "bob", "cy", "dee"} {
				seen := slices.ContainsFunc(events, func(e event.Event) bool { return e.UserID == user && !e.Test && e.Time.Before(at) })
				if (l.Of(user) != "") != seen {
					t.Fatalf("seed %d: %s is %q in a partition at %s", seed, user, l.Of(user), at)
				}
			}
		}
	}
}

func TestMergeLaws(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		o := segment.Options{Relevant: r.IntN(2) == 0}
		for i := range 3 {
			o.Segments = append(o.Segments, segment.Segment{Name: fmt.Sprint("s", i), Criterion: randomCriterion(r, 1)})
		}
		var parts [3][]event.Event
		for _, e := range hostile(r, r.IntN(200)) {
			i := r.IntN(3)
			parts[i] = append(parts[i], e)
		}
		block := &segment.Block{Event: "a", Of: "n"}
		for range r.IntN(30) {
			block.Time = append(block.Time, day(2026, 3, 1+r.IntN(20)).UnixNano())
			block.Seq = append(block.Seq, int64(r.IntN(2)))
			block.Values = append(block.Values, int64(r.IntN(9)))
		}
		of := func(list ...int) *segment.Behaviour {
			b := behaviour(t, o)
			for _, i := range list {
				events := slices.Clone(parts[i])
				r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				for j := range events {
					b.Add(&events[j])
				}
				if i == 1 {
					own := *block
					for j := range block.Time {
						own.Customer = append(own.Customer, b.Keys().Code([]string{"zoe", "ann"}[j%2]))
					}
					if err := b.AddBlock(&own); err != nil {
						t.Fatal(err)
					}
				}
			}
			return b
		}
		merged := func(list ...*segment.Behaviour) *segment.Behaviour {
			b := behaviour(t, o)
			for _, x := range list {
				before := marshal(t, x)
				if err := b.Merge(x); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(before, marshal(t, x)) {
					t.Fatalf("seed %d: Merge changed what it merged", seed)
				}
			}
			return b
		}
		want := marshal(t, of(0, 1, 2))
		for name, b := range map[string]*segment.Behaviour{
			"another order": of(2, 1, 0), "a split": merged(of(0), of(1), of(2)), "a + (b + c)": merged(of(0), merged(of(1), of(2))),
			"(c + b) + a": merged(merged(of(2), of(1)), of(0)), "with nothing": merged(of(), of(0, 1), of(), of(2)),
		} {
			if !bytes.Equal(marshal(t, b), want) {
				t.Fatalf("seed %d: %s gives another state", seed, name)
			}
			if diff := gocmp.Diff(of(0, 1, 2).Report(), b.Report()); diff != "" {
				t.Fatalf("seed %d: %s gives another report:\n%s", seed, name, diff)
			}
		}
		again := behaviour(t, o)
		if err := again.UnmarshalBinary(want); err != nil || !bytes.Equal(marshal(t, again), want) {
			t.Fatalf("seed %d: the state does not survive its bytes: %v", seed, err)
		}
		if err := again.Merge(again); err != nil || !bytes.Equal(marshal(t, again), marshal(t, merged(of(0, 1, 2), of(0, 1, 2)))) {
			t.Fatalf("seed %d: merged with itself: %v", seed, err)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	o := segment.Options{Segments: []segment.Segment{
		{Name: "x", Criterion: segment.Aggregate{Event: event.Named("a"), Of: "n", Is: segment.AtLeast(3)}},
		{Name: "y", Criterion: segment.Did{Event: event.Named("b")}},
	}}
	const header = 4 + 1 + 8 // before the length
	for seed := range uint64(4) {
		b := behaviour(f, o, hostile(rand.New(rand.NewPCG(seed, 3)), 20)...)
		f.Add(marshal(f, b)[header+8:])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := behaviour(t, o)
		empty := marshal(t, b)
		data := slices.Clone(empty[:header])
		for i := range 8 {
			data = append(data, byte(uint64(len(body))>>(56-8*i)))
		}
		data = append(data, body...)
		if err := b.UnmarshalBinary(data); err == nil && !bytes.Equal(marshal(t, b), data) {
			t.Error("accepted bytes are not what is written again")
		} else if err != nil && !bytes.Equal(marshal(t, b), empty) {
			t.Error("refused bytes leave something behind")
		}
		if _, err := b.Members("x", segment.AsOf{At: day(2026, 3, 20)}); err != nil {
			t.Error(err)
		}
	})
}

func TestBehaviourErrors(t *testing.T) {
	ok := segment.Did{Event: event.Named("a")}
	for want, s := range map[string][]segment.Segment{
		"no name":            {{Criterion: ok}},
		"there twice":        {{"a", ok}, {"a", ok}},
		"it is nil":          {{"a", nil}},
		"a combination of":   {{"a", segment.And{}}},
		"Within":             {{"a", segment.Did{Within: segment.Within{Days: 3, Until: 3}}}},
		"bad name":           {{"a", segment.Did{Event: event.Named("A b")}}},
		"no attribute":       {{"a", segment.Aggregate{}}},
		"Aggregate.Percent":  {{"a", segment.Aggregate{Of: "x", By: segment.Percentile, Percent: decimal.New(101, 0)}}},
		"Sequence.Steps":     {{"a", segment.Sequence{}}},
		"Regularly.Unit":     {{"a", segment.Regularly{Unit: metric.UnitRolling}}},
		"compares no number": {{"a", segment.Did{Times: segment.Is(event.In, decimal.Zero)}}},
		"without a key":      {{"a", segment.Listed("")}},
		"no more than 64":    manyRules(65),
	} {
		if _, err := segment.New(segment.Options{Segments: s}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	b := behaviour(t, segment.Options{Segments: manyRules(64)})
	if _, err := b.Members("nothing", segment.AsOf{At: day(2026, 1, 1)}); err == nil {
		t.Error("an unknown segment has members")
	}
	if _, err := b.Members("s1", segment.AsOf{}); err == nil {
		t.Error("no instant is an instant")
	}
	if _, err := b.Partition([]string{"s1"}, "s1", segment.AsOf{At: day(2026, 1, 1)}); err == nil {
		t.Error("the rest has the name of a segment")
	}
	ann := b.Keys().Code("ann")
	for want, block := range map[string]*segment.Block{
		"Event":    {Event: "A b"},
		"Time":     {Event: "a", Customer: []event.Code{ann}},
		"Seq":      {Event: "a", Customer: []event.Code{ann}, Time: []int64{1}, Seq: []int64{}},
		"Values":   {Event: "a", Customer: []event.Code{ann}, Time: []int64{1}, Of: "n"},
		"Of":       {Event: "a", Customer: []event.Code{ann}, Time: []int64{1}, Values: []int64{1}},
		"Customer": {Event: "a", Customer: []event.Code{event.NoCode}, Time: []int64{1}},
	} {
		var e *metric.Error
		if err := b.AddBlock(block); !errors.Is(err, metric.ErrInput) || !errors.As(err, &e) || e.Input != want {
			t.Errorf("error %v, want one of %s", err, want)
		}
	}
}

func manyRules(n int) (list []segment.Segment) {
	for i := range n {
		list = append(list, segment.Segment{Name: fmt.Sprint("s", i), Criterion: segment.Did{Event: event.Named(fmt.Sprint("e", i))}})
	}
	return list
}

func TestFirst(t *testing.T) {
	rule := event.Named("signed_up")
	b := behaviour(t, segment.Options{Segments: []segment.Segment{{Name: "s", Criterion: segment.Did{Event: rule}}}},
		did("ann", "signed_up", day(2026, 2, 3)), did("ann", "signed_up", day(2026, 1, 31)), did("bob", "viewed", day(2026, 1, 1)),
		did("cy", "signed_up", day(2026, 3, 1)))
	first, err := b.First(rule, segment.AsOf{At: day(2026, 3, 1)})
	if err != nil {
		t.Fatal(err)
	}
	cohorts, err := segment.Cohorts(first, metric.UnitMonth, time.UTC)
	if err != nil || cohorts.Of("ann") != "2026-01" || cohorts.Len() != 1 {
		t.Errorf("%q of %d, %v", cohorts.Of("ann"), cohorts.Len(), err)
	}
	if _, err := b.First(event.Named("other"), segment.AsOf{At: day(2026, 3, 1)}); err == nil {
		t.Error("a rule that no segment names has firsts")
	}
}

func byName(a, b segment.Flow) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

func TestFlows(t *testing.T) {
	labels := func(m map[string]string) *segment.Labels {
		l, err := segment.NewLabels(m)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	before := labels(map[string]string{"a": "x", "b": "x", "c": "y", "d": "y"})
	after := labels(map[string]string{"a": "x", "b": "y", "c": "y", "e": "x", "f": ""})
	want := []segment.Flow{{"", "x", 1}, {"x", "x", 1}, {"x", "y", 1}, {"y", "", 1}, {"y", "y", 1}}
	got := segment.Flows(before, after)
	if !slices.Equal(got, want) || !slices.IsSortedFunc(got, byName) {
		t.Errorf("%v, want %v", got, want)
	}
	if n, err := before.Count("x", 3); err != metric.Suppressed {
		t.Errorf("2 of at least 3 are %d, %v", n, err)
	}
	if n, err := before.Count("x", 2); err != nil || n != 2 {
		t.Errorf("2 of at least 2 are %d, %v", n, err)
	}
}
