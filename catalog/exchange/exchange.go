package exchange

import (
	"github.com/openlifecycle/lifecycle/internal/def"

	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// The limits of what is read.
const (
	MaxSize    = 64 << 20 // bytes of a file
	MaxMetrics = 100_000  // in a file
	MaxText    = 1 << 20  // bytes of one text, or of one item of a list as CSV has it
	MaxItems   = 10_000   // of one list
)

// entry is a metric on its way in or out.
type entry struct {
	formula.Spec
	inputs []string // ids behind the names in the formula and its guards
}

// entries passes the texts of definitions on. It ends with an error at one that cannot be
// written.
func entries(defs iter.Seq[metric.Definition]) iter.Seq2[*entry, error] {
	return func(yield func(*entry, error) bool) {
		n := 0
		for d := range defs {
			n++
			if d.IsZero() {
				yield(nil, fmt.Errorf("metric number %d to write is the zero definition", n))
				return
			}
			e := entryOf(d)
			if err := e.check(); err != nil {
				yield(nil, fmt.Errorf("metric %.100q: %w", e.ID, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// entryOf returns the text of a definition.
func entryOf(d metric.Definition) *entry {
	m := metric.Literal(def.Key{}, d)
	deprecated, _ := d.Deprecated()
	e := &entry{Spec: formula.Spec{
		ID: m.ID, Name: m.Name, Subject: m.Subject, Aliases: slices.Clone(m.Aliases),
		Stage: m.Stage, Also: slices.Clone(m.Also), Meaning: m.Definition, Question: m.Question,
		Kind: d.Kind(), Unit: m.Unit, Scale: m.Scale, Per: m.Per, Grain: m.Grain,
		Formula: m.Formula, Capture: captureOf(m.Capture), Undefined: slices.Collect(d.Guards()),
		Direction: m.Direction, Range: m.Range.Text, Time: m.Time,
		RollUpTime: m.RollupTime, RollUpPopulation: m.RollupPopulation,
		Includes: slices.Clone(m.Includes), Excludes: slices.Clone(m.Excludes),
		VariantOf: m.VariantOf, Differs: m.Differs, Relations: slices.Collect(d.Relations()),
		Examples: slices.Collect(d.Examples()), Caveats: slices.Collect(d.Caveats()),
		Sources: slices.Collect(d.Sources()), Forms: slices.Collect(d.Forms()),
		Calculator: m.Calculator, Since: m.Since, Stability: m.Stability, Deprecated: deprecated,
	}}
	for in := range d.Inputs() {
		e.inputs = append(e.inputs, in.ID())
	}
	return e
}

// check holds a metric to the limits, in every format, so that what is written can be read.
func (e *entry) check() error {
	for i := range fields {
		f := &fields[i]
		texts := f.get(e)
		if len(texts) > MaxItems {
			return fmt.Errorf("%s: has %d items, more than %d", f.column, len(texts), MaxItems)
		}
		for _, text := range texts {
			switch {
			case len(text) > MaxText:
				return fmt.Errorf("%s: a text of %d bytes is longer than %d", f.column, len(text), MaxText)
			case !utf8.ValidString(text):
				return fmt.Errorf("%s: %.48q is not UTF-8", f.column, text)
			}
		}
	}
	for _, x := range e.Examples {
		if len(x.Inputs) > MaxItems {
			return fmt.Errorf("examples: one has %d inputs, more than %d", len(x.Inputs), MaxItems)
		}
	}
	return nil
}

// domain returns the part of an id before the dot.
func (e *entry) domain() string {
	domain, _, _ := strings.Cut(e.ID, ".")
	return domain
}

// qualify makes an id of a name in a metric's formula or examples.
func qualify(of, name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	domain, _, _ := strings.Cut(of, ".")
	return domain + "." + name
}

// inputsOf returns the ids behind the names in the formula and its guards, in order of
// first use.
func inputsOf(s *formula.Spec) ([]string, error) {
	if s.Formula == "" {
		return nil, nil
	}
	var ids []string
	add := func(e *formula.Expr) {
		for _, symbol := range e.Symbols() {
			if id := qualify(s.ID, symbol); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	e, err := formula.Parse(s.Formula)
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	add(e)
	for i, g := range s.Undefined {
		e, err := formula.ParseGuard(g.When)
		if err != nil {
			return nil, fmt.Errorf("undefined: item %d: %w", i+1, err)
		}
		add(e)
	}
	return ids, nil
}

// complete ends the reading of a metric. What was given for derived fields, by column, has
// to be what follows from the others.
func (e *entry) complete(given func(column string) []string) error {
	if err := checkID(e.ID); err != nil {
		return err
	}
	for i := range e.Examples {
		for j := range e.Examples[i].Inputs {
			in := &e.Examples[i].Inputs[j]
			in.ID = qualify(e.ID, in.ID)
		}
	}
	if err := e.check(); err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		if f.derived == nil {
			continue
		}
		want := given(f.column)
		if len(want) == 0 {
			continue
		}
		if f.column == "inputs" {
			var err error
			if e.inputs, err = inputsOf(&e.Spec); err != nil {
				return err
			}
		}
		if got := f.get(e); !slices.Equal(got, want) {
			return fmt.Errorf("%s: says %.100q, but the other fields make it %.100q", f.column, joinItems(want), joinItems(got))
		}
	}
	return nil
}

// readText reads a file whole, without the byte order mark that some programs start it with.
func readText(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > MaxSize:
		return nil, fmt.Errorf("the file is larger than %d bytes", MaxSize)
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("%s: not UTF-8", position(data, at))
		}
		at += size
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// position names the place of an offset.
func position(data []byte, at int) string {
	before := data[:min(max(at, 0), len(data))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	return fmt.Sprintf("line %d, column %d", line, len(before)-bytes.LastIndexByte(before, '\n'))
}

// seen refuses ids that are known, and files with too many metrics.
type seen map[string]bool

func (s seen) add(id string) error {
	switch {
	case s[id]:
		return fmt.Errorf("the metric %.100q is there twice", id)
	case len(s) == MaxMetrics:
		return fmt.Errorf("there are more than %d metrics", MaxMetrics)
	}
	s[id] = true
	return nil
}

// checkID refuses what cannot name a metric, as far as the formats need it. Define asks
// for more.
func checkID(id string) error {
	if id == "" {
		return errors.New("there is a metric without id")
	}
	if domain, name, _ := strings.Cut(id, "."); !isWord(domain) || !isWord(name) {
		return fmt.Errorf("the id %.100q is not of the form domain.name", id)
	}
	return nil
}

// checkVersion refuses files of another major version.
func checkVersion(version string) error {
	part := strings.Split(version, ".")
	isNumber := func(s string) bool { return s != "" && len(s) < 10 && strings.Trim(s, "0123456789") == "" }
	if len(part) != 3 || !isNumber(part[0]) || !isNumber(part[1]) || !isNumber(part[2]) {
		return fmt.Errorf("version %.48q is not of the form 1.2.3", version)
	}
	if ours, _, _ := strings.Cut(catalog.Version, "."); part[0] != ours {
		return fmt.Errorf("version %s has another major part than %s, the version of this catalogue", version, catalog.Version)
	}
	return nil
}

// specs returns the texts that were read.
func specs(list []*entry) []formula.Spec {
	result := make([]formula.Spec, len(list))
	for i, e := range list {
		result[i] = e.Spec
	}
	return result
}
