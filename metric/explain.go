package metric

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Explanation is how a value came about, down to the facts.
type Explanation struct {
	Definition Definition
	Value      Value
	Err        error // why there is no value
	Supplied   bool  // the value was given; there is nothing below it
	Repeated   bool  // the metric stands earlier in the tree with its inputs
	Inputs     []Explanation
}

// Explain returns the derivation of d from the facts.
func (f *Facts) Explain(d Definition) Explanation {
	f = f.orEmpty()
	if d.d == nil {
		return Explanation{Err: &Error{Err: errNoMetric}}
	}
	return f.explain(f.evaluation(), d.d, map[*def.Metric]bool{})
}

func (f *Facts) explain(e *evaluation, d *def.Metric, seen map[*def.Metric]bool) Explanation {
	x := Explanation{Definition: Definition{d}}
	x.Value, x.Err = e.value(d, f.rounding)
	if _, x.Supplied = f.entries[d]; x.Supplied {
		return x
	}
	if x.Repeated = seen[d] && len(d.Inputs) > 0; x.Repeated {
		return x
	}
	seen[d] = true
	for _, in := range d.Inputs {
		x.Inputs = append(x.Inputs, f.explain(e, in, seen))
	}
	return x
}

// String draws the derivation as a tree: a line for each metric, with its value or why it
// has none, and one for its formula.
func (x Explanation) String() string {
	var b strings.Builder
	x.draw(&b, "")
	return b.String()
}

func (x Explanation) draw(b *strings.Builder, indent string) {
	b.WriteString(x.title() + ": " + x.result())
	switch {
	case x.Supplied:
		b.WriteString(", given")
	case x.Repeated:
		b.WriteString(", as above")
	}
	b.WriteByte('\n')
	if len(x.Inputs) == 0 {
		return
	}
	b.WriteString(indent + "│ = " + x.Definition.Formula() + "\n")
	for i, in := range x.Inputs {
		branch, rest := "├─ ", "│  "
		if i == len(x.Inputs)-1 {
			branch, rest = "└─ ", "   "
		}
		b.WriteString(indent + branch)
		in.draw(b, indent+rest)
	}
}

func (x Explanation) title() string {
	id, name := x.Definition.ID(), x.Definition.Name()
	switch {
	case id == "":
		return "no metric"
	case name == "":
		return id
	}
	return name + " (" + id + ")"
}

// result says what the value is or why there is none, for a reader who sees the metric's
// name already.
func (x Explanation) result() string {
	var e *Error
	switch {
	case x.Err == nil:
		return valueText(x.Value, x.Definition)
	case !errors.As(x.Err, &e) || e.Reason == "":
		return x.Err.Error()
	case e.Input != "" && e.Input != e.Metric:
		return "undefined through " + e.Input + ", " + string(e.Reason)
	case e.Reason == MissingInput && !x.Supplied:
		return "not given"
	case e.Err != nil:
		return "undefined, " + string(e.Reason) + ": " + e.Err.Error()
	}
	return "undefined, " + string(e.Reason)
}

// valueText writes a value with what it is per: "100.00 USD/month/customer",
// "8.00 EUR/1000 impression". One per second is written per the time base of its metric.
func valueText(v Value, d Definition) string {
	unit := d.Unit()
	if seconds := secondsPer(d.Per()); seconds > 1 && strings.Contains(unit, "/second") {
		x := v.fraction().Mul(exact.FromInt64(seconds))
		if w, err := valueFromDecimal(v.Kind(), RoundTo(6, RoundHalfAwayFromZero).round(x), v.Currency()); err == nil {
			v, unit = w, strings.Replace(unit, "/second", "/"+d.Per(), 1)
		}
	}
	if d.Scale() != 1 {
		unit = strings.Replace(unit, "/", "/"+strconv.FormatInt(d.Scale(), 10)+" ", 1)
	}
	rest, isMoney := strings.CutPrefix(unit, "money")
	switch {
	case v.Kind() == KindMoney && isMoney:
		return v.String() + rest
	case v.Kind() == KindNumber && unit != "1" && unit != "":
		return v.String() + " " + unit
	}
	return v.String()
}

// secondsPer returns the length of a time base, and 1 for any other text.
func secondsPer(base string) int64 {
	switch base {
	case "minute":
		return 60
	case "hour":
		return 3600
	case "day":
		return secondsPerDay
	case "week":
		return 7 * secondsPerDay
	}
	return 1
}

// MarshalJSON writes the derivation as nested objects with id, value, unit, formula,
// supplied, repeated and inputs. Instead of a value there is undefined, the reason, with
// because, the id of the input at fault, if it is another metric; or error, if no metric was
// asked for.
func (x Explanation) MarshalJSON() ([]byte, error) {
	type node struct {
		ID        string        `json:"id"`
		Value     *Value        `json:"value,omitempty"`
		Undefined Reason        `json:"undefined,omitempty"`
		Because   string        `json:"because,omitempty"`
		Error     string        `json:"error,omitempty"`
		Unit      string        `json:"unit,omitempty"`
		Formula   string        `json:"formula,omitempty"`
		Supplied  bool          `json:"supplied,omitempty"`
		Repeated  bool          `json:"repeated,omitempty"`
		Inputs    []Explanation `json:"inputs,omitempty"`
	}
	n := node{ID: x.Definition.ID(), Unit: x.Definition.Unit(), Supplied: x.Supplied, Repeated: x.Repeated, Inputs: x.Inputs}
	var e *Error
	switch {
	case x.Err == nil:
		n.Value = &x.Value
	case errors.As(x.Err, &e) && e.Reason != "":
		n.Undefined, n.Because = e.Reason, e.Input
	default:
		n.Error = x.Err.Error()
	}
	if !x.Supplied {
		n.Formula = x.Definition.Formula()
	}
	return json.Marshal(n)
}
