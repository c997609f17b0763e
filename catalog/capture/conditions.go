package capture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// condition is a test of one attribute against a constant. The constant is a number, true
// or false, or else a word. A number is held against numbers, true and false against
// truths, and all of them, as written, against texts. A value of any other type fails
// every test but "!=", and so does an absent attribute.
type condition struct {
	attr string
	op   operator
	text string // the constant as written

	kind    event.Kind // of the constant: KindString, KindBool, KindInt or KindDecimal
	truth   bool
	integer int64
	number  decimal.Decimal // of KindInt and KindDecimal
}

// operator is the set of the outcomes of a comparison, less, equal and greater, for which
// a test holds.
type operator uint8

const (
	less operator = 1 << iota
	equal
	greater

	unequal = less | greater
)

// includes reports whether the test holds for a comparison that came out as order.
func (o operator) includes(order int) bool { return o>>(order+1)&1 != 0 }

func parseOperator(text string) (operator, bool) {
	switch text {
	case "==":
		return equal, true
	case "!=":
		return unequal, true
	case "<":
		return less, true
	case "<=":
		return less | equal, true
	case ">":
		return greater, true
	case ">=":
		return greater | equal, true
	}
	return 0, false
}

func newCondition(c def.Condition) (condition, error) {
	op, ok := parseOperator(c.Op)
	if !ok || c.Attr == "" {
		return condition{}, inputErrorf("condition %.40q %.40q %.40q is not a test of an attribute", c.Attr, c.Op, c.Value)
	}
	n := condition{attr: c.Attr, op: op, text: c.Value, kind: event.KindString}
	if c.Value == "true" || c.Value == "false" {
		n.kind, n.truth = event.KindBool, c.Value == "true"
		return n, nil
	}
	if number, err := exact.ParseDecimal(c.Value); err == nil {
		n.kind, n.number = event.KindDecimal, number
		if integer, ok := exact.Minor(number, 0); ok {
			n.kind, n.integer = event.KindInt, integer
		}
	}
	return n, nil
}

// needs reports whether the test cannot be decided without the attribute.
func (c *condition) needs() bool { return c.op != unequal }

// Of an event on which a condition, or all conditions of a filter, are tested.
const (
	holds   uint8 = 1 // the test is passed
	decided uint8 = 2 // no attribute was absent that it needs
)

// test tests the attribute of an event.
func (c *condition) test(p event.Props) uint8 {
	switch c.kind {
	case event.KindBool:
		if value, ok := p.Bool(c.attr); ok {
			return outcome(c.op.includes(cmp.Compare(truth(value), truth(c.truth))))
		}
	case event.KindInt:
		if value, ok := p.Int(c.attr); ok {
			return outcome(c.op.includes(cmp.Compare(value, c.integer)))
		}
	case event.KindString:
		if value, ok := p.String(c.attr); ok {
			return c.testText(value)
		}
	}
	value, ok := p.Get(c.attr)
	if !ok {
		return c.testAbsent()
	}
	return c.testValue(value)
}

// testValue tests a value that is not of the kind of the constant, or a decimal.
func (c *condition) testValue(v event.Value) uint8 {
	if text, ok := v.Text(); ok {
		return c.testText(text)
	}
	if number, ok := v.Decimal(); ok && c.isNumber() {
		return outcome(c.op.includes(number.Cmp(c.number)))
	}
	return c.testOther()
}

func (c *condition) isNumber() bool { return c.kind == event.KindInt || c.kind == event.KindDecimal }

// testText tests a text. Words have an order, by their bytes; texts and numbers have none.
func (c *condition) testText(text string) uint8 {
	order := strings.Compare(text, c.text)
	if c.kind != event.KindString && order != 0 {
		return c.testOther()
	}
	return outcome(c.op.includes(order))
}

// testOther tests a value that is neither equal to the constant nor comparable to it.
func (c *condition) testOther() uint8 { return outcome(c.op == unequal) }

func (c *condition) testAbsent() uint8 {
	if c.needs() {
		return 0
	}
	return holds | decided
}

func outcome(passed bool) uint8 {
	if passed {
		return holds | decided
	}
	return decided
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// filter is a conjunction of conditions.
type filter []condition

func newFilter(list []def.Condition) (filter, error) {
	var f filter
	for _, c := range list {
		n, err := newCondition(c)
		if err != nil {
			return nil, err
		}
		f = append(f, n)
	}
	return f, nil
}

// equal reports whether both make the same tests in the same order.
func (f filter) equal(g filter) bool {
	return slices.EqualFunc(f, g, func(a, b condition) bool {
		return a.attr == b.attr && a.op == b.op && a.text == b.text
	})
}

// test holds for an event that passes every test. It is decided if every test is, so not
// by the first one that fails.
func (f filter) test(p event.Props) uint8 {
	result := holds | decided
	for i := range f {
		result &= f[i].test(p)
	}
	return result
}
