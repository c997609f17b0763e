package intake_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestErrorf(t *testing.T) {
	cause := errors.New("cause")
	err := intake.Errorf("Column", "row %d: %w", 7, cause)
	var e *metric.Error
	if !errors.Is(err, metric.ErrInput) || !errors.Is(err, cause) || !errors.As(err, &e) || e.Input != "Column" || err.Error() != "Column: row 7: cause" {
		t.Errorf("%q, %+v", err, e)
	}
}

func must(t *testing.T, subject event.SubjectKind, test bool) intake.Intake {
	t.Helper()
	in, err := intake.New(subject, test, nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// The first and the last instant are those of the years that the documentation names.
func TestRange(t *testing.T) {
	first, end := time.Date(1824, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2116, 1, 1, 0, 0, 0, 0, time.UTC)
	if first.UnixNano() != intake.Start || end.UnixNano() != intake.End {
		t.Errorf("from %d up to %d, want %d and %d", intake.Start, intake.End, first.UnixNano(), end.UnixNano())
	}
	for _, c := range []struct {
		at    time.Time
		in    bool
		clamp int64
	}{
		{first, true, intake.Start}, {first.Add(-1), false, intake.Start}, {time.Time{}, false, intake.Start},
		{end.Add(-1), true, intake.End - 1}, {end, false, intake.End}, {time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), false, intake.End},
		{time.Unix(0, 5), true, 5},
	} {
		if got := intake.InRange(c.at); got != c.in {
			t.Errorf("%s in range: %t", c.at, got)
		}
		if got := intake.Clamp(c.at); got != c.clamp {
			t.Errorf("%s is clamped to %d, want %d", c.at, got, c.clamp)
		}
		ns, err := intake.CheckInstant("AsOf", c.at)
		if (err == nil) != c.in || c.in && ns != c.clamp {
			t.Errorf("%s: %d, %v", c.at, ns, err)
		}
	}
}

func TestAdmit(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	in := must(t, event.User, false)
	for i, e := range []event.Event{
		{ID: "1", Name: "page_viewed", UserID: "u", Time: at},
		{ID: "2", Name: "page_viewed", UserID: "u", Time: at, Test: true},
		{ID: "3", Name: "page_viewed", UserID: "v"},
		{ID: "4", Name: "page_viewed", UserID: "v", Time: at.AddDate(90, 0, 0)},
		{ID: "5", Name: "page_viewed", Time: at},
	} {
		if !in.Wants(&e) {
			if !e.Test {
				t.Errorf("event %d is not wanted", i)
			}
			continue
		}
		c, ns, ok := in.Admit(&e, e.Time)
		if ok != (i == 0) || ok && (in.Keys.Key(c) != "u" || ns != at.UnixNano()) {
			t.Errorf("event %d: %d, %d, %t", i, c, ns, ok)
		}
	}
	want := event.Report{Taken: 1, Test: 1, Refused: []event.Refused{
		{Event: "page_viewed", Reason: event.BadTime, Count: 1, First: "4 2116-01-01T00:00:00Z"},
		{Event: "page_viewed", Reason: event.MissingSubject, Count: 1, First: "5"},
		{Event: "page_viewed", Reason: event.MissingTime, Count: 1, First: "3"},
	}}
	if diff := cmp.Diff(want, in.Tally.Report(0)); diff != "" {
		t.Error(diff)
	}
	if in.Keys.Len() != 1 {
		t.Errorf("%d customers, want one: those of refused events are not learned", in.Keys.Len())
	}

	accounts := must(t, event.Account, true)
	e := event.Event{Name: "page_viewed", UserID: "u", Time: at, Test: true}
	if !accounts.Wants(&e) {
		t.Error("test events are asked for and not wanted")
	}
	if _, _, ok := accounts.Admit(&e, at); ok || accounts.Tally.Report(0).Refused[0].Reason != event.MissingAccount {
		t.Errorf("a user without an account: %+v", accounts.Tally.Report(0))
	}
	if fresh := accounts.Fresh(nil); fresh.Subject != event.Account || !fresh.Test || fresh.Keys == accounts.Keys || len(fresh.Tally.Report(0).Refused) > 0 {
		t.Errorf("%+v", fresh)
	}
	if _, err := intake.New(event.Account+1, false, nil); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no kind of customer: %v", err)
	}
}

func TestCheckRows(t *testing.T) {
	in := must(t, event.User, false)
	u := in.Keys.Code("u")
	other := event.CodeOf(u.Bucket(), u.Position()+1)
	for _, c := range []struct {
		customers []event.Code
		times     []int64
		want      string // the column, or ""
	}{
		{nil, nil, ""},
		{[]event.Code{u, u}, []int64{intake.Start, intake.End - 1}, ""},
		{[]event.Code{u}, []int64{}, "Time"},
		{[]event.Code{u}, []int64{intake.Start - 1}, "Time"},
		{[]event.Code{u, u}, []int64{0, intake.End}, "Time"},
		{[]event.Code{u, event.NoCode}, []int64{0, 0}, "Customer"},
		{[]event.Code{other}, []int64{0}, "Customer"},
	} {
		got := ""
		if err := in.CheckRows(c.customers, c.times); err != nil {
			var e *metric.Error
			if !errors.As(err, &e) || !errors.Is(err, metric.ErrInput) {
				t.Fatal(err)
			}
			got = e.Input
		}
		if got != c.want {
			t.Errorf("%v, %v: error of %q, want %q", c.customers, c.times, got, c.want)
		}
	}
	if err := intake.CheckOptional("Seq", []int64(nil), 3); err != nil {
		t.Error(err)
	}
	if err := intake.CheckOptional("Seq", []int64{}, 3); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a column that is too short: %v", err)
	}
}
