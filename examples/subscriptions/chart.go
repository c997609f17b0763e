package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// chart is a picture, laid out in a given width. Positions are in pixels.
type chart struct {
	ID, Class, Title, Description string
	Width, Height                 float64
	Boxes                         []box
	Lines                         []line
	Texts                         []label
}

// box is a bar or a cell. Opacity is 1 but for cells, whose value it shows.
type box struct {
	Class               string
	X, Y, Width, Height float64
	Opacity             float64
}

type line struct{ Class, Points string }

type label struct {
	Class  string
	X, Y   float64
	Anchor string
	Text   string
}

// charts returns the charts of a table, of which one is shown: on a phone, letters of a
// shrunk chart would be too small.
func (a *analysis) charts(id string) []chart {
	draw := map[string]func(width float64) chart{"bridge": a.waterfallChart, "levels": a.revenueChart, "cohorts": a.cohortChart}[id]
	if draw == nil {
		return nil
	}
	var list []chart
	for _, v := range []struct {
		class string
		width float64
	}{{"wide", 760}, {"narrow", 350}} {
		c := draw(v.width)
		c.Class, c.ID, c.Width = v.class, id+"-"+v.class, v.width
		list = append(list, c)
	}
	return list
}

// widthOf is about how wide a number is.
func widthOf(text string) float64 { return 7.7 * float64(len([]rune(text))) }

func float(a ledger.Amount) float64 {
	f, _ := a.Decimal(2).Float64()
	return f
}

// waterfallChart draws how the movements lead from the opening revenue to the closing one.
func (a *analysis) waterfallChart(width float64) chart {
	const row, bar, left = 32.0, 20.0, 92.0
	b := a.bridge.Bridge
	type step struct {
		name, class string
		amount      ledger.Amount
	}
	steps := []step{
		{"Opening", "level", b.Opening}, {"New", "", b.New}, {"Expansion", "", b.Expansion}, {"Contraction", "", b.Contraction},
		{"Churn", "", b.Churn}, {"Reactivation", "", b.Reactivation}, {"Transfer", "", b.Transfer}, {"FX", "", b.FX}, {"Closing", "level", b.Closing},
	}
	least, most, sum, right := 0.0, float(b.Closing), 0.0, widthOf(amountText(b.Closing))
	for _, s := range steps[:len(steps)-1] {
		sum += float(s.amount)
		least, most, right = min(least, sum), max(most, sum), max(right, widthOf("+"+amountText(s.amount)))
	}
	right += 8
	x := func(v float64) float64 { return left + (width-left-right)*(v-least)/max(most-least, 1) }

	c := chart{Title: "MRR bridge of " + a.drawn}
	c.Description = "From " + moneyText(b.Opening.Money()) + " to " + moneyText(b.Closing.Money()) + " " + a.currency.Code() + ". The table below has the numbers."
	y, at := 4.0, 0.0
	for _, s := range steps {
		if s.class == "" && s.amount.IsZero() && (s.name == "Transfer" || s.name == "FX") {
			continue
		}
		from, to := at, at+float(s.amount)
		switch {
		case s.class == "level":
			from, to = 0, float(s.amount)
		case s.amount.Sign() < 0:
			s.class = "loss"
		case s.amount.Sign() > 0:
			s.class = "gain"
		}
		if s.name != "Opening" {
			c.Lines = append(c.Lines, line{"link", fmt.Sprintf("%.1f,%.1f %.1f,%.1f", x(at), y-(row-bar), x(at), y)})
		}
		at = to
		c.Boxes = append(c.Boxes, box{s.class, x(min(from, to)), y, max(x(max(from, to))-x(min(from, to)), 1), bar, 1})
		text := amountText(s.amount)
		if s.class == "gain" {
			text = "+" + text
		}
		c.Texts = append(c.Texts, label{"name", 0, y + 15, "start", s.name}, label{"value " + s.class, width, y + 15, "end", text})
		y += row
	}
	c.Height = y - (row - bar) + 4
	return c
}

// revenueChart draws MRR and committed MRR at the ends of months.
func (a *analysis) revenueChart(width float64) chart {
	const top, height = 24.0, 220.0
	most := 0.0
	for i := range a.months {
		most = max(most, float(a.months[i].Levels.MRR), float(a.months[i].Levels.Committed()))
	}
	step := niceStep(most / 4)
	most = max(step, step*math.Ceil(most/step))
	left, right, bottom := widthOf(metric.Count(most).String())+12, width-30, top+height
	x := func(i int) float64 { return left + (right-left)*float64(i)/float64(max(len(a.months)-1, 1)) }
	y := func(v float64) float64 { return bottom - height*v/most }

	c := chart{Title: "MRR and committed MRR at the end of each month", Height: bottom + 30}
	for v := 0.0; v <= most; v += step {
		c.Lines = append(c.Lines, line{"grid", fmt.Sprintf("%.1f,%.1f %.1f,%.1f", left, y(v), right, y(v))})
		c.Texts = append(c.Texts, label{"", left - 8, y(v) + 4, "end", metric.Count(v).String()})
	}
	every := int(math.Ceil(float64(len(a.months)) * 64 / (right - left)))
	var mrr, committed []string
	for i := range a.months {
		l := a.months[i].Levels
		mrr = append(mrr, fmt.Sprintf("%.1f,%.1f", x(i), y(float(l.MRR))))
		committed = append(committed, fmt.Sprintf("%.1f,%.1f", x(i), y(float(l.Committed()))))
		if (len(a.months)-1-i)%every == 0 {
			c.Texts = append(c.Texts, label{"", x(i), bottom + 20, "middle", a.months[i].name()})
		}
	}
	area := fmt.Sprintf("%s %.1f,%.1f %.1f,%.1f", strings.Join(mrr, " "), x(len(a.months)-1), bottom, x(0), bottom)
	c.Lines = append(c.Lines, line{"area", area}, line{"committed", strings.Join(committed, " ")}, line{"mrr", strings.Join(mrr, " ")})
	first, last := &a.months[0], &a.months[len(a.months)-1]
	c.Texts = append(c.Texts, label{"name", x(len(a.months) - 1), y(float(last.Levels.MRR)) - 8, "end", amountText(last.Levels.MRR)})
	c.Description = fmt.Sprintf("MRR goes from %s in %s to %s in %s. The table below has the numbers.",
		amountText(first.Levels.MRR), first.label, amountText(last.Levels.MRR), last.label)
	return c
}

// cohortChart draws the triangle of cohorts, the stronger the more there is.
func (a *analysis) cohortChart(width float64) chart {
	const left, top, row = 106.0, 26.0, 30.0
	c := chart{Title: a.cohort.title(), Description: "A row for each cohort and a column for each month since it came. The table below has the numbers."}
	t := a.cohortTable()
	longest := 0
	for _, r := range t.Rows {
		for _, text := range r[2:] {
			longest = max(longest, len([]rune(text)))
		}
	}
	ages := min(len(t.Head)-2, int((width-left)/(8*float64(longest)+2)))
	cell := min((width-left)/float64(max(ages, 1)), 60)
	c.Texts = append(c.Texts, label{"", 0, top - 9, "start", "first paid"}, label{"", left - 12, top - 9, "end", "n"})
	for age := range ages {
		c.Texts = append(c.Texts, label{"", left + cell*(float64(age)+0.5), top - 9, "middle", t.Head[age+2]})
	}
	most := a.mostShare(ages)
	for i, r := range t.Rows {
		y := top + row*float64(i)
		if i == len(t.Rows)-1 {
			y += 8
		}
		c.Texts = append(c.Texts, label{"name", 0, y + 19, "start", r[0]}, label{"", left - 12, y + 19, "end", r[1]})
		for age := range ages {
			share, ok := a.pooled(age)
			if i < len(a.cohorts) {
				if ok = age < len(a.cohorts[i].Cells); ok {
					share = a.cohort.share(&a.cohorts[i], &a.cohorts[i].Cells[age])
				}
			}
			if !ok {
				continue
			}
			class, value := "kept", length(share)
			switch {
			case a.cohort == revenue:
				value /= most
			case value > 1:
				class, value = "grown", 0.4+0.6*min(value-1, 1)
			}
			x := left + cell*float64(age)
			c.Boxes = append(c.Boxes, box{class, x + 1, y + 1, cell - 2, row - 2, 0.06 + 0.69*value})
			c.Texts = append(c.Texts, label{"cell", x + cell/2, y + 19, "middle", r[age+2]})
		}
	}
	c.Height = top + row*float64(len(t.Rows)) + 12
	return c
}

// mostShare returns the largest length of a cell up to an age.
func (a *analysis) mostShare(ages int) float64 {
	most := 1.0
	for i := range a.cohorts {
		for j := range a.cohorts[i].Cells[:min(ages, len(a.cohorts[i].Cells))] {
			most = max(most, length(a.cohort.share(&a.cohorts[i], &a.cohorts[i].Cells[j])))
		}
	}
	return most
}

// niceStep returns a round number that is at least v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(v, 1))))
	for _, step := range []float64{1, 2, 5} {
		if v <= step*power {
			return step * power
		}
	}
	return 10 * power
}
