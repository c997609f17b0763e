package main

import (
	"github.com/shopspring/decimal"
)

// lastDay is the day after the data, counted from 1970.
const lastDay = 20454

// purchasesJob is the summary that purchase models start from: a customer's distinct
// days of purchase in UTC, the days from the first to the last and from the first to
// the end of the data, and what was spent after the first day.
func purchasesJob() *job {
	return &job{
		name: "purchases", about: "purchase-day summary", aim: 0.5,
		shape: shapeOrders, keys: 1,
		columns: []string{"customer", "days", "recency", "age", "later"},
		loop: func(d *data, threads int) (func(*table), error) {
			cells := purchasesLoop(d, threads)
			return func(t *table) {
				for i, c := range cells {
					t.add(int64(d.byKey[i]), int64(c.days), int64(c.last-c.first), int64(lastDay-c.first), c.later)
				}
			}, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				byID := purchasesNaive(rows)
				return func(t *table) {
					customers := d.customersByID()
					for id, c := range byID {
						t.add(customers[id], c.days, c.last-c.first, lastDay-c.first, minor(c.later))
					}
				}
			}
		},
		ours: oursPurchases,
		queries: []query{
			{name: "group by customer and date", sql: `
SELECT customer, count(*) AS days, max(day) - min(day) AS recency, DATE '2026-01-01' - min(day) AS age,
  sum(spend)::BIGINT - arg_min(spend, day) AS later
FROM (SELECT customer, ts::DATE AS day, sum(amount)::BIGINT AS spend FROM t GROUP BY ALL)
GROUP BY customer`},
			{name: "group by customer and day", sql: `
SELECT customer, count(*) AS days, max(day) - min(day) AS recency, 20454 - min(day) AS age,
  sum(spend)::BIGINT - arg_min(spend, day) AS later
FROM (SELECT customer, (epoch_us(ts) // 86400000000)::INTEGER AS day, sum(amount)::BIGINT AS spend FROM t GROUP BY ALL)
GROUP BY customer`},
			{name: "group by customer and day, wide sums", sql: `
SELECT customer, count(*) AS days, max(day) - min(day) AS recency, 20454 - min(day) AS age,
  sum(spend) - arg_min(spend, day) AS later
FROM (SELECT customer, epoch_us(ts) // 86400000000 AS day, sum(amount) AS spend FROM t GROUP BY ALL)
GROUP BY customer`},
			{name: "count distinct and join", sql: `
WITH c AS (SELECT customer, count(DISTINCT epoch_us(ts) // 86400000000) AS days, min(ts) AS first, max(ts) AS last, sum(amount) AS spend FROM t GROUP BY customer),
f AS (SELECT t.customer, sum(amount) AS spend FROM t JOIN c ON t.customer = c.customer AND epoch_us(t.ts) // 86400000000 = epoch_us(c.first) // 86400000000 GROUP BY t.customer)
SELECT c.customer, days, epoch_us(last) // 86400000000 - epoch_us(first) // 86400000000, 20454 - epoch_us(first) // 86400000000, c.spend - f.spend
FROM c JOIN f USING (customer)`},
			{name: "window for the first day", sql: `
WITH w AS (SELECT customer, (epoch_us(ts) // 86400000000)::INTEGER AS day, amount, (epoch_us(min(ts) OVER (PARTITION BY customer)) // 86400000000)::INTEGER AS first FROM t)
SELECT customer, count(DISTINCT day), max(day) - min(first), 20454 - min(first), coalesce(sum(amount) FILTER (day > first), 0) FROM w GROUP BY customer`},
		},
	}
}

type purchaseCell struct {
	days, first, last int32
	later             int64
}

func purchasesLoop(d *data, threads int) []purchaseCell {
	p := wide(d, threads, d.amount)
	cells := make([]purchaseCell, len(d.byKey))
	scratch := make([]runScratch, threads)
	eachBucket(threads, func(w, b int) {
		runs(p.bucket(b), d.keys.LenBucket(uint8(b)), &scratch[w], func(pos int, run []rowOf) {
			for i := range run {
				run[i].at /= usPerDay * 1000
			}
			sortRun(run)
			first := run[0].at
			c := purchaseCell{days: 1, first: int32(first), last: int32(run[len(run)-1].at)}
			for i := 1; i < len(run); i++ {
				if run[i].at != run[i-1].at {
					c.days++
				}
				if run[i].at != first {
					c.later += run[i].v
				}
			}
			cells[int(d.base[b])+pos] = c
		})
	})
	return cells
}

type naivePurchases struct {
	days, first, last int64
	later             decimal.Decimal
}

func purchasesNaive(rows []naiveRow) map[string]naivePurchases {
	spend := make(map[string]map[int64]decimal.Decimal)
	for _, r := range rows {
		days := spend[r.customer]
		if days == nil {
			days = make(map[int64]decimal.Decimal)
			spend[r.customer] = days
		}
		day := dayNumber(r.at)
		days[day] = days[day].Add(r.amount)
	}
	out := make(map[string]naivePurchases)
	for id, days := range spend {
		c := naivePurchases{first: 1 << 62, days: int64(len(days))}
		for day := range days {
			c.first, c.last = min(c.first, day), max(c.last, day)
		}
		for day, amount := range days {
			if day != c.first {
				c.later = c.later.Add(amount)
			}
		}
		out[id] = c
	}
	return out
}
