package funnel

import (
	"cmp"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Funnel is an accumulator of what a funnel is computed from. It is made by [New]; the zero
// Funnel is of no use. It is not safe for concurrent use.
type Funnel struct {
	plan   *plan
	in     intake.Intake
	values *values
	store  *history.Store[mark]
	room   []mark // of AddBlock
	queue  intake.Queue[marked]
}

// marked is an event whose customer is to be looked up.
type marked struct {
	stamp history.Stamp
	mark  mark
}

// New returns an empty funnel. The error is a [metric.ErrInput] that names the option that
// is wrong.
func New(o Options) (*Funnel, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	o.Keys = in.Keys
	f := &Funnel{plan: newPlan(o.clone()), in: in}
	f.reset()
	return f, nil
}

// reset makes f empty.
func (f *Funnel) reset() {
	v := newValues()
	f.values, f.in.Tally, f.queue = v, event.Tally{}, intake.Queue[marked]{}
	f.store = history.New(history.Options[mark]{Unique: f.plan.options.Unique, Compare: func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.marks, b.marks), v.compare(a.value, b.value))
	}})
}

// Options returns the options of f.
func (f *Funnel) Options() Options {
	return f.plan.options.clone()
}

func (o Options) clone() Options {
	o.Steps, o.Names, o.Exclusions, o.Hold = slices.Clone(o.Steps), slices.Clone(o.Names), slices.Clone(o.Exclusions), slices.Clone(o.Hold)
	return o
}

// Keys returns the keys that codes of customers belong to.
func (f *Funnel) Keys() *event.Keys {
	f.settle()
	return f.in.Keys
}

// Add takes in an event, which should have passed [event.Check], and keeps no reference to
// it. Deliveries of one customer with equal source and id are one event, and so are
// deliveries without an id of equal content; of those that differ the first in the order of
// [event.Compare] counts. Only events that a rule means are compared, in strict orders all.
// With [Options.Unique] each delivery is an event.
//
// Add refuses an event that a rule means and that has no subject or an instant outside the
// years 1824 to 2115; see [Funnel.Report].
func (f *Funnel) Add(e *event.Event) {
	p := f.plan
	if !f.in.Wants(e) {
		return
	}
	marks := p.marksOf(e)
	if marks == 0 && !p.options.Order.strict() {
		f.in.Tally.Ignored++
		return
	}
	at, ok := f.in.Instant(e, e.Time)
	if ok && f.queue.Put(&f.in, e, marked{f.store.Stamp(e, at), mark{marks: marks, value: f.valueOf(e)}}) {
		f.settle()
	}
}

// settle takes in the events that wait.
func (f *Funnel) settle() {
	f.queue.Take(&f.in, func(customers []event.Code, events []marked) {
		for i := range events {
			f.store.AddStamped(customers[i], &events[i].stamp, events[i].mark)
		}
	})
}

// Block are rows of events in columns of equal length. The caller promises that no event
// comes twice.
type Block struct {
	Customer []event.Code // of [Funnel.Keys]
	Time     []int64      // nanoseconds since 1970 UTC, in the years 1824 to 2115

	// Seq orders the rows of one instant. It may be nil.
	Seq []int64

	// Step is the step that the event is, from 1. Zero is an event that is none, which
	// matters in strict orders only. Either Step or Marks must be given.
	Step []uint8

	// Marks says which rules mean the event: bit i the step i+1, and bit n+i the exclusion
	// i+1, for n steps.
	Marks []uint32

	// Value is what [Funnel.Value] returned for the event. It may be nil if there is nothing
	// to hold constant and no breakdown.
	Value []uint32
}

// Value returns the code of what an event has of the attribute to hold constant and of the
// attribute to break down by: a string as it is, anything else as JSON, "" if absent. A value
// that the options do not ask for is left out. Codes are those of f alone.
//
// Several attributes to hold have one text: in the order of their names, each quoted as
// [strconv.Quote] does, with commas between them.
func (f *Funnel) Value(held, breakdown string) uint32 {
	if len(f.plan.held) == 0 {
		held = ""
	}
	if f.plan.options.Breakdown.Attribute == "" {
		breakdown = ""
	}
	return f.values.code(held, breakdown)
}

// AddBlock takes in rows of columns, all or, with an error that names the column, none.
func (f *Funnel) AddBlock(b *Block) error {
	if err := f.checkBlock(b); err != nil {
		return err
	}
	const size = 1 << 16
	if len(f.room) < min(size, len(b.Customer)) {
		f.room = make([]mark, min(size, len(b.Customer)))
	}
	strict := f.plan.options.Order.strict()
	for first := 0; first < len(b.Customer); first += size {
		last := min(first+size, len(b.Customer))
		marks := f.room[:last-first]
		if b.Step != nil {
			for i, step := range b.Step[first:last] {
				marks[i] = mark{marks: 1 << step >> 1}
			}
		} else {
			for i, m := range b.Marks[first:last] {
				marks[i] = mark{marks: m}
			}
		}
		if b.Value != nil && f.plan.valued() {
			for i, value := range b.Value[first:last] {
				marks[i].value = value
			}
		}
		var seq []int64
		if b.Seq != nil {
			seq = b.Seq[first:last]
		}
		f.addRows(b.Customer[first:last], b.Time[first:last], seq, marks, strict)
	}
	return nil
}

// addRows adds the rows that matter.
func (f *Funnel) addRows(customers []event.Code, at, seq []int64, marks []mark, strict bool) {
	ignored := 0
	if !strict {
		for i := range marks {
			if marks[i].marks == 0 {
				ignored++
			}
		}
	}
	f.in.Tally.Ignored += int64(ignored)
	f.in.Tally.Taken += int64(len(marks) - ignored)
	if ignored == 0 {
		f.store.AddBlock(customers, at, seq, marks)
		return
	}
	for i := range marks {
		switch {
		case marks[i].marks == 0:
		case seq == nil:
			f.store.Add(customers[i], at[i], marks[i])
		default:
			f.store.AddSeq(customers[i], at[i], seq[i], marks[i])
		}
	}
}

func (f *Funnel) checkBlock(b *Block) error {
	p := f.plan
	n := len(b.Customer)
	if err := f.in.CheckRows(b.Customer, b.Time); err != nil {
		return err
	}
	if n > 0 && (b.Step == nil) == (b.Marks == nil) {
		return intake.Errorf("Step and Marks", "want one of the two columns")
	}
	if b.Value == nil && n > 0 && p.valued() {
		return intake.Errorf("Value", "the column is missing, in a funnel with a breakdown or attributes to hold")
	}
	if err := cmp.Or(intake.CheckOptional("Seq", b.Seq, n), intake.CheckOptional("Step", b.Step, n),
		intake.CheckOptional("Marks", b.Marks, n), intake.CheckOptional("Value", b.Value, n)); err != nil {
		return err
	}
	for i, step := range b.Step {
		if int(step) > p.n {
			return intake.Errorf("Step", "row %d has step %d of %d", i, step, p.n)
		}
	}
	for i, marks := range b.Marks {
		if marks>>len(p.rules) != 0 {
			return intake.Errorf("Marks", "row %d has %#x, which has more bits than there are rules", i, marks)
		}
	}
	for i, value := range b.Value {
		if int(value) >= len(f.values.pairs) {
			return intake.Errorf("Value", "row %d has %d, which Funnel.Value did not return", i, value)
		}
	}
	return nil
}

// Merge takes in what o has, and leaves o alone. It is an error if their options differ, see
// [Options.String].
func (f *Funnel) Merge(o *Funnel) error {
	if a, b := f.plan.options.String(), o.plan.options.String(); a != b {
		return intake.Errorf("options", "cannot merge %q with %q", a, b)
	}
	if f == o {
		return intake.Errorf("funnel", "cannot merge a funnel with itself")
	}
	f.settle()
	o.settle()
	f.store.Merge(o.store, f.in.Keys.Translation(o.in.Keys), f.adopt(o.values))
	f.in.Tally.Merge(&o.in.Tally)
	return nil
}

// adopt returns what translates marks with values of another funnel, nil if there are none.
func (f *Funnel) adopt(v *values) func(mark) mark {
	if !f.plan.valued() {
		return nil
	}
	codes := make([]uint32, len(v.pairs))
	for i := range codes {
		codes[i] = f.values.code(v.heldText(uint32(i)), v.splitText(uint32(i)))
	}
	return func(m mark) mark {
		m.value = codes[m.value]
		return m
	}
}

// Report says what became of the events and rows that were added.
func (f *Funnel) Report() event.Report {
	f.settle()
	return f.in.Tally.Report(f.store.Duplicates(f.plan.options.Workers))
}
