package capture

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// Funnel returns the state of an ordered conversion, for metrics of the caller's choice: as
// many as the funnel has steps, each the number of those who reached the step by the period
// in which their attempt began. A zero Metric leaves a step out. AsOf is the instant up to
// which the log is complete, zero if it is all there is: a number that an open attempt may
// still raise is undefined, [metric.NotMature].
//
//	capture.Funnel(options, time.Time{}, onboarding.StepEntrants(), onboarding.StepCompleters())
func Funnel(o funnel.Options, asOf time.Time, steps ...metric.Metric[metric.Count]) State {
	return State{steppedFunnel{o, asOf, steps}}
}

type steppedFunnel struct {
	options funnel.Options
	asOf    time.Time
	steps   []metric.Metric[metric.Count]
}

func (s steppedFunnel) describe() string {
	text := fmt.Sprintf("funnel as of %s: %s; for", s.asOf.UTC().Format(time.RFC3339Nano), s.options)
	for _, m := range s.steps {
		text += " " + m.Definition().ID()
	}
	return text
}

func (s steppedFunnel) supplies() []metric.Definition {
	var list []metric.Definition
	for _, m := range s.steps {
		if d := m.Definition(); !d.IsZero() {
			list = append(list, d)
		}
	}
	return list
}

func (s steppedFunnel) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	if len(s.steps) != len(s.options.Steps) {
		return nil, inputErrorf("%d metrics for %d steps", len(s.steps), len(s.options.Steps))
	}
	for _, d := range s.supplies() {
		if d.IsDerived() {
			return nil, inputErrorf("%s is derived and not counted", d)
		}
	}
	p, err := newParts(func() (*funnel.Funnel, error) { return funnel.New(s.options) })
	return &boundFunnel{p, s}, err
}

type boundFunnel struct {
	parts[*funnel.Funnel]
	source steppedFunnel
}

func (b *boundFunnel) merge(o bound) error { return b.parts.merge(&o.(*boundFunnel).parts) }

func (b *boundFunnel) facts(c Cell) []metric.Fact {
	if !b.knows() {
		return nil
	}
	table := b.of(c).Table(funnel.Query{Entered: c.Period, AsOf: b.source.asOf})
	var facts []metric.Fact
	open := int64(0) // attempts that may yet reach the step
	for i, m := range b.source.steps {
		if d := m.Definition(); !d.IsZero() && open > 0 {
			facts = append(facts, metric.UndefinedFact(d, metric.NotMature))
		} else if !d.IsZero() {
			facts = append(facts, countFact(m, table.Steps[i].Reached))
		}
		open += table.Steps[i].Open
	}
	return facts
}
