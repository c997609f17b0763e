package main

import (
	"math/rand/v2"
	"time"
)

// dice draws whole numbers. It uses the source alone, whose sequence is fixed for ever,
// and no floating point.
type dice struct{ source *rand.PCG }

// below returns a number from 0 to n-1. The bias of the remainder does not matter here.
func (d dice) below(n int) int { return int(d.source.Uint64() % uint64(n)) }

// chance is true in percent of a hundred cases.
func (d dice) chance(percent int) bool { return d.below(100) < percent }

// between returns a time from a up to b, to the second.
func (d dice) between(a, b time.Duration) time.Duration {
	return a + time.Duration(d.below(int((b-a)/time.Second)))*time.Second
}

// pick returns one of the choices, each as often as its weight says.
func pick[T any](d dice, choices []weighted[T]) T {
	total := 0
	for _, c := range choices {
		total += c.weight
	}
	n := d.below(total)
	for _, c := range choices {
		if n -= c.weight; n < 0 {
			return c.value
		}
	}
	panic("unreachable: n is below the sum of the weights")
}

type weighted[T any] struct {
	weight int
	value  T
}
