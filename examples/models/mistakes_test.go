package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write puts text into a new file and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMistakes(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "m.svg")
	model := func(text string) []string { return []string{"-model", write(t, "m.json", text)} }
	log := func(text string) []string { return []string{"-mountain", svg, "-file", write(t, "log.jsonl", text)} }
	tests := []struct {
		name   string
		args   []string
		status int
		says   []string
	}{
		{"argument", []string{"aarrr"}, exitUsage, []string{`"aarrr" is not a flag`, "usage:"}},
		{"flag", []string{"-zebra"}, exitUsage, []string{"-zebra", "usage:"}},
		{"format", []string{"-format", "csv"}, exitUsage, []string{"text, markdown, json"}},
		{"empty model", []string{"-model", " "}, exitUsage, []string{"empty"}},
		{"empty mountain", []string{"-mountain", ""}, exitUsage, []string{"empty"}},
		{"two pictures", []string{"-model", "aarrr", "-mountain", "-"}, exitUsage, []string{"exclude each other"}},
		{"file alone", []string{"-file", "x.jsonl"}, exitUsage, []string{"-file is for -mountain"}},
		{"format of a picture", []string{"-mountain", "-", "-format", "json"}, exitUsage, []string{"the picture alone"}},
		{"unknown model", []string{"-model", "nope"}, exitFailed, []string{`"nope"`, "aarrr, ", ".json"}},
		{"long name", []string{"-model", strings.Repeat("x", 1000)}, exitFailed, []string{strings.Repeat("x", 48) + `"`}},
		{"no such model", []string{"-model", "testdata/none.json"}, exitFailed, []string{"none.json"}},
		{"directory", []string{"-model", "./testdata"}, exitFailed, []string{"testdata"}},
		{"all findings", []string{"-model", "testdata/wrong.json"}, exitFailed, []string{
			"4 findings", "the model: the id is that of a published model", `stage "first": the id is used twice`,
			`stage "third": maps to none`, `stage "gone": is a loss`,
		}},
		{"one finding", model(`{"id":"ours","name":"Ours","order":"path","stages":[{"id":"aa","name":"A"}]}`), exitFailed,
			[]string{"1 finding:", `stage "aa": maps to none`}},
		{"empty file", model(""), exitFailed, []string{"the file is empty"}},
		{"syntax", model("{\n\"id\":\n}"), exitFailed, []string{"line ", "invalid character"}},
		{"member", model(`{"id":"ours","colour":"red"}`), exitFailed, []string{`unknown field "colour"`}},
		{"order", model(`{"order":"alphabetical"}`), exitFailed, []string{"alphabetical"}},
		{"two models", model(`{"id":"ours"} {"id":"ours"}`), exitFailed, []string{"something follows"}},
		{"huge model", model(strings.Repeat(" ", maxModelBytes+1)), exitFailed, []string{"more than"}},
		{"no log", []string{"-mountain", svg, "-file", "testdata/none.jsonl"}, exitFailed, []string{"none.jsonl"}},
		{"empty log", log("\n\n"), exitFailed, []string{"no event of a customer"}},
		{"bad log", log("{}\nnonsense\n"), exitFailed, []string{"1 line of 2", "log.jsonl:1:", "log.jsonl:2:", "no event of a customer"}},
		{"test traffic", log(`{"event":"page_viewed","time":"2026-01-01T00:00:00Z","user_id":"u","test":true}`), exitFailed, []string{"no event of a customer"}},
		{"picture in no folder", []string{"-mountain", filepath.Join(t.TempDir(), "none", "m.svg")}, exitFailed, []string{"m.svg"}},
	}
	for _, test := range tests {
		out, messages, status := call(t, test.args...)
		if status != test.status || out != "" {
			t.Errorf("%s: status %d, want %d; prints %q", test.name, status, test.status, out)
		}
		for _, want := range test.says {
			if !strings.Contains(messages, want) {
				t.Errorf("%s: %q does not say %q", test.name, messages, want)
			}
		}
		if test.status == exitFailed && !strings.HasPrefix(messages, "models: ") {
			t.Errorf("%s: %q", test.name, messages)
		}
	}
	if _, err := os.Stat(svg); err == nil {
		t.Error("a picture was written although the log was refused")
	}
}

func TestHelp(t *testing.T) {
	out, messages, status := call(t, "-help")
	if status != exitOK || out != "" || !strings.Contains(messages, "-mountain") {
		t.Errorf("status %d, %q, %q", status, out, messages)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{nil, {"-format", "json"}, {"-model", "aarrr"}, {"-model", "aarrr", "-format", "markdown"}, {"-mountain", "-"}} {
		var messages strings.Builder
		if status := run(args, brokenPipe{}, &messages); status != exitFailed || !strings.Contains(messages.String(), "broken pipe") {
			t.Errorf("%v: status %d, %q", args, status, messages.String())
		}
	}
}
