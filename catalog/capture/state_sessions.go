package capture

import (
	"github.com/openlifecycle/lifecycle/catalog/web"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
)

// Sessions returns the state of visits that are told apart by inactivity, for the metrics of
// sessions of domain web: of logs that have page views and no session_ended. Sessions with a
// key event of the options are the converting ones. A session that is open at the instant of
// the query counts nowhere.
func Sessions(o engagement.SessionOptions, q engagement.SessionQuery) State {
	return State{sessions{o, q}}
}

type sessions struct {
	options engagement.SessionOptions
	query   engagement.SessionQuery
}

func (s sessions) describe() string { return "engagement.Sessions: " + s.options.String() }

func (s sessions) supplies() []metric.Definition {
	return []metric.Definition{
		web.Sessions().Definition(), web.EngagedSessions().Definition(), web.PageViews().Definition(), web.Visitors().Definition(),
		web.SinglePageSessions().Definition(), web.SessionDurations().Definition(), web.ConvertingSessions().Definition(),
	}
}

func (s sessions) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	p, err := newParts(func() (*engagement.Sessions, error) { return engagement.NewSessions(s.options) })
	return &boundSessions{p, s}, err
}

type boundSessions struct {
	parts[*engagement.Sessions]
	source sessions
}

func (b *boundSessions) merge(o bound) error { return b.parts.merge(&o.(*boundSessions).parts) }

func (b *boundSessions) facts(c Cell) []metric.Fact {
	if !b.knows() {
		return nil
	}
	a := b.of(c)
	summaries, err := a.Summarize(b.source.query, c.Period)
	if err != nil {
		return nil
	}
	s := &summaries[0]
	facts := []metric.Fact{
		countFact(web.Sessions(), s.Sessions), countFact(web.EngagedSessions(), s.Engaged), countFact(web.PageViews(), s.Views),
		countFact(web.Visitors(), s.Customers), countFact(web.SinglePageSessions(), s.SingleView), countFact(web.ConvertingSessions(), s.WithKey),
	}
	if durations, err := a.Durations(b.source.query, c.Period); err == nil {
		facts = append(facts, web.SessionDurations().Is(durations))
	}
	return facts
}
