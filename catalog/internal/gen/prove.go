package main

import (
	"errors"
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/lint"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// resolve defines every metric after its inputs.
func (r *registry) resolve() error {
	state := map[*entry]int{} // 1 in progress, 2 done
	var errs []error
	var visit func(e *entry, path []string)
	visit = func(e *entry, path []string) {
		if state[e] == 2 {
			return
		}
		path = append(path, e.spec.ID)
		if state[e] == 1 {
			errs = append(errs, e.problem("formula", "refers to itself: %s", strings.Join(path, " -> ")))
			return
		}
		state[e] = 1
		for _, id := range e.mentions() {
			if in := r.metrics[id]; in != nil {
				visit(in, path)
			}
		}
		state[e] = 2
		if err := r.define(e); err != nil {
			errs = append(errs, err)
		}
		r.sorted = append(r.sorted, e)
	}
	for _, d := range r.domains {
		for _, e := range d.entries {
			visit(e, nil)
		}
	}
	return errors.Join(errs...)
}

// mentions returns the ids that must be defined before e: the symbols of its texts and
// the inputs of its examples.
func (e *entry) mentions() []string {
	var ids []string
	add := func(symbol string) {
		if !strings.Contains(symbol, ".") {
			symbol = e.domain.name + "." + symbol
		}
		ids = append(ids, symbol)
	}
	expressions := []string{e.spec.Formula}
	for _, c := range e.spec.Caveats {
		expressions = append(expressions, c.Formula)
	}
	for _, text := range expressions {
		if x, err := formula.Parse(text); err == nil {
			for _, s := range x.Symbols() {
				add(s)
			}
		}
	}
	for _, g := range e.spec.Undefined {
		if x, err := formula.ParseGuard(g.When); err == nil {
			for _, s := range x.Symbols() {
				add(s)
			}
		}
	}
	for _, x := range e.spec.Examples {
		for _, in := range x.Inputs {
			add(in.ID)
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == e.spec.ID })
}

func (r *registry) lookup(id string) (metric.Definition, bool) {
	e := r.metrics[id]
	if e == nil || e.definition.IsZero() {
		return metric.Definition{}, false
	}
	return e.definition, true
}

func (r *registry) define(e *entry) error {
	definition, err := formula.Define(e.spec, r.lookup)
	e.definition = definition
	if err == nil {
		return nil
	}
	var errs []error
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return e.problem("fields", "%s", err)
	}
	for _, err := range joined.Unwrap() {
		var field *formula.FieldError
		if !errors.As(err, &field) {
			errs = append(errs, e.problem("fields", "%s", err))
			continue
		}
		text := field.Err.Error()
		if field.Item >= 0 {
			text = fmt.Sprintf("item %d: %s", field.Item+1, text)
		}
		errs = append(errs, e.problem(field.Field, "%s", text))
	}
	return errors.Join(errs...)
}

func (r *registry) all() iter.Seq[metric.Definition] {
	return func(yield func(metric.Definition) bool) {
		for _, d := range r.domains {
			for _, e := range d.entries {
				if !yield(e.definition) {
					return
				}
			}
		}
	}
}

// prove checks what concerns more than one metric.
func (r *registry) prove() error {
	var errs []error
	for _, p := range lint.Check(r.all(), r.lookup) {
		errs = append(errs, r.metrics[p.Metric].problem(p.Field, "%s", p.Text))
	}
	errs = append(errs, r.distinctFormulas(), r.distinctGoNames())
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return r.relations()
}

// distinctFormulas refuses two metrics that compute the same and are not declared variants.
func (r *registry) distinctFormulas() error {
	var errs []error
	same := map[string][]*entry{}
	for _, e := range r.sorted {
		x, err := formula.Parse(e.spec.Formula)
		if err != nil {
			continue // A base metric.
		}
		key := x.Normal(e.domain.name) + " grain " + e.spec.Grain
		for _, other := range same[key] {
			if root(e) != root(other) {
				errs = append(errs, e.problem("formula", "is the formula of %s; declare a variant or keep one", other.spec.ID))
			}
		}
		same[key] = append(same[key], e)
	}
	return errors.Join(errs...)
}

// root returns the id of the metric that e is, or is a variant of.
func root(e *entry) string {
	if e.spec.VariantOf != "" {
		return e.spec.VariantOf
	}
	return e.spec.ID
}

func (r *registry) distinctGoNames() error {
	var errs []error
	taken := map[string]*entry{}
	for _, e := range r.sorted {
		name := literalName(e.spec.ID)
		if other := taken[name]; other != nil {
			errs = append(errs, e.problem("id", "gives the Go name %s, as %s does", name, other.spec.ID))
		}
		taken[name] = e
	}
	return errors.Join(errs...)
}

// Draws of the property tests of relations.
const (
	wantedDraws = 1000
	mostDraws   = 400_000
)

// relations tests every declared relation on random facts for which both sides are defined.
func (r *registry) relations() error {
	var errs []error
	for _, e := range r.sorted {
		for _, rel := range e.spec.Relations {
			if rel.Kind == "counter" {
				continue
			}
			if err := r.relation(e.definition, rel); err != nil {
				errs = append(errs, e.problem("relations", "%s %s: %s", rel.Kind, rel.Target, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (r *registry) relation(self metric.Definition, rel metric.Relation) error {
	target, _ := r.lookup(rel.Target)
	if bounds := rel.Kind == "at_most" || rel.Kind == "at_least"; bounds && self.Unit() != target.Unit() {
		return fmt.Errorf("cannot be, with units %s and %s", self.Unit(), target.Unit())
	}
	var empty metric.Facts
	leaves := empty.Missing(self)
	for _, leaf := range empty.Missing(target) {
		if !slices.Contains(leaves, leaf) {
			leaves = append(leaves, leaf)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	held := 0
	for range mostDraws {
		facts := draw(rng, leaves)
		a, errA := facts.Exact(self)
		b, errB := facts.Exact(target)
		if errA != nil || errB != nil {
			continue
		}
		if !holds(rel.Kind, a, b) {
			return fmt.Errorf("does not hold: %s and %s for %v", a.RatString(), b.RatString(), slices.Collect(facts.All()))
		}
		if held++; held == wantedDraws {
			return nil
		}
	}
	return fmt.Errorf("only %d of %d random draws define both sides", held, mostDraws)
}

func holds(kind string, a, b *big.Rat) bool {
	one := big.NewRat(1, 1)
	switch kind {
	case "complement":
		return new(big.Rat).Add(a, b).Cmp(one) == 0
	case "inverse":
		return new(big.Rat).Mul(a, b).Cmp(one) == 0
	case "at_most":
		return a.Cmp(b) <= 0
	case "at_least":
		return a.Cmp(b) >= 0
	}
	return false
}

// draw returns facts with a small random value for each metric, zero or negative now and then.
func draw(rng *rand.Rand, leaves []metric.Definition) *metric.Facts {
	var facts metric.Facts
	for _, leaf := range leaves {
		// A value outside the range of the metric is left out, and the draw is undefined
		// unless one of the next is inside.
		for range 4 {
			text := randomText(rng, leaf.Kind())
			v, err := metric.ParseValue(leaf.Kind(), text)
			if err != nil {
				panic(fmt.Sprintf("random %s %q: %v", leaf.Kind(), text, err))
			}
			if facts.Add(metric.FactOf(leaf, v)) == nil {
				break
			}
		}
	}
	return &facts
}

func randomText(rng *rand.Rand, kind metric.Kind) string {
	if element, ok := kind.Element(); ok {
		n := 1 + rng.IntN(5)
		list := make([]string, n)
		for i := range list {
			list[i] = `"` + randomText(rng, element) + `"`
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	sign := int64(1)
	if rng.IntN(4) == 0 {
		sign = -1
	}
	n := decimal.New(sign*rng.Int64N(1000), -1)
	switch kind {
	case metric.KindCount:
		return fmt.Sprint(sign * rng.Int64N(30))
	case metric.KindMoney:
		return n.StringFixed(2) + " USD"
	case metric.KindRatio:
		return decimal.New(sign*rng.Int64N(1501), -3).String()
	case metric.KindDuration:
		return n.String() + "s"
	}
	return n.String()
}
