package main

import (
	"bytes"
	"context"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// call runs the program and returns its output, messages and exit status.
func call(args ...string) (stdout, stderr string, status int) {
	var out, messages bytes.Buffer
	status = run(args, &out, &messages)
	return out.String(), messages.String(), status
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"default": nil,
		"total":   {"-metric", "economics.cac", "-segment", "all", "-month", "2026-01"},
	} {
		got, messages, status := call(args...)
		if status != exitOK || messages != "" {
			t.Fatalf("%v: status %d, %s", args, status, messages)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%v: got\n%s\nwant\n%s", args, got, want)
		}
	}
}

// paid is what each account paid for each month, in cents.
func paid(t *testing.T, script string) (amounts map[string]map[string]int64, segments map[string]string) {
	t.Helper()
	db, err := build(context.Background(), script)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT a.account, a.segment, r.month, r.cents FROM accounts a JOIN recurring r USING (account)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	amounts, segments = map[string]map[string]int64{}, map[string]string{}
	for rows.Next() {
		var account, segment, month string
		var cents int64
		if err := rows.Scan(&account, &segment, &month, &cents); err != nil {
			t.Fatal(err)
		}
		if amounts[account] == nil {
			amounts[account] = map[string]int64{}
		}
		amounts[account][month], segments[account] = cents, segment
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return amounts, segments
}

// The figures are those that a walk over the accounts gives, customer by customer, without
// movements: NRR is what the customers of the month before pay now, over what they paid
// then; GRR counts of it at most what each paid then.
func TestFiguresByCustomer(t *testing.T) {
	amounts, segments := paid(t, warehouseSQL)
	db, err := build(context.Background(), warehouseSQL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := query(context.Background(), db, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]string{"2026-01": "2025-12", "2026-02": "2026-01", "2026-03": "2026-02"}
	if len(c.months) != 3 || len(c.segments) != 4 || len(c.cells) != 12 {
		t.Fatalf("%d months, %d segments, %d cells", len(c.months), len(c.segments), len(c.cells))
	}
	compared := 0
	for at, facts := range c.cells {
		var opening, retained, kept, closing, customers, left, payers int64
		for account, months := range amounts {
			if at.segment != all && at.segment != segments[account] {
				continue
			}
			was, is := months[before[at.month]], months[at.month]
			closing += is
			if is > 0 {
				payers++
			}
			if was == 0 {
				continue
			}
			opening, retained, kept, customers = opening+was, retained+is, kept+min(was, is), customers+1
			if is == 0 {
				left++
			}
		}
		for id, q := range map[string][2]int64{
			"subscription.mrr":                     {closing, 100},
			"subscription.arpa":                    {closing, 100 * payers},
			"subscription.net_revenue_retention":   {retained, opening},
			"subscription.gross_revenue_retention": {kept, opening},
			"subscription.customer_churn_rate":     {left, customers},
		} {
			d, ok := catalog.Lookup(id)
			if !ok {
				t.Fatal(id)
			}
			got, err := facts.Exact(d)
			if q[1] == 0 {
				if err == nil {
					t.Errorf("%s of %v is %s, want none", id, at, got)
				}
				continue
			}
			compared++
			if want := big.NewRat(q[0], q[1]); err != nil || got.Cmp(want) != 0 {
				t.Errorf("%s of %v is %v, %v, want %s", id, at, got, err, want)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d figures were compared", compared)
	}
}

// ask reports on a warehouse that was changed.
func ask(t *testing.T, change string) (stdout, problems string, err error) {
	t.Helper()
	db, err := build(context.Background(), warehouseSQL+change)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out, messages bytes.Buffer
	err = report(context.Background(), db, figure{"subscription.mrr", "large", "2026-03"}, &out, &messages)
	return out.String(), messages.String(), err
}

// lines returns the lines of a metric, with single blanks.
func lines(out, name string) string {
	var list []string
	inside := false
	for line := range strings.Lines(out) {
		inside = strings.HasPrefix(line, name+"  ") || inside && strings.HasPrefix(line, "   ")
		if inside {
			list = append(list, strings.Join(strings.Fields(strings.TrimPrefix(line, name)), " "))
		}
	}
	return strings.Join(list, "\n")
}

// A row in error leaves a hole, and no total is made without it.
func TestARowInError(t *testing.T) {
	out, problems, err := ask(t, `UPDATE marketing SET cents = 80.5 WHERE segment = 'small' AND month = '2026-02';`)
	if err != nil {
		t.Fatal(err)
	}
	want := `warehouse: row 6: column "economics_sales_and_marketing_cost": economics.sales_and_marketing_cost: ` +
		"money from a floating point number, which is not exact: select it as text, or allow it\n"
	if problems != want {
		t.Errorf("%s\nwant %s", problems, want)
	}
	if got, want := lines(out, "Monthly recurring revenue"), "large 2,400.00 USD 2,400.00 USD 4,800.50 USD\n"+
		"medium 1,147.00 USD 1,546.00 USD 1,097.00 USD\nsmall 197.00 USD no row 346.00 USD\nall 3,744.00 USD no row 6,243.50 USD"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// NULL is a fact that is absent: the spending of a segment that has no row for it.
func TestNULLIsAbsent(t *testing.T) {
	out, problems, err := ask(t, `DELETE FROM marketing WHERE segment = 'large' AND month = '2026-03';`)
	if err != nil || problems != "" {
		t.Fatal(problems, err)
	}
	want := "large 3,000.00 USD zero_denominator missing_input\nmedium 450.00 USD 400.00 USD zero_denominator\n" +
		"small 120.00 USD zero_denominator 100.00 USD\nall 1,190.00 USD 1,980.00 USD missing_input"
	if got := lines(out, "Customer acquisition cost"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestSegmentsThatAreNone(t *testing.T) {
	_, problems, err := ask(t, `UPDATE accounts SET segment = 'all' WHERE segment = 'medium';`)
	if err != nil || strings.Count(problems, `"all" cannot be the name of a segment`) != 3 {
		t.Error(problems, err)
	}
}

func TestNothingToReport(t *testing.T) {
	_, _, err := ask(t, `DELETE FROM months;`)
	if err == nil || err.Error() != `there is no row for segment "large" in month "2026-03"` {
		t.Error(err)
	}
}

func TestTrouble(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"x"}, exitUsage, `unexpected argument "x"`},
		{[]string{"-x"}, exitUsage, "-segment"},
		{[]string{"-h"}, exitOK, "-segment"},
		{[]string{"-metric", "subscription.nrr"}, exitFailed, `no metric "subscription.nrr"`},
		{[]string{"-segment", "tiny"}, exitFailed, `no row for segment "tiny"`},
		{[]string{"-month", "2026-04"}, exitFailed, `month "2026-04"`},
	} {
		out, messages, status := call(test.args...)
		if out != "" || status != test.status || !strings.Contains(messages, test.says) {
			t.Errorf("%v: status %d, %s%s", test.args, status, out, messages)
		}
	}
	if _, err := build(context.Background(), "CREATE"); err == nil || !strings.HasPrefix(err.Error(), "building the warehouse: ") {
		t.Error(err)
	}
}
