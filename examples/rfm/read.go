package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// book is what was read.
type book struct {
	title    string
	used     string // columns of the file, and what they are for
	log      *purchase.Log
	currency metric.Currency
	first    time.Time        // order
	last     time.Time        // order or refund
	start    map[string]start // by customer; nil without a column of channels
	costs    map[string]int64 // of acquisition by channel, in minor units
}

// start is how a customer came.
type start struct {
	at      time.Time
	channel string
}

// read reads the sample or the file, and the costs by channel.
func read(o options, stdin io.Reader) (*book, error) {
	log, err := purchase.New(purchase.Options{Location: o.loc, Lines: true})
	if err != nil {
		return nil, err
	}
	b := &book{log: log, currency: o.stated}
	if o.file == "" {
		b.title = "CDNOW, a music shop"
		return b, b.readCDNOW(strings.NewReader(data.CDNOW()), o.loc)
	}
	name, r, err := open(o.file, stdin)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b.title = "Customers in " + name
	if err := b.readCSV(name, r, o); err != nil {
		return nil, err
	}
	if b.first.IsZero() {
		return nil, fmt.Errorf("%s: a header, but no orders", name)
	}
	if o.cacFile != "" {
		err = b.readCAC(o)
	}
	return b, err
}

func open(file string, stdin io.Reader) (name string, r io.ReadCloser, err error) {
	if file == "-" {
		return "standard input", io.NopCloser(stdin), nil
	}
	r, err = os.Open(file)
	return file, r, err
}

// add takes an order, or a refund if the amount is negative.
func (b *book) add(customer, order, channel string, at time.Time, amount int64, line int) {
	e := event.Event{UserID: customer, Time: at, Seq: int64(line)}
	if amount < 0 {
		e = event.New(e, event.OrderRefunded{OrderID: order, Amount: -amount, Currency: b.currency.Code()})
	} else {
		e = event.New(e, event.OrderCompleted{OrderID: order, Amount: amount, Currency: b.currency.Code()})
		if b.first.IsZero() || at.Before(b.first) {
			b.first = at
		}
		if s, ok := b.start[customer]; b.start != nil && (!ok || at.Before(s.at)) {
			b.start[customer] = start{at, channel}
		}
	}
	if at.After(b.last) {
		b.last = at
	}
	b.log.Add(&e)
}

// readCDNOW reads lines of five fields: the customer's id, another one, the day as YYYYMMDD,
// the number of CDs, and dollars.
func (b *book) readCDNOW(r io.Reader, loc *time.Location) error {
	b.currency = metric.USD("0").Currency()
	lines := bufio.NewScanner(r)
	for line := 1; lines.Scan(); line++ {
		f := strings.Fields(lines.Text())
		if len(f) != 5 || len(f[2]) != 8 {
			return fmt.Errorf("CDNOW_sample.txt:%d: want 5 fields", line)
		}
		at, err := parseTime(f[2][:4]+"-"+f[2][4:6]+"-"+f[2][6:], loc)
		if err != nil {
			return fmt.Errorf("CDNOW_sample.txt:%d: %w", line, err)
		}
		amount, err := minorUnits(f[4], b.currency)
		if err != nil {
			return fmt.Errorf("CDNOW_sample.txt:%d: %w", line, err)
		}
		b.add(f[0], fmt.Sprint(line), "", at, amount, line)
	}
	return lines.Err()
}

// field is something that a column is for.
type field struct {
	name  string
	usual []string // names of columns
}

func fields() []field {
	return []field{
		{"customer", []string{"customer", "customer_id", "user_id"}},
		{"time", []string{"time", "date", "order_time", "order_date"}},
		{"amount", []string{"amount", "revenue"}},
		{"order", []string{"order", "order_id"}},
		{"currency", []string{"currency"}},
		{"channel", []string{"channel"}},
	}
}

const required = 3 // fields

// findColumns returns the positions of the columns, by field; it leaves out those that are
// not there.
func findColumns(header []string, named map[string]string) (map[string]int, error) {
	at := map[string]int{}
	for i, f := range fields() {
		names, given := f.usual, named[f.name] != ""
		if given {
			names = []string{named[f.name]}
		}
		for j, h := range header {
			if !slices.ContainsFunc(names, func(name string) bool { return fold(name) == fold(h) }) {
				continue
			}
			if other, ok := at[f.name]; ok {
				return nil, fmt.Errorf("%s may be column %.48q or %.48q; say which by -columns %s=NAME", f.name, header[other], h, f.name)
			}
			at[f.name] = j
		}
		if _, ok := at[f.name]; !ok && (given || i < required) {
			hint := ""
			for _, name := range names {
				hint = cmp.Or(hint, didYouMean(name, header))
			}
			return nil, fmt.Errorf("no column %s among %.480q%s; the %s is named by -columns %s=NAME",
				strings.Join(names, " or "), header, hint, f.name, f.name)
		}
	}
	return at, nil
}

func fold(name string) string { return event.Fold(strings.TrimSpace(name)) }

// readCSV reads all orders.
func (b *book) readCSV(name string, r io.Reader, o options) error {
	var at map[string]int
	var currencyLine int
	return eachRow(name, r, func(header []string) (err error) {
		if at, err = findColumns(header, o.columns); err != nil {
			return err
		}
		if _, ok := at["currency"]; ok && !b.currency.IsZero() {
			return errors.New("-currency is given, and a column of currencies; drop one of them")
		} else if !ok && b.currency.IsZero() {
			return errors.New("amounts without a currency; say -currency EUR, or name its column by -columns currency=NAME")
		}
		if _, ok := at["channel"]; ok {
			b.start = map[string]start{}
		}
		var columns []string
		for _, f := range fields() {
			if i, ok := at[f.name]; ok {
				columns = append(columns, fmt.Sprintf("%s from %q", f.name, strings.TrimSpace(header[i])))
			}
		}
		b.used = strings.Join(columns, ", ")
		return nil
	}, func(line int, row []string) error {
		text := func(field string) string {
			if i, ok := at[field]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if text("customer") == "" {
			return errors.New("customer: empty; take out the orders of nobody known, or give them a name")
		}
		when, err := parseTime(text("time"), o.loc)
		if err != nil {
			return fmt.Errorf("time: %w", err)
		}
		if _, ok := at["currency"]; ok {
			c, err := metric.ParseCurrency(text("currency"))
			switch {
			case err != nil:
				return fmt.Errorf("currency: %.48q is no code of ISO 4217 such as USD", text("currency"))
			case b.currency.IsZero():
				b.currency, currencyLine = c, line
			case c != b.currency:
				return fmt.Errorf("currency: %s, where line %d has %s; convert the amounts to one", c, currencyLine, b.currency)
			}
		}
		amount, err := minorUnits(text("amount"), b.currency)
		if err != nil {
			return fmt.Errorf("amount: %w", err)
		}
		b.add(text("customer"), text("order"), text("channel"), when, amount, line)
		return nil
	})
}

// readCAC reads the cost of acquisition by channel.
func (b *book) readCAC(o options) error {
	if b.start == nil {
		return errors.New("-cac-file: the orders have no column of channels; name it by -columns channel=NAME")
	}
	f, err := os.Open(o.cacFile)
	if err != nil {
		return err
	}
	defer f.Close()
	b.costs = map[string]int64{}
	var channel, cac int
	err = eachRow(o.cacFile, f, func(header []string) error {
		is := func(name string) func(string) bool { return func(h string) bool { return fold(h) == name } }
		channel, cac = slices.IndexFunc(header, is("channel")), slices.IndexFunc(header, is("cac"))
		if channel < 0 || cac < 0 {
			return fmt.Errorf("want the columns channel and cac; there are %.480q", header)
		}
		return nil
	}, func(line int, row []string) error {
		name := strings.TrimSpace(row[channel])
		if _, ok := b.costs[name]; ok {
			return fmt.Errorf("channel: %.48q is there twice", name)
		}
		b.costs[name], err = minorUnits(strings.TrimSpace(row[cac]), b.currency)
		if err == nil && b.costs[name] < 0 {
			err = errors.New("below zero")
		}
		if err != nil {
			return fmt.Errorf("cac: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var missing []string
	for _, s := range b.start {
		if _, ok := b.costs[s.channel]; !ok && o.flatCAC == "" && !slices.Contains(missing, s.channel) {
			missing = append(missing, s.channel)
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		return fmt.Errorf("%s: no cost of the channels %.240q; add them, or say -cac for those that are not there", o.cacFile, missing)
	}
	return nil
}

const maxProblems = 5 // that are printed

// eachRow reads a CSV file. The error names the first lines that are wrong.
func eachRow(name string, r io.Reader, head func([]string) error, row func(line int, fields []string) error) error {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	in := csv.NewReader(buffered)
	header, err := in.Read()
	if err == io.EOF {
		return fmt.Errorf("%s: empty; want a header with the names of columns", name)
	}
	if err == nil {
		err = head(header)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var problems []error
	more := 0
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return fmt.Errorf("%s: %w", name, err) // A quote that is not closed, or a failing disk.
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			err = fmt.Errorf("%d fields, where the header has %d", len(record), len(header))
		} else {
			err = row(line, record)
		}
		switch {
		case err == nil:
		case len(problems) < maxProblems:
			problems = append(problems, fmt.Errorf("%s:%d: %w", name, line, err))
		default:
			more++
		}
	}
	if more > 0 {
		problems = append(problems, fmt.Errorf("and %d more lines", more))
	}
	return errors.Join(problems...)
}

// parseTime reads an instant with an offset, or a date or a time of day as clocks in loc show
// them.
func parseTime(text string, loc *time.Location) (time.Time, error) {
	t, err := parseAnyTime(text, loc)
	if y := t.Year(); err == nil && (y < 1900 || y > 2200) {
		return t, fmt.Errorf("%s is not within the years 1900 and 2200", text)
	}
	return t, err
}

func parseAnyTime(text string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		day, err := metric.Day(t.Year(), t.Month(), t.Day(), loc)
		return day.Start(), err
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, loc); err == nil {
			if t.Format(layout) != text {
				return t, fmt.Errorf("clocks in %v skip %s", loc, text)
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.48q is no time such as 2026-03-29, 2026-03-29 14:30 or 2026-03-29T14:30:00Z", text)
}

// checkAmount reports whether a text is a decimal number, as people may have written it in
// another convention.
func checkAmount(text string) error {
	digits := strings.TrimPrefix(text, "-")
	if strings.Trim(digits, "0123456789.") != "" || strings.Count(digits, ".") > 1 || strings.Trim(digits, ".") == "" {
		return fmt.Errorf("%.48q is no decimal number such as 1234.50", text)
	}
	return nil
}

// minorUnits converts an amount in the main unit of a currency to its smallest unit, exactly.
func minorUnits(text string, c metric.Currency) (int64, error) {
	if err := checkAmount(text); err != nil {
		return 0, err
	}
	money, err := metric.ParseMoney(text + " " + c.Code())
	if err != nil {
		return 0, err
	}
	units, ok := money.Minor()
	if !ok || units > purchase.MaxAmount || units < -purchase.MaxAmount {
		return 0, fmt.Errorf("%.48q has more than the %d decimals of %s, or is too large", text, c.Exponent(), c)
	}
	return units, nil
}
