package clv_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/clv"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// someCustomers are made up: a few who came back, and many who did not.
func someCustomers() (*clv.Sample, error) {
	s, err := clv.NewSample(clv.Week)
	if err != nil {
		return nil, err
	}
	truth := clv.BGNBD{Unit: clv.Week, R: 0.5, Alpha: 5, A: 0.8, B: 2.5}
	spend := clv.GammaGamma{P: 6, Q: 4, V: 15}
	ages := make([]clv.Horizon, 5000)
	for i := range ages {
		ages[i] = clv.Horizon{N: float64(20 + i%30), Unit: clv.Week}
	}
	var rows []clv.Summary
	for c, err := range clv.Simulate(truth, slices.Values(ages), 1) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, c)
	}
	for c, err := range spend.Simulate(slices.Values(rows), 2) {
		if err != nil {
			return nil, err
		}
		if err := s.Add(c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// From summaries of customers to what one of them is worth, with how sure that is.
func Example() {
	sample, err := someCustomers()
	if err != nil {
		fmt.Println(err)
		return
	}
	purchases, err := clv.FitBGNBD(sample, clv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	spend, err := clv.FitGammaGamma(sample, clv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(purchases.Report.Believable(), spend.Report.Believable())

	customer := clv.Summary{Unit: clv.Day, Frequency: 5, Recency: 180, Age: 210, Monetary: 42.50}
	value, err := clv.EstimateValue(purchases,
		func(m clv.BGNBD) (clv.Outlook, error) { return m.Outlook(customer) },
		spend, customer, clv.Horizon{N: 2, Unit: clv.Year}, clv.AnnualRate(0.10), 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f, 95%% between %.0f and %.0f\n", value.Value, value.Low, value.High)
	// Output:
	// true true
	// 283, 95% between 257 and 311
}

// The parameters that Fader, Hardie and Lee (2005) found for customers of a music shop.
func ExampleBGNBD_Outlook() {
	m := clv.BGNBD{Unit: clv.Week, R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	o, err := m.Outlook(clv.Summary{Unit: clv.Week, Frequency: 2, Recency: 30.43, Age: 38.86})
	if err != nil {
		fmt.Println(err)
		return
	}
	expected, err := o.Expected(clv.Horizon{N: 39, Unit: clv.Week})
	fmt.Printf("alive %.3f, %.3f purchases in 39 weeks, %v\n", o.Alive(), expected, err)
	_, err = o.Expected(clv.Forever())
	fmt.Println(err)
	// Output:
	// alive 0.727, 1.226 purchases in 39 weeks, <nil>
	// expected purchases: out_of_domain: without end and rate they do not exist for a (M)BG/NBD model with a <= 1
}

// Residual lifetime of Pareto/NBD is DERT. The rate is a year's, the model's unit a week.
func ExampleParetoNBD() {
	m := clv.ParetoNBD{Unit: clv.Week, R: 0.553, Alpha: 10.578, S: 0.606, Beta: 11.669}
	o, err := m.Outlook(clv.Summary{Unit: clv.Week, Frequency: 7, Recency: 35, Age: 39})
	if err != nil {
		fmt.Println(err)
		return
	}
	dert, err := o.Discounted(clv.Forever(), clv.AnnualRate(0.15))
	fmt.Printf("alive %.2f, worth %.1f purchases, %v\n", o.Alive(), dert, err)
	// Output:
	// alive 0.93, worth 20.7 purchases, <nil>
}

// Three customers say little about the parameters, and the fit says so.
func ExampleReport() {
	s, err := clv.NewSample(clv.Week)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range []clv.Summary{
		{Unit: clv.Week, Age: 30},
		{Unit: clv.Week, Frequency: 1, Recency: 4, Age: 35},
		{Unit: clv.Week, Frequency: 6, Recency: 20, Age: 22},
	} {
		if err := s.Add(c); err != nil {
			fmt.Println(err)
			return
		}
	}
	fit, err := clv.FitBGNBD(s, clv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fit.Report.Believable(), fit.Report.Has(clv.FewRepeaters))
	// Output:
	// false true
}

// Fader and Hardie (2007): seven renewals of a segment, and how many customers of it will be
// left after twelve.
func ExampleFitSBG() {
	cohorts, err := clv.NewCohorts(clv.Year)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := cohorts.Add(1000, 869, 743, 653, 593, 551, 517, 491); err != nil {
		fmt.Println(err)
		return
	}
	fit, err := clv.FitSBG(cohorts, clv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("alpha %.3f, beta %.3f\n", fit.Model.Alpha, fit.Model.Beta)
	left, err := fit.Estimate(clv.Probability, 0.95, func(m clv.SBG) (float64, error) { return m.Survival(12) })
	fmt.Printf("%.1f%% left, 95%% between %.1f and %.1f, %v\n", 100*left.Value, 100*left.Low, 100*left.High, err)
	worth, err := fit.Model.Residual(7, clv.Forever(), clv.AnnualRate(0.1))
	fmt.Printf("who has renewed seven times will make renewals worth %.2f today, %v\n", worth, err)
	// Output:
	// alpha 0.668, beta 3.806
	// 37.8% left, 95% between 34.1 and 41.7, <nil>
	// who has renewed seven times will make renewals worth 7.53 today, <nil>
}

func ExampleCohorts_Observed() {
	cohorts, err := clv.NewCohorts(clv.Month)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, left := range [][]int64{{100, 80, 60}, {50, 40}, {7}} {
		if err := cohorts.Add(left...); err != nil {
			fmt.Println(err)
			return
		}
	}
	renewals, err := cohorts.Observed(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range renewals {
		fmt.Printf("%d: %d of %d, %.0f%% left\n", r.Number, r.Kept, r.Due, 100*r.Survival.Value)
	}
	// Output:
	// 1: 120 of 150, 80% left
	// 2: 60 of 80, 60% left
}

// A fit is stored as JSON, and answers as before when it is read back.
func ExampleFit_json() {
	sample, err := someCustomers()
	if err != nil {
		fmt.Println(err)
		return
	}
	fit, err := clv.FitParetoNBD(sample, clv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := json.Marshal(fit)
	if err != nil {
		fmt.Println(err)
		return
	}
	var stored clv.Fit[clv.ParetoNBD]
	err = json.Unmarshal(data, &stored)
	fmt.Println(stored.Model == fit.Model, err)
	// Output:
	// true <nil>
}

// What is known of customers moves the parameters of a model.
func ExampleBGNBDCovariates() {
	m := clv.BGNBDCovariates{
		Base:  clv.BGNBD{Unit: clv.Week, R: 0.5, Alpha: 5, A: 0.8, B: 2.5},
		Names: []string{"came by referral"},
		Rate:  []float64{0.4}, A: []float64{-0.2}, B: []float64{0},
	}
	for _, referred := range []float64{0, 1} {
		customer, err := m.For(referred)
		if err != nil {
			fmt.Println(err)
			return
		}
		o, err := customer.Newcomer()
		if err != nil {
			fmt.Println(err)
			return
		}
		expected, err := o.Expected(clv.Horizon{N: 1, Unit: clv.Year})
		fmt.Printf("%.2f purchases in the first year, %v\n", expected, err)
	}
	// Output:
	// 2.51 purchases in the first year, <nil>
	// 3.60 purchases in the first year, <nil>
}

// From orders to a prediction: what package purchase says of a customer is the [clv.Summary]
// that a model reads. The parameters are those of Fader, Hardie and Lee (2005), and so is the
// history, of two repeat purchases in weeks of 30.43 and 38.86.
func ExampleSummary() {
	log, err := purchase.New(purchase.Options{Currency: metric.USD("0").Currency()})
	if err != nil {
		fmt.Println(err)
		return
	}
	first := time.Date(2025, time.January, 1, 10, 0, 0, 0, time.UTC)
	ann := log.Keys().Code("ann")
	err = log.AddBlock(&purchase.Block{
		Customer: []event.Code{ann, ann, ann},
		Time:     []int64{first.UnixNano(), first.AddDate(0, 0, 100).UnixNano(), first.AddDate(0, 0, 213).UnixNano()},
		Amount:   []int64{2500, 4000, 5000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	summary, err := log.Summary(purchase.SummaryOptions{End: first.AddDate(0, 0, 272)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, c := range summary.All() {
		s, err := clv.SummaryOf(summary, c)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(key, s.Frequency, s.Recency, s.Age, s.Monetary)

		m := clv.BGNBD{Unit: clv.Week, R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
		outlook, err := m.Outlook(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		expected, err := outlook.Expected(clv.Horizon{N: 39, Unit: clv.Week})
		fmt.Printf("%.3f purchases in 39 weeks, %v\n", expected, err)
	}
	// Output:
	// ann 2 213 272 45
	// 1.226 purchases in 39 weeks, <nil>
}
