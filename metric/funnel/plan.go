package funnel

import (
	"math/bits"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// mark is what is kept of an event.
type mark struct {
	marks uint32 // bit i: step i; bit len(steps)+i: exclusion i
	value uint32 // code of what it has of the attributes to hold and to break down by
}

// plan is Options made ready.
type plan struct {
	options    Options
	n          int   // steps
	window     int64 // nanoseconds
	steps      uint32
	exclusions []span

	rules  []event.Rule // steps, then exclusions
	byName map[string][]int
	anyOf  []int // rules without names
	held   []string
}

// span is where an exclusion holds: for attempts of a level from after up to, but not
// including, before.
type span struct{ after, before int }

func newPlan(o Options) *plan {
	p := &plan{options: o, n: len(o.Steps), window: int64(o.Window), held: o.held(), byName: make(map[string][]int)}
	if p.window == 0 {
		p.window = int64(DefaultWindow)
	}
	p.steps = uint32(1)<<p.n - 1 // all 32 bits if n is 32
	p.rules = append(p.rules, o.Steps...)
	for _, x := range o.Exclusions {
		p.rules = append(p.rules, x.Event)
		p.exclusions = append(p.exclusions, span{x.After, x.Before})
	}
	for i := range p.rules {
		if len(p.rules[i].Events) == 0 {
			p.anyOf = append(p.anyOf, i)
		}
		for _, name := range p.rules[i].Events {
			p.byName[name] = append(p.byName[name], i)
		}
	}
	return p
}

// valued reports whether the values of events matter.
func (p *plan) valued() bool { return len(p.held) > 0 || p.options.Breakdown.Attribute != "" }

// marksOf returns which rules mean e.
func (p *plan) marksOf(e *event.Event) (marks uint32) {
	for _, i := range p.byName[e.Name] {
		if p.rules[i].Match(e) {
			marks |= 1 << i
		}
	}
	for _, i := range p.anyOf {
		if p.rules[i].Match(e) {
			marks |= 1 << i
		}
	}
	return marks
}

// plain reports whether the level of a customer follows from the latest start of each
// level, see [engine.level].
func (p *plan) plain() bool {
	o := &p.options
	return o.Order == Ordered && o.Attempts == Furthest && len(p.exclusions) == 0 && len(p.held) == 0 &&
		!o.Reuse && !o.Increasing && !o.NoRepeats && !o.TiesByStep
}

// opens reports whether a row may start an attempt.
func (p *plan) opens(r *row) bool {
	if p.options.Order == AnyOrder {
		return r.marks&p.steps != 0
	}
	return r.marks&1 != 0
}

// state is how an attempt in order stands.
type state struct {
	level int   // steps done
	limit int   // the level at which it is void
	at    int64 // when it got to its level
}

// verdict is what a row does to an attempt.
type verdict uint8

const (
	stays     verdict = iota
	advanced          // by a step or several
	converted         // by its last step
	voided            // it does not count
	ended             // it counts up to the level that it has
	excluded          // likewise, by an excluded event
	removed           // its customer is removed
)

// begin starts an attempt at r, which is its first step.
func (p *plan) begin(s *state, r *row) verdict {
	*s = state{limit: p.n + 1}
	return p.advance(s, r)
}

// apply applies a row to an attempt in order, within the window of the attempt.
func (p *plan) apply(s *state, r *row) verdict {
	next := r.marks>>s.level&1 != 0
	if next && !(p.options.Increasing && r.at == s.at) {
		return p.advance(s, r)
	}
	if v := p.exclude(s, r); v != stays {
		return v
	}
	done := uint32(1)<<s.level - 1
	o := &p.options
	switch {
	case o.NoRepeats && r.marks&done&^1 != 0:
		return ended
	case o.Order == Strict:
		return ended
	case o.Order == StrictRepeats:
		if r.marks>>(s.level-1)&1 == 0 && !next && !(o.Reentry && r.marks&done != 0) {
			return ended
		}
	}
	return stays
}

// advance takes the step that r is, and with Reuse those after it that r is, too.
func (p *plan) advance(s *state, r *row) verdict {
	s.at = r.at
	s.level++
	for p.options.Reuse && !p.options.Increasing && s.level < p.n && r.marks>>s.level&1 != 0 {
		s.level++
	}
	switch {
	case s.level >= s.limit:
		return voided
	case s.level == p.n:
		return converted
	}
	return advanced
}

// exclude applies the exclusions that r is.
func (p *plan) exclude(s *state, r *row) verdict {
	if len(p.exclusions) == 0 {
		return stays
	}
	for m := r.marks >> p.n; m != 0; m &= m - 1 {
		x := p.exclusions[bits.TrailingZeros32(m)]
		if s.level < x.after || s.level >= x.before {
			continue
		}
		switch p.options.Excluded {
		case RemoveCustomer:
			return removed
		case EndAttempt:
			return excluded
		}
		s.limit = min(s.limit, x.before)
	}
	return stays
}
