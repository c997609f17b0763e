package stage

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ModelError is one thing that is wrong with a [ModelSpec].
type ModelError struct {
	Model  string // id of the model as given
	Stage  string // id of the stage as given, empty where the model as a whole is meant
	Reason string
}

// Error names the model, the stage and the reason.
func (e *ModelError) Error() string {
	if e.Stage == "" {
		return fmt.Sprintf("model %.40q: %s", e.Model, e.Reason)
	}
	return fmt.Sprintf("model %.40q: stage %.40q: %s", e.Model, e.Stage, e.Reason)
}

// Bounds of what NewModel takes and says.
const (
	maxStages      = 500
	maxTransitions = 5000
	maxAliases     = 100
	maxText        = 2000
	maxID          = 64
	maxFindings    = 100
)

// NewModel checks a model of one's own and returns it. The model keeps a copy.
//
// It is refused unless
//
//   - ids follow the pattern, are unique, and that of the model is not a published one;
//   - each stage maps to at least one of the six, or gives the reason why it maps to
//     none, which only an [Outside] stage and a [Loss] may; a Loss maps to nothing
//     but exit;
//   - parents exist, are not parts of themselves, map to all that their parts map to,
//     and are followed by their parts; each layer is named;
//   - transitions join two stages of one layer, are listed once, and their kind is
//     true: forward to the next stage, an exit to a stage that is one, and so on; a
//     [PriorityOrder] has none;
//   - what is absorbing or an exit is left by win-back only, and no step of a path is
//     listed after an absorbing stage unless a win-back leads to it;
//   - ranges of recency meet and leave no hole, or the flaw is named;
//   - texts are printable UTF-8 and sizes are reasonable: up to 500 stages, 5,000
//     transitions, 2,000 bytes in a text.
//
// The error joins one [ModelError] per finding, see [errors.Join], up to a hundred.
func NewModel(spec ModelSpec) (Model, error) {
	c := checker{spec: &spec}
	if _, taken := LookupModel(spec.ID); taken {
		c.report("", "the id is that of a published model")
	}
	c.check()
	if len(c.findings) > 0 {
		return Model{}, errors.Join(c.findings...)
	}
	return Model{spec.clone()}, nil
}

// checker collects what is wrong with a spec.
type checker struct {
	spec     *ModelSpec
	findings []error
	layer    []int // of each stage, once the parents are known to be sound
}

// report adds a finding. One beyond the limit is left out, and so said.
func (c *checker) report(stage, format string, args ...any) {
	switch {
	case len(c.findings) < maxFindings:
		c.findings = append(c.findings, &ModelError{c.spec.ID, stage, fmt.Sprintf(format, args...)})
	case len(c.findings) == maxFindings:
		c.findings = append(c.findings, &ModelError{c.spec.ID, "", "there are more findings"})
	}
}

func (c *checker) check() {
	spec := c.spec
	if len(spec.Stages) > maxStages || len(spec.Transitions) > maxTransitions {
		c.report("", "has %d stages and %d transitions, more than %d and %d",
			len(spec.Stages), len(spec.Transitions), maxStages, maxTransitions)
		return
	}
	c.checkHead()
	before := len(c.findings)
	c.checkIDs()
	for i := range spec.Stages {
		c.checkStage(&spec.Stages[i])
	}
	if c.checkParents(); len(c.findings) > before {
		return // what follows would only repeat it
	}
	c.checkLayers()
	c.checkTransitions()
	c.checkOrder()
	c.checkRecency()
}

// validID reports whether id matches ^[a-z](_?[a-z0-9])+$ and is not too long.
func validID(id string) bool {
	if len(id) < 2 || len(id) > maxID || id[0] < 'a' || id[0] > 'z' || id[len(id)-1] == '_' {
		return false
	}
	for i, b := range []byte(id) {
		ok := 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '_' && id[i-1] != '_'
		if !ok {
			return false
		}
	}
	return true
}

// text reports what is wrong with a text, which may be empty unless it is required.
func (c *checker) text(stage, what, text string, required bool) {
	switch {
	case required && strings.TrimSpace(text) == "":
		c.report(stage, "%s is missing", what)
	case len(text) > maxText:
		c.report(stage, "%s has %d bytes, more than %d", what, len(text), maxText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		c.report(stage, "%s %.40q is not printable text", what, text)
	}
}

func (c *checker) checkHead() {
	spec := c.spec
	if !validID(spec.ID) {
		c.report("", "the id does not match ^[a-z](_?[a-z0-9])+$ with up to %d bytes", maxID)
	}
	c.text("", "the name", spec.Name, true)
	c.text("", "the unit", spec.Unit, false)
	c.text("", "the source", spec.Source, false)
	c.text("", "the note", spec.Note, false)
	c.text("", "the recency flaw", spec.RecencyFlaw, false)
	if spec.Year < 0 || spec.Year > 9999 {
		c.report("", "the year %d is not one of 1 to 9999, nor 0", spec.Year)
	}
	for _, known := range []struct {
		what  string
		value uint8
		names int
	}{
		{"order", uint8(spec.Order), len(orderNames)},
		{"evidence", uint8(spec.Evidence), len(evidenceNames)},
		{"regression", uint8(spec.Policies.Regression), len(regressionNames)},
		{"manual regression", uint8(spec.Policies.ManualRegression), len(regressionNames)},
		{"skipping", uint8(spec.Policies.Skipping), len(skippingNames)},
	} {
		if int(known.value) >= known.names {
			c.report("", "unknown %s %d", known.what, known.value)
		}
	}
	if len(spec.Stages) == 0 {
		c.report("", "has no stages")
	}
}

// checkIDs compares the stages with each other.
func (c *checker) checkIDs() {
	type sibling struct{ parent, name string }
	ids := make(map[string]bool, len(c.spec.Stages))
	names := make(map[sibling]string, len(c.spec.Stages))
	for i := range c.spec.Stages {
		s := &c.spec.Stages[i]
		if ids[s.ID] {
			c.report(s.ID, "the id is used twice")
		}
		ids[s.ID] = true
		key := sibling{s.Parent, fold(s.Name)}
		if other, used := names[key]; used && other != s.ID {
			c.report(s.ID, "the name %.40q is also that of stage %.40q", s.Name, other)
		}
		names[key] = s.ID
	}
}

// checkStage reads one stage by itself.
func (c *checker) checkStage(s *StageSpec) {
	if !validID(s.ID) {
		c.report(cmp.Or(s.ID, "?"), "the id does not match ^[a-z](_?[a-z0-9])+$ with up to %d bytes", maxID)
	}
	c.text(s.ID, "the name", s.Name, true)
	c.text(s.ID, "the rule", s.Rule, false)
	c.text(s.ID, "the note", s.Note, false)
	c.text(s.ID, "the reason for being unmapped", s.Unmapped, false)
	if len(s.Aliases) > maxAliases {
		c.report(s.ID, "has %d aliases, more than %d", len(s.Aliases), maxAliases)
	} else {
		for i, a := range s.Aliases {
			c.text(s.ID, "an alias", a.Name, true)
			c.text(s.ID, "the edition of an alias", a.Edition, false)
			if slices.Contains(s.Aliases[:i], a) {
				c.report(s.ID, "the alias %.40q is given twice", a.Name)
			}
		}
	}
	if r := s.Recency; r != nil && (r.From < 0 || r.Through != NoLimit && r.Through < r.From) {
		c.report(s.ID, "recency from %d through %d days is no range", r.From, r.Through)
	}
	c.checkMapping(s)
}

func (c *checker) checkMapping(s *StageSpec) {
	for i, to := range s.MapsTo {
		switch {
		case !to.Valid():
			c.report(s.ID, "maps to %v, which is none of the six", to)
			return
		case slices.Contains(s.MapsTo[:i], to):
			c.report(s.ID, "maps to %v twice", to)
			return
		}
	}
	mapped, reason := len(s.MapsTo) > 0, strings.TrimSpace(s.Unmapped) != ""
	switch {
	case int(s.Kind) >= len(stageKindNames):
		c.report(s.ID, "unknown stage kind %d", uint8(s.Kind))
	case !mapped && !reason:
		c.report(s.ID, "maps to none of the six and gives no reason")
	case mapped && reason:
		c.report(s.ID, "maps to %v and gives a reason why it does not", s.MapsTo[0])
	case mapped && s.Kind == Outside:
		c.report(s.ID, "is outside and maps to %v", s.MapsTo[0])
	case !mapped && s.Kind != Outside && s.Kind != Loss:
		c.report(s.ID, "is a %v and maps to none of the six", s.Kind)
	case mapped && s.Kind == Loss && SetOf(s.MapsTo...) != SetOf(Exit):
		c.report(s.ID, "is a loss and maps to %v, not to exit alone", SetOf(s.MapsTo...))
	}
}

// checkParents makes sure that parents exist and do not go round in a circle.
func (c *checker) checkParents() {
	stages := c.spec.Stages
	parents := make([]int, len(stages))
	index := make(map[string]int, len(stages))
	for i := range stages {
		index[stages[i].ID] = i
	}
	for i := range stages {
		s := &stages[i]
		parent, exists := index[s.Parent]
		switch {
		case s.Parent == "":
			parent = -1
		case !exists:
			c.report(s.ID, "the parent %.40q does not exist", s.Parent)
			parent = -1
		}
		parents[i] = parent
	}
	for i := range stages {
		at := parents[i]
		for steps := 0; at >= 0 && at != i && steps < len(stages); steps++ {
			at = parents[at]
		}
		if at == i {
			c.report(stages[i].ID, "is a part of itself by its parent %.40q", stages[i].Parent)
		}
	}
}

// checkLayers walks the stages as a tree listed parents first.
func (c *checker) checkLayers() {
	spec := c.spec
	c.layer = make([]int, len(spec.Stages))
	var open []int // from the coarsest to the stage before
	deepest := 0
	for i := range spec.Stages {
		s := &spec.Stages[i]
		for len(open) > 0 && spec.Stages[open[len(open)-1]].ID != s.Parent {
			open = open[:len(open)-1]
		}
		if s.Parent != "" && len(open) == 0 {
			c.report(s.ID, "does not follow its parent %.40q or another part of it", s.Parent)
		}
		if len(open) > 0 {
			c.checkPart(&spec.Stages[open[len(open)-1]], s)
		}
		open = append(open, i)
		c.layer[i] = len(open)
		deepest = max(deepest, len(open))
	}
	if deepest > 1 && len(spec.Layers) != deepest || deepest == 1 && len(spec.Layers) > 1 {
		c.report("", "has %d layers and %d names of layers", deepest, len(spec.Layers))
	}
	for i, name := range spec.Layers {
		c.text("", "the name of a layer", name, true)
		if slices.Contains(spec.Layers[:i], name) {
			c.report("", "two layers are named %.40q", name)
		}
	}
}

func (c *checker) checkPart(parent, part *StageSpec) {
	if beyond := SetOf(part.MapsTo...) &^ SetOf(parent.MapsTo...); beyond != 0 {
		c.report(part.ID, "maps to %v, which its parent %.40q does not", beyond, parent.ID)
	}
}

func (c *checker) checkTransitions() {
	spec := c.spec
	if spec.Order == PriorityOrder && len(spec.Transitions) > 0 {
		c.report("", "the order is a priority and there are %d transitions", len(spec.Transitions))
		return
	}
	index := make(map[string]int, len(spec.Stages))
	for i := range spec.Stages {
		index[spec.Stages[i].ID] = i
	}
	type pair struct{ from, to int }
	seen := make(map[pair]bool, len(spec.Transitions))
	for _, t := range spec.Transitions {
		from, fromExists := index[t.From]
		to, toExists := index[t.To]
		switch {
		case !fromExists:
			c.report(t.From, "a transition leads from it to %.40q, and it does not exist", t.To)
		case !toExists:
			c.report(t.From, "a transition leads to %.40q, which does not exist", t.To)
		case seen[pair{from, to}]:
			c.report(t.From, "two transitions lead to %.40q", t.To)
		case int(t.Kind) >= len(transitionKindNames):
			c.report(t.From, "unknown transition kind %d", uint8(t.Kind))
		case c.layer[from] != c.layer[to]:
			c.report(t.From, "a transition leads from layer %d to %.40q in layer %d", c.layer[from], t.To, c.layer[to])
		default:
			if reason := c.untrue(t.Kind, from, to); reason != "" {
				c.report(t.From, "the %v transition to %.40q %s", t.Kind, t.To, reason)
			}
		}
		seen[pair{from, to}] = fromExists && toExists
	}
}

// untrue returns why a transition between two stages is not of the kind, or "".
func (c *checker) untrue(kind TransitionKind, from, to int) string {
	a, b := &c.spec.Stages[from], &c.spec.Stages[to]
	switch {
	case a.Kind == Outside || b.Kind == Outside:
		return "touches a stage outside"
	case kind == WinBack && !a.ends():
		return "does not start at an absorbing stage or at an exit"
	case kind != WinBack && a.ends():
		return "leaves an absorbing stage or an exit, which only a win-back does"
	case kind == WinBack && (b.ends() || b.Kind == Flag):
		return "does not lead back into life"
	case (kind == ExitMove) != b.loses() && kind != WinBack:
		if kind == ExitMove {
			return "does not lead to an exit"
		}
		return "leads to an exit"
	case (kind == Interrupt) != (a.Kind == Flag || b.Kind == Flag) && kind != ExitMove:
		if kind == Interrupt {
			return "touches no flag"
		}
		return "touches a flag, which is an interrupt"
	}
	return c.misplaced(kind, from, to)
}

// misplaced returns why the order of two stages denies the kind, or "".
func (c *checker) misplaced(kind TransitionKind, from, to int) string {
	states := c.spec.Order == StateOrder
	policies := c.spec.Policies
	switch kind {
	case Forward:
		if to <= from {
			return "does not lead to a later stage"
		}
		if !states && c.passesOver(from, to) {
			return "passes over a stage, which is a skip"
		}
	case Skip:
		if states {
			return "has no meaning among states"
		}
		if to <= from || !c.passesOver(from, to) {
			return "passes over no stage"
		}
		if policies.Skipping == SkippingRejected {
			return "is there although skipping is rejected"
		}
	case Regress:
		if states {
			return "has no meaning among states"
		}
		if to >= from {
			return "does not lead to an earlier stage"
		}
		if policies.Regression == RegressionIgnored && policies.ManualRegression == RegressionIgnored {
			return "is there although regression is ignored"
		}
	case Loop:
		if to > from {
			return "leads to a later stage"
		}
	case Interrupt:
		if to == from {
			return "leads to the same stage"
		}
	}
	return ""
}

// passesOver reports whether a stage of the layer that is no flag and no loss lies
// between two stages.
func (c *checker) passesOver(from, to int) bool {
	for i := from + 1; i < to; i++ {
		if s := &c.spec.Stages[i]; c.layer[i] == c.layer[from] && (s.Kind == Step || s.Kind == Absorbing) {
			return true
		}
	}
	return false
}

// checkOrder makes sure that a path does not go on after its end.
func (c *checker) checkOrder() {
	if c.spec.Order != PathOrder {
		return
	}
	absorbed := make(map[int]string) // by layer
	for i := range c.spec.Stages {
		s := &c.spec.Stages[i]
		end, ended := absorbed[c.layer[i]]
		switch {
		case s.Kind == Absorbing:
			absorbed[c.layer[i]] = s.ID
		case s.Kind == Step && ended && !c.wonBack(s.ID):
			c.report(s.ID, "comes after the absorbing stage %.40q, and no win-back leads to it", end)
		}
	}
}

func (c *checker) wonBack(id string) bool {
	return slices.ContainsFunc(c.spec.Transitions, func(t Transition) bool { return t.Kind == WinBack && t.To == id })
}

// checkRecency makes sure that each number of days belongs to one stage, or that the
// flaw is named.
func (c *checker) checkRecency() {
	var ranges []*StageSpec
	for i := range c.spec.Stages {
		if s := &c.spec.Stages[i]; s.Recency != nil {
			ranges = append(ranges, s)
		}
	}
	if len(ranges) == 0 {
		if c.spec.RecencyFlaw != "" {
			c.report("", "names a flaw of recency and has no ranges")
		}
		return
	}
	slices.SortStableFunc(ranges, func(a, b *StageSpec) int { return cmp.Compare(a.Recency.From, b.Recency.From) })
	flaws := 0
	flaw := func(s *StageSpec, format string, args ...any) {
		if flaws++; c.spec.RecencyFlaw == "" {
			c.report(s.ID, format, args...)
		}
	}
	// last is the range that reaches furthest of those before.
	last := &StageSpec{Recency: &Recency{Through: -1}}
	endless := false
	for _, s := range ranges {
		switch r := s.Recency; {
		case endless || r.From <= last.Recency.Through:
			flaw(s, "recency %d days is also that of stage %.40q", r.From, last.ID)
		case r.From-1 > last.Recency.Through:
			flaw(s, "no stage has a recency of %d days", r.From-1)
		}
		if !endless && (s.Recency.Through == NoLimit || s.Recency.Through > last.Recency.Through) {
			last, endless = s, s.Recency.Through == NoLimit
		}
	}
	if !endless {
		flaw(last, "no stage has a recency beyond %d days", last.Recency.Through)
	}
	if flaws == 0 && c.spec.RecencyFlaw != "" {
		c.report("", "names a flaw of recency and the ranges have none")
	}
}
