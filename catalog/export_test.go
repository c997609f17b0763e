package catalog_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The definitions of the golden files. Between them they fill every field, and the last
// is full of text that the formats have to be protected from.
var (
	sent = &def.Metric{
		ID: "mail.sent", Name: "Letters sent", Subject: "Delivery", Aliases: []string{"sent", "sends"},
		Stage: stage.Attract, Also: []stage.Stage{stage.Retain, stage.Exit},
		Definition: "Number of letters handed to the post.", Question: "How many letters did we send?",
		Kind: def.Count, Unit: "letter", Direction: "none",
		Range: def.Range{Text: "[0, inf)", HasMin: true}, Time: "period", RollupTime: "sum", RollupPopulation: "sum",
		Capture: &def.Capture{Kind: def.CaptureDuration, Event: "letter_sent", Until: "letter_read", Object: "letter"},
		Sources: []def.Source{{Title: "house"}}, Since: "0.1.0", Stability: "beta",
	}
	days = &def.Metric{
		ID: "mail.days", Name: "Days under way", Kind: def.Distribution | def.Duration, Unit: "second",
	}
	cost = &def.Metric{
		ID: "mail.cost", Name: "Cost per thousand", Subject: "Cost",
		Stage: stage.Grow, Definition: "Postage of a thousand letters.", Question: "What does the post cost?",
		Kind: def.Money, Unit: "money/letter", Scale: 1000, Per: "day", Grain: "month",
		Formula: "1000 * postage / sent", Inputs: []*def.Metric{sent, days}, Direction: "lower",
		Guards:   []def.Guard{{When: "sent == 0 || sent < 0 && days > 1", Reason: "zero_denominator"}, {When: "sent == 1", Reason: "suppressed"}},
		Includes: []string{"stamps", "couriers"}, Excludes: []string{"envelopes"},
		VariantOf: "mail.sent", Differs: "money, not letters",
		Relations: []def.Relation{{Kind: "at_most", Target: "mail.sent"}, {Kind: "counter", Target: "web.visits"}},
		Examples: []def.Example{
			{
				Inputs: []def.ExampleInput{{ID: "mail.sent", Value: "3"}, {ID: "mail.days", Value: `["1h","36h"]`}},
				Period: "2026-03", Result: "1000/3 USD", Source: "a book",
			},
			{Inputs: []def.ExampleInput{{ID: "mail.sent", Value: "0"}}, Undefined: "zero_denominator"},
		},
		Caveats: []def.Caveat{{Text: "Not a single letter.", Formula: "postage / sent", Gives: "1/3 USD"}, {Text: "Slow."}},
		Sources: []def.Source{{Title: "Book", Section: "Post", Year: 2020, URL: "https://example.org/post"}, {Title: "house"}},
		Forms:   []def.Form{{System: "ga4", Name: "CPM"}, {System: "aarrr", Name: "Acquisition"}},
		Since:   "0.1.0", Stability: "stable",
		Deprecated: def.Deprecation{Since: "0.2.0", Reason: "nobody writes letters", ReplacedBy: "email.sent"},
	}
	hostile = &def.Metric{
		ID: "other.hostile", Name: "=cmd|' /C calc'!A0", Subject: "@x | y\n# z",
		Aliases: []string{"-1+1", "a\"b", "c;d"}, Definition: "+two\nlines | <b>*bold*</b> [x](y) `code` &amp; \u00fc",
		Question: "\t1. Tab?", Kind: def.Number, Unit: "1", Formula: "a|b `c` <d>", Direction: "target",
	}
)

func fixture(yield func(metric.Definition) bool) {
	for _, m := range []*def.Metric{sent, days, cost, hostile} {
		if !yield(metric.View(m)) {
			return
		}
	}
}

type writer func(io.Writer, iter.Seq[metric.Definition]) error

var writers = map[string]writer{
	"json": catalog.WriteJSON, "csv": catalog.WriteCSV, "md": catalog.WriteMarkdown,
}

func written(t *testing.T, write writer, defs iter.Seq[metric.Definition]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, defs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExportGolden(t *testing.T) {
	for extension, write := range writers {
		got := written(t, write, fixture)
		path := filepath.Join("testdata", "export."+extension)
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
	}
}

func TestExportIsDeterministic(t *testing.T) {
	for name, write := range writers {
		if !bytes.Equal(written(t, write, catalog.All()), written(t, write, catalog.All())) {
			t.Errorf("%s differs from one call to the next", name)
		}
	}
}

// brokenWriter fails after some bytes.
type brokenWriter int

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(b []byte) (int, error) {
	if len(b) > int(*w) {
		return int(*w), errBroken
	}
	*w -= brokenWriter(len(b))
	return len(b), nil
}

func TestExportReturnsTheErrorOfTheWriter(t *testing.T) {
	for name, write := range writers {
		size := len(written(t, write, fixture))
		for room := range size {
			w := brokenWriter(room)
			if err := write(&w, fixture); !errors.Is(err, errBroken) {
				t.Errorf("%s with room for %d of %d bytes: %v", name, room, size, err)
			}
		}
		w := brokenWriter(size)
		if err := write(&w, fixture); err != nil {
			t.Errorf("%s with room for all: %v", name, err)
		}
	}
}

func TestExportRefusesTheZeroDefinition(t *testing.T) {
	defs := slices.Values([]metric.Definition{metric.View(sent), {}, metric.View(cost)})
	for name, write := range writers {
		if err := write(io.Discard, defs); err == nil || !strings.Contains(err.Error(), "number 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExportOfNothing(t *testing.T) {
	none := func(func(metric.Definition) bool) {}
	var doc struct {
		Version string
		Metrics []any
	}
	if err := json.Unmarshal(written(t, catalog.WriteJSON, none), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != catalog.Version || doc.Metrics == nil || len(doc.Metrics) > 0 {
		t.Errorf("%+v", doc)
	}
	if rows := readCSV(t, written(t, catalog.WriteCSV, none)); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

var (
	requiredKeys = strings.Fields("id name aliases stage also definition quantity unit formula direction variant_of")
	optionalKeys = strings.Fields(`question domain subject inputs scale per grain capture capture_events undefined range
		time rollup includes excludes differs relations examples caveats sources forms since stability deprecated`)
)

// A definition that says everything has every key, and one that says nothing has the
// required ones, each in the documented order.
func TestJSONKeys(t *testing.T) {
	full := *cost
	full.Also, full.Aliases, full.Range, full.Time = sent.Also, sent.Aliases, sent.Range, sent.Time
	full.Capture, full.RollupTime, full.RollupPopulation = sent.Capture, "sum", "max"
	keys := jsonKeys(t, &full)
	if want := slices.Concat(requiredKeys, optionalKeys); !slices.Equal(keys, want) {
		t.Errorf("keys of a full definition:\n%q, want\n%q", keys, want)
	}
	if keys := jsonKeys(t, &def.Metric{}); !slices.Equal(keys, requiredKeys) {
		t.Errorf("keys of an empty definition: %q", keys)
	}
}

// jsonKeys returns the keys of the only metric written, in their order.
func jsonKeys(t *testing.T, m *def.Metric) []string {
	t.Helper()
	var doc struct{ Metrics []json.RawMessage }
	if err := json.Unmarshal(written(t, catalog.WriteJSON, slices.Values([]metric.Definition{metric.View(m)})), &doc); err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(doc.Metrics[0]))
	var keys []string
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if value == nil {
			t.Errorf("%s is null", key)
		}
	}
	return keys
}

// Whoever adds a method to Definition has to decide how it is written.
func TestEveryMethodOfDefinitionIsWritten(t *testing.T) {
	known := strings.Fields(`Aliases Also Capture CaptureEvents Caveats Deprecated Differs Direction Domain Examples
		Excludes Formula Forms Grain Guards ID Includes Inputs IsDerived IsZero Kind Meaning Name Per Question Range
		Relations RollUp Scale Since Sources Stability Stage String Subject Time Unit VariantOf`)
	for m := range reflect.TypeFor[metric.Definition]().Methods() {
		if !slices.Contains(known, m.Name) {
			t.Errorf("Definition.%s is not known to the writers", m.Name)
		}
	}
}

// What encoding/json reads back is what the definitions say.
func TestJSONOfAllRoundTrips(t *testing.T) {
	type jsonMetric struct {
		ID, Name, Stage, Definition, Quantity, Unit, Formula, Direction, Question, Range, Per, Grain string
		VariantOf                                                                                    string `json:"variant_of"`
		Aliases, Also, Inputs, Includes, Excludes                                                    []string
		Scale                                                                                        int64
		RollUp                                                                                       struct{ Time, Population string }
		Undefined                                                                                    []metric.Guard
		Caveats                                                                                      []metric.Caveat
		Relations                                                                                    []metric.Relation
		Sources                                                                                      []metric.Source
		Forms                                                                                        []metric.Form
		Deprecated                                                                                   metric.Deprecation
		Examples                                                                                     []struct {
			Inputs                            map[string]any
			Period, Result, Undefined, Source string
		}
	}
	var doc struct {
		Version string
		Metrics []jsonMetric
	}
	text := written(t, catalog.WriteJSON, catalog.All())
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != catalog.Version {
		t.Errorf("version %q", doc.Version)
	}
	all := slices.Collect(catalog.All())
	if len(doc.Metrics) != len(all) || len(all) < 40 {
		t.Fatalf("%d of %d metrics", len(doc.Metrics), len(all))
	}
	for i, got := range doc.Metrics {
		d := all[i]
		same := func(what string, got, want any) {
			t.Helper()
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s is %q, want %q", d, what, got, want)
			}
		}
		texts := [...][3]string{
			{"id", got.ID, d.ID()}, {"name", got.Name, d.Name()}, {"stage", got.Stage, d.Stage().String()},
			{"definition", got.Definition, d.Meaning()}, {"quantity", got.Quantity, d.Kind().String()},
			{"unit", got.Unit, d.Unit()}, {"formula", got.Formula, d.Formula()}, {"direction", got.Direction, d.Direction()},
			{"variant_of", got.VariantOf, d.VariantOf()}, {"question", got.Question, d.Question()},
			{"range", got.Range, d.Range()}, {"per", got.Per, d.Per()}, {"grain", got.Grain, d.Grain()},
		}
		for _, x := range texts {
			same(x[0], x[1], x[2])
		}
		same("aliases", got.Aliases, slices.Collect(d.Aliases()))
		same("also", got.Also, slices.Collect(d.Also()))
		same("inputs", got.Inputs, slices.Collect(d.Inputs()))
		same("includes", got.Includes, slices.Collect(d.Includes()))
		same("excludes", got.Excludes, slices.Collect(d.Excludes()))
		same("undefined", got.Undefined, slices.Collect(d.Guards()))
		same("caveats", got.Caveats, slices.Collect(d.Caveats()))
		same("relations", got.Relations, slices.Collect(d.Relations()))
		same("sources", got.Sources, slices.Collect(d.Sources()))
		same("forms", got.Forms, slices.Collect(d.Forms()))
		same("scale", max(got.Scale, 1), d.Scale())
		deprecation, _ := d.Deprecated()
		same("deprecated", got.Deprecated, deprecation)
		time, population := d.RollUp()
		same("rollup", got.RollUp, struct{ Time, Population string }{time, population})
		n := 0
		for x := range d.Examples() {
			if n >= len(got.Examples) {
				t.Fatalf("%s: examples are missing", d)
			}
			y := got.Examples[n]
			n++
			same("example", [4]string{y.Period, y.Result, y.Undefined, y.Source},
				[4]string{x.Period, x.Result, string(x.Undefined), x.Source})
			same("number of inputs", len(y.Inputs), len(x.Inputs))
			for _, in := range x.Inputs {
				value, isText := y.Inputs[in.ID].(string)
				if !isText {
					text, _ := json.Marshal(y.Inputs[in.ID])
					value = string(text)
				}
				same("input "+in.ID, value, in.Value)
			}
		}
		same("number of examples", len(got.Examples), n)
	}
}

func readCSV(t *testing.T, text []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var runs = regexp.MustCompile(`^[=+\-@\t\r\n]`)

func TestCSVOfAllIsSafe(t *testing.T) {
	rows := readCSV(t, written(t, catalog.WriteCSV, catalog.All()))
	all := slices.Collect(catalog.All())
	if len(rows) != len(all)+1 {
		t.Fatalf("%d rows for %d metrics", len(rows), len(all))
	}
	id, formula := slices.Index(rows[0], "id"), slices.Index(rows[0], "formula")
	for i, row := range rows {
		for j, cell := range row {
			if runs.MatchString(cell) {
				t.Errorf("row %d: %s would run: %q", i, rows[0][j], cell)
			}
		}
		if i > 0 && (row[id] != all[i-1].ID() || row[formula] != all[i-1].Formula() && row[formula] != "'"+all[i-1].Formula()) {
			t.Errorf("row %d is %q", i, row)
		}
	}
}

// Whatever a metric says, no cell runs, and all but the apostrophe is as it was.
func TestCSVGuardsHostileText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "=+-@\t\n'\",;a|"
	text := func() string {
		b := make([]byte, random.IntN(6))
		for i := range b {
			b[i] = letters[random.IntN(len(letters))]
		}
		return string(b)
	}
	guarded := 0
	for range 2000 {
		m := &def.Metric{ID: text(), Name: text(), Definition: text(), Formula: text(), Aliases: []string{text(), text()}}
		rows := readCSV(t, written(t, catalog.WriteCSV, slices.Values([]metric.Definition{metric.View(m)})))
		want := map[string]string{
			"id": m.ID, "name": m.Name, "definition": m.Definition, "formula": m.Formula,
			"aliases": m.Aliases[0] + "; " + m.Aliases[1],
		}
		for j, name := range rows[0] {
			cell, wanted := rows[1][j], want[name]
			if runs.MatchString(wanted) {
				guarded++
				wanted = "'" + wanted
			}
			if _, checked := want[name]; checked && cell != wanted {
				t.Fatalf("%s is %q, want %q", name, cell, wanted)
			}
			if runs.MatchString(cell) {
				t.Fatalf("%s would run: %q", name, cell)
			}
		}
	}
	if guarded < 1000 {
		t.Errorf("only %d cells were in need of the guard", guarded)
	}
	for _, first := range []string{"=", "+", "-", "@", "\t", "\r", "\n"} {
		m := &def.Metric{ID: first + "x"}
		if cell := readCSV(t, written(t, catalog.WriteCSV, slices.Values([]metric.Definition{metric.View(m)})))[1][0]; cell[0] != '\'' {
			t.Errorf("%q stands as %q", m.ID, cell)
		}
	}
}

var (
	tableRow = regexp.MustCompile(`^\|(?:(?:[^|\\]|\\.)*\|){3}$`)
	target   = regexp.MustCompile(`\]\(#([^)]*)\)`)
	anchor   = regexp.MustCompile(`<a id="([^"]*)"></a>`)
)

func TestMarkdown(t *testing.T) {
	for name, defs := range map[string]iter.Seq[metric.Definition]{"all": catalog.All(), "fixture": fixture} {
		text := string(written(t, catalog.WriteMarkdown, defs))
		anchors := map[string]bool{}
		for _, m := range anchor.FindAllStringSubmatch(text, -1) {
			if anchors[m[1]] {
				t.Errorf("%s: the anchor %s is there twice", name, m[1])
			}
			anchors[m[1]] = true
		}
		ids := map[string]bool{}
		for d := range defs {
			ids[d.ID()] = true
		}
		if !maps.Equal(anchors, ids) {
			t.Errorf("%s: anchors %v", name, anchors)
		}
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			if !anchors[m[1]] {
				t.Errorf("%s: a link to %s leads nowhere", name, m[1])
			}
		}
		rows := 0
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "|") {
				rows++
				if !tableRow.MatchString(strings.TrimSpace(line)) {
					t.Errorf("%s: not a row of three cells: %s", name, line)
				}
			}
		}
		if rows < len(ids) {
			t.Errorf("%s: %d rows for %d metrics", name, rows, len(ids))
		}
	}
}

func ExampleWriteJSON() {
	one := func(yield func(metric.Definition) bool) {
		d, _ := catalog.Lookup("email.open_rate")
		yield(d)
	}
	var b strings.Builder
	if err := catalog.WriteJSON(&b, one); err != nil {
		fmt.Println(err)
		return
	}
	var doc struct {
		Metrics []struct {
			ID, Formula, Unit string
			Undefined         []struct{ When, Reason string }
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil {
		fmt.Println(err)
		return
	}
	m := doc.Metrics[0]
	fmt.Println(m.ID, "=", m.Formula)
	fmt.Println(m.Undefined[0].Reason, "when", m.Undefined[0].When)
	// Output:
	// email.open_rate = unique_opens / delivered
	// zero_denominator when delivered == 0
}

func ExampleWriteCSV() {
	var b strings.Builder
	if err := catalog.WriteCSV(&b, slices.Values(catalog.Named("bounce rate"))); err != nil {
		fmt.Println(err)
		return
	}
	rows, _ := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	for _, row := range rows {
		fmt.Println(row[0], "|", row[1])
	}
	// Output:
	// id | name
	// email.bounce_rate | Email bounce rate
	// web.bounce_rate | Web bounce rate
}

func BenchmarkWriteJSON(b *testing.B) {
	for b.Loop() {
		if err := catalog.WriteJSON(io.Discard, catalog.All()); err != nil {
			b.Fatal(err)
		}
	}
}
