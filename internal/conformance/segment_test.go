package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/segment"
)

func init() { register("segment", runSegment) }

// segmentOptions are the rules of a case, each removed from rest once it is understood.
type segmentOptions struct{ rest map[string]json.RawMessage }

// take decodes the option that has one of the names, and reports whether there is one.
func (o *segmentOptions) take(t *testing.T, into any, names ...string) bool {
	t.Helper()
	for _, name := range names {
		raw, ok := o.rest[name]
		if !ok || string(raw) == "null" {
			continue
		}
		delete(o.rest, name)
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			t.Fatalf("option %s: %v", name, err)
		}
		return true
	}
	return false
}

// flatten replaces an option that describes an aggregate in several fields by those.
func (o *segmentOptions) flatten() {
	for _, name := range []string{"aggregate", "aggregation", "agg"} {
		var fields map[string]json.RawMessage
		if json.Unmarshal(o.rest[name], &fields) != nil {
			continue
		}
		delete(o.rest, name)
		for field, raw := range fields {
			switch {
			case slices.Contains([]string{"fn", "func", "function", "type", "kind", "by", "op", "math"}, field):
				field = "aggregation_type"
			case slices.Contains([]string{"field", "key", "name", "prop"}, field):
				field = "property"
			}
			o.rest[field] = raw
		}
	}
	// "sum(revenue)" and "sum of revenue" are a function and a property.
	for _, name := range []string{"aggregate", "aggregation", "agg", "measure", "math", "aggregation_type"} {
		var text string
		if json.Unmarshal(o.rest[name], &text) != nil {
			continue
		}
		m := regexp.MustCompile(`^([a-z0-9_]+) ?(?:\(([^)]+)\)| of (?:property )?(\S+))$`).FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			continue
		}
		delete(o.rest, name)
		o.rest["aggregation_type"], _ = json.Marshal(m[1])
		o.rest["property"], _ = json.Marshal(m[2] + m[3])
	}
}

func (o *segmentOptions) text(t *testing.T, names ...string) string {
	var s string
	o.take(t, &s, names...)
	return s
}

func runSegment(t *testing.T, c testCase) {
	o := &segmentOptions{}
	if err := json.Unmarshal(c.Options, &o.rest); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tolerance", "note"} {
		delete(o.rest, name)
	}
	for name, words := range map[string][]string{"order": {"in this order", "in order", "in the given order"}, "percentile": {"interpol", "linear", "ignored"}, "combine": nil} {
		if text := strings.ToLower(o.text(t, name)); text != "" && (words == nil || !containsAny(text, words...)) {
			o.rest[name], _ = json.Marshal(text) // for others to read, or to be skipped
		}
	}
	at, err := time.Parse(time.RFC3339, o.text(t, "as_of", "now", "date_to"))
	if err != nil {
		t.Fatal(err)
	}
	as := segment.AsOf{At: at}
	switch window := o.text(t, "window"); {
	case strings.HasSuffix(window, "as_of]"):
		as.Inclusive = true
	case strings.HasSuffix(window, "as_of)"), window == "":
	case strings.Contains(window, "inclusive"), strings.Contains(window, "both ends"):
		as.Inclusive = true
	default:
		c.Skip(t, fmt.Sprintf("the window %q is neither closed nor half-open at as_of", window))
	}
	days := 0
	o.take(t, &days, "window_days", "time_window_days")
	switch universe := o.text(t, "universe"); {
	case strings.Contains(universe, "in the window"):
		as.Universe.Within = segment.Within{Days: days}
	case universe == "", strings.Contains(universe, "ever"), strings.Contains(universe, "all"), strings.Contains(universe, "any time"):
	default:
		c.Skip(t, fmt.Sprintf("the universe %q is not known", universe))
	}
	var list []string
	if o.take(t, &list, "list", "users") {
		as.Universe.Listed = list
	}
	some := false
	if text := o.text(t, "no_matching_event"); text != "" {
		if some = strings.Contains(text, "never satisfies"); !some {
			c.Skip(t, fmt.Sprintf("the rule %q is not known", text))
		}
	}
	o.flatten()
	numeric := make(map[string]bool)
	criterion := segmentCombination(t, c, o, days, some, numeric)
	for name := range o.rest {
		c.Skip(t, fmt.Sprintf("the option %s is not known", name))
	}
	b, err := segment.New(segment.Options{Segments: []segment.Segment{{Name: "members", Criterion: criterion}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range segmentEvents(t, c.Input, numeric) {
		b.Add(&e)
	}
	if r := b.Report(); len(r.Refused) > 0 {
		t.Fatalf("refused: %+v", r.Refused)
	}
	l, err := b.Members("members", as)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Members []string
		Count   *int
	}
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	got := l.Members("members")
	slices.Sort(want.Members)
	switch {
	case want.Count != nil && len(got) != *want.Count:
		t.Errorf("%d members, want %d", len(got), *want.Count)
	case want.Count == nil && !slices.Equal(got, want.Members):
		t.Errorf("members %q, want %q", got, want.Members)
	}
}

// segmentCombination builds several conditions, or the one that the options are.
func segmentCombination(t *testing.T, c testCase, o *segmentOptions, days int, some bool, numeric map[string]bool) segment.Criterion {
	var conditions []map[string]json.RawMessage
	if !o.take(t, &conditions, "conditions", "all", "all_of") {
		if !o.take(t, &conditions, "any", "any_of") {
			return segmentCriterion(t, c, o, days, some, numeric)
		}
		o.rest["combine"] = json.RawMessage(`"or"`)
	}
	var list []segment.Criterion
	for _, fields := range conditions {
		inner, own := &segmentOptions{rest: fields}, days
		inner.take(t, &own, "window_days", "time_window_days")
		inner.flatten()
		list = append(list, segmentCombination(t, c, inner, own, some, numeric))
		for name := range inner.rest {
			c.Skip(t, fmt.Sprintf("the option %s of a condition is not known", name))
		}
	}
	switch how := strings.ToLower(o.text(t, "combine", "operator", "logic", "match")); how {
	case "", "and", "all":
		return segment.And(list)
	case "or", "any":
		return segment.Or(list)
	default:
		c.Skip(t, "conditions combined by "+how)
		return nil
	}
}

// segmentCriterion builds what the options ask for. Attributes in numeric are read as numbers
// also where they are text.
func segmentCriterion(t *testing.T, c testCase, o *segmentOptions, days int, some bool, numeric map[string]bool) segment.Criterion {
	rule := segmentRule(t, o, o.text(t, "event", "event_name"))
	within := segment.Within{Days: days}
	bound := func() segment.Bound {
		b := segment.AtLeast(1)
		var n json.Number
		op := o.text(t, "op", "operator", "count_operator")
		if o.take(t, &n, "value", "count", "min_periods") || op != "" {
			d, err := exact.ParseDecimal(n.String())
			if err != nil {
				t.Fatal(err)
			}
			ops := map[string]event.Op{"": event.AtLeast, "gte": event.AtLeast, ">=": event.AtLeast, "lte": event.AtMost, "<=": event.AtMost,
				"gt": event.Greater, ">": event.Greater, "lt": event.Less, "<": event.Less, "eq": event.Equal, "=": event.Equal, "==": event.Equal, "neq": event.NotEqual, "!=": event.NotEqual}
			known, ok := ops[op]
			if !ok {
				c.Skip(t, fmt.Sprintf("the operator %q is not known", op))
			}
			b = segment.Is(known, d)
		}
		return b
	}
	did := func(w segment.Within) segment.Criterion { return segment.Did{Event: rule, Within: w} }
	condition := o.text(t, "condition", "type")
	switch condition {
	case "", "event":
		by := o.text(t, "aggregation", "aggregation_type", "aggregate", "agg", "math", "measure")
		of := strings.TrimPrefix(o.text(t, "property", "aggregation_property", "math_property", "attribute", "of", "field"), "properties.")
		if by == "" || by == "count" {
			d := segment.Did{Event: rule, Within: within, Times: bound()}
			if some {
				return segment.And{d, did(within)}
			}
			return d
		}
		numeric[of] = true
		a := segment.Aggregate{Event: rule, Of: of, Within: within, Is: bound()}
		switch by {
		case "sum":
		case "avg", "mean", "average":
			a.By = segment.Mean
		case "min":
			a.By = segment.Minimum
		case "max":
			a.By = segment.Maximum
		case "median", "p50":
			a.By = segment.Median
		default:
			percent, err := exact.ParseDecimal(strings.TrimPrefix(strings.TrimPrefix(by, "percentile_"), "p"))
			if err != nil {
				c.Skip(t, fmt.Sprintf("the aggregate %q is not known", by))
			}
			a.By, a.Percent = segment.Percentile, percent
		}
		return a
	case "property", "person_property", "user_property", "trait":
		name := strings.TrimPrefix(strings.TrimPrefix(o.text(t, "property", "attribute", "name"), "properties."), "user_properties.")
		how := o.text(t, "op", "operator")
		var value any
		o.take(t, &value, "value")
		asOf := strings.ToLower(o.text(t, "property_as_of", "property_time"))
		if asOf != "" && !strings.Contains(asOf, "as_of") && !strings.Contains(asOf, "then") {
			c.Skip(t, "properties as of "+asOf)
		}
		op, ok := map[string]event.Op{"": event.Equal, "eq": event.Equal, "=": event.Equal, "==": event.Equal, "is": event.Equal, "neq": event.NotEqual, "!=": event.NotEqual,
			"is_set": event.Present, "is_not_set": event.Absent}[how]
		if !ok {
			c.Skip(t, fmt.Sprintf("the operator %q of a property is not known", how))
		}
		where := event.Condition{Attribute: name, Op: op}
		if op == event.Equal || op == event.NotEqual {
			where.Value = segmentValue(t, value)
		}
		return segment.Trait{Is: where, Stated: event.Rule{Where: []event.Condition{{Attribute: name, Op: event.Present}}}}
	case "first_time", "first_time_event", "first_time_in_window", "first":
		return segment.FirstTime{Event: rule, Within: within}
	case "not_performed", "not_performed_event", "did_not", "not_event", "not_did":
		return segment.Not(did(within))
	case "sequence", "event_sequence", "not_performed_sequence", "not_sequence", "not_performed_event_sequence", "not_event_sequence":
		s := segment.Sequence{Within: within}
		var steps []json.RawMessage
		o.take(t, &steps, "steps", "sequence")
		for _, raw := range steps {
			var name string
			step := &segmentOptions{}
			if json.Unmarshal(raw, &name) != nil {
				if err := json.Unmarshal(raw, &step.rest); err != nil {
					t.Fatal(err)
				}
				name = step.text(t, "event", "event_name")
			}
			s.Steps = append(s.Steps, segmentRule(t, step, name))
		}
		if strings.HasPrefix(condition, "not") {
			return segment.Not(s)
		}
		return s
	case "performed_regularly", "regularly", "regularity":
		r := segment.Regularly{Event: rule, Within: within}
		if unit := o.text(t, "period_type", "period"); unit != "" {
			u, err := metric.ParsePeriodUnit(unit)
			if err != nil {
				t.Fatal(err)
			}
			r.Unit = u
		}
		delete(o.rest, "total_periods")
		r.Periods = bound()
		return r
	case "stopped", "stopped_performing":
		recent, historical := 0, 0
		o.take(t, &recent, "recent_window_days")
		o.take(t, &historical, "historical_window_days")
		return segment.And{did(segment.Within{Days: historical, Until: recent}), segment.Not(did(segment.Within{Days: recent}))}
	case "restarted", "restarted_performing":
		recent, gap, historical := 0, 0, 0
		o.take(t, &recent, "recent_window_days")
		o.take(t, &gap, "gap_window_days")
		o.take(t, &historical, "historical_window_days")
		return segment.And{
			did(segment.Within{Days: historical, Until: recent + gap}),
			segment.Not(did(segment.Within{Days: recent + gap, Until: recent})),
			did(segment.Within{Days: recent}),
		}
	}
	c.Skip(t, fmt.Sprintf("the condition %q is not known", condition))
	return nil
}

func segmentRule(t *testing.T, o *segmentOptions, name string) event.Rule {
	rule := event.Rule{}
	if name != "" {
		rule = event.Named(event.Fold(name))
	}
	for _, key := range []string{"where", "event_filters", "filter", "filters"} {
		raw, ok := o.rest[key]
		if !ok {
			continue
		}
		if list, ok := conditionsOf(raw); ok { // else it stays, and is not known
			delete(o.rest, key)
			for _, c := range list {
				c.Attribute = strings.TrimPrefix(c.Attribute, "properties.")
				rule.Where = append(rule.Where, c)
			}
		}
	}
	return rule
}

func segmentValue(t *testing.T, v any) event.Value {
	switch v := v.(type) {
	case string:
		return event.StringValue(v)
	case bool:
		return event.BoolValue(v)
	case json.Number:
		d, err := exact.ParseDecimal(v.String())
		if err != nil {
			t.Fatal(err)
		}
		return event.DecimalValue(d)
	}
	t.Fatalf("a value of type %T", v)
	return event.Value{}
}

func segmentEvents(t *testing.T, input json.RawMessage, numeric map[string]bool) (events []event.Event) {
	d := json.NewDecoder(strings.NewReader(string(input)))
	d.UseNumber()
	var list []struct {
		User, Event, Account string
		T                    time.Time
		Props                map[string]any
		UserProperties       map[string]any `json:"user_properties"`
	}
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	for i, x := range list {
		e := event.Event{ID: fmt.Sprint(i), Seq: int64(i), UserID: x.User, AccountID: x.Account, Name: event.Fold(x.Event), Time: x.T}
		var attrs []event.Attr
		all := maps.Clone(x.UserProperties)
		if all == nil {
			all = map[string]any{}
		}
		maps.Copy(all, x.Props)
		for name, v := range all {
			if text, ok := v.(string); ok && numeric[name] {
				if number, err := exact.ParseDecimal(text); err == nil {
					attrs = append(attrs, event.Decimal(name, number))
					continue
				}
			}
			attrs = append(attrs, event.Attr{Name: name, Value: segmentValue(t, v)})
		}
		e.Props = event.NewProps(attrs...)
		events = append(events, e)
	}
	return events
}
