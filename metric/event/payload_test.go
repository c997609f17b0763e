package event_test

import (
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Any event of the vocabulary goes through its payload unchanged; since each
// attribute has a value of its own, no two share a field.
func TestPayloadRoundTrip(t *testing.T) {
	for s := range event.Vocabulary() {
		for _, all := range []bool{true, false} {
			e := sampleEvent(s, all)
			back, err := event.PayloadRoundTrip(&e)
			if err != nil || !back.Equal(&e) {
				t.Errorf("%s: %v, %v\nwant %v", s.Name(), event.RecordValue(back.Props), err, event.RecordValue(e.Props))
			}
		}
	}
}

func TestAsFinds(t *testing.T) {
	for s := range event.Vocabulary() {
		for a := range s.Attributes() {
			e := sampleEvent(s, true)
			wrong := event.Bool(a.Name, true)
			if a.Kind == event.KindBool {
				wrong = event.Int(a.Name, 1)
			}
			e.Props = e.Props.With(wrong)
			_, err := event.PayloadRoundTrip(&e)
			if reason, attribute := reasonOf(t, err); reason != event.WrongType || attribute != a.Name {
				t.Errorf("%s, %s: %v", s.Name(), a.Name, err)
			}
			if a.Required {
				e.Props = without(e.Props, a.Name)
				_, err := event.PayloadRoundTrip(&e)
				if reason, attribute := reasonOf(t, err); reason != event.MissingAttribute || attribute != a.Name {
					t.Errorf("%s, %s: %v", s.Name(), a.Name, err)
				}
			}
		}
	}
}

func TestAsOfAnother(t *testing.T) {
	e := event.New(event.Event{}, event.OrderUpdated{OrderID: "1"})
	_, err := event.As[event.OrderCancelled](&e)
	if reason, _ := reasonOf(t, err); reason != event.WrongEvent {
		t.Error(err)
	}
}

func TestAsInsideItems(t *testing.T) {
	s, _ := event.Lookup("subscription_started")
	e := sampleEvent(s, true)
	bad := event.RecordValue(event.NewProps(event.Int("amount", 1), event.String("interval", "day"),
		event.Record("discount", event.NewProps(event.String("ends", "soon")))))
	e.Props = e.Props.With(event.List("items", bad))
	_, err := event.As[event.SubscriptionStarted](&e)
	if reason, attribute := reasonOf(t, err); reason != event.WrongType || attribute != "items[0].discount.ends" {
		t.Error(attribute, err)
	}
	e.Props = e.Props.With(event.List("items", event.IntValue(1)))
	_, err = event.As[event.SubscriptionStarted](&e)
	if reason, attribute := reasonOf(t, err); reason != event.WrongType || attribute != "items[0]" {
		t.Error(attribute, err)
	}
}

func TestNewKeepsTheBase(t *testing.T) {
	base := event.Event{ID: "1", UserID: "u", Name: "x", Props: event.NewProps(event.String("note", "n"), event.String("order_id", "old"))}
	e := event.New(base, event.OrderUpdated{OrderID: "new"})
	if e.ID != "1" || e.UserID != "u" || e.Name != "order_updated" || event.RecordValue(e.Props).String() != `{"note":"n","order_id":"new"}` {
		t.Errorf("%+v", e)
	}
	if base.Name != "x" || event.RecordValue(base.Props).String() != `{"note":"n","order_id":"old"}` {
		t.Errorf("base changed: %+v", base)
	}
}

func TestOptional(t *testing.T) {
	var none event.Optional[bool]
	if v, ok := none.Get(); v || ok || !none.Or(true) {
		t.Error("none")
	}
	if v, ok := event.Some(false).Get(); v || !ok || event.Some(false).Or(true) {
		t.Error("some")
	}
}

func BenchmarkAs(b *testing.B) {
	e := benchmarkEvent()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.As[event.OrderCompleted](&e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		event.New(event.Event{}, event.OrderRefunded{OrderID: "1", Amount: 5, Currency: "EUR"})
	}
}
