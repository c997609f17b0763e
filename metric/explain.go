package metric

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
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

// String draws the derivation as a tree, a line for each metric and one for its formula.
func (x Explanation) String() string {
	var b strings.Builder
	x.draw(&b, "")
	return b.String()
}

func (x Explanation) draw(b *strings.Builder, indent string) {
	d := x.Definition
	b.WriteString(d.Name() + " (" + d.ID() + "): ")
	switch {
	case x.Err != nil:
		b.WriteString(undefinedText(x.Err))
	case x.Value.Kind().IsDistribution() || d.Unit() == "1" || d.Kind() == KindCount || d.Kind() == KindDuration:
		b.WriteString(x.Value.String())
	default:
		b.WriteString(x.Value.String() + " [" + d.Unit() + "]")
	}
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
	b.WriteString(indent + "  = " + d.Formula() + "\n")
	for i, in := range x.Inputs {
		branch, rest := "├─ ", "│  "
		if i == len(x.Inputs)-1 {
			branch, rest = "└─ ", "   "
		}
		b.WriteString(indent + "  " + branch)
		in.draw(b, indent+"  "+rest)
	}
}

// undefinedText says why there is no value, for a reader who sees the metric's name already.
func undefinedText(err error) string {
	var e *Error
	if !errors.As(err, &e) || e.Reason == "" {
		return err.Error()
	}
	text := "undefined, " + string(e.Reason)
	if e.Input != "" {
		text += " of " + e.Input
	}
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

// MarshalJSON writes the derivation as nested objects with id, value or undefined,
// unit, formula, supplied and inputs.
func (x Explanation) MarshalJSON() ([]byte, error) {
	type node struct {
		ID        string        `json:"id"`
		Value     *Value        `json:"value,omitempty"`
		Undefined string        `json:"undefined,omitempty"`
		Unit      string        `json:"unit,omitempty"`
		Formula   string        `json:"formula,omitempty"`
		Supplied  bool          `json:"supplied,omitempty"`
		Inputs    []Explanation `json:"inputs,omitempty"`
	}
	n := node{ID: x.Definition.ID(), Unit: x.Definition.Unit(), Supplied: x.Supplied, Inputs: x.Inputs}
	if x.Err != nil {
		n.Undefined = string(reasonOf(x.Err))
	} else {
		n.Value = &x.Value
	}
	if !x.Supplied {
		n.Formula = x.Definition.Formula()
	}
	return json.Marshal(n)
}
