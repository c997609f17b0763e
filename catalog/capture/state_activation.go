package capture

import (
	"github.com/openlifecycle/lifecycle/catalog/onboarding"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
)

// Activation returns the state of who reached first value by a rule of the caller's, for
// onboarding.signups, activated_users and times_to_value. Activated users belong to the
// period in which they signed up, their times to that in which they met the rule. A cohort
// whose windows have not all passed at the instant of the query has the number so far as an
// undefined fact, [metric.NotMature].
func Activation(o engagement.ActivationOptions, q engagement.ActivationQuery) State {
	return State{activation{o, q}}
}

type activation struct {
	options engagement.ActivationOptions
	query   engagement.ActivationQuery
}

func (s activation) describe() string { return "engagement.Activation: " + s.options.String() }

func (s activation) supplies() []metric.Definition {
	return []metric.Definition{
		onboarding.Signups().Definition(), onboarding.ActivatedUsers().Definition(), onboarding.TimesToValue().Definition(),
	}
}

func (s activation) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	p, err := newParts(func() (*engagement.Activation, error) { return engagement.NewActivation(s.options) })
	return &boundActivation{p, s}, err
}

type boundActivation struct {
	parts[*engagement.Activation]
	source activation
}

func (b *boundActivation) merge(o bound) error { return b.parts.merge(&o.(*boundActivation).parts) }

func (b *boundActivation) facts(c Cell) []metric.Fact {
	if !b.knows() {
		return nil
	}
	a := b.of(c)
	cohorts, err := a.Cohorts(b.source.query, c.Period)
	if err != nil {
		return nil
	}
	facts := []metric.Fact{countFact(onboarding.Signups(), cohorts[0].Started)}
	if cohorts[0].Mature {
		facts = append(facts, countFact(onboarding.ActivatedUsers(), cohorts[0].Activated))
	} else {
		facts = append(facts, metric.UndefinedFact(onboarding.ActivatedUsers().Definition(), metric.NotMature))
	}
	var times []metric.Duration
	for s := range a.All(b.source.query) {
		if s.Activated && c.Period.Contains(s.At) {
			times = append(times, s.Took)
		}
	}
	if d, err := metric.NewDistribution(times...); err == nil {
		facts = append(facts, onboarding.TimesToValue().Is(d))
	}
	return facts
}

// spans returns the times to value of those who have signed up. Whoever did not meet the rule
// within its window is open for good.
func (b *boundActivation) spans(d metric.Definition, asOf int64) (list spans, ok bool) {
	if d.ID() != onboarding.TimesToValue().Definition().ID() {
		return nil, false
	}
	return func(c Cell, _ region) (closed, open []int64) {
		for s := range b.of(c).All(b.source.query) {
			start, _ := nanoseconds(s.Start)
			if !c.Period.Contains(s.Start) || start >= asOf {
				continue
			}
			if at, _ := nanoseconds(s.At); s.Activated && at < asOf {
				closed = append(closed, at-start)
			} else {
				open = append(open, asOf-start)
			}
		}
		return closed, open
	}, b.knows()
}
