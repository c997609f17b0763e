package formula_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/formula"
)

func TestParseAccepts(t *testing.T) {
	for _, tt := range []struct{ text, symbols string }{
		{"ab", "ab"},
		{"a1", "a1"},
		{"open_rate", "open_rate"},
		{"a_b_c", "a_b_c"}, // a word of one letter is a word
		{"shop.revenue", "shop.revenue"},
		{"shop . revenue", "shop.revenue"},
		{"revenue / shop.revenue", "revenue shop.revenue"},
		{"bb + aa + bb", "bb aa"}, // in order of first use, once
		{"-aa", "aa"},
		{"- -aa", "aa"},
		{"-1", ""},
		{"- 1", ""},
		{"0", ""},
		{"0.0", ""},
		{"0.5", ""},
		{"10", ""},
		{"999999999999999999", ""},  // 18 digits
		{"0.12345678901234567", ""}, // 18 digits
		{"12 [month/year]", ""},     // a unit
		{"12[month/year]", ""},      //
		{"12 [1]", ""},              // the pure number
		{"12 [1/month]", ""},        //
		{"12 [day/day]", ""},        // cancels
		{"-12 [month/year]", ""},    //
		{"mrr * 12[month]", "mrr"},  //
		{"min(aa, bb)", "aa bb"},    //
		{"min(aa, bb,)", "aa bb"},   // as Go allows
		{"max(aa, bb, cc, 1)", "aa bb cc"},
		{"abs(aa - bb)", "aa bb"},
		{"mean(aa)", "aa"},
		{"median((aa))", "aa"},
		{"percentile(aa, 0)", "aa"},
		{"percentile(aa, 99.9)", "aa"},
		{"percentile(aa, 100)", "aa"},
		{"percentile(aa, 100.0)", "aa"},
		{"pow(aa, 12)", "aa"},
		{"pow(aa, -1)", "aa"},
		{"pow(aa, 400)", "aa"},
		{"pow(aa, -400)", "aa"},
		{"min", "min"}, // a function's name is no keyword
		{"min(min, max)", "min max"},
		{"true", "true"}, // as any other name
		{" ( aa ) ", "aa"},
	} {
		e, err := formula.Parse(tt.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.text, err)
			continue
		}
		if got := strings.Join(e.Symbols(), " "); got != tt.symbols {
			t.Errorf("Parse(%q) uses %q, want %q", tt.text, got, tt.symbols)
		}
	}
}

func TestParseGuardAccepts(t *testing.T) {
	for _, text := range []string{
		"aa == 0", "aa != 0", "aa < 0", "aa <= 0", "aa > 0", "aa >= 0", "0 == aa",
		"aa == 0 || bb == 0", "aa == 0 && bb == 0", "!(aa == 0)", "!!(aa == 0)",
		"(aa + bb) * cc - 1 <= abs(dd)", "aa < bb && (bb < cc || !(cc < dd))",
	} {
		if _, err := formula.ParseGuard(text); err != nil {
			t.Errorf("ParseGuard(%q): %v", text, err)
		}
		// What is a guard is not a formula.
		if _, err := formula.Parse(text); err == nil {
			t.Errorf("Parse(%q) takes a truth for a number", text)
		}
	}
}

// refused is a text, and where and why it is refused.
type refused struct {
	text   string
	column int
	reason string
}

func TestParseRefuses(t *testing.T) {
	month12 := "month/month/month/month/month/month/month/month/month/month/month/month"
	for _, tt := range []refused{
		// Nothing.
		{"", 1, "empty"},
		{" ", 1, "empty"},
		{"\t\n", 1, "empty"},

		// Characters and comments.
		{"aa +\tbb", 5, "printable ASCII"},
		{"aa +\nbb", 5, "printable ASCII"},
		{"aa\r", 3, "printable ASCII"},
		{"aa\x00", 3, "printable ASCII"},
		{"aa\x7f", 3, "printable ASCII"},
		{"größe", 3, "printable ASCII"},
		{"аа", 1, "printable ASCII"}, // Cyrillic
		{"aa − bb", 4, "printable ASCII"},
		{"aa\xff", 3, "printable ASCII"},
		{"\ufeffaa", 1, "printable ASCII"},
		{"aa // bb", 4, "comments"},
		{"aa /* bb */", 4, "comments"},
		{"aa //line x:1", 4, "comments"},
		{"aa # bb", 4, "illegal character"},
		{"aa; bb", 3, "';'"},
		{"$aa", 1, "illegal character"},
		{"aa?bb", 3, "illegal character"},
		{`aa\bb`, 3, "illegal character"},

		// Constants.
		{"010", 1, "leading zero"},
		{"00", 1, "leading zero"},
		{"00.5", 1, "leading zero"},
		{"08", 2, "octal"},
		{"aa + 010", 6, "leading zero"},
		{"1_000", 1, "not of the form"},
		{"1__0", 3, "'_'"},
		{"0x10", 1, "not of the form"},
		{"0b11", 1, "not of the form"},
		{"0o17", 1, "not of the form"},
		{"0x1p-2", 1, "not of the form"},
		{"1e3", 1, "not of the form"},
		{"1E3", 1, "not of the form"},
		{"1.5e3", 1, "not of the form"},
		{"1i", 1, "not of the form"},
		{"1.", 1, "not of the form"},
		{".5", 1, "not of the form"},
		{".", 1, "'.'"},
		{"1.2.3", 4, "expected"},
		{"1234567890123456789", 1, "more than 18 digits"},
		{"0.123456789012345678", 1, "more than 18 digits"},
		{"'a'", 1, "not of the form"},
		{"'ab'", 1, "illegal rune"},
		{`"s"`, 1, "not of the form"},
		{"`s`", 1, "not of the form"},
		{`"s`, 1, "not terminated"},
		{`aa + "s"`, 6, "not of the form"},

		// Names.
		{"a", 1, "not a metric name"},
		{"_aa", 1, "not a metric name"},
		{"_", 1, "not a metric name"},
		{"aa_", 1, "not a metric name"},
		{"aa__bb", 1, "not a metric name"},
		{"Aa", 1, "not a metric name"},
		{"aA", 1, "not a metric name"},
		{"cc + a", 6, "not a metric name"},
		{"type", 1, "found 'type'"},
		{"range", 1, "found 'range'"},
		{"aa.type", 4, "found 'type'"},
		{"aa.b", 1, "domain.name"},
		{"a.bb", 1, "domain.name"},
		{"aa.bb.cc", 1, "domain.name"},
		{"(aa).bb", 1, "domain.name"},
		{"aa.bb_", 1, "domain.name"},
		{"aa.(bb)", 1, "type assertion"},

		// Go that is no formula.
		{"aa &^ bb", 4, "operator &^"},
		{"aa << 2", 4, "operator <<"},
		{"aa >> 2", 4, "operator >>"},
		{"aa % bb", 4, "operator %"},
		{"aa ^ bb", 4, "operator ^"},
		{"aa & bb", 4, "operator &"},
		{"aa | bb", 4, "operator |"},
		{"+aa", 1, "operator +"},
		{"^aa", 1, "operator ^"},
		{"&aa", 1, "operator &"},
		{"<-aa", 1, "operator <-"},
		{"*aa", 1, "pointer"},
		{"aa ** bb", 5, "pointer"},
		{"func() int { return 1 }()", 1, "by name"},
		{"func() {}", 1, "function literal"},
		{"func()", 1, "Go FuncType"},
		{"aa{}", 1, "composite literal"},
		{"[]aa{1}", 1, "composite literal"},
		{"struct{}{}", 1, "composite literal"},
		{"struct{}", 1, "Go StructType"},
		{"map[aa]bb", 1, "Go MapType"},
		{"interface{}", 1, "Go InterfaceType"},
		{"chan aa", 1, "Go ChanType"},
		{"aa[0]", 1, "only a constant"},
		{"aa[bb]", 1, "only a constant"},
		{"aa[bb, cc]", 1, "Go IndexListExpr"},
		{"aa[0:1]", 1, "slice expression"},
		{"(12)[month]", 1, "only a constant"},
		{"12[month][month]", 1, "only a constant"},
		{"aa = bb", 4, "'='"},
		{"aa := bb", 4, "':='"},
		{"aa++", 3, "'++'"},
		{"aa, bb", 3, "','"},
		{"aa bb", 4, "found bb"},
		{"(aa", 4, "')'"},
		{"aa)", 3, "')'"},
		{"aa +", 5, "expected operand"},

		// Units of constants.
		{"12 []", 5, "expected operand"},
		{"12 [m]", 5, "a unit is"},
		{"12 [2]", 5, "a unit is"},
		{"12 [month^2]", 5, "a unit is"},
		{"12 [month+year]", 5, "a unit is"},
		{"12 [(month)]", 5, "a unit is"},
		{"12 [month/2]", 11, "a unit is"},
		{"12 [-month]", 5, "a unit is"},
		{"12 [aa.bb]", 5, "a unit is"},
		{"12 [" + month12 + "/month]", 5, "a unit is"}, // 13 factors
		{"5 [money]", 4, "no currency"},
		{"5 [order/money]", 4, "no currency"},
		{`"s" [month]`, 1, "not of the form"},
		{"010 [month]", 1, "leading zero"},

		// Calls.
		{"aa()", 1, `no function "aa"`},
		{"len(aa)", 1, `no function "len"`},
		{"panic(1)", 1, `no function "panic"`},
		{"aa.bb()", 1, "by name"},
		{"(min)(aa, bb)", 1, "by name"},
		{"min[aa](bb, cc)", 1, "by name"},
		{"min()", 1, "min takes 2 to 16 arguments, not 0"},
		{"min(aa)", 1, "min takes 2 to 16 arguments, not 1"},
		{"max(aa" + strings.Repeat(",aa", 16) + ")", 1, "max takes 2 to 16 arguments, not 17"},
		{"abs()", 1, "abs takes 1 arguments"},
		{"abs(aa, bb)", 1, "abs takes 1 arguments"},
		{"pow(aa)", 1, "pow takes 2"},
		{"mean()", 1, "mean takes 1"},
		{"percentile(aa)", 1, "percentile takes 2"},
		{"aa...", 3, "'...'"},
		{"min(aa, bb...)", 11, "..."},
		{"pow(aa, 0.5)", 9, "integer constant"},
		{"pow(aa, 2.0)", 9, "integer constant"},
		{"pow(aa, 2 [month])", 9, "integer constant"},
		{"pow(aa, 401)", 9, "from -400 to 400"},
		{"pow(aa, -401)", 9, "from -400 to 400"},
		{"pow(aa, 999999999999999999)", 9, "from -400 to 400"},
		{"pow(aa, bb)", 9, "integer constant"},
		{"pow(aa, 1+1)", 10, "integer constant"},
		{"pow(aa, - -1)", 9, "integer constant"},
		{"--aa", 1, "'--'"},
		{"aa--bb", 3, "'--'"},
		{"percentile(aa, 100.1)", 16, "0 to 100"},
		{"percentile(aa, 101)", 16, "0 to 100"},
		{"percentile(aa, -1)", 16, "0 to 100"},
		{"percentile(aa, bb)", 16, "0 to 100"},
		{"percentile(aa, 50 [month])", 16, "0 to 100"},
		{"mean(aa + bb)", 9, "distribution"},
		{"mean(1)", 6, "distribution"},
		{"median(median(aa))", 8, "distribution"},
		{"percentile(-aa, 50)", 12, "distribution"},

		// Truths where numbers belong.
		{"aa == bb", 4, "must be a number"},
		{"aa && bb", 1, "&& does not apply"},
		{"!aa", 1, "! does not apply"},
		{"-(aa == bb)", 1, "- does not apply"},
		{"(aa == bb) + 1", 5, "+ does not apply"},
		{"1 * (aa < bb)", 9, "* does not apply"},
		{"min(aa == bb, cc)", 8, "min takes numbers"},
		{"abs(!(aa == bb))", 5, "abs takes numbers"},
	} {
		e, err := formula.Parse(tt.text)
		check(t, "Parse", tt, e, err)
	}
}

func TestParseGuardRefuses(t *testing.T) {
	for _, tt := range []refused{
		{"", 1, "empty"},
		{"aa", 1, "must be a truth"},
		{"0", 1, "must be a truth"},
		{"aa + bb", 4, "must be a truth"},
		{"aa && bb", 1, "&& does not apply"},
		{"aa == 0 && bb", 12, "&& does not apply"},
		{"aa || bb == 0", 1, "|| does not apply"},
		{"aa == bb == cc", 4, "== does not apply"},
		{"aa < bb < cc", 4, "< does not apply"},
		{"(aa == 0) == (bb == 0)", 5, "== does not apply"},
		{"!aa == 0", 1, "! does not apply"},
		{"aa = 0", 4, "'='"},
		{"aa == 010", 7, "leading zero"},
		{"aa <> 0", 5, "expected operand"},
	} {
		e, err := formula.ParseGuard(tt.text)
		check(t, "ParseGuard", tt, e, err)
	}
}

func check(t *testing.T, name string, tt refused, e *formula.Expr, err error) {
	t.Helper()
	var syntax *formula.SyntaxError
	switch {
	case !errors.As(err, &syntax):
		t.Errorf("%s(%.80q): %v, want a syntax error", name, tt.text, err)
	case e != nil:
		t.Errorf("%s(%.80q) returns an expression with an error", name, tt.text)
	case syntax.Column != tt.column || !strings.Contains(syntax.Reason, tt.reason):
		t.Errorf("%s(%.80q): %v, want column %d: ... %s", name, tt.text, err, tt.column, tt.reason)
	}
}

func TestMaxLength(t *testing.T) {
	fits := "aa + " + strings.Repeat("b", formula.MaxLength-5)
	if _, err := formula.Parse(fits); err != nil {
		t.Errorf("%d bytes: %.100v", len(fits), err)
	}
	long := fits + "b"
	_, err := formula.Parse(long)
	check(t, "Parse", refused{long, formula.MaxLength + 1, "longer than"}, nil, err)
	huge := strings.Repeat("(", 1<<20)
	_, err = formula.Parse(huge)
	check(t, "Parse", refused{huge, formula.MaxLength + 1, "longer than"}, nil, err)
}

// nested returns texts of which the innermost node is n deep.
func nested(n int) map[string]string {
	return map[string]string{
		"parentheses":    strings.Repeat("(", n-1) + "aa" + strings.Repeat(")", n-1),
		"negations":      strings.Repeat("- ", n-1) + "aa",
		"sums":           "aa" + strings.Repeat("+aa", n-1),
		"right products": strings.Repeat("1*(", (n-1)/2) + strings.Repeat("- ", (n-1)%2) + "aa" + strings.Repeat(")", (n-1)/2),
		"calls":          strings.Repeat("abs(", n-1) + "aa" + strings.Repeat(")", n-1),
		"powers":         strings.Repeat("pow(", n-1) + "aa" + strings.Repeat(",2)", n-1),
	}
}

func TestMaxDepth(t *testing.T) {
	for kind, text := range nested(formula.MaxDepth) {
		// The exponent of the innermost power is as deep as its base.
		if _, err := formula.Parse(text); err != nil {
			t.Errorf("%s at the limit: %v", kind, err)
		}
	}
	for kind, text := range nested(formula.MaxDepth + 1) {
		_, err := formula.Parse(text)
		var syntax *formula.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(syntax.Reason, "nested deeper than 40") {
			t.Errorf("%s beyond the limit: %v", kind, err)
		}
	}
	not := strings.Repeat("!", formula.MaxDepth-2)
	if _, err := formula.ParseGuard(not + "(aa == 0)"); err == nil {
		t.Error("a guard beyond the limit is accepted")
	}
}

func TestHostileTextIsCut(t *testing.T) {
	long := strings.Repeat("x", 900)
	for _, text := range []string{long + "()", "aa + X" + long, strings.Repeat("9", 900)} {
		if _, err := formula.Parse(text); err == nil || len(err.Error()) > 200 {
			t.Errorf("Parse(%.20q...): message of %d bytes", text, len(err.Error()))
		}
	}
}

// TestExprIsImmutable sees to it that a caller cannot change an expression.
func TestExprIsImmutable(t *testing.T) {
	e, err := formula.Parse("aa + bb")
	if err != nil {
		t.Fatal(err)
	}
	e.Symbols()[0] = "zz"
	if got := e.Symbols(); !slices.Equal(got, []string{"aa", "bb"}) {
		t.Errorf("symbols are %q after the caller changed them", got)
	}
}
