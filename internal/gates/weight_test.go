package gates

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// build compiles a program against the library and returns the path of the binary.
func build(t *testing.T, source string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	// The program has to lie inside the module to be built with it.
	dir, err := os.MkdirTemp(".", "testprogram")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "program")
	goTool(t, "build", "-o", binary, "./internal/gates/"+filepath.Base(dir))
	return binary
}

const usesAll = `package main

import (
	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/metric"
)

func main() {
	var facts metric.Facts
	for r := range catalog.Evaluate(&facts) {
		println(r.Definition.ID())
	}
	_, _ = capture.New(capture.Options{})
}
`

// Importing the library runs no code of ours.
func TestNoInitWork(t *testing.T) {
	binary := build(t, usesAll)
	for line := range strings.Lines(goTool(t, "tool", "nm", binary)) {
		fields := strings.Fields(line)
		symbol := fields[len(fields)-1]
		if strings.HasPrefix(symbol, module) && regexp.MustCompile(`\.init(\.\d+|ializers)?$`).MatchString(symbol) {
			t.Errorf("%s runs when the program starts", symbol)
		}
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "init runtime") {
		t.Fatalf("no trace of init in\n%s", out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "init "+module) {
			t.Errorf("work at init: %s", strings.TrimSpace(line))
		}
	}
}

const usesOne = `package main

import (
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/metric"
)

func main() {
	v, err := email.OpenRate().Of(email.UniqueOpens().Is(1), email.Delivered().Is(2))
	println(v.String(), err == nil, metric.KindRatio)
}
`

// A program that uses one metric holds its definition and those of its transitive inputs.
func TestOneMetricCarriesOnlyItsInputs(t *testing.T) {
	binary := build(t, usesOne)
	var carried []string
	for line := range strings.Lines(goTool(t, "tool", "nm", binary)) {
		fields := strings.Fields(line)
		if name, ok := strings.CutPrefix(fields[len(fields)-1], module+"/catalog/internal/std."); ok && !strings.Contains(name, "..") {
			carried = append(carried, name)
		}
	}
	slices.Sort(carried)
	want := []string{"EmailBounces", "EmailDelivered", "EmailOpenRate", "EmailSent", "EmailUniqueOpens"}
	if !slices.Equal(carried, want) {
		t.Errorf("the program carries %v, want %v", carried, want)
	}
}

// The parser of formulas stays out of programs that only use the catalogue.
func TestCatalogueDoesNotLinkTheParser(t *testing.T) {
	for _, dep := range strings.Fields(goTool(t, "list", "-deps", module+"/catalog", module+"/catalog/capture", module+"/catalog/email")) {
		if strings.HasPrefix(dep, "go/") {
			t.Errorf("the catalogue needs %s", dep)
		}
	}
}
