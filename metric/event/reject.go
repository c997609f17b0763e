package event

import (
	"fmt"
	"strings"
)

// Reason is a stable code for why an event was refused, to count rejections by. It
// is an error, so that errors.Is(err, MissingTime) works.
type Reason string

// The reasons.
const (
	Malformed          Reason = "malformed"           // not the form that was to be decoded
	UnknownField       Reason = "unknown_field"       // a field that the envelope does not have
	TooLarge           Reason = "too_large"           // beyond a limit of size or depth
	BadText            Reason = "bad_text"            // not UTF-8
	BadNumber          Reason = "bad_number"          // not within 10^34 and 10^-34, or no value at all
	BadTime            Reason = "bad_time"            // not RFC 3339, or not in the years 1 to 9999
	MissingName        Reason = "missing_name"        //
	BadName            Reason = "bad_name"            // not folded
	MissingTime        Reason = "missing_time"        //
	MissingSubject     Reason = "missing_subject"     // none of the three ids
	MissingAccount     Reason = "missing_account"     // subscriptions, payments and invoices need one
	MissingAttribute   Reason = "missing_attribute"   // required, or the currency of an amount
	DuplicateAttribute Reason = "duplicate_attribute" //
	WrongType          Reason = "wrong_type"          //
	BadCurrency        Reason = "bad_currency"        // not three upper-case letters
	NegativeAmount     Reason = "negative_amount"     // money below zero
	OutOfRange         Reason = "out_of_range"        // another number that is impossible
	BadPeriod          Reason = "bad_period"          // the end is before the start, or on it
	WrongEvent         Reason = "wrong_event"         // another event than the payload asked for
)

// Error returns the code in words.
func (r Reason) Error() string { return strings.ReplaceAll(string(r), "_", " ") }

// Rejection is the error for an event that cannot be counted.
type Rejection struct {
	Reason    Reason
	Event     string // name of the event, as far as known
	Attribute string // attribute or envelope field, "items[2].amount" inside a list; "" for the whole event
	Detail    string // what was found
}

// Error names the event, the attribute and the reason.
func (r *Rejection) Error() string {
	text := "event"
	if r.Event != "" {
		text = fmt.Sprintf("event %.60q", r.Event)
	}
	if r.Attribute != "" {
		text += fmt.Sprintf(": %.120s", r.Attribute)
	}
	text += ": " + r.Reason.Error()
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	return text
}

// Unwrap returns the reason.
func (r *Rejection) Unwrap() error { return r.Reason }

// in names the event and puts the attribute inside an outer one.
func (r *Rejection) in(name, attribute string) *Rejection {
	r.Event = name
	switch {
	case attribute == "":
	case r.Attribute == "" || r.Attribute[0] == '[':
		r.Attribute = attribute + r.Attribute
	default:
		r.Attribute = attribute + "." + r.Attribute
	}
	return r
}

func reject(reason Reason, attribute, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Attribute: attribute, Detail: fmt.Sprintf(format, args...)}
}
