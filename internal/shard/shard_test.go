package shard_test

import (
	"testing"

	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestEachTakesEveryBucketOnce(t *testing.T) {
	for _, workers := range []int{-1, 0, 1, 2, 7, 1000} {
		var calls [event.Buckets]int
		most := make([]int, max(workers, 1))
		shard.Each(workers, func(worker int, bucket uint8) {
			calls[bucket]++
			most[worker]++
		})
		for bucket, n := range calls {
			if n != 1 {
				t.Errorf("%d workers: bucket %d is taken %d times", workers, bucket, n)
			}
		}
	}
}

func TestEachPassesPanicsOn(t *testing.T) {
	for _, workers := range []int{1, 3} {
		func() {
			defer func() {
				if recover() != "no" {
					t.Errorf("%d workers: the panic is lost", workers)
				}
			}()
			shard.Each(workers, func(_ int, bucket uint8) {
				if bucket == 9 {
					panic("no")
				}
			})
		}()
	}
}
