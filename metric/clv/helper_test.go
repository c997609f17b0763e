package clv

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
)

// cdnowCustomer is a customer of the CDNOW sample: the history to 1997-09-30, and the
// purchases of the 39 weeks after it. Purchases of one day are one.
type cdnowCustomer struct {
	Summary
	held int
}

// cdnow reads the sample that ships with the examples; its README says where it is from.
func cdnow(tb testing.TB) []cdnowCustomer {
	tb.Helper()
	day := func(s string) float64 {
		t, err := time.Parse("20060102", s)
		if err != nil {
			tb.Fatal(err)
		}
		return float64(t.Unix() / 86400)
	}
	end := day("19970930")
	type history struct {
		days  []float64
		spent map[float64]float64
	}
	var order []string
	customers := map[string]*history{}
	for line := range strings.Lines(data.CDNOW()) {
		f := strings.Fields(line)
		dollars, err := strconv.ParseFloat(f[4], 64)
		if err != nil {
			tb.Fatal(err)
		}
		h := customers[f[1]]
		if h == nil {
			h = &history{spent: map[float64]float64{}}
			customers[f[1]], order = h, append(order, f[1])
		}
		d := day(f[2])
		if _, again := h.spent[d]; !again {
			h.days = append(h.days, d)
		}
		h.spent[d] += dollars
	}
	var out []cdnowCustomer
	for _, id := range order {
		h := customers[id]
		c := cdnowCustomer{Summary: Summary{Unit: Week, Age: (end - h.days[0]) / 7}}
		var spent float64
		for _, d := range h.days[1:] {
			if d > end {
				c.held++
				continue
			}
			c.Frequency++
			c.Recency = (d - h.days[0]) / 7
			spent += h.spent[d]
		}
		if c.Frequency > 0 {
			c.Monetary = spent / float64(c.Frequency)
		}
		out = append(out, c)
	}
	return out
}

func cdnowSample(tb testing.TB) *Sample {
	tb.Helper()
	s := must(NewSample(Week))(tb)
	for _, c := range cdnow(tb) {
		if err := s.Add(c.Summary); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// donations are the cells of Fader, Hardie and Shang (2010), table 1: of 11,104 people who
// first gave in 1995, so many gave x times until 2001, last in the t-th of the six years.
var donations = [][3]int{ // x, t, donors
	{0, 0, 3464}, {1, 1, 1091}, {1, 2, 277}, {1, 3, 129}, {1, 4, 78}, {1, 5, 119}, {1, 6, 129},
	{2, 2, 613}, {2, 3, 255}, {2, 4, 155}, {2, 5, 173}, {2, 6, 234}, {3, 3, 322}, {3, 4, 181},
	{3, 5, 225}, {3, 6, 357}, {4, 4, 240}, {4, 5, 284}, {4, 6, 512}, {5, 5, 335}, {5, 6, 728},
	{6, 6, 1203},
}

func donationSample(tb testing.TB) *Sample {
	tb.Helper()
	s := must(NewSample(Year))(tb)
	for _, c := range donations {
		row := Summary{Unit: Year, Frequency: c[0], Recency: float64(c[1]), Age: 6}
		if err := s.AddN(int64(c[2]), row); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// must ends the test on an error: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// near reports a got that differs from want by more than tolerance, absolute, or relative for
// a want beyond 1.
func near(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		tb.Errorf("%s: got %.15g, want %.15g within %g", what, got, want, tolerance)
	}
}

// relative is near with a relative tolerance throughout.
func relative(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		tb.Errorf("%s: got %.15g, want %.15g within %g of it", what, got, want, tolerance)
	}
}

func weeks(n float64) Horizon { return Horizon{N: n, Unit: Week} }
