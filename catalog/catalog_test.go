package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

func ids(defs []metric.Definition) string {
	var list []string
	for _, d := range defs {
		list = append(list, d.ID())
	}
	return strings.Join(list, " ")
}

func TestAllIsSortedAndFoundById(t *testing.T) {
	last := ""
	for d := range catalog.All() {
		if d.ID() <= last {
			t.Errorf("%s does not come after %s", d.ID(), last)
		}
		last = d.ID()
		if found, ok := catalog.Lookup(d.ID()); !ok || found != d {
			t.Errorf("Lookup(%q) = %v, %v", d.ID(), found, ok)
		}
		if named := catalog.Named(d.ID()); !slices.Contains(named, d) {
			t.Errorf("Named(%q) = %v", d.ID(), named)
		}
	}
	for _, id := range []string{"", "email", "email.", "email.open_rat", "zzz.zzz", "email.open_rate "} {
		if d, ok := catalog.Lookup(id); ok {
			t.Errorf("Lookup(%q) = %s", id, d)
		}
	}
}

// The breadth that the catalogue promises.
func TestCoverage(t *testing.T) {
	total, formulas, published := 0, 0, 0
	stages := map[stage.Stage]int{}
	domains := map[string]int{}
	for d := range catalog.All() {
		total++
		if d.IsDerived() && d.VariantOf() == "" {
			formulas++ // No two of them are the same: the generator sees to it.
		}
		for x := range d.Examples() {
			if x.Source != "" {
				published++
			}
			break
		}
		stages[d.Stage()]++
		domains[d.Domain()]++
	}
	if total < 600 || formulas < 250 || published < 200 || len(domains) < 16 || len(stages) != 6 {
		t.Errorf("%d metrics, %d formulas, %d published examples, %d domains, %d stages", total, formulas, published, len(domains), len(stages))
	}
	n := 0
	for domain := range catalog.Domains() {
		n++
		if got := len(slices.Collect(catalog.ByDomain(domain.Name))); got != domains[domain.Name] || got == 0 {
			t.Errorf("ByDomain(%q) yields %d metrics, want %d", domain.Name, got, domains[domain.Name])
		}
	}
	if n != len(domains) {
		t.Errorf("%d domains are listed, %d are in use", n, len(domains))
	}
	for s := range stage.All() {
		if got := len(slices.Collect(catalog.ByStage(s))); got != stages[s] {
			t.Errorf("ByStage(%s) yields %d metrics, want %d", s, got, stages[s])
		}
	}
	for _, domain := range []string{"", "e", "emails", "email.open_rate", "email."} {
		for d := range catalog.ByDomain(domain) {
			t.Errorf("ByDomain(%q) yields %s", domain, d)
		}
	}
}

func TestAnAmbiguousNameReturnsAll(t *testing.T) {
	for _, name := range []string{"bounce rate", "Bounce Rate", "bounce_rate", "bounce-rate"} {
		if got := ids(catalog.Named(name)); got != "email.bounce_rate web.bounce_rate web.single_page_bounce_rate" {
			t.Errorf("Named(%q) = %s", name, got)
		}
	}
	if got := ids(catalog.Named("NRR")); got != "subscription.net_revenue_retention" {
		t.Errorf("Named(NRR) = %s", got)
	}
	for _, name := range []string{"", " ", "no such metric"} {
		if got := catalog.Named(name); len(got) > 0 {
			t.Errorf("Named(%q) = %v", name, got)
		}
	}
}

func TestSearchFindsTheObviousFirst(t *testing.T) {
	for query, first := range map[string]string{
		"net revenue retention": "subscription.net_revenue_retention",
		"open rate":             "email.open_rate",
		"stickiness":            "usage.stickiness",
		"NPS":                   "survey.net_promoter_score",
		"ltv":                   "economics.ltv",
		"cac payback":           "economics.cac_payback",
	} {
		if got := catalog.Search(query); len(got) == 0 || got[0].ID() != first {
			t.Errorf("Search(%q) = %s, want %s first", query, ids(got), first)
		}
	}
	if got := catalog.Search("open zebra"); len(got) > 0 {
		t.Errorf("a word that occurs nowhere finds %s", ids(got))
	}
}

func TestRequiresAndRequiredByAgree(t *testing.T) {
	for d := range catalog.All() {
		for _, in := range catalog.Requires(d) {
			if !slices.Contains(catalog.RequiredBy(in), d) {
				t.Errorf("%s requires %s, which is not required by it", d, in)
			}
		}
	}
	open, _ := catalog.Lookup("email.open_rate")
	if got := ids(catalog.Requires(open)); got != "email.bounces email.delivered email.sent email.unique_opens" {
		t.Errorf("Requires(email.open_rate) = %s", got)
	}
}

func TestTheStandardHasNoLint(t *testing.T) {
	for _, p := range catalog.Lint(catalog.All()) {
		t.Error(p)
	}
}

func ExampleLookup() {
	d, _ := catalog.Lookup("email.open_rate")
	fmt.Println(d.Name())
	fmt.Println(d.Formula())
	openRate, err := metric.As[metric.Ratio](d)
	fmt.Println(openRate, err)
	_, err = metric.As[metric.Money](d)
	fmt.Println(err)
	// Output:
	// Email open rate
	// unique_opens / delivered
	// email.open_rate <nil>
	// email.open_rate: its values are of kind ratio, not money
}

func ExampleNamed() {
	for _, d := range catalog.Named("bounce rate") {
		fmt.Println(d, "-", d.Question())
	}
	// Output:
	// email.bounce_rate - What share of the messages we send comes back?
	// web.bounce_rate - What share of visits is no more than a glance?
	// web.single_page_bounce_rate - What share of visits sees one page only?
}
