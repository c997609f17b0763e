package engagement

import (
	"math"

	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// pending are bits to be set in the words of the first plane, apart by bucket. Setting them
// as they come would wait for memory at each; the words of one bucket fit a cache.
type pending struct {
	bits [event.Buckets][]uint32 // positions, the first n of which are in use
	n    [event.Buckets]int32
}

// mostPending is how many bits of a bucket wait at most: 16 MB in all buckets together.
const mostPending = 1 << 14

// room makes room for another bit of a bucket, or reports that there can be none.
func (p *pending) room(bucket uint8) bool {
	size := len(p.bits[bucket])
	if size == mostPending {
		return false
	}
	larger := make([]uint32, max(64, min(4*size, mostPending)))
	copy(larger, p.bits[bucket])
	p.bits[bucket] = larger
	return true
}

// markRows marks rows in the first plane and returns how many are after the range.
func (a *Activity) markRows(customers []event.Code, times []int64) (after int) {
	s, pend, width := a.slots.Buckets, &a.pending, uint64(a.stride)*64
	times = times[:len(customers)]
	first, end := s.Start(), s.End()
	for i, c := range customers {
		at := times[i]
		switch {
		case at < first:
			a.planes[0].markBefore(c, at)
			continue
		case at >= end:
			after++
			continue
		}
		slot := s.Within(at)
		bit := uint64(c.Position())*width + uint64(slot)
		if bit > math.MaxUint32 {
			a.mark(0, c, slot, at)
			continue
		}
		bucket := c.Bucket()
		n := pend.n[bucket]
		if int(n) == len(pend.bits[bucket]) {
			if !pend.room(bucket) {
				a.settle()
				n = 0
			}
		}
		pend.bits[bucket][n] = uint32(bit)
		pend.n[bucket] = n + 1
	}
	return after
}

// settle sets the bits that wait.
func (a *Activity) settle() {
	shard.Each(a.options.Workers, func(_ int, bucket uint8) {
		list := a.pending.bits[bucket][:a.pending.n[bucket]]
		if len(list) == 0 {
			return
		}
		a.pending.n[bucket] = 0
		words := grownTo(a.planes[0].words[bucket], a.in.Keys.LenBucket(bucket)*a.stride)
		a.planes[0].words[bucket] = words
		for _, bit := range list {
			words[bit>>6] |= 1 << (bit & 63)
		}
	})
}
