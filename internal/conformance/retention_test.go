package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

func init() {
	register("retention", runRetention)
	register("retention_average", runRetention)
	registerFacts("retention", runRetention)
}

// retentionCase is a case made ready: its options in the terms of the library.
type retentionCase struct {
	c        *testCase
	events   []event.Event
	options  retention.Options
	question retention.Question
	raw      map[string]json.RawMessage
	want     map[string]json.RawMessage
}

func retentionDecode[T any](t *testing.T, data json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// text returns an option that is a text, in lower case, of the first name that is there.
func (r *retentionCase) text(names ...string) string {
	for _, name := range names {
		var s string
		if json.Unmarshal(r.raw[name], &s) == nil && s != "" {
			return strings.ToLower(s)
		}
	}
	return ""
}

// number returns an option that is a number, of the first name that is there.
func (r *retentionCase) number(names ...string) (n int, ok bool) {
	for _, name := range names {
		if data, there := r.raw[name]; there && json.Unmarshal(data, &n) == nil {
			return n, true
		}
	}
	return 0, false
}

func mentions(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

func runRetention(t *testing.T, c testCase) {
	var rows []map[string]json.RawMessage
	if json.Unmarshal(c.Input, &rows) == nil && len(rows) > 0 {
		if _, ok := rows[0]["size"]; ok {
			runRetentionAverage(t, &c, rows)
			return
		}
	}
	r := &retentionCase{c: &c, raw: retentionDecode[map[string]json.RawMessage](t, c.Options), want: retentionDecode[map[string]json.RawMessage](t, c.Expected)}
	r.readOptions(t)
	r.readEvents(t, rows)
	r.check(t)
}

// known are the options that are read. Report and question say what to compare, which the
// names in what is expected say, too.
var retentionKnown = []string{
	"interval", "unit", "period", "timezone", "week_start", "mode", "cohort", "period_0", "later_periods", "shape", "first_bucket", "buckets",
	"start_event", "return_event", "identity_merges", "entity", "start_filter", "return_filter", "return", "measure", "report", "window",
	"timestamp_floor", "question", "calendar", "rolling", "min_returns", "minimum_returns", "minimum_occurrences", "min_occurrences", "brackets",
	"as_of", "complete_until", "now", "value", "sum_of", "sum", "property", "average", "incomplete", "tolerance", "note", "first_time", "periods",
	"include_users", "exclude_users", "from", "to", "last_bucket", "filter", "filters", "where", "properties", "event_filter", "filter_scope", "filter_applies_to",
	"requested_from", "alignment", "empty", "unbounded", "retention_type", "type", "time_zone", "zone", "period_count", "granularity",
	"event", "target_event", "returning_event", "cohort_event", "cumulative", "cohort_size",
}

func (r *retentionCase) readOptions(t *testing.T) {
	t.Helper()
	o, q := &r.options, &r.question
	for name, data := range r.raw {
		if !slices.Contains(retentionKnown, name) {
			r.c.Skip(t, fmt.Sprintf("no option is known for %s: %s", name, data))
		}
	}
	for name, words := range map[string][]string{
		"shape": {"triangle", "rectangle", "square", "periods", "full"}, "report": {"row", "all", "average"}, "rolling": {"elapsed", "24 h", "own start"},
		"calendar": {"bucket", "calendar"}, "question": {"period"}, "incomplete": {"left out", "excluded", "null", "marked", "not counted"}, "empty": {"zero", "null", "0", "row"},
		"average": {"pool", "sum", "simple", "mean", "weight", "mature", "mixpanel", "complete"}, "entity": {"user", "person", "account", "group", "company", "organi"},
	} {
		if text := r.text(name); text != "" && !mentions(text, words...) {
			r.c.Skip(t, name+": "+text)
		}
	}
	r.readTime(t)
	r.readRules(t)
	switch mode := r.mode(); {
	case mentions(mode, "recurring", "every bucket"):
		o.Recurring = true
	case mentions(mode, "first"):
	case mode != "":
		r.c.Skip(t, "cohorts: "+mode)
	}
	switch zero := r.text("period_0"); {
	case zero == "", mentions(zero, "not the return", "not return"):
	case mentions(zero, "return", "second event"):
		q.ZeroReturns = true
	case mentions(zero, "size", "all", "100", "start event"):
	default:
		r.c.Skip(t, "period 0: "+zero)
	}
	switch measure := r.text("return", "measure"); {
	case mentions(measure, "streak", "consecutive", "every period", "in each period"):
		r.c.Skip(t, "measure: "+measure)
	case measure == "", mentions(measure, "exact", "n-day", "bracket"):
	case mentions(measure, "unbounded", "or later", "or any later", "on or after"):
		q.Measure = retention.Unbounded
	case mentions(measure, "up to", "cumulative", "on or before", "by that period", "or any earlier", "or earlier"):
		q.Measure = retention.UpTo
	default:
		r.c.Skip(t, "measure: "+measure)
	}
	switch later := r.text("later_periods"); {
	case later == "":
	case mentions(later, "every", "consecutive", "streak"):
		r.c.Skip(t, "later periods: "+later)
	case mentions(later, "or later", "or any later"):
		q.Measure = retention.Unbounded
	case mentions(later, "or before", "up to", "or earlier"):
		q.Measure = retention.UpTo
	case mentions(later, "24 h", "elapsed", "own start"):
		o.Clock = retention.ByElapsed
	case !mentions(later, "bucket", "period", "calendar"):
		r.c.Skip(t, "later periods: "+later)
	}
	switch average := r.text("average", "incomplete"); {
	case mentions(average, "counted", "included") && !mentions(average, "not ", "left out"):
		r.c.Skip(t, "incomplete periods: "+average)
	}
	if n, ok := r.number("min_returns", "minimum_returns", "minimum_occurrences", "min_occurrences"); ok {
		o.MinReturns = n
	}
	if mentions(r.text("entity"), "account", "group", "company") {
		o.Subject = event.Account
	}
	for name, measure := range map[string]retention.Measure{"unbounded": retention.Unbounded, "cumulative": retention.UpTo} {
		if data, ok := r.raw[name]; ok && retentionDecode[bool](t, data) {
			q.Measure = measure
		}
	}
	if o.Value = r.text("value", "sum_of", "sum", "property"); strings.Contains(o.Value, " ") {
		r.c.Skip(t, "value: "+o.Value)
	}
	r.readBrackets(t)
}

// mode says who is in which cohort.
func (r *retentionCase) mode() string {
	return r.text("mode", "retention_type", "cohort", "type", "first_time")
}

func (r *retentionCase) readTime(t *testing.T) {
	t.Helper()
	o := &r.options
	units := map[string]retention.Unit{
		"": retention.Day, "hour": retention.Hour, "day": retention.Day, "week": retention.Week, "month": retention.Month, "quarter": retention.Quarter, "year": retention.Year,
	}
	unit := r.text("interval", "unit", "period", "granularity")
	u, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok {
		r.c.Skip(t, "unit: "+unit)
	}
	o.Unit = u
	name := "UTC"
	for _, key := range []string{"timezone", "time_zone", "zone"} {
		if data, ok := r.raw[key]; ok {
			name = retentionDecode[string](t, data)
		}
	}
	var err error
	if o.Zone, err = time.LoadLocation(name); err != nil {
		t.Fatal(err)
	}
	if first := r.text("week_start"); first != "" && o.Unit == retention.Week {
		if !setWeekStart(&o.WeekStart, first) {
			r.c.Skip(t, "week_start: "+first)
		}
	}
	switch window := r.text("window"); {
	case window == "", mentions(window, "calendar bucket"):
	case mentions(window, "rolling", "elapsed", "own start", "24 h"):
		o.Clock = retention.ByElapsed
		if unit == "" && mentions(window, "30") {
			o.Unit = retention.Month
		} else if unit == "" && mentions(window, "7") {
			o.Unit = retention.Week
		}
		if mentions(window, "calendar", "civil") {
			o.Clock = retention.ByCivil
		}
	case !mentions(window, "calendar"):
		r.c.Skip(t, "window: "+window)
	}
	if floor := r.text("timestamp_floor"); floor == "hour" {
		o.FloorHour = true
	} else if floor != "" && floor != "none" && floor != "no" {
		r.c.Skip(t, "time stamps floored to the "+floor)
	}
	o.Buckets, _ = r.number("buckets", "periods", "period_count")
	for _, key := range []string{"from", "first_bucket", "requested_from"} {
		if data, ok := r.raw[key]; ok {
			o.From = r.instant(t, data)
		}
	}
	for _, key := range []string{"to", "last_bucket"} {
		if data, ok := r.raw[key]; ok && o.Buckets == 0 && !o.From.IsZero() { // the last bucket is the one with this instant
			for o.Buckets = 1; !r.bucketStart(o.Buckets).After(r.instant(t, data)); o.Buckets++ {
			}
		}
	}
	for _, name := range []string{"as_of", "complete_until", "now"} {
		if data, ok := r.raw[name]; ok {
			r.question.AsOf = r.instant(t, data)
		}
	}
}

// bucketStart returns the start of a bucket, or an instant of it if From is one of the first.
func (r *retentionCase) bucketStart(n int) time.Time {
	from := r.options.From.In(r.options.Zone)
	switch r.options.Unit {
	case retention.Hour:
		return from.Add(time.Duration(n) * time.Hour)
	case retention.Week:
		return from.AddDate(0, 0, 7*n)
	case retention.Month:
		return from.AddDate(0, n, 0)
	case retention.Quarter:
		return from.AddDate(0, 3*n, 0)
	case retention.Year:
		return from.AddDate(n, 0, 0)
	}
	return from.AddDate(0, 0, n)
}

// instant reads an instant of RFC 3339, or what clocks of the zone show.
func (r *retentionCase) instant(t *testing.T, data json.RawMessage) time.Time {
	t.Helper()
	s := retentionDecode[string](t, data)
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.DateTime, "2006-01"} {
		if at, err := time.ParseInLocation(layout, s, r.options.Zone); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", s)
	return time.Time{}
}

func (r *retentionCase) readRules(t *testing.T) {
	t.Helper()
	o := &r.options
	o.Start, o.Return = r.rule(t, "start_event", "cohort_event", "target_event", "event"), r.rule(t, "return_event", "returning_event", "target_event", "event")
	filter := r.conditions(t, "start_filter")
	mode := r.mode()
	both := r.conditions(t, "filter", "filters", "where", "properties", "event_filter")
	switch scope := r.text("filter_scope", "filter_applies_to"); {
	case mentions(scope, "return") && !mentions(scope, "start", "both"):
		o.Return.Where = append(o.Return.Where, both...)
	case mentions(scope, "start") && !mentions(scope, "return", "both"):
		filter = append(filter, both...)
	case scope == "" || mentions(scope, "both", "all", "each"):
		if mentions(mode, "first") && mentions(mode, "not applied", "whether or not", "unfiltered") {
			o.Return.Where = append(o.Return.Where, both...)
			break
		}
		filter = append(filter, both...)
		o.Return.Where = append(o.Return.Where, both...)
	default:
		r.c.Skip(t, "filter: "+scope)
	}
	then := mentions(mode, "then filter", "then the filter", "filter applied to", "first ever", "first event ever", "first_ever")
	if len(filter) > 0 && mentions(mode, "first") && then && !mentions(mode, "matching") {
		o.FirstIf = filter
	} else {
		o.Start.Where = append(o.Start.Where, filter...)
	}
	o.Return.Where = append(o.Return.Where, r.conditions(t, "return_filter")...)
	switch align := r.text("alignment"); {
	case align == "", mentions(align, "snap", "aligned", "moved back", "start of its"):
	default:
		r.c.Skip(t, "alignment: "+align)
	}
}

// rule reads the name of an event, or a list of names. Null and "any" are any event.
func (r *retentionCase) rule(t *testing.T, keys ...string) event.Rule {
	t.Helper()
	var data json.RawMessage
	name := ""
	for _, name = range keys {
		if data = r.raw[name]; data != nil {
			break
		}
	}
	if data == nil || string(data) == "null" {
		return event.Rule{}
	}
	var names []string
	if json.Unmarshal(data, &names) != nil {
		var one string
		if json.Unmarshal(data, &one) != nil {
			r.c.Skip(t, fmt.Sprintf("%s: %s", name, data))
		}
		if mentions(one, "any event") || one == "any" || one == "*" {
			return event.Rule{}
		}
		names = []string{one}
	}
	for i := range names {
		names[i] = event.Fold(names[i])
	}
	return event.Named(names...)
}

func (r *retentionCase) conditions(t *testing.T, names ...string) (list []event.Condition) {
	t.Helper()
	for _, name := range names {
		list = append(list, r.condition(t, name)...)
	}
	return list
}

func (r *retentionCase) condition(t *testing.T, name string) (list []event.Condition) {
	t.Helper()
	data, ok := r.raw[name]
	if !ok || string(data) == "null" {
		return nil
	}
	list, ok = conditionsOf(data)
	if !ok {
		r.c.Skip(t, fmt.Sprintf("%s: %s", name, data))
	}
	return list
}

// readBrackets reads pairs of first and last periods.
func (r *retentionCase) readBrackets(t *testing.T) {
	t.Helper()
	data, ok := r.raw["brackets"]
	if !ok {
		return
	}
	var pairs [][2]int
	var spans []struct{ From, To int }
	switch {
	case json.Unmarshal(data, &pairs) == nil:
		for _, p := range pairs {
			r.question.Brackets = append(r.question.Brackets, retention.Bracket{From: p[0], To: p[1]})
		}
	case r.bracketTexts(data):
	case json.Unmarshal(data, &spans) == nil:
		for _, s := range spans {
			r.question.Brackets = append(r.question.Brackets, retention.Bracket{From: s.From, To: s.To})
		}
	default:
		r.c.Skip(t, "brackets: "+string(data))
	}
}

// bracketTexts reads brackets such as "4-7" and "8".
func (r *retentionCase) bracketTexts(data json.RawMessage) bool {
	var texts []string
	if json.Unmarshal(data, &texts) != nil {
		return false
	}
	for _, s := range texts {
		first, last, ok := strings.Cut(s, "-")
		if !ok {
			last = first
		}
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to, err2 := strconv.Atoi(strings.TrimSpace(last))
		if err != nil || err2 != nil {
			return false
		}
		r.question.Brackets = append(r.question.Brackets, retention.Bracket{From: from, To: to})
	}
	return true
}

// selected reports whether a user is regarded, by the options that name users.
func (r *retentionCase) selected(t *testing.T, user string) bool {
	t.Helper()
	if data, ok := r.raw["include_users"]; ok && !slices.Contains(retentionDecode[[]string](t, data), user) {
		return false
	}
	data, ok := r.raw["exclude_users"]
	return !ok || !slices.Contains(retentionDecode[[]string](t, data), user)
}

func (r *retentionCase) readEvents(t *testing.T, rows []map[string]json.RawMessage) {
	t.Helper()
	merges := map[string]string{}
	if data, ok := r.raw["identity_merges"]; ok {
		merges = retentionDecode[map[string]string](t, data)
	}
	for i, row := range rows {
		if _, ok := row["t"]; !ok {
			r.c.Skip(t, "an input of another kind")
		}
		e := event.Event{Name: event.Fold(retentionDecode[string](t, row["event"])), Time: r.instant(t, row["t"]), Seq: int64(i)}
		var attrs []event.Attr
		for name, data := range row {
			switch name {
			case "user":
				e.UserID = strings.Trim(string(data), `"`)
			case "account":
				e.AccountID = strings.Trim(string(data), `"`)
			case "t", "event":
			case "props", "properties":
				for name, data := range retentionDecode[map[string]json.RawMessage](t, data) {
					if v, ok := valueOf(data); ok {
						attrs = append(attrs, event.Attr{Name: name, Value: v})
					}
				}
			default:
				if v, ok := valueOf(data); ok {
					attrs = append(attrs, event.Attr{Name: name, Value: v})
				}
			}
		}
		for range merges { // a chain of merges has an end
			if into, ok := merges[e.UserID]; ok {
				e.UserID = into
			}
		}
		e.Props = event.NewProps(attrs...)
		if r.selected(t, e.UserID) {
			r.events = append(r.events, e)
		}
	}
	// A case of two events that says which period the second is in names no rules.
	if _, ok := r.raw["start_event"]; !ok && len(r.events) == 2 && r.events[0].Name != r.events[1].Name {
		r.options.Start, r.options.Return = event.Named(r.events[0].Name), event.Named(r.events[1].Name)
		if r.options.From.IsZero() {
			r.options.From = r.events[0].Time
		}
		if r.options.Buckets == 0 {
			r.options.Buckets = 60
		}
	}
}

func (r *retentionCase) table(t *testing.T, o retention.Options, q retention.Question) *retention.Table {
	t.Helper()
	if o.From.IsZero() || o.Buckets == 0 {
		r.c.Skip(t, "no range is given")
	}
	a, err := retention.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.events {
		a.Add(&r.events[i])
	}
	if report := a.Report(); len(report.Refused) > 0 {
		t.Fatalf("refused: %v", report.Refused)
	}
	table, err := a.Table(q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// check compares what is expected, name by name.
func (r *retentionCase) check(t *testing.T) {
	t.Helper()
	for name := range r.want {
		_, row := strings.CutPrefix(name, "row_")
		if !row && !slices.Contains([]string{"rows", "row", "cohort_buckets", "cohort_sizes", "sizes", "period", "calendar_period", "rolling_period", "rates",
			"average", "averages", "average_retention", "cohort_size", "size", "periods", "counts", "triangle"}, name) {
			r.c.Skip(t, "nothing is known of what is expected as "+name)
		}
	}
	for name, data := range r.want {
		switch name {
		case "period":
			r.checkPeriod(t, name, data, r.options.Clock)
		case "calendar_period":
			r.checkPeriod(t, name, data, retention.ByCalendar)
		case "rolling_period":
			r.checkPeriod(t, name, data, retention.ByElapsed)
		case "cohort_buckets":
			for i, from := range retentionDecode[[]json.RawMessage](t, data) {
				if c := r.table(t, r.options, r.question).Cohorts; i >= len(c) || !c[i].Period.Start().Equal(r.instant(t, from)) {
					t.Errorf("cohort %d does not begin at %s", i, from)
				}
			}
		case "cohort_sizes", "sizes":
			for i, size := range retentionDecode[[]int64](t, data) {
				if c := r.table(t, r.options, r.question).Cohorts; i >= len(c) || c[i].Size != size {
					t.Errorf("size of cohort %d, want %d:\n%s", i, size, r.table(t, r.options, r.question))
				}
			}
		case "cohort_size", "size":
			if c := r.table(t, r.options, r.question).Cohorts; c[0].Size != retentionDecode[int64](t, data) {
				t.Errorf("size of the first cohort %d, want %s", c[0].Size, data)
			}
		case "periods", "counts":
			r.checkRows(t, 0, [][]*float64{retentionDecode[[]*float64](t, data)}, false)
		case "rows", "triangle":
			r.checkRows(t, 0, retentionDecode[[][]*float64](t, data), false)
		case "rates":
			r.checkRows(t, 0, retentionDecode[[][]*float64](t, data), true)
		case "average", "averages", "average_retention":
			r.checkAverages(t, retentionDecode[[]*float64](t, data))
		default:
			cohort := 0
			if number, ok := strings.CutPrefix(name, "row_"); ok {
				n, err := strconv.Atoi(number)
				if err != nil {
					t.Fatal(err)
				}
				cohort = n
			}
			r.checkRows(t, cohort, [][]*float64{retentionDecode[[]*float64](t, data)}, false)
		}
	}
}

// checkPeriod looks for the period of the only return.
func (r *retentionCase) checkPeriod(t *testing.T, name string, data json.RawMessage, clock retention.Clock) {
	t.Helper()
	o, q := r.options, r.question
	o.Clock, q.ZeroReturns = clock, true
	if o.FloorHour = o.FloorHour && clock != retention.ByCalendar; len(r.events) != 2 {
		r.c.Skip(t, "the period of one of several returns")
	}
	got := -1
	for k, cell := range r.table(t, o, q).Cohorts[0].Cells {
		if cell.Count > 0 {
			got = k
		}
	}
	if want := retentionDecode[int](t, data); got != want {
		t.Errorf("%s %d, want %d", name, got, want)
	}
}

// checkRows compares rows of counts, sums or rates. Null stands for a cell that is not
// complete or does not exist.
func (r *retentionCase) checkRows(t *testing.T, first int, rows [][]*float64, rates bool) {
	t.Helper()
	o := r.options
	if r.question.Measure != retention.Unbounded && len(r.question.Brackets) == 0 {
		for i, row := range rows { // a rectangle needs a longer range than its cohorts
			o.Buckets = max(o.Buckets, first+i+len(row))
		}
	}
	table := r.table(t, o, r.question)
	if len(rows) > len(table.Cohorts) {
		t.Fatalf("%d rows, want %d:\n%s", len(table.Cohorts), len(rows), table)
	}
	triangle := mentions(r.text("shape"), "triangle") && !rates
	for i, row := range rows {
		c := table.Cohorts[first+i]
		if triangle && len(c.Cells) != len(row) && len(r.question.Brackets) == 0 {
			t.Errorf("cohort %d has %d cells, want %d", first+i, len(c.Cells), len(row))
		}
		for k, want := range row {
			if k >= len(c.Cells) {
				if want != nil {
					t.Errorf("cohort %d, column %d does not exist, want %v", first+i, k, *want)
				}
				continue
			}
			if cell := c.Cells[k]; want == nil {
				if cell.Exists && cell.Complete {
					t.Errorf("cohort %d, column %d is complete", first+i, k)
				}
			} else if got := cellValue(table, first+i, k, rates); !(math.Abs(got-*want) <= 1e-9) { // NaN, too
				t.Errorf("cohort %d, column %d: %v, want %v\n%s", first+i, k, got, *want, table)
			}
		}
	}
}

func cellValue(table *retention.Table, cohort, column int, rates bool) float64 {
	cell := table.Cohorts[cohort].Cells[column]
	switch {
	case rates:
		rate, err := table.Rate(cohort, column)
		if err != nil {
			return math.NaN()
		}
		return ratioFloat(rate)
	case table.Options.Value != "":
		f, _ := cell.Sum().Float64()
		return f
	}
	return float64(cell.Count)
}

func ratioFloat(r metric.Ratio) float64 {
	f, _ := r.Decimal().Float64()
	return f
}

// checkAverages compares the pooled averages of columns, null for none.
func (r *retentionCase) checkAverages(t *testing.T, list []*float64) {
	t.Helper()
	if slices.ContainsFunc(list, func(x *float64) bool { return x != nil && *x > 1 }) { // in percent
		for i := range list {
			if list[i] != nil {
				share := *list[i] / 100
				list[i] = &share
			}
		}
	}
	how := averagingOf(r.text("average"))
	table := r.table(t, r.options, r.question)
	for column, want := range list {
		m, err := table.Average(column, how)
		if (err != nil) != (want == nil) || err == nil && !(math.Abs(ratioFloat(m.Rate)-*want) <= 1e-9) {
			t.Errorf("average of column %d: %s, %v\n%s", column, m.Rate, err, table)
		}
	}
}

func averagingOf(text string) retention.Averaging {
	switch {
	case mentions(text, "simple", "mean of the cohort rates", "unweighted"):
		return retention.Simple
	case mentions(text, "size_weighted", "size-weighted", "mixpanel"):
		return retention.SizeWeighted
	}
	return retention.Pooled
}

// runRetentionAverage runs averages of cohorts whose numbers are given.
func runRetentionAverage(t *testing.T, c *testCase, rows []map[string]json.RawMessage) {
	raw := retentionDecode[map[string]json.RawMessage](t, c.Options)
	var how string
	json.Unmarshal(raw["incomplete"], &how) // absent: left out
	counted := mentions(how, "counted", "included", "kept") && !mentions(how, "not ")
	if how != "" && !counted && !mentions(how, "left out", "excluded", "ignored", "not counted", "not included") {
		c.Skip(t, "incomplete cohorts: "+how)
	}
	for name := range raw {
		var text string
		json.Unmarshal(raw[name], &text)
		if formula := strings.ToLower(text); mentions(name, "pooled", "simple", "weighted") && formula != "" && !mentions(formula, "sum", "mean", "average") {
			c.Skip(t, name+": "+text)
		}
		if !slices.Contains([]string{"incomplete", "tolerance", "note", "average", "rounding"}, name) && averagingOf(name) == retention.Pooled && !mentions(name, "pooled", "weighted") {
			c.Skip(t, fmt.Sprintf("no option is known for %s: %s", name, raw[name]))
		}
	}
	tolerance := 1e-9
	if data, ok := raw["tolerance"]; ok {
		tolerance = retentionDecode[float64](t, data)
	}
	var points []retention.Point
	for _, row := range rows {
		p := retention.Point{Size: retentionDecode[int64](t, row["size"]), Retained: retentionDecode[int64](t, row["retained"])}
		if data, ok := row["incomplete"]; ok {
			p.Incomplete = retentionDecode[bool](t, data) && !counted
		}
		points = append(points, p)
	}
	for name, data := range retentionDecode[map[string]json.RawMessage](t, c.Expected) {
		averaging := averagingOf(name)
		if averaging == retention.Pooled && !mentions(name, "pooled", "weighted", "average") {
			c.Skip(t, "nothing is known of what is expected as "+name)
		}
		m, err := retention.Average(averaging, points)
		if string(data) == "null" {
			if err == nil {
				t.Errorf("%s: %s, want none", name, m.Rate)
			}
			continue
		}
		if want := retentionDecode[float64](t, data); err != nil || math.Abs(ratioFloat(m.Rate)-want) > tolerance {
			t.Errorf("%s: %s, %v, want %v", name, m.Rate, err, want)
		}
	}
}
