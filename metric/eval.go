package metric

import (
	"errors"
	"fmt"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

var (
	errNoMetric  error = &badInput{message: "no metric is named"}
	errNoFact    error = &badInput{message: "a fact about no metric"}
	errTwice     error = &badInput{message: "given twice"}
	errUnrelated error = &badInput{message: "not an input of this metric"}
)

// operand is what a formula computes with: an exact number that may be money, or a distribution.
type operand struct {
	number   exact.Fraction
	dist     *distribution
	currency Currency
	truth    bool
}

// outcome is what became of one metric in one evaluation.
type outcome struct {
	d       *def.Metric
	operand operand
	err     error
}

// evaluation computes metrics from facts, each at most once.
//
// What it reads of a metric lies behind one more pointer than the given facts. So the
// compiler sees that results do not point to these, and leaves a handful of facts, and the
// evaluation itself, on the stack.
type evaluation struct {
	given []Fact // small sets of facts, searched in order
	used  uint64 // those of given that were read
	facts *Facts // large sets
	memo  *memo
}

// memo holds the outcomes of derived metrics.
type memo struct {
	first [4]outcome
	count int // of first
	more  map[*def.Metric]*outcome
}

const linearLimit = 16

// valueOf evaluates d from a handful of facts and refuses facts that have no part in it.
func valueOf(d *def.Metric, facts []Fact) (Value, error) {
	if d == nil {
		return Value{}, &Error{Err: errNoMetric}
	}
	if len(facts) > linearLimit {
		return valueOfMany(d, facts)
	}
	for i := range facts {
		if err := facts[i].check(); err != nil {
			return Value{}, within(d, err)
		}
		for j := range i {
			if facts[j].d == facts[i].d {
				return Value{}, &Error{Metric: d.ID, Input: facts[i].d.ID, Err: errTwice}
			}
		}
	}
	var m memo
	e := evaluation{given: facts, memo: &m}
	v, err := e.value(d, Rounding{})
	for i := range facts {
		if e.used&(1<<i) == 0 && !dependsOn(d, facts[i].d) {
			return Value{}, unrelated(d, facts[i].d)
		}
	}
	return v, err
}

func valueOfMany(d *def.Metric, facts []Fact) (Value, error) {
	f, err := NewFacts(Period{}, facts...)
	if err != nil {
		return Value{}, within(d, err)
	}
	for i := range facts {
		if !dependsOn(d, facts[i].d) {
			return Value{}, unrelated(d, facts[i].d)
		}
	}
	return f.Value(Definition{d})
}

func unrelated(d, input *def.Metric) error {
	return &Error{Metric: d.ID, Input: input.ID, Err: errUnrelated}
}

// within says that an error about one fact arose while computing d.
func within(d *def.Metric, err error) error {
	e, ok := err.(*Error)
	if !ok || e.Input != "" {
		return err
	}
	return &Error{Metric: d.ID, Input: e.Metric, Reason: e.Reason, Err: e.Err}
}

// dependsOn reports whether input is d or below it in the graph.
func dependsOn(d, input *def.Metric) bool {
	seen := map[*def.Metric]bool{}
	var visit func(*def.Metric) bool
	visit = func(m *def.Metric) bool {
		if m == input {
			return true
		}
		if seen[m] {
			return false
		}
		seen[m] = true
		for _, in := range m.Inputs {
			if visit(in) {
				return true
			}
		}
		return false
	}
	return visit(d)
}

// value returns the rounded value of d, or the value supplied for it as it is.
func (e *evaluation) value(d *def.Metric, r Rounding) (Value, error) {
	if fact, ok := e.supplied(d); ok {
		return fact.value, fact.err()
	}
	var x operand
	if err := e.load(d, &x); err != nil {
		return Value{}, err
	}
	return r.value(d, x)
}

// value rounds a derived number to a value of d.
func (r Rounding) value(d *def.Metric, x operand) (Value, error) {
	v, err := valueFromDecimal(Kind(d.Kind), r.round(x.number), x.currency)
	if err != nil {
		// The message only: no input was bad.
		return Value{}, &Error{Metric: d.ID, Reason: OutOfDomain, Err: errors.New(err.Error())}
	}
	return v, nil
}

// load finds or computes the exact value of d and stores it in x.
func (e *evaluation) load(d *def.Metric, x *operand) error {
	for i := range e.given {
		if f := &e.given[i]; f.d == d {
			e.used |= 1 << i
			f.load(x)
			return f.err()
		}
	}
	if e.facts != nil {
		if f, ok := e.facts.entries[d]; ok {
			f.load(x)
			return f.err()
		}
	}
	if len(d.Code) == 0 {
		return &Error{Metric: d.ID, Reason: MissingInput}
	}
	if o := e.memo.find(d); o != nil {
		*x = o.operand
		return o.err
	}
	result, err := e.derive(d)
	e.memo.add(outcome{d, result, err})
	*x = result
	return err
}

// err returns why the fact gives no value.
func (f *Fact) err() error {
	if f.undefined == "" {
		return nil
	}
	return &Error{Metric: f.d.ID, Reason: f.undefined}
}

// load stores the value as formulas see it.
func (f *Fact) load(x *operand) {
	x.currency = f.value.currency
	if f.value.Kind().IsDistribution() {
		x.dist = f.value.distribution()
	} else {
		x.number = f.value.fraction()
	}
}

func (e *evaluation) supplied(d *def.Metric) (Fact, bool) {
	for i := range e.given {
		if e.given[i].d == d {
			e.used |= 1 << i
			return e.given[i], true
		}
	}
	if e.facts != nil {
		f, ok := e.facts.entries[d]
		return f, ok
	}
	return Fact{}, false
}

func (m *memo) find(d *def.Metric) *outcome {
	for i := range m.count {
		if m.first[i].d == d {
			return &m.first[i]
		}
	}
	return m.more[d]
}

func (m *memo) add(o outcome) {
	if m.count < len(m.first) {
		m.first[m.count] = o
		m.count++
		return
	}
	if m.more == nil {
		m.more = make(map[*def.Metric]*outcome)
	}
	held := o // so that only this path puts it on the heap
	m.more[o.d] = &held
}

// derive applies the grain, the guards, the formula and the range of d.
func (e *evaluation) derive(d *def.Metric) (operand, error) {
	if d.Grain != "" && e.facts != nil && !e.facts.period.IsZero() && !e.facts.period.hasGrain(d.Grain) {
		return operand{}, &Error{Metric: d.ID, Reason: GrainMismatch,
			Err: fmt.Errorf("%s is not a %s", e.facts.period, d.Grain)}
	}
	if d.RollupTime == "never" && e.facts != nil && e.facts.merged {
		return operand{}, &Error{Metric: d.ID, Reason: NotAdditive,
			Err: errors.New("cannot be derived from facts merged over several periods")}
	}
	var room [8]operand
	for i := range d.Guards {
		truth, err := e.run(d, d.Guards[i].Code, room[:0])
		if err != nil {
			return operand{}, err
		}
		if truth.truth {
			return operand{}, &Error{Metric: d.ID, Reason: Reason(d.Guards[i].Reason), Err: errors.New(d.Guards[i].When)}
		}
	}
	result, err := e.run(d, d.Code, room[:0])
	if err != nil {
		return operand{}, err
	}
	if d.Kind != def.Money {
		result.currency = Currency{}
	}
	if err := checkResult(d, result); err != nil {
		return operand{}, &Error{Metric: d.ID, Reason: OutOfDomain, Err: err}
	}
	return result, nil
}

// checkResult refuses a number that d cannot have, so that no other metric is computed
// from one.
func checkResult(d *def.Metric, x operand) error {
	switch {
	case !x.number.Valid():
		return errors.New("too large to compute")
	case !inRange(d, x.number):
		return fmt.Errorf("%s is outside %s", shortText(d, x.number), d.Range.Text)
	case d.Kind == def.Count && !isInt64(x.number):
		return fmt.Errorf("count %s is not an integer of 64 bits", shortText(d, x.number))
	case d.Kind == def.Money && x.currency.IsZero():
		return errors.New("money without a currency")
	}
	return nil
}

func isInt64(x exact.Fraction) bool {
	d, ok := x.Decimal()
	if ok {
		_, ok = exact.Minor(d, 0)
	}
	return ok
}

// shortText writes a number for a message: with six decimals, unless these hide why it
// is not a value of d.
func shortText(d *def.Metric, x exact.Fraction) string {
	for _, places := range [...]int32{6, maxPlaces} {
		short := exact.Trim(x.Round(places, exact.HalfAwayFromZero))
		switch {
		case !exact.InRange(short):
			return "a number beyond 10^34"
		case d.Kind == def.Count || !inRange(d, exact.FromDecimal(short)):
			return plain(short)
		}
	}
	return "a number within 10^-34 of the bound"
}

// inRange reports whether x is a value that d can take.
func inRange(d *def.Metric, x exact.Fraction) bool {
	r := &d.Range
	if r.HasMin {
		c := x.Cmp(exact.FromUnits(r.Min.Units, r.Min.Scale))
		if c < 0 || c == 0 && r.OpenMin {
			return false
		}
	}
	if r.HasMax {
		c := x.Cmp(exact.FromUnits(r.Max.Units, r.Max.Scale))
		if c > 0 || c == 0 && r.OpenMax {
			return false
		}
	}
	return true
}

// run executes compiled code of d on an empty stack.
func (e *evaluation) run(d *def.Metric, code []def.Op, stack []operand) (operand, error) {
	for _, op := range code {
		switch op.Code {
		case def.Input:
			in := d.Inputs[op.Arg]
			stack = append(stack, operand{})
			if err := e.load(in, &stack[len(stack)-1]); err != nil {
				return operand{}, blame(d, in, err)
			}
		case def.Push:
			c := d.Consts[op.Arg]
			stack = append(stack, operand{number: exact.FromUnits(c.Units, c.Scale)})
		default:
			n := op.Code.Operands(op.Arg)
			top := len(stack) - n
			result, reason := apply(d, op, stack[top:])
			switch reason {
			case "":
			case MixedCurrency:
				return operand{}, &Error{Metric: d.ID, Reason: reason, Err: e.currencies(d)}
			default:
				return operand{}, &Error{Metric: d.ID, Reason: reason}
			}
			stack = append(stack[:top], result)
		}
	}
	return stack[0], nil
}

// blame reports that d is undefined because its input is. The deepest input that
// is to blame is named, so that the reader sees what to supply.
func blame(d, in *def.Metric, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return &Error{Metric: d.ID, Input: in.ID, Err: err}
	}
	input := e.Metric
	if e.Input != "" {
		input = e.Input
	}
	return &Error{Metric: d.ID, Input: input, Reason: e.Reason, Err: e.Err}
}

// apply computes one operation, or says why it has no result.
func apply(d *def.Metric, op def.Op, args []operand) (operand, Reason) {
	switch op.Code {
	case def.Mean, def.Median, def.Percentile:
		return summarize(d, op, args[0])
	case def.Neg:
		return operand{number: args[0].number.Neg(), currency: args[0].currency}, ""
	case def.Abs:
		return operand{number: args[0].number.Abs(), currency: args[0].currency}, ""
	case def.Not:
		return operand{truth: !args[0].truth}, ""
	case def.And:
		return operand{truth: args[0].truth && args[1].truth}, ""
	case def.Or:
		return operand{truth: args[0].truth || args[1].truth}, ""
	case def.Pow:
		power, ok := args[0].number.PowInt(int(op.Arg))
		if !ok {
			return operand{}, OutOfDomain
		}
		return operand{number: power, currency: args[0].currency}, ""
	}
	currency, ok := commonCurrency(args)
	if !ok {
		return operand{}, MixedCurrency
	}
	for i := range args {
		// Too large a number has no order.
		if !args[i].number.Valid() {
			return operand{}, OutOfDomain
		}
	}
	return combine(op, args, currency)
}

// commonCurrency returns the currency of the operands that are money.
func commonCurrency(args []operand) (Currency, bool) {
	currency := args[0].currency
	for i := 1; i < len(args); i++ {
		switch c := args[i].currency; {
		case currency.IsZero():
			currency = c
		case !c.IsZero() && c != currency:
			return Currency{}, false
		}
	}
	return currency, true
}

// currencies says in which currency each input of d is.
func (e *evaluation) currencies(d *def.Metric) error {
	var list []string
	for _, in := range d.Inputs {
		var x operand
		if e.load(in, &x) == nil && !x.currency.IsZero() {
			list = append(list, in.ID+" in "+x.currency.Code())
		}
	}
	return errors.New(strings.Join(list, ", "))
}

// combine computes arithmetic and comparisons. One formula never sees two currencies,
// not even where they would cancel out.
func combine(op def.Op, args []operand, currency Currency) (operand, Reason) {
	a, b := args[0].number, args[len(args)-1].number
	switch op.Code {
	case def.Add:
		return operand{number: a.Add(b), currency: currency}, ""
	case def.Sub:
		return operand{number: a.Sub(b), currency: currency}, ""
	case def.Mul:
		return operand{number: a.Mul(b), currency: currency}, ""
	case def.Div:
		quotient, ok := a.Quo(b)
		if !ok {
			return operand{}, ZeroDenominator
		}
		return operand{number: quotient, currency: currency}, ""
	case def.Min, def.Max:
		best := a
		for _, arg := range args[1:] {
			if c := arg.number.Cmp(best); c < 0 == (op.Code == def.Min) && c != 0 {
				best = arg.number
			}
		}
		return operand{number: best, currency: currency}, ""
	}
	return operand{truth: holds(op.Code, a.Cmp(b))}, ""
}

// holds reports whether a comparison is true of operands that compare as c.
func holds(op def.OpCode, c int) bool {
	switch op {
	case def.Eq:
		return c == 0
	case def.Ne:
		return c != 0
	case def.Lt:
		return c < 0
	case def.Le:
		return c <= 0
	case def.Gt:
		return c > 0
	}
	return c >= 0
}

// summarize computes one number of a distribution.
func summarize(d *def.Metric, op def.Op, arg operand) (operand, Reason) {
	var number exact.Fraction
	var ok bool
	switch op.Code {
	case def.Mean:
		number, ok = arg.dist.meanFraction()
	case def.Median:
		number, ok = arg.dist.medianFraction()
	case def.Percentile:
		c := d.Consts[op.Arg]
		number, ok = arg.dist.percentileFraction(exact.FromUnits(c.Units, c.Scale))
	}
	if !ok {
		return operand{}, EmptyPopulation
	}
	return operand{number: number, currency: arg.currency}, ""
}
