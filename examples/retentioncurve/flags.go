package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/survival"
)

// options are the flags, checked.
type options struct {
	file      string // "" is the sample, "-" the standard input
	tenure    string // names of columns
	churned   string
	by        string // "" for no groups
	covariate string // "" for none
	unit      survival.Unit
	level     float64
	at        []float64 // ascending
	output    string
}

// errUsage marks a mistake in the flags.
var errUsage = errors.New("run with -help for help")

// outputs are the forms of the report.
func outputs() []string { return []string{"text", "csv", "json", "html"} }

// parseFlags reads the arguments. The error is flag.ErrHelp or wraps errUsage.
func parseFlags(args []string) (options, error) {
	var (
		o  options
		at = "1,6,12,24"
	)
	flags := flag.NewFlagSet("retentioncurve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.file, "file", "", "")
	flags.StringVar(&o.tenure, "tenure", "tenure", "")
	flags.StringVar(&o.churned, "churned", "churned", "")
	flags.StringVar(&o.by, "by", "", "")
	flags.StringVar(&o.covariate, "covariate", "", "")
	flags.TextVar(&o.unit, "unit", survival.Month, "")
	flags.Float64Var(&o.level, "level", 0.95, "")
	flags.StringVar(&at, "at", at, "")
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
	if flags.NArg() > 0 {
		return o, refuse("unexpected argument %.48q; a file is given by -file", flags.Arg(0))
	}
	if given["file"] && o.file == "" {
		return o, refuse("-file is empty; a dash stands for the standard input")
	}
	if o.file == "" { // The sample's own questions.
		if !given["by"] {
			o.by = "contract"
		}
		if !given["covariate"] {
			o.covariate = "monthly_charge"
		}
	}
	if !(o.level > 0 && o.level < 1) {
		return o, refuse("-level %v: want a confidence level between 0 and 1, such as 0.95", o.level)
	}
	var err error
	if o.at, err = parseTimes(at); err != nil {
		return o, refuse("-at %.48q: %v", at, err)
	}
	if !slices.Contains(outputs(), o.output) {
		return o, refuse("-output %.48q: there are %s", o.output, strings.Join(outputs(), ", "))
	}
	return o, nil
}

// maxTimes is how many columns of times fit a page.
const maxTimes = 8

// parseTimes reads a list of times.
func parseTimes(text string) ([]float64, error) {
	var times []float64
	for part := range strings.SplitSeq(text, ",") {
		t, err := parseNumber(strings.TrimSpace(part))
		if err != nil || t == 0 {
			return nil, errors.New("want numbers above 0 with commas between them, such as 1,6,12,24")
		}
		times = append(times, t)
	}
	slices.Sort(times)
	if times = slices.Compact(times); len(times) > maxTimes {
		return nil, fmt.Errorf("more than %d times", maxTimes)
	}
	return times, nil
}

// parseNumber reads a decimal number that is not negative.
func parseNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789.") != "" {
		return 0, fmt.Errorf("%.48q is no number such as 12 or 0.5", text)
	}
	return v, nil
}

const help = `Retentioncurve reports how long subscribers stay: the share still there after 1, 6,
12 and 24 months, the median, the mean within that time, and whether groups differ,
with those counted properly who have not left yet.

	go run ./examples/retentioncurve                              a public sample
	go run ./examples/retentioncurve -by internet
	go run ./examples/retentioncurve -output html > report.html   the same as a page
	go run ./examples/retentioncurve -file own.csv -tenure months -churned left -by plan

The sample is 7,043 subscribers of a telecom company; data/README.md says what it can
tell. It can be grouped by contract (default), internet or payment.

Flags:
	-file name         a CSV file with a header, a row for each subscriber; - is the
	                   standard input
	-tenure column     how long a subscriber stayed, or has been there up to now: a
	                   number, 0 or more; "tenure" if not given
	-churned column    whether the subscriber has left: yes or no, true or false, 1 or
	                   0; "churned" if not given
	-by column         the groups to compare, at most 8; a file has one group if not
	                   given, and so has the sample with -by ""
	-covariate column  a number that may matter as well, such as a price, for the hazard
	                   ratios: each group's is then at equal values of it
	-unit name         of the tenure: day, week, month (default), quarter, year, cycle
	-level number      confidence level of the intervals: 0.95 if not given
	-at list           times at which to report survival, at most 8. The mean is of the
	                   time up to the last of them
	-output form       text (default), csv, json or html

Names of columns are compared without case. An empty group is "(none)". A row that
cannot be read is an error, because leaving it out would bend the curve.

Exit status: 0; 1 if the data cannot be read or compared; 2 for a mistake in the flags.
`
