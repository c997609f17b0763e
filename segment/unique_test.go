package segment_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/segment"
)

// With the promise that no event comes twice, a behaviour says what it says without, if
// sequence numbers leave no ties; and the laws hold with any ties.
func TestUnique(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 9))
		var o segment.Options
		for i := range 3 {
			o.Segments = append(o.Segments, segment.Segment{Name: fmt.Sprint("s", i), Criterion: randomCriterion(r, 1)})
		}
		unique := o
		unique.Unique = true
		events := hostile(r, r.IntN(120))
		list := events[:0:0]
		for _, user := range []string{"ann", "bob", "cy", "dee"} {
			list = append(list, distinct(events, user)...)
		}
		whole := behaviour(t, unique, list...)
		want := marshal(t, whole)
		shuffled := slices.Clone(list)
		r.Shuffle(len(list), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		half := len(list) / 2
		a, b := behaviour(t, unique, shuffled[:half]...), behaviour(t, unique)
		if err := b.UnmarshalBinary(marshal(t, behaviour(t, unique, shuffled[half:]...))); err != nil {
			t.Fatal(err)
		}
		if err := b.Merge(a); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, b), want) {
			t.Fatalf("seed %d: a split gives another state", seed)
		}
		if behaviour(t, o).Merge(whole) == nil {
			t.Fatal("a behaviour that knows events merges with one that does not")
		}

		for i, place := range r.Perm(len(list)) {
			list[i].Seq = int64(place)
		}
		x, y := behaviour(t, o, list...), behaviour(t, unique, list...)
		for range 5 {
			as := segment.AsOf{At: day(2026, 3, 1+r.IntN(45))}
			for _, s := range o.Segments {
				left, err := x.Members(s.Name, as)
				if err != nil {
					t.Fatal(err)
				}
				right, err := y.Members(s.Name, as)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := right.Members(s.Name), left.Members(s.Name); !slices.Equal(got, want) {
					t.Fatalf("seed %d: %s at %s: %q, want %q", seed, s.Criterion, as.At, got, want)
				}
			}
		}
	}
}
