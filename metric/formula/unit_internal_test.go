package formula

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseUnit(t *testing.T) {
	for _, tt := range []struct{ text, canonical string }{
		{"1", "1"},
		{"money", "money"},
		{"money/month/customer", "money/customer/month"}, // sorted
		{"customer*money", "money*customer"},             // money first
		{"1/month", "1/month"},
		{"month/month", "1"},
		{"second*second/second", "second"},
		{"money/second/second", "money/second/second"},
		{"page_view/session", "page_view/session"},
		{"1*1/1", "1"},
		{"1/1/order", "1/order"},
		{"month/month/month", "1/month"},
		{"aa/bb*cc", "aa*cc/bb"}, // from left to right
	} {
		u, err := parseUnit(tt.text)
		if err != nil || u.String() != tt.canonical {
			t.Errorf("parseUnit(%q) = %s, %v; want %s", tt.text, u, err, tt.canonical)
		}
	}
	for _, text := range []string{
		"", " ", "/", "*", "money/", "/money", "money//month", "Money", "m", "money per month", "money /month",
		"money^2", "2", "12", "1.0", "-1", "money/(month)", "mon_", "a__b", "größe", "money\n",
		strings.Repeat("month/", maxUnitTerms) + "month",
		strings.Repeat("money*", 1000) + "money",
	} {
		if u, err := parseUnit(text); err == nil || len(err.Error()) > 200 {
			t.Errorf("parseUnit(%.60q) = %.60s, %.250v", text, u, err)
		}
	}
	if _, err := parseUnit(strings.Repeat("month/", maxUnitTerms-1) + "month"); err != nil {
		t.Errorf("%d factors: %v", maxUnitTerms, err)
	}
}

// randomUnit is a product of at most four factors.
func randomUnit(rng *rand.Rand) unit {
	names := []string{"money", "second", "month", "year", "customer", "order", "aa", "zz"}
	var u unit
	for range rng.IntN(5) {
		power := 1 - 2*rng.IntN(2)
		u = u.times(unit{{names[rng.IntN(len(names))], power}})
	}
	return u
}

// TestUnitLaws holds the units to the laws of an abelian group with integer powers.
func TestUnitLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 26))
	for range 5000 {
		u, v, w := randomUnit(rng), randomUnit(rng), randomUnit(rng)
		before := [3]string{u.String(), v.String(), w.String()}
		law := func(name string, a, b unit) {
			t.Helper()
			if !a.equal(b) {
				t.Fatalf("%s: %s and %s for %s, %s, %s", name, a, b, u, v, w)
			}
		}
		law("commutative", u.times(v), v.times(u))
		law("associative", u.times(v).times(w), u.times(v.times(w)))
		law("identity", u.times(nil), u)
		law("identity", unit(nil).times(u), u)
		law("inverse", u.times(u.inverse()), nil)
		law("inverse of inverse", u.inverse().inverse(), u)
		law("inverse of product", u.times(v).inverse(), u.inverse().times(v.inverse()))
		n, m := rng.IntN(7)-3, rng.IntN(7)-3
		law("sum of powers", u.pow(n).times(u.pow(m)), u.pow(n+m))
		law("product of powers", u.pow(n).pow(m), u.pow(n*m))
		law("power of product", u.times(v).pow(n), u.pow(n).times(v.pow(n)))
		law("square", u.pow(2), u.times(u))
		if product := u.times(v); len(product) <= maxUnitTerms {
			read, err := parseUnit(product.String())
			if err != nil {
				t.Fatalf("%s is not read back: %v", product, err)
			}
			law("text", read, product)
			// A constant carries any unit but money.
			if product.power("money") == 0 {
				e, err := Parse("1 [" + product.String() + "]")
				if err != nil {
					t.Fatalf("%s in brackets: %v", product, err)
				}
				law("text in brackets", e.root.unit, product)
			}
		}
		if after := [3]string{u.String(), v.String(), w.String()}; after != before {
			t.Fatalf("an operation changed its operands from %q to %q", before, after)
		}
	}
}

func TestNormal(t *testing.T) {
	seen := map[string]string{}       // from normal form to the first text of its class
	for _, class := range [][]string{ // equal within a class, different across
		{"aa", "(aa)", "dd.aa", "((dd.aa))"},
		{"bb.aa"},
		{"ab"},
		{"- -aa", "-(-aa)"},
		{"-aa"},
		{"aa + bb", "bb + aa", "bb + dd.aa", "(bb) + (aa)", "aa - -bb", "-(-aa - bb)", "-(-bb) + aa"},
		{"aa - bb", "-bb + aa", "-(bb - aa)", "aa + (-bb)"},
		{"bb - aa", "-(aa - bb)", "-aa + bb"},
		{"aa + bb + cc", "cc + (bb + aa)", "(aa + cc) + bb", "aa - (-bb - cc)"},
		{"aa - (bb - cc)", "aa + cc - bb", "cc - bb + aa"},
		{"aa - bb - cc", "aa - (bb + cc)", "aa - (cc + bb)"},
		{"aa * bb", "bb * aa", "aa*bb"},
		{"aa / bb"},
		{"bb / aa"},
		{"aa / bb / cc", "aa / (bb * cc)", "aa / (cc * bb)", "aa / cc / bb"},
		{"aa / (bb / cc)", "aa * cc / bb", "cc / bb * aa", "aa / bb * cc"},
		{"aa * (bb + cc)", "(cc + bb) * aa"},
		{"aa * bb + aa * cc"}, // not multiplied out
		{"aa * bb + cc", "cc + bb * aa"},
		{"aa + aa"},
		{"2 * aa", "aa * 2", "2.0 * aa", "aa * 2.000", "aa * (2)", "2 [1] * aa"},
		{"20 * aa"},
		{"0.2 * aa", "0.20 * aa"},
		{"2 [month] * aa", "aa * 2.0 [month]", "aa * 2 [month*month/month]"},
		{"2 [year] * aa"},
		{"2 [month/year] * aa", "aa * 2[1/year*month]"},
		{"0", "0.0", "0.000"},
		{"min(aa, bb)", "min(bb, aa)", "min((bb), aa)"},
		{"max(aa, bb)", "max(bb, aa)"},
		{"min(aa, bb, bb)"},
		{"abs(aa - bb)", "abs(-bb + aa)"},
		{"pow(aa, 2)", "pow((aa), (2))"},
		{"pow(aa, -2)"},
		{"pow(aa, 3)"},
		{"mean(aa)"},
		{"median(aa)"},
		{"percentile(aa, 50)", "percentile(aa, 50.0)"},
		{"percentile(aa, 5)"},
		{"1 - aa / bb", "-(aa / bb) + 1"},
		{"(1 - aa) / bb", "(-aa + 1) / bb"},
		{"5 - 1"},
		{"0.5"},
		{"1 + 5"},
	} {
		for i, text := range class {
			e, err := Parse(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			key := e.Normal("dd")
			if i == 0 {
				if other := seen[key]; other != "" {
					t.Errorf("%q and %q have the normal form %s", text, other, key)
				}
				seen[key] = text
			} else if first, err := Parse(class[0]); err != nil || first.Normal("dd") != key {
				t.Errorf("%q is %s, %q is %s", text, key, class[0], first.Normal("dd"))
			}
			if e.Normal("dd") != key {
				t.Errorf("%q: Normal changes what it reads", text)
			}
		}
	}
}
