// Retentioncurve reports how long subscribers stay, from one row for each of them: how long
// they have been there, whether they have left, and a group to compare by.
//
//	go run ./examples/retentioncurve
//
// reads a public sample of telecom subscribers that ships with it, and
//
//	go run ./examples/retentioncurve -file subscribers.csv -tenure months -churned left -by plan
//
// a file of your own; -help describes the flags. With -output html the report is a page with
// the curves.
//
// Most subscribers have not left when the data end. They are not dropped, nor counted as if
// they stayed for good: package survival keeps them as censored.
//
//   - A row becomes a survival.Observation (read.go), or a message with its line.
//   - Curves, the log-rank test and the Cox model are one call each (analysis.go).
//   - The answers become tables (tables.go) and a chart (chart.go), written as text, CSV,
//     JSON or HTML (report_*.go).
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
	statusData  = 1 // the data cannot be read or compared
	statusUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fail := func(status int, err error) int {
		fmt.Fprintln(stderr, "retentioncurve:", err)
		return status
	}
	o, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, help)
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
	s, err := read(o, stdin)
	if err != nil {
		return err
	}
	a, err := analyse(o, s)
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
