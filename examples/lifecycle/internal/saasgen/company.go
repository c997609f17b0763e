package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// The log lies in [opening, closing).
var (
	opening = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	closing = time.Date(2025, 9, 18, 0, 0, 0, 0, time.UTC)

	// Programmes that began later, so that the first quarter lacks their metrics.
	surveysSince   = time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC)
	referralsSince = time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)
)

const (
	day      = 24 * time.Hour
	currency = "USD"
	seed     = 20250101
)

// company is the simulated business. Everything happens in the order of the code, not of
// time; arrivals sorts it out.
type company struct {
	dice
	came    []arrival
	ids     map[string]int
	waiting []*account // who recommended us and has not yet brought anybody
}

// arrival is an event and when it came in.
type arrival struct {
	event event.Event
	at    time.Time
}

func newCompany() *company {
	return &company{dice: dice{rand.NewPCG(seed, 0)}, ids: map[string]int{}}
}

// run simulates day by day whom the company meets; what follows from it is put into the
// log ahead of time.
func (c *company) run() {
	for today := opening; today.Before(closing); today = today.Add(day) {
		if today.Weekday() == time.Monday {
			c.advertise(today)
		}
		growth := int(today.Sub(opening)/day) / 150
		for range 1 + growth + c.below(8)/3 {
			c.visit(today.Add(c.between(6*time.Hour, 22*time.Hour)))
		}
		if today.Weekday() != time.Saturday && today.Weekday() != time.Sunday && c.chance(35) {
			c.negotiate(today.Add(c.between(8*time.Hour, 17*time.Hour)))
		}
	}
}

// id returns the next id that begins with a prefix.
func (c *company) id(prefix string) string {
	c.ids[prefix]++
	return fmt.Sprintf("%s%d", prefix, c.ids[prefix])
}

// person is who an event is about.
type person struct {
	user, anonymous, account, session string
	region                            string
	test                              bool
}

// record puts an event into the log. Some events come late, and some come twice.
func record[P any, PP event.Payload[P]](c *company, who person, at time.Time, payload P) {
	recordAhead[P, PP](c, who, at, time.Time{}, payload)
}

// recordAhead records an event that takes effect later.
func recordAhead[P any, PP event.Payload[P]](c *company, who person, at, effective time.Time, payload P) {
	if at.Before(opening) || !at.Before(closing) {
		return
	}
	e := event.New[P, PP](event.Event{
		ID:            c.id("e"),
		Source:        "generated",
		Time:          at,
		EffectiveTime: effective,
		UserID:        who.user,
		AnonymousID:   who.anonymous,
		AccountID:     who.account,
		SessionID:     who.session,
		Test:          who.test,
		Props:         event.NewProps(event.String("region", who.region)),
	}, payload)
	if err := event.Check(&e); err != nil {
		panic(err) // A mistake in this program.
	}
	came := at
	if c.chance(3) {
		came = at.Add(c.between(time.Hour, 3*day))
		e.RecordedTime = came
	}
	c.came = append(c.came, arrival{e, came})
	if c.chance(2) {
		c.came = append(c.came, arrival{e, came.Add(c.between(time.Second, 2*day))})
	}
}

// arrivals returns the log in the order in which it was written: what came in after the
// end is not in it.
func (c *company) arrivals() []arrival {
	log := slices.DeleteFunc(slices.Clone(c.came), func(a arrival) bool { return !a.at.Before(closing) })
	slices.SortStableFunc(log, func(a, b arrival) int { return a.at.Compare(b.at) })
	return log
}
