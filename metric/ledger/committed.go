package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// pointsUpTo looks at the cuts up to an instant, at which all earlier facts have been applied:
// what is agreed on then and takes effect later, as far as it was on record (F2). Rest is the
// first fact that has not been applied.
func (s *sim) pointsUpTo(t int64, rest int) {
	cuts := s.q.timeline.cuts
	for ; s.cut < len(cuts) && cuts[s.cut] <= t; s.cut++ {
		if s.scheduled {
			s.points(s.cut, rest)
		}
	}
}

func (s *sim) points(cut, rest int) {
	t := s.q.timeline.cuts[cut]
	then := s.planned(t, rest)
	for i, b := range then.subs {
		var now subscription
		if i < len(s.subs) {
			now = *s.subs[i]
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
func (s *sim) planned(t int64, rest int) *sim {
	then := &sim{l: s.l, q: s.q, o: s.o, rates: s.rates, customers: s.customers, into: slices.Clone(s.into), mergedAt: slices.Clone(s.mergedAt), now: t - 1, frozen: t - 1, lapses: s.lapses, byKey: make(map[subKey]*subscription)}
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
	for i := rest; i < len(s.facts); i++ {
		f := &s.facts[i]
		if f.recorded < t && f.kind != PaymentFailed && f.kind != PaymentRecovered && f.kind != TrialStarted {
			then.now = f.when
			then.apply(f)
		}
	}
	return then
}
