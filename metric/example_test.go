package metric_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
)

// Numbers in hand: name each one, in any order, and ask for the metric.
func Example() {
	nrr, err := subscription.NetRevenueRetention().Of(
		subscription.OpeningMRR().Is(metric.USD("100000")),
		subscription.ExpansionMRR().Is(metric.USD("9000")),
		subscription.ContractionMRR().Is(metric.USD("2000")),
		subscription.ChurnedMRR().Is(metric.USD("4000")),
	)
	fmt.Println(nrr, err)
	// Output: 103% <nil>
}

// Any facts that determine the metric will do: here what is left of the opening revenue
// is known, so the movements need not be.
func ExampleMetric_Of() {
	nrr, err := subscription.NetRevenueRetention().Of(
		subscription.RetainedMRR().Is(metric.USD("103000")),
		subscription.OpeningMRR().Is(metric.USD("100000")),
	)
	fmt.Println(nrr, err)
	// Output: 103% <nil>
}

// An input that is missing, given twice or of no use is an error that names it.
func ExampleMetric_Of_errors() {
	openRate := email.OpenRate()
	opens, delivered := email.UniqueOpens().Is(43), email.Delivered().Is(197)

	_, err := openRate.Of(opens)
	fmt.Println(err)
	_, err = openRate.Of(opens, delivered, opens)
	fmt.Println(err)
	_, err = openRate.Of(opens, delivered, orders.Orders().Is(5))
	fmt.Println(err)
	_, err = openRate.Of(opens, email.Delivered().Is(-1))
	fmt.Println(err)
	// Output:
	// email.open_rate: email.sent: missing_input
	// email.open_rate: email.unique_opens: given twice
	// email.open_rate: orders.orders: not an input of this metric
	// email.open_rate: email.delivered: -1 is outside [0, inf)
}

// Without a denominator there is no rate. That is a result with a reason, and not zero.
func ExampleReason_ofMetric() {
	_, err := email.OpenRate().Of(email.UniqueOpens().Is(0), email.Delivered().Is(0))

	fmt.Println(errors.Is(err, metric.ErrUndefined)) // the data give no value
	fmt.Println(errors.Is(err, metric.ErrInput))     // nothing was wrong with them
	fmt.Println(errors.Is(err, metric.ZeroDenominator))
	var why metric.Reason
	if errors.As(err, &why) {
		fmt.Println(why.Explain())
	}
	// Output:
	// true
	// false
	// true
	// The denominator is zero, so the quotient does not exist.
}

func ExampleError_ofMetric() {
	_, err := economics.LTV().Of(
		subscription.ARPA().Is(metric.EUR("100")),
		economics.GrossMargin().Is(metric.MustRatio("80%")),
		subscription.OpeningCustomers().Is(200),
		subscription.ChurnedCustomers().IsUndefined(metric.Suppressed),
	)
	var e *metric.Error
	if errors.As(err, &e) {
		fmt.Println("metric:", e.Metric)
		fmt.Println("input: ", e.Input)
		fmt.Println("reason:", e.Reason)
	}
	// Output:
	// metric: economics.ltv
	// input:  subscription.churned_customers
	// reason: suppressed
}

// Rows in hand: put what is known of one population and period together, and ask for any
// metric.
func ExampleFacts() {
	march, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := metric.NewFacts(march,
		orders.Revenue().Is(metric.EUR("1250")),
		orders.Orders().Is(25),
		orders.Customers().Is(20),
		orders.RepeatCustomers().Is(4),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for result := range f.Evaluate(catalog.ByDomain("orders")) {
		if result.Err == nil && result.Definition.IsDerived() {
			fmt.Println(result.Definition, result.Value)
		}
	}
	// Output:
	// orders.average_order_value 50.00 EUR
	// orders.purchase_frequency 1.25
	// orders.repeat_purchase_rate 20%
	// orders.revenue_per_customer 62.50 EUR
}

func ExampleMetric_From() {
	var f metric.Facts
	if err := f.Add(orders.Revenue().Is(metric.EUR("1250")), orders.Orders().Is(25)); err != nil {
		fmt.Println(err)
		return
	}
	average, err := orders.AverageOrderValue().From(&f)
	fmt.Println(average, err)
	// Output: 50.00 EUR <nil>
}

func ExampleFacts_Missing() {
	f, err := metric.NewFacts(metric.Period{}, email.UniqueOpens().Is(43))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range f.Missing(email.OpenRate().Definition()) {
		fmt.Println(d)
	}
	// Output:
	// email.sent
	// email.bounces
}

// A value that was rounded agrees with what it was rounded from, and no other does.
func ExampleFacts_Check() {
	f, err := metric.NewFacts(metric.Period{},
		email.Sent().Is(10000),
		email.Bounces().Is(349),
		email.Delivered().Is(9651),
		email.BounceRate().Is(metric.MustRatio("3%")),
		email.DeliveryRate().Is(metric.MustRatio("97%")),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range f.Check() {
		fmt.Println(c)
	}
	fmt.Println(len(f.Check()), "contradictions")

	wrong, _ := metric.NewFacts(metric.Period{}, email.Sent().Is(10000), email.Bounces().Is(349), email.Delivered().Is(9700))
	fmt.Println(wrong.Check()[0])
	// Output:
	// 0 contradictions
	// email.delivered is given as 9,700, but the other facts give 9,651
}

func ExampleFacts_Explain() {
	f, err := metric.NewFacts(metric.Period{},
		email.UniqueOpens().Is(43),
		email.Sent().Is(200),
		email.Bounces().Is(3),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(f.Explain(email.OpenRate().Definition()))
	// Output:
	// Email open rate (email.open_rate): 21.83%
	// │ = unique_opens / delivered
	// ├─ Unique email opens (email.unique_opens): 43, given
	// └─ Delivered emails (email.delivered): 197
	//    │ = sent - bounces
	//    ├─ Emails sent (email.sent): 200, given
	//    └─ Bounced emails (email.bounces): 3, given
}

// The result is exact until it is rounded, once.
func ExampleFacts_SetRounding() {
	f, err := metric.NewFacts(metric.Period{}, email.Bounces().Is(2), email.Sent().Is(3))
	if err != nil {
		fmt.Println(err)
		return
	}
	rate := email.BounceRate()
	x, _ := rate.From(f)
	fmt.Println(x.Text())

	f.SetRounding(metric.RoundTo(2, metric.RoundDown))
	x, _ = rate.From(f)
	fmt.Println(x.Text())

	fraction, _ := f.Exact(rate.Definition())
	fmt.Println(fraction)
	// Output:
	// 0.6666666666666666666666666667
	// 0.66
	// 2/3
}

// Ratios are never averaged: 5% of 2,000 and 2.5% of 8,000 are 3% of 10,000, and not 3.75%.
func ExampleMergePeriods() {
	january, _ := metric.ParsePeriod("2026-01", time.UTC)
	february, _ := metric.ParsePeriod("2026-02", time.UTC)
	a, err := metric.NewFacts(january, email.Bounces().Is(100), email.Sent().Is(2000))
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := metric.NewFacts(february, email.Bounces().Is(200), email.Sent().Is(8000))
	if err != nil {
		fmt.Println(err)
		return
	}
	both, err := metric.MergePeriods(a, b)
	if err != nil {
		fmt.Println(err)
		return
	}
	rate, err := email.BounceRate().From(both)
	fmt.Println(both.Period(), rate, err)
	// Output: 2026-01-01/2026-03-01 3% <nil>
}

// A number of different customers cannot be added up over time: some bought in both months.
func ExampleMergePeriods_notAdditive() {
	january, _ := metric.ParsePeriod("2026-01", time.UTC)
	february, _ := metric.ParsePeriod("2026-02", time.UTC)
	a, _ := metric.NewFacts(january, orders.Orders().Is(10), orders.Customers().Is(8))
	b, _ := metric.NewFacts(february, orders.Orders().Is(12), orders.Customers().Is(9))
	both, err := metric.MergePeriods(a, b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(orders.Orders().From(both))
	_, err = orders.PurchaseFrequency().From(both)
	fmt.Println(err)
	// Output:
	// 22 <nil>
	// orders.purchase_frequency: orders.customers: not_additive
}

// Shops have no customer in common here, so that their numbers add up.
func ExampleMergePopulations() {
	march, _ := metric.ParsePeriod("2026-03", time.UTC)
	north, _ := metric.NewFacts(march, orders.Orders().Is(10), orders.Customers().Is(8))
	south, _ := metric.NewFacts(march, orders.Orders().Is(12), orders.Customers().Is(3))
	both, err := metric.MergePopulations(north, south)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(orders.PurchaseFrequency().From(both))
	// Output: 2 <nil>
}

func ExampleDecodeFacts() {
	row := `{"period": "2026-03", "facts": {
		"orders.revenue": "1250 EUR",
		"orders.orders": 25,
		"orders.customers": {"undefined": "suppressed"}}}`
	f, err := metric.DecodeFacts([]byte(row), catalog.Lookup, time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(orders.AverageOrderValue().From(f))
	_, err = orders.PurchaseFrequency().From(f)
	fmt.Println(err)

	_, err = metric.DecodeFacts([]byte(`{"facts": {"orders.revenues": "1 EUR"}}`), catalog.Lookup, time.UTC)
	fmt.Println(err)
	// Output:
	// 50.00 EUR <nil>
	// orders.purchase_frequency: orders.customers: suppressed
	// there is no metric "orders.revenues"
}

// A metric that combines a level per month with a rate of the same month has no value for a
// quarter.
func ExampleDefinition_Grain() {
	quarter, _ := metric.Quarter(2026, 1, time.UTC)
	f, err := metric.NewFacts(quarter,
		subscription.ARPA().Is(metric.USD("100")),
		economics.GrossMargin().Is(metric.MustRatio("0.8")),
		subscription.CustomerChurnRate().Is(metric.MustRatio("0.05")),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(economics.LTV().Definition().Grain())
	_, err = economics.LTV().From(f)
	fmt.Println(err)
	// Output:
	// month
	// economics.ltv: grain_mismatch: 2026-Q1 is not a month
}

// Metrics found by their id have no Go type until they are given one.
func ExampleAs() {
	d, ok := catalog.Lookup("orders.average_order_value")
	if !ok {
		fmt.Println("no such metric")
		return
	}
	aov, err := metric.As[metric.Money](d)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(aov.Of(orders.Revenue().Is(metric.JPY("1000")), orders.Orders().Is(3)))
	_, err = metric.As[metric.Ratio](d)
	fmt.Println(err)
	// Output:
	// 333 JPY <nil>
	// orders.average_order_value: its values are of kind money, not ratio
}
