package clv

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestObserved(t *testing.T) {
	c := must(NewCohorts(Year))(t)
	for _, left := range [][]int64{{100, 80, 60}, {50, 40}, {7}, {3, 0, 0}} {
		if err := c.Add(left...); err != nil {
			t.Fatal(err)
		}
	}
	got := must(c.Observed(0.95))(t)
	if len(got) != 2 {
		t.Fatalf("%d renewals", len(got))
	}
	// 153 were due at the first renewal and 120 kept, 80 and 60 at the second: by hand.
	if got[0].Due != 153 || got[0].Kept != 120 || got[1].Due != 80 || got[1].Kept != 60 {
		t.Errorf("due and kept: %+v", got)
	}
	near(t, "retention", got[1].Retention.Value, 0.75, 1e-15)
	near(t, "survival", got[1].Survival.Value, 120./153*0.75, 1e-15)
	near(t, "binomial", got[0].Retention.StdErr, math.Sqrt(120./153*33/153/153), 1e-15)
	near(t, "Greenwood", got[1].Survival.StdErr, 120./153*0.75*math.Sqrt(33./153/120+20./80/60), 1e-15)
	if e := got[1].Survival; !(0 < e.Low && e.Low < e.Value && e.Value < e.High && e.High < 1) {
		t.Error(e)
	}
	if _, err := must(NewCohorts(Year))(t).Observed(0.95); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("no cohorts: %v", err)
	}
	for _, bad := range [][]int64{nil, {-1}, {5, 6}, {5, -1}, {math.MaxInt64}} {
		if err := c.Add(bad...); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := NewCohorts(0); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no unit: %v", err)
	}
}

// Cohorts may be counted apart and brought together in any order.
func TestCohortsMerge(t *testing.T) {
	rows := [][]int64{{100, 80, 60}, {50, 40}, {7}, {30, 20, 10, 5}}
	all := must(NewCohorts(Year))(t)
	for _, left := range rows {
		if err := all.Add(left...); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}} {
		merged := must(NewCohorts(Year))(t)
		for _, i := range order {
			one := must(NewCohorts(Year))(t)
			if err := one.Add(rows[i]...); err != nil {
				t.Fatal(err)
			}
			if err := merged.Merge(one); err != nil {
				t.Fatal(err)
			}
		}
		if merged.customers != all.customers || !slices.Equal(merged.due, all.due) || !slices.Equal(merged.kept, all.kept) {
			t.Errorf("%v: %+v, want %+v", order, merged, all)
		}
	}
	if err := all.Merge(must(NewCohorts(Month))(t)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("another unit: %v", err)
	}
}

// Survival, retention and lifetimes, with θ integrated out by brute force:
//
//	S(t) = E[(1-θ)^t],  Σ S(t) z^t = E[1/(1 - z(1-θ))]
func TestSBGIsTheStory(t *testing.T) {
	d := AnnualRate(0.1)
	for _, m := range []SBG{{Year, 0.668, 3.806}, {Year, 0.704, 1.182}, {Year, 3.8, 15.2}, {Year, 0.25, 0.4}} {
		var sum float64
		for n := range 12 {
			s := must(m.Survival(n))(t)
			relative(t, "survival", s, betaMean(m.Alpha, m.Beta, func(_, y float64) float64 { return math.Pow(y, float64(n)) }), 1e-9)
			next := must(m.Survival(n + 1))(t)
			relative(t, "retention", must(m.Retention(n+1))(t), next/s, 1e-12)
			// Residual lifetime of who has made n renewals, without end.
			want := betaMean(m.Alpha, m.Beta, func(_, y float64) float64 { return math.Pow(y, float64(n)+1) / (1 - y/1.1) }) / s
			relative(t, "DERL", must(m.Residual(n, Forever(), d))(t), want, 1e-9)
			sum += s * math.Pow(1.1, -float64(n))
		}
		want := betaMean(m.Alpha, m.Beta, func(_, y float64) float64 { return 1 / (1 - y/1.1) })
		relative(t, "DEL", must(m.Lifetime(Forever(), d))(t), want, 1e-9)
		relative(t, "twelve payments", must(m.Lifetime(Horizon{N: 12, Unit: Year}, d))(t), sum, 1e-12)
		// A certain payment today, and the residual lifetime a year later.
		relative(t, "DEL and DERL", must(m.Lifetime(Forever(), d))(t), 1+must(m.Residual(0, Forever(), d))(t)/1.1, 1e-11)
		v, err := m.Lifetime(Forever(), Rate{})
		if m.Alpha <= 1 && !errors.Is(err, metric.OutOfDomain) || m.Alpha > 1 && math.Abs(v-(m.Alpha+m.Beta-1)/(m.Alpha-1)) > 1e-12 {
			t.Errorf("%+v: %g, %v", m, v, err)
		}
	}
}

// A BdW model with c = 1 is an sBG one, also in the sums that are not added up in full.
func TestBDWWithoutAgeing(t *testing.T) {
	for _, p := range [][2]float64{{0.668, 3.806}, {3.8, 15.2}, {2.2, 0.4}} {
		narrow, wide := SBG{Month, p[0], p[1]}, BDW{Month, p[0], p[1], 1}
		for _, n := range []int{0, 1, 5, 40, 3000} {
			relative(t, "survival", must(wide.Survival(n))(t), must(narrow.Survival(n))(t), 1e-10)
			relative(t, "retention", must(wide.Retention(n+1))(t), must(narrow.Retention(n+1))(t), 1e-10)
			for _, rate := range []Rate{AnnualRate(0.1), AnnualRate(0.005), {}} {
				if rate == (Rate{}) && p[0] <= 1 {
					continue
				}
				relative(t, "residual", must(wide.Residual(n, Forever(), rate))(t), must(narrow.Residual(n, Forever(), rate))(t), 1e-9)
				relative(t, "lifetime", must(wide.Lifetime(Forever(), rate))(t), must(narrow.Lifetime(Forever(), rate))(t), 1e-9)
			}
		}
	}
	if _, err := (BDW{Month, 0.5, 1, 1.5}).Lifetime(Forever(), Rate{}); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("gamma c below 1: %v", err)
	}
	// Another c: by adding up so many terms that nothing is left.
	m := BDW{Month, 0.9, 2, 1.6}
	var sum float64
	for n := range 40_000 {
		sum += must(m.Survival(n))(t) * math.Exp(-0.001*float64(n))
	}
	relative(t, "lifetime", must(m.Lifetime(Forever(), ContinuousRate(0.001, Month)))(t), sum, 1e-9)
	for _, bad := range []error{
		func() error { _, err := m.Survival(-1); return err }(),
		func() error { _, err := m.Retention(0); return err }(),
		func() error { _, err := m.Residual(-1, Forever(), Rate{}); return err }(),
		func() error { _, err := SBG{}.Survival(1); return err }(),
		func() error { _, err := BDW{Month, 1, 1, 41}.Survival(1); return err }(),
		func() error { _, err := m.Lifetime(Horizon{N: 1.5, Unit: Month}, Rate{}); return err }(),
		func() error { _, err := m.Lifetime(Forever(), ContinuousRate(1e-9, Month)); return err }(),
	} {
		if !errors.Is(bad, metric.ErrInput) {
			t.Errorf("%v", bad)
		}
	}
}

// A cohort drawn from a model has the survival that the model says.
func TestDrawnCohorts(t *testing.T) {
	const n = 200_000
	sbg, bdw := SBG{Year, 0.9, 3}, BDW{Year, 0.5, 0.8, 1.4}
	a, b := must(sbg.Simulate(n, 6, 4))(t), must(bdw.Simulate(n, 6, 4))(t)
	for i := range a {
		s, u := must(sbg.Survival(i))(t), must(bdw.Survival(i))(t)
		if math.Abs(float64(a[i])/n-s) > 4*math.Sqrt(s*(1-s)/n) || math.Abs(float64(b[i])/n-u) > 4*math.Sqrt(u*(1-u)/n) {
			t.Errorf("renewal %d: %d and %d left, want shares of %g and %g", i, a[i], b[i], s, u)
		}
	}
}

func TestContractFitsThatCannotBe(t *testing.T) {
	for _, left := range [][]int64{{100, 100}, {100, 0}, {100}} {
		c := must(NewCohorts(Year))(t)
		if err := c.Add(left...); err != nil {
			t.Fatal(err)
		}
		if _, err := FitSBG(c, Options{}); !errors.Is(err, metric.InsufficientHistory) {
			t.Errorf("%v: %v", left, err)
		}
		if _, err := FitBDW(c, Options{}); !errors.Is(err, metric.InsufficientHistory) {
			t.Errorf("%v: %v", left, err)
		}
	}
	if _, err := FitSBG(must(NewCohorts(Year))(t), Options{}); !errors.Is(err, metric.EmptyPopulation) {
		t.Errorf("no customers: %v", err)
	}
}
