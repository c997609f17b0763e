package ledger

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options are the rules of a ledger. The zero value of every field is the default, which is
// what most of the market does or, where it is split, what keeps statements additive. The
// codes in brackets are the rules of the package documentation.
type Options struct {
	// Unit is whose revenue a movement is about: a customer's, or a subscription's. [A1]
	Unit Unit

	// Weeks and Days say how many weeks and days a month has. [B3]
	Weeks WeekFactor
	Days  DayFactor

	// IgnoreEndingDiscounts leaves discounts that end at a known date out of recurring
	// revenue, which is then the price after they end. [B8]
	IgnoreEndingDiscounts bool

	// CountMetered counts the amounts of metered items, which are otherwise a level of their
	// own. [B11]
	CountMetered bool

	// PausedCounts leaves the revenue of paused subscriptions where it was. [D9]
	PausedCounts bool

	// Grain is how close in time changes have to be to be one movement. [C10, D12]
	Grain Grain

	// ChurnAt is when the revenue of a cancelled subscription ends. [D1]
	ChurnAt ChurnDate

	// ZeroIsContraction books revenue that falls to zero while a subscription goes on, on a
	// free plan, as contraction, and its return as expansion. [B12]
	ZeroIsContraction bool

	// A customer who returns sooner than ReactivateAfter or later than ReactivateWithin
	// after leaving is new again, and marked as returning. Zero means no limit. [C8]
	ReactivateAfter, ReactivateWithin Span

	// Grace is how long a customer may be gone without having left: revenue goes on at the
	// level before, and what it is on return is expansion, contraction or nothing. [C9]
	Grace Span

	// DunningDays is how many days after the first failed payment a subscription has ended
	// for want of payment: 30 if zero; if negative, when a cancellation says so. [D7]
	DunningDays int

	// DunningBackdated dates that end back to the failed payment. [D7]
	DunningBackdated bool

	// MergeRestated adds the history of a merged customer to the survivor's from its
	// beginning, and not from the day of the merge. [C13]
	MergeRestated bool

	// Conversion is which day's rate an amount is converted at. [E2 to E4]
	Conversion Conversion

	// Basis is what the retention and churn of revenue compare. [G5]
	Basis Basis

	// NetChurnWithReactivation takes revenue of returning customers off net churn. [G2]
	NetChurnWithReactivation bool

	// QuickRatioWithoutReactivation leaves it out of the quick ratio. [G10]
	QuickRatioWithoutReactivation bool

	// ChurnIncludesNew divides the customers that left, among them those who joined within
	// the period, by customers at the start and new ones. [G6]
	ChurnIncludesNew bool

	// ChurnIncludesSamePeriod counts customers that joined and left within the period as
	// lost, over customers at the start. [G6]
	ChurnIncludesSamePeriod bool

	// RetentionWithFX lets changes of exchange rates into net revenue retention. [E6]
	RetentionWithFX bool

	// SegmentByPlan makes the plan of an item its segment, in place of what facts say. [C14]
	SegmentByPlan bool

	// Segment names the segment of a subscription as of an event that sets it. It must
	// depend on what [event.Compare] compares only and not keep the event. Nil means none.
	Segment func(*event.Event) string

	// Strict refuses statements of a ledger that has refused any fact. [H6]
	Strict bool

	// Test takes in events marked as internal or test traffic, too.
	Test bool

	// Unique promises that no event is added twice, to this ledger or to one that is merged
	// with it, and that none is a correction or a retraction of another. Nothing of their
	// identity is kept then: facts of one instant are ordered by Seq, Recorded and content
	// alone, and a fact that is added again is another fact. [A6, A7]
	Unique bool

	// Keys and Subscriptions hold the codes of customers and subscriptions. Nil gives the
	// ledger its own. Ledgers that share both merge without translation.
	Keys, Subscriptions *event.Keys

	// Workers is how many goroutines a statement may use; 0 and 1 mean none besides the
	// caller's. It never changes a result.
	Workers int
}

// Unit is whose revenue a movement is about.
type Unit uint8

// The units.
const (
	ByCustomer     Unit = iota // the sum of a customer's subscriptions
	BySubscription             // each subscription on its own
)

// WeekFactor is how many weeks a month has.
type WeekFactor uint8

// The week factors.
const (
	Weeks52   WeekFactor = iota // 52/12
	WeeksMean                   // 365.25/84
	Weeks3044                   // 30.44/7
	Weeks4                      // 4
	Weeks433                    // 4.33
)

// DayFactor is how many days a month has.
type DayFactor uint8

// The day factors.
const (
	Days365  DayFactor = iota // 365/12
	DaysMean                  // 365.25/12
	Days3044                  // 30.44
	Days30                    // 30
)

// Grain is how close changes of a customer have to be to be one movement, classified on the
// revenue before and after all of them.
type Grain uint8

// The grains. All but the first move changes in time, up to the bound that they name, so
// that levels and movements still add up.
const (
	GrainInstant    Grain = iota // the same instant
	GrainHour                    // within 60 minutes of the first, at which they are booked
	GrainDay                     // the same civil day, at the start of which they are booked
	GrainMonth                   // the same calendar month, at the start of which they are booked
	GrainMonthStart              // seen at the start of a month only, at which what changed since the last one is booked
)

// ChurnDate is when the revenue of a cancelled subscription ends.
type ChurnDate uint8

// The churn dates.
const (
	// ChurnAtServiceEnd is the effective time of the cancellation.
	ChurnAtServiceEnd ChurnDate = iota

	// ChurnAtRequest is when it was asked for. A request that is withdrawn is not netted: it
	// was churn, and its withdrawal is a reactivation.
	ChurnAtRequest

	// ChurnAtNextInvoice is the end of the term that is paid for: what a renewal or start
	// last stated or, where none did, the next end of an interval since the start.
	ChurnAtNextInvoice
)

// Conversion is which day's rate an amount is converted at.
type Conversion uint8

// The conversions.
const (
	// ConvertByDate converts a level at the rate of its instant and a movement at that of
	// its day; the rest is FX.
	ConvertByDate Conversion = iota

	// ConvertAtStart converts each subscription at the rate of the day it started, for ever.
	ConvertAtStart

	// ConvertConstant converts everything at the rate of one instant, [Query.RatesAt].
	ConvertConstant
)

// Basis is what the retention and churn of revenue compare.
type Basis uint8

// The bases.
const (
	BasisEnds      Basis = iota // each opening customer at the two ends of the period
	BasisMovements              // the movements of the opening customers
)

// Span is a stretch of civil time. The zero Span is none.
type Span struct{ Months, Days int }

// IsZero reports whether s is no time.
func (s Span) IsZero() bool { return s == Span{} }

// after returns the instant s after t, on the calendar of loc.
func (s Span) after(t int64, loc *time.Location) int64 {
	if s.Months == 0 && s.Days == 0 {
		return t
	}
	return nanos(addMonths(time.Unix(0, t).In(loc), s.Months).AddDate(0, 0, s.Days))
}

// addMonths returns the same day and time some months later, or the last day of that month
// if it has no such day.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func (s Span) String() string {
	switch {
	case s.Months == 0:
		return fmt.Sprintf("%dd", s.Days)
	case s.Days == 0:
		return fmt.Sprintf("%dmo", s.Months)
	}
	return fmt.Sprintf("%dmo%dd", s.Months, s.Days)
}

const defaultDunningDays = 30

// dunning returns after how many days a subscription has ended for want of payment, and
// false if only a cancellation ends it.
func (o *Options) dunning() (days int, ok bool) {
	switch {
	case o.DunningDays < 0:
		return 0, false
	case o.DunningDays == 0:
		return defaultDunningDays, true
	}
	return o.DunningDays, true
}

// months returns how many months factor an interval takes: MRR is the amount times it.
func (o *Options) factor(i Interval) (exact.Fraction, bool) {
	switch i {
	case Daily:
		return [...]exact.Fraction{fraction(365, 12), fraction(36525, 1200), fraction(3044, 100), fraction(30, 1)}[o.Days], true
	case Weekly:
		return [...]exact.Fraction{fraction(52, 12), fraction(36525, 8400), fraction(3044, 700), fraction(4, 1), fraction(433, 100)}[o.Weeks], true
	case Monthly:
		return fraction(1, 1), true
	case Yearly:
		return fraction(1, 12), true
	}
	return exact.Fraction{}, false
}

func (o *Options) check() error {
	const farDays, farMonths = 36525, 1200
	span := func(s Span) bool {
		return s.Months >= 0 && s.Days >= 0 && s.Months <= farMonths && s.Days <= farDays
	}
	switch {
	case o.Unit > BySubscription:
		return inputErrorf("unit %d is unknown", o.Unit)
	case o.Weeks > Weeks433:
		return inputErrorf("week factor %d is unknown", o.Weeks)
	case o.Days > Days30:
		return inputErrorf("day factor %d is unknown", o.Days)
	case o.Grain > GrainMonthStart:
		return inputErrorf("grain %d is unknown", o.Grain)
	case o.ChurnAt > ChurnAtNextInvoice:
		return inputErrorf("churn date %d is unknown", o.ChurnAt)
	case o.Conversion > ConvertConstant:
		return inputErrorf("conversion %d is unknown", o.Conversion)
	case o.Basis > BasisMovements:
		return inputErrorf("basis %d is unknown", o.Basis)
	case o.DunningDays > farDays:
		return inputErrorf("dunning of %d days is longer than a century", o.DunningDays)
	case !span(o.Grace) || !span(o.ReactivateAfter) || !span(o.ReactivateWithin):
		return inputErrorf("a span is negative or longer than a century")
	}
	return nil
}

// String returns the rules that differ from the default, in a fixed order: "" for the
// default, "churn=request paused=counts" for two others. Options with equal strings give
// equal results, but for Segment, which is a function (H8).
func (o Options) String() string {
	var list []string
	add := func(differs bool, text string) {
		if differs {
			list = append(list, text)
		}
	}
	add(o.Unit == BySubscription, "unit=subscription")
	add(o.Weeks != 0, "weeks="+[...]string{"", "365.25/84", "30.44/7", "4", "4.33"}[min(o.Weeks, Weeks433)])
	add(o.Days != 0, "days="+[...]string{"", "365.25/12", "30.44", "30"}[min(o.Days, Days30)])
	add(o.IgnoreEndingDiscounts, "ending_discounts=ignored")
	add(o.CountMetered, "metered=counts")
	add(o.PausedCounts, "paused=counts")
	add(o.Grain != 0, "grain="+[...]string{"", "hour", "day", "month", "month_start"}[min(o.Grain, GrainMonthStart)])
	add(o.ChurnAt != 0, "churn="+[...]string{"", "request", "next_invoice"}[min(o.ChurnAt, ChurnAtNextInvoice)])
	add(o.ZeroIsContraction, "zero=contraction")
	add(!o.ReactivateAfter.IsZero(), "reactivate_after="+o.ReactivateAfter.String())
	add(!o.ReactivateWithin.IsZero(), "reactivate_within="+o.ReactivateWithin.String())
	add(!o.Grace.IsZero(), "grace="+o.Grace.String())
	days, limited := o.dunning()
	add(!limited, "dunning=open")
	add(limited && days != defaultDunningDays, fmt.Sprintf("dunning=%dd", days))
	add(o.DunningBackdated, "dunning=backdated")
	add(o.MergeRestated, "merge=restated")
	add(o.Conversion != 0, "fx="+[...]string{"", "start", "constant"}[min(o.Conversion, ConvertConstant)])
	add(o.Basis != 0, "basis=movements")
	add(o.NetChurnWithReactivation, "net_churn=with_reactivation")
	add(o.QuickRatioWithoutReactivation, "quick_ratio=without_reactivation")
	add(o.ChurnIncludesNew, "customer_churn=with_new")
	add(o.ChurnIncludesSamePeriod, "customer_churn=with_same_period")
	add(o.RetentionWithFX, "nrr=with_fx")
	add(o.SegmentByPlan, "segment=plan")
	add(o.Strict, "strict")
	add(o.Test, "test")
	add(o.Unique, "unique")
	return strings.Join(list, " ")
}
