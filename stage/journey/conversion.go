package journey

import (
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// Basis says which of the customers who entered one stage have converted to another.
type Basis uint8

// The bases. The zero Basis is EverReached.
const (
	// EverReached: they were in the other stage later, whatever lay between.
	EverReached Basis = iota

	// Consecutive: the other stage followed at once.
	Consecutive
)

// String returns "ever reached" or "consecutive".
func (b Basis) String() string {
	if b == Consecutive {
		return "consecutive"
	}
	return "ever reached"
}

// ConversionOptions say how conversion is counted. The zero value is the default.
type ConversionOptions struct {
	Basis Basis

	// Window is the longest time from the first entry of the one stage to the entry of the
	// other, itself included. Zero is no limit; whether a cohort is mature can then not be
	// said, and it is not.
	Window time.Duration
}

// Conversion is how many of the customers who entered one stage in a period converted to
// another, then or later: a cohort.
type Conversion struct {
	Period    metric.Period
	From, To  stage.ModelStage
	Entered   metric.Count // customers whose first entry of From lies in the period
	Converted metric.Count // those of them who converted by the instant asked for

	// Mature reports whether the window of every one of them is over, so that Converted
	// will not grow.
	Mature bool
}

// Rate returns Converted / Entered, or why there is none: metric.ZeroDenominator if nobody
// entered.
func (c Conversion) Rate() (metric.Ratio, error) {
	return metric.RatioOf(int64(c.Converted), int64(c.Entered))
}

// Conversion returns the conversion of the cohort of each period from one stage to another
// by an instant. It is of customers, by their first entry of from: a customer who left and
// came back converts in the cohort of the first entry. The error is a metric.ErrInput that
// names a stage, a period or an option.
func (t *Tracker) Conversion(from, to string, asOf time.Time, o ConversionOptions, periods ...metric.Period) ([]Conversion, error) {
	list, _, err := t.conversion(from, to, asOf, o, periods)
	return list, err
}

// Velocity is how many customers move from one stage to another, and how fast: what the
// sales velocity of a pipeline is made of,
//
//	entered * rate * value / cycle
//
// with the value of a customer from elsewhere. That the product of means is the mean of
// products is not so; it is a plan's figure.
type Velocity struct {
	Conversion

	// Cycle are the times from the first entry of From to the entry of To, of those who
	// converted. The times of those who did not yet are not in it.
	Cycle metric.Distribution[metric.Duration]
}

// Velocity returns the velocity of the cohort of each period, under the rules of
// [Tracker.Conversion].
func (t *Tracker) Velocity(from, to string, asOf time.Time, o ConversionOptions, periods ...metric.Period) ([]Velocity, error) {
	conversions, cycles, err := t.conversion(from, to, asOf, o, periods)
	if err != nil {
		return nil, err
	}
	list := make([]Velocity, len(conversions))
	for i := range list {
		list[i].Conversion = conversions[i]
		if list[i].Cycle, err = durations(&cycles[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// conversion returns the cohorts, and by cohort the times that conversion took.
func (t *Tracker) conversion(from, to string, asOf time.Time, o ConversionOptions, periods []metric.Period) ([]Conversion, []sums, error) {
	now, err := intake.CheckInstant("instant", asOf)
	if err != nil {
		return nil, nil, err
	}
	a, b, err := t.pair(from, to)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case o.Basis > Consecutive:
		return nil, nil, intake.Errorf("Basis", "%d is none", o.Basis)
	case o.Window < 0:
		return nil, nil, intake.Errorf("Window", "%s is negative", o.Window)
	case len(periods) == 0:
		return nil, nil, intake.Errorf("periods", "there are none")
	}
	list := make([]Conversion, len(periods))
	for i, p := range periods {
		if _, err := intake.CheckInstant("instant", p.Start()); err != nil {
			return nil, nil, err
		}
		if _, err := intake.CheckInstant("instant", p.End()); err != nil {
			return nil, nil, err
		}
		mature := o.Window > 0 && !p.End().Add(o.Window).After(asOf)
		list[i] = Conversion{Period: p, From: t.plan.stages[a], To: t.plan.stages[b], Mature: mature}
	}
	var counts sums
	cycles := make([]sums, len(periods))
	t.each(now, func(bucket uint8, f *folder) {
		entered, converted := f.conversion(a, b, o)
		if entered == never {
			return
		}
		count := counts.of(bucket, 2*len(periods))
		for i, p := range periods {
			if entered >= p.Start().UnixNano() && entered < p.End().UnixNano() {
				count[2*i]++
				if converted != never {
					count[2*i+1]++
					cycles[i][bucket] = append(cycles[i][bucket], converted-entered)
				}
			}
		}
	})
	for i, total := 0, counts.total(2*len(periods)); i < len(list); i++ {
		list[i].Entered, list[i].Converted = metric.Count(total[2*i]), metric.Count(total[2*i+1])
	}
	return list, cycles, nil
}

func (t *Tracker) pair(from, to string) (a, b uint8, err error) {
	if a, err = t.plan.position("from", from); err != nil {
		return 0, 0, err
	}
	if b, err = t.plan.position("to", to); err != nil {
		return 0, 0, err
	}
	for _, s := range [...]uint8{a, b} {
		if s == 0 || t.plan.kinds[s] == stage.Flag {
			return 0, 0, intake.Errorf("stages", "conversion from %q to %q is not between two stages", from, to)
		}
	}
	if a == b {
		return 0, 0, intake.Errorf("stages", "conversion from %q to itself", from)
	}
	return a, b, nil
}

// conversion returns the first entry of a and the entry of b by which the customer
// converted, never for one that there is not.
func (f *folder) conversion(a, b uint8, o ConversionOptions) (entered, converted int64) {
	entered = never
	for i := range f.visits {
		v := &f.visits[i]
		if v.stage == a && entered == never {
			entered = v.enter
		}
		if v.stage != b || entered == never || o.Window > 0 && v.enter-entered > int64(o.Window) {
			continue
		}
		if o.Basis == EverReached || i > 0 && f.visits[i-1].stage == a && f.visits[i-1].next == b {
			return entered, v.enter
		}
	}
	return entered, never
}
