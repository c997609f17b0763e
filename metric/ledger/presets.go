package ledger

import "iter"

// Preset returns the options that reproduce documented rules of a product, to run this ledger
// and that product side by side. It reproduces those rules only and cannot promise the same
// numbers: what a product does not document it may do in its own way.
//
//	chartmogul   changes within 60 minutes are one movement; net churn with reactivation;
//	             amounts converted at the start of a subscription
//	stripe       discounts that end at a known date are ignored; churn at the request;
//	             customer churn over customers at the start and new ones
//	profitwell   both ends of a calendar month are compared; amounts converted at the start of
//	             a subscription. Its credits, which lower revenue there, have no part in it
//	baremetrics  changes of a day are one movement; past due for 30 days is an end, as by
//	             default; customers who came and went count as lost; quick ratio without
//	             reactivation
//	recurly      a month has 30 days; who returns within a month is new, and not reactivated.
//	             It weights a change by the days of its month, which is not reproduced
//	maxio        each subscription on its own; churn at the request; paused subscriptions
//	             count; who returns after more than 90 days is new
//	playbook     revenue is seen at the first instant of each calendar month (the dbt MRR
//	             playbook, which has one subscription per customer)
//
// An unknown name is a [metric.ErrInput].
func Preset(name string) (Options, error) {
	switch name {
	case "chartmogul":
		return Options{Grain: GrainHour, NetChurnWithReactivation: true, Conversion: ConvertAtStart}, nil
	case "stripe":
		return Options{IgnoreEndingDiscounts: true, ChurnAt: ChurnAtRequest, ChurnIncludesNew: true}, nil
	case "profitwell":
		return Options{Grain: GrainMonth, Conversion: ConvertAtStart}, nil
	case "baremetrics":
		return Options{Grain: GrainDay, ChurnIncludesSamePeriod: true, QuickRatioWithoutReactivation: true}, nil
	case "recurly":
		return Options{Days: Days30, ReactivateAfter: Span{Months: 1}}, nil
	case "maxio":
		return Options{Unit: BySubscription, ChurnAt: ChurnAtRequest, PausedCounts: true, ReactivateWithin: Span{Days: 90}}, nil
	case "playbook":
		return Options{Grain: GrainMonthStart}, nil
	}
	return Options{}, inputErrorf("no preset %s", quote(name))
}

// Presets yields the names of all presets.
func Presets() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range [...]string{"chartmogul", "stripe", "profitwell", "baremetrics", "recurly", "maxio", "playbook"} {
			if !yield(name) {
				return
			}
		}
	}
}
