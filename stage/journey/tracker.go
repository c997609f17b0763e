package journey

import (
	"cmp"
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

// Tracker folds events into stage visits. It is made by [New]. It is not safe for
// concurrent use: give each goroutine one, and merge them.
type Tracker struct {
	plan   *plan
	intake intake.Intake
	rows   *history.Store[move]
	moves  []move // room for those of a block
}

// New returns an empty tracker. The error is a metric.ErrInput that names the option.
func New(o Options) (*Tracker, error) {
	p, err := newPlan(o)
	if err != nil {
		return nil, err
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	return &Tracker{plan: p, intake: in, rows: newStore(p)}, nil
}

func newStore(p *plan) *history.Store[move] {
	return history.New(history.Options[move]{Compare: compareMoves, Unique: p.Unique})
}

func compareMoves(a, b move) int {
	return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(truth(a.leave), truth(b.leave)))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Model returns the model through which customers move.
func (t *Tracker) Model() stage.Model { return t.plan.Model }

// Keys returns the keys of the customers.
func (t *Tracker) Keys() *event.Keys { return t.intake.Keys }

// Options returns the model, the rules and the policies that differ from the default, in
// one canonical form: results of trackers whose form is equal can be compared.
func (t *Tracker) Options() string { return t.plan.text }

// Add takes in an event at its effective time, and does not retain it. An event that no
// rule means is ignored; one without a customer or a time is refused, see
// [Tracker.Report]. An event that comes again counts once, unless events are Unique.
func (t *Tracker) Add(e *event.Event) {
	if !t.intake.Wants(e) {
		return
	}
	for i := range t.plan.rules {
		if r := &t.plan.rules[i]; r.when.Match(e) {
			if c, at, ok := t.intake.Admit(e, e.Effective()); ok {
				t.rows.AddEvent(c, e, at, r.move)
			}
			return
		}
	}
	t.intake.Tally.Ignored++
}

// Block is a number of moves as columns of one length. They are taken to be different from
// each other and from all others.
type Block struct {
	Customer []event.Code // of the tracker's keys
	Time     []int64      // when, in nanoseconds since 1970 UTC
	Seq      []int64      // order among moves of one instant, or nil
	Stage    []uint8      // that is entered: its ModelStage.Position, 0 for none
	Leave    []bool       // the stage is left instead; nil for never
}

// AddBlock takes in the moves of a block. The error is a metric.ErrInput that names the
// column, and nothing is taken in then. The block is the caller's again afterwards.
func (t *Tracker) AddBlock(b *Block) error {
	if err := t.checkBlock(b); err != nil {
		return err
	}
	t.moves = t.moves[:0]
	for i, s := range b.Stage {
		t.moves = append(t.moves, move{s, b.Leave != nil && b.Leave[i]})
	}
	t.rows.AddBlock(b.Customer, b.Time, b.Seq, t.moves)
	t.intake.Tally.Taken += int64(len(b.Time))
	return nil
}

func (t *Tracker) checkBlock(b *Block) error {
	n := len(b.Customer)
	if err := cmp.Or(t.intake.CheckRows(b.Customer, b.Time), intake.CheckLength("Stage", len(b.Stage), n),
		intake.CheckOptional("Seq", b.Seq, n), intake.CheckOptional("Leave", b.Leave, n)); err != nil {
		return err
	}
	for i, s := range b.Stage {
		switch {
		case int(s) >= len(t.plan.stages):
			return intake.Errorf("Stage", "row %d has position %d, and %s has %d stages", i, s, t.plan.Model, len(t.plan.stages)-1)
		case s == 0 && b.Leave != nil && b.Leave[i]:
			return intake.Errorf("Leave", "row %d leaves no stage", i)
		case !t.plan.inLayer(s):
			return intake.Errorf("Stage", "row %d: %s", i, t.plan.otherLayer(s))
		}
	}
	return nil
}

// Merge takes in what o has taken in, and leaves o alone. With + for Merge,
//
//	(a + b) + c = a + (b + c)
//	a + b = b + a
//	tracker(events) = the merge of trackers of any split of the events
//
// The error is a metric.ErrInput when the options differ.
func (t *Tracker) Merge(o *Tracker) error {
	if t.plan.text != o.plan.text {
		return intake.Errorf("Merge", "the trackers differ in options: %q and %q", t.plan.text, o.plan.text)
	}
	t.rows.Merge(o.rows, t.intake.Keys.Translation(o.intake.Keys), nil)
	t.intake.Tally.Merge(&o.intake.Tally)
	return nil
}

// Report returns what became of the events.
func (t *Tracker) Report() event.Report {
	return t.intake.Tally.Report(t.rows.Duplicates(t.plan.Workers))
}

const (
	magic   = "oljy"
	version = 1
)

// MarshalBinary returns all that t has taken in. Trackers that have taken in the same
// events give the same bytes.
//
//	"oljy", 0x01, hash of the options (8 bytes), length (8 bytes), rows by customer
func (t *Tracker) MarshalBinary() ([]byte, error) {
	var w wire.Writer
	w.Tally(&t.intake.Tally)
	t.rows.Encode(&w, t.intake.Keys, func(w *wire.Writer, m move) {
		w.Byte(m.stage)
		w.Bool(m.leave)
	})
	return wire.Seal(magic, version, t.plan.text, w.Bytes), nil
}

// UnmarshalBinary replaces all that t has taken in. The bytes must be those that
// [Tracker.MarshalBinary] wrote of a tracker with the same options; anything else is a
// metric.ErrInput, and t stays as it was. The keys it holds stay known.
func (t *Tracker) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(magic, version, t.plan.text, data)
	if err != nil {
		return intake.Errorf("bytes", "%w", err)
	}
	decoded := &Tracker{plan: t.plan, intake: t.intake.Fresh(t.intake.Keys), rows: newStore(t.plan)}
	decoded.intake.Tally = r.Tally()
	decoded.rows.Decode(r, t.intake.Keys, func(r *wire.Reader) move {
		m := move{r.Byte(), r.Bool()}
		if int(m.stage) >= len(t.plan.stages) || m.leave && m.stage == 0 {
			r.Fail()
		}
		return m
	})
	if err := r.Finish(decoded); err != nil {
		return intake.Errorf("bytes", "%w", err)
	}
	*t = *decoded
	return nil
}

// String names the model and how many events were taken in.
func (t *Tracker) String() string {
	return fmt.Sprintf("journeys through %s, %d events", t.plan.Model, t.intake.Tally.Taken)
}
