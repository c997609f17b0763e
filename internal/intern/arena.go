package intern

import "strings"

// Arena keeps texts in common memory. The zero Arena is empty.
type Arena struct{ block strings.Builder }

// Keep returns a copy of text.
func (a *Arena) Keep(text string) string {
	const least, most = 1 << 8, 1 << 16
	if size := a.block.Cap(); size-a.block.Len() < len(text) {
		a.block = strings.Builder{}
		a.block.Grow(max(least, min(2*size, most), len(text)))
	}
	start := a.block.Len()
	a.block.WriteString(text)
	return a.block.String()[start:]
}
