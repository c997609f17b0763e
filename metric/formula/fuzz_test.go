package formula_test

import (
	"errors"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

var fuzzSeeds = []string{
	"aa", "(revenue - cost) / revenue", "mrr * 12 [month/year]", "pow(1 - share, 12)", "percentile(waits, 90)",
	"min(aa, bb, 0) + max(-1, abs(cc))", "revenue == 0", "!(aa < 0.5) && bb >= 1 || cc != dd.ee", "010", "1e3",
	"aa[0]", "func(){}()", "aa /* */", "((((((((aa))))))))", "'", "\"", "`", "aa.bb.cc", "-", "[month]", "12 [month", "\x00", "größe",
}

func FuzzParse(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number := fuzzParse(t, text, formula.Parse)
		truth := fuzzParse(t, text, formula.ParseGuard)
		if number && truth {
			t.Errorf("%q is a number and a truth", text)
		}
	})
}

// fuzzParse reports whether parse accepts text, and holds both outcomes to their rules.
func fuzzParse(t *testing.T, text string, parse func(string) (*formula.Expr, error)) bool {
	e, err := parse(text)
	if err != nil {
		var syntax *formula.SyntaxError
		if !errors.As(err, &syntax) || syntax.Reason == "" || syntax.Column < 1 || syntax.Column > len(text)+1 {
			t.Errorf("%q: %v is no place in the text with a reason", text, err)
		}
		return false
	}
	normal := e.Normal("dd")
	again, err := parse(text)
	if err != nil || again.Normal("dd") != normal {
		t.Errorf("%q is read in two ways", text)
	}
	if wrapped, err := parse("(" + text + ")"); err == nil && wrapped.Normal("dd") != normal {
		t.Errorf("%q: parentheses change the normal form to %s", text, wrapped.Normal("dd"))
	}
	for _, symbol := range e.Symbols() {
		if _, err := formula.Parse(symbol); err != nil {
			t.Errorf("%q: symbol %q: %v", text, symbol, err)
		}
	}
	return true
}

func FuzzDefine(f *testing.F) {
	f.Add("(revenue - cost) / revenue", "revenue == 0", "[0, 1]", "type == nps", "1", "3/4", "4 USD")
	f.Add("mean(waits)", "median(waits) < 5 [second]", "(-inf, inf)", "score <= 5", "second", "90s", "5 USD")
	f.Add("shop.revenue / revenue", "fair.revenue == 0 || !(cost > 0)", "[1, 0)", "a==b", "money/order", "1e5", "-0.1 JPY")
	f.Add("pow(pow(score, 400), -400)", "0 == 0", "[", "", "", "", "")
	for _, s := range fuzzSeeds {
		f.Add(s, s, s, s, s, s, s)
	}
	f.Fuzz(func(t *testing.T, text, guard, interval, condition, unit, result, value string) {
		w := shop(t)
		for kind := range metric.Kinds() {
			s := derived("shop.tested", kind, unit, text)
			s.Undefined = []metric.Guard{{When: "revenue == 0", Reason: metric.ZeroDenominator}, {When: guard, Reason: metric.OutOfDomain}}
			s.Range = interval
			s.Examples = []metric.Example{example(result, "revenue", value, "cost", value), example(result, "score", result)}
			s.Caveats = []metric.Caveat{{Text: "x", Formula: guard, Gives: result}, {Text: "x", Formula: text, Gives: result}}
			fuzzDefine(t, s, w.lookup)

			s = base("shop.tested", kind, unit)
			s.Capture = &formula.Capture{Count: true, Event: text, Where: []string{condition}}
			fuzzDefine(t, s, w.lookup)
		}
	})
}

func fuzzDefine(t *testing.T, s formula.Spec, lookup formula.Lookup) {
	d, err := formula.Define(s, lookup)
	if (err == nil) == d.IsZero() {
		t.Errorf("definition %s comes with error %v", d, err)
	}
	for _, e := range findings(t, err) {
		if e.Metric != s.ID || e.Field == "" || e.Err == nil {
			t.Errorf("finding %#v says too little", e)
		}
	}
}
