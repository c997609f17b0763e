package metric

import (
	"strconv"
	"strings"
	"time"
)

// WeekStart is the day that weeks begin with. The zero WeekStart is Monday, as in ISO 8601.
// The weeks of a [Period] always begin on Monday; those of calculators, on any day.
type WeekStart uint8

// The days, in order from Monday.
const (
	Monday WeekStart = iota
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// Weekday returns the day as package time has it.
func (w WeekStart) Weekday() time.Weekday { return time.Weekday((w + 1) % 7) }

// String returns the day, such as "monday", and "day 7" for one that does not exist.
func (w WeekStart) String() string {
	if w > Sunday {
		return "day " + strconv.Itoa(int(w))
	}
	return strings.ToLower(w.Weekday().String())
}
