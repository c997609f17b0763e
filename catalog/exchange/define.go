package exchange

import (
	"github.com/openlifecycle/lifecycle/internal/def"

	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// DefineAll makes metrics from their texts, which may refer to each other in any order, and
// returns them in the order of specs.
//
// A name is first looked for among the specs, then by lookup, which may be nil when the
// specs are complete and is catalog.Lookup when they build on the standard ones. The spec
// of an id that lookup knows too stands in for the other within specs only.
//
// The error joins a [*formula.FieldError] for each finding, as that of [formula.Define]:
// metrics that are there twice, that are computed from each other in a circle or from one
// that is refused, and all that Define finds. With an error there are no definitions.
func DefineAll(specs []formula.Spec, lookup formula.Lookup) ([]metric.Definition, error) {
	g := &graph{specs: specs, others: lookup, at: make(map[string]int, len(specs)), defs: make([]metric.Definition, len(specs))}
	order := g.order()
	for _, i := range order {
		g.outline(i)
	}
	if len(g.errs) == 0 {
		for _, i := range order {
			g.fill(i)
		}
	}
	if len(g.errs) > 0 {
		return nil, errors.Join(g.errs...)
	}
	return g.defs, nil
}

// graph is a set of metrics that is being defined.
type graph struct {
	specs  []formula.Spec
	others formula.Lookup
	at     map[string]int // positions in specs by id
	inputs [][]int        // positions of the inputs that are specs
	defs   []metric.Definition
	errs   []error
}

func (g *graph) fail(i int, field, format string, args ...any) {
	g.errs = append(g.errs, &formula.FieldError{Metric: g.specs[i].ID, Field: field, Item: -1, Err: fmt.Errorf(format, args...)})
}

func (g *graph) lookup(id string) (metric.Definition, bool) {
	if i, own := g.at[id]; own {
		return g.defs[i], !g.defs[i].IsZero()
	}
	if g.others == nil {
		return metric.Definition{}, false
	}
	return g.others(id)
}

// order returns the positions of the specs, inputs first, and reports what cannot be
// ordered.
func (g *graph) order() []int {
	for i := range g.specs {
		if _, twice := g.at[g.specs[i].ID]; twice {
			g.fail(i, "id", "there are two metrics of this id")
			continue
		}
		g.at[g.specs[i].ID] = i
	}
	g.inputs = make([][]int, len(g.specs))
	usedBy := make([][]int, len(g.specs))
	waits := make([]int, len(g.specs)) // for how many inputs
	for i := range g.specs {
		ids, _ := inputsOf(&g.specs[i]) // Define says what is wrong with a formula.
		for _, id := range ids {
			if in, own := g.at[id]; own && in != i { // Define knows that i must not use itself.
				g.inputs[i] = append(g.inputs[i], in)
				usedBy[in] = append(usedBy[in], i)
				waits[i]++
			}
		}
	}
	var order []int
	for i, n := range waits {
		if n == 0 {
			order = append(order, i)
		}
	}
	for next := 0; next < len(order); next++ {
		for _, i := range usedBy[order[next]] {
			if waits[i]--; waits[i] == 0 {
				order = append(order, i)
			}
		}
	}
	if len(order) < len(g.specs) {
		g.circle(waits)
	}
	return order
}

// circle reports one circle among the metrics that wait for each other.
func (g *graph) circle(waits []int) {
	waiting := func(i int) bool { return waits[i] > 0 }
	var path []int
	step := map[int]int{} // at which a metric was reached
	i := slices.IndexFunc(waits, func(n int) bool { return n > 0 })
	for {
		start, again := step[i]
		if again {
			path = path[start:]
			break
		}
		step[i] = len(path)
		path = append(path, i)
		i = g.inputs[i][slices.IndexFunc(g.inputs[i], waiting)]
	}
	const most = 20
	var ids []string
	for _, j := range path[:min(len(path), most)] {
		ids = append(ids, g.specs[j].ID)
	}
	if len(path) > most {
		ids = append(ids, "...")
	}
	g.fail(i, "formula", "is computed from itself: %s", strings.Join(append(ids, g.specs[i].ID), " from "))
}

// outline defines a metric without what is computed on examples, because a caveat may name
// a metric that depends on this one.
func (g *graph) outline(i int) {
	for _, in := range g.inputs[i] {
		if g.defs[in].IsZero() {
			g.fail(i, "formula", "its input %s is refused", g.specs[in].ID)
			return
		}
	}
	spec := g.specs[i]
	spec.Examples, spec.Caveats = nil, nil
	g.define(i, spec, func(d metric.Definition) { g.defs[i] = d })
}

// fill completes an outline. Others point to it already, so it is done in place.
func (g *graph) fill(i int) {
	g.define(i, g.specs[i], func(d metric.Definition) { *metric.Literal(def.Key{}, g.defs[i]) = *metric.Literal(def.Key{}, d) })
}

func (g *graph) define(i int, spec formula.Spec, keep func(metric.Definition)) {
	d, err := formula.Define(spec, g.lookup)
	if err == nil {
		keep(d)
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		g.errs = append(g.errs, joined.Unwrap()...)
		return
	}
	g.errs = append(g.errs, err)
}
