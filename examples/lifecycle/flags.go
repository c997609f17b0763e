package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// options are the flags, checked.
type options struct {
	sample   sample // if file is ""
	file     string // "-" is the standard input
	unit     metric.PeriodUnit
	loc      *time.Location
	currency string // "" if there is none
	segment  string // "" if there is none
	output   string
	more     int // steps to show of what to get, allSteps for each in full
	strict   bool
}

// errUsage marks a mistake in the flags.
var errUsage = errors.New("run with -help for help")

// outputs are the forms of the report.
func outputs() []string { return []string{"text", "json", "csv", "markdown"} }

// parseFlags reads the arguments. The error is flag.ErrHelp or wraps errUsage.
func parseFlags(args []string) (options, error) {
	var (
		o    options
		name = "cdnow"
		unit = "quarter"
		zone = "UTC"
		more = strconv.Itoa(defaultSteps)
	)
	flags := flag.NewFlagSet("lifecycle", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&name, "sample", name, "")
	flags.StringVar(&o.file, "file", "", "")
	flags.StringVar(&unit, "period", unit, "")
	flags.StringVar(&zone, "zone", zone, "")
	flags.StringVar(&o.currency, "currency", "", "")
	flags.StringVar(&o.segment, "segment", "", "")
	flags.StringVar(&o.output, "output", "text", "")
	flags.StringVar(&more, "more", more, "")
	flags.BoolVar(&o.strict, "strict", false, "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })

	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%s; %w", fmt.Sprintf(format, args...), errUsage)
	}
	if flags.NArg() > 0 {
		return o, refuse("unexpected argument %s; a file is given by -file", quoted(flags.Arg(0)))
	}
	if given["sample"] && given["file"] {
		return o, refuse("-sample and -file exclude each other")
	}
	if given["file"] && o.file == "" {
		return o, refuse("-file is empty; a dash stands for the standard input")
	}
	list := samples()
	i := slices.IndexFunc(list, func(s sample) bool { return s.name == name })
	if i < 0 {
		return o, refuse("-sample %s: there are cdnow and saas", quoted(name))
	}
	o.sample = list[i]
	var err error
	if o.unit, err = metric.ParsePeriodUnit(unit); err != nil || !o.unit.IsCalendar() {
		return o, refuse("-period %s: there are day, week, month, quarter and year", quoted(unit))
	}
	if o.loc, err = loadZone(zone); err != nil {
		return o, refuse("-zone %s: %v", quoted(zone), err)
	}
	if given["currency"] {
		if _, err := metric.ParseCurrency(o.currency); err != nil {
			return o, refuse("-currency %s: want a code of ISO 4217 such as USD", quoted(o.currency))
		}
		if o.file == "" {
			return o, refuse("-currency is for CSV files; the samples have their own")
		}
	}
	if given["segment"] {
		if o.segment = event.Fold(strings.TrimSpace(o.segment)); o.segment == "" {
			return o, refuse("-segment is empty; want an envelope field or an attribute such as region")
		}
	}
	if !slices.Contains(outputs(), o.output) {
		return o, refuse("-output %s: there are %s", quoted(o.output), strings.Join(outputs(), ", "))
	}
	if o.more, err = parseSteps(more); err != nil {
		return o, refuse("-more %s: %v", quoted(more), err)
	}
	if given["more"] && o.output != "text" && o.output != "markdown" {
		return o, refuse("-more is for text and markdown; json always has all, csv has values only")
	}
	return o, nil
}

// How many steps of what to get are shown.
const (
	defaultSteps = 12
	allSteps     = -1 // and all metrics of each
)

func parseSteps(text string) (int, error) {
	if text == "all" {
		return allSteps, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, errors.New("want a number of steps, or all")
	}
	return int(n), nil
}

func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("want a name such as Europe/Berlin, so that the report is the same on every machine")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, errors.New("no such time zone; want a name such as Europe/Berlin")
	}
	return loc, nil
}

const help = `Lifecycle reads a log of customer events and prints, by stage of the customer's
life and by period, every metric that the log determines, each with its value or
the reason why it has none, and what to capture to get more.

	go run ./examples/lifecycle                  purchases at a real shop
	go run ./examples/lifecycle -sample saas     a made-up software company
	go run ./examples/lifecycle -file log.csv    your own

Flags:
	-sample name      cdnow (default) or saas
	-file name        CSV or JSON lines, told by the extension or else by the
	                  content; - is the standard input
	-period unit      day, week, month, quarter (default) or year
	-zone name        time zone of the periods, and of times without an offset;
	                  UTC if not given
	-currency code    of the amounts in a CSV file without a column currency
	-segment column   report also by the values of an attribute or of an envelope
	                  field, at most 1,000 of them; "(none)" are events without
	-output form      text (default), json, csv or markdown
	-more number      of steps shown of what to capture to get more, 12 if not given;
	                  all shows every step with all its metrics
	-strict           exit with status 1 if a line could not be read

JSON lines have an event on each line:

	{"event": "order_completed", "time": "2026-03-01T10:00:00Z", "user_id": "u1",
	 "props": {"order_id": "o1", "amount": 1990, "currency": "EUR"}}

Here amounts are in minor units, such as cents.

CSV files are UTF-8, with commas between columns, and a header of names. Case,
blanks, dots and hyphens do not matter in them: "User ID" is user_id.

	event, time       required
	user_id, anonymous_id, account_id
	                  at least one of them is needed by most events
	id, source        events with the same are one; without an id, every row is an
	                  event of its own
	session_id, seq, test, effective_time, recorded_time
	                  the rest of the envelope
	anything else     attributes, as the vocabulary of events has them; those that
	                  it does not have are text
	amount, price, ...   in the main unit of the currency: 19.90
	amount_minor, ...    in its smallest unit: 1990

A time is 2026-03-29T14:30:00Z, with any offset, or without one 2026-03-29 14:30:00
or 2026-03-29. Numbers have a decimal point. Empty fields are absent.

Event names are read in any spelling, such as "Order Completed", and may be your
own. The log is taken to be complete up to the end of the day of its last event;
a period that goes on after that is marked.

Exit status: 0; 1 if nothing could be read, or under -strict not everything; 2 for
a mistake in the flags.
`
