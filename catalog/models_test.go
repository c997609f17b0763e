package catalog_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// In every published model a metric stands at each stage that it is mapped to and nowhere
// else, and it is left out only where the model has no such stage.
func TestByModelPlacesEveryMetric(t *testing.T) {
	for m := range stage.Models() {
		placed := map[metric.Definition]int{}
		var order []stage.ModelStage
		for s, metrics := range catalog.ByModel(m) {
			order = append(order, s)
			for _, d := range metrics {
				placed[d]++
				named := slices.ContainsFunc(slices.Collect(d.Forms()), func(f metric.Form) bool {
					return f.System == m.ID() && slices.Contains(slices.Collect(m.Named(f.Name)), s)
				})
				if !named && !s.Maps(d.Stage()) {
					t.Errorf("%s: %s stands at %s", m, d, s)
				}
			}
		}
		if !slices.Equal(order, slices.Collect(m.Stages())) {
			t.Errorf("%s: stages come as %v", m, order)
		}
		for d := range catalog.All() {
			if covered := m.Coverage().Has(d.Stage()); covered && placed[d] == 0 {
				t.Errorf("%s: %s stands nowhere", m, d)
			}
		}
	}
}

func ExampleByModel() {
	for s, metrics := range catalog.ByModel(stage.AARRR()) {
		if slices.Contains(metrics, usageStickiness()) {
			fmt.Println("stickiness stands at", s)
		}
	}
	// Output: stickiness stands at Retention
}

func usageStickiness() metric.Definition {
	d, _ := catalog.Lookup("usage.stickiness")
	return d
}
