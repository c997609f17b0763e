package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

// options are the flags, checked.
type options struct {
	file        string // "" is the sample, "-" the standard input
	printSample bool
	steps       []event.Rule
	window      time.Duration
	order       funnel.Order
	attempts    funnel.Attempts
	by          string     // attribute of the breakdown, "" for none
	start       event.Rule // of activation
	goals       []goal     // none: no activation
	within      time.Duration
	cohort      metric.PeriodUnit
	loc         *time.Location
	asOf        time.Time // zero: what the file tells
	output      string
	table       string // of CSV
	strict      bool
}

// What the sample is asked. A file of one's own has other events.
const (
	sampleSteps     = "page_viewed, signed_up, report_created, trial_started, subscription_started"
	sampleActivated = "3 report_created, 1 report_shared"
	sampleBy        = "utm_source"
)

// errUsage marks a mistake in the flags.
var errUsage = errors.New("run with -help for help")

// The forms of the report, and the tables of CSV.
func outputs() []string { return []string{"text", "csv", "json", "html"} }
func tables() []string  { return []string{"funnel", "cohorts", "customers", "refused"} }

// parseFlags reads the arguments. The error is flag.ErrHelp or wraps errUsage.
func parseFlags(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("funnel", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	text := func(name, value string) *string { return flags.String(name, value, "") }
	flags.StringVar(&o.file, "file", "", "")
	flags.StringVar(&o.by, "by", "", "")
	flags.StringVar(&o.output, "output", "text", "")
	flags.StringVar(&o.table, "table", "funnel", "")
	flags.BoolVar(&o.strict, "strict", false, "")
	flags.BoolVar(&o.printSample, "print-sample", false, "")
	steps, activated, start := text("steps", ""), text("activated", ""), text("start", "signed_up")
	window, within := text("window", "21d"), text("within", "7d")
	order, attempts := text("order", "ordered"), text("attempts", "furthest")
	cohort, zone, asOf := text("cohort", "week"), text("zone", "UTC"), text("as-of", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if flags.NArg() > 0 {
		return o, refuse("unexpected argument %s; a file is given by -file", quoted(flags.Arg(0)))
	}
	if given["file"] && o.file == "" {
		return o, refuse("-file is empty; a dash stands for the standard input")
	}
	if o.file == "" {
		setDefault(given["steps"], steps, sampleSteps)
		setDefault(given["activated"], activated, sampleActivated)
		setDefault(given["by"], &o.by, sampleBy)
	}

	var err error
	check := func(name, value string, e error) {
		if e != nil && err == nil {
			err = refuse("-%s %s: %v", name, quoted(value), e)
		}
	}
	var e error
	if *steps != "" {
		o.steps, e = parseSteps(*steps)
		check("steps", *steps, e)
	}
	if *activated != "" {
		o.goals, e = parseGoals(*activated)
		check("activated", *activated, e)
	}
	o.start, e = parseRule(*start)
	check("start", *start, e)
	o.window, e = parseWindow(*window)
	check("window", *window, e)
	o.within, e = parseWindow(*within)
	check("within", *within, e)
	o.order, e = choose(*order, funnel.Ordered, funnel.Strict, funnel.StrictRepeats, funnel.AnyOrder, funnel.AnyAfterFirst, funnel.AnyAroundFirst)
	check("order", *order, e)
	o.attempts, e = choose(*attempts, funnel.Furthest, funnel.FirstEntry, funnel.EveryEntry)
	check("attempts", *attempts, e)
	o.cohort, e = choose(*cohort, metric.UnitDay, metric.UnitWeek, metric.UnitMonth)
	check("cohort", *cohort, e)
	o.loc, e = loadZone(*zone)
	check("zone", *zone, e)
	if *asOf != "" && err == nil {
		o.asOf, e = parseInstant(*asOf, o.loc)
		check("as-of", *asOf, e)
	}
	if !slices.Contains(outputs(), o.output) {
		check("output", o.output, fmt.Errorf("there are %s", strings.Join(outputs(), ", ")))
	}
	if !slices.Contains(tables(), o.table) {
		check("table", o.table, fmt.Errorf("there are %s", strings.Join(tables(), ", ")))
	}
	if given["table"] && o.output != "csv" {
		check("table", o.table, errors.New("is for -output csv; the other forms have all of them"))
	}
	if o.output == "csv" && len(o.goals) == 0 && (o.table == "cohorts" || o.table == "customers") {
		check("table", o.table, errors.New("needs -activated"))
	}
	return o, err
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%s; %w", fmt.Sprintf(format, args...), errUsage)
}

func setDefault(given bool, value *string, to string) {
	if !given {
		*value = to
	}
}

// choose returns the value whose text is given.
func choose[T fmt.Stringer](text string, values ...T) (T, error) {
	var names []string
	for _, v := range values {
		if v.String() == text {
			return v, nil
		}
		names = append(names, v.String())
	}
	var none T
	return none, fmt.Errorf("there are %s", strings.Join(names, ", "))
}

func parseWindow(text string) (time.Duration, error) {
	d, err := metric.ParseDuration(text)
	if err != nil {
		return 0, errors.New("want a duration such as 7d, 36h or 90m")
	}
	if window, ok := d.Std(); ok && window > 0 {
		return window, nil
	}
	return 0, errors.New("want more than nothing and less than 292 years")
}

// parseInstant reads an instant of RFC 3339, or a date, which stands for the start of its
// day in loc.
func parseInstant(text string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errors.New("want 2026-03-29 or 2026-03-29T14:30:00Z")
	}
	p, err := metric.Day(day.Year(), day.Month(), day.Day(), loc)
	return p.Start(), err
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

const help = `Funnel reads events as Segment writes them and reports how many people went
through the steps of a funnel, where they dropped off, who may still get further,
how long it took, and who was activated after signing up.

	go run ./examples/funnel                              a made-up sample
	go run ./examples/funnel -output html > funnel.html   the same as a page
	go run ./examples/funnel -file log.jsonl -steps signed_up,order_completed

The sample is invented: nine weeks of a reporting tool that does not exist.
-print-sample prints its lines.

Flags:
	-file name         a message of Segment (or RudderStack) on each line, as JSON; - is
	                   the standard input
	-steps list        the steps of the funnel, see below; needed with -file
	-window duration   from the first step, in which the others count: 21d if not given
	-order name        ordered (default; other events may lie between), strict,
	                   strict_repeats, any, any_after_first, any_around_first
	-attempts name     furthest (default; each person once, by the attempt that got
	                   furthest), first_entry, every_entry
	-by attribute      splits the funnel by the first value in an attempt
	-activated list    what people have to do to be activated, and how often:
	                   "3 report_created, 1 report_shared"; left out, a file has no
	                   report on activation
	-start step        the event that activation counts from: signed_up if not given
	-within duration   from there, in which to do it: 7d if not given
	-cohort unit       day, week (default) or month in which people started
	-zone name         time zone of cohorts and of dates; UTC if not given
	-as-of time        a date or an instant up to which the file is complete. Later
	                   events do not count. If not given, that of the last arrival
	-output form       text (default), csv, json or html
	-table name        of csv: funnel (default), cohorts, customers, refused
	-strict            exit with status 1 if a line could not be read
	-print-sample      print the lines of the sample

A step is the name of an event in any spelling, names with | between them for any of
several, and conditions on attributes with = != < <= > >=:

	-steps "page_viewed where path = /pricing, signed_up|invite_accepted,
	        order_completed where total >= 100 and currency = EUR"

A value that looks like a number is one; put it in double quotes for a text.

Read are track, page, screen, identify, group and alias messages. Of a message count
type, event, messageId, userId, anonymousId, groupId, previousId, timestamp (or else
originalTimestamp), receivedAt, and properties or traits, which are the attributes.
The campaign in the context gives utm_source, utm_medium and utm_campaign. Messages
with the same messageId are one; those of one instant are in the order of the file.

People: a message with both ids says whose the anonymous id is, and all its events are
that user's, those before it, too. If several users came with one anonymous id, it is
the earliest one's. An alias message does the same for its previousId.

Open are people who may still get to the next step, because the window is not over.
The cohort of a week is marked until the time to be activated is over for all in it.

Exit status: 0; 1 if the file cannot be reported on or, under -strict, not every line
could be read; 2 for a mistake in the flags.
`
