package segment

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/stage"
)

// RecencyClassifier returns the classifier of a model whose stages are ranges of days since
// the last order, such as [stage.PathfinderRecency]. Classes are called by the ids of the
// stages; a day that is in two stages is in the first, see [stage.Model.RecencyFlaw]. The error
// is a [metric.ErrInput] for a model without such stages, or with days in none.
func RecencyClassifier(m stage.Model) (Classifier, error) {
	type ranged struct {
		id string
		stage.Recency
	}
	var list []ranged
	for s := range m.Stages() {
		if r, ok := s.Recency(); ok {
			list = append(list, ranged{s.ID(), r})
		}
	}
	slices.SortStableFunc(list, func(a, b ranged) int { return cmp.Compare(a.From, b.From) })
	c := Classifier{Name: m.Name(), Source: fmt.Sprintf("model %s of package stage", m.ID())}
	next, endless := 0, false // the first day without a class
	for _, r := range list {
		if r.From > next {
			return Classifier{}, intake.Errorf("stage.Model", "in %s, %d days since the last order are in no stage", m.ID(), next)
		}
		switch {
		case endless || r.Through != stage.NoLimit && r.Through < next:
		case r.Through == stage.NoLimit:
			c.Classes, endless = append(c.Classes, Class{Name: r.id}), true
		default:
			next = r.Through + 1
			c.Classes = append(c.Classes, Class{Name: r.id, Limit: Limit{Days: int64(next), Before: true}})
		}
	}
	if !endless {
		return Classifier{}, intake.Errorf("stage.Model", "in %q, %d days since the last order are in no stage", m.ID(), next)
	}
	return c, nil
}
