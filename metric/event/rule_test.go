package event_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestRuleMatch(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	e := &event.Event{Name: "order_completed", Props: event.NewProps(
		event.Int("total", 100), event.String("plan", "pro"), event.Time("due", at), event.Bool("gift", false),
	)}
	number := func(s string) event.Value { return event.DecimalValue(decimal.RequireFromString(s)) }
	for _, c := range []struct {
		attribute string
		op        event.Op
		value     event.Value
		want      bool
	}{
		{"total", event.Equal, event.IntValue(100), true},
		{"total", event.Equal, number("100.5"), false},
		{"total", event.NotEqual, event.IntValue(100), false},
		{"total", event.Less, number("100.5"), true},
		{"total", event.Less, event.IntValue(100), false},
		{"total", event.AtMost, event.IntValue(100), true},
		{"total", event.AtMost, event.IntValue(99), false},
		{"total", event.Greater, number("99.9"), true},
		{"total", event.Greater, event.IntValue(100), false},
		{"total", event.AtLeast, event.IntValue(100), true},
		{"total", event.AtLeast, event.IntValue(101), false},
		{"total", event.AtLeast, event.StringValue(""), false}, // another kind
		{"total", event.In, event.ListValue(event.IntValue(1), number("100")), true},
		{"total", event.NotIn, event.ListValue(event.IntValue(1)), true},
		{"plan", event.Greater, event.StringValue("basic"), true},
		{"due", event.Less, event.TimeValue(at.Add(1)), true},
		{"gift", event.Equal, event.BoolValue(false), true},
		{"gift", event.Present, event.Value{}, true},
		{"gift", event.Absent, event.Value{}, false},
		{"none", event.Present, event.Value{}, false},
		{"none", event.Absent, event.Value{}, true},
		{"none", event.Equal, event.IntValue(0), false},
		{"none", event.NotEqual, event.IntValue(0), true},
		{"none", event.In, event.ListValue(event.IntValue(0)), false},
		{"none", event.NotIn, event.ListValue(event.IntValue(0)), true},
		{"none", event.Less, event.IntValue(0), false},
	} {
		rule := event.Rule{Where: []event.Condition{{c.attribute, c.op, c.value}}}
		if err := rule.Check(); err != nil {
			t.Errorf("%v: %v", rule, err)
		}
		if got := rule.Match(e); got != c.want {
			t.Errorf("%v: %t", rule, got)
		}
	}
	for rule, want := range map[*event.Rule]bool{
		{}: true, {Events: []string{"order_completed"}}: true, {Events: []string{"a", "order_completed"}}: true, {Events: []string{"a"}}: false,
		{Events: []string{"order_completed"}, Where: []event.Condition{{"total", event.Equal, event.IntValue(100)}, {"plan", event.Equal, event.StringValue("x")}}}: false,
	} {
		if got := rule.Match(e); got != want {
			t.Errorf("%v: %t", rule, got)
		}
	}
}

func TestRuleCheck(t *testing.T) {
	for _, c := range []struct {
		rule event.Rule
		want error
	}{
		{event.Named("Order Completed"), event.BadName},
		{event.Named(""), event.BadName},
		{event.Rule{Where: []event.Condition{{"", event.Equal, event.IntValue(1)}}}, event.MissingAttribute},
		{event.Rule{Where: []event.Condition{{"a", event.Equal, event.Value{}}}}, event.WrongType},
		{event.Rule{Where: []event.Condition{{"a", event.In, event.IntValue(1)}}}, event.WrongType},
		{event.Rule{Where: []event.Condition{{"a", event.Less, event.BoolValue(true)}}}, event.WrongType},
		{event.Rule{Where: []event.Condition{{"a", event.Present, event.IntValue(1)}}}, event.WrongType},
		{event.Rule{Where: []event.Condition{{"a", 99, event.IntValue(1)}}}, event.WrongType},
	} {
		if err := c.rule.Check(); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.rule, err, c.want)
		}
	}
}

func TestRuleString(t *testing.T) {
	rule := event.Rule{
		Events: []string{"b", "a", "b"},
		Where:  []event.Condition{{"total", event.AtLeast, event.IntValue(100)}, {"plan", event.Equal, event.StringValue("pro")}, {"gift", event.Absent, event.Value{}}},
	}
	if got, want := rule.String(), `a, b where gift absent and plan = "pro" and total >= 100`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := (event.Rule{}).String(); got != "any event" {
		t.Error(got)
	}
}

// Tallies add up in any order, and come back from the report they give.
func TestTally(t *testing.T) {
	var a, b, c event.Tally
	a.Taken, b.Test, c.Ignored = 3, 2, 1
	a.Refuse("order_completed", event.WrongType, "zebra")
	b.Refuse("order_completed", event.WrongType, "ant")
	b.Refuse("order_completed", event.OutOfRange, "ox")
	c.Refuse("a name that nobody knows", event.WrongType, "cat")
	left, right := event.TallyOf(a.Report(0)), event.TallyOf(c.Report(0))
	left.Merge(&b)
	left.Merge(&c)
	right.Merge(&b)
	right.Merge(&a)
	want := event.Report{Taken: 3, Duplicates: 7, Ignored: 1, Test: 2, Refused: []event.Refused{
		{"", event.WrongType, 1, "cat"},
		{"order_completed", event.OutOfRange, 1, "ox"},
		{"order_completed", event.WrongType, 2, "ant"},
	}}
	for _, tally := range []event.Tally{left, right} {
		got := tally.Report(7)
		if len(got.Refused) != 3 || got.Taken != 3 || got.Test != 2 || got.Ignored != 1 || got.Duplicates != 7 {
			t.Fatalf("%+v", got)
		}
		for i := range got.Refused {
			if got.Refused[i] != want.Refused[i] {
				t.Errorf("%+v, want %+v", got.Refused[i], want.Refused[i])
			}
		}
	}
}
