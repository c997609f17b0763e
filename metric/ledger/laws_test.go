package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// dump writes down all that a statement says, exactly.
func dump(s *ledger.Statement) string {
	return dumpRows(s, func(*ledger.Row) bool { return true })
}

func dumpRows(s *ledger.Statement, which func(*ledger.Row) bool) string {
	var b strings.Builder
	for row := range s.Rows() {
		if !which(&row) {
			continue
		}
		fmt.Fprintf(&b, "%s %s %q %t", row.Period, row.Currency, row.Segment, row.AllSegments)
		exact := func(list ...ledger.Amount) {
			for _, a := range list {
				fmt.Fprintf(&b, " %s", a.Minor().RatString())
			}
			b.WriteString(" |")
		}
		for _, x := range []ledger.Bridge{row.Bridge, row.Ends} {
			exact(x.Opening, x.New, x.Expansion, x.Contraction, x.Churn, x.Reactivation, x.Transfer, x.FX, x.Closing)
		}
		o := row.Opened
		exact(o.Retained, o.Kept, o.Expansion, o.Contraction, o.Churn, o.Reactivation)
		l := row.Levels
		exact(l.MRR, l.Trial, l.TrialCommitted, l.AtRisk, l.Paused, l.PausedOpen, l.Discount, l.LimitedDiscount, l.Metered, l.Signed, l.Ending)
		exact(row.Prior, row.Returning, row.Renewals.DueMRR, row.Renewals.RenewedMRR, row.Renewals.Expansion, row.Renewals.Contraction)
		fmt.Fprintf(&b, "%+v %d %d %d %d %d", row.Customers, l.Customers, l.Subscriptions, l.Trials, row.Renewals.Due, row.Renewals.Renewed)
		for _, x := range row.Losses {
			fmt.Fprintf(&b, " %s/%s/%s/%s/%d", x.Class, x.Reason, x.Text, x.Amount.Minor().RatString(), x.Count)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// difference returns the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return g[i] + "\nwant\n" + w[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// answers are all that a ledger is asked in these tests.
func answers(t testing.TB, l *ledger.Ledger, periods []metric.Period) string {
	t.Helper()
	s, err := l.Statement(ledger.Query{Periods: periods, Segments: true})
	if err != nil {
		t.Fatal(err)
	}
	moves, err := l.Movements(ledger.Query{Segments: true})
	if err != nil {
		t.Fatal(err)
	}
	cohorts, err := l.Cohorts(ledger.Query{Periods: periods[:5]})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(dump(s))
	for _, m := range moves {
		fmt.Fprintln(&b, m.At, m.Customer, m.Class, m.Currency, m.Segment, m.Change.Minor().RatString(), m.MRR.Minor().RatString(), m.Reason, m.Text)
	}
	for _, c := range cohorts {
		fmt.Fprintln(&b, c.Period, c.Currency, c.Customers, c.MRR.Minor().RatString())
		for _, x := range c.Cells {
			fmt.Fprintln(&b, x.Customers, x.Net.Minor().RatString(), x.Gross.Minor().RatString(), x.Revenue.Minor().RatString())
		}
	}
	fmt.Fprintf(&b, "%+v", l.Report())
	return b.String()
}

func marshal(t testing.TB, l *ledger.Ledger) []byte {
	t.Helper()
	data, err := l.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lawFacts are hostile facts with ties of all kinds: equal sequence numbers, no identities,
// and contradictions under one identity.
func lawFacts(seed uint64) []ledger.Fact {
	h := &hostile{r: rand.New(rand.NewPCG(seed, 2)), merges: seed%2 == 0, plain: seed%7 == 0}
	facts := h.facts(40)
	for i := range facts {
		facts[i].Seq = int64(h.r.IntN(2))
		switch h.r.IntN(6) {
		case 0:
			facts[i].ID = ""
		case 1:
			facts[i].ID = fmt.Sprint(h.r.IntN(10)) // often another fact's
		}
	}
	return facts
}

// lawOptions are rules under which the laws are tried.
func lawOptions(seed uint64) ledger.Options {
	options := []ledger.Options{{}, {}, {SegmentByPlan: true}, {Unit: ledger.BySubscription}, {Grain: ledger.GrainDay, Grace: ledger.Span{Days: 3}},
		{ChurnAt: ledger.ChurnAtNextInvoice, DunningBackdated: true, DunningDays: 5}, {MergeRestated: true, ZeroIsContraction: true}, {Grain: ledger.GrainHour}}
	return options[seed%uint64(len(options))]
}

// Merging is associative and commutative with the empty ledger as identity; any split of the
// facts is one pass; the order of arrival does not matter; writing and reading changes
// nothing; workers do not show (H7).
func TestLaws(t *testing.T) {
	for seed := range uint64(64) {
		laws(t, seed, lawOptions(seed), lawFacts(seed))
	}
}

func laws(t *testing.T, seed uint64, o ledger.Options, facts []ledger.Fact) {
	t.Helper()
	periods := hostilePeriods(t, berlin(t))
	{
		r := rand.New(rand.NewPCG(seed, 3))
		whole := fill(t, o, facts)
		want, bytesWanted := answers(t, whole, periods), marshal(t, whole)
		check := func(name string, l *ledger.Ledger) {
			t.Helper()
			if got := answers(t, l, periods); got != want {
				t.Fatalf("seed %d: %s changes the answers: %s", seed, name, difference(got, want))
			}
			if !bytes.Equal(marshal(t, l), bytesWanted) {
				t.Fatalf("seed %d: %s changes the bytes", seed, name)
			}
		}
		shuffled := slices.Clone(facts)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("another order", fill(t, o, shuffled))

		parts := make([][]ledger.Fact, 3)
		for _, f := range facts {
			i := r.IntN(3)
			if seed%3 == 0 {
				i = len(f.Customer+f.Other) % 3
			}
			parts[i] = append(parts[i], f)
		}
		abc := func(i int) *ledger.Ledger { return fill(t, o, parts[i]) }
		left, right := abc(0), abc(1)
		merge(t, left, abc(1))
		merge(t, left, abc(2))
		check("(a+b)+c", left)
		merge(t, right, abc(2))
		first := abc(0)
		merge(t, first, right)
		check("a+(b+c)", first)
		last := abc(2)
		merge(t, last, abc(1))
		merge(t, last, abc(0))
		check("c+b+a", last)
		empty := fill(t, o, nil)
		merge(t, empty, whole)
		check("0+a", empty)
		merge(t, empty, fill(t, o, nil))
		check("a+0", empty)

		shared := o
		shared.Keys, shared.Subscriptions = new(event.Keys), new(event.Keys)
		sharing := fill(t, shared, parts[2])
		merge(t, sharing, fill(t, shared, parts[0]))
		merge(t, sharing, fill(t, shared, parts[1]))
		check("shared keys", sharing)

		again := fill(t, o, facts[:len(facts)/2])
		if err := again.UnmarshalBinary(bytesWanted); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		check("marshalling", again)

		workers := o
		workers.Workers = 4
		check("workers", fill(t, workers, facts))
	}
}

// The rows of all segments do not depend on whether segments are asked for.
func TestSegmentsChangeNoOtherRow(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for seed := range uint64(160) {
		o := lawOptions(seed)
		facts := lawFacts(seed)
		if seed%4 == 3 {
			facts = plainFacts(rand.New(rand.NewPCG(seed, 24)), 60, false, true)
		}
		l := fill(t, o, facts)
		whole, err := l.Statement(ledger.Query{Periods: periods})
		if err != nil {
			t.Fatal(err)
		}
		parted, err := l.Statement(ledger.Query{Periods: periods, Segments: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dumpRows(parted, func(r *ledger.Row) bool { return r.AllSegments }), dump(whole); got != want {
			t.Fatalf("seed %d, %q: with segments: %s", seed, o, difference(got, want))
		}
	}
}

// C15: what was won and lost by reason adds up to the bridge, class by class.
func TestLossesAddUp(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	unknown := 0
	for seed := range uint64(120) {
		o, facts := lawOptions(seed), lawFacts(seed)
		if seed%3 == 0 {
			facts = plainFacts(rand.New(rand.NewPCG(seed, 25)), 60, false, true)
		}
		q := ledger.Query{Periods: periods, Segments: seed%2 == 0}
		if seed%4 == 1 {
			q.Currency, q.Rates = currency("USD"), daily{}
		}
		s, err := fill(t, o, facts).Statement(q)
		if err != nil {
			t.Fatal(err)
		}
		for row := range s.Rows() {
			if !row.AllSegments || row.Currency.IsZero() {
				continue
			}
			b := row.Bridge
			left := map[ledger.Class]ledger.Amount{ledger.ClassNew: b.New, ledger.ClassExpansion: b.Expansion, ledger.ClassContraction: b.Contraction,
				ledger.ClassChurn: b.Churn, ledger.ClassReactivation: b.Reactivation}
			for _, x := range row.Losses {
				if left[x.Class], err = left[x.Class].Sub(x.Amount); err != nil {
					t.Fatal(err)
				}
				if x.Count < 1 || x.Amount.IsZero() {
					t.Errorf("seed %d, %s: %+v", seed, row.Period, x)
				}
				if x.Reason == ledger.Unknown && x.Text == "" {
					unknown++
				}
			}
			for class, x := range left {
				if !x.IsZero() {
					t.Errorf("seed %d, %q, %s %s: %s of %s has no reason", seed, o, row.Period, row.Currency, x, class)
				}
			}
		}
	}
	if unknown < 100 {
		t.Errorf("only %d are unknown", unknown)
	}
}

func merge(t testing.TB, l, o *ledger.Ledger) {
	t.Helper()
	if err := l.Merge(o); err != nil {
		t.Fatal(err)
	}
}

// The same laws for rows of blocks, which take another way.
func TestLawsOfRows(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for seed := range uint64(30) {
		h := &hostile{r: rand.New(rand.NewPCG(seed, 4)), plain: true, one: seed%2 == 0}
		var facts []ledger.Fact
		for _, f := range h.facts(60) {
			if f.Kind == ledger.MRRSet {
				f.Recorded, f.Seq, f.ID, f.Source = time.Time{}, int64(h.r.IntN(2)), "", ""
				facts = append(facts, f)
			}
		}
		whole := fillRows(t, ledger.Options{}, facts)
		want, bytesWanted := answers(t, whole, periods), marshal(t, whole)
		parts := make([][]ledger.Fact, 2)
		h.r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		for _, f := range facts {
			i := h.r.IntN(2)
			parts[i] = append(parts[i], f)
		}
		b := fillRows(t, ledger.Options{Workers: 3}, parts[1])
		merge(t, b, fillRows(t, ledger.Options{}, parts[0]))
		if got := answers(t, b, periods); got != want {
			t.Fatalf("seed %d: a split changes the answers: %s", seed, difference(got, want))
		}
		if !bytes.Equal(marshal(t, b), bytesWanted) {
			t.Fatalf("seed %d: a split changes the bytes", seed)
		}
		c := fillRows(t, ledger.Options{}, nil)
		if err := c.UnmarshalBinary(bytesWanted); err != nil {
			t.Fatal(err)
		}
		if got := answers(t, c, periods); got != want {
			t.Fatalf("seed %d: marshalling changes the answers: %s", seed, difference(got, want))
		}
		// Facts that say the same give the same statements.
		s, err := fill(t, ledger.Options{}, facts).Statement(ledger.Query{Periods: periods, Segments: true})
		if err != nil {
			t.Fatal(err)
		}
		u, err := whole.Statement(ledger.Query{Periods: periods, Segments: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dump(u), dump(s); got != want {
			t.Fatalf("seed %d: rows do not give what facts give: %s", seed, difference(got, want))
		}
	}
}

// Customers with many subscriptions and many rows, out of order, take ways of their own.
func TestRowsOfManySubscriptions(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for _, segments := range []int{1, 3, 70} {
		r := newRand(uint64(segments))
		var facts []ledger.Fact
		for i := range 900 {
			at := time.Date(2023, 12, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(150*24)) * time.Hour)
			facts = append(facts, set(int64(r.IntN(4))*100, at.Format(time.RFC3339), of1(fmt.Sprint("c", i%2)), sub(fmt.Sprint(r.IntN(40))),
				seg(fmt.Sprint(r.IntN(segments))), seq(int64(r.IntN(3)))))
		}
		q := ledger.Query{Periods: periods, Segments: true}
		s, err := fill(t, ledger.Options{}, facts).Statement(q)
		if err != nil {
			t.Fatal(err)
		}
		u, err := fillRows(t, ledger.Options{}, facts).Statement(q)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dump(u), dump(s); got != want {
			t.Errorf("%d segments: rows do not give what facts give: %s", segments, difference(got, want))
		}
	}
}

func TestMergeRefusesOtherRules(t *testing.T) {
	a, b := fill(t, ledger.Options{}, nil), fill(t, ledger.Options{PausedCounts: true}, nil)
	if err := a.Merge(b); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), "paused=counts") {
		t.Errorf("merging other rules: %v", err)
	}
}

// A ledger that was not made by New is refused everywhere, and nothing panics.
func TestZeroLedger(t *testing.T) {
	var l ledger.Ledger
	l.Add(&event.Event{Name: "subscription_started"})
	periods := hostilePeriods(t, time.UTC)
	_, err1 := l.Statement(ledger.Query{Periods: periods})
	_, err2 := l.MarshalBinary()
	_, err3 := l.Movements(ledger.Query{})
	_, err4 := l.Snapshot(time.Unix(0, 0), ledger.Query{})
	for i, err := range []error{err1, err2, err3, err4, l.AddFact(ledger.Fact{}), l.AddBlock(&ledger.Block{}), l.Merge(&l), l.UnmarshalBinary(nil)} {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if got := l.Report(); got.Taken != 0 {
		t.Errorf("report of a zero ledger: %+v", got)
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	for seed := range uint64(6) {
		l := fill(f, ledger.Options{}, lawFacts(seed))
		f.Add(marshal(f, l))
	}
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		f.Fatal(err)
	}
	l := fill(f, ledger.Options{}, nil)
	c := l.Keys().Code("c")
	for _, every := range []ledger.Interval{ledger.Monthly, ledger.Weekly} {
		if err := l.AddBlock(&ledger.Block{Customer: []event.Code{c, c}, At: []int64{5, 1}, Amount: []int64{700, 0}, Currency: usd, Interval: every}); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(marshal(f, l))
	periods := hostilePeriods(f, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		l := fill(t, ledger.Options{}, nil)
		if err := l.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, metric.ErrInput) {
				t.Fatalf("malformed bytes: %v", err)
			}
			return
		}
		if !bytes.Equal(marshal(t, l), data) {
			t.Fatal("bytes are read that are not written")
		}
		if _, err := l.Statement(ledger.Query{Periods: periods}); err != nil {
			t.Fatal(err)
		}
	})
}

// The event surface says what facts say.
func TestEventsAreFacts(t *testing.T) {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int) time.Time { return time.Date(2024, 1, d, 8, 0, 0, 0, time.UTC) }
	base := func(id string, d int) event.Event {
		return event.Event{ID: id, Source: "x", Time: day(d), RecordedTime: day(d + 1), AccountID: "c", Seq: int64(d)}
	}
	fact := func(id string, d int, k ledger.Kind) ledger.Fact {
		return ledger.Fact{ID: id, Source: "x", Effective: day(d), Occurred: day(d), Recorded: day(d + 1), Customer: "c", Seq: int64(d), Kind: k, Subscription: "s"}
	}
	items := []event.SubscriptionItem{{Plan: "pro", Amount: 12000, Interval: "year", Quantity: event.Some(decimal.New(3, 0))}}
	later := base("4", 4)
	later.EffectiveTime = day(20)
	merged := base("13", 13)
	events := []event.Event{
		event.New(base("1", 1), event.TrialStarted{Plan: "pro", TrialEnd: day(3), SubscriptionID: "s"}),
		event.New(base("2", 2), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: items}),
		event.New(base("3", 3), event.TrialEnded{Converted: event.Some(true), SubscriptionID: "s"}),
		event.New(later, event.SubscriptionCancellationRequested{SubscriptionID: "s", Reason: "price", Voluntary: event.Some(true)}),
		event.New(base("5", 5), event.SubscriptionCancellationWithdrawn{SubscriptionID: "s"}),
		event.New(base("6", 6), event.SubscriptionPaused{SubscriptionID: "s", ResumesAt: day(7)}),
		event.New(base("7", 7), event.SubscriptionResumed{SubscriptionID: "s"}),
		event.New(base("8", 8), event.SubscriptionUpdated{SubscriptionID: "s", Currency: "USD", Items: items}),
		event.New(base("9", 9), event.PaymentFailed{Amount: 1, Currency: "USD", SubscriptionID: "s", InvoiceID: "i"}),
		event.New(base("10", 10), event.PaymentSucceeded{Amount: 1, Currency: "USD", SubscriptionID: "s", InvoiceID: "i"}),
		event.New(base("11", 11), event.SubscriptionRenewed{SubscriptionID: "s", PeriodEnd: day(25)}),
		event.New(base("12", 12), event.SubscriptionCancelled{SubscriptionID: "s", Reason: "price", Voluntary: event.Some(true)}),
		event.New(merged, event.AccountMerged{FromAccountID: "c", IntoAccountID: "d"}),
		event.New(base("14", 14), event.FactRetracted{RetractedID: "9"}),
	}
	facts := []ledger.Fact{
		fact("1", 1, ledger.TrialStarted), fact("2", 2, ledger.Started), fact("3", 3, ledger.TrialEnded), fact("4", 4, ledger.CancellationRequested),
		fact("5", 5, ledger.CancellationWithdrawn), fact("6", 6, ledger.Paused), fact("7", 7, ledger.Resumed), fact("8", 8, ledger.Updated),
		fact("9", 9, ledger.PaymentFailed), fact("10", 10, ledger.PaymentRecovered), fact("11", 11, ledger.Renewed), fact("12", 12, ledger.Cancelled),
		fact("13", 13, ledger.CustomerMerged), fact("14", 14, ledger.FactRetracted),
	}
	facts[0].Until, facts[2].Converted, facts[5].Until, facts[10].Until = day(3), event.Some(true), day(7), day(25)
	facts[1].Items, facts[1].Currency, facts[7].Items, facts[7].Currency = items, usd, items, usd
	facts[3].Effective = day(20)
	for _, i := range []int{3, 11} {
		facts[i].Reason, facts[i].Voluntary = "price", event.Some(true)
	}
	facts[8].Other, facts[9].Other = "i", "i"
	facts[12].Subscription, facts[12].Other, facts[13].Subscription, facts[13].Other = "", "d", "", "9"
	l := fill(t, ledger.Options{}, nil)
	for i := range events {
		l.Add(&events[i])
	}
	if r := l.Report(); len(r.Refused) > 0 || r.Ignored > 0 {
		t.Fatalf("report: %+v", r)
	}
	if !bytes.Equal(marshal(t, l), marshal(t, fill(t, ledger.Options{}, facts))) {
		t.Error("events are not what facts are")
	}
}

// What cannot be taken in is counted by reason; what says nothing about revenue is ignored
// (A6, H6).
func TestReport(t *testing.T) {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	base := func(id string) event.Event { return event.Event{ID: id, Time: at, AccountID: "c"} }
	item := func(amount int64, interval string) []event.SubscriptionItem {
		return []event.SubscriptionItem{{Amount: amount, Interval: interval}}
	}
	test := event.New(base("t"), event.SubscriptionResumed{SubscriptionID: "s"})
	test.Test = true
	nobody := event.New(base("n"), event.SubscriptionResumed{SubscriptionID: "s"})
	nobody.AccountID = ""
	other := event.New(base("1"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(200, "month")})
	corrected := event.New(base("1"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(300, "month")})
	corrected.RecordedTime = at.AddDate(0, 0, 1)
	l := fill(t, ledger.Options{}, nil)
	for _, e := range []event.Event{
		event.New(base("1"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(100, "month")}),
		event.New(base("1"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(100, "month")}), // again
		other,     // contradicts
		corrected, // a later version
		event.New(base("2"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "ZZZ", Items: item(100, "month")}),
		event.New(base("3"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(100, "fortnight")}),
		event.New(base("4"), event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD", Items: item(-100, "month")}),
		event.New(base("5"), event.TrialStarted{Plan: "p", TrialEnd: at}), // names no subscription
		{ID: "6", Name: "page_viewed", Time: at, UserID: "u"},
		test, nobody,
	} {
		l.Add(&e)
	}
	r := l.Report()
	if r.Taken != 4 || r.Duplicates != 1 || r.Ignored != 2 || r.Test != 1 {
		t.Errorf("report: %+v", r)
	}
	got := make(map[event.Reason]int64)
	for _, x := range r.Refused {
		got[x.Reason] += x.Count
	}
	for reason, n := range map[event.Reason]int64{
		ledger.ReasonConflict: 1, event.BadCurrency: 1, ledger.ReasonUnknownInterval: 1, ledger.ReasonNegativeTotal: 1, event.MissingAccount: 1,
	} {
		if got[reason] != n {
			t.Errorf("%s: %d refused, want %d", reason, got[reason], n)
		}
	}
	if len(got) != 5 {
		t.Errorf("refused: %v", got)
	}
	read := fill(t, ledger.Options{}, nil)
	if err := read.UnmarshalBinary(marshal(t, l)); err != nil {
		t.Fatal(err)
	}
	if again := read.Report(); fmt.Sprint(again) != fmt.Sprint(r) {
		t.Errorf("report after reading: %+v, want %+v", again, r)
	}
	levels, err := l.Snapshot(at, ledger.Query{})
	if err != nil || len(levels) != 1 || levels[0].MRR.Round() != 300 {
		t.Errorf("corrected MRR: %v, %v", levels, err)
	}
	strict := fill(t, ledger.Options{Strict: true}, nil)
	strict.Add(&nobody)
	if _, err := strict.Statement(ledger.Query{Periods: hostilePeriods(t, time.UTC)}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("strict: %v", err)
	}
}
