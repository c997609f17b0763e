package capture_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// TestRefusedCells: where there are events and none could be read, there is no zero.
func TestRefusedCells(t *testing.T) {
	january, err := metric.Month(2026, time.January, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	february, err := metric.Month(2026, time.February, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	o := capture.Options{
		Metrics: rules(),
		Periods: []metric.Period{january, february},
		Segment: func(e *event.Event) string { s, _ := e.Props.String("plan"); return s },
	}
	full := func(plan string, month time.Month) *event.Event {
		return &event.Event{
			ID: fmt.Sprint("full", plan, month), Name: "order_completed", UserID: "ada", SessionID: "s",
			Time: time.Date(2026, month, 3, 0, 0, 0, 0, time.UTC),
			Props: event.NewProps(event.String("plan", plan), event.Int("amount", 500), event.String("currency", "EUR"),
				event.Int("quantity", 2), event.Decimal("weight", decimal.RequireFromString("123456789012345678901.5"))),
		}
	}
	bare := func(plan string, month time.Month) *event.Event {
		return &event.Event{
			ID: fmt.Sprint("bare", plan, month), Name: "order_completed",
			Time:  time.Date(2026, month, 4, 0, 0, 0, 0, time.UTC),
			Props: event.NewProps(event.String("plan", plan), event.Int("amount", 700), event.String("currency", "euro"), event.Bool("quantity", true)),
		}
	}
	// In January: good has both, bad has only what cannot be read, none has nothing. In
	// February: good has only what cannot be read.
	events := []*event.Event{full("good", time.January), bare("good", time.January), bare("bad", time.January), bare("good", time.February), full("none", time.February)}
	type row struct{ all, bad, good, none string }
	want := map[string][2]row{
		"t.orders":        {{"3", "1", "2", "0"}, {"2", "0", "1", "1"}},
		"t.revenue":       {{"5.00 EUR", "missing_input", "5.00 EUR", "0.00 EUR"}, {"5.00 EUR", "0.00 EUR", "missing_input", "5.00 EUR"}},
		"t.units":         {{"2", "missing_input", "2", "0"}, {"2", "0", "missing_input", "2"}},
		"t.weight":        {{"123456789012345678901.5", "missing_input", "123456789012345678901.5", "0"}, {"123456789012345678901.5", "0", "missing_input", "123456789012345678901.5"}},
		"t.buyers":        {{"1", "missing_input", "1", "0"}, {"1", "0", "missing_input", "1"}},
		"t.repeat_buyers": {{"0", "missing_input", "0", "0"}, {"0", "0", "missing_input", "0"}},
		"t.baskets":       {{`["5.00 EUR"]`, "missing_input", `["5.00 EUR"]`, "[]"}, {`["5.00 EUR"]`, "[]", "missing_input", `["5.00 EUR"]`}},
	}
	check := func(t *testing.T, c *capture.Collector) {
		t.Helper()
		for cell, facts := range c.Facts() {
			for f := range facts.All() {
				rows, asked := want[f.Definition().ID()]
				if !asked {
					continue
				}
				r := rows[cell.Period.Start().Month()-1]
				text := map[string]string{"": r.all, "bad": r.bad, "good": r.good, "none": r.none}[cell.Segment]
				got := f.Value().Text()
				if f.Undefined() != "" {
					got = string(f.Undefined())
				}
				if got != text {
					t.Errorf("%s in %s of segment %q: %s, want %s", f.Definition(), cell.Period, cell.Segment, got, text)
				}
			}
		}
		for _, r := range c.Report().Rejected {
			if r.Metric == "t.revenue" && (r.Reason != capture.ReasonBadCurrency || r.Count != 3) {
				t.Errorf("rejected: %+v", r)
			}
		}
	}
	for _, unique := range []bool{false, true} {
		o.Unique = unique
		whole := collect(t, o, events)
		check(t, whole)
		merged := newCollector(t, o)
		for i := len(events) - 1; i >= 0; i-- { // other codes of segments
			if err := merged.Merge(collect(t, o, events[i:i+1])); err != nil {
				t.Fatal(err)
			}
		}
		check(t, merged)
		decoded := newCollector(t, o)
		if err := decoded.UnmarshalBinary(marshal(t, merged)); err != nil {
			t.Fatal(err)
		}
		check(t, decoded)
	}
}

// TestManySegments is about the bound on segments, the one with the empty name among them.
func TestManySegments(t *testing.T) {
	const bound = 100_000
	march, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	orders := metric.View(&def.Metric{ID: "t.orders", Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: "order_completed"}})
	for _, unique := range []bool{false, true} {
		o := capture.Options{
			Metrics: []metric.Definition{orders}, Periods: []metric.Period{march}, Unique: unique,
			Segment: func(e *event.Event) string { return e.UserID },
		}
		of := func(from, to int) *capture.Collector {
			c := newCollector(t, o)
			for i := from; i < to; i++ {
				c.Add(&event.Event{ID: strconv.Itoa(i), Name: "order_completed", Time: march.Start(), UserID: "u" + strconv.Itoa(i)})
			}
			return c
		}
		c := of(0, bound+1)
		r := c.Report()
		if r.Events != bound-1 || len(r.Rejected) != 1 || r.Rejected[0].Reason != capture.ReasonTooMany || r.Rejected[0].Count != 2 {
			t.Errorf("unique=%v: %d events, rejected %+v", unique, r.Events, r.Rejected)
		}
		full := marshal(t, c)
		if err := newCollector(t, o).UnmarshalBinary(full); err != nil {
			t.Errorf("unique=%v: as many segments as there may be: %v", unique, err)
		}
		if err := c.Merge(of(bound-10, bound)); !errors.Is(err, metric.ErrInput) {
			t.Errorf("unique=%v: Merge of one segment too many: %v", unique, err)
		}
		if string(marshal(t, c)) != string(full) {
			t.Errorf("unique=%v: a Merge that failed changed the collector", unique)
		}
		if err := c.Merge(of(0, 10)); err != nil {
			t.Errorf("unique=%v: Merge of known segments: %v", unique, err)
		}
	}
}
