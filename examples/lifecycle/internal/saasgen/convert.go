package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// plan is what an account subscribes to.
type plan struct {
	name  string
	cents int64 // a month
}

func plans() []weighted[plan] {
	return []weighted[plan]{{55, plan{"starter", 2900}}, {33, plan{"team", 9900}}, {12, plan{"business", 29900}}}
}

// upgrade returns the next larger plan, and the same at the top.
func (p plan) upgrade() plan {
	list := plans()
	for i, choice := range list[:len(list)-1] {
		if choice.value == p {
			return list[i+1].value
		}
	}
	return p
}

// signUp registers a visitor, who starts a trial and perhaps buys.
func (c *company) signUp(visitor person, at time.Time) {
	who := visitor
	who.user, who.account = c.id("u"), c.id("a")
	plan := pick(c.dice, plans())
	record(c, who, at, event.SignedUp{Type: "organic", Method: pick(c.dice, []weighted[string]{{70, "password"}, {30, "sso"}})})
	who.anonymous, who.session = "", ""
	active := c.onboard(who, at)
	c.correspond(who, at)

	started := at.Add(c.between(time.Minute, 2*time.Hour))
	const length = 14 * day
	record(c, who, started, event.TrialStarted{
		Plan: plan.name, TrialStart: started, TrialEnd: started.Add(length), CardRequired: event.Some(false),
	})
	buys := c.chance(9)
	if active {
		buys = c.chance(56)
	}
	ended := started.Add(length)
	record(c, who, ended, event.TrialEnded{Converted: event.Some(buys), Plan: plan.name})
	if buys {
		c.buy(&account{person: who, plan: plan}, ended.Add(c.between(time.Second, time.Minute)))
	}
	if active {
		c.interview(who, at.Add(30*day))
	}
}

// negotiate is a deal of the sales team, from the first talk to the signature or the no.
func (c *company) negotiate(at time.Time) {
	who := person{account: c.id("a"), region: pick(c.dice, regions())}
	id := c.id("opp")
	amount := event.Some(int64(200000 + 10000*c.below(120)))
	record(c, who, at, event.OpportunityCreated{Stage: "discovery", OpportunityID: id, Amount: amount, Currency: currency})
	at = at.Add(c.between(3*day, 20*day))
	record(c, who, at, event.OpportunityStageChanged{Stage: "proposal", OpportunityID: id, Amount: amount, Currency: currency})
	won := c.chance(34)
	closed := event.OpportunityClosed{Stage: "lost", OpportunityID: id, Amount: amount, Currency: currency, Won: event.Some(won)}
	if won {
		closed.Stage = "won"
	} else {
		closed.Reason = pick(c.dice, []weighted[string]{{40, "price"}, {35, "no decision"}, {25, "competitor"}})
	}
	record(c, who, at.Add(c.between(4*day, 45*day)), closed)
}
