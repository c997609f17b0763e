package exchange

import (
	"fmt"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// field is a part of a definition as CSV and Markdown have it: a column, and a line with a
// label. It is exactly one of a text, a list of texts, items that are structured and read
// from a text each, and derived from other fields.
type field struct {
	column, label string // Markdown has no line for a field without label
	style         style

	text    func(*formula.Spec) *string
	list    func(*formula.Spec) *[]string
	items   func(*formula.Spec) []string
	parse   func(*formula.Spec, []string) error // of items
	derived func(*entry) []string

	single bool // there is at most one item
	inLine bool // items are single words; all are on one line
}

// get returns the texts of a field: none when it is empty, and one that is not empty for a
// field that is a text.
func (f *field) get(e *entry) []string {
	switch {
	case f.text != nil:
		if text := *f.text(&e.Spec); text != "" {
			return []string{text}
		}
		return nil
	case f.list != nil:
		return *f.list(&e.Spec)
	case f.items != nil:
		return f.items(&e.Spec)
	}
	return f.derived(e)
}

// set puts the texts of a field, other than a derived one, into a spec.
func (f *field) set(s *formula.Spec, texts []string) error {
	switch {
	case len(texts) == 0:
		return nil
	case len(texts) > MaxItems:
		return fmt.Errorf("has %d items, more than %d", len(texts), MaxItems)
	case (f.text != nil || f.single) && len(texts) > 1:
		return fmt.Errorf("has %d values, not one", len(texts))
	case f.text != nil:
		*f.text(s) = texts[0]
		return nil
	case f.list != nil:
		*f.list(s) = texts
		return nil
	}
	return f.parse(s, texts)
}

// fields in the order of the columns. Those without a label are elsewhere in Markdown.
var fields = [...]field{
	{column: "id", label: "Id", style: asCode, text: func(s *formula.Spec) *string { return &s.ID }},
	{column: "name", text: func(s *formula.Spec) *string { return &s.Name }},
	{column: "aliases", label: "Also called", list: func(s *formula.Spec) *[]string { return &s.Aliases }},
	{column: "stage", label: "Stage", items: getStage, parse: setStage, single: true, inLine: true},
	{column: "also", label: "Also in", items: getAlso, parse: setAlso, inLine: true},
	{column: "definition", text: func(s *formula.Spec) *string { return &s.Meaning }},
	{column: "quantity", label: "Quantity", items: getQuantity, parse: setQuantity, single: true, inLine: true},
	{column: "unit", label: "Unit", style: asCode, text: func(s *formula.Spec) *string { return &s.Unit }},
	{column: "formula", label: "Formula", style: asCode, text: func(s *formula.Spec) *string { return &s.Formula }},
	{column: "direction", label: "Direction", text: func(s *formula.Spec) *string { return &s.Direction }},
	{column: "variant_of", label: "Variant of", style: asLink, text: func(s *formula.Spec) *string { return &s.VariantOf }},
	{column: "question", text: func(s *formula.Spec) *string { return &s.Question }},
	{column: "domain", derived: func(e *entry) []string { return notEmpty(e.domain()) }},
	{column: "subject", text: func(s *formula.Spec) *string { return &s.Subject }},
	{column: "inputs", derived: func(e *entry) []string { return e.inputs }},
	{column: "scale", label: "Counted for", items: getScale, parse: setScale, single: true, inLine: true},
	{column: "per", label: "Read per", text: func(s *formula.Spec) *string { return &s.Per }},
	{column: "grain", label: "Grain", text: func(s *formula.Spec) *string { return &s.Grain }},
	{column: "capture", label: "Captured", style: asCode, items: getCapture, parse: setCapture, single: true, inLine: true},
	{column: "capture_events", derived: func(e *entry) []string { return captureEvents(e.Capture) }},
	{column: "undefined", label: "Undefined", style: asGuard, items: getGuards, parse: setGuards},
	{column: "range", label: "Range", style: asCode, text: func(s *formula.Spec) *string { return &s.Range }},
	{column: "time", label: "Time", text: func(s *formula.Spec) *string { return &s.Time }},
	{column: "rollup_time", label: "Over time", text: func(s *formula.Spec) *string { return &s.RollUpTime }},
	{column: "rollup_population", label: "Over populations", text: func(s *formula.Spec) *string { return &s.RollUpPopulation }},
	{column: "includes", label: "Includes", list: func(s *formula.Spec) *[]string { return &s.Includes }},
	{column: "excludes", label: "Excludes", list: func(s *formula.Spec) *[]string { return &s.Excludes }},
	{column: "differs", label: "Differs", text: func(s *formula.Spec) *string { return &s.Differs }},
	{column: "relations", label: "Relation", style: asRelation, items: getRelations, parse: setRelations},
	{column: "examples", label: "Example", style: asCode, items: getExamples, parse: setExamples},
	{column: "caveats", label: "Caveat", style: asCaveat, items: getCaveats, parse: setCaveats},
	{column: "sources", label: "Source", items: getSources, parse: setSources},
	{column: "forms", label: "Elsewhere", items: getForms, parse: setForms},
	{column: "calculator", label: "Computed by", style: asCode, text: func(s *formula.Spec) *string { return &s.Calculator }},
	{column: "since", label: "Since", text: func(s *formula.Spec) *string { return &s.Since }},
	{column: "stability", label: "Stability", text: func(s *formula.Spec) *string { return &s.Stability }},
	{column: "deprecated", label: "Deprecated", items: getDeprecated, parse: setDeprecated, single: true},
}

func notEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func stageName(s stage.Stage) string {
	if !s.Valid() {
		return ""
	}
	return s.String()
}

func kindName(k metric.Kind) string {
	if !k.IsValid() {
		return ""
	}
	return k.String()
}

func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// parseNumber reads what number writes.
func parseNumber[N int | int64](text string) (N, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || int64(N(n)) != n || number(n) != text {
		return 0, fmt.Errorf("%.48q is not an integer other than 0", text)
	}
	return N(n), nil
}

func getStage(s *formula.Spec) []string { return notEmpty(stageName(s.Stage)) }

func setStage(s *formula.Spec, texts []string) (err error) {
	s.Stage, err = stage.Parse(texts[0])
	return err
}

func getAlso(s *formula.Spec) []string { return texts(s.Also, stageName) }

func setAlso(s *formula.Spec, texts []string) error {
	return parseItems(&s.Also, texts, stage.Parse, stageName)
}

func getQuantity(s *formula.Spec) []string { return notEmpty(kindName(s.Kind)) }

func setQuantity(s *formula.Spec, texts []string) (err error) {
	s.Kind, err = metric.ParseKind(texts[0])
	return err
}

func getScale(s *formula.Spec) []string { return notEmpty(number(s.Scale)) }

func setScale(s *formula.Spec, texts []string) (err error) {
	s.Scale, err = parseNumber[int64](texts[0])
	return err
}

func getCapture(s *formula.Spec) []string { return notEmpty(quote(captureWords(s.Capture), "")) }

func setCapture(s *formula.Spec, texts []string) error {
	words, err := unquote(texts[0])
	if err != nil {
		return err
	}
	if s.Capture, err = parseCapture(words); err != nil {
		return err
	}
	return same(quote(captureWords(s.Capture), ""), texts[0])
}

func getGuards(s *formula.Spec) []string { return texts(s.Undefined, guardText) }

func setGuards(s *formula.Spec, texts []string) error {
	return parseItems(&s.Undefined, texts, parseGuard, guardText)
}

func getRelations(s *formula.Spec) []string { return texts(s.Relations, relationText) }

func setRelations(s *formula.Spec, texts []string) error {
	return parseItems(&s.Relations, texts, parseRelation, relationText)
}

func getExamples(s *formula.Spec) []string { return texts(s.Examples, exampleText) }

func setExamples(s *formula.Spec, texts []string) error {
	return parseItems(&s.Examples, texts, parseExample, exampleText)
}

func getCaveats(s *formula.Spec) []string { return texts(s.Caveats, caveatText) }

func setCaveats(s *formula.Spec, texts []string) error {
	return parseItems(&s.Caveats, texts, parseCaveat, caveatText)
}

func getSources(s *formula.Spec) []string { return texts(s.Sources, sourceText) }

func setSources(s *formula.Spec, texts []string) error {
	return parseItems(&s.Sources, texts, parseSource, sourceText)
}

func getForms(s *formula.Spec) []string { return texts(s.Forms, formText) }

func setForms(s *formula.Spec, texts []string) error {
	return parseItems(&s.Forms, texts, parseForm, formText)
}

func getDeprecated(s *formula.Spec) []string {
	if s.Deprecated == (metric.Deprecation{}) {
		return nil
	}
	return []string{deprecationText(s.Deprecated)}
}

func setDeprecated(s *formula.Spec, texts []string) (err error) {
	if s.Deprecated, err = parseDeprecation(texts[0]); err != nil {
		return err
	}
	return same(deprecationText(s.Deprecated), texts[0])
}
