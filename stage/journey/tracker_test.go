package journey_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
	"github.com/openlifecycle/lifecycle/stage/journey"
)

// path is a model of four stages and an end, with a flag beside them.
func path(t testing.TB) stage.Model {
	t.Helper()
	m, err := stage.NewModel(stage.ModelSpec{ID: "letters", Name: "Letters", Unit: "person", Stages: []stage.StageSpec{
		{ID: "ll", Name: "L", MapsTo: []stage.Stage{stage.Attract}},
		{ID: "mm", Name: "M", MapsTo: []stage.Stage{stage.Attract}},
		{ID: "ss", Name: "S", MapsTo: []stage.Stage{stage.Convert}},
		{ID: "cc", Name: "C", MapsTo: []stage.Stage{stage.Retain}},
		{ID: "xx", Name: "X", Kind: stage.Loss, MapsTo: []stage.Stage{stage.Exit}},
		{ID: "flag", Name: "Flag", Kind: stage.Flag, MapsTo: []stage.Stage{stage.Retain}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// long and short turn the letters of tests into ids of stages and back.
func long(letter string) string {
	if len(letter) == 1 {
		return letter + letter
	}
	return letter
}

func short(id string) string {
	if len(id) == 2 {
		return id[:1]
	}
	return id
}

func rules() []journey.Rule {
	var list []journey.Rule
	for _, id := range []string{"l", "m", "s", "c", "x", "flag"} {
		list = append(list, journey.Rule{Stage: long(id), When: event.Named(id + "_entered")})
	}
	return append(list,
		journey.Rule{Stage: "", When: event.Named("cleared")},
		journey.Rule{Stage: "flag", When: event.Named("flag_ended"), Leave: true},
		journey.Rule{Stage: "cc", When: event.Named("c_ended"), Leave: true},
	)
}

func tracker(t testing.TB, change func(*journey.Options)) *journey.Tracker {
	t.Helper()
	o := journey.Options{Model: path(t), Rules: rules()}
	if change != nil {
		change(&o)
	}
	tr, err := journey.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

// walk adds the events of a customer: "l1 m5" enters l on day 1 and m on day 5.
func walk(tr *journey.Tracker, customer, steps string) {
	for _, step := range strings.Fields(steps) {
		i := strings.IndexAny(step, "0123456789")
		var n int
		fmt.Sscan(step[i:], &n)
		name := map[string]string{"!": "cleared", "-flag": "flag_ended", "-c": "c_ended"}[step[:i]]
		if name == "" {
			name = step[:i] + "_entered"
		}
		tr.Add(&event.Event{Name: name, UserID: customer, Time: day(n)})
	}
}

// show writes visits as "l1-5 m5-8 l8-".
func show(visits []journey.Visit) string {
	var list []string
	for _, v := range visits {
		text := fmt.Sprint(short(v.Stage.ID()), v.Enter.Day(), "-")
		if !v.Open() {
			text += fmt.Sprint(v.Leave.Day())
		}
		if v.Spell > 0 {
			text += fmt.Sprint("/", v.Spell)
		}
		if v.Backfilled {
			text += "b"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// The four people of the example: a walks all the way, b skips M, c falls back, d stays.
func four(t testing.TB, change func(*journey.Options)) *journey.Tracker {
	tr := tracker(t, change)
	walk(tr, "a", "l1 m2 s3 c4")
	walk(tr, "b", "l1 s2 c3")
	walk(tr, "c", "l1 m5 l8")
	walk(tr, "d", "l1")
	return tr
}

func numbers(stocks []journey.Stock, ids ...string) []metric.Count {
	var list []metric.Count
	for _, id := range ids {
		for _, s := range stocks {
			if s.Stage.ID() == long(id) {
				list = append(list, s.Customers)
			}
		}
	}
	return list
}

func TestCountsThatGetMixedUp(t *testing.T) {
	ids := []string{"l", "m", "s", "c"}
	tr := four(t, nil)
	at, err := tr.At(day(10))
	if err != nil {
		t.Fatal(err)
	}
	if got := numbers(at, ids...); !slices.Equal(got, []metric.Count{2, 0, 0, 2}) {
		t.Errorf("in stage now: %v", got)
	}
	for _, c := range []struct {
		skipping stage.Skipping
		reached  []metric.Count
		entered  metric.Count
	}{{stage.SkippingUnstated, []metric.Count{4, 2, 2, 2}, 2}, {stage.SkippingBackfills, []metric.Count{4, 3, 2, 2}, 3}} {
		tr := four(t, func(o *journey.Options) { o.Skipping = c.skipping })
		reached, err := tr.Reached(day(10))
		if err != nil {
			t.Fatal(err)
		}
		if got := numbers(reached, ids...); !slices.Equal(got, c.reached) {
			t.Errorf("%s: ever reached: %v, want %v", c.skipping, got, c.reached)
		}
		january, err := metric.Month(2026, 1, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		conversion, err := tr.Conversion("mm", "ss", day(10), journey.ConversionOptions{}, january)
		if err != nil {
			t.Fatal(err)
		}
		// 1 of 2; backfilled 2 of 3. The quotient of those who ever reached is 2 of 2.
		if x := conversion[0]; x.Entered != c.entered || x.Converted != c.entered-1 {
			t.Errorf("%s: %d of %d converted", c.skipping, x.Converted, x.Entered)
		}
	}
}

// A cohort's conversion is not the conversions of a period: January 100 leads, February
// 200; of January's 10 convert in January and 20 in February, of February's 10.
func TestCohortIsNotPeriod(t *testing.T) {
	tr := tracker(t, nil)
	january, february := must(metric.Month(2026, 1, time.UTC)), must(metric.Month(2026, 2, time.UTC))
	add := func(customer, name string, at time.Time) {
		tr.Add(&event.Event{Name: name, UserID: customer, Time: at})
	}
	for i := range 300 {
		customer, month := fmt.Sprint(i), january
		if i >= 100 {
			month = february
		}
		add(customer, "l_entered", month.End().AddDate(0, 0, -1))
		switch {
		case i < 10 || i >= 100 && i < 110:
			add(customer, "c_entered", month.End().Add(-time.Hour))
		case i < 30:
			add(customer, "c_entered", february.Start().AddDate(0, 0, 9))
		}
	}
	got, err := tr.Conversion("ll", "cc", february.End(), journey.ConversionOptions{Window: 28 * 24 * time.Hour}, january, february)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"30%", "5%"} {
		if rate, err := got[i].Rate(); err != nil || rate.String() != want {
			t.Errorf("%s: %s, %v, want %s", got[i].Period, rate, err, want)
		}
	}
	velocity, err := tr.Velocity("ll", "cc", february.End(), journey.ConversionOptions{}, january)
	if err != nil {
		t.Fatal(err)
	}
	// 10 within 23 hours and 20 within 10 days: 5,030 hours together.
	if sum, err := velocity[0].Cycle.Sum(); err != nil || velocity[0].Converted != 30 || !sum.Equal(metric.FromStd(5030*time.Hour)) {
		t.Errorf("the cycles take %s, %v", sum, err)
	}
	if !got[0].Mature || got[1].Mature {
		t.Error("January is mature by the end of February, February is not")
	}
	flows, err := tr.Flows(january, february)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows {
		if f.Stage.ID() == "cc" && f.Period.Equal(february) && (f.Opening != 10 || f.Entries != 30 || f.Closing != 40) {
			t.Errorf("%+v", f)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// In L from day 1 to 5, M from 5 to 8, L from 8, read at day 10.
func TestTimeInStage(t *testing.T) {
	tr := tracker(t, nil)
	walk(tr, "c", "l1 m5 l8")
	j, err := tr.Of("c", day(10))
	if err != nil {
		t.Fatal(err)
	}
	l, _ := tr.Model().Stage("ll")
	m, _ := tr.Model().Stage("mm")
	if _, err := j.Latest(l); !errors.Is(err, metric.EmptyPopulation) {
		t.Errorf("the latest visit of L is open: %v", err)
	}
	days := func(n int) metric.Duration { return metric.FromStd(time.Duration(n) * 24 * time.Hour) }
	if got := j.Cumulative(l); !got.Equal(days(4)) {
		t.Errorf("closed time in L: %s", got)
	}
	if got, err := j.Latest(m); err != nil || !got.Equal(days(3)) {
		t.Errorf("time in M: %s, %v", got, err)
	}
	if got := j.Visits[2].Elapsed(day(10)); !got.Equal(days(2)) {
		t.Errorf("elapsed in L: %s", got)
	}
	times, err := tr.Times("ll", day(10))
	if err != nil {
		t.Fatal(err)
	}
	if times.Closed.Len() != 1 || times.Open.Len() != 1 {
		t.Errorf("%d closed and %d open visits", times.Closed.Len(), times.Open.Len())
	}
}

func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*journey.Options)
		steps  string
		want   string // visits, flags and what is ignored
	}{
		{"regression allowed", nil, "l1 s2 m3", "l1-2 s2-3 m3-"},
		{"regression ignored", func(o *journey.Options) { o.Regression = stage.RegressionIgnored }, "l1 s2 m3 c4", "l1-2 s2-4 c4- | m3 falls_back"},
		{"ignored, also after clearing", func(o *journey.Options) { o.Regression = stage.RegressionIgnored }, "s2 !3 m4", "s2-3 | m4 falls_back"},
		{"after clearing", func(o *journey.Options) { o.Regression = stage.RegressionAfterClearing }, "s2 m3 !4 m5", "s2-4 m5- | m3 falls_back"},
		{"gap left", nil, "l1 c2", "l1-2 c2-"},
		{"backfilled", func(o *journey.Options) { o.Skipping = stage.SkippingBackfills }, "m1 c2", "l1-1b m1-2 s2-2b c2-"},
		{"skip rejected", func(o *journey.Options) { o.Skipping = stage.SkippingRejected }, "l1 c2 m3", "l1-3 m3- | c2 passes_over"},
		{"exit passes over nothing", func(o *journey.Options) { o.Skipping = stage.SkippingRejected }, "l1 x2", "l1-2 x2-"},
		{"extended", nil, "l1 l3 m5", "l1-5 m5-"},
		{"new visit", func(o *journey.Options) { o.Duplicate = journey.NewVisit }, "l1 l3 m5", "l1-3 l3-5 m5-"},
		{"new spell", nil, "l1 x2 s3", "l1-2 x2-3 s3-/1"},
		{"a spell begins where it begins", func(o *journey.Options) { o.Skipping = stage.SkippingBackfills }, "l1 x2 s3 c4", "l1-2 x2-3 s3-4/1 c4-/1"},
		{"reopened", func(o *journey.Options) { o.WinBack = journey.Reopen }, "l1 x2 s3", "l1-2 x2-3 s3-"},
		{"final", func(o *journey.Options) { o.WinBack = journey.Final }, "l1 x2 s3", "l1-2 x2- | s3 after_end"},
		{"left", nil, "c1 -c2 -c3", "c1-2 | c3 not_there"},
		{"flags run beside", nil, "l1 flag2 m3 -flag4 -flag5", "l1-3 m3- + flag2-4 | flag5 not_there"},
		{"limit", func(o *journey.Options) {
			o.Limits = []journey.Limit{{Stage: "ll", After: 48 * time.Hour, To: "mm"}, {Stage: "mm", After: 24 * time.Hour}}
		}, "l1 c9", "l1-3 m3-4 c9-"},
		{"idle limit", func(o *journey.Options) {
			o.Limits = []journey.Limit{{Stage: "ll", After: 48 * time.Hour, To: "xx", Idle: true}}
		}, "l1 l2 l3", "l1-5 x5-"},
		{"an event at the limit comes after it", func(o *journey.Options) {
			o.Limits = []journey.Limit{{Stage: "ll", After: 48 * time.Hour, To: "xx"}}
		}, "l1 m3", "l1-3 x3-3 m3-/1"},
		{"a flag ends by itself", func(o *journey.Options) {
			o.Limits = []journey.Limit{{Stage: "flag", After: 24 * time.Hour}}
		}, "l1 flag2", "l1- + flag2-3"},
		{"ties by id", nil, "m1 l1", ""}, // the content decides; any is right, but the same
		{"ties by stage", func(o *journey.Options) { o.TiesByStage = true }, "m1 l1", "l1-1 m1-"},
	} {
		tr := tracker(t, c.change)
		walk(tr, "a", c.steps)
		j, err := tr.Of("a", day(20))
		if err != nil {
			t.Fatal(err)
		}
		got := show(j.Visits)
		if len(j.Flags) > 0 {
			got += " + " + show(j.Flags)
		}
		for _, x := range j.Ignored {
			got += fmt.Sprintf(" | %s%d %s", short(x.Stage.ID()), x.At.Day(), x.Why)
		}
		if c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTransitions(t *testing.T) {
	tr := four(t, nil)
	x, err := tr.Transitions(day(10))
	if err != nil {
		t.Fatal(err)
	}
	// l->m: a, c; l->s: b; m->s: a; m->l: c; s->c: a, b; open: l of c and d, c of a and b.
	for _, c := range []struct {
		from, to int
		want     int64
	}{{1, 2, 2}, {1, 3, 1}, {2, 3, 1}, {2, 1, 1}, {3, 4, 2}, {4, 1, 0}} {
		if got := x.Counts[c.from][c.to]; got != c.want {
			t.Errorf("%s to %s: %d, want %d", x.Stages[c.from], x.Stages[c.to], got, c.want)
		}
	}
	if !slices.Equal(x.Open, []int64{0, 2, 0, 0, 2, 0, 0}) {
		t.Errorf("open: %v", x.Open)
	}
	if _, err := x.Chain(); !errors.Is(err, metric.EmptyPopulation) || !strings.Contains(err.Error(), "stage cc") {
		t.Errorf("nothing is known of c: %v", err)
	}
	walk(tr, "a", "x6")
	if x, err = tr.Transitions(day(10)); err != nil {
		t.Fatal(err)
	}
	chain, err := x.Chain()
	if err != nil {
		t.Fatal(err)
	}
	periods, err := chain.ExpectedPeriods()
	if err != nil {
		t.Fatal(err)
	}
	// By hand: s needs 1 more than c = 1; l = 1 + 2/3 m + 1/3 s, m = 1 + 1/2 s + 1/2 l, s = 2:
	// l = 1 + 2/3 (2 + l/2) + 2/3 = 3 + l/3, so l = 9/2, m = 17/4.
	for i, want := range []string{"9/2", "17/4", "2", "1", "0"} {
		if got := periods[i].RatString(); got != want {
			t.Errorf("from %s: %s moves, want %s", chain.States()[i], got, want)
		}
	}
}

func TestPeriodTransitions(t *testing.T) {
	tr := four(t, nil)
	var days []metric.Period
	for p := range must(metric.Periods(day(1), day(10), metric.UnitDay, time.UTC)) {
		days = append(days, p)
	}
	x, err := tr.PeriodTransitions(days...)
	if err != nil {
		t.Fatal(err)
	}
	// l->l: a 0, b 0, c 3 (1 to 4) and 2 from 8, d 9; m->m of c: days 5 to 7.
	if x.Counts[1][1] != 3+2+9 || x.Counts[1][2] != 2 || x.Counts[2][2] != 2 || x.Counts[2][1] != 1 || x.Counts[4][4] != 6+7 {
		t.Errorf("%v", x.Counts)
	}
}

// events makes a hostile history: few customers, ties, events that come twice, late ones.
func events(r *rand.Rand, n int) []event.Event {
	names := []string{"l_entered", "m_entered", "s_entered", "c_entered", "x_entered", "flag_entered", "flag_ended", "c_ended", "cleared", "other"}
	list := make([]event.Event, n)
	for i := range list {
		e := &list[i]
		e.Name = names[r.IntN(len(names))]
		e.UserID = fmt.Sprint("u", r.IntN(1+n/8))
		e.Time = day(1 + r.IntN(12))
		e.Seq = int64(r.IntN(2))
		e.ID = fmt.Sprint(i)
		if i > 0 && r.IntN(6) == 0 {
			*e = list[r.IntN(i)]
		}
		e.Test = r.IntN(30) == 0
	}
	return list
}

// variants are options under which the laws are tried.
func variants() []func(*journey.Options) {
	return []func(*journey.Options){
		nil,
		func(o *journey.Options) {
			o.Regression, o.Skipping, o.Workers = stage.RegressionIgnored, stage.SkippingBackfills, 3
		},
		func(o *journey.Options) {
			o.Regression, o.Skipping, o.Duplicate = stage.RegressionAfterClearing, stage.SkippingRejected, journey.NewVisit
		},
		func(o *journey.Options) {
			o.WinBack, o.TiesByStage, o.Test = journey.Final, true, true
			o.Limits = []journey.Limit{{Stage: "ll", After: 36 * time.Hour, To: "xx"}, {Stage: "cc", After: 24 * time.Hour, To: "ll", Idle: true}, {Stage: "flag", After: 30 * time.Hour}}
		},
	}
}

// answers is all that a tracker says.
func answers(t *testing.T, tr *journey.Tracker) string {
	t.Helper()
	var text strings.Builder
	for key, j := range must(tr.All(day(9))) {
		fmt.Fprintln(&text, key, show(j.Visits), show(j.Flags), j.Ignored)
	}
	first, second := must(metric.Between(day(1), day(5))), must(metric.Between(day(5), day(9)))
	fmt.Fprintln(&text, must(tr.At(day(9))), must(tr.Reached(day(9))), must(tr.Flows(first, second)), tr.Report())
	fmt.Fprintln(&text, must(tr.Conversion("ll", "ss", day(9), journey.ConversionOptions{}, first, second)), must(tr.Times("ll", day(9))))
	fmt.Fprintln(&text, must(tr.Transitions(day(9))).Counts, must(tr.PeriodTransitions(first, second)).Counts)
	return text.String()
}

// Any split of the events over trackers, in any order, says the same to the byte, with any
// number of workers.
func TestLaws(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		change := variants()[seed%4]
		list := events(r, []int{0, 1, 30, 200}[seed/4%4])
		one := tracker(t, change)
		for i := range list {
			one.Add(&list[i])
		}
		want, wantBytes := answers(t, one), must(one.MarshalBinary())

		parts := []*journey.Tracker{tracker(t, change), tracker(t, change), tracker(t, change)}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for i := range list {
			parts[r.IntN(3)].Add(&list[i])
		}
		back := tracker(t, change)
		if err := back.UnmarshalBinary(must(parts[1].MarshalBinary())); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*journey.Tracker{back, parts[0], tracker(t, change)} {
			if err := parts[2].Merge(p); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, answers(t, parts[2])); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if !bytes.Equal(wantBytes, must(parts[2].MarshalBinary())) {
			t.Fatalf("seed %d: the bytes differ", seed)
		}
		many := tracker(t, func(o *journey.Options) {
			if change != nil {
				change(o)
			}
			o.Workers = 5
		})
		if err := many.Merge(one); err != nil {
			t.Fatal(err)
		}
		if answers(t, many) != want {
			t.Fatalf("seed %d: five workers say something else", seed)
		}
	}
}

// reference follows one customer under the default policies the slow way: which stage at
// each instant.
func reference(list []event.Event, customer string, asOf time.Time) (stageID string, known bool) {
	var mine []event.Event
	seen := make(map[event.Key]bool)
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b event.Event) int { return event.Compare(&a, &b) })
	for _, e := range sorted {
		if e.UserID == customer && !e.Test && !e.Time.After(asOf) && !seen[e.Key()] {
			seen[e.Key()] = true
			mine = append(mine, e)
		}
	}
	for _, e := range mine {
		switch e.Name {
		case "cleared":
			stageID = ""
		case "c_ended":
			if stageID == "c" {
				stageID = ""
			}
		case "l_entered", "m_entered", "s_entered", "c_entered", "x_entered":
			stageID, known = e.Name[:1], true
		}
	}
	return stageID, known
}

func TestAtAgainstReference(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 8))
		list := events(r, 150)
		tr := tracker(t, nil)
		for i := range list {
			tr.Add(&list[i])
		}
		for n := 1; n < 14; n++ {
			want := make(map[string]metric.Count)
			for i := range 1 + len(list)/8 {
				if id, known := reference(list, fmt.Sprint("u", i), day(n)); known {
					want[id]++
				}
			}
			at := must(tr.At(day(n)))
			for _, s := range at {
				if id := short(s.Stage.ID()); id != "flag" && id != "" && s.Customers != want[id] {
					t.Fatalf("seed %d, day %d, stage %q: %d, want %d", seed, n, id, s.Customers, want[id])
				}
			}
		}
	}
}

// Blocks say what events say.
func TestBlocks(t *testing.T) {
	a, b := four(t, nil), tracker(t, nil)
	var block journey.Block
	for _, step := range strings.Fields("a:1:1 a:2:2 a:3:3 a:4:4 b:1:1 b:2:3 b:3:4 c:1:1 c:5:2 c:8:1 d:1:1") {
		part := strings.Split(step, ":")
		var n int
		var s uint8
		fmt.Sscan(part[1]+" "+part[2], &n, &s)
		block.Customer = append(block.Customer, b.Keys().Code(part[0]))
		block.Time = append(block.Time, day(n).UnixNano())
		block.Stage = append(block.Stage, s)
	}
	if err := b.AddBlock(&block); err != nil {
		t.Fatal(err)
	}
	if got, want := answers(t, b), answers(t, a); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for name, bad := range map[string]journey.Block{
		"Time":     {Customer: block.Customer, Time: block.Time[1:], Stage: block.Stage},
		"Stage":    {Customer: block.Customer[:1], Time: block.Time[:1], Stage: []uint8{99}},
		"Customer": {Customer: []event.Code{1 << 20}, Time: block.Time[:1], Stage: []uint8{1}},
		"Leave":    {Customer: block.Customer[:1], Time: block.Time[:1], Stage: []uint8{0}, Leave: []bool{true}},
		"Seq":      {Customer: block.Customer[:1], Time: block.Time[:1], Stage: []uint8{1}, Seq: []int64{}},
	} {
		if err := b.AddBlock(&bad); !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*journey.Options){
		"no rules":       func(o *journey.Options) { o.Rules = nil },
		"unknown stage":  func(o *journey.Options) { o.Rules = []journey.Rule{{Stage: "z"}} },
		"bad rule":       func(o *journey.Options) { o.Rules = []journey.Rule{{Stage: "ll", When: event.Named("Not Folded")}} },
		"leave nothing":  func(o *journey.Options) { o.Rules = []journey.Rule{{Leave: true}} },
		"limit of none":  func(o *journey.Options) { o.Limits = []journey.Limit{{After: 1}} },
		"no time":        func(o *journey.Options) { o.Limits = []journey.Limit{{Stage: "ll", To: "mm"}} },
		"to itself":      func(o *journey.Options) { o.Limits = []journey.Limit{{Stage: "ll", To: "ll", After: 1}} },
		"twice":          func(o *journey.Options) { o.Limits = []journey.Limit{{Stage: "ll", After: 1}, {Stage: "ll", After: 2}} },
		"to a flag":      func(o *journey.Options) { o.Limits = []journey.Limit{{Stage: "ll", After: 1, To: "flag"}} },
		"policy":         func(o *journey.Options) { o.WinBack = 9 },
		"priority order": func(o *journey.Options) { o.Model = stage.RARRA() },
		"subject":        func(o *journey.Options) { o.Subject = 9 },
	} {
		o := journey.Options{Model: path(t), Rules: rules()}
		change(&o)
		if _, err := journey.New(o); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, b := tracker(t, nil), tracker(t, func(o *journey.Options) { o.Duplicate = journey.NewVisit })
	if err := a.Merge(b); !errors.Is(err, metric.ErrInput) {
		t.Errorf("merge with other options: %v", err)
	}
	if _, err := a.Of("nobody", time.Time{}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("no instant: %v", err)
	}
}

// Accounts are followed when asked for, and what names none is refused.
func TestReport(t *testing.T) {
	tr := tracker(t, func(o *journey.Options) { o.Subject = event.Account })
	tr.Add(&event.Event{Name: "l_entered", AccountID: "a", Time: day(1), ID: "1"})
	tr.Add(&event.Event{Name: "l_entered", AccountID: "a", Time: day(1), ID: "1"})
	tr.Add(&event.Event{Name: "l_entered", UserID: "u", Time: day(1)})
	tr.Add(&event.Event{Name: "l_entered", AccountID: "a"})
	tr.Add(&event.Event{Name: "else", AccountID: "a", Time: day(1)})
	tr.Add(&event.Event{Name: "l_entered", AccountID: "a", Time: day(1), Test: true})
	got := tr.Report()
	if got.Taken != 2 || got.Duplicates != 1 || got.Ignored != 1 || got.Test != 1 || len(got.Refused) != 2 {
		t.Errorf("%+v", got)
	}
}

func FuzzUnmarshal(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{0, 3, 40} {
		tr := tracker(f, nil)
		for _, e := range events(r, n) {
			tr.Add(&e)
		}
		f.Add(must(tr.MarshalBinary()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tr := tracker(t, nil)
		if err := tr.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, metric.ErrInput) {
				t.Fatal(err)
			}
			return
		}
		again := must(tr.MarshalBinary())
		back := tracker(t, nil)
		if err := back.UnmarshalBinary(again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, must(back.MarshalBinary())) {
			t.Fatal("bytes change when read and written")
		}
	})
}
