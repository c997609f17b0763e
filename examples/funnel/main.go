// Funnel reads events as Segment writes them and reports how many people went through the
// steps of a funnel, where they dropped off, who may still get further and how long it
// took, and who was activated after signing up, by cohort.
//
//	go run ./examples/funnel
//
// reads a sample that is made up, and
//
//	go run ./examples/funnel -file log.jsonl -steps signed_up,order_completed
//
// a file of your own; -help describes it and the other flags. With -output html the report
// is a page with charts.
//
// The program is meant to be copied from:
//
//   - A line becomes an event (segment.go), or is refused with a reason (read.go).
//   - What visitors did before they signed in is joined to their users (people.go).
//   - A funnel.Funnel and an engagement.Activation take the events and answer (analysis.go).
//   - The answer is written as text, CSV, JSON or HTML (report_*.go).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/openlifecycle/lifecycle/examples/funnel/internal/sample"
)

// The exit statuses.
const (
	statusOK    = 0
	statusData  = 1 // nothing to report on or, under -strict, a line could not be read
	statusUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fail := func(status int, err error) int {
		fmt.Fprintln(stderr, "funnel:", err)
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
	left, err := report(o, stdin, out, stderr)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fail(statusData, err)
	}
	if o.strict && left > 0 {
		return statusData
	}
	return statusOK
}

// report does the job: it reads, counts and writes. It returns the number of lines that
// were left out.
func report(o options, stdin io.Reader, stdout, stderr io.Writer) (left int, err error) {
	if o.printSample {
		_, err := stdout.Write(sample.Lines())
		return 0, err
	}
	log, err := read(o.file, stdin)
	if err != nil {
		log.report(stderr)
		return 0, err
	}
	if err := o.checkRules(log); err != nil {
		return 0, err
	}
	a, err := analyse(o, log)
	if err != nil {
		return 0, err
	}
	if o.output != "text" { // which says it itself
		log.report(stderr)
	}
	left = log.left()
	switch o.output {
	case "csv":
		return left, writeCSV(stdout, a, o.table)
	case "json":
		return left, writeJSON(stdout, a)
	case "html":
		return left, writeHTML(stdout, a)
	}
	return left, writeText(stdout, a)
}
