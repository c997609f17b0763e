package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/openlifecycle/lifecycle/metric/clv"
)

// A fit is the estimation of BG/NBD from some customers: medians of the runs.
type fit struct {
	Job       string  `json:"job"`
	Customers int     `json:"rows"`
	Distinct  int     `json:"distinct"`  // summaries that differ
	IntakeMS  float64 `json:"intake_ms"` // grouping equal summaries
	FitMS     float64 `json:"ours_ms"`
	NSPerOne  float64 `json:"ns_per_distinct"`
}

// fitSizes are from the customers of the CDNOW sample to a million.
var fitSizes = []int{2_357, 10_000, 100_000, 1_000_000}

// timeFits times BG/NBD over customers that are simulated from the published estimates of
// CDNOW, at ages that differ by a day over one and a half years. There is no DuckDB to
// compare with.
func timeFits(w io.Writer, s *settings, asJSON bool) error {
	var fits []fit
	for _, n := range fitSizes {
		f, err := timeFit(n, s)
		if err != nil {
			return err
		}
		fits = append(fits, f)
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(struct {
			Results []fit `json:"results"`
		}{fits})
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "customers\tdistinct\tintake ms\tfit ms\tns a distinct summary\t")
	for _, f := range fits {
		fmt.Fprintf(t, "%d\t%d\t%.1f\t%.1f\t%.0f\t\n", f.Customers, f.Distinct, f.IntakeMS, f.FitMS, f.NSPerOne)
	}
	return t.Flush()
}

func timeFit(n int, s *settings) (fit, error) {
	list, err := simulated(n, s.seed)
	if err != nil {
		return fit{}, err
	}
	f := fit{Job: "bgnbd", Customers: n}
	var intake, fitting []float64
	for range s.runs {
		sample, err := clv.NewSample(clv.Day)
		if err != nil {
			return fit{}, err
		}
		start := time.Now()
		if err := sample.AddAll(slices.Values(list)); err != nil {
			return fit{}, err
		}
		f.Distinct = sample.Distinct()
		intake = append(intake, milliseconds(time.Since(start)))
		start = time.Now()
		found, err := clv.FitBGNBD(sample, clv.Options{})
		if err != nil {
			return fit{}, err
		}
		fitting = append(fitting, milliseconds(time.Since(start)))
		if !found.Report.Converged {
			return fit{}, fmt.Errorf("%d customers: %s", n, found.Report)
		}
	}
	f.IntakeMS, f.FitMS = median(intake), median(fitting)
	f.NSPerOne = f.FitMS * 1e6 / float64(f.Distinct)
	return f, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// simulated returns customers whose purchases are counted by day.
func simulated(n int, seed uint64) ([]clv.Summary, error) {
	// r, a and b of CDNOW are of no unit; alpha is 4.414 weeks.
	model := clv.BGNBD{Unit: clv.Day, R: 0.243, Alpha: 4.414 * 7, A: 0.793, B: 2.426}
	ages := func(yield func(clv.Horizon) bool) {
		for i := range n {
			if !yield(clv.Horizon{N: float64(180 + i%365), Unit: clv.Day}) {
				return
			}
		}
	}
	var list []clv.Summary
	for one, err := range clv.Simulate(model, ages, seed) {
		if err != nil {
			return nil, err
		}
		one.Recency = float64(int(one.Recency))
		if one.Frequency > 0 {
			one.Recency = max(one.Recency, 1)
		}
		list = append(list, one)
	}
	slices.SortStableFunc(list, func(a, b clv.Summary) int { return cmp.Compare(a.Age, b.Age) })
	return list, nil
}
