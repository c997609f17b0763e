package retention_test

import (
	"bytes"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

// modes are options of each kind of state.
func modes(t testing.TB) []retention.Options {
	from := instant(t, "2026-01-05T00:00:00Z")
	condition := []event.Condition{{Attribute: "match", Op: event.Equal, Value: event.BoolValue(true)}}
	return []retention.Options{
		{From: from, Buckets: 5},
		{From: from, Buckets: 70, Recurring: true},
		{From: from, Buckets: 64, Unit: retention.Week, FirstIf: condition},
		{From: from, Buckets: 5, Clock: retention.ByElapsed, FloorHour: true, Zone: zone(t, "Asia/Kathmandu")},
		{From: from, Buckets: 5, Clock: retention.ByCivil, Unit: retention.Month, Recurring: true},
		{From: from, Buckets: 5, MinReturns: 2},
		{From: from, Buckets: 5, Value: "amount", Recurring: true},
		{From: from, Buckets: 5, Value: "amount", Money: true, Clock: retention.ByElapsed, FirstIf: condition},
	}
}

// Bytes are those of some accumulator, and the only ones of its content, or refused. The
// first byte of the input chooses the options.
func FuzzUnmarshal(f *testing.F) {
	list := modes(f)
	for i, o := range list {
		r := newRand(uint64(i))
		a := newAccumulator(f, o)
		events := randomEvents(f, r, o, 12)
		for i := range events {
			a.Add(&events[i])
		}
		f.Add(byte(i), marshal(f, a))
		f.Add(byte(i), marshal(f, newAccumulator(f, o)))
	}
	f.Fuzz(func(t *testing.T, mode byte, data []byte) {
		a := newAccumulator(t, list[int(mode)%len(list)])
		if err := a.UnmarshalBinary(data); err != nil {
			if !isInput(err) {
				t.Fatalf("%v is not a bad input", err)
			}
			return
		}
		if !bytes.Equal(marshal(t, a), data) {
			t.Fatal("bytes do not come back")
		}
		euro := metric.Currency{}
		if a.Options().Money {
			euro = currency("EUR")
		}
		table(t, a, retention.Question{Measure: retention.Unbounded, Currency: euro})
		a.Report()
	})
}

// Every change of one byte and every shorter form is refused, or is of another content.
func TestMalformedBytes(t *testing.T) {
	for i, o := range modes(t) {
		r := newRand(uint64(i))
		a := newAccumulator(t, o)
		events := randomEvents(t, r, o, 12)
		for i := range events {
			a.Add(&events[i])
		}
		data := marshal(t, a)
		for n := range data {
			b := newAccumulator(t, o)
			if err := b.UnmarshalBinary(data[:n]); !isInput(err) {
				t.Fatalf("%s: %d of %d bytes: %v", o, n, len(data), err)
			}
			bad := bytes.Clone(data)
			bad[n] ^= byte(1 + r.IntN(255))
			if err := b.UnmarshalBinary(bad); err == nil && !bytes.Equal(marshal(t, b), bad) {
				t.Fatalf("%s: byte %d: bytes do not come back", o, n)
			} else if err != nil && !bytes.Equal(marshal(t, b), marshal(t, newAccumulator(t, o))) {
				t.Fatalf("%s: byte %d: refused bytes leave something", o, n)
			}
		}
		if err := a.UnmarshalBinary(append(bytes.Clone(data), 0)); !isInput(err) {
			t.Fatalf("%s: a byte too many: %v", o, err)
		}
	}
}

// Without values, what is kept does not grow when events come again.
func TestStateDoesNotGrow(t *testing.T) {
	for _, o := range modes(t) {
		if o.MinReturns > 1 || o.Value != "" || len(o.FirstIf) > 0 {
			continue
		}
		o.Return = event.Named("opened")
		e := did(t, "u", "opened", "2026-01-06T10:00:00Z")
		once, often := newAccumulator(t, o), newAccumulator(t, o)
		once.Add(&e)
		for range 10_000 {
			often.Add(&e)
		}
		// The number of deliveries takes two bytes more.
		if n, most := len(marshal(t, often)), len(marshal(t, once))+2; n > most {
			t.Errorf("%s: %d bytes, want at most %d", o, n, most)
		}
	}
}

// A set may not have buckets beyond the range.
func TestSetsBeyondTheRange(t *testing.T) {
	for _, buckets := range []int{63, 64} {
		o := retention.Options{From: instant(t, "2026-01-05T00:00:00Z"), Buckets: buckets}
		a := newAccumulator(t, o)
		for _, at := range []string{"2026-01-05T10:00:00Z", "2026-01-06T10:00:00Z"} {
			e := did(t, "u", "opened", at)
			a.Add(&e)
		}
		data := marshal(t, a)
		at := bytes.Index(data, []byte{0, 0, 0, 0, 0, 0, 0, 3})
		if at < 0 {
			t.Fatal("no set of the first two days")
		}
		data[at] = 0x80 // day 63, counted from 0
		if err := newAccumulator(t, o).UnmarshalBinary(data); (err == nil) != (buckets == 64) {
			t.Errorf("%d buckets: %v", buckets, err)
		}
	}
}
