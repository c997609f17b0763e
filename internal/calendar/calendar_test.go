package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/metric"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

var zones = []string{"UTC", "Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe"}

// begin returns the first instant of a date, or of the next one that the zone has.
func begin(t *testing.T, date time.Time, loc *time.Location) time.Time {
	t.Helper()
	for range 2 {
		if p, err := metric.Day(date.Year(), date.Month(), date.Day(), loc); err == nil {
			return p.Start()
		}
		date = date.AddDate(0, 0, 1)
	}
	t.Fatalf("%s left out two days from %s", loc, date)
	return date
}

// Weeks from any day begin with the dates of that weekday, one every seven days, also in
// Samoa, which had no Friday in the last week of 2011.
func TestWeeks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, name := range zones {
		loc := zone(t, name)
		for first := metric.Monday; first <= metric.Sunday; first++ {
			u := calendar.Unit{PeriodUnit: metric.UnitWeek, First: first}
			date := time.Date(2011, 11, 7+int(first), 0, 0, 0, 0, time.UTC) // the 7th was a Monday
			var before metric.Period
			for range 16 {
				start, end := begin(t, date, loc), begin(t, date.AddDate(0, 0, 7), loc)
				for _, at := range []time.Time{start, start.Add(time.Duration(r.Int64N(int64(end.Sub(start))))), end.Add(-1)} {
					p, err := u.Of(at)
					if err != nil {
						t.Fatal(err)
					}
					if !p.Start().Equal(start) || !p.End().Equal(end) {
						t.Fatalf("%s, weeks from %s: %s is in %s, want from %s to %s", name, first, at, p, start, end)
					}
					if next, err := u.Prev(p); err != nil || !before.IsZero() && !next.Equal(before) {
						t.Fatalf("%s, weeks from %s: before %s is %s, want %s", name, first, p, next, before)
					}
					if !before.IsZero() {
						if next, err := u.Next(before); err != nil || !next.Equal(p) {
							t.Fatalf("%s, weeks from %s: after %s is %s, want %s", name, first, before, next, p)
						}
					}
				}
				before, _ = u.Of(start)
				date = date.AddDate(0, 0, 7)
			}
		}
	}
}

func TestOtherUnitsAreThoseOfPeriod(t *testing.T) {
	at := time.Date(2026, 5, 20, 13, 0, 0, 0, zone(t, "Europe/Berlin"))
	for u := metric.UnitDay; u <= metric.UnitYear; u++ {
		want, err := metric.PeriodOf(at, u, at.Location())
		if err != nil {
			t.Fatal(err)
		}
		first := metric.Sunday
		if u == metric.UnitWeek {
			first = metric.Monday
		}
		if p, err := (calendar.Unit{PeriodUnit: u, First: first}).Of(at); err != nil || !p.Equal(want) {
			t.Errorf("%s: %s, %v, want %s", u, p, err, want)
		}
	}
	if _, err := (calendar.Unit{PeriodUnit: metric.UnitRolling}).Of(at); err == nil {
		t.Error("a rolling period is not a unit of the calendar")
	}
}

// check compares what is found with a walk over the bounds.
func check(t *testing.T, name string, b *calendar.Buckets, at int64) {
	t.Helper()
	want := -1
	for want < b.Len() && at >= b.Bound(want+1) {
		want++
	}
	if got := b.Find(at); got != want {
		t.Fatalf("%s: %d is in bucket %d, want %d", name, at, got, want)
	}
	if want >= 0 && want < b.Len() && b.Within(at) != want {
		t.Fatalf("%s: %d is in bucket %d, want %d", name, at, b.Within(at), want)
	}
}

func checkAll(t *testing.T, name string, b *calendar.Buckets, r *rand.Rand) {
	t.Helper()
	for i := range b.Len() + 1 {
		for _, by := range []int64{-1, 0, 1} {
			check(t, name, b, b.Bound(i)+by)
		}
	}
	for range 200 {
		check(t, name, b, b.Start()-1000+int64(r.Uint64N(uint64(b.End()-b.Start())+2000)))
	}
	check(t, name, b, -1<<63)
	check(t, name, b, 1<<63-1)
}

func TestDays(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, name := range zones {
		loc := zone(t, name)
		from, to := time.Date(2009, 1, 1, 7, 0, 0, 0, loc), time.Date(2019, 6, 1, 0, 0, 0, 1, loc)
		b, err := calendar.Days(from, to, loc)
		if err != nil {
			t.Fatal(err)
		}
		if start, end := time.Unix(0, b.Start()), time.Unix(0, b.End()); !start.Equal(time.Date(2009, 1, 1, 0, 0, 0, 0, loc)) || !end.Equal(time.Date(2019, 6, 2, 0, 0, 0, 0, loc)) {
			t.Errorf("%s: days from %s to %s", name, start, end)
		}
		checkAll(t, name, b, r)
	}
	if _, err := calendar.Days(time.Unix(1, 0), time.Unix(0, 0), time.UTC); err == nil {
		t.Error("days to an earlier instant")
	}
}

// Buckets of any lengths: a nanosecond beside a century, one alone, all that 63 bits hold.
func TestBucketsOfAnyLength(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		bounds := []int64{r.Int64N(1<<61) - 1<<60}
		for range 1 + r.IntN(40) {
			bounds = append(bounds, bounds[len(bounds)-1]+1+r.Int64N(1<<r.IntN(56)))
		}
		checkAll(t, "random", calendar.New(bounds), r)
	}
	checkAll(t, "one", calendar.New([]int64{5, 6}), r)
	checkAll(t, "long", calendar.New([]int64{-1 << 62, -1<<62 + 1, 1<<62 - 1}), r)
}
