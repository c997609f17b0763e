package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// table is a part of the report for people. The first column names the rows.
type table struct {
	Title string
	Head  []string
	Rows  [][]cell
	Notes []string
}

// cell is a value with its interval, "" where there is none.
type cell struct{ Text, Interval string }

// heading says what was read.
func (a *analysis) heading() string {
	return fmt.Sprintf("%s subscribers, of whom %s have churned; tenure in %ss up to %s. Intervals are at %s%% confidence.",
		count(a.all.Total()), count(a.all.Events()), a.unit, plain(a.all.End()), plain(100*a.level))
}

// tables returns the report for people.
func (a *analysis) tables() []table {
	return append([]table{a.survivalTable(), a.timesTable(), a.leftTable()}, a.comparison()...)
}

func (a *analysis) survivalTable() table {
	t := table{
		Title: "Still subscribed",
		Head:  []string{a.groupHead()},
		Notes: []string{"The share still there at the end of the " + a.unit.String() + ", by Kaplan and Meier: who has not left yet counts for as long as they were seen. Where nobody has left, or everybody, there is no interval."},
	}
	for _, at := range a.at {
		t.Head = append(t.Head, a.unit.String()+" "+plain(at))
	}
	for _, g := range a.groups {
		row := []cell{{Text: g.name}}
		for _, f := range g.survival {
			row = append(row, f.cell(percent, "not observed"))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (a *analysis) leftTable() table {
	t := table{
		Title: "Have left so far",
		Head:  []string{a.groupHead(), "total", "churned", "churned/total"},
		Notes: []string{a.naiveNote()},
	}
	for _, g := range a.groups {
		t.Rows = append(t.Rows, []cell{{Text: g.name}, {Text: count(g.sample.Total())}, {Text: count(g.sample.Events())}, {Text: percent(g.naive())}})
	}
	return t
}

func (a *analysis) timesTable() table {
	horizon := plain(a.at[len(a.at)-1])
	t := table{
		Title: "How long they stay, in " + a.unit.String() + "s",
		Head:  []string{a.groupHead(), "median", "mean of first " + horizon},
		Notes: []string{"By the median, half have left. The mean is of the time within the first " + horizon + " " + a.unit.String() + "s, so it needs no guess about what comes later."},
	}
	for _, g := range a.groups {
		t.Rows = append(t.Rows, []cell{{Text: g.name}, g.median.cell(oneDecimal, "not reached"), g.mean.cell(oneDecimal, "not observed")})
	}
	return t
}

// naiveNote says why churned/total misleads, by the group where it does so most.
func (a *analysis) naiveNote() string {
	worst := a.groups[0]
	for _, g := range a.groups {
		if g.lost-g.naive() > worst.lost-worst.naive() {
			worst = g
		}
	}
	note := "Churned/total is no churn rate. It counts who joined last " + a.unit.String() + " as kept, although most of their time is still to come, so it says as much about how young the subscribers are as about how many leave."
	if worst.lost-worst.naive() < 0.001 {
		return note
	}
	return note + fmt.Sprintf(" Here it is %s for %s, while the curve has %s lost by %s %s.",
		percent(worst.naive()), worst.name, percent(worst.lost), a.unit, plain(worst.lostBy))
}

// comparison returns what tells groups apart, if there is something to compare.
func (a *analysis) comparison() []table {
	if len(a.hazards) == 0 && len(a.groups) == 1 && a.noHazards == nil {
		return nil
	}
	t := table{Title: "Do they differ?"}
	if len(a.groups) > 1 {
		t.Notes = append(t.Notes, a.logRankNote())
	}
	switch {
	case a.noHazards != nil:
		t.Notes = append(t.Notes, "No hazard ratios: "+a.noHazards.Error()+".")
	case len(a.hazards) > 0:
		t.Head = []string{"Cox model", "hazard ratio", "p"}
		for _, h := range a.hazards {
			name := h.name
			if h.name == a.covariate {
				name += ", each 1 more"
			}
			t.Rows = append(t.Rows, []cell{{Text: name}, h.ratio.cell(ratio, "none"), {Text: probability(h.p)}})
		}
		note := "A hazard ratio of 2 means to leave at twice the rate at any time"
		if a.reference != "" {
			note += "; those of groups are to " + a.reference
		}
		t.Notes = append(t.Notes, note+". The model takes ratios to stay the same over time: look at the curves before relying on it.")
	}
	return []table{t}
}

func (a *analysis) logRankNote() string {
	if a.noLogRank != nil {
		return "No log-rank test: " + a.noLogRank.Error() + "."
	}
	p := probability(a.logRank.P)
	if !strings.HasPrefix(p, "<") {
		p = "=" + p
	}
	return fmt.Sprintf("Log-rank test of all groups having the same curve: chi-squared %.2f on %d df, p%s.", a.logRank.ChiSquare, a.logRank.DF, p)
}

func (a *analysis) groupHead() string {
	if a.by == "" {
		return "group"
	}
	return a.by
}

// cell writes a figure; what is beyond the data has a word of its own.
func (f figure) cell(format func(float64) string, beyond string) cell {
	c := cell{Text: format(f.Value)}
	switch f.undefined {
	case "":
	case metric.InsufficientHistory:
		c.Text = beyond
	default:
		c.Text = string(f.undefined)
	}
	lower, upper := strings.TrimSuffix(format(f.Lower.Value), "%"), strings.TrimSuffix(format(f.Upper.Value), "%")
	switch {
	case f.StdErr.Valid && f.StdErr.Value == 0: // Nobody has left.
	case f.Lower.Valid && f.Upper.Valid:
		c.Interval = lower + "–" + upper
	case f.Lower.Valid: // The data do not bound it above.
		c.Interval = "from " + lower
	case f.Upper.Valid:
		c.Interval = "up to " + upper
	}
	return c
}

func percent(v float64) string    { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }
func oneDecimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
func plain(v float64) string      { return strconv.FormatFloat(v, 'g', 10, 64) }

// ratio has three decimals, unless it is too large for them to matter.
func ratio(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

func probability(p float64) string {
	if p < 0.0001 {
		return "<0.0001"
	}
	return strconv.FormatFloat(p, 'f', 4, 64)
}

// count writes a whole number with commas.
func count(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
