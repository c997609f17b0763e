package intake

import "github.com/openlifecycle/lifecycle/metric/event"

// Queue holds events whose customers are to be looked up together, which takes less time than
// one after the other: the waits for memory overlap. T is what is known of an event. The zero
// Queue is empty.
type Queue[T any] struct {
	keys   []string
	events []T
	labels []label
	codes  []event.Code
}

// label is what a report says of an event that is refused.
type label struct{ name, id string }

const mostWaiting = 256

// Put adds an event for which [Intake.Instant] has returned true. It reports whether there
// are so many now that they are to be taken in.
func (q *Queue[T]) Put(in *Intake, e *event.Event, what T) (full bool) {
	q.keys = append(q.keys, e.Subject(in.Subject))
	q.events = append(q.events, what)
	q.labels = append(q.labels, label{e.Name, e.ID})
	return len(q.keys) >= mostWaiting
}

// Take empties q. It calls take for the events with their customers, and counts them as taken
// in; or it refuses those for which there are too many customers.
func (q *Queue[T]) Take(in *Intake, take func(customers []event.Code, events []T)) {
	if len(q.keys) == 0 {
		return
	}
	q.codes = in.Keys.AppendCodes(q.codes[:0], q.keys)
	n := 0
	for i, c := range q.codes {
		if c == event.NoCode {
			in.refuseCustomer(&event.Event{Name: q.labels[i].name, ID: q.labels[i].id})
			continue
		}
		q.codes[n], q.events[n] = c, q.events[i]
		n++
	}
	in.Tally.Taken += int64(n)
	take(q.codes[:n], q.events[:n])
	clear(q.keys)
	clear(q.events)
	clear(q.labels)
	q.keys, q.events, q.labels = q.keys[:0], q.events[:0], q.labels[:0]
}
