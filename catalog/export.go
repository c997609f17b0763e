package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// WriteJSON writes metrics, such as [All] or a caller's own, as one JSON object:
//
//	{"version": "0.1.0", "metrics": [{"id": "email.open_rate", ...}, ...]}
//
// The version is [Version]. The metrics are in the order of defs. Each has, in this order
// and always,
//
//	id name aliases stage also definition quantity unit formula direction variant_of
//
// with "" or [] where there is nothing to say, such as the formula of a base metric. What
// follows is left out when it is empty: question, domain, subject, inputs (the ids behind
// the names in the formula), scale (when it is not 1), per, grain, capture, capture_events,
// undefined, range, time, rollup, includes, excludes, differs, relations, examples,
// caveats, sources, forms, since, stability, deprecated.
//
// All values are texts, exact as in the registry: "43/197", "1600.00 USD". The inputs of an
// example are an object of id and value; a distribution is a list. The same metrics give
// the same bytes, and one metric is written at a time, however many there are.
//
// It returns the first error of w, and an error for the zero Definition; what was written
// until then is not a complete object.
func WriteJSON(w io.Writer, defs iter.Seq[metric.Definition]) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // A formula reads "a < b".
	encoder.SetIndent("    ", "  ")
	b.WriteString("{\n  \"version\": \"" + Version + "\",\n  \"metrics\": [")
	separator := "\n    "
	for d, err := range present(defs) {
		if err != nil {
			return err
		}
		b.WriteString(separator)
		separator = ",\n    "
		if err := encoder.Encode(recordOf(d)); err != nil {
			return fmt.Errorf("metric %s: %w", d, err)
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

// present passes definitions on and ends with an error at one that is of no metric.
func present(defs iter.Seq[metric.Definition]) iter.Seq2[metric.Definition, error] {
	return func(yield func(metric.Definition, error) bool) {
		n := 0
		for d := range defs {
			n++
			if d.IsZero() {
				yield(d, fmt.Errorf("metric number %d to write is the zero definition", n))
				return
			}
			if !yield(d, nil) {
				return
			}
		}
	}
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
	Since         string           `json:"since,omitempty"`
	Stability     string           `json:"stability,omitempty"`
	Deprecated    deprecatedRecord `json:"deprecated,omitzero"`
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

func recordOf(d metric.Definition) *record {
	r := &record{
		ID: d.ID(), Name: d.Name(), Aliases: list(d.Aliases()),
		Stage: stageName(d.Stage()), Also: mapped(d.Also(), stageName),
		Definition: d.Meaning(), Quantity: d.Kind().String(), Unit: d.Unit(), Formula: d.Formula(),
		Direction: d.Direction(), VariantOf: d.VariantOf(),

		Question: d.Question(), Domain: d.Domain(), Subject: d.Subject(),
		Inputs: mapped(d.Inputs(), metric.Definition.ID), Per: d.Per(), Grain: d.Grain(),
		Capture: d.Capture(), CaptureEvents: list(d.CaptureEvents()),
		Undefined: mapped(d.Guards(), func(g metric.Guard) guardRecord { return guardRecord{g.When, string(g.Reason)} }),
		Range:     d.Range(), Time: d.Time(),
		Includes: list(d.Includes()), Excludes: list(d.Excludes()), Differs: d.Differs(),
		Relations: mapped(d.Relations(), func(r metric.Relation) relationRecord { return relationRecord(r) }),
		Examples:  mapped(d.Examples(), exampleOf),
		Caveats:   mapped(d.Caveats(), func(c metric.Caveat) caveatRecord { return caveatRecord(c) }),
		Sources: mapped(d.Sources(), func(s metric.Source) sourceRecord {
			return sourceRecord{s.Title, s.Section, s.Year, s.URL}
		}),
		Forms: mapped(d.Forms(), func(f metric.Form) formRecord { return formRecord(f) }),
		Since: d.Since(), Stability: d.Stability(),
	}
	if d.Scale() != 1 {
		r.Scale = d.Scale()
	}
	r.RollUp.Time, r.RollUp.Population = d.RollUp()
	if x, ok := d.Deprecated(); ok {
		r.Deprecated = deprecatedRecord(x)
	}
	return r
}

func exampleOf(x metric.Example) exampleRecord {
	return exampleRecord{x.Inputs, x.Period, x.Result, string(x.Undefined), x.Source}
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

// isList reports whether the text of a value is that of a distribution.
func isList(value string) bool { return value != "" && value[0] == '[' && json.Valid([]byte(value)) }

func stageName(s stage.Stage) string {
	if !s.Valid() {
		return ""
	}
	return s.String()
}

// list collects texts; it is never nil, so that JSON has [] and not null.
func list(texts iter.Seq[string]) []string { return slices.AppendSeq([]string{}, texts) }

func mapped[A, B any](seq iter.Seq[A], f func(A) B) []B {
	result := []B{}
	for a := range seq {
		result = append(result, f(a))
	}
	return result
}
