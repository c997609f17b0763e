package exchange

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	for _, f := range formats {
		got := f.written(t, slices.Values(fixture(t)))
		path := filepath.Join("testdata", "metrics."+f.extension)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs:\n%s", path, got)
		}
		specs, err := f.read(bytes.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		defs, err := DefineAll(specs, nil)
		if err != nil {
			t.Fatal(err)
		}
		sameGraph(t, inOrder(defs), inOrder(fixture(t)))
	}
}

// inOrder sorts by id.
func inOrder(defs []metric.Definition) []metric.Definition {
	return slices.SortedFunc(slices.Values(defs), func(a, b metric.Definition) int { return strings.Compare(a.ID(), b.ID()) })
}

// Every metric of the catalogue comes back with all it holds, in its place.
func TestCatalogueRoundTrips(t *testing.T) {
	all := allOfCatalogue()
	if len(all) < 100 {
		t.Fatalf("only %d metrics", len(all))
	}
	for _, f := range formats {
		t.Run(f.extension, func(t *testing.T) { sameGraph(t, f.again(t, slices.Values(all)), all) })
	}
}

// What is read is written with the same bytes, also in the other formats.
func TestWritingAgainChangesNothing(t *testing.T) {
	all := allOfCatalogue()
	for _, f := range formats {
		read := f.again(t, slices.Values(all))
		for _, other := range formats {
			if !bytes.Equal(other.written(t, slices.Values(read)), other.written(t, slices.Values(all))) {
				t.Errorf("%s after %s differs", other.extension, f.extension)
			}
		}
	}
}

// Windows ends lines with two characters, and spreadsheets start files with a mark.
func TestForeignLineEnds(t *testing.T) {
	all := allOfCatalogue()
	for _, f := range formats {
		text := f.written(t, slices.Values(all))
		text = append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
		specs, err := f.read(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", f.extension, err)
		}
		defs, err := DefineAll(specs, nil)
		if err != nil {
			t.Fatal(err)
		}
		sameGraph(t, defs, all)
	}
}

// hostileSpec makes a metric whose words are made of what the formats use themselves.
func hostileSpec(random *rand.Rand, id string) formula.Spec {
	pieces := []string{
		"=", "+", "-", "@", "\t", "\n", "\r", "\r\n", "'", "\"", ",", ";", "; ", "a", "b c", "|", " | ", "\\", "\\;", `\e`, `\r`, "`", "``", "`x`",
		"*", "_", "[", "](#x)", "<", ">", "</a>", "&", "&#10;", "#", "##", " ", "  ", ": ", " = ", " in ", " -> ", "(", ")", " (", " gives ",
		"undefined, ", "section: ", "year: 1", "url: ", "since: ", "1.", "2)", "\u00a0", "\u2028", "\x00", "\x1b", "\ufeff", "\ufffd", "ü", "＝", "日本", "- ", "~", "!", "{", "where", " and ",
	}
	words := func() string {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	list := func() []string {
		var texts []string
		for range random.IntN(4) {
			texts = append(texts, words())
		}
		return texts
	}
	value := func() string { // of a condition
		for {
			if v := strings.TrimSpace(strings.Map(func(r rune) rune {
				if strings.ContainsRune("=<>!\"", r) {
					return -1
				}
				return r
			}, words())); v != "" {
				return v
			}
		}
	}
	conditions := func() []string {
		var texts []string
		for range random.IntN(3) {
			texts = append(texts, "attr "+[]string{"==", "!=", "<", "<=", ">", ">="}[random.IntN(6)]+" "+value())
		}
		return texts
	}
	s := formula.Spec{
		ID: id, Name: words(), Subject: words(), Aliases: list(), Stage: stage.Grow, Meaning: words(), Question: words(),
		Direction: "none", Time: "instant", Includes: list(), Excludes: list(), Since: words(), Stability: "alpha",
		Deprecated: metric.Deprecation{Since: words(), Reason: words(), ReplacedBy: words()},
		Kind:       metric.KindCount, Unit: "thing", RollUpTime: "never", RollUpPopulation: "never",
	}
	if random.IntN(2) == 0 {
		s.VariantOf, s.Differs = words()+"x", words()+"y"
	}
	for range random.IntN(3) {
		s.Relations = append(s.Relations, metric.Relation{Kind: "at_least", Target: words()})
		s.Caveats = append(s.Caveats, metric.Caveat{Text: words()})
		s.Sources = append(s.Sources, metric.Source{Title: words(), Section: words(), Year: random.IntN(3) - 1, URL: words()})
		s.Forms = append(s.Forms, metric.Form{System: words(), Name: words()})
	}
	switch random.IntN(4) {
	case 0:
		s.Capture = &formula.Capture{Count: true, Event: "different", Where: conditions()}
	case 1:
		s.Capture = &formula.Capture{Distinct: "where", Event: "of", Where: conditions(), AtLeast: random.IntN(9)}
	case 2:
		s.Kind, s.Unit = metric.DistributionOf(metric.KindDuration), "second"
		s.Capture = &formula.Capture{
			Duration: &formula.DurationCapture{Object: "one", From: "where", Until: "and"}, Where: conditions(), UntilWhere: conditions()}
	}
	return s
}

// derivedSpec makes a metric of hostileSpec's with examples and a caveat that computes.
func derivedSpec(random *rand.Rand, id, from string) formula.Spec {
	s := hostileSpec(random, id)
	s.Capture, s.RollUpTime, s.RollUpPopulation = nil, "", ""
	s.Kind, s.Unit = metric.KindNumber, "1"
	name := strings.TrimPrefix(from, "xx.")
	s.Formula = []string{"%s / %s", " %s  / %s ", "%s/%s"}[random.IntN(3)]
	s.Formula = fmt.Sprintf(s.Formula, name, name)
	s.Undefined = []metric.Guard{{When: " " + name + " == 0", Reason: metric.OutOfDomain}}
	s.Examples = []metric.Example{
		{Inputs: []metric.ExampleInput{{ID: from, Value: "5"}}, Result: "1", Source: hostileSpec(random, id).Name},
		{Inputs: []metric.ExampleInput{{ID: from, Value: "0"}}, Undefined: metric.OutOfDomain, Source: hostileSpec(random, id).Name},
	}
	s.Caveats = append(s.Caveats, metric.Caveat{Text: hostileSpec(random, id).Name, Formula: name + " * 2", Gives: "10"})
	return s
}

// Whatever the words of a metric are, they come back.
func TestHostileWordsRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		var specs []formula.Spec
		for i := range 4 {
			s := hostileSpec(random, fmt.Sprintf("xx.base%d", i))
			specs = append(specs, s)
			if !s.Kind.IsDistribution() {
				specs = append(specs, derivedSpec(random, fmt.Sprintf("xx.derived%d", i), s.ID))
			}
		}
		defs, err := DefineAll(specs, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range formats {
			sameGraph(t, f.again(t, slices.Values(defs)), defs)
			if t.Failed() {
				t.Fatalf("%s:\n%s", f.extension, f.written(t, slices.Values(defs)))
			}
		}
	}
}

func TestOneMetricRoundTrips(t *testing.T) {
	for _, d := range fixture(t) {
		if d.IsDerived() {
			continue
		}
		for _, f := range formats {
			sameGraph(t, f.again(t, slices.Values([]metric.Definition{d})), []metric.Definition{d})
		}
	}
}
