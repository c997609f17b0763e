package metric

import (
	"iter"
	"maps"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

// MergePeriods combines facts of one population for periods that follow each other into
// facts for the whole span.
//
// Each base metric follows its roll-up rule over time: a flow sums, a stock takes its
// first or last value. A metric that only the state which counted it can merge, such as
// a number of different customers, is undefined with [NotAdditive] in the result. One
// that is undefined or not known in some period is undefined in the result as well: with
// the reason given, or [MissingInput]. Money of several currencies is [MixedCurrency].
// Derived metrics are computed anew from the combined base metrics; a supplied value of
// one is dropped where the base metrics determine it, and undefined with [NotAdditive]
// elsewhere. Where [Definition.RollUp] forbids it, such as for the revenue that the
// customers of the opening kept, a metric is not derived from merged facts but can be
// supplied. Facts of a single period stay as they are.
//
// The order of the arguments does not matter, nor in which steps they are merged, as long
// as no sum on the way is out of range. The rounding is that of all parts, or the default
// where they differ.
//
// The error wraps [ErrInput] when there is nothing to merge, a period is not known, or
// the periods overlap or leave a gap.
func MergePeriods(parts ...*Facts) (*Facts, error) {
	if len(parts) == 0 {
		return nil, &Error{Err: inputErrorf("no facts to merge")}
	}
	for _, f := range parts {
		if f == nil || f.period.IsZero() {
			return nil, &Error{Err: inputErrorf("facts without a period cannot be merged over time")}
		}
	}
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b *Facts) int { return a.period.Start().Compare(b.period.Start()) })
	for i, f := range parts {
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
		if f == nil || parts[0] == nil {
			return nil, &Error{Err: inputErrorf("no facts to merge")}
		}
		if !f.period.Equal(parts[0].period) {
			return nil, &Error{Err: inputErrorf("facts for %s and for %s cannot be merged over populations", periodName(parts[0].period), periodName(f.period))}
		}
	}
	return merge(parts[0].period, parts, func(d *def.Metric) string { return d.RollupPopulation }), nil
}

// span returns the period from the start of first to the end of last, as a calendar
// period or a fiscal year where it is one. It looks at the bounds only, so that the steps in which facts are merged do not matter.
func span(first, last Period) (Period, error) {
	for _, unit := range []PeriodUnit{UnitDay, UnitWeek, UnitMonth, UnitQuarter, UnitYear} {
		p, err := PeriodOf(first.Start(), unit, first.Location())
		if err == nil && p.Start().Equal(first.Start()) && p.End().Equal(last.End()) {
			return p, nil
		}
	}
	p, err := periodOf(first.Start(), UnitFiscalYear, uint8(first.Start().Month()), first.Location())
	if err == nil && p.Start().Equal(first.Start()) && p.End().Equal(last.End()) {
		return p, nil
	}
	return Between(first.Start(), last.End())
}

func periodName(p Period) string {
	if p.IsZero() {
		return "an unknown period"
	}
	return p.String()
}

func merge(whole Period, parts []*Facts, rule func(*def.Metric) string) *Facts {
	if len(parts) == 1 {
		f := parts[0]
		return &Facts{period: f.period, rounding: f.rounding, merged: f.merged, entries: maps.Clone(f.entries)}
	}
	merged := &Facts{period: whole, rounding: parts[0].rounding, entries: map[*def.Metric]Fact{}}
	derived := map[*def.Metric]bool{}
	for _, f := range parts {
		if f.rounding != merged.rounding {
			merged.rounding = Rounding{}
		}
		merged.merged = merged.merged || f.merged || !f.period.Equal(whole)
		for d := range f.entries {
			if len(d.Code) > 0 {
				derived[d] = true
			} else if _, done := merged.entries[d]; !done {
				merged.entries[d] = mergeOne(d, parts, rule(d))
			}
		}
	}
	// What the base metrics determine is decided before any derived one is added.
	maps.DeleteFunc(derived, func(d *def.Metric, _ bool) bool { return merged.reaches(d) })
	for d := range derived {
		merged.entries[d] = Fact{d: d, undefined: NotAdditive}
	}
	return merged
}

// reaches reports whether something is stated of every base metric below d.
func (f *Facts) reaches(d *def.Metric) bool {
	for _, base := range (&Facts{}).Missing(Definition{d}) {
		if _, known := f.entries[base.d]; !known {
			return false
		}
	}
	return true
}

// mergeOne applies a roll-up rule to the values of one base metric in several parts.
func mergeOne(d *def.Metric, parts []*Facts, rule string) Fact {
	if why := unmergeable(d, parts, rule); why != "" {
		return Fact{d: d, undefined: why}
	}
	total, err := rollUp(Kind(d.Kind), rule, func(yield func(Value) bool) {
		for _, f := range parts {
			if !yield(f.entries[d].value) {
				return
			}
		}
	})
	if err != nil {
		return Fact{d: d, undefined: OutOfDomain}
	}
	return Fact{d: d, value: total}
}

// unmergeable says why a metric has no value for the whole, or "". It gives the same
// answer in whatever order and in however many steps the parts are merged; only a sum
// that is too large on the way depends on them.
func unmergeable(d *def.Metric, parts []*Facts, rule string) Reason {
	if !canRollUp(rule) || Kind(d.Kind).IsDistribution() {
		return NotAdditive
	}
	var why Reason
	for _, f := range parts {
		fact, known := f.entries[d]
		if !known {
			fact.undefined = MissingInput
		}
		if mergeRank(fact.undefined) > mergeRank(why) {
			why = fact.undefined
		}
	}
	if why != "" {
		return why
	}
	for _, f := range parts {
		if f.entries[d].value.Currency() != parts[0].entries[d].value.Currency() {
			return MixedCurrency
		}
	}
	return ""
}

func canRollUp(rule string) bool {
	return rule == "sum" || rule == "first" || rule == "last" || rule == "max"
}

// mergeRank orders the reasons of several parts, of which the highest is kept. The lowest
// is the one that merging some of the parts may give before the others are seen.
func mergeRank(r Reason) int {
	switch r {
	case "":
		return 0
	case MixedCurrency:
		return 1
	case MissingInput:
		return 2 + len(reasons)
	}
	for i := range reasons {
		if reasons[i].reason == r {
			return 2 + i
		}
	}
	return 2
}

// rollUp combines values of one kind and currency, at least one.
func rollUp(kind Kind, rule string, values iter.Seq[Value]) (Value, error) {
	var total Value
	var sum exact.Fraction
	for v := range values {
		switch {
		case rule == "sum":
			sum = sum.Add(v.fraction())
			if total.IsZero() {
				total = v
			}
		case total.IsZero() || rule == "last" || rule == "max" && v.fraction().Cmp(total.fraction()) > 0:
			total = v
		}
	}
	if rule != "sum" {
		return total, nil
	}
	d, _ := sum.Decimal()
	return valueFromDecimal(kind, d, total.Currency())
}
