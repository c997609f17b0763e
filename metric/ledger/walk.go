package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// scratch is room for one worker to read buckets, one after the other.
type scratch struct {
	rows    []row // of blocks and of plain facts
	starts  []uint32
	noted   []*noted
	facts   []*fact
	factsAt []uint32
	sims    []simFact
	rates   *converter
}

// quick counts customers without a simulation, as far as it can.
type quick interface {
	// customer returns true if the customer is done with. It may change the rows then.
	customer(worker int, bucket uint8, room *scratch, rows []row, facts []*fact) bool

	// done is called after each bucket.
	done(worker int)
}

// walk calls visit with the course of every customer, or group of customers that facts join.
// First, unless it is nil, is asked before. The calls of one worker come one after the other.
func (q *question) walk(first quick, visit func(worker int, c *course)) error {
	l := q.ledger
	workers := max(l.options.Workers, 1)
	rooms := make([]scratch, workers)
	for i := range rooms {
		rooms[i].rates = &converter{q: q}
	}
	groups, member := l.components()
	joined := make([][][]simFact, event.Buckets) // by bucket and group
	shard.Each(workers, func(worker int, number uint8) {
		room := &rooms[worker]
		room.group(l, number)
		for position := range l.keys.LenBucket(number) {
			rows, facts := room.of(position)
			if len(rows) == 0 && len(facts) == 0 {
				continue
			}
			code := event.CodeOf(number, position)
			if g, ok := member[code]; ok {
				if joined[number] == nil {
					joined[number] = make([][]simFact, len(groups))
				}
				who := slices.Index(groups[g], code)
				joined[number][g] = q.simFacts(joined[number][g], code, who, room, rows, facts)
				continue
			}
			if first != nil && first.customer(worker, number, room, rows, facts) {
				continue
			}
			room.sims = q.simFacts(room.sims[:0], code, 0, room, rows, facts)
			visit(worker, q.courseOf(room.rates, []event.Code{code}, room.sims))
		}
		if first != nil {
			first.done(worker)
		}
	})
	for g, customers := range groups {
		var facts []simFact
		for number := range joined {
			if joined[number] != nil {
				facts = append(facts, joined[number][g]...)
			}
		}
		visit(0, q.courseOf(rooms[0].rates, customers, facts))
	}
	for i := range rooms {
		if err := rooms[i].rates.err; err != nil {
			return err
		}
	}
	return nil
}

// group puts the rows and facts of each customer of a bucket next to each other. Plain facts
// are among the rows.
func (r *scratch) group(l *Ledger, number uint8) {
	b := &l.buckets[number]
	customers := l.keys.LenBucket(number)
	r.starts = zeros(r.starts, customers+2)
	b.rows.each(func(part []row) {
		for i := range part {
			r.starts[part[i].who.position()+2]++
		}
	})
	b.noted.each(func(part []noted) {
		for i := range part {
			r.starts[part[i].who.position()+2]++
		}
	})
	addUp(r.starts)
	n := b.rows.n + b.noted.n
	r.rows = slices.Grow(r.rows[:0], n)[:n]
	next := r.starts[1:]
	b.rows.each(func(part []row) {
		for i := range part {
			c := part[i].who.position()
			r.rows[next[c]] = part[i]
			next[c]++
		}
	})
	r.noted = slices.Grow(r.noted[:0], b.noted.n)
	b.noted.each(func(part []noted) {
		for i := range part {
			c := part[i].who.position()
			x := part[i].row
			x.who |= 1 << whoNoted
			x.seq = int32(len(r.noted))
			r.rows[next[c]] = x
			r.noted = append(r.noted, &part[i])
			next[c]++
		}
	})
	r.groupFacts(b, customers)
}

func (r *scratch) groupFacts(b *bucket, customers int) {
	r.factsAt = zeros(r.factsAt, customers+2)
	b.facts.each(func(part []fact) {
		for i := range part {
			r.factsAt[part[i].customer+2]++
		}
	})
	addUp(r.factsAt)
	r.facts = slices.Grow(r.facts[:0], b.facts.n)[:b.facts.n]
	next := r.factsAt[1:]
	b.facts.each(func(part []fact) {
		for i := range part {
			c := part[i].customer
			r.facts[next[c]] = &part[i]
			next[c]++
		}
	})
}

func zeros(list []uint32, n int) []uint32 {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// addUp makes of counts, that of customer c at c+2, where the things of each customer start:
// those of c at c+1. When each thing has moved that on by one, it is at c.
func addUp(counts []uint32) {
	for i := 2; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
}

func (r *scratch) of(position int) ([]row, []*fact) {
	return r.rows[r.starts[position]:r.starts[position+1]], r.facts[r.factsAt[position]:r.factsAt[position+1]]
}

// courseOf folds the facts of customers.
func (q *question) courseOf(rates *converter, customers []event.Code, facts []simFact) *course {
	c := q.fold(rates, customers, facts, q.known).run()
	if q.closed != noTime {
		c = q.splice(q.fold(rates, customers, facts, q.closed-1).run(), c)
	}
	for _, u := range c.units {
		q.bridge(u)
	}
	return c
}

// fold returns a simulation of what of the facts was on record at an instant.
func (q *question) fold(rates *converter, customers []event.Code, facts []simFact, known int64) *sim {
	s := newSim(q, rates, customers, facts, known)
	if q.ledger.options.DunningBackdated {
		first := newSim(q, rates, customers, facts, known)
		first.lapsing, first.scheduled = make(map[lapse]bool), false
		first.run()
		s.lapses = first.lapsing
	}
	return s
}

// splice returns a course that is that of closed books until they were closed, and that of
// all facts from then on. What is between the two there is booked as prior (H4).
func (q *question) splice(old, now *course) *course {
	at := q.closed
	out := &course{}
	for _, u := range now.units {
		v := &unit{customer: u.customer, sub: u.sub}
		var before parts
		i := slices.IndexFunc(old.units, func(o *unit) bool { return o.customer == u.customer && o.sub == u.sub })
		if i >= 0 {
			v.steps, before = old.units[i].until(at)
		}
		v.splice(at, before, u)
		out.units = append(out.units, v)
	}
	for _, u := range old.units {
		if !slices.ContainsFunc(out.units, func(o *unit) bool { return o.customer == u.customer && o.sub == u.sub }) {
			v := &unit{customer: u.customer, sub: u.sub}
			var before parts
			v.steps, before = u.until(at)
			v.splice(at, before, &unit{})
			out.units = append(out.units, v)
		}
	}
	for _, x := range old.sides {
		if x.at < at {
			out.sides = append(out.sides, x)
			x.at, x.amount, x.n = at, x.amount.Neg(), -x.n
			out.sides = append(out.sides, x)
		}
	}
	for _, x := range now.sides {
		x.at = max(x.at, at)
		out.sides = append(out.sides, x)
	}
	cut := func(c int) bool { return q.timeline.cuts[c] <= at }
	for _, x := range old.points {
		if cut(x.cut) {
			out.points = append(out.points, x)
		}
	}
	for _, x := range now.points {
		if !cut(x.cut) {
			out.points = append(out.points, x)
		}
	}
	for _, x := range old.renewals {
		if x.at < at {
			out.renewals = append(out.renewals, x)
		}
	}
	for _, x := range now.renewals {
		if x.at >= at {
			out.renewals = append(out.renewals, x)
		}
	}
	for _, x := range old.moves {
		if x.at < at {
			out.moves = append(out.moves, x)
		}
	}
	for _, x := range now.moves {
		if x.at >= at {
			out.moves = append(out.moves, x)
		}
	}
	out.flips = spliceFlips(old.flips, now.flips, at)
	return out
}

// until returns the steps before an instant, and the revenue after them.
func (u *unit) until(at int64) ([]step, parts) {
	n := 0
	for n < len(u.steps) && u.steps[n].at < at {
		n++
	}
	if n == 0 {
		return nil, nil
	}
	return slices.Clone(u.steps[:n]), u.steps[n-1].after
}

// splice goes on with the steps of another course from an instant on.
func (u *unit) splice(at int64, before parts, o *unit) {
	steps, after := o.until(at)
	if !before.equal(after) {
		x := step{at: at, before: before, after: after, reason: Unknown, prior: true}
		if len(steps) > 0 {
			last := steps[len(steps)-1]
			x.live, x.onPause, x.reason, x.text = last.live, last.onPause, last.reason, last.text
		}
		u.steps = append(u.steps, x)
	}
	u.steps = append(u.steps, o.steps[len(steps):]...)
}

type flipKey struct {
	sub subKey
	key tableKey
}

// spliceFlips does the same for subscriptions. What they are at the instant is a flip there.
func spliceFlips(old, now []flip, at int64) []flip {
	state := make(map[flipKey]flip)
	var out []flip
	for _, x := range old {
		if x.at < at {
			out = append(out, x)
			state[flipKey{x.sub, x.key}] = x
		}
	}
	then := make(map[flipKey]flip)
	for _, x := range now {
		if x.at < at {
			then[flipKey{x.sub, x.key}] = x
		}
	}
	for k, s := range state {
		if s.on && !then[k].on {
			out = append(out, flip{at, k.sub, false, k.key})
		}
	}
	for k, t := range then {
		if t.on && !state[k].on {
			out = append(out, flip{at, k.sub, true, k.key})
		}
	}
	for _, x := range now {
		if x.at >= at {
			out = append(out, x)
		}
	}
	return out
}
