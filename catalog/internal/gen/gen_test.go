package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file anew")

// goodRegistry returns the files of a registry without a finding.
func goodRegistry(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"shop.yaml", "mail.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", "good", "registry", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

// catalogue writes a registry into a new folder for a catalogue.
func catalogue(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		put(t, filepath.Join(root, "registry", name), text)
	}
	return root
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generate runs gen on a registry and returns the Go files by path.
func generate(t *testing.T, root string) map[string][]byte {
	t.Helper()
	if err := run(root, false); err != nil {
		t.Fatal(err)
	}
	files, err := owned(root)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestGolden compares what is generated with what was read and approved once. The golden
// file joins all generated ones, so that none of it is taken for Go.
func TestGolden(t *testing.T) {
	files := generate(t, catalogue(t, goodRegistry(t)))
	var b bytes.Buffer
	for _, name := range sortedKeys(files) {
		fmt.Fprintf(&b, "== %s ==\n%s\n", name, files[name])
	}
	golden := filepath.Join("testdata", "good.golden")
	if *update {
		put(t, golden, b.String())
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("%s:%d: generated differs from\n%s\nand is\n%s", golden, i+1, line, strings.Join(got[min(i, len(got)-1):min(i+3, len(got))], "\n"))
		}
	}
	if b.Len() != len(want) {
		t.Errorf("%d bytes are generated, want %d", b.Len(), len(want))
	}
}

// TestGeneratedGo asks of every file that it is formatted Go of the right package, and of
// the whole that it says of each metric what is expected.
func TestGeneratedGo(t *testing.T) {
	files := generate(t, catalogue(t, goodRegistry(t)))
	wantFiles := []string{
		"internal/std/all.go", "internal/std/mail.go", "internal/std/shop.go",
		"mail/example_test.go", "mail/mail.go", "shop/example_test.go", "shop/shop.go",
	}
	if got := sortedKeys(files); !slices.Equal(got, wantFiles) {
		t.Errorf("files are %q, want %q", got, wantFiles)
	}
	functions := map[string][]string{}
	for name, source := range files {
		formatted, err := format.Source(source)
		if err != nil || !bytes.Equal(formatted, source) {
			t.Errorf("%s is not formatted: %v", name, err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !ast.IsGenerated(file) {
			t.Errorf("%s does not say that it is generated", name)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				functions[file.Name.Name] = append(functions[file.Name.Name], f.Name.Name)
				if strings.HasPrefix(f.Name.Name, "Example") {
					continue
				}
				if f.Doc == nil || !strings.HasPrefix(f.Doc.Text(), f.Name.Name+" is the ") {
					t.Errorf("%s has no proper comment", f.Name.Name)
				}
			}
		}
		for _, line := range strings.Split(string(source), "\n") {
			if strings.HasPrefix(line, "//") && len(line) > lineWidth && !strings.Contains(line, "https://") && !strings.HasPrefix(line, "// Code generated") {
				t.Errorf("%s: comment line of %d bytes: %s", name, len(line), line)
			}
		}
	}
	for pkg, want := range map[string][]string{ // in the order of the subjects
		"shop": {"Orders", "Returns", "ReturnRate", "KeepRate", "ReturnOdds"},
		"mail": {"Revenue", "Waits", "TypicalWait", "RevenuePerOrder", "RevenuePerOrderCapped"},
		// The example of revenue_per_order has no period and so is one.
		"shop_test": {"ExampleReturnRate", "ExampleKeepRate", "ExampleReturnOdds"},
		"mail_test": {"ExampleTypicalWait", "ExampleRevenuePerOrder", "ExampleRevenuePerOrderCapped"},
	} {
		if !slices.Equal(functions[pkg], want) {
			t.Errorf("package %s has %q, want %q", pkg, functions[pkg], want)
		}
	}
	for _, tt := range []struct{ file, text string }{
		{"internal/std/all.go", "&MailRevenue,\n\t&MailRevenuePerOrder,\n\t&MailRevenuePerOrderCapped,\n\t&MailTypicalWait,\n\t&MailWaits,\n\t&ShopKeepRate,\n"},
		{"internal/std/all.go", `{"shop", "Shop", "Metrics of a small shop, made for the tests of the generator. Every count is of orders."}`},
		{"internal/std/mail.go", "[]*def.Metric{&MailRevenue, &ShopOrders}"},
		{"internal/std/shop.go", "[]def.Op{{Code: def.Input}, {Code: def.Input, Arg: 1}, {Code: def.Div}}"},
		{"shop/shop.go", "func ReturnRate() metric.Metric[metric.Ratio] {\n\treturn metric.Standard[metric.Ratio](&std.ShopReturnRate)\n}"},
		{"mail/mail.go", "func Waits() metric.Metric[metric.Distribution[metric.Duration]] {"},
		{"shop/shop.go", "- Undefined when returns > orders: out_of_domain"},
		{"shop/shop.go", "Complement of [KeepRate]. At most [ReturnOdds]. Read together with"},
		{"shop/shop.go", "[github.com/openlifecycle/lifecycle/catalog/mail.Revenue]"},
		{"shop/shop.go", "gives 1/7 instead of 1/8."},
		{"shop/shop.go", "// Deprecated: since 0.2.0: Few read odds well. Use [ReturnRate]."},
		{"shop/shop.go", "//   - [ReturnRate]: what share of orders comes back?"},
		{"mail/mail.go", "//   - Captured as: time from the first order_completed to the first order_delivered where whole\n//     == true of one order_id"},
		{"mail/mail.go", "//   - Survival, with what is still open as censored: Collector.Durations of package capture\n"},
		{"mail/mail.go", "Variant of [RevenuePerOrder]: fewer than a hundred orders count as a hundred."},
		{"mail/example_test.go", `mail.Revenue().Is(metric.EUR("200.00")),`},
		{"mail/example_test.go", "shop.Orders().Is(3),"}, // not 03, which Go reads in octal
		{"mail/example_test.go", "// Output: 66.67 EUR"},
		{"mail/example_test.go", `metric.MustDistribution(metric.MustDuration("1h"), metric.MustDuration("2h"), metric.MustDuration("4h"))`},
		{"shop/example_test.go", "// Output: 12.5%"},
	} {
		if !strings.Contains(string(files[tt.file]), tt.text) {
			t.Errorf("%s does not contain\n%s", tt.file, tt.text)
		}
	}
}

// TestGeneratedTwice sees to it that nothing depends on the order of maps.
func TestGeneratedTwice(t *testing.T) {
	first := generate(t, catalogue(t, goodRegistry(t)))
	for range 5 {
		again := generate(t, catalogue(t, goodRegistry(t)))
		for name := range first {
			if !bytes.Equal(first[name], again[name]) {
				t.Fatalf("%s differs from run to run", name)
			}
		}
	}
}

// edit replaces one occurrence of old in a file of the good registry.
type edit struct{ file, old, new string }

// TestFindings breaks the good registry in one way at a time. A finding names file, line,
// metric, field and reason.
func TestFindings(t *testing.T) {
	const formulaOfRate = "    formula: returns / orders\n"
	for _, tt := range []struct {
		name   string
		edits  []edit
		at     string   // text of the line that is named; "" for none
		wants  []string // parts of the message
		others bool     // more findings may follow from it
	}{
		{"duplicate id", []edit{{"shop.yaml", "id: shop.keep_rate", "id: shop.return_odds"}, {"shop.yaml", "complement: keep_rate", "at_most: return_odds"}},
			"last:  - id: shop.return_odds", []string{"shop.return_odds: id: is taken by registry/shop.yaml:"}, false},
		{"wrong domain", []edit{{"shop.yaml", "id: shop.keep_rate", "id: mail.keep_rate"}},
			"  - id: mail.keep_rate", []string{"mail.keep_rate: id: is not of domain shop"}, false},
		{"malformed id", []edit{{"shop.yaml", "id: shop.keep_rate", "id: shop.Keep_rate"}, {"shop.yaml", "complement: keep_rate", "counter: orders"}},
			"  - id: shop.Keep_rate", []string{"shop.Keep_rate: id: ", "not of the form domain.name"}, false},
		{"name of the file", []edit{{"mail.yaml", "domain: mail", "domain: post"}}, "", []string{`registry/mail.yaml: domain "post"`}, false},
		{"no title", []edit{{"mail.yaml", "title: Mail order", "title: \"\""}}, "", []string{"registry/mail.yaml: the domain needs a title"}, false},
		{"second document", []edit{{"mail.yaml", "\n  - id: mail.waits", "\n---\nmetrics:\n  - id: mail.waits"}}, "", []string{"registry/mail.yaml: more than one document"}, false},
		{"unknown field", []edit{{"shop.yaml", "    formula: 1 - returns", "    formla: 1 - returns"}},
			"    formla: 1 - returns / orders", []string{"shop.keep_rate: formla: is not a field"}, false},
		{"unknown field inside", []edit{{"shop.yaml", "rollup: {time: sum, population: sum}\n    includes", "rollup: {tme: sum, population: sum}\n    includes"}},
			"  - id: shop.orders", []string{"shop.orders: tme: is not a field"}, false},
		{"unknown field of a domain", []edit{{"mail.yaml", "about:", "abuot:"}}, "", []string{"registry/mail.yaml: ", "abuot"}, false},
		{"field twice", []edit{{"shop.yaml", "    name: Keep rate\n", "    name: Keep rate\n    name: Kept rate\n"}},
			"  - id: shop.keep_rate", []string{"shop.keep_rate: fields: ", "name", "already defined"}, false},
		{"field of another type", []edit{{"shop.yaml", formulaOfRate, formulaOfRate + "    scale: many\n"}},
			"  - id: shop.return_rate", []string{"shop.return_rate: fields: ", "many"}, false},
		{"unknown subject", []edit{{"shop.yaml", "name: Keep rate\n    subject: Returns", "name: Keep rate\n    subject: Keeping"}},
			"    subject: Keeping", []string{`shop.keep_rate: subject: "Keeping" is not among`}, false},
		{"unknown stage", []edit{{"shop.yaml", "stage: convert", "stage: acquire"}}, "    stage: acquire", []string{"shop.orders: stage: "}, false},
		{"unknown other stage", []edit{{"shop.yaml", "also: [exit]", "also: [leave]"}}, "    also: [leave]", []string{"shop.returns: also: "}, false},
		{"unknown quantity", []edit{{"mail.yaml", "quantity: duration", "quantity: time"}}, "    quantity: time", []string{"mail.typical_wait: quantity: ", "time"}, false},
		{"unknown direction", []edit{{"shop.yaml", "direction: lower\n    range: \"[0, inf)\"", "direction: down\n    range: \"[0, inf)\""}},
			"    direction: down", []string{"shop.returns: direction: "}, true},
		{"no roll-up", []edit{{"mail.yaml", "    rollup: {time: never, population: never}\n", ""}}, "  - id: mail.waits", []string{"mail.waits: rollup.time: "}, true},

		{"cycle", []edit{{"shop.yaml", "formula: 1 - returns / orders", "formula: 1 - return_rate * returns / orders"}, {"shop.yaml", "formula: returns / orders", "formula: keep_rate * returns / orders"}},
			"    formula: keep_rate * returns / orders", []string{"shop.return_rate: formula: refers to itself: shop.return_rate -> shop.keep_rate -> shop.return_rate"}, true},
		{"itself", []edit{{"shop.yaml", "formula: 1 - returns / orders", "formula: 1 - keep_rate * returns / orders"}},
			"    formula: 1 - keep_rate * returns / orders", []string{"shop.keep_rate: formula: refers to itself"}, true},
		{"unknown name", []edit{{"mail.yaml", "formula: revenue / shop.orders", "formula: revenue / shop.order"}},
			"    formula: revenue / shop.order", []string{"mail.revenue_per_order: formula: there is no metric shop.order"}, true},
		{"syntax", []edit{{"shop.yaml", "formula: 1 - returns / orders", "formula: 1 - returns % orders"}},
			"    formula: 1 - returns % orders", []string{"shop.keep_rate: formula: column 13: operator %"}, true},
		{"unit mismatch", []edit{{"mail.yaml", "unit: money/order\n    grain", "unit: money\n    grain"}},
			"    unit: money\n    grain: month", []string{"mail.revenue_per_order: unit: the formula gives money/order, not money"}, true},
		{"unlike terms", []edit{{"shop.yaml", "formula: 1 - returns / orders", "formula: 1 - returns + orders"}},
			"    formula: 1 - returns + orders", []string{"shop.keep_rate: formula: column 3: units 1 and order"}, true},
		{"unguarded division", []edit{{"shop.yaml", `{when: "orders - returns <= 0"`, `{when: "orders - returns < 0"`}},
			"last:    undefined:", []string{"shop.return_odds: undefined: nothing keeps the divisor at column 19"}, true},
		{"unknown reason", []edit{{"shop.yaml", `returns > orders", reason: out_of_domain`, `returns > orders", reason: impossible`}},
			"", []string{"shop.return_rate: undefined: item 2: reason \"impossible\""}, true},
		{"example off by a digit", []edit{{"shop.yaml", `result: "7/8"`, `result: "0.876"`}},
			"", []string{"registry/shop.yaml:", "shop.keep_rate: examples: item 1: gives 7/8, not 0.876"}, true},
		{"example in another currency", []edit{{"mail.yaml", `result: "2 EUR"`, `result: "2 USD"`}},
			"", []string{"mail.revenue_per_order_capped: examples: item 1: ", `"USD"`}, true},
		{"example with result and reason", []edit{{"shop.yaml", `result: "7/8"}`, `result: "7/8", undefined: zero_denominator}`}},
			"", []string{"shop.keep_rate: examples: example 1 needs a result or a reason"}, true},
		{"example with neither", []edit{{"shop.yaml", `, result: "7/8"}`, `}`}}, "", []string{"shop.keep_rate: examples: example 1 needs"}, true},
		{"inputs as a list", []edit{{"shop.yaml", `{inputs: {returns: "1", orders: "8"}, result: "7/8"}`, `{inputs: [returns, "1", orders, "8"], result: "7/8"}`}},
			"", []string{"shop.keep_rate: examples: example 1: inputs are written"}, true},
		{"unrelated input", []edit{{"shop.yaml", `{inputs: {returns: "1", orders: "8"}, result: "7/8"}`, `{inputs: {returns: "1", orders: "8", mail.revenue: "1 USD"}, result: "7/8"}`}},
			"", []string{"shop.keep_rate: examples: item 1: mail.revenue is not an input"}, true},
		{"caveat off by a digit", []edit{{"shop.yaml", `gives: "1/7"`, `gives: "1/6"`}}, "", []string{"shop.return_rate: caveats: item 1: gives 1/7, not 1/6"}, true},
		{"missing example for a guard", []edit{{"shop.yaml", "      - {inputs: {returns: \"9\", orders: \"8\"}, undefined: out_of_domain}\n", ""}},
			"    examples:\n      - {inputs: {returns: \"1\", orders: \"8\"}, result: \"1/8\"", []string{"shop.return_rate: examples: no example is undefined because returns > orders"}, false},
		{"no ordinary example", []edit{{"mail.yaml", "    examples:\n      - {inputs: {waits: [\"1h\", \"2h\", \"4h\"]}, result: \"2h\"}\n", ""}},
			"  - id: mail.typical_wait", []string{"mail.typical_wait: examples: there is no ordinary example"}, false},

		{"relation that does not hold", []edit{{"shop.yaml", "{at_most: shop.return_odds}", "{at_least: shop.return_odds}"}},
			"    relations:", []string{"shop.return_rate: relations: at_least shop.return_odds: does not hold"}, false},
		{"complement that is none", []edit{{"shop.yaml", "{complement: keep_rate}", "{complement: return_odds}"}},
			"    relations:", []string{"complement shop.return_odds: does not hold"}, false},
		{"inverse that is none", []edit{{"shop.yaml", "{complement: keep_rate}", "{inverse: keep_rate}"}},
			"    relations:", []string{"inverse shop.keep_rate: does not hold"}, false},
		{"relation between units", []edit{{"shop.yaml", "{at_most: shop.return_odds}", "{at_most: orders}"}},
			"    relations:", []string{"at_most shop.orders: cannot be, with units 1 and order"}, false},
		{"relation to a distribution", []edit{{"mail.yaml", "    time: period\n    examples:", "    time: period\n    relations: [{at_least: waits}]\n    examples:"}},
			"    relations: [{at_least: waits}]", []string{"mail.typical_wait: relations: at_least mail.waits: only 0 of"}, false},
		{"relation to nothing", []edit{{"shop.yaml", "{at_most: shop.return_odds}", "{at_most: shop.nothing}"}},
			"    relations:", []string{"shop.return_rate: relations: there is no metric shop.nothing"}, false},
		{"unknown relation", []edit{{"shop.yaml", "{at_most: shop.return_odds}", "{under: shop.return_odds}"}},
			"    relations:", []string{`shop.return_rate: relations: item 2: "under" is not a kind`}, true},
		{"two relations in one", []edit{{"shop.yaml", "{at_most: shop.return_odds}", "{at_most: shop.return_odds, counter: orders}"}},
			"    relations:", []string{"shop.return_rate: relations: write one"}, true},

		{"same formula", []edit{{"shop.yaml", "formula: 1 - returns / orders", "formula: (shop.returns) / orders"}, {"shop.yaml", `result: "7/8"`, `result: "1/8"`}},
			"    formula: (shop.returns) / orders", []string{"shop.keep_rate: formula: is the formula of shop.return_rate; declare a variant"}, false},
		{"same Go name", []edit{{"shop.yaml", "id: shop.keep_rate", "id: shop.keep_id"}, {"shop.yaml", "complement: keep_rate", "complement: keep_id"},
			{"shop.yaml", "id: shop.return_odds", "id: shop.keep_i_d"}, {"shop.yaml", "at_most: shop.return_odds", "at_most: keep_i_d"}},
			"  - id: shop.keep_i_d", []string{"shop.keep_i_d: id: gives the Go name ShopKeepID, as shop.keep_id does"}, false},

		{"banned word", []edit{{"shop.yaml", "Share of the orders placed during a period of which", "Share of various orders placed during a period of which"}},
			"    definition: Share of various orders placed during a period of which customers later sent back nothing at all.",
			[]string{`shop.keep_rate: definition: says "various"`}, false},
		{"short definition", []edit{{"shop.yaml", "Share of the orders placed during a period of which customers later sent back nothing at all.", "Share of the orders kept."}},
			"    definition: Share of the orders kept.", []string{"shop.keep_rate: definition: 5 words"}, false},
		{"no question", []edit{{"shop.yaml", "    question: How many orders came back?\n", ""}}, "  - id: shop.returns", []string{"shop.returns: question: empty"}, false},
		{"same name", []edit{{"shop.yaml", "name: Keep rate", "name: return rate"}}, "    name: return rate", []string{"shop.keep_rate: name: ", "shop.return_rate too"}, false},
		{"variant of nothing", []edit{{"mail.yaml", "variant_of: mail.revenue_per_order", "variant_of: mail.average"}},
			"    variant_of: mail.average", []string{"mail.revenue_per_order_capped: variant_of: there is no metric mail.average"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := goodRegistry(t)
			for _, e := range tt.edits {
				if strings.Count(files[e.file], e.old) == 0 {
					t.Fatalf("%s does not contain %q", e.file, e.old)
				}
				files[e.file] = strings.Replace(files[e.file], e.old, e.new, 1)
			}
			root := catalogue(t, files)
			err := run(root, false)
			if err == nil {
				t.Fatal("no finding")
			}
			message := err.Error()
			for _, want := range tt.wants {
				if !strings.Contains(message, want) {
					t.Errorf("no %q in\n%s", want, message)
				}
			}
			if tt.at != "" {
				file := tt.edits[0].file
				place := fmt.Sprintf("registry/%s:%d: ", file, lineOf(t, files[file], tt.at))
				if !slices.ContainsFunc(strings.Split(message, "\n"), func(line string) bool {
					return strings.HasPrefix(line, place) && strings.Contains(line, tt.wants[0])
				}) {
					t.Errorf("no %q at %s in\n%s", tt.wants[0], place, message)
				}
			}
			if !tt.others && strings.Count(message, "\n") > 0 && !strings.Contains(message, "yaml:") {
				t.Errorf("more than one finding:\n%s", message)
			}
			if written, err := owned(root); err != nil || len(written) > 0 {
				t.Errorf("files are written in spite of the finding: %q, %v", sortedKeys(written), err)
			}
		})
	}
}

// lineOf returns the number of the line on which at begins; "last:" asks for the last such line.
func lineOf(t *testing.T, text, at string) int {
	t.Helper()
	find := strings.Index
	if rest, ok := strings.CutPrefix(at, "last:"); ok {
		at, find = rest, strings.LastIndex
	}
	i := find(text, at)
	if i < 0 {
		t.Fatalf("no %q in the registry", at)
	}
	return 1 + strings.Count(text[:i], "\n")
}
