package main

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// correspond sends the messages of the first weeks and then a newsletter a month, until
// somebody unsubscribes or a message bounces for good.
func (c *company) correspond(who person, since time.Time) {
	for _, after := range []time.Duration{day, 4 * day, 10 * day, 30 * day, 60 * day, 90 * day} {
		campaign := "newsletter"
		if after < 30*day {
			campaign = "welcome"
		}
		if !c.send(who, since.Add(after+c.between(0, 3*time.Hour)), campaign) {
			return
		}
	}
}

// send sends one message. It reports whether there may be another.
func (c *company) send(who person, at time.Time, campaign string) bool {
	id := c.id("m")
	record(c, who, at, event.EmailSent{MessageID: id, CampaignID: campaign})
	at = at.Add(c.between(time.Second, time.Minute))
	if c.chance(3) {
		kind := pick(c.dice, []weighted[string]{{40, "hard"}, {60, "soft"}})
		record(c, who, at, event.EmailBounced{MessageID: id, CampaignID: campaign, BounceType: kind})
		return kind == "soft"
	}
	if c.chance(22) { // A mail client that fetches the images of every message.
		record(c, who, at.Add(c.between(time.Second, time.Minute)), event.EmailOpened{MessageID: id, CampaignID: campaign, Machine: event.Some(true)})
	}
	if !c.chance(36) {
		return true
	}
	for range 1 + c.below(5)/4 { // Some read it twice.
		at = at.Add(c.between(time.Minute, 20*time.Hour))
		record(c, who, at, event.EmailOpened{MessageID: id, CampaignID: campaign, Machine: event.Some(false)})
	}
	if c.chance(28) {
		record(c, who, at.Add(c.between(time.Second, 3*time.Minute)), event.EmailLinkClicked{MessageID: id, CampaignID: campaign})
	}
	if c.chance(3) {
		record(c, who, at.Add(c.between(time.Second, 3*time.Minute)), event.Unsubscribed{MessageID: id, ListID: campaign})
		return false
	}
	return true
}

// askForHelp is one support case.
func (c *company) askForHelp(who person, at time.Time) {
	id := c.id("t")
	record(c, who, at, event.TicketCreated{
		TicketID: id, Channel: pick(c.dice, []weighted[string]{{60, "email"}, {40, "chat"}}),
		Priority: pick(c.dice, []weighted[string]{{70, "normal"}, {20, "low"}, {10, "urgent"}}), Author: "customer",
	})
	if c.chance(30) { // Neither of these is a response.
		record(c, who, at.Add(c.between(time.Second, 30*time.Second)), event.TicketReplied{TicketID: id, Author: "bot", Public: true})
	}
	if c.chance(20) {
		record(c, who, at.Add(c.between(time.Minute, 5*time.Minute)), event.TicketReplied{TicketID: id, Author: "agent", Public: false})
	}
	if c.chance(4) {
		return // Nobody answered.
	}
	at = at.Add(c.between(6*time.Minute, pick(c.dice, []weighted[time.Duration]{{60, 3 * time.Hour}, {40, 26 * time.Hour}})))
	record(c, who, at, event.TicketReplied{TicketID: id, Author: "agent", Public: true})
	if c.chance(11) {
		at = at.Add(c.between(time.Hour, 8*time.Hour))
		record(c, who, at, event.TicketEscalated{TicketID: id, Tier: "second"})
	}
	at = at.Add(c.between(time.Hour, 4*day))
	record(c, who, at, event.TicketSolved{TicketID: id})
	if c.chance(25) {
		record(c, who, at.Add(c.between(time.Minute, day)), event.SurveyAnswered{
			SurveyID: "after-ticket", Type: "csat", Score: decimal.NewFromInt(int64(3 + c.below(3))),
			ScaleMin: event.Some[int64](1), ScaleMax: event.Some[int64](5), TicketID: id,
		})
	}
}

// interview asks whether somebody would recommend us.
func (c *company) interview(who person, at time.Time) {
	if at.Before(surveysSince) {
		return
	}
	id := c.id("r")
	record(c, who, at, event.SurveyRequested{SurveyID: "nps-2025", ResponseID: id, Type: "nps"})
	if !c.chance(58) {
		return
	}
	score := pick(c.dice, []weighted[int]{{4, 2}, {4, 4}, {4, 5}, {6, 6}, {16, 7}, {20, 8}, {24, 9}, {22, 10}})
	record(c, who, at.Add(c.between(time.Minute, 6*day)), event.SurveyAnswered{
		SurveyID: "nps-2025", Type: "nps", Score: decimal.NewFromInt(int64(score)), ResponseID: id,
		ScaleMin: event.Some[int64](0), ScaleMax: event.Some[int64](10),
	})
}
