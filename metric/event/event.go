package event

import (
	"time"
)

// Event is one thing that a customer did, or that was done for a customer, at one
// instant.
//
// A caller fills the fields it knows; [New] does so from a typed payload, [Decode]
// from a line of JSON. [Check] says whether the event can be counted. The zero
// Event is empty and fails Check.
type Event struct {
	ID     string // unique within Source; "" lets the content identify the event, see Key
	Source string // where the event comes from; "" is a source like any other
	Name   string // canonical, lower-case snake_case: see Fold and Aliases

	// OriginalName is the name as the source wrote it, "" when that is Name.
	OriginalName string

	Time          time.Time // when it happened
	EffectiveTime time.Time // when a scheduled change takes effect; zero: at Time
	RecordedTime  time.Time // when it became known; zero: not stated

	// Seq orders the events of one instant. Readers of files count lines with it.
	Seq int64

	UserID      string // who, signed in
	AnonymousID string // who, not signed in
	AccountID   string // the paying account
	SessionID   string

	// Test marks internal or test traffic, which is left out by default.
	Test bool

	// Props are the attributes of the event beyond the envelope.
	Props Props
}

// Effective returns EffectiveTime, or Time when the change was not scheduled.
func (e *Event) Effective() time.Time {
	if e.EffectiveTime.IsZero() {
		return e.Time
	}
	return e.EffectiveTime
}

// SubjectKind is whom a calculator counts: users or accounts.
type SubjectKind uint8

// The kinds of subject. The zero SubjectKind is User.
const (
	User SubjectKind = iota
	Account
)

// String returns "user" or "account".
func (k SubjectKind) String() string {
	if k == Account {
		return "account"
	}
	return "user"
}

// Subject returns the key of the customer that e belongs to, "" when e names none
// of that kind. A user is UserID, or else AnonymousID; an account is AccountID.
func (e *Event) Subject(kind SubjectKind) string {
	switch {
	case kind == Account:
		return e.AccountID
	case e.UserID != "":
		return e.UserID
	}
	return e.AnonymousID
}
