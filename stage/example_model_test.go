package stage_test

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/stage"
)

func ExampleModel_Stages() {
	for s := range stage.AARRR().Stages() {
		fmt.Printf("%-11s %s\n", s, s.Main())
	}
	// Output:
	// Acquisition attract
	// Activation  onboard
	// Retention   retain
	// Referral    grow
	// Revenue     convert
}

// Three layers: phase groups, phases, sub-phases.
func ExampleTMForum() {
	m := stage.TMForum()
	for group := range m.Layer(1) {
		fmt.Println(group)
		for phase := range group.Children() {
			fmt.Println(" ", phase)
			for sub := range phase.Children() {
				fmt.Println("   ", sub)
			}
		}
	}
	// Output:
	// Buying
	//   Be Aware
	//   Interact
	//   Choose
	// Using
	//   Consume
	//   Manage
	//   Pay
	//     Review Notification
	//     Verify or Dispute
	//     Top-up/Pay
	// Sharing
	//   Renew
	//   Recommend
	//   Leave
}

func ExampleModel_Coverage() {
	for _, m := range []stage.Model{stage.AIDA(), stage.AARRR(), stage.CustomerSuccess(), stage.TMForum()} {
		fmt.Printf("%s leaves out: %s\n", m, m.Coverage().Missing())
	}
	// Output:
	// AIDA leaves out: onboard, retain, grow, exit
	// AARRR leaves out: exit
	// Customer success management leaves out: attract, convert, grow, exit
	// TM Forum customer experience lifecycle leaves out: none
}

func ExampleModel_StagesOf() {
	for s := range stage.HubSpot().StagesOf(stage.Convert) {
		fmt.Println(s)
	}
	// Output:
	// Marketing Qualified Lead
	// Sales Qualified Lead
	// Opportunity
}

func ExampleModel_Unmapped() {
	for s := range stage.HubSpot().Unmapped() {
		fmt.Printf("%s: %s\n", s, s.Unmapped())
	}
	// Output:
	// Other: collects records that fit no stage, and is listed last without being last in time
}

// A name used in an older edition finds all the phases it stood for.
func ExampleModel_Named() {
	for s := range stage.TMForum().Named("loyalty") {
		fmt.Println(s)
	}
	// Output:
	// Renew
	// Recommend
}

// The classes overlap as published, and the model says so.
func ExampleModel_AtRecency() {
	m := stage.OrdinaryRecency()
	for _, days := range []int{89, 90, 91} {
		fmt.Print(days, " days:")
		for s := range m.AtRecency(days) {
			fmt.Print(" ", s)
		}
		fmt.Println()
	}
	fmt.Println(m.RecencyFlaw())
	// Output:
	// 89 days: Lapsed
	// 90 days: Lapsed Lost
	// 91 days: Lost
	// day 90 is in both Lapsed and Lost as published; to count it once, take Lost from day 91
}

// Escalation interrupts, it is no step.
func ExampleModel_Transitions() {
	for t := range stage.CustomerSuccess().Transitions() {
		fmt.Println(t.Kind, t.From, t.To)
	}
	// Output:
	// forward onboarding adoption
	// forward adoption renewal
	// interrupt onboarding escalation
	// interrupt adoption escalation
	// interrupt renewal escalation
	// interrupt escalation onboarding
	// interrupt escalation adoption
	// interrupt escalation renewal
}

func ExampleNewModel() {
	m, err := stage.NewModel(stage.ModelSpec{
		ID: "our_school", Name: "Our school", Unit: "pupil",
		Stages: []stage.StageSpec{
			{ID: "open_day", Name: "Open day", MapsTo: []stage.Stage{stage.Attract}},
			{ID: "enrolled", Name: "Enrolled", MapsTo: []stage.Stage{stage.Convert, stage.Onboard}},
			{ID: "attending", Name: "Attending", MapsTo: []stage.Stage{stage.Retain}},
			{ID: "left", Name: "Left", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Exit}},
			{ID: "alumni_choir", Name: "Alumni choir", Kind: stage.Outside, Unmapped: "sings, and is taught nothing"},
		},
		Transitions: []stage.Transition{
			{From: "attending", To: "left", Kind: stage.ExitMove},
			{From: "left", To: "enrolled", Kind: stage.WinBack},
		},
	})
	fmt.Println(m, err)
	fmt.Println("covers:", m.Coverage())
	// Output:
	// Our school <nil>
	// covers: attract, convert, onboard, retain, exit
}

// Everything that is wrong is said at once.
func ExampleNewModel_findings() {
	_, err := stage.NewModel(stage.ModelSpec{
		ID: "our_school", Name: "Our school",
		Stages: []stage.StageSpec{
			{ID: "open_day", Name: "Open day", MapsTo: []stage.Stage{stage.Attract}},
			{ID: "summer", Name: "Summer"},
			{ID: "left", Name: "Left", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Retain}},
		},
	})
	fmt.Println(err)
	// Output:
	// model "our_school": stage "summer": maps to none of the six and gives no reason
	// model "our_school": stage "left": is a loss and maps to retain, not to exit alone
}

// A published model is the start of one's own.
func ExampleModel_Spec() {
	spec := stage.HubSpot().Spec()
	spec.ID, spec.Name = "our_hubspot", "Our HubSpot"
	spec.Stages = append(spec.Stages, stage.StageSpec{
		ID: "former_customer", Name: "Former customer", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Exit},
	})
	m, err := stage.NewModel(spec)
	fmt.Println(m.Coverage().Missing(), err)
	// Output:
	// none <nil>
}

func ExampleLookupModel() {
	m, ok := stage.LookupModel("rarra")
	fmt.Println(m, m.Order(), ok)
	// Output:
	// RARRA priority true
}
