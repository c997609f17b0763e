package main

import (
	"math/bits"
	"time"
)

// weeks is the number of ISO weeks that the data touch, from firstWeek on.
const weeks = 158

var firstWeek = time.Date(2022, 12, 26, 0, 0, 0, 0, time.UTC) // a Monday

// retentionJob counts, for the customers first seen in a week, how many were active so many
// weeks later.
func retentionJob() *job {
	return &job{
		name: "retention", about: "weekly cohort retention", aim: 0.8,
		shape: shapeActivity, keys: 2,
		columns: []string{"cohort", "week", "customers"},
		loop: func(d *data, threads int) (func(*table), error) {
			cells := retentionLoop(d, threads)
			return func(t *table) { retentionTable(t, cells) }, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				cells := retentionNaive(rows)
				return func(t *table) {
					for of, n := range cells {
						t.add(of[0], of[1], n)
					}
				}
			}
		},
		ours: oursRetention,
		queries: []query{
			{name: "three bit masks, each spread over its weeks", sql: `
WITH w AS (SELECT customer, ((epoch_us(ts) - 1672012800000000) // 604800000000)::INTEGER AS week FROM t),
m AS (SELECT customer, min(week) AS cohort,
  bit_or(CASE WHEN week < 60 THEN 1::BIGINT << week ELSE 0 END) AS a,
  bit_or(CASE WHEN week >= 60 AND week < 120 THEN 1::BIGINT << (week - 60) ELSE 0 END) AS b,
  bit_or(CASE WHEN week >= 120 THEN 1::BIGINT << (week - 120) ELSE 0 END) AS c
  FROM w GROUP BY customer),
s AS (
SELECT cohort, k AS week, count(*) AS n FROM m, range(60) r(k) WHERE (a >> k) & 1 = 1 GROUP BY ALL UNION ALL
SELECT cohort, k + 60, count(*) FROM m, range(60) r(k) WHERE b <> 0 AND (b >> k) & 1 = 1 GROUP BY ALL UNION ALL
SELECT cohort, k + 120, count(*) FROM m, range(38) r(k) WHERE c <> 0 AND (c >> k) & 1 = 1 GROUP BY ALL)
SELECT cohort, week - cohort, n FROM s`},
			{name: "three bit masks, spread over all weeks", sql: `
WITH w AS (SELECT customer, ((epoch_us(ts) - 1672012800000000) // 604800000000)::INTEGER AS week FROM t),
m AS (SELECT customer, min(week) AS cohort,
  bit_or(CASE WHEN week < 60 THEN 1::BIGINT << week ELSE 0 END) AS a,
  bit_or(CASE WHEN week >= 60 AND week < 120 THEN 1::BIGINT << (week - 60) ELSE 0 END) AS b,
  bit_or(CASE WHEN week >= 120 THEN 1::BIGINT << (week - 120) ELSE 0 END) AS c
  FROM w GROUP BY customer)
SELECT cohort, k - cohort AS week, count(*) AS customers
FROM m, range(158) r(k)
WHERE (CASE WHEN k < 60 THEN a >> k WHEN k < 120 THEN b >> (k - 60) ELSE c >> (k - 120) END) & 1 = 1 GROUP BY ALL`},
			{name: "distinct and join", sql: `
WITH w AS (SELECT DISTINCT customer, ((epoch_us(ts) - 1672012800000000) // 604800000000)::SMALLINT AS week FROM t),
f AS (SELECT customer, min(week) AS cohort FROM w GROUP BY customer)
SELECT cohort, week - cohort AS week, count(*) AS customers FROM w JOIN f USING (customer) GROUP BY ALL`},
			{name: "distinct and window", sql: `
WITH w AS (SELECT DISTINCT customer, ((epoch_us(ts) - 1672012800000000) // 604800000000)::SMALLINT AS week FROM t),
f AS (SELECT week, min(week) OVER (PARTITION BY customer) AS cohort FROM w)
SELECT cohort, week - cohort AS week, count(*) AS customers FROM f GROUP BY ALL`},
			{name: "bit strings", sql: `
WITH w AS (SELECT customer, ((epoch_us(ts) - 1672012800000000) // 604800000000)::INTEGER AS week FROM t),
m AS (SELECT min(week) AS cohort, bitstring_agg(week, 0, 157) AS bits FROM w GROUP BY customer)
SELECT cohort, k::INTEGER - cohort AS week, count(*) AS customers
FROM m, range(158) r(k) WHERE get_bit(bits, k::INTEGER) = 1 GROUP BY ALL`},
		},
	}
}

// retentionCells are customers by week of their first event and week of activity.
type retentionCells [weeks][weeks]int64

func retentionTable(t *table, cells *retentionCells) {
	for cohort := range cells {
		for week, n := range cells[cohort] {
			if n > 0 {
				t.add(int64(cohort), int64(week-cohort), n)
			}
		}
	}
}

func retentionLoop(d *data, threads int) *retentionCells {
	p := packed(d, threads, firstWeek.UnixNano(), usPerWeek*1000, 8)
	all := make([]retentionCells, threads)
	eachBucket(threads, func(w, b int) {
		sets := make([][3]uint64, d.keys.LenBucket(uint8(b)))
		for _, r := range p.bucket(b) {
			sets[r>>8][r>>6&3] |= 1 << (r & 63)
		}
		for i := range sets {
			cohort := -1
			for word, set := range sets[i] {
				for ; set != 0; set &= set - 1 {
					week := word<<6 + bits.TrailingZeros64(set)
					if cohort < 0 {
						cohort = week
					}
					all[w][cohort][week]++
				}
			}
		}
	})
	for _, other := range all[1:] {
		for i := range other {
			for j, n := range other[i] {
				all[0][i][j] += n
			}
		}
	}
	return &all[0]
}

func retentionNaive(rows []naiveRow) map[[2]int64]int64 {
	active := make(map[string]map[int64]bool)
	first := make(map[string]int64)
	for _, r := range rows {
		week := int64(r.at.Sub(firstWeek) / (7 * 24 * time.Hour))
		if active[r.customer] == nil {
			active[r.customer] = make(map[int64]bool)
			first[r.customer] = week
		}
		active[r.customer][week] = true
		first[r.customer] = min(first[r.customer], week)
	}
	cells := make(map[[2]int64]int64)
	for id, set := range active {
		for week := range set {
			cells[[2]int64{first[id], week - first[id]}]++
		}
	}
	return cells
}
