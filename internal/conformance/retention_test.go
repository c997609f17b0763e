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
}

func (r *retentionCase) readOptions(t *testing.T) {
	t.Helper()
	o, q := &r.options, &r.question
	for name, data := range r.raw {
		if !slices.Contains(retentionKnown, name) {
			r.c.Skip(t, fmt.Sprintf("no option is known for %s: %s", name, data))
		}
	}
	r.readTime(t)
	r.readRules(t)
	switch mode := r.text("mode", "cohort", "first_time"); {
	case mentions(mode, "first"):
	case mentions(mode, "recurring"):
		o.Recurring = true
	case mode != "":
		r.c.Skip(t, "cohorts: "+mode)
	}
	switch zero := r.text("period_0"); {
	case zero == "", mentions(zero, "size"):
	case mentions(zero, "return"):
		q.ZeroReturns = true
	default:
		r.c.Skip(t, "period 0: "+zero)
	}
	switch measure := r.text("return", "measure"); {
	case measure == "", mentions(measure, "exact", "n-day", "bracket"):
	case mentions(measure, "unbounded", "or later", "on or after"):
		q.Measure = retention.Unbounded
	case mentions(measure, "up to", "cumulative", "on or before", "by that period"):
		q.Measure = retention.UpTo
	default:
		r.c.Skip(t, "measure: "+measure)
	}
	if later := r.text("later_periods"); mentions(later, "or later", "or any later") {
		q.Measure = retention.Unbounded
	} else if mentions(later, "or before", "up to") {
		q.Measure = retention.UpTo
	}
	if n, ok := r.number("min_returns", "minimum_returns", "minimum_occurrences", "min_occurrences"); ok {
		o.MinReturns = n
	}
	if mentions(r.text("entity"), "account", "group", "company") {
		o.Subject = event.Account
	}
	o.Value = r.text("value", "sum_of", "sum", "property")
	r.readBrackets(t)
}

func (r *retentionCase) readTime(t *testing.T) {
	t.Helper()
	o := &r.options
	units := map[string]retention.Unit{
		"": retention.Day, "hour": retention.Hour, "day": retention.Day, "week": retention.Week, "month": retention.Month, "quarter": retention.Quarter, "year": retention.Year,
	}
	unit := r.text("interval", "unit", "period")
	u, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok {
		r.c.Skip(t, "unit: "+unit)
	}
	o.Unit = u
	name := "UTC"
	if data, ok := r.raw["timezone"]; ok {
		name = retentionDecode[string](t, data)
	}
	var err error
	if o.Zone, err = time.LoadLocation(name); err != nil {
		t.Fatal(err)
	}
	if first := r.text("week_start"); first != "" && o.Unit == retention.Week {
		for w := retention.Monday; w <= retention.Sunday; w++ {
			if first == w.String() {
				o.WeekStart = w
			}
		}
	}
	if window := r.text("window"); mentions(window, "rolling", "elapsed", "own start") {
		o.Clock = retention.ByElapsed
		if unit == "" && mentions(window, "30") {
			o.Unit = retention.Month
		} else if unit == "" && mentions(window, "7") {
			o.Unit = retention.Week
		}
		if mentions(window, "calendar", "civil") {
			o.Clock = retention.ByCivil
		}
	}
	if floor := r.text("timestamp_floor"); floor == "hour" {
		o.FloorHour = true
	} else if floor != "" {
		r.c.Skip(t, "time stamps floored to the "+floor)
	}
	o.Buckets, _ = r.number("buckets", "periods")
	if data, ok := r.raw["first_bucket"]; ok {
		o.From = r.instant(t, data)
	}
	for _, name := range []string{"as_of", "complete_until", "now"} {
		if data, ok := r.raw[name]; ok {
			r.question.AsOf = r.instant(t, data)
		}
	}
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
	o.Start, o.Return = r.rule(t, "start_event"), r.rule(t, "return_event")
	filter := r.conditions(t, "start_filter")
	mode := r.text("mode", "cohort", "first_time")
	then := mentions(mode, "then filter", "then the filter", "filter applied to", "first ever", "first event ever", "first_ever")
	if len(filter) > 0 && mentions(mode, "first") && then && !mentions(mode, "matching") {
		o.FirstIf = filter
	} else {
		o.Start.Where = append(o.Start.Where, filter...)
	}
	o.Return.Where = append(o.Return.Where, r.conditions(t, "return_filter")...)
}

// rule reads the name of an event, or a list of names. Null and "any" are any event.
func (r *retentionCase) rule(t *testing.T, name string) event.Rule {
	t.Helper()
	data, ok := r.raw[name]
	if !ok || string(data) == "null" {
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

func (r *retentionCase) conditions(t *testing.T, name string) (list []event.Condition) {
	t.Helper()
	data, ok := r.raw[name]
	if !ok {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		r.c.Skip(t, fmt.Sprintf("%s: %s", name, data))
	}
	for attribute, value := range object {
		v, ok := retentionValue(value)
		if !ok {
			r.c.Skip(t, fmt.Sprintf("%s: %s", name, data))
		}
		list = append(list, event.Condition{Attribute: attribute, Value: v})
	}
	return list
}

func retentionValue(data json.RawMessage) (event.Value, bool) {
	var v any
	if json.Unmarshal(data, &v) != nil {
		return event.Value{}, false
	}
	switch v := v.(type) {
	case string:
		return event.StringValue(v), true
	case bool:
		return event.BoolValue(v), true
	case float64:
		if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
			return event.IntValue(n), true
		}
		return event.StringValue(string(data)), true
	}
	return event.Value{}, false
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
	case json.Unmarshal(data, &spans) == nil:
		for _, s := range spans {
			r.question.Brackets = append(r.question.Brackets, retention.Bracket{From: s.From, To: s.To})
		}
	default:
		r.c.Skip(t, "brackets: "+string(data))
	}
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
					if v, ok := retentionValue(data); ok {
						attrs = append(attrs, event.Attr{Name: name, Value: v})
					}
				}
			default:
				if v, ok := retentionValue(data); ok {
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
		r.events = append(r.events, e)
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
		if !row && !slices.Contains([]string{"rows", "row", "cohort_buckets", "cohort_sizes", "sizes", "period", "calendar_period", "rolling_period", "rates", "average", "averages"}, name) {
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
		case "rows":
			r.checkRows(t, 0, retentionDecode[[][]*float64](t, data), false)
		case "rates":
			r.checkRows(t, 0, retentionDecode[[][]*float64](t, data), true)
		case "average", "averages":
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
	if how != "" && !mentions(how, "left out", "excluded", "ignored") {
		c.Skip(t, "incomplete cohorts: "+how)
	}
	tolerance := 1e-9
	if data, ok := raw["tolerance"]; ok {
		tolerance = retentionDecode[float64](t, data)
	}
	var points []retention.Point
	for _, row := range rows {
		p := retention.Point{Size: retentionDecode[int64](t, row["size"]), Retained: retentionDecode[int64](t, row["retained"])}
		if data, ok := row["incomplete"]; ok {
			p.Incomplete = retentionDecode[bool](t, data)
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
