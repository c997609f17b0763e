package capture_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// The reference: the plainest computation there is. It looks at every event for every
// metric, period and segment, and holds nothing but the list of events.

// plain writes d without trailing zeros, whatever package decimal is told to do with them.
func plain(d decimal.Decimal) string {
	return strings.TrimSuffix(strings.TrimRight(d.StringFixed(40), "0"), ".")
}

// rules are metrics made for the tests, several of every kind.
func rules() []metric.Definition {
	is := func(attr, op, value string) def.Condition { return def.Condition{Attr: attr, Op: op, Value: value} }
	literals := []*def.Metric{
		{ID: "t.orders", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed"}},
		{ID: "t.app_orders", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("channel", "==", "app")}}},
		{ID: "t.large_orders", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("amount", ">=", "500"), is("amount", "!=", "777")}}},
		{ID: "t.late_channels", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("channel", ">", "b"), is("gift", "!=", "true")}}},
		{ID: "t.gifts", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("gift", "==", "true")}}},
		{ID: "t.light_orders", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("weight", "<", "2.5")}}},
		{ID: "t.never_decided", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed", Where: []def.Condition{is("no_such", "==", "x")}}},
		{ID: "t.never_seen", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "moon_landed"}},
		{ID: "t.covered", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "call_dropped"}},
		{ID: "t.covered_amount", Kind: def.Money, Capture: &def.Capture{Kind: def.CaptureSum, Event: "call_dropped", Of: "amount"}},
		{ID: "t.covered_units", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureSum, Event: "call_dropped", Of: "units"}},
		{ID: "t.covered_amounts", Kind: def.Distribution | def.Money, Capture: &def.Capture{Kind: def.CaptureValues, Event: "call_dropped", Of: "amount"}},
		{ID: "t.revenue", Kind: def.Money, Range: def.Range{Text: "[0, inf)", HasMin: true}, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "amount"}},
		{ID: "t.app_revenue", Kind: def.Money, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "amount", Where: []def.Condition{is("channel", "==", "app")}}},
		{ID: "t.usd_revenue", Kind: def.Money, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "amount", Where: []def.Condition{is("currency", "==", "USD")}}},
		{ID: "t.units", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "quantity"}},
		{ID: "t.weight", Kind: def.Number, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "weight"}},
		{ID: "t.handling", Kind: def.Duration, Capture: &def.Capture{Kind: def.CaptureSum, Event: "order_completed", Of: "weight", Where: []def.Condition{is("channel", "!=", "app")}}},
		{ID: "t.buyers", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: "order_completed", Of: "customer"}},
		{ID: "t.repeat_buyers", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: "order_completed", Of: "customer", AtLeast: 2}},
		{ID: "t.loyal_buyers", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: "order_completed", Of: "customer", AtLeast: 5, Where: []def.Condition{is("gift", "!=", "true")}}},
		{ID: "t.sessions", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: "order_completed", Of: "session"}},
		{ID: "t.carts", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: "order_completed", Of: "cart_id"}},
		{ID: "t.scores", Kind: def.Distribution | def.Number, Capture: &def.Capture{Kind: def.CaptureValues, Event: "survey_answered", Of: "score"}},
		{ID: "t.whole_scores", Kind: def.Distribution | def.Count, Capture: &def.Capture{Kind: def.CaptureValues, Event: "survey_answered", Of: "score"}},
		{ID: "t.weights", Kind: def.Distribution | def.Number, Capture: &def.Capture{Kind: def.CaptureValues, Event: "order_completed", Of: "weight"}},
		{ID: "t.baskets", Kind: def.Distribution | def.Money, Capture: &def.Capture{Kind: def.CaptureValues, Event: "order_completed", Of: "amount"}},
		{ID: "t.responses", Kind: def.Distribution | def.Duration, Capture: &def.Capture{Kind: def.CaptureDuration, Event: "ticket_created", Until: "ticket_replied", Object: "ticket_id", UntilIf: []def.Condition{is("author", "==", "agent")}}},
		{ID: "t.first_repeat", Kind: def.Distribution | def.Duration, Capture: &def.Capture{Kind: def.CaptureDuration, Event: "ticket_created", Until: "order_completed", Object: "customer"}},
		{ID: "t.self", Kind: def.Distribution | def.Duration, Capture: &def.Capture{Kind: def.CaptureDuration, Event: "ticket_replied", Until: "ticket_replied", Object: "ticket_id", UntilIf: []def.Condition{is("author", "!=", "agent")}}},
	}
	list := make([]metric.Definition, len(literals))
	for i, l := range literals {
		list[i] = metric.View(l)
	}
	return list
}

// model is a list of events, already one for each id.
type model struct {
	options   capture.Options
	events    []*event.Event
	report    capture.Report // but for what metrics reject
	rejection map[[2]string]int64
}

// content orders the deliveries of one id: as event.Compare does, but content by its hash.
func order(a, b *event.Event) int {
	hash := func(e *event.Event) []byte { h := e.ContentHash(); return h[:] }
	return cmp.Or(
		a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq), a.RecordedTime.Compare(b.RecordedTime),
		strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID), bytes.Compare(hash(a), hash(b)),
	)
}

func newModel(o capture.Options, deliveries []*event.Event) *model {
	m := &model{options: o, rejection: map[[2]string]int64{}}
	byKey := map[event.Key][]*event.Event{}
	for _, e := range deliveries {
		switch {
		case e.Name == "":
			m.rejection[[2]string{"", "missing_name"}]++
		case e.Time.IsZero():
			m.rejection[[2]string{known(e.Name), "missing_time"}]++
		case e.Time.Year() < 1678 || e.Time.Year() > 2261:
			m.rejection[[2]string{known(e.Name), "bad_time"}]++
		case event.Fold(e.Name) != e.Name:
			m.rejection[[2]string{known(e.Name), "bad_name"}]++
		default:
			byKey[e.Key()] = append(byKey[e.Key()], e)
		}
	}
	for _, list := range byKey {
		slices.SortFunc(list, order)
		m.report.Duplicates += int64(len(list) - 1)
		if slices.ContainsFunc(list, func(e *event.Event) bool { return e.ContentHash() != list[0].ContentHash() }) {
			m.report.Conflicting++
		}
		e := list[0]
		if e.Test && !o.Test {
			m.report.Test++
			continue
		}
		m.report.Events++
		if !slices.ContainsFunc(o.Periods, func(p metric.Period) bool { return p.Contains(e.Effective()) }) {
			m.report.Outside++
		}
		m.events = append(m.events, e)
	}
	slices.SortFunc(m.events, order)
	return m
}

// known returns the canonical form of the names that the tests use, and "" for the one that
// is not in the vocabulary.
func known(name string) string {
	switch name {
	case "something_else":
		return ""
	case "Order Completed":
		return "order_completed"
	}
	return name
}

func (m *model) named(name string) []*event.Event {
	return slices.DeleteFunc(slices.Clone(m.events), func(e *event.Event) bool { return e.Name != name })
}

// passes says whether e meets the conditions, and whether each could be decided.
func passes(e *event.Event, where []def.Condition) (passed, decided bool) {
	passed, decided = true, true
	for _, c := range where {
		v, ok := e.Props.Get(c.Attr)
		if !ok {
			passed, decided = passed && c.Op == "!=", decided && c.Op == "!="
			continue
		}
		comparable, order := compareTo(v, c.Value)
		switch c.Op {
		case "==":
			passed = passed && comparable && order == 0
		case "!=":
			passed = passed && !(comparable && order == 0)
		case "<":
			passed = passed && comparable && order < 0
		case "<=":
			passed = passed && comparable && order <= 0
		case ">":
			passed = passed && comparable && order > 0
		case ">=":
			passed = passed && comparable && order >= 0
		}
	}
	return passed, decided
}

func compareTo(v event.Value, constant string) (comparable bool, order int) {
	number, err := exact.ParseDecimal(constant)
	if d, ok := v.Decimal(); ok {
		return err == nil, d.Cmp(number)
	}
	if b, ok := v.Bool(); ok {
		return constant == "true" || constant == "false", strings.Compare(strconv.FormatBool(b), constant)
	}
	if s, ok := v.Text(); ok {
		word := err != nil && constant != "true" && constant != "false"
		return word || s == constant, strings.Compare(s, constant)
	}
	return false, 0
}

// key returns a key of an event, "" with a reason when there is none.
func (m *model) key(e *event.Event, name string) (key, reason string) {
	candidates := []string{}
	switch name {
	case "customer":
		candidates = []string{e.UserID, e.AnonymousID, e.AccountID}
		if m.options.Subject == capture.SubjectAccount {
			candidates = []string{e.AccountID, e.UserID, e.AnonymousID}
		}
	case "session":
		candidates = []string{e.SessionID}
	default:
		if v, ok := e.Props.Get(name); ok {
			switch v.Kind() {
			case event.KindString, event.KindInt, event.KindDecimal:
				candidates = []string{strings.Trim(v.String(), `"`)}
			default:
				return "", "wrong_type"
			}
		}
	}
	for _, c := range candidates {
		if c != "" {
			return c, ""
		}
	}
	return "", "absent_attribute"
}

// amount is a value of an attribute, in a currency if it is money.
type amount struct {
	number   decimal.Decimal
	currency string
}

// readAmount reads an attribute as values of a kind have it.
func readAmount(e *event.Event, name string, kind metric.Kind) (a amount, reason string) {
	element, many := kind.Element()
	if many {
		kind = element
	}
	v, ok := e.Props.Get(name)
	if !ok {
		return a, "absent_attribute"
	}
	d, ok := v.Decimal()
	if !ok || !d.IsInteger() && kind != metric.KindNumber && kind != metric.KindDuration {
		return a, "wrong_type"
	}
	if many && d.GreaterThan(decimal.New(1, 18)) {
		return a, "out_of_range"
	}
	if kind != metric.KindMoney {
		return amount{number: d}, ""
	}
	code, _ := e.Props.String("currency")
	c, err := metric.ParseCurrency(code)
	if err != nil {
		return a, "bad_currency"
	}
	return amount{d.Shift(-int32(c.Exponent())), code}, ""
}

func (m *model) segment(e *event.Event) string {
	if m.options.Segment == nil {
		return ""
	}
	return m.options.Segment(e)
}

// segments returns the names of the segments of all events that some rule names.
func (m *model) segments() []string {
	asked := map[string]bool{}
	for _, d := range m.options.Metrics {
		asked[metric.Literal(def.Key{}, d).Capture.Event] = true
		asked[metric.Literal(def.Key{}, d).Capture.Until] = true
	}
	var list []string
	for _, e := range m.events {
		if asked[e.Name] {
			list = append(list, m.segment(e))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// known says whether a metric is a fact.
func (m *model) known(c *def.Capture, kind metric.Kind) bool {
	side := func(name string, where []def.Condition) bool {
		events := m.named(name)
		if len(events) == 0 {
			return slices.Contains(m.options.Covers, name) && kind != metric.KindMoney
		}
		decided := slices.ContainsFunc(events, func(e *event.Event) bool { _, d := passes(e, where); return d })
		has := slices.ContainsFunc(events, func(e *event.Event) bool {
			reason := ""
			switch c.Kind {
			case def.CaptureDistinct:
				_, reason = m.key(e, c.Of)
			case def.CaptureDuration:
				_, reason = m.key(e, c.Object)
			case def.CaptureSum, def.CaptureValues:
				_, reason = readAmount(e, c.Of, kind)
			}
			return reason == ""
		})
		return decided && has
	}
	return side(c.Event, c.Where) && (c.Kind != def.CaptureDuration || side(c.Until, c.UntilIf))
}

// refusal says why a metric that reads an attribute cannot read it of an event, "" if it can
// or reads none. Of durations that is not asked: they are in the cells of objects, not of
// events.
func (m *model) refusal(e *event.Event, d metric.Definition) (reason string) {
	switch c := metric.Literal(def.Key{}, d).Capture; c.Kind {
	case def.CaptureDistinct:
		_, reason = m.key(e, c.Of)
	case def.CaptureSum, def.CaptureValues:
		_, reason = readAmount(e, c.Of, d.Kind())
	}
	return reason
}

// value returns the text of a metric's value in a cell, or the reason why it has none.
func (m *model) value(d metric.Definition, cell capture.Cell) string {
	c := metric.Literal(def.Key{}, d).Capture
	in := func(at time.Time, segment string) bool {
		return cell.Period.Contains(at) && (cell.All || segment == cell.Segment)
	}
	var events []*event.Event
	for _, e := range m.named(c.Event) {
		if passed, _ := passes(e, c.Where); passed && in(e.Effective(), m.segment(e)) {
			events = append(events, e)
		}
	}
	if len(events) > 0 && !slices.ContainsFunc(events, func(e *event.Event) bool { return m.refusal(e, d) == "" }) {
		return "missing_input"
	}
	switch c.Kind {
	case def.CaptureCount:
		return strconv.Itoa(len(events))
	case def.CaptureDistinct:
		times := map[string]int{}
		for _, e := range events {
			if key, reason := m.key(e, c.Of); reason == "" {
				times[key]++
			}
		}
		n := 0
		for _, t := range times {
			if t >= max(c.AtLeast, 1) {
				n++
			}
		}
		return strconv.Itoa(n)
	case def.CaptureDuration:
		var spans []time.Duration
		for _, o := range m.objects(c) {
			if o.reason == "" && in(o.until.Effective(), m.segment(o.from)) {
				spans = append(spans, o.until.Effective().Sub(o.from.Effective()))
			}
		}
		slices.Sort(spans)
		var texts []string
		for _, s := range spans {
			texts = append(texts, `"`+plain(decimal.New(int64(s), -9))+`s"`)
		}
		return "[" + strings.Join(texts, ",") + "]"
	}
	return m.total(d, c, events)
}

// total adds up or lists an attribute.
func (m *model) total(d metric.Definition, c *def.Capture, events []*event.Event) string {
	currencies := func(events []*event.Event) []string {
		var list []string
		for _, e := range events {
			if a, reason := readAmount(e, c.Of, d.Kind()); reason == "" {
				list = append(list, a.currency)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	var amounts []decimal.Decimal
	for _, e := range events {
		if a, reason := readAmount(e, c.Of, d.Kind()); reason == "" {
			amounts = append(amounts, a.number)
		}
	}
	element, many := d.Kind().Element()
	unit := ""
	if d.Kind() == metric.KindMoney || element == metric.KindMoney {
		found := currencies(events)
		if len(found) > 1 {
			return "mixed_currency"
		}
		if len(found) == 0 && !many { // what zero is there
			found = currencies(slices.DeleteFunc(m.named(c.Event), func(e *event.Event) bool { p, _ := passes(e, c.Where); return !p }))
			if len(found) == 0 {
				found = currencies(m.named(c.Event))
			}
			if len(found) > 1 {
				return "mixed_currency"
			}
		}
		if len(found) == 1 {
			unit = " " + found[0]
		}
	}
	text := func(n decimal.Decimal) string {
		switch {
		case unit == " USD" || unit == " EUR":
			return n.StringFixed(2) + unit
		case d.Kind() == metric.KindDuration:
			return plain(n) + "s"
		}
		return plain(n) + unit
	}
	if many {
		slices.SortFunc(amounts, decimal.Decimal.Cmp)
		var texts []string
		for _, a := range amounts {
			texts = append(texts, `"`+text(a)+`"`)
		}
		return "[" + strings.Join(texts, ",") + "]"
	}
	sum := decimal.Zero
	for _, a := range amounts {
		sum = sum.Add(a)
	}
	if metric.Literal(def.Key{}, d).Range.HasMin && sum.Sign() < 0 {
		return "out_of_domain"
	}
	return text(sum)
}

// object is the first start and the first end of one object.
type object struct {
	from, until *event.Event
	reason      string
}

func (m *model) objects(c *def.Capture) map[string]*object {
	objects := map[string]*object{}
	side := func(name string, where []def.Condition, set func(*object, *event.Event)) {
		for _, e := range m.named(name) { // in order
			key, reason := m.key(e, c.Object)
			if passed, _ := passes(e, where); !passed || reason != "" {
				continue
			}
			if objects[key] == nil {
				objects[key] = &object{}
			}
			set(objects[key], e)
		}
	}
	side(c.Event, c.Where, func(o *object, e *event.Event) {
		if o.from == nil {
			o.from = e
		}
	})
	side(c.Until, c.UntilIf, func(o *object, e *event.Event) {
		if o.until == nil {
			o.until = e
		}
	})
	for _, o := range objects {
		switch {
		case o.from == nil:
			o.reason = "missing_start"
		case o.until == nil:
			o.reason = "open"
		case o.until.Effective().Before(o.from.Effective()):
			o.reason = "ends_before_start"
		}
	}
	return objects
}

// rejected returns how often each metric rejects something, by metric and reason.
func (m *model) rejected() map[string]int64 {
	counts := map[string]int64{}
	for at, n := range m.rejection {
		counts[at[0]+"//"+at[1]] += n
	}
	for _, d := range m.options.Metrics {
		c := metric.Literal(def.Key{}, d).Capture
		side := func(name string, where []def.Condition) {
			for _, e := range m.named(name) {
				inside := slices.ContainsFunc(m.options.Periods, func(p metric.Period) bool { return p.Contains(e.Effective()) })
				if passed, _ := passes(e, where); !passed || !inside && c.Kind != def.CaptureDuration {
					continue
				}
				reason := ""
				switch c.Kind {
				case def.CaptureDistinct:
					_, reason = m.key(e, c.Of)
				case def.CaptureDuration:
					_, reason = m.key(e, c.Object)
				case def.CaptureSum, def.CaptureValues:
					_, reason = readAmount(e, c.Of, d.Kind())
				}
				if reason != "" {
					counts["/"+d.ID()+"/"+reason]++
				}
			}
		}
		side(c.Event, c.Where)
		if c.Kind == def.CaptureDuration {
			side(c.Until, c.UntilIf)
			for _, o := range m.objects(c) {
				switch o.reason {
				case "":
				case "open":
					counts["open/"+d.ID()]++
				default:
					counts["/"+d.ID()+"/"+o.reason]++
				}
			}
		}
	}
	return counts
}

// check compares a collector with the model.
func (m *model) check(t *testing.T, c *capture.Collector) {
	t.Helper()
	report := c.Report()
	got := map[string]int64{}
	for _, r := range report.Rejected {
		got[r.Event+"/"+r.Metric+"/"+r.Reason] += r.Count
		if r.First == "" {
			t.Errorf("rejection %+v has no example", r)
		}
	}
	for _, o := range report.Open {
		got["open/"+o.Metric] += o.Count
	}
	if want := m.rejected(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rejected:\n got %v\nwant %v", got, want)
	}
	report.Rejected, report.Open = nil, nil
	if fmt.Sprint(report) != fmt.Sprint(m.report) {
		t.Errorf("report:\n got %+v\nwant %+v", report, m.report)
	}
	cells := 0
	for cell, facts := range c.Facts() {
		cells++
		found := map[string]string{}
		for f := range facts.All() {
			if found[f.Definition().ID()] = f.Value().Text(); f.Undefined() != "" {
				found[f.Definition().ID()] = string(f.Undefined())
			}
		}
		for _, d := range m.options.Metrics {
			want := ""
			if m.known(metric.Literal(def.Key{}, d).Capture, d.Kind()) {
				want = m.value(d, cell)
			}
			if found[d.ID()] != want {
				t.Errorf("%s %q all=%v: %s = %q, want %q", cell.Period, cell.Segment, cell.All, d, found[d.ID()], want)
			}
		}
	}
	want := len(m.options.Periods)
	if m.options.Segment != nil {
		want *= 1 + len(m.segments())
	}
	if cells != want {
		t.Errorf("%d cells, want %d", cells, want)
	}
}

// hostile returns deliveries as bad as they come: ties, late events, duplicates, duplicates
// with other content, absent and mistyped attributes, test traffic, and nonsense.
func hostile(r *rand.Rand, n int) []*event.Event {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	chance := func(percent int) bool { return r.IntN(100) < percent }
	start := time.Date(2025, time.December, 25, 0, 0, 0, 0, time.UTC)
	var list []*event.Event
	for len(list) < n {
		if len(list) > 0 && chance(12) { // a duplicate
			e := *list[r.IntN(len(list))]
			if chance(30) { // with a later time of record
				e.RecordedTime = start.Add(time.Duration(r.IntN(5)) * time.Hour)
			}
			if chance(30) { // with other content
				e.Props = e.Props.With(event.Int("amount", int64(r.IntN(1000))), event.String("channel", pick("app", "shop", "web")))
			}
			if chance(10) {
				e.Name = pick("order_completed", "ticket_replied", "something_else")
			}
			if chance(10) {
				e.Test = !e.Test
			}
			list = append(list, &e)
			continue
		}
		e := &event.Event{
			Source: pick("", "", "crm"), Seq: int64(r.IntN(3)),
			Name: pick("order_completed", "order_completed", "ticket_created", "ticket_replied", "survey_answered", "something_else"),
			Time: start.Add(time.Duration(r.IntN(120)) * 24 * time.Hour / 4 * 5),
			Test: chance(5),
		}
		if chance(90) {
			e.ID = "id" + strconv.Itoa(r.IntN(3*n))
		}
		if chance(10) {
			e.EffectiveTime = e.Time.Add(time.Duration(r.IntN(40)-5) * 24 * time.Hour)
		}
		if chance(20) {
			e.RecordedTime = e.Time.Add(time.Duration(r.IntN(3)) * time.Hour)
		}
		if chance(80) {
			e.UserID = "u" + strconv.Itoa(r.IntN(n/8+2))
		}
		if chance(20) {
			e.AnonymousID = "a" + strconv.Itoa(r.IntN(9))
		}
		if chance(30) {
			e.AccountID = "c" + strconv.Itoa(r.IntN(9))
		}
		if chance(50) {
			e.SessionID = "s" + strconv.Itoa(r.IntN(n/4+2))
		}
		var attrs []event.Attr
		add := func(percent int, a event.Attr) {
			if chance(percent) {
				attrs = append(attrs, a)
			}
		}
		add(85, event.String("channel", pick("app", "shop", "web", "")))
		add(15, event.Bool("gift", chance(50)))
		switch r.IntN(10) {
		case 0:
			add(100, event.String("amount", "12"))
		case 1:
			add(100, event.Decimal("amount", decimal.New(int64(r.IntN(1000)), -1)))
		default:
			add(90, event.Int("amount", int64(r.IntN(1200)-60)))
		}
		add(95, event.String("currency", pick("USD", "USD", "USD", "USD", "USD", "USD", "USD", "USD", "EUR", "JPY", "usd")))
		add(50, event.Int("quantity", int64(r.IntN(9))))
		switch r.IntN(4) {
		case 0:
			add(100, event.Decimal("weight", decimal.New(int64(r.IntN(1e9)), -int32(r.IntN(10)))))
		case 1:
			add(50, event.Decimal("weight", decimal.RequireFromString(strconv.Itoa(1+r.IntN(9))+"23456789012345678901.5")))
		default:
			add(60, event.Int("weight", int64(r.IntN(5))))
		}
		add(30, event.String("cart_id", "k"+strconv.Itoa(r.IntN(20))))
		add(10, event.Int("cart_id", int64(r.IntN(20))))
		add(5, event.Bool("cart_id", true))
		switch r.IntN(3) {
		case 0:
			add(100, event.Decimal("score", decimal.New(int64(r.IntN(100)), -1)))
		default:
			add(90, event.Int("score", int64(r.IntN(11))))
		}
		add(90, event.String("ticket_id", "t"+strconv.Itoa(r.IntN(n/6+2))))
		add(90, event.String("author", pick("agent", "customer")))
		seen := map[string]bool{}
		attrs = slices.DeleteFunc(attrs, func(a event.Attr) bool { twice := seen[a.Name]; seen[a.Name] = true; return twice })
		e.Props = event.NewProps(attrs...)
		if chance(2) {
			e.Name = pick("", "Order Completed")
		}
		if chance(2) {
			e.Time = time.Time{}
		}
		if chance(1) {
			e.Time = time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		list = append(list, e)
	}
	return list
}

// testOptions returns options for hostile events: overlapping periods with gaps between
// them, in two zones.
func testOptions(t testing.TB) capture.Options {
	t.Helper()
	east := time.FixedZone("east", 3*3600)
	var periods []metric.Period
	add := func(p metric.Period, err error) {
		if err != nil {
			t.Fatal(err)
		}
		periods = append(periods, p)
	}
	add(metric.Quarter(2026, 1, time.UTC))
	add(metric.Month(2026, time.February, time.UTC))
	add(metric.Month(2026, time.January, time.UTC))
	add(metric.Month(2026, time.February, east))
	add(metric.Week(2026, 6, time.UTC))
	add(metric.Day(2026, time.April, 12, time.UTC))
	add(metric.Day(2026, time.April, 13, time.UTC))
	return capture.Options{
		Metrics: rules(),
		Periods: periods,
		Segment: func(e *event.Event) string { channel, _ := e.Props.String("channel"); return channel },
		Covers:  []string{"call_dropped", "something_else"},
	}
}

func newCollector(t testing.TB, o capture.Options) *capture.Collector {
	t.Helper()
	c, err := capture.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func collect(t testing.TB, o capture.Options, events []*event.Event) *capture.Collector {
	t.Helper()
	c := newCollector(t, o)
	for _, e := range events {
		c.Add(e)
	}
	return c
}

func marshal(t testing.TB, c *capture.Collector) []byte {
	t.Helper()
	b, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestModel(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := testOptions(t)
		o.Subject = capture.Subject(seed % 2)
		o.Test = seed%5 == 0
		if seed%7 == 0 {
			o.Segment = nil
		}
		events := hostile(r, 20+r.IntN(400))
		m := newModel(o, events)
		m.check(t, collect(t, o, events))
		o.Unique = true
		unique := newModel(o, m.events)
		c := collect(t, o, m.events)
		unique.check(t, c)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
