// Custommetric defines metrics of a company's own beside the standard ones and computes all
// of them from one file.
//
// A shop wants to know what support costs it for each order. The catalogue knows orders and
// revenue, but not what the shop spends on support. So it adds a base metric, acme.support_cost,
// and derives two more from it and from metrics of the catalogue. The program shows
//
//   - a draft that cannot be computed, with the findings of formula.Define;
//   - a draft that can, but that nobody else would understand, with those of catalog.Lint;
//   - the definitions without findings;
//   - the values of the shop's months, own metrics beside standard ones, from columns of a
//     CSV file;
//   - how one value came about.
//
// It takes no arguments but the name of another CSV file. The columns of that are the period
// and any metrics of the catalogue and of the three, by id; amounts name their currency.
//
//	go run ./examples/custommetric [file]
package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"strings"
)

//go:embed shop.csv
var shop string

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 1 || len(args) == 1 && strings.HasPrefix(args[0], "-") {
		fmt.Fprintln(stderr, "usage: custommetric [file]")
		return exitUsage
	}
	err := writeReport(stdout, stderr, args)
	if err != nil {
		fmt.Fprintln(stderr, "custommetric:", err)
		return exitFailed
	}
	return exitOK
}

func writeReport(stdout, stderr io.Writer, args []string) error {
	file := io.Reader(strings.NewReader(shop))
	if len(args) == 1 {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		file = f
	}
	var out strings.Builder
	writeDrafts(&out)
	own, err := defineAll(finished())
	if err != nil {
		return err
	}
	writeFindings(&out, "The definitions", own)
	if err := writeMonths(&out, stderr, file, own); err != nil {
		return err
	}
	_, err = io.WriteString(stdout, out.String())
	return err
}
