package event

import (
	"encoding"
	"encoding/binary"
	"math/big"
	"time"

	"github.com/shopspring/decimal"
)

var (
	_ encoding.BinaryMarshaler   = Event{}
	_ encoding.BinaryAppender    = Event{}
	_ encoding.BinaryUnmarshaler = (*Event)(nil)
)

// binaryVersion is the first byte of the binary form.
const binaryVersion = 1

// The flags of the body.
const (
	flagTest byte = 1 << iota
	flagTime
	flagEffective
	flagRecorded
	flagsEnd
)

// AppendBinary appends e in the binary form, version 1:
//
//	event  = 0x01, length of body as uvarint, body
//	body   = flags, id, source, name, original name, user, anonymous, account, session,
//	         time?, effective time?, recorded time?, seq as varint, props
//	flags  = 1 test, 2 time, 4 effective time (unless equal to time), 8 recorded time
//	text   = length as uvarint, bytes
//	time   = Unix seconds as varint, nanoseconds as uvarint
//	props  = number as uvarint, then name as text and value, sorted by name
//	value  = kind, then by kind
//	         1 text; 2 a byte, 0 or 1; 3 varint; 5 time; 7 props
//	         4 sign (1 if negative), decimal places, magnitude as big-endian text
//	         6 number of values as uvarint, values
//
// Uvarint and varint are those of encoding/binary. Equal events have equal bytes. The
// error is a [*Rejection], as for [Event.AppendJSON].
func (e Event) AppendBinary(dst []byte) ([]byte, error) {
	if r := checkForm(&e); r != nil {
		return dst, r.in(e.Name, "")
	}
	var buf [512]byte
	body := appendBody(buf[:0], &e)
	dst = append(dst, binaryVersion)
	dst = binary.AppendUvarint(dst, uint64(len(body)))
	return append(dst, body...), nil
}

// MarshalBinary returns the binary form of e, see [Event.AppendBinary].
func (e Event) MarshalBinary() ([]byte, error) { return e.AppendBinary(nil) }

// UnmarshalBinary sets e to the event in data, which must hold one event exactly.
func (e *Event) UnmarshalBinary(data []byte) error {
	decoded, rest, err := DecodeBinary(data)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return reject(Malformed, "", "%d bytes left over", len(rest))
	}
	*e = decoded
	return nil
}

// appendBody writes any event, also one that is beyond the limits, because the
// content hash must not fail.
func appendBody(dst []byte, e *Event) []byte {
	flags := byte(0)
	if e.Test {
		flags |= flagTest
	}
	if !e.Time.IsZero() {
		flags |= flagTime
	}
	if compareTime(e.Effective(), e.Time) != 0 {
		flags |= flagEffective
	}
	if !e.RecordedTime.IsZero() {
		flags |= flagRecorded
	}
	dst = append(dst, flags)
	for _, text := range [...]string{
		e.ID, e.Source, e.Name, e.OriginalName, e.UserID, e.AnonymousID, e.AccountID, e.SessionID,
	} {
		dst = appendText(dst, text)
	}
	if flags&flagTime != 0 {
		dst = appendInstant(dst, e.Time.Unix(), e.Time.Nanosecond())
	}
	if flags&flagEffective != 0 {
		dst = appendInstant(dst, e.EffectiveTime.Unix(), e.EffectiveTime.Nanosecond())
	}
	if flags&flagRecorded != 0 {
		dst = appendInstant(dst, e.RecordedTime.Unix(), e.RecordedTime.Nanosecond())
	}
	dst = binary.AppendVarint(dst, e.Seq)
	return appendBinaryProps(dst, e.Props)
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func appendInstant(dst []byte, unix int64, nano int) []byte {
	return binary.AppendUvarint(binary.AppendVarint(dst, unix), uint64(nano))
}

func appendBinaryProps(dst []byte, p Props) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(p.attrs)))
	for i := range p.attrs {
		dst = appendText(dst, p.attrs[i].Name)
		dst = appendBinaryValue(dst, &p.attrs[i].Value)
	}
	return dst
}

func appendBinaryValue(dst []byte, v *Value) []byte {
	dst = append(dst, byte(v.kind))
	switch v.kind {
	case KindString:
		return appendText(dst, v.text)
	case KindBool:
		return append(dst, byte(v.num))
	case KindInt:
		return binary.AppendVarint(dst, v.num)
	case KindDecimal:
		d, _ := v.Decimal()
		sign := byte(0)
		if d.Sign() < 0 {
			sign = 1
		}
		return appendText(append(dst, sign, byte(-d.Exponent())), string(d.Coefficient().Bytes()))
	case KindTime:
		return appendInstant(dst, v.num, int(v.nano))
	case KindRecord:
		p, _ := v.Record()
		return appendBinaryProps(dst, p)
	case KindList:
		list, _ := v.list()
		dst = binary.AppendUvarint(dst, uint64(len(list)))
		for i := range list {
			dst = appendBinaryValue(dst, &list[i])
		}
	}
	return dst
}

// DecodeBinary reads the first event in data, see [Event.AppendBinary], and returns
// the rest. The error is a [*Rejection]. DecodeBinary does not [Check].
func DecodeBinary(data []byte) (e Event, rest []byte, err error) {
	if len(data) == 0 {
		return Event{}, nil, reject(Malformed, "", "no bytes")
	}
	if data[0] != binaryVersion {
		return Event{}, nil, reject(Malformed, "", "version %d, want %d", data[0], binaryVersion)
	}
	frame := reader{data: data[1:]}
	length := frame.uvarint()
	switch {
	case frame.bad:
		return Event{}, nil, reject(Malformed, "", "no length")
	case length > MaxEncodedBytes:
		return Event{}, nil, reject(TooLarge, "", "%d bytes", length)
	case length > uint64(len(frame.data)):
		return Event{}, nil, reject(Malformed, "", "%d bytes, want %d", len(frame.data), length)
	}
	body := reader{data: frame.data[:length]}
	e = body.event()
	if body.bad || len(body.data) > 0 {
		return Event{}, nil, reject(Malformed, "", "not a binary event")
	}
	if r := checkForm(&e); r != nil {
		return Event{}, nil, r.in(e.Name, "")
	}
	return e, frame.data[length:], nil
}

// reader takes values off the front of data. After an error it is bad and has no
// data, so that every further value is zero.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) fail() { r.data, r.bad = nil, true }

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

// count reads the number of things of at least one byte each.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.data)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) byte() byte {
	if len(r.data) == 0 {
		r.fail()
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

func (r *reader) text() string {
	n := r.count()
	text := string(r.data[:n])
	r.data = r.data[n:]
	return text
}

func (r *reader) instant() (unix int64, nano int32) {
	unix = r.varint()
	n := r.uvarint()
	if n >= uint64(time.Second) {
		r.fail()
		return 0, 0
	}
	return unix, int32(n)
}

func (r *reader) time() time.Time {
	unix, nano := r.instant()
	return time.Unix(unix, int64(nano)).UTC()
}

func (r *reader) event() (e Event) {
	flags := r.byte()
	if flags >= flagsEnd {
		r.fail()
	}
	e.Test = flags&flagTest != 0
	for _, text := range [...]*string{
		&e.ID, &e.Source, &e.Name, &e.OriginalName, &e.UserID, &e.AnonymousID, &e.AccountID, &e.SessionID,
	} {
		*text = r.text()
	}
	if flags&flagTime != 0 {
		e.Time = r.time()
	}
	if flags&flagEffective != 0 {
		e.EffectiveTime = r.time()
	}
	if flags&flagRecorded != 0 {
		e.RecordedTime = r.time()
	}
	e.Seq = r.varint()
	e.Props = r.props(MaxDepth, lookup(e.Name))
	return e
}

func (r *reader) props(depth int, s *spec) Props {
	n := r.count()
	if n == 0 {
		return Props{}
	}
	attrs := make([]Attr, 0, min(n, 64))
	for range n {
		length := r.count()
		name := interned(s, r.data[:length])
		r.data = r.data[length:]
		value := r.value(depth)
		if r.bad || len(attrs) > 0 && attrs[len(attrs)-1].Name >= name {
			r.fail()
			return Props{}
		}
		attrs = append(attrs, Attr{name, value})
	}
	return Props{attrs}
}

func (r *reader) value(depth int) Value {
	switch kind := Kind(r.byte()); kind {
	case KindString:
		return StringValue(r.text())
	case KindBool:
		b := r.byte()
		if b > 1 {
			r.fail()
		}
		return BoolValue(b == 1)
	case KindInt:
		return IntValue(r.varint())
	case KindDecimal:
		return r.decimal()
	case KindTime:
		unix, nano := r.instant()
		return Value{kind: KindTime, num: unix, nano: nano}
	case KindRecord, KindList:
		if depth == 0 {
			r.fail()
			return Value{}
		}
		if kind == KindRecord {
			return RecordValue(r.props(depth-1, nil))
		}
		return r.list(depth - 1)
	}
	r.fail()
	return Value{}
}

// maxMagnitudeBytes has room for 68 digits.
const maxMagnitudeBytes = 29

func (r *reader) decimal() Value {
	sign, places, magnitude := r.byte(), r.byte(), r.text()
	if sign > 1 || len(magnitude) > maxMagnitudeBytes {
		r.fail()
		return Value{}
	}
	coef := new(big.Int).SetBytes([]byte(magnitude))
	if sign == 1 {
		coef.Neg(coef)
	}
	v := DecimalValue(decimal.NewFromBigInt(coef, -int32(places)))
	if d, _ := v.Decimal(); v.kind != KindDecimal || d.Exponent() != -int32(places) {
		r.fail() // out of range, or not in its one form
	}
	return v
}

func (r *reader) list(depth int) Value {
	n := r.count()
	list := make([]Value, 0, min(n, 64))
	for range n {
		list = append(list, r.value(depth))
		if r.bad {
			return Value{}
		}
	}
	return Value{kind: KindList, ref: list}
}
