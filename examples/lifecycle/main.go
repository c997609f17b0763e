// Lifecycle reads a log of customer events and prints, by stage of the customer's life
// and by period, every metric that the log determines, each with its value or the reason
// why it has none. At the end it says what to capture to get more.
//
//	go run ./examples/lifecycle
//
// reads the purchases of a real shop that ship with it, and
//
//	go run ./examples/lifecycle -sample saas
//
// those of a made-up software company, with events in all six stages. With -file it
// reads a CSV file or JSON lines of your own; -help describes them and the other flags.
//
// The program is the third door of the library, from events to values, from end to end:
//
//   - Readers turn lines into events, which event.Check passes or refuses (read_*.go).
//     Lines that are refused are counted by reason and reported, never dropped in silence.
//   - A capture.Collector takes the events once and yields the facts of every period and
//     segment (collect.go).
//   - catalog.Evaluate computes what the facts determine, and catalog.Missing says what
//     the rest lacks (analysis.go, plan.go).
//   - The result is written as text, JSON, CSV or Markdown (report_*.go).
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The exit statuses.
const (
	statusOK    = 0
	statusData  = 1 // nothing could be read or, under -strict, not everything
	statusUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, help)
		return statusOK
	}
	if err != nil {
		return fail(stderr, statusUsage, err)
	}
	out := bufio.NewWriter(stdout)
	bad, err := report(o, stdin, out, stderr)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fail(stderr, statusData, err)
	}
	if o.strict && bad > 0 {
		return statusData
	}
	return statusOK
}

func fail(stderr io.Writer, status int, err error) int {
	fmt.Fprintln(stderr, "lifecycle:", err)
	return status
}

// report does the job: it reads, counts, evaluates and writes. It returns the number of
// lines that could not be read.
func report(o options, stdin io.Reader, stdout, stderr io.Writer) (bad int, err error) {
	var seg *segmentation
	if o.segment != "" {
		seg = newSegmentation(o.segment)
	}
	to := &sink{log: newEventLog(seg), progress: newProgress(stderr)}
	source, err := read(o, stdin, to)
	to.progress.done()
	if to.problems != nil {
		to.problems.report(stderr)
		bad = to.problems.bad
	}
	if err != nil {
		return bad, err
	}
	if to.log.count == 0 {
		return bad, fmt.Errorf("%s: no event could be read", to.problems.file)
	}
	if seg != nil {
		if err := seg.check(); err != nil {
			return bad, err
		}
	}
	periods, err := periodsOf(to.log, o.unit, o.loc)
	if err != nil {
		return bad, err
	}
	if err := checkCells(periods, seg); err != nil {
		return bad, err
	}
	collected, err := collect(to.log, periods)
	if err != nil {
		return bad, err
	}
	collected.report(stderr)
	source.lines, source.bad = to.problems.lines, bad
	a := analyse(source, o.loc, periods, to.log, collected)
	a.more = o.more
	switch o.output {
	case "json":
		return bad, writeJSON(stdout, a)
	case "csv":
		return bad, writeCSV(stdout, a)
	case "markdown":
		return bad, writeMarkdown(stdout, a)
	}
	return bad, writeText(stdout, a)
}

// source says what was read.
type source struct {
	name, title, note string
	lines, bad        int
}

// read fills the log from the sample or the file.
func read(o options, stdin io.Reader, to *sink) (source, error) {
	if o.file == "" {
		to.problems = newProblems(o.sample.file)
		return source{name: o.sample.name, title: o.sample.title, note: o.sample.note}, o.sample.read(o.loc, to)
	}
	name, r := "standard input", stdin
	if o.file != "-" {
		f, err := os.Open(o.file)
		if err != nil {
			return source{}, err
		}
		defer f.Close()
		name, r = o.file, f
	}
	to.problems = newProblems(name)
	in := bufio.NewReader(r)
	if isJSON(o.file, in) {
		if o.currency != "" {
			return source{}, fmt.Errorf("%s: -currency is for CSV files; JSON lines say their currency", name)
		}
		return source{name: name, title: name}, readJSON(in, to)
	}
	return source{name: name, title: name}, readCSV(in, csvOptions{loc: o.loc, currency: o.currency}, to)
}

// isJSON tells JSON lines from CSV by the name of the file or else by how it starts.
func isJSON(file string, r *bufio.Reader) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
		return false
	case ".jsonl", ".ndjson", ".json":
		return true
	}
	start, _ := r.Peek(r.Size())
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}
