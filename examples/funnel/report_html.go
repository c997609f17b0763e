package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

//go:embed report.html
var page string

// htmlReport is what the template shows.
type htmlReport struct {
	About   []string
	Funnel  htmlFunnel
	Cohorts *htmlCohorts
	Refused []refusal
}

type htmlFunnel struct {
	Rule   string
	Steps  []bar
	By     string
	Heads  []string
	Groups []htmlGroup
	More   int // groups that are not shown
}

type htmlGroup struct {
	Name  string
	Cells []htmlCell
	Last  string // the share that got from the first step to the last
	Bar   []part // the same, compared with the largest one
}

type htmlCell struct{ Count, Share string }

type htmlCohorts struct {
	Rule     string
	Tiles    []tile
	Bars     []bar
	Criteria []bar
}

// tile is a figure and what it is.
type tile struct{ Figure, Text string }

// bar is a label, a bar of up to three parts, and what they mean. X and widths are in
// percent of the space.
type bar struct {
	Label, Figure, Note string
	Immature            bool
	Parts               []part
}

type part struct {
	Class string // done, open or lost
	X, W  string
}

// Alt is the bar in words.
func (b bar) Alt() string { return b.Label + ": " + b.Figure + ". " + b.Note }

// parts lays the parts of a whole side by side.
func parts(whole, done, open, lost int64) []part {
	var list []part
	var before int64
	for _, p := range []struct {
		class string
		n     int64
	}{{"done", done}, {"open", open}, {"lost", lost}} {
		if p.n > 0 {
			list = append(list, part{p.class, percent(length(funnel.Share{Part: before, Whole: whole})), percent(length(funnel.Share{Part: p.n, Whole: whole}))})
		}
		before += p.n
	}
	return list
}

// length is a share to draw. No number that is printed comes of it.
func length(s funnel.Share) float64 { return float64(s.Part) / float64(max(1, s.Whole)) }

func percent(length float64) string { return fmt.Sprintf("%.3f%%", 100*length) }

// maxGroups is the most groups that the page shows; the other forms have all.
const maxGroups = 12

// writeHTML writes the report as one page that needs nothing else.
func writeHTML(w io.Writer, a *analysis) error {
	t, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, htmlReport{a.about(), a.htmlFunnel(), a.activation.html(), a.log.causes()})
}

func (a *analysis) htmlFunnel() htmlFunnel {
	o := a.funnel.Options
	f := htmlFunnel{
		Rule: fmt.Sprintf("Steps %s, within %s of the first; each %s.", o.Order, metric.FromStd(o.Window), countedBy(o.Attempts)),
		By:   o.Breakdown.Attribute,
	}
	for i, s := range a.funnel.Steps {
		f.Steps = append(f.Steps, stepBar(i, a.funnel.Steps))
		f.Heads = append(f.Heads, s.Name)
	}
	groups := slices.Clone(a.funnel.Groups)
	slices.SortStableFunc(groups, func(x, y funnel.Group) int { return cmp.Compare(y.Steps[0].Reached, x.Steps[0].Reached) })
	if len(groups) > maxGroups {
		groups, f.More = groups[:maxGroups], len(groups)-maxGroups
	}
	largest := 0.0
	for _, g := range groups {
		largest = max(largest, length(last(g)))
	}
	for _, g := range groups {
		h := groupOf(g)
		if largest > 0 {
			h.Bar = []part{{"done", "0%", percent(length(last(g)) / largest)}}
		}
		f.Groups = append(f.Groups, h)
	}
	return f
}

func countedBy(a funnel.Attempts) string {
	switch a {
	case funnel.FirstEntry:
		return "person counts once, by the first attempt"
	case funnel.EveryEntry:
		return "attempt counts"
	}
	return "person counts once, by the attempt that got furthest"
}

// stepBar is as long as the share of those in the funnel who got to the step.
func stepBar(i int, steps []funnel.Step) bar {
	s := &steps[i]
	on := s.Reached - s.Open - s.DroppedOff
	b := bar{
		Label:  fmt.Sprintf("%d. %s", i+1, s.Name),
		Figure: metric.Count(s.Reached).String(),
		Parts:  parts(steps[0].Reached, on, s.Open, s.DroppedOff),
	}
	if i > 0 {
		b.Figure += " · " + rateText(s.FromFirst.Ratio())
		b.Note = fmt.Sprintf("%s of the step before, after a median of %s. ", rateText(s.FromPrevious.Ratio()), timeText(s.SincePrevious.Median()))
	}
	if i < len(steps)-1 {
		b.Note += fmt.Sprintf("%s went on, %s still may, %s dropped off.", metric.Count(on), metric.Count(s.Open), metric.Count(s.DroppedOff))
	}
	return b
}

func groupOf(g funnel.Group) htmlGroup {
	h := htmlGroup{Name: cmp.Or(g.Value, "(none)"), Last: rateText(last(g).Ratio())}
	for i, s := range g.Steps {
		c := htmlCell{Count: metric.Count(s.Reached).String()}
		if i > 0 {
			c.Share = rateText(s.FromPrevious.Ratio())
		}
		h.Cells = append(h.Cells, c)
	}
	return h
}

// last is the share that got from the first step to the last.
func last(g funnel.Group) funnel.Share { return g.Steps[len(g.Steps)-1].FromFirst }

func (a *activation) html() *htmlCohorts {
	if a == nil {
		return nil
	}
	h := &htmlCohorts{Rule: a.rule, Tiles: []tile{
		{rateText(a.all.RateOfMature()), fmt.Sprintf("activated: %s of the %s whose time is over", metric.Count(a.all.MatureActivated), metric.Count(a.all.MatureStarted))},
		{timeText(a.times.Median()), "median time to activate, of these"},
		{metric.Count(a.open()).String(), "may still be activated"},
	}}
	for i := range a.cohorts {
		h.Bars = append(h.Bars, a.cohorts[i].bar())
	}
	for _, c := range a.criteria {
		h.Criteria = append(h.Criteria, bar{
			Label: c.Name, Figure: rateText(metric.RatioOf(c.Met, a.all.MatureStarted)),
			Note:  fmt.Sprintf("%s of the %s whose time is over.", metric.Count(c.Met), metric.Count(a.all.MatureStarted)),
			Parts: parts(a.all.MatureStarted, c.Met, 0, a.all.MatureStarted-c.Met),
		})
	}
	return h
}

// bar is always of full length: the cohort.
func (c *cohort) bar() bar {
	still := open(&c.Cohort)
	b := bar{
		Label: c.label(), Figure: rateText(c.Rate()), Immature: !c.Mature,
		Note:  fmt.Sprintf("From %s: %s of %s activated", c.Period.Start().Format(time.DateOnly), metric.Count(c.Activated), metric.Count(c.Started)),
		Parts: parts(c.Started, c.Activated, still, c.Started-c.Activated-still),
	}
	switch {
	case b.Immature:
		b.Figure = "not mature"
		b.Note += fmt.Sprintf(" so far, %s still may be.", metric.Count(still))
	case c.Activated > 0:
		b.Note += ", after a median of " + timeText(c.median()) + "."
	default:
		b.Note += "."
	}
	return b
}
