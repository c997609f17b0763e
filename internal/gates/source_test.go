package gates

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// forbidden are selectors that no source of the library may name. The methods read
// shopspring's global variables or round more than once; the functions read the clock,
// files or the environment.
var forbidden = map[string]string{
	"Div": "use exact.Fraction or exact.Ratio", "DivRound": "use exact.Ratio, which rounds in any mode",
	"Avg": "use exact.Fraction", "Sqrt": "state its precision",
	"InexactFloat64": "no value goes through float", "NewFromFloat": "no value comes from float",
	"MustCompile": "regexps cost init work", "OnceValue": "package state",

	"time.Now": "the caller gives the instant", "time.Since": "the caller gives the instant",
	"time.LoadLocation": "the caller gives the location", "os.Open": "the caller reads files",
	"os.Getenv": "the caller reads the environment", "fmt.Println": "the library prints nothing",
	"fmt.Printf": "the library prints nothing", "decimal.Sum": "use exact.Sum",
	"decimal.NewFromString":     "use exact.ParseDecimal, which no global governs",
	"decimal.DivisionPrecision": "globals of others are not touched",
}

func TestSourceIsPure(t *testing.T) {
	for _, file := range sources(t) {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if why := forbiddenSelector(n); why != "" {
					t.Errorf("%s: %s: %s", set.Position(n.Pos()), n.Sel.Name, why)
				}
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: init", set.Position(n.Pos()))
				}
			case *ast.GoStmt:
				if !strings.Contains(file, "/internal/shard/") {
					t.Errorf("%s: a goroutine outside internal/shard", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func forbiddenSelector(n *ast.SelectorExpr) string {
	if x, ok := n.X.(*ast.Ident); ok {
		if why := forbidden[x.Name+"."+n.Sel.Name]; why != "" {
			return why
		}
		if x.Name == "def" || x.Name == "math" {
			return "" // def.Div is an instruction, math.Sqrt a function of floats
		}
	}
	return forbidden[n.Sel.Name]
}

// sources returns the non-test files of the library.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	decoder := json.NewDecoder(strings.NewReader(goTool(t, append([]string{"list", "-json=Dir,GoFiles"}, library...)...)))
	for decoder.More() {
		var pkg struct {
			Dir     string
			GoFiles []string
		}
		if err := decoder.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.GoFiles {
			files = append(files, filepath.Join(pkg.Dir, name))
		}
	}
	if len(files) < 30 {
		t.Fatalf("only %d files found", len(files))
	}
	return files
}
