// Catalogue prints the metrics of the catalogue, for people and for other programs.
//
//	go run ./examples/catalogue                                  a table of all metrics
//	go run ./examples/catalogue -stage onboard                   those of a stage
//	go run ./examples/catalogue -domain email                    those of a domain
//	go run ./examples/catalogue -search "open rate"              those with all these words, the best first
//	go run ./examples/catalogue -id email.open_rate              one metric in full
//	go run ./examples/catalogue -id "bounce rate"                every metric of that name, in full
//	go run ./examples/catalogue -format json > catalogue.json    everything as data
//	go run ./examples/catalogue -format csv > catalogue.csv      as a sheet
//	go run ./examples/catalogue -format markdown > CATALOGUE.md  as a reference to read
//
// The flags that choose metrics can be combined; a metric has to satisfy all of them. A
// stage is that which a metric is about first. The -id is an id, a name or an alias in any
// spelling.
//
// The exit status is 0, also when nothing was found, 1 when no metric goes by the -id or
// the output cannot be written, and 2 for wrong usage.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/openlifecycle/lifecycle/catalog/exchange"
	"github.com/openlifecycle/lifecycle/metric"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case err == flag.ErrHelp:
		return exitOK
	case err != nil:
		return exitUsage
	}
	found, err := o.find()
	if err != nil {
		fmt.Fprintln(stderr, "catalogue:", err)
		return exitFailed
	}
	if len(found) == 0 {
		fmt.Fprintln(stderr, "catalogue: no metric matches")
	}
	out := bufio.NewWriter(stdout)
	if err := o.write(out, found); err != nil {
		fmt.Fprintln(stderr, "catalogue:", err)
		return exitFailed
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(stderr, "catalogue:", err)
		return exitFailed
	}
	return exitOK
}

// write writes metrics in the format asked for.
func (o options) write(w io.Writer, found []metric.Definition) error {
	switch o.format {
	case "json":
		return exchange.WriteJSON(w, slices.Values(found))
	case "csv":
		return exchange.WriteCSV(w, slices.Values(found))
	case "markdown":
		return exchange.WriteMarkdown(w, slices.Values(found))
	}
	if o.id != "" || len(found) == 1 {
		return writePages(w, found)
	}
	return writeTable(w, found)
}
