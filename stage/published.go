package stage

import "iter"

// published are the models of this package in the order of ids.
var published = [...]*ModelSpec{
	&aarrr,
	&actOn,
	&aida,
	&bowTie,
	&customerSuccess,
	&demandWaterfall,
	&duolingoStates,
	&forrester,
	&gainsightCommunity,
	&growthAccounting,
	&hubSpot,
	&hubSpotInbound,
	&leanscale,
	&mckinseyLoop,
	&mrrMovements,
	&ordinaryRecency,
	&pathfinderRecency,
	&pedowitz,
	&race,
	&rarra,
	&retentionLoyaltyNurturedGrowth,
	&salesforceLead,
	&salesforceOpportunity,
	&seeThinkDoCare,
	&sterneCutler,
	&stripeSubscription,
	&tmForum,
}

// Models yields the published models in the order of their ids.
func Models() iter.Seq[Model] {
	return func(yield func(Model) bool) {
		for _, spec := range published {
			if !yield(Model{spec}) {
				return
			}
		}
	}
}

// LookupModel returns the published model of that exact id, such as "tmforum".
func LookupModel(id string) (Model, bool) {
	for _, spec := range published {
		if spec.ID == id {
			return Model{spec}, true
		}
	}
	return Model{}, false
}
