package event_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func Example() {
	line := `{"id":"m1","event":"Order Completed","time":"2026-03-01T10:00:00+01:00","user_id":"u1",
		"props":{"order_id":"o1","amount":1299,"currency":"EUR"}}`

	e, err := event.Decode([]byte(line))
	if err != nil {
		fmt.Println(err)
		return
	}
	event.Segment().Apply(&e)
	if err := event.Check(&e); err != nil {
		fmt.Println(err)
		return
	}
	order, _ := event.As[event.OrderCompleted](&e)
	fmt.Println(e.Name, e.Time, order.Amount, order.Currency)
	// Output: order_completed 2026-03-01 09:00:00 +0000 UTC 1299 EUR
}

func ExampleNew() {
	e := event.New(event.Event{
		ID:        "evt_1",
		Time:      time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		AccountID: "acme",
	}, event.SubscriptionStarted{
		SubscriptionID: "sub_1",
		Currency:       "USD",
		Items: []event.SubscriptionItem{
			{Plan: "pro", Amount: 4900, Interval: "month", Discount: event.Some(event.SubscriptionDiscount{Amount: event.Some(int64(900))})},
		},
	})
	text, err := e.MarshalJSON()
	fmt.Println(string(text), err)
	// Output: {"id":"evt_1","event":"subscription_started","time":"2026-03-01T09:00:00Z","account_id":"acme","props":{"currency":"USD","items":[{"amount":4900,"discount":{"amount":900},"interval":"month","plan":"pro"}],"subscription_id":"sub_1"}} <nil>
}

func ExampleCheck() {
	e := event.New(event.Event{Time: time.Unix(0, 0), UserID: "u1"}, event.OrderCompleted{OrderID: "o1", Amount: -5, Currency: "EUR"})
	err := event.Check(&e)
	fmt.Println(err)
	fmt.Println(errors.Is(err, event.NegativeAmount))

	var r *event.Rejection
	if errors.As(err, &r) {
		fmt.Println(string(r.Reason), r.Attribute)
	}
	// Output:
	// event "order_completed": amount: negative amount: -5
	// true
	// negative_amount amount
}

func ExampleFold() {
	for _, name := range []string{"Order Completed", "order.completed", "order-completed", "$order_completed"} {
		fmt.Println(event.Fold(name))
	}
	// Output:
	// order_completed
	// order_completed
	// order_completed
	// order_completed
}

func ExampleFoldType() {
	fmt.Println(event.FoldType("com.acme.subscription.cancelled"))
	// Output: subscription_cancelled
}

func ExampleAliases_Canonical() {
	fmt.Println(event.PostHog().Canonical("survey sent"))
	fmt.Println(event.RevenueCat().Canonical("CANCELLATION"))
	fmt.Println(event.RevenueCat().Canonical("EXPIRATION"))
	// Output:
	// survey_answered
	// subscription_cancellation_requested
	// subscription_cancelled
}

func ExampleLookup() {
	s, _ := event.Lookup("ticket_replied")
	fmt.Println(s.Name(), s.Stage())
	for a := range s.Attributes() {
		fmt.Println(a.Name, a.Kind, a.Required)
	}
	// Output:
	// ticket_replied retain
	// author string true
	// public bool true
	// ticket_id string true
}

func ExampleBucket() {
	fmt.Println(event.Bucket("foobar"))
	// Output: 96
}

func ExampleProps() {
	p := event.NewProps(event.String("plan", "pro"), event.Int("amount", 4900))
	amount, ok := p.Int("amount")
	fmt.Println(amount, ok)
	_, ok = p.Int("plan")
	fmt.Println(ok)
	// Output:
	// 4900 true
	// false
}
