package formula_test

import (
	"errors"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// TestPowerKeepsCurrency holds powers of money to the rule that one formula sees one currency.
func TestPowerKeepsCurrency(t *testing.T) {
	s := derived("shop.tested", metric.KindMoney, "money", "pow(revenue, 1) + cost")
	s.Examples = []metric.Example{
		example("3 USD", "revenue", "1 USD", "cost", "2 USD"),
		undefined(metric.MixedCurrency, "revenue", "1 USD", "cost", "2 EUR"),
	}
	if _, err := formula.Define(s, shop(t).lookup); err != nil {
		t.Error(err)
	}
	s = derived("shop.tested", metric.KindMoney, "money", "pow(revenue, 1)")
	s.Examples = []metric.Example{example("3 USD", "revenue", "3 USD")}
	if _, err := formula.Define(s, shop(t).lookup); errors.Is(err, metric.OutOfDomain) || err != nil {
		t.Error(err)
	}
}

// An id that no formula could name is refused where it is made.
func TestKeywordsAreNoNames(t *testing.T) {
	for _, id := range []string{"survey.type", "range.tested"} {
		s := derived(id, metric.KindMoney, "money", "shop.revenue")
		if _, err := formula.Define(s, shop(t).lookup); err == nil {
			t.Errorf("%s is accepted", id)
		}
	}
}

// A divisor that cannot be zero by its range needs no guard, which no example could reach.
func TestARangeGuardsADivisor(t *testing.T) {
	for _, c := range []struct {
		interval string
		safe     bool
	}{
		{"(0, inf)", true}, {"[1, inf)", true}, {"(-inf, 0)", true}, {"[-2, -1]", true},
		{"[0, inf)", false}, {"(-inf, 0]", false}, {"(-1, 1)", false}, {"", false},
	} {
		divisor, err := formula.Define(formula.Spec{
			ID: "shop.divisor", Name: "Divisor", Stage: stage.Retain, Kind: metric.KindNumber, Unit: "1", Range: c.interval,
			Direction: "none", Time: "period", RollUpTime: "never", RollUpPopulation: "never", Stability: "beta",
		}, shop(t).lookup)
		if err != nil {
			t.Fatal(err)
		}
		s := derived("shop.tested", metric.KindMoney, "money", "revenue / divisor")
		_, err = formula.Define(s, func(id string) (metric.Definition, bool) {
			if id == "shop.divisor" {
				return divisor, true
			}
			return shop(t).lookup(id)
		})
		if (err == nil) != c.safe {
			t.Errorf("a divisor in %q: %v", c.interval, err)
		}
	}
}
