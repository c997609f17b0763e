package formula_test

import (
	"errors"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
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
