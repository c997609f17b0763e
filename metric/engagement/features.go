package engagement

import (
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
)

// Adoption is the use of one feature in a period.
type Adoption struct {
	Feature  string
	Period   metric.Period
	Active   int64 // customers active in the period
	Users    int64 // of those, the ones who used the feature in it
	First    int64 // of Users, the ones who had never used it before, also before the range
	Repeated int64 // of Users, the ones who used it on two days of the period or more
}

// Rate returns Users / Active, and [metric.ZeroDenominator] if nobody was active.
func (x *Adoption) Rate() (metric.Ratio, error) { return metric.RatioOf(x.Users, x.Active) }

// RepeatRate returns Repeated / Users, and [metric.ZeroDenominator] if nobody used the
// feature.
func (x *Adoption) RepeatRate() (metric.Ratio, error) { return metric.RatioOf(x.Repeated, x.Users) }

// Adoption returns the use of each feature in the time of the query, whose Unit only says
// to what that is widened. The denominator is the customers active in that time; to regard
// only those who may use a feature, name them in the query.
func (a *Activity) Adoption(q Query) ([]Adoption, error) {
	use, err := a.newFeatureUse(&q)
	if err != nil {
		return nil, err
	}
	list := make([]Adoption, len(a.options.Features))
	parts := make([][]Adoption, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([]Adoption, len(list))
		}
		use.customers(bucket, func(position int) {
			for i := range list {
				use.add(&parts[worker][i], i+1, bucket, position)
			}
		})
	})
	for i := range list {
		list[i] = Adoption{Feature: a.options.Features[i].Name, Period: use.period}
		for _, part := range parts {
			if part != nil {
				list[i].Active += part[i].Active
				list[i].Users += part[i].Users
				list[i].First += part[i].First
				list[i].Repeated += part[i].Repeated
			}
		}
	}
	return list, nil
}

// Breadth returns how many different features each customer who was active in the time of
// the query used in it; Exactly[0] are those who used none.
func (a *Activity) Breadth(q Query) (Frequency, error) {
	use, err := a.newFeatureUse(&q)
	if err != nil {
		return Frequency{}, err
	}
	f := Frequency{Period: use.period, Exactly: make([]int64, len(a.planes))}
	parts := make([][]int64, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = make([]int64, len(f.Exactly))
		}
		use.customers(bucket, func(position int) {
			n := 0
			for plane := 1; plane < len(a.planes); plane++ {
				if use.days(plane, bucket, position) > 0 {
					n++
				}
			}
			parts[worker][n]++
		})
	})
	sumInto(f.Exactly, parts)
	return f, nil
}

// featureUse looks at days under two masks: those of a period, and those of the range that
// come before it.
type featureUse struct {
	a            *Activity
	period       metric.Period
	selected     *selection
	mask, before []uint64
}

func (a *Activity) newFeatureUse(q *Query) (*featureUse, error) {
	if len(a.options.Features) == 0 {
		return nil, intake.Errorf("Features", "there are none")
	}
	g, err := a.grid(q, 0)
	if err != nil {
		return nil, err
	}
	from, to := g.from, g.to
	if g.of != nil { // the slots of those buckets
		first, last := intake.Clamp(g.periods[from].Start()), intake.Clamp(g.periods[to-1].End())
		from, to = a.slots.Find(first), a.slots.Find(last)
	}
	p, err := a.slots.period(from, to)
	if err != nil {
		return nil, err
	}
	return &featureUse{a, p, a.selection(q), bitMask(a.stride, from, to), bitMask(a.stride, 0, from)}, nil
}

// customers calls visit for the selected customers of a bucket who were active.
func (u *featureUse) customers(bucket uint8, visit func(position int)) {
	words, stride := u.a.planes[0].words[bucket], u.a.stride
	for position := range len(words) / stride {
		if u.selected.has(bucket, position) && u.days(0, bucket, position) > 0 {
			visit(position)
		}
	}
}

// days returns on how many days of the period a customer was active in a plane.
func (u *featureUse) days(plane int, bucket uint8, position int) int {
	return u.count(plane, bucket, position, u.mask)
}

func (u *featureUse) count(plane int, bucket uint8, position int, mask []uint64) int {
	words, first := u.a.planes[plane].words[bucket], position*u.a.stride
	if first >= len(words) {
		return 0
	}
	return countMasked(words[first:first+u.a.stride], mask)
}

func (u *featureUse) add(x *Adoption, plane int, bucket uint8, position int) {
	x.Active++
	days := u.days(plane, bucket, position)
	if days == 0 {
		return
	}
	x.Users++
	if days > 1 {
		x.Repeated++
	}
	before := u.a.planes[plane].before[bucket]
	if (position >= len(before) || before[position] == never) && u.count(plane, bucket, position, u.before) == 0 {
		x.First++
	}
}
