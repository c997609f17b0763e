package purchase_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

func order(id, user string, at time.Time, orderID string, amount int64, currency string) event.Event {
	return event.New(event.Event{ID: id, UserID: user, Time: at}, event.OrderCompleted{OrderID: orderID, Amount: amount, Currency: currency})
}

func refund(id, user string, at time.Time, orderID string, amount int64, currency string) event.Event {
	return event.New(event.Event{ID: id, UserID: user, Time: at}, event.OrderRefunded{OrderID: orderID, Amount: amount, Currency: currency})
}

// A refund counts from its own day on, against the order's amount, whatever order they come
// in.
func TestRefunds(t *testing.T) {
	events := []event.Event{
		refund("r1", "ann", day(2026, 1, 20), "o1", 300, "EUR"),
		refund("r2", "ann", day(2026, 1, 25), "o2", 900, "EUR"), // 400 beyond the order
		refund("r3", "ann", day(2026, 1, 26), "o9", 50, "EUR"),
		order("e1", "ann", day(2026, 1, 1), "o1", 1000, "EUR"),
		order("e2", "ann", day(2026, 1, 10), "o2", 500, "EUR"),
		order("e3", "ann", day(2026, 1, 15), "o3", 200, "EUR"),
		event.New(event.Event{ID: "c1", UserID: "ann", Time: day(2026, 1, 28)}, event.OrderCancelled{OrderID: "o3"}),
		event.New(event.Event{ID: "c2", UserID: "ann", Time: day(2026, 1, 28)}, event.OrderCancelled{OrderID: "o8"}),
	}
	l := logOf(t, purchase.Options{}, events)
	for _, c := range []struct {
		day         int
		orders, sum int64
		last        string
	}{
		{1, 1, 1000, "2026-01-01"},
		{19, 3, 1700, "2026-01-15"},
		{20, 3, 1400, "2026-01-15"}, // 300 of o1 are back
		{25, 2, 500, "2026-01-15"},  // o2 is gone, and 400 more were paid back
		{26, 2, 450, "2026-01-15"},
		{28, 1, 250, "2026-01-01"}, // o3 is cancelled: 700 - 400 - 50
	} {
		totals, err := l.Totals(day(2026, 1, c.day))
		if err != nil {
			t.Fatal(err)
		}
		x := totals.Lookup("ann")
		if units, ok := x.Units(); x.Orders != c.orders || units != c.sum || !ok || x.LastDate.String() != c.last {
			t.Errorf("January %d: %d orders of %d, the last on %s; want %d of %d, %s", c.day, x.Orders, units, x.LastDate, c.orders, c.sum, c.last)
		}
	}
	want := event.Report{Taken: 8, Refused: []event.Refused{
		{Event: "order_cancelled", Reason: purchase.ReasonUnmatched, Count: 1, First: `order "o8"`},
		{Event: "order_refunded", Reason: purchase.ReasonUnmatched, Count: 2, First: `order "o2"`},
	}}
	if diff := cmp.Diff(want, l.Report()); diff != "" {
		t.Error(diff)
	}
	// Unmatched refunds lower no transaction.
	s, err := l.Summary(purchase.SummaryOptions{End: day(2026, 1, 26), IncludeFirst: true})
	if err != nil {
		t.Fatal(err)
	}
	if units, _ := s.Lookup("ann").SpendUnits(); units != 900 {
		t.Errorf("spend of %d, want 700 + 200", units)
	}
}

func TestFreeOrdersCount(t *testing.T) {
	l := logOf(t, purchase.Options{}, []event.Event{
		order("1", "ann", day(2026, 1, 1), "a", 0, "EUR"),
		order("2", "bob", day(2026, 1, 1), "b", 5, "EUR"), refund("3", "bob", day(2026, 1, 1), "b", 5, "EUR"),
	})
	totals, err := l.Totals(none)
	if err != nil {
		t.Fatal(err)
	}
	if totals.Lookup("ann") == nil || totals.Lookup("bob") != nil || totals.Lookup("nobody") != nil {
		t.Error("want Ann with her free order, and nobody else")
	}
}

func TestRepeatedOrdersAndLines(t *testing.T) {
	events := []event.Event{
		order("2", "ann", day(2026, 1, 2), "a", 70, "EUR"),
		order("1", "ann", day(2026, 1, 1), "a", 30, "EUR"),
	}
	for lines, want := range map[bool]int64{false: 30, true: 100} {
		l := logOf(t, purchase.Options{Lines: lines}, events)
		totals, err := l.Totals(none)
		if err != nil {
			t.Fatal(err)
		}
		x := totals.Lookup("ann")
		if units, _ := x.Units(); x.Orders != 1 || units != want {
			t.Errorf("lines=%t: %d orders of %d, want 1 of %d", lines, x.Orders, units, want)
		}
		if refused := len(l.Report().Refused); refused != map[bool]int{false: 1, true: 0}[lines] {
			t.Errorf("lines=%t: %d refused", lines, refused)
		}
	}
}

func TestCurrencies(t *testing.T) {
	l := logOf(t, purchase.Options{}, []event.Event{
		order("1", "ann", day(2026, 1, 1), "a", 250, "EUR"), order("2", "ann", day(2026, 1, 5), "b", 100, "JPY"),
		order("3", "bob", day(2026, 1, 1), "c", 250, "JPY"), order("4", "bob", day(2026, 1, 2), "d", 125, "JPY"),
	})
	for end, want := range map[int]error{4: nil, 5: metric.MixedCurrency} {
		totals, err := l.Totals(day(2026, 1, end))
		if err != nil {
			t.Fatal(err)
		}
		got, err := totals.Sum(totals.Lookup("ann"))
		if !errors.Is(err, want) || want == nil && got.String() != metric.EUR("2.50").String() {
			t.Errorf("January %d: %v, %v, want %v", end, got, err, want)
		}
	}
	s, err := l.Summary(purchase.SummaryOptions{End: day(2026, 1, 3), IncludeFirst: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.MeanSpend(s.Lookup("bob")); err != nil || !got.Equal(metric.JPY("187.5")) {
		t.Errorf("mean of %v, %v, want 187.5 yen", got, err)
	}
	one := logOf(t, purchase.Options{Currency: metric.EUR("1").Currency()}, []event.Event{
		order("1", "ann", day(2026, 1, 1), "a", 250, "EUR"), order("2", "ann", day(2026, 1, 5), "b", 100, "JPY"),
	})
	want := []event.Refused{{Event: "order_completed", Reason: purchase.ReasonOtherCurrency, Count: 1, First: "2 JPY"}}
	if diff := cmp.Diff(want, one.Report().Refused); diff != "" {
		t.Error(diff)
	}
}

// The day is that of the log's zone, and the last day counts in full.
func TestDays(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	change := time.Date(2026, time.March, 29, 0, 0, 0, 0, berlin) // a day of 23 hours
	next := time.Date(2026, time.March, 30, 0, 0, 0, 0, berlin)
	for _, c := range []struct {
		at   time.Time
		want int // orders up to March 29
	}{
		{change.Add(-time.Nanosecond), 1}, {change, 1}, {next.Add(-time.Nanosecond), 1}, {next, 0}, {next.Add(time.Nanosecond), 0},
	} {
		l := logOf(t, purchase.Options{Location: berlin}, []event.Event{order("1", "ann", c.at, "a", 1, "EUR")})
		totals, err := l.Totals(change)
		if err != nil || totals.Len() != c.want {
			t.Errorf("%s: %d customers up to March 29, %v, want %d", c.at, totals.Len(), err, c.want)
		}
	}
	if d := purchase.DateOf(next.Add(-time.Nanosecond)); d.String() != "2026-03-29" {
		t.Errorf("the last instant of March 29 is on %s", d)
	}
	// Samoa had no December 30 in 2011; the days around it are neighbours on the calendar only.
	apia := location(t, "Pacific/Apia")
	l := logOf(t, purchase.Options{Location: apia}, []event.Event{
		order("1", "ann", time.Date(2011, 12, 29, 23, 0, 0, 0, apia), "a", 1, "EUR"),
		order("2", "ann", time.Date(2011, 12, 31, 1, 0, 0, 0, apia), "b", 1, "EUR"),
		order("3", "ann", time.Date(2012, 1, 2, 1, 0, 0, 0, apia), "c", 1, "EUR"),
	})
	s, err := l.Summary(purchase.SummaryOptions{End: time.Date(2012, 1, 2, 0, 0, 0, 0, apia)})
	if err != nil {
		t.Fatal(err)
	}
	if c := s.Lookup("ann"); c.Frequency != 2 || c.Recency != 4 || c.First.String() != "2011-12-29" {
		t.Errorf("%+v, want two transactions in four days after December 29", c)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit purchase.Unit
		days purchase.Span
		want string
	}{
		{0, 272, "272"}, {purchase.Days, 272, "272"}, {purchase.Weeks, 14, "2"}, {purchase.Weeks, 1, "0.1428571428571428571428571429"},
		{purchase.Months, 487, "16"}, {purchase.Years, 1461, "4"}, {purchase.Weeks, -7, "-1"},
	} {
		if got := c.unit.Number(c.days).Text(); got != c.want {
			t.Errorf("%d days are %s %s, want %s", c.days, got, c.unit, c.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	bad := func(change func(*event.Event)) event.Event {
		e := order("1", "ann", day(2026, 1, 1), "a", 1, "EUR")
		change(&e)
		return e
	}
	for _, c := range []struct {
		why event.Reason
		e   event.Event
	}{
		{event.MissingSubject, bad(func(e *event.Event) { e.UserID = "" })},
		{event.MissingTime, bad(func(e *event.Event) { e.Time = none })},
		{event.BadTime, bad(func(e *event.Event) { e.Time = day(1823, 12, 31) })},
		{event.BadTime, bad(func(e *event.Event) { e.Time = day(2116, 1, 1) })},
		{event.MissingAttribute, bad(func(e *event.Event) { e.Props = event.NewProps(event.String("currency", "EUR")) })},
		{event.MissingAttribute, bad(func(e *event.Event) { e.Props = event.NewProps(event.Int("amount", 1)) })},
		{event.WrongType, bad(func(e *event.Event) { e.Props = e.Props.With(event.String("amount", "1")) })},
		{event.NegativeAmount, bad(func(e *event.Event) { e.Props = e.Props.With(event.Int("amount", -1)) })},
		{event.OutOfRange, bad(func(e *event.Event) { e.Props = e.Props.With(event.Int("amount", purchase.MaxAmount+1)) })},
		{event.BadCurrency, bad(func(e *event.Event) { e.Props = e.Props.With(event.String("currency", "EURO")) })},
	} {
		r := logOf(t, purchase.Options{}, []event.Event{c.e}).Report()
		if r.Taken != 0 || len(r.Refused) != 1 || r.Refused[0].Reason != c.why || r.Refused[0].Count != 1 {
			t.Errorf("%s: %+v", c.why, r)
		}
	}
	l := logOf(t, purchase.Options{}, []event.Event{
		bad(func(e *event.Event) { e.Test = true }), bad(func(e *event.Event) { e.Name = "page_viewed" }),
		bad(func(e *event.Event) { e.Props = e.Props.With(event.Int("amount", purchase.MaxAmount)) }),
	})
	if diff := cmp.Diff(event.Report{Taken: 1, Ignored: 1, Test: 1}, l.Report()); diff != "" {
		t.Error(diff)
	}
}

// inputOf returns the input that an error is about, if it is a [metric.ErrInput].
func inputOf(err error) string {
	var e *metric.Error
	if !errors.Is(err, metric.ErrInput) || !errors.As(err, &e) {
		return ""
	}
	return e.Input
}

func TestBlockErrors(t *testing.T) {
	l := newLog(t, purchase.Options{Currency: metric.EUR("1").Currency()})
	ann := l.Keys().Code("ann")
	empty := marshal(t, l)
	for want, b := range map[string]*purchase.Block{
		"Time":            {Customer: []event.Code{ann}, Amount: []int64{1}},
		"Amount":          {Customer: []event.Code{ann}, Time: []int64{1}, Amount: []int64{1, 2}},
		"Customer":        {Customer: []event.Code{ann, event.NoCode}, Time: []int64{1, 2}, Amount: []int64{1, 2}},
		"Currency":        {Currency: metric.JPY("1").Currency()},
		"Amount of row 1": {Customer: []event.Code{ann, ann}, Time: []int64{1, 2}, Amount: []int64{1, purchase.MaxAmount + 1}},
		"Time of row 1":   {Customer: []event.Code{ann, ann}, Time: []int64{1, 1 << 62}, Amount: []int64{1, 2}},
	} {
		column, row, _ := strings.Cut(want, " of ")
		if err := l.AddBlock(b); inputOf(err) != column || !strings.Contains(err.Error(), row) {
			t.Errorf("error %v, want one of %s", err, want)
		}
	}
	if diff := cmp.Diff(empty, marshal(t, l)); diff != "" {
		t.Error("a refused block leaves something behind")
	}
	for b, want := range map[int64]bool{purchase.MaxAmount: true, -purchase.MaxAmount: true, purchase.MaxAmount + 1: false, -purchase.MaxAmount - 1: false} {
		err := l.AddBlock(&purchase.Block{Customer: []event.Code{ann}, Time: []int64{1}, Amount: []int64{b}})
		if (err == nil) != want {
			t.Errorf("amount %d: %v", b, err)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	for want, o := range map[string]purchase.Options{
		"Keep": {Keep: 7}, "Location": {Location: time.Local}, "Subject": {Subject: 9}, "Refunds": {Refunds: event.Named("Bad Name")},
	} {
		if _, err := purchase.New(o); inputOf(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	l := newLog(t, purchase.Options{})
	for want, o := range map[string]purchase.SummaryOptions{
		"End": {}, "Holdout": {End: day(2026, 1, 2), Holdout: day(2026, 1, 2)}, "Collapse": {End: day(2026, 1, 2), Collapse: metric.UnitRolling},
		"Separate": {End: day(2026, 1, 2), Collapse: metric.UnitWeek, Separate: true}, "Unit": {End: day(2026, 1, 2), Unit: -1},
	} {
		if _, err := l.Summary(o); inputOf(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := l.Merge(newLog(t, purchase.Options{Lines: true})); !errors.Is(err, metric.ErrInput) {
		t.Errorf("logs of different options merge: %v", err)
	}
	if err := l.Merge(newLog(t, purchase.Options{Workers: 5, Location: time.UTC, Amount: "amount", Orders: event.Named("order_completed")})); err != nil {
		t.Errorf("defaults that are spelled out differ from defaults: %v", err)
	}
}

func TestOptionsString(t *testing.T) {
	all := purchase.Options{
		Keep: purchase.KeepTotals, Location: location(t, "Europe/Berlin"), Currency: metric.EUR("1").Currency(), Orders: event.Named("sale"),
		Amount: "margin", Lines: true, Subject: event.Account, Test: true, Workers: 4,
	}
	if got, want := all.String(), "keep=totals, zone=Europe/Berlin, currency=EUR, orders=sale, amount=margin, lines=true, subject=account, test=true"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (purchase.Options{}).String(); got != "" {
		t.Errorf("defaults are %q", got)
	}
	s := purchase.SummaryOptions{Collapse: metric.UnitWeek, IncludeFirst: true, SinceLast: true, Unit: purchase.Months}
	if got, want := s.String(), "collapse=week, include_first, since_last, unit=months"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTotalsCannotGoBack(t *testing.T) {
	l := logOf(t, purchase.Options{Keep: purchase.KeepTotals}, []event.Event{order("1", "ann", day(2026, 1, 5), "a", 1, "EUR")})
	for d, want := range map[int]error{4: metric.InsufficientHistory, 5: nil, 6: nil} {
		if _, err := l.Totals(day(2026, 1, d)); !errors.Is(err, want) {
			t.Errorf("January %d: %v, want %v", d, err, want)
		}
	}
	if _, err := l.Summary(purchase.SummaryOptions{End: day(2026, 1, 5)}); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("a summary without days: %v", err)
	}
}

func TestNoMoney(t *testing.T) {
	l := newLog(t, purchase.Options{})
	if err := l.AddBlock(&purchase.Block{Customer: []event.Code{l.Keys().Code("ann")}, Time: []int64{0}, Amount: []int64{7}}); err != nil {
		t.Fatal(err)
	}
	totals, err := l.Totals(none)
	if err != nil {
		t.Fatal(err)
	}
	c := totals.Lookup("ann")
	if units, ok := c.Units(); units != 7 || !ok {
		t.Errorf("%d units", units)
	}
	if _, err := totals.Sum(c); !errors.Is(err, metric.MissingInput) {
		t.Errorf("money without a currency: %v", err)
	}
}

// By hand: Ann bought on January 1, 1, 4 and 14, Bob once, Cy on January 2 and 3.
func TestGaps(t *testing.T) {
	events := []event.Event{
		order("1", "ann", day(2026, 1, 1), "a", 1, "EUR"), order("2", "ann", day(2026, 1, 1).Add(time.Hour), "b", 1, "EUR"),
		order("3", "ann", day(2026, 1, 4), "c", 1, "EUR"), order("4", "ann", day(2026, 1, 14), "d", 1, "EUR"),
		order("5", "bob", day(2026, 1, 9), "e", 1, "EUR"),
		order("6", "cy", day(2026, 1, 2), "f", 1, "EUR"), order("7", "cy", day(2026, 1, 3), "g", 1, "EUR"),
	}
	l := logOf(t, purchase.Options{Workers: 2}, events)
	for end, want := range map[int][3]int64{1: {0, 0, 0}, 3: {1, 1, 1}, 13: {2, 4, 10}, 14: {3, 14, 110}} {
		g, err := l.Gaps(day(2026, 1, end))
		if err != nil || g.N != want[0] || g.Sum.Int64() != want[1] || g.Squares.Int64() != want[2] {
			t.Errorf("January %d: %d gaps, %s, %s, %v, want %d", end, g.N, g.Sum, g.Squares, err, want)
		}
	}
	if _, err := newLog(t, purchase.Options{Keep: purchase.KeepTotals}).Gaps(none); !errors.Is(err, metric.InsufficientHistory) {
		t.Errorf("gaps of totals: %v", err)
	}
}

// Dates follow the periods of package metric, over changes of clocks anywhere.
func TestDatesAreThoseOfPeriods(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu"} {
		loc := location(t, name)
		var events []event.Event
		var want []string
		for i := range 400 {
			at := day(2011, 1, 1).Add(time.Duration(i) * 43 * time.Hour)
			if i%3 == 0 { // at the first instants of days, and just before
				p, err := metric.PeriodOf(at, metric.UnitDay, loc)
				if err != nil {
					t.Fatal(err)
				}
				at = p.Start().Add(time.Duration(i%2-1) * time.Nanosecond)
			}
			p, err := metric.PeriodOf(at, metric.UnitDay, loc)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, p.Start().Format(time.DateOnly))
			events = append(events, order(fmt.Sprint(i), fmt.Sprintf("%03d", i), at, fmt.Sprint(i), 1, "EUR"))
		}
		totals, err := logOf(t, purchase.Options{Location: loc}, events).Totals(none)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			if got := totals.Lookup(fmt.Sprintf("%03d", i)).FirstDate.String(); got != want[i] {
				t.Errorf("%s: %s is on %s, want %s", name, events[i].Time, got, want[i])
			}
		}
	}
}
