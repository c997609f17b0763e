package wire

import "github.com/openlifecycle/lifecycle/metric/event"

// Tally writes what a tally has counted.
func (w *Writer) Tally(t *event.Tally) {
	report := t.Report(0)
	w.Varint(report.Taken)
	w.Varint(report.Ignored)
	w.Varint(report.Test)
	w.Count(len(report.Refused))
	for _, x := range report.Refused {
		w.Text(x.Event)
		w.Text(string(x.Reason))
		w.Varint(x.Count)
		w.Text(x.First)
	}
}

// Tally reads what Writer.Tally wrote.
func (r *Reader) Tally() event.Tally {
	report := event.Report{Taken: r.total(), Ignored: r.total(), Test: r.total()}
	for range r.Count(4) {
		x := event.Refused{Event: r.Text(), Reason: event.Reason(r.Text()), Count: r.total(), First: r.Text()}
		if x.Count == 0 {
			r.Fail()
		}
		report.Refused = append(report.Refused, x)
	}
	return event.TallyOf(report)
}

// total reads a number that is not negative.
func (r *Reader) total() int64 {
	n := r.Varint()
	if n < 0 {
		r.Fail()
		return 0
	}
	return n
}
