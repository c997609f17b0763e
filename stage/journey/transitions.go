package journey

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// Transitions are counts of moves from stage to stage. The first row and column are of
// customers in no stage, whose stage is the zero ModelStage.
type Transitions struct {
	Stages []stage.ModelStage

	// Counts of moves, by the stage from and the stage to.
	Counts [][]int64

	// Open are the visits that have not ended: they were at risk, and moved nowhere yet.
	Open []int64
}

// Transitions returns the moves that ended visits by an instant. Backfilled visits are no
// moves, and flags are left out. A chain made of them counts moves, not periods, see
// [Tracker.PeriodTransitions].
func (t *Tracker) Transitions(asOf time.Time) (Transitions, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return Transitions{}, err
	}
	n := len(t.plan.stages)
	var counts sums
	t.each(now, func(bucket uint8, f *folder) {
		count := counts.of(bucket, n*n+n)
		from := uint8(0)
		end := int64(0)
		for i := range f.visits {
			v := &f.visits[i]
			if v.backfilled {
				continue
			}
			if from != 0 && end == v.enter {
				count[int(from)*n+int(v.stage)]++
			} else if from != 0 {
				count[int(from)*n]++
				count[int(v.stage)]++
			}
			if from, end = v.stage, v.leave; v.open() {
				count[n*n+int(v.stage)]++
			}
		}
		if from != 0 && end != never {
			count[int(from)*n]++
		}
	})
	return t.transitions(counts.total(n*n + n)), nil
}

// PeriodTransitions returns, for customers in a stage or back in none at the start of a
// period, where they are at its end, summed over the periods. Of periods of one length the
// chain is one in time. Flags are left out.
func (t *Tracker) PeriodTransitions(periods ...metric.Period) (Transitions, error) {
	if len(periods) == 0 {
		return Transitions{}, intake.Errorf("periods", "there are none")
	}
	bounds := make([][2]int64, len(periods))
	last := int64(0)
	for i, p := range periods {
		from, err := intake.CheckInstant("instant", p.Start())
		if err != nil {
			return Transitions{}, err
		}
		to, err := intake.CheckInstant("instant", p.End())
		if err != nil {
			return Transitions{}, err
		}
		bounds[i], last = [2]int64{from, to}, max(last, to)
	}
	n := len(t.plan.stages)
	var counts sums
	t.each(last, func(bucket uint8, f *folder) {
		count := counts.of(bucket, n*n+n)
		for _, b := range bounds {
			if len(f.visits) > 0 && f.visits[0].enter <= b[0] {
				count[int(f.at(b[0]))*n+int(f.at(b[1]))]++
			}
		}
	})
	return t.transitions(counts.total(n*n + n)), nil
}

// at returns the stage at an instant, 0 for none.
func (f *folder) at(now int64) uint8 {
	for i := len(f.visits) - 1; i >= 0; i-- {
		if v := &f.visits[i]; v.enter <= now {
			if v.leave > now {
				return v.stage
			}
			return 0
		}
	}
	return 0
}

func (t *Tracker) transitions(total []int64) Transitions {
	n := len(t.plan.stages)
	x := Transitions{Stages: slices.Clone(t.plan.stages), Open: total[n*n:]}
	for i := range n {
		x.Counts = append(x.Counts, total[i*n:(i+1)*n:(i+1)*n])
	}
	return x
}

// Chain returns the Markov chain of the stages that customers were in, named by their ids
// and "none" for no stage, each of whose probabilities is a share of the moves out of one stage:
//
//	probability(from, to) = count(from, to) / sum of count(from, ...)
//
// A stage out of which there was no move is absorbing if it ends the model. If it does not,
// nothing is known of it: that is metric.EmptyPopulation, and the error names the stage.
// That the shares are the same at all times is an assumption; compare the chains of two
// halves.
func (x Transitions) Chain() (Chain, error) {
	var in []int
	for i := range x.Stages {
		if x.outOf(i) > 0 || x.into(i) > 0 || x.Open[i] > 0 {
			in = append(in, i)
		}
	}
	names := make([]string, len(in))
	rows := make([][]*big.Rat, len(in))
	for r, i := range in {
		names[r] = x.name(i)
		rows[r] = make([]*big.Rat, len(in))
		total := x.outOf(i)
		if total == 0 && !x.ends(i) {
			return Chain{}, fmt.Errorf("no move out of stage %s: %w", names[r], metric.EmptyPopulation)
		}
		for c, j := range in {
			switch {
			case total > 0:
				rows[r][c] = big.NewRat(x.Counts[i][j], total)
			case r == c:
				rows[r][c] = big.NewRat(1, 1)
			default:
				rows[r][c] = new(big.Rat)
			}
		}
	}
	return NewChain(names, rows)
}

func (x Transitions) name(i int) string {
	if i == 0 {
		return "none"
	}
	return x.Stages[i].ID()
}

// ends reports whether being in a stage may last for ever.
func (x Transitions) ends(i int) bool {
	s := x.Stages[i]
	return i == 0 || s.Kind() == stage.Loss || s.Kind() == stage.Absorbing || s.Kind() == stage.Step && s.Main() == stage.Exit
}

func (x Transitions) outOf(i int) int64 {
	sum := int64(0)
	for _, n := range x.Counts[i] {
		sum += n
	}
	return sum
}

func (x Transitions) into(j int) int64 {
	sum := int64(0)
	for i := range x.Counts {
		sum += x.Counts[i][j]
	}
	return sum
}
