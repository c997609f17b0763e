package formula

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
)

// Limits of a formula's text.
const (
	MaxLength = 1000 // bytes
	MaxDepth  = 40   // nested operations
)

// maxPower bounds the exponent of pow, so that exact powers stay small.
const maxPower = 400

// SyntaxError says where a text is refused and why.
type SyntaxError struct {
	Column int // byte position, from 1
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("column %d: %s", e.Column, e.Reason)
}

// Expr is a parsed formula or guard. It is immutable.
type Expr struct {
	root    *node
	symbols []string
	truth   bool
}

// node is one operation of an expression.
type node struct {
	op     def.OpCode
	column int
	kids   []*node
	symbol string    // of an input
	value  def.Const // of a constant
	unit   unit      // of a constant
}

// Parse reads a formula, a number over metrics.
func Parse(text string) (*Expr, error) { return parse(text, false) }

// ParseGuard reads a guard, a truth over metrics.
func ParseGuard(text string) (*Expr, error) { return parse(text, true) }

func parse(text string, truth bool) (*Expr, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	tree, err := parser.ParseExprFrom(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, firstSyntaxError(err)
	}
	p := &reader{}
	root, err := p.read(tree, 1)
	if err != nil {
		return nil, err
	}
	if isTruth(root.op) != truth {
		want := "a number"
		if truth {
			want = "a truth"
		}
		return nil, &SyntaxError{root.column, "must be " + want}
	}
	return &Expr{root: root, symbols: p.symbols, truth: truth}, nil
}

// checkText refuses what go/parser would accept or skip in silence.
func checkText(text string) error {
	if strings.TrimSpace(text) == "" {
		return &SyntaxError{1, "empty"}
	}
	if len(text) > MaxLength {
		return &SyntaxError{MaxLength + 1, fmt.Sprintf("longer than %d bytes", MaxLength)}
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return &SyntaxError{i + 1, fmt.Sprintf("character %q is not printable ASCII", text[i])}
		}
	}
	for _, comment := range []string{"//", "/*"} {
		if i := strings.Index(text, comment); i >= 0 {
			return &SyntaxError{i + 1, "comments are not part of a formula"}
		}
	}
	return nil
}

func firstSyntaxError(err error) error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return &SyntaxError{list[0].Pos.Column, list[0].Msg}
	}
	return &SyntaxError{1, err.Error()}
}

// reader turns Go syntax into nodes through a whitelist.
type reader struct {
	symbols []string // in order of first use
}

func (p *reader) read(tree ast.Expr, depth int) (*node, error) {
	column := int(tree.Pos())
	if depth > MaxDepth {
		return nil, &SyntaxError{column, fmt.Sprintf("nested deeper than %d", MaxDepth)}
	}
	switch t := tree.(type) {
	case *ast.ParenExpr:
		return p.read(t.X, depth+1)
	case *ast.BasicLit:
		return readConstant(t)
	case *ast.IndexExpr:
		return p.readUnitConstant(t)
	case *ast.Ident, *ast.SelectorExpr:
		return p.readSymbol(tree)
	case *ast.UnaryExpr:
		return p.readUnary(t, depth)
	case *ast.BinaryExpr:
		return p.readBinary(t, depth)
	case *ast.CallExpr:
		return p.readCall(t, depth)
	}
	return nil, &SyntaxError{column, describe(tree) + " is not part of a formula"}
}

func describe(tree ast.Expr) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", tree), "*ast.")
	switch name {
	case "FuncLit":
		return "a function literal"
	case "CompositeLit":
		return "a composite literal"
	case "SliceExpr":
		return "a slice expression"
	case "StarExpr":
		return "a pointer"
	case "TypeAssertExpr":
		return "a type assertion"
	}
	return "a Go " + name
}

func readConstant(t *ast.BasicLit) (*node, error) {
	column := int(t.Pos())
	value, reason := parseConstant(t.Value)
	if reason != "" {
		return nil, &SyntaxError{column, fmt.Sprintf("constant %.48s %s", t.Value, reason)}
	}
	return &node{op: def.Push, column: column, value: value}, nil
}

// parseConstant reads plain decimal digits. It returns a reason when it cannot.
func parseConstant(text string) (def.Const, string) {
	const form = "is not of the form 12 or 0.5"
	whole, fraction, hasPoint := strings.Cut(text, ".")
	if whole == "" || hasPoint && fraction == "" {
		return def.Const{}, form
	}
	digits := whole + fraction
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return def.Const{}, form
		}
	}
	if len(whole) > 1 && whole[0] == '0' {
		return def.Const{}, "has a leading zero"
	}
	if len(digits) > 18 {
		return def.Const{}, "has more than 18 digits"
	}
	var units int64
	for i := range len(digits) {
		units = units*10 + int64(digits[i]-'0')
	}
	return def.Const{Units: units, Scale: uint8(len(fraction))}, ""
}

// readUnitConstant reads 12 [month/year], which Go's parser takes for an index.
func (p *reader) readUnitConstant(t *ast.IndexExpr) (*node, error) {
	lit, ok := t.X.(*ast.BasicLit)
	if !ok {
		return nil, &SyntaxError{int(t.Pos()), "only a constant can carry a unit in brackets"}
	}
	n, err := readConstant(lit)
	if err != nil {
		return nil, err
	}
	n.unit, err = readUnitTree(t.Index, 1)
	if err == nil && n.unit.power("money") != 0 {
		err = &SyntaxError{int(t.Index.Pos()), "a constant cannot be money, since it has no currency"}
	}
	return n, err
}

func readUnitTree(tree ast.Expr, depth int) (unit, error) {
	column := int(tree.Pos())
	switch t := tree.(type) {
	case *ast.Ident:
		if isName(t.Name) {
			return unit{{t.Name, 1}}, nil
		}
	case *ast.BasicLit:
		if t.Value == "1" {
			return nil, nil
		}
	case *ast.BinaryExpr:
		if depth >= maxUnitTerms || t.Op != token.MUL && t.Op != token.QUO {
			break
		}
		left, err := readUnitTree(t.X, depth+1)
		if err != nil {
			return nil, err
		}
		right, err := readUnitTree(t.Y, depth+1)
		if err != nil {
			return nil, err
		}
		if t.Op == token.QUO {
			right = right.inverse()
		}
		return left.times(right), nil
	}
	return nil, &SyntaxError{column, "a unit is a product of names such as money/month"}
}

func (p *reader) readSymbol(tree ast.Expr) (*node, error) {
	column := int(tree.Pos())
	var symbol string
	switch t := tree.(type) {
	case *ast.Ident:
		symbol = t.Name
		if !isName(symbol) {
			return nil, &SyntaxError{column, fmt.Sprintf("%.48q is not a metric name", symbol)}
		}
	case *ast.SelectorExpr:
		domain, ok := t.X.(*ast.Ident)
		if !ok || !isName(domain.Name) || !isName(t.Sel.Name) {
			return nil, &SyntaxError{column, "a metric of another domain is written domain.name"}
		}
		symbol = domain.Name + "." + t.Sel.Name
	}
	seen := false
	for _, s := range p.symbols {
		seen = seen || s == symbol
	}
	if !seen {
		p.symbols = append(p.symbols, symbol)
	}
	return &node{op: def.Input, column: column, symbol: symbol}, nil
}

// isName reports whether s is one half of an id: words of lower-case letters and
// digits joined by single underscores, starting with a letter, at least two long.
func isName(s string) bool {
	if len(s) < 2 || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '_' {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '_' && s[i-1] != '_':
		default:
			return false
		}
	}
	return true
}

func (p *reader) readUnary(t *ast.UnaryExpr, depth int) (*node, error) {
	kid, err := p.read(t.X, depth+1)
	if err != nil {
		return nil, err
	}
	column := int(t.Pos())
	switch {
	case t.Op == token.SUB && !isTruth(kid.op):
		return &node{op: def.Neg, column: column, kids: []*node{kid}}, nil
	case t.Op == token.NOT && isTruth(kid.op):
		return &node{op: def.Not, column: column, kids: []*node{kid}}, nil
	case t.Op == token.SUB || t.Op == token.NOT:
		return nil, &SyntaxError{column, fmt.Sprintf("%s does not apply here", t.Op)}
	}
	return nil, &SyntaxError{column, fmt.Sprintf("operator %s is not part of a formula", t.Op)}
}

func binaryOp(t token.Token) def.OpCode {
	switch t {
	case token.ADD:
		return def.Add
	case token.SUB:
		return def.Sub
	case token.MUL:
		return def.Mul
	case token.QUO:
		return def.Div
	case token.EQL:
		return def.Eq
	case token.NEQ:
		return def.Ne
	case token.LSS:
		return def.Lt
	case token.LEQ:
		return def.Le
	case token.GTR:
		return def.Gt
	case token.GEQ:
		return def.Ge
	case token.LAND:
		return def.And
	case token.LOR:
		return def.Or
	}
	return 0
}

func isTruth(op def.OpCode) bool { return op >= def.Eq }

func (p *reader) readBinary(t *ast.BinaryExpr, depth int) (*node, error) {
	op := binaryOp(t.Op)
	if op == 0 {
		return nil, &SyntaxError{int(t.OpPos), fmt.Sprintf("operator %s is not part of a formula", t.Op)}
	}
	left, err := p.read(t.X, depth+1)
	if err != nil {
		return nil, err
	}
	right, err := p.read(t.Y, depth+1)
	if err != nil {
		return nil, err
	}
	joins := op == def.And || op == def.Or
	for _, kid := range []*node{left, right} {
		if isTruth(kid.op) != joins {
			return nil, &SyntaxError{kid.column, fmt.Sprintf("%s does not apply here", t.Op)}
		}
	}
	return &node{op: op, column: int(t.OpPos), kids: []*node{left, right}}, nil
}

func function(name string) (op def.OpCode, least, most int) {
	switch name {
	case "min":
		return def.Min, 2, 16
	case "max":
		return def.Max, 2, 16
	case "abs":
		return def.Abs, 1, 1
	case "mean":
		return def.Mean, 1, 1
	case "median":
		return def.Median, 1, 1
	case "percentile":
		return def.Percentile, 2, 2
	case "pow":
		return def.Pow, 2, 2
	}
	return 0, 0, 0
}

func (p *reader) readCall(t *ast.CallExpr, depth int) (*node, error) {
	column := int(t.Pos())
	name, ok := t.Fun.(*ast.Ident)
	if !ok {
		return nil, &SyntaxError{column, "only a function by name can be called"}
	}
	op, least, most := function(name.Name)
	if op == 0 {
		return nil, &SyntaxError{column, fmt.Sprintf("there is no function %.48q", name.Name)}
	}
	if t.Ellipsis.IsValid() {
		return nil, &SyntaxError{int(t.Ellipsis), "... is not part of a formula"}
	}
	if n := len(t.Args); n < least || n > most {
		return nil, &SyntaxError{column, fmt.Sprintf("%s takes %s, not %d", name.Name, arguments(least, most), n)}
	}
	n := &node{op: op, column: column}
	for _, arg := range t.Args {
		kid, err := p.read(arg, depth+1)
		if err != nil {
			return nil, err
		}
		if isTruth(kid.op) {
			return nil, &SyntaxError{kid.column, name.Name + " takes numbers"}
		}
		n.kids = append(n.kids, kid)
	}
	return n, checkCall(name.Name, n)
}

func arguments(least, most int) string {
	if least == most {
		return fmt.Sprintf("%d arguments", least)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

// checkCall holds the constant arguments and the distributions to their rules.
func checkCall(name string, n *node) error {
	switch n.op {
	case def.Mean, def.Median, def.Percentile:
		if n.kids[0].op != def.Input {
			return &SyntaxError{n.kids[0].column, name + " takes a metric that is a distribution"}
		}
	}
	switch n.op {
	case def.Percentile:
		c := n.kids[1]
		if c.op != def.Push || len(c.unit) > 0 || compareConst(c.value, def.Const{Units: 100}) > 0 {
			return &SyntaxError{c.column, "percentile takes a constant from 0 to 100"}
		}
	case def.Pow:
		exponent, ok := integerConstant(n.kids[1])
		if !ok || exponent > maxPower || exponent < -maxPower {
			return &SyntaxError{n.kids[1].column, fmt.Sprintf("pow takes an integer constant from -%d to %[1]d", maxPower)}
		}
	}
	return nil
}

// integerConstant returns the value of a constant such as 12 or -1.
func integerConstant(n *node) (int64, bool) {
	switch {
	case n.op == def.Push && n.value.Scale == 0 && len(n.unit) == 0:
		return n.value.Units, true
	case n.op == def.Neg && n.kids[0].op == def.Push:
		v, ok := integerConstant(n.kids[0])
		return -v, ok
	}
	return 0, false
}

// compareConst compares two constants of at most 18 digits.
func compareConst(a, b def.Const) int {
	x, y := fractionOf(a), fractionOf(b)
	return x.Cmp(y)
}

// Symbols returns the names a formula uses, in order of first use.
func (e *Expr) Symbols() []string { return append([]string(nil), e.symbols...) }
