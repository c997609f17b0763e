package survival_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/survival"
)

// Five customers of a plan: three left in months 2, 4 and 4, two are still there, since 3
// and 5 months.
func customers() *survival.Sample {
	s, err := survival.New(survival.Month,
		survival.Observation{Exit: 2, Cause: survival.Event},
		survival.Observation{Exit: 3},
		survival.Observation{Exit: 4, Cause: survival.Event},
		survival.Observation{Exit: 4, Cause: survival.Event},
		survival.Observation{Exit: 5},
	)
	if err != nil {
		panic(err)
	}
	return s
}

func ExampleSample_KaplanMeier() {
	curve, err := customers().KaplanMeier(survival.Options{Interval: survival.LogLogInterval})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(curve)
	exact, _ := curve.Exact(4)
	fmt.Println("after 4 months:", exact)
	// Output:
	// Kaplan-Meier, times in months (log-log interval)
	// time  at_risk  events  censored  survival   std_err     lower     upper    hazard
	//    2        5       1         0       0.8  0.178885  0.203809   0.96918       0.2
	//    3        4       0         1       0.8  0.178885  0.203809   0.96918       0.2
	//    4        3       2         0  0.266667   0.22575  0.009677  0.686136  0.866667
	//    5        1       0         1  0.266667   0.22575  0.009677  0.686136  0.866667
	// after 4 months: 4/15
}

func ExampleCurve_Median() {
	curve, _ := customers().KaplanMeier(survival.Options{})
	median, err := curve.Median()
	fmt.Println(median, err)

	// Had nobody left in month 4, no median could be told.
	young, _ := survival.New(survival.Month, survival.Observation{Exit: 2, Cause: survival.Event}, survival.Observation{Exit: 3}, survival.Observation{Exit: 5})
	curve, _ = young.KaplanMeier(survival.Options{})
	_, err = curve.Median()
	fmt.Println(errors.Is(err, metric.InsufficientHistory))
	fmt.Println(err)
	// Output:
	// 4 months (95% 4 to -) <nil>
	// true
	// insufficient_history: only 0.3333 of all had the event by the end of observation at 5 months, so the 0.5 quantile is not reached
}

func ExampleCurve_RestrictedMean() {
	curve, _ := customers().KaplanMeier(survival.Options{})
	mean, err := curve.RestrictedMean(5) // 2·1 + 2·4/5 + 1·4/15
	fmt.Println(mean, err)
	// Output:
	// 3.86667 months (95% 2.94396 to 4.78937) <nil>
}

// Support cases: three are solved, two have been open for some time. The median of the
// solved ones alone is two hours.
func ExampleFromDurations() {
	d := metric.MustDuration
	solved := []metric.Duration{d("1h"), d("2h"), d("6h")}
	open := []metric.Duration{d("3h"), d("4h")}
	sample, err := survival.FromDurations(survival.Hour, slices.Values(solved), slices.Values(open))
	if err != nil {
		fmt.Println(err)
		return
	}
	curve, _ := sample.KaplanMeier(survival.Options{})
	median, _ := curve.Median()
	fmt.Println(median)
	exact, ok := median.Duration()
	fmt.Println(exact, ok)
	// Output:
	// 6 hours (95% 2 to -)
	// 6h true
}

// Customers leave of their own accord (1) or because payments fail (2).
func ExampleSample_CumulativeIncidence() {
	s, _ := survival.New(survival.Month,
		survival.Observation{Exit: 1, Cause: 1}, survival.Observation{Exit: 2, Cause: 2}, survival.Observation{Exit: 2},
		survival.Observation{Exit: 3, Cause: 1}, survival.Observation{Exit: 4})
	incidence, _ := s.CumulativeIncidence(survival.Options{})
	for _, cause := range incidence.Causes() {
		share, _ := incidence.At(cause, 4)
		fmt.Println(cause, share)
	}
	// Output:
	// 1 0.5 (95% 0.184052 to 1)
	// 2 0.2 (95% 0.0346491 to 1)
}

// At 1, one of six leaves; at 2, one of five; and so on: what one group loses more than its
// share is what the test weighs.
func ExampleRankTest() {
	monthly, _ := survival.New(survival.Month,
		survival.Observation{Exit: 1, Cause: 1}, survival.Observation{Exit: 2, Cause: 1}, survival.Observation{Exit: 4})
	annual, _ := survival.New(survival.Month,
		survival.Observation{Exit: 3, Cause: 1}, survival.Observation{Exit: 4}, survival.Observation{Exit: 4})
	result, err := survival.RankTest(survival.RankOptions{},
		survival.Group{Name: "monthly", Sample: monthly}, survival.Group{Name: "annual", Sample: annual})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(result)
	// Output:
	// log-rank test: chi-squared 1.06642 on 1 df, p 0.301755
	// group    n  observed  expected     ratio
	// monthly  3         2      1.15   1.73913
	// annual   3         1      1.85  0.540541
}

// The exponential rate is 4 events in 20 months: a mean of 5 months.
func ExampleSample_Fit() {
	s, _ := survival.New(survival.Month,
		survival.Observation{Exit: 2, Cause: 1}, survival.Observation{Exit: 3, Cause: 1}, survival.Observation{Exit: 4, Cause: 1},
		survival.Observation{Exit: 5, Cause: 1}, survival.Observation{Exit: 6})
	model, err := s.Fit(survival.Exponential, survival.FitOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, _ := model.Mean()
	year, _ := model.Survival(12) // exp(-12/5)
	fmt.Println(mean)
	fmt.Println(year)
	fmt.Printf("AIC %.4f\n", model.AIC()) // 2 - 2(4 log(4/20) - 4)
	// Output:
	// 5 months (95% 1.87659 to 13.322)
	// 0.090718 (95% 0.00167059 to 0.40626)
	// AIC 22.8755
}

// With one covariate and data so few, the likelihood is short: data set 1 of Therneau and
// Grambsch, whose coefficient is log((3+√33)/2).
func ExampleSample_Cox() {
	s, _ := survival.FromColumns(survival.Day, survival.Columns{
		Exit:  []float64{9, 1, 1, 6, 6, 8},
		Cause: []int{1, 1, 0, 1, 1, 0},
	})
	model, err := s.Cox([]survival.Covariate{{Name: "trial", Values: []float64{0, 1, 1, 1, 0, 0}}}, survival.CoxOptions{Ties: survival.Breslow})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Coefficients()[0]
	fmt.Printf("%s %.4f ± %.4f\n", c.Name, c.Value, c.StdErr.Value)
	ratio, _ := model.HazardRatio(0)
	fmt.Println("hazard ratio", ratio)
	fmt.Println("score", model.Score())
	// Output:
	// trial 1.4753 ± 1.2557
	// hazard ratio 4.37228 (95% 0.3731 to 51.2379)
	// score chi-squared 1.6 on 1 df, p 0.205903
}

// A habit was first seen on a visit; when it began is only known to lie between visits.
func ExampleTurnbull() {
	curve, _ := survival.Turnbull(survival.Week,
		survival.Range{After: 1, Until: 3},
		survival.Range{After: 2, Until: 4},
		survival.Range{After: 5, Open: true},
	)
	fmt.Print(curve)
	// Output:
	// Turnbull, times in weeks
	// after  until      mass  survival
	//     2      3  0.666667  0.333333
	//     5      -  0.333333         0
}
