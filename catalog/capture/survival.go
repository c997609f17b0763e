package capture

import (
	"iter"
	"time"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// Durations are how long the objects have taken that started in one cell. Together they are
// the sample that package survival makes a curve of:
//
//	sample, err := survival.FromDurations(survival.Day, d.Closed.All(), d.Open.All())
type Durations struct {
	Closed metric.Distribution[metric.Duration] // from start to end, of those that have ended
	Open   metric.Distribution[metric.Duration] // from start up to the instant asked about, of the others
}

// Durations yields, for a metric of the time from one event to another, how long the objects
// of each cell have taken as of an instant: support cases until they are solved, sign-ups
// until they reach first value, trials until they convert, subscriptions until they end. The
// cells are those of [Collector.Facts], in the same order.
//
// The metric is the distribution, such as support.Resolutions, and not a median or mean of it.
//
// The fact of such a metric is about the objects that ended in a period. It tells nothing of
// those still open, and a median of it is too short where these take longer, as they do in a
// young log. Here an object belongs to the period and the segment in which it started, and is
// in the answer whether it has ended or not, so that a survival curve can be had of all.
//
// As of an instant the log is known up to it: what starts at it or later is not there yet, and
// what ends at it or later is open. An object that can end no more, such as a trial that was
// given up, is open for good. The curve then says which share of all has ended by a time, and
// may never come down to a half. Objects that have no duration in any period are in no answer:
// those with an end and no start, and those with an end before the start. The [Report] counts
// them.
//
// A metric that [Activation] supplies is answered for by it. The error is a [metric.ErrInput]
// for any other metric that the collector does not take the time for, and for an instant not
// within the years 1678 to 2261 or more than 292 years after the first period. It is [metric.MissingInput] for a metric that is not known,
// see [Collector.Facts]: in a log without ends, nobody can tell whether nothing has ended.
//
// The values of one yield are the caller's. Do not call Add, AddBlock, Merge or
// UnmarshalBinary while iterating.
func (c *Collector) Durations(d metric.Definition, asOf time.Time) (iter.Seq2[Cell, Durations], error) {
	if c.plan == nil {
		return nil, errZero
	}
	at, ok := nanoseconds(asOf)
	first := c.plan.timeline.bounds[0]
	switch {
	case !ok:
		return nil, inputErrorf("durations as of %s, which is not within the years 1678 to 2261", asOf.Format(time.RFC3339))
	case at > first && !spanFits(first, at):
		return nil, inputErrorf("durations as of %s, more than 292 years after the first period", instantText(at))
	}
	s := c.whole()
	spans, err := c.spansOf(d, s, at)
	if err != nil {
		return nil, err
	}
	return func(yield func(Cell, Durations) bool) {
		for cell, region := range c.cells(s) {
			closed, open := spans(cell, region)
			if !yield(cell, Durations{durationsOf(closed), durationsOf(open)}) {
				return
			}
		}
	}, nil
}

// spans returns the durations of the objects that started in a cell, in nanoseconds.
type spans func(Cell, region) (closed, open []int64)

// timed is a state that knows what is still open.
type timed interface {
	// spans returns the durations as of an instant, or nil if the metric is not one of those
	// that the state takes the time for. They are not ok if nothing is known.
	spans(d metric.Definition, asOf int64) (list spans, ok bool)
}

// spansOf returns the durations of a metric.
func (c *Collector) spansOf(d metric.Definition, s *state, asOf int64) (spans, error) {
	for _, b := range c.states {
		t, ok := b.(timed)
		if !ok {
			continue
		}
		switch list, known := t.spans(d, asOf); {
		case list != nil && !known:
			return nil, unknownDurations(d)
		case list != nil:
			return list, nil
		}
	}
	for i := range c.plan.rules {
		r := &c.plan.rules[i]
		if r.definition.ID() != d.ID() || r.capture.Kind != def.CaptureDuration {
			continue
		}
		if !s.knows(r) {
			return nil, unknownDurations(d)
		}
		closed, open := s.calculators[i].(*durationCalculator).asOf(c.plan.timeline, asOf)
		return func(_ Cell, reg region) ([]int64, []int64) {
			return closed.collect(reg, nil), open.collect(reg, nil)
		}, nil
	}
	return nil, inputErrorf("%s is no time between events that this collector takes", d)
}

func unknownDurations(d metric.Definition) error {
	return &metric.Error{Metric: d.ID(), Reason: metric.MissingInput, Err: errorText("the log shows no start or no end")}
}

// durationsOf returns nanoseconds, which it takes over, as a distribution.
func durationsOf(nanoseconds []int64) metric.Distribution[metric.Duration] {
	d, _ := distributionOf[metric.Duration](nanoseconds, 9, metric.Currency{}) // cannot fail: any integer is a number of nanoseconds
	return d
}

// asOf returns how long the objects have taken up to an instant that have started before it,
// by the cell in which they started.
func (k *durationCalculator) asOf(tl *timeline, t int64) (closed, open valueList) {
	for o := range k.objects.all {
		if o.fault() != "" || o.from.at >= t {
			continue
		}
		atom := tl.atom(o.from.at)
		if atom < 0 {
			continue
		}
		list, end := &open, t
		if o.until.known() && o.until.at < t {
			list, end = &closed, o.until.at
		}
		list.add(int(tl.cell(atom, o.from.segment)), end-o.from.at)
	}
	return closed, open
}
