package catalog

import (
	"iter"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog/internal/std"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// Version is the edition of the definitions. Its major part changes when values of some
// metric can no longer be compared with those of the edition before, its minor part when
// metrics are added, its patch part when only words change.
const Version = "0.1.0"

// All iterates over every metric in the order of ids.
func All() iter.Seq[metric.Definition] {
	return where(func(*def.Metric) bool { return true })
}

// where iterates over the metrics for which keep is true, in the order of ids.
func where(keep func(*def.Metric) bool) iter.Seq[metric.Definition] {
	return func(yield func(metric.Definition) bool) {
		for _, m := range &std.All {
			if keep(m) && !yield(metric.View(m)) {
				return
			}
		}
	}
}

// Lookup returns the metric with the given id, such as "email.open_rate".
func Lookup(id string) (metric.Definition, bool) {
	i, found := slices.BinarySearchFunc(std.All[:], id, func(m *def.Metric, id string) int {
		return strings.Compare(m.ID, id)
	})
	if !found {
		return metric.Definition{}, false
	}
	return metric.View(std.All[i]), true
}

// Named returns the metrics that go by a name: an id, the part of an id after the dot, a
// name or an alias, in the order of ids. Case, spaces, hyphens and underscores do not
// matter. A name that is used for several metrics returns all of them, never one:
// "bounce rate" is both email.bounce_rate and web.bounce_rate.
func Named(name string) []metric.Definition {
	folded := fold(name)
	if folded == "" {
		return nil
	}
	return slices.Collect(where(func(m *def.Metric) bool {
		_, short, _ := strings.Cut(m.ID, ".")
		return m.ID == name || fold(m.ID) == folded || fold(short) == folded || fold(m.Name) == folded ||
			slices.ContainsFunc(m.Aliases, func(alias string) bool { return fold(alias) == folded })
	}))
}

// fold makes spellings of one name equal.
func fold(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_' || r == '.'
	}), " ")
}

// ByStage iterates over the metrics whose first stage is s, in the order of ids.
func ByStage(s stage.Stage) iter.Seq[metric.Definition] {
	return where(func(m *def.Metric) bool { return m.Stage == s })
}

// ByDomain iterates over the metrics of a domain, such as "email", in the order of ids.
// It yields nothing for a domain that does not exist.
func ByDomain(domain string) iter.Seq[metric.Definition] {
	return where(func(m *def.Metric) bool { return strings.HasPrefix(m.ID, domain+".") })
}

// Domain is one part of the catalogue.
type Domain struct {
	Name  string // the part of an id before the dot, and the name of the Go package
	Title string
	About string // what it measures and by which rules of counting
}

// Domains iterates over the domains in the order of their names.
func Domains() iter.Seq[Domain] {
	return func(yield func(Domain) bool) {
		for _, d := range &std.Domains {
			if !yield(Domain(d)) {
				return
			}
		}
	}
}

// Evaluate computes every metric of the catalogue from the facts, in the order of ids.
// A metric that has no value yields an error that says why; [Missing] says what to add
// when the reason is [metric.MissingInput].
func Evaluate(f *metric.Facts) iter.Seq[metric.Result] { return f.Evaluate(All()) }

// Missing returns the base metrics that would have to be known, besides the facts, to
// determine d. It is empty when d is determined.
func Missing(f *metric.Facts, d metric.Definition) []metric.Definition { return f.Missing(d) }

// Explain returns the derivation of d from the facts.
func Explain(f *metric.Facts, d metric.Definition) metric.Explanation { return f.Explain(d) }

// Requires returns the metrics that d is computed from, at any depth, in the order of ids.
func Requires(d metric.Definition) []metric.Definition {
	seen := map[metric.Definition]bool{}
	var visit func(metric.Definition)
	visit = func(d metric.Definition) {
		for in := range d.Inputs() {
			if !seen[in] {
				seen[in] = true
				visit(in)
			}
		}
	}
	visit(d)
	return sorted(seen)
}

// RequiredBy returns the metrics of the catalogue that are computed from d, at any depth,
// in the order of ids.
func RequiredBy(d metric.Definition) []metric.Definition {
	depends := map[metric.Definition]bool{d: true}
	var visit func(metric.Definition) bool
	visit = func(m metric.Definition) bool {
		if known, done := depends[m]; done {
			return known
		}
		result := false
		for in := range m.Inputs() {
			result = visit(in) || result
		}
		depends[m] = result
		return result
	}
	for m := range All() {
		visit(m)
	}
	delete(depends, d)
	for m, is := range depends {
		if !is {
			delete(depends, m)
		}
	}
	return sorted(depends)
}

func sorted(set map[metric.Definition]bool) []metric.Definition {
	list := make([]metric.Definition, 0, len(set))
	for d := range set {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b metric.Definition) int { return strings.Compare(a.ID(), b.ID()) })
	return list
}
