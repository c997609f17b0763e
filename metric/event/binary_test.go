package event_test

import (
	"bytes"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// The bytes are put together by hand from the documented form.
func TestBinaryForm(t *testing.T) {
	e := event.Event{
		ID: "i", Name: "abc", UserID: "u", Time: mustTime("1970-01-01T00:00:01.000000003Z"), Seq: -1, Test: true,
		Props: event.NewProps(event.String("s", "xy"), event.Bool("b", true), event.Int("n", 2), event.Decimal("d", dec("-1027", -2)),
			event.Time("t", mustTime("1970-01-01T00:00:00Z")), event.List("l", event.IntValue(0)), event.Record("r", event.Props{})),
	}
	body := []byte{
		1 | 2, 1, 'i', 0, 3, 'a', 'b', 'c', 0, 1, 'u', 0, 0, 0, // flags, texts
		2, 3, // time: zigzag 1, nanoseconds
		1, // seq: zigzag -1
		7,
		1, 'b', 2, 1,
		1, 'd', 4, 1, 2, 2, 0x04, 0x03, // -1027 / 100
		1, 'l', 6, 1, 3, 0,
		1, 'n', 3, 4,
		1, 'r', 7, 0,
		1, 's', 1, 2, 'x', 'y',
		1, 't', 5, 0, 0,
	}
	want := append([]byte{1, byte(len(body))}, body...)
	got := encode(t, &e)
	if !bytes.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	var back event.Event
	if err := back.UnmarshalBinary(want); err != nil || !back.Equal(&e) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestDecodeBinaryRefuses(t *testing.T) {
	e := benchmarkEvent()
	good := encode(t, &e)
	for n := range good {
		if _, _, err := event.DecodeBinary(good[:n]); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(good))
		}
	}
	edit := func(i int, b byte) []byte { d := bytes.Clone(good); d[i] = b; return d }
	body := func(tail ...byte) []byte { // an empty event with these props
		b := append([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, tail...)
		return append([]byte{1, byte(len(b))}, b...)
	}
	if _, _, err := event.DecodeBinary(body(0)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data   []byte
		reason event.Reason
	}{
		"version":              {edit(0, 2), event.Malformed},
		"length":               {edit(1, good[1]-1), event.Malformed},
		"flags":                {edit(3, 0xf0), event.Malformed},
		"length too large":     {[]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, event.TooLarge},
		"length overflows":     {[]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, event.Malformed},
		"bytes behind":         {body(0, 0), event.Malformed},
		"many attributes":      {body(0xff, 0xff, 0xff, 0xff, 0x0f), event.Malformed},
		"names unsorted":       {body(2, 1, 'b', 2, 0, 1, 'a', 2, 0), event.Malformed},
		"name twice":           {body(2, 1, 'a', 2, 0, 1, 'a', 2, 0), event.Malformed},
		"bool 2":               {body(1, 1, 'a', 2, 2), event.Malformed},
		"kind 0":               {body(1, 1, 'a', 0), event.Malformed},
		"kind 8":               {body(1, 1, 'a', 8, 0), event.Malformed},
		"whole decimal":        {body(1, 1, 'a', 4, 0, 0, 1, 5), event.Malformed},
		"decimal 5.0":          {body(1, 1, 'a', 4, 0, 1, 1, 50), event.Malformed},
		"decimal 1.50":         {body(1, 1, 'a', 4, 0, 2, 1, 150), event.Malformed},
		"decimal of 35 places": {body(1, 1, 'a', 4, 0, 35, 1, 1), event.Malformed},
		"sign 2":               {body(1, 1, 'a', 4, 2, 1, 1, 1), event.Malformed},
		"a second of nanos":    {body(1, 1, 'a', 5, 0, 0x80, 0x94, 0xeb, 0xdc, 3), event.Malformed},
		"nine lists":           {body(1, 1, 'a', 6, 1, 6, 1, 6, 1, 6, 1, 6, 1, 6, 1, 6, 1, 6, 1, 6, 0), event.Malformed},
		"not UTF-8":            {body(1, 1, 'a', 1, 1, 0xff), event.BadText},
		"no name":              {body(1, 0, 2, 0), event.BadName},
		"year 1e9":             {body(1, 1, 'a', 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0), event.BadTime},
	} {
		_, _, err := event.DecodeBinary(c.data)
		if reason, _ := reasonOf(t, err); reason != c.reason {
			t.Errorf("%s: %q, want %q: %v", name, reason, c.reason, err)
		}
	}
	if err := new(event.Event).UnmarshalBinary(append(bytes.Clone(good), 0)); err == nil {
		t.Error("a byte left over was accepted")
	}
	bad := event.Event{UserID: "\xff"}
	if data, err := bad.MarshalBinary(); err == nil {
		t.Errorf("written: %x", data)
	}
}

func TestBinaryBlock(t *testing.T) {
	r := newRand(10)
	var block []byte
	events := make([]event.Event, 100)
	for i := range events {
		events[i] = randomEvent(r)
		block = append(block, encode(t, &events[i])...)
	}
	for i := range events {
		var e event.Event
		var err error
		if e, block, err = event.DecodeBinary(block); err != nil || !e.Equal(&events[i]) {
			t.Fatalf("event %d: %+v, %v", i, e, err)
		}
	}
	if len(block) > 0 {
		t.Errorf("%d bytes left", len(block))
	}
}

func FuzzDecodeBinary(f *testing.F) {
	r := newRand(11)
	for range 30 {
		e := randomEvent(r)
		data, _ := e.AppendBinary(nil)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, rest, err := event.DecodeBinary(data)
		if err != nil {
			reasonOf(t, err)
			return
		}
		if !bytes.HasSuffix(data, rest) {
			t.Fatal("rest is not the rest")
		}
		mustRoundTrip(t, &e)
	})
}

func BenchmarkBinary(b *testing.B) {
	e := benchmarkEvent()
	data, _ := e.AppendBinary(nil)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf, _ = e.AppendBinary(buf[:0])
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := event.DecodeBinary(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
