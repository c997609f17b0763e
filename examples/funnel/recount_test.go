package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The numbers of the sample, counted again by loops that share nothing with the program
// but the lines: who is who, furthest attempts, open ones, medians, activation by week.

// line is what the recount reads of a message.
type line struct {
	Type, Event, MessageID, AnonymousID, UserID string
	Timestamp, ReceivedAt                       time.Time
	Context                                     struct{ Campaign struct{ Source string } }
}

// did is one thing that a person did.
type did struct {
	what, source string
	at           time.Time
}

// recount returns what each person did, in order, and the end of the log.
func recount(t *testing.T) (map[string][]did, time.Time) {
	t.Helper()
	_, text, _ := funnelOf("", "-print-sample")
	var lines []line
	var end time.Time
	seen := map[string]bool{}
	for s := range strings.Lines(text) {
		var l line
		if json.Unmarshal([]byte(s), &l) != nil || l.Timestamp.IsZero() || l.AnonymousID+l.UserID == "" || l.Type == "delete" {
			continue
		}
		if l.ReceivedAt.After(end) {
			end = l.ReceivedAt
		}
		if !seen[l.MessageID] {
			seen[l.MessageID] = true
			lines = append(lines, l)
		}
	}
	people := map[string][]did{}
	for _, l := range lines {
		person := l.UserID
		for _, other := range lines { // slow, and plain
			if person != "" {
				break
			}
			if other.AnonymousID == l.AnonymousID {
				person = other.UserID
			}
		}
		if person == "" {
			person = l.AnonymousID
		}
		what := l.Event
		if l.Type == "page" {
			what = "page"
		}
		people[person] = append(people[person], did{what, l.Context.Campaign.Source, l.Timestamp})
	}
	for _, list := range people {
		slices.SortStableFunc(list, func(a, b did) int { return a.at.Compare(b.at) })
	}
	return people, end.Truncate(time.Second).Add(time.Second)
}

// best returns the earliest attempt that gets furthest, and whether one is under way.
func best(list []did, steps []string, window time.Duration, end time.Time) (attempt []did, open bool) {
	for i, first := range list {
		if first.what != steps[0] {
			continue
		}
		open = open || end.Sub(first.at) <= window
		try := []did{first}
		for _, d := range list[i+1:] {
			if len(try) < len(steps) && d.what == steps[len(try)] && d.at.Sub(first.at) <= window {
				try = append(try, d)
			}
		}
		if len(try) > len(attempt) {
			attempt = try
		}
	}
	return attempt, open && len(attempt) < len(steps)
}

// middle returns the median in seconds, "" for none.
func middle(times []time.Duration) string {
	if len(times) == 0 {
		return ""
	}
	slices.Sort(times)
	n := len(times)
	twice := (times[(n-1)/2] + times[n/2]) / time.Second
	if twice%2 == 1 {
		return fmt.Sprintf("%d.5", twice/2)
	}
	return fmt.Sprint(int64(twice / 2))
}

func TestRecountOfTheFunnel(t *testing.T) {
	people, end := recount(t)
	steps := []string{"page", "Signed Up", "Report Created", "Trial Started", "Subscription Started"}
	type counts struct {
		reached, lost, open [5]int
		times               [5][]time.Duration
	}
	groups := map[string]*counts{}
	count := func(group string, attempt []did, open bool) {
		c := groups[group]
		if c == nil {
			c = new(counts)
			groups[group] = c
		}
		for i := range attempt {
			c.reached[i]++
			if i > 0 {
				c.times[i] = append(c.times[i], attempt[i].at.Sub(attempt[i-1].at))
			}
		}
		switch level := len(attempt); {
		case open:
			c.open[level-1]++
		case level < len(steps):
			c.lost[level-1]++
		}
	}
	for _, list := range people {
		attempt, open := best(list, steps, 21*24*time.Hour, end)
		if len(attempt) == 0 {
			continue
		}
		source := ""
		for _, d := range attempt {
			if source == "" {
				source = d.source
			}
		}
		count("all/", attempt, open)
		count("group/"+source, attempt, open)
	}
	rows := table(t, "funnel")
	for _, row := range rows {
		c, i := groups[row[0]+"/"+row[1]], int(row[2][0]-'1')
		if c == nil {
			t.Fatalf("no group %q", row[1])
		}
		want := fmt.Sprint(c.reached[i], c.lost[i], c.open[i], " ", middle(c.times[i]))
		if got := strings.Join(row[4:7], " ") + " " + row[9]; got != want {
			t.Errorf("%s %q step %s: %s, counted again %s", row[0], row[1], row[2], got, want)
		}
	}
	if len(rows) != 5*len(groups) || len(groups) != 5 {
		t.Errorf("%d rows of %d groups", len(rows), len(groups))
	}
}

func TestRecountOfActivation(t *testing.T) {
	people, end := recount(t)
	const within = 7 * 24 * time.Hour
	type counts struct {
		started, activated, open int
		times                    []time.Duration
	}
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // of week 2
	weeks := make([]counts, 9)
	for _, list := range people {
		var start time.Time
		created, shared, done := 0, 0, false
		for _, d := range list {
			if start.IsZero() && d.what == "Signed Up" {
				start = d.at
				weeks[start.Sub(monday)/within].started++
			}
			if start.IsZero() || d.at.Sub(start) > within {
				continue
			}
			switch d.what {
			case "Report Created":
				created++
			case "Report Shared":
				shared++
			}
			if !done && created >= 3 && shared >= 1 {
				done = true
				w := &weeks[start.Sub(monday)/within]
				w.activated++
				w.times = append(w.times, d.at.Sub(start))
			}
		}
		if !start.IsZero() && !done && end.Sub(start) <= within {
			weeks[start.Sub(monday)/within].open++
		}
	}
	rows := table(t, "cohorts")
	for i, row := range rows {
		w := weeks[i]
		mature := !end.Before(monday.Add(time.Duration(i+2) * within)) // end of the week, and a week
		median := ""
		if mature {
			median = middle(w.times)
		}
		want := fmt.Sprintf("2026-W%02d,%v,%d,%d,%d %s", i+2, mature, w.started, w.activated, w.open, median)
		if got := strings.Join(row[:5], ",") + " " + row[8]; got != want {
			t.Errorf("cohort %d: %s, counted again %s", i, got, want)
		}
	}
	if len(rows) != len(weeks) {
		t.Errorf("%d cohorts, want %d", len(rows), len(weeks))
	}
}
