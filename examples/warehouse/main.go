// Warehouse turns the rows of one query into a table of metrics by segment and month.
//
// It builds a little warehouse in memory from warehouse.sql, asks it movements.sql, whose
// columns are ids of metrics, and prints
//
//   - the columns that it did not understand;
//   - each metric for each segment and month, and for all segments together: computed anew
//     from the sums, because a rate of the whole is no mean of the rates of its parts;
//   - what would have to be known for the metrics that could not be computed;
//   - how one figure came about, down to the columns of the query.
//
// To use it on a database of your own, open that instead with the driver you have: from
// *sql.Rows on, nothing here depends on SQLite.
//
//	cd examples/warehouse && go run . [-metric id] [-segment name] [-month 2026-03]
//
// The flags choose the figure to explain. The module is separate so that SQLite does not
// reach those who import the library.
package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"

	_ "modernc.org/sqlite"
)

var (
	//go:embed warehouse.sql
	warehouseSQL string

	//go:embed movements.sql
	movementsSQL string
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("warehouse", flag.ContinueOnError)
	flags.SetOutput(stderr)
	explain := figure{}
	flags.StringVar(&explain.metric, "metric", "subscription.net_revenue_retention", "explain this metric,")
	flags.StringVar(&explain.segment, "segment", "small", "of this segment, or of all,")
	flags.StringVar(&explain.month, "month", "2026-03", "in this month")
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return exitOK
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "warehouse: unexpected argument %.48q\n", flags.Arg(0))
		return exitUsage
	}
	db, err := build(context.Background(), warehouseSQL)
	if err == nil {
		defer db.Close()
		err = report(context.Background(), db, explain, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "warehouse:", err)
		return exitFailed
	}
	return exitOK
}

// build returns a database in memory, made by a script.
func build(ctx context.Context, script string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // Each connection would have a memory of its own.
	if _, err := db.ExecContext(ctx, script); err != nil {
		db.Close()
		return nil, fmt.Errorf("building the warehouse: %w", err)
	}
	return db, nil
}

// query reads the movements. Rows in error are reported and left out.
func query(ctx context.Context, db *sql.DB, problems io.Writer) (*cube, error) {
	rows, err := db.QueryContext(ctx, movementsSQL)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	dollars, err := metric.ParseCurrency("USD")
	if err != nil {
		return nil, err
	}
	columns, read, err := catalog.ReadRows(rows, catalog.RowOptions{
		Segments:     []string{"segment"},
		PeriodColumn: "month",
		Currency:     dollars,
		MinorUnits:   true,
	})
	if err != nil {
		return nil, err
	}
	c := &cube{unknown: columns.Unknown()}
	for row, err := range read {
		if fault := new(catalog.RowError); err != nil && !errors.As(err, &fault) {
			return nil, err // The query failed; there are no more rows.
		}
		if err == nil {
			err = c.add(row)
		}
		if err != nil {
			fmt.Fprintln(problems, "warehouse:", err)
		}
	}
	return c, c.addTotals()
}
