package stage

import (
	"iter"
	"slices"
)

// ModelSpec is the content of a [Model], to be filled in for a model of one's own
// and checked by [NewModel]. It has a JSON form.
type ModelSpec struct {
	// ID matches ^[a-z](_?[a-z0-9])+$ and differs from those of the published models.
	ID string `json:"id"`
	// Name is what people call the model.
	Name string `json:"name"`
	// Year of publication, 0 where it is not stated.
	Year int `json:"year,omitzero"`
	// Unit is what moves through the stages, such as "contact" or "opportunity"; a
	// company and its contacts need not be in the same stage.
	Unit string `json:"unit,omitzero"`
	// Source names the author and the work.
	Source string `json:"source,omitzero"`
	// Evidence says how well the source is known.
	Evidence Evidence `json:"evidence,omitzero"`
	// Note says what to keep in mind when reading the model.
	Note string `json:"note,omitzero"`
	// Order says what the sequence of the stages means.
	Order Order `json:"order"`
	// Layers names the layers from the coarsest to the finest. A model whose stages
	// have no parents needs no names.
	Layers []string `json:"layers,omitempty"`
	// Stages in the order of the model; in a layered model each stage is followed by
	// its parts.
	Stages []StageSpec `json:"stages"`
	// Transitions that the model states. Those of a path that only repeat the order
	// of its stages may be left out.
	Transitions []Transition `json:"transitions,omitempty"`
	// Policies are the documented rules of whoever keeps the stages.
	Policies Policies `json:"policies,omitzero"`
	// RecencyFlaw says at which days the ranges of recency overlap or leave a hole.
	// Without it they have to meet.
	RecencyFlaw string `json:"recency_flaw,omitzero"`
}

// StageSpec is the content of a [ModelStage].
type StageSpec struct {
	// ID matches ^[a-z](_?[a-z0-9])+$ and is unique within the model.
	ID string `json:"id"`
	// Name as the model writes it.
	Name string `json:"name"`
	// Aliases are the names it has in other editions.
	Aliases []Alias `json:"aliases,omitempty"`
	// Parent is the id of the stage this one is a part of, empty in the coarsest layer.
	Parent string `json:"parent,omitzero"`
	// Kind says what being in the stage means.
	Kind StageKind `json:"kind,omitzero"`
	// MapsTo are the stages of the six it corresponds to, the main one first.
	MapsTo []Stage `json:"maps_to,omitempty"`
	// Unmapped is the reason why it corresponds to none.
	Unmapped string `json:"unmapped,omitzero"`
	// Rule is the documented condition for being in the stage.
	Rule string `json:"rule,omitzero"`
	// Recency is the rule as a range of days since the last activity, where it is one.
	Recency *Recency `json:"recency,omitempty"`
	// Note says what to keep in mind when reading the stage.
	Note string `json:"note,omitzero"`
}

// Alias is the name of a stage in another edition of its model.
type Alias struct {
	Name    string `json:"name"`
	Edition string `json:"edition,omitzero"`
}

// Transition is a move from one stage of a model to another, by id.
type Transition struct {
	From string         `json:"from"`
	To   string         `json:"to"`
	Kind TransitionKind `json:"kind"`
}

// Recency is a range of whole days since the last activity, both ends included. A
// range that has no end is Through [NoLimit].
type Recency struct {
	From    int `json:"from"`
	Through int `json:"through"`
}

// NoLimit is the end of a [Recency] that has none.
const NoLimit = -1

// Contains reports whether the range includes the number of days.
func (r Recency) Contains(days int) bool {
	return days >= r.From && (r.Through == NoLimit || days <= r.Through)
}

// Policies are the documented rules of whoever keeps the stages.
type Policies struct {
	// Regression as the keeper's own updates treat it.
	Regression Regression `json:"regression,omitzero"`
	// ManualRegression as it is for a person or a program that sets the stage.
	ManualRegression Regression `json:"manual_regression,omitzero"`
	// Skipping of stages.
	Skipping Skipping `json:"skipping,omitzero"`
}

// clone shares nothing with spec.
func (spec *ModelSpec) clone() *ModelSpec {
	c := *spec
	c.Layers = slices.Clone(spec.Layers)
	c.Transitions = slices.Clone(spec.Transitions)
	c.Stages = slices.Clone(spec.Stages)
	for i := range c.Stages {
		s := &c.Stages[i]
		s.Aliases = slices.Clone(s.Aliases)
		s.MapsTo = slices.Clone(s.MapsTo)
		if s.Recency != nil {
			r := *s.Recency
			s.Recency = &r
		}
	}
	return &c
}

// index of the stage of that id, or -1.
func (spec *ModelSpec) index(id string) int {
	return slices.IndexFunc(spec.Stages, func(s StageSpec) bool { return s.ID == id })
}

// up yields the indexes of stage i and of what it is a part of. It is for checked
// specs, whose parents exist and do not go round in a circle.
func (spec *ModelSpec) up(i int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i >= 0 && yield(i) {
			if spec.Stages[i].Parent == "" {
				return
			}
			i = spec.index(spec.Stages[i].Parent)
		}
	}
}

// ends reports whether nobody goes on from s but by a win-back.
func (s *StageSpec) ends() bool {
	return s.Kind == Absorbing || s.loses()
}

// loses reports whether entering s is an exit.
func (s *StageSpec) loses() bool {
	return s.Kind == Loss || s.Kind == Step && len(s.MapsTo) > 0 && s.MapsTo[0] == Exit
}
