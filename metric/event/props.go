package event

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Attr is a named value.
type Attr struct {
	Name  string
	Value Value
}

// String returns a string attribute.
func String(name, value string) Attr { return Attr{name, StringValue(value)} }

// Int returns a whole-number attribute.
func Int(name string, value int64) Attr { return Attr{name, IntValue(value)} }

// Bool returns a boolean attribute.
func Bool(name string, value bool) Attr { return Attr{name, BoolValue(value)} }

// Decimal returns a number attribute, see [DecimalValue] for its range.
func Decimal(name string, value decimal.Decimal) Attr { return Attr{name, DecimalValue(value)} }

// Time returns a time attribute.
func Time(name string, value time.Time) Attr { return Attr{name, TimeValue(value)} }

// List returns a list attribute.
func List(name string, values ...Value) Attr { return Attr{name, ListValue(values...)} }

// Record returns an attribute that has attributes of its own.
func Record(name string, value Props) Attr { return Attr{name, RecordValue(value)} }

// Props are the typed attributes of an event, sorted by name. Props are immutable;
// the zero Props are empty.
//
// A getter of one type reports false both for an attribute that is absent and for
// one of another type; [Check] tells the two apart once, at the border.
type Props struct{ attrs []Attr }

// NewProps returns the given attributes, in any order. When a name is given twice
// the getters answer with the first, and [Check] refuses the event.
func NewProps(attrs ...Attr) Props {
	if len(attrs) == 0 {
		return Props{}
	}
	sorted := slices.Clone(attrs)
	sortAttrs(sorted)
	return Props{sorted}
}

func sortAttrs(attrs []Attr) {
	byName := func(a, b Attr) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(attrs, byName) {
		slices.SortStableFunc(attrs, byName)
	}
}

// With returns p with the given attributes added, each in place of one of the same
// name that p has.
func (p Props) With(attrs ...Attr) Props {
	if len(attrs) == 0 {
		return p
	}
	merged := slices.Clone(attrs)
	for _, old := range p.attrs {
		if !slices.ContainsFunc(attrs, func(a Attr) bool { return a.Name == old.Name }) {
			merged = append(merged, old)
		}
	}
	sortAttrs(merged)
	return Props{merged}
}

// Len returns the number of attributes.
func (p Props) Len() int { return len(p.attrs) }

// All yields names and values by name.
func (p Props) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := range p.attrs {
			if !yield(p.attrs[i].Name, p.attrs[i].Value) {
				return
			}
		}
	}
}

// scanLimit is the number of attributes up to which a scan beats a binary search.
const scanLimit = 16

// find returns the attribute of that name, or nil.
func (p Props) find(name string) *Value {
	attrs := p.attrs
	if len(attrs) > scanLimit {
		return p.search(name)
	}
	for i := range attrs {
		if attrs[i].Name == name {
			return &attrs[i].Value
		}
	}
	return nil
}

func (p Props) search(name string) *Value {
	i, found := slices.BinarySearchFunc(p.attrs, name, func(a Attr, name string) int {
		return strings.Compare(a.Name, name)
	})
	if !found {
		return nil
	}
	return &p.attrs[i].Value
}

// Get returns the attribute of that name.
func (p Props) Get(name string) (Value, bool) {
	if v := p.find(name); v != nil {
		return *v, true
	}
	return Value{}, false
}

// Has reports whether there is an attribute of that name.
func (p Props) Has(name string) bool { return p.find(name) != nil }

// String returns a string attribute.
func (p Props) String(name string) (string, bool) {
	if v := p.find(name); v != nil && v.kind == KindString {
		return v.text, true
	}
	return "", false
}

// Int returns a whole-number attribute.
func (p Props) Int(name string) (int64, bool) {
	if v := p.find(name); v != nil && v.kind == KindInt {
		return v.num, true
	}
	return 0, false
}

// Bool returns a boolean attribute.
func (p Props) Bool(name string) (value, ok bool) {
	if v := p.find(name); v != nil && v.kind == KindBool {
		return v.num != 0, true
	}
	return false, false
}

// Decimal returns a number attribute of either kind. It allocates for a whole
// number; use Int where one is expected.
func (p Props) Decimal(name string) (decimal.Decimal, bool) {
	if v := p.find(name); v != nil {
		return v.Decimal()
	}
	return decimal.Decimal{}, false
}

// Time returns a time attribute, or a string attribute that is a time in RFC 3339.
func (p Props) Time(name string) (time.Time, bool) {
	if v := p.find(name); v != nil {
		return v.Time()
	}
	return time.Time{}, false
}

// List returns a copy of a list attribute.
func (p Props) List(name string) ([]Value, bool) {
	if v := p.find(name); v != nil {
		return v.List()
	}
	return nil, false
}

// Record returns a record attribute.
func (p Props) Record(name string) (Props, bool) {
	if v := p.find(name); v != nil {
		return v.Record()
	}
	return Props{}, false
}

// Equal reports whether p and q have the same attributes.
func (p Props) Equal(q Props) bool { return p.Compare(q) == 0 }

// Compare orders attribute by attribute: by name, then by value. Fewer attributes
// come before more.
func (p Props) Compare(q Props) int {
	return slices.CompareFunc(p.attrs, q.attrs, func(a, b Attr) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), a.Value.Compare(b.Value))
	})
}
