package stage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/stage"
)

// sound is a spec with one of everything that the check accepts.
func sound() stage.ModelSpec {
	return stage.ModelSpec{
		ID: "gym", Name: "Gym", Unit: "member", Layers: []string{"half", "stage"},
		Stages: []stage.StageSpec{
			{ID: "before", Name: "Before", MapsTo: []stage.Stage{stage.Attract, stage.Convert}},
			{ID: "visitor", Name: "Visitor", Parent: "before", MapsTo: []stage.Stage{stage.Attract}},
			{ID: "trial", Name: "Trial", Parent: "before", MapsTo: []stage.Stage{stage.Convert}},
			{ID: "refused", Name: "Refused", Parent: "before", Kind: stage.Loss, Unmapped: "never a member"},
			{ID: "member", Name: "Member", MapsTo: []stage.Stage{stage.Retain, stage.Onboard, stage.Exit}},
			{ID: "novice", Name: "Novice", Parent: "member", MapsTo: []stage.Stage{stage.Onboard}},
			{ID: "regular", Name: "Regular", Parent: "member", MapsTo: []stage.Stage{stage.Retain}},
			{ID: "injured", Name: "Injured", Parent: "member", Kind: stage.Flag, MapsTo: []stage.Stage{stage.Retain}},
			{ID: "gone", Name: "Gone", Parent: "member", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Exit}},
			{ID: "staff", Name: "Staff", Kind: stage.Outside, Unmapped: "they are paid for coming"},
		},
		Transitions: []stage.Transition{
			{From: "before", To: "member", Kind: stage.Forward},
			{From: "visitor", To: "trial", Kind: stage.Forward},
			{From: "visitor", To: "novice", Kind: stage.Skip},
			{From: "trial", To: "refused", Kind: stage.ExitMove},
			{From: "trial", To: "novice", Kind: stage.Forward},
			{From: "novice", To: "trial", Kind: stage.Regress},
			{From: "novice", To: "regular", Kind: stage.Forward},
			{From: "regular", To: "regular", Kind: stage.Loop},
			{From: "regular", To: "injured", Kind: stage.Interrupt},
			{From: "injured", To: "regular", Kind: stage.Interrupt},
			{From: "injured", To: "gone", Kind: stage.ExitMove},
			{From: "gone", To: "novice", Kind: stage.WinBack},
		},
	}
}

// flat is a spec of three stages without layers.
func flat() stage.ModelSpec {
	return stage.ModelSpec{
		ID: "shop", Name: "Shop",
		Stages: []stage.StageSpec{
			{ID: "one", Name: "One", MapsTo: []stage.Stage{stage.Convert}},
			{ID: "two", Name: "Two", MapsTo: []stage.Stage{stage.Retain}},
			{ID: "three", Name: "Three", MapsTo: []stage.Stage{stage.Exit}},
		},
	}
}

func TestNewModelAcceptsASoundSpec(t *testing.T) {
	for _, spec := range []stage.ModelSpec{sound(), flat()} {
		m, err := stage.NewModel(spec)
		if err != nil {
			t.Errorf("%s: %v", spec.ID, err)
		}
		if diff := cmp.Diff(spec, m.Spec()); diff != "" {
			t.Errorf("%s: (-given +kept)\n%s", spec.ID, diff)
		}
		if _, found := stage.LookupModel(spec.ID); found {
			t.Errorf("%s is found among the published ones", spec.ID)
		}
	}
}

// Each case breaks a sound spec in one way and names the one finding.
func TestNewModelRefuses(t *testing.T) {
	stageOf := func(spec *stage.ModelSpec, id string) *stage.StageSpec {
		i := slices.IndexFunc(spec.Stages, func(s stage.StageSpec) bool { return s.ID == id })
		return &spec.Stages[i]
	}
	move := func(from, to string, kind stage.TransitionKind) func(*stage.ModelSpec) {
		return func(s *stage.ModelSpec) {
			s.Transitions = append(s.Transitions, stage.Transition{From: from, To: to, Kind: kind})
		}
	}
	recency := func(ranges ...stage.Recency) func(*stage.ModelSpec) {
		return func(s *stage.ModelSpec) {
			s.Order, s.Transitions = stage.StateOrder, nil
			for i := range ranges {
				s.Stages[i].Recency = &ranges[i]
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*stage.ModelSpec)
		stage  string
		reason string
	}{
		// the model as a whole
		{"published id", func(s *stage.ModelSpec) { s.ID = "aarrr" }, "", "published"},
		{"no id", func(s *stage.ModelSpec) { s.ID = "" }, "", "id does not match"},
		{"one letter", func(s *stage.ModelSpec) { s.ID = "g" }, "", "id does not match"},
		{"upper case", func(s *stage.ModelSpec) { s.ID = "Gym" }, "", "id does not match"},
		{"digit first", func(s *stage.ModelSpec) { s.ID = "1gym" }, "", "id does not match"},
		{"double underscore", func(s *stage.ModelSpec) { s.ID = "gym__x" }, "", "id does not match"},
		{"last underscore", func(s *stage.ModelSpec) { s.ID = "gym_" }, "", "id does not match"},
		{"first underscore", func(s *stage.ModelSpec) { s.ID = "_gym" }, "", "id does not match"},
		{"hyphen", func(s *stage.ModelSpec) { s.ID = "gym-x" }, "", "id does not match"},
		{"long id", func(s *stage.ModelSpec) { s.ID = strings.Repeat("g", 65) }, "", "id does not match"},
		{"no name", func(s *stage.ModelSpec) { s.Name = " " }, "", "name is missing"},
		{"control character", func(s *stage.ModelSpec) { s.Source = "a\x1b[31m" }, "", "not printable"},
		{"no UTF-8", func(s *stage.ModelSpec) { s.Note = "\xff" }, "", "not printable"},
		{"long note", func(s *stage.ModelSpec) { s.Note = strings.Repeat("n", 2001) }, "", "2001 bytes"},
		{"year", func(s *stage.ModelSpec) { s.Year = -1 }, "", "year -1"},
		{"unknown order", func(s *stage.ModelSpec) { s.Order = 3 }, "", "unknown order 3"},
		{"unknown evidence", func(s *stage.ModelSpec) { s.Evidence = 6 }, "", "unknown evidence 6"},
		{"unknown regression", func(s *stage.ModelSpec) { s.Policies.Regression = 4 }, "", "unknown regression 4"},
		{"unknown manual regression", func(s *stage.ModelSpec) { s.Policies.ManualRegression = 4 }, "", "unknown manual regression 4"},
		{"unknown skipping", func(s *stage.ModelSpec) { s.Policies.Skipping = 4 }, "", "unknown skipping 4"},
		{"no stages", func(s *stage.ModelSpec) { s.Stages, s.Transitions, s.Layers = nil, nil, nil }, "", "no stages"},
		{"too many stages", func(s *stage.ModelSpec) { s.Stages = make([]stage.StageSpec, 501) }, "", "has 501 stages"},
		{"too many transitions", func(s *stage.ModelSpec) { s.Transitions = make([]stage.Transition, 5001) }, "", "5001 transitions"},

		// one stage
		{"stage id", func(s *stage.ModelSpec) { s.Stages[9].ID = "St aff" }, "St aff", "id does not match"},
		{"no stage id", func(s *stage.ModelSpec) { s.Stages[9].ID = "" }, "?", "id does not match"},
		{"id twice", func(s *stage.ModelSpec) { s.Stages[9].ID = "trial" }, "trial", "used twice"},
		{"name twice", func(s *stage.ModelSpec) { s.Stages[9].Name = "BEFORE " }, "staff", `also that of stage "before"`},
		{"no stage name", func(s *stage.ModelSpec) { s.Stages[9].Name = "" }, "staff", "name is missing"},
		{"empty alias", func(s *stage.ModelSpec) { s.Stages[9].Aliases = []stage.Alias{{}} }, "staff", "alias is missing"},
		{"alias twice", func(s *stage.ModelSpec) { s.Stages[9].Aliases = []stage.Alias{{"Crew", "1"}, {"Crew", "1"}} }, "staff", `"Crew" is given twice`},
		{"too many aliases", func(s *stage.ModelSpec) { s.Stages[9].Aliases = make([]stage.Alias, 101) }, "staff", "101 aliases"},
		{"unknown kind", func(s *stage.ModelSpec) { s.Stages[9].Kind = 5 }, "staff", "unknown stage kind 5"},

		// mapping
		{"neither mapped nor outside", func(s *stage.ModelSpec) { s.Stages[9].Unmapped = "" }, "staff", "gives no reason"},
		{"blank reason", func(s *stage.ModelSpec) { s.Stages[9].Unmapped = " " }, "staff", "gives no reason"},
		{"mapped and outside", func(s *stage.ModelSpec) { s.Stages[9].Unmapped, s.Stages[9].MapsTo = "", []stage.Stage{stage.Grow} }, "staff", "is outside and maps to grow"},
		{"mapped and a reason", func(s *stage.ModelSpec) { stageOf(s, "trial").Unmapped = "because" }, "trial", "maps to convert and gives a reason"},
		{"unmapped step", func(s *stage.ModelSpec) { stageOf(s, "trial").MapsTo, stageOf(s, "trial").Unmapped = nil, "why" }, "trial", "is a step and maps to none"},
		{"unmapped flag", func(s *stage.ModelSpec) {
			stageOf(s, "injured").MapsTo, stageOf(s, "injured").Unmapped = nil, "why"
		}, "injured", "is a flag and maps to none"},
		{"no stage of the six", func(s *stage.ModelSpec) { stageOf(s, "trial").MapsTo = []stage.Stage{7} }, "trial", "stage(7), which is none of the six"},
		{"zero stage", func(s *stage.ModelSpec) { stageOf(s, "trial").MapsTo = []stage.Stage{0} }, "trial", "none, which is none of the six"},
		{"mapped twice", func(s *stage.ModelSpec) { stageOf(s, "trial").MapsTo = []stage.Stage{2, 2} }, "trial", "maps to convert twice"},
		{"loss that stays", func(s *stage.ModelSpec) { stageOf(s, "gone").MapsTo = []stage.Stage{stage.Exit, stage.Retain} }, "gone", "is a loss and maps to retain, exit"},

		// layers
		{"no such parent", func(s *stage.ModelSpec) { stageOf(s, "trial").Parent = "after" }, "trial", `parent "after" does not exist`},
		{"its own parent", func(s *stage.ModelSpec) { stageOf(s, "staff").Parent = "staff" }, "staff", "is a part of itself"},
		{"part before its parent", func(s *stage.ModelSpec) {
			s.Stages = append([]stage.StageSpec{{ID: "early", Name: "Early", Parent: "before", MapsTo: []stage.Stage{stage.Attract}}}, s.Stages...)
		}, "early", "does not follow its parent"},
		{"part away from its parent", func(s *stage.ModelSpec) {
			s.Stages = append(s.Stages, stage.StageSpec{ID: "late", Name: "Late", Parent: "before", MapsTo: []stage.Stage{stage.Attract}})
		}, "late", "does not follow its parent"},
		{"more than the parent", func(s *stage.ModelSpec) { stageOf(s, "regular").MapsTo = []stage.Stage{stage.Retain, stage.Grow} }, "regular", `maps to grow, which its parent "member" does not`},
		{"unnamed layers", func(s *stage.ModelSpec) { s.Layers = nil }, "", "2 layers and 0 names"},
		{"layers too many", func(s *stage.ModelSpec) { s.Layers = append(s.Layers, "more") }, "", "2 layers and 3 names"},
		{"layers alike", func(s *stage.ModelSpec) { s.Layers[1] = "half" }, "", `two layers are named "half"`},

		// transitions
		{"from nowhere", move("limbo", "trial", stage.Forward), "limbo", "does not exist"},
		{"to nowhere", move("trial", "limbo", stage.Forward), "trial", `"limbo", which does not exist`},
		{"twice", move("visitor", "trial", stage.Skip), "visitor", `two transitions lead to "trial"`},
		{"unknown transition", move("regular", "novice", 7), "regular", "unknown transition kind 7"},
		{"across layers", move("before", "novice", stage.Forward), "before", `layer 1 to "novice" in layer 2`},
		{"to outside", move("member", "staff", stage.Forward), "member", "touches a stage outside"},
		{"forward that goes back", move("regular", "novice", stage.Forward), "regular", "does not lead to a later stage"},
		{"forward that skips", move("trial", "regular", stage.Forward), "trial", "which is a skip"},
		{"skip of nothing", func(s *stage.ModelSpec) { s.Transitions[1].Kind = stage.Skip }, "visitor", "passes over no stage"},
		{"regress that goes on", func(s *stage.ModelSpec) { s.Transitions[1].Kind = stage.Regress }, "visitor", "does not lead to an earlier stage"},
		{"loop that goes on", func(s *stage.ModelSpec) { s.Transitions[1].Kind = stage.Loop }, "visitor", "leads to a later stage"},
		{"interrupt without a flag", func(s *stage.ModelSpec) { s.Transitions[1].Kind = stage.Interrupt }, "visitor", "touches no flag"},
		{"flag as a step", func(s *stage.ModelSpec) { s.Transitions[8].Kind = stage.Forward }, "regular", "is an interrupt"},
		{"flag of a flag", move("injured", "injured", stage.Interrupt), "injured", "leads to the same stage"},
		{"exit to a step", func(s *stage.ModelSpec) { s.Transitions[1].Kind = stage.ExitMove }, "visitor", "does not lead to an exit"},
		{"loss as a step", func(s *stage.ModelSpec) { s.Transitions[3].Kind = stage.Forward }, "trial", "leads to an exit"},
		{"on from a loss", move("gone", "regular", stage.Regress), "gone", "only a win-back does"},
		{"win-back of a member", move("regular", "novice", stage.WinBack), "regular", "does not start at an absorbing stage or at an exit"},
		{"win-back to a loss", move("refused", "gone", stage.WinBack), "refused", "does not lead back into life"},
		{"win-back to a flag", move("gone", "injured", stage.WinBack), "gone", "does not lead back into life"},
		{"skip against the policy", func(s *stage.ModelSpec) { s.Policies.Skipping = stage.SkippingRejected }, "visitor", "although skipping is rejected"},
		{"regress against the policy", func(s *stage.ModelSpec) {
			s.Policies = stage.Policies{Regression: stage.RegressionIgnored, ManualRegression: stage.RegressionIgnored}
		}, "novice", "although regression is ignored"},
		{"skip among states", func(s *stage.ModelSpec) {
			s.Order, s.Transitions = stage.StateOrder, s.Transitions[2:3]
		}, "visitor", "the skip transition to \"novice\" has no meaning among states"},
		{"regress among states", func(s *stage.ModelSpec) {
			s.Order, s.Transitions = stage.StateOrder, s.Transitions[5:6]
		}, "novice", "the regress transition to \"trial\" has no meaning among states"},
		{"moves in a priority", func(s *stage.ModelSpec) { s.Order = stage.PriorityOrder }, "", "the order is a priority and there are 12 transitions"},

		// order
		{"life after an absorbing stage", func(s *stage.ModelSpec) {
			s.Transitions = nil
			stageOf(s, "visitor").Kind = stage.Absorbing
			s.Stages = s.Stages[:4]
		}, "trial", `comes after the absorbing stage "visitor"`},

		// recency
		{"no range", recency(stage.Recency{From: 0, Through: -2}), "before", "is no range"},
		{"range turned round", recency(stage.Recency{From: 9, Through: 8}), "before", "is no range"},
		{"negative range", recency(stage.Recency{From: -1, Through: 8}), "before", "is no range"},
		{"late start", recency(stage.Recency{From: 2, Through: stage.NoLimit}), "before", "no stage has a recency of 1 days"},
		{"hole", recency(stage.Recency{Through: 9}, stage.Recency{From: 11, Through: stage.NoLimit}), "visitor", "no stage has a recency of 10 days"},
		{"overlap", recency(stage.Recency{Through: 9}, stage.Recency{From: 9, Through: stage.NoLimit}), "visitor", `recency 9 days is also that of stage "before"`},
		{"overlap without end", recency(stage.Recency{Through: stage.NoLimit}, stage.Recency{From: 900, Through: 950}), "visitor", `recency 900 days is also that of stage "before"`},
		{"end", recency(stage.Recency{From: 10, Through: 20}, stage.Recency{Through: 9}), "before", "no stage has a recency beyond 20 days"},
		{"flaw without ranges", func(s *stage.ModelSpec) { s.RecencyFlaw = "day 90" }, "", "has no ranges"},
		{"flaw that is none", func(s *stage.ModelSpec) {
			recency(stage.Recency{Through: 9}, stage.Recency{From: 10, Through: stage.NoLimit})(s)
			s.RecencyFlaw = "day 90"
		}, "", "the ranges have none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := sound()
			c.change(&spec)
			m, err := stage.NewModel(spec)
			if m != (stage.Model{}) {
				t.Error("a model came with the error")
			}
			findings := findingsOf(t, err)
			if len(findings) != 1 {
				t.Fatalf("%d findings, want one: %v", len(findings), err)
			}
			if f := findings[0]; f.Model != spec.ID || f.Stage != c.stage || !strings.Contains(f.Reason, c.reason) {
				t.Errorf("finding %+v, want stage %q, reason %q", f, c.stage, c.reason)
			}
		})
	}
}

// findingsOf takes the error of NewModel apart.
func findingsOf(t *testing.T, err error) []*stage.ModelError {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("no joined error: %v", err)
	}
	var findings []*stage.ModelError
	for _, e := range joined.Unwrap() {
		var finding *stage.ModelError
		if !errors.As(e, &finding) {
			t.Fatalf("no ModelError: %v", e)
		}
		findings = append(findings, finding)
	}
	return findings
}

// What ends a path may be followed by what is won back from it, and by what is no step.
func TestWinBackAfterAbsorbing(t *testing.T) {
	spec := flat()
	spec.Stages[0].Kind = stage.Absorbing
	spec.Transitions = []stage.Transition{{From: "one", To: "two", Kind: stage.WinBack}}
	spec.Stages[2] = stage.StageSpec{ID: "three", Name: "Three", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Exit}}
	if _, err := stage.NewModel(spec); err != nil {
		t.Error(err)
	}
}

// A cycle names each stage on it, and none that only leads into it.
func TestParentsInACircle(t *testing.T) {
	spec := flat()
	spec.Stages = append(spec.Stages, stage.StageSpec{ID: "four", Name: "Four", Parent: "one", MapsTo: []stage.Stage{stage.Grow}})
	spec.Stages[0].Parent, spec.Stages[1].Parent, spec.Stages[2].Parent = "two", "three", "one"
	_, err := stage.NewModel(spec)
	var names []string
	for _, f := range findingsOf(t, err) {
		names = append(names, f.Stage)
	}
	if !slices.Equal(names, []string{"one", "two", "three"}) {
		t.Errorf("%v: %v", names, err)
	}
}

func TestNewModelReportsAllFindings(t *testing.T) {
	spec := flat()
	spec.Name = ""
	spec.Stages[0].MapsTo = nil
	spec.Stages[1].Name = "one"
	spec.Stages[2].Parent = "zero"
	_, err := stage.NewModel(spec)
	want := []string{
		`model "shop": the name is missing`,
		`model "shop": stage "two": the name "one" is also that of stage "one"`,
		`model "shop": stage "one": maps to none of the six and gives no reason`,
		`model "shop": stage "three": the parent "zero" does not exist`,
	}
	if got := strings.Split(fmt.Sprint(err), "\n"); !slices.Equal(got, want) {
		t.Errorf("findings\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Hostile input gives a bounded error.
func TestFindingsAreBounded(t *testing.T) {
	spec := stage.ModelSpec{ID: strings.Repeat("é", 1000), Name: "\x00", Stages: make([]stage.StageSpec, 500)}
	for i := range spec.Stages {
		spec.Stages[i] = stage.StageSpec{ID: strings.Repeat("X\n", 1000), Name: strings.Repeat("\xff", 1000), Parent: strings.Repeat("p", 1000)}
	}
	_, err := stage.NewModel(spec)
	findings := findingsOf(t, err)
	if len(findings) != 101 || findings[100].Reason != "there are more findings" {
		t.Errorf("%d findings, the last %+v", len(findings), findings[len(findings)-1])
	}
	for _, f := range findings {
		if text := f.Error(); len(text) > 1000 || strings.ContainsAny(text, "\n\x00") {
			t.Errorf("finding of %d bytes: %q", len(text), text)
		}
	}
}

// Neither what was given to NewModel nor what Spec returned reaches into a model.
func TestModelsCannotBeAltered(t *testing.T) {
	spoil := func(spec stage.ModelSpec) {
		for i := range spec.Stages {
			s := &spec.Stages[i]
			s.Name = "spoilt"
			for j := range s.MapsTo {
				s.MapsTo[j] = stage.Grow
			}
			for j := range s.Aliases {
				s.Aliases[j] = stage.Alias{}
			}
			if s.Recency != nil {
				s.Recency.From = 1000
			}
		}
		for i := range spec.Transitions {
			spec.Transitions[i] = stage.Transition{}
		}
		for i := range spec.Layers {
			spec.Layers[i] = "spoilt"
		}
	}
	given := sound()
	own, err := stage.NewModel(given)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(slices.Collect(stage.Models()), own) {
		before := m.Spec()
		spoil(m.Spec())
		if diff := cmp.Diff(before, m.Spec()); diff != "" {
			t.Errorf("%s changed:\n%s", m.ID(), diff)
		}
	}
	spoil(given)
	if diff := cmp.Diff(sound(), own.Spec()); diff != "" {
		t.Errorf("the model changed with what it was made from:\n%s", diff)
	}
}

// A model made from another's JSON is the same.
func TestModelSpecJSON(t *testing.T) {
	for m := range stage.Models() {
		spec := m.Spec()
		text, err := json.Marshal(spec)
		if err != nil {
			t.Errorf("%s: %v", m.ID(), err)
		}
		var back stage.ModelSpec
		if err := json.Unmarshal(text, &back); err != nil {
			t.Errorf("%s: %v", m.ID(), err)
		}
		if diff := cmp.Diff(spec, back); diff != "" {
			t.Errorf("%s: (-before +after)\n%s", m.ID(), diff)
		}
	}
	text, err := json.Marshal(flat())
	want := `{"id":"shop","name":"Shop","order":"path","stages":[` +
		`{"id":"one","name":"One","maps_to":["convert"]},` +
		`{"id":"two","name":"Two","maps_to":["retain"]},` +
		`{"id":"three","name":"Three","maps_to":["exit"]}]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func TestZeroModel(t *testing.T) {
	var m stage.Model
	for range m.Stages() {
		t.Error("a stage")
	}
	for range m.Transitions() {
		t.Error("a transition")
	}
	for range m.Layers() {
		t.Error("a layer")
	}
	if _, ok := m.Stage(""); ok || m.ID()+m.Name()+m.String()+m.Source()+m.Unit()+m.Note()+m.RecencyFlaw() != "" ||
		m.Len() != 0 || m.Year() != 0 || m.Coverage() != 0 || m.Order() != 0 || m.Evidence() != 0 || m.Policies() != (stage.Policies{}) {
		t.Error("content")
	}
	if diff := cmp.Diff(stage.ModelSpec{}, m.Spec()); diff != "" {
		t.Error(diff)
	}

	var s stage.ModelStage
	_, parent := s.Parent()
	_, recency := s.Recency()
	if parent || recency || s.ID()+s.Name()+s.String()+s.Unmapped()+s.Rule()+s.Note() != "" || s.Position() != 0 ||
		s.Layer() != 0 || s.Main() != 0 || s.Maps(0) || s.Kind() != stage.Step || s.Model() != m ||
		len(slices.Collect(s.MapsTo())) != 0 || len(slices.Collect(s.Aliases())) != 0 || len(slices.Collect(s.Children())) != 0 {
		t.Error("content of the zero stage")
	}
}

func TestModelStage(t *testing.T) {
	m := stage.TMForum()
	position := 0
	for s := range m.Stages() {
		position++
		found, ok := m.Stage(s.ID())
		if !ok || found != s || s.Model() != m || s.Position() != position {
			t.Errorf("%v at %d: %v, %v", s, s.Position(), found, ok)
		}
		for _, name := range append([]string{s.ID(), s.Name(), " " + strings.ToUpper(s.Name())}, aliases(s)...) {
			if !slices.Contains(slices.Collect(m.Named(name)), s) {
				t.Errorf("%v does not go by %q", s, name)
			}
		}
	}
	if position != m.Len() {
		t.Errorf("%d stages, Len %d", position, m.Len())
	}
	for _, name := range []string{"", " ", "-", "be awar", "tm forum"} {
		for s := range m.Named(name) {
			t.Errorf("%v goes by %q", s, name)
		}
	}
	if _, ok := m.Stage("Pay"); ok {
		t.Error("a name is taken for an id")
	}
	consume, _ := m.Stage("consume")
	if !consume.Maps(stage.Onboard) || !consume.Maps(stage.Retain) || consume.Maps(stage.Grow) || consume.Main() != stage.Onboard {
		t.Errorf("consume maps to %v", slices.Collect(consume.MapsTo()))
	}
}

func aliases(s stage.ModelStage) []string {
	var names []string
	for a := range s.Aliases() {
		names = append(names, a.Name)
	}
	return names
}

func TestRecencyContains(t *testing.T) {
	for _, c := range []struct {
		r    stage.Recency
		days int
		want bool
	}{
		{stage.Recency{}, 0, true}, {stage.Recency{}, 1, false}, {stage.Recency{}, -1, false},
		{stage.Recency{From: 31, Through: 60}, 30, false}, {stage.Recency{From: 31, Through: 60}, 31, true},
		{stage.Recency{From: 31, Through: 60}, 60, true}, {stage.Recency{From: 31, Through: 60}, 61, false},
		{stage.Recency{From: 90, Through: stage.NoLimit}, 89, false}, {stage.Recency{From: 90, Through: stage.NoLimit}, 1 << 40, true},
	} {
		if got := c.r.Contains(c.days); got != c.want {
			t.Errorf("%+v contains %d: %t", c.r, c.days, got)
		}
	}
}

func TestSet(t *testing.T) {
	for bits := range 64 {
		var in, out []stage.Stage
		for s := range stage.All() {
			if bits>>(s-1)&1 == 1 {
				in = append(in, s)
			} else {
				out = append(out, s)
			}
		}
		set := stage.SetOf(in...)
		if got := slices.Collect(set.All()); !slices.Equal(got, in) || set.Len() != len(in) {
			t.Errorf("%v: %v, Len %d", in, got, set.Len())
		}
		if got := slices.Collect(set.Missing().All()); !slices.Equal(got, out) {
			t.Errorf("%v: missing %v", in, got)
		}
		for _, s := range in {
			if !set.Has(s) {
				t.Errorf("%v has no %v", set, s)
			}
		}
		for _, s := range append(out, 0, 7, 255) {
			if set.Has(s) {
				t.Errorf("%v has %v", set, s)
			}
		}
	}
	if set := stage.SetOf(stage.Exit, 0, 7, 200, stage.Grow, stage.Exit); set.String() != "grow, exit" {
		t.Errorf("set %v", set)
	}
	for s := range stage.SetOf(stage.Convert, stage.Exit).All() {
		if s != stage.Convert {
			t.Errorf("went on to %v", s)
		}
		break
	}
	if set := stage.Set(0); set.String() != "none" || set.Missing().Len() != 6 {
		t.Errorf("empty set %v", set)
	}
}

// Each value that has a name comes back from it; any other is refused.
func TestKindsAsText(t *testing.T) {
	asText[stage.Order](t, 3)
	asText[stage.StageKind](t, 5)
	asText[stage.TransitionKind](t, 7)
	asText[stage.Evidence](t, 6)
	asText[stage.Regression](t, 4)
	asText[stage.Skipping](t, 4)
}

func asText[E interface {
	~uint8
	fmt.Stringer
	MarshalText() ([]byte, error)
}, P interface {
	*E
	UnmarshalText([]byte) error
}](t *testing.T, count int) {
	t.Helper()
	seen := make(map[string]bool)
	for v := range 256 {
		e := E(v)
		text, err := e.MarshalText()
		if v >= count {
			if err == nil || !strings.HasSuffix(e.String(), fmt.Sprintf("(%d)", v)) {
				t.Errorf("%T %d: %q, %v", e, v, text, err)
			}
			continue
		}
		var back E
		if err != nil || P(&back).UnmarshalText(text) != nil || back != e || e.String() != string(text) || seen[string(text)] {
			t.Errorf("%T %d: %q, %v, back %v", e, v, text, err, back)
		}
		seen[string(text)] = true
	}
	kept := E(1)
	for _, text := range []string{"", "Path", "nothing", strings.Repeat("x", 1000)} {
		if err := P(&kept).UnmarshalText([]byte(text)); err == nil || kept != 1 || len(err.Error()) > 100 {
			t.Errorf("%T from %.20q: %v, %v", kept, text, kept, err)
		}
	}
}

// Any JSON gives a model that holds what it promises, or an error.
func FuzzNewModel(f *testing.F) {
	for m := range stage.Models() {
		spec := m.Spec()
		spec.ID = "own_" + spec.ID
		text, err := json.Marshal(spec)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var spec stage.ModelSpec
		if json.Unmarshal(text, &spec) != nil {
			return
		}
		m, err := stage.NewModel(spec)
		if err != nil {
			if len(err.Error()) > 200_000 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
			return
		}
		if diff := cmp.Diff(m.Spec(), m.Spec()); diff != "" || m.Len() == 0 {
			t.Errorf("%d stages, %s", m.Len(), diff)
		}
		for s := range m.Stages() {
			if found, ok := m.Stage(s.ID()); !ok || found != s || s.Layer() == 0 || (s.Main() == 0) != (s.Unmapped() != "") {
				t.Errorf("stage %q in layer %d maps to %v, unmapped %q", s.ID(), s.Layer(), s.Main(), s.Unmapped())
			}
		}
		for tr := range m.Transitions() {
			from, fromExists := m.Stage(tr.From)
			to, toExists := m.Stage(tr.To)
			if !fromExists || !toExists || from.Layer() != to.Layer() {
				t.Errorf("transition %+v", tr)
			}
		}
		for days := range 200 {
			if n := len(slices.Collect(m.AtRecency(days))); n > 1 && m.RecencyFlaw() == "" {
				t.Errorf("%d classes at %d days", n, days)
			}
		}
	})
}

func BenchmarkNewModel(b *testing.B) {
	spec := sound()
	for b.Loop() {
		if _, err := stage.NewModel(spec); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCoverageOfAll(b *testing.B) {
	for b.Loop() {
		for m := range stage.Models() {
			if m.Coverage() == 0 {
				b.Fatal(m)
			}
		}
	}
}
