package metric

import (
	"errors"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/def"
)

// MergePeriods combines facts of one population for periods that follow each other into
// facts for the whole span.
//
// Each base metric follows its roll-up rule over time: a flow sums, a stock takes its
// first or last value. A metric that only the state which counted it can merge, such as
// a number of different customers, is undefined with [NotAdditive] in the result. One
// that is undefined or not known in some period is undefined in the result as well.
// Derived metrics are computed anew from the combined base metrics; a supplied value of
// one is dropped where the base metrics determine it, and undefined with [NotAdditive]
// elsewhere.
//
// The error wraps [ErrInput] when there is nothing to merge, a period is not known, or
// the periods overlap or leave a gap.
func MergePeriods(parts ...*Facts) (*Facts, error) {
	if len(parts) == 0 {
		return nil, &Error{Err: inputErrorf("no facts to merge")}
	}
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b *Facts) int { return a.period.Start().Compare(b.period.Start()) })
	for i, f := range parts {
		if f.period.IsZero() {
			return nil, &Error{Err: inputErrorf("facts without a period cannot be merged over time")}
		}
		if i > 0 && !parts[i-1].period.End().Equal(f.period.Start()) {
			return nil, &Error{Err: inputErrorf("%s does not follow %s", f.period, parts[i-1].period)}
		}
	}
	whole, err := span(parts[0].period, parts[len(parts)-1].period)
	if err != nil {
		return nil, &Error{Err: err}
	}
	return merge(whole, parts, func(d *def.Metric) string { return d.RollupTime }), nil
}

// MergePopulations combines facts of populations that have no member in common for one
// period. It treats metrics as [MergePeriods] does, by their rule over populations.
//
// The error wraps [ErrInput] when there is nothing to merge or the periods differ.
func MergePopulations(parts ...*Facts) (*Facts, error) {
	if len(parts) == 0 {
		return nil, &Error{Err: inputErrorf("no facts to merge")}
	}
	for _, f := range parts {
		if !f.period.Equal(parts[0].period) {
			return nil, &Error{Err: inputErrorf("facts for %s and for %s cannot be merged over populations", parts[0].period, f.period)}
		}
	}
	return merge(parts[0].period, parts, func(d *def.Metric) string { return d.RollupPopulation }), nil
}

// span returns the period from the start of first to the end of last, as a calendar
// period where it is one.
func span(first, last Period) (Period, error) {
	for _, unit := range []PeriodUnit{UnitDay, UnitWeek, UnitMonth, UnitQuarter, UnitYear} {
		p, err := PeriodOf(first.Start(), unit, first.Location())
		if err == nil && p.Start().Equal(first.Start()) && p.End().Equal(last.End()) {
			return p, nil
		}
	}
	if first.Equal(last) {
		return first, nil
	}
	return Between(first.Start(), last.End())
}

func merge(whole Period, parts []*Facts, rule func(*def.Metric) string) *Facts {
	merged := &Facts{period: whole, rounding: parts[0].rounding, entries: map[*def.Metric]Fact{}}
	var derived []*def.Metric
	for _, f := range parts {
		for d := range f.entries {
			if _, done := merged.entries[d]; done {
				continue
			}
			if len(d.Code) > 0 {
				derived = append(derived, d)
				continue
			}
			merged.entries[d] = mergeOne(d, parts, rule(d))
		}
	}
	for _, d := range derived {
		if len(merged.Missing(Definition{d})) > 0 {
			merged.entries[d] = Fact{d: d, undefined: NotAdditive}
		}
	}
	return merged
}

// mergeOne applies a roll-up rule to the values of one base metric.
func mergeOne(d *def.Metric, parts []*Facts, rule string) Fact {
	var total Value
	for i, f := range parts {
		fact, known := f.entries[d]
		switch {
		case !known:
			return Fact{d: d, undefined: MissingInput}
		case fact.undefined != "":
			return fact
		case i == 0:
			total = fact.value
			continue
		}
		next, err := rollUp(rule, total, fact.value)
		if err != nil {
			return Fact{d: d, undefined: reasonOf(err)}
		}
		total = next
	}
	if len(parts) > 1 && rule != "sum" && rule != "first" && rule != "last" && rule != "max" {
		return Fact{d: d, undefined: NotAdditive}
	}
	return Fact{d: d, value: total}
}

func reasonOf(err error) Reason {
	var reason Reason
	if errors.As(err, &reason) {
		return reason
	}
	return OutOfDomain
}

// rollUp combines the value so far with the next one.
func rollUp(rule string, total, next Value) (Value, error) {
	if total.Kind().IsDistribution() || total.Currency() != next.Currency() {
		if total.Kind().IsDistribution() {
			return Value{}, NotAdditive
		}
		return Value{}, MixedCurrency
	}
	switch rule {
	case "sum":
		sum := total.fraction().Add(next.fraction())
		d, _ := sum.Decimal()
		return valueFromDecimal(total.Kind(), d, total.Currency())
	case "first":
		return total, nil
	case "last":
		return next, nil
	case "max":
		if next.fraction().Cmp(total.fraction()) > 0 {
			return next, nil
		}
		return total, nil
	}
	return Value{}, NotAdditive
}
