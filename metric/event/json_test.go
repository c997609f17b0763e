package event_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// mustRoundTrip writes e and reads it back, in both forms.
func mustRoundTrip(t *testing.T, e *event.Event) {
	t.Helper()
	line, err := e.AppendJSON(nil)
	if err != nil {
		t.Fatalf("AppendJSON: %v", err)
	}
	if !json.Valid(line) || bytes.ContainsRune(line, '\n') {
		t.Fatalf("not a line of JSON: %q", line)
	}
	back, err := event.Decode(line)
	if err != nil {
		t.Fatalf("Decode(%s): %v", line, err)
	}
	want := *e
	want.Props = textTimesOf(e.Props)
	if !back.Equal(&want) {
		t.Fatalf("JSON: %s came back as %+v", line, back)
	}
	data, err := e.AppendBinary(nil)
	if err != nil {
		t.Fatalf("AppendBinary: %v", err)
	}
	back, rest, err := event.DecodeBinary(append(data, 1, 2))
	if err != nil || !bytes.Equal(rest, []byte{1, 2}) || !back.Equal(e) {
		t.Fatalf("binary: %x came back as %+v, %x, %v", data, back, rest, err)
	}
}

func TestRoundTrips(t *testing.T) {
	r := newRand(8)
	for range 3000 {
		e := randomEvent(r)
		mustRoundTrip(t, &e)
	}
	for s := range event.Vocabulary() {
		e := sampleEvent(s, true)
		mustRoundTrip(t, &e)
	}
	mustRoundTrip(t, &event.Event{})
}

func TestDecode(t *testing.T) {
	line := `{"event":"order_completed","id":"e1","source":"shop","original_event":"Order Completed",
		"time":"2026-03-01T12:00:00.000000001+01:00","effective_time":"2026-04-01T00:00:00Z","recorded_time":null,
		"seq":-9223372036854775808,"user_id":"ü\u00fc\ud834\udd1e\/\n","anonymous_id":"a","account_id":"c","session_id":"s","test":true,
		"props":{"amount":12e2,"huge":9223372036854775808,"rate":0.10,"gone":null,"ok":false,"items":[{"sku":"x"},[],-0]}}`
	e, err := event.Decode([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	want := event.Event{
		ID: "e1", Source: "shop", Name: "order_completed", OriginalName: "Order Completed",
		Time: time.Date(2026, 3, 1, 11, 0, 0, 1, time.UTC), EffectiveTime: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		Seq: -1 << 63, UserID: "üü𝄞/\n", AnonymousID: "a", AccountID: "c", SessionID: "s", Test: true,
		Props: event.NewProps(
			event.Int("amount", 1200), event.Decimal("huge", dec("9223372036854775808", 0)), event.Decimal("rate", dec("1", -1)),
			event.Bool("ok", false), event.List("items", event.RecordValue(event.NewProps(event.String("sku", "x"))), event.ListValue(), event.IntValue(0)),
		),
	}
	if e, err := event.Decode([]byte(`{"seq":12.0}`)); err != nil || e.Seq != 12 {
		t.Errorf("one form of a number: %d, %v", e.Seq, err)
	}
	if !e.Equal(&want) || e.Time.Location() != time.UTC {
		t.Errorf("got %+v\nwant %+v", e, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := func(n int) string { return `{"props":{"x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}` }
	for _, c := range []struct {
		line, attribute string
		reason          event.Reason
	}{
		{``, "", event.Malformed},
		{`null`, "", event.Malformed},
		{`[]`, "", event.Malformed},
		{`{`, "", event.Malformed},
		{`{}x`, "", event.Malformed},
		{"{}\x00", "", event.Malformed},
		{`{"id"}`, "", event.Malformed},
		{`{"id":"a",}`, "", event.Malformed},
		{`{"id":"a" "event":"b"}`, "", event.Malformed},
		{`{'id':"a"}`, "", event.Malformed},
		{`{"id":"a`, "id", event.Malformed},
		{"{\"id\":\"a\nb\"}", "id", event.Malformed},
		{`{"id":"\x"}`, "id", event.Malformed},
		{`{"id":"\u12g4"}`, "id", event.Malformed},
		{`{"id":tru}`, "id", event.Malformed},
		{`{"props":{"x":01}}`, "props", event.Malformed},
		{`{"props":{"x":1.}}`, "props.x", event.Malformed},
		{`{"props":{"x":.5}}`, "props.x", event.Malformed},
		{`{"props":{"x":+1}}`, "props.x", event.Malformed},
		{`{"props":{"x":1e}}`, "props.x", event.Malformed},
		{`{"props":{"x":-}}`, "props.x", event.Malformed},
		{`{"props":{"x":NaN}}`, "props.x", event.Malformed},
		{`{"props":{"x":[1,]}}`, "props.x[1]", event.Malformed},
		{`{"props":{"x":[null]}}`, "props.x[0]", event.Malformed},
		{`{"id":"\ud834"}`, "id", event.BadText},
		{`{"id":"\ud834\u0041"}`, "id", event.BadText},
		{`{"id":"\udd1e\ud834"}`, "id", event.BadText},
		{"{\"id\":\"\xff\"}", "id", event.BadText},
		{"{\"id\":\"\\n\xff\"}", "id", event.BadText},
		{`{"userId":"a"}`, `"userId"`, event.UnknownField},
		{`{"ID":"a"}`, `"ID"`, event.UnknownField},
		{`{"amount":1}`, `"amount"`, event.UnknownField},
		{`{"id":"a","id":"a"}`, "id", event.DuplicateAttribute},
		{`{"id":null,"id":"a"}`, "id", event.DuplicateAttribute},
		{`{"props":{"x":1,"x":1}}`, "x", event.DuplicateAttribute},
		{`{"props":{"o":{"x":1,"x":1}}}`, "o.x", event.DuplicateAttribute},
		{`{"user_id":42}`, "user_id", event.WrongType},
		{`{"event":["a"]}`, "event", event.WrongType},
		{`{"time":1700000000}`, "time", event.WrongType},
		{`{"time":"yesterday"}`, "time", event.BadTime},
		{`{"time":"0000-01-01T00:00:00Z"}`, "time", event.BadTime},
		{`{"time":"9999-12-31T23:59:59-01:00"}`, "time", event.BadTime},
		{`{"seq":"1"}`, "seq", event.WrongType},
		{`{"seq":1.5}`, "seq", event.WrongType},
		{`{"seq":9223372036854775808}`, "seq", event.WrongType},
		{`{"test":1}`, "test", event.WrongType},
		{`{"props":[]}`, "props", event.WrongType},
		{`{"props":{"x":1e34}}`, "props.x", event.BadNumber},
		{`{"props":{"x":1e999999999999}}`, "props.x", event.BadNumber},
		{`{"props":{"x":1e-35}}`, "props.x", event.BadNumber},
		{`{"props":{"x":` + strings.Repeat("9", 5000) + `}}`, "props.x", event.BadNumber},
		{`{"props":{"":1}}`, "", event.BadName},
		{deep(9), "props.x" + strings.Repeat("[0]", 8), event.TooLarge},
		{deep(100000), "props.x" + strings.Repeat("[0]", 8), event.TooLarge},
		{`{"id":"` + strings.Repeat("x", event.MaxTextBytes+1) + `"}`, "id", event.TooLarge},
		{strings.Repeat(" ", event.MaxEncodedBytes+1), "", event.TooLarge},
	} {
		e, err := event.Decode([]byte(c.line))
		if reason, attribute := reasonOf(t, err); reason != c.reason || attribute != c.attribute && c.attribute != "props" {
			t.Errorf("%.60s: %q on %q, want %q on %q: %v", c.line, reason, attribute, c.reason, c.attribute, err)
		}
		if err != nil && (len(err.Error()) > 400 || !e.Equal(&event.Event{})) {
			t.Errorf("%.60s: %d bytes of error, event %v", c.line, len(err.Error()), e)
		}
	}
	if _, err := event.Decode([]byte(deep(8))); err != nil {
		t.Error(err)
	}
}

func TestStandardJSON(t *testing.T) {
	in := map[string][]event.Event{"events": {{Name: "<a>", UserID: "u"}}}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string][]event.Event
	if err := json.Unmarshal(text, &out); err != nil || !out["events"][0].Equal(&in["events"][0]) {
		t.Errorf("%s, %v, %v", text, out, err)
	}
	e := event.Event{Name: "kept"}
	if err := json.Unmarshal([]byte(`{"name":"x"}`), &e); err == nil || e.Name != "kept" {
		t.Errorf("%v, %v", e, err)
	}
	if _, err := json.Marshal(event.Event{UserID: "\xff"}); err == nil {
		t.Error("bytes were written")
	}
}

func FuzzDecode(f *testing.F) {
	r := newRand(9)
	for range 30 {
		e := randomEvent(r)
		line, _ := e.AppendJSON(nil)
		f.Add(line)
	}
	f.Add([]byte(`{"props":{"x":[1e2,-0.0,{"a":"\ud834\udd1e"}],"y":null}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := event.Decode(line)
		if err != nil {
			reasonOf(t, err)
			return
		}
		// The standard library reads the same.
		var std struct {
			ID    string         `json:"id"`
			Event string         `json:"event"`
			User  string         `json:"user_id"`
			Time  time.Time      `json:"time"`
			Seq   json.Number    `json:"seq"` // may be written 1.0
			Test  bool           `json:"test"`
			Props map[string]any `json:"props"`
		}
		if err := json.Unmarshal(line, &std); err != nil {
			t.Fatalf("accepted %q, but: %v", line, err)
		}
		if std.ID != e.ID || std.Event != e.Name || std.User != e.UserID || !std.Time.Equal(e.Time) || !event.IntValue(e.Seq).Equal(numberOf(t, std.Seq)) || std.Test != e.Test {
			t.Fatalf("%q: %+v, want %+v", line, e, std)
		}
		for name, want := range std.Props {
			v, ok := e.Props.Get(name)
			switch want := want.(type) {
			case nil:
				if ok {
					t.Fatalf("%q: null %q is %v", line, name, v)
				}
			case string:
				if got, ok := v.Text(); !ok || got != want {
					t.Fatalf("%q: %q is %v, want %q", line, name, v, want)
				}
			case bool:
				if got, ok := v.Bool(); !ok || got != want {
					t.Fatalf("%q: %q is %v, want %v", line, name, v, want)
				}
			case float64:
				var got float64
				if err := json.Unmarshal([]byte(v.String()), &got); err != nil || got != want && got-want != 0 {
					t.Fatalf("%q: %q is %v, want %v", line, name, v, want)
				}
			}
		}
		mustRoundTrip(t, &e)
	})
}

func numberOf(t *testing.T, n json.Number) event.Value {
	t.Helper()
	if n == "" {
		return event.IntValue(0)
	}
	rat, ok := new(big.Rat).SetString(n.String())
	if !ok || !rat.IsInt() || !rat.Num().IsInt64() {
		t.Fatalf("seq %s", n)
	}
	return event.IntValue(rat.Num().Int64())
}

func BenchmarkDecode(b *testing.B) {
	e := benchmarkEvent()
	line, err := e.AppendJSON(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.Decode(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	e := benchmarkEvent()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = e.AppendJSON(buf[:0])
	}
	b.SetBytes(int64(len(buf)))
}
