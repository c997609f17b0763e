package event

import (
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/stage"
)

// Attribute says what an event may carry under one name.
type Attribute struct {
	Name     string
	Kind     Kind // KindDecimal accepts whole numbers too
	Required bool

	// Money marks an amount in minor units of the attribute "currency" next to it.
	Money bool

	// NonNegative marks a number that cannot be below zero.
	NonNegative bool

	known  []string    // of an open enumeration
	fields []Attribute // of a record, or of each record of a list
}

// Known yields the known values of an enumeration. Enumerations are open: another
// value is kept, and counted as "other".
func (a Attribute) Known() iter.Seq[string] { return slices.Values(a.known) }

// Fields yields the attributes of a record, or of each record of a list. There are
// none when the content is free.
func (a Attribute) Fields() iter.Seq[Attribute] { return slices.Values(a.fields) }

// spec is the literal behind a Spec; attrs are sorted by name.
type spec struct {
	name    string
	stage   stage.Stage
	subject need
	attrs   []Attribute
	anyOf   []string
}

// need says whom the envelope must name.
type need uint8

const (
	anyone    need = iota // a user, a visitor or an account
	account               // an account
	noSubject             // nobody: the event is not about one customer
)

// Spec describes one event of the vocabulary. It is a view of static data; the zero
// Spec describes nothing.
type Spec struct{ s *spec }

// Name returns the canonical name.
func (s Spec) Name() string {
	if s.s == nil {
		return ""
	}
	return s.s.name
}

// Stage returns the stage in which the event is mostly counted; no stage for
// bookkeeping such as fact_retracted.
func (s Spec) Stage() stage.Stage {
	if s.s == nil {
		return 0
	}
	return s.s.stage
}

// Attributes yields the attributes by name.
func (s Spec) Attributes() iter.Seq[Attribute] {
	if s.s == nil {
		return slices.Values([]Attribute(nil))
	}
	return slices.Values(s.s.attrs)
}

// Attribute returns the attribute of that name.
func (s Spec) Attribute(name string) (Attribute, bool) {
	for a := range s.Attributes() {
		if a.Name == name {
			return a, true
		}
	}
	return Attribute{}, false
}

// AnyOf yields the attributes at least one of which is required.
func (s Spec) AnyOf() iter.Seq[string] {
	if s.s == nil {
		return slices.Values([]string(nil))
	}
	return slices.Values(s.s.anyOf)
}

// NeedsSubject reports whether the envelope must name a user, a visitor or an
// account.
func (s Spec) NeedsSubject() bool { return s.s != nil && s.s.subject != noSubject }

// NeedsAccount reports whether the envelope must name an account.
func (s Spec) NeedsAccount() bool { return s.s != nil && s.s.subject == account }

// Vocabulary yields the known events by name. Events of other names are allowed
// too, with any attributes.
func Vocabulary() iter.Seq[Spec] {
	return func(yield func(Spec) bool) {
		for i := range vocabulary {
			if !yield(Spec{&vocabulary[i]}) {
				return
			}
		}
	}
}

// Lookup returns the description of a canonical name.
func Lookup(name string) (Spec, bool) {
	s := lookup(name)
	return Spec{s}, s != nil
}

func lookup(name string) *spec {
	low, high := 0, len(vocabulary) // without copies of what is looked at
	for low < high {
		switch i := int(uint(low+high) >> 1); {
		case vocabulary[i].name == name:
			return &vocabulary[i]
		case vocabulary[i].name < name:
			low = i + 1
		default:
			high = i
		}
	}
	return nil
}
