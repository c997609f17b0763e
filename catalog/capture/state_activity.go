package capture

import (
	"github.com/openlifecycle/lifecycle/catalog/usage"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
)

// Activity returns the state of who was active on which day, for the metrics of active users
// of domain usage. The range of the options may be left out: it is then that of the periods
// of the collector.
//
//   - in a day, usage.daily_active_users; in 7 days, weekly_active_users; in 28 days or a
//     month, monthly_active_users and active_days_per_user
//   - in any period of whole days, average_daily_active_users
//   - in a day, week, month, quarter or year, new, returning, resurrected and dormant users
//   - with features, features_per_user; with exactly one of them, feature_users
func Activity(o engagement.ActivityOptions) State { return State{activity{o}} }

type activity struct{ options engagement.ActivityOptions }

func (s activity) describe() string { return "engagement.Activity: " + s.options.String() }

func (s activity) supplies() []metric.Definition {
	list := []metric.Definition{
		usage.DailyActiveUsers().Definition(), usage.WeeklyActiveUsers().Definition(), usage.MonthlyActiveUsers().Definition(),
		usage.AverageDailyActiveUsers().Definition(), usage.ActiveDaysPerUser().Definition(),
		usage.NewActiveUsers().Definition(), usage.ReturningActiveUsers().Definition(),
		usage.ResurrectedActiveUsers().Definition(), usage.DormantUsers().Definition(),
	}
	if len(s.options.Features) > 0 {
		list = append(list, usage.FeaturesPerUser().Definition())
	}
	if len(s.options.Features) == 1 {
		list = append(list, usage.FeatureUsers().Definition())
	}
	return list
}

func (s activity) open(o *Options) (bound, error) {
	s.options.Test = s.options.Test || o.Test
	if s.options.Range.IsZero() {
		start, end := o.Periods[0].Start(), o.Periods[0].End()
		for _, p := range o.Periods {
			if p.Start().Before(start) {
				start = p.Start()
			}
			if p.End().After(end) {
				end = p.End()
			}
		}
		var err error
		if s.options.Range, err = metric.Between(start, end); err != nil {
			return nil, err
		}
	}
	p, err := newParts(func() (*engagement.Activity, error) { return engagement.NewActivity(s.options) })
	return &boundActivity{p, s}, err
}

type boundActivity struct {
	parts[*engagement.Activity]
	source activity
}

func (b *boundActivity) merge(o bound) error { return b.parts.merge(&o.(*boundActivity).parts) }

func (b *boundActivity) facts(c Cell) []metric.Fact {
	if !b.knows() {
		return nil
	}
	a := b.of(c)
	facts := b.days(a, c.Period)
	if unit := c.Period.Unit(); unit.IsCalendar() {
		growth, err := a.Growth(engagement.Query{Unit: unit, Over: c.Period})
		if err == nil && len(growth) == 1 && covers(c.Period, growth[0].Period) {
			g := &growth[0]
			facts = append(facts,
				countFact(usage.NewActiveUsers(), g.New), countFact(usage.ReturningActiveUsers(), g.Retained),
				countFact(usage.ResurrectedActiveUsers(), g.Resurrected), countFact(usage.DormantUsers(), g.Dormant))
		}
	}
	return append(facts, b.features(a, c.Period)...)
}

// days returns the facts that follow from single days.
func (b *boundActivity) days(a *engagement.Activity, p metric.Period) []metric.Fact {
	query := engagement.Query{Unit: metric.UnitDay, Over: p}
	active, err := a.Active(query)
	if err != nil || len(active) == 0 {
		return nil
	}
	frequency, err := a.Frequency(query)
	if err != nil || !covers(p, frequency.Period) {
		return nil
	}
	var facts []metric.Fact
	sum := int64(0)
	for _, day := range active {
		sum += day.Active
	}
	if mean, err := quotient(sum, int64(len(active))); err == nil {
		facts = append(facts, usage.AverageDailyActiveUsers().Is(mean))
	}
	switch days := len(active); {
	case days == 1:
		facts = append(facts, countFact(usage.DailyActiveUsers(), frequency.Customers()))
	case days == 7:
		facts = append(facts, countFact(usage.WeeklyActiveUsers(), frequency.Customers()))
	case days == 28 || p.Unit() == metric.UnitMonth:
		facts = append(facts, countFact(usage.MonthlyActiveUsers(), frequency.Customers()))
		facts = append(facts, numbersFact(usage.ActiveDaysPerUser(), frequency)...)
	}
	return facts
}

func (b *boundActivity) features(a *engagement.Activity, p metric.Period) []metric.Fact {
	if len(b.source.options.Features) == 0 {
		return nil
	}
	query := engagement.Query{Unit: metric.UnitDay, Over: p}
	breadth, err := a.Breadth(query)
	if err != nil || !covers(p, breadth.Period) {
		return nil
	}
	facts := numbersFact(usage.FeaturesPerUser(), breadth)
	if len(b.source.options.Features) == 1 {
		if adoption, err := a.Adoption(query); err == nil {
			facts = append(facts, countFact(usage.FeatureUsers(), adoption[0].Users))
		}
	}
	return facts
}

// covers reports whether a calculator answered for the very time asked for: it answers for
// whole units within its range only.
func covers(p, answered metric.Period) bool {
	return p.Start().Equal(answered.Start()) && p.End().Equal(answered.End())
}

func countFact(m metric.Metric[metric.Count], n int64) metric.Fact { return m.Is(metric.Count(n)) }

// numbersFact returns the distribution of the number of each customer, or nothing if it
// cannot be.
func numbersFact(m metric.Metric[metric.Distribution[metric.Number]], f engagement.Frequency) []metric.Fact {
	var units []int64
	for n, customers := range f.Exactly {
		for range customers {
			units = append(units, int64(n))
		}
	}
	d, err := metric.DistributionFromUnits[metric.Number](units, 0, metric.Currency{})
	if err != nil {
		return nil
	}
	return []metric.Fact{m.Is(d)}
}

// quotient returns n / d to 28 places.
func quotient(n, d int64) (metric.Number, error) {
	ratio, err := metric.RatioOf(n, d)
	if err != nil {
		return metric.Number{}, err
	}
	return metric.NewNumber(ratio.Decimal())
}
