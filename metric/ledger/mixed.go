package ledger

import (
	"cmp"
	"slices"
)

// mixed is what plain needs for customers of several currencies or segments. Revenue is a
// vector of numbers by cell, which are in order of their currencies and names of segments.
type mixed struct {
	tables map[tableKey]*table
	used   []tableKey

	keys  []tableKey
	cell  []*table // of each, nil without segments
	all   []*table // of the currency of each
	whole []int    // where each currency's cells begin, and where the last one's end
	now   []int64
	steps []mixedStep
	sums  []int64 // before and after each step
	own   []int64
	moved []int64
	views []view
}

type mixedStep struct {
	atom  int32
	class Class
	cause cause
}

// view is the cells of a table.
type view struct {
	key      tableKey
	from, to int
	table    *table
}

// mostCells is up to how many cells are counted here.
const mostCells = 64

// mixedCustomer counts the rows of a customer with several cells, which are in order.
func (p *plain) mixedCustomer(rows []row) {
	m := &p.mixed
	rank := func(k tableKey) int32 {
		if k.segment == every {
			return -1
		}
		return p.q.rank[k.segment]
	}
	slices.SortFunc(m.keys, func(a, b tableKey) int {
		if a.currency != b.currency {
			return less(a.currency < b.currency)
		}
		return cmp.Compare(rank(a), rank(b))
	})
	m.whole = m.whole[:0]
	for i := range m.keys {
		if i == 0 || m.keys[i].currency != m.keys[i-1].currency {
			m.whole = append(m.whole, i)
		}
	}
	m.whole = append(m.whole, len(m.keys))
	p.makeViews()
	p.mixedSteps(rows)
	p.mixedStretches()
	p.lostSubscriptions(func(view int32) *table { return m.views[view].table })
}

// makeViews finds the tables of the cells: one of all, one of each currency, one of each cell
// of a segment.
func (p *plain) makeViews() {
	m := &p.mixed
	m.views = m.views[:0]
	add := func(k tableKey, from, to int) {
		m.views = append(m.views, view{k, from, to, takeTable(p.q.timeline, m.tables, &m.used, k)})
	}
	m.cell, m.all = m.cell[:0], m.all[:0]
	add(tableKey{every, every}, 0, len(m.keys))
	for i := 1; i < len(m.whole); i++ {
		add(tableKey{m.keys[m.whole[i-1]].currency, every}, m.whole[i-1], m.whole[i])
	}
	for i, k := range m.keys {
		m.all = append(m.all, m.tables[tableKey{k.currency, every}])
		m.cell = append(m.cell, nil)
		if k.segment != every {
			add(k, i, i+1)
			m.cell[i] = m.views[len(m.views)-1].table
		}
	}
}

func (v *view) holds(cell int32) bool { return v.from <= int(cell) && int(cell) < v.to }

func (v *view) sum(x []int64) (sum int64) {
	for _, n := range x[v.from:v.to] {
		sum += n
	}
	return sum
}

func (p *plain) mixedSteps(rows []row) {
	m := &p.mixed
	n := len(m.keys)
	m.now = append(m.now[:0], make([]int64, n)...)
	m.own, m.moved = append(m.own[:0], m.now...), append(m.moved[:0], m.now...)
	m.steps, m.sums = m.steps[:0], m.sums[:0]
	p.reset()
	paid := false
	for i := 0; i < len(rows) && rows[i].at <= p.q.known; {
		at := rows[i].at
		atom := p.q.timeline.atom(at)
		m.sums = append(m.sums, m.now...)
		for ; i < len(rows) && rows[i].at == at; i++ {
			p.mixedRow(rows, i, atom)
		}
		var why cause
		if p.order == orderFacts {
			why = p.cause(rows)
		}
		before := m.sums[len(m.sums)-n:]
		if slices.Equal(before, m.now) {
			m.sums = m.sums[:len(m.sums)-n]
			continue
		}
		class := Class(0)
		switch was, is := m.views[0].sum(before) > 0, m.views[0].sum(m.now) > 0; {
		case !was && paid:
			class = ClassReactivation
		case !was:
			class, paid = ClassNew, true
		case !is:
			class = ClassChurn
		}
		p.mixedStep(mixedStep{int32(atom), class, why}, before)
		m.steps = append(m.steps, mixedStep{int32(atom), class, why})
		m.sums = append(m.sums, m.now...)
	}
	clear(p.index)
}

func (p *plain) mixedRow(rows []row, number, atom int) {
	m := &p.mixed
	r := &rows[number]
	s := p.sub(r.sub)
	sub := &p.subs[s]
	value, cell := r.amount, sub.cell
	if p.order == orderFacts {
		value = p.causes.take(rows, s, number, sub.value, p.notes)
	}
	if r.who.setsItems() {
		cell = int32(slices.Index(m.keys, p.cell(r)))
	}
	for i := range m.views {
		v := &m.views[i]
		was, is := sub.value != 0 && v.holds(sub.cell), value != 0 && v.holds(cell)
		if was != is {
			p.flips = append(p.flips, plainFlip{int32(atom), int32(s), int32(i), is})
			v.table.levelCounts[atom*levelCounts+countSubscriptions] += sign(is)
		}
	}
	m.now[sub.cell] -= sub.value
	m.now[cell] += value
	m.level(sub.cell, atom, -sub.value)
	m.level(cell, atom, value)
	sub.value, sub.cell = value, cell
}

func (m *mixed) level(cell int32, atom int, x int64) {
	m.all[cell].levels[atom*levels+levelMRR] += x
	if t := m.cell[cell]; t != nil {
		t.levels[atom*levels+levelMRR] += x
	}
}

// mixedStep counts a change of the vector.
func (p *plain) mixedStep(x mixedStep, before []int64) {
	m := &p.mixed
	atom, whole := int(x.atom), x.class
	for i := 1; i < len(m.whole); i++ {
		p.mixedCurrency(x, before, m.whole[i-1], m.whole[i])
	}
	for i := range m.views {
		v := &m.views[i]
		was, is := v.sum(before) > 0, v.sum(m.now) > 0
		if was != is {
			v.table.levelCounts[atom*levelCounts+countCustomers] += sign(is)
		}
		which := -1
		switch {
		case was && is:
			if change := v.change(m.own); change > 0 {
				which = flowsExpansions
			} else if change < 0 {
				which = flowsContractions
			}
		case was == is:
		case is && whole == ClassNew:
			which = flowsNew
		case is && whole == ClassReactivation:
			which = flowsReactivated
		case is:
			which = flowsJoined
		case whole == ClassChurn:
			which = flowsChurned
		default:
			which = flowsLeft
		}
		if which < 0 {
			continue
		}
		for _, tr := range p.q.timeline.tracks {
			if period := int(tr[atom]); period >= 0 {
				v.table.flowCounts[period*flowCounts+which]++
			}
		}
	}
}

// change is whether some cell of a view expands or, if none does, contracts.
func (v *view) change(own []int64) (change int) {
	for _, x := range own[v.from:v.to] {
		if x > 0 {
			return 1
		}
		if x < 0 {
			change = -1
		}
	}
	return change
}

// shareOut splits the change of a currency's cells as [Ledger.split] does, and returns what
// it comes to.
func shareOut(own, moved, before, after []int64) (net int64) {
	for i := range before {
		net += after[i] - before[i]
	}
	var within int64 // what moves from the cells that go against the whole
	for i := range before {
		own[i], moved[i] = 0, after[i]-before[i]
		if cmp.Compare(moved[i], 0) != cmp.Compare(net, 0) {
			within -= moved[i]
		}
	}
	if net == 0 {
		return 0
	}
	for i, x := range moved {
		if cmp.Compare(x, 0) != cmp.Compare(net, 0) {
			continue
		}
		moved[i] = within
		if net > 0 && within > x || net < 0 && within < x {
			moved[i] = x
		}
		within -= moved[i]
		own[i] = x - moved[i]
	}
	return net
}

// classOf is the class of a currency's change, of which whole is that of the customer's unless
// it is between revenue and revenue.
func classOf(whole Class, net int64) Class {
	switch {
	case net == 0:
		return ClassTransfer
	case whole != 0:
		return whole
	case net > 0:
		return ClassExpansion
	}
	return ClassContraction
}

// mixedCurrency counts the change of a currency's cells.
func (p *plain) mixedCurrency(x mixedStep, before []int64, from, to int) {
	m := &p.mixed
	atom := int(x.atom)
	net := shareOut(m.own[from:to], m.moved[from:to], before[from:to], m.now[from:to])
	class := classOf(x.class, net)
	for _, tr := range p.q.timeline.tracks {
		period := int(tr[atom])
		if period < 0 {
			continue
		}
		whole := m.all[from].flows[period*flows:]
		for i := from; i < to; i++ {
			whole[flowDelta] += m.own[i] + m.moved[i]
			whole[class.flow()] += m.own[i]
			whole[flowTransfer] += m.moved[i]
			if m.cell[i] == nil {
				continue
			}
			f := m.cell[i].flows[period*flows:]
			f[flowDelta] += m.own[i] + m.moved[i]
			f[class.flow()] += m.own[i]
			f[flowTransfer] += m.moved[i]
		}
		p.mixedOpen(tr, period, class, from, to)
		switch {
		case class == ClassTransfer:
		case x.cause == (cause{}):
			m.all[from].flowCounts[period*flowCounts+class.unknown()]++
		default:
			p.causes.lose(int32(period), m.keys[from].currency, class, x.cause, net)
		}
	}
}

// mixedOpen counts movements of opening customers of a period. What they had at its start is
// what they had before their first step in it.
func (p *plain) mixedOpen(tr track, period int, class Class, from, to int) {
	which := class.openFlow()
	if which < 0 {
		return
	}
	m := &p.mixed
	n := len(m.keys)
	first := len(m.steps)
	for first > 0 && int(tr[m.steps[first-1].atom]) == period {
		first--
	}
	open := m.sums[2*first*n:][:n]
	currency := view{from: from, to: to}
	if currency.sum(open) > 0 {
		f := m.all[from].flows[period*flows:]
		for i := from; i < to; i++ {
			f[which] += m.own[i]
		}
	}
	for i := from; i < to; i++ {
		if m.cell[i] != nil && open[i] > 0 {
			m.cell[i].flows[period*flows+which] += m.own[i]
		}
	}
}

func (p *plain) mixedStretches() {
	m := &p.mixed
	n := len(m.keys)
	for _, tr := range p.q.timeline.tracks {
		for i := 0; i < len(m.steps); {
			period := tr[m.steps[i].atom]
			j := i + 1
			for j < len(m.steps) && tr[m.steps[j].atom] == period {
				j++
			}
			if period >= 0 {
				p.mixedStretch(int(period), m.sums[2*i*n:2*j*n], i > 0, m.steps[j-1].cause)
			}
			i = j
		}
	}
}

// mixedStretch counts what became of a customer within a period, of which sums are those
// before and after each of its steps, of which the last has a cause.
func (p *plain) mixedStretch(period int, sums []int64, paid bool, last cause) {
	m := &p.mixed
	n := len(m.keys)
	open, end := sums[:n], sums[len(sums)-n:]
	pays := m.views[0].sum(end) > 0
	opened := m.views[0].sum(open) > 0
	for i := range m.views {
		v := &m.views[i]
		o, e, own := v.sum(open), v.sum(end), v.sum(end)
		if v.key.segment != every {
			e = p.endOf(v.from, open, end)
		}
		counts := v.table.flowCounts[period*flowCounts:]
		switch {
		case o == 0 && own == 0:
			for j := n; j < len(sums)-n; j += n {
				if v.sum(sums[j:j+n]) > 0 {
					counts[flowsSamePeriod]++
					break
				}
			}
		case o == 0:
		case !pays:
			counts[flowsLost]++
			last.count(counts)
		case i == 0:
		case e > o:
			counts[flowsGrown]++
		case e < o && e > 0:
			counts[flowsShrunk]++
		}
		if i == 0 {
			continue
		}
		f := v.table.flows[period*flows:]
		if o > 0 {
			f[flowRetained] += e - o
			f[flowKept] += min(o, e) - o
		}
	}
	whole := Class(0)
	switch {
	case !opened && pays && paid:
		whole = ClassReactivation
	case !opened && pays:
		whole = ClassNew
	case opened && !pays:
		whole = ClassChurn
	}
	for i := 1; i < len(m.whole); i++ {
		p.mixedEnds(period, whole, open, end, m.whole[i-1], m.whole[i])
	}
}

// endOf is [accountant.endOf] for a cell.
func (p *plain) endOf(cell int, open, end []int64) int64 {
	m := &p.mixed
	if open[cell] == 0 {
		return 0
	}
	e := end[cell]
	main := -1
	for i, k := range m.keys {
		if k.currency == m.keys[cell].currency && open[i] > 0 && (main < 0 || open[i] > open[main]) {
			main = i
		}
	}
	if main != cell {
		return e
	}
	for i, k := range m.keys {
		if k.currency == m.keys[cell].currency && open[i] == 0 {
			e += end[i]
		}
	}
	return e
}

// mixedEnds classifies the two ends of a period for the cells of a currency.
func (p *plain) mixedEnds(period int, whole Class, open, end []int64, from, to int) {
	m := &p.mixed
	class := classOf(whole, shareOut(m.own[from:to], m.moved[from:to], open[from:to], end[from:to]))
	which := endNew + int(class-ClassNew)
	all := m.all[from].flows[period*flows:]
	for i := from; i < to; i++ {
		all[which] += m.own[i]
		all[endTransfer] += m.moved[i]
		if m.cell[i] != nil {
			f := m.cell[i].flows[period*flows:]
			f[which] += m.own[i]
			f[endTransfer] += m.moved[i]
		}
	}
}
