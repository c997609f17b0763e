package main

import (
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

// Six metrics come from one event alone, which none of the others offers.
func TestTheMostValuableComesFirst(t *testing.T) {
	steps := plan(&metric.Facts{}, slices.Collect(catalog.All()), map[string]bool{})
	for i, s := range steps[1:] {
		if a, b := steps[i], s; len(b.needs) == len(a.needs) && len(b.metrics) > len(a.metrics) && independent(steps[:i+1], s) {
			t.Errorf("step %d unlocks %d, step %d before it %d", i+1, len(b.metrics), i, len(a.metrics))
		}
	}
}

// independent reports whether a step would have unlocked the same without the others.
func independent(before []step, s step) bool {
	f := &metric.Facts{}
	for _, d := range s.metrics {
		for _, n := range needs(catalog.Missing(f, d), nil) {
			if slices.ContainsFunc(before, func(b step) bool { return slices.Contains(b.needs, n) }) {
				return false
			}
		}
	}
	return true
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
