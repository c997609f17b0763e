package main

import (
	"slices"
	"sync"
)

// quintilesJob is recency in days, frequency and sum with a score from 1 to 5 of each, 5 the
// best. A score is one more than the number of fifths of all customers that are worse, so
// that equal values have equal scores; of recency it is the customers with less that are
// counted, down from 5.
func quintilesJob() *job {
	return &job{
		name: "quintiles", about: "RFM and three quintile scores", aim: 0.7,
		shape: shapeOrders, keys: 1,
		columns: []string{"customer", "orders", "recency", "spend", "r", "f", "m"},
		loop: func(d *data, threads int) (func(*table), error) {
			cells, scores := quintilesLoop(d, threads)
			return func(t *table) {
				for i, c := range cells {
					s := scores[i]
					t.add(int64(d.byKey[i]), c.orders, lastDay-c.last/(usPerDay*1000), c.spend, int64(s[0]), int64(s[1]), int64(s[2]))
				}
			}, nil
		},
		naive: func(d *data) func() func(*table) {
			rows := naiveRows(d)
			return func() func(*table) {
				byID, scores := quintilesNaive(rows)
				return func(t *table) {
					customers := d.customersByID()
					for id, c := range byID {
						s := scores[id]
						t.add(customers[id], int64(c.orders), lastDay-dayNumber(c.last), minor(c.spend), s[0], s[1], s[2])
					}
				}
			}
		},
		ours: oursQuintiles,
		queries: []query{
			{name: "cuts by quantile_disc", sql: `
WITH c AS MATERIALIZED (SELECT customer, count(*) AS orders, 20454 - epoch_us(max(ts)) // 86400000000 AS recency, sum(amount)::BIGINT AS spend FROM t GROUP BY customer),
q AS (SELECT quantile_disc(recency, [0.2, 0.4, 0.6, 0.8]) AS r, quantile_disc(orders, [0.2, 0.4, 0.6, 0.8]) AS f, quantile_disc(spend, [0.2, 0.4, 0.6, 0.8]) AS m FROM c)
SELECT customer, orders, recency, spend,
  5 - (recency > r[1])::INT - (recency > r[2])::INT - (recency > r[3])::INT - (recency > r[4])::INT AS r,
  1 + (orders > f[1])::INT + (orders > f[2])::INT + (orders > f[3])::INT + (orders > f[4])::INT AS f,
  1 + (spend > m[1])::INT + (spend > m[2])::INT + (spend > m[3])::INT + (spend > m[4])::INT AS m
FROM c, q`},
			{name: "cuts from counts of values", sql: `
WITH c AS MATERIALIZED (SELECT customer, count(*) AS orders, 20454 - epoch_us(max(ts)) // 86400000000 AS recency, sum(amount)::BIGINT AS spend FROM t GROUP BY customer),
n AS (SELECT count(*) AS n FROM c),
r AS (SELECT recency, 5 - 5 * (sum(k) OVER (ORDER BY recency) - k) // n AS r FROM (SELECT recency, count(*) AS k FROM c GROUP BY recency), n),
f AS (SELECT orders, 1 + 5 * (sum(k) OVER (ORDER BY orders) - k) // n AS f FROM (SELECT orders, count(*) AS k FROM c GROUP BY orders), n),
q AS (SELECT quantile_disc(spend, [0.2, 0.4, 0.6, 0.8]) AS m FROM c)
SELECT customer, orders, recency, spend, r, f,
  1 + (spend > m[1])::INT + (spend > m[2])::INT + (spend > m[3])::INT + (spend > m[4])::INT AS m
FROM c JOIN r USING (recency) JOIN f USING (orders), q`},
			{name: "rank windows", sql: `
WITH c AS (SELECT customer, count(*) AS orders, 20454 - epoch_us(max(ts)) // 86400000000 AS recency, sum(amount) AS spend FROM t GROUP BY customer)
SELECT customer, orders, recency, spend,
  5 - (5 * (rank() OVER (ORDER BY recency) - 1)) // count(*) OVER () AS r,
  (5 * (rank() OVER (ORDER BY orders) - 1)) // count(*) OVER () + 1 AS f,
  (5 * (rank() OVER (ORDER BY spend) - 1)) // count(*) OVER () + 1 AS m
FROM c`},
		},
	}
}

func quintilesLoop(d *data, threads int) ([]rfmCell, [][3]uint8) {
	cells := rfmLoop(d, threads)
	scores := make([][3]uint8, len(cells))
	values := [3]func(*rfmCell) int64{
		func(c *rfmCell) int64 { return lastDay - c.last/(usPerDay*1000) },
		func(c *rfmCell) int64 { return c.orders },
		func(c *rfmCell) int64 { return c.spend },
	}
	free := make(chan struct{}, threads)
	var wg sync.WaitGroup
	for which, value := range values {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			all := make([]int64, len(cells))
			for i := range cells {
				all[i] = value(&cells[i])
			}
			cuts := fifths(slices.Clone(all))
			for i, v := range all {
				score := uint8(1)
				for _, cut := range cuts {
					if v > cut {
						score++
					}
				}
				if which == 0 {
					score = 6 - score
				}
				scores[i][which] = score
			}
		})
	}
	wg.Wait()
	return cells, scores
}

// fifths returns, for each k from 1 to 4, the least value that k fifths of all values
// do not exceed. It changes the order of values.
func fifths(values []int64) (cuts [4]int64) {
	n, from := len(values), 0
	for k := range cuts {
		rank := ((k+1)*n+4)/5 - 1
		selectRank(values[from:], rank-from)
		cuts[k], from = values[rank], rank
	}
	return cuts
}

// selectRank puts the value of that rank, from 0, in its place, none greater before it and
// none less after it.
func selectRank(v []int64, rank int) {
	for len(v) > 32 {
		a, b, c := v[0], v[len(v)/2], v[len(v)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := 0, len(v)-1
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case rank <= j:
			v = v[:j+1]
		case rank >= i:
			v, rank = v[i:], rank-i
		default:
			return
		}
	}
	slices.Sort(v)
}

func quintilesNaive(rows []naiveRow) (map[string]naiveCell, map[string][3]int64) {
	cells := rfmNaive(rows)
	scores := make(map[string][3]int64)
	ids := make([]string, 0, len(cells))
	for id := range cells {
		ids = append(ids, id)
	}
	for which, compare := range []func(a, b naiveCell) int{
		func(a, b naiveCell) int { return int(dayNumber(b.last) - dayNumber(a.last)) },
		func(a, b naiveCell) int { return a.orders - b.orders },
		func(a, b naiveCell) int { return a.spend.Cmp(b.spend) },
	} {
		slices.SortFunc(ids, func(a, b string) int { return compare(cells[a], cells[b]) })
		below := 0
		for i, id := range ids {
			if i > 0 && compare(cells[ids[i-1]], cells[id]) != 0 {
				below = i
			}
			s := scores[id]
			s[which] = int64(1 + 5*below/len(ids))
			if which == 0 {
				s[which] = 6 - s[which]
			}
			scores[id] = s
		}
	}
	return cells, scores
}
