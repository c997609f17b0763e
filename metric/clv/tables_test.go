package clv

import (
	"errors"
	"math"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// The figures that lifetimes and BTYD draw for CDNOW: the model against the sample it was
// fitted to, and against the 39 weeks held out.
func TestTables(t *testing.T) {
	s := cdnowSample(t)
	m := must(FitBGNBD(s, Options{}))(t).Model

	rows := must(Frequencies(m, s, 7))(t)
	var customers int64
	var expected float64
	for i, r := range rows {
		customers += r.Customers
		expected += r.Expected
		if r.Purchases != i || r.OrMore != (i == 7) {
			t.Errorf("row %d is %+v", i, r)
		}
		// A fit that is good: no row is further off than four standard deviations of a count.
		if math.Abs(float64(r.Customers)-r.Expected) > 4*math.Sqrt(r.Expected) {
			t.Errorf("%d purchases: %d customers, expected %g", i, r.Customers, r.Expected)
		}
	}
	if customers != 2357 || rows[0].Customers != 1411 || math.Abs(expected-2357) > 1e-6 {
		t.Errorf("%d customers, %d without a repeat purchase, %g expected", customers, rows[0].Customers, expected)
	}

	var held int64
	holdout := must(Holdout(m, func(yield func(Summary, int) bool) {
		for _, c := range cdnow(t) {
			if !yield(c.Summary, c.held) {
				return
			}
		}
	}, weeks(39), 7))(t)
	total := 0.0
	for i, r := range holdout {
		held += r.Bought
		total += r.Expected
		if r.Customers != rows[i].Customers {
			t.Errorf("row %d: %d customers, want %d", i, r.Customers, rows[i].Customers)
		}
	}
	// What customers will buy is what all have bought by week 78 without what they have by 39.
	track := must(Track(m, s, weeks(39), weeks(78), weeks(0)))(t)
	if held != 1882 { // as BTYD counts in the same data (cdnowSummary)
		t.Errorf("%d purchases in the time held out", held)
	}
	if math.Abs(total-(track[1]-track[0])) > 0.02*total || track[2] != 0 {
		t.Errorf("%g expected one by one, and %v in all", total, track)
	}

	// By hand: one customer of age 10, one of age 4, by time 12 since the older one came.
	two := must(NewSample(Week))(t)
	for _, age := range []float64{10, 4} {
		if err := two.Add(Summary{Unit: Week, Age: age}); err != nil {
			t.Fatal(err)
		}
	}
	o := must(m.Newcomer())(t)
	want := must(o.Expected(weeks(12)))(t) + must(o.Expected(weeks(6)))(t)
	relative(t, "track", must(Track(m, two, weeks(12)))(t)[0], want, 1e-14)
	relative(t, "before the second", must(Track(m, two, weeks(5)))(t)[0], must(o.Expected(weeks(5)))(t), 1e-14)

	if _, err := Frequencies(m, s, 0); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no rows: %v", err)
	}
	if _, err := Holdout(m, func(yield func(Summary, int) bool) { yield(Summary{Unit: Week}, -1) }, weeks(1), 3); !errors.Is(err, metric.ErrInput) {
		t.Errorf("negative purchases: %v", err)
	}
	if _, err := Track(BGNBD{}, s, weeks(1)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no model: %v", err)
	}
	if got := must(Track(m, nil, weeks(1)))(t); got[0] != 0 {
		t.Errorf("nobody: %v", got)
	}
}

func TestUnitsAndRates(t *testing.T) {
	for _, u := range []Unit{Hour, Day, Week, Month, Quarter, Year, 1800} {
		if back := must(ParseUnit(u.String()))(t); back != u {
			t.Errorf("%v came back as %v", u, back)
		}
	}
	for _, s := range []string{"", "weeks", "s", "-5s", "0s", "1e3s", "99999999999s"} {
		if _, err := ParseUnit(s); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if Month*12 != Year || Quarter*4 != Year || Year != 86400*1461/4 {
		t.Error("units do not add up")
	}
	// 10 % a year is (1.1)^(7/365.25) a week, whatever way it is said.
	want := 7 * math.Log(1.1) / 365.25
	for _, r := range []Rate{AnnualRate(0.1), EffectiveRate(0.1, Year), ContinuousRate(math.Log(1.1), Year), EffectiveRate(math.Expm1(math.Log(1.1)/12), Month)} {
		relative(t, r.String(), must(r.force(Week))(t), want, 1e-14)
	}
	if got := (Horizon{N: 52, Unit: Week}).String() + ", " + Forever().String() + ", " + AnnualRate(0.1).String() + ", " + ContinuousRate(0.5, Day).String() + ", " + (Rate{}).String(); got != "52 week, forever, 0.1 a year, 0.5 a day, continuous, 0" {
		t.Error(got)
	}
	if _, err := NewSample(0); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no unit: %v", err)
	}
	if _, err := NewSample(Week, "a", "a"); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a name twice: %v", err)
	}
	s := must(NewSample(Week, "a"))(t)
	for _, z := range [][]float64{nil, {1, 2}, {math.NaN()}, {1e7}} {
		if err := s.Add(Summary{Unit: Week}, z...); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v: %v", z, err)
		}
	}
	if s.Customers() != 0 || s.Distinct() != 0 {
		t.Error("an error has left something behind")
	}
}

func TestEstimates(t *testing.T) {
	s := cdnowSample(t)
	fit, spend := must(FitBGNBD(s, Options{}))(t), must(FitGammaGamma(s, Options{}))(t)
	c := Summary{Unit: Week, Frequency: 4, Recency: 26.4, Age: 38.9, Monetary: 31}
	outlook := func(m BGNBD) (Outlook, error) { return m.Outlook(c) }
	year, rate := Horizon{N: 1, Unit: Year}, AnnualRate(0.15)

	e := must(EstimateValue(fit, outlook, spend, c, year, rate, 0.9))(t)
	o, mean := must(fit.Model.Outlook(c))(t), must(spend.Model.Expected(c))(t)
	relative(t, "value", e.Value, must(Value(o, mean, year, rate))(t), 1e-15)
	// Of a product of independent factors the relative variances add up.
	count := must(fit.Estimate(Positive, 0.9, func(m BGNBD) (float64, error) {
		o, err := m.Outlook(c)
		if err != nil {
			return 0, err
		}
		return o.Discounted(year, rate)
	}))(t)
	value := must(spend.Estimate(Positive, 0.9, func(m GammaGamma) (float64, error) { return m.Expected(c) }))(t)
	relative(t, "error", e.StdErr/e.Value, math.Hypot(count.StdErr/count.Value, value.StdErr/value.Value), 1e-12)
	// 90 % of the normal distribution lie within 1.6448536 standard errors.
	relative(t, "interval", math.Log(e.High/e.Low), 2*1.6448536269514722*e.StdErr/e.Value, 1e-12)

	// The delta method of a parameter itself is its own standard error.
	own := must(fit.Estimate(Positive, 0.95, func(m BGNBD) (float64, error) { return m.Alpha, nil }))(t)
	want := must(fit.Parameters(0.95))(t)[1]
	relative(t, "alpha", own.StdErr, want.StdErr, 1e-6)
	relative(t, "alpha from", own.Low, want.Low, 1e-6)

	// What is certain has no error, also on the scale of log-odds.
	sure := must(fit.Estimate(Probability, 0.95, func(m BGNBD) (float64, error) {
		o, err := m.Outlook(Summary{Unit: Week, Age: 30})
		return o.Alive(), err
	}))(t)
	if sure.Value != 1 || sure.Low != 1 || sure.High != 1 || sure.StdErr != 0 {
		t.Error(sure)
	}
	for name, f := range map[string]func() error{
		"level": func() error { _, err := fit.Parameters(1); return err },
		"scale": func() error {
			_, err := fit.Estimate(Scale(9), 0.9, func(BGNBD) (float64, error) { return 1, nil })
			return err
		},
		"range": func() error {
			_, err := fit.Estimate(Probability, 0.9, func(BGNBD) (float64, error) { return 2, nil })
			return err
		},
		"not a number": func() error {
			_, err := fit.Estimate(Linear, 0.9, func(BGNBD) (float64, error) { return math.NaN(), nil })
			return err
		},
	} {
		if err := f(); !errors.Is(err, metric.ErrInput) && !errors.Is(err, metric.ErrUndefined) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// CDNOW's customers buy for ever, without a rate: so does any of them.
	if _, err := fit.Estimate(Positive, 0.9, func(m BGNBD) (float64, error) { o, _ := m.Newcomer(); return o.Expected(Forever()) }); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("without end: %v", err)
	}
}
