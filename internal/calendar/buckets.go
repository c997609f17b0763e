package calendar

import (
	"math/bits"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// Buckets are stretches of time that follow one another without a gap, such as the days of
// a range. They do not change, and may be read concurrently.
type Buckets struct {
	bounds []int64 // bucket i is from bound i up to bound i+1

	// grid holds, for each square of 2^shift nanoseconds from the start, the bucket in which
	// it begins. No square is longer than the mean bucket, so that hardly any goes on beyond
	// the next.
	grid  []int32
	shift uint8
}

// New returns the buckets between bounds, of which there are two at least, in nanoseconds
// since 1970 and each after the one before. It keeps bounds.
func New(bounds []int64) *Buckets {
	b := &Buckets{bounds: bounds}
	length := uint64(b.End() - b.Start())
	b.shift = uint8(bits.Len64(length/uint64(b.Len())) - 1)
	b.grid = make([]int32, (length-1)>>b.shift+1)
	bucket := 0
	for square := range b.grid {
		for bounds[bucket+1] <= b.Start()+int64(square)<<b.shift {
			bucket++
		}
		b.grid[square] = int32(bucket)
	}
	return b
}

// Days returns the civil days of a zone that the time from one instant up to another
// touches. The instants are within the years 1678 to 2261.
func Days(from, to time.Time, zone *time.Location) (*Buckets, error) {
	days, err := metric.Periods(from, to, metric.UnitDay, zone)
	if err != nil {
		return nil, err
	}
	var bounds []int64
	for day := range days {
		if len(bounds) == 0 {
			bounds = append(bounds, day.Start().UnixNano())
		}
		bounds = append(bounds, day.End().UnixNano())
	}
	return New(bounds), nil
}

// Len returns the number of buckets.
func (b *Buckets) Len() int { return len(b.bounds) - 1 }

// Start returns where the first bucket begins.
func (b *Buckets) Start() int64 { return b.bounds[0] }

// End returns where the last bucket ends.
func (b *Buckets) End() int64 { return b.bounds[len(b.bounds)-1] }

// Bound returns where a bucket begins; that of Len is where the last one ends.
func (b *Buckets) Bound(bucket int) int64 { return b.bounds[bucket] }

// Find returns the bucket of an instant: -1 before the first, and Len after the last.
func (b *Buckets) Find(at int64) int {
	switch {
	case at < b.Start():
		return -1
	case at >= b.End():
		return b.Len()
	}
	return b.Within(at)
}

// Within returns the bucket of an instant that is in one.
func (b *Buckets) Within(at int64) int {
	bucket := int(b.grid[uint64(at-b.bounds[0])>>(b.shift&63)])
	if at >= b.bounds[bucket+1] { // without a jump, which half the time would go the other way
		bucket++
	}
	for at >= b.bounds[bucket+1] {
		bucket++
	}
	return bucket
}
