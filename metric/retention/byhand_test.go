package retention_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// did returns the event of a customer at an instant of RFC 3339.
func did(t testing.TB, user, name, at string, attrs ...event.Attr) event.Event {
	t.Helper()
	return event.Event{Name: name, UserID: user, Time: instant(t, at), Props: event.NewProps(attrs...)}
}

func added(t testing.TB, o retention.Options, events ...event.Event) *retention.Accumulator {
	t.Helper()
	a := newAccumulator(t, o)
	for i := range events {
		a.Add(&events[i])
	}
	return a
}

func ask(t testing.TB, a *retention.Accumulator, q retention.Question) *retention.Table {
	t.Helper()
	table, err := a.Table(q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// In which period a return lies, by the calendar and by the customer's own clock.
func TestPeriodOfReturn(t *testing.T) {
	for _, tt := range []struct {
		what, zone      string
		unit            retention.Unit
		clock           retention.Clock
		floor           bool
		start, returned string
		want            int
	}{
		{"signs up at 23:45 and leaves at 00:01", "UTC", retention.Day, retention.ByCalendar, false, "2026-03-10T23:45:00Z", "2026-03-11T00:01:00Z", 1},
		{"the same by the clock", "UTC", retention.Day, retention.ByElapsed, false, "2026-03-10T23:45:00Z", "2026-03-11T00:01:00Z", 0},
		{"one second short of a day", "UTC", retention.Day, retention.ByElapsed, false, "2026-03-10T12:00:00Z", "2026-03-11T11:59:59Z", 0},
		{"a day", "UTC", retention.Day, retention.ByElapsed, false, "2026-03-10T12:00:00Z", "2026-03-11T12:00:00Z", 1},
		// The example of Amplitude's documentation.
		{"17:59 and 17:00, floored", "UTC", retention.Day, retention.ByElapsed, true, "2021-12-01T17:59:00Z", "2021-12-02T17:00:00Z", 1},
		{"17:59 and 16:59, floored", "UTC", retention.Day, retention.ByElapsed, true, "2021-12-01T17:59:00Z", "2021-12-02T16:59:00Z", 0},
		{"hours of Nepal are 45 minutes off", "Asia/Kathmandu", retention.Day, retention.ByElapsed, true, "2021-12-01T17:50:00+05:45", "2021-12-02T17:05:00+05:45", 1},
		// Mixpanel's example of a week.
		{"Friday to Monday", "UTC", retention.Week, retention.ByCalendar, false, "2024-03-08T12:00:00Z", "2024-03-11T12:00:00Z", 1},
		{"Friday to Monday by the clock", "UTC", retention.Week, retention.ByElapsed, false, "2024-03-08T12:00:00Z", "2024-03-11T12:00:00Z", 0},
		{"thirty days", "UTC", retention.Month, retention.ByElapsed, false, "2026-01-10T12:00:00Z", "2026-02-09T12:00:00Z", 1},
		{"a month takes until the 10th", "UTC", retention.Month, retention.ByCivil, false, "2026-01-10T12:00:00Z", "2026-02-09T12:00:00Z", 0},

		{"a day of 23 hours", "Europe/Berlin", retention.Day, retention.ByCalendar, false, "2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59+02:00", 0},
		{"after 23 hours", "Europe/Berlin", retention.Day, retention.ByCalendar, false, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 1},
		{"23 hours are no 24", "Europe/Berlin", retention.Day, retention.ByElapsed, false, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 0},
		{"23 hours are a day on the clock", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 1},
		{"a day of 25 hours", "Europe/Berlin", retention.Day, retention.ByCalendar, false, "2025-10-26T00:00:00+02:00", "2025-10-26T23:59:59+01:00", 0},
		{"25 hours are more than 24", "Europe/Berlin", retention.Day, retention.ByElapsed, false, "2025-10-26T00:00:00+02:00", "2025-10-26T23:59:59+01:00", 1},
		{"and no day on the clock", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2025-10-26T00:00:00+02:00", "2025-10-26T23:59:59+01:00", 0},
		{"before 02:30, which is left out", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2026-03-28T02:30:00+01:00", "2026-03-29T01:59:59+01:00", 0},
		{"03:00 comes instead of it", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", 1},
		{"the first 02:30", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2025-10-25T02:30:00+02:00", "2025-10-26T02:30:00+02:00", 1},
		{"02:00 after it", "Europe/Berlin", retention.Day, retention.ByCivil, false, "2025-10-25T02:30:00+02:00", "2025-10-26T02:00:00+01:00", 1},
		{"midnight left out in Brazil", "America/Sao_Paulo", retention.Day, retention.ByCalendar, false, "2018-11-03T23:59:59-03:00", "2018-11-04T01:00:00-02:00", 1},
		{"23:30 comes again in Brazil", "America/Sao_Paulo", retention.Day, retention.ByCalendar, false, "2018-02-17T23:30:00-02:00", "2018-02-17T23:30:00-03:00", 0},
		{"Samoa had no 30 December 2011", "Pacific/Apia", retention.Day, retention.ByCalendar, false, "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00", 1},
		{"nor a Friday in that week", "Pacific/Apia", retention.Week, retention.ByCalendar, false, "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00", 0},

		{"31 January and 28 February", "UTC", retention.Month, retention.ByCivil, false, "2026-01-31T10:00:00Z", "2026-02-28T09:59:59Z", 0},
		{"the last of February at the hour", "UTC", retention.Month, retention.ByCivil, false, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", 1},
		{"and the 31st of March again", "UTC", retention.Month, retention.ByCivil, false, "2026-01-31T10:00:00Z", "2026-03-30T10:00:00Z", 1},
		{"a leap day and a year", "UTC", retention.Year, retention.ByCivil, false, "2024-02-29T10:00:00Z", "2025-02-28T10:00:00Z", 1},
		{"a quarter", "UTC", retention.Quarter, retention.ByCivil, false, "2025-11-30T10:00:00Z", "2026-02-28T10:00:00Z", 1},
		{"quarters of the calendar", "UTC", retention.Quarter, retention.ByCalendar, false, "2026-03-31T10:00:00Z", "2026-04-01T10:00:00Z", 1},
		{"years of the calendar", "UTC", retention.Year, retention.ByCalendar, false, "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z", 1},
		{"the hour from 02:00 comes twice", "Europe/Berlin", retention.Hour, retention.ByCalendar, false, "2025-10-26T02:10:00+02:00", "2025-10-26T02:10:00+01:00", 1},
		{"clocks are put back by half an hour", "Australia/Lord_Howe", retention.Hour, retention.ByCalendar, false, "2018-04-01T01:10:00+11:00", "2018-04-01T01:40:00+10:30", 1},
		{"the full hour after it", "Australia/Lord_Howe", retention.Hour, retention.ByCalendar, false, "2018-04-01T01:10:00+11:00", "2018-04-01T02:10:00+10:30", 2},
		// Clocks of St John's were put back at 00:01, after they had shown the start's time.
		{"a date that is shown again", "America/St_Johns", retention.Day, retention.ByCivil, false, "2010-11-04T00:00:30-02:30", "2010-11-06T23:30:00-03:30", 3},
		{"hours by the clock", "Europe/Berlin", retention.Hour, retention.ByCivil, false, "2025-10-26T02:10:00+02:00", "2025-10-26T02:09:00+01:00", 0},
	} {
		o := retention.Options{
			From: instant(t, tt.start), Buckets: 4, Unit: tt.unit, Zone: zone(t, tt.zone), Clock: tt.clock, FloorHour: tt.floor,
			Start: event.Named("started"), Return: event.Named("returned"),
		}
		a := added(t, o, did(t, "u", "started", tt.start), did(t, "u", "returned", tt.returned))
		for k, cell := range ask(t, a, retention.Question{ZeroReturns: true}).Cohorts[0].Cells {
			if (cell.Count == 1) != (k == tt.want) {
				t.Errorf("%s: period %d: %d returned, want the return in %d", tt.what, k, cell.Count, tt.want)
			}
		}
	}
}

// The day-2 retention of five users, by the days on which each came back, is four figures by
// four measures.
func TestMeasuresDiffer(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 5, Start: event.Named("installed"), Return: event.Named("opened")}
	var events []event.Event
	for user, days := range map[string][]int{"a": {1}, "b": {1, 2}, "c": {1}, "d": {3}, "e": {}} {
		events = append(events, did(t, user, "installed", "2026-01-01T08:00:00Z"))
		for _, day := range days {
			events = append(events, did(t, user, "opened", fmt.Sprintf("2026-01-%02dT07:00:00Z", day+1)))
		}
	}
	a := added(t, o, events...)
	for _, tt := range []struct {
		q    retention.Question
		want string
	}{
		{retention.Question{}, "20%"},                             // b
		{retention.Question{Measure: retention.Unbounded}, "40%"}, // b, d
		{retention.Question{Measure: retention.UpTo}, "60%"},      // a, b, c
		{retention.Question{Brackets: []retention.Bracket{{From: 1, To: 1}, {From: 4, To: 4}, {From: 1, To: 3}}}, "80%"}, // all but e
	} {
		rate, err := ask(t, a, tt.q).Rate(0, 2)
		if err != nil || rate.String() != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.q, rate, err, tt.want)
		}
	}
}

// Thirty days go twice into July and August: a return on the 61st day is in period 2, which
// no cohort of July has a column for, and so it is after period 1.
func TestPeriodsBeyondTheRange(t *testing.T) {
	o := retention.Options{
		From: instant(t, "2026-07-01T00:00:00Z"), Buckets: 2, Unit: retention.Month, Clock: retention.ByElapsed,
		Start: event.Named("signed_up"), Return: event.Named("returned"),
	}
	events := []event.Event{did(t, "u", "signed_up", "2026-07-01T00:00:00Z"), did(t, "u", "returned", "2026-08-31T00:00:00Z", event.Int("amount", 7))}
	for measure, want := range map[retention.Measure]int64{retention.Exact: 0, retention.UpTo: 0, retention.Unbounded: 1} {
		if got := ask(t, added(t, o, events...), retention.Question{Measure: measure}).Cohorts[0].Cells[1].Count; got != want {
			t.Errorf("%s: %d, want %d", measure, got, want)
		}
	}
	o.Value = "amount"
	for measure, want := range map[retention.Measure]int64{retention.Exact: 0, retention.UpTo: 0, retention.Unbounded: 7} {
		if got := ask(t, added(t, o, events...), retention.Question{Measure: measure}).Cohorts[0].Cells[1].Sum(); got.IntPart() != want {
			t.Errorf("%s: sum %s, want %d", measure, got, want)
		}
	}
}

// A month on the calendar after the evening of the 30th of January and after the morning of
// the 31st is the evening and the morning of the 28th of February: the period of the later
// start ends first.
func TestCompleteForAllMembers(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 4, Unit: retention.Month, Clock: retention.ByCivil}
	a := added(t, o, did(t, "evening", "opened", "2026-01-30T23:00:00Z"), did(t, "morning", "opened", "2026-01-31T01:00:00Z"))
	for _, tt := range []struct {
		asOf string
		want [4]bool
	}{
		{"2026-02-28T22:59:59Z", [4]bool{}},
		{"2026-02-28T23:00:00Z", [4]bool{true}},
		{"2026-03-31T00:59:59Z", [4]bool{true}},
		{"2026-03-31T01:00:00Z", [4]bool{true, true}},
		{"2027-01-01T00:00:00Z", [4]bool{true, true, true}}, // not after the range
	} {
		var got [4]bool
		for k, cell := range ask(t, a, retention.Question{AsOf: instant(t, tt.asOf)}).Cohorts[0].Cells {
			got[k] = cell.Complete
		}
		if got != tt.want {
			t.Errorf("as of %s: complete %v, want %v", tt.asOf, got, tt.want)
		}
	}
}

// Samoa left out 30 December 2011, a Friday.
func TestWeeksFromADayThatWasLeftOut(t *testing.T) {
	samoa := zone(t, "Pacific/Apia")
	for _, from := range []string{"2011-12-24T00:00:00-10:00", "2011-12-31T00:00:00+14:00"} {
		a := newAccumulator(t, retention.Options{From: instant(t, from), Buckets: 3, Unit: retention.Week, WeekStart: metric.Friday, Zone: samoa})
		var starts []string
		for _, c := range ask(t, a, retention.Question{}).Cohorts {
			starts = append(starts, c.Period.Start().Format(time.DateOnly))
		}
		want := "[2011-12-23 2011-12-31 2012-01-06]"
		if from > "2011-12-30" {
			want = "[2011-12-31 2012-01-06 2012-01-13]"
		}
		if fmt.Sprint(starts) != want {
			t.Errorf("weeks from %s: %v, want %s", from, starts, want)
		}
	}
}

// The first start that is for the paid plan, and the first start if it is for the paid plan.
func TestFirstMatchingAndFirstThenFilter(t *testing.T) {
	paid := []event.Condition{{Attribute: "plan", Op: event.Equal, Value: event.StringValue("paid")}}
	events := []event.Event{
		did(t, "free first", "signed_up", "2026-01-01T08:00:00Z", event.String("plan", "free")),
		did(t, "free first", "signed_up", "2026-01-02T08:00:00Z", event.String("plan", "paid")),
		did(t, "paid first", "signed_up", "2026-01-01T08:00:00Z", event.String("plan", "paid")),
		did(t, "paid first", "signed_up", "2026-01-02T08:00:00Z", event.String("plan", "free")),
		did(t, "earlier", "signed_up", "2025-12-01T08:00:00Z", event.String("plan", "paid")),
		did(t, "earlier", "signed_up", "2026-01-01T08:00:00Z", event.String("plan", "paid")),
	}
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 2, Start: event.Named("signed_up")}
	for _, tt := range []struct {
		what  string
		alter func(*retention.Options)
		sizes [2]int64
	}{
		{"any first", func(*retention.Options) {}, [2]int64{2, 0}},
		{"first for the paid plan", func(o *retention.Options) { o.Start.Where = paid }, [2]int64{1, 1}},
		{"first, if for the paid plan", func(o *retention.Options) { o.FirstIf = paid }, [2]int64{1, 0}},
		{"recurring", func(o *retention.Options) { o.Recurring = true }, [2]int64{3, 2}},
	} {
		o := o
		tt.alter(&o)
		c := ask(t, added(t, o, events...), retention.Question{}).Cohorts
		if got := [2]int64{c[0].Size, c[1].Size}; got != tt.sizes {
			t.Errorf("%s: sizes %v, want %v", tt.what, got, tt.sizes)
		}
	}
}

// At one instant, the start with the lower sequence number is the first.
func TestFirstIfAtTies(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 1, FirstIf: []event.Condition{{Attribute: "plan", Op: event.Present}}}
	with, without := did(t, "u", "signed_up", "2026-01-01T08:00:00Z", event.String("plan", "paid")), did(t, "u", "signed_up", "2026-01-01T08:00:00Z")
	for _, tt := range []struct{ with, without, want int64 }{{1, 2, 1}, {2, 1, 0}} {
		with.Seq, without.Seq = tt.with, tt.without
		for _, list := range [][]event.Event{{with, without}, {without, with}} {
			if got := ask(t, added(t, o, list...), retention.Question{}).Cohorts[0].Size; got != tt.want {
				t.Errorf("numbers %d and %d: size %d, want %d", tt.with, tt.without, got, tt.want)
			}
		}
	}
}

func TestRangeIsMovedBack(t *testing.T) {
	for _, tt := range []struct {
		unit  retention.Unit
		week  metric.WeekStart
		from  string
		want  string
		moved bool
	}{
		{retention.Week, metric.Monday, "2026-03-11T15:00:00+01:00", "2026-03-09T00:00:00+01:00", true}, // a Wednesday
		{retention.Week, metric.Sunday, "2026-03-11T15:00:00+01:00", "2026-03-08T00:00:00+01:00", true},
		{retention.Week, metric.Thursday, "2026-03-11T15:00:00+01:00", "2026-03-05T00:00:00+01:00", true},
		{retention.Week, metric.Wednesday, "2026-03-11T00:00:00+01:00", "2026-03-11T00:00:00+01:00", false},
		{retention.Month, metric.Monday, "2026-03-31T23:30:00Z", "2026-04-01T00:00:00+02:00", true},
		{retention.Month, metric.Monday, "2026-03-31T22:00:00Z", "2026-04-01T00:00:00+02:00", false},
		{retention.Quarter, metric.Monday, "2026-03-11T00:00:00+01:00", "2026-01-01T00:00:00+01:00", true},
		{retention.Hour, metric.Monday, "2026-03-29T03:20:00+02:00", "2026-03-29T03:00:00+02:00", true},
	} {
		a := newAccumulator(t, retention.Options{From: instant(t, tt.from), Buckets: 2, Unit: tt.unit, WeekStart: tt.week, Zone: zone(t, "Europe/Berlin")})
		from, _, moved := a.Range()
		if !from.Equal(instant(t, tt.want)) || moved != tt.moved {
			t.Errorf("%s from %s: %s, moved %v; want %s, %v", tt.unit, tt.from, from, moved, tt.want, tt.moved)
		}
		table := ask(t, a, retention.Question{})
		if table.Moved != tt.moved || strings.Contains(table.String(), "moved back") != tt.moved {
			t.Errorf("%s from %s: the table does not say that it was moved, or says that it was:\n%s", tt.unit, tt.from, table)
		}
	}
}

// The table and the averages of Mixpanel's documentation, "How is the Average row
// calculated": 500 of 1000, 400 of 500, and an incomplete cohort. Its page prints 56%.
func TestAverages(t *testing.T) {
	points := []retention.Point{{Size: 1000, Retained: 500}, {Size: 500, Retained: 400}, {Size: 700, Retained: 10, Incomplete: true}, {}}
	for how, want := range map[retention.Averaging]string{retention.Pooled: "0.6", retention.Simple: "0.65", retention.SizeWeighted: "0.56"} {
		m, err := retention.Average(how, points)
		if err != nil || m.Rate.Text() != want || m.Cohorts != 2 || m.Incomplete != 1 {
			t.Errorf("%s: %+v, %v, want %s", how, m, err, want)
		}
	}
	thirds := []retention.Point{{Size: 3, Retained: 1}, {Size: 7, Retained: 1}} // mean(1/3, 1/7) = 5/21
	if m, err := retention.Average(retention.Simple, thirds); err != nil || m.Rate.Text() != "0.2380952380952380952380952381" {
		t.Errorf("5/21 is %s, %v", m.Rate.Text(), err)
	}
	for _, tt := range []struct {
		points []retention.Point
		want   error
	}{
		{nil, metric.EmptyPopulation},
		{[]retention.Point{{}}, metric.EmptyPopulation},
		{[]retention.Point{{Incomplete: true}}, metric.EmptyPopulation},
		{[]retention.Point{{}, {Size: 3, Incomplete: true}}, metric.NotMature},
		{[]retention.Point{{Size: 1, Retained: 2}}, metric.ErrInput},
		{[]retention.Point{{Size: -1, Retained: -2}}, metric.ErrInput},
		{[]retention.Point{{Size: 1, Retained: -1}}, metric.ErrInput},
	} {
		if _, err := retention.Average(retention.Pooled, tt.points); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v, want %v", tt.points, err, tt.want)
		}
	}
	if _, err := retention.Average(3, points); !isInput(err) {
		t.Errorf("an unknown average: %v", err)
	}
}

// Of 2 customers who came back on day 1 and 3 who had no time to, only the 2 are in the
// average of a table.
func TestAverageLeavesOutIncomplete(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 3}
	a := added(t, o,
		did(t, "a", "opened", "2026-01-01T08:00:00Z"), did(t, "a", "opened", "2026-01-02T08:00:00Z"),
		did(t, "b", "opened", "2026-01-01T08:00:00Z"), did(t, "b", "opened", "2026-01-02T08:00:00Z"),
		did(t, "c", "opened", "2026-01-02T08:00:00Z"), did(t, "d", "opened", "2026-01-02T08:00:00Z"), did(t, "e", "opened", "2026-01-02T08:00:00Z"),
	)
	m, err := ask(t, a, retention.Question{AsOf: instant(t, "2026-01-03T23:59:59Z")}).Average(1, retention.Pooled)
	if err != nil || m.Rate.String() != "100%" || m.Cohorts != 1 || m.Incomplete != 1 {
		t.Errorf("before day 1 of the second cohort is over: %+v, %v", m, err)
	}
	m, err = ask(t, a, retention.Question{AsOf: instant(t, "2026-01-04T00:00:00Z")}).Average(1, retention.Pooled)
	if err != nil || m.Rate.String() != "40%" || m.Cohorts != 2 || m.Incomplete != 0 {
		t.Errorf("when it is over: %+v, %v", m, err)
	}
	if _, err := ask(t, a, retention.Question{}).Average(3, retention.Pooled); !isInput(err) {
		t.Errorf("a column that is not there: %v", err)
	}
}

// Revenue retention: 100 in January, 50 back in February of the January cohort.
func TestMoney(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 2, Unit: retention.Month, Value: "amount", Money: true}
	paid := func(user, at string, amount int64, currency string) event.Event {
		return did(t, user, "paid", at, event.Int("amount", amount), event.String("currency", currency))
	}
	list := []event.Event{
		paid("a", "2026-01-03T00:00:00Z", 6000, "EUR"), paid("b", "2026-01-04T00:00:00Z", 4000, "EUR"),
		paid("a", "2026-02-03T00:00:00Z", 5500, "EUR"), paid("a", "2026-02-04T00:00:00Z", -500, "EUR"),
		paid("c", "2026-02-04T00:00:00Z", 0, "EUR"),
	}
	a := added(t, o, list...)
	table := ask(t, a, retention.Question{})
	if m, err := table.Money(0, 0); err != nil || m.Text() != "100.00 EUR" {
		t.Errorf("period 0: %s, %v", m, err)
	}
	if m, err := table.Money(0, 1); err != nil || m.Text() != "50.00 EUR" {
		t.Errorf("period 1: %s, %v", m, err)
	}
	if r, err := table.Rate(0, 1); err != nil || r.String() != "50%" {
		t.Errorf("rate: %s, %v", r, err)
	}
	if _, err := table.Rate(1, 0); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("a rate of nothing: %v", err)
	}
	worth, err := ask(t, a, retention.Question{Measure: retention.UpTo}).MoneyPerMember(0, 1) // (100 + 50) / 2
	if err != nil || worth.Text() != "75.00 EUR" {
		t.Errorf("worth so far: %s, %v", worth, err)
	}
	if c := table.Cohorts[0].Cells[1]; c.Count != 1 {
		t.Errorf("%d customers paid in period 1, want 1", c.Count)
	}

	again := added(t, o, append(list, list...)...)
	if got := ask(t, again, retention.Question{}); got.String() != table.String() || again.Report().Duplicates != 5 {
		t.Errorf("deliveries that come again are added up: %s\n%+v", got, again.Report())
	}

	euros := added(t, o, append(list, paid("b", "2026-02-03T00:00:00Z", 9900, "USD"))...)
	if _, err := euros.Table(retention.Question{}); !errors.Is(err, metric.MixedCurrency) || !strings.Contains(err.Error(), "EUR, USD") {
		t.Errorf("two currencies: %v", err)
	}
	dollars := ask(t, euros, retention.Question{Currency: currency("USD")})
	if m, err := dollars.Money(0, 1); err != nil || m.Text() != "99.00 USD" {
		t.Errorf("dollars: %s, %v", m, err)
	}
	if m, err := ask(t, euros, retention.Question{Currency: currency("JPY")}).Money(0, 1); err != nil || m.Text() != "0 JPY" {
		t.Errorf("yen: %s, %v", m, err)
	}
	refunded := added(t, o, paid("a", "2026-01-03T00:00:00Z", -1, "EUR"))
	if _, err := ask(t, refunded, retention.Question{}).Rate(0, 1); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("a base below zero: %v", err)
	}
	if _, err := ask(t, refunded, retention.Question{}).Average(1, retention.Simple); !errors.Is(err, metric.NotMature) && !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("the average of a base below zero: %v", err)
	}
	if _, err := ask(t, newAccumulator(t, o), retention.Question{}).Money(0, 1); !errors.Is(err, metric.MissingInput) {
		t.Errorf("money of nobody: %v", err)
	}
	if _, err := ask(t, newAccumulator(t, o), retention.Question{Currency: currency("EUR")}).MoneyPerMember(0, 1); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("money per member of nobody: %v", err)
	}
}

func TestCellsThatDoNotExist(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-01T00:00:00Z"), Buckets: 3}
	table := ask(t, newAccumulator(t, o), retention.Question{})
	for _, tt := range []struct {
		cohort, column int
		want           error
	}{{2, 1, metric.NotMature}, {0, 0, metric.ZeroDenominator}, {3, 0, metric.ErrInput}, {-1, 0, metric.ErrInput}, {0, 3, metric.ErrInput}, {0, -1, metric.ErrInput}} {
		if _, err := table.Rate(tt.cohort, tt.column); !errors.Is(err, tt.want) {
			t.Errorf("cohort %d, column %d: %v, want %v", tt.cohort, tt.column, err, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	o := retention.Options{
		From: instant(t, "2026-01-02T00:00:00Z"), Buckets: 2, Start: event.Named("signed_up"), Return: event.Named("order_completed"),
		Value: "amount", Money: true,
	}
	amount, euro := event.Int("amount", 100), event.String("currency", "EUR")
	ok := did(t, "u", "order_completed", "2026-01-02T08:00:00Z", amount, euro)
	test := ok
	test.Test = true
	late, undated, nobody := ok, ok, ok
	late.Time, undated.Time, nobody.UserID = instant(t, "9000-01-01T00:00:00Z"), time.Time{}, ""
	a := added(t, o, ok, ok, test, late, undated, nobody,
		did(t, "u", "signed_up", "2020-01-01T00:00:00Z"),                                    // taken: a first start
		did(t, "u", "order_completed", "2020-01-01T00:00:00Z", amount, euro),                // ignored: before the range
		did(t, "u", "signed_up", "2026-01-04T00:00:00Z"),                                    // ignored: after it
		did(t, "u", "page_viewed", "2026-01-02T08:00:00Z"),                                  // ignored: not asked for
		did(t, "u", "order_completed", "2026-01-02T08:00:00Z", euro),                        // no amount
		did(t, "u", "order_completed", "2026-01-02T08:00:00Z", amount),                      // no currency
		did(t, "u", "order_completed", "2026-01-02T08:00:00Z", event.String("amount", "x")), // no number
		did(t, "u", "order_completed", "2026-01-02T08:00:00Z", amount, event.String("currency", "EURO")),
	)
	r := a.Report()
	if r.Taken != 3 || r.Duplicates != 1 || r.Ignored != 3 || r.Test != 1 {
		t.Errorf("report %+v", r)
	}
	want := map[event.Reason]int64{event.BadTime: 1, event.MissingTime: 1, event.MissingSubject: 1, event.MissingAttribute: 2, event.WrongType: 1, event.BadCurrency: 1}
	for _, x := range r.Refused {
		if x.Event != "order_completed" || x.Count != want[x.Reason] {
			t.Errorf("refused %+v, want %d", x, want[x.Reason])
		}
		delete(want, x.Reason)
	}
	if len(want) > 0 {
		t.Errorf("not refused: %v", want)
	}

	o.Subject = event.Account
	if r := added(t, o, ok).Report(); len(r.Refused) != 1 || r.Refused[0].Reason != event.MissingAccount {
		t.Errorf("an event without an account: %+v", r)
	}
}

func TestBlocksAreChecked(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-02T00:00:00Z"), Buckets: 2, Keys: new(event.Keys)}
	c := o.Keys.Code("u")
	at := o.From.UnixNano()
	codes, times := []event.Code{c, c}, []int64{at, at}
	plain := newAccumulator(t, o)
	o.Value, o.Money = "amount", true
	money := newAccumulator(t, o)
	euro, values := []metric.Currency{currency("EUR"), currency("EUR")}, []int64{1, 2}
	for _, tt := range []struct {
		a      *retention.Accumulator
		column string
		block  retention.Block
	}{
		{plain, "Customer", retention.Block{Customer: []event.Code{c, event.NoCode}, Time: times}},
		{plain, "Customer", retention.Block{Customer: []event.Code{c, event.CodeOf(c.Bucket(), 1)}, Time: times}},
		{plain, "Time", retention.Block{Customer: codes, Time: times[:1]}},
		{plain, "Time", retention.Block{Customer: codes}},
		{plain, "Time", retention.Block{Customer: codes, Time: []int64{at, 1<<63 - 1}}},
		{plain, "Time", retention.Block{Customer: codes, Time: []int64{at, -1 << 63}}},
		{plain, "Role", retention.Block{Customer: codes, Time: times, Role: []retention.Role{1}}},
		{plain, "Role", retention.Block{Customer: codes, Time: times, Role: []retention.Role{1, 8}}},
		{plain, "Role", retention.Block{Customer: codes, Time: times, Role: []retention.Role{1, retention.FirstRole}}},
		{plain, "Seq", retention.Block{Customer: codes, Time: times, Seq: []int64{}}},
		{plain, "Value", retention.Block{Customer: codes, Time: times, Value: values}},
		{plain, "Currency", retention.Block{Customer: codes, Time: times, Currency: euro}},
		{money, "Value", retention.Block{Customer: codes, Time: times, Currency: euro}},
		{money, "Currency", retention.Block{Customer: codes, Time: times, Value: values}},
		{money, "Currency", retention.Block{Customer: codes, Time: times, Value: values, Currency: euro[:1]}},
		{money, "Currency", retention.Block{Customer: codes, Time: times, Value: values, Currency: make([]metric.Currency, 2)}},
	} {
		before := marshal(t, tt.a)
		wantInput(t, tt.column, tt.a.AddBlock(&tt.block))
		if string(marshal(t, tt.a)) != string(before) {
			t.Errorf("%s: a block that is refused leaves something", tt.column)
		}
	}
	starts := []retention.Role{retention.StartRole, retention.StartRole}
	if err := money.AddBlock(&retention.Block{Customer: codes, Time: times, Role: starts, Value: values, Currency: make([]metric.Currency, 2)}); err != nil {
		t.Errorf("starts need no currency: %v", err)
	}
	if err := plain.AddBlock(new(retention.Block)); err != nil {
		t.Errorf("no rows: %v", err)
	}
}

func TestQuestionsAreChecked(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-02T00:00:00Z"), Buckets: 5000}
	a := newAccumulator(t, o)
	for _, tt := range []struct {
		name string
		q    retention.Question
	}{
		{"Measure", retention.Question{Measure: 3}},
		{"Periods", retention.Question{Periods: -1}},
		{"Brackets", retention.Question{Brackets: []retention.Bracket{{From: 1, To: 0}}}},
		{"Brackets", retention.Question{Brackets: []retention.Bracket{{From: -1, To: 0}}}},
		{"Brackets", retention.Question{Brackets: []retention.Bracket{{}}, Measure: retention.UpTo}},
		{"Brackets", retention.Question{Brackets: []retention.Bracket{{}}, Periods: 2}},
		{"Brackets", retention.Question{Brackets: make([]retention.Bracket, 10_001)}},
		{"Currency", retention.Question{Currency: currency("EUR")}},
		{"AsOf", retention.Question{Periods: 1, AsOf: instant(t, "1000-01-01T00:00:00Z")}},
		{"segments", retention.Question{}}, // 5000 times 5000 cells
	} {
		_, err := a.Table(tt.q)
		wantInput(t, tt.name, err)
	}
	added := added(t, o, did(t, "u", "opened", "2026-01-02T08:00:00Z"))
	_, err := added.Tables(retention.Question{Periods: 1}, 2, func(event.Code) int { return 2 })
	wantInput(t, "segments", err)
}

func TestOnlyEqualOptionsMerge(t *testing.T) {
	o := retention.Options{From: instant(t, "2026-01-02T00:00:00Z"), Buckets: 5}
	a := newAccumulator(t, o)
	for _, alter := range []func(*retention.Options){
		func(o *retention.Options) { o.Buckets++ },
		func(o *retention.Options) { o.From = o.From.Add(time.Hour) },
		func(o *retention.Options) { o.Unit = retention.Week },
		func(o *retention.Options) { o.Zone = zone(t, "Europe/London") }, // the same in winter
		func(o *retention.Options) { o.Recurring = true },
		func(o *retention.Options) { o.Clock = retention.ByCivil },
		func(o *retention.Options) { o.MinReturns = 2 },
		func(o *retention.Options) { o.Value = "amount" },
		func(o *retention.Options) { o.Start = event.Named("opened") },
		func(o *retention.Options) { o.Return = event.Named("opened") },
		func(o *retention.Options) { o.Subject = event.Account },
		func(o *retention.Options) { o.Test = true },
		func(o *retention.Options) { o.FirstIf = []event.Condition{{Attribute: "a", Op: event.Present}} },
	} {
		other := o
		alter(&other)
		b := newAccumulator(t, other)
		wantInput(t, "accumulator", a.Merge(b))
		wantInput(t, "accumulator", b.UnmarshalBinary(marshal(t, a)))
	}
	other := o
	other.Workers, other.MinReturns, other.Zone = 8, 1, time.UTC
	if err := a.Merge(newAccumulator(t, other)); err != nil {
		t.Errorf("equal options: %v", err)
	}
}

func TestStrings(t *testing.T) {
	from := instant(t, "2026-01-02T00:00:00Z")
	for _, tt := range []struct {
		o    retention.Options
		want string
	}{
		{retention.Options{From: from, Buckets: 1}, "1 day from 2026-01-02T00:00:00Z"},
		{retention.Options{From: from, Buckets: 8, Unit: retention.Week, WeekStart: metric.Sunday, Zone: zone(t, "Europe/Berlin"), Recurring: true,
			Start: event.Named("opened", "clicked"), Return: event.Named("bought"), MinReturns: 2},
			"8 weeks from 2026-01-02T01:00:00+01:00, zone Europe/Berlin, weeks from sunday, start clicked, opened, return bought, recurring, at least 2 returns"},
		{retention.Options{From: from, Buckets: 8, Clock: retention.ByElapsed, FloorHour: true, Value: "amount", Money: true, Subject: event.Account, Test: true,
			FirstIf: []event.Condition{{Attribute: "plan", Op: event.Present}}},
			"8 days from 2026-01-02T00:00:00Z, first if plan present, elapsed clock, floored to hours, sum of money amount, by account, with test events"},
	} {
		if got := tt.o.String(); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
	for _, tt := range []struct {
		q    retention.Question
		want string
	}{
		{retention.Question{}, "exact"},
		{retention.Question{Measure: retention.UpTo, Periods: 7, ZeroReturns: true, AsOf: from, Currency: currency("EUR")},
			"up to, to period 7, returns in period 0, as of 2026-01-02T00:00:00Z, in EUR"},
		{retention.Question{Brackets: []retention.Bracket{{From: 1, To: 1}, {From: 2, To: 7}}}, "brackets 1 2-7"},
	} {
		if got := tt.q.String(); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

var update = flag.Bool("update", false, "write golden files")

// The tables of three customers, which are small enough to be counted by hand: a starts on
// Monday, b and c on Tuesday; a returns on Tuesday and on Thursday, b on Wednesday. The data
// are complete up to Thursday noon.
func TestGolden(t *testing.T) {
	o := retention.Options{
		From: instant(t, "2026-03-23T09:00:00+01:00"), Buckets: 4, Zone: zone(t, "Europe/Berlin"),
		Start: event.Named("signed_up"), Return: event.Named("order_completed"),
	}
	bought := func(user, at string, amount int64) event.Event {
		return did(t, user, "order_completed", at, event.Int("amount", amount), event.String("currency", "EUR"))
	}
	events := []event.Event{
		did(t, "a", "signed_up", "2026-03-23T10:00:00+01:00"), did(t, "b", "signed_up", "2026-03-24T10:00:00+01:00"), did(t, "c", "signed_up", "2026-03-24T23:59:00+01:00"),
		bought("a", "2026-03-23T10:05:00+01:00", 2000), bought("a", "2026-03-24T00:00:00+01:00", 500), bought("a", "2026-03-26T11:00:00+01:00", 1050),
		bought("b", "2026-03-25T11:00:00+01:00", 999),
	}
	money := o
	money.Value, money.Money = "amount", true
	asOf := instant(t, "2026-03-26T12:00:00+01:00")
	for _, tt := range []struct {
		name string
		o    retention.Options
		q    retention.Question
	}{
		{"exact", o, retention.Question{AsOf: asOf}},
		{"money", money, retention.Question{AsOf: asOf, Measure: retention.UpTo}},
		{"brackets", o, retention.Question{Brackets: []retention.Bracket{{From: 0, To: 0}, {From: 1, To: 2}}}},
	} {
		table := ask(t, added(t, tt.o, events...), tt.q)
		json, err := table.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		for kind, got := range map[string]string{"txt": table.String(), "csv": string(table.AppendCSV(nil)), "json": string(json) + "\n"} {
			file := filepath.Join("testdata", tt.name+"."+kind)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || got != string(want) {
				t.Errorf("%s: %v\n%s\nwant\n%s", file, err, got, want)
			}
		}
	}
}
