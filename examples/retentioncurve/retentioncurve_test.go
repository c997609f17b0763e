package main

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// curves runs the program.
func curves(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, errs strings.Builder
	status = run(args, strings.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

func ownFile() []string {
	return []string{"-file", "testdata/plans.csv", "-tenure", "months", "-churned", "left", "-by", "plan", "-covariate", "price", "-at", "2,4,8"}
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"contract.txt":  nil,
		"contract.csv":  {"-output", "csv"},
		"contract.html": {"-output", "html"},
		"payment.txt":   {"-by", "payment", "-level", "0.9", "-at", "12, 60"},
		"internet.csv":  {"-by", "internet", "-covariate", "", "-output", "csv"},
		"all.txt":       {"-by", "", "-covariate", ""},
		"plans.txt":     ownFile(),
		"plans.csv":     append(ownFile(), "-output", "csv"),
		"plans.json":    append(ownFile(), "-output", "json"),
		"plans.html":    append(ownFile(), "-output", "html"),
	} {
		t.Run(name, func(t *testing.T) {
			status, got, errs := curves("", args...)
			if status != statusOK || errs != "" {
				t.Fatalf("status %d: %s", status, errs)
			}
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; -update rewrites it. Got\n%.2000s", path, got)
			}
		})
	}
}

// estimate is a row of the CSV report; NaN is an empty cell.
type estimate struct {
	value, lower, upper float64
	undefined           string
}

// figures runs the program with -output csv and returns its rows by group, figure and time.
func figures(t *testing.T, stdin string, args ...string) map[[3]string]estimate {
	t.Helper()
	status, out, errs := curves(stdin, append(args, "-output", "csv")...)
	if status != statusOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[[3]string]estimate{}
	for _, r := range rows[1:] {
		var v [3]float64
		for i, text := range r[3:6] {
			v[i] = math.NaN()
			if text != "" {
				if v[i], err = strconv.ParseFloat(text, 64); err != nil {
					t.Fatal(err)
				}
			}
		}
		all[[3]string(r[:3])] = estimate{v[0], v[1], v[2], r[6]}
	}
	return all
}

// JSON has what CSV has, and curves that go with it.
func TestJSONAgreesWithCSV(t *testing.T) {
	want := figures(t, "", ownFile()...)
	_, out, _ := curves("", append(ownFile(), "-output", "json")...)
	type value struct {
		Time, Value, Lower, Upper, P *float64
		Term, Undefined              string
	}
	var r struct {
		Groups []struct {
			Name                                string
			Subscribers, Churned, Churned_share float64
			Survival                            []value
			Median, Restricted_mean             value
			Curve                               []struct{ Time, At_risk, Churned, Censored, Survival float64 }
		}
		Log_rank      struct{ Chi_squared, DF, P float64 }
		Hazard_ratios struct {
			Reference string
			Terms     []value
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	checked := 0
	equal := func(group, figure, time string, got value) {
		t.Helper()
		checked++
		w, ok := want[[3]string{group, figure, time}]
		same := func(p *float64, f float64) bool { return p == nil && math.IsNaN(f) || p != nil && *p == f }
		if !ok || !same(got.Value, w.value) || !same(got.Lower, w.lower) || !same(got.Upper, w.upper) || got.Undefined != w.undefined {
			t.Errorf("%s %s %s: %+v, in CSV %+v", group, figure, time, got, w)
		}
	}
	exact := func(group, figure string, v float64) { t.Helper(); equal(group, figure, "", value{Value: &v}) }
	for _, g := range r.Groups {
		exact(g.Name, "subscribers", g.Subscribers)
		exact(g.Name, "churned", g.Churned)
		exact(g.Name, "churned_share", g.Churned_share)
		for _, s := range g.Survival {
			equal(g.Name, "survival", plain(*s.Time), s)
		}
		equal(g.Name, "median", "", g.Median)
		equal(g.Name, "restricted_mean", plain(*g.Restricted_mean.Time), g.Restricted_mean)
		left := g.Subscribers
		for _, s := range g.Curve {
			if s.At_risk != left {
				t.Errorf("%s: %v at risk at %v, want %v", g.Name, s.At_risk, s.Time, left)
			}
			left -= s.Churned + s.Censored
		}
		if left != 0 {
			t.Errorf("%s: %v are left over", g.Name, left)
		}
	}
	exact("", "log_rank_chi_squared", r.Log_rank.Chi_squared)
	exact("", "log_rank_df", r.Log_rank.DF)
	exact("", "log_rank_p", r.Log_rank.P)
	for _, h := range r.Hazard_ratios.Terms {
		equal(h.Term, "hazard_ratio", "", h)
		exact(h.Term, "hazard_ratio_p", *h.P)
	}
	if checked != len(want) || r.Hazard_ratios.Reference != "basic" {
		t.Errorf("%d figures, CSV has %d; reference %q", checked, len(want), r.Hazard_ratios.Reference)
	}
}

// The page is well-formed, loads nothing, runs nothing, and text from the file stays text.
func TestPageIsSelfContained(t *testing.T) {
	hostile := "tenure,churned,plan\n1,yes,<script>alert(1)</script>\n2,no,\"a\" onload=x\n3,yes,{{.}}&amp;\n"
	hostile = strings.ReplaceAll(hostile, `"a"`, `'a'`)
	_, out, errs := curves(hostile, "-file", "-", "-by", "plan", "-output", "html")
	if errs != "" {
		t.Fatal(errs)
	}
	for _, bad := range []string{"<script", "http:", "https:", "url(", "@import", "<link", "ZgotmplZ", "NaN"} {
		if strings.Contains(out, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	d := xml.NewDecoder(strings.NewReader(out))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	ids, pictures := map[string]bool{}, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "svg" && slices.Contains(e.Attr, xml.Attr{Name: xml.Name{Local: "role"}, Value: "img"}) {
			pictures++
		}
		for _, a := range e.Attr {
			switch {
			case strings.HasPrefix(a.Name.Local, "on"):
				t.Errorf("%s has %s", e.Name.Local, a.Name.Local)
			case a.Name.Local == "id" && ids[a.Value]:
				t.Errorf("two elements are %s", a.Value)
			case a.Name.Local == "id":
				ids[a.Value] = true
			}
		}
	}
	if pictures != 2 || !ids["wide-title"] || !ids["narrow-description"] {
		t.Errorf("%d pictures, ids %v", pictures, ids)
	}
}

func TestFlagErrorsNameWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-nonsense"}, "-nonsense"},
		{[]string{"own.csv"}, `unexpected argument "own.csv"; a file is given by -file`},
		{[]string{"-file", ""}, "-file is empty"},
		{[]string{"-unit", "fortnight"}, `unit of time "fortnight" is unknown`},
		{[]string{"-level", "95"}, "-level 95: want a confidence level between 0 and 1"},
		{[]string{"-level", "NaN"}, "-level NaN"},
		{[]string{"-at", ""}, `-at "": want numbers above 0`},
		{[]string{"-at", "0,1"}, `-at "0,1": want numbers above 0`},
		{[]string{"-at", "1,-2"}, `-at "1,-2": want numbers above 0`},
		{[]string{"-at", "1,2,3,4,5,6,7,8,9"}, "more than 8 times"},
		{[]string{"-output", "xml"}, `-output "xml": there are text, csv, json, html`},
	} {
		status, out, errs := curves("", c.args...)
		if status != statusUsage || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "-help") {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, errs, c.want)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	status, out, errs := curves("", "-help")
	if status != statusOK || errs != "" {
		t.Errorf("status %d, %q", status, errs)
	}
	for _, name := range []string{"-file", "-tenure", "-churned", "-by", "-covariate", "-unit", "-level", "-at", "-output"} {
		if !strings.Contains(out, "\n\t"+name+" ") {
			t.Errorf("the help lacks %s", name)
		}
	}
}

func TestErrorsOfDataNameLineAndReason(t *testing.T) {
	const head = "tenure,churned,plan,price\n"
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"no file", "", []string{"-file", "testdata/nowhere.csv"}, "testdata/nowhere.csv"},
		{"empty", "", nil, "standard input: empty"},
		{"header only", head, nil, "standard input: a header, but no rows"},
		{"no column", "months,churned\n", nil, `standard input: -tenure: there is no column "tenure"; there are ["months" "churned"]`},
		{"no group", head, []string{"-by", "tier"}, `-by: there is no column "tier"`},
		{"two columns", "tenure,churned,Tenure\n", nil, `-tenure: there are two columns "tenure"`},
		{"negative", head + "1,no,a,1\n-1,no,a,1\n", nil, `standard input:3: tenure: "-1" is no number such as 12 or 0.5`},
		{"no number", head + "NaN,no,a,1\n", nil, `standard input:2: tenure: "NaN" is no number`},
		{"endless", head + "Inf,no,a,1\n", nil, `standard input:2: tenure: "Inf" is no number`},
		{"too large", head + "1" + strings.Repeat("0", 400) + ",no,a,1\n", nil, "standard input:2: tenure: "},
		{"comma", head + "\"1,5\",no,a,1\n", nil, `standard input:2: tenure: "1,5" is no number`},
		{"blank tenure", head + ",no,a,1\n", nil, `standard input:2: tenure: "" is no number`},
		{"churned", head + "1,perhaps,a,1\n", nil, `standard input:2: churned: "perhaps" is neither yes nor no`},
		{"covariate", head + "1,no,a,$1\n", []string{"-covariate", "price"}, `standard input:2: covariate: "$1" is no number`},
		{"line of a long row", head + "1,no,\"a\nb\",1\n1,,a,1\n", nil, `standard input:4: churned: "" is neither`},
		{"fields", head + "1,no,a\n", nil, "standard input:2: 3 fields, where the header has 4"},
		{"quote", head + "1,no,\"a,1\n", nil, "standard input: "},
		{"many", head + strings.Repeat("x,no,a,1\n", 9), nil, "standard input:6: tenure: \"x\" is no number such as 12 or 0.5\nand 4 more lines\n"},
		{"ids", head + "1,no,1,1\n1,no,2,1\n1,no,3,1\n1,no,4,1\n1,no,5,1\n1,no,6,1\n1,no,7,1\n1,no,8,1\n1,no,9,1\n", []string{"-by", "plan"}, "-by plan: more than 8 different values"},
		{"constant", head + "1,yes,a,1\n2,yes,a,1\n", []string{"-covariate", "price"}, `covariate "price" is constant`},
	} {
		args := append([]string{"-file", "-"}, c.args...)
		status, out, errs := curves(c.stdin, args...)
		if status != statusData || out != "" || !strings.Contains(errs, c.want) || !strings.HasPrefix(errs, "retentioncurve: ") {
			t.Errorf("%s: status %d, %q; want %q", c.name, status, errs, c.want)
		}
	}
}

// What the data do not determine has a reason, and the rest of the report stands.
func TestUndefined(t *testing.T) {
	const file = "\xef\xbb\xbfTenure , churned,plan\r\n4,No,a\r\n6,0,b\r\n0,false,\r\n"
	got := figures(t, file, "-file", "-", "-by", "plan", "-at", "5,7")
	for key, want := range map[[3]string]estimate{
		{"a", "survival", "5"}:             {undefined: "insufficient_history"},
		{"b", "survival", "5"}:             {value: 1},
		{"b", "survival", "7"}:             {undefined: "insufficient_history"},
		{"b", "median", ""}:                {undefined: "insufficient_history"},
		{"a", "restricted_mean", "7"}:      {undefined: "insufficient_history"},
		{"(none)", "subscribers", ""}:      {value: 1},
		{"(none)", "churned_share", ""}:    {value: 0},
		{"(none)", "survival", "5"}:        {undefined: "insufficient_history"},
		{"(none)", "restricted_mean", "7"}: {undefined: "insufficient_history"},
	} {
		if g, ok := got[key]; !ok || g.undefined != want.undefined || want.undefined == "" && g.value != want.value {
			t.Errorf("%v is %+v, want %+v", key, g, want)
		}
	}
	for _, form := range []string{"text", "html"} {
		_, out, _ := curves(file, "-file", "-", "-by", "plan", "-output", form)
		for _, want := range []string{"not observed", "not reached", "No log-rank test: empty_population", "No hazard ratios: insufficient_history"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q:\n%s", form, want, out)
			}
		}
	}
	_, out, _ := curves(file, "-file", "-", "-by", "plan", "-output", "json")
	if !strings.Contains(out, `"undefined": "empty_population"`) || !json.Valid([]byte(out)) {
		t.Error(out)
	}
}

func TestTextFromTheFileCannotDriveTheTerminal(t *testing.T) {
	_, out, _ := curves("tenure,churned,plan\n1,yes,\x1b[31m\n", "-file", "-", "-by", "plan")
	if strings.Contains(out, "\x1b") || !strings.Contains(out, "x1b") {
		t.Errorf("%q", out)
	}
}

func TestReadAndWriteErrorsAreReported(t *testing.T) {
	in := iotest.TimeoutReader(strings.NewReader("tenure,churned\n" + strings.Repeat("1,yes\n", 1000)))
	var out, errs strings.Builder
	if status := run([]string{"-file", "-"}, in, &out, &errs); status != statusData || !strings.Contains(errs.String(), iotest.ErrTimeout.Error()) {
		t.Errorf("status %d: %s", status, errs.String())
	}
	for _, form := range outputs() {
		var errs strings.Builder
		if status := run([]string{"-output", form}, nil, fullWriter{}, &errs); status != statusData || !strings.Contains(errs.String(), os.ErrClosed.Error()) {
			t.Errorf("%s: status %d: %s", form, status, errs.String())
		}
	}
}

// A writer that is full, such as a closed pipe.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestLongNamesAreCutInTheChart(t *testing.T) {
	long := strings.Repeat("é", 100)
	_, out, _ := curves("tenure,churned,plan\n1,yes,"+long+"\n", "-file", "-", "-by", "plan", "-output", "html")
	for _, n := range []int{350/9 - 1, 760/9 - 1} {
		if !strings.Contains(out, ">"+strings.Repeat("é", n)+"…</text>") {
			t.Errorf("no name of %d letters", n)
		}
	}
	if !strings.Contains(out, "/></svg>"+long+"</li>") {
		t.Error("the legend lacks the name")
	}
}

func TestTickSteps(t *testing.T) {
	for _, c := range []struct {
		end, most, want float64
		unit            string
	}{
		{72, 11, 12, "month"}, {72, 5, 24, "month"}, {6, 11, 1, "month"}, {12, 5, 3, "month"}, {9000, 10, 1000, "month"},
		{1022, 11, 100, "day"}, {1022, 5, 500, "day"}, {1, 5, 0.2, "year"}, {30, 5, 10, "day"},
	} {
		o, err := parseFlags([]string{"-unit", c.unit})
		if err != nil {
			t.Fatal(err)
		}
		if got := tickStep(c.end, c.most, o.unit); math.Abs(got-c.want) > 1e-12*c.want {
			t.Errorf("%v %ss with %v ticks: %v, want %v", c.end, c.unit, c.most, got, c.want)
		}
	}
}
