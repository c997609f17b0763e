package funnel_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// The reference works on whole events, tries every start on its own and shares nothing with
// the package: it is slow and follows the documentation of the options word by word.

// fact is an event as the reference sees it.
type fact struct {
	at       time.Time
	steps    map[int]bool // from 1
	excluded map[int]bool // numbers of exclusions, from 0
	held     string
	split    string
}

// outcome is an attempt as the reference finds it.
type outcome struct {
	start   int   // fact
	steps   []int // facts that were the steps
	void    bool
	removed bool
	over    bool // ended or converted: no later fact can change it
	next    int
	at      []time.Time
	split   string
	held    string
	open    bool
}

func (o *outcome) level() int { return len(o.steps) }

type reference struct {
	o funnel.Options
	q funnel.Query
}

func (r *reference) window() time.Duration {
	if r.o.Window == 0 {
		return 7 * 24 * time.Hour
	}
	return r.o.Window
}

func (r *reference) any() bool {
	return r.o.Order == funnel.AnyOrder || r.o.Order == funnel.AnyAfterFirst || r.o.Order == funnel.AnyAroundFirst
}

func (r *reference) strict() bool {
	return r.o.Order == funnel.Strict || r.o.Order == funnel.StrictRepeats
}

// attempts returns what the attempts of all customers come to, by customer.
func (r *reference) attempts(events []event.Event) map[string][]outcome {
	byCustomer := make(map[string][]*event.Event)
	for i := range events {
		e := &events[i]
		if e.Test && !r.o.Test || e.Subject(r.o.Subject) == "" {
			continue
		}
		if !r.strict() && !r.means(e) {
			continue
		}
		byCustomer[e.Subject(r.o.Subject)] = append(byCustomer[e.Subject(r.o.Subject)], e)
	}
	result := make(map[string][]outcome)
	for customer, list := range byCustomer {
		if found := r.customer(distinctEvents(list)); len(found) > 0 {
			result[customer] = found
		}
	}
	return result
}

func (r *reference) means(e *event.Event) bool {
	for i := range r.o.Steps {
		if r.o.Steps[i].Match(e) {
			return true
		}
	}
	for i := range r.o.Exclusions {
		if r.o.Exclusions[i].Event.Match(e) {
			return true
		}
	}
	return false
}

// distinctEvents returns the events in order, each once.
func distinctEvents(list []*event.Event) []*event.Event {
	slices.SortFunc(list, func(a, b *event.Event) int {
		ca, cb := a.ContentHash(), b.ContentHash()
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq), a.RecordedTime.Compare(b.RecordedTime),
			strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID), strings.Compare(string(ca[:]), string(cb[:])))
	})
	seen := make(map[event.Key]bool)
	var kept []*event.Event
	for _, e := range list {
		if !seen[e.Key()] {
			seen[e.Key()] = true
			kept = append(kept, e)
		}
	}
	return kept
}

func text(e *event.Event, attribute string) string {
	v, ok := e.Props.Get(attribute)
	if !ok {
		return ""
	}
	if s, ok := v.Text(); ok {
		return s
	}
	return v.String()
}

func (r *reference) customer(events []*event.Event) []outcome {
	var facts []fact
	for _, e := range events {
		if !r.q.AsOf.IsZero() && !e.Time.Before(r.q.AsOf) {
			continue
		}
		f := fact{at: e.Time, steps: map[int]bool{}, excluded: map[int]bool{}}
		for i := range r.o.Steps {
			if r.o.Steps[i].Match(e) {
				f.steps[i+1] = true
			}
		}
		for i := range r.o.Exclusions {
			if r.o.Exclusions[i].Event.Match(e) {
				f.excluded[i] = true
			}
		}
		if len(r.o.Hold) > 0 { // the tests hold one attribute
			if f.held = text(e, r.o.Hold[0]); f.held == "" {
				f.steps = map[int]bool{}
			}
		}
		if r.o.Breakdown.Attribute != "" {
			f.split = text(e, r.o.Breakdown.Attribute)
		}
		facts = append(facts, f)
	}
	if r.o.TiesByStep {
		facts = r.tiesByStep(facts)
	}
	var all []outcome
	removed := false
	take := func(o outcome) {
		removed = removed || o.removed
		all = append(all, o)
	}
	switch r.o.Attempts {
	case funnel.EveryEntry:
		for _, held := range heldValues(facts) {
			floor := 0
			for i := 0; i < len(facts); {
				if !r.opens(&facts[i]) || facts[i].held != held && len(r.o.Hold) > 0 {
					i++
					continue
				}
				o := r.attempt(facts, i, floor)
				if r.entered(facts[i].at) {
					take(o)
				}
				i, floor = o.next, o.next
			}
		}
	case funnel.FirstEntry:
		for i := range facts {
			if r.opens(&facts[i]) && r.entered(facts[i].at) {
				take(r.attempt(facts, i, 0))
				break
			}
		}
	default:
		for i := range facts {
			if r.opens(&facts[i]) && r.entered(facts[i].at) {
				take(r.attempt(facts, i, 0))
			}
		}
	}
	if removed {
		return nil
	}
	all = slices.DeleteFunc(all, func(o outcome) bool { return o.void })
	for i := range all {
		r.describe(facts, &all[i])
	}
	if r.o.Attempts == funnel.Furthest && len(all) > 0 {
		best, open := all[0], false
		for _, o := range all {
			if o.level() > best.level() {
				best = o
			}
			open = open || o.open
		}
		best.open = open && best.level() < len(r.o.Steps)
		all = []outcome{best}
	}
	slices.SortStableFunc(all, func(a, b outcome) int { return facts[a.start].at.Compare(facts[b.start].at) })
	return all
}

func heldValues(facts []fact) []string {
	var list []string
	for i := range facts {
		if len(facts[i].steps) > 0 && !slices.Contains(list, facts[i].held) {
			list = append(list, facts[i].held)
		}
	}
	return list
}

// tiesByStep puts the facts of each instant in the order of their first steps.
func (r *reference) tiesByStep(facts []fact) []fact {
	var out []fact
	for i := 0; i < len(facts); {
		j := i
		for j < len(facts) && facts[j].at.Equal(facts[i].at) {
			j++
		}
		taken := make([]bool, j-i)
		for step := 0; step <= len(r.o.Steps); step++ {
			for k := i; k < j; k++ {
				f := facts[k]
				switch {
				case step == 0:
					if len(f.steps) == 0 {
						out = append(out, f)
					}
				case !f.steps[step]:
				case r.o.Reuse && !r.any():
					f.steps = map[int]bool{step: true}
					if taken[k-i] {
						f.excluded = nil
					}
					taken[k-i] = true
					out = append(out, f)
				case !taken[k-i]:
					taken[k-i] = true
					out = append(out, f)
				}
			}
		}
		i = j
	}
	return out
}

func (r *reference) opens(f *fact) bool {
	if r.o.Order == funnel.AnyOrder {
		return len(f.steps) > 0
	}
	return f.steps[1]
}

func (r *reference) entered(at time.Time) bool {
	return r.q.Entered.IsZero() || r.q.Entered.Contains(at)
}

// hit returns the exclusions among those of a fact that hold at a level.
func (r *reference) hit(f *fact, level int) (list []funnel.Exclusion) {
	for i, x := range r.o.Exclusions {
		if f.excluded[i] && level >= x.After && level < x.Before {
			list = append(list, x)
		}
	}
	return list
}

// attempt follows the attempt that starts at a fact.
func (r *reference) attempt(facts []fact, start, floor int) outcome {
	if r.any() {
		return r.attemptAny(facts, start, floor)
	}
	n := len(r.o.Steps)
	o := outcome{start: start, steps: []int{start}, next: len(facts), held: facts[start].held}
	is := func(i, step int) bool {
		return facts[i].steps[step] && (len(r.o.Hold) == 0 || facts[i].held == o.held)
	}
	reuse := func(i int) {
		for r.o.Reuse && !r.o.Increasing && o.level() < n && is(i, o.level()+1) {
			o.steps = append(o.steps, i)
		}
	}
	reuse(start)
	var forbidden []int // steps that make it void
	for i := start + 1; i < len(facts); i++ {
		if o.level() == n {
			o.over, o.next = true, i
			return o
		}
		if facts[i].at.Sub(facts[start].at) > r.window() {
			o.next = i
			return o
		}
		last := facts[o.steps[o.level()-1]].at
		later := !r.o.Increasing || facts[i].at.After(last)
		isNext := is(i, o.level()+1)
		if isNext && later {
			o.steps = append(o.steps, i)
			reuse(i)
			for _, step := range forbidden {
				if o.level() >= step {
					o.void, o.over, o.next = true, true, i+1
					return o
				}
			}
			continue
		}
		for _, x := range r.hit(&facts[i], o.level()) {
			switch r.o.Excluded {
			case funnel.RemoveCustomer:
				o.removed, o.over, o.next = true, true, i+1
				return o
			case funnel.EndAttempt:
				o.over, o.next = true, i+1
				return o
			}
			forbidden = append(forbidden, x.Before)
		}
		repeatsAny, repeatsLater, repeatsLast := false, false, is(i, o.level())
		for step := 1; step <= o.level(); step++ {
			repeatsAny = repeatsAny || is(i, step)
			repeatsLater = repeatsLater || step > 1 && is(i, step)
		}
		ends := false
		switch {
		case r.o.NoRepeats && repeatsLater:
			ends = true
		case r.o.Order == funnel.Strict:
			ends = true
		case r.o.Order == funnel.StrictRepeats:
			ends = !repeatsLast && !isNext && !(r.o.Reentry && repeatsAny)
		}
		if ends {
			o.over, o.next = true, i
			return o
		}
	}
	o.over = o.level() == n
	return o
}

func (r *reference) attemptAny(facts []fact, start, floor int) outcome {
	n := len(r.o.Steps)
	o := outcome{start: start, next: len(facts), held: facts[start].held}
	var rows []int
	reach := func(i int) int { // how many steps the facts so far and i can be
		return r.most(facts, append(slices.Clone(rows), i), start, o.held)
	}
	take := func(i int) bool {
		gain := reach(i) - o.level()
		rows = append(rows, i)
		for range gain {
			o.steps = append(o.steps, i)
		}
		return gain > 0
	}
	take(start)
	if r.o.Order == funnel.AnyAroundFirst {
		for i := floor; i < start; i++ {
			if facts[start].at.Sub(facts[i].at) <= r.window() {
				take(i)
			}
		}
	}
	forbidden := false
	for i := start + 1; i < len(facts); i++ {
		if o.level() == n {
			o.over, o.next = true, i
			return o
		}
		if facts[i].at.Sub(facts[start].at) > r.window() {
			o.next = i
			return o
		}
		if take(i) {
			if forbidden && o.level() == n {
				o.void, o.over, o.next = true, true, i+1
				return o
			}
			continue
		}
		if len(r.hit(&facts[i], o.level())) > 0 {
			switch r.o.Excluded {
			case funnel.RemoveCustomer:
				o.removed, o.over, o.next = true, true, i+1
				return o
			case funnel.EndAttempt:
				o.over, o.next = true, i+1
				return o
			}
			forbidden = true
		}
	}
	o.over = o.level() == n
	return o
}

// most returns how many different steps facts can be, each fact one step unless it may be
// several, by trying all.
func (r *reference) most(facts []fact, rows []int, start int, held string) int {
	n := len(r.o.Steps)
	can := func(i, step int) bool {
		if len(r.o.Hold) > 0 && facts[i].held != held {
			return false
		}
		return facts[i].steps[step]
	}
	if r.o.Reuse {
		count := 0
		for step := 1; step <= n; step++ {
			if slices.ContainsFunc(rows, func(i int) bool { return can(i, step) }) {
				count++
			}
		}
		return count
	}
	var try func(k int, used map[int]bool) int
	try = func(k int, used map[int]bool) int {
		if k == len(rows) {
			return len(used)
		}
		best := 0
		if r.o.Order == funnel.AnyOrder || rows[k] != start {
			best = try(k+1, used) // is no step
		}
		for step := 1; step <= n; step++ {
			if r.o.Order != funnel.AnyOrder && (step == 1) != (rows[k] == start) {
				continue // the first step is the one that opened the attempt
			}
			if can(rows[k], step) && !used[step] {
				used[step] = true
				best = max(best, try(k+1, used))
				delete(used, step)
			}
		}
		return best
	}
	return try(0, map[int]bool{})
}

// describe finds out what is reported of an attempt.
func (r *reference) describe(facts []fact, o *outcome) {
	if !r.q.AsOf.IsZero() && !o.over {
		o.open = !facts[o.start].at.Add(r.window()).Before(r.q.AsOf)
	}
	if r.o.Breakdown.Attribute != "" {
		var values []string
		for _, i := range o.steps {
			values = append(values, facts[i].split)
		}
		switch at := r.o.Breakdown.At; {
		case at > len(values):
		case at > 0:
			o.split = values[at-1]
		default:
			if at == funnel.LastValue {
				slices.Reverse(values)
			}
			for _, v := range values {
				if o.split == "" {
					o.split = v
				}
			}
		}
	}
	timed := *o
	if r.o.Timing == funnel.FromLatestEntry {
		for i := range facts {
			if i <= o.start || i > o.steps[o.level()-1] || !r.opens(&facts[i]) || !r.entered(facts[i].at) || len(r.o.Hold) > 0 && facts[i].held != o.held {
				continue
			}
			floor := 0
			if r.o.Attempts == funnel.EveryEntry {
				floor = o.start // no fact of an earlier attempt is after it
			}
			later := r.attempt(facts, i, floor)
			if !later.void && later.level() >= o.level() && later.steps[o.level()-1] == o.steps[o.level()-1] {
				timed = later
			}
		}
	}
	for _, i := range timed.steps[:o.level()] {
		at := facts[i].at
		if at.Before(facts[timed.start].at) {
			at = facts[timed.start].at
		}
		o.at = append(o.at, at)
	}
	if r.o.Timing == funnel.FromFirstEntry {
		for i := range facts {
			if r.opens(&facts[i]) && r.entered(facts[i].at) && (len(r.o.Hold) == 0 || facts[i].held == o.held) {
				o.at[0] = facts[i].at
				break
			}
		}
	}
}

// lines writes outcomes as text that can be compared.
func lines(found map[string][]outcome, hold bool) string {
	var list []string
	for customer, outcomes := range found {
		for _, o := range outcomes {
			held := o.held
			if !hold {
				held = ""
			}
			list = append(list, line(customer, o.level(), o.at, o.open, o.split, held))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func attemptLines(f *funnel.Funnel, q funnel.Query) string {
	var list []string
	for a := range f.Attempts(q) {
		list = append(list, line(a.Customer, a.Level, a.Steps, a.Open, a.Value, a.Held))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func line(customer string, level int, at []time.Time, open bool, split, held string) string {
	var times []string
	for _, t := range at {
		times = append(times, t.UTC().Format("02T15:04:05.999999999"))
	}
	return fmt.Sprintf("%s level=%d at=%s open=%t value=%q held=%q", customer, level, strings.Join(times, ","), open, split, held)
}
