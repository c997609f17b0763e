package ledger

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Piles that hold parts in common hold what lists of their own would, whatever is added to
// which of them afterwards.
func TestPile(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 31))
		piles, lists := make([]pile[int], 3), make([][]int, 3)
		for range 30 {
			i, j := r.IntN(3), r.IntN(3)
			switch {
			case len(lists[j]) > 1<<14 || r.IntN(3) > 0:
				for range r.IntN(mostChunk * 2) {
					x := r.Int()
					piles[i].add(x)
					lists[i] = append(lists[i], x)
				}
			case r.IntN(2) == 0:
				piles[i].share(&piles[j])
				lists[i] = append(lists[i], lists[j]...)
			case i != j:
				piles[i].copy(&piles[j], func(x *int) { *x++ })
				for _, x := range lists[j] {
					lists[i] = append(lists[i], x+1)
				}
			}
		}
		for i := range piles {
			var got []int
			piles[i].each(func(part []int) { got = append(got, part...) })
			if piles[i].n != len(got) {
				t.Fatalf("seed %d: a pile of %d says it has %d", seed, len(got), piles[i].n)
			}
			slices.Sort(got)
			slices.Sort(lists[i])
			if !slices.Equal(got, lists[i]) {
				t.Fatalf("seed %d: a pile holds what was not added to it", seed)
			}
		}
	}
}
