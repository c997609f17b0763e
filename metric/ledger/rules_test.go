package ledger_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// Expected values in this file are worked out by hand from the rule that a test names.

func currency(code string) metric.Currency {
	c, err := metric.ParseCurrency(code)
	if err != nil {
		panic(err)
	}
	return c
}

func at(text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic(text)
}

// fact returns a fact of customer c and subscription s in dollars, changed as asked for.
func fact(kind ledger.Kind, when string, change ...func(*ledger.Fact)) ledger.Fact {
	f := ledger.Fact{Kind: kind, Customer: "c", Subscription: "s", Effective: at(when), Currency: currency("USD")}
	for _, do := range change {
		do(&f)
	}
	return f
}

func of1(customer string) func(*ledger.Fact) { return func(f *ledger.Fact) { f.Customer = customer } }
func sub(name string) func(*ledger.Fact)     { return func(f *ledger.Fact) { f.Subscription = name } }
func in(code string) func(*ledger.Fact)      { return func(f *ledger.Fact) { f.Currency = currency(code) } }
func seg(name string) func(*ledger.Fact)     { return func(f *ledger.Fact) { f.Segment = name } }
func until(t string) func(*ledger.Fact)      { return func(f *ledger.Fact) { f.Until = at(t) } }
func occurred(t string) func(*ledger.Fact)   { return func(f *ledger.Fact) { f.Occurred = at(t) } }
func recordedAt(t string) func(*ledger.Fact) { return func(f *ledger.Fact) { f.Recorded = at(t) } }
func other(text string) func(*ledger.Fact)   { return func(f *ledger.Fact) { f.Other = text } }
func id(text string) func(*ledger.Fact)      { return func(f *ledger.Fact) { f.ID = text } }
func seq(n int64) func(*ledger.Fact)         { return func(f *ledger.Fact) { f.Seq = n } }
func wish(voluntary bool) func(*ledger.Fact) {
	return func(f *ledger.Fact) { f.Voluntary = event.Some(voluntary) }
}
func because(reason string) func(*ledger.Fact) { return func(f *ledger.Fact) { f.Reason = reason } }

func worth(mrr int64) func(*ledger.Fact) { return func(f *ledger.Fact) { f.MRR = mrr } }

func with(items ...event.SubscriptionItem) func(*ledger.Fact) {
	return func(f *ledger.Fact) { f.Items = items }
}

func monthly(amount int64) event.SubscriptionItem {
	return event.SubscriptionItem{Plan: "pro", Amount: amount, Interval: "month"}
}

func set(amount int64, when string, change ...func(*ledger.Fact)) ledger.Fact {
	f := fact(ledger.MRRSet, when, change...)
	f.MRR = amount
	return f
}

func month(y int, m time.Month) metric.Period {
	p, err := metric.Month(y, m, time.UTC)
	if err != nil {
		panic(err)
	}
	return p
}

// movements are what a ledger says happened, in short.
func movements(t *testing.T, o ledger.Options, facts ...ledger.Fact) string {
	t.Helper()
	return listed(t, fill(t, o, facts), ledger.Query{})
}

func listed(t *testing.T, l *ledger.Ledger, q ledger.Query) string {
	t.Helper()
	moves, err := l.Movements(q)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range moves {
		text := fmt.Sprintf("%s %s %s %d", m.At.Format("01-02"), m.Customer, m.Class, m.Change.Round())
		if q.Segments {
			text += " " + m.Segment
		}
		if m.Reason != ledger.Unknown {
			text += " " + string(m.Reason)
		}
		if m.Text != "" {
			text += ":" + m.Text
		}
		if m.Returning {
			text += " returning"
		}
		if m.Prior {
			text += " prior"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func rowOf(t *testing.T, o ledger.Options, p metric.Period, facts ...ledger.Fact) ledger.Row {
	t.Helper()
	s, err := fill(t, o, facts).Statement(ledger.Query{Periods: []metric.Period{p}})
	if err != nil {
		t.Fatal(err)
	}
	row, ok := s.Row(p, metric.Currency{})
	if !ok {
		t.Fatal("no row")
	}
	return row
}

func TestMovementRules(t *testing.T) {
	type facts = []ledger.Fact
	for _, c := range []struct {
		rule string
		o    ledger.Options
		list facts
		want string
	}{
		{"A8 half-open: one that ends on a day is not active on it", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Cancelled, "2024-03-01")},
			"01-01 c new 100, 03-01 c churn -100"},
		{"B8 a discount that ends is subtracted while it runs", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(event.SubscriptionItem{Amount: 100, Interval: "month",
				Discount: event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(40, 0)), Ends: at("2024-02-10")})}))},
			"01-01 c new 60, 02-10 c expansion 40 discount_ended"},
		{"B8 ignored", ledger.Options{IgnoreEndingDiscounts: true},
			facts{fact(ledger.Started, "2024-01-01", with(event.SubscriptionItem{Amount: 100, Interval: "month",
				Discount: event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(40, 0)), Ends: at("2024-02-10")})}))},
			"01-01 c new 100"},
		{"B12 moved to a free plan is churn", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Updated, "2024-02-01", with(monthly(0))), fact(ledger.Updated, "2024-03-01", with(monthly(50)))},
			"01-01 c new 100, 02-01 c churn -100 moved_to_free, 03-01 c reactivation 50"},
		{"B12 zero is contraction", ledger.Options{ZeroIsContraction: true},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Updated, "2024-02-01", with(monthly(0))), fact(ledger.Updated, "2024-03-01", with(monthly(50)))},
			"01-01 c new 100, 02-01 c contraction -100 moved_to_free, 03-01 c expansion 50"},
		{"B15 a ramp steps up when each step takes effect", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Updated, "2024-02-01", occurred("2024-01-01"), with(monthly(150))), fact(ledger.Updated, "2024-03-01", occurred("2024-01-01"), with(monthly(200)))},
			"01-01 c new 100, 02-01 c expansion 50 price_change, 03-01 c expansion 50 price_change"},
		{"C2 a return at another price is one movement", ledger.Options{},
			facts{set(100, "2024-01-01"), set(0, "2024-02-01"), set(70, "2024-03-01")},
			"01-01 c new 100, 02-01 c churn -100, 03-01 c reactivation 70"},
		{"C6 a swap at an equal price is no movement", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Updated, "2024-02-01", with(event.SubscriptionItem{Plan: "other", Amount: 1200, Interval: "year"}))},
			"01-01 c new 100"},
		{"C8 within 90 days, else new", ledger.Options{ReactivateWithin: ledger.Span{Days: 90}},
			facts{set(100, "2024-01-01"), set(0, "2024-02-01"), set(70, "2024-05-01"), set(0, "2024-06-01"), set(70, "2024-08-31")},
			"01-01 c new 100, 02-01 c churn -100, 05-01 c reactivation 70, 06-01 c churn -70, 08-31 c new 70 returning"},
		{"C8 only after a month", ledger.Options{ReactivateAfter: ledger.Span{Months: 1}},
			facts{set(100, "2024-01-01"), set(0, "2024-02-10"), set(70, "2024-03-09"), set(0, "2024-04-01"), set(70, "2024-05-01")},
			"01-01 c new 100, 02-10 c churn -100, 03-09 c new 70 returning, 04-01 c churn -70, 05-01 c reactivation 70"},
		{"C9 a gap within the grace is bridged", ledger.Options{Grace: ledger.Span{Days: 5}},
			facts{set(100, "2024-01-01"), set(0, "2024-02-01"), set(120, "2024-02-06"), set(0, "2024-03-01"), set(120, "2024-03-03"), set(0, "2024-04-01"), set(120, "2024-04-07")},
			"01-01 c new 100, 02-06 c expansion 20, 04-01 c churn -120, 04-07 c reactivation 120"},
		{"C10 facts of one instant are one movement", ledger.Options{},
			facts{set(100, "2024-01-01"), set(0, "2024-02-01", seq(1)), set(250, "2024-02-01", seq(2), sub("t"))},
			"01-01 c new 100, 02-01 c expansion 150"},
		{"C10 three bought together", ledger.Options{},
			facts{set(10, "2024-01-01", sub("a")), set(20, "2024-01-01", sub("b")), set(30, "2024-01-01", sub("d"))},
			"01-01 c new 60"},
		{"C10 within 60 minutes", ledger.Options{Grain: ledger.GrainHour},
			facts{set(100, "2024-01-01"), set(0, "2024-02-01 10:00"), set(130, "2024-02-01 10:59", sub("t")), set(150, "2024-02-01 11:00", sub("t"))},
			"01-01 c new 100, 02-01 c expansion 30, 02-01 c expansion 20"},
		{"C11 one of two ends", ledger.Options{},
			facts{set(100, "2024-01-01"), set(50, "2024-01-01", sub("t")), set(0, "2024-02-01"), set(0, "2024-03-01", sub("t"))},
			"01-01 c new 150, 02-01 c contraction -100, 03-01 c churn -50"},
		{"A1 each subscription on its own", ledger.Options{Unit: ledger.BySubscription},
			facts{set(100, "2024-01-01"), set(50, "2024-01-01", sub("t")), set(0, "2024-02-01")},
			"01-01 c new 100, 02-01 c churn -100, 01-01 c new 50"},
		{"C12 a subscription that changes hands is neither churn nor new", ledger.Options{},
			facts{set(100, "2024-01-01"), set(40, "2024-01-01", of1("d")), fact(ledger.Transferred, "2024-02-01", other("d")), set(0, "2024-03-01", of1("d"))},
			"01-01 c new 100, 02-01 c transfer -100, 01-01 d new 40, 02-01 d transfer 100, 03-01 d contraction -40"},
		{"C13 a merge takes effect on its day", ledger.Options{},
			facts{set(100, "2024-01-01"), set(40, "2024-01-05", of1("d"), sub("t")), fact(ledger.CustomerMerged, "2024-02-01", other("d")), set(0, "2024-03-01"), set(0, "2024-04-01", of1("d"), sub("t"))},
			"01-01 c new 100, 02-01 c transfer -100, 01-05 d new 40, 02-01 d transfer 100, 03-01 d contraction -100, 04-01 d churn -40"},
		{"C13 restated", ledger.Options{MergeRestated: true},
			facts{set(100, "2024-01-01"), set(40, "2024-01-05", of1("d"), sub("t")), fact(ledger.CustomerMerged, "2024-02-01", other("d")), set(0, "2024-03-01")},
			"01-01 d new 100, 01-05 d expansion 40, 03-01 d contraction -100"},
		{"C13 facts go on under the survivor", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.CustomerMerged, "2024-02-01", other("d")), set(130, "2024-03-01", of1("d"))},
			"01-01 c new 100, 02-01 c transfer -100, 02-01 d transfer 100, 03-01 d expansion 30"},
		{"C15 reasons", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(event.SubscriptionItem{Plan: "p", Amount: 10, Quantity: event.Some(decimal.New(5, 0)), Interval: "month"})),
				fact(ledger.Updated, "2024-02-01", with(event.SubscriptionItem{Plan: "p", Amount: 10, Quantity: event.Some(decimal.New(3, 0)), Interval: "month"})),
				fact(ledger.Updated, "2024-03-01", with(event.SubscriptionItem{Plan: "p", Amount: 9, Quantity: event.Some(decimal.New(3, 0)), Interval: "month"})),
				fact(ledger.Cancelled, "2024-04-01", wish(true), because("too dear")),
				fact(ledger.Started, "2024-05-01", with(monthly(5))), fact(ledger.Cancelled, "2024-06-01", wish(false)),
				fact(ledger.Started, "2024-07-01", with(monthly(5))), fact(ledger.Expired, "2024-08-01"),
				fact(ledger.Started, "2024-09-01", with(monthly(5))), fact(ledger.Cancelled, "2024-10-01")},
			"01-01 c new 50, 02-01 c contraction -20 seats, 03-01 c contraction -3 price_change, 04-01 c churn -27 voluntary:too dear, 05-01 c reactivation 5, " +
				"06-01 c churn -5 involuntary, 07-01 c reactivation 5, 08-01 c churn -5 term_ended, 09-01 c reactivation 5, 10-01 c churn -5"},
		{"D1 churn when service ends", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.CancellationRequested, "2024-03-01", occurred("2024-02-10")), fact(ledger.Cancelled, "2024-03-01", occurred("2024-02-10"))},
			"01-01 c new 100, 03-01 c churn -100"},
		{"D1 churn at the request", ledger.Options{ChurnAt: ledger.ChurnAtRequest},
			facts{set(100, "2024-01-01"), fact(ledger.CancellationRequested, "2024-03-01", occurred("2024-02-10"), wish(true)), fact(ledger.Cancelled, "2024-03-01", occurred("2024-02-10"), wish(true), seq(1))},
			"01-01 c new 100, 02-10 c churn -100 voluntary"},
		{"D1 churn at the next invoice, by the interval", ledger.Options{ChurnAt: ledger.ChurnAtNextInvoice},
			facts{fact(ledger.Started, "2024-01-31", with(monthly(100))), fact(ledger.Cancelled, "2024-03-10")},
			"01-31 c new 100, 03-31 c churn -100"},
		{"D1 churn at the next invoice, by the term", ledger.Options{ChurnAt: ledger.ChurnAtNextInvoice},
			facts{fact(ledger.Started, "2024-01-31", with(monthly(100))), fact(ledger.Renewed, "2024-02-29", until("2024-04-15")), fact(ledger.Cancelled, "2024-03-10")},
			"01-31 c new 100, 04-15 c churn -100"},
		{"D2 withdrawn: no movement", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.CancellationRequested, "2024-03-01", occurred("2024-02-10")), fact(ledger.CancellationWithdrawn, "2024-02-20")},
			"01-01 c new 100"},
		{"D2 withdrawn, at the request: both are booked", ledger.Options{ChurnAt: ledger.ChurnAtRequest},
			facts{set(100, "2024-01-01"), fact(ledger.CancellationRequested, "2024-03-01", occurred("2024-02-10")), fact(ledger.CancellationWithdrawn, "2024-02-20")},
			"01-01 c new 100, 02-10 c churn -100, 02-20 c reactivation 100"},
		{"D3 an upgrade inside a period counts in full at once", ledger.Options{},
			facts{fact(ledger.Started, "2024-02-01", with(monthly(10000))), fact(ledger.Updated, "2024-02-15", with(monthly(25000)))},
			"02-01 c new 10000, 02-15 c expansion 15000 price_change"},
		{"D5 a renewal is no movement", ledger.Options{},
			facts{fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Renewed, "2024-02-01", until("2024-03-01"))},
			"01-01 c new 100"},
		{"D7 past due for 30 days is an end", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01")},
			"01-01 c new 100, 03-02 c churn -100 involuntary:payment"},
		{"D7 and another attempt does not put it off", ledger.Options{DunningDays: 7},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01", other("i")), fact(ledger.PaymentFailed, "2024-02-05", other("i"))},
			"01-01 c new 100, 02-08 c churn -100 involuntary:payment"},
		{"D7 dated back", ledger.Options{DunningBackdated: true},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01"), set(50, "2024-01-02", sub("t")), fact(ledger.PaymentFailed, "2024-02-03", sub("t")), fact(ledger.PaymentRecovered, "2024-02-20", sub("t"))},
			"01-01 c new 100, 01-02 c expansion 50, 02-01 c contraction -100 involuntary:payment"},
		{"D7 when the processor gives up", ledger.Options{DunningDays: -1},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01"), fact(ledger.Cancelled, "2024-06-01", wish(false))},
			"01-01 c new 100, 06-01 c churn -100 involuntary"},
		{"D8 recovered after it is a reactivation", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01"), fact(ledger.PaymentRecovered, "2024-03-10")},
			"01-01 c new 100, 03-02 c churn -100 involuntary:payment, 03-10 c reactivation 100"},
		{"D8 bridged", ledger.Options{Grace: ledger.Span{Days: 14}},
			facts{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-02-01"), fact(ledger.PaymentRecovered, "2024-03-10")},
			"01-01 c new 100"},
		{"D9 paused is zero, and back", ledger.Options{},
			facts{set(100, "2024-01-01"), fact(ledger.Paused, "2024-02-01", until("2024-03-01")), fact(ledger.Resumed, "2024-03-01")},
			"01-01 c new 100, 02-01 c churn -100 paused, 03-01 c reactivation 100 resumed"},
		{"D9 paused counts", ledger.Options{PausedCounts: true},
			facts{set(100, "2024-01-01"), fact(ledger.Paused, "2024-02-01"), fact(ledger.Resumed, "2024-03-01")},
			"01-01 c new 100"},
		{"D10 a trial is new when it is paid for", ledger.Options{},
			facts{fact(ledger.TrialStarted, "2024-01-01", until("2024-01-15"), with(monthly(100)))},
			"01-15 c new 100"},
		{"D10 a trial that ends early, paid", ledger.Options{},
			facts{fact(ledger.TrialStarted, "2024-01-01", until("2024-01-15")), fact(ledger.Started, "2024-01-02", with(monthly(100))), fact(ledger.TrialEnded, "2024-01-10")},
			"01-10 c new 100"},
		{"D10 a trial that is not converted", ledger.Options{},
			facts{fact(ledger.TrialStarted, "2024-01-01", until("2024-01-15"), with(monthly(100))),
				fact(ledger.TrialEnded, "2024-01-15", func(f *ledger.Fact) { f.Converted = event.Some(false) })},
			""},
		{"D12 new and churn in one period are both booked", ledger.Options{},
			facts{set(4900, "2024-03-03"), set(0, "2024-03-20")},
			"03-03 c new 4900, 03-20 c churn -4900"},
		{"D12 a same-day pair is a wash at day grain", ledger.Options{Grain: ledger.GrainDay},
			facts{set(100, "2024-01-01"), set(0, "2024-03-03 09:00"), set(110, "2024-03-03 17:00")},
			"01-01 c new 100, 03-03 c expansion 10"},
		{"D12 at month grain", ledger.Options{Grain: ledger.GrainMonth},
			facts{set(100, "2024-03-03"), set(0, "2024-03-20"), set(60, "2024-04-11"), set(90, "2024-04-30")},
			"04-01 c new 90"},
		{"I month starts", ledger.Options{Grain: ledger.GrainMonthStart},
			facts{set(100, "2024-03-01"), set(80, "2024-03-02"), set(90, "2024-04-01"), set(0, "2024-04-02")},
			"03-01 c new 100, 04-01 c contraction -10, 05-01 c churn -90"},
		{"B14 of two states at one instant the later one counts", ledger.Options{},
			facts{set(100, "2024-01-01", seq(1)), set(70, "2024-01-01", seq(2))},
			"01-01 c new 70"},
	} {
		if got := movements(t, c.o, c.list...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.rule, got, c.want)
		}
	}
}

// A7, A8 and B14: at one instant what ran ends before what starts, unless sequence or record
// say otherwise, and what starts and ends at one instant never ran.
func TestEndsBeforeStarts(t *testing.T) {
	type facts = []ledger.Fact
	started, cancelled := ledger.Started, ledger.Cancelled
	first := fact(started, "2024-01-01", with(monthly(100)), id("k"))
	for _, c := range []struct {
		name string
		list facts
		want string
	}{
		{"a row of another plan", facts{first, fact(cancelled, "2024-02-01"), fact(started, "2024-02-01", with(monthly(150)))},
			"01-01 c new 100, 02-01 c expansion 50 price_change"},
		{"identities do not matter", facts{first, fact(cancelled, "2024-02-01", id("z")), fact(started, "2024-02-01", with(monthly(150)), id("a"))},
			"01-01 c new 100, 02-01 c expansion 50 price_change"},
		{"a term that ran out", facts{first, fact(ledger.Expired, "2024-02-01", id("z")), fact(started, "2024-02-01", with(monthly(70)), id("a"))},
			"01-01 c new 100, 02-01 c contraction -30 price_change"},
		{"sequence decides", facts{first, fact(cancelled, "2024-02-01", seq(2)), fact(started, "2024-02-01", with(monthly(150)), seq(1))},
			"01-01 c new 100, 02-01 c churn -100"},
		{"record decides", facts{first, fact(cancelled, "2024-02-01", recordedAt("2024-02-03")), fact(started, "2024-02-01", with(monthly(150)), recordedAt("2024-02-02"))},
			"01-01 c new 100, 02-01 c churn -100"},
		{"an empty interval", facts{fact(started, "2024-01-01", with(monthly(100))), fact(cancelled, "2024-01-01")}, ""},
		{"an empty interval after another", facts{first, fact(cancelled, "2024-02-01"), fact(started, "2024-03-01", with(monthly(100))), fact(cancelled, "2024-03-01", id("a"))},
			"01-01 c new 100, 02-01 c churn -100"},
		{"an end before it starts again", facts{fact(cancelled, "2024-01-01", seq(1)), fact(started, "2024-01-01", with(monthly(100)), seq(2))},
			"01-01 c new 100"},
		{"revenue that is set", facts{set(100, "2024-01-01", id("k")), set(0, "2024-02-01", id("z")), set(150, "2024-02-01", id("a"))},
			"01-01 c new 100, 02-01 c expansion 50"},
		{"a trial that was not converted", facts{fact(ledger.TrialStarted, "2024-01-01", until("2024-02-01")),
			fact(ledger.TrialEnded, "2024-02-01", id("z"), func(f *ledger.Fact) { f.Converted = event.Some(false) }), fact(started, "2024-02-01", with(monthly(150)), id("a"))},
			"02-01 c new 150"},
		{"C10 another subscription", facts{first, fact(cancelled, "2024-02-01"), fact(started, "2024-02-01", sub("t"), with(monthly(150)))},
			"01-01 c new 100, 02-01 c expansion 50"},
	} {
		for _, o := range []ledger.Options{{}, {Unique: true}, {ChurnAt: ledger.ChurnAtRequest}, slowly(ledger.Options{})} {
			if got := movements(t, o, c.list...); got != c.want {
				t.Errorf("%s, %q:\ngot  %s\nwant %s", c.name, o, got, c.want)
			}
			// A statement takes another way than movements.
			l := fill(t, o, c.list)
			moves, err := l.Movements(ledger.Query{})
			if err != nil {
				t.Fatal(err)
			}
			var sum int64
			for _, m := range moves {
				sum += m.Change.Round()
			}
			s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 5)}})
			if err != nil {
				t.Fatal(err)
			}
			if row, _ := s.Row(month(2024, 5), metric.Currency{}); row.Levels.MRR.Round() != sum {
				t.Errorf("%s, %q: MRR %d, movements come to %d", c.name, o, row.Levels.MRR.Round(), sum)
			}
		}
	}
}

// C14: tables by segment need two rows for a switch, and add up to the customer's movement.
func TestSegmentSwitch(t *testing.T) {
	plan := func(name string, amount int64, when string) ledger.Fact {
		return fact(ledger.Updated, when, with(event.SubscriptionItem{Plan: name, Amount: amount, Interval: "month"}))
	}
	facts := []ledger.Fact{plan("basic", 100, "2024-01-01"), plan("pro", 150, "2024-02-01"), plan("basic", 100, "2024-03-01"), plan("basic", 0, "2024-04-01")}
	l := fill(t, ledger.Options{SegmentByPlan: true}, facts)
	want := "01-01 c new 100 basic, 02-01 c transfer -100 basic, 02-01 c expansion 50 pro price_change, 02-01 c transfer 100 pro, " +
		"03-01 c transfer 100 basic, 03-01 c contraction -50 pro price_change, 03-01 c transfer -100 pro, 04-01 c churn -100 basic moved_to_free"
	if got := listed(t, l, ledger.Query{Segments: true}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// One customer, two plans: what one plan gives to the other is neither gain nor loss.
	two := fill(t, ledger.Options{}, []ledger.Fact{
		set(100, "2024-01-01", sub("a"), seg("x")), set(100, "2024-01-01", sub("b"), seg("y")),
		set(30, "2024-02-01", sub("a"), seg("x")), set(150, "2024-02-01", sub("b"), seg("y")),
	})
	want = "01-01 c new 100 x, 01-01 c new 100 y, 02-01 c contraction -20 x, 02-01 c transfer -50 x, 02-01 c transfer 50 y"
	if got := listed(t, two, ledger.Query{Segments: true}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Retention by segment: of what a segment's customers paid in it, what they pay in it, and
// what they pay in segments that they were not in before.
func TestSegmentRetention(t *testing.T) {
	l := fill(t, ledger.Options{}, []ledger.Fact{
		set(100, "2024-01-01", sub("a"), seg("x")), set(40, "2024-01-01", sub("b"), seg("y")),
		set(30, "2024-02-10", sub("a"), seg("x")), set(50, "2024-02-10", sub("b"), seg("y")), set(5, "2024-02-11", sub("n"), seg("z")),
	})
	p := month(2024, 2)
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{p}, Segments: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		segment        string
		retained, kept int64
	}{{"x", 35, 35}, {"y", 50, 40}, {"z", 0, 0}} {
		row, ok := s.Segment(p, metric.Currency{}, c.segment)
		if !ok || row.Opened.Retained.Round() != c.retained || row.Opened.Kept.Round() != c.kept {
			t.Errorf("%s: retained %s, kept %s, want %d and %d", c.segment, row.Opened.Retained, row.Opened.Kept, c.retained, c.kept)
		}
	}
}

// B1 to B13.
func TestNormalize(t *testing.T) {
	item := func(change func(*event.SubscriptionItem)) event.SubscriptionItem {
		i := event.SubscriptionItem{Amount: 1200, Interval: "month"}
		change(&i)
		return i
	}
	every := func(interval string, count int64) event.SubscriptionItem {
		return item(func(i *event.SubscriptionItem) { i.Interval, i.IntervalCount = interval, event.Some(count) })
	}
	off := func(d event.SubscriptionDiscount) event.SubscriptionItem {
		return item(func(i *event.SubscriptionItem) { i.Discount = event.Some(d) })
	}
	kind := func(k string) event.SubscriptionItem { return item(func(i *event.SubscriptionItem) { i.Kind = k }) }
	for _, c := range []struct {
		rule  string
		o     ledger.Options
		items []event.SubscriptionItem
		want  string // in minor units
	}{
		{"B2 month", ledger.Options{}, []event.SubscriptionItem{every("month", 1)}, "1200"},
		{"B2 quarter", ledger.Options{}, []event.SubscriptionItem{every("month", 3)}, "400"},
		{"B2 seven months", ledger.Options{}, []event.SubscriptionItem{every("month", 7)}, "1200/7"},
		{"B2 year", ledger.Options{}, []event.SubscriptionItem{every("year", 1)}, "100"},
		{"B2 two years", ledger.Options{}, []event.SubscriptionItem{every("year", 2)}, "50"},
		{"B3 week", ledger.Options{}, []event.SubscriptionItem{every("week", 1)}, "5200"},
		{"B3 two weeks", ledger.Options{}, []event.SubscriptionItem{every("week", 2)}, "2600"},
		{"B3 week, mean", ledger.Options{Weeks: ledger.WeeksMean}, []event.SubscriptionItem{every("week", 1)}, "36525/7"},
		{"B3 week, 30.44/7", ledger.Options{Weeks: ledger.Weeks3044}, []event.SubscriptionItem{every("week", 1)}, "36528/7"},
		{"B3 week, 4", ledger.Options{Weeks: ledger.Weeks4}, []event.SubscriptionItem{every("week", 1)}, "4800"},
		{"B3 week, 4.33", ledger.Options{Weeks: ledger.Weeks433}, []event.SubscriptionItem{every("week", 1)}, "5196"},
		{"B3 day", ledger.Options{}, []event.SubscriptionItem{every("day", 1)}, "36500"},
		{"B3 day, mean", ledger.Options{Days: ledger.DaysMean}, []event.SubscriptionItem{every("day", 1)}, "36525"},
		{"B3 day, 30.44", ledger.Options{Days: ledger.Days3044}, []event.SubscriptionItem{every("day", 1)}, "36528"},
		{"B3 day, 30", ledger.Options{Days: ledger.Days30}, []event.SubscriptionItem{every("day", 1)}, "36000"},
		{"B6 tax is out", ledger.Options{}, []event.SubscriptionItem{item(func(i *event.SubscriptionItem) { i.Tax = event.Some(int64(200)) })}, "1000"},
		{"B7 one-off is out", ledger.Options{}, []event.SubscriptionItem{kind("licensed"), kind("one_off")}, "1200"},
		{"B8 percent", ledger.Options{}, []event.SubscriptionItem{off(event.SubscriptionDiscount{Percent: event.Some(decimal.New(125, -1))})}, "1050"},
		{"B8 amount", ledger.Options{}, []event.SubscriptionItem{off(event.SubscriptionDiscount{Amount: event.Some(int64(250))})}, "950"},
		{"B8 no discount pays the customer", ledger.Options{}, []event.SubscriptionItem{off(event.SubscriptionDiscount{Amount: event.Some(int64(2000))})}, "0"},
		{"B8 ended", ledger.Options{}, []event.SubscriptionItem{off(event.SubscriptionDiscount{Amount: event.Some(int64(250)), Ends: at("2024-01-01")})}, "1200"},
		{"B8 running", ledger.Options{}, []event.SubscriptionItem{off(event.SubscriptionDiscount{Amount: event.Some(int64(250)), Ends: at("2024-01-02")})}, "950"},
		{"B11 metered is out", ledger.Options{}, []event.SubscriptionItem{kind("metered")}, "0"},
		{"B11 metered counts", ledger.Options{CountMetered: true}, []event.SubscriptionItem{kind("metered")}, "1200"},
		{"B13 all items, a discount line among them", ledger.Options{}, []event.SubscriptionItem{every("month", 1), every("year", 1), item(func(i *event.SubscriptionItem) { i.Amount = -300 })}, "1000"},
		{"B1 quantity", ledger.Options{}, []event.SubscriptionItem{item(func(i *event.SubscriptionItem) { i.Quantity = event.Some(decimal.New(25, -1)) })}, "3000"},
	} {
		got, err := ledger.Normalize(c.items, currency("USD"), at("2024-01-01"), c.o)
		want, _ := new(big.Rat).SetString(c.want)
		if err != nil || got.Minor().Cmp(want) != 0 {
			t.Errorf("%s: %s, %v, want %s", c.rule, got.Minor(), err, c.want)
		}
	}
	for name, i := range map[string]event.SubscriptionItem{
		"an unknown interval": every("fortnight", 1), "no interval": every("", 1), "a count of 0": every("month", 0), "a huge count": every("month", 1<<40),
		"a discount of 101 percent": off(event.SubscriptionDiscount{Percent: event.Some(decimal.New(101, 0))}),
		"a negative discount":       off(event.SubscriptionDiscount{Amount: event.Some(int64(-1))}),
		"a negative total":          item(func(i *event.SubscriptionItem) { i.Amount = -1 }),
		"a negative quantity":       item(func(i *event.SubscriptionItem) { i.Quantity = event.Some(decimal.New(-1, 0)) }),
	} {
		if got, err := ledger.Normalize([]event.SubscriptionItem{i}, currency("USD"), at("2024-01-01"), ledger.Options{}); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %s, %v (H6)", name, got, err)
		}
	}
}

// B4: each reported number is rounded once, and what rounded movements are short of is said.
// B5: the exponent is the currency's.
func TestRounding(t *testing.T) {
	third := event.SubscriptionItem{Amount: 100, Interval: "month", IntervalCount: event.Some(int64(3))}
	facts := []ledger.Fact{fact(ledger.Started, "2024-01-10", with(third))}
	for _, c := range []string{"d", "e"} {
		facts = append(facts, fact(ledger.Started, "2023-12-10", of1(c), with(third)))
	}
	r := rowOf(t, ledger.Options{}, month(2024, 1), facts...).Bridge.Round()
	// 66.67 and 33.33 minor units come to 100.
	if r.Opening.String() != "0.67 USD" || r.New.String() != "0.33 USD" || r.Closing.String() != "1.00 USD" || !r.Rounding.IsZero() {
		t.Errorf("bridge: %+v", r)
	}
	facts = append(facts, fact(ledger.Started, "2024-01-11", of1("f"), with(third)), fact(ledger.Cancelled, "2024-01-20", of1("d")))
	r = rowOf(t, ledger.Options{}, month(2024, 1), facts...).Bridge.Round()
	// 66.67 + 66.67 - 33.33 = 100: 67 + 67 - 33 = 101.
	if r.Rounding.String() != "-0.01 USD" || r.Closing.String() != "1.00 USD" {
		t.Errorf("bridge: %+v", r)
	}
	for code, want := range map[string]string{"JPY": "500", "KWD": "0.500", "USD": "5.00"} {
		row := rowOf(t, ledger.Options{}, month(2024, 1), set(500, "2024-01-02", in(code)))
		if got := row.Bridge.New.Money().String(); got != want+" "+code {
			t.Errorf("500 minor units: %s, want %s %s", got, want, code)
		}
	}
}

// D11: periods are of the reporting zone, also where its clocks change. The last hour of
// March 2024 in Berlin is on 31 March, a day of 23 hours, from 21:00 to 22:00 UTC.
func TestZones(t *testing.T) {
	loc := berlin(t)
	march, err := metric.Month(2024, time.March, loc)
	if err != nil {
		t.Fatal(err)
	}
	l := fill(t, ledger.Options{Grain: ledger.GrainDay}, []ledger.Fact{
		set(1, "2024-02-29 22:59", of1("a")), set(10, "2024-02-29 23:00", of1("b")), // 1 March in Berlin
		set(100, "2024-03-31 21:59", of1("c")), set(1000, "2024-03-31 22:00", of1("d")), // 1 April
	})
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{march}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(march, metric.Currency{})
	if o, n, c := row.Bridge.Opening.Round(), row.Bridge.New.Round(), row.Bridge.Closing.Round(); o != 1 || n != 110 || c != 111 {
		t.Errorf("opening %d, new %d, closing %d, want 1, 110, 111", o, n, c)
	}
	moves, err := l.Movements(ledger.Query{Periods: []metric.Period{march}})
	if err != nil || len(moves) != 2 || moves[1].At.Format(time.RFC3339) != "2024-03-31T00:00:00+01:00" {
		t.Errorf("movements: %v, %v", moves, err)
	}
}

// D9: a customer whose pause has a date of return is not lost. G6: customers of the start
// only. G7: subscriptions. G8: no rate without a denominator.
func TestCustomerChurn(t *testing.T) {
	facts := []ledger.Fact{
		set(10, "2024-01-01", of1("paused")), fact(ledger.Paused, "2024-02-10", of1("paused"), until("2024-03-10")),
		set(10, "2024-01-01", of1("open")), fact(ledger.Paused, "2024-02-10", of1("open")),
		set(10, "2024-01-01", of1("stays")), set(10, "2024-01-01", of1("stays"), sub("t")), set(0, "2024-02-20", of1("stays"), sub("t")),
		set(10, "2024-01-01", of1("back")), set(0, "2024-02-05", of1("back")), set(10, "2024-02-25", of1("back")),
		set(10, "2024-02-05", of1("new")), set(10, "2024-02-05", of1("passing")), set(0, "2024-02-15", of1("passing")),
	}
	p := month(2024, 2)
	row := rowOf(t, ledger.Options{}, p, facts...)
	c := row.Customers
	if c.Opening != 4 || c.New != 2 || c.Churned != 4 || c.Reactivated != 1 || c.Closing != 3 || c.Lost != 2 || c.LostPaused != 1 || c.SamePeriod != 1 || c.Retained() != 2 {
		t.Errorf("customers: %+v", c)
	}
	want := func(name string, r ledger.Rate, text string) {
		t.Helper()
		x, err := r.Ratio()
		if err != nil || x.Text() != text {
			t.Errorf("%s = %s, %v, want %s", name, x, err, text)
		}
	}
	want("customer churn", row.CustomerChurn(), "0.25")
	want("retention", row.CustomerRetention(), "0.5")
	want("subscription churn", row.SubscriptionChurn(), "0.6") // paused, open and one of stays, of five
	row = rowOf(t, ledger.Options{ChurnIncludesSamePeriod: true}, p, facts...)
	want("with the same period", row.CustomerChurn(), "0.5")
	row = rowOf(t, ledger.Options{ChurnIncludesNew: true}, p, facts...)
	want("with new ones", row.CustomerChurn(), "0.3333333333333333333333333333") // (1 + 1) / (4 + 2)
	if row.CustomerChurn().Options != "customer_churn=with_new" {
		t.Errorf("options: %q (H8)", row.CustomerChurn().Options)
	}
	first := rowOf(t, ledger.Options{}, month(2023, 12), facts...)
	if x, err := first.CustomerChurn().Ratio(); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("churn of nobody: %s, %v", x, err)
	}
	if x, err := first.NetRevenueRetention().Ratio(); !errors.Is(err, metric.ErrUndefined) {
		t.Errorf("retention of nobody: %s, %v", x, err)
	}
}

// G1 to G5, G9 to G12, with a customer who goes up and down within the period.
func TestRevenueRates(t *testing.T) {
	facts := []ledger.Fact{
		set(100, "2024-01-01", of1("a")), set(160, "2024-02-05", of1("a")), set(80, "2024-02-20", of1("a")), // both ways
		set(100, "2024-01-01", of1("b")), set(150, "2024-02-05", of1("b")),
		set(100, "2024-01-01", of1("d")), set(0, "2024-02-05", of1("d")), set(40, "2024-02-15", of1("d")), // left and back
		set(50, "2023-12-01", of1("e")), set(0, "2023-12-15", of1("e")), set(70, "2024-02-08", of1("e")), // back from before
		set(90, "2024-02-09", of1("f")),
		set(100, "2024-01-01", of1("g")), set(0, "2024-02-11", of1("g")),
	}
	p := month(2024, 2)
	check := func(o ledger.Options, want map[string]string) {
		t.Helper()
		row := rowOf(t, o, p, facts...)
		for _, r := range []ledger.Rate{row.NetRevenueRetention(), row.GrossRevenueRetention(), row.GrossMRRChurn(), row.NetMRRChurn(), row.QuickRatio()} {
			x, err := r.Ratio()
			if err != nil || x.Text() != want[r.Name] {
				t.Errorf("%q: %s = %s, %v, want %s", o, r.Name, x.Text(), err, want[r.Name])
			}
		}
	}
	// S = 400; at the end a 80, b 150, d 40, g 0: 270 retained; 80 + 100 + 40 kept.
	// Won: new 90, reactivation 40 + 70, expansion 60 + 50; lost: 80 + 100 + 100.
	check(ledger.Options{}, map[string]string{"net_revenue_retention": "0.675", "gross_revenue_retention": "0.55", "gross_mrr_churn": "0.45", "net_mrr_churn": "0.325",
		"quick_ratio": "1.1071428571428571428571428571"})
	// By movements of opening customers: lost 280, expansion 110.
	check(ledger.Options{Basis: ledger.BasisMovements, QuickRatioWithoutReactivation: true}, map[string]string{"net_revenue_retention": "0.575", "gross_revenue_retention": "0.3",
		"gross_mrr_churn": "0.7", "net_mrr_churn": "0.425", "quick_ratio": "0.7142857142857142857142857143"})
	// All reactivation off: 280 - 110 - 110, and by the ends 130 - 70, where d's is within.
	check(ledger.Options{Basis: ledger.BasisMovements, NetChurnWithReactivation: true}, map[string]string{"net_revenue_retention": "0.575", "gross_revenue_retention": "0.3",
		"gross_mrr_churn": "0.7", "net_mrr_churn": "0.15", "quick_ratio": "1.1071428571428571428571428571"})
	check(ledger.Options{NetChurnWithReactivation: true}, map[string]string{"net_revenue_retention": "0.675", "gross_revenue_retention": "0.55", "gross_mrr_churn": "0.45",
		"net_mrr_churn": "0.15", "quick_ratio": "1.1071428571428571428571428571"})
	row := rowOf(t, ledger.Options{}, p, facts...)
	// G11: 1 - 0.55^12.
	if y, err := row.GrossMRRChurn().Yearly(); err != nil || y.Text()[:12] != "0.9992337821" {
		t.Errorf("yearly churn: %s, %v", y.Text(), err)
	}
	// G12: pooled with a period that loses nothing of 100.
	quiet := rowOf(t, ledger.Options{}, p, set(100, "2024-01-01"))
	pooled, err := ledger.Pool(row.GrossMRRChurn(), quiet.GrossMRRChurn())
	if err != nil {
		t.Fatal(err)
	}
	if x, err := pooled.Ratio(); err != nil || x.Text() != "0.36" {
		t.Errorf("pooled churn: %s, %v, want 180 of 500", x.Text(), err)
	}
	if _, err := ledger.Pool(row.GrossMRRChurn(), quiet.NetMRRChurn()); !errors.Is(err, metric.ErrInput) {
		t.Errorf("pooling different rates: %v", err)
	}
	// G9: growth without loss has negative net churn.
	grown := rowOf(t, ledger.Options{}, p, set(100, "2024-01-01"), set(130, "2024-02-02"))
	if x, err := grown.NetMRRChurn().Ratio(); err != nil || x.Text() != "-0.3" {
		t.Errorf("net churn: %s, %v", x, err)
	}
	if x, err := grown.QuickRatio().Ratio(); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("quick ratio without loss: %s, %v (G10)", x, err)
	}
}

// C13 and G3: revenue that is still there after a merge has not been lost.
func TestRetentionAfterMerge(t *testing.T) {
	facts := []ledger.Fact{set(100, "2024-01-01", of1("a")), set(200, "2024-01-01", of1("b")), fact(ledger.CustomerMerged, "2024-02-10", of1("a"), other("b")),
		set(120, "2024-02-20", of1("a")), set(1000, "2024-02-03", of1("n")), fact(ledger.CustomerMerged, "2024-02-12", of1("n"), other("b"))}
	row := rowOf(t, ledger.Options{}, month(2024, 2), facts...)
	// 300 at the start; the survivor pays 120 + 200 + 1000, and held 300.
	if r, k := row.Opened.Retained.Round(), row.Opened.Kept.Round(); r != 1320 || k != 300 {
		t.Errorf("retained %d, kept %d, want 1320 and 300", r, k)
	}
	if c := row.Customers; c.Lost != 0 || c.Churned != 0 || c.Left != 2 || c.Joined != 0 || c.Closing != 1 || c.New != 1 {
		t.Errorf("customers: %+v", c)
	}
	if !row.Bridge.Transfer.IsZero() {
		t.Errorf("transfers come to %s", row.Bridge.Transfer)
	}
}

// G4 and C13: what is kept after a change of segment and a merge is kept over all segments, and
// in the segment that it was in at the start.
func TestKeptAfterSegmentChangeAndMerge(t *testing.T) {
	facts := []ledger.Fact{set(26, "2024-01-11", of1("a"), seg("east")), set(1, "2024-02-03", of1("a"), seg("west")), fact(ledger.CustomerMerged, "2024-02-19", of1("a"), other("b"))}
	l := fill(t, ledger.Options{}, facts)
	for _, segments := range []bool{false, true} {
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 2)}, Segments: segments})
		if err != nil {
			t.Fatal(err)
		}
		for row := range s.Rows() {
			want := int64(1)
			if row.Segment == "west" {
				want = 0
			}
			if r, k := row.Opened.Retained.Round(), row.Opened.Kept.Round(); r != want || k != want {
				t.Errorf("segments %t, row %q: retained %d, kept %d, want %d", segments, row.Segment, r, k, want)
			}
		}
	}
}

// Shrunk and Grown follow a customer who moves to another segment, as Retained does.
func TestShrunkFollowsSegments(t *testing.T) {
	for _, o := range []ledger.Options{{}, slowly(ledger.Options{})} {
		l := fill(t, o, []ledger.Fact{
			set(100, "2024-01-01", of1("a"), seg("east")), set(40, "2024-02-03", of1("a"), seg("west")),
			set(100, "2024-01-01", of1("b"), seg("east")), set(150, "2024-02-03", of1("b"), seg("west")),
			set(100, "2024-01-01", of1("d"), seg("west")), set(100, "2024-02-03", of1("d"), seg("east")),
		})
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 2)}, Segments: true})
		if err != nil {
			t.Fatal(err)
		}
		for row := range s.Rows() {
			want := int64(1)
			if row.Segment == "west" {
				want = 0
			}
			if c := row.Customers; c.Shrunk != want || c.Grown != want {
				t.Errorf("%q: row %q: %d shrunk, %d grown, want %d", o, row.Segment, c.Shrunk, c.Grown, want)
			}
		}
	}
}

type table map[string]string // rate to dollars by currency and day

func (r table) Rate(from, to metric.Currency, at time.Time) (decimal.Decimal, error) {
	if to.Code() != "USD" {
		return decimal.Decimal{}, fmt.Errorf("no rates in %s", to)
	}
	text, ok := r[from.Code()+" "+at.UTC().Format(time.DateOnly)]
	if !ok {
		return decimal.Decimal{}, fmt.Errorf("no rate of %s", from)
	}
	return exact.ParseDecimal(text)
}

func (table) Source() string { return "made up" }

// E1 to E7.
func TestCurrencies(t *testing.T) {
	rates := table{"EUR 2024-01-01": "1.10", "EUR 2024-01-15": "1.20", "EUR 2024-02-01": "1.25", "EUR 2024-02-10": "1.30", "EUR 2024-03-01": "1.00",
		"JPY 2024-01-01": "0.01", "JPY 2024-02-01": "0.01", "JPY 2024-03-01": "0.01", "JPY 2024-01-20": "0.01"}
	facts := []ledger.Fact{set(10000, "2024-01-15 10:00", in("EUR")), set(15000, "2024-02-10 23:00", in("EUR")), set(1000, "2024-01-20", of1("j"), in("JPY"))}
	periods := []metric.Period{month(2024, 1), month(2024, 2)}
	check := func(o ledger.Options, p metric.Period, opening, won, fx, closing int64, nrr string) {
		t.Helper()
		s, err := fill(t, o, facts).Statement(ledger.Query{Periods: periods, Currency: currency("USD"), Rates: rates, RatesAt: at("2024-01-15")})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := s.Row(p, metric.Currency{})
		b := row.Bridge
		if b.Opening.Round() != opening || b.New.Round()+b.Expansion.Round() != won || b.FX.Round() != fx || b.Closing.Round() != closing || b.Closing.Currency() != currency("USD") {
			t.Errorf("%q, %s: %s + %s %s + %s = %s, want %d + %d + %d = %d", o, p, b.Opening, b.New, b.Expansion, b.FX, b.Closing, opening, won, fx, closing)
		}
		if x, err := row.NetRevenueRetention().Ratio(); nrr != "" && (err != nil || x.Text() != nrr) {
			t.Errorf("%q: net retention %s, %v, want %s", o, x.Text(), err, nrr)
		}
		if s.RatesSource() != "made up" {
			t.Errorf("source %q (E7)", s.RatesSource())
		}
	}
	// 100 EUR come at 1.20 and are 125 at the end; 1000 JPY are 10 dollars throughout.
	check(ledger.Options{}, periods[0], 0, 13000, 500, 13500, "")
	// 50 EUR come at 1.30; 150 EUR are 150 at the end. At the rates of the start 197.50 of 135.
	check(ledger.Options{}, periods[1], 13500, 6500, -4000, 16000, "1.462962962962962962962962963")
	check(ledger.Options{RetentionWithFX: true}, periods[1], 13500, 6500, -4000, 16000, "1.1851851851851851851851851852")
	rates["JPY 2024-01-15"] = "0.01"
	for _, o := range []ledger.Options{{Conversion: ledger.ConvertConstant}, {Conversion: ledger.ConvertAtStart}} {
		check(o, periods[0], 0, 13000, 0, 13000, "")
		check(o, periods[1], 13000, 6000, 0, 19000, "1.4615384615384615384615384615")
	}
	// E5: a missing rate is an error, whatever it is for.
	for _, key := range []string{"EUR 2024-02-10", "EUR 2024-03-01"} {
		kept := rates[key]
		delete(rates, key)
		if _, err := fill(t, ledger.Options{}, facts).Statement(ledger.Query{Periods: periods, Currency: currency("USD"), Rates: rates}); err == nil || !strings.Contains(err.Error(), "no rate of EUR") {
			t.Errorf("without %s: %v", key, err)
		}
		rates[key] = kept
	}
	if _, err := fill(t, ledger.Options{}, facts).Statement(ledger.Query{Periods: periods, Currency: currency("USD")}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("without rates: %v", err)
	}
	// E1: without conversion each currency is by itself, and the whole is numbers only.
	s, err := fill(t, ledger.Options{}, facts).Statement(ledger.Query{Periods: periods[:1]})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row := range s.Rows() {
		got = append(got, fmt.Sprintf("%s %d %d", row.Currency, row.Bridge.New.Round(), row.Customers.New))
	}
	if want := []string{" 0 2", "EUR 10000 1", "JPY 1000 1"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	// E6: who changes currency at an equal value makes no movement.
	swap := fill(t, ledger.Options{}, []ledger.Fact{set(10000, "2024-01-15", in("EUR")), set(13000, "2024-02-10", seq(1))})
	moves, err := swap.Movements(ledger.Query{Currency: currency("USD"), Rates: rates})
	if err != nil || len(moves) != 1 {
		t.Errorf("swap of currencies: %v, %v", moves, err)
	}
}

// F2: what is agreed on and takes effect later, as it was on record, also when asked later.
func TestCommitted(t *testing.T) {
	facts := []ledger.Fact{
		set(100, "2023-12-01", of1("a")), fact(ledger.CancellationRequested, "2024-02-20", of1("a"), occurred("2024-01-10")),
		fact(ledger.Started, "2023-12-01", of1("b"), with(monthly(100))), fact(ledger.Updated, "2024-03-01", of1("b"), occurred("2024-01-20"), with(monthly(150))),
		fact(ledger.Started, "2024-03-15", of1("d"), occurred("2024-01-25"), with(monthly(70))),
		fact(ledger.Started, "2023-12-01", of1("e"), with(monthly(60))), fact(ledger.Updated, "2024-04-01", of1("e"), occurred("2024-01-05"), with(monthly(40))),
		// Price after the discount that runs.
		fact(ledger.Started, "2023-12-01", of1("f"), with(event.SubscriptionItem{Amount: 1155, Interval: "month",
			Discount: event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(100, 0)), Ends: at("2024-06-01")})})),
		fact(ledger.TrialStarted, "2024-01-20", of1("g"), until("2024-02-10"), with(monthly(9))),
		fact(ledger.TrialStarted, "2024-01-20", of1("h"), until("2024-02-10"), with(monthly(8))), fact(ledger.CancellationRequested, "2024-02-10", of1("h"), occurred("2024-01-21")),
		// On record too late for January.
		fact(ledger.Started, "2024-05-01", of1("i"), occurred("2024-01-25"), recordedAt("2024-02-03"), with(monthly(33))),
	}
	january := func(facts ...ledger.Fact) string {
		v := rowOf(t, ledger.Options{}, month(2024, 1), facts...).Levels
		return fmt.Sprintf("mrr %d signed %d ending %d committed %d trial %d kept %d", v.MRR.Round(), v.Signed.Round(), v.Ending.Round(), v.Committed().Round(), v.Trial.Round(), v.TrialCommitted.Round())
	}
	// Signed: b 50, d 70; ending: a 100, e 20.
	const want = "mrr 260 signed 120 ending 120 committed 260 trial 17 kept 9"
	if got := january(facts...); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	later := append(slices.Clone(facts), fact(ledger.Cancelled, "2024-02-20", of1("a")), fact(ledger.Cancelled, "2024-02-21", of1("b")), fact(ledger.CancellationWithdrawn, "2024-02-22", of1("h")))
	if got := january(later...); got != want {
		t.Errorf("asked later: %s\nwant %s", got, want)
	}
	// What is corrected or retracted later was agreed on all the same.
	for i := range facts {
		facts[i].ID = fmt.Sprint(i)
	}
	void := func(i int, when string) ledger.Fact {
		return fact(ledger.FactRetracted, when, of1(""), other(fmt.Sprint(i)))
	}
	corrected := facts[6]
	corrected.Recorded, corrected.Effective = at("2024-02-05"), at("2024-01-15")
	later = append(slices.Clone(facts), void(1, "2024-02-01"), void(3, "2024-02-02"), void(4, "2024-05-01"), void(10, "2024-02-03"), corrected)
	// The correction of e takes 20 off the MRR of January, which is restated (H4).
	if got, want := january(later...), "mrr 240 signed 120 ending 120 committed 240 trial 17 kept 9"; got != want {
		t.Errorf("retracted later: %s\nwant %s", got, want)
	}
}

// F2: what is signed and ending at the end of a period is what was on record then, whatever
// became known since.
func TestCommittedIsAsKnown(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	found := 0
	for seed := range uint64(160) {
		l := fill(t, lawOptions(seed), lawFacts(seed))
		s, err := l.Statement(ledger.Query{Periods: periods})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range periods {
			then, err := l.Statement(ledger.Query{Periods: []metric.Period{p}, Known: p.End().Add(-1)})
			if err != nil {
				t.Fatal(err)
			}
			for row := range s.Rows() {
				if !row.Period.Equal(p) || row.Currency.IsZero() {
					continue
				}
				var want ledger.Levels
				for r := range then.Rows() {
					if r.Currency == row.Currency {
						want = r.Levels
					}
				}
				got := row.Levels
				if got.Signed.Cmp(want.Signed) != 0 || got.Ending.Cmp(want.Ending) != 0 || got.TrialCommitted.Cmp(want.TrialCommitted) != 0 {
					t.Fatalf("seed %d, %s %s: signed %s, ending %s, trial %s; then %s, %s, %s", seed, p, row.Currency, got.Signed, got.Ending, got.TrialCommitted,
						want.Signed, want.Ending, want.TrialCommitted)
				}
				found += got.Signed.Sign() + got.Ending.Sign()
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d are not zero", found)
	}
}

// D13: nothing happens by itself after AsOf; facts that take effect later do.
func TestAsOf(t *testing.T) {
	discounted := monthly(100)
	discounted.Discount = event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(50, 0)), Ends: at("2024-03-20")})
	l := fill(t, ledger.Options{}, []ledger.Fact{
		set(1000, "2024-01-01", of1("a")), fact(ledger.PaymentFailed, "2024-02-20", of1("a")), // given up on 21 March
		fact(ledger.TrialStarted, "2024-03-05", of1("b"), until("2024-03-19"), with(monthly(300))),
		fact(ledger.Started, "2024-01-01", of1("d"), with(discounted)),
		fact(ledger.Started, "2024-01-01", of1("e"), until("2024-03-25"), with(event.SubscriptionItem{Amount: 1200, Interval: "year"})),
		set(7, "2024-03-30", of1("f"), recordedAt("2024-03-01")),
		set(20, "2024-01-01", of1("g")), fact(ledger.PaymentFailed, "2024-02-20", of1("g")), set(30, "2024-03-29", of1("g")),
	})
	for _, c := range []struct{ asOf, want string }{
		{"2024-03-10", "new 7 expansion 10 churn 0 closing 1187 at risk 1000 trial 300 due 0"},
		{"2024-03-19", "new 307 expansion 10 churn 0 closing 1487 at risk 1000 trial 0 due 0"},
		{"2024-04-01", "new 307 expansion 50 churn -1020 closing 537 at risk 0 trial 0 due 1"},
	} {
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 3)}, AsOf: at(c.asOf)})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := s.Row(month(2024, 3), metric.Currency{})
		b, v := row.Bridge, row.Levels
		if got := fmt.Sprintf("new %d expansion %d churn %d closing %d at risk %d trial %d due %d", b.New.Round(), b.Expansion.Round(), b.Churn.Round(), b.Closing.Round(),
			v.AtRisk.Round(), v.Trial.Round(), row.Renewals.Due); got != c.want {
			t.Errorf("as of %s:\ngot  %s\nwant %s", c.asOf, got, c.want)
		}
	}
}

// F1, F3, F5, D7, D9, B8 and B11: the other levels.
func TestLevels(t *testing.T) {
	metered := monthly(11)
	metered.Kind = "metered"
	v := rowOf(t, ledger.Options{}, month(2024, 1),
		set(1200, "2024-01-01", of1("a")), fact(ledger.PaymentFailed, "2024-01-20", of1("a")),
		set(300, "2024-01-01", of1("b")), fact(ledger.PaymentFailed, "2024-01-20", of1("b")), fact(ledger.PaymentRecovered, "2024-01-21", of1("b")),
		set(70, "2024-01-01", of1("d")), fact(ledger.Paused, "2024-01-05", of1("d"), until("2024-03-01")),
		set(80, "2024-01-01", of1("e")), fact(ledger.Paused, "2024-01-05", of1("e")),
		fact(ledger.Started, "2024-01-01", of1("f"), with(metered, event.SubscriptionItem{Amount: 100, Interval: "month",
			Discount: event.Some(event.SubscriptionDiscount{Percent: event.Some(decimal.New(30, 0))})}, event.SubscriptionItem{Amount: 100, Interval: "month",
			Discount: event.Some(event.SubscriptionDiscount{Amount: event.Some(int64(20)), Ends: at("2024-05-01")})})),
	).Levels
	got := []int64{v.MRR.Round(), v.ARR().Round(), v.AtRisk.Round(), v.Paused.Round(), v.PausedOpen.Round(), v.Metered.Round(), v.Discount.Round(), v.LimitedDiscount.Round(), v.Customers, v.Subscriptions}
	if want := []int64{1650, 19800, 1200, 70, 80, 11, 50, 20, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("levels %v, want %v", got, want)
	}
	if a, err := v.ARPA(); err != nil || a.Minor().Cmp(big.NewRat(550, 1)) != 0 {
		t.Errorf("arpa %s, %v", a, err)
	}
	if _, err := (ledger.Levels{}).ARPA(); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("arpa of nobody: %v (F5)", err)
	}
}

// H3: as known on a day. A6: a later version corrects; H3: a retraction hides from then on.
func TestKnown(t *testing.T) {
	l := fill(t, ledger.Options{}, []ledger.Fact{
		set(100, "2024-01-10", id("1")),
		set(140, "2024-01-10", id("1"), recordedAt("2024-02-05")),
		fact(ledger.FactRetracted, "2024-03-05", other("1")),
		set(10, "2024-01-12", of1("late"), id("2"), recordedAt("2024-02-20")),
	})
	for _, c := range []struct {
		known string
		want  int64
	}{{"2024-01-09", 0}, {"2024-01-10", 100}, {"2024-02-04", 100}, {"2024-02-05", 140}, {"2024-02-20", 150}, {"2024-03-05", 10}} {
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 1)}, Known: at(c.known)})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := s.Row(month(2024, 1), metric.Currency{})
		if got := row.Levels.MRR.Round(); got != c.want {
			t.Errorf("known on %s: MRR %d, want %d", c.known, got, c.want)
		}
	}
}

// H4: books that were closed stay as they were; the rest is booked at once after, as prior.
func TestClosedBooks(t *testing.T) {
	facts := []ledger.Fact{
		set(100, "2024-01-10", id("1")), set(130, "2024-01-10", id("1"), recordedAt("2024-02-15")), // corrected later
		set(50, "2024-01-20", of1("late"), recordedAt("2024-02-03")),
		set(0, "2024-02-20", of1("late")),
		set(80, "2024-01-05", of1("known")), set(90, "2024-02-01", of1("known")),
	}
	l := fill(t, ledger.Options{}, facts)
	q := ledger.Query{Periods: []metric.Period{month(2024, 1), month(2024, 2)}, ClosedUntil: at("2024-02-01")}
	want := "01-10 c new 100, 02-01 c expansion 30 prior, 01-05 known new 80, 02-01 known expansion 10, 02-01 late new 50 prior, 02-20 late churn -50"
	if got := listed(t, l, q); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s, err := l.Statement(q)
	if err != nil {
		t.Fatal(err)
	}
	january, _ := s.Row(q.Periods[0], metric.Currency{})
	february, _ := s.Row(q.Periods[1], metric.Currency{})
	if got := january.Levels.MRR.Round(); got != 180 {
		t.Errorf("January closes at %d, want 180", got)
	}
	if got, n := february.Prior.Round(), february.Bridge.Net().Round(); got != 80 || n != 40 || february.Levels.MRR.Round() != 220 {
		t.Errorf("February: prior %d, net %d, closing %s", got, n, february.Levels.MRR)
	}
	// By default history is restated.
	if got := listed(t, l, ledger.Query{}); !strings.HasPrefix(got, "01-10 c new 130, ") {
		t.Errorf("restated: %s", got)
	}
}

// G13, D6: terms of more than a month that end, and what came of them.
func TestRenewals(t *testing.T) {
	yearly := func(amount int64) event.SubscriptionItem {
		return event.SubscriptionItem{Plan: "y", Amount: amount, Interval: "year"}
	}
	row := rowOf(t, ledger.Options{}, month(2025, 1),
		fact(ledger.Started, "2024-01-10", of1("a"), with(yearly(1200)), until("2025-01-10")), fact(ledger.Renewed, "2025-01-10", of1("a"), until("2026-01-10")),
		fact(ledger.Updated, "2025-01-10", of1("a"), with(yearly(1800))),
		fact(ledger.Started, "2024-01-11", of1("b"), with(yearly(2400)), until("2025-01-11")), fact(ledger.Expired, "2025-01-11", of1("b")),
		fact(ledger.Started, "2024-01-12", of1("d"), with(yearly(3600)), until("2025-01-12")), fact(ledger.Updated, "2025-01-12", of1("d"), with(yearly(2400))),
		fact(ledger.Started, "2024-12-20", of1("m"), with(monthly(55)), until("2025-01-20")),  // from month to month
		fact(ledger.Started, "2024-02-01", of1("e"), with(yearly(1200)), until("2025-02-01")), // next month
	)
	r := row.Renewals
	if r.Due != 3 || r.Renewed != 2 || r.DueMRR.Round() != 600 || r.RenewedMRR.Round() != 400 || r.Expansion.Round() != 50 || r.Contraction.Round() != 100 {
		t.Errorf("renewals: %+v", r)
	}
	if x, err := row.RenewalRateByValue().Ratio(); err != nil || x.Text() != "0.6666666666666666666666666667" {
		t.Errorf("renewal rate by value: %s, %v", x, err)
	}
}

// G18 to G21.
func TestCohorts(t *testing.T) {
	l := fill(t, ledger.Options{}, []ledger.Fact{
		set(100, "2024-01-05", of1("a")), set(150, "2024-02-05", of1("a")), set(60, "2024-03-05", of1("a")),
		set(40, "2024-01-06", of1("b")), set(0, "2024-01-20", of1("b")), set(30, "2024-03-01", of1("b")),
		set(10, "2024-02-10", of1("d")),
	})
	cohorts, err := l.Cohorts(ledger.Query{Periods: []metric.Period{month(2024, 1), month(2024, 2), month(2024, 3)}, AsOf: at("2024-03-20")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cohorts {
		text := fmt.Sprintf("%s %d %d:", c.Period.Start().Format("Jan"), c.Customers, c.MRR.Round())
		for _, x := range c.Cells {
			text += fmt.Sprintf(" %d/%d/%d/%d/%t", x.Customers, x.Net.Round(), x.Gross.Round(), x.Revenue.Round(), x.Complete)
		}
		got = append(got, text)
	}
	want := []string{"Jan 2 140: 1/100/100/100/true 1/150/100/250/true 2/90/90/340/false", "Feb 1 10: 1/10/10/10/true 1/10/10/20/false"}
	if !slices.Equal(got, want) {
		t.Errorf("cohorts\n%q\nwant\n%q", got, want)
	}
	if x, err := ledger.CohortRetention(cohorts, currency("USD"), 1).Ratio(); err != nil || x.Text() != "0.5" {
		t.Errorf("retention after a month: %s, %v: one of two, February's is not complete", x, err)
	}
	gap := []metric.Period{month(2024, 1), month(2024, 3)}
	if _, err := l.Cohorts(ledger.Query{Periods: gap}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("cohorts with a gap: %v", err)
	}
}

// D7 and D11: days are those of the zone of the window. A payment that failed on 9 March at
// 23:30 in Berlin is given up on 8 April at 23:30, after clocks changed.
func TestWinBackInZone(t *testing.T) {
	l := fill(t, ledger.Options{}, []ledger.Fact{set(100, "2024-01-01"), fact(ledger.PaymentFailed, "2024-03-09T23:30:00+01:00"), set(100, "2024-04-20")})
	window, err := metric.PeriodOf(at("2024-04-08T12:00:00Z"), metric.UnitDay, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.WinBack(window, at("2024-05-01"), ledger.Query{})
	if err != nil || r.Denominator.Round() != 1 || r.Numerator.Round() != 1 {
		t.Errorf("win back %v of %v, %v", r.Numerator, r.Denominator, err)
	}
}

func TestWinBackAndEarlyChurn(t *testing.T) {
	l := fill(t, ledger.Options{}, []ledger.Fact{
		set(1, "2024-01-01", of1("a")), set(0, "2024-01-20", of1("a")), set(1, "2024-02-10", of1("a")), set(0, "2024-02-11", of1("a")),
		set(1, "2024-01-01", of1("b")), set(0, "2024-01-25", of1("b")), set(1, "2024-05-01", of1("b")),
		set(1, "2024-01-01", of1("d")), set(0, "2024-03-31", of1("d")),
		set(1, "2024-01-01", of1("e")), set(0, "2024-04-01", of1("e")),
	})
	back, err := l.WinBack(month(2024, 1), at("2024-05-01"), ledger.Query{})
	if err != nil || back.Numerator.Round() != 1 || back.Denominator.Round() != 2 {
		t.Errorf("won back: %s of %s, %v", back.Numerator, back.Denominator, err)
	}
	early, err := l.EarlyChurn(month(2024, 1), ledger.Span{Days: 90}, ledger.Query{})
	if err != nil || early.Numerator.Round() != 3 || early.Denominator.Round() != 4 {
		t.Errorf("early churn: %s of %s, %v: 31 March is 90 days after 1 January", early.Numerator, early.Denominator, err)
	}
}

// H2: movements of adjacent periods add up to those of both together.
func TestAdditiveInTime(t *testing.T) {
	loc := berlin(t)
	for seed := range uint64(10) {
		h := &hostile{r: newRand(seed), one: true, merges: true}
		l := fill(t, ledger.Options{}, h.facts(40))
		q1, err := metric.Quarter(2024, 1, loc)
		if err != nil {
			t.Fatal(err)
		}
		months, err := q1.Divide(metric.UnitMonth)
		if err != nil {
			t.Fatal(err)
		}
		q := ledger.Query{Periods: append(slices.Collect(months), q1)}
		s, err := l.Statement(q)
		if err != nil {
			t.Fatal(err)
		}
		var sum [6]big.Rat
		terms := func(b ledger.Bridge) []ledger.Amount {
			return []ledger.Amount{b.New, b.Expansion, b.Contraction, b.Churn, b.Reactivation, b.Transfer}
		}
		for _, p := range q.Periods[:3] {
			row, _ := s.Row(p, metric.Currency{})
			for i, a := range terms(row.Bridge) {
				sum[i].Add(&sum[i], a.Minor())
			}
		}
		row, _ := s.Row(q1, metric.Currency{})
		for i, a := range terms(row.Bridge) {
			if sum[i].Cmp(a.Minor()) != 0 {
				t.Errorf("seed %d: term %d: months %s, quarter %s", seed, i, sum[i].RatString(), a.Minor().RatString())
			}
		}
	}
}

// H1 over segments, currencies and their sums; G4: GRR is at most 1 and at most NRR.
func TestIdentities(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	for seed := range uint64(40) {
		o := lawOptions(seed)
		l := fill(t, o, lawFacts(seed+100))
		q := ledger.Query{Periods: periods, Segments: true}
		if seed%3 == 0 {
			q.ClosedUntil = periods[2].Start()
		}
		s, err := l.Statement(q) // which checks each row by itself
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		type key struct{ period, currency string }
		sums, wholes := make(map[key][7]*big.Rat), make(map[key][7]*big.Rat)
		for row := range s.Rows() {
			k := key{row.Period.String(), row.Currency.Code()}
			list := [7]*big.Rat{}
			for i, a := range []ledger.Amount{row.Bridge.Opening, row.Bridge.New, row.Bridge.Expansion, row.Bridge.Contraction, row.Bridge.Churn, row.Bridge.Reactivation, row.Bridge.Closing} {
				list[i] = new(big.Rat).Set(a.Minor())
				if !row.AllSegments && sums[k][i] != nil {
					list[i].Add(list[i], sums[k][i])
				}
			}
			if row.AllSegments {
				wholes[k] = list
				nrr, err1 := row.NetRevenueRetention().Ratio()
				grr, err2 := row.GrossRevenueRetention().Ratio()
				if o.Basis == 0 && err1 == nil && err2 == nil && (grr.Cmp(nrr) > 0 || grr.Cmp(metric.MustRatio("1")) > 0) {
					t.Errorf("seed %d: %v: gross retention %s, net %s", seed, k, grr, nrr)
				}
				continue
			}
			sums[k] = list
		}
		for k, list := range sums {
			for i := range list {
				if list[i].Cmp(wholes[k][i]) != 0 {
					t.Errorf("seed %d: %v: segments come to %s in term %d, the whole is %s", seed, k, list[i].RatString(), i, wholes[k][i].RatString())
				}
			}
		}
	}
}

func TestPresets(t *testing.T) {
	want := map[string]string{
		"chartmogul":  "grain=hour fx=start net_churn=with_reactivation",
		"stripe":      "ending_discounts=ignored churn=request customer_churn=with_new",
		"profitwell":  "grain=month fx=start",
		"baremetrics": "grain=day quick_ratio=without_reactivation customer_churn=with_same_period",
		"recurly":     "days=30 reactivate_after=1mo",
		"maxio":       "unit=subscription paused=counts churn=request reactivate_within=90d",
		"playbook":    "grain=month_start",
	}
	n := 0
	for name := range ledger.Presets() {
		o, err := ledger.Preset(name)
		if err != nil || o.String() != want[name] {
			t.Errorf("%s: %q, %v, want %q", name, o, err, want[name])
		}
		if _, err := ledger.New(o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n++
	}
	if n != len(want) {
		t.Errorf("%d presets", n)
	}
	if _, err := ledger.Preset("vendor"); !errors.Is(err, metric.ErrInput) {
		t.Errorf("an unknown preset: %v", err)
	}
	if s := (ledger.Options{}).String(); s != "" {
		t.Errorf("the default is %q", s)
	}
}

func TestBadQueries(t *testing.T) {
	l := fill(t, ledger.Options{}, nil)
	jan := month(2024, 1)
	elsewhere, err := metric.Month(2024, 2, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]ledger.Query{
		"no period":               {},
		"zero period":             {Periods: []metric.Period{{}}},
		"two zones":               {Periods: []metric.Period{jan, elsewhere}},
		"closed later than known": {Periods: []metric.Period{jan}, Known: at("2024-01-01"), ClosedUntil: at("2024-02-01")},
	} {
		if _, err := l.Statement(q); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, o := range map[string]ledger.Options{
		"unit": {Unit: 9}, "weeks": {Weeks: 9}, "days": {Days: 9}, "grain": {Grain: 9}, "churn": {ChurnAt: 9}, "fx": {Conversion: 9}, "basis": {Basis: 9},
		"dunning": {DunningDays: 1 << 30}, "grace": {Grace: ledger.Span{Days: -1}},
	} {
		if _, err := ledger.New(o); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// D13 and a ledger of nothing.
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{jan}, AsOf: at("2024-01-20")})
	if err != nil {
		t.Fatal(err)
	}
	row, ok := s.Row(jan, metric.Currency{})
	if !ok || !row.Incomplete || row.Customers.Closing != 0 {
		t.Errorf("row of nothing: %t, %+v", ok, row)
	}
}

// Facts and rows lie in the years 1824 to 2115, as those of all calculators do.
func TestInstants(t *testing.T) {
	for text, want := range map[string]bool{"1823-12-31T23:59:59.999999999Z": false, "1824-01-01T00:00:00Z": true, "2115-12-31T23:59:59.999999999Z": true, "2116-01-01T00:00:00Z": false} {
		l := fill(t, ledger.Options{}, nil)
		b := &ledger.Block{Customer: []event.Code{l.Keys().Code("c")}, At: []int64{at(text).UnixNano()}, Amount: []int64{1}, Currency: currency("USD")}
		for _, err := range []error{l.AddFact(set(5, text)), l.AddFact(fact(ledger.Paused, text)), l.AddBlock(b)} {
			if (err == nil) != want || err != nil && !errors.Is(err, metric.ErrInput) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// G8: rates of revenue over all currencies are undefined because there is no sum; those of
// customers are not; and where there is nothing there is no denominator.
func TestRatesOfAllCurrencies(t *testing.T) {
	p := month(2024, 2)
	row := rowOf(t, ledger.Options{}, p, set(100, "2024-01-01", of1("a")), set(100, "2024-01-01", of1("b"), in("EUR")))
	for _, r := range []ledger.Rate{row.NetRevenueRetention(), row.GrossRevenueRetention(), row.GrossMRRChurn(), row.NetMRRChurn(), row.QuickRatio(), row.RenewalRateByValue()} {
		_, err := r.Ratio()
		_, err2 := r.Yearly()
		if !errors.Is(err, metric.MixedCurrency) || !errors.Is(err2, metric.MixedCurrency) {
			t.Errorf("%s: %v, %v", r.Name, err, err2)
		}
		if pooled, err := ledger.Pool(r, r); !errors.Is(err, metric.MixedCurrency) {
			t.Errorf("%s pooled: %s, %v", r.Name, pooled, err)
		}
	}
	if x, err := row.CustomerRetention().Ratio(); err != nil || x.Text() != "1" {
		t.Errorf("customer retention: %s, %v", x, err)
	}
	if _, err := row.Levels.ARPA(); !errors.Is(err, metric.MixedCurrency) {
		t.Errorf("arpa: %v", err)
	}
	nothing := rowOf(t, ledger.Options{}, p)
	if _, err := nothing.GrossMRRChurn().Ratio(); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("churn of nothing: %v", err)
	}
}

// The end of a subscription that nothing starts is reported, however the facts came.
func TestNeverStarted(t *testing.T) {
	facts := []ledger.Fact{
		fact(ledger.Started, "2024-01-01", with(monthly(100))), fact(ledger.Cancelled, "2024-02-01"),
		fact(ledger.Cancelled, "2024-02-01", sub("x"), id("1")), fact(ledger.Expired, "2024-02-02", sub("y"), until("2024-03-01")),
		fact(ledger.Updated, "2024-03-01", sub("y2"), with(monthly(100))), fact(ledger.Cancelled, "2024-02-01", sub("y2")), // starts later
		fact(ledger.TrialStarted, "2024-01-01", sub("t"), until("2024-02-01")), fact(ledger.Cancelled, "2024-01-20", sub("t")), // of a trial
		// Of another customer, unless that one has taken it over.
		set(100, "2024-01-01", of1("d"), sub("m")), fact(ledger.Cancelled, "2024-02-01", of1("e"), sub("m"), id("2")),
		set(100, "2024-01-01", of1("f"), sub("n")), fact(ledger.CustomerMerged, "2024-01-20", of1("f"), other("g")), fact(ledger.Cancelled, "2024-02-01", of1("g"), sub("n")),
		fact(ledger.Cancelled, "2024-02-01", of1("g"), sub("o"), id("3")),
	}
	for _, o := range []ledger.Options{{}, {Unique: true}} {
		l := fill(t, o, facts[:3])
		merge(t, l, fill(t, o, facts[3:]))
		r := l.Report()
		if len(r.Refused) != 1 || r.Refused[0].Reason != ledger.ReasonNeverStarted || r.Refused[0].Count != 4 || r.Taken != int64(len(facts)) {
			t.Errorf("%q: %+v", o, r)
		}
	}
	// Rows of blocks start subscriptions, too.
	l := fillRows(t, ledger.Options{}, []ledger.Fact{set(100, "2024-01-01")})
	if err := l.AddFact(fact(ledger.Cancelled, "2024-02-01")); err != nil {
		t.Fatal(err)
	}
	if r := l.Report(); len(r.Refused) != 0 {
		t.Errorf("rows: %+v", r)
	}
}

func TestBadFactsAndBlocks(t *testing.T) {
	l := fill(t, ledger.Options{}, nil)
	for name, f := range map[string]ledger.Fact{
		"no kind":                fact(0, "2024-01-01"),
		"no customer":            set(1, "2024-01-01", of1("")),
		"no time":                {Kind: ledger.Resumed, Customer: "c", Subscription: "s"},
		"the year 1":             {Kind: ledger.Resumed, Customer: "c", Effective: time.Date(1, 2, 1, 0, 0, 0, 0, time.UTC)},
		"no currency":            {Kind: ledger.MRRSet, Customer: "c", Effective: at("2024-01-01")},
		"less than nothing":      set(-1, "2024-01-01"),
		"a merge into nobody":    fact(ledger.CustomerMerged, "2024-01-01"),
		"a trial without an end": fact(ledger.TrialStarted, "2024-01-01"),
		"MRR of a start":         fact(ledger.Started, "2024-01-01", worth(5)),
		"MRR of an update":       fact(ledger.Updated, "2024-01-01", worth(5)),
		"MRR of a trial":         fact(ledger.TrialStarted, "2024-01-01", until("2024-02-01"), worth(5)),
		"items of MRR":           set(5, "2024-01-01", with(monthly(5))),
	} {
		if err := l.AddFact(f); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var reason event.Reason
	if err := l.AddFact(set(-1, "2024-01-01")); !errors.As(err, &reason) || reason != ledger.ReasonNegativeTotal {
		t.Errorf("reason %q of %v", reason, err)
	}
	code := l.Keys().Code("c")
	good := func() *ledger.Block {
		return &ledger.Block{Customer: []event.Code{code}, At: []int64{1}, Amount: []int64{1}, Currency: currency("USD")}
	}
	for name, change := range map[string]func(*ledger.Block){
		"Customer": func(b *ledger.Block) { b.Customer[0] = 1 << 20 }, "At": func(b *ledger.Block) { b.At = nil }, "At: row 0": func(b *ledger.Block) { b.At[0] = -1 << 63 },
		"Amount: row 0": func(b *ledger.Block) { b.Amount[0] = -1 }, "Amount": func(b *ledger.Block) { b.Amount = nil }, "Currency": func(b *ledger.Block) { b.Currency = metric.Currency{} },
		"Subscription": func(b *ledger.Block) { b.Subscription = []event.Code{5} }, "Segment": func(b *ledger.Block) { b.Segment = []ledger.SegmentCode{7} },
		"Seq": func(b *ledger.Block) { b.Seq = []int64{1 << 40} }, "Interval": func(b *ledger.Block) { b.Interval = 7 }, "IntervalCount": func(b *ledger.Block) { b.IntervalCount = -1 },
	} {
		b := good()
		change(b)
		if err := l.AddBlock(b); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := l.Report(); r.Taken != 0 {
		t.Errorf("taken in: %+v", r)
	}
	if err := l.AddBlock(good()); err != nil {
		t.Error(err)
	}
}

// Amounts compare, print and round as what they are.
func TestAmount(t *testing.T) {
	third := rowOf(t, ledger.Options{}, month(2024, 1), fact(ledger.Started, "2024-01-02", with(event.SubscriptionItem{Amount: 100, Interval: "month", IntervalCount: event.Some(int64(3))}))).Levels.MRR
	if s := third.String(); s != "0.33 USD" || third.Round() != 33 || third.Sign() != 1 || third.Decimal(4).String() != "0.3333" {
		t.Errorf("a third: %s, %d, %s", s, third.Round(), third.Decimal(4))
	}
	if s := third.Precise().Text(); s != "0.3333333333333333333333333333 USD" {
		t.Errorf("a third, precisely: %s", s)
	}
	one := ledger.MinorAmount(1, currency("USD"))
	if one.Equal(third) || !one.Equal(ledger.MinorAmount(1, currency("USD"))) || one.Equal(ledger.MinorAmount(1, currency("EUR"))) || one.Cmp(third) >= 0 {
		t.Error("amounts compare wrongly")
	}
	if s := ledger.MinorAmount(-150, metric.Currency{}).String(); s != "-150" {
		t.Errorf("a number: %s", s)
	}
}

// A statement prints its segments, currencies, rounding and rules as far as there are any.
func TestStatementText(t *testing.T) {
	third := monthly(100)
	third.IntervalCount = event.Some(int64(3))
	l := fill(t, ledger.Options{PausedCounts: true}, []ledger.Fact{
		fact(ledger.Started, "2023-12-05", of1("a"), seg("east"), with(third)), fact(ledger.Started, "2024-01-05", of1("b"), seg("east"), with(third)),
		set(7, "2024-01-06", of1("d"), in("JPY"), seg("")),
	})
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 1)}, Segments: true})
	if err != nil {
		t.Fatal(err)
	}
	// 33 1/3 and 33 1/3 cents are 66 2/3.
	const want = `period   currency  segment  opening   new  expansion  contraction  churn  reactivation  transfer  rounding  closing
2024-01  JPY       all            0     7          0            0      0             0         0         0        7
2024-01  JPY       ""             0     7          0            0      0             0         0         0        7
2024-01  USD       all         0.33  0.33       0.00         0.00   0.00          0.00      0.00      0.01     0.67
2024-01  USD       "east"      0.33  0.33       0.00         0.00   0.00          0.00      0.00      0.01     0.67
rules: paused=counts
`
	if got := s.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Amounts add up and divide exactly, within one currency.
func TestAmountArithmetic(t *testing.T) {
	usd := func(units int64) ledger.Amount { return ledger.MinorAmount(units, currency("USD")) }
	zero := ledger.Amount{}
	for name, c := range map[string]struct {
		do   func() (ledger.Amount, error)
		want string // minor units
	}{
		"3+4":       {func() (ledger.Amount, error) { return usd(3).Add(usd(4)) }, "7"},
		"zero+4":    {func() (ledger.Amount, error) { return zero.Add(usd(4)) }, "4"},
		"4+zero":    {func() (ledger.Amount, error) { return usd(4).Add(zero) }, "4"},
		"3-4":       {func() (ledger.Amount, error) { return usd(3).Sub(usd(4)) }, "-1"},
		"zero-4":    {func() (ledger.Amount, error) { return zero.Sub(usd(4)) }, "-4"},
		"-3":        {func() (ledger.Amount, error) { return usd(3).Neg(), nil }, "-3"},
		"100/3":     {func() (ledger.Amount, error) { return usd(100).Div(3) }, "100/3"},
		"100/0.03":  {func() (ledger.Amount, error) { return usd(100).DivRatio(metric.MustRatio("0.03")) }, "10000/3"},
		"(1/3)*-3+": {func() (ledger.Amount, error) { third, _ := usd(1).Div(-3); return third.Sub(usd(1)) }, "-4/3"},
	} {
		got, err := c.do()
		if err != nil || got.Minor().RatString() != c.want || got.Currency().Code() != "USD" {
			t.Errorf("%s = %s %s, %v, want %s", name, got.Minor().RatString(), got.Currency(), err, c.want)
		}
	}
	eur := ledger.MinorAmount(1, currency("EUR"))
	_, err := usd(1).Add(eur)
	_, err2 := usd(1).Sub(eur)
	if !errors.Is(err, metric.MixedCurrency) || !errors.Is(err2, metric.MixedCurrency) {
		t.Errorf("currencies: %v, %v", err, err2)
	}
	_, err = usd(1).Div(0)
	_, err2 = usd(1).DivRatio(metric.Ratio{})
	if !errors.Is(err, metric.ZeroDenominator) || !errors.Is(err2, metric.ZeroDenominator) {
		t.Errorf("by zero: %v, %v", err, err2)
	}
}

// Blocks of other intervals are exact: a yearly 100 is 25/3 a month.
func TestBlockIntervals(t *testing.T) {
	l := fill(t, ledger.Options{}, nil)
	c := l.Keys().Code("c")
	for _, every := range []ledger.Interval{ledger.Yearly, ledger.Weekly, ledger.Daily} {
		b := &ledger.Block{Customer: []event.Code{c}, Subscription: []event.Code{l.Subscriptions().Code(every.String())}, At: []int64{at("2024-01-05").UnixNano()},
			Amount: []int64{100}, Currency: currency("USD"), Interval: every}
		if err := l.AddBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{month(2024, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(month(2024, 1), metric.Currency{})
	want := big.NewRat(100*(1+52+365), 12)
	if row.Bridge.New.Minor().Cmp(want) != 0 {
		t.Errorf("new %s, want %s", row.Bridge.New.Minor(), want)
	}
	// Amounts beyond what integers hold go another way to the same sums.
	huge := fill(t, ledger.Options{}, nil)
	big1 := &ledger.Block{Customer: []event.Code{huge.Keys().Code("a"), huge.Keys().Code("a")}, Subscription: []event.Code{huge.Subscriptions().Code("s"), huge.Subscriptions().Code("t")},
		At: []int64{at("2024-01-05").UnixNano(), at("2024-01-06").UnixNano()}, Amount: []int64{1<<63 - 1, 1<<63 - 1}, Currency: currency("USD"), Interval: ledger.Daily}
	if err := huge.AddBlock(big1); err != nil {
		t.Fatal(err)
	}
	s, err = huge.Statement(ledger.Query{Periods: []metric.Period{month(2024, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ = s.Row(month(2024, 1), metric.Currency{})
	limit := new(big.Rat).SetInt(new(big.Int).Mul(big.NewInt(1<<63-1), big.NewInt(2*365)))
	if want := limit.Mul(limit, big.NewRat(1, 12)); row.Bridge.Closing.Minor().Cmp(want) != 0 {
		t.Errorf("closing %s, want %s", row.Bridge.Closing.Minor(), want)
	}
}

// daily rates go up and down from day to day.
type daily struct{}

func (daily) Rate(from, to metric.Currency, at time.Time) (decimal.Decimal, error) {
	n := at.Unix()/86400*37%101 + int64(from.Code()[0])
	return decimal.New(50+n, -2), nil
}

func (daily) Source() string { return "by the day" }

// E2, E3, E6 over hostile facts: converted statements add up, levels are the original ones at
// the rates of their instants, and what is frozen has no FX.
func TestConvertedIdentities(t *testing.T) {
	periods := hostilePeriods(t, berlin(t))
	eur := currency("EUR")
	for seed := range uint64(24) {
		o := lawOptions(seed)
		o.Conversion = ledger.Conversion(seed % 3)
		l := fill(t, o, lawFacts(seed+200))
		s, err := l.Statement(ledger.Query{Periods: periods, Segments: true, Currency: eur, Rates: daily{}, RatesAt: at("2024-01-01")})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		plain, err := l.Statement(ledger.Query{Periods: periods})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range periods {
			row, ok := s.Row(p, eur)
			if !ok {
				continue
			}
			if o.Conversion != ledger.ConvertByDate {
				if !row.Bridge.FX.IsZero() || !row.Ends.FX.IsZero() {
					t.Errorf("seed %d: %s: FX of %s at frozen rates", seed, p, row.Bridge.FX)
				}
				continue
			}
			want := new(big.Rat)
			for r := range plain.Rows() {
				if !r.Period.Equal(p) || !r.AllSegments || r.Currency.IsZero() {
					continue
				}
				x := r.Bridge.Closing.Minor()
				if r.Currency != eur {
					rate, err := daily{}.Rate(r.Currency, eur, p.End())
					if err != nil {
						t.Fatal(err)
					}
					x = new(big.Rat).Mul(x, rate.Rat())
				}
				if r.Currency.Exponent() == 0 {
					x = new(big.Rat).Mul(x, big.NewRat(100, 1))
				}
				want.Add(want, x)
			}
			if row.Bridge.Closing.Minor().Cmp(want) != 0 {
				t.Errorf("seed %d: %s closes at %s, want %s", seed, p, row.Bridge.Closing.Minor().RatString(), want.RatString())
			}
		}
	}
}
