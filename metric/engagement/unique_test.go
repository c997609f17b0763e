package engagement

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// once returns the first delivery of each event of a customer, and what cannot be taken in.
func once(events []event.Event) []event.Event {
	list := unique(events)
	for _, e := range events {
		if e.Test || e.Subject(event.User) == "" || e.Time.IsZero() {
			list = append(list, e)
		}
	}
	return list
}

// testUniqueLaws checks that accumulators of unique events depend on the set of events only,
// and say what others say when sequence numbers leave no ties. There are so many events of
// each customer that a history drops what cannot matter on the way.
func testUniqueLaws[T accumulator[T]](t *testing.T, create func(unique bool, keys *event.Keys) T, rows func(T) int, results func(T) string) {
	t.Helper()
	random := rand.New(rand.NewPCG(21, 21))
	events := once(hostile(random, 300))
	for i := range events {
		events[i].Seq = int64(i) - 150
	}
	for i := range 25_000 { // of one customer
		e := events[i%len(events)]
		if e.Subject(event.User) != "" {
			e.UserID, e.AnonymousID = "u5", ""
		}
		e.ID, e.Seq = "", int64(len(events))
		events = append(events, e)
	}
	add := func(a T, events []event.Event) T {
		for i := range events {
			a.Add(&events[i])
		}
		return a
	}
	check := func(what string, a, b T) {
		t.Helper()
		if !bytes.Equal(bytesOf(t, a), bytesOf(t, b)) || results(a) != results(b) {
			t.Fatalf("%s: another state", what)
		}
	}
	whole := add(create(true, nil), events)
	shuffled := append([]event.Event(nil), events...)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	check("another order", add(create(true, nil), shuffled), whole)

	keys := new(event.Keys)
	a, b, c := add(create(true, nil), shuffled[:9000]), add(create(true, keys), shuffled[9000:20_000]), add(create(true, keys), shuffled[20_000:])
	back := create(true, nil)
	if err := back.UnmarshalBinary(bytesOf(t, a)); err != nil {
		t.Fatal(err)
	}
	for _, x := range []T{c, back} {
		if err := b.Merge(x); err != nil {
			t.Fatal(err)
		}
	}
	check("split and merged", b, whole)

	plain := add(create(false, nil), events)
	if results(plain) != results(whole) {
		t.Fatalf("unique events give\n%.2000s\nwant\n%.2000s", results(whole), results(plain))
	}
	if plain.Merge(whole) == nil {
		t.Fatal("an accumulator that knows events merges with one that does not")
	}
	if held, most := rows(whole), rows(plain); held > most/3 {
		t.Errorf("%d rows are held, and %d of events that may come again", held, most)
	}
}

func TestUniqueSessions(t *testing.T) {
	for name, o := range sessionOptions(t) {
		t.Run(name, func(t *testing.T) {
			testUniqueLaws(t, func(unique bool, keys *event.Keys) *Sessions {
				o.Unique, o.Keys = unique, keys
				return must(NewSessions(o))
			}, func(s *Sessions) int {
				if n := s.rows.Len(); s.options.Unique || s.options.Campaign == "" && !s.options.Midnight && !s.options.delimited() {
					return n
				}
				return 1 << 30 // nothing is dropped then
			}, sessionResults)
		})
	}
}

func TestUniqueActivation(t *testing.T) {
	for name, o := range activationOptions() {
		t.Run(name, func(t *testing.T) {
			testUniqueLaws(t, func(unique bool, keys *event.Keys) *Activation {
				o.Unique, o.Keys = unique, keys
				return must(NewActivation(o))
			}, func(a *Activation) int { return a.rows.Len() }, activationResults)
		})
	}
}

func TestUniquePaths(t *testing.T) {
	for name, o := range pathOptions() {
		t.Run(name, func(t *testing.T) {
			testUniqueLaws(t, func(unique bool, keys *event.Keys) *Paths {
				o.Unique, o.Keys = unique, keys
				return must(NewPaths(o))
			}, func(p *Paths) int { return p.rows.Len() }, pathResults)
		})
	}
}
