package main

import (
	"encoding/csv"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/metric/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// subscriptions runs the program.
func subscriptions(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, errs strings.Builder
	status = run(args, strings.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

// A key names a value of the CSV form: table, month, segment, month of the first payment or
// reason, figure.
type key [5]string

// values runs the program with -output csv and returns its values and reasons.
func values(t *testing.T, args ...string) map[key]string {
	t.Helper()
	status, out, errs := subscriptions("", append(args, "-output", "csv")...)
	if status != statusOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	values := map[key]string{}
	for _, r := range rows[1:] {
		k := key{r[0], r[1], r[3], r[4] + r[5], r[6]}
		if _, again := values[k]; again {
			t.Errorf("%v is there twice", k)
		}
		values[k] = r[7] + r[9]
	}
	return values
}

// check compares some values.
func check(t *testing.T, got, want map[key]string) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%v = %q, want %q", k, got[k], v)
		}
	}
}

// monthOf fills in the figures of a month.
func monthOf(want map[key]string, name, segment string, figures map[string]string) {
	for figure, v := range figures {
		want[key{"month", name, segment, "", figure}] = v
	}
}

// Worked by hand from the thirteen rows of testdata/events.csv. MRR of c1 is 100 from 5
// January, 150 from 15 February, 120 from 15 March, nothing from 20 April; of c2 10 from 20
// January, for good; of c3 10 from 10 February to 20 March, and 20 from 2 April; of c4 100 from
// 5 March. The notice of c2 was given on 20 February and withdrawn on 10 March; the lower price
// of c1 was agreed on 25 February; the start of c3 on 25 January; that of c5, at 80, on 28 March,
// and it was retracted on 1 April, so that at the end of March it was still to come.
func TestOwnFile(t *testing.T) {
	want := map[key]string{}
	monthOf(want, "2026-01", "*", map[string]string{
		"opening_mrr": "0.00", "new_mrr": "110.00", "closing_mrr": "110.00", "closing_customers": "2", "arpa": "55.00", "arr": "1320.00",
		"signed_mrr": "10.00", "ending_mrr": "0.00", "committed_mrr": "120.00", "customer_churn": "zero_denominator",
		"net_revenue_retention": "zero_denominator",
	})
	monthOf(want, "2026-02", "*", map[string]string{
		"opening_mrr": "110.00", "new_mrr": "10.00", "expansion_mrr": "50.00", "closing_mrr": "170.00", "closing_customers": "3",
		"ending_mrr": "40.00", "committed_mrr": "130.00", "customer_churn": "0", // 10 of c2 and 30 of c1 are ending
		"net_revenue_retention": "1.4545454545454545454545454545", "gross_revenue_retention": "1", // 160/110
	})
	monthOf(want, "2026-03", "*", map[string]string{
		"opening_mrr": "170.00", "new_mrr": "100.00", "contraction_mrr": "-30.00", "churned_mrr": "-10.00", "closing_mrr": "230.00",
		"churned_customers": "1", "signed_mrr": "80.00", "committed_mrr": "310.00", "customer_churn": "0.3333333333333333333333333333",
		"net_revenue_retention": "0.7647058823529411764705882353", "gross_revenue_retention": "0.7647058823529411764705882353", // 130/170
	})
	monthOf(want, "2026-04", "*", map[string]string{
		"opening_mrr": "230.00", "churned_mrr": "-120.00", "reactivation_mrr": "20.00", "closing_mrr": "130.00", "reactivated_customers": "1",
		"net_revenue_retention": "0.4782608695652173913043478261", // 110/230
	})
	monthOf(want, "2026-03", "north", map[string]string{"opening_mrr": "160.00", "closing_mrr": "120.00", "net_revenue_retention": "0.75"})
	monthOf(want, "2026-03", "south", map[string]string{"opening_mrr": "10.00", "closing_mrr": "110.00", "net_revenue_retention": "1"})
	want[key{"loss", "2026-03", "*", "voluntary: no time, sorry", "churn"}] = "-10.00"
	want[key{"loss", "2026-03", "*", "price_change", "contraction"}] = "-30.00"
	want[key{"loss", "2026-04", "*", "paused", "churn"}] = "-120.00"
	for cell, v := range map[[3]string]string{
		{"2026-01", "2026-02", "net_mrr"}: "160.00", {"2026-01", "2026-02", "gross_mrr"}: "110.00", {"2026-01", "2026-02", "revenue"}: "270.00",
		{"2026-01", "2026-03", "net_mrr"}: "130.00", {"2026-01", "2026-03", "gross_mrr"}: "110.00", {"2026-01", "2026-03", "revenue"}: "400.00",
		{"2026-01", "2026-04", "customers"}: "1", {"2026-01", "2026-04", "revenue"}: "410.00",
		{"2026-02", "2026-03", "customers"}: "0", {"2026-02", "2026-04", "net_mrr"}: "20.00", {"2026-02", "2026-04", "gross_mrr"}: "10.00",
	} {
		want[key{"cohort", cell[1], "*", cell[0], cell[2]}] = v
	}
	check(t, values(t, "-file", "testdata/events.csv", "-by", "region"), want)
}

// At the end of March the start of c4 was not on record, and that of c5 had not been retracted.
func TestKnown(t *testing.T) {
	got := values(t, "-file", "testdata/events.csv", "-known", "2026-03-31")
	want := map[key]string{}
	monthOf(want, "2026-03", "*", map[string]string{"new_mrr": "0.00", "closing_mrr": "130.00", "signed_mrr": "80.00", "committed_mrr": "210.00"})
	monthOf(want, "2026-04", "*", map[string]string{"closing_mrr": ""}) // not reported
	check(t, got, want)
}

// With churn at the request, c2 left on 20 February and came back on 10 March, and the rate of
// churn is of customers at the start and new ones.
func TestPreset(t *testing.T) {
	got := values(t, "-file", "testdata/events.csv", "-preset", "stripe")
	want := map[key]string{}
	monthOf(want, "2026-02", "*", map[string]string{"churned_mrr": "-10.00", "closing_mrr": "160.00", "customer_churn": "0.3333333333333333333333333333"})
	monthOf(want, "2026-03", "*", map[string]string{"reactivation_mrr": "10.00", "closing_mrr": "230.00"})
	check(t, got, want)
	for name := range ledger.Presets() {
		if status, out, errs := subscriptions("", "-preset", name); status != statusOK || !strings.Contains(strings.Join(strings.Fields(out), " "), "rules of "+name+" (") {
			t.Errorf("%s: status %d: %s", name, status, errs)
		}
	}
}

// Worked by hand: 100 USD, and from 10 January 1,000 JPY, from 10 February 1,500 JPY. A yen is
// worth 0.010 USD then, 0.008 at the end of January, 0.006 on 10 February and 0.007 at the end.
// Retention is at the rate of the opening: (100 + 1500*0.008)/108.
func TestRates(t *testing.T) {
	got := values(t, "-file", "testdata/two.csv", "-currency", "USD", "-rates", "testdata/rates.csv")
	want := map[key]string{}
	monthOf(want, "2026-01", "*", map[string]string{"new_mrr": "110.00", "fx": "-2.00", "closing_mrr": "108.00"})
	monthOf(want, "2026-02", "*", map[string]string{
		"opening_mrr": "108.00", "expansion_mrr": "3.00", "fx": "-0.50", "closing_mrr": "110.50",
		"net_revenue_retention": "1.037037037037037037037037037", "gross_revenue_retention": "1",
	})
	want[key{"cohort", "2026-02", "*", "2026-01", "revenue"}] = "215.00" // all at 0.006: 106, then 109
	check(t, got, want)
}

// Midnight in Berlin is before midnight in UTC.
func TestZone(t *testing.T) {
	const text = "customer,subscription,type,date,amount,currency,interval\na,1,subscription_start,2026-01-31T23:30:00Z,100,EUR,month\n"
	for zone, month := range map[string]string{"UTC": "2026-01,true", "Europe/Berlin": "2026-02,false"} {
		_, out, errs := subscriptions(text, "-file", "-", "-zone", zone, "-output", "csv")
		if !strings.Contains(out, "month,"+month+",*,,,new_mrr,1.00,EUR,") {
			t.Errorf("%s: no new revenue in %s: %s%s", zone, month, out, errs)
		}
	}
}

// An end without a reason is lost all the same.
func TestLossesWithoutAReason(t *testing.T) {
	const text = "customer,subscription,type,date,amount,currency,interval\na,1,subscription_start,2026-01-05,100,EUR,month\na,1,subscription_cancelled,2026-01-07,,,\n"
	_, out, errs := subscriptions(text, "-file", "-", "-output", "csv")
	if !strings.Contains(out, "loss,2026-01,false,*,,unknown,churn,-1.00,EUR,") {
		t.Errorf("%s%s", out, errs)
	}
}

func TestGolden(t *testing.T) {
	file := []string{"-file", "testdata/events.csv", "-by", "region"}
	for name, args := range map[string][]string{
		"sample.txt":  nil,
		"sample.html": {"-output", "html"},
		"plan.txt":    {"-by", "plan", "-cohort", "net"},
		"events.txt":  file,
		"events.csv":  append([]string{"-output", "csv"}, file...),
		"events.json": append([]string{"-output", "json"}, file...),
		"events.html": append([]string{"-output", "html", "-cohort", "net", "-waterfall", "2026-03"}, file...),
		"two.txt":     {"-file", "testdata/two.csv", "-currency", "USD", "-rates", "testdata/rates.csv", "-cohort", "revenue"},
	} {
		status, got, errs := subscriptions("", args...)
		if status != statusOK {
			t.Fatalf("%v: status %d: %s", args, status, errs)
		}
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%v differs from %s; see the difference after: go test ./examples/subscriptions -update", args, path)
		}
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, args := range [][]string{nil, {"-by", "plan"}, {"-cohort", "revenue"}, {"-preset", "maxio"}} {
		_, out, _ := subscriptions("", args...)
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > textWidth && !strings.HasPrefix(line, "\t") {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
		}
	}
}

// The page runs nothing, fetches nothing, and names all its pictures.
func TestPageIsSelfContained(t *testing.T) {
	_, out, _ := subscriptions("", "-output", "html")
	for _, bad := range []string{"<script", "http:", "https:", "url(", "<link", "src=", "NaN", "Inf", "%!"} {
		if strings.Contains(out, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	pictures := strings.Count(out, "<svg ")
	if pictures != 6 || strings.Count(out, `role="img"`) != pictures || strings.Count(out, "<title id=") != pictures || strings.Count(out, "<desc id=") != pictures {
		t.Errorf("%d pictures, want 6 with a role, a title and a description", pictures)
	}
}

// Names from a file are shown, and are no part of the page.
func TestPageEscapesNames(t *testing.T) {
	const text = "customer,subscription,type,date,amount,currency,interval,plan\na,1,subscription_start,2026-01-05,100,EUR,month,<script>x\n"
	_, out, errs := subscriptions(text, "-file", "-", "-by", "plan", "-output", "html")
	if strings.Contains(out, "<script") || !strings.Contains(out, "&lt;script&gt;x") {
		t.Errorf("a plan is not escaped: %s", errs)
	}
}

func TestFlagErrorsNameWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-nonsense"}, "-nonsense"},
		{[]string{"events.csv"}, `unexpected argument "events.csv"`},
		{[]string{"-file", ""}, "-file is empty"},
		{[]string{"-column", "amount=x"}, "-column is for CSV files"},
		{[]string{"-file", "-", "-column", "amount"}, "want name=title"},
		{[]string{"-file", "-", "-column", "price=x"}, "there are customer subscription type date"},
		{[]string{"-preset", "recurring"}, `-preset "recurring": there are chartmogul, stripe`},
		{[]string{"-cohort", "mrr"}, `-cohort "mrr": there are customers, net, gross, revenue`},
		{[]string{"-currency", "EUR"}, "-currency and -rates go together"},
		{[]string{"-currency", "euro", "-rates", "x"}, `-currency "euro": want a code`},
		{[]string{"-zone", "Mars/Olympus"}, "no such time zone"},
		{[]string{"-zone", "Local"}, "want a name such as Europe/Berlin"},
		{[]string{"-from", "2026"}, `-from "2026": want a month such as 2026-03`},
		{[]string{"-to", "2026-03-01"}, `-to "2026-03-01": want a month`},
		{[]string{"-waterfall", ""}, `-waterfall "": want a month`},
		{[]string{"-from", "2026-03", "-to", "2026-02"}, "-to 2026-02 is before -from 2026-03"},
		{[]string{"-known", "yesterday"}, `-known "yesterday": want a time such as`},
		{[]string{"-as-of", ""}, `-as-of "": want a time`},
		{[]string{"-output", "xml"}, `-output "xml": there are text, csv, json, html`},
	} {
		status, out, errs := subscriptions("", c.args...)
		if status != statusUsage || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "-help") {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, errs, c.want)
		}
	}
}

func TestHelpNamesEveryFlagAndColumn(t *testing.T) {
	status, out, errs := subscriptions("", "-help")
	if status != statusOK || errs != "" {
		t.Errorf("status %d, %q", status, errs)
	}
	for name := range strings.FieldsSeq("-file -column -by -preset -known -as-of -zone -from, -cohort -waterfall -currency -rates -output") {
		if !strings.Contains(out, "\t"+name+" ") {
			t.Errorf("the help lacks %s", name)
		}
	}
	for _, c := range columns() {
		if !strings.Contains(out, "\t"+c.name+" ") || !strings.Contains(out, " "+c.title+" ") {
			t.Errorf("the help lacks column %s", c.name)
		}
	}
}

const header = "customer,subscription,type,date,effective,amount,currency,interval,plan,id,retracted,order,tax,voluntary\n"

func TestDataErrorsNameLineAndReason(t *testing.T) {
	good := "a,1,subscription_start,2026-01-05,,100,EUR,month,p,x,,,,\n"
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"empty", "", nil, "standard input: empty; want a header"},
		{"no rows", header, nil, "a header, but no rows"},
		{"no column", "customer,subscription\n", nil, `there is no column "event_type"; there are ["customer" "subscription"]. -column type=title`},
		{"renamed", header + good, []string{"-column", "amount=cents"}, `there is no column "cents"`},
		{"two columns", strings.Replace(header, "plan", "Customer", 1) + good, nil, `there are two columns "customer"`},
		{"no segment", header + good, []string{"-by", "country"}, `-by: there is no column "country"`},
		{"fields", header + good + "a,1\n", nil, "standard input:3: 2 fields, where the header has 14"},
		{"quote", header + `a,"1` + "\n", nil, "standard input: parse error on line 2"},
		{"type", header + "a,1,upgrade,2026-01-05,,100,EUR,month,p,,,,,\n", nil, `standard input:2: event type "upgrade" is unknown`},
		{"customer", header + ",1,subscription_start,2026-01-05,,100,EUR,month,p,,,,,\n", nil, "standard input:2: event \"subscription_started\": account_id: missing account"},
		{"subscription", header + "a,,subscription_start,2026-01-05,,100,EUR,month,p,,,,,\n", nil, "standard input:2: event \"subscription_started\": subscription_id: missing attribute"},
		{"date", header + "a,1,subscription_start,5.1.2026,,100,EUR,month,p,,,,,\n", nil, `standard input:2: date: "5.1.2026": want a time`},
		{"effective", header + "a,1,subscription_start,2026-01-05,soon,100,EUR,month,p,,,,,\n", nil, `standard input:2: effective: "soon": want a time`},
		{"amount", header + "a,1,subscription_start,2026-01-05,,10.00,EUR,month,p,,,,,\n", nil, `standard input:2: amount: "10.00" is no whole number`},
		{"negative", header + "a,1,subscription_start,2026-01-05,,-1,EUR,month,p,,,,,\n", nil, `standard input:2: amount: "-1" is no whole number of 0 or more`},
		{"currency", header + "a,1,subscription_start,2026-01-05,,100,euro,month,p,,,,,\n", nil, `standard input:2: currency: "euro" is no code`},
		{"interval", header + "a,1,subscription_start,2026-01-05,,100,EUR,quarter,p,,,,,\n", nil, `standard input:2: interval: "quarter", want day, week`},
		{"no interval", header + "a,1,subscription_start,2026-01-05,,100,EUR,,p,,,,,\n", nil, `standard input:2: interval: ""`},
		{"tax", header + "a,1,subscription_start,2026-01-05,,100,EUR,month,p,,,,101,\n", nil, `standard input:2: tax: 101 is more than the amount of 100`},
		{"order", header + "a,1,subscription_start,2026-01-05,,100,EUR,month,p,,,first,,\n", nil, `standard input:2: order: "first" is no whole number`},
		{"voluntary", header + good + "a,1,subscription_cancelled,2026-01-06,,,,,,,,,,maybe\n", nil, `standard input:3: voluntary: "maybe" is neither`},
		{"same id", header + good + good, nil, `standard input:3: id "x" is that of line 2, too`},
		{"retraction", header + good + "a,1,scheduled_subscription_start_retracted,2026-01-06,,,,,,,y,,,\n", nil, `standard input:3: retracted: "y" is the id of no row`},
		{"many", header + strings.Repeat("a,1,x,2026-01-05,,,,,,,,,,\n", 7), nil, "and 2 more lines"},
		{"no start", header + "a,1,subscription_cancelled,2026-01-05,,,,,,,,,,\n", nil, "no subscription starts in the events"},
		{"two currencies", header + good + "b,2,subscription_start,2026-01-05,,100,USD,month,p,,,,,\n", nil, "the amounts are in EUR and USD; say what to convert them to"},
		{"no rate", header + good, []string{"-currency", "USD", "-rates", "testdata/rates.csv"}, "testdata/rates.csv has none of EUR up to then"},
		{"no rates", header + good, []string{"-currency", "USD", "-rates", "testdata/nowhere.csv"}, "testdata/nowhere.csv: no such file"},
		{"too early", header + good, []string{"-to", "2025-12"}, "nothing to report: the first month begins"},
		{"not drawn", header + good, []string{"-waterfall", "2026-02"}, "-waterfall 2026-02: it is not among the months from 2026-01 to 2026-01"},
		{"wrong year", header + good + "b,2,subscription_start,1926-01-05,,100,EUR,month,p,,,,,\n", nil, "more than 600 months from 1926-01-01; say -from"},
	} {
		status, out, errs := subscriptions(c.stdin, append([]string{"-file", "-"}, c.args...)...)
		if status != statusData || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %q; want %q", c.name, status, errs, c.want)
		}
	}
	if status, _, errs := subscriptions("", "-by", "country"); status != statusData || !strings.Contains(errs, `no subscription has an attribute "country"; there are plan, currency, region`) {
		t.Errorf("status %d: %s", status, errs)
	}
	if status, _, errs := subscriptions("", "-file", "testdata/nowhere.csv"); status != statusData || !strings.Contains(errs, "no such file") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestColumnsCanBeRenamed(t *testing.T) {
	const renamed = "\xef\xbb\xbfWho,Sub,What,When,Price,currency,interval\na,1,subscription_start,2026-01-05,120000,JPY,year\n"
	args := []string{"-file", "-", "-column", "customer=who", "-column", "subscription=sub", "-column", "type=what", "-column", "date=when", "-column", "amount=price", "-output", "csv"}
	status, out, errs := subscriptions(renamed, args...)
	if status != statusOK || !strings.Contains(out, "closing_mrr,10000,JPY,") { // A yen has no decimals.
		t.Errorf("status %d, %s%s", status, out, errs)
	}
}

// A writer that is full, such as a closed pipe.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAWriteErrorIsReported(t *testing.T) {
	for _, form := range outputs() {
		var errs strings.Builder
		if status := run([]string{"-output", form}, nil, fullWriter{}, &errs); status != statusData || !strings.Contains(errs.String(), os.ErrClosed.Error()) {
			t.Errorf("%s: status %d: %s", form, status, errs.String())
		}
	}
}

// The order of rows decides what happens at one instant, unless event_order does.
func TestOrderOfRows(t *testing.T) {
	start := "a,1,subscription_start,2026-01-05,,100,EUR,month,p,,,%,,\n"
	end := "a,1,subscription_cancelled,2026-01-05,,,,,,,,%,,\n"
	row := func(s, order string) string { return strings.Replace(s, "%", order, 1) }
	for text, want := range map[string]string{
		header + row(start, "") + row(end, ""):   "0.00",
		header + row(end, "") + row(start, ""):   "1.00",
		header + row(end, "2") + row(start, "1"): "0.00",
	} {
		extra := "b,2,subscription_start,2026-01-05,,500,EUR,month,p,,,,,\n"
		_, out, errs := subscriptions(text+extra, "-file", "-", "-output", "csv")
		total := map[string]string{"0.00": "5.00", "1.00": "6.00"}[want]
		if !strings.Contains(out, "closing_mrr,"+total+",EUR") {
			t.Errorf("want %s of a: %s%s", want, out, errs)
		}
	}
}

func TestMonthsAndSegments(t *testing.T) {
	got := map[string]bool{}
	for k := range values(t) {
		if k[0] == "month" {
			got[k[1]+k[2]] = true
		}
	}
	if len(got) != 9*4 {
		t.Errorf("%d months and segments, want 9 months of 3 regions and all: %v", len(got), slices.Sorted(maps.Keys(got)))
	}
}
