package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is that of the running text.
const textWidth = 88

// writeText writes tables for a terminal, with intervals below the values.
func writeText(w io.Writer, a *analysis) error {
	var b strings.Builder
	b.WriteString(a.title + "\n")
	wrap(&b, a.heading())
	wrap(&b, a.assumptions())
	textTable(&b, a.segmentTable())
	b.WriteString("\nLIFECYCLE GRID\n")
	for _, view := range a.grids() {
		text, err := a.grid.Text(view)
		if err != nil {
			return err
		}
		b.WriteString("\n" + text[:strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1])
	}
	b.WriteString("\n")
	for _, note := range a.gridNotes() {
		wrap(&b, note)
	}
	for _, t := range a.tables() {
		textTable(&b, t)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func textTable(b *strings.Builder, t table) {
	b.WriteString("\n" + strings.ToUpper(t.Title) + "\n\n")
	var lines [][]string
	if len(t.Rows) > 0 {
		lines = append(lines, t.Head)
	}
	for _, row := range t.Rows {
		values, intervals, any := make([]string, len(row)), make([]string, len(row)), false
		for i, c := range row {
			values[i], intervals[i], any = c.Text, c.Interval, any || c.Interval != ""
		}
		lines = append(lines, values)
		if any {
			lines = append(lines, intervals)
		}
	}
	widths := make([]int, len(t.Head))
	for _, line := range lines {
		for i, s := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	for _, line := range lines {
		text := fmt.Sprintf("%-*s", widths[0], line[0])
		for i, s := range line[1:] {
			text += fmt.Sprintf("  %*s", widths[i+1], s)
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	if len(lines) > 0 && len(t.Notes) > 0 {
		b.WriteString("\n")
	}
	for _, note := range t.Notes {
		wrap(b, note)
	}
}

// wrap writes a paragraph.
func wrap(b *strings.Builder, text string) {
	n := 0
	for _, word := range strings.Fields(text) {
		switch length := utf8.RuneCountInString(word); {
		case n == 0:
			n = length
		case n+1+length > textWidth:
			b.WriteString("\n")
			n = length
		default:
			b.WriteString(" ")
			n += 1 + length
		}
		b.WriteString(word)
	}
	b.WriteString("\n")
}
