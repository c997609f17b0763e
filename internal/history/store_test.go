package history

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// delivery is a row as a reader of the documentation would keep it.
type delivery struct {
	key     string
	at      int64
	columns bool // of columns, with no more than a sequence number
	event   event.Event
	p       int32
}

// deliveries makes a hostile history: few customers and instants, ids that come again with
// another content, ties of every kind.
func deliveries(r *rand.Rand, n int) []delivery {
	list := make([]delivery, n)
	customers := 1 + n/6
	if n > 1000 {
		customers = 3 // so that buckets are large enough to drop rows on the way
	}
	for i := range list {
		d := &list[i]
		d.key = fmt.Sprint("customer ", r.IntN(customers))
		d.at = int64(r.IntN(5)) * 1e9
		d.p = int32(r.IntN(3))
		d.event.Seq = int64(r.IntN(2))
		if d.columns = r.IntN(3) == 0; d.columns {
			continue
		}
		d.event.Name = "page_viewed"
		d.event.Time = time.Unix(0, d.at)
		d.event.UserID = d.key
		d.event.Source = []string{"", "a", "b"}[r.IntN(3)]
		if r.IntN(4) > 0 {
			d.event.ID = fmt.Sprint("id ", r.IntN(4))
		} else {
			d.event.Props = event.NewProps(event.Int("p", int64(d.p)))
		}
		if r.IntN(2) == 0 {
			d.event.RecordedTime = time.Unix(int64(r.IntN(2)), 0)
		}
		if i > 0 && r.IntN(5) == 0 && !list[i-1].columns {
			*d = list[i-1]
		}
	}
	return list
}

func add(s *Store[int32], keys *event.Keys, d *delivery) {
	switch c := keys.Code(d.key); {
	case d.columns && d.event.Seq == 0:
		s.Add(c, d.at, d.p)
	case d.columns:
		s.AddSeq(c, d.at, d.event.Seq, d.p)
	default:
		s.AddEvent(c, &d.event, d.at, d.p)
	}
}

func newStore() *Store[int32] { return New(Options[int32]{Compare: cmp.Compare[int32]}) }

// reference returns what must be read, worked out the slow way.
func reference(list []delivery) (rows map[string][]string, duplicates int64) {
	order := func(a, b delivery) int {
		if c := cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.event.Seq, b.event.Seq)); c != 0 {
			return c
		}
		if c := a.event.RecordedTime.Compare(b.event.RecordedTime); c != 0 {
			return c
		}
		if c := cmp.Or(strings.Compare(a.event.Source, b.event.Source), strings.Compare(a.event.ID, b.event.ID)); c != 0 {
			return c
		}
		ka, kb := content(a), content(b)
		return cmp.Or(bytes.Compare(ka[:], kb[:]), cmp.Compare(a.p, b.p))
	}
	sorted := slices.SortedFunc(slices.Values(list), order)
	rows = make(map[string][]string)
	seen := make(map[string]bool)
	for _, d := range sorted {
		if !d.columns {
			id := fmt.Sprint(d.key, "/", d.event.Key())
			if seen[id] {
				duplicates++
				continue
			}
			seen[id] = true
		}
		rows[d.key] = append(rows[d.key], fmt.Sprint(d.at, " ", d.p))
	}
	return rows, duplicates
}

func content(d delivery) [16]byte {
	if d.columns || d.event.ID != "" {
		return [16]byte{}
	}
	return d.event.ContentHash()
}

func read(s *Store[int32], keys *event.Keys, workers int) (rows map[string][]string, duplicates int64) {
	parts := make([]map[string][]string, event.Buckets)
	scratch := make([]Scratch[int32], workers)
	shard.Each(workers, func(worker int, bucket uint8) {
		parts[bucket] = make(map[string][]string)
		s.Bucket(bucket, &scratch[worker], func(c event.Code, run []Row[int32]) {
			for _, row := range run {
				parts[bucket][keys.Key(c)] = append(parts[bucket][keys.Key(c)], fmt.Sprint(row.At, " ", row.P))
			}
		})
	})
	rows = make(map[string][]string)
	for _, part := range parts {
		for key, list := range part {
			rows[key] = list
		}
	}
	return rows, s.Duplicates(workers)
}

func encode(s *Store[int32], keys *event.Keys) []byte {
	var w wire.Writer
	s.Encode(&w, keys, func(w *wire.Writer, p int32) { w.Varint(int64(p)) })
	return w.Bytes
}

func decode(data []byte) (*Store[int32], *event.Keys, error) {
	s, keys := newStore(), new(event.Keys)
	return s, keys, decodeInto(s, keys, data)
}

func decodeInto(s *Store[int32], keys *event.Keys, data []byte) error {
	r := wire.NewReader(data)
	s.Decode(r, keys, func(r *wire.Reader) int32 { return int32(r.Varint()) })
	return r.Close()
}

// What is read is what a slow reader works out, however the rows came and were split.
func TestReadsTheSetOfRows(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		list := deliveries(r, []int{0, 1, 7, 60, 9000}[seed%5])
		want, duplicates := reference(list)

		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		shared := new(event.Keys)
		parts := []*Store[int32]{newStore(), newStore(), newStore()}
		keys := []*event.Keys{new(event.Keys), shared, shared}
		one, oneKeys := newStore(), new(event.Keys)
		for i := range list {
			add(one, oneKeys, &list[i])
			part := r.IntN(len(parts))
			add(parts[part], keys[part], &list[i])
		}
		parts[1].Merge(parts[2], shared.Translation(shared), nil)
		parts[0].Merge(parts[1], keys[0].Translation(shared), nil)

		for name, x := range map[string]struct {
			store *Store[int32]
			keys  *event.Keys
		}{"one pass": {one, oneKeys}, "merged": {parts[0], keys[0]}} {
			got, count := read(x.store, x.keys, 3)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %s: %s", seed, name, diff)
			}
			if count != duplicates {
				t.Fatalf("seed %d, %s: %d duplicates, want %d", seed, name, count, duplicates)
			}
		}
		data := encode(one, oneKeys)
		if !bytes.Equal(data, encode(parts[0], keys[0])) {
			t.Fatalf("seed %d: one pass and merged stores differ in bytes", seed)
		}
		back, backKeys, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, encode(back, backKeys)) {
			t.Fatalf("seed %d: bytes change when read and written", seed)
		}
		for i := range list { // once more: events are known, rows of columns are not
			if !list[i].columns {
				add(back, backKeys, &list[i])
			}
		}
		if got, _ := read(back, backKeys, 1); gocmp.Diff(want, got) != "" {
			t.Fatalf("seed %d: events that come again change what is read", seed)
		}
	}
}

// Rows that Compact drops do not come back, and memory is bounded by what it keeps.
func TestCompactBoundsMemory(t *testing.T) {
	s := New(Options[int32]{Compare: cmp.Compare[int32], Compact: func(run []Row[int32]) int { return min(len(run), 1) }})
	var keys event.Keys
	c := keys.Code("c")
	for i := range 100_000 {
		s.Add(c, int64(99_999-i), 0)
	}
	if s.Len() > 3000 {
		t.Errorf("%d rows are held of one customer of whom one row matters", s.Len())
	}
	var scratch Scratch[int32]
	s.Bucket(c.Bucket(), &scratch, func(_ event.Code, run []Row[int32]) {
		if run[0].At != 0 {
			t.Errorf("the least row is at %d, want 0", run[0].At)
		}
	})
}

// Rows of events are never given to Compact: they would be new events when they come again,
// and the number of duplicates would depend on when that is.
func TestCompactLeavesEvents(t *testing.T) {
	const ofEvent = 100
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		list := deliveries(r, []int{7, 60, 2000}[seed%3])
		for i := range list {
			if !list[i].columns {
				list[i].p += ofEvent
			}
		}
		_, duplicates := reference(list)
		reducing := func() *Store[int32] { // keeps the first row of columns at each instant
			return New(Options[int32]{Compare: cmp.Compare[int32], Slack: 1 + r.IntN(30), Compact: func(run []Row[int32]) int {
				if slices.ContainsFunc(run, func(x Row[int32]) bool { return x.P >= ofEvent }) {
					t.Fatal("Compact gets the row of an event")
				}
				return len(slices.CompactFunc(run, func(x, y Row[int32]) bool { return x.At == y.At }))
			}})
		}
		keys := new(event.Keys)
		one, parts := reducing(), []*Store[int32]{reducing(), reducing(), reducing()}
		for i := range list {
			add(one, keys, &list[i])
			add(parts[r.IntN(len(parts))], keys, &list[i])
		}
		for _, part := range parts[1:] {
			parts[0].Merge(part, keys.Translation(keys), nil)
		}
		data := encode(one, keys)
		if !bytes.Equal(data, encode(parts[0], keys)) {
			t.Fatalf("seed %d: one pass and merged stores differ in bytes", seed)
		}
		for name, s := range map[string]*Store[int32]{"one pass": one, "merged": parts[0]} {
			if got := s.Duplicates(1 + r.IntN(3)); got != duplicates {
				t.Fatalf("seed %d, %s: %d duplicates, want %d", seed, name, got, duplicates)
			}
		}
	}
}

// Rows at instants that no calculator takes are not read.
func TestDecodeRefusesInstants(t *testing.T) {
	for at, ok := range map[int64]bool{intake.Start: true, intake.Start - 1: false, intake.End - 1: true, intake.End: false} {
		s, keys := newStore(), new(event.Keys)
		s.Add(keys.Code("c"), at, 0)
		if _, _, err := decode(encode(s, keys)); (err == nil) != ok {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 40} {
		s, keys := newStore(), new(event.Keys)
		for _, d := range deliveries(r, n) {
			add(s, keys, &d)
		}
		f.Add(encode(s, keys))
		unique := newUnique()
		for _, d := range deliveries(r, n) {
			add(unique, keys, &d)
		}
		f.Add(encode(unique, keys))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, create := range []func() *Store[int32]{newStore, newUnique} {
			s, keys := create(), new(event.Keys)
			if decodeInto(s, keys, data) != nil {
				continue
			}
			again := encode(s, keys)
			back, backKeys := create(), new(event.Keys)
			if err := decodeInto(back, backKeys, again); err != nil {
				t.Fatalf("own bytes: %v", err)
			}
			if !bytes.Equal(again, encode(back, backKeys)) {
				t.Fatal("bytes change when read and written")
			}
		}
	})
}

func BenchmarkBlocks(b *testing.B) {
	const n = 1 << 20
	r := rand.New(rand.NewPCG(1, 1))
	var keys event.Keys
	codes, at, p := make([]event.Code, n), make([]int64, n), make([]int32, n)
	for i := range n {
		codes[i], at[i], p[i] = keys.Code(fmt.Sprint(r.IntN(n/14))), int64(i)<<30, int32(i&3)
	}
	for b.Loop() {
		s := newStore()
		for from := 0; from < n; from += 1 << 16 {
			s.AddBlock(codes[from:from+1<<16], at[from:from+1<<16], nil, p[from:from+1<<16])
		}
		var scratch Scratch[int32]
		rows := 0
		for bucket := range event.Buckets {
			s.Bucket(uint8(bucket), &scratch, func(_ event.Code, run []Row[int32]) { rows += len(run) })
		}
		if rows != n {
			b.Fatal(rows)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
