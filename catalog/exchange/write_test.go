package exchange

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

func TestWritersAreDeterministic(t *testing.T) {
	for _, f := range formats {
		if !bytes.Equal(f.written(t, catalog.All()), f.written(t, catalog.All())) {
			t.Errorf("%s differs from one call to the next", f.extension)
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

func TestWritersReturnTheErrorOfTheWriter(t *testing.T) {
	defs := slices.Values(fixture(t))
	for _, f := range formats {
		size := len(f.written(t, defs))
		for room := range size {
			w := brokenWriter(room)
			if err := f.write(&w, defs); !errors.Is(err, errBroken) {
				t.Errorf("%s with room for %d of %d bytes: %v", f.extension, room, size, err)
			}
		}
		w := brokenWriter(size)
		if err := f.write(&w, defs); err != nil {
			t.Errorf("%s with room for all: %v", f.extension, err)
		}
	}
}

func TestWritersRefuse(t *testing.T) {
	tests := []struct {
		change func(*def.Metric)
		says   string
	}{
		{func(m *def.Metric) { m.Name = "caf\xe9" }, "name: \"caf\\xe9\" is not UTF-8"},
		{func(m *def.Metric) { m.Forms = []def.Form{{System: "x", Name: "\xff"}} }, "forms: "},
		{func(m *def.Metric) { m.Definition = strings.Repeat("x", MaxText+1) }, "definition: "},
		{func(m *def.Metric) { m.Aliases = make([]string, MaxItems+1) }, "aliases: has 10001 items"},
	}
	for _, test := range tests {
		m := *metric.Literal(def.Key{}, fixture(t)[0])
		test.change(&m)
		for _, f := range formats {
			err := f.write(io.Discard, slices.Values([]metric.Definition{metric.View(&m)}))
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), `"mail.sent"`) {
				t.Errorf("%s: %v, want %s", f.extension, err, test.says)
			}
		}
	}
	zero := append(fixture(t)[:1:1], metric.Definition{})
	for _, f := range formats {
		if err := f.write(io.Discard, slices.Values(zero)); err == nil || !strings.Contains(err.Error(), "number 2") {
			t.Errorf("%s: %v", f.extension, err)
		}
	}
}

func TestNothing(t *testing.T) {
	none := func(func(metric.Definition) bool) {}
	for _, f := range formats {
		text := f.written(t, none)
		if specs, err := f.read(bytes.NewReader(text)); err != nil || len(specs) != 0 {
			t.Errorf("%s: %d metrics, %v\n%s", f.extension, len(specs), err, text)
		}
	}
}

var (
	requiredKeys = strings.Fields("id name aliases stage also definition quantity unit formula direction variant_of")
	optionalKeys = strings.Fields(`question domain subject inputs scale per grain capture capture_events capture_rule undefined
		range time rollup includes excludes differs relations examples caveats sources forms since stability deprecated`)
)

// A definition that says everything has every key, and one that says nothing has the
// required ones, each in the documented order.
func TestJSONKeys(t *testing.T) {
	defs := fixture(t)
	full, sent := *metric.Literal(def.Key{}, defs[3]), metric.Literal(def.Key{}, defs[0])
	full.Also, full.Aliases, full.Range, full.Per = sent.Also, sent.Aliases, sent.Range, "day"
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
	if err := json.Unmarshal(formats[0].written(t, slices.Values([]metric.Definition{metric.View(m)})), &doc); err != nil {
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
		Calculator Excludes Formula Forms Grain Guards ID Includes Inputs IsDerived IsZero Kind Meaning Name Per Question Range
		Relations RollUp Scale Since Sources Stability Stage String Subject Time Unit VariantOf`)
	for m := range reflect.TypeFor[metric.Definition]().Methods() {
		if !slices.Contains(known, m.Name) {
			t.Errorf("Definition.%s is not known to the writers", m.Name)
		}
	}
}

// jsonMetric is a metric as another program, without any of this package, reads it.
type jsonMetric struct {
	ID, Name, Stage, Definition, Quantity, Unit, Formula, Direction, Question, Range, Per, Grain string
	Domain, Subject, Capture, Time, Differs, Since, Stability, Calculator                        string
	VariantOf                                                                                    string   `json:"variant_of"`
	CaptureEvents                                                                                []string `json:"capture_events"`
	CaptureRule                                                                                  any      `json:"capture_rule"`
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

// What encoding/json reads is what the definitions say.
func TestJSONToOthers(t *testing.T) {
	var doc struct {
		Version string
		Metrics []jsonMetric
	}
	decoder := json.NewDecoder(bytes.NewReader(formats[0].written(t, catalog.All())))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	all := allOfCatalogue()
	if doc.Version != catalog.Version || len(doc.Metrics) != len(all) {
		t.Fatalf("version %q, %d of %d metrics", doc.Version, len(doc.Metrics), len(all))
	}
	for i, got := range doc.Metrics {
		d := all[i]
		texts := [...][3]string{
			{"id", got.ID, d.ID()}, {"name", got.Name, d.Name()}, {"stage", got.Stage, d.Stage().String()},
			{"definition", got.Definition, d.Meaning()}, {"quantity", got.Quantity, d.Kind().String()},
			{"unit", got.Unit, d.Unit()}, {"formula", got.Formula, d.Formula()}, {"direction", got.Direction, d.Direction()},
			{"variant_of", got.VariantOf, d.VariantOf()}, {"question", got.Question, d.Question()},
			{"range", got.Range, d.Range()}, {"per", got.Per, d.Per()}, {"grain", got.Grain, d.Grain()},
			{"domain", got.Domain, d.Domain()}, {"subject", got.Subject, d.Subject()}, {"capture", got.Capture, d.Capture()},
			{"time", got.Time, d.Time()}, {"differs", got.Differs, d.Differs()}, {"since", got.Since, d.Since()},
			{"calculator", got.Calculator, d.Calculator()},
			{"stability", got.Stability, d.Stability()},
		}
		for _, x := range texts {
			if x[1] != x[2] {
				t.Errorf("%s: %s is %q, want %q", d, x[0], x[1], x[2])
			}
		}
		var inputs, also []string
		for in := range d.Inputs() {
			inputs = append(inputs, in.ID())
		}
		for s := range d.Also() {
			also = append(also, s.String())
		}
		sameList(t, d, "aliases", got.Aliases, slices.Collect(d.Aliases()))
		sameList(t, d, "also", got.Also, also)
		sameList(t, d, "inputs", got.Inputs, inputs)
		sameList(t, d, "includes", got.Includes, slices.Collect(d.Includes()))
		sameList(t, d, "excludes", got.Excludes, slices.Collect(d.Excludes()))
		sameList(t, d, "capture_events", got.CaptureEvents, slices.Collect(d.CaptureEvents()))
		sameList(t, d, "undefined", got.Undefined, slices.Collect(d.Guards()))
		sameList(t, d, "caveats", got.Caveats, slices.Collect(d.Caveats()))
		sameList(t, d, "relations", got.Relations, slices.Collect(d.Relations()))
		sameList(t, d, "sources", got.Sources, slices.Collect(d.Sources()))
		sameList(t, d, "forms", got.Forms, slices.Collect(d.Forms()))
		time, population := d.RollUp()
		deprecation, _ := d.Deprecated()
		if max(got.Scale, 1) != d.Scale() || got.RollUp.Time != time || got.RollUp.Population != population || got.Deprecated != deprecation {
			t.Errorf("%s: scale, rollup or deprecation differ", d)
		}
		n := 0
		for x := range d.Examples() {
			y := got.Examples[n]
			n++
			if y.Period != x.Period || y.Result != x.Result || y.Undefined != string(x.Undefined) || y.Source != x.Source {
				t.Errorf("%s: an example is %v, want %v", d, y, x)
			}
			inputs := map[string]any{}
			for _, in := range x.Inputs {
				inputs[in.ID] = in.Value
				var list []any
				if json.Unmarshal([]byte(in.Value), &list) == nil {
					inputs[in.ID] = list
				}
			}
			if !reflect.DeepEqual(y.Inputs, inputs) {
				t.Errorf("%s: inputs %v, want %v", d, y.Inputs, inputs)
			}
		}
		if n != len(got.Examples) {
			t.Errorf("%s: %d examples, want %d", d, len(got.Examples), n)
		}
	}
}

func sameList[T comparable](t *testing.T, d metric.Definition, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %s is %v, want %v", d, what, got, want)
	}
}

func sheet(t *testing.T, text []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var dangerous = regexp.MustCompile(`^[\t\r\n]|^\s*[=+\-@＝＋－＠]`)

func TestCSVOfAllIsSafe(t *testing.T) {
	rows := sheet(t, formats[1].written(t, catalog.All()))
	all := allOfCatalogue()
	if len(rows) != len(all)+1 {
		t.Fatalf("%d rows for %d metrics", len(rows), len(all))
	}
	id, formula := slices.Index(rows[0], "id"), slices.Index(rows[0], "formula")
	for i, row := range rows {
		for j, cell := range row {
			if dangerous.MatchString(cell) {
				t.Errorf("row %d: %s would run: %q", i, rows[0][j], cell)
			}
		}
		if i > 0 && (row[id] != all[i-1].ID() || row[formula] != all[i-1].Formula() && row[formula] != "'"+all[i-1].Formula()) {
			t.Errorf("row %d is %q", i, row)
		}
	}
}

// Whatever a metric says, no cell runs, and the guard is one apostrophe.
func TestCSVGuardsHostileText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := []rune("=+-@\t\n'\",;a|＝ ")
	text := func() string {
		b := make([]rune, random.IntN(6))
		for i := range b {
			b[i] = letters[random.IntN(len(letters))]
		}
		return string(b)
	}
	guarded := 0
	for range 2000 {
		m := &def.Metric{ID: text(), Name: text(), Definition: text(), Formula: text(), Question: text()}
		rows := sheet(t, formats[1].written(t, slices.Values([]metric.Definition{metric.View(m)})))
		want := map[string]string{"id": m.ID, "name": m.Name, "definition": m.Definition, "formula": m.Formula, "question": m.Question}
		for j, name := range rows[0] {
			cell, wanted := rows[1][j], want[name]
			if dangerous.MatchString(wanted) || strings.HasPrefix(wanted, "'") {
				guarded++
				wanted = "'" + wanted
			}
			if _, checked := want[name]; checked && cell != wanted {
				t.Fatalf("%s is %q, want %q", name, cell, wanted)
			}
			if dangerous.MatchString(cell) {
				t.Fatalf("%s would run: %q", name, cell)
			}
		}
	}
	if guarded < 1000 {
		t.Errorf("only %d cells were in need of the guard", guarded)
	}
	for _, first := range []string{"=", "+", "-", "@", "\t", "\n", " =", "'", "＝", "\u00a0@"} {
		m := &def.Metric{ID: first + "x"}
		if cell := sheet(t, formats[1].written(t, slices.Values([]metric.Definition{metric.View(m)})))[1][0]; cell != "'"+m.ID {
			t.Errorf("%q stands as %q", m.ID, cell)
		}
	}
}

var (
	anyRow    = regexp.MustCompile(`^\|(?:(?:[^|\\]|\\.)*\|){3}$`)
	anyTarget = regexp.MustCompile(`\]\(#([^)]*)\)`)
	anyAnchor = regexp.MustCompile(`<a id="([^"]*)"></a>`)
)

func TestMarkdownHolds(t *testing.T) {
	for name, defs := range map[string]iter.Seq[metric.Definition]{"all": catalog.All(), "fixture": slices.Values(fixture(t))} {
		text := string(formats[2].written(t, defs))
		anchors := map[string]bool{}
		for _, m := range anyAnchor.FindAllStringSubmatch(text, -1) {
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
		for _, m := range anyTarget.FindAllStringSubmatch(text, -1) {
			if !anchors[m[1]] && m[1] != "x" { // a text of the fixture that is escaped
				t.Errorf("%s: a link to %s leads nowhere", name, m[1])
			}
		}
		rows := 0
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "|") {
				rows++
				if !anyRow.MatchString(strings.TrimSpace(line)) {
					t.Errorf("%s: not a row of three cells: %s", name, line)
				}
			}
		}
		if rows < len(ids) {
			t.Errorf("%s: %d rows for %d metrics", name, rows, len(ids))
		}
	}
}
