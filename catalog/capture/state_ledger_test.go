package capture_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// about makes an event of a customer's subscription, in a region.
func about[P any, PP event.Payload[P]](customer, region string, at time.Time, p P) event.Event {
	e := event.New[P, PP](event.Event{AccountID: customer, Time: at}, p)
	e.ID = e.Name + customer + at.String()
	e.Props = e.Props.With(event.String("region", region))
	return e
}

// price sets what a subscription costs, in cents.
func price(customer, sub string, at time.Time, cents int64, interval, currency string) event.Event {
	return about(customer, "", at, event.SubscriptionUpdated{SubscriptionID: sub, Currency: currency,
		Items: []event.SubscriptionItem{{ItemID: "seat", Amount: cents, Interval: interval}}})
}

func start(customer string, at time.Time, cents int64, interval string) event.Event {
	return about(customer, "", at, event.SubscriptionStarted{SubscriptionID: customer, Currency: "USD",
		Items: []event.SubscriptionItem{{ItemID: "seat", Amount: cents, Interval: interval}}})
}

func cancel(customer, sub string, at time.Time, voluntary event.Optional[bool]) event.Event {
	return about(customer, "", at, event.SubscriptionCancelled{SubscriptionID: sub, Voluntary: voluntary})
}

// in returns an event as of a region.
func in(region string, e event.Event) event.Event {
	e.Props = e.Props.With(event.String("region", region))
	return e
}

// expect compares facts with lines of "cell metric value".
func expect(t *testing.T, cells map[string]*metric.Facts, lines string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		cell, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		id, want, _ := strings.Cut(rest, " = ")
		d, ok := catalog.Lookup(id)
		facts := cells[cell]
		if !ok || facts == nil {
			t.Fatalf("no metric or cell: %s", line)
		}
		v, err := facts.Value(d)
		got := v.Text()
		for _, r := range []metric.Reason{metric.MixedCurrency, metric.NotAdditive, metric.NotMature, metric.MissingInput, metric.ZeroDenominator} {
			if errors.Is(err, r) {
				got = string(r)
			}
		}
		if got != want {
			t.Errorf("%s: %s = %s, %v, want %s", cell, id, got, err, want)
		}
	}
}

func contradictions(facts *metric.Facts) (ids []string) {
	for _, c := range facts.Check() {
		ids = append(ids, c.Definition.ID())
	}
	slices.Sort(ids)
	return ids
}

func ledgerOptions(t *testing.T, q ledger.Query, months ...time.Month) capture.Options {
	t.Helper()
	o := capture.Options{States: []capture.State{capture.Ledger(ledger.Options{}, q)}}
	o.Metrics = o.States[0].Supplies()
	for _, m := range months {
		o.Periods = append(o.Periods, month(t, m))
	}
	return o
}

func TestLedgerRefuses(t *testing.T) {
	eur, _ := metric.ParseCurrency("EUR")
	for name, s := range map[string]capture.State{
		"subscriptions as customers": capture.Ledger(ledger.Options{Unit: ledger.BySubscription}, ledger.Query{}),
		"rules out of range":         capture.Ledger(ledger.Options{Basis: 9}, ledger.Query{}),
		"conversion without rates":   capture.Ledger(ledger.Options{}, ledger.Query{Currency: eur}),
		"closed after it is known":   capture.Ledger(ledger.Options{}, ledger.Query{Known: on(2, 1), ClosedUntil: on(3, 1)}),
	} {
		_, err := capture.New(capture.Options{Periods: []metric.Period{month(t, 2)}, States: []capture.State{s}})
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains(err.Error(), "ledger") {
			t.Errorf("%s: the error does not name the ledger: %v", name, err)
		}
	}
}

// Contracts of a year, whose months do not come out even:
//
//	       a year     term ends   then
//	ann    1200.00    10 Feb      1500.00
//	ben     100.00    11 Feb      the same
//	cleo    240.00    12 Feb      gone
//	dora    360.00    13 Feb      300.00
//	eve      10.00 a month, which ends and goes on every month
//
// Opening 1900/12 + 10, closing (1500 + 100 + 300)/12 + 10 = 168.333...
func TestLedgerRenewals(t *testing.T) {
	list := []event.Event{
		start("ann", on(1, 1), 1200_00, "year"), start("ben", on(1, 2), 100_00, "year"), start("cleo", on(1, 3), 240_00, "year"),
		start("dora", on(1, 4), 360_00, "year"), start("eve", on(1, 5), 10_00, "month"),
		price("ann", "ann", on(2, 10), 1500_00, "year", "USD"), cancel("cleo", "cleo", on(2, 12), event.Some(true)),
		price("dora", "dora", on(2, 13), 300_00, "year", "USD"),
	}
	for i, customer := range []string{"ann", "ben", "cleo", "dora", "eve"} {
		list = append(list, about(customer, "", on(1, 6), event.SubscriptionRenewed{SubscriptionID: customer, PeriodEnd: on(2, 10+i)}))
	}
	_, cells := collectCells(t, ledgerOptions(t, ledger.Query{}, 2, 3), list)
	expect(t, cells, `2026-02: subscription.due_contracts = 4
		2026-02: subscription.renewed_contracts = 3
		2026-02: subscription.due_value = 1900.00 USD
		2026-02: subscription.renewed_value = 1660.00 USD
		2026-02: subscription.renewal_expansion = 300.00 USD
		2026-02: subscription.renewal_contraction = 60.00 USD
		2026-02: subscription.renewal_rate = 0.75
		2026-02: subscription.opening_mrr = 168.3333333333333333333333333333 USD
		2026-02: subscription.expansion_mrr = 25.00 USD
		2026-02: subscription.contraction_mrr = 5.00 USD
		2026-02: subscription.churned_mrr = 20.00 USD
		2026-02: subscription.mrr = 168.3333333333333333333333333333 USD
		2026-02: subscription.retained_mrr = 168.3333333333333333333333333333 USD
		2026-02: subscription.kept_mrr = 143.3333333333333333333333333333 USD
		2026-02: subscription.retained_customers = 4
		2026-02: subscription.lost_subscriptions = 1
		2026-02: subscription.opening_subscriptions = 5
		2026-02: churn.downgraded_customers = 1
		2026-02: churn.voluntarily_churned_customers = 1
		2026-03: subscription.due_contracts = 0
		2026-03: subscription.renewal_rate = zero_denominator`)
	if ids := contradictions(cells["2026-02"]); ids != nil {
		t.Errorf("contradictions: %s", ids)
	}
}

// A third and a third are two thirds, whose last digit is rounded up. It is not here, where the sum of
// what is opening and new is to the last digit what is closing.
func TestLedgerRoundingIsNoContradiction(t *testing.T) {
	list := []event.Event{start("ann", on(1, 1), 4, "year"), start("ben", on(2, 2), 4, "year")}
	_, cells := collectCells(t, ledgerOptions(t, ledger.Query{}, 2, 3), list)
	if ids := contradictions(cells["2026-02"]); ids != nil {
		t.Errorf("contradictions: %s", ids)
	}
	expect(t, cells, `2026-02: subscription.opening_mrr = 0.0033333333333333333333333333 USD
		2026-02: subscription.new_mrr = 0.0033333333333333333333333333 USD
		2026-02: subscription.mrr = 0.0066666666666666666666666666 USD
		2026-03: subscription.opening_mrr = 0.0066666666666666666666666667 USD`)
}

// Who left, why, and who came back by 1 April:
//
//	u   ends one of two subscriptions by choice, and stays
//	v   joins and leaves in February by choice
//	w   leaves by choice, returns and leaves by choice again
//	x   is cut off, and is back at the very instant of 1 April, which is too late
//	y   has not paid since 10 January, and is given up after 30 days
//	z   leaves for no known reason, and is back in March
//	f   goes on for free
//	p   pauses until May; q pauses without a date
func TestLedgerDepartures(t *testing.T) {
	yes, no, unknown := event.Some(true), event.Some(false), event.Optional[bool]{}
	var list []event.Event
	for _, customer := range []string{"u", "w", "x", "y", "z", "f", "p", "q"} {
		list = append(list, start(customer, on(1, 5), 10_00, "month"))
	}
	list = append(list,
		price("u", "second", on(1, 6), 20_00, "month", "USD"), cancel("u", "second", on(2, 5), yes),
		start("v", on(2, 3), 10_00, "month"), cancel("v", "v", on(2, 8), yes),
		cancel("w", "w", on(2, 4), yes), start("w", on(2, 10), 15_00, "month"), cancel("w", "w", on(2, 20), yes),
		cancel("x", "x", on(2, 6), no), start("x", on(4, 1), 10_00, "month"),
		about("y", "", on(1, 10), event.PaymentFailed{Amount: 1000, Currency: "USD", SubscriptionID: "y", InvoiceID: "y1"}),
		cancel("z", "z", on(2, 7), unknown), start("z", on(3, 20), 5_00, "month"),
		price("f", "f", on(2, 8), 0, "month", "USD"),
		about("p", "", on(2, 9), event.SubscriptionPaused{SubscriptionID: "p", ResumesAt: on(5, 1)}),
		about("q", "", on(2, 9), event.SubscriptionPaused{SubscriptionID: "q"}),
	)
	_, cells := collectCells(t, ledgerOptions(t, ledger.Query{AsOf: on(4, 1)}, 2, 3), list)
	expect(t, cells, `2026-02: churn.voluntarily_churned_customers = 2
		2026-02: billing.involuntarily_churned_customers = 2
		2026-02: subscription.churned_customers = 9
		2026-02: subscription.win_back_candidates = 8
		2026-02: subscription.regained_customers = 2
		2026-02: subscription.opening_customers = 8
		2026-02: subscription.retained_customers = 1
		2026-02: subscription.customers = 1
		2026-02: subscription.paused_mrr = 10.00 USD
		2026-02: subscription.mrr = 10.00 USD
		2026-02: churn.downgraded_customers = 1
		2026-02: subscription.lost_subscriptions = 8
		2026-03: churn.voluntarily_churned_customers = 0
		2026-03: subscription.win_back_candidates = 0
		2026-03: subscription.reactivated_customers = 1`)
}

// Whether cleo left in February depends on where the month ends: at 2 o'clock UTC on 1 March it
// is still February in New York.
func TestLedgerZones(t *testing.T) {
	york := time.FixedZone("New York", -5*3600)
	there, err := metric.Month(2026, time.February, york)
	if err != nil {
		t.Fatal(err)
	}
	o := ledgerOptions(t, ledger.Query{AsOf: on(5, 1)}, 2, 3)
	o.Periods = append(o.Periods, there)
	c, err := capture.New(o)
	if err != nil {
		t.Fatal(err)
	}
	leaves := time.Date(2026, time.March, 1, 2, 0, 0, 0, time.UTC)
	for _, e := range []event.Event{start("cleo", on(1, 7), 50_00, "month"), start("ann", on(1, 7), 30_00, "month"), cancel("cleo", "cleo", leaves, event.Some(true))} {
		c.Add(&e)
	}
	var got []string
	for cell, facts := range c.Facts() {
		for _, id := range []string{"subscription.churned_mrr", "churn.voluntarily_churned_customers", "subscription.trailing_churned_customers", "subscription.win_back_candidates"} {
			d, _ := catalog.Lookup(id)
			v, err := facts.Value(d)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v.Text())
		}
		got = append(got, cell.Period.Location().String())
	}
	want := "[0.00 USD 0 0 0 UTC 50.00 USD 1 1 1 New York 50.00 USD 1 1 1 UTC]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if err := c.Report().States[0].Err; err != nil {
		t.Error(err)
	}
}

// The months before the first event had no customers, of whom none was lost.
func TestLedgerTrailingMonths(t *testing.T) {
	o := ledgerOptions(t, ledger.Query{AsOf: on(4, 10)}, 1, 3, 4)
	year, err := metric.Year(2026, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	o.Periods = append(o.Periods, year)
	_, cells := collectCells(t, o, subscriptions())
	// Four customers begin February, of whom one is lost for good, and four begin March.
	expect(t, cells, `2026-01: subscription.trailing_opening_customers = 0
		2026-01: subscription.trailing_customer_churn_rate = zero_denominator
		2026-03: subscription.trailing_opening_customers = 8
		2026-03: subscription.trailing_churned_customers = 1
		2026-03: subscription.trailing_customer_churn_rate = 0.125
		2026-04: subscription.trailing_opening_customers = not_mature
		2026: subscription.trailing_opening_customers = missing_input`)
}

// On 15 February, the month is not over: its opening is known, and what is there so far is
// that of a period which ends then.
func TestLedgerPeriodsThatRun(t *testing.T) {
	o := ledgerOptions(t, ledger.Query{AsOf: on(2, 15)}, 2, 3)
	toDate, err := metric.Between(month(t, 2).Start(), on(2, 15))
	if err != nil {
		t.Fatal(err)
	}
	o.Periods = append(o.Periods, toDate)
	_, cells := collectCells(t, o, subscriptions())
	expect(t, cells, `2026-02: subscription.opening_mrr = 430.00 USD
		2026-02: subscription.opening_customers = 4
		2026-02: subscription.opening_subscriptions = 4
		2026-02: subscription.mrr = not_mature
		2026-02: subscription.new_mrr = not_mature
		2026-02: subscription.net_revenue_retention = not_mature
		2026-02: subscription.win_back_candidates = not_mature
		2026-02: churn.voluntarily_churned_customers = not_mature
		2026-03: subscription.opening_mrr = not_mature
		`+toDate.String()+`: subscription.mrr = 270.00 USD
		`+toDate.String()+`: subscription.churned_mrr = 130.00 USD
		`+toDate.String()+`: subscription.win_back_candidates = 2
		`+toDate.String()+`: subscription.regained_customers = 0`)
}

// Nothing is zero by accident, and nothing of an amount is known without a currency.
func TestLedgerWithoutRevenue(t *testing.T) {
	o := ledgerOptions(t, ledger.Query{}, 2)
	_, cells := collectCells(t, o, nil)
	if n := cells["2026-02"].Len(); n != 0 {
		t.Errorf("%d facts of no events", n)
	}
	_, cells = collectCells(t, o, []event.Event{cancel("ann", "ann", on(2, 3), event.Some(true))})
	expect(t, cells, `2026-02: subscription.opening_customers = 0
		2026-02: churn.downgraded_customers = 0
		2026-02: subscription.mrr = missing_input
		2026-02: subscription.arr = missing_input`)
	// A period before all events, in the only currency there is.
	_, cells = collectCells(t, ledgerOptions(t, ledger.Query{}, 1), []event.Event{start("ann", on(2, 1), 10_00, "month")})
	expect(t, cells, `2026-01: subscription.mrr = 0.00 USD
		2026-01: subscription.customers = 0
		2026-01: subscription.net_revenue_retention = zero_denominator`)
}

// Ann pays dollars and ben euros in the east, cleo dollars in the west, and dora, who is gone
// since January, paid pounds. In the north there are visitors only.
func TestLedgerCurrencies(t *testing.T) {
	pays := func(region, customer string, at time.Time, cents int64, currency string) event.Event {
		return in(region, price(customer, customer, at, cents, "month", currency))
	}
	ben := pays("east", "ben", on(1, 3), 50_00, "EUR")
	list := []event.Event{
		pays("east", "ann", on(1, 2), 100_00, "USD"), pays("west", "cleo", on(1, 4), 30_00, "USD"), pays("west", "cleo", on(2, 4), 20_00, "USD"),
		pays("east", "dora", on(1, 5), 5_00, "GBP"), in("east", cancel("dora", "dora", on(1, 9), event.Some(true))),
		about("eve", "north", on(1, 2), event.PageViewed{URL: "https://example.com"}),
	}
	o := ledgerOptions(t, ledger.Query{}, 2)
	o.Segment = region
	_, cells := collectCells(t, o, append(slices.Clone(list), ben))
	expect(t, cells, `2026-02: subscription.opening_mrr = mixed_currency
		2026-02: subscription.net_revenue_retention = mixed_currency
		2026-02: subscription.opening_customers = 3
		2026-02: subscription.retained_customers = 3
		2026-02: subscription.trailing_opening_customers = 3
		2026-02: churn.downgraded_customers = mixed_currency
		2026-02 east: subscription.opening_mrr = mixed_currency
		2026-02 east: subscription.opening_customers = not_additive
		2026-02 east: subscription.trailing_opening_customers = not_additive
		2026-02 east: churn.voluntarily_churned_customers = 0
		2026-02 west: subscription.opening_mrr = 30.00 USD
		2026-02 west: subscription.opening_customers = 1
		2026-02 west: churn.downgraded_customers = 1
		2026-02 west: subscription.gross_revenue_retention = 0.6666666666666666666666666667
		2026-02 north: subscription.opening_mrr = mixed_currency
		2026-02 north: subscription.opening_customers = 0`)
	// Dora's pounds are over and spoil nothing.
	_, cells = collectCells(t, o, list)
	expect(t, cells, `2026-02: subscription.opening_mrr = 130.00 USD
		2026-02: churn.downgraded_customers = 1
		2026-02 east: subscription.opening_customers = 1`)
	// At two dollars a euro, and none for pounds: 65 + 50 euros.
	eur, _ := metric.ParseCurrency("EUR")
	q := ledger.Query{Currency: eur, Rates: half{}, RatesAt: on(1, 1)}
	o.States = []capture.State{capture.Ledger(ledger.Options{Conversion: ledger.ConvertConstant}, q)}
	_, cells = collectCells(t, o, append(slices.Clone(list), ben))
	expect(t, cells, `2026-02: subscription.opening_mrr = 115.00 EUR
		2026-02: subscription.contraction_mrr = 5.00 EUR
		2026-02: subscription.mrr = 110.00 EUR
		2026-02 east: subscription.opening_mrr = 100.00 EUR
		2026-02 east: subscription.opening_customers = 2
		2026-02 north: subscription.mrr = 0.00 EUR`)
	if ids := contradictions(cells["2026-02"]); ids != nil {
		t.Errorf("contradictions: %s", ids)
	}
}

// half says that a dollar and a pound are half a euro.
type half struct{}

func (half) Rate(from, to metric.Currency, _ time.Time) (decimal.Decimal, error) {
	return decimal.New(5, -1), nil
}
func (half) Source() string { return "half" }

// hostileSubscriptions returns a history of a few customers who do all they can, in one
// currency, by the half day, so that much comes at once.
func hostileSubscriptions(r *rand.Rand, n int, merges bool) []event.Event {
	var list []event.Event
	for len(list) < n {
		customer := "c" + strconv.Itoa(r.IntN(6))
		sub := customer + strconv.Itoa(r.IntN(2))
		at := on(1, 1).AddDate(0, 0, r.IntN(150)).Add(time.Duration(r.IntN(2)) * 12 * time.Hour)
		region := []string{"east", "west"}[r.IntN(2)]
		items := []event.SubscriptionItem{{ItemID: "seat", Amount: int64(r.IntN(99)), Interval: []string{"month", "year", "week"}[r.IntN(3)]}}
		var e event.Event
		switch r.IntN(10) {
		case 0, 1, 2:
			e = about(customer, region, at, event.SubscriptionStarted{SubscriptionID: sub, Currency: "USD", Items: items})
		case 3, 4:
			e = about(customer, region, at, event.SubscriptionUpdated{SubscriptionID: sub, Currency: "USD", Items: items})
		case 5, 6:
			e = cancel(customer, sub, at, event.Some(r.IntN(2) == 0))
		case 7:
			e = about(customer, region, at, event.SubscriptionPaused{SubscriptionID: sub, ResumesAt: on(12, 1)})
		case 8:
			e = about(customer, region, at, event.SubscriptionRenewed{SubscriptionID: sub, PeriodEnd: at.AddDate(0, r.IntN(3), 0)})
		default:
			e = about(customer, region, at, event.PaymentFailed{Amount: 1, Currency: "USD", SubscriptionID: sub, InvoiceID: "i"})
		}
		if merges && r.IntN(20) == 0 {
			e = about(customer, region, at, event.AccountMerged{FromAccountID: customer, IntoAccountID: "c" + strconv.Itoa(r.IntN(6))})
		}
		e.ID += strconv.Itoa(len(list))
		if event.Check(&e) == nil {
			list = append(list, e)
		}
	}
	return list
}

// Facts of a ledger agree with each other, but where the documentation says. What a formula
// makes of them, a ledger that is asked itself says too.
func TestLedgerFactsAgree(t *testing.T) {
	retained := []string{"subscription.kept_mrr", "subscription.retained_customers", "subscription.retained_mrr"}
	found := map[string]bool{}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		merges := seed%3 == 0
		list := hostileSubscriptions(r, 10+r.IntN(60), merges)
		o := ledgerOptions(t, ledger.Query{AsOf: on(6, 1)}, 1, 2, 3, 4)
		quarter, err := metric.Quarter(2026, 1, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		o.Periods, o.Segment = append(o.Periods, quarter), region
		c, cells := collectCells(t, o, list)
		if err := c.Report().States[0].Err; err != nil {
			t.Fatal(err)
		}
		books, err := ledger.New(ledger.Options{Segment: region})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			books.Add(&list[i])
		}
		for name, facts := range cells {
			number := func(id string) string {
				d, _ := catalog.Lookup(id)
				return value(t, facts, d)
			}
			_, _, segment := strings.Cut(name, " ")
			still := number("subscription.new_customers") == "0" && number("subscription.reactivated_customers") == "0" && !merges
			for _, id := range contradictions(facts) {
				found[id] = true
				switch {
				case segment && (id == "subscription.mrr" || id == "subscription.customers" || slices.Contains(retained, id)):
				case merges && id == "subscription.customers":
				case slices.Contains(retained, id) && (!still || id == "subscription.kept_mrr"):
				default:
					t.Errorf("seed %d, %s: %s contradicts the movements", seed, name, id)
				}
			}
			if facts.Len() == 0 {
				continue
			}
			for _, d := range o.Metrics {
				months := strings.Contains(d.ID(), "trailing") && facts.Period().Unit() != metric.UnitMonth
				if _, err := facts.Value(d); err != nil && !months {
					t.Errorf("seed %d, %s: %v", seed, name, err)
				}
			}
			if segment {
				continue
			}
			rate, err := books.WinBack(facts.Period(), on(6, 1), ledger.Query{})
			if err != nil {
				t.Fatal(err)
			}
			want := rate.Denominator.String() + " " + rate.Numerator.String()
			if got := number("subscription.win_back_candidates") + " " + number("subscription.regained_customers"); got != want {
				t.Errorf("seed %d, %s: win-back %s, want %s", seed, name, got, want)
			}
			statement, err := books.Statement(ledger.Query{Periods: []metric.Period{facts.Period()}, Segments: true})
			if err != nil {
				t.Fatal(err)
			}
			row, _ := statement.Row(facts.Period(), metric.Currency{})
			for id, rate := range map[string]ledger.Rate{
				"subscription.net_revenue_retention": row.NetRevenueRetention(), "subscription.gross_revenue_retention": row.GrossRevenueRetention(),
				"subscription.customer_retention_rate": row.CustomerRetention(), "subscription.subscription_churn_rate": row.SubscriptionChurn(),
				"subscription.renewal_rate": row.RenewalRate(), "subscription.renewal_rate_by_value": row.RenewalRateByValue(),
			} {
				d, _ := catalog.Lookup(id)
				want, err := rate.Ratio()
				got, err2 := facts.Value(d)
				if (err == nil) != (err2 == nil) || err == nil && !close28(got.Text(), want) {
					t.Errorf("seed %d, %s: %s = %s, %v, want %s, %v", seed, name, id, got, err2, want, err)
				}
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if len(found) != 5 {
		t.Errorf("the histories show contradictions of %v only", found)
	}
}

// close28 compares with what was rounded once and not before.
func close28(text string, r metric.Ratio) bool {
	d, err := exact.ParseDecimal(text)
	return err == nil && d.Sub(r.Decimal()).Abs().LessThan(decimal.New(1, -22))
}
