package event

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// MaxEncodedBytes is the most that one event may take as JSON or in the binary form.
// No event within the limits that [Check] holds takes more.
const MaxEncodedBytes = 8 << 20

// Decode reads one event from a JSON object, such as one line of a file of JSON
// lines. It is the counterpart of [Event.AppendJSON] and is strict: a member that the
// envelope does not have, a member given twice, a value of another type, text that is
// not UTF-8 or has half a surrogate pair, and anything after the object are errors.
// A null is the same as a member that is absent. Numbers are exact, whole ones of 64
// bits being KindInt and others KindDecimal; objects among the attributes are
// records. The name is kept as it is written: see [Fold] and [Aliases].
//
// The error is a [*Rejection]. Decode does not [Check].
func Decode(line []byte) (Event, error) {
	if len(line) > MaxEncodedBytes {
		return Event{}, reject(TooLarge, "", "%d bytes", len(line))
	}
	var e Event
	d := decoder{data: line}
	r := d.event(&e)
	if r == nil {
		r = checkForm(&e)
	}
	if r != nil {
		return Event{}, r.in(e.Name, "")
	}
	return e, nil
}

// decoder reads JSON from data[pos:].
type decoder struct {
	data []byte
	pos  int
}

func (d *decoder) malformed(want string) *Rejection {
	if d.pos >= len(d.data) {
		return reject(Malformed, "", "ends at byte %d, want %s", d.pos, want)
	}
	return reject(Malformed, "", "%.8q at byte %d, want %s", d.data[d.pos:], d.pos, want)
}

// peek skips white space and returns the next byte, 0 at the end.
func (d *decoder) peek() byte {
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) literal(word string) bool {
	if end := d.pos + len(word); end <= len(d.data) && string(d.data[d.pos:end]) == word {
		d.pos = end
		return true
	}
	return false
}

// members calls member at the value of each member of an object, with the name as
// it lies in the input unless it has escapes.
func (d *decoder) members(member func(name []byte) *Rejection) *Rejection {
	if d.peek() != '{' {
		return d.malformed("{")
	}
	d.pos++
	if d.peek() == '}' {
		d.pos++
		return nil
	}
	for {
		if d.peek() != '"' {
			return d.malformed("a name")
		}
		name, r := d.raw()
		if r != nil {
			return r
		}
		if d.peek() != ':' {
			return d.malformed(":")
		}
		d.pos++
		if r := member(name); r != nil {
			return r
		}
		switch d.peek() {
		case ',':
			d.pos++
		case '}':
			d.pos++
			return nil
		default:
			return d.malformed(", or }")
		}
	}
}

func (d *decoder) event(e *Event) *Rejection {
	var seen uint16
	r := d.members(func(name []byte) *Rejection {
		bit := envelopeBit(string(name))
		switch {
		case bit == 0:
			return reject(UnknownField, fmt.Sprintf("%.60q", name), "other attributes belong in props")
		case seen&bit != 0:
			return reject(DuplicateAttribute, string(name), "")
		}
		seen |= bit
		if d.peek() == 'n' && d.literal("null") {
			return nil
		}
		if r := d.member(e, string(name)); r != nil {
			return r.in("", string(name))
		}
		return nil
	})
	if r == nil && (d.peek() != 0 || d.pos < len(d.data)) {
		return d.malformed("the end")
	}
	return r
}

// envelopeBit returns a bit of its own for each member of the envelope, 0 for
// another name.
func envelopeBit(name string) uint16 {
	switch name {
	case "id":
		return 1 << 0
	case "source":
		return 1 << 1
	case "event":
		return 1 << 2
	case "original_event":
		return 1 << 3
	case "time":
		return 1 << 4
	case "effective_time":
		return 1 << 5
	case "recorded_time":
		return 1 << 6
	case "seq":
		return 1 << 7
	case "user_id":
		return 1 << 8
	case "anonymous_id":
		return 1 << 9
	case "account_id":
		return 1 << 10
	case "session_id":
		return 1 << 11
	case "test":
		return 1 << 12
	case "props":
		return 1 << 13
	}
	return 0
}

func (d *decoder) member(e *Event, name string) (r *Rejection) {
	switch name {
	case "id":
		e.ID, r = d.text()
	case "source":
		e.Source, r = d.text()
	case "event":
		e.Name, r = d.text()
	case "original_event":
		e.OriginalName, r = d.text()
	case "user_id":
		e.UserID, r = d.text()
	case "anonymous_id":
		e.AnonymousID, r = d.text()
	case "account_id":
		e.AccountID, r = d.text()
	case "session_id":
		e.SessionID, r = d.text()
	case "props":
		e.Props, r = d.props(lookup(e.Name), MaxDepth)
	default:
		return d.scalar(e, name)
	}
	return r
}

// scalar reads a member of the envelope that is not text.
func (d *decoder) scalar(e *Event, name string) *Rejection {
	v, r := d.value(0)
	if r != nil {
		return r
	}
	want, ok := KindTime, false
	switch name {
	case "time":
		e.Time, ok = v.Time()
	case "effective_time":
		e.EffectiveTime, ok = v.Time()
	case "recorded_time":
		e.RecordedTime, ok = v.Time()
	case "seq":
		want = KindInt
		e.Seq, ok = v.Int()
	case "test":
		want = KindBool
		e.Test, ok = v.Bool()
	}
	switch {
	case ok:
		return nil
	case want == KindTime && v.kind == KindString:
		return reject(BadTime, "", "%.40q, want RFC 3339", v.text)
	}
	return reject(WrongType, "", "%s, want %s", v.kind, want)
}

func (d *decoder) text() (string, *Rejection) {
	if d.peek() != '"' {
		v, r := d.value(MaxDepth)
		if r == nil {
			r = reject(WrongType, "", "%s, want %s", v.kind, KindString)
		}
		return "", r
	}
	raw, r := d.raw()
	return string(raw), r
}

// props reads an object of attributes. The names of s, when known, need no memory.
func (d *decoder) props(s *spec, depth int) (Props, *Rejection) {
	if c := d.peek(); c != '{' {
		v, r := d.value(MaxDepth)
		if r == nil {
			r = reject(WrongType, "", "%s, want %s", v.kind, KindRecord)
		}
		return Props{}, r
	}
	var buf [12]Attr
	attrs := buf[:0]
	r := d.members(func(raw []byte) *Rejection {
		name := interned(s, raw)
		if d.peek() == 'n' && d.literal("null") {
			return nil
		}
		v, r := d.value(depth)
		if r != nil {
			return r.in("", name)
		}
		attrs = append(attrs, Attr{name, v})
		return nil
	})
	if r != nil {
		return Props{}, r
	}
	return NewProps(attrs...), nil
}

func interned(s *spec, raw []byte) string {
	if s != nil {
		for i := range s.attrs {
			if s.attrs[i].Name == string(raw) {
				return s.attrs[i].Name
			}
		}
	}
	return string(raw)
}

// value reads any value that is not null.
func (d *decoder) value(depth int) (Value, *Rejection) {
	switch c := d.peek(); {
	case c == '"':
		raw, r := d.raw()
		return StringValue(string(raw)), r
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	case c == 't' && d.literal("true"):
		return BoolValue(true), nil
	case c == 'f' && d.literal("false"):
		return BoolValue(false), nil
	case c != '{' && c != '[':
		return Value{}, d.malformed("a value")
	case depth == 0:
		return Value{}, reject(TooLarge, "", "more than %d lists and records inside each other", MaxDepth)
	case c == '{':
		p, r := d.props(nil, depth-1)
		return RecordValue(p), r
	}
	return d.list(depth - 1)
}

func (d *decoder) list(depth int) (Value, *Rejection) {
	d.pos++ // [
	var list []Value
	if d.peek() == ']' {
		d.pos++
		return Value{kind: KindList, ref: list}, nil
	}
	for {
		v, r := d.value(depth)
		if r != nil {
			return Value{}, r.in("", fmt.Sprintf("[%d]", len(list)))
		}
		list = append(list, v)
		switch d.peek() {
		case ',':
			d.pos++
		case ']':
			d.pos++
			return Value{kind: KindList, ref: list}, nil
		default:
			return Value{}, d.malformed(", or ]")
		}
	}
}

// number reads a number by the grammar of JSON, which is narrower than that of
// ParseDecimal.
func (d *decoder) number() (Value, *Rejection) {
	start := d.pos
	d.skip('-')
	if !d.skip('0') && d.digits() == 0 {
		return Value{}, d.malformed("a digit")
	}
	if d.skip('.') && d.digits() == 0 {
		return Value{}, d.malformed("a digit")
	}
	if d.skip('e') || d.skip('E') {
		if !d.skip('-') {
			d.skip('+')
		}
		if d.digits() == 0 {
			return Value{}, d.malformed("a digit")
		}
	}
	token := d.data[start:d.pos]
	if n, ok := smallInt(token); ok {
		return IntValue(n), nil
	}
	n, err := exact.ParseDecimal(string(token))
	if errors.Is(err, exact.ErrRange) {
		return Value{}, reject(BadNumber, "", "%.40q", token)
	} else if err != nil {
		return Value{}, reject(BadNumber, "", "of %d bytes", len(token))
	}
	return DecimalValue(n), nil
}

func (d *decoder) skip(c byte) bool {
	if d.pos < len(d.data) && d.data[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

func (d *decoder) digits() int {
	start := d.pos
	for d.pos < len(d.data) && d.data[d.pos] >= '0' && d.data[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - start
}

// smallInt reads up to 18 digits, which fit an int64.
func smallInt(token []byte) (int64, bool) {
	digits := token
	if token[0] == '-' {
		digits = token[1:]
	}
	if len(digits) > 18 {
		return 0, false
	}
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if token[0] == '-' {
		n = -n
	}
	return n, true
}

// raw reads a string. The result is part of the input when there are no escapes.
func (d *decoder) raw() ([]byte, *Rejection) {
	d.pos++ // "
	start := d.pos
	ascii := true
	for ; d.pos < len(d.data); d.pos++ {
		switch c := d.data[d.pos]; {
		case c == '"':
			text := d.data[start:d.pos]
			d.pos++
			return d.valid(text, ascii)
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return nil, d.malformed("no control character")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, d.malformed(`"`)
}

func (d *decoder) valid(text []byte, ascii bool) ([]byte, *Rejection) {
	if !ascii && !utf8.Valid(text) {
		return nil, reject(BadText, "", "%.40q", text)
	}
	return text, nil
}

// escaped goes on with a string at its first backslash.
func (d *decoder) escaped(start int) ([]byte, *Rejection) {
	text := append([]byte(nil), d.data[start:d.pos]...)
	for d.pos < len(d.data) {
		c := d.data[d.pos]
		switch {
		case c == '"':
			d.pos++
			return d.valid(text, false)
		case c < ' ':
			return nil, d.malformed("no control character")
		case c != '\\':
			text = append(text, c)
			d.pos++
			continue
		}
		r, rejection := d.escape()
		if rejection != nil {
			return nil, rejection
		}
		text = utf8.AppendRune(text, r)
	}
	return nil, d.malformed(`"`)
}

// escape reads one escape, or two that make a surrogate pair.
func (d *decoder) escape() (rune, *Rejection) {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if d.pos+1 < len(d.data) {
		if i := strings.IndexByte(letters, d.data[d.pos+1]); i >= 0 {
			d.pos += 2
			return rune(meanings[i]), nil
		}
	}
	first, ok := d.hex()
	if !ok {
		return 0, d.malformed("an escape")
	}
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	if second, ok := d.hex(); ok {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, nil
		}
	}
	return 0, reject(BadText, "", "half a surrogate pair before byte %d", d.pos)
}

// hex reads \u and four digits.
func (d *decoder) hex() (rune, bool) {
	if d.pos+6 > len(d.data) || d.data[d.pos] != '\\' || d.data[d.pos+1] != 'u' {
		return 0, false
	}
	r := rune(0)
	for _, c := range d.data[d.pos+2 : d.pos+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	d.pos += 6
	return r, true
}
