package main

import (
	"time"

	"github.com/shopspring/decimal"
)

// rfmJob counts each customer's orders: how many, the first, the last, and their sum.
func rfmJob() *job {
	return &job{
		name: "rfm", about: "RFM summary", aim: 0.9,
		shape: shapeOrders, keys: 1,
		columns: []string{"customer", "orders", "first", "last", "spend"},
		loop: func(d *data, threads int) (func(*table), error) {
			cells := rfmLoop(d, threads)
			return func(t *table) {
				for i, c := range cells {
					t.add(int64(d.byKey[i]), c.orders, c.first/1000, c.last/1000, c.spend)
				}
			}, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				byID := rfmNaive(rows)
				return func(t *table) {
					customers := d.customersByID()
					for id, c := range byID {
						t.add(customers[id], int64(c.orders), c.first.UnixMicro(), c.last.UnixMicro(), minor(c.spend))
					}
				}
			}
		},
		ours: oursRFM,
		queries: []query{
			{name: "group by", sql: `
SELECT customer, count(*) AS orders, min(ts) AS first, max(ts) AS last, sum(amount) AS spend
FROM t GROUP BY customer`},
			{name: "group by, narrow sum", sql: `
SELECT customer, count(*) AS orders, min(ts) AS first, max(ts) AS last, sum(amount::INTEGER)::BIGINT AS spend
FROM t GROUP BY customer`},
		},
	}
}

type rfmCell struct{ orders, first, last, spend int64 }

// rfmLoop returns a cell for each customer, in the order of data.byKey.
func rfmLoop(d *data, threads int) []rfmCell {
	p := wide(d, threads, d.amount)
	cells := make([]rfmCell, len(d.byKey))
	eachBucket(threads, func(_, b int) {
		mine := cells[d.base[b]:]
		for _, r := range p.bucket(b) {
			c := &mine[r.pos]
			if c.orders == 0 {
				c.first, c.last = r.at, r.at
			}
			c.orders++
			c.first, c.last = min(c.first, r.at), max(c.last, r.at)
			c.spend += r.v
		}
	})
	return cells
}

type naiveCell struct {
	orders      int
	first, last time.Time
	spend       decimal.Decimal
}

func rfmNaive(rows []naiveRow) map[string]naiveCell {
	cells := make(map[string]naiveCell)
	for _, r := range rows {
		c, known := cells[r.customer]
		if !known || r.at.Before(c.first) {
			c.first = r.at
		}
		if !known || r.at.After(c.last) {
			c.last = r.at
		}
		c.orders++
		c.spend = c.spend.Add(r.amount)
		cells[r.customer] = c
	}
	return cells
}
