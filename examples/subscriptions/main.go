// Subscriptions reports the recurring revenue of a subscription business by month: what moved
// it, how much of it and of the customers who pay it stays, what is committed and at risk, and
// why revenue was lost.
//
//	go run ./examples/subscriptions
//
// reads the subscriptions of a made-up software company that ship with examples/lifecycle, and
//
//	go run ./examples/subscriptions -file events.csv -by region
//
// subscription events of your own, in the style of ChartMogul; -help describes the columns and
// the flags. With -output html the report is a page with charts.
//
//   - Rows and lines become events of the vocabulary, or a message with their line (read.go,
//     read_csv.go).
//   - A ledger.Ledger takes the events and answers for all months at once: bridges, customers,
//     levels, losses, cohorts. A capture.Collector takes the same events, and the catalogue's
//     metrics of revenue retention come of its facts (analysis.go).
//   - The answers become tables (tables.go) and charts (chart.go), written as text, CSV, JSON
//     or HTML (report_*.go).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// The exit statuses.
const (
	statusOK    = 0
	statusData  = 1 // the data cannot be read or reported
	statusUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fail := func(status int, err error) int {
		fmt.Fprintln(stderr, "subscriptions:", err)
		return status
	}
	o, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, help())
		return statusOK
	}
	if err != nil {
		return fail(statusUsage, err)
	}
	out := bufio.NewWriter(stdout)
	if err = report(o, stdin, out); err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fail(statusData, err)
	}
	return statusOK
}

// report does the job: it reads, computes and writes.
func report(o options, stdin io.Reader, stdout io.Writer) error {
	log, err := read(o, stdin)
	if err != nil {
		return err
	}
	a, err := analyse(o, log)
	if err != nil {
		return err
	}
	switch o.output {
	case "csv":
		return writeCSV(stdout, a)
	case "json":
		return writeJSON(stdout, a)
	case "html":
		return writeHTML(stdout, a)
	}
	return writeText(stdout, a)
}
