package stage_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/stage"
)

// accessors are the functions that return a published model.
var accessors = map[string]func() stage.Model{
	"AARRR":                          stage.AARRR,
	"ActOn":                          stage.ActOn,
	"AIDA":                           stage.AIDA,
	"BowTie":                         stage.BowTie,
	"CustomerSuccess":                stage.CustomerSuccess,
	"DemandWaterfall":                stage.DemandWaterfall,
	"DuolingoStates":                 stage.DuolingoStates,
	"Forrester":                      stage.Forrester,
	"GainsightCommunity":             stage.GainsightCommunity,
	"GrowthAccounting":               stage.GrowthAccounting,
	"HubSpot":                        stage.HubSpot,
	"HubSpotInbound":                 stage.HubSpotInbound,
	"Leanscale":                      stage.Leanscale,
	"McKinseyLoop":                   stage.McKinseyLoop,
	"MRRMovements":                   stage.MRRMovements,
	"OrdinaryRecency":                stage.OrdinaryRecency,
	"PathfinderRecency":              stage.PathfinderRecency,
	"Pedowitz":                       stage.Pedowitz,
	"RACE":                           stage.RACE,
	"RARRA":                          stage.RARRA,
	"RetentionLoyaltyNurturedGrowth": stage.RetentionLoyaltyNurturedGrowth,
	"SalesforceLead":                 stage.SalesforceLead,
	"SalesforceOpportunity":          stage.SalesforceOpportunity,
	"SeeThinkDoCare":                 stage.SeeThinkDoCare,
	"SterneCutler":                   stage.SterneCutler,
	"StripeSubscription":             stage.StripeSubscription,
	"TMForum":                        stage.TMForum,
}

// Mappings as researched, one letter per stage of the six (a attract, c convert,
// o onboard, r retain, g grow, x exit), "-" for none, in the order of the stages.
// They are written down apart from the models.
var mappings = map[string]string{
	"aarrr":                             "a o r g c",
	"act_on":                            "a a c c g",
	"aida":                              "a a c c",
	"bow_tie":                           "a a c c o r g",
	"customer_success":                  "o r r r",
	"demand_waterfall":                  "a a a c c c c",
	"duolingo_states":                   "o r r r r r x",
	"forrester":                         "a a c or",
	"gainsight_community":               "o or r r x x",
	"growth_accounting":                 "co r r x",
	"hubspot":                           "a a ac c c or g -",
	"hubspot_inbound":                   "a ac c rg",
	"leanscale":                         "co o o r r",
	"mckinsey_loop":                     "a a ac c or rg",
	"mrr_movements":                     "c x o g r",
	"ordinary_recency":                  "o r r x",
	"pathfinder_recency":                "r r x",
	"pedowitz":                          "a c o r g rg",
	"race":                              "- a ac c rg",
	"rarra":                             "r o g c a",
	"retention_loyalty_nurtured_growth": "r r r gr",
	"salesforce_lead":                   "a c c -",
	"salesforce_opportunity":            "c c c c c c c c o -",
	"see_think_do_care":                 "a a c rg",
	"sterne_cutler":                     "a a c r rg - x x",
	"stripe_subscription":               "c - c r r r x r",
	"tmforum":                           "ac a a c or or r r r r r rgx r g x",
}

// The six in the letters of mappings.
func letter(s stage.Stage) string {
	switch s {
	case stage.Attract:
		return "a"
	case stage.Convert:
		return "c"
	case stage.Onboard:
		return "o"
	case stage.Retain:
		return "r"
	case stage.Grow:
		return "g"
	case stage.Exit:
		return "x"
	}
	return "?"
}

func letters(s stage.ModelStage) string {
	text := ""
	for to := range s.MapsTo() {
		text += letter(to)
	}
	if text == "" {
		return "-"
	}
	return text
}

func TestModelsAreListedInOrder(t *testing.T) {
	var ids []string
	for m := range stage.Models() {
		ids = append(ids, m.ID())
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("ids are not in order or not unique: %v", ids)
	}
	if len(ids) != len(accessors) || len(ids) != len(mappings) {
		t.Fatalf("%d models, %d accessors, %d mappings", len(ids), len(accessors), len(mappings))
	}
	for name, accessor := range accessors {
		m := accessor()
		if found, ok := stage.LookupModel(m.ID()); !ok || found != m || m != accessor() {
			t.Errorf("%s: LookupModel(%q) = %v, %v", name, m.ID(), found, ok)
		}
	}
	for _, id := range []string{"", "AARRR", "tm forum", "none"} {
		if m, ok := stage.LookupModel(id); ok || m != (stage.Model{}) {
			t.Errorf("LookupModel(%q) = %v", id, m)
		}
	}
}

func TestModelsStopEarly(t *testing.T) {
	n := 0
	for range stage.Models() {
		if n++; n == 3 {
			break
		}
	}
	for range stage.TMForum().Stages() {
		if n++; n == 5 {
			break
		}
	}
	if n != 5 {
		t.Errorf("went on to %d", n)
	}
}

func TestMappings(t *testing.T) {
	for m := range stage.Models() {
		var got []string
		for s := range m.Stages() {
			got = append(got, letters(s))
		}
		if got := strings.Join(got, " "); got != mappings[m.ID()] {
			t.Errorf("%s maps to %q, want %q", m.ID(), got, mappings[m.ID()])
		}
	}
}

// Every stage of every published model maps to one of the six, but for these.
func TestUnmapped(t *testing.T) {
	want := []string{
		"hubspot.other",
		"race.plan",
		"salesforce_lead.closed_not_converted",
		"salesforce_opportunity.closed_lost",
		"sterne_cutler.abandonment",
		"stripe_subscription.incomplete_expired",
	}
	var got []string
	for m := range stage.Models() {
		for s := range m.Unmapped() {
			got = append(got, m.ID()+"."+s.ID())
			if s.Unmapped() == "" || s.Kind() != stage.Outside && s.Kind() != stage.Loss {
				t.Errorf("%s.%s is a %v, unmapped because %q", m.ID(), s.ID(), s.Kind(), s.Unmapped())
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("unmapped %v, want %v", got, want)
	}
}

// What each model leaves out of the six, as read off the lists above by eye.
func TestCoverage(t *testing.T) {
	want := strings.TrimLeft(`
aarrr                              acorg-
act_on                             ac--g-
aida                               ac----
bow_tie                            acorg-
customer_success                   --or--
demand_waterfall                   ac----
duolingo_states                    --or-x
forrester                          acor--
gainsight_community                --or-x
growth_accounting                  -cor-x
hubspot                            acorg-
hubspot_inbound                    ac-rg-
leanscale                          -cor--
mckinsey_loop                      acorg-
mrr_movements                      -corgx
ordinary_recency                   --or-x
pathfinder_recency                 ---r-x
pedowitz                           acorg-
race                               ac-rg-
rarra                              acorg-
retention_loyalty_nurtured_growth  ---rg-
salesforce_lead                    ac----
salesforce_opportunity             -co---
see_think_do_care                  ac-rg-
sterne_cutler                      ac-rgx
stripe_subscription                -c-r-x
tmforum                            acorgx
`, "\n")
	var got strings.Builder
	for m := range stage.Models() {
		covered := m.Coverage()
		line := ""
		for s := range stage.All() {
			if covered.Has(s) {
				line += letter(s)
			} else {
				line += "-"
			}
			if n := len(slices.Collect(m.StagesOf(s))); n > 0 != covered.Has(s) {
				t.Errorf("%s: %v is covered %t and %d stages map to it", m.ID(), s, covered.Has(s), n)
			}
		}
		fmt.Fprintf(&got, "%-33s  %s\n", m.ID(), line)
	}
	t.Logf("coverage of the six by the published models:\n%s", got.String())
	if got.String() != want {
		t.Errorf("coverage is\n%swant\n%s", got.String(), want)
	}
}

// AARRR and RARRA are the same stages, mapped alike, in another order.
func TestRARRAIsAARRRInAnotherOrder(t *testing.T) {
	read := func(m stage.Model) []string {
		var list []string
		for s := range m.Stages() {
			list = append(list, s.ID()+" "+s.Name()+" "+letters(s))
		}
		return list
	}
	a, r := read(stage.AARRR()), read(stage.RARRA())
	if slices.Equal(a, r) {
		t.Error("same order")
	}
	slices.Sort(a)
	slices.Sort(r)
	if !slices.Equal(a, r) {
		t.Errorf("%v and %v", a, r)
	}
	if stage.RARRA().Order() != stage.PriorityOrder || len(slices.Collect(stage.RARRA().Transitions())) != 0 {
		t.Error("RARRA is a path")
	}
}

// Published models are held to what callers' own are.
func TestPublishedModelsPassTheCheck(t *testing.T) {
	for m := range stage.Models() {
		spec := m.Spec()
		if _, err := stage.NewModel(spec); err == nil || !strings.Contains(err.Error(), "published") {
			t.Errorf("%s: its id is free: %v", m.ID(), err)
		}
		spec.ID = "own_" + spec.ID
		if own, err := stage.NewModel(spec); err != nil {
			t.Errorf("%s: %v", m.ID(), err)
		} else if own == m || own.Len() != m.Len() {
			t.Errorf("%s: %d stages became %d", m.ID(), m.Len(), own.Len())
		}
		if m.Source() == "" || m.Unit() == "" || m.Evidence() == stage.EvidenceUnstated {
			t.Errorf("%s: source %q (%v), unit %q", m.ID(), m.Source(), m.Evidence(), m.Unit())
		}
	}
}

// How well each model is known is said as the research marks it.
func TestEvidence(t *testing.T) {
	want := map[stage.Evidence]string{
		stage.EvidenceOwner: "mrr_movements",
		stage.EvidenceExcerpt: "aarrr act_on duolingo_states growth_accounting hubspot pedowitz race " +
			"salesforce_lead salesforce_opportunity see_think_do_care stripe_subscription",
		stage.EvidenceSecondary: "aida bow_tie forrester gainsight_community leanscale mckinsey_loop " +
			"ordinary_recency pathfinder_recency rarra sterne_cutler tmforum",
		stage.EvidenceUnattributed:     "customer_success retention_loyalty_nurtured_growth",
		stage.EvidenceGeneralKnowledge: "demand_waterfall hubspot_inbound",
	}
	got := make(map[stage.Evidence][]string)
	for m := range stage.Models() {
		got[m.Evidence()] = append(got[m.Evidence()], m.ID())
	}
	for e, ids := range want {
		if g := strings.Join(got[e], " "); g != ids {
			t.Errorf("%v: %s, want %s", e, g, ids)
		}
	}
	if s := stage.EvidenceGeneralKnowledge.String(); s != "general knowledge, not re-read" {
		t.Errorf("evidence %q", s)
	}
}

// What overlaps, ends or stands outside is no step.
func TestKinds(t *testing.T) {
	want := map[stage.StageKind][]string{
		stage.Flag: {"customer_success.escalation", "gainsight_community.will_churn", "hubspot.evangelist",
			"stripe_subscription.past_due", "stripe_subscription.unpaid", "stripe_subscription.paused"},
		stage.Outside: {"hubspot.other", "race.plan"},
		stage.Absorbing: {"demand_waterfall.closed", "salesforce_lead.closed_converted",
			"salesforce_opportunity.closed_won"},
		stage.Loss: {"duolingo_states.dormant", "gainsight_community.churned", "growth_accounting.churned",
			"mrr_movements.churn", "ordinary_recency.lost", "pathfinder_recency.lapsed",
			"salesforce_lead.closed_not_converted", "salesforce_opportunity.closed_lost",
			"sterne_cutler.abandonment", "sterne_cutler.attrition", "sterne_cutler.churn",
			"stripe_subscription.incomplete_expired", "stripe_subscription.canceled"},
	}
	got := make(map[stage.StageKind][]string)
	for m := range stage.Models() {
		for s := range m.Stages() {
			got[s.Kind()] = append(got[s.Kind()], m.ID()+"."+s.ID())
		}
	}
	for kind, stages := range want {
		if !slices.Equal(got[kind], stages) {
			t.Errorf("%v: %v, want %v", kind, got[kind], stages)
		}
	}
}

func TestTMForumLayers(t *testing.T) {
	m := stage.TMForum()
	if got := slices.Collect(m.Layers()); !slices.Equal(got, []string{"phase group", "phase", "sub-phase"}) {
		t.Errorf("layers %q", got)
	}
	for n, want := range map[int]string{
		0: "", 1: "Buying Using Sharing", 4: "",
		2: "Be Aware Interact Choose Consume Manage Pay Renew Recommend Leave",
		3: "Review Notification Verify or Dispute Top-up/Pay",
	} {
		var names []string
		for s := range m.Layer(n) {
			names = append(names, s.Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("layer %d is %q, want %q", n, got, want)
		}
	}
	for s := range m.Stages() {
		parent, has := s.Parent()
		if has != (s.Layer() > 1) || has && parent.Layer() != s.Layer()-1 {
			t.Errorf("%v in layer %d has parent %q", s, s.Layer(), parent)
		}
		for child := range s.Children() {
			if p, _ := child.Parent(); p != s {
				t.Errorf("%v is a child of %v and not of %v", child, p, s)
			}
		}
	}
	loyalty := slices.Collect(m.Named("LOYALTY"))
	if len(loyalty) != 2 || loyalty[0].ID() != "renew" || loyalty[1].ID() != "recommend" {
		t.Errorf("loyalty is %v", loyalty)
	}
}

// Days around each threshold, counted by hand. A day in two classes, or in none, is
// there only where the model names the flaw.
func TestRecencyClasses(t *testing.T) {
	for id, want := range map[string]map[int]string{
		"ordinary_recency": {-1: "", 0: "new", 29: "new", 30: "new", 31: "due_reorder", 59: "due_reorder", 60: "due_reorder",
			61: "lapsed", 89: "lapsed", 90: "lapsed lost", 91: "lost", 100_000: "lost"},
		"pathfinder_recency": {-1: "", 0: "active", 89: "active", 90: "active", 91: "disengaged", 179: "disengaged",
			180: "disengaged", 181: "lapsed", 100_000: "lapsed"},
		"hubspot": {0: "", 90: ""},
	} {
		m, _ := stage.LookupModel(id)
		for days, want := range want {
			var got []string
			for s := range m.AtRecency(days) {
				got = append(got, s.ID())
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("%s at %d days: %q, want %q", id, days, got, want)
			}
		}
	}
	if !strings.Contains(stage.OrdinaryRecency().RecencyFlaw(), "day 90") || stage.PathfinderRecency().RecencyFlaw() != "" {
		t.Error("flaws are not as published")
	}
}

// Each class of the growth models is reached from the allowed ones only.
func TestGrowthModelSources(t *testing.T) {
	for _, c := range []struct {
		model stage.Model
		want  map[string]string
	}{
		{stage.DuolingoStates(), map[string]string{
			"new": "", "current": "new current reactivated resurrected at_risk_wau",
			"reactivated": "at_risk_mau", "resurrected": "dormant",
			"at_risk_wau": "new current reactivated resurrected at_risk_wau",
			"at_risk_mau": "at_risk_wau at_risk_mau", "dormant": "at_risk_mau",
		}},
		{stage.GrowthAccounting(), map[string]string{
			"new": "", "retained": "new retained resurrected", "resurrected": "churned",
			"churned": "new retained resurrected",
		}},
	} {
		for to, want := range c.want {
			var from []string
			for s := range c.model.Stages() {
				for tr := range c.model.Transitions() {
					if tr.From == s.ID() && tr.To == to {
						from = append(from, tr.From)
					}
				}
			}
			if got := strings.Join(from, " "); got != want {
				t.Errorf("%v: %s is reached from %q, want %q", c.model, to, got, want)
			}
		}
	}
}

func TestDocumentedPolicies(t *testing.T) {
	h := stage.HubSpot().Policies()
	if h.Regression != stage.RegressionIgnored || h.ManualRegression != stage.RegressionAfterClearing {
		t.Errorf("HubSpot: %+v", h)
	}
	if stage.SalesforceOpportunity().Policies().Regression != stage.RegressionAllowed {
		t.Error("Salesforce opportunities do not fall back")
	}
	if stage.McKinseyLoop().Policies().Skipping != stage.SkippingLeavesGap {
		t.Error("the loyalty loop backfills")
	}
	want := stage.Transition{From: "loyalty_loop", To: "moment_of_purchase", Kind: stage.Loop}
	if !slices.Contains(slices.Collect(stage.McKinseyLoop().Transitions()), want) {
		t.Error("the loyalty loop does not lead to the purchase")
	}
	for tr := range stage.CustomerSuccess().Transitions() {
		if escalates := tr.From == "escalation" || tr.To == "escalation"; escalates != (tr.Kind == stage.Interrupt) {
			t.Errorf("%+v", tr)
		}
	}
}

// mappingTable is how the doc comment of an accessor shows a model.
func mappingTable(m stage.Model) string {
	width := 0
	label := func(s stage.ModelStage) string { return strings.Repeat("  ", s.Layer()-1) + s.Name() }
	for s := range m.Stages() {
		width = max(width, len(label(s)))
	}
	var b strings.Builder
	for s := range m.Stages() {
		var to []string
		for t := range s.MapsTo() {
			to = append(to, t.String())
		}
		if to == nil {
			to = []string{"none"}
		}
		kind := ""
		if s.Kind() != stage.Step {
			kind = " (" + s.Kind().String() + ")"
		}
		fmt.Fprintf(&b, "\t%-*s  %s%s\n", width, label(s), strings.Join(to, ", "), kind)
	}
	return b.String()
}

// The documentation of each accessor shows the mapping as it is, and there is no
// accessor that the tests leave out.
func TestDocumentation(t *testing.T) {
	files, err := filepath.Glob("published_*.go")
	if err != nil {
		t.Fatal(err)
	}
	documented := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			accessor := accessors[f.Name.Name]
			if accessor == nil {
				t.Errorf("%s is not tested", f.Name.Name)
				continue
			}
			documented++
			if doc := f.Doc.Text(); !strings.HasPrefix(doc, f.Name.Name+" ") || !strings.Contains(doc, "\n\n"+mappingTable(accessor())) {
				t.Errorf("documentation of %s is\n%swithout\n%s", f.Name.Name, doc, mappingTable(accessor()))
			}
		}
	}
	if documented != len(accessors) {
		t.Errorf("%d of %d accessors are documented", documented, len(accessors))
	}
}
