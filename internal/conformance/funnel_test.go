package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func init() {
	register("funnel", runFunnel)
	register("funnel_time", runFunnelTime)
	register("funnel_level", runFunnelLevel)
}

// funnelEvent is an event of a case. Props may be nested or stand beside the envelope.
type funnelEvent struct {
	user, name string
	at         time.Time
	props      event.Props
}

// funnelCase is a case made ready: its options in the terms of the library.
type funnelCase struct {
	events  []funnelEvent
	options funnel.Options
	query   funnel.Query
	raw     map[string]json.RawMessage
	texts   string // all option texts, in lower case
}

func decodeJSON[T any](t *testing.T, data json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// funnelTime reads RFC 3339, or whole seconds since 1970.
func funnelTime(t *testing.T, data json.RawMessage) time.Time {
	t.Helper()
	var seconds int64
	if json.Unmarshal(data, &seconds) == nil {
		return time.Unix(seconds, 0).UTC()
	}
	at, err := time.Parse(time.RFC3339, decodeJSON[string](t, data))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func funnelValue(t *testing.T, data json.RawMessage) (event.Value, bool) {
	t.Helper()
	switch v := decodeJSON[any](t, data).(type) {
	case string:
		return event.StringValue(v), true
	case bool:
		return event.BoolValue(v), true
	case float64:
		if v == math.Trunc(v) {
			return event.IntValue(int64(v)), true
		}
		return event.StringValue(string(data)), true
	}
	return event.Value{}, false
}

func funnelEvents(t *testing.T, c *testCase) (list []funnelEvent) {
	t.Helper()
	for _, raw := range decodeJSON[[]map[string]json.RawMessage](t, c.Input) {
		e := funnelEvent{name: event.Fold(decodeJSON[string](t, raw["event"])), at: funnelTime(t, raw["t"])}
		e.user = cmp.Or(strings.Trim(string(raw["user"]), `"`), strings.Trim(string(raw["account"]), `"`))
		var attrs []event.Attr
		take := func(name string, data json.RawMessage) {
			if v, ok := funnelValue(t, data); ok {
				attrs = append(attrs, event.Attr{Name: name, Value: v})
			}
		}
		for name, data := range raw {
			switch name {
			case "user", "t", "event":
			case "props", "properties":
				for name, data := range decodeJSON[map[string]json.RawMessage](t, data) {
					take(name, data)
				}
			default:
				take(name, data)
			}
		}
		e.props = event.NewProps(attrs...)
		list = append(list, e)
	}
	return list
}

// funnelRule reads an event name, a list of them, or an object with a name and props.
func funnelRule(t *testing.T, c *testCase, data json.RawMessage) event.Rule {
	t.Helper()
	var name string
	if json.Unmarshal(data, &name) == nil {
		return event.Named(event.Fold(name))
	}
	var names []string
	if json.Unmarshal(data, &names) == nil {
		for i := range names {
			names[i] = event.Fold(names[i])
		}
		return event.Named(names...)
	}
	raw := decodeJSON[map[string]json.RawMessage](t, data)
	var rule event.Rule
	for key, value := range raw {
		switch key {
		case "event", "name", "events", "any":
			rule.Events = append(rule.Events, funnelRule(t, c, value).Events...)
		case "props", "properties", "where":
			for name, want := range decodeJSON[map[string]json.RawMessage](t, value) {
				v, ok := funnelValue(t, want)
				if !ok {
					c.Skip(t, "a condition that is not an equality: "+string(want))
				}
				rule.Where = append(rule.Where, event.Condition{Attribute: name, Value: v})
			}
		case "after_step", "before_step":
		default:
			c.Skip(t, "a step with "+key)
		}
	}
	return rule
}

func has(text string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// newFunnelCase reads a case. What its options say in prose is matched by the words that
// tell the rules apart.
func newFunnelCase(t *testing.T, c *testCase) *funnelCase {
	t.Helper()
	f := &funnelCase{events: funnelEvents(t, c), raw: decodeJSON[map[string]json.RawMessage](t, c.Options)}
	f.texts = strings.ToLower(string(c.Options))
	o := &f.options
	text := func(key string) string {
		var s string
		json.Unmarshal(f.raw[key], &s)
		return strings.ToLower(s)
	}
	for _, step := range decodeJSON[[]json.RawMessage](t, f.raw["steps"]) {
		o.Steps = append(o.Steps, funnelRule(t, c, step))
	}
	for key := range f.raw {
		switch key {
		case "steps", "order", "window", "window_s", "window_rule", "one_event_per_step", "attempts", "anchor", "identity_merges",
			"exclusions", "exclusion_effect", "count", "time_from", "time", "tolerance", "empty", "step_lists", "modes", "mode_rules",
			"result", "ties", "hold", "hold_constant", "hold_property", "breakdown", "breakdown_by", "breakdown_from", "breakdown_value",
			"as_of", "note", "entered", "from", "to", "equal_times":
		default:
			c.Skip(t, "no option is known for "+key+": "+string(f.raw[key]))
		}
	}
	f.window(t, c)
	f.order(t, c, text("order"), text("anchor"))
	f.attempts(t, c, text("attempts"), text("count"))
	f.exclusions(t, c, text("exclusion_effect"))
	var once *bool
	json.Unmarshal(f.raw["one_event_per_step"], &once)
	o.Reuse = once != nil && !*once
	switch from := text("time_from"); {
	case has(from, "latest"), has(from, "re-entry"):
		o.Timing = funnel.FromLatestEntry
	case has(from, "first step-1"), has(from, "first entry"):
		o.Timing = funnel.FromFirstEntry
	case has(from, "convert"), from == "":
	default:
		c.Skip(t, "times from "+from)
	}
	if ties := text("ties") + text("equal_times"); ties != "" {
		switch {
		case has(ties, "step"):
			o.TiesByStep = true
		case has(ties, "input"), has(ties, "sequence"), has(ties, "arrival"):
		default:
			c.Skip(t, "ties: "+ties)
		}
	}
	f.held(t)
	f.breakdown(t, c, text)
	if asOf, ok := f.raw["as_of"]; ok {
		f.query.AsOf = funnelTime(t, asOf)
	}
	f.entered(t, c)
	return f
}

func (f *funnelCase) window(t *testing.T, c *testCase) {
	t.Helper()
	data, ok := f.raw["window_s"]
	if !ok {
		data, ok = f.raw["window"]
	}
	var seconds float64
	if !ok || json.Unmarshal(data, &seconds) != nil {
		if !ok {
			f.options.Window = funnel.NoLimit
		}
		return
	}
	// An integer clock has nothing between the limit and the next tick.
	f.options.Window = max(time.Duration(seconds*float64(time.Second)), 1)
	if rule := strings.ToLower(string(f.raw["window"]) + string(f.raw["window_rule"])); has(rule, "does not count") || has(rule, "exclusive") {
		f.options.Window = max(f.options.Window-1, 1)
	}
}

func (f *funnelCase) order(t *testing.T, c *testCase, order, anchor string) {
	t.Helper()
	switch {
	case order == "", has(order, "ordered") && !has(order, "unordered"):
	case has(order, "strict"):
		f.options.Order = funnel.Strict
	case has(order, "any order"), has(order, "unordered"):
		switch {
		case anchor == "":
			f.options.Order = funnel.AnyOrder
		case has(anchor, "both directions"):
			f.options.Order = funnel.AnyAroundFirst
		case has(anchor, "step 1"), has(anchor, "first step"):
			f.options.Order = funnel.AnyAfterFirst
		default:
			c.Skip(t, "anchor: "+anchor)
		}
	default:
		c.Skip(t, "order: "+order)
	}
}

func (f *funnelCase) attempts(t *testing.T, c *testCase, attempts, count string) {
	t.Helper()
	switch all := attempts + " " + count; {
	case has(count, "totals"), has(count, "every entry"):
		if has(all, "optimi") {
			c.Skip(t, "every entry counts although others are under way")
		}
		f.options.Attempts = funnel.EveryEntry
	case has(count, "unique") && has(count, "first"):
		f.options.Attempts = funnel.FirstEntry
	case has(attempts, "furthest"), attempts == "", has(attempts, "optimi"):
	case has(attempts, "first entry"), has(attempts, "first step-1"), has(attempts, "only the first"), has(attempts, "first step 1"):
		f.options.Attempts = funnel.FirstEntry
	default:
		c.Skip(t, "attempts: "+attempts)
	}
}

func (f *funnelCase) exclusions(t *testing.T, c *testCase, effect string) {
	t.Helper()
	data, ok := f.raw["exclusions"]
	if !ok {
		return
	}
	for _, raw := range decodeJSON[[]json.RawMessage](t, data) {
		x := funnel.Exclusion{Event: funnelRule(t, c, raw), After: 1, Before: len(f.options.Steps)}
		var span struct {
			After  *int `json:"after_step"`
			Before *int `json:"before_step"`
		}
		json.Unmarshal(raw, &span)
		if span.After != nil {
			x.After = *span.After
		}
		if span.Before != nil {
			x.Before = *span.Before
		}
		f.options.Exclusions = append(f.options.Exclusions, x)
	}
	switch {
	case has(effect, "no clean attempt"), has(effect, "void"):
		f.options.Excluded = funnel.VoidAttempt
	case has(effect, "ends the running attempt"), has(effect, "drop-off"), has(effect, "drops off"), has(effect, "entry stays"):
		f.options.Excluded = funnel.EndAttempt
	case has(effect, "removed"), has(effect, "removes"):
		f.options.Excluded = funnel.RemoveCustomer
	default:
		c.Skip(t, "exclusion effect: "+effect)
	}
}

func (f *funnelCase) held(t *testing.T) {
	t.Helper()
	for _, key := range []string{"hold", "hold_constant", "hold_property"} {
		data, ok := f.raw[key]
		if !ok {
			continue
		}
		var one string
		if json.Unmarshal(data, &one) == nil {
			f.options.Hold = append(f.options.Hold, one)
			continue
		}
		f.options.Hold = append(f.options.Hold, decodeJSON[[]string](t, data)...)
	}
}

func (f *funnelCase) breakdown(t *testing.T, c *testCase, text func(string) string) {
	t.Helper()
	attribute := cmp.Or(text("breakdown"), text("breakdown_by"))
	var object struct{ Property, Attribute, By, From, Value, Step string }
	if json.Unmarshal(f.raw["breakdown"], &object) == nil {
		attribute = cmp.Or(attribute, object.Property, object.Attribute, object.By)
	}
	if attribute == "" {
		if _, ok := f.raw["breakdown"]; ok {
			c.Skip(t, "breakdown: "+string(f.raw["breakdown"]))
		}
		return
	}
	f.options.Breakdown.Attribute = attribute
	switch from := strings.ToLower(text("breakdown_from") + text("breakdown_value") + object.From + object.Value + object.Step); {
	case from == "", has(from, "first"):
	case has(from, "last"):
		f.options.Breakdown.At = funnel.LastValue
	case has(from, "step"):
		if n, err := fmt.Sscanf(from[strings.Index(from, "step"):], "step %d", &f.options.Breakdown.At); n != 1 || err != nil {
			c.Skip(t, "breakdown by the value of "+from)
		}
	default:
		c.Skip(t, "breakdown by the value of "+from)
	}
}

func (f *funnelCase) entered(t *testing.T, c *testCase) {
	t.Helper()
	from, hasFrom := f.raw["from"]
	to, hasTo := f.raw["to"]
	if !hasFrom && !hasTo {
		return
	}
	if !hasFrom || !hasTo {
		c.Skip(t, "a range with one end")
	}
	p, err := metric.Between(funnelTime(t, from), funnelTime(t, to))
	if err != nil {
		t.Fatal(err)
	}
	f.query.Entered = p
}

// build returns a funnel of the case's events. Events of one instant are in the order of the
// input.
func (f *funnelCase) build(t *testing.T, o funnel.Options) *funnel.Funnel {
	t.Helper()
	merges := map[string]string{}
	if data, ok := f.raw["identity_merges"]; ok {
		merges = decodeJSON[map[string]string](t, data)
	}
	built, err := funnel.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range f.events {
		user := e.user
		for range merges { // a chain of merges has an end
			if into, ok := merges[user]; ok {
				user = into
			}
		}
		built.Add(&event.Event{Name: e.name, Time: e.at, Seq: int64(i), UserID: user, Props: e.props})
	}
	if r := built.Report(); len(r.Refused) > 0 {
		t.Fatalf("refused: %v", r.Refused)
	}
	return built
}

func reached(steps []funnel.Step) (list []int64) {
	for i := range steps {
		list = append(list, steps[i].Reached)
	}
	return list
}

func runFunnel(t *testing.T, c testCase) {
	f := newFunnelCase(t, &c)
	table := f.build(t, f.options).Table(f.query)
	f.check(t, &c, table)
}

// check compares a table with what is expected, key by key.
func (f *funnelCase) check(t *testing.T, c *testCase, table *funnel.Table) {
	t.Helper()
	last := len(table.Steps) - 1
	for key, data := range decodeJSON[map[string]json.RawMessage](t, c.Expected) {
		switch key {
		case "counts":
			if want := decodeJSON[[]int64](t, data); !slices.Equal(reached(table.Steps), want) {
				t.Errorf("counts %v, want %v", reached(table.Steps), want)
			}
		case "entries", "conversions":
			got := table.Steps[0].Reached
			if key == "conversions" {
				got = table.Steps[last].Reached
			}
			if want := decodeJSON[int64](t, data); got != want {
				t.Errorf("%s %d, want %d", key, got, want)
			}
		case "rates", "conversion", "rate", "conversion_rate":
			f.checkRates(t, c, key, data, table)
		case "drop_off", "dropped", "dropped_off", "open":
			for i, want := range decodeJSON[[]int64](t, data) {
				got := table.Steps[i].DroppedOff
				if key == "open" {
					got = table.Steps[i].Open
				}
				if got != want {
					t.Errorf("step %d: %s %d, want %d", i+1, key, got, want)
				}
			}
		case "breakdown", "by", "by_value", "groups":
			f.checkGroups(t, data, table)
		case "steps", "seconds", "avg_s", "median_s":
			f.checkTimes(t, c, key, data, table)
		default:
			var counts []int64
			if f.options.Breakdown.Attribute != "" && json.Unmarshal(data, &counts) == nil {
				f.checkGroups(t, json.RawMessage(fmt.Sprintf("{%q:%s}", key, data)), table)
				continue
			}
			c.Skip(t, "nothing is known of an expected "+key)
		}
	}
}

func (f *funnelCase) checkGroups(t *testing.T, data json.RawMessage, table *funnel.Table) {
	t.Helper()
	for value, raw := range decodeJSON[map[string]json.RawMessage](t, data) {
		var counts []int64
		if json.Unmarshal(raw, &counts) != nil {
			counts = decodeJSON[struct{ Counts []int64 }](t, raw).Counts
		}
		got := make([]int64, len(table.Steps))
		for _, g := range table.Groups {
			if g.Value == value {
				got = reached(g.Steps)
			}
		}
		if !slices.Equal(got, counts) {
			t.Errorf("%s: counts %v, want %v", value, got, counts)
		}
	}
}

func (f *funnelCase) tolerance() float64 {
	tolerance := 1e-9
	json.Unmarshal(f.raw["tolerance"], &tolerance)
	return tolerance
}

func (f *funnelCase) near(t *testing.T, what string, got metric.Value, err error, want *float64) {
	t.Helper()
	switch {
	case err != nil && want == nil:
	case err != nil || want == nil:
		t.Errorf("%s: %v, %v, want %v", what, got, err, want)
	default:
		d, _ := got.Decimal()
		if x, _ := d.Float64(); math.Abs(x-*want) > f.tolerance() {
			t.Errorf("%s: %v, want %v", what, x, *want)
		}
	}
}

func (f *funnelCase) checkRates(t *testing.T, c *testCase, key string, data json.RawMessage, table *funnel.Table) {
	t.Helper()
	shares := []funnel.Share{table.Steps[len(table.Steps)-1].FromFirst}
	want := []*float64{nil}
	if json.Unmarshal(data, &want[0]) != nil {
		want = decodeJSON[[]*float64](t, data)
		shares = nil
		for i := range table.Steps {
			shares = append(shares, table.Steps[i].FromFirst)
		}
	}
	if len(want) != len(shares) {
		c.Skip(t, "rates of "+fmt.Sprint(len(want))+" steps")
	}
	for i, s := range shares {
		r, err := s.Ratio()
		f.near(t, fmt.Sprint(key, " ", i+1), metric.ValueOf(r), err, want[i])
	}
}

func runFunnelTime(t *testing.T, c testCase) {
	f := newFunnelCase(t, &c)
	f.query.Times = true
	f.check(t, &c, f.build(t, f.options).Table(f.query))
}

// checkTimes compares the time of the whole funnel, or those of each step.
func (f *funnelCase) checkTimes(t *testing.T, c *testCase, key string, data json.RawMessage, table *funnel.Table) {
	t.Helper()
	if !f.query.Times {
		c.Skip(t, "times in a case that is not about times")
	}
	if key != "steps" {
		d := table.Steps[len(table.Steps)-1].SinceFirst
		v, err := d.Mean()
		if key == "median_s" {
			v, err = d.Median()
		}
		var want *float64
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		f.near(t, key, v, err, want)
		return
	}
	type stepTimes struct {
		N      *int                `json:"n"`
		Mean   *float64            `json:"avg_s"`
		Median *float64            `json:"median_s"`
		P      map[string]*float64 `json:"percentiles"`
	}
	want := decodeJSON[[]stepTimes](t, data)
	skip := len(table.Steps) - len(want) // the first step has no times
	if skip != 0 && skip != 1 {
		t.Fatalf("times of %d steps of %d", len(want), len(table.Steps))
	}
	for i, w := range want {
		d := table.Steps[i+skip].SincePrevious
		what := fmt.Sprintf("step %d", i+skip+1)
		if w.N != nil && d.Len() != *w.N {
			t.Errorf("%s: %d times, want %d", what, d.Len(), *w.N)
		}
		mean, err := d.Mean()
		f.near(t, what+" mean", mean, err, w.Mean)
		median, err := d.Median()
		f.near(t, what+" median", median, err, w.Median)
	}
}

// runFunnelLevel runs the modes of windowFunnel. Without strict_once it lets one event be
// several steps.
func runFunnelLevel(t *testing.T, c testCase) {
	f := newFunnelCase(t, &c)
	o := f.options
	o.Reuse = true
	for _, mode := range decodeJSON[[]string](t, json.RawMessage(cmp.Or(string(f.raw["modes"]), `["default"]`))) {
		switch mode {
		case "default":
		case "strict_once":
			o.Reuse = false
		case "strict_increase":
			o.Increasing = true
		case "strict_deduplication": // where it is broken, the search is over
			o.NoRepeats, o.Attempts = true, funnel.FirstEntry
		case "strict_order": // likewise
			o.Order, o.Attempts = funnel.StrictRepeats, funnel.FirstEntry
		case "allow_reentry":
			o.Reentry = true
		default:
			c.Skip(t, "mode "+mode)
		}
	}
	levels := make(map[string]int)
	for a := range f.build(t, o).Attempts(f.query) {
		levels[a.Customer] = a.Level
	}
	for user, want := range decodeJSON[map[string]int](t, c.Expected) {
		if levels[user] != want {
			t.Errorf("%s: level %d, want %d", user, levels[user], want)
		}
	}
}
