package funnel_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func bytesOf(t *testing.T, f *funnel.Funnel) []byte {
	t.Helper()
	data, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// world is a random funnel and its events.
type world struct {
	options funnel.Options
	query   funnel.Query
	events  []event.Event
}

func newWorld(seed uint64) (world, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, 2))
	w := world{options: anyOptions(r), query: anyQuery(r)}
	w.events = hostile(r, 20+r.IntN(200))
	return w, r
}

// funnel returns a funnel of the given events, with keys of its own unless there are some.
func (w *world) funnel(events []event.Event, keys *event.Keys) *funnel.Funnel {
	o := w.options
	o.Keys = keys
	f := must(o)
	add(f, events...)
	return f
}

func merged(t *testing.T, list ...*funnel.Funnel) *funnel.Funnel {
	t.Helper()
	o := list[0].Options()
	o.Keys = nil
	sum := must(o)
	for _, f := range list {
		if err := sum.Merge(f); err != nil {
			t.Fatal(err)
		}
	}
	return sum
}

func TestLaws(t *testing.T) {
	rounds := uint64(400)
	if testing.Short() {
		rounds = 100
	}
	for seed := range rounds {
		w, r := newWorld(seed)
		whole := w.funnel(w.events, nil)
		want := bytesOf(t, whole)
		wantLines := attemptLines(whole, w.query)
		check := func(law string, f *funnel.Funnel) {
			t.Helper()
			if !bytes.Equal(bytesOf(t, f), want) {
				t.Fatalf("seed %d: %s: other bytes", seed, law)
			}
			if got := attemptLines(f, w.query); got != wantLines {
				t.Fatalf("seed %d: %s: got\n%s\nwant\n%s", seed, law, got, wantLines)
			}
		}

		shuffled := slices.Clone(w.events)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("order of arrival", w.funnel(shuffled, nil))

		var keys *event.Keys
		if r.IntN(2) == 0 {
			keys = new(event.Keys)
		}
		var split [3][]event.Event
		byCustomer := r.IntN(2) == 0
		for _, e := range w.events {
			i := r.IntN(3)
			if byCustomer {
				i = int(event.Bucket(e.UserID)) % 3
			}
			split[i] = append(split[i], e)
		}
		a, b, c := w.funnel(split[0], keys), w.funnel(split[1], keys), w.funnel(split[2], keys)
		before := bytesOf(t, b)
		check("(a + b) + c", merged(t, merged(t, a, b), c))
		check("a + (b + c)", merged(t, a, merged(t, b, c)))
		check("c + b + a", merged(t, c, b, a))
		check("with empty ones", merged(t, w.funnel(nil, nil), a, b, w.funnel(nil, nil), c))
		if !bytes.Equal(bytesOf(t, b), before) {
			t.Fatalf("seed %d: a merge changed what it took from", seed)
		}

		again := w.funnel(split[0], nil) // is replaced
		if err := again.UnmarshalBinary(want); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		check("binary form", again)
		add(again, w.events...)
		check2 := merged(t, whole, whole)
		if got := attemptLines(check2, w.query); got != wantLines {
			t.Fatalf("seed %d: twice the events are not the same", seed)
		}
		if got := attemptLines(again, w.query); got != wantLines {
			t.Fatalf("seed %d: twice the events, after the binary form, are not the same", seed)
		}

		o := w.options
		o.Workers = 1
		one := must(o)
		o.Workers = 7
		seven := must(o)
		add(one, w.events...)
		add(seven, w.events...)
		if x, y := one.Table(w.query).AppendCSV(nil), seven.Table(w.query).AppendCSV(nil); !bytes.Equal(x, y) {
			t.Fatalf("seed %d: one worker\n%s\nseven\n%s", seed, x, y)
		}
	}
}

// A table is the sum of its attempts.
func TestTableAddsUp(t *testing.T) {
	for seed := range uint64(1500) {
		w, _ := newWorld(seed)
		if seed%3 == 0 { // the plan that has a way of its own
			w.options = funnel.Options{Steps: w.options.Steps, Window: w.options.Window}
		}
		w.query.Times = seed%2 == 0
		f := w.funnel(w.events, nil)
		type sums struct {
			level, open map[int]int64
			times       map[int][]metric.Duration
		}
		total := map[string]*sums{}
		at := func(value string) *sums {
			if total[value] == nil {
				total[value] = &sums{map[int]int64{}, map[int]int64{}, map[int][]metric.Duration{}}
			}
			return total[value]
		}
		for a := range f.Attempts(w.query) {
			keys := []string{"all"}
			if w.options.Breakdown.Attribute != "" {
				keys = append(keys, "="+a.Value)
			}
			for _, key := range keys {
				s := at(key)
				s.level[a.Level]++
				if a.Open {
					s.open[a.Level]++
				}
				for i := 1; i < len(a.Steps); i++ {
					s.times[i] = append(s.times[i], metric.FromStd(a.Steps[i].Sub(a.Steps[i-1])))
				}
			}
		}
		table := f.Table(w.query)
		compare := func(key string, steps []funnel.Step) {
			s := at(key)
			reached := int64(0)
			for i := len(steps) - 1; i >= 0; i-- {
				x := &steps[i]
				reached += s.level[i+1]
				dropped := s.level[i+1] - s.open[i+1]
				if i == len(steps)-1 {
					dropped = 0
				}
				if x.Reached != reached || x.Open != s.open[i+1] || x.DroppedOff != dropped {
					t.Fatalf("seed %d: %s: %s step %d: reached %d, open %d, dropped off %d; want %d, %d, %d",
						seed, w.options, key, i+1, x.Reached, x.Open, x.DroppedOff, reached, s.open[i+1], dropped)
				}
				if x.FromFirst != (funnel.Share{Part: x.Reached, Whole: steps[0].Reached}) {
					t.Fatalf("seed %d: share %v", seed, x.FromFirst)
				}
				if w.query.Times && i > 0 && !x.SincePrevious.Equal(metric.MustDistribution(s.times[i]...)) {
					t.Fatalf("seed %d: %s: %s step %d: times %s, want %v", seed, w.options, key, i+1, x.SincePrevious.Text(), s.times[i])
				}
			}
		}
		compare("all", table.Steps)
		for _, g := range table.Groups {
			compare("="+g.Value, g.Steps)
			delete(total, "="+g.Value)
		}
		delete(total, "all")
		if len(total) > 0 {
			t.Fatalf("seed %d: values without a group: %v", seed, total)
		}
	}
}

// The level of an ordered funnel is that of the longest chain of events, of all chains that
// there are.
func TestOrderedTriesAllChains(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 3))
		o := funnel.Options{
			Window: time.Duration(1+r.IntN(6)) * time.Hour, Reuse: r.IntN(3) == 0, Increasing: r.IntN(3) == 0,
			Test: true,
		}
		for range 1 + r.IntN(4) {
			o.Steps = append(o.Steps, rules[r.IntN(len(rules))])
		}
		events := hostile(r, 4+r.IntN(30))
		f := must(o)
		add(f, events...)
		byCustomer := map[string][]*event.Event{}
		for i := range events {
			if e := &events[i]; (&reference{o: o}).means(e) {
				byCustomer[e.UserID] = append(byCustomer[e.UserID], e)
			}
		}
		got := map[string]int{}
		for a := range f.Attempts(funnel.Query{}) {
			got[a.Customer] = a.Level
		}
		for customer, list := range byCustomer {
			list = distinctEvents(list)
			var chain func(first, last, done int) int // of events from last on
			chain = func(first, last, done int) int {
				best := done
				if done == len(o.Steps) {
					return best
				}
				for i := last; i < len(list); i++ {
					again := i == last
					if again && (!o.Reuse || o.Increasing) || list[i].Time.Sub(list[first].Time) > o.Window ||
						o.Increasing && !list[i].Time.After(list[last].Time) || !o.Steps[done].Match(list[i]) {
						continue
					}
					best = max(best, chain(first, i, done+1))
				}
				return best
			}
			want := 0
			for i := range list {
				if o.Steps[0].Match(list[i]) {
					want = max(want, chain(i, i, 1))
				}
			}
			if got[customer] != want {
				t.Fatalf("seed %d: %s: %s: level %d, want %d", seed, o, customer, got[customer], want)
			}
		}
	}
}

// Columns give what the events do that they were made of.
func TestColumns(t *testing.T) {
	for seed := range uint64(600) {
		w, r := newWorld(seed)
		w.options.Test = true
		events := make(map[string]event.Event) // each once
		for _, e := range w.events {
			if e.ID != "" {
				e.RecordedTime = time.Time{}
				events[e.ID] = e
			}
		}
		var list []event.Event
		for _, e := range events {
			list = append(list, e)
		}
		slices.SortFunc(list, func(a, b event.Event) int { return event.Compare(&a, &b) })
		for i := range list {
			list[i].Seq = int64(i) - 50
		}
		whole := w.funnel(list, nil)
		columns := w.funnel(nil, nil)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		single := true
		var b funnel.Block
		for i := range list {
			e := &list[i]
			var marks uint32
			step := uint8(0)
			for i := range w.options.Steps {
				if w.options.Steps[i].Match(e) {
					marks |= 1 << i
					single = single && step == 0
					step = uint8(i + 1)
				}
			}
			for i := range w.options.Exclusions {
				if w.options.Exclusions[i].Event.Match(e) {
					marks |= 1 << (len(w.options.Steps) + i)
					single = false
				}
			}
			b.Customer = append(b.Customer, columns.Keys().Code(e.UserID))
			b.Time = append(b.Time, e.Time.UnixNano())
			b.Seq = append(b.Seq, e.Seq)
			b.Step = append(b.Step, step)
			b.Marks = append(b.Marks, marks)
			b.Value = append(b.Value, columns.Value(text(e, "item"), text(e, "plan")))
		}
		if single {
			b.Marks = nil
		} else {
			b.Step = nil
		}
		if err := columns.AddBlock(&b); err != nil {
			t.Fatal(err)
		}
		if got, want := attemptLines(columns, w.query), attemptLines(whole, w.query); got != want {
			t.Fatalf("seed %d: %s\ncolumns\n%s\nevents\n%s", seed, w.options, got, want)
		}
		x, y := columns.Report(), whole.Report()
		if x.Taken != y.Taken || x.Ignored != y.Ignored {
			t.Fatalf("seed %d: columns %+v, events %+v", seed, x, y)
		}
		again := w.funnel(nil, nil)
		if err := again.UnmarshalBinary(bytesOf(t, columns)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, again), bytesOf(t, columns)) {
			t.Fatalf("seed %d: other bytes", seed)
		}
	}
}

// Rows without a sequence number do not depend on their order either.
func TestColumnsWithoutSequence(t *testing.T) {
	o := funnel.Options{Steps: []event.Rule{event.Named("a"), event.Named("b"), event.Named("c")}, Breakdown: funnel.Breakdown{Attribute: "plan"}}
	type entry struct {
		user  string
		at    int64
		step  uint8
		value string
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		var list []entry
		for range 60 {
			list = append(list, entry{string(rune('a' + r.IntN(5))), int64(r.IntN(6)), uint8(1 + r.IntN(3)), string(rune('p' + r.IntN(3)))})
		}
		build := func(list []entry) *funnel.Funnel {
			f := must(o)
			for _, e := range list {
				err := f.AddBlock(&funnel.Block{
					Customer: []event.Code{f.Keys().Code(e.user)}, Time: []int64{e.at}, Step: []uint8{e.step}, Value: []uint32{f.Value("", e.value)},
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			return f
		}
		x := build(list)
		slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(b.user, a.user)) })
		y := build(list)
		if !bytes.Equal(bytesOf(t, x), bytesOf(t, y)) || attemptLines(x, funnel.Query{}) != attemptLines(y, funnel.Query{}) {
			t.Fatalf("seed %d: the order of rows matters", seed)
		}
	}
}
