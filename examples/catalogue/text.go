package main

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// writeTable writes one line a metric.
func writeTable(w io.Writer, found []metric.Definition) error {
	if len(found) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tSTAGE\tVALUE\tUNIT")
	for _, d := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", d.ID(), d.Name(), d.Stage(), d.Kind(), d.Unit())
	}
	fmt.Fprintf(table, "\n%d metrics. Print one in full with -id.\n", len(found))
	return table.Flush()
}

// writePages writes metrics in full, with an empty line between two.
func writePages(w io.Writer, found []metric.Definition) error {
	for i, d := range found {
		var p page
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.write(d)
		if _, err := io.WriteString(w, p.b.String()); err != nil {
			return err
		}
	}
	return nil
}

// The layout of a page: a column of labels, then texts up to the width.
const (
	pageWidth   = 92
	labelColumn = 14
)

// page is one metric in full.
type page struct{ b strings.Builder }

func (p *page) write(d metric.Definition) {
	p.b.WriteString(d.Name() + "\n" + strings.Repeat("=", utf8.RuneCountInString(d.Name())) + "\n")
	for _, text := range [...]string{d.Question(), d.Meaning()} {
		if text != "" {
			p.b.WriteString(strings.Join(wrap(text, pageWidth), "\n") + "\n")
		}
	}
	p.b.WriteByte('\n')
	p.meaning(d)
	p.rules(d)
	p.context(d)
}

// meaning writes what a value is.
func (p *page) meaning(d metric.Definition) {
	p.entry("Id", d.ID())
	p.entry("Also called", joined(d.Aliases()))
	p.entry("Stage", stages(d))
	p.entry("Value", d.Kind().String()+" in "+d.Unit()+reading(d))
	p.entry("Formula", d.Formula())
	p.entry("Inputs", ids(d.Inputs()))
	p.entry("Captured", d.Capture())
	p.entries("Undefined", texts(d.Guards(), func(g metric.Guard) string { return string(g.Reason) + " when " + g.When }))
	if d.Grain() != "" {
		p.entry("Grain", d.Grain()+"; undefined for facts of another period")
	}
}

// rules writes how to count.
func (p *page) rules(d metric.Definition) {
	p.entry("Time", d.Time())
	if time, population := d.RollUp(); time+population != "" {
		p.entry("Combined", "over time "+time+", over populations "+population)
	}
	p.entries("Includes", slices.Collect(d.Includes()))
	p.entries("Excludes", slices.Collect(d.Excludes()))
	p.entries("Caveats", texts(d.Caveats(), func(c metric.Caveat) string {
		if c.Formula == "" {
			return c.Text
		}
		return c.Text + " (" + c.Formula + " gives " + c.Gives + ")"
	}))
	p.entries("Examples", texts(d.Examples(), example))
}

// context writes what the metric has to do with others.
func (p *page) context(d metric.Definition) {
	if d.VariantOf() != "" {
		p.entry("Variant of", d.VariantOf()+"; "+d.Differs())
	}
	p.entries("Relations", texts(d.Relations(), func(r metric.Relation) string {
		return strings.ReplaceAll(r.Kind, "_", " ") + " " + r.Target
	}))
	p.entry("Used by", ids(slices.Values(catalog.RequiredBy(d))))
	p.entries("Sources", texts(d.Sources(), source))
	p.entries("Elsewhere", texts(d.Forms(), func(f metric.Form) string { return f.System + ": " + f.Name }))
	p.entry("Since", d.Since()+", "+d.Stability())
	if x, ok := d.Deprecated(); ok {
		p.entry("Deprecated", "since "+x.Since+": "+x.Reason)
		p.entry("Use instead", x.ReplacedBy)
	}
}

// entry writes a text under a label, unless it is empty.
func (p *page) entry(label, text string) {
	if text != "" {
		p.lines(label, wrap(text, pageWidth-labelColumn))
	}
}

// entries writes a list under a label, unless it is empty. Several items get bullets.
func (p *page) entries(label string, items []string) {
	if len(items) == 1 {
		p.entry(label, items[0])
		return
	}
	var lines []string
	for _, item := range items {
		for i, line := range wrap(item, pageWidth-labelColumn-2) {
			if i == 0 {
				lines = append(lines, "- "+line)
			} else {
				lines = append(lines, "  "+line)
			}
		}
	}
	p.lines(label, lines)
}

func (p *page) lines(label string, lines []string) {
	for _, line := range lines {
		fmt.Fprintf(&p.b, "%-*s%s\n", labelColumn, label, line)
		label = ""
	}
}

// wrap breaks a text at spaces into lines of at most width characters; longer words stand
// alone.
func wrap(text string, width int) []string {
	var lines []string
	line, length := "", 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if line != "" && length+1+n > width {
			lines = append(lines, line)
			line, length = "", 0
		}
		if line != "" {
			line += " "
			length++
		}
		line += word
		length += n
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

func stages(d metric.Definition) string {
	text := d.Stage().String()
	for also := range d.Also() {
		text += ", also " + also.String()
	}
	return text
}

// reading says how a value is read.
func reading(d metric.Definition) string {
	text := ""
	if d.Scale() != 1 {
		text += fmt.Sprintf(", counted for %d", d.Scale())
	}
	if d.Per() != "" {
		text += ", read per " + d.Per()
	}
	if d.Range() != "" {
		text += ", range " + d.Range()
	}
	switch d.Direction() {
	case "higher", "lower":
		text += ", " + d.Direction() + " is better"
	case "target":
		text += ", best on target"
	}
	return text
}

func example(x metric.Example) string {
	inputs := make([]string, len(x.Inputs))
	for i, in := range x.Inputs {
		inputs[i] = in.ID + " " + in.Value
	}
	text := strings.Join(inputs, ", ")
	if x.Period != "" {
		text += " in " + x.Period
	}
	if x.Undefined != "" {
		text += ": undefined, " + string(x.Undefined)
	} else {
		text += ": " + x.Result
	}
	if x.Source != "" {
		text += " (" + x.Source + ")"
	}
	return text
}

func source(s metric.Source) string {
	text := s.Title
	if s.Section != "" {
		text += ", " + s.Section
	}
	if s.Year != 0 {
		text += fmt.Sprintf(", %d", s.Year)
	}
	if s.URL != "" {
		text += ", " + s.URL
	}
	return text
}

func joined(items iter.Seq[string]) string { return strings.Join(slices.Collect(items), "; ") }

func ids(defs iter.Seq[metric.Definition]) string {
	return strings.Join(texts(defs, metric.Definition.ID), ", ")
}

// texts writes each item of a list.
func texts[T any](items iter.Seq[T], text func(T) string) []string {
	var list []string
	for item := range items {
		list = append(list, text(item))
	}
	return list
}
