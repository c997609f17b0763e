package catalog

import (
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog/internal/std"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// Search returns the metrics in whose texts every word of the query occurs, the best
// first: a metric that goes by just that name, see [Named], then words of the name, of
// the id and the aliases, of the question and the definition, of names elsewhere and
// caveats. A word also matches the beginning of a longer one. Of equal matches a default
// comes before its variants, and otherwise the order is that of ids.
func Search(query string) []metric.Definition {
	words := strings.Fields(fold(query))
	if len(words) == 0 {
		return nil
	}
	type match struct {
		d     metric.Definition
		score int
	}
	var matches []match
	named := Named(query)
	for _, m := range &std.All {
		if score := score(m, words); score > 0 {
			if slices.Contains(named, metric.View(m)) {
				score += 100
			}
			matches = append(matches, match{metric.View(m), score})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int {
		if a.score != b.score {
			return b.score - a.score
		}
		return strings.Compare(variant(a.d), variant(b.d))
	})
	found := make([]metric.Definition, len(matches))
	for i, m := range matches {
		found[i] = m.d
	}
	return found
}

// variant sorts defaults before variants.
func variant(d metric.Definition) string {
	if d.VariantOf() != "" {
		return "variant"
	}
	return ""
}

// score sums the best place of each word; it is 0 when a word occurs nowhere.
func score(m *def.Metric, words []string) int {
	var forms []string
	for _, f := range m.Forms {
		forms = append(forms, f.System+" "+f.Name)
	}
	for _, c := range m.Caveats {
		forms = append(forms, c.Text)
	}
	places := [...]struct {
		weight int
		text   string
	}{
		{8, m.Name}, {6, m.ID}, {5, strings.Join(m.Aliases, " ")},
		{2, m.Question + " " + m.Definition}, {1, strings.Join(forms, " ")},
	}
	for i := range places {
		places[i].text = " " + fold(places[i].text)
	}
	total := 0
	for _, w := range words {
		best := 0
		for _, p := range places {
			switch {
			case strings.Contains(p.text+" ", " "+w+" "):
				best = max(best, 2*p.weight) // A whole word.
			case strings.Contains(p.text, " "+w):
				best = max(best, p.weight)
			}
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}
