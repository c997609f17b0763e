package funnel

import (
	"math"
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/history"
)

// engine finds the attempts of one customer after the other. It belongs to one goroutine.
type engine struct {
	plan   *plan
	values *values
	span   interval

	rows   []row
	lists  []list
	listOf map[uint32]int
	groups []group
	next   []int32 // by attempt, which is the row that it starts at: the next one of its group

	matched []int32 // rows that were steps of the attempt last walked
	at      []int64 // when they were
	match   matching
}

// interval is when attempts must start, and what is known.
type interval struct {
	from, until int64 // of starts; until is not in it
	asOf        int64 // rows from it on do not count; math.MaxInt64: none
}

func (v *interval) contains(at int64) bool { return at >= v.from && at < v.until }

// unfinished reports whether the window of an attempt that starts at an instant may bring
// more rows.
func (g *engine) unfinished(start int64) bool {
	return g.span.asOf != math.MaxInt64 && within(start, g.span.asOf, g.plan.window)
}

// within reports whether at is in the window that begins at start, which is not after it.
// Instants lie in a range whose length does not overflow.
func within(start, at, window int64) bool { return at-start <= window }

// found is an attempt that counts.
type found struct {
	rows  []row
	start int // row
	floor int // rows before it belong to earlier attempts
	level int
	open  bool // it may get further
}

// customer calls count for each attempt of a customer that counts.
func (g *engine) customer(run []history.Row[mark], count func(*found)) {
	rows := g.prepare(run, g.span.asOf)
	if len(g.plan.held) == 0 {
		g.one(rows, count)
		return
	}
	g.several(g.byHeld(rows), count)
}

// one finds the attempts in rows.
func (g *engine) one(rows []row, count func(*found)) {
	switch g.plan.options.Attempts {
	case EveryEntry:
		if g.plan.options.Excluded != RemoveCustomer || g.every(rows, nil) {
			g.every(rows, count)
		}
	case FirstEntry:
		if f, v := g.first(rows); f.level > 0 && v != removed && v != voided {
			count(&f)
		}
	default:
		if f, ok := g.furthest(rows); ok && f.level > 0 {
			count(&f)
		}
	}
}

// several finds the attempts in the rows of several held values.
func (g *engine) several(lists []list, count func(*found)) {
	var best found
	open := false
	for _, l := range lists {
		var f found
		switch g.plan.options.Attempts {
		case EveryEntry:
			if !g.every(l.rows, nil) {
				return
			}
			continue
		case FirstEntry:
			var v verdict
			if f, v = g.first(l.rows); f.level == 0 {
				continue
			}
			if best.level == 0 || f.place() < best.place() {
				if best = f; v == voided || v == removed {
					best.level = -1
				}
			}
			continue
		}
		f, ok := g.furthest(l.rows)
		if !ok {
			return
		}
		open = open || f.open
		if f.level > 0 && (f.level > best.level || f.level == best.level && f.place() < best.place()) {
			best = f
		}
	}
	if g.plan.options.Attempts == EveryEntry {
		for _, l := range lists {
			g.every(l.rows, count)
		}
		return
	}
	if best.level > 0 {
		if g.plan.options.Attempts == Furthest {
			best.open = open && best.level < g.plan.n
		}
		count(&best)
	}
}

// place orders attempts by their starts.
func (f *found) place() uint32 { return f.rows[f.start].place }

// first returns the attempt that starts at the first of all first steps. Its level is zero if
// there is none.
func (g *engine) first(rows []row) (found, verdict) {
	for i := range rows {
		if g.plan.opens(&rows[i]) && g.span.contains(rows[i].at) {
			level, v, _ := g.walk(rows, i, 0)
			return found{rows: rows, start: i, level: level, open: v == stays && g.unfinished(rows[i].at)}, v
		}
	}
	return found{}, stays
}

// every calls count for each of the attempts that follow each other. It is false if the
// customer is removed. Count may be nil.
func (g *engine) every(rows []row, count func(*found)) bool {
	floor := 0
	for i := 0; i < len(rows); {
		if !g.plan.opens(&rows[i]) {
			i++
			continue
		}
		level, v, next := g.walk(rows, i, floor)
		if g.span.contains(rows[i].at) {
			switch {
			case v == removed:
				return false
			case v != voided && count != nil:
				f := found{rows: rows, start: i, floor: floor, level: level, open: v == stays && g.unfinished(rows[i].at)}
				count(&f)
			}
		}
		i, floor = next, next
	}
	return true
}

// walk follows the attempt that starts at a row, and returns its level and what became of
// it: stays, if no row of its window ended it. Next is the first row that it leaves to later
// attempts. It notes the rows that were its steps.
func (g *engine) walk(rows []row, start, floor int) (level int, v verdict, next int) {
	if g.plan.options.Order.any() {
		return g.walkAny(rows, start, floor)
	}
	p := g.plan
	var s state
	v = p.begin(&s, &rows[start])
	g.matched = append(g.matched[:0], int32(start))
	i := start + 1
	for ; ; i++ {
		for len(g.matched) < s.level { // several by one row
			g.matched = append(g.matched, g.matched[len(g.matched)-1])
		}
		if v == converted || i == len(rows) || !within(rows[start].at, rows[i].at, p.window) {
			break
		}
		before := s.level
		if v = p.apply(&s, &rows[i]); s.level > before {
			g.matched = append(g.matched, int32(i))
		}
		switch v {
		case advanced:
			v = stays
		case voided, excluded, removed:
			return s.level, v, i + 1
		case ended:
			return s.level, v, i
		}
	}
	if v != converted {
		v = stays
	}
	return s.level, v, i
}

// level returns how far a customer gets, and whether that may change, if the plan is plain.
//
// An attempt that starts later has more of its window left and otherwise no less than one
// that has done the same steps. So of all attempts that got to a level, the latest is enough
// to know which levels can be got to.
func (g *engine) level(run []history.Row[mark]) (level int, open bool) {
	const never = math.MinInt64
	p := g.plan
	var latest [MaxRules]int64 // start of an attempt that got to the level, by level
	for i := range p.n {
		latest[i] = never
	}
	for i := range run {
		at := run[i].At
		if at >= g.span.asOf {
			break
		}
		for m := run[i].P.marks & p.steps; m != 0; { // from the last step: an event is one only
			step := 31 - bits.LeadingZeros32(m)
			m &^= 1 << step
			if step == 0 {
				if g.span.contains(at) {
					latest[0] = at
					level = max(level, 1)
				}
				continue
			}
			if start := latest[step-1]; start != never && within(start, at, p.window) {
				latest[step] = start
				if step >= level {
					if level = step + 1; level == p.n {
						return level, false
					}
				}
			}
		}
	}
	return level, level > 0 && level < p.n && g.unfinished(latest[0])
}
