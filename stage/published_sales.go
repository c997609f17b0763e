package stage

// HubSpot is the lifecycle stage property of contacts and companies in HubSpot.
// Automatic updates only go forward, and Evangelist and Other are not later in time
// than Customer.
//
//	Subscriber                attract
//	Lead                      attract
//	Marketing Qualified Lead  attract, convert
//	Sales Qualified Lead      convert
//	Opportunity               convert
//	Customer                  onboard, retain
//	Evangelist                grow (flag)
//	Other                     none (outside)
func HubSpot() Model { return Model{&hubSpot} }

var hubSpot = ModelSpec{
	ID: "hubspot", Name: "HubSpot lifecycle stage", Unit: "contact or company",
	Source:   "HubSpot knowledge base, lifecycle stages",
	Evidence: EvidenceExcerpt,
	Note:     "Automatic updates only go forward, and a company's stage is not taken back by its contacts, so falls back leave no trace: times in stage are not comparable with those of an event history. The latest time in a stage is blank while the record is in it; the cumulative one adds up all visits.",
	Stages: []StageSpec{
		{ID: "subscriber", Name: "Subscriber", MapsTo: []Stage{Attract}},
		{ID: "lead", Name: "Lead", MapsTo: []Stage{Attract}},
		{ID: "marketing_qualified_lead", Name: "Marketing Qualified Lead", Aliases: []Alias{{"MQL", ""}}, MapsTo: []Stage{Attract, Convert},
			Note: "each company defines it in its own way"},
		{ID: "sales_qualified_lead", Name: "Sales Qualified Lead", Aliases: []Alias{{"SQL", ""}}, MapsTo: []Stage{Convert},
			Note: "each company defines it in its own way; the lead status refines it"},
		{ID: "opportunity", Name: "Opportunity", MapsTo: []Stage{Convert}, Rule: "has an associated deal"},
		{ID: "customer", Name: "Customer", MapsTo: []Stage{Onboard, Retain}, Rule: "has at least one deal closed as won"},
		{ID: "evangelist", Name: "Evangelist", Kind: Flag, MapsTo: []Stage{Grow},
			Note: "an attitude of customers, not a time after being one; the property shows it in place of Customer"},
		{ID: "other", Name: "Other", Kind: Outside,
			Unmapped: "collects records that fit no stage, and is listed last without being last in time"},
	},
	Transitions: []Transition{
		{"subscriber", "lead", Forward},
		{"lead", "marketing_qualified_lead", Forward},
		{"marketing_qualified_lead", "sales_qualified_lead", Forward},
		{"sales_qualified_lead", "opportunity", Forward},
		{"opportunity", "customer", Forward},
		{"customer", "evangelist", Interrupt},
	},
	Policies: Policies{Regression: RegressionIgnored, ManualRegression: RegressionAfterClearing},
}

// SalesforceLead is the status of a lead in Salesforce, as delivered.
//
//	Open - Not Contacted    attract
//	Working - Contacted     convert
//	Closed - Converted      convert (absorbing)
//	Closed - Not Converted  none (loss)
func SalesforceLead() Model { return Model{&salesforceLead} }

var salesforceLead = ModelSpec{
	ID: "salesforce_lead", Name: "Salesforce lead status", Unit: "lead",
	Source:   "Salesforce help, lead status",
	Evidence: EvidenceExcerpt,
	Note:     "The list as delivered. Each status carries a flag that says whether it is closed.",
	Stages: []StageSpec{
		{ID: "open_not_contacted", Name: "Open - Not Contacted", MapsTo: []Stage{Attract}},
		{ID: "working_contacted", Name: "Working - Contacted", MapsTo: []Stage{Convert}},
		{ID: "closed_converted", Name: "Closed - Converted", Kind: Absorbing, MapsTo: []Stage{Convert},
			Note: "the lead goes on as a contact or an opportunity; nothing is sold yet"},
		{ID: "closed_not_converted", Name: "Closed - Not Converted", Kind: Loss,
			Unmapped: "lost before the first commitment: lost in convert, and nobody's exit"},
	},
	Transitions: []Transition{
		{"open_not_contacted", "working_contacted", Forward},
		{"open_not_contacted", "closed_not_converted", ExitMove},
		{"working_contacted", "closed_converted", Forward},
		{"working_contacted", "closed_not_converted", ExitMove},
	},
}

// SalesforceOpportunity is the stage of an opportunity in Salesforce, as delivered.
// Opportunities move freely in both directions.
//
//	Prospecting           convert
//	Qualification         convert
//	Needs Analysis        convert
//	Value Proposition     convert
//	Id. Decision Makers   convert
//	Perception Analysis   convert
//	Proposal/Price Quote  convert
//	Negotiation/Review    convert
//	Closed Won            onboard (absorbing)
//	Closed Lost           none (loss)
func SalesforceOpportunity() Model { return Model{&salesforceOpportunity} }

var salesforceOpportunity = ModelSpec{
	ID: "salesforce_opportunity", Name: "Salesforce opportunity stage", Unit: "opportunity",
	Source:   "Salesforce help, opportunity stages",
	Evidence: EvidenceExcerpt,
	Note:     "The list as delivered. Each stage carries a type (open, won, lost), a probability and a forecast category. An opportunity moves freely in both directions.",
	Stages: []StageSpec{
		{ID: "prospecting", Name: "Prospecting", MapsTo: []Stage{Convert}},
		{ID: "qualification", Name: "Qualification", MapsTo: []Stage{Convert}},
		{ID: "needs_analysis", Name: "Needs Analysis", MapsTo: []Stage{Convert}},
		{ID: "value_proposition", Name: "Value Proposition", MapsTo: []Stage{Convert}},
		{ID: "id_decision_makers", Name: "Id. Decision Makers", MapsTo: []Stage{Convert}},
		{ID: "perception_analysis", Name: "Perception Analysis", MapsTo: []Stage{Convert}},
		{ID: "proposal_price_quote", Name: "Proposal/Price Quote", MapsTo: []Stage{Convert}},
		{ID: "negotiation_review", Name: "Negotiation/Review", MapsTo: []Stage{Convert}},
		{ID: "closed_won", Name: "Closed Won", Kind: Absorbing, MapsTo: []Stage{Onboard}, Rule: "of type won",
			Note: "the opportunity is over and the customer's onboarding begins"},
		{ID: "closed_lost", Name: "Closed Lost", Kind: Loss, Rule: "of type lost",
			Unmapped: "lost before a commitment: lost in convert, and nobody's exit"},
	},
	Transitions: []Transition{
		{"prospecting", "qualification", Forward},
		{"qualification", "needs_analysis", Forward},
		{"needs_analysis", "value_proposition", Forward},
		{"value_proposition", "id_decision_makers", Forward},
		{"id_decision_makers", "perception_analysis", Forward},
		{"perception_analysis", "proposal_price_quote", Forward},
		{"proposal_price_quote", "negotiation_review", Forward},
		{"negotiation_review", "closed_won", Forward},
		{"prospecting", "closed_lost", ExitMove},
		{"qualification", "closed_lost", ExitMove},
		{"needs_analysis", "closed_lost", ExitMove},
		{"value_proposition", "closed_lost", ExitMove},
		{"id_decision_makers", "closed_lost", ExitMove},
		{"perception_analysis", "closed_lost", ExitMove},
		{"proposal_price_quote", "closed_lost", ExitMove},
		{"negotiation_review", "closed_lost", ExitMove},
	},
	Policies: Policies{Regression: RegressionAllowed, ManualRegression: RegressionAllowed},
}

// BowTie is the model of Winning by Design. The mutual commitment is the knot between
// the way to it and the way on from it.
//
//	Awareness  attract
//	Education  attract
//	Selection  convert
//	Commit     convert
//	Onboard    onboard
//	Impact     retain
//	Growth     grow
func BowTie() Model { return Model{&bowTie} }

var bowTie = ModelSpec{
	ID: "bow_tie", Name: "Bow-tie", Unit: "account",
	Source:   "Winning by Design, bow-tie model",
	Evidence: EvidenceSecondary,
	Note:     "The mutual commitment is the knot. Volume, conversion rate and time are kept for each stage on both sides of it.",
	Stages: []StageSpec{
		{ID: "awareness", Name: "Awareness", MapsTo: []Stage{Attract}},
		{ID: "education", Name: "Education", MapsTo: []Stage{Attract}},
		{ID: "selection", Name: "Selection", MapsTo: []Stage{Convert}},
		{ID: "commit", Name: "Commit", MapsTo: []Stage{Convert}},
		{ID: "onboard", Name: "Onboard", MapsTo: []Stage{Onboard}},
		{ID: "impact", Name: "Impact", MapsTo: []Stage{Retain}},
		{ID: "growth", Name: "Growth", Aliases: []Alias{{"Expansion", ""}}, MapsTo: []Stage{Grow}},
	},
	Transitions: []Transition{
		{"awareness", "education", Forward},
		{"education", "selection", Forward},
		{"selection", "commit", Forward},
		{"commit", "onboard", Forward},
		{"onboard", "impact", Forward},
		{"impact", "growth", Forward},
	},
}

// CustomerSuccess is the view of those who look after accounts. Escalation may
// interrupt any stage, and is no step between adoption and renewal.
//
//	Onboarding  onboard
//	Adoption    retain
//	Escalation  retain (flag)
//	Renewal     retain
func CustomerSuccess() Model { return Model{&customerSuccess} }

var customerSuccess = ModelSpec{
	ID: "customer_success", Name: "Customer success management", Unit: "account",
	Source:   "a management view in general use; no author is named",
	Evidence: EvidenceUnattributed,
	Note:     "Escalation is listed between adoption and renewal, but it interrupts whatever stage an account is in. Where it starts and ends is our reading.",
	Stages: []StageSpec{
		{ID: "onboarding", Name: "Onboarding", MapsTo: []Stage{Onboard}},
		{ID: "adoption", Name: "Adoption", MapsTo: []Stage{Retain}},
		{ID: "escalation", Name: "Escalation", Kind: Flag, MapsTo: []Stage{Retain}},
		{ID: "renewal", Name: "Renewal", MapsTo: []Stage{Retain},
			Note: "only a renewal of higher value also counts in grow"},
	},
	Transitions: []Transition{
		{"onboarding", "adoption", Forward},
		{"adoption", "renewal", Forward},
		{"onboarding", "escalation", Interrupt},
		{"adoption", "escalation", Interrupt},
		{"renewal", "escalation", Interrupt},
		{"escalation", "onboarding", Interrupt},
		{"escalation", "adoption", Interrupt},
		{"escalation", "renewal", Interrupt},
	},
}

// GainsightCommunity is a list that customer success teams describe in Gainsight's
// community. An account that will churn is still a customer.
//
//	Onboarding  onboard
//	Launched    onboard, retain
//	Adopting    retain
//	Renewal     retain
//	Will Churn  exit (flag)
//	Churned     exit (loss)
func GainsightCommunity() Model { return Model{&gainsightCommunity} }

var gainsightCommunity = ModelSpec{
	ID: "gainsight_community", Name: "Gainsight community practice", Unit: "account",
	Source:   "practice described by users in the Gainsight community",
	Evidence: EvidenceSecondary,
	Note:     "Those who use it write transition criteria of their own for each stage.",
	Stages: []StageSpec{
		{ID: "onboarding", Name: "Onboarding", MapsTo: []Stage{Onboard}},
		{ID: "launched", Name: "Launched", MapsTo: []Stage{Onboard, Retain}},
		{ID: "adopting", Name: "Adopting", MapsTo: []Stage{Retain}},
		{ID: "renewal", Name: "Renewal", MapsTo: []Stage{Retain}},
		{ID: "will_churn", Name: "Will Churn", Kind: Flag, MapsTo: []Stage{Exit},
			Note: "notice is given and not yet in effect: still a customer, and not to be counted as gone"},
		{ID: "churned", Name: "Churned", Kind: Loss, MapsTo: []Stage{Exit}},
	},
	Transitions: []Transition{
		{"onboarding", "launched", Forward},
		{"launched", "adopting", Forward},
		{"adopting", "renewal", Forward},
		{"renewal", "will_churn", Interrupt},
		{"will_churn", "churned", ExitMove},
	},
}

// Leanscale is a list that begins at the conversion and ends with mature use.
//
//	Pre-Onboarding   convert, onboard
//	Onboarding       onboard
//	Implementation   onboard
//	Early Adoption   retain
//	Mature Adoption  retain
func Leanscale() Model { return Model{&leanscale} }

var leanscale = ModelSpec{
	ID: "leanscale", Name: "LeanScale", Unit: "account",
	Source:   "LeanScale, customer lifecycle stages",
	Evidence: EvidenceSecondary,
	Stages: []StageSpec{
		{ID: "pre_onboarding", Name: "Pre-Onboarding", MapsTo: []Stage{Convert, Onboard}},
		{ID: "onboarding", Name: "Onboarding", MapsTo: []Stage{Onboard}, Rule: "begins by itself with the conversion"},
		{ID: "implementation", Name: "Implementation", MapsTo: []Stage{Onboard}},
		{ID: "early_adoption", Name: "Early Adoption", MapsTo: []Stage{Retain}},
		{ID: "mature_adoption", Name: "Mature Adoption", MapsTo: []Stage{Retain}},
	},
	Transitions: []Transition{
		{"pre_onboarding", "onboarding", Forward},
		{"onboarding", "implementation", Forward},
		{"implementation", "early_adoption", Forward},
		{"early_adoption", "mature_adoption", Forward},
	},
}

// RetentionLoyaltyNurturedGrowth names the time after the conversion by the number
// of renewals, which each company sets for itself.
//
//	Retention  retain
//	Loyalty    retain
//	Nurtured   retain
//	Growth     grow, retain
func RetentionLoyaltyNurturedGrowth() Model { return Model{&retentionLoyaltyNurturedGrowth} }

var retentionLoyaltyNurturedGrowth = ModelSpec{
	ID: "retention_loyalty_nurtured_growth", Name: "Retention, loyalty, nurtured, growth", Unit: "customer",
	Source:   "a description of stages after the conversion in general use; no author is named",
	Evidence: EvidenceUnattributed,
	Note:     "A stage follows the other after a number of intervals or renewals. How many is left to each company and is published nowhere.",
	Stages: []StageSpec{
		{ID: "retention", Name: "Retention", MapsTo: []Stage{Retain}, Rule: "a number of renewals or intervals of one's own"},
		{ID: "loyalty", Name: "Loyalty", MapsTo: []Stage{Retain}, Rule: "a number of renewals or intervals of one's own"},
		{ID: "nurtured", Name: "Nurtured", MapsTo: []Stage{Retain}, Rule: "a number of renewals or intervals of one's own"},
		{ID: "growth", Name: "Growth", MapsTo: []Stage{Grow, Retain}, Rule: "a number of renewals or intervals of one's own",
			Note: "a customer who has renewed often enough is not by that alone worth more: grow needs a higher value"},
	},
	Transitions: []Transition{
		{"retention", "loyalty", Forward},
		{"loyalty", "nurtured", Forward},
		{"nurtured", "growth", Forward},
	},
}
