package survival

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func survivalAt(t *testing.T, c *RangeCurve, at float64) float64 {
	t.Helper()
	lo, hi, err := c.Survival(at)
	if err != nil {
		t.Fatal(err)
	}
	if lo != hi {
		t.Fatalf("S(%v) is only known to be from %v to %v", at, lo, hi)
	}
	return lo
}

// The example of R's survival, tests/turnbull.R: deaths, losses and late entries, of which
// only is known that they had the event before.
func TestTurnbullOfR(t *testing.T) {
	var ranges []Range
	deaths, losses, late := []float64{12, 6, 2, 3}, []float64{3, 2, 0, 3}, []float64{2, 4, 2, 5}
	for i := range deaths {
		at := float64(i + 1)
		ranges = append(ranges, Range{After: at, Until: at, Weight: deaths[i]}, Range{Until: at, Weight: late[i]})
		if losses[i] > 0 {
			ranges = append(ranges, Range{After: at, Open: true, Weight: losses[i]})
		}
	}
	c := must[*RangeCurve](t)(Turnbull(Year, ranges...))
	for i, want := range []float64{0.538, 0.295, 0.210, 0.095} {
		near(t, "S", survivalAt(t, c, float64(i+1)), want, 6e-4)
	}
}

// Left-censored times have a closed form, the Kaplan–Meier product from the right:
// 7/8, 7/8·4/6, 7/8·4/6·3/4.
func TestTurnbullLeftCensored(t *testing.T) {
	times, exact := []float64{3, 5, 5, 5, 6, 6, 10, 12}, []bool{true, false, false, true, true, true, false, true}
	var ranges []Range
	for i, at := range times {
		r := Range{After: at, Until: at}
		if !exact[i] {
			r.After, r.Before = 0, true
		}
		ranges = append(ranges, r)
	}
	c := must[*RangeCurve](t)(Turnbull(Day, ranges...))
	for at, want := range map[float64]float64{0: 0, 3: 7. / 16, 5: 7. / 12, 6: 7. / 8, 10: 7. / 8, 12: 1} {
		near(t, "F", 1-survivalAt(t, c, at), want, 1e-9)
	}
}

// Exact and right-censored times give the Kaplan–Meier curve.
func TestTurnbullIsKaplanMeier(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 50 {
		list := hostile(r, 1+r.IntN(30))
		var ranges []Range
		for i := range list {
			list[i].Entry = 0
			g := Range{After: list[i].Exit, Until: list[i].Exit, Weight: list[i].Weight}
			g.Open = list[i].Cause == Censored
			ranges = append(ranges, g)
		}
		c := must[*RangeCurve](t)(Turnbull(Day, ranges...))
		r.Shuffle(len(ranges), func(i, j int) { ranges[i], ranges[j] = ranges[j], ranges[i] })
		if again := must[*RangeCurve](t)(Turnbull(Day, ranges...)); !slices.Equal(c.steps, again.steps) {
			t.Fatal("order matters")
		}
		for k := range must[*Curve](t)(sample(t, Day, list...).KaplanMeier(Options{})).Steps() {
			near(t, "S", survivalAt(t, c, k.Time), k.Survival.Value, 1e-6)
		}
	}
}

// Two visits tell that the event was after 1 and by 3, or after 2 and by 4. All of it can
// be after 2 and by 3, which makes both certain.
func TestTurnbullIntervals(t *testing.T) {
	c := must[*RangeCurve](t)(Turnbull(Week, Range{After: 1, Until: 3}, Range{After: 2, Until: 4}))
	steps := slices.Collect(c.Steps())
	if len(steps) != 1 || steps[0].After != 2 || steps[0].Until != 3 || steps[0].Mass != 1 {
		t.Errorf("steps %+v", steps)
	}
	near(t, "S(2)", survivalAt(t, c, 2), 1, 0)
	near(t, "S(3)", survivalAt(t, c, 3), 0, 0)
	if lo, hi, err := c.Survival(2.5); lo != 0 || hi != 1 || err != nil {
		t.Errorf("S(2.5) from %v to %v, %v", lo, hi, err)
	}
}

func TestTurnbullInput(t *testing.T) {
	_, err := Turnbull(Day)
	isUndefined(t, err, metric.EmptyPopulation)
	_, err = Turnbull(0, Range{Until: 1})
	isInput(t, err, "unit")
	for _, r := range []Range{{After: -1, Until: 2}, {After: 2, Until: 1}, {After: 2, Until: 3, Weight: -1}, {After: 2, Until: 1e200}, {After: 1, Until: 1, Before: true}, {After: 1, Open: true, Before: true}} {
		_, err := Turnbull(Day, r)
		isInput(t, err, "range 0")
	}
	// What includes its end can be at it, what is before cannot.
	c := must[*RangeCurve](t)(Turnbull(Day, Range{Until: 5}, Range{After: 5, Until: 5}))
	near(t, "F below 5", 1-survivalAt(t, c, 4), 0, 1e-9)
	c = must[*RangeCurve](t)(Turnbull(Day, Range{Until: 5, Before: true}, Range{After: 5, Until: 5}))
	if lo, hi, err := c.Survival(4); lo != 0.5 || hi != 1 || err != nil {
		t.Errorf("S(4) from %v to %v, %v", lo, hi, err)
	}
	// Everybody open: all of it is later.
	c = must[*RangeCurve](t)(Turnbull(Day, Range{After: 1, Open: true}, Range{After: 5, Open: true}))
	near(t, "S(5)", survivalAt(t, c, 5), 1, 0)
}
