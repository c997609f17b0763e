package retention

import (
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
)

// Unit is how long buckets and periods are. The zero Unit is Day.
type Unit uint8

// The units, all of the calendar and clock of the zone.
const (
	Day     Unit = iota
	Week         // from Monday, or from Options.WeekStart
	Month        //
	Quarter      //
	Year         //
	Hour         // shorter where clocks are changed by less than an hour
)

// String returns the name, such as "day".
func (u Unit) String() string {
	switch u {
	case Day:
		return "day"
	case Week:
		return "week"
	case Month:
		return "month"
	case Quarter:
		return "quarter"
	case Year:
		return "year"
	case Hour:
		return "hour"
	}
	return "unit " + strconv.Itoa(int(u))
}

// period returns the unit that a metric.Period has, 0 for hours.
func (u Unit) period() metric.PeriodUnit {
	switch u {
	case Day:
		return metric.UnitDay
	case Week:
		return metric.UnitWeek
	case Month:
		return metric.UnitMonth
	case Quarter:
		return metric.UnitQuarter
	case Year:
		return metric.UnitYear
	}
	return 0
}
