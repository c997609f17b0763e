package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// A plain fact, kept in few words, is written as it would be if it were kept whole.
func TestPlainFactsAreWhole(t *testing.T) {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 30))
	plain := 0
	for i := range 1000 {
		at := time.Unix(1_700_000_000+r.Int64N(1000), 0)
		f := Fact{Kind: []Kind{Started, Updated, Cancelled, MRRSet}[r.IntN(4)], Customer: "c", Subscription: []string{"", "s"}[r.IntN(2)], Effective: at,
			Occurred: at.Add(time.Duration(r.IntN(3)-1) * time.Hour), Recorded: at.Add(time.Duration(r.IntN(4)-1) * time.Hour), Seq: int64(r.IntN(2)) << (40 * r.IntN(2)),
			Source: []string{"", "x"}[r.IntN(2)], ID: []string{"", fmt.Sprint(i)}[r.IntN(2)], Currency: usd, MRR: int64(r.IntN(900)), Segment: fmt.Sprint(r.IntN(2)),
			Reason: []string{"", "price"}[r.IntN(2)], Voluntary: event.Some(r.IntN(2) == 0)}
		f.Items = []event.SubscriptionItem{{Plan: []string{"", "p"}[r.IntN(2)], Amount: 100 + int64(r.IntN(900)), Interval: []string{"month", "year", "week", "day"}[r.IntN(4)],
			IntervalCount: event.Some(int64(1 + r.IntN(5))), Quantity: event.Some(decimal.New(int64(r.IntN(40)), int32(-r.IntN(2)))), Tax: event.Some(int64(r.IntN(100)))}}
		if f.Kind == MRRSet {
			f.Items = nil
		}
		if r.IntN(10) == 0 {
			f.Until = at.Add(time.Hour)
		}
		o := Options{Unique: r.IntN(2) == 0, Days: DayFactor(r.IntN(4)), Weeks: WeekFactor(r.IntN(5))}
		var ledgers [2]*Ledger
		for j := range ledgers {
			if ledgers[j], err = New(o); err != nil {
				t.Fatal(err)
			}
		}
		a, b := ledgers[0], ledgers[1]
		if err := a.AddFact(f); err != nil {
			t.Fatal(err)
		}
		whole, code, err := b.factOf(&f)
		if err != nil {
			t.Fatal(err)
		}
		whole.customer = uint32(code.Position())
		b.buckets[code.Bucket()].facts.add(whole)
		b.tally.Taken++
		plain += 1 - a.buckets[code.Bucket()].facts.n
		x, err := a.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Fatalf("%q: %+v", o, f)
		}
		again, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalBinary(y); err != nil {
			t.Fatal(err)
		}
		if again.buckets[code.Bucket()].facts.n != a.buckets[code.Bucket()].facts.n {
			t.Fatalf("%q: read in another form: %+v", o, f)
		}
	}
	if plain < 400 {
		t.Errorf("only %d facts are plain", plain)
	}
}

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
