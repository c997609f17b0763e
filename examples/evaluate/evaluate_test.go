package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/metric"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// call runs the program and returns its output, messages and exit status.
func call(t *testing.T, input string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, messages bytes.Buffer
	status = run(args, strings.NewReader(input), &out, &messages)
	return out.String(), messages.String(), status
}

func TestAnswers(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{
			"net revenue retention: (100000 + 9000 - 2000 - 4000) / 100000",
			`{"metric":"subscription.net_revenue_retention","facts":{"subscription.opening_mrr":"100000 USD",".expansion_mrr":"9000 USD",".contraction_mrr":"2000 USD","churned_mrr":"4000 USD"},"period":"2026-03"}`,
			`{"metric":"subscription.net_revenue_retention","value":"1.03","unit":"1"}`,
		},
		{
			"facts before the metric",
			`{"facts":{".opening_mrr":"200 EUR","retained_mrr":"150 EUR"},"metric":"subscription.net_revenue_retention"}`,
			`{"metric":"subscription.net_revenue_retention","value":"0.75","unit":"1"}`,
		},
		{
			"nothing over nothing",
			`{"metric":"email.open_rate","facts":{"email.unique_opens":"0","email.delivered":"0"}}`,
			`{"metric":"email.open_rate","undefined":"zero_denominator"}`,
		},
		{
			"a missing input and what would do",
			`{"metric":"email.open_rate","facts":{"email.unique_opens":"0"}}`,
			`{"metric":"email.open_rate","undefined":"missing_input","input":"email.sent","missing":["email.sent","email.bounces"]}`,
		},
		{
			"a base metric without a value",
			`{"metric":"email.sent","facts":{}}`,
			`{"metric":"email.sent","undefined":"missing_input","missing":["email.sent"]}`,
		},
		{
			"a supplied value is the value",
			`{"metric":"email.open_rate","facts":{"open_rate":"12.50%"}}`,
			`{"metric":"email.open_rate","value":"0.1250","unit":"1"}`,
		},
		{
			"a ratio supplied as a number of more digits than a float has",
			`{"metric":"email.open_rate","facts":{"open_rate":0.12345678901234567890123}}`,
			`{"metric":"email.open_rate","value":"0.12345678901234567890123","unit":"1"}`,
		},
		{
			"counts as numbers beyond 2^53: 9007199254740993 = 3 * 3002399751580331",
			`{"metric":"email.open_rate","facts":{"unique_opens":3002399751580331,"delivered":9007199254740993}}`,
			`{"metric":"email.open_rate","value":"0.3333333333333333333333333333","unit":"1"}`,
		},
		{
			"a distribution: the median of 1, 3 and 20 hours is 10800 seconds",
			`{"metric":"support.first_response_time","facts":{"first_responses":["1h","PT3H","20h"]}}`,
			`{"metric":"support.first_response_time","value":"10800s","unit":"second"}`,
		},
		{
			"a distribution as the answer",
			`{"metric":"support.first_responses","facts":{"first_responses":["1h","90s"]}}`,
			`{"metric":"support.first_responses","value":["90s","3600s"],"unit":"second"}`,
		},
		{
			"an empty distribution",
			`{"metric":"support.first_response_time","facts":{"first_responses":[]}}`,
			`{"metric":"support.first_response_time","undefined":"empty_population"}`,
		},
		{
			"money: 90000 / 150",
			`{"metric":"economics.cac","facts":{"sales_and_marketing_cost":"90000 JPY","subscription.new_customers":150}}`,
			`{"metric":"economics.cac","value":"600 JPY","unit":"money/customer"}`,
		},
		{
			"the grain: a month is good",
			`{"metric":"economics.ltv","period":"2026-03","facts":{"subscription.arpa":"100 USD","gross_margin":"0.8","subscription.customer_churn_rate":"5%"}}`,
			`{"metric":"economics.ltv","value":"1600.00 USD","unit":"money/customer"}`,
		},
		{
			"the grain: a quarter is not",
			`{"metric":"economics.ltv","period":"2026-Q1","facts":{"subscription.arpa":"100 USD","gross_margin":"0.8","subscription.customer_churn_rate":"5%"}}`,
			`{"metric":"economics.ltv","undefined":"grain_mismatch"}`,
		},
		{
			"two currencies",
			`{"metric":"subscription.net_revenue_retention","facts":{"opening_mrr":"100 USD","retained_mrr":"100 EUR"}}`,
			`{"metric":"subscription.net_revenue_retention","undefined":"mixed_currency"}`,
		},
		{
			"a fact known to be undefined",
			`{"metric":"email.open_rate","facts":{"unique_opens":3,"delivered":{"undefined":"suppressed"}}}`,
			`{"metric":"email.open_rate","undefined":"suppressed","input":"email.delivered"}`,
		},
	}
	for _, test := range tests {
		got, messages, status := call(t, test.line+"\n", "-strict")
		if got != test.want+"\n" || messages != "" || status != exitOK {
			t.Errorf("%s:\n got %s want %s\n status %d, %s", test.name, got, test.want, status, messages)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, line string
		metric     string   // that the answer names
		says       []string // in the error
	}{
		{"unknown metric", `{"metric":"email.opn_rate","facts":{}}`, "email.opn_rate", []string{`no metric "email.opn_rate"`}},
		{"ambiguous name", `{"metric":"bounce rate","facts":{}}`, "bounce rate", []string{"email.bounce_rate", "web.bounce_rate"}},
		{"no metric", `{"facts":{}}`, "", []string{`"metric" is missing`}},
		{"no facts", `{"metric":"email.open_rate"}`, "email.open_rate", []string{`"facts" is missing`}},
		{"metric is no text", `{"metric":7,"facts":{}}`, "", []string{"metric: a number"}},
		{"facts are a list", `{"metric":"email.open_rate","facts":[]}`, "email.open_rate", []string{"facts: a list"}},
		{"facts are null", `{"metric":"email.open_rate","facts":null}`, "email.open_rate", []string{"facts: null"}},
		{"unknown field", `{"metric":"email.open_rate","facts":{},"perod":"2026"}`, "email.open_rate", []string{`"perod"`}},
		{"unknown field first", `{"Metric":"x","metric":"email.open_rate","facts":{}}`, "email.open_rate", []string{`"Metric"`}},
		{"a field twice", `{"metric":"email.open_rate","facts":{},"facts":{}}`, "email.open_rate", []string{`"facts" is given twice`}},
		{"unknown fact", `{"metric":"email.open_rate","facts":{"email.opend":1}}`, "email.open_rate", []string{`"email.opend"`}},
		{"unknown short fact", `{"metric":"email.open_rate","facts":{".opend":1}}`, "email.open_rate", []string{`"email.opend"`}},
		{"fact of another domain", `{"metric":"economics.ltv","facts":{"arpa":1}}`, "economics.ltv", []string{`"economics.arpa"`, "subscription.arpa"}},
		{"empty fact name", `{"metric":"email.open_rate","facts":{"":1}}`, "email.open_rate", []string{`"email."`}},
		{"unrelated fact", `{"metric":"email.open_rate","facts":{"orders.orders":1}}`, "email.open_rate", []string{"orders.orders", "not an input"}},
		{"a fact twice", `{"metric":"email.open_rate","facts":{"sent":1,"bounces":0,"sent":1}}`, "email.open_rate", []string{`"sent"`, "twice"}},
		{"a fact twice by two names", `{"metric":"email.open_rate","facts":{"sent":1,"email.sent":2}}`, "email.open_rate", []string{"email.sent", "twice"}},
		{"a fact twice, once escaped", `{"metric":"email.open_rate","facts":{"sent":1,"\u0073ent":2}}`, "email.open_rate", []string{"sent", "twice"}},
		{"fraction of a count", `{"metric":"email.open_rate","facts":{"sent":1.5}}`, "email.open_rate", []string{"email.sent", "1.5", "integer"}},
		{"negative count", `{"metric":"email.open_rate","facts":{"sent":"-1"}}`, "email.open_rate", []string{"email.sent", "-1", "outside"}},
		{"money for a count", `{"metric":"email.open_rate","facts":{"sent":"5 USD"}}`, "email.open_rate", []string{"email.sent", "5 USD"}},
		{"list for a count", `{"metric":"email.open_rate","facts":{"sent":["5"]}}`, "email.open_rate", []string{"email.sent", "a list, want count"}},
		{"null", `{"metric":"email.open_rate","facts":{"sent":null}}`, "email.open_rate", []string{"email.sent", "null"}},
		{"truth", `{"metric":"email.open_rate","facts":{"sent":true}}`, "email.open_rate", []string{"email.sent", "true"}},
		{"empty text", `{"metric":"email.open_rate","facts":{"sent":""}}`, "email.open_rate", []string{"email.sent", `""`}},
		{"number for money", `{"metric":"economics.cac","facts":{"sales_and_marketing_cost":100}}`, "economics.cac", []string{"economics.sales_and_marketing_cost", "100", "no currency"}},
		{"text without currency", `{"metric":"economics.cac","facts":{"sales_and_marketing_cost":"100"}}`, "economics.cac", []string{"economics.sales_and_marketing_cost", "100"}},
		{"unknown currency", `{"metric":"economics.cac","facts":{"sales_and_marketing_cost":"100 XYZ"}}`, "economics.cac", []string{"economics.sales_and_marketing_cost", "XYZ"}},
		{"number for a duration", `{"metric":"support.first_response_time","facts":{"first_response_time":3600}}`, "support.first_response_time", []string{"3600", "no unit"}},
		{"number for a distribution", `{"metric":"support.first_response_time","facts":{"first_responses":36}}`, "support.first_response_time", []string{"support.first_responses", "36", "list"}},
		{"null in a distribution", `{"metric":"support.first_response_time","facts":{"first_responses":["1h",null]}}`, "support.first_response_time", []string{"support.first_responses", "null"}},
		{"object in a distribution", `{"metric":"support.first_response_time","facts":{"first_responses":[{}]}}`, "support.first_response_time", []string{"support.first_responses"}},
		{"number out of range", `{"metric":"email.open_rate","facts":{"open_rate":1e999999999}}`, "email.open_rate", []string{"email.open_rate"}},
		{"unknown reason", `{"metric":"email.open_rate","facts":{"sent":{"undefined":"because"}}}`, "email.open_rate", []string{"email.sent", `"because"`}},
		{"reason twice", `{"metric":"email.open_rate","facts":{"sent":{"undefined":"suppressed","undefined":"suppressed"}}}`, "email.open_rate", []string{"email.sent", "an object"}},
		{"another object", `{"metric":"email.open_rate","facts":{"sent":{}}}`, "email.open_rate", []string{"email.sent", "an object"}},
		{"bad period", `{"metric":"email.open_rate","period":"2026-13","facts":{}}`, "email.open_rate", []string{"period", "2026-13"}},
		{"empty period", `{"metric":"email.open_rate","period":"","facts":{}}`, "email.open_rate", []string{"period", "empty"}},
		{"period is a number", `{"metric":"email.open_rate","period":2026,"facts":{}}`, "email.open_rate", []string{"period: a number"}},
		{"trailing data", `{"metric":"email.open_rate","facts":{}} {}`, "", []string{"malformed", "after top-level value"}},
		{"cut off", `{"metric":"email.open_rate","facts":{`, "", []string{"malformed", "unexpected end"}},
		{"not JSON", `metric=email.open_rate`, "", []string{"malformed", "byte 1"}},
		{"not an object", `["email.open_rate"]`, "", []string{"a list where an object is wanted"}},
		{"not UTF-8", "{\"metric\":\"\xff\",\"facts\":{}}", "", []string{"UTF-8"}},
		{"too deep", strings.Repeat("[", 100000), "", []string{"malformed", "depth"}},
	}
	for _, test := range tests {
		out, messages, status := call(t, test.line)
		var got map[string]string
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Errorf("%s: %v: %s", test.name, err, out)
			continue
		}
		name, named := got["metric"]
		if len(got) != 2 || !named || name != test.metric {
			t.Errorf("%s: %s", test.name, out)
		}
		for _, words := range test.says {
			if !strings.Contains(got["error"], words) {
				t.Errorf("%s: %q does not say %q", test.name, got["error"], words)
			}
		}
		if len(got["error"]) > 400 {
			t.Errorf("%s: the error has %d bytes", test.name, len(got["error"]))
		}
		if status != exitOK || !strings.Contains(messages, "errors in 1 of 1 lines") {
			t.Errorf("%s: status %d, %s", test.name, status, messages)
		}
		if _, _, status := call(t, test.line, "-strict"); status != exitFailed {
			t.Errorf("%s: status %d with -strict", test.name, status)
		}
	}
}

// Every example of the catalogue, asked as a line, has its published result.
func TestExamplesOfTheCatalogue(t *testing.T) {
	half := big.NewRat(1, 2)
	half.Quo(half, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(28), nil)))
	n := 0
	for d := range catalog.All() {
		for x := range d.Examples() {
			n++
			out, _, _ := call(t, exampleLine(t, d, x))
			var got struct{ Metric, Value, Unit, Undefined, Error string }
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			if got.Metric != d.ID() || got.Undefined != string(x.Undefined) || got.Error != "" {
				t.Errorf("%s: %s, want %s%s", exampleLine(t, d, x), out, x.Result, x.Undefined)
				continue
			}
			if x.Undefined != "" {
				continue
			}
			value, unit := number(t, got.Value)
			result, wantUnit := number(t, x.Result)
			if value.Sub(value, result).Abs(value).Cmp(half) > 0 || unit != wantUnit || got.Unit != d.Unit() {
				t.Errorf("%s: %s, want %s", exampleLine(t, d, x), out, x.Result)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d examples", n)
	}
}

func exampleLine(t *testing.T, d metric.Definition, x metric.Example) string {
	facts := map[string]any{}
	for _, in := range x.Inputs {
		facts[in.ID] = in.Value
		if strings.HasPrefix(in.Value, "[") {
			facts[in.ID] = json.RawMessage(in.Value)
		}
	}
	request := map[string]any{"metric": d.ID(), "facts": facts}
	if x.Period != "" {
		request["period"] = x.Period
	}
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// number splits "25/648 EUR", "10800s" or "3/40" into the number and what follows it.
func number(t *testing.T, s string) (*big.Rat, string) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return r, strings.TrimSpace(s[len(digits):])
}

func TestGolden(t *testing.T) {
	got, _, status := call(t, "", filepath.Join("testdata", "requests.jsonl"))
	if status != exitOK {
		t.Errorf("status %d", status)
	}
	path := filepath.Join("testdata", "answers.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

// With -explain every answer is the derivation, or the error, and an empty line.
func TestExplain(t *testing.T) {
	facts, err := metric.NewFacts(metric.Period{}, email.UniqueOpens().Is(3), email.Sent().Is(5), email.Bounces().Is(1))
	if err != nil {
		t.Fatal(err)
	}
	known := catalog.Explain(facts, email.OpenRate().Definition()).String()
	unknown := catalog.Explain(new(metric.Facts), email.OpenRate().Definition()).String()
	if !strings.Contains(known, "75%") || strings.Count(known, "given") != 3 || !strings.Contains(unknown, "undefined") {
		t.Fatalf("%s%s", known, unknown)
	}
	lines := `{"metric":"email.open_rate","facts":{"unique_opens":3,"sent":5,"bounces":1}}
{"metric":"email.opn_rate","facts":{}}
{"metric":"email.open_rate","facts":{}}`
	want := known + "\nerror: there is no metric \"email.opn_rate\"\n\n" + unknown + "\n"
	if got, _, status := call(t, lines, "-explain"); got != want || status != exitOK {
		t.Errorf("status %d:\n%s\nwant\n%s", status, got, want)
	}
}

const (
	good = `{"metric":"email.open_rate","facts":{"open_rate":"1"}}`
	bad  = `{"metric":"email.open_rate","facts":{"open_rate":"x"}}`
)

func TestABadLineStopsNothing(t *testing.T) {
	out, messages, status := call(t, "\ufeff"+good+"\r\n\n \t\r\n"+bad+"\n"+good)
	if lines := strings.Count(out, "\n"); lines != 3 || strings.Count(out, `"value":"1"`) != 2 {
		t.Errorf("%d answers: %s", lines, out)
	}
	if !strings.Contains(messages, "errors in 1 of 3 lines, the first in line 4 of standard input") {
		t.Error(messages)
	}
	if status != exitOK {
		t.Errorf("status %d", status)
	}
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(t.TempDir(), "absent")
	out, messages, status := call(t, good, absent, path, "-")
	if strings.Count(out, "\n") != 2 || status != exitFailed {
		t.Errorf("status %d, %s", status, out)
	}
	for _, words := range []string{absent, "line 1 of " + path} {
		if !strings.Contains(messages, words) {
			t.Errorf("%q is not in %q", words, messages)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
	}{{[]string{"-no"}, exitUsage}, {[]string{"-strict=7"}, exitUsage}, {[]string{"-h"}, exitOK}} {
		out, messages, status := call(t, good, test.args...)
		if out != "" || !strings.Contains(messages, "usage: evaluate") || status != test.status {
			t.Errorf("%v: status %d, %s%s", test.args, status, out, messages)
		}
	}
}

type fullWriter struct{}

var errFull = errors.New("no space left")

func (fullWriter) Write([]byte) (int, error) { return 0, errFull }

func TestTroubleWithTheStreams(t *testing.T) {
	var messages bytes.Buffer
	if status := run(nil, strings.NewReader(good), fullWriter{}, &messages); status != exitFailed || !strings.Contains(messages.String(), errFull.Error()) {
		t.Errorf("status %d, %s", status, &messages)
	}
	var out bytes.Buffer
	messages.Reset()
	broken := io.MultiReader(strings.NewReader(good+"\n"+good), iotest.ErrReader(errFull))
	if status := run(nil, broken, &out, &messages); status != exitFailed || !strings.Contains(messages.String(), errFull.Error()) {
		t.Errorf("status %d, %s", status, &messages)
	}
	if got := strings.Count(out.String(), "\n"); got != 1 {
		t.Errorf("%d answers to one whole line: %s", got, &out)
	}
}

// An answer comes before the next line is sent.
func TestAnswersDoNotWait(t *testing.T) {
	in, send := io.Pipe()
	receive, out := io.Pipe()
	go func() {
		run(nil, in, out, io.Discard)
		out.Close()
	}()
	giveUp := time.AfterFunc(10*time.Second, func() { receive.CloseWithError(errors.New("no answer")) })
	defer giveUp.Stop()
	decoder := json.NewDecoder(receive)
	for range 3 {
		if _, err := io.WriteString(send, good+"\n"); err != nil {
			t.Fatal(err)
		}
		var a struct{ Value string }
		if err := decoder.Decode(&a); err != nil || a.Value != "1" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	send.Close()
	if _, err := decoder.Token(); err != io.EOF {
		t.Error(err)
	}
}

func FuzzAnswers(f *testing.F) {
	requests, err := os.ReadFile(filepath.Join("testdata", "requests.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(requests) {
		f.Add(line)
	}
	f.Add([]byte("\ufeff\n{}\n\r\n[{]"))
	f.Fuzz(func(t *testing.T, input []byte) {
		want := 0
		for line := range bytes.Lines(bytes.TrimPrefix(input, []byte("\ufeff"))) {
			if len(bytes.Trim(line, " \t\r\n")) > 0 {
				want++
			}
		}
		var out bytes.Buffer
		if status := run(nil, bytes.NewReader(input), &out, io.Discard); status != exitOK {
			t.Fatalf("status %d", status)
		}
		got := 0
		for line := range bytes.Lines(out.Bytes()) {
			got++
			var a map[string]any
			if err := json.Unmarshal(line, &a); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			kinds := 0
			for _, key := range []string{"value", "undefined", "error"} {
				if _, ok := a[key]; ok {
					kinds++
				}
			}
			if _, ok := a["metric"].(string); !ok || kinds != 1 {
				t.Fatalf("not one answer: %s", line)
			}
		}
		if got != want {
			t.Fatalf("%d answers to %d lines:\n%s", got, want, &out)
		}
		out.Reset()
		run([]string{"-explain"}, bytes.NewReader(input), &out, io.Discard)
	})
}

func BenchmarkAnswer(b *testing.B) {
	line := []byte(`{"metric":"subscription.net_revenue_retention","facts":{"opening_mrr":"100000 USD","expansion_mrr":"9000 USD","contraction_mrr":"2000 USD","churned_mrr":"4000 USD"}}`)
	s := newSession(io.Discard, false)
	for b.Loop() {
		if a := s.answerLine(line); a.Error != "" {
			b.Fatal(a.Error)
		}
	}
}

func Example() {
	input := strings.NewReader(`{"metric": "subscription.net_revenue_retention", "facts": {` +
		`"subscription.opening_mrr": "100000 USD", ".expansion_mrr": "9000 USD", ` +
		`".contraction_mrr": "2000 USD", ".churned_mrr": "4000 USD"}}` + "\n" +
		`{"metric": "email.open_rate", "facts": {"email.unique_opens": "0", "email.delivered": "0"}}`)
	fmt.Println("status", run(nil, input, os.Stdout, os.Stderr))
	// Output:
	// {"metric":"subscription.net_revenue_retention","value":"1.03","unit":"1"}
	// {"metric":"email.open_rate","undefined":"zero_denominator"}
	// status 0
}
