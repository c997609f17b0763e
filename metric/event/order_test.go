package event_test

import (
	"bytes"
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// first..last, each above the one before for one reason only.
func TestCompareByEachField(t *testing.T) {
	at := mustTime("2026-03-01T00:00:00Z")
	base := event.Event{ID: "b", Source: "s", Name: "n", Time: at, UserID: "u"}
	above := []func(*event.Event){
		func(e *event.Event) { e.Time = at.Add(1); e.Seq = -9; e.ID = "" },
		func(e *event.Event) { e.Seq = 1; e.RecordedTime = time.Time{}; e.ID = "" },
		func(e *event.Event) { e.RecordedTime = at; e.Source = "" },
		func(e *event.Event) { e.Source = "t"; e.ID = "a" },
		func(e *event.Event) { e.ID = "c"; e.Name = "a" },
		func(e *event.Event) { e.Name = "o" },
		func(e *event.Event) { e.EffectiveTime = at.Add(time.Hour) },
		func(e *event.Event) { e.UserID = "v" },
		func(e *event.Event) { e.AnonymousID = "x" },
		func(e *event.Event) { e.AccountID = "x" },
		func(e *event.Event) { e.SessionID = "x" },
		func(e *event.Event) { e.Test = true },
		func(e *event.Event) { e.Props = event.NewProps(event.Int("a", 1)) },
		func(e *event.Event) { e.OriginalName = "N" },
	}
	for i, change := range above {
		e := base
		change(&e)
		if event.Compare(&e, &base) <= 0 || event.Compare(&base, &e) >= 0 || e.Equal(&base) {
			t.Errorf("change %d does not come after", i)
		}
	}
}

func TestEqualWhatever(t *testing.T) {
	at := mustTime("2026-03-01T12:00:00Z")
	a := event.Event{Name: "n", Time: at}
	b := event.Event{Name: "n", Time: at.In(time.FixedZone("", 3600)), EffectiveTime: at}
	if !a.Equal(&b) || a.Key() != b.Key() {
		t.Error("location, or effective time equal to time, makes a difference")
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	r := newRand(2)
	events := make([]event.Event, 60)
	for i := range events {
		events[i] = randomEvent(r)
		if i > 0 && r.IntN(2) == 0 { // nearly equal
			events[i] = events[r.IntN(i)]
			other := randomEvent(r)
			*pick(r, &events[i].UserID, &events[i].Source, &events[i].ID) = other.UserID
		}
	}
	ties := 0
	for i := range events {
		for j := range events {
			a, b := &events[i], &events[j]
			ab := event.Compare(a, b)
			if ab != -event.Compare(b, a) {
				t.Fatalf("not antisymmetric: %v, %v", a, b)
			}
			if ab == 0 {
				ties++
			}
			if x, y := encode(t, a), encode(t, b); (ab == 0) != bytes.Equal(x, y) {
				t.Fatalf("Compare = %d, bytes\n%x\n%x", ab, x, y)
			}
			for k := range events {
				if c := &events[k]; ab <= 0 && event.Compare(b, c) <= 0 && event.Compare(a, c) > 0 {
					t.Fatalf("not transitive: %v, %v, %v", a, b, c)
				}
			}
		}
	}
	if ties <= len(events) {
		t.Errorf("no two events were equal")
	}
}

func TestSortingForgetsArrival(t *testing.T) {
	r := newRand(3)
	events := make([]event.Event, 200)
	for i := range events {
		events[i] = randomEvent(r)
	}
	sorted := func() (out []byte) {
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		slices.SortFunc(events, func(a, b event.Event) int { return event.Compare(&a, &b) })
		for i := range events {
			out = append(out, encode(t, &events[i])...)
		}
		return out
	}
	if want := sorted(); !bytes.Equal(want, sorted()) {
		t.Error("the order depends on the order of arrival")
	}
}

func encode(t *testing.T, e *event.Event) []byte {
	t.Helper()
	data, err := e.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestKey(t *testing.T) {
	at := mustTime("2026-03-01T00:00:00Z")
	a := event.Event{ID: "1", Source: "s", Name: "n", Time: at}
	b := event.Event{ID: "1", Source: "s", Name: "other", Time: at.Add(1)}
	if a.Key() != b.Key() || a.Key() != (event.Key{Source: "s", ID: "1"}) {
		t.Error("an id does not decide")
	}
	if b.Source = "t"; a.Key() == b.Key() {
		t.Error("source makes no difference")
	}
	// Without an id: another delivery is the same event, another line is not.
	a.ID, b = "", a
	b.ID, b.RecordedTime, b.OriginalName = "", at.Add(time.Hour), "N"
	if a.Key() != b.Key() {
		t.Error("another delivery is another event")
	}
	if b.Seq = 1; a.Key() == b.Key() {
		t.Error("another sequence is the same event")
	}
	// Content moved from one field to the next is other content.
	a = event.Event{UserID: "ab", AnonymousID: "c"}
	b = event.Event{UserID: "a", AnonymousID: "bc"}
	if a.Key() == b.Key() {
		t.Error("fields run into each other")
	}
}

// The hash is that of the standard library over the documented bytes.
func TestContentHash(t *testing.T) {
	r := newRand(4)
	for range 500 {
		e := randomEvent(r)
		bare := e
		bare.ID, bare.OriginalName, bare.RecordedTime = "", "", time.Time{}
		data := encode(t, &bare)
		body := data[2:]
		if data[1] >= 0x80 {
			body = data[3:]
		}
		h := fnv.New128a()
		h.Write(body)
		if got := e.ContentHash(); !bytes.Equal(got[:], h.Sum(nil)) {
			t.Fatalf("%x, want %x", got, h.Sum(nil))
		}
	}
	// Even an event that cannot be encoded has a hash.
	bad := event.Event{UserID: "\xff", Props: event.NewProps(event.Attr{Name: "x"})}
	if bad.ContentHash() == (&event.Event{UserID: "\xff"}).ContentHash() {
		t.Error("an invalid attribute makes no difference")
	}
}

func TestSubject(t *testing.T) {
	for _, c := range []struct {
		e             event.Event
		user, account string
	}{
		{event.Event{UserID: "u", AnonymousID: "a", AccountID: "c"}, "u", "c"},
		{event.Event{AnonymousID: "a"}, "a", ""},
		{event.Event{AccountID: "c"}, "", "c"},
		{event.Event{}, "", ""},
	} {
		if u, a := c.e.Subject(event.User), c.e.Subject(event.Account); u != c.user || a != c.account {
			t.Errorf("%q, %q, want %q, %q", u, a, c.user, c.account)
		}
	}
	var zero event.SubjectKind
	if zero != event.User || zero.String() != "user" || event.Account.String() != "account" {
		t.Error("names of subject kinds")
	}
}

func BenchmarkCompare(b *testing.B) {
	x := event.Event{Time: mustTime("2026-03-01T00:00:00Z")}
	y := event.Event{Time: mustTime("2026-03-01T00:00:01Z")}
	for b.Loop() {
		event.Compare(&x, &y)
	}
}

func BenchmarkContentHash(b *testing.B) {
	e := benchmarkEvent()
	b.ReportAllocs()
	for b.Loop() {
		e.ContentHash()
	}
}
