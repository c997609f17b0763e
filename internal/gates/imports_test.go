package gates

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/openlifecycle/lifecycle"

// library are the packages that importers get. Examples and what is only used by tests are
// not among them.
var library = []string{
	module,
	module + "/catalog/...",
	module + "/metric/...",
	module + "/stage/...",
	module + "/segment/...",
	module + "/internal/calendar",
	module + "/internal/def",
	module + "/internal/exact",
	module + "/internal/history",
	module + "/internal/intake",
	module + "/internal/intern",
	module + "/internal/lint",
	module + "/internal/shard",
	module + "/internal/text",
	module + "/internal/wire",
}

// goTool runs the go command at the root of the module and returns what it prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

// allowed are the packages that the library may need, at any depth. Whoever adds one
// answers for it: none of them may make the library dial, listen, log or keep time.
var allowed = map[string]bool{
	"bufio": true, "bytes": true, "cmp": true, "context": true, "database/sql/driver": true, "encoding": true,
	"encoding/base64": true, "encoding/binary": true, "encoding/csv": true, "encoding/json": true, "errors": true, "fmt": true,
	"hash": true, "hash/fnv": true, "hash/maphash": true, "io": true, "io/fs": true, "iter": true, "maps": true, "math": true,
	"math/big": true, "math/bits": true, "math/rand": true, "math/rand/v2": true, "os": true, "path": true,
	"reflect": true, "regexp": true, "regexp/syntax": true, "runtime": true, "runtime/debug": true,
	"slices": true, "sort": true, "strconv": true, "strings": true, "structs": true, "sync": true,
	"sync/atomic": true, "syscall": true, "text/tabwriter": true, "time": true, "unicode": true, "unicode/utf16": true,
	"unicode/utf8": true, "unique": true, "unsafe": true, "weak": true,

	"crypto": true, "crypto/subtle": true, // through hash/maphash and math/rand

	"github.com/shopspring/decimal": true,
}

// readsFormulas are the packages that read formulas from text. Nothing else links a parser.
var readsFormulas = map[string]bool{module + "/metric/formula": true, module + "/catalog/exchange": true}

// parserOnly are the packages that those need besides, to read Go's syntax.
var parserOnly = map[string]bool{
	"go/ast": true, "go/build/constraint": true, "go/internal/scannerhooks": true, "go/parser": true,
	"go/scanner": true, "go/token": true, "path/filepath": true,
}

// models are the packages of statistical models, the only ones that use gonum: its special
// functions and distributions. Its optimisers read the clock.
var models = map[string]bool{module + "/metric/clv": true, module + "/metric/survival": true}

const gonum = "gonum.org/v1/gonum/"

func TestImportsArePure(t *testing.T) {
	for _, pkg := range strings.Fields(goTool(t, append([]string{"list"}, library...)...)) {
		for _, dep := range strings.Fields(goTool(t, "list", "-deps", pkg)) {
			switch {
			case strings.HasPrefix(dep, module), allowed[dep]:
			case strings.HasPrefix(dep, "internal/"), strings.HasPrefix(dep, "runtime/internal/"),
				strings.HasPrefix(dep, "vendor/"), strings.HasPrefix(dep, "crypto/internal/"):
			case readsFormulas[pkg] && parserOnly[dep]:
			case models[pkg] && strings.HasPrefix(dep, gonum) && dep != gonum+"optimize", models[pkg] && dep == "math/cmplx":
			default:
				t.Errorf("%s needs %s, which is not on the list of what the library may need", pkg, dep)
			}
		}
	}
}

// Imports point one way: stage, metric, calculators and segment, catalog.
func TestImportsPointOneWay(t *testing.T) {
	layers := []struct{ prefix, mayNot string }{
		{"/stage", "/metric"}, {"/stage", "/catalog"}, {"/stage", "/segment"},
		{"/metric", "/catalog"}, {"/metric", "/segment"}, {"/segment", "/catalog"},
		{"/internal/exact", "/metric"}, {"/internal/def", "/metric"}, {"/internal/lint", "/catalog"},
	}
	for _, pkg := range strings.Fields(goTool(t, append([]string{"list"}, library...)...)) {
		for _, dep := range strings.Fields(goTool(t, "list", "-deps", pkg)) {
			for _, l := range layers {
				if pkg == module+"/stage/journey" && l.mayNot == "/metric" {
					continue // a calculator, at home with the stages it moves customers through
				}
				if strings.HasPrefix(pkg, module+l.prefix) && strings.HasPrefix(dep, module+l.mayNot) {
					t.Errorf("%s needs %s", pkg, dep)
				}
			}
		}
	}
}
