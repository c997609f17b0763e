package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// onboard leads a new user to the first result, or fails to.
func (c *company) onboard(who person, signedUp time.Time) (active bool) {
	now := signedUp.Add(c.between(time.Minute, 20*time.Minute))
	record(c, who, now, event.OnboardingStarted{Flow: "first-project"})
	for i, step := range []string{"create-project", "import-data", "invite-colleague"} {
		if !c.chance(86 - 6*i) {
			return false
		}
		now = now.Add(c.between(5*time.Minute, 50*time.Hour))
		record(c, who, now, event.OnboardingStepCompleted{Step: step, Flow: "first-project", Index: event.Some(int64(i + 1))})
	}
	record(c, who, now, event.OnboardingCompleted{Flow: "first-project"})
	record(c, who, now.Add(c.between(time.Minute, 12*time.Hour)), event.Activated{Milestone: "first report shared"})
	return true
}

// invite brings a colleague of a customer into the product.
func (c *company) invite(a *account, at time.Time) {
	colleague := a.person
	colleague.user = c.id("u")
	record(c, a.person, at, event.InviteSent{Role: "member", Invitee: colleague.user})
	if !c.chance(70) {
		return
	}
	at = at.Add(c.between(10*time.Minute, 3*day))
	record(c, colleague, at, event.SignedUp{Type: "invited", Method: "password"})
	c.correspond(colleague, at)
	if c.onboard(colleague, at) {
		c.interview(colleague, at.Add(30*day))
	}
}
