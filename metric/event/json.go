package event

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

var (
	_ json.Marshaler   = Event{}
	_ json.Unmarshaler = (*Event)(nil)
)

// MarshalJSON returns e as a JSON object, see [Event.AppendJSON].
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// UnmarshalJSON sets e to the event of a JSON object, see [Decode].
func (e *Event) UnmarshalJSON(data []byte) error {
	decoded, err := Decode(data)
	if err != nil {
		return err
	}
	*e = decoded
	return nil
}

// AppendJSON appends e as one line of JSON without a line end. Members that are
// empty are left out:
//
//	{"id":…, "source":…, "event":…, "original_event":…,
//	 "time":…, "effective_time":…, "recorded_time":…, "seq":…,
//	 "user_id":…, "anonymous_id":…, "account_id":…, "session_id":…,
//	 "test":true, "props":{…}}
//
// Times are in RFC 3339, in UTC, with up to nine decimals; numbers are exact. The
// error is a [*Rejection] when e is beyond a limit, or has a value or a text that
// cannot be written; an event that [Check] passes can be written. [Decode] gives an
// equal event back, except that a time among the attributes comes back as text.
func (e *Event) AppendJSON(dst []byte) ([]byte, error) {
	if r := checkForm(e); r != nil {
		return dst, r.in(e.Name, "")
	}
	w := objectWriter{dst: append(dst, '{')}
	w.text("id", e.ID)
	w.text("source", e.Source)
	w.text("event", e.Name)
	w.text("original_event", e.OriginalName)
	w.time("time", e.Time)
	w.time("effective_time", e.EffectiveTime)
	w.time("recorded_time", e.RecordedTime)
	if e.Seq != 0 {
		w.name("seq")
		w.dst = strconv.AppendInt(w.dst, e.Seq, 10)
	}
	w.text("user_id", e.UserID)
	w.text("anonymous_id", e.AnonymousID)
	w.text("account_id", e.AccountID)
	w.text("session_id", e.SessionID)
	if e.Test {
		w.name("test")
		w.dst = append(w.dst, "true"...)
	}
	if e.Props.Len() > 0 {
		w.name("props")
		w.dst = appendProps(w.dst, e.Props)
	}
	return append(w.dst, '}'), nil
}

// objectWriter writes the members of one object.
type objectWriter struct {
	dst  []byte
	more bool
}

func (w *objectWriter) name(name string) {
	if w.more {
		w.dst = append(w.dst, ',')
	}
	w.more = true
	w.dst = append(appendString(w.dst, name), ':')
}

func (w *objectWriter) text(name, text string) {
	if text != "" {
		w.name(name)
		w.dst = appendString(w.dst, text)
	}
}

func (w *objectWriter) time(name string, t time.Time) {
	if !t.IsZero() {
		w.name(name)
		w.dst = appendTime(w.dst, t)
	}
}

func appendProps(dst []byte, p Props) []byte {
	w := objectWriter{dst: append(dst, '{')}
	for i := range p.attrs {
		w.name(p.attrs[i].Name)
		w.dst = appendValue(w.dst, p.attrs[i].Value)
	}
	return append(w.dst, '}')
}

// appendValue writes v; an invalid value, which only String can meet, as null.
func appendValue(dst []byte, v Value) []byte {
	switch v.kind {
	case KindString:
		return appendString(dst, v.text)
	case KindBool:
		return strconv.AppendBool(dst, v.num != 0)
	case KindInt:
		return strconv.AppendInt(dst, v.num, 10)
	case KindDecimal:
		d, _ := v.Decimal()
		return exact.AppendDecimal(dst, d)
	case KindTime:
		return appendTime(dst, time.Unix(v.num, int64(v.nano)))
	case KindRecord:
		p, _ := v.Record()
		return appendProps(dst, p)
	case KindList:
		list, _ := v.list()
		dst = append(dst, '[')
		for i := range list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, list[i])
		}
		return append(dst, ']')
	}
	return append(dst, "null"...)
}

func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

func appendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}
