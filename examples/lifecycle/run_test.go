package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// lifecycle runs the program.
func lifecycle(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, errs strings.Builder
	status = run(args, strings.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

// values runs the program with -output csv and returns its values and reasons, by metric,
// period and segment.
func values(t *testing.T, args ...string) map[[3]string]string {
	t.Helper()
	status, out, errs := lifecycle("", append(args, "-output", "csv")...)
	if status != statusOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	values := map[[3]string]string{}
	for _, r := range rows[1:] {
		values[[3]string{r[0], r[3], r[5]}] = r[6] + r[7]
	}
	return values
}

// The columns are orders, cents, customers, customers with two orders, CDs; they are what
//
//	awk '{gsub("\r",""); q=substr($3,1,4)"-Q"int((substr($3,5,2)+2)/3); n[q]++; split($5,a,".");
//	      c[q]+=a[1]*100+a[2]; u[q]+=$4; k=q" "$1; if(++s[k]==1)d[q]++; if(s[k]==2)r[q]++}
//	     END{for(q in n)print q,n[q],c[q],d[q],r[q],u[q]}' data/CDNOW_sample.txt
//
// prints. The ratios were computed from the raw file with Python's fractions and rounded
// to 28 places.
func TestCDNOW(t *testing.T) {
	got := values(t)
	for _, q := range []struct {
		quarter                                    string
		orders, revenue, customers, repeat, units  string
		averageOrder, repeatRate, frequency, spend string
		items, price                               string
	}{
		{"1997-Q1", "3267", "112498.61", "2357", "522", "7432", "34.4348362411998775635139271503", "0.2214679677556215528213831141", "1.3860840050912176495545184557", "47.7295757318625371234620280017", "2.2748699112335475971839608203", "15.1370573196986006458557588805"},
		{"1997-Q2", "937", "33629.63", "524", "208", "2295", "35.8907470651013874066168623266", "0.3969465648854961832061068702", "1.7881679389312977099236641221", "64.1786832061068702290076335878", "2.4493062966915688367129135539", "14.6534335511982570806100217865"},
		{"1997-Q3", "756", "26987.31", "418", "156", "1814", "35.6975", "0.3732057416267942583732057416", "1.8086124401913875598086124402", "64.5629425837320574162679425837", "2.3994708994708994708994708995", "14.8772381477398015435501653804"},
		{"1997-Q4", "768", "28109.27", "404", "162", "1956", "36.6006119791666666666666666667", "0.400990099009900990099009901", "1.900990099009900990099009901", "69.5774009900990099009900990099", "2.546875", "14.3707924335378323108384458078"},
		{"1998-Q1", "678", "24886.58", "384", "139", "1727", "36.7058702064896755162241887906", "0.3619791666666666666666666667", "1.765625", "64.8088020833333333333333333333", "2.5471976401179941002949852507", "14.4102953097857556456282570932"},
		{"1998-Q2", "513", "17980.54", "300", "109", "1255", "35.049785575048732943469785575", "0.3633333333333333333333333333", "1.71", "59.9351333333333333333333333333", "2.4463937621832358674463937622", "14.3271235059760956175298804781"},
	} {
		for id, want := range map[string]string{
			"orders.orders":                q.orders,
			"orders.revenue":               q.revenue + " USD",
			"orders.customers":             q.customers,
			"orders.repeat_customers":      q.repeat,
			"orders.units":                 q.units,
			"orders.average_order_value":   q.averageOrder + " USD",
			"orders.repeat_purchase_rate":  q.repeatRate,
			"orders.purchase_frequency":    q.frequency,
			"orders.revenue_per_customer":  q.spend + " USD",
			"orders.items_per_order":       q.items,
			"orders.average_selling_price": q.price + " USD",
		} {
			if v := got[[3]string{id, q.quarter, ""}]; v != want {
				t.Errorf("%s in %s = %q, want %q", id, q.quarter, v, want)
			}
		}
	}
	if len(got) != 6*11 {
		t.Errorf("%d results, want 11 metrics in 6 quarters", len(got))
	}
}

// testdata/saas_expected.csv holds every metric that the log determines, by quarter and
// region. It was computed from data/saas.jsonl with a program in Python that shares nothing
// with this one, not even the registry: each metric is a line written by hand after its
// definition, over lists of the events by id, in loops and sets, with fractions rounded to 28
// places. A customer is the user_id, or else the anonymous_id, or else the account_id; a
// duration runs from the first start to the first end of its object in the whole log.
func TestSaaS(t *testing.T) {
	file, err := os.Open("testdata/saas_expected.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := values(t, "-sample", "saas", "-segment", "region")
	for _, r := range rows[1:] {
		if v := got[[3]string{r[0], r[1], r[2]}]; v != r[3] {
			t.Errorf("%s in %s of %q = %q, want %q", r[0], r[1], r[2], v, r[3])
		}
	}
	if len(rows)-1 != len(got) || len(got) != 171*3*4 {
		t.Errorf("%d results, of which %d are checked; want 171 metrics in 3 quarters of 3 regions and of all", len(got), len(rows)-1)
	}
}

// A date is a day of the calendar, so the zone moves no purchase into another quarter.
func TestDatesAreDaysOfTheZone(t *testing.T) {
	utc := values(t)
	for _, zone := range []string{"America/Los_Angeles", "Asia/Tokyo"} {
		for key, v := range values(t, "-zone", zone) {
			if v != utc[key] {
				t.Errorf("%s: %v = %q, want %q", zone, key, v, utc[key])
			}
		}
	}
}

// Worked by hand from the seven rows of testdata/shop.csv, of which the last two are bad.
func TestOwnFile(t *testing.T) {
	got := values(t, "-file", "testdata/shop.csv", "-currency", "EUR", "-segment", "region")
	for key, want := range map[[3]string]string{
		{"orders.orders", "2026-Q1", ""}:                                 "3",
		{"orders.orders", "2026-Q1", "north"}:                            "2",
		{"orders.orders", "2026-Q1", "south"}:                            "1",
		{"orders.orders", "2026-Q2", "north"}:                            "0",
		{"orders.revenue", "2026-Q1", ""}:                                "25.00 EUR",
		{"orders.revenue", "2026-Q1", "south"}:                           "0.00 EUR",
		{"orders.revenue", "2026-Q2", ""}:                                "100.00 EUR",
		{"orders.customers", "2026-Q1", ""}:                              "2",
		{"orders.repeat_purchase_rate", "2026-Q1", ""}:                   "0.5",
		{"orders.repeat_purchase_rate", "2026-Q1", "north"}:              "1",
		{"orders.repeat_purchase_rate", "2026-Q2", "north"}:              "zero_denominator",
		{"orders.average_order_value", "2026-Q1", "north"}:               "12.50 EUR",
		{"orders.average_order_value", "2026-Q2", ""}:                    "100.00 EUR",
		{"orders.items_per_order", "2026-Q2", "south"}:                   "4",
		{"orders.refund_rate", "2026-Q1", ""}:                            "0",
		{"orders.refund_rate", "2026-Q2", ""}:                            "1",
		{"orders.refund_rate_by_value", "2026-Q2", ""}:                   "0.5",
		{"orders.refund_rate_by_value", "2026-Q1", "south"}:              "zero_denominator",
		{"orders.refunded_amount", "2026-Q2", "south"}:                   "50.00 EUR",
		{"orders.average_selling_price", "2026-Q1", ""}:                  "6.25 EUR",
		{"orders.average_selling_price", "2026-Q2", "north"}:             "zero_denominator",
		{"orders.average_order_value_after_returns", "2026-Q2", ""}:      "50.00 EUR",
		{"orders.average_order_value_after_returns", "2026-Q1", "north"}: "12.50 EUR",
	} {
		if v, ok := got[key]; !ok || v != want {
			t.Errorf("%v = %q, want %q", key, v, want)
		}
	}
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		file string
		args []string
	}{
		{"shop.txt", []string{"-output", "text"}},
		{"shop.json", []string{"-output", "json"}},
		{"shop.csv", []string{"-output", "csv"}},
		{"shop.md", []string{"-output", "markdown"}},
	} {
		args := append([]string{"-file", "testdata/shop.csv", "-currency", "EUR", "-segment", "region"}, c.args...)
		golden(t, c.file, args)
	}
	golden(t, "cdnow.txt", nil)
	golden(t, "saas.txt", []string{"-sample", "saas", "-period", "month"})
}

func golden(t *testing.T, file string, args []string) {
	t.Helper()
	status, got, errs := lifecycle("", args...)
	if status != statusOK {
		t.Fatalf("%v: status %d: %s", args, status, errs)
	}
	path := filepath.Join("testdata", file+".golden")
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
		t.Errorf("%v differs from %s; see the difference after: go test ./examples/lifecycle -update", args, path)
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, args := range [][]string{
		nil, {"-period", "month"}, {"-period", "week"},
		{"-sample", "saas"}, {"-sample", "saas", "-period", "month"}, {"-sample", "saas", "-segment", "region"},
		{"-more", "all"}, {"-sample", "saas", "-more", "all"}, {"-zone", "America/Argentina/ComodRivadavia"},
	} {
		status, out, errs := lifecycle("", args...)
		if status != statusOK {
			t.Fatalf("%v: %s", args, errs)
		}
		for line := range strings.Lines(out) {
			if n := width(strings.TrimSuffix(line, "\n")); n > textWidth {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
		}
	}
}

// Whatever the log determines, its name has room for two columns of millions beside it, and
// its id and unit have a line.
func TestEveryMetricFitsTheTerminal(t *testing.T) {
	for d := range catalog.All() {
		lines := (&textReport{analysis: &analysis{}}).tableLines([]row{{def: d}})
		if n := width(lines[0].label) + 2*(columnGap+len("100,000,000.00")); n > textWidth {
			t.Errorf("%s: %q needs %d columns", d, lines[0].label, n)
		}
		if n := width(lines[1].label + lines[1].more); n > textWidth {
			t.Errorf("%s: %q needs %d columns", d, lines[1].label+lines[1].more, n)
		}
	}
}

// What JSON says must be what CSV says, and every metric is either in the results or in
// what is to be got, once.
func TestJSONIsComplete(t *testing.T) {
	for _, args := range [][]string{{}, {"-sample", "saas", "-segment", "region"}} {
		status, out, errs := lifecycle("", append(args, "-output", "json")...)
		if status != statusOK {
			t.Fatal(errs)
		}
		var r struct {
			Version string
			Periods []struct{ Period string }
			Results []struct {
				Metric, Period, Undefined, Unit, Stage, Name string
				Segment                                      *string
				Value                                        any
			}
			ToGet []struct {
				Unlocks []string
			} `json:"to_get_more"`
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		flat := values(t, args...)
		if r.Version != catalog.Version || len(r.Results) != len(flat) {
			t.Errorf("%v: version %q, %d results, but %d in CSV", args, r.Version, len(r.Results), len(flat))
		}
		determined := map[string]bool{}
		for _, x := range r.Results {
			determined[x.Metric] = true
			segment := ""
			if x.Segment != nil {
				segment = *x.Segment
			}
			want := flat[[3]string{x.Metric, x.Period, segment}]
			got, ok := x.Value.(string)
			if x.Value != nil && !ok {
				list, err := json.Marshal(x.Value)
				if err != nil {
					t.Fatal(err)
				}
				got = string(list)
			}
			if got+x.Undefined != want || (x.Value == nil) == (x.Undefined == "") || x.Unit == "" || x.Stage == "" || x.Name == "" {
				t.Errorf("%v: result %+v, in CSV %q", args, x, want)
			}
		}
		var ids []string
		for _, s := range r.ToGet {
			for _, id := range s.Unlocks {
				if determined[id] {
					t.Errorf("%v: %s is determined and missing", args, id)
				}
				ids = append(ids, id)
			}
		}
		for id := range determined {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		var all []string
		for d := range catalog.All() {
			all = append(all, d.ID())
		}
		if !slices.Equal(ids, all) {
			t.Errorf("%v: results and what is to be got have %d metrics, the catalogue %d", args, len(ids), len(all))
		}
	}
}

func TestSamplesAreReadWithoutLoss(t *testing.T) {
	for _, name := range []string{"cdnow", "saas"} {
		if status, _, errs := lifecycle("", "-sample", name, "-strict"); status != statusOK || strings.Contains(errs, "left out:") {
			t.Errorf("%s: status %d: %s", name, status, errs)
		}
	}
}

func TestTheSaaSSampleHasSomethingInEveryStage(t *testing.T) {
	_, out, _ := lifecycle("", "-sample", "saas")
	if strings.Contains(out, "No metric of this stage") {
		t.Error("a stage is empty")
	}
}

func TestFlagErrorsNameWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-nonsense"}, "-nonsense"},
		{[]string{"log.csv"}, `unexpected argument "log.csv"`},
		{[]string{"-sample", "shop"}, `-sample "shop": there are cdnow and saas`},
		{[]string{"-sample", "saas", "-file", "x"}, "-sample and -file exclude each other"},
		{[]string{"-file", ""}, "-file is empty"},
		{[]string{"-period", "fortnight"}, `-period "fortnight": there are day, week`},
		{[]string{"-period", "fiscal_year"}, `-period "fiscal_year"`},
		{[]string{"-period", ""}, `-period ""`},
		{[]string{"-zone", "Mars/Olympus"}, `-zone "Mars/Olympus": no such time zone`},
		{[]string{"-zone", "Local"}, `-zone "Local": want a name`},
		{[]string{"-zone", ""}, `-zone ""`},
		{[]string{"-currency", "dollars", "-file", "-"}, `-currency "dollars": want a code of ISO 4217`},
		{[]string{"-currency", "EUR"}, "-currency is for CSV files"},
		{[]string{"-output", "xml"}, `-output "xml": there are text, json, csv, markdown`},
		{[]string{"-segment", ""}, "-segment is empty"},
		{[]string{"-more", "few"}, `-more "few": want a number of steps, or all`},
		{[]string{"-more", "-1"}, `-more "-1": want a number of steps, or all`},
		{[]string{"-more", "9999999999"}, `-more "9999999999": want a number of steps, or all`},
		{[]string{"-more", "all", "-output", "json"}, "-more is for text and markdown"},
		{[]string{"-strict=perhaps"}, "perhaps"},
		{[]string{"-file"}, "-file"},
	} {
		status, out, errs := lifecycle("", c.args...)
		if status != statusUsage || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "-help") {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, errs, c.want)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	status, out, errs := lifecycle("", "-help")
	if status != statusOK || errs != "" {
		t.Errorf("status %d, %q", status, errs)
	}
	for _, name := range []string{"-sample", "-file", "-period", "-zone", "-currency", "-segment", "-output", "-more", "-strict"} {
		if !strings.Contains(out, name+" ") {
			t.Errorf("the help lacks %s", name)
		}
	}
}

const order = `{"event":"order_completed","time":"2026-01-02T10:00:00Z","user_id":"u","props":{"order_id":"o","amount":100,"currency":"EUR"}}` + "\n"

func TestErrorsOfData(t *testing.T) {
	far := strings.Replace(order, "2026", "2226", 1)
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"no file", "", []string{"-file", "testdata/nowhere.csv"}, "testdata/nowhere.csv"},
		{"empty", "", []string{"-file", "-"}, "standard input: empty"},
		{"header only", "event,time\n", []string{"-file", "-"}, "standard input: no event could be read"},
		{"blank JSON lines", "\n\n", []string{"-file", "-"}, "standard input"},
		{"array", "[" + order + "]", []string{"-file", "-"}, "standard input:1: a JSON array"},
		{"currency of JSON", order, []string{"-file", "-", "-currency", "EUR"}, "-currency is for CSV files"},
		{"UTF-16", "\xff\xfee\x00", []string{"-file", "-"}, "UTF-16"},
		{"unknown segment", order, []string{"-file", "-", "-segment", "regoin"}, `-segment "regoin": no event has such an attribute or envelope field; there are event, source, user_id, anonymous_id, account_id, session_id, amount, currency, order_id`},
		{"too many periods", order + far, []string{"-file", "-", "-period", "week"}, "more than 1,000 weeks, from 2026-01-02 (line 1) to 2226-01-02 (line 2)"},
		{"only bad lines", "{\n", []string{"-file", "-"}, "no event could be read"},
	} {
		status, out, errs := lifecycle(c.stdin, c.args...)
		if status != statusData || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %q; want %q", c.name, status, errs, c.want)
		}
	}
}

func TestTooManySegments(t *testing.T) {
	status, _, errs := lifecycle("", "-segment", "user_id")
	if status != statusData || !strings.Contains(errs, "-segment user_id: more than 1000 different values") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestTooManyCells(t *testing.T) {
	var log strings.Builder
	for i := range 150 {
		at := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&log, "{\"event\":\"x\",\"time\":%q,\"user_id\":\"u%d\"}\n", at.Format(time.RFC3339), i)
	}
	status, _, errs := lifecycle(log.String(), "-file", "-", "-period", "day", "-segment", "user_id")
	if status != statusData || !strings.Contains(errs, "150 periods of 150 segments are more than 20,000") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestAReadErrorIsReported(t *testing.T) {
	for _, start := range []string{order, "event,time\n"} {
		in := iotest.TimeoutReader(strings.NewReader(start + strings.Repeat(" ", 1<<16)))
		var out, errs strings.Builder
		if status := run([]string{"-file", "-"}, in, &out, &errs); status != statusData || !strings.Contains(errs.String(), iotest.ErrTimeout.Error()) {
			t.Errorf("status %d: %s", status, errs.String())
		}
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

func TestStrict(t *testing.T) {
	good, bad := order, `{"event":"order_completed","time":"2026-01-02T10:00:00Z"}`+"\n"
	for _, c := range []struct {
		stdin  string
		args   []string
		status int
	}{
		{good, []string{"-file", "-"}, statusOK},
		{good, []string{"-file", "-", "-strict"}, statusOK},
		{good + bad, []string{"-file", "-"}, statusOK},
		{good + bad, []string{"-file", "-", "-strict"}, statusData},
	} {
		status, out, errs := lifecycle(c.stdin, c.args...)
		if status != c.status || out == "" {
			t.Errorf("%q %q: status %d, want %d", c.args, c.stdin, status, c.status)
		}
		said := strings.Contains(errs, "lifecycle: 1 of 2 lines in standard input left out:\n") && strings.Contains(errs, "     1  missing subject: standard input:2: ")
		if said != (c.stdin != good) {
			t.Errorf("%q: %q", c.args, errs)
		}
	}
}

func TestFormatIsToldByExtensionOrContent(t *testing.T) {
	table := "event,time,user_id,order_id,amount,currency\norder_completed,2026-01-02,u,o,1.00,EUR\n"
	for _, c := range []struct{ file, text string }{
		{"a.csv", table}, {"a.CSV", table}, {"a.txt", table}, {"noextension", "\xef\xbb\xbf" + table},
		{"a.jsonl", order}, {"a.ndjson", order}, {"a.json", order}, {"a.log", "\n  " + order}, {"b", "\xef\xbb\xbf" + order},
		{"crlf.jsonl", "\r\n" + strings.ReplaceAll(order, "\n", "\r\n")}, {"noend.json", strings.TrimSpace(order)},
	} {
		path := filepath.Join(t.TempDir(), c.file)
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got := values(t, "-file", path, "-strict")[[3]string{"orders.revenue", "2026-Q1", ""}]; got != "1.00 EUR" {
			t.Errorf("%s: revenue is %q", c.file, got)
		}
	}
}

// Two equal lines without an id are two events; with an id they are one.
func TestEqualLines(t *testing.T) {
	withID := strings.Replace(order, "{", `{"id":"1",`, 1)
	for _, c := range []struct{ text, want string }{{order + order, "2"}, {withID + withID, "1"}} {
		_, out, _ := lifecycle(c.text, "-file", "-", "-output", "csv")
		if !strings.Contains(out, "orders.orders,Completed orders,convert,2026-Q1,true,,"+c.want+",,") {
			t.Errorf("%s: want %s orders in %s", c.text, c.want, out)
		}
	}
}

func TestMixedCurrencies(t *testing.T) {
	_, out, _ := lifecycle(order+strings.Replace(order, "EUR", "JPY", 1), "-file", "-", "-segment", "currency", "-output", "csv")
	for _, want := range []string{
		"orders.revenue,Order revenue,convert,2026-Q1,true,,,mixed_currency,money\n",
		"orders.revenue,Order revenue,convert,2026-Q1,true,EUR,1.00 EUR,,money\n",
		"orders.revenue,Order revenue,convert,2026-Q1,true,JPY,100 JPY,,money\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %s in %s", want, out)
		}
	}
}

// A period is marked unless the last event is of its last day.
func TestIncompletePeriods(t *testing.T) {
	for date, want := range map[string]string{"2026-03-30": "true", "2026-03-31": "false", "2026-04-01": "false"} {
		_, out, _ := lifecycle(order+strings.Replace(order, "2026-01-02", date, 1), "-file", "-", "-output", "csv")
		if !strings.Contains(out, ",2026-Q1,"+want+",") {
			t.Errorf("last event on %s: want incomplete %s in %s", date, want, out)
		}
	}
}

func TestScheduledEventsCountWhenTheyTakeEffect(t *testing.T) {
	scheduled := strings.Replace(order, `"user_id"`, `"effective_time":"2026-04-01T00:00:00+02:00","user_id"`, 1)
	for zone, want := range map[string]string{"UTC": "2026-Q1", "Europe/Berlin": "2026-Q2"} {
		_, out, _ := lifecycle(scheduled, "-file", "-", "-zone", zone, "-output", "csv")
		if !strings.Contains(out, "orders.orders,Completed orders,convert,"+want+",true,,1,,order\n") {
			t.Errorf("%s: want %s in %s", zone, want, out)
		}
	}
}
