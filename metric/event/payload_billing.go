package event

import (
	"time"

	"github.com/shopspring/decimal"
)

// SubscriptionStarted: a subscription began, with these items.
type SubscriptionStarted struct {
	SubscriptionID string
	Currency       string
	Items          []SubscriptionItem
}

// EventName returns "subscription_started".
func (SubscriptionStarted) EventName() string { return "subscription_started" }

func (p *SubscriptionStarted) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.text("currency", &p.Currency)
	b.items("items", &p.Items)
}

// SubscriptionUpdated: a subscription now has these items, all of them.
type SubscriptionUpdated struct {
	SubscriptionID string
	Currency       string
	Items          []SubscriptionItem
}

// EventName returns "subscription_updated".
func (SubscriptionUpdated) EventName() string { return "subscription_updated" }

func (p *SubscriptionUpdated) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.text("currency", &p.Currency)
	b.items("items", &p.Items)
}

// SubscriptionRenewed: a new term began at unchanged items.
type SubscriptionRenewed struct {
	SubscriptionID string
	PeriodEnd      time.Time
}

// EventName returns "subscription_renewed".
func (SubscriptionRenewed) EventName() string { return "subscription_renewed" }

func (p *SubscriptionRenewed) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.optInstant("period_end", &p.PeriodEnd)
}

// SubscriptionCancellationRequested: notice was given; the end is the envelope's effective time.
type SubscriptionCancellationRequested struct {
	SubscriptionID string
	Reason         string
	Voluntary      Optional[bool]
}

// EventName returns "subscription_cancellation_requested".
func (SubscriptionCancellationRequested) EventName() string {
	return "subscription_cancellation_requested"
}

func (p *SubscriptionCancellationRequested) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.optText("reason", &p.Reason)
	b.optFlag("voluntary", &p.Voluntary)
}

// SubscriptionCancellationWithdrawn: a notice was taken back.
type SubscriptionCancellationWithdrawn struct {
	SubscriptionID string
}

// EventName returns "subscription_cancellation_withdrawn".
func (SubscriptionCancellationWithdrawn) EventName() string {
	return "subscription_cancellation_withdrawn"
}

func (p *SubscriptionCancellationWithdrawn) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
}

// SubscriptionCancelled: a subscription ended.
type SubscriptionCancelled struct {
	SubscriptionID string
	Reason         string
	Voluntary      Optional[bool]
}

// EventName returns "subscription_cancelled".
func (SubscriptionCancelled) EventName() string { return "subscription_cancelled" }

func (p *SubscriptionCancelled) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.optText("reason", &p.Reason)
	b.optFlag("voluntary", &p.Voluntary)
}

// SubscriptionPaused: a subscription was suspended.
type SubscriptionPaused struct {
	SubscriptionID string
	ResumesAt      time.Time
}

// EventName returns "subscription_paused".
func (SubscriptionPaused) EventName() string { return "subscription_paused" }

func (p *SubscriptionPaused) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.optInstant("resumes_at", &p.ResumesAt)
}

// SubscriptionResumed: a suspended subscription goes on.
type SubscriptionResumed struct {
	SubscriptionID string
	ResumesAt      time.Time
}

// EventName returns "subscription_resumed".
func (SubscriptionResumed) EventName() string { return "subscription_resumed" }

func (p *SubscriptionResumed) attributes(b *binder) {
	b.text("subscription_id", &p.SubscriptionID)
	b.optInstant("resumes_at", &p.ResumesAt)
}

// PaymentSucceeded: a payment was taken.
type PaymentSucceeded struct {
	Amount         int64 // minor units
	Currency       string
	SubscriptionID string
	InvoiceID      string
	Attempt        Optional[int64]
	Reason         string
}

// EventName returns "payment_succeeded".
func (PaymentSucceeded) EventName() string { return "payment_succeeded" }

func (p *PaymentSucceeded) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("subscription_id", &p.SubscriptionID)
	b.optText("invoice_id", &p.InvoiceID)
	b.optWhole("attempt", &p.Attempt)
	b.optText("reason", &p.Reason)
}

// PaymentFailed: an attempt to take a payment failed.
type PaymentFailed struct {
	Amount         int64 // minor units
	Currency       string
	SubscriptionID string
	InvoiceID      string
	Attempt        Optional[int64]
	Reason         string
}

// EventName returns "payment_failed".
func (PaymentFailed) EventName() string { return "payment_failed" }

func (p *PaymentFailed) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("subscription_id", &p.SubscriptionID)
	b.optText("invoice_id", &p.InvoiceID)
	b.optWhole("attempt", &p.Attempt)
	b.optText("reason", &p.Reason)
}

// PaymentRecovered: a payment that had failed was taken after all.
type PaymentRecovered struct {
	Amount         int64 // minor units
	Currency       string
	SubscriptionID string
	InvoiceID      string
	Attempt        Optional[int64]
	Reason         string
}

// EventName returns "payment_recovered".
func (PaymentRecovered) EventName() string { return "payment_recovered" }

func (p *PaymentRecovered) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("subscription_id", &p.SubscriptionID)
	b.optText("invoice_id", &p.InvoiceID)
	b.optWhole("attempt", &p.Attempt)
	b.optText("reason", &p.Reason)
}

// InvoiceRefunded: money of an invoice was paid back.
type InvoiceRefunded struct {
	Amount    int64 // minor units
	Currency  string
	InvoiceID string
	Reason    string
}

// EventName returns "invoice_refunded".
func (InvoiceRefunded) EventName() string { return "invoice_refunded" }

func (p *InvoiceRefunded) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("invoice_id", &p.InvoiceID)
	b.optText("reason", &p.Reason)
}

// CreditIssued: a credit was granted.
type CreditIssued struct {
	Amount    int64 // minor units
	Currency  string
	InvoiceID string
	Reason    string
}

// EventName returns "credit_issued".
func (CreditIssued) EventName() string { return "credit_issued" }

func (p *CreditIssued) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("invoice_id", &p.InvoiceID)
	b.optText("reason", &p.Reason)
}

// DisputeOpened: the payer's bank disputes a payment.
type DisputeOpened struct {
	Amount    int64 // minor units
	Currency  string
	InvoiceID string
	Reason    string
}

// EventName returns "dispute_opened".
func (DisputeOpened) EventName() string { return "dispute_opened" }

func (p *DisputeOpened) attributes(b *binder) {
	b.whole("amount", &p.Amount)
	b.text("currency", &p.Currency)
	b.optText("invoice_id", &p.InvoiceID)
	b.optText("reason", &p.Reason)
}

// FactRetracted: an event of the same source never happened.
type FactRetracted struct {
	RetractedID string
}

// EventName returns "fact_retracted".
func (FactRetracted) EventName() string { return "fact_retracted" }

func (p *FactRetracted) attributes(b *binder) {
	b.text("retracted_id", &p.RetractedID)
}

// SubscriptionItem is one item of a subscription: Amount per IntervalCount times Interval
// and unit of Quantity, both 1 when not set. An item below zero is a discount line.
type SubscriptionItem struct {
	ItemID        string
	Plan          string
	Amount        int64  // minor units
	Interval      string // day, month, week, year
	IntervalCount Optional[int64]
	Quantity      Optional[decimal.Decimal]
	Tax           Optional[int64] // minor units
	Discount      Optional[SubscriptionDiscount]
	Kind          string // licensed, metered, one_off
}

func (p *SubscriptionItem) attributes(b *binder) {
	b.optText("item_id", &p.ItemID)
	b.optText("plan", &p.Plan)
	b.whole("amount", &p.Amount)
	b.text("interval", &p.Interval)
	b.optWhole("interval_count", &p.IntervalCount)
	b.optNumber("quantity", &p.Quantity)
	b.optWhole("tax", &p.Tax)
	b.optDiscount("discount", &p.Discount)
	b.optText("kind", &p.Kind)
}

// SubscriptionDiscount takes Amount or Percent off one item, until Ends when set.
type SubscriptionDiscount struct {
	Amount  Optional[int64] // minor units
	Percent Optional[decimal.Decimal]
	Ends    time.Time
}

func (p *SubscriptionDiscount) attributes(b *binder) {
	b.optWhole("amount", &p.Amount)
	b.optNumber("percent", &p.Percent)
	b.optInstant("ends", &p.Ends)
}
