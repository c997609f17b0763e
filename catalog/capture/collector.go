package capture

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Collector turns events into facts, in one pass over the events and for all periods and
// segments at once. It is made by [New]; the zero Collector collects nothing. It is not
// safe for concurrent use: give each goroutine one, and merge them.
type Collector struct {
	plan *plan
	*dictionary
	folded     *state
	pending    []waiting              // by stream, and last for none
	rows       *rows                  // unless Unique
	deliveries int64                  // of the events in rows
	rejected   map[string]*rejections // events that were not taken in, by knownName
	states     []bound                // of Options.States
}

// New returns an empty collector. The error is a [metric.ErrInput] that names the metric,
// the period or the option it is about.
func New(o Options) (*Collector, error) {
	p, err := newPlan(o)
	if err != nil {
		return nil, err
	}
	c := newCollector(p)
	if c.states, err = openStates(&p.options); err != nil {
		return nil, err
	}
	return c, nil
}

func newCollector(p *plan) *Collector {
	c := &Collector{plan: p, dictionary: newDictionary(p), folded: newState(p)}
	c.pending = make([]waiting, len(p.streams)+1)
	if !p.options.Unique {
		c.rows = newRows(p)
	}
	return c
}

// errZero answers for a Collector that New did not make.
var errZero error = badInput{errorText("collector was not made by New")}

type errorText string

func (e errorText) Error() string { return string(e) }

// Add takes in an event, and does not retain e.
//
// An event without a name or a time is rejected, and so is one whose name is not canonical
// or whose times are not within the years 1678 to 2261; the [Report] has the reason. Add
// does not ask [event.Check] for more than that: what a metric cannot read of an event is
// rejected for that metric alone.
func (c *Collector) Add(e *event.Event) {
	if c.plan == nil {
		return
	}
	if e == nil {
		c.reject(new(event.Event), string(event.Malformed))
		return
	}
	var s stamp
	if reason := s.read(e); reason != "" {
		c.reject(e, string(reason))
		return
	}
	asked := c.plan.stream(e.Name)
	if asked == nil && event.Fold(e.Name) != e.Name {
		c.reject(e, string(event.BadName))
		return
	}
	left := e.Test && !c.plan.options.Test
	segment := SegmentCode(0)
	if !left && (asked != nil || len(c.states) > 0) {
		segment = c.segmentOf(e)
	}
	if segment == noSegment || c.rows != nil && c.rows.full() {
		c.reject(e, ReasonTooMany)
		return
	}
	if !left {
		c.addToStates(e, segment)
	}
	if c.plan.options.Unique {
		c.addUnique(e, &s, asked, segment)
	} else {
		c.addRow(e, &s, asked, segment)
	}
}

// addToStates hands an event to the states.
func (c *Collector) addToStates(e *event.Event, segment SegmentCode) {
	if len(c.states) == 0 {
		return
	}
	c.folded.seeSegments([]SegmentCode{segment}, len(c.segments.texts))
	for _, s := range c.states {
		s.add(e, c.segments.texts[segment])
	}
}

// read sets the times of s, or says what is wrong with them.
func (s *stamp) read(e *event.Event) event.Reason {
	if e.Name == "" {
		return event.MissingName
	}
	if e.Time.IsZero() {
		return event.MissingTime
	}
	var ok bool
	if s.time, ok = nanoseconds(e.Time); !ok {
		return event.BadTime
	}
	s.at, s.seq, s.recorded = s.time, e.Seq, notRecorded
	if !e.EffectiveTime.IsZero() {
		if s.at, ok = nanoseconds(e.EffectiveTime); !ok {
			return event.BadTime
		}
	}
	if !e.RecordedTime.IsZero() {
		if s.recorded, ok = nanoseconds(e.RecordedTime); !ok {
			return event.BadTime
		}
	}
	return ""
}

// reject counts an event that is not taken in.
func (c *Collector) reject(e *event.Event, reason string) {
	at, ok := nanoseconds(e.Time)
	if !ok {
		at = math.MinInt64
	}
	c.rejectionsOf(c.knownName(e.Name)).add(reason, at, 1, func() string {
		text := "event " + quote(e.Name)
		if e.ID != "" {
			text += " with id " + quote(e.ID)
		}
		return text
	})
}

// knownName returns the canonical form of a name that rules or the vocabulary know, and ""
// for any other, so that there are not more counts than known names.
func (c *Collector) knownName(name string) string {
	name = event.Fold(name)
	if s := c.plan.stream(name); s != nil {
		return s.name
	}
	spec, _ := event.Lookup(name)
	return spec.Name()
}

// rejectionsOf returns the counts for a name.
func (c *Collector) rejectionsOf(name string) *rejections {
	if c.rejected == nil {
		c.rejected = make(map[string]*rejections)
	}
	if c.rejected[name] == nil {
		c.rejected[name] = new(rejections)
	}
	return c.rejected[name]
}

// pendingRows is how many events of one stream wait to be taken in together.
const pendingRows = 512

// addUnique takes in an event that comes once only.
func (c *Collector) addUnique(e *event.Event, s *stamp, asked *stream, segment SegmentCode) {
	switch {
	case e.Test && !c.plan.options.Test:
		c.folded.test++
		return
	case asked == nil:
		c.folded.events++
		if c.plan.timeline.atom(s.at) < 0 {
			c.folded.outside++
		}
		return
	}
	if asked.ordered && e.ID == "" {
		s.content = e.ContentHash()
	}
	w := c.waitingFor(asked)
	c.append(w.table, e, s, segment)
	if w.table.len() == pendingRows {
		c.take(w)
	}
}

// addRow takes in an event that may have come before or come again.
func (c *Collector) addRow(e *event.Event, s *stamp, asked *stream, segment SegmentCode) {
	x := entry{stamp: *s, stream: -1}
	x.identify(e)
	switch {
	case e.Test && !c.plan.options.Test:
		x.test, asked = true, nil
	case asked == nil:
		x.outside = c.plan.timeline.atom(s.at) < 0
	default:
		x.stream = int32(asked.index)
	}
	c.deliveries++
	w := c.waitingFor(asked)
	w.entries = append(w.entries, x)
	if asked != nil {
		c.append(w.table, e, &x.stamp, segment)
	}
	if len(w.entries) == pendingRows {
		c.take(w)
	}
}

// waitingFor returns where the events of a stream wait, or those of none.
func (c *Collector) waitingFor(s *stream) *waiting {
	if s == nil {
		return &c.pending[len(c.pending)-1]
	}
	w := &c.pending[s.index]
	if w.table == nil {
		w.table = newTable(s, 0)
	}
	return w
}

// segmentOf returns the segment of e, or noSegment.
func (c *Collector) segmentOf(e *event.Event) SegmentCode {
	if c.plan.options.Segment == nil {
		return 0
	}
	return c.SegmentCode(c.plan.options.Segment(e))
}

// flush takes in what waits.
func (c *Collector) flush() {
	for i := range c.pending {
		c.take(&c.pending[i])
	}
}

// take takes in what waits for it.
func (c *Collector) take(w *waiting) {
	switch {
	case c.rows != nil:
		c.rows.take(w, c.dictionary)
	case w.table != nil:
		w.table.lookUp(c.dictionary)
		c.folded.fold(w.table, c.dictionary)
		w.table.reset()
	}
}

// whole returns the state of all that was taken in.
func (c *Collector) whole() *state {
	c.flush()
	if c.rows == nil {
		return c.folded
	}
	s := newState(c.plan)
	s.merge(c.folded, newTranslation(c.plan, c.dictionary, c.dictionary))
	for i := range c.rows.shelves {
		for _, t := range c.rows.shelves[i].tables {
			s.fold(t, c.dictionary)
		}
	}
	return s
}

// Merge takes in what o has taken in, and leaves o alone. It is as if the events of both
// had been added to c: unless they are Unique, an event that came to both counts once, and
// blocks count as often as they were added.
//
// The error is a [metric.ErrInput] when the options differ, or when the segments of both are
// more than one collector can hold, and nothing is merged then. Functions cannot be compared:
// that both name the same segments is up to the caller.
func (c *Collector) Merge(o *Collector) error {
	switch {
	case c.plan == nil || o == nil || o.plan == nil:
		return errZero
	case c == o:
		return inputErrorf("a collector cannot be merged with itself")
	case string(c.plan.identity) != string(o.plan.identity):
		return inputErrorf("collectors with different options cannot be merged")
	}
	most, segments := maxSegments(c.plan.timeline), c.segments.countWith(o.segments)
	if segments > most {
		return inputErrorf("collectors with %d segments together cannot be merged, at most %d can", segments, most)
	}
	for i := range c.states {
		if err := c.states[i].merge(o.states[i]); err != nil {
			return err
		}
	}
	c.merge(o)
	return nil
}

func (c *Collector) merge(o *Collector) {
	tr := newTranslation(c.plan, o.dictionary, c.dictionary)
	c.folded.merge(o.folded, tr)
	for i := range o.pending {
		w := o.pending[i].translated(tr)
		c.take(&w)
	}
	if o.rows != nil {
		c.rows.merge(o.rows, tr)
	}
	c.deliveries += o.deliveries
	for name, r := range o.rejected {
		c.rejectionsOf(name).merge(r)
	}
}
