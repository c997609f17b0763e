package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/segment"
)

// picture is one of a kind of drawing, laid out in two widths, of which the page shows one:
// on a phone, the letters of a shrunk drawing would be too small. Positions are in pixels.
type picture struct {
	ID, Title, Description, Caption string
	Layouts                         []layout
}

type layout struct {
	Class         string // wide or narrow
	Width, Height float64
	Marks         []mark
}

// mark is a rectangle, a line or a text. Class is its style.
type mark struct {
	Class          string
	X, Y, W, H     float64
	Heat           float64 // of a cell of a grid, 0 to 1
	Points         string  // of a line
	Text, End, Tip string  // End is the anchor of a text
}

// layouts draws a picture in both widths.
func layouts(draw func(width float64, narrow bool) layout) []layout {
	wide, narrow := draw(760, false), draw(350, true)
	wide.Class, narrow.Class = "wide", "narrow"
	return []layout{wide, narrow}
}

// pictures returns all that can be drawn.
func (a *analysis) pictures() map[string]picture {
	all := map[string]picture{"segments": a.segmentPicture(), "grid": a.gridPicture()}
	if a.fit != nil {
		all["values"] = a.valuePicture()
	}
	if a.check != nil {
		all["check"] = a.checkPicture()
	}
	return all
}

// pair is a label with two shares, from 0 to 1.
type pair struct {
	label         string
	first, second float64
}

// pairs draws two bars for each label.
func pairs(rows []pair, first, second string) []layout {
	most := 0.01
	for _, r := range rows {
		most = max(most, r.first, r.second)
	}
	return layouts(func(width float64, narrow bool) layout {
		left, top, step := 150.0, 4.0, 42.0
		if narrow {
			left, top, step = 0, 20, 60
		}
		l := layout{Width: width, Height: step * float64(len(rows))}
		for i, r := range rows {
			y := top + step*float64(i)
			if narrow {
				l.Marks = append(l.Marks, mark{Class: "name", X: 0, Y: y - 5, Text: r.label})
			} else {
				l.Marks = append(l.Marks, mark{Class: "name", X: left - 12, Y: y + 20, Text: r.label, End: "end"})
			}
			for k, share := range []float64{r.first, r.second} {
				w := (width - left - 56) * share / most
				name := []string{first, second}[k]
				bar := y + 16*float64(k)
				l.Marks = append(l.Marks,
					mark{Class: fmt.Sprintf("bar s%d", k), X: left, Y: bar, W: max(w, 1), H: 14, Tip: fmt.Sprintf("%s: %s of %s", r.label, percent(share), name)},
					mark{X: left + max(w, 1) + 6, Y: bar + 11.5, Text: percent(share)})
			}
		}
		return l
	})
}

func (a *analysis) segmentPicture() picture {
	var rows []pair
	var words []string
	for _, r := range a.segments.Rows {
		customers, money := ratioOr0(a.segments.CustomerShare(&r)), ratioOr0(a.segments.MoneyShare(&r))
		rows = append(rows, pair{r.Label, customers, max(money, 0)})
		words = append(words, fmt.Sprintf("%s: %s of customers, %s of revenue", r.Label, percent(customers), percent(money)))
	}
	return picture{ID: "segments", Title: "Segments by share of customers and of revenue",
		Description: strings.Join(words, ". ") + ".", Layouts: pairs(rows, "customers", "revenue")}
}

// valuePicture is a histogram of predicted value, with bins that grow with it.
func (a *analysis) valuePicture() picture {
	var values []float64
	most, total := 0.0, 0.0
	for _, c := range a.customers {
		v := mainUnits(c.predicted, a.currency)
		values, most, total = append(values, v), max(most, v), total+v
	}
	edges := []float64{0}
	for power := math.Pow(10, math.Floor(math.Log10(max(most, 0.01)))-2); power <= most; power *= 10 {
		for _, step := range []float64{1, 2, 5} {
			if step*power <= most {
				edges = append(edges, step*power)
			}
		}
	}
	rows := make([]pair, len(edges))
	for i := range edges {
		switch {
		case i+1 < len(edges):
			rows[i].label = grouped(edges[i]) + " to " + grouped(edges[i+1])
		default:
			rows[i].label = grouped(edges[i]) + " and more"
		}
	}
	for _, v := range values {
		i := 0
		for i+1 < len(edges) && v >= edges[i+1] {
			i++
		}
		rows[i].first += 1 / float64(len(values))
		if total > 0 {
			rows[i].second += v / total
		}
	}
	var words []string
	for _, r := range rows {
		words = append(words, fmt.Sprintf("%s: %s of customers with %s of the value", r.label, percent(r.first), percent(r.second)))
	}
	return picture{ID: "values", Title: "Customers by predicted value, in " + a.currency.Code(),
		Description: strings.Join(words, ". ") + ".", Layouts: pairs(rows, "customers", "predicted value")}
}

// gridPicture is a heat map: the most orders at the top, the latest on the right.
func (a *analysis) gridPicture() picture {
	measure, what := segment.Predicted, "predicted value"
	if a.fit == nil {
		measure, what = segment.Margin, "margin"
	}
	caption := "Of each cell: the number of customers, and the " + what + " of one in " + a.currency.Code()
	if a.hasCAC() {
		caption += ", and margin to date and predicted value over CAC"
	}
	p := picture{ID: "grid", Title: "Lifecycle grid", Caption: caption + ". The stronger the colour, the higher the " + what + " of a customer.",
		Description: caption + ". " + "The numbers are in the tables below."}
	o := a.grid.Options()
	orders, days := o.Frequency.Names(), o.Recency.Names()
	mean := func(f, r int) (metric.Number, float64) {
		m, err := a.grid.All(f, r).Mean(measure)
		if err != nil {
			return m, 0
		}
		return m, m.Decimal().InexactFloat64()
	}
	most := 0.0
	for f := range orders {
		for r := range days {
			_, m := mean(f, r)
			most = max(most, m)
		}
	}
	decimals := min(2, a.currency.Exponent())
	if most >= 100 {
		decimals = 0
	}
	short := metric.Format{Rounding: metric.RoundTo(decimals, metric.RoundHalfAwayFromZero)}
	p.Layouts = layouts(func(width float64, narrow bool) layout {
		left, top, high := 40.0, 44.0, 64.0
		if narrow {
			left = 26
		}
		cell := (width - left) / float64(len(days))
		l := layout{Width: width, Height: top + high*float64(len(orders))}
		l.Marks = append(l.Marks, mark{Class: "title", X: 0, Y: 14, Text: "orders"}, mark{Class: "title", X: width, Y: 14, Text: "days since the last", End: "end"})
		for i := range days {
			l.Marks = append(l.Marks, mark{Class: "axis", X: left + cell*(float64(i)+0.5), Y: 36, Text: days[len(days)-1-i], End: "middle"})
		}
		for j := range orders {
			f := len(orders) - 1 - j
			y := top + high*float64(j)
			l.Marks = append(l.Marks, mark{X: left - 8, Y: y + high/2 + 4, Text: orders[f], End: "end"})
			for i := range days {
				r := len(days) - 1 - i
				c := a.grid.All(f, r)
				figures := a.figures(c)
				average, m := mean(f, r)
				x := left + cell*float64(i)
				box := mark{Class: "cell", X: x + 1, Y: y + 1, W: cell - 2, H: high - 2,
					Tip: fmt.Sprintf("%s orders, %s days: %s customers", orders[f], days[r], figures[0])}
				if c.Customers() == 0 {
					l.Marks = append(l.Marks, box)
					continue
				}
				if most > 0 {
					box.Heat = math.Sqrt(max(m, 0) / most)
				}
				box.Tip += fmt.Sprintf(", margin %s, predicted %s, CAC %s, value over CAC %s", figures[1], figures[2], figures[3], figures[4])
				l.Marks = append(l.Marks, box,
					mark{Class: "count", X: x + cell/2, Y: y + 21, Text: figures[0], End: "middle"},
					mark{Class: "in", X: x + cell/2, Y: y + 38, Text: average.Format(short), End: "middle"})
				if a.hasCAC() {
					l.Marks = append(l.Marks, mark{Class: "in", X: x + cell/2, Y: y + 54, Text: figures[4], End: "middle"})
				}
			}
		}
		return l
	})
	return p
}

// checkPicture has the purchases that customers made, and were expected to make, by the
// number that they made before.
func (a *analysis) checkPicture() picture {
	h := a.check
	most := 0.0
	var bought, expected []float64 // a customer; NaN for no customer
	var words []string
	for _, r := range h.rows {
		b, e := math.NaN(), math.NaN()
		if r.Customers > 0 {
			b, e = float64(r.Bought)/float64(r.Customers), r.Expected/float64(r.Customers)
			most = max(most, b, e)
			words = append(words, fmt.Sprintf("%s: %s bought, %s expected", rowName(r), twoDecimals(b), twoDecimals(e)))
		}
		bought, expected = append(bought, b), append(expected, e)
	}
	p := picture{ID: "check", Title: "Purchases a customer from " + h.from.String() + " to " + h.to.String() + ", by repeat purchases before",
		Description: strings.Join(words, ". ") + "."}
	p.Layouts = layouts(func(width float64, narrow bool) layout {
		left, right, top, bottom := 40.0, width-20, 12.0, 300.0
		if narrow {
			left, bottom = 30, 240
		}
		l := layout{Width: width, Height: bottom + 48}
		step := tickStep(most)
		end := step * math.Ceil(max(most, step)/step)
		y := func(v float64) float64 { return bottom - (bottom-top)*v/end }
		x := func(i int) float64 { return left + 10 + (right-left-20)*float64(i)/float64(len(h.rows)-1) }
		for v := 0.0; v <= end+step/2; v += step {
			l.Marks = append(l.Marks, mark{Class: "rule", X: left, Y: y(v), W: right - left, H: 1}, mark{X: left - 8, Y: y(v) + 4, Text: digits(v), End: "end"})
		}
		for i, r := range h.rows {
			name := rowName(r)
			if r.OrMore {
				name = fmt.Sprint(r.Purchases, "+")
			}
			l.Marks = append(l.Marks, mark{X: x(i), Y: bottom + 20, Text: name, End: "middle"})
		}
		l.Marks = append(l.Marks, mark{Class: "title", X: right, Y: bottom + 42, Text: "repeat purchases before", End: "end"})
		for k, series := range [][]float64{bought, expected} {
			var points []string
			for i, v := range series {
				if !math.IsNaN(v) {
					points = append(points, fmt.Sprintf("%.1f,%.1f", x(i), y(v)))
				}
			}
			l.Marks = append(l.Marks, mark{Class: fmt.Sprintf("line s%d", k), Points: strings.Join(points, " ")})
			for i, v := range series {
				if !math.IsNaN(v) {
					l.Marks = append(l.Marks, mark{Class: fmt.Sprintf("dot s%d", k), X: x(i), Y: y(v), Tip: rowName(h.rows[i]) + " before: " + twoDecimals(v) + " " + []string{"bought", "expected"}[k]})
				}
			}
		}
		return l
	})
	return p
}

// tickStep returns a round distance of ticks, of which there are up to eight.
func tickStep(most float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(most, 1e-6)))-1)
	for _, step := range []float64{1, 2, 5, 10, 20} {
		if most <= 8*step*power {
			return step * power
		}
	}
	return 50 * power
}

// grouped writes an edge of a bin.
func grouped(v float64) string {
	if v < 1 {
		return digits(v)
	}
	return number(int64(math.Round(v)))
}

func ratioOr0(r metric.Ratio, err error) float64 {
	if err != nil {
		return 0
	}
	return r.Decimal().InexactFloat64()
}
