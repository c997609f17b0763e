package segment_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
)

// slowScore scores by the words of the documentation, with fractions.
func slowScore(values []int64, v int64, s segment.Scale) int {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	bins := s.Bins
	if bins == 0 {
		bins = 5
	}
	score := 1
	switch s.Method {
	case segment.Fixed:
		for _, e := range s.Edges {
			if v >= e {
				score++
			}
		}
	case segment.Rank:
		less := 0
		for _, x := range sorted {
			if x < v {
				less++
			}
		}
		score += bins * less / n
	case segment.Quantiles:
		for k := 1; k < bins; k++ {
			h := new(big.Rat).Mul(big.NewRat(int64(n-1), 1), big.NewRat(int64(k), int64(bins)))
			j := new(big.Int).Quo(h.Num(), h.Denom()).Int64()
			x, y := sorted[j], sorted[min(j+1, int64(n-1))]
			q := new(big.Rat).Sub(h, big.NewRat(j, 1))
			q.Mul(q, new(big.Rat).Sub(big.NewRat(y, 1), big.NewRat(x, 1)))
			q.Add(q, big.NewRat(x, 1))
			q.Add(q, big.NewRat(s.Above, 1))
			switch c := big.NewRat(v, 1).Cmp(q); {
			case s.Above == 0 && c > 0, s.Above > 0 && c >= 0:
				score++
			}
		}
	}
	return score
}

func TestScoresAgainstFractions(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		records := make([]segment.Record, 1+r.IntN(60))
		span := []int64{3, 30, 1000, 1 << 62}[r.IntN(4)]
		var money, days, orders []int64
		for i := range records {
			x := &records[i]
			x.Recency, x.Frequency, x.Monetary = r.Int64N(span), 1+r.Int64N(9), r.Int64N(span)-r.Int64N(span)
			money, days, orders = append(money, x.Monetary), append(days, x.Recency), append(orders, x.Frequency)
		}
		o := segment.ScoreOptions{
			Recency:   segment.Scale{Method: segment.Method(r.IntN(2)), Bins: 1 + r.IntN(7)},
			Frequency: segment.Scale{Method: segment.Fixed, Edges: []int64{2, 4, 7}},
			Monetary:  segment.Scale{Above: r.Int64N(2) * 100},
			Workers:   r.IntN(3),
		}
		rfm, err := segment.Score(records, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range records {
			got := rfm.Scores[i]
			recency := o.Recency.Bins + 1 - slowScore(days, x.Recency, o.Recency)
			if int(got.R) != recency || int(got.F) != slowScore(orders, x.Frequency, o.Frequency) || int(got.M) != slowScore(money, x.Monetary, o.Monetary) {
				t.Fatalf("seed %d: %+v has the scores %s, want %d-%d-%d", seed, x, got, recency,
					slowScore(orders, x.Frequency, o.Frequency), slowScore(money, x.Monetary, o.Monetary))
			}
			for j, y := range records[:i] {
				if y.Monetary == x.Monetary && rfm.Scores[j].M != got.M {
					t.Fatalf("seed %d: equal values get the scores %d and %d", seed, rfm.Scores[j].M, got.M)
				}
			}
		}
	}
}

// TestQcut has the quartiles that pandas' qcut gives of 1 to 9: (0.999, 3], (3, 5], (5, 7],
// (7, 9].
func TestQcut(t *testing.T) {
	records := make([]segment.Record, 9)
	for i := range records {
		records[i].Monetary = int64(i + 1)
	}
	rfm, err := segment.Score(records, segment.ScoreOptions{Monetary: segment.Scale{Bins: 4}})
	if err != nil {
		t.Fatal(err)
	}
	var got []uint8
	for _, s := range rfm.Scores {
		got = append(got, s.M)
	}
	if want := []uint8{1, 1, 1, 2, 2, 3, 3, 4, 4}; !slices.Equal(got, want) {
		t.Errorf("%d, want %d", got, want)
	}
}

// Of 1, 1, 1, 1, 5 the quartiles are 1, 1, 1: qcut drops the duplicate edges and leaves the
// two bins [1, 1] and (1, 5].
func TestCompress(t *testing.T) {
	records := make([]segment.Record, 5)
	for i := range records {
		records[i].Frequency, records[i].Recency = 1, int64(i)
	}
	records[4].Frequency = 5
	for compress, want := range map[bool]uint8{false: 4, true: 2} {
		rfm, err := segment.Score(records, segment.ScoreOptions{Frequency: segment.Scale{Bins: 4, Compress: compress}})
		if err != nil {
			t.Fatal(err)
		}
		if rfm.Scores[0].F != 1 || rfm.Scores[4].F != want {
			t.Errorf("compress=%t: scores %d and %d, want 1 and %d", compress, rfm.Scores[0].F, rfm.Scores[4].F, want)
		}
	}
}

func TestWeighted(t *testing.T) {
	records := []segment.Record{{Recency: 1, Frequency: 1, Monetary: 1}, {Recency: 9, Frequency: 9, Monetary: 9}}
	o := segment.ScoreOptions{Weights: segment.Weights{R: 3, F: 2, M: 1}}
	o.Recency.Bins, o.Frequency.Bins, o.Monetary.Bins = 2, 2, 2
	rfm, err := segment.Score(records, o)
	if err != nil {
		t.Fatal(err)
	}
	// The first is 2-1-1, the second 1-2-2: (3*2 + 2 + 1) / 6 and (3 + 2*2 + 2) / 6.
	for i, want := range []string{"1.5", "1.5"} {
		if got, err := rfm.Weighted(i); err != nil || got.Text() != want {
			t.Errorf("%s is %s, %v, want %s", rfm.Scores[i], got.Text(), err, want)
		}
	}
}

func TestScoreErrors(t *testing.T) {
	for want, s := range map[string]segment.Scale{
		"method":            {Method: 9},
		"no edges":          {Method: segment.Fixed},
		"edge 3 is not":     {Method: segment.Fixed, Edges: []int64{3, 3}},
		"3 bins, and 1":     {Method: segment.Fixed, Edges: []int64{3}, Bins: 3},
		"Fixed only":        {Edges: []int64{3}},
		"101 bins":          {Bins: 101},
		"-1 bins":           {Bins: -1},
		"a step of 1":       {Method: segment.Rank, Above: 1},
		"ScoreOptions.Mone": {Above: -1},
	} {
		if _, err := segment.Score(nil, segment.ScoreOptions{Monetary: s}); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := segment.Score(nil, segment.ScoreOptions{Weights: segment.Weights{R: -1}}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a negative weight: %v", err)
	}
	if rfm, err := segment.Score(nil, segment.ScoreOptions{}); err != nil || len(rfm.Scores) != 0 {
		t.Errorf("no records: %v", err)
	}
}

func TestPublishedMaps(t *testing.T) {
	for _, c := range []struct {
		m           segment.Map
		unreachable []string
	}{
		{segment.Usual(), nil},
		{segment.RPackage(), []string{"New Customers", "Promising", "Can't Lose Them"}},
	} {
		if err := c.m.Check(); err != nil {
			t.Errorf("%s: %v", c.m.Name, err)
		}
		if got := c.m.Unreachable(); !slices.Equal(got, c.unreachable) {
			t.Errorf("%s: nobody is ever %q, want %q", c.m.Name, got, c.unreachable)
		}
		if c.m.Source == "" {
			t.Errorf("%s has no source", c.m.Name)
		}
	}
	// As the notebooks have it, written as patterns of two digits.
	usual := segment.Usual()
	for scores, want := range map[segment.Scores]string{
		{R: 5, F: 5}: "Champions", {R: 5, F: 4}: "Champions", {R: 4, F: 4}: "Loyal Customers", {R: 3, F: 5}: "Loyal Customers",
		{R: 5, F: 3}: "Potential Loyalists", {R: 4, F: 2}: "Potential Loyalists", {R: 5, F: 1}: "New Customers", {R: 4, F: 1}: "Promising",
		{R: 3, F: 3}: "Need Attention", {R: 3, F: 2}: "About to Sleep", {R: 2, F: 4}: "At Risk", {R: 1, F: 3}: "At Risk",
		{R: 2, F: 5}: "Can't Lose", {R: 1, F: 2}: "Hibernating",
	} {
		scores.M = 3
		if got := usual.Of(scores); got != want {
			t.Errorf("%s is %q, want %q", scores, got, want)
		}
	}
}

func TestMapCheck(t *testing.T) {
	low, high := segment.Range{From: 1, To: 2}, segment.Range{From: 3, To: 5}
	for want, m := range map[string]segment.Map{
		"there are none":         {},
		"3-1-1 have no name":     {Boxes: []segment.Box{{Name: "low", R: low}}},
		"the names [\"a\" \"b\"": {Boxes: []segment.Box{{Name: "a", R: low}, {Name: "b"}}},
		"range 0 to 3":           {Boxes: []segment.Box{{Name: "a", R: segment.Range{To: 3}}}},
		"range 3 to 6":           {Boxes: []segment.Box{{Name: "a", R: segment.Range{From: 3, To: 6}}}},
		"range 4 to 3":           {Boxes: []segment.Box{{Name: "a", M: segment.Range{From: 4, To: 3}}}},
		"is called \"\"":         {Boxes: []segment.Box{{R: low}}, Rest: "x"},
		"is called \"x\"":        {Boxes: []segment.Box{{Name: "x", R: low}}, Rest: "x"},
		"Map.Bins":               {Bins: 1000},
	} {
		if err := m.Check(); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	for _, m := range []segment.Map{
		{Boxes: []segment.Box{{Name: "low", R: low}, {Name: "high", R: high}}},
		{Boxes: []segment.Box{{Name: "low", R: low}}, Rest: "others"},
		{Boxes: []segment.Box{{Name: "low", R: low}, {Name: "all"}}, FirstWins: true},
	} {
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", m, err)
		}
	}
}

// totals returns the totals of orders by customer, as dates.
func totals(t testing.TB, orders map[string][]string) *purchase.Totals {
	t.Helper()
	l, err := purchase.New(purchase.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range sortedKeys(orders) {
		for _, date := range orders[key] {
			p, err := metric.ParsePeriod(date, nil)
			if err != nil {
				t.Fatal(err)
			}
			b := &purchase.Block{Customer: []event.Code{l.Keys().Code(key)}, Time: []int64{p.Start().UnixNano()}, Amount: []int64{1000}, Currency: metric.EUR("1").Currency()}
			if err := l.AddBlock(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	totals, err := l.Totals(day(1, 1, 1).AddDate(2000, 0, 0).AddDate(200, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return totals
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Each published threshold, one day below, on it and one above.
func TestClassifierThresholds(t *testing.T) {
	// Gaps of 10 days and of 30: mean 20, deviation 10.
	gaps := purchase.Gaps{N: 2, Sum: big.NewInt(40), Squares: big.NewInt(1000)}
	own := purchase.Total{Orders: 3, FirstDate: 0, LastDate: 100} // a gap of 50 days
	single := purchase.Total{Orders: 1}
	sameDay := purchase.Total{Orders: 2}
	clerk := segment.Clerk()
	clerk.Classes[0].Limit.Days = 25 // below the mean and a deviation
	for _, c := range []struct {
		c    segment.Classifier
		of   purchase.Total
		want map[int64]string
	}{
		{segment.Ordinary(), single, map[int64]string{0: "new", 29: "new", 30: "new", 31: "due reorder", 60: "due reorder", 61: "lapsed", 89: "lapsed", 90: "lapsed", 91: "lost"}},
		{segment.Pathfinder(), single, map[int64]string{89: "active", 90: "active", 91: "disengaged", 179: "disengaged", 180: "disengaged", 181: "lapsed"}},
		{segment.Glew(100), single, map[int64]string{79: "active", 80: "at risk", 81: "at risk", 99: "at risk", 100: "lost", 101: "lost"}},
		{segment.Glew(91), single, map[int64]string{72: "active", 73: "at risk", 90: "at risk", 91: "lost"}}, // 72.8
		{segment.Clutch(), own, map[int64]string{39: "active", 40: "active", 41: "at risk", 49: "at risk", 50: "at risk", 51: "churned"}},
		{segment.Clutch(), single, map[int64]string{0: "one order", 1000: "one order"}},
		{segment.Clutch(), sameDay, map[int64]string{0: "active", 1: "churned"}},
		{segment.TripWire(segment.Share{Num: 3, Den: 2}), own, map[int64]string{74: "in rhythm", 75: "in rhythm", 76: "overdue"}},
		{clerk, single, map[int64]string{25: "just ordered", 26: "active", 29: "active", 30: "active", 31: "slipping", 39: "slipping", 40: "slipping", 41: "lost"}},
		{segment.Clerk(), single, map[int64]string{30: "just ordered", 31: "slipping", 41: "lost"}}, // 30 days are the mean and a deviation
	} {
		if err := c.c.Check(); err != nil {
			t.Errorf("%s: %v", c.c.Name, err)
		}
		for days, want := range c.want {
			if got, err := c.c.Of(&c.of, days, gaps); err != nil || got != want {
				t.Errorf("%s: %d days are %q, %v, want %q", c.c.Name, days, got, err, want)
			}
		}
	}
	if _, err := ptr(segment.Clerk()).Of(&single, 31, purchase.Gaps{}); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("no gaps: %v", err)
	}
}

func ptr[T any](v T) *T { return &v }

func TestClassifierErrors(t *testing.T) {
	none := segment.Limit{}
	for want, c := range map[string]segment.Classifier{
		"there are none":      {},
		"has no limit":        {Classes: []segment.Class{{Name: "a", Limit: none}, {Name: "b", Limit: none}}},
		"\"b\": the last":     {Classes: []segment.Class{{Name: "a", Limit: segment.Limit{Days: 1}}, {Name: "b", Limit: segment.Limit{Days: 2}}}},
		"has no name":         {Classes: []segment.Class{{Limit: none}}},
		"several limits":      {Classes: []segment.Class{{Name: "a", Limit: segment.Limit{Days: 1, AllGaps: true}}, {Name: "b"}}},
		"below zero":          {Classes: []segment.Class{{Name: "a", Limit: segment.Limit{Days: -1}}, {Name: "b"}}},
		"cannot be reached":   {Classes: []segment.Class{{Name: "a", Limit: segment.Limit{Days: 5}}, {Name: "b", Limit: segment.Limit{Days: 6, Before: true}}, {Name: "c"}}},
		"would have no class": {Classes: []segment.Class{{Name: "a", Limit: segment.Limit{Own: segment.Share{Num: 1, Den: 1}}}, {Name: "b"}}},
	} {
		if err := c.Check(); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestClassifierLabel(t *testing.T) {
	orders := totals(t, map[string][]string{"ann": {"2026-01-01", "2026-03-01"}, "bob": {"2025-10-01"}, "cy": {"2025-01-01"}})
	c := segment.Pathfinder()
	l, err := c.Label(orders, day(2026, 3, 2), purchase.Gaps{})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"ann": "active", "bob": "disengaged", "cy": "lapsed", "dee": ""} {
		if got := l.Of(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if _, err := c.Label(orders, day(2026, 2, 28), purchase.Gaps{}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("before the last order: %v", err)
	}
	x := orders.Lookup("ann")
	if got, err := segment.Latency(x, 118); err != nil || got.Text() != "2" {
		t.Errorf("118 days of a gap of 59: %s, %v", got, err)
	}
	if _, err := segment.Latency(orders.Lookup("bob"), 1); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("the latency of one order: %v", err)
	}
	if _, err := segment.Latency(&purchase.Total{Orders: 2}, 1); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("the latency of two orders in a day: %v", err)
	}
}

func TestRecords(t *testing.T) {
	orders := totals(t, map[string][]string{"ann": {"2026-01-01", "2026-03-01"}})
	got, err := segment.Records(orders, day(2026, 3, 11))
	if err != nil || len(got) != 1 || got[0].Recency != 10 || got[0].Frequency != 2 || got[0].Monetary != 2000 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := segment.Records(orders, day(2026, 2, 1)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("before the last order: %v", err)
	}
}
