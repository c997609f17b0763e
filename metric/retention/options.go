package retention

import (
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Options say whom an [Accumulator] counts and when. From and Buckets must be set; the zero
// value of every other field is the default.
type Options struct {
	// Start and Return are the events that make a customer a member of a cohort, and those
	// that count as coming back. The default is any event. An event can be both.
	Start, Return event.Rule

	// From is an instant of the first bucket. One that does not begin a bucket is moved back
	// to where its bucket begins, which [Accumulator.Range] and tables say.
	From time.Time

	// Buckets is the number of buckets, at most 10,000. Later events are not looked at, and
	// earlier ones only as first starts.
	Buckets int

	// Unit is that of buckets and periods.
	Unit Unit

	// Zone is where days begin; nil is UTC. The location of From does not matter: the first
	// instant of a Monday in Berlin is a Sunday in UTC, and of the week before.
	Zone *time.Location

	// WeekStart is the day on which weeks begin, Monday by default. It is for weeks only.
	WeekStart metric.WeekStart

	// Recurring makes a customer a member of the cohort of every bucket with a start,
	// instead of only that of the first start ever.
	Recurring bool

	// FirstIf are conditions on the first start of a customer: who does not meet them with
	// it is in no cohort, even if a later start would. Conditions in Start.Where do something
	// else: the first of the starts that meet them is the first start. Not with Recurring.
	FirstIf []event.Condition

	// Clock says how the periods of a customer are counted, by calendar buckets by default.
	Clock Clock

	// FloorHour takes the time of starts and returns down to the hour of the zone before
	// periods are counted, so that a customer who starts at 17:59 on one day is in period 1
	// from 17:00 on the next. Not with ByCalendar.
	FloorHour bool

	// MinReturns is how many returns it takes in a period for a customer to have returned in
	// it; 0 stands for 1. Not with Value.
	MinReturns int

	// Value names an attribute of returns, a whole number, that is added up instead of
	// counting customers. Events without it are refused.
	Value string

	// Money says that Value is an amount in the smallest unit of a currency, whose code is
	// in the attribute "currency". Amounts of different currencies are never added.
	Money bool

	// Subject is whom customer means, users by default. Events without one are refused.
	Subject event.SubjectKind

	// Test counts events marked as test, too.
	Test bool

	// Keys are the codes of customers. Nil gives the accumulator its own; accumulators that
	// share Keys merge without translation.
	Keys *event.Keys

	// Workers is the number of goroutines that a table may use, the caller's among them. It
	// never changes a result.
	Workers int
}

// Clock is how the periods of a customer are counted. The zero Clock is ByCalendar.
type Clock uint8

// The clocks.
const (
	// ByCalendar counts the buckets of the calendar between that of the start and that of
	// the return.
	ByCalendar Clock = iota

	// ByElapsed counts whole units of elapsed time since the start. A day is 24 hours, a
	// week 7 days and a month 30 days; no length is agreed on for quarters and years.
	//
	//	period = floor((return - start) / unit)
	ByElapsed

	// ByCivil counts units on the calendar and clock of the zone: period k begins at the
	// time of day of the start, k days, weeks, months, quarters or years later. Hours are
	// those of elapsed time. On a day
	// that the month does not have, that is the last one it has; at a time that clocks leave
	// out, it is the first instant after; of a time that comes twice, it is the first.
	ByCivil
)

// String returns "calendar", "elapsed" or "civil".
func (c Clock) String() string {
	switch c {
	case ByCalendar:
		return "calendar"
	case ByElapsed:
		return "elapsed"
	case ByCivil:
		return "civil"
	}
	return "clock " + strconv.Itoa(int(c))
}

const maxBuckets = 10_000

// check returns an error that names the first option that cannot be.
func (o *Options) check() error {
	switch {
	case o.From.IsZero():
		return intake.Errorf("From", "not set")
	case o.Buckets < 1 || o.Buckets > maxBuckets:
		return intake.Errorf("Buckets", "%d is not within 1 to %d", o.Buckets, maxBuckets)
	case o.Unit > Hour:
		return intake.Errorf("Unit", "%s does not exist", o.Unit)
	case o.WeekStart > metric.Sunday:
		return intake.Errorf("WeekStart", "%s does not exist", o.WeekStart)
	case o.WeekStart != metric.Monday && o.Unit != Week:
		return intake.Errorf("WeekStart", "%s means nothing for a %s", o.WeekStart, o.Unit)
	case o.Clock > ByCivil:
		return intake.Errorf("Clock", "%s does not exist", o.Clock)
	case o.Clock == ByElapsed && (o.Unit == Quarter || o.Unit == Year):
		return intake.Errorf("Clock", "no length in hours is agreed for a %s, use ByCivil", o.Unit)
	case o.FloorHour && o.Clock == ByCalendar:
		return intake.Errorf("FloorHour", "changes nothing for calendar buckets")
	case o.Recurring && len(o.FirstIf) > 0:
		return intake.Errorf("FirstIf", "is for first starts, not for recurring cohorts")
	case o.MinReturns < 0:
		return intake.Errorf("MinReturns", "%d is less than 0", o.MinReturns)
	case o.MinReturns > 1 && o.Value != "":
		return intake.Errorf("MinReturns", "means nothing for values that are added up")
	case o.Money && o.Value == "":
		return intake.Errorf("Money", "there is no Value")
	}
	return o.checkRules()
}

func (o *Options) checkRules() error {
	for _, r := range [...]struct {
		name string
		rule event.Rule
	}{{"Start", o.Start}, {"Return", o.Return}, {"FirstIf", event.Rule{Where: o.FirstIf}}} {
		if err := r.rule.Check(); err != nil {
			return intake.Errorf(r.name, "%w", err)
		}
	}
	return nil
}

// String returns the options that differ from the default in one canonical form, but for
// Keys and Workers, which change no result:
//
//	10 weeks from 2026-01-05, start signed_up, zone Europe/Berlin
func (o Options) String() string {
	o.setDefaults()
	parts := []string{strconv.Itoa(o.Buckets) + " " + o.Unit.String() + "s from " + o.From.In(o.Zone).Format(time.RFC3339)}
	if o.Buckets == 1 {
		parts[0] = "1 " + o.Unit.String() + " from " + o.From.In(o.Zone).Format(time.RFC3339)
	}
	add := func(differs bool, text string) {
		if differs {
			parts = append(parts, text)
		}
	}
	add(o.Zone.String() != "UTC", "zone "+o.Zone.String())
	add(o.WeekStart != metric.Monday, "weeks from "+o.WeekStart.String())
	add(len(o.Start.Events)+len(o.Start.Where) > 0, "start "+o.Start.String())
	add(len(o.Return.Events)+len(o.Return.Where) > 0, "return "+o.Return.String())
	add(o.Recurring, "recurring")
	if len(o.FirstIf) > 0 {
		_, conditions, _ := strings.Cut(event.Rule{Where: o.FirstIf}.String(), " where ")
		parts = append(parts, "first if "+conditions)
	}
	add(o.Clock != ByCalendar, o.Clock.String()+" clock")
	add(o.FloorHour, "floored to hours")
	add(o.MinReturns > 1, "at least "+strconv.Itoa(o.MinReturns)+" returns")
	add(o.Value != "" && !o.Money, "sum of "+o.Value)
	add(o.Value != "" && o.Money, "sum of money "+o.Value)
	add(o.Subject != event.User, "by "+o.Subject.String())
	add(o.Test, "with test events")
	return strings.Join(parts, ", ")
}

func (o *Options) setDefaults() {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.MinReturns = max(o.MinReturns, 1)
	o.From = o.From.Round(0)
}
