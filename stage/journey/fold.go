package journey

import (
	"cmp"
	"math"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/stage"
)

// visit is a stay in one stage, in nanoseconds.
type visit struct {
	stage      uint8
	backfilled bool
	spell      int32
	enter      int64
	leave      int64 // never if it is open
	last       int64 // when the stage was last meant, for limits of idle time
	next       uint8 // that follows at once; 0 for none, or if it is open
}

// never is later than every instant.
const never = math.MaxInt64

func (v *visit) open() bool { return v.leave == never }

// ignored is a move that a policy did not let through.
type ignored struct {
	at   int64
	move move
	why  Ignore
}

// folder turns the moves of one customer, in order, into visits. It is used for one
// customer after the other.
type folder struct {
	plan    *plan
	visits  []visit // of steps, by entry
	flags   []visit // of flags, by entry
	ignored []ignored
	raised  []int // positions in flags of those that are open
	spell   int32
	highest uint8 // position of the furthest step of a path in this spell
	order   []history.Row[move]
}

func (f *folder) reset() {
	f.visits, f.flags, f.ignored, f.raised = f.visits[:0], f.flags[:0], f.ignored[:0], f.raised[:0]
	f.spell, f.highest = 0, 0
}

// fold takes in the moves up to an instant and the limits that are over by then.
func (f *folder) fold(run []history.Row[move], asOf int64) {
	f.reset()
	if f.plan.TiesByStage {
		f.order = append(f.order[:0], run...)
		slices.SortStableFunc(f.order, func(a, b history.Row[move]) int {
			return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.P.stage, b.P.stage))
		})
		run = f.order
	}
	for i := range run {
		if run[i].At > asOf {
			break
		}
		f.expire(run[i].At)
		f.move(run[i].At, run[i].P)
	}
	f.expire(asOf)
}

// current returns the open visit of a step, or nil.
func (f *folder) current() *visit {
	if n := len(f.visits); n > 0 && f.visits[n-1].open() {
		return &f.visits[n-1]
	}
	return nil
}

// expire ends what limits end, up to an instant and including it. What happens at the very
// instant of a limit comes after it.
func (f *folder) expire(now int64) {
	for v := f.current(); v != nil; v = f.current() {
		l := f.plan.limits[v.stage]
		end := v.deadline(l)
		if end > now {
			break
		}
		f.close(v, end, l.to)
		if l.to != 0 {
			f.enter(end, l.to)
		}
	}
	f.raised = slices.DeleteFunc(f.raised, func(i int) bool {
		v := &f.flags[i]
		end := v.deadline(f.plan.limits[v.stage])
		if end <= now {
			v.leave = end
		}
		return end <= now
	})
}

// deadline returns when a limit ends the visit, or never.
func (v *visit) deadline(l limit) int64 {
	from := v.enter
	if l.idle {
		from = v.last
	}
	if l.after == 0 || from > never-1-l.after {
		return never
	}
	return from + l.after
}

func (f *folder) close(v *visit, at int64, next uint8) { v.leave, v.next = at, next }

func (f *folder) enter(at int64, s uint8) {
	f.visits = append(f.visits, visit{stage: s, spell: f.spell, enter: at, leave: never, last: at})
	f.reach(s)
}

// reach notes how far the customer came.
func (f *folder) reach(s uint8) {
	if f.plan.kinds[s] == stage.Step && !f.plan.ends[s] {
		f.highest = max(f.highest, s)
	}
}

func (f *folder) move(at int64, m move) {
	switch {
	case f.plan.kinds[m.stage] == stage.Flag && m.stage != 0:
		f.flag(at, m)
	case m.leave || m.stage == 0:
		f.leave(at, m)
	default:
		f.step(at, m)
	}
}

func (f *folder) flag(at int64, m move) {
	i := slices.IndexFunc(f.raised, func(i int) bool { return f.flags[i].stage == m.stage })
	switch {
	case i >= 0 && m.leave:
		f.flags[f.raised[i]].leave = at
		f.raised = slices.Delete(f.raised, i, i+1)
	case m.leave:
		f.ignore(at, m, NotThere)
	case i >= 0 && f.plan.Duplicate == Extend:
		f.flags[f.raised[i]].last = at
	default:
		if i >= 0 {
			f.flags[f.raised[i]].leave = at
			f.raised = slices.Delete(f.raised, i, i+1)
		}
		f.raised = append(f.raised, len(f.flags))
		f.flags = append(f.flags, visit{stage: m.stage, spell: f.spell, enter: at, leave: never, last: at})
	}
}

func (f *folder) leave(at int64, m move) {
	v := f.current()
	if v == nil || m.stage != 0 && v.stage != m.stage {
		f.ignore(at, m, NotThere)
		return
	}
	if f.plan.ends[v.stage] && f.plan.WinBack == Final {
		f.ignore(at, m, AfterEnd)
		return
	}
	f.close(v, at, 0)
}

func (f *folder) step(at int64, m move) {
	v := f.current()
	from := uint8(0)
	if v != nil {
		from = v.stage
	}
	if v != nil && from == m.stage {
		if f.plan.Duplicate == Extend {
			v.last = at
			return
		}
		f.close(v, at, m.stage)
		f.enter(at, m.stage)
		return
	}
	if n := len(f.visits); n > 0 && f.plan.ends[f.visits[n-1].stage] { // left or not
		switch f.plan.WinBack {
		case Final:
			f.ignore(at, m, AfterEnd)
			return
		case NewSpell:
			f.spell++
			f.highest = 0
		}
	}
	if why := f.refusal(from, m.stage); why != "" {
		f.ignore(at, m, why)
		return
	}
	first := len(f.visits)
	if v != nil {
		f.close(v, at, m.stage)
		first--
	}
	f.backfill(at, m.stage)
	f.enter(at, m.stage)
	for i := first; i < len(f.visits)-1; i++ {
		f.visits[i].next = f.visits[i+1].stage
	}
}

func (f *folder) ignore(at int64, m move, why Ignore) {
	f.ignored = append(f.ignored, ignored{at, m, why})
}

// onPath reports whether positions in the model's order are places in time.
func (f *folder) onPath(s uint8) bool {
	return s != 0 && f.plan.Model.Order() == stage.PathOrder && f.plan.kinds[s] == stage.Step && !f.plan.ends[s]
}

// refusal returns why a policy does not let a move through, or "".
func (f *folder) refusal(from, to uint8) Ignore {
	if !f.onPath(to) {
		return ""
	}
	switch f.plan.Regression {
	case stage.RegressionIgnored:
		if to < f.highest {
			return FallsBack
		}
	case stage.RegressionAfterClearing:
		if f.onPath(from) && to < from {
			return FallsBack
		}
	}
	if f.plan.Skipping == stage.SkippingRejected && f.highest != 0 && f.passesOver(f.highest, to, func(uint8) {}) {
		return PassesOver
	}
	return ""
}

// passesOver reports whether a move forward leaves out stages of its layer, and calls visit
// for each.
func (f *folder) passesOver(from, to uint8, visit func(uint8)) bool {
	any := false
	layer := f.plan.stages[to].Layer()
	for s := from + 1; s < to; s++ {
		if f.onPath(s) && f.plan.stages[s].Layer() == layer {
			visit(s)
			any = true
		}
	}
	return any
}

// backfill adds visits without duration of stages that a move passes over. A later spell
// begins where it begins.
func (f *folder) backfill(at int64, to uint8) {
	if f.plan.Skipping != stage.SkippingBackfills || !f.onPath(to) || f.highest == 0 && f.spell > 0 {
		return
	}
	f.passesOver(f.highest, to, func(s uint8) {
		f.visits = append(f.visits, visit{stage: s, backfilled: true, spell: f.spell, enter: at, leave: at, last: at})
	})
}
