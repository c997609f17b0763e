package journey_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage/journey"
)

// With the promise that no event comes twice, a tracker says what it says without, if
// sequence numbers leave no ties; and the laws hold with any ties.
func TestUnique(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		plain := variants()[seed%4]
		unique := func(o *journey.Options) {
			if plain != nil {
				plain(o)
			}
			o.Unique = true
		}
		of := func(change func(*journey.Options), list []event.Event) *journey.Tracker {
			tr := tracker(t, change)
			for i := range list {
				tr.Add(&list[i])
			}
			return tr
		}
		list := events(r, []int{1, 30, 200}[seed/4%3])
		slices.SortFunc(list, func(a, b event.Event) int { return event.Compare(&a, &b) })
		list = slices.CompactFunc(list, func(a, b event.Event) bool { return event.Compare(&a, &b) == 0 })
		for i := range list {
			list[i].ID = "" // what the events are called does not matter
			if r.IntN(3) == 0 {
				list[i].RecordedTime = day(1 + r.IntN(3))
			}
		}
		whole := of(unique, list)
		want := must(whole.MarshalBinary())
		shuffled := slices.Clone(list)
		r.Shuffle(len(list), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		half := len(list) / 2
		a, b := of(unique, shuffled[:half]), tracker(t, unique)
		if err := b.UnmarshalBinary(must(of(unique, shuffled[half:]).MarshalBinary())); err != nil {
			t.Fatal(err)
		}
		if err := b.Merge(a); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(must(b.MarshalBinary()), want) || answers(t, b) != answers(t, whole) {
			t.Fatalf("seed %d: a split says something else", seed)
		}
		if tracker(t, plain).Merge(whole) == nil {
			t.Fatal("a tracker that knows events merges with one that does not")
		}
		for i, place := range r.Perm(len(list)) {
			list[i].Seq = int64(place)
		}
		if diff := cmp.Diff(answers(t, of(plain, list)), answers(t, of(unique, list))); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}
