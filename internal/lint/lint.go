// Package lint holds the rules that make a definition good reading and safe to compare.
// What makes it computable is checked where it is made, by package formula.
package lint

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode"

	"github.com/openlifecycle/lifecycle/metric"
)

// Problem is one finding.
type Problem struct {
	Metric string // id
	Field  string // as in the registry
	Text   string
}

// Lookup finds a metric by its id.
type Lookup func(id string) (metric.Definition, bool)

// Check returns the problems of each definition, in order.
func Check(defs iter.Seq[metric.Definition], lookup Lookup) []Problem {
	c := &checker{lookup: lookup, names: map[string]string{}}
	for d := range defs {
		c.check(d)
	}
	return c.problems
}

type checker struct {
	lookup   Lookup
	names    map[string]string // domain and name in lower case, to the id that has it
	problems []Problem
	id       string
}

func (c *checker) report(field, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.id, field, fmt.Sprintf(format, args...)})
}

func (c *checker) check(d metric.Definition) {
	c.id = d.ID()
	if d.IsZero() {
		c.report("id", "the zero definition")
		return
	}
	c.identity(d)
	c.meaning(d)
	c.sentence("question", d.Question(), "?")
	c.references(d)
	c.examples(d)
	c.provenance(d)
}

// maxFlatID is the length that PostgreSQL allows an identifier, so that domain_name
// can be a column.
const maxFlatID = 63

func (c *checker) identity(d metric.Definition) {
	if len(d.ID()) > maxFlatID {
		c.report("id", "longer than %d characters", maxFlatID)
	}
	name := d.Name()
	switch {
	case name == "" || strings.TrimSpace(name) != name:
		c.report("name", "empty or padded")
	case strings.Contains(" "+strings.ToLower(name)+" ", " kpi "):
		c.report("name", "KPI is a role that a metric plays for someone, not a part of its name")
	}
	key := d.Domain() + " " + strings.ToLower(name)
	if other, taken := c.names[key]; taken {
		c.report("name", "%q is the name of %s too", name, other)
	}
	c.names[key] = d.ID()
	seen := map[string]bool{strings.ToLower(name): true}
	for alias := range d.Aliases() {
		if folded := strings.ToLower(alias); seen[folded] || strings.TrimSpace(alias) != alias || alias == "" {
			c.report("aliases", "%q is empty, padded or given twice", alias)
		} else {
			seen[folded] = true
		}
	}
	seenStage := map[string]bool{d.Stage().String(): true}
	for s := range d.Also() {
		if seenStage[s.String()] {
			c.report("also", "stage %s is given twice", s)
		}
		seenStage[s.String()] = true
	}
}

// banned words tell the reader nothing or promise what a definition cannot hold.
var banned = [...]string{"etc", "total number", "various", "simply", "just", "kpi"}

func (c *checker) meaning(d metric.Definition) {
	text := d.Meaning()
	c.sentence("definition", text, ".")
	if n := len(strings.Fields(text)); n < 12 || n > 45 {
		c.report("definition", "%d words; a definition has 12 to 45", n)
	}
	words := wordsOf(text)
	for _, w := range banned {
		if strings.Contains(words, " "+w+" ") {
			c.report("definition", "says %q", w)
		}
	}
	if name := wordsOf(d.Name()); strings.TrimSpace(name) != "" && strings.Contains(words, name) {
		c.report("definition", "uses the name that it defines")
	}
	switch first, _, _ := strings.Cut(strings.ToLower(text), " "); first {
	case "the", "a", "an", "this", "it":
		c.report("definition", "starts with %q; start with what is measured", first)
	}
}

// wordsOf returns the words of a text in lower case, each between blanks.
func wordsOf(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	return " " + strings.Join(words, " ") + " "
}

func (c *checker) sentence(field, text, end string) {
	switch {
	case text == "":
		c.report(field, "empty")
	case !strings.HasSuffix(text, end):
		c.report(field, "does not end with %q", end)
	case strings.ContainsAny(strings.TrimSuffix(text, end), "?\n") || strings.Contains(text, ". "):
		c.report(field, "is not one sentence")
	}
}

func (c *checker) references(d metric.Definition) {
	exists := func(field, id string) {
		if _, ok := c.lookup(id); !ok {
			c.report(field, "there is no metric %s", id)
		} else if id == d.ID() {
			c.report(field, "refers to itself")
		}
	}
	if d.VariantOf() != "" {
		exists("variant_of", d.VariantOf())
	}
	for r := range d.Relations() {
		exists("relations", r.Target)
	}
	if dep, ok := d.Deprecated(); ok {
		if dep.Since == "" || dep.Reason == "" {
			c.report("deprecated", "says neither since when nor why")
		}
		if dep.ReplacedBy != "" {
			exists("deprecated", dep.ReplacedBy)
		}
	}
}

// examples asks a derived metric for an ordinary example and for one that reaches each guard.
func (c *checker) examples(d metric.Definition) {
	if !d.IsDerived() {
		return
	}
	ordinary := false
	reached := map[string]bool{}
	for x := range d.Examples() {
		if x.Undefined == "" {
			ordinary = true
			continue
		}
		reached[c.guardReached(d, x)] = true
	}
	if !ordinary {
		c.report("examples", "there is no ordinary example")
	}
	for g := range d.Guards() {
		if !reached[g.When] {
			c.report("examples", "no example is undefined because %s", g.When)
		}
	}
}

// guardReached returns the guard of d that makes the example undefined, or "".
func (c *checker) guardReached(d metric.Definition, x metric.Example) string {
	var facts metric.Facts
	for _, in := range x.Inputs {
		m, ok := c.lookup(in.ID)
		if !ok {
			return ""
		}
		v, err := metric.ParseValue(m.Kind(), in.Value)
		if err != nil || facts.Add(metric.FactOf(m, v)) != nil {
			return ""
		}
	}
	_, err := facts.Value(d)
	var e *metric.Error
	if errors.As(err, &e) && e.Metric == d.ID() && e.Input == "" && e.Err != nil {
		return e.Err.Error()
	}
	return ""
}

func (c *checker) provenance(d metric.Definition) {
	n := 0
	for s := range d.Sources() {
		n++
		if s.Title == "" {
			c.report("sources", "a source without a title")
		}
	}
	if n == 0 {
		c.report("sources", "none; write house where the definition is ours")
	}
	if !isVersion(d.Since()) {
		c.report("since", "%q is not a version such as 0.1.0", d.Since())
	}
}

// isVersion reports whether text is three plain numbers joined by dots.
func isVersion(text string) bool {
	parts := strings.Split(text, ".")
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || strconv.FormatUint(n, 10) != p {
			return false
		}
	}
	return len(parts) == 3
}
