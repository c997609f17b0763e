package exchange_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/exchange"
	"github.com/openlifecycle/lifecycle/metric"
)

// The catalogue goes through a file and comes back as it was.
func Example() {
	var file bytes.Buffer
	if err := exchange.WriteJSON(&file, catalog.All()); err != nil {
		fmt.Println(err)
		return
	}
	specs, err := exchange.ReadJSON(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	defs, err := exchange.DefineAll(specs, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := slices.IndexFunc(defs, func(d metric.Definition) bool { return d.ID() == "email.open_rate" })
	fmt.Println(defs[at], "=", defs[at].Formula())
	// Output:
	// email.open_rate = unique_opens / delivered
}

// one iterates over a single metric of the catalogue.
func one(id string) func(func(metric.Definition) bool) {
	return func(yield func(metric.Definition) bool) {
		d, _ := catalog.Lookup(id)
		yield(d)
	}
}

func ExampleWriteJSON() {
	var b strings.Builder
	if err := exchange.WriteJSON(&b, one("email.open_rate")); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(b.String()) {
		if line == "      \"aliases\": [\n" {
			break
		}
		fmt.Print(line)
	}
	// Output:
	// {
	//   "version": "0.1.0",
	//   "metrics": [
	//     {
	//       "id": "email.open_rate",
	//       "name": "Email open rate",
}

func ExampleReadJSON() {
	specs, err := exchange.ReadJSON(strings.NewReader(`{
		"version": "0.1.0",
		"metrics": [{"id": "shop.baskets_per_visit", "formula": "baskets / web.sessions"}]
	}`))
	fmt.Println(specs[0].ID, "=", specs[0].Formula, err)

	_, err = exchange.ReadJSON(strings.NewReader(`{
		"version": "0.1.0",
		"metrics": [{"id": "shop.baskets_per_visit", "formel": "baskets / web.sessions"}]
	}`))
	fmt.Println(err)
	// Output:
	// shop.baskets_per_visit = baskets / web.sessions <nil>
	// metrics[0], line 3, column 15: metric "shop.baskets_per_visit": the key "formel" is not known
}

func ExampleReadCSV() {
	specs, err := exchange.ReadCSV(strings.NewReader(`id,formula,undefined,aliases
shop.baskets_per_visit,baskets / web.sessions,web.sessions == 0: zero_denominator,basket rate; BPV
shop.refunds,'-1 * credits,,
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range specs {
		fmt.Println(s.ID, "=", s.Formula, len(s.Aliases))
	}
	fmt.Println(specs[0].Undefined[0].Reason, "when", specs[0].Undefined[0].When)

	_, err = exchange.ReadCSV(strings.NewReader("id,undefined\nshop.baskets_per_visit,web.sessions == 0: never\n"))
	fmt.Println(err)
	// Output:
	// shop.baskets_per_visit = baskets / web.sessions 2
	// shop.refunds = -1 * credits 0
	// zero_denominator when web.sessions == 0
	// line 2, column 24: metric "shop.baskets_per_visit": undefined: item 1: reason "never" is unknown
}

func ExampleReadMarkdown() {
	var page bytes.Buffer
	if err := exchange.WriteMarkdown(&page, catalog.ByDomain("email")); err != nil {
		fmt.Println(err)
		return
	}
	// Somebody mends the page.
	text := strings.Replace(page.String(), "- Also called: ", "- Also called: letters read; ", 1)
	specs, err := exchange.ReadMarkdown(strings.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range specs {
		if len(s.Aliases) > 0 && s.Aliases[0] == "letters read" {
			fmt.Println("one metric has the new name")
		}
	}
	// Output:
	// one metric has the new name
}

func ExampleDefineAll() {
	specs, err := exchange.ReadCSV(strings.NewReader(`id,stage,quantity,unit,formula,direction,time,stability,rollup_time,rollup_population
shop.double,grow,ratio,1,half * 4,none,period,alpha,,
shop.half,grow,ratio,1,email.open_rate / 2,none,period,alpha,,
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defs, err := exchange.DefineAll(specs, catalog.Lookup)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range defs {
		for in := range d.Inputs() {
			fmt.Println(d, "is computed from", in)
		}
	}
	// Output:
	// shop.double is computed from shop.half
	// shop.half is computed from email.open_rate
}
