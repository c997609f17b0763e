package stage

// AIDA is the oldest list here, four states of mind of a buyer. Nobody observes
// them, and it ends with the purchase.
//
//	Attention  attract
//	Interest   attract
//	Desire     convert
//	Action     convert
func AIDA() Model { return Model{&aida} }

var aida = ModelSpec{
	ID: "aida", Name: "AIDA", Year: 1898, Unit: "person",
	Source:   "attributed to E. St. Elmo Lewis, which is disputed",
	Evidence: EvidenceSecondary,
	Note:     "States of mind, none of which can be measured as such. A later form, AIDAS, adds satisfaction, which would map to retain.",
	Stages: []StageSpec{
		{ID: "attention", Name: "Attention", MapsTo: []Stage{Attract}},
		{ID: "interest", Name: "Interest", MapsTo: []Stage{Attract}},
		{ID: "desire", Name: "Desire", MapsTo: []Stage{Convert}},
		{ID: "action", Name: "Action", MapsTo: []Stage{Convert}},
	},
	Transitions: []Transition{
		{"attention", "interest", Forward},
		{"interest", "desire", Forward},
		{"desire", "action", Forward},
	},
}

// SterneCutler is the lifecycle of E-Metrics, published in 2000. It has
// three leaks and no onboarding.
//
//	Reach        attract
//	Acquisition  attract
//	Conversion   convert
//	Retention    retain
//	Loyalty      retain, grow
//	Abandonment  none (loss)
//	Attrition    exit (loss)
//	Churn        exit (loss)
func SterneCutler() Model { return Model{&sterneCutler} }

var sterneCutler = ModelSpec{
	ID: "sterne_cutler", Name: "Sterne and Cutler", Year: 2000, Unit: "customer",
	Source:   "Jim Sterne and Matt Cutler, E-Metrics",
	Evidence: EvidenceSecondary,
	Note:     "Each stage has metrics and none has an entry rule. The three leaks are no stages of the sequence.",
	Stages: []StageSpec{
		{ID: "reach", Name: "Reach", MapsTo: []Stage{Attract}},
		{ID: "acquisition", Name: "Acquisition", MapsTo: []Stage{Attract}},
		{ID: "conversion", Name: "Conversion", MapsTo: []Stage{Convert}},
		{ID: "retention", Name: "Retention", MapsTo: []Stage{Retain}},
		{ID: "loyalty", Name: "Loyalty", MapsTo: []Stage{Retain, Grow}},
		{ID: "abandonment", Name: "Abandonment", Kind: Loss,
			Unmapped: "a purchase given up before the first commitment: lost in convert, and nobody's exit"},
		{ID: "attrition", Name: "Attrition", Kind: Loss, MapsTo: []Stage{Exit}},
		{ID: "churn", Name: "Churn", Kind: Loss, MapsTo: []Stage{Exit}},
	},
	Transitions: []Transition{
		{"reach", "acquisition", Forward},
		{"acquisition", "conversion", Forward},
		{"conversion", "retention", Forward},
		{"retention", "loyalty", Forward},
	},
}

// AARRR is Dave McClure's funnel of 2007 for start-ups. Its revenue is the first
// payment, hence convert, although it is listed last.
//
//	Acquisition  attract
//	Activation   onboard
//	Retention    retain
//	Referral     grow
//	Revenue      convert
func AARRR() Model { return Model{&aarrr} }

var aarrr = ModelSpec{
	ID: "aarrr", Name: "AARRR", Year: 2007, Unit: "user",
	Source:   "Dave McClure, Startup Metrics for Pirates",
	Evidence: EvidenceExcerpt,
	Note:     "The author's own slides differ in the order, so no transition to referral or revenue is stated here.",
	Stages: []StageSpec{
		{ID: "acquisition", Name: "Acquisition", MapsTo: []Stage{Attract}},
		{ID: "activation", Name: "Activation", MapsTo: []Stage{Onboard},
			Rule: "a criterion of one's own; the slides give ranges: from 10 to 30 seconds on the site, 2 to 3 page views, 3 to 5 clicks, or one key feature used"},
		{ID: "retention", Name: "Retention", MapsTo: []Stage{Retain}},
		{ID: "referral", Name: "Referral", MapsTo: []Stage{Grow}},
		{ID: "revenue", Name: "Revenue", MapsTo: []Stage{Convert},
			Note: "the first payment; it is listed last and may well come before activation"},
	},
	Transitions: []Transition{
		{"acquisition", "activation", Forward},
		{"activation", "retention", Forward},
	},
}

// RARRA is [AARRR] in an order of priority: keep users before you buy more. It is
// no path, so nothing can be computed from one stage to the next.
//
//	Retention    retain
//	Activation   onboard
//	Referral     grow
//	Revenue      convert
//	Acquisition  attract
func RARRA() Model { return Model{&rarra} }

var rarra = ModelSpec{
	ID: "rarra", Name: "RARRA", Unit: "user",
	Source:   "the stages of AARRR put into another order",
	Evidence: EvidenceSecondary,
	Note:     "What to work on first. Nobody passes from retention to activation, so a conversion from step to step has no meaning.",
	Order:    PriorityOrder,
	Stages: []StageSpec{
		{ID: "retention", Name: "Retention", MapsTo: []Stage{Retain}},
		{ID: "activation", Name: "Activation", MapsTo: []Stage{Onboard}},
		{ID: "referral", Name: "Referral", MapsTo: []Stage{Grow}},
		{ID: "revenue", Name: "Revenue", MapsTo: []Stage{Convert}},
		{ID: "acquisition", Name: "Acquisition", MapsTo: []Stage{Attract}},
	},
}

// RACE is the planning framework of Smart Insights. Plan is no stage of a
// customer.
//
//	Plan     none (outside)
//	Reach    attract
//	Act      attract, convert
//	Convert  convert
//	Engage   retain, grow
func RACE() Model { return Model{&race} }

var race = ModelSpec{
	ID: "race", Name: "RACE", Unit: "person",
	Source:   "Smart Insights, RACE planning framework",
	Evidence: EvidenceExcerpt,
	Note:     "Each stage has goals. The buyer's side of the four is kept as aliases.",
	Stages: []StageSpec{
		{ID: "plan", Name: "Plan", Kind: Outside, Unmapped: "what the company does beforehand, and no customer is in it"},
		{ID: "reach", Name: "Reach", Aliases: []Alias{{"Exploration", "buyer's stages"}}, MapsTo: []Stage{Attract}},
		{ID: "act", Name: "Act", Aliases: []Alias{{"Decision", "buyer's stages"}}, MapsTo: []Stage{Attract, Convert}},
		{ID: "convert", Name: "Convert", Aliases: []Alias{{"Purchase", "buyer's stages"}}, MapsTo: []Stage{Convert}},
		{ID: "engage", Name: "Engage", Aliases: []Alias{{"Advocacy", "buyer's stages"}}, MapsTo: []Stage{Retain, Grow}},
	},
	Transitions: []Transition{
		{"reach", "act", Forward},
		{"act", "convert", Forward},
		{"convert", "engage", Forward},
	},
}

// SeeThinkDoCare is Avinash Kaushik's division of an audience by intent. Care
// begins with the second transaction.
//
//	See    attract
//	Think  attract
//	Do     convert
//	Care   retain, grow
func SeeThinkDoCare() Model { return Model{&seeThinkDoCare} }

var seeThinkDoCare = ModelSpec{
	ID: "see_think_do_care", Name: "See, Think, Do, Care", Unit: "person",
	Source:   "Avinash Kaushik, See, Think, Do, Care",
	Evidence: EvidenceExcerpt,
	Note:     "The stages are audiences told apart by intent. A customer with one transaction is in none of them.",
	Stages: []StageSpec{
		{ID: "see", Name: "See", MapsTo: []Stage{Attract}, Rule: "the largest audience that could be a customer, without an intent to buy"},
		{ID: "think", Name: "Think", MapsTo: []Stage{Attract}, Rule: "those of them with some intent to buy"},
		{ID: "do", Name: "Do", MapsTo: []Stage{Convert}, Rule: "those with a strong intent to buy"},
		{ID: "care", Name: "Care", MapsTo: []Stage{Retain, Grow}, Rule: "customers with at least two transactions"},
	},
	Transitions: []Transition{
		{"see", "think", Forward},
		{"think", "do", Forward},
		{"do", "care", Forward},
	},
}

// ActOn is the five-stage list of Act-On, a maker of marketing software.
//
//	Attract  attract
//	Capture  attract
//	Nurture  convert
//	Convert  convert
//	Expand   grow
func ActOn() Model { return Model{&actOn} }

var actOn = ModelSpec{
	ID: "act_on", Name: "Act-On", Unit: "contact",
	Source:   "Act-On, a series of five articles on the customer lifecycle",
	Evidence: EvidenceExcerpt,
	Note:     "No stage has an entry rule. Nothing stands between the sale and the expansion.",
	Stages: []StageSpec{
		{ID: "attract", Name: "Attract", MapsTo: []Stage{Attract}},
		{ID: "capture", Name: "Capture", MapsTo: []Stage{Attract}},
		{ID: "nurture", Name: "Nurture", MapsTo: []Stage{Convert}},
		{ID: "convert", Name: "Convert", MapsTo: []Stage{Convert}},
		{ID: "expand", Name: "Expand", MapsTo: []Stage{Grow}},
	},
	Transitions: []Transition{
		{"attract", "capture", Forward},
		{"capture", "nurture", Forward},
		{"nurture", "convert", Forward},
		{"convert", "expand", Forward},
	},
}

// Pedowitz is the Loop of The Pedowitz Group, the nearest published relative of
// the six stages.
//
//	Attract           attract
//	Convert           convert
//	Onboard           onboard
//	Adopt             retain
//	Expand            grow
//	Renew & Advocate  retain, grow
func Pedowitz() Model { return Model{&pedowitz} }

var pedowitz = ModelSpec{
	ID: "pedowitz", Name: "Pedowitz Loop", Unit: "customer",
	Source:   "The Pedowitz Group, The Loop",
	Evidence: EvidenceExcerpt,
	Note:     "The nearest published relative of the six stages. The method asks each company for entry and exit criteria, an owner and figures per stage, and gives none.",
	Stages: []StageSpec{
		{ID: "attract", Name: "Attract", MapsTo: []Stage{Attract}},
		{ID: "convert", Name: "Convert", MapsTo: []Stage{Convert}},
		{ID: "onboard", Name: "Onboard", MapsTo: []Stage{Onboard}},
		{ID: "adopt", Name: "Adopt", MapsTo: []Stage{Retain}},
		{ID: "expand", Name: "Expand", MapsTo: []Stage{Grow}},
		{ID: "renew_and_advocate", Name: "Renew & Advocate", MapsTo: []Stage{Retain, Grow},
			Note: "a renewal is retain, and grow only where it is of higher value; advocacy is grow"},
	},
	Transitions: []Transition{
		{"attract", "convert", Forward},
		{"convert", "onboard", Forward},
		{"onboard", "adopt", Forward},
		{"adopt", "expand", Forward},
		{"expand", "renew_and_advocate", Forward},
	},
}

// McKinseyLoop is the consumer decision journey of 2009. Its loyalty loop leads
// back to the purchase and passes over consideration and evaluation.
//
//	Trigger                   attract
//	Initial consideration     attract
//	Active evaluation         attract, convert
//	Moment of purchase        convert
//	Post-purchase experience  onboard, retain
//	Loyalty loop              retain, grow
func McKinseyLoop() Model { return Model{&mckinseyLoop} }

var mckinseyLoop = ModelSpec{
	ID: "mckinsey_loop", Name: "McKinsey consumer decision journey", Year: 2009, Unit: "consumer",
	Source:   "McKinsey & Company, The consumer decision journey",
	Evidence: EvidenceSecondary,
	Note:     "A loyal customer goes from the loop straight to the next purchase and passes over consideration and evaluation. To count those two as reached again would be wrong.",
	Stages: []StageSpec{
		{ID: "trigger", Name: "Trigger", MapsTo: []Stage{Attract}},
		{ID: "initial_consideration", Name: "Initial consideration", MapsTo: []Stage{Attract}},
		{ID: "active_evaluation", Name: "Active evaluation", MapsTo: []Stage{Attract, Convert}},
		{ID: "moment_of_purchase", Name: "Moment of purchase", MapsTo: []Stage{Convert}},
		{ID: "post_purchase_experience", Name: "Post-purchase experience", MapsTo: []Stage{Onboard, Retain}},
		{ID: "loyalty_loop", Name: "Loyalty loop", MapsTo: []Stage{Retain, Grow}},
	},
	Transitions: []Transition{
		{"trigger", "initial_consideration", Forward},
		{"initial_consideration", "active_evaluation", Forward},
		{"active_evaluation", "moment_of_purchase", Forward},
		{"moment_of_purchase", "post_purchase_experience", Forward},
		{"post_purchase_experience", "loyalty_loop", Forward},
		{"loyalty_loop", "moment_of_purchase", Loop},
	},
	Policies: Policies{Skipping: SkippingLeavesGap},
}

// Forrester is the customer life cycle of Forrester Research as of 2010.
//
//	Discover  attract
//	Explore   attract
//	Buy       convert
//	Engage    onboard, retain
func Forrester() Model { return Model{&forrester} }

var forrester = ModelSpec{
	ID: "forrester", Name: "Forrester customer life cycle", Year: 2010, Unit: "customer",
	Source:   "Forrester Research, customer life cycle",
	Evidence: EvidenceSecondary,
	Note:     "A later edition with use and ask between buy and engage is general knowledge only and is not given here.",
	Stages: []StageSpec{
		{ID: "discover", Name: "Discover", MapsTo: []Stage{Attract}},
		{ID: "explore", Name: "Explore", MapsTo: []Stage{Attract}},
		{ID: "buy", Name: "Buy", MapsTo: []Stage{Convert}},
		{ID: "engage", Name: "Engage", MapsTo: []Stage{Onboard, Retain}},
	},
	Transitions: []Transition{
		{"discover", "explore", Forward},
		{"explore", "buy", Forward},
		{"buy", "engage", Forward},
	},
}

// DemandWaterfall is the pipeline of marketing and sales as SiriusDecisions, later
// Forrester, draws it. It is given from general knowledge and was not re-read.
//
//	Target       attract
//	Active       attract
//	Engaged      attract
//	Prioritized  convert
//	Qualified    convert
//	Pipeline     convert
//	Closed       convert (absorbing)
func DemandWaterfall() Model { return Model{&demandWaterfall} }

var demandWaterfall = ModelSpec{
	ID: "demand_waterfall", Name: "Demand waterfall", Unit: "demand unit",
	Source:   "Forrester (SiriusDecisions), demand waterfall",
	Evidence: EvidenceGeneralKnowledge,
	Note:     "The thresholds between the stages are those of each company.",
	Stages: []StageSpec{
		{ID: "target", Name: "Target", MapsTo: []Stage{Attract}},
		{ID: "active", Name: "Active", MapsTo: []Stage{Attract}},
		{ID: "engaged", Name: "Engaged", MapsTo: []Stage{Attract}},
		{ID: "prioritized", Name: "Prioritized", MapsTo: []Stage{Convert}},
		{ID: "qualified", Name: "Qualified", MapsTo: []Stage{Convert}},
		{ID: "pipeline", Name: "Pipeline", MapsTo: []Stage{Convert}},
		{ID: "closed", Name: "Closed", Kind: Absorbing, MapsTo: []Stage{Convert}},
	},
	Transitions: []Transition{
		{"target", "active", Forward},
		{"active", "engaged", Forward},
		{"engaged", "prioritized", Forward},
		{"prioritized", "qualified", Forward},
		{"qualified", "pipeline", Forward},
		{"pipeline", "closed", Forward},
	},
}

// HubSpotInbound is the inbound methodology of 2012 to 2018. It is given from
// general knowledge and was not re-read. For the stages that HubSpot keeps on its
// records, see [HubSpot].
//
//	Attract  attract
//	Convert  attract, convert
//	Close    convert
//	Delight  retain, grow
func HubSpotInbound() Model { return Model{&hubSpotInbound} }

var hubSpotInbound = ModelSpec{
	ID: "hubspot_inbound", Name: "HubSpot inbound methodology", Year: 2012, Unit: "person",
	Source:   "HubSpot, inbound methodology, as used until 2018",
	Evidence: EvidenceGeneralKnowledge,
	Note:     "The four verbs lead from strangers over visitors, leads and customers to promoters. It is not the lifecycle stage of HubSpot's contacts.",
	Stages: []StageSpec{
		{ID: "attract", Name: "Attract", MapsTo: []Stage{Attract}},
		{ID: "convert", Name: "Convert", MapsTo: []Stage{Attract, Convert},
			Note: "a visitor becomes a lead; the sale itself is called close"},
		{ID: "close", Name: "Close", MapsTo: []Stage{Convert}},
		{ID: "delight", Name: "Delight", MapsTo: []Stage{Retain, Grow}},
	},
	Transitions: []Transition{
		{"attract", "convert", Forward},
		{"convert", "close", Forward},
		{"close", "delight", Forward},
	},
}
