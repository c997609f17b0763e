package funnel

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/history"
)

// row is an event of one customer, as the search for attempts sees it.
type row struct {
	at    int64
	marks uint32 // see mark
	value uint32 // see mark
	place uint32 // among all rows of the customer
}

// prepare returns the rows of a customer before an instant, in the order that they count.
func (g *engine) prepare(run []history.Row[mark], asOf int64) []row {
	rows := g.rows[:0]
	for i := range run {
		if run[i].At >= asOf {
			break
		}
		r := row{at: run[i].At, marks: run[i].P.marks, value: run[i].P.value, place: uint32(i)}
		if len(g.plan.held) > 0 && g.values.held(r.value) == 0 {
			r.marks &^= g.plan.steps
		}
		rows = append(rows, r)
	}
	if g.plan.options.TiesByStep {
		rows = g.plan.byStep(rows)
	}
	g.rows = rows
	return rows
}

// byStep orders the rows of each instant by step. With Reuse it makes of a row that is
// several steps one for each.
func (p *plan) byStep(rows []row) []row {
	if p.options.Reuse && !p.options.Order.any() {
		for i := range rows { // not those that are appended
			steps := rows[i].marks & p.steps
			for m := steps & (steps - 1); m != 0; m &= m - 1 {
				one := m & -m
				rows = append(rows, row{at: rows[i].at, marks: one, value: rows[i].value, place: rows[i].place})
				rows[i].marks &^= one
			}
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(p.firstStep(&a), p.firstStep(&b)), cmp.Compare(a.place, b.place))
	})
	for i := range rows {
		rows[i].place = uint32(i)
	}
	return rows
}

// firstStep returns the first step that a row is, or -1.
func (p *plan) firstStep(r *row) int {
	if r.marks&p.steps == 0 {
		return -1
	}
	return bits.TrailingZeros32(r.marks & p.steps)
}

// list are the rows that matter to attempts with one held value.
type list struct {
	rows []row
	next int // place of the row after the last one
}

// byHeld returns, for each held value that some step has, the rows that matter to attempts
// with it: by the place of the first step with the value.
func (g *engine) byHeld(rows []row) []list {
	p := g.plan
	g.lists = g.lists[:0]
	clear(g.listOf)
	for i := range rows {
		r := rows[i]
		own := -1
		if r.marks&p.steps != 0 {
			own = g.listFor(g.values.held(r.value))
			g.extend(own, rows, r)
		}
		if r.marks &^= p.steps; r.marks == 0 {
			continue
		}
		for other := range g.lists {
			if other != own {
				g.extend(other, rows, r)
			}
		}
	}
	if p.options.Order.strict() {
		for i := range g.lists {
			g.gap(&g.lists[i], rows, len(rows))
		}
	}
	return g.lists
}

func (g *engine) listFor(held uint32) int {
	if g.listOf == nil {
		g.listOf = make(map[uint32]int)
	}
	i, ok := g.listOf[held]
	if !ok {
		i = len(g.lists)
		g.listOf[held] = i
		if i == cap(g.lists) {
			g.lists = append(g.lists, list{})
		} else {
			g.lists = g.lists[:i+1] // with the room of an earlier list
		}
		g.lists[i].rows, g.lists[i].next = g.lists[i].rows[:0], -1
	}
	return i
}

func (g *engine) extend(i int, rows []row, r row) {
	l := &g.lists[i]
	if g.plan.options.Order.strict() {
		g.gap(l, rows, int(r.place))
	}
	l.rows = append(l.rows, r)
	l.next = int(r.place) + 1
}

// gap notes in a list that there are rows between its last one and a place. One stands for
// all of them: it is no step.
func (g *engine) gap(l *list, rows []row, place int) {
	if l.next >= 0 && l.next < place {
		l.rows = append(l.rows, row{at: rows[l.next].at, place: uint32(l.next)})
	}
}
