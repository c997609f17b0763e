package engagement

import (
	"math/bits"

	"github.com/openlifecycle/lifecycle/internal/shard"
)

// none is the bucket of the activity before a customer's first.
const none = -1 << 31

// each calls visit for every customer of a bucket of the keys who was active in a plane and
// is selected: with the bucket of the grid of the last activity before the range, or none,
// and those of the activity in it, ascending, each once, in room.
func (a *Activity) each(p *plane, bucket uint8, g *grid, s *selection, room *[]int32, visit func(position, before int, active []int32)) {
	words, befores := p.words[bucket], p.before[bucket]
	n := max(len(words)/a.stride, len(befores))
	for position := range n {
		if !s.has(bucket, position) {
			continue
		}
		before := none
		if position < len(befores) && befores[position] != never {
			before = g.indexBefore(befores[position])
		}
		active := (*room)[:0]
		if first := position * a.stride; first < len(words) {
			active = g.appendBuckets(active, words[first:first+a.stride])
		}
		if before != none || len(active) > 0 {
			visit(position, before, active)
		}
		*room = active
	}
}

// appendBuckets appends the buckets of the slots whose bits are set.
func (g *grid) appendBuckets(dst []int32, words []uint64) []int32 {
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			slot := int32(i<<6 + bits.TrailingZeros64(word))
			if g.of != nil {
				if slot = g.of[slot]; len(dst) > 0 && dst[len(dst)-1] == slot {
					continue
				}
			}
			dst = append(dst, slot)
		}
	}
	return dst
}

// gaps counts pairs of activity that follow one another, over all customers. Nearly
// everything that is asked of activity over time is a sum of them, so that one pass over
// the customers answers for all buckets and windows.
//
// Rows are the buckets of the grid, from -back-1 on: the first row stands for all that is
// longer ago. Column k counts the customers active in the bucket whose next activity is
// more than k buckets later, or never.
type gaps struct {
	back  int
	width int
	later []int64
	fresh []int64 // by bucket, the customers whose first activity ever it has
	old   int64   // the customers who were active before the first bucket
}

// gapCells is what one worker counts: column k of a row is the customers whose next
// activity is k+1 buckets later, and the last column all others.
type gapCells struct {
	cells []uint32
	fresh []uint32
	old   uint32
}

// gaps counts with columns up to most.
func (a *Activity) gaps(p *plane, g *grid, s *selection, most int) *gaps {
	back, width := len(g.back), most+1
	rows := back + 1 + len(g.periods) + 1 // and one for a unit that the range cuts off
	workers := make([]gapCells, max(1, a.options.Workers))
	shard.Each(a.options.Workers, func(worker int, bucket uint8) {
		w := &workers[worker]
		if w.cells == nil {
			w.cells, w.fresh = make([]uint32, rows*width), make([]uint32, rows)
		}
		if g.of == nil && s.all {
			a.countSlots(w, p, bucket, g, width)
			return
		}
		room := make([]int32, 0, len(g.periods))
		a.each(p, bucket, g, s, &room, func(_, before int, active []int32) {
			w.count(before, active, back, width)
		})
	})
	return sumGaps(workers, back, width, rows)
}

// row returns the row of a bucket.
func row(bucket, back int) int { return max(bucket, -back-1) + back + 1 }

func (w *gapCells) count(before int, active []int32, back, width int) {
	last := before
	for _, bucket := range active {
		if last == none {
			w.fresh[row(int(bucket), back)]++
		} else {
			w.cells[row(last, back)*width+min(int(bucket)-last, width)-1]++
		}
		last = int(bucket)
	}
	w.cells[row(last, back)*width+width-1]++
	if before != none || active[0] < 0 {
		w.old++
	}
}

// countSlots is count for all customers of a bucket, where slots are the buckets of the
// grid: the inner loop of what is asked most.
func (a *Activity) countSlots(w *gapCells, p *plane, bucket uint8, g *grid, width int) {
	words, befores, stride, back := p.words[bucket], p.before[bucket], a.stride, len(g.back)
	cells, fresh := w.cells, w.fresh
	for position := 0; len(words) > 0 || position < len(befores); position++ {
		var own []uint64
		if len(words) > 0 {
			own, words = words[:stride], words[stride:]
		}
		last := none
		if position < len(befores) && befores[position] != never {
			last = g.indexBefore(befores[position])
			w.old++
		}
		for i, word := range own {
			for ; word != 0; word &= word - 1 {
				slot := i<<6 + bits.TrailingZeros64(word)
				if last == none {
					fresh[slot+back+1]++
				} else {
					cells[row(last, back)*width+min(slot-last, width)-1]++
				}
				last = slot
			}
		}
		if last != none {
			cells[row(last, back)*width+width-1]++
		}
	}
}

// sumGaps adds up what the workers counted and makes of it the columns of gaps.
func sumGaps(workers []gapCells, back, width, rows int) *gaps {
	s := &gaps{back: back, width: width, later: make([]int64, rows*width), fresh: make([]int64, rows)}
	for i := range workers {
		for j, n := range workers[i].cells {
			s.later[j] += int64(n)
		}
		for j, n := range workers[i].fresh {
			s.fresh[j] += int64(n)
		}
		s.old += int64(workers[i].old)
	}
	for r := range rows {
		cells := s.later[r*width:][:width]
		for k := width - 2; k >= 0; k-- {
			cells[k] += cells[k+1]
		}
	}
	s.fresh = s.fresh[back+1:]
	return s
}

// after returns how many customers were active in a bucket and not in the k after it.
func (s *gaps) after(bucket, k int) int64 { return s.later[row(bucket, s.back)*s.width+k] }

// active returns how many customers were active in a bucket.
func (s *gaps) active(bucket int) int64 { return s.after(bucket, 0) }

// next returns how many customers were active in a bucket and next k later.
func (s *gaps) next(bucket, k int) int64 { return s.after(bucket, k-1) - s.after(bucket, k) }

// within returns how many customers were active in at least one of n buckets, the last of
// which is given: each is counted in the last bucket that it was active in.
func (s *gaps) within(bucket, n int) int64 {
	sum := int64(0)
	for k := range n {
		sum += s.after(bucket-k, k)
	}
	return sum
}
