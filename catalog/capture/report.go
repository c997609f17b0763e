package capture

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Report says what became of the events that were added.
type Report struct {
	// Events is the number of different events that were taken in, also those that no
	// metric asks for.
	Events int64

	// Duplicates is the number of times that an event came again.
	Duplicates int64

	// Conflicting is the number of events of which deliveries with different content came
	// under one id. One of them counts.
	Conflicting int64

	// Outside is the number of Events that lie in no period.
	Outside int64

	// Test is the number of different events left out because they are marked as test.
	Test int64

	// Rejected says what could not be counted, by Event, Metric and Reason.
	Rejected []Rejection

	// Open says which objects have started and not ended, by metric.
	Open []Open

	// States says what became of the events in each of Options.States.
	States []StateReport
}

// StateReport says what became of the events that a state was given.
type StateReport struct {
	State string // the name of the calculator and its options
	event.Report

	// Err says why the state gives no facts, if it cannot.
	Err error
}

// Rejection says that something could not be counted, and why.
type Rejection struct {
	// Event is the name of events that were not taken in at all, in its canonical form, or
	// "" for names that neither a metric nor the vocabulary knows. If Metric is set, Event
	// is "", and that metric alone did not count them.
	Event string

	Metric string // id
	Reason string // one of the constants, or an event.Reason
	Count  int64
	First  string // the earliest example
}

// Open is the number of objects of a metric of durations that have started and not ended.
// They have no duration yet; [Collector.Durations] has the time since they started.
type Open struct {
	Metric string // id
	Count  int64
}

// The reasons for which a metric does not count an event that is in one of the periods and
// passes the metric's conditions, or for which it gives an object no duration.
const (
	ReasonAbsentAttribute = "absent_attribute"  // the attribute, the customer or the session is not there
	ReasonWrongType       = "wrong_type"        // the attribute is not a number, not whole, or not a key
	ReasonBadCurrency     = "bad_currency"      // an amount without a currency of ISO 4217
	ReasonOutOfRange      = "out_of_range"      // a value that does not fit 64 bits at 18 decimals
	ReasonTooMany         = "too_many"          // keys beyond what codes can tell apart, or segments beyond 100,000
	ReasonEndsBeforeStart = "ends_before_start" // the first end of an object is before its first start
	ReasonMissingStart    = "missing_start"     // an object has an end and no start
)

// rejections counts what was rejected, by reason.
type rejections struct{ list []rejection }

type rejection struct {
	reason string
	count  int64
	time   int64  // of the earliest example
	text   string // of the earliest example, the least one
}

// add counts n rejections of which the earliest is at the given time.
func (r *rejections) add(reason string, at, n int64, text func() string) {
	i := slices.IndexFunc(r.list, func(x rejection) bool { return x.reason == reason })
	if i < 0 {
		r.list = append(r.list, rejection{reason, n, at, text()})
		return
	}
	x := &r.list[i]
	x.count += n
	if at > x.time {
		return
	}
	if t := text(); at < x.time || t < x.text {
		x.time, x.text = at, t
	}
}

func (r *rejections) merge(o *rejections) {
	for _, x := range o.list {
		r.add(x.reason, x.time, x.count, func() string { return x.text })
	}
}

func (r *rejections) clone() rejections { return rejections{slices.Clone(r.list)} }

// sort puts the rejections into the order of their reasons.
func (r *rejections) sort() {
	slices.SortFunc(r.list, func(a, b rejection) int { return strings.Compare(a.reason, b.reason) })
}

// tagReason says why a value with a tag cannot be used.
func tagReason(t tag) string {
	switch t {
	case absent:
		return ReasonAbsentAttribute
	case noCurrency:
		return ReasonBadCurrency
	case bigNumber:
		return ReasonOutOfRange
	}
	return ReasonWrongType
}

// keyReason says why a code is not that of a key.
func keyReason(key Code) string {
	switch key {
	case wrongKey:
		return ReasonWrongType
	case fullKey:
		return ReasonTooMany
	}
	return ReasonAbsentAttribute
}

// rejectRow counts row i.
func (r *rejections) rejectRow(b *batch, u *use, i int, reason string) {
	r.add(reason, b.at[i], 1, func() string {
		return b.stream.name + " at " + instantText(b.at[i]) + ": " + b.stream.columns[u.column].name
	})
}

func instantText(t int64) string { return time.Unix(0, t).UTC().Format(time.RFC3339Nano) }

// quote quotes text that came from outside, cut to a length that a report can show.
func quote(text string) string {
	const longest = 60
	if len(text) > longest {
		text = text[:longest]
	}
	return strconv.Quote(text)
}

// sortReport puts the lists of r into their order.
func (r *Report) sort() {
	slices.SortFunc(r.Rejected, func(a, b Rejection) int {
		return cmp.Or(strings.Compare(a.Event, b.Event), strings.Compare(a.Metric, b.Metric), strings.Compare(a.Reason, b.Reason))
	})
}

// reject adds rejections of what x names.
func (r *Report) reject(x Rejection, list *rejections) {
	for _, rejected := range list.list {
		x.Reason, x.Count, x.First = rejected.reason, rejected.count, rejected.text
		r.Rejected = append(r.Rejected, x)
	}
}

// rejectionsOf returns what a calculator rejected, and how many objects it has open.
func rejectionsOf(k calculator, g *grid) (*rejections, int64) {
	switch k := k.(type) {
	case *sumCalculator:
		return &k.rejections, 0
	case *distinctCalculator:
		return &k.rejections, 0
	case *valuesCalculator:
		return &k.rejections, 0
	case *durationCalculator:
		r := k.finish(g).(*durationResult)
		return &r.rejections, r.open
	}
	return nil, 0
}
