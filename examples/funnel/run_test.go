package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// funnelOf runs the program.
func funnelOf(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, errs strings.Builder
	status = run(args, strings.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

// team are the flags for the small log, whose numbers can be worked out by hand.
func team(args ...string) []string {
	return append([]string{"-file", "testdata/team.jsonl", "-steps", "page_viewed,signed_up,report_created", "-window", "7d",
		"-activated", "report_created", "-within", "1d"}, args...)
}

// table runs the program with -output csv and returns the rows below the header.
func table(t *testing.T, name string, args ...string) [][]string {
	t.Helper()
	status, out, errs := funnelOf("", append(args, "-output", "csv", "-table", name)...)
	if status != statusOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// The goldens were read by a person; their numbers are those of TestTeam and TestRecount.
func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"sample.txt":    nil,
		"sample.html":   {"-output", "html"},
		"team.txt":      team("-by", "plan"),
		"team.json":     team("-by", "plan", "-output", "json"),
		"team.html":     team("-by", "plan", "-output", "html", "-zone", "America/New_York"),
		"team.csv":      team("-output", "csv"),
		"cohorts.csv":   team("-output", "csv", "-table", "cohorts", "-cohort", "day"),
		"customers.csv": team("-output", "csv", "-table", "customers"),
		"refused.csv":   team("-output", "csv", "-table", "refused"),
	} {
		status, got, errs := funnelOf("", args...)
		if status != statusOK {
			t.Fatalf("%s: status %d: %s", name, status, errs)
		}
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at it and run with -update\n%s", name, path, got)
		}
	}
}

// Worked out by hand from testdata/team.jsonl. The last arrival is m14, at 10:00 on 10
// March, so that the log is complete up to a second later.
//
//	u1 (a1)       page 2nd 09:00:00, sign-up 10:00:05, report 3rd 10:00:05 (twice)
//	a2            page 3rd 08:00; the window ended on the 10th at 08:00
//	a4            screen 8th 09:00; open until the 15th
//	u3 (a3)       page 9th 09:00, which came in late; sign-up 10:00, report 10th 09:00
//	u2, u4, u5    no page
//	times to 2    u1 3605 s, u3 3600 s: median 3602.5
//	times to 3    u1 86400 s, u3 82800 s: median 84600
//	activation    u1 after 24 h, exactly at the limit; u2 after 24 h, as legacy-7; u4 not,
//	              the report of 2030 is later than all; u3 after 23 h; u5 signed up at 08:00
//	              on the 10th and may still be
func TestTeam(t *testing.T) {
	steps := table(t, "funnel", team()...)
	for i, want := range [][]string{
		{"all", "", "1", "page_viewed", "4", "1", "1", "1", "1", "", "", "", ""},
		{"all", "", "2", "signed_up", "2", "0", "0", "0.5", "0.5", "3602.5", "3602.5", "3602.5", "3602.5"},
		{"all", "", "3", "report_created", "2", "0", "0", "0.5", "1", "84600", "84600", "88202.5", "88202.5"},
	} {
		if got := strings.Join(steps[i], ","); got != strings.Join(want, ",") {
			t.Errorf("step %d is %s, want %s", i+1, got, want)
		}
	}
	cohorts := table(t, "cohorts", team()...)
	for i, want := range []string{
		"2026-W10,true,3,2,0,3,2,0.6666666666666666666666666667,86400",
		"2026-W11,false,2,1,1,1,1,,",
	} {
		if got := strings.Join(cohorts[i], ","); got != want {
			t.Errorf("cohort %d is %s, want %s", i, got, want)
		}
	}
	people := map[string]string{}
	for _, row := range table(t, "customers", team()...) {
		people[row[0]] = strings.Join(row[1:], ",")
	}
	for customer, want := range map[string]string{
		"u1": "2026-03-02T10:00:05Z,true,true,86400",
		"u2": "2026-03-04T12:00:00Z,true,true,86400",
		"u3": "2026-03-09T10:00:00Z,true,true,82800",
		"u4": "2026-03-06T09:00:00Z,true,false,",
		"u5": "2026-03-10T08:00:00Z,false,false,",
	} {
		if people[customer] != want {
			t.Errorf("%s is %s, want %s", customer, people[customer], want)
		}
	}
	if len(people) != 5 {
		t.Errorf("%d people have started, want 5", len(people))
	}
	_, out, _ := funnelOf("", team()...)
	for _, want := range []string{
		"25 lines, 15 events by 7 people, complete up to 2026-03-10T10:00:01Z",
		"3 other ids joined to users; 1 repeated message of steps counted once.",
		"Later, and not counted: 1 event.",
		"1 report_created: 3 of these 4, 75.0%",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in %s", want, out)
		}
	}
}

func TestBadLinesAreNamedWithTheReason(t *testing.T) {
	want := [][2]string{
		{"malformed", "testdata/team.jsonl:18: malformed: unexpected end of JSON input"},
		{"wrong_type", "testdata/team.jsonl:19: userId: wrong type: found number"},
		{"missing_name", "testdata/team.jsonl:20: event: missing name"},
		{"missing_time", `testdata/team.jsonl:21: event "report_created": timestamp: missing time`},
		{"missing_subject", `testdata/team.jsonl:23: event "report_created": missing subject: neither userId nor anonymousId`},
		{"bad_time", `testdata/team.jsonl:24: event "Report Created": time: bad time: "06.03.2026", want RFC 3339`},
		{"wrong_event", `testdata/team.jsonl:25: type: wrong event: "remove", want track, page, screen, identify, group or alias`},
		{"duplicate_attribute", `testdata/team.jsonl:26: event "Report Created": pages: duplicate attribute`},
	}
	got := map[string]string{}
	for _, row := range table(t, "refused", team()...) {
		got[row[0]] = row[1] + " " + row[2]
	}
	for _, w := range want {
		count := "1 "
		if w[0] == "missing_time" {
			count = "2 "
		}
		if got[w[0]] != count+w[1] {
			t.Errorf("%s: %q, want %q", w[0], got[w[0]], count+w[1])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d reasons, want %d", len(got), len(want))
	}
	_, _, errs := funnelOf("", team("-output", "json")...)
	if !strings.HasPrefix(errs, "funnel: 9 of 25 lines in testdata/team.jsonl left out:\n       2  first testdata/team.jsonl:21: ") {
		t.Errorf("said is %q", errs)
	}
}

// A calculator refuses a time that it cannot keep.
func TestWhatACalculatorRefusesIsReported(t *testing.T) {
	old := strings.ReplaceAll(signUp, "2026", "1066")
	_, out, _ := funnelOf(signUp+old, "-file", "-", "-steps", "signed_up", "-activated", "signed_up")
	for _, want := range []string{`1  in the funnel: event "signed_up": `, `1  in activation: event "signed_up": `} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in %s", want, out)
		}
	}
	if status, _, _ := funnelOf(signUp+old, "-file", "-", "-steps", "signed_up", "-strict"); status != statusData {
		t.Errorf("status %d under -strict", status)
	}
}

func TestJSON(t *testing.T) {
	_, out, _ := funnelOf("", team("-output", "json")...)
	var r struct {
		Funnel struct {
			Steps []struct{ Reached int64 } `json:"steps"`
		} `json:"funnel"`
		Activation struct {
			RateOfMature string `json:"rate_of_mature"`
			Customers    []struct{ Customer string }
		} `json:"activation"`
		Refused []struct{ Reason string }
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Funnel.Steps) != 3 || r.Funnel.Steps[0].Reached != 4 || r.Activation.RateOfMature != "0.75" || len(r.Activation.Customers) != 5 || len(r.Refused) != 8 {
		t.Errorf("read is %+v", r)
	}
}

// The page is to be whole: no script, nothing from elsewhere, and text from the file stays
// text.
func TestHTML(t *testing.T) {
	evil := strings.Replace(signUp, `"pro"`, `"<script>alert(1)</script>"`, 1)
	_, out, _ := funnelOf(evil, "-file", "-", "-steps", "signed_up", "-activated", "signed_up", "-by", "plan", "-output", "html")
	for _, never := range []string{"<script", "http:", "https:", "src=", "ZgotmplZ", "NaN", "<no value>"} {
		if strings.Contains(out, never) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", `role="img" aria-label="1. signed_up: 1. "`, "prefers-color-scheme: dark", "</html>"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestThePageShowsTheLargestGroups(t *testing.T) {
	var log strings.Builder
	for i := range maxGroups + 3 {
		for range i + 1 {
			log.WriteString(strings.Replace(strings.Replace(signUp, "u1", string(rune('a'+i)), 1), `"pro"`, `"plan `+string(rune('a'+i))+`"`, 1))
		}
	}
	_, out, _ := funnelOf(log.String(), "-file", "-", "-steps", "signed_up", "-attempts", "every_entry", "-by", "plan", "-output", "html")
	if !strings.Contains(out, "And 3 smaller ones") || strings.Contains(out, "plan c<") || !strings.Contains(out, "plan d<") {
		t.Error("want all groups but those of plans a, b and c")
	}
}

const signUp = `{"type":"track","event":"Signed Up","userId":"u1","timestamp":"2026-03-02T10:00:00Z","properties":{"plan":"pro"}}` + "\n"

func TestErrorsOfData(t *testing.T) {
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"no file", "", []string{"-file", "testdata/nowhere.jsonl"}, "testdata/nowhere.jsonl: no such file"},
		{"empty", "", []string{"-file", "-"}, "standard input: no event could be read"},
		{"blank lines", "\n \n", []string{"-file", "-"}, "standard input: no event could be read"},
		{"only bad lines", "{\n", []string{"-file", "-"}, "standard input:1: malformed"},
		{"array", "[" + signUp + "]", []string{"-file", "-"}, "standard input:1: a JSON array; write each message on a line of its own"},
		{"one long line", signUp + strings.Repeat(" ", maxLine+1), []string{"-file", "-"}, "standard input:2: more than 1048576 bytes in a line"},
		{"no steps", signUp, []string{"-file", "-"}, "-steps is needed; the events in standard input are signed_up"},
		{"misspelt step", signUp, []string{"-file", "-", "-steps", "sign_up"}, `-steps: no event in standard input is named "sign_up"; did you mean signed_up?`},
		{"misspelt short step", strings.Replace(signUp, "Signed Up", "Buy", 1), []string{"-file", "-", "-steps", "by"}, "did you mean buy?"},
		{"other step", signUp, []string{"-file", "-", "-steps", "Order Completed"}, `-steps: no event in standard input is named "order_completed"; there are signed_up`},
		{"unknown attribute", signUp, []string{"-file", "-", "-steps", "signed_up where plam = pro"}, `-steps: no event in standard input has an attribute "plam"; did you mean plan?`},
		{"unknown breakdown", signUp, []string{"-file", "-", "-steps", "signed_up", "-by", "country"}, `-by: no event in standard input has an attribute "country"; there are plan`},
		{"breakdown of other events", signUp + strings.NewReplacer("track", "page", "plan", "path").Replace(signUp), []string{"-file", "-", "-steps", "signed_up", "-by", "path"}, `-by: no event that is a step has an attribute "path"`},
		{"unknown goal", signUp, []string{"-file", "-", "-steps", "signed_up", "-activated", "3 signed_in"}, `-activated: no event in standard input is named "signed_in"; did you mean signed_up?`},
		{"unknown start", signUp, []string{"-file", "-", "-steps", "signed_up", "-activated", "signed_up", "-start", "x"}, `-start: no event in standard input is named "x"`},
		{"too early", signUp, []string{"-file", "-", "-steps", "signed_up", "-as-of", "2026-03-02"}, "-as-of: all events in standard input are later than 2026-03-02T00:00:00Z"},
		{"too many cohorts", signUp + strings.Replace(signUp, "2026", "2046", 1), []string{"-file", "-", "-steps", "signed_up", "-activated", "signed_up"}, `more than 1000 cohorts from 2026-03-02, when "u1" started`},
	} {
		status, out, errs := funnelOf(c.stdin, c.args...)
		if status != statusData || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %q; want %q", c.name, status, errs, c.want)
		}
	}
}

func TestFlagErrorsNameWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-nonsense"}, "-nonsense"},
		{[]string{"log.jsonl"}, `unexpected argument "log.jsonl"`},
		{[]string{"-file", ""}, "-file is empty"},
		{[]string{"-steps", "a,,b"}, `-steps "a,,b": a step without a name`},
		{[]string{"-steps", "a where b"}, `condition "b": want an attribute, one of`},
		{[]string{"-steps", "a where = 1"}, `condition "= 1": want an attribute, one of`},
		{[]string{"-activated", "0 a"}, `"0 a": want once or more`},
		{[]string{"-window", "7"}, `-window "7": want a duration such as 7d`},
		{[]string{"-within", "-1d"}, `-within "-1d": want more than nothing`},
		{[]string{"-window", "9999999w"}, "less than 292 years"},
		{[]string{"-order", "random"}, `-order "random": there are ordered, strict`},
		{[]string{"-attempts", "all"}, `-attempts "all": there are furthest, first_entry, every_entry`},
		{[]string{"-cohort", "year"}, `-cohort "year": there are day, week, month`},
		{[]string{"-zone", "Mars/Olympus"}, "no such time zone"},
		{[]string{"-zone", "Local"}, "want a name such as Europe/Berlin"},
		{[]string{"-as-of", "yesterday"}, `-as-of "yesterday": want 2026-03-29`},
		{[]string{"-output", "xml"}, `-output "xml": there are text, csv, json, html`},
		{[]string{"-table", "steps", "-output", "csv"}, `-table "steps": there are funnel, cohorts, customers, refused`},
		{[]string{"-table", "cohorts"}, `is for -output csv`},
		{[]string{"-file", "-", "-output", "csv", "-table", "cohorts"}, "needs -activated"},
	} {
		status, out, errs := funnelOf("", c.args...)
		if status != statusUsage || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "-help") {
			t.Errorf("%q: status %d, %q; want %q", c.args, status, errs, c.want)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	status, out, errs := funnelOf("", "-help")
	if status != statusOK || errs != "" {
		t.Errorf("status %d, %q", status, errs)
	}
	for name := range strings.FieldsSeq("file steps window order attempts by activated start within cohort zone as-of output table strict print-sample") {
		if !strings.Contains(out, "\t-"+name+" ") {
			t.Errorf("the help lacks -%s", name)
		}
	}
	if !strings.Contains(out, "invented") {
		t.Error("the help does not say that the sample is made up")
	}
}

// An event at the very instant is later: a date given for -as-of is the end of the day
// before it.
func TestAsOf(t *testing.T) {
	log := signUp + strings.Replace(signUp, "03-02T10:00:00Z", "03-04T00:00:00+01:00", 1)
	for asOf, want := range map[string]string{"2026-03-04": "1", "2026-03-04T00:00:00.001+01:00": "2"} {
		_, out, errs := funnelOf(log, "-file", "-", "-steps", "signed_up", "-attempts", "every_entry", "-output", "csv", "-zone", "Europe/Berlin", "-as-of", asOf)
		if !strings.Contains(out, "\nall,,1,signed_up,"+want+",") {
			t.Errorf("as of %s, want %s in %s%s", asOf, want, out, errs)
		}
		_, out, _ = funnelOf(log, "-file", "-", "-steps", "signed_up", "-zone", "Europe/Berlin", "-as-of", asOf)
		if strings.Contains(out, "Later, and not counted: 1 event.") != (want == "1") {
			t.Errorf("as of %s: %s", asOf, out)
		}
	}
}

// Whole seconds are common. What comes first in the file was first.
func TestEventsOfOneInstantAreInTheOrderOfTheFile(t *testing.T) {
	line := func(id, name string) string {
		return strings.Replace(strings.Replace(signUp, "Signed Up", name, 1), "{", `{"messageId":"`+id+`",`, 1)
	}
	for text, want := range map[string]string{line("z", "a") + line("b", "b"): "1", line("b", "b") + line("z", "a"): "0"} {
		_, out, _ := funnelOf(text, "-file", "-", "-steps", "a,b", "-output", "csv")
		if !strings.Contains(out, "\nall,,2,b,"+want+",") {
			t.Errorf("want %s at step 2 in %s", want, out)
		}
	}
}

// Two equal lines without an id are two events; with an id they are one.
func TestEqualLines(t *testing.T) {
	withID := strings.Replace(signUp, "{", `{"messageId":"m",`, 1)
	for text, want := range map[string]string{signUp + signUp: "2", withID + withID: "1"} {
		_, out, _ := funnelOf(text, "-file", "-", "-steps", "signed_up", "-attempts", "every_entry", "-output", "csv")
		if !strings.Contains(out, "\nall,,1,signed_up,"+want+",") {
			t.Errorf("want %s attempts in %s", want, out)
		}
	}
}

func TestStrict(t *testing.T) {
	for stdin, want := range map[string]int{signUp: statusOK, signUp + "{\n": statusData} {
		if status, out, _ := funnelOf(stdin, "-file", "-", "-steps", "signed_up", "-strict"); status != want || out == "" {
			t.Errorf("%q: status %d, want %d", stdin, status, want)
		}
	}
}

// A writer that is full, such as a closed pipe.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAWriteErrorIsReported(t *testing.T) {
	for _, form := range append(outputs(), "print-sample") {
		args := []string{"-output", form}
		if form == "print-sample" {
			args = []string{"-print-sample"}
		}
		var errs strings.Builder
		if status := run(args, nil, fullWriter{}, &errs); status != statusData || !strings.Contains(errs.String(), os.ErrClosed.Error()) {
			t.Errorf("%s: status %d: %s", form, status, errs.String())
		}
	}
}

func TestThePrintedSampleIsTheSample(t *testing.T) {
	_, lines, _ := funnelOf("", "-print-sample")
	_, want, _ := funnelOf("", "-output", "csv")
	_, got, errs := funnelOf(lines, "-file", "-", "-steps", sampleSteps, "-by", sampleBy, "-output", "csv")
	if got != want {
		t.Errorf("differs: %s", errs)
	}
}
