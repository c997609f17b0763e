package metric_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/catalog/support"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// lookup finds a metric that must exist.
func lookup(t testing.TB, id string) metric.Definition {
	t.Helper()
	d, ok := catalog.Lookup(id)
	if !ok {
		t.Fatalf("there is no metric %s", id)
	}
	return d
}

// given makes facts from pairs of id and text.
func given(t testing.TB, pairs ...string) []metric.Fact {
	t.Helper()
	var facts []metric.Fact
	for i := 0; i < len(pairs); i += 2 {
		d := lookup(t, pairs[i])
		v, err := metric.ParseValue(d.Kind(), pairs[i+1])
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		facts = append(facts, metric.FactOf(d, v))
	}
	return facts
}

// factsOf makes a set of facts for a period, "" for none, from pairs of id and text.
func factsOf(t testing.TB, when string, pairs ...string) *metric.Facts {
	t.Helper()
	var p metric.Period
	if when != "" {
		p = period(t, when, nil)
	}
	f, err := metric.NewFacts(p, given(t, pairs...)...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wantError checks the class, the reason, the input and the whole message of an error.
func wantError(t *testing.T, err error, class error, reason metric.Reason, input, message string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %s", message)
		return
	}
	other := metric.ErrInput
	if class == metric.ErrInput {
		other = metric.ErrUndefined
	}
	if !errors.Is(err, class) || errors.Is(err, other) {
		t.Errorf("%v: is %v: %v, is %v: %v", err, class, errors.Is(err, class), other, errors.Is(err, other))
	}
	var e *metric.Error
	if !errors.As(err, &e) || e.Reason != reason || e.Input != input {
		t.Errorf("%v: %#v, want reason %q and input %q", err, e, reason, input)
	}
	var r metric.Reason
	if errors.As(err, &r) != (reason != "") || r != reason {
		t.Errorf("%v: errors.As finds the reason %q, want %q", err, r, reason)
	}
	if reason != "" && !errors.Is(err, reason) {
		t.Errorf("%v: is not %s", err, reason)
	}
	if err.Error() != message {
		t.Errorf("message %q, want %q", err.Error(), message)
	}
}

// Every cut through the graph that determines a metric gives the same value. All of them
// describe one month: 100,000 opening, 103,000 retained, 110 customers at the start.
func TestAnyCutDetermines(t *testing.T) {
	for _, test := range []struct {
		id, want string
		cuts     []string // space-separated id=value, "_" for a space in a value
	}{
		{"subscription.net_revenue_retention", "1.03", []string{
			"subscription.retained_mrr=103000_USD subscription.opening_mrr=100000_USD",
			"subscription.opening_mrr=100000_USD subscription.expansion_mrr=9000_USD subscription.contraction_mrr=2000_USD subscription.churned_mrr=4000_USD",
			"subscription.net_revenue_retention=1.03",
		}},
		{"subscription.customer_churn_rate", "0.05", []string{
			"subscription.opening_customers=200 subscription.churned_customers=10",
			"subscription.opening_customers=200 subscription.retained_customers=190",
			"subscription.customer_churn_rate=0.05",
		}},
		// 100 USD a month, 80 % of it margin, 5 % leave: 80 / 0.05.
		{"economics.ltv", "1600.00 USD", []string{
			"subscription.arpa=100_USD economics.gross_margin=0.8 subscription.customer_churn_rate=0.05",
			"subscription.mrr=12600_USD subscription.customers=126 economics.gross_margin=80% subscription.customer_churn_rate=5%",
			"subscription.mrr=12600_USD subscription.customers=126 economics.revenue=50_USD economics.cost_of_revenue=10_USD subscription.opening_customers=200 subscription.churned_customers=10",
			"subscription.opening_mrr=12000_USD subscription.net_new_mrr=600_USD subscription.opening_customers=120 subscription.new_customers=15 subscription.reactivated_customers=0 " +
				"subscription.churned_customers=9 economics.gross_margin=0.8 subscription.customer_churn_rate=0.05",
		}},
		{"email.open_rate", "0.25", []string{
			"email.unique_opens=50 email.delivered=200",
			"email.unique_opens=50 email.sent=210 email.bounces=10",
		}},
	} {
		d := lookup(t, test.id)
		for _, cut := range test.cuts {
			var pairs []string
			for pair := range strings.FieldsSeq(cut) {
				id, value, _ := strings.Cut(pair, "=")
				pairs = append(pairs, id, strings.ReplaceAll(value, "_", " "))
			}
			facts := given(t, pairs...)
			r := rand.New(rand.NewPCG(1, uint64(len(cut))))
			for range 5 {
				r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
				v, err := of(d, facts...)
				if err != nil || v.Text() != test.want {
					t.Errorf("%s of %v = %s, %v; want %s", d, facts, v.Text(), err, test.want)
				}
			}
		}
	}
}

// of calls Of through the handle of the right type.
func of(d metric.Definition, facts ...metric.Fact) (metric.Value, error) {
	switch d.Kind() {
	case metric.KindCount:
		return ofAs[metric.Count](d, facts)
	case metric.KindMoney:
		return ofAs[metric.Money](d, facts)
	case metric.KindRatio:
		return ofAs[metric.Ratio](d, facts)
	case metric.KindNumber:
		return ofAs[metric.Number](d, facts)
	}
	return ofAs[metric.Duration](d, facts)
}

func ofAs[Q metric.Quantity](d metric.Definition, facts []metric.Fact) (metric.Value, error) {
	m, err := metric.As[Q](d)
	if err != nil {
		return metric.Value{}, err
	}
	q, err := m.Of(facts...)
	if err != nil {
		return metric.Value{}, err
	}
	return metric.ValueOf(q), nil
}

func TestSuppliedWins(t *testing.T) {
	v, err := subscription.NetRevenueRetention().Of(
		subscription.OpeningMRR().Is(metric.USD("100000")),
		subscription.ExpansionMRR().Is(metric.USD("9000")),
		subscription.ContractionMRR().Is(metric.USD("2000")),
		subscription.ChurnedMRR().Is(metric.USD("4000")),
		subscription.RetainedMRR().Is(metric.USD("99000")),
	)
	if err != nil || v.Text() != "0.99" {
		t.Errorf("with retained MRR supplied: %s, %v", v.Text(), err)
	}
	// Undefined is a statement too.
	_, err = subscription.NetRevenueRetention().Of(
		subscription.OpeningMRR().Is(metric.USD("100000")),
		subscription.ExpansionMRR().Is(metric.USD("9000")),
		subscription.ContractionMRR().Is(metric.USD("2000")),
		subscription.ChurnedMRR().Is(metric.USD("4000")),
		subscription.RetainedMRR().IsUndefined(metric.NotMature),
	)
	wantError(t, err, metric.ErrUndefined, metric.NotMature, "subscription.retained_mrr",
		"subscription.net_revenue_retention: subscription.retained_mrr: not_mature")
}

func TestOfErrors(t *testing.T) {
	nrr := subscription.NetRevenueRetention()
	opening := subscription.OpeningMRR().Is(metric.USD("100"))
	retained := subscription.RetainedMRR().Is(metric.USD("90"))
	eur := subscription.RetainedMRR().Is(metric.EUR("90"))
	var zeroMetric metric.Metric[metric.Ratio]
	ratio := metric.ValueOf(metric.MustRatio("0.5"))
	for _, test := range []struct {
		metric  metric.Metric[metric.Ratio]
		facts   []metric.Fact
		class   error
		reason  metric.Reason
		input   string
		message string
	}{
		{nrr, nil, metric.ErrUndefined, metric.MissingInput, "subscription.opening_mrr",
			"subscription.net_revenue_retention: subscription.opening_mrr: missing_input"},
		{nrr, []metric.Fact{opening}, metric.ErrUndefined, metric.MissingInput, "subscription.expansion_mrr",
			"subscription.net_revenue_retention: subscription.expansion_mrr: missing_input"},
		{nrr, []metric.Fact{opening, retained, opening}, metric.ErrInput, "", "subscription.opening_mrr",
			"subscription.net_revenue_retention: subscription.opening_mrr: given twice"},
		{nrr, []metric.Fact{opening, retained, email.Sent().Is(5)}, metric.ErrInput, "", "email.sent",
			"subscription.net_revenue_retention: email.sent: not an input of this metric"},
		{nrr, []metric.Fact{email.Sent().Is(5)}, metric.ErrInput, "", "email.sent", // before what is missing
			"subscription.net_revenue_retention: email.sent: not an input of this metric"},
		{nrr, []metric.Fact{subscription.ARR().Is(metric.USD("1"))}, metric.ErrInput, "", "subscription.arr", // above, not below
			"subscription.net_revenue_retention: subscription.arr: not an input of this metric"},
		{nrr, []metric.Fact{opening, metric.FactOf(lookup(t, "subscription.retained_mrr"), ratio)}, metric.ErrInput, "", "subscription.retained_mrr",
			"subscription.net_revenue_retention: subscription.retained_mrr: a value of kind ratio, want money"},
		{nrr, []metric.Fact{opening, subscription.RetainedMRR().Is(metric.Money{})}, metric.ErrInput, "", "subscription.retained_mrr",
			"subscription.net_revenue_retention: subscription.retained_mrr: money without a currency"},
		{nrr, []metric.Fact{opening, subscription.ChurnedMRR().Is(metric.USD("-1"))}, metric.ErrInput, "", "subscription.churned_mrr",
			"subscription.net_revenue_retention: subscription.churned_mrr: -1.00 USD is outside [0, inf)"},
		{nrr, []metric.Fact{opening, {}}, metric.ErrInput, "", "",
			"subscription.net_revenue_retention: a fact about no metric"},
		{nrr, []metric.Fact{zeroMetric.Is(metric.MustRatio("1"))}, metric.ErrInput, "", "",
			"subscription.net_revenue_retention: a fact about no metric"},
		{nrr, []metric.Fact{metric.FactOf(metric.Definition{}, ratio)}, metric.ErrInput, "", "",
			"subscription.net_revenue_retention: a fact about no metric"},
		{nrr, []metric.Fact{metric.FactOf(lookup(t, "subscription.opening_mrr"), metric.Value{})}, metric.ErrInput, "", "subscription.opening_mrr",
			"subscription.net_revenue_retention: subscription.opening_mrr: a fact with neither a value nor a reason"},
		{nrr, []metric.Fact{subscription.OpeningMRR().IsUndefined("")}, metric.ErrInput, "", "subscription.opening_mrr",
			"subscription.net_revenue_retention: subscription.opening_mrr: a fact with neither a value nor a reason"},
		{nrr, []metric.Fact{subscription.OpeningMRR().IsUndefined(`"}`)}, metric.ErrInput, "", "subscription.opening_mrr",
			`subscription.net_revenue_retention: subscription.opening_mrr: reason "\"}" is unknown`},
		{zeroMetric, []metric.Fact{opening}, metric.ErrInput, "", "", "no metric is named"},
		{nrr, []metric.Fact{opening, eur}, metric.ErrUndefined, metric.MixedCurrency, "",
			"subscription.net_revenue_retention: mixed_currency: subscription.retained_mrr in EUR, subscription.opening_mrr in USD"},
		{nrr, []metric.Fact{subscription.OpeningMRR().Is(metric.USD("0")), retained}, metric.ErrUndefined, metric.ZeroDenominator, "",
			"subscription.net_revenue_retention: zero_denominator: opening_mrr == 0"},
		{nrr, []metric.Fact{nrr.IsUndefined(metric.Suppressed)}, metric.ErrUndefined, metric.Suppressed, "",
			"subscription.net_revenue_retention: suppressed"},
		{nrr, []metric.Fact{opening, subscription.ChurnedMRR().IsUndefined(metric.InsufficientHistory),
			subscription.ExpansionMRR().Is(metric.USD("1")), subscription.ContractionMRR().Is(metric.USD("1"))},
			metric.ErrUndefined, metric.InsufficientHistory, "subscription.churned_mrr",
			"subscription.net_revenue_retention: subscription.churned_mrr: insufficient_history"},
		// A derivation leaves its range: more opens than mails.
		{email.OpenRate(), given(t, "email.unique_opens", "3", "email.delivered", "2"), metric.ErrUndefined, metric.OutOfDomain, "",
			"email.open_rate: out_of_domain: 1.5 is outside [0, 1]"},
		// 10,000,001 / 10,000,000, which six decimals would print as 1.
		{email.OpenRate(), given(t, "email.unique_opens", "10000001", "email.delivered", "10000000"), metric.ErrUndefined, metric.OutOfDomain, "",
			"email.open_rate: out_of_domain: 1.0000001 is outside [0, 1]"},
		// An input deep below is at fault and named.
		{email.OpenRate(), given(t, "email.unique_opens", "0", "email.sent", "1", "email.bounces", "2"), metric.ErrUndefined, metric.OutOfDomain, "email.delivered",
			"email.open_rate: email.delivered: out_of_domain: -1 is outside [0, inf)"},
	} {
		_, err := test.metric.Of(test.facts...)
		wantError(t, err, test.class, test.reason, test.input, test.message)
		// The set of facts gives the same answer, except that it has no unrelated facts.
		f, addErr := metric.NewFacts(metric.Period{}, test.facts...)
		if (addErr == nil) == (test.class == metric.ErrInput) && test.metric != zeroMetric &&
			!strings.Contains(test.message, "not an input") {
			t.Errorf("%s: NewFacts says %v", test.message, addErr)
		}
		if addErr == nil && test.class == metric.ErrUndefined {
			_, err := test.metric.From(f)
			wantError(t, err, test.class, test.reason, test.input, test.message)
		}
	}
}

func TestZeroMetric(t *testing.T) {
	var m metric.Metric[metric.Money]
	if m.ID() != "" || m.String() != "" || m.Definition() != (metric.Definition{}) {
		t.Errorf("the zero Metric is %q", m)
	}
	if m.Is(metric.USD("1")).String() != "no fact" {
		t.Errorf("its fact is %s", m.Is(metric.USD("1")))
	}
	_, err := m.From(new(metric.Facts))
	wantError(t, err, metric.ErrInput, "", "", "no metric is named")
	_, err = metric.As[metric.Money](metric.Definition{})
	wantError(t, err, metric.ErrInput, "", "", "no metric is named")
	_, err = metric.As[metric.Money](lookup(t, "email.open_rate"))
	wantError(t, err, metric.ErrInput, "", "", "email.open_rate: its values are of kind ratio, not money")
	if m, err := metric.As[metric.Ratio](lookup(t, "email.open_rate")); err != nil || m != email.OpenRate() {
		t.Errorf("As gives %v, %v", m, err)
	}
}

func TestZeroDefinition(t *testing.T) {
	var d metric.Definition
	if !d.IsZero() || d.IsDerived() || d.Kind() != 0 || d.Scale() != 1 || d.String()+d.Domain()+d.Capture()+d.Formula() != "" {
		t.Errorf("the zero Definition is %#v", d)
	}
	for range d.Inputs() {
		t.Error("it has inputs")
	}
	for range d.CaptureEvents() {
		t.Error("it has events")
	}
	if _, is := d.Deprecated(); is {
		t.Error("it is deprecated")
	}
	var f metric.Facts
	_, err := f.Value(d)
	wantError(t, err, metric.ErrInput, "", "", "no metric is named")
	_, err = f.Exact(d)
	wantError(t, err, metric.ErrInput, "", "", "no metric is named")
	if missing := f.Missing(d); len(missing) > 0 {
		t.Errorf("Missing = %v", missing)
	}
	if got := f.Explain(d).String(); got != "no metric: no metric is named\n" {
		t.Errorf("Explain = %q", got)
	}
}

func TestFactText(t *testing.T) {
	for want, fact := range map[string]metric.Fact{
		"email.sent = 1,200":                       email.Sent().Is(1200),
		"orders.revenue = 12.50 EUR":               orders.Revenue().Is(metric.EUR("12.5")),
		"email.open_rate is undefined: suppressed": email.OpenRate().IsUndefined(metric.Suppressed),
		"no fact": {},
	} {
		if fact.String() != want {
			t.Errorf("%q, want %q", fact, want)
		}
	}
	fact := metric.UndefinedFact(lookup(t, "email.sent"), metric.NotMature)
	if fact.Definition() != email.Sent().Definition() || fact.Undefined() != metric.NotMature || !fact.Value().IsZero() {
		t.Errorf("%#v", fact)
	}
}

// More facts than Of keeps on the stack, with the same answers.
func TestOfManyFacts(t *testing.T) {
	const n = 30
	inputs := make([]*def.Metric, n)
	facts := make([]metric.Fact, n)
	sum := &def.Metric{ID: "test.sum", Kind: def.Count, Unit: "order"}
	for i := range n {
		inputs[i] = &def.Metric{ID: "test.x" + string(rune('a'+i)), Kind: def.Count, Unit: "order"}
		facts[i] = metric.FactOf(metric.View(inputs[i]), metric.ValueOf(metric.Count(1<<i)))
		sum.Code = append(sum.Code, def.Op{Code: def.Input, Arg: int32(i)})
		if i > 0 {
			sum.Code = append(sum.Code, def.Op{Code: def.Add})
		}
	}
	sum.Inputs = inputs
	m, err := metric.As[metric.Count](metric.View(sum))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := m.Of(facts...); err != nil || v != 1<<n-1 {
		t.Errorf("sum = %d, %v, want %d", v, err, 1<<n-1)
	}
	_, err = m.Of(facts[:n-1]...)
	last := inputs[n-1].ID
	wantError(t, err, metric.ErrUndefined, metric.MissingInput, last, "test.sum: "+last+": missing_input")
	_, err = m.Of(append(facts[:n-1:n-1], email.Sent().Is(1))...)
	wantError(t, err, metric.ErrInput, "", "email.sent", "test.sum: email.sent: not an input of this metric")
	_, err = m.Of(append(facts[:n-1:n-1], facts[0])...)
	wantError(t, err, metric.ErrInput, "", "test.xa", "test.sum: test.xa: given twice")
	_, err = m.Of(append(facts[:n-1:n-1], metric.Fact{})...)
	wantError(t, err, metric.ErrInput, "", "", "test.sum: a fact about no metric")
}

func TestOfDistributions(t *testing.T) {
	m := support.FirstResponseTime()
	v, err := m.Of(given(t, "support.first_responses", `["1h","3h","2h","10h"]`)...)
	if err != nil || v.Text() != "9000s" { // between two and three hours
		t.Errorf("median = %s, %v", v.Text(), err)
	}
	_, err = m.Of(given(t, "support.first_responses", `[]`)...)
	if !errors.Is(err, metric.EmptyPopulation) {
		t.Errorf("of nothing: %v", err)
	}
}

// A row of facts in hand, not a single one of them money: LTV needs a currency.
func TestOfMixedCurrenciesDeep(t *testing.T) {
	_, err := economics.LTVToCAC().Of(given(t,
		"subscription.arpa", "100 USD", "economics.gross_margin", "0.8", "subscription.customer_churn_rate", "0.05",
		"economics.sales_and_marketing_cost", "1000 EUR", "subscription.new_customers", "10")...)
	wantError(t, err, metric.ErrUndefined, metric.MixedCurrency, "", "economics.ltv_to_cac: mixed_currency: economics.ltv in USD, economics.cac in EUR")
	_, err = subscription.NetNewMRR().Of(given(t, "subscription.new_mrr", "1 USD", "subscription.expansion_mrr", "1 USD",
		"subscription.reactivation_mrr", "1 EUR", "subscription.contraction_mrr", "1 USD", "subscription.churned_mrr", "1 USD")...)
	wantError(t, err, metric.ErrUndefined, metric.MixedCurrency, "", "subscription.net_new_mrr: mixed_currency: subscription.new_mrr in USD, subscription.expansion_mrr in USD, "+
		"subscription.reactivation_mrr in EUR, subscription.contraction_mrr in USD, subscription.churned_mrr in USD")
}
