package segment

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/text"
	"github.com/openlifecycle/lifecycle/metric"
)

// View is what a picture of a grid shows.
type View struct {
	// Groups are those shown, together. None means all.
	Groups []string

	// Measure is what is shown of each cell; "" shows the number of customers. It is the
	// sum, or with Mean what a customer has of it, or with Over the ratio to the sum of
	// another.
	Measure string
	Mean    bool
	Over    string

	// Format is how sums, means and ratios are written.
	Format metric.Format

	// Least withholds cells with fewer customers, and as many others as it takes to keep
	// them from being worked out of the number of all. 0 withholds none.
	Least int64
}

// title says what a view shows.
func (v View) title() string {
	title := v.Measure
	switch {
	case title == "":
		title = "customers"
	case v.Over != "":
		title += " / " + v.Over
	case v.Mean:
		title += " per customer"
	}
	if len(v.Groups) > 0 {
		title += ": " + strings.Join(v.Groups, ", ")
	}
	return title
}

// check refuses views of what is not there.
func (g *Grid) check(v View) error {
	for _, name := range v.Groups {
		if _, ok := g.groups[name]; !ok {
			return intake.Errorf("View.Groups", "there is no group %q", name)
		}
	}
	for _, name := range []string{v.Measure, v.Over} {
		if name != "" && !slices.ContainsFunc(g.options.Measures, func(m Measure) bool { return m.Name == name }) {
			return intake.Errorf("View.Measure", "there is no measure %q", name)
		}
	}
	switch {
	case v.Measure == "" && (v.Mean || v.Over != ""):
		return intake.Errorf("View.Measure", "none, and a quotient is asked for")
	case v.Mean && v.Over != "":
		return intake.Errorf("View.Over", "a mean and a ratio at once")
	}
	return nil
}

// cells returns the cells of a view, with those that are withheld.
func (g *Grid) cells(groups []string, least int64) (cells []Cell, hidden []bool, total bool) {
	if len(groups) == 0 {
		groups = g.Groups()
	}
	sum := g.empty()
	for _, name := range groups {
		merge(sum, g.groups[name])
	}
	counts := make([]int64, len(sum))
	for i := range sum {
		cells = append(cells, Cell{g, sum[i]})
		counts[i] = sum[i].customers
	}
	hidden, total = suppressed(counts, least)
	return cells, hidden, total
}

// Text returns a view as aligned text: frequency downward from the most, recency to the right
// from the longest, so that the best customers are at the top right. The error is a
// [metric.ErrInput] that names what is not there.
func (g *Grid) Text(v View) (string, error) {
	if err := g.check(v); err != nil {
		return "", err
	}
	cells, hidden, total := g.cells(v.Groups, v.Least)
	days, orders := g.options.Recency.Names(), g.options.Frequency.Names()
	head := []string{"orders \\ days"}
	for r := len(days) - 1; r >= 0; r-- {
		head = append(head, days[r])
	}
	lines := [][]string{head}
	for f := len(orders) - 1; f >= 0; f-- {
		line := []string{orders[f]}
		for r := len(days) - 1; r >= 0; r-- {
			i := f*len(days) + r
			line = append(line, v.cell(cells[i], hidden[i]))
		}
		lines = append(lines, line)
	}
	n := g.Total(v.Groups...).Customers().String()
	if total {
		n = string(metric.Suppressed)
	}
	return v.title() + "\n" + text.Columns(lines) + n + " customers\n", nil
}

// cell returns what a view shows of a cell.
func (v View) cell(c Cell, hidden bool) string {
	switch {
	case hidden:
		return string(metric.Suppressed)
	case v.Measure == "":
		return c.Customers().String()
	case c.tally.customers == 0:
		return "-"
	case v.Over != "":
		x, err := c.Ratio(v.Measure, v.Over)
		return textOr(x.Format(v.Format), err)
	case v.Mean:
		x, err := c.Mean(v.Measure)
		return textOr(x.Format(v.Format), err)
	}
	x, err := c.Sum(v.Measure)
	return textOr(x.Format(v.Format), err)
}

// CSV returns all cells as comma-separated values, exactly: group, frequency, recency, the
// number of customers and the sum of each measure. Cells of a group with fewer than least
// customers are withheld, and as many others as it takes to keep them from being worked out of
// the number of the group.
func (g *Grid) CSV(least int64) string {
	names := []string{"group", "frequency", "recency", "customers"}
	for _, m := range g.options.Measures {
		names = append(names, m.Name)
	}
	lines := [][]string{names}
	g.each(least, func(line []string) { lines = append(lines, line) })
	return text.CSV(lines)
}

// each calls do with the line of each cell, group by group.
func (g *Grid) each(least int64, do func(line []string)) {
	days, orders := g.options.Recency.Names(), g.options.Frequency.Names()
	for _, name := range g.Groups() {
		cells, hidden, _ := g.cells([]string{name}, least)
		for i, c := range cells {
			line := []string{name, orders[i/len(days)], days[i%len(days)]}
			if hidden[i] {
				for range 1 + len(g.options.Measures) {
					line = append(line, string(metric.Suppressed))
				}
			} else {
				line = append(line, fmt.Sprint(c.tally.customers))
				for _, m := range g.options.Measures {
					sum, err := c.Sum(m.Name)
					line = append(line, textOr(sum.Text(), err))
				}
			}
			do(line)
		}
	}
}

// JSON returns all cells as a list of objects with the names and values of [Grid.CSV].
func (g *Grid) JSON(least int64) ([]byte, error) {
	list := []map[string]string{}
	g.each(least, func(line []string) {
		object := map[string]string{"group": line[0], "frequency": line[1], "recency": line[2], "customers": line[3]}
		for i, m := range g.options.Measures {
			object[m.Name] = line[4+i]
		}
		list = append(list, object)
	})
	return json.Marshal(list)
}
