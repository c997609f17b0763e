package funnel

// group are attempts in order that are under way and have come to the same: what happens
// next happens to all of them, but that their windows end one after the other. They are
// linked from the earliest start to the latest.
type group struct {
	state
	head, tail int32 // rows that they start at
}

// furthest returns the attempt that gets furthest, the earliest one of several; its level is
// zero if there is none. It is false if the customer is removed.
//
// All attempts go along together. An attempt that starts later is never ahead of one that
// started earlier and is under way: so the groups, from the furthest to the least far, are
// in the order of their starts, and those that come to the same level are joined. A row is
// applied to each group once, so that the work does not grow with the number of attempts.
func (g *engine) furthest(rows []row) (best found, ok bool) {
	if g.plan.options.Order.any() {
		return g.furthestAny(rows)
	}
	p := g.plan
	best.rows = rows
	note := func(level int, start int32) {
		if level > best.level || level == best.level && int(start) < best.start {
			best.level, best.start = level, int(start)
		}
	}
	if cap(g.next) < len(rows) {
		g.next = make([]int32, len(rows))
	}
	g.next = g.next[:len(rows)]
	groups := g.groups[:0]
	defer func() { g.groups = groups[:0] }()
	for i := range rows {
		r := &rows[i]
		groups = g.expire(groups, rows, r.at, note)
		kept := groups[:0]
		for _, t := range groups {
			switch p.apply(&t.state, r) {
			case stays, advanced:
				kept = g.join(kept, t, r.at)
			case converted:
				note(p.n, t.head)
				if p.options.Excluded != RemoveCustomer {
					return best, true // no other one starts earlier and gets as far
				}
			case ended, excluded:
				note(t.level, t.head)
			case removed:
				return best, false
			}
		}
		groups = kept
		if !p.opens(r) || !g.span.contains(r.at) {
			continue
		}
		t := group{head: int32(i), tail: int32(i)}
		if p.begin(&t.state, r) == converted {
			note(p.n, t.head)
			continue
		}
		groups = g.join(groups, t, r.at)
	}
	for _, t := range groups {
		note(t.level, t.head)
	}
	if len(groups) > 0 && best.level < p.n {
		best.open = g.unfinished(rows[groups[len(groups)-1].tail].at)
	}
	return best, true
}

// expire drops the attempts whose windows are over.
func (g *engine) expire(groups []group, rows []row, at int64, note func(int, int32)) []group {
	for len(groups) > 0 {
		t := &groups[0]
		if within(rows[t.head].at, at, g.plan.window) {
			break
		}
		note(t.level, t.head)
		if t.head == t.tail {
			copy(groups, groups[1:])
			groups = groups[:len(groups)-1]
			continue
		}
		t.head = g.next[t.head]
	}
	return groups
}

// join appends a group, or makes it part of the last one.
func (g *engine) join(groups []group, t group, now int64) []group {
	if len(groups) > 0 {
		last := &groups[len(groups)-1]
		alike := last.level == t.level && last.limit == t.limit
		if g.plan.options.Increasing { // who got there now may not go on now
			alike = alike && (last.at == now) == (t.at == now)
		}
		if alike {
			g.next[last.tail] = t.head
			last.tail = t.tail
			last.at = max(last.at, t.at)
			return groups
		}
	}
	return append(groups, t)
}
