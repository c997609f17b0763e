package capture_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Equal states have equal bytes, so the laws are stated in bytes; TestBytesTellAll says
// that bytes hold all there is.

// forSeeds runs a law on hostile events: with and without memory of the events.
func forSeeds(t *testing.T, law func(t *testing.T, r *rand.Rand, o capture.Options, events []*event.Event)) {
	t.Helper()
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 2))
		o := testOptions(t)
		events := hostile(r, 20+r.IntN(300))
		law(t, r, o, events)
		o.Unique = true
		law(t, r, o, newModel(o, events).events)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func shuffled(r *rand.Rand, events []*event.Event) []*event.Event {
	events = slices.Clone(events)
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	return events
}

func TestArrivalOrderDoesNotMatter(t *testing.T) {
	forSeeds(t, func(t *testing.T, r *rand.Rand, o capture.Options, events []*event.Event) {
		want := marshal(t, collect(t, o, events))
		if !bytes.Equal(marshal(t, collect(t, o, shuffled(r, events))), want) {
			t.Error("another order gives another state")
		}
	})
}

// split deals the events to shards: by customer, so that none is in two, or as they come, so
// that customers and deliveries of one event are spread.
func split(r *rand.Rand, events []*event.Event, byCustomer bool) [][]*event.Event {
	shards := make([][]*event.Event, 1+r.IntN(6))
	for _, e := range events {
		i := r.IntN(len(shards))
		if byCustomer {
			i = int(event.Bucket(e.Subject(event.User))) % len(shards)
		}
		shards[i] = append(shards[i], e)
	}
	return shards
}

func TestAnySplitIsOnePass(t *testing.T) {
	forSeeds(t, func(t *testing.T, r *rand.Rand, o capture.Options, events []*event.Event) {
		want := marshal(t, collect(t, o, events))
		for _, byCustomer := range []bool{false, true} {
			var parts []*capture.Collector
			for _, shard := range split(r, shuffled(r, events), byCustomer) {
				parts = append(parts, collect(t, o, shard))
			}
			for len(parts) > 1 { // merge any two, either into the other
				i, j := r.IntN(len(parts)), r.IntN(len(parts))
				if i == j {
					continue
				}
				before := marshal(t, parts[j])
				if err := parts[i].Merge(parts[j]); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(marshal(t, parts[j]), before) {
					t.Error("Merge changed what it merged")
				}
				parts = slices.Delete(parts, j, j+1)
			}
			if !bytes.Equal(marshal(t, parts[0]), want) {
				t.Errorf("split by customer=%v gives another state", byCustomer)
			}
		}
	})
}

func TestMergeOfSplitIsRight(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		o := testOptions(t)
		events := hostile(r, 300)
		whole := newCollector(t, o)
		for _, shard := range split(r, events, false) {
			if err := whole.Merge(collect(t, o, shard)); err != nil {
				t.Fatal(err)
			}
		}
		newModel(o, events).check(t, whole)
	}
}

// TestLongLog is about logs of which events are taken in many at a time, and whose rows fill
// several tables, with deliveries that take the place of others anywhere among them.
func TestLongLog(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	o := testOptions(t)
	events := hostile(r, 10_000)
	one := collect(t, o, events)
	newModel(o, events).check(t, one)
	want := marshal(t, one)

	whole := newCollector(t, o)
	for _, shard := range split(r, shuffled(r, events), false) {
		if err := whole.Merge(collect(t, o, shard)); err != nil { // some of the shard still waits
			t.Fatal(err)
		}
	}
	if !bytes.Equal(marshal(t, whole), want) {
		t.Error("a split gives another state")
	}
	decoded := newCollector(t, o)
	if err := decoded.UnmarshalBinary(want); err != nil || !bytes.Equal(marshal(t, decoded), want) {
		t.Errorf("the state does not survive its bytes: %v", err)
	}

	// Every event comes again, under another name and before: all rows leave their stream.
	renamed := make([]*event.Event, len(events))
	for i, e := range events {
		again := *e
		again.Name, again.Time, again.Test = "ticket_replied", e.Time.AddDate(-1, 0, 0), false
		renamed[i] = &again
	}
	c := collect(t, o, slices.Concat(events, shuffled(r, renamed)))
	if !bytes.Equal(marshal(t, c), marshal(t, collect(t, o, slices.Concat(renamed, events)))) {
		t.Error("another order gives another state")
	}
	newModel(o, slices.Concat(events, renamed)).check(t, c)
}

func TestMergeLaws(t *testing.T) {
	forSeeds(t, func(t *testing.T, r *rand.Rand, o capture.Options, events []*event.Event) {
		of := func(parts ...[]*event.Event) *capture.Collector { return collect(t, o, slices.Concat(parts...)) }
		merged := func(a, b *capture.Collector) *capture.Collector {
			c := newCollector(t, o)
			for _, part := range []*capture.Collector{a, b} {
				if err := c.Merge(part); err != nil {
					t.Fatal(err)
				}
			}
			return c
		}
		n := len(events)
		a, b, c := events[:n/3], events[n/3:n/2], events[n/2:]
		if !bytes.Equal(marshal(t, merged(merged(of(a), of(b)), of(c))), marshal(t, merged(of(a), merged(of(b), of(c))))) {
			t.Error("Merge is not associative")
		}
		if !bytes.Equal(marshal(t, merged(of(a), of(b))), marshal(t, merged(of(b), of(a)))) {
			t.Error("Merge is not commutative")
		}
		whole := of(events)
		want := marshal(t, whole)
		if err := whole.Merge(of()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, whole), want) {
			t.Error("an empty collector is not the identity on the right")
		}
		if !bytes.Equal(marshal(t, merged(of(), whole)), want) {
			t.Error("an empty collector is not the identity on the left")
		}
	})
}

// TestMergeIsIdempotentPerEvent merges shards that saw the same events.
func TestMergeIsIdempotentPerEvent(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	o := testOptions(t)
	events := slices.DeleteFunc(hostile(r, 400), func(e *event.Event) bool { // those rejected have no identity
		return e.Name == "" || event.Fold(e.Name) != e.Name || e.Time.Year() < 1678
	})
	twice := collect(t, o, events)
	if err := twice.Merge(collect(t, o, events[:250])); err != nil {
		t.Fatal(err)
	}
	m := newModel(o, events)
	m.report.Duplicates += 250
	m.check(t, twice)
}

func TestBytesTellAll(t *testing.T) {
	forSeeds(t, func(t *testing.T, r *rand.Rand, o capture.Options, events []*event.Event) {
		half := len(events) / 2
		before := marshal(t, collect(t, o, events[:half]))
		c := newCollector(t, o)
		c.Add(events[len(events)-1]) // what is there is replaced
		if err := c.UnmarshalBinary(before); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, c), before) {
			t.Error("UnmarshalBinary changes the state")
		}
		for _, e := range events[half:] {
			c.Add(e)
		}
		if !bytes.Equal(marshal(t, c), marshal(t, collect(t, o, events))) {
			t.Error("a collector that went on from bytes has another state")
		}
		if !o.Unique {
			newModel(o, events).check(t, c)
		}
	})
}

func TestMergeErrors(t *testing.T) {
	base := testOptions(t)
	c := collect(t, base, hostile(rand.New(rand.NewPCG(5, 5)), 50))
	before := marshal(t, c)
	others := map[string]func(*capture.Options){
		"metrics": func(o *capture.Options) { o.Metrics = o.Metrics[1:] },
		"periods": func(o *capture.Options) { o.Periods = o.Periods[1:] },
		"subject": func(o *capture.Options) { o.Subject = capture.SubjectAccount },
		"unique":  func(o *capture.Options) { o.Unique = true },
		"test":    func(o *capture.Options) { o.Test = true },
		"covers":  func(o *capture.Options) { o.Covers = nil },
	}
	for name, change := range others {
		o := testOptions(t)
		change(&o)
		if err := c.Merge(newCollector(t, o)); !errors.Is(err, metric.ErrInput) {
			t.Errorf("Merge with other %s: %v", name, err)
		}
		if err := newCollector(t, o).UnmarshalBinary(before); !errors.Is(err, metric.ErrInput) {
			t.Errorf("UnmarshalBinary with other %s: %v", name, err)
		}
	}
	var zero capture.Collector
	for name, err := range map[string]error{
		"itself": c.Merge(c), "nil": c.Merge(nil), "zero": c.Merge(&zero), "into zero": zero.Merge(c),
	} {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("Merge with %s: %v", name, err)
		}
	}
	if !bytes.Equal(marshal(t, c), before) {
		t.Error("a Merge that failed changed the collector")
	}
	same := testOptions(t)
	slices.Reverse(same.Metrics)
	slices.Reverse(same.Periods)
	slices.Reverse(same.Covers)
	if err := c.Merge(newCollector(t, same)); err != nil {
		t.Errorf("Merge with the same options in another order: %v", err)
	}
}

func TestMalformedBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	o := testOptions(t)
	for range 3 {
		data := marshal(t, collect(t, o, hostile(r, 60)))
		for n := range data {
			c := newCollector(t, o)
			if err := c.UnmarshalBinary(data[:n]); !errors.Is(err, metric.ErrInput) {
				t.Fatalf("%d of %d bytes: %v", n, len(data), err)
			}
		}
		c := newCollector(t, o)
		if err := c.UnmarshalBinary(append(slices.Clone(data), 0)); err == nil {
			t.Fatal("a byte too many is accepted")
		}
		for range 3000 { // a changed byte is refused, or makes another valid state
			changed := slices.Clone(data)
			changed[r.IntN(len(data))] ^= byte(1 + r.IntN(255))
			c := newCollector(t, o)
			if err := c.UnmarshalBinary(changed); err == nil && !bytes.Equal(marshal(t, c), changed) {
				t.Fatal("bytes are accepted that are not written")
			}
		}
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	options := testOptions(f)
	unique := testOptions(f)
	unique.Unique = true
	r := rand.New(rand.NewPCG(7, 7))
	for range 4 {
		events := hostile(r, 40)
		f.Add(marshal(f, collect(f, options, events)))
		f.Add(marshal(f, collect(f, unique, events)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range []capture.Options{options, unique} {
			c := newCollector(t, o)
			if err := c.UnmarshalBinary(data); err != nil {
				continue
			}
			if !bytes.Equal(marshal(t, c), data) {
				t.Error("bytes are accepted that are not written")
			}
			for _, facts := range c.Facts() {
				facts.Len()
			}
			c.Report()
		}
	})
}
