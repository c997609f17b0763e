package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func init() {
	register("lifecycle", runLifecycle)
	register("growth_accounting", runLifecycle)
	register("stickiness", runStickiness)
	register("active_users", runActiveUsers)
	register("sessions", runSessions)
	register("engaged_sessions", runSessions)
	register("bounce", runSessions)
	register("paths", runPaths)
}

// activityCase is a case about activity, with its options by name. Those that no runner
// asked for in the end are rules that it does not know.
type activityCase struct {
	*testCase
	options map[string]json.RawMessage
	asked   map[string]bool
	loc     *time.Location
}

func newActivityCase(t *testing.T, c *testCase) *activityCase {
	t.Helper()
	a := &activityCase{testCase: c, asked: map[string]bool{}, loc: time.UTC}
	if err := json.Unmarshal(c.Options, &a.options); err != nil {
		t.Fatal(err)
	}
	var err error
	if a.loc, err = time.LoadLocation(cmp.Or(a.text("timezone"), a.text("zone"), a.text("time_zone"), "UTC")); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *activityCase) raw(name string) json.RawMessage {
	a.asked[name] = true
	return a.options[name]
}

// text returns an option in its own spelling, "" if it is absent.
func (a *activityCase) text(name string) string {
	raw := a.raw(name)
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

func (a *activityCase) list(t *testing.T, name string) []string {
	t.Helper()
	raw := a.raw(name)
	if raw == nil {
		return nil
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		list = []string{a.text(name)}
	}
	return list
}

// done skips the case if there is an option that nobody asked for.
func (a *activityCase) done(t *testing.T) {
	t.Helper()
	for name := range a.options {
		if !a.asked[name] {
			a.Skip(t, fmt.Sprintf("option %s: %s", name, a.options[name]))
		}
	}
}

// requires skips the case if an option does not have all the words of one of some readings.
func (a *activityCase) requires(t *testing.T, name string, readings ...string) {
	t.Helper()
	text := strings.ToLower(a.text(name))
	if text == "" || text == "null" {
		return
	}
	for _, reading := range readings {
		if containsAll(text, strings.Fields(reading)...) {
			return
		}
	}
	a.Skip(t, fmt.Sprintf("option %s: %s", name, text))
}

func containsAll(text string, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// instant reads a date in the zone of the case, or an instant.
func (a *activityCase) instant(t *testing.T, text string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, a.loc); err == nil {
			return at.In(a.loc)
		}
	}
	t.Fatalf("%q is no instant", text)
	return time.Time{}
}

// events returns the input, with the users that the case says are one made one.
func (a *activityCase) events(t *testing.T) []event.Event {
	t.Helper()
	var rows []map[string]any
	if err := json.Unmarshal(a.Input, &rows); err != nil {
		t.Fatal(err)
	}
	merges := map[string]string{}
	if raw := a.raw("identity_merges"); raw != nil {
		if err := json.Unmarshal(raw, &merges); err != nil {
			t.Fatal(err)
		}
	}
	var list []event.Event
	for i, row := range rows {
		text := func(name string) string {
			if row[name] == nil {
				return ""
			}
			return fmt.Sprint(row[name])
		}
		e := event.Event{
			ID: strconv.Itoa(i), Seq: int64(i), Name: event.Fold(text("event")), Time: a.instant(t, text("t")),
			UserID: text("user"), AnonymousID: text("anonymous"), AccountID: text("account"), Test: row["test"] == true,
		}
		for range merges { // a chain of merges has an end
			if user, ok := merges[e.UserID]; ok {
				e.UserID = user
			}
		}
		var attrs []event.Attr
		take := func(name string, value any) {
			switch v := value.(type) {
			case string:
				attrs = append(attrs, event.String(name, v))
			case bool:
				attrs = append(attrs, event.Bool(name, v))
			case float64:
				attrs = append(attrs, event.Decimal(name, metric.MustNumber(strconv.FormatFloat(v, 'f', -1, 64)).Decimal()))
			}
		}
		for name, value := range row {
			switch inner, ok := value.(map[string]any); {
			case ok:
				for name, value := range inner {
					take(name, value)
				}
			case !slices.Contains([]string{"user", "anonymous", "account", "t", "event", "test"}, name):
				take(name, value)
			}
		}
		e.Props = event.NewProps(attrs...)
		list = append(list, e)
	}
	return list
}

// rule reads which events an option means: a name, or several.
func (a *activityCase) rule(t *testing.T, names ...string) event.Rule {
	t.Helper()
	var r event.Rule
	for _, name := range names {
		for _, text := range a.list(t, name) {
			if lower := strings.ToLower(text); lower == "null" || lower == "any" || lower == "*" || strings.Contains(lower, "any event") {
				continue
			}
			r.Events = append(r.Events, event.Fold(text))
		}
	}
	for _, name := range []string{"where", "properties", "filter", "filters", "event_filter", "event_filters", "property_filter"} {
		raw := a.options[name]
		if raw == nil {
			continue
		}
		a.asked[name] = true
		list, ok := conditionsOf(raw)
		if !ok {
			a.Skip(t, fmt.Sprintf("conditions: %s", raw))
		}
		r.Where = append(r.Where, list...)
	}
	return r
}

// activity returns the accumulator of a case over its events, and the query for all of it.
func (a *activityCase) activity(t *testing.T) (*engagement.Activity, engagement.Query) {
	t.Helper()
	var o engagement.ActivityOptions
	first := func(names ...string) (text string) {
		for _, name := range names {
			text = cmp.Or(text, a.text(name))
		}
		return text
	}
	start, end := a.instant(t, first("requested_from", "from", "date_from", "first_bucket")), a.instant(t, first("requested_to", "to", "date_to", "last_bucket"))
	interval := strings.TrimSuffix(cmp.Or(first("interval", "unit", "granularity", "bucket"), "day"), "s")
	switch interval {
	case "minute", "hour":
		o.Slot = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour}[interval]
		start, end = start.Truncate(o.Slot), end.Truncate(o.Slot).Add(o.Slot)
	default:
		unit, err := metric.ParsePeriodUnit(interval)
		if err != nil {
			a.Skip(t, "interval "+interval)
		}
		o.Unit = unit
		end = end.AddDate(0, 0, 1) // the last bucket is the one with this day
	}
	p, err := metric.Between(start, end)
	if err != nil {
		t.Fatal(err)
	}
	o.Range = p
	a.requires(t, "alignment", "snap", "aligned", "start of its")
	a.requires(t, "range", "all time first event")
	if day := a.text("week_start"); day != "" && !setWeekStart(&o.WeekStart, day) {
		a.Skip(t, "week_start: "+day)
	}
	switch entity := a.text("entity"); entity {
	case "", "user", "person", "users":
	case "account", "group", "organization", "company", "accounts":
		o.Subject = event.Account
	default:
		a.Skip(t, "entity "+entity)
	}
	o.Active = a.rule(t, "event", "events", "active_events", "target_event", "start_event")
	if a.requires(t, "test_events", "left out", "excluded"); a.unfiltered() && len(o.Active.Where) > 0 {
		if o.Known.Events = o.Active.Events; len(o.Known.Events) == 0 { // all that the input has
			for _, e := range a.events(t) {
				if !slices.Contains(o.Known.Events, e.Name) {
					o.Known.Events = append(o.Known.Events, e.Name)
				}
			}
		}
	}
	acc, err := engagement.NewActivity(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range a.events(t) {
		acc.Add(&e)
	}
	var q engagement.Query
	q.Only, q.Except = a.list(t, "include_users"), a.list(t, "exclude_users")
	return acc, q
}

// unfiltered reports whether the filter of a case does not apply to the history, which says
// who is new.
func (a *activityCase) unfiltered() bool {
	for _, name := range []string{"history", "new", "look_back", "filter_scope", "filter_history"} {
		text := strings.ToLower(a.text(name))
		if strings.Contains(text, "unfiltered") || strings.Contains(text, "whether or not") || strings.Contains(text, "filter") &&
			(strings.Contains(text, "not appl") || strings.Contains(text, "does not") || strings.Contains(text, "regardless") || strings.Contains(text, "without")) {
			return true
		}
	}
	return false
}

// requiresHistory skips a case that knows who is new from something else than events.
func (a *activityCase) requiresHistory(t *testing.T) {
	t.Helper()
	for _, name := range []string{"history", "new", "look_back", "filter_scope", "filter_history"} {
		if text := strings.ToLower(a.text(name)); strings.Contains(text, "created") || strings.Contains(text, "profile") {
			a.Skip(t, name+": "+text)
		}
	}
}

func runLifecycle(t *testing.T, c testCase) {
	a := newActivityCase(t, &c)
	acc, q := a.activity(t)
	a.requiresHistory(t)
	a.requires(t, "new", "first event ever", "first event before the range", "first event history")
	a.requires(t, "returning", "this previous", "current previous")
	a.requires(t, "retained", "this previous", "current previous")
	a.requires(t, "resurrecting", "not in the previous")
	a.requires(t, "resurrected", "not in the previous")
	a.requires(t, "dormant", "previous not in this", "previous not in the current", "previous not active")
	a.requires(t, "look_back", "before the range classify", "before classify")
	sign := int64(1)
	if text := strings.ToLower(a.text("dormant") + a.text("dormant_sign") + a.text("signs")); strings.Contains(text, "negative") && !strings.Contains(text, "not negative") {
		sign = -1
	}
	a.asked["tolerance"] = true
	a.done(t)
	growth, err := acc.Growth(q)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	for key, raw := range want {
		if key == "buckets" {
			var buckets []string
			if err := json.Unmarshal(raw, &buckets); err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range growth {
				layout := time.DateOnly
				if i < len(buckets) && len(buckets[i]) > len(layout) {
					buckets[i] = a.instant(t, buckets[i]).Format(time.RFC3339)
					layout = time.RFC3339
				}
				got = append(got, growth[i].Period.Start().Format(layout))
			}
			if !slices.Equal(got, buckets) {
				t.Errorf("buckets %v, want %v", got, buckets)
			}
			continue
		}
		series := func(key string) (got []int64) {
			for _, g := range growth {
				n := g.Active
				switch key {
				case "new":
					n = g.New
				case "returning", "retained":
					n = g.Retained
				case "resurrecting", "resurrected":
					n = g.Resurrected
				case "dormant", "churned":
					n = sign * g.Dormant
				case "active":
				default:
					a.Skip(t, "expected "+key)
				}
				got = append(got, n)
			}
			return got
		}
		if key == "totals" {
			var totals map[string]int64
			if err := json.Unmarshal(raw, &totals); err != nil {
				t.Fatal(err)
			}
			for key, want := range totals {
				sum := int64(0)
				for _, n := range series(key) {
					sum += n
				}
				if sum != want {
					t.Errorf("total of %s %d, want %d", key, sum, want)
				}
			}
			continue
		}
		got := series(key)
		var numbers []int64
		if err := json.Unmarshal(raw, &numbers); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, numbers) {
			t.Errorf("%s %v, want %v", key, got, numbers)
		}
	}
}

func runStickiness(t *testing.T, c testCase) {
	a := newActivityCase(t, &c)
	acc, q := a.activity(t)
	a.requires(t, "value", "exactly", "at least n buckets", "at least n", "dau mau", "average active", "distinct buckets")
	a.requires(t, "mode", "exact", "cumulative", "at least")
	a.asked["tolerance"] = true
	a.done(t)
	f, err := acc.Frequency(q)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	for key, raw := range want {
		of := func(n int) int64 { return f.AtLeast(n) }
		switch key {
		case "users_by_active_buckets", "accounts_by_active_buckets", "users_by_exactly":
			of = func(n int) int64 { return f.AtLeast(n) - f.AtLeast(n+1) }
		case "users_by_at_least", "accounts_by_at_least":
		case "stickiness", "dau_mau":
			ratio, err := f.Stickiness()
			a.near(t, key, metric.ValueOf(ratio), err, raw)
			continue
		case "active", "users", "total_users", "total", "count":
			if got, want := fmt.Sprint(f.Customers()), string(raw); got != want {
				t.Errorf("%s %s, want %s", key, got, want)
			}
			continue
		default:
			a.Skip(t, "expected "+key)
		}
		var numbers map[string]int64
		if err := json.Unmarshal(raw, &numbers); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for n := 1; n < len(f.Exactly); n++ {
			if of(n) != 0 {
				got[strconv.Itoa(n)] = of(n)
			}
		}
		maps.DeleteFunc(numbers, func(_ string, n int64) bool { return n == 0 })
		if !maps.Equal(got, numbers) {
			t.Errorf("%s %v, want %v", key, got, numbers)
		}
	}
}

func runActiveUsers(t *testing.T, c testCase) {
	a := newActivityCase(t, &c)
	acc, q := a.activity(t)
	days, _ := strconv.Atoi(cmp.Or(a.text("window_days"), a.text("window"), a.text("rolling_days"), "1"))
	a.done(t)
	r, err := acc.Rolling(q, days)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	for key, raw := range want {
		switch key {
		case "buckets":
			continue
		case "active", "users", "active_users":
		default:
			a.Skip(t, "expected "+key)
		}
		var numbers []int64
		if err := json.Unmarshal(raw, &numbers); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Active[0], numbers) {
			t.Errorf("%s %v, want %v", key, r.Active[0], numbers)
		}
	}
}

// near compares a number with a tolerance, and an undefined value with null.
func (a *activityCase) near(t *testing.T, what string, got metric.Value, err error, raw json.RawMessage) {
	t.Helper()
	if string(raw) == "null" {
		if err == nil {
			t.Errorf("%s is %s, want it undefined", what, got)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	want, parseErr := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	number, ok := got.Decimal()
	if parseErr != nil || !ok {
		t.Fatalf("%s: %s and %s", what, got, raw)
	}
	tolerance := 1e-9
	if own, err := strconv.ParseFloat(a.text("tolerance"), 64); err == nil {
		tolerance = own
	}
	if f, _ := number.Float64(); math.Abs(f-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, f, want)
	}
}

// campaignAttribute returns how the events of a case name their campaign.
func campaignAttribute(input json.RawMessage) string {
	if strings.Contains(string(input), `"utm_campaign"`) {
		return "utm_campaign"
	}
	return "campaign"
}

// midnight reports whether sessions end at midnight.
func (a *activityCase) midnight() bool {
	for _, name := range []string{"midnight_reset", "midnight", "midnight_split", "new_session_at_midnight", "ends_at_midnight"} {
		text := strings.ToLower(a.text(name))
		if text == "true" || strings.Contains(text, "new session") && !strings.Contains(text, "not") || strings.Contains(text, "session ends") || strings.HasPrefix(text, "yes") {
			return true
		}
	}
	return false
}

// sessions returns the accumulator of a case over its events.
func (a *activityCase) sessions(t *testing.T) *engagement.Sessions {
	t.Helper()
	o := engagement.SessionOptions{View: event.Named("page_viewed", "pageview", "page_view", "page", "screen_view", "screen")}
	seconds := func(names ...string) time.Duration {
		for _, name := range names {
			if n, err := strconv.ParseFloat(a.text(name), 64); err == nil {
				return time.Duration(n * float64(time.Second))
			}
		}
		return 0
	}
	o.Timeout = seconds("timeout_s", "timeout_seconds", "inactivity_s")
	if minutes, err := strconv.Atoi(cmp.Or(a.text("timeout_min"), a.text("timeout_minutes"))); err == nil {
		o.Timeout = time.Duration(minutes) * time.Minute
	}
	a.requires(t, "gap_rule", "strictly greater", "greater or equal", "at least")
	if gap := a.text("gap_rule"); gap != "" && !strings.Contains(gap, "strictly") {
		o.Timeout = cmp.Or(o.Timeout, engagement.DefaultTimeout) - 1 // what is no longer below it is longer than this
	}
	o.Midnight, o.Zone = a.midnight(), a.loc
	a.requires(t, "duration", "last minus first", "last first")
	for name, raw := range a.options {
		text := strings.ToLower(string(raw))
		switch {
		case strings.Contains(name, "engag") && strings.Contains(text, "10 s"): // the default rule, in words
			a.asked[name] = true
		case !strings.Contains(name, "campaign"):
		case strings.HasSuffix(name, "_property") || strings.HasSuffix(name, "_attribute"):
			o.Campaign = a.text(name)
		case text == "true" || strings.Contains(text, "new session") && !strings.Contains(text, "not"):
			a.asked[name] = true
			o.Campaign = cmp.Or(o.Campaign, campaignAttribute(a.Input))
		case text == "false" || strings.Contains(text, "not"):
			a.asked[name] = true
		}
	}
	a.requires(t, "mode", "event-based start end", "inactivity", "timeout", "property-based same value", "property session")
	for _, name := range []string{"session_property", "session_id_property", "property"} {
		if property := a.text(name); property != "" {
			// A session lasts as long as the value does, whatever the time between events.
			o.Campaign, o.Timeout = property, cmp.Or(o.Timeout, 366*24*time.Hour)
			o.Events.Where = append(o.Events.Where, event.Condition{Attribute: property, Op: event.Present})
			a.requires(t, "events_without", "not part", "left out", "ignored", "not used")
		}
	}
	if strings.Contains(strings.ToLower(a.text("mode")), "property") && o.Campaign == "" {
		a.Skip(t, "sessions by a property without its name")
	}
	a.requires(t, "rules", "second start inside ignored end outside ignored")
	o.Start, o.End = a.rule(t, "start_event"), a.rule(t, "end_event")
	o.Key = a.rule(t, "key_event", "key_events", "conversion_events")
	if views := a.rule(t, "view_event", "page_view_event"); len(views.Events) > 0 {
		o.View = views
	}
	o.Engaged = seconds("engaged_s", "engaged_seconds", "engaged_after_s")
	if n, err := strconv.Atoi(cmp.Or(a.text("engaged_views"), a.text("min_views"))); err == nil {
		o.EngagedViews = n
	}
	if o.Midnight && len(o.Start.Events) > 0 {
		a.Skip(t, "sessions from an event to an event do not end at midnight")
	}
	s, err := engagement.NewSessions(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range a.events(t) {
		s.Add(&e)
	}
	return s
}

// bounce returns the bounce rate that the case means.
func (a *activityCase) bounce(t *testing.T, y *engagement.SessionSummary) (int64, metric.Ratio, error) {
	text := strings.ToLower(a.text("bounce") + a.text("bounce_rule"))
	switch {
	case text == "" || strings.Contains(text, "engage") || strings.Contains(text, "10 s"):
		r, err := y.BounceRate()
		return y.Sessions - y.Engaged, r, err
	case strings.Contains(text, "page") || strings.Contains(text, "view"):
		r, err := y.SingleViewRate()
		return y.SingleView, r, err
	case strings.Contains(text, "event") || strings.Contains(text, "action") || strings.Contains(text, "hit"):
		r, err := y.SingleEventRate()
		return y.SingleEvent, r, err
	}
	a.Skip(t, "bounce: "+text)
	return 0, metric.Ratio{}, nil
}

func runSessions(t *testing.T, c testCase) {
	a := newActivityCase(t, &c)
	s := a.sessions(t)
	var q engagement.SessionQuery
	if asOf := cmp.Or(a.text("as_of"), a.text("now")); asOf != "" {
		q.AsOf = a.instant(t, asOf)
	}
	summaries, err := s.Summarize(q)
	if err != nil {
		t.Fatal(err)
	}
	y := &summaries[0]
	bounces, bounceRate, bounceErr := a.bounce(t, y)
	a.asked["tolerance"] = true
	a.done(t)
	all, err := s.All(q)
	if err != nil {
		t.Fatal(err)
	}
	list := slices.SortedStableFunc(all, func(x, y engagement.Session) int { return x.Start.Compare(y.Start) })
	var want map[string]json.RawMessage
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	count := func(n int64) (metric.Value, error) { return metric.ValueOf(metric.Count(n)), nil }
	for key, raw := range want {
		var v metric.Value
		var err error
		switch key {
		case "sessions":
			if raw[0] == '[' {
				a.checkSessions(t, list, raw)
				continue
			}
			v, err = count(y.Sessions + y.Open)
		case "durations_s":
			var got []string
			for i := range list {
				got = append(got, list[i].Duration().Seconds().String())
			}
			var numbers []json.Number
			if err := json.Unmarshal(raw, &numbers); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(numbers) {
				t.Errorf("durations %v, want %v", got, numbers)
			}
			continue
		case "session_count", "count", "n_sessions":
			v, err = count(y.Sessions + y.Open)
		case "open", "open_sessions":
			v, err = count(y.Open)
		case "engaged_sessions", "engaged":
			v, err = count(y.Engaged)
		case "bounces", "bounced", "bounced_sessions":
			v, err = count(bounces)
		case "bounce_rate":
			v, err = metric.ValueOf(bounceRate), bounceErr
		case "engagement_rate":
			r, e := y.EngagementRate()
			v, err = metric.ValueOf(r), e
		case "average_duration_s", "mean_duration_s", "avg_duration_s":
			d, e := y.AverageDuration()
			v, err = metric.ValueOf(d), e
		case "events_per_session":
			n, e := y.EventsPerSession()
			v, err = metric.ValueOf(n), e
		case "pages_per_session", "views_per_session":
			n, e := y.ViewsPerSession()
			v, err = metric.ValueOf(n), e
		default:
			a.Skip(t, "expected "+key)
		}
		a.near(t, key, v, err, raw)
	}
}

func (a *activityCase) checkSessions(t *testing.T, list []engagement.Session, raw json.RawMessage) {
	t.Helper()
	var want []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if len(list) != len(want) {
		t.Fatalf("%d sessions, want %d: %+v", len(list), len(want), list)
	}
	for i, fields := range want {
		x := &list[i]
		for key, raw := range fields {
			text := strings.Trim(string(raw), `"`)
			switch key {
			case "user":
				if x.Customer != text {
					t.Errorf("session %d of %s, want %s", i, x.Customer, text)
				}
			case "start", "end":
				at := x.Start
				if key == "end" {
					at = x.End
				}
				if !at.Equal(a.instant(t, text)) {
					t.Errorf("session %d: %s %s, want %s", i, key, at, text)
				}
			case "duration_s":
				if got := x.Duration().Seconds().String(); got != text {
					t.Errorf("session %d lasts %s s, want %s", i, got, text)
				}
			case "events", "views", "page_views", "pageviews":
				n := x.Views
				if key == "events" {
					n = x.Events
				}
				if fmt.Sprint(n) != text {
					t.Errorf("session %d has %d %s, want %s", i, n, key, text)
				}
			case "engaged", "bounced", "open":
				is := map[string]bool{"engaged": x.Engaged, "bounced": !x.Engaged, "open": x.Open}[key]
				if fmt.Sprint(is) != text {
					t.Errorf("session %d: %s is %t, want %s", i, key, is, text)
				}
			default:
				a.Skip(t, "expected sessions with "+key)
			}
		}
	}
}

func runPaths(t *testing.T, c testCase) {
	a := newActivityCase(t, &c)
	var o engagement.PathOptions
	quoted := regexp.MustCompile(`(?:first|last) ['"]([^'"]+)['"]`)
	start := cmp.Or(a.text("start"), a.text("end"), a.text("anchor"))
	backwards := strings.Contains(a.text("path"), "earlier") || a.text("end") != ""
	if last := strings.Contains(strings.ToLower(start), "last "); last != backwards && last {
		a.Skip(t, "start: "+start)
	}
	if start != "" {
		name := quoted.FindStringSubmatch(start)
		switch lower := strings.ToLower(start); {
		case name != nil:
			o.Start = event.Named(event.Fold(name[1]))
		case strings.Contains(lower, "first event"):
		case strings.Contains(start, " "):
			a.Skip(t, "start: "+start)
		default:
			o.Start = event.Named(event.Fold(start))
		}
	}
	o.Start.Events = append(o.Start.Events, a.rule(t, "start_event").Events...)
	if path := a.text("path"); path != "" {
		number := regexp.MustCompile(`up to (\d+|one|two|three|four|five) (?:later|further|more|following|earlier)`).FindStringSubmatch(path)
		if number == nil {
			a.Skip(t, "path: "+path)
		}
		words := []string{"", "one", "two", "three", "four", "five"}
		if o.Steps = slices.Index(words, number[1]); o.Steps < 1 {
			o.Steps, _ = strconv.Atoi(number[1])
		}
	}
	for _, name := range []string{"steps", "max_steps"} {
		if n, err := strconv.Atoi(a.text(name)); err == nil {
			o.Steps = n
		}
	}
	o.Events = a.rule(t, "events", "only_events")
	a.requires(t, "count", "users full path", "users per path", "distinct users path")
	p, err := engagement.NewPaths(o)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]int{}
	for _, e := range a.events(t) {
		if backwards { // a way to an event is one from it in a time that runs backwards
			e.Time, e.Seq = time.Unix(0, -e.Time.UnixNano()).UTC(), -e.Seq
			if anchors[e.UserID]++; !o.Start.Match(&e) {
				anchors[e.UserID]--
			}
			if anchors[e.UserID] > 1 && !strings.Contains(strings.ToLower(start), "last ") {
				a.Skip(t, "the way to the first of several events")
			}
		}
		p.Add(&e)
	}
	a.done(t)
	var expected map[string]int64
	if nested := objectOf(t, c.Expected); nested.has("paths") {
		c.Expected = nested["paths"]
	}
	if err := json.Unmarshal(c.Expected, &expected); err != nil {
		a.Skip(t, "expected "+string(c.Expected))
	}
	want := map[string]int64{}
	for path, n := range expected {
		steps := strings.Split(path, ">")
		for i := range steps {
			steps[i] = event.Fold(strings.TrimSpace(steps[i]))
		}
		want[strings.Join(steps, " > ")] += n
	}
	got := map[string]int64{}
	for _, x := range p.All() {
		if backwards {
			slices.Reverse(x.Steps)
		}
		got[x.String()] = x.Customers
	}
	if !maps.Equal(got, want) {
		t.Errorf("paths %v, want %v", got, want)
	}
}
