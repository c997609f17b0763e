package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

func lookup(t *testing.T, id string) metric.Definition {
	t.Helper()
	d, ok := catalog.Lookup(id)
	if !ok {
		t.Fatalf("no metric %s", id)
	}
	return d
}

// Following the steps must determine the metrics of each, neither more nor less.
func TestThePlanKeepsItsPromises(t *testing.T) {
	missing := slices.Collect(catalog.All())
	steps := plan(&metric.Facts{}, missing, map[string]bool{})
	got := map[need]bool{}
	known := map[string]bool{}
	for i, s := range steps {
		for _, n := range s.needs {
			if got[n] {
				t.Errorf("step %d asks for %s again", i, n.name)
			}
			got[n] = true
		}
		var facts []metric.Fact
		for _, d := range missing {
			if d.IsDerived() {
				continue
			}
			if has := !slices.ContainsFunc(needs([]metric.Definition{d}, nil), func(n need) bool { return !got[n] }); has {
				facts = append(facts, metric.UndefinedFact(d, metric.Suppressed))
			}
		}
		f, err := metric.NewFacts(metric.Period{}, facts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range missing {
			determined := len(catalog.Missing(f, d)) == 0
			now := slices.Contains(s.metrics, d)
			if now && known[d.ID()] || determined != (now || known[d.ID()]) {
				t.Errorf("step %d: %s is determined: %v; unlocked now: %v, before: %v", i, d, determined, now, known[d.ID()])
			}
			if now {
				known[d.ID()] = true
			}
		}
	}
	if len(known) != len(missing) {
		t.Errorf("the plan unlocks %d of %d metrics", len(known), len(missing))
	}
}

// The plan must be the one that trying every step at every turn yields.
func TestThePlanIsGreedy(t *testing.T) {
	all := slices.Collect(catalog.All())
	seen := map[string]bool{"order_completed": true, "ticket_created": true}
	r := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		missing := draw(r, all, 1+r.IntN(90))
		got := plan(&metric.Facts{}, missing, seen)
		want := planByTrial(missing, seen)
		if !slices.EqualFunc(got, want, func(s, w step) bool {
			return slices.Equal(s.needs, w.needs) && slices.Equal(s.metrics, w.metrics)
		}) {
			t.Errorf("missing %v: got %v, want %v", missing, got, want)
		}
	}
}

// draw takes n metrics and keeps their order, half of them next to each other, since
// neighbours share what they need.
func draw(r *rand.Rand, all []metric.Definition, n int) []metric.Definition {
	drawn := map[metric.Definition]bool{}
	start := r.IntN(len(all) - n)
	for i := range n {
		drawn[all[start+i/2]] = true
		drawn[all[r.IntN(len(all))]] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(d metric.Definition) bool { return !drawn[d] })
}

func planByTrial(missing []metric.Definition, seen map[string]bool) []step {
	have := map[need]bool{}
	lacks := func(d metric.Definition) []need {
		return slices.DeleteFunc(needs(catalog.Missing(&metric.Facts{}, d), seen), func(n need) bool { return have[n] })
	}
	var steps []step
	for {
		open := slices.DeleteFunc(slices.Clone(missing), func(d metric.Definition) bool { return len(lacks(d)) == 0 })
		if len(open) == 0 {
			return steps
		}
		var tries []step
		for _, d := range open {
			s := step{needs: lacks(d)}
			for _, other := range open {
				if !slices.ContainsFunc(lacks(other), func(n need) bool { return !slices.Contains(s.needs, n) }) {
					s.metrics = append(s.metrics, other)
				}
			}
			tries = append(tries, s)
		}
		best := slices.MinFunc(tries, step.compare)
		for _, n := range best.needs {
			have[n] = true
		}
		steps = append(steps, best)
	}
}

func BenchmarkPlan(b *testing.B) {
	missing := slices.Collect(catalog.All())
	for b.Loop() {
		plan(&metric.Facts{}, missing, map[string]bool{})
	}
}

func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		id   string
		seen []string
		want string
	}{
		{"orders.revenue", nil, "0 order_completed"},
		{"orders.purchased_carts", []string{"order_completed"}, "1 orders.purchased_carts"},
		{"economics.revenue", nil, "2 economics.revenue"},
		{"onboarding.times_to_value", nil, "0 activated, 0 signed_up"},
		{"onboarding.times_to_value", []string{"signed_up"}, "0 activated"},
	} {
		seen := map[string]bool{}
		for _, name := range c.seen {
			seen[name] = true
		}
		var got []string
		for _, n := range needs([]metric.Definition{lookup(t, c.id)}, seen) {
			got = append(got, string(rune('0'+n.kind))+" "+n.name)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s after %v needs %q, want %q", c.id, c.seen, got, c.want)
		}
	}
}

func TestActionsInWords(t *testing.T) {
	s := step{needs: []need{{needEvent, "product_added"}, {needAttribute, "orders.purchased_carts"}, {needFigure, "economics.revenue"}}}
	const want = "capture `product_added`; add to the events what is read by `orders.purchased_carts` " +
		"(number of different cart_id of order_completed); supply `economics.revenue`"
	if got := s.action("`", "`"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
