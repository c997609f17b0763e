package funnel_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// once returns each event that counts once: the first of its deliveries to one customer.
func once(events []event.Event) []event.Event {
	byCustomer := make(map[string][]*event.Event)
	for i := range events {
		byCustomer[events[i].UserID] = append(byCustomer[events[i].UserID], &events[i])
	}
	var list []event.Event
	for _, customer := range byCustomer {
		for _, e := range distinctEvents(customer) {
			list = append(list, *e)
		}
	}
	return list
}

// With the promise that no event comes twice, a funnel says what it says without, if sequence
// numbers leave no ties; and the laws hold with any ties.
func TestUnique(t *testing.T) {
	for seed := range uint64(300) {
		w, r := newWorld(seed)
		w.options.Test = true
		events := once(w.events)
		unique := w
		unique.options.Unique = true

		whole := unique.funnel(events, nil)
		want, wantLines := bytesOf(t, whole), attemptLines(whole, w.query)
		var parts [3]*funnel.Funnel
		var keys *event.Keys
		if r.IntN(2) == 0 {
			keys = new(event.Keys)
		}
		for i := range parts {
			parts[i] = unique.funnel(nil, keys)
		}
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		for i := range events {
			parts[r.IntN(3)].Add(&events[i])
		}
		back := unique.funnel(nil, nil)
		if err := back.UnmarshalBinary(bytesOf(t, parts[1])); err != nil {
			t.Fatal(err)
		}
		for law, f := range map[string]*funnel.Funnel{
			"order of arrival": unique.funnel(events, nil),
			"(a + b) + c":      merged(t, merged(t, parts[0], parts[1]), parts[2]),
			"c + (b + a)":      merged(t, parts[2], merged(t, back, parts[0])),
		} {
			if !bytes.Equal(bytesOf(t, f), want) || attemptLines(f, w.query) != wantLines {
				t.Fatalf("seed %d: %s: got\n%s\nwant\n%s", seed, law, attemptLines(f, w.query), wantLines)
			}
		}
		if err := w.funnel(nil, nil).Merge(whole); err == nil {
			t.Fatal("a funnel that knows events merges with one that does not")
		}

		for i, place := range rand.New(rand.NewPCG(seed, 5)).Perm(len(events)) {
			events[i].Seq = int64(place) - 3
		}
		if got, want := attemptLines(unique.funnel(events, nil), w.query), attemptLines(w.funnel(events, nil), w.query); got != want {
			t.Fatalf("seed %d: %s: unique\n%s\nwant\n%s", seed, w.options, got, want)
		}
	}
}
