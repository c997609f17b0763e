package ledger

import (
	"errors"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// H1: a row that does not add up is an error.
func TestUnbalancedRows(t *testing.T) {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	p, err := metric.Month(2024, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	good := func() Row {
		b := Bridge{Opening: MinorAmount(10, usd), New: MinorAmount(5, usd), Churn: MinorAmount(-3, usd), Closing: MinorAmount(12, usd)}
		return Row{Period: p, Currency: usd, Bridge: b, Ends: b, Customers: Customers{Opening: 2, New: 1, Churned: 1, Closing: 2}}
	}
	row := good()
	if err := row.check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Row){
		"a movement too many": func(r *Row) { r.Bridge.Expansion = MinorAmount(1, usd) },
		"ends":                func(r *Row) { r.Ends.Closing = MinorAmount(13, usd) },
		"fx":                  func(r *Row) { r.Bridge.FX = MinorAmount(-1, usd) },
		"customers":           func(r *Row) { r.Customers.Closing = 3 },
		"kept":                func(r *Row) { r.Opened.Kept = MinorAmount(1, usd) },
	} {
		row := good()
		change(&row)
		if err := row.check(); !errors.Is(err, ErrUnbalanced) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
