package engagement

import (
	"bytes"
	"encoding"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// accumulator is what all accumulators of the package have in common.
type accumulator[T any] interface {
	comparable
	Add(*event.Event)
	Merge(T) error
	Report() event.Report
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func berlin(t testing.TB) *time.Location { return zone(t, "Europe/Berlin") }

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// hostile returns a history with ties, duplicates under one id, some of which state another
// time, late and misplaced events, test traffic, anonymous users and events that cannot be
// taken in. Times lie around the last Sunday of October 2025 in Berlin, which has 25 hours.
func hostile(random *rand.Rand, n int) []event.Event {
	names := []string{"page_viewed", "signed_up", "feature_used", "order_completed", "signed_in", "signed_out"}
	start := time.Date(2025, 9, 20, 0, 0, 0, 0, time.UTC)
	var list []event.Event
	for i := range n {
		user := "u" + strconv.Itoa(min(random.IntN(12), random.IntN(12)))
		e := event.Event{
			ID: strconv.Itoa(i), Source: []string{"web", "app"}[random.IntN(2)], Name: names[random.IntN(len(names))],
			Time: start.Add(time.Duration(random.IntN(60*24*12)) * 5 * time.Minute), UserID: user, AccountID: "a" + user[1:2],
			Props: event.NewProps(
				event.String("feature", "f"+strconv.Itoa(random.IntN(3))),
				event.String("utm_campaign", []string{"", "spring", "autumn"}[random.IntN(3)]),
				event.Decimal("seconds", metric.MustNumber([]string{"0.5", "12", "3.25"}[random.IntN(3)]).Decimal()),
			),
		}
		switch random.IntN(20) {
		case 0:
			e.UserID, e.AnonymousID = "", user
		case 1:
			e.Test = true
		case 2:
			e.UserID, e.AccountID = "", ""
		case 3:
			e.ID = ""
			e.Seq = random.Int64N(3)
		case 4:
			e.Time = e.Time.AddDate(-1, 0, 0)
		case 5:
			e.Time = time.Time{}
		}
		list = append(list, e)
		if random.IntN(5) == 0 && len(list) > 1 { // delivered again
			again := list[random.IntN(len(list))]
			again.RecordedTime = start.Add(time.Duration(random.IntN(100)) * time.Hour)
			again.Time = again.Time.In(time.FixedZone("", 3600*random.IntN(12)))
			if random.IntN(4) == 0 && !again.Time.IsZero() {
				again.Time = again.Time.Add(time.Duration(random.IntN(100)-50) * time.Minute)
			}
			list = append(list, again)
		}
		if random.IntN(4) == 0 { // another at the same instant
			tie := list[random.IntN(len(list))]
			tie.ID, tie.Name = "t"+strconv.Itoa(i), names[random.IntN(len(names))]
			list = append(list, tie)
		}
	}
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func bytesOf(t *testing.T, m encoding.BinaryMarshaler) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// testLaws checks the laws of accumulators. Make returns an empty one with a number of
// workers, and results everything that can be asked of it, as text.
func testLaws[T accumulator[T]](t *testing.T, make func(workers int, keys *event.Keys) T, results func(T) string) {
	t.Helper()
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 7))
		events := hostile(random, 150)
		feed := func(a T, list []event.Event) T {
			for i := range list {
				a.Add(&list[i])
			}
			return a
		}
		whole := feed(make(1, nil), events)
		want, wantText := bytesOf(t, whole), results(whole)
		check := func(what string, a T) {
			t.Helper()
			if got := bytesOf(t, a); !bytes.Equal(got, want) {
				t.Fatalf("seed %d: %s: other bytes than one pass", seed, what)
			}
			if got := results(a); got != wantText {
				t.Fatalf("seed %d: %s:\n%s\nwant\n%s", seed, what, got, wantText)
			}
			if got, want := fmt.Sprint(a.Report()), fmt.Sprint(whole.Report()); got != want {
				t.Fatalf("seed %d: %s: report %s, want %s", seed, what, got, want)
			}
		}
		merged := func(parts ...T) T {
			a := make(1, nil)
			for _, p := range parts {
				before := bytesOf(t, p)
				if err := a.Merge(p); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(bytesOf(t, p), before) {
					t.Fatal("merge changed its argument")
				}
			}
			return a
		}

		shuffled := slices.Clone(events)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("other order", feed(make(1, nil), shuffled))
		check("four workers", feed(make(4, nil), events))

		keys := new(event.Keys)
		keys.Code("u5")
		keys.Code("someone else")
		var anywhere, byCustomer, shared [3][]event.Event
		for _, e := range events {
			i, j, k := random.IntN(3), random.IntN(3), int(event.Bucket(e.Subject(event.User)))%3
			anywhere[i] = append(anywhere[i], e)
			shared[j] = append(shared[j], e)
			byCustomer[k] = append(byCustomer[k], e)
		}
		for _, split := range []struct {
			name  string
			parts [3][]event.Event
			keys  *event.Keys
		}{{"split anywhere", anywhere, nil}, {"split by customer", byCustomer, nil}, {"split with shared keys", shared, keys}} {
			a, b, c := feed(make(1, split.keys), split.parts[0]), feed(make(1, split.keys), split.parts[1]), feed(make(1, split.keys), split.parts[2])
			check(split.name, merged(a, b, c))
			check(split.name+", other way", merged(merged(c, b), a))
			check(split.name+", nested", merged(a, merged(b, make(1, nil), c)))
		}

		check("merged with nothing", merged(make(1, nil), whole, make(1, nil)))
		decoded := make(1, nil)
		feed(decoded, events[:20])
		if err := decoded.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		check("decoded", decoded)
		for i := range 40 {
			bad := slices.Clone(want)
			if i < 20 {
				bad = bad[:random.IntN(len(bad))]
			} else {
				bad = append(bad, 0)
			}
			if err := decoded.UnmarshalBinary(bad); err == nil {
				t.Fatal("malformed bytes are taken")
			}
		}
		check("after malformed bytes", decoded)
	}
}

// unique returns the events that count, each once and in order: the least delivery of each
// by customer, source and id.
func unique(events []event.Event) []event.Event {
	type key struct {
		customer string
		event.Key
	}
	least := map[key]event.Event{}
	for _, e := range events {
		customer := e.Subject(event.User)
		if e.Test || customer == "" || e.Time.IsZero() {
			continue
		}
		k := key{customer, e.Key()}
		if old, ok := least[k]; !ok || event.Compare(&e, &old) < 0 {
			least[k] = e
		}
	}
	var list []event.Event
	for _, e := range least {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b event.Event) int { return event.Compare(&a, &b) })
	return list
}

// byUser returns the events that count of each customer, in order.
func byUser(events []event.Event) map[string][]event.Event {
	users := map[string][]event.Event{}
	for _, e := range unique(events) {
		users[e.Subject(event.User)] = append(users[e.Subject(event.User)], e)
	}
	return users
}

// testBlockLaws checks that the state does not depend on how rows were put into blocks, nor
// on when events of the same customers came between. There are so many rows of each customer
// that a history drops what cannot matter on the way. Add adds the rows of the given numbers
// as one block.
func testBlockLaws[T accumulator[T]](t *testing.T, rows int, make func(workers int) T, add func(a T, rows []int) error, results func(T) string) {
	t.Helper()
	all := func(n int) []int {
		list := []int{}
		for i := range n {
			list = append(list, i)
		}
		return list
	}
	events := hostile(rand.New(rand.NewPCG(12, 12)), 400)
	one := make(1)
	for i := range events {
		one.Add(&events[i])
	}
	if err := add(one, all(rows)); err != nil {
		t.Fatal(err)
	}
	want, wantText := bytesOf(t, one), results(one)
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 11))
		order := all(rows)
		random.Shuffle(rows, func(i, j int) { order[i], order[j] = order[j], order[i] })
		left := slices.Clone(events)
		random.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		parts := []T{make(1), make(2), make(1)}
		for len(order) > 0 {
			n := min(len(order), 1+random.IntN(900))
			if err := add(parts[random.IntN(3)], order[:n]); err != nil {
				t.Fatal(err)
			}
			order = order[n:]
			for range len(events) / 20 {
				if len(left) > 0 {
					parts[random.IntN(3)].Add(&left[0])
					left = left[1:]
				}
			}
		}
		for i := range left {
			parts[0].Add(&left[i])
		}
		merged := make(2)
		for _, p := range []T{parts[2], parts[0], parts[1]} {
			if err := merged.Merge(p); err != nil {
				t.Fatal(err)
			}
		}
		if got := results(merged); got != wantText {
			t.Fatalf("seed %d: blocks in other order:\n%.2000s\nwant\n%.2000s", seed, got, wantText)
		}
		if !bytes.Equal(bytesOf(t, merged), want) {
			t.Fatalf("seed %d: blocks in other order give other bytes", seed)
		}
		decoded := make(1)
		if err := decoded.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		if results(decoded) != wantText || !bytes.Equal(bytesOf(t, decoded), want) {
			t.Fatal("decoding changes blocks")
		}
	}
}
