package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// WriteJSON writes metrics, such as catalog.All or a caller's own, as one JSON object:
//
//	{"version": "0.1.0", "metrics": [{"id": "email.open_rate", ...}, ...]}
//
// The version is catalog.Version. The metrics are in the order of defs. Each has, in this
// order and always,
//
//	id name aliases stage also definition quantity unit formula direction variant_of
//
// with "" or [] where there is nothing to say, such as the formula of a base metric. What
// follows is left out when it is empty: question, domain, subject, inputs, scale (when it
// is not 1), per, grain, capture, capture_events, capture_rule, undefined, range, time,
// rollup, includes, excludes, differs, relations, examples, caveats, sources, forms,
// calculator, since, stability, deprecated. The package documentation says what they are.
//
// The same metrics give the same bytes, and one metric is written at a time, however many
// there are. It returns the first error of w, and an error for the zero Definition; what
// was written until then is not a complete object.
func WriteJSON(w io.Writer, defs iter.Seq[metric.Definition]) error {
	return writeJSON(w, entries(defs))
}

func writeJSON(w io.Writer, list iter.Seq2[*entry, error]) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // A formula reads "a < b".
	encoder.SetIndent("    ", "  ")
	b.WriteString("{\n  \"version\": \"" + catalog.Version + "\",\n  \"metrics\": [")
	separator := "\n    "
	for e, err := range list {
		if err != nil {
			return err
		}
		b.WriteString(separator)
		separator = ",\n    "
		if err := encoder.Encode(recordOf(e)); err != nil {
			return fmt.Errorf("metric %.100q: %w", e.ID, err)
		}
		b.Truncate(b.Len() - 1) // The encoder ends with a line break.
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	b.WriteString("\n  ]\n}\n")
	_, err := b.WriteTo(w)
	return err
}

// record is a definition as it is written. Its fields are in the order of the file.
type record struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Aliases    []string `json:"aliases"`
	Stage      string   `json:"stage"`
	Also       []string `json:"also"`
	Definition string   `json:"definition"`
	Quantity   string   `json:"quantity"`
	Unit       string   `json:"unit"`
	Formula    string   `json:"formula"`
	Direction  string   `json:"direction"`
	VariantOf  string   `json:"variant_of"`

	Question      string           `json:"question,omitempty"`
	Domain        string           `json:"domain,omitempty"`
	Subject       string           `json:"subject,omitempty"`
	Inputs        []string         `json:"inputs,omitempty"`
	Scale         int64            `json:"scale,omitempty"`
	Per           string           `json:"per,omitempty"`
	Grain         string           `json:"grain,omitempty"`
	Capture       string           `json:"capture,omitempty"`
	CaptureEvents []string         `json:"capture_events,omitempty"`
	CaptureRule   *captureRecord   `json:"capture_rule,omitempty"`
	Undefined     []guardRecord    `json:"undefined,omitempty"`
	Range         string           `json:"range,omitempty"`
	Time          string           `json:"time,omitempty"`
	RollUp        rollUpRecord     `json:"rollup,omitzero"`
	Includes      []string         `json:"includes,omitempty"`
	Excludes      []string         `json:"excludes,omitempty"`
	Differs       string           `json:"differs,omitempty"`
	Relations     []relationRecord `json:"relations,omitempty"`
	Examples      []exampleRecord  `json:"examples,omitempty"`
	Caveats       []caveatRecord   `json:"caveats,omitempty"`
	Sources       []sourceRecord   `json:"sources,omitempty"`
	Forms         []formRecord     `json:"forms,omitempty"`
	Calculator    string           `json:"calculator,omitempty"`
	Since         string           `json:"since,omitempty"`
	Stability     string           `json:"stability,omitempty"`
	Deprecated    deprecatedRecord `json:"deprecated,omitzero"`
}

type captureRecord struct {
	Kind       string   `json:"kind"`
	Of         string   `json:"of,omitempty"`
	Event      string   `json:"event"`
	Where      []string `json:"where,omitempty"`
	AtLeast    int      `json:"at_least,omitempty"`
	Until      string   `json:"until,omitempty"`
	UntilWhere []string `json:"until_where,omitempty"`
	Object     string   `json:"object,omitempty"`
}

type guardRecord struct {
	When   string `json:"when"`
	Reason string `json:"reason"`
}

type rollUpRecord struct {
	Time       string `json:"time,omitempty"`
	Population string `json:"population,omitempty"`
}

type relationRecord struct {
	Kind   string `json:"kind"`
	Target string `json:"target"`
}

type exampleRecord struct {
	Inputs    inputsRecord `json:"inputs"`
	Period    string       `json:"period,omitempty"`
	Result    string       `json:"result,omitempty"`
	Undefined string       `json:"undefined,omitempty"`
	Source    string       `json:"source,omitempty"`
}

type caveatRecord struct {
	Text    string `json:"text"`
	Formula string `json:"formula,omitempty"`
	Gives   string `json:"gives,omitempty"`
}

type sourceRecord struct {
	Title   string `json:"title"`
	Section string `json:"section,omitempty"`
	Year    int    `json:"year,omitempty"`
	URL     string `json:"url,omitempty"`
}

type formRecord struct {
	System string `json:"system"`
	Name   string `json:"name"`
}

type deprecatedRecord struct {
	Since      string `json:"since,omitempty"`
	Reason     string `json:"reason,omitempty"`
	ReplacedBy string `json:"replaced_by,omitempty"`
}

func recordOf(e *entry) *record {
	r := &record{
		ID: e.ID, Name: e.Name, Aliases: list(e.Aliases), Stage: stageName(e.Stage), Also: mapped(e.Also, stageName),
		Definition: e.Meaning, Quantity: kindName(e.Kind), Unit: e.Unit, Formula: e.Formula,
		Direction: e.Direction, VariantOf: e.VariantOf,

		Question: e.Question, Domain: e.domain(), Subject: e.Subject, Inputs: e.inputs,
		Scale: e.Scale, Per: e.Per, Grain: e.Grain,
		Capture: captureWords(e.Capture), CaptureEvents: captureEvents(e.Capture), CaptureRule: captureRecordOf(e.Capture),
		Undefined: mapped(e.Undefined, func(g metric.Guard) guardRecord { return guardRecord{g.When, string(g.Reason)} }),
		Range:     e.Range, Time: e.Time, RollUp: rollUpRecord{e.RollUpTime, e.RollUpPopulation},
		Includes: e.Includes, Excludes: e.Excludes, Differs: e.Differs,
		Relations: mapped(e.Relations, func(r metric.Relation) relationRecord { return relationRecord(r) }),
		Examples: mapped(e.Examples, func(x metric.Example) exampleRecord {
			return exampleRecord{x.Inputs, x.Period, x.Result, string(x.Undefined), x.Source}
		}),
		Caveats: mapped(e.Caveats, func(c metric.Caveat) caveatRecord { return caveatRecord(c) }),
		Sources: mapped(e.Sources, func(s metric.Source) sourceRecord {
			return sourceRecord{s.Title, s.Section, s.Year, s.URL}
		}),
		Forms:      mapped(e.Forms, func(f metric.Form) formRecord { return formRecord(f) }),
		Calculator: e.Calculator, Since: e.Since, Stability: e.Stability, Deprecated: deprecatedRecord(e.Deprecated),
	}
	return r
}

func captureRecordOf(c *formula.Capture) *captureRecord {
	if c == nil {
		return nil
	}
	r := &captureRecord{Kind: "count", Event: c.Event, Where: c.Where, AtLeast: c.AtLeast, UntilWhere: c.UntilWhere}
	switch {
	case c.Sum != "":
		r.Kind, r.Of = "sum", c.Sum
	case c.Distinct != "":
		r.Kind, r.Of = "distinct", c.Distinct
	case c.Values != "":
		r.Kind, r.Of = "values", c.Values
	case c.Duration != nil:
		r.Kind, r.Event, r.Until, r.Object = "duration", c.Duration.From, c.Duration.Until, c.Duration.Object
	}
	return r
}

// inputsRecord is an object of id and value in the order of the example.
type inputsRecord []metric.ExampleInput

func (inputs inputsRecord) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, in := range inputs {
		if i > 0 {
			b = append(b, ',')
		}
		id, err := json.Marshal(in.ID)
		if err != nil {
			return nil, err
		}
		value := []byte(in.Value) // A distribution is JSON as it stands.
		if !isList(in.Value) {
			if value, err = json.Marshal(in.Value); err != nil {
				return nil, err
			}
		}
		b = append(append(append(b, id...), ':'), value...)
	}
	return append(b, '}'), nil
}

// isList reports whether the text of a value is that of a distribution, in the spelling in
// which it is read again.
func isList(value string) bool {
	if value == "" || value[0] != '[' {
		return false
	}
	var b bytes.Buffer
	return json.Compact(&b, []byte(value)) == nil && b.String() == value && flatList(value)
}

// flatList reports whether a list holds only texts and numbers.
func flatList(value string) bool {
	var items []any
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	if decoder.Decode(&items) != nil {
		return false
	}
	return !slices.ContainsFunc(items, func(item any) bool {
		switch item.(type) {
		case string, json.Number:
			return false
		}
		return true
	})
}

// list is never nil, so that JSON has [] and not null.
func list(texts []string) []string { return append([]string{}, texts...) }

func mapped[A, B any](items []A, f func(A) B) []B {
	result := make([]B, len(items))
	for i, item := range items {
		result[i] = f(item)
	}
	return result
}
