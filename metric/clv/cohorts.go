package clv

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// Cohorts hold how many customers with contracts of one length were left after each renewal.
// Cohorts of different ages are pooled: a young one counts for the renewals that it has
// seen, which is what right-censoring asks for.
type Cohorts struct {
	unit      Unit
	customers int64
	due, kept []int64 // at renewal 1, 2, ...
}

// maxRenewals bounds the length of a cohort and of projections.
const maxRenewals = 100_000

// NewCohorts returns no cohorts yet, of contracts that are renewed every unit.
func NewCohorts(unit Unit) (*Cohorts, error) {
	if err := unit.check(); err != nil {
		return nil, err
	}
	return &Cohorts{unit: unit}, nil
}

// Add adds a cohort: the number of customers at the start and after each renewal so far. It
// must not rise.
func (c *Cohorts) Add(left ...int64) error {
	if len(left) == 0 || len(left) > maxRenewals {
		return badInput("cohort", "%d numbers, want 1 to %d", len(left), maxRenewals)
	}
	if left[0] < 0 || left[0] > math.MaxInt64-c.customers {
		return badInput("cohort", "%d customers at the start, which is negative or too many", left[0])
	}
	for i := 1; i < len(left); i++ {
		if left[i] < 0 || left[i] > left[i-1] {
			return badInput("cohort", "%d customers after renewal %d, of %d before it", left[i], i, left[i-1])
		}
	}
	c.customers += left[0]
	for i := 1; i < len(left) && left[i-1] > 0; i++ {
		if len(c.due) < i {
			c.due, c.kept = append(c.due, 0), append(c.kept, 0)
		}
		c.due[i-1] += left[i-1]
		c.kept[i-1] += left[i]
	}
	return nil
}

// Merge adds the cohorts of o.
func (c *Cohorts) Merge(o *Cohorts) error {
	if o == nil || c.unit != o.unit {
		return badInput("cohorts", "none, or of another unit")
	}
	if o.customers > math.MaxInt64-c.customers {
		return badInput("cohorts", "too many customers")
	}
	c.customers += o.customers
	for i := range o.due {
		if len(c.due) == i {
			c.due, c.kept = append(c.due, 0), append(c.kept, 0)
		}
		c.due[i] += o.due[i]
		c.kept[i] += o.kept[i]
	}
	return nil
}

// Renewal is what was observed at one renewal.
type Renewal struct {
	Number    int   // 1 for the first
	Due, Kept int64 // contracts of all cohorts that have come so far

	// Retention is Kept/Due, and Survival the product of that of all renewals so far: the
	// Kaplan-Meier estimate. Standard errors are the binomial one and Greenwood's. Intervals
	// are on the scale of the log-odds.
	Retention, Survival Estimate
}

// Observed returns what was observed at every renewal, which needs no model, with confidence
// intervals of the given level. It is undefined if no renewal has come.
func (c *Cohorts) Observed(level float64) ([]Renewal, error) {
	if len(c.due) == 0 {
		return nil, undefined("observed retention", metric.InsufficientHistory, "no cohort has come to a renewal")
	}
	out := make([]Renewal, len(c.due))
	survival, greenwood := 1.0, 0.0
	for i := range c.due {
		due, kept := float64(c.due[i]), float64(c.kept[i])
		rate := kept / due
		survival *= rate
		if kept > 0 {
			greenwood += (due - kept) / due / kept
		}
		retention, err := newEstimate("retention", Probability, level, rate, math.Sqrt(rate*(1-rate)/due))
		if err != nil {
			return nil, err
		}
		surviving, err := newEstimate("survival", Probability, level, survival, survival*math.Sqrt(greenwood))
		if err != nil {
			return nil, err
		}
		out[i] = Renewal{Number: i + 1, Due: c.due[i], Kept: c.kept[i], Retention: retention, Survival: surviving}
	}
	return out, nil
}

// needRenewals returns an error unless there are customers who left and others who did not.
func (c *Cohorts) needRenewals() error {
	if c == nil {
		return badInput("cohorts", "none")
	}
	if c.customers == 0 {
		return undefined("fit", metric.EmptyPopulation, "the cohorts have no customers")
	}
	var due, kept int64
	for i := range c.due {
		due, kept = due+c.due[i], kept+c.kept[i]
	}
	if kept == 0 || kept == due {
		return undefined("fit", metric.InsufficientHistory, "%d of %d renewals were made, and a model needs some of both kinds", kept, due)
	}
	return nil
}

// renewals is the objective of the models of contracts:
//
//	ln L = Σ kept_t ln r_t + lost_t ln(1 - r_t)
type renewals struct {
	n         int
	due, kept []int64
	// retention adds kept ln r_t + lost ln(1-r_t) and its derivatives.
	retention func(p []float64, t int, kept, lost float64, d *derivatives) float64
}

func (f *renewals) dim() int { return f.n }

func (f *renewals) eval(theta []float64, d *derivatives) float64 {
	p := make([]float64, f.n)
	for i, t := range theta {
		if math.Abs(t) > 100 {
			return math.Inf(-1)
		}
		p[i] = math.Exp(t)
	}
	var total compensated
	for i := range f.due {
		total.add(f.retention(p, i+1, float64(f.kept[i]), float64(f.due[i]-f.kept[i]), d))
	}
	return total.value()
}

// finishContract fills in what every fit of renewals has.
func finishContract[M Parametric[M]](f *Fit[M], c *Cohorts) {
	f.Customers, f.Distinct = c.customers, len(c.due)
	var lost int64
	for i := range c.due {
		lost += c.due[i] - c.kept[i]
	}
	if n := len(f.Model.parameters()); lost < int64(perParameter*n) {
		f.Report.concern(FewRepeaters, "only %d customers have left, which is less than %d for each of the %d parameters", lost, perParameter, n)
	}
	if n := len(f.Model.parameters()); len(c.due) < n {
		f.Report.concern(FlatRidge, "%d renewals do not tell %d parameters apart", len(c.due), n)
	}
}
