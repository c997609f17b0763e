package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/survival"
)

// chart is the curves of all groups, laid out in a given width, with the number at risk
// below. Positions are in pixels.
type chart struct {
	Class, Title, Description string
	Width, Height             int
	Left, Right, Top, Bottom  float64 // of the plot
	AxisTitle                 string
	TickY                     float64
	AxisTitleY, RiskTitleY    float64
	X, Y                      []tick
	Curves                    []curve
}

// tick is a label of an axis.
type tick struct {
	At   float64
	Text string
}

// curve is one group.
type curve struct {
	Name       string
	Line, Band string // points
	NameY      float64
	AtRiskY    float64
	AtRisk     []tick
}

const riskRow = 42 // height of a group's name and numbers at risk

// chart lays out the chart.
func (a *analysis) chart(class string, width, plotHeight int) chart {
	c := chart{
		Class: class,
		Title: "Share still subscribed over time",
		Left:  46, Right: float64(width) - 22, Top: 12, Bottom: 12 + float64(plotHeight),
		AxisTitle: a.unit.String() + "s since the start",
		Width:     width,
	}
	c.TickY, c.AxisTitleY, c.RiskTitleY = c.Bottom+5, c.Bottom+42, c.Bottom+72
	c.Height = int(c.RiskTitleY) + riskRow*len(a.groups) + 8
	c.Description = "Step curves with their intervals: " + a.endings() + " The tables below have the numbers."

	end := max(a.all.End(), 1)
	x := func(t float64) float64 { return c.Left + (c.Right-c.Left)*t/end }
	y := func(s float64) float64 { return c.Bottom - (c.Bottom-c.Top)*s }
	for s := 0; s <= 100; s += 25 {
		c.Y = append(c.Y, tick{y(float64(s) / 100), fmt.Sprintf("%d%%", s)})
	}
	var times []float64
	step := tickStep(end, (c.Right-c.Left)/60, a.unit)
	for i := 0.0; i*step <= end; i++ {
		times = append(times, i*step)
		c.X = append(c.X, tick{x(i * step), plain(i * step)})
	}
	for i, g := range a.groups {
		k := g.curve
		v := curve{Name: shorten(g.name, width/9), NameY: c.RiskTitleY + float64(riskRow*i) + 22}
		v.AtRiskY = v.NameY + 17
		v.Line = strings.Join(staircase(k, x, y, func(e survival.Estimate) survival.Optional { return survival.Optional{} }), " ")
		upper := staircase(k, x, y, func(e survival.Estimate) survival.Optional { return e.Upper })
		lower := staircase(k, x, y, func(e survival.Estimate) survival.Optional { return e.Lower })
		for i := len(lower) - 1; i >= 0; i-- {
			upper = append(upper, lower[i])
		}
		v.Band = strings.Join(upper, " ")
		for _, t := range times {
			v.AtRisk = append(v.AtRisk, tick{x(t), count(g.sample.AtRisk(t))})
		}
		c.Curves = append(c.Curves, v)
	}
	return c
}

// staircase returns the corners of a curve or of a limit of it. Where the limit does not
// exist, it is the curve.
func staircase(c *survival.Curve, x, y func(float64) float64, limit func(survival.Estimate) survival.Optional) []string {
	point := func(t, s float64) string { return fmt.Sprintf("%.1f,%.1f", x(t), y(s)) }
	points, last := []string{point(0, 1)}, 1.0
	for step := range c.Steps() {
		s := step.Survival.Value
		if l := limit(step.Survival); l.Valid {
			s = l.Value
		}
		points = append(points, point(step.Time, last))
		if s != last {
			points = append(points, point(step.Time, s))
		}
		last = s
	}
	return points
}

// shorten cuts a name that does not fit; the legend has all of it.
func shorten(name string, length int) string {
	if r := []rune(name); len(r) > length {
		return string(r[:length-1]) + "…"
	}
	return name
}

// endings says in words where the curves end.
func (a *analysis) endings() string {
	var b strings.Builder
	for _, g := range a.groups {
		end := g.curve.End()
		fmt.Fprintf(&b, "%s falls to %s by %s %s. ", g.name, figureOf(g.curve.Survival(end)).cell(percent, "").Text, a.unit, plain(end))
	}
	return strings.TrimSpace(b.String())
}

// tickStep returns the distance of at most so many ticks: a round number, or of months one
// that goes well with years.
func tickStep(end, most float64, unit survival.Unit) float64 {
	if unit == survival.Month {
		for _, step := range []float64{1, 2, 3, 6, 12, 24, 36, 60, 120} {
			if end/step <= most {
				return step
			}
		}
	}
	power := math.Pow(10, math.Floor(math.Log10(end/most)))
	for _, step := range []float64{1, 2, 5} {
		if end/(step*power) <= most {
			return step * power
		}
	}
	return 10 * power
}
