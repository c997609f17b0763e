package event

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Kind is the type of a [Value]. Kinds are stable: they are part of the binary form.
type Kind uint8

// The kinds of value.
const (
	KindInvalid Kind = iota // the zero Value, or a number out of range
	KindString
	KindBool
	KindInt     // a whole number of 64 bits
	KindDecimal // any other number
	KindTime
	KindList
	KindRecord // attributes of its own, such as one item of a list
)

// String returns the lower-case name of k.
func (k Kind) String() string {
	switch k {
	case KindString:
		return "string"
	case KindBool:
		return "bool"
	case KindInt:
		return "int"
	case KindDecimal:
		return "decimal"
	case KindTime:
		return "time"
	case KindList:
		return "list"
	case KindRecord:
		return "record"
	}
	return "invalid"
}

// Value is one attribute value. It is immutable, and it is not comparable with ==:
// use [Value.Equal] or [Value.Compare]. The zero Value is invalid.
//
// A number has one form: 12, 12.0 and 1.2e1 are the same KindInt, and a KindDecimal
// carries no trailing zeros. So the attribute kinds "int" and "decimal" tell whole
// numbers of 64 bits from all other numbers, not how a number was written.
type Value struct {
	_    [0]func()
	kind Kind
	nano int32 // of a time
	num  int64 // of an int, a bool, or the Unix seconds of a time
	text string
	ref  any // decimal.Decimal, []Value or Props
}

// StringValue returns s as a value.
func StringValue(s string) Value { return Value{kind: KindString, text: s} }

// BoolValue returns b as a value.
func BoolValue(b bool) Value {
	v := Value{kind: KindBool}
	if b {
		v.num = 1
	}
	return v
}

// IntValue returns n as a value.
func IntValue(n int64) Value { return Value{kind: KindInt, num: n} }

// TimeValue returns the instant of t as a value. The location is not kept.
func TimeValue(t time.Time) Value {
	return Value{kind: KindTime, num: t.Unix(), nano: int32(t.Nanosecond())}
}

// ListValue returns the list of vs, which it copies.
func ListValue(vs ...Value) Value { return Value{kind: KindList, ref: slices.Clone(vs)} }

// RecordValue returns p as a value.
func RecordValue(p Props) Value { return Value{kind: KindRecord, ref: p} }

// DecimalValue returns d as a value. A number of 10^34 or more in magnitude, or with
// digits below 10^-34 that are not zero, gives an invalid Value.
func DecimalValue(d decimal.Decimal) Value {
	if d.IsZero() {
		return IntValue(0)
	}
	if !exact.InRange(d) {
		return Value{}
	}
	if n, ok := exact.Minor(d, 0); ok {
		return IntValue(n)
	}
	if d.Exponent() > 0 {
		d, _ = exact.FromDecimal(d).Decimal() // writes the zeros out
	}
	return Value{kind: KindDecimal, ref: exact.Trim(d)}
}

// Kind returns the kind of v.
func (v Value) Kind() Kind { return v.kind }

// Text returns the text of a string.
func (v Value) Text() (string, bool) { return v.text, v.kind == KindString }

// Bool returns the truth of a bool.
func (v Value) Bool() (bool, bool) { return v.kind == KindBool && v.num != 0, v.kind == KindBool }

// Int returns a whole number of 64 bits.
func (v Value) Int() (int64, bool) {
	if v.kind != KindInt {
		return 0, false
	}
	return v.num, true
}

// Decimal returns a number of either kind. It allocates for a KindInt.
func (v Value) Decimal() (decimal.Decimal, bool) {
	switch v.kind {
	case KindInt:
		return decimal.NewFromInt(v.num), true
	case KindDecimal:
		return v.ref.(decimal.Decimal), true
	}
	return decimal.Decimal{}, false
}

// Time returns an instant in UTC: that of a time, or of a string that is a time in
// RFC 3339, since JSON has no other way to write one.
func (v Value) Time() (time.Time, bool) {
	switch v.kind {
	case KindTime:
		return time.Unix(v.num, int64(v.nano)).UTC(), true
	case KindString:
		return parseTime(v.text)
	}
	return time.Time{}, false
}

// List returns a copy of the elements of a list.
func (v Value) List() ([]Value, bool) {
	list, ok := v.list()
	return slices.Clone(list), ok
}

// Elements yields the elements of a list, and nothing for any other value. It copies nothing.
func (v Value) Elements() iter.Seq[Value] {
	list, _ := v.list()
	return slices.Values(list)
}

func (v Value) list() ([]Value, bool) {
	list, ok := v.ref.([]Value)
	return list, ok && v.kind == KindList
}

// Record returns the attributes of a record.
func (v Value) Record() (Props, bool) {
	p, ok := v.ref.(Props)
	return p, ok && v.kind == KindRecord
}

// String returns v as JSON, an invalid Value as null.
func (v Value) String() string { return string(appendValue(nil, v)) }

// Equal reports whether v and w are the same value.
func (v Value) Equal(w Value) bool { return v.Compare(w) == 0 }

// Compare orders values: by kind in the order of the constants, the two kinds of
// number being one, then false before true, numbers and times by size, strings by
// bytes, lists and records element by element.
func (v Value) Compare(w Value) int {
	if v.kind != w.kind {
		if v.isNumber() && w.isNumber() {
			return v.compareNumber(w)
		}
		return cmp.Compare(v.kind, w.kind)
	}
	switch v.kind {
	case KindString:
		return strings.Compare(v.text, w.text)
	case KindDecimal:
		return v.compareNumber(w)
	case KindList:
		a, _ := v.list()
		b, _ := w.list()
		return slices.CompareFunc(a, b, Value.Compare)
	case KindRecord:
		a, _ := v.Record()
		b, _ := w.Record()
		return a.Compare(b)
	}
	return cmp.Or(cmp.Compare(v.num, w.num), cmp.Compare(v.nano, w.nano))
}

func (v Value) isNumber() bool { return v.kind == KindInt || v.kind == KindDecimal }

// compareNumber is exact; both exponents lie in [-34, 0].
func (v Value) compareNumber(w Value) int {
	a, _ := v.Decimal()
	b, _ := w.Decimal()
	return a.Cmp(b)
}

// negative reports whether v is a number below zero.
func (v Value) negative() bool {
	switch v.kind {
	case KindInt:
		return v.num < 0
	case KindDecimal:
		return v.ref.(decimal.Decimal).Sign() < 0
	}
	return false
}

// parseTime reads a time in RFC 3339.
func parseTime(text string) (time.Time, bool) {
	var t time.Time
	const seconds = len("2006-01-02T15:04:05")
	if len(text) <= seconds || len(text) > maxTimeBytes || text[seconds] == ',' {
		return t, false // package time would take a comma
	}
	var buf [maxTimeBytes]byte
	if err := t.UnmarshalText(append(buf[:0], text...)); err != nil {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// maxTimeBytes has room for nine decimals and an offset, and some zeros more.
const maxTimeBytes = 64
