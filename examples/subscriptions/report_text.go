package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is that of the running text.
const textWidth = 88

// writeText writes tables for a terminal.
func writeText(w io.Writer, a *analysis) error {
	var b strings.Builder
	b.WriteString(a.title + "\n")
	for _, line := range a.heading() {
		wrap(&b, line)
	}
	for _, t := range a.tables() {
		b.WriteString("\n" + strings.ToUpper(t.Title) + "\n\n")
		if len(t.Rows) > 0 {
			textTable(&b, t)
			if len(t.Notes) > 0 {
				b.WriteString("\n")
			}
		}
		for _, note := range t.Notes {
			wrap(&b, note)
		}
		for _, line := range t.Lines {
			b.WriteString("\t" + line + "\n")
		}
	}
	if a.note != "" {
		b.WriteString("\n")
		wrap(&b, a.note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func textTable(b *strings.Builder, t table) {
	lines := append([][]string{t.Head}, t.Rows...)
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
}

// wrap writes a paragraph.
func wrap(b *strings.Builder, text string) {
	n := 0
	for word := range strings.FieldsSeq(text) {
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
