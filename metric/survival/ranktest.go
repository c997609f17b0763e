package survival

import (
	"math"
	"slices"

	"github.com/openlifecycle/lifecycle/metric"
)

// RankWeights say how much the events at each time count in a [RankTest]. With n at risk and
// d events in all groups together:
//
//	LogRank:            1
//	Wilcoxon:           n                      Gehan–Breslow; early differences count more
//	TaroneWare:         √n
//	Peto:               ∏ (1 - d/(n+1))        over the times up to t; Peto–Peto–Prentice
//	FlemingHarringtonG: S(t-)^ρ (1 - S(t-))^γ  with the Kaplan–Meier curve just before t
type RankWeights uint8

// The weights.
const (
	LogRank RankWeights = iota
	Wilcoxon
	TaroneWare
	Peto
	FlemingHarringtonG // the G family; with γ = 0 it is survdiff's rho in R
)

var rankNames = [...]string{
	LogRank: "log-rank", Wilcoxon: "Wilcoxon", TaroneWare: "Tarone-Ware", Peto: "Peto", FlemingHarringtonG: "Fleming-Harrington",
}

// String returns the name, such as "log-rank".
func (w RankWeights) String() string { return nameOf(rankNames[:], int(w)) }

// RankOptions are the options of [RankTest]. The zero value is the log-rank test.
type RankOptions struct {
	Weights RankWeights

	// Rho and Gamma are the exponents for FlemingHarringtonG, not below 0.
	Rho, Gamma float64
}

// String names the test: "log-rank", "Fleming-Harrington rho 1 gamma 0".
func (o RankOptions) String() string {
	if o.Weights != FlemingHarringtonG {
		return o.Weights.String()
	}
	return o.Weights.String() + " rho " + number(o.Rho, 6) + " gamma " + number(o.Gamma, 6)
}

func (o RankOptions) check() error {
	switch {
	case int(o.Weights) >= len(rankNames):
		return inputErrorf("rank weights %d are unknown", o.Weights)
	case !(o.Rho >= 0 && o.Rho <= 100), !(o.Gamma >= 0 && o.Gamma <= 100):
		return inputErrorf("exponents rho %v and gamma %v are not from 0 to 100", o.Rho, o.Gamma)
	case o.Weights != FlemingHarringtonG && (o.Rho != 0 || o.Gamma != 0):
		return inputErrorf("rho and gamma are of the Fleming-Harrington weights, not of %s", o.Weights)
	}
	return nil
}

// Group is a sample with a name.
type Group struct {
	Name   string
	Sample *Sample
}

// GroupBy returns a group for each different name, in order of the names. name gives the
// group of the observation at a position.
func GroupBy(unit Unit, observations []Observation, name func(i int) string) ([]Group, error) {
	members := map[string][]Observation{}
	for i, o := range observations {
		members[name(i)] = append(members[name(i)], o)
	}
	names := make([]string, 0, len(members))
	for n := range members {
		names = append(names, n)
	}
	slices.Sort(names)
	groups := make([]Group, len(names))
	for i, n := range names {
		s, err := New(unit, members[n]...)
		if err != nil {
			return nil, inputErrorf("group %s: %v", quote(n), err)
		}
		groups[i] = Group{Name: n, Sample: s}
	}
	return groups, nil
}

// RankGroup is what a [RankTest] found in one group. Observed and Expected are sums over the
// times of events, weighted as the test says.
type RankGroup struct {
	Name     string
	Total    float64 // sum of the weights of the observations
	Observed float64
	Expected float64 // if all groups had the same hazard
}

// RankResult is the result of [RankTest].
type RankResult struct {
	Test
	Groups  []RankGroup
	Options RankOptions
}

// RankTest tests whether groups have the same survival curve, against one being better than
// another all the time [1]. Under each stratum separately, at each time of an event, the
// events of a group are compared with their share of those at risk; the sums over all times
// and strata give
//
//	χ² = (O-E)ᵀ V⁻¹ (O-E)
//
// with the hypergeometric variance V. Groups that are never at risk when there is an event
// do not take part. Late entries are heeded. Weights of observations have to be whole.
//
// It is [metric.EmptyPopulation] when there are no events, and [metric.OutOfDomain] when at
// no time of an event two groups are at risk.
//
// [1] Harrington, David P.; Fleming, Thomas R. (1982). A Class of Rank Test Procedures for
// Censored Survival Data. Biometrika 69 (3), 553-566.
func RankTest(o RankOptions, groups ...Group) (*RankResult, error) {
	if err := checkGroups(o, groups); err != nil {
		return nil, err
	}
	r := &RankResult{Options: o, Groups: make([]RankGroup, len(groups))}
	strata := map[int32]*Sample{}
	var order []int32
	for g := range groups {
		r.Groups[g] = RankGroup{Name: groups[g].Name, Total: groups[g].Sample.total}
		for _, row := range groups[g].Sample.rows {
			s := strata[row.stratum]
			if s == nil {
				s = &Sample{}
				strata[row.stratum] = s
				order = append(order, row.stratum)
			}
			s.late = s.late || row.entry > 0
			row.stratum = int32(g) // from here on it tells the group
			s.rows = append(s.rows, row)
		}
	}
	slices.Sort(order)
	variance := newSymmetric(len(groups))
	for _, stratum := range order {
		s := strata[stratum]
		slices.SortFunc(s.rows, byExit)
		r.addStratum(s, variance)
	}
	if err := r.finish(variance); err != nil {
		return nil, err
	}
	return r, nil
}

func checkGroups(o RankOptions, groups []Group) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(groups) < 2 || len(groups) > 256 {
		return inputErrorf("a rank test compares 2 to 256 groups, not %d", len(groups))
	}
	for i, g := range groups {
		switch {
		case g.Sample == nil:
			return inputErrorf("group %s has no sample", quote(g.Name))
		case g.Sample.unit != groups[0].Sample.unit:
			return inputErrorf("group %s has times in %ss, group %s in %ss", quote(g.Name), g.Sample.unit, quote(groups[0].Name), groups[0].Sample.unit)
		case !g.Sample.whole:
			return inputErrorf("group %s has weights that are not whole numbers", quote(g.Name))
		case slices.ContainsFunc(groups[:i], func(h Group) bool { return h.Name == g.Name }):
			return inputErrorf("two groups are called %s", quote(g.Name))
		}
	}
	return nil
}

// addStratum adds what one stratum contributes. The rows tell the group by their stratum.
func (r *RankResult) addStratum(s *Sample, variance symmetric) {
	k := len(r.Groups)
	ticks := s.ticks()
	atRisk := s.groupsAtRisk(ticks, k)
	events := make([]float64, k)
	surv, peto := 1.0, 1.0
	for i, t := range ticks {
		if t.events == 0 {
			continue
		}
		n, d := t.atRisk, t.events
		peto *= 1 - d/(n+1)
		w := r.Options.weight(n, surv, peto)
		surv *= 1 - d/n
		clear(events)
		for _, row := range s.rows[t.first:t.last] {
			if row.cause != Censored {
				events[row.stratum] += row.weight
			}
		}
		spread := 0.0
		if n > 1 {
			spread = w * w * d * (n - d) / (n - 1)
		}
		for g := range r.Groups {
			share := atRisk[i*k+g] / n
			r.Groups[g].Observed += w * events[g]
			r.Groups[g].Expected += w * d * share
			if spread == 0 || share == 0 {
				continue
			}
			variance.set(g, g, variance.at(g, g)+spread*share*(1-share))
			for h := range g {
				variance.set(g, h, variance.at(g, h)-spread*share*atRisk[i*k+h]/n)
			}
		}
	}
}

// weight returns the weight of a time, given the curves before and after it.
func (o RankOptions) weight(n, before, peto float64) float64 {
	switch o.Weights {
	case Wilcoxon:
		return n
	case TaroneWare:
		return math.Sqrt(n)
	case Peto:
		return peto
	case FlemingHarringtonG:
		return math.Pow(before, o.Rho) * math.Pow(1-before, o.Gamma)
	}
	return 1
}

// groupsAtRisk returns for each tick how many of each of the k groups are at risk.
func (s *Sample) groupsAtRisk(ticks []tick, k int) []float64 {
	atRisk := make([]float64, len(ticks)*k)
	late := s.lateEntries()
	now := make([]float64, k)
	for i := len(ticks) - 1; i >= 0; i-- {
		for _, row := range s.rows[ticks[i].first:ticks[i].last] {
			now[row.stratum] += row.weight
		}
		for len(late) > 0 && late[0].entry >= ticks[i].time {
			now[late[0].stratum] -= late[0].weight
			late = late[1:]
		}
		copy(atRisk[i*k:], now)
	}
	return atRisk
}

// finish computes the statistic. The variance has one dependency at least; a group adds a
// degree of freedom if its row is not a combination of the rows before it.
func (r *RankResult) finish(variance symmetric) error {
	const tolerance = 1e-9
	members := variance.independent(tolerance)
	var expected float64
	for g := range r.Groups {
		expected += r.Groups[g].Expected
	}
	switch {
	case expected == 0:
		return undefinedf(metric.EmptyPopulation, "there are no events to compare")
	case len(members) == 0:
		return undefinedf(metric.OutOfDomain, "at no time of an event are two groups at risk, so nothing can be compared")
	}
	factor, _ := variance.part(members).factor(0)
	difference := make([]float64, len(members))
	for i, g := range members {
		difference[i] = r.Groups[g].Observed - r.Groups[g].Expected
	}
	r.Test = chiSquareTest(dot(difference, factor.solve(difference)), len(members))
	return nil
}

// Table returns the groups with what was observed and expected.
func (r *RankResult) Table() Table {
	t := Table{title: r.Options.String() + " test: " + r.Test.String()}
	t.columnsAre("group", "n", "observed", "expected", "ratio")
	for _, g := range r.Groups {
		ratio := some(g.Observed / g.Expected)
		t.add(textCell(g.Name), numberCell(g.Total), numberCell(g.Observed), numberCell(g.Expected), optionalCell(ratio))
	}
	return t
}

// String returns [RankResult.Table] as text.
func (r *RankResult) String() string { return r.Table().String() }
