package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
)

// shown are the metrics of the report.
func shown() []metric.Definition {
	return []metric.Definition{
		subscription.MRR().Definition(),
		subscription.NetRevenueRetention().Definition(),
		subscription.GrossRevenueRetention().Definition(),
		subscription.QuickRatio().Definition(),
		subscription.CustomerChurnRate().Definition(),
		subscription.ARPA().Definition(),
		economics.CAC().Definition(),
		economics.CACPayback().Definition(),
		economics.LTV().Definition(),
		economics.BurnMultiple().Definition(),
	}
}

// figure names one value of the report.
type figure struct{ metric, segment, month string }

func report(ctx context.Context, db *sql.DB, explain figure, stdout, problems io.Writer) error {
	c, err := query(ctx, db, problems)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, name := range c.unknown {
		fmt.Fprintf(&out, "column %.64q is no metric and was not read\n", name)
	}
	writeTable(&out, c)
	writeMissing(&out, c)
	if err := writeExplanation(&out, c, explain); err != nil {
		return err
	}
	_, err = io.WriteString(stdout, out.String())
	return err
}

// writeTable writes a line for each metric and segment, with a column for each month.
func writeTable(w io.Writer, c *cube) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "\n\t")
	for _, month := range c.months {
		fmt.Fprint(table, "\t", month)
	}
	fmt.Fprintln(table)
	for _, d := range shown() {
		if !determined(c, d) {
			continue
		}
		name := d.Name()
		for _, segment := range c.segments {
			fmt.Fprint(table, name, "\t", segment)
			for _, month := range c.months {
				fmt.Fprint(table, "\t", result(c.at(segment, month), d))
			}
			fmt.Fprintln(table)
			name = ""
		}
	}
	table.Flush()
}

// determined reports whether some cell knows enough to give d, be it undefined.
func determined(c *cube, d metric.Definition) bool {
	for _, f := range c.cells {
		if len(catalog.Missing(f, d)) == 0 {
			return true
		}
	}
	return false
}

// result returns a value, or why there is none.
func result(f *metric.Facts, d metric.Definition) string {
	if f == nil {
		return "no row"
	}
	v, err := f.Value(d)
	if err == nil {
		return v.String()
	}
	if e, ok := errors.AsType[*metric.Error](err); ok && e.Reason != "" {
		return string(e.Reason)
	}
	return err.Error()
}

// writeMissing writes what would have to be known for the metrics that no cell determines.
func writeMissing(w io.Writer, c *cube) {
	fmt.Fprintln(w, "\nNot computed, and what is missing")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range shown() {
		if determined(c, d) {
			continue
		}
		fmt.Fprintf(table, "  %s\t%s\n", d.Name(), strings.Join(missing(c, d), ", "))
	}
	table.Flush()
}

// missing returns the ids of what the cell that knows most lacks for d.
func missing(c *cube, d metric.Definition) []string {
	var ids []string
	for _, f := range c.cells {
		var lacks []string
		for _, in := range catalog.Missing(f, d) {
			lacks = append(lacks, in.ID())
		}
		if ids == nil || len(lacks) < len(ids) {
			ids = lacks
		}
	}
	return ids
}

// writeExplanation writes how one figure came about.
func writeExplanation(w io.Writer, c *cube, at figure) error {
	d, ok := catalog.Lookup(at.metric)
	if !ok {
		return fmt.Errorf("there is no metric %.64q", at.metric)
	}
	f := c.cells[cell{at.segment, at.month}]
	if f == nil {
		return fmt.Errorf("there is no row for segment %.48q in month %.48q", at.segment, at.month)
	}
	_, err := fmt.Fprintf(w, "\n%s, %s\n%s", at.segment, at.month, f.Explain(d))
	return err
}
