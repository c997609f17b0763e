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
	user, account, name string
	at                  time.Time
	props               event.Props
}

// funnelCase is a case made ready: its options in the terms of the library.
type funnelCase struct {
	events     []funnelEvent
	only       []string // if not nil, the users to regard
	except     []string
	options    funnel.Options
	query      funnel.Query
	span       bool // times are between the earliest and the latest step, whichever
	sinceFirst bool // times are from the first step on
	raw        map[string]json.RawMessage
	texts      string // all option texts, in lower case
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
	text := decodeJSON[string](t, data)
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", text)
	return time.Time{}
}

func funnelEvents(t *testing.T, c *testCase) (list []funnelEvent) {
	t.Helper()
	for _, raw := range decodeJSON[[]map[string]json.RawMessage](t, c.Input) {
		e := funnelEvent{name: event.Fold(decodeJSON[string](t, raw["event"])), at: funnelTime(t, raw["t"])}
		e.user, e.account = strings.Trim(string(raw["user"]), `"`), strings.Trim(string(raw["account"]), `"`)
		var attrs []event.Attr
		take := func(name string, data json.RawMessage) {
			if v, ok := valueOf(data); ok {
				attrs = append(attrs, event.Attr{Name: name, Value: v})
			}
		}
		for name, data := range raw {
			switch name {
			case "user", "account", "t", "event":
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
		case "event", "name", "events", "any", "event_name", "event_names", "any_of":
			rule.Events = append(rule.Events, funnelRule(t, c, value).Events...)
		case "props", "properties", "where", "filter", "filters":
			rule.Where = append(rule.Where, funnelConditions(t, c, value)...)
		case "after_step", "before_step", "from_step", "to_step", "after", "before", "between", "label":
		default:
			c.Skip(t, "a step with "+key)
		}
	}
	return rule
}

func funnelConditions(t *testing.T, c *testCase, data json.RawMessage) []event.Condition {
	t.Helper()
	list, ok := conditionsOf(data)
	if !ok {
		c.Skip(t, "conditions: "+string(data))
	}
	return list
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
			"as_of", "note", "from", "to", "equal_times", "window_days", "window_hours", "window_minutes", "window_seconds", "time_to_convert",
			"breakdown_attribution", "breakdown_attribution_type", "hold_property_constant", "hold_constant_property", "holding_constant", "filter", "filters",
			"where", "include_users", "exclude_users", "entity", "timezone", "mode", "reentry", "re_entry", "counting", "counting_method":
		default:
			c.Skip(t, "no option is known for "+key+": "+string(f.raw[key]))
		}
	}
	for _, key := range []string{"filter", "filters", "where"} {
		if data, ok := f.raw[key]; ok {
			for i := range o.Steps {
				o.Steps[i].Where = append(o.Steps[i].Where, funnelConditions(t, c, data)...)
			}
		}
	}
	f.users(t, c, text("entity"))
	f.window(t, c)
	order := text("order")
	f.order(t, c, order, text("anchor"))
	f.attempts(t, c, text("attempts")+text("reentry")+text("re_entry"), text("count")+text("counting")+text("counting_method"))
	if mode := text("mode"); mode != "" && mode != order {
		c.Skip(t, "mode: "+mode)
	}
	f.times(t, c, text("time")+text("time_to_convert"))
	f.exclusions(t, c, text("exclusion_effect"))
	var once *bool
	if data, ok := f.raw["one_event_per_step"]; ok && json.Unmarshal(data, &once) != nil {
		c.Skip(t, "one event per step: "+string(data))
	}
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
		case has(ties, "step") && !has(ties, "strictly"):
			o.TiesByStep = true
		case has(ties, "input"), has(ties, "sequence"), has(ties, "arrival"), has(ties, "given order"):
		case has(ties, "strictly later"), has(ties, "strictly greater"), has(ties, "strictly after"), has(ties, "strictly increasing"):
			o.Increasing = true
		default:
			c.Skip(t, "ties: "+ties)
		}
	}
	for key, words := range map[string][]string{
		"result": {"highest level", "level reached"}, "step_lists": {"any of"}, "empty": {"zero", "null", "0"},
	} {
		if s := text(key); s != "" && !containsAny(s, words...) {
			c.Skip(t, key+": "+s)
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

// users says whom customer means, and who is regarded.
func (f *funnelCase) users(t *testing.T, c *testCase, entity string) {
	t.Helper()
	switch {
	case entity == "", has(entity, "user"), has(entity, "person"):
	case has(entity, "account"), has(entity, "group"), has(entity, "company"), has(entity, "organi"):
		f.options.Subject = event.Account
	default:
		c.Skip(t, "entity: "+entity)
	}
	if data, ok := f.raw["include_users"]; ok {
		f.only = append([]string{}, decodeJSON[[]string](t, data)...)
	}
	if data, ok := f.raw["exclude_users"]; ok {
		f.except = decodeJSON[[]string](t, data)
	}
}

// times says what the times of a case are, or skips it.
func (f *funnelCase) times(t *testing.T, c *testCase, text string) {
	t.Helper()
	around := f.options.Order == funnel.AnyAroundFirst
	switch {
	case has(text, "earliest", "latest"), has(text, "first", "last step done"):
		f.span = true
	case around && has(text, "second"):
		c.Skip(t, "times around the first step: "+text)
	case text == "", has(text, "previous step"), has(text, "step before"):
	case has(text, "step 1"), has(text, "step-1"), has(text, "first step"), has(text, "entry"), has(text, "start of the attempt"):
		f.sinceFirst = true
	default:
		c.Skip(t, "times: "+text)
	}
}

func (f *funnelCase) window(t *testing.T, c *testCase) {
	t.Helper()
	var seconds float64
	found := false
	for key, unit := range map[string]float64{"window_s": 1, "window_seconds": 1, "window_minutes": 60, "window_hours": 3600, "window_days": 86400, "window": 1} {
		if n := 0.0; json.Unmarshal(f.raw[key], &n) == nil && f.raw[key] != nil {
			seconds, found = n*unit, true
		}
	}
	if !found {
		var text string
		if json.Unmarshal(f.raw["window"], &text); text != "" && !has(text, "no ") && !has(text, "none") && !has(text, "unlimited") {
			c.Skip(t, "window: "+text)
		}
		f.options.Window = funnel.NoLimit
		return
	}
	// An integer clock has nothing between the limit and the next tick.
	f.options.Window = max(time.Duration(seconds*float64(time.Second)), 1)
	rule := ""
	for _, key := range []string{"window", "window_rule"} {
		var text string
		if json.Unmarshal(f.raw[key], &text); text != "" && !containsAny(strings.ToLower(text), "step-1", "step 1", "first step", "entry", "first event", "earliest", "start of the attempt", "t(first") {
			c.Skip(t, key+": "+text)
		}
		rule += strings.ToLower(text) + " "
	}
	if has(rule, "does not count") || has(rule, "exclusive") || has(rule, "t < t(") || has(rule, "no longer counts") {
		f.options.Window = max(f.options.Window-1, 1)
	}
	if has(rule, "previous step") || has(rule, "step before") || has(rule, "each step") || has(rule, "reset") && !has(rule, "not reset") {
		c.Skip(t, "window: "+rule)
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
	optimised := has(attempts+count, "optimi")
	switch {
	case has(count, "session"):
		c.Skip(t, "count: "+count)
	case has(count, "totals"), has(count, "every entry"), has(count, "each entry"):
		if optimised {
			c.Skip(t, "every entry counts although others are under way")
		}
		f.options.Attempts = funnel.EveryEntry
		return
	case count == "", has(count, "unique"), has(count, "once"), has(count, "users"):
	default:
		c.Skip(t, "count: "+count)
	}
	switch {
	case has(attempts, "furthest"), has(attempts, "any step-1"), has(attempts, "every step-1"), optimised:
	case has(attempts, "latest"), has(attempts, "most recent"), has(attempts, "last "):
		c.Skip(t, "attempts: "+attempts)
	case has(attempts, "first"), has(count, "first"):
		f.options.Attempts = funnel.FirstEntry
	case attempts == "", has(attempts, "any"):
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
			AfterStep  *int `json:"after_step"`
			FromStep   *int `json:"from_step"`
			After      *int
			BeforeStep *int `json:"before_step"`
			ToStep     *int `json:"to_step"`
			Before     *int
			Between    []int
		}
		if err := json.Unmarshal(raw, &span); err != nil && raw[0] == '{' {
			c.Skip(t, "exclusion: "+string(raw))
		}
		if after := cmp.Or(span.AfterStep, span.FromStep, span.After); after != nil {
			x.After = *after
		}
		if before := cmp.Or(span.BeforeStep, span.ToStep, span.Before); before != nil {
			x.Before = *before
		}
		if len(span.Between) == 2 {
			x.After, x.Before = span.Between[0], span.Between[1]
		}
		if x.After == 0 { // counted from zero
			x.After, x.Before = x.After+1, x.Before+1
		}
		f.options.Exclusions = append(f.options.Exclusions, x)
	}
	switch {
	case has(effect, "no clean attempt"), has(effect, "void"), has(effect, "unless a clean"):
		f.options.Excluded = funnel.VoidAttempt
	case has(effect, "ends the"), has(effect, "drop-off"), has(effect, "drops off"), has(effect, "entry stays"), has(effect, "stays in"), has(effect, "stops the attempt"):
		f.options.Excluded = funnel.EndAttempt
	case has(effect, "removed"), has(effect, "removes"):
		f.options.Excluded = funnel.RemoveCustomer
	default:
		c.Skip(t, "exclusion effect: "+effect)
	}
}

func (f *funnelCase) held(t *testing.T) {
	t.Helper()
	for _, key := range []string{"hold", "hold_constant", "hold_property", "hold_property_constant", "hold_constant_property", "holding_constant"} {
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
	switch from := strings.ToLower(text("breakdown_from") + text("breakdown_value") + text("breakdown_attribution") + text("breakdown_attribution_type") + object.From + object.Value + object.Step); {
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
		if f.only != nil && !slices.Contains(f.only, user) || slices.Contains(f.except, user) {
			continue
		}
		account := e.account
		if user == "" && o.Subject == event.User {
			user = account
		}
		built.Add(&event.Event{Name: e.name, Time: e.at, Seq: int64(i), UserID: user, AccountID: account, Props: e.props})
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
			list := decodeJSON[[]int64](t, data)
			if len(list) > len(table.Steps) {
				c.Skip(t, key+" of more steps than there are")
			}
			for i, want := range list {
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
	if f.span {
		f.checkSpan(t, c, key, data)
		return
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
		N      *int     `json:"n"`
		Mean   *float64 `json:"avg_s"`
		Median *float64 `json:"median_s"`
	}
	want := decodeJSON[[]stepTimes](t, data)
	given := decodeJSON[[]map[string]json.RawMessage](t, data)
	for _, w := range given {
		for name := range w {
			if !slices.Contains([]string{"n", "avg_s", "median_s"}, name) {
				c.Skip(t, "nothing is known of times as "+name)
			}
		}
	}
	skip := len(table.Steps) - len(want) // the first step has no times
	if skip != 0 && skip != 1 {
		t.Fatalf("times of %d steps of %d", len(want), len(table.Steps))
	}
	for i, w := range want {
		d := table.Steps[i+skip].SincePrevious
		if f.sinceFirst {
			d = table.Steps[i+skip].SinceFirst
		}
		what := fmt.Sprintf("step %d", i+skip+1)
		if w.N != nil && d.Len() != *w.N {
			t.Errorf("%s: %d times, want %d", what, d.Len(), *w.N)
		}
		if _, ok := given[i]["avg_s"]; ok {
			mean, err := d.Mean()
			f.near(t, what+" mean", mean, err, w.Mean)
		}
		if _, ok := given[i]["median_s"]; ok {
			median, err := d.Median()
			f.near(t, what+" median", median, err, w.Median)
		}
	}
}

// checkSpan compares the mean time between the earliest and the latest step of attempts that
// did all steps. Any step may open an attempt of that length, so that this is a funnel in
// any order without an anchor, of the users of whom one is needed.
func (f *funnelCase) checkSpan(t *testing.T, c *testCase, key string, data json.RawMessage) {
	t.Helper()
	if key != "avg_s" || f.options.Order < funnel.AnyOrder {
		c.Skip(t, "times between the earliest and the latest step as "+key)
	}
	o := f.options
	o.Order = funnel.AnyOrder
	d := f.build(t, o).Table(f.query)
	v, err := d.Steps[len(d.Steps)-1].SinceFirst.Mean()
	f.near(t, key, v, err, decodeJSON[*float64](t, data))
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
	if o.NoRepeats && o.Reentry {
		c.Skip(t, "what a repeat is when the first step may come again")
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
