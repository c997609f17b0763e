package exchange

import (
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// The lines of a document that are always the same.
const (
	titleLine    = "# Metrics of the customer lifecycle"
	versionStart = "Version "
	versionEnd   = " of the catalogue, number of metrics here: "
	tableHead    = "| Metric | Unit | Formula |"
	tableRule    = "|---|---|---|"
)

// WriteMarkdown writes metrics as a reference to read, in GitHub's Markdown: a chapter for
// each domain with a table of its metrics, a section for each subject, and in it what each
// metric means, with its unit, formula, guards, examples and caveats. Domains, subjects
// and metrics are in the order in which they first occur in defs, after the metrics of a
// domain that have no subject, and ids that occur in defs are links.
//
// Texts are escaped: none of a metric can break a table or bring in markup of its own. The
// package documentation describes the form.
//
// The same metrics give the same bytes. It returns the first error of w, and an error for
// the zero Definition.
func WriteMarkdown(w io.Writer, defs iter.Seq[metric.Definition]) error {
	return writeMarkdown(w, entries(defs))
}

func writeMarkdown(w io.Writer, list iter.Seq2[*entry, error]) error {
	doc := markdown{w: w, known: map[string]bool{}}
	var chapters grouped
	for e, err := range list {
		if err != nil {
			return err
		}
		chapters.add(e.domain(), e)
		doc.known[e.ID] = true
	}
	doc.line(titleLine)
	doc.line("")
	doc.line(versionStart, catalog.Version, versionEnd, strconv.Itoa(len(doc.known)), ".")
	for i := range chapters {
		doc.chapter(chapters[i].key, chapters[i].entries)
		if doc.err != nil {
			return doc.err
		}
	}
	return doc.flush()
}

// grouped holds metrics by a key, in the order in which the keys first occurred.
type grouped []group

type group struct {
	key     string
	entries []*entry
}

func (g *grouped) add(key string, e *entry) {
	i := slices.IndexFunc(*g, func(known group) bool { return known.key == key })
	if i < 0 {
		i = len(*g)
		*g = append(*g, group{key: key})
	}
	(*g)[i].entries = append((*g)[i].entries, e)
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

func (doc *markdown) chapter(domain string, entries []*entry) {
	title, about := domain, ""
	for d := range catalog.Domains() {
		if d.Name == domain {
			title, about = d.Title, d.About
		}
	}
	doc.line("")
	doc.line("## ", escapeText(title))
	if about != "" {
		doc.line("")
		doc.line(paragraph(about))
	}
	doc.line("")
	doc.line(tableHead)
	doc.line(tableRule)
	sections := grouped{{key: ""}}
	for _, e := range entries {
		doc.line(tableRow(e))
		sections.add(e.Subject, e)
	}
	for _, section := range sections {
		if section.key != "" {
			doc.line("")
			doc.line("### ", escapeText(section.key))
		}
		for _, e := range section.entries {
			doc.metric(e)
		}
		if doc.flush() != nil {
			return
		}
	}
}

// tableRow returns the line of a metric in the table of its chapter. Cells end at a bar
// even within a code span.
func tableRow(e *entry) string {
	cell := func(text string) string {
		var w inline
		w.code(text)
		return strings.ReplaceAll(strings.ReplaceAll(w.b.String(), `\|`, "|"), "|", `\|`)
	}
	return "| [" + escapeText(e.Name) + "](#" + anchor(e.ID) + ") | " + cell(e.Unit) + " | " + cell(e.Formula) + " |"
}

func (doc *markdown) metric(e *entry) {
	doc.line("")
	doc.line("#### ", heading(e))
	if e.Question != "" {
		doc.line("")
		doc.line("*", escapeText(e.Question), "*")
	}
	if e.Meaning != "" {
		doc.line("")
		doc.line(paragraph(e.Meaning))
	}
	doc.line("")
	for i := range fields {
		if f := &fields[i]; f.label != "" {
			doc.field(f, e)
		}
	}
}

func heading(e *entry) string { return `<a id="` + anchor(e.ID) + `"></a>` + escapeText(e.Name) }

// field writes a field, unless there is nothing to say: on one line, or with a line for
// each item.
func (doc *markdown) field(f *field, e *entry) {
	texts := f.get(e)
	switch {
	case len(texts) == 0:
		return
	case f.list != nil:
		texts = []string{joinQuoted(texts)}
	case f.inLine:
		texts = []string{joinItems(texts)}
	}
	for _, text := range texts {
		w := inline{known: doc.known}
		w.show(text, f.style)
		doc.line("- ", f.label, ": ", w.b.String())
	}
}
