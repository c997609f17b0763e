package event_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// sample is a valid value for an attribute, a different one for each name.
func sample(a event.Attribute) event.Value {
	n := int64(len(a.Name)) + int64(a.Name[0]) + int64(a.Name[len(a.Name)-1])
	switch a.Kind {
	case event.KindString:
		if a.Name == "currency" {
			return event.StringValue("EUR")
		}
		return event.StringValue("value of " + a.Name)
	case event.KindBool:
		return event.BoolValue(n%2 == 0)
	case event.KindInt:
		switch a.Name {
		case "scale_min":
			return event.IntValue(0)
		case "scale_max":
			return event.IntValue(1000)
		}
		return event.IntValue(n)
	case event.KindDecimal:
		return event.DecimalValue(dec("5", -1))
	case event.KindTime:
		at := mustTime("2026-03-01T00:00:00Z")
		if strings.HasSuffix(a.Name, "start") {
			return event.TimeValue(at)
		}
		return event.TimeValue(at.Add(time.Duration(n) * time.Hour))
	}
	var fields []event.Attr
	for field := range a.Fields() {
		fields = append(fields, event.Attr{Name: field.Name, Value: sample(field)})
	}
	record := event.RecordValue(event.NewProps(fields...))
	if a.Kind == event.KindRecord {
		if len(fields) == 0 {
			return event.RecordValue(event.NewProps(event.String("k", "v")))
		}
		return record
	}
	return event.ListValue(record, record)
}

// sampleEvent has all attributes of s, or only those that must be there.
func sampleEvent(s event.Spec, all bool) event.Event {
	e := event.Event{Name: s.Name(), Time: mustTime("2026-03-01T00:00:00Z"), UserID: "u", AccountID: "a"}
	anyOf := map[string]bool{}
	for name := range s.AnyOf() {
		anyOf[name] = true
	}
	for a := range s.Attributes() {
		if all || a.Required || anyOf[a.Name] {
			e.Props = e.Props.With(event.Attr{Name: a.Name, Value: sample(a)})
		}
	}
	return e
}

func without(p event.Props, name string) event.Props {
	var attrs []event.Attr
	for n, v := range p.All() {
		if n != name {
			attrs = append(attrs, event.Attr{Name: n, Value: v})
		}
	}
	return event.NewProps(attrs...)
}

func reasonOf(t *testing.T, err error) (event.Reason, string) {
	t.Helper()
	if err == nil {
		return "", ""
	}
	var r *event.Rejection
	if !errors.As(err, &r) || !errors.Is(err, r.Reason) {
		t.Fatalf("%T %v", err, err)
	}
	return r.Reason, r.Attribute
}

func TestVocabularyIsWellFormed(t *testing.T) {
	last, n := "", 0
	for s := range event.Vocabulary() {
		n++
		if s.Name() <= last {
			t.Errorf("%q after %q", s.Name(), last)
		}
		last = s.Name()
		if event.Fold(s.Name()) != s.Name() || len(s.Name()) > 40 || s.Name()[0] < 'a' || s.Name()[0] > 'z' {
			t.Errorf("name %q", s.Name())
		}
		if got, ok := event.Lookup(s.Name()); !ok || got != s {
			t.Errorf("Lookup(%q)", s.Name())
		}
		bookkeeping := map[string]bool{"account_merged": true, "fact_retracted": true, "identified": true, "aliased": true}
		if s.Stage().Valid() == bookkeeping[s.Name()] {
			t.Errorf("%s: stage %v", s.Name(), s.Stage())
		}
		revenue := strings.HasPrefix(s.Name(), "subscription_") || strings.HasPrefix(s.Name(), "invoice_") ||
			strings.HasPrefix(s.Name(), "payment_") && s.Name() != "payment_info_entered"
		if s.NeedsAccount() != revenue {
			t.Errorf("%s: account %v", s.Name(), s.NeedsAccount())
		}
		lastAttr, money, currency := "", false, false
		for a := range s.Attributes() {
			if a.Name <= lastAttr || event.Fold(a.Name) != a.Name || a.Kind == event.KindInvalid {
				t.Errorf("%s: %q after %q", s.Name(), a.Name, lastAttr)
			}
			lastAttr = a.Name
			money = money || a.Money
			currency = currency || a.Name == "currency"
			if got, ok := s.Attribute(a.Name); !ok || got.Kind != a.Kind {
				t.Errorf("%s: Attribute(%q)", s.Name(), a.Name)
			}
			if strings.HasSuffix(a.Name, "amount") && !a.Money {
				t.Errorf("%s: %s is not money", s.Name(), a.Name)
			}
		}
		if money && !currency {
			t.Errorf("%s: money without currency", s.Name())
		}
		for name := range s.AnyOf() {
			if a, ok := s.Attribute(name); !ok || a.Required || a.Kind != event.KindString {
				t.Errorf("%s: any of %s", s.Name(), name)
			}
		}
	}
	if n < 84 {
		t.Errorf("%d events", n)
	}
	if _, ok := event.Lookup("survey_sent"); ok {
		t.Error("survey_sent means two things and must not be canonical")
	}
	if s, _ := event.Lookup("subscription_renewed"); s.Stage() != stage.Retain {
		t.Error("a renewal is retain")
	}
	var zero event.Spec
	if zero.Name() != "" || zero.Stage() != 0 || zero.NeedsSubject() || zero.NeedsAccount() {
		t.Error("zero Spec")
	}
	for range zero.Attributes() {
		t.Error("zero Spec has attributes")
	}
	for range zero.AnyOf() {
		t.Error("zero Spec has attributes")
	}
}

// Every event of the vocabulary, whole and bare, passes; every fault in it is found.
func TestCheckVocabulary(t *testing.T) {
	for s := range event.Vocabulary() {
		for _, all := range []bool{true, false} {
			e := sampleEvent(s, all)
			if err := event.Check(&e); err != nil {
				t.Errorf("%s: %v", s.Name(), err)
			}
		}
		for a := range s.Attributes() {
			expect := func(what string, p event.Props, reason event.Reason) {
				t.Helper()
				e := sampleEvent(s, true)
				e.Props = p
				got, attribute := reasonOf(t, event.Check(&e))
				if got != reason || reason != "" && attribute != a.Name {
					t.Errorf("%s, %s %s: %q on %q, want %q", s.Name(), a.Name, what, got, attribute, reason)
				}
			}
			whole := sampleEvent(s, true).Props
			if a.Required {
				expect("missing", without(whole, a.Name), event.MissingAttribute)
			} else if a.Name != "currency" {
				expect("left out", without(whole, a.Name), "")
			}
			wrong := event.StringValue("x")
			if a.Kind == event.KindString {
				wrong = event.IntValue(1)
			}
			expect("of another kind", whole.With(event.Attr{Name: a.Name, Value: wrong}), event.WrongType)
			expect("without a value", whole.With(event.Attr{Name: a.Name}), event.BadNumber)
			if a.Required && a.Kind == event.KindString {
				expect("empty", whole.With(event.String(a.Name, "")), event.MissingAttribute)
			}
			if a.NonNegative {
				want := event.OutOfRange
				if a.Money {
					want = event.NegativeAmount
				}
				expect("below zero", whole.With(event.Int(a.Name, -1)), want)
				expect("zero", whole.With(event.Int(a.Name, 0)), "")
			}
			if a.Kind == event.KindInt {
				expect("with decimals", whole.With(event.Decimal(a.Name, dec("15", -1))), event.WrongType)
			}
		}
	}
}

func TestCheckReasons(t *testing.T) {
	at := mustTime("2026-03-01T00:00:00Z")
	ok := func() event.Event {
		return event.Event{Name: "thing_done", Time: at, UserID: "u", Props: event.NewProps(event.Int("n", -1))}
	}
	order := func(attrs ...event.Attr) event.Event {
		e := event.New(ok(), event.OrderCompleted{OrderID: "1", Amount: 1, Currency: "USD"})
		e.Props = e.Props.With(attrs...)
		return e
	}
	edit := func(f func(*event.Event)) event.Event { e := ok(); f(&e); return e }
	deep := event.IntValue(1)
	for range event.MaxDepth {
		deep = event.ListValue(deep)
	}
	item := func(attrs ...event.Attr) event.Event {
		e := event.New(ok(), event.SubscriptionStarted{SubscriptionID: "1", Currency: "USD"})
		e.AccountID = "a"
		base := event.NewProps(event.Int("amount", 1), event.String("interval", "month"))
		e.Props = e.Props.With(event.List("items", event.RecordValue(base), event.RecordValue(base.With(attrs...))))
		return e
	}
	survey := func(p event.SurveyAnswered) event.Event {
		p.SurveyID, p.Type = "s", "nps"
		return event.New(ok(), p)
	}
	for name, c := range map[string]struct {
		e         event.Event
		reason    event.Reason
		attribute string
	}{
		"unknown event":       {ok(), "", ""},
		"order of a user":     {order(), "", ""},
		"zero event":          {event.Event{}, event.MissingName, "event"},
		"not folded":          {edit(func(e *event.Event) { e.Name = "Thing Done" }), event.BadName, "event"},
		"folded beyond ASCII": {edit(func(e *event.Event) { e.Name = "größe" }), "", ""},
		"name too long":       {edit(func(e *event.Event) { e.Name = strings.Repeat("x", 257) }), event.TooLarge, "event"},
		"no time":             {edit(func(e *event.Event) { e.Time = time.Time{} }), event.MissingTime, "time"},
		"year 10000":          {edit(func(e *event.Event) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }), event.BadTime, "time"},
		"end of 9999":         {edit(func(e *event.Event) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, -1, time.UTC) }), "", ""},
		"year 0":              {edit(func(e *event.Event) { e.RecordedTime = time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC) }), event.BadTime, "recorded_time"},
		"nobody":              {edit(func(e *event.Event) { e.UserID = "" }), event.MissingSubject, ""},
		"visitor":             {edit(func(e *event.Event) { e.UserID, e.AnonymousID = "", "v" }), "", ""},
		"bytes in an id":      {edit(func(e *event.Event) { e.AccountID = "\xff" }), event.BadText, "account_id"},
		"id too long":         {edit(func(e *event.Event) { e.ID = strings.Repeat("x", event.MaxTextBytes+1) }), event.TooLarge, "id"},
		"bytes in a name":     {edit(func(e *event.Event) { e.Props = event.NewProps(event.Int("\xff", 1)) }), event.BadText, ""},
		"attribute unnamed":   {edit(func(e *event.Event) { e.Props = event.NewProps(event.Int("", 1)) }), event.BadName, ""},
		"attribute twice":     {edit(func(e *event.Event) { e.Props = event.NewProps(event.Int("x", 1), event.Int("x", 1)) }), event.DuplicateAttribute, "x"},
		"number out of range": {edit(func(e *event.Event) { e.Props = event.NewProps(event.Decimal("x", dec("1", 34))) }), event.BadNumber, "x"},
		"time out of range": {edit(func(e *event.Event) {
			e.Props = event.NewProps(event.Time("x", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
		}), event.BadTime, "x"},
		"as deep as can be": {edit(func(e *event.Event) {
			e.Props = event.NewProps(event.List("x")).With(event.Attr{Name: "x", Value: deep})
		}), "", ""},
		"too deep": {edit(func(e *event.Event) { e.Props = event.NewProps(event.List("x", deep)) }), event.TooLarge, "x" + strings.Repeat("[0]", event.MaxDepth)},
		"too many values": /* (1<<20 - "thing_done" - "u" - "x" - "y" - two lists of 32) / 32 fit */ {edit(func(e *event.Event) {
			e.Props = event.NewProps(event.List("x", make([]event.Value, 0)...), event.List("y", manyValues()...))
		}), event.TooLarge, "y[32765]"},
		"no account":           {edit(func(e *event.Event) { *e = event.New(*e, event.SubscriptionCancelled{SubscriptionID: "1"}) }), event.MissingAccount, "account_id"},
		"payment of nobody":    {edit(func(e *event.Event) { *e = event.New(*e, event.PaymentFailed{Amount: 1, Currency: "USD"}) }), event.MissingAccount, "account_id"},
		"currency lower case":  {order(event.String("currency", "usd")), event.BadCurrency, "currency"},
		"currency too long":    {order(event.String("currency", "USDT")), event.BadCurrency, "currency"},
		"currency not letters": {order(event.String("currency", "U5D")), event.BadCurrency, "currency"},
		"price, no currency":   {event.New(ok(), event.ProductAdded{ProductID: "p", Price: event.Some(int64(1))}), event.MissingAttribute, "currency"},
		"no price":             {event.New(ok(), event.ProductAdded{ProductID: "p"}), "", ""},
		"extra attribute":      {order(event.List("anything", deep)), event.TooLarge, "anything" + strings.Repeat("[0]", event.MaxDepth)},
		"discount line":        {item(event.Int("amount", -5)), "", ""},
		"item not a record":    {order(event.Int("items", 1)), event.WrongType, "items"},
		"item without amount":  {item(event.String("amount", "1")), event.WrongType, "items[1].amount"},
		"discount below item":  {item(event.Record("discount", event.NewProps(event.Bool("percent", true)))), event.WrongType, "items[1].discount.percent"},
		"spam of nobody":       {event.New(ok(), event.EmailMarkedAsSpam{}), event.MissingAttribute, "message_id"},
		"spam by recipient":    {event.New(ok(), event.EmailMarkedAsSpam{Recipient: "r"}), "", ""},
		"spend of nobody":      {event.New(event.Event{Time: at}, event.AdSpendRecorded{Channel: "c", Amount: 1, Currency: "USD", PeriodStart: at, PeriodEnd: at.Add(1)}), "", ""},
		"spend of no time":     {event.New(ok(), event.AdSpendRecorded{Channel: "c", Amount: 1, Currency: "USD", PeriodStart: at, PeriodEnd: at}), event.BadPeriod, "period_end"},
		"trial backwards":      {event.New(ok(), event.TrialStarted{Plan: "p", TrialStart: at, TrialEnd: at.Add(-1)}), event.BadPeriod, "trial_end"},
		"trial of no time":     {event.New(ok(), event.TrialStarted{Plan: "p", TrialStart: at, TrialEnd: at}), "", ""},
		"trial":                {event.New(ok(), event.TrialStarted{Plan: "p", TrialEnd: at}), "", ""},
		"score at the top":     {survey(event.SurveyAnswered{Score: dec("10", 0), ScaleMin: event.Some(int64(0)), ScaleMax: event.Some(int64(10))}), "", ""},
		"score above":          {survey(event.SurveyAnswered{Score: dec("101", -1), ScaleMin: event.Some(int64(0)), ScaleMax: event.Some(int64(10))}), event.OutOfRange, "score"},
		"score below":          {survey(event.SurveyAnswered{Score: dec("0", 0), ScaleMin: event.Some(int64(1))}), event.OutOfRange, "score"},
		"scale of one":         {survey(event.SurveyAnswered{Score: dec("1", 0), ScaleMin: event.Some(int64(1)), ScaleMax: event.Some(int64(1))}), event.OutOfRange, "scale_max"},
		"score of no scale":    {survey(event.SurveyAnswered{Score: dec("-3", 0)}), "", ""},
	} {
		err := event.Check(&c.e)
		if reason, attribute := reasonOf(t, err); reason != c.reason || attribute != c.attribute {
			t.Errorf("%s: %q on %q, want %q on %q: %v", name, reason, attribute, c.reason, c.attribute, err)
		}
	}
}

func manyValues() []event.Value {
	values := make([]event.Value, 40000)
	for i := range values {
		values[i] = event.IntValue(1)
	}
	return values
}

func TestRejectionText(t *testing.T) {
	e := event.New(event.Event{Time: mustTime("2026-03-01T00:00:00Z"), UserID: "u"}, event.OrderCompleted{OrderID: "1", Currency: "usd"})
	err := event.Check(&e)
	if got, want := err.Error(), `event "order_completed": currency: bad currency: "usd"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	hostile := event.Event{Name: strings.Repeat("A\n", 100), Time: e.Time, UserID: "u"}
	if text := event.Check(&hostile).Error(); len(text) > 300 || strings.Contains(text, "\n") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

func FuzzCheck(f *testing.F) {
	r := newRand(7)
	for s := range event.Vocabulary() {
		e := sampleEvent(s, true)
		data, _ := e.AppendJSON(nil)
		f.Add(data, "amount", s.Name(), int64(-1))
	}
	for range 50 {
		e := randomEvent(r)
		data, _ := e.AppendJSON(nil)
		f.Add(data, "x", "page_viewed", int64(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, attribute, name string, n int64) {
		e, err := event.Decode(data)
		if err != nil {
			e = event.Event{ID: string(data)}
		}
		e.Name = name
		e.Time = e.Time.Add(time.Duration(n))
		e.Props = e.Props.With(event.Int(attribute, n))
		before, _ := e.AppendBinary(nil)
		err = event.Check(&e)
		if after, _ := e.AppendBinary(nil); string(after) != string(before) {
			t.Error("Check changed the event")
		}
		if err != nil {
			if reason, _ := reasonOf(t, err); reason == "" {
				t.Error("no reason")
			}
			return
		}
		// What passes can be written and read back.
		mustRoundTrip(t, &e)
	})
}

func BenchmarkCheck(b *testing.B) {
	e := benchmarkEvent()
	b.ReportAllocs()
	for b.Loop() {
		if err := event.Check(&e); err != nil {
			b.Fatal(err)
		}
	}
}
