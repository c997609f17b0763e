package ledger_test

import (
	"fmt"
	"log"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// A row of a table of subscriptions is a fact when it starts and another when it ends.
func Example() {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		log.Fatal(err)
	}
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range []ledger.Fact{
		{Kind: ledger.Started, Customer: "acme", Subscription: "1", Effective: day(1, 5), Currency: usd,
			Items: []event.SubscriptionItem{{Plan: "pro", Amount: 120000, Interval: "year"}}},
		{Kind: ledger.Started, Customer: "bolt", Subscription: "2", Effective: day(1, 9), Currency: usd,
			Items: []event.SubscriptionItem{{Plan: "basic", Amount: 4900, Interval: "month"}}},
		{Kind: ledger.Updated, Customer: "acme", Subscription: "1", Effective: day(2, 10), Currency: usd,
			Items: []event.SubscriptionItem{{Plan: "pro", Amount: 15000, Interval: "month"}}},
		{Kind: ledger.Cancelled, Customer: "bolt", Subscription: "2", Effective: day(2, 20), Voluntary: event.Some(true)},
	} {
		if err := l.AddFact(f); err != nil {
			log.Fatal(err)
		}
	}
	february, err := metric.Month(2024, time.February, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{february}})
	if err != nil {
		log.Fatal(err)
	}
	row, _ := s.Row(february, usd)
	fmt.Println("opening    ", row.Bridge.Opening)
	fmt.Println("expansion  ", row.Bridge.Expansion)
	fmt.Println("churn      ", row.Bridge.Churn)
	fmt.Println("closing    ", row.Bridge.Closing)
	fmt.Println(row.NetRevenueRetention())
	fmt.Println(row.GrossRevenueRetention())
	fmt.Println(row.CustomerChurn())
	// Output:
	// opening     149.00 USD
	// expansion   50.00 USD
	// churn       -49.00 USD
	// closing     150.00 USD
	// net_revenue_retention 100.67%
	// gross_revenue_retention 67.11%
	// customer_churn 50%
}

// Rows of a warehouse that state the MRR of subscriptions go in as columns.
func ExampleLedger_AddBlock() {
	eur, err := metric.ParseCurrency("EUR")
	if err != nil {
		log.Fatal(err)
	}
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	acme, bolt := l.Keys().Code("acme"), l.Keys().Code("bolt")
	day := func(m time.Month, d int) int64 { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC).UnixNano() }
	err = l.AddBlock(&ledger.Block{
		Customer: []event.Code{acme, bolt, acme, bolt},
		At:       []int64{day(1, 5), day(1, 9), day(2, 10), day(2, 20)},
		Amount:   []int64{10000, 4900, 15000, 0},
		Currency: eur,
	})
	if err != nil {
		log.Fatal(err)
	}
	moves, err := l.Movements(ledger.Query{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range moves {
		fmt.Println(m.At.Format(time.DateOnly), m.Customer, m.Class, m.Change)
	}
	// Output:
	// 2024-01-05 acme new 100.00 EUR
	// 2024-02-10 acme expansion 50.00 EUR
	// 2024-01-09 bolt new 49.00 EUR
	// 2024-02-20 bolt churn -49.00 EUR
}

// What recurs for a set of items, without a ledger.
func ExampleNormalize() {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		log.Fatal(err)
	}
	items := []event.SubscriptionItem{
		{Plan: "seats", Amount: 100000, Interval: "year"},
		{Plan: "support", Amount: 2500, Interval: "week"},
		{Plan: "setup", Amount: 50000, Interval: "month", Kind: "one_off"},
	}
	mrr, err := ledger.Normalize(items, usd, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(mrr, "exactly", mrr.Minor(), "cents")
	// Output: 191.67 USD exactly 57500/3 cents
}

// The books of January as they stood on 1 February, and with what became known since.
func ExampleQuery_known() {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		log.Fatal(err)
	}
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	for _, f := range []ledger.Fact{
		{Kind: ledger.MRRSet, Customer: "acme", Effective: day(1, 5), Currency: usd, MRR: 10000},
		{Kind: ledger.MRRSet, Customer: "bolt", Effective: day(1, 20), Recorded: day(2, 7), Currency: usd, MRR: 4900},
	} {
		if err := l.AddFact(f); err != nil {
			log.Fatal(err)
		}
	}
	january, err := metric.Month(2024, time.January, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	for _, known := range []time.Time{day(2, 1), {}} {
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{january}, Known: known})
		if err != nil {
			log.Fatal(err)
		}
		row, _ := s.Row(january, usd)
		fmt.Println(row.Levels.MRR)
	}
	// Output:
	// 100.00 USD
	// 149.00 USD
}

func ExampleLedger_Cohorts() {
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		log.Fatal(err)
	}
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	for _, f := range []ledger.Fact{
		{Kind: ledger.MRRSet, Customer: "acme", Effective: day(1, 5), Currency: usd, MRR: 10000},
		{Kind: ledger.MRRSet, Customer: "bolt", Effective: day(1, 9), Currency: usd, MRR: 4900},
		{Kind: ledger.MRRSet, Customer: "acme", Effective: day(2, 10), Currency: usd, MRR: 15000},
		{Kind: ledger.MRRSet, Customer: "bolt", Effective: day(2, 20), Currency: usd, MRR: 0},
	} {
		if err := l.AddFact(f); err != nil {
			log.Fatal(err)
		}
	}
	january, err := metric.Month(2024, time.January, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	cohorts, err := l.Cohorts(ledger.Query{Periods: []metric.Period{january, january.Next()}})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range cohorts {
		for _, x := range c.Cells {
			fmt.Printf("%s: %d of %d customers, net %s, gross %s\n", x.Period, x.Customers, c.Customers, x.Net, x.Gross)
		}
	}
	// Output:
	// 2024-01: 2 of 2 customers, net 149.00 USD, gross 149.00 USD
	// 2024-02: 1 of 2 customers, net 150.00 USD, gross 100.00 USD
}

// Net and gross revenue retention by plan, from a table with a row for each plan that a
// customer has had. acme goes from basic to pro, which is no loss to either plan; core leaves.
func ExampleStatement_Rows() {
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	table := []struct {
		account, plan string
		cents         int64
		from, until   time.Time // until is zero for the current plan
	}{
		{"acme", "basic", 5000, day(1, 5), day(2, 10)},
		{"acme", "pro", 9000, day(2, 10), time.Time{}},
		{"bolt", "basic", 5000, day(1, 6), time.Time{}},
		{"core", "pro", 10000, day(1, 7), day(2, 20)},
		{"dune", "pro", 10000, day(1, 8), time.Time{}},
	}
	l, err := ledger.New(ledger.Options{SegmentByPlan: true})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range table {
		facts := []ledger.Fact{{
			Kind: ledger.Started, Customer: r.account, Effective: r.from, Currency: metric.USD("0").Currency(),
			Items: []event.SubscriptionItem{{Plan: r.plan, Amount: r.cents, Interval: "month"}},
		}}
		if !r.until.IsZero() {
			facts = append(facts, ledger.Fact{Kind: ledger.Cancelled, Customer: r.account, Effective: r.until})
		}
		for _, f := range facts {
			if err := l.AddFact(f); err != nil {
				log.Fatal(err)
			}
		}
	}
	february, err := metric.Month(2024, time.February, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{february}, Segments: true})
	if err != nil {
		log.Fatal(err)
	}
	for row := range s.Rows() {
		name := row.Segment
		if row.AllSegments {
			name = "all"
		}
		fmt.Println(row.Period, name, row.Bridge.Opening)
		fmt.Println("   ", row.NetRevenueRetention())
		fmt.Println("   ", row.GrossRevenueRetention())
	}
	// Output:
	// 2024-02 all 300.00 USD
	//     net_revenue_retention 80%
	//     gross_revenue_retention 66.67%
	// 2024-02 basic 100.00 USD
	//     net_revenue_retention 140%
	//     gross_revenue_retention 100%
	// 2024-02 pro 200.00 USD
	//     net_revenue_retention 50%
	//     gross_revenue_retention 50%
}

// A statement prints as its bridge.
func ExampleStatement_String() {
	l, err := ledger.New(ledger.Options{})
	if err != nil {
		log.Fatal(err)
	}
	set := func(customer string, m time.Month, day int, cents int64) {
		f := ledger.Fact{Kind: ledger.MRRSet, Customer: customer, Effective: time.Date(2024, m, day, 0, 0, 0, 0, time.UTC), Currency: metric.USD("0").Currency(), MRR: cents}
		if err := l.AddFact(f); err != nil {
			log.Fatal(err)
		}
	}
	set("acme", time.January, 5, 5000)
	set("acme", time.February, 10, 9000)
	set("bolt", time.January, 6, 4000)
	set("bolt", time.February, 20, 0)
	set("bolt", time.March, 1, 2500)
	january, err := metric.Month(2024, time.January, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	february := january.Next()
	s, err := l.Statement(ledger.Query{
		Periods: []metric.Period{january, february, february.Next()},
		AsOf:    time.Date(2024, time.March, 12, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(s)
	// Output:
	// period    currency  opening    new  expansion  contraction   churn  reactivation  transfer  closing
	// 2024-01   USD          0.00  90.00       0.00         0.00    0.00          0.00      0.00    90.00
	// 2024-02   USD         90.00   0.00      40.00         0.00  -40.00          0.00      0.00    90.00
	// 2024-03*  USD         90.00   0.00       0.00         0.00    0.00         25.00      0.00   115.00
}
