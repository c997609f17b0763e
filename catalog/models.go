package catalog

import (
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// ByModel shows the catalogue by the stages of another model, in the order of the model.
//
// A metric that names one of the model's stages among its forms, such as "aarrr:
// Activation", stands at that stage. Any other stands at each stage of the model that maps
// to its own first stage, and so may stand at several, or at none where the model leaves
// that stage of a customer's life out. Stages of the model without metrics are yielded with
// an empty list, among them those that map to nothing.
func ByModel(m stage.Model) iter.Seq2[stage.ModelStage, []metric.Definition] {
	return func(yield func(stage.ModelStage, []metric.Definition) bool) {
		named := map[metric.Definition][]stage.ModelStage{}
		for d := range All() {
			named[d] = formStages(m, d)
		}
		for s := range m.Stages() {
			var list []metric.Definition
			for d := range All() {
				if at := named[d]; slices.Contains(at, s) || len(at) == 0 && s.Maps(d.Stage()) {
					list = append(list, d)
				}
			}
			if !yield(s, list) {
				return
			}
		}
	}
}

// formStages returns the stages of m that d names among its forms.
func formStages(m stage.Model, d metric.Definition) []stage.ModelStage {
	var stages []stage.ModelStage
	for f := range d.Forms() {
		if f.System == m.ID() {
			stages = slices.AppendSeq(stages, m.Named(f.Name))
		}
	}
	return stages
}
