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
	"github.com/openlifecycle/lifecycle/segment"
)

// options are the flags, checked.
type options struct {
	file      string            // "" is the sample, "-" the standard input
	columns   map[string]string // names of columns, by what they are for
	stated    metric.Currency   // currency of amounts without a column for it
	loc       *time.Location
	until     time.Time // a day; zero is that of the last order
	calibrate time.Time // a day; zero is halfway
	margin    metric.Ratio
	flatCAC   string // cost of acquisition, an amount; "" if it is not known
	cacFile   string // "" for none
	model     model
	weeks     float64
	rate      float64 // a year
	level     float64
	frequency segment.Axis // nil for the default
	recency   segment.Axis
	output    string
	table     string // of csv
}

// errUsage marks a mistake in the flags.
var errUsage = errors.New("run with -help for help")

func outputs() []string { return []string{"text", "csv", "json", "html"} }

func csvTables() []string { return []string{"customers", "segments", "grid", "holdout"} }

// parseFlags reads the arguments. The error is flag.ErrHelp or wraps errUsage.
func parseFlags(args []string) (options, error) {
	var (
		o                                          options
		columns, currency, zone, margin, modelName string
		until, calibrate, rate, frequency, recency string
	)
	flags := flag.NewFlagSet("rfm", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.file, "file", "", "")
	flags.StringVar(&columns, "columns", "", "")
	flags.StringVar(&currency, "currency", "", "")
	flags.StringVar(&zone, "zone", "UTC", "")
	flags.StringVar(&until, "until", "", "")
	flags.StringVar(&calibrate, "calibrate", "", "")
	flags.StringVar(&margin, "margin", "100%", "")
	flags.StringVar(&o.flatCAC, "cac", "", "")
	flags.StringVar(&o.cacFile, "cac-file", "", "")
	flags.StringVar(&modelName, "model", "paretonbd", "")
	flags.Float64Var(&o.weeks, "weeks", 52, "")
	flags.StringVar(&rate, "rate", "15%", "")
	flags.Float64Var(&o.level, "level", 0.95, "")
	flags.StringVar(&frequency, "frequency", "", "")
	flags.StringVar(&recency, "recency", "", "")
	flags.StringVar(&o.output, "output", "text", "")
	flags.StringVar(&o.table, "table", "customers", "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })

	var err error
	refuse := func(format string, args ...any) (options, error) {
		return o, fmt.Errorf("%s; %w", fmt.Sprintf(format, args...), errUsage)
	}
	if flags.NArg() > 0 {
		return refuse("unexpected argument %.48q; a file is given by -file", flags.Arg(0))
	}
	if given["file"] && o.file == "" {
		return refuse("-file is empty; a dash stands for the standard input")
	}
	if o.file == "" {
		for _, name := range []string{"columns", "currency", "cac-file"} {
			if given[name] {
				return refuse("-%s is for a file; the sample has its own", name)
			}
		}
		// What CDNOW earned and paid is not known; these show what the grid is for.
		if !given["margin"] {
			margin = "30%"
		}
		if !given["cac"] {
			o.flatCAC = "20"
		}
	}
	if o.columns, err = parseColumns(columns); err != nil {
		return refuse("-columns %.96q: %v", columns, err)
	}
	if given["currency"] {
		if o.stated, err = metric.ParseCurrency(currency); err != nil {
			return refuse("-currency %.48q: want a code of ISO 4217 such as USD", currency)
		}
	}
	if o.loc, err = time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return refuse("-zone %.48q: want the name of a time zone such as Europe/Berlin", zone)
	}
	for name, day := range map[string]*time.Time{"until": &o.until, "calibrate": &o.calibrate} {
		if text := flags.Lookup(name).Value.String(); given[name] {
			if *day, err = parseTime(text, o.loc); err != nil || len(text) != len(time.DateOnly) {
				return refuse("-%s %.48q: want a day such as 2026-03-31", name, text)
			}
		}
	}
	if o.margin, err = metric.ParseRatio(margin); err != nil || o.margin.Sign() <= 0 || o.margin.Cmp(metric.MustRatio("1")) > 0 {
		return refuse("-margin %.48q: want a share of revenue such as 35%% or 0.35", margin)
	}
	if o.flatCAC != "" && checkAmount(o.flatCAC) != nil || strings.HasPrefix(o.flatCAC, "-") {
		return refuse("-cac %.48q: want an amount such as 12.50", o.flatCAC)
	}
	i := slices.IndexFunc(models(), func(m model) bool { return m.name == modelName })
	if i < 0 {
		return refuse("-model %.48q: there are bgnbd, mbgnbd and paretonbd%s", modelName, didYouMean(modelName, []string{"bgnbd", "mbgnbd", "paretonbd"}))
	}
	o.model = models()[i]
	if !(o.weeks > 0 && o.weeks <= 5200) {
		return refuse("-weeks %v: want a number of weeks up to 5200, such as 52", o.weeks)
	}
	discount, err := metric.ParseRatio(rate)
	if err != nil || discount.Sign() < 0 || discount.Cmp(metric.MustRatio("10")) > 0 {
		return refuse("-rate %.48q: want a rate a year such as 15%% or 0.15", rate)
	}
	o.rate = discount.Decimal().InexactFloat64()
	if !(o.level > 0 && o.level < 1) {
		return refuse("-level %v: want a confidence level between 0 and 1, such as 0.95", o.level)
	}
	if o.frequency, err = parseAxis(frequency, 1); err != nil {
		return refuse("-frequency %.48q: %v", frequency, err)
	}
	if o.recency, err = parseAxis(recency, 0); err != nil {
		return refuse("-recency %.48q: %v", recency, err)
	}
	if !slices.Contains(outputs(), o.output) {
		return refuse("-output %.48q: there are %s", o.output, strings.Join(outputs(), ", "))
	}
	if !slices.Contains(csvTables(), o.table) {
		return refuse("-table %.48q: there are %s", o.table, strings.Join(csvTables(), ", "))
	}
	if given["table"] && o.output != "csv" {
		return refuse("-table is for -output csv; the others have all tables")
	}
	return o, nil
}

// parseColumns reads a list such as customer=client,amount=total.
func parseColumns(text string) (map[string]string, error) {
	columns := map[string]string{}
	if text == "" {
		return columns, nil
	}
	var known []string
	for _, f := range fields() {
		known = append(known, f.name)
	}
	for part := range strings.SplitSeq(text, ",") {
		name, column, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok || strings.TrimSpace(column) == "":
			return nil, errors.New("want a list such as customer=client,amount=total")
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("there is no %.48q, but %s%s", name, strings.Join(known, ", "), didYouMean(name, known))
		case columns[name] != "":
			return nil, fmt.Errorf("%s is given twice", name)
		}
		columns[name] = strings.TrimSpace(column)
	}
	return columns, nil
}

// parseAxis reads the least values of bins, of which the first is fixed.
func parseAxis(text string, least int64) (segment.Axis, error) {
	if text == "" {
		return nil, nil
	}
	const most = 10 // that fit a page
	var axis segment.Axis
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil || len(axis) == 0 && n != least || len(axis) > 0 && n <= axis[len(axis)-1] || len(axis) == most {
			return nil, fmt.Errorf("want up to %d ascending whole numbers from %d, such as %d,%d,%d", most, least, least, least+2, least+5)
		}
		axis = append(axis, n)
	}
	return axis, nil
}

const help = `Rfm says who the customers of a shop are, what they have brought, and what they are
still expected to bring: segments by recency, frequency and monetary value, a lifecycle
grid with margin, predicted value and cost of acquisition, and a prediction for each
customer, checked against orders that the model has not seen.

	go run ./examples/rfm                              a real shop
	go run ./examples/rfm -output html > report.html   the same as a page with pictures
	go run ./examples/rfm -output csv > customers.csv  a row for each customer
	go run ./examples/rfm -file orders.csv -currency EUR -margin 35% -cac 12.50

The sample is the music shop CDNOW; examples/lifecycle/data/README.md says where it is
from. Its margin and cost of acquisition are made up, 30% and 20 USD if not given.

Flags:
	-file name        a CSV file with a header and a row for each order, or for each
	                  line of one; - is the standard input
	-columns list     names of columns, as in customer=client,amount=total, for
	                  customer, time, amount, order, currency and channel. Those that
	                  are not given are found by their usual names, such as customer_id
	                  and date; the first three must be there
	-currency code    of the amounts, if there is no column for it
	-zone name        time zone of days, and of times without an offset; UTC if not given
	-until day        last day of observation; that of the last row if not given
	-calibrate day    last day that the model sees in the check against later orders;
	                  halfway if not given
	-margin share     of revenue, such as 35%; 100% if not given
	-cac amount       cost of acquiring a customer, in the main unit of the currency
	-cac-file name    a CSV file with the columns channel and cac: the cost by the channel
	                  of the first order. -cac is for channels that it does not have
	-model name       of purchases: paretonbd (default), bgnbd or mbgnbd
	-weeks number     how far the prediction goes; 52 if not given
	-rate share       at which later purchases are discounted, a year; 15% if not given
	-level number     confidence level of intervals; 0.95 if not given
	-frequency list   least numbers of orders of the grid's rows; 1,2,3,4,5,6 if not given
	-recency list     least days since the last order of its columns, as in 0,31,91,181;
	                  about equally many customers in each if not given
	-output form      text (default), csv, json or html
	-table name       of csv: customers (default), segments, grid or holdout

Names of columns are compared without case; blanks, dots and hyphens are underscores. A
time is 2026-03-29T14:30:00Z, 2026-03-29 14:30 or 2026-03-29. Amounts have a decimal point;
a negative one is a refund, of the order of the row if there is a column order. Rows of one
customer and order are lines of that order. All amounts must be of one currency. A row that
cannot be read is an error, because leaving it out would bend the result.

Exit status: 0; 1 if the orders cannot be read; 2 for a mistake in the flags.
`
