package metric_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

func mergePeriods(t *testing.T, parts ...*metric.Facts) *metric.Facts {
	t.Helper()
	f, err := metric.MergePeriods(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mergePopulations(t *testing.T, parts ...*metric.Facts) *metric.Facts {
	t.Helper()
	f, err := metric.MergePopulations(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// randomParts returns facts for n months in a row, or for one, with some amounts in
// another currency.
func randomParts(t *testing.T, r *rand.Rand, n int, inARow bool) []*metric.Facts {
	t.Helper()
	p := period(t, "2025-11", nil)
	parts := make([]*metric.Facts, n)
	for i := range parts {
		f := randomFacts(t, r, p, 0.15, 0.05)
		g, err := metric.NewFacts(p)
		if err != nil {
			t.Fatal(err)
		}
		for fact := range f.All() {
			if fact.Value().Kind() == metric.KindMoney && r.IntN(20) == 0 {
				amount, _ := fact.Value().Decimal()
				eur, err := metric.NewMoney(amount, metric.EUR("0").Currency())
				if err != nil {
					t.Fatal(err)
				}
				fact = metric.FactOf(fact.Definition(), metric.ValueOf(eur))
			}
			if err := g.Add(fact); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(2) == 0 {
			g.SetRounding(metric.RoundTo(r.IntN(2), metric.RoundHalfEven))
		}
		parts[i] = g
		if inARow {
			p = p.Next()
		}
	}
	return parts
}

// sameFacts compares what is stated and how it is rounded.
func sameFacts(t *testing.T, what string, got, want *metric.Facts) {
	t.Helper()
	if diff := cmp.Diff(state(want), state(got)); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
	for d := range catalog.All() {
		v, errV := got.Value(d)
		w, errW := want.Value(d)
		if !sameOutcome(v, errV, w, errW) {
			t.Fatalf("%s: %s is %s, %v; want %s, %v", what, d, v, errV, w, errW)
		}
	}
}

func TestMergePeriodsIsAssociative(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 21))
	for range 150 {
		n := 3 + r.IntN(3)
		parts := randomParts(t, r, n, true)
		whole := mergePeriods(t, parts...)
		cut := 1 + r.IntN(n-1)
		sameFacts(t, "two steps", mergePeriods(t, mergePeriods(t, parts[:cut]...), mergePeriods(t, parts[cut:]...)), whole)
		folded := parts[0]
		for _, p := range parts[1:] {
			folded = mergePeriods(t, folded, p)
		}
		sameFacts(t, "from the left", folded, whole)
		folded = parts[n-1]
		for _, p := range slices.Backward(parts[:n-1]) {
			folded = mergePeriods(t, p, folded)
		}
		sameFacts(t, "from the right", folded, whole)
		shuffled := slices.Clone(parts)
		r.Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		sameFacts(t, "in another order", mergePeriods(t, shuffled...), whole)
		sameFacts(t, "one part", mergePeriods(t, parts[0]), parts[0])
	}
}

func TestMergePopulationsIsAssociativeAndCommutative(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 23))
	for range 150 {
		n := 3 + r.IntN(3)
		parts := randomParts(t, r, n, false)
		whole := mergePopulations(t, parts...)
		cut := 1 + r.IntN(n-1)
		sameFacts(t, "two steps", mergePopulations(t, mergePopulations(t, parts[:cut]...), mergePopulations(t, parts[cut:]...)), whole)
		folded := parts[n-1]
		for _, p := range slices.Backward(parts[:n-1]) {
			folded = mergePopulations(t, folded, p)
		}
		sameFacts(t, "from the right", folded, whole)
		shuffled := slices.Clone(parts)
		r.Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		sameFacts(t, "in another order", mergePopulations(t, shuffled...), whole)
		sameFacts(t, "one part", mergePopulations(t, parts[0]), parts[0])
	}
}

// The merged value of every derived metric is the one of base metrics added up by hand.
func TestMergedIsComputedFromSums(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 25))
	defined := 0
	for range 100 {
		parts := []*metric.Facts{}
		for range 3 {
			parts = append(parts, randomFacts(t, r, metric.Period{}, 0, 0))
		}
		var sums []metric.Fact
		for d := range catalog.All() {
			_, rule := d.RollUp()
			if rule == "max" {
				sums = append(sums, greatest(t, d, parts)...)
				continue
			}
			if rule != "sum" || d.Kind().IsDistribution() {
				continue
			}
			sum, all := new(big.Rat), true
			var currency string
			for _, f := range parts {
				x, err := f.Exact(d)
				if all = all && err == nil; !all {
					break
				}
				sum.Add(sum, x)
				if v, _ := f.Value(d); v.Kind() == metric.KindMoney {
					currency = " " + v.Currency().Code()
				}
			}
			if !all {
				continue
			}
			digits := sum.FloatString(2)
			if d.Kind() == metric.KindCount {
				digits = sum.RatString()
			}
			if d.Kind() == metric.KindDuration {
				digits += "s"
			}
			v, err := metric.ParseValue(d.Kind(), digits+currency)
			if err != nil {
				t.Fatal(err)
			}
			sums = append(sums, metric.FactOf(d, v))
		}
		want, err := metric.NewFacts(metric.Period{}, sums...)
		if err != nil {
			t.Fatal(err)
		}
		got := mergePopulations(t, parts...)
		for d := range catalog.All() {
			v, errV := got.Value(d)
			w, errW := want.Value(d)
			if (errV == nil) != (errW == nil) || errV == nil && !v.Equal(w) {
				t.Fatalf("%s: %s, %v; from the sums %s, %v", d, v, errV, w, errW)
			}
			if errV == nil && d.IsDerived() {
				defined++
			}
		}
	}
	if defined < 200 {
		t.Errorf("only %d defined values", defined)
	}
}

func TestMergeDoesNotAverageRatios(t *testing.T) {
	merged := mergePeriods(t,
		factsOf(t, "2026-01", "email.bounces", "100", "email.sent", "2000"),
		factsOf(t, "2026-02", "email.bounces", "200", "email.sent", "8000"))
	if x, err := merged.Exact(email.BounceRate().Definition()); err != nil || x.Cmp(big.NewRat(3, 100)) != 0 {
		t.Errorf("5%% of 2000 and 2.5%% of 8000 is %v, %v, want 3/100 and not 3/80", x, err)
	}
}

func TestMergeByRule(t *testing.T) {
	months := func(id string, values ...string) []*metric.Facts {
		var parts []*metric.Facts
		p := period(t, "2026-01", nil)
		for _, v := range values {
			f, err := metric.NewFacts(p)
			if err != nil {
				t.Fatal(err)
			}
			if v != "" {
				if err := f.Add(given(t, id, v)...); err != nil {
					t.Fatal(err)
				}
			}
			parts, p = append(parts, f), p.Next()
		}
		return parts
	}
	for _, test := range []struct {
		id     string
		values []string
		want   string
		why    metric.Reason
	}{
		{"orders.revenue", []string{"1.50 USD", "2.5 USD", "0 USD"}, "4.00 USD", ""},
		{"orders.orders", []string{"1", "2", "4"}, "7", ""},
		{"subscription.opening_mrr", []string{"10 USD", "20 USD", "30 USD"}, "10.00 USD", ""}, // first
		{"sales.opportunities", []string{"10", "20", "30"}, "30", ""},                         // last
		{"orders.customers", []string{"1", "2", "3"}, "", metric.NotAdditive},                 // distinct
		{"orders.customers", []string{"0", "", "0"}, "", metric.NotAdditive},
		{"support.first_responses", []string{`["1s"]`, `["2s"]`}, "", metric.NotAdditive},
		{"orders.orders", []string{"1", "", "4"}, "", metric.MissingInput},
		{"orders.orders", []string{"", "", "4"}, "", metric.MissingInput},
		{"sales.opportunities", []string{"10", ""}, "", metric.MissingInput},
		{"orders.revenue", []string{"1 USD", "2 EUR"}, "", metric.MixedCurrency},
		{"subscription.opening_mrr", []string{"1 USD", "2 EUR"}, "", metric.MixedCurrency},
		{"orders.orders", []string{"9223372036854775807", "1"}, "", metric.OutOfDomain},
		{"orders.orders", []string{"5"}, "5", ""},
		{"orders.customers", []string{"5"}, "5", ""},
		{"support.first_responses", []string{`["1s"]`}, `["1s"]`, ""},
	} {
		parts := months(test.id, test.values...)
		d := lookup(t, test.id)
		v, err := mergePeriods(t, parts...).Value(d)
		if test.why == "" && (err != nil || v.Text() != test.want) || test.why != "" && !errors.Is(err, test.why) {
			t.Errorf("%s of %q = %s, %v; want %s %s", test.id, test.values, v.Text(), err, test.want, test.why)
		}
	}
}

// A maximum over time and populations, which no standard metric has yet.
func TestMergeMaximum(t *testing.T) {
	d := base("test.peak", def.Number)
	d.RollupTime, d.RollupPopulation = "max", "max"
	var parts []*metric.Facts
	for _, x := range []string{"-3", "2.5", "2.50", "-1"} {
		f, err := metric.NewFacts(period(t, "2026-01", nil), number(d, x))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, f)
	}
	if v, err := mergePopulations(t, parts...).Value(metric.View(d)); err != nil || !v.Equal(metric.ValueOf(metric.MustNumber("2.5"))) {
		t.Errorf("max = %s, %v", v, err)
	}
	if v, err := mergePopulations(t, parts[0], parts[0]).Value(metric.View(d)); err != nil || v.Text() != "-3" {
		t.Errorf("max = %s, %v", v, err)
	}
	d.RollupPopulation = "" // says nothing, so it is refused
	if _, err := mergePopulations(t, parts...).Value(metric.View(d)); !errors.Is(err, metric.NotAdditive) {
		t.Errorf("without a rule: %v", err)
	}
}

func TestMergeUndefined(t *testing.T) {
	a := factsOf(t, "2026-01", "orders.orders", "5", "orders.revenue", "10 USD")
	b := factsOf(t, "2026-01", "orders.revenue", "10 USD")
	if err := b.Add(orders.Orders().IsUndefined(metric.Suppressed)); err != nil {
		t.Fatal(err)
	}
	for _, parts := range [][]*metric.Facts{{a, b}, {b, a}, {b, b, a}} {
		_, err := orders.AverageOrderValue().From(mergePopulations(t, parts...))
		wantError(t, err, metric.ErrUndefined, metric.Suppressed, "orders.orders", "orders.average_order_value: orders.orders: suppressed")
	}
	// Missing in one, the merged facts say so, and it can be seen what is missing.
	c := factsOf(t, "2026-01", "orders.revenue", "10 USD")
	merged := mergePopulations(t, a, c)
	_, err := orders.AverageOrderValue().From(merged)
	wantError(t, err, metric.ErrUndefined, metric.MissingInput, "orders.orders", "orders.average_order_value: orders.orders: missing_input")
	if got := idsOf(merged.Missing(orders.AverageOrderValue().Definition())); got != "orders.orders" {
		t.Errorf("missing %s", got)
	}
}

func TestMergeSuppliedDerived(t *testing.T) {
	// Dropped where the base metrics determine it.
	a := factsOf(t, "2026-01", "email.bounces", "1", "email.sent", "10", "email.bounce_rate", "0.9")
	b := factsOf(t, "2026-02", "email.bounces", "1", "email.sent", "30")
	if v, err := email.BounceRate().From(mergePeriods(t, a, b)); err != nil || v.Text() != "0.05" {
		t.Errorf("the bounce rate is %s, %v", v.Text(), err)
	}
	// Not additive elsewhere, whatever else is supplied between it and the base metrics,
	// and always with the same facts.
	pairs := []string{"economics.ltv_to_cac", "3", "economics.ltv", "300 USD", "economics.cac", "100 USD", "subscription.arpa", "9 USD"}
	want := `{"period":"2026-01","facts":{"economics.cac":{"undefined":"not_additive"},"economics.ltv":{"undefined":"not_additive"},` +
		`"economics.ltv_to_cac":{"undefined":"not_additive"},"subscription.arpa":{"undefined":"not_additive"}}}`
	for range 50 {
		merged := mergePopulations(t, factsOf(t, "2026-01", pairs...), factsOf(t, "2026-01", pairs...))
		if state(merged) != want {
			t.Fatal(state(merged))
		}
	}
	// One part is not merged at all.
	one := factsOf(t, "2026-01", pairs...)
	merged := mergePeriods(t, one)
	if state(merged) != state(one) {
		t.Errorf("one part became %s", state(merged))
	}
	if err := merged.Add(email.Sent().Is(1)); err != nil || one.Len() != 4 {
		t.Errorf("the part shares its facts with the result: %v, %d", err, one.Len())
	}
}

func TestMergedPeriods(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, test := range []struct {
		loc   *time.Location
		parts []string
		want  string
	}{
		{nil, []string{"2026-01", "2026-02", "2026-03"}, "2026-Q1"},
		{nil, []string{"2026-03", "2026-01", "2026-02"}, "2026-Q1"},
		{nil, []string{"2026-01", "2026-02"}, "2026-01-01/2026-03-01"},
		{nil, []string{"2026-02", "2026-03", "2026-04"}, "2026-02-01/2026-05-01"},
		{nil, []string{"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"}, "2026"},
		{nil, []string{"2025-12-31", "2026"}, "2025-12-31/2027-01-01"},
		{nil, []string{"FY2026-04-Q1", "FY2026-04-Q2", "FY2026-04-Q3", "FY2026-04-Q4"}, "FY2026-04"},
		{nil, []string{"FY2026-04-Q1", "FY2026-04-Q2"}, "2026-04-01/2026-10-01"},
		{nil, []string{"FY2026-04"}, "FY2026-04"},
		{nil, []string{"FY2026-04", "FY2027-04"}, "2026-04-01/2028-04-01"},
		{nil, []string{"P7D/2026-01-08"}, "P7D/2026-01-08"},
		{nil, []string{"P7D/2026-01-08", "P7D/2026-01-15"}, "2026-01-01/2026-01-15"},
		{berlin, []string{"2026-03-28", "2026-03-29", "2026-03-30"}, "2026-03-28/2026-03-31"}, // the clock goes forward
		{berlin, []string{"2026-01", "2026-02", "2026-03"}, "2026-Q1"},
	} {
		var parts []*metric.Facts
		for _, name := range test.parts {
			f, err := metric.NewFacts(period(t, name, test.loc))
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, f)
		}
		got := mergePeriods(t, parts...).Period()
		if want := period(t, test.want, test.loc); !got.Equal(want) || got.Unit() != want.Unit() {
			t.Errorf("%v give %s (%s), want %s (%s)", test.parts, got, got.Unit(), want, want.Unit())
		}
	}
}

// A quarter of months is a quarter, for which a metric of months has no value.
func TestMergedGrain(t *testing.T) {
	var parts []*metric.Facts
	for _, month := range []string{"2026-01", "2026-02", "2026-03"} {
		parts = append(parts, factsOf(t, month, "economics.revenue", "50 USD", "economics.cost_of_revenue", "10 USD", "subscription.opening_customers", "200",
			"subscription.churned_customers", "10", "subscription.new_customers", "10", "subscription.reactivated_customers", "0",
			"subscription.opening_mrr", "20000 USD", "subscription.new_mrr", "0 USD", "subscription.expansion_mrr", "0 USD",
			"subscription.reactivation_mrr", "0 USD", "subscription.contraction_mrr", "0 USD", "subscription.churned_mrr", "0 USD"))
	}
	ltv := lookup(t, "economics.ltv")
	if v, err := parts[0].Value(ltv); err != nil || v.Text() != "1600.00 USD" { // 100 * 0.8 / 0.05
		t.Fatal(v.Text(), err)
	}
	merged := mergePeriods(t, parts...)
	_, err := merged.Value(ltv)
	wantError(t, err, metric.ErrUndefined, metric.GrainMismatch, "", "economics.ltv: grain_mismatch: 2026-Q1 is not a month")
	// Thirty have left, but some of them had come in between.
	if v, err := subscription.CustomerChurnRate().From(merged); !errors.Is(err, metric.NotAdditive) {
		t.Errorf("churn in the quarter: %s, %v", v.Text(), err)
	}
	if err := merged.Add(subscription.RetainedCustomers().Is(180)); err != nil {
		t.Fatal(err)
	}
	if v, err := subscription.CustomerChurnRate().From(merged); err != nil || v.Text() != "0.1" {
		t.Errorf("churn in the quarter: %s, %v", v.Text(), err)
	}
}

func TestMergeRefuses(t *testing.T) {
	in := func(p string) *metric.Facts { return factsOf(t, p, "email.sent", "1") }
	berlin, err := metric.NewFacts(period(t, "2026-02", zone(t, "Europe/Berlin")))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		merge   func(...*metric.Facts) (*metric.Facts, error)
		parts   []*metric.Facts
		message string
	}{
		{metric.MergePeriods, nil, "no facts to merge"},
		{metric.MergePopulations, nil, "no facts to merge"},
		{metric.MergePeriods, []*metric.Facts{in("")}, "facts without a period cannot be merged over time"},
		{metric.MergePeriods, []*metric.Facts{in("2026-01"), nil}, "facts without a period cannot be merged over time"},
		{metric.MergePopulations, []*metric.Facts{in("2026-01"), nil}, "no facts to merge"},
		{metric.MergePopulations, []*metric.Facts{nil}, "no facts to merge"},
		{metric.MergePeriods, []*metric.Facts{in("2026-01"), in("2026-03")}, "2026-03 does not follow 2026-01"},
		{metric.MergePeriods, []*metric.Facts{in("2026-03"), in("2026-01")}, "2026-03 does not follow 2026-01"},
		{metric.MergePeriods, []*metric.Facts{in("2026-01"), in("2026-01")}, "2026-01 does not follow 2026-01"},
		{metric.MergePeriods, []*metric.Facts{in("2026-01"), in("2026-01-15/2026-02-15")}, "2026-01-15/2026-02-15 does not follow 2026-01"},
		{metric.MergePeriods, []*metric.Facts{in("2026-Q1"), in("2026-02")}, "2026-02 does not follow 2026-Q1"},
		{metric.MergePeriods, []*metric.Facts{in("2026-01"), berlin}, "2026-02[Europe/Berlin] does not follow 2026-01"},
		{metric.MergePopulations, []*metric.Facts{in("2026-01"), in("2026-02")}, "facts for 2026-01 and for 2026-02 cannot be merged over populations"},
		{metric.MergePopulations, []*metric.Facts{in(""), in("2026-02")}, "facts for an unknown period and for 2026-02 cannot be merged over populations"},
	} {
		f, err := test.merge(test.parts...)
		if f != nil {
			t.Errorf("%s: %s", test.message, state(f))
		}
		wantError(t, err, metric.ErrInput, "", "", test.message)
	}
	parts := []*metric.Facts{in("2026-02"), in("2026-01")}
	mergePeriods(t, parts...)
	if parts[0].Period().String() != "2026-02" {
		t.Error("the caller's slice was sorted")
	}
	if merged := mergePopulations(t, in(""), in("")); !merged.Period().IsZero() || merged.Len() != 1 {
		t.Errorf("without periods: %s", state(merged))
	}
}

// greatest returns the greatest value of d among the parts, if all have one.
func greatest(t *testing.T, d metric.Definition, parts []*metric.Facts) []metric.Fact {
	t.Helper()
	var best metric.Value
	for i, f := range parts {
		v, err := f.Value(d)
		if err != nil {
			return nil
		}
		if i == 0 {
			best = v
			continue
		}
		c, err := v.Compare(best)
		if err != nil {
			t.Fatal(err)
		}
		if c > 0 {
			best = v
		}
	}
	return []metric.Fact{metric.FactOf(d, best)}
}

// What the customers of the opening kept does not follow from movements merged over
// months: of 1000 in January, the 500 that came and went in between are no part.
func TestRetentionIsNotDerivedFromMergedMonths(t *testing.T) {
	month := func(name, opening, added, churned string) *metric.Facts {
		f, err := metric.NewFacts(period(t, name, nil),
			subscription.OpeningMRR().Is(metric.USD(opening)), subscription.NewMRR().Is(metric.USD(added)),
			subscription.ExpansionMRR().Is(metric.USD("0")), subscription.ContractionMRR().Is(metric.USD("0")),
			subscription.ReactivationMRR().Is(metric.USD("0")), subscription.ChurnedMRR().Is(metric.USD(churned)))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	quarter, err := metric.MergePeriods(month("2026-01", "1000", "500", "0"), month("2026-02", "1500", "0", "500"), month("2026-03", "1000", "0", "0"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(quarter)
	if err != nil {
		t.Fatal(err)
	}
	again, err := metric.DecodeFacts(data, catalog.Lookup, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*metric.Facts{quarter, again} {
		for _, m := range []metric.Metric[metric.Ratio]{subscription.NetRevenueRetention(), subscription.GrossRevenueRetention()} {
			if v, err := m.From(f); !errors.Is(err, metric.NotAdditive) {
				t.Errorf("%s of the quarter is %s, %v", m, v, err)
			}
		}
		if v, err := subscription.MRR().From(f); err != nil || !v.Equal(metric.USD("1000")) {
			t.Errorf("closing MRR is %s, %v", v, err)
		}
	}
	// The ledger can supply it.
	if err := quarter.Add(subscription.RetainedMRR().Is(metric.USD("1000"))); err != nil {
		t.Fatal(err)
	}
	if v, err := subscription.NetRevenueRetention().From(quarter); err != nil || v.String() != "100%" {
		t.Errorf("NRR is %s, %v", v, err)
	}
}

// The steps in which quarters of a fiscal year are merged do not matter.
func TestSpanDoesNotDependOnSteps(t *testing.T) {
	var quarters []*metric.Facts
	for _, name := range []string{"FY2025-04-Q1", "FY2025-04-Q2", "FY2025-04-Q3", "FY2025-04-Q4"} {
		f, err := metric.NewFacts(period(t, name, nil))
		if err != nil {
			t.Fatal(err)
		}
		quarters = append(quarters, f)
	}
	merged := func(parts ...*metric.Facts) *metric.Facts {
		f, err := metric.MergePeriods(parts...)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, f := range []*metric.Facts{
		merged(quarters...),
		merged(merged(quarters[:2]...), merged(quarters[2:]...)),
		merged(merged(quarters[:3]...), quarters[3]),
	} {
		if got := f.Period().String(); got != "FY2025-04" {
			t.Errorf("merged to %s", got)
		}
	}
}

// A nil pointer reads as no facts.
func TestNilFacts(t *testing.T) {
	var none *metric.Facts
	d := subscription.MRR().Definition()
	if _, err := subscription.MRR().From(none); !errors.Is(err, metric.MissingInput) {
		t.Error(err)
	}
	if none.Len() != 0 || !none.Period().IsZero() || len(none.Missing(d)) == 0 || len(none.Check()) != 0 || none.Explain(d).Err == nil {
		t.Error("a nil pointer is not empty")
	}
	for r := range catalog.Evaluate(none) {
		if r.Err == nil {
			t.Errorf("%s has a value", r.Definition)
		}
	}
}
