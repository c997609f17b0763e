package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// plainFacts are hostile facts that mostly are kept as rows: they start, update, set and
// cancel subscriptions of one item. Some have a second item, a discount or a failed payment.
func plainFacts(r *rand.Rand, n int, one, payments bool) []ledger.Fact {
	h := &hostile{r: r, plain: true, one: one}
	facts := h.facts(n)
	for i := range facts {
		f := &facts[i]
		if f.Kind != ledger.MRRSet {
			continue
		}
		if f.Recorded.IsZero() && r.IntN(2) == 0 {
			f.Recorded = f.Effective.Add(time.Duration(r.IntN(2)) * time.Hour)
		}
		f.Seq %= 3 // many ties
		f.Source = []string{"x", "y"}[r.IntN(2)]
		if r.IntN(4) == 0 {
			f.ID = fmt.Sprint(r.IntN(n)) // often another fact's
		}
		switch r.IntN(8) {
		case 0, 1:
			f.Kind = ledger.Started
		case 2, 3, 4:
			f.Kind = ledger.Updated
		case 5:
			f.Kind = ledger.Cancelled
			f.Reason = []string{"", "price", "moved"}[r.IntN(3)]
			if r.IntN(3) > 0 {
				f.Voluntary = event.Some(r.IntN(2) == 0)
			}
		}
		if payments && r.IntN(6) == 0 {
			f.Kind, f.Other = ledger.PaymentRecovered, []string{"", "i"}[r.IntN(2)]
		}
		if f.Kind == ledger.Started || f.Kind == ledger.Updated {
			f.MRR = 0
			f.Items = []event.SubscriptionItem{plainItem(r)}
			if r.IntN(30) == 0 {
				f.Items = append(f.Items, plainItem(r))
			}
		}
	}
	return facts
}

func plainItem(r *rand.Rand) event.SubscriptionItem {
	if r.IntN(2) == 0 {
		return event.SubscriptionItem{Plan: "a", Amount: 700, Interval: "month", Quantity: event.Some(decimal.New(int64(r.IntN(4)), 0))}
	}
	x := event.SubscriptionItem{ItemID: fmt.Sprint(r.IntN(9)), Plan: []string{"", "a", "b"}[r.IntN(3)], Amount: int64(r.IntN(4)) * 700,
		Interval: []string{"month", "month", "year", "week", "day"}[r.IntN(5)], Kind: []string{"", "licensed"}[r.IntN(2)]}
	if r.IntN(3) == 0 {
		x.Quantity = event.Some(decimal.New(int64(r.IntN(4)), 0))
	}
	if r.IntN(6) == 0 {
		x.IntervalCount = event.Some(int64(1 + r.IntN(3)))
	}
	if r.IntN(6) == 0 && x.Amount > 0 {
		x.Tax = event.Some(int64(r.IntN(100)))
	}
	if r.IntN(40) == 0 {
		x.Discount = event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(10, 0))})
	}
	return x
}

// slowly are rules that give the results of the default where nobody is away for a century,
// but have every customer simulated.
func slowly(o ledger.Options) ledger.Options {
	o.ReactivateWithin = ledger.Span{Months: 1200}
	return o
}

// Customers whose facts are rows are counted without a simulation, to the same result: levels,
// movements, numbers and reasons.
func TestCountingIsSimulating(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 20))
		facts := plainFacts(r, []int{20, 60, 400}[seed%3], seed%2 == 0, seed%5 == 0)
		for _, o := range []ledger.Options{{}, {Unique: true}, {PausedCounts: true, SegmentByPlan: seed%4 == 0}, {ZeroIsContraction: true}, {ChurnAt: ledger.ChurnAtNextInvoice}} {
			if o.Unique {
				facts = slices.DeleteFunc(slices.Clone(facts), func(f ledger.Fact) bool { return f.Kind == ledger.FactRetracted })
			}
			quick, slow := fill(t, o, facts), fill(t, slowly(o), facts)
			for _, q := range []ledger.Query{{}, {Segments: true}, {Known: time.Date(2024, 2, 10, 0, 0, 0, 0, time.UTC)}} {
				q.Periods = periods
				s, err := quick.Statement(q)
				if err != nil {
					t.Fatal(err)
				}
				u, err := slow.Statement(q)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := dump(s), dump(u); got != want {
					t.Fatalf("seed %d, %q, segments %t: %s", seed, o, q.Segments, difference(got, want))
				}
			}
		}
	}
}

// A ledger of unique facts says what any other does of facts that are unique and in an order
// that does not need their IDs.
func TestUniqueFacts(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 21))
		o := lawOptions(seed)
		var facts []ledger.Fact
		for i, f := range append(plainFacts(r, 40, seed%2 == 0, true), lawFacts(seed)...) {
			f.Seq, f.ID = int64(i), fmt.Sprint("id", i)
			if f.Kind != ledger.FactRetracted {
				facts = append(facts, f)
			}
		}
		r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		want := answers(t, fill(t, o, facts), periods)
		o.Unique = true
		if got := answers(t, fill(t, o, facts), periods); got != want {
			t.Fatalf("seed %d: %s", seed, difference(got, want))
		}
	}
}

// The laws hold for unique facts, too, and for those that are kept as rows.
func TestLawsOfPlainFacts(t *testing.T) {
	for seed := range uint64(32) {
		r := rand.New(rand.NewPCG(seed, 22))
		o := lawOptions(seed / 2)
		facts := plainFacts(r, 50, seed%3 == 0, true)
		if o.Unique = seed%2 == 0; o.Unique {
			facts = append(facts, lawFacts(seed)...)
			facts = slices.DeleteFunc(facts, func(f ledger.Fact) bool { return f.Kind == ledger.FactRetracted })
		}
		laws(t, seed, o, facts)
	}
}

// A retraction of a fact that has no identity is refused, and ledgers of different promises
// are not merged.
func TestUniqueRefuses(t *testing.T) {
	l := fill(t, ledger.Options{Unique: true}, nil)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := l.AddFact(ledger.Fact{Kind: ledger.FactRetracted, Effective: at, Other: "1"}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("retraction: %v", err)
	}
	e := event.New(event.Event{ID: "2", Time: at, AccountID: "c"}, event.FactRetracted{RetractedID: "1"})
	l.Add(&e)
	if r := l.Report(); len(r.Refused) != 1 || r.Refused[0].Reason != ledger.ReasonNoIdentity || r.Taken != 0 {
		t.Errorf("report: %+v", r)
	}
	if err := l.Merge(fill(t, ledger.Options{}, nil)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("merge: %v", err)
	}
}

// Whatever items an event has, it is the fact that says the same, or both are refused.
func TestPlainEventsAreFacts(t *testing.T) {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 23))
	segment := func(e *event.Event) string { return e.SessionID }
	for _, o := range []ledger.Options{{Segment: segment}, {Segment: segment, Unique: true}, {Segment: segment, SegmentByPlan: true}} {
		refused := 0
		for i := range 600 {
			at := time.Date(2024, 1, 1, 0, 0, r.IntN(9), 0, time.UTC)
			base := event.Event{ID: fmt.Sprint(i), Source: "x", Time: at, AccountID: "c", Seq: int64(i), SessionID: fmt.Sprint(r.IntN(3))}
			if r.IntN(3) == 0 {
				base.RecordedTime = at.Add(time.Duration(r.IntN(3)-1) * time.Minute)
			}
			if r.IntN(3) == 0 {
				base.EffectiveTime = at.Add(time.Duration(r.IntN(3)-1) * time.Hour)
			}
			items := []event.SubscriptionItem{plainItem(r)}
			switch r.IntN(12) {
			case 0:
				items[0].Kind = "metered"
			case 1:
				items[0].Amount = -100
			case 2:
				items[0].Quantity = event.Some(decimal.New(25, -1))
			case 3:
				items = append(items, event.SubscriptionItem{Amount: 5, Interval: "month", Kind: "one_off"})
			case 4:
				items[0].Kind = "one_off"
			case 5:
				items[0].Interval = "fortnight"
			case 6:
				items[0].IntervalCount = event.Some(int64(20_000))
			case 7:
				items[0].Amount, items[0].Quantity = 1<<60, event.Some(decimal.New(1, 4))
			}
			f := ledger.Fact{ID: base.ID, Source: "x", Effective: base.Effective(), Occurred: base.Time, Recorded: base.RecordedTime, Customer: "c",
				Seq: base.Seq, Subscription: "s", Currency: usd, Items: items, Segment: base.SessionID}
			var e event.Event
			switch r.IntN(3) {
			case 0:
				f.Kind = ledger.Started
				e = event.New(base, event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: items})
			case 1:
				f.Kind = ledger.Updated
				e = event.New(base, event.SubscriptionUpdated{SubscriptionID: "s", Currency: "USD", Items: items})
			default:
				f.Kind, f.Items, f.Currency, f.Segment = ledger.Cancelled, nil, metric.Currency{}, ""
				f.Reason, f.Voluntary = []string{"", "price"}[r.IntN(2)], event.Some(r.IntN(2) == 0)
				e = event.New(base, event.SubscriptionCancelled{SubscriptionID: "s", Reason: f.Reason, Voluntary: f.Voluntary})
			}
			l, m := fill(t, o, nil), fill(t, o, nil)
			l.Add(&e)
			if err := m.AddFact(f); err != nil {
				refused++
				if got := l.Report(); len(got.Refused) != 1 || got.Taken != 0 {
					t.Fatalf("%v is refused (%v), the event is not: %+v", f, err, got)
				}
				continue
			}
			if !bytes.Equal(marshal(t, l), marshal(t, m)) {
				t.Fatalf("the event is not what the fact is: %+v", f)
			}
		}
		if refused < 20 {
			t.Errorf("only %d refused", refused)
		}
	}
}
