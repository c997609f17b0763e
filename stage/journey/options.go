package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// Options say through which stages customers move, and by which rules. The zero value of
// every field but Rules is the default.
type Options struct {
	// Model has the stages. The zero Model stands for the six stages of package stage.
	Model stage.Model

	// Rules say which events mean which stage; at least one. Of several rules that mean one
	// event the first counts.
	//
	// An event that customers repeat in later stages, such as looking at a page, takes them
	// back to its stage each time, unless Regression ignores that.
	Rules []Rule

	// Limits end stages by time.
	Limits []Limit

	// Regression says what becomes of a move to an earlier stage of a path.
	// RegressionUnstated is RegressionAllowed.
	Regression stage.Regression

	// Skipping says what becomes of the stages that a move forward passes over.
	// SkippingUnstated is SkippingLeavesGap.
	Skipping stage.Skipping

	// Duplicate says what entering the current stage again means.
	Duplicate Duplicate

	// WinBack says what a move out of a stage that ends the model means.
	WinBack WinBack

	// TiesByStage orders the events of one instant by the order of the model's stages, and
	// only then by sequence number, time of record and id.
	TiesByStage bool

	Subject event.SubjectKind // whom events are about: user or account
	Test    bool              // count events marked as test, too
	Keys    *event.Keys       // codes of customers; nil for keys of its own
	Workers int               // goroutines that a result may use; 0 and 1 mean none more

	// Unique promises that no event comes twice, to this tracker or to one that it is merged
	// with. Nothing is kept then of its source, id and content: it takes as little as a row
	// of columns. Events of one instant are in the order of sequence number and time of
	// record, and those that agree in both in the order of the model's stages.
	Unique bool
}

// Rule says which events mean a stage.
type Rule struct {
	Stage string // id in the model; "" clears the stage: the customer is in none then
	When  event.Rule

	// Leave makes the event the end of the stage instead of its beginning: of a flag, or of
	// a stage that nothing follows at once.
	Leave bool
}

// Limit moves a customer on who has been in a stage for some time.
type Limit struct {
	Stage string
	After time.Duration // positive
	To    string        // "" for no stage

	// Idle counts the time from the last event that means the stage, and not from its
	// entry. Such events extend a visit, see [Duplicate].
	Idle bool
}

// Duplicate says what entering the current stage again means.
type Duplicate uint8

// The readings. The zero Duplicate is Extend.
const (
	Extend   Duplicate = iota // the visit goes on
	NewVisit                  // it ends, and another one begins
)

// WinBack says what a move out of a stage that ends the model means.
type WinBack uint8

// The readings. The zero WinBack is NewSpell.
const (
	NewSpell WinBack = iota // a spell of its own begins; stages count as passed anew
	Reopen                  // the old spell goes on
	Final                   // it is ignored: the end is the end
)

// house has the six stages, of which the last is a loss that one can be won back from.
func house() (stage.Model, error) {
	spec := stage.ModelSpec{ID: "six_stages", Name: "The six stages", Unit: "customer"}
	for s := range stage.All() {
		one := stage.StageSpec{ID: s.String(), Name: s.String(), MapsTo: []stage.Stage{s}}
		if s == stage.Exit {
			one.Kind = stage.Loss
		}
		spec.Stages = append(spec.Stages, one)
	}
	return stage.NewModel(spec)
}

// maxStages is how many stages fit a row.
const maxStages = 255

// plan is what the options come to.
type plan struct {
	Options
	stages []stage.ModelStage // by position, from 1; the zero one is no stage
	kinds  []stage.StageKind
	ends   []bool // whether a customer goes on only by a win-back
	loses  []bool
	limits []limit // by position
	rules  []rule
	layer  int // of the steps that rules name; 0 if they name none
	text   string
}

type rule struct {
	when event.Rule
	move move
}

type limit struct {
	after int64 // nanoseconds; 0 for none
	to    uint8
	idle  bool
}

// move is what one event says: the position of a stage, 0 for none.
type move struct {
	stage uint8
	leave bool
}

func newPlan(o Options) (*plan, error) {
	if o.Model.Len() == 0 {
		m, err := house()
		if err != nil {
			return nil, err
		}
		o.Model = m
	}
	if o.Model.Len() > maxStages {
		return nil, intake.Errorf("Model", "%d stages, at most %d", o.Model.Len(), maxStages)
	}
	if o.Model.Order() == stage.PriorityOrder {
		return nil, intake.Errorf("Model", "nobody moves through %s, whose order is one of priority", o.Model)
	}
	p := &plan{Options: o}
	p.stages = slices.AppendSeq([]stage.ModelStage{{}}, o.Model.Stages())
	for _, s := range p.stages {
		loses := s.Kind() == stage.Loss || s.Kind() == stage.Step && s.Main() == stage.Exit
		p.kinds = append(p.kinds, s.Kind())
		p.loses = append(p.loses, loses)
		p.ends = append(p.ends, loses || s.Kind() == stage.Absorbing)
	}
	p.limits = make([]limit, len(p.stages))
	if err := p.addRules(); err != nil {
		return nil, err
	}
	if err := p.addLimits(); err != nil {
		return nil, err
	}
	p.text = p.canonical()
	return p, p.checkPolicies()
}

// position returns that of a stage by its id.
func (p *plan) position(input, id string) (uint8, error) {
	if id == "" {
		return 0, nil
	}
	s, ok := p.Model.Stage(id)
	if !ok {
		return 0, intake.Errorf(input, "%s has no stage %q", p.Model, id)
	}
	return uint8(s.Position()), nil
}

func (p *plan) addRules() error {
	if len(p.Rules) == 0 {
		return intake.Errorf("Rules", "no event means a stage")
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		input := fmt.Sprintf("Rules[%d]", i)
		position, err := p.position(input, r.Stage)
		if err != nil {
			return err
		}
		if err := r.When.Check(); err != nil {
			return intake.Errorf(input, "%w", err)
		}
		if r.Stage == "" && r.Leave {
			return intake.Errorf(input, "no stage cannot be left")
		}
		if p.layer == 0 && position > 0 && p.kinds[position] != stage.Flag {
			p.layer = p.stages[position].Layer()
		}
		if !p.inLayer(position) {
			return intake.Errorf(input, "%s", p.otherLayer(position))
		}
		p.rules = append(p.rules, rule{r.When, move{position, r.Leave}})
	}
	return nil
}

// inLayer reports whether a customer may be in a stage by its layer: in two layers they
// would be in two stages at once.
func (p *plan) inLayer(position uint8) bool {
	return position == 0 || p.layer == 0 || p.kinds[position] == stage.Flag || p.stages[position].Layer() == p.layer
}

func (p *plan) otherLayer(position uint8) string {
	s := p.stages[position]
	return fmt.Sprintf("%s is of layer %d and the stages of the rules of layer %d; a customer would be in both", s, s.Layer(), p.layer)
}

func (p *plan) addLimits() error {
	for i, l := range p.Limits {
		input := fmt.Sprintf("Limits[%d]", i)
		from, err := p.position(input, l.Stage)
		if err != nil {
			return err
		}
		to, err := p.position(input, l.To)
		switch {
		case err != nil:
			return err
		case from == 0:
			return intake.Errorf(input, "no stage has no limit")
		case l.After <= 0:
			return intake.Errorf(input, "the time %s is not positive", l.After)
		case from == to:
			return intake.Errorf(input, "%s leads to itself", p.stages[from])
		case p.kinds[from] == stage.Flag && to != 0:
			return intake.Errorf(input, "a flag can only end")
		case to != 0 && p.kinds[to] == stage.Flag:
			return intake.Errorf(input, "a limit does not raise a flag")
		case p.limits[from].after != 0:
			return intake.Errorf(input, "%s has a limit already", p.stages[from])
		case !p.inLayer(from):
			return intake.Errorf(input, "%s", p.otherLayer(from))
		case !p.inLayer(to):
			return intake.Errorf(input, "%s", p.otherLayer(to))
		}
		p.limits[from] = limit{int64(l.After), to, l.Idle}
		if p.circles(from) {
			return intake.Errorf(input, "from %s limits lead back to it, and customers would go round without an event", p.stages[from])
		}
	}
	return nil
}

// circles reports whether limits lead from a stage back to it.
func (p *plan) circles(from uint8) bool {
	for s := p.limits[from].to; s != 0; s = p.limits[s].to {
		if s == from {
			return true
		}
	}
	return false
}

func (p *plan) checkPolicies() error {
	switch {
	case p.Regression > stage.RegressionAfterClearing:
		return intake.Errorf("Regression", "%d is none", p.Regression)
	case p.Skipping > stage.SkippingRejected:
		return intake.Errorf("Skipping", "%d is none", p.Skipping)
	case p.Duplicate > NewVisit:
		return intake.Errorf("Duplicate", "%d is none", p.Duplicate)
	case p.WinBack > Final:
		return intake.Errorf("WinBack", "%d is none", p.WinBack)
	}
	return nil
}

// canonical returns all that two trackers have to have in common to be merged, and all
// that a reader needs to compare two results.
func (p *plan) canonical() string {
	parts := []string{"model " + p.Model.ID()}
	for s := range p.Model.Stages() {
		parts[0] += fmt.Sprintf(" %s:%s:%s", s.ID(), s.Kind(), s.Main())
	}
	for _, r := range p.Rules {
		parts = append(parts, fmt.Sprintf("%s %s: %s", map[bool]string{false: "enter", true: "leave"}[r.Leave], cmp.Or(r.Stage, "none"), r.When))
	}
	for _, l := range p.Limits {
		parts = append(parts, fmt.Sprintf("limit %s %s to %s idle %t", l.Stage, l.After, cmp.Or(l.To, "none"), l.Idle))
	}
	slices.Sort(parts[1+len(p.Rules):])
	return strings.Join(append(parts, p.policies()...), "; ")
}

// policies names those that differ from the default.
func (p *plan) policies() []string {
	var list []string
	if p.Regression > stage.RegressionAllowed {
		list = append(list, "regression "+p.Regression.String())
	}
	if p.Skipping > stage.SkippingLeavesGap {
		list = append(list, "skipping "+p.Skipping.String())
	}
	if p.Duplicate == NewVisit {
		list = append(list, "duplicates are new visits")
	}
	switch p.WinBack {
	case Reopen:
		list = append(list, "win-backs reopen")
	case Final:
		list = append(list, "ends are final")
	}
	if p.TiesByStage {
		list = append(list, "ties by stage")
	}
	if p.Subject != event.User {
		list = append(list, "subject "+p.Subject.String())
	}
	if p.Test {
		list = append(list, "test events")
	}
	if p.Unique {
		list = append(list, "unique events")
	}
	return list
}
