package event

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rule says which events are meant: those of some names whose attributes meet all
// conditions. The zero Rule means every event.
type Rule struct {
	Events []string    // canonical names; none means any
	Where  []Condition // all must hold
}

// Named returns the rule that means the events of the given names.
func Named(names ...string) Rule { return Rule{Events: names} }

// Condition compares an attribute with a value. An attribute that is absent or of
// another kind fails every condition but [NotEqual], [NotIn] and [Absent]. The two kinds
// of numbers are one.
type Condition struct {
	Attribute string
	Op        Op
	Value     Value // a list for In and NotIn; not used by Present and Absent
}

// Op is how a condition compares.
type Op uint8

// The operators. The zero Op is Equal.
const (
	Equal Op = iota
	NotEqual
	Less
	AtMost
	Greater
	AtLeast
	In
	NotIn
	Present
	Absent
)

var opTexts = [...]string{"=", "!=", "<", "<=", ">", ">=", "in", "not in", "present", "absent"}

// String returns the operator as it is written, such as "<=" or "not in".
func (op Op) String() string {
	if int(op) < len(opTexts) {
		return opTexts[op]
	}
	return "op " + strconv.Itoa(int(op))
}

// Check returns an error that names what is wrong with a rule: a name that is not folded,
// an attribute without a name, an operator with a value that it cannot compare.
func (r *Rule) Check() error {
	for _, name := range r.Events {
		if name == "" || Fold(name) != name {
			return fmt.Errorf("event %q: %w, which would be %q", name, BadName, Fold(name))
		}
	}
	for i := range r.Where {
		if err := r.Where[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Condition) check() error {
	if c.Attribute == "" {
		return fmt.Errorf("condition %q: %w: the attribute has no name", c, MissingAttribute)
	}
	fail := func(what string) error {
		return fmt.Errorf("condition on %q: %w: %s %s", c.Attribute, WrongType, c.Op, what)
	}
	switch kind := c.Value.Kind(); c.Op {
	case Present, Absent:
		if kind != KindInvalid {
			return fail("takes no value")
		}
	case In, NotIn:
		if kind != KindList {
			return fail("takes a list")
		}
	case Equal, NotEqual:
		if kind == KindInvalid {
			return fail("takes a value")
		}
	case Less, AtMost, Greater, AtLeast:
		if kind != KindInt && kind != KindDecimal && kind != KindTime && kind != KindString {
			return fail("takes a number, a time or a string")
		}
	default:
		return fail("is no operator")
	}
	return nil
}

// Match reports whether e is meant. It looks at the canonical name and the attributes only.
func (r *Rule) Match(e *Event) bool {
	if len(r.Events) > 0 && !slices.Contains(r.Events, e.Name) {
		return false
	}
	for i := range r.Where {
		if !r.Where[i].holds(e.Props.find(r.Where[i].Attribute)) {
			return false
		}
	}
	return true
}

func (c *Condition) holds(v *Value) bool {
	if v == nil {
		return c.Op == Absent || c.Op == NotEqual || c.Op == NotIn
	}
	switch c.Op {
	case Equal:
		return v.Equal(c.Value)
	case NotEqual:
		return !v.Equal(c.Value)
	case In, NotIn:
		list, _ := c.Value.list()
		return slices.ContainsFunc(list, v.Equal) == (c.Op == In)
	case Present:
		return true
	case Absent:
		return false
	}
	if v.kind != c.Value.kind && !(v.isNumber() && c.Value.isNumber()) {
		return false
	}
	order := v.Compare(c.Value)
	switch c.Op {
	case Less:
		return order < 0
	case AtMost:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

// String returns the rule in one canonical form: names and conditions sorted, each once.
// Rules of equal form mean the same events.
//
//	order_completed where currency = "EUR" and total >= 100
func (r Rule) String() string {
	text := "any event"
	if len(r.Events) > 0 {
		text = strings.Join(distinct(r.Events), ", ")
	}
	if len(r.Where) == 0 {
		return text
	}
	conditions := make([]string, len(r.Where))
	for i := range r.Where {
		conditions[i] = r.Where[i].String()
	}
	return text + " where " + strings.Join(distinct(conditions), " and ")
}

func distinct(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}

// String returns the condition, such as
//
//	total >= 100
func (c Condition) String() string {
	if c.Op == Present || c.Op == Absent {
		return c.Attribute + " " + c.Op.String()
	}
	return c.Attribute + " " + c.Op.String() + " " + c.Value.String()
}
