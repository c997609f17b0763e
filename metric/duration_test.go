package metric_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestParseDuration(t *testing.T) {
	for _, tt := range []struct{ in, text string }{
		{"90s", "90s"},
		{"36h", "129600s"},
		{"1h30m", "5400s"},
		{"1h 30m", "5400s"},
		{"2d 4h", "187200s"},
		{"1.5h", "5400.0s"},
		{"1w", "604800s"},
		{"1w2d3h4m5s", "788645s"}, // 604800 + 172800 + 10800 + 240 + 5
		{"250ms", "0.250s"},
		{"3us", "0.000003s"},
		{"3µs", "0.000003s"},
		{"3μs", "0.000003s"},
		{"7ns", "0.000000007s"},
		{"1h0m1.5s", "3601.5s"},
		{"-1h30m", "-5400s"},
		{"+1m", "60s"},
		{"0s", "0s"},
		{"131400.25s", "131400.25s"},
		{"PT36H", "129600s"},
		{"P2DT4H", "187200s"},
		{"P1W", "604800s"},
		{"P1W2D", "777600s"},
		{"PT1M", "60s"},
		{"PT0.5S", "0.5s"},
		{"PT0,5S", "0.5s"},
		{"-P1DT1S", "-86401s"},
		{"P1D", "86400s"},
		{"400000d", "34560000000s"}, // over a thousand years
	} {
		d, err := metric.ParseDuration(tt.in)
		if err != nil || d.Text() != tt.text {
			t.Errorf("ParseDuration(%q) = %s, %v; want %s", tt.in, d.Text(), err, tt.text)
		}
	}
	for _, in := range []string{
		"", "-", "+", "90", "s", "1", "1h30", "1h  30m", " 1h", "1h ", "1 h", "1x", "1H", "30m1h", "1h1h", "1.5h30m", "1,5h", "1..5h", "--1h", "1h-30m",
		"P", "PT", "P1", "P1DT", "PT1D", "P1H", "P1D1W", "PT1S1M", "PT1.5H1M", "P1.5DT1H", "p1d", "P-1D", "P1Dx", "P 1D", "PT1HT1M",
		"1e34s", "1000000000000000000000000000000000h", "0.0000000000000000000000000000000001ms",
	} {
		if d, err := metric.ParseDuration(in); !errors.Is(err, metric.ErrInput) || !d.IsZero() {
			t.Errorf("ParseDuration(%q) = %s, %v", in, d.Text(), err)
		}
	}
}

func TestParseDurationRefusesCalendarUnits(t *testing.T) {
	for in, want := range map[string]string{
		"P1M":      `duration "P1M": a month has no fixed length, give days`,
		"P1Y":      `duration "P1Y": a year has no fixed length, give days`,
		"P1Y2M3DT": `duration "P1Y2M3DT": a number with a unit is missing`,
	} {
		if _, err := metric.ParseDuration(in); err == nil || err.Error() != want {
			t.Errorf("ParseDuration(%q): got %v, want %s", in, err, want)
		}
	}
}

// What the standard library prints must read as the same time.
func TestParseDurationReadsStandardText(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 5000 {
		std := time.Duration(rng.Int64() >> rng.IntN(63))
		if i%2 == 0 {
			std = -std
		}
		d, err := metric.ParseDuration(std.String())
		if back, ok := d.Std(); err != nil || !ok || back != std || !d.Equal(metric.FromStd(std)) {
			t.Errorf("%s reads as %s, %v", std, d.Text(), err)
		}
	}
}

func TestDurationStd(t *testing.T) {
	for _, std := range []time.Duration{0, 1, -1, time.Hour, math.MaxInt64, math.MinInt64} {
		if back, ok := metric.FromStd(std).Std(); !ok || back != std {
			t.Errorf("%d ns come back as %d, %t", std, back, ok)
		}
	}
	for _, in := range []string{"106752d", "0.0000000001s", "-9223372036.854775809s"} {
		if std, ok := metric.MustDuration(in).Std(); ok {
			t.Errorf("%s fits a time.Duration as %s", in, std)
		}
	}
	if a, b := metric.MustDuration("1h"), metric.MustDuration("3600.0s"); !a.Equal(b) || a.Cmp(b) != 0 || a.Cmp(metric.MustDuration("61m")) != -1 || a.Sign() != 1 {
		t.Error("durations compare wrongly")
	}
}
