package clv

import (
	"iter"
	"maps"
	"math"
	"slices"
)

// ages returns the distinct ages of the sample, ascending, with the number of customers.
func (s *Sample) ages() ([]float64, map[float64]int64) {
	count := map[float64]int64{}
	for k, n := range s.buys {
		count[k.age] += n
	}
	return slices.Sorted(maps.Keys(count)), count
}

// Track returns how many repeat purchases the model expects the customers of the sample to
// have made, all together, by each of the times. Times are from the first purchase of the
// oldest customer; one who came later counts from then on. Those after the analysis are a
// forecast.
func Track(m Model, s *Sample, times ...Horizon) ([]float64, error) {
	newcomer, err := m.Newcomer()
	if err != nil {
		return nil, err
	}
	if s == nil || s.customers == 0 {
		return make([]float64, len(times)), nil
	}
	ages, count := s.ages()
	oldest := ages[len(ages)-1]
	out := make([]float64, len(times))
	for i, h := range times {
		t, err := h.in(s.unit)
		if err != nil {
			return nil, err
		}
		for _, age := range ages {
			own := t - (oldest - age)
			if own <= 0 {
				continue
			}
			v, err := newcomer.Expected(Horizon{own, s.unit})
			if err != nil {
				return nil, err
			}
			out[i] += float64(count[age]) * v
		}
	}
	return out, nil
}

// FrequencyRow says how many customers of a sample made so many repeat purchases.
type FrequencyRow struct {
	Purchases int  // repeat purchases
	OrMore    bool // or more, in the last row
	Customers int64
	Expected  float64 // customers, by the model
}

// Frequencies returns a row for every number of repeat purchases up to top, the last of which
// is for top or more: what the sample has, and what the model expects for customers of the
// same ages.
func Frequencies(m Model, s *Sample, top int) ([]FrequencyRow, error) {
	if err := checkTop(top); err != nil {
		return nil, err
	}
	newcomer, err := m.Newcomer()
	if err != nil {
		return nil, err
	}
	rows := make([]FrequencyRow, top+1)
	for i := range rows {
		rows[i] = FrequencyRow{Purchases: i, OrMore: i == top}
	}
	if s == nil {
		return rows, nil
	}
	for k, n := range s.buys {
		rows[min(k.frequency, top)].Customers += n
	}
	ages, count := s.ages()
	for _, age := range ages {
		n, rest := float64(count[age]), 1.0
		for i := range top {
			p, err := newcomer.Probability(i, Horizon{age, s.unit})
			if err != nil {
				return nil, err
			}
			rows[i].Expected += n * p
			rest -= p
		}
		rows[top].Expected += n * math.Max(rest, 0)
	}
	return rows, nil
}

// HoldoutRow compares what customers with so many repeat purchases bought later with what a
// model expected of them.
type HoldoutRow struct {
	Purchases int  // repeat purchases until the analysis
	OrMore    bool // or more, in the last row
	Customers int64
	Bought    int64   // purchases in the time held out
	Expected  float64 // by the model
}

// Holdout returns a row for every number of repeat purchases up to top, the last of which is
// for top or more. The customers come with the number of purchases in the time held out,
// which follows their age and is as long as the horizon.
func Holdout(m Model, customers iter.Seq2[Summary, int], h Horizon, top int) ([]HoldoutRow, error) {
	if err := checkTop(top); err != nil {
		return nil, err
	}
	rows := make([]HoldoutRow, top+1)
	for i := range rows {
		rows[i] = HoldoutRow{Purchases: i, OrMore: i == top}
	}
	for c, bought := range customers {
		if bought < 0 {
			return nil, badInput("holdout", "%d purchases", bought)
		}
		o, err := m.Outlook(c)
		if err != nil {
			return nil, err
		}
		v, err := o.Expected(h)
		if err != nil {
			return nil, err
		}
		row := &rows[min(c.Frequency, top)]
		row.Customers++
		row.Bought += int64(bought)
		row.Expected += v
	}
	return rows, nil
}

func checkTop(top int) error {
	if top < 1 || top > 1000 {
		return badInput("top", "%d, want 1 to 1000", top)
	}
	return nil
}
