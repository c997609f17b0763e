package capture

import (
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// calculator computes one metric. It is the door for kinds of state to come, such as those
// of a ledger or of retention: what a new kind needs is an implementation, a rule that asks
// for it, and a line in newCalculator.
//
// What a calculator holds depends on the set of rows it was given, and not on their order,
// their tables, or the collectors in which they were before a merge.
type calculator interface {
	// fold takes in rows. They are of the stream that u is of, and u says what to read.
	fold(b *batch, u *use)

	// merge takes in what another calculator of the same rule took in. The codes that o
	// holds are those of another collector, and tr translates them. It leaves o alone and
	// shares nothing with it.
	merge(o calculator, tr *translation)

	// finish makes an answer out of what was taken in so far, or returns nil if the metric
	// is not known in any cell.
	finish(g *grid) result

	// encode writes all that merge would read. Codes are canonical when it is called, so
	// that nothing in the bytes may depend on anything but the state.
	encode(w *writer)

	// decode reads what encode wrote into a new calculator. The reader checks lengths and
	// codes, and keeps the first error.
	decode(r *reader)
}

// result answers for one metric.
type result interface {
	// value returns the value for a region, or why there is none.
	value(region) (metric.Value, metric.Reason)
}

func newCalculator(r *rule) calculator {
	switch r.capture.Kind {
	case def.CaptureSum:
		return &sumCalculator{kind: r.definition.Kind()}
	case def.CaptureDistinct:
		return &distinctCalculator{space: r.space, atLeast: max(r.capture.AtLeast, 1)}
	case def.CaptureValues:
		return &valuesCalculator{kind: r.definition.Kind()}
	case def.CaptureDuration:
		return &durationCalculator{space: r.space}
	}
	return new(countCalculator)
}

// batch is a table on its way into calculators.
type batch struct {
	*table
	cells []uint32 // of each row
	limit int      // a bound on cells
	names *dictionary
}

// batchRows is how many rows are folded at a time: few enough for the columns of a batch to
// stay in the cache while one calculator after the other reads them.
const batchRows = 2048

// grid is what the answers of a rule depend on besides its own state.
type grid struct {
	*dictionary
	timeline *timeline
	rule     *rule
	evidence []evidence
}

// currenciesOf returns the currencies that a use found anywhere.
func (g *grid) currenciesOf(u *use) []tag { return g.evidence[u.stream.index].currencies[u.column] }

// state is what rows are folded into.
type state struct {
	plan        *plan
	calculators []calculator // by rule
	evidence    []evidence   // by stream
	segments    []bool       // by code, whether a row has it
	events      int64
	outside     int64
	test        int64
	cells       []uint32 // room for those of a batch
}

func newState(p *plan) *state {
	s := &state{plan: p, calculators: make([]calculator, len(p.rules)), evidence: make([]evidence, len(p.streams))}
	for i := range p.rules {
		s.calculators[i] = newCalculator(&p.rules[i])
	}
	for i := range p.streams {
		s.evidence[i] = newEvidence(&p.streams[i])
	}
	return s
}

// fold takes in the rows of a table.
func (s *state) fold(t *table, names *dictionary) {
	if t.len() <= batchRows {
		s.foldBatch(t, names)
		return
	}
	for from := 0; from < t.len(); from += batchRows {
		s.foldBatch(t.rows(from, min(from+batchRows, t.len())), names)
	}
}

func (s *state) foldBatch(t *table, names *dictionary) {
	if t.len() == 0 {
		return
	}
	s.cells = grown(s.cells, t.len())
	segments := len(names.segments.texts)
	b := &batch{table: t, cells: s.cells[:t.len()], limit: s.plan.timeline.cells(segments), names: names}
	s.plan.timeline.locate(b.cells, t.at, t.segments)
	s.events += int64(t.len())
	for _, cell := range b.cells {
		if cell == outside {
			s.outside++
		}
	}
	s.seeSegments(t.segments, segments)
	s.evidence[t.stream.index].see(t)
	for i := range t.stream.uses {
		u := &t.stream.uses[i]
		s.calculators[u.rule].fold(b, u)
	}
}

func (s *state) seeSegments(codes []SegmentCode, n int) {
	s.segments = grown(s.segments, n)
	if codes == nil {
		s.segments[0] = true
	}
	for _, code := range codes {
		s.segments[code] = true
	}
}

func (s *state) merge(o *state, tr *translation) {
	for i := range o.calculators {
		s.calculators[i].merge(o.calculators[i], tr)
	}
	for i := range o.evidence {
		s.evidence[i].merge(&o.evidence[i], tr)
	}
	for code, seen := range o.segments {
		if seen {
			to := int(tr.segment(uint32(code)))
			s.segments = grown(s.segments, to+1)
			s.segments[to] = true
		}
	}
	s.events += o.events
	s.outside += o.outside
	s.test += o.test
}

// knows reports whether rule r has an answer: its events, and the attributes it reads,
// occurred somewhere, or the log would have them if they had.
func (s *state) knows(r *rule) bool {
	return s.shows(&r.opening) && (r.capture.Kind != def.CaptureDuration || s.shows(&r.closing))
}

func (s *state) shows(u *use) bool {
	v := &s.evidence[u.stream.index]
	if v.events == 0 {
		return u.stream.covered
	}
	return v.decided[u.filter] && (u.column < 0 || v.occurred[u.column])
}

// answers returns the results of the rules, nil for one that is not known.
func (s *state) answers(names *dictionary) []result {
	list := make([]result, len(s.calculators))
	for i := range list {
		if r := &s.plan.rules[i]; s.knows(r) {
			list[i] = s.calculators[i].finish(s.grid(r, names))
		}
	}
	return list
}

func (s *state) grid(r *rule, names *dictionary) *grid {
	return &grid{dictionary: names, timeline: s.plan.timeline, rule: r, evidence: s.evidence}
}

// segmentCodes returns the segments of rows, by name.
func (s *state) segmentCodes(names *dictionary) []uint32 {
	var codes []uint32
	for code, seen := range s.segments {
		if seen {
			codes = append(codes, uint32(code))
		}
	}
	slices.SortFunc(codes, func(a, b uint32) int { return strings.Compare(names.segments.texts[a], names.segments.texts[b]) })
	return codes
}
