package ledger

import (
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Class is what kind of change a movement is.
type Class uint8

// The classes, by the revenue b just before a change and a just after it (C1 to C6, C12).
const (
	ClassNew          Class = 1 + iota // b = 0 < a, and never more than 0 before
	ClassExpansion                     // 0 < b < a
	ClassContraction                   // 0 < a < b
	ClassChurn                         // a = 0 < b
	ClassReactivation                  // b = 0 < a, and more than 0 before
	ClassTransfer                      // from or to another customer or segment; adds up to nothing
	ClassFX                            // what exchange rates changed; of whole periods only
)

// String returns the name, as "reactivation".
func (c Class) String() string {
	names := [...]string{"none", "new", "expansion", "contraction", "churn", "reactivation", "transfer", "fx"}
	if int(c) >= len(names) {
		c = 0
	}
	return names[c]
}

// flow is the flow that movements of a class are counted in.
func (c Class) flow() int { return flowNew + int(c-ClassNew) }

// unknown is the count of movements of a class, but for transfers, of which no reason is known.
func (c Class) unknown() int { return unknownNew + int(c-ClassNew) }

// openFlow is the flow for those of opening customers, or -1.
func (c Class) openFlow() int {
	switch c {
	case ClassExpansion:
		return openExpansion
	case ClassContraction:
		return openContraction
	case ClassChurn:
		return openChurn
	case ClassReactivation:
		return openReactivation
	}
	return -1
}

// entry is an amount of a class in a currency and segment.
type entry struct {
	class  Class
	key    tableKey
	amount exact.Fraction
}

// classes is what a step comes to.
type classes struct {
	class     Class // of the whole, as far as that is not between revenue and revenue
	returning bool
	entries   []entry
}

// split shares out the change of one currency to its segments. A gain is the gain of
// segments that gained, a loss that of segments that lost; what moved between segments is
// transferred, so that a switch from one to another is two transfers and the difference
// (C14). Segments take part in the order of their names.
func (l *Ledger) split(change parts, net exact.Fraction, give func(k tableKey, own, transfer exact.Fraction)) {
	if len(change) == 1 {
		give(change[0].key, change[0].amount, exact.Fraction{})
		return
	}
	if len(change) > 2 {
		slices.SortFunc(change, func(a, b part) int {
			return strings.Compare(l.segments.texts[a.key.segment], l.segments.texts[b.key.segment])
		})
	}
	sign := net.Sign()
	var against exact.Fraction // what moves within
	for i := range change {
		if change[i].amount.Sign() != sign {
			against = against.Add(change[i].amount)
		}
	}
	for i := range change {
		x := change[i].amount
		if x.Sign() != sign {
			give(change[i].key, exact.Fraction{}, x)
			continue
		}
		within := against.Neg()
		if within.Abs().Cmp(x.Abs()) > 0 {
			within = x
		}
		against = against.Add(within)
		give(change[i].key, x.Sub(within), within)
	}
}

// classify returns what a step is. Paid says whether the unit had paid before, and gone when
// its revenue last fell to zero; live says whether a subscription went on before.
func (q *question) classify(x *step, paid, live bool, gone int64) (c classes) {
	base := x.before
	if len(x.transfer) > 0 {
		base = base.clone().with(x.transfer)
	}
	var whole Class
	switch was, is := base.paying(), x.after.paying(); {
	case !was && is && paid && q.ledger.options.ZeroIsContraction && live:
		whole = ClassExpansion
	case !was && is && paid && q.reactivates(gone, x.at):
		whole = ClassReactivation
	case !was && is:
		whole, c.returning = ClassNew, paid
	case was && !is && q.ledger.options.ZeroIsContraction && x.live:
		whole = ClassContraction
	case was && !is:
		whole = ClassChurn
	}
	c.class = whole
	for _, p := range x.transfer {
		c.entries = append(c.entries, entry{ClassTransfer, p.key, p.amount})
	}
	change := x.after.clone().without(base)
	for len(change) > 0 {
		list := change.currency()
		change = change[len(list):]
		net := list.of(tableKey{every, every})
		class := whole
		switch {
		case net.Sign() == 0:
			class = ClassTransfer
		case whole == 0 && net.Sign() > 0:
			class = ClassExpansion
		case whole == 0:
			class = ClassContraction
		}
		q.ledger.split(list, net, func(k tableKey, own, transfer exact.Fraction) {
			if !own.IsZero() {
				c.entries = append(c.entries, entry{class, k, own})
			}
			if !transfer.IsZero() {
				c.entries = append(c.entries, entry{ClassTransfer, k, transfer})
			}
		})
	}
	return c
}

// reactivates reports whether a return is a reactivation, and not new again (C8).
func (q *question) reactivates(gone, at int64) bool {
	o := &q.ledger.options
	if gone == noTime {
		return true
	}
	loc := q.timeline.loc
	if !o.ReactivateAfter.IsZero() && at < o.ReactivateAfter.after(gone, loc) {
		return false
	}
	return o.ReactivateWithin.IsZero() || at <= o.ReactivateWithin.after(gone, loc)
}

// bridge takes out of a unit's steps the gaps that are not longer than the grace (C9).
func (q *question) bridge(u *unit) {
	grace := q.ledger.options.Grace
	if grace.IsZero() {
		return
	}
	kept := u.steps[:0]
	for _, x := range u.steps {
		if n := len(kept) - 1; n >= 0 && !kept[n].after.paying() && x.after.paying() && kept[n].before.paying() &&
			x.at <= grace.after(kept[n].at, q.timeline.loc) {
			x.before = kept[n].before
			x.transfer = kept[n].transfer.clone().with(x.transfer)
			kept = kept[:n]
			if x.before.equal(x.after) && len(x.transfer) == 0 {
				continue
			}
		}
		kept = append(kept, x)
	}
	u.steps = kept
}

// group returns when a change at an instant is booked, and until when others are booked with
// it.
func (q *question) group(t int64) (at, until int64) {
	local := func() time.Time { return time.Unix(0, t).In(q.timeline.loc) }
	switch q.ledger.options.Grain {
	case GrainHour:
		return t, t + int64(time.Hour)
	case GrainDay:
		start := q.day(t)
		return start, nanos(q.dayAfter(local()))
	case GrainMonth:
		start, end := q.month(local())
		return start, end
	case GrainMonthStart:
		start, end := q.month(local())
		if start == t {
			return t, t + 1
		}
		return end, end + 1
	}
	return t, t + 1
}
