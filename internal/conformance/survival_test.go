package conformance

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/survival"
)

func init() { registerFacts("surv", runSurvival) }

// coxWord is not a part of Wilcoxon.
var coxWord = regexp.MustCompile(`\bcox\b`)

// runSurvival runs a fact about times to an event. The words of what it is about choose the
// estimate; the keys of what is expected choose the numbers.
func runSurvival(t *testing.T, c testCase) {
	f := newSurvivalFact(t, c)
	words := strings.ToLower(c.What)
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(words, w) })
	}
	switch {
	case has("turnbull"):
		f.turnbull()
	case has("left-censored", "left censored"):
		f.leftCensored()
	case coxWord.MatchString(words) || has("proportional hazard"):
		f.cox()
	case has("rank test", "log-rank", "logrank", "wilcoxon", "tarone", "peto"):
		f.rank()
	case has("weibull", "exponential", "log-normal", "lognormal", "log-logistic", "loglogistic"):
		f.model(words)
	case has("kaplan", "median", "nelson", "survival curve", "restricted mean", "rmst", "quantile", "hazard", "aalen"):
		f.curve(words)
	default:
		c.Skip(t, "the estimate is not named in a way that is known: "+c.What)
	}
	f.finish()
}

// survivalFact is a fact with its data as columns of text.
type survivalFact struct {
	t         *testing.T
	c         testCase
	inputs    map[string]json.RawMessage
	header    []string
	columns   map[string][]string
	tolerance func(what string, want float64) float64
	checked   int
	unknown   []string // expected keys that are not understood
}

func newSurvivalFact(t *testing.T, c testCase) *survivalFact {
	t.Helper()
	f := &survivalFact{t: t, c: c, tolerance: tolerances(t, c), columns: map[string][]string{}}
	if err := json.Unmarshal(c.Inputs, &f.inputs); err != nil {
		t.Fatal(err)
	}
	if data := f.text("data"); data != "" {
		f.read(strings.Fields(data)[0])
		f.filter()
	}
	for name, raw := range f.inputs { // columns that stand in the case itself
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			continue
		}
		f.header = append(f.header, name)
		for _, v := range list {
			f.columns[name] = append(f.columns[name], strings.Trim(string(v), `"`))
		}
	}
	slices.Sort(f.header)
	return f
}

// finish makes a fact of which nothing was understood a skip, never a silent pass.
func (f *survivalFact) finish() {
	f.t.Helper()
	if len(f.unknown) > 0 || f.checked == 0 {
		f.c.Skip(f.t, fmt.Sprintf("%d numbers agree, but what these mean is not known: %v", f.checked, f.unknown))
	}
}

func (f *survivalFact) text(name string) string {
	var s string
	_ = json.Unmarshal(f.inputs[name], &s) // "" for what is no text
	return s
}

func (f *survivalFact) read(name string) {
	f.t.Helper()
	_, name, _ = strings.Cut(filepath.ToSlash(name), "data/")
	data, err := os.ReadFile(filepath.Join("testdata", "data", filepath.FromSlash(name)))
	if errors.Is(err, os.ErrNotExist) {
		f.t.Skipf("data set %s does not lie in testdata/data", name)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	text := string(data)
	first, _, _ := strings.Cut(text, "\n")
	var rows [][]string
	if strings.Contains(first, ",") {
		if rows, err = csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
			f.t.Fatal(err)
		}
	} else {
		for line := range strings.Lines(text) {
			if cells := strings.Fields(line); len(cells) > 0 {
				rows = append(rows, cells)
			}
		}
	}
	if _, err := strconv.ParseFloat(rows[0][0], 64); err == nil { // without a header
		rows = slices.Insert(rows, 0, []string{"group", "time", "event"})
	}
	for j, column := range rows[0] {
		for _, row := range rows[1:] {
			f.columns[column] = append(f.columns[column], row[j])
		}
	}
	f.header = rows[0]
}

var comparison = regexp.MustCompile(`^\s*'?([\w.]+)'?\s*(==|!=)\s*'?"?([^'"]*)'?"?\s*$`)

// filter keeps the rows that every comparison of inputs.filter admits.
func (f *survivalFact) filter() {
	f.t.Helper()
	text := f.text("filter")
	if text == "" {
		return
	}
	for part := range strings.SplitSeq(text, " and ") {
		m := comparison.FindStringSubmatch(part)
		if m == nil || f.columns[m[1]] == nil {
			f.c.Skip(f.t, "filter "+part+" is not known")
		}
		f.keep(func(i int) bool { return (f.columns[m[1]][i] == m[3]) == (m[2] == "==") })
	}
}

// keep drops the rows that are not to be kept.
func (f *survivalFact) keep(kept func(i int) bool) {
	var rows []int
	for i := range f.columns[f.header[0]] {
		if kept(i) {
			rows = append(rows, i)
		}
	}
	for name, column := range f.columns {
		var list []string
		for _, i := range rows {
			list = append(list, column[i])
		}
		f.columns[name] = list
	}
}

// column returns the name of the column that an input names, or else of the first of the
// usual ones that there is.
func (f *survivalFact) column(inputs []string, usual ...string) string {
	for _, in := range inputs {
		name, _, _ := strings.Cut(f.text(in), " ")
		name, _, _ = strings.Cut(name, "=")
		if f.columns[name] != nil {
			return name
		}
	}
	for _, name := range usual {
		if f.columns[name] != nil {
			return name
		}
	}
	return ""
}

func (f *survivalFact) timeColumn() string {
	return f.column([]string{"time", "duration", "stop"}, "time", "t", "T", "Time", "week", "tenure", "duration", "stop")
}

func (f *survivalFact) eventColumn() string {
	return f.column([]string{"event", "status", "observed"}, "event", "status", "E", "death", "arrest", "observed", "Censor", "D", "Churn")
}

func (f *survivalFact) entryColumn() string {
	return f.column([]string{"entry", "start"}, "entry", "start", "W")
}

func (f *survivalFact) floats(name string) []float64 {
	f.t.Helper()
	list := make([]float64, len(f.columns[name]))
	for i, s := range f.columns[name] {
		switch s {
		case "True", "true", "Yes":
			s = "1"
		case "False", "false", "No":
			s = "0"
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			f.t.Fatalf("column %s: %v", name, err)
		}
		list[i] = v
	}
	return list
}

// sample returns the observations.
func (f *survivalFact) sample() *survival.Sample {
	f.t.Helper()
	at := f.timeColumn()
	if at == "" {
		f.c.Skip(f.t, "the column of times is not known")
	}
	c := survival.Columns{Exit: f.floats(at)}
	if name := f.eventColumn(); name != "" {
		for _, v := range f.floats(name) {
			c.Cause = append(c.Cause, int(v))
		}
	}
	if name := f.entryColumn(); name != "" {
		c.Entry = f.floats(name)
	}
	if name := f.column([]string{"weight", "weights"}, "weight", "weights"); name != "" {
		c.Weight = f.floats(name)
	}
	s, err := survival.FromColumns(survival.Cycle, c)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// compare compares one number; a nil want means that there is none.
func (f *survivalFact) compare(what string, got float64, err error, want *float64) {
	f.t.Helper()
	f.checked++
	if want == nil {
		if !errors.Is(err, metric.ErrUndefined) {
			f.t.Errorf("%s: got %v, want none", what, got)
		}
		return
	}
	if err != nil {
		f.t.Errorf("%s: %v", what, err)
		return
	}
	compare(f.t, what, got, *want, f.tolerance(strings.ToLower(what), *want))
}

// expected returns the expected object, or nil if it is none.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// wanted reads a number or null.
func wanted(raw json.RawMessage) (*float64, bool) {
	if string(raw) == "null" {
		return nil, true
	}
	var v float64
	if json.Unmarshal(raw, &v) != nil {
		return nil, false
	}
	return &v, true
}

// groupValues are the words for values of a column that codes a group by a number, as the
// data say: in the 6-MP trial 1 is placebo.
var groupValues = map[string]map[string]string{
	"Rx": {"placebo": "1", "6-mp": "0", "treated": "0"},
}

// choose keeps the group that words name, if they name one.
func (f *survivalFact) choose(words string) {
	g := f.column([]string{"group"}, "group", "Rx")
	if g == "" {
		return
	}
	for word, value := range groupValues[g] {
		if strings.Contains(words, word) {
			f.keep(func(i int) bool { return f.columns[g][i] == value })
			return
		}
	}
	values := slices.Clone(f.columns[g])
	slices.Sort(values)
	for _, value := range slices.Compact(values) {
		if len(value) > 1 && strings.Contains(words, strings.ToLower(value)) {
			f.keep(func(i int) bool { return f.columns[g][i] == value })
			return
		}
	}
}

// curveOptions reads the conventions that words name.
func curveOptions(words string) survival.Options {
	o := survival.Options{Extend: true}
	switch {
	case strings.Contains(words, "log-log") || strings.Contains(words, "lifelines"):
		o.Interval = survival.LogLogInterval
	case strings.Contains(words, "plain"):
		o.Interval = survival.PlainInterval
	case strings.Contains(words, "logit"):
		o.Interval = survival.LogitInterval
	case strings.Contains(words, "arcsin"):
		o.Interval = survival.ArcsinInterval
	}
	if strings.Contains(words, "lifelines") || strings.Contains(words, "tie correct") || strings.Contains(words, "tie-correct") ||
		strings.Contains(words, "fleming") || strings.Contains(words, "discrete") {
		o.Hazard = survival.FlemingHarrington
	}
	if strings.Contains(words, "first time") || strings.Contains(words, "lifelines") {
		o.Quantile = survival.FirstTime
	}
	return o
}

func (f *survivalFact) curve(words string) {
	f.t.Helper()
	f.choose(words)
	s := f.sample()
	o := curveOptions(words)
	km, err := s.KaplanMeier(o)
	if err != nil {
		f.t.Fatal(err)
	}
	if list, ok := numbers(f.c.Expected); ok && object(f.c.Expected) == nil {
		f.curveList("S", km, words, list)
		return
	}
	for key, raw := range object(f.c.Expected) {
		f.curveKey(s, km, words, key, raw)
	}
}

// curveList compares a list of probabilities: at the times that words name after "at", or
// at all steps, with or without the 1 at the start.
func (f *survivalFact) curveList(what string, km *survival.Curve, words string, list []float64) {
	f.t.Helper()
	times := timesAfterAt(words)
	if len(times) != len(list) {
		times = nil
		for k := range km.Steps() {
			times = append(times, k.Time)
		}
		if len(list) == len(times)+1 {
			times = slices.Insert(times, 0, 0)
		}
	}
	if len(times) != len(list) {
		f.unknown = append(f.unknown, what)
		return
	}
	for i, at := range times {
		e, err := km.Survival(at)
		f.compare(fmt.Sprintf("%s(%v)", what, at), e.Value, err, &list[i])
	}
}

var listed = regexp.MustCompile(` at ((?:[0-9.]+, ?)*[0-9.]+)`)

func timesAfterAt(words string) (times []float64) {
	if m := listed.FindStringSubmatch(words); m != nil {
		for part := range strings.SplitSeq(m[1], ",") {
			if v, err := strconv.ParseFloat(strings.TrimSpace(part), 64); err == nil {
				times = append(times, v)
			}
		}
	}
	return times
}

var atTime = regexp.MustCompile(`^(s|h|se|var|at_risk)_?\(?([0-9]+(?:\.[0-9]+)?)\)?$`)

func (f *survivalFact) curveKey(s *survival.Sample, km *survival.Curve, words, key string, raw json.RawMessage) {
	f.t.Helper()
	name := strings.ToLower(key)
	if inner := object(raw); inner != nil {
		f.curveObject(s, km, words, name, inner)
		return
	}
	if list, ok := numbers(raw); ok && strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		switch {
		case strings.HasPrefix(name, "s_after_each") || name == "s" || name == "survival":
			f.curveList("S", km, words, list)
		case strings.Contains(name, "ci") || strings.Contains(name, "interval") || strings.Contains(name, "limits"):
			e, _ := km.Median()
			f.compareLimit("lower", e.Lower, list[0])
			f.compareLimit("upper", e.Upper, list[len(list)-1])
		default:
			f.unknown = append(f.unknown, key)
		}
		return
	}
	want, ok := wanted(raw)
	if !ok {
		f.unknown = append(f.unknown, key)
		return
	}
	if m := atTime.FindStringSubmatch(name); m != nil {
		at, _ := strconv.ParseFloat(m[2], 64)
		f.curveAt(s, words, m[1], at, want)
		return
	}
	steps := slices.Collect(km.Steps())
	value := func(v float64, err error) { f.t.Helper(); f.compare(key, v, err, want) }
	median, undefined := km.Median()
	switch strings.TrimSuffix(name, "_") {
	case "n":
		value(float64(s.Len()), nil)
	case "events", "deaths":
		value(s.Events(), nil)
	case "censored":
		value(s.Total()-s.Events(), nil)
	case "median":
		value(median.Value, undefined)
	case "lower", "lcl", "median_lower", "median_lcl":
		f.compareOptional(key, median.Lower, want)
	case "upper", "ucl", "median_upper", "median_ucl":
		f.compareOptional(key, median.Upper, want)
	case "s_first":
		i := slices.IndexFunc(steps, func(k survival.Step) bool { return k.Events > 0 })
		value(steps[i].Survival.Value, nil)
	case "s_last", "s_end":
		value(steps[len(steps)-1].Survival.Value, nil)
	case "rmst", "rmean", "restricted_mean", "mean":
		e, err := km.RestrictedMean(f.horizon(km))
		value(e.Value, err)
	case "se_rmst", "rmst_se", "se_rmean", "rmean_se", "se":
		e, err := km.RestrictedMean(f.horizon(km))
		value(e.StdErr.Value, err)
	default:
		f.unknown = append(f.unknown, key)
	}
}

func (f *survivalFact) compareLimit(what string, got survival.Optional, want float64) {
	f.t.Helper()
	f.compareOptional(what, got, &want)
}

func (f *survivalFact) compareOptional(what string, got survival.Optional, want *float64) {
	f.t.Helper()
	var err error
	if !got.Valid {
		err = metric.InsufficientHistory
	}
	f.compare(what, got.Value, err, want)
}

// horizon returns the limit of a restricted mean: an input, or else the end of observation.
func (f *survivalFact) horizon(km *survival.Curve) float64 {
	for _, name := range []string{"tau", "until", "limit", "horizon", "t"} {
		var v float64
		if json.Unmarshal(f.inputs[name], &v) == nil {
			return v
		}
	}
	return km.End()
}

// curveObject compares an object of numbers by time, by quantile, or of one group or
// convention.
func (f *survivalFact) curveObject(s *survival.Sample, km *survival.Curve, words, name string, inner map[string]json.RawMessage) {
	f.t.Helper()
	for key, raw := range inner {
		at, err := strconv.ParseFloat(key, 64)
		want, number := wanted(raw)
		switch {
		case err == nil && number && slices.Contains([]string{"s", "survival", "h", "hazard", "nelson_aalen", "cumulative_hazard", "se", "at_risk", "var"}, name):
			kind := name
			switch name {
			case "survival":
				kind = "s"
			case "hazard", "nelson_aalen", "cumulative_hazard":
				kind = "h"
			}
			f.curveAt(s, words, kind, at, want)
		case err == nil && number && strings.HasPrefix(name, "q"):
			e, err := km.Quantile(at)
			f.compare(name, e.Value, err, want)
		default:
			f.conventionOrGroup(words+" "+name, key, raw)
		}
	}
}

// conventionOrGroup compares under an object whose name tells a group or a package.
func (f *survivalFact) conventionOrGroup(words, key string, raw json.RawMessage) {
	f.t.Helper()
	g := *f
	g.columns = map[string][]string{}
	for name, column := range f.columns {
		g.columns[name] = column
	}
	rows := len(f.columns[f.header[0]])
	g.choose(words)
	known := strings.Contains(words, "lifelines") || regexp.MustCompile(`\br$|plain|fleming|discrete|log-log`).MatchString(words)
	if len(g.columns[g.header[0]]) == rows && !known {
		f.unknown = append(f.unknown, key)
		return
	}
	s := g.sample()
	km, err := s.KaplanMeier(curveOptions(words))
	if err != nil {
		f.t.Fatal(err)
	}
	g.curveKey(s, km, words, key, raw)
	f.checked, f.unknown = g.checked, g.unknown
}

func (f *survivalFact) curveAt(s *survival.Sample, words, kind string, at float64, want *float64) {
	f.t.Helper()
	o := curveOptions(words)
	km, _ := s.KaplanMeier(o)
	if strings.Contains(words, "nelson") || strings.Contains(words, "fleming") || kind == "h" {
		km, _ = s.NelsonAalen(o)
	}
	e, err := km.Survival(at)
	if kind == "h" || strings.Contains(words, "nelson") && kind != "s" {
		e, err = km.Hazard(at)
	}
	what := fmt.Sprintf("%s(%v)", kind, at)
	switch kind {
	case "s", "h":
		f.compare(what, e.Value, err, want)
	case "se":
		f.compare(what, e.StdErr.Value, err, want)
	case "var":
		f.compare(what, e.StdErr.Value*e.StdErr.Value, err, want)
	case "at_risk":
		f.compare(what, s.AtRisk(at), nil, want)
	}
}

func (f *survivalFact) rank() {
	f.t.Helper()
	g := f.column([]string{"group"}, "group", "Rx", "sex")
	if g == "" {
		f.c.Skip(f.t, "the column of groups is not known")
	}
	times, status := f.floats(f.timeColumn()), f.floats(f.eventColumn())
	list := make([]survival.Observation, len(times))
	for i := range list {
		list[i] = survival.Observation{Exit: times[i], Cause: int(status[i])}
	}
	groups, err := survival.GroupBy(survival.Cycle, list, func(i int) string { return f.columns[g][i] })
	if err != nil {
		f.t.Fatal(err)
	}
	expected := object(f.c.Expected)
	if expected == nil {
		f.unknown = append(f.unknown, string(f.c.Expected))
	}
	for key, raw := range expected {
		f.rankKey(groups, strings.ToLower(f.c.What), key, raw)
	}
}

func (f *survivalFact) rankKey(groups []survival.Group, words, key string, raw json.RawMessage) {
	f.t.Helper()
	want, ok := wanted(raw)
	name := strings.ReplaceAll(strings.ToLower(key), "-", "_")
	tests := map[string]survival.RankWeights{"logrank": survival.LogRank, "log_rank": survival.LogRank,
		"wilcoxon": survival.Wilcoxon, "tarone_ware": survival.TaroneWare, "peto": survival.Peto}
	o := survival.RankOptions{}
	w, isTest := tests[name]
	isP := name == "p" || name == "p_value"
	switch {
	case isTest:
		o.Weights = w
	case isP || slices.Contains([]string{"chi2", "chisq", "chi_squared", "statistic", "test_statistic"}, name):
		first := len(words) // the test that is mentioned first
		for word, w := range tests {
			if at := strings.Index(strings.ReplaceAll(words, "-", "_"), word); at >= 0 && at < first {
				first, o.Weights = at, w
			}
		}
	default:
		ok = false
	}
	if !ok {
		f.unknown = append(f.unknown, key)
		return
	}
	r, err := survival.RankTest(o, groups...)
	if err != nil {
		f.t.Fatal(err)
	}
	got := r.ChiSquare
	if isP {
		got = r.P
	}
	f.compare(key, got, nil, want)
}

// covariates returns those that a fact is about: named by an input, by its words after a
// colon or "for", or else all columns besides those of times, events and strata.
func (f *survivalFact) covariates() []survival.Covariate {
	f.t.Helper()
	var names []string
	_ = json.Unmarshal(f.inputs["covariates"], &names)
	if g := f.column([]string{"group"}); len(names) == 0 && g != "" {
		names = []string{g}
	}
	if len(names) == 0 {
		names = f.mentioned()
	}
	if len(names) == 0 {
		own := []string{f.timeColumn(), f.eventColumn(), f.entryColumn(), "id", "i", "AIDSY"}
		for _, name := range f.header {
			if !slices.Contains(own, name) {
				names = append(names, name)
			}
		}
	}
	var list []survival.Covariate
	for _, name := range names {
		if f.columns[name] == nil {
			f.c.Skip(f.t, "covariate "+name+" is not known")
		}
		list = append(list, survival.Covariate{Name: name, Values: f.floats(name)})
	}
	return list
}

// mentioned returns the columns that the words of a fact list, in their order. A word that
// only ends like one column means that one: "III" of Stage_III.
func (f *survivalFact) mentioned() []string {
	_, after, found := strings.Cut(f.c.What, ":")
	if _, second, ok := strings.Cut(after, " for "); ok {
		after = second
	}
	if !found {
		return nil
	}
	var names []string
	for part := range strings.SplitSeq(after, ",") {
		word := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(part), " ", "_"))
		i := slices.IndexFunc(f.header, func(h string) bool { return strings.ToLower(h) == word })
		if i < 0 {
			i = slices.IndexFunc(f.header, func(h string) bool { return strings.HasSuffix(strings.ToLower(h), "_"+word) })
		}
		if i < 0 {
			return nil
		}
		names = append(names, f.header[i])
	}
	return names
}

func (f *survivalFact) cox() {
	f.t.Helper()
	s, x := f.sample(), f.covariates()
	fit := func(ties survival.CoxTies) *survival.CoxModel {
		f.t.Helper()
		m, err := s.Cox(x, survival.CoxOptions{Ties: ties})
		if err != nil {
			f.t.Fatal(err)
		}
		return m
	}
	ties := survival.Efron
	if strings.Contains(strings.ToLower(f.c.What), "breslow") {
		ties = survival.Breslow
	}
	if list, ok := numbers(f.c.Expected); ok {
		f.coxKey(fit(ties), "coef", list)
		return
	}
	for key, raw := range object(f.c.Expected) {
		inner := object(raw)
		switch name := strings.ToLower(key); {
		case inner != nil && (name == "efron" || name == "breslow"):
			of := survival.Efron
			if name == "breslow" {
				of = survival.Breslow
			}
			for k, v := range inner {
				f.coxRaw(fit(of), k, v)
			}
		case inner != nil:
			for k, v := range inner {
				f.coxNamed(fit(ties), name, k, v)
			}
		default:
			f.coxRaw(fit(ties), key, raw)
		}
	}
}

func (f *survivalFact) coxRaw(m *survival.CoxModel, key string, raw json.RawMessage) {
	f.t.Helper()
	list, ok := numbers(raw)
	if !ok {
		f.unknown = append(f.unknown, key)
		return
	}
	f.coxKey(m, key, list)
}

// coxNamed compares a number of one covariate.
func (f *survivalFact) coxNamed(m *survival.CoxModel, kind, covariate string, raw json.RawMessage) {
	f.t.Helper()
	want, ok := wanted(raw)
	for j, c := range m.Coefficients() {
		if c.Name == covariate && ok {
			if got, known := coxNumber(m, j, kind); known {
				f.compare(kind, got, nil, want)
				return
			}
			if got, known := coxNumber(m, j, covariate); known {
				f.compare(covariate, got, nil, want)
				return
			}
		}
		if strings.EqualFold(c.Name, kind) && ok {
			if got, known := coxNumber(m, j, covariate); known {
				f.compare(covariate, got, nil, want)
				return
			}
		}
	}
	f.unknown = append(f.unknown, kind+"."+covariate)
}

func coxNumber(m *survival.CoxModel, j int, kind string) (float64, bool) {
	c := m.Coefficients()[j]
	switch strings.ToLower(kind) {
	case "coef", "coefs", "coefficient", "coefficients", "beta":
		return c.Value, true
	case "se", "std_err", "se_coef", "standard_errors":
		return c.StdErr.Value, true
	case "z":
		return c.Z, true
	case "p":
		return c.P, true
	case "hr", "exp_coef", "hazard_ratio":
		return math.Exp(c.Value), true
	}
	return 0, false
}

func (f *survivalFact) coxKey(m *survival.CoxModel, key string, list []float64) {
	f.t.Helper()
	coefficients := m.Coefficients()
	if _, known := coxNumber(m, 0, key); known {
		if len(list) != len(coefficients) {
			f.unknown = append(f.unknown, key)
			return
		}
		for j, want := range list {
			got, _ := coxNumber(m, j, key)
			f.compare(key, got, nil, &want)
		}
		return
	}
	for _, c := range coefficients {
		if strings.EqualFold(c.Name, key) {
			f.compare("coef", c.Value, nil, &list[0])
			return
		}
	}
	value := func(v float64) { f.t.Helper(); f.compare(key, v, nil, &list[0]) }
	switch strings.ToLower(key) {
	case "loglik", "log_likelihood", "ll":
		if len(list) == 2 {
			f.compare("loglik", m.NullLogLikelihood(), nil, &list[0])
			f.compare("loglik", m.LogLikelihood(), nil, &list[1])
			return
		}
		value(m.LogLikelihood())
	case "loglik_null", "null_loglik":
		value(m.NullLogLikelihood())
	case "lr", "lrt", "likelihood_ratio":
		value(m.LikelihoodRatio().ChiSquare)
	case "wald":
		value(m.Wald().ChiSquare)
	case "score":
		value(m.Score().ChiSquare)
	case "aic":
		value(m.AIC())
	case "concordance", "c_index", "c":
		c, err := m.Concordance().Value()
		f.compare(key, c, err, &list[0])
	default:
		f.unknown = append(f.unknown, key)
	}
}

// familyOf returns the family that words name. The exponential one is looked for last, for
// it is also a way of speaking.
func familyOf(words string) survival.Family {
	for _, w := range []struct {
		word string
		f    survival.Family
	}{{"weibull", survival.Weibull}, {"log-normal", survival.LogNormal}, {"lognormal", survival.LogNormal},
		{"log-logistic", survival.LogLogistic}, {"loglogistic", survival.LogLogistic}} {
		if strings.Contains(words, w.word) {
			return w.f
		}
	}
	return survival.Exponential
}

func (f *survivalFact) model(words string) {
	f.t.Helper()
	f.choose(words)
	s := f.sample()
	var o survival.FitOptions
	if strings.Contains(words, "aft") || strings.Contains(words, "regression") {
		o.Covariates = f.covariates()
	}
	fit := func(family survival.Family) *survival.Model {
		f.t.Helper()
		m, err := s.Fit(family, o)
		if err != nil {
			f.t.Fatal(err)
		}
		return m
	}
	for key, raw := range object(f.c.Expected) {
		if inner := object(raw); inner != nil { // by family
			for k, v := range inner {
				f.modelKey(fit(familyOf(strings.ToLower(key))), k, v)
			}
			continue
		}
		f.modelKey(fit(familyOf(words)), key, raw)
	}
}

func (f *survivalFact) modelKey(m *survival.Model, key string, raw json.RawMessage) {
	f.t.Helper()
	want, ok := wanted(raw)
	if !ok {
		f.unknown = append(f.unknown, key)
		return
	}
	name := strings.TrimSuffix(strings.ToLower(key), "_")
	value := func(v float64, err error) { f.t.Helper(); f.compare(name, v, err, want) }
	coefficients := m.Coefficients()
	logScale := coefficients[len(coefficients)-1].Value
	switch name {
	case "loglik", "log_likelihood", "ll":
		value(m.LogLikelihood(), nil)
		return
	case "aic":
		value(m.AIC(), nil)
		return
	case "bic":
		value(m.BIC(), nil)
		return
	case "intercept":
		value(coefficients[0].Value, nil)
		return
	case "log_rho", "log_beta":
		value(-logScale, nil)
		return
	case "log_scale", "log_sigma":
		value(logScale, nil)
		return
	case "median":
		e, err := m.Median()
		value(e.Value, err)
		return
	case "mean":
		e, err := m.Mean()
		value(e.Value, err)
		return
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "se_"), "log_"), "_se")
	parameters, err := m.Parameters()
	for _, p := range parameters {
		switch {
		case name == p.Name, name == "scale" && p.Name == "lambda", name == "shape" && p.Name == "rho":
			value(p.Value, err)
			return
		case name == "se_"+p.Name || name == p.Name+"_se":
			value(p.StdErr.Value, err)
			return
		}
	}
	for _, c := range coefficients {
		if strings.EqualFold(c.Name, bare) {
			v := c.Value
			if bare != name {
				v = c.StdErr.Value
			}
			value(v, nil)
			return
		}
	}
	f.unknown = append(f.unknown, key)
}

// leftCensored compares cumulative shares of times of which some are only known to be
// earlier, in the mirror image of censoring on the right: not at that time itself.
func (f *survivalFact) leftCensored() {
	f.t.Helper()
	times, observed := f.floats(f.timeColumn()), f.floats(f.eventColumn())
	var ranges []survival.Range
	for i, at := range times {
		r := survival.Range{After: at, Until: at}
		if observed[i] == 0 {
			r.After, r.Before = 0, true
		}
		ranges = append(ranges, r)
	}
	f.compareRanges(ranges, timesAfterAt(strings.ToLower(f.c.What)), !strings.Contains(strings.ToLower(f.c.What), "survival at"))
}

// turnbull compares the self-consistent curve of deaths, losses after a time, and late
// entries that had the event by it.
func (f *survivalFact) turnbull() {
	f.t.Helper()
	if f.columns["deaths"] == nil || f.columns["times"] == nil {
		f.c.Skip(f.t, "the form of the ranges is not known")
	}
	times := f.floats("times")
	var ranges []survival.Range
	add := func(column string, r func(at float64) survival.Range) {
		if f.columns[column] == nil {
			return
		}
		for i, n := range f.floats(column) {
			if n > 0 {
				one := r(times[i])
				one.Weight = n
				ranges = append(ranges, one)
			}
		}
	}
	add("deaths", func(at float64) survival.Range { return survival.Range{After: at, Until: at} })
	add("losses", func(at float64) survival.Range { return survival.Range{After: at, Open: true} })
	add("late_entries_left_censored", func(at float64) survival.Range { return survival.Range{Until: at} })
	f.compareRanges(ranges, times, false)
}

// compareRanges compares the curve of ranges at times, or the share of events by them.
func (f *survivalFact) compareRanges(ranges []survival.Range, times []float64, cumulative bool) {
	f.t.Helper()
	list, ok := numbers(f.c.Expected)
	if !ok || len(list) != len(times) {
		f.unknown = append(f.unknown, string(f.c.Expected))
		return
	}
	curve, err := survival.Turnbull(survival.Cycle, ranges...)
	if err != nil {
		f.t.Fatal(err)
	}
	for i, at := range times {
		lower, upper, err := curve.Survival(at)
		if lower != upper {
			f.t.Errorf("S(%v) is only known to be from %v to %v", at, lower, upper)
		}
		if cumulative {
			lower = 1 - lower
		}
		f.compare(fmt.Sprintf("at %v", at), lower, err, &list[i])
	}
}
