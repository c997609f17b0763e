package capture

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// The instants that nanoseconds of 64 bits can tell apart, rounded to whole years.
var (
	minTime = time.Date(1678, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	maxTime = time.Date(2262, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
)

// nanoseconds returns t as nanoseconds since 1970, and false if t is before 1678 or after
// 2261.
func nanoseconds(t time.Time) (int64, bool) {
	seconds := t.Unix()
	if seconds < firstSecond || seconds >= endSecond {
		return 0, false
	}
	return seconds*int64(time.Second) + int64(t.Nanosecond()), true
}

// timeline cuts time at the bounds of all periods. The pieces, the atoms, are numbered
// from 0; an atom lies in a period wholly or not at all, and the atoms of a period follow
// each other. What lies in no period has no atom.
type timeline struct {
	periods []metric.Period // by start, the longer one first
	spans   []span          // of the periods
	atoms   int

	bounds []int64 // ascending; piece i lies between bounds i and i+1
	atomOf []int32 // of each piece, -1 for one in no period

	// grid[(t-bounds[0])>>shift] is a piece at or before the one with t, so that a search
	// takes one step from there in most cases.
	grid  []int32
	shift uint
}

// span is a half-open range of atoms.
type span struct{ from, to int }
