package survival

import (
	"math"
	"slices"
)

// sortRows sorts by [byExit]. Many rows are first sorted by the bits of their times, digit
// by digit, which takes time in proportion to their number; what ties leave to do is little.
func sortRows(rows []row) []row {
	if len(rows) < 256 {
		slices.SortFunc(rows, byExit)
		return rows
	}
	rows = byTime(rows)
	for first := 0; first < len(rows); {
		last := first + 1
		for last < len(rows) && rows[last].exit == rows[first].exit {
			last++
		}
		if run := rows[first:last]; !slices.IsSortedFunc(run, byExit) {
			slices.SortFunc(run, byExit)
		}
		first = last
	}
	return rows
}

// place is a row to sort: its key and where it is.
type place struct {
	key uint64
	at  int32
}

// byTime returns the rows by time, at equal times events first, and otherwise in the order
// in which they were. The bits of numbers that are not negative are in the order of the
// numbers.
func byTime(rows []row) []row {
	const digits, base = 8, 256
	var counts [digits][base]int32
	places, spare := make([]place, len(rows)), make([]place, len(rows))
	for i := range rows {
		key := math.Float64bits(rows[i].exit)
		places[i] = place{key, int32(i)}
		for d := range digits {
			counts[d][key>>(8*d)&(base-1)]++
		}
	}
	// Events first: one stable pass by kind before those by digits.
	next := 0
	for pass := range 2 {
		for i := range rows {
			if (rows[i].cause == Censored) == (pass == 1) {
				spare[next] = places[i]
				next++
			}
		}
	}
	places, spare = spare, places
	for d := range digits {
		c := &counts[d]
		if c[places[0].key>>(8*d)&(base-1)] == int32(len(rows)) {
			continue // all alike in this digit
		}
		var sum int32
		for b := range c {
			c[b], sum = sum, sum+c[b]
		}
		for _, p := range places {
			b := p.key >> (8 * d) & (base - 1)
			spare[c[b]] = p
			c[b]++
		}
		places, spare = spare, places
	}
	sorted := make([]row, len(rows))
	for i, p := range places {
		sorted[i] = rows[p.at]
	}
	return sorted
}
