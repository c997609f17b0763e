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
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// options are the flags, checked.
type options struct {
	file      string // "" is the sample, "-" the standard input
	columns   map[string]string
	by        string // attribute that names the segment, "" for none
	preset    string // "" for the ledger's own rules
	rules     ledger.Options
	known     time.Time // zero: all that is on record
	asOf      time.Time // zero: the end of the log
	loc       *time.Location
	from, to  metric.Period // months; zero: the first and last
	waterfall metric.Period // the month to draw; zero: the last twelve
	cohort    measure
	currency  metric.Currency // to convert to; zero: the only one
	rates     string          // file of exchange rates
	output    string
}

// errUsage marks a mistake in the flags.
var errUsage = errors.New("run with -help for help")

// outputs are the forms of the report.
func outputs() []string { return []string{"text", "csv", "json", "html"} }

// parseFlags reads the arguments. The error is flag.ErrHelp or wraps errUsage.
func parseFlags(args []string) (options, error) {
	o := options{columns: map[string]string{}}
	var zone, known, asOf, from, to, waterfall, cohort, currency string
	flags := flag.NewFlagSet("subscriptions", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.file, "file", "", "")
	flags.Func("column", "", func(text string) error { return parseColumn(text, o.columns) })
	flags.StringVar(&o.by, "by", "", "")
	flags.StringVar(&o.preset, "preset", "", "")
	flags.StringVar(&known, "known", "", "")
	flags.StringVar(&asOf, "as-of", "", "")
	flags.StringVar(&zone, "zone", "UTC", "")
	flags.StringVar(&from, "from", "", "")
	flags.StringVar(&to, "to", "", "")
	flags.StringVar(&waterfall, "waterfall", "", "")
	flags.StringVar(&cohort, "cohort", "customers", "")
	flags.StringVar(&currency, "currency", "", "")
	flags.StringVar(&o.rates, "rates", "", "")
	flags.StringVar(&o.output, "output", "text", "")
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
	switch {
	case flags.NArg() > 0:
		return o, refuse("unexpected argument %.48q; a file is given by -file", flags.Arg(0))
	case given["file"] && o.file == "":
		return o, refuse("-file is empty; a dash stands for the standard input")
	case given["column"] && o.file == "":
		return o, refuse("-column is for CSV files; the sample has its own")
	case given["currency"] != given["rates"]:
		return o, refuse("-currency and -rates go together")
	case !slices.Contains(outputs(), o.output):
		return o, refuse("-output %.48q: there are %s", o.output, strings.Join(outputs(), ", "))
	}
	if o.by = event.Fold(o.by); !given["by"] && o.file == "" {
		o.by = "region" // The sample's own question.
	}
	if o.preset != "" {
		rules, err := ledger.Preset(o.preset)
		if err != nil {
			return o, refuse("-preset %.48q: there are %s", o.preset, presets())
		}
		o.rules = rules
	}
	var err error
	if o.cohort, err = parseMeasure(cohort); err != nil {
		return o, refuse("-cohort %.48q: %v", cohort, err)
	}
	if o.currency, err = metric.ParseCurrency(currency); given["currency"] && err != nil {
		return o, refuse("-currency %.48q: want a code of ISO 4217 such as USD", currency)
	}
	if o.loc, err = loadZone(zone); err != nil {
		return o, refuse("-zone %.48q: %v", zone, err)
	}
	for _, f := range []struct {
		name, text string
		month      *metric.Period
	}{{"from", from, &o.from}, {"to", to, &o.to}, {"waterfall", waterfall, &o.waterfall}} {
		if given[f.name] {
			if *f.month, err = metric.ParsePeriod(f.text, o.loc); err != nil || f.month.Unit() != metric.UnitMonth {
				return o, refuse("-%s %.48q: want a month such as 2026-03", f.name, f.text)
			}
		}
	}
	if !o.from.IsZero() && !o.to.IsZero() && o.to.Compare(o.from) < 0 {
		return o, refuse("-to %s is before -from %s", to, from)
	}
	for _, f := range []struct {
		name, text string
		at         *time.Time
	}{{"known", known, &o.known}, {"as-of", asOf, &o.asOf}} {
		if given[f.name] {
			if *f.at, err = parseEnd(f.text, o.loc); err != nil {
				return o, refuse("-%s %.48q: %v", f.name, f.text, err)
			}
		}
	}
	return o, nil
}

// parseEnd reads an instant. A date stands for the end of that day.
func parseEnd(text string, loc *time.Location) (time.Time, error) {
	t, err := parseTime(text, loc)
	if err == nil && len(text) == len(time.DateOnly) {
		t = t.AddDate(0, 0, 1)
	}
	return t, err
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

func presets() string { return strings.Join(slices.Collect(ledger.Presets()), ", ") }

func help() string {
	return `Subscriptions reports the recurring revenue of a subscription business by month: an MRR
bridge, customers, committed and at-risk MRR, net and gross revenue retention by segment,
retention by first paid month, and losses by reason.

	go run ./examples/subscriptions                              a made-up software company
	go run ./examples/subscriptions -output html > report.html   the same as a page
	go run ./examples/subscriptions -file events.csv -by plan    your own

Flags:
	-file name          a CSV file, see below; - is the standard input
	-column name=title  the title that a column has in your file; may be repeated
	-by name            segments: plan, or any other column or attribute, such as region,
	                    which is the default of the sample
	-preset name        the documented rules of a product, to run beside it:
	                    ` + presets() + `
	-known time         with what was on record then, as last month's report had it
	-as-of time         up to when the log is complete; the end of the day of the last event
	                    (or what was -known) if not given. A month that goes on is marked *
	-zone name          time zone of months, and of times without an offset; UTC if not given
	-from, -to month    the months to report, such as 2026-03; all if not given
	-waterfall month    the month whose bridge the page draws; the last twelve if not given
	-cohort measure     what of a cohort is left: customers (default), net or gross MRR in
	                    percent of the first, or cumulative revenue for each customer
	-currency code      convert all amounts to it, with
	-rates name           a CSV file with the columns date, currency, rate: what a unit of the
	                    currency is worth, from that date on
	-output form        text (default), csv, json or html

A time is 2026-03-29T14:30:00Z, with any offset, or without one 2026-03-29 14:30:00 or
2026-03-29; for -known and -as-of a date stands for the end of that day.

The CSV file has a header and a row for each subscription event. Its columns, by the names
that -column takes and the titles that they have otherwise; case does not matter:

` + columnHelp() + `
Event types are those of ChartMogul: subscription_start, subscription_updated and
subscription_cancelled; subscription_start_scheduled, subscription_update_scheduled and
subscription_cancellation_scheduled, which take effect on the effective date unless
scheduled_subscription_start_retracted (_update_, _cancellation_) or
subscription_event_retracted names their id; and subscription_paused and _resumed. An update
states the whole new amount. Rows at one instant are in the order of event_order or else of
the file. A row that cannot be read is an error, because leaving it out would bend the bridge.

Exit status: 0; 1 if the data cannot be read or reported; 2 for a mistake in the flags.
`
}
