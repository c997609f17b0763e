package event

import (
	"cmp"
	"maps"
	"slices"
)

// Report says what became of the events and rows that a calculator was given.
type Report struct {
	// Taken is the number of deliveries and rows that were taken in, duplicates among them.
	Taken int64

	// Duplicates is the number of deliveries that were found to be of an event that was
	// there already. A calculator whose state is the same however often an event comes does
	// not look for them.
	Duplicates int64

	// Ignored is the number of deliveries that the calculator does not ask for.
	Ignored int64

	// Test is the number of deliveries left out because they are marked as test.
	Test int64

	// Refused says what could not be taken in, by event and reason.
	Refused []Refused
}

// Refused is a number of events of one name that were not taken in for one reason.
type Refused struct {
	Event  string // canonical name, "" for a row of columns or an event without one
	Reason Reason
	Count  int64
	First  string // the example that is least as text
}

// Tally counts what becomes of events, for the [Report] of a calculator. The zero Tally is
// empty and ready for use. Tallies add up in any order.
type Tally struct {
	Taken, Ignored, Test int64
	refused              map[refusal]*example
}

type refusal struct {
	event  string
	reason Reason
}

type example struct {
	count int64
	first string
}

// maxExample bounds the text of an example.
const maxExample = 120

// Refuse counts an event that was not taken in. Detail is an example of what was found.
// Names that the vocabulary does not know are counted together, so that hostile names
// cannot fill memory.
func (t *Tally) Refuse(name string, reason Reason, detail string) {
	if lookup(name) == nil {
		name = ""
	}
	t.add(refusal{name, reason}, 1, detail)
}

func (t *Tally) add(key refusal, count int64, detail string) {
	if t.refused == nil {
		t.refused = make(map[refusal]*example)
	}
	if len(detail) > maxExample {
		detail = detail[:maxExample]
	}
	x := t.refused[key]
	if x == nil {
		x = &example{first: detail}
		t.refused[key] = x
	}
	x.count += count
	x.first = min(x.first, detail)
}

// Merge adds what o counted.
func (t *Tally) Merge(o *Tally) {
	t.Taken += o.Taken
	t.Ignored += o.Ignored
	t.Test += o.Test
	for key, x := range o.refused {
		t.add(key, x.count, x.first)
	}
}

// Report returns what was counted, with the duplicates that the calculator found.
func (t *Tally) Report(duplicates int64) Report {
	r := Report{Taken: t.Taken, Duplicates: duplicates, Ignored: t.Ignored, Test: t.Test}
	for _, key := range slices.SortedFunc(maps.Keys(t.refused), refusal.compare) {
		x := t.refused[key]
		r.Refused = append(r.Refused, Refused{Event: key.event, Reason: key.reason, Count: x.count, First: x.first})
	}
	return r
}

func (r refusal) compare(o refusal) int {
	return cmp.Or(cmp.Compare(r.event, o.event), cmp.Compare(r.reason, o.reason))
}

// TallyOf returns the tally that gives r, so that a calculator can restore one.
func TallyOf(r Report) Tally {
	t := Tally{Taken: r.Taken, Ignored: r.Ignored, Test: r.Test}
	for _, x := range r.Refused {
		t.add(refusal{x.Event, x.Reason}, x.Count, x.First)
	}
	return t
}
