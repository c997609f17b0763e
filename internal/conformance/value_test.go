package conformance

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
	"github.com/openlifecycle/lifecycle/metric/clv"
)

func init() {
	registerFacts("bgnbd", runValue(valueModel[clv.BGNBD]{
		keys: []string{"r", "alpha", "a", "b"}, fit: clv.FitBGNBD,
		with: func(u clv.Unit, v []float64) clv.BGNBD {
			return clv.BGNBD{Unit: u, R: v[0], Alpha: v[1], A: v[2], B: v[3]}
		},
	}))
	registerFacts("mbg", runValue(valueModel[clv.MBGNBD]{
		keys: []string{"r", "alpha", "a", "b"}, fit: clv.FitMBGNBD,
		with: func(u clv.Unit, v []float64) clv.MBGNBD {
			return clv.MBGNBD{Unit: u, R: v[0], Alpha: v[1], A: v[2], B: v[3]}
		},
	}))
	registerFacts("pnbd", runValue(valueModel[clv.ParetoNBD]{
		keys: []string{"r", "alpha", "s", "beta"}, fit: clv.FitParetoNBD,
		with: func(u clv.Unit, v []float64) clv.ParetoNBD {
			return clv.ParetoNBD{Unit: u, R: v[0], Alpha: v[1], S: v[2], Beta: v[3]}
		},
	}))
	registerFacts("bgbb", runValue(valueModel[clv.BGBB]{
		keys: []string{"alpha", "beta", "gamma", "delta"}, fit: clv.FitBGBB,
		with: func(u clv.Unit, v []float64) clv.BGBB {
			return clv.BGBB{Unit: u, Alpha: v[0], Beta: v[1], Gamma: v[2], Delta: v[3]}
		},
	}))
	registerFacts("gg", runSpend)
	registerFacts("sbg", runContract)
}

// valueModel is what the facts about a model of purchases need of it.
type valueModel[M interface {
	clv.Model
	clv.Parametric[M]
}] struct {
	keys []string
	fit  func(*clv.Sample, clv.Options) (*clv.Fit[M], error)
	with func(clv.Unit, []float64) M
}

// valueInputs are all the fields that facts about customer value have.
type valueInputs struct {
	Data           string
	Unit           string
	CalibrationEnd string `json:"calibration_end"`
	Filter         string
	Params         json.RawMessage
	X              *float64 `json:"x"`
	TX             *float64 `json:"t_x"`
	Age            *float64 `json:"T"`
	T              *float64 `json:"t"`
	M              *float64 `json:"m"`
	MX             *float64 `json:"m_x"`
	Monetary       *float64
	TWeeks         *float64 `json:"t_weeks"`
	N              json.RawMessage
	Customers      json.RawMessage
	DPerWeek       *float64 `json:"d_per_week"`
	D              *float64
	Survivors      []int64
	Regular        json.RawMessage
	HighEnd        json.RawMessage `json:"high_end"`
	Formula        string
}

// params returns the named numbers of an object, and false if it has not all of them.
func params(raw json.RawMessage, keys []string) ([]float64, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil, false
	}
	out := make([]float64, len(keys))
	for i, k := range keys {
		if json.Unmarshal(object[k], &out[i]) != nil {
			return nil, false
		}
	}
	return out, true
}

// tolerances returns how far a number may be off, by the words for what it is. Without any,
// it is the general rule of the cases.
func tolerances(t *testing.T, c testCase) func(what string, want float64) float64 {
	t.Helper()
	object := map[string]float64{}
	if c.Tolerance != nil {
		object = decodeJSON[map[string]float64](t, c.Tolerance)
	}
	return func(what string, want float64) float64 {
		for _, k := range []string{"_" + what, ""} {
			if v, ok := object["abs"+k]; ok {
				return v + 1e-12*math.Abs(want)
			}
			if v, ok := object["rel"+k]; ok {
				return v * math.Abs(want)
			}
		}
		return 1e-9
	}
}

func compare(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.10g, want %.10g within %.2g", what, got, want, tolerance)
	}
}

// numbers reads a number or a list of them.
func numbers(raw json.RawMessage) ([]float64, bool) {
	var list []float64
	if json.Unmarshal(raw, &list) == nil {
		return list, true
	}
	var one float64
	if json.Unmarshal(raw, &one) == nil {
		return []float64{one}, true
	}
	return nil, false
}

func runValue[M interface {
	clv.Model
	clv.Parametric[M]
}](m valueModel[M]) runner {
	return func(t *testing.T, c testCase) {
		in := decodeJSON[valueInputs](t, c.Inputs)
		tolerance := tolerances(t, c)
		unit := clv.Week
		if strings.Contains(in.Unit, "day") && !strings.Contains(in.Unit, "week") {
			unit = clv.Day
		}
		if slices.Contains(m.keys, "gamma") {
			unit = clv.Year
		}
		var sample *clv.Sample
		if in.Data != "" {
			sample = readSample(t, c, in, unit)
		}
		given, known := params(in.Params, m.keys)
		if !known && sample == nil {
			c.Skip(t, "neither parameters nor data")
		}
		var model M
		if known {
			model = m.with(unit, given)
		} else {
			fit, err := m.fit(sample, clv.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want, ok := params(c.Expected, m.keys); ok {
				compareFit(t, c, fit, m.keys, want, m.with(unit, want))
				return
			}
			model = fit.Model
		}
		what := strings.ToLower(c.What)
		switch {
		case in.X != nil && in.TX != nil && in.Age != nil:
			got, err := customerFact(model, unit, in, what)
			if errors.Is(err, errNotUnderstood) {
				c.Skip(t, "the question is not understood")
			}
			if err != nil {
				t.Fatal(err)
			}
			want := decodeJSON[float64](t, c.Expected)
			compare(t, what, got, want, tolerance("", want))
		case in.Customers != nil && strings.Contains(what, "alive"):
			want := decodeJSON[[]float64](t, c.Expected)
			for i, row := range decodeJSON[[][3]float64](t, in.Customers) {
				o, err := model.Outlook(clv.Summary{Unit: unit, Frequency: int(row[0]), Recency: row[1], Age: row[2]})
				if err != nil {
					t.Fatal(err)
				}
				compare(t, what, o.Alive(), want[i], tolerance("", want[i]))
			}
		case sample != nil:
			compareTrack(t, c, model, sample, unit, tolerance)
		default:
			newcomerFact(t, c, model, unit, in, tolerance)
		}
	}
}

var errNotUnderstood = errors.New("not understood")

// customerFact answers the question about one customer that the words ask.
func customerFact(m clv.Model, unit clv.Unit, in valueInputs, what string) (float64, error) {
	o, err := m.Outlook(clv.Summary{Unit: unit, Frequency: int(*in.X), Recency: *in.TX, Age: *in.Age})
	if err != nil {
		return 0, err
	}
	switch {
	case strings.Contains(what, "alive") && in.T == nil:
		return o.Alive(), nil
	case strings.Contains(what, "discounted") && in.DPerWeek != nil && in.T == nil:
		return o.Discounted(clv.Forever(), clv.ContinuousRate(*in.DPerWeek, clv.Week))
	case strings.Contains(what, "p(x(") && in.T != nil:
		n, ok := numbers(in.N)
		if !ok || len(n) != 1 {
			return 0, errNotUnderstood
		}
		return o.Probability(int(n[0]), clv.Horizon{N: *in.T, Unit: unit})
	case (strings.Contains(what, "expect")) && in.T != nil:
		return o.Expected(clv.Horizon{N: *in.T, Unit: unit})
	}
	return 0, errNotUnderstood
}

// newcomerFact answers the questions about a new customer.
func newcomerFact(t *testing.T, c testCase, m clv.Model, unit clv.Unit, in valueInputs, tolerance func(string, float64) float64) {
	t.Helper()
	o, err := m.Newcomer()
	if err != nil {
		t.Fatal(err)
	}
	want, ok := numbers(c.Expected)
	if !ok {
		c.Skip(t, "the form of what is expected is not understood")
	}
	what := strings.ToLower(c.What)
	n, listed := numbers(in.N)
	horizon := clv.Horizon{Unit: unit}
	switch {
	case in.T != nil:
		horizon.N = *in.T
	case in.TWeeks != nil:
		horizon = clv.Horizon{N: *in.TWeeks, Unit: clv.Week}
	case strings.Contains(what, "expected") && listed && len(n) == 1:
		horizon.N, listed = n[0], false // opportunities
	default:
		c.Skip(t, "no horizon is given")
	}
	if !listed {
		if !strings.Contains(what, "expected") {
			c.Skip(t, "the question is not understood")
		}
		got, err := o.Expected(horizon)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, what, got, want[0], tolerance("", want[0]))
		return
	}
	for i := range n {
		got, err := o.Probability(int(n[i]), horizon)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, what, got, want[i], tolerance("", want[i]))
	}
}

// compareFit compares log-likelihoods first. Where none is given, the expected parameters
// must not do better than the estimates.
func compareFit[M clv.Parametric[M]](t *testing.T, c testCase, fit *clv.Fit[M], keys []string, want []float64, _ M) {
	t.Helper()
	tolerance := tolerances(t, c)
	expected := decodeJSON[map[string]json.RawMessage](t, c.Expected)
	for _, key := range []string{"loglik", "LL", "ll", "log_likelihood"} {
		if raw, ok := expected[key]; ok {
			ll := decodeJSON[float64](t, raw)
			compare(t, "log-likelihood", fit.LogLikelihood, ll, tolerance("loglik", ll))
		}
	}
	if !fit.Report.Converged {
		t.Error(fit.Report)
	}
	estimates, err := fit.Parameters(0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		compare(t, k, estimates[i].Value, want[i], tolerance("params", want[i]))
	}
	if raw, ok := expected["se"]; ok {
		for i, se := range decodeJSON[[]float64](t, raw) {
			compare(t, "standard error of "+keys[i], estimates[i].StdErr, se, tolerance("se", se))
		}
	}
}

var weekRange = regexp.MustCompile(`(\d+)-(\d+)`)

// compareTrack compares purchases of all customers: cumulative ones by week, or those of each
// year.
func compareTrack(t *testing.T, c testCase, m clv.Model, s *clv.Sample, unit clv.Unit, tolerance func(string, float64) float64) {
	t.Helper()
	what := strings.ToLower(c.What)
	track := func(n ...float64) []float64 {
		times := make([]clv.Horizon, len(n))
		for i := range n {
			times[i] = clv.Horizon{N: n[i], Unit: unit}
		}
		got, err := clv.Track(m, s, times...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	var byTime map[string]float64
	var list []float64
	switch {
	case json.Unmarshal(c.Expected, &byTime) == nil && strings.Contains(what, "cumulative"):
		for at, want := range byTime {
			n, err := strconv.ParseFloat(at, 64)
			if err != nil {
				c.Skip(t, "a time is not understood")
			}
			compare(t, "by "+at, track(n)[0], want, tolerance("", want))
		}
	case json.Unmarshal(c.Expected, &list) == nil && strings.Contains(what, "cumulative") && weekRange.MatchString(what):
		from, err := strconv.Atoi(weekRange.FindStringSubmatch(what)[1])
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range list {
			compare(t, what, track(float64(from + i))[0], want, tolerance("", want))
		}
	case json.Unmarshal(c.Expected, &list) == nil && strings.Contains(what, "per year"):
		for i, want := range list {
			got := track(float64(i), float64(i+1))
			compare(t, what, got[1]-got[0], want, tolerance("", want))
		}
	default:
		c.Skip(t, "the question is not understood")
	}
}

func runSpend(t *testing.T, c testCase) {
	in := decodeJSON[valueInputs](t, c.Inputs)
	tolerance := tolerances(t, c)
	what := strings.ToLower(c.What)
	keys := []string{"p", "q", "v"}
	if in.Data == "" {
		v, ok := params(in.Params, keys)
		if !ok {
			c.Skip(t, "neither parameters nor data")
		}
		m := clv.GammaGamma{P: v[0], Q: v[1], V: v[2]}
		want, single := numbers(c.Expected)
		mean := in.M
		if mean == nil {
			mean = in.MX
		}
		if mean == nil {
			mean = in.Monetary
		}
		if !single || len(want) != 1 || (in.X == nil) != (mean == nil) {
			c.Skip(t, "the question is not understood")
		}
		got, err := m.Mean()
		if in.X != nil {
			got, err = m.Expected(clv.Summary{Frequency: int(*in.X), Monetary: *mean})
		}
		if err != nil {
			t.Fatal(err)
		}
		compare(t, what, got, want[0], tolerance("", want[0]))
		return
	}
	sample := readSample(t, c, in, clv.Week)
	switch {
	case strings.Contains(what, "correlation"):
		got, err := sample.SpendCorrelation()
		if err != nil {
			t.Fatal(err)
		}
		want := decodeJSON[float64](t, c.Expected)
		compare(t, what, got, want, tolerance("", want))
	case strings.Contains(what, "mle"):
		want, ok := params(c.Expected, keys)
		if !ok {
			c.Skip(t, "what is expected is not understood")
		}
		fit, err := clv.FitGammaGamma(sample, clv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		compareFit(t, c, fit, keys, want, fit.Model)
	case strings.Contains(what, "median"): // of the summaries themselves: no model is asked
		compareSpread(t, c, in, tolerance)
	default:
		c.Skip(t, "the question is not understood")
	}
}

// compareSpread compares the figures that describe the mean values of the repeat customers.
func compareSpread(t *testing.T, c testCase, in valueInputs, tolerance func(string, float64) float64) {
	t.Helper()
	var values []float64
	for s := range readSummaries(t, c, in, clv.Week) {
		if s.Frequency > 0 {
			values = append(values, s.Monetary)
		}
	}
	slices.Sort(values)
	n := float64(len(values))
	var mean, square float64
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		square += (v - mean) * (v - mean) / (n - 1)
	}
	got := map[string]float64{
		"count": n, "mean": mean, "sd": math.Sqrt(square), "min": values[0], "max": values[len(values)-1],
		"median": (values[(len(values)-1)/2] + values[len(values)/2]) / 2,
	}
	for k, want := range decodeJSON[map[string]float64](t, c.Expected) {
		v, ok := got[k]
		if !ok {
			c.Skip(t, "no figure "+k)
		}
		compare(t, k, v, want, tolerance("", want))
	}
}

func runContract(t *testing.T, c testCase) {
	in := decodeJSON[valueInputs](t, c.Inputs)
	tolerance := tolerances(t, c)
	what := strings.ToLower(c.What)
	keys := []string{"alpha", "beta"}
	if strings.Contains(what, "weibull") {
		runWeibull(t, c, in)
		return
	}
	var cohorts *clv.Cohorts
	if in.Survivors != nil || strings.HasSuffix(in.Data, ".csv") {
		cohorts = readCohorts(t, c, in)
	}
	if cohorts != nil {
		fit, err := clv.FitSBG(cohorts, clv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, ok := params(c.Expected, keys)
		if !ok {
			c.Skip(t, "what is expected is not understood")
		}
		compareFit(t, c, fit, keys, want, fit.Model)
		compareSurvivors(t, c, fit.Model, 1000, 1, tolerance)
		return
	}
	if v, ok := params(in.Params, keys); ok {
		m := clv.SBG{Unit: clv.Year, Alpha: v[0], Beta: v[1]}
		contractFacts(t, c, in, m, tolerance)
		return
	}
	segments := map[string]json.RawMessage{"regular": in.Regular, "high_end": in.HighEnd}
	if !strings.Contains(what, "retention") {
		c.Skip(t, "the question is not understood")
	}
	for name, list := range decodeJSON[map[string][]float64](t, c.Expected) {
		v, ok := params(segments[name], keys)
		if !ok {
			c.Skip(t, "no parameters for "+name)
		}
		m := clv.SBG{Unit: clv.Year, Alpha: v[0], Beta: v[1]}
		for i, want := range list {
			got, err := m.Retention(i + 1)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, name, got, want, tolerance("", want))
		}
	}
}

// contractFacts compares what follows from given parameters.
func contractFacts(t *testing.T, c testCase, in valueInputs, m clv.SBG, tolerance func(string, float64) float64) {
	t.Helper()
	understood := false
	expected := decodeJSON[map[string]json.RawMessage](t, c.Expected)
	for key, raw := range expected {
		list, ok := numbers(raw)
		if !ok {
			continue
		}
		switch {
		case key == "projected": // per cent, of the years that the words name
			from := 1
			if r := weekRange.FindStringSubmatch(c.What); r != nil {
				from, _ = strconv.Atoi(r[1])
			}
			understood = true
			for i, want := range list {
				got, err := m.Survival(from + i)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, key, 100*got, want, tolerance("", want))
			}
		case key == "survivors":
			understood = true
			compareSurvivors(t, c, m, list[0], 0, tolerance)
		case (key == "DERL" || key == "DEL") && in.D != nil:
			understood = true
			for i, want := range list {
				got, err := m.Residual(i, clv.Forever(), clv.AnnualRate(*in.D))
				if key == "DEL" {
					got, err = m.Lifetime(clv.Forever(), clv.AnnualRate(*in.D))
				}
				if err != nil {
					t.Fatal(err)
				}
				compare(t, key, got, want, tolerance(key, want))
			}
		}
	}
	if !understood {
		c.Skip(t, "the question is not understood")
	}
}

// compareSurvivors compares the customers left of so many, from a renewal on, if the case
// names them.
func compareSurvivors(t *testing.T, c testCase, m clv.SBG, customers float64, from int, tolerance func(string, float64) float64) {
	t.Helper()
	raw, ok := decodeJSON[map[string]json.RawMessage](t, c.Expected)["survivors"]
	if !ok {
		return
	}
	for i, want := range decodeJSON[[]float64](t, raw) {
		got, err := m.Survival(from + i)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, "survivors", customers*got, want, tolerance("survivors", want))
	}
}

func runWeibull(t *testing.T, c testCase, in valueInputs) {
	t.Helper()
	segments := map[string]json.RawMessage{"regular": in.Regular, "high_end": in.HighEnd}
	keys := []string{"gamma", "delta", "c"}
	for name, raw := range decodeJSON[map[string]json.RawMessage](t, c.Expected) {
		var left []int64
		want, ok := params(raw, keys)
		if !ok || json.Unmarshal(segments[name], &left) != nil {
			c.Skip(t, "the segment "+name+" is not understood")
		}
		cohorts := cohortsOf(t, left)
		fit, err := clv.FitBDW(cohorts, clv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		one := c
		one.Expected = raw
		compareFit(t, one, fit, keys, want, fit.Model)
	}
}

func cohortsOf(t *testing.T, rows ...[]int64) *clv.Cohorts {
	t.Helper()
	cohorts, err := clv.NewCohorts(clv.Year)
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range rows {
		if err := cohorts.Add(left...); err != nil {
			t.Fatal(err)
		}
	}
	return cohorts
}

// readCohorts reads the survivors of the case, or of the file that it names: a row for each
// cohort, with nothing in the years to come.
func readCohorts(t *testing.T, c testCase, in valueInputs) *clv.Cohorts {
	t.Helper()
	if in.Survivors != nil {
		return cohortsOf(t, in.Survivors)
	}
	table := readTable(t, c, filepath.Base(in.Data), ',')
	if table[0][0] != "cohort" {
		c.Skip(t, "the table is not one of cohorts")
	}
	var rows [][]int64
	for _, record := range table[1:] {
		var left []int64
		for _, cell := range record[1:] {
			if cell == "" {
				break
			}
			n, err := strconv.ParseInt(cell, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, n)
		}
		rows = append(rows, left)
	}
	return cohortsOf(t, rows...)
}

// readTable reads a file of the data folder.
func readTable(t *testing.T, c testCase, name string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "data", name))
	if errors.Is(err, os.ErrNotExist) {
		c.Skip(t, "the file "+name+" is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = comma
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

var fileName = regexp.MustCompile(`[A-Za-z_0-9]+\.(csv|txt)`)

func readSample(t *testing.T, c testCase, in valueInputs, unit clv.Unit) *clv.Sample {
	t.Helper()
	s, err := clv.NewSample(unit)
	if err != nil {
		t.Fatal(err)
	}
	for row, n := range readSummaries(t, c, in, unit) {
		if err := s.AddN(n, row); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// readSummaries reads the customers of the file that the case names, with their number. Of
// two files that it names, the log wins, as it has not been rounded.
func readSummaries(t *testing.T, c testCase, in valueInputs, unit clv.Unit) iter.Seq2[clv.Summary, int64] {
	t.Helper()
	names := fileName.FindAllString(in.Data, -1)
	if len(names) == 0 {
		c.Skip(t, "no file is named")
	}
	name := names[0]
	if slices.Contains(names, "CDNOW_sample.txt") {
		name = "CDNOW_sample.txt"
	}
	end := in.CalibrationEnd
	if end == "" {
		end = "1997-09-30"
	}
	switch {
	case name == "CDNOW_sample.txt":
		return summaries(t, purchaseLines(t, data.CDNOW(), 1, 2, 4), end, unit)
	case name == "CDNOW_master.txt":
		return summaries(t, purchaseLines(t, unzip(t, c, name+".gz"), 0, 1, 3), end, unit)
	case strings.HasPrefix(name, "cdnow_customers_summary") || name == "donations.csv":
		return summaryRows(t, readTable(t, c, name, ','), unit)
	}
	c.Skip(t, "no reader for "+name)
	return nil
}

func unzip(t *testing.T, c testCase, name string) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "data", name))
	if err != nil {
		c.Skip(t, "the file "+name+" is not here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type purchaseLine struct {
	id    string
	day   int64
	spent float64
}

// purchaseLines reads lines of blank-separated fields, without the one of the header.
func purchaseLines(t *testing.T, text string, id, date, spent int) []purchaseLine {
	t.Helper()
	var out []purchaseLine
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) <= max(id, date, spent) {
			continue
		}
		at, err := time.Parse("20060102", f[date])
		if err != nil {
			continue // the header
		}
		v, err := strconv.ParseFloat(f[spent], 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, purchaseLine{f[id], at.Unix() / 86400, v})
	}
	return out
}

// summaries counts one purchase per customer and day, until the end.
func summaries(t *testing.T, lines []purchaseLine, end string, unit clv.Unit) iter.Seq2[clv.Summary, int64] {
	t.Helper()
	at, err := time.Parse(time.DateOnly, end)
	if err != nil {
		t.Fatal(err)
	}
	last := at.Unix() / 86400
	byCustomer := map[string]map[int64]float64{}
	for _, l := range lines {
		if l.day > last {
			continue
		}
		if byCustomer[l.id] == nil {
			byCustomer[l.id] = map[int64]float64{}
		}
		byCustomer[l.id][l.day] += l.spent
	}
	perUnit := float64(unit) / float64(clv.Day)
	return func(yield func(clv.Summary, int64) bool) {
		for _, days := range byCustomer {
			first, latest := last, int64(0)
			for d := range days {
				first, latest = min(first, d), max(latest, d)
			}
			s := clv.Summary{Unit: unit, Frequency: len(days) - 1, Recency: float64(latest-first) / perUnit, Age: float64(last-first) / perUnit}
			for d, v := range days {
				if d != first {
					s.Monetary += v / float64(s.Frequency)
				}
			}
			if !yield(s, 1) {
				return
			}
		}
	}
}

// summaryRows reads columns by their names.
func summaryRows(t *testing.T, table [][]string, unit clv.Unit) iter.Seq2[clv.Summary, int64] {
	t.Helper()
	column := map[string]int{}
	for i, name := range table[0] {
		column[name] = i
	}
	number := func(record []string, names ...string) (float64, bool) {
		for _, name := range names {
			if i, ok := column[name]; ok {
				v, err := strconv.ParseFloat(record[i], 64)
				if err != nil {
					t.Fatal(err)
				}
				return v, true
			}
		}
		return 0, false
	}
	return func(yield func(clv.Summary, int64) bool) {
		for _, record := range table[1:] {
			x, _ := number(record, "frequency", "x")
			last, _ := number(record, "recency", "t_x")
			age, _ := number(record, "T", "periods")
			spent, _ := number(record, "zbar")
			n, ok := number(record, "weights")
			if !ok {
				n = 1
			}
			if !yield(clv.Summary{Unit: unit, Frequency: int(x), Recency: last, Age: age, Monetary: spent}, int64(n)) {
				return
			}
		}
	}
}
