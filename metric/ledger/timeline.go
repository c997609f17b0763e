package ledger

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// timeline is the periods of a question, cut into atoms: atom 0 is all before the first cut,
// atom k what lies from cut k-1 up to cut k. Levels are asked for just before the cuts.
type timeline struct {
	loc     *time.Location
	cuts    []int64 // in order
	periods []span
	tracks  []track
	grid    []int32
	shift   uint8
}

// span is the cuts at which a period starts and ends.
type span struct{ from, to int }

// track is periods that do not overlap: for each atom the period that it is in, or -1.
type track []int32

func newTimeline(periods []metric.Period) (*timeline, error) {
	if len(periods) == 0 {
		return nil, inputErrorf("a statement needs a period")
	}
	t := &timeline{loc: periods[0].Location()}
	for _, p := range periods {
		if p.IsZero() {
			return nil, inputErrorf("a statement for the zero Period")
		}
		if p.Location().String() != t.loc.String() {
			return nil, inputErrorf("periods in the zones %s and %s", t.loc, p.Location())
		}
		t.cuts = append(t.cuts, nanos(p.Start()), nanos(p.End()))
	}
	t.finish()
	for _, p := range periods {
		from, _ := slices.BinarySearch(t.cuts, nanos(p.Start()))
		to, _ := slices.BinarySearch(t.cuts, nanos(p.End()))
		t.periods = append(t.periods, span{from, to})
	}
	t.makeTracks()
	return t, nil
}

// instants returns a timeline of levels only.
func instants(loc *time.Location, cuts ...int64) *timeline {
	t := &timeline{loc: loc, cuts: cuts}
	t.finish()
	return t
}

// finish puts the cuts in order and makes the grid.
func (t *timeline) finish() {
	slices.Sort(t.cuts)
	t.cuts = slices.Compact(t.cuts)
	const cells = 4096
	first, last := t.cuts[0], t.cuts[len(t.cuts)-1]
	t.shift = uint8(max(bits.Len64(uint64(last-first))-bits.Len(cells-1), 0))
	t.grid = make([]int32, uint64(last-first)>>t.shift+1)
	k := 0
	for j := range t.grid {
		for k < len(t.cuts) && uint64(t.cuts[k]-first) < uint64(j)<<t.shift {
			k++
		}
		t.grid[j] = int32(k)
	}
}

// atom returns the number of cuts at or before an instant.
func (t *timeline) atom(at int64) int {
	first := t.cuts[0]
	if at < first {
		return 0
	}
	i := uint64(at-first) >> t.shift
	if i >= uint64(len(t.grid)) {
		return len(t.cuts)
	}
	k := int(t.grid[i])
	for k < len(t.cuts) && t.cuts[k] <= at {
		k++
	}
	return k
}

// makeTracks spreads the periods over as few tracks as a greedy choice takes.
func (t *timeline) makeTracks() {
	order := make([]int, len(t.periods))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.periods[a].from, t.periods[b].from), cmp.Compare(t.periods[a].to, t.periods[b].to))
	})
	var ends []int
	for _, i := range order {
		p := t.periods[i]
		n := slices.IndexFunc(ends, func(end int) bool { return end <= p.from })
		if n < 0 {
			n = len(ends)
			ends = append(ends, 0)
			tr := make(track, len(t.cuts)+1)
			for k := range tr {
				tr[k] = -1
			}
			t.tracks = append(t.tracks, tr)
		}
		ends[n] = p.to
		for k := p.from + 1; k <= p.to; k++ {
			t.tracks[n][k] = int32(i)
		}
	}
}
