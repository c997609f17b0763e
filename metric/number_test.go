package metric_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestParseRatio(t *testing.T) {
	for _, tt := range []struct{ in, text string }{
		{"0.0345", "0.0345"},
		{"3.45%", "0.0345"},
		{"3.45 %", "0.0345"},
		{"3.450%", "0.03450"}, // the digits given stay
		{"-12%", "-0.12"},
		{"100%", "1.00"},
		{"0%", "0.00"},
		{"1.03", "1.03"},
		{"43/197", "0.2182741116751269035532994924"}, // 43/197 by long division
		{"1/3", "0.3333333333333333333333333333"},
		{"-2/3", "-0.6666666666666666666666666667"},
		{"2/-3", "-0.6666666666666666666666666667"},
		{"1/8", "0.125"},
		{"6/3", "2"},
	} {
		r, err := metric.ParseRatio(tt.in)
		if err != nil || r.Text() != tt.text {
			t.Errorf("ParseRatio(%q) = %s, %v; want %s", tt.in, r.Text(), err, tt.text)
		}
	}
	for _, in := range []string{"", "%", " %", "3,45%", "3.45%%", "% 3", "1/", "/1", "1/2/3", "1.5/2", "1/2%", " 1", "1 ", "NaN", "0.0000000000000000000000000000000001%", "1e34"} {
		if r, err := metric.ParseRatio(in); !errors.Is(err, metric.ErrInput) || !r.IsZero() {
			t.Errorf("ParseRatio(%q) = %s, %v", in, r, err)
		}
	}
	if _, err := metric.ParseRatio("1/0"); !errors.Is(err, metric.ErrInput) || errors.Is(err, metric.ErrUndefined) {
		t.Errorf("1/0 gives %v", err)
	}
}

func TestRatioOfAgreesWithBigRat(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		num, den := rng.Int64()-math.MaxInt64/2, rng.Int64N(1e6)-5e5
		if rng.IntN(2) == 0 {
			num %= 1000
		}
		r, err := metric.RatioOf(num, den)
		if den == 0 {
			if !errors.Is(err, metric.ZeroDenominator) {
				t.Errorf("%d/0 gives %v", num, err)
			}
			continue
		}
		// FloatString rounds half away from zero.
		want := big.NewRat(num, den).FloatString(28)
		want = strings.TrimRight(strings.TrimRight(want, "0"), ".")
		if want == "-0" {
			want = "0"
		}
		if err != nil || r.Text() != want {
			t.Errorf("%d/%d = %s, %v; want %s", num, den, r.Text(), err, want)
		}
	}
	if r, err := metric.RatioOf(math.MinInt64, -1); err != nil || r.Text() != "9223372036854775808" {
		t.Errorf("MinInt64 / -1 = %s, %v", r.Text(), err)
	}
}

func TestParseNumber(t *testing.T) {
	for _, tt := range []struct{ in, text string }{
		{"3.2", "3.2"}, {"-100", "-100"}, {"+1.50", "1.50"}, {"16/5", "3.2"}, {"1.5e3", "1500"}, {"0", "0"},
	} {
		n, err := metric.ParseNumber(tt.in)
		if err != nil || n.Text() != tt.text {
			t.Errorf("ParseNumber(%q) = %s, %v; want %s", tt.in, n.Text(), err, tt.text)
		}
	}
	for _, in := range []string{"", "3%", "1,000", "x", "1/0", "1e34", "1 2"} {
		if n, err := metric.ParseNumber(in); !errors.Is(err, metric.ErrInput) {
			t.Errorf("ParseNumber(%q) = %s, %v", in, n, err)
		}
	}
}

func TestParseCount(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want metric.Count
	}{
		{"0", 0}, {"1234", 1234}, {"-5", -5}, {"+5", 5}, {"007", 7},
		{"9223372036854775807", math.MaxInt64}, {"-9223372036854775808", math.MinInt64},
	} {
		if n, err := metric.ParseCount(tt.in); err != nil || n != tt.want {
			t.Errorf("ParseCount(%q) = %d, %v", tt.in, n, err)
		}
	}
	for _, in := range []string{"", "-", "+", "1.0", "1e3", "1,234", "1_000", "0x1", " 1", "1 ", "--1", "٣", "9223372036854775808", "-9223372036854775809"} {
		if n, err := metric.ParseCount(in); !errors.Is(err, metric.ErrInput) || n != 0 {
			t.Errorf("ParseCount(%q) = %d, %v", in, n, err)
		}
	}
}

func TestNumbersCompareByValue(t *testing.T) {
	a, b := metric.MustRatio("0.8"), metric.MustRatio("80.00%")
	if !a.Equal(b) || a.Cmp(b) != 0 || a.Cmp(metric.MustRatio("0.81")) != -1 || a.Sign() != 1 || !(metric.Ratio{}).IsZero() {
		t.Error("ratios compare wrongly")
	}
	x, y := metric.MustNumber("-1.50"), metric.MustNumber("-3/2")
	if !x.Equal(y) || x.Cmp(metric.MustNumber("-2")) != 1 || x.Sign() != -1 || !(metric.Number{}).IsZero() {
		t.Error("numbers compare wrongly")
	}
}
