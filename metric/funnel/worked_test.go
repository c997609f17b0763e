package funnel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func counts(t *testing.T, o funnel.Options, stories ...string) string {
	t.Helper()
	f, err := funnel.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, letters := range stories {
		add(f, story(string(rune('u'+i)), letters)...)
	}
	var list []int64
	for _, s := range f.Table(funnel.Query{}).Steps {
		list = append(list, s.Reached)
	}
	return fmt.Sprint(list)
}

// The rules one by one, worked by hand. An event an hour, see story.
func TestWorked(t *testing.T) {
	exclude := func(letter string, after, before int) []funnel.Exclusion {
		return []funnel.Exclusion{{Event: event.Named(letter), After: after, Before: before}}
	}
	for _, c := range []struct {
		name    string
		o       funnel.Options
		stories []string
		want    string
	}{
		{"nobody", funnel.Options{Steps: steps("ab")}, nil, "[0 0]"},
		{"the limit of the window counts", funnel.Options{Steps: steps("ab"), Window: 2 * time.Hour}, []string{"a b", "a  b"}, "[2 1]"},
		{"a later attempt is in its window", funnel.Options{Steps: steps("abc"), Window: 2 * time.Hour}, []string{"a abc"}, "[1 1 1]"},
		{"the first entry is not", funnel.Options{Steps: steps("abc"), Window: 2 * time.Hour, Attempts: funnel.FirstEntry}, []string{"aab c"}, "[1 1 0]"},
		// Mixpanel, Funnels Advanced, totals with exclusion: A A A B are two entries and one conversion.
		{"every entry", funnel.Options{Steps: steps("ab"), Attempts: funnel.EveryEntry, Exclusions: exclude("a", 1, 2), Excluded: funnel.EndAttempt}, []string{"aaab"}, "[2 1]"},
		{"every entry, no exclusion", funnel.Options{Steps: steps("ab"), Attempts: funnel.EveryEntry}, []string{"aaabab"}, "[2 2]"},
		{"every entry, after the window", funnel.Options{Steps: steps("ab"), Attempts: funnel.EveryEntry, Window: time.Hour}, []string{"a ab"}, "[2 1]"},
		{"one event is one step", funnel.Options{Steps: steps("aa")}, []string{"a", "aa"}, "[2 1]"},
		{"unless asked", funnel.Options{Steps: steps("aa"), Reuse: true}, []string{"a", "aa"}, "[2 2]"},
		{"strict", funnel.Options{Steps: steps("abc"), Order: funnel.Strict}, []string{"abc", "axbc", "aabc", "abbc"}, "[4 3 2]"},
		{"strict with repeats", funnel.Options{Steps: steps("abc"), Order: funnel.StrictRepeats}, []string{"abc", "axbc", "aabc", "abbc", "abac"}, "[5 4 3]"},
		{"any order", funnel.Options{Steps: steps("abc"), Order: funnel.AnyOrder}, []string{"cba", "bc", "xx", "c"}, "[3 2 1]"},
		{"any order after the first", funnel.Options{Steps: steps("abc"), Order: funnel.AnyAfterFirst}, []string{"cba", "acb", "bc"}, "[2 1 1]"},
		{"any order around the first", funnel.Options{Steps: steps("abc"), Order: funnel.AnyAroundFirst, Window: 2 * time.Hour}, []string{"cba", "b  ac", "bc"}, "[2 2 1]"},
		{"void", funnel.Options{Steps: steps("ab"), Exclusions: exclude("x", 1, 2)}, []string{"axb", "axab", "ax", "xab"}, "[3 2]"},
		{"removed", funnel.Options{Steps: steps("ab"), Exclusions: exclude("x", 1, 2), Excluded: funnel.RemoveCustomer}, []string{"axb", "axab", "ax", "xab"}, "[1 1]"},
		{"ended", funnel.Options{Steps: steps("ab"), Exclusions: exclude("x", 1, 2), Excluded: funnel.EndAttempt}, []string{"axb", "axab", "ax", "xab"}, "[4 2]"},
		{"excluded elsewhere", funnel.Options{Steps: steps("abc"), Exclusions: exclude("x", 2, 3)}, []string{"axbc", "abxc", "abx"}, "[2 2 1]"},
		// Of bxa, the attempt that begins with a is left.
		{"void in any order", funnel.Options{Steps: steps("ab"), Order: funnel.AnyOrder, Exclusions: exclude("x", 1, 2)}, []string{"bxa", "ba", "bx"}, "[3 1]"},
		{"at one instant, by sequence", funnel.Options{Steps: steps("ab")}, []string{"(ba)", "(ab)"}, "[2 1]"},
		{"at one instant, by step", funnel.Options{Steps: steps("ab"), TiesByStep: true}, []string{"(ba)", "(ab)"}, "[2 2]"},
		{"increasing", funnel.Options{Steps: steps("ab"), Increasing: true}, []string{"(ab)", "(ab)b"}, "[2 1]"},
		{"no repeats", funnel.Options{Steps: steps("abc"), NoRepeats: true}, []string{"abbc", "aabc", "abc"}, "[3 3 2]"},
	} {
		if got := counts(t, c.o, c.stories...); got != c.want {
			t.Errorf("%s: %s, want %s (%s)", c.name, got, c.want, c.o)
		}
	}
}

// Attempts whose windows are not over are open, and have not dropped off.
func TestOpen(t *testing.T) {
	o := funnel.Options{Steps: steps("ab"), Window: 5 * time.Hour}
	f := must(o)
	add(f, story("early", "a")...)            // at 0, until 5
	add(f, story("done", "ab")...)            //
	add(f, story("late", "  a")...)           // at 2, until 7
	add(f, story("again", "a      a")...)     // at 0 and 7
	add(f, story("future", "          a")...) // at 10
	for _, c := range []struct{ hours, reached, open, dropped, converted int64 }{
		{1, 3, 3, 0, 0}, // b comes at 1, which is not before
		{2, 3, 2, 0, 1},
		{5, 4, 3, 0, 1}, // an event at the limit may still come
		{6, 4, 1, 2, 1},
		{8, 4, 1, 2, 1}, // the second attempt of "again"
		{13, 5, 1, 3, 1},
		{16, 5, 0, 4, 1},
	} {
		s := f.Table(funnel.Query{AsOf: epoch.Add(time.Duration(c.hours) * time.Hour)}).Steps
		if s[0].Reached != c.reached || s[0].Open != c.open || s[0].DroppedOff != c.dropped || s[1].Reached != c.converted {
			t.Errorf("as of hour %d: reached %d, open %d, dropped off %d, converted %d; want %v", c.hours, s[0].Reached, s[0].Open, s[0].DroppedOff, s[1].Reached, c)
		}
	}
	s := f.Table(funnel.Query{}).Steps
	if s[0].Open != 0 || s[0].DroppedOff != 4 {
		t.Errorf("without an instant: open %d, dropped off %d", s[0].Open, s[0].DroppedOff)
	}
}

// A customer with very many events takes no more than a time in proportion.
func TestManyEvents(t *testing.T) {
	const n = 150_000
	for _, o := range []funnel.Options{
		{Steps: steps("abc"), Window: funnel.NoLimit, Exclusions: []funnel.Exclusion{{Event: event.Named("x"), After: 1, Before: 3}}},
		{Steps: steps("abc"), Window: funnel.NoLimit, Order: funnel.StrictRepeats},
		{Steps: steps("abc"), Window: funnel.NoLimit, Order: funnel.AnyOrder},
		{Steps: steps("abc"), Window: funnel.NoLimit, Increasing: true},
	} {
		f := must(o)
		b := funnel.Block{Customer: make([]event.Code, n), Time: make([]int64, n), Marks: make([]uint32, n)}
		for i := range n {
			b.Customer[i] = f.Keys().Code("u")
			b.Time[i] = int64(i)
			b.Marks[i] = 1
		}
		b.Marks[n-1] = 2
		if err := f.AddBlock(&b); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		table := f.Table(funnel.Query{AsOf: epoch})
		if table.Steps[0].Reached != 1 || table.Steps[1].Reached != 1 || table.Steps[2].Reached != 0 {
			t.Errorf("%s: %v", o, table.Steps)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %d events of one customer took %s", o, n, took)
		}
	}
}
