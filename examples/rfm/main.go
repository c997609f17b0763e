// Rfm says who the customers of a shop are, what they have brought, and what they are still
// expected to bring, from a list of their orders.
//
//	go run ./examples/rfm
//
// reads the orders of a real shop that ship with examples/lifecycle, and
//
//	go run ./examples/rfm -file orders.csv -currency EUR -margin 35% -cac 12.50
//
// a file of your own; -help describes the flags. With -output html the report is a page with
// pictures, and with -output csv a row for each customer.
//
//   - A row becomes an event in a purchase.Log (read.go), or a message with its line.
//   - Package segment scores the customers, names them, and crosses frequency with recency
//     (analysis.go).
//   - Package clv fits a model of purchases and one of spend, which say what each customer is
//     expected to bring, and is checked against orders that it has not seen (forecast.go).
//   - The answers become tables (tables.go) and pictures (chart.go), written as text, CSV,
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
	statusData  = 1 // the orders cannot be read
	statusUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fail := func(status int, err error) int {
		fmt.Fprintln(stderr, "rfm:", err)
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
	b, err := read(o, stdin)
	if err != nil {
		return err
	}
	a, err := analyse(o, b)
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
