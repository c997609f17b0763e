package event_test

import (
	"fmt"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestPropsGetters(t *testing.T) {
	at := mustTime("2026-03-01T00:00:00Z")
	for _, filler := range []int{0, 5, 100} { // scanned and searched
		attrs := []event.Attr{
			event.String("plan", "pro"), event.Int("amount", 1250), event.Bool("machine", false),
			event.Decimal("score", dec("85", -1)), event.Time("ends", at), event.String("starts", "2026-03-01T00:00:00Z"),
			event.List("items", event.IntValue(1)), event.Record("traits", event.NewProps(event.Int("age", 7))),
		}
		for i := range filler {
			attrs = append(attrs, event.Int(fmt.Sprintf("filler%d", i), int64(i)))
		}
		p := event.NewProps(attrs...)
		if p.Len() != len(attrs) {
			t.Fatal(p.Len())
		}
		if s, ok := p.String("plan"); s != "pro" || !ok {
			t.Error(s, ok)
		}
		if n, ok := p.Int("amount"); n != 1250 || !ok {
			t.Error(n, ok)
		}
		if b, ok := p.Bool("machine"); b || !ok {
			t.Error(b, ok)
		}
		if d, ok := p.Decimal("score"); !ok || d.Cmp(dec("85", -1)) != 0 {
			t.Error(d, ok)
		}
		if d, ok := p.Decimal("amount"); !ok || d.Cmp(dec("1250", 0)) != 0 {
			t.Error(d, ok)
		}
		if x, ok := p.Time("ends"); !ok || !x.Equal(at) {
			t.Error(x, ok)
		}
		if x, ok := p.Time("starts"); !ok || !x.Equal(at) {
			t.Error(x, ok)
		}
		if l, ok := p.List("items"); !ok || len(l) != 1 {
			t.Error(l, ok)
		}
		if q, ok := p.Record("traits"); !ok || q.Len() != 1 {
			t.Error(q, ok)
		}
		for _, name := range []string{"", "a", "planx", "zzz"} {
			if _, ok := p.Get(name); ok || p.Has(name) {
				t.Errorf("has %q", name)
			}
		}
		if _, ok := p.Int("plan"); ok {
			t.Error("text is a number")
		}
		last := ""
		for name, v := range p.All() {
			if name <= last {
				t.Errorf("%q after %q", name, last)
			}
			if w, ok := p.Get(name); !ok || !w.Equal(v) {
				t.Errorf("Get(%q) = %v, %v", name, w, ok)
			}
			last = name
		}
	}
}

func TestPropsWith(t *testing.T) {
	p := event.NewProps(event.Int("b", 1), event.Int("a", 2))
	q := p.With(event.Int("b", 3), event.Int("c", 4))
	if got := event.RecordValue(q).String(); got != `{"a":2,"b":3,"c":4}` {
		t.Error(got)
	}
	if got := event.RecordValue(p).String(); got != `{"a":2,"b":1}` {
		t.Error("With changed its receiver:", got)
	}
	if !p.With().Equal(p) || p.Equal(q) || !q.Equal(p.With(event.Int("c", 4), event.Int("b", 3))) {
		t.Error("Equal")
	}
}

func TestPropsTakeTheFirstOfTwo(t *testing.T) {
	p := event.NewProps(event.Int("x", 1), event.Int("a", 0), event.Int("x", 2))
	if n, _ := p.Int("x"); n != 1 || p.Len() != 3 {
		t.Error(n, p.Len())
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	e := benchmarkEvent()
	if n := testing.AllocsPerRun(100, func() {
		e.Props.Int("amount")
		e.Props.String("currency")
		e.Props.Has("absent")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// benchmarkEvent is an order of usual size.
func benchmarkEvent() event.Event {
	return event.New(event.Event{
		ID: "evt_0123456789", Source: "shop", Time: mustTime("2026-03-01T10:20:30.123Z"),
		UserID: "user-0123456789", AccountID: "account-42", SessionID: "s-1",
	}, event.OrderCompleted{
		OrderID: "order-0123456789", Amount: 129900, Currency: "EUR", Tax: event.Some(int64(20740)), Channel: "web",
		Quantity: event.Some(int64(3)), CartID: "cart-7",
	})
}

func BenchmarkPropsInt(b *testing.B) {
	e := benchmarkEvent()
	for _, name := range []string{"amount", "tax", "absent"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Props.Int(name)
			}
		})
	}
}
