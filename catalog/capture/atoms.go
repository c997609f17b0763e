package capture

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// Nanoseconds of 64 bits reach from 1677 to 2262. The collector takes the whole years
// between, 1678 to 2261.
const (
	firstSecond = -9214560000
	endSecond   = 9214646400

	firstNano = firstSecond * int64(time.Second)
	endNano   = endSecond * int64(time.Second)
)

// nanoseconds returns t as nanoseconds since 1970, and false if 64 bits do not hold them.
func nanoseconds(t time.Time) (int64, bool) {
	seconds := t.Unix()
	if seconds < firstSecond || seconds >= endSecond {
		return 0, false
	}
	return seconds*int64(time.Second) + int64(t.Nanosecond()), true
}

// timeline cuts time at the bounds of all periods. The pieces that lie in some period are
// the atoms, numbered from 0: an atom lies in a period wholly or not at all, and the atoms
// of a period follow each other.
type timeline struct {
	periods []metric.Period // by start, the longer one first
	spans   []span          // of the periods
	atoms   int

	bounds []int64 // ascending; piece i lies between bounds i and i+1
	atomOf []int32 // of each piece, -1 for one in no period

	// grid[(t-bounds[0])>>shift] is a piece at or a little before the one with t, so that
	// finding it rarely takes more than a step.
	grid  []int32
	shift uint
}

// span is a half-open range of atoms.
type span struct{ from, to int }

func newTimeline(periods []metric.Period) (*timeline, error) {
	if len(periods) == 0 {
		return nil, inputErrorf("no period to collect for")
	}
	tl := &timeline{periods: slices.Clone(periods)}
	slices.SortFunc(tl.periods, func(p, q metric.Period) int {
		return cmp.Or(p.Start().Compare(q.Start()), q.End().Compare(p.End()), p.Compare(q))
	})
	for i, p := range tl.periods {
		start, end, ok := bounds(p)
		switch {
		case p.IsZero():
			return nil, inputErrorf("the zero period contains no event")
		case !ok:
			return nil, inputErrorf("period %s is not within the years 1678 to 2261", p)
		case i > 0 && p.Equal(tl.periods[i-1]):
			return nil, inputErrorf("period %s is given twice", p)
		}
		tl.bounds = append(tl.bounds, start, end)
	}
	slices.Sort(tl.bounds)
	tl.bounds = slices.Compact(tl.bounds)
	tl.number()
	tl.index()
	return tl, nil
}

// bounds returns the first instant of p and the one after the last.
func bounds(p metric.Period) (start, end int64, ok bool) {
	start, ok = nanoseconds(p.Start())
	last, ok2 := nanoseconds(p.End().Add(-1))
	return start, last + 1, ok && ok2
}

// number gives the pieces that lie in some period their numbers.
func (tl *timeline) number() {
	pieces := len(tl.bounds) - 1
	covered := make([]int, pieces+1) // how many periods start, less those that end, with a piece
	for _, p := range tl.periods {
		from, to := tl.pieces(p)
		covered[from]++
		covered[to]--
	}
	tl.atomOf = make([]int32, pieces)
	depth := 0
	for i := range pieces {
		tl.atomOf[i] = -1
		if depth += covered[i]; depth > 0 {
			tl.atomOf[i] = int32(tl.atoms)
			tl.atoms++
		}
	}
	for _, p := range tl.periods {
		from, to := tl.pieces(p)
		tl.spans = append(tl.spans, span{int(tl.atomOf[from]), int(tl.atomOf[from]) + to - from})
	}
}

// pieces returns the range of pieces that p consists of.
func (tl *timeline) pieces(p metric.Period) (from, to int) {
	start, end, _ := bounds(p)
	from, _ = slices.BinarySearch(tl.bounds, start)
	to, _ = slices.BinarySearch(tl.bounds, end)
	return from, to
}

// index builds the grid, of about four squares a piece.
func (tl *timeline) index() {
	length := uint64(tl.bounds[len(tl.bounds)-1] - tl.bounds[0])
	tl.shift = uint(bits.Len64(length / uint64(4*len(tl.bounds))))
	tl.grid = make([]int32, length>>tl.shift+1)
	piece := int32(0)
	for square := range tl.grid {
		start := tl.bounds[0] + int64(uint64(square)<<tl.shift)
		for tl.bounds[piece+1] <= start && int(piece+2) < len(tl.bounds) {
			piece++
		}
		tl.grid[square] = piece
	}
}

// atom returns the atom of an instant, or -1 if it lies in no period.
func (tl *timeline) atom(t int64) int32 {
	since := uint64(t) - uint64(tl.bounds[0]) // wraps far beyond the end for an earlier t
	square := since >> tl.shift
	if t < tl.bounds[0] || square >= uint64(len(tl.grid)) {
		return -1
	}
	piece := tl.grid[square]
	for t >= tl.bounds[piece+1] {
		if piece++; int(piece) == len(tl.atomOf) {
			return -1
		}
	}
	return tl.atomOf[piece]
}

// outside is the cell of what lies in no period. Rows there are added up like any other,
// and nobody looks at the total.
const outside = 0

// cell returns the cell of an atom and a segment.
func (tl *timeline) cell(atom int32, segment uint32) uint32 {
	return 1 + segment*uint32(tl.atoms) + uint32(atom)
}

// cells returns the number of cells for a number of segments.
func (tl *timeline) cells(segments int) int { return 1 + segments*tl.atoms }

// locate stores the cell of each row in cells. A nil list of segments stands for segment 0
// on every row.
func (tl *timeline) locate(cells []uint32, at []int64, segments []SegmentCode) {
	for i, t := range at {
		atom := tl.atom(t)
		switch {
		case atom < 0:
			cells[i] = outside
		case segments == nil:
			cells[i] = tl.cell(atom, 0)
		default:
			cells[i] = tl.cell(atom, uint32(segments[i]))
		}
	}
}

// region is what is asked for: a range of atoms, for some segments.
type region struct {
	span     span
	segments []uint32
	tl       *timeline
}

// ranges calls do with the range of cells of each segment, those that exist of n.
func (r region) ranges(n int, do func(from, to int)) {
	for _, segment := range r.segments {
		first := int(r.tl.cell(0, segment))
		from, to := min(first+r.span.from, n), min(first+r.span.to, n)
		if from < to {
			do(from, to)
		}
	}
}

// contains reports whether a cell lies in the region.
func (r region) contains(cell uint32) bool {
	if cell == outside {
		return false
	}
	segment, atom := r.tl.split(cell)
	return atom >= r.span.from && atom < r.span.to && slices.Contains(r.segments, segment)
}

// split is the inverse of cell, for a cell that is not outside.
func (tl *timeline) split(cell uint32) (segment uint32, atom int) {
	atoms := uint32(tl.atoms)
	return (cell - 1) / atoms, int((cell - 1) % atoms)
}
