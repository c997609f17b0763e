package main

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Classes of movement.
const (
	classNew = iota
	classExpansion
	classContraction
	classChurn
	classReactivation
	classes
)

// months is the number of months of the data.
const months = 36

// movementsJob classifies every change of a customer's MRR, the sum of the customer's
// subscriptions, at its instant, all rows of the instant together; by month and class.
func movementsJob() *job {
	return &job{
		name: "movements", about: "monthly MRR movements", aim: 0.5,
		shape: shapeMRR, keys: 2,
		columns: []string{"month", "class", "count", "sum"},
		loop: func(d *data, threads int) (func(*table), error) {
			cells := movementsLoop(d, threads)
			return func(t *table) {
				for i, c := range cells {
					if c.count > 0 {
						t.add(monthStart(i/classes).UnixMicro(), int64(i%classes), c.count, c.sum)
					}
				}
			}, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				cells := movementsNaive(rows)
				return func(t *table) {
					for of, c := range cells {
						t.add(of.month.UnixMicro(), of.class, c.count, minor(c.sum))
					}
				}
			}
		},
		ours: oursMovements,
		queries: []query{
			{name: "lag, changes by instant, running sum", sql: `
WITH d AS (SELECT customer, ts, amount - lag(amount, 1, 0) OVER (PARTITION BY sub ORDER BY {order}) AS delta FROM t),
` + movementsTail},
			{name: "lag, all rows by instant, running sum", sql: `
WITH d AS (SELECT customer, ts, amount - lag(amount, 1, 0) OVER (PARTITION BY sub ORDER BY {order}) AS delta FROM t),
e AS (SELECT customer, ts, sum(delta)::BIGINT AS delta FROM d GROUP BY customer, ts HAVING sum(delta) <> 0),
m AS (SELECT ts, delta, sum(delta) OVER w AS after, row_number() OVER w AS n FROM e WINDOW w AS (PARTITION BY customer ORDER BY ts))
SELECT date_trunc('month', ts) AS month,
  CASE WHEN n = 1 THEN 0 WHEN after = 0 THEN 3 WHEN after = delta THEN 4 WHEN delta > 0 THEN 1 ELSE 2 END AS class,
  count(*) AS count, sum(delta) AS sum
FROM m GROUP BY ALL`},
			{name: "lag, peers by range", sql: `
WITH d AS (SELECT customer, ts, amount - lag(amount, 1, 0) OVER (PARTITION BY sub ORDER BY {order}) AS delta FROM t),
e AS (SELECT customer, ts, sum(delta) OVER (PARTITION BY customer ORDER BY ts RANGE UNBOUNDED PRECEDING) AS after, lead(ts) OVER (PARTITION BY customer ORDER BY ts) AS next FROM d WHERE delta <> 0),
f AS (SELECT customer, ts, after FROM e WHERE next IS NULL OR next <> ts),
m AS (SELECT customer, ts, after, lag(after, 1, 0) OVER (PARTITION BY customer ORDER BY ts) AS before FROM f),
x AS (SELECT ts, after, before, row_number() OVER (PARTITION BY customer ORDER BY ts) AS n FROM m WHERE after <> before)
SELECT date_trunc('month', ts) AS month, CASE WHEN n = 1 THEN 0 WHEN after = 0 THEN 3 WHEN before = 0 THEN 4 WHEN after > before THEN 1 ELSE 2 END AS class, count(*) AS count, sum(after - before) AS sum
FROM x GROUP BY ALL`},
			{name: "numbers for texts, then lag and running sum", interns: true, sql: `
WITH ids AS MATERIALIZED (SELECT customer AS id, row_number() OVER () AS n FROM (SELECT DISTINCT customer FROM t)),
subs AS MATERIALIZED (SELECT sub AS id, row_number() OVER () AS n FROM (SELECT DISTINCT sub FROM t)),
x AS (SELECT ids.n AS customer, subs.n AS sub, t.* EXCLUDE (customer, sub) FROM t JOIN ids ON t.customer = ids.id JOIN subs ON t.sub = subs.id),
d AS (SELECT customer, ts, amount - lag(amount, 1, 0) OVER (PARTITION BY sub ORDER BY {order}) AS delta FROM x),
` + movementsTail},
			{name: "hashes before texts, lag and running sum", interns: true, sql: `
WITH d AS (SELECT hash(customer) AS h, customer, ts, amount - lag(amount, 1, 0) OVER (PARTITION BY hash(sub), sub ORDER BY {order}) AS delta FROM t),
e AS (SELECT h, customer, ts, sum(delta)::BIGINT AS delta FROM d WHERE delta <> 0 GROUP BY h, customer, ts HAVING sum(delta) <> 0),
m AS (SELECT ts, delta, sum(delta) OVER w AS after, row_number() OVER w AS n FROM e WINDOW w AS (PARTITION BY h, customer ORDER BY ts))
SELECT date_trunc('month', ts) AS month,
  CASE WHEN n = 1 THEN 0 WHEN after = 0 THEN 3 WHEN after = delta THEN 4 WHEN delta > 0 THEN 1 ELSE 2 END AS class,
  count(*) AS count, sum(delta) AS sum
FROM m GROUP BY ALL`},
		},
	}
}

// movementsTail goes from the changes d of subscriptions to the result.
const movementsTail = `e AS (SELECT customer, ts, sum(delta)::BIGINT AS delta FROM d WHERE delta <> 0 GROUP BY customer, ts HAVING sum(delta) <> 0),
m AS (SELECT ts, delta, sum(delta) OVER w AS after, row_number() OVER w AS n FROM e WINDOW w AS (PARTITION BY customer ORDER BY ts))
SELECT date_trunc('month', ts) AS month,
  CASE WHEN n = 1 THEN 0 WHEN after = 0 THEN 3 WHEN after = delta THEN 4 WHEN delta > 0 THEN 1 ELSE 2 END AS class,
  count(*) AS count, sum(delta) AS sum
FROM m GROUP BY ALL`

// monthStart returns the start of a month, counted from that of the data's start.
func monthStart(i int) time.Time { return windowStart.AddDate(0, i, 0) }

type movementCell struct{ count, sum int64 }

// classOf returns the class of a change, and false when there is none. The first change of
// a customer is new.
func classOf(before, after int64, first bool) (int, bool) {
	switch {
	case before == after:
		return 0, false
	case first:
		return classNew, true
	case after == 0:
		return classChurn, true
	case before == 0:
		return classReactivation, true
	case after > before:
		return classExpansion, true
	}
	return classContraction, true
}

// movementsLoop returns cells by month and class.
func movementsLoop(d *data, threads int) []movementCell {
	d = d.inSequence()
	p := wide(d, threads, d.amount)
	var monthOfDay []int
	for m := range months {
		for t := monthStart(m); t.Before(monthStart(m + 1)); t = t.AddDate(0, 0, 1) {
			monthOfDay = append(monthOfDay, m)
		}
	}
	start := windowStart.UnixNano()
	all := make([][months * classes]movementCell, threads)
	scratch := make([]runScratch, threads)
	eachBucket(threads, func(w, b int) {
		cells := &all[w]
		type subscription struct {
			id     uint32
			amount int64
		}
		var subs []subscription
		runs(p.bucket(b), d.keys.LenBucket(uint8(b)), &scratch[w], func(pos int, run []rowOf) {
			sortRun(run)
			subs = subs[:0]
			first := true
			before, after := int64(0), int64(0)
			for i, r := range run {
				k := 0
				for k < len(subs) && subs[k].id != r.x {
					k++
				}
				if k == len(subs) {
					subs = append(subs, subscription{id: r.x})
				}
				after += r.v - subs[k].amount
				subs[k].amount = r.v
				if i+1 < len(run) && run[i+1].at == r.at {
					continue
				}
				if class, changed := classOf(before, after, first); changed {
					cell := &cells[monthOfDay[(r.at-start)/(usPerDay*1000)]*classes+class]
					cell.count++
					cell.sum += after - before
					first = false
				}
				before = after
			}
		})
	})
	for i := 1; i < threads; i++ {
		for j, c := range all[i] {
			all[0][j].count += c.count
			all[0][j].sum += c.sum
		}
	}
	return slices.Clone(all[0][:])
}

type naiveMovement struct {
	month time.Time
	class int64
}

type naiveMovements struct {
	count int64
	sum   decimal.Decimal
}

func movementsNaive(rows []naiveRow) map[naiveMovement]naiveMovements {
	cells := make(map[naiveMovement]naiveMovements)
	for _, run := range naiveByCustomer(rows) {
		subs := make(map[string]decimal.Decimal)
		first := true
		var before decimal.Decimal
		for i, r := range run {
			subs[r.subscription] = r.amount
			if i+1 < len(run) && run[i+1].at.Equal(r.at) {
				continue
			}
			var after decimal.Decimal
			for _, amount := range subs {
				after = after.Add(amount)
			}
			if class, changed := classOf(minor(before), minor(after), first); changed {
				of := naiveMovement{time.Date(r.at.Year(), r.at.Month(), 1, 0, 0, 0, 0, time.UTC), int64(class)}
				c := cells[of]
				c.count++
				c.sum = c.sum.Add(after.Sub(before))
				cells[of] = c
				first = false
			}
			before = after
		}
	}
	return cells
}
