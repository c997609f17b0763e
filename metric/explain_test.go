package metric_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestExplainGolden(t *testing.T) {
	full := []string{
		"subscription.mrr", "12600 USD", "subscription.customers", "126", "subscription.opening_customers", "110",
		"subscription.churned_customers", "8", "economics.revenue", "30000 USD", "economics.cost_of_revenue", "6000 USD",
		"economics.sales_and_marketing_cost", "6000 USD", "subscription.new_customers", "20",
	}
	for _, test := range []struct {
		name, id, period string
		facts            []string
	}{
		{"value", "economics.ltv_to_cac", "2026-03", full},                 // with nodes that stand twice
		{"grain", "economics.ltv_to_cac", "2026-Q1", full},                 // undefined in the middle
		{"missing", "economics.ltv_to_cac", "2026-03", full[:len(full)-2]}, // a leaf not given
		{"nothing", "email.open_rate", "", nil},                            // nothing given
		{"guard", "email.open_rate", "", []string{"email.unique_opens", "0", "email.sent", "5", "email.bounces", "5"}},
		{"range", "email.open_rate", "", []string{"email.unique_opens", "0", "email.sent", "5", "email.bounces", "6"}},
		{"supplied", "email.open_rate", "", []string{"email.open_rate", "0.25", "email.sent", "5"}},
		{"median_per_day", "sales.pipeline_velocity", "2026-03", []string{"sales.opportunities", "100", "sales.won_opportunities", "20",
			"sales.lost_opportunities", "60", "sales.won_value", "200000 USD", "sales.sales_cycles", `["80d","100d","120d"]`}},
		{"per_thousand", "ads.cost_per_mille", "", []string{"ads.spend", "8 EUR", "ads.impressions", "1000"}},
		{"units", "economics.cac_payback", "2026-03", append([]string{"economics.cac", "960 USD"}, full[:12]...)},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := factsOf(t, test.period, test.facts...)
			x := f.Explain(lookup(t, test.id))
			golden(t, "explain_"+test.name+".txt", []byte(x.String()))
			data, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := json.Indent(&b, data, "", "  "); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
			golden(t, "explain_"+test.name+".json", b.Bytes())
		})
	}
}

func TestExplainStatedUndefined(t *testing.T) {
	f := factsOf(t, "", "subscription.opening_mrr", "100 USD")
	if err := f.Add(subscription.RetainedMRR().IsUndefined(metric.NotMature), subscription.NewMRR().IsUndefined(metric.MissingInput)); err != nil {
		t.Fatal(err)
	}
	want := `Net revenue retention (subscription.net_revenue_retention): undefined through subscription.retained_mrr, not_mature
│ = retained_mrr / opening_mrr
├─ Retained MRR (subscription.retained_mrr): undefined, not_mature, given
└─ Opening MRR (subscription.opening_mrr): 100.00 USD/month, given
`
	if got := f.Explain(lookup(t, "subscription.net_revenue_retention")).String(); got != want {
		t.Error(cmp.Diff(want, got))
	}
	want = "New MRR (subscription.new_mrr): undefined, missing_input, given\n"
	if got := f.Explain(lookup(t, "subscription.new_mrr")).String(); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestExplainZero(t *testing.T) {
	x := new(metric.Facts).Explain(metric.Definition{})
	data, err := json.Marshal(x)
	if want := `{"id":"","error":"no metric is named"}`; err != nil || string(data) != want {
		t.Errorf("%s, %v; want %s", data, err, want)
	}
}

// Each node says what Value says, its inputs are those of the definition unless it is given
// or stands earlier, and every metric is expanded once at most.
func TestExplainIsFaithful(t *testing.T) {
	r := rand.New(rand.NewPCG(30, 31))
	for range 40 {
		f := randomFacts(t, r, period(t, "2026-Q1", nil), 0.1, 0.03)
		supplied := map[metric.Definition]bool{}
		for fact := range f.All() {
			supplied[fact.Definition()] = true
		}
		for d := range catalog.All() {
			expanded := map[metric.Definition]bool{}
			nodes := 0
			var visit func(metric.Explanation)
			visit = func(x metric.Explanation) {
				nodes++
				v, err := f.Value(x.Definition)
				if !sameOutcome(x.Value, x.Err, v, err) || x.Supplied != supplied[x.Definition] {
					t.Fatalf("%s: %s, %v, supplied %v; want %s, %v", x.Definition, x.Value, x.Err, x.Supplied, v, err)
				}
				var want []metric.Definition
				for in := range x.Definition.Inputs() {
					want = append(want, in)
				}
				switch {
				case x.Supplied && (len(x.Inputs) > 0 || x.Repeated):
					t.Fatalf("%s is given and has inputs", x.Definition)
				case x.Repeated && (len(x.Inputs) > 0 || !expanded[x.Definition]):
					t.Fatalf("%s is repeated and has inputs, or stands nowhere above", x.Definition)
				case !x.Supplied && !x.Repeated:
					if len(x.Inputs) != len(want) || expanded[x.Definition] && len(want) > 0 {
						t.Fatalf("%s has %d inputs, want %d once", x.Definition, len(x.Inputs), len(want))
					}
					expanded[x.Definition] = true
				}
				for i, in := range x.Inputs {
					if in.Definition != want[i] {
						t.Fatalf("input %d of %s is %s, want %s", i, x.Definition, in.Definition, want[i])
					}
					visit(in)
				}
			}
			x := f.Explain(d)
			visit(x)
			if lines := strings.Count(x.String(), "\n"); lines < nodes || lines > 2*nodes {
				t.Fatalf("%s: %d lines for %d nodes", d, lines, nodes)
			}
		}
	}
}

// A derived metric that stands twice is worked out the first time only.
func TestExplainRepeats(t *testing.T) {
	list := []*def.Metric{base("test.f0", def.Number), base("test.f1", def.Number)}
	for i := 2; i <= 4; i++ {
		list = append(list, custom("test.f"+strconv.Itoa(i), []*def.Metric{list[i-1], list[i-2]},
			def.Op{Code: def.Input}, def.Op{Code: def.Input, Arg: 1}, def.Op{Code: def.Add}))
	}
	for _, d := range list {
		d.Name = ""
	}
	f, err := metric.NewFacts(metric.Period{}, number(list[0], "1"), number(list[1], "2"))
	if err != nil {
		t.Fatal(err)
	}
	want := `test.f4: 8
│ = ...
├─ test.f3: 5
│  │ = ...
│  ├─ test.f2: 3
│  │  │ = ...
│  │  ├─ test.f1: 2, given
│  │  └─ test.f0: 1, given
│  └─ test.f1: 2, given
└─ test.f2: 3, as above
`
	x := f.Explain(metric.View(list[4]))
	if got := x.String(); got != want {
		t.Error(cmp.Diff(want, got))
	}
	data, err := json.Marshal(x.Inputs[1])
	if want := `{"id":"test.f2","value":"3","unit":"1","formula":"...","repeated":true}`; err != nil || string(data) != want {
		t.Errorf("%s, %v; want %s", data, err, want)
	}
}
