package main

import (
	"cmp"
	"slices"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// mountain is how many customers climbed each stage and where they dropped off.
type mountain struct {
	Log       logLine   `json:"log"`
	Customers int       `json:"customers"`       // who reached at least one of the five stages of the climb
	NoStage   int       `json:"at_no_stage"`     // in the log, but without an event that counts
	Levels    []level   `json:"stages"`          // the five of the climb
	Exit      exitLevel `json:"exit"`            // no stage of the climb
	Paths     []path    `json:"stages_and_gaps"` // the stages that customers reached, whatever the order
}

// logLine says what was counted.
type logLine struct {
	Name       string `json:"name"`
	From       string `json:"from"` // days of the first and the last event, UTC
	Through    string `json:"through"`
	Events     int    `json:"events"`
	Duplicates int    `json:"duplicates"`
	Tests      int    `json:"tests"`
	Pending    int    `json:"not_yet_in_effect"`
	Refused    int    `json:"lines_refused"`
}

// level is one stage of the climb. Those who reached it are the sum of ClimbedOn, Skipped,
// Before and Stopped.
type level struct {
	Stage   stage.Stage `json:"stage"`
	Rule    string      `json:"rule"`
	Reached int         `json:"reached"` // ever

	// NotAfter of them were not in the stage before, at the same time or earlier; 0 for the first.
	NotAfter int `json:"not_after_the_stage_before"`

	// PassedOver were never in the stage, but in a higher one of the climb.
	PassedOver int `json:"passed_over"`

	ClimbedOn int    `json:"climbed_on"` // to the next stage, at the same time or later
	Skipped   int    `json:"skipped_the_next"`
	Before    int    `json:"had_been_higher_before"`
	Stopped   int    `json:"went_no_further"`
	Left      int    `json:"of_whom_left"` // of Stopped: exit too
	Rate      string `json:"climbed_on_percent,omitzero"`
}

// exitLevel is the way down.
type exitLevel struct {
	Rule      string `json:"rule"`
	Reached   int    `json:"reached"`   // ever, the sum of Left of all levels and Unseen
	Unseen    int    `json:"unseen"`    // of whom no stage of the climb is in the log
	Committed int    `json:"committed"` // of Reached: those whose commitment is in the log
	Rate      string `json:"percent_of_committed,omitzero"`
}

// path is a set of stages and how many customers reached exactly these.
type path struct {
	Stages    []stage.Stage `json:"stages"`
	Gaps      []stage.Stage `json:"gaps"` // left out below the highest of the climb
	Customers int           `json:"customers"`
}

// climbing are the stages that lead upwards.
var climbing = [...]stage.Stage{stage.Attract, stage.Convert, stage.Onboard, stage.Retain, stage.Grow}

// newMountain counts a log.
func newMountain(l *climbLog) mountain {
	m := mountain{Log: logLine{
		Name: l.source, From: l.start.Format("2006-01-02"), Through: l.end.Format("2006-01-02"),
		Events: len(l.events), Duplicates: l.duplicates, Tests: l.tests, Pending: l.pending,
	}}
	for _, b := range l.bad {
		m.Log.Refused += b.count
	}
	m.Exit.Rule = ruleText(stage.Exit)
	for _, s := range climbing {
		m.Levels = append(m.Levels, level{Stage: s, Rule: ruleText(s)})
	}
	paths := map[stage.Set]int{}
	for _, c := range climbers(l.events) {
		m.add(c)
		paths[c.stages()]++
	}
	m.finish(paths)
	return m
}

// climbers follows each customer through the log.
func climbers(events []event.Event) map[identity]*climber {
	ids := newIdentities(events)
	all := map[identity]*climber{}
	for i := range events {
		who, ok := ids.customer(&events[i])
		if !ok {
			continue // Such as ad spend, which is no customer's.
		}
		c := all[who]
		if c == nil {
			c = &climber{}
			all[who] = c
		}
		c.count(&events[i])
	}
	return all
}

// stages returns the stages that the customer ever reached.
func (c *climber) stages() stage.Set {
	var reached []stage.Stage
	for s := range stage.All() {
		if c.at[s].reached {
			reached = append(reached, s)
		}
	}
	return stage.SetOf(reached...)
}

// highest returns the highest stage of the climb reached, and 0 if there is none.
func (c *climber) highest() stage.Stage {
	for _, s := range slices.Backward(climbing[:]) {
		if c.at[s].reached {
			return s
		}
	}
	return 0
}

// afterwards reports whether the customer was in stage a, and in b at the same time or later.
func (c *climber) afterwards(a, b stage.Stage) bool {
	return c.at[a].reached && c.at[b].reached && !c.at[b].last.Before(c.at[a].first)
}

// add counts one customer.
func (m *mountain) add(c *climber) {
	highest, left := c.highest(), c.at[stage.Exit].reached
	if left {
		m.Exit.Reached++
		if c.committed() {
			m.Exit.Committed++
		}
	}
	switch {
	case highest != 0:
		m.Customers++
	case left:
		m.Exit.Unseen++
	default:
		m.NoStage++
	}
	for i := range m.Levels {
		switch s := m.Levels[i].Stage; {
		case c.at[s].reached:
			m.Levels[i].add(c, s, highest, left)
		case s < highest:
			m.Levels[i].PassedOver++
		}
	}
}

// add counts a customer who reached stage s.
func (l *level) add(c *climber, s, highest stage.Stage, left bool) {
	l.Reached++
	if s > stage.Attract && !c.afterwards(s-1, s) {
		l.NotAfter++
	}
	higher := slices.ContainsFunc(climbing[:], func(h stage.Stage) bool { return h > s && c.afterwards(s, h) })
	switch {
	case s == highest:
		l.Stopped++
		if left {
			l.Left++
		}
	case c.afterwards(s, s+1):
		l.ClimbedOn++
	case higher:
		l.Skipped++
	default:
		l.Before++
	}
}

// finish computes the rates and lists the paths, the most frequent first.
func (m *mountain) finish(paths map[stage.Set]int) {
	for i := range m.Levels[:len(m.Levels)-1] {
		m.Levels[i].Rate = percent(m.Levels[i].ClimbedOn, m.Levels[i].Reached)
	}
	m.Exit.Rate = percent(m.Exit.Committed, m.level(stage.Onboard).Reached)
	m.Paths = []path{}
	for set, n := range paths {
		if set.Len() > 0 {
			m.Paths = append(m.Paths, path{Stages: listOf(set), Gaps: gaps(set), Customers: n})
		}
	}
	slices.SortFunc(m.Paths, func(a, b path) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), slices.Compare(a.Stages, b.Stages))
	})
}

func (m *mountain) level(s stage.Stage) *level { return &m.Levels[s-stage.Attract] }

// gaps returns the stages of the climb below the highest of a set that are not in it.
func gaps(set stage.Set) []stage.Stage {
	list := []stage.Stage{}
	for _, s := range climbing {
		above := slices.ContainsFunc(climbing[:], func(h stage.Stage) bool { return h > s && set.Has(h) })
		if above && !set.Has(s) {
			list = append(list, s)
		}
	}
	return list
}
