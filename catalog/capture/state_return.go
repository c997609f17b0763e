package capture

import (
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/catalog/usage"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// DayN returns the state of who came back on day n after their first use, for the metrics of
// return of domain usage: cohort_users, day_n_users, day_n_or_later_users and
// within_day_n_users. The options say what use is and where the range of days begins; their
// unit is the day. AsOf is the instant up to which the log is complete, zero for the end of
// the range: first days for which day n had not passed then are in no number.
func DayN(n int, o retention.Options, asOf time.Time) State { return State{dayN{n, o, asOf}} }

type dayN struct {
	n       int
	options retention.Options
	asOf    time.Time
}

func (s dayN) describe() string {
	return fmt.Sprintf("retention: day %d as of %s: %s", s.n, s.asOf.UTC().Format(time.RFC3339Nano), s.options)
}

func (s dayN) supplies() []metric.Definition {
	return []metric.Definition{
		usage.CohortUsers().Definition(), usage.DayNUsers().Definition(),
		usage.DayNOrLaterUsers().Definition(), usage.WithinDayNUsers().Definition(),
	}
}

func (s dayN) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	switch {
	case s.n < 1:
		return nil, inputErrorf("day %d is not after the first", s.n)
	case s.options.Unit != retention.Day || s.options.Recurring || s.options.Value != "" || s.options.Clock != retention.ByCalendar:
		return nil, inputErrorf("options are not of customers by calendar days after their first use")
	}
	p, err := newParts(func() (*retention.Accumulator, error) { return retention.New(s.options) })
	return &boundDayN{parts: p, source: s}, err
}

type boundDayN struct {
	parts[*retention.Accumulator]
	source dayN
}

func (b *boundDayN) merge(o bound) error { return b.parts.merge(&o.(*boundDayN).parts) }

func (b *boundDayN) facts(c Cell) []metric.Fact {
	if !b.knows() {
		return nil
	}
	var facts []metric.Fact
	for _, x := range [...]struct {
		measure retention.Measure
		metric  metric.Metric[metric.Count]
	}{
		{retention.Exact, usage.DayNUsers()}, {retention.Unbounded, usage.DayNOrLaterUsers()}, {retention.UpTo, usage.WithinDayNUsers()},
	} {
		cohort, returned, ok := b.count(c, x.measure)
		if !ok {
			return nil
		}
		if x.measure == retention.Exact {
			facts = append(facts, countFact(usage.CohortUsers(), cohort))
		}
		facts = append(facts, countFact(x.metric, returned))
	}
	return facts
}

// count returns the customers of the first days in a period for which day n has passed, and
// how many of them returned. It is not ok if the period is not of days within the range.
func (b *boundDayN) count(c Cell, m retention.Measure) (cohort, returned int64, ok bool) {
	table, err := b.of(c).Table(retention.Question{Measure: m, Periods: b.source.n, AsOf: b.source.asOf})
	if err != nil {
		return 0, 0, false
	}
	var from, to time.Time
	for _, row := range table.Cohorts {
		if row.Period.Start().Before(c.Period.Start()) || row.Period.End().After(c.Period.End()) {
			continue
		}
		if from.IsZero() {
			from = row.Period.Start()
		}
		to = row.Period.End()
		if len(row.Cells) > b.source.n && row.Cells[b.source.n].Complete {
			cohort += row.Size
			returned += row.Cells[b.source.n].Count
		}
	}
	return cohort, returned, from.Equal(c.Period.Start()) && to.Equal(c.Period.End())
}
