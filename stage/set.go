package stage

import (
	"iter"
	"math/bits"
	"strings"
)

// Set is a set of stages. The zero Set is empty; two sets of the same stages are
// equal.
type Set uint8

// known has a bit for each of the six stages.
const known Set = 1<<(Exit+1) - 1<<Attract

// SetOf returns the set of the given stages. What is none of the six is left out.
func SetOf(stages ...Stage) Set {
	var set Set
	for _, s := range stages {
		if s.Valid() {
			set |= 1 << s
		}
	}
	return set
}

// Has reports whether s is in the set.
func (set Set) Has(s Stage) bool { return s.Valid() && set&(1<<s) != 0 }

// Len returns the number of stages in the set.
func (set Set) Len() int { return bits.OnesCount8(uint8(set & known)) }

// All yields the stages of the set in their order.
func (set Set) All() iter.Seq[Stage] {
	return func(yield func(Stage) bool) {
		for s := range All() {
			if set.Has(s) && !yield(s) {
				return
			}
		}
	}
}

// Missing returns the stages that are not in the set.
func (set Set) Missing() Set { return known &^ set }

// String returns the names in the order of the stages, separated by a comma and a
// space, or "none".
func (set Set) String() string {
	var names []string
	for s := range set.All() {
		names = append(names, s.String())
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}
