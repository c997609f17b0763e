package segment

import (
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/intake"
)

// Range is a range of scores, both ends included. The zero Range is all scores.
type Range struct{ From, To uint8 }

func (r Range) contains(score uint8) bool {
	return r == Range{} || r.From <= score && score <= r.To
}

// Box is a name for the customers whose scores lie in three ranges.
type Box struct {
	Name    string
	R, F, M Range
}

// Map gives names to scores.
type Map struct {
	Name   string
	Source string // where the map is published; "" for a caller's own

	Bins  int // scores of each dimension; 0 stands for 5
	Boxes []Box
	Rest  string // the name of scores in no box; "" if there are none

	// FirstWins has the first of several boxes name the scores that they share. By default
	// boxes must not overlap.
	FirstWins bool
}

func (m *Map) bins() uint8 {
	if m.Bins == 0 {
		return 5
	}
	return uint8(m.Bins)
}

// Check reports whether each combination of scores has exactly one name. If not, the error is
// a [metric.ErrInput] that names a combination that has none or several, or the box that is
// at fault.
func (m *Map) Check() error {
	if m.Bins < 0 || m.Bins > maxBins {
		return intake.Errorf("Map.Bins", "%d, want 1 to %d", m.Bins, maxBins)
	}
	if len(m.Boxes) == 0 && m.Rest == "" {
		return intake.Errorf("Map.Boxes", "there are none")
	}
	for _, b := range m.Boxes {
		for _, r := range []Range{b.R, b.F, b.M} {
			if r != (Range{}) && (r.From < 1 || r.From > r.To || r.To > m.bins()) {
				return intake.Errorf("Map.Boxes", "%q has the range %d to %d, want ranges within 1 and %d", b.Name, r.From, r.To, m.bins())
			}
		}
		if b.Name == "" || b.Name == m.Rest {
			return intake.Errorf("Map.Boxes", "a box is called %q", b.Name)
		}
	}
	var err error
	m.each(func(s Scores) bool {
		switch names := m.namesOf(s); {
		case len(names) == 0 && m.Rest == "":
			err = intake.Errorf("Map", "the scores %s have no name", s)
		case len(names) > 1 && !m.FirstWins:
			err = intake.Errorf("Map", "the scores %s have the names %q", s, names)
		}
		return err == nil
	})
	return err
}

func (m *Map) each(do func(Scores) bool) {
	n := m.bins()
	for r := uint8(1); r <= n; r++ {
		for f := uint8(1); f <= n; f++ {
			for x := uint8(1); x <= n; x++ {
				if !do(Scores{r, f, x}) {
					return
				}
			}
		}
	}
}

func (m *Map) namesOf(s Scores) (names []string) {
	for i := range m.Boxes {
		if b := &m.Boxes[i]; b.contains(s) {
			names = append(names, b.Name)
		}
	}
	return names
}

func (b *Box) contains(s Scores) bool {
	return b.R.contains(s.R) && b.F.contains(s.F) && b.M.contains(s.M)
}

// Of returns the name of scores.
func (m *Map) Of(s Scores) string {
	for i := range m.Boxes {
		if m.Boxes[i].contains(s) {
			return m.Boxes[i].Name
		}
	}
	return m.Rest
}

// names returns the names, in their order.
func (m *Map) names() (names []string) {
	for _, b := range m.Boxes {
		if !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	if m.Rest != "" {
		names = append(names, m.Rest)
	}
	return names
}

// Unreachable returns the names of boxes all of whose scores earlier boxes name, so that no
// customer ever gets them.
func (m *Map) Unreachable() []string {
	var names []string
	for _, name := range m.names() {
		reached := false
		m.each(func(s Scores) bool {
			reached = m.Of(s) == name
			return !reached
		})
		if !reached {
			names = append(names, name)
		}
	}
	return names
}

// String returns the name of the map and its names.
func (m Map) String() string { return m.Name + ": " + strings.Join(m.names(), ", ") }

// Usual returns the map of recency and frequency that most published notebooks use, in which
// monetary value does not count. It is total and exclusive.
func Usual() Map {
	return Map{
		Name:   "usual",
		Source: "the table seg_map of recency and frequency scores, as in many public RFM notebooks",
		Boxes: []Box{
			{Name: "Champions", R: Range{5, 5}, F: Range{4, 5}},
			{Name: "Loyal Customers", R: Range{3, 4}, F: Range{4, 5}},
			{Name: "Potential Loyalists", R: Range{4, 5}, F: Range{2, 3}},
			{Name: "New Customers", R: Range{5, 5}, F: Range{1, 1}},
			{Name: "Promising", R: Range{4, 4}, F: Range{1, 1}},
			{Name: "Need Attention", R: Range{3, 3}, F: Range{3, 3}},
			{Name: "About to Sleep", R: Range{3, 3}, F: Range{1, 2}},
			{Name: "At Risk", R: Range{1, 2}, F: Range{3, 4}},
			{Name: "Can't Lose", R: Range{1, 2}, F: Range{5, 5}},
			{Name: "Hibernating", R: Range{1, 2}, F: Range{1, 2}},
		},
	}
}

// RPackage returns the map of the documentation of R's package rfm. Its boxes overlap and the
// first wins, so that nobody is ever a New Customer, Promising or among Can't Lose Them; see
// [Map.Unreachable].
func RPackage() Map {
	return Map{
		Name:      "R rfm",
		Source:    "rsquaredacademy/rfm 0.3.0, tests/testthat/test-rfm-segment.R",
		FirstWins: true,
		Rest:      "Others",
		Boxes: []Box{
			{"Champions", Range{4, 5}, Range{4, 5}, Range{4, 5}},
			{"Loyal Customers", Range{2, 5}, Range{3, 5}, Range{3, 5}},
			{"Potential Loyalist", Range{3, 5}, Range{1, 3}, Range{1, 3}},
			{"New Customers", Range{4, 5}, Range{1, 1}, Range{1, 1}},
			{"Promising", Range{3, 4}, Range{1, 1}, Range{1, 1}},
			{"Need Attention", Range{2, 3}, Range{2, 3}, Range{2, 3}},
			{"About To Sleep", Range{2, 3}, Range{1, 2}, Range{1, 2}},
			{"At Risk", Range{1, 2}, Range{2, 5}, Range{2, 5}},
			{"Can't Lose Them", Range{1, 1}, Range{4, 5}, Range{4, 5}},
			{"Lost", Range{1, 2}, Range{1, 2}, Range{1, 2}},
		},
	}
}
