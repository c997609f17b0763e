package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// blocks puts events into blocks, one for each shape that its columns need.
func blocks(c *capture.Collector, o capture.Options, events []*event.Event) []*capture.Block {
	byShape := map[string]*capture.Block{}
	var list []*capture.Block
	for _, e := range events {
		shape := shapeOf(e)
		b := byShape[shape]
		if b == nil {
			b = &capture.Block{Event: e.Name}
			byShape[shape] = b
			list = append(list, b)
		}
		fill(c, o, b, e)
	}
	return list
}

// shapeOf tells apart the events that cannot share columns.
func shapeOf(e *event.Event) string {
	shape := e.Name
	for name, v := range e.Props.All() {
		shape += " " + name + " " + v.Kind().String()
		if d, ok := v.Decimal(); ok {
			shape += fmt.Sprint(d.Exponent())
		}
		if name == "currency" {
			shape += v.String()
		}
	}
	return shape
}

func fill(c *capture.Collector, o capture.Options, b *capture.Block, e *event.Event) {
	b.Time = append(b.Time, e.Effective().UnixNano())
	customer := e.Subject(event.User)
	if customer == "" {
		customer = e.AccountID
	}
	b.Customer = append(b.Customer, c.Key("customer", customer))
	b.Segment = append(b.Segment, c.SegmentCode(o.Segment(e)))
	column := func(name string) *capture.Column {
		i := slices.IndexFunc(b.Columns, func(c capture.Column) bool { return c.Name == name })
		if i < 0 {
			i = len(b.Columns)
			b.Columns = append(b.Columns, capture.Column{Name: name})
		}
		return &b.Columns[i]
	}
	session := column("session")
	session.Keys = append(session.Keys, c.Key("session", e.SessionID))
	currency, _ := e.Props.String("currency")
	for name, v := range e.Props.All() {
		col := column(name)
		switch v.Kind() {
		case event.KindString:
			text, _ := v.Text()
			col.Keys = append(col.Keys, c.Key(name, text))
		case event.KindBool:
			truth, _ := v.Bool()
			col.Bools = append(col.Bools, truth)
		default:
			d, _ := v.Decimal()
			col.Scale = uint8(-d.Exponent())
			col.Ints = append(col.Ints, d.CoefficientInt64())
			if name == "amount" {
				col.Currency, _ = metric.ParseCurrency(currency)
			}
		}
	}
}

// columnar leaves the events that blocks can tell of, at instants of their own.
func columnar(events []*event.Event) []*event.Event {
	var list []*event.Event
	for i, e := range events {
		amount, _ := e.Props.Get("amount")
		currency, _ := e.Props.String("currency")
		cart, hasCart := e.Props.Get("cart_id")
		weight, _ := e.Props.Decimal("weight")
		channel, _ := e.Props.String("channel") // an empty key is absent, an empty text is not
		score, _ := e.Props.Get("score")
		_, err := metric.ParseCurrency(currency)
		if amount.Kind() != event.KindInt || err != nil || channel == "" ||
			hasCart && cart.Kind() != event.KindString || weight.NumDigits() > 18 || score.Kind() == event.KindDecimal ||
			strings.Contains(e.Name, "something") && i%2 == 0 {
			continue
		}
		at := *e
		at.Time, at.EffectiveTime = e.Effective().Add(time.Duration(i)), time.Time{}
		at.Seq, at.RecordedTime = 0, time.Time{}
		list = append(list, &at)
	}
	return list
}

func TestBlocks(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		o := testOptions(t)
		o.Unique = seed%2 == 0
		events := columnar(newModel(o, hostile(r, 20+r.IntN(900))).events)
		m := newModel(o, events)
		c := newCollector(t, o)
		for _, b := range blocks(c, o, events) {
			if err := c.AddBlock(b); err != nil {
				t.Fatal(err)
			}
		}
		m.check(t, c)
		again := newCollector(t, o)
		if err := again.UnmarshalBinary(marshal(t, c)); err != nil {
			t.Fatal(err)
		}
		m.check(t, again)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestBlocksInAnyOrder has many events of one object at one instant: blocks give nothing to
// order those by but what they do.
func TestBlocksInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	o := testOptions(t)
	o.Unique = true
	events := columnar(newModel(o, hostile(r, 600)).events)
	for _, e := range events {
		e.Time = e.Time.Truncate(24 * time.Hour)
	}
	collect := func(events []*event.Event, size int) []byte {
		c := newCollector(t, o)
		for chunk := range slices.Chunk(events, size) {
			for _, b := range blocks(c, o, chunk) {
				if err := c.AddBlock(b); err != nil {
					t.Fatal(err)
				}
			}
		}
		return marshal(t, c)
	}
	want := collect(events, len(events))
	for range 10 {
		if !bytes.Equal(collect(shuffled(r, events), 1+r.IntN(len(events))), want) {
			t.Fatal("another order of blocks gives another state")
		}
	}
}

// TestLongBlock spans several batches.
func TestLongBlock(t *testing.T) {
	march, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	c := newCollector(t, capture.Options{Metrics: rules(), Periods: []metric.Period{march}})
	const rows = 10_000
	b := &capture.Block{Event: "order_completed", Columns: []capture.Column{
		{Name: "amount", Currency: mustCurrency(t, "USD")}, {Name: "channel"},
	}}
	var sum, app int64
	for i := range rows {
		b.Time = append(b.Time, march.Start().UnixNano()+int64(i)*int64(time.Minute))
		b.Columns[0].Ints = append(b.Columns[0].Ints, int64(i))
		channel := []string{"app", "shop", ""}[i%3]
		b.Columns[1].Keys = append(b.Columns[1].Keys, c.Key("channel", channel))
		sum += int64(i)
		if channel == "app" {
			app++
		}
	}
	if err := c.AddBlock(b); err != nil {
		t.Fatal(err)
	}
	for cell, facts := range c.Facts() {
		if !cell.All {
			t.Errorf("a cell of segment %q without segments", cell.Segment)
		}
		for _, f := range slices.Collect(facts.All()) {
			switch f.Definition().ID() {
			case "t.orders":
				if got := f.Value().Text(); got != fmt.Sprint(rows) {
					t.Errorf("%s orders, want %d", got, rows)
				}
			case "t.app_orders":
				if got := f.Value().Text(); got != fmt.Sprint(app) {
					t.Errorf("%s orders by app, want %d", got, app)
				}
			case "t.revenue":
				if got, want := f.Value().Text(), fmt.Sprintf("%d.%02d USD", sum/100, sum%100); got != want {
					t.Errorf("revenue %s, want %s", got, want)
				}
			}
		}
	}
}

func mustCurrency(t testing.TB, code string) metric.Currency {
	t.Helper()
	c, err := metric.ParseCurrency(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBlockErrors(t *testing.T) {
	o := testOptions(t)
	c := newCollector(t, o)
	usd := mustCurrency(t, "USD")
	at := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC).UnixNano()
	customer, segment, channel := c.Key("customer", "u1"), c.SegmentCode("app"), c.Key("channel", "app")
	good := func() *capture.Block {
		return &capture.Block{
			Event: "order_completed", Time: []int64{at}, Customer: []capture.Code{customer},
			Segment: []capture.SegmentCode{segment},
			Columns: []capture.Column{
				{Name: "amount", Ints: []int64{5}, Currency: usd},
				{Name: "channel", Keys: []capture.Code{channel}},
				{Name: "weight", Ints: []int64{5}, Scale: 1},
				{Name: "gift", Bools: []bool{true}},
				{Name: "unasked", Ints: []int64{5}},
			},
		}
	}
	if err := c.AddBlock(good()); err != nil {
		t.Fatal(err)
	}
	before := marshal(t, c)
	for _, tt := range []struct {
		column string // named by the error
		spoil  func(b *capture.Block)
	}{
		{"Order", func(b *capture.Block) { b.Event = "Order Completed" }},
		{"", func(b *capture.Block) { b.Event = "" }},
		{"Time", func(b *capture.Block) { b.Time[0] = math.MinInt64 }},
		{"Time", func(b *capture.Block) { b.Time[0] = math.MaxInt64 }},
		{"Customer", func(b *capture.Block) { b.Customer = append(b.Customer, customer) }},
		{"Customer", func(b *capture.Block) { b.Customer[0] += 256 }},
		{"Customer", func(b *capture.Block) { b.Customer[0] = capture.NoKey - 1 }},
		{"Segment", func(b *capture.Block) { b.Segment = append(b.Segment, segment) }},
		{"Segment", func(b *capture.Block) { b.Segment[0]++ }},
		{"amount", func(b *capture.Block) { b.Columns[0].Ints = append(b.Columns[0].Ints, 1) }},
		{"amount", func(b *capture.Block) { b.Columns[0].Currency = metric.Currency{} }},
		{"amount", func(b *capture.Block) { b.Columns[0].Scale = 2 }},
		{"amount", func(b *capture.Block) { b.Columns[0] = capture.Column{Name: "amount", Bools: []bool{true}} }},
		{"channel", func(b *capture.Block) { b.Columns[1].Keys[0] += 256 }},
		{"channel", func(b *capture.Block) { b.Columns[1].Scale = 1 }},
		{"channel", func(b *capture.Block) { b.Columns[1].Currency = usd }},
		{"channel", func(b *capture.Block) { b.Columns[1].Keys = nil }},
		{"channel", func(b *capture.Block) { b.Columns[1].Bools = []bool{true} }},
		{"weight", func(b *capture.Block) { b.Columns[2].Scale = 19 }},
		{"gift", func(b *capture.Block) { b.Columns[3].Name = "amount"; b.Columns[0].Name = "gift" }},
		{"unasked", func(b *capture.Block) { b.Columns[4].Ints = nil }},
		{"unasked", func(b *capture.Block) { b.Columns[4] = capture.Column{Name: "unasked", Keys: []capture.Code{7}} }},
		{"unasked", func(b *capture.Block) { b.Columns = append(b.Columns, b.Columns[4]) }},
		{"", func(b *capture.Block) { b.Columns[4].Name = "" }},
		{"customer", func(b *capture.Block) { b.Columns[4].Name = "customer" }},
		{"cart_id", func(b *capture.Block) { b.Columns[4].Name = "cart_id" }},
		{"quantity", func(b *capture.Block) { b.Columns[2].Name = "quantity" }},
	} {
		b := good()
		tt.spoil(b)
		err := c.AddBlock(b)
		switch {
		case !errors.Is(err, metric.ErrInput):
			t.Errorf("column %q: %v", tt.column, err)
		case tt.column == "gift":
			if !strings.Contains(err.Error(), "amount") {
				t.Errorf("error %q does not name the column amount", err)
			}
		case !strings.Contains(err.Error(), tt.column):
			t.Errorf("error %q does not name the column %q", err, tt.column)
		}
	}
	if !bytes.Equal(marshal(t, c), before) {
		t.Error("a block that was refused changed the collector")
	}
}
