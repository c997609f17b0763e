package metric_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

func TestParseMoney(t *testing.T) {
	for _, tt := range []struct{ in, text string }{
		{"1234.50 USD", "1234.50 USD"},
		{"USD 1234.50", "1234.50 USD"},
		{"-1234.5 USD", "-1234.50 USD"},
		{"USD -0.0034", "-0.0034 USD"},
		{"+7 EUR", "7.00 EUR"},
		{"1.500 USD", "1.500 USD"}, // the digits given stay
		{"5 JPY", "5 JPY"},
		{"5.5 JPY", "5.5 JPY"},
		{"5 KWD", "5.000 KWD"},
		{"5.1 CLF", "5.1000 CLF"},
		{"1e3 USD", "1000.00 USD"},
		{"9999999999999999999999999999999999 USD", "9999999999999999999999999999999999.00 USD"},
		{"0.0000000000000000000000000000000001 USD", "0.0000000000000000000000000000000001 USD"},
	} {
		m, err := metric.ParseMoney(tt.in)
		if err != nil || m.Text() != tt.text {
			t.Errorf("ParseMoney(%q) = %s, %v; want %s", tt.in, m.Text(), err, tt.text)
		}
	}
	for _, in := range []string{
		"", " ", "USD", "12", "12USD", "12  USD", " 12 USD", "12 USD ", "12 usd", "$12", "$ 12", "1,234.50 USD", "1_000 USD", "1.234,50 EUR",
		"USD 12 EUR", "USD USD", "12 12", "NaN USD", "Inf USD", "0x10 USD", ".5 USD", "5. USD", "12 XXX", "12 XAU", "12\tUSD", "12\u00a0USD",
		"10000000000000000000000000000000000 USD", "1e34 USD", "1e-35 USD", "1e999999999 USD",
	} {
		if m, err := metric.ParseMoney(in); !errors.Is(err, metric.ErrInput) || m.IsValid() {
			t.Errorf("ParseMoney(%q) = %s, %v", in, m, err)
		}
	}
}

func TestMoneyArithmetic(t *testing.T) {
	sum, err := metric.USD("0.1").Add(metric.USD("0.2"))
	if err != nil || !sum.Equal(metric.USD("0.3")) {
		t.Errorf("0.1 + 0.2 = %s, %v", sum, err)
	}
	difference, err := metric.USD("1").Sub(metric.USD("1.01"))
	if err != nil || !difference.Equal(metric.USD("-0.01")) || difference.Sign() != -1 || !difference.Neg().Equal(metric.USD("0.01")) {
		t.Errorf("1 - 1.01 = %s, %v", difference, err)
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"1", "1.00", 0}, {"-1", "1", -1}, {"1.001", "1", 1}} {
		if got, err := metric.EUR(tt.a).Cmp(metric.EUR(tt.b)); got != tt.want || err != nil {
			t.Errorf("%s compares to %s as %d, %v", tt.a, tt.b, got, err)
		}
	}
	if metric.USD("0").Equal(metric.EUR("0")) || !metric.USD("0").IsZero() || metric.USD("0.001").IsZero() {
		t.Error("wrong about zero")
	}
}

func TestMoneyRefusesToMixAndOverflow(t *testing.T) {
	usd, eur, none := metric.USD("1"), metric.EUR("1"), metric.Money{}
	_, errAdd := usd.Add(eur)
	_, errSub := usd.Sub(eur)
	_, errCmp := usd.Cmp(eur)
	for _, err := range []error{errAdd, errSub, errCmp} {
		if !errors.Is(err, metric.MixedCurrency) || !errors.Is(err, metric.ErrUndefined) || errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), "USD and EUR") {
			t.Errorf("mixing gives %v", err)
		}
	}
	_, errLeft := none.Add(usd)
	_, errRight := usd.Sub(none)
	_, errBoth := none.Cmp(none)
	for _, err := range []error{errLeft, errRight, errBoth} {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("no currency gives %v", err)
		}
	}
	huge := metric.USD(strings.Repeat("9", 34))
	if sum, err := huge.Add(huge); !errors.Is(err, metric.ErrInput) {
		t.Errorf("twice %s is %s, %v", huge, sum, err)
	}
	for _, d := range []decimal.Decimal{decimal.New(1, 34), decimal.New(1, -35), decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32)} {
		if _, err := metric.NewMoney(d, usd.Currency()); !errors.Is(err, metric.ErrInput) {
			t.Errorf("an amount out of range gives %v", err)
		}
	}
	if _, err := metric.NewMoney(decimal.New(1, 0), metric.Currency{}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("an amount of no currency gives %v", err)
	}
}

func TestMoneyMinorUnits(t *testing.T) {
	for _, tt := range []struct {
		money string
		units int64
		ok    bool
	}{
		{"1234.50 USD", 123450, true},
		{"-0.01 USD", -1, true},
		{"1.500 USD", 150, true},
		{"0.001 USD", 0, false},
		{"5 JPY", 5, true},
		{"5.5 JPY", 0, false},
		{"1.234 KWD", 1234, true},
		{"92233720368547758.07 USD", math.MaxInt64, true},
		{"92233720368547758.08 USD", 0, false},
		{"-92233720368547758.08 USD", math.MinInt64, true},
	} {
		m := metric.MustMoney(tt.money)
		units, ok := m.Minor()
		if ok != tt.ok || ok && units != tt.units {
			t.Errorf("%s has %d minor units, %t", tt.money, units, ok)
		}
		if ok && !metric.MoneyFromMinor(units, m.Currency()).Equal(m) {
			t.Errorf("%d minor units are %s, want %s", units, metric.MoneyFromMinor(units, m.Currency()), tt.money)
		}
	}
	if _, ok := (metric.Money{}).Minor(); ok {
		t.Error("money of no currency has minor units")
	}
}

func TestLiteralHelpersPanicOnNonsense(t *testing.T) {
	for i, f := range []func(){
		func() { metric.USD("1,000") },
		func() { metric.EUR("") },
		func() { metric.GBP("1 GBP") },
		func() { metric.JPY("many") },
		func() { metric.CHF("1e99") },
		func() { metric.MustMoney("1") },
		func() { metric.MustRatio("1/0") },
		func() { metric.MustNumber("x") },
		func() { metric.MustDuration("90") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("helper %d did not panic", i)
				}
			}()
			f()
		}()
	}
	for _, m := range []metric.Money{metric.USD("1"), metric.EUR("1"), metric.GBP("1"), metric.JPY("1"), metric.CHF("1")} {
		if !m.Amount().Equal(decimal.New(1, 0)) || !m.IsValid() {
			t.Errorf("helper gives %s", m)
		}
	}
}
