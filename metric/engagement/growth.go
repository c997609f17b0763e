package engagement

import "github.com/openlifecycle/lifecycle/metric"

// Growth is the growth accounting of one period: who is active compared with the period
// before.
//
//	Active   = New + Retained + Resurrected
//	Previous = Retained + Dormant
type Growth struct {
	Period     metric.Period
	Incomplete bool // the period has not ended, so that Dormant is too high

	Active      int64 // active in the period
	New         int64 // of Active, those never active before, nor known; also before the range
	Retained    int64 // of Active, those active in the period before
	Resurrected int64 // of Active, those active or known earlier, but not active in the period before
	Previous    int64 // active in the period before
	Dormant     int64 // of Previous, those not active in the period
}

// Growth returns the growth accounting of each day, week, month, quarter or year. A
// customer is dormant in one period, the first without activity, and may be resurrected any
// number of times.
//
// For the first period of the range, the events before it say who is new and who was active
// in the period before.
//
// Source: Jonathan Hsu, Diligence at Social Capital, part 1, 2015.
func (a *Activity) Growth(q Query) ([]Growth, error) {
	g, err := a.grid(&q, 1)
	if err != nil {
		return nil, err
	}
	selected := a.selection(&q)
	s := a.gaps(&a.planes[0], g, selected, 1)
	known := a.known(g, selected)
	var list []Growth
	for i := g.from; i < g.to; i++ {
		p := g.periods[i]
		x := Growth{
			Period: p, Incomplete: incomplete(p, q.AsOf),
			Active: s.active(i), New: s.fresh[i] - known[i], Retained: s.next(i-1, 1),
			Previous: s.active(i - 1), Dormant: s.after(i-1, 1),
		}
		x.Resurrected = x.Active - x.New - x.Retained
		list = append(list, x)
	}
	return list, nil
}

// QuickRatio returns the customers gained for each one lost:
//
//	(New + Resurrected) / Dormant
//
// It is [metric.ZeroDenominator] if none was lost.
func (g *Growth) QuickRatio() (metric.Number, error) { return numberOf(g.New+g.Resurrected, g.Dormant) }

// RetentionRate returns Retained / Previous, and [metric.ZeroDenominator] if nobody was
// active in the period before.
func (g *Growth) RetentionRate() (metric.Ratio, error) { return metric.RatioOf(g.Retained, g.Previous) }

// Net returns Active - Previous.
func (g *Growth) Net() int64 { return g.Active - g.Previous }
