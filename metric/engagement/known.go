package engagement

import (
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
)

// knows reports whether there is a rule by which customers are known.
func (o *ActivityOptions) knows() bool { return len(o.Known.Events)+len(o.Known.Where) > 0 }

// addKnown takes in rows that are no activity.
func (a *Activity) addKnown(b *ActivityBlock) error {
	switch {
	case !a.options.knows():
		return intake.Errorf("Known", "there is no option Known")
	case b.Feature != nil:
		return intake.Errorf("Feature", "rows that are no activity have no feature")
	}
	for i, c := range b.Customer {
		slot := a.slots.Find(b.Time[i])
		if slot == a.slots.Len() {
			a.in.Tally.Ignored++
			continue
		}
		a.in.Tally.Taken++
		a.mark(len(a.planes)-1, c, slot, b.Time[i])
	}
	return nil
}

// known returns by bucket how many customers whose first activity ever it has were known in
// an earlier one, or before the range.
func (a *Activity) known(g *grid, s *selection) []int64 {
	sum := make([]int64, len(g.periods))
	if !a.options.knows() {
		return sum
	}
	workers := make([][]int64, max(1, a.options.Workers))
	p := &a.planes[len(a.planes)-1]
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		if workers[worker] == nil {
			workers[worker] = make([]int64, len(g.periods))
		}
		room := make([]int32, 0, len(g.periods))
		a.each(&a.planes[0], bucket, g, s, &room, func(position, before int, active []int32) {
			if before != none || active[0] < 0 || int(active[0]) >= len(g.periods) {
				return
			}
			if p.knownBefore(bucket, position, a.stride, g, active[0]) {
				workers[worker][active[0]]++
			}
		})
	})
	for _, n := range workers {
		for i := range n {
			sum[i] += n[i]
		}
	}
	return sum
}

// knownBefore reports whether there is anything of a customer before a bucket of the grid.
func (p *plane) knownBefore(bucket uint8, position, stride int, g *grid, first int32) bool {
	if before := p.before[bucket]; position < len(before) && before[position] != never {
		return true
	}
	words, start := p.words[bucket], position*stride
	if start >= len(words) {
		return false
	}
	for i, word := range words[start : start+stride] {
		if word != 0 {
			slot := int32(i<<6 + bits.TrailingZeros64(word))
			if g.of != nil {
				slot = g.of[slot]
			}
			return slot < first
		}
	}
	return false
}
