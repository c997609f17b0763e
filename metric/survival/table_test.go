package survival

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

func TestTableForms(t *testing.T) {
	s := sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 2}, Observation{Exit: 4, Cause: 1}, Observation{Exit: 4, Cause: 1})
	c := must[*Curve](t)(s.KaplanMeier(Options{Level: 0.9}))
	// Rows at given times hold the events since the row before; nothing is known at 9, but
	// the curve has come to 0.
	table := c.Table(0.5, 2, 9)
	if got, want := table.CSV(), "time,at_risk,events,censored,survival,std_err,lower,upper,hazard\n"+
		"0.5,4,0,0,1,0,1,1,0\n2,3,1,1,0.75,"; !strings.HasPrefix(got, want) {
		t.Errorf("CSV\n%s\nwant\n%s", got, want)
	}
	if got, want := table.CSV(), "\n9,0,2,0,0,,,,1.25\n"; !strings.HasSuffix(got, want) {
		t.Errorf("CSV\n%s\nwant the end\n%s", got, want)
	}
	var back struct {
		Title, Unit, Options string
		Rows                 []map[string]*float64
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if back.Title != "Kaplan-Meier" || back.Unit != "day" || back.Options != "level 0.9" || len(back.Rows) != 3 ||
		*back.Rows[0]["survival"] != 0.75 || back.Rows[2]["lower"] != nil {
		t.Errorf("%s", data)
	}
	// A time at which nothing is known has no survival.
	open := must[*Curve](t)(sample(t, Day, Observation{Exit: 1}).KaplanMeier(Options{}))
	if got, want := open.Table(2).CSV(), "2,0,0,1,,,,,\n"; !strings.HasSuffix(got, want) {
		t.Errorf("CSV\n%s\nwant the end\n%s", got, want)
	}
}

// Every result is a table that CSV and JSON can read, with names that have to be quoted.
func TestTablesAreReadable(t *testing.T) {
	r := must[*RankResult](t)(RankTest(RankOptions{}, Group{"a, \"b\"\n", sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 3})},
		Group{"c", sample(t, Day, Observation{Exit: 2, Cause: 2}, Observation{Exit: 3})}))
	s, x := dataSet1(t)
	cox := must[*CoxModel](t)(s.Cox(x, CoxOptions{}))
	fit := must[*Model](t)(s.Fit(Weibull, FitOptions{Covariates: x}))
	incidence := must[*Incidence](t)(s.CumulativeIncidence(Options{}))
	ranges := must[*RangeCurve](t)(Turnbull(Day, Range{Until: 1}, Range{After: 2, Open: true}))
	for _, table := range []Table{r.Table(), cox.Table(), fit.Table(), incidence.Table(), ranges.Table(), {}} {
		records, err := csv.NewReader(strings.NewReader(table.CSV())).ReadAll()
		if err != nil || table.Len() > 0 && len(records) != table.Len()+1 {
			t.Errorf("%v in\n%s", err, table.CSV())
		}
		data, err := json.Marshal(table)
		if err != nil || !json.Valid(data) {
			t.Errorf("%v in %s", err, data)
		}
		if table.String() == "" {
			t.Error("no text")
		}
	}
	for _, text := range []string{cox.String(), fit.String()} {
		if !strings.Contains(text, "at the maximum after") {
			t.Errorf("%s does not tell how the search ended", text)
		}
	}
}

func TestOptionsSayWhatDiffers(t *testing.T) {
	for got, want := range map[string]string{
		Options{}.String():            "default",
		Options{Level: 0.95}.String(): "default",
		Options{Level: 0.9, Interval: LogLogInterval, Quantile: FirstTime, Hazard: FlemingHarrington, Extend: true}.String(): "level 0.9, log-log interval, quantiles at the first time, Fleming-Harrington hazard, extended",
		CoxOptions{}.String():                                     "default",
		CoxOptions{Ties: Breslow, Level: 0.5}.String():            "Breslow ties, level 0.5",
		FitOptions{MaxIterations: 7}.String():                     "at most 7 iterations",
		RankOptions{}.String():                                    "log-rank",
		RankOptions{Weights: FlemingHarringtonG, Rho: 1}.String(): "Fleming-Harrington rho 1 gamma 0",
		IntervalType(9).String():                                  "unknown",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
