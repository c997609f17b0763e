package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/lint"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// orders returns the text of a faultless base metric.
func orders() formula.Spec {
	return formula.Spec{
		ID: "shop.orders", Name: "Orders placed", Subject: "Orders", Aliases: []string{"purchases"}, Stage: stage.Convert,
		Meaning:  "Count of the orders that customers placed and paid for during a period, whatever became of them later.",
		Question: "How many orders came in?",
		Kind:     metric.KindCount, Unit: "order", Direction: "higher", Time: "period", RollUpTime: "sum", RollUpPopulation: "sum",
		Sources: []metric.Source{{Title: "house"}}, Since: "0.1.0", Stability: "beta",
	}
}

// returnRate returns the text of a faultless derived metric with two guards.
func returnRate() formula.Spec {
	return formula.Spec{
		ID: "shop.return_rate", Name: "Return rate", Subject: "Returns", Aliases: []string{"RR", "share returned"},
		Stage: stage.Retain, Also: []stage.Stage{stage.Exit},
		Meaning:  "Share of the orders placed during a period that customers later sent back in full or in part.",
		Question: "What share of orders comes back?",
		Kind:     metric.KindRatio, Unit: "1", Direction: "lower", Time: "period",
		Formula: "returns / orders",
		Undefined: []metric.Guard{
			{When: "returns > orders", Reason: metric.OutOfDomain},
			{When: "orders == 0", Reason: metric.ZeroDenominator},
		},
		Relations: []metric.Relation{{Kind: "counter", Target: "shop.orders"}},
		VariantOf: "shop.orders", Differs: "Only for the test.",
		Examples: []metric.Example{
			{Inputs: []metric.ExampleInput{{ID: "returns", Value: "1"}, {ID: "orders", Value: "8"}}, Result: "1/8"},
			{Inputs: []metric.ExampleInput{{ID: "returns", Value: "9"}, {ID: "orders", Value: "8"}}, Undefined: metric.OutOfDomain},
			{Inputs: []metric.ExampleInput{{ID: "returns", Value: "0"}, {ID: "orders", Value: "0"}}, Undefined: metric.ZeroDenominator},
		},
		Sources: []metric.Source{{Title: "A paper", Year: 2020}}, Since: "0.1.0", Stability: "beta",
		Deprecated: metric.Deprecation{Since: "0.2.0", Reason: "Only for the test.", ReplacedBy: "shop.orders"},
	}
}

// problems lints the specs after shop.returns, which is faultless too.
func problems(t *testing.T, specs ...formula.Spec) []lint.Problem {
	t.Helper()
	returns := orders()
	returns.ID, returns.Name = "shop.returns", "Orders returned"
	known := map[string]metric.Definition{}
	lookup := func(id string) (metric.Definition, bool) {
		d, ok := known[id]
		return d, ok
	}
	var defs []metric.Definition
	for _, s := range append([]formula.Spec{returns, orders()}, specs...) {
		d, err := formula.Define(s, lookup)
		if err != nil {
			t.Fatal(err)
		}
		if _, replaced := known[s.ID]; replaced {
			defs = slices.DeleteFunc(defs, func(other metric.Definition) bool { return other.ID() == s.ID })
		}
		known[s.ID] = d
		defs = append(defs, d)
	}
	return lint.Check(slices.Values(defs), lookup)
}

func TestGoodDefinitionsHaveNoProblems(t *testing.T) {
	if got := problems(t, returnRate()); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

func TestProblems(t *testing.T) {
	type spec = formula.Spec
	for _, tt := range []struct {
		name  string
		edit  func(*spec)
		field string
		text  string
	}{
		{"id too long for a column", func(s *spec) { s.ID = "shop." + strings.Repeat("x", 59) }, "id", "longer than 63"},
		{"no name", func(s *spec) { s.Name = "" }, "name", "empty"},
		{"padded name", func(s *spec) { s.Name = "Return rate " }, "name", "padded"},
		{"KPI", func(s *spec) { s.Name = "Return KPI" }, "name", "role"},
		{"name taken", func(s *spec) { s.Name = "orders RETURNED" }, "name", `"orders RETURNED" is the name of shop.returns too`},
		{"empty alias", func(s *spec) { s.Aliases = []string{""} }, "aliases", "empty"},
		{"padded alias", func(s *spec) { s.Aliases = []string{" RR"} }, "aliases", "padded"},
		{"alias twice", func(s *spec) { s.Aliases = []string{"RR", "rr"} }, "aliases", `"rr" is`},
		{"alias is the name", func(s *spec) { s.Aliases = []string{"return rate"} }, "aliases", "twice"},
		{"primary stage again", func(s *spec) { s.Also = []stage.Stage{stage.Retain} }, "also", "stage retain is given twice"},
		{"stage twice", func(s *spec) { s.Also = []stage.Stage{stage.Exit, stage.Grow, stage.Exit} }, "also", "stage exit"},

		{"eleven words", func(s *spec) { s.Meaning = "Share of the orders placed that customers later sent back again." }, "definition", "11 words"},
		{"forty-six words", func(s *spec) { s.Meaning = "Share" + strings.Repeat(" orders", 44) + " sent." }, "definition", "46 words"},
		{"no full stop", func(s *spec) { s.Meaning = strings.TrimSuffix(s.Meaning, ".") }, "definition", `end with "."`},
		{"two sentences", func(s *spec) {
			s.Meaning = "Share of the orders placed during a period. Customers later sent these back to us."
		}, "definition", "one sentence"},
		{"question inside", func(s *spec) {
			s.Meaning = "Share of the orders placed during a period? that customers later sent back to us."
		}, "definition", "one sentence"},
		{"two lines", func(s *spec) { s.Meaning = strings.Replace(s.Meaning, " during", "\nduring", 1) }, "definition", "one sentence"},
		{"etc.", func(s *spec) {
			s.Meaning = "Share of the orders placed during a period that customers sent back, gave away, etc."
		}, "definition", `says "etc"`},
		{"etc. in parentheses", func(s *spec) {
			s.Meaning = "Share of the orders placed during a period that customers sent back (etc) to us."
		}, "definition", `says "etc"`},
		{"total number", func(s *spec) {
			s.Meaning = "Total number of the orders placed during a period that customers later sent back to us."
		}, "definition", `says "total number"`},
		{"total number, spaced", func(s *spec) {
			s.Meaning = "Total  number of the orders placed during a period that customers later sent back to us."
		}, "definition", `says "total number"`},
		{"various", func(s *spec) {
			s.Meaning = "Share of the orders placed during a period that customers sent back for various reasons."
		}, "definition", `says "various"`},
		{"simply", func(s *spec) {
			s.Meaning = "Share, simply, of the orders placed during a period that customers later sent back to us."
		}, "definition", `says "simply"`},
		{"just", func(s *spec) {
			s.Meaning = "Share of just the orders placed during a period that customers later sent back to us."
		}, "definition", `says "just"`},
		{"kpi", func(s *spec) {
			s.Meaning = "Share, a KPI, of the orders placed during a period that customers later sent back."
		}, "definition", `says "kpi"`},
		{"own name", func(s *spec) {
			s.Meaning = "Share that the return rate gives of the orders placed during a period by our customers."
		}, "definition", "uses the name"},
		{"own name in quotes", func(s *spec) {
			s.Meaning = `Share, or "Return rate", of the orders placed during a period by our customers.`
		}, "definition", "uses the name"},
		{"starts with the", func(s *spec) {
			s.Meaning = "The share of the orders placed during a period that customers later sent back to us."
		}, "definition", `starts with "the"`},
		{"starts with it", func(s *spec) {
			s.Meaning = "It shows orders placed during a period that customers later sent back to us again."
		}, "definition", `starts with "it"`},

		{"no question", func(s *spec) { s.Question = "" }, "question", "empty"},
		{"no question mark", func(s *spec) { s.Question = "Share of orders that come back." }, "question", `end with "?"`},
		{"two questions", func(s *spec) { s.Question = "What comes back? And why?" }, "question", "one sentence"},

		{"variant of nothing", func(s *spec) { s.VariantOf = "shop.nothing" }, "variant_of", "no metric shop.nothing"},
		{"variant of itself", func(s *spec) { s.VariantOf = "shop.return_rate" }, "variant_of", "itself"},
		{"relation to nothing", func(s *spec) { s.Relations[0].Target = "shop.nothing" }, "relations", "no metric shop.nothing"},
		{"relation to itself", func(s *spec) { s.Relations[0].Target = "shop.return_rate" }, "relations", "itself"},
		{"deprecated without reason", func(s *spec) { s.Deprecated.Reason = "" }, "deprecated", "why"},
		{"deprecated without version", func(s *spec) { s.Deprecated.Since = "" }, "deprecated", "since when"},
		{"replaced by nothing", func(s *spec) { s.Deprecated.ReplacedBy = "shop.nothing" }, "deprecated", "no metric shop.nothing"},
		{"replaced by itself", func(s *spec) { s.Deprecated.ReplacedBy = "shop.return_rate" }, "deprecated", "itself"},

		{"no ordinary example", func(s *spec) { s.Examples = s.Examples[1:] }, "examples", "no ordinary example"},
		{"first guard not reached", func(s *spec) { s.Examples = []metric.Example{s.Examples[0], s.Examples[2]} }, "examples", "because returns > orders"},
		{"second guard not reached", func(s *spec) { s.Examples = s.Examples[:2] }, "examples", "because orders == 0"},
		{"guard that an earlier one hides", func(s *spec) {
			s.Undefined = append([]metric.Guard{{When: "orders <= 0", Reason: metric.ZeroDenominator}}, s.Undefined...)
		}, "examples", "because orders == 0"},
		{"undefined for want of an input only", func(s *spec) {
			s.Examples[2] = metric.Example{Inputs: []metric.ExampleInput{{ID: "orders", Value: "0"}}, Undefined: metric.MissingInput}
		}, "examples", "because orders == 0"},

		{"no source", func(s *spec) { s.Sources = nil }, "sources", "house"},
		{"source without title", func(s *spec) { s.Sources = []metric.Source{{URL: "https://example.com"}} }, "sources", "without a title"},
		{"no version", func(s *spec) { s.Since = "" }, "since", `"" is not a version`},
		{"short version", func(s *spec) { s.Since = "0.1" }, "since", `"0.1"`},
		{"long version", func(s *spec) { s.Since = "0.1.0.0" }, "since", "not a version"},
		{"version of dots", func(s *spec) { s.Since = ".." }, "since", "not a version"},
		{"version of words", func(s *spec) { s.Since = "a.b.c" }, "since", "not a version"},
		{"version with v", func(s *spec) { s.Since = "v0.1.0" }, "since", "not a version"},
		{"version with zeros", func(s *spec) { s.Since = "0.01.0" }, "since", "not a version"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := returnRate()
			tt.edit(&s)
			got := problems(t, s)
			if len(got) != 1 || got[0].Metric != s.ID || got[0].Field != tt.field || !strings.Contains(got[0].Text, tt.text) {
				t.Errorf("problems %v, want one of %s in %s with %q", got, s.ID, tt.field, tt.text)
			}
		})
	}
}

// TestBoundsOfWords tries the shortest and the longest definition.
func TestBoundsOfWords(t *testing.T) {
	for _, n := range []int{12, 45} {
		s := returnRate()
		s.Meaning = "Share" + strings.Repeat(" orders", n-2) + " sent."
		if got := problems(t, s); len(got) > 0 {
			t.Errorf("%d words: %v", n, got)
		}
	}
}

func TestWordsWithinWords(t *testing.T) {
	s := returnRate()
	s.Meaning = "Share of adjusted orders, fetched and unjustly etched, that customers sent back during a period of returned rates."
	if got := problems(t, s); len(got) > 0 {
		t.Errorf("a banned word is found inside another: %v", got)
	}
}

func TestLengthOfID(t *testing.T) {
	s := returnRate()
	s.ID = "shop." + strings.Repeat("x", 58) // 63
	s.VariantOf, s.Differs = "", ""
	if got := problems(t, s); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

// TestNamesOfTwoDomains allows one name in two domains, and one alias for two metrics.
func TestNamesOfTwoDomains(t *testing.T) {
	a, b := orders(), orders()
	a.ID, b.ID = "fair.orders", "web.orders"
	if got := problems(t, a, b); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

// TestGuardBehindGrain reaches a guard by an example that has a period of the wrong length
// elsewhere.
func TestGuardBehindGrain(t *testing.T) {
	s := returnRate()
	s.Grain = "month"
	mismatch := s.Examples[0]
	mismatch.Period, mismatch.Result, mismatch.Undefined = "2026-Q1", "", metric.GrainMismatch
	s.Examples = append(s.Examples, mismatch)
	if got := problems(t, s); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

func TestZeroDefinition(t *testing.T) {
	none := func(string) (metric.Definition, bool) { return metric.Definition{}, false }
	got := lint.Check(slices.Values([]metric.Definition{{}}), none)
	if len(got) != 1 || got[0].Field != "id" {
		t.Errorf("%v", got)
	}
	if got := lint.Check(slices.Values([]metric.Definition(nil)), none); len(got) > 0 {
		t.Errorf("%v for no definitions", got)
	}
}

// TestProblemsInOrder asks for all problems, definition by definition.
func TestProblemsInOrder(t *testing.T) {
	a, b := orders(), returnRate()
	a.ID, a.Name, a.Question, a.Sources = "shop.first", "First", "", nil
	b.Since = ""
	var got []string
	for _, p := range problems(t, a, b) {
		got = append(got, p.Metric+" "+p.Field)
	}
	if want := []string{"shop.first question", "shop.first sources", "shop.return_rate since"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
