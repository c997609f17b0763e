package sqlcheck

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// moduleRoot is the directory of the library, in which the program is run.
const moduleRoot = "../.."

// report is what we need of the program's JSON.
type report struct {
	Source struct {
		Lines    int `json:"lines"`
		BadLines int `json:"bad_lines"`
		Events   int `json:"events"`
	} `json:"source"`
	Periods  []printedPeriod `json:"periods"`
	Segments struct {
		Column string   `json:"column"`
		Values []string `json:"values"`
	} `json:"segments"`
	Results []printedResult `json:"results"`
}

type printedPeriod struct {
	Period     string    `json:"period"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	Incomplete bool      `json:"incomplete"`
}

type printedResult struct {
	Metric    string          `json:"metric"`
	Period    string          `json:"period"`
	Segment   *string         `json:"segment"` // nil is all of them together
	Value     json.RawMessage `json:"value"`
	Undefined string          `json:"undefined"`
}

// runProgram runs examples/lifecycle as a user does.
func runProgram(t *testing.T, flags ...string) report {
	t.Helper()
	command := exec.Command("go", append([]string{"run", "./examples/lifecycle"}, flags...)...)
	command.Dir = moduleRoot
	command.Env = append(os.Environ(), "GOWORK=off")
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, &problems)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%s: %v", strings.Join(command.Args, " "), err)
	}
	return r
}

// answer returns what the program printed.
func (r printedResult) answer(t *testing.T) answer {
	t.Helper()
	switch {
	case (r.Value == nil) == (r.Undefined == ""):
		t.Fatalf("%s: value %s and undefined %q, want one of them", r.Metric, r.Value, r.Undefined)
	case r.Undefined != "":
		return answer{undefined: r.Undefined}
	case r.Value[0] == '[':
		a := answer{list: true}
		if err := json.Unmarshal(r.Value, &a.values); err != nil {
			t.Fatalf("%s: %s: %v", r.Metric, r.Value, err)
		}
		return a
	}
	var text string
	if err := json.Unmarshal(r.Value, &text); err != nil {
		t.Fatalf("%s: %s: %v", r.Metric, r.Value, err)
	}
	return defined(text)
}
