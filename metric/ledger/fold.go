package ledger

import (
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// course is what the facts of some customers come to: a step function of revenue for each
// unit, and what else depends on time. Customers that no fact joins have a course each.
type course struct {
	units    []*unit
	sides    []side    // of other levels than revenue
	points   []point   // levels at cuts
	flips    []flip    // of subscriptions between revenue and none
	renewals []renewal // of terms that ended
	moves    []move    // of revenue between units
}

// unit is a customer or, with [BySubscription], one subscription.
type unit struct {
	customer event.Code
	sub      event.Code
	steps    []step
}

// step is a change of a unit's revenue at one instant. Transfer is what came from other
// units or went to them, and is part of the change.
type step struct {
	at                      int64
	before, transfer, after parts
	reason                  Reason
	text                    string
	live                    bool // some subscription goes on
	onPause                 bool // some subscription is paused and has a date of return
	prior                   bool // of a closed period
}

// side is an amount and a number added to levels from an instant on.
type side struct {
	at     int64
	level  int // -1 for no amount
	key    tableKey
	amount exact.Fraction
	count  int // of levelCounts, -1 for none
	n      int64
}

// point is a level at one cut.
type point struct {
	cut    int
	level  int
	key    tableKey
	amount exact.Fraction
}

// flip is that a subscription begins to have revenue, or has none any more.
type flip struct {
	at  int64
	sub subKey
	on  bool
	key tableKey // where
}

// subKey tells the subscriptions of a course apart.
type subKey struct {
	origin int
	code   event.Code
}

// renewal is the end of an agreed term.
type renewal struct {
	at            int64
	before, after parts
}

// move is revenue that went from one unit to another.
type move struct {
	at       int64
	from, to int
	parts    parts
}

// simFact is a fact of one of the customers that are folded together.
type simFact struct {
	*fact
	code event.Code // of the customer
	who  int        // the customer among those
	when int64
}

// subscription is the state of a subscription at an instant.
type subscription struct {
	code          event.Code
	index         int
	origin, owner int   // customers
	since         int64 // when it was taken over, unless by a merge

	lines    []line
	currency uint8
	started  int64 // noTime if it never did
	ends     int64 // never if it does not
	trialEnd int64 // noTime if there is no trial
	termEnd  int64 // noTime if it is not known

	set, paused, requested bool
	pausedUntil            int64
	dues                   []due
	over                   *simFact // an end at an instant at which nothing ran
	why                    Reason   // of its end or request
	text                   string

	value   parts // revenue
	sides   []side
	onPause bool // would have revenue if it were not paused with a date of return
	live    bool // goes on, with revenue or without

	touched bool
	due     bool // a term ends in the group
	was     struct {
		value  parts
		owner  int
		lines  []line
		paused bool

		live, onPause bool
	}
}

// due is a payment that failed.
type due struct {
	invoice      string
	since, limit int64
}

// lapse is a payment that was given up.
type lapse struct {
	sub   int
	since int64
}

// sim folds facts in order of time.
type sim struct {
	l         *Ledger
	q         *question
	o         *Options
	rates     *converter
	customers []event.Code
	into      []int // the customer that each was merged into, or itself
	mergedAt  []int64
	all       []simFact // on record now or ever
	facts     []simFact // on record, in order
	known     int64     // by when
	rest      int       // the first fact that has not been applied
	stop      int64     // before which to fold
	subs      []*subscription
	timers    []timer // a heap
	touched   []*subscription
	scheduled bool // levels at cuts have to be looked for
	cut       int  // the next one
	now       int64
	frozen    int64 // after which prices and trials stay as they are
	open      bool  // a group is
	at, until int64
	lapses    map[lapse]bool // by which ends are dated back
	lapsing   map[lapse]bool // those found
	byKey     map[subKey]*subscription
	current   []parts // revenue of each unit
	standing  []standing
	course    course
}

// standing is how many subscriptions of a unit go on, and how many would have revenue if they
// were not paused with a date of return.
type standing struct{ live, onPause int }

// timer says that a subscription changes by itself.
type timer struct {
	at  int64
	sub int
}

// newSim returns a simulation of what was on record at an instant.
func newSim(q *question, rates *converter, customers []event.Code, all []simFact, known int64) *sim {
	s := &sim{l: q.ledger, q: q, o: &q.ledger.options, rates: rates, customers: customers, all: all, facts: q.selected(all, known), known: known,
		stop: never, now: noTime, frozen: q.frozen(), byKey: make(map[subKey]*subscription)}
	for i := range all {
		f := &all[i]
		if f.kind == CancellationRequested || f.kind == TrialStarted || f.recorded < f.when {
			s.scheduled = true
		}
	}
	for i := range customers {
		s.into = append(s.into, i)
		s.mergedAt = append(s.mergedAt, noTime)
	}
	if s.o.Unit == ByCustomer {
		for _, c := range customers {
			s.addUnit(c, event.NoCode)
		}
	}
	return s
}

// takenOver returns the subscription of a name that a customer took over from another.
func (s *sim) takenOver(who int, code event.Code) *subscription {
	if len(s.customers) == 1 || code == event.NoCode || s.root(who) != who {
		return nil
	}
	for i := range s.customers {
		if b := s.byKey[subKey{i, code}]; b != nil && b.owner == who && s.now >= max(b.since, s.mergedAt[i]) {
			return b
		}
	}
	return nil
}

func (s *sim) addUnit(customer, sub event.Code) {
	s.course.units = append(s.course.units, &unit{customer: customer, sub: sub})
	s.current = append(s.current, nil)
	s.standing = append(s.standing, standing{})
}

// run returns the course of the facts.
func (s *sim) run() *course {
	if s.o.MergeRestated {
		for i := range s.facts {
			if f := &s.facts[i]; f.kind == CustomerMerged {
				s.merge(f)
			}
		}
	}
	for {
		t := int64(never)
		if s.rest < len(s.facts) {
			t = s.facts[s.rest].when
		}
		if len(s.timers) > 0 {
			t = min(t, s.timers[0].at)
		}
		s.pointsUpTo(t)
		if t >= s.stop {
			break
		}
		s.now = t
		if !s.open || t >= s.until {
			s.closeGroup()
			s.at, s.until = s.q.group(t)
			s.open = true
		}
		for len(s.timers) > 0 && s.timers[0].at == t {
			s.fire(s.popTimer())
		}
		for ; s.rest < len(s.facts) && s.facts[s.rest].when == t; s.rest++ {
			s.apply(&s.facts[s.rest])
		}
		s.evaluateTouched(t)
	}
	s.closeGroup()
	return &s.course
}

// root returns the customer that one has been merged into, or itself.
func (s *sim) root(who int) int {
	for s.into[who] != who {
		who = s.into[who]
	}
	return who
}

func (s *sim) whoIs(key string) int {
	code, _ := s.l.keys.Lookup(key)
	return slices.Index(s.customers, code)
}

// merge makes all that belongs to a customer another's.
func (s *sim) merge(f *simFact) {
	from, into := s.root(f.who), s.whoIs(f.other)
	if into < 0 {
		return
	}
	if into = s.root(into); from == into {
		return
	}
	s.into[from], s.mergedAt[from] = into, f.when
	for _, b := range s.subs {
		if b.owner == from {
			s.touch(b)
			b.owner = into
		}
	}
}

// find returns the subscription that a fact is about. Facts of a customer may go on under
// another that it was merged into, or that took over the subscription, as long as that has
// none of the same name.
func (s *sim) find(who int, code event.Code) *subscription {
	if b := s.byKey[subKey{who, code}]; b != nil {
		return b
	}
	root := s.root(who)
	if b := s.takenOver(who, code); b != nil {
		return b
	}
	b := &subscription{code: code, index: len(s.subs), origin: who, owner: root, since: noTime, started: noTime, ends: never, trialEnd: noTime, termEnd: noTime}
	s.subs = append(s.subs, b)
	s.byKey[subKey{who, code}] = b
	if s.o.Unit == BySubscription {
		s.addUnit(s.customers[who], code)
	}
	return b
}

// touch notes what a subscription was before the group.
func (s *sim) touch(b *subscription) {
	if b.touched {
		return
	}
	b.touched = true
	b.was.value, b.was.owner, b.was.lines, b.was.paused = b.value, b.owner, b.lines, b.paused
	b.was.live, b.was.onPause = b.live, b.onPause
	s.touched = append(s.touched, b)
}

func (s *sim) fire(t timer) {
	b := s.subs[t.sub]
	s.touch(b)
	if b.termEnd == t.at && b.longTerm() {
		b.due = true
	}
}

// longTerm reports whether a subscription is agreed on for more than a month.
func (b *subscription) longTerm() bool {
	return slices.ContainsFunc(b.lines, func(n line) bool {
		switch n.interval {
		case Yearly:
			return true
		case Monthly:
			return n.count > 1
		case Weekly:
			return n.count > 5
		}
		return n.count > 31
	})
}

// apply changes the state of subscriptions to what a fact says.
func (s *sim) apply(f *simFact) {
	switch f.kind {
	case CustomerMerged:
		if !s.o.MergeRestated {
			s.merge(f)
		}
		return
	case PaymentFailed, PaymentRecovered:
		s.applyPayment(f)
		return
	}
	b := s.find(f.who, f.sub)
	s.touch(b)
	switch f.kind {
	case Started, Updated, TrialStarted, MRRSet:
		s.setItems(b, f)
	case Paused:
		b.paused, b.pausedUntil = true, f.until
	case Resumed:
		b.paused = false
	case CancellationRequested:
		b.requested = true
		b.why, b.text = f.why()
	case CancellationWithdrawn:
		b.requested = false
	case Cancelled, Expired:
		s.end(b, f)
	case Renewed:
		s.setTerm(b, f.until)
	case TrialEnded:
		if f.converted == no {
			s.end(b, f)
		}
		b.trialEnd = noTime
	case Transferred:
		if to := s.whoIs(f.other); to >= 0 {
			b.owner, b.since = s.root(to), f.when
		}
	}
}

// why returns the reason of an end, and its words.
func (f *fact) why() (Reason, string) {
	switch {
	case f.kind == Expired:
		return TermEnded, f.reason
	case f.voluntary == yes:
		return Voluntary, f.reason
	case f.voluntary == no:
		return Involuntary, f.reason
	}
	return Unknown, f.reason
}

// end ends a subscription. If nothing of it ran before the instant, what starts at the instant
// is over at once: that is an empty interval (A8).
func (s *sim) end(b *subscription, f *simFact) {
	ran := b.started != noTime && b.started < f.when && b.ends >= f.when || b.trialEnd != noTime && b.trialEnd >= f.when
	if !ran {
		b.over = f
	}
	b.why, b.text = f.why()
	b.ends = f.when
	if s.o.ChurnAt == ChurnAtNextInvoice && f.kind == Cancelled {
		b.ends = b.nextInvoice(f.when, s.q.timeline.loc)
	}
	s.timer(b.ends, b)
}

// tied reports whether nothing but what they say decides which of two facts is the later.
func (f *simFact) tied(o *simFact) bool {
	return f.when == o.when && f.seq == o.seq && f.recorded == o.recorded
}

func (s *sim) setItems(b *subscription, f *simFact) {
	if f.kind == TrialStarted {
		b.trialEnd = f.until
		s.timer(f.until, b)
		if f.lines == nil {
			return
		}
	}
	starts := f.kind == Started || f.kind == MRRSet || b.started == noTime
	if starts {
		if f.kind != MRRSet || b.started == noTime || f.when >= b.ends {
			b.started = f.when
		}
		b.ends = never
		b.paused, b.requested, b.dues = false, false, nil
		b.why, b.text = Unknown, ""
	}
	if f.kind == Started && f.until != noTime {
		s.setTerm(b, f.until)
	}
	b.lines, b.currency, b.set = f.lines, f.currency, f.kind == MRRSet
	if b.set && f.lines[0].list.IsZero() {
		b.ends = f.when
	}
	for i := range b.lines {
		if n := &b.lines[i]; n.ends != never && n.ends > f.when {
			s.timer(n.ends, b)
		}
	}
	if starts && b.over != nil && b.over.tied(f) {
		s.end(b, b.over)
	}
}

func (s *sim) setTerm(b *subscription, end int64) {
	if end != noTime {
		b.termEnd = end
		s.timer(end, b)
	}
}

// nextInvoice returns when the term that an instant is in ends.
func (b *subscription) nextInvoice(t int64, loc *time.Location) int64 {
	if b.termEnd != noTime && b.termEnd >= t {
		return b.termEnd
	}
	i := slices.IndexFunc(b.lines, func(n line) bool { return !n.metered })
	if i < 0 || b.started == noTime || b.set {
		return t
	}
	n := &b.lines[i]
	start := time.Unix(0, b.started).In(loc)
	const day = 24 * int64(time.Hour)
	length, step := day, Span{Days: int(n.count)}
	switch n.interval {
	case Weekly:
		length, step = 7*day, Span{Days: 7 * int(n.count)}
	case Monthly:
		length, step = 28*day, Span{Months: int(n.count)}
	case Yearly:
		length, step = 365*day, Span{Months: 12 * int(n.count)}
	}
	// No more intervals have passed than shortest ones would have.
	last := (t-b.started)/(length*n.count) + 1
	low, high := int64(0), last
	end := func(k int64) int64 {
		return nanos(addMonths(start, step.Months*int(k)).AddDate(0, 0, step.Days*int(k)))
	}
	for low < high {
		if k := (low + high) / 2; end(k) < t {
			low = k + 1
		} else {
			high = k
		}
	}
	return max(end(low), t)
}

// applyPayment notes that a payment failed, or was taken after all.
func (s *sim) applyPayment(f *simFact) {
	if f.sub != event.NoCode {
		s.pay(s.find(f.who, f.sub), f)
		return
	}
	root := s.root(f.who)
	for _, b := range s.subs {
		if b.owner == root {
			s.pay(b, f)
		}
	}
}

func (s *sim) pay(b *subscription, f *simFact) {
	s.touch(b)
	if f.kind == PaymentRecovered {
		b.dues = slices.DeleteFunc(slices.Clone(b.dues), func(d due) bool {
			return f.other == "" || d.invoice == "" || d.invoice == f.other
		})
		return
	}
	if slices.ContainsFunc(b.dues, func(d due) bool { return d.invoice == f.other }) {
		return // another attempt
	}
	d := due{f.other, f.when, never}
	if days, ok := s.o.dunning(); ok {
		d.limit = Span{Days: days}.after(f.when, s.q.timeline.loc)
		s.timer(d.limit, b)
	}
	b.dues = append(slices.Clone(b.dues), d)
}

// lapsed reports whether a subscription has ended for want of payment.
func (s *sim) lapsed(b *subscription, t int64) bool {
	for _, d := range b.dues {
		if s.lapses != nil && s.lapses[lapse{b.index, d.since}] {
			return true
		}
		if d.limit <= t {
			if s.lapsing != nil {
				s.lapsing[lapse{b.index, d.since}] = true
			}
			return true
		}
	}
	return false
}

func (b *subscription) inTrial(t int64) bool { return b.trialEnd != noTime && t < b.trialEnd }

func (s *sim) evaluateTouched(t int64) {
	for _, b := range s.touched {
		old, count := b.sides, len(s.course.sides)
		b.value, b.sides, b.onPause = s.evaluate(b, t)
		b.live = b.started != noTime && t < b.ends && !s.lapsed(b, min(t, s.frozen))
		for _, x := range old {
			x.at, x.amount, x.n = t, x.amount.Neg(), -x.n
			s.course.sides = append(s.course.sides, x)
		}
		s.course.sides = append(s.course.sides, b.sides...)
		for i := count; i < len(s.course.sides); i++ {
			s.course.sides[i].at = t
		}
	}
}

// evaluate returns the revenue of a subscription from an instant on, the other levels that it
// adds to, and whether it would have revenue if it were not paused with a date of return.
func (s *sim) evaluate(b *subscription, t int64) (value parts, sides []side, onPause bool) {
	now := min(t, s.frozen)
	if b.started == noTime || t >= b.ends || s.lapsed(b, now) {
		return nil, nil, false
	}
	trial := b.inTrial(now)
	if trial {
		sides = append(sides, side{level: -1, key: tableKey{s.currencyOf(b), every}, count: countTrials, n: 1})
	}
	requested := b.requested && s.o.ChurnAt == ChurnAtRequest
	pause := b.paused && !s.o.PausedCounts
	add := func(level int, key tableKey, x exact.Fraction) {
		if !x.IsZero() {
			sides = append(sides, side{level: level, key: key, amount: x, count: -1})
		}
	}
	for i := range b.lines {
		n := &b.lines[i]
		amount, off, ending := n.at(now, s.o)
		key, rate := s.keyOf(b, n)
		if rate != nil {
			amount, off, ending = amount.Mul(*rate), off.Mul(*rate), ending.Mul(*rate)
		}
		switch {
		case trial && !(n.metered && !s.o.CountMetered):
			add(levelTrial, key, amount)
		case trial || requested:
		case n.metered && !s.o.CountMetered:
			add(levelMetered, key, amount)
		case pause && b.pausedUntil != noTime:
			add(levelPaused, key, amount)
			onPause = onPause || amount.Sign() > 0
		case pause:
			add(levelPausedOpen, key, amount)
		default:
			value = value.plus(key, amount)
			add(levelDiscount, key, off)
			add(levelLimited, key, ending)
		}
	}
	if len(b.dues) > 0 {
		for i := range value {
			add(levelAtRisk, value[i].key, value[i].amount)
		}
	}
	return value, sides, onPause
}

// closeGroup makes steps of what changed in a group.
func (s *sim) closeGroup() {
	if !s.open {
		return
	}
	s.open = false
	type change struct {
		unit            int
		after, transfer parts
		gain, loss      exact.Fraction // the largest of a subscription
		won, lost       Reason
		wonAs, lostAs   string
	}
	var changes []change
	of := func(unit int) *change {
		for i := range changes {
			if changes[i].unit == unit {
				return &changes[i]
			}
		}
		changes = append(changes, change{unit: unit, after: s.current[unit].clone(), won: Unknown, lost: Unknown})
		return &changes[len(changes)-1]
	}
	for _, b := range s.touched {
		b.touched = false
		from, to := b.was.owner, b.owner
		if s.o.Unit == BySubscription {
			from = b.index
			to = from
		}
		s.flip(b)
		s.standing[from].live -= truth(b.was.live)
		s.standing[from].onPause -= truth(b.was.onPause)
		s.standing[to].live += truth(b.live)
		s.standing[to].onPause += truth(b.onPause)
		if b.due {
			s.renew(b)
		}
		c := of(from)
		c.after = c.after.without(b.was.value)
		if to != from && len(b.was.value) > 0 {
			c.transfer = c.transfer.without(b.was.value)
			c = of(to)
			c.transfer = c.transfer.with(b.was.value)
			s.course.moves = append(s.course.moves, move{s.at, from, to, b.was.value})
		}
		c = of(to)
		c.after = c.after.with(b.value)
		if b.value.equal(b.was.value) {
			continue
		}
		d := b.value.of(tableKey{every, every}).Sub(b.was.value.of(tableKey{every, every}))
		reason, text := b.reason(s.until - 1)
		if d.Cmp(c.gain) > 0 {
			c.gain, c.won, c.wonAs = d, reason, text
		}
		if d.Cmp(c.loss) < 0 {
			c.loss, c.lost, c.lostAs = d, reason, text
		}
	}
	s.touched = s.touched[:0]
	for i := range changes {
		c := &changes[i]
		before := s.current[c.unit]
		if c.after.equal(before) && len(c.transfer) == 0 {
			continue
		}
		s.current[c.unit] = c.after
		x := step{at: s.at, before: before, transfer: c.transfer, after: c.after, reason: c.won, text: c.wonAs}
		if c.loss.Neg().Cmp(c.gain) > 0 {
			x.reason, x.text = c.lost, c.lostAs
		}
		x.live, x.onPause = s.standing[c.unit].live > 0, s.standing[c.unit].onPause > 0
		u := s.course.units[c.unit]
		u.steps = append(u.steps, x)
	}
}

// flip notes that a subscription has revenue now, or none any more: at all,
// in a currency and in a segment.
func (s *sim) flip(b *subscription) {
	add := func(k tableKey, was, is bool) {
		if was != is {
			s.course.flips = append(s.course.flips, flip{s.at, subKey{b.origin, b.code}, is, k})
		}
	}
	add(tableKey{every, every}, b.was.value.paying(), b.value.paying())
	for _, k := range views(b.was.value, b.value)[1:] {
		add(k, b.was.value.of(k).Sign() > 0, b.value.of(k).Sign() > 0)
	}
}

func (s *sim) renew(b *subscription) {
	b.due = false
	if b.was.value.paying() {
		s.course.renewals = append(s.course.renewals, renewal{s.at, b.was.value, b.value})
	}
}

// reason returns why the revenue of a subscription changed.
func (b *subscription) reason(t int64) (Reason, string) {
	was, is := b.was.value.paying(), b.value.paying()
	switch {
	case b.set && !sameLines(b.lines, b.was.lines):
		return Unknown, b.text
	case was && !is && b.paused && !b.was.paused:
		return OnPause, ""
	case was && !is && (b.ends <= t || b.requested && len(b.dues) == 0):
		return b.why, b.text
	case was && !is && len(b.dues) > 0:
		return Involuntary, "payment"
	case was && !is:
		return MovedToFree, ""
	case !was && is && b.was.paused && !b.paused:
		return OffPause, ""
	case !was:
		return Unknown, ""
	case sameLines(b.lines, b.was.lines):
		return DiscountEnded, ""
	case sameButQuantity(b.lines, b.was.lines):
		return Seats, ""
	}
	return PriceChange, ""
}

func sameLines(a, b []line) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func sameButQuantity(a, b []line) bool {
	return slices.EqualFunc(a, b, func(x, y line) bool {
		return x.plan == y.plan && x.price.Cmp(y.price) == 0 && x.interval == y.interval && x.count == y.count
	})
}

// timer has a subscription looked at again at an instant, unless nothing happens by itself
// then any more.
func (s *sim) timer(at int64, b *subscription) {
	if at <= s.now || at >= lastNano || at > s.frozen && at != b.ends {
		return
	}
	s.timers = append(s.timers, timer{at, b.index})
	for i := len(s.timers) - 1; i > 0; {
		parent := (i - 1) / 2
		if s.timers[parent].at <= s.timers[i].at {
			break
		}
		s.timers[parent], s.timers[i] = s.timers[i], s.timers[parent]
		i = parent
	}
}

func (s *sim) popTimer() timer {
	first := s.timers[0]
	last := len(s.timers) - 1
	s.timers[0] = s.timers[last]
	s.timers = s.timers[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && s.timers[child+1].at < s.timers[child].at {
			child++
		}
		if s.timers[i].at <= s.timers[child].at {
			break
		}
		s.timers[i], s.timers[child] = s.timers[child], s.timers[i]
		i = child
	}
	return first
}
