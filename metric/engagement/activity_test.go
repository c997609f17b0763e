package engagement

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// october is the time that activity is kept for: a Wednesday to a Tuesday, with the change
// of clocks in it.
func october(t testing.TB) metric.Period {
	p, err := metric.Between(time.Date(2025, 10, 1, 0, 0, 0, 0, berlin(t)), time.Date(2025, 11, 12, 0, 0, 0, 0, berlin(t)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func octoberOptions(t testing.TB) ActivityOptions {
	return ActivityOptions{
		Range:  october(t),
		Active: event.Named("page_viewed", "feature_used", "signed_in"),
		Features: []Feature{
			{"f0", event.Rule{Events: []string{"feature_used"}, Where: []event.Condition{{Attribute: "feature", Value: event.StringValue("f0")}}}},
			{"f1", event.Rule{Events: []string{"feature_used"}, Where: []event.Condition{{Attribute: "feature", Value: event.StringValue("f1")}}}},
			{"buying", event.Named("order_completed")},
		},
	}
}

// activityResults asks everything.
func activityResults(a *Activity) string {
	var b strings.Builder
	for _, q := range []Query{
		{}, {Unit: metric.UnitWeek}, {Unit: metric.UnitMonth}, {Only: []string{"u1", "u2", "nobody"}}, {Except: []string{"u0"}, Unit: metric.UnitWeek},
	} {
		fmt.Fprintln(&b, must(a.Active(q)), must(a.Growth(q)), must(a.Frequency(q)), must(a.Adoption(q)), must(a.Breadth(q)))
		r := must(a.Rolling(q, 1, 2, 3))
		fmt.Fprintln(&b, r.Windows, r.Periods, r.Active)
		states := must(a.States(q, StateRule{3, 8}))
		for _, s := range states {
			fmt.Fprintln(&b, s.Period, s.Count)
			if s.Moves != nil {
				fmt.Fprintln(&b, *s.Moves)
			}
		}
	}
	return b.String()
}

func TestActivityLaws(t *testing.T) {
	testLaws(t, func(workers int, keys *event.Keys) *Activity {
		o := octoberOptions(t)
		o.Workers, o.Keys = workers, keys
		return must(NewActivity(o))
	}, activityResults)
}

// days are the civil dates on which each customer was active, by the clock of the zone.
type days map[string]map[string]bool

func daysOf(events []event.Event, loc *time.Location, rule event.Rule) days {
	d := days{}
	for _, e := range events {
		user := e.Subject(event.User)
		if e.Test || user == "" || e.Time.IsZero() || !rule.Match(&e) {
			continue
		}
		if d[user] == nil {
			d[user] = map[string]bool{}
		}
		d[user][e.Time.In(loc).Format(time.DateOnly)] = true
	}
	return d
}

// history returns whether a customer was active on each date from 400 days before the range
// to its end, so that position 400 is its first day.
func (d days) history(user string, dates []string) []bool {
	list := make([]bool, len(dates))
	for i, date := range dates {
		list[i] = d[user][date]
	}
	return list
}

// datesOf returns the dates of a range and the 400 before it.
func datesOf(p metric.Period) []string {
	y, m, day := p.Start().Date()
	var list []string
	for i := -400; ; i++ {
		date := time.Date(y, m, day+i, 12, 0, 0, 0, time.UTC)
		if date.Format(time.DateOnly) == p.End().Format(time.DateOnly) {
			return list
		}
		list = append(list, date.Format(time.DateOnly))
	}
}

const look = 400 // days before the range

func anyOf(list []bool) bool { return slices.Contains(list, true) }

// TestActivityAgainstReference compares with loops over dates, day by day and customer by
// customer.
func TestActivityAgainstReference(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 3))
		events := hostile(random, 200)
		o := octoberOptions(t)
		a := must(NewActivity(o))
		for i := range events {
			a.Add(&events[i])
		}
		dates := datesOf(o.Range)
		d := daysOf(events, berlin(t), o.Active)
		n := len(dates) - look
		rule := StateRule{Week: 2 + int(seed%5), Month: 9 + int(seed%7)}

		windows := []int{1, 2, 7, 30}
		r := must(a.Rolling(Query{}, windows...))
		states := must(a.States(Query{}, rule))
		growth := must(a.Growth(Query{}))
		frequency := make([]int64, n+1)
		rolling := make([][]int64, len(windows))
		for w := range windows {
			rolling[w] = make([]int64, n)
		}
		counts, moves := make([][States]int64, n), make([][States][States]int64, n)
		wantGrowth := make([]Growth, n)
		for user := range d {
			h := d.history(user, dates)
			active := 0
			var before State
			had := false
			for i := range n {
				at := look + i
				for w, length := range windows {
					if anyOf(h[at-length+1 : at+1]) {
						rolling[w][i]++
					}
				}
				if h[at] {
					active++
				}
				g := &wantGrowth[i]
				switch ever := anyOf(h[:at]); {
				case h[at] && !ever:
					g.New++
				case h[at] && h[at-1]:
					g.Retained++
				case h[at]:
					g.Resurrected++
				case h[at-1]:
					g.Dormant++
				}
				state, has := slowState(h[:at+1], rule)
				if has {
					counts[i][state]++
				}
				if had && i > 0 {
					moves[i][before][state]++
				}
				before, had = state, has
			}
			if active > 0 {
				frequency[active]++
			}
		}
		if fmt.Sprint(r.Active) != fmt.Sprint(rolling) {
			t.Fatalf("seed %d: rolling %v, want %v", seed, r.Active, rolling)
		}
		if f := must(a.Frequency(Query{})); !slices.Equal(f.Exactly, frequency) {
			t.Fatalf("seed %d: frequency %v, want %v", seed, f.Exactly, frequency)
		}
		for i, s := range states {
			if s.Count != counts[i] {
				t.Fatalf("seed %d, %s: states %v, want %v", seed, s.Period, s.Count, counts[i])
			}
			if i > 0 && *s.Moves != moves[i] {
				t.Fatalf("seed %d, %s: moves\n%v, want\n%v", seed, s.Period, *s.Moves, moves[i])
			}
			g, w := growth[i], wantGrowth[i]
			if g.New != w.New || g.Retained != w.Retained || g.Resurrected != w.Resurrected || g.Dormant != w.Dormant {
				t.Fatalf("seed %d, %s: growth %+v, want %+v", seed, s.Period, g, w)
			}
		}
	}
}

// slowState says the state on the last of some days.
func slowState(h []bool, r StateRule) (State, bool) {
	today := len(h) - 1
	week, month := h[today-r.Week:today], h[today-r.Month:today]
	switch {
	case h[today] && !anyOf(h[:today]):
		return New, true
	case h[today] && anyOf(week):
		return Current, true
	case h[today] && anyOf(month):
		return Reactivated, true
	case h[today]:
		return Resurrected, true
	case anyOf(week):
		return AtRiskWAU, true
	case anyOf(month):
		return AtRiskMAU, true
	case anyOf(h):
		return Dormant, true
	}
	return 0, false
}

// TestUnitsAgainstReference compares weeks from every day, and months, with labels of dates.
func TestUnitsAgainstReference(t *testing.T) {
	for seed := range uint64(14) {
		events := hostile(rand.New(rand.NewPCG(seed, 4)), 200)
		o := octoberOptions(t)
		o.WeekStart = metric.WeekStart(seed % 7)
		if seed%2 == 0 {
			o.Unit = metric.UnitWeek // widens the range
		}
		a := must(NewActivity(o))
		for i := range events {
			a.Add(&events[i])
		}
		d := daysOf(events, berlin(t), o.Active)
		for _, unit := range []metric.PeriodUnit{metric.UnitWeek, metric.UnitMonth} {
			label := func(date string) string { // the first date of its unit
				day := must(time.Parse(time.DateOnly, date))
				if unit == metric.UnitMonth {
					return date[:7] + "-01"
				}
				for (int(day.Weekday())+6)%7 != int(o.WeekStart) {
					day = day.AddDate(0, 0, -1)
				}
				return day.Format(time.DateOnly)
			}
			for _, g := range must(a.Growth(Query{Unit: unit})) {
				this := g.Period.Start().Format(time.DateOnly)
				last := label(g.Period.Start().Add(-1).Format(time.DateOnly))
				if label(this) != this {
					t.Fatalf("%s begins on %s", unit, this)
				}
				var want Growth
				for user := range d {
					labels := map[string]bool{}
					first := "9"
					for date := range d[user] {
						labels[label(date)] = true
						first = min(first, label(date))
					}
					count := func(n *int64, is bool) {
						if is {
							*n++
						}
					}
					count(&want.Active, labels[this])
					count(&want.New, labels[this] && first == this)
					count(&want.Retained, labels[this] && labels[last])
					count(&want.Resurrected, labels[this] && !labels[last] && first < this)
					count(&want.Previous, labels[last])
					count(&want.Dormant, labels[last] && !labels[this])
				}
				want.Period = g.Period
				if fmt.Sprint(g) != fmt.Sprint(want) {
					t.Fatalf("seed %d: %+v, want %+v", seed, g, want)
				}
			}
		}
	}
}

// TestFeaturesAgainstReference compares adoption and breadth of the weeks with dates.
func TestFeaturesAgainstReference(t *testing.T) {
	for seed := range uint64(10) {
		events := hostile(rand.New(rand.NewPCG(seed, 5)), 250)
		o := octoberOptions(t)
		a := must(NewActivity(o))
		for i := range events {
			a.Add(&events[i])
		}
		over, err := metric.Between(time.Date(2025, 10, 20, 0, 0, 0, 0, berlin(t)), time.Date(2025, 11, 3, 0, 0, 0, 0, berlin(t)))
		if err != nil {
			t.Fatal(err)
		}
		in := func(date string) bool { return date >= "2025-10-20" && date < "2025-11-03" }
		number := func(dates map[string]bool) (within int, before bool) {
			for date := range dates {
				if in(date) {
					within++
				}
				before = before || date < "2025-10-20"
			}
			return within, before
		}
		active := daysOf(events, berlin(t), o.Active)
		breadth := make([]int64, 4)
		used := map[string]int{}
		for i, got := range must(a.Adoption(Query{Over: over, Except: []string{"u3"}})) {
			want := Adoption{Feature: o.Features[i].Name, Period: over}
			use := daysOf(events, berlin(t), o.Features[i].Rule)
			for user, dates := range active {
				if n, _ := number(dates); n == 0 || user == "u3" {
					continue
				}
				want.Active++
				n, before := number(use[user])
				if n > 0 {
					want.Users++
					used[user]++
					if !before {
						want.First++
					}
					if n > 1 {
						want.Repeated++
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d: %+v, want %+v", seed, got, want)
			}
		}
		for user, dates := range active {
			if n, _ := number(dates); n > 0 && user != "u3" {
				breadth[used[user]]++
			}
		}
		if got := must(a.Breadth(Query{Over: over, Except: []string{"u3"}})); !slices.Equal(got.Exactly, breadth) {
			t.Fatalf("seed %d: breadth %v, want %v", seed, got.Exactly, breadth)
		}
	}
}

// TestActivityIdentities checks what the documentation promises of sums.
func TestActivityIdentities(t *testing.T) {
	for seed := range uint64(20) {
		events := hostile(rand.New(rand.NewPCG(seed, 6)), 300)
		a := must(NewActivity(ActivityOptions{Range: october(t)}))
		for i := range events {
			a.Add(&events[i])
		}
		r := must(a.Rolling(Query{}, 1, 7, 30))
		ever := int64(-1)
		for i, s := range must(a.States(Query{}, StateRule{})) {
			c := s.Count
			active := c[New] + c[Current] + c[Reactivated] + c[Resurrected]
			week := active + c[AtRiskWAU]
			month := week + c[AtRiskMAU]
			if active != r.Active[0][i] || week != r.Active[1][i] || month != r.Active[2][i] {
				t.Fatalf("%s: %v is not %d, %d, %d", s.Period, c, r.Active[0][i], r.Active[1][i], r.Active[2][i])
			}
			if all := month + c[Dormant]; ever >= 0 && all != ever+c[New] {
				t.Fatalf("%s: %d customers ever, %d and %d new before", s.Period, all, ever, c[New])
			}
			ever = month + c[Dormant]
			if s.Moves == nil {
				continue
			}
			for to := range States {
				into := int64(0)
				for from := range States {
					into += s.Moves[from][to]
					if s.Moves[from][to] < 0 {
						t.Fatalf("%s: moves %v", s.Period, *s.Moves)
					}
				}
				if State(to) == New {
					into += c[New]
				}
				if into != c[to] {
					t.Fatalf("%s: %d came into %s, in which are %d", s.Period, into, State(to), c[to])
				}
			}
		}
		for _, unit := range []metric.PeriodUnit{metric.UnitDay, metric.UnitWeek, metric.UnitMonth} {
			last := int64(-1)
			for _, g := range must(a.Growth(Query{Unit: unit})) {
				if g.Active != g.New+g.Retained+g.Resurrected || g.Previous != g.Retained+g.Dormant || last >= 0 && g.Previous != last {
					t.Fatalf("%s: %+v after %d", unit, g, last)
				}
				last = g.Active
			}
		}
	}
}

// TestReachable checks that a state follows only on those that it can follow on.
func TestReachable(t *testing.T) {
	may := map[[2]State]bool{
		{AtRiskWAU, Current}: true, {AtRiskWAU, Reactivated}: true, {AtRiskWAU, AtRiskWAU}: true, {AtRiskWAU, AtRiskMAU}: true,
		{AtRiskMAU, Reactivated}: true, {AtRiskMAU, Resurrected}: true, {AtRiskMAU, AtRiskMAU}: true, {AtRiskMAU, Dormant}: true,
		{Dormant, Resurrected}: true, {Dormant, Dormant}: true,
	}
	for from := range AtRiskWAU {
		may[[2]State{from, Current}], may[[2]State{from, AtRiskWAU}] = true, true
	}
	a := must(NewActivity(ActivityOptions{Range: october(t)}))
	for _, e := range hostile(rand.New(rand.NewPCG(1, 8)), 600) {
		a.Add(&e)
	}
	for _, s := range must(a.States(Query{}, StateRule{2, 5})) {
		if s.Moves == nil {
			continue
		}
		for from := range States {
			for to, n := range s.Moves[from] {
				if n != 0 && !may[[2]State{State(from), State(to)}] {
					t.Errorf("%s: %d from %s to %s", s.Period, n, State(from), State(to))
				}
			}
		}
	}
}

// TestActivityBlock compares the column surface with the event surface.
func TestActivityBlock(t *testing.T) {
	for _, stride := range []metric.PeriodUnit{metric.UnitDay, metric.UnitYear} {
		random := rand.New(rand.NewPCG(9, 9))
		o := octoberOptions(t)
		o.Active, o.Unit, o.Workers = event.Rule{}, stride, 2
		byEvent, byBlock := must(NewActivity(o)), must(NewActivity(o))
		var b ActivityBlock
		for range 60_000 {
			at := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.Int64N(int64(800 * 24 * time.Hour))))
			feature := int32(random.IntN(4) - 1)
			user := fmt.Sprint("u", random.IntN(40))
			e := event.Event{UserID: user, Name: "signed_in", Time: at}
			switch feature {
			case 0, 1:
				e = event.New(e, event.FeatureUsed{Feature: fmt.Sprint("f", feature)})
			case 2:
				e.Name = "order_completed"
			}
			byEvent.Add(&e)
			b.Customer = append(b.Customer, byBlock.Keys().Code(user))
			b.Time = append(b.Time, at.UnixNano())
			b.Feature = append(b.Feature, feature)
		}
		if err := byBlock.AddBlock(&b); err != nil {
			t.Fatal(err)
		}
		merged := must(NewActivity(o)) // from one with rows that wait
		if err := merged.Merge(byBlock); err != nil {
			t.Fatal(err)
		}
		if a, b, c := bytesOf(t, byEvent), bytesOf(t, byBlock), bytesOf(t, merged); !slices.Equal(a, b) || !slices.Equal(b, c) {
			t.Error("blocks give another state than events")
		}
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

func TestActivityBlockErrors(t *testing.T) {
	a := must(NewActivity(octoberOptions(t)))
	code := a.Keys().Code("u")
	for _, c := range []struct {
		block ActivityBlock
		want  string
	}{
		{ActivityBlock{Customer: []event.Code{code}}, "Time"},
		{ActivityBlock{Customer: []event.Code{code + 256}, Time: []int64{0}}, "Customer"},
		{ActivityBlock{Customer: []event.Code{event.NoCode}, Time: []int64{0}}, "Customer"},
		{ActivityBlock{Customer: []event.Code{code}, Time: []int64{1 << 62}}, "Time"},
		{ActivityBlock{Customer: []event.Code{code}, Time: []int64{0}, Feature: []int32{3}}, "Feature"},
		{ActivityBlock{Customer: []event.Code{code}, Time: []int64{0}, Feature: []int32{}}, "Feature"},
	} {
		empty := bytesOf(t, a)
		if err := a.AddBlock(&c.block); inputOf(err) != c.want {
			t.Errorf("%+v: %v, want an error of %s", c.block, err, c.want)
		}
		if !slices.Equal(bytesOf(t, a), empty) {
			t.Errorf("%+v: something was taken in", c.block)
		}
	}
}

// TestSlotBounds: the days on which clocks change, and a day that does not exist.
func TestSlotBounds(t *testing.T) {
	for _, c := range []struct {
		zone, date string
		hours      float64
	}{
		{"Europe/Berlin", "2025-03-30", 23}, {"Europe/Berlin", "2025-10-26", 25}, {"Europe/Berlin", "2025-10-27", 24},
		{"America/New_York", "2025-03-09", 23}, {"America/New_York", "2025-11-02", 25},
		{"Australia/Lord_Howe", "2025-04-06", 24.5}, {"Australia/Lord_Howe", "2025-10-05", 23.5},
		{"America/Sao_Paulo", "2018-11-04", 23}, // begins at 1:00
		{"Pacific/Apia", "2011-12-29", 24},      // the next day is the 31st
	} {
		loc := zone(t, c.zone)
		day := must(time.ParseInLocation(time.DateOnly, c.date, loc))
		p := must(metric.Between(day.AddDate(0, 0, -40), day.AddDate(0, 0, 40)))
		a := must(NewActivity(ActivityOptions{Range: p}))
		own := must(metric.PeriodOf(day.Add(12*time.Hour), metric.UnitDay, loc))
		if got := own.End().Sub(own.Start()).Hours(); got != c.hours {
			t.Errorf("%s %s has %v hours, want %v", c.zone, c.date, got, c.hours)
		}
		for _, at := range []time.Time{own.Start(), own.End().Add(-1)} {
			a.Add(&event.Event{UserID: at.Format(time.RFC3339Nano), Name: "x", Time: at})
		}
		for _, at := range []time.Time{own.Start().Add(-1), own.End()} {
			a.Add(&event.Event{UserID: at.Format(time.RFC3339Nano), Name: "x", Time: at})
		}
		for _, x := range must(a.Active(Query{})) {
			want := int64(0)
			switch {
			case x.Period.Equal(own):
				want = 2
			case x.Period.Equal(own.Prev()), x.Period.Equal(own.Next()):
				want = 1
			}
			if x.Active != want {
				t.Errorf("%s %s: %d active on %s, want %d", c.zone, c.date, x.Active, x.Period, want)
			}
		}
	}
}

func TestHourSlots(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	a := must(NewActivity(ActivityOptions{Range: must(metric.Between(start, start.Add(5*time.Hour))), Slot: time.Hour}))
	for _, minute := range []int{-30, 0, 59, 60, 185, 299, 300} {
		a.Add(&event.Event{UserID: "u", Name: "x", Time: start.Add(time.Duration(minute) * time.Minute)})
	}
	f := must(a.Frequency(Query{}))
	if want := []int64{0, 0, 0, 0, 1, 0}; !slices.Equal(f.Exactly, want) { // hours 0, 1, 3, 4
		t.Errorf("%v, want %v", f.Exactly, want)
	}
	var got []string
	for _, g := range must(a.Growth(Query{})) {
		got = append(got, fmt.Sprint(g.New, g.Retained, g.Resurrected, g.Dormant))
	}
	if want := []string{"0 1 0 0", "0 1 0 0", "0 0 0 1", "0 0 1 0", "0 1 0 0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := a.Active(Query{Unit: metric.UnitDay}); err == nil {
		t.Error("days of hours")
	}
}

// TestStickiness by hand: three customers over four days.
//
//	day       1 2 3 4
//	a         x x x x
//	b         x . . .
//	c         . . x .
//	active    2 1 2 1   mean 3/2, of 3 in all: 1/2
func TestStickiness(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	a := must(NewActivity(ActivityOptions{Range: must(metric.Between(start, start.AddDate(0, 0, 4)))}))
	for user, days := range map[string][]int{"a": {1, 2, 3, 4}, "b": {1}, "c": {3}} {
		for _, day := range days {
			a.Add(&event.Event{UserID: user, Name: "x", Time: start.AddDate(0, 0, day-1)})
		}
	}
	r := must(a.Rolling(Query{AsOf: start.AddDate(0, 0, 3)}, 1, 4))
	if got := must(r.Stickiness(3, 1)); got.String() != "50%" {
		t.Errorf("stickiness %s, want 50%%", got)
	}
	if got := must(r.Ratio(3, 0, 1)); got.Text() != "0.3333333333333333333333333333" {
		t.Errorf("DAU / MAU of the last day %s, want 1/3", got.Text())
	}
	if _, err := r.Stickiness(2, 1); err != metric.InsufficientHistory {
		t.Errorf("a window from before the range: %v", err)
	}
	if r.Incomplete(2) || !r.Incomplete(3) {
		t.Error("the last day alone is incomplete")
	}
	f := must(a.Frequency(Query{}))
	if !slices.Equal(f.Exactly, []int64{0, 2, 0, 0, 1}) || f.AtLeast(2) != 1 || must(f.Stickiness()).String() != "50%" ||
		must(f.Average()).String() != "2" || must(f.Distribution()).Text() == "" {
		t.Errorf("frequency %v", f)
	}
	part := must(a.Frequency(Query{Over: must(metric.Between(start.AddDate(0, 0, 2), start.AddDate(0, 0, 4)))}))
	if !slices.Equal(part.Exactly, []int64{0, 1, 1}) || part.Period.Days() != 2 {
		t.Errorf("frequency of the last two days %v", part)
	}
}

func TestActivityOptions(t *testing.T) {
	p := october(t)
	for _, o := range []ActivityOptions{
		{},
		{Range: p, Unit: metric.UnitRolling},
		{Range: p, WeekStart: 7},
		{Range: p, Slot: -1},
		{Range: p, Slot: time.Hour, Unit: metric.UnitDay},
		{Range: p, Active: event.Named("Not Folded")},
		{Range: p, Features: []Feature{{Name: "a"}, {Name: "a"}}},
		{Range: p, Features: []Feature{{Name: ""}}},
		{Range: p, Subject: 9},
	} {
		if _, err := NewActivity(o); err == nil {
			t.Errorf("%s: no error", o)
		}
	}
	a, b := must(NewActivity(ActivityOptions{Range: p})), must(NewActivity(ActivityOptions{Range: p, Test: true}))
	if err := a.Merge(b); err == nil {
		t.Error("merge of other options")
	}
	if got, want := a.Options().String(), "range 2025-10-01/2025-11-12[Europe/Berlin]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := a.Active(Query{Over: must(metric.Year(2020, nil))}); err == nil {
		t.Error("a query outside the range")
	}
	if _, err := a.Active(Query{Unit: metric.UnitYear}); err == nil {
		t.Error("no whole year")
	}
	if _, err := a.Rolling(Query{}, 0); err == nil {
		t.Error("a window of 0 days")
	}
	if _, err := a.Adoption(Query{}); err == nil {
		t.Error("adoption without features")
	}
}

func TestActivityReport(t *testing.T) {
	a := must(NewActivity(octoberOptions(t)))
	at := time.Date(2025, 10, 5, 0, 0, 0, 0, time.UTC)
	for _, e := range []event.Event{
		{UserID: "u", Name: "signed_in", Time: at}, {UserID: "u", Name: "signed_in", Time: at},
		{UserID: "u", Name: "signed_in", Time: at, Test: true}, {UserID: "u", Name: "signed_out", Time: at},
		{Name: "signed_in", Time: at}, {UserID: "u", Name: "signed_in"},
		{UserID: "u", Name: "signed_in", Time: at.AddDate(200, 0, 0)}, {UserID: "u", Name: "signed_in", Time: at.AddDate(1, 0, 0)},
	} {
		a.Add(&e)
	}
	r := a.Report()
	reasons := map[event.Reason]int64{}
	for _, x := range r.Refused {
		reasons[x.Reason] += x.Count
	}
	want := map[event.Reason]int64{event.MissingSubject: 1, event.MissingTime: 1, event.BadTime: 1}
	if r.Taken != 2 || r.Ignored != 2 || r.Test != 1 || !maps.Equal(reasons, want) {
		t.Errorf("%+v", r)
	}
}
