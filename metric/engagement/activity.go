package engagement

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/calendar"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// ActivityOptions say what [Activity] keeps. All but Range may be left out.
type ActivityOptions struct {
	// Range is the time in which days are kept, in the zone whose civil days they are. It
	// is widened to whole units, see Unit; [Activity.Range] says to what. Of the time before
	// it, each customer's last activity is kept, which is all that is needed for a new
	// customer to be told from one who comes back, and for windows that reach back.
	Range metric.Period

	// Unit is what Range is widened to and, unless a [Query] has another, what results are
	// by: days, weeks, months, quarters or years. Zero is days.
	Unit metric.PeriodUnit

	// WeekStart is the day that weeks begin with, by default Monday.
	WeekStart metric.WeekStart

	// Slot, if not zero, makes stretches of this length, counted from the start of Range,
	// take the place of civil days: an hour, a minute. Results are then by slot only.
	Slot time.Duration

	// Active says which events make a customer active. The zero Rule is every event.
	Active event.Rule

	// Known says which events, besides those of Active, show that a customer is not new. The
	// zero Rule is none. If Active is one kind of an event only, and Known all kinds of it,
	// then those who begin with that kind having done another before are resurrected, and
	// not new. It matters to [Activity.Growth] alone.
	Known event.Rule

	// Features are what [Activity.Adoption] and [Activity.Breadth] look at. An event may be
	// of several. It is activity only if Active says so.
	Features []Feature

	Subject event.SubjectKind // whom customer means: users or accounts
	Test    bool              // count the events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the accumulator its own
	Workers int               // goroutines that a result may use besides the caller's
}

// Feature is a part of the product, known by the events of its use.
type Feature struct {
	Name string
	Rule event.Rule
}

// String returns the options that differ from the default, in one canonical form. Two
// accumulators of equal forms can be merged.
func (o ActivityOptions) String() string {
	list := []string{"range " + o.Range.String()}
	if o.Unit != 0 && o.Unit != metric.UnitDay {
		list = append(list, "unit "+o.Unit.String())
	}
	if o.WeekStart != metric.Monday {
		list = append(list, "weeks from "+o.WeekStart.String())
	}
	if o.Slot != 0 {
		list = append(list, "slot "+o.Slot.String())
	}
	if len(o.Active.Events)+len(o.Active.Where) > 0 {
		list = append(list, "active by "+o.Active.String())
	}
	if o.knows() {
		list = append(list, "known by "+o.Known.String())
	}
	for _, f := range o.Features {
		list = append(list, fmt.Sprintf("feature %q by %s", f.Name, f.Rule))
	}
	return commonText(list, o.Subject, o.Test, false)
}

// Activity keeps on which days of a range each customer was active.
//
// State is one bit a customer and day, and 8 bytes a customer if something was active
// before the range; the same again for each feature, and for Known. It does not grow with
// events, and an event that comes again changes nothing:
//
//	bytes a customer = (1 + features + known) * (8 * ceil(days / 64) + 8)
//
// Customers are those of the keys: with Keys shared, every key there takes this. Rows of
// blocks wait in at most 16 MB until they are asked for.
//
// Because nothing is kept of single events, two deliveries of one event that state two
// different times are two activities.
type Activity struct {
	options ActivityOptions
	text    string
	slots   *slots
	stride  int // words a customer
	planes  []plane
	pending pending
	in      intake.Intake
}

// plane is one kind of activity: any, the use of a feature, or what makes known. They are in
// this order.
type plane struct {
	words  [event.Buckets][]uint64 // stride words a customer, a bit a slot
	before [event.Buckets][]int64  // last instant before the range; short where there is none
}

const never = math.MinInt64

// NewActivity returns an accumulator without events.
func NewActivity(o ActivityOptions) (*Activity, error) {
	switch {
	case o.Range.IsZero():
		return nil, intake.Errorf("Range", "missing")
	case o.Unit != 0 && !o.Unit.IsCalendar():
		return nil, intake.Errorf("Unit", "%s is no unit of the calendar", o.Unit)
	case o.WeekStart > metric.Sunday:
		return nil, intake.Errorf("WeekStart", "%s does not exist", o.WeekStart)
	case o.Slot < 0 || o.Slot > 0 && o.Slot < time.Millisecond:
		return nil, intake.Errorf("Slot", "%s is below a millisecond", o.Slot)
	case o.Slot > 0 && o.Unit != 0:
		return nil, intake.Errorf("Slot", "with slots of one length there is no Unit")
	}
	if err := o.Active.Check(); err != nil {
		return nil, intake.Errorf("Active", "%w", err)
	}
	if err := o.Known.Check(); err != nil {
		return nil, intake.Errorf("Known", "%w", err)
	}
	seen := map[string]bool{}
	for i := range o.Features {
		f := &o.Features[i]
		if f.Name == "" || seen[f.Name] {
			return nil, intake.Errorf("Features", "name %q is empty or given twice", f.Name)
		}
		seen[f.Name] = true
		if err := f.Rule.Check(); err != nil {
			return nil, intake.Errorf("Features", "%q: %w", f.Name, err)
		}
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	s, err := slotsOf(o)
	if err != nil {
		return nil, err
	}
	o.Features, o.Keys = slices.Clone(o.Features), in.Keys
	planes := 1 + len(o.Features)
	if o.knows() {
		planes++
	}
	return &Activity{
		options: o, text: o.String(), slots: s, stride: (s.Len() + 63) / 64,
		planes: make([]plane, planes), in: in,
	}, nil
}

// slotsOf returns the slots of the range, widened to whole units.
func slotsOf(o ActivityOptions) (*slots, error) {
	start, end := o.Range.Start(), o.Range.End()
	if o.Slot == 0 {
		unit := calendar.Unit{PeriodUnit: max(o.Unit, metric.UnitDay), First: o.WeekStart}
		first, err := unit.Of(start)
		if err != nil {
			return nil, err
		}
		last, err := unit.Of(end.Add(-1))
		if err != nil {
			return nil, err
		}
		start, end = first.Start(), last.End()
	}
	return newSlots(start, end, o.Slot)
}

// Options returns the options, with the keys in use.
func (a *Activity) Options() ActivityOptions {
	o := a.options
	o.Features = slices.Clone(o.Features)
	return o
}

// Range returns the time in which slots are kept: the range asked for, widened to whole
// units.
func (a *Activity) Range() metric.Period {
	p, _ := a.slots.period(0, a.slots.Len())
	return p
}

// Keys returns the keys whose codes [ActivityBlock] takes.
func (a *Activity) Keys() *event.Keys { return a.in.Keys }

// Report returns what became of the events. It knows no duplicates: those change nothing.
func (a *Activity) Report() event.Report { return a.in.Tally.Report(0) }

// Add takes in an event.
func (a *Activity) Add(e *event.Event) {
	if !a.in.Wants(e) {
		return
	}
	asked := false
	for i := range a.planes {
		asked = asked || a.rule(i).Match(e)
	}
	if !asked {
		a.in.Tally.Ignored++
		return
	}
	at, ok := a.in.Instant(e, e.Time)
	if !ok {
		return
	}
	slot := a.slots.Find(at)
	if slot == a.slots.Len() {
		a.in.Tally.Ignored++
		return
	}
	code, ok := a.in.Take(e)
	if !ok {
		return
	}
	for i := range a.planes {
		if a.rule(i).Match(e) {
			a.mark(i, code, slot, at)
		}
	}
}

// rule returns which events are of a plane.
func (a *Activity) rule(plane int) *event.Rule {
	switch plane {
	case 0:
		return &a.options.Active
	case 1 + len(a.options.Features):
		return &a.options.Known
	}
	return &a.options.Features[plane-1].Rule
}

// mark notes activity in a slot or, if that is -1, before the range.
func (a *Activity) mark(plane int, c event.Code, slot int, at int64) {
	p := &a.planes[plane]
	if slot < 0 {
		p.markBefore(c, at)
		return
	}
	words := &p.words[c.Bucket()]
	first := c.Position() * a.stride
	if first >= len(*words) {
		*words = grownTo(*words, first+a.stride)
	}
	(*words)[first+slot>>6] |= 1 << (slot & 63)
}

func (p *plane) markBefore(c event.Code, at int64) {
	before := &p.before[c.Bucket()]
	for c.Position() >= len(*before) {
		*before = append(*before, never)
	}
	(*before)[c.Position()] = max((*before)[c.Position()], at)
}

// grownTo returns list with at least n elements.
func grownTo(list []uint64, n int) []uint64 {
	if n <= len(list) {
		return list
	}
	return slices.Grow(list, n-len(list))[:n]
}

// ActivityBlock is a block of columns of one length.
type ActivityBlock struct {
	Customer []event.Code // of the keys of the accumulator
	Time     []int64      // nanoseconds since 1970 UTC

	// Feature is the position in Features of the feature that was used, and -1 for activity
	// that is of none. Nil means none at all. Use of a feature is activity.
	Feature []int32

	// Known makes all rows those of events that are of [ActivityOptions.Known] only, which
	// are no activity. There is no Feature then.
	Known bool
}

// AddBlock takes in rows, all of which are activity unless the block says Known. On an
// error, which names the column, nothing is taken in.
func (a *Activity) AddBlock(b *ActivityBlock) error {
	if err := a.in.CheckRows(b.Customer, b.Time); err != nil {
		return err
	}
	if err := intake.CheckOptional("Feature", b.Feature, len(b.Customer)); err != nil {
		return err
	}
	for i, f := range b.Feature {
		if f < -1 || int(f) >= len(a.options.Features) {
			return intake.Errorf("Feature", "row %d has %d, with %d features", i, f, len(a.options.Features))
		}
	}
	if b.Known {
		return a.addKnown(b)
	}
	after := a.markRows(b.Customer, b.Time)
	a.in.Tally.Taken += int64(len(b.Customer) - after)
	a.in.Tally.Ignored += int64(after)
	for i, f := range b.Feature {
		if f >= 0 {
			if slot := a.slots.Find(b.Time[i]); slot < a.slots.Len() {
				a.mark(int(f)+1, b.Customer[i], slot, b.Time[i])
			}
		}
	}
	return nil
}

// Merge adds what o took in, and leaves o alone. Its options must be the same.
func (a *Activity) Merge(o *Activity) error {
	if a.text != o.text {
		return intake.Errorf("Activity", "merge of one with other options: %q and %q", a.text, o.text)
	}
	codes := a.in.Keys.Translation(o.in.Keys)
	for i := range a.planes {
		a.planes[i].merge(&o.planes[i], codes, a.stride)
	}
	for bucket := range o.pending.bits {
		for _, bit := range o.pending.bits[bucket][:o.pending.n[bucket]] {
			position, slot := int(bit)/(64*a.stride), int(bit)%(64*a.stride)
			a.mark(0, codes.Code(event.CodeOf(uint8(bucket), position)), slot, 0)
		}
	}
	a.in.Tally.Merge(&o.in.Tally)
	return nil
}

func (p *plane) merge(o *plane, codes *event.Translation, stride int) {
	for bucket := range o.words {
		words := o.words[bucket]
		for position := range len(words) / stride {
			from := words[position*stride:][:stride]
			if !slices.ContainsFunc(from, func(x uint64) bool { return x != 0 }) {
				continue
			}
			first := codes.Code(event.CodeOf(uint8(bucket), position)).Position() * stride
			p.words[bucket] = grownTo(p.words[bucket], first+stride)
			for i, x := range from {
				p.words[bucket][first+i] |= x
			}
		}
		for position, at := range o.before[bucket] {
			if at != never {
				p.markBefore(codes.Code(event.CodeOf(uint8(bucket), position)), at)
			}
		}
	}
}

// String returns the options that differ from the default.
func (a *Activity) String() string { return "activity: " + strings.TrimSpace(a.text) }
