package main

import (
	"maps"
	"math"
	"math/bits"
)

// days is the number of days of the data, from firstDay on, counted from 1970.
const (
	days     = 1096
	firstDay = 19358
)

// activesJob counts, for each day, the customers active on it, in the seven and in the
// thirty days that end with it. Stickiness is the first over the last.
func activesJob() *job {
	return &job{
		name: "actives", about: "rolling 1, 7 and 30-day actives", aim: 0.8,
		shape: shapeActivity, keys: 1,
		columns: []string{"day", "d1", "d7", "d30", "stickiness"},
		loop: func(d *data, threads int) (func(*table), error) {
			counts := activesLoop(d, threads)
			return func(t *table) { activesTable(t, counts) }, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				counts := activesNaive(rows)
				return func(t *table) { activesTable(t, counts) }
			}
		},
		ours: oursActives,
		queries: []query{
			{name: "lead over all rows", sql: `
WITH d AS (SELECT customer, (epoch_us(ts) // 86400000000)::INTEGER AS day FROM t),
a AS (SELECT day, least(coalesce(lead(day) OVER (PARTITION BY customer ORDER BY day) - day, 30), 30) AS gap FROM d),
g AS (SELECT * FROM a WHERE gap > 0),
` + activesTail},
			{name: "lead over distinct days", sql: `
WITH d AS (SELECT DISTINCT customer, (epoch_us(ts) // 86400000000)::INTEGER AS day FROM t),
g AS (SELECT day, least(coalesce(lead(day) OVER (PARTITION BY customer ORDER BY day) - day, 30), 30) AS gap FROM d),
` + activesTail},
			{name: "sorted lists", sql: `
WITH l AS (SELECT list_sort(list_distinct(list((epoch_us(ts) // 86400000000)::INTEGER))) AS days FROM t GROUP BY customer),
u AS (SELECT unnest(days) AS day, unnest(days[2:] || [1000000]) AS next FROM l),
g AS (SELECT day, least(next - day, 30) AS gap FROM u),
` + activesTail},
			{name: "ASOF join over distinct days", sql: `
WITH d AS MATERIALIZED (SELECT DISTINCT customer, (epoch_us(ts) // 86400000000)::INTEGER AS day FROM t),
g AS (SELECT a.day, least(coalesce(b.day - a.day, 30), 30) AS gap FROM d a ASOF LEFT JOIN d b ON a.customer = b.customer AND b.day > a.day),
` + activesTail},
			{name: "numbers for texts, then lead over all rows", interns: true, sql: `
WITH ids AS MATERIALIZED (SELECT customer AS id, row_number() OVER () AS n FROM (SELECT DISTINCT customer FROM t)),
d AS (SELECT n AS customer, (epoch_us(ts) // 86400000000)::INTEGER AS day FROM t JOIN ids ON t.customer = ids.id),
a AS (SELECT day, least(coalesce(lead(day) OVER (PARTITION BY customer ORDER BY day) - day, 30), 30) AS gap FROM d),
g AS (SELECT * FROM a WHERE gap > 0),
` + activesTail},
		},
	}
}

// activesTail goes from days g with the days to the customer's next one to the result.
const activesTail = `
c AS (SELECT day, gap, count(*) AS n FROM g GROUP BY ALL),
e AS (SELECT day, sum(n) AS d1, sum(n) AS p7, sum(n) AS p30 FROM c GROUP BY day
  UNION ALL SELECT day + least(gap, 7), 0, -sum(n), 0 FROM c GROUP BY ALL
  UNION ALL SELECT day + gap, 0, 0, -sum(n) FROM c GROUP BY ALL),
s AS (SELECT day, sum(d1) AS d1, sum(p7) AS p7, sum(p30) AS p30 FROM (FROM e UNION ALL SELECT *, 0, 0, 0 FROM range(19358, 20454)) GROUP BY day),
r AS (SELECT day, d1, sum(p7) OVER w AS d7, sum(p30) OVER w AS d30 FROM s WINDOW w AS (ORDER BY day))
SELECT day, d1, d7, d30, CASE WHEN d30 = 0 THEN 0 ELSE d1::DOUBLE / d30::DOUBLE END AS stickiness FROM r WHERE day < 20454`

// activeWindows are the lengths in days of what is counted.
var activeWindows = [3]int{1, 7, 30}

func activesTable(t *table, counts [][3]int64) {
	for i, c := range counts {
		t.add(int64(firstDay+i), c[0], c[1], c[2], stickinessCell(c[0], c[2]))
	}
}

// stickinessCell is the quotient, rounded to the nearest floating-point number, as its bits.
func stickinessCell(day, month int64) int64 {
	if month == 0 {
		return 0
	}
	return int64(math.Float64bits(float64(day) / float64(month)))
}

// activesLoop counts customers by day and days to their next one; the rest follows from that.
func activesLoop(d *data, threads int) [][3]int64 {
	p := packed(d, threads, windowStart.UnixNano(), usPerDay*1000, 11)
	const words = (days + 63) / 64
	all := make([][days][31]int64, threads)
	eachBucket(threads, func(w, b int) {
		sets := make([][words]uint64, d.keys.LenBucket(uint8(b)))
		for _, r := range p.bucket(b) {
			sets[r>>11][r>>6&31] |= 1 << (r & 63)
		}
		gaps := &all[w]
		for i := range sets {
			last := -1
			for word, set := range sets[i] {
				for ; set != 0; set &= set - 1 {
					day := word<<6 + bits.TrailingZeros64(set)
					if last >= 0 {
						gaps[last][min(day-last, 30)]++
					}
					last = day
				}
			}
			if last >= 0 {
				gaps[last][30]++
			}
		}
	})
	change := make([][3]int64, days+31)
	for w := range all {
		for day, gaps := range all[w] {
			for gap, n := range gaps {
				for i, length := range activeWindows {
					change[day][i] += n
					change[day+min(gap, length)][i] -= n
				}
			}
		}
	}
	for day := 1; day < days; day++ {
		for i := range activeWindows {
			change[day][i] += change[day-1][i]
		}
	}
	return change[:days]
}

func activesNaive(rows []naiveRow) [][3]int64 {
	var active [days]map[string]bool
	for _, r := range rows {
		day := dayNumber(r.at) - firstDay
		if active[day] == nil {
			active[day] = make(map[string]bool)
		}
		active[day][r.customer] = true
	}
	counts := make([][3]int64, days)
	for day := range counts {
		for i, length := range activeWindows {
			seen := make(map[string]bool)
			for back := range min(length, day+1) {
				maps.Copy(seen, active[day-back])
			}
			counts[day][i] = int64(len(seen))
		}
	}
	return counts
}
