package main

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// svg is a picture in the making.
type svg struct{ b strings.Builder }

// put writes markup.
func (s *svg) put(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

// label is how a text looks.
type label struct {
	class  string
	size   int
	anchor string // start, middle or end
	bold   bool
}

// text writes one line of text; y is its baseline.
func (s *svg) text(l label, x, y int, text string) {
	weight := ""
	if l.bold {
		weight = ` font-weight="700"`
	}
	s.put(`<text class="%s" x="%d" y="%d" font-size="%d" text-anchor="%s"%s>%s</text>`, l.class, x, y, l.size, l.anchor, weight, escaped(text))
}

// lines writes lines of text one below the other and returns the baseline after the last.
func (s *svg) lines(l label, x, y int, lines []string) int {
	for _, line := range lines {
		s.text(l, x, y, line)
		y += l.size * 5 / 4
	}
	return y
}

func escaped(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // A Builder does not fail.
	return b.String()
}

// wrap breaks text into lines of at most width characters; longer words are cut.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for utf8.RuneCountInString(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			cut := []rune(word)
			lines, word = append(lines, string(cut[:width])), string(cut[width:])
		}
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
