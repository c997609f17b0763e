package exchange

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style says how Markdown shows the text of a field or an item. It changes nothing about
// the text.
type style uint8

const (
	asText     style = iota
	asCode           // `text`
	asLink           // [`id`](#id)
	asGuard          // `condition`: `reason`
	asRelation       // kind [`id`](#id)
	asCaveat         // text | `formula` gives `result`
)

// inline builds the text of a line or of a part of it.
type inline struct {
	b     strings.Builder
	known map[string]bool // ids that can be linked to
}

// show writes a text in a style.
func (w *inline) show(text string, s style) {
	switch s {
	case asCode:
		w.code(text)
		return
	case asLink:
		w.link(text)
		return
	case asGuard:
		if at := strings.LastIndex(text, ": "); at >= 0 {
			w.code(text[:at])
			w.b.WriteString(": ")
			w.code(text[at+2:])
			return
		}
	case asRelation:
		if kind, target, found := cut(text, " "); found && kind != "" && target != "" {
			w.text(kind)
			w.b.WriteByte(' ')
			w.link(target)
			return
		}
	case asCaveat:
		if words, mistake, found := cut(text, " | "); found && words != "" && !strings.HasSuffix(words, " ") {
			if formula, gives, found := cut(mistake, " gives "); found && formula != "" && gives != "" {
				w.text(words)
				w.b.WriteString(` \| `)
				w.code(formula)
				w.b.WriteString(" gives ")
				w.code(gives)
				return
			}
		}
	}
	w.text(text)
}

// text writes text that stands for itself, on one line. Space that Markdown would not keep
// is written as character references.
func (w *inline) text(text string) {
	for i, r := range text {
		end := i+utf8.RuneLen(r) == len(text)
		switch {
		case r == ' ' && i > 0 && !end && text[i-1] != ' ':
			w.b.WriteByte(' ')
		case unicode.IsSpace(r) || unicode.IsControl(r):
			w.b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		default:
			if strings.ContainsRune("\\`*_[]<>|#~&!", r) {
				w.b.WriteByte('\\')
			}
			w.b.WriteRune(r)
		}
	}
}

// code writes text as a code span, in which nothing has to be escaped, if a code span can
// hold it.
func (w *inline) code(text string) {
	if strings.Trim(text, " ") == "" || strings.ContainsFunc(text, func(r rune) bool {
		return r != ' ' && (unicode.IsSpace(r) || unicode.IsControl(r))
	}) {
		w.text(text)
		return
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	first, last := text[0], text[len(text)-1]
	if first == '`' || last == '`' || first == ' ' && last == ' ' {
		text = " " + text + " "
	}
	w.b.WriteString(fence + text + fence)
}

// longestRun counts the backticks of the longest run of them.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// link writes an id, as a link if it is in the document.
func (w *inline) link(id string) {
	if !w.known[id] {
		w.code(id)
		return
	}
	w.b.WriteByte('[')
	w.code(id)
	w.b.WriteString("](#" + anchor(id) + ")")
}

// escapeText returns text as part of a line.
func escapeText(text string) string {
	var w inline
	w.text(text)
	return w.b.String()
}

// paragraph returns text as a line of its own, where a sign at the start could begin a list
// or a heading.
func paragraph(text string) string {
	line := escapeText(text)
	if line == "" {
		return ""
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	switch {
	case strings.IndexByte("-+=", line[0]) >= 0:
		return `\` + line
	case digits > 0 && digits < len(line) && (line[digits] == '.' || line[digits] == ')'):
		return line[:digits] + `\` + line[digits:]
	}
	return line
}

// anchor makes an id fit for an attribute and a link.
func anchor(id string) string {
	return string(slices.DeleteFunc([]byte(id), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-'
	}))
}

// plain returns the text behind Markdown: what stands in code spans and links, and what
// escapes and character references stand for. It refuses markup that package exchange does
// not write.
func plain(line string) (string, error) {
	var b strings.Builder
	for line != "" {
		var text string
		var err error
		switch c := line[0]; c {
		case '\\':
			if len(line) < 2 || !isPunctuation(line[1]) {
				return "", fmt.Errorf(`%.48q escapes what needs no escape; a backslash is written \\`, line)
			}
			text, line = line[1:2], line[2:]
		case '`':
			text, line, err = codeSpan(line)
		case '&':
			text, line, err = reference(line)
		case '[':
			text, line, err = linkText(line)
		case ']', '*', '<', '>', '|':
			return "", fmt.Errorf(`%.48q has markup that is not understood; a %c in a text is written \%c`, line, c, c)
		default:
			end := strings.IndexAny(line, "\\`&[]*<>|")
			if end < 0 {
				end = len(line)
			}
			text, line = line[:end], line[end:]
		}
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// codeSpan reads the code span that line starts with.
func codeSpan(line string) (text, rest string, err error) {
	rest = strings.TrimLeft(line, "`")
	fence := line[:len(line)-len(rest)]
	for at := 0; at < len(rest); {
		run := len(rest[at:]) - len(strings.TrimLeft(rest[at:], "`"))
		switch {
		case run == len(fence):
			text, rest = rest[:at], rest[at+run:]
			if len(text) > 2 && text[0] == ' ' && text[len(text)-1] == ' ' && strings.Trim(text, " ") != "" {
				text = text[1 : len(text)-1]
			}
			return text, rest, nil
		case run > 0:
			at += run
		default:
			at++
		}
	}
	return "", "", fmt.Errorf("%.48q begins a code span that does not end", line)
}

// reference reads the character reference that line starts with.
func reference(line string) (text, rest string, err error) {
	digits, rest, found := strings.Cut(strings.TrimPrefix(line, "&"), ";")
	digits, isNumber := strings.CutPrefix(digits, "#")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !found || !isNumber || err != nil || n > unicode.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", "", fmt.Errorf(`%.48q is not a character reference such as &#10;; an & in a text is written \&`, line)
	}
	return string(rune(n)), rest, nil
}

// linkText reads the link to a metric that line starts with.
func linkText(line string) (text, rest string, err error) {
	if !strings.HasPrefix(line, "[`") {
		return "", "", fmt.Errorf(`%.48q is not a link to a metric; a [ in a text is written \[`, line)
	}
	if text, rest, err = codeSpan(line[1:]); err != nil {
		return "", "", err
	}
	rest, found := strings.CutPrefix(rest, "](#"+anchor(text)+")")
	if !found {
		return "", "", fmt.Errorf("%.100q is not a link that leads to the metric it names", line)
	}
	return text, rest, nil
}
