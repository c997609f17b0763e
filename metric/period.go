package metric

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Period is a stretch of time from one instant up to, but not including, another, in a
// time zone: a calendar month in Berlin, the 30 days before an instant.
//
// Its days are civil days of the zone. One on which clocks are changed has 23 or 25
// hours, and starts at its first instant even where that is not midnight. Its weeks are
// those of ISO 8601.
//
// Period is immutable. It is not comparable, because one zone may have several
// [time.Location] values; use [Period.Equal]. The zero Period is no period.
type Period struct {
	_          [0]func()
	start, end time.Time
	unit       PeriodUnit
	firstMonth uint8 // of the fiscal year, for fiscal units
	days       int32 // of a rolling period
}

// PeriodUnit says what kind of period a [Period] is. The zero PeriodUnit is none.
type PeriodUnit uint8

// The units. Days to years are the calendar units.
const (
	UnitDay PeriodUnit = 1 + iota
	UnitWeek
	UnitMonth
	UnitQuarter
	UnitYear
	UnitFiscalQuarter
	UnitFiscalYear
	UnitRolling
	UnitCustom
)

// ParsePeriodUnit returns the unit with the given name, such as "month" or
// "fiscal_year".
func ParsePeriodUnit(s string) (PeriodUnit, error) {
	for u := UnitDay; u <= UnitCustom; u++ {
		if u.String() == s {
			return u, nil
		}
	}
	return 0, inputErrorf("period unit %s is unknown", quote(s))
}

// IsCalendar reports whether u is a day, week, month, quarter or year of the calendar.
func (u PeriodUnit) IsCalendar() bool { return u >= UnitDay && u <= UnitYear }

// String returns the name: "month", "fiscal_year".
func (u PeriodUnit) String() string {
	switch u {
	case UnitDay:
		return "day"
	case UnitWeek:
		return "week"
	case UnitMonth:
		return "month"
	case UnitQuarter:
		return "quarter"
	case UnitYear:
		return "year"
	case UnitFiscalQuarter:
		return "fiscal_quarter"
	case UnitFiscalYear:
		return "fiscal_year"
	case UnitRolling:
		return "rolling"
	case UnitCustom:
		return "custom"
	case 0:
		return "none"
	}
	return "unknown"
}

// MarshalText returns the name, and no text for the zero PeriodUnit.
func (u PeriodUnit) MarshalText() ([]byte, error) {
	switch {
	case u == 0:
		return []byte{}, nil
	case u > UnitCustom:
		return nil, inputErrorf("period unit %d is unknown", uint8(u))
	}
	return []byte(u.String()), nil
}

// UnmarshalText accepts what [ParsePeriodUnit] does, and no text for the zero PeriodUnit.
func (u *PeriodUnit) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*u = 0
		return nil
	}
	return assign(u, ParsePeriodUnit, text)
}

// The years a period may start in, which are those with four digits.
const (
	minYear = 1
	maxYear = 9999
)

// Day returns a civil day. As everywhere in this package, a nil location is UTC. A day
// that the zone left out, when it moved across the date line, is an [ErrInput].
func Day(year int, month time.Month, day int, loc *time.Location) (Period, error) {
	date, err := civilDate(year, month, day)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date, UnitDay, 0, loc)
}

// Week returns a week of ISO 8601, from Monday, by the year and number that it has there:
// week 1 is the one with the first Thursday of the year, and some years have a week 53.
func Week(isoYear, isoWeek int, loc *time.Location) (Period, error) {
	fourth, err := civilDate(isoYear, time.January, 4)
	if err != nil {
		return Period{}, err
	}
	if isoWeek < 1 || isoWeek > 53 {
		return Period{}, inputErrorf("there is no week %d", isoWeek)
	}
	monday := unitStart(fourth, UnitWeek, 0).AddDate(0, 0, 7*(isoWeek-1))
	if y, _ := monday.ISOWeek(); y != isoYear {
		return Period{}, inputErrorf("year %d has no week %d", isoYear, isoWeek)
	}
	return calendarPeriod(monday, UnitWeek, 0, loc)
}

// Month returns a calendar month.
func Month(year int, month time.Month, loc *time.Location) (Period, error) {
	date, err := civilDate(year, month, 1)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date, UnitMonth, 0, loc)
}

// Quarter returns a calendar quarter, from 1 to 4.
func Quarter(year, quarter int, loc *time.Location) (Period, error) {
	if quarter < 1 || quarter > 4 {
		return Period{}, inputErrorf("there is no quarter %d", quarter)
	}
	date, err := civilDate(year, time.Month(3*quarter-2), 1)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date, UnitQuarter, 0, loc)
}

// Year returns a calendar year.
func Year(year int, loc *time.Location) (Period, error) {
	date, err := civilDate(year, time.January, 1)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date, UnitYear, 0, loc)
}

// FiscalYear returns the twelve months from the first of firstMonth of startYear. It is
// named by both, "FY2026-04", because companies do not agree whether a fiscal year has the
// number of the year it starts or ends in. One that starts in January is a calendar year.
func FiscalYear(startYear int, firstMonth time.Month, loc *time.Location) (Period, error) {
	date, err := civilDate(startYear, firstMonth, 1)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date, UnitFiscalYear, uint8(firstMonth), loc)
}

// FiscalQuarter returns a quarter, from 1 to 4, of [FiscalYear] startYear. One of a fiscal
// year that starts in January is a calendar quarter.
func FiscalQuarter(startYear int, firstMonth time.Month, quarter int, loc *time.Location) (Period, error) {
	if quarter < 1 || quarter > 4 {
		return Period{}, inputErrorf("there is no fiscal quarter %d", quarter)
	}
	date, err := civilDate(startYear, firstMonth, 1)
	if err != nil {
		return Period{}, err
	}
	return calendarPeriod(date.AddDate(0, 3*(quarter-1), 0), UnitFiscalQuarter, uint8(firstMonth), loc)
}

// Rolling returns the period of a number of days that ends at end, in the zone of end. If
// end is the start of a civil day, these are civil days; otherwise the period starts at the
// same time of day that many days earlier.
func Rolling(days int, end time.Time) (Period, error) {
	const maxDays = maxYear * 366
	if days < 1 || days > maxDays {
		return Period{}, inputErrorf("a rolling period of %d days, want at least 1", days)
	}
	loc := end.Location()
	end = instant(end, loc)
	p := Period{start: shiftDays(end, -days), end: end, unit: UnitRolling, days: int32(days)}
	if err := p.check(); err != nil {
		return Period{}, err
	}
	return p, nil
}

// Between returns the period from start up to end, in the zone of start. If it is exactly
// a day, week, month, quarter or year of the calendar, it is that; otherwise its unit is
// [UnitCustom].
func Between(start, end time.Time) (Period, error) {
	loc := start.Location()
	p := Period{start: instant(start, loc), end: instant(end, loc), unit: UnitCustom}
	if err := p.check(); err != nil {
		return Period{}, err
	}
	for u := UnitDay; u <= UnitYear; u++ {
		if q, err := PeriodOf(p.start, u, loc); err == nil && q.start.Equal(p.start) && q.end.Equal(p.end) {
			return q, nil
		}
	}
	return p, nil
}

// PeriodOf returns the day, week, month, quarter or year of the calendar that contains t.
func PeriodOf(t time.Time, unit PeriodUnit, loc *time.Location) (Period, error) {
	if !unit.IsCalendar() {
		return Period{}, inputErrorf("a %s period is not determined by an instant", unit)
	}
	return periodOf(t, unit, 0, loc)
}

// Periods yields the days, weeks, months, quarters or years of the calendar that overlap
// the time from one instant up to another, in order.
func Periods(from, to time.Time, unit PeriodUnit, loc *time.Location) (iter.Seq[Period], error) {
	if to.Before(from) {
		return nil, inputErrorf("periods from %s to an earlier instant", from.Format(time.RFC3339))
	}
	first, err := PeriodOf(from, unit, loc)
	if err != nil {
		return nil, err
	}
	if y := to.UTC().Year(); y > maxYear || y < minYear {
		return nil, inputErrorf("periods up to the year %d, which is not within %d to %d", y, minYear, maxYear)
	}
	return sequence(first, to), nil
}

// sequence yields first and the periods after it that start before to.
func sequence(first Period, to time.Time) iter.Seq[Period] {
	return func(yield func(Period) bool) {
		for p := first; p.start.Before(to) && yield(p); p = p.Next() {
		}
	}
}

// Start returns the first instant.
func (p Period) Start() time.Time { return p.start }

// End returns the instant after the last.
func (p Period) End() time.Time { return p.end }

// Unit returns the unit, the zero PeriodUnit for the zero Period.
func (p Period) Unit() PeriodUnit { return p.unit }

// Location returns the time zone, UTC for the zero Period.
func (p Period) Location() *time.Location { return p.start.Location() }

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p.unit == 0 }

// Contains reports whether t lies in p. The end does not.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.start) && t.Before(p.end) }

// Overlaps reports whether p and q have an instant in common.
func (p Period) Overlaps(q Period) bool { return p.start.Before(q.end) && q.start.Before(p.end) }

// Incomplete reports whether p has not ended at asOf, so that its values are not final.
func (p Period) Incomplete(asOf time.Time) bool { return p.end.After(asOf) }

// Duration returns the time that elapses in p: 23 hours for a day on which clocks are put
// forward.
func (p Period) Duration() Duration { return durationBetween(p.start, p.end) }

// Days returns the number of civil days that p covers wholly or in part.
func (p Period) Days() int {
	if p.IsZero() {
		return 0
	}
	return daysBetween(civilDay(p.start), civilDay(p.end.Add(-1))) + 1
}

// Equal reports whether p and q are the same period: of one unit, with the same start and
// end in a zone of the same name.
func (p Period) Equal(q Period) bool { return p.Compare(q) == 0 }

// Compare orders periods by their starts, then by their ends, units and zones.
func (p Period) Compare(q Period) int {
	return cmp.Or(
		p.start.Compare(q.start),
		p.end.Compare(q.end),
		cmp.Compare(p.unit, q.unit),
		cmp.Compare(p.firstMonth, q.firstMonth),
		cmp.Compare(p.days, q.days),
		strings.Compare(p.Location().String(), q.Location().String()),
	)
}

// Next returns the period of the same unit that starts where p ends. A rolling period is
// followed by as many days; so is a custom one of whole civil days, and any other custom
// one by a period in which as much time elapses.
func (p Period) Next() Period {
	switch p.unit {
	case 0:
		return Period{}
	case UnitRolling:
		end := shiftDays(p.end, int(p.days))
		if shiftDays(end, -int(p.days)).Equal(p.end) {
			return Period{start: p.end, end: end, unit: UnitRolling, days: p.days}
		}
		return custom(p.end, end) // The way back over a change of clocks leads elsewhere.
	case UnitCustom:
		return custom(p.end, p.shift(p.end, p.start, p.end))
	}
	return p.step(1)
}

// Prev returns the period of the same unit that ends where p starts, as [Period.Next] does.
func (p Period) Prev() Period {
	switch p.unit {
	case 0:
		return Period{}
	case UnitRolling:
		return Period{start: shiftDays(p.start, -int(p.days)), end: p.start, unit: UnitRolling, days: p.days}
	case UnitCustom:
		return custom(p.shift(p.start, p.end, p.start), p.start)
	}
	return p.step(-1)
}

// Divide yields the days, weeks, months, quarters or years of which p consists, in order;
// a fiscal year also consists of fiscal quarters. It is an [ErrInput] when p is not made up
// of whole ones.
func (p Period) Divide(unit PeriodUnit) (iter.Seq[Period], error) {
	if p.IsZero() {
		return nil, inputErrorf("no period to divide")
	}
	if !unit.IsCalendar() && (unit != UnitFiscalQuarter || p.firstMonth == 0) {
		return nil, inputErrorf("%s does not divide into %s periods", p, unit)
	}
	var firstMonth uint8
	if unit == UnitFiscalQuarter {
		firstMonth = p.firstMonth
	}
	first, err := periodOf(p.start, unit, firstMonth, p.Location())
	if err != nil {
		return nil, err
	}
	last, err := periodOf(p.end.Add(-1), unit, firstMonth, p.Location())
	if err != nil {
		return nil, err
	}
	if !first.start.Equal(p.start) || !last.end.Equal(p.end) {
		return nil, inputErrorf("%s is not made up of whole %ss", p, unit)
	}
	return sequence(first, p.end), nil
}

// check refuses periods that do not exist.
func (p Period) check() error {
	switch {
	case !p.start.Before(p.end):
		return inputErrorf("period ends at %s, not after its start %s", p.end.Format(time.RFC3339Nano), p.start.Format(time.RFC3339Nano))
	case p.start.Year() < minYear || p.end.Year() > maxYear:
		return inputErrorf("period from year %d to %d is not within the years %d to %d", p.start.Year(), p.end.Year(), minYear, maxYear)
	}
	return nil
}

// custom returns the period between two instants of which the first is before the second.
func custom(start, end time.Time) Period {
	if p, err := Between(start, end); err == nil {
		return p
	}
	return Period{start: start, end: end, unit: UnitCustom}
}

// shift moves t by the distance between two bounds of p: in civil days when p consists of
// those, in elapsed time otherwise.
func (p Period) shift(t, from, to time.Time) time.Time {
	if isDayStart(p.start) && isDayStart(p.end) {
		return shiftDays(t, daysBetween(civilDay(from), civilDay(to)))
	}
	seconds := to.Unix() - from.Unix()
	nanoseconds := int64(to.Nanosecond() - from.Nanosecond())
	return time.Unix(t.Unix()+seconds, int64(t.Nanosecond())+nanoseconds).In(t.Location())
}

// step returns the nth period of a calendar or fiscal unit after p, for n of 1 and -1.
func (p Period) step(n int) Period {
	date := unitStart(civilDay(p.start), p.unit, p.firstMonth)
	for {
		date = unitStep(date, p.unit, n)
		q := rawPeriod(date, p.unit, p.firstMonth, p.Location())
		if q.start.Before(q.end) {
			return q
		}
		// A day that the zone left out.
	}
}

// periodOf returns the period of a calendar or fiscal unit that contains t.
func periodOf(t time.Time, unit PeriodUnit, firstMonth uint8, loc *time.Location) (Period, error) {
	t = instant(t, loc)
	p, err := calendarPeriod(unitStart(civilDay(t), unit, firstMonth), unit, firstMonth, t.Location())
	if err != nil {
		return Period{}, err
	}
	// A clock put back across midnight shows a date again whose period is over.
	for !t.Before(p.end) {
		p = p.Next()
	}
	return p, nil
}

// calendarPeriod returns the period of a calendar or fiscal unit from a civil date.
func calendarPeriod(date time.Time, unit PeriodUnit, firstMonth uint8, loc *time.Location) (Period, error) {
	if y := date.Year(); y < minYear || y > maxYear {
		return Period{}, inputErrorf("year %d is not within %d to %d", y, minYear, maxYear)
	}
	if firstMonth == 1 {
		unit, firstMonth = calendarUnit(unit), 0
	}
	p := rawPeriod(date, unit, firstMonth, loc)
	if !p.start.Before(p.end) {
		return Period{}, inputErrorf("%s has no %s %s", p.Location(), unit, date.Format(time.DateOnly))
	}
	return p, nil
}

func rawPeriod(date time.Time, unit PeriodUnit, firstMonth uint8, loc *time.Location) Period {
	return Period{
		start:      dayStart(date, loc),
		end:        dayStart(unitStep(date, unit, 1), loc),
		unit:       unit,
		firstMonth: firstMonth,
	}
}

func calendarUnit(unit PeriodUnit) PeriodUnit {
	if unit == UnitFiscalQuarter {
		return UnitQuarter
	}
	return UnitYear
}

// Civil dates are held as midnight UTC, where every day has 24 hours.

// civilDate checks a date.
func civilDate(year int, month time.Month, day int) (time.Time, error) {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch {
	case year < minYear || year > maxYear:
		return time.Time{}, inputErrorf("year %d is not within %d to %d", year, minYear, maxYear)
	case month < time.January || month > time.December:
		return time.Time{}, inputErrorf("there is no month %d", int(month))
	case date.Day() != day || date.Month() != month:
		return time.Time{}, inputErrorf("%04d-%02d has no day %d", year, int(month), day)
	}
	return date, nil
}

// civilDay returns the date that clocks show at t.
func civilDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func daysBetween(from, to time.Time) int { return int((to.Unix() - from.Unix()) / secondsPerDay) }

// unitStart returns the first date of the unit that a date lies in.
func unitStart(date time.Time, unit PeriodUnit, firstMonth uint8) time.Time {
	y, m, _ := date.Date()
	sinceFirst := (int(m) + 12 - max(int(firstMonth), 1)) % 12 // months of the year that are over
	switch unit {
	case UnitWeek:
		return date.AddDate(0, 0, -(int(date.Weekday())+6)%7)
	case UnitMonth:
		sinceFirst = 0
	case UnitQuarter, UnitFiscalQuarter:
		sinceFirst %= 3
	case UnitYear, UnitFiscalYear:
	default:
		return date
	}
	return time.Date(y, m-time.Month(sinceFirst), 1, 0, 0, 0, 0, time.UTC)
}

// unitStep returns the first date of the nth unit after the one that starts at date.
func unitStep(date time.Time, unit PeriodUnit, n int) time.Time {
	switch unit {
	case UnitWeek:
		return date.AddDate(0, 0, 7*n)
	case UnitMonth:
		return date.AddDate(0, n, 0)
	case UnitQuarter, UnitFiscalQuarter:
		return date.AddDate(0, 3*n, 0)
	case UnitYear, UnitFiscalYear:
		return date.AddDate(n, 0, 0)
	}
	return date.AddDate(0, 0, n)
}

// dayStart returns the first instant at which clocks in loc show a date, or a later one if
// the zone left the date out. [time.Date] does not promise that where midnight does not
// exist or comes twice.
//
// It takes zones to change their offset at most once in two days. It does not ask
// [time.Time.ZoneBounds], whose end is too early on the last day of a leap year.
func dayStart(date time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	const margin = 26 * secondsPerHour // more than any zone was ever moved by
	midnight := date.Unix()            // as if clocks showed UTC
	near := midnight - offsetAt(midnight, loc)
	before, after := offsetAt(near-margin, loc), offsetAt(near+margin, loc)
	start := midnight - before
	if before != after {
		change := offsetChange(near-margin, near+margin, loc)
		if start >= change {
			start = max(midnight-after, change) // The change, if clocks went past midnight.
		}
	}
	return time.Unix(start, 0).In(loc)
}

// offsetAt returns how far clocks are ahead of UTC at a Unix time.
func offsetAt(unix int64, loc *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(loc).Zone()
	return int64(offset)
}

// offsetChange returns the first Unix time at which the offset is no longer that at from.
// There is one such change up to the end.
func offsetChange(from, end int64, loc *time.Location) int64 {
	before := offsetAt(from, loc)
	for end-from > 1 {
		if middle := from + (end-from)/2; offsetAt(middle, loc) == before {
			from = middle
		} else {
			end = middle
		}
	}
	return end
}

func isDayStart(t time.Time) bool { return dayStart(civilDay(t), t.Location()).Equal(t) }

// shiftDays moves t by civil days: from the start of one to the start of another, and from
// any other instant to the same time of day.
func shiftDays(t time.Time, days int) time.Time {
	date := civilDay(t).AddDate(0, 0, days)
	if isDayStart(t) {
		return dayStart(date, t.Location())
	}
	h, m, s := t.Clock()
	return time.Date(date.Year(), date.Month(), date.Day(), h, m, s, t.Nanosecond(), t.Location())
}

// instant returns t in a location, without a monotonic clock reading.
func instant(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return t.Round(0).In(loc)
}

// String returns the text form of [Period.MarshalText], also where that is an error, and
// "no period" for the zero Period.
func (p Period) String() string {
	if p.IsZero() {
		return "no period"
	}
	return p.text()
}

func (p Period) text() string {
	name := p.name()
	if zone := p.Location().String(); zone != "UTC" {
		name += "[" + zone + "]"
	}
	return name
}

// name returns the text form without the zone.
func (p Period) name() string {
	date := unitStart(civilDay(p.start), p.unit, p.firstMonth)
	year, month := date.Year(), int(date.Month())
	switch p.unit {
	case UnitDay:
		return dateText(date)
	case UnitWeek:
		year, week := date.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case UnitMonth:
		return fmt.Sprintf("%04d-%02d", year, month)
	case UnitQuarter:
		return fmt.Sprintf("%04d-Q%d", year, (month+2)/3)
	case UnitYear:
		return fmt.Sprintf("%04d", year)
	case UnitFiscalYear:
		return fmt.Sprintf("FY%04d-%02d", year, month)
	case UnitFiscalQuarter:
		first := unitStart(date, UnitFiscalYear, p.firstMonth)
		return fmt.Sprintf("FY%04d-%02d-Q%d", first.Year(), p.firstMonth, (month-int(p.firstMonth)+12)%12/3+1)
	case UnitRolling:
		return fmt.Sprintf("P%dD/%s", p.days, boundText(p.end))
	}
	return boundText(p.start) + "/" + boundText(p.end)
}

func dateText(date time.Time) string {
	return fmt.Sprintf("%04d-%02d-%02d", date.Year(), int(date.Month()), date.Day())
}

// boundText writes an instant as the date that starts with it, or in full.
func boundText(t time.Time) string {
	if isDayStart(t) {
		return dateText(civilDay(t))
	}
	if _, offset := t.Zone(); offset%secondsPerMinute != 0 || offset <= -secondsPerDay || offset >= secondsPerDay {
		t = t.UTC() // RFC 3339 cannot write such an offset.
	}
	return t.Format(time.RFC3339Nano)
}

// MarshalText returns the text form that [ParsePeriod] reads, followed by the name of the
// zone unless it is UTC: "2026-03[Europe/Berlin]". A period in [time.Local] has none,
// because that means something else on another machine.
func (p Period) MarshalText() ([]byte, error) {
	switch {
	case p.IsZero():
		return []byte{}, nil
	case p.Location() == time.Local:
		return nil, inputErrorf("period %s is in the zone of this machine, which has no name elsewhere", p)
	case !hasTextZone(p.start):
		return nil, inputErrorf("period %s is in a zone whose name does not tell it apart", p)
	case p.start.Year() < minYear || p.start.Year() > maxYear || p.unit >= UnitRolling && p.end.Year() > maxYear:
		return nil, inputErrorf("period %s is not within the years %d to %d", p, minYear, maxYear)
	}
	return []byte(p.text()), nil
}

// hasTextZone reports whether the zone of t can be written in brackets or, for UTC, left out.
func hasTextZone(t time.Time) bool {
	name := t.Location().String()
	_, offset := t.Zone()
	return name != "" && !strings.ContainsAny(name, "[]") && (name != "UTC" || offset == 0)
}

// UnmarshalText accepts what [ParsePeriod] does for periods in UTC, and no text for the
// zero Period. A period in another zone needs ParsePeriod with its location, because this
// package loads none.
func (p *Period) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	s := string(text)
	if _, zone, ok := cutZone(s); ok && zone != "UTC" {
		return inputErrorf("period %s is not in UTC: read it with metric.ParsePeriod and its location", quote(s))
	}
	return assign(p, func(s string) (Period, error) { return ParsePeriod(s, time.UTC) }, text)
}

// Value implements [driver.Valuer] with the text form.
func (p Period) Value() (driver.Value, error) { return driverText(p.MarshalText()) }

// Scan implements the scanner of database/sql for text, as [Period.UnmarshalText] does.
func (p *Period) Scan(src any) error { return scanText("period", src, p.UnmarshalText) }

// ParsePeriod reads a period in the given location:
//
//	2026-03-01               day
//	2026-W07                 week of ISO 8601
//	2026-03                  month
//	2026-Q1                  quarter
//	2026                     year
//	FY2026-04                fiscal year from April 2026
//	FY2026-04-Q2             its second quarter
//	P30D/2026-03-31          the 30 days up to a date, which is not in it
//	2026-03-01/2026-04-15    from one date up to another, which is not in it
//
// In the last two, an instant of RFC 3339 may stand for a date. The name of the zone may
// follow in brackets, "2026-03[Europe/Berlin]"; it must be that of the location.
func ParsePeriod(s string, loc *time.Location) (Period, error) {
	if loc == nil {
		loc = time.UTC
	}
	name, zone, ok := cutZone(s)
	if ok && zone != loc.String() {
		return Period{}, inputErrorf("period %s is in zone %s, not %s", quote(s), quote(zone), quote(loc.String()))
	}
	p, err := parsePeriodName(name, loc)
	if err != nil {
		return Period{}, inputErrorf("period %s: %w", quote(s), err)
	}
	return p, nil
}

// cutZone splits "2026-03[Europe/Berlin]".
func cutZone(s string) (name, zone string, ok bool) {
	inner, ok := strings.CutSuffix(s, "]")
	if !ok {
		return s, "", false
	}
	name, zone, ok = strings.Cut(inner, "[")
	if !ok {
		return s, "", false
	}
	return name, zone, true
}

func parsePeriodName(s string, loc *time.Location) (Period, error) {
	if from, to, ok := strings.Cut(s, "/"); ok {
		return parseInterval(from, to, loc)
	}
	if fiscal, ok := strings.CutPrefix(s, "FY"); ok {
		return parseFiscal(fiscal, loc)
	}
	var n [3]int
	switch {
	case digits(s, "####", n[:]):
		return Year(n[0], loc)
	case digits(s, "####-##", n[:]):
		return Month(n[0], time.Month(n[1]), loc)
	case digits(s, "####-##-##", n[:]):
		return Day(n[0], time.Month(n[1]), n[2], loc)
	case digits(s, "####-W##", n[:]):
		return Week(n[0], n[1], loc)
	case digits(s, "####-Q#", n[:]):
		return Quarter(n[0], n[1], loc)
	}
	return Period{}, inputErrorf("want a form such as 2026-03, 2026-Q1, 2026-W07, 2026-03-01 or 2026")
}

func parseFiscal(s string, loc *time.Location) (Period, error) {
	var n [3]int
	switch {
	case digits(s, "####-##", n[:]):
		return FiscalYear(n[0], time.Month(n[1]), loc)
	case digits(s, "####-##-Q#", n[:]):
		return FiscalQuarter(n[0], time.Month(n[1]), n[2], loc)
	}
	return Period{}, inputErrorf("want a fiscal form, FY2026-04 or FY2026-04-Q2")
}

func parseInterval(from, to string, loc *time.Location) (Period, error) {
	end, err := parseBound(to, loc)
	if err != nil {
		return Period{}, err
	}
	if length, ok := strings.CutPrefix(from, "P"); ok {
		text, ok := strings.CutSuffix(length, "D")
		days, err := strconv.Atoi(text)
		if !ok || err != nil || text[0] < '0' || text[0] > '9' {
			return Period{}, inputErrorf("length %s is not a number of days, as in P30D", quote(from))
		}
		return Rolling(days, end)
	}
	start, err := parseBound(from, loc)
	if err != nil {
		return Period{}, err
	}
	return Between(start, end)
}

// parseBound reads a date, as its first instant, or an instant.
func parseBound(s string, loc *time.Location) (time.Time, error) {
	var n [3]int
	if digits(s, "####-##-##", n[:]) {
		date, err := civilDate(n[0], time.Month(n[1]), n[2])
		if err != nil {
			return time.Time{}, err
		}
		return dayStart(date, loc), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, inputErrorf("%s is neither a date nor an instant of RFC 3339", quote(s))
	}
	return instant(t, loc), nil
}

// digits reports whether s has the shape of pattern, in which # is a digit, and stores the
// numbers that adjacent digits form.
func digits(s, pattern string, numbers []int) bool {
	if len(s) != len(pattern) {
		return false
	}
	clear(numbers)
	n := 0
	for i := range len(s) {
		switch {
		case pattern[i] != '#':
			if s[i] != pattern[i] {
				return false
			}
			if i > 0 && pattern[i-1] == '#' {
				n++
			}
		case s[i] < '0' || s[i] > '9':
			return false
		default:
			numbers[n] = 10*numbers[n] + int(s[i]-'0')
		}
	}
	return true
}
