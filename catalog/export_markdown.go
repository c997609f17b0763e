package catalog

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// WriteMarkdown writes metrics as a reference to read, in GitHub's Markdown: a chapter for
// each domain with a table of its metrics, a section for each subject, and in it what each
// metric means, with its unit, formula, guards, examples and caveats. Domains, subjects
// and metrics are in the order in which they first occur in defs, and ids that occur in
// defs are links.
//
// Texts are escaped: none of a metric can break a table or bring in markup of its own.
//
// It returns the first error of w, and an error for the zero Definition.
func WriteMarkdown(w io.Writer, defs iter.Seq[metric.Definition]) error {
	doc := markdown{w: w, known: map[string]bool{}}
	var chapters grouped
	for d, err := range present(defs) {
		if err != nil {
			return err
		}
		chapters.add(d.Domain(), recordOf(d))
		doc.known[d.ID()] = true
	}
	doc.line("# Metrics of the customer lifecycle")
	doc.line("")
	doc.line("Version " + Version + " of the catalogue, number of metrics here: " + number(chapters.len()) + ".")
	for i := range chapters {
		doc.chapter(chapters[i].key, chapters[i].records)
		if doc.err != nil {
			return doc.err
		}
	}
	return doc.flush()
}

// grouped holds records by a key, in the order in which the keys first occurred.
type grouped []struct {
	key     string
	records []*record
}

func (g *grouped) add(key string, r *record) {
	for i := range *g {
		if (*g)[i].key == key {
			(*g)[i].records = append((*g)[i].records, r)
			return
		}
	}
	*g = append(*g, struct {
		key     string
		records []*record
	}{key, []*record{r}})
}

func (g grouped) len() int {
	n := 0
	for i := range g {
		n += len(g[i].records)
	}
	return n
}

// markdown writes lines and remembers the first error.
type markdown struct {
	w     io.Writer
	known map[string]bool // ids that can be linked to
	text  strings.Builder
	err   error
}

func (doc *markdown) line(parts ...string) {
	for _, part := range parts {
		doc.text.WriteString(part)
	}
	doc.text.WriteByte('\n')
}

func (doc *markdown) flush() error {
	if doc.err == nil {
		_, doc.err = io.WriteString(doc.w, doc.text.String())
	}
	doc.text.Reset()
	return doc.err
}

func (doc *markdown) chapter(domain string, records []*record) {
	title, about := domain, ""
	for d := range Domains() {
		if d.Name == domain {
			title, about = d.Title, d.About
		}
	}
	doc.line("")
	doc.line("## ", escape(title))
	if about != "" {
		doc.line("")
		doc.line(escape(about))
	}
	doc.line("")
	doc.line("| Metric | Unit | Formula |")
	doc.line("|---|---|---|")
	var sections grouped
	for _, r := range records {
		doc.line("| ", "[", escape(r.Name), "](#", anchor(r.ID), ") | ", tableCode(r.Unit), " | ", tableCode(r.Formula), " |")
		sections.add(r.Subject, r)
	}
	for i := range sections {
		if subject := sections[i].key; subject != "" {
			doc.line("")
			doc.line("### ", escape(subject))
		}
		for _, r := range sections[i].records {
			doc.metric(r)
		}
		if doc.flush() != nil {
			return
		}
	}
}

func (doc *markdown) metric(r *record) {
	doc.line("")
	doc.line("#### <a id=\"", anchor(r.ID), "\"></a>", escape(r.Name))
	if r.Question != "" {
		doc.line("")
		doc.line("*", escape(r.Question), "*")
	}
	if r.Definition != "" {
		doc.line("")
		doc.line(escape(r.Definition))
	}
	doc.line("")
	doc.item("Id", code(r.ID))
	doc.item("Also called", escape(joined(r.Aliases)))
	doc.item("Stage", stages(r))
	doc.item("Quantity", r.Quantity+" in "+code(r.Unit)+reading(r))
	doc.item("Formula", code(r.Formula))
	doc.item("Captured", code(r.Capture))
	for _, g := range r.Undefined {
		doc.item("Undefined", code(g.Reason)+" when "+code(g.When))
	}
	doc.item("Time", r.Time)
	doc.item("Grain", r.Grain)
	doc.item("Combined", rollUp(r.RollUp))
	doc.item("Includes", escape(joined(r.Includes)))
	doc.item("Excludes", escape(joined(r.Excludes)))
	if r.VariantOf != "" {
		doc.item("Variant", "of "+doc.link(r.VariantOf)+"; "+escape(r.Differs))
	}
	for _, rel := range r.Relations {
		doc.item("Relation", strings.ReplaceAll(rel.Kind, "_", " ")+" "+doc.link(rel.Target))
	}
	for _, x := range r.Examples {
		doc.item("Example", code(x.text()))
	}
	for _, c := range r.Caveats {
		doc.item("Caveat", caveat(c))
	}
	for _, s := range r.Sources {
		doc.item("Source", escape(s.text()))
	}
	for _, f := range r.Forms {
		doc.item("Elsewhere", escape(f.text()))
	}
	doc.item("Since", escape(r.Since)+comma(escape(r.Stability)))
	doc.item("Deprecated", escape(r.Deprecated.text()))
}

// item writes one point of a list, unless there is nothing to say.
func (doc *markdown) item(label, text string) {
	if text != "" {
		doc.line("- ", label, ": ", text)
	}
}

// link writes an id, as a link if it is in the document.
func (doc *markdown) link(id string) string {
	if !doc.known[id] {
		return code(id)
	}
	return "[" + code(id) + "](#" + anchor(id) + ")"
}

func stages(r *record) string {
	if len(r.Also) == 0 {
		return r.Stage
	}
	return r.Stage + ", also " + strings.Join(r.Also, ", ")
}

// reading says how a value is read.
func reading(r *record) string {
	text := ""
	if r.Scale != 0 {
		text += ", counted for " + number(r.Scale)
	}
	if r.Per != "" {
		text += ", read per " + escape(r.Per)
	}
	switch r.Direction {
	case "higher", "lower":
		text += ", " + r.Direction + " is better"
	case "target":
		text += ", best on target"
	}
	if r.Range != "" {
		text += ", range " + code(r.Range)
	}
	return text
}

func rollUp(r rollUpRecord) string {
	if r == (rollUpRecord{}) {
		return ""
	}
	return "over time " + r.Time + ", over populations " + r.Population
}

func caveat(c caveatRecord) string {
	text := escape(c.Text)
	if c.Formula != "" {
		text += " (" + code(c.Formula) + " gives " + code(c.Gives) + ")"
	}
	return text
}

func comma(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}

// escape makes text stand for itself, on one line.
func escape(text string) string {
	text = oneLine(text)
	number := len(text) - len(strings.TrimLeft(text, "0123456789")) // "1." at the start begins a list.
	var b strings.Builder
	for i, r := range text {
		if strings.ContainsRune("\\`*_[]<>|#~&!", r) ||
			i == 0 && strings.ContainsRune("-+=", r) || i > 0 && i == number && (r == '.' || r == ')') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code writes text as a code span, in which nothing has to be escaped.
func code(text string) string {
	text = oneLine(text)
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// tableCode is code in a table, whose cells end at a bar even within a code span.
func tableCode(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// oneLine replaces every run of white space by a space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// anchor makes an id fit for an attribute and a link.
func anchor(id string) string {
	return string(slices.DeleteFunc([]byte(id), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-'
	}))
}
