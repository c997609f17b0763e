package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// ruleText says, for the legend, what counts as having reached a stage.
func ruleText(s stage.Stage) string {
	switch s {
	case stage.Attract:
		return "page_viewed, session_started, touchpoint_recorded, brochure_downloaded, lead_generated"
	case stage.Convert:
		return "lead_qualified, lead_converted, signed_up, trial_started, opportunity_created, product_added, checkout_started"
	case stage.Onboard:
		return "the first commitment: subscription_started, payment_succeeded, order_completed, opportunity_closed when won"
	case stage.Retain:
		return "activated, counted from the commitment on; or subscription_renewed"
	case stage.Grow:
		return "subscription_updated to a higher price; once committed, referral_sent, or order_completed on top of a subscription, deal or order"
	case stage.Exit:
		return "subscription_cancelled and none left; once committed, account_deleted"
	}
	return ""
}

// climber is what is known of one customer so far.
type climber struct {
	at        [1 + stage.Exit]visits
	activated bool
	bought    bool             // a subscription, a deal or an order
	prices    map[string]price // of the subscriptions that go on; 0 where it is not known
}

// visits are the first and the last time a customer reached a stage.
type visits struct {
	reached     bool
	first, last time.Time
}

func (c *climber) reach(s stage.Stage, at time.Time) {
	v := &c.at[s]
	if !v.reached {
		v.reached, v.first = true, at
	}
	v.last = at
}

// commit is the entry to onboard, which there is one of.
func (c *climber) commit(at time.Time) {
	if c.committed() {
		return
	}
	c.reach(stage.Onboard, at)
	if c.activated {
		c.reach(stage.Retain, at)
	}
}

func (c *climber) committed() bool { return c.at[stage.Onboard].reached }

// count takes the next event of the customer, in the order of time.
func (c *climber) count(e *event.Event) {
	at := e.Effective()
	switch e.Name {
	case "page_viewed", "session_started", "touchpoint_recorded", "brochure_downloaded", "lead_generated":
		c.reach(stage.Attract, at)
	case "lead_qualified", "lead_converted", "signed_up", "trial_started", "opportunity_created", "product_added", "checkout_started":
		c.reach(stage.Convert, at)
	case "payment_succeeded":
		c.commit(at)
	case "opportunity_closed":
		if p, err := event.As[event.OpportunityClosed](e); err == nil && isTrue(p.Won) {
			c.commit(at)
			c.bought = true
		}
	case "order_completed":
		if c.bought {
			c.reach(stage.Grow, at)
		}
		c.commit(at)
		c.bought = true
	case "activated":
		c.activated = true
		if c.committed() && !c.at[stage.Retain].reached {
			c.reach(stage.Retain, at)
		}
	case "referral_sent":
		if c.committed() {
			c.reach(stage.Grow, at)
		}
	case "account_deleted":
		if c.committed() {
			c.reach(stage.Exit, at)
		}
	default:
		c.countSubscription(e, at)
	}
}

// countSubscription takes an event of a subscription.
func (c *climber) countSubscription(e *event.Event, at time.Time) {
	switch e.Name {
	case "subscription_started":
		if p, err := event.As[event.SubscriptionStarted](e); err == nil {
			c.commit(at)
			c.bought = true
			c.setPrice(p.SubscriptionID, newPrice(p.Currency, p.Items))
		}
	case "subscription_updated":
		if p, err := event.As[event.SubscriptionUpdated](e); err == nil {
			now := newPrice(p.Currency, p.Items)
			if now.above(c.prices[p.SubscriptionID]) {
				c.reach(stage.Grow, at)
			}
			c.setPrice(p.SubscriptionID, now)
		}
	case "subscription_renewed":
		c.reach(stage.Retain, at)
	case "subscription_cancelled":
		if p, err := event.As[event.SubscriptionCancelled](e); err == nil {
			if delete(c.prices, p.SubscriptionID); len(c.prices) == 0 {
				c.reach(stage.Exit, at)
			}
		}
	}
}

func (c *climber) setPrice(subscription string, p price) {
	if c.prices == nil {
		c.prices = map[string]price{}
	}
	c.prices[subscription] = p
}

func isTrue(b event.Optional[bool]) bool {
	v, ok := b.Get()
	return ok && v
}
