package survival

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestSampleRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		o    Observation
		word string
	}{
		"negative exit":    {Observation{Exit: -1}, "exit -1"},
		"NaN exit":         {Observation{Exit: math.NaN()}, "exit NaN"},
		"infinite exit":    {Observation{Exit: math.Inf(1)}, "exit +Inf"},
		"vanishing exit":   {Observation{Exit: 1e-200}, "exit 1e-200"},
		"negative entry":   {Observation{Entry: -1, Exit: 1}, "entry -1"},
		"NaN entry":        {Observation{Entry: math.NaN(), Exit: 1}, "entry NaN"},
		"entry at exit":    {Observation{Entry: 2, Exit: 2}, "exit 2 is not after entry 2"},
		"entry after exit": {Observation{Entry: 3, Exit: 0}, "exit 0 is before entry 3"},
		"negative cause":   {Observation{Exit: 1, Cause: -1}, "cause -1"},
		"negative weight":  {Observation{Exit: 1, Weight: -1}, "weight -1"},
		"NaN weight":       {Observation{Exit: 1, Weight: math.NaN()}, "weight NaN"},
		"huge weight":      {Observation{Exit: 1, Weight: 1 << 53}, "weight 9"},
		"stratum":          {Observation{Exit: 1, Stratum: 1 << 40}, "stratum"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Day, Observation{Exit: 1}, c.o)
			isInput(t, err, c.word)
			isInput(t, err, "observation 1")
		})
	}
	_, err := New(0, Observation{Exit: 1})
	isInput(t, err, "unit")
	_, err = New(99)
	isInput(t, err, "unit")
	_, err = FromColumns(Day, Columns{Exit: []float64{1, 2}, Cause: []int{1}})
	isInput(t, err, "column cause has 1 values, column exit 2")
	_, err = FromColumns(Day, Columns{Exit: []float64{1}, Weight: []float64{0}})
	isInput(t, err, "weight 0")
	_, err = New(Day, Observation{Exit: 1, Weight: 1 << 52}, Observation{Exit: 1, Weight: 1 << 52})
	isInput(t, err, "add up")
}

// Both ways in lead to the same sample.
func TestColumnsAreObservations(t *testing.T) {
	a := sample(t, Day, Observation{Entry: 1, Exit: 4, Cause: 2, Weight: 3, Stratum: -1}, Observation{Exit: 2, Cause: 1})
	b := columns(t, Day, Columns{Entry: []float64{1, 0}, Exit: []float64{4, 2}, Cause: []int{2, 1}, Weight: []float64{3, 1}, Stratum: []int{-1, 0}})
	if !slices.Equal(a.rows, b.rows) || a.total != b.total || a.late != b.late {
		t.Errorf("%+v and %+v", a, b)
	}
	if a.Len() != 2 || a.Total() != 4 || a.Events() != 4 || a.End() != 4 || a.Unit() != Day {
		t.Errorf("%s", a)
	}
	if got, want := a.String(), "2 observations, 4 events, times in days to 4"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Many rows are sorted another way than few, to the same order.
func TestSortRows(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 36))
	for range 50 {
		rows := make([]row, 256+r.IntN(500))
		for i := range rows {
			rows[i] = row{exit: float64(r.IntN(20)) * math.Pow(10, float64(r.IntN(4)*40-60)), entry: float64(r.IntN(2)), weight: float64(1 + r.IntN(2)), cause: int32(r.IntN(3)), stratum: int32(r.IntN(2) - 1), input: int32(i)}
		}
		want := slices.Clone(rows)
		slices.SortFunc(want, byExit)
		if got := sortRows(rows); !slices.Equal(got, want) {
			t.Fatal("not in order")
		}
	}
}

// Entry is exclusive, but for the very beginning.
func TestAtRisk(t *testing.T) {
	s := sample(t, Day, Observation{Exit: 0, Cause: 1}, Observation{Exit: 2}, Observation{Entry: 2, Exit: 3})
	for at, want := range map[float64]float64{0: 2, 1: 1, 2: 1, 2.5: 1, 3: 1, 3.5: 0} {
		near(t, "at risk", s.AtRisk(at), want, 0)
	}
	c := must[*Curve](t)(s.KaplanMeier(Options{}))
	near(t, "S(0)", must[Estimate](t)(c.Survival(0)).Value, 0.5, 0)
}

// Fractions add up with rounding, but who is last ends the curve at 0 exactly.
func TestFractionsEndAtZero(t *testing.T) {
	s := sample(t, Day, Observation{Exit: 1, Cause: 1, Weight: 0.1}, Observation{Exit: 2, Cause: 1, Weight: 0.2},
		Observation{Exit: 2, Cause: 1, Weight: 0.3}, Observation{Exit: 2, Cause: 1, Weight: 0.7})
	c := must[*Curve](t)(s.KaplanMeier(Options{}))
	near(t, "S(2)", must[Estimate](t)(c.Survival(2)).Value, 0, 0)
}

func TestFromDurations(t *testing.T) {
	d := metric.MustDuration
	closed := []metric.Duration{d("1.5h"), d("36h"), d("0.1s"), d("86400.3s")}
	open := metric.MustDistribution(d("2d"), d("3d"))
	s := must[*Sample](t)(FromDurations(Second, slices.Values(closed), open.All()))
	if s.Len() != 6 || s.Events() != 4 || s.End() != 259200 {
		t.Errorf("%s", s)
	}
	// Every time returns as the duration it came from.
	var back []string
	for _, r := range s.rows {
		v, ok := Second.Duration(r.exit)
		if !ok {
			t.Fatal("no duration")
		}
		back = append(back, v.Text())
	}
	if want := []string{"0.1s", "5400s", "86400.3s", "129600s", "172800s", "259200s"}; !slices.Equal(back, want) {
		t.Errorf("%v, want %v", back, want)
	}
	hours := must[*Sample](t)(FromDurations(Hour, slices.Values(closed), nil))
	m := must[TimeEstimate](t)(must[*Curve](t)(hours.KaplanMeier(Options{Quantile: FirstTime})).Median())
	if v, ok := m.Duration(); !ok || v.Text() != "5400s" {
		t.Errorf("median %s", m)
	}
	_, err := FromDurations(Month, nil, nil)
	isInput(t, err, "no fixed length")
	_, err = FromDurations(Day, nil, slices.Values([]metric.Duration{d("1d"), d("-1s")}))
	isInput(t, err, "open duration 1")
	empty := must[*Sample](t)(FromDurations(Day, nil, nil))
	_, err = empty.KaplanMeier(Options{})
	isUndefined(t, err, metric.EmptyPopulation)
	// Long digits go the slow way to the nearest number.
	long := must[*Sample](t)(FromDurations(Day, slices.Values([]metric.Duration{d("0.123456789012345678901s"), d("12345678901234567890123s")}), nil))
	near(t, "short", long.rows[0].exit, 0.123456789012345678901/86400, 1e-21)
	near(t, "long", long.rows[1].exit, 12345678901234567890123.0/86400, 1e4)
}

func TestUnits(t *testing.T) {
	for u := Second; u <= Cycle; u++ {
		text, _ := u.MarshalText()
		var back Unit
		if err := back.UnmarshalText(text); err != nil || back != u {
			t.Errorf("%s: %v, %v", u, back, err)
		}
		if _, ok := u.Seconds(); ok != (u <= Week) {
			t.Errorf("%s: fixed length %v", u, ok)
		}
	}
	_, err := ParseUnit("fortnight")
	isInput(t, err, "fortnight")
	if got := Unit(0).String(); got != "no unit" {
		t.Errorf("%q", got)
	}
	if _, ok := Month.Duration(1); ok {
		t.Error("a month has a length")
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", 310: "310", 0.5: "0.5", 1e6: "1000000", 1234567: "1234567", 123456.7: "123457",
		1.23456789: "1.23457", -0.25: "-0.25", 0.00131116: "0.00131116", 1e-5: "1e-05", 1e20: "1e+20", 0.1 + 0.2: "0.3"} {
		if got := number(v, 6); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}
