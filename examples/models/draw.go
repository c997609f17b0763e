package main

import (
	"fmt"
	"strings"

	"github.com/openlifecycle/lifecycle/stage"
)

// The kinds of text in the picture.
var (
	headline = label{class: "ink", size: 30, anchor: "start", bold: true}
	subtitle = label{class: "soft", size: 15, anchor: "start"}
	count    = label{class: "ink", size: 26, anchor: "middle", bold: true}
	name     = label{class: "ink", size: 15, anchor: "middle", bold: true}
	aside    = label{class: "soft", size: 12, anchor: "middle"}
	rate     = label{class: "rock", size: 20, anchor: "middle", bold: true}
	inRock   = label{class: "vein", size: 12, anchor: "middle"}
	fallen   = label{class: "rock", size: 15, anchor: "middle", bold: true}
	column   = label{class: "ink", size: 13, anchor: "start", bold: true}
	small    = label{class: "soft", size: 12, anchor: "start"}
)

// draw returns the picture as SVG, which needs nothing but itself.
func draw(m mountain) string {
	s := &svg{}
	s.put(`<svg xmlns="http://www.w3.org/2000/svg" class="mountain" viewBox="0 0 %d %d" role="img" aria-labelledby="mountain-title mountain-desc">`, width, height)
	s.put(`<title id="mountain-title">%s</title>`, escaped("The mountain: "+m.title()))
	s.put(`<desc id="mountain-desc">%s</desc>`, escaped(m.describe()))
	s.b.WriteString(style)
	s.land()
	s.text(headline, 30, 50, "The mountain")
	s.lines(subtitle, 30, 76, m.subtitle())

	unit := m.dotUnit()
	for i := range m.Levels {
		m.drawLevel(s, i, unit)
	}
	m.drawExit(s, unit)
	m.drawGaps(s)
	m.drawLegend(s, unit)
	s.put(`</svg>`)
	return s.b.String()
}

// subtitle says what is counted, in lines that end before the mountain begins, whatever the
// letters of the name.
func (m mountain) subtitle() []string {
	const longest = 40
	source := []rune(m.Log.Name)
	if len(source) > longest {
		source = append([]rune("…"), source[len(source)-longest+1:]...)
	}
	return []string{
		fmt.Sprintf("How far %s customers climbed, and where they stopped", number(m.Customers)),
		string(source),
		m.Log.From + " to " + m.Log.Through,
	}
}

// dotUnit returns how many customers a dot is.
func (m mountain) dotUnit() int {
	largest := max(1, m.Exit.Reached)
	for _, l := range m.Levels {
		largest = max(largest, l.Reached)
	}
	return dotUnit(largest)
}

// drawLevel draws who reached a stage, who climbed on and who went no further.
func (m mountain) drawLevel(s *svg, i, unit int) {
	l := m.Levels[i]
	var notes []string
	if l.NotAfter > 0 {
		notes = []string{short(l.NotAfter) + " not after", m.Levels[i-1].Stage.String()}
	}
	top := s.dots("crowd", i, altitude[i], l.Reached, unit)
	drawCount(s, i, top, l.Reached, l.Stage, notes)
	if l.Stage == stage.Grow {
		return
	}
	m.drawSlope(s, i)
	if l.Stopped == 0 {
		return
	}
	s.put(`<rect class="fall" x="%d" y="%d" width="%d" height="%d"/>`, left(i), altitude[i]+2, terrace, ground-altitude[i]-2)
	top = s.dots("scree", i, ground-6, l.Stopped, unit)
	lines := []string{"no further"}
	if l.Left > 0 {
		lines = append(lines, "("+short(l.Left)+" left)")
	}
	y := top - 4 - 15*(len(lines)-1)
	s.text(fallen, center(i), y-15, short(l.Stopped))
	s.lines(inRock, center(i), y, lines)
}

// drawCount writes how many reached a stage above their dots.
func drawCount(s *svg, i, top, n int, stage stage.Stage, notes []string) {
	y := top - 8 - 15*max(0, len(notes)-1)
	if len(notes) > 0 {
		s.lines(aside, center(i), y, notes)
		y -= 16
	}
	s.text(count, center(i), y, short(n))
	s.text(name, center(i), y-27, stage.String())
}

// drawSlope writes who climbed on from a stage, under the slope to the next.
func (m mountain) drawSlope(s *svg, i int) {
	l := m.Levels[i]
	x, y := center(i)+terrace, altitude[i]+30
	if l.Reached == 0 {
		s.lines(inRock, x, y, []string{"nobody here,", "so no rate"})
		return
	}
	s.text(rate, x, y, l.Rate+"%")
	lines := []string{fmt.Sprintf("%s of %s", short(l.ClimbedOn), short(l.Reached)), "climbed on"}
	if l.Skipped > 0 {
		lines = append(lines, short(l.Skipped)+" skipped", m.Levels[i+1].Stage.String())
	}
	if l.Before > 0 {
		lines = append(lines, short(l.Before)+" higher", "before")
	}
	s.lines(inRock, x, y+19, lines)
}

// drawExit draws the way down.
func (m mountain) drawExit(s *svg, unit int) {
	const i = 5
	top := s.dots("gone", i, altitude[i], m.Exit.Reached, unit)
	drawCount(s, i, top, m.Exit.Reached, stage.Exit, nil)
	y := altitude[i] + 30
	if m.Exit.Rate != "" {
		s.text(rate, center(i), y, m.Exit.Rate+"%")
		y = s.lines(inRock, center(i), y+19, []string{fmt.Sprintf("%s of %s who", short(m.Exit.Committed), short(m.level(stage.Onboard).Reached)), "had committed"}) + 6
	}
	s.lines(inRock, center(i), y, m.leftFrom())
}

// leftFrom says how high those had come who left.
func (m mountain) leftFrom() []string {
	var lines []string
	for i := len(m.Levels) - 1; i >= 0; i-- {
		if l := m.Levels[i]; l.Left > 0 {
			lines = append(lines, short(l.Left)+" from "+l.Stage.String())
		}
	}
	if m.Exit.Unseen > 0 {
		lines = append(lines, short(m.Exit.Unseen)+" unseen before")
	}
	return lines
}

// drawGaps names the stages that customers passed over, under the summit.
func (m mountain) drawGaps(s *svg) {
	lines := []string{}
	for _, l := range m.Levels {
		if l.PassedOver > 0 {
			lines = append(lines, fmt.Sprintf("%s never in %s", short(l.PassedOver), l.Stage))
		}
	}
	if len(lines) == 0 {
		lines = []string{"nobody left out a stage"}
	}
	x, y := center(4), altitude[4]+260
	s.text(fallen, x, y, "Gaps")
	y = s.lines(inRock, x, y+20, []string{"of those who went higher"})
	s.lines(inRock, x, y+4, lines)
}

// drawLegend writes what counts, under the ground.
func (m mountain) drawLegend(s *svg, unit int) {
	const top = ground + 34
	s.text(column, 16, top, "What counts as having reached a stage")
	rules := m.rules()
	for i, row := range rules.rows {
		x := 16 + i*196
		s.text(column, x, top+28, row[0])
		s.lines(small, x, top+46, wrap(row[1], 25))
	}
	s.lines(small, 16, height-46, wrap(m.explain(unit), 155))
}

// explain says how to read the picture.
func (m mountain) explain(unit int) string {
	dot := "A dot is one customer"
	if unit > 1 {
		dot = fmt.Sprintf("A dot is %s customers or a part of that", number(unit))
	}
	return dot + ": an account, or a visitor or user whom no event links to one. Each stage counts who ever reached it; who skips a stage leaves a gap. " +
		"Per cent: of those in a stage, who were in the next at the same time or later. No further: by the end of the log, so some are still climbing."
}

// describe tells the picture to those who do not see it.
func (m mountain) describe() string {
	var b strings.Builder
	for i, l := range m.Levels {
		fmt.Fprintf(&b, "%s reached %s", number(l.Reached), l.Stage)
		if l.NotAfter > 0 {
			fmt.Fprintf(&b, ", %s of them not after %s", number(l.NotAfter), m.Levels[i-1].Stage)
		}
		if l.Rate != "" {
			fmt.Fprintf(&b, "; %s (%s%%) climbed on to %s", number(l.ClimbedOn), l.Rate, m.Levels[i+1].Stage)
		}
		for _, part := range []struct {
			n    int
			what string
		}{{l.Skipped, "skipped it and went higher"}, {l.Before, "had been higher before"}, {l.Stopped, "went no further"}} {
			if part.n > 0 && l.Stage != stage.Grow {
				fmt.Fprintf(&b, ", %s %s", number(part.n), part.what)
			}
		}
		b.WriteString(". ")
	}
	fmt.Fprintf(&b, "%s left", number(m.Exit.Reached))
	if m.Exit.Rate != "" {
		fmt.Fprintf(&b, ", %s%% of those who had committed", m.Exit.Rate)
	}
	if from := m.leftFrom(); len(from) > 0 {
		fmt.Fprintf(&b, ": %s", strings.Join(from, ", "))
	}
	b.WriteByte('.')
	return b.String()
}
