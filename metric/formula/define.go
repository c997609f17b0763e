package formula

import (
	"errors"
	"fmt"
	"go/token"
	"math/big"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// Spec is the text of a definition: what the registry holds for a standard metric, and
// what a caller writes for one of their own. The zero value of a field leaves it out.
type Spec struct {
	ID, Name, Subject string
	Aliases           []string
	Stage             stage.Stage
	Also              []stage.Stage
	Meaning, Question string

	Kind  metric.Kind
	Unit  string // "money/month/customer"; "1" for a pure number
	Scale int64
	Per   string // "minute", "hour", "day" or "week"
	Grain string // "month", "quarter" or "year"

	Formula   string         // of a derived metric
	Capture   *Capture       // of a base metric that comes from events
	Undefined []metric.Guard // tried in order before the formula

	Direction        string
	Range            string // "[0, 1]", "(0, inf)"
	Time             string
	RollUpTime       string // base metrics only
	RollUpPopulation string

	Includes, Excludes []string
	VariantOf, Differs string
	Relations          []metric.Relation
	Examples           []metric.Example
	Caveats            []metric.Caveat
	Sources            []metric.Source
	Forms              []metric.Form
	Calculator         string // package that computes it from events, such as "ledger"
	Since, Stability   string
	Deprecated         metric.Deprecation
}

// Lookup finds a metric by its id.
type Lookup func(id string) (metric.Definition, bool)

// FieldError says which field of a Spec is wrong and why.
type FieldError struct {
	Metric string // id
	Field  string // as in the registry: "formula", "undefined", "examples"
	Item   int    // position within a field that is a list, from 0; otherwise -1
	Err    error
}

func (e *FieldError) Error() string {
	place := e.Field
	if e.Item >= 0 {
		place = fmt.Sprintf("%s[%d]", e.Field, e.Item)
	}
	return fmt.Sprintf("%s: %s: %s", e.Metric, place, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

// Define makes a metric from its text. The names in its formula are found by lookup,
// which is catalog.Lookup or a function that knows the caller's own metrics too.
//
// It checks the id, the enumerations, the range, the formula with its symbols, units and
// guards, the capture rule, and that every example and caveat comes out exactly as
// stated. The error joins one [*FieldError] for each finding. What makes a definition
// good reading, rather than computable, is left to catalog.Lint.
func Define(s Spec, lookup Lookup) (metric.Definition, error) {
	known := func(id string) (metric.Definition, bool) {
		if lookup == nil {
			return metric.Definition{}, false
		}
		m, ok := lookup(id)
		return m, ok && !m.IsZero()
	}
	d := &definer{spec: s, lookup: known, scope: scope{}}
	d.literal()
	d.enumerations()
	d.quantity()
	d.interval()
	d.formula()
	d.capture()
	if len(d.errs) == 0 {
		d.examples()
		d.caveats()
	}
	if len(d.errs) > 0 {
		return metric.Definition{}, errors.Join(d.errs...)
	}
	return metric.View(d.metric), nil
}

type definer struct {
	spec   Spec
	lookup Lookup
	metric *def.Metric
	scope  scope
	errs   []error
}

func (d *definer) fail(field string, item int, format string, args ...any) {
	d.errs = append(d.errs, &FieldError{d.spec.ID, field, item, fmt.Errorf(format, args...)})
}

// literal copies what needs no check of its own.
func (d *definer) literal() {
	s := &d.spec
	d.metric = &def.Metric{
		ID: s.ID, Name: s.Name, Subject: s.Subject, Aliases: slices.Clone(s.Aliases),
		Stage: s.Stage, Also: slices.Clone(s.Also), Definition: s.Meaning, Question: s.Question,
		Kind: def.Kind(s.Kind), Unit: s.Unit, Scale: s.Scale, Per: s.Per, Grain: s.Grain,
		Formula: s.Formula, Direction: s.Direction, Time: s.Time,
		RollupTime: s.RollUpTime, RollupPopulation: s.RollUpPopulation,
		Includes: slices.Clone(s.Includes), Excludes: slices.Clone(s.Excludes),
		VariantOf: s.VariantOf, Differs: s.Differs,
		Calculator: s.Calculator, Since: s.Since, Stability: s.Stability, Deprecated: def.Deprecation(s.Deprecated),
	}
	for _, r := range s.Relations {
		d.metric.Relations = append(d.metric.Relations, def.Relation(r))
	}
	for _, c := range s.Caveats {
		d.metric.Caveats = append(d.metric.Caveats, def.Caveat(c))
	}
	for _, x := range s.Sources {
		d.metric.Sources = append(d.metric.Sources, def.Source(x))
	}
	for _, x := range s.Forms {
		d.metric.Forms = append(d.metric.Forms, def.Form(x))
	}
	for _, x := range s.Examples {
		inputs := make([]def.ExampleInput, len(x.Inputs))
		for i, in := range x.Inputs {
			inputs[i] = def.ExampleInput{ID: d.qualify(in.ID), Value: in.Value}
		}
		d.metric.Examples = append(d.metric.Examples, def.Example{
			Inputs: inputs, Period: x.Period, Result: x.Result, Undefined: string(x.Undefined), Source: x.Source})
	}
}

// qualify makes an id of a name that may be bare.
func (d *definer) qualify(symbol string) string {
	if strings.Contains(symbol, ".") {
		return symbol
	}
	domain, _, _ := strings.Cut(d.spec.ID, ".")
	return domain + "." + symbol
}

func (d *definer) enumerations() {
	s := &d.spec
	domain, name, ok := strings.Cut(s.ID, ".")
	if !ok || !isName(domain) || !isName(name) {
		d.fail("id", -1, "%.48q is not of the form domain.name in lower-case words joined by single underscores", s.ID)
	}
	for _, part := range []string{domain, name} {
		if token.IsKeyword(part) {
			d.fail("id", -1, "%q is a keyword of Go, which no formula can name", part)
		}
	}
	if !s.Stage.Valid() {
		d.fail("stage", -1, "no stage is given")
	}
	for i, also := range s.Also {
		if !also.Valid() {
			d.fail("also", i, "is not a stage")
		}
	}
	oneOf := func(field, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			d.fail(field, -1, "%.48q is not one of %s", value, strings.Join(allowed, ", "))
		}
	}
	oneOf("direction", s.Direction, "higher", "lower", "target", "none")
	oneOf("time", s.Time, "instant", "period", "cohort", "lifetime", "forecast")
	oneOf("stability", s.Stability, "alpha", "beta", "stable")
	if s.Calculator != "" && !isName(s.Calculator) {
		d.fail("calculator", -1, "%.48q is not the name of a package", s.Calculator)
	}
	oneOf("grain", s.Grain, "", "month", "quarter", "year")
	oneOf("per", s.Per, "", "minute", "hour", "day", "week")
	if s.Formula == "" {
		oneOf("rollup.time", s.RollUpTime, "sum", "first", "last", "max", "never")
		oneOf("rollup.population", s.RollUpPopulation, "sum", "max", "never")
	} else if s.RollUpTime != "" && s.RollUpTime != "never" || s.RollUpPopulation != "" {
		d.fail("rollup", -1, "only base metrics roll up; a derived metric is computed anew, or never over time")
	}
	for i, r := range s.Relations {
		if !slices.Contains([]string{"complement", "inverse", "counter", "at_most", "at_least"}, r.Kind) {
			d.fail("relations", i, "%.48q is not a kind of relation", r.Kind)
		}
	}
	if (s.VariantOf == "") != (s.Differs == "") {
		d.fail("variant_of", -1, "a variant names both the metric it varies and what differs")
	}
}

// quantity holds the unit to the kind of value.
func (d *definer) quantity() {
	u, err := parseUnit(d.spec.Unit)
	if err != nil {
		d.fail("unit", -1, "%w", err)
		return
	}
	kind := d.spec.Kind
	if element, ok := kind.Element(); ok {
		kind = element
	}
	switch money := u.power("money"); {
	case !slices.Contains([]metric.Kind{metric.KindCount, metric.KindMoney, metric.KindRatio, metric.KindNumber, metric.KindDuration}, kind):
		d.fail("quantity", -1, "no quantity is given")
	case kind == metric.KindMoney && money != 1:
		d.fail("unit", -1, "money is measured in money, not in %s", u)
	case kind != metric.KindMoney && money == 1:
		d.fail("quantity", -1, "a %s cannot be measured in %s", kind, u)
	case kind == metric.KindRatio && len(u) > 0:
		d.fail("unit", -1, "a ratio is a pure number, its unit is 1 and not %s", u)
	case kind == metric.KindDuration && !u.equal(unit{{"second", 1}}):
		d.fail("unit", -1, "a duration is measured in second, not in %s", u)
	case kind == metric.KindCount && (len(u) != 1 || u[0].power != 1):
		d.fail("unit", -1, "a count is of one entity, not of %s", u)
	}
	if s := d.spec.Scale; s < 0 || s == 1 {
		d.fail("scale", -1, "%d is not a scale above 1", s)
	}
	if d.spec.Per != "" && u.power("second") != -1 {
		d.fail("per", -1, "only a value per second is read per %.48s, not one in %s", d.spec.Per, u)
	}
	if d.spec.Kind.IsDistribution() && d.spec.Formula != "" {
		d.fail("quantity", -1, "a formula gives one number, not a %s", d.spec.Kind)
	}
}

// interval reads the range.
func (d *definer) interval() {
	text := d.spec.Range
	if text == "" {
		return
	}
	const form = "%.48q is not an interval such as [0, 1] or [0, inf)"
	r := def.Range{Text: text}
	inner := len(text) - 1
	if len(text) < 5 || !strings.ContainsRune("[(", rune(text[0])) || !strings.ContainsRune("])", rune(text[inner])) {
		d.fail("range", -1, form, text)
		return
	}
	low, high, _ := strings.Cut(text[1:inner], ",")
	var okLow, okHigh bool
	r.Min, r.HasMin, okLow = bound(strings.TrimSpace(low), "-inf")
	r.Max, r.HasMax, okHigh = bound(strings.TrimSpace(high), "inf")
	r.OpenMin, r.OpenMax = text[0] == '(', text[inner] == ')'
	if !okLow || !okHigh {
		d.fail("range", -1, form, text)
		return
	}
	if order := compareConst(r.Min, r.Max); r.HasMin && r.HasMax && (order > 0 || order == 0 && (r.OpenMin || r.OpenMax)) {
		d.fail("range", -1, "%.48q holds no value", text)
		return
	}
	d.metric.Range = r
}

func bound(text, infinite string) (c def.Const, finite, ok bool) {
	if text == infinite {
		return c, false, true
	}
	digits, negative := strings.CutPrefix(text, "-")
	c, reason := parseConstant(digits)
	if negative {
		c.Units = -c.Units
	}
	return c, true, reason == ""
}

// formula parses, resolves, checks and compiles the formula and its guards.
func (d *definer) formula() {
	if d.spec.Formula == "" {
		if len(d.spec.Undefined) > 0 {
			d.fail("undefined", -1, "a base metric has no formula to guard")
		}
		return
	}
	body, err := Parse(d.spec.Formula)
	if err != nil {
		d.fail("formula", -1, "%w", err)
		return
	}
	exprs := []*Expr{body} // followed by the guards
	for i, g := range d.spec.Undefined {
		e, err := ParseGuard(g.When)
		if err != nil {
			d.fail("undefined", i, "%w", err)
			return
		}
		if _, err := metric.ParseReason(string(g.Reason)); err != nil {
			d.fail("undefined", i, "%w", err)
		}
		exprs = append(exprs, e)
	}
	c := &compiler{inputs: map[string]int{}}
	if !d.resolve(exprs, c) {
		return
	}
	d.units(body, exprs[1:])
	if n := (prover{d.scope, exprs[1:]}).unguarded(body.root); n != nil {
		d.fail("undefined", -1, "nothing keeps the divisor at column %d of the formula from zero", n.column)
	}
	for i, e := range exprs[1:] {
		if n := (prover{d.scope, exprs[1 : i+1]}).unguarded(e.root); n != nil {
			d.fail("undefined", i, "no earlier guard keeps the divisor at column %d from zero", n.column)
		}
	}
	d.metric.Code = c.compile(nil, body.root)
	for i, e := range exprs[1:] {
		d.metric.Guards = append(d.metric.Guards, def.Guard{
			When: d.spec.Undefined[i].When, Code: c.compile(nil, e.root), Reason: string(d.spec.Undefined[i].Reason)})
	}
	d.metric.Consts = c.consts
}

// resolve finds the metrics behind the symbols, in order of first use.
func (d *definer) resolve(exprs []*Expr, c *compiler) bool {
	ok := true
	for i, e := range exprs {
		for _, symbol := range e.symbols {
			if d.scope[symbol] != nil {
				continue
			}
			id := d.qualify(symbol)
			in, found := d.lookup(id)
			switch field, item := "formula", -1; {
			case id == d.spec.ID:
				d.fail(field, item, "refers to itself")
				ok = false
				continue
			case !found:
				if i > 0 {
					field, item = "undefined", i-1
				}
				d.fail(field, item, "there is no metric %s", id)
				ok = false
				continue
			}
			m := metric.Literal(def.Key{}, in)
			d.scope[symbol] = m
			at := slices.Index(d.metric.Inputs, m)
			if at < 0 {
				at = len(d.metric.Inputs)
				d.metric.Inputs = append(d.metric.Inputs, m)
			}
			c.inputs[symbol] = at
		}
	}
	return ok
}

func (d *definer) units(body *Expr, guards []*Expr) {
	for i, g := range guards {
		if _, _, err := d.scope.unitOf(g.root); err != nil {
			d.fail("undefined", i, "%w", err)
		}
	}
	derived, zero, err := d.scope.unitOf(body.root)
	if err != nil {
		d.fail("formula", -1, "%w", err)
		return
	}
	declared, err := parseUnit(d.spec.Unit)
	if err == nil && !zero && !declared.equal(derived) {
		d.fail("unit", -1, "the formula gives %s, not %s", derived, declared)
	}
}

// examples evaluates every example.
func (d *definer) examples() {
	for i, x := range d.metric.Examples {
		facts, err := d.facts(x)
		if err != nil {
			d.fail("examples", i, "%w", err)
			continue
		}
		got, err := facts.Exact(metric.View(d.metric))
		switch {
		case x.Undefined != "" && x.Result != "":
			d.fail("examples", i, "has both a result and a reason to be undefined")
		case x.Undefined != "":
			if !errors.Is(err, metric.Reason(x.Undefined)) {
				d.fail("examples", i, "is not undefined for reason %.48s: %v", x.Undefined, orValue(err, got))
			}
		case err != nil:
			d.fail("examples", i, "%w", err)
		default:
			d.compare("examples", i, got, suffix(facts, d.metric), x.Result)
		}
	}
}

func orValue(err error, got *big.Rat) any {
	if err != nil {
		return err
	}
	return got.RatString()
}

// facts parses the inputs of an example.
func (d *definer) facts(x def.Example) (*metric.Facts, error) {
	var period metric.Period
	if x.Period != "" {
		var err error
		if period, err = metric.ParsePeriod(x.Period, nil); err != nil {
			return nil, err
		}
	}
	facts, err := metric.NewFacts(period)
	if err != nil {
		return nil, err
	}
	related := ancestors(d.metric)
	for _, in := range x.Inputs {
		m, ok := d.lookup(in.ID)
		if !ok {
			return nil, fmt.Errorf("there is no metric %.100s", in.ID)
		}
		if !related[metric.Literal(def.Key{}, m)] {
			return nil, fmt.Errorf("%s is not an input of this metric", in.ID)
		}
		v, err := metric.ParseValue(m.Kind(), in.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.ID, err)
		}
		if err := facts.Add(metric.FactOf(m, v)); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// ancestors returns all that m is computed from, at any depth.
func ancestors(m *def.Metric) map[*def.Metric]bool {
	seen := map[*def.Metric]bool{}
	for queue := slices.Clone(m.Inputs); len(queue) > 0; queue = queue[1:] {
		if in := queue[0]; !seen[in] {
			seen[in] = true
			queue = append(queue, in.Inputs...)
		}
	}
	return seen
}

// suffix returns what stands behind the number of m: a currency, the s of seconds or nothing.
func suffix(facts *metric.Facts, m *def.Metric) string {
	switch m.Kind {
	case def.Money:
		v, _ := facts.Value(metric.View(m)) // Known to exist; without a value there is no currency.
		return v.Currency().Code()
	case def.Duration:
		return "s"
	}
	return ""
}

// compare holds an exact number to the text of the result that the definition states.
func (d *definer) compare(field string, item int, got *big.Rat, suffix, want string) {
	x, err := exactResult(d.spec.Kind, suffix, want)
	if err != nil {
		d.fail(field, item, "%w", err)
	} else if got.Cmp(x) != 0 {
		d.fail(field, item, "gives %.100s, not %.100s", got.RatString(), want)
	}
}

// exactResult reads "43/197", "200/3 USD", "4000/3 s" or the text of a value.
func exactResult(kind metric.Kind, suffix, text string) (*big.Rat, error) {
	number, unit, _ := strings.Cut(text, " ")
	if strings.Contains(number, "/") || kind == metric.KindMoney || kind == metric.KindNumber {
		x, ok := exactNumber(number)
		switch {
		case !ok:
			return nil, fmt.Errorf("result %.48q is not an exact number", text)
		case unit != suffix:
			return nil, fmt.Errorf("result %.48q is in %q, not in %q", text, unit, suffix)
		}
		return x, nil
	}
	v, err := metric.ParseValue(kind, text)
	if err != nil {
		return nil, err
	}
	x, ok := v.Decimal()
	if !ok {
		return nil, fmt.Errorf("result %.48q is not one number", text)
	}
	return x.Rat(), nil
}

// exactNumber reads plain decimal digits or a quotient of two integers.
func exactNumber(text string) (*big.Rat, bool) {
	foreign := func(c rune) bool { return !strings.ContainsRune("-./0123456789", c) }
	if len(text) > 100 || strings.ContainsFunc(text, foreign) {
		return nil, false
	}
	over, under, isQuotient := strings.Cut(text, "/")
	if !isQuotient {
		return new(big.Rat).SetString(text)
	}
	num, okNum := new(big.Int).SetString(over, 10)
	den, okDen := new(big.Int).SetString(under, 10)
	if !okNum || !okDen || den.Sign() <= 0 {
		return nil, false
	}
	return new(big.Rat).SetFrac(num, den), true
}

// caveats evaluates each mistaken formula on the first example. Units are not asked of a mistake.
func (d *definer) caveats() {
	for i, c := range d.metric.Caveats {
		if c.Formula == "" {
			if c.Gives != "" {
				d.fail("caveats", i, "gives a number without a formula")
			}
			continue
		}
		if len(d.metric.Examples) == 0 {
			d.fail("caveats", i, "there is no example to compute the mistake on")
			continue
		}
		got, unit, err := d.mistake(c.Formula)
		if err != nil {
			d.fail("caveats", i, "%w", err)
			continue
		}
		d.compare("caveats", i, got, unit, c.Gives)
	}
}

func (d *definer) mistake(formula string) (got *big.Rat, unit string, err error) {
	e, err := Parse(formula)
	if err != nil {
		return nil, "", err
	}
	m := &def.Metric{ID: d.spec.ID, Kind: def.Kind(d.spec.Kind)}
	c := &compiler{inputs: map[string]int{}}
	inputs := scope{}
	for i, symbol := range e.symbols {
		in, ok := d.lookup(d.qualify(symbol))
		if !ok {
			return nil, "", fmt.Errorf("there is no metric %s", d.qualify(symbol))
		}
		m.Inputs = append(m.Inputs, metric.Literal(def.Key{}, in))
		inputs[symbol], c.inputs[symbol] = metric.Literal(def.Key{}, in), i
	}
	if err := inputs.checkKinds(e.root); err != nil {
		return nil, "", err
	}
	m.Code = c.compile(nil, e.root)
	m.Consts = c.consts
	facts, err := d.facts(d.metric.Examples[0])
	if err != nil {
		return nil, "", err
	}
	got, err = facts.Exact(metric.View(m))
	return got, suffix(facts, m), err
}
