package ledger

import (
	"errors"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Add takes in an event. The customer is its AccountID. The events that say something about
// revenue are those of subscriptions, trials and payments, account_merged and fact_retracted;
// others are ignored. Effective, Occurred and Recorded are the event's Effective, Time and
// RecordedTime.
//
// A trial counts if it names its subscription by the attribute subscription_id; others are
// ignored. A payment_succeeded that names a subscription or an invoice is a recovery as much
// as a payment_recovered is.
//
// An event that cannot be taken in is counted in [Ledger.Report] by reason. Add keeps no
// reference to e.
func (l *Ledger) Add(e *event.Event) {
	if l.keys == nil {
		return
	}
	read := readerOf(e.Name)
	switch {
	case read == nil:
		l.tally.Ignored++
		return
	case e.Test && !l.options.Test:
		l.tally.Test++
		return
	}
	if err := event.Check(e); err != nil {
		l.refuse(e, err)
		return
	}
	var x item
	f := Fact{Customer: e.AccountID, Effective: e.Effective(), Occurred: e.Time, Recorded: e.RecordedTime, Seq: e.Seq, Source: e.Source, ID: e.ID}
	if l.readPlain(e, &f, &x) && l.addPlain(&f, &x) {
		return
	}
	wanted, err := read(e, &f)
	if err == nil && !wanted {
		l.tally.Ignored++
		return
	}
	if f.Kind.setsItems() && l.options.Segment != nil {
		f.Segment = l.options.Segment(e)
	}
	if err == nil {
		err = l.addAny(&f)
	}
	if err != nil {
		l.refuse(e, err)
	}
}

func (l *Ledger) refuse(e *event.Event, err error) {
	reason := event.Malformed
	var rejection *event.Rejection
	var refused *refused
	switch {
	case errors.As(err, &rejection):
		reason = rejection.Reason
	case errors.As(err, &refused):
		reason = refused.reason
	}
	l.tally.Refuse(e.Name, reason, err.Error())
}

// readerOf returns what reads events of a name into facts, or nil. It returns false for an
// event that says nothing about revenue.
func readerOf(name string) func(*event.Event, *Fact) (bool, error) {
	switch name {
	case "subscription_started":
		return readStarted
	case "subscription_updated":
		return readUpdated
	case "subscription_renewed":
		return readRenewed
	case "subscription_cancellation_requested":
		return readRequested
	case "subscription_cancellation_withdrawn":
		return readWithdrawn
	case "subscription_cancelled":
		return readCancelled
	case "subscription_paused":
		return readPaused
	case "subscription_resumed":
		return readResumed
	case "trial_started":
		return readTrialStarted
	case "trial_ended":
		return readTrialEnded
	case "payment_failed":
		return readFailed
	case "payment_recovered":
		return readRecovered
	case "payment_succeeded":
		return readSucceeded
	case "account_merged":
		return readMerged
	case "fact_retracted":
		return readRetracted
	}
	return nil
}

// readPlain reads an event that has been checked if it is of a plain fact, without what a
// payload costs, and returns false for any other.
func (l *Ledger) readPlain(e *event.Event, f *Fact, x *item) bool {
	switch e.Name {
	case "subscription_started":
		f.Kind = Started
	case "subscription_updated":
		f.Kind = Updated
	case "subscription_cancelled":
		f.Kind = Cancelled
		f.Reason, _ = e.Props.String("reason")
		if voluntary, ok := e.Props.Bool("voluntary"); ok {
			f.Voluntary = event.Some(voluntary)
		}
	default:
		return false
	}
	f.Subscription, _ = e.Props.String("subscription_id")
	if f.Kind == Cancelled {
		return true
	}
	code, _ := e.Props.String("currency")
	var err error
	if f.Currency, err = l.currencyOf(code); err != nil {
		return false
	}
	if l.options.Segment != nil {
		f.Segment = l.options.Segment(e)
	}
	return x.readItems(e.Props)
}

// currencyOf reads a currency, which mostly is one that there is already.
func (l *Ledger) currencyOf(code string) (metric.Currency, error) {
	for _, c := range l.currencies {
		if c.Code() == code {
			return c, nil
		}
	}
	return metric.ParseCurrency(code)
}

func (x *item) readItems(p event.Props) (found bool) {
	list, _ := p.Get("items")
	for v := range list.Elements() {
		props, _ := v.Record()
		if kind, _ := props.String("kind"); kind == "one_off" {
			continue
		}
		if found || !x.readProps(props) {
			return false
		}
		found = true
	}
	return found
}

func (x *item) readProps(p event.Props) bool {
	var plan, every string
	amount, tax, count, quantity := int64(0), int64(0), int64(1), int64(1)
	ok := true
	for name, v := range p.All() {
		switch name {
		case "plan":
			plan, ok = v.Text()
		case "amount":
			amount, ok = v.Int()
		case "tax":
			tax, ok = v.Int()
		case "interval":
			every, ok = v.Text()
		case "interval_count":
			count, ok = v.Int()
		case "quantity":
			quantity, ok = v.Int()
		case "kind":
			kind, _ := v.Text()
			ok = kind != "metered"
		case "discount":
			ok = false
		}
		if !ok {
			return false
		}
	}
	i, ok := intervalOf(every)
	return ok && x.set(plan, amount, tax, interval{i, count}, quantity)
}

func readStarted(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionStarted](e)
	f.Kind, f.Subscription, f.Items = Started, p.SubscriptionID, p.Items
	return true, readCurrency(f, p.Currency, err)
}

func readUpdated(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionUpdated](e)
	f.Kind, f.Subscription, f.Items = Updated, p.SubscriptionID, p.Items
	return true, readCurrency(f, p.Currency, err)
}

func readCurrency(f *Fact, code string, err error) error {
	if err != nil {
		return err
	}
	if f.Currency, err = metric.ParseCurrency(code); err != nil {
		return refusal(event.BadCurrency, "%w", err)
	}
	return nil
}

func readRenewed(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionRenewed](e)
	f.Kind, f.Subscription, f.Until = Renewed, p.SubscriptionID, p.PeriodEnd
	return true, err
}

func readRequested(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionCancellationRequested](e)
	f.Kind, f.Subscription, f.Reason, f.Voluntary = CancellationRequested, p.SubscriptionID, p.Reason, p.Voluntary
	return true, err
}

func readWithdrawn(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionCancellationWithdrawn](e)
	f.Kind, f.Subscription = CancellationWithdrawn, p.SubscriptionID
	return true, err
}

func readCancelled(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionCancelled](e)
	f.Kind, f.Subscription, f.Reason, f.Voluntary = Cancelled, p.SubscriptionID, p.Reason, p.Voluntary
	return true, err
}

func readPaused(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionPaused](e)
	f.Kind, f.Subscription, f.Until = Paused, p.SubscriptionID, p.ResumesAt
	return true, err
}

func readResumed(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.SubscriptionResumed](e)
	f.Kind, f.Subscription = Resumed, p.SubscriptionID
	return true, err
}

func readTrialStarted(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.TrialStarted](e)
	f.Kind, f.Subscription, f.Until = TrialStarted, p.SubscriptionID, p.TrialEnd
	if !p.TrialStart.IsZero() {
		f.Effective = p.TrialStart
	}
	return p.SubscriptionID != "", err
}

func readTrialEnded(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.TrialEnded](e)
	f.Kind, f.Subscription, f.Converted = TrialEnded, p.SubscriptionID, p.Converted
	return p.SubscriptionID != "", err
}

func readFailed(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.PaymentFailed](e)
	f.Kind, f.Subscription, f.Other = PaymentFailed, p.SubscriptionID, p.InvoiceID
	return true, err
}

func readRecovered(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.PaymentRecovered](e)
	f.Kind, f.Subscription, f.Other = PaymentRecovered, p.SubscriptionID, p.InvoiceID
	return true, err
}

func readSucceeded(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.PaymentSucceeded](e)
	f.Kind, f.Subscription, f.Other = PaymentRecovered, p.SubscriptionID, p.InvoiceID
	return p.SubscriptionID != "" || p.InvoiceID != "", err
}

func readMerged(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.AccountMerged](e)
	f.Kind, f.Customer, f.Other = CustomerMerged, p.FromAccountID, p.IntoAccountID
	return true, err
}

func readRetracted(e *event.Event, f *Fact) (bool, error) {
	p, err := event.As[event.FactRetracted](e)
	f.Kind, f.Other = FactRetracted, p.RetractedID
	return true, err
}
