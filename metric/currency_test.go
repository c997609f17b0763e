package metric

import (
	"slices"
	"strings"
	"testing"
	"unsafe"
)

func TestCurrencyTableIsSortedAndWellFormed(t *testing.T) {
	numbers := map[uint16]string{}
	for i, r := range iso4217 {
		if i > 0 && iso4217[i-1].code >= r.code {
			t.Errorf("%s does not come after %s", r.code, iso4217[i-1].code)
		}
		if len(r.code) != 3 || strings.Trim(r.code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("%q is not a code", r.code)
		}
		if r.number == 0 || r.number > 999 || r.name == "" || strings.TrimSpace(r.name) != r.name {
			t.Errorf("%s: number %d, name %q", r.code, r.number, r.name)
		}
		if r.withdrawn != 0 {
			continue
		}
		if other, ok := numbers[r.number]; ok {
			t.Errorf("%s and %s share number %d", other, r.code, r.number)
		}
		numbers[r.number] = r.code
	}
}

// The currencies that do not have two decimals, as the standard lists them.
func TestCurrencyExponents(t *testing.T) {
	exponents := map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	}
	want := map[string]int{}
	for e, codes := range exponents {
		for code := range strings.FieldsSeq(codes) {
			want[code] = e
		}
	}
	for c := range Currencies() {
		e, ok := want[c.Code()]
		if !ok {
			e = 2
		}
		if c.Exponent() != e {
			t.Errorf("%s has exponent %d, want %d", c, c.Exponent(), e)
		}
		delete(want, c.Code())
	}
	if len(want) > 0 {
		t.Errorf("currencies are missing: %v", want)
	}
}

func TestCurrencyDetails(t *testing.T) {
	for _, tt := range []struct {
		code    string
		number  int
		name    string
		current bool
	}{
		{"USD", 840, "US Dollar", true},
		{"EUR", 978, "Euro", true},
		{"GBP", 826, "Pound Sterling", true},
		{"JPY", 392, "Yen", true},
		{"CHF", 756, "Swiss Franc", true},
		{"ALL", 8, "Lek", true},
		{"XCG", 532, "Caribbean Guilder", true},
		{"ZWG", 924, "Zimbabwe Gold", true},
		{"ANG", 532, "Netherlands Antillean Guilder", false},
		{"BGN", 975, "Bulgarian Lev", false},
		{"HRK", 191, "Kuna", false},
	} {
		c, err := ParseCurrency(tt.code)
		if err != nil {
			t.Errorf("%s: %v", tt.code, err)
			continue
		}
		if c.Code() != tt.code || c.Number() != tt.number || c.Name() != tt.name || c.IsCurrent() != tt.current {
			t.Errorf("%s: %s, %d, %q, current %t", tt.code, c.Code(), c.Number(), c.Name(), c.IsCurrent())
		}
	}
}

func TestCurrencyRefuses(t *testing.T) {
	for _, s := range []string{"", "U", "US", "USDX", "usd", "Usd", "XXX", "XTS", "XAU", "XDR", "DEM", "ABC", "US\x00", "€", "$"} {
		if c, err := ParseCurrency(s); err == nil || !c.IsZero() {
			t.Errorf("ParseCurrency(%q) = %v, %v", s, c, err)
		}
	}
}

func TestCurrencies(t *testing.T) {
	all := slices.Collect(Currencies())
	if !slices.IsSortedFunc(all, Currency.Compare) {
		t.Error("currencies are not in order")
	}
	for _, c := range all {
		if got, err := ParseCurrency(c.Code()); err != nil || got != c || !c.IsCurrent() {
			t.Errorf("ParseCurrency(%q) = %v, %v", c.Code(), got, err)
		}
	}
	for range Currencies() {
		break // Stopping early must not panic.
	}
	var zero Currency
	if zero.Code() != "" || zero.Exponent() != 0 || zero.Name() != "" || zero.Number() != 0 || zero.IsCurrent() || !zero.IsZero() {
		t.Error("the zero Currency is something")
	}
	if unsafe.Sizeof(zero) != 3 {
		t.Errorf("a Currency takes %d bytes", unsafe.Sizeof(zero))
	}
}
