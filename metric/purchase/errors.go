package purchase

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/metric"
)

// undefined returns an error for a value that the data do not give.
func undefined(why metric.Reason, format string, args ...any) error {
	return &metric.Error{Reason: why, Err: fmt.Errorf(format, args...)}
}

// Reasons for which the events of an order are left out, besides those of package event.
const (
	ReasonOtherCurrency = "other_currency"   // not the one of Options.Currency
	ReasonRepeatedOrder = "repeated_order"   // the order is there already, under another event
	ReasonUnmatched     = "unmatched_refund" // no order with its id, or more than the amount of the order
)
