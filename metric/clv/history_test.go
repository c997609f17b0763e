package clv

import (
	"errors"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// One customer who buys on 1 January, twice on the 15th and on the 29th, one who buys once,
// and one in two currencies.
func TestSummaryOf(t *testing.T) {
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	newLog := func(currency metric.Currency) *purchase.Log {
		log, err := purchase.New(purchase.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, b := log.Keys().Code("a"), log.Keys().Code("b")
		block := &purchase.Block{Currency: currency}
		for _, row := range []struct {
			c      event.Code
			day    int
			amount int64
		}{{a, 0, 9900}, {a, 14, 1000}, {a, 14, 250}, {a, 28, 2000}, {b, 7, 100}} {
			block.Customer = append(block.Customer, row.c)
			block.Time = append(block.Time, start.AddDate(0, 0, row.day).UnixNano())
			block.Amount = append(block.Amount, row.amount)
		}
		if err := log.AddBlock(block); err != nil {
			t.Fatal(err)
		}
		return log
	}
	usd := metric.USD("0").Currency()
	log := newLog(usd)
	o := purchase.SummaryOptions{End: start.AddDate(0, 0, 35), Unit: purchase.Weeks}
	summary, err := log.Summary(o)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]Summary{
		"a": {Unit: Week, Frequency: 2, Recency: 4, Age: 5, Monetary: 16.25}, // (12.50 + 20) / 2
		"b": {Unit: Week, Age: 4},
	} {
		if got, err := SummaryOf(summary, summary.Lookup(key)); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", key, got, err, want)
		}
	}
	s := must(NewSample(Day))(t)
	if err := s.AddPurchases(summary); err != nil || s.Customers() != 2 || s.Repeaters() != 1 || s.buys[buying{frequency: 2, recency: 28, age: 35}] != 1 {
		t.Errorf("%v, %+v", err, s.buys)
	}
	bare, err := newLog(metric.Currency{}).Summary(o)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := SummaryOf(bare, bare.Lookup("a")); err != nil || got.Monetary != 1625 {
		t.Errorf("without a currency: %+v, %v", got, err)
	}
	for name, change := range map[string]func(*purchase.SummaryOptions){
		"first counted": func(o *purchase.SummaryOptions) { o.IncludeFirst = true },
		"since last":    func(o *purchase.SummaryOptions) { o.SinceLast = true },
	} {
		other := o
		change(&other)
		summary, err := log.Summary(other)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddPurchases(summary); !errors.Is(err, metric.ErrInput) || s.Customers() != 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
	eur := metric.EUR("0").Currency()
	c := log.Keys().Code("a")
	if err := log.AddBlock(&purchase.Block{Customer: []event.Code{c}, Time: []int64{start.AddDate(0, 0, 30).UnixNano()}, Amount: []int64{100}, Currency: eur}); err != nil {
		t.Fatal(err)
	}
	mixed, err := log.Summary(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddPurchases(mixed); !errors.Is(err, metric.MixedCurrency) {
		t.Errorf("two currencies: %v", err)
	}
}
