package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// collect takes the payment of a month. It reports whether the account stays.
func (c *company) collect(a *account, at time.Time) bool {
	invoice := c.id("inv")
	pay := func(at time.Time, attempt int64) {
		record(c, a.billing(), at, event.PaymentSucceeded{
			Amount: a.plan.cents, Currency: currency, SubscriptionID: a.subscription, InvoiceID: invoice, Attempt: event.Some(attempt),
		})
	}
	if !c.chance(11) {
		pay(at, 1)
		return true
	}
	for attempt := int64(1); attempt <= 3; attempt++ {
		record(c, a.billing(), at, event.PaymentFailed{
			Amount: a.plan.cents, Currency: currency, SubscriptionID: a.subscription, InvoiceID: invoice,
			Attempt: event.Some(attempt), Reason: pick(c.dice, []weighted[string]{{60, "card declined"}, {40, "card expired"}}),
		})
		at = at.Add(4 * day)
		if c.chance(34) {
			record(c, a.billing(), at, event.PaymentRecovered{
				Amount: a.plan.cents, Currency: currency, SubscriptionID: a.subscription, InvoiceID: invoice, Attempt: event.Some(attempt + 1),
			})
			pay(at, attempt+1)
			return true
		}
	}
	record(c, a.billing(), at.Add(2*day), event.SubscriptionCancelled{
		SubscriptionID: a.subscription, Reason: "payment", Voluntary: event.Some(false),
	})
	return false
}

// leave gives notice; the subscription ends with the month that is paid for.
func (c *company) leave(a *account, notice, end time.Time) {
	reason := pick(c.dice, []weighted[string]{{40, "too expensive"}, {35, "missing feature"}, {25, "project over"}})
	if !end.Before(closing) {
		end = closing.Add(-time.Second) // The log does not know the future.
	}
	if notice.After(end) {
		return
	}
	recordAhead(c, a.billing(), notice, end, event.SubscriptionCancellationRequested{
		SubscriptionID: a.subscription, Reason: reason, Voluntary: event.Some(true),
	})
	record(c, a.billing(), end, event.SubscriptionCancelled{
		SubscriptionID: a.subscription, Reason: reason, Voluntary: event.Some(true),
	})
}
