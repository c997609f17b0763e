package event

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Payload is the attributes of one event of the vocabulary as a Go struct, such as
// [OrderCompleted]. Only this package has payloads; other events carry [Props].
//
// In a payload an optional text or time that is empty or zero is absent; other
// optional attributes are [Optional].
type Payload[P any] interface {
	*P
	EventName() string
	attributes(*binder)
}

// New returns base with the name and the attributes of payload p. Attributes of base
// stay unless p has the same. New checks nothing: see [Check].
func New[P any, PP Payload[P]](base Event, p P) Event {
	b := binder{mode: writing}
	PP(&p).attributes(&b)
	base.Name = PP(&p).EventName()
	base.Props = base.Props.With(b.out...)
	return base
}

// As returns the attributes of e as payload P. The error is a [*Rejection] when e is
// another event, lacks a required attribute or has one of the wrong kind, which
// cannot be once [Check] has passed e.
func As[P any, PP Payload[P]](e *Event) (P, error) {
	var p P
	if want := PP(&p).EventName(); e.Name != want {
		return p, reject(WrongEvent, "", "want %q", want).in(e.Name, "")
	}
	b := binder{mode: reading, in: e.Props}
	PP(&p).attributes(&b)
	if b.err != nil {
		var none P
		return none, b.err.in(e.Name, "")
	}
	return p, nil
}

// Optional is a value that may be absent. The zero Optional is absent.
type Optional[T any] struct {
	value T
	set   bool
}

// Some returns v as a value that is present.
func Some[T any](v T) Optional[T] { return Optional[T]{v, true} }

// Get returns the value and whether it is present.
func (o Optional[T]) Get() (T, bool) { return o.value, o.set }

// Or returns the value, or otherwise when absent.
func (o Optional[T]) Or(otherwise T) T {
	if o.set {
		return o.value
	}
	return otherwise
}

// binder goes through the attributes of a payload, so that each payload names them
// once, for reading, writing and describing.
type binder struct {
	mode mode
	in   Props       // reading
	out  []Attr      // writing
	seen []Attribute // describing
	err  *Rejection
}

type mode uint8

const (
	writing mode = iota
	reading
	describing
)

// codec turns one Go type into values of one kind and back.
type codec[T any] struct {
	kind  Kind
	write func(T) Value
	read  func(Value) (T, bool)
}

func textCodec() codec[string]       { return codec[string]{KindString, StringValue, Value.Text} }
func wholeCodec() codec[int64]       { return codec[int64]{KindInt, IntValue, Value.Int} }
func flagCodec() codec[bool]         { return codec[bool]{KindBool, BoolValue, Value.Bool} }
func instantCodec() codec[time.Time] { return codec[time.Time]{KindTime, TimeValue, Value.Time} }
func recordCodec() codec[Props]      { return codec[Props]{KindRecord, RecordValue, Value.Record} }
func numberCodec() codec[decimal.Decimal] {
	return codec[decimal.Decimal]{KindDecimal, DecimalValue, Value.Decimal}
}

func valuesCodec() codec[[]Value] {
	return codec[[]Value]{KindList, func(vs []Value) Value { return ListValue(vs...) }, Value.List}
}

// bind moves one attribute. Present says whether there is anything to write.
func bind[T any](b *binder, name string, required, present bool, field *T, c codec[T]) (found bool) {
	switch b.mode {
	case describing:
		b.seen = append(b.seen, Attribute{Name: name, Kind: c.kind, Required: required})
	case writing:
		if present {
			b.out = append(b.out, Attr{name, c.write(*field)})
		}
	case reading:
		return b.read(name, required, c.kind, func(v Value) (ok bool) {
			*field, ok = c.read(v)
			return ok
		})
	}
	return false
}

func (b *binder) read(name string, required bool, kind Kind, set func(Value) bool) bool {
	if b.err != nil {
		return false
	}
	v := b.in.find(name)
	switch {
	case v == nil && required:
		b.err = reject(MissingAttribute, name, "")
	case v == nil:
	case set(*v):
		return true
	case b.err == nil:
		b.err = reject(WrongType, name, "%s, want %s", v.kind, kind)
	default:
		b.err = b.err.in("", name)
	}
	return false
}

func bindOptional[T any](b *binder, name string, field *Optional[T], c codec[T]) {
	if bind(b, name, false, field.set, &field.value, c) {
		field.set = true
	}
}

func (b *binder) text(name string, p *string) { bind(b, name, true, true, p, textCodec()) }
func (b *binder) whole(name string, p *int64) { bind(b, name, true, true, p, wholeCodec()) }
func (b *binder) flag(name string, p *bool)   { bind(b, name, true, true, p, flagCodec()) }
func (b *binder) instant(name string, p *time.Time) {
	bind(b, name, true, !p.IsZero(), p, instantCodec())
}
func (b *binder) number(name string, p *decimal.Decimal) {
	bind(b, name, true, true, p, numberCodec())
}

func (b *binder) optText(name string, p *string) { bind(b, name, false, *p != "", p, textCodec()) }
func (b *binder) optInstant(name string, p *time.Time) {
	bind(b, name, false, !p.IsZero(), p, instantCodec())
}
func (b *binder) optValues(name string, p *[]Value) {
	bind(b, name, false, *p != nil, p, valuesCodec())
}
func (b *binder) optRecord(name string, p *Props) {
	bind(b, name, false, p.Len() > 0, p, recordCodec())
}

func (b *binder) optWhole(name string, p *Optional[int64]) { bindOptional(b, name, p, wholeCodec()) }
func (b *binder) optFlag(name string, p *Optional[bool])   { bindOptional(b, name, p, flagCodec()) }
func (b *binder) optNumber(name string, p *Optional[decimal.Decimal]) {
	bindOptional(b, name, p, numberCodec())
}

func (b *binder) items(name string, p *[]SubscriptionItem) {
	bind(b, name, true, true, p, codec[[]SubscriptionItem]{
		kind: KindList,
		write: func(items []SubscriptionItem) Value {
			list := make([]Value, len(items))
			for i := range items {
				list[i] = writeRecord(&items[i])
			}
			return Value{kind: KindList, ref: list}
		},
		read: func(v Value) ([]SubscriptionItem, bool) { return b.readItems(v) },
	})
}

func (b *binder) readItems(v Value) ([]SubscriptionItem, bool) {
	list, ok := v.list()
	if !ok {
		return nil, false
	}
	items := make([]SubscriptionItem, len(list))
	for i := range list {
		if !readRecord(b, list[i], &items[i]) {
			if b.err == nil {
				b.err = reject(WrongType, "", "%s, want record", list[i].kind)
			}
			b.err = b.err.in("", fmt.Sprintf("[%d]", i))
			return nil, false
		}
	}
	return items, true
}

func (b *binder) optDiscount(name string, p *Optional[SubscriptionDiscount]) {
	bindOptional(b, name, p, codec[SubscriptionDiscount]{
		kind:  KindRecord,
		write: func(d SubscriptionDiscount) Value { return writeRecord(&d) },
		read: func(v Value) (d SubscriptionDiscount, ok bool) {
			ok = readRecord(b, v, &d)
			return d, ok
		},
	})
}

// record is a payload inside a payload.
type record interface{ attributes(*binder) }

func writeRecord(p record) Value {
	b := binder{mode: writing}
	p.attributes(&b)
	return RecordValue(NewProps(b.out...))
}

// readRecord leaves the reason in b when v is a record that does not fit.
func readRecord(b *binder, v Value, p record) bool {
	props, ok := v.Record()
	if !ok {
		return false
	}
	inner := binder{mode: reading, in: props}
	p.attributes(&inner)
	b.err = inner.err
	return inner.err == nil
}
