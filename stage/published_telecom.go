package stage

// TMForum is the lifecycle of the telecommunications industry, in three layers:
// phase groups, phases and sub-phases. Of the sub-phases only those of Pay are known
// here.
//
//	Buying                   attract, convert
//	  Be Aware               attract
//	  Interact               attract
//	  Choose                 convert
//	Using                    onboard, retain
//	  Consume                onboard, retain
//	  Manage                 retain
//	  Pay                    retain
//	    Review Notification  retain
//	    Verify or Dispute    retain
//	    Top-up/Pay           retain
//	Sharing                  retain, grow, exit
//	  Renew                  retain
//	  Recommend              grow
//	  Leave                  exit
func TMForum() Model { return Model{&tmForum} }

var tmForum = ModelSpec{
	ID: "tmforum", Name: "TM Forum customer experience lifecycle", Year: 2014, Unit: "customer",
	Source:   "TM Forum GB962-C, Customer Experience Management Lifecycle Model, release 13.5; names only",
	Evidence: EvidenceSecondary,
	Note:     "Phases change their names from one edition to the next, their ids do not; older names are aliases, and which phase they stand for is our reading. Of the sub-phases only those of Pay could be read; the other phases have some too.",
	Layers:   []string{"phase group", "phase", "sub-phase"},
	Stages: []StageSpec{
		{ID: "buying", Name: "Buying", MapsTo: []Stage{Attract, Convert},
			Aliases: []Alias{{"Buy", ""}, {"Shopping", "2011"}, {"Engaging", "solution for STC"}}},
		{ID: "be_aware", Name: "Be Aware", Parent: "buying", MapsTo: []Stage{Attract}, Aliases: []Alias{{"Awareness", "2011"}}},
		{ID: "interact", Name: "Interact", Parent: "buying", MapsTo: []Stage{Attract}, Aliases: []Alias{{"Interaction", "2011"}}},
		{ID: "choose", Name: "Choose", Parent: "buying", MapsTo: []Stage{Convert}, Aliases: []Alias{{"Agreement", "2011"}}},

		{ID: "using", Name: "Using", MapsTo: []Stage{Onboard, Retain},
			Aliases: []Alias{{"Use", ""}, {"Using", "2011"}, {"Using", "solution for STC"}}},
		{ID: "consume", Name: "Consume", Parent: "using", MapsTo: []Stage{Onboard, Retain},
			Note: "the first use is onboard, use from then on is retain"},
		{ID: "manage", Name: "Manage", Parent: "using", MapsTo: []Stage{Retain}, Aliases: []Alias{{"Support Need", "2011"}}},
		{ID: "pay", Name: "Pay", Parent: "using", MapsTo: []Stage{Retain}, Aliases: []Alias{{"Payment", "2011"}}},
		{ID: "review_notification", Name: "Review Notification", Parent: "pay", MapsTo: []Stage{Retain}},
		{ID: "verify_or_dispute", Name: "Verify or Dispute", Parent: "pay", MapsTo: []Stage{Retain}},
		{ID: "top_up_pay", Name: "Top-up/Pay", Parent: "pay", MapsTo: []Stage{Retain}},

		{ID: "sharing", Name: "Sharing", MapsTo: []Stage{Retain, Grow, Exit},
			Aliases: []Alias{{"Share", ""}, {"Preferring", "2011"}, {"Evaluating", "solution for STC"}}},
		{ID: "renew", Name: "Renew", Parent: "sharing", MapsTo: []Stage{Retain}, Aliases: []Alias{{"Loyalty", "2011"}},
			Note: "only a renewal of higher value also counts in grow"},
		{ID: "recommend", Name: "Recommend", Parent: "sharing", MapsTo: []Stage{Grow}, Aliases: []Alias{{"Loyalty", "2011"}}},
		{ID: "leave", Name: "Leave", Parent: "sharing", MapsTo: []Stage{Exit}, Aliases: []Alias{{"Disengagement", "2011"}}},
	},
	Transitions: []Transition{
		{"buying", "using", Forward},
		{"using", "sharing", Forward},
		{"be_aware", "interact", Forward},
		{"interact", "choose", Forward},
		{"choose", "consume", Forward},
		{"consume", "manage", Forward},
		{"manage", "pay", Forward},
		{"pay", "renew", Forward},
		{"renew", "recommend", Forward},
		{"recommend", "leave", ExitMove},
		{"review_notification", "verify_or_dispute", Forward},
		{"verify_or_dispute", "top_up_pay", Forward},
	},
}
