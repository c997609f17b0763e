package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// rowReader turns cells into rows. It is for one iteration over a table: what it allocates
// is used again for each row.
type rowReader struct {
	*Columns
	cells   []cell // of the current row, in the order of the table
	facts   []metric.Fact
	errs    []error
	periods periodCache
}

func newRowReader(c *Columns) *rowReader {
	return &rowReader{
		Columns: c,
		cells:   make([]cell, len(c.list)),
		facts:   make([]metric.Fact, 0, len(c.metrics)),
	}
}

func (r *rowReader) checkLength(number, n int) error {
	if n == len(r.list) {
		return nil
	}
	return &RowError{Row: number, Err: fmt.Errorf("%d fields, want %d", n, len(r.list))}
}

// record reads a row of texts.
func (r *rowReader) record(number int, record []string) (Row, error) {
	if err := r.checkLength(number, len(record)); err != nil {
		return Row{Number: number}, err
	}
	for i, text := range record {
		r.cells[i].setText(text)
	}
	return r.row(number)
}

// row reads the row that the cells hold.
func (r *rowReader) row(number int) (Row, error) {
	r.facts, r.errs = r.facts[:0], r.errs[:0]
	if len(r.options.Absent) > 0 {
		r.markAbsent()
	}
	row := Row{Number: number, columns: r.Columns, segments: r.rowSegments(number)}
	period := r.rowPeriod(number)
	currency := r.rowCurrency(number)
	for _, i := range r.metrics {
		c := &r.cells[i]
		if c.kind == cellNull {
			continue
		}
		d := r.list[i].metric
		v, err := r.options.value(d.Kind(), c, currency)
		if err != nil {
			r.fail(number, i, &metric.Error{Metric: d.ID(), Err: err})
			continue
		}
		r.facts = append(r.facts, metric.FactOf(d, v))
	}
	if len(r.errs) == 0 {
		facts, err := metric.NewFacts(period, r.facts...)
		if err == nil {
			row.Facts = facts
			return row, nil
		}
		r.failFacts(number, err)
	}
	if len(r.errs) == 1 {
		return Row{Number: number}, r.errs[0]
	}
	return Row{Number: number}, errors.Join(r.errs...)
}

// failFacts finds the columns whose values their metrics cannot have.
func (r *rowReader) failFacts(number int, err error) {
	for _, i := range r.metrics {
		for _, fact := range r.facts {
			if fact.Definition() != r.list[i].metric {
				continue
			}
			if _, err := metric.NewFacts(metric.Period{}, fact); err != nil {
				r.fail(number, i, err)
			}
		}
	}
	if len(r.errs) == 0 {
		r.errs = append(r.errs, &RowError{Row: number, Err: err})
	}
}

func (r *rowReader) fail(number, column int, err error) {
	r.errs = append(r.errs, &RowError{Row: number, Column: r.list[column].name, Err: err})
}

// markAbsent makes NULL of the texts that stand for no value.
func (r *rowReader) markAbsent() {
	for i := range r.cells {
		if c := &r.cells[i]; c.kind == cellText && slices.Contains(r.options.Absent, c.text) {
			*c = cell{}
		}
	}
}

func (r *rowReader) rowSegments(number int) []rowSegment {
	if len(r.segments) == 0 {
		return nil
	}
	labels := make([]rowSegment, len(r.segments))
	for i, column := range r.segments {
		c := &r.cells[column]
		if c.kind == cellNull {
			continue
		}
		text, err := c.label()
		if err != nil {
			r.fail(number, column, err)
			continue
		}
		labels[i] = rowSegment{text, true}
	}
	return labels
}

// label returns the value of a segment column.
func (c *cell) label() (string, error) {
	switch c.kind {
	case cellText:
		return c.text, nil
	case cellInteger:
		return strconv.FormatInt(c.integer, 10), nil
	case cellTruth:
		return strconv.FormatBool(c.integer != 0), nil
	}
	return "", fmt.Errorf("a segment from %s: select it as text", c.kindName())
}

// rowMoney is the currency of the amounts of a row that do not name one.
type rowMoney struct {
	currency metric.Currency
	declared bool // by the row, so that no amount can have another one
}

func (r *rowReader) rowCurrency(number int) rowMoney {
	money := rowMoney{currency: r.options.Currency}
	if r.currency < 0 {
		return money
	}
	c := &r.cells[r.currency]
	switch c.kind {
	case cellNull:
		return money
	case cellText:
		code, err := metric.ParseCurrency(c.text)
		if err != nil {
			r.fail(number, r.currency, err)
		}
		return rowMoney{code, err == nil}
	}
	r.fail(number, r.currency, fmt.Errorf("a currency from %s, want its code as text", c.kindName()))
	return money
}

func (r *rowReader) rowPeriod(number int) metric.Period {
	if r.period < 0 {
		return r.options.Period
	}
	p, err := r.periods.find(&r.options, &r.cells[r.period])
	if err != nil {
		r.fail(number, r.period, err)
	}
	return p
}

// periodCache remembers the periods that were read, because rows share a few.
type periodCache struct {
	texts  map[string]metric.Period
	last   metric.Period // of an instant
	date   civilDate
	ofDate metric.Period
}

type civilDate struct {
	year  int
	month time.Month
	day   int
}

// maxCachedPeriods bounds the memory of a cache.
const maxCachedPeriods = 512

func (p *periodCache) find(o *RowOptions, c *cell) (metric.Period, error) {
	switch c.kind {
	case cellNull:
		return metric.Period{}, errors.New("a row without its period")
	case cellText:
		return p.findText(o, c.text)
	case cellInteger:
		return p.findText(o, strconv.FormatInt(c.integer, 10))
	case cellTime:
		return p.findTime(o, c.other.(time.Time))
	}
	return metric.Period{}, fmt.Errorf("a period from %s, want a text or a time", c.kindName())
}

func (p *periodCache) findText(o *RowOptions, text string) (metric.Period, error) {
	if known, ok := p.texts[text]; ok {
		return known, nil
	}
	found, err := o.periodOfText(text)
	if err != nil {
		return metric.Period{}, err
	}
	if p.texts == nil || len(p.texts) >= maxCachedPeriods {
		p.texts = map[string]metric.Period{}
	}
	p.texts[text] = found
	return found, nil
}

func (p *periodCache) findTime(o *RowOptions, t time.Time) (metric.Period, error) {
	if o.PeriodUnit == 0 {
		return metric.Period{}, errors.New("a time, which no period unit makes a period")
	}
	if o.Times == TimesAreCivil {
		return p.findDate(o, t)
	}
	if o.Times == RefuseDoubtfulTimes && o.isDoubtful(t) {
		return metric.Period{}, fmt.Errorf("%s may be a date or an instant, which are of two days in %s: say how to read times, or select a text",
			t.UTC().Format(time.RFC3339), o.Location)
	}
	if !p.last.IsZero() && p.last.Contains(t) {
		return p.last, nil
	}
	found, err := metric.PeriodOf(t, o.PeriodUnit, o.Location)
	if err == nil {
		p.last = found
	}
	return found, err
}

func (p *periodCache) findDate(o *RowOptions, t time.Time) (metric.Period, error) {
	var date civilDate
	date.year, date.month, date.day = t.Date()
	if date == p.date && !p.ofDate.IsZero() {
		return p.ofDate, nil
	}
	found, err := o.periodOfDate(t.Date())
	if err == nil {
		p.date, p.ofDate = date, found
	}
	return found, err
}

// isDoubtful reports whether t is what a driver makes of a date, and another time of day in
// the location.
func (o *RowOptions) isDoubtful(t time.Time) bool {
	if o.Location == nil || !isMidnight(t.UTC()) {
		return false
	}
	return !isMidnight(t.In(o.Location))
}

func isMidnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0 && t.Nanosecond() == 0
}

// periodOfDate returns the period that contains a civil date. That takes no time of day,
// and midnight may not exist.
func (o *RowOptions) periodOfDate(year int, month time.Month, day int) (metric.Period, error) {
	d, err := metric.Day(year, month, day, o.Location)
	if err != nil {
		return metric.Period{}, err
	}
	return metric.PeriodOf(d.Start(), o.PeriodUnit, o.Location)
}

// periodOfText reads a period, or a date or time in it.
func (o *RowOptions) periodOfText(text string) (metric.Period, error) {
	p, err := metric.ParsePeriod(text, o.Location)
	switch {
	case o.PeriodUnit == 0 || err == nil && p.Unit() == o.PeriodUnit:
		return p, err
	case err == nil && p.Unit() == metric.UnitDay:
		return metric.PeriodOf(p.Start(), o.PeriodUnit, o.Location)
	case err == nil:
		return metric.Period{}, fmt.Errorf("period %s is not a %s", p, o.PeriodUnit)
	}
	t, hasOffset, ok := parseTime(text)
	switch {
	case !ok:
		return metric.Period{}, fmt.Errorf("%.48q is neither a date, nor a time, nor a %s", text, o.PeriodUnit)
	case hasOffset:
		return metric.PeriodOf(t, o.PeriodUnit, o.Location)
	}
	return o.periodOfDate(t.Date())
}

// parseTime reads a date with a time, with a blank or a T between them, with or without an
// offset from UTC, which may lack its minutes, as PostgreSQL writes it.
func parseTime(text string) (t time.Time, hasOffset, ok bool) {
	const date = len(time.DateOnly)
	if len(text) <= date || text[date] != ' ' && text[date] != 'T' {
		return time.Time{}, false, false
	}
	text = text[:date] + "T" + text[date+1:]
	for _, layout := range [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z07"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, true
		}
	}
	t, err := time.Parse("2006-01-02T15:04:05", text)
	return t, false, err == nil
}
