package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
)

// analysis is everything that a report shows.
type analysis struct {
	options
	*book
	end       purchase.Date // last day of observation
	rfm       *segment.RFM
	segments  *segment.Table
	grid      *segment.Grid
	customers []customer // by predicted value, or else by margin
	refused   []event.Refused

	fit        *fitted // nil if there is no prediction
	noForecast string  // why
	check      *holdout
	noCheck    string
}

// customer is a row of the report. Money is in minor units.
type customer struct {
	key     string
	segment string
	channel string
	total   *purchase.Total
	record  segment.Record
	scores  segment.Scores
	revenue int64
	margin  int64
	cac     int64 // if it is known

	prediction       // if there is one
	predicted  int64 // its value
}

// value is a measure of the grid besides the usual ones: margin and predicted value
// together.
const value = "value"

// analyse computes the report.
func analyse(o options, b *book) (*analysis, error) {
	a := &analysis{options: o, book: b}
	until := o.until
	if until.IsZero() {
		until = b.last
	}
	calibrate := o.calibrate
	if calibrate.IsZero() {
		calibrate = halfway(b.first, until)
	}
	a.end = purchase.DateOf(until.In(o.loc))
	short := purchase.DateOf(calibrate.In(o.loc)) >= a.end
	switch first := purchase.DateOf(b.first.In(o.loc)); {
	case a.end < first:
		return nil, fmt.Errorf("-until %v is before the first order, of %v", a.end, first)
	case short && !o.calibrate.IsZero():
		return nil, fmt.Errorf("-calibrate is not before the last day of observation, %v", a.end)
	}
	totals, err := b.log.Totals(until)
	if err != nil {
		return nil, err
	}
	if err := a.score(totals, until); err != nil {
		return nil, err
	}
	if err := a.predict(until); err != nil {
		return nil, err
	}
	if short {
		a.noCheck = "all orders are of one day"
	} else if a.check, err = check(o, b, calibrate, until); err != nil {
		a.check = nil
		if a.noCheck, err = whyNot(err); err != nil {
			return nil, err
		}
	}
	a.refused = b.log.Report().Refused
	slices.SortFunc(a.customers, func(x, y customer) int {
		return cmp.Or(cmp.Compare(y.predicted, x.predicted), cmp.Compare(y.margin, x.margin), cmp.Compare(x.key, y.key))
	})
	return a, a.cross()
}

// halfway returns the day in the middle.
func halfway(first, last time.Time) time.Time { return first.Add(last.Sub(first) / 2) }

// whyNot returns what the library says if the data do not determine something. Any other
// error is the program's.
func whyNot(err error) (string, error) {
	if errors.Is(err, metric.ErrUndefined) {
		return err.Error(), nil
	}
	return "", err
}

// score gives each customer scores and a segment, and adds up the segments.
func (a *analysis) score(totals *purchase.Totals, until time.Time) error {
	records, err := segment.Records(totals, until)
	if err != nil {
		return err
	}
	if a.rfm, err = segment.Score(records, segment.ScoreOptions{}); err != nil {
		return err
	}
	labels, err := a.rfm.Label(segment.Usual(), totals.Keys())
	if err != nil {
		return err
	}
	a.segments = segment.TableOf(records, labels, a.currency)
	common, err := a.commonCAC()
	if err != nil {
		return err
	}
	for i, r := range records {
		key := totals.Keys().Key(r.Customer)
		c := customer{
			key: key, segment: labels.Of(key), channel: a.start[key].channel,
			total: totals.Lookup(key), record: r, scores: a.rfm.Scores[i],
			revenue: r.Monetary, margin: share(r.Monetary, a.margin), cac: common,
		}
		if cac, ok := a.costs[c.channel]; ok {
			c.cac = cac
		}
		a.customers = append(a.customers, c)
	}
	return nil
}

// commonCAC returns that of -cac, in minor units.
func (a *analysis) commonCAC() (int64, error) {
	if a.flatCAC == "" {
		return 0, nil
	}
	units, err := minorUnits(a.flatCAC, a.currency)
	if err != nil {
		return 0, fmt.Errorf("-cac: %w", err)
	}
	return units, nil
}

// hasCAC reports whether the cost of acquisition is known.
func (a *analysis) hasCAC() bool { return a.flatCAC != "" || a.costs != nil }

// share returns a share of an amount, to the nearest unit.
func share(units int64, of metric.Ratio) int64 {
	return decimal.NewFromInt(units).Mul(of.Decimal()).Round(0).IntPart()
}

// predict adds what each customer is expected to do, if there is a model.
func (a *analysis) predict(until time.Time) error {
	fit, summary, err := forecast(a.options, a.book, until)
	if err == nil {
		for i := range a.customers {
			c := &a.customers[i]
			if c.prediction, err = fit.predict(historyOf(summary.Lookup(c.key), a.currency)); err != nil {
				break
			}
			c.predicted = toUnits(c.value.Value, a.currency)
		}
	}
	if err != nil {
		for i := range a.customers {
			a.customers[i].prediction, a.customers[i].predicted = prediction{}, 0
		}
		a.noForecast, err = whyNot(err)
		return err
	}
	a.fit = fit
	return nil
}

const recencyBins = 6

// cross adds up the customers by frequency, recency and channel.
func (a *analysis) cross() error {
	recency := a.recency
	if recency == nil {
		var days []int64
		for _, c := range a.customers {
			days = append(days, c.record.Recency)
		}
		var err error
		if recency, err = segment.Propose(days, 0, recencyBins); err != nil {
			return err
		}
	}
	scale := uint8(a.currency.Exponent())
	measures := []segment.Measure{{Name: segment.Margin, Scale: scale}, {Name: segment.Predicted, Scale: scale}, {Name: value, Scale: scale}, {Name: segment.CAC, Scale: scale}}
	var err error
	a.grid, err = segment.NewGrid(segment.GridOptions{Frequency: a.frequency, Recency: recency, Measures: measures})
	if err != nil {
		return err
	}
	for _, c := range a.customers {
		if err := a.grid.Add(c.channel, c.record.Frequency, c.record.Recency, c.margin, c.predicted, c.margin+c.predicted, c.cac); err != nil {
			return err
		}
	}
	return nil
}
