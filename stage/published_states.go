package stage

// DuolingoStates is the growth model of Duolingo: each user is in one of seven states
// each day.
//
//	New          onboard
//	Current      retain
//	Reactivated  retain
//	Resurrected  retain
//	At-risk WAU  retain
//	At-risk MAU  retain
//	Dormant      exit (loss)
func DuolingoStates() Model { return Model{&duolingoStates} }

var duolingoStates = ModelSpec{
	ID: "duolingo_states", Name: "Duolingo growth model", Unit: "user",
	Source:   "Duolingo, growth model",
	Evidence: EvidenceExcerpt,
	Note:     "Each user is in one state each day. The text leaves open whether the past week is the 6 or the 7 calendar days before; say which. The transitions follow from the rules; to stay dormant is none.",
	Order:    StateOrder,
	Stages: []StageSpec{
		{ID: "new", Name: "New", MapsTo: []Stage{Onboard}, Rule: "active today, for the first time ever"},
		{ID: "current", Name: "Current", MapsTo: []Stage{Retain}, Rule: "active today and also within the past week"},
		{ID: "reactivated", Name: "Reactivated", MapsTo: []Stage{Retain}, Rule: "active today, last before that within the past month and not the past week"},
		{ID: "resurrected", Name: "Resurrected", MapsTo: []Stage{Retain}, Rule: "active today, last before that more than 30 days ago",
			Note: "a win-back by activity; counted with new users it would inflate acquisition"},
		{ID: "at_risk_wau", Name: "At-risk WAU", MapsTo: []Stage{Retain}, Rule: "not active today, active within the past week"},
		{ID: "at_risk_mau", Name: "At-risk MAU", MapsTo: []Stage{Retain}, Rule: "not active today, active within the past month and not the past week"},
		{ID: "dormant", Name: "Dormant", Kind: Loss, MapsTo: []Stage{Exit}, Rule: "not active for at least 31 days",
			Note: "an exit that is inferred and not observed"},
	},
	Transitions: []Transition{
		{"new", "current", Forward},
		{"new", "at_risk_wau", Forward},
		{"current", "current", Loop},
		{"current", "at_risk_wau", Forward},
		{"reactivated", "current", Loop},
		{"reactivated", "at_risk_wau", Forward},
		{"resurrected", "current", Loop},
		{"resurrected", "at_risk_wau", Forward},
		{"at_risk_wau", "current", Loop},
		{"at_risk_wau", "at_risk_wau", Loop},
		{"at_risk_wau", "at_risk_mau", Forward},
		{"at_risk_mau", "reactivated", Loop},
		{"at_risk_mau", "at_risk_mau", Loop},
		{"at_risk_mau", "dormant", ExitMove},
		{"dormant", "resurrected", WinBack},
	},
}

// GrowthAccounting compares the users active in a period with those of the period
// before.
//
//	New          convert, onboard
//	Retained     retain
//	Resurrected  retain
//	Churned      exit (loss)
func GrowthAccounting() Model { return Model{&growthAccounting} }

var growthAccounting = ModelSpec{
	ID: "growth_accounting", Name: "Growth accounting", Unit: "user",
	Source:   "Jonathan Hsu, growth accounting",
	Evidence: EvidenceExcerpt,
	Note:     "States of two neighbouring periods: those active now are new, retained or resurrected; those active before are retained or churned.",
	Order:    StateOrder,
	Stages: []StageSpec{
		{ID: "new", Name: "New", MapsTo: []Stage{Convert, Onboard}, Rule: "active in this period, for the first time ever"},
		{ID: "retained", Name: "Retained", MapsTo: []Stage{Retain}, Rule: "active in this period and in the one before"},
		{ID: "resurrected", Name: "Resurrected", MapsTo: []Stage{Retain}, Rule: "active in this period, not in the one before, and earlier",
			Note: "a win-back by activity; counted with new users it would inflate acquisition"},
		{ID: "churned", Name: "Churned", Kind: Loss, MapsTo: []Stage{Exit}, Rule: "active in the period before and not in this one",
			Note: "an exit that is inferred and not observed"},
	},
	Transitions: []Transition{
		{"new", "retained", Forward},
		{"new", "churned", ExitMove},
		{"retained", "retained", Loop},
		{"retained", "churned", ExitMove},
		{"resurrected", "retained", Loop},
		{"resurrected", "churned", ExitMove},
		{"churned", "resurrected", WinBack},
	},
}

// MRRMovements names the change of a customer's recurring revenue from one month to
// the next. They are movements and not places to stay in.
//
//	New           convert
//	Churn         exit (loss)
//	Reactivation  onboard
//	Upgrade       grow
//	Downgrade     retain
func MRRMovements() Model { return Model{&mrrMovements} }

var mrrMovements = ModelSpec{
	ID: "mrr_movements", Name: "MRR movements", Unit: "customer and month",
	Source:   "dbt Labs, MRR playbook",
	Evidence: EvidenceOwner,
	Note:     "Names for the difference between two months, not places to stay in: a customer whose revenue is unchanged has none. What was renewed is the smaller of the two months' amounts and is no movement.",
	Order:    StateOrder,
	Stages: []StageSpec{
		{ID: "new", Name: "New", MapsTo: []Stage{Convert}, Rule: "the first month with revenue"},
		{ID: "churn", Name: "Churn", Kind: Loss, MapsTo: []Stage{Exit}, Rule: "revenue in the month before and none in this one"},
		{ID: "reactivation", Name: "Reactivation", MapsTo: []Stage{Onboard}, Rule: "revenue again after a month without any",
			Note: "a win-back: the payment is the new commitment, so a new spell begins at onboard"},
		{ID: "upgrade", Name: "Upgrade", MapsTo: []Stage{Grow}, Rule: "more revenue than in the month before"},
		{ID: "downgrade", Name: "Downgrade", MapsTo: []Stage{Retain}, Rule: "less revenue than in the month before, and some",
			Note: "still retained, with a loss of revenue that is no exit"},
	},
	Transitions: []Transition{
		{"churn", "reactivation", WinBack},
	},
}

// OrdinaryRecency is a division of a shop's customers by days since the last order.
// As published, day 90 is in two classes, see [Model.RecencyFlaw].
//
//	New          onboard
//	Due reorder  retain
//	Lapsed       retain
//	Lost         exit (loss)
func OrdinaryRecency() Model { return Model{&ordinaryRecency} }

var ordinaryRecency = ModelSpec{
	ID: "ordinary_recency", Name: "Ordinary recency classes", Unit: "customer",
	Source:      "Ordinary, customer lifecycle of repeat orders",
	Evidence:    EvidenceSecondary,
	Note:        "Classes of days since the last order. They know nothing of the customer's own rhythm or of the first order.",
	Order:       StateOrder,
	RecencyFlaw: "day 90 is in both Lapsed and Lost as published; to count it once, take Lost from day 91",
	Stages: []StageSpec{
		{ID: "new", Name: "New", MapsTo: []Stage{Onboard}, Rule: "at most 30 days", Recency: &Recency{0, 30},
			Note: "so called after every order, the tenth as well as the first"},
		{ID: "due_reorder", Name: "Due reorder", MapsTo: []Stage{Retain}, Rule: "31 to 60 days", Recency: &Recency{31, 60}},
		{ID: "lapsed", Name: "Lapsed", MapsTo: []Stage{Retain}, Rule: "61 to 90 days", Recency: &Recency{61, 90},
			Note: "at risk and still a customer, in spite of the name"},
		{ID: "lost", Name: "Lost", Kind: Loss, MapsTo: []Stage{Exit}, Rule: "90 days or more", Recency: &Recency{90, NoLimit},
			Note: "an exit that is inferred and not observed"},
	},
	Transitions: []Transition{
		{"new", "due_reorder", Forward},
		{"due_reorder", "lapsed", Forward},
		{"lapsed", "lost", ExitMove},
		{"new", "new", Loop},
		{"due_reorder", "new", Loop},
		{"lapsed", "new", Loop},
		{"lost", "new", WinBack},
	},
}

// PathfinderRecency is a division of a shop's customers by days since the last
// order, without overlap or hole.
//
//	Active      retain
//	Disengaged  retain
//	Lapsed      exit (loss)
func PathfinderRecency() Model { return Model{&pathfinderRecency} }

var pathfinderRecency = ModelSpec{
	ID: "pathfinder_recency", Name: "Pathfinder recency classes", Unit: "customer",
	Source:   "Pathfinder, customer lifecycle of repeat orders",
	Evidence: EvidenceSecondary,
	Note:     "Classes of days since the last order. They know nothing of the customer's own rhythm or of the first order.",
	Order:    StateOrder,
	Stages: []StageSpec{
		{ID: "active", Name: "Active", MapsTo: []Stage{Retain}, Rule: "at most 90 days", Recency: &Recency{0, 90}},
		{ID: "disengaged", Name: "Disengaged", MapsTo: []Stage{Retain}, Rule: "91 to 180 days", Recency: &Recency{91, 180}},
		{ID: "lapsed", Name: "Lapsed", Kind: Loss, MapsTo: []Stage{Exit}, Rule: "more than 180 days", Recency: &Recency{181, NoLimit},
			Note: "an exit that is inferred and not observed"},
	},
	Transitions: []Transition{
		{"active", "disengaged", Forward},
		{"disengaged", "lapsed", ExitMove},
		{"active", "active", Loop},
		{"disengaged", "active", Loop},
		{"lapsed", "active", WinBack},
	},
}

// StripeSubscription is the status of a subscription in Stripe. Late payment and pause
// are flags: the customer is still one.
//
//	incomplete          convert
//	incomplete_expired  none (loss)
//	trialing            convert
//	active              retain
//	past_due            retain (flag)
//	unpaid              retain (flag)
//	canceled            exit (loss)
//	paused              retain (flag)
func StripeSubscription() Model { return Model{&stripeSubscription} }

var stripeSubscription = ModelSpec{
	ID: "stripe_subscription", Name: "Stripe subscription status", Unit: "subscription",
	Source:   "Stripe documentation, subscription status",
	Evidence: EvidenceExcerpt,
	Note:     "A customer with several subscriptions is as far as the best of them, while movements are counted per subscription: two different figures. The transitions are general knowledge, not re-read.",
	Order:    StateOrder,
	Stages: []StageSpec{
		{ID: "incomplete", Name: "incomplete", MapsTo: []Stage{Convert}},
		{ID: "incomplete_expired", Name: "incomplete_expired", Kind: Loss,
			Unmapped: "never paid: lost in convert, and nobody's exit"},
		{ID: "trialing", Name: "trialing", MapsTo: []Stage{Convert},
			Note: "a trial is convert, unless a free plan is itself the product"},
		{ID: "active", Name: "active", MapsTo: []Stage{Retain},
			Note: "says nothing of activation: a new subscription is active at once and its customer is in onboard"},
		{ID: "past_due", Name: "past_due", Kind: Flag, MapsTo: []Stage{Retain}, Note: "at risk and still a customer"},
		{ID: "unpaid", Name: "unpaid", Kind: Flag, MapsTo: []Stage{Retain}, Note: "at risk and still a customer"},
		{ID: "canceled", Name: "canceled", Kind: Loss, MapsTo: []Stage{Exit},
			Note: "who returns has a new subscription; this one stays as it is"},
		{ID: "paused", Name: "paused", Kind: Flag, MapsTo: []Stage{Retain}},
	},
	Transitions: []Transition{
		{"incomplete", "active", Forward},
		{"incomplete", "incomplete_expired", ExitMove},
		{"trialing", "active", Forward},
		{"trialing", "past_due", Interrupt},
		{"trialing", "paused", Interrupt},
		{"trialing", "canceled", ExitMove},
		{"active", "past_due", Interrupt},
		{"active", "canceled", ExitMove},
		{"past_due", "active", Interrupt},
		{"past_due", "unpaid", Interrupt},
		{"past_due", "canceled", ExitMove},
		{"unpaid", "active", Interrupt},
		{"unpaid", "canceled", ExitMove},
		{"paused", "active", Interrupt},
	},
}
