package main

import (
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func regions() []weighted[string] {
	return []weighted[string]{{45, "americas"}, {38, "europe"}, {17, "apac"}}
}

// advertise books the media spend of a week, by region and channel.
func (c *company) advertise(monday time.Time) {
	for _, region := range regions() {
		for _, channel := range []struct {
			name      string
			cents     int // a week in the largest region
			perMille  int // cents for a thousand impressions
			clickRate int // clicks for ten thousand impressions
		}{
			{"search", 240, 4200, 210},
			{"social", 50, 900, 60},
		} {
			cents := (channel.cents + c.below(120)) * region.weight / 45
			impressions := cents * 1000 / channel.perMille
			clicks := (impressions*(channel.clickRate+c.below(60)) + 5000) / 10000
			record(c, person{region: region.value}, monday.Add(7*day-time.Second), event.AdSpendRecorded{
				Channel:     channel.name,
				Amount:      int64(cents),
				Currency:    currency,
				PeriodStart: monday,
				PeriodEnd:   monday.Add(7 * day),
				Impressions: event.Some(int64(impressions)),
				Clicks:      event.Some(int64(clicks)),
			})
		}
	}
}

// visit is one session on the web site, of somebody not known yet.
func (c *company) visit(at time.Time) {
	who := person{anonymous: c.id("v"), session: c.id("s"), region: pick(c.dice, regions()), test: c.chance(2)}
	paths := []string{"/", "/features", "/pricing", "/customers", "/signup"}
	pages := pick(c.dice, []weighted[int]{{46, 1}, {28, 2}, {15, 3}, {7, 4}, {4, 5}})
	now := at
	for i := range pages {
		viewed := event.PageViewed{Path: paths[i]}
		if i == 0 {
			viewed.UTMSource = pick(c.dice, []weighted[string]{{40, "search"}, {25, "social"}, {10, "newsletter"}, {25, ""}})
		}
		record(c, who, now, viewed)
		now = now.Add(c.between(8*time.Second, 3*time.Minute))
	}
	engaged := pages >= 2 || now.Sub(at) >= 10*time.Second && c.chance(30)
	record(c, who, now, event.SessionEnded{Engaged: event.Some(engaged), PageViews: event.Some(int64(pages))})
	if !engaged || who.test {
		return
	}
	if c.chance(18) {
		record(c, who, now, event.BrochureDownloaded{Brochure: "buyers-guide"})
	}
	if c.chance(42) {
		c.signUp(who, now.Add(c.between(time.Minute, 10*time.Minute)))
	}
}
