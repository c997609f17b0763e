package funnel

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options say what a funnel is and how it is counted. Only Steps must be given.
type Options struct {
	// Steps are the steps of the funnel, from the first to the last. An event may be
	// meant by several.
	Steps []event.Rule

	// Names are the names of the steps in tables, for as many steps as there are names.
	// Another step has its rule for a name.
	Names []string

	// Order says in which order steps count.
	Order Order

	// Window is the time from the first step of an attempt in which the others count; an
	// event exactly at the limit does. Zero is a week. See [NoLimit].
	Window time.Duration

	// Exclusions are the events that must not happen between steps, and Excluded what
	// becomes of an attempt in which one does.
	Exclusions []Exclusion
	Excluded   Effect

	// Attempts says which attempts of a customer count.
	Attempts Attempts

	// Timing says from which entry times are measured.
	Timing Timing

	// Hold names attributes that all steps of an attempt must agree in. An event without
	// one of them is no step.
	Hold []string

	// Breakdown splits the counts by an attribute.
	Breakdown Breakdown

	// Reuse lets one event be several steps that follow each other. By default it is one
	// step of an attempt.
	Reuse bool

	// Increasing asks for each step to be at a later instant than the step before it. By
	// default steps may be at one instant, in the order of events.
	Increasing bool

	// NoRepeats ends an attempt at an event that repeats a step it has done, unless the
	// event is the attempt's next step. The first step may be repeated. It is
	// strict_deduplication of ClickHouse.
	NoRepeats bool

	// Reentry lets an attempt of order [StrictRepeats] go back to any step it has done. By
	// default only the last one may be repeated.
	Reentry bool

	// TiesByStep orders the events of one instant by the first step that each is meant by,
	// events that are no step before all others. By default they are in the order of
	// [event.Compare]. With Reuse, an event that several steps mean takes the place of each.
	TiesByStep bool

	Subject event.SubjectKind // whom a customer of the event surface is
	Test    bool              // count events marked as test, too

	// Unique promises that no event comes twice, to this funnel or to one that it is merged
	// with. Nothing is kept then of its source, id and content: it takes as little as a row
	// of columns. Events of one instant are in the order of sequence number and time of
	// record, and those that agree in both in one that depends on their steps and values
	// only.
	Unique bool

	// Keys holds the codes of customers. Nil gives the funnel its own. Funnels that share
	// Keys merge without translation.
	Keys *event.Keys

	// Workers is the number of goroutines that a result may use. Zero and one mean none
	// besides the caller's. It never changes a result.
	Workers int
}

// DefaultWindow is the window of a funnel for which none is given.
const DefaultWindow = 7 * 24 * time.Hour

// NoLimit is a window without an end: that of 292 years.
const NoLimit time.Duration = math.MaxInt64

// MaxRules is the number of steps and exclusions that a funnel may have together.
const MaxRules = 32

// Order is the order in which steps count.
type Order uint8

// The orders.
const (
	// Ordered asks for the steps one after the other. Any other events may lie between.
	Ordered Order = iota

	// Strict asks for the steps one right after the other: every event of the customer
	// that is not the next step ends the attempt, one that no rule means included.
	Strict

	// StrictRepeats is Strict, except that the step just done may be repeated: what the
	// documentation of strict_order of ClickHouse says. ClickHouse itself also lets earlier
	// steps pass, but for the first: A B C B D is level 4 of A, B, C, D there and 3 here.
	StrictRepeats

	// AnyOrder asks for the steps in any order. Any step opens an attempt, and its level
	// is the number of different steps done in the window.
	AnyOrder

	// AnyAfterFirst is AnyOrder, except that the first step opens an attempt.
	AnyAfterFirst

	// AnyAroundFirst is AnyAfterFirst, except that the window extends from the first step
	// in both directions. Steps done before it count from it on.
	AnyAroundFirst
)

var orderTexts = [...]string{"ordered", "strict", "strict_repeats", "any", "any_after_first", "any_around_first"}

// String returns a name such as "strict_repeats".
func (o Order) String() string { return nameOf(orderTexts[:], uint8(o)) }

func (o Order) any() bool { return o >= AnyOrder }

func (o Order) strict() bool { return o == Strict || o == StrictRepeats }

// Exclusion is an event that must not happen while an attempt is between two steps: after
// the event that is step After and before the one that is step Before, counted from 1.
// In any order, steps are counted as they are done, and the exclusion must be from the first
// to the last.
type Exclusion struct {
	Event         event.Rule
	After, Before int
}

// Effect is what becomes of an attempt that meets an excluded event.
type Effect uint8

// The effects.
const (
	// VoidAttempt makes the attempt void if it goes on to step Before: it does not count at
	// all. A customer with other attempts counts by those, and one without is not in the
	// funnel, not even in its first step. An attempt that never gets to step Before counts.
	VoidAttempt Effect = iota

	// RemoveCustomer removes the customer from every step, whatever else the attempt comes
	// to and whatever other attempts there are.
	RemoveCustomer

	// EndAttempt ends the attempt, which counts up to the step that it has reached. The
	// excluded event does not open another one if attempts follow each other, as
	// [EveryEntry] has them.
	EndAttempt
)

var effectTexts = [...]string{"void_attempt", "remove_customer", "end_attempt"}

// String returns a name such as "end_attempt".
func (e Effect) String() string { return nameOf(effectTexts[:], uint8(e)) }

// Attempts says which attempts of a customer count.
type Attempts uint8

// The ways to count attempts.
const (
	// Furthest starts an attempt at every first step, also while others are under way, and
	// counts the customer once, by the attempt that gets furthest: the earliest of several.
	Furthest Attempts = iota

	// FirstEntry counts the customer once, by the attempt that starts at the first of all
	// first steps.
	FirstEntry

	// EveryEntry counts every attempt. A customer may enter again after leaving: by
	// conversion, when the window is over, or where the attempt ended. First steps while
	// an attempt is under way start none. The event at which a strict attempt ends may
	// start the next. With Hold, attempts of different values do not hinder each other.
	EveryEntry
)

var attemptsTexts = [...]string{"furthest", "first_entry", "every_entry"}

// String returns a name such as "first_entry".
func (a Attempts) String() string { return nameOf(attemptsTexts[:], uint8(a)) }

// Timing says from which entry the times of an attempt are measured. It changes nothing but
// times.
type Timing uint8

// The ways to measure times.
const (
	// FromAttempt measures from the start of the attempt that counts.
	FromAttempt Timing = iota

	// FromFirstEntry measures from the first of all first steps of the customer, which may
	// be that of an earlier attempt.
	FromFirstEntry

	// FromLatestEntry measures along the latest attempt that gets as far by the same last
	// event, and does not start after it.
	FromLatestEntry
)

var timingTexts = [...]string{"attempt", "first_entry", "latest_entry"}

// String returns a name such as "latest_entry".
func (t Timing) String() string { return nameOf(timingTexts[:], uint8(t)) }

// Breakdown splits counts by the value that an attribute has in an attempt.
type Breakdown struct {
	Attribute string // "" does not split

	// At says whose value it is: [FirstValue], [LastValue], or that of a step, from 1.
	At int
}

// The values of Breakdown.At that are no steps.
const (
	FirstValue = 0  // the first one that the steps of the attempt have
	LastValue  = -1 // the last one
)

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return strconv.Itoa(int(i))
}

// check returns an error that names the option that is wrong.
func (o *Options) check() error {
	switch {
	case len(o.Steps) == 0:
		return intake.Errorf("Steps", "none given")
	case len(o.Steps)+len(o.Exclusions) > MaxRules:
		return intake.Errorf("Steps and Exclusions", "%d rules, at most %d are possible", len(o.Steps)+len(o.Exclusions), MaxRules)
	case len(o.Names) > len(o.Steps):
		return intake.Errorf("Names", "%d names of %d steps", len(o.Names), len(o.Steps))
	case int(o.Order) >= len(orderTexts):
		return intake.Errorf("Order", "%d is none", o.Order)
	case o.Window < 0:
		return intake.Errorf("Window", "%s is negative", o.Window)
	case int(o.Excluded) >= len(effectTexts):
		return intake.Errorf("Excluded", "%d is no effect", o.Excluded)
	case int(o.Attempts) >= len(attemptsTexts):
		return intake.Errorf("Attempts", "%d is no way to count", o.Attempts)
	case int(o.Timing) >= len(timingTexts):
		return intake.Errorf("Timing", "%d is no way to measure", o.Timing)
	case slices.Contains(o.Hold, ""):
		return intake.Errorf("Hold", "an attribute without a name")
	case o.Breakdown.At < LastValue || o.Breakdown.At > len(o.Steps):
		return intake.Errorf("Breakdown", "there is no step %d", o.Breakdown.At)
	case o.Breakdown.Attribute == "" && o.Breakdown.At != FirstValue:
		return intake.Errorf("Breakdown", "a step without an attribute")
	case o.Order.any() && (o.Increasing || o.NoRepeats):
		return intake.Errorf("Increasing and NoRepeats", "they mean nothing in order %s", o.Order)
	case o.Reentry && o.Order != StrictRepeats:
		return intake.Errorf("Reentry", "it means nothing in order %s", o.Order)
	case len(o.Exclusions) == 0 && o.Excluded != VoidAttempt:
		return intake.Errorf("Excluded", "%s without Exclusions", o.Excluded)
	}
	for i := range o.Steps {
		if err := o.Steps[i].Check(); err != nil {
			return intake.Errorf("step "+strconv.Itoa(i+1), "%w", err)
		}
	}
	for i := range o.Exclusions {
		if err := o.checkExclusion(&o.Exclusions[i]); err != nil {
			return intake.Errorf("exclusion "+strconv.Itoa(i+1), "%w", err)
		}
	}
	return nil
}

func (o *Options) checkExclusion(x *Exclusion) error {
	switch {
	case x.After < 1 || x.Before > len(o.Steps) || x.After >= x.Before:
		return fmt.Errorf("after step %d and before step %d of %d", x.After, x.Before, len(o.Steps))
	case o.Order == AnyAroundFirst:
		return fmt.Errorf("order %s has none", o.Order)
	case o.Order.any() && (x.After != 1 || x.Before != len(o.Steps)):
		return fmt.Errorf("from step %d to %d, but in any order it must be from the first to the last", x.After, x.Before)
	}
	return x.Event.Check()
}

// String returns the steps and the options that are not the default, in one canonical form.
// Funnels with equal texts merge.
//
//	signed_up -> order_completed; window=24h0m0s; attempts=every_entry
func (o Options) String() string {
	var b strings.Builder
	for i, step := range o.Steps {
		if i > 0 {
			b.WriteString(" -> ")
		}
		b.WriteString(enclosed(step.String()))
	}
	option := func(set bool, format string, args ...any) {
		if set {
			fmt.Fprintf(&b, "; "+format, args...)
		}
	}
	option(o.Order != Ordered, "order=%s", o.Order)
	option(o.Window == NoLimit, "window=no_limit")
	option(o.Window != 0 && o.Window != DefaultWindow && o.Window != NoLimit, "window=%s", o.Window)
	for _, x := range o.Exclusions {
		option(true, "exclude=%s after %d before %d", enclosed(x.Event.String()), x.After, x.Before)
	}
	option(o.Excluded != VoidAttempt, "excluded=%s", o.Excluded)
	option(o.Attempts != Furthest, "attempts=%s", o.Attempts)
	option(o.Timing != FromAttempt, "timing=%s", o.Timing)
	for _, name := range o.held() {
		option(true, "hold=%s", enclosed(name))
	}
	option(o.Breakdown.Attribute != "", "breakdown=%s", enclosed(o.Breakdown.Attribute))
	option(o.Breakdown.At == LastValue, "breakdown_at=last")
	option(o.Breakdown.At > 0, "breakdown_at=%d", o.Breakdown.At)
	option(o.Reuse, "reuse")
	option(o.Increasing, "increasing")
	option(o.NoRepeats, "no_repeats")
	option(o.Reentry, "reentry")
	option(o.TiesByStep, "ties_by_step")
	option(o.Subject != event.User, "subject=%s", o.Subject)
	option(o.Test, "test")
	option(o.Unique, "unique")
	return b.String()
}

// enclosed quotes text that could be taken for more than one.
func enclosed(text string) string {
	if strings.ContainsAny(text, `;>"`) || strings.Contains(text, " after ") || text != strings.TrimSpace(text) {
		return strconv.Quote(text)
	}
	return text
}

// held returns the attributes to hold, in one order and each once.
func (o *Options) held() []string { return slices.Compact(slices.Sorted(slices.Values(o.Hold))) }
