package purchase

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// Unit is the unit in which a model counts time: its length in seconds. It travels with a
// [Summary], whose times are whole days. The zero Unit is a day.
type Unit int64

// Units. A month and a year are mean ones of the Julian calendar, of 30.4375 and 365.25 days.
const (
	Days   Unit = 86400
	Weeks  Unit = 7 * 86400
	Months Unit = 2629800
	Years  Unit = 31557600
)

// String returns "days", "weeks", "months" or "years", or the length of another unit.
func (u Unit) String() string {
	switch u {
	case 0, Days:
		return "days"
	case Weeks:
		return "weeks"
	case Months:
		return "months"
	case Years:
		return "years"
	}
	return fmt.Sprintf("%d s", int64(u))
}

// Of returns a number of days in the unit, as a fraction.
func (u Unit) Of(days Span) (num, den int64) {
	if u == 0 {
		u = Days
	}
	return int64(days) * int64(Days), int64(u)
}

// Number returns a number of days in the unit, rounded to 28 places.
func (u Unit) Number(days Span) metric.Number {
	num, den := u.Of(days)
	d, _ := exact.Ratio(num, den, places, exact.HalfAwayFromZero)
	n, _ := metric.NewNumber(d) // in range
	return n
}

// places is how far quotients are worked out.
const places = 28
