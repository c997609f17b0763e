package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// An item of a structured field is a text of parts. What would end a part is escaped by a
// backslash within it. A part that formula.Define holds to a syntax of its own, such as a
// formula, cannot have in it what would end it and is not escaped.

// quote escapes backslashes, carriage returns and the signs given.
func quote(text, signs string) string {
	if !strings.ContainsAny(text, "\\\r"+signs) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\r':
			b.WriteString(`\r`)
			continue
		case c == '\\' || strings.IndexByte(signs, c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// unquote undoes quote, whatever the signs were.
func unquote(text string) (string, error) {
	if strings.IndexByte(text, '\\') < 0 {
		return text, nil
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' {
			if i++; i == len(text) {
				return "", errors.New(`ends with a backslash that escapes nothing; a backslash is written \\`)
			}
			switch c = text[i]; {
			case c == 'r':
				c = '\r'
			case !isPunctuation(c):
				return "", fmt.Errorf(`%.48q escapes what needs no escape; a backslash is written \\`, text[i-1:])
			}
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// isPunctuation reports whether c is a sign of ASCII.
func isPunctuation(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}

// cut slices a text around the first separator that is not escaped.
func cut(text, separator string) (before, after string, found bool) {
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], separator) {
			return text[:i], text[i+len(separator):], true
		}
		if text[i] == '\\' {
			i++
		}
	}
	return text, "", false
}

// joinItems writes items as one text, with "; " between two.
func joinItems(items []string) string { return join(items, "; ", ";", `\;`) }

// splitItems undoes joinItems. The space between two items may be missing.
func splitItems(text string) []string {
	items := split(text, ";", `\;`)
	for i := range items {
		if i > 0 {
			items[i] = strings.TrimPrefix(items[i], " ")
		}
	}
	return withEmpty(items)
}

// joinLines writes items as one text, each on a line of its own.
func joinLines(items []string) string { return join(items, "\n", "\n", `\n`) }

// splitLines undoes joinLines.
func splitLines(text string) []string { return withEmpty(split(text, "\n", `\n`)) }

// emptyItem stands for an item without text, which could not be told from no item.
const emptyItem = `\e`

func join(items []string, separator, sign, escape string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString(separator)
		}
		if item == "" {
			item = emptyItem
		}
		b.WriteString(strings.ReplaceAll(item, sign, escape))
	}
	return b.String()
}

// split slices a text around signs that are not escaped, and puts the sign for its escape.
// All other escapes stay.
func split(text, sign, escape string) []string {
	var items []string
	for more := text != ""; more; {
		var item string
		item, text, more = cut(text, sign)
		items = append(items, replaceEscape(item, escape, sign))
	}
	return items
}

// replaceEscape is strings.ReplaceAll for an escape that is not part of another.
func replaceEscape(text, escape, sign string) string {
	if !strings.Contains(text, escape) {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := cut(text, escape)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(sign)
		text = after
	}
}

func withEmpty(items []string) []string {
	for i, item := range items {
		if item == emptyItem {
			items[i] = ""
		}
	}
	return items
}

func texts[T any](items []T, text func(T) string) []string {
	var result []string
	for _, item := range items {
		result = append(result, text(item))
	}
	return result
}

// parseItems reads items. What is not written again as it was read would change its
// meaning on the way, and is refused.
func parseItems[T any](target *[]T, texts []string, parse func(string) (T, error), write func(T) string) error {
	for i, text := range texts {
		item, err := parse(text)
		if err == nil {
			err = same(write(item), text)
		}
		if err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
		*target = append(*target, item)
	}
	return nil
}

func same(written, text string) error {
	if written != text {
		return fmt.Errorf("%.100q is ambiguous; it was understood as %.100q", text, written)
	}
	return nil
}

// unquoteAll undoes quote in place of all the parts.
func unquoteAll(parts ...*string) error {
	for _, part := range parts {
		var err error
		if *part, err = unquote(*part); err != nil {
			return err
		}
	}
	return nil
}

func guardText(g metric.Guard) string { return quote(g.When, "") + ": " + string(g.Reason) }

func parseGuard(text string) (g metric.Guard, err error) {
	at := strings.LastIndex(text, ": ")
	if at < 0 {
		return g, fmt.Errorf("%.100q is not of the form \"condition: reason\"", text)
	}
	g.When = text[:at]
	if g.Reason, err = metric.ParseReason(text[at+2:]); err != nil {
		return g, err
	}
	return g, unquoteAll(&g.When)
}

func relationText(r metric.Relation) string { return quote(r.Kind, " ") + " " + quote(r.Target, "") }

func parseRelation(text string) (r metric.Relation, err error) {
	var found bool
	if r.Kind, r.Target, found = cut(text, " "); !found {
		return r, fmt.Errorf("%.100q is not of the form \"kind id\"", text)
	}
	return r, unquoteAll(&r.Kind, &r.Target)
}

func formText(f metric.Form) string { return quote(f.System, ":") + ": " + quote(f.Name, "") }

func parseForm(text string) (f metric.Form, err error) {
	var found bool
	if f.System, f.Name, found = cut(text, ": "); !found {
		return f, fmt.Errorf("%.100q is not of the form \"system: name\"", text)
	}
	return f, unquoteAll(&f.System, &f.Name)
}

func caveatText(c metric.Caveat) string {
	text := quote(c.Text, "|")
	if c.Formula != "" || c.Gives != "" {
		text += " | " + quote(c.Formula, "|") + " gives " + quote(c.Gives, "|")
	}
	return text
}

func parseCaveat(text string) (c metric.Caveat, err error) {
	var mistake string
	var found bool
	if c.Text, mistake, found = cut(text, " | "); found {
		if c.Formula, c.Gives, found = cut(mistake, " gives "); !found {
			return c, fmt.Errorf("%.100q is not of the form \"formula gives result\"", mistake)
		}
	}
	return c, unquoteAll(&c.Text, &c.Formula, &c.Gives)
}

// part is one part of an item that has a name.
type part struct {
	name string
	text *string
}

// namedParts writes the parts that are not empty, each after " | ".
func namedParts(parts ...part) string {
	text := ""
	for _, p := range parts {
		if *p.text != "" {
			text += " | " + p.name + ": " + quote(*p.text, "|")
		}
	}
	return text
}

// parseParts undoes namedParts, for a text that starts with " | ". The parts keep their
// order.
func parseParts(text string, parts ...part) error {
	for text != "" {
		next, rest, more := cut(text[len(" | "):], " | ")
		if text = ""; more {
			text = " | " + rest
		}
		name, value, _ := strings.Cut(next, ": ")
		at := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if at < 0 || value == "" {
			return fmt.Errorf("%.100q is not a part that can follow here", next)
		}
		var err error
		if *parts[at].text, err = unquote(value); err != nil {
			return err
		}
		parts = parts[at+1:]
	}
	return nil
}

func sourceText(s metric.Source) string {
	year := number(s.Year)
	return quote(s.Title, "|") + namedParts(part{"section", &s.Section}, part{"year", &year}, part{"url", &s.URL})
}

func parseSource(text string) (s metric.Source, err error) {
	title, rest, more := cut(text, " | ")
	if s.Title, err = unquote(title); err != nil || !more {
		return s, err
	}
	var year string
	if err := parseParts(" | "+rest, part{"section", &s.Section}, part{"year", &year}, part{"url", &s.URL}); err != nil {
		return s, err
	}
	if year != "" {
		s.Year, err = parseNumber[int](year)
	}
	return s, err
}

func deprecationText(d metric.Deprecation) string {
	return strings.TrimPrefix(namedParts(part{"since", &d.Since}, part{"reason", &d.Reason}, part{"replaced_by", &d.ReplacedBy}), " | ")
}

func parseDeprecation(text string) (d metric.Deprecation, err error) {
	return d, parseParts(" | "+text, part{"since", &d.Since}, part{"reason", &d.Reason}, part{"replaced_by", &d.ReplacedBy})
}

func exampleText(x metric.Example) string {
	var b strings.Builder
	for i, in := range x.Inputs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(in.ID, "") + " = " + quote(in.Value, ""))
	}
	if x.Period != "" {
		b.WriteString(" in " + quote(x.Period, ""))
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if x.Undefined != "" {
		b.WriteString("-> undefined, " + string(x.Undefined))
	} else {
		b.WriteString("-> " + quote(x.Result, ""))
	}
	if x.Source != "" {
		b.WriteString(" (" + quote(x.Source, "") + ")")
	}
	return b.String()
}

func parseExample(text string) (x metric.Example, err error) {
	facts, result, found := strings.Cut(text, " -> ")
	if !found {
		facts = ""
		if result, found = strings.CutPrefix(text, "-> "); !found {
			return x, fmt.Errorf("%.100q is not of the form \"id = value, id = value -> result\"", text)
		}
	}
	if at := strings.LastIndex(facts, " in "); at >= 0 {
		facts, x.Period = facts[:at], facts[at+len(" in "):]
	}
	known := map[string]bool{}
	for facts != "" {
		var in metric.ExampleInput
		if in, facts, err = parseInput(facts); err != nil {
			return x, err
		}
		if known[in.ID] {
			return x, fmt.Errorf("the input %.100q is there twice", in.ID)
		}
		known[in.ID] = true
		x.Inputs = append(x.Inputs, in)
	}
	if result, x.Source, found = strings.Cut(result, " ("); found {
		if x.Source, found = strings.CutSuffix(x.Source, ")"); !found {
			return x, fmt.Errorf("the parenthesis of the source %.100q does not end the example", x.Source)
		}
	}
	if reason, undefined := strings.CutPrefix(result, "undefined, "); undefined {
		if x.Undefined, err = metric.ParseReason(reason); err != nil {
			return x, err
		}
		result = ""
	}
	x.Result = result
	return x, unquoteAll(&x.Period, &x.Result, &x.Source)
}

// parseInput reads the first input of an example. The items of a distribution stand in
// brackets, so that their commas end nothing.
func parseInput(text string) (in metric.ExampleInput, rest string, err error) {
	id, value, found := strings.Cut(text, " = ")
	if !found || id == "" {
		return in, "", fmt.Errorf("%.100q is not of the form \"id = value\"", text)
	}
	end := 0
	if strings.HasPrefix(value, "[") {
		end = strings.IndexByte(value, ']') + 1
	}
	next, rest, more := strings.Cut(value[end:], ", ")
	if more && rest == "" {
		return in, "", errors.New("nothing follows the last comma of the inputs")
	}
	in = metric.ExampleInput{ID: id, Value: value[:end] + next}
	return in, rest, unquoteAll(&in.ID, &in.Value)
}
