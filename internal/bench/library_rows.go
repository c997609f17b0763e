package main

import (
	"math"
	"strconv"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/engagement"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/metric/retention"
	"github.com/openlifecycle/lifecycle/segment"
)

func oursRetention(j *job) contender {
	return &library[*retention.Accumulator]{job: j, b: binding[*retention.Accumulator]{
		make: func(d *data, workers int) (*retention.Accumulator, error) {
			return retention.New(retention.Options{From: firstWeek, Buckets: weeks, Unit: retention.Week, Keys: d.keys, Workers: workers})
		},
		block: func(a *retention.Accumulator, d *data, codes []event.Code, from, to int) error {
			return a.AddBlock(&retention.Block{Customer: codes, Time: d.at[from:to]})
		},
		add:   (*retention.Accumulator).Add,
		merge: (*retention.Accumulator).Merge,
		keys:  (*retention.Accumulator).Keys,
		answer: func(a *retention.Accumulator) (func(*table, func(string) int64), error) {
			r, err := a.Table(retention.Question{})
			if err != nil {
				return nil, err
			}
			return func(t *table, _ func(string) int64) {
				for cohort, c := range r.Cohorts {
					for week, cell := range c.Cells {
						if cell.Count > 0 {
							t.add(int64(cohort), int64(week), cell.Count)
						}
					}
				}
			}, nil
		},
		event: func(d *data, i int) event.Event { return plainEvent(d, i, stepNames[0]) },
	}}
}

func oursActives(j *job) contender {
	return &library[*engagement.Activity]{job: j, b: binding[*engagement.Activity]{
		make: func(d *data, workers int) (*engagement.Activity, error) {
			all, err := metric.Between(windowStart, windowEnd)
			if err != nil {
				return nil, err
			}
			return engagement.NewActivity(engagement.ActivityOptions{Range: all, Keys: d.keys, Workers: workers})
		},
		block: func(a *engagement.Activity, d *data, codes []event.Code, from, to int) error {
			return a.AddBlock(&engagement.ActivityBlock{Customer: codes, Time: d.at[from:to]})
		},
		add:   (*engagement.Activity).Add,
		merge: (*engagement.Activity).Merge,
		keys:  (*engagement.Activity).Keys,
		answer: func(a *engagement.Activity) (func(*table, func(string) int64), error) {
			r, err := a.Rolling(engagement.Query{}, activeWindows[:]...)
			if err != nil {
				return nil, err
			}
			stickiness := make([]metric.Ratio, len(r.Periods))
			for i := range stickiness {
				if r.Active[2][i] > 0 {
					if stickiness[i], err = r.Ratio(i, 0, 2); err != nil {
						return nil, err
					}
				}
			}
			return func(t *table, _ func(string) int64) {
				for i, p := range r.Periods {
					t.add(p.Start().Unix()/86400, r.Active[0][i], r.Active[1][i], r.Active[2][i], ratioCell(stickiness[i]))
				}
			}, nil
		},
		event: func(d *data, i int) event.Event { return plainEvent(d, i, stepNames[0]) },
	}}
}

func newPurchases(keep purchase.Keep) func(*data, int) (*purchase.Log, error) {
	return func(d *data, workers int) (*purchase.Log, error) {
		return purchase.New(purchase.Options{Keep: keep, Currency: dollar, Unique: true, Keys: d.keys, Workers: workers})
	}
}

func purchaseBlock(l *purchase.Log, d *data, codes []event.Code, from, to int) error {
	return l.AddBlock(&purchase.Block{Customer: codes, Time: d.at[from:to], Amount: d.amount[from:to], Currency: dollar})
}

func orderEvent(d *data, i int) event.Event {
	e := plainEvent(d, i, "order_completed")
	e.Props = event.NewProps(event.Int("amount", d.amount[i]), event.String("currency", "USD"))
	return e
}

func oursRFM(j *job) contender {
	return &library[*purchase.Log]{job: j, b: binding[*purchase.Log]{
		make: newPurchases(purchase.KeepTotals), block: purchaseBlock, event: orderEvent,
		add: (*purchase.Log).Add, merge: (*purchase.Log).Merge, keys: (*purchase.Log).Keys,
		answer: func(l *purchase.Log) (func(*table, func(string) int64), error) {
			r, err := l.Totals(time.Time{})
			if err != nil {
				return nil, err
			}
			return func(t *table, customer func(string) int64) {
				for b := range event.Buckets {
					for _, c := range r.Bucket(uint8(b)) {
						spend, _ := c.Units()
						t.add(customer(r.Key(&c)), c.Orders, c.First/1000, c.Last/1000, spend)
					}
				}
			}, nil
		},
	}}
}

func oursPurchases(j *job) contender {
	return &library[*purchase.Log]{job: j, b: binding[*purchase.Log]{
		make: newPurchases(purchase.KeepDays), block: purchaseBlock, event: orderEvent,
		add: (*purchase.Log).Add, merge: (*purchase.Log).Merge, keys: (*purchase.Log).Keys,
		answer: func(l *purchase.Log) (func(*table, func(string) int64), error) {
			r, err := l.Summary(purchase.SummaryOptions{End: windowEnd})
			if err != nil {
				return nil, err
			}
			return func(t *table, customer func(string) int64) {
				for b := range event.Buckets {
					for _, c := range r.Bucket(uint8(b)) {
						later, _ := c.SpendUnits()
						t.add(customer(r.Key(&c)), c.Frequency+1, int64(c.Recency), int64(c.Age), later)
					}
				}
			}, nil
		},
	}}
}

func oursQuintiles(j *job) contender {
	return &library[*purchase.Log]{job: j, b: binding[*purchase.Log]{
		make: newPurchases(purchase.KeepTotals), block: purchaseBlock, event: orderEvent,
		add: (*purchase.Log).Add, merge: (*purchase.Log).Merge, keys: (*purchase.Log).Keys,
		answer: func(l *purchase.Log) (func(*table, func(string) int64), error) {
			totals, err := l.Totals(time.Time{})
			if err != nil {
				return nil, err
			}
			records, err := segment.Records(totals, windowEnd)
			if err != nil {
				return nil, err
			}
			byRank := segment.Scale{Method: segment.Rank}
			r, err := segment.Score(records, segment.ScoreOptions{
				Recency: byRank, Frequency: byRank, Monetary: byRank, Workers: l.Options().Workers,
			})
			if err != nil {
				return nil, err
			}
			return func(t *table, customer func(string) int64) {
				for i, c := range r.Records {
					s := r.Scores[i]
					t.add(customer(l.Keys().Key(c.Customer)), c.Frequency, c.Recency, c.Monetary, int64(s.R), int64(s.F), int64(s.M))
				}
			}, nil
		},
	}}
}

// dollar is the currency of all amounts.
var dollar = func() metric.Currency {
	c, err := metric.ParseCurrency("USD")
	if err != nil {
		panic(err)
	}
	return c
}()

// ratioCell is a ratio as a table holds it: the floating-point number nearest to it, as its bits.
func ratioCell(r metric.Ratio) int64 {
	f, err := strconv.ParseFloat(r.Decimal().String(), 64)
	if err != nil {
		panic(err) // a decimal is a number
	}
	return int64(math.Float64bits(f))
}
