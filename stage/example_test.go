package stage_test

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/stage"
)

func ExampleAll() {
	for s := range stage.All() {
		fmt.Println(s)
	}
	// Output:
	// attract
	// convert
	// onboard
	// retain
	// grow
	// exit
}

func ExampleParse() {
	s, err := stage.Parse("retain")
	fmt.Println(s, err)
	_, err = stage.Parse("Retention")
	fmt.Println(err)
	// Output:
	// retain <nil>
	// unknown stage "Retention"
}

func ExampleStage_Entry() {
	fmt.Println("enter:", stage.Onboard.Entry())
	fmt.Println("leave:", stage.Onboard.Exit())
	// Output:
	// enter: first commitment
	// leave: activation criterion met, onboarding limit passed without it, or exit
}
