package catalog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// RowOptions says how the rows of a table become facts. The zero RowOptions takes each
// column by its name, money with the currency in its text, and facts of no known period.
//
// Columns are named as the table spells them; the case of ASCII letters does not matter.
type RowOptions struct {
	// Metrics are metrics of the caller's own that may be columns beside the standard ones.
	Metrics []metric.Definition

	// Rename gives columns the ids of their metrics: {"rev": "orders.revenue"}. The id ""
	// leaves a column out that would otherwise be taken for a metric.
	Rename map[string]string

	// Segments are the columns that say which population a row is about. Their values are
	// kept as labels beside the facts, see [Row.Segment].
	Segments []string

	// PeriodColumn holds the period of each row, as a text that metric.ParsePeriod reads or
	// as the number of a year. Every row must have one.
	PeriodColumn string

	// PeriodUnit, a day, week, month, quarter or year, makes the period of a row the one
	// that contains the date or time in PeriodColumn. Texts are then dates, dates with a time
	// ("2026-03-01 12:30:00") or instants with an offset from UTC; periods of that unit may
	// also be written as such.
	PeriodUnit metric.PeriodUnit

	// Times says what a time.Time in PeriodColumn means. Texts are never in doubt.
	Times TimeReading

	// Location is the zone of periods, and of dates and times without an offset. Nil is UTC.
	// The zone of the machine and of the session with the database play no part.
	Location *time.Location

	// Period is the period of all rows of a table that has no column for it.
	Period metric.Period

	// CurrencyColumn holds the ISO 4217 code for the amounts of its row that do not name
	// their currency. An amount that names another one is an error.
	CurrencyColumn string

	// Currency is the currency of amounts for which neither their text nor CurrencyColumn
	// names one.
	Currency metric.Currency

	// MinorUnits says that amounts of money are whole numbers of the smallest unit of
	// their currency: cents, yen. They cannot name their currency in their text.
	MinorUnits bool

	// AllowFloat accepts binary floating point numbers, as the shortest decimal that reads
	// back as the same number: 0.1 and not 0.1000000000000000055. Sums that a database has
	// computed in floating point are inexact before they get here, so that 0.1 + 0.2 is
	// 0.30000000000000004; and some drivers widen numbers of 4 bytes to 8, in which the
	// digits that they never had show. Otherwise they are errors.
	AllowFloat bool

	// Absent are texts that stand for no value besides NULL, such as "NULL", "\N" or "n/a".
	// In a source of texts only, as CSV is, the empty text always does.
	Absent []string
}

// TimeReading says what a time.Time from a database means. Drivers deliver both the instant
// of a timestamp with time zone and the date of a calendar as a time.Time; a date becomes
// midnight in UTC, which in New York is still the evening before.
type TimeReading uint8

const (
	// RefuseDoubtfulTimes takes times for instants, and refuses midnight in UTC when the
	// location is another zone.
	RefuseDoubtfulTimes TimeReading = iota

	// TimesAreInstants takes every time for an instant, as of a timestamp with time zone.
	TimesAreInstants

	// TimesAreCivil takes the date that a time shows, in whatever zone, for the date in the
	// location, as of a date or a timestamp without time zone.
	TimesAreCivil
)

// Row is what one row of a table says.
type Row struct {
	Number int           // from 1; a header does not count
	Facts  *metric.Facts // owned by the caller; nil when there was an error

	columns  *Columns
	segments []rowSegment
}

// rowSegment is the label in one segment column.
type rowSegment struct {
	value string
	ok    bool
}

// Segment returns the label of the row in a segment column, named as in
// [RowOptions].Segments. It is false for NULL, and for a name that is not among them.
func (r Row) Segment(name string) (value string, ok bool) {
	if r.columns == nil || len(r.segments) == 0 {
		return "", false
	}
	i := slices.Index(r.columns.options.Segments, name)
	if i < 0 {
		return "", false
	}
	return r.segments[i].value, r.segments[i].ok
}

// Segments iterates over names and labels in the order of [RowOptions].Segments, without
// those that are NULL.
func (r Row) Segments() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, s := range r.segments {
			if s.ok && !yield(r.columns.options.Segments[i], s.value) {
				return
			}
		}
	}
}

// RowError says what is wrong with a row, or with the header or options of a table. It is
// a metric.ErrInput. A row that has several faults has an error that joins them.
type RowError struct {
	Row    int    // from 1; 0 for the header
	Column string // as the table spells it; empty when the fault is in no single column
	Err    error
}

// Error returns `row 3: column "orders_revenue": ` and the reason.
func (e *RowError) Error() string {
	place := "header"
	if e.Row > 0 {
		place = fmt.Sprintf("row %d", e.Row)
	}
	if e.Column != "" {
		place += fmt.Sprintf(": column %.64q", e.Column)
	}
	return place + ": " + e.Err.Error()
}

// Is makes every RowError a metric.ErrInput.
func (e *RowError) Is(target error) bool { return target == metric.ErrInput }

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }

// RowSource is the result of a query, such as *sql.Rows, as far as it is needed here.
//
// Scan is called with pointers that have the method Scan(any) error, which database/sql
// calls sql.Scanner. A source that is not of database/sql must pass each value to it.
type RowSource interface {
	Columns() ([]string, error)
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// ReadRows turns the rows of a query into facts. The columns are those of [ResolveColumns];
// look at [Columns.Unknown] for those that were not understood.
//
// The rows can be iterated over once, and are read as they are asked for, in constant
// memory. A row in error comes with a [*RowError] and its number only, and the ones after
// it follow. The error of the source itself, if it has one, comes last and ends them. The
// caller closes the source.
//
// A metric's value may be a text or number of any type that a driver delivers exactly:
//
//	count          integers, also as decimal text, 12 or 12.00
//	money          decimal text, integers, or an amount with its currency, "12.50 EUR"
//	ratio          decimal text, integers, percentages "3.45%", quotients "43/197"
//	number         decimal text, integers
//	duration       seconds as decimal text or integer, "36h", "1h30m", "PT36H"
//	distribution   a list: JSON [1, "2.5"], an array of PostgreSQL {1,2.5}, a Go slice
//
// An interval of PostgreSQL is none of these; select its seconds, extract(epoch from x).
// The elements of a list follow the same rules. NULL is a fact that is absent, but as an
// element of a list an error. Truth values and times are no values of a metric. For floating
// point numbers see [RowOptions].AllowFloat. A driver.Valuer stands for its value, a pointer
// for what it points to.
func ReadRows(src RowSource, o RowOptions) (*Columns, iter.Seq2[Row, error], error) {
	names, err := src.Columns()
	if err != nil {
		return nil, nil, fmt.Errorf("columns: %w", err)
	}
	c, err := ResolveColumns(names, o)
	if err != nil {
		return nil, nil, err
	}
	return c, c.scan(src), nil
}

func (c *Columns) scan(src RowSource) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := newRowReader(c)
		s := newRowScanner(r)
		number := 0
		for src.Next() {
			number++
			row, err := s.row(src, number)
			if !yield(row, err) {
				return
			}
		}
		if err := src.Err(); err != nil {
			yield(Row{Number: number}, fmt.Errorf("after row %d: %w", number, err))
		}
	}
}

// byteOrderMark is what some spreadsheets put before a file in UTF-8.
const byteOrderMark = "\ufeff"

// ReadCSV turns the records of a CSV file into facts. The first record is the header. The
// rest is as of [ReadRows], with texts as values; an empty one is absent. A record that
// csv.Reader finds malformed is a row in error.
func ReadCSV(r *csv.Reader, o RowOptions) (*Columns, iter.Seq2[Row, error], error) {
	header, err := r.Read()
	switch {
	case err == io.EOF:
		return nil, nil, &RowError{Err: errors.New("the file is empty")}
	case err != nil:
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], byteOrderMark)
	c, err := ResolveColumns(header, o)
	if err != nil {
		return nil, nil, err
	}
	return c, c.records(r), nil
}

func (c *Columns) records(in *csv.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := newRowReader(c)
		for number := 1; ; number++ {
			record, err := in.Read()
			if err == io.EOF {
				return
			}
			var row Row
			malformed := new(csv.ParseError)
			switch {
			case err == nil:
				row, err = r.record(number, record)
			case errors.As(err, &malformed):
				row, err = Row{Number: number}, &RowError{Row: number, Err: err}
			default:
				yield(Row{Number: number - 1}, fmt.Errorf("after row %d: %w", number-1, err))
				return
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// ReadMap turns one row, given as a map from columns to values, into facts. A map of
// strings is a source of texts, in which the empty one is absent; other values are those of
// [ReadRows]. For many rows with the same columns, [ResolveColumns] is faster.
func ReadMap[V any](m map[string]V, o RowOptions) (*Columns, Row, error) {
	names := slices.Sorted(maps.Keys(m))
	c, err := ResolveColumns(names, o)
	if err != nil {
		return nil, Row{}, err
	}
	r := newRowReader(c)
	if texts, ok := any(m).(map[string]string); ok {
		for i, name := range names {
			r.cells[i].setText(texts[name])
		}
	} else {
		for i, name := range names {
			r.cells[i].set(m[name])
		}
	}
	row, err := r.row(1)
	return c, row, err
}
