package formula

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
)

// compiler collects the constants of one metric's formula and guards.
type compiler struct {
	inputs map[string]int // from symbol to its place among the metric's inputs
	consts []def.Const
}

// compile appends the postfix form of n to code.
func (c *compiler) compile(code []def.Op, n *node) []def.Op {
	switch n.op {
	case def.Input:
		return append(code, def.Op{Code: def.Input, Arg: int32(c.inputs[n.symbol])})
	case def.Push:
		return append(code, def.Op{Code: def.Push, Arg: c.constant(n.value)})
	case def.Pow:
		exponent, _ := integerConstant(n.kids[1])
		return append(c.compile(code, n.kids[0]), def.Op{Code: def.Pow, Arg: int32(exponent)})
	case def.Percentile:
		code = c.compile(code, n.kids[0])
		return append(code, def.Op{Code: def.Percentile, Arg: c.constant(n.kids[1].value)})
	}
	for _, kid := range n.kids {
		code = c.compile(code, kid)
	}
	op := def.Op{Code: n.op}
	if n.op == def.Min || n.op == def.Max {
		op.Arg = int32(len(n.kids))
	}
	return append(code, op)
}

func (c *compiler) constant(v def.Const) int32 {
	i := slices.Index(c.consts, v)
	if i < 0 {
		i = len(c.consts)
		c.consts = append(c.consts, v)
	}
	return int32(i)
}

// normal writes n so that formulas that mean the same by the order of sums and
// products, or by the spelling of constants, are equal as text.
func normal(n *node) string {
	switch n.op {
	case def.Input:
		return n.symbol
	case def.Push:
		return constantText(n)
	case def.Add, def.Sub, def.Neg:
		return joinTerms("+", "-", sumTerms(n, false))
	case def.Mul, def.Div:
		return joinTerms("*", "/", productTerms(n, false))
	}
	kids := make([]string, len(n.kids))
	for i, kid := range n.kids {
		kids[i] = normal(kid)
	}
	switch n.op {
	case def.Min, def.Max, def.And, def.Or, def.Eq, def.Ne:
		slices.Sort(kids)
	}
	return opName(n.op) + "(" + strings.Join(kids, ",") + ")"
}

func joinTerms(plus, minus string, terms []signedTerm) string {
	texts := make([]string, len(terms))
	for i, t := range terms {
		texts[i] = plus + t.text
		if t.inverted {
			texts[i] = minus + t.text
		}
	}
	slices.Sort(texts)
	return "(" + strings.Join(texts, "") + ")"
}

type signedTerm struct {
	inverted bool
	text     string
}

func sumTerms(n *node, inverted bool) []signedTerm {
	switch n.op {
	case def.Add:
		return append(sumTerms(n.kids[0], inverted), sumTerms(n.kids[1], inverted)...)
	case def.Sub:
		return append(sumTerms(n.kids[0], inverted), sumTerms(n.kids[1], !inverted)...)
	case def.Neg:
		return sumTerms(n.kids[0], !inverted)
	}
	return []signedTerm{{inverted, normal(n)}}
}

func productTerms(n *node, inverted bool) []signedTerm {
	switch n.op {
	case def.Mul:
		return append(productTerms(n.kids[0], inverted), productTerms(n.kids[1], inverted)...)
	case def.Div:
		return append(productTerms(n.kids[0], inverted), productTerms(n.kids[1], !inverted)...)
	}
	return []signedTerm{{inverted, normal(n)}}
}

func constantText(n *node) string {
	v := n.value
	for v.Scale > 0 && v.Units%10 == 0 {
		v.Units, v.Scale = v.Units/10, v.Scale-1
	}
	text := strconv.FormatInt(v.Units, 10)
	if v.Scale > 0 {
		text += "e-" + strconv.Itoa(int(v.Scale))
	}
	if len(n.unit) > 0 {
		text += "[" + n.unit.String() + "]"
	}
	return text
}

func opName(op def.OpCode) string {
	names := [...]string{
		def.Min: "min", def.Max: "max", def.Abs: "abs", def.Mean: "mean", def.Median: "median",
		def.Percentile: "percentile", def.Pow: "pow", def.Eq: "eq", def.Ne: "ne", def.Lt: "lt",
		def.Le: "le", def.Gt: "gt", def.Ge: "ge", def.And: "and", def.Or: "or", def.Not: "not",
	}
	return names[op]
}

// Normal returns a text that is equal for formulas of one domain that differ only in the
// order of sums and products, in parentheses or in the spelling of constants. Bare names
// are written with the domain, so that formulas of different domains compare as well.
func (e *Expr) Normal(domain string) string { return normal(qualified(e.root, domain)) }

func qualified(n *node, domain string) *node {
	q := *n
	if q.op == def.Input && !strings.Contains(q.symbol, ".") {
		q.symbol = domain + "." + q.symbol
	}
	q.kids = make([]*node, len(n.kids))
	for i, kid := range n.kids {
		q.kids[i] = qualified(kid, domain)
	}
	return &q
}
