package engagement

import (
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
)

// State is one of the seven states in which a customer may be on a day. The first four are
// those of customers who are active on it. Whoever was never active is in none.
type State uint8

// The states, for the week and the month of a [StateRule].
const (
	New         State = iota // active, for the first time ever
	Current                  // active, and in the week before
	Reactivated              // active, and in the month before, but not in the week
	Resurrected              // active, and before the month, but not in it
	AtRiskWAU                // not active, but in the week before
	AtRiskMAU                // not active, but in the month before, and not in the week
	Dormant                  // not active, and not in the month before
)

// States is the number of states.
const States = 7

// String returns the name, such as "at_risk_wau".
func (s State) String() string {
	names := [...]string{"new", "current", "reactivated", "resurrected", "at_risk_wau", "at_risk_mau", "dormant"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// StateRule says how many days before a day are the past week and the past month. The zero
// StateRule is 6 and 29: with the day itself they are windows of 7 and 30 days, so that
// weekly and monthly active customers are sums of states, as in [StateCount]. The wording
// "last active more than 30 days ago" of the published model is Week 7 and Month 30.
type StateRule struct{ Week, Month int }

// StateCount is how many customers are in each state on a day, and how they came there.
//
//	active on the day              = New + Current + Reactivated + Resurrected
//	active in the week with it     = active on the day + AtRiskWAU
//	active in the month with it    = active in the week with it + AtRiskMAU
//	active ever                    = active in the month with it + Dormant
type StateCount struct {
	Period     metric.Period // the day
	Incomplete bool
	Count      [States]int64

	// Moves counts the customers by their state on the day before and on this day. It is
	// nil for the first day of the range, whose day before has no states. Customers who are
	// new have no state before.
	Moves *[States][States]int64
}

// States returns how many customers are in each of the seven states on each day. The
// states exclude one another, and every customer who was ever active is in one.
//
// Source: Erin Gustafson, Meaningful metrics: How data sharpened the focus of product
// teams, Duolingo, 2023.
func (a *Activity) States(q Query, r StateRule) ([]StateCount, error) {
	if r == (StateRule{}) {
		r = StateRule{Week: 6, Month: 29}
	}
	if r.Week < 1 || r.Month <= r.Week || r.Month >= maxWindow {
		return nil, intake.Errorf("StateRule", "a week of %d days and a month of %d", r.Week, r.Month)
	}
	if q.Unit > metric.UnitDay || q.Unit == 0 && a.options.Unit > metric.UnitDay {
		q.Unit = metric.UnitDay
	}
	g, err := a.grid(&q, r.Month+1)
	if err != nil {
		return nil, err
	}
	selected := a.selection(&q)
	s := a.gaps(&a.planes[0], g, selected, r.Month+1)
	stays := a.stays(g, selected, r)
	var list []StateCount
	var last [States]int64
	ever := s.old
	for i := range g.to {
		ever += s.fresh[i]
		x := StateCount{Period: g.periods[i], Incomplete: incomplete(g.periods[i], q.AsOf), Count: s.states(i, r, ever)}
		if i > 0 {
			x.Moves = s.moves(i, r, &last, &x.Count, &stays[i-1])
		}
		last = x.Count
		if i >= g.from {
			list = append(list, x)
		}
	}
	return list, nil
}

// states returns the customers in each state on a day, of those who were active up to it.
func (s *gaps) states(day int, r StateRule, ever int64) (n [States]int64) {
	n[New] = s.fresh[day]
	for k := 1; k <= r.Month; k++ {
		if k <= r.Week {
			n[Current] += s.next(day-k, k)
			n[AtRiskWAU] += s.after(day-k, k)
		} else {
			n[Reactivated] += s.next(day-k, k)
			n[AtRiskMAU] += s.after(day-k, k)
		}
	}
	n[Resurrected] = s.active(day) - n[New] - n[Current] - n[Reactivated]
	n[Dormant] = ever - s.active(day) - n[AtRiskWAU] - n[AtRiskMAU]
	return n
}

// moves returns who went from which state to which, from the day before to day. Stays are
// those who were active on both, by their state on the day before.
func (s *gaps) moves(day int, r StateRule, before, now *[States]int64, stays *[AtRiskWAU]int64) *[States][States]int64 {
	m := new([States][States]int64)
	for state, n := range stays {
		m[state][Current] = n
		m[state][AtRiskWAU] = before[state] - n
	}
	// Whoever was at risk was active k days before this day last.
	for k := 2; k <= r.Week; k++ {
		m[AtRiskWAU][Current] += s.next(day-k, k)
		m[AtRiskWAU][AtRiskWAU] += s.after(day-k, k)
	}
	m[AtRiskWAU][Reactivated] = s.next(day-r.Week-1, r.Week+1)
	m[AtRiskWAU][AtRiskMAU] = s.after(day-r.Week-1, r.Week+1)
	for k := r.Week + 2; k <= r.Month; k++ {
		m[AtRiskMAU][Reactivated] += s.next(day-k, k)
		m[AtRiskMAU][AtRiskMAU] += s.after(day-k, k)
	}
	m[AtRiskMAU][Resurrected] = s.next(day-r.Month-1, r.Month+1)
	m[AtRiskMAU][Dormant] = s.after(day-r.Month-1, r.Month+1)
	m[Dormant][Resurrected] = now[Resurrected] - m[AtRiskMAU][Resurrected]
	m[Dormant][Dormant] = before[Dormant] - m[Dormant][Resurrected]
	return m
}

// stays returns, by day, the customers active on it and on the next, by their state.
func (a *Activity) stays(g *grid, selected *selection, r StateRule) [][AtRiskWAU]int64 {
	parts := make([][][AtRiskWAU]int64, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([][AtRiskWAU]int64, len(g.periods))
		}
		room := make([]int32, 0, len(g.periods))
		a.each(&a.planes[0], bucket, g, selected, &room, func(_, before int, active []int32) {
			last := before
			for i, day := range active {
				if i+1 < len(active) && active[i+1] == day+1 {
					parts[worker][day][r.stateOf(last, int(day))]++
				}
				last = int(day)
			}
		})
	})
	sum := make([][AtRiskWAU]int64, len(g.periods))
	for _, part := range parts {
		for i := range part {
			for state, n := range part[i] {
				sum[i][state] += n
			}
		}
	}
	return sum
}

// stateOf returns the state of a customer who is active on a day and was last on another.
func (r StateRule) stateOf(last, day int) State {
	switch {
	case last == none:
		return New
	case day-last <= r.Week:
		return Current
	case day-last <= r.Month:
		return Reactivated
	}
	return Resurrected
}

// ReturnRate returns the share of the customers in a state on the day before who are active
// on this day. Four of these rates have names:
//
//	New           NURR   new user retention rate
//	Current       CURR   current user retention rate
//	Reactivated   RURR   reactivated user retention rate
//	Resurrected   SURR   resurrected user retention rate
//
// It is [metric.InsufficientHistory] on the first day of the range, and
// [metric.ZeroDenominator] if nobody was in the state.
func (x *StateCount) ReturnRate(from State) (metric.Ratio, error) {
	if from >= States {
		return metric.Ratio{}, intake.Errorf("State", "%d is unknown", uint8(from))
	}
	if x.Moves == nil {
		return metric.Ratio{}, metric.InsufficientHistory
	}
	active, all := int64(0), int64(0)
	for to, n := range x.Moves[from] {
		all += n
		if State(to) < AtRiskWAU {
			active += n
		}
	}
	return metric.RatioOf(active, all)
}
