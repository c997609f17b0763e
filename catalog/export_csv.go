package catalog

import (
	"encoding/csv"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// WriteCSV writes metrics as a sheet for spreadsheets: a header, then one row a metric in
// the order of defs, in UTF-8 and by RFC 4180 with plain line feeds.
//
// The columns are those of [WriteJSON]; of them rollup takes two, and a list is joined
// with "; ". An item reads as in
//
//	undefined    delivered == 0: zero_denominator
//	relations    complement email.bounce_rate
//	examples     email.bounces = 150, email.sent = 10000 -> 3/200
//
// A cell that starts with = + - @, a tab or a line break gets a leading apostrophe, because
// spreadsheets take it for a formula and run it.
//
// It returns the first error of w, and an error for the zero Definition.
func WriteCSV(w io.Writer, defs iter.Seq[metric.Definition]) error {
	out := csv.NewWriter(w)
	row := make([]string, 0, len(columns))
	for i := range columns {
		row = append(row, columns[i].name)
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for d, err := range present(defs) {
		if err != nil {
			out.Flush()
			return err
		}
		r := recordOf(d)
		row = row[:0]
		for i := range columns {
			row = append(row, safeCell(columns[i].cell(r)))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// safeCell keeps spreadsheets from running a cell as a formula.
func safeCell(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// columns of the sheet, in order.
var columns = [...]struct {
	name string
	cell func(*record) string
}{
	{"id", func(r *record) string { return r.ID }},
	{"name", func(r *record) string { return r.Name }},
	{"aliases", func(r *record) string { return joined(r.Aliases) }},
	{"stage", func(r *record) string { return r.Stage }},
	{"also", func(r *record) string { return joined(r.Also) }},
	{"definition", func(r *record) string { return r.Definition }},
	{"quantity", func(r *record) string { return r.Quantity }},
	{"unit", func(r *record) string { return r.Unit }},
	{"formula", func(r *record) string { return r.Formula }},
	{"direction", func(r *record) string { return r.Direction }},
	{"variant_of", func(r *record) string { return r.VariantOf }},
	{"question", func(r *record) string { return r.Question }},
	{"domain", func(r *record) string { return r.Domain }},
	{"subject", func(r *record) string { return r.Subject }},
	{"inputs", func(r *record) string { return joined(r.Inputs) }},
	{"scale", func(r *record) string { return number(r.Scale) }},
	{"per", func(r *record) string { return r.Per }},
	{"grain", func(r *record) string { return r.Grain }},
	{"capture", func(r *record) string { return r.Capture }},
	{"capture_events", func(r *record) string { return joined(r.CaptureEvents) }},
	{"undefined", func(r *record) string { return joinedTexts(r.Undefined) }},
	{"range", func(r *record) string { return r.Range }},
	{"time", func(r *record) string { return r.Time }},
	{"rollup_time", func(r *record) string { return r.RollUp.Time }},
	{"rollup_population", func(r *record) string { return r.RollUp.Population }},
	{"includes", func(r *record) string { return joined(r.Includes) }},
	{"excludes", func(r *record) string { return joined(r.Excludes) }},
	{"differs", func(r *record) string { return r.Differs }},
	{"relations", func(r *record) string { return joinedTexts(r.Relations) }},
	{"examples", func(r *record) string { return joinedTexts(r.Examples) }},
	{"caveats", func(r *record) string { return joinedTexts(r.Caveats) }},
	{"sources", func(r *record) string { return joinedTexts(r.Sources) }},
	{"forms", func(r *record) string { return joinedTexts(r.Forms) }},
	{"since", func(r *record) string { return r.Since }},
	{"stability", func(r *record) string { return r.Stability }},
	{"deprecated", func(r *record) string { return r.Deprecated.text() }},
}

func joined(texts []string) string { return strings.Join(texts, "; ") }

// joinedTexts joins items, each written by its method text.
func joinedTexts[T interface{ text() string }](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = item.text()
	}
	return joined(texts)
}

// number writes n, and nothing for 0.
func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// The texts of items, one line each.

func (g guardRecord) text() string { return g.When + ": " + g.Reason }

func (r relationRecord) text() string { return r.Kind + " " + r.Target }

func (x exampleRecord) text() string {
	inputs := make([]string, len(x.Inputs))
	for i, in := range x.Inputs {
		inputs[i] = in.ID + " = " + in.Value
	}
	text := strings.Join(inputs, ", ")
	if x.Period != "" {
		text += " in " + x.Period
	}
	if x.Undefined != "" {
		text += " -> undefined, " + x.Undefined
	} else {
		text += " -> " + x.Result
	}
	if x.Source != "" {
		text += " (" + x.Source + ")"
	}
	return text
}

func (c caveatRecord) text() string {
	if c.Formula == "" {
		return c.Text
	}
	return c.Text + " (" + c.Formula + " gives " + c.Gives + ")"
}

func (s sourceRecord) text() string {
	text := s.Title
	for _, part := range [...]string{s.Section, number(s.Year), s.URL} {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}

func (f formRecord) text() string { return f.System + ": " + f.Name }

func (x deprecatedRecord) text() string {
	if x == (deprecatedRecord{}) {
		return ""
	}
	text := "since " + x.Since + ": " + x.Reason
	if x.ReplacedBy != "" {
		text += " (use " + x.ReplacedBy + ")"
	}
	return text
}
