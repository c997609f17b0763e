package main

import "time"

// funnelWindow is how long a customer may take from the first step to the last,
// the end included.
const funnelWindow = 7 * 24 * time.Hour

// funnelJob counts customers by the furthest step that they reached in order, from any
// first step, within the window. Events of other names may lie between.
func funnelJob() *job {
	return &job{
		name: "funnel", about: "ordered funnel of four steps in seven days", aim: 0.5,
		shape: shapeSteps, keys: 1,
		columns: []string{"level", "customers"},
		loop: func(d *data, threads int) (func(*table), error) {
			levels := funnelLoop(d, threads)
			return func(t *table) { funnelTable(t, levels) }, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				levels := funnelNaive(rows)
				return func(t *table) { funnelTable(t, levels) }
			}
		},
		ours: oursFunnel,
		queries: []query{
			{name: "ASOF joins from each first step, materialized", sql: `
WITH a AS (SELECT customer, {key} AS k, {key} AS k1 FROM t WHERE kind = 1),
b AS MATERIALIZED (SELECT a.customer, a.k1, t.k FROM a ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 2) t ON t.customer = a.customer AND t.k > a.k WHERE {at t.k} - {at a.k1} <= 604800000000),
c AS MATERIALIZED (SELECT b.customer, b.k1, t.k FROM b ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 3) t ON t.customer = b.customer AND t.k > b.k WHERE {at t.k} - {at b.k1} <= 604800000000),
d AS (SELECT c.customer FROM c ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 4) t ON t.customer = c.customer AND t.k > c.k WHERE {at t.k} - {at c.k1} <= 604800000000)
SELECT 1 AS level, (SELECT count(DISTINCT customer) FROM a) - (SELECT count(DISTINCT customer) FROM b) AS customers UNION ALL
SELECT 2, (SELECT count(DISTINCT customer) FROM b) - (SELECT count(DISTINCT customer) FROM c) UNION ALL
SELECT 3, (SELECT count(DISTINCT customer) FROM c) - (SELECT count(DISTINCT customer) FROM d) UNION ALL
SELECT 4, (SELECT count(DISTINCT customer) FROM d)`},
			{name: "ASOF joins from each first step", sql: `
WITH a AS (SELECT customer, {key} AS k, {key} AS k1 FROM t WHERE kind = 1),
b AS (SELECT a.customer, a.k1, t.k FROM a ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 2) t ON t.customer = a.customer AND t.k > a.k WHERE {at t.k} - {at a.k1} <= 604800000000),
c AS (SELECT b.customer, b.k1, t.k FROM b ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 3) t ON t.customer = b.customer AND t.k > b.k WHERE {at t.k} - {at b.k1} <= 604800000000),
d AS (SELECT c.customer FROM c ASOF JOIN (SELECT customer, {key} AS k FROM t WHERE kind = 4) t ON t.customer = c.customer AND t.k > c.k WHERE {at t.k} - {at c.k1} <= 604800000000)
SELECT 1 AS level, (SELECT count(DISTINCT customer) FROM a) - (SELECT count(DISTINCT customer) FROM b) AS customers UNION ALL
SELECT 2, (SELECT count(DISTINCT customer) FROM b) - (SELECT count(DISTINCT customer) FROM c) UNION ALL
SELECT 3, (SELECT count(DISTINCT customer) FROM c) - (SELECT count(DISTINCT customer) FROM d) UNION ALL
SELECT 4, (SELECT count(DISTINCT customer) FROM d)`},
			{name: "ASOF joins back from each step", sql: `
WITH a AS (SELECT customer, {key} AS k FROM t WHERE kind = 1),
b AS MATERIALIZED (SELECT t.customer, t.k, a.k AS k1 FROM (SELECT customer, {key} AS k FROM t WHERE kind = 2) t ASOF JOIN a ON t.customer = a.customer AND t.k > a.k WHERE {at t.k} - {at a.k} <= 604800000000),
c AS MATERIALIZED (SELECT t.customer, t.k, b.k1 FROM (SELECT customer, {key} AS k FROM t WHERE kind = 3) t ASOF JOIN b ON t.customer = b.customer AND t.k > b.k WHERE {at t.k} - {at b.k1} <= 604800000000),
d AS (SELECT t.customer FROM (SELECT customer, {key} AS k FROM t WHERE kind = 4) t ASOF JOIN c ON t.customer = c.customer AND t.k > c.k WHERE {at t.k} - {at c.k1} <= 604800000000)
SELECT 1 AS level, (SELECT count(DISTINCT customer) FROM a) - (SELECT count(DISTINCT customer) FROM b) AS customers UNION ALL
SELECT 2, (SELECT count(DISTINCT customer) FROM b) - (SELECT count(DISTINCT customer) FROM c) UNION ALL
SELECT 3, (SELECT count(DISTINCT customer) FROM c) - (SELECT count(DISTINCT customer) FROM d) UNION ALL
SELECT 4, (SELECT count(DISTINCT customer) FROM d)`},
			{name: "running maxima", sql: `
WITH x AS (SELECT customer, kind, {key} AS k FROM t WHERE kind > 0),
y AS (SELECT customer, kind, k, max(CASE WHEN kind = 1 THEN k END) OVER (PARTITION BY customer ORDER BY k) AS s1 FROM x),
z AS (SELECT customer, kind, k, s1, max(CASE WHEN kind = 2 THEN s1 END) OVER (PARTITION BY customer ORDER BY k) AS s2 FROM y),
w AS (SELECT customer, kind, k, s1, s2, max(CASE WHEN kind = 3 THEN s2 END) OVER (PARTITION BY customer ORDER BY k) AS s3 FROM z),
l AS (SELECT customer, max(CASE WHEN kind = 4 AND {at k} - {at s3} <= 604800000000 THEN 4
  WHEN kind = 3 AND {at k} - {at s2} <= 604800000000 THEN 3
  WHEN kind = 2 AND {at k} - {at s1} <= 604800000000 THEN 2 WHEN kind = 1 THEN 1 END) AS level FROM w GROUP BY customer)
SELECT r.level, count(l.level) FROM range(1, 5) r(level) LEFT JOIN l USING (level) GROUP BY r.level`},
			{name: "numbers for texts, then ASOF joins", interns: true, sql: `
WITH ids AS MATERIALIZED (SELECT customer AS id, row_number() OVER () AS n FROM (SELECT DISTINCT customer FROM t)),
x AS MATERIALIZED (SELECT n AS customer, {key} AS k, kind FROM t JOIN ids ON t.customer = ids.id WHERE kind > 0),
a AS (SELECT customer, k, k AS k1 FROM x WHERE kind = 1),
b AS MATERIALIZED (SELECT a.customer, a.k1, t.k FROM a ASOF JOIN (SELECT customer, k FROM x WHERE kind = 2) t ON t.customer = a.customer AND t.k > a.k WHERE {at t.k} - {at a.k1} <= 604800000000),
c AS MATERIALIZED (SELECT b.customer, b.k1, t.k FROM b ASOF JOIN (SELECT customer, k FROM x WHERE kind = 3) t ON t.customer = b.customer AND t.k > b.k WHERE {at t.k} - {at b.k1} <= 604800000000),
d AS (SELECT c.customer FROM c ASOF JOIN (SELECT customer, k FROM x WHERE kind = 4) t ON t.customer = c.customer AND t.k > c.k WHERE {at t.k} - {at c.k1} <= 604800000000)
SELECT 1 AS level, (SELECT count(DISTINCT customer) FROM a) - (SELECT count(DISTINCT customer) FROM b) AS customers UNION ALL
SELECT 2, (SELECT count(DISTINCT customer) FROM b) - (SELECT count(DISTINCT customer) FROM c) UNION ALL
SELECT 3, (SELECT count(DISTINCT customer) FROM c) - (SELECT count(DISTINCT customer) FROM d) UNION ALL
SELECT 4, (SELECT count(DISTINCT customer) FROM d)`},
		},
	}
}

func funnelTable(t *table, levels [5]int64) {
	for level, n := range levels {
		if level > 0 {
			t.add(int64(level), n)
		}
	}
}

// furthest goes through a customer's steps in order of time. For each step it keeps the
// latest first step from which it was reached: none can do more for what follows.
type furthest struct {
	level int
	start [4]int64
	has   [4]bool
}

func (f *furthest) step(kind int, at int64) {
	switch {
	case kind == 0:
		return
	case kind == 1:
		f.start[0], f.has[0] = at, true
		f.level = max(f.level, 1)
	case f.has[kind-2] && at-f.start[kind-2] <= int64(funnelWindow):
		f.level = max(f.level, kind)
		if kind < 4 {
			f.start[kind-1], f.has[kind-1] = f.start[kind-2], true
		}
	}
}

func funnelLoop(d *data, threads int) [5]int64 {
	d = d.inSequence()
	p := wide(d, threads, nil)
	all := make([][5]int64, threads)
	scratch := make([]runScratch, threads)
	eachBucket(threads, func(w, b int) {
		runs(p.bucket(b), d.keys.LenBucket(uint8(b)), &scratch[w], func(pos int, run []rowOf) {
			sortRun(run)
			var f furthest
			for i := range run {
				f.step(int(run[i].x), run[i].at)
			}
			all[w][f.level]++
		})
	})
	for _, other := range all[1:] {
		for i, n := range other {
			all[0][i] += n
		}
	}
	return all[0]
}

func funnelNaive(rows []naiveRow) [5]int64 {
	var levels [5]int64
	for _, run := range naiveByCustomer(rows) {
		best := 0
		for i, first := range run {
			if first.name != stepNames[1] {
				continue
			}
			level := 1
			for _, r := range run[i+1:] {
				if level < 4 && r.name == stepNames[level+1] && r.at.Sub(first.at) <= funnelWindow {
					level++
				}
			}
			best = max(best, level)
		}
		levels[best]++
	}
	return levels
}
