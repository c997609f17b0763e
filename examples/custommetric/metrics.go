package main

import (
	"errors"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// defineAll makes metrics of their texts. Each may use those before it and the catalogue.
func defineAll(specs []formula.Spec) ([]metric.Definition, error) {
	var own []metric.Definition
	lookup := func(id string) (metric.Definition, bool) {
		for _, d := range own {
			if d.ID() == id {
				return d, true
			}
		}
		return catalog.Lookup(id)
	}
	var errs []error
	for _, s := range specs {
		d, err := formula.Define(s, lookup)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		own = append(own, d)
	}
	return own, errors.Join(errs...)
}

// uncomputable adds money to a number of orders, and says that more of it is "good".
func uncomputable() []formula.Spec {
	perOrder := supportCostPerOrder()
	perOrder.Formula = "(support_cost + orders.orders) / orders.orders"
	perOrder.Undefined = nil
	perOrder.Direction = "good"
	return []formula.Spec{supportCost(), perOrder}
}

// unreadable gives the right number, and leaves everyone else to guess what it is.
func unreadable() []formula.Spec {
	perOrder := supportCostPerOrder()
	perOrder.Meaning = "The total number of costs per order"
	perOrder.Question = ""
	perOrder.Examples = perOrder.Examples[:1]
	perOrder.Sources = nil
	perOrder.Since = "soon"
	return []formula.Spec{supportCost(), perOrder}
}

// finished are the metrics as they should be.
func finished() []formula.Spec {
	return []formula.Spec{supportCost(), supportCostPerOrder(), supportCostShare()}
}

var house = metric.Source{Title: "house"}

// supportCost is a base metric: it is supplied and adds up.
func supportCost() formula.Spec {
	return formula.Spec{
		ID:               "acme.support_cost",
		Name:             "Support cost",
		Stage:            stage.Retain,
		Meaning:          "Pay and tools of the people who answer customers, for the days of the period on which they worked.",
		Question:         "What do we spend on helping customers?",
		Kind:             metric.KindMoney,
		Unit:             "money",
		Direction:        "lower",
		Range:            "[0, inf)",
		Time:             "period",
		RollUpTime:       "sum",
		RollUpPopulation: "sum",
		Sources:          []metric.Source{house},
		Since:            "1.0.0",
		Stability:        "beta",
	}
}

// supportCostPerOrder is money/order: the unit follows from the formula, or the definition
// is refused.
func supportCostPerOrder() formula.Spec {
	return formula.Spec{
		ID:        "acme.support_cost_per_order",
		Name:      "Support cost per order",
		Stage:     stage.Retain,
		Also:      []stage.Stage{stage.Convert},
		Meaning:   "Spending on helping customers in a period, spread evenly over all orders that were placed in it.",
		Question:  "How much of an order's margin goes to support?",
		Kind:      metric.KindMoney,
		Unit:      "money/order",
		Formula:   "support_cost / orders.orders",
		Undefined: []metric.Guard{{When: "orders.orders == 0", Reason: metric.ZeroDenominator}},
		Direction: "lower",
		Range:     "[0, inf)",
		Time:      "period",
		Examples: []metric.Example{
			{Inputs: inputs("support_cost", "300.00 EUR", "orders.orders", "120"), Result: "5/2 EUR"},
			{Inputs: inputs("support_cost", "300.00 EUR", "orders.orders", "0"), Undefined: metric.ZeroDenominator},
		},
		Sources:   []metric.Source{house},
		Since:     "1.0.0",
		Stability: "beta",
	}
}

// supportCostShare divides money by money.
func supportCostShare() formula.Spec {
	return formula.Spec{
		ID:        "acme.support_cost_share",
		Name:      "Support cost share",
		Stage:     stage.Retain,
		Meaning:   "Spending on helping customers in a period as a part of the revenue from orders that were placed in it.",
		Question:  "What part of our revenue goes to support?",
		Kind:      metric.KindRatio,
		Unit:      "1",
		Formula:   "support_cost / orders.revenue",
		Undefined: []metric.Guard{{When: "orders.revenue == 0", Reason: metric.ZeroDenominator}},
		Direction: "lower",
		Time:      "period",
		Examples: []metric.Example{
			{Inputs: inputs("support_cost", "300.00 EUR", "orders.revenue", "9000.00 EUR"), Result: "1/30"},
			{Inputs: inputs("support_cost", "300.00 EUR", "orders.revenue", "0.00 EUR"), Undefined: metric.ZeroDenominator},
		},
		Sources:   []metric.Source{house},
		Since:     "1.0.0",
		Stability: "beta",
	}
}

// inputs pairs names and values.
func inputs(pairs ...string) []metric.ExampleInput {
	var list []metric.ExampleInput
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, metric.ExampleInput{ID: pairs[i], Value: pairs[i+1]})
	}
	return list
}
