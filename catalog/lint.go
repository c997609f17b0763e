package catalog

import (
	"iter"

	"github.com/openlifecycle/lifecycle/internal/lint"
	"github.com/openlifecycle/lifecycle/metric"
)

// Problem is one finding of [Lint].
type Problem struct {
	Metric string // id
	Field  string // as in the registry: "definition", "examples"
	Text   string // what is wrong
}

// String returns "id: field: text".
func (p Problem) String() string { return p.Metric + ": " + p.Field + ": " + p.Text }

// Lint holds definitions, such as a caller's own from package formula, to the rules that
// the standard ones obey:
//
//   - a definition is one sentence of 12 to 45 words that starts with what is measured,
//     does not use the metric's own name and says nothing empty;
//   - a question is one sentence;
//   - the names within a domain differ, and so do the aliases of a metric;
//   - variants, relations and replacements name metrics that exist;
//   - a derived metric has an ordinary example and one for each of its guards;
//   - there is a source, and a version since when the metric exists.
//
// Names that are not in defs are looked up in the catalogue. The standard metrics have no
// problems; a test sees to it.
func Lint(defs iter.Seq[metric.Definition]) []Problem {
	own := map[string]metric.Definition{}
	for d := range defs {
		own[d.ID()] = d
	}
	lookup := func(id string) (metric.Definition, bool) {
		if d, ok := own[id]; ok {
			return d, true
		}
		return Lookup(id)
	}
	var problems []Problem
	for _, p := range lint.Check(defs, lookup) {
		problems = append(problems, Problem(p))
	}
	return problems
}
