package main

import (
	"math"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/clv"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// prediction is what one customer is expected to do. Intervals are by the delta method; an
// estimate without a level has none.
type prediction struct {
	alive     clv.Estimate // probability
	purchases clv.Estimate // within the horizon
	value     clv.Estimate // of them today, in the main unit of the currency
}

// fitted is a model of purchases and one of spend, with their parameters estimated.
type fitted struct {
	purchases, spend clv.Report
	parameters       []clv.Estimate // of both; of a model without standard errors there are none
	model            clv.Model
	predict          func(clv.Summary) (prediction, error)
}

// model is a model of purchases that can be chosen.
type model struct {
	name, title string
	fit         func(options, *clv.Sample) (*fitted, error)
}

func models() []model {
	return []model{
		{"paretonbd", "Pareto/NBD", fitWith(clv.FitParetoNBD)},
		{"bgnbd", "BG/NBD", fitWith(clv.FitBGNBD)},
		{"mbgnbd", "MBG/NBD", fitWith(clv.FitMBGNBD)},
	}
}

// fitWith returns a function that does the same with any of the models.
func fitWith[M interface {
	clv.Model
	clv.Parametric[M]
}](fit func(*clv.Sample, clv.Options) (*clv.Fit[M], error)) func(options, *clv.Sample) (*fitted, error) {
	return func(o options, s *clv.Sample) (*fitted, error) {
		purchases, err := fit(s, clv.Options{})
		if err != nil {
			return nil, err
		}
		spend, err := clv.FitGammaGamma(s, clv.Options{})
		if err != nil {
			return nil, err
		}
		f := &fitted{purchases: purchases.Report, spend: spend.Report, model: purchases.Model}
		for _, parameters := range []func(float64) ([]clv.Estimate, error){purchases.Parameters, spend.Parameters} {
			if p, err := parameters(o.level); err == nil { // Else the report says what is wrong.
				f.parameters = append(f.parameters, p...)
			}
		}
		f.predict = func(c clv.Summary) (prediction, error) { return predict(o, purchases, spend, c) }
		return f, nil
	}
}

func predict[M interface {
	clv.Model
	clv.Parametric[M]
}](o options, purchases *clv.Fit[M], spend *clv.Fit[clv.GammaGamma], c clv.Summary) (p prediction, err error) {
	horizon, rate := clv.Horizon{N: o.weeks, Unit: clv.Week}, clv.AnnualRate(o.rate)
	outlook := func(m M) (clv.Outlook, error) { return m.Outlook(c) }
	alive := func(m M) (float64, error) {
		l, err := m.Outlook(c)
		return l.Alive(), err
	}
	expected := func(m M) (float64, error) {
		l, err := m.Outlook(c)
		if err != nil {
			return 0, err
		}
		return l.Expected(horizon)
	}
	value := func(m M) (float64, error) {
		l, err := m.Outlook(c)
		if err != nil {
			return 0, err
		}
		mean, err := spend.Model.Expected(c)
		if err != nil {
			return 0, err
		}
		return clv.Value(l, mean, horizon, rate)
	}
	// Where there is no interval, there may still be a value.
	either := func(e clv.Estimate, err error, point func(M) (float64, error)) (clv.Estimate, error) {
		if err != nil {
			e = clv.Estimate{}
			e.Value, err = point(purchases.Model)
		}
		return e, err
	}
	e, err := purchases.Estimate(clv.Probability, o.level, alive)
	if p.alive, err = either(e, err, alive); err != nil {
		return p, err
	}
	e, err = purchases.Estimate(clv.Positive, o.level, expected)
	if p.purchases, err = either(e, err, expected); err != nil {
		return p, err
	}
	e, err = clv.EstimateValue(purchases, outlook, spend, c, horizon, rate, o.level)
	if p.value, err = either(e, err, value); err != nil {
		return p, err
	}
	margin := o.margin.Decimal().InexactFloat64()
	p.value.Value, p.value.StdErr, p.value.Low, p.value.High = margin*p.value.Value, margin*p.value.StdErr, margin*p.value.Low, margin*p.value.High
	return p, nil
}

// historyOf returns what the models need of a customer: orders of one day are one purchase.
func historyOf(c *purchase.Customer, currency metric.Currency) clv.Summary {
	h := clv.Summary{Unit: clv.Day, Frequency: int(c.Frequency), Recency: float64(c.Recency), Age: float64(c.Age)}
	if spend, ok := c.SpendUnits(); ok && c.Frequency > 0 {
		h.Monetary = mainUnits(spend, currency) / float64(c.Frequency)
	}
	return h
}

func mainUnits(units int64, c metric.Currency) float64 {
	return float64(units) / math.Pow10(c.Exponent())
}

// toUnits returns an estimate in the smallest unit of the currency. What parameters that ran
// away predict is cut off where integers end.
func toUnits(v float64, c metric.Currency) int64 {
	return int64(math.Round(min(v*math.Pow10(c.Exponent()), 1<<61)))
}

func sampleOf(s *purchase.Summary, currency metric.Currency) (*clv.Sample, error) {
	sample, err := clv.NewSample(clv.Week)
	if err != nil {
		return nil, err
	}
	for _, c := range s.All() {
		if err := sample.Add(historyOf(c, currency)); err != nil {
			return nil, err
		}
	}
	return sample, nil
}

// forecast fits the models to all orders up to a day.
func forecast(o options, b *book, end time.Time) (*fitted, *purchase.Summary, error) {
	summary, err := b.log.Summary(purchase.SummaryOptions{End: end})
	if err != nil {
		return nil, nil, err
	}
	sample, err := sampleOf(summary, b.currency)
	if err != nil {
		return nil, nil, err
	}
	f, err := o.model.fit(o, sample)
	return f, summary, err
}

// holdout is a check: what a model that knew the orders up to a day expected of the time
// after it, and what the customers did.
type holdout struct {
	from, to  purchase.Date // last day that the model knew, and last day of the check
	fit       *fitted
	rows      []clv.HoldoutRow // by the number of repeat purchases
	customers int64
	bought    int64
	expected  float64
}

const topRow = 7 // of the check: so many repeat purchases or more

// check fits the models to the orders up to a day, and compares.
func check(o options, b *book, calibrate, end time.Time) (*holdout, error) {
	summary, err := b.log.Summary(purchase.SummaryOptions{End: calibrate, Holdout: end})
	if err != nil {
		return nil, err
	}
	sample, err := sampleOf(summary, b.currency)
	if err != nil {
		return nil, err
	}
	h := &holdout{from: summary.End(), to: summary.End() + purchase.Date(summary.HoldoutDays())}
	if h.fit, err = o.model.fit(o, sample); err != nil {
		return nil, err
	}
	customers := func(yield func(clv.Summary, int) bool) {
		for _, c := range summary.All() {
			if !yield(historyOf(c, b.currency), int(c.HoldoutFrequency)) {
				return
			}
		}
	}
	h.rows, err = clv.Holdout(h.fit.model, customers, clv.Horizon{N: float64(summary.HoldoutDays()), Unit: clv.Day}, topRow)
	for _, r := range h.rows {
		h.customers += r.Customers
		h.bought += r.Bought
		h.expected += r.Expected
	}
	return h, err
}
