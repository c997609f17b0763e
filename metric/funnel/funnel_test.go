package funnel_test

import (
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func add(f *funnel.Funnel, events ...event.Event) {
	for i := range events {
		f.Add(&events[i])
	}
}

// Every attempt, of any combination of options, is the one that the reference finds.
func TestReference(t *testing.T) {
	rounds := 20000
	if testing.Short() {
		rounds = 4000
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		o, q := anyOptions(r), anyQuery(r)
		events := hostile(r, 4+r.IntN(40))
		f := must(o)
		add(f, events...)
		want := lines((&reference{o, q}).attempts(events), len(o.Hold) > 0)
		if got := attemptLines(f, q); got != want {
			t.Fatalf("seed %d: %s\nas of %s, entered %s\ngot\n%s\nwant\n%s", seed, o, q.AsOf, q.Entered, got, want)
		}
	}
}
