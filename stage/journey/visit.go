package journey

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// Journey is what one customer went through up to an instant.
type Journey struct {
	Visits  []Visit   // of stages, one after the other
	Flags   []Visit   // of flags, which overlap those and each other, by entry
	Ignored []Ignored // moves that a policy did not let through
}

// Visit is a stay in a stage, from Enter up to Leave.
type Visit struct {
	Stage stage.ModelStage
	Spell int // 0 for the first life of a customer, one more after each win-back
	Enter time.Time

	// Leave is the end, zero while the customer is there: an open visit has no duration,
	// see [Visit.Elapsed].
	Leave time.Time

	// Next is the stage that follows at once. It is the zero ModelStage if the visit is
	// open, or ended without another stage.
	Next stage.ModelStage

	// Backfilled marks a stage that was passed over and counts as reached, with no time in
	// it.
	Backfilled bool
}

// Open reports whether the customer is still there.
func (v Visit) Open() bool { return v.Leave.IsZero() }

// Elapsed returns the time from the entry to the end, or to asOf if the visit is open.
func (v Visit) Elapsed(asOf time.Time) metric.Duration {
	if v.Open() {
		return metric.FromStd(asOf.Sub(v.Enter))
	}
	return metric.FromStd(v.Leave.Sub(v.Enter))
}

// Ignored is a move that a policy did not let through.
type Ignored struct {
	At    time.Time
	Stage stage.ModelStage // the zero ModelStage for none
	Leave bool
	Why   Ignore
}

// Ignore says why a move is ignored.
type Ignore string

// The reasons.
const (
	FallsBack  Ignore = "falls_back"  // to an earlier stage, see Options.Regression
	PassesOver Ignore = "passes_over" // leaves stages out, see Options.Skipping
	AfterEnd   Ignore = "after_end"   // the model has ended for the customer, see Options.WinBack
	NotThere   Ignore = "not_there"   // leaves a stage that the customer is not in
)

// of returns the list that visits of a stage are in.
func (j Journey) of(s stage.ModelStage) []Visit {
	if s.Kind() == stage.Flag {
		return j.Flags
	}
	return j.Visits
}

// Latest returns the time of the latest closed visit of a stage: what HubSpot calls the
// latest time in. It is metric.EmptyPopulation if the stage was never entered or its latest
// visit is open.
func (j Journey) Latest(s stage.ModelStage) (metric.Duration, error) {
	for _, v := range slices.Backward(j.of(s)) {
		if v.Stage != s {
			continue
		}
		if v.Open() {
			break
		}
		return v.Elapsed(v.Leave), nil
	}
	return metric.Duration{}, metric.EmptyPopulation
}

// Cumulative returns the time of all closed visits of a stage together, zero if there are
// none.
func (j Journey) Cumulative(s stage.ModelStage) metric.Duration {
	var sum time.Duration
	for _, v := range j.of(s) {
		if v.Stage == s && !v.Open() {
			sum += v.Leave.Sub(v.Enter)
		}
	}
	return metric.FromStd(sum)
}

// Of returns the journey of a customer up to an instant and including it, in the time zone
// of the instant. It is empty for a customer who is not known.
func (t *Tracker) Of(customer string, asOf time.Time) (Journey, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return Journey{}, err
	}
	var j Journey
	code, known := t.intake.Keys.Lookup(customer)
	if !known {
		return j, nil
	}
	f := folder{plan: t.plan}
	var scratch history.Scratch[move]
	t.rows.Bucket(code.Bucket(), &scratch, func(c event.Code, run []history.Row[move]) {
		if c == code {
			f.fold(run, now)
			j = t.journey(&f, asOf.Location())
		}
	})
	return j, nil
}

// All yields the journeys up to an instant of all customers who entered a stage by then, by
// bucket and key.
func (t *Tracker) All(asOf time.Time) (iter.Seq2[string, Journey], error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return nil, err
	}
	return func(yield func(string, Journey) bool) {
		type one struct {
			key     string
			journey Journey
		}
		var scratch history.Scratch[move]
		f := folder{plan: t.plan}
		for bucket := range event.Buckets {
			var list []one
			t.rows.Bucket(uint8(bucket), &scratch, func(c event.Code, run []history.Row[move]) {
				if f.fold(run, now); len(f.visits)+len(f.flags)+len(f.ignored) > 0 {
					list = append(list, one{t.intake.Keys.Key(c), t.journey(&f, asOf.Location())})
				}
			})
			slices.SortFunc(list, func(a, b one) int { return strings.Compare(a.key, b.key) })
			for _, x := range list {
				if !yield(x.key, x.journey) {
					return
				}
			}
		}
	}, nil
}

func (t *Tracker) journey(f *folder, loc *time.Location) Journey {
	var j Journey
	for i := range f.visits {
		j.Visits = append(j.Visits, t.visit(&f.visits[i], loc))
	}
	for i := range f.flags {
		j.Flags = append(j.Flags, t.visit(&f.flags[i], loc))
	}
	for _, x := range f.ignored {
		j.Ignored = append(j.Ignored, Ignored{time.Unix(0, x.at).In(loc), t.plan.stages[x.move.stage], x.move.leave, x.why})
	}
	return j
}

func (t *Tracker) visit(v *visit, loc *time.Location) Visit {
	public := Visit{
		Stage: t.plan.stages[v.stage], Spell: int(v.spell), Enter: time.Unix(0, v.enter).In(loc),
		Next: t.plan.stages[v.next], Backfilled: v.backfilled,
	}
	if !v.open() {
		public.Leave = time.Unix(0, v.leave).In(loc)
	}
	return public
}

// each folds the moves of every customer up to an instant and calls visit, by several
// goroutines if the options say so. Results of one bucket are kept apart by it.
func (t *Tracker) each(now int64, visit func(bucket uint8, f *folder)) {
	workers := max(t.plan.Workers, 1)
	folders := make([]folder, workers)
	scratches := make([]history.Scratch[move], workers)
	shard.Each(workers, func(worker int, bucket uint8) {
		f := &folders[worker]
		f.plan = t.plan
		t.rows.Bucket(bucket, &scratches[worker], func(_ event.Code, run []history.Row[move]) {
			f.fold(run, now)
			visit(bucket, f)
		})
	})
}

// sums are numbers that are counted by bucket and added up.
type sums [event.Buckets][]int64

// of returns the numbers of a bucket, of which there are n.
func (s *sums) of(bucket uint8, n int) []int64 {
	if s[bucket] == nil {
		s[bucket] = make([]int64, n)
	}
	return s[bucket]
}

func (s *sums) total(n int) []int64 {
	total := make([]int64, n)
	for _, part := range s {
		for i, x := range part {
			total[i] += x
		}
	}
	return total
}
