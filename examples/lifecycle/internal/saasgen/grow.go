package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// account is a paying customer.
type account struct {
	person       // who bought
	plan         plan
	subscription string
}

// billing is the account as such, without a user.
func (a *account) billing() person { return person{account: a.account, region: a.region} }

func (a *account) items() []event.SubscriptionItem {
	return []event.SubscriptionItem{{ItemID: a.subscription, Plan: a.plan.name, Amount: a.plan.cents, Interval: "month"}}
}

// buy turns a trial into a customer and follows the subscription month by month.
func (c *company) buy(a *account, at time.Time) {
	a.subscription = c.id("sub")
	record(c, a.billing(), at, event.AccountCreated{Plan: a.plan.name})
	record(c, a.billing(), at, event.SubscriptionStarted{
		SubscriptionID: a.subscription, Currency: currency, Items: a.items(),
	})
	c.welcomeReferred(a, at)
	for month := at; month.Before(closing); month = month.Add(30 * day) {
		if !c.collect(a, month) || !c.live(a, month) {
			return
		}
	}
}

// live is a month in the life of an account. It reports whether there is another.
func (c *company) live(a *account, from time.Time) bool {
	sometime := func() time.Time { return from.Add(c.between(day, 29*day)) }
	if c.chance(46) {
		c.askForHelp(a.person, sometime())
	}
	for c.chance(54) {
		c.shop(a, sometime())
	}
	if c.chance(22) {
		c.invite(a, sometime())
	}
	if at := sometime(); c.chance(20) && at.After(referralsSince) {
		c.recommend(a, at)
	}
	if larger := a.plan.upgrade(); c.chance(6) && larger != a.plan {
		a.plan = larger
		record(c, a.billing(), sometime(), event.SubscriptionUpdated{
			SubscriptionID: a.subscription, Currency: currency, Items: a.items(),
		})
	}
	if c.chance(4) {
		c.leave(a, sometime(), from.Add(30*day))
		return false
	}
	return true
}

// product is an extra beside the subscription.
type product struct {
	id    string
	cents int64
}

func products() []weighted[product] {
	return []weighted[product]{{50, product{"templates", 1900}}, {30, product{"workshop", 14900}}, {20, product{"integration", 4900}}}
}

// shop fills a cart with extras such as templates and training, and perhaps buys them.
func (c *company) shop(a *account, at time.Time) {
	cart := c.id("cart")
	amount, quantity := int64(0), int64(0)
	for range 1 + c.below(2) {
		product := pick(c.dice, products())
		n := int64(1 + c.below(4)/2)
		amount, quantity = amount+n*product.cents, quantity+n
		record(c, a.person, at, event.ProductAdded{
			ProductID: product.id, Price: event.Some(product.cents), Currency: currency, Quantity: event.Some(n), CartID: cart,
		})
		at = at.Add(c.between(20*time.Second, 10*time.Minute))
	}
	if !c.chance(58) {
		return
	}
	order := c.id("o")
	record(c, a.person, at, event.OrderCompleted{
		OrderID: order, Amount: amount, Currency: currency, Quantity: event.Some(quantity), CartID: cart,
	})
	if c.chance(8) {
		if c.chance(40) {
			amount /= 2
		}
		record(c, a.person, at.Add(c.between(day, 12*day)), event.OrderRefunded{OrderID: order, Amount: amount, Currency: currency, Reason: "not needed"})
	}
}

// recommend sends a recommendation; whoever converts next may be its fruit.
func (c *company) recommend(a *account, at time.Time) {
	record(c, a.person, at, event.ReferralSent{ReferrerID: a.user})
	c.waiting = append(c.waiting, a)
}

// welcomeReferred credits a new account to the longest waiting recommendation.
func (c *company) welcomeReferred(a *account, at time.Time) {
	if len(c.waiting) == 0 || at.Before(referralsSince) || !c.chance(35) {
		return
	}
	referrer := c.waiting[0]
	c.waiting = c.waiting[1:]
	record(c, a.billing(), at, event.ReferralConverted{ReferrerID: referrer.user, Referee: a.account})
}
