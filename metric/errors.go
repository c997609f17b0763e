package metric

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The two classes of error. A test with [errors.Is] tells them apart; a
// [Reason] or an [Error] says more.
var (
	// ErrUndefined says that the data give no value: nothing was wrong with
	// them, but the metric does not exist for them. Every [Reason] is an
	// ErrUndefined.
	ErrUndefined = errors.New("undefined")

	// ErrInput says that an input is bad: malformed, out of range, given twice,
	// unrelated to the metric, or of the wrong kind.
	ErrInput = errors.New("bad input")
)

// Reason says why a metric has no value. It is an error, so that it can be
// returned, wrapped and tested for:
//
//	errors.Is(err, metric.ZeroDenominator) // this reason
//	errors.Is(err, metric.ErrUndefined)    // any reason
//
// Reason is a comparable value type. The zero Reason is no reason; it is not an
// ErrUndefined.
type Reason string

// The reasons.
const (
	ZeroDenominator     Reason = "zero_denominator"
	EmptyPopulation     Reason = "empty_population"
	InsufficientHistory Reason = "insufficient_history"
	NotMature           Reason = "not_mature"
	GrainMismatch       Reason = "grain_mismatch"
	MissingInput        Reason = "missing_input"
	MixedCurrency       Reason = "mixed_currency"
	NotAdditive         Reason = "not_additive"
	OutOfDomain         Reason = "out_of_domain"
	Suppressed          Reason = "suppressed"
)

var reasons = [...]struct {
	reason  Reason
	explain string
}{
	{ZeroDenominator, "The denominator is zero, so the quotient does not exist."},
	{EmptyPopulation, "The population has no members, so it has no mean, median or percentile."},
	{InsufficientHistory, "The data do not reach back far enough for this metric."},
	{NotMature, "The cohort or period has not lasted long enough for its value to be final."},
	{GrainMismatch, "The period is not of the length that the metric is defined for."},
	{MissingInput, "At least one input was neither supplied nor could it be derived."},
	{MixedCurrency, "Amounts of different currencies meet, and nothing says how to convert them."},
	{NotAdditive, "The values cannot be added up, so there is no value for the whole."},
	{OutOfDomain, "The inputs lie outside the domain in which the metric is meaningful."},
	{Suppressed, "The value is withheld because too few customers stand behind it."},
}

// Reasons yields every reason, in a fixed order.
func Reasons() iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		for i := range reasons {
			if !yield(reasons[i].reason) {
				return
			}
		}
	}
}

// ParseReason returns the reason with the given code, such as "zero_denominator".
func ParseReason(s string) (Reason, error) {
	for i := range reasons {
		if string(reasons[i].reason) == s {
			return reasons[i].reason, nil
		}
	}
	return "", inputErrorf("reason %s is unknown", quote(s))
}

// Error returns the code, which can be looked up with [ParseReason].
func (r Reason) Error() string {
	if r == "" {
		return "no reason"
	}
	return string(r)
}

// Explain returns the reason as one sentence.
func (r Reason) Explain() string {
	for i := range reasons {
		if reasons[i].reason == r {
			return reasons[i].explain
		}
	}
	return "The reason is not one that this version knows."
}

// Is makes every reason an [ErrUndefined] to [errors.Is].
func (r Reason) Is(target error) bool { return target == ErrUndefined && r != "" }

// MarshalText returns the code.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r), nil }

// UnmarshalText accepts what [ParseReason] does, and no text for no reason.
func (r *Reason) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = ""
		return nil
	}
	v, err := ParseReason(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

// Value implements [driver.Valuer] with the code.
func (r Reason) Value() (driver.Value, error) { return string(r), nil }

// Scan implements the scanner of database/sql for text.
func (r *Reason) Scan(src any) error { return scanText("reason", src, r.UnmarshalText) }

// Error says which metric could not be computed, because of which input, and
// why. Each field may be empty.
//
// [errors.Is] and [errors.As] find both Reason and Err.
type Error struct {
	Metric string // id of the metric asked for
	Input  string // id of the input at fault
	Reason Reason // why there is no value; empty for a bad input
	Err    error  // the cause
}

// Error joins the fields that are set with colons:
// "orders.average_value: orders.count: zero_denominator".
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	parts := make([]string, 0, 4)
	if e.Metric != "" {
		parts = append(parts, e.Metric)
	}
	if e.Input != "" && e.Input != e.Metric {
		parts = append(parts, e.Input)
	}
	if e.Reason != "" && e.Err != error(e.Reason) {
		parts = append(parts, e.Reason.Error())
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if len(parts) == 0 {
		return "unknown error"
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the reason and the cause, as far as they are set.
func (e *Error) Unwrap() []error {
	if e == nil {
		return nil
	}
	errs := make([]error, 0, 2)
	if e.Reason != "" {
		errs = append(errs, e.Reason)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// badInput is an ErrInput with a message that stands on its own.
type badInput struct {
	message string
	cause   error
}

func (e *badInput) Error() string        { return e.message }
func (e *badInput) Is(target error) bool { return target == ErrInput }
func (e *badInput) Unwrap() error        { return e.cause }

// inputErrorf returns an ErrInput with a message as of [fmt.Errorf], and its cause.
func inputErrorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &badInput{message: err.Error(), cause: errors.Unwrap(err)}
}

// quote makes hostile text fit for an error message: quoted, and cut when long.
func quote(s string) string {
	const limit = 48
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	cut := limit
	for cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "..."
}
