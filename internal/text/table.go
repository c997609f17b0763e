// Package text writes tables of texts.
package text

import (
	"encoding/csv"
	"slices"
	"strings"
	"unicode/utf8"
)

// Columns returns a line for each row, in which the cells of a column end at the same
// place; those of the columns in left, counted from 0, begin there. Two spaces part columns,
// and no line ends with one.
func Columns(rows [][]string, left ...int) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b, line strings.Builder
	for _, row := range rows {
		line.Reset()
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if slices.Contains(left, i) {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// CSV returns rows as comma-separated values, as [encoding/csv] writes them.
func CSV(rows [][]string) string {
	var b strings.Builder
	_ = csv.NewWriter(&b).WriteAll(rows) // a Builder takes everything
	return b.String()
}
