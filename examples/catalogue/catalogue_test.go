package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// call runs the program and returns its output, messages and exit status.
func call(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, messages bytes.Buffer
	status = run(args, nil, &out, &messages)
	return out.String(), messages.String(), status
}

// found runs the program and returns the ids in its JSON.
func found(t *testing.T, args ...string) []string {
	t.Helper()
	out, messages, status := call(t, append(args, "-format", "json")...)
	if status != exitOK {
		t.Fatalf("%v: status %d, %s", args, status, messages)
	}
	var doc struct {
		Version string
		Metrics []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != catalog.Version {
		t.Errorf("version %q", doc.Version)
	}
	var ids []string
	for _, m := range doc.Metrics {
		ids = append(ids, m.ID)
	}
	if (len(ids) == 0) != strings.Contains(messages, "no metric matches") {
		t.Errorf("%v: %d metrics, and says %q", args, len(ids), messages)
	}
	return ids
}

// goesBy reports whether a metric has a name, in lower case, as its own or as an alias.
func goesBy(d metric.Definition, name string) bool {
	names := append(slices.Collect(d.Aliases()), d.Name(), strings.ReplaceAll(strings.TrimPrefix(d.ID(), d.Domain()+"."), "_", " "))
	return slices.ContainsFunc(names, func(s string) bool { return strings.ToLower(s) == name })
}

func TestChoice(t *testing.T) {
	tests := []struct {
		args []string
		keep func(metric.Definition) bool
	}{
		{nil, func(metric.Definition) bool { return true }},
		{[]string{"-stage", "onboard"}, func(d metric.Definition) bool { return d.Stage().String() == "onboard" }},
		{[]string{"-domain", "email"}, func(d metric.Definition) bool { return strings.HasPrefix(d.ID(), "email.") }},
		{[]string{"-domain", "email", "-stage", "retain"}, func(d metric.Definition) bool {
			return strings.HasPrefix(d.ID(), "email.") && d.Stage().String() == "retain"
		}},
		{[]string{"-id", "email.open_rate"}, func(d metric.Definition) bool { return d.ID() == "email.open_rate" }},
		{[]string{"-id", "Bounce Rate"}, func(d metric.Definition) bool {
			return goesBy(d, "bounce rate")
		}},
		{[]string{"-id", "bounce rate", "-domain", "web"}, func(d metric.Definition) bool {
			return d.Domain() == "web" && goesBy(d, "bounce rate")
		}},
		{[]string{"-id", "NRR", "-domain", "web"}, func(metric.Definition) bool { return false }},
		{[]string{"-search", "zebra"}, func(metric.Definition) bool { return false }},
	}
	for _, test := range tests {
		var want []string
		for d := range catalog.All() {
			if test.keep(d) {
				want = append(want, d.ID())
			}
		}
		if got := found(t, test.args...); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", test.args, got, want)
		}
	}
}

func TestSearchIsInItsOwnOrder(t *testing.T) {
	var want []string
	for _, d := range catalog.Search("retention rate") {
		want = append(want, d.ID())
	}
	if got := found(t, "-search", "retention rate"); !slices.Equal(got, want) || slices.IsSorted(got) {
		t.Errorf("%v, want %v", got, want)
	}
	if both := found(t, "-search", "open rate", "-id", "email.open_rate_on_sent"); !slices.Equal(both, []string{"email.open_rate_on_sent"}) {
		t.Errorf("%v", both)
	}
}

func TestFormats(t *testing.T) {
	network := slices.Collect(catalog.ByDomain("network"))
	size := len(network)
	out, _, _ := call(t, "-format", "csv", "-domain", "network")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != size+1 || rows[0][0] != "id" || rows[1][0] != network[0].ID() {
		t.Errorf("%v, %v", rows, err)
	}
	out, _, _ = call(t, "-format", "markdown", "-domain", "network")
	if !strings.HasPrefix(out, "# ") || strings.Count(out, "\n#### ") != size {
		t.Errorf("%s", out)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		args   []string
		status int
		says   []string
	}{
		{[]string{"-format", "xml"}, exitUsage, []string{`"xml"`, "text, json, csv, markdown"}},
		{[]string{"-format", ""}, exitUsage, []string{"text, json, csv, markdown"}},
		{[]string{"-stage", "Onboard"}, exitUsage, []string{`"Onboard"`, "attract, convert, onboard, retain, grow, exit"}},
		{[]string{"-stage", ""}, exitUsage, []string{"attract, convert"}},
		{[]string{"-domain", "emails"}, exitUsage, []string{`"emails"`, "ads, ", "billing, ", "email, "}},
		{[]string{"-search", " "}, exitUsage, []string{"-search", "empty"}},
		{[]string{"-id", ""}, exitUsage, []string{"-id", "empty"}},
		{[]string{"open rate"}, exitUsage, []string{`"open rate"`, "-search"}},
		{[]string{"-nothing"}, exitUsage, []string{"-nothing", "usage: catalogue"}},
		{[]string{"-id", "email.open"}, exitFailed, []string{`"email.open"`, "email.open_rate"}},
		{[]string{"-id", "zebra"}, exitFailed, []string{`no metric goes by "zebra"`}},
		{[]string{"-h"}, exitOK, []string{"usage: catalogue", "text (the default), json, csv or markdown"}},
	}
	for _, test := range tests {
		out, messages, status := call(t, test.args...)
		if status != test.status || out != "" {
			t.Errorf("%v: status %d, output %q", test.args, status, out)
		}
		for _, words := range test.says {
			if !strings.Contains(messages, words) {
				t.Errorf("%v: %q does not say %q", test.args, messages, words)
			}
		}
	}
}

type fullWriter struct{}

var errFull = errors.New("no space left")

func (fullWriter) Write([]byte) (int, error) { return 0, errFull }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, format := range []string{"text", "json", "csv", "markdown"} {
		for _, more := range [][]string{nil, {"-id", "NRR"}} {
			var messages bytes.Buffer
			status := run(append([]string{"-format", format}, more...), nil, fullWriter{}, &messages)
			if status != exitFailed || !strings.Contains(messages.String(), errFull.Error()) {
				t.Errorf("%s: status %d, %s", format, status, &messages)
			}
		}
	}
}

func TestGolden(t *testing.T) {
	for golden, args := range map[string][]string{
		"table.golden": {"-domain", "network"},
		"page.golden":  {"-id", "dropped call rate"},
		"pages.golden": {"-id", "bounce rate"},
	} {
		got, messages, status := call(t, args...)
		if status != exitOK || messages != "" {
			t.Errorf("%v: status %d, %s", args, status, messages)
		}
		path := filepath.Join("testdata", golden)
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
}

// The page of every metric has its texts, and no line is wider than the page.
func TestPages(t *testing.T) {
	for d := range catalog.All() {
		out, _, _ := call(t, "-id", d.ID())
		words := strings.Join(strings.Fields(out), " ")
		for _, text := range []string{d.Name(), d.ID(), d.Question(), d.Meaning(), d.Formula(), d.Unit(), d.VariantOf(), d.Since()} {
			if !strings.Contains(words, strings.Join(strings.Fields(text), " ")) {
				t.Errorf("the page of %s does not say %q", d, text)
			}
		}
		for in := range d.Inputs() {
			if !strings.Contains(words, in.ID()) {
				t.Errorf("the page of %s does not name %s", d, in)
			}
		}
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			isWord := len(strings.Fields(line)) == 1 // An address can be wider than the page.
			if utf8.RuneCountInString(line) > pageWidth && !isWord || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %q", d, line)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"", 5, ""},
		{" \n ", 5, ""},
		{"ab cd ef", 5, "ab cd|ef"},
		{"ab cd ef", 4, "ab|cd|ef"},
		{"ab cd ef", 8, "ab cd ef"},
		{"abcdefgh ij", 5, "abcdefgh|ij"},
		{"éé éé x", 5, "éé éé|x"},
	}
	for _, test := range tests {
		if got := strings.Join(wrap(test.text, test.width), "|"); got != test.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}
