package sqlcheck

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// openDatabase returns an empty database in memory.
func openDatabase(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // Each connection would have a memory of its own.
	t.Cleanup(func() { db.Close() })
	return db
}

// createTables runs the schema of a log.
func createTables(t *testing.T, db *sql.DB, file string) {
	t.Helper()
	schema, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(schema)); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// loadPurchases reads CDNOW_sample.txt: id in the full data, id in the sample, day, number
// of CDs, dollars. A day is one of the given zone.
func loadPurchases(t *testing.T, db *sql.DB, file string, zone *time.Location) {
	t.Helper()
	insertLines(t, db, file, `INSERT INTO log VALUES (?, ?, ?, ?, ?)`, func(line int, text string) ([]any, error) {
		fields := strings.Fields(text)
		if len(fields) != 5 {
			return nil, fmt.Errorf("%d fields", len(fields))
		}
		day, err := time.ParseInLocation("20060102", fields[2], zone)
		if err != nil {
			return nil, err
		}
		cds, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, err
		}
		dollars, cents, found := strings.Cut(fields[4], ".")
		if !found || len(cents) != 2 {
			return nil, fmt.Errorf("dollars %q", fields[4])
		}
		amount, err := strconv.ParseInt(dollars+cents, 10, 64)
		if err != nil {
			return nil, err
		}
		return []any{line, fields[0], day.UnixNano(), cds, amount}, nil
	})
}

// logLine is a line of saas.jsonl. A field that is not here is an error.
type logLine struct {
	Source        string          `json:"source"`
	ID            string          `json:"id"`
	Event         string          `json:"event"`
	Time          time.Time       `json:"time"`
	EffectiveTime *time.Time      `json:"effective_time"`
	RecordedTime  *time.Time      `json:"recorded_time"`
	Seq           int64           `json:"seq"`
	UserID        *string         `json:"user_id"`
	AnonymousID   *string         `json:"anonymous_id"`
	AccountID     *string         `json:"account_id"`
	SessionID     *string         `json:"session_id"`
	Test          bool            `json:"test"`
	Props         json.RawMessage `json:"props"`
}

// loadEvents reads saas.jsonl.
func loadEvents(t *testing.T, db *sql.DB, file string) {
	t.Helper()
	nanoseconds := func(at *time.Time) any {
		if at == nil {
			return nil
		}
		return at.UnixNano()
	}
	insertLines(t, db, file, `INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, func(line int, text string) ([]any, error) {
		in := json.NewDecoder(strings.NewReader(text))
		in.DisallowUnknownFields()
		var l logLine
		if err := in.Decode(&l); err != nil {
			return nil, err
		}
		if l.ID == "" || l.Event == "" || l.Time.IsZero() || l.Props == nil {
			return nil, fmt.Errorf("no id, event, time or props in %s", text)
		}
		return []any{
			line, l.Source, l.ID, l.Event,
			l.Time.UnixNano(), nanoseconds(l.EffectiveTime), nanoseconds(l.RecordedTime), l.Seq,
			l.UserID, l.AnonymousID, l.AccountID, l.SessionID, l.Test, string(l.Props),
		}, nil
	})
	if _, err := db.Exec(`INSERT INTO events SELECT * FROM happened`); err != nil {
		t.Fatal(err)
	}
}

// insertLines inserts a row for each line of a file.
func insertLines(t *testing.T, db *sql.DB, file, insert string, row func(line int, text string) ([]any, error)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	statement, err := tx.Prepare(insert)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(f)
	for line := 1; lines.Scan(); line++ {
		values, err := row(line, lines.Text())
		if err == nil {
			_, err = statement.Exec(values...)
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", file, line, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
