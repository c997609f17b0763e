package metric_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// randomFacts returns facts of one currency about a random part of the catalogue, in
// small numbers, so that zeros, ties and values out of range are frequent.
func randomFacts(t testing.TB, r *rand.Rand, p metric.Period, derived, undefined float64) *metric.Facts {
	t.Helper()
	f, err := metric.NewFacts(p)
	if err != nil {
		t.Fatal(err)
	}
	density := 0.4 + 0.6*r.Float64()
	for d := range catalog.All() {
		if d.IsDerived() && r.Float64() >= derived || r.Float64() >= density {
			continue
		}
		fact := metric.FactOf(d, randomValue(t, r, d))
		if r.Float64() < undefined {
			reasons := slices.Collect(metric.Reasons())
			why := reasons[r.IntN(len(reasons))]
			if d.IsDerived() && why == metric.MissingInput {
				why = metric.NotMature // nothing may be missing below it
			}
			fact = metric.UndefinedFact(d, why)
		}
		if err := f.Add(fact); err != nil && !strings.Contains(err.Error(), "outside") {
			t.Fatal(err)
		}
	}
	return f
}

func randomValue(t testing.TB, r *rand.Rand, d metric.Definition) metric.Value {
	t.Helper()
	text := randomText(r, d.Kind())
	if element, ok := d.Kind().Element(); ok {
		list := []string{}
		for range r.IntN(5) {
			list = append(list, randomText(r, element))
		}
		data, _ := json.Marshal(list)
		text = string(data)
	}
	v, err := metric.ParseValue(d.Kind(), text)
	if err != nil {
		t.Fatalf("%s: %v", d, err)
	}
	return v
}

// randomText returns a value of a kind that is no distribution.
func randomText(r *rand.Rand, kind metric.Kind) string {
	switch kind {
	case metric.KindCount:
		return strconv.Itoa(r.IntN(20))
	case metric.KindMoney:
		if r.IntN(8) == 0 {
			return "0.00 USD"
		}
		return strconv.Itoa(r.IntN(5000)) + "." + strconv.Itoa(10+r.IntN(90)) + " USD"
	case metric.KindDuration:
		return strconv.Itoa(r.IntN(100000)) + "s"
	case metric.KindNumber:
		return strconv.Itoa(r.IntN(6)) + "." + strconv.Itoa(r.IntN(100))
	}
	return "0." + strconv.Itoa(r.IntN(100))
}

// oracle evaluates the text of a formula over big.Rat. It shares nothing with the
// compiled operations that the package runs.
type oracle struct {
	t      testing.TB
	domain string
	facts  map[metric.Definition]metric.Fact
	grain  string // of the period, "" when unknown
}

type oracleValue struct {
	number *big.Rat
	list   []*big.Rat
	truth  bool
}

func newOracle(t testing.TB, f *metric.Facts, grain string) oracle {
	o := oracle{t: t, facts: map[metric.Definition]metric.Fact{}, grain: grain}
	for fact := range f.All() {
		o.facts[fact.Definition()] = fact
	}
	return o
}

func (o oracle) metric(d metric.Definition) (oracleValue, metric.Reason) {
	if fact, ok := o.facts[d]; ok {
		return o.supplied(fact)
	}
	if d.Formula() == "" {
		return oracleValue{}, metric.MissingInput
	}
	if g := d.Grain(); g != "" && o.grain != "" && g != o.grain {
		return oracleValue{}, metric.GrainMismatch
	}
	o.domain = d.Domain()
	for g := range d.Guards() {
		v, why := o.text(g.When)
		if why != "" {
			return v, why
		}
		if v.truth {
			return v, g.Reason
		}
	}
	v, why := o.text(d.Formula())
	if why == "" && !o.inRange(v.number, d.Range()) {
		return v, metric.OutOfDomain
	}
	return v, why
}

func (o oracle) supplied(f metric.Fact) (v oracleValue, why metric.Reason) {
	if f.Undefined() != "" {
		return v, f.Undefined()
	}
	if d, ok := f.Value().Decimal(); ok {
		return oracleValue{number: d.Rat()}, ""
	}
	var list []string
	if err := json.Unmarshal([]byte(f.Value().Text()), &list); err != nil {
		o.t.Fatal(err)
	}
	for _, text := range list {
		v.list = append(v.list, o.rat(strings.TrimSuffix(strings.TrimSuffix(text, "s"), " USD")))
	}
	slices.SortFunc(v.list, (*big.Rat).Cmp)
	return v, ""
}

func (o oracle) rat(s string) *big.Rat {
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		o.t.Fatalf("%q is not a number", s)
	}
	return x
}

func (o oracle) inRange(x *big.Rat, interval string) bool {
	if interval == "" {
		return true
	}
	low, high, _ := strings.Cut(interval[1:len(interval)-1], ",")
	if low != "-inf" {
		if c := x.Cmp(o.rat(low)); c < 0 || c == 0 && interval[0] == '(' {
			return false
		}
	}
	if high = strings.TrimSpace(high); high != "inf" {
		if c := x.Cmp(o.rat(high)); c > 0 || c == 0 && interval[len(interval)-1] == ')' {
			return false
		}
	}
	return true
}

func (o oracle) text(s string) (oracleValue, metric.Reason) {
	e, err := parser.ParseExpr(s)
	if err != nil {
		o.t.Fatalf("%s: %v", s, err)
	}
	return o.expr(e)
}

// call computes a function of the formula language from its textbook definition.
func (o oracle) call(name string, args []oracleValue) (v oracleValue, why metric.Reason) {
	switch name {
	case "mean", "median", "percentile":
		n := len(args[0].list)
		if n == 0 {
			return v, metric.EmptyPopulation
		}
		if name == "mean" {
			sum := new(big.Rat)
			for _, x := range args[0].list {
				sum.Add(sum, x)
			}
			return oracleValue{number: sum.Quo(sum, big.NewRat(int64(n), 1))}, ""
		}
		share := big.NewRat(1, 2)
		if name == "percentile" {
			share.Quo(args[1].number, big.NewRat(100, 1))
		}
		// Hyndman and Fan's type 7: the values lie at 0, 1/(n-1), ..., 1.
		at := share.Mul(share, big.NewRat(int64(n-1), 1))
		below := new(big.Int).Quo(at.Num(), at.Denom()).Int64()
		x, y := args[0].list[below], args[0].list[min(int(below)+1, n-1)]
		between := new(big.Rat).Sub(at, big.NewRat(below, 1))
		between.Mul(between, new(big.Rat).Sub(y, x))
		return oracleValue{number: between.Add(between, x)}, ""
	case "abs":
		return oracleValue{number: new(big.Rat).Abs(args[0].number)}, ""
	case "pow":
		power := big.NewRat(1, 1)
		for range args[1].number.Num().Int64() {
			power.Mul(power, args[0].number)
		}
		return oracleValue{number: power}, ""
	case "min", "max":
		best := args[0]
		for _, x := range args[1:] {
			if x.number.Cmp(best.number) < 0 == (name == "min") {
				best = x
			}
		}
		return best, ""
	}
	o.t.Fatalf("no function %s", name)
	return v, ""
}

func (o oracle) expr(e ast.Expr) (v oracleValue, why metric.Reason) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return o.expr(e.X)
	case *ast.IndexExpr: // a constant with a unit
		return o.expr(e.X)
	case *ast.BasicLit:
		return oracleValue{number: o.rat(e.Value)}, ""
	case *ast.Ident:
		return o.metric(lookup(o.t, o.domain+"."+e.Name))
	case *ast.SelectorExpr:
		return o.metric(lookup(o.t, e.X.(*ast.Ident).Name+"."+e.Sel.Name))
	case *ast.CallExpr:
		args := make([]oracleValue, len(e.Args))
		for i := range e.Args {
			if args[i], why = o.expr(e.Args[i]); why != "" {
				return v, why
			}
		}
		return o.call(e.Fun.(*ast.Ident).Name, args)
	case *ast.BinaryExpr:
		x, why := o.expr(e.X)
		if why != "" {
			return v, why
		}
		y, why := o.expr(e.Y)
		if why != "" {
			return v, why
		}
		return o.binary(e.Op, x, y)
	}
	o.t.Fatalf("no expression %T", e)
	return v, ""
}

func (o oracle) binary(op token.Token, x, y oracleValue) (oracleValue, metric.Reason) {
	z := new(big.Rat)
	switch op {
	case token.ADD:
		return oracleValue{number: z.Add(x.number, y.number)}, ""
	case token.SUB:
		return oracleValue{number: z.Sub(x.number, y.number)}, ""
	case token.MUL:
		return oracleValue{number: z.Mul(x.number, y.number)}, ""
	case token.QUO:
		if y.number.Sign() == 0 {
			return oracleValue{}, metric.ZeroDenominator
		}
		return oracleValue{number: z.Quo(x.number, y.number)}, ""
	case token.LOR:
		return oracleValue{truth: x.truth || y.truth}, ""
	case token.LAND:
		return oracleValue{truth: x.truth && y.truth}, ""
	}
	c := x.number.Cmp(y.number)
	truth, ok := map[token.Token]bool{token.EQL: c == 0, token.NEQ: c != 0, token.LSS: c < 0,
		token.LEQ: c <= 0, token.GTR: c > 0, token.GEQ: c >= 0}[op]
	if !ok {
		o.t.Fatalf("no operator %s", op)
	}
	return oracleValue{truth: truth}, ""
}

// Every metric of the catalogue, from random facts, equals its formula text read and
// computed in another way: the exact value or the reason.
func TestEvaluateAgreesWithFormulaText(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	grains := []struct{ period, grain string }{{"", ""}, {"2026-03", "month"}, {"2026-Q1", "quarter"}, {"2026", "year"}}
	defined, undefined := map[metric.Definition]bool{}, map[metric.Reason]int{}
	for range 400 {
		g := grains[r.IntN(len(grains))]
		var p metric.Period
		if g.period != "" {
			p = period(t, g.period, nil)
		}
		f := randomFacts(t, r, p, 0.1, 0.03)
		o := newOracle(t, f, g.grain)
		for d := range catalog.All() {
			if d.Kind().IsDistribution() {
				continue
			}
			want, why := o.metric(d)
			got, err := f.Exact(d)
			switch {
			case why != "" && !errors.Is(err, why):
				t.Fatalf("%s: %v, %v; want %s", d, got, err, why)
			case why == "" && (err != nil || got.Cmp(want.number) != 0):
				t.Fatalf("%s: %v, %v; want %v", d, got, err, want.number)
			case why == "":
				defined[d] = true
			default:
				undefined[why]++
			}
		}
	}
	for d := range catalog.All() {
		if !defined[d] && !d.Kind().IsDistribution() {
			t.Errorf("%s was never defined", d)
		}
	}
	for _, why := range []metric.Reason{metric.ZeroDenominator, metric.EmptyPopulation, metric.GrainMismatch, metric.MissingInput, metric.OutOfDomain, metric.Suppressed} {
		if undefined[why] < 10 {
			t.Errorf("only %d times %s", undefined[why], why)
		}
	}
}

// Evaluate gives what Value gives for each metric, and Of what a set of the same facts does.
func TestEvaluateEqualsOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for range 200 {
		f := randomFacts(t, r, metric.Period{}, 0.2, 0.05)
		f.SetRounding(metric.RoundTo(r.IntN(10), metric.RoundFloor))
		n := 0
		for result := range f.Evaluate(catalog.All()) {
			n++
			v, err := f.Value(result.Definition)
			if !sameOutcome(result.Value, result.Err, v, err) {
				t.Fatalf("%s: Evaluate gives %s, %v and Value %s, %v", result.Definition, result.Value, result.Err, v, err)
			}
			if (err == nil) == v.IsZero() {
				t.Fatalf("%s: both or neither of %s, %v", result.Definition, v, err)
			}
		}
		if all := len(slices.Collect(catalog.All())); n != all {
			t.Fatalf("%d results for %d metrics", n, all)
		}
	}
	for result := range new(metric.Facts).Evaluate(slices.Values([]metric.Definition{{}})) {
		wantError(t, result.Err, metric.ErrInput, "", "", "no metric is named")
	}
	for range new(metric.Facts).Evaluate(catalog.All()) {
		break
	}
}

func sameOutcome(v metric.Value, errV error, w metric.Value, errW error) bool {
	if (errV == nil) != (errW == nil) {
		return false
	}
	return errV == nil && v.Equal(w) || errV != nil && errV.Error() == errW.Error()
}

// Of on the few facts below a metric equals Value on all facts.
func TestOfEqualsFrom(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	compared := 0
	for range 100 {
		f := randomFacts(t, r, metric.Period{}, 0.2, 0.02)
		for d := range catalog.All() {
			if d.Kind().IsDistribution() {
				continue
			}
			below := append(catalog.Requires(d), d)
			var facts []metric.Fact
			for fact := range f.All() {
				if slices.Contains(below, fact.Definition()) {
					facts = append(facts, fact)
				}
			}
			r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
			v, err := of(d, facts...)
			w, errW := f.Value(d)
			if !sameOutcome(v, err, w, errW) {
				t.Fatalf("%s of %v: %s, %v; from the set %s, %v", d, facts, v, err, w, errW)
			}
			if err == nil {
				compared++
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d defined values", compared)
	}
}

// custom returns a number with a formula in postfix over its inputs.
func custom(id string, inputs []*def.Metric, code ...def.Op) *def.Metric {
	return &def.Metric{ID: id, Name: id, Kind: def.Number, Unit: "1", Formula: "...", Inputs: inputs, Code: code}
}

func base(id string, kind def.Kind) *def.Metric {
	return &def.Metric{ID: id, Name: id, Kind: kind, Unit: "1", RollupTime: "sum", RollupPopulation: "sum"}
}

func number(d *def.Metric, text string) metric.Fact {
	return metric.FactOf(metric.View(d), metric.ValueOf(metric.MustNumber(text)))
}

// chain returns n metrics of which each combines the one before with itself.
func chain(n int, op def.OpCode) []*def.Metric {
	list := []*def.Metric{base("test.x0", def.Number)}
	for i := range n {
		list = append(list, custom("test.x"+strconv.Itoa(i+1), list[i:i+1],
			def.Op{Code: def.Input}, def.Op{Code: def.Input}, def.Op{Code: op}))
	}
	return list
}

// Without sharing, forty metrics that use the one before twice take 2^40 steps.
func TestChainsAreShared(t *testing.T) {
	start := time.Now()
	list := chain(40, def.Add)
	last := metric.View(list[40])
	f, err := metric.NewFacts(metric.Period{}, number(list[0], "3"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Value(last)
	if err != nil || v.Text() != "3298534883328" { // 3 * 2^40
		t.Errorf("value = %s, %v", v.Text(), err)
	}
	if v, err := of(last, number(list[0], "3")); err != nil || v.Text() != "3298534883328" {
		t.Errorf("Of gives %s, %v", v.Text(), err)
	}
	_, err = of(last)
	wantError(t, err, metric.ErrUndefined, metric.MissingInput, "test.x0", "test.x40: test.x0: missing_input")
	_, err = of(last, number(list[0], "3"), number(base("test.y", def.Number), "1"))
	wantError(t, err, metric.ErrInput, "", "test.y", "test.x40: test.y: not an input of this metric")
	if x := f.Explain(last).String(); strings.Count(x, "\n") != 81 {
		t.Errorf("the explanation has %d lines", strings.Count(x, "\n"))
	}
	if missing := new(metric.Facts).Missing(last); len(missing) != 1 {
		t.Errorf("missing %v", missing)
	}

	// A Fibonacci graph, in which each metric has two different inputs.
	fib := []*def.Metric{base("test.f0", def.Number), base("test.f1", def.Number)}
	for i := 2; i <= 90; i++ {
		fib = append(fib, custom("test.f"+strconv.Itoa(i), []*def.Metric{fib[i-1], fib[i-2]},
			def.Op{Code: def.Input}, def.Op{Code: def.Input, Arg: 1}, def.Op{Code: def.Add}))
	}
	v, err = of(metric.View(fib[90]), number(fib[0], "0"), number(fib[1], "1"))
	if err != nil || v.Text() != "2880067194370816120" {
		t.Errorf("the 90th is %s, %v", v.Text(), err)
	}
	f, _ = metric.NewFacts(metric.Period{}, number(fib[0], "0"), number(fib[1], "1"))
	if x := f.Explain(metric.View(fib[90])).String(); strings.Count(x, "\n") > 300 {
		t.Errorf("the explanation has %d lines", strings.Count(x, "\n"))
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v", d)
	}
}

// Squaring again and again stops at numbers too large to compute instead of hanging, and
// what is too large has no order.
func TestNumbersTooLarge(t *testing.T) {
	list := chain(40, def.Mul)
	f, err := metric.NewFacts(metric.Period{}, number(list[0], "9999999999999999999999999999999999"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Value(metric.View(list[1]))
	if !errors.Is(err, metric.OutOfDomain) || errors.Is(err, metric.ErrInput) {
		t.Errorf("10^68 is %v", err)
	}
	_, err = f.Value(metric.View(list[40]))
	if !errors.Is(err, metric.OutOfDomain) || len(err.Error()) > 200 {
		t.Errorf("10^(34*2^40) is %v", err)
	}

	// x^1000 * x^1000 overflows inside one formula.
	x := base("test.x", def.Number)
	huge := []def.Op{{Code: def.Input}, {Code: def.Pow, Arg: 1000}, {Code: def.Input}, {Code: def.Pow, Arg: 1000}, {Code: def.Mul}}
	five := []def.Op{{Code: def.Push}}
	for name, code := range map[string][]def.Op{
		"max(5, huge)": slices.Concat(five, huge, []def.Op{{Code: def.Max, Arg: 2}}),
		"max(huge, 5)": slices.Concat(huge, five, []def.Op{{Code: def.Max, Arg: 2}}),
		"min(5, huge)": slices.Concat(five, huge, []def.Op{{Code: def.Min, Arg: 2}}),
		"5 / huge":     slices.Concat(five, huge, []def.Op{{Code: def.Div}}),
		"0 * huge":     slices.Concat(five, five, []def.Op{{Code: def.Sub}}, huge, []def.Op{{Code: def.Mul}}),
	} {
		d := custom("test.y", []*def.Metric{x}, code...)
		d.Consts = []def.Const{{Units: 5}}
		v, err := of(metric.View(d), number(x, "9999999999999999999999999999999999"))
		if !errors.Is(err, metric.OutOfDomain) {
			t.Errorf("%s = %s, %v", name, v, err)
		}
	}
	guarded := custom("test.z", []*def.Metric{x}, def.Op{Code: def.Input})
	guarded.Consts = []def.Const{{Units: 5}}
	guarded.Guards = []def.Guard{{When: "huge == 5", Code: slices.Concat(huge, five, []def.Op{{Code: def.Eq}}), Reason: "not_mature"}}
	if _, err := of(metric.View(guarded), number(x, "9999999999999999999999999999999999")); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("a guard over a number too large: %v", err)
	}
	d := custom("test.w", []*def.Metric{x}, def.Op{Code: def.Input}, def.Op{Code: def.Pow, Arg: 1000})
	d.Range = def.Range{Text: "[0, 1]", HasMin: true, HasMax: true, Max: def.Const{Units: 1}}
	_, err = of(metric.View(d), number(x, "9999999999999999999999999999999999"))
	if !errors.Is(err, metric.OutOfDomain) || len(err.Error()) > 200 {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
}

// A metric has a value as an input of another exactly when it has one by itself.
func TestNoValueIsAnInputThatIsNotAResult(t *testing.T) {
	x := base("test.x", def.Count)
	half := custom("test.half", []*def.Metric{x}, def.Op{Code: def.Input}, def.Op{Code: def.Push}, def.Op{Code: def.Div})
	half.Kind, half.Consts = def.Count, []def.Const{{Units: 2}}
	twice := custom("test.twice", []*def.Metric{half}, def.Op{Code: def.Input}, def.Op{Code: def.Input}, def.Op{Code: def.Add})
	five := metric.FactOf(metric.View(x), metric.ValueOf(metric.Count(5)))
	f, err := metric.NewFacts(metric.Period{}, five)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Value(metric.View(half))
	wantError(t, err, metric.ErrUndefined, metric.OutOfDomain, "", "test.half: out_of_domain: count 2.5 is not an integer of 64 bits")
	_, err = f.Value(metric.View(twice))
	wantError(t, err, metric.ErrUndefined, metric.OutOfDomain, "test.half",
		"test.twice: test.half: out_of_domain: count 2.5 is not an integer of 64 bits")

	money := custom("test.money", []*def.Metric{x}, def.Op{Code: def.Input})
	money.Kind = def.Money
	f, _ = metric.NewFacts(metric.Period{}, five)
	_, err = f.Exact(metric.View(money))
	wantError(t, err, metric.ErrUndefined, metric.OutOfDomain, "", "test.money: out_of_domain: money without a currency")
}
