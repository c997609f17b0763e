package conformance

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testCase is one line of a file of cases. A case of value.jsonl has What and Inputs
// instead of Input and Options.
type testCase struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	Origin    string          `json:"origin"`
	What      string          `json:"what"`
	Input     json.RawMessage `json:"input"`
	Inputs    json.RawMessage `json:"inputs"`
	Options   json.RawMessage `json:"options"`
	Expected  json.RawMessage `json:"expected"`
	Tolerance json.RawMessage `json:"tolerance"`
	Source    string          `json:"source"`
	Note      string          `json:"note"`
}

// Skip says why no option of the library expresses the case.
func (c *testCase) Skip(t *testing.T, reason string) {
	t.Helper()
	t.Skipf("inexpressible: %s", reason)
}

// runner runs the cases of one kind.
type runner func(t *testing.T, c testCase)

var (
	kinds = make(map[string]runner) // by kind
	facts = make(map[string]runner) // by the prefix of the id, for files without such kinds
)

// register names the runners of kinds.
func register(kind string, r runner) { kinds[kind] = r }

// registerFacts names the runner of facts whose id begins with prefix and a hyphen.
func registerFacts(prefix string, r runner) { facts[prefix] = r }

func (c *testCase) runner() runner {
	if r := kinds[c.Kind]; r != nil {
		return r
	}
	prefix, _, _ := strings.Cut(c.ID, "-")
	return facts[prefix]
}

func TestConformance(t *testing.T) {
	folders := []string{os.Getenv("LIFECYCLE_CASES")}
	ours := folders[0] == ""
	if ours {
		folders = []string{"testdata", filepath.Join("testdata", "extra")}
	}
	var files []string
	for _, folder := range folders {
		list, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
		if err != nil || len(list) == 0 {
			t.Fatalf("no cases in %s: %v", folder, err)
		}
		files = append(files, list...)
	}
	for _, file := range files {
		cases, skipped := read(t, file), 0
		for _, c := range cases {
			t.Run(c.ID, func(t *testing.T) {
				defer func() {
					if t.Skipped() {
						skipped++
					}
				}()
				run := c.runner()
				if run == nil {
					t.Skipf("unknown kind %q", c.Kind)
				}
				run(t, c)
			})
		}
		if ours && slices.Contains(calculatorFiles, filepath.Base(file)) && 10*skipped > len(cases) {
			t.Errorf("%s: %d of %d cases are inexpressible, at most a tenth may be", file, skipped, len(cases))
		}
	}
}

func read(t *testing.T, file string) []testCase {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []testCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var c testCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: line %d: %v", file, len(list)+1, err)
		}
		if c.ID == "" {
			t.Fatalf("%s: line %d: no id", file, len(list)+1)
		}
		list = append(list, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// calculatorFiles are the files of which at most a tenth of the cases may be inexpressible.
var calculatorFiles = []string{"ledger.jsonl", "retention.jsonl", "funnel.jsonl", "engagement.jsonl"}

// The cases that ship here have runners, so that a lost registration does not pass as a
// row of skipped tests.
func TestEveryKindHasARunner(t *testing.T) {
	for _, name := range append(slices.Clone(calculatorFiles), "value.jsonl", "segment.jsonl") {
		for _, c := range read(t, filepath.Join("testdata", name)) {
			if c.runner() == nil {
				t.Errorf("%s: %s: no runner for kind %q", name, c.ID, c.Kind)
			}
		}
	}
}

// An option that no runner knows must never be left out in silence.
func TestUnknownOptionIsSkipped(t *testing.T) {
	for _, name := range append(slices.Clone(calculatorFiles), "segment.jsonl") {
		for _, c := range read(t, filepath.Join("testdata", name)) {
			options := map[string]json.RawMessage{"no_such_option": json.RawMessage(`"of a kind that nobody has heard of"`)}
			if err := json.Unmarshal(c.Options, &options); err != nil {
				t.Fatal(err)
			}
			var err error
			if c.Options, err = json.Marshal(options); err != nil {
				t.Fatal(err)
			}
			t.Run(c.ID, func(t *testing.T) {
				c.runner()(t, c) // a skip does not return
				t.Error("passes with an option that is not known")
			})
		}
	}
}
