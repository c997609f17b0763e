package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/stage"
)

// warnings says what to keep in mind when reading a model, and what not to compute from it.
func warnings(m stage.Model) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if m.Note() != "" {
		say("%s", m.Note())
	}
	switch m.Order() {
	case stage.PriorityOrder:
		say("The order is one of priority: nobody moves along it, so compute no conversion from one stage to the next.")
	case stage.StateOrder:
		say("The stages are states at an instant and not steps: compute no conversion from one to the next.")
	}
	if flags := ofKind(m, stage.Flag); len(flags) > 0 {
		say("Flags come on top of another stage, so do not add their customers to those of the stages: %s.", joined(flags))
	}
	if m.Policies().Skipping == stage.SkippingLeavesGap {
		say("Who skips a stage is not counted in it, so do not divide the numbers who ever reached two stages.")
	}
	if m.Policies().Regression == stage.RegressionIgnored {
		say("Falling back leaves no trace, so do not compare times in stage with those from a log of events.")
	}
	if m.RecencyFlaw() != "" {
		say("The ranges of days do not divide the customers: %s.", strings.TrimSuffix(m.RecencyFlaw(), "."))
	}
	if newModelLine(m).Layers > 1 {
		say("A metric stands in every layer, so do not add up the layers.")
	}
	return list
}

func ofKind(m stage.Model, kind stage.StageKind) []stage.ModelStage {
	return slices.DeleteFunc(slices.Collect(m.Stages()), func(s stage.ModelStage) bool { return s.Kind() != kind })
}

// leftOut returns the ids of the metrics that stand at no stage of a model.
func leftOut(stages []stageLine) []string {
	placed := map[string]bool{}
	for _, s := range stages {
		for _, d := range s.Metrics {
			placed[d.ID] = true
		}
	}
	ids := []string{}
	for d := range catalog.All() {
		if !placed[d.ID()] {
			ids = append(ids, d.ID())
		}
	}
	return ids
}
