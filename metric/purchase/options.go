package purchase

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Keep says what a [Log] keeps of each customer. The zero Keep is KeepDays.
type Keep uint8

const (
	KeepDays   Keep = iota // orders and money by civil day
	KeepTotals             // number of orders, first, last and sum of money
)

// String returns "days" or "totals".
func (k Keep) String() string {
	if k == KeepTotals {
		return "totals"
	}
	return "days"
}

// Options are the rules of a [Log]. The zero value is the default of each.
type Options struct {
	Keep Keep

	// Location is where civil days are counted. Nil is UTC.
	Location *time.Location

	// Currency is the only one that counts: events in another are refused, and the amounts
	// of blocks and events without a currency are in it. By default each customer has one of
	// its own, and the money of a customer with two is undefined.
	Currency metric.Currency

	// Orders, Refunds and Cancellations are the events that are read. The defaults are
	// order_completed, order_refunded and order_cancelled. Each may have an attribute
	// "order_id", and those of Orders and Refunds have an amount in minor units and its
	// "currency".
	Orders, Refunds, Cancellations event.Rule

	// Amount is the attribute with the amount of an order. The default is "amount", which in
	// order_completed is the value of the goods after discount, without tax and shipping.
	// The attribute of a refund is always "amount".
	Amount string

	// Lines says that purchases of one customer with one order id are lines of one order,
	// whose amounts add up. By default all but the first are refused.
	Lines bool

	// Unique promises that no event comes twice, to this log or to one that it is merged
	// with. Nothing is kept then of its source, id and content, and an order without an
	// order_id is kept as a row of the column surface is. Of one instant, those come before
	// other orders; apart from that events are in the order of sequence number and time of
	// record, and those that agree in both in one that depends on what they say of the order
	// only.
	Unique bool

	Subject event.SubjectKind // whom "customer" means
	Test    bool              // count events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the log its own
	Workers int               // goroutines that a result may use; 0 and 1 mean none besides the caller's
}

// String returns the options that change results and differ from the default, in one
// canonical form. Logs merge if theirs are equal.
func (o Options) String() string {
	var list []string
	add := func(name, value, standard string) {
		if value != standard {
			list = append(list, name+"="+value)
		}
	}
	p := o.withDefaults()
	add("keep", o.Keep.String(), "days")
	add("zone", p.Location.String(), "UTC")
	add("currency", o.Currency.Code(), "")
	add("orders", p.Orders.String(), orderCompleted)
	add("refunds", p.Refunds.String(), orderRefunded)
	add("cancellations", p.Cancellations.String(), orderCancelled)
	add("amount", p.Amount, "amount")
	add("lines", fmt.Sprint(o.Lines), "false")
	add("subject", o.Subject.String(), "user")
	add("test", fmt.Sprint(o.Test), "false")
	add("unique", fmt.Sprint(o.Unique), "false")
	return strings.Join(list, ", ")
}

const (
	orderCompleted = "order_completed"
	orderRefunded  = "order_refunded"
	orderCancelled = "order_cancelled"
)

func (o Options) withDefaults() Options {
	if o.Location == nil {
		o.Location = time.UTC
	}
	for _, r := range []struct {
		rule *event.Rule
		name string
	}{{&o.Orders, orderCompleted}, {&o.Refunds, orderRefunded}, {&o.Cancellations, orderCancelled}} {
		if len(r.rule.Events) == 0 && len(r.rule.Where) == 0 {
			*r.rule = event.Named(r.name)
		}
	}
	if o.Amount == "" {
		o.Amount = "amount"
	}
	return o
}

func (o Options) check() error {
	if o.Keep > KeepTotals {
		return intake.Errorf("Keep", "%d is unknown", o.Keep)
	}
	if o.Location == time.Local {
		return intake.Errorf("Location", "the zone of this machine has no name elsewhere")
	}
	for name, rule := range map[string]*event.Rule{"Orders": &o.Orders, "Refunds": &o.Refunds, "Cancellations": &o.Cancellations} {
		if err := rule.Check(); err != nil {
			return intake.Errorf(name, "%w", err)
		}
	}
	return nil
}
