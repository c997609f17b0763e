package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/metric"
)

// writeDrafts shows what the two kinds of check find.
func writeDrafts(w io.Writer) {
	fmt.Fprintln(w, "A draft that cannot be computed")
	if _, err := defineAll(uncomputable()); err != nil {
		writeLines(w, err.Error())
	}
	fmt.Fprintln(w)
	draft, err := defineAll(unreadable())
	if err != nil {
		writeLines(w, err.Error()) // Not reached: it can be computed.
	}
	writeFindings(w, "A draft that can be computed, but not understood", draft)
}

// writeFindings writes what the rules for standard metrics have to say about a caller's own.
func writeFindings(w io.Writer, title string, own []metric.Definition) {
	fmt.Fprintln(w, title)
	problems := catalog.Lint(slices.Values(own))
	for _, p := range problems {
		writeLines(w, p.String())
	}
	if len(problems) == 0 {
		writeLines(w, fmt.Sprintf("%d metrics, no findings", len(own)))
	}
	fmt.Fprintln(w)
}

func writeLines(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(w, "  %s\n", strings.TrimSuffix(line, "\n"))
	}
}

// shown are the metrics of the table, own and standard.
func shown(own []metric.Definition) []metric.Definition {
	return append([]metric.Definition{
		orders.Orders().Definition(), orders.Revenue().Definition(), orders.AverageOrderValue().Definition(),
	}, own...)
}

// writeMonths reads a file and writes a row for each period, and the derivation of the last
// metric in the latest one for which it has a value.
func writeMonths(w, problems io.Writer, file io.Reader, own []metric.Definition) error {
	columns, rows, err := catalog.ReadCSV(csv.NewReader(file), catalog.RowOptions{Metrics: own, PeriodColumn: "period"})
	if err != nil {
		return err
	}
	for _, name := range columns.Unknown() {
		fmt.Fprintf(problems, "custommetric: column %.64q is no metric\n", name)
	}
	metrics := shown(own)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "period")
	for _, d := range metrics {
		fmt.Fprint(table, "\t", d.Name())
	}
	fmt.Fprintln(table)
	explained := own[len(own)-1]
	var last *metric.Facts
	for row, err := range rows {
		if fault := new(catalog.RowError); errors.As(err, &fault) {
			fmt.Fprintln(problems, "custommetric:", err)
			continue
		} else if err != nil {
			return err
		}
		if _, err := row.Facts.Value(explained); err == nil {
			last = row.Facts
		}
		fmt.Fprint(table, row.Facts.Period())
		for _, d := range metrics {
			fmt.Fprint(table, "\t", result(row.Facts, d))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil || last == nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s\n%s", last.Period(), last.Explain(explained))
	return err
}

// result returns a value, or why there is none.
func result(f *metric.Facts, d metric.Definition) string {
	v, err := f.Value(d)
	if err == nil {
		return v.String()
	}
	if e, ok := errors.AsType[*metric.Error](err); ok && e.Reason != "" {
		return string(e.Reason)
	}
	return err.Error()
}
