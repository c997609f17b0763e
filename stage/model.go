package stage

import (
	"iter"
	"slices"
	"strings"
)

// Model is a list of stages mapped to the six of this package: a published one such
// as [AARRR] or [TMForum], or one's own made by [NewModel]. It cannot be altered.
//
// Models are comparable. Calls of the same accessor return equal models; those of
// two calls of NewModel differ. The zero Model has no id and no stages.
type Model struct{ spec *ModelSpec }

// emptySpec stands in for that of the zero Model. It is never written.
var emptySpec ModelSpec

func (m Model) content() *ModelSpec {
	if m.spec == nil {
		return &emptySpec
	}
	return m.spec
}

// ID returns the identity of the model, such as "tmforum".
func (m Model) ID() string { return m.content().ID }

// Name returns what people call the model.
func (m Model) Name() string { return m.content().Name }

// String returns the name of the model.
func (m Model) String() string { return m.Name() }

// Year returns the year of publication, 0 where it is not stated.
func (m Model) Year() int { return m.content().Year }

// Unit returns what moves through the stages, such as "contact" or "opportunity".
func (m Model) Unit() string { return m.content().Unit }

// Source names the author and the work.
func (m Model) Source() string { return m.content().Source }

// Evidence says how well the source is known here.
func (m Model) Evidence() Evidence { return m.content().Evidence }

// Note says what to keep in mind when reading the model. It may be empty.
func (m Model) Note() string { return m.content().Note }

// Order says what the sequence of the stages means.
func (m Model) Order() Order { return m.content().Order }

// Policies returns the documented rules of whoever keeps the stages.
func (m Model) Policies() Policies { return m.content().Policies }

// RecencyFlaw says where the published ranges of recency overlap or leave a hole. It
// is empty where they meet, and for models without such ranges.
func (m Model) RecencyFlaw() string { return m.content().RecencyFlaw }

// Layers yields the names of the layers from the coarsest to the finest, and nothing
// for a model that does not name them.
func (m Model) Layers() iter.Seq[string] { return slices.Values(m.content().Layers) }

// Len returns the number of stages in all layers.
func (m Model) Len() int { return len(m.content().Stages) }

// Spec returns a copy of the content, to make a model of one's own from. Its id is
// to be changed, since [NewModel] does not take that of a published model.
func (m Model) Spec() ModelSpec { return *m.content().clone() }

// Stages yields the stages in the order of the model. In a layered model each is
// followed by its parts.
func (m Model) Stages() iter.Seq[ModelStage] {
	return m.where(func(ModelStage) bool { return true })
}

// Layer yields the stages of the n-th layer. The coarsest is 1, which in a model
// without parts holds all stages.
func (m Model) Layer(n int) iter.Seq[ModelStage] {
	return m.where(func(s ModelStage) bool { return s.Layer() == n })
}

// StagesOf yields the stages that map to s, as their main stage or besides it. A
// layered model yields those of each layer.
func (m Model) StagesOf(s Stage) iter.Seq[ModelStage] {
	return m.where(func(ms ModelStage) bool { return ms.Maps(s) })
}

// Unmapped yields the stages that map to none of the six, see [ModelStage.Unmapped].
func (m Model) Unmapped() iter.Seq[ModelStage] {
	return m.where(func(s ModelStage) bool { return s.Main() == 0 })
}

// AtRecency yields the stages whose [Recency] includes the given whole days since
// the last activity. A sound model yields one; a published one may yield two, or
// none, see [Model.RecencyFlaw].
func (m Model) AtRecency(days int) iter.Seq[ModelStage] {
	return m.where(func(s ModelStage) bool {
		r, ok := s.Recency()
		return ok && r.Contains(days)
	})
}

func (m Model) where(keep func(ModelStage) bool) iter.Seq[ModelStage] {
	return func(yield func(ModelStage) bool) {
		for i := range m.content().Stages {
			if s := (ModelStage{m.spec, i}); keep(s) && !yield(s) {
				return
			}
		}
	}
}

// Coverage returns the stages of the six that at least one stage of the model maps
// to. What the model leaves out is its [Set.Missing].
func (m Model) Coverage() Set {
	var covered Set
	for s := range m.Stages() {
		covered |= s.mapped()
	}
	return covered
}

// Stage returns the stage of that id.
func (m Model) Stage(id string) (ModelStage, bool) {
	i := m.content().index(id)
	if i < 0 {
		return ModelStage{}, false
	}
	return ModelStage{m.spec, i}, true
}

// Named yields the stages that go by a name: an id, a name or an alias of any
// edition. Case, spaces, hyphens and underscores do not matter. A name of several
// stages yields all of them: "loyalty" of the older TM Forum edition is both renew
// and recommend.
func (m Model) Named(name string) iter.Seq[ModelStage] {
	folded := fold(name)
	return m.where(func(s ModelStage) bool {
		spec := s.content()
		return folded != "" && (fold(spec.ID) == folded || fold(spec.Name) == folded ||
			slices.ContainsFunc(spec.Aliases, func(a Alias) bool { return fold(a.Name) == folded }))
	})
}

// fold makes spellings of one name equal.
func fold(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), " ")
}

// Transitions yields the moves that the model states, in their order of listing.
// Others are not ruled out unless [Model.Policies] says so.
func (m Model) Transitions() iter.Seq[Transition] { return slices.Values(m.content().Transitions) }

// ModelStage is one stage of a [Model]. It is comparable. The zero ModelStage is of
// no model and has no content.
type ModelStage struct {
	spec  *ModelSpec
	index int
}

// emptyStage stands in for the content of the zero ModelStage. It is never written.
var emptyStage StageSpec

func (s ModelStage) content() *StageSpec {
	if s.spec == nil {
		return &emptyStage
	}
	return &s.spec.Stages[s.index]
}

// Model returns the model it is a stage of.
func (s ModelStage) Model() Model { return Model{s.spec} }

// ID returns its identity within the model, such as "be_aware".
func (s ModelStage) ID() string { return s.content().ID }

// Name returns its name as the model writes it.
func (s ModelStage) Name() string { return s.content().Name }

// String returns its name.
func (s ModelStage) String() string { return s.Name() }

// Position returns its place in [Model.Stages], counted from 1, and 0 for the zero
// ModelStage. What a place means is said by [Model.Order].
func (s ModelStage) Position() int {
	if s.spec == nil {
		return 0
	}
	return s.index + 1
}

// Aliases yields the names it has in other editions.
func (s ModelStage) Aliases() iter.Seq[Alias] { return slices.Values(s.content().Aliases) }

// Kind says what being in it means.
func (s ModelStage) Kind() StageKind { return s.content().Kind }

// MapsTo yields the stages of the six it corresponds to, the main one first.
func (s ModelStage) MapsTo() iter.Seq[Stage] { return slices.Values(s.content().MapsTo) }

// Main returns the first of [ModelStage.MapsTo], the zero Stage where there is none.
func (s ModelStage) Main() Stage {
	if to := s.content().MapsTo; len(to) > 0 {
		return to[0]
	}
	return 0
}

// Maps reports whether it maps to the given stage of the six.
func (s ModelStage) Maps(to Stage) bool { return slices.Contains(s.content().MapsTo, to) }

func (s ModelStage) mapped() Set { return SetOf(s.content().MapsTo...) }

// Unmapped returns the reason why it maps to none of the six, empty where it does.
func (s ModelStage) Unmapped() string { return s.content().Unmapped }

// Rule returns the documented condition for being in it, empty where there is none.
func (s ModelStage) Rule() string { return s.content().Rule }

// Recency returns its rule as days since the last activity, and whether it is one.
func (s ModelStage) Recency() (Recency, bool) {
	if r := s.content().Recency; r != nil {
		return *r, true
	}
	return Recency{}, false
}

// Note says what to keep in mind when reading it. It may be empty.
func (s ModelStage) Note() string { return s.content().Note }

// Parent returns the stage it is a part of, and whether there is one.
func (s ModelStage) Parent() (ModelStage, bool) {
	if s.content().Parent == "" {
		return ModelStage{}, false
	}
	return s.Model().Stage(s.content().Parent)
}

// Children yields the stages that are parts of it, one layer below.
func (s ModelStage) Children() iter.Seq[ModelStage] {
	return s.Model().where(func(child ModelStage) bool { return child.content().Parent == s.ID() })
}

// Layer returns the number of its layer, 1 for the coarsest and 0 for the zero
// ModelStage.
func (s ModelStage) Layer() int {
	if s.spec == nil {
		return 0
	}
	layer := 0
	for range s.spec.up(s.index) {
		layer++
	}
	return layer
}
