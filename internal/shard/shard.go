// Package shard spreads work over the buckets in which state keyed by customer is kept.
package shard

import (
	"sync"
	"sync/atomic"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Each calls do once for every bucket, by several goroutines if workers is more than one,
// and returns when all calls have. A panic of do is passed on to the caller.
//
// The calls may come in any order: what they write must be apart by bucket or by worker,
// and what is made of it must not depend on who did what. Worker counts from 0.
func Each(workers int, do func(worker int, bucket uint8)) {
	if workers <= 1 {
		for bucket := range event.Buckets {
			do(0, uint8(bucket))
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var failed atomic.Pointer[failure]
	for worker := range min(workers, event.Buckets) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			defer func() {
				if p := recover(); p != nil {
					failed.CompareAndSwap(nil, &failure{p})
				}
			}()
			for failed.Load() == nil {
				bucket := next.Add(1) - 1
				if bucket >= event.Buckets {
					return
				}
				do(worker, uint8(bucket))
			}
		}()
	}
	wait.Wait()
	if f := failed.Load(); f != nil {
		panic(f.value)
	}
}

type failure struct{ value any }
