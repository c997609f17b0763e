package capture

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog/internal/std"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options say what to collect. The zero value of every field but Periods is the default.
type Options struct {
	// Metrics are the base metrics to compute. None means every metric of the catalogue
	// that is captured from events.
	Metrics []metric.Definition

	// States are calculators that see every event besides, and what they supply comes with
	// the other facts. A metric that a state supplies is not captured by its rule. States
	// take no blocks, and no event marked as test unless Test is set here.
	States []State

	// Periods are what to compute them for; at least one, in any order. They may overlap
	// at no cost per event: months, their quarters and the year.
	Periods []metric.Period

	// Subject is whom "customer" means.
	Subject Subject

	// Segment names the segment of an event. It is called once for a delivery at most, must
	// depend on nothing but what [event.Compare] compares, and must not keep the event: two
	// events that are equal there, such as those whose times differ in their location only,
	// are of one segment. Nil means no segments.
	//
	// A collector holds 100,000 segments, the one with the empty name among them. Events of
	// any further one are rejected for [ReasonTooMany].
	Segment func(*event.Event) string

	// Unique promises that no event is added twice, to this collector or to one that is
	// merged with it. Nothing is then remembered of an event once it is counted.
	Unique bool

	// Test counts the events marked as internal or test traffic, too.
	Test bool

	// Covers are the names of events that the log would contain if they had happened, so
	// that there being none is a zero and not a gap.
	Covers []string
}

// Subject is whom the word customer stands for in a capture rule. The zero Subject is
// SubjectUser.
type Subject uint8

// The subjects. An event that does not name the one asked for counts for the next best.
const (
	SubjectUser    Subject = iota // UserID, or else AnonymousID, or else AccountID
	SubjectAccount                // AccountID, or else UserID, or else AnonymousID
)

// String returns "user" or "account".
func (s Subject) String() string {
	switch s {
	case SubjectUser:
		return "user"
	case SubjectAccount:
		return "account"
	}
	return "unknown"
}

// key returns the key of the customer of e, or "".
func (s Subject) key(e *event.Event) string {
	if s == SubjectAccount && e.AccountID != "" {
		return e.AccountID
	}
	if key := e.Subject(event.User); key != "" {
		return key
	}
	return e.AccountID
}

// plan is what options come to: which rules read what of which events. It is not modified
// after it is made, and collectors may share it.
type plan struct {
	options  Options
	timeline *timeline
	rules    []rule // by id of the metric
	streams  []stream
	byLength [][]*stream // by length of the name
	spaces   []string    // of keys that rules tell apart
	identity []byte      // equal for equal options
}

// rule is one metric with what its rule reads.
type rule struct {
	definition metric.Definition
	capture    *def.Capture
	opening    use // of events named capture.Event
	closing    use // of a duration, of events named capture.Until
	space      int // of the keys of a distinct count or the objects of a duration
}

// use is what one rule reads of one stream.
type use struct {
	stream *stream
	rule   int // position in the plan
	filter int // position in the stream's filters
	column int // position in the stream's columns, -1 for none

	until bool // the events are those that end durations
}

// stream is all that is read of the events of one name.
type stream struct {
	index   int
	name    string
	covered bool
	ordered bool // the order of its events matters
	money   bool // some column is of money
	filters []filter
	columns []columnSpec
	uses    []use
}

// columnSpec is an attribute, read in one way.
type columnSpec struct {
	name  string
	kind  columnKind
	space int // of keys
}

// columnKind says how an attribute is read.
type columnKind uint8

const (
	keyColumn    columnKind = iota // any text or number, told apart
	moneyColumn                    // a whole number of minor units, with the attribute "currency"
	wholeColumn                    // a whole number of 64 bits
	numberColumn                   // any number
)

// The keys that come from the envelope of an event. No rule can name attributes like these.
const (
	customerKey = "customer"
	sessionKey  = "session"
)

func newPlan(o Options) (*plan, error) {
	p := &plan{options: o}
	if o.Subject > SubjectAccount {
		return nil, inputErrorf("subject %d is unknown", o.Subject)
	}
	var err error
	if p.timeline, err = newTimeline(o.Periods); err != nil {
		return nil, err
	}
	supplied, err := suppliedBy(o.States)
	if err != nil {
		return nil, err
	}
	if p.rules, err = newRules(o.Metrics, supplied); err != nil {
		return nil, err
	}
	p.makeStreams()
	for i := range p.rules {
		if err := p.bind(i); err != nil {
			return nil, fmt.Errorf("%s: %w", p.rules[i].definition, err)
		}
	}
	for _, name := range o.Covers {
		if event.Fold(name) != name || name == "" {
			return nil, inputErrorf("covered event %.60q is not a canonical name", name)
		}
		if s := p.stream(name); s != nil {
			s.covered = true
		}
	}
	p.identity = p.describe()
	return p, nil
}

// newRules returns the rules of the metrics that no state supplies, by id.
func newRules(metrics []metric.Definition, supplied map[string]int) ([]rule, error) {
	if len(metrics) == 0 {
		metrics = captured()
	}
	var rules []rule
	for _, d := range metrics {
		if d.IsZero() {
			return nil, inputErrorf("a metric without a definition cannot be collected")
		}
		if _, other := supplied[d.ID()]; other {
			continue
		}
		capture := metric.Literal(def.Key{}, d).Capture
		if capture == nil {
			return nil, inputErrorf("%s is not captured from events", d)
		}
		if err := checkRule(d, capture); err != nil {
			return nil, fmt.Errorf("%s: %w", d, err)
		}
		rules = append(rules, rule{definition: d, capture: capture, space: -1})
	}
	slices.SortFunc(rules, func(a, b rule) int { return strings.Compare(a.definition.ID(), b.definition.ID()) })
	for i := 1; i < len(rules); i++ {
		if id := rules[i].definition.ID(); id == rules[i-1].definition.ID() {
			return nil, inputErrorf("%s is given twice", id)
		}
	}
	return rules, nil
}

// captured returns the metrics of the catalogue that have a capture rule.
func captured() []metric.Definition {
	var list []metric.Definition
	for _, m := range &std.All {
		if m.Capture != nil {
			list = append(list, metric.View(m))
		}
	}
	return list
}

// maxAtLeast bounds the events of one key that a distinct count can ask for, each of which
// costs a bit per key.
const maxAtLeast = 8

// checkRule refuses a rule that cannot give values of the metric's kind.
func checkRule(d metric.Definition, c *def.Capture) error {
	kind := d.Kind()
	element, many := kind.Element()
	fits := false
	switch c.Kind {
	case def.CaptureCount:
		fits = kind == metric.KindCount
	case def.CaptureDistinct:
		fits = kind == metric.KindCount && c.Of != ""
		if c.AtLeast < 0 || c.AtLeast > maxAtLeast {
			return inputErrorf("capture rule asks for at least %d events of a key, not 0 to %d", c.AtLeast, maxAtLeast)
		}
	case def.CaptureSum:
		fits = kind.IsValid() && !many && kind != metric.KindRatio && c.Of != ""
	case def.CaptureValues:
		fits = many && c.Of != ""
	case def.CaptureDuration:
		fits = many && element == metric.KindDuration && c.Object != "" && c.Until != ""
	}
	if !fits || c.Event == "" {
		return inputErrorf("capture rule %.200q gives no %s", c.String(), kind)
	}
	return nil
}

// makeStreams makes a stream of each event that some rule names.
func (p *plan) makeStreams() {
	var list []string
	for i := range p.rules {
		list = append(list, p.rules[i].capture.Event)
		if p.rules[i].capture.Kind == def.CaptureDuration {
			list = append(list, p.rules[i].capture.Until)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	p.streams = make([]stream, len(list))
	for i, name := range list {
		p.streams[i] = stream{index: i, name: name}
		p.byLength = grown(p.byLength, len(name)+1)
		p.byLength[len(name)] = append(p.byLength[len(name)], &p.streams[i])
	}
}

// stream returns the stream of the events with the given name, or nil. Few names are of one
// length, so that it is found sooner than in a map.
func (p *plan) stream(name string) *stream {
	if len(name) >= len(p.byLength) {
		return nil
	}
	for _, s := range p.byLength[len(name)] {
		if s.name == name {
			return s
		}
	}
	return nil
}

// bind has the streams of a rule read what it needs.
func (p *plan) bind(i int) error {
	r := &p.rules[i]
	c := r.capture
	column := columnSpec{name: c.Of}
	switch c.Kind {
	case def.CaptureSum, def.CaptureValues:
		column.kind = valueColumn(r.definition.Kind())
	case def.CaptureDuration:
		column.name = c.Object
	}
	if column.kind == keyColumn && c.Kind != def.CaptureCount {
		column.space = p.space(column.name)
		r.space = column.space
	}
	var err error
	if r.opening, err = p.use(i, c.Event, c.Where, column); err != nil {
		return err
	}
	if c.Kind != def.CaptureDuration {
		return nil
	}
	if r.closing, err = p.use(i, c.Until, c.UntilIf, column); err != nil {
		return err
	}
	r.closing.until = true
	r.closing.stream.uses[len(r.closing.stream.uses)-1].until = true
	return nil
}

// valueColumn returns how the values of a metric are read.
func valueColumn(kind metric.Kind) columnKind {
	if element, many := kind.Element(); many {
		kind = element
	}
	switch kind {
	case metric.KindMoney:
		return moneyColumn
	case metric.KindCount:
		return wholeColumn
	}
	return numberColumn
}

// use registers what a rule reads of the events of a name.
func (p *plan) use(rule int, name string, where []def.Condition, column columnSpec) (use, error) {
	s := p.stream(name)
	f, err := newFilter(where)
	if err != nil {
		return use{}, err
	}
	u := use{stream: s, rule: rule, column: -1}
	s.ordered = s.ordered || p.rules[rule].capture.Kind == def.CaptureDuration
	if u.filter = slices.IndexFunc(s.filters, f.equal); u.filter < 0 {
		u.filter = len(s.filters)
		s.filters = append(s.filters, f)
	}
	for i := range f {
		p.space(f[i].attr) // blocks may give the attribute as keys
	}
	if column.name != "" {
		if u.column = slices.Index(s.columns, column); u.column < 0 {
			u.column = len(s.columns)
			s.columns = append(s.columns, column)
			s.money = s.money || column.kind == moneyColumn
		}
	}
	s.uses = append(s.uses, u)
	return u, nil
}

// space returns the position of a space of keys, which it adds if it is new.
func (p *plan) space(name string) int {
	if i := slices.Index(p.spaces, name); i >= 0 {
		return i
	}
	p.spaces = append(p.spaces, name)
	return len(p.spaces) - 1
}

// describe writes down the options, but for the function that cannot be.
func (p *plan) describe() []byte {
	var b []byte
	text := func(list ...string) {
		for _, s := range list {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
	}
	conditions := func(list []def.Condition) {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, c := range list {
			text(c.Attr, c.Op, c.Value)
		}
	}
	b = append(b, byte(p.options.Subject), byte(truth(p.options.Unique)), byte(truth(p.options.Test)))
	b = binary.AppendUvarint(b, uint64(len(p.timeline.periods)))
	for _, period := range p.timeline.periods {
		start, end, _ := bounds(period)
		text(period.String())
		b = binary.AppendVarint(binary.AppendVarint(b, start), end)
	}
	covers := slices.Compact(slices.Sorted(slices.Values(p.options.Covers)))
	b = binary.AppendUvarint(b, uint64(len(covers)))
	text(covers...)
	for _, s := range p.options.States {
		text(s.String())
	}
	for i := range p.rules {
		c := p.rules[i].capture
		text(p.rules[i].definition.ID(), c.Event, c.Of, c.Until, c.Object)
		b = append(b, byte(p.rules[i].definition.Kind()), byte(c.Kind), byte(c.AtLeast))
		conditions(c.Where)
		conditions(c.UntilIf)
	}
	return b
}

// badInput is an error that is a [metric.ErrInput].
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func (e badInput) Is(target error) bool { return target == metric.ErrInput }

func inputErrorf(format string, args ...any) error {
	return badInput{fmt.Errorf(format, args...)}
}
