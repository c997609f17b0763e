// Evaluate computes metrics of the catalogue from numbers in hand. It reads JSON lines
// from files or from standard input and writes one JSON line for each.
//
//	$ echo '{"metric": "email.open_rate", "facts": {"email.unique_opens": "2150", "email.delivered": "9850"}}' |
//	    go run ./examples/evaluate
//	{"metric":"email.open_rate","value":"0.2182741116751269035532994924","unit":"1"}
//
// A line asks for one metric:
//
//	{"metric": "subscription.net_revenue_retention",
//	 "period": "2026-03",
//	 "facts": {"subscription.opening_mrr": "100000 USD", ".expansion_mrr": "9000 USD",
//	           "contraction_mrr": "2000 USD", "churned_mrr": "4000 USD"}}
//
// (on one line). The facts are any metrics that determine the one asked for: the inputs of
// its formula or the inputs of those. A name with a leading dot, or with no dot at all, is
// of the domain of the metric asked for. The period is optional; when it is given, a metric
// that is defined for months only is undefined for a quarter. Its forms are those of
// metric.ParsePeriod: 2026-03, 2026-Q1, 2026-W07, 2026, 2026-03-01/2026-04-15 and so on.
//
// A value is a text:
//
//	money           "100000 USD", "1234.50 EUR"
//	duration        "36h", "2d 4h" or ISO 8601, "PT36H"
//	ratio, number   "0.0345", "3.45%" (a ratio only), "43/197"
//	count           "2150"
//	distribution    ["1h", "3h", "20h"]
//
// Counts, ratios and numbers may also be JSON numbers, which are read digit by digit.
// {"undefined": "insufficient_history"} states that a fact is known to have no value.
//
// The answer has the value, computed exactly and rounded once, to 28 places, with its unit;
// or the reason why there is no value; or what is wrong with the line:
//
//	{"metric":"subscription.net_revenue_retention","value":"1.03","unit":"1"}
//	{"metric":"email.open_rate","undefined":"zero_denominator"}
//	{"metric":"email.open_rate","undefined":"missing_input","input":"email.sent","missing":["email.sent","email.bounces"]}
//	{"metric":"email.open_rate","error":"there is no metric \"email.opend\""}
//
// Input is the metric that is to blame when it is not the one asked for, missing what would
// have to be known in addition. Unknown fields, facts that are given twice, that have no
// part in the metric or that it cannot have are errors; nothing is passed over in silence.
// An error concerns its line only: the others are answered, and the exit status is 0 unless
// -strict is set. Empty lines have no answer.
//
//	go run ./examples/evaluate [-strict] [-explain] [file ...]
//
//	-strict    exit with status 1 if any line was an error
//	-explain   write the derivation of each value, as a tree for people, instead of JSON
//
// Status 1 also stands for a file that cannot be read, status 2 for wrong usage.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	strict := flags.Bool("strict", false, "exit with status 1 if any line was an error")
	explain := flags.Bool("explain", false, "write the derivation of each value as a tree")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: evaluate [-strict] [-explain] [file ...]")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return exitOK
	case err != nil:
		return exitUsage
	}

	session := newSession(stdout, *explain)
	status := exitOK
	for _, name := range inputs(flags.Args()) {
		if err := session.answerFile(name, stdin); err != nil {
			fmt.Fprintln(stderr, "evaluate:", err)
			status = exitFailed
		}
	}
	if session.errors > 0 {
		fmt.Fprintf(stderr, "evaluate: errors in %d of %d lines, the first in %s\n", session.errors, session.lines, session.first)
		if *strict {
			status = exitFailed
		}
	}
	return status
}

// inputs returns the names of the files to read, "-" for standard input.
func inputs(args []string) []string {
	if len(args) == 0 {
		return []string{"-"}
	}
	return args
}
