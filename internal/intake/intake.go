// Package intake is what all calculators do with events and columns before they look at
// what those mean: whose they are, when they happened, and what cannot be taken in.
package intake

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Errorf returns a [metric.ErrInput] that names the input, such as a column or an option,
// and says why it is bad.
func Errorf(input, format string, args ...any) error {
	return &metric.Error{Input: input, Err: badInput{fmt.Errorf(format, args...)}}
}

// badInput is an error that is a [metric.ErrInput].
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func (e badInput) Is(target error) bool { return target == metric.ErrInput }

// Intake takes in events for one kind of customer.
type Intake struct {
	Subject event.SubjectKind
	Test    bool // take in events marked as test
	Keys    *event.Keys
	Tally   event.Tally
}

// New returns an intake. Keys may be nil for keys of its own.
func New(subject event.SubjectKind, test bool, keys *event.Keys) (Intake, error) {
	if subject > event.Account {
		return Intake{}, Errorf("Subject", "%d is neither user nor account", subject)
	}
	return Intake{Subject: subject, Test: test, Keys: orOwn(keys)}, nil
}

func orOwn(keys *event.Keys) *event.Keys {
	if keys == nil {
		return new(event.Keys)
	}
	return keys
}

// Fresh returns an intake of the same rules that has taken in nothing. Keys may be nil for
// keys of its own.
func (in *Intake) Fresh(keys *event.Keys) Intake {
	return Intake{Subject: in.Subject, Test: in.Test, Keys: orOwn(keys)}
}

// Wants reports whether e is to be looked at, and counts it if it is left out as test.
func (in *Intake) Wants(e *event.Event) bool {
	if e.Test && !in.Test {
		in.Tally.Test++
		return false
	}
	return true
}

// Admit returns the customer of an event, and the instant at in nanoseconds, and counts the
// event as taken in; or it refuses it. It is [Intake.Instant] and [Intake.Take] in one.
func (in *Intake) Admit(e *event.Event, at time.Time) (c event.Code, ns int64, ok bool) {
	if ns, ok = in.Instant(e, at); ok {
		c, ok = in.Take(e)
	}
	return c, ns, ok
}

// Instant returns the instant at in nanoseconds, or refuses an event that has no time, or at
// if that is out of range, or an event that has no customer. Nothing is known of the customer afterwards.
func (in *Intake) Instant(e *event.Event, at time.Time) (ns int64, ok bool) {
	switch {
	case e.Time.IsZero():
		in.Refuse(e, event.MissingTime, "")
	case !InRange(at):
		in.Refuse(e, event.BadTime, at.UTC().Format(time.RFC3339))
	case e.Subject(in.Subject) != "":
		return at.UnixNano(), true
	case in.Subject == event.Account:
		in.Refuse(e, event.MissingAccount, "")
	default:
		in.Refuse(e, event.MissingSubject, "")
	}
	return 0, false
}

// Take returns the customer of an event for which Instant has returned true, and counts the
// event as taken in; or it refuses the event, if there are too many customers.
func (in *Intake) Take(e *event.Event) (c event.Code, ok bool) {
	if c = in.Keys.Code(e.Subject(in.Subject)); c == event.NoCode {
		in.refuseCustomer(e)
		return c, false
	}
	in.Tally.Taken++
	return c, true
}

func (in *Intake) refuseCustomer(e *event.Event) {
	in.Refuse(e, event.TooLarge, "customers of one bucket")
}

// Refuse counts an event as refused. The example has the id of the event before the detail.
func (in *Intake) Refuse(e *event.Event, reason event.Reason, detail string) {
	in.Tally.Refuse(e.Name, reason, strings.TrimSpace(e.ID+" "+detail))
}

// Instants lie from Start up to End, in nanoseconds since 1970 UTC: in the years 1824 to
// 2115. Every difference of two fits 64 bits, and so does an instant and a window.
const (
	Start = -4_607_366_400 * int64(time.Second)
	End   = 4_607_280_000 * int64(time.Second)
)

// Years says in which years instants lie.
const Years = "the years 1824 to 2115"

// InRange reports whether t lies from [Start] up to [End].
func InRange(t time.Time) bool {
	return t.Unix() >= Start/int64(time.Second) && t.Unix() < End/int64(time.Second)
}

// Clamp returns t in nanoseconds, or the nearest instant in range; End for one after it.
func Clamp(t time.Time) int64 {
	switch {
	case InRange(t):
		return t.UnixNano()
	case t.Unix() < 0:
		return Start
	}
	return End
}

// CheckInstant returns t in nanoseconds, or an error that names the input if it is out of
// range.
func CheckInstant(input string, t time.Time) (int64, error) {
	if !InRange(t) {
		return 0, Errorf(input, "%s is not within "+Years, t.Format(time.RFC3339))
	}
	return t.UnixNano(), nil
}

// CheckRows checks the columns that every block has.
func (in *Intake) CheckRows(customers []event.Code, times []int64) error {
	if err := CheckLength("Time", len(times), len(customers)); err != nil {
		return err
	}
	var known [event.Buckets]uint32 // near at hand, and never as many as the position of NoCode
	for bucket := range known {
		known[bucket] = uint32(in.Keys.LenBucket(uint8(bucket)))
	}
	for i, c := range customers {
		if uint32(c>>8) >= known[uint8(c)] {
			return Errorf("Customer", "row %d has code %#x, which the keys did not give", i, uint32(c))
		}
	}
	for i, t := range times {
		if t < Start || t >= End {
			return Errorf("Time", "row %d is not within "+Years, i)
		}
	}
	return nil
}

// CheckLength reports a column of another length than that of the customers.
func CheckLength(column string, n, rows int) error {
	if n != rows {
		return Errorf(column, "the column has %d rows, that of customers %d", n, rows)
	}
	return nil
}

// CheckOptional reports a column that is there, which is not nil, and has another length
// than that of the customers.
func CheckOptional[T any](column string, values []T, rows int) error {
	if values == nil {
		return nil
	}
	return CheckLength(column, len(values), rows)
}
