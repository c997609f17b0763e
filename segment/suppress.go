package segment

// suppressed says which of the counts must be withheld so that no number of customers from 1
// to least-1 can be read, or worked out from the total of all: those counts, and while they are
// alone or come to fewer than least together, the smallest of the others. Total says that the
// total must be withheld too.
func suppressed(counts []int64, least int64) (hidden []bool, total bool) {
	hidden = make([]bool, len(counts))
	number, sum := 0, int64(0)
	hide := func(i int) {
		hidden[i] = true
		number++
		sum += counts[i]
	}
	for i, n := range counts {
		if n > 0 && n < least {
			hide(i)
		}
	}
	for number == 1 || number > 0 && sum < least {
		next := -1
		for i, n := range counts {
			if !hidden[i] && n > 0 && (next < 0 || n < counts[next]) {
				next = i
			}
		}
		if next < 0 {
			return hidden, sum < least
		}
		hide(next)
	}
	return hidden, false
}
