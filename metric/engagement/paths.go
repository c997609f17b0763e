package engagement

import (
	"cmp"
	"encoding"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// DefaultSteps is the default of [PathOptions.Steps].
const DefaultSteps = 5

// PathOptions say what a path is.
type PathOptions struct {
	// Start says which event a path begins with: a customer's first of them. The zero Rule
	// is every event.
	Start event.Rule

	// Events says which events may follow. The zero Rule is every event.
	Events event.Rule

	// Steps is how many events may follow the first. Zero is [DefaultSteps].
	Steps int

	// Name is the attribute, a text, that names a step, such as path. By default, and for
	// an event without it, the name of the event does.
	Name string

	// Unique promises that no event comes twice, to this accumulator or to one that it is
	// merged with. Nothing is kept then of its source, id and content: it is kept as a row
	// of a block is. Events of one instant are in the order of sequence number and time of
	// record, and those that agree in both in the order of the names of their steps.
	Unique bool

	Subject event.SubjectKind // whom customer means: users or accounts
	Test    bool              // count the events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the accumulator its own
	Workers int               // goroutines that a result may use besides the caller's
}

// String returns the options that differ from the default, in one canonical form. Two
// accumulators of equal forms can be merged.
func (o PathOptions) String() string {
	var list []string
	if !isZero(&o.Start) {
		list = append(list, "from "+o.Start.String())
	}
	if !isZero(&o.Events) {
		list = append(list, "of "+o.Events.String())
	}
	if steps := cmp.Or(o.Steps, DefaultSteps); steps != DefaultSteps {
		list = append(list, fmt.Sprintf("%d later events", steps))
	}
	if o.Name != "" {
		list = append(list, "named by "+o.Name)
	}
	return commonText(list, o.Subject, o.Test, o.Unique)
}

// Paths keeps what each customer did in order, and counts the ways that they went from a
// first event on.
//
// State is a row of 24 bytes for each event, 8 bytes more with a sequence number, and for one
// that did not come in a block 64 bytes and its id more, or if it is Unique 16 with a time of
// record. Rows of blocks and of unique events that come after a whole path of such rows are
// dropped: what is left of them grows only with the events before the start.
type Paths struct {
	options PathOptions // in effect
	text    string
	names   *event.Keys // of steps, as keys
	rows    *history.Store[hop]
	in      intake.Intake
}

// hop is what paths have to know of an event.
type hop struct {
	name  event.Code
	flags hopFlags
}

type hopFlags uint32

const (
	hopStart hopFlags = 1 << iota
	hopOnly           // a start that cannot follow
)

const maxSteps = 1 << 10

// NewPaths returns an accumulator without events.
func NewPaths(o PathOptions) (*Paths, error) {
	if o.Steps < 0 || o.Steps > maxSteps {
		return nil, intake.Errorf("Steps", "%d, want up to %d", o.Steps, maxSteps)
	}
	if err := o.Start.Check(); err != nil {
		return nil, intake.Errorf("Start", "%w", err)
	}
	if err := o.Events.Check(); err != nil {
		return nil, intake.Errorf("Events", "%w", err)
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	o.Steps = cmp.Or(o.Steps, DefaultSteps)
	o.Keys = in.Keys
	p := &Paths{options: o, text: o.String(), in: in}
	p.reset()
	return p, nil
}

func (p *Paths) reset() {
	p.names = new(event.Keys)
	names := p.names
	p.rows = history.New(history.Options[hop]{
		Unique: p.options.Unique,
		Compare: func(a, b hop) int {
			return cmp.Or(compareNames(names, a.name, b.name), cmp.Compare(a.flags, b.flags))
		},
		Compact: p.compact,
	})
	p.in.Tally = event.Tally{}
}

// compact drops rows, none of which can come again, after the first that is a start and as many that
// may follow as a path has. The path of the customer begins there or earlier, and none of these
// rows can go away, so that it ends there or earlier, too.
func (p *Paths) compact(run []history.Row[hop]) int {
	n, left, begun := 0, p.options.Steps, false
	for _, row := range run {
		switch {
		case !begun:
			begun = row.P.flags&hopStart != 0
		case left == 0 || row.P.flags&hopOnly != 0:
			continue
		default:
			left--
		}
		run[n] = row
		n++
	}
	return n
}

// Options returns the options in effect, with the keys in use.
func (p *Paths) Options() PathOptions { return p.options }

// Keys returns the keys whose codes [PathBlock] takes for customers.
func (p *Paths) Keys() *event.Keys { return p.in.Keys }

// Names returns the keys whose codes [PathBlock] takes for the names of steps. They are
// others after UnmarshalBinary.
func (p *Paths) Names() *event.Keys { return p.names }

// String returns the options that differ from the default.
func (p *Paths) String() string { return "paths: " + p.text }

// Report returns what became of the events.
func (p *Paths) Report() event.Report { return p.in.Tally.Report(p.rows.Duplicates(p.options.Workers)) }

// Add takes in an event.
func (p *Paths) Add(e *event.Event) {
	if !p.in.Wants(e) {
		return
	}
	var h hop
	if p.options.Start.Match(e) {
		h.flags |= hopStart
	}
	if !p.options.Events.Match(e) {
		h.flags |= hopOnly
	}
	if h.flags == hopOnly {
		p.in.Tally.Ignored++
		return
	}
	at, ok := p.in.Instant(e, e.Time)
	if !ok {
		return
	}
	name, ok := e.Props.String(p.options.Name)
	if !ok || p.options.Name == "" || name == "" {
		name = e.Name
	}
	if h.name = p.names.Code(name); h.name == event.NoCode {
		reason := event.MissingName
		if name != "" {
			reason = event.TooLarge
		}
		p.in.Refuse(e, reason, "name of a step")
		return
	}
	if code, ok := p.in.Take(e); ok {
		p.rows.AddEvent(code, e, at, h)
	}
}

// PathBlock is a block of columns of one length. Seq and Start may be nil.
type PathBlock struct {
	Customer []event.Code // of the keys of the accumulator
	Time     []int64      // nanoseconds since 1970 UTC
	Seq      []int64      // orders rows of one instant
	Name     []event.Code // of Names
	Start    []bool       // a path may begin with the row; nil: with any
}

// AddBlock takes in rows, all of which may follow in a path. On an error, which names the
// column, nothing is taken in. The caller promises that no row is added twice.
func (p *Paths) AddBlock(b *PathBlock) error {
	n := len(b.Customer)
	if err := cmp.Or(p.in.CheckRows(b.Customer, b.Time), intake.CheckLength("Name", len(b.Name), n),
		intake.CheckOptional("Seq", b.Seq, n), intake.CheckOptional("Start", b.Start, n)); err != nil {
		return err
	}
	for i, c := range b.Name {
		if c == event.NoCode || !p.names.Has(c) {
			return intake.Errorf("Name", "row %d has code %#x, which Names did not give", i, uint32(c))
		}
	}
	hops := make([]hop, len(b.Customer))
	for i := range hops {
		hops[i] = hop{name: b.Name[i]}
		if b.Start == nil || b.Start[i] {
			hops[i].flags |= hopStart
		}
	}
	p.rows.AddBlock(b.Customer, b.Time, b.Seq, hops)
	p.in.Tally.Taken += int64(len(hops))
	return nil
}

// Merge adds what o took in, and leaves o alone. Its options must be the same.
func (p *Paths) Merge(o *Paths) error {
	if p.text != o.text {
		return intake.Errorf("Paths", "merge of one with other options: %q and %q", p.text, o.text)
	}
	names := p.names.Translation(o.names)
	p.rows.Merge(o.rows, p.in.Keys.Translation(o.in.Keys), func(h hop) hop {
		h.name = names.Code(h.name)
		return h
	})
	p.in.Tally.Merge(&o.in.Tally)
	return nil
}

// Path is a way that customers went.
type Path struct {
	Steps     []string // the first event and what followed
	Customers int64    // whose whole path it is
}

// String returns the steps, such as "placed > completed".
func (x Path) String() string { return strings.Join(x.Steps, " > ") }

// All returns the paths, those of most customers first and else by their steps. Every
// customer with a first event has one path, which is shorter than the longest if no more
// events followed.
func (p *Paths) All() []Path {
	parts := make([]map[string]int64, max(1, p.options.Workers))
	scratches := make([]history.Scratch[hop], len(parts))
	shard.Each(p.options.Workers, func(worker int, bucket uint8) {
		if parts[worker] == nil {
			parts[worker] = map[string]int64{}
		}
		var room []byte
		p.rows.Bucket(bucket, &scratches[worker], func(_ event.Code, run []history.Row[hop]) {
			if room = p.appendPath(room[:0], run); len(room) > 0 {
				parts[worker][string(room)]++
			}
		})
	})
	sum := map[string]int64{}
	for _, part := range parts {
		for path, n := range part {
			sum[path] += n
		}
	}
	list := make([]Path, 0, len(sum))
	for path, n := range sum {
		list = append(list, Path{p.stepsOf(path), n})
	}
	slices.SortFunc(list, func(a, b Path) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), slices.Compare(a.Steps, b.Steps))
	})
	return list
}

// appendPath appends the codes of the steps of a customer, four bytes each.
func (p *Paths) appendPath(dst []byte, run []history.Row[hop]) []byte {
	left, begun := p.options.Steps, false
	for i := range run {
		h := run[i].P
		switch {
		case !begun:
			if begun = h.flags&hopStart != 0; !begun {
				continue
			}
		case left == 0:
			return dst
		case h.flags&hopOnly != 0:
			continue
		default:
			left--
		}
		dst = append(dst, byte(h.name>>24), byte(h.name>>16), byte(h.name>>8), byte(h.name))
	}
	return dst
}

func (p *Paths) stepsOf(path string) []string {
	steps := make([]string, 0, len(path)/4)
	for ; path != ""; path = path[4:] {
		code := event.Code(path[0])<<24 | event.Code(path[1])<<16 | event.Code(path[2])<<8 | event.Code(path[3])
		steps = append(steps, p.names.Key(code))
	}
	return steps
}

var (
	_ encoding.BinaryMarshaler   = (*Paths)(nil)
	_ encoding.BinaryUnmarshaler = (*Paths)(nil)
)

const (
	pathsMagic   = "olep"
	pathsVersion = 1
)

// MarshalBinary returns the state. Accumulators that were given the same events in any
// order and by any merges give the same bytes.
//
//	body    = tally, rows by customer
//	payload = flags, name
func (p *Paths) MarshalBinary() ([]byte, error) {
	w := new(wire.Writer)
	w.Tally(&p.in.Tally)
	p.rows.Encode(w, p.in.Keys, func(w *wire.Writer, h hop) {
		w.Byte(byte(h.flags))
		w.Text(p.names.Key(h.name))
	})
	return wire.Seal(pathsMagic, pathsVersion, p.text, w.Bytes), nil
}

// UnmarshalBinary replaces the state by one that MarshalBinary wrote for the same options.
// Anything else is an error, and leaves p as it was. It adds to the keys in use.
func (p *Paths) UnmarshalBinary(data []byte) error {
	r, err := wire.Open(pathsMagic, pathsVersion, p.text, data)
	if err != nil {
		return intake.Errorf("Paths", "%w", err)
	}
	b := &Paths{options: p.options, text: p.text, in: p.in.Fresh(nil)}
	b.reset()
	b.in.Tally = r.Tally()
	b.rows.Decode(r, b.in.Keys, func(r *wire.Reader) hop {
		h := hop{flags: hopFlags(r.Byte()), name: b.names.Code(r.Text())}
		if h.flags >= hopOnly<<1 || h.name == event.NoCode {
			r.Fail()
			h.name = b.names.Code("?") // which is not read again
		}
		return h
	})
	if err := r.Finish(b); err != nil {
		return intake.Errorf("Paths", "%w", err)
	}
	p.reset()
	return p.Merge(b)
}
