package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

const modulePath = "github.com/openlifecycle/lifecycle"

// emitPackage writes the accessors of a domain with the definitions as their documentation.
func (d *domain) emitPackage(r *registry) []byte {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString("\n")
	d.writePackageComment(&b)
	fmt.Fprintf(&b, "package %s\n\nimport (\n\"%s/catalog/internal/std\"\n\"%[2]s/metric\"\n)\n", d.name, modulePath)
	for _, subject := range d.subjects {
		for _, e := range d.entries {
			if e.spec.Subject == subject {
				e.writeAccessor(&b, r)
			}
		}
	}
	return b.Bytes()
}

func (d *domain) writePackageComment(b *bytes.Buffer) {
	paragraph(b, fmt.Sprintf("Package %s defines the standard metrics of the domain %s.", d.name, d.title))
	b.WriteString("//\n")
	paragraph(b, d.about)
	for _, subject := range d.subjects {
		fmt.Fprintf(b, "//\n// # %s\n//\n", subject)
		for _, e := range d.entries {
			if e.spec.Subject == subject {
				paragraphWith(b, "//   - ", "//     ", fmt.Sprintf("[%s]: %s", accessorName(e.spec.ID), lowerFirst(strings.TrimSuffix(e.spec.Question, "?"))+"?"))
			}
		}
	}
}

// lineWidth is where comments are wrapped.
const lineWidth = 96

func paragraph(b *bytes.Buffer, text string) { paragraphWith(b, "// ", "// ", text) }

func paragraphWith(b *bytes.Buffer, first, rest, text string) {
	line := first
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && len(line)+1+len(word) > lineWidth {
			b.WriteString(line + "\n")
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	b.WriteString(line + "\n")
}

// lowerFirst puts a sentence into the middle of another. Words in capitals stay.
func lowerFirst(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if first == "I" || first != "A" && len(first) > 0 && strings.ToUpper(first) == first {
		return text
	}
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToLower(text[:size]) + text[size:]
}

func (e *entry) writeAccessor(b *bytes.Buffer, r *registry) {
	d, name := e.definition, accessorName(e.spec.ID)
	b.WriteString("\n")
	paragraph(b, fmt.Sprintf("%s is the %s", name, lowerFirst(d.Meaning())))
	if d.IsDerived() {
		fmt.Fprintf(b, "//\n//\t%s\n", d.Formula())
	}
	b.WriteString("//\n")
	paragraph(b, d.Question())
	b.WriteString("//\n")
	for _, line := range e.facts() {
		paragraphWith(b, "//   - ", "//     ", line)
	}
	e.writeClauses(b)
	e.writeRelations(b)
	e.writeCaveats(b)
	e.writeSources(b)
	if dep, ok := d.Deprecated(); ok {
		b.WriteString("//\n")
		text := "Deprecated: since " + dep.Since + ": " + dep.Reason
		if dep.ReplacedBy != "" {
			text += " Use " + e.link(dep.ReplacedBy) + "."
		}
		paragraph(b, text)
	}
	fmt.Fprintf(b, "func %s() metric.Metric[%s] {\n\treturn metric.Standard[%[2]s](&std.%s)\n}\n", name, goType(d.Kind()), literalName(e.spec.ID))
}

// facts is the uniform list of a metric's fields.
func (e *entry) facts() []string {
	d := e.definition
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if len(e.spec.Aliases) > 0 {
		add("Also called: %s", strings.Join(e.spec.Aliases, ", "))
	}
	unit := d.Unit()
	if d.Scale() > 1 {
		unit += fmt.Sprintf(" per %d", d.Scale())
	}
	if d.Per() != "" {
		unit += ", read per " + d.Per()
	}
	if d.Range() != "" {
		unit += "; range: " + d.Range()
	}
	add("Unit: %s; better: %s", unit, d.Direction())
	stages := d.Stage().String()
	for also := range d.Also() {
		stages += ", " + also.String()
	}
	add("Stage: %s; time: %s", stages, d.Time())
	for g := range d.Guards() {
		add("Undefined when %s: %s", g.When, g.Reason)
	}
	if d.Grain() != "" {
		add("Grain: %s, undefined for other periods: %s", d.Grain(), metric.GrainMismatch)
	}
	if c := d.Capture(); c != "" {
		add("Captured as: %s", c)
	} else if !d.IsDerived() && d.Calculator() == "" {
		add("Supplied by the caller")
	}
	if c := e.spec.Capture; c != nil && c.Duration != nil {
		add("Survival, with what is still open as censored: Collector.Durations of package capture")
	}
	if c := d.Calculator(); c != "" {
		add("Computed from events by: package %s, see package capture", c)
	}
	switch time, population := d.RollUp(); {
	case d.IsDerived() && time == "never":
		add("Not derived from facts merged over several periods: %s", metric.NotAdditive)
	case time != "":
		add("Rolls up over time: %s; over populations: %s", time, population)
	}
	add("Since %s, %s", d.Since(), d.Stability())
	return lines
}

func (e *entry) writeClauses(b *bytes.Buffer) {
	if len(e.spec.Includes) > 0 {
		b.WriteString("//\n")
		paragraph(b, "Includes "+strings.Join(e.spec.Includes, "; ")+".")
	}
	if len(e.spec.Excludes) > 0 {
		b.WriteString("//\n")
		paragraph(b, "Excludes "+strings.Join(e.spec.Excludes, "; ")+".")
	}
}

// link writes an id as a link where the documentation can resolve it.
func (e *entry) link(id string) string {
	domain, _, _ := strings.Cut(id, ".")
	if domain == e.domain.name {
		return "[" + accessorName(id) + "]"
	}
	return fmt.Sprintf("[%s/catalog/%s.%s]", modulePath, domain, accessorName(id))
}

var relationTexts = map[string]string{
	"complement": "Complement of %s.", "inverse": "Inverse of %s.", "at_most": "At most %s.",
	"at_least": "At least %s.", "counter": "Read together with %s.",
}

func (e *entry) writeRelations(b *bytes.Buffer) {
	var texts []string
	if v := e.spec.VariantOf; v != "" {
		texts = append(texts, fmt.Sprintf("Variant of %s: %s", e.link(v), lowerFirst(e.spec.Differs)))
	}
	for _, r := range e.spec.Relations {
		texts = append(texts, fmt.Sprintf(relationTexts[r.Kind], e.link(r.Target)))
	}
	if len(texts) > 0 {
		b.WriteString("//\n")
		paragraph(b, strings.Join(texts, " "))
	}
}

func (e *entry) writeCaveats(b *bytes.Buffer) {
	for _, c := range e.spec.Caveats {
		b.WriteString("//\n")
		text := "Caveat: " + c.Text
		if c.Formula != "" {
			text += fmt.Sprintf(" On the first example %s gives %s", c.Formula, c.Gives)
			if ordinary := e.spec.Examples[0].Result; ordinary != "" {
				text += " instead of " + ordinary
			}
			text += "."
		}
		paragraph(b, text)
	}
}

func (e *entry) writeSources(b *bytes.Buffer) {
	var texts []string
	for _, s := range e.spec.Sources {
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
		texts = append(texts, text)
	}
	b.WriteString("//\n")
	paragraph(b, "Source: "+strings.Join(texts, "; ")+".")
}

func goType(k metric.Kind) string {
	if element, ok := k.Element(); ok {
		return "metric.Distribution[" + goType(element) + "]"
	}
	return "metric." + strings.TrimPrefix(kindName(def.Kind(k)), "def.")
}

// emitExamples writes a runnable example for the first worked example of each derived metric,
// or nil when there is none.
func (d *domain) emitExamples(r *registry) []byte {
	var body bytes.Buffer
	imports := map[string]bool{"fmt": true, modulePath + "/catalog/" + d.name: true}
	count := 0
	for _, e := range d.entries {
		if e.definition.IsDerived() && e.writeExample(&body, r, imports) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\npackage %s_test\n\nimport (\n", generated, d.name)
	for _, path := range sortedKeys(imports) {
		if !strings.Contains(path, "/") {
			fmt.Fprintf(&b, "%q\n\n", path)
		}
	}
	for _, path := range sortedKeys(imports) {
		if strings.Contains(path, "/") {
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	b.WriteString(")\n")
	b.Write(body.Bytes())
	return b.Bytes()
}

func (e *entry) writeExample(b *bytes.Buffer, r *registry, imports map[string]bool) bool {
	for _, x := range e.spec.Examples {
		if x.Result == "" || x.Period != "" {
			continue
		}
		fmt.Fprintf(b, "\nfunc Example%s() {\n\tvalue, err := %s.%[1]s().Of(\n", accessorName(e.spec.ID), e.domain.name)
		for _, in := range x.Inputs {
			id := in.ID
			if !strings.Contains(id, ".") {
				id = e.domain.name + "." + id
			}
			source := r.metrics[id]
			imports[modulePath+"/catalog/"+source.domain.name] = true
			fmt.Fprintf(b, "\t\t%s.%s().Is(%s),\n", source.domain.name, accessorName(id), goValue(source.definition.Kind(), in.Value, imports))
		}
		b.WriteString("\t)\n\tif err != nil {\n\t\tfmt.Println(err)\n\t\treturn\n\t}\n\tfmt.Println(value)\n")
		fmt.Fprintf(b, "\t// Output: %s\n}\n", printed(e.definition.Kind(), x.Result))
		return true
	}
	return false
}

// goValue writes a value as a Go expression.
func goValue(kind metric.Kind, text string, imports map[string]bool) string {
	if kind == metric.KindCount {
		v, err := metric.ParseValue(kind, text)
		if err != nil {
			panic(err) // The example was evaluated before.
		}
		return v.Text() // In Go, 012 is ten.
	}
	imports[modulePath+"/metric"] = true
	if element, ok := kind.Element(); ok {
		var list []string
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			panic(err) // The example was evaluated before.
		}
		for i := range list {
			list[i] = goValue(element, list[i], imports)
		}
		if element == metric.KindCount || len(list) == 0 {
			return "metric.MustDistribution[" + goType(element) + "](" + strings.Join(list, ", ") + ")"
		}
		return "metric.MustDistribution(" + strings.Join(list, ", ") + ")"
	}
	switch kind {
	case metric.KindMoney:
		amount, currency, _ := strings.Cut(text, " ")
		switch currency {
		case "USD", "EUR", "GBP", "JPY", "CHF":
			return fmt.Sprintf("metric.%s(%q)", currency, amount)
		}
		return fmt.Sprintf("metric.MustMoney(%q)", text)
	case metric.KindRatio:
		return fmt.Sprintf("metric.MustRatio(%q)", text)
	case metric.KindNumber:
		return fmt.Sprintf("metric.MustNumber(%q)", text)
	}
	return fmt.Sprintf("metric.MustDuration(%q)", text)
}

// printed writes the stated result as a person sees it. It starts from the registry's
// exact text, not from what the formula gives.
func printed(kind metric.Kind, result string) string {
	number, unit, _ := strings.Cut(result, " ")
	if strings.Contains(number, "/") {
		x, _ := new(big.Rat).SetString(number)
		number = x.FloatString(28)
	}
	if kind == metric.KindDuration && unit == "s" {
		unit, number = "", number+"s"
	}
	v, err := metric.ParseValue(kind, strings.TrimSpace(number+" "+unit))
	if err != nil {
		panic(fmt.Sprintf("result %q: %v", result, err)) // The example was evaluated before.
	}
	return v.String()
}
