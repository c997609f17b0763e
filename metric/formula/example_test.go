package formula_test

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// A service adds a metric of its own, computed from metrics of the catalogue.
func ExampleDefine() {
	openToClick, err := formula.Define(formula.Spec{
		ID:        "acme.clicks_of_sent",
		Name:      "Clicks of sent",
		Stage:     stage.Attract,
		Meaning:   "Share of the messages handed to the sending service whose recipient followed a link at least once.",
		Question:  "What share of all we send leads to a visit?",
		Kind:      metric.KindRatio,
		Unit:      "1",
		Formula:   "email.unique_clicks / email.sent",
		Undefined: []metric.Guard{{When: "email.sent == 0", Reason: metric.ZeroDenominator}},
		Direction: "higher",
		Range:     "[0, 1]",
		Time:      "period",
		Examples: []metric.Example{{
			Inputs: []metric.ExampleInput{{ID: "email.unique_clicks", Value: "3"}, {ID: "email.sent", Value: "400"}},
			Result: "3/400",
		}},
		Since:     "1.0.0",
		Stability: "beta",
	}, catalog.Lookup)
	if err != nil {
		fmt.Println(err)
		return
	}

	clicks, _ := catalog.Lookup("email.unique_clicks")
	sent, _ := catalog.Lookup("email.sent")
	facts, err := metric.NewFacts(metric.Period{},
		metric.FactOf(clicks, metric.ValueOf(metric.Count(21))),
		metric.FactOf(sent, metric.ValueOf(metric.Count(600))))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(facts.Value(openToClick))
	// Output: 3.5% <nil>
}

// A definition that cannot be right is refused with all its findings.
func ExampleDefine_findings() {
	_, err := formula.Define(formula.Spec{
		ID: "acme.revenue_and_orders", Stage: stage.Grow, Kind: metric.KindMoney, Unit: "money",
		Formula:   "(orders.revenue + orders.orders) / orders.orders",
		Direction: "up", Time: "period", Stability: "beta",
	}, catalog.Lookup)
	fmt.Println(err)
	// Output:
	// acme.revenue_and_orders: direction: "up" is not one of higher, lower, target, none
	// acme.revenue_and_orders: formula: column 17: units money and order do not go together
	// acme.revenue_and_orders: undefined: nothing keeps the divisor at column 36 of the formula from zero
}

func ExampleParse() {
	e, err := formula.Parse("(opening_mrr - churned_mrr) / opening_mrr")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Symbols())

	_, err = formula.Parse("opening_mrr[0]")
	fmt.Println(err)
	// Output:
	// [opening_mrr churned_mrr]
	// column 1: only a constant can carry a unit in brackets
}

func ExampleExpr_Normal() {
	a, _ := formula.Parse("(won + lost) / 2.0")
	b, _ := formula.Parse("(lost + sales.won) / 2")
	fmt.Println(a.Normal("sales") == b.Normal("sales"))
	// Output: true
}
