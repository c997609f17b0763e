package metric_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// state writes facts down, so that two sets can be compared.
func state(f *metric.Facts) string {
	data, err := f.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func idsOf(defs []metric.Definition) string {
	var list []string
	for _, d := range defs {
		list = append(list, d.ID())
	}
	return strings.Join(list, " ")
}

func TestAddIsAllOrNothing(t *testing.T) {
	good := []metric.Fact{email.Bounces().Is(3), email.UniqueOpens().Is(4)}
	for name, bad := range map[string]metric.Fact{
		"zero":            {},
		"known":           email.Sent().Is(11),
		"twice":           email.Bounces().Is(3),
		"negative":        email.UniqueClicks().Is(-1),
		"wrong kind":      metric.FactOf(email.UniqueClicks().Definition(), metric.ValueOf(metric.USD("1"))),
		"unknown reason":  email.UniqueClicks().IsUndefined("nonsense"),
		"no value":        metric.FactOf(email.UniqueClicks().Definition(), metric.Value{}),
		"no currency":     orders.Revenue().Is(metric.Money{}),
		"known, no value": email.Sent().IsUndefined(metric.NotMature),
	} {
		for at := range len(good) + 1 {
			f, err := metric.NewFacts(metric.Period{}, email.Sent().Is(10))
			if err != nil {
				t.Fatal(err)
			}
			before := state(f)
			facts := slices.Insert(slices.Clone(good), at, bad)
			if err := f.Add(facts...); !errors.Is(err, metric.ErrInput) || errors.Is(err, metric.ErrUndefined) {
				t.Errorf("%s: %v", name, err)
			}
			if after := state(f); after != before {
				t.Errorf("%s at %d: facts were %s and are %s", name, at, before, after)
			}
			if err := f.Add(good...); err != nil || f.Len() != 3 {
				t.Errorf("%s: then %v, %d facts", name, err, f.Len())
			}
		}
	}
}

func TestZeroFacts(t *testing.T) {
	var f metric.Facts
	if f.Len() != 0 || !f.Period().IsZero() || state(&f) != `{"facts":{}}` || f.Check() != nil {
		t.Errorf("%s", state(&f))
	}
	if err := f.Add(); err != nil {
		t.Error(err)
	}
	if err := f.Add(email.Sent().Is(10)); err != nil || f.Len() != 1 {
		t.Error(err, f.Len())
	}
	for range f.All() {
		break
	}
}

func TestFactsAreSorted(t *testing.T) {
	f := factsOf(t, "", "web.sessions", "3", "ads.clicks", "1", "email.sent", "2")
	var got []string
	for fact := range f.All() {
		got = append(got, fact.Definition().ID())
	}
	if want := []string{"ads.clicks", "email.sent", "web.sessions"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMissing(t *testing.T) {
	for _, test := range []struct {
		id    string
		facts []string
		want  string
	}{
		{"email.open_rate", nil, "email.unique_opens email.sent email.bounces"},
		{"email.open_rate", []string{"email.sent", "9"}, "email.unique_opens email.bounces"},
		{"email.open_rate", []string{"email.delivered", "9"}, "email.unique_opens"},
		{"email.open_rate", []string{"email.delivered", "9", "email.unique_opens", "0"}, ""},
		{"email.open_rate", []string{"email.open_rate", "0.5"}, ""},
		{"email.sent", nil, "email.sent"},
		{"email.sent", []string{"email.sent", "1"}, ""},
	} {
		f := factsOf(t, "", test.facts...)
		got := strings.Fields(idsOf(f.Missing(lookup(t, test.id))))
		want := strings.Fields(test.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s with %v: missing %v, want %v", test.id, test.facts, got, want)
		}
	}
}

// What is missing has no value for that reason, and once it is supplied, nothing is.
func TestMissingIsWhatIsMissing(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		f := randomFacts(t, r, metric.Period{}, 0.1, 0.02)
		for d := range catalog.All() {
			missing := f.Missing(d)
			_, err := f.Value(d)
			if errors.Is(err, metric.MissingInput) && len(missing) == 0 {
				t.Fatalf("%s: %v, but nothing is missing", d, err)
			}
			for _, m := range missing {
				if m.IsDerived() || !slices.Contains(append(catalog.Requires(d), d), m) {
					t.Fatalf("%s misses %s, which is derived or no input", d, m)
				}
				if _, err := f.Value(m); !errors.Is(err, metric.MissingInput) {
					t.Fatalf("%s is missing and has %v", m, err)
				}
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		facts []string
		want  string // contradictions
	}{
		// 349 / 10000 = 0.0349
		{[]string{"email.bounces", "349", "email.sent", "10000", "email.bounce_rate", "0.03"}, ""},
		{[]string{"email.bounces", "349", "email.sent", "10000", "email.bounce_rate", "0.035"}, ""},
		{[]string{"email.bounces", "349", "email.sent", "10000", "email.bounce_rate", "0.0349"}, ""},
		{[]string{"email.bounces", "349", "email.sent", "10000", "email.bounce_rate", "0.030"},
			"email.bounce_rate is given as 3%, but the other facts give 3.49%"},
		{[]string{"email.bounces", "349", "email.sent", "10000", "email.bounce_rate", "0.034"},
			"email.bounce_rate is given as 3.4%, but the other facts give 3.49%"},
		{[]string{"email.bounces", "35", "email.sent", "1000", "email.bounce_rate", "0.04"}, ""}, // a half rounds either way
		{[]string{"email.bounces", "35", "email.sent", "1000", "email.bounce_rate", "0.03"}, ""},
		{[]string{"email.bounces", "351", "email.sent", "10000", "email.bounce_rate", "0.03"},
			"email.bounce_rate is given as 3%, but the other facts give 3.51%"},
		// A number without decimals is exact.
		{[]string{"email.bounces", "1", "email.sent", "3", "email.bounce_rate", "0"},
			"email.bounce_rate is given as 0%, but the other facts give 33.33%"},
		{[]string{"email.sent", "10", "email.bounces", "1", "email.delivered", "9"}, ""},
		{[]string{"email.sent", "10", "email.bounces", "1", "email.delivered", "10"},
			"email.delivered is given as 10, but the other facts give 9"},
		// 100 / 3 of money, to the smallest unit at least.
		{[]string{"orders.revenue", "100 USD", "orders.orders", "3", "orders.average_order_value", "33.33 USD"}, ""},
		{[]string{"orders.revenue", "100 USD", "orders.orders", "3", "orders.average_order_value", "33.34 USD"},
			"orders.average_order_value is given as 33.34 USD, but the other facts give 33.33 USD"},
		{[]string{"orders.revenue", "100 USD", "orders.orders", "3", "orders.average_order_value", "33 USD"},
			"orders.average_order_value is given as 33.00 USD, but the other facts give 33.33 USD"},
		{[]string{"orders.revenue", "100 JPY", "orders.orders", "3", "orders.average_order_value", "33 JPY"}, ""},
		{[]string{"orders.revenue", "100 JPY", "orders.orders", "3", "orders.average_order_value", "34 JPY"},
			"orders.average_order_value is given as 34 JPY, but the other facts give 33 JPY"},
		{[]string{"orders.revenue", "100 USD", "orders.orders", "3", "orders.average_order_value", "33.33 EUR"},
			"orders.average_order_value is given as 33.33 EUR, but the other facts give 33.33 USD"},
		// Nothing to compare with.
		{[]string{"email.sent", "10", "email.delivered", "10"}, ""},
		{[]string{"email.sent", "0", "email.bounces", "0", "email.bounce_rate", "0.5"}, ""},
		{nil, ""},
	} {
		var got []string
		for _, c := range factsOf(t, "", test.facts...).Check() {
			got = append(got, c.String())
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%v: %q, want %q", test.facts, got, test.want)
		}
	}
}

// What a set of facts gives never contradicts it, however it is rounded.
func TestOwnValuesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	checked := 0
	for range 150 {
		f := randomFacts(t, r, metric.Period{}, 0, 0.02)
		if r.IntN(4) > 0 {
			f.SetRounding(metric.RoundTo(r.IntN(12), metric.RoundingMode(r.IntN(6))))
		}
		var derived []metric.Fact
		for result := range f.Evaluate(catalog.All()) {
			if result.Err == nil && result.Definition.IsDerived() {
				derived = append(derived, metric.FactOf(result.Definition, result.Value))
			}
		}
		if len(derived) == 0 {
			continue
		}
		fact := derived[r.IntN(len(derived))]
		if err := f.Add(fact); err != nil {
			if !strings.Contains(err.Error(), "outside") { // rounded onto an open bound
				t.Fatal(err)
			}
			continue
		}
		checked++
		if found := f.Check(); len(found) > 0 {
			t.Fatalf("%v of %s", found, state(f))
		}
	}
	if checked < 100 {
		t.Errorf("only %d values were checked", checked)
	}
}

func TestGrain(t *testing.T) {
	pairs := []string{"subscription.arpa", "100 USD", "economics.gross_margin", "0.8", "subscription.customer_churn_rate", "0.05"}
	ltv := economics.LTV().Definition()
	end := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	rolling, err := metric.Rolling(31, end)
	if err != nil {
		t.Fatal(err)
	}
	custom, err := metric.Between(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	month, err := metric.Between(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), end)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		period  metric.Period
		message string
	}{
		{metric.Period{}, ""},
		{period(t, "2026-03", nil), ""},
		{month, ""},
		{period(t, "2026-03", zone(t, "Europe/Berlin")), ""},
		{period(t, "2026-Q1", nil), "economics.ltv: grain_mismatch: 2026-Q1 is not a month"},
		{period(t, "2026", nil), "economics.ltv: grain_mismatch: 2026 is not a month"},
		{period(t, "2026-W10", nil), "economics.ltv: grain_mismatch: 2026-W10 is not a month"},
		{period(t, "2026-03-01", nil), "economics.ltv: grain_mismatch: 2026-03-01 is not a month"},
		{period(t, "FY2026-04", nil), "economics.ltv: grain_mismatch: FY2026-04 is not a month"},
		{period(t, "FY2026-04-Q2", nil), "economics.ltv: grain_mismatch: FY2026-04-Q2 is not a month"},
		{rolling, "economics.ltv: grain_mismatch: P31D/2026-04-01 is not a month"}, // all of March, by chance
		{custom, "economics.ltv: grain_mismatch: 2026-03-02/2026-04-02 is not a month"},
	} {
		f, err := metric.NewFacts(test.period, given(t, pairs...)...)
		if err != nil {
			t.Fatal(err)
		}
		v, err := f.Value(ltv)
		if test.message == "" {
			if err != nil || v.Text() != "1600.00 USD" {
				t.Errorf("%s: %s, %v", test.period, v.Text(), err)
			}
			continue
		}
		wantError(t, err, metric.ErrUndefined, metric.GrainMismatch, "", test.message)
		// Supplied for that period, it is what it is.
		if err := f.Add(economics.LTV().Is(metric.USD("1"))); err != nil {
			t.Fatal(err)
		}
		if v, err := f.Value(ltv); err != nil || v.Text() != "1.00 USD" {
			t.Errorf("%s: supplied %s, %v", test.period, v, err)
		}
	}
	// Other grains, with a metric of our own.
	for grain, periods := range map[string][]string{
		"month":   {"2026-03"},
		"quarter": {"2026-Q1", "FY2026-04-Q2", "FY2026-02-Q2"},
		"year":    {"2026", "FY2026-04"},
	} {
		x := base("test.x", def.Number)
		d := custom2(x, grain)
		for _, name := range []string{"2026-03", "2026-Q1", "2026", "FY2026-04", "FY2026-04-Q2", "FY2026-02-Q2", "2026-W01", "P7D/2026-01-08"} {
			f, err := metric.NewFacts(period(t, name, nil), number(x, "2"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Value(d)
			if want := slices.Contains(periods, name); (err == nil) != want || err != nil && !errors.Is(err, metric.GrainMismatch) {
				t.Errorf("grain %s in %s: %v", grain, name, err)
			}
		}
	}
}

func custom2(x *def.Metric, grain string) metric.Definition {
	d := custom("test.grained", []*def.Metric{x}, def.Op{Code: def.Input})
	d.Grain = grain
	return metric.View(d)
}

// roundRat rounds by comparing remainders of integers, for any mode.
func roundRat(x *big.Rat, places int, mode metric.RoundingMode) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(x, new(big.Rat).SetInt(scale))
	q, rem := new(big.Int).QuoRem(new(big.Int).Abs(scaled.Num()), scaled.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rem, 1).Cmp(scaled.Denom())
	var away bool
	switch mode {
	case metric.RoundHalfAwayFromZero:
		away = half >= 0
	case metric.RoundHalfEven:
		away = half > 0 || half == 0 && q.Bit(0) == 1
	case metric.RoundDown:
	case metric.RoundUp:
		away = rem.Sign() > 0
	case metric.RoundFloor:
		away = rem.Sign() > 0 && x.Sign() < 0
	case metric.RoundCeiling:
		away = rem.Sign() > 0 && x.Sign() > 0
	}
	if away {
		q.Add(q, big.NewInt(1))
	}
	if x.Sign() < 0 {
		q.Neg(q)
	}
	return new(big.Rat).SetFrac(q, scale)
}

// Each value is the exact fraction, rounded once.
func TestRoundingIsAppliedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	rounded := 0
	for range 150 {
		f := randomFacts(t, r, metric.Period{}, 0, 0)
		exactly := map[metric.Definition]*big.Rat{}
		for d := range catalog.All() {
			if x, err := f.Exact(d); err == nil {
				exactly[d] = x
			}
		}
		places, mode := r.IntN(6), metric.RoundingMode(r.IntN(6))
		f.SetRounding(metric.RoundTo(places, mode))
		for d, x := range exactly {
			v, err := f.Value(d)
			if err != nil {
				t.Fatalf("%s: %v", d, err)
			}
			got, _ := v.Decimal()
			want := x
			if d.IsDerived() {
				want = roundRat(x, places, mode)
			}
			if got.Rat().Cmp(want) != 0 {
				t.Fatalf("%s: %s to %d places %s is %s, want %s", d, x, places, mode, got, want)
			}
			if want.Cmp(x) != 0 {
				rounded++
			}
			if again, err := f.Exact(d); err != nil || again.Cmp(x) != 0 {
				t.Fatalf("%s: exactly %v, %v; before it was %v", d, again, err, x)
			}
		}
	}
	if rounded < 500 {
		t.Errorf("only %d values were rounded", rounded)
	}
}

func TestRoundingByHand(t *testing.T) {
	for _, test := range []struct {
		num, den string
		places   int
		mode     metric.RoundingMode
		want     string
	}{
		{"2", "3", 1, metric.RoundHalfEven, "0.7"},
		{"2", "3", 1, metric.RoundDown, "0.6"},
		{"1", "4", 1, metric.RoundHalfEven, "0.2"},
		{"3", "4", 1, metric.RoundHalfEven, "0.8"},
		{"1", "4", 1, metric.RoundHalfAwayFromZero, "0.3"},
		{"1", "4", 1, metric.RoundUp, "0.3"},
		{"1", "4", 0, metric.RoundCeiling, "1"},
		{"1", "2", 5, metric.RoundHalfEven, "0.5"},
		{"1", "3", 34, metric.RoundHalfEven, "0.3333333333333333333333333333333333"},
	} {
		f := factsOf(t, "", "email.bounces", test.num, "email.sent", test.den)
		f.SetRounding(metric.RoundTo(test.places, test.mode))
		v, err := email.BounceRate().From(f)
		if err != nil || v.Text() != test.want {
			t.Errorf("%s/%s to %d places %s: %s, %v, want %s", test.num, test.den, test.places, test.mode, v.Text(), err, test.want)
		}
	}
	// Rounding 0.45 to 0.5 and then to 1 would be twice: delivery 9/20, and half of it.
	f := factsOf(t, "", "email.bounce_rate", "0.123456")
	f.SetRounding(metric.RoundTo(2, metric.RoundHalfEven))
	if v, err := email.BounceRate().From(f); err != nil || v.Text() != "0.123456" {
		t.Errorf("a supplied value became %s, %v", v.Text(), err)
	}
}

func TestExact(t *testing.T) {
	f := factsOf(t, "", "email.bounces", "1", "email.sent", "3", "support.first_responses", `["1s","2s"]`, "orders.revenue", "12.50 EUR")
	for id, want := range map[string]*big.Rat{
		"email.bounce_rate": big.NewRat(1, 3), "email.sent": big.NewRat(3, 1),
		"orders.revenue": big.NewRat(25, 2), "support.first_response_time": big.NewRat(3, 2),
	} {
		if got, err := f.Exact(lookup(t, id)); err != nil || got.Cmp(want) != 0 {
			t.Errorf("%s = %v, %v, want %v", id, got, err, want)
		}
	}
	_, err := f.Exact(lookup(t, "support.first_responses"))
	wantError(t, err, metric.ErrInput, "", "", "support.first_responses: a distribution is not one number")
	_, err = f.Exact(lookup(t, "email.open_rate"))
	if !errors.Is(err, metric.MissingInput) {
		t.Error(err)
	}
	// The caller may do with it what they like.
	x, _ := f.Exact(lookup(t, "email.sent"))
	x.SetInt64(99)
	if y, _ := f.Exact(lookup(t, "email.sent")); y.Cmp(big.NewRat(3, 1)) != 0 {
		t.Errorf("the fact has changed to %v", y)
	}
}

// Run with -race: reading shares nothing that is written.
func TestFactsAreReadConcurrently(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 15))
	f := randomFacts(t, r, period(t, "2026-03", nil), 0.1, 0.02)
	read := func() string {
		var b strings.Builder
		for result := range f.Evaluate(catalog.All()) {
			b.WriteString(result.Value.Text())
			b.WriteString(f.Explain(result.Definition).String())
			b.WriteString(idsOf(f.Missing(result.Definition)))
		}
		b.WriteString(state(f))
		for _, c := range f.Check() {
			b.WriteString(c.String())
		}
		if merged, err := metric.MergePopulations(f, f); err == nil {
			b.WriteString(state(merged))
		}
		return b.String()
	}
	want := read()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := read(); got != want {
				t.Errorf("a reader saw something else:\n%s", cmp.Diff(want, got))
			}
		})
	}
	wg.Wait()
}
