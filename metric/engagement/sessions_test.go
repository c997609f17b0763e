package engagement

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// sessionOptions are the kinds of sessions that there are.
func sessionOptions(t testing.TB) map[string]SessionOptions {
	return map[string]SessionOptions{
		"default":   {},
		"two hours": {Timeout: 2 * time.Hour, Key: event.Named("order_completed"), Events: event.Named("page_viewed", "order_completed", "signed_in")},
		"midnight":  {Timeout: 8 * time.Hour, Midnight: true, Zone: berlin(t)},
		"campaign":  {Timeout: 8 * time.Hour, Campaign: "utm_campaign"},
		"both":      {Timeout: 8 * time.Hour, Midnight: true, Campaign: "utm_campaign"},
		"delimited": {Start: event.Named("signed_in"), End: event.Named("signed_out")},
		"and timed": {Start: event.Named("signed_in"), End: event.Named("signed_out", "order_completed"), Timeout: 5 * time.Hour},
	}
}

func sessionResults(s *Sessions) string {
	var b strings.Builder
	asOf := time.Date(2025, 9, 25, 0, 0, 0, 0, time.UTC)
	for _, q := range []SessionQuery{{}, {AsOf: asOf}, {AsOf: asOf, ByStart: true}} {
		for x := range must(s.All(q)) {
			fmt.Fprintln(&b, x)
		}
		months := []metric.Period{must(metric.Month(2025, 9, s.options.Zone)), must(metric.Month(2025, 10, s.options.Zone))}
		for _, y := range append(must(s.Summarize(q)), must(s.Summarize(q, months...))...) {
			fmt.Fprintln(&b, y, y.TotalDuration())
		}
		fmt.Fprintln(&b, must(s.Durations(q, months[1])).Text(), must(s.Durations(q, metric.Period{})).Text())
	}
	return b.String()
}

func TestSessionsLaws(t *testing.T) {
	for name, o := range sessionOptions(t) {
		t.Run(name, func(t *testing.T) {
			testLaws(t, func(workers int, keys *event.Keys) *Sessions {
				o.Workers, o.Keys = workers, keys
				return must(NewSessions(o))
			}, sessionResults)
		})
	}
}

// TestSessionsAgainstReference finds sessions in another way. By inactivity alone or cut at
// midnight, two events are of one session if one can go from one to the other by events that
// are close; with campaigns and delimiters, by words of the definition.
func TestSessionsAgainstReference(t *testing.T) {
	for name, o := range sessionOptions(t) {
		for seed := range uint64(10) {
			events := hostile(rand.New(rand.NewPCG(seed, 21)), 250)
			s := must(NewSessions(o))
			for i := range events {
				s.Add(&events[i])
			}
			var want []string
			for user, list := range byUser(events) {
				for _, x := range slowSessions(s.Options(), list) {
					views, key := 0, false
					for _, e := range x {
						if e.Name == "page_viewed" {
							views++
						}
						key = key || !isZero(&o.Key) && o.Key.Match(&e)
					}
					first, last := x[0].Time, x[len(x)-1].Time
					engaged := last.Sub(first) >= 10*time.Second || views >= 2 || key
					want = append(want, fmt.Sprint(user, first.UnixNano(), last.UnixNano(), len(x), views, key, engaged))
				}
			}
			var got []string
			for x := range must(s.All(SessionQuery{})) {
				got = append(got, fmt.Sprint(x.Customer, x.Start.UnixNano(), x.End.UnixNano(), x.Events, x.Views, x.Key, x.Engaged))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s, seed %d:\n%s\nwant\n%s", name, seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func slowSessions(o SessionOptions, list []event.Event) (sessions [][]event.Event) {
	counts := func(e event.Event) bool {
		return o.Events.Match(&e) || o.delimited() && (o.Start.Match(&e) || o.End.Match(&e))
	}
	list = slices.DeleteFunc(slices.Clone(list), func(e event.Event) bool { return !counts(e) })
	if o.delimited() {
		for i := 0; i < len(list); {
			if !o.Start.Match(&list[i]) {
				i++
				continue
			}
			x := []event.Event{list[i]}
			for i++; i < len(list); i++ {
				if o.Timeout > 0 && list[i].Time.Sub(list[i-1].Time) > o.Timeout {
					break
				}
				x = append(x, list[i])
				if o.End.Match(&list[i]) {
					i++
					break
				}
			}
			sessions = append(sessions, x)
		}
		return sessions
	}
	if o.Campaign == "" {
		return components(o, list)
	}
	campaign := func(e event.Event) string { s, _ := e.Props.String(o.Campaign); return s }
	day := func(e event.Event) string { return e.Time.In(o.Zone).Format(time.DateOnly) }
	for i := 0; i < len(list); {
		x := []event.Event{list[i]}
		own := campaign(list[i])
		for i++; i < len(list); i++ {
			last := x[len(x)-1]
			if list[i].Time.Sub(last.Time) > o.Timeout || campaign(list[i]) != "" && campaign(list[i]) != own ||
				o.Midnight && day(list[i]) != day(last) {
				break
			}
			x = append(x, list[i])
		}
		sessions = append(sessions, x)
	}
	return sessions
}

// components returns the connected components of events that are close to one another.
func components(o SessionOptions, list []event.Event) (sessions [][]event.Event) {
	day := func(e event.Event) string { return e.Time.In(o.Zone).Format(time.DateOnly) }
	number := make([]int, len(list))
	for i := range number {
		number[i] = i
	}
	for changed := true; changed; {
		changed = false
		for i := range list {
			for j := range list {
				near := list[i].Time.Sub(list[j].Time).Abs() <= o.Timeout && (!o.Midnight || day(list[i]) == day(list[j]))
				if near && number[i] > number[j] {
					number[i], changed = number[j], true
				}
			}
		}
	}
	for n := range list {
		var x []event.Event
		for i := range list {
			if number[i] == n {
				x = append(x, list[i])
			}
		}
		if len(x) > 0 {
			sessions = append(sessions, x)
		}
	}
	return sessions
}

// blockOf makes rows of a few busy customers.
func blockOf(s *Sessions, rows int) *SessionBlock {
	random := rand.New(rand.NewPCG(5, 5))
	start := time.Date(2025, 9, 20, 0, 0, 0, 0, time.UTC).UnixNano()
	b := new(SessionBlock)
	for range rows {
		b.Customer = append(b.Customer, s.Keys().Code("u"+string(rune('0'+random.IntN(3)))))
		b.Time = append(b.Time, start+random.Int64N(int64(rows/2))*int64(10*time.Minute))
		b.Seq = append(b.Seq, random.Int64N(3))
		b.View = append(b.View, random.IntN(2) == 0)
		b.Key = append(b.Key, random.IntN(9) == 0)
		b.Start = append(b.Start, random.IntN(4) == 0)
		b.End = append(b.End, random.IntN(4) == 0)
		b.Campaign = append(b.Campaign, s.Campaigns().Code([]string{"", "spring", "autumn"}[random.IntN(3)]))
	}
	if !s.options.delimited() {
		b.Start, b.End = nil, nil
	}
	if s.options.Campaign == "" {
		b.Campaign = nil
	}
	return b
}

func pick[E any](list []E, rows []int) []E {
	if list == nil {
		return nil
	}
	part := make([]E, len(rows))
	for i, row := range rows {
		part[i] = list[row]
	}
	return part
}

func TestSessionsBlockLaws(t *testing.T) {
	for name, o := range sessionOptions(t) {
		t.Run(name, func(t *testing.T) {
			const rows = 6000
			testBlockLaws(t, rows, func(workers int) *Sessions {
				o.Workers = workers
				return must(NewSessions(o))
			}, func(s *Sessions, list []int) error {
				b := blockOf(s, rows)
				return s.AddBlock(&SessionBlock{
					Customer: pick(b.Customer, list), Time: pick(b.Time, list), Seq: pick(b.Seq, list), View: pick(b.View, list),
					Key: pick(b.Key, list), Start: pick(b.Start, list), End: pick(b.End, list), Campaign: pick(b.Campaign, list),
				})
			}, sessionResults)
		})
	}
}

// TestSessionsBlockLikeEvents compares the column surface with the event surface.
func TestSessionsBlockLikeEvents(t *testing.T) {
	for name, o := range sessionOptions(t) {
		events := unique(hostile(rand.New(rand.NewPCG(3, 22)), 300))
		byEvent, byBlock := must(NewSessions(o)), must(NewSessions(o))
		b := new(SessionBlock)
		o = byEvent.Options()
		for i := range events {
			e := events[i]
			byEvent.Add(&e)
			start, end := o.delimited() && o.Start.Match(&e), o.delimited() && o.End.Match(&e)
			if !o.Events.Match(&e) && !start && !end {
				continue
			}
			b.Customer = append(b.Customer, byBlock.Keys().Code(e.Subject(event.User)))
			b.Time = append(b.Time, e.Time.UnixNano())
			b.Seq = append(b.Seq, int64(i)) // in the order of the events
			b.View = append(b.View, e.Name == "page_viewed")
			b.Key = append(b.Key, !isZero(&o.Key) && o.Key.Match(&e))
			if o.delimited() {
				b.Start, b.End = append(b.Start, start), append(b.End, end)
			}
			if o.Campaign != "" {
				name, _ := e.Props.String(o.Campaign)
				b.Campaign = append(b.Campaign, byBlock.Campaigns().Code(name))
			}
		}
		if err := byBlock.AddBlock(b); err != nil {
			t.Fatal(err)
		}
		if got, want := sessionResults(byBlock), sessionResults(byEvent); got != want {
			t.Errorf("%s: blocks\n%s\nevents\n%s", name, got, want)
		}
	}
}

// TestSessionsCompact: what blocks leave behind is one row a session.
func TestSessionsCompact(t *testing.T) {
	s := must(NewSessions(SessionOptions{}))
	code := s.Keys().Code("u")
	for day := range 50 {
		var b SessionBlock
		for minute := range 1000 {
			b.Customer = append(b.Customer, code)
			b.Time = append(b.Time, int64(day)*dayLength+int64(minute)*int64(time.Minute))
		}
		if err := s.AddBlock(&b); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.rows.Len(); n > 3000 {
		t.Errorf("%d rows left of 50 sessions", n)
	}
	y := must(s.Summarize(SessionQuery{}))[0]
	if y.Sessions != 50 || y.Events != 50_000 || y.TotalDuration().String() != metric.FromStd(50*999*time.Minute).String() {
		t.Errorf("%+v", y)
	}
}

// TestTimeoutBoundary: a gap of exactly the timeout does not end a session, and one of a
// nanosecond more does. The rule is that of Google Analytics and Mixpanel.
func TestTimeoutBoundary(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		gap  time.Duration
		want int64
	}{{30 * time.Minute, 1}, {30*time.Minute + 1, 2}, {0, 1}} {
		s := must(NewSessions(SessionOptions{}))
		for i, at := range []time.Time{start, start.Add(c.gap)} {
			s.Add(&event.Event{ID: fmt.Sprint(i), UserID: "u", Name: "x", Time: at})
		}
		if got := must(s.Summarize(SessionQuery{}))[0].Sessions; got != c.want {
			t.Errorf("gap %s: %d sessions, want %d", c.gap, got, c.want)
		}
	}
}

// TestMidnight: clocks in Berlin went back on 26 October 2025, so that 23:50 on it is 24
// hours and 50 minutes after its first instant. Midnight there is 22:00 UTC before and 23:00
// UTC after.
func TestMidnight(t *testing.T) {
	for _, c := range []struct {
		first, second string
		want          int64
	}{
		{"2025-10-25T21:59:00Z", "2025-10-25T22:01:00Z", 2},
		{"2025-10-26T22:01:00Z", "2025-10-26T22:29:00Z", 1}, // midnight the day before
		{"2025-10-26T22:59:00Z", "2025-10-26T23:01:00Z", 2},
		{"2025-10-26T23:59:00Z", "2025-10-27T00:01:00Z", 1}, // midnight in UTC
	} {
		s := must(NewSessions(SessionOptions{Midnight: true, Zone: berlin(t)}))
		for i, at := range []string{c.first, c.second} {
			s.Add(&event.Event{ID: fmt.Sprint(i), UserID: "u", Name: "x", Time: must(time.Parse(time.RFC3339, at))})
		}
		if got := must(s.Summarize(SessionQuery{}))[0].Sessions; got != c.want {
			t.Errorf("%s and %s: %d sessions, want %d", c.first, c.second, got, c.want)
		}
	}
}

// TestOpenUntilMidnight: with sessions cut at midnight, one is over when its day is.
func TestOpenUntilMidnight(t *testing.T) {
	s := must(NewSessions(SessionOptions{Midnight: true, Zone: berlin(t)}))
	s.Add(&event.Event{UserID: "u", Name: "x", Time: time.Date(2025, 10, 26, 23, 50, 0, 0, berlin(t))})
	midnight := time.Date(2025, 10, 27, 0, 0, 0, 0, berlin(t))
	for _, c := range []struct {
		asOf time.Time
		want int64
	}{{midnight.Add(-1), 1}, {midnight, 0}} {
		if y := must(s.Summarize(SessionQuery{AsOf: c.asOf}))[0]; y.Open != c.want {
			t.Errorf("%s: %d open, want %d", c.asOf, y.Open, c.want)
		}
	}
}

// TestSessionSummary by hand: visits of 0 s with one view, 9 s with one view, 10 s with one
// view, 1 s with two views, and 2 s with a key event and no view. By the rule of Google
// Analytics 4 the last three are engaged: 3/5, and 2/5 bounced.
func TestSessionSummary(t *testing.T) {
	s := must(NewSessions(SessionOptions{Key: event.Named("order_completed")}))
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	add := func(user, name string, seconds int) {
		s.Add(&event.Event{ID: fmt.Sprint(user, name, seconds), UserID: user, Name: name, Time: start.Add(time.Duration(seconds) * time.Second)})
	}
	add("a", "page_viewed", 0)
	add("b", "page_viewed", 0)
	add("b", "x", 9)
	add("c", "page_viewed", 0)
	add("c", "x", 10)
	add("d", "page_viewed", 0)
	add("d", "page_viewed", 1)
	add("a", "order_completed", 7200)
	add("a", "x", 7202)
	y := must(s.Summarize(SessionQuery{}))[0]
	if y.Sessions != 5 || y.Customers != 4 || y.Engaged != 3 || y.WithKey != 1 || y.SingleView != 4 || y.SingleEvent != 1 || y.Events != 9 || y.Views != 5 {
		t.Errorf("%+v", y)
	}
	for _, c := range []struct{ got, want string }{
		{must(y.EngagementRate()).String(), "60%"}, {must(y.BounceRate()).String(), "40%"},
		{must(y.SingleViewRate()).String(), "80%"}, {must(y.SingleEventRate()).String(), "20%"},
		{must(y.AverageDuration()).Text(), "4.4s"}, {must(y.ViewsPerSession()).Text(), "1"},
		{must(y.EventsPerSession()).Text(), "1.8"}, {must(y.SessionsPerCustomer()).Text(), "1.25"},
		{must(must(s.Durations(SessionQuery{}, metric.Period{})).Median()).Text(), "2s"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	if y := must(s.Summarize(SessionQuery{AsOf: start.Add(7202*time.Second + 30*time.Minute)}))[0]; y.Open != 1 || y.Sessions != 4 {
		t.Errorf("30 minutes after the last event: %+v", y)
	}
	if y := must(s.Summarize(SessionQuery{AsOf: start.Add(7202*time.Second + 30*time.Minute + 1)}))[0]; y.Open != 0 || y.Sessions != 5 {
		t.Errorf("a nanosecond later: %+v", y)
	}
	none := SessionSummary{}
	if _, err := none.AverageDuration(); err != metric.EmptyPopulation {
		t.Error(err)
	}
	if _, err := none.BounceRate(); err == nil {
		t.Error("bounce rate of nothing")
	}
}

// TestSessionPeriods: a session over midnight belongs to the day of its last event.
func TestSessionPeriods(t *testing.T) {
	s := must(NewSessions(SessionOptions{}))
	for i, at := range []string{"2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z"} {
		s.Add(&event.Event{ID: fmt.Sprint(i), UserID: "u", Name: "x", Time: must(time.Parse(time.RFC3339, at))})
	}
	first, second := must(metric.Day(2026, 3, 1, nil)), must(metric.Day(2026, 3, 2, nil))
	for _, c := range []struct {
		byStart bool
		want    string
	}{{false, "0 1"}, {true, "1 0"}} {
		list := must(s.Summarize(SessionQuery{ByStart: c.byStart}, first, second))
		if got := fmt.Sprint(list[0].Sessions, list[1].Sessions); got != c.want {
			t.Errorf("by start %t: %s, want %s", c.byStart, got, c.want)
		}
	}
	if _, err := s.Summarize(SessionQuery{}, second, first); err == nil {
		t.Error("periods out of order")
	}
}

func TestSessionOptions(t *testing.T) {
	for _, o := range []SessionOptions{
		{Timeout: -1}, {Start: event.Named("a")}, {End: event.Named("a")}, {Engaged: -1}, {EngagedViews: -1},
		{Start: event.Named("a"), End: event.Named("b"), Midnight: true}, {View: event.Named("Not Folded")}, {Subject: 7},
	} {
		if _, err := NewSessions(o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	if got := (SessionOptions{Timeout: 30 * time.Minute, Engaged: 10 * time.Second, Zone: time.UTC, View: event.Named("page_viewed")}).String(); got != "" {
		t.Errorf("the defaults, spelled out, differ from the default: %s", got)
	}
	if got, want := sessionOptions(t)["both"].String(), "timeout 8h0m0s; cut at midnight in UTC; cut at new utm_campaign"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s := must(NewSessions(SessionOptions{}))
	if err := s.Merge(must(NewSessions(SessionOptions{Timeout: time.Hour}))); err == nil {
		t.Error("merge of other options")
	}
	code := s.Keys().Code("u")
	for _, c := range []struct {
		want string
		b    SessionBlock
	}{
		{"Time", SessionBlock{Customer: []event.Code{code}}},
		{"Customer", SessionBlock{Customer: []event.Code{code + 256}, Time: []int64{1}}},
		{"View", SessionBlock{Customer: []event.Code{code}, Time: []int64{1}, View: []bool{}}},
		{"Start", SessionBlock{Customer: []event.Code{code}, Time: []int64{1}, Start: []bool{true}}},
		{"Campaign", SessionBlock{Customer: []event.Code{code}, Time: []int64{1}, Campaign: []event.Code{event.NoCode}}},
	} {
		if err := s.AddBlock(&c.b); inputOf(err) != c.want {
			t.Errorf("%+v: %v, want an error of %s", c.b, err, c.want)
		}
	}
	if s.rows.Len() != 0 {
		t.Error("something was taken in")
	}
}
