package formula_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// margin returns a faultless derived metric.
func margin() formula.Spec {
	s := derived("shop.margin", metric.KindRatio, "1", "(revenue - cost) / revenue", "revenue")
	s.Range = "(-inf, 1]"
	s.Examples = []metric.Example{
		example("3/4", "revenue", "200.00 USD", "cost", "50.00 USD"),
		undefined(metric.ZeroDenominator, "revenue", "0 USD", "cost", "1 USD"),
	}
	s.Caveats = []metric.Caveat{
		{Text: "Not the markup.", Formula: "(revenue - cost) / cost", Gives: "3"},
		{Text: "Not comparable before returns."},
	}
	return s
}

func TestDefine(t *testing.T) {
	w := shop(t)
	s := margin()
	s.Aliases = []string{"gross margin"}
	s.Also = []stage.Stage{stage.Retain}
	s.Meaning, s.Question, s.Subject = "Share of the revenue.", "What is left?", "Money"
	s.Relations = []metric.Relation{{Kind: "counter", Target: "shop.orders"}}
	s.Sources = []metric.Source{{Title: "house"}}
	s.Forms = []metric.Form{{System: "ga4", Name: "margin"}}
	s.Deprecated = metric.Deprecation{Since: "0.2.0", Reason: "test"}
	d, err := formula.Define(s, w.lookup)
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for in := range d.Inputs() {
		inputs = append(inputs, in.ID())
	}
	if want := []string{"shop.revenue", "shop.cost"}; !slices.Equal(inputs, want) {
		t.Errorf("inputs are %q, want %q", inputs, want)
	}
	deprecated, _ := d.Deprecated()
	for _, tt := range [][2]string{
		{d.ID(), "shop.margin"}, {d.Kind().String(), "ratio"}, {d.Unit(), "1"}, {d.Range(), "(-inf, 1]"},
		{d.Formula(), s.Formula}, {d.Stage().String(), "grow"}, {d.Meaning(), s.Meaning}, {d.Question(), s.Question},
		{d.Subject(), "Money"}, {d.Stability(), "beta"}, {deprecated.Since, "0.2.0"},
		{slices.Collect(d.Aliases())[0], "gross margin"}, {slices.Collect(d.Also())[0].String(), "retain"},
		{slices.Collect(d.Relations())[0].Target, "shop.orders"}, {slices.Collect(d.Sources())[0].Title, "house"},
		{slices.Collect(d.Forms())[0].System, "ga4"}, {slices.Collect(d.Caveats())[0].Gives, "3"},
		{slices.Collect(d.Guards())[0].When, "revenue == 0"},
		{slices.Collect(d.Examples())[0].Inputs[1].ID, "shop.cost"}, // a bare name made an id
	} {
		if tt[0] != tt[1] {
			t.Errorf("%q, want %q", tt[0], tt[1])
		}
	}
	// The caller's slices are not the definition's.
	s.Aliases[0], s.Also[0] = "changed", stage.Exit
	if slices.Collect(d.Aliases())[0] != "gross margin" || slices.Collect(d.Also())[0] != stage.Retain {
		t.Error("the definition changed with the caller's slices")
	}
}

func TestDefineFindings(t *testing.T) {
	w := shop(t)
	type spec = formula.Spec
	for _, tt := range []struct {
		name  string
		spec  formula.Spec
		edit  func(*spec)
		field string
		item  int
		text  string
	}{
		{"id without domain", margin(), func(s *spec) { s.ID = "margin" }, "id", -1, `"margin" is not of the form`},
		{"id in capitals", margin(), func(s *spec) { s.ID = "shop.Margin" }, "id", -1, "not of the form"},
		{"id of one letter", margin(), func(s *spec) { s.ID = "shop.m" }, "id", -1, "not of the form"},
		{"id with two underscores", margin(), func(s *spec) { s.ID = "shop.a__b" }, "id", -1, "not of the form"},
		{"id ending in an underscore", margin(), func(s *spec) { s.ID = "shop.margin_" }, "id", -1, "not of the form"},
		{"id with two dots", margin(), func(s *spec) { s.ID = "shop.margin.net" }, "id", -1, "not of the form"},
		{"id with a line end", margin(), func(s *spec) { s.ID = "shop.margin\n" }, "id", -1, "not of the form"},

		{"no stage", margin(), func(s *spec) { s.Stage = 0 }, "stage", -1, "no stage"},
		{"stage beyond", margin(), func(s *spec) { s.Stage = 99 }, "stage", -1, "no stage"},
		{"also beyond", margin(), func(s *spec) { s.Also = []stage.Stage{stage.Exit, 99} }, "also", 1, "not a stage"},
		{"direction", margin(), func(s *spec) { s.Direction = "up" }, "direction", -1, `"up" is not one of higher`},
		{"no direction", margin(), func(s *spec) { s.Direction = "" }, "direction", -1, `"" is not one of`},
		{"time", margin(), func(s *spec) { s.Time = "month" }, "time", -1, "instant"},
		{"calculator", margin(), func(s *spec) { s.Calculator = "No Package" }, "calculator", -1, "name of a package"},
		{"stability", margin(), func(s *spec) { s.Stability = "final" }, "stability", -1, "stable"},
		{"grain", margin(), func(s *spec) { s.Grain = "week" }, "grain", -1, "quarter"},
		{"per", margin(), func(s *spec) { s.Per = "month" }, "per", -1, ""},
		{"per of what is not per second", margin(), func(s *spec) { s.Per = "day" }, "per", -1, "per second"},
		{"relation", margin(), func(s *spec) {
			s.Relations = []metric.Relation{{Kind: "counter", Target: "shop.cost"}, {Kind: "equal", Target: "shop.cost"}}
		}, "relations", 1, `"equal" is not a kind`},
		{"variant without difference", margin(), func(s *spec) { s.VariantOf = "shop.other" }, "variant_of", -1, "what differs"},
		{"difference without variant", margin(), func(s *spec) { s.Differs = "No fees." }, "variant_of", -1, "what differs"},
		{"derived with roll-up over time", margin(), func(s *spec) { s.RollUpTime = "sum" }, "rollup", -1, "only base metrics"},
		{"derived with roll-up over populations", margin(), func(s *spec) { s.RollUpPopulation = "sum" }, "rollup", -1, "only base metrics"},
		{"base without roll-up over time", base("shop.tested", metric.KindCount, "order"), func(s *spec) { s.RollUpTime = "" }, "rollup.time", -1, "never"},
		{"base with a mean over time", base("shop.tested", metric.KindCount, "order"), func(s *spec) { s.RollUpTime = "mean" }, "rollup.time", -1, `"mean"`},
		{"base with last over populations", base("shop.tested", metric.KindCount, "order"), func(s *spec) { s.RollUpPopulation = "last" }, "rollup.population", -1, `"last"`},

		{"unit", base("shop.tested", metric.KindCount, "order per day"), nil, "unit", -1, "not a product of names"},
		{"no unit", base("shop.tested", metric.KindCount, ""), nil, "unit", -1, "not a product of names"},
		{"no quantity", base("shop.tested", 0, "order"), nil, "quantity", -1, "no quantity"},
		{"unknown quantity", base("shop.tested", 7, "order"), nil, "quantity", -1, "no quantity"},
		{"distribution of nothing", base("shop.tested", 16, "order"), nil, "quantity", -1, "no quantity"},
		{"money in orders", base("shop.tested", metric.KindMoney, "order"), nil, "unit", -1, "not in order"},
		{"money under", base("shop.tested", metric.KindMoney, "order/money"), nil, "unit", -1, "measured in money"},
		{"money squared", base("shop.tested", metric.KindMoney, "money*money"), nil, "unit", -1, "measured in money"},
		{"number of money", base("shop.tested", metric.KindNumber, "money/order"), nil, "quantity", -1, "cannot be measured"},
		{"ratio with a unit", base("shop.tested", metric.KindRatio, "order/customer"), nil, "unit", -1, "pure number"},
		{"duration in months", base("shop.tested", metric.KindDuration, "month"), nil, "unit", -1, "measured in second"},
		{"distribution of durations in months", base("shop.tested", metric.DistributionOf(metric.KindDuration), "month"), nil, "unit", -1, "measured in second"},
		{"count of a rate", base("shop.tested", metric.KindCount, "order/customer"), nil, "unit", -1, "one entity"},
		{"count of nothing", base("shop.tested", metric.KindCount, "1"), nil, "unit", -1, "one entity"},
		{"count of squares", base("shop.tested", metric.KindCount, "order*order"), nil, "unit", -1, "one entity"},
		{"derived distribution", derived("shop.tested", metric.DistributionOf(metric.KindMoney), "money", "revenue"), nil, "quantity", -1, "one number"},
		{"negative scale", margin(), func(s *spec) { s.Scale = -1000 }, "scale", -1, "-1000"},
		{"scale of one", margin(), func(s *spec) { s.Scale = 1 }, "scale", -1, "above 1"},

		{"syntax", margin(), func(s *spec) { s.Formula = "revenue // cost"; s.Examples = nil }, "formula", -1, "column 9: comments"},
		{"blank formula", margin(), func(s *spec) { s.Formula = " " }, "formula", -1, "column 1: empty"},
		{"unknown name", margin(), func(s *spec) { s.Formula = "revenue / revenues" }, "formula", -1, "no metric shop.revenues"},
		{"name of no other domain", margin(), func(s *spec) { s.Formula = "fair.cost / revenue" }, "formula", -1, "no metric fair.cost"},
		{"itself", margin(), func(s *spec) { s.Formula = "margin / revenue" }, "formula", -1, "refers to itself"},
		{"itself by id", margin(), func(s *spec) { s.Formula = "shop.margin / revenue" }, "formula", -1, "refers to itself"},
		{"another unit", margin(), func(s *spec) { s.Formula = "revenue" }, "unit", -1, "gives money, not 1"},

		{"guards of a base metric", base("shop.tested", metric.KindCount, "order"), func(s *spec) {
			s.Undefined = []metric.Guard{{When: "orders == 0", Reason: metric.ZeroDenominator}}
		}, "undefined", -1, "base metric"},
		{"guard syntax", margin(), func(s *spec) {
			s.Undefined = append(s.Undefined, metric.Guard{When: "cost", Reason: metric.OutOfDomain})
		},
			"undefined", 1, "must be a truth"},
		{"guard reason", margin(), func(s *spec) { s.Undefined[0].Reason = "zero" }, "undefined", 0, `reason "zero" is unknown`},
		{"no guard reason", margin(), func(s *spec) { s.Undefined[0].Reason = "" }, "undefined", 0, "unknown"},
		{"guard on an unknown name", margin(), func(s *spec) {
			s.Undefined = append(s.Undefined, metric.Guard{When: "costs == 0", Reason: metric.OutOfDomain})
		},
			"undefined", 1, "no metric shop.costs"},
		{"no guard", margin(), func(s *spec) { s.Undefined = nil }, "undefined", -1, "column 20"},

		{"result off by a digit", margin(), func(s *spec) { s.Examples[0].Result = "0.7500000001" }, "examples", 0, "gives 3/4, not 0.7500000001"},
		{"rounded result", derived("shop.tested", metric.KindRatio, "1", "share / 3"), func(s *spec) {
			s.Examples = []metric.Example{example("1/3", "share", "1"), example("0.3333333333333333333333333333", "share", "1")}
		}, "examples", 1, "gives 1/3"},
		{"no result", margin(), func(s *spec) { s.Examples[0].Result = "" }, "examples", 0, ""},
		{"result and reason", margin(), func(s *spec) { s.Examples[1].Result = "0" }, "examples", 1, "both"},
		{"another reason", margin(), func(s *spec) { s.Examples[1].Undefined = metric.OutOfDomain }, "examples", 1, "not undefined for reason out_of_domain"},
		{"unknown reason", margin(), func(s *spec) { s.Examples[1].Undefined = "zero" }, "examples", 1, "not undefined for reason zero"},
		{"defined after all", margin(), func(s *spec) { s.Examples[0].Result, s.Examples[0].Undefined = "", metric.ZeroDenominator }, "examples", 0, "3/4"},
		{"missing input", margin(), func(s *spec) { s.Examples[0].Inputs = s.Examples[0].Inputs[:1]; s.Caveats = nil }, "examples", 0, "missing_input"},
		{"unknown input", margin(), func(s *spec) { s.Examples[1].Inputs[0].ID = "costs" }, "examples", 1, "no metric shop.costs"},
		{"unrelated input", margin(), func(s *spec) {
			s.Examples[1] = undefined(metric.ZeroDenominator, "revenue", "0 USD", "cost", "0 USD", "orders", "1")
		},
			"examples", 1, "shop.orders is not an input"},
		{"input twice", margin(), func(s *spec) {
			s.Examples[1] = undefined(metric.ZeroDenominator, "revenue", "0 USD", "shop.revenue", "0 USD")
		}, "examples", 1, "twice"},
		{"input of another kind", margin(), func(s *spec) { s.Examples[1].Inputs[0].Value = "five" }, "examples", 1, "shop.revenue: money"},
		{"two currencies", margin(), func(s *spec) { s.Examples[1] = undefined(metric.ZeroDenominator, "revenue", "5 USD", "cost", "5 EUR") }, "examples", 1, "mixed_currency"},
		{"outside the range", margin(), func(s *spec) { s.Range = "[0, 0.5]"; s.Caveats = nil }, "examples", 0, "outside [0, 0.5]"},
		{"ratio with a currency", margin(), func(s *spec) { s.Examples[0].Result = "3/4 USD" }, "examples", 0, `"USD"`},
		{"no exact number", margin(), func(s *spec) { s.Examples[0].Result = "3/4/1" }, "examples", 0, "not an exact number"},
		{"hexadecimal", margin(), func(s *spec) { s.Examples[0].Result = "0x3/0x4" }, "examples", 0, "not an exact number"},
		{"over zero", margin(), func(s *spec) { s.Examples[0].Result = "3/0" }, "examples", 0, "not an exact number"},
		{"over a negative", margin(), func(s *spec) { s.Examples[0].Result = "-3/-4" }, "examples", 0, "not an exact number"},
		{"period", margin(), func(s *spec) { s.Examples[1].Period = "2026-13" }, "examples", 1, ""},

		{"caveat syntax", margin(), func(s *spec) { s.Caveats[0].Formula = "revenue - " }, "caveats", 0, "column 11"},
		{"caveat on an unknown name", margin(), func(s *spec) { s.Caveats[0].Formula = "revenues" }, "caveats", 0, "no metric shop.revenues"},
		{"caveat gives something else", margin(), func(s *spec) { s.Caveats[0].Gives = "2" }, "caveats", 0, "gives 3, not 2"},
		{"caveat on missing data", margin(), func(s *spec) { s.Caveats[0].Formula = "orders" }, "caveats", 0, "missing_input"},
		{"caveat divides by zero", margin(), func(s *spec) { s.Caveats[0].Formula = "revenue / (cost - cost)" }, "caveats", 0, "zero_denominator"},
		{"caveat takes a number for a distribution", margin(), func(s *spec) { s.Caveats[0].Formula = "mean(cost)" }, "caveats", 0, "not a distribution"},
		{"caveat takes a distribution for a number", margin(), func(s *spec) { s.Caveats[0].Formula = "1 - waits / 2" }, "caveats", 0, "is a distribution"},
		{"caveat without formula", margin(), func(s *spec) { s.Caveats[1].Gives = "2" }, "caveats", 1, "without a formula"},
		{"caveat without example", margin(), func(s *spec) { s.Examples = nil }, "caveats", 0, "no example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.spec
			if tt.edit != nil {
				tt.edit(&s)
			}
			if tt.field == "id" { // The names of its formula would not be found.
				s.Formula, s.Undefined, s.Examples, s.Caveats, s.RollUpTime, s.RollUpPopulation = "", nil, nil, nil, "sum", "sum"
			}
			if tt.name == "per" {
				s.Unit, s.Kind, s.Formula = "1/second", metric.KindNumber, "score / delay"
				s.Undefined[0].When, s.Examples, s.Caveats = "delay == 0", nil, nil
			}
			d, err := formula.Define(s, w.lookup)
			wantFinding(t, err, tt.field, tt.item, tt.text)
			if !d.IsZero() {
				t.Error("a definition is returned with the error")
			}
			for _, f := range findings(t, err) {
				if f.Metric != s.ID {
					t.Errorf("the finding is of %q, not of %q", f.Metric, s.ID)
				}
			}
		})
	}
}

// TestDefineFindsAll asks for a finding of each field that is wrong at once.
func TestDefineFindsAll(t *testing.T) {
	s := margin()
	s.Direction, s.Time, s.Range, s.Scale = "up", "later", "[1, 0]", 1
	s.Formula = "(revenue - orders) / cost"
	_, err := formula.Define(s, shop(t).lookup)
	var fields []string
	for _, f := range findings(t, err) {
		fields = append(fields, f.Field)
	}
	slices.Sort(fields)
	if want := []string{"direction", "formula", "range", "scale", "time", "undefined"}; !slices.Equal(fields, want) {
		t.Errorf("findings in %q, want %q", fields, want)
	}
	if !strings.Contains(err.Error(), "shop.margin: formula: column 10: units money and order") {
		t.Errorf("no place and reason in:\n%v", err)
	}
}

func TestFieldError(t *testing.T) {
	cause := errors.New("cause")
	e := &formula.FieldError{Metric: "shop.margin", Field: "examples", Item: 2, Err: cause}
	if got := e.Error(); got != "shop.margin: examples[2]: cause" || !errors.Is(e, cause) {
		t.Errorf("%s", got)
	}
	// The reason for which an example has no value can be asked for.
	s := margin()
	s.Examples[0].Inputs = nil
	if _, err := formula.Define(s, shop(t).lookup); !errors.Is(err, metric.MissingInput) {
		t.Errorf("%v is not a missing input", err)
	}
}

func TestDefineRange(t *testing.T) {
	w := shop(t)
	for _, text := range []string{
		"", "[0, 1]", "[0,1]", "(0, 1)", "[0, inf)", "(-inf, inf)", "(-inf, 0]", "[-1, 1]", "[-0.5,0.5]", "[5, 5]", "[ 0 , 100 ]",
	} {
		s := base("shop.tested", metric.KindNumber, "1")
		s.Range = text
		if d, err := formula.Define(s, w.lookup); err != nil || d.Range() != text {
			t.Errorf("range %q: %v", text, err)
		}
	}
	for _, text := range []string{
		"0, 1", "[0, 1", "0, 1]", "{0, 1}", "[]", "[,]", "[0]", "[0,]", "[,1]", "[0; 1]", "[0, 1, 2]", "[a, b]",
		"[inf, 1]", "[0, -inf]", "[1, 0]", "[0.2, 0.1]", "(1, 1)", "[1, 1)", "(1, 1]", "[--1, 1]", "[01, 2]", "[1e3, 2e3]", "[.5, 1]",
		"[0, 1]]", "[0, infinity)", "[0, 1234567890123456789]", "[0, 50%]", strings.Repeat("[", 5000),
	} {
		s := base("shop.tested", metric.KindNumber, "1")
		s.Range = text
		_, err := formula.Define(s, w.lookup)
		wantFinding(t, err, "range", -1, "")
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("message of %d bytes", len(err.Error()))
		}
	}
}

// TestRangeIsObeyed tries values around the ends of a range.
func TestRangeIsObeyed(t *testing.T) {
	w := shop(t)
	for _, tt := range []struct{ rule, inside, outside string }{
		{"[0, 1]", "0 1 0.5", "-0.001 1.001"},
		{"(0, 1)", "0.001 0.999", "0 1"},
		{"[-0.5, inf)", "-0.5 1000000", "-0.501"},
		{"(-inf, 2)", "-1000000 1.999", "2 3"},
		{"[3, 3]", "3 3.0", "2.999 3.001"},
	} {
		s := derived("shop.tested", metric.KindNumber, "1", "score * 1")
		s.Range = tt.rule
		for v := range strings.FieldsSeq(tt.inside) {
			s.Examples = append(s.Examples, example(v, "score", v))
		}
		for v := range strings.FieldsSeq(tt.outside) {
			s.Examples = append(s.Examples, undefined(metric.OutOfDomain, "score", v))
		}
		if _, err := formula.Define(s, w.lookup); err != nil {
			t.Errorf("%s: %v", tt.rule, err)
		}
	}
}

func TestExamplesOfEachKind(t *testing.T) {
	w := shop(t)
	w.add(t, derived("shop.profit", metric.KindMoney, "money", "revenue - cost"))
	for _, tt := range []struct {
		kind     metric.Kind
		unit     string
		formula  string
		divisors []string
		right    []metric.Example
		wrong    []metric.Example
	}{
		{metric.KindMoney, "money/order", "revenue / orders", []string{"orders"},
			[]metric.Example{
				example("200/3 USD", "revenue", "200.00 USD", "orders", "3"),
				example("400/6 USD", "revenue", "200.00 USD", "orders", "3"), // not in lowest terms
				example("-2.5 EUR", "revenue", "-10 EUR", "orders", "4"),
				example("-5/2 EUR", "revenue", "-10 EUR", "orders", "4"),
				example("0.00 JPY", "revenue", "0 JPY", "orders", "4"),
			},
			[]metric.Example{
				example("200/3 EUR", "revenue", "200.00 USD", "orders", "3"), // another currency
				example("200/3", "revenue", "200.00 USD", "orders", "3"),     // no currency
				example("200/3 USD ", "revenue", "200.00 USD", "orders", "3"),
				example("200/3 usd", "revenue", "200.00 USD", "orders", "3"),
				example("66.67 USD", "revenue", "200.00 USD", "orders", "3"), // rounded
				example("2.5 EUR", "revenue", "-10 EUR", "orders", "4"),
				example("1e1 USD", "revenue", "10 USD", "orders", "1"),
				example("012/1 USD", "revenue", "10 USD", "orders", "1"), // not octal
				example("1_0 USD", "revenue", "10 USD", "orders", "1"),
				example("0xA USD", "revenue", "10 USD", "orders", "1"),
				example("USD 10", "revenue", "10 USD", "orders", "1"),
			}},
		{metric.KindDuration, "second", "mean(waits)", nil,
			[]metric.Example{
				example("90s", "waits", `["1m", "2m"]`),
				example("1.5m", "waits", `["1m", "2m"]`),
				example("4/3 s", "waits", `["1s", "1s", "2s"]`),
				undefined(metric.EmptyPopulation, "waits", `[]`),
			},
			[]metric.Example{
				example("4/3", "waits", `["1s", "1s", "2s"]`),
				example("4/3 m", "waits", `["1m", "1m", "2m"]`),
				example("90", "waits", `["1m", "2m"]`),
				example("1.33s", "waits", `["1s", "1s", "2s"]`),
			}},
		{metric.KindCount, "order", "orders - returns", nil,
			[]metric.Example{example("-2", "orders", "3", "returns", "5"), example("7/1", "orders", "7", "returns", "0")},
			[]metric.Example{example("2", "orders", "3", "returns", "5"), example("-2 orders", "orders", "3", "returns", "5"), example("-2.0", "orders", "3", "returns", "5")}},
		{metric.KindNumber, "order/customer", "orders / customers", []string{"customers"},
			[]metric.Example{example("1.5", "orders", "3", "customers", "2"), example("3/2", "orders", "3", "customers", "2")},
			[]metric.Example{example("1.5 orders", "orders", "3", "customers", "2"), example("150%", "orders", "3", "customers", "2")}},
		{metric.KindRatio, "1", "orders / returns", []string{"returns"},
			[]metric.Example{example("1.5", "orders", "3", "returns", "2"), example("3/2", "orders", "3", "returns", "2"), example("150%", "orders", "3", "returns", "2")},
			[]metric.Example{example("150", "orders", "3", "returns", "2"), example("3/2 %", "orders", "3", "returns", "2")}},
		// A supplied value stands in for its derivation.
		{metric.KindRatio, "1", "profit / revenue", []string{"revenue"},
			[]metric.Example{
				example("1/4", "revenue", "4 USD", "cost", "3 USD"),
				example("1/2", "revenue", "4 USD", "profit", "2 USD"),
				example("1/2", "revenue", "4 USD", "profit", "2 USD", "cost", "3 USD"),
			},
			[]metric.Example{example("1/4", "revenue", "4 USD", "profit", "2 USD", "cost", "3 USD")}},
	} {
		s := derived("shop.tested", tt.kind, tt.unit, tt.formula, tt.divisors...)
		s.Examples = tt.right
		if _, err := formula.Define(s, w.lookup); err != nil {
			t.Errorf("%s: %v", tt.formula, err)
		}
		for _, x := range tt.wrong {
			s.Examples = []metric.Example{x}
			if _, err := formula.Define(s, w.lookup); err == nil {
				t.Errorf("%s: result %q for %v is accepted", tt.formula, x.Result, x.Inputs)
			}
		}
	}
}

// TestGrain gives examples a period, which a metric with a grain depends on.
func TestGrain(t *testing.T) {
	w := saas(t)
	s := derived("saas.ltv", metric.KindMoney, "money/customer", "arpa * gross_margin / (customer_churn_rate / 1 [month])", "customer_churn_rate")
	s.Grain = "month"
	inputs := []string{"arpa", "50 USD", "gross_margin", "0.8", "customer_churn_rate", "0.02"}
	in := func(period string, x metric.Example) metric.Example {
		x.Period = period
		return x
	}
	s.Examples = []metric.Example{
		in("", example("2000 USD", inputs...)), // a period that is not known is not checked
		in("2026-03", example("2000 USD", inputs...)),
		in("2026-Q1", undefined(metric.GrainMismatch, inputs...)),
		in("2026", undefined(metric.GrainMismatch, inputs...)),
		in("2026-03-01", undefined(metric.GrainMismatch, inputs...)),
	}
	if _, err := formula.Define(s, w.lookup); err != nil {
		t.Error(err)
	}
	s.Examples = []metric.Example{in("2026-Q1", example("2000 USD", inputs...))}
	_, err := formula.Define(s, w.lookup)
	wantFinding(t, err, "examples", 0, "grain_mismatch")
}

func TestCaveatsOfEachKind(t *testing.T) {
	w := shop(t)
	s := derived("shop.tested", metric.KindMoney, "money/order", "revenue / orders", "orders")
	s.Examples = []metric.Example{example("5 USD", "revenue", "10 USD", "orders", "2")}
	for _, tt := range []struct {
		formula, gives string
		ok             bool
	}{
		{"revenue", "10 USD", true},
		{"revenue", "10.00 USD", true},
		{"revenue", "10 EUR", false},
		{"revenue", "10", false},
		{"revenue + orders", "12 USD", true}, // units are not asked of a mistake
		{"shop.revenue + revenue", "20 USD", true},
		{"revenue / 3", "10/3 USD", true},
		{"revenue / 3", "3.33 USD", false},
	} {
		s.Caveats = []metric.Caveat{{Text: "A mistake.", Formula: tt.formula, Gives: tt.gives}}
		if _, err := formula.Define(s, w.lookup); (err == nil) != tt.ok {
			t.Errorf("%s gives %s: %v", tt.formula, tt.gives, err)
		}
	}
}

// TestTwoSpellingsOfOneInput uses one metric by its bare name and by its id.
func TestTwoSpellingsOfOneInput(t *testing.T) {
	w := shop(t)
	s := derived("shop.tested", metric.KindMoney, "money", "revenue + shop.revenue - fair.revenue + cost")
	s.Undefined = []metric.Guard{{When: "shop.revenue < cost", Reason: metric.OutOfDomain}}
	s.Examples = []metric.Example{
		example("13 USD", "revenue", "5 USD", "fair.revenue", "1 USD", "cost", "4 USD"), // 5 + 5 - 1 + 4
		undefined(metric.OutOfDomain, "revenue", "3 USD", "fair.revenue", "1 USD", "cost", "4 USD"),
	}
	d, err := formula.Define(s, w.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(slices.Collect(d.Inputs())); n != 3 {
		t.Errorf("%d inputs, want 3", n)
	}
}

// TestDomainIsNotGuessed sees to it that a bare name is of the metric's own domain only.
func TestDomainIsNotGuessed(t *testing.T) {
	w := shop(t)
	_, err := formula.Define(derived("fair.tested", metric.KindMoney, "money", "revenue - cost"), w.lookup)
	wantFinding(t, err, "formula", -1, "no metric fair.cost")
}

func TestLookupWithoutAnswers(t *testing.T) {
	nothing := func(string) (metric.Definition, bool) { return metric.Definition{}, true }
	for name, lookup := range map[string]formula.Lookup{"nil": nil, "zero": nothing} {
		_, err := formula.Define(derived("shop.tested", metric.KindMoney, "money", "revenue"), lookup)
		if err == nil || !strings.Contains(err.Error(), "there is no metric shop.revenue") {
			t.Errorf("%s lookup: %v", name, err)
		}
		if _, err := formula.Define(base("shop.tested", metric.KindMoney, "money"), lookup); err != nil {
			t.Errorf("%s lookup: %v", name, err)
		}
	}
}

func TestDefineCapture(t *testing.T) {
	w := shop(t)
	duration := metric.DistributionOf(metric.KindDuration)
	amounts := metric.DistributionOf(metric.KindMoney)
	for _, tt := range []struct {
		name    string
		kind    metric.Kind
		unit    string
		rollup  string
		capture formula.Capture
		words   string // in which the rule reads; "" when it is refused
		reason  string
	}{
		{"count", metric.KindCount, "order", "sum sum", formula.Capture{Count: true, Event: "order_completed", Where: []string{"paid == true"}},
			"number of order_completed where paid == true", ""},
		{"sum", metric.KindMoney, "money", "sum sum", formula.Capture{Sum: "amount", Event: "order_completed", Where: []string{"a1 >= 5", "b2<5"}},
			"sum of amount over order_completed where a1 >= 5 and b2 < 5", ""},
		{"distinct", metric.KindCount, "customer", "never sum", formula.Capture{Distinct: "customer", Event: "signed_in", AtLeast: 2},
			"number of different customer of signed_in, each with at least 2", ""},
		{"values", amounts, "money", "never never", formula.Capture{Values: "amount", Event: "order_completed"},
			"every amount of order_completed", ""},
		{"duration", duration, "second", "never never", formula.Capture{Duration: &formula.DurationCapture{Object: "ticket", From: "opened", Until: "closed"}, Where: []string{"vip==true"}, UntilWhere: []string{"ok != false"}},
			"time from the first opened where vip == true to the first closed where ok != false of one ticket", ""},

		{"none", metric.KindCount, "order", "sum sum", formula.Capture{Event: "order_completed"}, "", "exactly one"},
		{"two", metric.KindCount, "order", "sum sum", formula.Capture{Count: true, Sum: "amount", Event: "order_completed"}, "", "exactly one"},
		{"no event", metric.KindCount, "order", "sum sum", formula.Capture{Count: true}, "", `event "" is not a name`},
		{"event", metric.KindCount, "order", "sum sum", formula.Capture{Count: true, Event: "Order Completed"}, "", "is not a name"},
		{"attribute", metric.KindMoney, "money", "sum sum", formula.Capture{Sum: "a.b", Event: "order_completed"}, "", `attribute "a.b"`},
		{"count of money", metric.KindMoney, "money", "sum sum", formula.Capture{Count: true, Event: "order_completed"}, "", "cannot be a money"},
		{"sum of a ratio", metric.KindRatio, "1", "sum sum", formula.Capture{Sum: "share", Event: "order_completed"}, "", "cannot be a ratio"},
		{"values that are one", metric.KindMoney, "money", "sum sum", formula.Capture{Values: "amount", Event: "order_completed"}, "", "cannot be a money"},
		{"durations of money", amounts, "money", "never never", formula.Capture{Duration: &formula.DurationCapture{Object: "ticket", From: "opened", Until: "closed"}}, "", "cannot be a distribution[money]"},
		{"distinct sums over time", metric.KindCount, "customer", "sum sum", formula.Capture{Distinct: "customer", Event: "signed_in"}, "", "rollup"},
		{"values merge over populations", amounts, "money", "never sum", formula.Capture{Values: "amount", Event: "order_completed"}, "", "rollup"},
		{"at least without distinct", metric.KindCount, "order", "sum sum", formula.Capture{Count: true, Event: "order_completed", AtLeast: 2}, "", "at_least"},
		{"at least nine", metric.KindCount, "customer", "never sum", formula.Capture{Distinct: "customer", Event: "signed_in", AtLeast: 9}, "", "at_least"},
		{"at least minus one", metric.KindCount, "customer", "never sum", formula.Capture{Distinct: "customer", Event: "signed_in", AtLeast: -1}, "", "at_least"},
		{"until without duration", metric.KindCount, "order", "sum sum", formula.Capture{Count: true, Event: "order_completed", UntilWhere: []string{"ok == true"}}, "", "until_where"},
		{"duration without until", duration, "second", "never never", formula.Capture{Duration: &formula.DurationCapture{Object: "ticket", From: "opened"}}, "", "a duration names"},
		{"duration without object", duration, "second", "never never", formula.Capture{Duration: &formula.DurationCapture{From: "opened", Until: "closed"}}, "", "a duration names"},
		{"duration with an event", duration, "second", "never never", formula.Capture{Event: "closed", Duration: &formula.DurationCapture{Object: "ticket", From: "opened", Until: "closed"}}, "", "two events"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := base("shop.tested", tt.kind, tt.unit)
			s.RollUpTime, s.RollUpPopulation, _ = strings.Cut(tt.rollup, " ")
			s.Capture = &tt.capture
			d, err := formula.Define(s, w.lookup)
			switch {
			case tt.words != "" && (err != nil || d.Capture() != tt.words):
				t.Errorf("%q, %v; want %q", d.Capture(), err, tt.words)
			case tt.words == "" && (err == nil || !strings.Contains(err.Error(), tt.reason)):
				t.Errorf("%v, want %q", err, tt.reason)
			}
		})
	}
	s := margin()
	s.Capture = &formula.Capture{Count: true, Event: "order_completed"}
	_, err := formula.Define(s, w.lookup)
	wantFinding(t, err, "capture", -1, "is not captured")
}

func TestConditions(t *testing.T) {
	w := shop(t)
	define := func(where string) error {
		s := base("shop.tested", metric.KindCount, "order")
		s.Capture = &formula.Capture{Count: true, Event: "order_completed", Where: []string{where}}
		_, err := formula.Define(s, w.lookup)
		return err
	}
	for _, text := range []string{"type == nps", "type==nps", "type != nps", "score < 5", "score <= 5", "score > -5", "score >= 0.5", "plan == Pro plan", "ok == true"} {
		if err := define(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "type", "type nps", "== nps", "type ==", "type == ", "type = nps", "type === nps", "type == a == b", "type != a == b",
		"score =< 5", "score <> 5", "score < 5 < 6", "score >", "Type == nps", "a.b == c", "t == a", "type == !a",
		`type == "nps"`, // would never match
		strings.Repeat("type == ", 1000),
	} {
		if err := define(text); err == nil || len(err.Error()) > 200 {
			t.Errorf("%.60q: %.300v", text, err)
		}
	}
}
