package rowscheck

import (
	"database/sql"
	"errors"
	"runtime"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/metric"

	_ "modernc.org/sqlite"
)

func openSQLite(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // Each connection would have a memory of its own.
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSQLite(t *testing.T) { inOtherZones(t, testSQLite) }

func testSQLite(t *testing.T) {
	db := openSQLite(t)
	_, err := db.Exec(`
		CREATE TABLE monthly (
			region TEXT, day DATE, at TIMESTAMP, sent INTEGER, revenue DECIMAL(18,2), cents INTEGER, amount TEXT,
			score REAL, waits TEXT, ok BOOLEAN
		);
		INSERT INTO monthly VALUES
			('north', '2026-03-01', '2026-03-01 05:00:00', 1000, 19.99, 1999, '19.99', 3.5, '[3600, "90s"]', 1),
			('south', '2026-03-01', '2026-03-01 00:00:00', NULL, 20, 2000, '12345678901234567890.12', NULL, '{3600,60}', 0),
			(NULL,    '2026-04-30', '2026-04-30 23:59:59', 9223372036854775807, NULL, NULL, NULL, 1e-7, '[]', NULL);`)
	if err != nil {
		t.Fatal(err)
	}
	usd, newYork := currency("USD"), location("America/New_York")
	for _, test := range []struct {
		query   string
		options catalog.RowOptions
		want    []string
	}{
		{
			`SELECT sent AS email_sent FROM monthly`, catalog.RowOptions{},
			[]string{"email.sent=1000", "", "email.sent=9223372036854775807"},
		},
		{ // A quoted id is a name for a column too.
			`SELECT region, amount AS "orders.revenue" FROM monthly`, catalog.RowOptions{Segments: []string{"region"}, Currency: usd},
			[]string{"region=north orders.revenue=19.99 USD", "region=south orders.revenue=12345678901234567890.12 USD", ""},
		},
		{
			`SELECT cents AS orders_revenue FROM monthly`, catalog.RowOptions{Currency: usd, MinorUnits: true},
			[]string{"orders.revenue=19.99 USD", "orders.revenue=20.00 USD", ""},
		},
		{ // DECIMAL is binary floating point in SQLite, except for integers.
			`SELECT revenue AS orders_revenue FROM monthly`, catalog.RowOptions{Currency: usd},
			[]string{
				`! row 1: column "orders_revenue": orders.revenue: money from a floating point number, which is not exact: select it as text, or allow it`,
				"orders.revenue=20.00 USD", "",
			},
		},
		{
			`SELECT revenue AS orders_revenue, score AS survey_net_promoter_score FROM monthly`, catalog.RowOptions{Currency: usd, AllowFloat: true},
			[]string{"orders.revenue=19.99 USD survey.net_promoter_score=3.5", "orders.revenue=20.00 USD", "survey.net_promoter_score=0.0000001"},
		},
		{ // Sums of integers are integers, of REAL are not.
			`SELECT sum(cents) AS orders_revenue, count(*) AS orders_orders FROM monthly`, catalog.RowOptions{Currency: usd, MinorUnits: true},
			[]string{"orders.orders=3 orders.revenue=39.99 USD"},
		},
		{
			`SELECT avg(cents) AS orders_revenue FROM monthly`, catalog.RowOptions{Currency: usd},
			[]string{`! row 1: column "orders_revenue": orders.revenue: money from a floating point number, which is not exact: select it as text, or allow it`},
		},
		{
			`SELECT waits AS support_first_responses FROM monthly`, catalog.RowOptions{},
			[]string{`support.first_responses=["90s","3600s"]`, `support.first_responses=["60s","3600s"]`, `support.first_responses=[]`},
		},
		{
			`SELECT json_group_array(cents) FILTER (WHERE cents IS NOT NULL) AS support_first_responses FROM monthly`, catalog.RowOptions{},
			[]string{`support.first_responses=["1999s","2000s"]`},
		},
		{ // SQLite has no truth values but 1 and 0.
			`SELECT ok AS email_sent, ok FROM monthly LIMIT 1`, catalog.RowOptions{},
			[]string{"email.sent=1"},
		},
		{ // This driver makes the date of a column declared so a time at midnight UTC,
			`SELECT day FROM monthly`, catalog.RowOptions{PeriodColumn: "day", PeriodUnit: metric.UnitMonth},
			[]string{"2026-03", "2026-03", "2026-04"},
		},
		{ // which is in doubt elsewhere,
			`SELECT day FROM monthly`, catalog.RowOptions{PeriodColumn: "day", PeriodUnit: metric.UnitMonth, Location: newYork},
			[]string{
				`! row 1: column "day": 2026-03-01T00:00:00Z may be a date or an instant, which are of two days in America/New_York: say how to read times, or select a text`,
				`! row 2: column "day": 2026-03-01T00:00:00Z may be a date or an instant, which are of two days in America/New_York: say how to read times, or select a text`,
				`! row 3: column "day": 2026-04-30T00:00:00Z may be a date or an instant, which are of two days in America/New_York: say how to read times, or select a text`,
			},
		},
		{
			`SELECT day FROM monthly`, catalog.RowOptions{PeriodColumn: "day", PeriodUnit: metric.UnitMonth, Location: newYork, Times: catalog.TimesAreCivil},
			[]string{"2026-03[America/New_York]", "2026-03[America/New_York]", "2026-04[America/New_York]"},
		},
		{ // unless selected as text.
			`SELECT strftime('%Y-%m', day) AS month FROM monthly`, catalog.RowOptions{PeriodColumn: "month", Location: newYork},
			[]string{"2026-03[America/New_York]", "2026-03[America/New_York]", "2026-04[America/New_York]"},
		},
		{ // Midnight in New York is 5 o'clock UTC.
			`SELECT at FROM monthly`, catalog.RowOptions{PeriodColumn: "at", PeriodUnit: metric.UnitMonth, Location: newYork, Times: catalog.TimesAreInstants},
			[]string{"2026-03[America/New_York]", "2026-02[America/New_York]", "2026-04[America/New_York]"},
		},
		{ // An undeclared type is a text as it stands.
			`SELECT at || '' AS at FROM monthly`, catalog.RowOptions{PeriodColumn: "at", PeriodUnit: metric.UnitDay, Location: newYork},
			[]string{"2026-03-01[America/New_York]", "2026-03-01[America/New_York]", "2026-04-30[America/New_York]"},
		},
		{
			`SELECT CAST(strftime('%Y', day) AS INTEGER) AS year FROM monthly LIMIT 1`, catalog.RowOptions{PeriodColumn: "YEAR"},
			[]string{"2026"},
		},
		{
			`SELECT x'3132' AS email_sent`, catalog.RowOptions{}, // the bytes of 12
			[]string{"email.sent=12"},
		},
	} {
		wantLines(t, test.query, read(t, db, test.query, test.options), test.want)
	}
}

// A query that fails while it is read ends with its error.
func TestSQLiteError(t *testing.T) {
	db := openSQLite(t)
	got := read(t, db, `WITH n(i) AS (VALUES (1), (2), (-9223372036854775808)) SELECT abs(i) AS email_sent FROM n`, catalog.RowOptions{})
	if len(got) != 3 || got[0] != "email.sent=1" || got[1] != "email.sent=2" || got[2] != "! after row 2: SQL logic error: integer overflow (1)" {
		t.Errorf("%q", got)
	}
}

func TestSQLiteStreams(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	db := openSQLite(t)
	rows, err := db.Query(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		SELECT 'segment ' || i % 5 AS segment, '2026-0' || (1 + i % 9) AS month, 1000 + i AS email_sent, i % 100 AS email_bounces, NULL AS x FROM n`, n)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	_, read, err := catalog.ReadRows(rows, catalog.RowOptions{Segments: []string{"segment"}, PeriodColumn: "month"})
	if err != nil {
		t.Fatal(err)
	}
	var before, most uint64
	seen := 0
	for row, err := range read {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		switch {
		case seen == 1000:
			before = liveHeap()
		case seen%(n/5) == 0:
			most = max(most, liveHeap())
		}
		if seen%10_000 != 0 {
			continue
		}
		i := int64(seen)
		want, err := metric.RatioOf(i%100, 1000+i)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := email.BounceRate().From(row.Facts); err != nil || !got.Equal(want) {
			t.Fatalf("row %d: %s, %v, want %s", i, got, err, want)
		}
		for r := range catalog.Evaluate(row.Facts) {
			if r.Err != nil && !errors.Is(r.Err, metric.ErrUndefined) {
				t.Fatal(r.Err)
			}
		}
	}
	if seen != n {
		t.Errorf("%d rows", seen)
	}
	if most > before+1<<20 {
		t.Errorf("%d bytes are in use, after a thousand rows it was %d", most, before)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
