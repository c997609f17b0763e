package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// csvOptions are what a CSV file leaves open.
type csvOptions struct {
	loc      *time.Location // of times without an offset
	currency string         // of amounts without a column currency; "" refuses them
}

// readCSV reads one event from each row, by the names in the header: fields of the
// envelope, and attributes. The error is about the header or the input as a whole.
func readCSV(r *bufio.Reader, o csvOptions, to *sink) error {
	if err := skipByteOrderMark(r); err != nil {
		return fmt.Errorf("%s: %w", to.problems.file, err)
	}
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1 // Counted here, with a better message.
	rows.ReuseRecord = true
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: empty; want a header and rows", to.problems.file)
	}
	if err != nil {
		return fmt.Errorf("%s: header: %w", to.problems.file, err)
	}
	columns, err := readHeader(header)
	if err != nil {
		return fmt.Errorf("%s:1: header: %w", to.problems.file, err)
	}
	t := &csvTable{csvOptions: o, columns: columns}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		to.line()
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			to.problems.reject(broken.StartLine, nil, brokenRow(broken))
			continue
		}
		if err != nil {
			return err
		}
		line, _ := rows.FieldPos(0)
		place := func(attribute string) int { return t.place(rows, fields, attribute) }
		e, r := t.event(fields)
		if r != nil {
			to.problems.reject(line, place, r)
			continue
		}
		if err := to.event(&e, line, place); err != nil {
			return err
		}
	}
}

// skipByteOrderMark drops the mark of UTF-8 and refuses that of UTF-16.
func skipByteOrderMark(r *bufio.Reader) error {
	start, _ := r.Peek(3)
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, err := r.Discard(3)
		return err
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("is UTF-16; save it as UTF-8")
	}
	return nil
}

func brokenRow(err *csv.ParseError) *event.Rejection {
	detail := fmt.Sprintf("%v at column %d", err.Err, err.Column)
	if err.Line != err.StartLine {
		detail = fmt.Sprintf("%v; the row goes on to line %d, where it breaks at column %d", err.Err, err.Line, err.Column)
	}
	return rejection(event.Malformed, "", "%s", detail)
}

// readHeader folds the names of the columns, so that "User ID" is user_id.
func readHeader(header []string) ([]string, error) {
	columns := make([]string, len(header))
	for i, name := range header {
		name = strings.TrimSpace(name)
		if len(header) == 1 && strings.ContainsAny(name, ";\t|") {
			return nil, fmt.Errorf("%s is a single name; separate columns by commas", quoted(name))
		}
		name = event.Fold(name)
		switch {
		case name == "":
			return nil, fmt.Errorf("column %d has no name", i+1)
		case len(name) > event.MaxNameBytes:
			return nil, fmt.Errorf("the name of column %d has %d bytes, more than %d", i+1, len(name), event.MaxNameBytes)
		case slices.Contains(columns[:i], name):
			return nil, fmt.Errorf("column %d: %s is there twice", i+1, quoted(name))
		}
		columns[i] = name
	}
	for _, name := range []string{"event", "time"} {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("no column %q; there are %s", name, quoted(strings.Join(columns, ", ")))
		}
	}
	return columns, nil
}

// csvTable turns the rows under one header into events.
type csvTable struct {
	csvOptions
	columns []string // folded
}

// place returns the column, counted in bytes of the line, in which an attribute stands.
// It is 0 when no column has it.
func (t *csvTable) place(rows *csv.Reader, fields []string, attribute string) int {
	place := 0
	for _, name := range []string{attribute + minorSuffix, attribute} {
		i := slices.Index(t.columns, name)
		if i >= 0 && i < len(fields) && (place == 0 || fields[i] != "") {
			_, place = rows.FieldPos(i)
		}
	}
	return place
}

// minorSuffix marks a column with amounts in the smallest unit of the currency.
const minorSuffix = "_minor"

// event reads one row. Empty fields are absent.
func (t *csvTable) event(fields []string) (event.Event, *event.Rejection) {
	var e event.Event
	if len(fields) != len(t.columns) {
		return e, rejection(event.Malformed, "", "%s, the header has %d", plural(len(fields), "field"), len(t.columns))
	}
	// The kinds of attributes depend on the name of the event, and amounts on the currency.
	e.Name = strings.TrimSpace(fields[slices.Index(t.columns, "event")])
	event.Aliases{}.Apply(&e)
	row := csvRow{csvOptions: t.csvOptions}
	row.spec, _ = event.Lookup(e.Name)
	if i := slices.Index(t.columns, "currency"); i >= 0 && strings.TrimSpace(fields[i]) != "" {
		row.currency = strings.TrimSpace(fields[i])
	}
	for i, name := range t.columns {
		text := strings.TrimSpace(fields[i])
		if text == "" || name == "event" {
			continue
		}
		done, r := row.envelope(&e, name, text)
		if !done {
			r = row.attribute(name, text)
		}
		if r != nil {
			r.Event = e.Name
			return e, r
		}
	}
	if _, ok := row.spec.Attribute("currency"); ok && row.money && !row.has("currency") {
		row.attrs = append(row.attrs, event.String("currency", row.currency))
	}
	e.Props = event.NewProps(row.attrs...)
	return e, nil
}

// csvRow collects the attributes of one row.
type csvRow struct {
	csvOptions
	spec  event.Spec // empty for an event that the vocabulary does not have
	money bool       // some attribute is an amount
	attrs []event.Attr
}

func (r *csvRow) has(name string) bool {
	return slices.ContainsFunc(r.attrs, func(a event.Attr) bool { return a.Name == name })
}

// envelope sets a field of the envelope, if the column is one, and reports whether that is
// all the column is for.
func (r *csvRow) envelope(e *event.Event, name, text string) (done bool, bad *event.Rejection) {
	switch name {
	case "id":
		e.ID = text
	case "source":
		e.Source = text
	case "user_id":
		e.UserID = text
		_, both := r.spec.Attribute(name) // Who was added to an account is an attribute, too.
		return !both, nil
	case "anonymous_id":
		e.AnonymousID = text
	case "account_id":
		e.AccountID = text
	case "session_id":
		e.SessionID = text
	case "time":
		e.Time, bad = r.time(name, text)
	case "effective_time":
		e.EffectiveTime, bad = r.time(name, text)
	case "recorded_time":
		e.RecordedTime, bad = r.time(name, text)
	case "seq":
		e.Seq, bad = wholeNumber(name, text)
	case "test":
		e.Test, bad = truth(name, text)
	default:
		return false, nil
	}
	return true, bad
}

// attribute appends the attribute of a column. Where the vocabulary does not say what
// kind it is, it is text.
func (r *csvRow) attribute(name, text string) (bad *event.Rejection) {
	if base, ok := strings.CutSuffix(name, minorSuffix); ok {
		if a, ok := r.spec.Attribute(base); ok && a.Money {
			return r.amount(base, name, text, wholeNumber)
		}
	}
	a, ok := r.spec.Attribute(name)
	if !ok {
		r.attrs = append(r.attrs, event.String(name, text))
		return nil
	}
	if a.Money {
		return r.amount(name, name, text, r.fromMainUnit)
	}
	var attr event.Attr
	switch a.Kind {
	case event.KindString:
		attr = event.String(name, text)
	case event.KindBool:
		var v bool
		v, bad = truth(name, text)
		attr = event.Bool(name, v)
	case event.KindInt:
		var v int64
		v, bad = wholeNumber(name, text)
		attr = event.Int(name, v)
	case event.KindDecimal:
		attr, bad = decimalNumber(name, text)
	case event.KindTime:
		var v time.Time
		v, bad = r.time(name, text)
		attr = event.Time(name, v)
	default:
		bad = rejection(event.WrongType, name, "a %v does not fit into a column; use JSON lines", a.Kind)
	}
	if bad == nil {
		r.attrs = append(r.attrs, attr)
	}
	return bad
}

// amount appends an amount of money that stands in a column.
func (r *csvRow) amount(name, column, text string, parse func(column, text string) (int64, *event.Rejection)) *event.Rejection {
	if r.has(name) {
		return rejection(event.DuplicateAttribute, column, "both %s and %s%s are given", name, name, minorSuffix)
	}
	if r.currency == "" {
		return rejection(event.MissingAttribute, column, "an amount without a currency; add a column currency, or say -currency USD")
	}
	units, bad := parse(column, text)
	if bad == nil {
		r.attrs = append(r.attrs, event.Int(name, units))
		r.money = true
	}
	return bad
}

// fromMainUnit reads an amount in the main unit of the row's currency.
func (r *csvRow) fromMainUnit(column, text string) (int64, *event.Rejection) {
	return minorUnits(column, text, r.currency)
}

func (r *csvRow) time(name, text string) (time.Time, *event.Rejection) {
	t, err := parseTime(text, r.loc)
	if err != nil {
		return t, rejection(event.BadTime, name, "%s: %v", quoted(text), err)
	}
	return t, nil
}

func wholeNumber(name, text string) (int64, *event.Rejection) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, rejection(event.BadNumber, name, "%s is no whole number of 64 bits", quoted(text))
	}
	return n, nil
}

func decimalNumber(name, text string) (event.Attr, *event.Rejection) {
	if bad := checkDecimal(name, text); bad != nil {
		return event.Attr{}, bad
	}
	n, err := metric.ParseNumber(text)
	if err != nil {
		return event.Attr{}, rejection(event.BadNumber, name, "%v", err)
	}
	return event.Decimal(name, n.Decimal()), nil
}

func truth(name, text string) (bool, *event.Rejection) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, rejection(event.WrongType, name, "%s, want true or false", quoted(text))
}
