package purchase_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// A row is a block of one, and a bad one leaves the log as it was.
func TestAddRow(t *testing.T) {
	usd := metric.USD("0").Currency()
	at := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	for _, keep := range []purchase.Keep{purchase.KeepDays, purchase.KeepTotals} {
		o := purchase.Options{Keep: keep, Currency: usd}
		rows, err := purchase.New(o)
		if err != nil {
			t.Fatal(err)
		}
		block, err := purchase.New(o)
		if err != nil {
			t.Fatal(err)
		}
		a, b := block.Keys().Code("a"), block.Keys().Code("b")
		if err := block.AddBlock(&purchase.Block{
			Customer: []event.Code{a, b, a}, Amount: []int64{1234, 5, -1000},
			Time: []int64{at.UnixNano(), at.UnixNano(), at.Add(time.Hour).UnixNano()},
		}); err != nil {
			t.Fatal(err)
		}
		good := []error{
			rows.AddRow("a", at.Add(time.Hour), metric.USD("-10")),
			rows.AddRow("a", at, metric.USD("12.34")),
			rows.AddRow("b", at, metric.USD("0.05")),
		}
		bad := map[string]error{
			"no key":         rows.AddRow("", at, metric.USD("1")),
			"no time":        rows.AddRow("c", time.Time{}, metric.USD("1")),
			"no money":       rows.AddRow("c", at, metric.Money{}),
			"half a cent":    rows.AddRow("c", at, metric.USD("0.005")),
			"too much":       rows.AddRow("c", at, metric.USD("500000000000000")),
			"other currency": rows.AddRow("c", at, metric.EUR("1")),
		}
		if err := errors.Join(good...); err != nil {
			t.Error(err)
		}
		for name, err := range bad {
			if !errors.Is(err, metric.ErrInput) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x, err := rows.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if y, err := block.MarshalBinary(); err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s: the logs differ, %v", keep, err)
		}
	}
}

// Lengths of time print as such, and an end beyond all dates is after all orders.
func TestSpansAndFarEnds(t *testing.T) {
	log, err := purchase.New(purchase.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	for _, day := range []int{0, 1} {
		if err := log.AddRow("a", start.AddDate(0, 0, day), metric.USD("1")); err != nil {
			t.Fatal(err)
		}
	}
	s, err := log.Summary(purchase.SummaryOptions{End: start.AddDate(0, 0, 30)})
	if err != nil {
		t.Fatal(err)
	}
	if c := s.Lookup("a"); c.Recency.String() != "1 day" || c.Age.String() != "30 days" {
		t.Errorf("%s, %s", c.Recency, c.Age)
	}
	for end, want := range map[int64]int{1 << 60: 1, -1 << 60: 0} {
		if totals, err := log.Totals(time.Unix(end, 0)); err != nil || totals.Len() != want {
			t.Errorf("%d customers at second %d, %v", totals.Len(), end, err)
		}
	}
}
