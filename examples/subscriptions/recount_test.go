package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// What the catalogue says of retention is what the ledger says, for every month and segment,
// whatever the segments and rules.
func TestCatalogueAgreesWithLedger(t *testing.T) {
	cases := [][]string{{"-by", "region"}, {"-by", "plan"}, {"-by", ""}, {"-file", "testdata/events.csv", "-by", "region"}, {"-file", "testdata/events.csv", "-by", "plan"},
		{"-file", "testdata/two.csv", "-currency", "USD", "-rates", "testdata/rates.csv"}}
	for name := range ledger.Presets() {
		if o, err := ledger.Preset(name); err != nil || o.Unit != ledger.ByCustomer {
			continue // there the ledger's own rates are of subscriptions
		}
		cases = append(cases, []string{"-by", "region", "-preset", name}, []string{"-file", "testdata/events.csv", "-by", "plan", "-preset", name})
	}
	compared := 0
	for _, args := range cases {
		a := analysisOf(t, args...)
		for i := range a.months {
			m := &a.months[i]
			rows := map[string]ledger.Row{allSegments: m.Row}
			for s, row := range m.segments {
				rows[s] = row
			}
			for s, row := range rows {
				compared++
				for name, pair := range map[string][2]rate{
					"net":   {m.retention[s].net, rateOf(row.NetRevenueRetention().Ratio())},
					"gross": {m.retention[s].gross, rateOf(row.GrossRevenueRetention().Ratio())},
				} {
					if pair[0].undefined != pair[1].undefined || !pair[0].Equal(pair[1].Ratio) {
						t.Errorf("%v: %s retention of %q in %s: %v in the catalogue, %v in the ledger", args, name, s, m.label, pair[0], pair[1])
					}
				}
			}
		}
	}
	if compared < 400 {
		t.Errorf("only %d months and segments compared", compared)
	}
}

func analysisOf(t *testing.T, args ...string) *analysis {
	t.Helper()
	o, err := parseFlags(args)
	if err != nil {
		t.Fatal(err)
	}
	log, err := read(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := analyse(o, log)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fact is a line of the sample, as far as the recount needs it.
type fact struct {
	Source, ID, Event string
	Time              time.Time
	Effective         time.Time `json:"effective_time"`
	Account           string    `json:"account_id"`
	Props             struct {
		Subscription string `json:"subscription_id"`
		Region       string
		Invoice      string `json:"invoice_id"`
		Reason       string
		Items        []struct {
			Amount   int64
			Interval string
		}
	}
}

// recount reads the lines of the sample, each once.
func recount(t *testing.T) []fact {
	t.Helper()
	var facts []fact
	seen := map[string]bool{}
	for line := range strings.Lines(data.SaaS()) {
		var f fact
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		if f.Effective.IsZero() {
			f.Effective = f.Time
		}
		if f.ID != "" && seen[f.Source+" "+f.ID] {
			continue
		}
		seen[f.Source+" "+f.ID] = true
		facts = append(facts, f)
	}
	slices.SortStableFunc(facts, func(a, b fact) int { return a.Effective.Compare(b.Effective) })
	return facts
}

// paysBefore returns what each account pays just before an instant, in cents.
func paysBefore(t *testing.T, facts []fact, at time.Time, region string) map[string]int64 {
	pays := map[string]int64{} // by account and subscription
	for _, f := range facts {
		key := f.Account + " " + f.Props.Subscription
		switch {
		case !f.Effective.Before(at) || region != "*" && f.Props.Region != region:
		case f.Event == "subscription_started", f.Event == "subscription_updated":
			pays[key] = 0
			for _, i := range f.Props.Items {
				if i.Interval != "month" {
					t.Fatalf("an interval of a %s", i.Interval)
				}
				pays[key] += i.Amount
			}
		case f.Event == "subscription_cancelled":
			delete(pays, key)
		}
	}
	accounts := map[string]int64{}
	for key, amount := range pays {
		account, _, _ := strings.Cut(key, " ")
		accounts[account] += amount
	}
	return accounts
}

func cents(n int64) string { return big.NewRat(n, 100).FloatString(2) }

// ratioText writes a fraction as the program does: 28 places without trailing zeros.
func ratioText(num, den int64) string {
	if den == 0 {
		return string(metric.ZeroDenominator)
	}
	text := big.NewRat(num, den).FloatString(28)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// The sample counted again, month by month and region by region, by looking at all of its
// lines for each number.
func TestRecount(t *testing.T) {
	facts := recount(t)
	want := map[key]string{}
	firstPaid := map[string]time.Time{}
	for _, f := range facts {
		if _, ok := firstPaid[f.Account]; f.Event == "subscription_started" && !ok {
			firstPaid[f.Account] = f.Effective
		}
	}
	month := func(n int) time.Time { return time.Date(2025, time.Month(n), 1, 0, 0, 0, 0, time.UTC) }
	for n := 1; n <= 9; n++ {
		for _, region := range []string{"*", "americas", "europe", "apac"} {
			start, end := paysBefore(t, facts, month(n), region), paysBefore(t, facts, month(n+1), region)
			var opening, closing, fresh, retained, kept, lost int64
			for account, was := range start {
				opening += was
				retained += end[account]
				kept += min(was, end[account])
				if end[account] == 0 {
					lost++
				}
			}
			for account, is := range end {
				closing += is
				if !firstPaid[account].Before(month(n)) {
					fresh++
				}
			}
			monthOf(want, fmt.Sprintf("2025-%02d", n), region, map[string]string{
				"opening_mrr": cents(opening), "closing_mrr": cents(closing), "arr": cents(12 * closing),
				"opening_customers": fmt.Sprint(len(start)), "closing_customers": fmt.Sprint(len(end)), "lost_customers": fmt.Sprint(lost),
				"net_revenue_retention": ratioText(retained, opening), "gross_revenue_retention": ratioText(kept, opening),
				"customer_churn": ratioText(lost, int64(len(start))),
			})
		}
		addMovements(t, want, facts, month(n), month(n+1))
		addLevels(t, want, facts, month(n+1))
	}
	addCohorts(t, want, facts, firstPaid, month)
	got := values(t)
	check(t, got, want)
	if len(want) < 9*4*9+9*5+45*3 {
		t.Errorf("only %d values counted again", len(want))
	}
}

// addMovements looks at what each account pays just before and after each of its events. In
// the sample each has one subscription, and none comes back.
func addMovements(t *testing.T, want map[key]string, facts []fact, start, end time.Time) {
	t.Helper()
	var fresh, more, less, gone, churned int64
	reasons := map[string]int64{}
	for _, f := range facts {
		if !strings.HasPrefix(f.Event, "subscription_") || f.Event == "subscription_cancellation_requested" || f.Effective.Before(start) || !f.Effective.Before(end) {
			continue
		}
		before, after := paysBefore(t, facts, f.Effective, "*")[f.Account], paysBefore(t, facts, f.Effective.Add(1), "*")[f.Account]
		switch {
		case before == 0:
			fresh += after
		case after == 0:
			gone -= before
			churned++
			reasons[f.Props.Reason] -= before
		case after > before:
			more += after - before
		default:
			less += after - before
		}
	}
	name := start.Format("2006-01")
	monthOf(want, name, "*", map[string]string{
		"new_mrr": cents(fresh), "expansion_mrr": cents(more), "contraction_mrr": cents(less), "churned_mrr": cents(gone),
		"reactivation_mrr": "0.00", "churned_customers": fmt.Sprint(churned),
	})
	for reason, lost := range reasons {
		class := "voluntary: "
		if reason == "payment" {
			class = "involuntary: "
		}
		want[key{"loss", name, "*", class + reason, "churn"}] = cents(lost)
	}
}

// addLevels counts what is past due and under notice just before an instant, and the mean.
func addLevels(t *testing.T, want map[key]string, facts []fact, at time.Time) {
	t.Helper()
	pays := paysBefore(t, facts, at, "*")
	due, notice := map[string]string{}, map[string]bool{}
	for _, f := range facts {
		switch {
		case f.Event == "subscription_cancellation_requested" && f.Time.Before(at):
			notice[f.Account] = true
		case !f.Effective.Before(at):
		case f.Event == "payment_failed":
			due[f.Account+" "+f.Props.Invoice] = f.Account
		case f.Event == "payment_recovered", f.Event == "payment_succeeded":
			delete(due, f.Account+" "+f.Props.Invoice)
		}
	}
	late := map[string]bool{}
	for _, account := range due {
		late[account] = true
	}
	var total, atRisk, ending int64
	for account, amount := range pays {
		total += amount
		if late[account] {
			atRisk += amount
		}
		if notice[account] {
			ending += amount
		}
	}
	arpa := big.NewRat(total, 100*int64(len(pays)))
	monthOf(want, at.AddDate(0, -1, 0).Format("2006-01"), "*", map[string]string{
		"at_risk_mrr": cents(atRisk), "ending_mrr": cents(ending), "committed_mrr": cents(total - ending), "arpa": arpa.FloatString(2),
	})
}

func addCohorts(t *testing.T, want map[key]string, facts []fact, firstPaid map[string]time.Time, month func(int) time.Time) {
	t.Helper()
	for first := 1; first <= 9; first++ {
		began := map[string]int64{}
		for account, at := range firstPaid {
			if !at.Before(month(first)) && at.Before(month(first+1)) {
				began[account] = paysBefore(t, facts, at.Add(1), "*")[account]
			}
		}
		var revenue int64
		for n := first; n <= 9; n++ {
			pays := paysBefore(t, facts, month(n+1), "*")
			var customers, net, gross int64
			for account, was := range began {
				if is := pays[account]; is > 0 {
					customers++
					net += is
					gross += min(was, is)
				}
			}
			revenue += net
			for name, v := range map[string]string{"customers": fmt.Sprint(customers), "net_mrr": cents(net), "gross_mrr": cents(gross), "revenue": cents(revenue)} {
				want[key{"cohort", month(n).Format("2006-01"), "*", month(first).Format("2006-01"), name}] = v
			}
		}
	}
}
