package capture

import (
	"encoding"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// State is a calculator that keeps something of each customer, bound to the metrics of the
// catalogue that follow from it: a subscription ledger, days of activity. See
// [Options.States]. The zero State is none.
type State struct{ source source }

// Supplies returns the metrics that the state computes, by id.
func (s State) Supplies() []metric.Definition {
	if s.source == nil {
		return nil
	}
	list := s.source.supplies()
	slices.SortFunc(list, func(a, b metric.Definition) int { return strings.Compare(a.ID(), b.ID()) })
	return list
}

// String names the calculator and the options that differ from its default.
func (s State) String() string {
	if s.source == nil {
		return "no state"
	}
	return s.source.describe()
}

// source is a calculator with its options.
type source interface {
	// describe returns the name of the calculator and its options in canonical form: equal
	// for those that can be merged.
	describe() string

	// supplies returns the metrics that the calculator computes.
	supplies() []metric.Definition

	// open returns an empty calculator for a collector with the given options.
	open(o *Options) (bound, error)
}

// bound is a calculator at work in a collector.
type bound interface {
	// add takes in an event of a segment, "" where there are none.
	add(e *event.Event, segment string)

	// merge takes in what another of the same source took in, and leaves it alone.
	merge(o bound) error

	// facts returns what is known of a cell. They are asked for period by period.
	facts(c Cell) []metric.Fact

	// report says what became of the events.
	report() event.Report

	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// openStates returns the calculators of the states, empty.
func openStates(o *Options) ([]bound, error) {
	var list []bound
	for i, s := range o.States {
		if s.source == nil {
			return nil, inputErrorf("States[%d] is no state", i)
		}
		b, err := s.source.open(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
		list = append(list, b)
	}
	return list, nil
}

// suppliedBy returns by id which state supplies which metric. Two that supply one metric
// contradict each other.
func suppliedBy(states []State) (map[string]int, error) {
	by := make(map[string]int)
	for i, s := range states {
		for _, d := range s.Supplies() {
			if j, taken := by[d.ID()]; taken {
				return nil, inputErrorf("%s would be computed twice, by %s and by %s", d, states[j], s)
			}
			by[d.ID()] = i
		}
	}
	return by, nil
}
