package segment

import (
	"encoding/csv"
	"strings"
	"unicode/utf8"
)

// aligned returns lines of cells as text whose columns end at the same place.
func aligned(lines [][]string) string {
	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	for _, line := range lines {
		for i, cell := range line {
			if i > 0 {
				text.WriteString("  ")
			}
			text.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + cell)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// csvText returns lines as comma-separated values.
func csvText(lines [][]string) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	_ = w.WriteAll(lines) // A builder takes everything.
	return text.String()
}
