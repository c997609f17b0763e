package metric_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

func TestFormatDefault(t *testing.T) {
	for _, tt := range []struct {
		kind       metric.Kind
		text, want string
	}{
		{metric.KindCount, "0", "0"},
		{metric.KindCount, "999", "999"},
		{metric.KindCount, "1000", "1,000"},
		{metric.KindCount, "-1234567", "-1,234,567"},
		{metric.KindCount, "-123", "-123"},

		{metric.KindRatio, "1.03", "103%"},
		{metric.KindRatio, "0.985", "98.5%"},
		{metric.KindRatio, "0.9850", "98.5%"},
		{metric.KindRatio, "0.12345", "12.345%"},
		{metric.KindRatio, "0.999996", "99.9996%"},
		{metric.KindRatio, "1/3", "33.33%"},
		{metric.KindRatio, "2/3", "66.67%"},
		{metric.KindRatio, "0.50000001", "50.00%"}, // the zeros tell of the rounding
		{metric.KindRatio, "0", "0%"},
		{metric.KindRatio, "1", "100%"},
		{metric.KindRatio, "0.9999999", "99.99999%"},
		{metric.KindRatio, "0.9999999123", "99.9999912%"},
		{metric.KindRatio, "1.0000001", "100.00001%"},
		{metric.KindRatio, "1.00000014159", "100.000014%"},
		{metric.KindRatio, "0.0000001234", "0.000012%"},
		{metric.KindRatio, "-0.0000001234", "-0.000012%"},
		{metric.KindRatio, "0.00005", "0.005%"},
		{metric.KindRatio, "-0.25", "-25%"},
		{metric.KindRatio, "12.5", "1,250%"},

		{metric.KindNumber, "3.2", "3.2"},
		{metric.KindNumber, "3.20", "3.2"},
		{metric.KindNumber, "-42", "-42"},
		{metric.KindNumber, "1.2345", "1.2345"},
		{metric.KindNumber, "1.23456", "1.23"},
		{metric.KindNumber, "0.0000123", "0.000012"},
		{metric.KindNumber, "12345.678", "12,345.678"},

		{metric.KindMoney, "1234.5 USD", "1,234.50 USD"},
		{metric.KindMoney, "-1234567 JPY", "-1,234,567 JPY"},
		{metric.KindMoney, "1.5 KWD", "1.500 KWD"},
		{metric.KindMoney, "12.345 USD", "12.35 USD"},
		{metric.KindMoney, "-12.345 USD", "-12.35 USD"},
		{metric.KindMoney, "0.0034 USD", "0.0034 USD"},
		{metric.KindMoney, "0.003412 USD", "0.0034 USD"},
		{metric.KindMoney, "0.005 USD", "0.01 USD"},
		{metric.KindMoney, "0.4 JPY", "0.4 JPY"},
		{metric.KindMoney, "0 USD", "0.00 USD"},
		{metric.KindMoney, "999.999 USD", "1,000.00 USD"},

		{metric.KindDuration, "0s", "0s"},
		{metric.KindDuration, "250ms", "0.25s"},
		{metric.KindDuration, "1.2345678s", "1.23s"},
		{metric.KindDuration, "0.0000004567s", "0.00000046s"},
		{metric.KindDuration, "59.99999s", "59.99999s"},
		{metric.KindDuration, "60s", "1m"},
		{metric.KindDuration, "90.4s", "1m 30s"},
		{metric.KindDuration, "36h", "1d 12h"},
		{metric.KindDuration, "2d 4h", "2d 4h"},
		{metric.KindDuration, "2d 4h 29m", "2d 4h"},
		{metric.KindDuration, "2d 4h 30m", "2d 5h"},
		{metric.KindDuration, "-2d 4h 30m", "-2d 5h"},
		{metric.KindDuration, "59m 59.6s", "1h"},
		{metric.KindDuration, "23h 59m 31s", "1d"},
		{metric.KindDuration, "1h 0m 29s", "1h"},
		{metric.KindDuration, "1500d", "1,500d"},

		{metric.DistributionOf(metric.KindDuration), `[]`, "0 values"},
		{metric.DistributionOf(metric.KindDuration), `["36h"]`, "1 value, 1d 12h"},
		{metric.DistributionOf(metric.KindDuration), `["1d","5d","2d"]`, "3 values from 1d to 5d, median 2d"},
		{metric.DistributionOf(metric.KindCount), `["1","2"]`, "2 values from 1 to 2, median 1.5"},
		{metric.DistributionOf(metric.KindMoney), `["1 USD","2.01 USD"]`, "2 values from 1.00 USD to 2.01 USD, median 1.51 USD"},
	} {
		v, err := metric.ParseValue(tt.kind, tt.text)
		if err != nil {
			t.Errorf("%s %s: %v", tt.kind, tt.text, err)
			continue
		}
		if got := v.String(); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.kind, tt.text, got, tt.want)
		}
	}
	if got := (metric.Value{}).String(); got != "no value" {
		t.Errorf("no value is written as %q", got)
	}
	if got := (metric.Money{}).String(); got != "invalid money" {
		t.Errorf("the zero Money is written as %q", got)
	}
}

func TestFormatOptions(t *testing.T) {
	one := metric.RoundTo(1, metric.RoundHalfEven)
	for _, tt := range []struct {
		f          metric.Format
		kind       metric.Kind
		text, want string
	}{
		{metric.Format{Rounding: one}, metric.KindRatio, "0.9985", "99.8%"},
		{metric.Format{Rounding: one}, metric.KindRatio, "0.99999", "100.0%"},
		{metric.Format{Rounding: metric.RoundTo(0, metric.RoundFloor)}, metric.KindRatio, "0.99999", "99%"},
		{metric.Format{Rounding: one}, metric.KindMoney, "1234 USD", "1,234.0 USD"},
		{metric.Format{Rounding: metric.RoundTo(0, metric.RoundHalfEven)}, metric.KindMoney, "0.5 USD", "0 USD"},
		{metric.Format{Rounding: one}, metric.KindNumber, "2.25", "2.2"},
		{metric.Format{Rounding: one}, metric.KindDuration, "1h", "3,600.0s"},
		{metric.Format{Rounding: one}, metric.KindCount, "1234", "1,234"},
		{metric.Format{NoGrouping: true}, metric.KindCount, "1234567", "1234567"},
		{metric.Format{NoGrouping: true}, metric.KindMoney, "1234.5 USD", "1234.50 USD"},
		{metric.Format{NoGrouping: true}, metric.KindDuration, "1500d", "1500d"},
		{metric.Format{Fraction: true}, metric.KindRatio, "103%", "1.03"},
		{metric.Format{Fraction: true}, metric.KindRatio, "0.123456", "0.123456"},
		{metric.Format{Fraction: true}, metric.KindRatio, "1/3", "0.3333"},
		{metric.Format{Fraction: true}, metric.KindRatio, "0.99999999", "0.99999999"},
		{metric.Format{Fraction: true, Rounding: one}, metric.KindRatio, "1/3", "0.3"},
		{metric.Format{DurationUnits: 1}, metric.KindDuration, "1d 12h", "2d"},
		{metric.Format{DurationUnits: 3}, metric.KindDuration, "1d 12h 30m 30s", "1d 12h 31m"},
		{metric.Format{DurationUnits: 4}, metric.KindDuration, "1d 12h 30m 30s", "1d 12h 30m 30s"},
		{metric.Format{DurationUnits: 99}, metric.KindDuration, "1d 0h 0m 30s", "1d 30s"},
		{metric.Format{DurationUnits: -1}, metric.KindDuration, "36h", "1d 12h"},
		{metric.Format{DurationUnits: 1}, metric.DistributionOf(metric.KindDuration), `["36h","60h"]`, "2 values from 2d to 3d, median 2d"},
	} {
		v, err := metric.ParseValue(tt.kind, tt.text)
		if err != nil {
			t.Errorf("%s %s: %v", tt.kind, tt.text, err)
			continue
		}
		if got := v.Format(tt.f); got != tt.want {
			t.Errorf("%s %s as %+v: got %q, want %q", tt.kind, tt.text, tt.f, got, tt.want)
		}
	}
}

// Nothing but zero is written as zero, and nothing but 100% as 100%; what is written
// is within half a unit of 2 decimals of the value.
func TestFormatNeverHides(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		near := decimal.New(int64(rng.IntN(2)), 0)
		d := near.Add(decimal.New(rng.Int64N(2000)-1000, -int32(rng.IntN(34))))
		r, err := metric.NewRatio(d)
		if err != nil {
			t.Fatal(err)
		}
		shown := strings.ReplaceAll(r.String(), ",", "")
		back, err := metric.ParseRatio(shown)
		if err != nil {
			t.Fatalf("%s is written as %q: %v", r.Text(), shown, err)
		}
		if back.IsZero() != r.IsZero() || back.Equal(metric.MustRatio("1")) != r.Equal(metric.MustRatio("1")) {
			t.Fatalf("%s is written as %s", r.Text(), shown)
		}
		if back.Decimal().Sub(d).Abs().Cmp(decimal.New(5, -5)) > 0 {
			t.Fatalf("%s is written as %s", r.Text(), shown)
		}
	}
}
