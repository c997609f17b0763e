package segment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/shopspring/decimal"
)

// Segment is a criterion with a name.
type Segment struct {
	Name      string
	Criterion Criterion
}

// Options are the rules of a [Behaviour].
type Options struct {
	// Segments are what can be asked for. Their names are different and not empty. Together
	// they may name 64 different rules.
	Segments []Segment

	// Location is where civil days are counted. Nil is UTC.
	Location *time.Location

	// Relevant drops the events that no segment names. By default an instant is kept of
	// every event, because a [Universe] may be of those who did anything at all.
	Relevant bool

	// Unique promises that no event comes twice, to this behaviour or to one that it is
	// merged with. Nothing is kept then of its source, id and content: it takes as little as
	// a row of the column surface. Events of one instant are in the order of sequence number
	// and time of record, and those that agree in both in one that depends on what the
	// segments read of them only.
	Unique bool

	Subject event.SubjectKind // whom "customer" means
	Test    bool              // count events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the behaviour its own
	Workers int               // goroutines that a result may use; 0 and 1 mean none besides the caller's
}

// String returns the options that change results and differ from the default, in one
// canonical form. Behaviours merge if theirs are equal.
func (o Options) String() string {
	var list []string
	for _, s := range o.Segments {
		text := "nothing"
		if s.Criterion != nil {
			text = s.Criterion.String()
		}
		list = append(list, fmt.Sprintf("%q: %s", s.Name, text))
	}
	slices.Sort(list)
	if o.Location != nil && o.Location.String() != "UTC" {
		list = append(list, "zone="+o.Location.String())
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"relevant", o.Relevant}, {"subject=account", o.Subject == event.Account}, {"test", o.Test}, {"unique", o.Unique}} {
		if f.on {
			list = append(list, f.name)
		}
	}
	return strings.Join(list, ", ")
}

// Behaviour takes in what customers did and answers who belongs to a segment as of any
// instant. It is made by [New]. It is not safe for concurrent use: give each goroutine one and
// merge them.
//
// It keeps a row of 32 bytes for each event of the column surface, 40 with a sequence number,
// and 96 bytes and the id for each of the event surface, or with [Options.Unique] as much as
// for a row, and 48 with a time of record; and each different combination of
// numbers once, for segments that are by an [Aggregate]. It does not forget: that grows with
// the events.
type Behaviour struct {
	options  Options
	identity string
	in       intake.Intake

	selectors []selector
	bits      map[string]uint // of selectors
	columns   []string        // attributes whose numbers are kept
	position  map[string]int  // in columns
	segments  map[string]test

	rows   *history.Store[act]
	values event.Keys // texts of the numbers of an event, see valuesOf
}

// act is what is kept of an event: which selectors mean it, and its numbers.
type act struct {
	Mask   uint64
	Values event.Code
}

// maxRules is the number of selectors that a mask has room for.
const maxRules = 64

// New returns an empty behaviour. The error is a [metric.ErrInput] that names the option.
func New(o Options) (*Behaviour, error) {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Location == time.Local {
		return nil, intake.Errorf("Location", "the zone of this machine has no name elsewhere")
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	b := &Behaviour{options: o, in: in, bits: make(map[string]uint), position: make(map[string]int), segments: make(map[string]test)}
	for _, s := range o.Segments {
		if s.Name == "" {
			return nil, intake.Errorf("Segments", "one has no name")
		}
		if _, ok := b.segments[s.Name]; ok {
			return nil, intake.Errorf("Segments", "%q is there twice", s.Name)
		}
		if err := checkAll([]Criterion{s.Criterion}); err != nil {
			return nil, fmt.Errorf("segment %q: %w", s.Name, err)
		}
		b.segments[s.Name] = nil // compiled when all rules are known
		s.Criterion.rules(b.learn)
	}
	if len(b.selectors) > maxRules {
		return nil, intake.Errorf("Segments", "%d different rules, and no more than %d are possible", len(b.selectors), maxRules)
	}
	slices.Sort(b.columns)
	b.columns = slices.Compact(b.columns)
	for i, name := range b.columns {
		b.position[name] = i
	}
	b.identity = o.String()
	b.order()
	for _, s := range o.Segments {
		b.segments[s.Name] = s.Criterion.compile(b)
	}
	b.reset()
	return b, nil
}

func (b *Behaviour) learn(s selector) {
	if s.of != "" {
		b.columns = append(b.columns, s.of)
	}
	if _, ok := b.bits[s.text()]; !ok {
		b.bits[s.text()] = uint(len(b.selectors))
		b.selectors = append(b.selectors, s)
	}
}

// order numbers the selectors by their text, so that the order of segments does not matter.
func (b *Behaviour) order() {
	slices.SortFunc(b.selectors, func(x, y selector) int { return strings.Compare(x.text(), y.text()) })
	for i := range b.selectors {
		b.bits[b.selectors[i].text()] = uint(i)
	}
}

func (b *Behaviour) reset() {
	b.in.Tally = event.Tally{}
	b.values = event.Keys{}
	b.rows = history.New(history.Options[act]{Compare: b.compare, Unique: b.options.Unique})
}

// compare orders deliveries of one event.
func (b *Behaviour) compare(x, y act) int {
	return cmp.Or(cmp.Compare(x.Mask, y.Mask), strings.Compare(b.valuesText(x.Values), b.valuesText(y.Values)))
}

func (b *Behaviour) valuesText(c event.Code) string {
	if c == event.NoCode {
		return ""
	}
	return b.values.Key(c)
}

// Keys returns the codes of the customers.
func (b *Behaviour) Keys() *event.Keys { return b.in.Keys }

// Add takes in an event, and does not retain e. What it refuses is counted in the Report.
func (b *Behaviour) Add(e *event.Event) {
	if !b.in.Wants(e) {
		return
	}
	a := b.actOf(e)
	if a.Mask == 0 && b.options.Relevant {
		b.in.Tally.Ignored++
		return
	}
	if code, at, ok := b.in.Admit(e, e.Effective()); ok {
		b.rows.AddEvent(code, e, at, a)
	}
}

// actOf returns what is kept of an event.
func (b *Behaviour) actOf(e *event.Event) act {
	a := act{Mask: b.mask(e), Values: event.NoCode}
	if a.Mask != 0 && len(b.columns) > 0 {
		a.Values = b.values.Code(b.valuesOf(&e.Props))
	}
	return a
}

func (b *Behaviour) mask(e *event.Event) (mask uint64) {
	for i := range b.selectors {
		s := &b.selectors[i]
		of := e
		if s.trait {
			traits, ok := e.Props.Record("traits")
			if !ok {
				continue
			}
			of = &event.Event{Name: e.Name, Props: traits}
		}
		if s.rule.Match(of) {
			mask |= 1 << i
		}
	}
	return mask
}

// valuesOf returns the numbers of an event as a text: each followed by a semicolon, empty
// where there is none; and "" if there are none at all.
func (b *Behaviour) valuesOf(p *event.Props) string {
	var text []byte
	some := false
	for _, name := range b.columns {
		if v, ok := p.Get(name); ok {
			if d, ok := v.Decimal(); ok {
				text = exact.AppendDecimal(text, d)
				some = true
			}
		}
		text = append(text, ';')
	}
	if !some {
		return ""
	}
	return string(text)
}

// value returns the number in a column of what valuesOf wrote.
func value(text string, column int) (decimal.Decimal, bool) {
	for range column {
		_, text, _ = strings.Cut(text, ";")
	}
	text, _, _ = strings.Cut(text, ";")
	if text == "" {
		return decimal.Decimal{}, false
	}
	d, err := exact.ParseDecimal(text)
	return d, err == nil
}

// Block is a number of events of one name as columns of one length. The caller promises that
// no event is given twice.
type Block struct {
	Event    string      // canonical name
	Props    event.Props // attributes that all rows have
	Customer []event.Code
	Time     []int64 // nanoseconds since 1970 UTC, in the years 1824 to 2115
	Seq      []int64 // of events of one instant; may be nil

	// Of names an attribute, of which each row has a number in Values. Conditions do not
	// look at it.
	Of     string
	Values []int64
}

// AddBlock takes in the events of a block, which is the caller's again when it returns. The
// error is a [metric.ErrInput] that names the column, and nothing is taken in then.
func (b *Behaviour) AddBlock(block *Block) error {
	n := len(block.Customer)
	switch {
	case block.Event == "" || event.Fold(block.Event) != block.Event:
		return intake.Errorf("Event", "%q is not a canonical name", block.Event)
	case block.Of == "" && block.Values != nil:
		return intake.Errorf("Of", "Values are of no attribute")
	case block.Of != "" && len(block.Values) != n:
		return intake.CheckLength("Values", len(block.Values), n)
	}
	if err := cmp.Or(b.in.CheckRows(block.Customer, block.Time), intake.CheckOptional("Seq", block.Seq, n)); err != nil {
		return err
	}
	e := event.Event{Name: block.Event, Props: block.Props}
	same := b.actOf(&e)
	if same.Mask == 0 && b.options.Relevant {
		b.in.Tally.Ignored += int64(n)
		return nil
	}
	acts := make([]act, n)
	_, kept := b.position[block.Of]
	for i := range acts {
		acts[i] = same
		if kept && same.Mask != 0 {
			props := block.Props.With(event.Int(block.Of, block.Values[i]))
			acts[i].Values = b.values.Code(b.valuesOf(&props))
		}
	}
	b.in.Tally.Taken += int64(n)
	b.rows.AddBlock(block.Customer, block.Time, block.Seq, acts)
	return nil
}

// Merge takes in what o has taken in, and leaves o alone. The error is a [metric.ErrInput]
// when the options differ, and nothing is merged then.
func (b *Behaviour) Merge(o *Behaviour) error {
	if b.identity != o.identity {
		return intake.Errorf("Behaviour.Merge", "the options differ: %q and %q", b.identity, o.identity)
	}
	if b == o {
		data, err := o.MarshalBinary()
		if err != nil {
			return err
		}
		if o, err = New(b.options); err != nil {
			return err
		}
		if err := o.UnmarshalBinary(data); err != nil {
			return err
		}
	}
	codes := b.in.Keys.Translation(o.in.Keys)
	b.in.Tally.Merge(&o.in.Tally)
	if o.values.Len() == 0 {
		b.rows.Merge(o.rows, codes, nil)
		return nil
	}
	values := b.values.Translation(&o.values)
	b.rows.Merge(o.rows, codes, func(a act) act { a.Values = values.Code(a.Values); return a })
	return nil
}

// Report returns what became of the events and rows.
func (b *Behaviour) Report() event.Report {
	return b.in.Tally.Report(b.rows.Duplicates(b.options.Workers))
}
