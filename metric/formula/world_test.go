package formula_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// world is a small set of metrics that formulas of the tests refer to.
type world map[string]metric.Definition

func (w world) lookup(id string) (metric.Definition, bool) {
	d, ok := w[id]
	return d, ok
}

// base returns the text of a base metric.
func base(id string, kind metric.Kind, unit string) formula.Spec {
	s := formula.Spec{
		ID: id, Name: "Test metric", Stage: stage.Grow, Kind: kind, Unit: unit,
		Direction: "none", Time: "period", RollUpTime: "sum", RollUpPopulation: "sum", Stability: "beta",
	}
	if kind.IsDistribution() {
		s.RollUpTime, s.RollUpPopulation = "never", "never"
	}
	return s
}

// derived returns the text of a derived metric with a guard == 0 for each of divisors.
func derived(id string, kind metric.Kind, unit, text string, divisors ...string) formula.Spec {
	s := base(id, kind, unit)
	s.RollUpTime, s.RollUpPopulation, s.Formula = "", "", text
	for _, d := range divisors {
		s.Undefined = append(s.Undefined, metric.Guard{When: d + " == 0", Reason: metric.ZeroDenominator})
	}
	return s
}

// add defines metrics into w.
func (w world) add(t testing.TB, specs ...formula.Spec) {
	t.Helper()
	for _, s := range specs {
		d, err := formula.Define(s, w.lookup)
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		w[s.ID] = d
	}
}

// shop returns a world with one metric of each kind.
func shop(t testing.TB) world {
	w := world{}
	w.add(t,
		base("shop.revenue", metric.KindMoney, "money"),
		base("shop.cost", metric.KindMoney, "money"),
		base("shop.fees", metric.KindMoney, "money/order"),
		base("shop.orders", metric.KindCount, "order"),
		base("shop.returns", metric.KindCount, "order"),
		base("shop.customers", metric.KindCount, "customer"),
		base("shop.share", metric.KindRatio, "1"),
		base("shop.growth", metric.KindRatio, "1"),
		base("shop.score", metric.KindNumber, "1"),
		base("shop.delay", metric.KindDuration, "second"),
		base("shop.waits", metric.DistributionOf(metric.KindDuration), "second"),
		base("shop.baskets", metric.DistributionOf(metric.KindMoney), "money"),
		base("fair.revenue", metric.KindMoney, "money"),
	)
	return w
}

// example returns a worked example of "name", "value" pairs.
func example(result string, inputs ...string) metric.Example {
	x := metric.Example{Result: result}
	for i := 0; i < len(inputs); i += 2 {
		x.Inputs = append(x.Inputs, metric.ExampleInput{ID: inputs[i], Value: inputs[i+1]})
	}
	return x
}

func undefined(why metric.Reason, inputs ...string) metric.Example {
	x := example("", inputs...)
	x.Undefined = why
	return x
}

// findings returns the field errors that err joins.
func findings(t testing.TB, err error) []*formula.FieldError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v is a %T, want joined field errors", err, err)
	}
	var list []*formula.FieldError
	for _, e := range joined.Unwrap() {
		var f *formula.FieldError
		if !errors.As(e, &f) {
			t.Fatalf("%v is a %T, want a field error", e, e)
		}
		list = append(list, f)
	}
	return list
}

// wantFinding asks for exactly one finding.
func wantFinding(t testing.TB, err error, field string, item int, text string) {
	t.Helper()
	list := findings(t, err)
	if len(list) != 1 || list[0].Field != field || list[0].Item != item || !strings.Contains(list[0].Err.Error(), text) {
		t.Errorf("findings:\n%v\nwant one in %s, item %d, with %q", err, field, item, text)
	}
}
