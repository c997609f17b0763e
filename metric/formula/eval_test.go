package formula_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// reckoner evaluates the text of a formula on its own: a recursive descent over the
// characters with big.Rat, which shares nothing with the package but the language.
type reckoner struct {
	text string
	at   int
	vars map[string]*big.Rat
	why  metric.Reason // the first reason for which there is no value
}

func reckon(text string, vars map[string]*big.Rat) (*big.Rat, metric.Reason) {
	r := &reckoner{text: text, vars: vars}
	x := r.sum()
	r.end()
	return x, r.why
}

func reckonTruth(text string, vars map[string]*big.Rat) bool {
	r := &reckoner{text: text, vars: vars}
	x := r.or()
	r.end()
	return x
}

func (r *reckoner) end() {
	if r.peek() != 0 {
		panic(fmt.Sprintf("reckoner stopped at %d of %q", r.at, r.text))
	}
}

func (r *reckoner) peek() byte {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// take consumes token if it is next.
func (r *reckoner) take(token string) bool {
	r.peek()
	if !strings.HasPrefix(r.text[r.at:], token) {
		return false
	}
	r.at += len(token)
	return true
}

func (r *reckoner) or() bool {
	x := r.and()
	for r.take("||") {
		y := r.and()
		x = x || y
	}
	return x
}

func (r *reckoner) and() bool {
	x := r.truth()
	for r.take("&&") {
		y := r.truth()
		x = x && y
	}
	return x
}

// truth reads !(truth), (truth) or a comparison, which the writer puts no parentheses around.
func (r *reckoner) truth() bool {
	if r.take("!(") {
		x := r.or()
		r.take(")")
		return !x
	}
	if r.take("(") {
		x := r.or()
		r.take(")")
		return x
	}
	a := r.sum()
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if !r.take(op) {
			continue
		}
		c := a.Cmp(r.sum())
		return map[string]bool{"==": c == 0, "!=": c != 0, "<=": c <= 0, ">=": c >= 0, "<": c < 0, ">": c > 0}[op]
	}
	panic("no comparison")
}

func (r *reckoner) sum() *big.Rat {
	x := r.product()
	for {
		switch {
		case r.take("+"):
			x = new(big.Rat).Add(x, r.product())
		case r.take("-"):
			x = new(big.Rat).Sub(x, r.product())
		default:
			return x
		}
	}
}

func (r *reckoner) product() *big.Rat {
	x := r.unary()
	for {
		switch {
		case r.take("*"):
			x = new(big.Rat).Mul(x, r.unary())
		case r.take("/"):
			y := r.unary()
			x = r.over(x, y)
		default:
			return x
		}
	}
}

func (r *reckoner) over(x, y *big.Rat) *big.Rat {
	if y.Sign() == 0 {
		if r.why == "" {
			r.why = metric.ZeroDenominator
		}
		return new(big.Rat)
	}
	return new(big.Rat).Quo(x, y)
}

func (r *reckoner) unary() *big.Rat {
	if r.take("-") {
		return new(big.Rat).Neg(r.unary())
	}
	if r.take("(") {
		x := r.sum()
		r.take(")")
		return x
	}
	return r.word()
}

func (r *reckoner) word() *big.Rat {
	r.peek()
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("abcdefghijklmnopqrstuvwxyz_.0123456789", r.text[r.at]) >= 0 {
		r.at++
	}
	word := r.text[start:r.at]
	if r.take("(") {
		return r.call(word)
	}
	if x, ok := r.vars[word]; ok {
		return x
	}
	x, ok := new(big.Rat).SetString(word)
	if !ok {
		panic(fmt.Sprintf("reckoner does not know %q at %d of %q", word, start, r.text))
	}
	return x
}

func (r *reckoner) call(name string) *big.Rat {
	x := r.sum()
	for r.take(",") {
		y := r.sum()
		switch {
		case name == "pow":
			x = r.power(x, int(y.Num().Int64()))
		case name == "min" && y.Cmp(x) < 0, name == "max" && y.Cmp(x) > 0:
			x = y
		}
	}
	r.take(")")
	if name == "abs" {
		return new(big.Rat).Abs(x)
	}
	return x
}

func (r *reckoner) power(x *big.Rat, n int) *big.Rat {
	product := big.NewRat(1, 1)
	for range max(n, -n) {
		product.Mul(product, x)
	}
	if n < 0 {
		return r.over(big.NewRat(1, 1), product)
	}
	return product
}

// writer makes up formulas.
type writer struct {
	rng    *rand.Rand
	names  []string
	guards []string // that a divisor is zero, inner ones first
}

func (w *writer) pick(texts ...string) string { return texts[w.rng.IntN(len(texts))] }

func (w *writer) number(depth int) string {
	if depth == 0 || w.rng.IntN(6) == 0 {
		if w.rng.IntN(3) == 0 {
			return w.constant()
		}
		return w.pick(w.names...)
	}
	a := w.number(depth - 1)
	switch w.rng.IntN(10) {
	case 0, 1:
		return a + w.pick("+", " + ") + w.factor(depth-1)
	case 2:
		return a + " - " + w.factor(depth-1)
	case 3:
		return "(" + a + ")*" + w.factor(depth-1)
	case 4, 5:
		divisor := w.factor(depth - 1)
		w.guards = append(w.guards, divisor+" == 0")
		return "(" + a + ") / " + divisor
	case 6:
		return "-(" + a + ")"
	case 7:
		return w.pick("min", "max") + "(" + a + ", " + w.number(depth-1) + w.pick("", ", "+w.constant()) + ")"
	case 8:
		return "abs(" + a + ")"
	}
	n := w.rng.IntN(8) - 3
	if n < 0 {
		w.guards = append(w.guards, a+" == 0")
	}
	return "pow(" + a + ", " + strconv.Itoa(n) + ")"
}

// factor is a number that stands for itself beside * and /.
func (w *writer) factor(depth int) string {
	if w.rng.IntN(3) == 0 {
		return w.pick(w.names...)
	}
	return "(" + w.number(depth) + ")"
}

func (w *writer) constant() string {
	return w.pick("0", "1", "2", "10", "12", "0.5", "3.14", "0.001", "100", "999999999999999999")
}

func (w *writer) truth(depth int) string {
	if depth == 0 {
		return w.simple() + w.pick(" == ", " != ", " < ", " <= ", " > ", " >= ") + w.simple()
	}
	switch w.rng.IntN(4) {
	case 0:
		return "!(" + w.truth(depth-1) + ")"
	case 1:
		return "(" + w.truth(depth-1) + " && " + w.truth(depth-1) + ")"
	case 2:
		return "(" + w.truth(depth-1) + " || " + w.truth(depth-1) + ")"
	}
	return w.truth(0)
}

// simple is a number without division.
func (w *writer) simple() string {
	return w.pick(w.names...) + w.pick(" + ", " - ", " * ", " * -", " - 1 + ") + w.pick(w.names...)
}

// TestFormulasAgainstReckoner holds compiled formulas to the reckoner on random data.
func TestFormulasAgainstReckoner(t *testing.T) {
	names := []string{"n0", "n1", "n2", "n3"}
	w := world{}
	for _, n := range names {
		w.add(t, base("num."+n, metric.KindNumber, "1"))
	}
	rng := rand.New(rand.NewPCG(7, 11))
	var formulas, valued, zero, guarded int
	for formulas < 3000 {
		text := &writer{rng: rng, names: names}
		body := text.number(1 + rng.IntN(4))
		if rng.IntN(8) == 0 {
			body = strings.ReplaceAll(body, "n0", "num.n0")
			for i := range text.guards {
				text.guards[i] = strings.ReplaceAll(text.guards[i], "n0", "num.n0")
			}
		}
		s := derived("num.tested", metric.KindNumber, "1", body)
		var extra string
		if rng.IntN(3) == 0 {
			extra = text.truth(rng.IntN(4))
			s.Undefined = append(s.Undefined, metric.Guard{When: extra, Reason: metric.Suppressed})
		}
		for _, g := range text.guards {
			s.Undefined = append(s.Undefined, metric.Guard{When: g, Reason: metric.ZeroDenominator})
		}
		if len(body) > 400 {
			continue
		}
		d, err := formula.Define(s, w.lookup)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		formulas++
		for range 5 {
			vars, facts := randomNumbers(t, rng, w)
			want, why := reckon(body, vars)
			if extra != "" && reckonTruth(extra, vars) {
				why = metric.Suppressed
			}
			got, err := facts.Exact(d)
			switch {
			case why != "":
				if !errors.Is(err, why) {
					t.Fatalf("%s for %v: %v, %v; want %s (guards %q)", body, vars, got, err, why, s.Undefined)
				}
			case err != nil:
				t.Fatalf("%s for %v: %v; want %s", body, vars, err, want.RatString())
			case got.Cmp(want) != 0:
				t.Fatalf("%s for %v is %s; want %s", body, vars, got.RatString(), want.RatString())
			}
			switch why {
			case "":
				valued++
			case metric.Suppressed:
				guarded++
			default:
				zero++
			}
		}
	}
	if valued < 5000 || zero < 500 || guarded < 500 {
		t.Errorf("only %d values, %d zero denominators and %d guards: the draw is too narrow", valued, zero, guarded)
	}
}

func randomNumbers(t *testing.T, rng *rand.Rand, w world) (map[string]*big.Rat, *metric.Facts) {
	t.Helper()
	vars := map[string]*big.Rat{}
	var facts metric.Facts
	for id, d := range w {
		if d.IsDerived() {
			continue
		}
		text := [...]string{"0", "1", "-1", "0.5", "-2.25", "7", "1000000", "0.0001", "12345.678"}[rng.IntN(9)]
		v, err := metric.ParseValue(metric.KindNumber, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := facts.Add(metric.FactOf(d, v)); err != nil {
			t.Fatal(err)
		}
		x, _ := new(big.Rat).SetString(text)
		_, name, _ := strings.Cut(id, ".")
		vars[name], vars[id] = x, x
	}
	return vars, &facts
}

// TestUnguardedDivisionByZero divides by zero where no guard is asked for, in a caveat.
func TestUnguardedDivisionByZero(t *testing.T) {
	w := shop(t)
	for text, why := range map[string]metric.Reason{
		"score / 0":               metric.ZeroDenominator,
		"score / (score - score)": metric.ZeroDenominator,
		"0 / (score - score)":     metric.ZeroDenominator,
		"pow(score - score, -1)":  metric.OutOfDomain,
	} {
		s := derived("shop.tested", metric.KindNumber, "1", "score + 0")
		s.Examples = []metric.Example{example("5", "score", "5")}
		s.Caveats = []metric.Caveat{{Text: "A mistake.", Formula: text, Gives: "0"}}
		if _, err := formula.Define(s, w.lookup); !errors.Is(err, why) {
			t.Errorf("%s: %v, want %s", text, err, why)
		}
	}
}

// TestDistributionFormulas computes mean, median and percentiles from the sorted values.
func TestDistributionFormulas(t *testing.T) {
	w := world{}
	w.add(t, base("num.values", metric.DistributionOf(metric.KindNumber), "1"))
	rng := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		units := make([]int64, 1+rng.IntN(12))
		texts := make([]string, len(units))
		total := new(big.Rat)
		for i := range units {
			units[i] = rng.Int64N(2001) - 1000
			x := big.NewRat(units[i], 100)
			texts[i] = `"` + x.FloatString(2) + `"`
			total.Add(total, x)
		}
		slices.Sort(units)
		p := rng.Int64N(1001) // in tenths of a percent
		switch rng.IntN(8) {
		case 0:
			p = 0
		case 1:
			p = 1000
		}
		percent := big.NewRat(p, 10).FloatString(1)
		mean := new(big.Rat).Quo(total, big.NewRat(int64(len(units)), 1))
		facts := metric.ExampleInput{ID: "values", Value: "[" + strings.Join(texts, ",") + "]"}
		for text, want := range map[string]*big.Rat{
			"mean(values)":                        mean,
			"median(values)":                      type7(units, 500),
			"percentile(values, " + percent + ")": type7(units, p),
			"2 * mean(values) - median(values)":   new(big.Rat).Sub(new(big.Rat).Add(mean, mean), type7(units, 500)),
		} {
			s := derived("num.tested", metric.KindNumber, "1", text)
			s.Examples = []metric.Example{{Inputs: []metric.ExampleInput{facts}, Result: want.RatString()}}
			if _, err := formula.Define(s, w.lookup); err != nil {
				t.Fatalf("%s of %s: %v", text, facts.Value, err)
			}
		}
	}
}

// type7 returns the quantile p/1000 of sorted hundredths: Hyndman and Fan's definition 7,
// x[j] + g (x[j+1] - x[j]) with j + g = (n - 1) p.
func type7(units []int64, p int64) *big.Rat {
	h := int64(len(units)-1) * p // in thousandths
	j, g := h/1000, big.NewRat(h%1000, 1000)
	low := big.NewRat(units[j], 100)
	if g.Sign() == 0 {
		return low
	}
	step := big.NewRat(units[j+1]-units[j], 100)
	return low.Add(low, g.Mul(g, step))
}

// TestHugePowersEnd sees to it that a formula of nothing but powers ends soon, without a value.
func TestHugePowersEnd(t *testing.T) {
	w := shop(t)
	text := "score"
	for range 20 {
		text = "pow(" + text + ", 400)"
	}
	s := derived("shop.tested", metric.KindNumber, "1", text)
	s.Examples = []metric.Example{undefined(metric.OutOfDomain, "score", "3"), example("1", "score", "1"), example("0", "score", "0")}
	if _, err := formula.Define(s, w.lookup); err != nil {
		t.Error(err)
	}
}
