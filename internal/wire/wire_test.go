package wire_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func written() []byte {
	var w wire.Writer
	w.Uvarint(math.MaxUint64)
	w.Varint(math.MinInt64)
	w.Varint(-1)
	w.Bool(true)
	w.Text("täxt")
	w.Uint64(1)
	w.Float64(-0.5)
	var tally event.Tally
	tally.Taken = 5
	tally.Refuse("order_completed", event.WrongType, "x")
	w.Tally(&tally)
	w.Count(2)
	w.Byte(7)
	w.Byte(8)
	return wire.Seal("test", 1, "options", w.Bytes)
}

func TestRoundTrip(t *testing.T) {
	r, err := wire.Open("test", 1, "options", written())
	if err != nil {
		t.Fatal(err)
	}
	if r.Uvarint() != math.MaxUint64 || r.Varint() != math.MinInt64 || r.Varint() != -1 || !r.Bool() || r.Text() != "täxt" || r.Uint64() != 1 || r.Float64() != -0.5 {
		t.Error("values change")
	}
	if tally := r.Tally(); tally.Taken != 5 || tally.Report(0).Refused[0].Count != 1 {
		t.Error("the tally changes")
	}
	if n := r.Count(1); n != 2 || r.Byte() != 7 || r.Byte() != 8 {
		t.Error("counted bytes change")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	good := written()
	for name, open := range map[string]func() (*wire.Reader, error){
		"other magic":   func() (*wire.Reader, error) { return wire.Open("tess", 1, "options", good) },
		"other version": func() (*wire.Reader, error) { return wire.Open("test", 2, "options", good) },
		"other options": func() (*wire.Reader, error) { return wire.Open("test", 1, "option", good) },
		"a byte more": func() (*wire.Reader, error) {
			return wire.Open("test", 1, "options", append(good[:len(good):len(good)], 0))
		},
	} {
		if _, err := open(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range good {
		if _, err := wire.Open("test", 1, "options", good[:n]); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

func TestReaderFailsOnce(t *testing.T) {
	for name, data := range map[string][]byte{
		"no bytes": {}, "an open varint": {0x80}, "a longer form": {0x81, 0}, "a count beyond the bytes": {5, 1, 1},
	} {
		r := wire.NewReader(data)
		for range r.Count(1) {
			r.Byte()
		}
		if r.Uvarint(); !r.Failed() || r.Text() != "" || r.Raw(1) != nil || r.Uint64() != 0 || r.Len() != 0 {
			t.Errorf("%s: read after failure", name)
		}
		if err := r.Close(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// text marshals to itself.
type text string

func (x text) MarshalBinary() ([]byte, error) { return []byte(x), nil }

func TestFinish(t *testing.T) {
	good := string(written())
	for name, c := range map[string]struct {
		left int
		m    text
		ok   bool
	}{"same": {0, text(good), true}, "other bytes": {0, text(good + "x"), false}, "bytes left": {1, text(good), false}} {
		r, err := wire.Open("test", 1, "options", []byte(good))
		if err != nil {
			t.Fatal(err)
		}
		r.Raw(r.Len() - c.left)
		if err := r.Finish(c.m); (err == nil) != c.ok || err != nil && !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCustomers(t *testing.T) {
	var keys event.Keys
	var want []string
	for i := range 600 {
		key := fmt.Sprint("customer ", i)
		if keys.Code(key); i%3 != 0 {
			want = append(want, key)
		}
	}
	slices.SortFunc(want, func(a, b string) int {
		return cmp.Or(cmp.Compare(event.Bucket(a), event.Bucket(b)), cmp.Compare(a, b))
	})
	write := func(of func(key string) bool) []byte {
		var w wire.Writer
		w.Customers(&keys, func(c event.Code) bool { return of(keys.Key(c)) }, func(c event.Code) { w.Text(keys.Key(c)) })
		return w.Bytes
	}
	data := write(func(key string) bool { return slices.Contains(want, key) })
	var got []string
	var back event.Keys
	r := wire.NewReader(data)
	r.Customers(2, &back, func(c event.Code) {
		if got = append(got, r.Text()); back.Key(c) != got[len(got)-1] {
			t.Errorf("%s is read for %s", got[len(got)-1], back.Key(c))
		}
	})
	if err := r.Close(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, read %d customers, want %d in order", err, len(got), len(want))
	}

	// A customer in another bucket, and one that comes twice.
	one := write(func(key string) bool { return key == want[0] })
	moved := append([]byte{0}, one[:len(one)-1]...)
	if event.Bucket(want[0]) == 255 {
		t.Fatal("the customer cannot move on")
	}
	var twice wire.Writer
	for bucket := range event.Buckets {
		if uint8(bucket) != event.Bucket(want[0]) {
			twice.Count(0)
			continue
		}
		twice.Count(2)
		for range 4 {
			twice.Text(want[0])
		}
	}
	for name, data := range map[string][]byte{"moved": moved, "twice": twice.Bytes} {
		r := wire.NewReader(data)
		r.Customers(2, new(event.Keys), func(event.Code) { r.Text() })
		if err := r.Close(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
