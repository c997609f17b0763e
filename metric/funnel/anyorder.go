package funnel

import "math/bits"

// walkAny is walk for attempts whose steps come in any order.
func (g *engine) walkAny(rows []row, start, floor int) (level int, v verdict, next int) {
	p := g.plan
	g.matched = g.matched[:0]
	g.match.reset(p.steps)
	s := state{limit: p.n + 1}
	add := func(i int) bool {
		gain := g.match.add(rows, int32(i), p.options.Reuse)
		for range gain {
			g.matched = append(g.matched, int32(i))
		}
		s.level += gain
		return gain > 0
	}
	if p.options.Order != AnyOrder && !p.options.Reuse {
		g.match.take(0, int32(start)) // the first step is what opened the attempt
		g.matched = append(g.matched, int32(start))
		s.level = 1
	} else {
		add(start)
	}
	if p.options.Order == AnyAroundFirst {
		i := start
		for i > floor && within(rows[i-1].at, rows[start].at, p.window) {
			i--
		}
		for ; i < start; i++ {
			add(i)
		}
	}
	for i := start + 1; ; i++ {
		switch {
		case s.level == p.n:
			return s.level, converted, i
		case i == len(rows) || !within(rows[start].at, rows[i].at, p.window):
			return s.level, stays, i
		case add(i):
			if s.level >= s.limit {
				return s.level, voided, i + 1
			}
			continue
		}
		if v := p.exclude(&s, &rows[i]); v != stays {
			return s.level, v, i + 1
		}
	}
}

// furthestAny is furthest for attempts whose steps come in any order.
func (g *engine) furthestAny(rows []row) (best found, ok bool) {
	p := g.plan
	best.rows = rows
	if len(p.exclusions) == 0 && (p.options.Reuse || p.eachOne(rows)) {
		return g.furthestSliding(rows), true
	}
	open := false
	for i := range rows {
		if !p.opens(&rows[i]) || !g.span.contains(rows[i].at) {
			continue
		}
		level, v, _ := g.walkAny(rows, i, 0)
		if v == removed {
			return best, false
		}
		if v == voided {
			continue
		}
		if level > best.level {
			best.level, best.start = level, i
		}
		if level == p.n && p.options.Excluded != RemoveCustomer {
			return best, true
		}
		open = open || v == stays && g.unfinished(rows[i].at)
	}
	best.open = open && best.level < p.n
	return best, true
}

// eachOne reports whether no row is several steps.
func (p *plan) eachOne(rows []row) bool {
	for i := range rows {
		if m := rows[i].marks & p.steps; m&(m-1) != 0 {
			return false
		}
	}
	return true
}

// furthestSliding counts the steps in a window that slides over the rows.
func (g *engine) furthestSliding(rows []row) (best found) {
	p := g.plan
	best.rows = rows
	var counts [MaxRules]int32
	var done uint32 // steps with a count
	first, last := 0, 0
	latest := -1
	for i := range rows {
		if !p.opens(&rows[i]) || !g.span.contains(rows[i].at) {
			continue
		}
		latest = i
		for ; last < len(rows) && within(rows[i].at, rows[last].at, p.window); last++ {
			for m := rows[last].marks & p.steps; m != 0; m &= m - 1 {
				step := bits.TrailingZeros32(m)
				counts[step]++
				done |= 1 << step
			}
		}
		for first < i && (p.options.Order != AnyAroundFirst || !within(rows[first].at, rows[i].at, p.window)) {
			for m := rows[first].marks & p.steps; m != 0; m &= m - 1 {
				step := bits.TrailingZeros32(m)
				if counts[step]--; counts[step] == 0 {
					done &^= 1 << step
				}
			}
			first++
		}
		if level := bits.OnesCount32(done); level > best.level {
			if best.level, best.start = level, i; level == p.n {
				return best
			}
		}
	}
	best.open = latest >= 0 && g.unfinished(rows[latest].at)
	return best
}

// matching assigns rows to steps, to each at most one, so that as many steps as possible
// have a row.
type matching struct {
	free  uint32          // steps that may be assigned, now or anew
	done  uint32          // steps that have a row
	owner [MaxRules]int32 // by step
	seen  uint32
}

func (m *matching) reset(steps uint32) { m.free, m.done = steps, 0 }

// take assigns a row to a step for good.
func (m *matching) take(step int, row int32) {
	m.owner[step] = row
	m.done |= 1 << step
	m.free &^= 1 << step
}

// add takes a row in and returns by how many steps more are done: at most one, unless a row
// may be several.
func (m *matching) add(rows []row, i int32, reuse bool) int {
	if reuse {
		fresh := rows[i].marks & m.free &^ m.done
		m.done |= fresh
		return bits.OnesCount32(fresh)
	}
	if m.seen = 0; m.assign(rows, i) {
		return 1
	}
	return 0
}

// assign finds a step for a row. The row that has it may have to take another one.
func (m *matching) assign(rows []row, i int32) bool {
	for {
		open := rows[i].marks & m.free &^ m.seen
		if open == 0 {
			return false
		}
		step := bits.TrailingZeros32(open)
		m.seen |= 1 << step
		if m.done>>step&1 == 0 || m.assign(rows, m.owner[step]) {
			m.owner[step] = i
			m.done |= 1 << step
			return true
		}
	}
}
