package exchange

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// The order of the specs is that of the result, and does not matter otherwise.
func TestDefineAllInAnyOrder(t *testing.T) {
	all := allOfCatalogue()
	specs, err := ReadJSON(strings.NewReader(string(formats[0].written(t, slices.Values(all)))))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		random.Shuffle(len(specs), func(i, j int) { specs[i], specs[j] = specs[j], specs[i] })
		defs, err := DefineAll(specs, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range specs {
			if defs[i].ID() != specs[i].ID {
				t.Fatalf("%s instead of %s", defs[i], specs[i].ID)
			}
		}
		sameGraph(t, inOrder(defs), all)
	}
}

func ratio(id, of string) formula.Spec {
	return formula.Spec{
		ID: id, Stage: stage.Grow, Kind: metric.KindRatio, Unit: "1", Formula: of,
		Direction: "none", Time: "period", Stability: "alpha",
	}
}

// A part of the catalogue finds the rest of it by lookup.
func TestDefineAllOnTheCatalogue(t *testing.T) {
	openRate, _ := catalog.Lookup("email.open_rate")
	specs := []formula.Spec{ratio("my.half_again", "my.half * email.open_rate"), ratio("my.half", "email.open_rate * 0.5")}
	defs, err := DefineAll(specs, catalog.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(defs[0].Inputs()); !slices.Equal(got, []metric.Definition{defs[1], openRate}) {
		t.Errorf("inputs %v", got)
	}
	if _, err := DefineAll(specs, nil); err == nil || !strings.Contains(err.Error(), "my.half: formula: there is no metric email.open_rate") ||
		!strings.Contains(err.Error(), "my.half_again: formula: its input my.half is refused") {
		t.Error(err)
	}
}

// A caveat may compute its mistake with a metric that depends on the one it warns of.
func TestDefineAllWithCaveatsThatLookAhead(t *testing.T) {
	base := ratio("my.base", "")
	base.RollUpTime, base.RollUpPopulation = "never", "never"
	first, second := ratio("my.first", "base / 2"), ratio("my.second", "first / 2")
	first.Examples = []metric.Example{{Inputs: []metric.ExampleInput{{ID: "my.base", Value: "1"}}, Result: "1/2"}}
	first.Caveats = []metric.Caveat{{Text: "Not twice.", Formula: "second", Gives: "1/4"}, {Text: "Nor itself.", Formula: "first / 4", Gives: "1/8"}}
	defs, err := DefineAll([]formula.Spec{first, second, base}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range formats {
		sameGraph(t, f.again(t, slices.Values(defs)), defs)
	}
	first.Caveats[0].Gives = "1/5"
	if _, err := DefineAll([]formula.Spec{first, second, base}, nil); err == nil || !strings.Contains(err.Error(), "my.first: caveats[0]: gives 1/4, not 1/5") {
		t.Error(err)
	}
}

func TestDefineAllRefuses(t *testing.T) {
	tests := []struct {
		specs []formula.Spec
		says  []string
	}{
		{[]formula.Spec{ratio("my.one", "email.open_rate"), ratio("my.one", "email.open_rate * 2")}, []string{"my.one: id: there are two metrics of this id"}},
		{[]formula.Spec{ratio("my.one", "my.one * 2")}, []string{"my.one: formula: refers to itself"}},
		{
			[]formula.Spec{ratio("my.one", "three * 2"), ratio("my.two", "one * 2"), ratio("my.three", "two * two"), ratio("my.four", "one")},
			[]string{"formula: is computed from itself: my.one from my.three from my.two from my.one"},
		},
		{
			[]formula.Spec{ratio("my.one", "email.open_rate +"), ratio("my.two", "one"), ratio("my.three", "two"), ratio("my.four", "email.nothing")},
			[]string{"my.one: formula: ", "my.two: formula: its input my.one is refused", "my.three: formula: its input my.two is refused", "my.four: formula: there is no metric email.nothing"},
		},
	}
	for _, test := range tests {
		defs, err := DefineAll(test.specs, catalog.Lookup)
		if err == nil || defs != nil {
			t.Errorf("%v is accepted: %v", test.specs, defs)
			continue
		}
		for _, words := range test.says {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%v, want %q", err, words)
			}
		}
		var field *formula.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%v has no FieldError", err)
		}
	}
}

func TestDefineAllOfNothing(t *testing.T) {
	if defs, err := DefineAll(nil, nil); err != nil || len(defs) != 0 {
		t.Error(defs, err)
	}
}
