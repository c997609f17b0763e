package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// pointsUpTo looks at the cuts up to an instant, at which all earlier facts have been applied:
// what is agreed on then and takes effect later, as far as it was on record (F2).
func (s *sim) pointsUpTo(t int64) {
	cuts := s.q.timeline.cuts
	for ; s.cut < len(cuts) && cuts[s.cut] <= t; s.cut++ {
		if s.scheduled {
			s.points(s.cut)
		}
	}
}

// asOf returns the simulation just before an instant of what was on record then: s itself,
// unless more has become known of the time before or of what was agreed on.
func (s *sim) asOf(t int64) *sim {
	late := func(f simFact) bool { return f.when < t && f.recorded >= t }
	if len(s.facts) == len(s.all) && !slices.ContainsFunc(s.facts, late) {
		return s
	}
	then := s.q.fold(s.rates, s.customers, s.all, min(s.known, t-1))
	then.scheduled, then.stop = false, t
	then.run()
	return then
}

func (s *sim) points(cut int) {
	t := s.q.timeline.cuts[cut]
	old := s.asOf(t)
	then := old.planned(t)
	for i, b := range then.subs {
		var now subscription
		if i < len(old.subs) {
			now = *old.subs[i]
		}
		if now.started != noTime && now.inTrial(t-1) {
			if !b.requested && b.ends == never {
				for _, x := range now.sides {
					if x.level == levelTrial {
						s.course.points = append(s.course.points, point{cut, levelTrialKept, x.key, x.amount})
					}
				}
			}
			continue
		}
		value, _, _ := then.evaluate(b, then.now)
		if b.requested {
			value = nil
		}
		s.committed(cut, now.value, value)
	}
}

// committed compares the revenue of a subscription with what it will be, currency by
// currency: a gain is signed, a loss is ending.
func (s *sim) committed(cut int, now, then parts) {
	both := then.clone().without(now)
	for len(both) > 0 {
		list := both.currency()
		both = both[len(list):]
		net := list.of(tableKey{every, every})
		s.l.split(list, net, func(k tableKey, own, _ exact.Fraction) {
			switch {
			case net.Sign() > 0:
				s.course.points = append(s.course.points, point{cut, levelSigned, k, own})
			case net.Sign() < 0:
				s.course.points = append(s.course.points, point{cut, levelEnding, k, own.Neg()})
			}
		})
	}
}

// planned returns a simulation in which what was on record before an instant has happened.
func (s *sim) planned(t int64) *sim {
	then := &sim{l: s.l, q: s.q, o: s.o, rates: s.rates, customers: s.customers, into: slices.Clone(s.into), mergedAt: slices.Clone(s.mergedAt), now: t - 1, frozen: min(t-1, s.frozen), lapses: s.lapses, byKey: make(map[subKey]*subscription)}
	then.at, then.until = t, t+1
	for _, b := range s.subs {
		c := *b
		c.touched = false
		then.subs = append(then.subs, &c)
		then.byKey[subKey{c.origin, c.code}] = &c
	}
	for i := range s.course.units {
		then.addUnit(s.course.units[i].customer, s.course.units[i].sub)
	}
	for i := s.rest; i < len(s.facts); i++ {
		f := &s.facts[i]
		if f.recorded < t && f.kind != PaymentFailed && f.kind != PaymentRecovered && f.kind != TrialStarted {
			then.now = f.when
			then.apply(f)
		}
	}
	return then
}
