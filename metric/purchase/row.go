package purchase

import (
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// AddRow takes in one order, as a row of a file or a query has it, like a row of [Log.AddBlock],
// which is the fast way for many: an amount below zero is a refund that belongs to no order,
// and the caller promises that no order is given twice. The error is a [metric.ErrInput] that
// names what is wrong, such as an amount that is finer than the smallest unit of its currency,
// and nothing is taken in then.
func (l *Log) AddRow(customer string, at time.Time, amount metric.Money) error {
	if customer == "" {
		return intake.Errorf("customer", "it has no key")
	}
	instant, err := intake.CheckInstant("time", at)
	if err != nil {
		return err
	}
	units, ok := amount.Minor()
	if !ok {
		return intake.Errorf("amount", "%s is no whole number of the smallest unit of a currency", amount)
	}
	if units > MaxAmount || units < -MaxAmount {
		return intake.Errorf("amount", "%s is beyond %d of the smallest unit", amount, int64(MaxAmount))
	}
	if c := l.options.Currency; !c.IsZero() && c != amount.Currency() {
		return intake.Errorf("amount", "%s, and the log is of %s", amount, c)
	}
	code := l.Keys().Code(customer)
	if code == event.NoCode {
		return intake.Errorf("customer", "there is no code left for %.40q", customer)
	}
	return l.AddBlock(&Block{Customer: []event.Code{code}, Time: []int64{instant}, Amount: []int64{units}, Currency: amount.Currency()})
}
