package history

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Stores that share rows after a merge do not see what is added to the other afterwards, nor
// what the other makes of the rows.
func TestMergedStoresAreApart(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		keys := new(event.Keys)
		lists := make([][]delivery, 3)
		stores := make([]*Store[int32], len(lists))
		more := func(i int) {
			list := deliveries(r, r.IntN(1+[]int{10, 200, 1500}[seed%3]))
			for j := range list {
				add(stores[i], keys, &list[j])
			}
			lists[i] = append(lists[i], list...)
		}
		for i := range stores {
			stores[i] = newStore()
			more(i)
		}
		for range 4 {
			to, from := r.IntN(3), r.IntN(3)
			stores[to].Merge(stores[from], keys.Translation(keys), nil)
			lists[to] = append(lists[to], lists[from]...)
			more(from)
			more(to)
		}
		for i, s := range stores {
			want, duplicates := reference(lists[i])
			got, n := read(s, keys, 2)
			if diff := gocmp.Diff(want, got); diff != "" || n != duplicates {
				t.Fatalf("seed %d: %d duplicates, want %d\n%s", seed, n, duplicates, diff)
			}
		}
	}
}

func newUnique() *Store[int32] {
	return New(Options[int32]{Compare: cmp.Compare[int32], Unique: true})
}

// Unique events are all read, in the order of instant, sequence number, time of record and
// payload.
func TestUnique(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		list := deliveries(r, []int{0, 1, 7, 60, 3000}[seed%5])
		want := make(map[string][]delivery)
		for _, d := range list {
			want[d.key] = append(want[d.key], d)
		}
		keys, shared := new(event.Keys), new(event.Keys)
		one, parts := newUnique(), []*Store[int32]{newUnique(), newUnique(), newUnique()}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for i := range list {
			add(one, keys, &list[i])
			add(parts[r.IntN(3)], shared, &list[i])
		}
		merged, mergedKeys := newUnique(), new(event.Keys)
		parts[1].Merge(parts[2], shared.Translation(shared), nil)
		merged.Merge(parts[0], mergedKeys.Translation(shared), nil)
		merged.Merge(parts[1], mergedKeys.Translation(shared), nil)
		data := encode(one, keys)
		if !bytes.Equal(data, encode(merged, mergedKeys)) {
			t.Fatalf("seed %d: one pass and merged stores differ in bytes", seed)
		}
		var scratch Scratch[int32]
		n := 0
		for bucket := range event.Buckets {
			merged.Bucket(uint8(bucket), &scratch, func(c event.Code, run []Row[int32]) {
				expected := want[mergedKeys.Key(c)]
				slices.SortFunc(expected, func(a, b delivery) int {
					return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.event.Seq, b.event.Seq),
						a.event.RecordedTime.Compare(b.event.RecordedTime), cmp.Compare(a.p, b.p))
				})
				for i := range max(len(run), len(expected)) {
					if i >= len(run) || i >= len(expected) || run[i].At != expected[i].at || run[i].P != expected[i].p {
						t.Fatalf("seed %d: row %d of %d, want %d rows", seed, i, len(run), len(expected))
					}
				}
				n += len(run)
			})
		}
		if n != len(list) || one.Duplicates(2) != 0 {
			t.Fatalf("seed %d: %d rows of %d, %d duplicates", seed, n, len(list), one.Duplicates(2))
		}
		back, backKeys := newUnique(), new(event.Keys)
		if err := decodeInto(back, backKeys, data); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(back, backKeys), data) {
			t.Fatalf("seed %d: bytes change when read and written", seed)
		}
		if _, _, err := decode(data); err == nil && slices.ContainsFunc(list, func(d delivery) bool { return !d.event.RecordedTime.IsZero() }) {
			t.Fatalf("seed %d: a store of events that may come again takes those of one that knows none", seed)
		}
	}
}

// Unique events are given to Compact, so that they take no more memory than rows of columns.
func TestCompactUnique(t *testing.T) {
	s := New(Options[int32]{Compare: cmp.Compare[int32], Unique: true, Compact: func(run []Row[int32]) int { return min(len(run), 1) }})
	var keys event.Keys
	c := keys.Code("c")
	for i := range 100_000 {
		s.AddEvent(c, &event.Event{ID: "x", Seq: int64(-i)}, 0, int32(i))
	}
	if s.Len() > 3000 {
		t.Errorf("%d rows are held of one customer of whom one row matters", s.Len())
	}
	var scratch Scratch[int32]
	s.Bucket(c.Bucket(), &scratch, func(_ event.Code, run []Row[int32]) {
		if run[0].P != 99_999 {
			t.Errorf("the first row is %d, want the one with the least number", run[0].P)
		}
	})
}
