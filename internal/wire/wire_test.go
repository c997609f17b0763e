package wire_test

import (
	"errors"
	"math"
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
