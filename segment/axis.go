package segment

import (
	"fmt"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Axis cuts whole numbers into bins, by the least value of each. It ascends.
type Axis []int64

// LifecycleFrequency returns the bins 1, 2, 3, 4, 5 and more orders of the published
// lifecycle grids.
func LifecycleFrequency() Axis { return Axis{1, 2, 3, 4, 5, 6} }

// LifecycleRecency returns the bins of days of the first published lifecycle grid: 0-6, 7-13,
// 14-19, 20-45, 46-80 and more. They are those of its business; see [Propose] for others.
func LifecycleRecency() Axis { return Axis{0, 7, 14, 20, 46, 81} }

// Propose returns an axis that begins at least and cuts values into at most the given number
// of bins, each with about as many of them as values that are equal allow.
func Propose(values []int64, least int64, bins int) (Axis, error) {
	if bins < 1 || bins > maxBins {
		return nil, intake.Errorf("Propose", "%d bins, want 1 to %d", bins, maxBins)
	}
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) > 0 && sorted[0] < least {
		return nil, intake.Errorf("Propose", "the value %d is below %d", sorted[0], least)
	}
	axis := Axis{least}
	for k := 1; k < bins && len(sorted) > 0; k++ {
		if bound := sorted[len(sorted)*k/bins]; bound > axis[len(axis)-1] {
			axis = append(axis, bound)
		}
	}
	return axis, nil
}

func (a Axis) check(name string, least int64) error {
	if len(a) == 0 || len(a) > maxBins {
		return intake.Errorf(name, "%d bins, want 1 to %d", len(a), maxBins)
	}
	if a[0] > least {
		return intake.Errorf(name, "values below %d are in no bin", a[0])
	}
	for i := 1; i < len(a); i++ {
		if a[i] <= a[i-1] {
			return intake.Errorf(name, "%d is not above %d", a[i], a[i-1])
		}
	}
	return nil
}

// bin returns the bin of a value, or -1 for one below the first.
func (a Axis) bin(value int64) int {
	for i := len(a) - 1; i >= 0; i-- {
		if value >= a[i] {
			return i
		}
	}
	return -1
}

// Names returns the names of the bins: "1", "2-4", ">4".
func (a Axis) Names() []string {
	names := make([]string, len(a))
	for i, from := range a {
		switch {
		case i == len(a)-1 && i == 0:
			names[i] = fmt.Sprintf("%d and more", from)
		case i == len(a)-1:
			names[i] = fmt.Sprintf(">%d", from-1)
		case a[i+1] == from+1:
			names[i] = fmt.Sprint(from)
		default:
			names[i] = fmt.Sprintf("%d-%d", from, a[i+1]-1)
		}
	}
	return names
}

// Phases names the cells of frequency by recency: Names[f][r] is the name of bin f of
// frequency and bin r of recency. It is total and exclusive by its making; several cells may
// have one name.
type Phases struct {
	Name               string
	Source             string
	Frequency, Recency Axis
	Names              [][]string
}

// LifecyclePhases returns the nine phases of the published lifecycle grids.
func LifecyclePhases() Phases {
	return Phases{
		Name:      "lifecycle",
		Source:    "Sergey Bryl, Cohort analysis and LifeCycle Grids mixed segmentation, 2015",
		Frequency: Axis{1, 3, 5},
		Recency:   Axis{0, 61, 181},
		Names: [][]string{
			{"new customer", "under risk new customer", "1x buyer"},
			{"engaged customer", "under risk engaged customer", "former engaged customer"},
			{"best customer", "under risk best customer", "former best customer"},
		},
	}
}

// CellPhases returns phases that are the cells themselves, called "frequency x recency":
// "1 x 0-6".
func CellPhases(frequency, recency Axis) Phases {
	p := Phases{Name: "cells", Frequency: frequency, Recency: recency}
	for _, f := range frequency.Names() {
		var names []string
		for _, r := range recency.Names() {
			names = append(names, f+" x "+r)
		}
		p.Names = append(p.Names, names)
	}
	return p
}

// Check reports whether each customer with an order has a name. If not, the error is a
// [metric.ErrInput].
func (p *Phases) Check() error {
	if err := firstError(p.Frequency.check("segment.Phases.Frequency", 1), p.Recency.check("segment.Phases.Recency", 0)); err != nil {
		return err
	}
	if len(p.Names) != len(p.Frequency) {
		return intake.Errorf("Phases.Names", "%d rows for %d bins of frequency", len(p.Names), len(p.Frequency))
	}
	for _, row := range p.Names {
		if len(row) != len(p.Recency) || slices.Contains(row, "") {
			return intake.Errorf("Phases.Names", "a row does not have a name for each of %d bins of recency", len(p.Recency))
		}
	}
	return nil
}

// Of returns the name of a number of orders and of days since the last, or "" below the
// first bins.
func (p *Phases) Of(orders, days int64) string {
	f, r := p.Frequency.bin(orders), p.Recency.bin(days)
	if f < 0 || r < 0 {
		return ""
	}
	return p.Names[f][r]
}

// Label gives each record's customer the name of its cell. Keys are those that gave the codes
// of the records, such as [purchase.Totals.Keys].
func (p *Phases) Label(records []Record, keys *event.Keys) (*Labels, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	l := newLabels(keys)
	for _, row := range p.Names {
		for _, name := range row {
			l.name(name)
		}
	}
	for i := range records {
		name := p.Of(records[i].Frequency, records[i].Recency)
		if name == "" {
			return nil, intake.Errorf("Record", "customer %q has %d orders, the last %d days ago", keys.Key(records[i].Customer), records[i].Frequency, records[i].Recency)
		}
		l.set(records[i].Customer, l.name(name))
	}
	return l, nil
}
