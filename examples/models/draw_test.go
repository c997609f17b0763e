package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openlifecycle/lifecycle/stage"
)

func TestPicture(t *testing.T) {
	picture := show(t, "-mountain", "-")
	golden(t, "mountain.svg.golden", picture)
	file := filepath.Join(t.TempDir(), "m.svg")
	show(t, "-mountain", file)
	if written, err := os.ReadFile(file); err != nil || string(written) != picture {
		t.Errorf("the file differs from the standard output, %v", err)
	}
}

// pictures are mountains of all sizes, drawn.
func pictures(t *testing.T) map[string]string {
	full := func(n int) mountain {
		m := mountain{Customers: 6 * n, Log: logLine{Name: strings.Repeat("W", 400), From: "2026-01-01", Through: "2026-12-31"}}
		for i, s := range climbing {
			l := level{Stage: s, Rule: ruleText(s), Reached: n, PassedOver: n, Stopped: n, Left: n, ClimbedOn: n, Skipped: n, Before: n, Rate: "100.0"}
			if i > 0 {
				l.NotAfter = n
			}
			if s == stage.Grow {
				l = level{Stage: s, Rule: l.Rule, Reached: n, NotAfter: n, Stopped: n, Left: n}
			}
			m.Levels = append(m.Levels, l)
		}
		m.Exit = exitLevel{Rule: ruleText(stage.Exit), Reached: n, Unseen: n, Committed: n, Rate: "100.0"}
		return m
	}
	empty := newMountain(&climbLog{source: "a log of nobody"})
	return map[string]string{
		"sample":  draw(sampleMountain(t)),
		"empty":   draw(empty),
		"one":     draw(full(1)),
		"full":    draw(full(mostDots)),
		"next":    draw(full(mostDots + 1)),
		"wide":    draw(full(99_999)),
		"huge":    draw(full(8_888_888_888)),
		"hostile": draw(mountain{Log: logLine{Name: "<script>\"'&\x00\xff\u202e]]>"}, Levels: empty.Levels, Exit: empty.Exit}),
	}
}

// textBox is a text of the picture and the room it takes at most.
type textBox struct {
	text                     string
	left, top, right, bottom float64
}

// element is what the test looks at in an element.
type element struct {
	name string
	attr map[string]string
	text string
}

// elements reads a picture, which has to be well-formed.
func elements(t *testing.T, name, picture string) []element {
	t.Helper()
	var all []element
	var open []int
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open, all = append(open, len(all)), append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		}
	}
}

// box returns the room that a text takes in the widest of the usual fonts, DejaVu Sans,
// whose characters are 0.6 of the size wide on average, and 0.69 in bold; those beyond
// ASCII, and W, may be as wide as high.
func box(t *testing.T, e element) textBox {
	t.Helper()
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(e.attr[name], 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	x, y, size := number("x"), number("y"), number("font-size")
	wide := 0.0
	for _, r := range e.text {
		if r == 'W' || r > '~' {
			wide += size
		} else {
			wide += 0.6 * size
		}
	}
	if e.attr["font-weight"] != "" {
		wide *= 0.69 / 0.6
	}
	b := textBox{text: e.text, left: x, top: y - 0.76*size, right: x + wide, bottom: y + 0.24*size}
	if e.attr["text-anchor"] == "middle" {
		b.left, b.right = x-wide/2, x+wide/2
	}
	return b
}

func TestTextDoesNotOverlap(t *testing.T) {
	for name, picture := range pictures(t) {
		var boxes []textBox
		for _, e := range elements(t, name, picture) {
			if e.name == "text" {
				boxes = append(boxes, box(t, e))
			}
		}
		if len(boxes) < 30 {
			t.Errorf("%s: %d texts", name, len(boxes))
		}
		for i, a := range boxes {
			if a.left < 0 || a.right > width || a.top < 0 || a.bottom > height {
				t.Errorf("%s: %q leaves the picture: %+v", name, a.text, a)
			}
			for _, b := range boxes[:i] {
				if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
					t.Errorf("%s: %q overlaps %q", name, a.text, b.text)
				}
			}
		}
	}
}

// What is said of the rock stands in it, and what is said of the crowds in the sky above.
func TestTextStandsOnItsGround(t *testing.T) {
	for name, picture := range pictures(t) {
		for _, e := range elements(t, name, picture) {
			if e.name != "text" || e.attr["text-anchor"] != "middle" {
				continue
			}
			x, err := strconv.Atoi(e.attr["x"])
			if err != nil {
				t.Fatal(err)
			}
			place := (x - margin) / terrace // even ones are terraces, odd ones slopes
			lowest := float64(max(altitude[place/2], altitude[(place+1)/2]))
			switch b := box(t, e); e.attr["class"] {
			case "rock", "vein":
				if b.top < lowest || b.bottom > ground {
					t.Errorf("%s: %q is not within the rock: %+v", name, e.text, b)
				}
			default:
				if b.bottom > lowest {
					t.Errorf("%s: %q is not in the sky: %+v", name, e.text, b)
				}
			}
		}
	}
}

// A picture is one file that loads and runs nothing, and says in words what it shows.
func TestPictureIsSelfContained(t *testing.T) {
	allowed := []string{"svg", "title", "desc", "style", "defs", "linearGradient", "stop", "clipPath", "path", "rect", "text"}
	for name, picture := range pictures(t) {
		all := elements(t, name, picture)
		ids := map[string]bool{}
		for _, e := range all {
			if !slices.Contains(allowed, e.name) {
				t.Errorf("%s: element %s", name, e.name)
			}
			if id := e.attr["id"]; id != "" {
				if ids[id] || !strings.HasPrefix(id, "mountain-") {
					t.Errorf("%s: id %s", name, id)
				}
				ids[id] = true
			}
			for attr := range e.attr {
				if strings.HasPrefix(attr, "on") || attr == "href" || attr == "src" || attr == "style" {
					t.Errorf("%s: attribute %s", name, attr)
				}
			}
			if e.name == "style" && (strings.Contains(e.text, "@import") || strings.Contains(e.text, "@font-face") || !strings.Contains(e.text, "prefers-color-scheme: dark")) {
				t.Errorf("%s: style %s", name, e.text)
			}
		}
		for _, ref := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(picture, -1) {
			if !ids[strings.TrimPrefix(ref[1], "#")] {
				t.Errorf("%s: refers to %s", name, ref[1])
			}
		}
		root := all[0]
		if root.attr["role"] != "img" || root.attr["aria-labelledby"] != "mountain-title mountain-desc" || !ids["mountain-title"] || !ids["mountain-desc"] {
			t.Errorf("%s: %v", name, root.attr)
		}
		for _, e := range all[1:3] {
			if len(e.text) < 20 {
				t.Errorf("%s: %s says %q", name, e.name, e.text)
			}
		}
	}
}

// Each rule of colour by day that a night could swallow has one by night.
func TestColoursByNight(t *testing.T) {
	day, night, found := strings.Cut(style, "@media")
	if !found {
		t.Fatal("no night")
	}
	for _, class := range []string{"ink", "soft", "rock", "vein", "page", "dawn", "noon", "far", "peak", "foot", "snow", "edge", "crowd", "scree", "gone", "pole", "cloth"} {
		if rule := ".mountain ." + class + " {"; !strings.Contains(day, rule) || !strings.Contains(night, rule) {
			t.Errorf("%s has no colour by day or by night", class)
		}
	}
}

// countDots counts the dots of a class: each row h has one at its start, and one each 5.
func countDots(t *testing.T, name, picture, class string) []int {
	t.Helper()
	var counts []int
	for _, e := range elements(t, name, picture) {
		if e.attr["class"] != "dots "+class {
			continue
		}
		n := 0
		for _, row := range regexp.MustCompile(`M (\d+)\.5,(\d+) h (\d+)\.1`).FindAllStringSubmatch(e.attr["d"], -1) {
			length, err := strconv.Atoi(row[3])
			if err != nil || length%5 != 0 {
				t.Fatalf("%s: row %v", name, row)
			}
			n += 1 + length/5
		}
		counts = append(counts, n)
	}
	return counts
}

func TestDotsAreTheNumbers(t *testing.T) {
	tests := []struct {
		name, class string
		want        []int
	}{
		{"sample", "crowd", []int{582, 219, 66, 40, 34}},
		{"sample", "scree", []int{427, 153, 24, 8}},
		{"sample", "gone", []int{8}},
		{"empty", "crowd", nil},
		{"one", "crowd", []int{1, 1, 1, 1, 1}},
		{"full", "crowd", []int{600, 600, 600, 600, 600}},
		{"next", "crowd", []int{301, 301, 301, 301, 301}}, // two customers each
		{"wide", "scree", []int{500, 500, 500, 500}},      // 200 each
	}
	all := pictures(t)
	for _, test := range tests {
		if got := countDots(t, test.name, all[test.name], test.class); !slices.Equal(got, test.want) {
			t.Errorf("%s: %s %v, want %v", test.name, test.class, got, test.want)
		}
	}
}

func TestDotUnit(t *testing.T) {
	for largest, want := range map[int]int{1: 1, 600: 1, 601: 2, 1200: 2, 1201: 5, 3000: 5, 3001: 10, 6000: 10, 6001: 20, 1_000_000: 2000, 1_200_001: 5000} {
		if got := dotUnit(largest); got != want {
			t.Errorf("dotUnit(%d) = %d, want %d", largest, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	const text = "a short line, and a word_that_is_longer_than_that, then the end"
	lines := wrap(text, 12)
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n == 0 || n > 12 {
			t.Errorf("%q", line)
		}
	}
	if got, want := fmt.Sprintf("%q", lines), `["a short" "line, and a" "word_that_is" "_longer_than" "_that, then" "the end"]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(text, " ", "") {
		t.Errorf("characters got lost: %q", lines)
	}
	if lines := wrap(" ", 5); len(lines) != 0 {
		t.Errorf("%q", lines)
	}
}
