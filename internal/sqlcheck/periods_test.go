package sqlcheck

import (
	"fmt"
	"testing"
	"time"
)

// period is a period of a report, by our own calendar.
type period struct {
	label      string
	start, end time.Time
	incomplete bool
}

// periodsBetween returns the periods that hold the instants from first to last. The log
// ends with the day of its latest event.
func periodsBetween(first, last, latest time.Time, unit string, zone *time.Location) []period {
	y, m, d := latest.In(zone).Date()
	endOfLog := time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	var list []period
	for at := first.In(zone); ; {
		p := periodOf(at, unit)
		p.incomplete = p.end.After(endOfLog)
		list = append(list, p)
		if p.end.After(last) {
			return list
		}
		at = p.end
	}
}

// periodOf returns the period that holds an instant.
func periodOf(at time.Time, unit string) period {
	y, m, d := at.Date()
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, at.Location()) }
	switch unit {
	case "day":
		return period{label: at.Format(time.DateOnly), start: date(y, m, d), end: date(y, m, d+1)}
	case "week":
		isoYear, week := at.ISOWeek()
		d -= (int(at.Weekday()) + 6) % 7 // since Monday
		return period{label: fmt.Sprintf("%d-W%02d", isoYear, week), start: date(y, m, d), end: date(y, m, d+7)}
	case "month":
		return period{label: at.Format("2006-01"), start: date(y, m, 1), end: date(y, m+1, 1)}
	case "quarter":
		quarter := (m - 1) / 3
		return period{label: fmt.Sprintf("%d-Q%d", y, quarter+1), start: date(y, 3*quarter+1, 1), end: date(y, 3*quarter+4, 1)}
	case "year":
		return period{label: at.Format("2006"), start: date(y, 1, 1), end: date(y+1, 1, 1)}
	}
	panic("unit " + unit)
}

// checkPeriods compares the periods of a report with ours.
func checkPeriods(t *testing.T, printed []printedPeriod, want []period) {
	t.Helper()
	if len(printed) != len(want) {
		t.Fatalf("%d periods, want %d", len(printed), len(want))
	}
	for i, p := range printed {
		w := want[i]
		if p.Period != w.label || !p.Start.Equal(w.start) || !p.End.Equal(w.end) || p.Incomplete != w.incomplete {
			t.Fatalf("period %s [%s, %s) incomplete %t, want %s [%s, %s) incomplete %t",
				p.Period, p.Start, p.End, p.Incomplete, w.label, w.start, w.end, w.incomplete)
		}
	}
}
