package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/stage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// call runs the program and returns its output, messages and exit status.
func call(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, messages bytes.Buffer
	status = run(args, &out, &messages)
	return out.String(), messages.String(), status
}

// show runs the program and returns its output. Nothing may go wrong.
func show(t *testing.T, args ...string) string {
	t.Helper()
	out, messages, status := call(t, args...)
	if status != exitOK || messages != "" {
		t.Fatalf("%v: status %d, %s", args, status, messages)
	}
	return out
}

// golden compares text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, -update rewrites it):\n%s", name, diff)
	}
}

func TestListOfModels(t *testing.T) {
	golden(t, "list.txt.golden", show(t))
	golden(t, "list.md.golden", show(t, "-format", "markdown"))

	var got struct{ Models []modelLine }
	if err := json.Unmarshal([]byte(show(t, "-format", "json")), &got); err != nil {
		t.Fatal(err)
	}
	models := slices.Collect(stage.Models())
	if len(got.Models) != len(models) || len(models) < 12 {
		t.Fatalf("%d models of %d", len(got.Models), len(models))
	}
	for i, m := range models {
		l := got.Models[i]
		if l.ID != m.ID() || l.Name != m.Name() || l.Year != m.Year() || l.Stages != m.Len() || l.Order != m.Order() {
			t.Errorf("%s: %+v", m, l)
		}
		if stage.SetOf(l.Covers...) != m.Coverage() || stage.SetOf(l.Lacks...) != m.Coverage().Missing() || len(l.Covers)+len(l.Lacks) != 6 {
			t.Errorf("%s: covers %v, lacks %v", m, l.Covers, l.Lacks)
		}
	}
}

// In each model, whatever the format, every metric is shown where the catalogue has it, and
// what stands nowhere is named.
func TestCatalogueByModel(t *testing.T) {
	for m := range stage.Models() {
		var got modelView
		if err := json.Unmarshal([]byte(show(t, "-model", m.ID(), "-format", "json")), &got); err != nil {
			t.Fatal(err)
		}
		text, page := show(t, "-model", m.ID()), show(t, "-model", m.ID(), "-format", "markdown")
		i, shown, placed := 0, 0, map[string]bool{}
		for s, metrics := range catalog.ByModel(m) {
			line := got.ByStage[i]
			i++
			if line.ID != s.ID() || line.Name != s.Name() || len(line.Metrics) != len(metrics) {
				t.Fatalf("%s: %s has %d metrics, want %s with %d", m, line.ID, len(line.Metrics), s.ID(), len(metrics))
			}
			for j, d := range metrics {
				if want := (metricLine{d.ID(), d.Name(), d.Question()}); line.Metrics[j] != want {
					t.Errorf("%s: %s: %+v", m, s, line.Metrics[j])
				}
				placed[d.ID()] = true
			}
			shown += len(metrics)
		}
		for d := range catalog.All() {
			if placed[d.ID()] == slices.Contains(got.LeftOut, d.ID()) {
				t.Errorf("%s: %s is placed: %t, left out: the same", m, d, placed[d.ID()])
			}
		}
		metricRow := regexp.MustCompile(`(?m)^  [a-z0-9_]+\.[a-z0-9_]+ `)
		if n := len(metricRow.FindAllString(text, -1)); n != shown {
			t.Errorf("%s: %d metrics in the text, want %d", m, n, shown)
		}
		markdownRow := regexp.MustCompile(`(?m)^\| [a-z0-9\\_]+\.[a-z0-9\\_]+ \| `)
		if n := len(markdownRow.FindAllString(page, -1)); n != shown {
			t.Errorf("%s: %d metrics in Markdown, want %d", m, n, shown)
		}
		if note := m.Note(); note != "" && (!strings.Contains(text, "! "+note) || !strings.Contains(page, markdown(note))) {
			t.Errorf("%s: its note is not shown", m)
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct{ model, says string }{
		{"aarrr", stage.AARRR().Note()},
		{"rarra", "compute no conversion from one stage to the next"},
		{"duolingo_states", "states at an instant"},
		{"hubspot", "customers to those of the stages: Evangelist."},
		{"hubspot", "do not compare times in stage"},
		{"mckinsey_loop", "do not divide the numbers who ever reached two stages"},
		{"ordinary_recency", "do not divide the customers: day 90"},
		{stage.TMForum().ID(), "do not add up the layers"},
	}
	for _, test := range tests {
		if out := show(t, "-model", test.model); test.says == "" || !strings.Contains(out, test.says) {
			t.Errorf("%s does not say %q", test.model, test.says)
		}
	}
	if out := show(t, "-model", "bow_tie"); strings.Contains(out, "compute no conversion") {
		t.Error("bow_tie is a path, and warned of")
	}
}

// frame leaves out what changes whenever a metric is added.
func frame(text string) string {
	rows := regexp.MustCompile(`(?m)^(  |\| |- )[a-z0-9\\_]+\.[a-z0-9\\_]+( .*)?\n`)
	counts := regexp.MustCompile(`\d+ metrics`)
	return counts.ReplaceAllString(rows.ReplaceAllString(text, ""), "N metrics")
}

func TestOwnModel(t *testing.T) {
	own := filepath.Join("testdata", "own.json")
	golden(t, "own.txt.golden", frame(show(t, "-model", own)))
	golden(t, "own.md.golden", frame(show(t, "-model", own, "-format", "markdown")))
}

func TestMarkdownIsEscaped(t *testing.T) {
	const hostile = "a|b `c` *d* _e_ [f](g) <h> #i &amp; ~j~ \\"
	got := markdown(hostile)
	if !strings.Contains(got, `a\|b \`) || strings.Contains(got, " <h") || strings.Contains(got, " [f") {
		t.Errorf("%s", got)
	}
	if back := regexp.MustCompile("\\\\([\\\\`*_\\[\\]<>|#&~])").ReplaceAllString(got, "$1"); back != hostile {
		t.Errorf("%s", back)
	}
}
