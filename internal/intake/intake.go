// Package intake is what all calculators do with events and columns before they look at
// what those mean: whose they are, when they happened, and what cannot be taken in.
package intake

import (
	"fmt"
	"math"
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
	if keys == nil {
		keys = new(event.Keys)
	}
	return Intake{Subject: subject, Test: test, Keys: keys}, nil
}

// Wants reports whether e is to be looked at, and counts it if it is left out as test.
func (in *Intake) Wants(e *event.Event) bool {
	if e.Test && !in.Test {
		in.Tally.Test++
		return false
	}
	return true
}

// Admit returns the customer of an event, and the instant at in nanoseconds, or refuses
// the event.
func (in *Intake) Admit(e *event.Event, at time.Time) (c event.Code, ns int64, ok bool) {
	key := e.Subject(in.Subject)
	switch {
	case at.IsZero():
		in.Tally.Refuse(e.Name, event.MissingTime, "")
	case !InRange(at):
		in.Tally.Refuse(e.Name, event.BadTime, at.UTC().Format(time.RFC3339))
	case key == "":
		in.Tally.Refuse(e.Name, event.MissingSubject, in.Subject.String())
	default:
		if c = in.Keys.Code(key); c != event.NoCode {
			in.Tally.Taken++
			return c, at.UnixNano(), true
		}
		in.Tally.Refuse(e.Name, event.TooLarge, "customers of one bucket")
	}
	return event.NoCode, 0, false
}

// Instants lie between these, in nanoseconds since 1970, so that there is room to add a
// window to each.
const (
	Least = math.MinInt64/2 + 1 // in the year 1823
	Most  = math.MaxInt64 / 2   // in the year 2116
)

// InRange reports whether t lies between [Least] and [Most].
func InRange(t time.Time) bool {
	return t.Unix() > Least/int64(time.Second) && t.Unix() < Most/int64(time.Second)
}

// CheckRows checks the columns that every block has.
func (in *Intake) CheckRows(customers []event.Code, times []int64) error {
	if err := CheckLength("Time", len(times), len(customers)); err != nil {
		return err
	}
	for i, c := range customers {
		if c == event.NoCode || !in.Keys.Has(c) {
			return Errorf("Customer", "row %d has code %#x, which the keys did not give", i, uint32(c))
		}
	}
	for i, t := range times {
		if t <= Least || t >= Most {
			return Errorf("Time", "row %d is not within the years 1824 to 2115", i)
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
