package purchase_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// once returns the first delivery of each event of a customer.
func once(o purchase.Options, events []event.Event) []event.Event {
	type key struct {
		customer string
		event.Key
	}
	list := slices.Clone(events)
	slices.SortStableFunc(list, func(a, b event.Event) int {
		return cmp.Or(a.Effective().Compare(b.Effective()), event.Compare(&a, &b))
	})
	seen := make(map[key]bool)
	return slices.DeleteFunc(list, func(e event.Event) bool {
		k := key{e.Subject(o.Subject), e.Key()}
		again := seen[k]
		seen[k] = true
		return again
	})
}

// With the promise that no event comes twice, a log says what it says without, if nothing is
// at one instant; and the laws hold with any ties.
func TestUnique(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		o := randomOptions(t, r)
		events := once(o, hostile(r, r.IntN(150)))
		if seed%4 == 0 { // so many of one customer that they are added up on the way
			for i := range 30 {
				for _, e := range events[:min(len(events), 20)] {
					e.Time = e.Time.Add(time.Duration(i) * time.Minute)
					events = append(events, e)
				}
			}
		}
		unique := o
		unique.Unique = true
		whole := logOf(t, unique, events)
		want := marshal(t, whole)
		keys := new(event.Keys)
		parts := make([]*purchase.Log, 3)
		for i := range parts {
			shared := unique
			if i > 0 {
				shared.Keys = keys
			}
			parts[i] = newLog(t, shared)
		}
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		for i := range events {
			parts[r.IntN(3)].Add(&events[i])
		}
		back := newLog(t, unique)
		if err := back.UnmarshalBinary(marshal(t, parts[2])); err != nil {
			t.Fatal(err)
		}
		for name, list := range map[string][]*purchase.Log{"a split": parts, "another way": {back, parts[0], parts[1]}} {
			l := newLog(t, unique)
			for _, x := range list {
				if err := l.Merge(x); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(marshal(t, l), want) {
				t.Fatalf("seed %d: %s gives another state", seed, name)
			}
			if diff := gocmp.Diff(whole.Report(), l.Report()); diff != "" {
				t.Fatalf("seed %d: %s gives another report\n%s", seed, name, diff)
			}
		}
		if err := newLog(t, o).Merge(whole); err == nil {
			t.Fatal("a log that knows events merges with one that does not")
		}

		for i := range events { // apart by less than what makes another day
			events[i].ID = "" // with times that differ no two are one
			if !events[i].EffectiveTime.IsZero() {
				events[i].EffectiveTime = events[i].EffectiveTime.Add(time.Duration(i))
			}
			if !events[i].Time.IsZero() {
				events[i].Time = events[i].Time.Add(time.Duration(i))
			}
		}
		events = once(o, events)
		x, y := logOf(t, unique, events), logOf(t, o, events)
		s := randomSummary(r)
		if diff := gocmp.Diff(gotSummary(t, y, s), gotSummary(t, x, s)); diff != "" {
			t.Fatalf("seed %d: %+v\n%s", seed, s, diff)
		}
		for _, end := range []time.Time{none, s.End} {
			if diff := gocmp.Diff(gotTotals(t, y, end), gotTotals(t, x, end)); diff != "" {
				t.Fatalf("seed %d: totals\n%s", seed, diff)
			}
		}
		if diff := gocmp.Diff(y.Report(), x.Report()); diff != "" {
			t.Fatalf("seed %d: report\n%s", seed, diff)
		}
	}
}
