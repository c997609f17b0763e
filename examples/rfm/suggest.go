package main

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// didYouMean returns a question for a name that is not among others, or "" if none is near.
func didYouMean(name string, among []string) string {
	best, least := "", 1+len(name)/4
	for _, other := range among {
		if d := distance(event.Fold(name), event.Fold(other)); d <= least {
			best, least = other, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %.48q?", best)
}

// distance returns how many letters must be put in, taken out or changed.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
