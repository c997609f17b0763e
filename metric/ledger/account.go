package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// accountant counts courses into a book. What is converted by date has its levels in a book
// of their own, by original currency.
type accountant struct {
	q      *question
	book   *book
	native *book // the same as book unless conversion is by date
	rates  *converter
}

func (q *question) accountant(rates *converter) *accountant {
	a := &accountant{q: q, book: newBook(q.timeline), rates: rates}
	a.native = a.book
	if q.byDate() {
		a.native = newBook(q.timeline)
	}
	return a
}

// keys calls do for the tables that a part belongs to, but for the one of all currencies.
func (a *accountant) keys(k tableKey, do func(tableKey)) {
	do(tableKey{k.currency, every})
	if k.segment != every {
		do(k)
	}
}

// views returns the tables that some revenue belongs to, that of all currencies first.
func views(list ...parts) []tableKey {
	keys := []tableKey{{every, every}}
	for _, p := range list {
		for i := range p {
			whole := tableKey{p[i].key.currency, every}
			if !slices.Contains(keys, whole) {
				keys = append(keys, whole)
			}
			if p[i].key != whole && !slices.Contains(keys, p[i].key) {
				keys = append(keys, p[i].key)
			}
		}
	}
	return keys
}

// paysIn reports whether revenue pays in the currency and segment of a table.
func (p parts) paysIn(k tableKey) bool {
	if k.currency == every {
		return p.paying()
	}
	return p.of(k).Sign() > 0
}

func (a *accountant) course(c *course) {
	for i, u := range c.units {
		a.unit(u, i, c)
	}
	for _, x := range c.sides {
		a.side(&x)
	}
	for _, x := range c.points {
		a.keys(x.key, func(k tableKey) {
			s := a.native.total(k)
			a.native.level(s, x.cut, x.level, x.amount)
			a.native.level(s, x.cut+1, x.level, x.amount.Neg())
		})
	}
	a.flips(c.flips)
	for _, x := range c.renewals {
		a.renewal(&x)
	}
}

func (a *accountant) side(x *side) {
	atom := a.q.timeline.atom(x.at)
	if x.level >= 0 {
		a.keys(x.key, func(k tableKey) { a.native.level(a.native.total(k), atom, x.level, x.amount) })
	}
	if x.count < 0 {
		return
	}
	for _, k := range []tableKey{{every, every}, a.shown(x.key)} {
		a.book.total(k).levelCounts[atom*levelCounts+x.count] += x.n
	}
}

// shown returns the table in which what is of a currency is shown.
func (a *accountant) shown(k tableKey) tableKey {
	if a.q.byDate() && k.currency != every {
		k.currency = target
	}
	return k
}

// unit counts the steps of a unit.
func (a *accountant) unit(u *unit, index int, c *course) {
	paid, live, gone := false, false, int64(noTime)
	var kinds []classes
	first := int64(never) // when it first paid
	for i := range u.steps {
		x := &u.steps[i]
		shown := a.convertStep(x)
		kind := a.q.classify(shown, paid, live, gone)
		kinds = append(kinds, kind)
		a.step(x, shown, &kind)
		if x.after.paying() {
			paid = true
			first = min(first, x.at)
		} else if x.before.paying() {
			gone = x.at
		}
		live = x.live
		if len(x.transfer) > 0 && x.before.clone().with(x.transfer).paying() {
			paid = true
		}
	}
	for _, tr := range a.q.timeline.tracks {
		for i := 0; i < len(u.steps); {
			period := tr[a.q.timeline.atom(u.steps[i].at)]
			j := i + 1
			for j < len(u.steps) && tr[a.q.timeline.atom(u.steps[j].at)] == period {
				j++
			}
			if period >= 0 {
				a.stretch(int(period), index, u.steps[i:j], kinds[i:j], c, first < u.steps[i].at)
			}
			i = j
		}
	}
}

// convertStep returns a step in the target currency, at the rates of its day.
func (a *accountant) convertStep(x *step) *step {
	if !a.q.byDate() {
		return x
	}
	day := a.q.day(x.at)
	y := *x
	y.before, y.transfer, y.after = a.rates.converted(x.before, day), a.rates.converted(x.transfer, day), a.rates.converted(x.after, day)
	return &y
}

// step counts a step: in levels as it is, in movements as it is shown.
func (a *accountant) step(x, shown *step, kind *classes) {
	tl := a.q.timeline
	atom := tl.atom(x.at)
	change := x.after.clone().without(x.before)
	for i := range change {
		a.keys(change[i].key, func(k tableKey) { a.native.level(a.native.total(k), atom, levelMRR, change[i].amount) })
	}
	for _, k := range views(shown.before, shown.after, shown.transfer) {
		was, is := shown.before.paysIn(k), shown.after.paysIn(k)
		s := a.book.total(k)
		if was != is {
			s.levelCounts[atom*levelCounts+countCustomers] += sign(is)
		}
		for _, tr := range tl.tracks {
			if p := int(tr[atom]); p >= 0 {
				a.stepCounts(s.flowCounts[p*flowCounts:], kind, k, was, is)
			}
		}
	}
	delta := shown.after.clone().without(shown.before)
	for _, tr := range tl.tracks {
		p := int(tr[atom])
		if p < 0 {
			continue
		}
		for _, e := range kind.entries {
			a.keys(e.key, func(k tableKey) {
				s := a.book.total(k)
				a.book.flow(s, p, e.class.flow(), e.amount)
				if x.prior {
					a.book.flow(s, p, flowPrior, e.amount)
				}
				if e.class == ClassNew && kind.returning {
					a.book.flow(s, p, flowReturning, e.amount)
				}
			})
		}
		for i := range delta {
			a.keys(delta[i].key, func(k tableKey) { a.book.flow(a.book.total(k), p, flowDelta, delta[i].amount) })
		}
		a.reasons(p, x, kind)
	}
}

// reasons notes why movements happened.
func (a *accountant) reasons(period int, x *step, kind *classes) {
	for i, e := range kind.entries {
		if e.class == ClassTransfer {
			continue
		}
		again := slices.ContainsFunc(kind.entries[:i], func(o entry) bool { return o.class == e.class && o.key.currency == e.key.currency })
		count := 1 - int64(truth(again))
		if x.reason == Unknown && x.text == "" {
			a.book.total(tableKey{e.key.currency, every}).flowCounts[period*flowCounts+e.class.unknown()] += count
			continue
		}
		a.book.lose(lossKey{period, e.key.currency, e.class, x.reason, x.text}, e.amount, count)
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sign(b bool) int64 { return int64(2*truth(b) - 1) }

func (a *accountant) stepCounts(counts []int64, kind *classes, k tableKey, was, is bool) {
	switch {
	case was == is && was:
		switch kind.change(k) {
		case ClassExpansion:
			counts[flowsExpansions]++
		case ClassContraction:
			counts[flowsContractions]++
		}
	case was == is:
	case is && kind.class == ClassNew:
		counts[flowsNew]++
		counts[flowsReturning] += int64(truth(kind.returning))
	case is && kind.class == ClassReactivation:
		counts[flowsReactivated]++
	case is:
		counts[flowsJoined]++
	case kind.class == ClassChurn:
		counts[flowsChurned]++
	default:
		counts[flowsLeft]++
	}
}

// change returns whether what is in a table expands or contracts.
func (c *classes) change(k tableKey) (class Class) {
	for _, e := range c.entries {
		in := k.currency == every || k.currency == e.key.currency && (k.segment == every || k.segment == e.key.segment)
		if in && (e.class == ClassExpansion || e.class == ClassContraction && class == 0) {
			class = e.class
		}
	}
	return class
}

// stretch counts what became of a unit within a period: from its revenue before the first of
// some steps to that after the last.
func (a *accountant) stretch(period, index int, steps []step, kinds []classes, c *course, paid bool) {
	q := a.q
	open, end := steps[0].before, steps[len(steps)-1].after
	var transfer parts
	for i := range steps {
		transfer = transfer.clone().with(steps[i].transfer)
	}
	start := q.timeline.cuts[q.timeline.periods[period].from]
	finish := q.timeline.cuts[q.timeline.periods[period].to]
	atStart := func(p parts) parts { return a.rates.converted(p, start) }
	open, transfer = atStart(open), atStart(transfer)
	ended := atStart(end)
	if q.ledger.options.RetentionWithFX {
		ended = a.rates.converted(end, finish)
	}
	inSegments, inAll := open, open
	if len(c.moves) > 0 {
		inAll = a.held(period, index, c, false)
		inSegments = inAll
		if q.Segments {
			inSegments = a.held(period, index, c, true)
		}
	}
	last := len(steps) - 1
	var between []parts
	for i := range steps[:last] {
		between = append(between, atStart(steps[i].after))
	}
	for _, k := range views(append([]parts{open, ended, inSegments, inAll, transfer}, between...)...) {
		held := inAll
		if k.segment != every {
			held = inSegments
		}
		s := a.book.total(k)
		counts := s.flowCounts[period*flowCounts:]
		opens := open.paysIn(k)
		a.lost(counts, k, open, held, ended, between, steps, kinds)
		if k.currency == every {
			continue
		}
		o, h := open.of(k), held.of(k)
		e := a.endOf(k, held, ended)
		var retained, kept exact.Fraction
		if h.Sign() > 0 {
			retained, kept = e, e
			if h.Cmp(e) < 0 {
				kept = h
			}
		}
		a.book.flow(s, period, flowRetained, retained.Sub(o))
		a.book.flow(s, period, flowKept, kept.Sub(o))
		if opens || h.Sign() > 0 {
			a.openFlows(s, period, k, kinds)
		}
	}
	a.ends(period, &step{before: open, transfer: transfer, after: atStart(end), live: steps[last].live}, paid)
}

// endOf returns what of the revenue at the end counts for a table: for a segment also what a
// customer has in segments that it held nothing in, if this is the largest it held.
func (a *accountant) endOf(k tableKey, held, end parts) exact.Fraction {
	e := end.of(k)
	if k.segment == every {
		return e
	}
	var main tableKey
	var most exact.Fraction
	for _, p := range held {
		if p.key.currency == k.currency && (p.amount.Cmp(most) > 0 || p.amount.Cmp(most) == 0 && a.before(p.key, main)) {
			main, most = p.key, p.amount
		}
	}
	if main != k || most.IsZero() {
		if held.of(k).IsZero() {
			return exact.Fraction{}
		}
		return e
	}
	for _, p := range end {
		if p.key.currency == k.currency && held.of(p.key).IsZero() {
			e = e.Add(p.amount)
		}
	}
	return e
}

// before reports whether the segment of a table comes before another's by name.
func (a *accountant) before(k, o tableKey) bool {
	texts := a.q.ledger.segments.texts
	return texts[k.segment] < texts[o.segment]
}

// openFlows counts the movements of an opening customer.
func (a *accountant) openFlows(s *total, period int, k tableKey, kinds []classes) {
	for i := range kinds {
		for _, e := range kinds[i].entries {
			if f := e.class.openFlow(); f >= 0 && e.key.currency == k.currency && (k.segment == every || e.key == k) {
				a.book.flow(s, period, f, e.amount)
			}
		}
	}
}

// lost counts customers by what they have at both ends, and between them.
func (a *accountant) lost(counts []int64, k tableKey, open, held, end parts, between []parts, steps []step, kinds []classes) {
	opens, ends := open.paysIn(k), end.paying()
	switch {
	case !opens && !end.paysIn(k):
		if slices.ContainsFunc(between, func(p parts) bool { return p.paysIn(k) }) {
			counts[flowsSamePeriod]++
		}
	case !opens:
	case !ends && held.paysIn(k):
		counts[flowsLost]++
		if steps[len(steps)-1].onPause {
			counts[flowsLostPaused]++
		}
		for i := len(kinds) - 1; i >= 0; i-- {
			if kinds[i].class == ClassChurn {
				switch steps[i].reason {
				case Voluntary:
					counts[flowsVoluntary]++
				case Involuntary:
					counts[flowsInvoluntary]++
				}
				break
			}
		}
	case ends && k.currency != every:
		e := a.endOf(k, held, end)
		switch e.Cmp(open.of(k)) {
		case -1:
			counts[flowsShrunk] += int64(truth(e.Sign() > 0))
		case 1:
			counts[flowsGrown]++
		}
	}
}

// ends classifies the two ends of a period (D12).
func (a *accountant) ends(period int, x *step, paid bool) {
	kind := a.q.classify(x, paid, false, noTime)
	for _, e := range kind.entries {
		a.keys(e.key, func(k tableKey) {
			a.book.flow(a.book.total(k), period, endNew+int(e.class-ClassNew), e.amount)
		})
	}
}

// held returns what a unit had at the start of a period and what came to it with the
// customers and subscriptions that it took over since, less what went to others: revenue that
// is still there after a merge has not been lost. By segment, what moves is first taken from
// what the other had in its segment, and then from what it had in others.
func (a *accountant) held(period, index int, c *course, bySegment bool) parts {
	q := a.q
	from, to := q.timeline.cuts[q.timeline.periods[period].from], q.timeline.cuts[q.timeline.periods[period].to]
	atStart := func(p parts) parts {
		if p = a.rates.converted(p, from); bySegment {
			return p.clone()
		}
		return p.whole()
	}
	has := make([]parts, len(c.units))
	for i, u := range c.units {
		_, p := u.until(from)
		has[i] = atStart(p)
	}
	for _, m := range c.moves {
		if m.at < from || m.at >= to {
			continue
		}
		rest := atStart(m.parts)
		for _, same := range []bool{true, false} {
			for _, p := range slices.Clone(rest) {
				for _, x := range slices.Clone(has[m.from]) {
					if x.key.currency != p.key.currency || same != (x.key == p.key) {
						continue
					}
					moved := least(x.amount, rest.of(p.key))
					if moved.Sign() <= 0 {
						continue
					}
					rest = rest.plus(p.key, moved.Neg())
					has[m.from] = has[m.from].plus(x.key, moved.Neg())
					has[m.to] = has[m.to].plus(x.key, moved)
				}
			}
		}
	}
	return has[index]
}

// flips counts subscriptions with revenue, and those lost within a period.
func (a *accountant) flips(list []flip) {
	tl := a.q.timeline
	for i := range list {
		x := &list[i]
		x.key = a.shown(x.key)
		a.book.total(x.key).levelCounts[tl.atom(x.at)*levelCounts+countSubscriptions] += sign(x.on)
	}
	slices.SortStableFunc(list, func(x, y flip) int {
		switch {
		case x.sub.origin != y.sub.origin:
			return less(x.sub.origin < y.sub.origin)
		case x.sub.code != y.sub.code:
			return less(x.sub.code < y.sub.code)
		}
		return x.key.compare(y.key)
	})
	for _, tr := range tl.tracks {
		for i := 0; i < len(list); {
			period := tr[tl.atom(list[i].at)]
			j := i + 1
			for j < len(list) && list[j].sub == list[i].sub && list[j].key == list[i].key && tr[tl.atom(list[j].at)] == period {
				j++
			}
			if period >= 0 && !list[i].on && !list[j-1].on {
				a.book.total(list[i].key).flowCounts[int(period)*flowCounts+flowsLostSubscriptions]++
			}
			i = j
		}
	}
}

// renewal counts the end of an agreed term (G13).
func (a *accountant) renewal(x *renewal) {
	tl := a.q.timeline
	day := a.q.day(x.at)
	before, after := a.rates.converted(x.before, day), a.rates.converted(x.after, day)
	for _, tr := range tl.tracks {
		p := int(tr[tl.atom(x.at)])
		if p < 0 {
			continue
		}
		for _, k := range views(before) {
			s := a.book.total(k)
			counts := s.flowCounts[p*flowCounts:]
			counts[renewalsDue]++
			renewed := after.paying()
			counts[renewalsRenewed] += int64(truth(renewed))
			if k.currency == every {
				continue
			}
			b, e := before.of(k), after.of(k)
			a.book.flow(s, p, renewalDue, b)
			if !renewed {
				continue
			}
			a.book.flow(s, p, renewalRenewed, b)
			if d := e.Sub(b); d.Sign() > 0 {
				a.book.flow(s, p, renewalExpansion, d)
			} else {
				a.book.flow(s, p, renewalContraction, d.Neg())
			}
		}
	}
}
