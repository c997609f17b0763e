package event

import (
	"github.com/shopspring/decimal"
)

// SignedIn: a user signed in.
type SignedIn struct {
	Method string
}

// EventName returns "signed_in".
func (SignedIn) EventName() string { return "signed_in" }

func (p *SignedIn) attributes(b *binder) {
	b.optText("method", &p.Method)
}

// SignedOut: a user signed out.
type SignedOut struct {
	Method string
}

// EventName returns "signed_out".
func (SignedOut) EventName() string { return "signed_out" }

func (p *SignedOut) attributes(b *binder) {
	b.optText("method", &p.Method)
}

// SessionStarted: a session began; its id is in the envelope.
type SessionStarted struct {
	PreviousSessionID string
}

// EventName returns "session_started".
func (SessionStarted) EventName() string { return "session_started" }

func (p *SessionStarted) attributes(b *binder) {
	b.optText("previous_session_id", &p.PreviousSessionID)
}

// SessionEnded: a session ended; its id is in the envelope.
type SessionEnded struct {
	PreviousSessionID string
	Engaged           Optional[bool]
	PageViews         Optional[int64]
}

// EventName returns "session_ended".
func (SessionEnded) EventName() string { return "session_ended" }

func (p *SessionEnded) attributes(b *binder) {
	b.optText("previous_session_id", &p.PreviousSessionID)
	b.optFlag("engaged", &p.Engaged)
	b.optWhole("page_views", &p.PageViews)
}

// FeatureUsed: a feature was used, Count times.
type FeatureUsed struct {
	Feature string
	Count   Optional[int64]
}

// EventName returns "feature_used".
func (FeatureUsed) EventName() string { return "feature_used" }

func (p *FeatureUsed) attributes(b *binder) {
	b.text("feature", &p.Feature)
	b.optWhole("count", &p.Count)
}

// UsageRecorded: metered consumption.
type UsageRecorded struct {
	Meter    string
	Quantity decimal.Decimal
	Unit     string
}

// EventName returns "usage_recorded".
func (UsageRecorded) EventName() string { return "usage_recorded" }

func (p *UsageRecorded) attributes(b *binder) {
	b.text("meter", &p.Meter)
	b.number("quantity", &p.Quantity)
	b.optText("unit", &p.Unit)
}

// CallEstablished: a call was connected.
type CallEstablished struct {
	CallID string
}

// EventName returns "call_established".
func (CallEstablished) EventName() string { return "call_established" }

func (p *CallEstablished) attributes(b *binder) {
	b.text("call_id", &p.CallID)
}

// CallDropped: a connected call broke off.
type CallDropped struct {
	CallID string
}

// EventName returns "call_dropped".
func (CallDropped) EventName() string { return "call_dropped" }

func (p *CallDropped) attributes(b *binder) {
	b.text("call_id", &p.CallID)
}

// HealthRecorded: a measure of account health was taken.
type HealthRecorded struct {
	Measure string
	Value   decimal.Decimal
}

// EventName returns "health_recorded".
func (HealthRecorded) EventName() string { return "health_recorded" }

func (p *HealthRecorded) attributes(b *binder) {
	b.text("measure", &p.Measure)
	b.number("value", &p.Value)
}

// ExperimentViewed: a variation of an experiment was shown.
type ExperimentViewed struct {
	ExperimentID string
	VariationID  string
}

// EventName returns "experiment_viewed".
func (ExperimentViewed) EventName() string { return "experiment_viewed" }

func (p *ExperimentViewed) attributes(b *binder) {
	b.text("experiment_id", &p.ExperimentID)
	b.text("variation_id", &p.VariationID)
}
