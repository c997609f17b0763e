package clv

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

func stored[M Parametric[M]](t *testing.T, f *Fit[M]) []byte {
	t.Helper()
	data := must(json.Marshal(f))(t)
	var back Fit[M]
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if !reflect.DeepEqual(&back, f) {
		t.Errorf("%s came back as %+v, not %+v", f.Model.kind(), &back, f)
	}
	return data
}

func TestFitsAreStoredInFull(t *testing.T) {
	s := must(NewSample(Week, "web"))(t)
	for i, c := range cdnow(t) {
		if err := s.Add(c.Summary, float64(i%2)); err != nil {
			t.Fatal(err)
		}
	}
	cohorts := must(NewCohorts(Year))(t)
	if err := cohorts.Add(1000, 631, 468, 382, 326); err != nil {
		t.Fatal(err)
	}
	data := stored(t, must(FitBGNBD(s, Options{Starts: 2}))(t))
	stored(t, must(FitMBGNBD(s, Options{}))(t))
	stored(t, must(FitParetoNBD(s, Options{}))(t))
	stored(t, must(FitBGBB(donationSample(t), Options{}))(t))
	stored(t, must(FitGammaGamma(s, Options{}))(t))
	stored(t, must(FitBGNBDCovariates(s, Options{MaxIterations: 3, Starts: 1}))(t))
	stored(t, must(FitParetoNBDCovariates(s, Options{}))(t))
	stored(t, must(FitSBG(cohorts, Options{}))(t))
	stored(t, must(FitBDW(cohorts, Options{}))(t))

	before := Fit[BGNBD]{Customers: 7}
	for name, text := range map[string]string{
		"nothing": "", "a list": "[]", "an unknown field": strings.Replace(string(data), `"kind"`, `"sort":1,"kind"`, 1),
		"another model":       strings.Replace(string(data), `"BG/NBD"`, `"Pareto/NBD"`, 1),
		"another version":     strings.Replace(string(data), `"version":1`, `"version":2`, 1),
		"no unit":             strings.Replace(string(data), `"unit":"week"`, `"unit":"fortnight"`, 1),
		"a missing parameter": strings.Replace(string(data), `"r":`, `"alpha":`, 1),
		"a negative one":      strings.Replace(string(data), `"r":`, `"r":-`, 1),
		"negative customers":  strings.Replace(string(data), `"customers":`, `"customers":-`, 1),
		"fewer rows":          strings.Replace(string(data), `"covariance":[[`, `"covariance":[],"x":[[`, 1),
		"no covariance":       data2(data, `[[1]]`), "no symmetry": data2(data, `[[1,0,0,0],[0.1,1,0,0],[0,0,1,0],[0,0,0,1]]`),
		"no covariance at all": data2(data, `[[-1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]`),
		"beyond Cauchy":        data2(data, `[[1,2,0,0],[2,1,0,0],[0,0,1,0],[0,0,0,1]]`),
	} {
		f := before
		if err := f.UnmarshalJSON([]byte(text)); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(f, before) {
			t.Errorf("%s: the fit was changed", name)
		}
	}
	if _, err := json.Marshal(Fit[BGNBD]{}); err == nil {
		t.Error("no fit was stored")
	}
}

// data2 puts another covariance into a stored fit.
func data2(data []byte, covariance string) string {
	head, _, _ := strings.Cut(string(data), `"covariance":`)
	return head + `"covariance":` + covariance + "}"
}

func FuzzFitUnmarshalJSON(f *testing.F) {
	s := cdnowSample(f)
	fit, err := FitBGNBD(s, Options{})
	if err != nil {
		f.Fatal(err)
	}
	data, err := json.Marshal(fit)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"kind":"BG/NBD","model":{"unit":"day","r":1,"alpha":1,"a":1,"b":1},"log_likelihood":0,"customers":0,"distinct":0,"report":{"converged":false,"iterations":0,"starts":0,"agreeing":0,"gain":0}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var fit Fit[BGNBD]
		if err := fit.UnmarshalJSON(data); err != nil {
			return
		}
		again, err := fit.MarshalJSON()
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		var back Fit[BGNBD]
		if err := back.UnmarshalJSON(again); err != nil || back.Model != fit.Model {
			t.Fatalf("%s: %v", again, err)
		}
		v, err := fit.Estimate(Positive, 0.9, func(m BGNBD) (float64, error) {
			o, err := m.Outlook(Summary{Unit: Day, Frequency: 2, Recency: 4, Age: 9})
			if err != nil {
				return 0, err
			}
			return o.Expected(Horizon{N: 5, Unit: Day})
		})
		if err == nil && (math.IsNaN(v.Low+v.High+v.StdErr) || math.IsInf(v.High, 0)) {
			t.Fatalf("%s: %v", data, v)
		}
		// the covariate models have lists of their own
		var with Fit[BGNBDCovariates]
		_ = with.UnmarshalJSON(data)
	})
}
