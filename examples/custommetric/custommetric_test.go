package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// call runs the program and returns its output, messages and exit status.
func call(args ...string) (stdout, stderr string, status int) {
	var out, messages bytes.Buffer
	status = run(args, &out, &messages)
	return out.String(), messages.String(), status
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGolden(t *testing.T) {
	got, messages, status := call()
	if status != exitOK || messages != "" {
		t.Fatalf("status %d, %s", status, messages)
	}
	golden := filepath.Join("testdata", "report.golden")
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
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The figures of the shipped file, worked by hand.
func TestFigures(t *testing.T) {
	out, _, _ := call()
	for period, want := range map[string]string{
		"2026-01": "412 18,540.00 EUR 45.00 EUR 1,287.50 EUR 3.13 EUR 6.94%", // 1287.5/412 = 3.125, 1287.5/18540 = 0.069444...
		"2026-02": "0 0.00 EUR zero_denominator 950.00 EUR zero_denominator zero_denominator",
		"2026-03": "480 19,200.00 EUR 40.00 EUR 1,440.00 EUR 3.00 EUR 7.5%",
		"2026-04": "500 21,250.00 EUR 42.50 EUR missing_input missing_input missing_input",
	} {
		found := false
		for line := range strings.Lines(out) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == period {
				found = true
				if got := strings.Join(fields[1:], " "); got != want {
					t.Errorf("%s: %s, want %s", period, got, want)
				}
			}
		}
		if !found {
			t.Errorf("%s is missing", period)
		}
	}
}

// Each fault of the first draft is one of Define, each of the second one of Lint, and the
// finished metrics have none.
func TestDrafts(t *testing.T) {
	_, err := defineAll(uncomputable())
	var fields []string
	for _, fault := range strings.Split(err.Error(), "\n") {
		fields = append(fields, strings.Split(fault, ": ")[1])
	}
	if want := []string{"direction", "formula", "undefined"}; !slices.Equal(fields, want) {
		t.Errorf("faults in %v, want %v", fields, want)
	}
	if fault := new(formula.FieldError); !errors.As(err, &fault) {
		t.Error(err)
	}
	draft, err := defineAll(unreadable())
	if err != nil {
		t.Fatal(err)
	}
	fields = nil
	for _, p := range catalog.Lint(slices.Values(draft)) {
		fields = append(fields, p.Field)
	}
	want := []string{"definition", "definition", "definition", "definition", "question", "examples", "sources", "since"}
	if !slices.Equal(fields, want) {
		t.Errorf("findings in %v, want %v", fields, want)
	}
	own, err := defineAll(finished())
	if err != nil || len(own) != 3 || len(catalog.Lint(slices.Values(own))) > 0 {
		t.Errorf("%v, %v, %v", own, err, catalog.Lint(slices.Values(own)))
	}
}

// The metrics roll up as those of the catalogue do: the share of two months is that of
// their sums, not the mean of two shares.
func TestRollUp(t *testing.T) {
	own, err := defineAll(finished())
	if err != nil {
		t.Fatal(err)
	}
	facts := func(month, cost, revenue string) *metric.Facts {
		_, row, err := catalog.ReadMap(map[string]string{"m": month, "acme_support_cost": cost, "orders_revenue": revenue},
			catalog.RowOptions{Metrics: own, PeriodColumn: "m"})
		if err != nil {
			t.Fatal(err)
		}
		return row.Facts
	}
	both, err := metric.MergePeriods(facts("2026-01", "10 EUR", "100 EUR"), facts("2026-02", "90 EUR", "300 EUR"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := both.Value(own[2]); err != nil || v.Text() != "0.25" {
		t.Errorf("%s, %v, want 100/400", v.Text(), err)
	}
}

func TestOwnFile(t *testing.T) {
	path := write(t, "period,note,acme_support_cost,orders_orders\n2026-01,x,10 EUR,4\n2026-02,y,10,4\n2026-03,z,12 EUR,5\n")
	out, messages, status := call(path)
	if status != exitOK || !strings.Contains(out, "2.50 EUR") || !strings.Contains(out, "2.40 EUR") || strings.Contains(out, "2026-02") {
		t.Errorf("status %d:\n%s", status, out)
	}
	want := "custommetric: column \"note\" is no metric\n" +
		"custommetric: row 2: column \"acme_support_cost\": acme.support_cost: money 10 has no currency: name it in the text, in a column or in the options\n"
	if messages != want {
		t.Errorf("%s\nwant %s", messages, want)
	}
}

func TestTrouble(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"a", "b"}, exitUsage, "usage: custommetric [file]"},
		{[]string{"-x"}, exitUsage, "usage: custommetric [file]"},
		{[]string{filepath.Join(t.TempDir(), "absent")}, exitFailed, "absent"},
		{[]string{write(t, "")}, exitFailed, "the file is empty"},
		{[]string{write(t, "orders.orders\n1\n")}, exitFailed, `there is no such column, which is said to be the period`},
	} {
		out, messages, status := call(test.args...)
		if out != "" || status != test.status || !strings.Contains(messages, test.says) {
			t.Errorf("%v: status %d, %s%s", test.args, status, out, messages)
		}
	}
}
