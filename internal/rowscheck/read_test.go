package rowscheck

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// read runs a query and returns its rows as text, as describe does.
func read(t *testing.T, db *sql.DB, query string, o catalog.RowOptions) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	_, read, err := catalog.ReadRows(rows, o)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var got []string
	for row, err := range read {
		got = append(got, describe(row, err))
	}
	return got
}

// describe writes a row as "period segment=label id=value", or the error.
func describe(row catalog.Row, err error) string {
	if err != nil {
		return "! " + err.Error()
	}
	var parts []string
	if p := row.Facts.Period(); !p.IsZero() {
		parts = append(parts, p.String())
	}
	for name, label := range row.Segments() {
		parts = append(parts, name+"="+label)
	}
	for fact := range row.Facts.All() {
		parts = append(parts, fact.Definition().ID()+"="+fact.Value().Text())
	}
	return strings.Join(parts, " ")
}

func currency(code string) metric.Currency {
	c, err := metric.ParseCurrency(code)
	if err != nil {
		panic(err)
	}
	return c
}

func location(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func wantLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// inOtherZones runs a test as if the machine stood elsewhere, which must not matter.
func inOtherZones(t *testing.T, test func(t *testing.T)) {
	before := time.Local
	defer func() { time.Local = before }()
	for _, name := range []string{"UTC", "Pacific/Kiritimati", "America/Los_Angeles"} {
		time.Local = location(name)
		t.Run(fmt.Sprintf("on a machine in %s", name), test)
	}
}
