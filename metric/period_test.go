package metric_test

import (
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/openlifecycle/lifecycle/metric"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func period(t testing.TB, s string, loc *time.Location) metric.Period {
	t.Helper()
	p, err := metric.ParsePeriod(s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParsePeriod(t *testing.T) {
	for _, tt := range []struct {
		in, zone   string
		unit       metric.PeriodUnit
		start, end string // in UTC
		days       int
	}{
		{"2026-03-01", "UTC", metric.UnitDay, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", 1},
		{"2024-02-29", "UTC", metric.UnitDay, "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", 1},
		{"2026-03", "UTC", metric.UnitMonth, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 31},
		{"2024-02", "UTC", metric.UnitMonth, "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z", 29},
		{"2100-02", "UTC", metric.UnitMonth, "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z", 28},
		{"2026-12", "UTC", metric.UnitMonth, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 31},
		{"2026-Q1", "UTC", metric.UnitQuarter, "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", 90},
		{"2026-Q4", "UTC", metric.UnitQuarter, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", 92},
		{"2024", "UTC", metric.UnitYear, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", 366},
		{"0001", "UTC", metric.UnitYear, "0001-01-01T00:00:00Z", "0002-01-01T00:00:00Z", 365},
		{"9999", "UTC", metric.UnitYear, "9999-01-01T00:00:00Z", "10000-01-01T00:00:00Z", 365},
		// The weeks around the turns of years, as the standard's calendar has them.
		{"2026-W01", "UTC", metric.UnitWeek, "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z", 7},
		{"2026-W07", "UTC", metric.UnitWeek, "2026-02-09T00:00:00Z", "2026-02-16T00:00:00Z", 7},
		{"2026-W53", "UTC", metric.UnitWeek, "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z", 7},
		{"2020-W53", "UTC", metric.UnitWeek, "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z", 7},
		{"2021-W01", "UTC", metric.UnitWeek, "2021-01-04T00:00:00Z", "2021-01-11T00:00:00Z", 7},
		{"2023-W01", "UTC", metric.UnitWeek, "2023-01-02T00:00:00Z", "2023-01-09T00:00:00Z", 7},
		{"FY2026-04", "UTC", metric.UnitFiscalYear, "2026-04-01T00:00:00Z", "2027-04-01T00:00:00Z", 365},
		{"FY2026-04-Q4", "UTC", metric.UnitFiscalQuarter, "2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z", 90},
		{"FY2026-12-Q1", "UTC", metric.UnitFiscalQuarter, "2026-12-01T00:00:00Z", "2027-03-01T00:00:00Z", 90},
		{"P30D/2026-03-31", "UTC", metric.UnitRolling, "2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z", 30},
		{"P1D/2026-03-31T12:00:00Z", "UTC", metric.UnitRolling, "2026-03-30T12:00:00Z", "2026-03-31T12:00:00Z", 2},
		{"2026-03-01/2026-04-15", "UTC", metric.UnitCustom, "2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z", 45},
		{"2026-03-01T06:30:00.5Z/2026-03-01T06:30:01Z", "UTC", metric.UnitCustom, "2026-03-01T06:30:00.5Z", "2026-03-01T06:30:01Z", 1},
		// Days of 23 and 25 hours, of 23.5, and one that was two hours short.
		{"2026-03-29", "Europe/Berlin", metric.UnitDay, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 1},
		{"2026-10-25", "Europe/Berlin", metric.UnitDay, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 1},
		{"2026-03-08", "America/New_York", metric.UnitDay, "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 1},
		{"2026-10-04", "Australia/Lord_Howe", metric.UnitDay, "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 1},
		{"2026-03", "Europe/Berlin", metric.UnitMonth, "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", 31},
		{"P30D/2026-04-01", "Europe/Berlin", metric.UnitRolling, "2026-03-01T23:00:00Z", "2026-03-31T22:00:00Z", 30},
		// Clocks that jumped from midnight to one: the day starts at 01:00 of its zone.
		{"2018-11-04", "America/Sao_Paulo", metric.UnitDay, "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", 1},
		{"2022-03-27", "Asia/Beirut", metric.UnitDay, "2022-03-26T22:00:00Z", "2022-03-27T21:00:00Z", 1},
		// A midnight that came twice: the day starts at the first.
		{"2026-11-01", "America/Havana", metric.UnitDay, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 1},
		// Clocks put back from midnight to 23:00: the day before has 25 hours.
		{"2018-02-17", "America/Sao_Paulo", metric.UnitDay, "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", 1},
	} {
		p, err := metric.ParsePeriod(tt.in, zone(t, tt.zone))
		if err != nil {
			t.Errorf("%s in %s: %v", tt.in, tt.zone, err)
			continue
		}
		start, end := p.Start().UTC().Format(time.RFC3339Nano), p.End().UTC().Format(time.RFC3339Nano)
		if p.Unit() != tt.unit || start != tt.start || end != tt.end || p.Days() != tt.days {
			t.Errorf("%s in %s is the %s from %s to %s with %d days,\nwant the %s from %s to %s with %d", tt.in, tt.zone, p.Unit(), start, end, p.Days(), tt.unit, tt.start, tt.end, tt.days)
		}
		want := tt.in
		if tt.zone != "UTC" {
			want += "[" + tt.zone + "]"
		}
		if text, err := p.MarshalText(); err != nil || string(text) != want || p.String() != want {
			t.Errorf("%s in %s is written %s, %v", tt.in, tt.zone, text, err)
		}
		if back := period(t, want, zone(t, tt.zone)); !back.Equal(p) {
			t.Errorf("%s comes back as %s", p, back)
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, in := range []string{
		"", "26", "2026-", "2026-3", "2026-13", "2026-00", "2026-02-29", "2026-02-00", "2026-04-31", "2026-3-1", "20260301", "0000", "0000-12-31", "10000",
		"2026-W00", "2026-W54", "2025-W53", "2026-W7", "2026W07", "2026-w07", "2026-Q0", "2026-Q5", "2026-q1", "2026Q1", " 2026", "2026 ", "+2026", "2026-١٢",
		"FY2026", "FY2026-13", "FY2026-00", "FY2026-04-Q5", "FY2026-04-1", "fy2026-04", "FY2026-Q1", "FY0000-04", "FY9999-04-Q4",
		"/", "2026-03-01/", "/2026-03-01", "2026-03-01/2026-03-01", "2026-03-02/2026-03-01", "2026-03/2026-04", "2026-03-01/2026-02-30", "2026-01-01/2026-02-01/2026-03-01",
		"P0D/2026-03-01", "P-1D/2026-03-01", "P+1D/2026-03-01", "PD/2026-03-01", "P/2026-03-01", "P1M/2026-03-01", "P1/2026-03-01", "P999999999999D/2026-03-01", "P4000000D/2026-03-01", "P800000D/2026-03-01",
		"2026-03-01T00:00:00/2026-03-02T00:00:00", "0001-01-01T00:00:00+10:00/0002-01-01", "9999-01-01/9999-12-31T23:59:59-01:00",
		"2026-03[Europe/Berlin]", "2026-03[]", "2026-03[UTC", "2026-03UTC]", "[UTC]", "2026-03[UTC][UTC]",
	} {
		if p, err := metric.ParsePeriod(in, time.UTC); !errors.Is(err, metric.ErrInput) || !p.IsZero() {
			t.Errorf("ParsePeriod(%q) = %s, %v", in, p, err)
		}
	}
}

func TestPeriodConstructors(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	instant := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.In(berlin)
	}
	for want, made := range map[string]func() (metric.Period, error){
		"2026-03-29[Europe/Berlin]":     func() (metric.Period, error) { return metric.Day(2026, time.March, 29, berlin) },
		"2026-W13[Europe/Berlin]":       func() (metric.Period, error) { return metric.Week(2026, 13, berlin) },
		"2026-03[Europe/Berlin]":        func() (metric.Period, error) { return metric.Month(2026, time.March, berlin) },
		"2026-Q2":                       func() (metric.Period, error) { return metric.Quarter(2026, 2, nil) },
		"2026":                          func() (metric.Period, error) { return metric.Year(2026, time.UTC) },
		"FY2026-07":                     func() (metric.Period, error) { return metric.FiscalYear(2026, time.July, nil) },
		"2027":                          func() (metric.Period, error) { return metric.FiscalYear(2027, time.January, nil) },
		"2027-Q3":                       func() (metric.Period, error) { return metric.FiscalQuarter(2027, time.January, 3, nil) },
		"FY2026-07-Q3[Europe/Berlin]":   func() (metric.Period, error) { return metric.FiscalQuarter(2026, time.July, 3, berlin) },
		"P7D/2026-03-31[Europe/Berlin]": func() (metric.Period, error) { return metric.Rolling(7, instant("2026-03-31T00:00:00+02:00")) },
		"P7D/2026-03-31T06:00:00+02:00[Europe/Berlin]": func() (metric.Period, error) { return metric.Rolling(7, instant("2026-03-31T06:00:00+02:00")) },
		"2026-04[Europe/Berlin]": func() (metric.Period, error) {
			return metric.Between(instant("2026-04-01T00:00:00+02:00"), instant("2026-05-01T00:00:00+02:00"))
		},
		"2026-W14[Europe/Berlin]": func() (metric.Period, error) {
			return metric.Between(instant("2026-03-30T00:00:00+02:00"), instant("2026-04-06T00:00:00+02:00").UTC())
		},
		"2026-03-30/2026-04-05[Europe/Berlin]": func() (metric.Period, error) {
			return metric.Between(instant("2026-03-30T00:00:00+02:00"), instant("2026-04-05T00:00:00+02:00"))
		},
	} {
		p, err := made()
		if err != nil || p.String() != want {
			t.Errorf("got %s, %v; want %s", p, err, want)
		}
	}
	for i, made := range []func() (metric.Period, error){
		func() (metric.Period, error) { return metric.Day(2026, 13, 1, nil) },
		func() (metric.Period, error) { return metric.Day(2026, time.February, 30, nil) },
		func() (metric.Period, error) { return metric.Day(-5, time.February, 3, nil) },
		func() (metric.Period, error) { return metric.Week(2026, 1<<62, nil) },
		func() (metric.Period, error) { return metric.Month(10000, 1, nil) },
		func() (metric.Period, error) { return metric.Quarter(2026, 0, nil) },
		func() (metric.Period, error) { return metric.FiscalYear(2026, 0, nil) },
		func() (metric.Period, error) { return metric.FiscalQuarter(2026, 4, 5, nil) },
		func() (metric.Period, error) { return metric.Rolling(0, time.Unix(0, 0)) },
		func() (metric.Period, error) { return metric.Between(time.Unix(5, 0), time.Unix(5, 0)) },
		func() (metric.Period, error) { return metric.PeriodOf(time.Unix(0, 0), metric.UnitRolling, nil) },
		func() (metric.Period, error) { return metric.PeriodOf(time.Unix(0, 0), 0, nil) },
		func() (metric.Period, error) { return metric.PeriodOf(time.Unix(1<<60, 0), metric.UnitDay, nil) },
		// Samoa went from 29 to 31 December when it crossed the date line.
		func() (metric.Period, error) { return metric.Day(2011, time.December, 30, zone(t, "Pacific/Apia")) },
	} {
		if p, err := made(); !errors.Is(err, metric.ErrInput) || !p.IsZero() {
			t.Errorf("case %d: got %s, %v", i, p, err)
		}
	}
}

func TestPeriodDuration(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for in, want := range map[string]string{
		"2026-03-28":            "86400s",
		"2026-03-29":            "82800s",    // 23 hours
		"2026-10-25":            "90000s",    // 25 hours
		"2026-W13":              "601200s",   // 7 days less an hour
		"2026-03":               "2674800s",  // 31 days less an hour
		"2026":                  "31536000s", // both changes
		"P7D/2026-03-30":        "601200s",   //
		"2026-03-29/2026-03-30": "82800s",    //
	} {
		if got := period(t, in, berlin).Duration().Text(); got != want {
			t.Errorf("%s lasts %s, want %s", in, got, want)
		}
	}
	// 9000 years of the Gregorian calendar: 22 cycles of 146097 days and 200 years more,
	// which from 8802 hold 48 leap days.
	if got, want := period(t, "0002-01-01/9002-01-01", time.UTC).Duration().Text(), metric.MustDuration("3287182d").Text(); got != want {
		t.Errorf("9000 years last %s, want %s", got, want)
	}
	if got := period(t, "2026-03-01T00:00:00.000000001Z/2026-03-01T00:00:01Z", nil).Duration().Text(); got != "0.999999999s" {
		t.Errorf("nanoseconds are lost: %s", got)
	}
}

func TestPeriodContainsAndOverlaps(t *testing.T) {
	march, april := period(t, "2026-03", nil), period(t, "2026-04", nil)
	if !march.Contains(march.Start()) || march.Contains(march.End()) || !march.Contains(march.End().Add(-1)) || march.Contains(march.Start().Add(-1)) {
		t.Error("the bounds are not half-open")
	}
	if march.Overlaps(april) || april.Overlaps(march) || !march.Overlaps(period(t, "2026-Q1", nil)) || !march.Overlaps(march) {
		t.Error("wrong about overlapping")
	}
	if march.Incomplete(march.End()) || !march.Incomplete(march.End().Add(-1)) {
		t.Error("wrong about being incomplete")
	}
	if march.Compare(april) != -1 || april.Compare(march) != 1 || march.Compare(period(t, "2026-03", time.UTC)) != 0 {
		t.Error("wrong order")
	}
	for _, s := range []string{"2026-03-01/2026-03-02", "P31D/2026-04-01", "2026-02", "2026-03-01"} {
		if period(t, s, nil).Equal(march) {
			t.Errorf("%s equals %s", s, march)
		}
	}
	if period(t, "2026-03", zone(t, "Etc/UTC")).Equal(march) {
		t.Error("zones of different names make no difference")
	}
	again := *zone(t, "Europe/Berlin")
	if !period(t, "2026-03", &again).Equal(period(t, "2026-03", zone(t, "Europe/Berlin"))) {
		t.Error("one zone loaded twice makes a difference")
	}
	var zero metric.Period
	if !zero.IsZero() || zero.Contains(time.Time{}) || zero.Days() != 0 || !zero.Next().IsZero() || !zero.Prev().IsZero() || zero.Incomplete(time.Unix(0, 0)) ||
		zero.Location() != time.UTC || zero.String() != "no period" || !zero.Duration().IsZero() || !zero.Equal(metric.Period{}) {
		t.Error("the zero Period is something")
	}
}

func TestPeriodText(t *testing.T) {
	berlin := period(t, "2026-03", zone(t, "Europe/Berlin"))
	var p metric.Period
	if err := p.UnmarshalText([]byte("2026-03[UTC]")); err != nil || !p.Equal(period(t, "2026-03", nil)) {
		t.Errorf("got %s, %v", p, err)
	}
	text, _ := berlin.MarshalText()
	err := p.UnmarshalText(text)
	if want := `period "2026-03[Europe/Berlin]" is not in UTC: read it with metric.ParsePeriod and its location`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := p.UnmarshalText(nil); err != nil || !p.IsZero() {
		t.Errorf("no text gives %s, %v", p, err)
	}
	if text, err := p.MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("the zero Period is written %q, %v", text, err)
	}
	local, err := metric.Month(2026, time.March, time.Local)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := local.MarshalText(); err == nil {
		t.Errorf("a period in the zone of the machine is written %s", text)
	}
	// An offset with seconds, from before time zones, is written in UTC.
	lmt := period(t, "1880-01-01T12:00:00Z/1880-01-02T12:00:00Z", zone(t, "Europe/Berlin"))
	if got, want := lmt.String(), "1880-01-01T12:00:00Z/1880-01-02T12:00:00Z[Europe/Berlin]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	late := period(t, "9999", nil).Next()
	if text, err := late.MarshalText(); err == nil {
		t.Errorf("year 10000 is written %s", text)
	}
}

// Zones with changes of clocks at, before and after midnight, half an hour, whole days
// left out and repeated, and clocks that went back across midnight.
var oddZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "America/St_Johns", "Australia/Lord_Howe",
	"Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati", "America/Juneau", "Asia/Manila", "Africa/Cairo", "Asia/Tehran", "Antarctica/Troll", "America/Scoresbysund",
}

func TestPeriodsTile(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	units := []metric.PeriodUnit{metric.UnitDay, metric.UnitWeek, metric.UnitMonth, metric.UnitQuarter, metric.UnitYear}
	for _, name := range oddZones {
		loc := zone(t, name)
		for _, unit := range units {
			for range 20 {
				at := time.Unix(-3_700_000_000+rng.Int64N(6_500_000_000), rng.Int64N(1e9)) // 1852 to 2058
				p, err := metric.PeriodOf(at, unit, loc)
				if err != nil {
					t.Fatal(err)
				}
				checkTiling(t, p, at)
			}
		}
		for _, s := range []string{"FY2010-04", "FY2010-04-Q3", "P30D/2011-12-31", "P1D/2018-11-04", "2011-12-01/2011-12-31", "2018-11-03T01:30:00Z/2018-11-04T01:30:00Z", "P1D/2018-11-03T04:30:00Z"} {
			p := period(t, s, loc)
			checkTiling(t, p, p.Start())
		}
	}
}

// checkTiling follows p a few periods in both directions.
func checkTiling(t *testing.T, p metric.Period, at time.Time) {
	t.Helper()
	if !p.Contains(at) || !p.Start().Before(p.End()) {
		t.Fatalf("%s, from %s to %s, does not contain %s", p, p.Start(), p.End(), at)
	}
	if back := period(t, p.String(), p.Location()); !back.Equal(p) {
		t.Fatalf("%s comes back as %s", p, back)
	}
	for q, i := p, 0; i < 40; i++ {
		next := q.Next()
		if !next.Start().Equal(q.End()) || !next.End().After(next.Start()) {
			t.Fatalf("%s, to %s, is followed by %s, from %s to %s", q, q.End(), next, next.Start(), next.End())
		}
		if q.Unit() != metric.UnitRolling && q.Unit() != metric.UnitCustom && (!next.Prev().Equal(q) || next.Unit() != q.Unit()) {
			t.Fatalf("before %s is %s, want %s", next, next.Prev(), q)
		}
		q = next
	}
	for q, i := p, 0; i < 40; i++ {
		prev := q.Prev()
		if !prev.End().Equal(q.Start()) || !prev.End().After(prev.Start()) {
			t.Fatalf("before %s, from %s, is %s, from %s to %s", q, q.Start(), prev, prev.Start(), prev.End())
		}
		q = prev
	}
}

// The start of every day around every change of clocks is the first minute that shows
// its date, found by looking at every minute.
func TestDaysStartAtTheirFirstInstant(t *testing.T) {
	for _, tt := range []struct{ zone, around string }{
		{"America/Sao_Paulo", "2018-11-04"}, {"America/Sao_Paulo", "2018-02-18"}, {"Asia/Beirut", "2022-03-27"}, {"America/Havana", "2026-11-01"},
		{"America/St_Johns", "2010-11-07"}, {"America/St_Johns", "2010-03-14"}, {"Pacific/Apia", "2011-12-30"}, {"Pacific/Kwajalein", "1993-08-21"},
		{"Europe/Berlin", "2026-03-29"}, {"America/Scoresbysund", "2024-03-31"}, {"Antarctica/Troll", "2026-03-29"}, {"Asia/Manila", "1844-12-31"},
	} {
		loc := zone(t, tt.zone)
		middle, err := time.ParseInLocation(time.DateOnly, tt.around, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		first := map[string]time.Time{}
		latest := ""
		for at := middle.Add(-96 * time.Hour); at.Before(middle.Add(96 * time.Hour)); at = at.Add(time.Second) {
			if date := at.In(loc).Format(time.DateOnly); date > latest {
				latest, first[date] = date, at
			}
		}
		for d := -2; d <= 2; d++ {
			date := middle.AddDate(0, 0, d)
			p, err := metric.Day(date.Year(), date.Month(), date.Day(), loc)
			want, exists := first[date.Format(time.DateOnly)]
			if !exists {
				if err == nil {
					t.Errorf("%s has no %s, but a period from %s to %s", tt.zone, date.Format(time.DateOnly), p.Start(), p.End())
				}
				continue
			}
			if err != nil || !p.Start().Equal(want) {
				t.Errorf("%s in %s starts at %s, %v; want %s", date.Format(time.DateOnly), tt.zone, p.Start(), err, want.In(loc))
			}
		}
	}
}

func collect(t *testing.T, seq iter.Seq[metric.Period], err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for p := range seq {
		names = append(names, p.String())
	}
	return names
}

func TestPeriodDivide(t *testing.T) {
	for _, tt := range []struct {
		whole string
		unit  metric.PeriodUnit
		want  []string
	}{
		{"2026-Q1", metric.UnitMonth, []string{"2026-01", "2026-02", "2026-03"}},
		{"2026", metric.UnitQuarter, []string{"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"}},
		{"FY2026-04", metric.UnitQuarter, []string{"2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"}},
		{"FY2026-02", metric.UnitFiscalQuarter, []string{"FY2026-02-Q1", "FY2026-02-Q2", "FY2026-02-Q3", "FY2026-02-Q4"}},
		{"FY2026-02-Q4", metric.UnitMonth, []string{"2026-11", "2026-12", "2027-01"}},
		{"P2D/2026-03-01", metric.UnitDay, []string{"2026-02-27", "2026-02-28"}},
		{"2026-03-02/2026-03-16", metric.UnitWeek, []string{"2026-W10", "2026-W11"}},
		{"2026-03", metric.UnitMonth, []string{"2026-03"}},
	} {
		seq, err := period(t, tt.whole, nil).Divide(tt.unit)
		if got := collect(t, seq, err); !slices.Equal(got, tt.want) {
			t.Errorf("%s in %ss: %v, want %v", tt.whole, tt.unit, got, tt.want)
		}
	}
	// A month is the same month, whatever it was divided from.
	months, err := period(t, "FY2026-04", nil).Divide(metric.UnitMonth)
	if err != nil {
		t.Fatal(err)
	}
	for p := range months {
		if want := period(t, p.String(), nil); !p.Equal(want) {
			t.Errorf("%s of a fiscal year is not %s", p, want)
		}
	}
	days, err := period(t, "2011-12", zone(t, "Pacific/Apia")).Divide(metric.UnitDay)
	if got := collect(t, days, err); len(got) != 30 || got[29] != "2011-12-31[Pacific/Apia]" || got[28] != "2011-12-29[Pacific/Apia]" {
		t.Errorf("December 2011 in Samoa: %v", got)
	}
	for _, tt := range []struct {
		whole string
		unit  metric.PeriodUnit
	}{
		{"2026-03", metric.UnitWeek}, {"2026-03", metric.UnitQuarter}, {"FY2026-02", metric.UnitQuarter}, {"2026", metric.UnitFiscalQuarter},
		{"2026-03-01T12:00:00Z/2026-03-03T12:00:00Z", metric.UnitDay}, {"2026-03", metric.UnitRolling}, {"2026-03", metric.UnitCustom}, {"2026-03", 0},
	} {
		if _, err := period(t, tt.whole, nil).Divide(tt.unit); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s in %ss: %v", tt.whole, tt.unit, err)
		}
	}
	if _, err := (metric.Period{}).Divide(metric.UnitDay); !errors.Is(err, metric.ErrInput) {
		t.Errorf("the zero Period was divided: %v", err)
	}
}

func TestPeriodsCover(t *testing.T) {
	from, to := time.Date(2025, 12, 30, 12, 0, 0, 0, time.UTC), time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	weeks, err := metric.Periods(from, to, metric.UnitWeek, nil)
	if got, want := collect(t, weeks, err), []string{"2026-W01"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	months, err := metric.Periods(from, to, metric.UnitMonth, nil)
	if got, want := collect(t, months, err), []string{"2025-12", "2026-01"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range months {
		break // Stopping early must not panic.
	}
	// From the start of a period up to the same instant there is nothing.
	none, err := metric.Periods(to, to, metric.UnitWeek, nil)
	if got := collect(t, none, err); len(got) != 0 {
		t.Errorf("no time is covered by %v", got)
	}
	_, errOrder := metric.Periods(to, from, metric.UnitMonth, nil)
	_, errUnit := metric.Periods(from, to, metric.UnitFiscalYear, nil)
	if !errors.Is(errOrder, metric.ErrInput) || !errors.Is(errUnit, metric.ErrInput) {
		t.Errorf("got %v and %v", errOrder, errUnit)
	}
}

func TestPeriodUnits(t *testing.T) {
	for u := metric.UnitDay; u <= metric.UnitCustom; u++ {
		text, err := u.MarshalText()
		var back metric.PeriodUnit
		if err != nil || back.UnmarshalText(text) != nil || back != u {
			t.Errorf("unit %d is written %q and read as %d", u, text, back)
		}
		if got, want := u.IsCalendar(), u <= metric.UnitYear; got != want {
			t.Errorf("%s is of the calendar: %t", u, got)
		}
	}
	if _, err := (metric.UnitCustom + 1).MarshalText(); err == nil {
		t.Error("an unknown unit was written")
	}
	var none metric.PeriodUnit
	if text, err := none.MarshalText(); err != nil || len(text) != 0 || none.UnmarshalText(text) != nil || none != 0 {
		t.Errorf("no unit is written %q, %v", text, err)
	}
}

// On this day time.Time.ZoneBounds of Go 1.26 gives an end that is not after the instant.
func TestLastDayOfLeapYear(t *testing.T) {
	p := period(t, "2040-12-31", zone(t, "Europe/Berlin"))
	if got, want := p.Start().UTC().Format(time.RFC3339), "2040-12-30T23:00:00Z"; got != want {
		t.Errorf("starts at %s, want %s", got, want)
	}
	if got, want := p.Duration().Text(), "86400s"; got != want {
		t.Errorf("lasts %s, want %s", got, want)
	}
}

func BenchmarkPeriodOf(b *testing.B) {
	loc := zone(b, "Europe/Berlin")
	at := time.Date(2026, 3, 29, 12, 0, 0, 0, loc)
	for b.Loop() {
		if _, err := metric.PeriodOf(at, metric.UnitMonth, loc); err != nil {
			b.Fatal(err)
		}
	}
}

// An end that comes from a wrong unit of time is an error and not an endless loop.
func TestPeriodsHaveAnEnd(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, to := range []time.Time{time.Unix(1<<62, 0), time.Unix(1<<40, 0), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := metric.Periods(from, to, metric.UnitDay, nil); !errors.Is(err, metric.ErrInput) {
			t.Errorf("periods to %v: %v", to, err)
		}
	}
}

// A text that would be read back as another period is not written.
func TestPeriodZonesThatHaveNoText(t *testing.T) {
	for _, loc := range []*time.Location{time.FixedZone("UTC", 3600), time.FixedZone("", 3600), time.FixedZone("a]b", 0)} {
		p, err := metric.Month(2026, 1, loc)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := p.MarshalText(); err == nil {
			t.Errorf("zone %q is written as %s", loc, text)
		}
	}
}
