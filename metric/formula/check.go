package formula

import (
	"errors"
	"fmt"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

func fractionOf(c def.Const) exact.Fraction { return exact.FromUnits(c.Units, c.Scale) }

// scope resolves the symbols of one metric's formula and guards.
type scope map[string]*def.Metric

// unitOf derives the unit of n and reports the first place where units disagree.
// A constant zero has the unit wanted by whatever it meets, and says so with any.
func (s scope) unitOf(n *node) (u unit, any bool, err error) {
	switch n.op {
	case def.Push:
		return n.unit, n.value.Units == 0 && len(n.unit) == 0, nil
	case def.Input:
		return s.unitOfInput(n)
	case def.Mean, def.Median, def.Percentile:
		u, err = s.unitOfDistribution(n.kids[0])
		return u, false, err
	case def.Neg, def.Abs:
		return s.unitOf(n.kids[0])
	case def.Mul, def.Div:
		return s.unitOfProduct(n)
	case def.Pow:
		exponent, _ := integerConstant(n.kids[1])
		u, any, err = s.unitOf(n.kids[0])
		u = u.pow(int(exponent))
		for _, t := range u {
			if max(t.power, -t.power) > maxUnitTerms {
				return nil, false, &SyntaxError{n.column, fmt.Sprintf("a power of %s beyond %d", t.name, maxUnitTerms)}
			}
		}
		return u, any && exponent > 0, err // 0 to the power 0 is 1.
	case def.And, def.Or, def.Not:
		for _, kid := range n.kids {
			if _, _, err := s.unitOf(kid); err != nil {
				return nil, false, err
			}
		}
		return nil, false, nil
	}
	return s.unitOfEqual(n)
}

func (s scope) unitOfInput(n *node) (unit, bool, error) {
	m := s[n.symbol]
	if m.Kind >= def.Distribution {
		return nil, false, &SyntaxError{n.column, n.symbol + " is a distribution: take its mean, median or percentile"}
	}
	u, err := parseUnit(m.Unit)
	return u, false, err
}

func (s scope) unitOfDistribution(n *node) (unit, error) {
	m := s[n.symbol]
	if m.Kind < def.Distribution {
		return nil, &SyntaxError{n.column, n.symbol + " is not a distribution"}
	}
	return parseUnit(m.Unit)
}

func (s scope) unitOfProduct(n *node) (unit, bool, error) {
	left, anyLeft, err := s.unitOf(n.kids[0])
	if err != nil {
		return nil, false, err
	}
	right, anyRight, err := s.unitOf(n.kids[1])
	if err != nil {
		return nil, false, err
	}
	if n.op == def.Div {
		right = right.inverse()
	}
	return left.times(right), anyLeft || anyRight, nil
}

// unitOfEqual checks an operation whose operands must share one unit.
func (s scope) unitOfEqual(n *node) (u unit, any bool, err error) {
	any = true
	for _, kid := range n.kids {
		v, zero, err := s.unitOf(kid)
		if err != nil {
			return nil, false, err
		}
		if zero {
			continue
		}
		if !any && !u.equal(v) {
			return nil, false, &SyntaxError{n.column, fmt.Sprintf("units %s and %s do not go together", u, v)}
		}
		u, any = v, false
	}
	return u, any, nil
}

// checkKinds holds distributions and single numbers to their places, whatever the units.
func (s scope) checkKinds(n *node) (err error) {
	switch n.op {
	case def.Input:
		_, _, err = s.unitOfInput(n)
	case def.Mean, def.Median, def.Percentile:
		_, err = s.unitOfDistribution(n.kids[0])
	default:
		for _, kid := range n.kids {
			err = errors.Join(err, s.checkKinds(kid))
		}
	}
	return err
}

// prover shows that divisors are not zero, from the guards, which are all false when a
// formula runs, and from the ranges of the metrics.
type prover struct {
	scope  scope
	guards []*Expr
}

// unguarded returns the first divisor of n that may be zero, or nil.
func (p prover) unguarded(n *node) *node {
	if n.op == def.Div && !p.isNonZero(n.kids[1]) {
		return n.kids[1]
	}
	if n.op == def.Pow {
		if exponent, _ := integerConstant(n.kids[1]); exponent < 0 && !p.isNonZero(n.kids[0]) {
			return n.kids[0]
		}
	}
	for _, kid := range n.kids {
		if found := p.unguarded(kid); found != nil {
			return found
		}
	}
	return nil
}

func (p prover) isNonZero(n *node) bool {
	for _, g := range p.guards {
		if excludesZero(g.root, n) {
			return true
		}
	}
	switch n.op {
	case def.Push:
		return n.value.Units != 0
	case def.Input:
		return rangeExcludesZero(p.scope[n.symbol].Range)
	case def.Neg, def.Abs:
		return p.isNonZero(n.kids[0])
	case def.Mul, def.Div:
		return p.isNonZero(n.kids[0]) && (n.op == def.Div || p.isNonZero(n.kids[1]))
	case def.Pow:
		return p.isNonZero(n.kids[0])
	case def.Max: // max(orders, 100) is at least 100.
		return slices.ContainsFunc(n.kids, func(k *node) bool { return k.op == def.Push && k.value.Units > 0 })
	}
	return false
}

func rangeExcludesZero(r def.Range) bool {
	return r.HasMin && (r.Min.Units > 0 || r.Min.Units == 0 && r.OpenMin) ||
		r.HasMax && (r.Max.Units < 0 || r.Max.Units == 0 && r.OpenMax)
}

// excludesZero reports whether the guard being false means that n is not zero.
func excludesZero(guard, n *node) bool {
	switch guard.op {
	case def.Or:
		return excludesZero(guard.kids[0], n) || excludesZero(guard.kids[1], n)
	case def.Eq, def.Le, def.Ge, def.Lt, def.Gt:
	default:
		return false
	}
	op, left, right := guard.op, guard.kids[0], guard.kids[1]
	if left.op == def.Push {
		op, left, right = mirrored(op), right, left
	}
	if right.op != def.Push || normal(left) != normal(n) {
		return false
	}
	// The guard must be true for zero itself.
	switch bound := right.value.Units; op {
	case def.Eq:
		return bound == 0
	case def.Le:
		return bound >= 0
	case def.Lt:
		return bound > 0
	case def.Ge:
		return bound == 0
	}
	return false
}

func mirrored(op def.OpCode) def.OpCode {
	switch op {
	case def.Lt:
		return def.Gt
	case def.Le:
		return def.Ge
	case def.Gt:
		return def.Lt
	case def.Ge:
		return def.Le
	}
	return op
}
