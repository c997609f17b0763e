// Package def holds the literal type behind a metric definition.
//
// A value of type Metric is written by the generator as static data: constants,
// slices of constants and pointers to other literals, nothing that needs code at
// init. It is reached from outside the module through metric.Definition only.
package def

import (
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/stage"
)

// Metric is one definition. Literals are never modified after compilation.
type Metric struct {
	ID, Name, Subject    string
	Aliases              []string
	Stage                stage.Stage
	Also                 []stage.Stage
	Definition, Question string

	Kind  Kind
	Unit  string // product of powers, "money/month/customer"; "1" for a pure number
	Scale int64  // the value counts per Scale of the unit's denominator; 0 means 1
	Per   string // time base that a per-second value is printed in, "day"
	Grain string // "", "month", "quarter" or "year"

	Formula string    // text, "" for a base metric
	Inputs  []*Metric // in order of first use by the formula and its guards
	Consts  []Const
	Code    []Op // postfix
	Guards  []Guard
	Capture *Capture

	Direction                    string // higher, lower, target, none
	Range                        Range
	Time                         string // instant, period, cohort, lifetime, forecast
	RollupTime, RollupPopulation string // base metrics only: sum, first, last, max, never

	Includes, Excludes []string
	VariantOf, Differs string
	Relations          []Relation
	Examples           []Example
	Caveats            []Caveat
	Sources            []Source
	Forms              []Form

	Calculator string // package that computes it from events; "" for none

	Since, Stability string
	Deprecated       Deprecation
}

// Key is what a package of this module shows to be handed a literal.
type Key struct {
	_ [0]func()
	_ bool
}

// Kind names a quantity. A distribution is Distribution plus its element.
type Kind uint8

// The quantities.
const (
	Count Kind = 1 + iota
	Money
	Ratio
	Number
	Duration

	Distribution Kind = 16
)

// OpCode is one instruction of a compiled formula.
type OpCode uint8

// The instructions. A formula leaves one number on the stack, a guard one truth.
const (
	Input OpCode = 1 + iota // push Inputs[Arg]
	Push                    // push Consts[Arg]
	Add
	Sub
	Mul
	Div
	Neg
	Min        // of Arg operands
	Max        // of Arg operands
	Abs        //
	Mean       // of a distribution
	Median     // of a distribution
	Percentile // of a distribution and a constant in [0, 100]
	Pow        // of a number and an integer constant
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	And
	Or
	Not
)

// Op is an instruction with its argument.
type Op struct {
	Code OpCode
	Arg  int32
}

// Const is Units divided by ten to the power Scale.
type Const struct {
	Units int64
	Scale uint8
}

// Guard makes a metric undefined for Reason whenever Code is true.
// Code refers to the Inputs and Consts of the metric it belongs to.
type Guard struct {
	When   string
	Code   []Op
	Reason string
}

// Range is the set of values a metric can take.
type Range struct {
	Text             string // "[0, 1]"; "" when unbounded
	HasMin, HasMax   bool
	Min, Max         Const
	OpenMin, OpenMax bool
}

// CaptureKind says how a base metric is computed from events.
type CaptureKind uint8

// The kinds of capture rule.
const (
	CaptureCount    CaptureKind = 1 + iota // number of events
	CaptureSum                             // sum of an attribute
	CaptureDistinct                        // number of distinct keys, with at least AtLeast events each
	CaptureValues                          // distribution of an attribute
	CaptureDuration                        // distribution of the time from the first Event to the first Until of one object
)

// Capture is the rule that computes a base metric from events.
type Capture struct {
	Kind    CaptureKind
	Event   string // canonical event name
	Where   []Condition
	Of      string // sum, values: the attribute; distinct: "customer", "session" or an attribute
	AtLeast int    // distinct: least number of events of one key; 0 means 1
	Until   string // duration: canonical name of the closing event
	UntilIf []Condition
	Object  string // duration: "customer" or the attribute that names the object
}

// Condition is a test on one attribute of an event: Attr Op Value.
type Condition struct {
	Attr  string
	Op    string // "==", "!=", "<", "<=", ">", ">="
	Value string // text, number or true/false; an absent attribute fails every test but "!="
}

// Relation is an executable statement about two metrics.
type Relation struct {
	Kind   string // complement, inverse, counter, at_most, at_least
	Target string // id
}

// Example is a worked example: inputs and the exact result, or why there is none.
type Example struct {
	Inputs    []ExampleInput
	Period    string // "2026-03"; "" when the metric has no grain
	Result    string // exact, "43/197" or "1250.00 USD"
	Undefined string // reason
	Source    string // where it is published; "worked by hand" otherwise
}

// ExampleInput is one supplied value of an example.
type ExampleInput struct{ ID, Value string }

// Caveat is a popular mistake. When Formula is set, it gives Gives on the first example.
type Caveat struct{ Text, Formula, Gives string }

// Source is where a definition comes from.
type Source struct {
	Title, Section, URL string
	Year                int
}

// Form is the metric's name in another system.
type Form struct{ System, Name string }

// Deprecation is empty for a metric in use.
type Deprecation struct{ Since, Reason, ReplacedBy string }

// Operands returns how many values the instruction takes from the stack.
func (c OpCode) Operands(arg int32) int {
	switch c {
	case Input, Push:
		return 0
	case Neg, Abs, Mean, Median, Percentile, Pow, Not:
		return 1
	case Min, Max:
		return int(arg)
	}
	return 2
}

// String says in words what is captured. It is "" for a nil rule.
func (c *Capture) String() string {
	if c == nil {
		return ""
	}
	event := c.Event + conditions(c.Where)
	switch c.Kind {
	case CaptureCount:
		return "number of " + event
	case CaptureSum:
		return "sum of " + c.Of + " over " + event
	case CaptureValues:
		return "every " + c.Of + " of " + event
	case CaptureDistinct:
		text := "number of different " + c.Of + " of " + event
		if c.AtLeast > 1 {
			text += ", each with at least " + strconv.Itoa(c.AtLeast)
		}
		return text
	}
	return "time from the first " + event + " to the first " + c.Until + conditions(c.UntilIf) + " of one " + c.Object
}

func conditions(list []Condition) string {
	var text strings.Builder
	for i, c := range list {
		if i == 0 {
			text.WriteString(" where ")
		} else {
			text.WriteString(" and ")
		}
		text.WriteString(c.Attr + " " + c.Op + " " + c.Value)
	}
	return text.String()
}
