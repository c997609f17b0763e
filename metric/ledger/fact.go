package ledger

import (
	"math"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Kind is what a [Fact] says.
type Kind uint8

// The kinds, and which fields besides those of every fact they read. The others are not looked
// at, but that a price in the wrong one is refused: MRR without Items of a kind that reads Items,
// and Items of an MRRSet. Kinds that name a subscription change nothing but that subscription.
// The end of one that never started changes nothing at all; [Ledger.Report] counts it.
const (
	Started               Kind = 1 + iota // Items; Until is the end of its term, if agreed
	Updated                               // Items, all of them, in place of those before
	Paused                                // Until is the day of return, if known
	Resumed                               //
	CancellationRequested                 // Effective is the planned end, Occurred the request
	CancellationWithdrawn                 //
	Cancelled                             // Reason, Voluntary
	Expired                               // the term ran out
	Renewed                               // Until is the end of the new term, if known
	TrialStarted                          // Until is the end of the trial; Items as of Started, if known
	TrialEnded                            // Converted
	PaymentFailed                         // Other is the invoice, if known
	PaymentRecovered                      // Other is the invoice, if known
	MRRSet                                // MRR; zero ends the subscription
	Transferred                           // Other is the customer who has the subscription from now on
	CustomerMerged                        // Other is the customer who survives
	FactRetracted                         // Other is the ID of the fact of the same Source that is void
	lastKind              = FactRetracted
)

// String returns the name, as "cancellation_requested".
func (k Kind) String() string {
	names := [...]string{
		"unknown", "started", "updated", "paused", "resumed", "cancellation_requested", "cancellation_withdrawn",
		"cancelled", "expired", "renewed", "trial_started", "trial_ended", "payment_failed", "payment_recovered",
		"mrr_set", "transferred", "customer_merged", "fact_retracted",
	}
	if k > lastKind {
		k = 0
	}
	return names[k]
}

// Fact is one thing that is known about a subscription or a customer. It states what is so
// from then on, never what was added to it (A5).
//
// Facts of one customer are ordered by when they apply, then by Seq and Recorded, then ends come
// before others, and then by Source, ID and content (A7). Two facts of a customer with one Source and
// ID are one: of two that were recorded at different times the later is a correction, of two
// with one record time the lesser counts and the other is reported (A6). Without an ID the
// content is it.
type Fact struct {
	Kind         Kind
	Customer     string // the paying account (A2)
	Subscription string // "" is a subscription like any other; of payments, all of the customer's

	Effective time.Time // when revenue changes
	Occurred  time.Time // when it was decided; zero: at Effective
	Recorded  time.Time // when it became known; zero: at Occurred
	Seq       int64

	Source, ID string

	Currency metric.Currency          // of Items and MRR
	Items    []event.SubscriptionItem // see [Normalize]
	MRR      int64                    // minor units, not below zero
	Segment  string                   // of Started, Updated, TrialStarted and MRRSet

	Until     time.Time
	Reason    string // as given, such as "too_expensive"
	Voluntary event.Optional[bool]
	Converted event.Optional[bool] // absent: the subscription says
	Other     string
}

// Reason is why revenue was lost or won, as far as facts tell (C15).
type Reason string

// The reasons.
const (
	Unknown       Reason = "unknown"
	Voluntary     Reason = "voluntary"      // cancelled by the customer
	Involuntary   Reason = "involuntary"    // given up for want of payment, or cancelled against the customer's wish
	TermEnded     Reason = "term_ended"     // expired
	MovedToFree   Reason = "moved_to_free"  // a live subscription without a price
	PriceChange   Reason = "price_change"   // other prices, plans or items
	Seats         Reason = "seats"          // other quantities of the same
	DiscountEnded Reason = "discount_ended" //
	OnPause       Reason = "paused"         //
	OffPause      Reason = "resumed"        //
)

// Reasons for which facts are refused, besides those of package event.
const (
	ReasonConflict        event.Reason = "conflict"         // other content under an ID and record time that are taken
	ReasonUnknownInterval event.Reason = "unknown_interval" // not day, week, month or year
	ReasonNegativeTotal   event.Reason = "negative_total"   // items that add up to less than nothing
	ReasonNoIdentity      event.Reason = "no_identity"      // a retraction, and no fact has an identity: see [Options].Unique
	ReasonNeverStarted    event.Reason = "never_started"    // the end of a subscription that no fact starts
	ReasonMisplacedPrice  event.Reason = "misplaced_price"  // MRR where Items are read, or Items where MRR is
	ReasonTooMany         event.Reason = "too_many"         // customers of a bucket beyond 2^24, or segments beyond 2^20
)

// noTime stands for an instant that is not given. It is before all others.
const noTime = math.MinInt64

// never is after all instants.
const never = math.MaxInt64

// The instants between which those of facts lie.
const (
	firstNano = intake.Start - 1
	lastNano  = intake.End
)

// nanos returns t in nanoseconds since 1970, or the nearest bound.
func nanos(t time.Time) int64 {
	switch s := t.Unix(); {
	case s < intake.Start/1e9:
		return firstNano
	case s >= intake.End/1e9:
		return lastNano
	}
	return t.UnixNano()
}

// instant returns t, noTime if it is zero, and false if it is out of range.
func instant(t time.Time) (int64, bool) {
	if t.IsZero() {
		return noTime, true
	}
	n := nanos(t)
	return n, n > firstNano && n < lastNano
}

// fact is a Fact as it is kept if it is not plain: about 200 bytes, and 200 for each item.
type fact struct {
	customer  uint32 // position in the bucket
	sub       event.Code
	kind      Kind
	voluntary tristate
	converted tristate
	derived   bool // id is a hash of the content
	currency  uint8
	segment   uint32

	effective, occurred, recorded int64
	until                         int64
	seq                           int64

	source, id    string
	reason, other string
	lines         []line
}

// given returns the ID that f came with.
func (f *fact) given() string {
	if f.derived {
		return ""
	}
	return f.id
}

// tristate is an answer that may be absent.
type tristate uint8

const (
	absent tristate = iota
	yes
	no
)

func tristateOf(o event.Optional[bool]) tristate {
	switch v, ok := o.Get(); {
	case !ok:
		return absent
	case v:
		return yes
	}
	return no
}

// when is the instant at which f applies.
func (f *fact) when(o *Options) int64 {
	if f.kind == CancellationRequested || f.kind == Cancelled && o.ChurnAt == ChurnAtRequest {
		return min(f.occurred, f.effective)
	}
	return f.effective
}

// ends reports whether f is the end of what ran until then (A8).
func (f *fact) ends() bool {
	switch f.kind {
	case Cancelled, Expired:
		return true
	case TrialEnded:
		return f.converted == no
	case MRRSet:
		return f.lines[0].list.IsZero()
	}
	return false
}

// setsItems reports whether facts of a kind say what a subscription consists of.
func (k Kind) setsItems() bool {
	return k == Started || k == Updated || k == TrialStarted || k == MRRSet
}

// AddFact takes in a fact. The error is a [metric.ErrInput] that names what is wrong with
// it, and the ledger stays as it was.
func (l *Ledger) AddFact(f Fact) error {
	if l.keys == nil {
		return errZero()
	}
	if x, ok := itemOf(&f); ok && l.addPlain(&f, &x) {
		return nil
	}
	return l.addAny(&f)
}

// addAny takes in a fact that is not plain.
func (l *Ledger) addAny(f *Fact) error {
	stored, code, err := l.factOf(f)
	if err != nil {
		return err
	}
	l.put(code, stored)
	return nil
}

// factOf returns f as it is kept, and its customer.
func (l *Ledger) factOf(f *Fact) (fact, event.Code, error) {
	s := fact{kind: f.Kind, seq: f.Seq, source: f.Source, id: f.ID, reason: f.Reason, other: f.Other,
		voluntary: tristateOf(f.Voluntary), converted: tristateOf(f.Converted), sub: event.NoCode}
	if f.Kind == 0 || f.Kind > lastKind {
		return s, 0, refusal(event.WrongEvent, "kind %d is unknown", f.Kind)
	}
	if l.options.Unique {
		if s.source, s.id = "", ""; f.Kind == FactRetracted {
			return s, 0, refusal(ReasonNoIdentity, "%s, but facts are taken to be unique", f.Kind)
		}
	}
	if err := s.setTimes(f); err != nil {
		return s, 0, err
	}
	if f.Customer == "" && f.Kind != FactRetracted {
		return s, 0, refusal(event.MissingAccount, "%s without a customer", f.Kind)
	}
	if f.Other == "" && (f.Kind == Transferred || f.Kind == CustomerMerged || f.Kind == FactRetracted) {
		return s, 0, refusal(event.MissingAttribute, "%s without saying into or of what", f.Kind)
	}
	if err := l.setItems(&s, f); err != nil {
		return s, 0, err
	}
	code, err := l.setKeys(&s, f)
	if err != nil {
		return s, 0, err
	}
	if s.id == "" && !l.options.Unique {
		s.derived = true
		s.id = l.contentID(code, &s)
	}
	return s, code, nil
}

func (s *fact) setTimes(f *Fact) error {
	var ok [4]bool
	s.effective, ok[0] = instant(f.Effective)
	s.occurred, ok[1] = instant(f.Occurred)
	s.recorded, ok[2] = instant(f.Recorded)
	s.until, ok[3] = instant(f.Until)
	if ok != [4]bool{true, true, true, true} {
		return refusal(event.BadTime, "%s outside "+intake.Years, f.Kind)
	}
	if s.effective == noTime {
		return refusal(event.MissingTime, "%s without an effective time", f.Kind)
	}
	if s.occurred == noTime {
		s.occurred = s.effective
	}
	if s.recorded == noTime {
		s.recorded = s.occurred
	}
	if f.Kind == TrialStarted && s.until == noTime {
		return refusal(event.MissingAttribute, "%s without an end", f.Kind)
	}
	return nil
}

func (l *Ledger) setItems(s *fact, f *Fact) error {
	switch reads := f.Kind.setsItems(); {
	case f.Kind == MRRSet && len(f.Items) > 0:
		return refusal(ReasonMisplacedPrice, "%s with Items, which it does not read", f.Kind)
	case reads && f.Kind != MRRSet && f.MRR != 0 && len(f.Items) == 0:
		return refusal(ReasonMisplacedPrice, "%s with MRR and without Items, which it reads", f.Kind)
	}
	if !f.Kind.setsItems() || f.Kind == TrialStarted && f.Items == nil {
		return nil
	}
	if f.Currency.IsZero() {
		return refusal(event.BadCurrency, "%s without a currency", f.Kind)
	}
	currency, ok := l.currencyCode(f.Currency)
	if !ok {
		return refusal(ReasonTooMany, "more than %d currencies", maxCurrencies)
	}
	segment, ok := l.segmentCode(f.Segment)
	if !ok {
		return refusal(ReasonTooMany, "more than %d segments", maxSegments)
	}
	s.currency, s.segment = currency, segment
	if f.Kind == MRRSet {
		if f.MRR < 0 {
			return refusal(ReasonNegativeTotal, "MRR of %d", f.MRR)
		}
		s.lines = []line{setLine(f.MRR)}
	} else {
		var err error
		if s.lines, err = normalize(f.Items, &l.options); err != nil {
			return err
		}
	}
	for i := range s.lines {
		s.lines[i].segment = segment
		if l.options.SegmentByPlan {
			if s.lines[i].segment, ok = l.segmentCode(s.lines[i].plan); !ok {
				return refusal(ReasonTooMany, "more than %d segments", maxSegments)
			}
		}
	}
	return nil
}

// setKeys teaches the ledger the keys of f and returns its customer's code.
func (l *Ledger) setKeys(s *fact, f *Fact) (event.Code, error) {
	code := l.keys.Code(f.Customer)
	if code == event.NoCode && f.Kind != FactRetracted {
		return 0, refusal(ReasonTooMany, "customers of a bucket beyond 2^24")
	}
	if f.Subscription != "" {
		if s.sub = l.subs.Code(f.Subscription); s.sub == event.NoCode {
			return 0, refusal(ReasonTooMany, "subscriptions of a bucket beyond 2^24")
		}
	}
	if f.Kind == Transferred || f.Kind == CustomerMerged {
		if l.keys.Code(f.Other) == event.NoCode {
			return 0, refusal(ReasonTooMany, "customers of a bucket beyond 2^24")
		}
	}
	return code, nil
}

// refused is the error for a fact that cannot be taken in.
type refused struct {
	reason event.Reason
	badInput
}

func refusal(reason event.Reason, format string, args ...any) error {
	e := inputErrorf(format, args...).(badInput)
	return &refused{reason, e}
}

// As lets [errors.As] find the reason.
func (r *refused) As(target any) bool {
	if t, ok := target.(*event.Reason); ok {
		*t = r.reason
		return true
	}
	return false
}
